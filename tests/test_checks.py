"""二（一）1: each drawn agency is checked by one or more of the ways, item by item, with results and coverage."""

import tomllib
from datetime import date

import openpyxl
import pytest

from jsup import checks, policy

SHEETS = tomllib.loads(policy.packaged_text())["sheets"]


@pytest.fixture
def drawn(jsup, register):
    """Return the four agencies drawn in 2026Q4."""
    row = jsup("--today", "2026-10-09", "sample", "--quarter", "2026Q4", "--public-value", "v", "--json").json
    return [unit["uid"] for unit in row["taken"]]


def result(jsup, uid, *words, on="2026-11-02"):
    return jsup("sample", "result", "--quarter", "2026Q4", "--agency", uid, "--on", on, *words, "--json")


def status(jsup):
    return jsup("sample", "status", "--quarter", "2026Q4", "--json").json


# The sheets in the policy


def test_every_way_has_its_sheet_and_every_item_a_clause_and_a_category():
    law = policy.parse(policy.packaged_text(), "x")
    assert list(law.ways) == ["records", "site", "case-review", "other"]
    for way, sheet in SHEETS.items():
        assert [item.key for item in law.ways[way].items.values()] == list(sheet)
        for item in law.ways[way].items.values():
            assert item.category in law.categories
            assert item.clause == law.categories[item.category].clause
            if law.categories[item.category].text:
                assert item.text == law.categories[item.category].text


def test_the_review_of_case_files_has_a_hundred_points_and_no_other_sheet_has_any():
    assert sum(item["points"] for item in SHEETS["case-review"].values()) == 100
    assert not any("points" in item for way, sheet in SHEETS.items() if way != "case-review" for item in sheet.values())


# One by one


def test_a_check_is_entered_and_the_quarter_s_coverage_grows(jsup, drawn):
    before = status(jsup)
    assert (before["checked"], before["unchecked"]) == (0, drawn)
    assert before["quarter_coverage"] == {
        "checked": 0, "frame_size": 37, "share": "0.0%", "floor": "10%", "floor_size": 4, "met": False,
    }  # fmt: skip
    assert (before["due_on"], before["working_days_left"]) == ("2026-12-31", 27)
    after = result(jsup, drawn[1], "--method", "records,site", "--note", "looked through September").json
    assert (after["checked"], after["unchecked"]) == (1, [drawn[0], drawn[2], drawn[3]])
    assert after["quarter_coverage"]["share"] == "2.7%"
    check = after["checks"][1]
    assert (check["uid"], check["checked"], check["methods"], check["last_on"]) == (
        drawn[1],
        True,
        ["records", "site"],
        "2026-11-02",
    )
    assert (check["items"], check["answered"]) == (len(SHEETS["records"]) + len(SHEETS["site"]), 0)
    assert check["notes"] == ["looked through September"]
    for uid in (drawn[0], drawn[2], drawn[3]):
        result(jsup, uid, "--method", "other", "--note", "n")
    assert status(jsup)["quarter_coverage"] == {
        "checked": 4, "frame_size": 37, "share": "10.8%", "floor": "10%", "floor_size": 4, "met": True,
    }  # fmt: skip
    assert "not yet" not in jsup("sample", "status").out


def test_the_review_of_case_files_is_scored_item_by_item_and_the_latest_answer_counts(jsup, drawn):
    items = [f"--item=case-review.{key}=pass" for key in SHEETS["case-review"]]
    row = result(jsup, drawn[0], "--method", "case-review", *items).json["checks"][0]
    assert (row["points"], row["points_of"], row["answered"], row["items"], row["failed"]) == (100, 100, 7, 7, [])
    row = result(jsup, drawn[0], "--method", "case-review", "--item", "case-review.code=fail:5").json["checks"][0]
    assert (row["points"], row["points_of"], row["failed"]) == (90, 100, ["case-review.code"])
    row = result(jsup, drawn[0], "--method", "case-review", "--item", "case-review.code=fail").json["checks"][0]
    assert row["points"] == 85
    row = result(jsup, drawn[0], "--method", "case-review", "--item", "case-review.entrustment=none").json["checks"][0]
    assert (row["points"], row["points_of"]) == (75, 90)  # what does not apply does not count


