"""Consultations and their decisions, trainings, reminders, self-checks, publicity: 三（一）（二）（三）, 二（三）3, 二（三）4."""

import json

import pytest

from jsup import words
from jsup.service import held
from tests.conftest import rows, whole
from tests.test_guidance import ran

A, B, C = "JS-SCJG", "JS-SWJU", "JS-YJGL"


def actions(jsup, *more):
    keys = ("number", "title", "agency_code", "owner", "started_on", "due_on", "next_step", "clause")
    items = ran(jsup, "overdue", *more)["items"]
    assert {(item["kind"], item["period"]) for item in items} <= {("action", "action")}
    return [tuple(item[key] for key in keys) for item in items]


def meet(jsup, *more, kind="consultation"):
    line = [
        "consultation",
        "add",
        f"--kind={kind}",
        "--title=多头查",
        "--who=各单位",
        f"--agency={A}",
        f"--agency={B}",
        "--on=2026-11-02",
    ]
    return ran(jsup, *line, *more)


def test_every_kind_has_its_clause():
    assert held.CLAUSES.keys() == words.ACTIVITIES.keys()
    assert (*held.MEETINGS, *held.TRAININGS) == ("consultation", "joint", "training", "integrity")


def test_clause_3_2_what_was_decided_is_late_until_it_is_done_or_dropped(jsup, register):
    for kind in ("consultation", "joint"):
        shown = meet(jsup, "--outcome=形成共识", kind=kind)
    assert shown == {
        "id": 2, "kind": "joint", "title": "多头查", "category": None, "agency_code": None, "agency": None, "who": "各单位",
        "asked_on": None, "until_on": None, "held_on": "2026-11-02", "outcome": "形成共识", "guidance_id": None, "paper_id": None,
        "ended_on": None, "ended_why": None, "officer": "officer", "enterprises": None, "clause": "三（二）", "decisions": [],
        "waiting": [], "amended": [], "agencies": [
            {"code": A, "name": "金山区市场监督管理局", "done_on": "2026-11-02", "found": None, "mended": None, "enterprises": None, "note": None},
            {"code": B, "name": "国家税务总局上海市金山区税务局", "done_on": "2026-11-02", "found": None, "mended": None, "enterprises": None, "note": None},
        ],
    }  # fmt: skip
    for number, text, more in ((1, "甲", [f"--agency={A}"]), (1, "乙", ["--by=法制科"]), (2, "丙", ["--by=联席会议"])):
        shown = ran(jsup, "consultation", "decide", number, f"--text={text}", "--until=2026-11-2" + str(number + 1), *more)
    assert [(one["id"], one["text"], one["who"], one["until_on"]) for one in shown["decisions"]] == [
        (3, "丙", "联席会议", "2026-11-23")
    ]
    assert actions(jsup) == [
        ("action 1", "甲", A, "agency", "2026-11-02", "2026-11-22", "consultation done", "三（二）"),
        ("action 2", "乙", None, "bureau", "2026-11-02", "2026-11-22", "consultation done", "三（二）"),
        ("action 3", "丙", None, "bureau", "2026-11-02", "2026-11-23", "consultation done", "三（二）"),
    ]
    assert [item[0] for item in actions(jsup, f"--agency={A}")] == ["action 1"]
    assert actions(jsup, "--today=2026-11-22") == []  # the due day still belongs to it
    assert jsup("consultation", "withdraw", "1", "--why=w").status == 1
    done = ran(jsup, "consultation", "done", "1", "--result=已落实", "--on=2026-11-20")
    assert [(one["done_on"], one["result"]) for one in done["decisions"]] == [("2026-11-20", "已落实"), (None, None)]
    dropped = ran(jsup, "consultation", "drop", "2", "--why=不再需要")
    assert [(one["ended_on"], one["ended_why"]) for one in dropped["decisions"]] == [(None, None), ("2026-11-24", "不再需要")]
    assert [item[0] for item in actions(jsup)] == ["action 3"]
    listed = ran(jsup, "consultation", "list")
    assert [(row["id"], len(row["decisions"]), len(row["agencies"])) for row in listed] == [(1, 2, 2), (2, 1, 2)]
    assert ran(jsup, "consultation", "withdraw", "1", "--why=误录")["ended_why"] == "误录"
    assert ran(jsup, "consultation", "show", "1")["ended_on"] == "2026-11-24"


