"""二（一）3: the monthly scan finds what the rules say, all of it and nothing else, and may be repeated."""

import csv
from collections import Counter
from pathlib import Path

import pytest
import year

from jsup import policy
from jsup.watch.rules import ORDER, all_rules
from tests.conftest import rows, whole
from tests.watched_world import (
    DISTRICT,
    OTHER,
    TOWN,
    TRIGGERED,
    World,
    at_random,
    firm,
    found,
    inspector,
    oracle,
    plan,
    take,
    visit,
)  # fmt: skip

MONTHS = ("2025-12", "2026-01", "2026-02", "2026-03", "2026-04")

# Cases ------------------------------------------------------------------------------------------


def on(day: str, agency: str = DISTRICT, **other: str) -> tuple[str, str, dict[str, str]]:
    """Return a visit of a case: its day in 2026 (or whole), its agency, and what differs."""
    return (day if len(day) > 5 else f"2026-{day}"), agency, other


def campaign(day: str, **other: str) -> tuple[str, str, dict[str, str]]:
    return on(day, plan="ORDERED", **other)


def triggered(day: str, **other: str) -> tuple[str, str, dict[str, str]]:
    return on(day, **(TRIGGERED | other))


def certificate(number: str, day: str) -> list[tuple[str, str, dict[str, str]]]:
    return [on(day, certificates=f"Z1;{number}")]


def entrusted(body: str, day: str, agency: str = TOWN, **other: str) -> list[tuple[str, str, dict[str, str]]]:
    return [on(day, agency, body=body, **other)]


OFF = {"form": "非现场检查"}
OLD = {"superseded": "1"}
"""A version of the record that the next visit of the case corrects."""

SAME_YEAR = ("01-05", "02-10", "03-15", "04-20")

