"""二（四）2: every point of a score has its reason, adds up by hand, counts once, and goes out before it counts."""

import json
import random
import re
import tomllib
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from jsup import casework, clocks, policy, register
from jsup.casework import Options
from jsup.clocks import Desk
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.models import Agency, Paper
from jsup.outcomes import Activity, ActivityAgency
from tests.conftest import TODAY, place_of, rows, whole
from tests.watched_world import DISTRICT, World, firm, visit

OWN = tomllib.loads(policy.packaged_text())["own"]["score"]
DAY = timedelta(days=1)


def book(ledger):
    return Ledger(place_of(ledger), Entry("story", "officer", TODAY))


def ran(jsup, *args):
    """Run a command that must succeed and return its JSON."""
    result = jsup(*args, "--json")
    assert (result.status, result.err) == (0, ""), result
    return result.json


def refused(jsup, ledger, *args, status=1):
    """Run a command that must be refused and leave nothing behind; return its sentence."""
    before = whole(ledger)
    result = jsup(*args)
    assert (result.status, result.out) == (status, ""), result
    assert whole(ledger) == before
    assert result.err.count("\n") == 1
    return result.err.strip()


# Stories ----------------------------------------------------------------------------------------


class Office:
    """Enters agencies, findings and their steps through the services, all in one transaction."""

    def __init__(self, session, ledger):
        self.session, self.desk = session, Desk(session, ledger)

    def agency(self, code):
        self.session.add(Agency(code=code, name=f"单位{code}", level="town", status="organ", management="local"))
        self.session.flush()
        return code

    def found(self, agency, on, category="other", severity=None):
        return casework.enter(
            self.desk, agency=agency, category=category, title=f"{category}问题", found_on=on, severity=severity
        )

    def take(self, step, on, *numbers, **given):
        casework.take_all(self.desk, step, numbers, Options(on, **given))
        self.session.flush()

    def serve(self, on, *numbers, warned=None):
        """Take findings of one agency from the warning to the service of a recommendation; return the agency's last day."""
        warned = warned or on - 7 * DAY
        self.take("warn", warned, *numbers, method="phone", rectify_by=warned)
        self.take("confirm", on, *numbers, result="unrectified")
        findings = [casework.get(self.desk, number) for number in numbers]
        draft = Paper(kind="recommendation", agency_code=findings[0].agency_code, ground="unrectified", state="draft",
                      drafted_on=on, file_name="x", sha256="x")  # fmt: skip
        casework.file_draft(self.desk, findings, draft)
        self.take("sign", on, numbers[0], by="甲")
        self.take("deliver", on, numbers[0], by_way="direct", receiver="乙")
        return self.last_day(numbers[0], "rectification")

    def serve_for(self, due, *numbers):
        """Serve a recommendation on the day that makes a day the agency's last; return that day."""
        on = due
        while self.desk.calendar.after(on, 15) > due:
            on -= DAY
        assert self.serve(on, *numbers) == due
        return due

    def last_day(self, number, period):
        return [clock.due_on for clock in clocks.of(self.desk, casework.get(self.desk, number)) if clock.period == period][-1]

    def decide(self, on, document, *numbers):
        """Find nothing rectified, and have it decided upon."""
        self.take("review", on, *numbers, result="none", remaining="全部")
        self.take("escalate", on, *numbers)
        self.take("decide", on, *numbers, number=document, rectify_by=on + 10 * DAY)

    def self_check(self, agency, on, mended, title="自查"):
        activity = Activity(kind="self-check", title=title, held_on=on, officer="o")
        self.session.add(activity)
        self.session.flush()
        self.session.add(ActivityAgency(activity_id=activity.id, agency_code=agency, done_on=on, found=mended, mended=mended))
        self.session.flush()
        return activity


def lines(found):
    """Return an agency's lines as (reason, finding or source, points) with their signs."""
    return [(one["reason"], one["finding"], -one["points"]) for one in found["deductions"]] + [
        (one["reason"], one["source"], one["points"]) for one in found["credits"]
    ]


# Where a point counts ---------------------------------------------------------------------------


def boundary(late):
    """A story: served so that the last day is `late` minus a day."""
    return lambda office, code, one: office.serve_for(late - DAY, one)


def met_late(office, code, one):
    due = office.serve_for(date(2026, 9, 18), one)
    office.take("rectify", due + 20 * DAY, one)  # in October, and late all the same since 19 September


def met_in_time(office, code, one):
    office.take("rectify", office.serve_for(date(2026, 9, 18), one), one)


def untold(office, code, one):
    due = office.serve_for(date(2026, 9, 18), one)
    office.take("review", due + 2 * DAY, one, result="full")


def told_by_review(office, code, one):
    due = office.serve_for(date(2026, 9, 18), one)
    office.take("review", due + 2 * DAY, one, result="full", rectified_on=due + DAY)


