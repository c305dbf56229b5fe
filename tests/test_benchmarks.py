"""What the benchmarks are made of: the large ledger, the records, and the guard over them."""

import json
import sys
from pathlib import Path

import pytest

from jsup import journal
from jsup.models import Deadline, Event, Finding, Paper, PaperFinding
from jsup.outcomes import Guidance, GuidanceAgency
from jsup.watched import Batch, Look
from tests.conftest import rows

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import make_ledger

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


def test_a_ledger_that_cannot_hold_so_many_overdue_is_refused(tmp_path):
    with pytest.raises(ValueError, match="of 10 findings only 10 can be overdue"):
        make_ledger.make(tmp_path / "made.db", findings=10, inspections=0, overdue=11)
