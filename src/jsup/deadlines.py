"""Periods of the policy applied to dates: due, left, late, provisional, and why."""

from datetime import date, timedelta
from typing import NamedTuple

from jsup.errors import N_
from jsup.workdays import Calendar, DateRangeError, Day

WORKING_DAY, MONTH, NAMED_DATE = "working_day", "month", "date"

START_NOT_COUNTED = N_("The day of the event is not counted (民法典 第二百零一条).")
LAST_OF_MONTH = N_("A period in months ends on the same day of the later month, or on that month's last day (第二百零二条).")
ROLLED_FORWARD = N_(
    "A last day that is a rest day moves to the next working day (第二百零三条); that weekends are rest days in its sense,"
    " and that the Civil Code is followed for an internal supervision, is this project's reading."
)
NAMED = N_("The last day was named when the period began or was extended; it does not move.")
KEPT = N_("The period would end earlier, but the agency has this day in writing, and no earlier one takes its place.")
ESTIMATED = N_("Days that are not announced yet are estimated as Monday to Friday: the date is provisional.")


class Due(NamedTuple):
    """The last day of a period; `provisional` when it hangs on days not announced yet."""

    on: date
    provisional: bool


def due(calendar: Calendar, start: date, count: int, unit: str) -> Due:
    """Return the last day of a period of `count` working days or months that `start` sets in motion.

    The start day is not counted (民法典 第二百零一条). A period in months ends on the same day of the
    later month, or on the month's last day (第二百零二条), and moves to the next working day from a
    rest day (第二百零三条).

    >>> from jsup.workdays import Year
    >>> due(Calendar([Year(2026, {}, {})]), date(2026, 1, 31), 1, "month")
    Due(on=datetime.date(2026, 3, 2), provisional=False)
    """
    if unit == WORKING_DAY:
        last = calendar.after(start, count)
        return Due(last, not calendar.certain(start + timedelta(days=1), last))
    named = months_later(start, count)
    last = calendar.on_or_after(named)
    return Due(last, not calendar.certain(named, last))


def months_later(start: date, count: int) -> date:
    """Return the same day `count` months later, or that month's last day if there is none."""
    import pendulum  # noqa: PLC0415 - 50 ms that a period in working days need not pay

    try:
        later = pendulum.Date(start.year, start.month, start.day).add(months=count)
    except (ValueError, OverflowError) as error:
        raise DateRangeError(
            N_("that is past the year {year}: give a shorter period or a later start"), year=date.max.year
        ) from error
    return date(later.year, later.month, later.day)


def assumptions(unit: str, *, provisional: bool, kept: bool = False) -> list[str]:
    """Return what a date rests on besides the calendar, as message keys; `kept` is a day given in writing."""
    rests = {WORKING_DAY: [START_NOT_COUNTED], MONTH: [START_NOT_COUNTED, LAST_OF_MONTH, ROLLED_FORWARD]}.get(unit, [NAMED])
    return rests + ([KEPT] if kept else []) + ([ESTIMATED] if provisional else [])


def uncertain_from(calendar: Calendar, count: int, unit: str) -> date:
    """Return the first start day from which a period's last day is provisional.

    >>> from jsup.workdays import Year
    >>> uncertain_from(Calendar([Year(2026, {}, {})]), 5, "working_day")
    datetime.date(2026, 12, 22)
    """
    start = calendar.announced_through
    while due(calendar, start, count, unit).provisional:
        start -= timedelta(days=1)
    return start + timedelta(days=1)


def left(calendar: Calendar, due_on: date, today: date) -> int:
    """Count the working days left: 0 on the due day, then minus the working days in (due, today]."""
    return calendar.between(today, due_on)


def explain(calendar: Calendar, start: date, due_on: date) -> list[Day]:
    """Return each day after `start` up to and with `due_on`."""
    if due_on <= start:
        return []
    return list(calendar.explain(start + timedelta(days=1), due_on))
