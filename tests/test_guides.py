"""Guides: their versions, who got them, which visits they came before; and what was done for enterprises in and after visits."""

import random
from datetime import date, timedelta
from hashlib import sha256

import pytest

from tests.conftest import rows, whole
from tests.watched_world import DISTRICT, OTHER, TOWN, firm, take, visit

A, B, C = firm(1), firm(2), firm(3)
HEADS = ("指引编号", "单位代码", "领域", "企业代码", "企业名称", "送达日期", "送达方式")


def added(jsup, *more, agency=DISTRICT, field="消防", title="指引", on="2026-09-01"):
    result = jsup("guide", "add", "--agency", agency, "--field", field, "--title", title, "--on", on, *more, "--json")
    assert (result.status, result.err) == (0, ""), result
    return result.json


def refused(jsup, ledger, says, *line, status=1):
    """Assert that a line is refused in one sentence, and that nothing is written."""
    before = whole(ledger)
    result = jsup(*line)
    assert (result.status, result.out) == (status, ""), result
    assert says in result.err
    assert len(result.err.splitlines()) == 1
    assert whole(ledger) == before


@pytest.fixture
def table(tmp_path):
    """Return what writes rows under headings into a csv file."""

    def write(*lines, heads=HEADS):
        file = tmp_path / "d.csv"
        file.write_text("\n".join(",".join(line) for line in [heads, *lines]) + "\n", "utf-8")
        return file

    return write


# Versions ---------------------------------------------------------------------------------------


def test_a_guide_has_versions_by_agency_and_field_and_is_kept_by_its_fingerprint(jsup, register, tmp_path):
    file = tmp_path / "指引.pdf"
    file.write_bytes(b"one")
    first = added(jsup, "--file", file)
    assert first == {
        "id": first["id"], "agency_code": DISTRICT, "agency": "金山区市场监督管理局", "field": "消防", "version": 1, "title": "指引",
        "issued_on": "2026-09-01", "file_name": "指引.pdf", "bytes": 3, "sha256": sha256(b"one").hexdigest(),
        "withdrawn_on": None, "withdrawn_why": None, "officer": "officer", "deliveries": 0,
    }  # fmt: skip
    again = "guide", "add", "--agency", DISTRICT, "--field", "消防", "--title", "再版", "--file", file
    refused(jsup, register, f"is version 1 of this guide already, number {first['id']}", *again)
    file.write_bytes(b"two")
    refused(jsup, register, "2026-08-31 is before 2026-09-01", *again, "--on", "2026-08-31")
    second = added(jsup, "--file", file, on="2026-10-01")
    other, elsewhere = added(jsup, field="食品"), added(jsup, agency=OTHER)
    assert [row["version"] for row in (second, other, elsewhere)] == [2, 1, 1]

    def listed(*more):
        return [row["id"] for row in jsup("guide", "list", *more, "--json").json]

    assert set(listed()) == {second["id"], other["id"], elsewhere["id"]}
    assert listed("--agency", DISTRICT, "--field", "消防") == [second["id"]]
    assert listed("--agency", DISTRICT, "--field", "消防", "--all") == [first["id"], second["id"]]
    done = jsup("guide", "withdraw", second["id"], "--why", "误录", "--json")
    assert (done.json["withdrawn_on"], done.json["withdrawn_why"]) == ("2026-11-24", "误录")
    assert listed("--agency", DISTRICT, "--field", "消防") == [first["id"]]
    assert added(jsup, "--file", file, on="2026-10-01")["version"] == 3  # the same file may come again after a mistake
    assert jsup("verify").status == 0


