"""二（三）2: plans are filed along the chain, published, looked at and held against each other; 二（三）4: visits made one."""

import csv
import json
import random
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from jsup import codes, policy
from jsup.watch import overlaps
from jsup.watch.overlaps import Window
from tests.conftest import rows, whole

DISTRICT, OTHER, TOWN, PARK = "JS-SCJG", "JS-FGJ", "310116101", "PARK"


def code_of(number: int) -> str:
    """Return the code of an invented enterprise: its organisation code holds letters where none can stand."""
    head = f"91310116{number:08d}Y"
    return head + codes.check_character(head)


FIRM, FIRM2 = code_of(1), code_of(2)


def table(folder: Path, plans: list[dict[str, object]], name: str = "plans.csv", **words: str) -> Path:
    """Write plans as csv, one row each; what is not given stands as of an annual plan of 2026 that was made on 5 January."""
    path = folder / name
    same = {"agency_code": DISTRICT, "title": "年度检查计划", "kind": "annual", "year": "2026", "made_on": "2026-01-05"}
    keys = list(dict.fromkeys([*same, "code", *(key for plan in plans for key in plan)]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([words.get(key, key) for key in keys])
        writer.writerows([{**same, **plan}.get(key, "") for key in keys] for plan in plans)
    return path


def visit(code: str, enterprise: str, first: str, last: str, **more: object) -> dict[str, object]:
    """Return a row of a planned visit."""
    return {
        "code": code,
        "enterprise": f"企业{enterprise[-3:]}",
        "enterprise_code": enterprise,
        "visit_from": first,
        "visit_to": last,
    } | more


def given(jsup, folder, *plans):
    """Import plans and return what the import said."""
    result = jsup("plan", "import", table(folder, list(plans)), "--json")
    assert (result.status, result.err) == (0, "")
    return result.json


def events(ledger, agency):
    """Return the steps that the ledger keeps of an agency's plans, with their details."""
    found = rows(ledger, f"SELECT step, details FROM event WHERE agency_code = '{agency}' AND step LIKE 'plan%' ORDER BY id")
    return [(step, json.loads(details)) for step, details in found]


def park(jsup, folder, municipal):
    """Enter a park's agency, under a policy that sends its plans to the municipal body first, or not."""
    assert jsup("agency", "add", "--code", PARK, "--name", "园区管委会", "--level", "park").status == 0
    text = policy.packaged_text().replace("park_municipal = false", f"park_municipal = {str(municipal).lower()}")
    (folder / "policy.toml").write_text(text, encoding="utf-8")
    assert jsup("policy", "import", folder / "policy.toml").status == 0


# The chain --------------------------------------------------------------------------------------

FIRST = "`jsup plan file P --municipal` (二（三）2)"
FILINGS = [
    # agency, park by setting, then each filing (municipal?, day) and the state after it or words of its refusal
    (DISTRICT, False, [(True, "2026-01-10", "municipal"), (False, "2026-01-10", "filed")]),
    (DISTRICT, False, [(False, "2026-01-10", FIRST)]),
    (DISTRICT, False, [(True, "2026-01-04", "before 2026-01-05, on which the plan was made (二（三）2)")]),
    (DISTRICT, False, [(True, "2026-01-10", "municipal"), (True, "2026-01-11", "with the municipal body on 2026-01-10")]),
    (DISTRICT, False, [(True, "2026-01-10", "municipal"), (False, "2026-01-09", "before 2026-01-10, on which")]),
    (DISTRICT, False, [(True, "2026-11-25", "in the future: today is 2026-11-24")]),
    (TOWN, False, [(False, "2026-01-05", "filed"), (False, "2026-01-06", "with the bureau on 2026-01-05")]),
    (TOWN, False, [(True, "2026-01-10", "filed with the bureau alone"), (False, "2026-01-10", "filed")]),
    (PARK, False, [(True, "2026-01-10", "filed with the bureau alone"), (False, "2026-01-10", "filed")]),
    (PARK, True, [(False, "2026-01-10", FIRST), (True, "2026-01-10", "municipal"), (False, "2026-01-11", "filed")]),
]


@pytest.mark.in_a_file
@pytest.mark.parametrize(("agency", "setting", "steps"), FILINGS)
def test_a_plan_is_filed_along_the_chain_of_its_agency_s_level(agency, setting, steps, jsup, register, tmp_path):
    if agency == PARK:
        park(jsup, tmp_path, setting)
    given(jsup, tmp_path, {"code": "P", "agency_code": agency})
    for municipal, on, outcome in steps:
        before = whole(register)
        result = jsup("plan", "file", "P", *(["--municipal"] if municipal else []), "--on", on, "--number", "号", "--json")
        if result.status == 0:
            key = "municipal" if municipal else "filed"
            assert (result.json["state"], result.json[f"{key}_on"], result.json[f"{key}_number"]) == (outcome, on, "号")
            assert events(register, agency)[-1] == (
                "plan file", {"code": "P", "set": {f"{key}_on": [None, on], f"{key}_number": [None, "号"]}}
            )  # fmt: skip
        else:
            assert (result.status, result.out, len(result.err.splitlines())) == (1, "", 1)
            assert outcome in result.err
            assert whole(register) == before


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("agency", "cells", "column", "words"),
    [
        (DISTRICT, {"filed_on": "2026-01-10"}, "备案日期", "filed with the municipal body first"),
        (DISTRICT, {"filed_on": "2026-01-10", "municipal_on": "2026-01-11"}, "备案日期", "before 2026-01-11"),
        (DISTRICT, {"municipal_on": "2026-01-01"}, "市级备案日期", "before 2026-01-05"),
        (DISTRICT, {"municipal_on": "2026-11-25"}, "市级备案日期", "in the future"),
        (DISTRICT, {"municipal_number": "x"}, "市级备案文号", "give 市级备案日期 as well"),
        (DISTRICT, {"published_on": "2026-01-01"}, "公布日期", "before 2026-01-05"),
        (TOWN, {"municipal_on": "2026-01-10"}, "市级备案日期", "filed with the bureau alone"),
        (TOWN, {"filed_on": "2026-01-04"}, "备案日期", "before 2026-01-05"),
        (DISTRICT, {"municipal_on": "2026-01-10", "filed_on": "2026-01-10", "published_on": "2026-01-05"}, "", ""),
        (TOWN, {"filed_on": "2026-01-10"}, "", ""),
    ],
)
def test_an_import_takes_a_filing_only_where_the_chain_allows_it(agency, cells, column, words, jsup, register, tmp_path):
    heads = {
        "municipal_on": "市级备案日期",
        "filed_on": "备案日期",
        "published_on": "公布日期",
        "municipal_number": "市级备案文号",
    }
    path = table(tmp_path, [{"code": "P", "agency_code": agency, **cells}], **heads)
    before = whole(register)
    result = jsup("plan", "import", path, "--json")
    if words:
        (problem,) = result.json["rejected"]
        assert (result.status, problem["row"], problem["column"]) == (1, 2, column)
        assert words in problem["problem"]
        assert whole(register) == before
    else:
        assert (result.status, result.json["new"]) == (0, 1)


def test_a_plan_is_published_looked_at_and_corrected(jsup, register, tmp_path):
    given(jsup, tmp_path, {"code": "P"})
    assert "before 2026-01-05" in jsup("plan", "publish", "P", "--on", "2026-01-04").err
    shown = jsup("plan", "publish", "P", "--on", "2026-03-31", "--at", "网站", "--json").json
    assert (shown["published_on"], shown["published_at"], shown["state"]) == ("2026-03-31", "网站", "made")  # any order
    assert jsup("plan", "publish", "P").status == 1
    jsup("plan", "file", "P", "--municipal", "--on", "2026-02-01")
    assert jsup("plan", "file", "P", "--on", "2026-02-02", "--json").json["state"] == "published"

    assert jsup("plan", "note", "P").status == 2
    assert jsup("plan", "note", "P", "--legality", "甲\n乙").status == 0
    assert jsup("plan", "note", "P", "--legality", "丙", "--coordination", "丁", "--json").json["legality"] == "丙"
    assert jsup("plan", "note", "P", "--legality", "丙").status == 1
    assert events(register, DISTRICT)[-1] == (
        "plan note", {"code": "P", "set": {"legality": ["甲\n乙", "丙"], "coordination": [None, "丁"]}}
    )  # fmt: skip

    for given_, words in (
        ("made_on=2026-02-02", "2026-02-01 is before 2026-02-02"),
        ("municipal_on=", "filed with the municipal body first"),
        ("to_on=2025-12-31", "the last day 2025-12-31 is before the first, 2026-01-01"),
        ("title=", "title is empty"),
        ("kind=x", "annual, special"),
        ("year=26", "26 is no year"),
        ("year=2026", "has these values already"),
        ("code=Q", "a plan has no field code"),
        ("legality=x", "a plan has no field legality"),
    ):
        result = jsup("plan", "amend", "P", "--set", given_, "--why", "w")
        assert result.status != 0, given_
        assert words in result.err
    amended = jsup("plan", "amend", "P", "--set", "filed_on=", "--set", "kind=专项", "--why", "误登", "--json").json
    assert (amended["filed_on"], amended["kind"], amended["state"]) == (None, "special", "municipal")
    assert events(register, DISTRICT)[-1] == (
        "plan amend", {"code": "P", "set": {"filed_on": ["2026-02-02", None], "kind": ["annual", "special"]}, "why": "误登"}
    )  # fmt: skip
    assert jsup("verify").status == 0
    for line in (
        ["show", "X"],
        ["file", "X"],
        ["publish", "X"],
        ["amend", "X", "--set", "title=t", "--why", "w"],
        ["note", "X", "--legality", "t"],
    ):
        result = jsup("plan", *line)
        assert (result.status, "no plan has the code X" in result.err) == (1, True)


# Taking over ------------------------------------------------------------------------------------


def test_a_file_is_taken_once_its_changes_are_kept_and_a_visit_that_it_leaves_out_is_dropped(jsup, register, tmp_path):
    visits = [visit("P", FIRM, "2026-03-01", "2026-03-31"), visit("P", FIRM, "2026-03-01", "2026-03-31", item="消防"), visit("P", FIRM2, "2026-05-01", "2026-05-02")]  # fmt: skip
    other = {"code": "Q", "agency_code": TOWN, "kind": "special", "from_on": "2026-04-01", "to_on": "2026-04-30", "year": ""}
    dry = jsup("plan", "import", table(tmp_path, [*visits, other]), "--dry-run", "--json")
    assert (dry.json["new"], dry.json["dry_run"], jsup("plan", "list", "--json").json) == (4, True, [])
    first = given(jsup, tmp_path, *visits, other)
    counts = ("batch", "rows", "new", "changed", "unchanged", "rejected", "unknown_headings", "changes", "dry_run", "dropped")
    assert [first[key] for key in counts] == [None, 4, 4, 0, 0, [], [], [], False, 0]
    before = whole(register)
    assert [given(jsup, tmp_path, *visits, other)[key] for key in counts[1:5]] == [4, 0, 0, 4]
    assert whole(register) == before
    plan, short = jsup("plan", "list", "--json").json
    assert (plan["year"], plan["from_on"], plan["to_on"], plan["visits"]) == (2026, "2026-01-01", "2026-12-31", 3)
    assert (short["year"], short["from_on"], short["visits"], short["level"]) == (2026, "2026-04-01", 0, "town")

    jsup("plan", "file", "P", "--municipal", "--on", "2026-02-01")
    later = [visits[0] | {"title": "新", "visit_to": "2026-04-02", "municipal_on": ""}, visits[1] | {"title": "新"}, visit("P", FIRM2, "2026-06-01", "2026-06-02") | {"title": "新"}]  # fmt: skip
    changed = given(jsup, tmp_path, *later)
    assert [changed[key] for key in (*counts[1:5], "dropped")] == [3, 1, 1, 1, 1]
    of = {"code": "P", "enterprise_code": FIRM, "item": None}
    assert sorted(changed["changes"], key=lambda one: one["field"]) == [
        {**of, "enterprise_code": FIRM2, "field": "dropped_on", "old": None, "new": "2026-11-24"},
        {**of, "enterprise_code": None, "field": "title", "old": "年度检查计划", "new": "新"},
        {**of, "field": "to_on", "old": "2026-03-31", "new": "2026-04-02"},
    ]
    step, details = events(register, DISTRICT)[-1]
    assert (step, details["set"], details["visits"]["changed"][0]["set"], len(details["visits"]["dropped"])) == (
        "plan import", {"title": ["年度检查计划", "新"]}, {"to_on": ["2026-03-31", "2026-04-02"]}, 1
    )  # fmt: skip
    shown = jsup("plan", "show", "P", "--json").json
    assert (shown["visits"], [one["dropped_on"] for one in shown["planned"]]) == (3, [None, None, "2026-11-24", None])
    assert shown["municipal_on"] == "2026-02-01"  # an empty cell undoes nothing

    assert given(jsup, tmp_path, {"code": "P", "title": "新"})["dropped"] == 0  # a file without visits says nothing of them
    again = given(jsup, tmp_path, *later, visits[2] | {"title": "新"})
    assert [again[key] for key in counts[1:5]] == [4, 0, 1, 3]
    assert jsup("plan", "show", "P", "--json").json["visits"] == 4
    assert jsup("verify").status == 0


@pytest.mark.in_a_file
def test_every_bad_cell_is_named_and_nothing_is_taken(jsup, register, tmp_path):
    good = visit("P", FIRM, "2026-03-01", "2026-03-31")
    bad = [
        (good | {"title": "别的"}, "title", "does not agree with 年度检查计划 in row 2"),
        (good, "enterprise_code", "the same visit stands in row 2 already"),
        (good | {"enterprise_code": "9.13101E+17"}, "enterprise_code", "Excel has rounded the number 9.13101E+17"),
        (good | {"enterprise_code": FIRM[:-1] + ("0" if FIRM[-1] != "0" else "1")}, "enterprise_code", "does not agree with the other 17"),
        (good | {"enterprise": "", "visit_from": "2026-03-02"}, "enterprise", "it is empty"),
        (good | {"visit_from": "2026-03-30", "visit_to": "2026-03-29"}, "visit_to", "the last day 2026-03-29 is before the first"),
        (good | {"visit_from": "30.3.2026"}, "visit_from", "is not a date"),
        ({"code": "Q", "agency_code": "NONE"}, "agency_code", "no agency has the code NONE"),
        ({"code": "R", "kind": "临时"}, "kind", "临时 is none of"),
        ({"code": "S", "kind": "special"}, "起始日", "does not follow from the other cells"),
        ({"code": "T", "year": "26"}, "year", "26 is no year"),
        ({"code": "", "title": "t"}, "code", "it is empty"),
    ]  # fmt: skip
    before = whole(register)
    result = jsup("plan", "import", table(tmp_path, [good, *(row for row, _column, _words in bad)]), "--json")
    assert result.status == 1
    told = {(one["row"], one["column"]): one["problem"] for one in result.json["rejected"]}
    for number, (_row, column, words) in enumerate(bad, 3):
        assert words in told[number, column], (number, column)
    assert whole(register) == before
    assert "row 5, column enterprise_code" in result.err


# Days and problems ------------------------------------------------------------------------------


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("cells", "file_due", "publish_due"),
    [
        ({}, "2026-02-04", "2026-03-31"),
        ({"made_on": ""}, None, "2026-03-31"),
        ({"agency_code": TOWN}, "2026-02-04", None),
        ({"kind": "special", "from_on": "2026-02-01", "to_on": "2026-03-01"}, "2026-02-04", "2026-02-05"),
        (
            {"kind": "special", "from_on": "2026-02-01", "to_on": "2026-03-01", "made_on": "2026-01-31"},
            "2026-03-02",
            "2026-02-28",
        ),
        (
            {"kind": "special", "from_on": "2026-02-01", "to_on": "2026-03-01", "made_on": "2026-09-02"},
            "2026-10-02",
            "2026-10-08",
        ),
        ({"kind": "special", "from_on": "2026-02-01", "to_on": "2026-03-01", "made_on": ""}, None, None),
    ],
)
def test_until_when_a_plan_is_to_be_filed_and_published(cells, file_due, publish_due, jsup, register, tmp_path):
    given(jsup, tmp_path, {"code": "P", **cells})
    (row,) = jsup("plan", "list", "--json").json
    assert (row["file_due_on"], row["publish_due_on"], row["publish_provisional"]) == (file_due, publish_due, False)


