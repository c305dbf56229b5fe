"""The calendar and its due dates against the `holidays` package, whose days come from the notices by other hands.

What is expected here is made of that package's days alone. Before its release 0.92 it lacked two make-up days of 2019.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import holidays
import pytest

from jsup import workdays
from jsup.deadlines import WORKING_DAY, due
from jsup.workdays import Calendar

ONE = timedelta(days=1)
EDGE = date(2026, 12, 28)
CALENDAR = Calendar(year for year in workdays.packaged() if year.year <= 2026)
OTHER = holidays.country_holidays("CN", years=range(2003, 2028))

# The notice of 2006 (国办发明电〔2005〕35号) makes this Saturday work for 3 January; chinesecalendar's tables, and so
# the packaged years, leave it out: https://github.com/liriansu-opus/chinese-calendar/issues/125
WRONG_IN_THE_TABLES = {date(2005, 12, 31)}


def every(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE


def disagreements(first: date, last: date) -> list[date]:
    return [day for day in every(first, last) if CALENDAR.is_working(day) != OTHER.is_working_day(day)]


def test_each_day_of_2007_to_28_december_2026_is_a_working_day_for_both_or_for_neither():
    assert disagreements(date(2007, 1, 1), EDGE) == []


def test_before_2007_they_differ_on_one_day_and_it_is_the_tables_that_are_wrong():
    """A release that mends the tables may leave nothing over."""
    found = disagreements(date(2004, 1, 1), date(2006, 12, 31))
    assert set(found) <= set(WRONG_IN_THE_TABLES)
    assert all(OTHER.is_working_day(day) for day in WRONG_IN_THE_TABLES)


def test_the_other_package_knows_rest_days_and_make_up_days_of_every_year():
    """Without them the comparison would only be one of Mondays to Fridays."""
    off = Counter(day.year for day in every(date(2007, 1, 1), EDGE) if day.isoweekday() <= 5 and not OTHER.is_working_day(day))
    work = Counter(day.year for day in every(date(2007, 1, 1), EDGE) if day.isoweekday() > 5 and OTHER.is_working_day(day))
    assert sorted(off) == sorted(work) == list(range(2007, 2027))
    assert min(off.values()) >= 10
    assert min(work.values()) >= 2


def test_explain_marks_as_make_up_days_those_that_the_other_package_makes_work():
    first = date(2007, 1, 1)
    marked = {day.date for day in CALENDAR.explain(first, EDGE) if day.reason == "make_up"}
    assert marked == {day for day in OTHER.weekend_workdays if first <= day <= EDGE}


@pytest.mark.parametrize("count", [1, 5, 15])
def test_no_due_date_from_2010_to_2026_is_another_than_a_loop_over_the_other_package_s_days_gives(count):
    wrong = []
    for start in every(date(2010, 1, 1), date(2026, 12, 31)):
        expected, missing = start, count
        while missing:
            expected += ONE
            missing -= OTHER.is_working_day(expected)
        found = due(CALENDAR, start, count, WORKING_DAY)
        # Past the last announced day each package estimates for itself; then neither may call it certain.
        right = found == (expected, False) if expected <= EDGE else found.provisional and found.on > EDGE
        if not right:
            wrong.append((start, found, expected))
    assert wrong == []


def test_no_due_date_of_15_days_is_another_than_the_other_package_s_own_reckoning_gives():
    last_certain = CALENDAR.before(EDGE, 15)
    starts = list(every(date(2010, 1, 1), last_certain))
    assert [day for day in starts if CALENDAR.after(day, 15) != OTHER.get_nth_working_day(day, 15)] == []


def test_working_days_between_the_start_of_2010_and_any_day_are_as_many_as_the_other_package_s():
    first = date(2010, 1, 1)
    working = [day for day in every(first + ONE, EDGE) if OTHER.is_working_day(day)]
    assert [day for day in every(first, EDGE) if CALENDAR.between(first, day) != bisect_right(working, day)] == []