REFUSED = (
    (["add", "--agency", "X", "--field", "f", "--title", "t"], "no agency has the code X", 1),
    (["add", "--agency", DISTRICT, "--field", " ", "--title", "t"], "--field is empty", 2),
    (["add", "--agency", DISTRICT, "--field", "f", "--title", "t", "--on", "2026-11-25"], "is in the future", 1),
    (["add", "--agency", DISTRICT, "--field", "f", "--title", "t", "--file", "none"], "none cannot be read", 1),
    (["add", "--agency", OTHER, "--field", "f", "--title", "t", "--on", "2026-11-02"], "was retired on 2026-11-01", 1),
    (["withdraw", "1", "--why", " "], "--why is empty", 2),
    (["withdraw", "1", "--why", "w", "--on", "2026-08-31"], "guide 1 was issued on 2026-09-01", 1),
    (["withdraw", "2", "--why", "w"], "guide 2 was withdrawn on", 1),
    (["withdraw", "9", "--why", "w"], "no guide has the number 9", 1),
    (["show", "9"], "no guide has the number 9", 1),
    (["list", "--agency", "X"], "no agency has the code X", 1),
    (["deliver", "1", "--enterprise", "9135"], "has 4 characters", 2),
    (["deliver", "1", "--enterprise", A, "--on", "2026-08-31"], "guide 1 was issued on 2026-09-01", 1),
    (["deliver", "1", "--enterprise", A, "--on", "2026-11-25"], "is in the future", 1),
    (["deliver", "1", "--enterprise", B, "--on", "2026-09-02"], "was entered already", 1),
    (["deliver", "2", "--enterprise", A], "guide 2 was withdrawn on", 1),
    (["take-back", "9", "--why", "w"], "no delivery has the number 9", 1),
    (["take-back", "1", "--why", " "], "--why is empty", 2),
    (["take-back", "1", "--why", "w", "--on", "2026-09-01"], "2026-09-01 is before 2026-09-02, the day of delivery 1", 1),
    (["coverage", "--period", "2026Q5"], "2026Q5 is no period", 2),
    (["coverage", "--period", "2026", "--agency", "X"], "no agency has the code X", 1),
)


@pytest.mark.in_a_file
def test_what_cannot_be_is_refused_in_one_sentence(jsup, register):
    added(jsup)
    added(jsup, field="食品")
    assert jsup("guide", "withdraw", 2, "--why", "w").status == 0
    assert jsup("guide", "deliver", 1, "--enterprise", B, "--on", "2026-09-02").status == 0
    assert jsup("agency", "retire", OTHER, "--on", "2026-11-01").status == 0
    for line, says, status in REFUSED:
        refused(jsup, register, says, "guide", *line, status=status)


# Deliveries -------------------------------------------------------------------------------------


def test_a_delivery_entered_by_mistake_is_taken_back_and_may_be_entered_again(jsup, register):
    added(jsup)
    for number in (1, 2):
        made = jsup("guide", "deliver", 1, "--enterprise", B, "--on", "2026-09-02", "--json")
        assert (made.status, made.json["id"]) == (0, number)
        done = jsup("guide", "take-back", number, "--why", "误录", "--json")
        assert (done.json["withdrawn_on"], done.json["withdrawn_why"]) == ("2026-11-24", "误录")
        assert jsup("guide", "list", "--json").json[0]["deliveries"] == 0
    refused(jsup, register, "delivery 1 was withdrawn on 2026-11-24 already", "guide", "take-back", 1, "--why", "w")
    assert jsup("verify").status == 0


