"""The worklist: open findings handed out as a workbook, and the steps filled in there taken all at once, or none."""

import gettext
import json
import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsup import cli, console, policy, steps, tables, worklists
from tests.conftest import FACTS, rows, whole
from tests.test_cli import columns, on_a_terminal

HEADINGS = {column.key: column.headings[0] for column in worklists.COLUMNS}


@pytest.fixture
def three(jsup, register):
    """Return a ledger with three findings of 1 September: two of one agency, one of another; the first is warned."""
    for code in ("JS-SCJG", "JS-SCJG", "JS-CZJ"):
        jsup("finding", "add", *FACTS, "--agency", code, "--category", "other", "--title", "t", "--found-on", "2026-09-01")
    jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-09-18", "--on", "2026-09-08")
    return register


@pytest.fixture
def paper(jsup, three):
    """Return a ledger in which one draft covers 2026-0001 and 2026-0002, both confirmed not rectified."""
    jsup("warn", "2026-0002", "--method", "phone", "--rectify-by", "2026-09-18", "--on", "2026-09-08")
    jsup("confirm", "2026-0001", "2026-0002", "--unrectified", "--on", "2026-09-18")
    assert jsup("recommend", "2026-0001", "2026-0002", "--on", "2026-09-21", "--out", "papers").status == 0
    return three


def handed_out(jsup, *words, name="w.xlsx"):
    Path(name).unlink(missing_ok=True)
    made = jsup("worklist", "--out", name, *words, "--json")
    assert made.status == 0, made.err
    book = openpyxl.load_workbook(name)
    return book, book.worksheets[0]


def fill(sheet, number, *, copy=False, **cells):
    """Fill in the row of a finding, or a copy of it below all others, and return its number."""
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == number)
    if copy:
        last = sheet.max_row + 1
        for column in range(1, 8):
            sheet.cell(last, column).value = sheet.cell(row, column).value
        row = last
    for key, value in cells.items():
        column = next(cell.column for cell in sheet[1] if cell.value == HEADINGS[key])
        sheet.cell(row, column).value = value
    return row


def filled(jsup, *rows, name="w.xlsx"):
    """Hand a worklist out, fill in these rows, each (number, cells), and return the file's name."""
    book, sheet = handed_out(jsup, name=name)
    seen = set()
    for number, cells in rows:
        fill(sheet, number, copy=number in seen, **cells)
        seen.add(number)
    book.save(name)
    return name


