"""The calendar in the ledger: notices taken over, deadlines that move and those that must not, the edge."""

import json
from datetime import date, timedelta

import pytest

from jsup import calendars, notices, workdays
from tests.conftest import FACTS

PACKAGED = {year.year: year for year in workdays.packaged()}

# A made-up notice for 2027: nobody has announced that year.
NOTICE = """关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至12日（周五）放假调休，共8天。1月31日（周日）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假，共1天。
六、中秋节：9月15日（周三）放假，共1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""


@pytest.fixture(autouse=True)
def _known_to_2026(monkeypatch):
    """A new release of the package will bring 2027; these tests need a year that is not announced."""
    years = [year for year in PACKAGED.values() if year.year <= 2026]
    monkeypatch.setattr("jsup.workdays.packaged", lambda: years)
    monkeypatch.setenv("JSUP_TODAY", "2026-12-31")


@pytest.fixture
def notice(tmp_path):
    """Write a text to a file and return its path."""

    def write(text, name="notice.txt"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def served(jsup, register):
    """Return a ledger with a finding served on 10 December 2026: its dates hang on 2027."""
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-11-02")
    jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-11-30", "--on", "2026-11-03")
    jsup("confirm", "2026-0001", "--unrectified", "--on", "2026-12-01")
    jsup("recommend", "2026-0001", "--on", "2026-12-02")
    jsup("sign", "2026-0001", "--by", "T", "--on", "2026-12-04")
    result = jsup("deliver", "2026-0001", "--by-way", "direct", "--receiver", "R", "--on", "2026-12-10", "--json")
    assert [(row["period"], row["due_on"], row["provisional"]) for row in result.json["deadlines"][2:]] == [
        ("rectification", "2026-12-31", True),
        ("review", "2027-01-07", True),
    ]
    return register


def running(jsup, number="2026-0001"):
    found = jsup("finding", "show", number, "--json").json["deadlines"]
    return {
        row["period"]: (row["due_on"], row["provisional"])
        for row in found
        if row["met_on"] is None and row["cancelled_on"] is None
    }


def test_a_notice_moves_open_deadlines_and_lists_each_with_its_old_and_new_date(jsup, served, notice):
    result = jsup(
        "calendar", "import", notice(NOTICE), "--number", "国办发明电〔2026〕9号", "--published-on", "2026-11-05", "--json"
    )
    assert result.status == 0, result.err
    assert result.json["years"] == [2027]
    assert len(result.json["off"]) == 18
    assert result.json["work"] == ["2027-01-31", "2027-02-14", "2027-05-08", "2027-09-26", "2027-10-09"]
    assert result.json["moved"] == [{"number": "2026-0001", "period": "review", "old": "2027-01-07", "new": "2027-01-08"}]
    assert running(jsup) == {"rectification": ("2026-12-31", False), "review": ("2027-01-08", False)}
    shown = jsup("calendar", "show", "2027", "--json").json
    assert (shown["announced"], shown["off"], shown["work"]) == (True, result.json["off"], result.json["work"])
    assert "国办发明电〔2026〕9号" in shown["source"]
    assert jsup("calendar", "status", "--json").json["announced_through"] == "2027-12-28"
    assert jsup("log", "--json").json[-1]["command"] == "calendar import"
    assert jsup("verify").status == 0
    assert jsup("due", "--from", "2026-12-31", "--days", "5").out == "2027-01-08\n"


def test_a_dry_run_lists_the_same_and_writes_nothing(jsup, served, notice):
    before = jsup("log", "--json").out
    dry = jsup("calendar", "import", notice(NOTICE), "--dry-run", "--json").json
    assert jsup("log", "--json").out == before
    assert jsup("calendar", "show", "2027", "--json").json["announced"] is False
    real = jsup("calendar", "import", notice(NOTICE), "--json").json
    assert {**dry, "dry_run": False} == real


def test_the_same_notice_twice_changes_nothing(jsup, served, notice):
    jsup("calendar", "import", notice(NOTICE))
    before = jsup("log", "--json").out
    again = jsup("calendar", "import", notice(NOTICE), "--json").json
    assert (again["changed"], again["moved"], len(again["off"])) == (False, [], 18)
    assert jsup("log", "--json").out == before


def test_an_agency_s_period_never_ends_before_the_day_it_has_in_writing_and_the_bureau_s_own_may(jsup, served, notice):
    # 26 and 27 December become make-up days, so 15 working days from 10 December would end earlier.
    text = NOTICE.replace(
        "1日（周五）至3日（周日）放假，共3天。", "1日（周五）至4日（周一）放假，共4天。2026年12月26日（周六）、27日（周日）上班。"
    )
    result = jsup("calendar", "import", notice(text), "--yes", "--json")
    assert result.status == 0, result.err
    assert jsup("due", "--from", "2026-12-10", "--days", "15").out == "2026-12-29\n"
    assert running(jsup)["rectification"] == ("2026-12-31", False)
    assert running(jsup)["review"] == ("2027-01-11", False)  # five working days from the date as it stands, over 4 January
    why = jsup("why", "2026-0001", "--json").json["deadlines"][2]
    assert why["due_on"] == "2026-12-31"
    assert "The period would end earlier" in jsup("why", "2026-0001").out


def test_a_day_kept_because_it_was_given_in_writing_stays_provisional_while_its_period_is(jsup, register):
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-12-01")
    jsup("warn", "2026-0001", "--method", "letter", "--on", "2026-12-21")
    assert running(jsup)["warning"] == ("2027-01-04", True)
    jsup("calendar", "set", "2026-12-26", "--work", "--why", "t")  # ten working days now end on 1 January, as estimated
    assert running(jsup)["warning"] == ("2027-01-04", True)
    assert "(provisional)" in jsup("why", "2026-0001").out


def test_an_amendment_stands_beside_the_notice_as_a_source_of_its_year(jsup, served, notice):
    jsup("calendar", "import", notice(NOTICE), "--number", "第9号")
    jsup("calendar", "set", "2027-01-06", "--rest", "--why", "typhoon")
    shown = jsup("calendar", "show", "2027", "--json").json["source"]
    assert shown == "第9号 notice.txt; calendar set"
    review = jsup("why", "2026-0001", "--json").json["deadlines"][3]
    assert {"year": 2027, "source": shown} in review["calendar"]["sources"]


def test_a_day_of_december_that_the_next_year_s_notice_settles_names_that_notice(jsup, ledger, notice):
    text = NOTICE.replace("共3天。\n二、", "共3天。2026年12月26日（周六）、27日（周日）上班。\n二、", 1)
    jsup("calendar", "import", notice(text), "--yes")
    row = jsup("due", "--from", "2026-12-24", "--days", "2", "--json").json
    assert (row["due_on"], [one["year"] for one in row["calendar"]["sources"]]) == ("2026-12-26", [2026, 2027])


def test_the_days_of_an_extended_period_carry_their_numbers(jsup, served):
    jsup(
        "extend",
        "2026-0001",
        "--period",
        "rectification",
        "--until",
        "2027-01-20",
        "--why",
        "w",
        "--approved-by",
        "a",
        "--on",
        "2026-12-30",
    )
    lines = jsup("why", "2026-0001").out.split("2026-0001  ")[3].splitlines()
    numbers = [line.split("\t")[2] for line in lines if line[:2] == "20"]
    assert [number for number in numbers if number] == [str(count) for count in range(1, 30)]


def test_a_clock_reckoned_from_another_start_names_the_calendar_by_which_it_was_reckoned(jsup, served, notice, tmp_path):
    """The last day stays as it was, but only by the newer calendar does it follow from the new start."""
    jsup("calendar", "import", notice(NOTICE))
    jsup("calendar", "set", "2027-01-02", "--work", "--why", "t")
    assert running(jsup)["review"] == ("2027-01-07", False)
    before = jsup("why", "2026-0001", "--json").json["deadlines"][3]
    (tmp_path / "swap.csv").write_text("date,kind,name\n2027-01-02,rest,t\n2027-01-03,work,t\n", encoding="utf-8")
    assert jsup("calendar", "import", "swap.csv", "--year", "2027", "--yes").status == 0
    words = ("--period", "rectification", "--until", "2027-01-02", "--why", "w", "--approved-by", "a", "--on", "2026-12-30")
    assert jsup("extend", "2026-0001", *words).status == 0
    after = jsup("why", "2026-0001", "--json").json["deadlines"][3]
    assert (after["started_on"], after["due_on"]) == ("2027-01-02", before["due_on"])
    assert after["calendar"]["version"] > before["calendar"]["version"]
    assert sum(day["working"] for day in after["days"]) == 5
    replay(after)


@pytest.mark.parametrize("day", ["2026-12-29", "2026-12-31", "2026-12-28"])
def test_a_day_of_december_that_the_next_year_s_notice_settles_is_set_there(day, jsup, ledger, tmp_path):
    (tmp_path / "next.csv").write_text(
        "date,kind,name\n2026-12-29,rest,元旦\n2026-12-31,rest,元旦\n2027-01-01,rest,元旦\n", encoding="utf-8"
    )
    assert jsup("calendar", "import", "next.csv", "--year", "2027", "--yes").status == 0
    worked = day == "2026-12-28"

    def works() -> bool:
        return jsup("due", "--from", f"{day[:8]}{int(day[8:]) - 1}", "--days", "1", "--json").json["due_on"] == day

    assert works() is worked
    assert jsup("calendar", "set", day, "--rest" if worked else "--work", "--why", "typhoon").status == 0
    assert works() is not worked
    again = jsup("calendar", "set", day, "--rest" if worked else "--work", "--why", "again")
    assert (again.status, "is so already" in again.err) == (1, True)


def test_a_bureau_s_period_may_move_to_an_earlier_day(jsup, register, notice):
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-12-01")
    jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-12-25", "--on", "2026-12-02")
    assert running(jsup)["recommendation"] == ("2027-01-01", True)
    text = NOTICE.replace("共3天。\n二、", "共3天。2026年12月26日（周六）、27日（周日）上班。\n二、", 1)
    moved = jsup("calendar", "import", notice(text), "--yes", "--json").json["moved"]
    assert moved == [{"number": "2026-0001", "period": "recommendation", "old": "2027-01-01", "new": "2026-12-30"}]


def test_a_deadline_that_was_met_or_cancelled_keeps_its_date(jsup, served, notice):
    jsup("rectify", "2026-0001", "--on", "2026-12-29")
    jsup("review", "2026-0001", "--result", "full", "--on", "2026-12-30")
    before = jsup("finding", "show", "2026-0001", "--json").json["deadlines"]
    assert jsup("calendar", "import", notice(NOTICE), "--json").json["moved"] == []
    assert jsup("finding", "show", "2026-0001", "--json").json["deadlines"] == before
    assert jsup("why", "2026-0001", "--json").json["deadlines"][3]["days"][-1]["certain"] is False  # as it was reckoned then


def test_a_named_day_never_moves(jsup, register, notice):
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-12-01")
    jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2027-01-01", "--on", "2026-12-02")
    jsup("calendar", "import", notice(NOTICE))
    assert running(jsup)["warning"] == ("2027-01-01", False)
    assert running(jsup)["recommendation"] == ("2027-01-08", False)


def test_a_warning_that_runs_for_the_bureau_s_setting_is_provisional_and_moves_unless_it_was_given_in_writing(
    jsup, register, notice
):
    for method in ("phone", "letter"):
        jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-12-01")
        number = f"2026-000{1 + (method == 'letter')}"
        jsup("warn", number, "--method", method, "--on", "2026-12-18")
        assert running(jsup, number) == {"warning": ("2027-01-01", True), "recommendation": ("2027-01-08", True)}
    text = NOTICE.replace("共3天。\n二、", "共3天。2026年12月26日（周六）、27日（周日）上班。\n二、", 1)
    assert jsup("calendar", "import", notice(text), "--yes").status == 0
    assert running(jsup, "2026-0001") == {"warning": ("2026-12-30", False), "recommendation": ("2027-01-07", False)}
    assert running(jsup, "2026-0002")["warning"] == ("2027-01-01", False)


def plain_due(start, count, working):
    day = start
    while count:
        day += timedelta(days=1)
        count -= working(day)
    return day


@pytest.mark.in_a_file
def test_a_replay_of_2020_lists_each_15_day_deadline_that_the_extension_moves_and_no_other(jsup, ledger, notice, monkeypatch):
    """Before 27 January 2020 the holiday was to end on the 30th, and 1 February was to be a make-up day."""
    then = PACKAGED[2020]
    rest = {day: name for day, name in then.rest.items() if day not in (date(2020, 1, 31), date(2020, 2, 1), date(2020, 2, 2))}
    work = {**then.work, date(2020, 2, 1): "春节"}
    years = {**{year: PACKAGED[year] for year in range(2018, 2020)}, 2020: workdays.Year(2020, rest, work)}

    def working(before):
        def told(day):
            year = years[day.year] if before else PACKAGED[day.year]
            return day in year.work or (day.weekday() < 5 and day not in year.rest)

        return told

    monkeypatch.setattr("jsup.workdays.packaged", lambda: list(years.values()))
    monkeypatch.setenv("JSUP_LEDGER", str(ledger.with_name("2020.db")))
    monkeypatch.setenv("JSUP_TODAY", "2020-01-27")
    assert jsup("init").status == 0
    jsup("agency", "add", "--code", "A", "--name", "甲", "--level", "town")
    starts = [date(2019, 12, 25) + timedelta(days=step) for step in range(33)]
    expected = {}
    for index, start in enumerate(starts, 1):
        number = f"2020-{index:04d}"
        jsup("finding", "add", *FACTS, "--agency", "A", "--category", "other", "--title", "t", "--found-on", "2019-12-01")
        jsup("recommend", number, "--ground", "outstanding", "--on", "2019-12-02")
        jsup("sign", number, "--by", "T", "--on", "2019-12-03")
        jsup("deliver", number, "--by-way", "direct", "--receiver", "R", "--on", start)
        old, new = (plain_due(start, 15, working(before)) for before in (True, False))
        assert running(jsup, number)["rectification"] == (old.isoformat(), False)
        if old != new:
            expected[number] = (old.isoformat(), new.isoformat())
    text = "延长2020年春节假期至2月2日（星期日），2月3日（星期一）起正常上班。"
    result = jsup("calendar", "import", notice(text), "--published-on", "2020-01-27", "--json")
    assert result.status == 0, result.err
    moved = {row["number"]: (row["old"], row["new"]) for row in result.json["moved"] if row["period"] == "rectification"}
    assert moved == expected
    assert 0 < len(expected) < len(starts)
    assert result.json["off"] == ["2020-01-31"]
    assert jsup("calendar", "show", "2020", "--json").json["work"] == sorted(
        day.isoformat() for day in then.work if day.weekday() > 4
    )
    assert jsup("verify").status == 0


def test_a_newer_package_s_year_is_taken_over_by_the_same_operation(jsup, served, notice, monkeypatch):
    (found,) = notices.read(NOTICE)
    year = workdays.Year(2027, found.rest, found.work, "chinesecalendar")
    monkeypatch.setattr("jsup.workdays.packaged", lambda: [*(PACKAGED[y] for y in PACKAGED if y <= 2026), year])
    assert running(jsup)["review"] == ("2027-01-07", True)  # an upgrade alone moves nothing
    result = jsup("calendar", "import", "--package", "--json").json
    assert result["moved"] == [{"number": "2026-0001", "period": "review", "old": "2027-01-07", "new": "2027-01-08"}]
    assert jsup("calendar", "show", "2027", "--json").json["source"] == "chinesecalendar"


@pytest.mark.parametrize(
    "text",
    [
        NOTICE.replace("共8天", "共7天"),
        NOTICE.replace("2月5日（周五）", "2月5日（周四）"),
        NOTICE.replace("1月31日（周日）、", ""),
        NOTICE.replace("六、中秋节：9月15日（周三）放假，共1天。\n", ""),
    ],
)
def test_a_notice_that_does_not_add_up_is_shown_and_wants_yes(text, jsup, ledger, notice):
    before = jsup("log", "--json").out
    result = jsup("calendar", "import", notice(text), "--json")
    assert (result.status, result.out) == (1, "")
    assert "--yes" in result.err.splitlines()[-1]
    assert len(result.err.splitlines()) >= 2
    assert jsup("log", "--json").out == before
    assert jsup("calendar", "import", notice(text), "--dry-run").status == 0
    assert jsup("log", "--json").out == before
    agreed = jsup("calendar", "import", notice(text), "--yes", "--json")
    assert (agreed.status, bool(agreed.json["doubts"])) == (0, True)


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("text", "word"),
    [
        (NOTICE.replace("1月31日（周日）、2月14日（周日）上班", "1月31日（周日）、2月14日（周日）另行安排"), "line 3"),
        ("2月5日放假。", "--year"),
        ("今天天气很好。", "notice.txt"),
        ("", "notice.txt"),
        ("2028年5月1日至4日放假调休，共4天。", "2028"),
        ("关于2027年部分节假日安排的通知\n一、元旦：2月30日放假。", "2月30日"),
    ],
)
def test_what_cannot_be_read_with_certainty_is_refused_and_nothing_is_half_read(text, word, jsup, ledger, notice):
    before = jsup("log", "--json").out
    result = jsup("calendar", "import", notice(text))
    assert (result.status, result.out) == (1, "")
    assert len(result.err.splitlines()) == 1
    assert word in result.err
    assert jsup("log", "--json").out == before


@pytest.mark.parametrize("line", ["2026-03-04 --work", "2026-03-07 --rest", "2026-10-01 --rest", "2026-10-10 --work"])
def test_a_day_that_is_so_by_its_weekday_or_by_the_notice_is_not_set_again(jsup, ledger, line):
    before = jsup("log", "--json").out
    result = jsup("calendar", "set", *line.split(" "), "--why", "t")
    assert (result.status, "is so already" in result.err) == (1, True)
    assert jsup("log", "--json").out == before


def test_each_holiday_that_an_amendment_lets_go_on_keeps_its_name_on_the_days_added():
    year = workdays.Year(2020, {date(2020, 1, 30): "春节", date(2020, 5, 5): "劳动节"}, {})
    longer = notices.Notice(2020, whole=False, extends=[("春节", date(2020, 2, 2)), ("劳动节", date(2020, 5, 6))])
    after, added = calendars._after(longer, year, "t")
    assert [after.rest[day] for day in added] == ["春节", "春节", "春节", "劳动节"]


def test_the_json_of_holiday_cn_and_csv_are_read_too(jsup, ledger, notice):
    (found,) = notices.read(NOTICE)
    days = sorted([(day, True) for day in found.rest] + [(day, False) for day in found.work])
    data = {
        "year": 2027,
        "papers": ["https://example.org/a.htm"],
        "days": [{"name": "节", "date": str(day), "isOffDay": off} for day, off in days],
    }
    wanted = jsup("calendar", "import", notice(NOTICE), "--dry-run", "--json").json
    by_json = jsup("calendar", "import", notice(json.dumps(data, ensure_ascii=False), "2027.json"), "--dry-run", "--json").json
    lines = ["日期,类型,名称", *(f"{day},{'休' if off else '班'},节" for day, off in days)]
    by_csv = jsup("calendar", "import", notice("\n".join(lines), "2027.csv"), "--dry-run", "--json").json
    english = ["date,kind,name", *(f"{str(day).replace('-', '/')},{'rest' if off else 'work'},x" for day, off in days)]
    by_english = jsup("calendar", "import", notice("\n".join(english), "en.csv"), "--dry-run", "--json").json
    for other in (by_json, by_csv, by_english):
        assert [other[key] for key in ("years", "off", "work", "doubts")] == [
            wanted[key] for key in ("years", "off", "work", "doubts")
        ]


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("a.json", "{", "JSON"),
        ("a.json", '{"year": 2027}', "JSON"),
        ("a.json", '{"year": 2027, "days": [{"name": 1, "date": "2027-02-30", "isOffDay": true}]}', "JSON"),
        ("a.csv", "date,kind\n2027-02-30,rest\n", "row 2"),
        ("a.csv", "date,kind\n2027-02-03,perhaps\n", "perhaps"),
        ("a.csv", "date\n2027-02-03\n", "类型"),
        ("a.csv", "date,kind\n2027-02-03,rest\n2027-02-03,work\n", "2027-02-03"),
        ("a.csv", "date,kind\n", "no data"),
        ("a.csv", "date,kind\n2027-01-01,rest\n2025-05-01,rest\n", "2025-05-01"),
        ("a.json", '{"year": 2027, "days": [{"name": "a", "date": "2029-05-05", "isOffDay": true}]}', "2029-05-05"),
        ("a.json", '{"year": 2027, "days": [{"name": "a", "date": "2027-01-01", "isOffDay": "false"}]}', "JSON"),
    ],
)
def test_a_broken_calendar_file_is_refused(name, text, word, jsup, ledger, notice):
    result = jsup("calendar", "import", notice(text, name), "--yes")
    assert (result.status, result.out) == (1, "")
    assert word in result.err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"year": 2027, "days": [{"name": "a", "date": "2027-05-01", "isOffDay": true}]}'),
        ("a.csv", "date,kind\n2027-01-01,rest\n2027-05-03,rest\n"),
        ("a.csv", "date,kind\n2027-10-01,rest\n2027-05-03,rest\n"),
    ],
)
def test_a_damaged_list_of_a_year_is_not_taken_for_an_amendment(name, text, jsup, ledger, notice):
    result = jsup("calendar", "import", notice(text, name))
    assert (result.status, result.out) == (1, "")
    assert "the statutory holidays are 13" in result.err


def test_one_day_is_set_with_a_reason_and_moves_what_hangs_on_it(jsup, served, notice):
    jsup("calendar", "import", notice(NOTICE))
    result = jsup("calendar", "set", "2027-01-06", "--rest", "--why", "typhoon", "--json")
    assert result.status == 0, result.err
    assert result.json["moved"] == [{"number": "2026-0001", "period": "review", "old": "2027-01-08", "new": "2027-01-11"}]
    assert (
        jsup("calendar", "set", "2027-01-06", "--work", "--why", "it was none", "--json").json["moved"][0]["new"] == "2027-01-08"
    )
    for line, status in (
        ("2028-01-06 --rest --why x", 1),
        ("2027-02-30 --rest --why x", 2),
    ):
        assert jsup("calendar", "set", *line.split(" ")).status == status, line
    for line, missing in (
        ("2027-01-06", "--work/--rest, --why"), ("2027-01-06 --rest", "--why"), ("2027-01-06 --why x", "--work/--rest"),
    ):  # fmt: skip
        refused = jsup("calendar", "set", *line.split(" "))
        assert (refused.status, refused.err) == (2, f"jsup: `calendar set` wants {missing} as well\n"), line
    assert jsup("verify").status == 0


@pytest.mark.parametrize(
    ("today", "awaited"),
    [("2026-10-31", None), ("2026-11-01", 2027), ("2026-12-31", 2027), ("2027-03-01", 2027), ("2027-11-02", 2028)],
)
def test_from_november_on_the_reader_is_reminded_of_the_next_notice(today, awaited, jsup, ledger):
    assert jsup("overdue", "--today", today, "--json").json["awaited_year"] == awaited
    assert jsup("calendar", "status", "--today", today, "--json").json["awaited_year"] == awaited
    result = jsup("overdue", "--today", today)
    assert (result.status, result.out) == (0, "")
    assert (str(awaited) in result.err) is (awaited is not None)
    assert (str(awaited) in jsup("calendar", "status", "--today", today).out) is (awaited is not None)


def test_once_the_notice_is_in_nobody_is_reminded(jsup, ledger, notice):
    jsup("calendar", "import", notice(NOTICE))
    assert jsup("overdue", "--today", "2026-12-01").err == ""
    assert jsup("calendar", "status", "--json").json["awaited_year"] is None


def test_status_tells_from_which_start_day_each_period_is_uncertain(jsup, ledger):
    rows = jsup("calendar", "status", "--json").json["uncertain_from"]
    assert {row["period"]: row["from"] for row in rows} == {
        "recommendation": "2026-12-22", "rectification": "2026-12-08", "review": "2026-12-22", "guidance": "2026-11-29",
    }  # fmt: skip
    assert "2026-12-08" in jsup("calendar", "status").out


def test_the_bureau_is_reminded_three_working_days_before_an_agency_s_date(jsup, served, notice):
    jsup("calendar", "import", notice(NOTICE))
    seen = {}
    for today in ("2026-12-25", "2026-12-28", "2026-12-31", "2027-01-04"):
        shown = jsup("overdue", "--today", today, "--json").json
        seen[today] = [(row["period"], row["working_days_left"]) for row in shown["reminders"]]
        assert ("rectification" in jsup("overdue", "--today", today).err) is bool(seen[today])
    assert seen == {
        "2026-12-25": [],
        "2026-12-28": [("rectification", 3)],
        "2026-12-31": [("rectification", 0)],
        "2027-01-04": [],
    }


def test_every_view_that_shows_a_provisional_date_says_so(jsup, served, tmp_path):
    for line in (
        "finding list",
        "finding show 2026-0001",
        "next 2026-0001",
        "next",
        "overdue --within 20",
        "why 2026-0001",
        "due --from 2026-12-10 --days 15",
    ):
        assert "(provisional)" in jsup(*line.split(" ")).out, line
    assert jsup("next", "2026-0001", "--json").json["provisional"] is True
    assert jsup("calendar", "feed", "--out", tmp_path / "f.ics").status == 0
    assert "STATUS:TENTATIVE" in (tmp_path / "f.ics").read_text("utf-8")


def test_the_feed_has_stable_events_that_change_with_their_deadlines(jsup, served, notice, tmp_path):
    import icalendar

    def events():
        assert jsup("calendar", "feed", "--out", tmp_path / "f.ics", "--json").json["events"] == 2
        feed = icalendar.Calendar.from_ical((tmp_path / "f.ics").read_bytes())
        return {str(event["uid"]): event for event in feed.walk("VEVENT")}

    before = events()
    jsup("calendar", "import", notice(NOTICE))
    after = events()
    assert before.keys() == after.keys()
    for uid, event in after.items():
        assert str(event["status"]) == "CONFIRMED"
        assert str(before[uid]["status"]) == "TENTATIVE"
        assert int(event["sequence"]) > int(before[uid]["sequence"])
        (alarm,) = event.walk("VALARM")
        rings = event.decoded("dtstart") + alarm.decoded("trigger")
        expected = {date(2026, 12, 31): date(2026, 12, 29), date(2027, 1, 8): date(2027, 1, 6)}
        assert (event.decoded("dtstart") - expected[event.decoded("dtstart")]).days == 2
        assert rings == expected[event.decoded("dtstart")] or alarm.decoded("trigger") == timedelta(hours=-39)
    assert {event.decoded("dtstart") for event in after.values()} == {date(2026, 12, 31), date(2027, 1, 8)}
    refused = jsup("calendar", "feed", "--out", tmp_path / "no" / "f.ics")
    assert (refused.status, len(refused.err.splitlines())) == (1, 1)


def test_why_names_versions_sources_and_each_extension(jsup, served, notice):
    jsup(
        "extend",
        "2026-0001",
        "--period",
        "rectification",
        "--until",
        "2027-01-20",
        "--why",
        "flood",
        "--approved-by",
        "局长",
        "--on",
        "2026-12-30",
    )
    rectification, review = jsup("why", "2026-0001", "--json").json["deadlines"][2:]
    assert rectification["extensions"] == [
        {
            "on": "2026-12-30",
            "officer": "officer",
            "approved_by": "局长",
            "why": "flood",
            "from": "2026-12-31",
            "until": "2027-01-20",
        }
    ]
    assert review["started_on"] == "2027-01-20"
    assert review["calendar"]["sources"] == [{"year": 2027, "source": None}]
    assert rectification["calendar"]["sources"][0] == {"year": 2026, "source": "chinesecalendar"}
    assert rectification["policy"] == {"version": 1, "name": "jinsi-2025-26"}
    text = jsup("why", "2026-0001").out
    for words in ("flood", "局长", "not announced", "chinesecalendar", "jinsi-2025-26"):
        assert words in text


def test_another_program_can_replay_an_explanation(jsup, served, notice):
    jsup("calendar", "import", notice(NOTICE))
    for row in jsup("why", "2026-0001", "--json").json["deadlines"]:
        replay(row)


def replay(row):
    """Recount a deadline from its explanation alone; shares no code with jsup."""
    day, counted = date.fromisoformat(row["started_on"]), 0
    for shown in row["days"]:
        day += timedelta(days=1)
        assert shown["date"] == day.isoformat()
        if shown["certain"]:
            weekend = day.weekday() in (5, 6)
            expected = {"workday": not weekend, "weekend": False, "holiday": False, "make_up": True}[shown["reason"]]
            assert shown["working"] is expected
        counted += shown["working"]
    assert day.isoformat() == row["due_on"]
    if row["unit"] == "working_day":
        assert counted == row["count"]
        assert row["days"][-1]["working"]


def test_an_explanation_in_months_recounts_too(jsup, ledger):
    row = jsup("due", "--from", "2026-09-02", "--period", "guidance", "--json").json
    assert row["due_on"] == "2026-10-08"
    assert row["days"][-1]["working"] is True
    assert [day["working"] for day in row["days"][29:-1]] == [False] * (len(row["days"]) - 30)
    assert len(row["assumptions"]) == 3
