"""The last day of a period, clause by clause of the Civil Code (民法典), against a plain loop."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from chinese_calendar import constants as tables
from hypothesis import given, settings
from hypothesis import strategies as st

from jsup import deadlines, workdays
from jsup.deadlines import MONTH, WORKING_DAY, Due
from jsup.workdays import Calendar, DateRangeError, Year

ONE = timedelta(days=1)
FIRST, EDGE = date(2004, 1, 1), date(2026, 12, 28)
REST = {day for day in tables.holidays if day <= EDGE}
WORK = {day for day in tables.workdays if day <= EDGE}
# A later release of the package knows 2027, too; the edge of these tests is 2026.
CALENDAR = Calendar(year for year in workdays.packaged() if year.year <= 2026)


def works(day: date) -> bool:
    return day in WORK or (day not in REST and day.isoweekday() <= 5)


def every(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE


def unannounced(first: date, last: date) -> bool:
    return any(not FIRST <= day <= EDGE for day in every(first, last))


def in_months(start: date, count: int) -> date:
    """The same day so many months on, or that month's last day."""
    years, month = divmod(start.month - 1 + count, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def due(start: str, count: int, unit: str) -> tuple[str, bool]:
    found = deadlines.due(CALENDAR, date.fromisoformat(start), count, unit)
    return found.on.isoformat(), found.provisional


DATES = st.dates(date(2003, 6, 1), date(2027, 6, 30))


@pytest.mark.parametrize(
    ("start", "count", "on"),
    [
        ("2026-03-02", 1, "2026-03-03"),  # a Monday; the event's own day is a working day and does not count
        ("2026-03-06", 1, "2026-03-09"),  # a Friday
        ("2026-03-07", 1, "2026-03-09"),  # a Saturday
        ("2026-03-08", 1, "2026-03-09"),  # a Sunday
        ("2026-02-13", 1, "2026-02-14"),  # the next day is a make-up Saturday
        ("2026-02-14", 1, "2026-02-24"),  # the make-up day itself
        ("2026-02-09", 5, "2026-02-14"),
        ("2025-09-24", 15, "2025-10-21"),
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-09-23", 15, "2026-10-21"),
        ("2026-10-21", 5, "2026-10-28"),
    ],
)
def test_civil_code_201_the_start_day_is_not_counted_and_a_period_ends_with_its_nth_working_day(start, count, on):
    assert due(start, count, WORKING_DAY) == (on, False)


@settings(max_examples=150, deadline=None)
@given(DATES, st.integers(1, 40))
def test_civil_code_201_working_days_agree_with_a_loop_and_so_does_what_is_provisional(start, count):
    on, missing = start, count
    while missing:
        on += ONE
        missing -= works(on)
    assert deadlines.due(CALENDAR, start, count, WORKING_DAY) == Due(on, unannounced(start + ONE, on))


@pytest.mark.parametrize(
    ("start", "count", "named", "on"),
    [
        ("2026-01-30", 1, "2026-02-28", "2026-02-28"),  # February has no 30th; the 28th is a make-up Saturday
        ("2026-01-29", 1, "2026-02-28", "2026-02-28"),
        ("2026-01-28", 1, "2026-02-28", "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29", "2024-02-29"),  # a leap year, and a Thursday
        ("2023-11-30", 3, "2024-02-29", "2024-02-29"),
        ("2026-03-31", 1, "2026-04-30", "2026-04-30"),
        ("2026-04-30", 1, "2026-05-30", "2026-06-01"),  # the same day, not the month's last: Saturday, so Monday
        ("2025-12-31", 2, "2026-02-28", "2026-02-28"),
        ("2025-07-31", 12, "2026-07-31", "2026-07-31"),
        ("2024-02-29", 12, "2025-02-28", "2025-02-28"),
    ],
)
def test_civil_code_202_a_month_ends_on_the_same_day_or_on_the_last_day_of_a_shorter_month(start, count, named, on):
    assert deadlines.months_later(date.fromisoformat(start), count) == date.fromisoformat(named)
    assert due(start, count, MONTH) == (on, False)


@pytest.mark.parametrize(
    ("start", "count", "on"),
    [
        ("2026-02-09", 1, "2026-03-09"),  # a Monday stays
        ("2026-02-07", 1, "2026-03-09"),  # a Saturday moves to Monday
        ("2026-02-08", 1, "2026-03-09"),  # a Sunday moves to Monday
        ("2026-09-01", 1, "2026-10-08"),  # 1 October moves past the whole holiday
        ("2026-09-10", 1, "2026-10-10"),  # a make-up Saturday stays
        ("2026-01-15", 1, "2026-02-24"),  # 春节
        ("2026-08-26", 1, "2026-09-28"),  # a Saturday inside 中秋
    ],
)
def test_civil_code_203_a_last_day_that_is_a_rest_day_moves_to_the_next_working_day(start, count, on):
    assert due(start, count, MONTH) == (on, False)


@settings(max_examples=200, deadline=None)
@given(DATES, st.integers(1, 40))
def test_civil_code_202_and_203_months_agree_with_a_loop_and_so_does_what_is_provisional(start, count):
    named = in_months(start, count)
    on = named
    while not works(on):
        on += ONE
    assert deadlines.months_later(start, count) == named
    assert deadlines.due(CALENDAR, start, count, MONTH) == Due(on, unannounced(named, on))


@pytest.mark.parametrize(
    ("start", "count", "unit", "on", "provisional"),
    [
        ("2026-12-07", 15, WORKING_DAY, "2026-12-28", False),
        ("2026-12-08", 15, WORKING_DAY, "2026-12-29", True),
        ("2026-12-25", 1, WORKING_DAY, "2026-12-28", False),
        ("2026-12-28", 1, WORKING_DAY, "2026-12-29", True),
        ("2003-12-30", 2, WORKING_DAY, "2004-01-02", True),  # 31 December 2003 is counted and was never announced
        ("2003-12-31", 1, WORKING_DAY, "2004-01-02", False),
        ("2026-11-27", 1, MONTH, "2026-12-28", False),  # a Sunday, moved to the last certain day
        ("2026-11-28", 1, MONTH, "2026-12-28", False),
        ("2026-11-29", 1, MONTH, "2026-12-29", True),
        ("2026-12-28", 1, MONTH, "2027-01-28", True),
        ("2003-12-05", 1, MONTH, "2004-01-05", False),  # what lies between does not matter to a month
        ("2003-11-29", 1, MONTH, "2003-12-29", True),
    ],
)
def test_a_period_is_provisional_only_if_it_hangs_on_a_day_that_is_not_announced(start, count, unit, on, provisional):
    assert due(start, count, unit) == (on, provisional)


def test_a_month_is_provisional_when_the_days_that_it_is_moved_over_are_not_announced():
    """A named day inside the announced days, and a last day outside of them."""
    calendar = Calendar([Year(2025, {}, {}), Year(2026, {date(2026, 12, 28): "x"}, {})])
    assert deadlines.due(calendar, date(2026, 11, 28), 1, MONTH) == Due(date(2026, 12, 29), True)
    assert deadlines.due(calendar, date(2026, 11, 25), 1, MONTH) == Due(date(2026, 12, 25), False)


def test_a_month_is_provisional_when_the_named_day_lies_before_the_announced_days():
    """31 December 2005 was a Saturday; whether it was a rest day was for the notice of 2006 to say, and of 2005."""
    calendar = Calendar([Year(2006, {}, {})])
    assert deadlines.due(calendar, date(2005, 10, 31), 2, MONTH) == Due(date(2006, 1, 2), True)
    assert deadlines.due(calendar, date(2005, 10, 31), 3, MONTH) == Due(date(2006, 1, 31), False)


def test_a_provisional_day_becomes_certain_or_moves_when_the_next_notice_is_known():
    years = [*CALENDAR.years.values(), Year(2027, {date(2026, 12, 31): "元旦", date(2027, 1, 1): "元旦"}, {})]
    later = Calendar(years)
    assert deadlines.due(later, date(2026, 12, 8), 15, WORKING_DAY) == Due(date(2026, 12, 29), False)
    assert due("2026-12-10", 15, WORKING_DAY) == ("2026-12-31", True)
    assert deadlines.due(later, date(2026, 12, 10), 15, WORKING_DAY) == Due(date(2027, 1, 4), False)
    assert due("2026-11-30", 2, MONTH) == ("2027-02-01", True)
    assert deadlines.due(later, date(2026, 11, 30), 2, MONTH) == Due(date(2027, 2, 1), False)


@pytest.mark.parametrize(
    ("start", "count", "unit"),
    [
        (date(9999, 12, 31), 1, WORKING_DAY),
        (date(9999, 12, 1), 30, WORKING_DAY),
        (date(9999, 12, 1), 1, MONTH),
        (date(9998, 6, 1), 24, MONTH),
        (date(2026, 6, 1), 10**6, MONTH),
        (date(2026, 6, 1), 10**20, MONTH),
    ],
)
def test_a_period_past_the_year_9999_is_refused_in_a_sentence(start, count, unit):
    with pytest.raises(DateRangeError, match="past the year 9999"):
        deadlines.due(Calendar([Year(9998, {}, {})]), start, count, unit)


@pytest.mark.parametrize(
    ("due_on", "today", "left"),
    [
        ("2026-03-11", "2026-03-11", 0),  # the due day, a Wednesday
        ("2026-03-11", "2026-03-10", 1),
        ("2026-03-11", "2026-03-06", 3),  # from the Friday before
        ("2026-03-11", "2026-03-07", 3),  # and from the Saturday
        ("2026-03-11", "2026-03-12", -1),
        ("2026-03-11", "2026-03-14", -2),  # a Saturday adds nothing
        ("2026-03-11", "2026-03-16", -3),
        ("2026-03-14", "2026-03-14", 0),  # a named day that is a Saturday
        ("2026-03-14", "2026-03-13", 0),  # no working day is left on the Friday before
        ("2026-03-14", "2026-03-12", 1),
        ("2026-03-14", "2026-03-15", 0),  # overdue, but by no working day yet
        ("2026-03-14", "2026-03-16", -1),
        ("2026-10-03", "2026-10-03", 0),  # a named day inside 国庆节
        ("2026-10-03", "2026-10-07", 0),
        ("2026-10-03", "2026-10-08", -1),
        ("2026-10-03", "2026-10-10", -3),  # the 10th is a make-up Saturday
        ("2026-02-13", "2026-02-14", -1),  # a make-up Saturday counts
        ("2026-02-24", "2026-02-14", 1),
    ],
)
def test_working_days_left_are_0_on_the_due_day_and_minus_the_days_lost_after_it(due_on, today, left):
    assert deadlines.left(CALENDAR, date.fromisoformat(due_on), date.fromisoformat(today)) == left


@settings(max_examples=150, deadline=None)
@given(DATES, st.integers(-60, 60))
def test_working_days_left_agree_with_a_loop(due_on, distance):
    today = due_on + timedelta(days=distance)
    if today <= due_on:
        expected = sum(works(day) for day in every(today + ONE, due_on))
    else:
        expected = -sum(works(day) for day in every(due_on + ONE, today))
    assert deadlines.left(CALENDAR, due_on, today) == expected


@settings(max_examples=60, deadline=None)
@given(DATES, st.integers(1, 20), st.sampled_from([WORKING_DAY, MONTH]))
def test_the_explanation_begins_on_the_day_after_the_start_and_ends_on_the_due_day(start, count, unit):
    found = deadlines.due(CALENDAR, start, count, unit)
    days = deadlines.explain(CALENDAR, start, found.on)
    assert [day.date for day in days] == list(every(start + ONE, found.on))
    assert [day.working for day in days] == [works(day.date) for day in days]
    assert days[-1].working
    if unit == WORKING_DAY:
        assert sum(day.working for day in days) == count
        assert any(not day.certain for day in days) == found.provisional


@pytest.mark.parametrize("due_on", [date(2026, 3, 11), date(2026, 3, 10)])
def test_nothing_is_explained_for_a_period_that_ends_on_or_before_its_start(due_on):
    assert deadlines.explain(CALENDAR, date(2026, 3, 11), due_on) == []


def test_a_period_that_ends_on_the_last_day_of_all_is_explained():
    calendar = Calendar([Year(9998, {}, {})])
    found = deadlines.due(calendar, date(9999, 12, 24), 5, WORKING_DAY)
    assert found == Due(date(9999, 12, 31), True)
    assert [day.date.day for day in deadlines.explain(calendar, date(9999, 12, 24), found.on)] == list(range(25, 32))


@pytest.mark.parametrize(("kept", "provisional"), [(False, False), (False, True), (True, False), (True, True)])
def test_a_date_says_that_it_was_kept_and_that_it_is_provisional(kept, provisional):
    for unit, own in ((WORKING_DAY, 1), (MONTH, 3), ("date", 1)):
        said = deadlines.assumptions(unit, provisional=provisional, kept=kept)
        assert said[own:] == [deadlines.KEPT] * kept + [deadlines.ESTIMATED] * provisional