def written(*lines):
    """Write a worklist in csv: dicts of cells by key."""
    keys = list(dict.fromkeys(key for line in lines for key in line))
    text = [",".join(HEADINGS.get(key, key) for key in keys), *(",".join(line.get(key, "") for key in keys) for line in lines)]
    Path("w.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    return "w.csv"


def apply(jsup, file, *words):
    return jsup("worklist", "apply", file, *words, "--json")


def refused(jsup, file, *places):
    """Assert that a file is refused with exactly these problems, each (row, heading's key, words), and nothing changes."""
    before = jsup("log", "--json").out
    result = apply(jsup, file)
    assert result.status == 1
    rejected = result.json["rejected"]
    assert [(one["row"], one["column"]) for one in rejected] == [(row, HEADINGS[key]) for row, key, _says in places], rejected
    for one, (_row, _key, says) in zip(rejected, places, strict=True):
        assert says in one["problem"]
    for row, key, _says in places:
        assert f"row {row}, column {HEADINGS[key]}: " in result.err
    assert "Traceback" not in result.err
    assert jsup("log", "--json").out == before
    return rejected


def events(jsup, number):
    return [(one["step"], one["done_on"]) for one in jsup("finding", "show", number, "--json").json["events"]]


def details(jsup, number):
    return jsup("finding", "show", number, "--json").json["events"][-1]["details"]


WARN = {"step": "预警提醒", "on": "2026-09-09", "method": "走访"}


# The words of the sheet


def test_every_key_has_the_word_of_the_catalogue():
    words = gettext.translation(console.DOMAIN, Path(console.__file__).parent / "locale", ["zh_CN"])
    for kind in (
        worklists.STAGES,
        worklists.METHODS,
        worklists.WAYS,
        worklists.RESULTS,
        worklists.MEASURES,
        worklists.PERIODS,
    ):
        assert {key: words.gettext(key) for key in kind} == kind
    assert tuple(worklists.STAGES) == tuple(stage for stage in steps.STAGES)
    assert tuple(worklists.METHODS) == steps.METHODS
    assert tuple(worklists.WAYS) == steps.WAYS
    assert tuple(worklists.RESULTS) == steps.RESULTS
    assert tuple(worklists.MEASURES) == steps.MEASURES
    law = policy.parse(policy.packaged_text(), "x")
    assert set(worklists.PERIODS) == {key for key, period in law.periods.items() if period.owner == "agency"}
    assert worklists.CONDITIONS.keys() == steps.CONDITIONS.keys()


def test_every_step_of_the_table_is_in_the_sheet_or_left_to_the_command_line():
    acts = {act.name for act in worklists.ACTS}
    assert acts | set(worklists.LEFT) == {step.name for step in steps.TABLE}
    assert not acts & set(worklists.LEFT)


@pytest.mark.parametrize("act", worklists.ACTS, ids=lambda act: act.word)
def test_a_step_takes_the_cells_that_its_command_takes_options_for(act):
    options = {option.name for option in cli.root.get_command(None, act.name).params}
    options -= {"numbers", "on", "as_json", "proof", "help"} | ({"rectified"} if act.name == "confirm" else set())
    assert {{"document": "number", "basis": "document"}.get(key, key) for key in act.takes} == options


# Handing out


def test_the_worklist_holds_the_findings_that_are_not_ended_the_most_urgent_first(jsup, three):
    jsup("withdraw", "2026-0002", "--why", "w")
    book, sheet = handed_out(jsup)
    head, *rows = list(sheet.iter_rows(values_only=True))
    assert list(head) == list(HEADINGS.values())
    assert [row[:7] for row in rows] == [
        ("2026-0001", "金山区市场监督管理局", "t", "已预警", "2026-09-18", "-43",
         "核实整改：未整改（二（二）1 第一步）；核实整改：已整改（二（二）1 第一步）"),
        ("2026-0003", "金山区财政局", "t", "待处理", None, None, "预警提醒（二（二）1 第一步）；制作建议书（命令 jsup recommend）（二（四）2）"),
    ]  # fmt: skip
    assert all(cell is None for row in rows for cell in row[7:])
    assert book.sheetnames[1:] == ["填写说明"]
    assert sheet.freeze_panes == "B2"


def test_the_steps_offered_are_the_lawful_ones_and_the_other_choices_chinese(jsup, three):
    _book, sheet = handed_out(jsup)
    offered = {str(one.sqref): (one.formula1, one.errorStyle) for one in sheet.data_validations.dataValidation}
    assert offered["H2"] == ('"核实整改：未整改,核实整改：已整改,责任追究,单位提出异议,撤回"', "warning")
    assert offered["H3"] == ('"预警提醒,责任追究,单位提出异议,撤回"', "warning")
    assert offered["J2:J4"] == ('"电话,走访,座谈会,提醒函,责令整改,其他"', None)
    assert offered["P2:P4"] == ('"全部整改,部分整改,未整改"', None)
    jsup("object", "2026-0001", "--on", "2026-11-02")
    _book, sheet = handed_out(jsup)
    offered = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    assert "答复异议" in offered["H2"]
    assert sheet["I2"].number_format == "yyyy-mm-dd"
    assert sheet["S2"].number_format == "@"


def test_a_provisional_due_day_says_so(jsup, register, monkeypatch):
    monkeypatch.setattr("jsup.workdays.packaged", list)
    monkeypatch.setenv("JSUP_TODAY", "2027-12-31")
    jsup("finding", "add", *FACTS, "--agency", "JS-CZJ", "--category", "other", "--title", "t", "--found-on", "2027-12-01")
    jsup("warn", "2027-0001", "--method", "phone", "--rectify-by", "2027-12-10", "--on", "2027-12-02")
    jsup("confirm", "2027-0001", "--unrectified", "--on", "2027-12-10")
    _book, sheet = handed_out(jsup)
    assert sheet["E2"].value == "2027-12-17（暂定）"


def test_the_second_sheet_tells_what_each_step_wants(jsup, three):
    book, _sheet = handed_out(jsup)
    told = [row[:5] for row in book.worksheets[1].iter_rows(values_only=True)]
    assert ("跟踪复查：部分整改、未整改", "已送达、决定已送达", "复查结果、尚待整改", "备注", "二（二）1 第二步") in told
    assert ("跟踪复查：全部整改", "已送达、整改未到位、决定已送达", "复查结果", "整改日、备注", "二（二）1 第二步") in told
    assert ("销号", "已整改（逾期整改）", "理由", "批准人", "二（二）1 第二步") in told
    assert ("销号", "整改未到位", "理由、批准人", None, "二（二）1 第二步") in told
    assert sum(row[0] == "填写说明" for row in told) == len(worklists.NOTES)


def test_one_agency_s_worklist_an_unknown_agency_and_a_file_that_is_there(jsup, three):
    made = jsup("worklist", "--out", "a.xlsx", "--agency", "JS-CZJ", "--json")
    assert made.json == {"file": "a.xlsx", "rows": 1}
    assert jsup("worklist", "--out", "b.xlsx", "--agency", "NONE").status == 1
    assert not Path("b.xlsx").exists()
    before = Path("a.xlsx").read_bytes()
    again = jsup("worklist", "--out", "a.xlsx")
    assert (again.status, again.out) == (1, "")
    assert "there already" in again.err
    assert Path("a.xlsx").read_bytes() == before
    assert jsup("worklist").status == 2
    assert jsup("worklist", "--out", "c.xlsx", "apply", "a.xlsx").status == 2
    assert "jsup worklist apply d.xlsx" in jsup("worklist", "--out", "d.xlsx").out


def test_a_ledger_without_findings_gives_an_empty_worklist(jsup, register):
    assert jsup("worklist", "--out", "w.xlsx", "--json").json["rows"] == 0
    assert "no data rows" in apply(jsup, "w.xlsx").err


# Taking in again


def test_a_filled_worklist_is_taken_in_one_transaction_in_the_order_of_the_days(jsup, three):
    book, sheet = handed_out(jsup)
    fill(
        sheet, "2026-0002", step="核实整改：已整改", on=date(2026, 9, 18), note="现场查看\n两处"
    )  # before its warning, in the sheet
    last = fill(sheet, "2026-0002", copy=True, **WARN, rectify_by=datetime(2026, 9, 17), by="甲", receiver="乙", reply="马上改")
    fill(sheet, "2026-0001", step="核实整改：未整改", on="2026/9/18")
    book.save("w.xlsx")
    entries = len(jsup("log", "--json").json)
    done = apply(jsup, "w.xlsx")
    assert done.json == {
        "rows": 3,
        "applied": [
            {"row": last, "number": "2026-0002", "step": "warn", "on": "2026-09-09", "stage": "warned"},
            {"row": 2, "number": "2026-0001", "step": "confirm", "on": "2026-09-18", "stage": "unrectified"},
            {"row": 3, "number": "2026-0002", "step": "confirm", "on": "2026-09-18", "stage": "rectified"},
        ],
        "unchanged": 0,
        "rejected": [],
        "unknown_headings": [],
        "dry_run": False,
    }, done.err
    log = jsup("log", "--json").json
    assert (len(log), log[-1]["command"]) == (entries + 1, "worklist apply")
    told = jsup("finding", "show", "2026-0002", "--json").json["events"]
    assert told[1]["details"] == {
        "method": "visit", "rectify_by": "2026-09-17", "by": "甲", "receiver": "乙", "reply": "马上改",
    }  # fmt: skip
    assert told[2]["details"] == {"result": "rectified", "note": "现场查看\n两处"}
    assert jsup("verify").status == 0


def test_rows_of_one_day_are_taken_in_the_order_of_the_sheet(jsup, three):
    confirm = {"step": "核实整改：已整改", "on": "2026-09-09"}
    file = filled(jsup, ("2026-0003", WARN), ("2026-0003", confirm))
    assert [one["step"] for one in apply(jsup, file).json["applied"]] == ["warn", "confirm"]
    file = filled(jsup, ("2026-0002", confirm), ("2026-0002", WARN))
    refused(jsup, file, (3, "step", "is not lawful there"))


@pytest.mark.in_a_file
def test_a_worklist_gives_the_ledger_that_the_commands_give(jsup, three, tmp_path, monkeypatch):
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(three)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    assert (
        apply(jsup, filled(jsup, ("2026-0001", {"step": "核实整改：未整改", "on": "2026-09-14"}), ("2026-0003", WARN))).status
        == 0
    )
    found = jsup("finding", "list", "--json").json
    monkeypatch.setenv("JSUP_LEDGER", str(copy))
    jsup("warn", "2026-0003", "--method", "visit", "--on", "2026-09-09")
    jsup("confirm", "2026-0001", "--unrectified", "--on", "2026-09-14")
    assert jsup("finding", "list", "--json").json == found


def test_a_dry_run_tells_the_same_and_leaves_nothing(jsup, three):
    file = filled(jsup, ("2026-0003", WARN), ("2026-0003", {"step": "核实整改：未整改", "on": "2026-09-18"}))
    before = whole(three), jsup("log", "--json").out
    dry = apply(jsup, file, "--dry-run").json
    assert (whole(three), jsup("log", "--json").out) == before
    assert "Nothing was written" in jsup("worklist", "apply", file, "--dry-run").out
    assert [one["stage"] for one in dry["applied"]] == ["warned", "unrectified"]
    assert apply(jsup, file).json == dry | {"dry_run": False}


def test_the_same_worklist_twice_changes_nothing_the_second_time(jsup, three):
    file = filled(
        jsup,
        ("2026-0001", {"step": "核实整改：未整改", "on": "2026-09-18"}),
        ("2026-0001", {"step": "单位提出异议", "on": "2026-09-19", "note": "x"}),
        ("2026-0001", {"step": "单位提出异议", "on": "2026-09-19", "note": "x"}),  # two objections are two
        ("2026-0001", {"step": "责任追究", "on": "2026-09-19", "measure": "批评教育"}),
        ("2026-0001", {"step": "责任追究", "on": "2026-09-19", "measure": "移送区纪委监委"}),
        ("2026-0003", WARN),
    )
    first = apply(jsup, file).json
    assert (len(first["applied"]), first["unchanged"]) == (6, 0)
    before = jsup("log", "--json").out
    second = apply(jsup, file).json
    assert (second["rows"], second["applied"], second["unchanged"]) == (6, [], 6)
    assert jsup("log", "--json").out == before
    assert "Took 0 steps of 6 rows, 6 unchanged." in jsup("worklist", "apply", file).out


def test_a_worklist_filled_further_takes_only_what_is_new(jsup, three):
    book, sheet = handed_out(jsup)
    fill(sheet, "2026-0003", **WARN)
    book.save("w.xlsx")
    assert len(apply(jsup, "w.xlsx").json["applied"]) == 1
    fill(sheet, "2026-0003", copy=True, step="核实整改：已整改", on="2026-09-18")
    book.save("w.xlsx")
    done = apply(jsup, "w.xlsx").json
    assert ([one["step"] for one in done["applied"]], done["unchanged"]) == (["confirm"], 1)


def test_a_step_that_stands_already_but_was_told_otherwise_is_refused(jsup, three):
    assert apply(jsup, filled(jsup, ("2026-0003", WARN))).status == 0
    file = filled(jsup, ("2026-0003", WARN | {"method": "电话"}))
    (one,) = refused(jsup, file, (3, "method", "stands in the ledger already"))
    assert "走访" in one["problem"]
    file = filled(jsup, ("2026-0003", WARN | {"note": "n"}))
    refused(jsup, file, (3, "note", "there it is —"))
    assert events(jsup, "2026-0003")[1:] == [("warn", "2026-09-09")]


def test_another_measure_of_the_same_day_is_another_step(jsup, three):
    account = {"step": "责任追究", "on": "2026-09-19", "measure": "批评教育"}
    assert apply(jsup, filled(jsup, ("2026-0001", account))).status == 0
    file = filled(jsup, ("2026-0001", account | {"measure": "移送区纪委监委"}))
    assert len(apply(jsup, file).json["applied"]) == 1


def test_a_transfer_leaves_only_its_date_and_number(jsup, three):
    row = {"step": "责任追究", "on": "2026-09-19", "measure": "移送区纪委监委", "document": "7号", "note": "never to be kept"}
    file = filled(jsup, ("2026-0002", row))
    assert apply(jsup, file).status == 0
    assert details(jsup, "2026-0002") == {"measure": "transfer", "number": "7号"}
    assert not [body for (body,) in rows(three, "SELECT body FROM journal") if "never to be kept" in body]
    assert not rows(three, "SELECT 1 FROM event WHERE details LIKE '%never to be kept%'")
    assert apply(jsup, file).json["unchanged"] == 1


# A paper of several findings


def sign(**cells):
    return {"step": "签发建议书", "on": "2026-09-22", "by": "局长"} | cells


def test_the_second_finding_of_a_paper_that_went_along_is_passed_over(jsup, paper):
    serve = {"step": "送达", "on": "2026-09-23", "by_way": "直接送达", "receiver": "收发室"}
    file = filled(jsup, ("2026-0001", sign()), ("2026-0002", sign()), ("2026-0001", serve), ("2026-0002", serve))
    done = apply(jsup, file).json
    assert [(one["number"], one["step"]) for one in done["applied"]] == [("2026-0001", "sign"), ("2026-0001", "deliver")]
    assert (done["rows"], done["unchanged"]) == (4, 2)
    for number in ("2026-0001", "2026-0002"):
        assert events(jsup, number)[-2:] == [("sign", "2026-09-22"), ("deliver", "2026-09-23")]
    before = jsup("log", "--json").out
    assert apply(jsup, file).json["unchanged"] == 4
    assert jsup("log", "--json").out == before


def test_one_row_is_enough_for_a_paper(jsup, paper):
    assert len(apply(jsup, filled(jsup, ("2026-0002", sign()))).json["applied"]) == 1
    assert events(jsup, "2026-0001")[-1] == ("sign", "2026-09-22")


def test_the_second_finding_of_a_paper_told_otherwise_is_refused_with_the_row_that_took_it_along(jsup, paper):
    file = filled(jsup, ("2026-0001", sign()), ("2026-0002", sign(on="2026-09-23")))
    refused(jsup, file, (3, "step", "went along with row 2"))
    file = filled(jsup, ("2026-0001", sign()), ("2026-0002", sign(by="副局长")))
    refused(jsup, file, (3, "by", "局长"))


# What is refused


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("cells", "key", "says"),
    [
        ({"number": "2026-0099"}, "number", "2026-0099"),
        ({"number": ""}, "number", "it is empty"),
        ({"agency": "金山区财政局"}, "agency", "not of 金山区财政局"),
        ({"step": "劝告"}, "step", "劝告"),
        ({"step": ""}, "step", "it is empty"),
        ({"step": "recommend"}, "step", "recommend"),
        ({"step": "送达", "method": "", "by_way": "直接送达", "receiver": "R"}, "step", "is not lawful there"),
        ({"on": ""}, "on", "it is empty"),
        ({"on": "2026-02-30"}, "on", "not a date"),
        ({"on": "9月9日"}, "on", "not a date"),
        ({"on": "20260909"}, "on", "not a date"),
        ({"on": "2026-09/09"}, "on", "not a date"),
        ({"on": "2026-11-25"}, "on", "future"),
        ({"on": "2026-08-31"}, "on", "2026-09-01"),
        ({"method": ""}, "method", "`预警提醒` wants it"),
        ({"method": "烽火"}, "method", "烽火"),
        ({"rectify_by": "2026-09-08"}, "rectify_by", "before the step itself"),
        ({"rectify_by": "soon"}, "rectify_by", "not a date"),
        ({"result": "全部整改"}, "result", "takes nothing here"),
        ({"by_way": "留置送达"}, "by_way", "takes nothing here"),
        ({"note": "a\u202eb"}, "note", "U+202E"),
        ({"by": "a\u200bb"}, "by", "U+200B"),
    ],
)
def test_a_bad_cell_is_named_with_row_and_column_and_nothing_is_done(cells, key, says, jsup, three):
    good = {"number": "2026-0003", **WARN}
    refused(jsup, written(good, {"number": "2026-0002", **WARN} | cells), (3, key, says))


