"""A finding's way: every step from every stage, against a table of its own, and what each sets in motion."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from jsup import casework, policy, reads, register, steps
from jsup import ledger as ledgers
from jsup.casework import Options
from jsup.errors import RefusedError
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.papers import issue
from tests.conftest import FACTS

TODAY = date(2026, 11, 20)
LOCAL, VERTICAL, UNKNOWN = "L", "V", "U"


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


# How a finding comes to where it is; each situation goes on from another.
WAYS: dict[str, tuple[str | None, list[tuple[str, dict[str, object]]]]] = {
    "open": (None, []),
    "open, drafted": ("open", [("recommend", {"on": day("09-03"), "ground": "outstanding"})]),
    "warned": ("open", [("warn", {"on": day("09-08"), "method": "phone", "rectify_by": day("09-18")})]),
    "rectified in time": ("warned", [("confirm", {"on": day("09-17"), "result": "rectified"})]),
    "unrectified": ("warned", [("confirm", {"on": day("09-18"), "result": "unrectified"})]),
    "unrectified, drafted": ("unrectified", [("recommend", {"on": day("09-21")})]),
    "signed": ("unrectified, drafted", [("sign", {"on": day("09-22"), "by": "T"})]),
    "served": ("signed", [("deliver", {"on": day("09-23"), "by_way": "direct", "receiver": "R"})]),
    "served, reported": ("served", [("rectify", {"on": day("10-20")})]),
    "served, reported late": ("served", [("rectify", {"on": day("10-22")})]),
    "served, objected": ("served", [("object", {"on": day("09-25")})]),
    "rectified after all": ("served, reported", [("review", {"on": day("10-26"), "result": "full"})]),
    "rectified late": ("served, reported late", [("review", {"on": day("10-26"), "result": "full"})]),
    "unresolved": ("served", [("review", {"on": day("10-23"), "result": "none", "remaining": "all"})]),
    "escalated": ("unresolved", [("escalate", {"on": day("10-26")})]),
    "decided": ("escalated", [("decide", {"on": day("10-28"), "number": "1", "rectify_by": day("11-18")})]),
    "decision-served": ("decided", [("deliver", {"on": day("10-29")})]),
    "warned, drafted": ("open, drafted", [("warn", {"on": day("09-08"), "method": "phone", "rectify_by": day("09-18")})]),
    "closed": ("rectified in time", [("close", {"on": day("09-18")})]),
    "withdrawn": ("warned", [("withdraw", {"on": day("09-10"), "why": "w"})]),
}

# Every command with everything it could want, so that only the table can refuse it.
COMMANDS: dict[str, list[str]] = {
    "warn": ["--method", "phone", "--rectify-by", "2026-11-20"],
    "confirm --rectified": ["--rectified"],
    "confirm --unrectified": ["--unrectified"],
    "recommend": ["--out", "papers"],
    "recommend --ground outstanding": ["--ground", "outstanding", "--out", "papers"],
    "sign": ["--by", "T"],
    "notify": [],
    "deliver": ["--by-way", "direct", "--receiver", "R"],
    "rectify": [],
    "review --result full": ["--result", "full"],
    "review --result partial": ["--result", "partial", "--remaining", "x"],
    "review --result none": ["--result", "none", "--remaining", "x"],
    "escalate": [],
    "return": [],
    "decide": ["--number", "1", "--rectify-by", "2026-12-01"],
    "account --measure circular": ["--measure", "circular"],
    "account --measure criticism": ["--measure", "criticism"],
    "account --measure transfer": ["--measure", "transfer"],
    "close": [],
    "close --why": ["--why", "w"],
    "close --why --approved-by": ["--why", "w", "--approved-by", "a"],
    "withdraw": ["--why", "w"],
    "object": [],
    "answer": [],
}

_ALWAYS = {"account --measure transfer", "object"}
_LIVE = _ALWAYS | {"withdraw"}
_HELD = _LIVE | {"account --measure criticism"}
_CLOSE = {"close", "close --why", "close --why --approved-by"}
_BAD = {"review --result partial", "review --result none"}
_FULL = {"review --result full"}

# What is lawful for an agency under local management, written by hand from the design's table.
LAWFUL: dict[str, set[str]] = {
    "open": _LIVE | {"warn", "recommend --ground outstanding"},
    "open, drafted": _LIVE | {"warn", "recommend --ground outstanding", "sign"},
    "warned": _HELD | {"confirm --rectified", "confirm --unrectified"},
    "warned, drafted": _HELD | {"confirm --rectified", "confirm --unrectified"},
    "rectified in time": _HELD | _CLOSE,
    "unrectified": _HELD | {"recommend", "recommend --ground outstanding"},
    "unrectified, drafted": _HELD | {"recommend", "recommend --ground outstanding", "sign"},
    "signed": _HELD | {"deliver"},
    "served": _HELD | {"rectify"} | _FULL | _BAD,
    "served, reported": _HELD | _FULL | _BAD,
    "served, reported late": _HELD | _FULL | _BAD,
    "served, objected": _HELD | {"rectify", "answer"} | _FULL | _BAD,
    "rectified after all": _HELD | _CLOSE,
    "rectified late": _HELD | {"escalate", "close --why", "close --why --approved-by"},
    "unresolved": _HELD | {"escalate", "close --why --approved-by"} | _FULL,
    "escalated": _HELD | {"return", "decide"},
    "decided": _HELD | {"deliver"},
    "decision-served": _HELD | {"account --measure circular"} | _FULL | _BAD,
    "closed": _ALWAYS | {"account --measure criticism"},
    "withdrawn": _ALWAYS,
}
# What differs where the superior body decides, and where nobody has settled who does.
VERTICAL_TOO = {"unrectified": {"notify"}, "unrectified, drafted": {"notify"}, "signed": {"notify"}, "served": {"notify"},
                "served, reported": {"notify"}, "served, reported late": {"notify"}, "served, objected": {"notify"},
                "escalated": _CLOSE}  # fmt: skip
VERTICAL_NOT = {"escalated": {"decide"}}
VERTICAL_NEVER = {"decided", "decision-served"}
UNKNOWN_NOT = {"unresolved": {"escalate"}, "rectified late": {"escalate"}}
UNKNOWN_NEVER = {"escalated", "decided", "decision-served"}

BESIDE = {"notify", "object", "answer", *(command for command in COMMANDS if command.startswith("account"))}
"""Steps that change neither the stage nor a clock."""
LAST = {"withdraw", "close", "close --why", "close --why --approved-by", "confirm --rectified", "review --result full"}
"""Steps after which no clock runs."""

# A lawful step may still refuse for want of an option: then it is a matter of usage.
WANTING = {("rectified late", "close"), ("unresolved", "close"), ("unresolved", "close --why")}


FIRST, SECOND, OWN = "二（二）1 第一步", "二（二）1 第二步", "本局"
CLAUSES = {
    "warn": FIRST, "confirm --rectified": FIRST, "confirm --unrectified": FIRST, "recommend": SECOND,
    "recommend --ground outstanding": "二（四）2", "sign": SECOND, "deliver": SECOND, "rectify": SECOND, "review --result full": SECOND,
    "review --result partial/none": SECOND, "escalate": SECOND, "return": SECOND, "decide": SECOND, "close": SECOND, "close --why": SECOND,
    "close --why --approved-by": SECOND, "account": "二（二）2", "account --measure criticism": "二（二）2",
    "account --measure transfer": "二（二）2", "notify": "国务院令第825号 第四十二条", "agency amend": "国务院令第825号 第四十二条",
    "extend": OWN, "object": OWN, "answer": OWN, "attach": OWN, "amend": OWN, "withdraw": OWN,
}  # fmt: skip


def test_each_step_names_the_clause_that_it_carries_out():
    assert {row.command: row.clause for row in steps.TABLE} == CLAUSES
    assert all(CLAUSES[row.command] == row.clause for row in steps.TABLE)


REVIEWS = ["review --result full", "review --result partial/none"]
PROPOSED = [
    ("open", {}, ["warn", "recommend --ground outstanding"]),
    ("open", {"drafted": True}, ["sign", "warn", "recommend --ground outstanding"]),
    ("warned", {"extendable": True, "unreported": True}, ["confirm --unrectified", "confirm --rectified"]),
    ("unrectified", {}, ["recommend"]),
    ("unrectified", {"drafted": True, "objected": True}, ["sign", "recommend"]),
    ("unrectified", {"management": "vertical"}, ["recommend", "notify"]),
    ("signed", {"management": "dual"}, ["deliver", "notify"]),
    ("signed", {"management": "dual", "notified": True}, ["deliver"]),
    ("served", {"unreported": True}, ["rectify", *REVIEWS]),
    ("served", {"unreported": True, "expired": True}, REVIEWS),
    ("served", {"objected": True}, REVIEWS),
    ("unresolved", {}, ["escalate", "review --result full", "close --why --approved-by"]),
    ("unresolved", {"management": "unknown"}, ["agency amend", "review --result full", "close --why --approved-by"]),
    ("escalated", {}, ["decide", "return"]),
    ("escalated", {"management": "vertical"}, ["close", "return"]),
    ("escalated", {"management": "unknown"}, ["agency amend", "return"]),
    ("decided", {}, ["deliver"]),
    ("decision-served", {}, REVIEWS),
    ("rectified", {}, ["close"]),
    ("rectified", {"late": True}, ["escalate", "close --why"]),
    ("rectified", {"late": True, "management": "unknown"}, ["close --why"]),
    ("closed", {}, []),
    ("withdrawn", {"drafted": True, "unreported": True, "objected": True, "extendable": True}, []),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "facts", "wanted"), PROPOSED)
def test_what_is_proposed_is_what_the_case_waits_for_and_nothing_that_lies_beside_the_way(stage, facts, wanted):
    never = dict.fromkeys(("drafted", "late", "unreported", "objected", "notified", "extendable", "expired"), False)
    case = steps.Case(**{"number": "", "stage": stage, "agency": "", "agency_code": "", "management": "local"} | never | facts)
    assert [step.command for step in steps.proposed(case)] == wanted
    later = [command for command in wanted if command != "rectify"]  # of what is proposed, that alone ends with the period
    assert [step.command for step in steps.proposed(case._replace(expired=True))] == later


STARTS = {
    ("warn", "warned"): [("warning", "warn", ""), ("recommendation", "warning_end", "warning")],
    ("deliver", "served"): [("rectification", "service", ""), ("review", "rectification_end", "rectification")],
    ("deliver", "decision-served"): [("decision", "decision_service", "")],
}


def test_each_clock_starts_with_its_step_or_at_the_end_of_the_clock_before_it():
    assert {(row.command, row.to): [tuple(start) for start in row.starts] for row in steps.TABLE if row.starts} == STARTS


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return one ledger for each situation; 2026-0001 is local, -0002 vertical, -0003 unknown, where they can get there."""
    folder = tmp_path_factory.mktemp("situations")
    made: dict[str, Path] = {}
    for name, (before, way) in WAYS.items():
        path = folder / f"{len(made)}.db"
        made[name] = path
        if before is None:
            ledgers.create(path, Entry("init", "o", TODAY), policy.packaged_text(), "p")
            book = Ledger(path, Entry("test", "o", TODAY))
            for code, management in ((LOCAL, "local"), (VERTICAL, "vertical"), (UNKNOWN, "unknown")):
                register.add(
                    book, {"code": code, "name": f"单位{code}", "level": "district", "management": management, "superior": "上级"}
                )
                casework.add(book, agency=code, category="other", title="t", found_on=day("09-01"), facts="f", basis="b")
        else:
            shutil.copy(made[before], path)
        numbers = [
            "2026-0001",
            *([] if name in VERTICAL_NEVER else ["2026-0002"]),
            *([] if name in UNKNOWN_NEVER else ["2026-0003"]),
        ]
        for command, given in way:
            book = Ledger(path, Entry(command, "o", TODAY))
            for number in numbers:
                options = Options(**given)  # type: ignore[arg-type]
                if command == "recommend":
                    issue.recommend(book, [number], options, folder / "papers")
                else:
                    casework.take(book, command, [number], options)
    return made


