"""Papers: what they say, their templates, numbers, life and files. Pages are tested in test_pages.py."""

import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from jsup import policy
from jsup.papers import contents, forms, trays
from tests import served
from tests.conftest import REGISTER

LAW = policy.parse(policy.packaged_text(), policy.DEFAULT)
FACTS = "一个月内对同一企业检查三次。"


def add(jsup, *more, agency="JS-SCJG", category="repeat", title="重复检查", on="2026-09-01"):
    words = ("--agency", agency, "--category", category, "--title", title, "--found-on", on)
    result = jsup("finding", "add", *words, *(more or ("--facts", FACTS, "--basis", "某规定")), "--json")
    assert result.status == 0, result.err
    return result.json["number"]


def unrectified(jsup, *numbers):
    words = ("--method", "phone", "--rectify-by", "2026-09-18", "--on", "2026-09-08")
    assert jsup("warn", *numbers, *words, "--by", "甲", "--receiver", "乙科长", "--reply", "将整改").status == 0
    assert jsup("confirm", *numbers, "--unrectified", "--on", "2026-09-18").status == 0
    return numbers


@pytest.fixture
def waiting(jsup, register):
    """Three findings that wait for a recommendation: two of one agency, one of another."""
    numbers = [add(jsup), add(jsup, category="gifts", title="收受礼品"), add(jsup, agency="JS-CZJ")]
    return unrectified(jsup, *numbers)


def words_of(file):
    """Every text of a Word file, its tables, frames, heads and feet among them, a paragraph a line."""
    document = docx.Document(str(file))
    lines = []
    for part in document.part.package.iter_parts():
        if hasattr(part, "element"):
            for paragraph in part.element.iter(qn("w:p")):
                lines.append("".join(piece.text or "" for piece in paragraph.iter(qn("w:t"))))
    return "\n".join(lines)


def drafted(jsup, *words, on="2026-09-21"):
    result = jsup("--today", "2026-11-24", *words, "--out", "papers", "--on", on, "--json")
    assert result.status == 0, result.err
    return result.json


def journal(jsup):
    return len(jsup("log", "--json").json)


# Recommendations ---------------------------------------------------------------------------------


def test_without_numbers_all_that_wait_are_drafted_one_paper_for_each_agency_its_problems_numbered(jsup, waiting):
    rows = drafted(jsup, "recommend")
    assert [row["number"] for row in rows] == ["2026-0001", "2026-0002", "2026-0003"]
    assert len({row["draft"] for row in rows}) == 2
    text = words_of(rows[0]["draft"])
    assert text.index("1. 重复检查") < text.index("2. 收受礼品")
    again = jsup("recommend", "--out", "papers")
    assert again.status == 1
    assert "no finding waits" in again.err


def test_what_waits_is_shown_first_with_the_working_days_left(jsup, waiting):
    result = jsup("--today", "2026-09-22", "recommend", "--out", "papers")
    assert result.status == 0
    head, first, *_rest = result.out.splitlines()
    assert head.split("\t") == ["number", "agency", "finding", "due", "days left"]
    assert first.split("\t") == ["2026-0001", "金山区市场监督管理局", "重复检查", "2026-09-24", "2"]


def test_one_agency_alone(jsup, waiting):
    row = drafted(jsup, "recommend", "--agency", "JS-CZJ")
    assert row["number"] == "2026-0003"
    assert jsup("recommend", "2026-0001", "--agency", "JS-CZJ", "--out", "papers").status == 1


def test_outstanding_problems_of_an_agency_need_no_warning(jsup, register):
    number = add(jsup)
    assert jsup("recommend", "--ground", "outstanding", "--out", "papers").status == 2
    row = drafted(jsup, "recommend", "--ground", "outstanding", "--agency", "JS-SCJG")
    assert row["number"] == number
    assert "二（四）2" in words_of(row["draft"])
    assert "问题突出" in words_of(row["draft"])
    assert "二（二）1 第二步" not in words_of(row["draft"]).split("存在的问题")[0]


def test_a_paper_with_a_hole_is_not_made_and_each_field_is_named_with_the_command_that_fills_it(jsup, register):
    number = add(jsup, "--source", "抽查")
    unrectified(jsup, number)
    before = journal(jsup)
    result = jsup("recommend", number, "--out", "papers")
    assert result.status == 1
    assert f"facts ({number}): `jsup amend {number} --set facts=… --why …`" in result.err
    assert f"basis ({number}): `jsup amend {number} --set basis=… --why …`" in result.err
    assert (journal(jsup), Path("papers").exists()) == (before, False)
    assert jsup("amend", number, "--set", "facts=f", "--set", "basis=b", "--why", "w").status == 0
    assert jsup("recommend", number, "--out", "papers").status == 0


def test_two_findings_of_which_one_has_no_facts_leave_nothing_behind(jsup, register):
    numbers = unrectified(jsup, add(jsup), add(jsup, "--source", "s", agency="JS-CZJ"))
    third = unrectified(jsup, add(jsup, "--facts", "f", agency="JS-SWJU"))[0]
    refused = jsup("recommend", *numbers, third, "--out", "papers")
    assert refused.status == 1
    for hole in (f"facts ({numbers[1]})", f"basis ({numbers[1]})", f"basis ({third})"):
        assert hole in refused.err  # all at once
    assert f"({numbers[0]})" not in refused.err
    assert not Path("papers").exists()


def test_the_recommendation_says_what_the_plan_says_and_proves_the_warning(jsup, waiting):
    text = words_of(drafted(jsup, "recommend", "2026-0001")["draft"])
    for words in ("行政执法监督建议书", "金山区市场监督管理局：", FACTS, "某规定", "自收到本建议书之日起15个工作日内",
                  "2026年9月8日以电话方式进行预警提醒（经办人：甲，接收人：乙科长），整改期限至2026年9月18日；答复：将整改。",
                  "2026年9月18日核实，未整改。", "金司〔2025〕26号", "着力解决涉企检查"):  # fmt: skip
        assert words in text
    assert "2026年10月" not in text  # the calendar date stands on the receipt


def test_the_eleventh_demand_is_numbered_as_the_others_are(jsup, register):
    numbers = [add(jsup) for _each in range(11)]
    rows = drafted(jsup, "recommend", *numbers, "--ground", "outstanding")
    text = words_of(rows[0]["draft"])
    assert "（十）关于问题10。" in text
    assert "（十一）关于问题11。" in text


@pytest.mark.in_a_file
@pytest.mark.parametrize("key", [key for key, category in LAW.categories.items() if category.text])
def test_each_of_the_eight_prohibitions_brings_its_words_along(jsup, register, key):
    number = add(jsup, category=key)
    text = words_of(drafted(jsup, "recommend", number, "--ground", "outstanding")["draft"])
    assert LAW.categories[key].text in text
    assert LAW.categories[key].title in text


def test_an_entrusted_body_s_paper_goes_to_the_entrusting_organ(jsup, register):
    words = ("--code", "E1", "--name", "某服务中心", "--level", "district", "--status", "entrusted")
    assert jsup("agency", "add", *words).status == 0
    number = add(jsup, agency="E1")
    refused = jsup("recommend", number, "--ground", "outstanding", "--out", "papers")
    assert refused.status == 1
    assert "jsup agency amend E1 --set superior=… --why …" in refused.err
    assert jsup("agency", "amend", "E1", "--set", "superior=某委托机关", "--why", "w").status == 0
    text = words_of(drafted(jsup, "recommend", number, "--ground", "outstanding")["draft"])
    assert "某委托机关：" in text
    assert "某服务中心" in text