@pytest.mark.in_a_file
def test_a_publication_that_rests_on_days_not_announced_is_provisional(jsup, register, tmp_path):
    given(jsup, tmp_path, {"code": "P", "kind": "special", "from_on": "2026-12-01", "to_on": "2027-01-31", "made_on": "2026-11-24"}, {"code": "Q", "kind": "special", "from_on": "2026-12-01", "to_on": "2027-01-31", "made_on": "2026-11-23", "municipal_on": "2026-11-24"})  # fmt: skip
    result = jsup("plan", "amend", "P", "--today", "2026-12-10", "--set", "made_on=2026-12-01", "--why", "w", "--json").json
    assert (result["publish_due_on"], result["publish_provisional"]) == ("2027-01-01", True)
    assert "until 2027-01-01 (provisional)" in jsup("plan", "list").out


NOTED = {"legality_missing", "reasonableness_missing", "coordination_missing"}


def problems(jsup, *more):
    """Return the problems of plans by code, without those about notes."""
    found: dict[str, list[str]] = {}
    for one in jsup("plan", "check", *more, "--json").json:
        if one["problem"] not in NOTED:
            found.setdefault(one["code"], []).append(one["problem"])
    return found


def test_what_is_wrong_in_a_plan_by_itself(jsup, register, tmp_path):
    done = {"municipal_on": "2026-02-04", "filed_on": "2026-02-04", "published_on": "2026-03-31"}
    given(
        jsup, tmp_path, {"code": "A", **done}, {"code": "B"}, {"code": "C", **done, "filed_on": "2026-02-05", "published_on": "2026-04-01"},
        {"code": "D", "agency_code": TOWN}, {"code": "E", "agency_code": TOWN, "filed_on": "2026-02-04"},
        {"code": "F", "made_on": "2026-11-23"}, {"code": "G", "year": "2027", "made_on": ""},
        {"code": "H", "agency_code": TOWN, "made_on": "", "filed_on": "2026-02-04"}, {"code": "I", "made_on": "2026-10-25"},
    )  # fmt: skip
    assert problems(jsup) == {
        "B": ["unfiled", "unpublished"], "C": ["filed_late", "published_late"], "D": ["unfiled"], "F": ["unpublished"],
        "G": ["undated"], "I": ["unpublished"],
    }  # fmt: skip
    assert problems(jsup, "--today", "2026-11-25")["I"] == ["unfiled", "unpublished"]
    assert problems(jsup, "--today", "2026-03-31")["B"] == ["unfiled"]
    assert problems(jsup, "--year", "2027") == {"G": ["undated"]}
    assert problems(jsup, "--agency", TOWN) == {"D": ["unfiled"]}
    jsup("agency", "amend", TOWN, "--set", "level=district", "--why", "w")
    assert problems(jsup, "--agency", TOWN)["E"] == ["municipal_missing", "unpublished"]
    jsup("plan", "note", "A", "--legality", "合法")
    row = {"code": "A", "agency_code": DISTRICT, "agency": "金山区市场监督管理局", "clause": "二（三）2", "others": [], "enterprise_code": None, "enterprise": None, "field": None}  # fmt: skip
    assert [one for one in jsup("plan", "check", "--json").json if one["code"] == "A"] == [
        row | {"problem": "reasonableness_missing", "text": "nothing is noted about its reasonableness"},
        row | {"problem": "coordination_missing", "text": "nothing is noted about its coordination"},
    ]
    listed = [[row["code"] for row in jsup("plan", "list", "--json", *more).json] for more in (["--unfiled"], ["--unpublished"], ["--agency", TOWN], ["--year", "2027"])]  # fmt: skip
    assert listed == [["B", "D", "F", "G", "I"], ["B", "D", "E", "F", "G", "H", "I"], ["D", "E", "H"], ["G"]]
    assert jsup("plan", "check", "--agency", "X").status == jsup("plan", "list", "--agency", "X").status == 1