def entries(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("SELECT COUNT(*) FROM journal").fetchone()
    return int(count)


def lawful_for(situation: str, number: str) -> set[str]:
    lawful = LAWFUL[situation]
    if number == "2026-0002":
        return (lawful | VERTICAL_TOO.get(situation, set())) - VERTICAL_NOT.get(situation, set())
    if number == "2026-0003":
        return lawful - UNKNOWN_NOT.get(situation, set())
    return lawful


CASES = [
    (situation, number)
    for situation in WAYS
    for number, never in (("2026-0001", set()), ("2026-0002", VERTICAL_NEVER), ("2026-0003", UNKNOWN_NEVER))
    if situation not in never
]


@pytest.mark.parametrize(("situation", "number"), CASES)
def test_from_every_stage_the_lawful_steps_go_and_every_other_is_refused_with_the_lawful_ones_named(
    situation, number, places, jsup, tmp_path, monkeypatch
):
    monkeypatch.setenv("JSUP_TODAY", TODAY.isoformat())
    lawful = lawful_for(situation, number)
    with reads.open_ledger(places[situation]) as opened:
        finding = opened.finding(number)
    now = finding["stage"], json.loads(json.dumps(finding["deadlines"], default=str))
    for command, options in COMMANDS.items():
        ledger = shutil.copy(places[situation], tmp_path / "l.db") if command in lawful else places[situation]
        before = entries(ledger)
        result = jsup("--ledger", ledger, command.split(" ")[0], number, *options, "--json")
        if (situation, command) in WANTING:
            assert result.status == (2 if command.split(" ")[0] in {one.split(" ")[0] for one in lawful} else 1), (
                command,
                result.err,
            )
            continue
        if command in lawful:
            assert result.status == 0, (command, result.err)
            assert entries(ledger) == before + 1
            if command in BESIDE:
                assert (result.json["stage"], result.json["deadlines"]) == now, command
            if command in ("escalate", "return", "decide"):
                assert result.json["deadlines"] == now[1], command
            if command in LAST:
                assert all(clock["met_on"] or clock["cancelled_on"] for clock in result.json["deadlines"]), command
        else:
            assert (result.status, result.out) == (1, ""), (command, result.out)
            assert "Lawful: " in result.err, command
            for name in {one.split(" ")[0] for one in lawful}:
                assert name in result.err.split("Lawful: ")[1], (command, name)
            assert len(result.err.splitlines()) == 1
            assert entries(ledger) == before
    assert jsup("--ledger", places[situation], "verify").status == 0


@pytest.mark.parametrize("situation", ["open", "warned", "served", "closed", "withdrawn"])
def test_an_objection_its_answer_and_a_file_move_nothing(situation, places, jsup, tmp_path, monkeypatch):
    monkeypatch.setenv("JSUP_TODAY", TODAY.isoformat())
    path = shutil.copy(places[situation], tmp_path / "l.db")
    (tmp_path / "f.pdf").write_bytes(b"x")
    before = jsup("--ledger", path, "finding", "show", "2026-0001", "--json").json
    for command, *more in (("object",), ("answer",), ("attach", tmp_path / "f.pdf")):
        done = jsup("--ledger", path, command, "2026-0001", *more, "--json")
        assert done.status == 0, done.err
        assert (done.json["stage"], done.json["deadlines"]) == (before["stage"], before["deadlines"]), command


@pytest.mark.parametrize(
    ("situation", "command"),
    [
        ("served", "close"),
        ("closed", "sign"),
        ("open", "deliver"),
        ("warned", "review"),
        ("open", "confirm"),
        ("closed", "withdraw"),
    ],
)
def test_legality_is_checked_before_missing_options(situation, command, places, jsup):
    assert jsup("--ledger", places[situation], command, "2026-0001").status == 1


@pytest.mark.parametrize(
    ("situation", "command", "missing"),
    [
        ("open", ["warn"], "--method"),
        ("warned", ["confirm"], "--rectified"),
        ("unrectified, drafted", ["sign"], "--by"),
        ("signed", ["deliver", "--receiver", "R"], "--by-way"),
        ("served", ["review"], "--result"),
        ("served", ["review", "--result", "none"], "--remaining"),
        ("escalated", ["decide", "--number", "1"], "--rectify-by"),
        ("escalated", ["decide", "--rectify-by", "2026-12-01"], "--number"),
        ("unresolved", ["close", "--why", "w"], "--approved-by"),
        ("unresolved", ["close", "--approved-by", "a"], "--why"),
        ("rectified late", ["close"], "--why"),
        ("decision-served", ["account"], "--measure"),
        (
            "served",
            ["extend", "--period", "rectification", "--until", "2026-12-01", "--why", "w", "--on", "2026-10-01"],
            "--approved-by",
        ),
        ("served", ["extend", "--period", "rectification", "--why", "w", "--approved-by", "a", "--on", "2026-10-01"], "--until"),
        ("served", ["extend", "--until", "2026-12-01", "--why", "w", "--approved-by", "a", "--on", "2026-10-01"], "--period"),
        ("open", ["withdraw"], "--why"),
        ("open", ["amend", "--set", "title=x"], "--why"),
    ],
)
def test_a_lawful_step_that_lacks_an_option_names_it_and_exits_2(situation, command, missing, places, jsup):
    name, *options = command
    result = jsup("--ledger", places[situation], name, "2026-0001", *options)
    assert result.status == 2
    assert missing in result.err
    assert len(result.err.splitlines()) == 1


def clocks(path: Path, number: str = "2026-0001") -> dict[str, dict[str, object]]:
    with reads.open_ledger(path) as ledger:
        return {row["period"]: row for row in ledger.finding(number)["deadlines"]}


# period: started, due, met, cancelled
EXPECTED = {
    "warned": {"warning": ("09-08", "09-18", None, None), "recommendation": ("09-18", "09-24", None, None)},
    "rectified in time": {"warning": ("09-08", "09-18", "09-17", None), "recommendation": ("09-18", "09-24", None, "09-17")},
    "unrectified": {"warning": ("09-08", "09-18", "09-18", None), "recommendation": ("09-18", "09-24", None, None)},
    "unrectified, drafted": {"recommendation": ("09-18", "09-24", None, None)},
    "signed": {"recommendation": ("09-18", "09-24", "09-22", None)},
    "served": {"rectification": ("09-23", "10-21", None, None), "review": ("10-21", "10-28", None, None)},
    "served, reported": {"rectification": ("09-23", "10-21", "10-20", None), "review": ("10-21", "10-28", None, None)},
    "served, objected": {"rectification": ("09-23", "10-21", None, None), "review": ("10-21", "10-28", None, None)},
    "rectified after all": {"rectification": ("09-23", "10-21", "10-20", None), "review": ("10-21", "10-28", "10-26", None)},
    "rectified late": {"rectification": ("09-23", "10-21", "10-22", None), "review": ("10-21", "10-28", "10-26", None)},
    "unresolved": {"rectification": ("09-23", "10-21", None, None), "review": ("10-21", "10-28", "10-23", None)},
    "decision-served": {"decision": ("10-29", "11-18", None, None), "rectification": ("09-23", "10-21", None, None)},
    "withdrawn": {"warning": ("09-08", "09-18", None, "09-10"), "recommendation": ("09-18", "09-24", None, "09-10")},
}


@pytest.mark.parametrize("situation", EXPECTED)
def test_each_step_starts_meets_and_cancels_the_clocks_of_its_row(situation, places):
    found = clocks(places[situation])
    for period, dates in EXPECTED[situation].items():
        row = found[period]
        stored = tuple(row[key] for key in ("started_on", "due_on", "met_on", "cancelled_on"))
        assert stored == tuple(date and f"2026-{date}" for date in dates), period
    assert {row["owner"] for row in found.values()} <= {"agency", "bureau"}


def take(path: Path, name: str, number: str = "2026-0001", **given: object) -> None:
    casework.take(Ledger(path, Entry(name, "o", TODAY)), name, [number], Options(**given))  # type: ignore[arg-type]


@pytest.fixture
def at(places, tmp_path):
    """Return a copy of a situation's ledger that may be changed."""
    return lambda situation: Path(shutil.copy(places[situation], tmp_path / "copy.db"))


def test_the_recommendation_runs_from_the_confirmation_where_that_is_earlier_than_the_warning_s_end(at):
    path = at("warned")
    take(path, "confirm", on=day("09-14"), result="unrectified")
    row = clocks(path)["recommendation"]
    assert (row["started_on"], row["due_on"]) == ("2026-09-14", "2026-09-20")  # 20 September is a make-up Sunday


def test_the_recommendation_runs_from_the_warning_s_end_where_the_confirmation_is_later(at):
    path = at("warned")
    take(path, "confirm", on=day("09-30"), result="unrectified")
    assert clocks(path)["recommendation"]["due_on"] == "2026-09-24"


def test_an_early_bad_review_changes_neither_stage_nor_clocks_but_reopens_a_reported_rectification(at):
    path = at("served, reported")
    take(path, "review", on=day("10-21"), result="partial", remaining="half")  # the due day is still before expiry
    with reads.open_ledger(path) as ledger:
        found = ledger.finding("2026-0001")
    assert (found["stage"], found["remaining"], found["rectified_on"]) == ("served", "half", None)
    assert {
        row["period"]: row["met_on"] for row in found["deadlines"] if row["cancelled_on"] is None and row["due_on"] > "2026-10"
    } == {
        "rectification": None,
        "review": None,
    }
    take(path, "rectify", on=day("10-21"))
    assert clocks(path)["rectification"]["met_on"] == "2026-10-21"


def test_a_bad_review_the_day_after_the_due_day_leads_to_unresolved(at):
    path = at("served")
    take(path, "review", on=day("10-22"), result="partial", remaining="half")
    with reads.open_ledger(path) as ledger:
        assert ledger.finding("2026-0001")["stage"] == "unresolved"


@pytest.mark.parametrize(
    ("situation", "given", "late"),
    [
        ("served", {"on": day("10-26")}, False),
        ("served", {"on": day("10-26"), "rectified_on": day("10-21")}, False),
        ("served", {"on": day("10-26"), "rectified_on": day("10-22")}, True),
        ("served, reported", {"on": day("10-26"), "rectified_on": day("10-22")}, False),  # the agency's report comes first
        ("served, reported late", {"on": day("10-26")}, True),
        ("unresolved", {"on": day("10-30"), "rectified_on": day("10-29")}, True),
        ("decision-served", {"on": day("11-19"), "rectified_on": day("11-18")}, False),
        ("decision-served", {"on": day("11-19"), "rectified_on": day("11-19")}, True),
    ],
)
def test_rectified_late_offers_escalation_and_a_reasoned_close(situation, given, late, at):
    path = at(situation)
    take(path, "review", result="full", **given)
    with reads.open_ledger(path) as ledger:
        (row,) = ledger.next(TODAY, "2026-0001")
    assert [step["command"] for step in row["steps"]] == (["escalate", "close --why"] if late else ["close"])


def test_a_paper_of_several_findings_is_signed_and_served_for_all_and_shows_those_named(jsup, register_of_two):
    assert jsup("recommend", "2026-0001", "2026-0002", "--out", "papers").status == 0
    signed = jsup("sign", "2026-0002", "--by", "T", "--json").json
    assert (signed["number"], signed["stage"]) == ("2026-0002", "signed")
    assert jsup("finding", "show", "2026-0001", "--json").json["stage"] == "signed"
    both = jsup("deliver", "2026-0001", "2026-0002", "--by-way", "left", "--receiver", "R", "--json").json
    assert [row["stage"] for row in both] == ["served", "served"]
    assert len(list(Path("papers").iterdir())) == 1


def test_a_new_draft_makes_the_earlier_one_of_its_findings_void(jsup, register_of_two):
    assert jsup("recommend", "2026-0001", "2026-0002", "--out", "papers").status == 0
    assert jsup("recommend", "2026-0001", "--out", "papers").status == 0
    result = jsup("sign", "2026-0002", "--by", "T")
    assert result.status == 1
    assert "jsup recommend 2026-0002" in result.err
    assert jsup("sign", "2026-0001", "--by", "T").status == 0


def test_a_withdrawn_finding_does_not_hold_up_its_paper(jsup, register_of_two):
    jsup("recommend", "2026-0001", "2026-0002", "--out", "papers")
    assert jsup("withdraw", "2026-0001", "--why", "w").status == 0
    assert jsup("sign", "2026-0002", "--by", "T").status == 0
    assert jsup("finding", "show", "2026-0001", "--json").json["stage"] == "withdrawn"


def test_a_draft_on_the_ground_of_outstanding_problems_is_void_once_the_agency_was_warned(at, jsup):
    path = at("open, drafted")
    take(path, "warn", on=day("09-08"), method="phone", rectify_by=day("09-18"))
    take(path, "confirm", on=day("09-18"), result="unrectified")
    result = jsup("--ledger", path, "sign", "2026-0001", "--by", "T")
    assert result.status == 1
    assert "jsup recommend 2026-0001" in result.err


def test_findings_of_two_grounds_or_two_agencies_never_share_a_paper(jsup, register_of_two):
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "three", "--found-on", "2026-11-02")
    jsup("finding", "add", *FACTS, "--agency", "JS-CZJ", "--category", "other", "--title", "four", "--found-on", "2026-11-02")
    result = jsup("recommend", *(f"2026-000{n}" for n in range(1, 5)), "--ground", "outstanding", "--out", "papers", "--json")
    assert result.status == 0, result.err
    assert len({row["draft"] for row in result.json}) == 3
    jsup("sign", "2026-0001", "--by", "T")
    stages = {row["number"]: row["stage"] for row in jsup("finding", "list", "--json").json}
    assert stages == {"2026-0001": "signed", "2026-0002": "signed", "2026-0003": "open", "2026-0004": "open"}


