"""Cases gathered: with whose consent they are published, and that no number of a person stands in them."""

import pytest

from tests.conftest import rows, whole
from tests.watched_world import DISTRICT, OTHER


def added(jsup, *more, kind="typical", text=("--text", "做法")):
    result = jsup("case", "add", "--kind", kind, "--agency", DISTRICT, "--title", "题", *text, *more, "--json")
    assert (result.status, result.err) == (0, ""), result
    return result.json


def listed(jsup, *more):
    return [row["id"] for row in jsup("case", "list", *more, "--json").json]


def test_a_case_is_gathered_agreed_to_published_and_withdrawn(jsup, register):
    first = added(jsup, "--on", "2026-10-08")
    assert first == {
        "id": 1, "kind": "typical", "agency_code": DISTRICT, "agency": "金山区市场监督管理局", "title": "题", "text": "做法",
        "received_on": "2026-10-08", "finding_number": None, "consent_on": None, "consent_by": None, "published_on": None,
        "published_in": None, "withdrawn_on": None, "withdrawn_why": None, "officer": "officer",
    }  # fmt: skip
    second = added(jsup, kind="experience")
    refused = jsup("case", "publish", 1, "--where", "简报")
    assert (refused.status, refused.out) == (1, "")
    assert "no consent of its agency: enter it with `jsup case consent 1 --by NAME`" in refused.err
    assert listed(jsup, "--consented") == []
    agreed = jsup("case", "consent", 1, "--by", "张局", "--on", "2026-10-09", "--json").json
    assert (agreed["consent_on"], agreed["consent_by"]) == ("2026-10-09", "张局")
    assert listed(jsup, "--consented") == [1]
    out = jsup("case", "publish", 1, "--where", "工作简报第3期", "--on", "2026-10-10", "--json").json
    assert (out["published_on"], out["published_in"]) == ("2026-10-10", "工作简报第3期")
    assert listed(jsup) == [1, second["id"]]
    assert (listed(jsup, "--kind", "experience"), listed(jsup, "--agency", OTHER)) == ([second["id"]], [])
    assert jsup("case", "withdraw", 1, "--why", "撤回同意", "--json").json["withdrawn_why"] == "撤回同意"
    assert (listed(jsup), listed(jsup, "--all")) == ([second["id"]], [1, second["id"]])
    assert jsup("case", "show", 1, "--json").json["published_in"] == "工作简报第3期"
    shown = jsup("case", "show", 1).out
    assert "典型案例" in shown
    assert shown.endswith("做法\n")
    assert jsup("verify").status == 0


@pytest.mark.in_a_file
def test_numbers_of_people_are_left_out_on_entry(jsup, register, tmp_path):
    file = tmp_path / "words.txt"
    file.write_bytes("﻿企业联系人138 0000 0001。\r\n证件310116199001010010，座机021-57920000。".encode())
    row = added(jsup, text=("--text-file", file))
    assert row["text"] == "企业联系人（电话）。\n证件（证件号码），座机（电话）。"
    titled = jsup(
        "case", "add", "--kind", "typical", "--agency", DISTRICT, "--title", "13800000001的来电", "--text", "t", "--json"
    )
    assert titled.json["title"] == "（电话）的来电"
    bodies = "".join(body for (body,) in rows(register, "SELECT body FROM journal"))
    assert [number for number in ("138 0000 0001", "13800000001", "310116199001010010", "57920000") if number in bodies] == []


@pytest.mark.in_a_file
def test_a_text_in_the_machine_s_own_encoding_is_read(jsup, register, tmp_path):
    file = tmp_path / "words.txt"
    file.write_bytes("经验做法".encode("gb18030"))
    assert added(jsup, text=("--text-file", file))["text"] == "经验做法"


def test_a_case_s_finding_is_its_agency_s_or_was(jsup, register):
    finding = ("finding", "add", "--category", "repeat", "--title", "t", "--found-on", "2026-11-02")
    assert jsup(*finding, "--agency", DISTRICT).status == 0
    assert jsup(*finding, "--agency", OTHER).status == 0
    assert added(jsup, "--finding", "2026-0001")["finding_number"] == "2026-0001"
    before = whole(register)
    result = jsup(
        "case", "add", "--kind", "typical", "--agency", DISTRICT, "--title", "t", "--text", "t", "--finding", "2026-0002"
    )
    assert (result.status, result.out, whole(register) == before) == (1, "", True)
    assert f"2026-0002 is a finding of {OTHER}, not of {DISTRICT}" in result.err
    assert jsup("warn", "2026-0002", "--method", "phone", "--on", "2026-11-03").status == 0
    assert jsup("confirm", "2026-0002", "--rectified", "--on", "2026-11-04").status == 0
    assert jsup("close", "2026-0002", "--on", "2026-11-05").status == 0  # it stays with the agency that is dissolved
    assert jsup("agency", "succeed", OTHER, DISTRICT, "--document", "文").status == 0
    assert added(jsup, "--finding", "2026-0002")["finding_number"] == "2026-0002"


REFUSED = (
    ("add --kind praise --agency A --title t --text t", "--kind cannot be praise", 2),
    ("add --kind typical --agency X --title t --text t", "no agency has the code X", 1),
    ("add --kind typical --agency A --title t", "--text or --text-file, one of the two", 2),
    ("add --kind typical --agency A --title t --text t --text-file f", "--text or --text-file, one of the two", 2),
    ("add --kind typical --agency A --title t --text-file none", "none cannot be read", 1),
    ("add --kind typical --agency A --title t --text-file empty", "empty is empty", 2),
    ("add --kind typical --agency A --title t --text t --finding 2026-0009", "no finding has the number 2026-0009", 1),
    ("add --kind typical --agency A --title t --text t --on 2026-11-25", "is in the future", 1),
    ("consent 1 --by x --on 2026-10-07", "1: 2026-10-07 is before 2026-10-08, the day of `case add`", 1),
    ("consent 2 --by x", "case 2 has the consent of 2026-10-09 already", 1),
    ("consent 3 --by x", "case 3 was withdrawn on", 1),
    ("consent 9 --by x", "no case has the number 9", 1),
    ("publish 1 --where x", "case 1 has no consent", 1),
    ("publish 2 --where x --on 2026-10-08", "2: 2026-10-08 is before 2026-10-09, the day of `case consent`", 1),
    ("publish 4 --where x", "case 4 was published on 2026-11-24 already", 1),
    ("publish 3 --where x", "case 3 was withdrawn on", 1),
    ("withdraw 3 --why x", "case 3 was withdrawn on", 1),
    ("show 9", "no case has the number 9", 1),
    ("list --kind praise", "--kind cannot be praise", 2),
    ("list --agency X", "no agency has the code X", 1),
)


@pytest.mark.in_a_file
def test_what_cannot_be_is_refused_in_one_sentence(jsup, register, tmp_path):
    (tmp_path / "empty").write_bytes(b" \n")
    for number in (1, 2, 3, 4):
        added(jsup, "--on", "2026-10-08")
        if number in (2, 4):
            assert jsup("case", "consent", number, "--by", "张", "--on", "2026-10-09").status == 0
    assert jsup("case", "withdraw", 3, "--why", "w").status == 0
    assert jsup("case", "publish", 4, "--where", "x").status == 0
    for line, says, status in REFUSED:
        before = whole(register)
        result = jsup("case", *(DISTRICT if word == "A" else word for word in line.split()))
        assert (result.status, result.out, len(result.err.splitlines())) == (status, "", 1), result
        assert says in result.err
        assert whole(register) == before
