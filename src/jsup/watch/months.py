"""Months and intervals, as the watch counts them."""

import re
from datetime import date, timedelta
from typing import Final

from jsup import deadlines
from jsup.errors import N_, UsageError
from jsup.workdays import Calendar

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)

EVERY: Final = {"week": 0, "month": 1, "quarter": 3, "half-year": 6, "year": 12}
"""How often a duty recurs, in months; a week is none."""
_WEEK: Final = timedelta(days=7)


def month(text: str) -> tuple[date, date]:
    """Return the first and the last day of a month.

    >>> month("2028-02")
    (datetime.date(2028, 2, 1), datetime.date(2028, 2, 29))

    Raises:
        UsageError: it is no such month.
    """
    found = _MONTH.fullmatch(text)
    if found is None:
        raise UsageError(N_("{month} is no month: write it as 2026-10"), month=text)
    first = date(int(found[1]), int(found[2]), 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def after(calendar: Calendar, every: str, on: date) -> deadlines.Due:
    """Return when a duty is due that was done, or began, on a day."""
    if EVERY[every]:
        return deadlines.due(calendar, on, EVERY[every], deadlines.MONTH)
    return deadlines.Due(on + _WEEK, provisional=False)