def test_the_draft_is_a_word_file_with_the_facts_the_warning_and_the_plan_s_period(jsup, register):
    import docx

    jsup("finding", "add", "--agency", "JS-SCJG", "--category", "gifts", "--title", "收受礼品", "--found-on", "2026-09-01",
         "--facts", "{{ 7*7 }} <w:p> & 𠮷", "--basis", "某规定")  # fmt: skip
    jsup("warn", "2026-0001", "--method", "meeting", "--rectify-by", "2026-09-18", "--on", "2026-09-08")
    jsup("confirm", "2026-0001", "--unrectified", "--on", "2026-09-18")
    file = jsup("recommend", "2026-0001", "--out", "papers", "--json").json["draft"]
    text = "\n".join(paragraph.text for paragraph in docx.Document(file).paragraphs)
    for words in ("行政执法监督建议书", "金山区市场监督管理局：", "收受礼品", "{{ 7*7 }} <w:p> & 𠮷", "某规定", "不得接受馈赠、报酬、福利待遇",
                  "2026年9月8日以座谈会方式进行预警提醒", "自收到本建议书之日起15个工作日内", "金司〔2025〕26号"):  # fmt: skip
        assert words in text


def test_several_findings_take_a_step_together_or_not_at_all(jsup, register_of_two):
    before = jsup("log", "--json").json
    assert jsup("withdraw", "2026-0001", "2026-0009", "--why", "w").status == 1
    assert jsup("log", "--json").json == before
    assert len(jsup("withdraw", "2026-0001", "2026-0002", "--why", "w", "--json").json) == 2