@pytest.mark.parametrize(
    ("field", "other", "to_on", "agency", "met"),
    [
        ("安全生产", "安全生产", "2026-06-30", OTHER, True),
        ("安全生产、消防", "食品； 消防", "2026-06-30", OTHER, True),
        ("安全生产", "消防", "2026-06-30", OTHER, False),
        ("安全生产", "安全生产", "2026-06-30", DISTRICT, False),
        ("安全生产", "安全生产", "2026-05-31", OTHER, False),
    ],
)
@pytest.mark.in_a_file
def test_fields_that_several_agencies_plan_for_the_same_time(field, other, to_on, agency, met, jsup, register, tmp_path):
    given(
        jsup, tmp_path, {"code": "A", "field": field, "from_on": "2026-06-01", "to_on": "2026-06-30"},
        {"code": "B", "field": other, "from_on": "2026-05-01", "to_on": to_on, "agency_code": agency},
    )  # fmt: skip
    found = [(one["code"], one["others"]) for one in jsup("plan", "check", "--json").json if one["problem"] == "field_overlap"]
    assert found == ([("A", ["B"]), ("B", ["A"])] if met else [])


def day(number: int) -> str:
    return (date(2026, 3, 1) + timedelta(days=number)).isoformat()


def test_overlaps_of_plans_are_those_that_comparing_every_pair_shows(jsup, register, tmp_path, times):
    """Random plans: each pair of visits of different agencies to one enterprise, at most 30 days apart, by definition."""
    chance = random.Random(20261124)
    agencies = dict(zip("ABCDE", (DISTRICT, DISTRICT, OTHER, TOWN, "JS-SWJU"), strict=True))
    visits = []
    for number in range(times(160, 600)):
        plan, first = chance.choice("ABCDE"), chance.randrange(250)
        last = first + chance.choice((0, 0, 3, 20))
        visits.append((plan, code_of(chance.randrange(12)), first, last, f"事项{number}"))
    given(jsup, tmp_path, *(visit(plan, firm, day(first), day(last), item=item, agency_code=agencies[plan]) for plan, firm, first, last, item in visits))  # fmt: skip
    wanted: dict[tuple[str, str], set[str]] = {}
    for (plan, firm, first, last, _), (other, firm2, first2, last2, _) in combinations(visits, 2):
        apart = min(abs(one - two) for one in (first, last) for two in (first2, last2))
        if first <= last2 and first2 <= last:
            apart = 0
        if firm == firm2 and agencies[plan] != agencies[other] and apart <= 30:
            wanted.setdefault((plan, firm), set()).add(other)
            wanted.setdefault((other, firm), set()).add(plan)
    found = [one for one in jsup("plan", "check", "--json").json if one["problem"] == "enterprise_overlap"]
    assert {(one["code"], one["enterprise_code"]): set(one["others"]) for one in found} == wanted
    assert len(found) == len(wanted) > 20
    assert found[0]["text"] == (
        f"{found[0]['enterprise']} ({found[0]['enterprise_code']}) is planned by other agencies within 30 days as well:"
        f" {', '.join(found[0]['others'])}"
    )


