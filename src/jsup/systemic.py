"""Systemic problems: the same category at several agencies within some days, each time that was so. Source: 二（四）3."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from jsup.reads import Reads

FINDINGS = "SELECT category AS key, agency_code, found_on FROM finding WHERE stage <> 'withdrawn'"
"""What is found, by category."""
OTHER = "other"
"""The category of what has none: findings in it are not of one kind."""


def problems(ledger: Reads, today: date) -> list[dict[str, Any]]:
    """Return the categories of findings, withdrawn ones aside, found at the set number of agencies within the set days.

    One dict for each time that was so: `reached_on` is the day on which the number was first reached, `until_on` the last day
    of it so far, `agencies` all of that time, `current` tells whether it still is so.
    """
    policy = ledger.policy()
    found = []
    for key, there in times(ledger, FINDINGS, today).items():
        category = policy.categories.get(key)
        same = {"kind": "category", "key": key, "title": category.title if category else key}
        found += [same | {"clause": category.clause if category else "", **time} for time in there]
    return found


Events = list[tuple[date, str]]
"""The days on which something was found, each with the agency's code."""


def times(ledger: Reads, query: str, today: date) -> dict[str, list[dict[str, Any]]]:
    """Return, by key, each time in which the rows of a query (key, agency_code, found_on) were at enough agencies."""
    watch = ledger.policy().own["watch"]
    found = events(ledger, query, today)
    return {key: times_of(days, watch["systemic_agencies"], watch["systemic_days"], today) for key, days in found.items()}


def events(ledger: Reads, query: str, today: date) -> dict[str, Events]:
    """Return the days and agencies of a query's rows by key, those of the future aside."""
    by_key: dict[str, Events] = {}
    rows = ledger.rows(f"SELECT DISTINCT key, agency_code, found_on FROM ({query}) e WHERE found_on <= :today",
                       today=today.isoformat())  # fmt: skip
    for row in rows:
        by_key.setdefault(row["key"], []).append((date.fromisoformat(row["found_on"]), row["agency_code"]))
    return by_key


def times_of(events: Iterable[tuple[date, str]], most: int, days: int, today: date) -> list[dict[str, Any]]:
    """Return each time in which events of so many days were at so many agencies."""
    comes = sorted(events)
    changes = sorted([(day, 1, code) for day, code in comes] + [(day + timedelta(days=days), -1, code) for day, code in comes])
    there: Counter[str] = Counter()
    times: list[dict[str, Any]] = []
    reached: date | None = None
    codes: set[str] = set()
    whole = False  # everybody who is there stands in `codes`
    for place, (day, by, code) in enumerate(changes):
        if day > today:
            break
        there[code] += by
        if not there[code]:
            del there[code]
        last_of_day = place + 1 == len(changes) or changes[place + 1][0] != day
        if len(there) >= most:
            reached = reached or day
            codes.update((code,) if whole and by > 0 else () if whole else there)
            whole = True
        elif reached is not None and last_of_day:
            until_on = (day - timedelta(days=1)).isoformat()
            said = {"reached_on": reached.isoformat(), "until_on": until_on, "agencies": sorted(codes), "current": False}
            times.append(said)
            reached, codes, whole = None, set(), False
        else:
            whole = False
    if reached is not None:
        said = {"reached_on": reached.isoformat(), "until_on": today.isoformat(), "agencies": sorted(codes), "current": True}
        times.append(said)
    return times