def test_a_failed_item_becomes_a_finding_in_one_command(jsup, drawn):
    row = result(
        jsup, drawn[0], "--method", "records", "--finding", "records.code", "--finding", "records.repeat=三次重复检查"
    ).json
    assert row["checks"][0]["findings"] == ["2026-0001", "2026-0002"]
    assert row["checks"][0]["failed"] == ["records.code", "records.repeat"]
    first, second = (jsup("finding", "show", number, "--json").json for number in row["checks"][0]["findings"])
    assert (first["agency_code"], first["category"], first["title"], first["found_on"]) == (
        drawn[0],
        "code",
        "未应用检查码",
        "2026-11-02",
    )
    assert (first["source"], first["basis"], first["stage"]) == ("抽查", "金司〔2025〕26号二（三）3", "open")
    assert (second["category"], second["title"]) == ("repeat", "三次重复检查")
    linked = result(jsup, drawn[0], "--method", "other", "--finding", "2026-0001").json["checks"][0]
    assert linked["findings"] == ["2026-0001", "2026-0002"]
    assert jsup("verify").status == 0


def test_what_an_item_scored_is_left_out_once_another_policy_has_it_no_more(jsup, drawn, tmp_path):
    items = "--item", "case-review.plan=fail:5", "--item", "case-review.certificate=pass"
    scored = result(jsup, drawn[0], "--method", "case-review", *items).json["checks"][0]
    assert (scored["points"], scored["points_of"]) == (20, 30)
    head, sheet, tail = policy.packaged_text().partition("[sheets.case-review]\n")
    other = tmp_path / "other.toml"
    other.write_text(head + sheet + tail.replace("\nplan = {", "\nanother = {", 1), "utf-8")
    assert jsup("policy", "import", other).status == 0
    left = status(jsup)["checks"][0]
    assert (left["answered"], left["points"], left["points_of"]) == (2, 15, 15)


@pytest.mark.parametrize(
    ("words", "exit_status", "says"),
    [
        ((), 2, "--method"),
        (("--method", "records"), 2, "--note"),
        (("--method", "records", "--note", "a", "--note", "b"), 2, "twice"),
        (("--method", "case-review", "--item", "case-review.code=fail:15"), 2, "only where it passed"),
        (("--method", "records,dance"), 1, "dance"),
        (("--method", "records,records"), 2, "each once"),
        (("--method", ""), 1, "no way of checking"),
        (("--method", "records", "--item", "records.nothing=pass"), 1, "records.nothing"),
        (("--method", "records", "--item", "site.code=pass"), 2, "site.code"),
        (("--method", "records", "--item", "records.code"), 2, "key=value"),
        (("--method", "records", "--item", "records.code=perhaps"), 2, "perhaps"),
        (("--method", "records", "--item", "records.code=pass", "--item", "records.code=fail"), 2, "once"),
        (("--method", "records", "--item", "records.code=pass:5"), 2, "no points"),
        (("--method", "case-review", "--item", "case-review.code=pass:16"), 2, "0 to 15"),
        (("--method", "case-review", "--item", "case-review.code=none:1"), 2, "no points"),
        (("--method", "records", "--item", "records.code=pass", "--finding", "records.code"), 1, "did not fail"),
        (("--method", "records", "--finding", "2026-0099"), 1, "2026-0099"),
        (("--method", "records", "--note", ""), 2, "--note"),
        (("--method", "records", "--sheet", "x.xlsx"), 2, "--sheet"),
    ],
)
def test_a_check_that_cannot_be_entered_is_refused_and_leaves_nothing(words, exit_status, says, jsup, drawn):
    before = jsup("log", "--json").out
    refused = result(jsup, drawn[0], *words)
    assert (refused.status, refused.out) == (exit_status, "")
    assert says in refused.err
    assert jsup("log", "--json").out == before


