"""What stays and what passes on: agencies renamed or taken over, findings and clues assigned and handed over."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from jsup import tables
from jsup.errors import TableError
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.watched import Clue
from tests.conftest import FACTS, place_of, rows, whole
from tests.test_papers import words_of

OLD, NEW = "JS-SCJG", "JS-CZJ"
NAMES = {OLD: "金山区市场监督管理局", NEW: "金山区财政局"}


def clue(ledger, number, *, agency=OLD, officer="甲", state="open"):
    """Enter a clue as an intake would."""
    with Ledger(place_of(ledger), Entry("clue add", "officer", date(2026, 11, 24))).change() as session:
        day = date(2026, 11, 2)
        session.add(
            Clue(
                number=number,
                channel="other",
                agency_code=agency,
                received_on=day,
                title=f"t{number}",
                officer=officer,
                state=state,
            )
        )


def done(jsup, *words):
    """Run a command that must succeed and return its JSON."""
    result = jsup(*words, "--json")
    assert (result.status, result.err) == (0, ""), (words, result)
    return result.json


def refused(jsup, said, *words):
    result = jsup(*words)
    assert (result.status, result.out) == (1, ""), (words, result)
    assert said in result.err


def events(ledger, number, step):
    query = f"SELECT done_on, stage, details FROM event WHERE finding_number = '{number}' AND step = '{step}' ORDER BY id"
    return [(str(day), stage, json.loads(details)) for day, stage, details in rows(ledger, query)]


def filled(jsup, number, agency):
    """Take over a worklist that was handed out when the finding's agency was called so."""
    file = Path("work.csv")
    file.write_text(f"问题编号,执法单位,步骤,日期,备注\n{number},{agency},单位提出异议,2026-11-23,x\n", encoding="utf-8")
    result = jsup("worklist", "apply", file)
    return result.status, result.err


@pytest.fixture
def way(jsup, register):
    """Findings of one agency along the way: served, with a draft, warned, open, closed; and one of another agency."""
    for title in ("served", "drafted", "warned", "open", "closed"):
        assert (
            jsup(
                "finding", "add", *FACTS, "--agency", OLD, "--category", "other", "--title", title, "--found-on", "2026-09-01"
            ).status
            == 0
        )
    assert (
        jsup(
            "finding", "add", *FACTS, "--agency", NEW, "--category", "other", "--title", "theirs", "--found-on", "2026-09-01"
        ).status
        == 0
    )
    one, two, three, _four, five = (f"2026-000{n}" for n in range(1, 6))
    for words in (
        ("warn", one, two, three, five, "--method", "phone", "--rectify-by", "2026-09-18", "--on", "2026-09-08"),
        ("confirm", one, two, "--unrectified", "--on", "2026-09-18"), ("confirm", five, "--rectified", "--on", "2026-09-18"),
        ("close", five, "--on", "2026-09-18"), ("recommend", one, "--out", "papers", "--on", "2026-09-21"),
        ("sign", one, "--by", "甲", "--on", "2026-09-22"),
        ("deliver", one, "--by-way", "direct", "--receiver", "乙", "--on", "2026-10-12"),
        ("recommend", two, "--out", "papers", "--on", "2026-10-13"),
        ("paper", "draft", "warning-record", one, "--set", "by=甲", "--set", "receiver=乙", "--set", "reply=x", "--out", "papers"),
    ):  # fmt: skip
        result = jsup(*words)
        assert result.status == 0, (words, result.err)


# Renaming ---------------------------------------------------------------------------------------


