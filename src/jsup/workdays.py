"""The working-day calendar: which days count, and how sure that is.

A year's rest days and make-up days are announced by the State Council in the autumn before. A
calendar holds the announced years; every other day is estimated as Monday to Friday.
"""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date
from itertools import accumulate, compress

from jsup.errors import N_, JsupError

# The first deadline of a process is to be there at once: importing typing, collections or dataclasses
# takes longer than all the rest of it, so only type checkers do.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Final

CERTAIN_IN_DECEMBER: Final = 28
"""Last day of December that the next year's notice has never moved (5 of 21 moved 29 to 31)."""

NOTICE_MONTH: Final = 11
"""From this month on the next year's notice is looked for; most come in November."""

WORKDAY, MAKE_UP, WEEKEND, HOLIDAY = "workday", "make_up", "weekend", "holiday"

SATURDAY = 5
_WEEK = b"\1\1\1\1\1\0\0"


class _Record:
    """Fields in the order of `__match_args__`, to be unpacked, compared and printed."""

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, name) for name in self.__match_args__)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}{tuple(self)}"


class Year(_Record):
    """One announced year: its rest days and make-up days, each with the holiday's name.

    A notice may reach back into the December before; weekend days inside a holiday are listed too.
    """

    __slots__ = __match_args__ = ("year", "rest", "work", "source")

    def __init__(self, year: int, rest: Mapping[date, str], work: Mapping[date, str], source: str = "") -> None:
        self.year, self.rest, self.work, self.source = year, rest, work, source


class Day(_Record):
    """One day of an explanation: does it count, why, and is that certain."""

    __slots__ = __match_args__ = ("date", "working", "reason", "holiday", "certain")

    def __init__(self, date: date, working: bool, reason: str, holiday: str, certain: bool) -> None:
        self.date, self.working, self.reason, self.holiday, self.certain = date, working, reason, holiday, certain


class DateRangeError(JsupError):
    """A date beyond what a calendar can hold."""