CASES = {
    "repeat": [
        ("the set days after", [on("03-01"), on("03-31")], ["repeat 03 ab"]),
        ("one day more", [on("03-01"), on("04-01")], []),
        ("the day after", [on("03-01"), on("03-02")], ["repeat 03 ab"]),
        ("two records of one day are one visit", [on("03-01"), on("03-01")], []),
        ("over the border of a month the later one is hit", [on("02-27"), on("03-02")], ["repeat 03 ab"]),
        ("over the border of a year", [on("2025-12-20"), on("01-05")], ["repeat 01 ab"]),
        ("three visits are two hits", [on("03-01"), on("03-10"), on("03-20")], ["repeat 03 ab", "repeat 03 abc"]),
        ("a campaign ordered from above is apart", [on("03-01"), campaign("03-10")], []),
        ("a triggered visit is apart", [on("03-01"), triggered("03-10")], []),
        ("an off-site check is no visit", [on("03-01", **OFF), on("03-10")], []),
        ("an off-site check afterwards is none either", [on("03-01"), on("03-10", **OFF)], []),
        ("a joint number does not make it lawful", [on("03-01"), on("03-10", joint="L")], ["repeat 03 ab"]),
        ("a version that was corrected is not looked at", [on("03-01", **OLD), on("01-01"), on("03-20")], []),
    ],
    "multiple": [
        ("the set days after", [on("03-01"), on("03-08", OTHER)], ["multiple 03 ab"]),
        ("one day more", [on("03-01"), on("03-09", OTHER)], []),
        ("on one day the agency that comes later in the register", [on("03-01"), on("03-01", OTHER)], ["multiple 03 ab"]),
        ("one joint number", [on("03-01", joint="L1"), on("03-03", OTHER, joint="L1")], []),
        ("two joint numbers", [on("03-01", joint="L1"), on("03-03", OTHER, joint="L2")], ["multiple 03 ab"]),
        ("a joint number of one only", [on("03-01", joint="L1"), on("03-03", OTHER)], ["multiple 03 ab"]),
        ("over the border of a month", [on("02-26"), on("03-02", TOWN)], ["multiple 03 ab"]),
        ("a triggered visit is apart", [on("03-01"), on("03-03", OTHER, **TRIGGERED)], []),
        ("a campaign is a burden too", [campaign("03-01"), on("03-03", OTHER)], ["multiple 03 ab"]),
        ("an off-site check is no visit", [on("03-01", **OFF), on("03-03", OTHER)], []),
    ],
    "frequency": [
        ("class A: the second visit", [on("01-01", risk="A"), on("02-10", risk="A")], ["frequency 02 ab"]),
        ("class A: one", [on("02-10", risk="A")], []),
        ("the year before counts for itself", [on("2025-12-01", risk="A"), on("01-01", risk="A")], []),
        ("from 1 January", [on("01-01", risk="A"), on("04-30", risk="A")], ["frequency 04 ab"]),
        ("class B: the third", [on(day, risk="B") for day in SAME_YEAR[:3]], ["frequency 03 abc"]),
        ("class B: two", [on(day, risk="B") for day in SAME_YEAR[:2]], []),
        ("no class: four", [on(day) for day in SAME_YEAR], []),
        ("another agency counts for itself", [on("01-01", risk="A"), on("02-10", OTHER, risk="A")], []),
        ("a campaign is not counted", [on("01-01", risk="A"), campaign("02-10", risk="A")], []),
        ("nor one before it", [campaign("01-01", risk="A"), on("02-10", risk="A")], []),
        ("a triggered visit is not counted", [on("01-01", risk="A"), triggered("02-10", risk="A")], []),
        ("several records of a day are one", [on("01-01", risk="B"), on("02-10", risk="B"), on("02-10", risk="B")], []),
        ("the class may be written out", [on("01-01", risk="A级"), on("02-10", risk="A类")], ["frequency 02 ab"]),
    ],
    "unplanned": [
        ("no plan code", [on("03-01", plan="")], ["unplanned 03 a"]),
        ("a code that no plan has", [on("03-01", plan="NONE")], ["unplanned 03 a"]),
        ("a plan never filed", [on("03-01", plan="UNFILED")], ["unplanned 03 a"]),
        ("another agency's plan", [on("03-01", plan=f"P-{OTHER}")], ["unplanned 03 a"]),
        ("another agency's plan, jointly", [on("03-01", plan=f"P-{OTHER}", joint="L9")], []),
        ("the first day of the plan", [on("03-10", plan="MARCH")], []),
        ("the day before it", [on("03-09", plan="MARCH")], ["unplanned 03 a"]),
        ("its last day", [on("03-20", plan="MARCH")], []),
        ("the day after it", [on("03-21", plan="MARCH")], ["unplanned 03 a"]),
        ("a triggered one needs none", [triggered("03-01")], []),
        ("an individual case with its reason", [on("03-01", plan="", kind="个案检查", reason="举报")], []),
        ("an individual case without", [on("03-01", plan="", kind="个案检查")], ["unplanned 03 a"]),
        ("off-site", [on("03-01", plan="", **OFF)], []),
    ],
    "early": [
        ("a town's visit on the day of the filing", [on("03-10", TOWN, plan="TOWN-LATE")], []),
        ("a town's visit the day before", [on("03-09", TOWN, plan="TOWN-LATE")], ["early 03 a"]),
        ("a town need not publish", [on("03-10", TOWN, plan="TOWN-SILENT")], []),
        ("a district agency on the day of the publication", [on("03-20", plan="LATE")], []),
        ("a district agency the day before", [on("03-19", plan="LATE")], ["early 03 a"]),
        ("a district agency before the filing: one hit", [on("03-09", plan="LATE")], ["early 03 a"]),
        ("a district agency that never published", [on("03-20", plan="SILENT")], ["early 03 a"]),
        ("a triggered one", [triggered("03-09", plan="LATE")], []),
        ("off-site", [on("03-09", plan="LATE", **OFF)], []),
    ],
    "triggered": [
        ("all is stated", [triggered("03-01")], []),
        ("no reason", [triggered("03-01", reason="")], ["triggered 03 a"]),
        ("no trigger", [triggered("03-01", trigger="")], ["triggered 03 a"]),
        ("no notice", [triggered("03-01", notice="")], ["triggered 03 a"]),
        ("nothing at all is one hit", [triggered("03-01", reason="", trigger="", notice="")], ["triggered 03 a"]),
        ("a visit by plan needs none of it", [on("03-01", reason="", trigger="", notice="")], []),
        ("off-site", [triggered("03-01", reason="", **OFF)], []),
    ],
    "code": [
        ("none", [on("03-01", code="")], ["code 03 a"]),
        ("one", [on("03-01", code="M1")], []),
        ("blanks are none", [on("03-01", code="  ")], ["code 03 a"]),
        ("a triggered one wants it too", [triggered("03-01", code="")], ["code 03 a"]),
        ("off-site", [on("03-01", code="", **OFF)], []),
        ("mended in a later version", [on("03-01", code="", **OLD), on("03-01")], []),
        ("lost in a later version", [on("03-01", **OLD), on("03-01", code="")], ["code 03 a"]),
    ],
    "inspectors": [
        ("one", [on("03-01", inspectors="甲", certificates="Z1")], ["inspectors 03 a"]),
        ("two", [on("03-01", inspectors="甲;乙")], []),
        ("one, named twice", [on("03-01", inspectors="甲;甲", certificates="Z1")], ["inspectors 03 a"]),
        ("two of one name, with two certificates", [on("03-01", inspectors="甲;甲", certificates="Z1;Z2")], []),
        ("two, between them a comma", [on("03-01", inspectors="甲、乙", certificates="Z1，Z2")], []),
        ("two certificates and no name", [on("03-01", inspectors="")], []),
        ("off-site", [on("03-01", inspectors="甲", certificates="Z1", **OFF)], []),
    ],
    "certificate": [
        ("missing", [on("03-01", certificates="Z1")], ["certificate 03 a"]),
        ("none at all", [on("03-01", certificates="")], ["certificate 03 a"]),
        ("not in the register", certificate("Z0", "03-01"), ["certificate 03 a"]),
        ("its first day", certificate("TERM", "03-10"), []),
        ("the day before", certificate("TERM", "03-09"), ["certificate 03 a"]),
        ("its last day", certificate("TERM", "03-20"), []),
        ("the day after", certificate("TERM", "03-21"), ["certificate 03 a"]),
        ("the day before it is suspended", certificate("SUSP", "03-09"), []),
        ("the first day of that", certificate("SUSP", "03-10"), ["certificate 03 a"]),
        ("the last day of that", certificate("SUSP", "03-20"), ["certificate 03 a"]),
        ("the day after that", certificate("SUSP", "03-21"), []),
        ("the day before it is revoked", certificate("REVO", "03-09"), []),
        ("the day on which it is revoked", certificate("REVO", "03-10"), ["certificate 03 a"]),
        ("ever after", certificate("REVO", "04-30"), ["certificate 04 a"]),
        ("suspended without an end", certificate("BACK", "03-10"), ["certificate 03 a"]),
        ("valid again from that day", certificate("BACK", "03-15"), []),
        ("two bad ones are one hit", [on("03-10", certificates="SUSP;REVO")], ["certificate 03 a"]),
        ("off-site", [on("03-10", certificates="Z1;REVO", **OFF)], []),
    ],
    "entrustment": [
        ("nobody entrusted it", entrusted("某站", "03-15"), ["entrustment 03 a"]),
        ("another organ did", entrusted("某所", "03-15", OTHER), ["entrustment 03 a"]),
        ("the first day", entrusted("某所", "03-10"), []),
        ("the day before", entrusted("某所", "03-09"), ["entrustment 03 a"]),
        ("the last day", entrusted("某所", "03-20"), []),
        ("the day after", entrusted("某所", "03-21"), ["entrustment 03 a"]),
        ("the second item of its scope", entrusted("某所", "03-15", item="事项二"), []),
        ("an item out of scope", entrusted("某所", "03-15", item="事项三"), ["entrustment 03 a"]),
        ("a part of an item's name is not the item", entrusted("某所", "03-15", item="事项"), ["entrustment 03 a"]),
        ("two items of its scope", entrusted("某所", "03-15", item="事项一；事项二"), []),
        ("one in its scope and one out of it", entrusted("某所", "03-15", item="事项一;事项三"), ["entrustment 03 a"]),
        ("everything is its scope", entrusted("某中心", "03-15", item="事项三"), []),
        ("the item is not stated", entrusted("某所", "03-15", item=""), []),
        ("the day before it ended", entrusted("某队", "03-09"), []),
        ("the day on which it ended", entrusted("某队", "03-10"), ["entrustment 03 a"]),
        ("off-site", entrusted("某站", "03-15", **OFF), []),
    ],
    "forbidden": [
        ("a body with a word of the list", entrusted("某检测中心", "03-15"), ["forbidden 03 a"]),
        ("a body without", entrusted("某中心", "03-15"), []),
        ("somebody who is no inspector", [on("03-15", inspectors="甲;网格员乙")], ["forbidden 03 a"]),
        ("an inspector", [on("03-15", inspectors="甲;网乙")], []),
        ("an agency of the register that holds a word", [on("03-15", "CHECK", agency_name="区检验检测局")], []),
        ("a body that is such an agency", entrusted("区检验检测局", "03-15"), []),
        ("a body that is not in the register", [on("03-15", "", agency_name="某镇整治工作领导小组", **TRIGGERED)],
         ["forbidden 03 a"]),
        ("off-site", entrusted("某检测中心", "03-15", **OFF), []),
    ],
    "item": [
        ("not on the list", [on("03-01", item="清单外")], ["item 03 a"]),
        ("on the list", [on("03-01", item="事项二")], []),
        ("both on the list", [on("03-01", item="事项二; 事项一")], []),
        ("one of two is not", [on("03-01", item="事项一；事项九")], ["item 03 a"]),
        ("not stated", [on("03-01", item="")], []),
        ("the day before it was struck", [on("03-09", item="旧事项")], []),
        ("the day on which it was struck", [on("03-10", item="旧事项")], ["item 03 a"]),
        ("off-site", [on("03-01", item="清单外", **OFF)], []),
    ],
    "upload": [
        ("the set days after", [on("03-01", uploaded_on="2026-03-11")], []),
        ("one day more", [on("03-01", uploaded_on="2026-03-12")], ["upload 03 a"]),
        ("the same day", [on("03-01", uploaded_on="2026-03-01")], []),
        ("over the border of a month", [on("03-31", uploaded_on="2026-04-11")], ["upload 03 a"]),
        ("not stated", [on("03-01", uploaded_on="")], []),
        ("off-site", [on("03-01", uploaded_on="2026-03-12", **OFF)], []),
    ],
}  # fmt: skip