def test_a_renamed_agency_is_called_so_from_then_on_and_what_was_signed_keeps_the_old_name(jsup, register, way):
    jsup("agency", "add", "--code", "B", "--name", "b", "--level", "town", "--status", "entrusted", "--superior", NAMES[OLD])
    sample = done(jsup, "sample", "--quarter", "2026Q4", "--share", "100%")
    assert jsup("sample", "export", "before", "--quarter", "2026Q4").status == 0
    assert done(jsup, "agency", "show", OLD)["former_names"] == []
    made = done(jsup, "agency", "rename", OLD, "--name", "金山区大市场局", "--on", "2026-09-10", "--document", "金编〔2026〕1号")
    former = [{"name": NAMES[OLD], "until_on": "2026-09-10", "document": "金编〔2026〕1号"}]
    assert (made["name"], made["former_names"], made["void_papers"]) == ("金山区大市场局", former, [2])
    assert done(jsup, "agency", "show", OLD)["former_names"] == former
    assert "former_names" not in done(jsup, "agency", "list")[0]
    assert f"former name\tlast day\tdocument\n{NAMES[OLD]}\t2026-09-10\t金编〔2026〕1号\n" in jsup("agency", "show", OLD).out

    # it was entered after all of these papers, with a day before them: each bears the name that it says
    papers = done(jsup, "paper", "list")
    assert [(row["kind"], row["state"], row["agency"]) for row in papers] == [
        ("recommendation", "served", NAMES[OLD]), ("recommendation", "void", NAMES[OLD]), ("warning-record", "draft", NAMES[OLD]),
    ]  # fmt: skip
    file = Path(done(jsup, "paper", "print", 1, "--out", "printed")["file"])
    assert NAMES[OLD] in file.name
    assert NAMES[OLD] in words_of(file)
    assert "金山区大市场局" not in words_of(file)

    assert done(jsup, "finding", "show", "2026-0001")["agency"] == "金山区大市场局"
    assert {row["agency"] for row in done(jsup, "overdue")["items"] if row["agency_code"] == OLD} == {"金山区大市场局"}
    assert done(jsup, "next", "2026-0002")["steps"][0]["step"] == "recommend"
    assert filled(jsup, "2026-0003", NAMES[OLD]) == (0, "")
    assert f"2026-0004 is a finding of 金山区大市场局, not of {NAMES[NEW]}" in filled(jsup, "2026-0004", NAMES[NEW])[1]
    draft = done(jsup, "recommend", "2026-0002", "--out", "papers")
    assert "金山区大市场局" in words_of(draft["draft"])
    assert made["below"] == ["B"]
    assert done(jsup, "paper", "show", 4)["agency"] == "金山区大市场局"

    status = done(jsup, "sample", "status", "--quarter", "2026Q4")
    assert status["taken"] == sample["taken"]
    assert NAMES[OLD] in {row["name"] for row in status["taken"]}
    assert done(jsup, "sample", "verify")["ok"]
    assert jsup("sample", "export", "after", "--quarter", "2026Q4").status == 0
    for file in ("frame.tsv", "draw.json", "draw.html"):
        assert Path("after", file).read_bytes() == Path("before", file).read_bytes()
    assert jsup("verify").status == 0


@pytest.mark.in_a_file
def test_a_paper_s_name_follows_its_text_and_else_the_day_it_was_drafted(jsup, register, way):
    for name, on in (("乙局", "2026-09-30"), ("丙局", "2026-11-02")):
        done(jsup, "agency", "rename", OLD, "--name", name, "--on", on, "--document", "d")
    rows(register, "UPDATE paper SET data = NULL")
    assert [row["agency"] for row in done(jsup, "paper", "list")] == [NAMES[OLD], "乙局", "丙局"]
    done(jsup, "agency", "rename", OLD, "--name", NAMES[OLD], "--document", "d")
    assert [row["name"] for row in done(jsup, "agency", "show", OLD)["former_names"]] == [NAMES[OLD], "乙局", "丙局"]
    draft = done(jsup, "recommend", "2026-0002", "--out", "papers", "--on", "2026-10-13")
    assert NAMES[OLD] in words_of(draft["draft"])
    assert done(jsup, "paper", "list")[-1]["agency"] == NAMES[OLD]  # it would be 乙局 by its day


