"""The views, which Excel, Datasette and jsup read: held against the entities, column by column."""

import json
import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlmodel import SQLModel, select

from jsup import words
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.models import Agency, Deadline, Draw, DrawCheck, DrawPlace, DrawSubstitution, Event, Finding, Paper, PaperFinding
from jsup.outcomes import (
    Activity,
    Experience,
    Guidance,
    Guide,
    GuideDelivery,
    InspectionNote,
    Resolution,
    ScoreAgency,
    ScoreRound,
)  # fmt: skip
from jsup.watched import (
    AgencyName,
    Anomaly,
    CertificateState,
    Clue,
    Complaint,
    Entrustment,
    Inspection,
    Inspector,
    Plan,
    PlanVisit,
)  # fmt: skip
from tests import views_world
from tests.conftest import place_of, rows

TODAY = date(2026, 11, 24)
COLUMNS = {
    "file": "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'view' ORDER BY m.name, c.cid",
    "server": "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'jsup'"
    " AND table_name IN (SELECT viewname FROM pg_views WHERE schemaname = 'jsup') ORDER BY table_name, ordinal_position",
}


class Entities:
    """What the tables of a ledger hold, as entities in the order of entry."""

    def __init__(self, place: Any) -> None:
        with Ledger(place, Entry("read", "officer", TODAY)).change(dry_run=True) as session:
            self.of = {model: [row.model_copy() for row in session.exec(select(model))] for model in MODELS}
        for model, found in self.of.items():
            found.sort(key=lambda row: getattr(row, key_of(model)))
        self.one = {model: {getattr(row, key_of(model)): row for row in found} for model, found in self.of.items()}

    def all(self, model: type[SQLModel], **wanted: object) -> list[Any]:
        return [row for row in self.of[model] if all(getattr(row, key) == value for key, value in wanted.items())]

    def name(self, code: str | None) -> str | None:
        agency = self.one[Agency].get(code)
        return agency.name if agency else None


def key_of(model: type[SQLModel]) -> str:
    return next(iter(model.__table__.primary_key)).name


class View(NamedTuple):
    """A view: its key, the entity whose rows it shows, and the oracles of the columns that are not the entity's.

    `rows` picks the entities that have a row; all of them, if it is not given.
    """

    key: tuple[str, ...]
    entity: type[SQLModel]
    more: dict[str, Callable[[Entities, Any], object]]
    rows: Callable[[Entities], list[Any]] | None = None


# Oracles ----------------------------------------------------------------------------------------


def agency(ledger, row):
    return ledger.name(row.agency_code)


def through(model, field, of):
    """Take a column from the entity that `of` names."""
    return lambda ledger, row: getattr(ledger.one[model][getattr(row, of)], field)


def drafted(ledger, finding):
    grounds = {"open": "outstanding", "unrectified": "unrectified"}
    papers = [ledger.one[Paper][row.paper_id] for row in ledger.all(PaperFinding, finding_number=finding.number)]
    wanted = ("recommendation", grounds.get(finding.stage))
    return int(any((paper.kind, paper.ground) == wanted and paper.state in {"draft", "reviewed"} for paper in papers))


def late(ledger, finding):
    clocks = [row for row in ledger.all(Deadline, finding_number=finding.number) if row.period in {"rectification", "decision"}]
    return int(bool(clocks) and finding.rectified_on is not None and finding.rectified_on > clocks[-1].due_on)


def open_clocks(ledger, finding, **wanted):
    return ledger.all(Deadline, finding_number=finding.number, met_on=None, cancelled_on=None, **wanted)


def unreported(ledger, finding):
    return len(open_clocks(ledger, finding, period="rectification")[:1])


def objected(ledger, finding):
    said = [row.step for row in ledger.all(Event, finding_number=finding.number) if row.step in {"object", "answer"}]
    return int(said[-1:] == ["object"])


def notified(ledger, finding):
    return len(ledger.all(Event, finding_number=finding.number, step="notify")[:1])