def test_a_filled_sheet_and_a_withdrawal_are_not_given_together(jsup, drawn):
    assert jsup("sample", "sheet", "--quarter", "2026Q4", "--out", "s.xlsx").status == 0
    for words in (("--withdraw",), ("--why", "w"), ("--withdraw", "--why", "w")):
        refused = jsup("sample", "result", "--quarter", "2026Q4", "--sheet", "s.xlsx", *words)
        assert (refused.status, refused.out) == (2, "")
        assert "--sheet stands alone" in refused.err


def test_only_a_drawn_agency_is_checked_and_only_from_the_day_of_the_draw_on(jsup, drawn):
    other = next(row["code"] for row in jsup("agency", "list", "--json").json if row["code"] not in drawn)
    assert "holds no place" in result(jsup, other, "--method", "records").err
    assert result(jsup, drawn[0], "--method", "records", on="2026-10-08").status == 1
    assert result(jsup, drawn[0], "--method", "records", on="2026-11-25").status == 1
    jsup("finding", "add", "--agency", other, "--category", "other", "--title", "t")
    assert "not of" in result(jsup, drawn[0], "--method", "records", "--finding", "2026-0001").err
    assert result(jsup, drawn[0], "--method", "records", "--note", "n", on="2026-10-09").status == 0


# What is not done in time


def test_an_agency_that_was_not_checked_is_overdue_after_the_quarter_and_soon_due_before(jsup, drawn):
    result(jsup, drawn[1], "--method", "records", "--note", "n")
    assert jsup("--today", "2026-12-31", "overdue", "--json").json["items"] == []
    assert [
        item["working_days_left"] for item in jsup("--today", "2026-12-31", "overdue", "--within", "0", "--json").json["items"]
    ] == [0] * 3
    late = jsup("--today", "2027-01-04", "overdue", "--json").json["items"]
    assert [item["agency_code"] for item in late] == [drawn[0], drawn[2], drawn[3]]
    for item in late:
        assert (item["kind"], item["number"], item["period"], item["owner"]) == ("draw", "2026Q4", "check", "bureau")
        assert (item["started_on"], item["due_on"], item["overdue"], item["clause"]) == (
            "2026-10-09",
            "2026-12-31",
            True,
            "二（一）1",
        )
        assert (item["next_step"], item["escalate_to"], item["stage"]) == ("sample result", None, None)
    assert jsup("--today", "2027-01-04", "overdue", "--check").status == 3
    one = jsup("--today", "2027-01-04", "overdue", "--agency", drawn[2], "--json").json["items"]
    assert [item["agency_code"] for item in one] == [drawn[2]]
    assert "BEGIN:VEVENT" in feed(jsup)
    for uid in (drawn[0], drawn[2], drawn[3]):
        jsup(
            "--today", "2027-01-04", "sample", "result", "--quarter", "2026Q4", "--agency", uid, "--method", "site", "--note", "n"
        )
    assert jsup("--today", "2027-01-04", "overdue", "--json").json["items"] == []
    assert "BEGIN:VEVENT" not in feed(jsup)


def feed(jsup):
    assert jsup("calendar", "feed", "--out", "d.ics").status == 0
    with open("d.ics", encoding="utf-8") as file:
        return file.read()