@pytest.fixture
def register_of_two(jsup, register):
    """Return a ledger with two unrectified findings at one agency."""
    for title in ("one", "two"):
        jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", title, "--found-on", "2026-11-02")
    jsup("warn", "2026-0001", "2026-0002", "--method", "visit", "--rectify-by", "2026-11-16", "--on", "2026-11-03")
    assert jsup("confirm", "2026-0001", "2026-0002", "--unrectified", "--on", "2026-11-17").status == 0
    return register


# Extensions -------------------------------------------------------------------------------------


def extend(jsup, path, number="2026-0001", **given):
    options = {"period": "rectification", "until": "2026-10-30", "why": "w", "approved-by": "a", "on": "2026-10-21"} | given
    return jsup(
        "--ledger", path, "extend", number, *(word for key, value in options.items() for word in (f"--{key}", value)), "--json"
    )


def test_an_extension_moves_the_agency_s_period_and_the_review_that_is_chained_to_it(at, jsup):
    path = at("served")
    assert extend(jsup, path).status == 0  # the due day itself still belongs to the period
    found = clocks(path)
    assert found["rectification"]["due_on"] == "2026-10-30"
    assert (found["review"]["started_on"], found["review"]["due_on"]) == ("2026-10-30", "2026-11-06")


def test_an_extension_of_a_warning_moves_the_recommendation_s_start(at, jsup):
    path = at("warned")
    assert extend(jsup, path, period="warning", until="2026-09-30", on="2026-09-18").status == 0
    assert clocks(path)["recommendation"]["started_on"] == "2026-09-30"