@pytest.mark.in_a_file
def test_an_empty_text_is_none(jsup, register):
    ran(jsup, "consultation", "add", "--kind=joint", "--title=t", "--who=w")
    ran(jsup, "consultation", "decide", "1", "--text=t", "--by=b", "--until=2026-12-01")
    before = whole(register)
    for line, option in (
        (["add", "--kind=joint", "--title=t", "--who="], "--who"), (["add", "--kind=joint", "--title=", "--who=w"], "--title"),
        (["decide", "1", "--text=t", "--by=", "--until=2026-12-01"], "--by"), (["done", "1", "--result="], "--result"),
        (["drop", "1", "--why="], "--why"),
    ):  # fmt: skip
        result = jsup("consultation", *line)
        assert (result.status, result.out) == (2, ""), line
        assert f"{option} is empty" in result.err
    long = jsup("discipline", "add", f"--number={'号' * 31}")
    assert (long.status, "--number is longer than 30 characters" in long.err) == (2, True)
    assert whole(register) == before


@pytest.mark.in_a_file
def test_clause_2_3_a_training_that_was_asked_for_is_late_until_it_is_held(jsup, register):
    ran(jsup, "guidance", "propose", "--category=code", "--title=t", "--reached-on=2026-11-02", "--why=w")
    ran(jsup, "guidance", "dismiss", "1", "--why=w")
    asked = ["training", "ask", "--until=2026-11-20", "--on=2026-11-03"]
    row = ran(jsup, *asked, "--title=检查码", "--category=code", f"--agency={A}", "--guidance=1")
    assert (row["kind"], row["category"], row["guidance_id"], row["asked_on"], row["held_on"]) == (
        "training",
        "code",
        1,
        "2026-11-03",
        None,
    )
    ran(jsup, *asked, "--title=廉政", "--kind=integrity")
    ran(jsup, *asked, "--title=不办")
    assert actions(jsup) == [
        ("training 1", "检查码", A, "agency", "2026-11-03", "2026-11-20", "training hold", "二（三）3"),
        ("training 2", "廉政", None, "bureau", "2026-11-03", "2026-11-20", "training hold", "二（三）4"),
        ("training 3", "不办", None, "bureau", "2026-11-03", "2026-11-20", "training hold", "二（三）3"),
    ]
    line = [
        "training",
        "hold",
        "1",
        "--by=讲师",
        f"--attended={B}",
        f"--attended={A}",
        f"--attended={B}",
        "--outcome=合格",
        "--on=2026-11-23",
    ]
    row = ran(jsup, *line)
    assert (row["held_on"], row["who"], row["outcome"]) == ("2026-11-23", "讲师", "合格")
    assert [(one["code"], one["done_on"]) for one in row["agencies"]] == [(A, "2026-11-23"), (B, "2026-11-23")]
    ran(jsup, "training", "hold", "2", "--by=区纪委监委")
    assert (ran(jsup, "training", "drop", "3", "--why=取消")["ended_why"], actions(jsup)) == ("取消", [])
    assert [row["id"] for row in ran(jsup, "training", "list")] == [1, 2, 3]
    assert (
        jsup("training", "list")
        .out.split("\n")[2]
        .startswith("2\t廉政和职业道德培训\t廉政\t\t2026-11-20\t2026-11-24\t区纪委监委")
    )