MINOR = {"entrustment": {"item"}, "forbidden": {"entrustment"}}
"""Rules that the cases of another break by the way: an item that is on nobody's list, a body that nobody entrusted."""


def furnished() -> World:
    """Return a world with all that the cases speak of, but for their visits."""
    world = World(items=["事项一", "事项二", "事项三"])
    town = {"municipal_on": ""}
    district = {"from": "2026-01-01", "made_on": "2026-01-05"}
    world.plans += [
        plan(DISTRICT, code="ORDERED", ordered_by="市级主管部门"),
        plan(DISTRICT, code="UNFILED", filed_on="", published_on="", published_at=""),
        plan(DISTRICT, code="MARCH", **{"from": "2026-03-10", "to": "2026-03-20"}),
        plan(DISTRICT, code="LATE", municipal_on="2026-03-10", filed_on="2026-03-10", published_on="2026-03-20"),
        plan(DISTRICT, code="SILENT", **district, municipal_on="2026-01-08", filed_on="2026-01-10", published_on="", published_at=""),
        plan(TOWN, code="TOWN-LATE", **town, filed_on="2026-03-10", published_on="", published_at=""),
        plan(TOWN, code="TOWN-SILENT", **town, published_on="", published_at=""),
        plan("CHECK", municipal_on="2025-01-08"),
    ]  # fmt: skip
    world.inspectors += [
        inspector("TERM", **{"from": "2026-03-10", "to": "2026-03-20"}),
        inspector("SUSP", state="暂停使用", state_from="2026-03-10", state_until="2026-03-20", document="文"),
        inspector("REVO", state="收回", state_from="2026-03-10", document="文"),
        inspector("BACK", state="暂停使用", state_from="2026-03-01", document="文"),
    ]
    world.states = [inspector("BACK", state="有效", state_from="2026-03-15", document="文")]
    term = {"from": "2026-01-01", "to": "2026-12-31", "document": "委托书", "scope": "全部"}
    world.entrustments = [
        {
            "agency": TOWN,
            "body": "某所",
            "document": "委托书",
            "scope": "事项一;事项二",
            "from": "2026-03-10",
            "to": "2026-03-20",
        },
        {"agency": TOWN, "body": "某中心"} | term,
        {"agency": TOWN, "body": "某检测中心"} | term,
        {"agency": TOWN, "body": "区检验检测局"} | term,
        {"agency": TOWN, "body": "某队"} | term,
    ]
    return world


