"""Who may inspect: certificates and entrustments from tables, their states day by day, and what ends soon."""

import json
from datetime import date

import openpyxl
import pytest

from jsup.credentials import unusable
from tests.conftest import rows, whole

HEADS = ("执法证号", "姓名", "单位代码", "有效期起", "有效期至", "状态", "状态起始日", "状态截止日", "依据文书")
ENTRUSTED = ("委托机关代码", "受委托组织", "委托事项", "起始日", "截止日", "委托书")


@pytest.fixture
def table(tmp_path):
    """Return what writes rows under headings into a csv file."""

    def write(*lines, heads=HEADS, name="t.csv"):
        file = tmp_path / name
        file.write_text(
            "\n".join([",".join(heads), *(line if isinstance(line, str) else ",".join(line) for line in lines)]), "utf-8"
        )
        return file

    return write


def taken(jsup, group, file, *more):
    result = jsup(group, "import", file, "--json", *more)
    assert (result.status, result.err) == (0, ""), result
    return tuple(result.json[key] for key in ("rows", "new", "changed", "unchanged"))


def problems(jsup, group, file):
    result = jsup(group, "import", file, "--json")
    assert result.status == 1
    assert jsup(group, "import", file, "--dry-run").err == result.err
    return [(one["row"], one["column"], one["problem"]) for one in result.json["rejected"]]


def events(ledger, step):
    return [
        (code, json.loads(details))
        for code, details in rows(ledger, f"SELECT agency_code, details FROM event WHERE step = '{step}' ORDER BY id")
    ]


def shown(jsup, certificate="Z1", today="2026-11-24"):
    row = jsup("--today", today, "inspector", "show", certificate, "--json").json
    return row["state"], row["usable"], row["reason"]


# Certificates -----------------------------------------------------------------------------------

ROW = {"valid_from": "2026-01-01", "valid_to": "2026-12-31", "state": "valid", "state_from": None, "state_until": None}


@pytest.mark.parametrize(
    ("changes", "day", "reason"),
    [
        ({}, "2026-01-01", None), ({}, "2026-12-31", None), ({}, "2025-12-31", "not_yet_valid"), ({}, "2027-01-01", "expired"),
        ({"valid_from": None, "valid_to": None}, "2026-06-01", None),
        ({"state": "suspended", "state_from": "2026-03-02"}, "2026-03-01", None),
        ({"state": "suspended", "state_from": "2026-03-02"}, "2026-03-02", "suspended"),
        ({"state": "suspended", "state_from": "2026-03-02"}, "2026-12-31", "suspended"),
        ({"state": "suspended", "state_from": "2026-03-02", "state_until": "2026-03-31"}, "2026-03-31", "suspended"),
        ({"state": "suspended", "state_from": "2026-03-02", "state_until": "2026-03-31"}, "2026-04-01", None),
        ({"state": "suspended", "state_from": "2026-03-02", "state_until": "2026-03-31"}, "2027-01-01", "expired"),
        ({"state": "revoked", "state_from": "2026-03-02"}, "2026-03-01", None),
        ({"state": "revoked", "state_from": "2026-03-02"}, "2026-03-02", "revoked"),
        ({"state": "revoked", "state_from": "2026-03-02"}, "2030-01-01", "revoked"),
    ],
)  # fmt: skip
def test_a_certificate_is_unusable_on_every_day_for_which_that_can_be_said(changes, day, reason):
    assert unusable(ROW | changes, date.fromisoformat(day)) == reason


def test_a_certificate_that_the_register_does_not_have_is_missing():
    assert unusable(None, date(2026, 1, 1)) == "missing"


