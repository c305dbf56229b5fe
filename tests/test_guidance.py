"""Guidance opinions on systemic problems: 二（四）3, one month from the day on which the set number was first reached."""

import json
from pathlib import Path

import pytest

from jsup import policy
from tests.conftest import rows, whole
from tests.test_papers import words_of

A, B, C, D = "JS-SCJG", "JS-SWJU", "JS-YJGL", "JS-STHJ"
NAMES = {A: "市场监督", B: "税务", C: "应急管理", D: "生态环境"}


def found(jsup, *codes, on="2026-10-30", category="code"):
    """Enter a finding at each agency and return their numbers."""
    numbers = []
    for code in codes:
        line = ["finding", "add", f"--agency={code}", f"--category={category}", "--title=t", f"--found-on={on}", "--json"]
        numbers.append(ran(jsup, *line)["number"])
    return numbers


def ran(jsup, *line):
    result = jsup(*line, "--json")
    assert result.status == 0, result.err
    return result.json


def judged(jsup, on, *more, category="code", title="t"):
    line = ["guidance", "propose", f"--category={category}", f"--title={title}", f"--reached-on={on}", "--why=w", *more]
    return next(row for row in ran(jsup, *line) if row["new"])


def late(jsup, *more, kind="guidance"):
    return [item for item in ran(jsup, "overdue", *more)["items"] if item["kind"] == kind]


def signed(jsup, number, *more, on="2026-11-20", by="局长"):
    """Draft the papers of an opinion and sign them; return their places."""
    papers = ran(jsup, "guidance", "draft", number, "--opinion=o", "--out=papers", f"--on={on}", *more)
    places = [paper["id"] for paper in (papers if isinstance(papers, list) else [papers])]
    for place in places:
        ran(jsup, "paper", "sign", place, f"--by={by}", f"--on={on}")
    return places


# The month


MONTH = [
    ("2026-01-31", "2026-02-28", False),  # no 31st; a Saturday on which the State Council has people work
    ("2025-01-31", "2025-02-28", False),  # no 31st, a Friday
    ("2024-01-30", "2024-02-29", False),  # a leap year's Thursday
    ("2026-03-15", "2026-04-15", False),  # the same day
    ("2026-04-18", "2026-05-18", False),
    ("2026-04-09", "2026-05-09", False),  # a Saturday that is worked
    ("2026-04-10", "2026-05-11", False),  # a Sunday
    ("2026-09-05", "2026-10-08", False),  # into the National Day's rest
    ("2026-09-10", "2026-10-10", False),  # a worked Saturday
    ("2026-01-16", "2026-02-24", False),  # into the Spring Festival
    ("2026-11-24", "2026-12-24", False),
    ("2026-10-31", "2026-11-30", False),
    ("2026-11-28", "2026-12-28", False),  # the last day that is sure
    ("2026-11-29", "2026-12-29", True),  # the next year's notice may still move it
    ("2026-12-02", "2027-01-04", True),  # a Saturday, as far as is known
    ("2026-12-31", "2027-02-01", True),
    ("2027-01-31", "2027-03-01", True),
]


@pytest.mark.in_a_file
def test_clause_2_4_3_the_opinion_is_due_one_month_after_the_problem_was_found(jsup, register):
    for number, (on, due_on, provisional) in enumerate(MONTH, 1):
        row = judged(jsup, on, "--today=2027-03-01")
        assert (row["id"], row["reached_on"], row["due_on"], row["provisional"]) == (number, on, due_on, provisional), on


