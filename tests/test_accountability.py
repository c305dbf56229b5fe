"""Accountability: the six measures, whom, by which paper, until when; and the certificates that follow. Source: 二（二）2."""

import json
from datetime import date

import pytest

from jsup import casework
from jsup.casework import Options
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.papers import issue
from tests.conftest import FACTS, place_of, rows, whole
from tests.watched_world import DISTRICT, OTHER, TOWN, World, found, inspector, take, visit

NUMBER = "2026-0001"


def day(text):
    return date.fromisoformat(f"2026-{text}")


@pytest.fixture
def decided(jsup, register, tmp_path):
    """Return a ledger with certificates in which 2026-0001 of DISTRICT has its decision; 2026-0002 is open."""
    for title in ("t", "u"):
        line = "--agency", DISTRICT, "--category", "other", "--title", title, "--found-on", "2026-08-03"
        assert jsup("finding", "add", *line, *FACTS).status == 0
    book = Ledger(place_of(register), Entry("test", "officer", date(2026, 11, 24)))

    def step(name, on, **given):
        casework.take(book, name, [NUMBER], Options(day(on), **given))

    step("warn", "08-04", method="phone", rectify_by=day("08-10"))
    step("confirm", "08-11", result="unrectified")
    issue.recommend(book, [NUMBER], Options(day("08-12")), tmp_path / "papers")
    issue.sign(book, [NUMBER], Options(day("08-12"), by="局长"))
    step("deliver", "08-12", by_way="direct", receiver="收")
    step("review", "09-09", result="none", remaining="全部")
    step("escalate", "09-09")
    step("decide", "09-10", number="金府监决1号", rectify_by=day("12-10"))
    step("deliver", "09-11")
    take(jsup, tmp_path / "people.csv", "inspector",
         [inspector("Z1"), inspector("Z2"), inspector("Z3"), inspector("Y1", OTHER), inspector("X1", TOWN)])  # fmt: skip
    return register


def account(jsup, measure, *more, on="2026-09-15"):
    return jsup("account", NUMBER, "--measure", measure, "--on", on, *more, "--json")


def details(jsup, number=NUMBER):
    return [row["details"] for row in jsup("finding", "show", number, "--json").json["events"] if row["step"] == "account"]


def state(jsup, certificate, today="2026-11-24"):
    row = jsup("--today", today, "inspector", "show", certificate, "--json").json
    return row["state"], row["document"], row["usable"]


def test_a_measure_says_whom_by_which_paper_and_by_which_document(jsup, decided):
    done = account(jsup, "interview", "--whom", "局长张某", "--number", "约谈1号", "--document", "会议纪要", "--note", "已谈")
    assert (done.status, done.err) == (0, "")
    assert account(jsup, "circular", "--document", "通报2号", "--receipt", "签收单").status == 0
    assert details(jsup) == [
        {"measure": "interview", "whom": "局长张某", "number": "约谈1号", "document": "会议纪要", "note": "已谈"},
        {"measure": "circular", "document": "通报2号", "receipt": "签收单"},
    ]
    shown = jsup("finding", "show", NUMBER).out
    assert [word for word in ("局长张某", "约谈1号", "会议纪要", "通报2号", "签收单") if word not in shown] == []
    listed = rows(decided, "SELECT finding_number, agency_code, measure FROM measures ORDER BY id")
    assert [tuple(row) for row in listed] == [(NUMBER, DISTRICT, "interview"), (NUMBER, DISTRICT, "circular")]


def test_the_certificates_named_are_suspended_in_the_same_transaction_and_the_scan_knows(jsup, decided, tmp_path):
    entries = rows(decided, "SELECT COUNT(*) FROM journal")[0][0]
    line = "--certificate", "Z1", "--certificate", "Z2", "--until", "2026-10-20", "--document", "停证3号", "--whom", "甲、乙"
    done = account(jsup, "suspend", *line)
    assert (done.status, done.err) == (0, "")
    assert rows(decided, "SELECT COUNT(*) FROM journal")[0][0] == entries + 1
    assert details(jsup)[0] == {
        "measure": "suspend", "whom": "甲、乙", "document": "停证3号", "until": "2026-10-20", "certificate": ["Z1", "Z2"],
    }  # fmt: skip
    assert [state(jsup, one, "2026-10-20") for one in ("Z1", "Z2")] == [("suspended", "停证3号", False)] * 2
    assert [state(jsup, "Z1", on)[2] for on in ("2026-09-14", "2026-09-15", "2026-10-21")] == [True, False, True]
    assert state(jsup, "Z3")[0] == "valid"
    listed = {row["certificate"]: row["document"] for row in jsup("inspector", "list", "--json").json}
    assert (listed["Z1"], listed["Z3"]) == ("停证3号", None)
    assert "停证3号" in jsup("inspector", "list").out
    (event,) = [
        json.loads(text)
        for (text,) in rows(decided, "SELECT details FROM event WHERE step = 'inspector suspend'")
        if '"Z1"' in text
    ]
    assert event["finding"] == NUMBER
    days = ("2026-09-14", "2026-09-15", "2026-10-20", "2026-10-21")
    world = World(inspectors=[], visits=[visit(f"R{on}", on, certificates="Z1;Z3") for on in days])
    world.enter(jsup, tmp_path)
    hits = [records for month in ("2026-09", "2026-10") for rule, *_, records in found(jsup, month) if rule == "certificate"]
    assert hits == [("R2026-09-15",), ("R2026-10-20",)]
    assert jsup("verify").status == 0