def test_whoever_took_a_replaced_agency_s_place_is_to_be_checked_and_a_voided_draw_asks_for_nothing(jsup, drawn):
    row = jsup(
        "sample",
        "substitute",
        "--quarter",
        "2026Q4",
        "--agency",
        drawn[0],
        "--reason",
        "force_majeure",
        "--note",
        "flood",
        "--json",
    ).json
    instead = row["substitutions"][0]["uid"]
    late = jsup("--today", "2027-01-04", "overdue", "--json").json["items"]
    assert {item["agency_code"] for item in late} == {instead, *drawn[1:]}
    assert result(jsup, drawn[0], "--method", "records").status == 1
    assert result(jsup, instead, "--method", "records", "--note", "n", on="2026-11-24").status == 0
    jsup("sample", "void", "--quarter", "2026Q4", "--why", "w")
    assert jsup("--today", "2027-01-04", "overdue", "--json").json["items"] == []


@pytest.mark.parametrize(
    ("quarter", "last"),
    [("2026Q1", date(2026, 3, 31)), ("2026Q2", date(2026, 6, 30)), ("2026Q3", date(2026, 9, 30)), ("2027Q4", date(2027, 12, 31))],
)
def test_the_check_is_due_by_the_quarter_s_last_day(quarter, last, jsup, register):
    jsup("--today", f"{last.year}-01-05", "sample", "--quarter", quarter)
    item, *_ = jsup("--today", f"{last.year + 1}-02-02", "overdue", "--json").json["items"]
    assert item["due_on"] == last.isoformat()


# By sheet


def handed_out(jsup, *words):
    made = jsup("sample", "sheet", "--quarter", "2026Q4", "--out", "s.xlsx", *words, "--json")
    assert made.status == 0, made.err
    book = openpyxl.load_workbook("s.xlsx")
    return book, book.active


def column(sheet, heading):
    return next(cell.column for cell in sheet[1] if cell.value == heading)


def fill(sheet, uid, item, **cells):
    names = {"result": "结果", "points": "得分", "note": "说明", "finding": "立为问题"}
    for row in range(2, sheet.max_row + 1):
        if (sheet.cell(row, column(sheet, "单位代码")).value, sheet.cell(row, column(sheet, "项目编号")).value) == (uid, item):
            for key, value in cells.items():
                sheet.cell(row, column(sheet, names[key])).value = value
            return row
    raise AssertionError((uid, item))


def test_the_sheet_lists_every_item_of_every_drawn_agency_as_text(jsup, drawn):
    _book, sheet = handed_out(jsup)
    items = sum(len(items) for items in SHEETS.values())
    assert sheet.max_row == 1 + 4 * items
    assert {sheet.cell(row, 1).value for row in range(2, sheet.max_row + 1)} == set(drawn)
    assert all(sheet.cell(row, 1).number_format == "@" for row in range(2, sheet.max_row + 1))
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref
    assert {validation.formula1 for validation in sheet.data_validations.dataValidation} == {'"符合,不符合,不涉及"', '"是,否"'}
    again = jsup("sample", "sheet", "--quarter", "2026Q4", "--out", "s.xlsx")
    assert again.status == 1
    assert "there already" in again.err
    one = jsup(
        "sample", "sheet", "--quarter", "2026Q4", "--out", "t.xlsx", "--agency", drawn[0], "--method", "site", "--json"
    ).json
    assert one["rows"] == len(SHEETS["site"])
    assert jsup("sample", "sheet", "--quarter", "2026Q4", "--out", "u.xlsx", "--agency", "NOBODY").status == 1