def test_findings_that_a_paper_would_say_different_things_of_want_one_each(jsup, register):
    first, second = add(jsup), add(jsup, title="另一个")
    for number, day in ((first, "2026-09-08"), (second, "2026-09-09")):
        words = ("--method", "phone", "--by", "甲", "--receiver", "乙", "--reply", "丙", "--rectify-by", "2026-09-18")
        assert jsup("warn", number, *words, "--on", day).status == 0
    refused = jsup("paper", "draft", "warning-record", first, second, "--out", "papers")
    assert refused.status == 1
    assert "warned_on" in refused.err
    assert jsup("paper", "draft", "warning-record", second, "--out", "papers").status == 0


def test_a_letter_of_warning_before_the_warning_wants_its_last_day(jsup, register):
    number = add(jsup)
    refused = jsup("paper", "draft", "reminder", number, "--out", "papers")
    assert refused.status == 1
    assert f"jsup paper draft reminder {number} --set rectify_by=…" in refused.err
    row = drafted(jsup, "paper", "draft", "reminder", number, "--set", "rectify_by=2026-10-09")
    assert "2026年10月9日" in words_of(row["file"])


# Numbers -----------------------------------------------------------------------------------------


def sign(jsup, number, *more, on="2026-09-22"):
    result = jsup("sign", number, "--by", "局长", "--on", on, *more, "--json")
    return result if result.status else result.json["document_number"]


def test_numbers_count_within_kind_and_year_and_the_file_gets_number_and_date(jsup, waiting):
    files = {row["number"]: row["draft"] for row in drafted(jsup, "recommend")}
    assert contents.number_to_come("金司监建〔{year}〕{n}号", 2026) in words_of(files["2026-0001"])
    assert contents.day_to_come(2026) in words_of(files["2026-0001"])
    assert sign(jsup, "2026-0003") == "金司监建〔2026〕1号"
    assert sign(jsup, "2026-0001") == "金司监建〔2026〕2号"
    for number, serial in (("2026-0003", 1), ("2026-0001", 2)):
        text = words_of(files[number])
        assert f"金司监建〔2026〕{serial}号" in text
        assert "2026年9月22日" in text
        assert "\u3000号" not in text
        assert "2026年\u3000月" not in text


def test_a_year_begins_with_one_and_the_number_is_of_the_year_of_signature(jsup, register):
    first, second = unrectified(jsup, add(jsup), add(jsup, agency="JS-CZJ"))
    jsup("recommend", first, second, "--out", "papers", "--on", "2026-11-20")
    assert jsup("--today", "2026-12-31", "sign", first, "--by", "T", "--on", "2026-12-31", "--json").json["document_number"] == (
        "金司监建〔2026〕1号"
    )
    row = jsup("--today", "2027-01-04", "sign", second, "--by", "T", "--json").json
    assert row["document_number"] == "金司监建〔2027〕1号"
    text = words_of(jsup("paper", "show", "2", "--json").json["file"])
    assert "金司监建〔2027〕1号" in text
    assert "2027年1月4日" in text


def test_the_office_s_register_may_give_the_number_and_a_gap_is_explained(jsup, waiting):
    drafted(jsup, "recommend")
    refused = sign(jsup, "2026-0001", "--number", "金司监建〔2026〕5号")
    assert refused.status == 1
    assert "金司监建〔2026〕1号" in refused.err
    assert "--why" in refused.err
    assert sign(jsup, "2026-0001", "--number", "金司监建〔2026〕5号", "--why", "1至4号由纸质登记簿编定") == "金司监建〔2026〕5号"
    assert jsup("paper", "show", "1", "--json").json["number_why"] == "1至4号由纸质登记簿编定"
    assert sign(jsup, "2026-0003") == "金司监建〔2026〕6号"


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        ("金司监建〔2026〕1号", 1, "is the number of paper 2 already"),
        ("金司监建〔2025〕9号", 1, "is a number of 2025"),
        ("金司监建[2026]2号", 2, "金司监建〔2026〕2号"),
        ("金司监建〔2026〕02号", 2, "金司监建〔2026〕2号"),
        ("2", 2, "金司监建〔2026〕2号"),
        ("", 2, ""),
    ],
)
def test_a_number_that_is_taken_or_badly_written_is_refused_and_the_clock_still_runs(jsup, waiting, number, status, words):
    drafted(jsup, "recommend")
    assert sign(jsup, "2026-0003") == "金司监建〔2026〕1号"
    before = journal(jsup)
    refused = sign(jsup, "2026-0001", "--number", number)
    assert refused.status == status, refused.err
    assert words in refused.err
    assert journal(jsup) == before


def test_a_number_of_another_series_is_taken_as_it_is_and_never_twice(jsup, waiting):
    drafted(jsup, "recommend")
    assert sign(jsup, "2026-0003", "--number", "金司〔2026〕77号") == "金司〔2026〕77号"
    assert sign(jsup, "2026-0001", "--number", "金司〔2026〕77号").status == 1
    assert sign(jsup, "2026-0001") == "金司监建〔2026〕1号"


def test_no_paper_takes_a_number_of_another_kind_or_one_too_great(jsup, waiting):
    drafted(jsup, "recommend", "2026-0001")
    drafted(jsup, "paper", "draft", "transfer", "--set", "materials=m")
    refused = jsup("paper", "sign", "2", "--by", "T", "--number", "金司监建〔2026〕99号", "--why", "w")
    assert refused.status == 1
    assert "行政执法监督建议书" in refused.err
    assert sign(jsup, "2026-0001", "--number", "金司监建〔2026〕99999999999999999999号", "--why", "w").status == 2
    assert sign(jsup, "2026-0001") == "金司监建〔2026〕1号"


def test_text_that_looks_like_what_is_to_come_stays_as_it_is(jsup, register):
    text = contents.number_to_come("金司监建〔{year}〕{n}号", 2026) + contents.day_to_come(2026)
    number = add(jsup, "--facts", text, "--basis", "b")
    file = drafted(jsup, "recommend", number, "--ground", "outstanding")["draft"]
    assert sign(jsup, number) == "金司监建〔2026〕1号"
    assert words_of(file).count("金司监建〔2026〕1号") == 1
    assert text.replace("\u2003", "\u3000") in words_of(file)


def test_one_number_is_for_one_paper(jsup, waiting):
    drafted(jsup, "recommend")
    result = jsup("sign", "2026-0001", "2026-0003", "--by", "T", "--number", "金司监建〔2026〕1号")
    assert result.status == 2
    assert "one paper" in result.err


def test_officers_who_sign_at_once_never_get_the_same_number(jsup, register):
    numbers = unrectified(
        jsup, *(add(jsup, agency=code) for code in ("JS-SCJG", "JS-CZJ", "JS-SWJU", "JS-CGZF", "JS-FGJ", "JS-WJW")[:5])
    )
    drafted(jsup, "recommend")
    line = [sys.executable, "-m", "jsup", "sign"]
    signing = [subprocess.Popen([*line, number, "--by", "T"], stdout=subprocess.DEVNULL) for number in numbers]
    assert [process.wait(timeout=60) for process in signing] == [0] * len(numbers)
    given = [row["number"] for row in jsup("paper", "list", "--json").json]
    assert sorted(given) == sorted(f"金司监建〔2026〕{serial}号" for serial in range(1, len(numbers) + 1))
    assert jsup("verify").status == 0
    assert not list(Path("papers").glob(".jsup*"))