@pytest.mark.in_a_file
def test_a_renaming_that_cannot_be_is_refused_and_a_register_with_a_former_name_changes_nothing(jsup, register):
    before = whole(register)
    for said, words in (
        ("is called 金山区财政局 already", ("--name", NAMES[NEW])), ("2026-11-25 is in the future", ("--name", "甲", "--on", "2026-11-25")),
    ):  # fmt: skip
        refused(jsup, said, "agency", "rename", NEW, "--document", "d", *words)
    refused(jsup, "no agency has the code Z", "agency", "rename", "Z", "--name", "n", "--document", "d")
    assert jsup("agency", "rename", NEW, "--name", " ", "--document", "d").status == 2
    assert whole(register) == before
    done(jsup, "agency", "rename", NEW, "--name", "甲", "--on", "2026-11-10", "--document", "d")
    refused(jsup, "was renamed on 2026-11-10", "agency", "rename", NEW, "--name", "乙", "--on", "2026-11-09", "--document", "d")
    file = Path("register.csv")
    file.write_text(f"单位代码,单位名称,单位层级\n{NEW},{NAMES[NEW]},区级\n", encoding="utf-8")
    assert done(jsup, "agency", "import", file)["unchanged"] == 1
    assert done(jsup, "agency", "show", NEW)["name"] == "甲"


# Succession -------------------------------------------------------------------------------------


def test_a_succession_passes_live_findings_on_with_their_clocks_as_they_stand(jsup, register, way):
    clue(register, "X2026-0001")
    clue(register, "X2026-0002", state="dismissed")
    clue(register, "X2026-0003", agency=NEW)
    clocks = rows(register, "SELECT * FROM deadline ORDER BY id")
    made = done(jsup, "agency", "succeed", OLD, NEW, "--on", "2026-11-02", "--document", "金编〔2026〕2号")
    live = ["2026-0001", "2026-0002", "2026-0003", "2026-0004"]
    assert (made["code"], made["passed_on"], made["clues"], made["void_papers"]) == (NEW, live, ["X2026-0001"], [2])
    assert rows(register, "SELECT * FROM deadline ORDER BY id") == clocks
    assert {row["number"]: row["agency_code"] for row in done(jsup, "finding", "list")} == {
        **dict.fromkeys((*live, "2026-0006"), NEW), "2026-0005": OLD,
    }  # fmt: skip
    assert dict(rows(register, "SELECT number, agency_code FROM clue")) == {
        "X2026-0001": NEW,
        "X2026-0002": OLD,
        "X2026-0003": NEW,
    }
    told = {"old": OLD, "new": NEW, "document": "金编〔2026〕2号"}
    assert [events(register, number, "agency succeed") for number in ("2026-0001", "2026-0003", "2026-0005")] == [
        [("2026-11-02", "served", told)], [("2026-11-02", "warned", told)], [],
    ]  # fmt: skip
    assert f"old agency {OLD}" in jsup("finding", "show", "2026-0001").out

    assert {(row["agency_code"], row["agency"]) for row in done(jsup, "overdue")["items"]} == {(NEW, NAMES[NEW])}
    assert done(jsup, "next", "2026-0002")["steps"][0]["step"] == "recommend"
    assert [(row["agency_code"], row["agency"]) for row in done(jsup, "paper", "list")] == [(OLD, NAMES[OLD])] * 3
    assert NAMES[OLD] in words_of(done(jsup, "paper", "print", 1, "--out", "printed")["file"])
    assert filled(jsup, "2026-0003", NAMES[OLD]) == filled(jsup, "2026-0004", NAMES[NEW]) == (0, "")
    # a step may be of a day before the succession, which follows nothing and is followed by nothing
    assert done(jsup, "rectify", "2026-0001", "--on", "2026-10-30")["stage"] == "served"
    assert done(jsup, "amend", "2026-0001", "--set", "rectified_on=2026-10-29", "--why", "w")["rectified_on"] == "2026-10-29"
    draft = done(jsup, "recommend", "2026-0002", "--out", "papers")
    assert NAMES[NEW] in words_of(draft["draft"])
    assert done(jsup, "paper", "list")[-1]["agency_code"] == NEW
    assert done(jsup, "review", "2026-0001", "--result", "full")["stage"] == "rectified"
    assert jsup("verify").status == 0