def test_a_filled_sheet_is_taken_over_once_and_its_failed_items_become_findings(jsup, drawn):
    book, sheet = handed_out(jsup)
    fill(sheet, drawn[0], "records.code", result="不符合", note="8月两次入企未扫码", finding="是")
    fill(sheet, drawn[0], "records.plan", result="符合")
    fill(sheet, drawn[1], "case-review.code", result="不符合", points=5)
    fill(sheet, drawn[1], "case-review.plan", result="符合")
    book.save("filled.xlsx")
    done = jsup("sample", "result", "--quarter", "2026Q4", "--sheet", "filled.xlsx", "--on", "2026-11-03", "--json")
    assert done.json == {"rows": 4, "new": 4, "unchanged": 0, "checks": 2, "findings": 1}, done.err
    row = status(jsup)
    assert (row["checked"], row["checks"][0]["methods"], row["checks"][1]["methods"]) == (2, ["records"], ["case-review"])
    assert (row["checks"][1]["points"], row["checks"][1]["points_of"]) == (20, 30)
    finding = jsup("finding", "show", "2026-0001", "--json").json
    assert (finding["facts"], finding["found_on"], finding["category"]) == ("8月两次入企未扫码", "2026-11-03", "code")
    before = jsup("log", "--json").out
    again = jsup("sample", "result", "--quarter", "2026Q4", "--sheet", "filled.xlsx", "--json")
    assert again.json == {"rows": 4, "new": 0, "unchanged": 4, "checks": 0, "findings": 0}
    assert jsup("log", "--json").out == before
    fill(sheet, drawn[0], "records.code", note="8月三次入企未扫码")
    book.save("mended.xlsx")
    third = jsup("sample", "result", "--quarter", "2026Q4", "--sheet", "mended.xlsx", "--json").json
    assert (third["new"], third["findings"]) == (1, 0)  # the finding that was made stays the one
    assert status(jsup)["checks"][0]["findings"] == ["2026-0001"]
    (_book, filled) = handed_out_again(jsup)
    told = fill(filled, drawn[0], "records.code")
    assert [filled.cell(told, number).value for number in range(8, 12)] == ["不符合", None, "8月三次入企未扫码", "是"]
    assert jsup("verify").status == 0


def handed_out_again(jsup):
    assert jsup("sample", "sheet", "--quarter", "2026Q4", "--out", "again.xlsx").status == 0
    book = openpyxl.load_workbook("again.xlsx")
    return book, book.active


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"result": "差不多"}, ("结果", "差不多")),
        ({"result": "符合", "points": 5}, ("得分", "no points")),
        ({"result": "符合", "finding": "是"}, ("立为问题", "did not fail")),
        ({"result": "不符合", "finding": "大概"}, ("立为问题", "大概")),
        ({"result": "不符合", "points": "many"}, ("得分", "many")),
    ],
)
def test_a_bad_cell_of_a_sheet_is_named_and_nothing_is_taken(cells, says, jsup, drawn):
    book, sheet = handed_out(jsup)
    row = fill(sheet, drawn[0], "records.code", **cells)
    fill(sheet, drawn[1], "records.code", result="符合")
    book.save("bad.xlsx")
    before = jsup("log", "--json").out
    refused = jsup("sample", "result", "--quarter", "2026Q4", "--sheet", "bad.xlsx")
    assert (refused.status, refused.out) == (1, "")
    assert f"row {row}" in refused.err
    assert all(word in refused.err for word in says), refused.err
    assert jsup("log", "--json").out == before