@pytest.mark.in_a_file
def test_clause_3_1_each_agency_that_has_not_reported_on_its_self_check_is_late(jsup, register):
    row = ran(
        jsup, "self-check", "open", "--title=季度自查", "--until=2026-11-20", "--on=2026-11-03", f"--agency={A}", f"--agency={B}"
    )
    assert row["waiting"] == [A, B]
    assert actions(jsup) == [
        ("self-check 1", "季度自查", code, "agency", "2026-11-03", "2026-11-20", "self-check report", "三（一）")
        for code in (A, B)
    ]
    report = [
        "self-check",
        "report",
        "1",
        f"--agency={A}",
        "--found=5",
        "--mended=3",
        "--enterprises=40",
        "--note=n",
        "--on=2026-11-18",
    ]
    row = ran(jsup, *report)
    part = {
        "code": A,
        "name": "金山区市场监督管理局",
        "done_on": "2026-11-18",
        "found": 5,
        "mended": 3,
        "enterprises": 40,
        "note": "n",
    }
    assert (row["agencies"][0], row["waiting"], row["amended"]) == (part, [B], [])
    before = whole(register)
    for more, status, said in (
        ([], 1, f"{A} has reported just that already: nothing was changed"),
        (["--note=m"], 2, f"{A} reported on 2026-11-18 already: an amended report wants --why"),
    ):
        result = jsup(*(word for word in report if not more or not word.startswith("--note")), *more)
        assert (result.status, result.out) == (status, ""), more
        assert said in result.err
    assert whole(register) == before
    row = ran(jsup, "self-check", "report", "1", f"--agency={A}", "--found=6", "--mended=3", "--why=补报", "--on=2026-11-19")
    assert row["agencies"][0] == part | {"found": 6, "enterprises": None, "note": None}  # the day of the first report stays
    (event,) = row["amended"]
    old = {"done_on": "2026-11-18", "found": 5, "mended": 3, "enterprises": 40, "note": "n"}
    assert (event["details"]["old"], event["details"]["why"], event["officer"]) == (old, "补报", "officer")
    assert "before that 5 found and 3 mended: 补报" in jsup("self-check", "show", "1").out
    assert [item[2] for item in actions(jsup)] == [B]
    assert jsup("agency", "retire", B, "--why=w").status == 0
    assert actions(jsup) == []  # nobody waits for a body that is no more
    row = ran(jsup, "self-check", "open", "--title=全部", "--until=2026-12-31")
    active = [agency["code"] for agency in ran(jsup, "agency", "list") if agency["active"]]
    assert (row["waiting"], B in row["waiting"], len(active)) == (active, False, 36)
    assert ran(jsup, "self-check", "drop", "2", "--why=误开")["ended_why"] == "误开"
    assert actions(jsup, "--within=999") == []
    assert jsup("self-check", "list").out.split("\n")[1] == "1\t季度自查\t2026-11-20\t1/2\t6\t3\t"


@pytest.mark.in_a_file
def test_a_reminder_goes_to_all_active_agencies_or_those_named_by_a_signed_paper(jsup, register):
    drafted = ran(
        jsup, "paper", "draft", "general-reminder", "--set=subject=s", "--set=text=t", "--out=papers", "--on=2026-11-09"
    )
    add = ["reminder", "add", "--category=code", "--title=检查码", "--paper=1"]
    refused = jsup(*add)
    assert (refused.status, refused.out) == (1, "")
    assert "paper 1 is no signed general reminder: `jsup paper draft general-reminder` makes one" in refused.err
    ran(jsup, "paper", "sign", drafted["id"], "--by=局长", "--on=2026-11-10")
    early = jsup(*add, "--on=2026-11-09")
    assert (early.status, "2026-11-09 is before 2026-11-10" in early.err) == (1, True)
    row = ran(jsup, *add, f"--agency={B}", f"--agency={A}", "--on=2026-11-11")
    assert (row["paper_id"], row["category"], row["held_on"], [one["code"] for one in row["agencies"]]) == (
        1,
        "code",
        "2026-11-11",
        [A, B],
    )
    assert len(ran(jsup, "reminder", "add", "--category=repeat", "--title=t")["agencies"]) == 37
    assert ran(jsup, "reminder", "drop", "2", "--why=误录")["ended_why"] == "误录"
    assert [row["ended_on"] for row in ran(jsup, "reminder", "list")] == [None, "2026-11-24"]
    assert actions(jsup, "--within=999") == []