# Visits that could be one -----------------------------------------------------------------------


def fewest(windows: list[Window]) -> int:
    """Return how many of these windows at most share no day with each other: so many visits are left at least."""
    return max(
        len(chosen)
        for size in range(len(windows) + 1)
        for chosen in combinations(windows, size)
        if all(one.last < other.first or other.last < one.first for one, other in combinations(chosen, 2))
    )


@pytest.mark.in_a_file
def test_visits_are_parted_into_the_fewest_groups_that_share_a_day(times):
    chance = random.Random(20261124)
    for _ in range(times(400)):
        week = range(100, 107)
        starts = [chance.randrange(95, 107) for _ in range(chance.randrange(9))]
        windows = [Window(start, max(start, 100) + chance.choice((0, 0, 1, 2, 9)), number) for number, start in enumerate(starts)]
        groups = overlaps.groups(windows, week[0], week[-1])
        assert sorted(one.row for group in groups for one in group) == [one.row for one in windows]
        for group in groups:
            shared = [day for day in week if all(one.first <= day <= one.last for one in group)]
            assert [day.toordinal() for day in overlaps.common(group, week[0], week[-1])] == [shared[0], shared[-1]]
        clipped = [Window(max(one.first, week[0]), min(one.last, week[-1])) for one in windows]
        assert len(groups) == fewest(clipped)