def test_a_table_of_deliveries_is_taken_once_and_corrects_what_it_names(jsup, register, table):
    first, second = added(jsup), added(jsup, on="2026-10-01")
    one = jsup("guide", "deliver", first["id"], "--enterprise", A.lower(), "--way", "上门", "--on", "2026-09-03", "--json")
    assert (one.json["enterprise_code"], one.json["way"], one.json["version"]) == (A, "上门", 1)
    lines = [
        (str(first["id"]), "", "", A, "", "2026-09-03", ""),
        ("", DISTRICT, "消防", B, "乙公司", "2026-09-30", "微信"),
        ("", DISTRICT, "消防", B, "乙公司", "2026-10-01", "微信"),
    ]
    counts = ("rows", "new", "changed", "unchanged", "rejected")
    tried = jsup("guide", "import", table(*lines), "--dry-run", "--json").json
    assert ([tried[key] for key in counts], tried["dry_run"]) == ([3, 2, 0, 1, []], True)
    taken = jsup("guide", "import", table(*lines), "--json")
    assert (taken.status, taken.err, [taken.json[key] for key in counts]) == (0, "", [3, 2, 0, 1, []])
    assert [taken.json[key] for key in ("batch", "unknown_headings", "changes")] == [None, [], []]
    assert [jsup("guide", "import", table(*lines), "--json").json[key] for key in counts] == [3, 0, 0, 3, []]
    given = {
        row["id"]: row["delivered"] for row in (jsup("guide", "show", number["id"], "--json").json for number in (first, second))
    }
    assert [(row["enterprise_code"], row["delivered_on"]) for row in given[first["id"]]] == [(A, "2026-09-03"), (B, "2026-09-30")]
    assert [(row["enterprise_code"], row["delivered_on"]) for row in given[second["id"]]] == [(B, "2026-10-01")]
    named = jsup("guide", "import", table((str(first["id"]), "", "", A, "甲公司", "2026-09-03", "")), "--json").json
    assert named["changes"] == [{"code": A, "field": "enterprise", "old": None, "new": "甲公司"}]
    (row,) = (row for row in jsup("guide", "show", first["id"], "--json").json["delivered"] if row["enterprise_code"] == A)
    assert (row["enterprise"], row["way"]) == ("甲公司", "上门")
    assert rows(register, "SELECT COUNT(*) FROM event WHERE step = 'guide import'")[0][0] == 1
    assert jsup("verify").status == 0


BAD = (
    (("9", "", "", A, "", "2026-09-03", ""), "指引编号", "no guide has the number 9"),
    (("一", "", "", A, "", "2026-09-03", ""), "指引编号", "no guide has the number 一"),
    (("2", "", "", A, "", "2026-09-03", ""), "指引编号", "guide 2 was withdrawn on"),
    (("", "", "", A, "", "2026-09-03", ""), "指引编号", "it is empty"),
    (("", DISTRICT, "", A, "", "2026-09-03", ""), "领域", "it is empty"),
    (("", "", "消防", A, "", "2026-09-03", ""), "单位代码", "it is empty"),
    (("", DISTRICT, "食品", A, "", "2026-09-03", ""), "领域", f"{DISTRICT} has no guide for 食品"),
    (("1", OTHER, "", A, "", "2026-09-03", ""), "单位代码", f"guide 1 is one of {DISTRICT}, not of {OTHER}"),
    (("1", "", "食品", A, "", "2026-09-03", ""), "领域", "guide 1 is one of 消防, not of 食品"),
    (("1", "", "", "9135", "", "2026-09-03", ""), "企业代码", "has 4 characters"),
    (("1", "", "", "", "", "2026-09-03", ""), "企业代码", "it is empty"),
    (("1", "", "", A, "", "2026-08-31", ""), "送达日期", "guide 1 was issued on 2026-09-01"),
    (("", DISTRICT, "消防", A, "", "2026-08-31", ""), "送达日期", "guide 1 was issued on 2026-09-01"),
    (("1", "", "", A, "", "2026-11-25", ""), "送达日期", "is in the future"),
    (("1", "", "", A, "", "", ""), "送达日期", "it is empty"),
    (("1", "", "", A, "", "昨天", ""), "送达日期", "is not a date"),
    (("", DISTRICT, "消防", B, "x", "2026-09-03", ""), "企业代码", f"{B} stands in row 2 already"),
)


@pytest.mark.in_a_file
def test_a_bad_cell_is_named_by_row_and_column_and_nothing_is_taken(jsup, register, table):
    added(jsup)
    added(jsup, field="食品")
    assert jsup("guide", "withdraw", 2, "--why", "w").status == 0
    for line, column, says in BAD:
        before, file = whole(register), table(("1", "", "", B, "", "2026-09-03", ""), line)
        result = jsup("guide", "import", file, "--json")
        assert result.status == 1
        assert [(one["row"], one["column"]) for one in result.json["rejected"]] == [(3, column)]
        assert says in result.json["rejected"][0]["problem"]
        assert f"row 3, column {column}" in result.err
        assert whole(register) == before