def agency_due(ledger, finding):
    return max((row.due_on for row in open_clocks(ledger, finding, owner="agency")), default=None)


def wanting_on(ledger, finding):
    reviews = ledger.all(Event, finding_number=finding.number, step="review")
    return max((row.done_on for row in reviews if json.loads(row.details)["result"] in {"partial", "none"}), default=None)


def of_finding(column):
    oracle = FINDING.get(column, lambda _ledger, finding: getattr(finding, column))
    return lambda ledger, clock: oracle(ledger, ledger.one[Finding][clock.finding_number])


def said_names(said):
    """Return every text that stands under the key `agency` in a paper's contents."""
    if isinstance(said, dict):
        own = {said["agency"]} if isinstance(said.get("agency"), str) else set()
        return own.union(*map(said_names, said.values()))
    return set().union(*map(said_names, said)) if isinstance(said, list) else set()


def named(ledger, paper):
    """Return the agency's name as the paper says it; where it says none, as it was on the day of drafting."""
    now, said = ledger.name(paper.agency_code), said_names(json.loads(paper.data or "{}"))
    former = sorted(ledger.all(AgencyName, agency_code=paper.agency_code), key=lambda row: (row.until_on, row.id))
    if now in said:
        return now
    if written := [row.name for row in former if row.name in said]:
        return written[-1]
    return next((row.name for row in former if row.until_on > paper.drafted_on), now)


def state_of(field, otherwise=None):
    def oracle(ledger, inspector):
        states = ledger.all(CertificateState, certificate=inspector.certificate)
        return getattr(states[-1], field) if states else otherwise

    return oracle


def held(ledger):
    """Return who holds the places of the draws that were not voided: each place's last holder."""
    found = {}
    for row in [*ledger.of[DrawPlace], *ledger.of[DrawSubstitution]]:
        if ledger_draw(ledger, row).voided_on is None:
            found[row.draw_id, row.place] = row
    return [*found.values()]


def ledger_draw(ledger, place):
    return next(row for row in ledger.of[Draw] if row.draw_id == place.draw_id)


def quarter_end(ledger, place):
    """Return the quarter's last day: text, on a server too."""
    year, month = int(ledger_draw(ledger, place).quarter[:4]), 3 * int(ledger_draw(ledger, place).quarter[5])
    return date(year, month, monthrange(year, month)[1]).isoformat()


def checked(ledger, place):
    checks = ledger.all(DrawCheck, draw_id=place.draw_id, uid=place.uid, withdrawn_on=None)
    return min((row.done_on for row in checks), default=None)


def counted(model, of, key, **wanted):
    return lambda ledger, row: len(ledger.all(model, **{of: getattr(row, key)}, **wanted))


def paper_number(ledger, guidance):
    return ledger.one[Paper][guidance.paper_id].number if guidance.paper_id else None


FINDING = {
    "agency": agency, "management": through(Agency, "management", "agency_code"), "drafted": drafted, "late": late,
    "superior": through(Agency, "superior", "agency_code"), "unreported": unreported, "objected": objected,
    "notified": notified, "agency_due": agency_due, "wanting_on": wanting_on,
}  # fmt: skip
OF_FINDING = (
    "number", "agency_code", "agency", "title", "stage", "assigned_to", "management", "superior", "drafted", "late", "unreported",
    "objected", "notified", "agency_due",
)  # fmt: skip
MODELS = tuple(mapper.class_ for mapper in SQLModel._sa_registry.mappers)
NAMED = {"agency": agency}