# What a paper may say ----------------------------------------------------------------------------


def test_a_request_is_made_only_where_the_government_is_to_be_asked(jsup, register):
    local, vertical = unrectified(jsup, add(jsup), add(jsup, agency="JS-SWJU"))
    drafted(jsup, "recommend", local, vertical)
    for number in (local, vertical):
        sign(jsup, number)
        assert jsup("deliver", number, "--by-way", "direct", "--receiver", "R", "--on", "2026-09-23").status == 0
    for kind in ("request", "decision"):
        early = jsup("paper", "draft", kind, local, "--set", "rectify_by=2026-12-31", "--on", "2026-10-01")
        assert early.status == 1
        assert "not lawful" in early.err
        never = jsup("paper", "draft", kind, vertical, "--set", "rectify_by=2026-12-31")
        assert never.status == 1
        assert "superior body" in never.err
    refused = jsup("paper", "draft", "superior-notice", local, "--set", "to=x")
    assert refused.status == 1
    assert "district government" in refused.err
    assert jsup("review", local, "--result", "none", "--remaining", "r", "--on", "2026-10-22").status == 0
    assert jsup("paper", "draft", "request", local, "--set", "rectify_by=2026-12-31", "--out", "papers").status == 0
    assert not list(Path().glob("*.docx"))


@pytest.mark.parametrize(
    ("kind", "command"), [("closing-slip", "jsup close"), ("review-record", "jsup review"), ("receipt", "jsup sign")]
)
def test_a_paper_of_a_step_that_was_not_taken_names_the_step(jsup, waiting, kind, command):
    refused = jsup("paper", "draft", kind, "2026-0001")
    assert refused.status == 1
    assert command in refused.err


def test_a_day_that_stands_in_a_served_paper_is_corrected_only_by_a_served_letter(jsup, waiting):
    drafted(jsup, "recommend", "2026-0001")
    sign(jsup, "2026-0001")
    assert jsup("deliver", "2026-0001", "--by-way", "direct", "--receiver", "R", "--on", "2026-09-23").status == 0
    amend = ("amend", "2026-0001", "--set", "found_on=2026-08-31", "--why", "w")
    refused = jsup(*amend)
    assert refused.status == 1
    assert "correction letter" in refused.err
    given = ("--set", "wrong=2026年9月1日发现", "--set", "right=2026年8月31日发现", "--set", "why=笔误")
    place = str(drafted(jsup, "paper", "draft", "correction", "2026-0001", *given, on="2026-09-24")["id"])
    assert jsup("paper", "sign", place, "--by", "T", "--on", "2026-09-24").status == 0
    assert jsup("paper", "serve", place, "--receiver", "R", "--on", "2026-09-25").status == 0
    assert jsup(*amend).status == 0


@pytest.mark.parametrize("words", [("recommend", "2026-0001"), ("paper", "draft", "transfer", "--set", "materials=m")])
@pytest.mark.parametrize("folder", ["x" * 300, "/".join(["x" * 200] * 25)])
def test_a_folder_s_name_too_long_is_refused_in_one_sentence(jsup, waiting, words, folder):
    result = jsup(*words, "--out", folder)
    assert result.status == 1
    assert len(result.err.splitlines()) == 1
    assert jsup("template", "reply", "--out", f"{folder}.docx").status == 1


# A paper's life ----------------------------------------------------------------------------------


def test_a_paper_goes_from_draft_to_service_each_with_who_and_when(jsup, waiting):
    drafted(jsup, "recommend", "2026-0001", "2026-0002")
    for words in (
        ("review", "1", "--by", "科长", "--on", "2026-09-21"),
        ("sign", "1", "--by", "局长", "--on", "2026-09-22"),
        ("seal", "1", "--by", "办公室", "--on", "2026-09-22"),
        ("serve", "1", "--by-way", "direct", "--receiver", "收发室", "--on", "2026-09-23"),
    ):
        result = jsup("paper", *words)
        assert result.status == 0, result.err
    row = jsup("paper", "show", "金司监建〔2026〕1号", "--json").json
    assert [(step["state"], step["on"], step["by"]) for step in row["life"]] == [
        ("draft", "2026-09-21", "officer"), ("reviewed", "2026-09-21", "科长"), ("signed", "2026-09-22", "局长"),
        ("sealed", "2026-09-22", "办公室"), ("served", "2026-09-23", "收发室"),
    ]  # fmt: skip
    finding = jsup("finding", "show", "2026-0002", "--json").json
    assert finding["stage"] == "served"  # the recommendation took its findings along
    assert {clock["period"]: clock["due_on"] for clock in finding["deadlines"]}["rectification"] == "2026-10-21"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("seal", "1", "--by", "T"), 1),
        (("serve", "1", "--receiver", "T", "--by-way", "direct"), 1),
        (("review", "1"), 2),
        (("review", "1", "--by", "T", "--on", "2026-09-20"), 1),
        (("review", "1", "--by", "T", "--on", "2026-11-25"), 1),
        (("review", "9", "--by", "T"), 1),
        (("void", "1"), 2),
        (("sign", "1"), 2),
        (("list", "--state", "nonsense"), 2),
        (("list", "--kind", "nonsense"), 1),
        (("draft", "nonsense"), 1),
        (("draft", "recommendation", "2026-0001"), 2),
        (("draft", "receipt"), 2),
        (("draft", "receipt", "2026-0001", "--quarter", "2026Q4"), 2),
        (("draft", "draw-notice"), 2),
        (("draft", "draw-notice", "--quarter", "2026Q4"), 1),
        (("draft", "warning-record", "2026-0001", "--set", "number=1"), 2),
        (("draft", "reminder", "2026-0001"), 1),  # it was warned by telephone
        (("draft", "order", "2026-0001"), 1),
        (("draft", "warning-record", "2026-0001", "--set", "receiver=x"), 2),  # the ledger says who
        (("draft", "warning-record", "2026-0001", "--set", "nonsense=x"), 2),
        (("draft", "correction", "2026-0001", "--set", "paper_date=tomorrow"), 2),
        (("draft", "warning-record", "2026-0001", "--on", "2026-08-31"), 1),
    ],
)
def test_what_is_not_lawful_is_refused_and_changes_nothing(jsup, waiting, words, status):
    drafted(jsup, "recommend", "2026-0001")
    before = journal(jsup)
    result = jsup("paper", *words)
    assert result.status == status, result.err
    assert len(result.err.splitlines()) == 1
    assert journal(jsup) == before