def test_inspectors_are_taken_once_and_corrected_with_the_old_values_kept(jsup, register, table):
    file = table(
        "0901001,张三,JS-SCJG,2024-01-01,2026-12-10,有效,,,",
        "0901002,李四,JS-SCJG,2024/1/1,2026年11月20日,,,,",
        "0901003,王五,JS-CZJ,,,suspended,2026-11-01,2026-11-30,金司〔2026〕9号",
    )
    before = whole(register)
    assert taken(jsup, "inspector", file, "--dry-run") == (3, 3, 0, 0)
    assert whole(register) == before
    assert taken(jsup, "inspector", file) == (3, 3, 0, 0)
    before = whole(register)
    assert taken(jsup, "inspector", file) == (3, 0, 0, 3)
    assert whole(register) == before
    listed = jsup("inspector", "list", "--json").json
    assert listed[0] == {
        "certificate": "0901001", "name": "张三", "agency_code": "JS-SCJG", "agency": "金山区市场监督管理局",
        "valid_from": "2024-01-01", "valid_to": "2026-12-10", "state": "valid", "state_from": None, "state_until": None,
        "document": None, "usable": True, "reason": None,
    }  # fmt: skip
    assert [(row["certificate"], row["reason"]) for row in listed] == [
        ("0901001", None), ("0901002", "expired"), ("0901003", "suspended"),
    ]  # fmt: skip

    file = table("0901002,李五,JS-CZJ,2024-01-01,2027-11-20,收回,,,文", heads=(*HEADS[:8], "document"))
    result = jsup("inspector", "import", file, "--json").json
    assert (result["changed"], result["unchanged"]) == (1, 0)
    set_ = {
        "name": ["李四", "李五"], "agency_code": ["JS-SCJG", "JS-CZJ"], "valid_to": ["2026-11-20", "2027-11-20"],
        "state": ["valid", "revoked"], "state_from": [None, "2026-11-24"], "document": [None, "文"],
    }  # fmt: skip
    assert {one["field"]: [one["old"], one["new"]] for one in result["changes"]} == set_
    assert {one["certificate"] for one in result["changes"]} == {"0901002"}
    told = {"certificate": "0901002", "set": set_, "why": "inspector import t.csv"}
    assert events(register, "inspector amend") == [("JS-CZJ", told)]
    assert [code for code, _told in events(register, "inspector import")] == ["JS-SCJG", "JS-SCJG", "JS-CZJ"]
    assert shown(jsup, "0901002") == ("revoked", False, "revoked")
    assert shown(jsup, "0901002", "2026-11-23") == ("valid", True, None)
    assert jsup("verify").status == 0


