"""The monthly scan: every rule over the records of a month, set by set; what it turns up is added, what was decided is kept."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlmodel import Session, col, select

from jsup import reads
from jsup.errors import not_future
from jsup.files import Run
from jsup.journal import canonical
from jsup.ledger import Ledger
from jsup.reads import Reads
from jsup.watch.months import month
from jsup.watch.rules import Rule, all_rules
from jsup.watch.views import GONE, OPEN, anomalies
from jsup.watched import Anomaly

_BETWEEN = re.compile("[;；]")
"""What stands between the items of one visit."""
_LOT: Final = 200
"""Rows that are put into a temporary table, or looked for, at once."""


@dataclass(frozen=True)
class Hit:
    """One anomaly as a rule found it: what names it, where, the records that show it, and the values of its sentence."""

    rule: Rule
    key: str
    agency_code: str
    enterprise_code: str
    records: tuple[str, ...]
    values: dict[str, Any]


@dataclass
class Scanned:
    """What a scan turned up: `anomalies` as `views` gives them, `new` those that it added, `gone` how many are no more."""

    month: str
    inspections: int
    visits: int
    skipped: list[tuple[str, str]]
    """Rules that could not judge, each with the table that is empty."""
    new: set[int] = field(default_factory=set)
    gone: int = 0
    anomalies: list[dict[str, Any]] = field(default_factory=list)


def scan(book: Ledger, name: str) -> Scanned:
    """Look for every rule's anomalies in a month and enter what is new.

    An open anomaly whose records show it no more, since a later version of them was taken over, is marked as gone; it opens
    again, as of then, if it is found again. It goes with its record where a later version names another month, agency or
    enterprise. What was verified or dismissed stays as it is.

    Raises:
        RefusedError: the month lies in the future.
    """
    first, _last = month(name)
    not_future(first, book.entry.today)
    with reads.open_ledger(book.place, scratch=True) as ledger:
        hits, done = look_through(ledger, name)
    rules = all_rules().keys() - {rule for rule, _table in done.skipped}
    with book.change() as session:
        known = _known(session, name, hits)
        new: list[Anomaly] = []
        for hit in hits:
            row = known.pop((hit.rule.key, hit.key), None)
            shown: dict[str, Any] = {
                "month": name, "agency_code": hit.agency_code, "enterprise_code": hit.enterprise_code,
                "records": ";".join(hit.records), "reason": canonical(hit.values),
            }  # fmt: skip
            if row is None:
                row = Anomaly(
                    rule=hit.rule.key, key=hit.key, clause=hit.rule.clause, found_on=book.entry.today, state=OPEN, **shown
                )
                session.add(row)
                new.append(row)
            elif row.state == GONE:
                row.state, row.found_on, row.decided_on, row.decided_by, row.why = OPEN, book.entry.today, None, None, None
            if row.state == OPEN:
                for key, value in shown.items():
                    setattr(row, key, value)
        session.flush()
        done.new = {row.id or 0 for row in new}
        for row in known.values():
            if row.state == OPEN and row.rule in rules:
                row.state, row.decided_on, row.decided_by, row.why = GONE, book.entry.today, book.entry.officer, "复扫未再出现"
                done.gone += 1
    with reads.open_ledger(book.place) as ledger:
        done.anomalies = anomalies(ledger, month=name, but=GONE)
    return done


def _known(session: Session, name: str, hits: Sequence[Hit]) -> dict[tuple[str, str], Anomaly]:
    """Return the anomalies of a month, and of another those that hits show in this one, by rule and key."""
    known = {(row.rule, row.key): row for row in session.exec(select(Anomaly).where(Anomaly.month == name))}
    missing: dict[str, list[str]] = {}
    for hit in hits:
        if (hit.rule.key, hit.key) not in known:
            missing.setdefault(hit.rule.key, []).append(hit.key)
    for rule, keys in missing.items():
        for start in range(0, len(keys), _LOT):
            some = select(Anomaly).where(Anomaly.rule == rule, col(Anomaly.key).in_(keys[start : start + _LOT]))
            known |= {(row.rule, row.key): row for row in session.exec(some)}
    return known


# Looking ----------------------------------------------------------------------------------------


def look_through(ledger: Reads, name: str) -> tuple[list[Hit], Scanned]:
    """Run every rule over a month; the ledger is open with `scratch`."""
    first, last = month(name)
    watch = ledger.policy().own["watch"]
    days = {"first": first.toordinal(), "last": last.toordinal()}
    run = ledger.run
    run("DROP TABLE IF EXISTS visits", {})
    run(
        "CREATE TEMP TABLE visits AS SELECT * FROM inspection WHERE latest = 1 AND offsite = 0 AND day BETWEEN :first AND :last",
        days,
    )
    if run.dialect == "postgresql":
        run("ANALYZE visits", {})
    _furnish(run, watch)
    (counted,) = run("SELECT COUNT(*) AS number FROM inspection WHERE latest = 1 AND day BETWEEN :first AND :last", days)
    (visits,) = run("SELECT COUNT(*) AS number FROM visits", {})
    done = Scanned(name, counted["number"], visits["number"], [])
    hits: list[Hit] = []
    for rule in all_rules().values():
        if rule.wants and not run(f"SELECT 1 FROM {rule.wants} LIMIT 1", {}):
            done.skipped.append((rule.key, rule.wants))
            continue
        values = days | {"year": first.replace(month=1, day=1).toordinal()} | {key: watch[key] for key in rule.settings}
        used = {key: value for key, value in values.items() if f":{key}" in rule.sql}
        hits += _gathered(rule, run(rule.sql, used), {key: watch[key] for key in rule.settings})
    return hits, done


def _gathered(rule: Rule, rows: Iterable[dict[str, Any]], settings: dict[str, int]) -> list[Hit]:
    """Make an anomaly of the rows that bear one name."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault("/".join(str(row[part]) for part in rule.parts), []).append(row)
    hits = []
    for key, unsorted in sorted(found.items()):
        shown = sorted(unsorted, key=lambda row: (str(row.get("earlier", "")), row["record"]))
        own = {row["own"] for row in shown if "own" in row}
        records = sorted(own) + [record for record in dict.fromkeys(row["record"] for row in shown) if record not in own]
        last = shown[-1]
        values = settings | {
            key: value for key, value in last.items()
            if key not in ("record", "own", "day", "agency_code", "enterprise_code", *rule.listed)
        }  # fmt: skip
        if rule.listed:
            values["listed"] = sorted({tuple(row[column] for column in rule.listed) for row in shown})
        hits.append(Hit(rule, key, last["agency_code"], last["enterprise_code"], tuple(records), values))
    return hits