def test_a_voided_paper_keeps_its_number_and_its_findings_wait_again(jsup, waiting):
    drafted(jsup, "recommend", "2026-0001")
    assert sign(jsup, "2026-0001") == "金司监建〔2026〕1号"
    assert jsup("paper", "void", "1", "--why", "文字有误", "--on", "2026-09-23").status == 0
    row = jsup("finding", "show", "2026-0001", "--json").json
    assert row["stage"] == "unrectified"
    (clock,) = (clock for clock in row["deadlines"] if clock["period"] == "recommendation")
    assert (clock["met_on"], clock["cancelled_on"], clock["due_on"]) == (None, None, "2026-09-24")
    assert jsup("sign", "2026-0001", "--by", "T").status == 1  # no draft any more
    drafted(jsup, "recommend", "2026-0001", on="2026-09-23")
    assert sign(jsup, "2026-0001", on="2026-09-24") == "金司监建〔2026〕2号"
    first, second = (jsup("paper", "show", str(place), "--json").json for place in (1, 2))
    assert (first["state"], first["number"], first["void_why"]) == ("void", "金司监建〔2026〕1号", "文字有误")
    assert first["life"][-1] == {"state": "void", "on": "2026-09-23", "by": "officer"}
    assert "金司监建〔2026〕1号" in words_of(first["file"])  # the signed file was not written over
    assert first["file"] != second["file"]
    assert jsup("deliver", "2026-0001", "--by-way", "direct", "--receiver", "R", "--on", "2026-09-24").status == 0
    jsup("review", "2026-0001", "--result", "full", "--on", "2026-10-09")
    jsup("close", "2026-0001", "--on", "2026-10-09")
    text = words_of(drafted(jsup, "paper", "draft", "closing-slip", "2026-0001", on="2026-10-09")["file"])
    assert text.index("（金司监建〔2026〕1号）") < text.index("作废行政执法监督建议书（金司监建〔2026〕1号）")


def test_a_paper_signed_anew_on_the_day_of_the_one_that_is_void_is_told_by_its_own_number(jsup, waiting):
    for place in (1, 2):
        drafted(jsup, "recommend", "2026-0001", on="2026-09-22")
        sign(jsup, "2026-0001")
        assert jsup("paper", "void", str(place), "--why", "w", "--on", "2026-09-22").status == 0
    drafted(jsup, "recommend", "2026-0001", on="2026-09-22")
    sign(jsup, "2026-0001")
    jsup("deliver", "2026-0001", "--by-way", "direct", "--receiver", "R", "--on", "2026-09-24")
    jsup("review", "2026-0001", "--result", "full", "--on", "2026-10-09")
    jsup("close", "2026-0001", "--on", "2026-10-09")
    text = words_of(drafted(jsup, "paper", "draft", "closing-slip", "2026-0001", on="2026-10-09")["file"])
    for number in (1, 2, 3):
        assert f"签发行政执法监督建议书（金司监建〔2026〕{number}号）" in text


def test_a_served_paper_is_not_voided(jsup, waiting):
    drafted(jsup, "recommend", "2026-0001")
    sign(jsup, "2026-0001")
    assert jsup("deliver", "2026-0001", "--by-way", "direct", "--receiver", "R", "--on", "2026-09-23").status == 0
    refused = jsup("paper", "void", "1", "--why", "w")
    assert refused.status == 1
    assert "更正函" in refused.err


def test_a_scan_is_attached_by_its_fingerprint(jsup, waiting):
    drafted(jsup, "recommend", "2026-0001")
    Path("scan.pdf").write_bytes(b"scan")
    assert jsup("paper", "attach", "1", "scan.pdf", "--note", "签章件").status == 0
    (file,) = jsup("paper", "show", "1", "--json").json["files"]
    assert (file["file_name"], file["bytes"], file["note"]) == ("scan.pdf", 4, "签章件")
    assert len(file["sha256"]) == 64


def test_a_worklist_s_signature_numbers_and_completes_the_paper_too(jsup, waiting):
    file = drafted(jsup, "recommend", "2026-0003")["draft"]
    Path("w.csv").write_text(
        "问题编号,步骤,日期,经手人,文号\n2026-0003,签发建议书,2026-09-22,局长,金司监建〔2026〕1号\n", "utf-8"
    )
    result = jsup("worklist", "apply", "w.csv")
    assert result.status == 0, result.err
    assert "金司监建〔2026〕1号" in words_of(file)
    assert jsup("worklist", "apply", "w.csv", "--json").json["unchanged"] == 1


# Files -------------------------------------------------------------------------------------------


def test_a_new_draft_replaces_an_unedited_one_and_never_an_edited_one(jsup, waiting):
    file = Path(drafted(jsup, "recommend", "2026-0001")["draft"])
    jsup("amend", "2026-0001", "--set", "facts=另有两次", "--why", "w")
    assert Path(drafted(jsup, "recommend", "2026-0001")["draft"]) == file
    assert "另有两次" in words_of(file)
    edited = docx.Document(str(file))
    edited.add_paragraph("手写")
    edited.save(str(file))
    before = (journal(jsup), file.read_bytes())
    refused = jsup("recommend", "2026-0001", "--out", "papers")
    assert refused.status == 1
    assert "--force" in refused.err
    assert (journal(jsup), file.read_bytes()) == before
    assert jsup("recommend", "2026-0001", "--out", "papers", "--force").status == 0
    assert "手写" not in words_of(file)
    (kept,) = Path("papers").glob("*.旧1.docx")
    assert "手写" in words_of(kept)


def test_a_refusal_of_the_second_paper_takes_away_what_was_written_of_the_first(jsup, waiting):
    files = {row["number"]: Path(row["draft"]) for row in drafted(jsup, "recommend")}
    files["2026-0003"].write_bytes(b"edited")
    before = (journal(jsup), sorted(Path("papers").iterdir()), files["2026-0001"].read_bytes())
    assert jsup("recommend", *files, "--out", "papers", "--on", "2026-09-22").status == 1
    assert (journal(jsup), sorted(Path("papers").iterdir()), files["2026-0001"].read_bytes()) == before


def test_an_edited_draft_gets_number_and_date_although_word_cut_the_text_into_runs(jsup, waiting):
    file = drafted(jsup, "recommend", "2026-0001")["draft"]
    edited = docx.Document(file)
    for paragraph in edited.paragraphs:
        for run in list(paragraph.runs):
            if "〔2026〕" in run.text or "2026年\u3000月" in run.text:
                text = run.text
                run.text = text[:4]
                for character in text[4:]:
                    paragraph.add_run(character)
    edited.add_paragraph("办公室加了一句。")
    edited.save(file)
    assert sign(jsup, "2026-0001") == "金司监建〔2026〕1号"
    text = words_of(file)
    assert "办公室加了一句。" in text
    assert "金司监建〔2026〕1号" in text
    assert "2026年9月22日" in text
    assert "\u3000号" not in text


@pytest.mark.parametrize("harm", ["gone", "no word", "no room", "pipe", "huge"])
def test_a_signature_is_entered_whatever_became_of_the_draft_and_says_what_is_left_to_do(jsup, waiting, harm):
    file = Path(drafted(jsup, "recommend", "2026-0001")["draft"])
    if harm == "gone":
        file.unlink()
    elif harm == "no word":
        file.write_text("text", encoding="utf-8")
    elif harm == "pipe":
        file.unlink()
        os.mkfifo(file)
    elif harm == "huge":
        os.truncate(file, 3 * 2**30)
    else:
        docx.Document().save(str(file))
    result = jsup("sign", "2026-0001", "--by", "局长", "--on", "2026-09-22")
    assert result.status == 0
    assert ("type it there" if harm == "no room" else "jsup paper print 1 --out DIR") in result.err
    said = {"gone": "cannot be read", "no word": "no Word document", "pipe": "no ordinary file", "huge": "is larger"}
    assert said.get(harm, "") in result.err
    assert jsup("finding", "show", "2026-0001", "--json").json["stage"] == "signed"
    assert jsup("paper", "print", "1", "--out", "again").status == 0
    (again,) = Path("again").iterdir()
    assert "金司监建〔2026〕1号" in words_of(again)
    assert FACTS in words_of(again)