def test_a_problem_is_proposed_taken_up_drafted_issued_and_never_named_twice(jsup, register):
    found(jsup, A, B, on="2026-09-30")
    assert late(jsup, "--within=99") == []
    found(jsup, C, A, on="2026-10-10")
    (item,) = late(jsup)
    assert item == {
        "kind": "guidance", "number": "category code", "agency_code": None, "agency": None, "title": "未应用检查码", "stage": None,
        "period": "guidance", "owner": "bureau", "started_on": "2026-10-10", "due_on": "2026-11-10", "working_days_left": -10,
        "overdue": True, "provisional": False, "next_step": "guidance propose", "next_clause": "二（四）3", "escalate_to": None,
        "clause": "二（四）3",
    }  # fmt: skip
    before = whole(register)
    (row,) = ran(jsup, "guidance", "propose", "--dry-run")
    assert (row["id"], row["new"], row["reached_on"], row["due_on"]) == (None, True, "2026-10-10", "2026-11-10")
    assert whole(register) == before
    (row,) = ran(jsup, "guidance", "propose")
    number = row["id"]
    assert (row["state"], row["why"], row["proposed_on"], row["officer"]) == ("proposed", None, "2026-11-24", "officer")
    assert [(one["code"], one["shown"], one["given_on"]) for one in row["agencies"]] == [(code, True, None) for code in (A, B, C)]
    assert rows(register, "SELECT policy_id, calendar_id FROM guidance") == [
        rows(register, "SELECT (SELECT MAX(id) FROM policy), (SELECT MAX(id) FROM calendar_year)")[0]
    ]
    (again,) = ran(jsup, "guidance", "propose")
    assert (again["id"], again["new"]) == (number, False)
    (item,) = late(jsup)
    assert (item["number"], item["next_step"], item["due_on"]) == (f"guidance {number}", "guidance open", "2026-11-10")
    assert late(jsup, f"--agency={A}") == []
    opened = ran(jsup, "guidance", "open", number, "--on=2026-11-02")
    assert (opened["state"], opened["opened_on"], opened["opened_by"]) == ("open", "2026-11-02", "officer")
    assert late(jsup)[0]["next_step"] == "guidance issue"
    (place,) = signed(jsup, number, on="2026-11-09")
    issued = ran(jsup, "guidance", "issue", number, f"--paper={place}", "--on=2026-11-12")
    assert (issued["state"], issued["issued_on"], issued["paper_id"]) == ("issued", "2026-11-09", place)
    assert issued["paper_number"] == "金司监导〔2026〕1号"
    assert [(one["code"], one["given_on"]) for one in issued["agencies"]] == [(code, "2026-11-12") for code in (A, B, C)]
    assert (issued["deadlines"][0]["met_on"], issued["deadlines"][0]["cancelled_on"]) == ("2026-11-09", None)
    assert late(jsup, "--within=999") == []
    assert ran(jsup, "guidance", "propose") == []
    found(jsup, D, on="2026-11-24")
    assert late(jsup, "--within=999") == []  # the same time goes on
    assert [one["id"] for one in ran(jsup, "guidance", "list", "--state=issued")] == [number]
    assert (
        jsup("guidance", "list").out.split("\n")[1]
        == f"{number}\t未应用检查码\t3\t2026-10-10\t2026-11-10\tissued\t金司监导〔2026〕1号"
    )
    assert ran(jsup, "verify")["ok"]


@pytest.mark.in_a_file
def test_what_has_no_category_is_no_problem_of_one_kind_and_too_few_agencies_are_none(jsup, register):
    found(jsup, A, B, C, D, category="other")
    found(jsup, A, B, A, category="repeat")
    assert ran(jsup, "guidance", "propose") == []
    assert late(jsup, "--within=99") == []


@pytest.mark.in_a_file
def test_a_row_covers_the_times_that_begin_within_the_set_days_after_it_and_later_ones_are_new(jsup, register):
    found(jsup, A, B, C, on="2026-01-10")
    assert jsup("overdue", "--check").status == 3
    dry = jsup("guidance", "propose", "--dry-run").out.split("\n")
    assert (dry[0], dry[2].split("\t")[0]) == ("Would enter 1 systemic problems. Nothing was written.", "")
    (first,) = ran(jsup, "guidance", "propose")
    assert [ran(jsup, "guidance", "list", f"--state={state}") for state in ("open", "issued", "dismissed")] == [[], [], []]
    assert (first["reached_on"], first["current"]) == ("2026-01-10", False)
    for on, covered in (("2026-04-10", True), ("2026-07-20", False)):
        found(jsup, A, B, C, on=on, category="code")
        assert [row["reached_on"] for row in ran(jsup, "guidance", "propose") if row["new"]] == ([] if covered else [on])
    found(jsup, A, B, C, on="2026-11-01", category="repeat")
    found(jsup, A, B, C, on="2026-02-01", category="repeat")
    new = [(row["category"], row["reached_on"]) for row in ran(jsup, "guidance", "propose") if row["new"]]
    assert new == [("repeat", "2026-02-01"), ("repeat", "2026-11-01")]