VIEWS = {
    "activities": View(("id",), Activity, NAMED),
    "agencies": View(("code",), Agency, {"active": lambda _ledger, row: int(row.retired_on is None)}),
    "anomalies": View(("id",), Anomaly, NAMED),
    "clues": View(("number",), Clue, NAMED),
    "complaints": View(("agency_code", "number"), Complaint, NAMED),
    "deadlines": View(
        ("id",), Deadline, {"kind": lambda *_: "finding"} | {column: of_finding(column) for column in OF_FINDING}
    ),
    "draw_checks": View(
        ("number", "place"), DrawPlace,
        {"kind": lambda *_: "draw", "number": lambda _ledger, row: row.draw_id, "agency_code": lambda _ledger, row: row.uid,
         "quarter": lambda ledger, row: ledger_draw(ledger, row).quarter, "agency": lambda ledger, row: ledger.name(row.uid),
         "started_on": lambda ledger, row: ledger_draw(ledger, row).drawn_on, "due_on": quarter_end, "met_on": checked},
        held,
    ),
    "entrustments": View(("id",), Entrustment, {"organ": lambda ledger, row: ledger.name(row.organ_code)}),
    "experiences": View(("id",), Experience, NAMED),
    "findings": View(("number",), Finding, FINDING),
    "guidances": View(("id",), Guidance, {"paper_number": paper_number}),
    "guide_deliveries": View(
        ("id",), GuideDelivery,
        {column: through(Guide, column, "guide_id") for column in ("agency_code", "field", "version", "title")},
    ),
    "guides": View(
        ("id",), Guide, NAMED | {"deliveries": counted(GuideDelivery, "guide_id", "id", withdrawn_on=None)}
    ),
    "inspection_notes": View(("id",), InspectionNote, NAMED),
    "inspections": View(
        ("record",), Inspection, {"agency": lambda ledger, row: ledger.name(row.agency_code) or row.agency},
        lambda ledger: [*{row.record: row for row in sorted(ledger.of[Inspection], key=lambda row: row.version)}.values()],
    ),
    "inspectors": View(
        ("certificate",), Inspector,
        NAMED | {"state": state_of("state", "valid"), "state_from": state_of("from_on"), "state_until": state_of("until_on"),
                 "document": state_of("document")},
    ),
    "measures": View(
        ("id",), Event,
        {"agency_code": through(Finding, "agency_code", "finding_number"), "agency": lambda ledger, row: ledger.name(
            ledger.one[Finding][row.finding_number].agency_code), "measure": lambda _ledger, row: json.loads(row.details)["measure"]},
        lambda ledger: ledger.all(Event, step="account"),
    ),
    "papers": View(("id",), Paper, {"agency": named}),
    "plans": View(
        ("code",), Plan, NAMED | {"level": through(Agency, "level", "agency_code"),
                                  "visits": counted(PlanVisit, "plan_code", "code", dropped_on=None)},
    ),
    "resolutions": View(
        ("id",), Resolution, NAMED | {column: through(Activity, column, "activity_id") for column in ("kind", "title", "held_on")}
    ),
    "scores": View(
        ("round_id", "agency_code"), ScoreAgency,
        NAMED | {column: through(ScoreRound, column, "round_id") for column in (
            "period", "state", "drafted_on", "object_by", "final_on", "start", "line")},
    ),
}  # fmt: skip

SAME_EVERYWHERE = {("deadlines", "kind"), ("draw_checks", "kind")}
FLAGS = ("active", "drafted", "late", "unreported", "objected", "notified")


# The ledger -------------------------------------------------------------------------------------


class Held(NamedTuple):
    """A ledger that nothing changes any more, its columns by view, and what its tables hold."""

    kind: str
    place: Any
    columns: dict[str, list[str]]
    entities: Entities

    def read(self, sql: str) -> list[tuple]:
        return rows(self.place, sql)


@pytest.fixture(scope="module", params=["file", "server"])
def held_ledger(request, stock, tmp_path_factory):
    """Return the grown ledger, made once for each store: no test here writes it."""
    folder = tmp_path_factory.mktemp(f"views-{request.param}")
    place = stock.fresh(request.param, "blank", folder / "ledger.db")
    views_world.made(place_of(place), folder, 12)
    columns: dict[str, list[str]] = {}
    for view, column in rows(place, COLUMNS[request.param]):
        columns.setdefault(view, []).append(column)
    return Held(request.param, place, columns, Entities(place_of(place)))