_HEIRS: Final = """
WITH RECURSIVE line(old, new) AS (
    SELECT old, new FROM succession UNION SELECT l.old, s.new FROM line l JOIN succession s ON s.old = l.new
)
SELECT old, new FROM line
"""
"""Every agency that was reorganised with each that took its place, one after another."""


def _furnish(run: Run, watch: dict[str, Any]) -> None:
    """Lay out for the rules, as temporary tables, what would cost them much to find out row by row."""
    _fill(run, "heir", "old", "new", [(row["old"], row["new"]) for row in run(_HEIRS, {})])
    crews = [row["certificates"] for row in run("SELECT DISTINCT certificates FROM visits WHERE certificates <> ''", {})]
    _fill(run, "crew", "certificates", "certificate", [(crew, one) for crew in crews for one in crew.split(";")])
    items = [row["item"] for row in run("SELECT DISTINCT item FROM visits WHERE item <> ''", {})]
    parts = [(item, part) for item in items for part in dict.fromkeys(one.strip() for one in _BETWEEN.split(item)) if part]
    _fill(run, "item_part", "item", "part", parts)
    caps = [(agency, risk, most) for agency, by_risk in watch["caps"].items() for risk, most in by_risk.items()]
    _fill(run, "cap", "agency", "risk", caps, "most")
    settled = {row["name"] for row in run("SELECT name FROM agency WHERE status <> 'entrusted'", {})}
    registered = {row["code"] for row in run("SELECT code FROM agency", {})}
    bodies, persons = watch["never"]["bodies"], watch["never"]["persons"]
    named = {
        "body": ("SELECT DISTINCT body AS key, body AS name FROM visits WHERE body <> ''", bodies, settled),
        "crew": ("SELECT DISTINCT inspectors AS key, inspectors AS name FROM visits WHERE inspectors <> ''", persons, set()),
        "agency": ("SELECT DISTINCT agency_code AS key, COALESCE(agency, '') AS name FROM visits", bodies, registered),
    }
    never = {
        (kind, row["key"])
        for kind, (query, words, but) in named.items()
        for row in run(query, {})
        if row["key"] not in but and any(word in row["name"] for word in words)
    }
    _fill(run, "never", "kind", "name", sorted(never))


def _fill(run: Run, table: str, first: str, second: str, rows: list[tuple[Any, ...]], third: str = "") -> None:
    """Make a temporary table of two columns of texts, found by the first, and perhaps a third of numbers."""
    columns = [name for name in (first, second, third) if name]
    made = ", ".join(f"{name} {'INTEGER' if name == third else 'TEXT'}" for name in columns)
    run(f"DROP TABLE IF EXISTS {table}", {})
    run(f"CREATE TEMP TABLE {table} ({made})", {})
    for start in range(0, len(rows), _LOT):
        some = rows[start : start + _LOT]
        values = {f"v{place}_{at}": value for place, row in enumerate(some) for at, value in enumerate(row)}
        places = ", ".join(f"({', '.join(f':v{place}_{at}' for at in range(len(columns)))})" for place in range(len(some)))
        run(f"INSERT INTO {table} VALUES {places}", values)
    run(f"CREATE INDEX temp.{table}_{first} ON {table} ({first})" if run.dialect == "sqlite" else f"ANALYZE {table}", {})
