"""The working-day calendar against a plain loop over the days, and against the State Council's own words.

The loop knows the package's tables and nothing else. Everything here stops at 2026: a later release
of the package brings another year, so tests of the calendar's edge bring the years that they need.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from chinese_calendar import constants as tables
from hypothesis import given, settings
from hypothesis import strategies as st

from jsup import workdays
from jsup.workdays import Calendar, DateRangeError, Year

ONE = timedelta(days=1)
FIRST, EDGE = date(2004, 1, 1), date(2026, 12, 28)
REST = {day: tables.Holiday(name).chinese for day, name in tables.holidays.items() if day <= EDGE}
WORK = {day: tables.Holiday(name).chinese for day, name in tables.workdays.items() if day <= EDGE}


def announced(through: int = 2026) -> Calendar:
    """A new calendar of the packaged years up to one."""
    return Calendar(year for year in workdays.packaged() if year.year <= through)


CALENDAR = announced()


def works(day: date) -> bool:
    if day in WORK:
        return True
    return day not in REST and day.isoweekday() <= 5


def every(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE


def forward(start: date, count: int, works: Callable[[date], bool] = works) -> date:
    while count:
        start += ONE
        count -= works(start)
    return start


def back(day: date, count: int, works: Callable[[date], bool] = works) -> date:
    while count:
        day -= ONE
        count -= works(day)
    return day


@pytest.mark.parametrize("count", [1, 5, 15])
def test_after_agrees_with_a_loop_from_every_day_of_2010_to_december_2026(count):
    working = [day for day in every(date(2010, 1, 1), date(2027, 3, 31)) if works(day)]
    wrong, place = [], 0
    for start in every(date(2010, 1, 1), date(2026, 12, 1)):
        while working[place] <= start:
            place += 1
        found, expected = CALENDAR.after(start, count), working[place + count - 1]
        if found != expected:
            wrong.append((start, found, expected))
    assert wrong == []


@pytest.mark.parametrize(
    ("start", "count", "due", "certain"),
    [
        ("2026-02-09", 5, "2026-02-14", True),  # a make-up Saturday before 春节
        ("2025-09-24", 15, "2025-10-21", True),  # two make-up days and eight rest days in between
        ("2026-09-18", 5, "2026-09-24", True),  # a make-up Sunday, the day before 中秋
        ("2026-09-23", 15, "2026-10-21", True),
        ("2026-10-21", 5, "2026-10-28", True),
        ("2026-12-07", 15, "2026-12-28", True),  # the last day that no later notice has moved
        ("2026-12-08", 15, "2026-12-29", False),
        ("2026-12-31", 1, "2027-01-01", False),  # nobody has announced yet that it is a rest day
        ("2003-12-31", 1, "2004-01-02", True),
        ("2003-12-30", 1, "2003-12-31", False),  # before the first announced year
    ],
)
def test_known_periods_end_on_these_days(start, count, due, certain):
    started, ends = date.fromisoformat(start), date.fromisoformat(due)
    assert CALENDAR.after(started, count) == ends
    assert CALENDAR.certain(started + ONE, ends) is certain


# The Mondays to Fridays that are rest days and the weekend days that are working days, read off the notices.
NOTICES = {
    2025: (  # https://www.gov.cn/zhengce/content/202411/content_6986382.htm
        "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (  # https://www.gov.cn/zhengce/content/202511/content_7047090.htm
        "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}


@pytest.mark.parametrize("year", NOTICES)
def test_shown_lists_the_days_that_the_notice_lists(year):
    off, work = ([date.fromisoformat(f"{year}-{day}") for day in days.split()] for days in NOTICES[year])
    assert CALENDAR.shown(year) == (off, work)


@pytest.mark.parametrize("year", range(2004, 2027))
def test_shown_lists_a_year_of_the_tables_in_order(year):
    off = [day for day in every(date(year, 1, 1), date(year, 12, 31)) if day.isoweekday() <= 5 and not works(day)]
    work = [day for day in every(date(year, 1, 1), date(year, 12, 31)) if day.isoweekday() > 5 and works(day)]
    assert CALENDAR.shown(year) == (off, work)
    assert off != []


def test_shown_puts_a_day_into_its_own_year_whichever_notice_names_it():
    calendar = Calendar([Year(2027, {date(2026, 12, 31): "元旦", date(2027, 1, 1): "元旦"}, {date(2026, 12, 26): "元旦"})])
    assert calendar.shown(2026) == ([date(2026, 12, 31)], [date(2026, 12, 26)])
    assert calendar.shown(2027) == ([date(2027, 1, 1)], [])
    assert calendar.shown(2028) == ([], [])


def test_shown_is_in_the_order_of_the_days_whatever_the_order_of_the_notice():
    off = {date(2026, 10, 1): "x", date(2026, 1, 1): "x", date(2026, 5, 1): "x"}
    work = {date(2026, 9, 20): "x", date(2026, 1, 4): "x", date(2026, 5, 9): "x"}
    assert Calendar([Year(2026, off, work)]).shown(2026) == (sorted(off), sorted(work))


def test_explain_names_each_day_once_with_its_reason_its_holiday_and_its_certainty():
    first, last = date(2003, 6, 1), date(2027, 6, 30)
    expected = []
    for day in every(first, last):
        if day in WORK:
            reason, holiday = "make_up", WORK[day]
        elif day in REST:
            reason, holiday = "holiday", REST[day]
        else:
            reason, holiday = ("workday" if day.isoweekday() <= 5 else "weekend"), ""
        expected.append((day, works(day), reason, holiday, FIRST <= day <= EDGE))
    assert [tuple(day) for day in CALENDAR.explain(first, last)] == expected
    assert {reason for _, _, reason, _, _ in expected} == {"workday", "make_up", "weekend", "holiday"}


def test_explain_of_the_days_around_the_spring_festival_reads_like_the_notice():
    assert [(f"{day.date:%m-%d}", day.reason, day.holiday) for day in CALENDAR.explain(date(2026, 2, 13), date(2026, 2, 16))] == [
        ("02-13", "workday", ""),
        ("02-14", "make_up", "春节"),
        ("02-15", "holiday", "春节"),
        ("02-16", "holiday", "春节"),
    ]


def test_explain_of_one_day_is_that_day_and_of_an_empty_span_is_nothing():
    assert [day.date for day in CALENDAR.explain(date(2026, 2, 14), date(2026, 2, 14))] == [date(2026, 2, 14)]
    assert list(CALENDAR.explain(date(2026, 2, 14), date(2026, 2, 13))) == []


def test_a_make_up_day_works_though_it_is_a_weekend_day_and_a_holiday_rests_though_it_is_not():
    assert all(CALENDAR.is_working(day) for day in WORK if day.isoweekday() > 5)
    assert not any(CALENDAR.is_working(day) for day in REST)
    assert [day for day in every(FIRST, date(2027, 12, 31)) if CALENDAR.is_working(day) != works(day)] == []


def test_on_or_after_keeps_a_working_day_and_moves_a_rest_day_to_the_next_one():
    wrong = [
        day
        for day in every(date(2024, 1, 1), date(2026, 12, 31))
        if CALENDAR.on_or_after(day) != (day if works(day) else forward(day, 1))
    ]
    assert wrong == []
    assert CALENDAR.on_or_after(date(2026, 2, 14)) == date(2026, 2, 14)
    assert CALENDAR.on_or_after(date(2026, 2, 15)) == date(2026, 2, 24)


DATES = st.dates(date(2003, 6, 1), date(2027, 12, 31))


@settings(max_examples=150, deadline=None)
@given(DATES, DATES)
def test_between_counts_the_working_days_after_the_first_through_the_second_and_backwards_with_a_minus(one, other):
    early, late = sorted((one, other))
    count = sum(works(day) for day in every(early + ONE, late))
    assert CALENDAR.between(early, late) == count
    assert CALENDAR.between(late, early) == -count


def test_between_leaves_out_the_day_it_starts_from_and_counts_the_day_it_ends_on():
    friday, monday = date(2026, 3, 6), date(2026, 3, 9)
    assert (CALENDAR.between(friday, friday), CALENDAR.between(friday, monday), CALENDAR.between(monday, friday)) == (0, 1, -1)


@settings(max_examples=150, deadline=None)
@given(DATES, st.integers(1, 60))
def test_before_undoes_after_on_working_days_and_walks_back_from_any_day(day, count):
    assert CALENDAR.before(day, count) == back(day, count)
    if works(day):
        assert CALENDAR.before(CALENDAR.after(day, count), count) == day
        assert CALENDAR.after(CALENDAR.before(day, count), count) == day


@st.composite
def notices(draw):
    """Invented notices of some years in a row, in any order, each reaching back into the December before."""
    first = draw(st.integers(2001, 2040))
    years = []
    for year in range(first, first + draw(st.integers(1, 3))):
        marks = draw(st.dictionaries(st.dates(date(year - 1, 12, 29), date(year, 12, 31)), st.booleans(), max_size=30))
        rest = {day: f"rest {year}" for day, working in marks.items() if not working}
        years.append(Year(year, rest, {day: f"work {year}" for day, working in marks.items() if working}))
    return draw(st.permutations(years))


@settings(max_examples=60, deadline=None)
@given(notices(), st.integers(-800, 1500), st.integers(1, 40))
def test_any_notices_give_what_a_loop_gives_and_the_later_one_has_the_last_word(years, offset, count):
    said = {}
    for year in sorted(years, key=lambda year: year.year):
        said.update(dict.fromkeys(year.rest, False) | dict.fromkeys(year.work, True))

    def working(day: date) -> bool:
        return said.get(day, day.isoweekday() <= 5)

    start = date(min(year.year for year in years), 1, 1) + timedelta(days=offset)
    calendar = Calendar(years)
    due = calendar.after(start, count)
    assert due == forward(start, count, working)
    assert calendar.before(start, count) == back(start, count, working)
    assert calendar.between(start, due) == count
    assert [day.working for day in calendar.explain(start, due)] == [working(day) for day in every(start, due)]
    last = max(year.year for year in years)
    assert calendar.announced_through == date(last, 12, 28)
    assert calendar.certain(start, due) == (date(min(year.year for year in years), 1, 1) <= start and due <= date(last, 12, 28))


@pytest.mark.parametrize("last", [2018, 2022, 2026])
def test_what_is_certain_ends_on_28_december_of_the_last_announced_year(last):
    calendar = announced(through=last)
    assert calendar.announced_through == date(last, 12, 28)
    assert calendar.certain(date(last, 12, 1), date(last, 12, 28))
    assert not calendar.certain(date(last, 12, 1), date(last, 12, 29))
    assert not calendar.certain(date(last, 12, 29), date(last, 12, 29))


def test_what_is_certain_begins_with_the_first_announced_year():
    assert CALENDAR.announced_from == FIRST
    assert CALENDAR.certain(FIRST, FIRST)
    assert not CALENDAR.certain(date(2003, 12, 31), FIRST)


def test_a_missing_year_ends_what_is_certain_though_later_notices_still_count():
    calendar = Calendar(year for year in workdays.packaged() if year.year in (2023, 2024, 2026))
    assert calendar.announced_through == date(2024, 12, 28)
    assert calendar.is_working(date(2026, 2, 14))
    assert calendar.is_working(date(2025, 10, 1))
    assert calendar.after(date(2025, 9, 30), 1) == date(2025, 10, 1)


def test_without_any_notice_every_day_is_an_estimate_by_the_week():
    calendar = Calendar([])
    assert calendar.announced_through == date.min
    assert not calendar.certain(date(2026, 10, 1), date(2026, 10, 1))
    assert calendar.after(date(2026, 9, 30), 2) == date(2026, 10, 2)
    assert [day.reason for day in calendar.explain(date(2026, 10, 2), date(2026, 10, 3))] == ["workday", "weekend"]


def test_the_notice_for_2019_turns_the_last_days_of_2018_round():
    days = (date(2018, 12, 29), date(2018, 12, 31))  # a Saturday to work on, a Monday to rest on
    before, after = announced(through=2018), announced(through=2019)
    assert [before.is_working(day) for day in days] == [False, True]
    assert [after.is_working(day) for day in days] == [True, False]
    assert not before.certain(*days)
    assert after.certain(*days)
    assert before.after(date(2018, 12, 28), 1) == date(2018, 12, 31)
    assert after.after(date(2018, 12, 28), 1) == date(2018, 12, 29)


@pytest.mark.parametrize("turned_round", [False, True])
@pytest.mark.parametrize("day", [date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)])
def test_a_later_notice_overrules_an_earlier_one_on_a_day_of_december(day, turned_round):
    rest, work = {day: "first"}, {day: "second"}
    years = [Year(2026, rest, {}), Year(2027, {}, work)]
    calendar = Calendar(reversed(years) if turned_round else years)
    assert [tuple(found) for found in calendar.explain(day, day)] == [(day, True, "make_up", "second", True)]
    assert calendar.shown(2026) == ([], [])
    assert calendar.after(day - ONE, 1) == day
    years = [Year(2026, {}, rest), Year(2027, work, {})]
    calendar = Calendar(reversed(years) if turned_round else years)
    assert [tuple(found) for found in calendar.explain(day, day)] == [(day, False, "holiday", "second", True)]
    assert calendar.shown(2026) == ([day], [])
    assert calendar.after(day - ONE, 1) > day


def test_the_package_announces_every_year_from_2004_and_each_has_its_festivals():
    years = workdays.packaged()
    assert [year.year for year in years] == list(range(2004, 2004 + len(years)))
    assert years[-1].year >= 2026
    for year in years:
        # A year with only a stray day in it would pass for an announced one.
        assert {"元旦", "春节", "国庆节"} <= set(year.rest.values()), year.year
        assert any(day.month == 10 for day in year.rest), year.year
        assert year.source == "chinesecalendar"


def test_each_day_of_the_tables_stands_in_one_year_and_the_end_of_december_in_the_next():
    for name, table in (("rest", tables.holidays), ("work", tables.workdays)):
        found = [(year.year, day, holiday) for year in workdays.packaged() for day, holiday in getattr(year, name).items()]
        assert sorted(day for _, day, _ in found) == sorted(table)
        for year, day, holiday in found:
            assert year == (day.year + 1 if (day.month, day.day) >= (12, 29) else day.year)
            assert holiday == tables.Holiday(table[day]).chinese


def test_no_notice_has_ever_moved_a_day_between_the_end_of_november_and_28_december():
    """What `announced_through` stands on: if a notice ever does, the calendar's edge must move."""
    ends = {day for table in (tables.holidays, tables.workdays) for day in table if day.month == 12}
    assert min(day.day for day in ends) > workdays.CERTAIN_IN_DECEMBER == 28