def test_what_was_committed_and_not_named_is_finished_and_what_was_not_committed_goes(jsup, waiting, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(trays, "_named", lambda _new: (_ for _ in ()).throw(KeyboardInterrupt))
        jsup("recommend", "2026-0001", "--out", "papers")
    (left,) = Path("papers").iterdir()
    assert left.name.startswith(".jsup-")
    assert jsup("paper", "list", "--json").json[0]["state"] == "draft"  # the ledger has it
    stray = left.with_name(left.name.replace("-1-", "-99-"))
    shutil.copy(left, stray)
    foreign = Path("papers/.jsup-00000000-1-" + "0" * 64 + ".new")
    foreign.write_bytes(b"another ledger's")
    assert jsup("recommend", "2026-0003", "--out", "papers").status == 0
    assert {path.name for path in Path("papers").glob(".*")} == {foreign.name}
    assert "重复检查" in words_of(jsup("paper", "show", "1", "--json").json["file"])


def test_a_folder_that_cannot_be_written_leaves_the_ledger_as_it_was(jsup, waiting):
    before = journal(jsup)
    Path("file").write_text("x", encoding="utf-8")
    result = jsup("recommend", "--out", "file/papers")
    assert result.status == 1
    assert "--out" in result.err or "name another" in result.err
    assert journal(jsup) == before


# Text stays text ---------------------------------------------------------------------------------

TEXTS = [
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{%p if x %}",
    "<w:p>",
    "&amp; & <",
    "]]>",
    "字" * 5000,
    "😀",
    "堃 镕 𠮷",
    "a\\n{#",
    "“引”",
]


@pytest.mark.in_a_file
@pytest.mark.parametrize("text", TEXTS)
def test_text_from_the_ledger_is_shown_as_text_and_nothing_else(jsup, register, text):
    number = add(jsup, "--facts", text, "--basis", text, title=text[:200])
    text_of = words_of(drafted(jsup, "recommend", number, "--ground", "outstanding")["draft"])
    assert text in text_of
    assert text[:200] in text_of.split("二、整改建议")[1]


@pytest.mark.parametrize("break_", ["\x0b", "\r\n", "\r", "\x0c", "\u2028"])
def test_line_breaks_that_word_puts_into_copied_text_are_line_breaks(jsup, register, break_):
    number = add(jsup, "--facts", f"第一行{break_}第二行", "--basis", "b")
    assert jsup("finding", "show", number, "--json").json["facts"] == "第一行\n第二行"
    text = words_of(drafted(jsup, "recommend", number, "--ground", "outstanding")["draft"])
    assert "第一行\n第二行" in text


def test_a_character_that_no_document_can_hold_gets_a_visible_sign(tmp_path):
    said = json.loads(json.dumps({"title": "a\x00\x0b\x1fb\ufffe\t\n"}))
    document = docx.Document()
    document.add_paragraph("{{ title }}")
    document.save(str(tmp_path / "t.docx"))
    (tmp_path / "o.docx").write_bytes(forms.render((tmp_path / "t.docx").read_bytes(), said, "t"))
    assert words_of(tmp_path / "o.docx").strip() == "a␀␋␟b\ufffd␉␊"


@pytest.mark.in_a_file
@pytest.mark.parametrize("name", ["a/b", "..", "../../x", "CON", 'a:b*c?d<e>f|g"h', "名" * 150, "x.", "😀"])
def test_a_file_s_name_is_safe_on_windows_and_stays_in_its_folder(jsup, ledger, name):
    if jsup("agency", "add", "--code", "A1", "--name", name, "--level", "district").status:
        pytest.fail("the name is refused")
    number = add(jsup, agency="A1")
    file = Path(drafted(jsup, "recommend", number, "--ground", "outstanding")["draft"])
    assert file.parent == Path("papers")
    assert not set(file.name) & set('\\/:*?"<>|')
    assert ".." not in file.name
    assert len(file.name) < 120
    assert len(file.name.encode()) <= 255
    assert file.exists()
    assert name in words_of(file)


# Every kind --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """One of each paper, made by the example's own script."""
    folder = tmp_path_factory.mktemp("example")
    for name in ("papers.sh", "agencies-jinshan.csv"):
        shutil.copy(REGISTER.parent / name, folder)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JSUP_")}
    environment |= {"PATH": f"{folder / 'bin'}{os.pathsep}{environment['PATH']}"}
    with served.on_path(folder / "bin", environment):
        done = subprocess.run(
            ["sh", "papers.sh"], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
        )
    assert done.returncode == 0, done.stderr
    return folder


def kind_of(name):
    return next(key for key, kind in LAW.papers.items() if name.startswith(f"{kind.title}-"))


def test_the_example_has_one_of_each_kind_and_none_has_a_hole(everything):
    made = {kind_of(file.name): words_of(file) for file in (everything / "papers").iterdir()}
    assert set(made) == set(contents.FORMS) == set(LAW.papers)
    for kind, text in made.items():
        for hole in ("{{", "{%", "None", "[]", "（）", "《》", "“”", "：；", "、。", "于前"):
            assert hole not in text, (kind, hole)
        assert LAW.own["office"]["name"] in text


def test_the_example_s_papers_are_what_jsup_writes_today(everything):
    stored = REGISTER.parent / "papers"
    assert {file.name for file in stored.iterdir()} == {file.name for file in (everything / "papers").iterdir()}
    for file in stored.iterdir():
        words = [words_of(one / file.name) for one in (stored, everything / "papers")]
        mine, theirs = (re.sub(r"(台账封签 \d+ \d{4}-\d\d-\d\d) [0-9a-f]{64}", r"\1", text) for text in words)
        assert (mine, words[0] != mine) == (theirs, True), file.name  # the hash is that of a journal with its own instants


def test_what_a_form_declares_is_what_it_says(jsup, everything, monkeypatch):
    monkeypatch.setenv("JSUP_LEDGER", str(everything / "papers.db"))
    for row in jsup("paper", "list", "--json").json:
        said = jsup("paper", "show", str(row["id"]), "--json").json["contents"]
        may, must = forms.fields(row["kind"])
        assert set(said) == {key for key in may if not key.startswith(".")}, row["kind"]
        for finding in said.get("findings", []):
            assert set(finding) == set(forms.OF_FINDING)
        assert all(said[key] for key in must if not key.startswith("."))


def test_the_transfer_to_the_discipline_body_says_nothing_of_the_matter(jsup, everything, monkeypatch):
    monkeypatch.setenv("JSUP_LEDGER", str(everything / "papers.db"))
    (row,) = jsup("paper", "list", "--kind", "transfer", "--json").json
    assert (row["agency"], row["findings"]) == (None, [])
    text = words_of(everything / "papers" / Path(row["file"]).name)
    assert "区纪委监委" in text
    assert jsup("paper", "draft", "transfer", "2026-0001", "--set", "materials=m").status == 2


def test_a_transfer_to_the_discipline_body_stands_in_no_paper(jsup, waiting):
    assert jsup("account", "2026-0001", "--measure", "transfer", "--number", "移1号", "--on", "2026-09-20").status == 0
    drafted(jsup, "recommend", "2026-0001")
    sign(jsup, "2026-0001")
    jsup("deliver", "2026-0001", "--by-way", "direct", "--receiver", "R", "--on", "2026-09-23")
    jsup("review", "2026-0001", "--result", "none", "--remaining", "r", "--on", "2026-10-22")
    drafted(jsup, "paper", "draft", "request", "2026-0001", "--set", "rectify_by=2026-12-31", on="2026-10-23")
    for file in Path("papers").iterdir():
        text = words_of(file)
        assert "纪委" not in text
        assert "移送" not in text
        assert "移1号" not in text


def test_the_request_carries_its_signer(everything):
    (file,) = (everything / "papers").glob("请示-*")
    text = words_of(file)
    assert "签发人：局负责人" in text
    assert "金司监请〔2026〕1号" in text
    assert "2026年10月23日" in text
    assert "行政执法监督决定书（代拟稿）" in text
    assert "上海市金山区人民政府" in text


def test_the_receipt_has_the_calendar_date_and_its_working_days(everything):
    (file,) = (everything / "papers").glob("送达回证-*")
    text = words_of(file)
    assert "2026年9月23日收到，当日不计，自2026年9月24日起计15个工作日，至2026年10月21日届满" in text
    assert "暂定" not in text


def test_a_receipt_whose_date_hangs_on_days_not_announced_says_so(jsup, register):
    (number,) = unrectified(jsup, add(jsup))
    jsup("recommend", number, "--out", "papers")
    sign(jsup, number, on="2026-11-24")
    assert jsup("--today", "2026-12-10", "deliver", number, "--by-way", "direct", "--receiver", "R").status == 0
    row = jsup("--today", "2026-12-10", "paper", "draft", "receipt", number, "--out", "papers", "--json").json
    text = words_of(row["file"])
    assert "暂定" in text
    assert "15个工作日" in text


def test_a_receipt_counts_the_days_with_which_its_clock_began_whatever_the_policy_says_since(jsup, waiting):
    drafted(jsup, "recommend", "2026-0003")
    sign(jsup, "2026-0003")
    assert jsup("deliver", "2026-0003", "--by-way", "direct", "--receiver", "R", "--on", "2026-09-23").status == 0
    head, mark, tail = policy.packaged_text().partition("[plan.periods.rectification]\ncount = 15")
    assert mark
    Path("ten.toml").write_text(head + mark[:-2] + "10" + tail, encoding="utf-8")
    assert jsup("policy", "import", "ten.toml").status == 0
    text = words_of(drafted(jsup, "paper", "draft", "receipt", "2026-0003", on="2026-09-23")["file"])
    assert "整改期限自收到之日起15个工作日" in text
    assert "起计15个工作日，至2026年10月21日届满" in text


def test_a_receipt_says_that_a_day_in_writing_was_kept_where_the_service_was_earlier(jsup, waiting):
    drafted(jsup, "recommend", "2026-0003")
    sign(jsup, "2026-0003")
    assert jsup("deliver", "2026-0003", "--by-way", "direct", "--receiver", "R", "--on", "2026-09-23").status == 0
    assert jsup("amend", "2026-0003", "--set", "served_on=2026-09-22", "--why", "w").status == 0
    text = words_of(drafted(jsup, "paper", "draft", "receipt", "2026-0003", on="2026-09-23")["file"])
    assert "自2026年9月22日收到之日起15个工作日；已书面告知至2026年10月21日届满，不再提前" in text
    assert "起计15个工作日" not in text


def test_once_there_is_a_decision_the_receipt_is_that_of_the_decision(jsup, waiting):
    drafted(jsup, "recommend", "2026-0003")
    sign(jsup, "2026-0003")
    for words in (
        ("deliver", "--by-way=direct", "--receiver=甲", "--on=2026-09-23"),
        ("review", "--result=none", "--remaining=x", "--on=2026-10-23"), ("escalate", "--on=2026-10-26"),
        ("decide", "--number=金政执监〔2026〕9号", "--rectify-by=2026-11-18", "--on=2026-10-28"),
    ):  # fmt: skip
        assert jsup(words[0], "2026-0003", *words[1:]).status == 0
    texts = [words_of(drafted(jsup, "paper", "draft", "receipt", "2026-0003", on="2026-10-28")["file"])]
    assert jsup("deliver", "2026-0003", "--by-way=exchange", "--receiver=乙", "--on=2026-10-29").status == 0
    texts.append(words_of(drafted(jsup, "paper", "draft", "receipt", "2026-0003", on="2026-10-29")["file"]))
    for text in texts:
        assert "行政执法监督决定书" in text
        assert "金政执监〔2026〕9号" in text
        assert "整改期限至2026年11月18日届满" in text
        assert "建议书" not in text
        assert "2026年9月23日" not in text
        assert "甲" not in text
    assert "2026年10月29日" not in texts[0]
    assert "2026年10月29日" in texts[1]
    assert "乙" in texts[1]


def test_a_draft_without_a_number_is_signed_as_it_is_although_its_kind_has_one_since(jsup, waiting):
    drafted(jsup, "recommend", "2026-0003")
    sign(jsup, "2026-0003")
    file = drafted(jsup, "paper", "draft", "receipt", "2026-0003", on="2026-09-23")["file"]
    before = words_of(file)
    head, mark, tail = policy.packaged_text().partition("[papers.receipt]\n")
    assert mark
    Path("numbered.toml").write_text(f'{head}{mark}number = "金司证〔{{year}}〕{{n}}号"\n{tail}', encoding="utf-8")
    assert jsup("policy", "import", "numbered.toml").status == 0
    assert jsup("paper", "sign", "2", "--by", "局长", "--on", "2026-09-23").status == 0
    assert words_of(file) == before


def test_before_the_service_a_reply_form_says_nothing_of_its_day(jsup, waiting):
    drafted(jsup, "recommend", "2026-0003")
    sign(jsup, "2026-0003")
    text = words_of(drafted(jsup, "paper", "draft", "reply", "2026-0003", on="2026-09-23")["file"])
    assert "收到" not in text
    assert "整改期限" not in text


def test_who_signs_or_serves_one_finding_is_told_of_the_others_of_its_paper(jsup, waiting):
    drafted(jsup, "recommend", "2026-0001", "2026-0002")
    result = jsup("sign", "2026-0001", "--by", "T", "--on", "2026-09-22")
    assert "the same paper covers them: 2026-0002" in result.out
    result = jsup("deliver", "2026-0002", "--by-way", "direct", "--receiver", "R", "--on", "2026-09-23")
    assert "the same paper covers them: 2026-0001" in result.out


def test_a_signed_paper_printed_where_it_lies_is_written_over_and_not_beside(jsup, waiting):
    file = drafted(jsup, "recommend", "2026-0003")["draft"]
    sign(jsup, "2026-0003")
    assert jsup("paper", "print", "1", "--out", "papers").status == 0
    assert [str(path) for path in Path("papers").iterdir()] == [file]


def test_before_the_service_a_receipt_reckons_from_its_own_day(jsup, waiting):
    drafted(jsup, "recommend", "2026-0003")
    refused = jsup("paper", "draft", "receipt", "2026-0003", "--out", "papers")
    assert refused.status == 1
    assert "jsup sign 2026-0003" in refused.err
    sign(jsup, "2026-0003")
    row = drafted(jsup, "paper", "draft", "receipt", "2026-0003", on="2026-09-23")
    text = words_of(row["file"])
    assert "如于2026年9月23日收到" in text
    assert "至2026年10月21日届满" in text
    assert "年\u3000月\u3000日" in text  # the day of service is written in by hand


def test_a_record_without_the_other_side_is_not_made_and_a_field_can_be_given(jsup, register):
    number = add(jsup)
    jsup("warn", number, "--method", "visit", "--rectify-by", "2026-09-18", "--on", "2026-09-08")
    refused = jsup("paper", "draft", "warning-record", number, "--out", "papers")
    assert refused.status == 1
    assert f"jsup paper draft warning-record {number} --set receiver=…" in refused.err
    given = ("--set", "by=甲", "--set", "receiver=乙", "--set", "reply=丙")
    text = words_of(drafted(jsup, "paper", "draft", "warning-record", number, *given)["file"])
    assert "走访" in text
    assert "丙" in text


def test_a_record_of_a_finding_without_facts_and_basis_has_no_hole(jsup, register):
    number = add(jsup, "--source", "抽查")
    words = (
        "--method",
        "phone",
        "--by",
        "甲",
        "--receiver",
        "乙",
        "--reply",
        "丙",
        "--rectify-by",
        "2026-09-18",
        "--on",
        "2026-09-08",
    )
    assert jsup("warn", number, *words).status == 0
    text = words_of(drafted(jsup, "paper", "draft", "warning-record", number)["file"])
    assert "不符合的规定" not in text
    assert "重复检查" in text


def test_each_drawn_agency_gets_its_notice(jsup, register):
    draw = jsup("sample", "--quarter", "2026Q4", "--public-value", "SSQ-2026130", "--json").json
    rows = drafted(jsup, "paper", "draft", "draw-notice", "--quarter", "2026Q4", on="2026-11-24")
    assert {row["agency_code"] for row in rows} == {unit["uid"] for unit in draw["taken"]}
    text = words_of(rows[0]["file"])
    for words in ("2026年第四季度", draw["draw_id"], draw["frame_sha256"], "SSQ-2026130", "2026年12月31日"):
        assert words in text
    refused = jsup("paper", "draft", "draw-notice", "--quarter", "2026Q4", "--agency", "JS-NONE")
    assert refused.status == 1


def test_drawn_agencies_of_one_name_get_a_notice_each(jsup, register):
    draw = jsup("sample", "--quarter", "2026Q4", "--public-value", "SSQ-2026130", "--json").json
    for unit in draw["taken"][:2]:
        words = ("--name", "金山区某局", "--document", "d", "--on", "2026-11-20")
        assert jsup("agency", "rename", unit["uid"], *words).status == 0
    rows = drafted(jsup, "paper", "draft", "draw-notice", "--quarter", "2026Q4", on="2026-11-24")
    assert len({row["file"] for row in rows}) == len(draw["taken"])
    assert all(Path(row["file"]).exists() for row in rows)


# Bases -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "cited"), [("2026-01-31", "方案"), ("2026-02-01", "新规定"), ("2020-01-01", "方案")])
def test_a_paper_cites_what_is_in_force_on_its_day(on, cited):
    text = policy.packaged_text().replace(
        '[papers.reminder]\ntitle = "提醒函"\nnumber = "金司监提〔{year}〕{n}号"\n',
        '[papers.reminder]\ntitle = "提醒函"\nnumber = "金司监提〔{year}〕{n}号"\n\n[[papers.reminder.basis]]\n'
        'document = "新规定"\nclause = "第一条"\nquote = "q"\nfrom = 2026-02-01\n',
    )
    text = text.replace(
        'quote = "q"\nfrom = 2026-02-01\n\n[[papers.reminder.basis]]\ndocument',
        'quote = "q"\nfrom = 2026-02-01\n\n[[papers.reminder.basis]]\nuntil = 2026-01-31\ndocument',
    )
    from datetime import date

    kind = policy.parse(text, "p").paper("reminder")
    assert [basis.document for basis in kind.basis(date.fromisoformat(on))] == [
        "新规定" if cited == "新规定" else f"《{LAW.title}》（{LAW.document}）"
    ]


def test_where_the_policy_gives_no_basis_no_officer_gives_one(jsup, register):
    over = policy.packaged_text().replace("[[papers.reminder.basis]]\n", "[[papers.reminder.basis]]\nuntil = 2026-01-31\n")
    Path("over.toml").write_text(over, encoding="utf-8")
    assert jsup("policy", "import", "over.toml").status == 0
    number = add(jsup)
    assert jsup("warn", number, "--method", "letter", "--rectify-by", "2026-11-30", "--on", "2026-11-02").status == 0
    draft = ("paper", "draft", "reminder", number, "--out", "papers")
    empty = jsup(*draft)
    assert (empty.status, "papers.reminder.basis" in empty.err) == (1, True)
    for key in ("basis", "quote", "number"):
        said = jsup(*draft, "--set", f"{key}=某规定")
        assert (said.status, f"--set {key}" in said.err) == (2, True)


def test_a_corrected_signature_stays_in_the_year_of_its_number(jsup, register, monkeypatch):
    number = add(jsup)
    monkeypatch.setenv("JSUP_TODAY", "2027-01-06")
    assert jsup("warn", number, "--method", "phone", "--rectify-by", "2026-12-28", "--on", "2026-12-01").status == 0
    assert jsup("confirm", number, "--unrectified", "--on", "2026-12-29").status == 0
    assert jsup("recommend", number, "--on", "2026-12-30", "--out", "papers").status == 0
    assert jsup("sign", number, "--by", "T", "--on", "2027-01-04").status == 0
    said = jsup("amend", number, "--set", "signed_on=2026-12-31", "--why", "w")
    assert (said.status, "is one of 2027" in said.err) == (1, True)
    assert jsup("amend", number, "--set", "signed_on=2027-01-05", "--why", "w").status == 0


def test_a_kind_that_only_the_policy_names_is_refused_in_a_sentence(jsup, ledger, monkeypatch):
    Path("p.toml").write_text(policy.packaged_text().replace("[papers.reply", "[papers.nonsense"), encoding="utf-8")
    monkeypatch.setenv("JSUP_LEDGER", "other.db")
    assert jsup("init", "--policy", "p.toml").status == 0
    for words in (("paper", "draft", "nonsense"), ("template", "nonsense", "--out", "n.docx"), ("template", "nonsense", "--set", "p.toml"),
                  ("paper", "draft", "reply", "2026-0001"), ("template", "reply", "--out", "r.docx")):  # fmt: skip
        result = jsup(*words)
        assert result.status == 1
        assert len(result.err.splitlines()) == 1
    assert jsup("paper", "kinds").status == 0


# Templates ---------------------------------------------------------------------------------------


def own_template(path, *paragraphs, keep=True, kind="recommendation"):
    document = docx.Document(str(path)) if keep else docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(path))


