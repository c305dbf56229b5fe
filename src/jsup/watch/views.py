"""What the watch has found, read without changing anything: anomalies, and what has become a common problem."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from jsup.errors import N_, UsageError
from jsup.reads import Reads
from jsup.watch.months import month
from jsup.watch.rules import all_rules

OPEN, VERIFIED, DISMISSED, GONE = "open", "verified", "dismissed", "gone"
STATES: Final = (OPEN, VERIFIED, DISMISSED, GONE)


def anomalies(ledger: Reads, but: str | None = None, **wanted: str | int | None) -> list[dict[str, Any]]:
    """Return anomalies in the order of entry, all but those of a state, each with its records and its sentence's values."""
    where = " AND ".join(f"(:{key} IS NULL OR {key} = :{key})" for key in wanted) or "1 = 1"
    rows = ledger.rows(
        f"SELECT * FROM anomalies WHERE {where} AND (:but IS NULL OR state <> :but) ORDER BY id", but=but, **wanted
    )
    return [row | {"records": row["records"].split(";"), "values": json.loads(row["reason"])} for row in rows]


def check(wanted: dict[str, str | None]) -> None:
    """Refuse a rule, a state or a month that there is not.

    Raises:
        UsageError: it is none.
    """
    if wanted.get("month"):
        month(str(wanted["month"]))
    for key, choices in (("rule", [*all_rules()]), ("state", STATES)):
        if wanted.get(key) and wanted[key] not in choices:
            raise UsageError(
                N_("--{option} cannot be {value}: choose one of {keys}"), option=key, value=wanted[key], keys="/".join(choices)
            )


def systemic(ledger: Reads, today: date) -> list[dict[str, Any]]:
    """Return the problems found at the set number of agencies within the set days, each time that was so, the latest first.

    `kind` is category (findings that were not withdrawn) or rule (anomalies that were neither dismissed nor are gone);
    `reached_on` is the day on which the number was first reached, `agencies` are all of that time, `current` tells whether it
    still is so. Source: 二（四）3.
    """
    policy = ledger.policy()
    most, days = policy.own["watch"]["systemic_agencies"], policy.own["watch"]["systemic_days"]
    queries = {
        "category": "SELECT category AS key, agency_code, found_on FROM finding WHERE stage <> 'withdrawn'",
        "rule": "SELECT rule AS key, agency_code, found_on FROM anomaly WHERE state IN ('open', 'verified')",
    }
    found = []
    for kind, query in queries.items():
        by_key: dict[str, list[tuple[date, str]]] = {}
        found_by = f"SELECT DISTINCT key, agency_code, found_on FROM ({query}) e WHERE found_on <= :today"
        for row in ledger.rows(found_by, today=today.isoformat()):
            by_key.setdefault(row["key"], []).append((date.fromisoformat(row["found_on"]), row["agency_code"]))
        for key, events in by_key.items():
            rule = all_rules().get(key) if kind == "rule" else None
            about = policy.categories.get(key) if rule is None else rule
            same = {"kind": kind, "key": key, "title": about.title if about else key, "clause": about.clause if about else ""}
            found += [same | time for time in _times(events, most, days, today) if kind == "category" or rule is not None]
    return sorted(found, key=lambda row: (row["reached_on"], row["kind"], row["key"]), reverse=True)


def _times(events: Iterable[tuple[date, str]], most: int, days: int, today: date) -> list[dict[str, Any]]:
    """Return each time in which events of so many days were at so many agencies."""
    comes = sorted(events)
    changes = sorted([(day, 1, code) for day, code in comes] + [(day + timedelta(days=days), -1, code) for day, code in comes])
    there: Counter[str] = Counter()
    times: list[dict[str, Any]] = []
    reached: date | None = None
    codes: set[str] = set()
    for place, (day, by, code) in enumerate(changes):
        if day > today:
            break
        there[code] += by
        now = {one for one, number in there.items() if number}
        last_of_day = place + 1 == len(changes) or changes[place + 1][0] != day
        if len(now) >= most:
            reached = reached or day
            codes |= now
        elif reached is not None and last_of_day:
            times.append({"reached_on": reached.isoformat(), "agencies": sorted(codes), "current": False})
            reached, codes = None, set()
    if reached is not None:
        times.append({"reached_on": reached.isoformat(), "agencies": sorted(codes), "current": True})
    return times