@pytest.mark.parametrize(
    ("situation", "given"),
    [
        ("served", {"on": "2026-10-22"}),  # expired
        ("served", {"period": "review"}),  # the bureau's own
        ("warned", {"period": "recommendation", "on": "2026-09-10"}),
        ("served", {"until": "2026-10-21"}),  # not later
        ("served", {"period": "warning"}),  # not running any more
        ("served", {"period": "nothing"}),
        ("served, reported", {}),
        ("unresolved", {"on": "2026-10-23"}),
        ("open", {"on": "2026-09-10"}),
    ],
)
def test_what_cannot_be_extended_is_refused(situation, given, places, jsup):
    result = extend(jsup, places[situation], **given)
    assert result.status == 1
    assert result.out == ""


# Corrections ------------------------------------------------------------------------------------


def amend(jsup, path, *pairs, number="2026-0001"):
    return jsup(
        "--ledger",
        path,
        "amend",
        number,
        *(word for pair in pairs for word in ("--set", pair)),
        "--why",
        "typing error",
        "--json",
    )


def test_an_amended_text_keeps_the_old_value_and_the_reason(at, jsup):
    path = at("closed")
    assert amend(jsup, path, "title=better", "facts=第一行").status == 0
    event = jsup("--ledger", path, "finding", "show", "2026-0001", "--json").json["events"][-1]
    assert event["details"] == {"set": {"title": ["t", "better"], "facts": ["f", "第一行"]}, "why": "typing error"}