def test_the_bureau_s_own_template_is_used_until_it_is_taken_back(jsup, waiting):
    assert jsup("template", "recommendation", "--out", "my.docx").status == 0
    assert Path("my.docx").read_bytes() == forms.shipped("recommendation")
    own_template("my.docx", "本局自拟的一句。{{ document }}")
    assert jsup("template", "recommendation", "--set", "my.docx").status == 0
    text = words_of(drafted(jsup, "recommend", "2026-0001")["draft"])
    assert "本局自拟的一句。金司〔2025〕26号" in text
    assert jsup("template", "recommendation", "--reset").status == 0
    assert "本局自拟的一句" not in words_of(drafted(jsup, "recommend", "2026-0001")["draft"])
    assert jsup("verify").status == 0


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("paragraphs", "keep", "words"),
    [
        (["{{ nonsense }}"], True, "nonsense"),
        (["{%p for f in findings %}", "{{ f.nonsense }}", "{%p endfor %}"], True, ".nonsense"),
        (["{{ agency.__class__ }}"], True, "__class__"),
        (["{{ range(9) }}"], True, "Call"),
        (["{{ agency|nosuchfilter }}"], True, "nosuchfilter"),
        (["{{ agency is nosuchtest }}"], True, "nosuchtest"),
        (["{{ 'a' * 1000000000 }}"], True, "Mul"),
        (["{{ '%999999999d'|format(1) }}"], True, "format"),
        (["{{ 1 / 0 }}"], True, "Div"),
        (["{% include '/etc/passwd' %}"], True, "Include"),
        (["{% set a = 1 %}"], True, "Assign"),
        (["{{ agency|attr('x') }}"], True, "attr"),
        (["{{ copies[9] }}"], True, "cannot be read"),
        (["{% for a in copies %}" * 60 + "x" + "{% endfor %}" * 60], True, "cannot be read"),
        (["{% for a in copies %}" * 4 + "x" + "{% endfor %}" * 4], True, "> 3"),
        (["{{ agency" + '|replace("","xxxxxxxxxx")' * 9 + " }}"], True, "> 3"),
        (["{% if %}"], True, "cannot be read"),
        (["{%p for f in findings %}"], True, "cannot be read"),
        (["{{ number }} {{ date }}"], False, ".facts"),
    ],
)
def test_unknown_and_missing_fields_of_a_template_are_named(jsup, waiting, paragraphs, keep, words):
    jsup("template", "recommendation", "--out", "my.docx")
    own_template("my.docx", *paragraphs, keep=keep)
    before = journal(jsup)
    result = jsup("template", "recommendation", "--set", "my.docx")
    assert result.status == 1
    assert words in result.err
    assert journal(jsup) == before