def wanting(office, code, one):
    """The review after the end found something left to do; what was rectified later has no day."""
    due = office.serve_for(date(2026, 9, 18), one)
    office.take("review", due + DAY, one, result="partial", remaining="x")
    office.take("review", due + 9 * DAY, one, result="full")


def withdrawn(office, code, one):
    office.serve_for(date(2026, 9, 18), one)
    office.take("withdraw", date(2026, 9, 30), one, why="误记")


def extended(office, code, one):
    office.serve_for(date(2026, 9, 18), one)
    office.take("extend", date(2026, 9, 18), one, period="rectification", until=date(2026, 11, 30), why="x", approved_by="x")


def given_up(office, code, one):
    """Closed with a reason, and late before."""
    due = office.serve_for(date(2026, 9, 18), one)
    office.take("review", due + DAY, one, result="none", remaining="x")
    office.take("close", due + 3 * DAY, one, why="x", approved_by="x")


def decided_together(office, code, one):
    two = office.found(code, date(2026, 6, 1))
    due = office.serve_for(date(2026, 8, 18), one, two)
    office.decide(due + DAY, f"决{code}", one, two)


def decided_twice(office, code, one):
    """One number entered for two findings in two quarters, and obeyed late."""
    two = office.found(code, date(2026, 6, 1))
    due = office.serve_for(date(2026, 9, 18), one, two)
    office.decide(due + DAY, f"决{code}", two)
    office.decide(date(2026, 10, 9), f"决{code}", one)
    office.take("deliver", date(2026, 10, 12), one)


def checked_itself(*reports):
    def story(office, code, one):
        for on, mended in reports:
            office.self_check(code, on, mended)

    return story


def ended_check(office, code, one):
    office.self_check(code, date(2026, 8, 1), 3).ended_on = date(2026, 8, 2)


def many(office, code, one):
    for _each in range(6):
        office.found(code, date(2026, 8, 1), "gifts", "serious")


def graded(office, code, one):
    for severity in ("minor", "ordinary", "serious"):
        office.found(code, date(2026, 8, 1), "gifts", severity)
        office.found(code, date(2026, 9, 30), "disguised", severity)
        office.found(code, date(2026, 10, 1), "repeat", severity)


def nothing(office, code, one):
    pass


LATE, DECISION = ("late", -5), ("decision", -10)
CASES = {
    "found before": (date(2026, 6, 30), nothing, [], []),
    "found on the first day": (date(2026, 7, 1), nothing, [("finding", -3)], []),
    "found on the last day": (date(2026, 9, 30), nothing, [("finding", -3)], []),
    "found after": (date(2026, 10, 1), nothing, [], [("finding", -3)]),
    "late on the quarter's last day": (date(2026, 6, 1), boundary(date(2026, 9, 30)), [LATE], []),
    "due on the quarter's last day, late in the next": (date(2026, 6, 1), boundary(date(2026, 10, 1)), [], [LATE]),
    "due on the eve of the quarter": (date(2026, 5, 1), boundary(date(2026, 7, 1)), [LATE], []),
    "not late yet today": (date(2026, 6, 1), boundary(TODAY + DAY), [], []),
    "late today": (date(2026, 6, 1), boundary(TODAY), [], [LATE]),
    "late, and rectified in the next quarter": (date(2026, 6, 1), met_late, [LATE], []),
    "rectified on the last day": (date(2026, 6, 1), met_in_time, [], []),
    "rectified on a day that nobody told": (date(2026, 6, 1), untold, [], []),
    "rectified late, as the review tells": (date(2026, 6, 1), told_by_review, [LATE], []),
    "found wanting after the last day": (date(2026, 6, 1), wanting, [LATE], []),
    "withdrawn": (date(2026, 7, 2), withdrawn, [], []),
    "extended": (date(2026, 6, 1), extended, [], []),
    "closed without rectification": (date(2026, 6, 1), given_up, [LATE], []),
    "a decision for two findings": (date(2026, 6, 1), decided_together, [LATE, LATE, DECISION], []),
    "a decision entered in two quarters": (date(2026, 6, 1), decided_twice, [LATE, LATE, DECISION], [LATE]),
    "self-checks": (
        date(2026, 7, 1), checked_itself((date(2026, 9, 30), 2), (date(2026, 10, 1), 1)),
        [("finding", -3), ("self-check", 2)], [("self-check", 1), ("ceiling", -1)],
    ),
    "self-checks past the most": (
        date(2026, 6, 1), checked_itself((date(2026, 8, 1), 3), (date(2026, 8, 2), 0), (date(2026, 8, 3), 4), (date(2026, 8, 4), 1)),
        [("self-check", 3), ("self-check", 2), ("self-check", 0), ("ceiling", -5)], [],
    ),
    "a self-check that was called off": (date(2026, 6, 1), ended_check, [], []),
    "below nothing": (date(2026, 6, 1), many, [*[("finding", -20)] * 6, ("floor", 20)], []),
    "by category and severity": (
        date(2026, 6, 1), graded,
        [("finding", points) for points in (-5, -3, -10, -6, -20, -12)], [("finding", points) for points in (-1, -3, -6)],
    ),
}  # fmt: skip
"""When the case's finding was found, what happens then, and the lines of its agency in 2026Q3 and in 2026Q4."""