@pytest.mark.in_a_file
def test_findings_entered_later_of_an_earlier_day_move_the_beginning_and_add_agencies(jsup, register):
    found(jsup, A, B, on="2026-10-01")
    found(jsup, C, on="2026-11-20")
    (row,) = ran(jsup, "guidance", "propose")
    assert (row["reached_on"], row["due_on"], late(jsup)) == ("2026-11-20", "2026-12-21", [])  # the 20th is a Sunday
    found(jsup, D, on="2026-10-12")
    (item,) = late(jsup)
    assert (item["number"], item["started_on"], item["due_on"]) == ("guidance 1", "2026-10-12", "2026-11-12")
    (row,) = ran(jsup, "guidance", "list")
    assert (row["reached_on"], row["stands_on"]) == ("2026-11-20", "2026-10-12")
    assert "the number was reached on 2026-10-12: `jsup guidance propose` sets the day." in jsup("guidance", "show", "1").out
    (row,) = ran(jsup, "guidance", "propose")
    assert (row["new"], row["reached_on"], row["due_on"], row["stands_on"]) == (False, "2026-10-12", "2026-11-12", None)
    assert [one["code"] for one in row["agencies"]] == sorted([A, B, C, D])


@pytest.mark.in_a_file
def test_a_problem_entered_by_judgement_dodges_no_earlier_beginning(jsup, register):
    found(jsup, A, B, C, on="2026-10-12")
    row = judged(jsup, "2026-11-20", f"--agency={A}")
    assert row["reached_on"] == "2026-11-20"
    assert [(item["number"], item["due_on"]) for item in late(jsup)] == [("guidance 1", "2026-11-12")]
    assert ran(jsup, "guidance", "open", "1")["due_on"] == "2026-11-12"


@pytest.mark.in_a_file
def test_a_withdrawn_finding_takes_an_unproposed_problem_away_and_leaves_a_proposed_one_to_be_dismissed(jsup, register):
    numbers = found(jsup, A, B, C, on="2026-10-12")
    assert len(late(jsup)) == 1
    assert jsup("withdraw", numbers[2], "--why=w").status == 0
    assert late(jsup) == []
    assert ran(jsup, "guidance", "propose") == []
    numbers = found(jsup, C, on="2026-10-13")
    (row,) = ran(jsup, "guidance", "propose")
    assert (row["reached_on"], row["current"]) == ("2026-10-13", True)
    assert jsup("withdraw", numbers[0], "--why=w").status == 0
    (row,) = ran(jsup, "guidance", "propose")
    assert (row["current"], row["state"], len(late(jsup))) == (False, "proposed", 1)
    shown = ran(jsup, "guidance", "show", "1")
    assert [one["agency_code"] for one in shown["findings"]] == [A, B]
    ended = ran(jsup, "guidance", "dismiss", "1", "--why=已撤回", "--on=2026-11-23")
    assert (ended["state"], ended["dismissed_on"], ended["dismissed_why"]) == ("dismissed", "2026-11-23", "已撤回")
    assert (ended["deadlines"][0]["met_on"], ended["deadlines"][0]["cancelled_on"]) == (None, "2026-11-23")
    assert late(jsup, "--within=999") == []
    found(jsup, D, on="2026-10-14")
    assert late(jsup, "--within=999") == []  # a dismissal covers as well
    assert ran(jsup, "guidance", "propose") == []


@pytest.mark.in_a_file
def test_a_number_that_is_reached_only_after_a_dismissal_is_another_problem(jsup, register):
    gone = found(jsup, A, B, C, on="2026-09-10")[2]
    ran(jsup, "guidance", "propose")
    assert jsup("withdraw", gone, "--why=w", "--on=2026-09-14").status == 0
    ran(jsup, "guidance", "dismiss", "1", "--why=撤回后不足", "--on=2026-09-15")
    found(jsup, D, on="2026-10-12")  # with A and B of September the third
    (item,) = late(jsup)
    assert (item["number"], item["started_on"], item["due_on"]) == ("category code", "2026-10-12", "2026-11-12")
    assert [row["reached_on"] for row in ran(jsup, "guidance", "propose")] == ["2026-10-12"]