def test_lists_of_an_agency_of_what_ends_soon_and_of_what_may_not_be_used(jsup, register, table):
    ends = {"Z1": "2026-11-23", "Z2": "2026-11-24", "Z3": "2026-12-24", "Z4": "2026-12-25", "Z5": "2026-12-01", "Z6": ""}
    taken(
        jsup, "inspector", table(*(f"{key},甲,{'JS-SCJG' if key < 'Z4' else 'JS-CZJ'},,{day},,,," for key, day in ends.items()))
    )
    assert jsup("inspector", "revoke", "Z5", "--document", "d").status == 0

    def listed(*words):
        return [row["certificate"] for row in jsup("inspector", "list", *words, "--json").json]

    assert listed() == [*ends]
    assert listed("--agency", "JS-CZJ") == ["Z4", "Z5", "Z6"]
    assert listed("--ending", "30") == ["Z2", "Z3"]
    assert listed("--ending", "0") == ["Z2"]
    assert listed("--unusable") == ["Z1", "Z5"]
    assert listed("--unusable", "--agency", "JS-SCJG") == ["Z1"]
    assert jsup("inspector", "list", "--agency", "NOBODY").status == 1
    text = jsup("inspector", "list", "--unusable").out.splitlines()
    assert [line.split("\t")[-1] for line in text] == ["not to be used", "expired", "revoked"]


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ("3.1E+17,甲,JS-CZJ", "执法证号", "Excel has rounded the number 3.1E+17"),
        ("a；b,甲,JS-CZJ", "执法证号", "names several"),
        ("Z1,,JS-CZJ", "姓名", "it is empty"),
        ("Z1,甲,NOBODY", "单位代码", "no agency has the code NOBODY"),
        ("Z1,甲,JS-CZJ,2026-02-30", "有效期起", "2026-02-30 is not a date"),
        ("Z1,甲,JS-CZJ,2026-02-02,2026-02-01", "有效期至", "2026-02-01 is before 2026-02-02"),
        ("Z1,甲,JS-CZJ,,,注销", "状态", "注销 is none of 有效、暂停使用、收回"),
        ("Z1,甲,JS-CZJ,,,,2026-01-01", "状态", "it is empty, but the row is filled in"),
        ("Z1,甲,JS-CZJ,,,收回,2026-11-25", "状态起始日", "2026-11-25 is in the future"),
        ("Z1,甲,JS-CZJ,,,收回,2026-11-02,2026-11-03", "状态截止日", "only a suspension has a last day"),
        ("Z1,甲,JS-CZJ,,,暂停使用,2026-11-02,2026-11-01", "状态截止日", "2026-11-01 is before 2026-11-02"),
        ("Z1,甲,JS-CZJ,,,暂停使用,,2026-11-23", "状态截止日", "2026-11-23 is before 2026-11-24"),
        ("Z0,甲,JS-CZJ", "执法证号", "the certificate Z0 stands in row 2 already"),
        ("OLD,甲,JS-CZJ,,,暂停使用", "状态", "it was revoked on 2026-11-02: only `jsup inspector restore`"),
        ("OLD,甲,JS-CZJ,,,收回,2026-11-01", "状态起始日", "2026-11-01 is before 2026-11-02, the day from which the state"),
        ("OLD,甲,JS-CZJ,,,有效", "依据文书", "it was revoked on 2026-11-02: valid wants the document"),
    ],
)  # fmt: skip
@pytest.mark.in_a_file
def test_a_bad_row_is_named_with_row_and_column_and_nothing_is_taken(row, column, problem, jsup, register, table):
    taken(jsup, "inspector", table("OLD,甲,JS-CZJ,,,收回,2026-11-02,,"))
    before = whole(register)
    ((number, where, what),) = problems(jsup, "inspector", table("Z0,乙,JS-CZJ,,,,,,", row + "," * (8 - row.count(","))))
    assert (number, where) == (3, column)
    assert problem in what
    assert whole(register) == before


@pytest.mark.in_a_file
def test_a_certificate_that_excel_took_for_a_number_is_refused(jsup, register, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADS[:3])
    book.active.append([310116202400000123, "甲", "JS-CZJ"])
    book.save(tmp_path / "t.xlsx")
    ((row, column, problem),) = problems(jsup, "inspector", tmp_path / "t.xlsx")
    assert (row, column) == (2, "执法证号")
    assert "Excel has rounded the number" in problem


