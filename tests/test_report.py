"""The report's figures against plain Python over the ledger's tables; its formats against each other; the records behind figures."""

import json
import re
import sqlite3
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from jsup import backups, policy, reads
from jsup.commands.report import HEADINGS
from jsup.periods import span
from jsup.reports import gather
from jsup.reports.queries import FIGURES, all_queries
from jsup.reports.report import Rate, as_json
from tests.conftest import place_of

EXAMPLES = Path(__file__).parents[1] / "examples" / "jinshan"
TODAY = date(2026, 10, 31)
PERIODS = ("2026Q3", "2026-09", "2026")


@pytest.fixture(scope="module")
def year(tmp_path_factory, worker_id):
    """Return the ledger of the example's year of supervision, with the page of its third quarter beside it.

    Whoever of those that test at the same time wants it first makes it; the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "supervised"
    made = folder / "made"
    try:
        folder.mkdir()
    except FileExistsError:
        end = time.monotonic() + 240
        while not made.exists():
            assert time.monotonic() < end, "nobody has made the year"
            time.sleep(0.2)
    else:
        words = [sys.executable, str(EXAMPLES / "report.py"), str(folder), "--page", str(folder / "report.html")]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        made.touch()
    return folder / "report.db"


@pytest.fixture(scope="module")
def tables(year):
    """Return every table of it as dicts."""
    connection = sqlite3.connect(year)
    connection.row_factory = sqlite3.Row
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in names}
    connection.close()
    return found


def gathered(ledger, period, today=TODAY):
    with reads.open_ledger(place_of(ledger)) as opened:
        return gather.gather(opened, span(period), today)


def figures(report):
    return {figure.key: figure for section in report.sections for figure in section.figures}


class Oracle:
    """What the report should say, counted by going through the rows one by one."""

    def __init__(self, tables, period):
        self.tables, self.first, self.last = tables, period.first.isoformat(), period.last.isoformat()
        self.months = {self.first[:7], self.last[:7]} | {
            row["month"] for row in tables["anomaly"] if self.first[:7] <= row["month"] <= self.last[:7]
        }

    def within(self, day):
        return day is not None and self.first <= day <= self.last

    @property
    def records(self):
        return [row for row in self.tables["inspection"] if row["latest"] and self.within(row["visited_on"])]

    @property
    def visits(self):
        return [row for row in self.records if not row["offsite"]]

    def enterprises(self, agency=None):
        return len({row["enterprise_code"] for row in self.visits if agency in (None, row["agency_code"])})

    def anomalies(self, *rules, states=("open", "verified"), agency=None):
        return sum(
            row["rule"] in rules and row["state"] in states and self.first[:7] <= row["month"] <= self.last[:7]
            and agency in (None, row["agency_code"])
            for row in self.tables["anomaly"]
        )  # fmt: skip

    def problems(self, agency=None):
        return [
            self.anomalies("repeat", agency=agency), self.anomalies("multiple", agency=agency),
            self.anomalies("unplanned", "early", "triggered", agency=agency),
        ]  # fmt: skip

    def findings(self):
        return [row for row in self.tables["finding"] if row["stage"] != "withdrawn" and self.within(row["found_on"])]

    def events(self, step):
        return [row for row in self.tables["event"] if row["step"] == step and self.within(row["done_on"])]


def tenth(part, whole):
    """Round to one place, half up, by fractions alone."""
    from fractions import Fraction

    if not whole:
        return "—"
    tenths = int(Fraction(1000 * part, whole) + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"


@pytest.mark.in_a_file
@pytest.mark.parametrize("period", PERIODS)
def test_1_the_three_kinds_of_problem_with_visits_ratings_and_the_trend(year, tables, period):
    found = figures(gathered(year, period))
    now, before = Oracle(tables, span(period)), Oracle(tables, span(period).before)
    for place, row in enumerate(found["problems"].rows):
        numbers = now.problems()[place], before.problems()[place]
        assert (row[1], row[3]) == numbers
        assert (str(row[2]), str(row[4])) == (tenth(numbers[0], now.enterprises()), tenth(numbers[1], before.enterprises()))
    assert sum(row[1] for row in found["problems"].rows) > 0
    by_agency = {row[0]: row for row in found["problems-by-agency"].rows}
    assert {*by_agency} == {row["agency_code"] for row in now.visits} | {
        row["agency_code"] for row in tables["anomaly"] if now.anomalies(row["rule"], agency=row["agency_code"]) and row["rule"] in
        ("repeat", "multiple", "unplanned", "early", "triggered")
    }  # fmt: skip
    for code, row in by_agency.items():
        assert row[2] == now.enterprises(code)
        assert [row[3], row[5], row[7]] == now.problems(code)
        assert [str(row[4]), str(row[6]), str(row[8])] == [tenth(one, now.enterprises(code)) for one in now.problems(code)]
    assert found["problems-by-agency"].total[2] == now.enterprises()
    assert len(found["trend"].rows) == 8
    for row in found["trend"].rows:
        quarter = Oracle(tables, span(row[0]))
        assert row[1] == quarter.enterprises()
        assert [str(one) for one in row[2:]] == [tenth(one, quarter.enterprises()) for one in quarter.problems()]
    together = defaultdict(set)
    for row in now.visits:
        if row["joint"]:
            together[row["joint"], row["enterprise_code"], row["visited_on"]].add(row["agency_code"])
    assert found["saved"].rows[0][1] == sum(len(agencies) - 1 for agencies in together.values())
    ratings = Counter(row["rating"] for row in now.visits if row["rating"])
    assert {row[0]: row[1] for row in found["ratings"].rows if row[1]} == ratings
    assert str(found["ratings"].total[2]) == tenth(sum(ratings.values()), len(now.visits))
    visits = Counter(code for code, _agency, _day in {(row["enterprise_code"], row["agency_code"], row["visited_on"])
                                                      for row in now.visits})  # fmt: skip
    assert [(row[1], row[3]) for row in found["most-visited"].rows] == sorted(visits.items(), key=lambda one: (-one[1], one[0]))[
        :20
    ]


@pytest.mark.in_a_file
@pytest.mark.parametrize("period", PERIODS)
def test_2_2_findings_steps_decisions_and_measures(year, tables, period):
    found = figures(gathered(year, period))
    now, before = Oracle(tables, span(period)), Oracle(tables, span(period).before)
    assert found["findings-by-category"].total[2:4] == (len(now.findings()), len(before.findings()))
    agencies = Counter(row["agency_code"] for row in now.findings())
    assert {row[0]: row[2] for row in found["findings-by-agency"].rows if row[2]} == agencies
    done = Counter(row["agency_code"] for row in now.findings() if row["stage"] in ("rectified", "closed"))
    assert {row[0]: row[4] for row in found["findings-by-agency"].rows if row[4]} == done
    as_of = min(span(period).last, TODAY).isoformat()
    told = {row["number"]: row["rectified_on"] for row in tables["finding"]}
    came = defaultdict(Counter)
    for clock in tables["deadline"]:
        if not now.within(clock["due_on"]) or (clock["cancelled_on"] and clock["cancelled_on"] <= as_of):
            continue
        met = clock["met_on"] if clock["met_on"] and clock["met_on"] <= as_of else None
        untold = clock["period"] in ("rectification", "decision") and told[clock["finding_number"]] is None
        untold = untold and not any(
            event["finding_number"] == clock["finding_number"] and event["step"] == "review" and event["done_on"] > clock["due_on"]
            and json.loads(event["details"])["result"] != "full"
            for event in tables["event"]
        )  # fmt: skip
        way = ("late" if met > clock["due_on"] and not untold else "in time") if met else (
            "overdue" if clock["due_on"] < as_of else "running")  # fmt: skip
        came[clock["period"]][way] += 1
    for key, row in zip(("warning", "recommendation", "rectification", "review", "decision"), found["steps"].rows, strict=False):
        counts = came[key]
        assert row[1:6] == (sum(counts.values()), counts["in time"], counts["late"], counts["overdue"], counts["running"])
        assert str(row[6]) == tenth(counts["in time"], counts["in time"] + counts["late"] + counts["overdue"])
    assert sum(sum(counts.values()) for counts in came.values()) >= 3
    late = [
        clock for clock in tables["deadline"] if clock["due_on"] < as_of and clock["started_on"] <= as_of
        and not (clock["met_on"] and clock["met_on"] <= as_of) and not (clock["cancelled_on"] and clock["cancelled_on"] <= as_of)
    ]  # fmt: skip
    waiting = [
        row for row in tables["guidance"] if row["due_on"] < as_of
        and not any(row[key] and row[key] <= as_of for key in ("issued_on", "dismissed_on"))
    ]  # fmt: skip
    assert waiting
    assert found["overdue"].total[2] == len(late) + len(waiting)
    assert found["overdue"].total[-1] == found["steps"].rows[-1][4] + sum(row["due_on"] < now.first for row in waiting)
    assert len(found["overdue-each"].rows) == min(len(late) + len(waiting), 50)
    handling = {row[0]: row[1] for row in found["handling"].rows}
    assert handling["预警提醒"] == len(now.events("warn"))
    assert handling["报请"] == len(now.events("escalate"))
    decided = {row["finding_number"] for row in now.events("decide")}
    assert handling["行政执法监督决定书"] == len(
        {row["decision_number"] for row in tables["finding"] if row["number"] in decided}
    )
    papers = [
        row for row in tables["paper"] if row["kind"] == "recommendation" and row["state"] in ("signed", "sealed", "served")
        and now.within(row["signed_on"])
    ]  # fmt: skip
    assert handling["行政执法监督建议书"] == len(papers)
    measures = Counter(json.loads(row["details"])["measure"] for row in tables["event"]
                       if row["step"].startswith("account") and now.within(row["done_on"]))  # fmt: skip
    assert [row[1] for row in found["measures"].rows] == [
        measures[key] for key in ("circular", "interview", "criticism", "suspend", "revoke")
    ]


@pytest.mark.in_a_file
@pytest.mark.parametrize("period", PERIODS)
def test_2_1_draws_clues_plans_anomalies_and_the_look(year, tables, period):
    found = figures(gathered(year, period))
    now = Oracle(tables, span(period))
    asked = {quarter.key for quarter in span(period).quarters(max(span(period).months // 3, 1))}
    standing = [row for row in tables["draw"] if row["quarter"] in asked and row["drawn_on"] and not row["voided_on"]]
    assert [row[:3] for row in found["draws"].rows] == [
        (row["quarter"], row["frame_size"], row["sample_size"]) for row in standing
    ]
    assert len(found["drawn"].rows) == sum(row["sample_size"] for row in standing)
    clues = [row for row in tables["clue"] if now.within(row["received_on"])]
    states = ("open", "finding", "referred", "merged", "dismissed")
    assert found["clues"].total[1] == len(clues)
    assert found["clues"].total[3:] == tuple(sum(row["state"] == state for row in clues) for state in states)
    for place, state in enumerate(("open", "verified", "dismissed", "gone"), 4):
        wanted = sum(row["state"] == state and row["month"] in now.months for row in tables["anomaly"])
        assert found["anomalies"].total[place] == wanted
    shares = {row[0]: (row[1], str(row[2])) for row in found["modes"].rows}
    for title, number in (
        ("非现场检查", len(now.records) - len(now.visits)),
        ("跨部门联合检查", sum(bool(row["joint"]) for row in now.visits)),
        ("触发式检查", sum(row["triggered"] for row in now.visits)),
        ("综合查一次", sum(any(sign in (row["item"] or "") for sign in ";；") for row in now.visits)),
    ):
        assert shares[title] == (number, tenth(number, len(now.records)))
    plans = [row for row in tables["plan"] if row["from_on"] <= now.last and row["to_on"] >= now.first]
    as_of = min(span(period).last, TODAY).isoformat()
    filed = [row for row in plans if row["filed_on"] and row["filed_on"] <= as_of]
    assert found["plans"].total[1:3] == (len(plans), len(filed))
    assert found["complaints"].total[2] == sum(now.within(row["received_on"]) for row in tables["complaint"])
    looks = defaultdict(set)
    for row in tables["look"]:
        looks[row["month"]].add(row["agency_code"])
    for row in found["looks"].rows:
        assert row[3] == len(looks[row[0]])


def test_a_report_is_the_same_on_a_server(year, stock, tmp_path):
    ledger = stock.fresh("server", "blank", tmp_path / "report")
    backups.restore(year, place_of(ledger))
    assert as_json(gathered(ledger, "2026Q3")) == as_json(gathered(year, "2026Q3"))
    with reads.open_ledger(place_of(ledger)) as server, reads.open_ledger(year) as file:
        for key in FIGURES:
            told = [gather.explain(opened, span("2026Q3"), TODAY, key)["queries"] for opened in (server, file)]
            assert [
                {**one, "records": sorted(map(str, one["records"]))} for one in told[0]
            ] == [{**one, "records": sorted(map(str, one["records"]))} for one in told[1]]  # fmt: skip


@pytest.mark.in_a_file
def test_the_page_that_is_kept_is_the_one_that_its_command_makes(year):
    assert year.with_suffix(".html").read_bytes() == (EXAMPLES / "report.html").read_bytes()


@pytest.mark.in_a_file
def test_each_figure_has_the_records_that_it_counts(year):
    found = figures(gathered(year, "2026Q3"))
    assert {*found} == {*FIGURES}
    assert {key for keys in FIGURES.values() for key in keys} <= {*all_queries(["unplanned"])}
    with reads.open_ledger(year) as opened:
        told = [gather.explain(opened, span("2026Q3"), TODAY, key)["queries"] for key in FIGURES if key != "trend"]
        assert all({*one["values"]} == {*re.findall(r":(\w+)", one["sql"])} for queries in told for one in queries)
        counts = {one["key"]: one["count"] for queries in told for one in queries}
        trend = [one["count"] for one in gather.explain(opened, span("2026Q3"), TODAY, "trend")["queries"]]
        own = gather.explain(opened, span("2026Q3"), TODAY, "guide-coverage", "310116001")["queries"][0]["records"]
        joint = gather.explain(opened, span("2026Q3"), TODAY, "saved", "310116001")["queries"][0]
    assert [counts["repeat"], counts["multiple"], counts["arbitrary"]] == [row[1] for row in found["problems"].rows]
    assert counts["findings"] == found["findings-by-category"].total[2]
    assert counts["overdue"] == found["overdue"].total[2]
    assert counts["clues"] == found["clues"].total[1]
    assert counts["anomalies"] == found["anomalies"].total[2]
    assert counts["records"] == found["modes"].total[1]
    quarters = [span(row[0]) for row in found["trend"].rows]
    assert trend[0] == sum(
        figures(gathered(year, quarter.key))["problems"].rows[0][1] for quarter in quarters if quarter.first.year > 2024
    )
    (coverage,) = (row for row in found["guide-coverage"].rows if row[0] == "310116001")
    assert (len(own), sum(row["covered"] for row in own)) == coverage[2:4]
    assert (joint["by_agency"], joint["count"]) == (False, 0)
    assert counts["onsite"] >= found["ratings"].total[1] > 0
    assert counts["clocks"] == sum(row[1] for row in found["steps"].rows)


@pytest.mark.in_a_file
def test_every_column_of_the_records_behind_a_figure_has_a_heading(year):
    with sqlite3.connect(year) as db:
        shown = {
            head[0]
            for query in all_queries(["unplanned"]).values()
            for head in db.execute(query.sql, dict.fromkeys(re.findall(r":(\w+)", query.sql), "")).description
        }
    assert shown - {"day"} == {*HEADINGS}


@pytest.mark.in_a_file
def test_a_category_that_a_later_policy_left_out_is_counted_all_the_same(jsup, register):
    text = policy.packaged_text()
    head, mark, tail = text.partition("[categories.discretion]")
    left_out = head + tail[tail.index("[categories.") :]
    left_out = "\n".join(line for line in left_out.split("\n") if 'category = "discretion"' not in line)
    Path("old.toml").write_text(left_out, encoding="utf-8")
    assert mark
    assert jsup("finding", "add", "--agency=JS-SCJG", "--category=discretion", "--title=t", "--found-on=2026-11-02").status == 0
    assert jsup("policy", "import", "old.toml").status == 0
    (row,) = figures(gathered(register, "2026-11", date(2026, 11, 24)))["findings-by-category"].rows
    assert row[:3] == ("discretion", "", 1)


@pytest.mark.in_a_file
@pytest.mark.parametrize(("part", "whole", "shown"), [(1, 3, "33.3"), (1, 8, "12.5"), (1, 16, "6.3"), (0, 5, "0.0"), (5, 0, "—")])
def test_a_rate_is_rounded_half_up(part, whole, shown):
    assert str(Rate(part, whole)) == shown == tenth(part, whole)