@pytest.mark.in_a_file
@pytest.mark.parametrize("settle", ["issue", "dismiss"])
def test_what_is_found_after_an_opinion_or_a_dismissal_is_counted_anew(jsup, register, settle):
    found(jsup, A, B, C, on="2026-09-10")
    ran(jsup, "guidance", "propose")
    if settle == "issue":
        (paper,) = signed(jsup, 1, on="2026-09-20")
        ran(jsup, "guidance", "issue", "1", f"--paper={paper}")
    else:
        ran(jsup, "guidance", "dismiss", "1", "--why=w", "--on=2026-09-20")
    found(jsup, A, D, on="2026-10-01")
    found(jsup, B, on="2026-09-20")  # entered later, but of before
    assert late(jsup, "--within=999") == []
    found(jsup, C, on="2026-10-12")
    (item,) = late(jsup)
    assert (item["number"], item["started_on"], item["due_on"]) == ("category code", "2026-10-12", "2026-11-12")


@pytest.mark.in_a_file
def test_a_withdrawal_moves_the_beginning_of_an_open_problem_to_where_the_number_is_reached(jsup, register):
    gone = found(jsup, A, B, C, on="2026-09-10")[2]
    ran(jsup, "guidance", "propose")
    assert jsup("withdraw", gone, "--why=w").status == 0
    assert "(not reached any more)" in jsup("guidance", "list").out
    found(jsup, D, on="2026-10-12")
    (item,) = late(jsup)
    assert (item["number"], item["started_on"], item["due_on"]) == ("guidance 1", "2026-10-12", "2026-11-12")
    assert ran(jsup, "guidance", "open", "1")["reached_on"] == "2026-10-12"


# Verbs


def put(jsup, state, category=None):
    """Bring a new row into a state and return its number."""
    of = {"proposed": "code", "open": "repeat", "issued": "plan", "dismissed": "standard"}
    number = judged(jsup, "2026-11-02", f"--agency={A}", category=category or of[state])["id"]
    if state == "open":
        ran(jsup, "guidance", "open", number)
    elif state == "issued":
        ran(jsup, "guidance", "issue", number, f"--paper={signed(jsup, number)[0]}")
    elif state == "dismissed":
        ran(jsup, "guidance", "dismiss", number, "--why=w")
    return number


LAWFUL = {
    "proposed": ("open", "draft", "issue", "dismiss"), "open": ("draft", "issue", "dismiss"), "issued": ("draft", "issue"),
    "dismissed": (),
}  # fmt: skip


@pytest.mark.in_a_file
def test_each_verb_in_each_state_is_taken_or_refused_with_the_lawful_ones(jsup, register):
    for state, lawful in LAWFUL.items():
        number = put(jsup, state)
        said = ", ".join(f"guidance {verb}" for verb in lawful)
        before = whole(register)
        for verb, more in (("open", []), ("draft", ["--opinion=o"]), ("issue", ["--paper=1"]), ("dismiss", ["--why=w"])):
            if verb not in lawful:
                result = jsup("guidance", verb, number, *more)
                assert (result.status, result.out, whole(register)) == (1, "", before), (state, verb)
                assert (
                    f"what may be done is {said} (二（四）3)" if said else "nothing more is done with it (二（四）3)"
                ) in result.err
    number = put(jsup, "proposed", "frequency")
    for verb, more in (("open", []), ("draft", ["--opinion=o", "--out=papers"]), ("dismiss", ["--why=w"])):
        ran(jsup, "guidance", verb, number, *more)