def test_a_field_that_is_never_printed_is_missing(jsup, ledger):
    jsup("template", "general-reminder", "--out", "my.docx")
    document = docx.Document("my.docx")
    for paragraph in document.paragraphs:
        if paragraph.text == "{%p for paragraph in text %}":
            paragraph.insert_paragraph_before("{%p if not text %}")
        if paragraph.text == "{%p endfor %}":
            paragraph.insert_paragraph_before("{%p endfor %}")
            paragraph.runs[0].text = "{%p endif %}"
    document.save("my.docx")
    result = jsup("template", "general-reminder", "--set", "my.docx")
    assert result.status == 1
    assert "the field text is missing" in result.err


def test_a_field_in_the_document_s_properties_is_looked_at_too(jsup, ledger):
    jsup("template", "reply", "--out", "my.docx")
    document = docx.Document("my.docx")
    document.core_properties.title = "{{ nonsense }}"
    document.save("my.docx")
    result = jsup("template", "reply", "--set", "my.docx")
    assert result.status == 1
    assert "nonsense" in result.err


@pytest.mark.parametrize("harm", ["text", "zip", "folder", "none", "bomb"])
def test_what_is_no_template_is_refused_in_one_sentence(jsup, ledger, harm):
    path = Path("my.docx")
    if harm == "text":
        path.write_text("text", encoding="utf-8")
    elif harm == "zip":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("a", "b")
    elif harm == "folder":
        path.mkdir()
    elif harm == "bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("word/document.xml", b" " * (forms.LARGEST + 1))
    result = jsup("template", "reply", "--set", path)
    assert result.status == 1
    assert len(result.err.splitlines()) == 1
    assert "my.docx" in result.err