def test_each_point_counts_in_one_period_and_once(jsup, ledger):
    codes = {name: f"A{place:02}" for place, name in enumerate(CASES)}
    at = book(ledger)
    with at.change() as session:
        office = Office(session, at)
        for name, code in codes.items():
            found_on, story, _third, _fourth = CASES[name]
            story(office, office.agency(code), office.found(code, found_on))
    for place, period in ((2, "2026Q3"), (3, "2026Q4")):
        found = ran(jsup, "score", "--period", period)
        assert (found["period"], found["state"], found["start"], found["line"]) == (period, "preview", 100, 60)
        by_code = {one["code"]: one for one in found["agencies"]}
        got = {name: Counter((reason, points) for reason, _of, points in lines(by_code[code])) for name, code in codes.items()}
        assert got == {name: Counter(case[place]) for name, case in CASES.items()}
        for one in found["agencies"]:
            assert one["score"] == 100 + sum(points for _reason, _of, points in lines(one))
            assert 0 <= one["score"] <= 100
            assert one["outstanding"] == (one["score"] < 60)
    year = {one["code"]: one for one in ran(jsup, "score", "--period", "2026")["agencies"]}
    assert Counter(reason for reason, *_rest in lines(year[codes["a decision entered in two quarters"]])) == Counter(
        {"finding": 2, "late": 3, "decision": 1}
    )


def test_what_an_agency_passed_on_counts_for_its_successor(jsup, ledger):
    at = book(ledger)
    with at.change() as session:
        office = Office(session, at)
        for code in ("OLD", "NEW", "GONE", "LEFT"):
            office.agency(code)
        passed, ended = office.found("OLD", date(2026, 7, 1)), office.found("OLD", date(2026, 7, 2))
        office.serve_for(date(2026, 9, 18), passed)
        office.take("warn", date(2026, 7, 3), ended, method="phone")
        office.take("confirm", date(2026, 7, 3), ended, result="rectified")
        office.take("close", date(2026, 7, 3), ended)
    register.succeed(at, "OLD", "NEW", date(2026, 9, 30), "文")
    register.retire(at, "GONE", date(2026, 6, 30), "撤销")
    register.retire(at, "LEFT", date(2026, 10, 8), "撤销")
    third = {one["code"]: lines(one) for one in ran(jsup, "score", "--period", "2026Q3")["agencies"]}
    assert third == {
        "OLD": [("finding", ended, -3)],
        "NEW": [("finding", passed, -3), ("late", passed, -5)],
        "LEFT": [],  # it was there all the quarter
    }
    assert [one["code"] for one in ran(jsup, "score", "--period", "2026Q4")["agencies"]] == ["LEFT", "NEW"]


@pytest.mark.in_a_file
def test_inspections_never_change_a_score(jsup, register, tmp_path):
    """八个不得之七."""
    ran(jsup, "finding", "add", "--agency", DISTRICT, "--category", "repeat", "--title", "t", "--found-on", "2026-08-01")
    before = [ran(jsup, "score", "--period", period) for period in ("2026Q3", "2026")]
    World(visits=[visit(f"A{n}", f"2026-08-{n:02}", enterprise=firm(n), code="") for n in range(1, 29)]).enter(jsup, tmp_path)
    assert len(rows(register, "SELECT id FROM inspection")) == 28
    assert [ran(jsup, "score", "--period", period) for period in ("2026Q3", "2026")] == before


# Fifty agencies, added up by hand ---------------------------------------------------------------


def tell(office, agency, chance):
    """Enter one finding with a way drawn by lot; all of it lies before today."""
    found_on = date(2026, 5, 4) + chance.randrange(140) * DAY
    category = chance.choice(["repeat", "multiple", "gifts", "costs", "disguised", "code", "other"])
    one = office.found(agency, found_on, category, chance.choice([None, "minor", "ordinary", "serious"]))
    way = chance.choice(["open", "withdrawn", "rectified", "served", "served", "decided", "decided"])
    if way == "withdrawn":
        office.take("withdraw", found_on, one, why="x")
    elif way == "rectified":
        office.take("warn", found_on, one, method="phone")
        office.take("confirm", found_on, one, result="rectified")
    elif way in ("served", "decided"):
        due = office.serve(found_on + chance.randrange(9) * DAY, one, warned=found_on)
        after = min(due + chance.randrange(1, 20) * DAY, TODAY)
        if way == "decided" and after > due:
            office.decide(after, f"决{chance.randrange(30)}-{agency}", one)
            office.take("deliver", after, one)
            if chance.random() < 0.6:
                obeyed = min(after + chance.randrange(20) * DAY, TODAY)
                told = chance.choice([None, obeyed])
                office.take("review", obeyed, one, result="full", rectified_on=told)
        elif chance.random() < 0.4:
            day = min(due + chance.randrange(-6, 6) * DAY, TODAY)
            office.take("rectify", day, one)
            if chance.random() < 0.5 and after >= day:
                result = chance.choice(["full", "none"])
                office.take("review", after, one, result=result, remaining="x" if result == "none" else None)
        elif chance.random() < 0.5:
            office.take("review", after, one, result="full", rectified_on=chance.choice([None, min(after, due), after]))