@pytest.mark.in_a_file
def test_a_revoked_certificate_stays_so_and_without_a_document_the_finding_stands_for_it(jsup, decided):
    assert account(jsup, "suspend", "--certificate", "Z1", "--number", "停1号").status == 0
    assert account(jsup, "revoke", "--certificate", "Z1", on="2026-10-08").status == 0
    assert state(jsup, "Z1") == ("revoked", f"责任追究（{NUMBER}）", False)
    states = jsup("inspector", "show", "Z1", "--json").json["states"]
    assert [(row["state"], row["from_on"], row["document"]) for row in states] == [
        ("suspended", "2026-09-15", "停1号"), ("revoked", "2026-10-08", f"责任追究（{NUMBER}）"),
    ]  # fmt: skip


@pytest.mark.in_a_file
def test_a_suspension_or_revocation_that_names_no_certificate_is_taken_and_says_so(jsup, decided):
    for measure in ("suspend", "revoke"):
        done = account(jsup, measure)
        assert done.status == 0
        assert done.json["number"] == NUMBER
        assert done.err.startswith("No certificate was named")
        assert f"jsup inspector {measure} CERT" in done.err
    assert rows(decided, "SELECT COUNT(*) FROM certificate_state")[0][0] == 0
    assert account(jsup, "criticism", "--whom", "x").err == ""


@pytest.mark.in_a_file
def test_a_certificate_of_an_agency_whose_place_was_taken_follows_too(jsup, decided):
    before = whole(decided)
    for other, agency in (("Y1", OTHER), ("X1", TOWN)):
        result = account(jsup, "suspend", "--certificate", "Z1", "--certificate", other)
        assert (result.status, result.out) == (1, "")
        assert f"--certificate {other} is one of {agency}, and {NUMBER} is a finding of {DISTRICT}" in result.err
    assert whole(decided) == before
    assert jsup("agency", "succeed", OTHER, DISTRICT, "--document", "文", "--on", "2026-09-14").status == 0
    assert account(jsup, "suspend", "--certificate", "Y1").status == 0
    assert state(jsup, "Y1")[0] == "suspended"
    assert account(jsup, "suspend", "--certificate", "X1").status == 1


@pytest.mark.in_a_file
def test_what_cannot_be_is_refused_and_leaves_neither_measure_nor_state(jsup, decided):
    assert jsup("inspector", "suspend", "Z2", "--document", "d", "--from", "2026-09-20").status == 0
    assert jsup("inspector", "revoke", "Z3", "--document", "d", "--from", "2026-09-12").status == 0
    before = whole(decided)
    for measure, more, says, status in (
        ("suspend", ["--certificate", "Z9"], "no inspector has the certificate Z9", 1),
        ("suspend", ["--certificate", "Z1", "--certificate", "Z9"], "no inspector has the certificate Z9", 1),
        ("suspend", ["--certificate", " "], "--certificate is empty", 2),
        ("suspend", ["--certificate", "Z1", "--until", "2026-09-14"], "--until 2026-09-14 is before the step itself", 1),
        ("suspend", ["--until", "2026-09-14"], "--until 2026-09-14 is before the step itself", 1),
        ("suspend", ["--certificate", "Z2"], "certificate Z2 is suspended already", 1),
        ("suspend", ["--certificate", "Z2", "--until", "2026-12-01"], "2026-09-15 is before 2026-09-20", 1),
        ("suspend", ["--certificate", "Z3"], "it was revoked on 2026-09-12", 1),
        ("revoke", ["--certificate", "Z3"], "certificate Z3 is revoked already", 1),
        ("revoke", ["--certificate", "Z1", "--until", "2026-12-01"], "a revoked certificate has no last day", 2),
        ("circular", ["--until", "2026-09-14"], "--until 2026-09-14 is before the step itself", 1),
        ("criticism", ["--certificate", "Z1"], "--certificate is for --measure suspend/revoke", 2),
        ("transfer", ["--certificate", "Z1"], "--certificate is for --measure suspend/revoke", 2),
        ("interview", ["--whom", " "], "--whom is empty", 2),
        ("circular", ["--document", "a\x1bb"], "--document holds the invisible character", 2),
    ):
        result = account(jsup, measure, *more)
        assert (result.status, result.out, len(result.err.splitlines())) == (status, "", 1), (measure, more, result)
        assert says in result.err, (measure, more)
        assert whole(decided) == before