@pytest.mark.in_a_file
def test_publicity_is_the_bureau_s_or_an_agency_s(jsup, register):
    row = ran(jsup, "publicity", "add", "--title=推送", "--where=微信", "--enterprises=120", "--on=2026-11-03")
    assert (row["who"], row["enterprises"], row["agency_code"], row["held_on"]) == ("微信", 120, None, "2026-11-03")
    assert ran(jsup, "publicity", "add", "--title=讲座", f"--agency={A}")["agency_code"] == A
    ran(jsup, "publicity", "drop", "2", "--why=w")
    assert [(row["id"], row["ended_why"]) for row in ran(jsup, "publicity", "list")] == [(1, None), (2, "w")]


REFUSED = [
    ("consultation add --kind=training --title=t --who=w", 2, "--kind cannot be training: choose one of consultation, joint"),
    ("consultation add --kind=joint --title= --who=w", 2, "--title is empty"),
    ("consultation add --kind=joint --title=t --who=w --agency=X", 1, "no agency has the code X"),
    ("consultation add --kind=joint --title=t --who=w --on=2026-11-25", 1, "in the future"),
    ("consultation show 9", 1, "no consultation has the number 9: `jsup consultation list` shows all"),
    ("consultation show 2", 1, "no consultation has the number 2"),
    ("consultation decide 2 --text=t --by=b --until=2026-12-01", 1, "no consultation has the number 2"),
    ("consultation decide 1 --text=t --until=2026-12-01", 2, "with --by in words, or with --agency, one of both"),
    (f"consultation decide 1 --text=t --by=b --agency={A} --until=2026-12-01", 2, "one of both"),
    ("consultation decide 1 --text=t --agency=X --until=2026-12-01", 1, "no agency has the code X"),
    ("consultation decide 1 --text=t --by=b --until=2026-11-01", 1, "2026-11-01 is before 2026-11-02"),
    ("consultation done 9 --result=r", 1, "no decision has the number 9"),
    ("consultation done 1 --result=r", 1, "decision 1 was done or dropped on 2026-11-24 already"),
    ("consultation drop 1 --why=w", 1, "decision 1 was done or dropped on 2026-11-24 already"),
    ("consultation done 2 --result=r --on=2026-11-01", 1, "2026-11-01 is before 2026-11-02"),
    ("consultation done 2 --result=r --on=2026-11-25", 1, "in the future"),
    ("consultation withdraw 1 --why=w", 1, "its decision 2 is open: `jsup consultation drop 2` ends that first"),
    ("training ask --title=t --until=2026-12-01 --kind=joint", 2, "--kind cannot be joint: choose one of training, integrity"),
    ("training ask --title=t --until=2026-11-23", 1, "2026-11-23 is before 2026-11-24"),
    ("training ask --title=t --until=2026-12-01 --category=x", 1, "no category is called x"),
    ("training ask --title=t --until=2026-12-01 --guidance=7", 1, "no guidance has the number 7"),
    ("training ask --title=t --until=soon", 2, "--until: soon is not a date"),
    ("training hold 1 --by=b", 1, "no training has the number 1: `jsup training list` shows all"),
    ("training hold 2 --by=b", 1, "number 2 was held on 2026-11-24 already"),
    ("training drop 2 --why=w", 1, "number 2 was held on 2026-11-24 already"),
    ("training hold 3 --by=b --on=2026-11-23", 1, "2026-11-23 is before 2026-11-24"),
    ("training hold 3 --by=b --attended=X", 1, "no agency has the code X"),
    ("training hold 3 --by=", 2, "--by is empty"),
    (f"self-check report 4 --agency={B} --found=1 --mended=1", 1, f"{B} was not called to self-check 4"),
    (f"self-check report 4 --agency={A} --found=1 --mended=2", 1, "2 problems mended are more than 1 found"),
    (f"self-check report 4 --agency={A} --found=-1 --mended=2", 2, "--found"),
    (f"self-check report 4 --agency={A} --found=1 --mended=1 --on=2026-11-23", 1, "2026-11-23 is before 2026-11-24"),
    ("self-check report 4 --agency=X --found=1 --mended=1", 1, "no agency has the code X"),
    ("self-check show 1", 1, "no self-check has the number 1"),
    (f"self-check report 5 --agency={A} --found=1 --mended=1", 1, "number 5 was ended on 2026-11-24: w"),
    ("self-check drop 5 --why=w", 1, "number 5 was ended on 2026-11-24: w"),
    ("reminder add --category=x --title=t", 1, "no category is called x"),
    ("reminder add --category=code --title=t --paper=9", 1, "no paper is called 9"),
    ("publicity drop 1 --why=w", 1, "no publicity has the number 1"),
    ("discipline add --number=纪1号", 1, "纪1号 was entered on 2026-11-23 already"),
    ("discipline add --number=纪3号 --on=2026-11-25", 1, "in the future"),
    ("discipline receipt 9 --receipt=r", 1, "no notification has the number 9: `jsup discipline list` shows all"),
    ("discipline receipt 1 --receipt=r", 1, "notification 1 has its receipt of 2026-11-24 already"),
    ("discipline receipt 2 --receipt=r --on=2026-11-22", 1, "2026-11-22 is before 2026-11-23"),
]