@pytest.mark.parametrize(
    ("situation", "pair", "status"),
    [
        ("open", "title=t", 1),  # nothing changes
        ("open", "stage=closed", 2),
        ("open", "number=x", 2),
        ("open", "category=nonsense", 1),
        ("open", "found_on=2026-13-01", 2),
        ("open", "found_on=2027-01-01", 1),
        ("warned", "found_on=2026-09-09", 1),  # after the warning
        ("served", "served_on=2026-09-21", 1),  # before the signature
        ("served, reported", "served_on=2026-10-21", 1),  # after the report
        ("served", "reviewed_on=2026-10-21", 1),  # there is none yet
        ("served", "rectify_by=2026-10-30", 1),  # a date in a paper that was served
        ("decision-served", "rectify_by=2026-11-30", 1),
        ("open", "title", 2),
    ],
)
def test_what_cannot_be_amended_is_refused(situation, pair, status, places, jsup):
    result = amend(jsup, places[situation], pair)
    assert (result.status, result.out) == (status, ""), result.err
    assert len(result.err.splitlines()) == 1


def test_a_later_day_of_service_moves_the_agency_s_period_and_the_chained_review(at, jsup):
    path = at("served")
    assert amend(jsup, path, "served_on=2026-09-24").status == 0
    found = clocks(path)
    assert (found["rectification"]["started_on"], found["rectification"]["due_on"]) == ("2026-09-24", "2026-10-22")
    assert (found["review"]["started_on"], found["review"]["due_on"]) == ("2026-10-22", "2026-10-29")


def test_an_earlier_day_of_service_never_takes_back_a_date_that_the_agency_has_in_writing(at, jsup):
    path = at("served")
    assert amend(jsup, path, "served_on=2026-09-22").status == 0
    found = clocks(path)
    assert (found["rectification"]["started_on"], found["rectification"]["due_on"]) == ("2026-09-22", "2026-10-21")
    assert found["review"]["started_on"] == "2026-10-21"


def test_a_corrected_report_day_decides_whether_it_was_late(at, jsup):
    path = at("rectified late")
    assert amend(jsup, path, "rectified_on=2026-10-21").status == 0
    assert clocks(path)["rectification"]["met_on"] == "2026-10-21"
    assert jsup("--ledger", path, "close", "2026-0001").status == 0


def test_a_corrected_confirmation_moves_the_bureau_s_clock(at, jsup):
    path = at("unrectified")
    assert amend(jsup, path, "confirmed_on=2026-09-14").status == 0
    row = clocks(path)["recommendation"]
    assert (row["started_on"], row["due_on"]) == ("2026-09-14", "2026-09-20")


def test_a_warning_by_phone_can_be_corrected_and_one_in_writing_cannot(at, jsup):
    path = at("warned")
    assert amend(jsup, path, "rectify_by=2026-09-17").status == 0
    assert clocks(path)["recommendation"]["started_on"] == "2026-09-17"
    path = at("open")
    take(path, "warn", on=day("09-08"), method="letter", rectify_by=day("09-18"))
    assert amend(jsup, path, "rectify_by=2026-09-17").status == 1


# Days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("situation", "command", "on"),
    [
        ("open", "warn", "2026-08-31"),
        ("warned", "confirm --rectified", "2026-09-07"),
        ("unrectified, drafted", "sign", "2026-09-17"),
        ("signed", "deliver", "2026-09-21"),
        ("served", "rectify", "2026-09-22"),
        ("served, reported", "review --result full", "2026-10-19"),
        ("served, objected", "answer", "2026-09-24"),
        ("open", "warn", "2026-11-21"),
        ("served", "rectify", "2027-01-01"),
    ],
)
def test_no_step_is_entered_before_the_step_it_follows_or_in_the_future(situation, command, on, places, jsup, monkeypatch):
    monkeypatch.setenv("JSUP_TODAY", TODAY.isoformat())
    options = [word.replace("2026-11-20", "2026-12-30") for word in COMMANDS[command]]
    result = jsup("--ledger", places[situation], command.split(" ")[0], "2026-0001", *options, "--on", on)
    assert (result.status, result.out) == (1, "")
    assert on in result.err


def test_a_warning_without_a_named_end_takes_the_bureau_s_own_setting(at):
    path = at("open")
    take(path, "warn", on=day("09-08"), method="phone")
    assert clocks(path)["warning"]["due_on"] == "2026-09-21"  # ten working days


def test_every_row_of_the_table_has_a_clause_and_every_stage_can_be_left_or_is_an_end():

    assert all(row.clause for row in steps.TABLE)
    left = {stage for row in steps.TABLE if row.to for stage in row.stages}
    assert set(steps.STAGES) - left == {"closed", "withdrawn"}
    reached = {row.to for row in steps.TABLE if row.to}
    assert set(steps.STAGES) - reached == {"open"}


def test_the_superior_body_is_proposed_to_be_told_as_soon_as_a_problem_is_confirmed(places):
    with reads.open_ledger(places["unrectified"]) as ledger:
        assert [step["step"] for step in ledger.next(TODAY, "2026-0002")[0]["steps"]] == ["recommend", "notify"]
        assert [step["step"] for step in ledger.next(TODAY, "2026-0001")[0]["steps"]] == ["recommend"]


def test_who_decides_is_named_and_nobody_while_it_is_unknown(places):
    with reads.open_ledger(places["warned"]) as ledger:
        names = {item["number"]: item["escalate_to"] for item in ledger.overdue(TODAY)}
    assert names == {"2026-0001": "区政府", "2026-0002": "上级主管单位上级", "2026-0003": None}


def test_unknown_management_is_settled_first(places, jsup):
    result = jsup("--ledger", places["unresolved"], "escalate", "2026-0003")
    assert result.status == 1
    assert "jsup agency amend U" in result.err
    with reads.open_ledger(places["unresolved"]) as ledger:
        assert ledger.next(TODAY, "2026-0003")[0]["steps"][0]["step"] == "agency amend"