class Calendar:
    """Working days over an index of the years asked about: counting is a look-up, not a loop.

    >>> c = Calendar([Year(2026, {date(2026, 10, 1): "国庆节"}, {date(2026, 9, 20): "国庆节"})])
    >>> c.after(date(2026, 9, 18), 1), c.after(date(2026, 9, 30), 1)
    (datetime.date(2026, 9, 20), datetime.date(2026, 10, 2))
    >>> c.announced_through
    datetime.date(2026, 12, 28)
    """

    def __init__(self, years: Iterable[Year]) -> None:
        self.years = {year.year: year for year in years}
        self.rest: dict[date, str] = {}
        self.work: dict[date, str] = {}
        for _, year in sorted(self.years.items()):
            for day in year.rest:  # a later notice has the last word on a day
                self.work.pop(day, None)
            for day in year.work:
                self.rest.pop(day, None)
            self.rest.update(year.rest)
            self.work.update(year.work)
        first = min(self.years, default=MAXYEAR)
        last = first
        while last + 1 in self.years:
            last += 1
        self.announced_from = date(first, 1, 1)
        self.announced_through = date(last, 12, CERTAIN_IN_DECEMBER) if self.years else date.min
        self._first, self._last, self._eve = MAXYEAR, MINYEAR, date.max.toordinal()  # nothing is indexed yet

    def _index(self, first: int, last: int) -> None:
        """Build `_dates`, the working days, and `_place`, for each day the place there of the last one up to and with it.

        `_place` begins with the eve of the first day, whose ordinal is `_eve`; no working day is -1.
        """
        self._first, self._last = first, last
        begin, end = date(first, 1, 1), date(last, 12, 31)
        self._eve = eve = begin.toordinal() - 1
        size = end.toordinal() - eve
        turn = begin.weekday()
        mask = bytearray((_WEEK[turn:] + _WEEK * (size // 7 + 1))[:size])
        for days, value in ((self.rest, 0), (self.work, 1)):
            for day in days:
                if begin <= day <= end:
                    mask[day.toordinal() - eve - 1] = value
        self._place = list(accumulate(mask, initial=-1))
        self._dates = list(map(date.fromordinal, compress(range(eve + 1, eve + 1 + size), mask)))

    def _cover(self, first: int, last: int) -> None:
        """Make the index reach from the year before one to the year after another, as far as dates reach."""
        first, last = max(first - 1, MINYEAR), min(last + 1, MAXYEAR)
        if first < self._first or last > self._last:
            self._index(min(first, self._first), max(last, self._last))

    def after(self, start: date, count: int) -> date:
        """Return the `count`-th working day after `start` (at least 1); the start day itself is not counted.

        Raises:
            DateRangeError: it lies past the year 9999.

        Source: 民法典 第二百零一条.
        """
        day = start.toordinal() - self._eve
        if day > 0:
            try:
                return self._dates[self._place[day] + count]
            except IndexError:
                pass  # it lies past the index
        # Two calendar days for each working day is more than any year ever needed.
        self._cover(start.year, start.year + count * 2 // 365)
        try:
            return self._dates[self._place[start.toordinal() - self._eve] + count]
        except IndexError:
            raise DateRangeError(
                N_("that is past the year {year}: give a shorter period or a later start"), year=MAXYEAR
            ) from None

    def between(self, after: date, through: date) -> int:
        """Count the working days in (after, through]; negative in the other direction."""
        self._cover(min(after, through).year, max(after, through).year)
        return self._place[through.toordinal() - self._eve] - self._place[after.toordinal() - self._eve]

    def before(self, day: date, count: int) -> date:
        """Return the `count`-th working day before `day` (at least 1).

        Raises:
            DateRangeError: it lies before the year 1.
        """
        self._cover(day.year - count * 2 // 365, day.year)
        place = self._place[day.toordinal() - self._eve - 1] + 1 - count
        if place < 0:
            raise DateRangeError(N_("that is before the year {year}: give a shorter period"), year=MINYEAR)
        return self._dates[place]

    def on_or_after(self, day: date) -> date:
        """Return `day`, or the next working day if it is a rest day.

        Source: 民法典 第二百零三条.
        """
        return day if self.is_working(day) else self.after(day, 1)

    def is_working(self, day: date) -> bool:
        """Tell whether `day` is a working day, as announced or else as estimated."""
        return day in self.work or (day.weekday() < SATURDAY and day not in self.rest)

    def certain(self, first: date, last: date) -> bool:
        """Tell whether every day from `first` to `last` is announced."""
        return self.announced_from <= first and last <= self.announced_through

    def awaited(self, today: date) -> int | None:
        """Return the year whose notice is to be looked for: from 1 November, the next one, until it is in."""
        year = today.year + (today.month >= NOTICE_MONTH)
        return year if self.announced_through.year < year else None

    def explain(self, first: date, last: date) -> Iterator[Day]:
        """Yield each day from `first` to `last` with its reason."""
        for day in map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1)):
            certain = self.certain(day, day)
            if day in self.work:
                yield Day(day, True, MAKE_UP, self.work[day], certain)
            elif day in self.rest:
                yield Day(day, False, HOLIDAY, self.rest[day], certain)
            elif day.weekday() < SATURDAY:
                yield Day(day, True, WORKDAY, "", certain)
            else:
                yield Day(day, False, WEEKEND, "", certain)

    def shown(self, year: int) -> tuple[list[date], list[date]]:
        """Return a year's Mondays to Fridays that are rest days, and its weekend days that are working days."""
        off = sorted(day for day in self.rest if day.year == year and day.weekday() < SATURDAY)
        work = sorted(day for day in self.work if day.year == year and day.weekday() >= SATURDAY)
        return off, work


def packaged() -> list[Year]:
    """Return the years that the chinesecalendar package's tables announce, 2004 onwards.

    29 to 31 December are settled by the next year's notice and are put with it. Of the package only
    the tables are used: its `find_workday` is a day late when it starts on a rest day.
    """
    from chinese_calendar.constants import Holiday, holidays, workdays  # noqa: PLC0415 - only for `init` and bare `due`

    names = {holiday.value: holiday.chinese for holiday in Holiday}
    years: dict[int, tuple[dict[date, str], dict[date, str]]] = {}
    for index, table in enumerate((holidays, workdays)):
        for day, name in table.items():
            year = day.year + (day.month == 12 and day.day > CERTAIN_IN_DECEMBER)  # noqa: PLR2004 - December
            years.setdefault(year, ({}, {}))[index][day] = names[name]
    return [Year(year, rest, work, "chinesecalendar") for year, (rest, work) in sorted(years.items())]