@pytest.mark.in_a_file
def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(jsup, register):
    meet(jsup)
    for _ in range(2):
        ran(jsup, "consultation", "decide", "1", "--text=t", "--by=b", "--until=2026-12-01")
    ran(jsup, "consultation", "done", "1", "--result=r")
    ran(jsup, "training", "ask", "--title=t", "--until=2026-12-01")
    ran(jsup, "training", "hold", "2", "--by=b")
    ran(jsup, "training", "ask", "--title=t", "--until=2026-12-01")
    for _ in range(2):
        ran(jsup, "self-check", "open", "--title=t", "--until=2026-12-01", f"--agency={A}")
    ran(jsup, "self-check", "drop", "5", "--why=w")
    for number in (1, 2):
        ran(jsup, "discipline", "add", f"--number=纪{number}号", "--on=2026-11-23")
    ran(jsup, "discipline", "receipt", "1", "--receipt=r")
    before = whole(register)
    for line, status, said in REFUSED:
        result = jsup(*line.split())
        assert (result.status, result.out) == (status, ""), (line, result)
        assert said in result.err, (line, result.err)
    assert whole(register) == before


@pytest.mark.in_a_file
def test_clause_2_3_4_what_is_notified_to_the_discipline_body_is_date_number_and_receipt_and_stands_in_no_list(jsup, register):
    assert ran(jsup, "discipline", "add", "--number=纪移〔2026〕7号", "--on=2026-11-02") == {
        "id": 1, "sent_on": "2026-11-02", "number": "纪移〔2026〕7号", "receipt": None, "receipt_on": None,
    }  # fmt: skip
    ran(jsup, "discipline", "receipt", "1", "--receipt=收7", "--on=2026-11-05")
    assert ran(jsup, "discipline", "list") == [
        {"id": 1, "sent_on": "2026-11-02", "number": "纪移〔2026〕7号", "receipt": "收7", "receipt_on": "2026-11-05"}
    ]
    assert {name for name, _kind in _columns(register)} == {"id", "sent_on", "number", "receipt", "receipt_on", "officer"}
    assert rows(register, "SELECT name FROM sqlite_master WHERE type = 'view' AND sql LIKE '%discipline%'") == []
    assert jsup("search", "纪移").out == ""
    for line in (["overdue", "--within=999"], ["next"], ["consultation", "list"], ["training", "list"], ["finding", "list"]):
        assert "纪移" not in json.dumps(ran(jsup, *line), ensure_ascii=False), line


def _columns(register):
    return [(row[1], row[2]) for row in rows(register, "PRAGMA table_info(discipline_notice)")]