def test_every_rule_finds_its_cases_and_nothing_else(jsup, register, tmp_path):
    added = jsup("agency", "add", "--code", "CHECK", "--name", "区检验检测局", "--level", "district")
    assert added.status == 0, added.err
    world, wanted, old = furnished(), {}, []
    cases = [(rule, *case) for rule, of in CASES.items() for case in of]
    for number, (rule, sentence, visits, hits) in enumerate(cases, 1):
        letters = iter("abcdef")
        for day, agency, other in visits:
            later = dict(other)
            superseded = later.pop("superseded", "")
            record = f"C{number:03d}{next(letters)}"
            if superseded:
                old.append(visit(record, day, agency, firm(number), **later))
                letters = iter("abcdef")
            else:
                world.visits.append(visit(record, day, agency, firm(number), **later))
        wanted[f"{rule}: {sentence}"] = sorted(hits)
    take(jsup, tmp_path / "old.csv", "inspection", old)
    world.enter(jsup, tmp_path)
    take(jsup, tmp_path / "items.csv", "item", [{"name": name} for name in [*world.items, "旧事项"]], today="2025-01-02")
    take(jsup, tmp_path / "items.csv", "item", [{"name": name} for name in world.items], today="2026-03-10")
    (ending,) = [one for one in jsup("entrustment", "list", "--json").json if one["body"] == "某队"]
    ended = jsup("entrustment", "end", ending["id"], "--on", "2026-03-10", "--why", "x")
    assert ended.status == 0, ended.err
    seen = {name: [] for name in wanted}
    for month in MONTHS:
        for one in jsup("scan", "--month", month, "--json").json["anomalies"]:
            rule, sentence, *_rest = cases[int(one["records"][0][1:4]) - 1]
            if one["rule"] not in MINOR.get(rule, ()):
                letters = "".join(sorted(record[4:] for record in one["records"]))
                seen[f"{rule}: {sentence}"].append(f"{one['rule']} {month[5:]} {letters}")
    assert {name: sorted(hits) for name, hits in seen.items()} == wanted
    assert all(sum(bool(hits) for *_case, hits in CASES[rule]) and len(CASES[rule]) > 4 for rule in ORDER)