REFUSED = [
    (["open", "9"], 1, "no guidance has the number 9: `jsup guidance list` shows all"),
    (["show", "9"], 1, "no guidance has the number 9"),
    (["open", "1", "--on=2026-11-25"], 1, "2026-11-25 is in the future"),
    (["open", "1", "--on=2026-11-01"], 1, "guidance 1: 2026-11-01 is before 2026-11-02, the day on which the problem was found"),
    (["dismiss", "1", "--why=w", "--on=2026-11-01"], 1, "is before 2026-11-02"),
    (["dismiss", "1", "--why= "], 2, "--why is empty"),
    (["dismiss", "1"], 2, "--why"),
    (["draft", "1", "--opinion= "], 2, "--opinion is empty"),
    (["draft", "1", "--opinion=o", "--agency=X"], 1, "no agency has the code X"),
    (["draft", "1", "--opinion=o", "--on=2026-11-25"], 1, "in the future"),
    (["issue", "1", "--paper=9"], 1, "no paper is called 9"),
    (["issue", "1", "--paper=1"], 1, "paper 1 is no signed guidance opinion: `jsup guidance draft 1` makes one"),
    (["issue", "1", "--paper=2"], 1, "paper 2 is not signed yet"),
    (["issue", "1", "--paper=3", "--agency=X"], 1, "no agency has the code X"),
    (["issue", "1", "--paper=3", "--on=2026-11-19"], 1, "paper 3: 2026-11-19 is before 2026-11-20"),
    (["issue", "1", "--paper=3", "--on=2026-11-25"], 1, "in the future"),
    (["issue", "2", "--paper=3", f"--agency={A}"], 1, "guidance 2: 2026-11-20 is before 2026-11-23"),
    (["issue", "3", "--paper=3"], 2, "say with --agency which agencies got it"),
    (["list", "--state=closed"], 2, "--state cannot be closed: choose one of proposed, open, issued, dismissed"),
    (["propose", "--category=code"], 2, "`guidance propose` wants --title, --reached-on, --why as well"),
    (["propose", f"--agency={A}"], 2, "wants --category, --title, --reached-on, --why as well"),
    (["propose", "--category=x", "--title=t", "--reached-on=2026-11-02", "--why=w"], 1, "no category is called x"),
    (["propose", "--category=code", "--title=t", "--reached-on=2026-11-25", "--why=w"], 1, "in the future"),
    (
        ["propose", "--category=code", "--title=t", "--reached-on=2026-11-32", "--why=w"],
        2,
        "--reached-on: 2026-11-32 is not a date",
    ),
    (["propose", "--category=code", "--title= ", "--reached-on=2026-11-03", "--why=w"], 2, "--title is empty"),
    (
        ["propose", "--category=code", "--title=t", "--reached-on=2026-11-03", "--why=w", "--agency=X"],
        1,
        "no agency has the code X",
    ),
    (
        ["propose", "--category=code", "--title=t", "--reached-on=2026-11-02", "--why=w"],
        1,
        "guidance 1 is about code of 2026-11-02 already",
    ),
]


@pytest.mark.in_a_file
def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(jsup, register):
    judged(jsup, "2026-11-02", f"--agency={A}")
    judged(jsup, "2026-11-23", category="repeat")
    judged(jsup, "2026-11-02", category="plan")
    assert jsup("paper", "draft", "general-reminder", "--set=subject=s", "--set=text=t", "--out=papers").status == 0
    ran(jsup, "guidance", "draft", "1", "--opinion=o", "--out=papers")
    (place,) = signed(jsup, 1)
    assert place == 3
    before = whole(register)
    for line, status, said in REFUSED:
        result = jsup("guidance", *line)
        assert (result.status, result.out) == (status, ""), (line, result)
        assert said in result.err, (line, result.err)
    assert whole(register) == before


@pytest.mark.in_a_file
def test_an_opinion_that_is_signed_and_not_served_ends_the_month_and_nobody_has_it_yet(jsup, register):
    found(jsup, A, B, C, on="2026-11-02")
    ran(jsup, "guidance", "propose")
    (paper,) = signed(jsup, 1, on="2026-11-18")
    row = ran(jsup, "guidance", "issue", "1", f"--paper={paper}")
    assert (row["state"], row["issued_on"], [one["given_on"] for one in row["agencies"]]) == ("issued", "2026-11-18", [None] * 3)
    assert jsup("guidance", "issue", "1", f"--paper={paper}").status == 1
    ran(jsup, "paper", "serve", paper, "--by-way=direct", "--receiver=r", "--on=2026-11-20")
    row = ran(jsup, "guidance", "issue", "1", f"--paper={paper}")
    assert (row["issued_on"], [one["given_on"] for one in row["agencies"]]) == ("2026-11-18", ["2026-11-20"] * 3)