def test_a_row_of_another_agency_or_an_unknown_item_or_twice_the_same_is_refused(jsup, drawn):
    lines = ["单位代码,项目编号,结果", f"{drawn[0]},records.code,符合"]
    for extra, says in (
        ("NOBODY,records.code,符合", "NOBODY"),
        (f"{drawn[0]},records.nothing,符合", "records.nothing"),
        (f"{drawn[0]},records.code,不符合", "twice"),
    ):
        with open("s.csv", "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, extra]) + "\n")
        refused = jsup("sample", "result", "--quarter", "2026Q4", "--sheet", "s.csv")
        assert refused.status == 1
        assert "row 3" in refused.err
        assert says in refused.err


def test_a_share_in_percent_is_rounded_down():
    assert [checks.percent(part, 37) for part in (0, 3, 4, 37)] == ["0.0%", "8.1%", "10.8%", "100.0%"]
    assert checks.percent(1, 11) == "9.0%"


# What a second look found


def test_a_check_entered_by_mistake_is_withdrawn_and_stays_in_the_ledger(jsup, drawn):
    result(jsup, drawn[0], "--method", "records", "--item", "records.code=fail")
    result(jsup, drawn[0], "--method", "site", "--note", "the wrong agency")
    words = ("sample", "result", "--quarter", "2026Q4", "--agency", drawn[0], "--withdraw")
    assert jsup(*words).status == 2
    for more in (("--note", "n"), ("--method", "site"), ("--item", "records.code=fail"), ("--finding", "records.code")):
        said = jsup(*words, "--why", "w", *more)
        assert (said.status, "--withdraw goes with" in said.err) == (2, True), more
    assert jsup(*words[:-1], "--method", "site", "--why", "w").status == 2
    row = jsup(*words, "--why", "the wrong agency", "--json").json["checks"][0]
    assert (row["checked"], row["methods"], row["failed"]) == (True, ["records"], ["records.code"])
    row = jsup(*words, "--why", "that one too", "--json").json
    assert (row["checked"], row["checks"][0]["failed"]) == (0, [])
    assert len(jsup("--today", "2027-01-04", "overdue", "--json").json["items"]) == 4
    nothing = jsup(*words, "--why", "again")
    assert nothing.status == 1
    assert "nothing can be withdrawn" in nothing.err
    assert jsup("sample", "verify").status == 0
    assert jsup("verify").status == 0


def test_an_item_leads_to_one_finding_only_and_the_note_becomes_its_facts(jsup, drawn):
    words = ("--method", "records", "--finding", "records.code", "--note", "8月两次入企未扫码")
    assert result(jsup, drawn[0], *words).status == 0
    again = result(jsup, drawn[0], *words)
    assert again.status == 1
    assert "2026-0001 already" in again.err
    assert jsup("finding", "show", "2026-0001", "--json").json["facts"] == "8月两次入企未扫码"
    assert len(jsup("finding", "list", "--json").json) == 1


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [("单位代码", None, "empty"), ("项目编号", None, "empty"), ("抽查编号", "2026Q3", "2026Q3"), ("结果", None, "says more")],
)
def test_a_cell_that_was_cleared_or_a_sheet_of_another_draw_is_refused(column, value, says, jsup, drawn):
    book, sheet = handed_out(jsup)
    row = fill(sheet, drawn[0], "records.code", result="不符合", note="两行\n说明", finding="是")
    number = next(cell.column for cell in sheet[1] if cell.value == column)
    sheet.cell(row, number).value = value
    book.save("bad.xlsx")
    refused = jsup("sample", "result", "--quarter", "2026Q4", "--sheet", "bad.xlsx")
    assert refused.status == 1
    assert f"row {row}" in refused.err
    assert says in refused.err
    sheet.cell(row, number).value = {"单位代码": drawn[0], "项目编号": "records.code", "抽查编号": "2026Q4", "结果": "不符合"}[
        column
    ]
    book.save("good.xlsx")
    assert jsup("sample", "result", "--quarter", "2026Q4", "--sheet", "good.xlsx").status == 0
    assert jsup("finding", "show", "2026-0001", "--json").json["facts"] == "两行\n说明"


def test_a_sheet_of_a_replaced_agency_says_who_took_its_place(jsup, drawn):
    book, sheet = handed_out(jsup)
    fill(sheet, drawn[0], "records.code", result="符合")
    book.save("old.xlsx")
    row = jsup(
        "sample", "substitute", "--quarter", "2026Q4", "--agency", drawn[0], "--reason", "dissolved", "--note", "n", "--json"
    ).json
    refused = jsup("sample", "result", "--quarter", "2026Q4", "--sheet", "old.xlsx")
    assert f"replaced by {row['substitutions'][0]['uid']}" in refused.err
    assert jsup("sample", "sheet", "--quarter", "2026Q4", "--out", "s.csv").status == 1