@pytest.mark.in_a_file
def test_the_visits_of_a_week_that_could_be_one(jsup, register, tmp_path):
    given(
        jsup, tmp_path,
        visit("A", FIRM, "2026-11-23", "2026-11-27"), visit("A", FIRM, "2026-12-01", "2026-12-01", item="x"), visit("A", FIRM, "2026-11-16", "2026-11-22"),
        visit("A", FIRM2, "2026-11-24", "2026-11-24", item="x"), visit("A", FIRM2, "2026-11-24", "2026-11-26", item="y"),
        visit("A", code_of(3), "2026-11-24", "2026-11-24"), visit("A", code_of(3), "2026-11-23", "2026-11-24"),
        visit("B", FIRM, "2026-11-26", "2026-12-09", agency_code=OTHER),
    )  # fmt: skip

    def listed(*more):
        return [
            ([one["id"] for one in group["visits"]], group["enterprise_code"], group["common_from"], group["common_to"], group["would_save"])
            for group in jsup("plan", "merge", *more, "--json").json
        ]  # fmt: skip

    both = ([1, 8], FIRM, "2026-11-26", "2026-11-27", 1)
    items = ([4, 5], FIRM2, "2026-11-24", "2026-11-24", 1)
    assert listed() == listed("--week", "2026-W48") == [both, items]
    assert listed("--today", "2026-11-25") == [both]  # what is over cannot be made one before it happens
    assert listed("--week", "2026-W49") == [([2, 8], FIRM, "2026-12-01", "2026-12-01", 1)]
    assert listed("--from", "2026-11-01", "--to", "2026-12-31") == [
        both,
        items,
    ]  # the second visit is left, for the last is taken
    assert listed("--week", "2026-W47") == []
    (group, _) = jsup("plan", "merge", "--json").json
    assert group["enterprise"] == f"企业{FIRM[-3:]}"
    assert group["visits"][1] == {
        "id": 8, "plan_code": "B", "agency_code": OTHER, "agency": "金山区住房保障和房屋管理局", "item": None,
        "from_on": "2026-11-26", "to_on": "2026-12-09",
    }  # fmt: skip
    for line, words in (
        (["--week", "2026-W54"], "2026-W54 is no week"),
        (["--week", "2026-47"], "is no week"),
        (["--week", "2026-W48", "--from", "2026-11-01"], "give --week, or --from and --to"),
        (["--from", "2026-11-01"], "give --week, or --from and --to"),
        (["--from", "2026-11-02", "--to", "2026-11-01"], "the last day 2026-11-01 is before the first"),
        (["--on", "2026-11-24"], "wants the visits as well"),
        (["--visits", "1,2"], "--visits or --enterprise, and --on"),
        (["--visits", "1,2", "--on", "2026-11-26", "--week", "2026-W48"], "leave out what is for the list"),
        (["--visits", "1;2", "--on", "2026-11-26"], "such as 12,15"),
        (["--enterprise", "1", "--on", "2026-11-26"], "has 1 characters"),
    ):
        result = jsup("plan", "merge", *line)
        assert (result.status, result.out) == (2, ""), line
        assert words in result.err


