"""二（一）3: anomalies become findings or are dismissed; months are looked at; what is late or about to end is listed."""

import random
import sqlite3
from contextlib import closing, contextmanager
from datetime import date, timedelta

import pytest

from jsup import console, systemic
from jsup.files import Run
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.models import Finding
from jsup.reads import Reads
from jsup.service import reached
from jsup.watched import Complaint
from tests.conftest import TODAY, place_of, whole
from tests.watched_world import DISTRICT, OTHER, TOWN, TRIGGERED, World, firm, inspector, plan, visit

BODY = "某镇整治工作领导小组"


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


@pytest.fixture
def anomalies(jsup, register, tmp_path):
    """Return the anomalies of two months: four without a code, two of one inspector, one late; one of a body that is no agency."""
    world = World(
        visits=[
            visit("A1", "2026-03-02", enterprise=firm(1), code=""),
            visit("A2", "2026-03-03", enterprise=firm(2), code=""),
            visit("A3", "2026-03-04", OTHER, firm(3), code=""),
            visit("A4", "2026-04-01", enterprise=firm(4), code=""),
            visit("A5", "2026-03-05", enterprise=firm(5), inspectors="甲", certificates="Z1"),
            visit("A6", "2026-03-06", TOWN, firm(6), inspectors="甲", certificates="Z1", uploaded_on="2026-03-30"),
            visit("A7", "2026-03-07", "", firm(7), agency_name=BODY, **TRIGGERED),
        ]
    )
    world.enter(jsup, tmp_path)
    for month in ("2026-03", "2026-04"):
        ran(jsup, "--today", "2026-11-02", "scan", "--month", month)
    return {(one["rule"], *one["records"]): one["id"] for one in ran(jsup, "anomaly", "list")}


# Verified and dismissed -------------------------------------------------------------------------


def test_many_are_verified_at_once_after_a_preview(jsup, register, anomalies):
    before = whole(register)
    preview = ran(jsup, "anomaly", "verify", "--month", "2026-03", "--rule", "code", "--dry-run")
    assert whole(register) == before
    ids = [[anomalies["code", "A1"], anomalies["code", "A2"]], [anomalies["code", "A3"]]]
    assert [(one["number"], one["agency_code"], one["rule"], one["anomalies"]) for one in preview] == [
        (None, DISTRICT, "code", ids[0]), (None, OTHER, "code", ids[1]),
    ]  # fmt: skip
    done = ran(jsup, "anomaly", "verify", "--month", "2026-03", "--rule", "code")
    assert [one | {"number": None} for one in done] == preview
    assert [one["number"] for one in done] == ["2026-0001", "2026-0002"]
    finding = ran(jsup, "finding", "show", "2026-0001")
    assert (finding["category"], finding["title"], finding["stage"]) == ("code", "2026年3月未应用检查码2起", "open")
    assert (finding["found_on"], finding["source"]) == ("2026-11-24", "执法系统数据监督")
    assert finding["basis"] == "金司〔2025〕26号二（三）3"
    assert finding["facts"] == "检查编号A1：未应用检查码。\n检查编号A2：未应用检查码。"
    rows = ran(jsup, "anomaly", "list", "--state", "verified")
    assert [(one["id"], one["finding_number"], one["decided_on"], one["decided_by"]) for one in rows] == [
        (ids[0][0], "2026-0001", "2026-11-24", "officer"), (ids[0][1], "2026-0001", "2026-11-24", "officer"),
        (ids[1][0], "2026-0002", "2026-11-24", "officer"),
    ]  # fmt: skip


@pytest.mark.in_a_file
def test_who_is_asked_at_a_terminal_still_gets_one_json_document(jsup, anomalies, monkeypatch):
    monkeypatch.setattr(console, "on_terminal", lambda: True)
    monkeypatch.setattr(console, "agreed", lambda *_question, **_values: True)
    (one,) = ran(jsup, "anomaly", "verify", anomalies["code", "A3"])
    assert one["number"] == "2026-0001"