def expected(ledger, first, last):
    """Reckon every line of every agency from the ledger's rows: an oracle that shares nothing with jsup, in plain loops."""
    weights = OWN["points"]
    found, decisions, checks = defaultdict(list), {}, defaultdict(list)
    agency_of = {}

    def inside(day):
        return first <= date.fromisoformat(str(day)) <= last

    for number, agency, category, severity, stage, found_on in rows(
        ledger, "SELECT number, agency_code, category, severity, stage, found_on FROM finding"
    ):
        if stage != "withdrawn":
            agency_of[number] = agency
            if inside(found_on):
                of = weights[category] if category in weights else weights["*"]
                found[agency].append(("finding", number, -of[severity or "ordinary"]))
    story = defaultdict(list)
    for number, step, on, stage, details in rows(
        ledger, "SELECT finding_number, step, done_on, stage, details FROM event ORDER BY id"
    ):
        story[number].append((step, date.fromisoformat(str(on)), stage, json.loads(details)))
    last_days = defaultdict(list)
    for number, period, due in rows(ledger, "SELECT finding_number, period, due_on FROM deadline ORDER BY id"):
        last_days[number, period].append(date.fromisoformat(str(due)))
    for number, agency in agency_of.items():
        for period, served in (("rectification", "served"), ("decision", "decision-served")):
            for due in last_days[number, period]:
                if is_late(story[number], served, due) and first <= due + DAY <= last:
                    found[agency].append(("late", number, -OWN["late"]))
        for step, on, _stage, details in story[number]:
            if step == "decide":
                decisions.setdefault((agency, details["number"]), []).append((on, number))
    for (agency, _document), entered in decisions.items():
        on, number = min(entered)
        if first <= on <= last:
            found[agency].append(("decision", number, -OWN["decision"]))
    for agency, activity, on, mended in rows(
        ledger, "SELECT agency_code, activity_id, done_on, mended FROM activity_agency ORDER BY done_on, activity_id"
    ):
        if inside(on) and mended:
            points = min(OWN["credit"] * mended, OWN["credit_most"] - sum(checks[agency]))
            checks[agency].append(points)
            found[agency].append(("self-check", f"self-check {activity}", points))
    return found


def is_late(story, served, due):
    """Tell from the steps after the service whether nothing was rectified by the last day."""
    done, known, started = None, True, False
    for step, on, stage, details in story:
        if step == "deliver" and stage == served:
            started = True
        elif started and step == "rectify":
            done = on
        elif started and step == "review" and details["result"] == "full":
            told = done or (details.get("rectified_on") and date.fromisoformat(details["rectified_on"]))
            done, known = told or on, told is not None
        elif started and step == "review":
            if on > due:
                return True
            done = None
    return started and known and (done or TODAY) > due


@pytest.mark.in_a_file
def test_the_scores_of_fifty_agencies_are_added_up_by_hand_from_their_explanations(jsup, ledger):
    chance, codes = random.Random(8), [f"B{place:02}" for place in range(50)]
    at = book(ledger)
    with at.change() as session:
        office = Office(session, at)
        for code in codes:
            office.agency(code)
            for _each in range(chance.choice([0, 0, 1, 2, 3, 4, 9])):
                tell(office, code, chance)
            for _each in range(chance.choice([0, 0, 1, 2])):
                office.self_check(code, date(2026, 6, 20) + chance.randrange(110) * DAY, chance.randrange(5))
    wanted = expected(ledger, date(2026, 7, 1), date(2026, 9, 30))
    assert {reason for of in wanted.values() for reason, *_rest in of} == {"finding", "late", "decision", "self-check"}
    ran(jsup, "score", "draft", "--period", "2026Q3", "--on", "2026-11-02")
    table = {
        code: int(points)
        for code, _name, points, *_rest in map(split, jsup("score", "--period", "2026Q3").out.splitlines()[1:51])
    }
    by_code = {one["code"]: one for one in ran(jsup, "score", "--period", "2026Q3")["agencies"]}
    assert [*table] == codes
    assert len({*table.values()}) > 10
    for code in codes:
        shown = [split(line) for line in jsup("score", "--period", "2026Q3", "--explain", code).out.splitlines()[1:-1]]
        numbers = [int(points.removeprefix("= ")) for _line, points, _text in shown]
        assert numbers[0] == 100
        assert numbers[-1] == sum(numbers[:-1]) == table[code]
        parts = [(int(points), text) for _line, points, text in shown[1:-1]]
        bounded = [points for points, text in parts if text.startswith(("最低", "最高"))]
        plain = [(points, text) for points, text in parts if not text.startswith(("最低", "最高"))]
        assert sorted(points for points, _text in plain) == sorted(points for *_rest, points in wanted[code])
        raw = 100 + sum(points for *_rest, points in wanted[code])
        assert bounded == ([min(max(raw, 0), 100) - raw] if not 0 <= raw <= 100 else [])
        for points, text in plain:
            weighed(points, text)
        assert sorted(line for line in lines(by_code[code]) if line[0] not in ("floor", "ceiling")) == sorted(wanted[code])