@pytest.mark.in_a_file
def test_of_several_successors_the_first_that_is_entered_takes_the_findings_and_a_drawn_agency_keeps_its_check(
    jsup, register, way
):
    done(jsup, "sample", "--quarter", "2026Q4", "--share", "100%")
    seen = ("sample", "result", "--quarter", "2026Q4", "--method", "records", "--agency", OLD)
    done(jsup, *seen, "--item", "records.code=fail", "--finding", "records.code")
    checks = rows(register, "SELECT * FROM draw_checks ORDER BY place")
    text = jsup("agency", "succeed", OLD, NEW, "--document", "d").out
    assert "Findings that passed on, their clocks as they were: 2026-0001, 2026-0002, 2026-0003, 2026-0004, 2026-0007\n" in text
    assert "void from now on: 2. Draft them anew." in text
    second = done(jsup, "agency", "succeed", OLD, "JS-FGJ", "--document", "d")
    assert (second["passed_on"], second["clues"], second["void_papers"]) == ([], [], [])
    assert rows(register, "SELECT * FROM draw_checks ORDER BY place") == checks
    assert done(jsup, "sample", "verify")["ok"]
    done(jsup, *seen, "--item", "records.code=fail", "--finding", "records.code=2026-0007")
    refused(jsup, "2026-0005 is a finding of", *seen[:-1], NEW, "--note", "n", "--finding", "2026-0005")
    third = done(jsup, "agency", "succeed", NEW, "JS-FGJ", "--document", "d")
    assert third["passed_on"] == ["2026-0001", "2026-0002", "2026-0003", "2026-0004", "2026-0006", "2026-0007"]


# Who works on what ------------------------------------------------------------------------------


def test_findings_and_clues_are_assigned_and_listed_by_officer(jsup, register, way):
    clue(register, "X2026-0001")
    clue(register, "X2026-0002", state="finding")
    one = done(jsup, "assign", "2026-0001", "--to", "乙", "--on", "2026-11-20")
    assert (one["number"], one["assigned_to"], one["stage"]) == ("2026-0001", "乙", "served")
    both = done(jsup, "assign", "2026-0001", "X2026-0001", "2026-0003", "--to", "丙")
    assert [(row["number"], row["assigned_to"]) for row in both] == [
        ("2026-0001", "丙"),
        ("X2026-0001", "丙"),
        ("2026-0003", "丙"),
    ]
    assert events(register, "2026-0001", "assign") == [
        ("2026-11-20", "served", {"to": "乙"}), ("2026-11-24", "served", {"from": "乙", "to": "丙"}),
    ]  # fmt: skip
    assert [row["number"] for row in done(jsup, "finding", "list", "--assigned-to", "丙")] == ["2026-0001", "2026-0003"]
    assert done(jsup, "finding", "list", "--assigned-to", "乙") == []
    assert done(jsup, "finding", "show", "2026-0004")["assigned_to"] is None
    heads, first, *_more = [line.split("\t") for line in jsup("finding", "list").out.splitlines()]
    assert (heads[-1], first[-1]) == ("assigned to", "丙")
    before = whole(register)
    for said, words in (
        ("2026-0005 is closed: nothing", ("2026-0004", "2026-0005")), ("X2026-0002 is finding", ("X2026-0002",)),
        ("2026-0001 is assigned to 丙 already", ("2026-0001",)), ("no finding has the number 9", ("9",)),
        ("no clue has the number X9", ("2026-0004", "X9")), ("2026-11-25 is in the future", ("2026-0004", "--on", "2026-11-25")),
        ("before 2026-09-01", ("2026-0004", "--on", "2026-08-31")),
    ):  # fmt: skip
        refused(jsup, said, "assign", *words, "--to", "丙")
    assert whole(register) == before