# Coverage ---------------------------------------------------------------------------------------


def brute(visits, given, heirs, first, last):
    """Return visits and covered ones by agency, from the words of the rule: loops over dicts."""
    found, seen = {}, set()
    for row in {row["record"]: row for row in visits}.values():
        visit_ = row["agency"], row["enterprise"], row["day"]
        if "非现场" in row["form"] or not first <= row["day"] <= last or visit_ in seen:
            continue
        seen.add(visit_)
        agencies = {row["agency"]}
        for _round in heirs:
            agencies |= {old for old, new in heirs if new in agencies}
        got = any(code in agencies and firm_ == row["enterprise"] and day <= row["day"] for code, firm_, day in given)
        visited, covered = found.get(row["agency"], (0, 0))
        found[row["agency"]] = visited + 1, covered + got
    return found


@pytest.mark.parametrize("seed", range(2))
def test_coverage_is_what_a_plain_count_finds(jsup, register, table, tmp_path, seed):
    chance = random.Random(seed)
    agencies = [DISTRICT, OTHER, TOWN, "NEW"]
    assert jsup("agency", "add", "--code", "NEW", "--name", "新局", "--level", "district").status == 0
    days = [(date(2026, 7, 25) + timedelta(days=number)).isoformat() for number in range(75)]
    guides = [
        added(jsup, agency=code, field=field, on=day) for code in agencies for field, day in (("a", days[0]), ("b", days[20]))
    ]
    guides.append(added(jsup, agency=DISTRICT, field="a", on=days[30]))
    wrong = chance.choice(guides[:-1])
    firms = [firm(number) for number in range(1, 9)]
    given = {(chance.choice(guides)["id"], chance.choice(firms), chance.choice(days[30:])) for _one in range(30)}
    lines = [(str(guide), "", "", code, "", day, "") for guide, code, day in sorted(given)]
    assert jsup("guide", "import", table(*lines)).status == 0
    assert jsup("guide", "withdraw", wrong["id"], "--why", "误录").status == 0
    heirs = [(OTHER, DISTRICT), (DISTRICT, "NEW")]
    for old, new in heirs:
        assert jsup("agency", "succeed", old, new, "--document", "文", "--on", "2026-11-20").status == 0
    visits = [
        visit(
            f"R{number}", chance.choice(days), chance.choice(agencies), chance.choice(firms),
            form=chance.choice(["现场检查", "现场检查", "非现场检查"]),
        )
        for number in range(250)
    ]  # fmt: skip
    take(jsup, tmp_path / "i.csv", "inspection", visits)
    moved = [row | {"day": chance.choice(days), "uploaded_on": "2026-10-20"} for row in chance.sample(visits, 40)]
    take(jsup, tmp_path / "j.csv", "inspection", moved)
    whose = {row["id"]: row["agency_code"] for row in guides}
    counted = [(whose[guide], code, day) for guide, code, day in given if guide != wrong["id"]]
    for period, first, last in (("2026Q3", "2026-07-01", "2026-09-30"), ("2026-10", "2026-10-01", "2026-10-31")):
        shown = jsup("guide", "coverage", "--period", period, "--json").json
        wanted = brute([*visits, *moved], counted, heirs, first, last)
        assert {row["agency_code"]: (row["visits"], row["covered"]) for row in shown["agencies"]} == wanted
        assert (shown["first"], shown["last"]) == (first, last)
        both = [sum(pair[place] for pair in wanted.values()) for place in (0, 1)]
        assert [shown["visits"], shown["covered"]] == both
        assert (shown["share"]["part"], shown["share"]["whole"]) == (both[1], both[0])
        assert 0 < both[1] < both[0]
    (one,) = jsup("guide", "coverage", "--period", "2026Q3", "--agency", "NEW", "--json").json["agencies"]
    assert (one["agency"], one["share"]["whole"]) == ("新局", one["visits"])


