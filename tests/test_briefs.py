"""`brief`: the weekly side on one page whatever the ledger holds, and the work briefing from cases with consent."""

import io
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import docx
import pytest

from jsup import outcomes
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.reports.sides import LINES, side
from tests.conftest import FACTS, TODAY, place_of

ADD = ("finding", "add", "--category", "code", *FACTS)
WEEK = {"as_of": "2026-11-24", "week": ["2026-11-18", "2026-11-30"]}


def week(count, title="检查人员未出示执法证件" * 9, agency="W" * 60):
    item = {"kind": "finding", "number": "2026-0001", "agency_code": "A", "agency": agency, "title": title, "due_on": "2026-11-30",
            "on": None, "note": "可以报请" * 9}  # fmt: skip
    return WEEK | {
        key: [item | {"number": f"2026-{n:04d}"} for n in range(count)]
        for key in ("new", "due", "overdue", "to_sign", "to_decide")
    }


@pytest.mark.in_a_file
def test_the_weekly_side_is_one_page_with_none_a_few_and_very_many(tmp_path):
    for program in ("soffice", "pdftotext"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not here")
    for count in (0, 5, 500):
        for by_agency in (False, True):
            (tmp_path / f"w{count}{by_agency}.docx").write_bytes(side(week(count), "金山区司法局", by_agency=by_agency))
    made = sorted(map(str, tmp_path.glob("w*.docx")))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    words = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *made]
    subprocess.run(words, capture_output=True, check=True, timeout=300)
    for file in made:
        pdf = Path(file).with_suffix(".pdf")
        text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
        assert text.count("\f") == 1, file
        assert "待决定" in text


@pytest.mark.parametrize("count", [0, 5, 500])
def test_the_side_says_how_much_it_leaves_out(count):
    paper = docx.Document(io.BytesIO(side(week(count), "b", by_agency=False)))
    rows = [row.cells[0].text for row in paper.tables[0].rows]
    assert len(rows) <= LINES
    shown = sum(text.startswith("2026\u2011") for text in rows)
    left = sum(int(text.removeprefix("另有").partition("项")[0]) for text in rows if text.startswith("另有"))
    assert shown + left == 5 * count
    assert count < 500 or shown == LINES - 10


def test_the_week_holds_what_came_is_due_and_is_late(jsup, register):
    for agency, title, found in (
        ("JS-SCJG", "旧", "2026-09-01"), ("JS-SCJG", "新", "2026-11-18"), ("JS-CGZF", "更新", "2026-11-24"), ("JS-CGZF", "前", "2026-11-17"),
    ):  # fmt: skip
        assert jsup(*ADD, "--agency", agency, "--title", title, "--found-on", found).status == 0
    assert jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-09-10", "--on", "2026-09-01").status == 0
    assert jsup("warn", "2026-0002", "--method", "phone", "--rectify-by", "2026-11-30", "--on", "2026-11-18").status == 0
    found = jsup("brief", "--weekly", "--json").json
    assert (found["as_of"], found["week"]) == ("2026-11-24", ["2026-11-18", "2026-11-30"])
    assert [(item["number"], item["on"]) for item in found["new"]] == [("2026-0003", "2026-11-24"), ("2026-0002", "2026-11-18")]
    assert {item["number"] for item in found["due"]} == {"2026-0002"}
    assert {item["number"] for item in found["overdue"]} == {"2026-0001"}
    one = jsup("brief", "--weekly", "--by", "agency", "--agency", "JS-CGZF", "--json").json
    assert [item["number"] for item in one["new"]] == ["2026-0003"]
    assert one["overdue"] == []
    assert "2026-0001" in jsup("brief", "--weekly", "--by", "agency").out


def experience(agency, title, day, **more):
    return outcomes.Experience(
        kind="typical", agency_code=agency, title=title, text="一\n二", received_on=day, officer="o", **more
    )


def test_a_briefing_takes_cases_with_consent_alone(jsup, register):
    yes = {"consent_on": TODAY, "consent_by": "某"}
    with Ledger(place_of(register), Entry("case add", "officer", TODAY)).change() as session:
        for row in (
            experience("JS-SCJG", "甲<b>{{ x }}", date(2026, 10, 1), **yes), experience("JS-SCJG", "乙", date(2026, 11, 1)),
            experience("JS-SCJG", "丙", date(2026, 1, 1), **yes),
            experience("JS-SCJG", "丁", date(2026, 1, 2), published_on=date(2026, 2, 1), **yes),
            experience("JS-SCJG", "戊", date(2026, 11, 2), withdrawn_on=TODAY, withdrawn_why="w", **yes),
            experience("JS-SCJG", "己", date(2027, 1, 1), **yes),
        ):  # fmt: skip
            session.add(row)
    done = jsup("brief", "--period", "2026Q4", "--out", "b.docx", "--issue", 3, "--json")
    assert done.status == 0, done.err
    assert [case["title"] for case in done.json["cases"]] == ["丙", "甲<b>{{ x }}"]
    assert [case["title"] for case in done.json["left_out"]] == ["乙"]
    texts = [paragraph.text for paragraph in docx.Document("b.docx").paragraphs]
    assert "第3期" in texts
    assert any("甲<b>{{ x }}" in text for text in texts)
    assert not any(mark in text for text in texts for mark in "乙丁戊")
    again = jsup("brief", "--period", "2026Q4", "--out", "b.docx")
    assert (again.status, again.out) == (1, "")
    assert "is there already" in again.err


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["brief"], "either --weekly or --period"), (["brief", "--weekly", "--period", "2026"], "either --weekly or --period"),
        (["brief", "--weekly", "--by", "x"], "only agency"), (["brief", "--weekly", "--out", "x.pdf"], ".docx, .md"),
        (["brief", "--period", "2026"], "--out FILE.docx"), (["brief", "--period", "2026", "--out", "x.md"], ".docx"),
        (["brief", "--period", "x", "--out", "x.docx"], "no period"), (["brief", "--weekly", "--issue", "1"], "--issue"),
        (["brief", "--period", "2026", "--out", "x.docx", "--by", "agency"], "--weekly"),
        (["brief", "--period", "2026", "--out", "x.docx"], "no case"), (["brief", "--weekly", "--agency", "X"], "no agency"),
        (["brief", "--weekly", "--on", (TODAY + timedelta(days=1)).isoformat()], "future"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_a_sentence(jsup, ledger, words, said):
    result = jsup(*words)
    assert result.status in (1, 2)
    assert result.out == ""
    assert said in result.err
    assert result.err.count("\n") == 1
    assert not list(Path.cwd().glob("x.*"))