# An oracle --------------------------------------------------------------------------------------


def agrees(jsup, tmp_path, seed):
    """Hold the scans of two months of a world against plain loops."""
    world = at_random(seed)
    world.enter(jsup, tmp_path)
    for month in ("2026-01", "2026-02"):
        assert found(jsup, month) == oracle(world, month)


def test_a_scan_finds_what_plain_loops_find(jsup, register, tmp_path):
    agrees(jsup, tmp_path, 1)


@pytest.mark.in_a_file
def test_a_scan_finds_what_plain_loops_find_time_and_again(jsup, register, tmp_path, stock, monkeypatch, times):
    for seed in range(2, 2 + times(3, 120)):
        place = stock.fresh("file", "register", tmp_path / f"{seed}.db")
        monkeypatch.setenv("JSUP_LEDGER", str(place))
        agrees(jsup, tmp_path, seed)


def test_the_worlds_at_random_hold_something_of_every_rule():
    kinds = Counter(hit[0] for seed in range(4) for hit in oracle(at_random(seed), "2026-01"))
    assert kinds.keys() == {*ORDER}


# The generated year -----------------------------------------------------------------------------

IMPORTS = ("item", "inspector", "entrustment", "plan", "inspection")


def entered(jsup, folder: Path) -> None:
    """Take a year over."""
    for group in IMPORTS:
        result = jsup(group, "import", folder / f"{group}s.csv", "--json")
        assert (result.status, result.err) == (0, ""), result