def expected(ledger: Held, name: str, column: str, row: Any) -> object:
    """Return what a column of a view is to hold for an entity, as the store gives it."""
    view = VIEWS[name]
    if column in view.more:
        value = view.more[column](ledger.entities, row)
    elif column in view.entity.__table__.columns:
        value = getattr(row, column)
    else:
        raise AssertionError(f"{name}.{column} is neither the entity's nor has it an oracle")
    if ledger.kind == "file":
        value = value.isoformat() if isinstance(value, date) else int(value) if isinstance(value, bool) else value
    return value


# Views and entities -----------------------------------------------------------------------------


def test_every_view_is_held(held_ledger):
    assert sorted(held_ledger.columns) == sorted(VIEWS)


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_shows_the_rows_of_its_entity_and_what_follows_from_them(name, held_ledger):
    view, columns = VIEWS[name], held_ledger.columns[name]
    assert set(view.more) | set(view.key) <= set(columns)
    found = held_ledger.read(f"SELECT {', '.join(columns)} FROM {name}")
    entities = view.rows(held_ledger.entities) if view.rows else held_ledger.entities.of[view.entity]
    wanted = [tuple(expected(held_ledger, name, column, row) for column in columns) for row in entities]
    at = [columns.index(column) for column in view.key]
    seen, known = ({tuple(row[place] for place in at): row for row in table} for table in (found, wanted))
    assert (len(seen), len(known)) == (len(found), len(wanted))  # the key is one
    assert seen.keys() == known.keys()
    wrong = [
        (key, column, got, is_)
        for key, row in known.items()
        for column, got, is_ in zip(columns, seen[key], row, strict=True)
        if got != is_ or type(got) is not type(is_)
    ]
    assert wrong == []
    for column, values in zip(columns, zip(*found, strict=True), strict=True):
        if column in view.more and (name, column) not in SAME_EVERYWHERE:
            assert len({*values}) > 1, column  # or nothing was tried
        if column in FLAGS:
            assert {*values} == {0, 1}, column


def test_states_and_measures_are_all_seen(held_ledger):
    assert {state for (state,) in held_ledger.read("SELECT state FROM inspectors")} == {"valid", "suspended", "revoked"}
    assert {measure for (measure,) in held_ledger.read("SELECT measure FROM measures")} == {*words.MEASURES}


# The pages --------------------------------------------------------------------------------------

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("page", ["views.md", "views.zh-CN.md"])
def test_the_page_names_each_view_with_its_columns_in_their_order(page, held_ledger):
    *_head, views = (DOCS / page).read_text("utf-8").split("\n## ")
    sections = [section.strip().split("\n\n") for section in views.split("\n### ")[1:]]
    assert {name: re.findall(r"`(\w+)`", columns) for name, _row, columns, *_notes in (s[0].split("\n") + s[1:] for s in sections)} \
        == held_ledger.columns  # fmt: skip
    for section in sections:
        told = re.findall(r"^- `(\w+)`", section[-1], re.MULTILINE) if section[3:] else []
        assert {*told} <= {*held_ledger.columns[section[0]]}


@pytest.mark.parametrize("page", ["views.md", "views.zh-CN.md"])
def test_the_queries_of_the_page_answer(page, held_ledger):
    queries = re.findall(r"```sql\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    answers = [held_ledger.read(query) for query in queries]
    assert len(answers) == 3
    assert all(answers)
    clocks = held_ledger.entities.of[Deadline]
    late = [one for one in clocks if one.met_on is None and one.cancelled_on is None and one.due_on < TODAY]
    assert sum(row[2] for row in answers[0]) == len(late)
    quarter = [
        one
        for one in held_ledger.entities.of[Finding]
        if one.stage != "withdrawn" and date(2026, 7, 1) <= one.found_on <= date(2026, 9, 30)
    ]
    assert sum(row[1] for row in answers[1]) == len(quarter)
    visits = [
        one for one in held_ledger.entities.of[Inspection] if one.latest and not one.offsite and one.visited_on.year == 2026
    ]
    assert sum(row[1] for row in answers[2]) == len(visits)