@pytest.mark.parametrize("start", [date(1990, 1, 1), date(1990, 2, 3), date(2003, 12, 28), date(2080, 2, 29), date(2029, 12, 30)])
@pytest.mark.parametrize("count", [1, 5, 15, 250, 1000])
def test_days_far_from_the_announced_years_are_counted_all_the_same(start, count):
    calendar = announced()
    due = forward(start, count)
    assert calendar.after(start, count) == due
    assert announced().between(start, due) == count
    assert announced().between(due, start) == -count
    assert announced().before(start, count) == back(start, count)
    assert not calendar.certain(start + ONE, due)


def test_an_answer_does_not_depend_on_what_was_asked_before():
    def ask(calendar: Calendar) -> list[object]:
        near = [calendar.after(date(2026, 1, 30), count) for count in (1, 5, 15, 2000)]
        return [*near, calendar.before(date(2004, 1, 9), 5), calendar.between(date(2001, 5, 1), date(2033, 5, 1))]

    asked = announced()
    asked.after(date(1890, 1, 1), 3)
    asked.between(date(1700, 6, 1), date(2300, 6, 1))
    asked.before(date(1600, 1, 1), 300)
    assert ask(asked) == ask(announced())


LATE = [Year(9998, {}, {})]
"""One late year: an index from 2004 to 9999 would only cost time."""


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [("9999-12-24", 5, "9999-12-31"), ("9999-12-30", 1, "9999-12-31"), ("9998-12-31", 261, "9999-12-31")],
)
def test_the_last_working_day_of_all_can_be_reached(start, count, due):
    assert Calendar(LATE).after(date.fromisoformat(start), count) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("start", "count"), [("9999-12-24", 6), ("9999-12-31", 1), ("9998-12-31", 262), ("9998-01-01", 10**7), ("9999-12-30", 10**18)]
)
def test_a_period_past_the_last_day_of_all_is_refused_in_a_sentence(start, count):
    with pytest.raises(DateRangeError, match="9999"):
        Calendar(LATE).after(date.fromisoformat(start), count)