def test_every_shipped_template_is_one_that_the_bureau_could_set(jsup, ledger):
    for kind in contents.FORMS:
        assert jsup("template", kind, "--out", f"{kind}.docx").status == 0
        result = jsup("template", kind, "--set", f"{kind}.docx")
        assert result.status == 0, (kind, result.err)
    assert jsup("template", "reply", "--out", "reply.docx").status == 1  # never written over
    assert jsup("template", "reply").status == 2


def test_the_shipped_templates_are_what_their_script_builds():
    script = Path(__file__).parents[1] / "tools" / "templates.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# An older ledger, and corrections ----------------------------------------------------------------


def test_papers_of_an_older_ledger_go_on_from_where_they_were(jsup, tmp_path, monkeypatch):
    path = tmp_path / "old.db"
    path.write_bytes(lzma.decompress((Path(__file__).parent / "ledgers" / "0002.db.xz").read_bytes()))
    monkeypatch.setenv("JSUP_LEDGER", str(path))
    assert jsup("paper", "list").status == 1
    assert jsup("migrate").status == 0
    assert jsup("verify").status == 0
    states = {row["id"]: row["state"] for row in jsup("paper", "list", "--json").json}
    assert states == {1: "served", 2: "draft", 3: "draft"}
    assert jsup("sign", "2026-0002", "--by", "T", "--json").json["document_number"] == "金司监建〔2026〕1号"
    assert jsup("paper", "print", "1", "--out", "p").status == 1  # what it says was not kept then
    assert jsup("recommend", "2026-0006", "--ground", "outstanding", "--out", "p").status == 0
    assert jsup("verify").status == 0


def test_a_date_that_the_agency_has_in_writing_is_corrected_only_by_a_served_letter_that_names_it(jsup, register):
    number = add(jsup)
    jsup("warn", number, "--method", "letter", "--rectify-by", "2026-11-30", "--on", "2026-11-02")
    amend = ("amend", number, "--set", "rectify_by=2026-12-07", "--why", "笔误")
    assert jsup(*amend).status == 1
    given = ("--set", "paper_title=提醒函", "--set", "paper_number=金司监提〔2026〕1号", "--set", "paper_date=2026-11-02",
             "--set", "wrong=2026年11月30日", "--set", "right=2026年12月7日", "--set", "why=笔误")  # fmt: skip
    place = str(drafted(jsup, "paper", "draft", "correction", number, *given, on="2026-11-10")["id"])
    assert jsup("paper", "sign", place, "--by", "T", "--on", "2026-11-11").status == 0
    assert jsup(*amend).status == 1  # signed is not served
    assert jsup("paper", "serve", place, "--receiver", "R", "--on", "2026-11-12").status == 0
    earlier = ("amend", number, "--set", "rectify_by=2026-11-20", "--why", "w")
    assert jsup(*earlier).status == 1
    assert jsup(*amend).status == 0
    clocks = {clock["period"]: clock for clock in jsup("finding", "show", number, "--json").json["deadlines"]}
    assert clocks["warning"]["due_on"] == "2026-12-07"
    assert clocks["recommendation"]["started_on"] == "2026-12-07"
    assert jsup("verify").status == 0