def test_a_transfer_keeps_its_day_and_number_only(at, jsup):
    path = at("open")
    result = jsup(
        "--ledger",
        path,
        "account",
        "2026-0001",
        "--measure",
        "transfer",
        "--number",
        "移1",
        "--note",
        "张某涉嫌受贿",
        "--on",
        "2026-09-02",
    )
    assert result.status == 0
    assert "张某" not in Path(path).read_bytes().decode("utf-8", "replace")


def test_an_attached_file_is_kept_by_its_fingerprint(at, jsup, tmp_path):
    path = at("served")
    file = tmp_path / "回证.pdf"
    file.write_bytes(b"scan")
    assert jsup("--ledger", path, "attach", "2026-0001", "2026-0002", file).status == 0
    details = jsup("--ledger", path, "finding", "show", "2026-0002", "--json").json["events"][-1]["details"]
    assert details["file"]["file"] == "回证.pdf"
    assert details["file"]["bytes"] == 4
    assert jsup("--ledger", path, "attach", "2026-0001", tmp_path / "none").status == 1


# Corrections and what they must leave alone -----------------------------------------------------


@pytest.fixture
def two_served(jsup, register_of_two):
    """Return two findings on one recommendation, served; the first went on to a served decision."""
    jsup("recommend", "2026-0001", "2026-0002", "--on", "2026-11-17", "--out", "papers")
    jsup("sign", "2026-0001", "--by", "T", "--on", "2026-11-17")
    jsup("deliver", "2026-0001", "--by-way", "direct", "--receiver", "R", "--on", "2026-11-18")
    monday = ("--today", "2027-01-18")
    for line in (
        "review 2026-0001 --result none --remaining all --on 2026-12-20",
        "escalate 2026-0001 --on 2026-12-21",
        "decide 2026-0001 --number 1 --rectify-by 2027-01-15 --on 2026-12-22",
        "deliver 2026-0001 --on 2026-12-23",
    ):
        assert jsup(*monday, *line.split(" ")).status == 0, line
    return register_of_two


def test_a_corrected_service_of_the_decision_leaves_the_recommendation_and_its_other_findings_alone(jsup, two_served):
    before = jsup("finding", "show", "2026-0002", "--json").json
    result = jsup("--today", "2027-01-18", "amend", "2026-0001", "--set", "decision_served_on=2026-12-24", "--why", "w")
    assert result.status == 0, result.err
    assert jsup("finding", "show", "2026-0002", "--json").json == before
    found = {row["period"]: row for row in jsup("finding", "show", "2026-0001", "--json").json["deadlines"]}
    assert found["decision"]["started_on"] == "2026-12-24"
    assert found["rectification"]["started_on"] == "2026-11-18"


def test_a_corrected_service_of_the_paper_takes_its_findings_along_and_says_so(jsup, two_served):
    result = jsup("--today", "2027-01-18", "amend", "2026-0001", "--set", "served_on=2026-11-19", "--why", "w")
    assert result.status == 0, result.err
    assert "2026-0002" in result.out.splitlines()[-1]
    for number in ("2026-0001", "2026-0002"):
        found = {row["period"]: row for row in jsup("finding", "show", number, "--json").json["deadlines"]}
        assert found["rectification"]["started_on"] == "2026-11-19"
    assert jsup("verify").status == 0


def test_a_corrected_day_of_review_leaves_the_day_of_the_rectification_alone(at, jsup):
    path = at("rectified after all")
    assert amend(jsup, path, "reviewed_on=2026-10-29").status == 0
    found = clocks(path)
    assert (found["rectification"]["met_on"], found["review"]["met_on"]) == ("2026-10-20", "2026-10-29")


def test_a_rectification_day_that_the_review_told_can_be_corrected(at, jsup):
    path = at("served")
    take(path, "review", on=day("10-26"), result="full", rectified_on=day("10-23"))
    assert amend(jsup, path, "rectified_on=2026-10-21").status == 0
    assert clocks(path)["rectification"]["met_on"] == "2026-10-21"
    assert jsup("--ledger", path, "close", "2026-0001").status == 0


def test_a_warning_cannot_begin_after_its_own_end(at, jsup):
    result = amend(jsup, at("warned"), "warned_on=2026-09-19")
    assert (result.status, result.out) == (1, "")


def test_a_corrected_day_of_finding_moves_its_entry_too_and_another_amendment_is_no_step(at, jsup):
    path = at("open")
    assert jsup("--ledger", path, "amend", "2026-0001", "--set", "title=x", "--why", "w", "--on", "2026-09-02").status == 0
    assert amend(jsup, path, "found_on=2026-08-20").status == 0
    assert amend(jsup, path, "found_on=2026-09-03").status == 0
    assert amend(jsup, path, "found_on=2026-08-20").status == 0
    assert jsup("--ledger", path, "warn", "2026-0001", "--method", "phone", "--on", "2026-08-25").status == 0
    assert jsup("--ledger", path, "amend", "2026-0001", "--set", "title=y", "--why", "w", "--on", "2026-08-01").status == 1


def test_a_corrected_confirmation_of_a_rectified_problem_leaves_the_cancelled_clock_alone(at, jsup):
    path = at("rectified in time")
    before = clocks(path)["recommendation"]
    assert amend(jsup, path, "confirmed_on=2026-09-15").status == 0
    after = clocks(path)["recommendation"]
    assert (after["started_on"], after["due_on"]) == (before["started_on"], before["due_on"])
    assert after["cancelled_on"] == "2026-09-15"


def test_once_nobody_knows_who_decides_an_escalated_finding_waits_for_that(at, jsup):
    path = at("escalated")
    assert jsup("--ledger", path, "agency", "amend", LOCAL, "--set", "management=unknown", "--why", "w").status == 0
    for line in ("decide 2026-0001 --number 1 --rectify-by 2026-12-01", "close 2026-0001"):
        result = jsup("--ledger", path, *line.split(" "))
        assert result.status == 1
        assert "jsup agency amend L" in result.err
    with reads.open_ledger(path) as ledger:
        assert ledger.next(TODAY, "2026-0001")[0]["steps"][0]["step"] == "agency amend"