@pytest.mark.in_a_file
def test_a_guide_counts_on_the_day_of_the_visit_and_not_after_it(jsup, register, tmp_path):
    added(jsup)
    assert jsup("guide", "deliver", 1, "--enterprise", A, "--on", "2026-09-10").status == 0
    take(jsup, tmp_path / "i.csv", "inspection", [visit(f"R{day}", f"2026-09-{day:02d}", enterprise=A) for day in (9, 10, 11)])
    shown = jsup("guide", "coverage", "--period", "2026-09", "--json").json
    assert [(row["agency_code"], row["visits"], row["covered"]) for row in shown["agencies"]] == [(DISTRICT, 3, 2)]
    assert shown["share"] == {"part": 2, "whole": 3, "per": 100, "shown": "66.7"}
    empty = jsup("guide", "coverage", "--period", "2026-08", "--json").json
    assert (empty["agencies"], empty["visits"], empty["share"]["shown"]) == ([], 0, "—")
    assert "66.7" in jsup("guide", "coverage", "--period", "2026Q3").out


# Notes on inspections ---------------------------------------------------------------------------


def test_what_was_done_in_and_after_a_visit_is_kept_without_numbers_of_people(jsup, register, tmp_path):
    take(jsup, tmp_path / "i.csv", "inspection", [visit("R1", "2026-09-10"), visit("R2", "2026-09-11", OTHER)])
    text = "轻微违规，以教育指导为主；联系人13800000001，310116199001010010"
    first = jsup("inspection", "note", "R1", "--kind", "lenient", "--text", text, "--on", "2026-09-10", "--json").json
    assert (first["kind"], first["agency_code"], first["done_on"]) == ("lenient", DISTRICT, "2026-09-10")
    assert first["text"] == "轻微违规，以教育指导为主；联系人（电话），（证件号码）"
    assert not [body for (body,) in rows(register, "SELECT body FROM journal") if "13800000001" in body]
    second = jsup("inspection", "note", "R2", "--kind", "advice", "--text", "建议", "--json").json
    assert second["done_on"] == "2026-11-24"

    def listed(*more):
        return [row["id"] for row in jsup("inspection", "notes", *more, "--json").json]

    assert listed() == [first["id"], second["id"]]
    assert listed("--agency", OTHER) == [second["id"]]
    gone = jsup("inspection", "withdraw-note", first["id"], "--why", "误录", "--json").json
    assert (gone["withdrawn_on"], gone["withdrawn_why"]) == ("2026-11-24", "误录")
    assert (listed(), listed("--all")) == ([second["id"]], [first["id"], second["id"]])
    assert "包容审慎" in jsup("inspection", "notes", "--all").out


NO_NOTES = (
    (["note", "R9", "--kind", "advice", "--text", "t"], "no inspection has the number R9", 1),
    (["note", "R1", "--kind", "praise", "--text", "t"], "--kind cannot be praise", 2),
    (["note", "R1", "--kind", "advice", "--text", " "], "--text is empty", 2),
    (["note", "R1", "--kind", "advice", "--text", "t", "--on", "2026-09-10"], "2026-09-10 is before 2026-09-11", 1),
    (["note", "R1", "--kind", "advice", "--text", "t", "--on", "2026-11-25"], "is in the future", 1),
    (["withdraw-note", "9", "--why", "w"], "no note has the number 9", 1),
    (["withdraw-note", "1", "--why", "w"], "note 1 was withdrawn on 2026-11-24 already", 1),
    (["notes", "--agency", "X"], "no agency has the code X", 1),
)


@pytest.mark.in_a_file
def test_a_note_that_cannot_be_is_refused(jsup, register, tmp_path):
    take(jsup, tmp_path / "i.csv", "inspection", [visit("R1", "2026-09-10")])
    take(jsup, tmp_path / "j.csv", "inspection", [visit("R1", "2026-09-11")])
    assert jsup("inspection", "note", "R1", "--kind", "advice", "--text", "t").status == 0
    assert jsup("inspection", "withdraw-note", 1, "--why", "w").status == 0
    for line, says, status in NO_NOTES:
        refused(jsup, register, says, "inspection", *line, status=status)