@pytest.mark.parametrize(
    ("step", "cells", "key", "says"),
    [
        ("跟踪复查", {}, "result", "wants it"),
        ("跟踪复查", {"result": "部分整改"}, "remaining", "wants it"),
        ("跟踪复查", {"result": "全部整改", "remaining": "x"}, "remaining", "leaves nothing"),
        ("跟踪复查", {"result": "全部整改", "rectified_on": "2026-11-21"}, "rectified_on", "lies outside"),
        ("延长期限", {"period": "整改", "until": "2026-12-01", "why": "w"}, "approved_by", "wants it"),
        ("延长期限", {"period": "预警", "until": "2026-12-01", "why": "w", "approved_by": "a"}, "period", "not running"),
        ("延长期限", {"period": "整改", "until": "2026-10-21", "why": "w", "approved_by": "a"}, "until", "--until"),
        ("延长期限", {"period": "建议书", "until": "2026-12-01", "why": "w", "approved_by": "a"}, "period", "建议书"),
        ("撤回", {}, "why", "wants it"),
    ],
)
def test_what_a_later_step_lacks_is_named_in_its_column(step, cells, key, says, jsup, paper):
    jsup("sign", "2026-0001", "--by", "T", "--on", "2026-09-22")
    jsup("deliver", "2026-0001", "--by-way", "direct", "--receiver", "R", "--on", "2026-09-23")
    refused(jsup, written({"number": "2026-0001", "step": step, "on": "2026-10-21"} | cells), (2, key, says))