def test_visits_are_made_one_and_the_saved_ones_are_counted(jsup, register, tmp_path):
    later = [visit("A", FIRM, "2026-11-23", "2026-11-27"), visit("A", FIRM2, "2026-11-26", "2026-11-26")]
    mine = [*later, visit("A", FIRM, "2026-11-26", "2026-11-30", item="x")]
    given(jsup, tmp_path, *mine, visit("B", FIRM, "2026-11-26", "2026-12-09", agency_code=OTHER), visit("B", FIRM, "2026-11-28", "2026-12-09", agency_code=OTHER))  # fmt: skip
    for line, status, words in (
        (["--visits", "1,2"], 1, "visits 1 and 2 are to different enterprises"),
        (
            ["--visits", "1,5"],
            1,
            "visit 5 of the plan B is planned from 2026-11-28 to 2026-12-09, which 2026-11-26 does not lie in",
        ),
        (["--visits", "1"], 1, "there are no two visits"),
        (["--visits", "1,1"], 1, "there are no two visits"),
        (["--visits", "1,99"], 1, "no planned visit has the number 99"),
        (["--enterprise", FIRM2], 1, "there are no two visits"),
    ):
        result = jsup("plan", "merge", *line, "--on", "2026-11-26")
        assert (result.status, words in result.err, result.out) == (status, True, ""), (line, result)
    made = jsup("plan", "merge", "--visits", "1，4", "--on", "2026-11-26", "--joint", "LH-1", "--json").json
    assert {key: made[key] for key in ("id", "enterprise_code", "merged_on", "visit_on", "joint", "saved", "officer")} == {
        "id": 1, "enterprise_code": FIRM, "merged_on": "2026-11-24", "visit_on": "2026-11-26", "joint": "LH-1", "saved": 1,
        "officer": "officer",
    }  # fmt: skip
    kept = {"merge": 1, "visits": [1, 4], "visit_on": "2026-11-26", "joint": "LH-1"}
    assert [events(register, agency)[-1] for agency in (DISTRICT, OTHER)] == [("plan merge", kept)] * 2
    assert "was made one with others already (二（三）4)" in jsup("plan", "merge", "--visits", "1,3", "--on", "2026-11-26").err
    listed = jsup("plan", "merge", "--json").json
    assert [[one["id"] for one in group["visits"]] for group in listed] == [[3, 5]]
    made = jsup("plan", "merge", "--enterprise", FIRM.lower(), "--on", "2026-11-28", "--json").json
    assert ([one["id"] for one in made["visits"]], made["saved"]) == ([3, 5], 1)
    total = jsup("plan", "merges", "--json").json
    assert (total["saved"], [one["id"] for one in total["merges"]]) == (2, [1, 2])
    assert (jsup("plan", "merges", "--year", "2025", "--json").json, jsup("plan", "merges", "--year", "2026", "--json").json) == (
        {"saved": 0, "merges": []}, total
    )  # fmt: skip
    assert jsup("plan", "merges").out.splitlines()[-1] == "2 merges, 2 visits saved."

    assert given(jsup, tmp_path, *later)["dropped"] == 1  # visit 3, so that visit 5 is made by itself
    assert [one["saved"] for one in jsup("plan", "merges", "--json").json["merges"]] == [1, 0]
    given(jsup, tmp_path, *mine)
    assert jsup("plan", "merges", "--json").json["saved"] == 2
    assert jsup("plan", "split", "1", "--why", "改期", "--json").json["visits"] == []
    assert events(register, OTHER)[-1] == ("plan split", {"merge": 1, "visits": [1, 4], "saved": 1, "why": "改期"})
    assert (jsup("plan", "merges", "--json").json["saved"], jsup("plan", "split", "1", "--why", "w").status) == (1, 1)
    assert "no merge has the number 9" in jsup("plan", "split", "9", "--why", "w").err
    assert jsup("plan", "merge", "--visits", "1,4", "--on", "2026-11-26", "--json").json["id"] == 3
    assert jsup("verify").status == 0