def test_the_help_of_amend_names_every_field_that_can_be_amended():
    from jsup import corrections
    from jsup.commands import steps as commands

    assert [word.split(" ")[-1] for word in commands.FIELDS.replace(": ", ", ").split(", ")] == [
        *corrections.FIELDS[:6], "found_on", "rectify_by", "step", *corrections.DAYS,
    ]  # fmt: skip


def test_two_agencies_with_long_names_get_two_papers(jsup, ledger):
    for code in "AB":
        jsup("agency", "add", "--code", code, "--name", "很" * 120 + code, "--level", "town")
        jsup("finding", "add", *FACTS, "--agency", code, "--category", "other", "--title", "t", "--found-on", "2026-11-02")
    result = jsup("recommend", "2026-0001", "2026-0002", "--ground", "outstanding", "--out", "papers", "--json")
    assert result.status == 0, result.err
    names = sorted(path.name for path in Path("papers").iterdir())
    assert [name[-14:] for name in names] == ["2026-0001.docx", "2026-0002.docx"]
    assert all(len(name.encode()) < 255 for name in names)


def test_a_file_of_that_name_is_never_overwritten_not_even_a_dangling_link(jsup, register_of_two):
    Path("papers").mkdir()
    name = "行政执法监督建议书-金山区市场监督管理局-2026-0001"
    Path(f"papers/{name}.docx").symlink_to("nowhere")
    Path(f"papers/{name}-2.docx").write_text("edited", encoding="utf-8")
    draft = jsup("recommend", "2026-0001", "--out", "papers", "--json").json["draft"]
    assert Path(draft).name == f"{name}-3.docx"
    assert Path(f"papers/{name}-2.docx").read_text(encoding="utf-8") == "edited"


def test_a_draft_that_the_ledger_refuses_leaves_no_file(jsup, register_of_two, monkeypatch):
    def broken(*_args: object) -> None:
        raise RefusedError("no")

    monkeypatch.setattr("jsup.casework.file_draft", broken)
    assert jsup("recommend", "2026-0001", "--out", "papers").status == 1
    assert not Path("papers").exists()
    Path("papers").mkdir()
    assert jsup("recommend", "2026-0001", "--out", "papers").status == 1
    assert list(Path("papers").iterdir()) == []


def test_a_late_step_is_accepted_and_shown_as_late(at, jsup):
    path = at("unrectified, drafted")
    result = jsup("--ledger", path, "sign", "2026-0001", "--by", "T", "--on", "2026-09-25")
    assert result.status == 0
    assert "2026-0001: recommendation was due on 2026-09-24 and met on 2026-09-25, which is late." in result.out
    assert "2026-09-25 (late)" in jsup("--ledger", path, "finding", "show", "2026-0001").out
    assert {period: row["late"] for period, row in clocks(path).items()} == {"warning": False, "recommendation": True}


@pytest.mark.parametrize("seen", [True, False])
def test_a_rectification_whose_day_nobody_told_is_late_if_a_review_after_its_end_found_it_wanting(at, seen):
    path = at("served")
    due = clocks(path)["rectification"]["due_on"]
    days = [date.fromisoformat(due) + timedelta(days=after) for after in (2, 9)]
    if seen:
        take(path, "review", on=days[0], result="none", remaining="r")
    take(path, "review", on=days[1], result="full")
    assert clocks(path)["rectification"]["late"] is seen


def test_whether_a_decision_was_obeyed_in_time_does_not_hang_on_the_rectification_before_it(at):
    path = at("rectified late")
    for name, given in (
        ("escalate", {"on": day("10-27")}),
        ("decide", {"on": day("10-28"), "number": "1", "rectify_by": day("11-18")}),
        ("deliver", {"on": day("10-29")}),
        ("review", {"on": day("11-19"), "result": "full", "rectified_on": day("11-17")}),
    ):
        casework.take(Ledger(path, Entry(name, "o", TODAY)), name, ["2026-0001"], Options(**given))
    found = clocks(path)["decision"]
    assert (found["started_on"], found["met_on"], found["late"]) == ("2026-10-29", "2026-11-17", False)
    with reads.open_ledger(path) as ledger:
        assert [step["command"] for step in ledger.next(TODAY, "2026-0001")[0]["steps"]] == ["close"]


def test_no_clock_is_met_before_it_began(at):
    path = at("served")
    take(path, "review", on=day("10-20"), result="full", rectified_on=day("09-05"))
    assert clocks(path)["rectification"]["met_on"] == "2026-09-23"


def test_a_decision_not_served_yet_cannot_be_amended_to_end_before_it_was_made(at, jsup):
    path = at("decided")
    assert amend(jsup, path, "rectify_by=2026-10-27").status == 1
    assert amend(jsup, path, "rectify_by=2026-11-19").status == 0
    take(path, "deliver", on=day("10-29"))
    assert clocks(path)["decision"]["due_on"] == "2026-11-19"


def test_a_corrected_day_of_warning_moves_an_end_that_is_the_bureau_s_own_setting(at, jsup):
    path = at("open")
    take(path, "warn", on=day("09-08"), method="phone")
    assert amend(jsup, path, "warned_on=2026-09-09").status == 0
    found = clocks(path)
    assert (found["warning"]["due_on"], found["recommendation"]["started_on"]) == ("2026-09-22", "2026-09-22")


@pytest.mark.parametrize(
    ("confirmed", "event", "started"),
    [("09-10", "confirm", "2026-09-10"), ("09-21", "confirm", "2026-09-21"), ("09-22", "warning_end", "2026-09-22")],
)
def test_a_corrected_day_of_warning_leaves_a_recommendation_with_an_earlier_confirmation(confirmed, event, started, at, jsup):
    """二（二）1 第二步: the five working days run from the confirmation, at the latest from the warning's end as it stands now."""
    path = at("open")
    take(path, "warn", on=day("09-08"), method="phone")
    assert clocks(path)["warning"]["due_on"] == "2026-09-21"
    take(path, "confirm", on=day(confirmed), result="unrectified")
    assert amend(jsup, path, "warned_on=2026-09-09").status == 0
    told = next(
        one for one in jsup("--ledger", path, "why", "2026-0001", "--json").json["deadlines"] if one["period"] == "recommendation"
    )
    assert (told["start_event"], told["started_on"]) == (event, started)