def test_every_bad_cell_is_listed_and_what_hangs_on_a_bad_row_is_not_judged(jsup, three):
    confirm = {"step": "核实整改：已整改", "on": "2026-09-18"}
    file = written(
        {"number": "2026-0001", "step": "预警提醒", "on": "2026-09-09", "method": "smoke"},
        {"number": "2026-0001", "step": "签发建议书", "on": "2026-09-20", "by": "T"},
        {"number": "2026-0002", **WARN, "method": ""},
        {"number": "2026-0002", **confirm},
        {"number": "2026-0002", **confirm, "on": "2026-09-10"},
        {"number": "2026-0003", **WARN, "on": "?", "result": "完了"},
        {"number": "2026-0098", **WARN},
        {"number": "2026-0003", "note": "forgotten"},
    )
    refused(
        jsup, file, (2, "method", "smoke"), (4, "method", "wants it"), (7, "on", "?"), (7, "result", "完了"), (8, "number", "2026-0098"), (9, "step", "empty"), (9, "on", "empty"),
    )  # fmt: skip


def test_an_illegal_step_is_refused_in_the_words_of_the_sheet_with_the_lawful_ones(jsup, three):
    (one,) = refused(
        jsup,
        written({"number": "2026-0001", "step": "预警提醒", "on": "2026-09-09", "method": "走访"}),
        (2, "step", "`预警提醒` is not lawful there"),
    )
    for word in ("核实整改：未整改（二（二）1 第一步）", "责任追究：批评教育", "撤回（本局）", "更正（命令 jsup amend）"):
        assert word in one["problem"]
    (one,) = refused(
        jsup, written({"number": "2026-0002", "step": "sign", "on": "2026-09-09", "by": "T"}), (2, "step", "no draft")
    )


