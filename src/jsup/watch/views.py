"""What the watch has found, read without changing anything: anomalies, and what has become a common problem."""

import json
from datetime import date
from typing import Any, Final

from jsup import systemic as systems
from jsup.errors import one_of
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
    for key, choices in (("rule", {key: rule.title for key, rule in all_rules().items()}), ("state", STATES)):
        one_of(wanted.get(key) or None, key, choices)


def systemic(ledger: Reads, today: date) -> list[dict[str, Any]]:
    """Return the problems found at the set number of agencies within the set days, each time that was so, the latest first.

    `kind` is category (findings that were not withdrawn) or rule (anomalies that were neither dismissed nor are gone);
    the rest is as in `systemic.problems`. Source: 二（四）3.
    """
    found = systems.problems(ledger, today)
    query = "SELECT rule AS key, agency_code, found_on FROM anomaly WHERE state IN ('open', 'verified')"
    for key, times in systems.listed(systems.source(ledger, query), today).items():
        if rule := all_rules().get(key):
            found += [{"kind": "rule", "key": key, "title": rule.title, "clause": rule.clause, **time} for time in times]
    return sorted(found, key=lambda row: (row["reached_on"], row["kind"], row["key"]), reverse=True)