@pytest.mark.in_a_file
def test_one_opinion_may_be_a_paper_for_each_agency_and_a_void_one_no_longer_counts(jsup, register):
    found(jsup, A, B, C, on="2026-11-02")
    ran(jsup, "guidance", "propose")
    first, second = signed(jsup, 1, f"--agency={A}", f"--agency={B}", on="2026-11-18")
    ran(jsup, "paper", "serve", second, "--by-way=direct", "--receiver=r", "--on=2026-11-19")
    row = ran(jsup, "guidance", "issue", "1", f"--paper={first}", "--on=2026-11-20")
    assert [(one["code"], one["given_on"]) for one in row["agencies"]] == [(A, "2026-11-20"), (B, None), (C, None)]
    again = jsup("guidance", "issue", "1", f"--paper={first}")
    assert (again.status, again.out) == (1, "")
    assert "was issued to them by this paper already: nothing was changed" in again.err
    row = ran(jsup, "guidance", "issue", "1", f"--paper={second}")
    assert [(one["code"], one["given_on"]) for one in row["agencies"]] == [(A, "2026-11-20"), (B, "2026-11-19"), (C, None)]
    row = ran(jsup, "guidance", "issue", "1", f"--paper={first}", f"--agency={D}", "--on=2026-11-24")
    assert [(one["code"], one["shown"], one["given_on"]) for one in row["agencies"] if one["code"] == D] == [
        (D, False, "2026-11-24")
    ]
    assert (row["issued_on"], row["paper_id"], len(row["papers"])) == ("2026-11-18", first, 3)
    other = judged(jsup, "2026-11-03", f"--agency={A}", category="repeat")["id"]
    taken = jsup("guidance", "issue", other, f"--paper={first}")
    assert f"paper {first} is the opinion of guidance 1 already" in taken.err
    assert jsup("paper", "void", first, "--why=w").status == 0
    row = ran(jsup, "guidance", "show", "1")
    assert (row["state"], row["issued_on"], row["paper_id"]) == ("issued", "2026-11-18", second)
    assert {one["code"]: one["given_on"] for one in row["agencies"]} == {A: None, B: "2026-11-19", C: None, D: None}
    assert [one["void"] for one in row["papers"]] == [True, False, True]


@pytest.mark.in_a_file
def test_the_clock_runs_on_once_the_only_paper_is_void(jsup, register):
    row = judged(jsup, "2026-10-12", f"--agency={A}")
    (place,) = signed(jsup, row["id"])
    assert ran(jsup, "guidance", "issue", "1", f"--paper={place}")["state"] == "issued"
    assert late(jsup) == []
    assert jsup("paper", "void", place, "--why=w").status == 0
    (item,) = late(jsup)
    assert (item["number"], item["due_on"], item["next_step"]) == ("guidance 1", "2026-11-12", "guidance open")
    assert ran(jsup, "guidance", "show", "1")["agencies"][0]["given_on"] is None
    (place,) = signed(jsup, 1, on="2026-11-24")
    assert ran(jsup, "guidance", "issue", "1", f"--paper={place}")["issued_on"] == "2026-11-24"


@pytest.mark.in_a_file
def test_the_paper_tells_the_problem_and_names_no_agency_to_another(jsup, register):
    found(jsup, A, B, C, A, on="2026-11-02", category="gifts")
    ran(jsup, "guidance", "propose")
    line = [
        "guidance",
        "draft",
        "1",
        "--opinion=一、统一口径。\n二、加强培训。",
        "--opinion=三、自查。",
        f"--agency={A}",
        f"--agency={B}",
    ]
    papers = ran(jsup, *line, "--out=papers", "--on=2026-11-20")
    assert [(paper["agency_code"], paper["state"], paper["kind"]) for paper in papers] == [
        (A, "draft", "guidance-opinion"), (B, "draft", "guidance-opinion"),
    ]  # fmt: skip
    name = "严禁逐利检查（不得接受馈赠、报酬、福利待遇）"
    for paper, own in zip(papers, (A, B), strict=True):
        words = words_of(Path("papers") / Path(paper["file"]).name)
        assert f"监督中发现，截至2026年11月20日，3个单位存在“{name}”方面的问题，共4件，具有普遍性、系统性。" in words
        for text in ("一、统一口径。", "二、加强培训。", "三、自查。", "二（四）3", name):
            assert text in words
        assert [code for code in (A, B, C) if NAMES[code] in words] == [own]
    ran(jsup, "guidance", "draft", "1", "--opinion=o", "--out=all")
    (file,) = Path("all").glob("*.docx")
    words = words_of(file)
    assert "各涉企行政执法单位" in words
    assert not [code for code in NAMES if NAMES[code] in words]