def test_one_bad_row_and_the_good_ones_are_not_done_either(jsup, three):
    before = whole(three)
    file = filled(jsup, ("2026-0001", {"step": "核实整改：未整改", "on": "2026-09-18"}), ("2026-0003", WARN | {"method": None}))
    refused(jsup, file, (4, "method", "wants it"))
    assert apply(jsup, file, "--dry-run").status == 1
    assert whole(three) == before
    assert len(events(jsup, "2026-0001")) == 2


@pytest.mark.parametrize("line", ["worklist apply none.xlsx", "worklist apply w.docx", "worklist apply"])
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(line, jsup, three):
    Path("w.docx").write_bytes(b"x")
    result = jsup(*line.split(" "))
    assert result.status in (1, 2)
    assert len(result.err.splitlines()) == 1


def test_a_worklist_without_its_number_or_with_foreign_headings(jsup, three):
    assert "问题编号" in apply(jsup, written({"step": "预警提醒", "on": "2026-09-09"})).err
    file = written({"问题编号": "2026-0003", "步骤": "warn", "日期": "2026年9月9日", "预警方式": "visit", "mine": "x"})
    done = apply(jsup, file).json
    assert (done["unknown_headings"], [one["step"] for one in done["applied"]]) == (["mine"], ["warn"])
    told = jsup("worklist", "apply", file)
    assert "mine" in told.out