def split(line):
    return [*line.split("\t"), "", "", ""][:3] if line.count("\t") < 3 else line.split("\t")


def weighed(points, text):
    """Check that a line's words name its weight in the policy, that this is what it takes, and the finding behind it."""
    key = re.search(r"本局设定 own\.score\.([a-z*.]+)", text)[1].split(".")
    weight = OWN
    for part in key:
        weight = weight[part]
    if key == ["credit"]:
        mended = int(re.search(r"已自行整改(\d+)个问题", text)[1])
        assert 0 <= points <= weight * mended
    else:
        assert f"扣{weight}分" in text
        assert (points, bool(re.search(r"问题2026-\d{4}", text))) == (-weight, True)


# Rounds -----------------------------------------------------------------------------------------

QUARTER = ("--period", "2026Q3")


@pytest.fixture
def drafted(jsup, ledger):
    """Return a ledger whose scores of a quarter went out on 12 October: 30 off for one agency, all for another, none for a third."""
    at = book(ledger)
    with at.change() as session:
        office = Office(session, at)
        for code in ("P", "Q", "R"):
            office.agency(code)
        for severity in ("serious", "ordinary"):
            office.found("P", date(2026, 7, 1), "gifts", severity)
        for _each in range(6):
            office.found("Q", date(2026, 7, 1), "costs", "serious")
    done = ran(jsup, "score", "draft", *QUARTER, "--on", "2026-10-12")
    assert (done["state"], done["drafted_on"], done["object_by"], done["provisional"]) == (
        "draft",
        "2026-10-12",
        "2026-10-19",
        False,
    )
    return {one["code"]: one for one in done["agencies"]}


def now(jsup, code, *more):
    (one,) = ran(jsup, "score", *QUARTER, "--agency", code, *more)["agencies"]
    assert one["score"] == 100 + sum(points for _reason, _of, points in lines(one))
    return one


def test_an_objection_that_waits_is_exported_as_it_stands(jsup, ledger, drafted):
    ran(jsup, "score", "object", *QUARTER, "--agency", "P", "--text", "x", "--on", "2026-10-13")
    ran(jsup, "export", "whole")
    assert json.loads(Path("whole/score_objection.jsonl").read_text("utf-8"))["upheld"] is None
    ran(jsup, "--ledger", "again.db", "restore", "whole")
    assert rows(Path("again.db"), "SELECT upheld FROM score_objection") == [(None,)]
    ran(jsup, "--ledger", "again.db", "verify")