def finds_what_was_planted(jsup, folder: Path) -> int:
    """Scan the year's months and hold what comes out against the list; return how many anomalies that are."""
    with (folder / "planted.csv").open(encoding="utf-8", newline="") as file:
        planted = sorted(tuple(row) for row in [*csv.reader(file)][1:])
    months = [f"2025-{month:02d}" for month in (11, 12)] + [f"2026-{month:02d}" for month in range(1, 11)]
    hits = [
        (one["rule"], month, one["agency_code"], one["enterprise_code"], ";".join(sorted(one["records"])))
        for month in months
        for one in jsup("scan", "--month", month, "--json").json["anomalies"]
    ]
    assert sorted(hits) == planted
    assert {hit[0] for hit in hits} == {*ORDER}
    assert all(Counter(hit[0] for hit in hits)[rule] > 5 for rule in ORDER)
    return len(hits)


def test_every_planted_anomaly_of_a_year_is_found_and_none_else(jsup, register, tmp_path):
    year.make(tmp_path / "year", 7, 2_000)
    entered(jsup, tmp_path / "year")
    finds_what_was_planted(jsup, tmp_path / "year")


@pytest.mark.in_a_file
def test_so_it_is_in_many_years_and_in_large_ones(jsup, register, tmp_path, stock, monkeypatch, times, figure):
    sizes = [500] + [2_000] * times(0, 4) + [10_000] * times(0, 2) + [200_000] * times(0, 1)
    for seed, size in enumerate(sizes, 100):
        monkeypatch.setenv("JSUP_LEDGER", str(stock.fresh("file", "register", tmp_path / f"{seed}.db")))
        year.make(tmp_path / str(seed), seed, size)
        entered(jsup, tmp_path / str(seed))
        number = finds_what_was_planted(jsup, tmp_path / str(seed))
        figure(f"a year of {size} records, seed {seed}: {number} anomalies found, as many as were planted")


# Again and again --------------------------------------------------------------------------------


def scanned(jsup, month="2026-03"):
    result = jsup("scan", "--month", month, "--json")
    assert (result.status, result.err) == (0, ""), result
    return result.json


def states(jsup, **wanted):
    options = [word for key, value in wanted.items() for word in (f"--{key}", value)]
    return {one["id"]: (one["rule"], one["state"]) for one in jsup("anomaly", "list", *options, "--json").json}


def test_a_second_scan_adds_nothing_and_keeps_what_was_decided(jsup, register, tmp_path):
    world = World(visits=[visit(f"R{number}", "2026-03-10", enterprise=firm(number), code="") for number in range(4)])
    world.enter(jsup, tmp_path)
    first = scanned(jsup)
    ids = [one["id"] for one in first["anomalies"]]
    assert (first["new"], len(ids), [one["new"] for one in first["anomalies"]]) == (4, 4, [True] * 4)
    assert jsup("anomaly", "verify", ids[0]).status == 0
    assert jsup("anomaly", "dismiss", ids[1], "--why", "已核对").status == 0
    before = whole(register) if isinstance(register, str) else rows(register, "SELECT * FROM journal ORDER BY seq")
    again = scanned(jsup)
    after = whole(register) if isinstance(register, str) else rows(register, "SELECT * FROM journal ORDER BY seq")
    assert (again["new"], again["gone"], [one["id"] for one in again["anomalies"]]) == (0, 0, ids)
    assert [one["state"] for one in again["anomalies"]] == ["verified", "dismissed", "open", "open"]
    assert after == before, "a scan that finds nothing new enters nothing"