# Nothing filled in, and views


@settings(max_examples=7, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ways=st.lists(st.sampled_from(["warn", "rectified", "unrectified", "withdraw", "object"]), max_size=4))
def test_a_worklist_with_nothing_filled_in_changes_nothing(ways, jsup, register):
    words = {"warn": ("warn", "--method", "phone"), "rectified": ("confirm", "--rectified"), "withdraw": ("withdraw", "--why", "w"),
             "unrectified": ("confirm", "--unrectified"), "object": ("object",)}  # fmt: skip
    number = jsup("finding", "add", *FACTS, "--agency", "JS-CZJ", "--category", "other", "--title", "=1+1", "--json").json[
        "number"
    ]
    for way in ways:
        name, *rest = words[way]
        jsup(name, number, *rest)  # lawful or not
    before = jsup("log", "--json").out
    book, _sheet = handed_out(jsup)
    book.save("w.xlsx")
    done = apply(jsup, "w.xlsx")
    if done.status:
        assert "no data rows" in done.err
    else:
        assert (done.json["rows"], done.json["applied"], done.json["unchanged"]) == (0, [], 0)
    assert jsup("log", "--json").out == before


@pytest.mark.in_a_file
def test_the_views_keep_to_80_columns_on_a_terminal(jsup, three):
    file = filled(jsup, ("2026-0001", {"step": "核实整改：未整改", "on": "2026-09-18"}), ("2026-0003", WARN))
    for line in (f"worklist apply {file} --dry-run", "worklist --out x.xlsx", f"worklist apply {file}", "worklist --out x.xlsx"):
        drawn = on_a_terminal(line.split(" "))
        assert all(columns(row) <= 80 for row in drawn.splitlines()), drawn
    lines = jsup("worklist", "apply", file).out.splitlines()
    assert lines == ["Took 0 steps of 2 rows, 2 unchanged."]
    drawn = on_a_terminal(["worklist", "apply", written({"number": "2026-0099", **WARN, "note": "长" * 90, "result": "长" * 90})])
    assert all(columns(row) <= 80 for row in drawn.splitlines()), drawn
    assert "第2行" in drawn.replace(" ", "")