def test_a_round_goes_out_is_objected_to_answered_and_counts(jsup, ledger, drafted):
    assert {code: one["score"] for code, one in drafted.items()} == {"P": 70, "Q": 0, "R": 100}
    first, second = (one["line"] for one in drafted["P"]["deductions"])
    due = [one for one in ran(jsup, "overdue")["items"] if one["number"] == "score 2026Q3"]
    assert [(one["kind"], one["owner"], one["started_on"], one["due_on"], one["next_step"]) for one in due] == [
        ("duty", "bureau", "2026-10-12", "2026-10-19", "score settle")
    ]
    assert not [one for one in ran(jsup, "--today", "2026-10-19", "overdue")["items"] if one["number"] == "score 2026Q3"]

    ran(jsup, "score", "object", *QUARTER, "--agency", "P", "--text", "不是本单位", "--on", "2026-10-19")
    said = refused(jsup, ledger, "score", "settle", *QUARTER)
    assert said == "jsup: objections wait for an answer (P): `jsup score answer` comes first"
    answered = ran(jsup, "score", "answer", *QUARTER, "--agency", "P", "--text", "成立", "--upheld", first, "--on", "2026-10-20")
    assert answered["agencies"] == [now(jsup, "P")]
    mine = answered["agencies"][0]
    assert (mine["score"], [one["line"] for one in mine["deductions"]]) == (90, [second])
    assert [(one["line"], one["points"], one["withdrawn_on"], one["withdrawn_why"]) for one in mine["withdrawn"]] == [
        (first, -20, "2026-10-20", "成立")
    ]
    assert [(one["made_on"], one["text"], one["answered_on"], one["answer"], one["upheld"]) for one in mine["objections"]] == [
        ("2026-10-19", "不是本单位", "2026-10-20", "成立", True)
    ]

    # what holds a score at 0 is reckoned anew, down to where nothing has to
    ran(jsup, "score", "object", *QUARTER, "--agency", "Q", "--text", "x", "--on", "2026-10-13")
    numbers = [one["line"] for one in drafted["Q"]["deductions"]]
    less = ran(jsup, "score", "answer", *QUARTER, "--agency", "Q", "--text", "y", "--upheld", numbers[0])["agencies"][0]
    assert (less["score"], [one["reason"] for one in less["credits"]]) == (0, [])
    ran(jsup, "score", "object", *QUARTER, "--agency", "R", "--text", "x", "--on", "2026-10-13")
    ran(jsup, "score", "answer", *QUARTER, "--agency", "R", "--text", "y", "--rejected")
    assert now(jsup, "R")["objections"][0]["upheld"] is False

    # a finding amended or withdrawn since is another in the preview; in the round it stands, and goes when the round is settled
    ran(jsup, "withdraw", "2026-0002", "--why", "x")
    ran(jsup, "amend", "2026-0003", "--set", "severity=minor", "--why", "x")
    assert (now(jsup, "P")["score"], now(jsup, "P", "--live")["score"], now(jsup, "Q", "--live")["score"]) == (90, 80, 0)
    final = ran(jsup, "score", "settle", *QUARTER)
    assert (final["state"], final["final_on"]) == ("final", "2026-11-24")
    assert {one["code"]: one["score"] for one in final["agencies"]} == {"P": 100, "Q": 0, "R": 100}
    assert now(jsup, "P")["withdrawn"][-1]["withdrawn_why"] == "问题已撤回"
    assert not [one for one in ran(jsup, "overdue")["items"] if one["number"] == "score 2026Q3"]

    ran(jsup, "score", "void", *QUARTER, "--why", "错")
    again = ran(jsup, "score", "draft", *QUARTER)
    assert {one["code"]: one["score"] for one in again["agencies"]} == {"P": 80, "Q": 0, "R": 100}
    listed = ran(jsup, "score", "list")
    assert [(one["state"], one["agencies"], one["outstanding"], one["objections"], one["unanswered"], one["void_why"])
            for one in listed] == [("void", 3, 1, 3, 0, "错"), ("draft", 3, 1, 0, 0, None)]  # fmt: skip


@pytest.mark.in_a_file
def test_what_a_round_refuses(jsup, ledger, drafted):
    first, of_q = drafted["P"]["deductions"][0]["line"], drafted["Q"]["credits"][0]["line"]
    object_ = ("score", "object", *QUARTER, "--text", "x")
    answer = ("score", "answer", *QUARTER, "--agency", "P", "--text", "x")
    ran(jsup, *object_, "--agency", "P", "--on", "2026-10-13")
    for said, *words in (
        ("2026Q3 has scores of 2026-10-12 already (draft)", "score", "draft", *QUARTER),
        ("2026Q4 ends on 2026-12-31", "score", "draft", "--period", "2026Q4"),
        ("2027-01-01 is in the future", "score", "draft", "--period", "2026Q4", "--on", "2027-01-01"),
        ("2027 has not begun", "score", "--period", "2027"),
        ("2026-10-20 is too late: the agencies could object to the scores of 2026Q3 until 2026-10-19",
         *object_, "--agency", "Q", "--on", "2026-10-20"),
        ("is too late", *object_, "--agency", "Q"),
        ("2026-10-11 is before 2026-10-12", *object_, "--agency", "Q", "--on", "2026-10-11"),
        ("agency P has an objection that waits", *object_, "--agency", "P", "--on", "2026-10-14"),
        ("agency X has no score", *object_, "--agency", "X", "--on", "2026-10-14"),
        ("no agency has the code X", "score", *QUARTER, "--agency", "X"),
        ("agency Q has no objection that waits", *answer[:5], "Q", *answer[6:], "--rejected"),
        ("2026-10-12 is before 2026-10-13", *answer, "--rejected", "--on", "2026-10-12"),
        (f"line {of_q} is no deduction of agency P", *answer, "--upheld", of_q),
        ("line 999 is no deduction", *answer, "--upheld", first, "--upheld", "999"),
        ("may object to the scores of 2026Q3 until 2026-10-19", "score", "settle", *QUARTER, "--on", "2026-10-19"),
        ("2026Q2 has no scores that went out", "score", "settle", "--period", "2026Q2"),
        ("2026Q2 has no scores that went out", "score", "void", "--period", "2026Q2", "--why", "x"),
        ("2026Q2 has no scores that went out", "score", "letters", "--period", "2026Q2", "--out", "o"),
        ("2026-10-11 is before 2026-10-12", "score", "void", *QUARTER, "--why", "x", "--on", "2026-10-11"),
    ):  # fmt: skip
        assert said in refused(jsup, ledger, *words), words
    for said, *words in (
        ("say either --upheld", *answer), ("say either --upheld", *answer, "--upheld", first, "--rejected"),
        ("2026Q5 is no period", "score", "--period", "2026Q5"), ("2026Q5 is no period", "score", "draft", "--period", "2026Q5"),
        ("`score` wants --period as well", "score"), ("stand behind its name", "score", *QUARTER, "list"),
        ("name two agencies", "score", *QUARTER, "--agency", "P", "--explain", "Q"),
        ("--text is empty", *object_[:-1], " ", "--agency", "Q", "--on", "2026-10-14"),
        ("--why is empty", "score", "void", *QUARTER, "--why", " "),
    ):  # fmt: skip
        assert said in refused(jsup, ledger, *words, status=2), words
    ran(jsup, *answer, "--rejected")
    ran(jsup, "score", "settle", *QUARTER)
    for words in ((*object_, "--agency", "Q", "--on", "2026-10-13"), (*answer, "--rejected"), ("score", "settle", *QUARTER)):
        assert "the scores of 2026Q3 count since 2026-11-24" in refused(jsup, ledger, *words)