def test_a_certificate_is_suspended_revoked_and_restored_and_every_state_stays(jsup, register, table):
    taken(jsup, "inspector", table("Z1,甲,JS-CZJ,2026-01-01,2026-12-31,,,,"))

    def enter(step, *words):
        return jsup("inspector", step, "Z1", "--document", "d", *words, "--json")

    assert "Z1 is valid already" in enter("restore").err
    assert enter("suspend", "--from", "2026-11-03", "--until", "2026-11-10").json["usable"] is True
    assert [shown(jsup, today=f"2026-11-{day}")[1] for day in ("02", "03", "10", "11")] == [True, False, False, True]
    assert enter("revoke", "--from", "2026-11-12").json["reason"] == "revoked"
    for step, words, said in (
        ("suspend", (), "it was revoked on 2026-11-12"),
        ("revoke", (), "Z1 is revoked already"),
        ("restore", ("--from", "2026-11-11"), "2026-11-11 is before 2026-11-12"),
        ("restore", ("--from", "2026-11-25"), "2026-11-25 is in the future"),
    ):
        refused = enter(step, *words)
        assert (refused.status, refused.out) == (1, "")
        assert said in refused.err
    restored = enter("restore", "--from", "2026-11-20").json
    assert (restored["usable"], restored["state_from"]) == (True, "2026-11-20")
    assert [(one["state"], one["from_on"], one["until_on"]) for one in restored["states"]] == [
        ("suspended", "2026-11-03", "2026-11-10"), ("revoked", "2026-11-12", None), ("valid", "2026-11-20", None),
    ]  # fmt: skip
    days = ("02", "03", "11", "12", "19", "20")
    assert [shown(jsup, today=f"2026-11-{day}")[2] for day in days] == [None, "suspended", None, "revoked", "revoked", None]
    assert [told["set"]["state"] for _code, told in events(register, "inspector suspend") + events(register, "inspector restore")] == [
        ["valid", "suspended"], ["revoked", "valid"],
    ]  # fmt: skip
    assert "2026-11-01 is before 2026-11-24" in enter("suspend", "--until", "2026-11-01").err
    assert jsup("inspector", "revoke", "Z9", "--document", "d").err == (
        "jsup: no inspector has the certificate Z9: `jsup inspector list` shows all\n"
    )
    assert jsup("inspector", "show", "Z9").status == 1


def test_a_table_enters_a_state_that_differs_and_passes_over_one_that_is_known(jsup, register, table):
    halt = "Z1,甲,JS-CZJ,,,暂停使用,2026-11-02,2026-11-30,d"
    assert taken(jsup, "inspector", table(halt)) == (1, 1, 0, 0)
    assert taken(jsup, "inspector", table("Z1,甲,JS-CZJ,,,暂停使用,2026-11-02,2026-12-31,e")) == (1, 0, 1, 0)
    assert taken(jsup, "inspector", table("Z1,甲,JS-CZJ,,,有效,,,")) == (1, 0, 1, 0)
    assert taken(jsup, "inspector", table(halt)) == (1, 0, 0, 1)
    assert taken(jsup, "inspector", table("Z1,甲,JS-CZJ,,,收回,,,f")) == (1, 0, 1, 0)
    assert taken(jsup, "inspector", table("Z1,甲,JS-CZJ", heads=HEADS[:3])) == (1, 0, 0, 1)
    assert taken(jsup, "inspector", table("Z1,甲,JS-CZJ,,,有效,,,g")) == (1, 0, 1, 0)
    states = jsup("inspector", "show", "Z1", "--json").json["states"]
    assert [(one["state"], one["from_on"], one["until_on"], one["document"]) for one in states] == [
        ("suspended", "2026-11-02", "2026-11-30", "d"), ("suspended", "2026-11-02", "2026-12-31", "e"),
        ("valid", "2026-11-24", None, None), ("revoked", "2026-11-24", None, "f"), ("valid", "2026-11-24", None, "g"),
    ]  # fmt: skip


# Entrustments -----------------------------------------------------------------------------------