def test_steps_taken_are_lines_off_a_terminal(jsup, three):
    out = jsup("worklist", "apply", filled(jsup, ("2026-0003", WARN))).out
    assert out == "row\tnumber\tstep\tday\tstage\n4\t2026-0003\twarn\t2026-09-09\twarned\nTook 1 steps of 1 rows, 0 unchanged.\n"


# Dates of Excel's


COLUMNS = (tables.Column("code", ("code",), required=True), tables.Column("on", ("on",), dated=True))


@settings(max_examples=30, deadline=None)
@given(
    day=st.dates(date(1900, 3, 1), date(2100, 12, 31)), form=st.sampled_from(["date", "datetime", "-", "/", ".", "年", "short"])
)
def test_a_column_of_days_takes_dates_of_excel_s_and_text_alike(day, form, tmp_path_factory):
    words = {
        "date": day, "datetime": datetime(day.year, day.month, day.day), "年": f"{day.year}年{day.month}月{day.day}日",
        "short": f"{day.year}-{day.month}-{day.day}",
    }  # fmt: skip
    book = openpyxl.Workbook()
    book.active.append(["code", "on"])
    book.active.append(["a", words.get(form, day.strftime(f"%Y{form}%m{form}%d"))])
    path = tmp_path_factory.mktemp("days") / "d.xlsx"
    book.save(path)
    table = tables.read(path, COLUMNS)
    assert table.problems == []
    assert table.rows == [(2, {"code": "a", "on": day.isoformat()})]


