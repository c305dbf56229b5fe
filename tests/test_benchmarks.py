"""What the benchmarks are made of: the large ledger, the records, and the guard over them."""

import json

import make_ledger
import measure
import performance
import pytest

from jsup import journal
from jsup.models import Deadline, Event, Finding, Paper, PaperFinding
from jsup.outcomes import Guidance, GuidanceAgency
from jsup.watched import Batch, Look
from tests.conftest import rows

MODELS = {
    model.__tablename__: model for model in (Finding, Deadline, Paper, PaperFinding, Event, Batch, Look, Guidance, GuidanceAgency)
}


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    place = tmp_path_factory.mktemp("made") / "made.db"
    make_ledger.make(place, findings=300, inspections=2_000, overdue=30)
    return place


def test_a_made_ledger_is_whole(large, jsup):
    assert jsup("--ledger", large, "verify", "--json").json["problems"] == []


def test_a_made_ledger_has_as_many_overdue_as_asked_and_one_in_a_hundred_running(large, jsup):
    items = [item for item in jsup("--ledger", large, "overdue", "--within", 40, "--json").json["items"] if item["stage"]]
    late = [item["number"] for item in items if item["overdue"]]
    assert len(late) == len({*late}) == 30
    assert len({item["number"] for item in items} - {*late}) == 3


def test_the_entries_of_a_made_ledger_are_those_that_jsup_writes(large):
    for (body,) in rows(large, "SELECT body FROM journal WHERE seq > 2"):
        said = json.loads(body)
        assert journal.canonical(said) == body
        for change in said["changes"]:
            assert {*change["row"]} == {column.name for column in MODELS[change["table"]].__table__.columns}


def test_systemic_problems_of_a_made_ledger_come_and_go(tmp_path, jsup):
    make_ledger.make(tmp_path / "made.db", findings=3_000, inspections=0, years=2)
    states = [row["state"] for row in jsup("--ledger", tmp_path / "made.db", "guidance", "list", "--json").json]
    assert 20 < len(states) < 60
    assert states.count("proposed") in (0, 1)
    items = jsup("--ledger", tmp_path / "made.db", "overdue", "--json").json["items"]
    assert {item["kind"] for item in items} == {"finding"}


def test_two_ledgers_of_one_seed_hold_the_same_rows_and_those_of_another_do_not(tmp_path):
    def said(name, seed):
        place = make_ledger.make(tmp_path / name, findings=50, inspections=100, overdue=5, seed=seed)
        return [rows(place, f"SELECT * FROM {table} ORDER BY 1") for table in (*MODELS, "inspection")]

    first = said("a.db", 1)
    assert said("b.db", 1) == first
    assert said("c.db", 2) != first


def test_a_ledger_that_cannot_hold_so_many_overdue_is_refused(tmp_path):
    with pytest.raises(ValueError, match="of 10 findings only 10 can be overdue"):
        make_ledger.make(tmp_path / "made.db", findings=10, inspections=0, overdue=11)
    assert not (tmp_path / "made.db").exists()


# The guard --------------------------------------------------------------------------------------


def figure(key, ratio, *, ours=2.0, aim=1.5):
    base = None if ratio is None else 1.0
    return performance.Figure(key, key.title(), ours, base, "s", ratio, aim, "bare")


def recorded(folder, name, *figures, growths=()):
    folder.mkdir(exist_ok=True)
    bench = measure.Bench(name, [*figures], [*growths])
    with pytest.raises(SystemExit):
        bench.done(folder)
    return folder


GUARDED = [
    pytest.param({"a": 1.0, "b": 2.0}, True, ["2 ratios compared"], id="the same"),
    pytest.param({"a": 0.5, "b": 1.0}, True, ["2 ratios compared"], id="less"),
    pytest.param(
        {"a": 1.2, "b": 2.0}, True, ["a: 1.20 times, recorded 1.00: 20% more, within 25%", "2 ratios compared"], id="more"
    ),
    pytest.param(
        {"a": 1.3, "b": 2.0}, False, ["a: 1.30 times, recorded 1.00: 30% more, PAST 25%", "2 ratios compared"], id="past"
    ),
    pytest.param({"a": 1.0}, False, ["b: not measured", "1 ratios compared"], id="one is not measured"),
    pytest.param({"a": 1.0, "b": None}, False, ["b: not measured", "1 ratios compared"], id="one has no ratio any more"),
    pytest.param({"a": 1.0, "b": 2.0, "c": 9.0}, True, ["2 ratios compared"], id="a new one"),
]


@pytest.mark.parametrize(("ratios", "whole", "said"), GUARDED)
def test_a_ratio_past_a_quarter_more_than_the_recorded_one_fails_whatever_the_time(tmp_path, capsys, ratios, whole, said):
    then = recorded(tmp_path / "then", "draw", figure("a", 1.0), figure("b", 2.0), figure("amount", None, ours=1.0))
    recorded(then, "scale", figure("large", 1.0))
    now = recorded(tmp_path / "now", "draw", *(figure(key, ratio, ours=99.0) for key, ratio in ratios.items()))
    capsys.readouterr()
    assert performance.check(now, then) is whole
    assert capsys.readouterr().out.splitlines() == said


def test_nothing_compared_is_nothing_checked(tmp_path):
    assert performance.check(tmp_path, tmp_path) is False


GROWING = [
    ([(1000, 5.0), (10_000, 5.1), (100_000, 5.0)], "does not grow"),
    ([(1000, 5.0), (10_000, 10.0), (100_000, 40.0)], "grows slower than the size"),
    ([(1000, 5.0), (10_000, 50.0), (100_000, 500.0)], "grows as the size does"),
    ([(1000, 5.0), (10_000, 50.0), (100_000, 600.0)], "grows as n log n does, or less"),
    ([(1000, 1.0), (10_000, 100.0), (100_000, 10_000.0)], "**steeper than n log n**: every pair is looked at"),
    ([(1000, 1.0), (10_000, 30.0), (100_000, 300.0)], "**steeper than n log n**: every pair is looked at"),
]


@pytest.mark.parametrize(("points", "words"), GROWING)
def test_how_something_grows_is_said_in_words(points, words):
    growth = performance.Growth("k", "t", "s", "findings", points, "every pair is looked at")
    assert performance.worded(growth) == words


def test_the_page_has_each_figure_with_its_command_and_a_reason_for_each_aim_missed(tmp_path):
    growth = performance.Growth("draw.units", "The draw", "ms", "units", [(1000, 1.0), (10_000, 10.0)])
    recorded(tmp_path, "draw", figure("draw.bare", 1.4), figure("draw.mib", None, aim=150), growths=[growth])
    recorded(tmp_path, "startup", figure("startup.help", 1.7), figure("startup.why", 1.9))
    found = performance.records(tmp_path)
    template = (
        "<!-- met -->\n<!-- figures -->\n<!-- missed -->\n<!-- reasons -->\nstartup.help: Typer itself.\ndraw.bare: stale\n"
    )
    page, unexplained = performance.page(template, found)
    assert unexplained == ["startup.why"]
    assert page.startswith("2 of 4\n### `python benchmarks/startup.py`\n")
    assert "| Draw.Bare | 2 s | bare: 1 s | 1.40 | 1.5 | met |" in page
    assert "| Draw.Mib | 2 s | — | — | 150 s | met |" in page
    assert "| The draw | units | 1,000: 1 ms; 10,000: 10 ms | 1.00 | grows as the size does |" in page
    assert "![The draw: ms by the number of units](performance/draw-units-ms.svg)" in page
    assert page.endswith("- **Startup.Help**: Typer itself.\n")