# Explained and moved


@pytest.mark.in_a_file
def test_show_explains_the_month_day_by_day_with_the_plan_s_words_and_what_is_behind_it(jsup, register):
    numbers = found(jsup, A, B, on="2026-08-01") + found(jsup, C, on="2026-09-05")
    found(jsup, D, on="2026-05-01")  # too long before
    ran(jsup, "guidance", "propose")
    shown = ran(jsup, "guidance", "show", "1")
    (clock,) = shown["deadlines"]
    assert (clock["clause"], clock["quote"]) == (
        "二（四）3", "在发现问题后的1个月内提出具有针对性和可操作性的指导性意见",
    )  # fmt: skip
    assert (clock["started_on"], clock["due_on"], clock["count"], clock["unit"]) == ("2026-09-05", "2026-10-08", 1, "month")
    assert clock["quote"] in policy.packaged_text()
    days = [day["date"] for day in clock["days"]]
    assert (days[0], days[-1], len(days)) == ("2026-09-06", "2026-10-08", 33)
    rests = [day["date"][8:] for day in clock["days"] if day["holiday"] == "国庆节" and not day["working"]]
    assert rests == ["01", "02", "03", "04", "05", "06", "07"]
    assert [one["number"] for one in shown["findings"]] == numbers
    assert [one["code"] for one in shown["agencies"]] == [A, B, C]
    text = jsup("guidance", "show", "1").out
    for words in (
        clock["quote"],
        "guidance 1  guidance  二（四）3",
        "the set number of agencies was reached",
        "due on 2026-10-08",
    ):
        assert words in text
    row = judged(jsup, "2026-11-02", category="other", title="其他方面")
    assert (row["why"], row["title"], row["current"]) == ("w", "其他方面", False)
    assert "the bureau found the problem" in jsup("guidance", "show", row["id"]).out


@pytest.mark.in_a_file
def test_a_notice_moves_the_open_months_and_lists_them_and_no_other(jsup, register):
    for category, state in (("code", "proposed"), ("repeat", "open"), ("plan", "dismissed"), ("standard", "proposed")):
        number = judged(jsup, "2026-12-12" if category == "standard" else "2026-12-02", "--today=2026-12-14", category=category)[
            "id"
        ]
        if state != "proposed":
            more = ["--why=w"] if state == "dismissed" else []
            ran(jsup, "guidance", {"open": "open", "dismissed": "dismiss"}[state], number, "--today=2026-12-14", *more)
    assert [(row["due_on"], row["provisional"]) for row in ran(jsup, "guidance", "list")] == [("2027-01-04", True)] * 3 + [
        ("2027-01-12", True)
    ]
    days = [{"name": "元旦", "date": f"2027-01-0{day}", "isOffDay": day < 6} for day in (1, 2, 3, 4, 5, 9)]
    Path("notice.json").write_text(json.dumps({"year": 2027, "papers": ["x"], "days": days}), encoding="utf-8")
    moved = ran(jsup, "calendar", "import", "notice.json", "--yes")["moved"]
    assert moved == [
        {"number": f"guidance {number}", "period": "guidance", "old": "2027-01-04", "new": "2027-01-06"} for number in (1, 2)
    ]
    after = [(row["due_on"], row["provisional"]) for row in ran(jsup, "guidance", "list")]
    assert after == [("2027-01-06", False), ("2027-01-06", False), ("2027-01-04", True), ("2027-01-12", False)]
    versions = rows(register, "SELECT calendar_id FROM guidance ORDER BY id")
    assert versions[0] == versions[1] == versions[3] != versions[2]
    assert ran(jsup, "guidance", "show", "1")["deadlines"][0]["days"][-1]["date"] == "2027-01-06"