@pytest.mark.parametrize("value", [datetime(2026, 11, 2, 14, 30), 46328, True, "2026-11-02 14:30", "11/2/2026", "2026-13-01"])
def test_a_column_of_days_refuses_what_is_no_day(value, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["code", "on"])
    book.active.append(["a", value])
    book.save(tmp_path / "d.xlsx")
    (problem,) = tables.read(tmp_path / "d.xlsx", COLUMNS).problems
    assert (problem.row, problem.column) == (2, "on")


def test_any_other_column_still_refuses_dates_of_excel_s(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["code", "on"])
    book.active.append([date(2026, 11, 2), date(2026, 11, 2)])
    book.save(tmp_path / "d.xlsx")
    (problem,) = tables.read(tmp_path / "d.xlsx", COLUMNS).problems
    assert problem.column == "code"
    assert "date of Excel's" in problem.message


# The same problem at many agencies


def test_the_same_problem_at_several_agencies_is_a_finding_each_in_one_transaction(jsup, register):
    add = ("finding", "add", *FACTS, "--category", "repeat", "--title", "t", "--found-on", "2026-09-01", "--json")
    entries = len(jsup("log", "--json").json)
    rows = jsup(*add, "--agency", "JS-SCJG", "--agency", "JS-CZJ", "--agency", "JS-SCJG").json
    assert [(row["number"], row["agency_code"], row["title"]) for row in rows] == [
        ("2026-0001", "JS-SCJG", "t"),
        ("2026-0002", "JS-CZJ", "t"),
    ]
    assert len(jsup("log", "--json").json) == entries + 1
    assert jsup(*add, "--agency", "JS-CZJ").json["number"] == "2026-0003"
    bad = jsup(*add, "--agency", "JS-SCJG", "--agency", "NONE")
    assert (bad.status, bad.out) == (1, "")
    assert "NONE" in bad.err
    assert len(jsup("finding", "list", "--json").json) == 3
    assert jsup("finding", "add", "--category", "other", "--title", "t").status == 2


def test_json_is_one_document(jsup, three):
    assert set(json.loads(jsup("worklist", "--out", "w.xlsx", "--json").out)) == {"file", "rows"}
