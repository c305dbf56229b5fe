"""Systemic problems: the same category at several agencies within some days, each time that was so. Source: 二（四）3.

A day is one of a problem if the days up to and with it, as many as are set, show the category at as many agencies as are set. A
time is an unbroken row of such days. A ledger's years are not read through for it: from a day of a time it is looked back only
for the last findings that make it one, and they tell up to which day it lasts at least.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final, NamedTuple

from jsup.reads import Reads

FINDINGS: Final = "SELECT category AS key, agency_code, found_on FROM finding WHERE stage <> 'withdrawn'"
"""What is found, by category."""
OTHER: Final = "other"
"""The category of what has none: findings in it are not of one kind."""
_DAY: Final = timedelta(days=1)
_FEW = 32
"""Rows that are read at first; where they do not tell, looking back reads eight times as many."""


class Time(NamedTuple):
    """A time in which a problem was systemic; `current` tells whether it still is.

    `since` and `through` are the first and the last day of what was found in it: what came before its first day made it one.
    """

    reached_on: date
    until_on: date
    current: bool
    since: date
    through: date


class Source(NamedTuple):
    """What shows problems: a query of key, agency_code and found_on, and how many agencies within how many days make one."""

    ledger: Reads
    query: str
    most: int
    days: int

    def rows(self, sql: str, **values: object) -> list[dict[str, Any]]:
        """Run a statement over what is found, called `e`."""
        return self.ledger.rows(sql.replace("{e}", f"({self.query}) e"), **values)

    def keys(self) -> Iterator[str]:
        """Go through what anything was found of."""
        key = self.rows("SELECT MIN(key) AS key FROM {e}")[0]["key"]
        while key is not None:
            yield key
            key = self.rows("SELECT MIN(key) AS key FROM {e} WHERE key > :key", key=key)[0]["key"]

    def times(self, key: str, today: date, after: date = date.min, through: date = date.max) -> Iterator[Time]:
        """Go through the times until today, by what was found behind one day and up to another."""
        through = min(through, today)
        start = after
        while (reached_on := self._reached(key, start, through)) is not None:
            last = reached_on
            while last < today and (lasts := self._lasts(key, last + _DAY, after, through)) is not None:
                last = min(lasts, today)
            since = max(reached_on - timedelta(days=self.days - 1), after + _DAY)
            yield Time(reached_on, last, last == today, since, min(last, through))
            if last == today:
                return
            start = max(last + _DAY - timedelta(days=self.days), after)

    def holds(self, key: str, day: date, after: date, through: date) -> bool:
        """Tell whether a day is one of a problem, by what was found behind one day and up to another."""
        return self._lasts(key, day, after, through) is not None

    def agencies(self, key: str, time: Time) -> list[str]:
        """Return the agencies of a time, in the order of their codes."""
        rows = self.rows(
            "SELECT DISTINCT agency_code FROM {e} WHERE key = :key AND found_on BETWEEN :since AND :through ORDER BY agency_code",
            key=key, since=time.since.isoformat(), through=time.through.isoformat(),
        )  # fmt: skip
        return [row["agency_code"] for row in rows]

    def _reached(self, key: str, after: date, through: date) -> date | None:
        """Return the first day that is one of a problem by what was found after a day."""
        last: dict[str, date] = {}  # when each agency was last seen, the latest at the end
        rows = self.rows(
            "SELECT found_on, agency_code FROM {e} WHERE key = :key AND found_on > :after AND found_on <= :through"
            " ORDER BY found_on LIMIT :few",
            key=key, after=after.isoformat(), through=through.isoformat(), few=_FEW,
        )  # fmt: skip
        for row in rows:
            on = date.fromisoformat(row["found_on"])
            last.pop(row["agency_code"], None)
            last[row["agency_code"]] = on
            there = next(islice(reversed(last.values()), self.most - 1, None), None)
            if there is not None and on - there < timedelta(days=self.days):
                return on
        if len(rows) < _FEW:
            return None
        while rows:  # only an agency that was not there of late can make it a problem, however often the others are
            day = date.fromisoformat(rows[-1]["found_on"])
            there_now = self._there(key, day, after)
            if len(there_now) >= self.most:
                return day
            others = {f"a{place}": code for place, code in enumerate(there_now)}
            rows = self.rows(
                "SELECT found_on FROM {e} WHERE key = :key AND found_on BETWEEN :day AND :through"
                f" AND agency_code NOT IN ({', '.join(f':{name}' for name in others)}) ORDER BY found_on LIMIT 1",
                key=key, day=day.isoformat(), through=through.isoformat(), **others,
            )  # fmt: skip
        return None

    def _there(self, key: str, day: date, after: date) -> list[str]:
        """Return the agencies at which it was found in the days up to and with one, no more than make a problem."""
        rows = self.rows(
            "SELECT DISTINCT agency_code FROM {e} WHERE key = :key AND found_on > :first AND found_on <= :day LIMIT :most",
            key=key, first=max(day - timedelta(days=self.days), after).isoformat(), day=day.isoformat(), most=self.most,
        )  # fmt: skip
        return [row["agency_code"] for row in rows]

    def _lasts(self, key: str, day: date, after: date, through: date) -> date | None:
        """Return the day up to which every day from this one on is one of a problem at least; None if this one is none."""
        many = _FEW
        while True:
            first = max(day - timedelta(days=self.days), after)
            rows = self.rows(
                "SELECT found_on, agency_code FROM {e} WHERE key = :key AND found_on > :first AND found_on <= :day"
                " ORDER BY found_on DESC LIMIT :most",
                key=key, first=first.isoformat(), day=min(day, through).isoformat(), most=many,
            )  # fmt: skip
            there: set[str] = set()
            for row in rows:
                there.add(row["agency_code"])
                if len(there) >= self.most:
                    return date.fromisoformat(row["found_on"]) + timedelta(days=self.days - 1)
            if len(rows) < many:
                return None
            many *= 8


def source(ledger: Reads, query: str = FINDINGS) -> Source:
    """Return what shows problems, by the numbers that the policy in force sets."""
    watch = ledger.policy().own["watch"]
    return Source(ledger, query, watch["systemic_agencies"], watch["systemic_days"])


def listed(source: Source, today: date) -> dict[str, list[dict[str, Any]]]:
    """Return, by key, each time of a source with its agencies: `reached_on`, `until_on`, `agencies`, `current`."""
    return {
        key: [
            {
                "reached_on": time.reached_on.isoformat(), "until_on": time.until_on.isoformat(),
                "agencies": source.agencies(key, time), "current": time.current,
            }
            for time in source.times(key, today)
        ]
        for key in source.keys()  # noqa: SIM118 - it is no dict
    }  # fmt: skip


def problems(ledger: Reads, today: date) -> list[dict[str, Any]]:
    """Return the categories of findings, withdrawn ones aside, found at the set number of agencies within the set days.

    One dict for each time that was so: `reached_on` is the day on which the number was first reached, `until_on` the last day
    of it so far, `agencies` all of that time, `current` tells whether it still is so.
    """
    policy = ledger.policy()
    found = []
    for key, times in listed(source(ledger), today).items():
        category = policy.categories.get(key)
        same = {"kind": "category", "key": key, "title": category.named if category else key}
        found += [same | {"clause": category.clause if category else "", **time} for time in times]
    return found