@pytest.mark.in_a_file
def test_another_policy_moves_no_month_that_runs_and_lists_what_would_be_another(jsup, register):
    judged(jsup, "2026-11-02")
    ended = judged(jsup, "2026-11-02", category="repeat")["id"]
    ran(jsup, "guidance", "dismiss", ended, "--why=w")
    text = policy.packaged_text()
    head, mark, tail = text.partition("[plan.periods.guidance]\ncount = 1")
    assert mark
    Path("two.toml").write_text(head + mark[:-1] + "2" + tail, encoding="utf-8")
    assert ran(jsup, "policy", "import", "two.toml")["moved"] == [
        {"number": "guidance 1", "period": "guidance", "old": "2026-12-02", "new": "2027-01-04"}
    ]
    assert ran(jsup, "guidance", "list")[0]["due_on"] == "2026-12-02"
    assert judged(jsup, "2026-11-03")["due_on"] == "2027-01-04"
    days = [{"name": "元旦", "date": "2027-01-04", "isOffDay": True}]
    Path("notice.json").write_text(json.dumps({"year": 2027, "papers": ["x"], "days": days}), encoding="utf-8")
    moved = ran(jsup, "calendar", "import", "notice.json", "--yes")["moved"]
    assert moved == [{"number": "guidance 3", "period": "guidance", "old": "2027-01-04", "new": "2027-01-05"}]


@pytest.mark.in_a_file
def test_a_policy_without_the_month_proposes_nothing_and_the_list_stays_readable(jsup, register):
    found(jsup, A, B, C, on="2026-10-12")
    text = policy.packaged_text()
    start = text.index("[plan.periods.guidance]")
    Path("none.toml").write_text(text[:start] + text[text.index("\n#", start) :], encoding="utf-8")
    assert jsup("policy", "import", "none.toml").status == 0
    assert late(jsup) == []
    result = jsup("guidance", "propose")
    assert (result.status, result.out) == (1, "")
    assert "the policy counts no period guidance" in result.err


def test_settling_one_problem_forgets_no_earlier_one_that_nobody_proposed(jsup, register):
    found(jsup, A, B, C, on="2026-01-10")
    found(jsup, A, B, C, on="2026-08-01")
    row = judged(jsup, "2026-08-02")
    assert {item["started_on"] for item in late(jsup)} == {"2026-01-10", "2026-08-01"}
    ran(jsup, "guidance", "dismiss", row["id"], "--why=w")
    assert [(item["number"], item["started_on"]) for item in late(jsup)] == [("guidance 2", "2026-01-10")]
    ran(jsup, "guidance", "dismiss", 2, "--why=w")
    assert late(jsup) == []
    assert ran(jsup, "guidance", "propose") == []


def test_findings_entered_after_a_settlement_of_days_long_before_it_can_be_proposed_too(jsup, register):
    found(jsup, A, B, C, on="2026-08-01")
    ran(jsup, "guidance", "propose")
    ran(jsup, "guidance", "dismiss", 1, "--why=w")
    found(jsup, A, B, C, on="2026-01-10")
    assert [row["reached_on"] for row in ran(jsup, "guidance", "propose") if row["new"]] == ["2026-01-10"]


def test_the_list_and_the_morning_s_list_tell_the_same_beginning_of_what_comes_after_a_settlement(jsup, register):
    found(jsup, A, B, C, on="2026-09-01")
    ran(jsup, "guidance", "propose")
    ran(jsup, "guidance", "dismiss", 1, "--why=w", "--on=2026-09-05")
    judged(jsup, "2026-10-10")
    second = next(row for row in ran(jsup, "guidance", "list") if row["id"] == 2)
    assert (second["stands_on"], second["due_on"], second["all_agencies"]) == (None, "2026-11-10", [])
    assert [(item["number"], item["started_on"], item["due_on"]) for item in late(jsup)] == [
        ("guidance 2", "2026-10-10", "2026-11-10")
    ]


def test_what_was_proposed_can_be_dismissed_under_a_policy_without_the_month(jsup, register):
    found(jsup, A, B, C, on="2026-01-10")
    row = judged(jsup, "2026-08-02")
    text = policy.packaged_text()
    start = text.index("[plan.periods.guidance]")
    Path("none.toml").write_text(text[:start] + text[text.index("\n#", start) :], encoding="utf-8")
    assert jsup("policy", "import", "none.toml").status == 0
    assert ran(jsup, "guidance", "dismiss", row["id"], "--why=w")["state"] == "dismissed"