def test_everything_of_one_officer_passes_to_another_with_a_list(jsup, register, way, monkeypatch):
    clue(register, "X2026-0001")
    clue(register, "X2026-0002", agency=None)
    clue(register, "X2026-0003", state="dismissed")
    clue(register, "X2026-0004", officer="丙")
    done(jsup, "assign", "2026-0001", "2026-0004", "2026-0002", "--to", "甲")
    assert jsup("withdraw", "2026-0002", "--why", "w").status == 0
    done(jsup, "assign", "2026-0003", "--to", "丙")
    before = whole(register)
    words = ("handover", "--from", "甲", "--to", "乙", "--out", "list.xlsx")
    dry = done(jsup, *words, "--dry-run")
    assert (dry["dry_run"], dry["file"], len(dry["items"])) == (True, None, 4)
    assert not Path("list.xlsx").exists()

    commit = "sqlalchemy.orm.Session.commit"
    with monkeypatch.context() as patch:
        patch.setattr(commit, lambda _session: (_ for _ in ()).throw(TableError("lost")))
        refused(jsup, "lost", *words)
    assert not Path("list.xlsx").exists()
    with monkeypatch.context() as patch:
        patch.setattr(tables, "write", lambda *_all, **_more: (_ for _ in ()).throw(TableError("full")))
        refused(jsup, "full", *words)
    Path("list.xlsx").write_bytes(b"mine")
    refused(jsup, "is there already", *words)
    assert Path("list.xlsx").read_bytes() == b"mine"
    Path("list.xlsx").unlink()
    assert whole(register) == before

    made = done(jsup, *words)
    assert made == {"from": "甲", "to": "乙", "items": dry["items"], "file": "list.xlsx", "dry_run": False}
    assert [tuple(item.values()) for item in made["items"]] == [
        ("finding", "2026-0001", OLD, NAMES[OLD], "served", "served", "2026-11-02"),
        ("finding", "2026-0004", OLD, NAMES[OLD], "open", "open", None),
        ("clue", "X2026-0001", OLD, NAMES[OLD], "tX2026-0001", "open", None),
        ("clue", "X2026-0002", None, None, "tX2026-0002", "open", None),
    ]
    assert [*made["items"][0]] == ["kind", "number", "agency_code", "agency", "title", "stage", "due_on"]
    book = openpyxl.load_workbook("list.xlsx")
    listed, notes = ([[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets)
    assert listed[0] == ["类别", "编号", "执法单位", "内容", "阶段", "到期日", "下一步"]
    assert listed[1][:6] == ["问题", "2026-0001", NAMES[OLD], "served", "已送达", "2026-11-02"]
    assert "跟踪复查" in listed[1][6]
    assert listed[4] == ["线索", "X2026-0002", None, "tX2026-0002", "待处理", None, "线索处理"]
    assert notes[1:] == [["移交人", "甲"], ["接收人", "乙"], ["移交日", "2026-11-24"], ["件数", "4"]]
    assert [row["number"] for row in done(jsup, "finding", "list", "--assigned-to", "乙")] == ["2026-0001", "2026-0004"]
    assert dict(rows(register, "SELECT number, officer FROM clue")) == {
        "X2026-0001": "乙", "X2026-0002": "乙", "X2026-0003": "甲", "X2026-0004": "丙",
    }  # fmt: skip
    assert events(register, "2026-0001", "handover") == [("2026-11-24", "served", {"from": "甲", "to": "乙"})]
    told = done(jsup, "clue", "show", "X2026-0001")["events"]
    assert [(one["step"], one["done_on"], one["details"]["from"], one["details"]["to"]) for one in told] == [
        ("clue handover", "2026-11-24", "甲", "乙")
    ]
    refused(jsup, "before 2026-11-02, the day on which it was received", "assign", "X2026-0001", "--to=丙", "--on=2026-11-01")
    done(jsup, "assign", "X2026-0001", "--to=丙")
    assert done(jsup, "clue", "show", "X2026-0001")["events"][-1]["step"] == "clue assign"
    done(jsup, "assign", "X2026-0001", "--to=乙")
    refused(jsup, "nothing is assigned to 甲", "handover", "--from", "甲", "--to", "乙")
    refused(jsup, "are both 乙", "handover", "--from", "乙", "--to", "乙 ")
    text = jsup("handover", "--from", "乙", "--to", "甲").out.splitlines()
    assert text[1].split("\t") == ["finding", "2026-0001", NAMES[OLD], "served", "served", "2026-11-02"]
    assert text[-1] == "4 passed from 乙 to 甲."
    assert jsup("verify").status == 0