def test_a_corrected_record_makes_its_open_anomaly_go_and_it_may_come_back(jsup, register, tmp_path, monkeypatch):
    wrong = [visit(f"R{number}", "2026-03-10", enterprise=firm(number), code="") for number in range(3)]
    World(visits=wrong).enter(jsup, tmp_path)
    ids = [one["id"] for one in scanned(jsup)["anomalies"]]
    assert jsup("anomaly", "verify", ids[0]).status == 0
    assert jsup("anomaly", "dismiss", ids[1], "--why", "已核对").status == 0
    assert take(jsup, tmp_path / "i.csv", "inspection", [row | {"code": "M"} for row in wrong])["changed"] == 3
    again = scanned(jsup)
    assert (again["new"], again["gone"], [one["id"] for one in again["anomalies"]]) == (0, 1, ids[:2])
    assert [state for _rule, state in states(jsup).values()] == ["verified", "dismissed", "gone"]
    refused = jsup("anomaly", "verify", ids[2])
    assert (refused.status, refused.out) == (1, "")
    assert f"anomaly {ids[2]} is gone since 2026-11-24" in refused.err
    take(jsup, tmp_path / "i.csv", "inspection", wrong)
    monkeypatch.setenv("JSUP_TODAY", "2026-12-08")
    back = scanned(jsup)
    assert [one["found_on"] for one in back["anomalies"]] == ["2026-11-24", "2026-11-24", "2026-12-08"]
    assert (back["new"], back["gone"], [(one["id"], one["state"]) for one in back["anomalies"]]) == (
        0, 0, [*zip(ids, ("verified", "dismissed", "open"), strict=True)],
    )  # fmt: skip
    assert jsup("anomaly", "verify", ids[2]).status == 0


def test_an_anomaly_follows_the_later_version_of_its_record_to_another_agency_enterprise_and_month(jsup, register, tmp_path):
    World(visits=[visit("R", "2026-03-10", code="")]).enter(jsup, tmp_path)
    (first,) = scanned(jsup)["anomalies"]
    take(jsup, tmp_path / "i.csv", "inspection", [visit("R", "2026-03-10", OTHER, firm(2), code="")])
    (second,) = scanned(jsup)["anomalies"]
    assert (second["id"], second["agency_code"], second["enterprise_code"]) == (first["id"], OTHER, firm(2))
    take(jsup, tmp_path / "i.csv", "inspection", [visit("R", "2026-04-10", OTHER, firm(2), code="")])
    assert [(one["id"], one["new"]) for one in scanned(jsup, "2026-04")["anomalies"]] == [(first["id"], False)]
    left = scanned(jsup)
    assert (left["anomalies"], left["gone"]) == ([], 0)
    take(jsup, tmp_path / "i.csv", "inspection", [visit("R", "2026-03-11", code="")])
    left = scanned(jsup, "2026-04")
    assert (left["anomalies"], left["gone"]) == ([], 1)
    (back,) = scanned(jsup)["anomalies"]
    assert (back["id"], back["state"], back["month"], back["agency_code"]) == (first["id"], "open", "2026-03", DISTRICT)


def test_what_was_decided_stays_in_its_month_whatever_its_record_says_later(jsup, register, tmp_path):
    World(visits=[visit("R", "2026-03-10", code="")]).enter(jsup, tmp_path)
    (first,) = scanned(jsup)["anomalies"]
    assert jsup("anomaly", "dismiss", first["id"], "--why", "已核对").status == 0
    take(jsup, tmp_path / "i.csv", "inspection", [visit("R", "2026-04-10", OTHER, code="")])
    later = scanned(jsup, "2026-04")
    assert (later["anomalies"], later["new"]) == ([], 0)
    (kept,) = jsup("anomaly", "list", "--json").json
    assert (kept["id"], kept["month"], kept["agency_code"], kept["state"]) == (first["id"], "2026-03", DISTRICT, "dismissed")


def test_a_later_import_adds_what_is_new_and_ids_stay(jsup, register, tmp_path):
    World(visits=[visit("R1", "2026-03-10"), visit("R2", "2026-03-12", enterprise=firm(2), code="")]).enter(jsup, tmp_path)
    first = scanned(jsup)
    assert [(one["rule"], one["records"]) for one in first["anomalies"]] == [("code", ["R2"])]
    take(jsup, tmp_path / "i.csv", "inspection", [visit("R0", "2026-03-05"), visit("R3", "2026-03-30", enterprise=firm(3))])
    second = scanned(jsup)
    assert [(one["id"], one["rule"], one["records"], one["new"]) for one in second["anomalies"]] == [
        (first["anomalies"][0]["id"], "code", ["R2"], False),
        (first["anomalies"][0]["id"] + 1, "repeat", ["R1", "R0"], True),
    ]
    take(jsup, tmp_path / "i.csv", "inspection", [visit("R4", "2026-03-06")])
    third = scanned(jsup)
    assert third["new"] == 1
    assert {one["id"]: one["records"] for one in third["anomalies"]} == {
        1: ["R2"], 2: ["R1", "R0", "R4"], 3: ["R4", "R0"],
    }  # fmt: skip