def test_a_long_period_that_still_ends_in_the_year_9999_is_not_refused():
    start = date(9990, 1, 1)
    due = forward(start, 2600, lambda day: day.isoweekday() <= 5)
    assert due.year == 9999
    assert Calendar([Year(9990, {}, {})]).after(start, 2600) == due


def test_the_real_calendar_reaches_the_year_9999_and_no_further():
    calendar = announced()
    assert calendar.after(date(9999, 12, 30), 1) == date(9999, 12, 31)
    with pytest.raises(DateRangeError):
        calendar.after(date(9999, 12, 31), 1)
    with pytest.raises(DateRangeError):
        announced().after(date(2026, 11, 24), 10**9)


def test_on_or_after_refuses_a_rest_day_with_nothing_behind_it():
    calendar = Calendar([Year(9999, {date(9999, 12, 31): "x"}, {})])
    assert calendar.on_or_after(date(9999, 12, 30)) == date(9999, 12, 30)
    with pytest.raises(DateRangeError):
        calendar.on_or_after(date(9999, 12, 31))


def test_the_first_days_of_all_are_counted():
    """The first of January of the year 1 was a Monday."""
    early = [Year(3, {}, {})]
    assert Calendar(early).after(date.min, 1) == date(1, 1, 2)
    assert Calendar(early).before(date(1, 1, 5), 4) == date(1, 1, 1)
    assert Calendar(early).between(date.min, date(1, 1, 5)) == 4


@pytest.mark.parametrize(("day", "count"), [("0001-01-05", 5), ("0001-01-05", 10), ("0001-01-01", 1), ("0003-01-01", 10**6)])
def test_a_day_before_the_first_day_of_all_is_refused_and_not_counted_from_the_other_end(day, count):
    with pytest.raises(DateRangeError, match=r"^that is before the year 1:"):
        Calendar([Year(3, {}, {})]).before(date.fromisoformat(day), count)


def test_explain_reaches_the_last_day_of_all():
    days = list(Calendar(LATE).explain(date(9999, 12, 30), date.max))
    assert [(day.date, day.working) for day in days] == [(date(9999, 12, 30), True), (date(9999, 12, 31), True)]