@pytest.mark.in_a_file
def test_a_certificate_is_held_for_several_findings_at_once_or_for_none(jsup, decided):
    assert jsup("warn", "2026-0002", "--method", "phone", "--on", "2026-09-12").status == 0
    both = "account", NUMBER, "2026-0002", "--measure"
    before = whole(decided)
    assert jsup(*both, "suspend", "--certificate", "Z1", "--on", "2026-09-15").status == 1  # no decision on the second
    assert whole(decided) == before
    assert jsup(*both, "criticism", "--whom", "甲", "--on", "2026-09-15").status == 0
    assert [details(jsup, number)[0]["whom"] for number in (NUMBER, "2026-0002")] == ["甲", "甲"]


@pytest.mark.in_a_file
def test_a_transfer_keeps_its_day_number_and_receipt_and_nothing_else_that_was_said(jsup, decided):
    secret = "--whom", "李某某密", "--document", "移送函密", "--note", "受贿密"
    done = account(jsup, "transfer", "--number", "移1号", "--receipt", "回执1号", *secret)
    assert done.status == 0
    assert details(jsup) == [{"measure": "transfer", "number": "移1号", "receipt": "回执1号"}]
    bodies = "".join(body for (body,) in rows(decided, "SELECT body FROM journal"))
    kept = "".join(text for (text,) in rows(decided, "SELECT details FROM event"))
    assert [word for word in ("李某某密", "移送函密", "受贿密") if word in bodies + kept + done.out + done.err] == []


@pytest.mark.in_a_file
def test_a_worklist_takes_a_suspension_with_its_certificates_once(jsup, decided, tmp_path):
    file = tmp_path / "w.csv"
    head = "问题编号,步骤,日期,追究措施,追究对象,文号,依据文书,执法证号,暂停至\n"
    file.write_text(head + f"{NUMBER},责任追究,2026-09-15,暂停使用执法证件,甲,停1号,停证3号,Z1、Z2,2026-10-20\n", "utf-8")
    done = jsup("worklist", "apply", file, "--json")
    assert (done.status, done.err, len(done.json["applied"])) == (0, "", 1)
    assert [state(jsup, one, "2026-10-20") for one in ("Z1", "Z2")] == [("suspended", "停证3号", False)] * 2
    assert details(jsup)[0]["whom"] == "甲"
    again = jsup("worklist", "apply", file, "--json")
    assert (again.status, again.json["applied"], again.json["unchanged"]) == (0, [], 1)
    file.write_text(head + f"{NUMBER},责任追究,2026-09-16,收回执法证件,,,,X1,\n", "utf-8")
    wrong = jsup("worklist", "apply", file, "--json")
    assert (wrong.status, [(one["row"], one["column"]) for one in wrong.json["rejected"]]) == (1, [(2, "执法证号")])
    file.write_text(head + f"{NUMBER},责任追究,2026-09-16,收回执法证件,,,,,\n", "utf-8")
    unnamed = jsup("worklist", "apply", file, "--json")
    assert (unnamed.status, unnamed.err.startswith("No certificate was named")) == (0, True)


@pytest.mark.in_a_file
def test_in_a_worklist_two_people_are_two_measures_and_a_name_filled_in_later_is_not(jsup, decided, tmp_path):
    file = tmp_path / "w.csv"
    head, row = "问题编号,步骤,日期,追究措施,追究对象\n", f"{NUMBER},责任追究,2026-09-15,批评教育,"
    file.write_text(f"{head}{row}甲\n{row}乙\n", "utf-8")
    assert len(jsup("worklist", "apply", file, "--json").json["applied"]) == 2
    file.write_text(f"{head}{row.replace('15', '16')}\n", "utf-8")
    assert jsup("worklist", "apply", file).status == 0
    file.write_text(f"{head}{row.replace('15', '16')}丙\n", "utf-8")
    result = jsup("worklist", "apply", file, "--json")
    assert (result.status, [one["column"] for one in result.json["rejected"]]) == (1, ["追究对象"])
    assert len(details(jsup)) == 3