@pytest.mark.in_a_file
def test_one_finding_for_each_rule_agency_and_month(jsup, register, anomalies):
    ids = [anomalies[key] for key in (("code", "A1"), ("code", "A4"), ("inspectors", "A5"), ("inspectors", "A6"))]
    done = ran(jsup, "anomaly", "verify", *ids, *ids, "--on", "2026-11-03")
    assert [(one["agency_code"], one["title"], one["anomalies"]) for one in done] == [
        (DISTRICT, "2026年3月未应用检查码", [ids[0]]), (DISTRICT, "2026年3月检查人员少于两人", [ids[2]]),
        (TOWN, "2026年3月检查人员少于两人", [ids[3]]), (DISTRICT, "2026年4月未应用检查码", [ids[1]]),
    ]  # fmt: skip
    assert ran(jsup, "finding", "show", done[1]["number"])["facts"] == "检查编号A5：检查人员1人，少于两人。"
    assert ran(jsup, "finding", "show", done[0]["number"])["found_on"] == "2026-11-03"


def test_a_body_that_is_no_agency_is_answered_for_by_one_that_is(jsup, register, anomalies):
    key = anomalies["forbidden", "A7"]
    sentence = refused(jsup, register, "anomaly", "verify", anomalies["code", "A1"], key)
    assert "--at" in sentence
    own, done = ran(jsup, "anomaly", "verify", anomalies["code", "A1"], key, "--at", TOWN)
    assert own["agency_code"] == DISTRICT  # it answers for itself
    finding = ran(jsup, "finding", "show", done["number"])
    assert (finding["agency_code"], finding["facts"]) == (TOWN, f"检查编号A7：{BODY}不得实施行政检查。")
    assert jsup("anomaly", "list").status == 0


@pytest.mark.in_a_file
def test_whoever_took_an_agencys_place_answers_for_it(jsup, register, anomalies):
    for new in (OTHER, TOWN):  # of several the first takes all
        assert jsup("agency", "succeed", DISTRICT, new, "--document", "文", "--on", "2026-10-31").status == 0
    ids = [anomalies["code", record] for record in ("A1", "A3")]
    (done,) = ran(jsup, "anomaly", "verify", *ids)
    assert (done["agency_code"], done["anomalies"]) == (OTHER, ids)


@pytest.mark.parametrize("step", ["verify", "dismiss"])
def test_what_cannot_be_decided_is_refused_and_nothing_is_half_done(jsup, register, anomalies, step):
    first, second, third = (anomalies["code", record] for record in ("A1", "A2", "A3"))
    more = ("--why", "已核对") if step == "dismiss" else ()
    ran(jsup, "anomaly", step, second, *more)
    named = {"verify": "verified", "dismiss": "dismissed"}[step]
    for args, sentence in (
        ((first, second, third), f"anomaly {second} is {named} since 2026-11-24"),
        ((first, 999), "no anomaly has the number 999: `jsup anomaly list` shows all"),
        ((first, "--on", "2026-11-01"), "2026-11-01 is before 2026-11-02"),
        ((first, "--on", "2026-11-25"), "2026-11-25 is in the future"),
        (("--month", "2026-05"), "no open anomaly is chosen"),
    ):
        assert sentence in refused(jsup, register, "anomaly", step, *args, *more)
    for args, sentence in (
        ((), "name anomalies by their numbers, or by --month, --rule and --agency"),
        ((first, "--month", "2026-03"), "not both"),
        (("--month", "2026-13"), "2026-13 is no month"),
        ((first, 10**20), "100000000000000000000"),
        (("--rule", "nothing"), "--rule cannot be nothing: choose one of repeat, multiple"),
    ):
        assert sentence in refused(jsup, register, "anomaly", step, *args, *more, status=2)