def test_entrustments_are_taken_once_corrected_and_ended(jsup, register, table):
    file = table(
        "JS-SCJG,某中心,消防检查；食品、药品检查；消防检查,2026-01-01,2026-12-20,委托书1",
        "JS-SCJG,某中心,全部;其他,2027-01-01,2027-12-20,委托书2",
        "JS-CZJ,某站,日常检查,2026-01-01,2026-11-24,委托书3",
        heads=ENTRUSTED,
    )
    assert taken(jsup, "entrustment", file) == (3, 3, 0, 0)
    assert taken(jsup, "entrustment", file) == (3, 0, 0, 3)
    listed = jsup("entrustment", "list", "--json").json
    assert listed[0] == {
        "id": 3, "organ_code": "JS-CZJ", "organ": "金山区财政局", "body": "某站", "scope": "日常检查", "from_on": "2026-01-01",
        "to_on": "2026-11-24", "document": "委托书3", "ended_on": None, "ended_why": None, "in_force": True,
    }  # fmt: skip
    assert [(row["id"], row["scope"], row["in_force"]) for row in listed[1:]] == [
        (1, "消防检查;食品、药品检查", True),
        (2, "全部", False),
    ]
    changed = jsup(
        "entrustment", "import", table("JS-SCJG,某中心,全部,2026-01-01,2026-12-31,委托书1", heads=ENTRUSTED), "--json"
    ).json
    set_ = {"scope": ["消防检查;食品、药品检查", "全部"], "to_on": ["2026-12-20", "2026-12-31"]}
    assert {one["field"]: [one["old"], one["new"]] for one in changed["changes"]} == set_
    told = {"body": "某中心", "from_on": "2026-01-01", "set": set_, "why": "entrustment import t.csv"}
    assert events(register, "entrustment amend") == [("JS-SCJG", told)]

    def listed_ids(*words):
        return [row["id"] for row in jsup("entrustment", "list", *words, "--json").json]

    assert listed_ids("--ending", "0") == [3]
    assert listed_ids("--ending", "37") == [3, 1]
    assert listed_ids("--organ", "JS-SCJG") == [1, 2]
    ended = jsup("entrustment", "end", 1, "--on", "2026-11-20", "--why", "机构调整", "--json").json
    assert (ended["ended_on"], ended["ended_why"], ended["in_force"]) == ("2026-11-20", "机构调整", False)
    assert jsup("--today", "2026-11-19", "entrustment", "list", "--organ", "JS-SCJG", "--json").json[0]["in_force"] is True
    assert listed_ids("--ending", "37") == [3]
    assert events(register, "entrustment end")[0][0] == "JS-SCJG"
    for words, said in (
        ((1,), "was ended on 2026-11-20 already"), ((2,), "2026-11-24 is not in it"), ((9,), "no entrustment has the number 9"),
        ((3, "--on", "2026-11-25"), "2026-11-25 is in the future"),
    ):  # fmt: skip
        refused = jsup("entrustment", "end", *words, "--why", "w")
        assert (refused.status, refused.out, said in refused.err) == (1, "", True), refused
    before = whole(register)
    lines = ("JS-SCJG,某中心,全部,2026-01-01,2026-12-30,委托书1", "JS-CZJ,新站,全部,2026-01-01,2026-12-30,d")
    assert taken(jsup, "entrustment", table(*lines, heads=ENTRUSTED), "--dry-run") == (2, 1, 1, 0)
    assert whole(register) == before
    assert "2026-12-31 (ended on 2026-11-20)" in jsup("entrustment", "list").out
    assert jsup("verify").status == 0


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ("NOBODY,甲,全部,2026-01-01,2026-12-31,d", "委托机关代码", "no agency has the code NOBODY"),
        ("JS-CZJ,,全部,2026-01-01,2026-12-31,d", "受委托组织", "it is empty"),
        ("JS-CZJ,甲,；,2026-01-01,2026-12-31,d", "委托事项", "it is empty"),
        ("JS-CZJ,甲,全部,2026-01-02,2026-01-01,d", "截止日", "2026-01-01 is before 2026-01-02"),
        ("JS-CZJ,甲,全部,2026-01-01,去年,d", "截止日", "去年 is not a date"),
        ("JS-CZJ,某站,全部,2026-01-01,2026-12-31,", "委托书", "it is empty"),
        (
            "JS-CZJ,乙,全部,2026-01-01,2026-12-31,d",
            "受委托组织",
            "this entrustment of 乙 from 2026-01-01 stands in row 2 already",
        ),
    ],
)
@pytest.mark.in_a_file
def test_a_bad_entrustment_is_named_with_row_and_column(row, column, problem, jsup, register, table):
    file = table("JS-CZJ,乙,全部,2026-01-01,2026-12-31,d", row, heads=ENTRUSTED)
    ((number, where, what),) = problems(jsup, "entrustment", file)
    assert (number, where) == (3, column)
    assert problem in what
    assert jsup("entrustment", "list", "--json").json == []