@pytest.mark.in_a_file
def test_agencies_below_the_line_are_proposed_once_the_scores_count(jsup, ledger, drafted):
    def proposed():
        found = ran(jsup, "score", "propose", *QUARTER)
        return found["state"], found["counts"], [(one["code"], one["findings"], one["command"]) for one in found["agencies"]]

    numbers = [f"2026-{number:04}" for number in range(3, 9)]
    assert proposed() == ("draft", False, [("Q", numbers, None)])
    assert "Only final scores count" in jsup("score", "propose", *QUARTER).out
    ran(jsup, "score", "settle", *QUARTER)
    command = "jsup recommend --ground outstanding --agency Q"
    assert proposed() == ("final", True, [("Q", numbers, command)])
    assert f"`{command}`" in jsup("score", "propose", *QUARTER).out
    ran(jsup, "amend", *numbers, "--set", "facts=f", "--set", "basis=b", "--why", "x")
    drafts = ran(jsup, *command.split()[1:], "--out", "papers")
    assert [one["number"] for one in drafts] == numbers
    assert proposed() == ("final", True, [("Q", [], None)])
    assert ran(jsup, "score", "propose", *QUARTER)["agencies"][0]["drafted"] == numbers
    for number in numbers:
        ran(jsup, "withdraw", number, "--why", "x")
    assert "单位Q: no finding is open: see `jsup finding list --agency Q`" in jsup("score", "propose", *QUARTER).out


@pytest.mark.in_a_file
def test_each_agency_gets_a_letter_with_its_own_score_alone(jsup, ledger, drafted):
    ran(jsup, "account", "2026-0001", "--measure", "transfer", "--number", "移送1号")
    ran(jsup, "amend", "2026-0001", "--set", "title=a|b*c", "--why", "x")
    made = ran(jsup, "score", "letters", *QUARTER, "--out", "o")["files"]
    assert [Path(one).name for one in made] == [f"2026Q3-{code}-单位{code}.md" for code in "PQR"]
    words = {code: Path(one).read_text("utf-8") for code, one in zip("PQR", made, strict=True)}
    for code, text in words.items():
        assert set(re.findall(r"单位([PQR])", text)) == {code}
        assert set(re.findall(r"2026-00\d\d", text)) == {one["finding"] for one in drafted[code]["deductions"] if one["finding"]}
        assert ("2026年10月19日前" in text, "征求意见稿" in text) == (True, True)
        assert "移送" not in text
        table = [row.split(" | ") for row in text.splitlines() if re.match(r"\| \d* ?\| ", row)]
        points = [int(re.sub(r"[| ]", "", row[-2])) for row in table]
        assert points[-1] == sum(points[:-1]) == drafted[code]["score"]
    said = refused(jsup, ledger, "score", "letters", *QUARTER, "--out", "o")
    assert said == f"jsup: {made[0]} is there already: name a new file"
    Path(made[0]).unlink()
    refused(jsup, ledger, "score", "letters", *QUARTER, "--out", "o")
    assert not Path(made[0]).exists()  # all or none
    ran(jsup, "score", "settle", *QUARTER)
    (final,) = ran(jsup, "score", "letters", *QUARTER, "--out", "final", "--agency", "R")["files"]
    assert "（定稿）" in Path(final).read_text("utf-8")
    assert "提出" not in Path(final).read_text("utf-8")