@pytest.mark.in_a_file
def test_a_dismissal_wants_a_reason(jsup, register, anomalies):
    key = anomalies["code", "A1"]
    assert "--why" in refused(jsup, register, "anomaly", "dismiss", key, status=2)
    assert refused(jsup, register, "anomaly", "dismiss", key, "--why", " ", status=2)
    (row,) = ran(jsup, "anomaly", "dismiss", key, "--why", "系统故障")
    assert (row["id"], row["state"], row["why"], row["decided_by"]) == (key, "dismissed", "系统故障", "officer")


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("wanted", "records"),
    [
        ((), ["A1", "A2", "A3", "A5", "A6", "A6", "A7", "A4"]),
        (("--month", "2026-04"), ["A4"]),
        (("--month", "2026-05"), []),
        (("--rule", "code"), ["A1", "A2", "A3", "A4"]),
        (("--rule", "code", "--month", "2026-03", "--agency", DISTRICT), ["A1", "A2"]),
        (("--agency", TOWN), ["A6", "A6"]),
        (("--agency", "nobody"), []),
        (("--state", "gone"), []),
        (("--state", "open", "--rule", "upload"), ["A6"]),
    ],
)
def test_the_list_shows_those_that_are_wanted(jsup, register, anomalies, wanted, records):
    rows = ran(jsup, "anomaly", "list", *wanted)
    assert sorted(row["records"][0] for row in rows) == sorted(records)
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    shown = jsup("anomaly", "list", *wanted)
    assert (shown.status, shown.err, shown.out.count("\n")) == (0, "", len(records) + bool(records))


@pytest.mark.in_a_file
def test_facts_are_written_as_papers_write_them(jsup, register, tmp_path):
    visits = [visit("R1", "2026-03-02"), visit("R2", "2026-03-10"), visit("R3", "2026-03-11", OTHER, certificates="Z1;Z8")]
    world = World(visits=visits)
    world.inspectors.append(inspector("Z8", state="收回", state_from="2026-01-01", document="文"))
    world.enter(jsup, tmp_path)
    ran(jsup, "scan", "--month", "2026-03")
    facts = {one["rule"]: ran(jsup, "finding", "show", one["number"])["facts"] for one in
             ran(jsup, "anomaly", "verify", "--month", "2026-03")}  # fmt: skip
    name = ran(jsup, "agency", "show", DISTRICT)["name"]
    assert facts == {
        "repeat": "检查编号R2、R1：2026年3月10日入企检查，而2026年3月2日已经检查，相隔不超过30日。",
        "multiple": f"检查编号R3、R2：2026年3月11日入企检查，而{name}于2026年3月10日已经检查，相隔不超过7日，未开展联合检查。",
        "certificate": "检查编号R3：执法证件无效：Z8（已收回）。",
    }


# Common problems --------------------------------------------------------------------------------


def naive_times(events, today, most=3, days=90):
    """Return each time of a common problem, going day by day."""
    times, last = [], None
    first = min((day for day, _code in events), default=today)
    for ago in range((today - first).days + 1):
        day = first + timedelta(days=ago)
        there = {code for on, code in events if day - timedelta(days=days) < on <= day}
        if len(there) >= most:
            if last is None:
                last = {"reached_on": day.isoformat(), "agencies": set()}
            last["agencies"] |= there
        elif last is not None:
            times.append(last | {"until_on": (day - timedelta(days=1)).isoformat(), "current": False})
            last = None
    if last is not None:
        times.append(last | {"until_on": today.isoformat(), "current": True})
    return [one | {"agencies": sorted(one["agencies"])} for one in times]