@pytest.mark.in_a_file
def test_visits_that_were_made_one_overlap_no_more(jsup, register, tmp_path):
    given(
        jsup,
        tmp_path,
        visit("A", FIRM, "2026-11-25", "2026-11-27"),
        visit("B", FIRM, "2026-11-26", "2026-12-09", agency_code=OTHER),
    )

    def met():
        return [one["code"] for one in jsup("plan", "check", "--json").json if one["problem"] == "enterprise_overlap"]

    assert met() == ["A", "B"]
    jsup("plan", "merge", "--visits", "1,2", "--on", "2026-11-26")
    assert met() == []
    jsup("plan", "split", "1", "--why", "w")
    given(jsup, tmp_path, visit("A", FIRM2, "2026-11-25", "2026-11-27"))
    assert met() == []  # the first visit is dropped


def test_an_agency_s_phone_in_a_plan_s_title_stays_and_the_same_file_changes_nothing(jsup, register, tmp_path):
    file = table(tmp_path, [visit("P", FIRM, "2026-03-01", "2026-03-31") | {"title": "年度计划（咨询 021-57921234）"}])
    assert jsup("plan", "import", file, "--json").json["new"] >= 1
    again = jsup("plan", "import", file, "--json").json
    assert (again["new"], again["changed"], again["changes"]) == (0, 0, [])
    assert "021-57921234" in jsup("plan", "show", "P").out