@pytest.mark.in_a_file
def test_a_letter_cites_the_plan_under_which_the_scores_were_reckoned(jsup, register):
    text = policy.packaged_text()
    other = text.replace('document = "金司〔2025〕26号"', 'document = "某司〔2026〕1号"')
    other = other.replace('title = "关于加强金山区涉企行政检查执法监督的工作方案"', 'title = "某区工作方案"')
    for name, said in (("other.toml", other), ("plain.toml", text)):
        Path(name).write_text(said, encoding="utf-8")
    assert jsup("policy", "import", "other.toml").status == 0
    ran(jsup, "score", "draft", "--period", "2026-10")
    assert jsup("policy", "import", "plain.toml").status == 0
    made = ran(jsup, "score", "letters", "--period", "2026-10", "--out", "o")["files"]
    assert made
    assert all("依据：《某区工作方案》（某司〔2026〕1号）二（四）2。" in Path(one).read_text("utf-8") for one in made)


@pytest.mark.in_a_file
def test_a_notice_moves_the_last_day_to_object_to_later_and_never_to_earlier(jsup, register):
    for period, today in (("2026-11", "2026-12-30"), ("2026-10", "2026-12-29")):
        made = ran(jsup, "--today", today, "score", "draft", "--period", period)
        assert made["provisional"]
    for off, moved, ends in (
        (["2027-01-04"], ["2027-01-08", "2027-01-07"], ["2027-01-08", "2027-01-07"]),
        ([], [], ["2027-01-08", "2027-01-07"]),
    ):
        days = [{"name": "元旦", "date": day, "isOffDay": True} for day in ("2027-01-01", *off)]
        Path("n.json").write_text(json.dumps({"year": 2027, "papers": ["x"], "days": days}), encoding="utf-8")
        done = jsup("--today", "2026-12-31", "calendar", "import", "n.json", "--yes", "--json").json
        assert [one["new"] for one in done["moved"] if str(one["number"]).startswith("score ")] == moved
        shown = [ran(jsup, "score", "--period", period) for period in ("2026-11", "2026-10")]
        assert [(one["object_by"], one["provisional"]) for one in shown] == [(end, False) for end in ends]


@pytest.mark.in_a_file
def test_a_finding_that_final_scores_hold_is_not_counted_again_when_its_day_is_corrected(jsup, register):
    add = ("finding", "add", "--agency", DISTRICT, "--category", "gifts", "--title", "t", "--found-on", "2026-08-20")
    number = ran(jsup, *add)["number"]
    ran(jsup, "score", "draft", "--period", "2026-08", "--on", "2026-09-01")
    ran(jsup, "score", "settle", "--period", "2026-08")
    ran(jsup, "amend", number, "--set", "found_on=2026-09-02", "--why", "笔误")

    def off(period):
        (one,) = ran(jsup, "score", "--period", period, "--agency", DISTRICT)["agencies"]
        return [line["finding"] for line in one["deductions"]]

    assert {period: off(period) for period in ("2026-08", "2026-09", "2026Q3")} == {
        "2026-08": [number], "2026-09": [], "2026Q3": [number],
    }  # fmt: skip


# Severity ---------------------------------------------------------------------------------------


def test_a_finding_is_minor_ordinary_or_serious(jsup, register):
    add = ("finding", "add", "--agency", DISTRICT, "--category", "other", "--title")
    for given, kept, shown in (((), None, "ordinary"), (("ordinary",), None, "ordinary"), (("serious",), "serious", "serious")):
        found = ran(jsup, *add, f"t {given}", *(("--severity", *given) if given else ()))
        assert found["severity"] == shown
        assert rows(register, f"SELECT severity FROM finding WHERE number = '{found['number']}'") == [(kept,)]
    said = refused(jsup, register, *add, "t", "--severity", "grave", status=2)
    assert said == "jsup: --severity cannot be grave: choose one of minor, ordinary, serious"
    amend = ("amend", "2026-0001", "--why", "x", "--set")
    assert "severity cannot be grave" in refused(jsup, register, *amend, "severity=grave", status=2)
    assert "has severity ordinary already" in refused(jsup, register, *amend, "severity=ordinary")
    assert ran(jsup, *amend, "severity=minor")["severity"] == "minor"
    assert ran(jsup, *amend, "severity=ordinary")["severity"] == "ordinary"
    changed = [one["details"]["set"] for one in ran(jsup, "finding", "show", "2026-0001")["events"][1:]]
    assert changed == [{"severity": ["ordinary", "minor"]}, {"severity": ["minor", "ordinary"]}]
    assert "severity: serious" in jsup("finding", "show", "2026-0003").out