def test_common_problems_are_those_that_counting_day_by_day_shows(jsup, register):
    chance = random.Random(5)
    codes = [row["code"] for row in ran(jsup, "agency", "list")][:5]
    findings = [
        Finding(
            number=f"2026-{number:04d}", agency_code=chance.choice(codes), category=chance.choice(("code", "plan", "repeat")),
            title="t", found_on=TODAY - timedelta(days=chance.randrange(700)), stage=chance.choice(("open", "closed", "withdrawn")),
        )
        for number in range(1, 61)
    ]  # fmt: skip
    made = [(one.category, one.found_on, one.agency_code) for one in findings if one.stage != "withdrawn"]
    with Ledger(place_of(register), Entry("finding add", "officer", TODAY)).change() as session:
        session.add_all(findings)
    kinds = set()
    for ago in (0, 45, 90, 200):
        today = TODAY - timedelta(days=ago)
        wanted = [
            {"key": key} | one
            for key in ("code", "plan", "repeat")
            for one in naive_times([(day, code) for category, day, code in made if category == key and day <= today], today)
        ]
        rows = ran(jsup, "--today", today, "anomaly", "systemic")
        assert {row["kind"] for row in rows} <= {"category"}
        assert [row["reached_on"] for row in rows] == sorted((row["reached_on"] for row in rows), reverse=True)
        keys = ("key", "reached_on", "until_on", "agencies", "current")
        seen = [{key: row[key] for key in keys} for row in rows]
        assert sorted(seen, key=lambda row: (row["key"], row["reached_on"])) == wanted
        kinds |= {row["current"] for row in rows}
    assert kinds == {True, False}


