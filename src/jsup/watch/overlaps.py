"""Windows of days that lie near each other or share a day: pure sweeps over sorted rows."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from jsup.errors import N_, UsageError, iso_date

_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


class Window(NamedTuple):
    """From a first to a last day, both inclusive, as ordinals; `row` is what it belongs to."""

    first: int
    last: int
    row: Any = None


def window(row: dict[str, Any]) -> Window:
    """Return the window of a row with `from_on` and `to_on` as ISO dates.

    >>> window({"from_on": "0001-01-02", "to_on": "0001-01-05"})[:2]
    (2, 5)
    """
    return Window(date.fromisoformat(row["from_on"]).toordinal(), date.fromisoformat(row["to_on"]).toordinal(), row)


def near(windows: Sequence[Window], days: int) -> Iterator[tuple[Window, Window]]:
    """Return each pair of windows that lie at most so many days from each other; those that share a day are 0 days apart.

    >>> list(near([Window(1, 2), Window(9, 9), Window(4, 5)], 2))
    [(Window(first=1, last=2, row=None), Window(first=4, last=5, row=None))]
    """
    ordered = sorted(windows, key=lambda window: window.first)
    for place, earlier in enumerate(ordered):
        for later in ordered[place + 1 :]:
            if later.first - earlier.last > days:
                break
            yield earlier, later


def groups(windows: Sequence[Window], first: int, last: int) -> list[list[Window]]:
    """Part windows into the fewest groups, each with a day between `first` and `last` that all of its windows hold.

    The windows are those that hold a day of these; the groups come in the order of their last common day. As few visits as
    possible are then left: nobody who comes on a day that a group shares has to come again.

    >>> [[window[:2] for window in group] for group in groups([Window(1, 9), Window(4, 5), Window(7, 7)], 3, 8)]
    [[(4, 5), (1, 9)], [(7, 7)]]
    """
    found: list[list[Window]] = []
    days: list[int] = []  # of each group the day that all of its windows hold, in rising order
    for one in sorted(windows, key=lambda window: (window.last, window.first)):
        place = bisect_left(days, max(one.first, first))
        if place == len(days):
            days.append(min(one.last, last))
            found.append([])
        found[place].append(one)
    return found


def common(group: Sequence[Window], first: int, last: int) -> tuple[date, date]:
    """Return the first and the last day between `first` and `last` that every window of a group holds."""
    days = max(first, *(one.first for one in group)), min(last, *(one.last for one in group))
    return date.fromordinal(days[0]), date.fromordinal(days[1])


def week(text: str) -> tuple[date, date]:
    """Return the Monday and the Sunday of a week.

    >>> [day.isoformat() for day in week("2026-W47")]
    ['2026-11-16', '2026-11-22']

    Raises:
        UsageError: there is no such week.
    """
    parts = _WEEK.fullmatch(text)
    try:
        if parts is not None:
            year, number = int(parts[1]), int(parts[2])
            return date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 7)
    except (ValueError, OverflowError):
        pass
    raise UsageError(N_("{week} is no week: write it as 2026-W47"), week=text)


def days(today: date, week_: str | None, first: str | None, last: str | None) -> tuple[date, date]:
    """Return the first and the last day of a week or a span as typed; of what is left of this week if neither is given.

    Raises:
        UsageError: a day or a week is none, or the last day is before the first.
    """
    if week_ is not None:
        return week(week_)
    if first is None or last is None:
        return today, date.fromordinal(min(today.toordinal() + 7 - today.isoweekday(), date.max.toordinal()))
    span = iso_date(first, "--from"), iso_date(last, "--to")
    if span[1] < span[0]:
        raise UsageError(N_("the last day {last} is before the first, {first}"), first=first, last=last)
    return span