@pytest.mark.in_a_file
def test_a_rule_whose_list_is_empty_is_left_out_and_says_so(jsup, register, tmp_path):
    World(items=[], visits=[visit("R1", "2026-03-10", item="清单外")]).enter(jsup, tmp_path)
    assert [(one["rule"], one["empty"]) for one in scanned(jsup)["skipped"]] == [("item", "municipal_item")]
    shown = jsup("scan", "--month", "2026-03")
    assert "was left out, for what it goes by is not in the ledger: `jsup item import FILE`" in shown.out


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("month", "status", "sentence"),
    [
        ("2026-13", 2, "2026-13 is no month: write it as 2026-10"),
        ("2026-1", 2, "2026-1 is no month"),
        ("2026年10月", 2, "2026年10月 is no month"),
        ("", 2, " is no month"),
        ("2026-12", 1, "2026-12-01 is in the future: today is 2026-11-24"),
    ],
)
def test_a_month_that_is_none_or_has_not_begun_is_refused(jsup, register, month, status, sentence):
    before = whole(register)
    result = jsup("scan", "--month", month)
    assert (result.status, result.out) == (status, "")
    assert sentence in result.err
    assert whole(register) == before


def test_an_empty_month_is_scanned_too(jsup, register):
    done = scanned(jsup, "2026-11")
    assert (done["inspections"], done["visits"], done["anomalies"], done["new"], done["gone"]) == (0, 0, [], 0, 0)
    assert jsup("scan", "--month", "2026-11").out.startswith("2026-11: 0 records, 0 visits; 0 anomalies, 0 of them new, 0 gone.")


# What stands in records -------------------------------------------------------------------------

HOSTILE = "[bold]粗[2] {listed} %s <script>'--"


@pytest.mark.in_a_file
def test_whatever_stands_in_records_is_shown_as_it_stands(jsup, register, tmp_path):
    odd = visit(HOSTILE, "2026-03-02", code="", item=HOSTILE, body=HOSTILE, plan=HOSTILE, certificates=f"Z1;{HOSTILE}")
    none = visit("R2", "2026-03-02", "", firm(2), agency_name=f"检测中心{HOSTILE}", **TRIGGERED)
    World(visits=[odd, none]).enter(jsup, tmp_path)
    reasons = {one["rule"]: one["reason"] for one in scanned(jsup)["anomalies"]}
    assert reasons == {
        "unplanned": f"outside any filed plan (plan code: {HOSTILE})",
        "code": "no inspection code",
        "certificate": f"certificates: {HOSTILE} (not in the register)",
        "entrustment": f"{HOSTILE} inspected without being entrusted",
        "forbidden": f"检测中心{HOSTILE} may never inspect",
        "item": f"the item {HOSTILE} is not in the municipal list",
    }
    shown = jsup("anomaly", "list")
    assert (shown.status, shown.err) == (0, "")
    assert shown.out.count(HOSTILE) >= len(reasons)
    (one,) = jsup("anomaly", "verify", "--rule", "item", "--json").json
    facts = jsup("finding", "show", one["number"], "--json").json["facts"]
    assert facts == f"检查编号{HOSTILE}：检查事项“{HOSTILE}”不在市级清单内。"


def test_each_rule_names_a_category_of_the_policy_and_words_of_the_plan():
    law = policy.parse(policy.packaged_text(), "plan")
    plan = (Path(policy.__file__).parent / "policies" / "jinsi-2025-26.zh.txt").read_text("utf-8").replace("\n", "")
    for rule in all_rules().values():
        assert rule.category in law.categories, rule.key
        assert rule.quote in plan, rule.key
        assert all(key in law.own["watch"] for key in rule.settings), rule.key