@contextmanager
def showing(events, most, days):
    """Give a source of common problems that reads a table of events."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("CREATE TABLE found (key TEXT, agency_code TEXT, found_on TEXT)")
        connection.executemany("INSERT INTO found VALUES ('k', ?, ?)", [(code, day.isoformat()) for day, code in events])
        reads = Reads(Run(lambda sql, values: [dict(row) for row in connection.execute(sql, values)], "sqlite"))
        yield systemic.Source(reads, "SELECT * FROM found", most, days)


def shown(source, after, through):
    """Return each time of a common problem behind a day and up to another."""
    return [
        {"reached_on": str(time.reached_on), "until_on": str(time.until_on), "current": time.current}
        | {"agencies": source.agencies("k", time)}
        for time in source.times("k", TODAY, after, through)
    ]


@pytest.mark.parametrize("seed", range(2))
def test_times_of_a_common_problem_at_random(seed, times, monkeypatch):
    chance = random.Random(seed)
    monkeypatch.setattr(systemic, "_FEW", 1 + seed)
    for _time in range(times(60)):
        days, most = chance.randint(1, 12), chance.randint(1, 4)
        events = [(TODAY - timedelta(chance.randrange(50)), chance.choice("ABCDE")) for _event in range(chance.randrange(25))]
        after, through = (TODAY - timedelta(chance.randrange(60)) for _bound in "ab")
        with showing(events, most, days) as source:
            for first, last in ((date.min, date.max), (after, date.max), (date.min, through), (after, through)):
                wanted = naive_times([one for one in events if first < one[0] <= last], TODAY, most, days)
                assert shown(source, first, last) == wanted


@pytest.mark.parametrize("seed", range(2))
def test_what_the_last_settlement_leaves_is_what_going_through_all_of_them_leaves(seed, times):
    chance, kinds = random.Random(seed), set()
    for _time in range(times(80)):
        days, most = chance.randint(1, 12), chance.randint(1, 3)
        events = [(TODAY - timedelta(chance.randrange(50)), chance.choice("ABCDE")) for _event in range(chance.randrange(40))]
        settled = [(TODAY - timedelta(chance.randrange(50)), chance.randrange(9)) for _settlement in range(chance.randrange(4))]
        settled = sorted((on, on - timedelta(before)) for on, before in settled)
        with showing(events, most, days) as source:
            entered = [{"issued_on": str(on), "dismissed_on": None, "reached_on": str(of)} for on, of in settled]
            category = reached._Category(source, "k", entered, TODAY - timedelta(chance.choice((0, 0, 9, 30))))
            every, ends = category.all_times
            after = ends[-1]
            assert category.left == ([time for time in every if time.since > after], after)
        kinds.add((bool(every), bool(settled), bool(settled) and after < settled[-1][0]))
    assert len(kinds) >= 5


@pytest.mark.in_a_file
def test_a_rule_broken_at_three_agencies_is_a_common_problem(jsup, register, tmp_path):
    places = ((1, DISTRICT, "2026-11-02"), (2, OTHER, "2026-11-03"), (3, TOWN, "2026-11-04"))
    World(visits=[visit(f"R{number}", day, agency, firm(number), code="") for number, agency, day in places]).enter(
        jsup, tmp_path
    )
    done = ran(jsup, "scan", "--month", "2026-11")
    (common,) = done["systemic"]
    assert (common["kind"], common["key"], common["reached_on"], common["current"]) == ("rule", "code", "2026-11-24", True)
    assert common["agencies"] == sorted([DISTRICT, OTHER, TOWN])
    ran(jsup, "anomaly", "dismiss", done["anomalies"][0]["id"], "--why", "已核对")
    assert ran(jsup, "anomaly", "systemic") == []


# Looks and duties -------------------------------------------------------------------------------


def looked(jsup, month, agency, *more, today="2026-11-24"):
    return ran(jsup, "--today", today, "look", "--month", month, "--agency", agency, "--cases", 3, "--result", "未见异常", *more)


def late(jsup, kind, *more, today="2026-11-24", of=None):
    """Return the items of a kind: number, agency, and when they are due."""
    items = ran(jsup, "--today", today, "overdue", *more)["items"]
    return [
        (item["number"], item["agency_code"], item["due_on"])
        for item in items
        if item["kind"] == kind and (of is None or item["number"].startswith(of))
    ]


def test_who_was_not_looked_at_and_who_uploaded_nothing_does_not_go_unnoticed(jsup, register, tmp_path):
    assert late(jsup, "duty") == []
    World(visits=[visit("R1", "2026-09-10"), visit("R2", "2026-10-10", OTHER)]).enter(jsup, tmp_path)
    agencies = [row["code"] for row in ran(jsup, "agency", "list") if row["active"] and row["status"] != "entrusted"]
    assert sorted(late(jsup, "duty", of="look")) == sorted(("look 2026-09", code, "2026-10-20") for code in agencies)
    assert late(jsup, "duty", of="look", today="2026-10-20") == []
    assert {due for _number, _code, due in late(jsup, "duty", "--within", "0", of="look", today="2026-10-20")} == {"2026-10-20"}
    upload = {code: number for number, code, _due in late(jsup, "duty", of="upload")}
    assert (upload[DISTRICT], upload[OTHER], upload[TOWN]) == ("upload 2026-10", "upload 2026-09", "upload 2026-09")
    looked(jsup, "2026-09", DISTRICT)
    assert late(jsup, "duty", "--agency", DISTRICT, of="look") == [("look 2026-10", DISTRICT, "2026-11-13")]
    assert late(jsup, "duty", "--agency", DISTRICT, of="upload") == [("upload 2026-10", DISTRICT, "2026-11-13")]
    looked(jsup, "2026-10", DISTRICT)
    assert late(jsup, "duty", "--agency", DISTRICT) == []
    assert late(jsup, "duty", "--agency", TOWN, of="upload") == [("upload 2026-09", TOWN, "2026-10-20")]


@pytest.mark.in_a_file
def test_months_that_are_late_are_not_mixed_with_months_that_are_not(jsup, register, tmp_path):
    World(visits=[visit("R1", "2026-09-10")]).enter(jsup, tmp_path)
    items = ran(jsup, "--today", "2026-11-05", "overdue", "--agency", DISTRICT)["items"]
    assert [(item["title"], item["months"]) for item in items] == [("2026年9月检查资料尚未查看", ["2026-09"])]
    items = ran(jsup, "--today", "2026-11-05", "overdue", "--agency", DISTRICT, "--within", 10)["items"]
    assert [(item["number"], item["overdue"]) for item in items] == [
        ("look 2026-09", True), ("look 2026-10", False), ("upload 2026-10", False),
    ]  # fmt: skip
    items = ran(jsup, "overdue", "--agency", DISTRICT)["items"]
    assert [(item["title"], item["due_on"]) for item in items] == [
        ("2026年9月、2026年10月检查资料尚未查看", "2026-10-20"), ("2026年10月没有上传检查资料", "2026-11-13"),
    ]  # fmt: skip


@pytest.mark.in_a_file
def test_looks_are_listed_with_what_was_uploaded(jsup, register, tmp_path):
    World(visits=[visit("R1", "2026-10-10"), visit("R2", "2026-10-31"), visit("R3", "2026-11-01")]).enter(jsup, tmp_path)
    row = looked(jsup, "2026-10", DISTRICT, "--on", "2026-11-02")
    assert (row["uploaded"], row["cases"], row["looked_on"], row["result"]) == (2, 3, "2026-11-02", "未见异常")
    looked(jsup, "2026-10", TOWN)
    looked(jsup, "2026-11", DISTRICT)
    for wanted, seen in (((), 3), (("--month", "2026-10"), 2), (("--agency", DISTRICT), 2), (("--month", "2026-09"), 0)):
        assert len(ran(jsup, "look", "list", *wanted)) == seen


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("args", "status", "sentence"),
    [
        (("--month", "2026-12", "--agency", DISTRICT), 1, "2026-12 has not begun on 2026-11-24"),
        (("--month", "2026-13", "--agency", DISTRICT), 2, "2026-13 is no month"),
        (("--month", "2026-10", "--agency", "NOBODY"), 1, "NOBODY"),
        (("--month", "2026-10"), 2, "`look` wants --agency as well"),
        (("--month", "2026-10", "--agency", DISTRICT, "--on", "2026-11-25"), 1, "2026-11-25 is in the future"),
        (("--month", "2026-10", "--agency", DISTRICT, "--on", "2026-09-30"), 1, "2026-10 has not begun on 2026-09-30"),
    ],
)
def test_a_look_that_cannot_be_is_refused(jsup, register, args, status, sentence):
    assert sentence in refused(jsup, register, "look", *args, "--cases", 1, "--result", "r", status=status)


@pytest.mark.parametrize(
    ("every", "due_on"),
    [
        ("week", "2026-01-22"), ("month", "2026-02-24"), ("quarter", "2026-04-15"), ("half-year", "2026-07-15"),
        ("year", "2027-01-15"),
    ],
)  # fmt: skip
@pytest.mark.in_a_file
def test_a_duty_is_due_one_interval_after_it_began_and_after_it_was_done(jsup, register, every, due_on):
    # 15 February 2026 is a rest day of the Spring Festival, which ends with the 23rd.
    row = ran(jsup, "duty", "add", "--title", "座谈会", "--every", every, "--from", "2026-01-15", "--clause", "二（一）2")
    assert (row["id"], row["due_on"]) == (1, due_on)
    if every != "year":
        assert late(jsup, "duty") == [("1", None, due_on)]
        assert late(jsup, "duty", today=due_on) == []
    for words in (("done",), ("end", "--why=x")):
        said = refused(jsup, register, "duty", *words, 1, "--on=2026-01-14")
        assert "2026-01-14 is before 2026-01-15, from which duty 1 runs" in said
    done = ran(jsup, "duty", "done", 1, "--on", "2026-11-24", "--note", "已召开")
    assert [(one["done_on"], one["note"]) for one in done["done"]] == [("2026-11-24", "已召开")]
    assert late(jsup, "duty") == []
    ran(jsup, "duty", "end", 1, "--why", "并入联席会议")
    assert ran(jsup, "duty", "list")[0]["ended_on"] == "2026-11-24"
    assert "duty 1 has ended on 2026-11-24" in refused(jsup, register, "duty", "done", 1)
    assert "duty 1 has ended on 2026-11-24" in refused(jsup, register, "duty", "end", 1, "--why", "x")


@pytest.mark.in_a_file
def test_a_duty_without_a_clause_shows_none(jsup, register):
    ran(jsup, "duty", "add", "--title", "[red]{x} %s", "--every", "week", "--from", "2026-11-03")
    assert jsup("overdue").out.splitlines()[1].split("\t") == [
        "1",
        "",
        "[red]{x} %s",
        "duty (bureau)",
        "2026-11-10",
        "-10",
        "duty done",
    ]


# The morning's list -----------------------------------------------------------------------------

KEYS = {"kind", "number", "agency_code", "agency", "title", "stage", "period", "owner", "started_on", "due_on",
        "working_days_left", "overdue", "provisional", "next_step", "escalate_to", "clause"}  # fmt: skip


def test_everything_that_is_late_stands_in_one_list(jsup, register, tmp_path):
    world = World(visits=[visit("R1", "2026-11-02", code=""), visit("R2", "2026-11-03", enterprise=firm(2), code="")])
    world.plans += [
        plan(DISTRICT, code="NEW", year="2026", made_on="2026-10-08", municipal_on="", filed_on="", published_on="",
             published_at=""),
        plan(TOWN, code="NEW-TOWN", year="2026", made_on="2026-10-09", municipal_on="", filed_on="", published_on="",
             published_at=""),
        plan(OTHER, code="ANNUAL", kind="年度", year="2026", made_on="2026-01-05", municipal_on="2026-01-08",
             filed_on="2026-01-10", published_on="", published_at=""),
    ]  # fmt: skip
    world.enter(jsup, tmp_path)
    ran(jsup, "--today", "2026-11-09", "scan", "--month", "2026-11")
    complaints = [
        Complaint(agency_code=DISTRICT, number="T1", subject="收费", received_on=date(2026, 11, 16)),
        Complaint(agency_code=DISTRICT, number="T2", received_on=date(2026, 11, 17)),
        Complaint(agency_code=TOWN, number="T3", received_on=date(2026, 10, 12), accepted_on=date(2026, 10, 13)),
        Complaint(agency_code=TOWN, number="T4", received_on=date(2026, 9, 1), accepted_on=date(2026, 9, 2), done_on=TODAY),
    ]
    with Ledger(place_of(register), Entry("complaint import", "officer", TODAY)).change() as session:
        session.add_all(complaints)
    ran(jsup, "duty", "add", "--title", "培训", "--every", "month", "--from", "2026-10-20", "--clause", "二（四）")
    items = ran(jsup, "overdue")["items"]
    assert all(item.keys() >= KEYS and item["overdue"] and item["working_days_left"] < 0 for item in items)
    seen = [
        (item["kind"], item["number"], item["agency_code"], item["title"], item["owner"], item["started_on"], item["due_on"],
         item["working_days_left"], item["next_step"])
        for item in items
    ]  # fmt: skip
    assert seen == [
        ("duty", "ANNUAL", OTHER, "检查计划未公告", "agency", "2026-01-05", "2026-03-31", seen[0][7], "plan publish"),
        ("duty", "NEW", DISTRICT, "检查计划未备案", "agency", "2026-10-08", "2026-11-07", -12, "plan file"),
        ("duty", "NEW-TOWN", TOWN, "检查计划未备案", "agency", "2026-10-09", "2026-11-08", -12, "plan file"),
        ("duty", "NEW", DISTRICT, "检查计划未公告", "agency", "2026-10-08", "2026-11-09", -11, "plan publish"),
        ("duty", "1", None, "培训", "bureau", "2026-10-20", "2026-11-20", -2, "duty done"),
        ("anomaly", "1", DISTRICT, "未应用检查码2起", "bureau", "2026-11-09", "2026-11-23", -1, "anomaly verify"),
        ("complaint", "T1", DISTRICT, "收费（未受理）", "agency", "2026-11-16", "2026-11-23", -1, "complaint import"),
        ("complaint", "T3", TOWN, "投诉举报（未办结）", "agency", "2026-10-12", "2026-11-23", -1, "complaint import"),
    ]
    assert {item["kind"]: item["period"] for item in items} == {kind: kind for kind in ("duty", "anomaly", "complaint")}
    numbers = [item["number"] for item in ran(jsup, "overdue", "--agency", TOWN)["items"]]
    assert numbers == ["NEW-TOWN", "T3"]
    soon = [item for item in ran(jsup, "overdue", "--within", 0)["items"] if not item["overdue"]]
    assert [(item["number"], item["due_on"], item["working_days_left"]) for item in soon] == [("T2", "2026-11-24", 0)]
    assert jsup("overdue", "--check").status == 3
    assert jsup("overdue", "--agency", "310116102", "--check").status == 0
    ran(jsup, "anomaly", "dismiss", 1, "--why", "x")
    assert [item["title"] for item in ran(jsup, "overdue")["items"] if item["kind"] == "anomaly"] == ["未应用检查码"]


def test_terms_that_end_soon_are_told_and_no_others(jsup, register, tmp_path):
    ends = ("2026-11-23", "2026-11-24", "2026-12-24", "2026-12-25")
    world = World(inspectors=[inspector(f"Z{number}", to=end) for number, end in enumerate(ends, 1)])
    world.inspectors.append(inspector("Z9", to="2026-12-01", state="收回", state_from="2026-11-01", document="文"))
    world.entrustments = [
        {"agency": TOWN, "body": f"所{number}", "scope": "全部", "from": "2026-01-01", "to": end, "document": "书"}
        for number, end in enumerate(ends, 1)
    ]
    world.enter(jsup, tmp_path)
    alerts = ran(jsup, "overdue")["alerts"]
    assert [(one["kind"], one["name"], one["agency_code"], one["ends_on"], one["days_left"]) for one in alerts] == [
        ("certificate", "检查员Z2", DISTRICT, "2026-11-24", 0), ("certificate", "检查员Z3", DISTRICT, "2026-12-24", 30),
        ("entrustment", "所2", TOWN, "2026-11-24", 0), ("entrustment", "所3", TOWN, "2026-12-24", 30),
    ]  # fmt: skip
    assert [one["kind"] for one in ran(jsup, "overdue", "--agency", TOWN)["alerts"]] == ["entrustment"] * 2
    result = jsup("overdue", "--check")
    assert result.status == 0, "an alert alone is nothing that is late"
    assert "Z3" in result.out + result.err


@pytest.mark.in_a_file
@pytest.mark.in_a_file
@pytest.mark.parametrize("today", ["2026-11-01", "2026-11-30"])
def test_the_twelve_months_before_this_one_are_missed_and_none_before_them(jsup, register, today):
    looked(jsup, "2025-01", DISTRICT, today="2025-02-01")
    found = ran(jsup, "--today", today, "overdue", "--within", "40", "--agency", DISTRICT)["items"]
    months = [month for item in found if item["number"].startswith("look") for month in item["months"]]
    assert sorted(months) == ["2025-11", "2025-12", *(f"2026-{month:02d}" for month in range(1, 11))]


def test_a_look_before_the_month_has_ended_does_not_count(jsup, register):
    for on in ("2026-10-30", "2026-11-02"):
        assert jsup("look", "--month", "2026-10", "--agency", TOWN, "--cases", 1, "--result", "r", "--on", on).status == 0
        items = jsup("overdue", "--within", 99, "--agency", TOWN, "--json").json["items"]
        assert any("2026年10月" in one["title"] for one in items) == (on == "2026-10-30")
