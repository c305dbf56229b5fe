"""Inspection plans: taken over from tables, filed along the chain, published, looked at and corrected.

Source: 二（三）2.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session, select

from jsup import codes, ledger, register, tables
from jsup.errors import N_, Problem, RefusedError, UnknownError, UsageError, checked, file_name, iso_date
from jsup.ledger import Ledger
from jsup.models import Agency
from jsup.watch import merges
from jsup.watch.planned import CLAUSE, NOTES, municipal_first
from jsup.watched import Plan, PlanVisit

KINDS: Final = {"annual": "年度", "special": "专项"}
_WORDS: Final = {name: key for key, name in KINDS.items()} | {key: key for key in KINDS}

COLUMNS: Final = (
    tables.Column("code", ("计划编码", "plan_code"), required=True),
    tables.Column("agency_code", ("单位代码",), required=True),
    tables.Column("title", ("计划名称",), required=True),
    tables.Column("kind", ("计划类型",), required=True, words=_WORDS),
    tables.Column("year", ("年度",)),
    tables.Column("from_on", ("起始日",), dated=True),
    tables.Column("to_on", ("截止日",), dated=True),
    tables.Column("field", ("检查领域",)),
    tables.Column("ordered_by", ("部署机关",)),
    tables.Column("made_on", ("制定日期",), dated=True),
    tables.Column("municipal_on", ("市级备案日期",), dated=True),
    tables.Column("municipal_number", ("市级备案文号",)),
    tables.Column("filed_on", ("备案日期",), dated=True),
    tables.Column("filed_number", ("备案文号",)),
    tables.Column("published_on", ("公布日期",), dated=True),
    tables.Column("published_at", ("公布位置",)),
    tables.Column("enterprise", ("企业名称",)),
    tables.Column("enterprise_code", ("统一社会信用代码",)),
    tables.Column("item", ("检查事项",)),
    tables.Column("visit_from", ("计划检查起始日",), dated=True),
    tables.Column("visit_to", ("计划检查截止日",), dated=True),
)
_HEADINGS: Final = {column.key: column.headings[0] for column in COLUMNS}
_DATES: Final = tuple(column.key for column in COLUMNS if column.dated)
_VISIT: Final = tuple(column.key for column in COLUMNS[16:])
FIELDS: Final = tuple(column.key for column in COLUMNS[2:16])
"""A plan's fields that can be corrected; notes are written anew by `note`."""
_NEEDED: Final = ("title", "kind", "year", "from_on", "to_on")
_EMPTIED: Final = ("field", "ordered_by")
"""Fields that an empty cell empties; what was done is not undone by a file that does not know of it."""
_DONE: Final = {"municipal_on": "municipal_number", "filed_on": "filed_number", "published_on": "published_at"}
"""What was done on a day, and what is told about it."""

# What may stand in a plan ------------------------------------------------------------------------


@dataclass(frozen=True)
class Objection:
    """What is wrong with a field of a plan, as a message and its values; `clause` where a rule refuses."""

    field: str
    message: str
    values: dict[str, object]
    clause: str = ""


def objections(values: Mapping[str, Any], touched: Collection[str], today: date, *, municipal: bool) -> Iterator[Objection]:
    """Return what is wrong with a plan whose `touched` fields are new; `municipal`: a municipal filing comes first.

    The bureau's filing comes after the municipal one, and neither they nor the publication before the plan was made;
    in which order a plan is filed and published is not said.

    Source: 二（三）2.
    """
    made_on, municipal_on, filed_on = values.get("made_on"), values.get("municipal_on"), values.get("filed_on")
    if {"from_on", "to_on"} & {*touched} and values["to_on"] < values["from_on"]:
        yield Objection("to_on", N_("the last day {last} is before the first, {first}"), _ends(values))
    for key in ("made_on", *_DONE):
        on = values.get(key)
        if key in touched and on is not None and on > today:
            yield Objection(key, N_("{on} is in the future: today is {today}"), {"on": on, "today": today})
        elif on is not None and made_on is not None and {key, "made_on"} & {*touched} and on < made_on:
            yield Objection(
                key, N_("{on} is before {made_on}, on which the plan was made"), {"on": on, "made_on": made_on}, CLAUSE
            )
    code = {"code": values["code"]}
    if "municipal_on" in touched and municipal_on is not None and not municipal:
        message = N_("the plan {code} is filed with the bureau alone, for its agency has no municipal filing before it")
        yield Objection("municipal_on", message, code, CLAUSE)
    elif {"municipal_on", "filed_on"} & {*touched} and filed_on is not None:
        if municipal_on is None and municipal:
            message = N_(
                "the plan {code} is filed with the municipal body first: enter that with `jsup plan file {code} --municipal`"
            )
            yield Objection("filed_on", message, code, CLAUSE)
        elif municipal_on is not None and filed_on < municipal_on:
            message = N_("{on} is before {municipal_on}, on which the plan was filed with the municipal body")
            yield Objection("filed_on", message, {"on": filed_on, "municipal_on": municipal_on}, CLAUSE)
    for on_key, told in _DONE.items():
        if {on_key, told} & {*touched} and values.get(on_key) is None and values.get(told) is not None:
            message = N_("{value} stands without its day: give {column} as well")
            yield Objection(told, message, {"value": values[told], "column": _HEADINGS[on_key]})


def _ends(values: Mapping[str, Any]) -> dict[str, object]:
    return {"first": values["from_on"], "last": values["to_on"]}


def fields(given: Mapping[str, str]) -> dict[str, Any]:
    """Return a plan's fields as typed, checked; an empty one is none.

    Raises:
        UsageError: a field is unknown or does not take the value; the sentence names both.
    """
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key not in FIELDS:
            raise UsageError(N_("a plan has no field {field}: it has {fields}"), field=key, fields=", ".join(FIELDS))
        if not value and key not in _NEEDED:
            found[key] = None
        elif key == "kind" and value not in _WORDS:
            raise UsageError(N_("{field} cannot be {value}: choose one of {keys}"), field=key, value=value, keys=KINDS)
        elif key in _DATES:
            found[key] = iso_date(value, key)
        else:
            found[key] = _WORDS[value] if key == "kind" else year(value) if key == "year" else checked(value, key)
    return found


def year(text: str) -> int:
    """Read a year of four digits.

    Raises:
        UsageError: it is none.
    """
    if len(text) == len("2026") and text.isascii() and text.isdecimal() and int(text):
        return int(text)
    raise UsageError(N_("{text} is no year: write it as 2026"), text=text)


# One plan ---------------------------------------------------------------------------------------


def get(session: Session, code: str) -> Plan:
    """Return a plan of the ledger.

    Raises:
        UnknownError: no plan has that code.
    """
    plan = session.get(Plan, code)
    if plan is None:
        raise UnknownError(N_("no plan has the code {code}: `jsup plan list` shows all"), code=code)
    return plan


def file(ledger: Ledger, code: str, on: date, *, municipal: bool = False, number: str | None = None) -> None:
    """Enter that a plan was filed: with the municipal body, or with the bureau.

    Raises:
        RefusedError: it was so already, the chain does not allow it, or the day is in the future or too early.
    """
    key = "municipal" if municipal else "filed"
    values = {f"{key}_on": on, f"{key}_number": checked(number, "--number") if number is not None else None}
    _done(ledger, code, on, "plan file", values)


def publish(ledger: Ledger, code: str, on: date, *, at: str | None = None) -> None:
    """Enter that a plan was published.

    Raises:
        RefusedError: it was so already, or the day is in the future or before the plan was made.
    """
    values = {"published_on": on, "published_at": checked(at, "--at") if at is not None else None}
    _done(ledger, code, on, "plan publish", values)


_ALREADY: Final = {
    "municipal_on": N_("the plan {code} was filed with the municipal body on {on}: `jsup plan amend {code}` corrects that"),
    "filed_on": N_("the plan {code} was filed with the bureau on {on}: `jsup plan amend {code}` corrects that"),
    "published_on": N_("the plan {code} was published on {on}: `jsup plan amend {code}` corrects that"),
}


def _done(ledger: Ledger, code: str, on: date, step: str, values: dict[str, Any]) -> None:
    key = next(iter(values))
    with ledger.change() as session:
        plan = get(session, code)
        earlier = getattr(plan, key)
        if earlier is not None:
            raise RefusedError(_ALREADY[key], clause=CLAUSE, code=code, on=earlier)
        changed = _set(session, ledger, plan, values)
        _note(session, ledger, plan, step, on, set=changed)


def amend(ledger: Ledger, code: str, values: Mapping[str, str], why: str) -> None:
    """Correct a plan's fields; the old values and the reason are kept.

    Raises:
        RefusedError: nothing would change, or the chain of filings does not allow it.
        UsageError: a field cannot be set so.
    """
    new = fields(values)
    why = checked(why, "--why")
    with ledger.change() as session:
        plan = get(session, code)
        changed = _set(session, ledger, plan, new)
        if not changed:
            raise RefusedError(N_("the plan {code} has these values already: nothing was changed"), code=code)
        _note(session, ledger, plan, "plan amend", ledger.entry.today, set=changed, why=why)


def note(ledger: Ledger, code: str, notes: Mapping[str, str | None]) -> None:
    """Write down what a look at a plan's legality, reasonableness or coordination showed; earlier notes are kept.

    Raises:
        UsageError: nothing is given.
        RefusedError: all of it is noted already.
    """
    new = {key: checked(text, f"--{key}", lines=True) for key, text in notes.items() if text is not None}
    if not new:
        raise UsageError(N_("`plan note` wants one or more of {options}"), options=", ".join(f"--{key}" for key in NOTES))
    with ledger.change() as session:
        plan = get(session, code)
        changed = _set(session, ledger, plan, new)
        if not changed:
            raise RefusedError(N_("the plan {code} has these values already: nothing was changed"), code=code)
        _note(session, ledger, plan, "plan note", ledger.entry.today, set=changed)


def _set(session: Session, ledger_: Ledger, plan: Plan, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set fields where nothing speaks against it, and return what changed as [old, new]."""
    changed = _changed(plan, values)
    agency = session.get_one(Agency, plan.agency_code)
    municipal = municipal_first(agency.level, ledger.over(session).policy().own["watch"])
    for found in objections(plan.model_dump() | dict(values), changed, ledger_.entry.today, municipal=municipal):
        raise RefusedError(found.message, clause=found.clause, **found.values)
    for key, (_, value) in changed.items():
        setattr(plan, key, value)
    return changed


def _changed(row: Plan | PlanVisit, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {key: [getattr(row, key), value] for key, value in values.items() if getattr(row, key) != value}


def _note(session: Session, ledger_: Ledger, plan: Plan, step: str, on: date, **details: Any) -> None:
    """Write down at a plan's agency what was done to the plan."""
    register.event(session, ledger_, plan.agency_code, step, on, code=plan.code, **details)
    session.flush()


# Taking over ------------------------------------------------------------------------------------


@dataclass
class Given:
    """A plan as a file gives it: its fields, the row that gives each first, its rows, and the visits that stand in them."""

    fields: dict[str, Any] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    visits: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Imported:
    """What an import did, or would do; a row is new, changed or unchanged by what stands in it."""

    rows: int
    unknown: list[str]
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    dropped: int = 0
    """Visits that the file leaves out of a plan whose visits it gives."""
    changes: list[dict[str, Any]] = field(default_factory=list)
    """Each field that changes: code, enterprise_code and item (of a visit), field, old, new."""


def take_over(ledger_: Ledger, path: Path, *, dry_run: bool = False) -> Imported:
    """Enter the new plans and visits of a table and correct those whose rows changed, all or nothing.

    A visit that the file leaves out of a plan whose visits it gives is dropped, and planned again where a later file
    gives it. What a file does not say of a filing or a publication stays as it is.

    Raises:
        TableError: the file or any of its cells cannot be taken; each problem has row and column.
    """
    table = tables.read(path, COLUMNS)
    plans = read(table)
    with ledger_.change(dry_run=dry_run) as session:
        known = {code: session.get(Plan, code) for code in plans}
        watch = ledger.over(session).policy().own["watch"]
        for code, given in plans.items():
            complete(
                table, given, known[code], session.get(Agency, given.fields.get("agency_code", "")), watch, ledger_.entry.today
            )
        tables.refuse(path, table.problems)
        done = Imported(len(table.rows), table.unknown)
        touched: set[int] = set()
        for code, given in plans.items():
            _take(session, ledger_, given, known[code], done, touched, file_name(path))
        merges.recount(session, touched)
    return done


def read(table: tables.Table) -> dict[str, Given]:
    """Return the plans of a table by their codes; what is wrong in its cells is added to its problems."""
    plans: dict[str, Given] = {}
    unread = {(problem.row, problem.column) for problem in table.problems}
    for number, row in table.rows:
        values = _values(table, number, row)
        if "code" not in values:
            continue
        given = plans.setdefault(values["code"], Given())
        given.rows.append(number)
        for key, value in values.items():
            if key in _VISIT:
                given.visits.setdefault(number, {})[key] = value
            elif given.fields.setdefault(key, value) != value:
                said = {"value": row[key], "row": given.at[key], "other": given.fields[key]}
                _object(
                    table, number, key, N_("{value} does not agree with {other} in row {row}, which is of the same plan"), said
                )
            given.at.setdefault(key, number)
        if number in given.visits:
            for key in ("enterprise", "enterprise_code"):
                if key not in row and (number, table.columns.get(key)) not in unread:
                    _object(table, number, key, N_("it is empty"), {})
    return plans


def _object(table: tables.Table, row: int, key: str, message: str, values: dict[str, object]) -> None:
    table.problems.append(Problem(row, table.columns.get(key, _HEADINGS[key]), message, values))


def _values(table: tables.Table, number: int, row: dict[str, str]) -> dict[str, Any]:
    """Return a row's cells as values: days, a year, a code; one that cannot be read is left out."""
    found: dict[str, Any] = {}
    for key, text in row.items():
        try:
            if key in _DATES:
                found[key] = date.fromisoformat(text)
            else:
                found[key] = year(text) if key == "year" else codes.credit_code(text) if key == "enterprise_code" else text
        except UsageError as error:
            _object(table, number, key, error.message, error.values)
    return found


def complete(
    table: tables.Table, given: Given, plan: Plan | None, agency: Agency | None, watch: dict[str, Any], today: date
) -> None:
    """Complete a plan and its visits with what follows from the rest; what is wrong is added to the table's problems."""
    values, first = given.fields, given.rows[0]
    if agency is None:
        if "agency_code" in values:
            said = {"code": values["agency_code"]}
            _object(
                table,
                given.at["agency_code"],
                "agency_code",
                N_("no agency has the code {code}: `jsup agency list` shows all"),
                said,
            )
        return
    if plan is None:
        _period(values)
    else:
        values |= {key: None for key in _EMPTIED if key in table.columns and key not in values}
    whole = {**(plan.model_dump() if plan is not None else {}), **values}
    missing = [key for key in _NEEDED if key not in whole]
    if missing:
        if first not in {problem.row for problem in table.problems}:  # else a cell that cannot be read may be what is missing
            for key in missing:
                _object(table, first, key, N_("it is empty, and does not follow from the other cells of the row"), {})
        return
    touched = values if plan is None else _changed(plan, values)
    for one in objections(whole, touched, today, municipal=municipal_first(agency.level, watch)):
        _object(table, given.at.get(one.field, first), one.field, one.message, one.values)
    seen: dict[tuple[Any, ...], int] = {}
    for number, visit in given.visits.items():
        visit["item"] = visit.get("item")
        visit["from_on"], visit["to_on"] = visit.pop("visit_from", whole["from_on"]), visit.pop("visit_to", whole["to_on"])
        if visit["to_on"] < visit["from_on"]:
            _object(table, number, "visit_to", N_("the last day {last} is before the first, {first}"), _ends(visit))
        other = seen.setdefault(_key(visit), number) if "enterprise_code" in visit else number
        if other != number:
            _object(table, number, "enterprise_code", N_("the same visit stands in row {row} already"), {"row": other})


def _period(values: dict[str, Any]) -> None:
    """Let a plan's year follow from its first day, and an annual plan's days from its year."""
    if "year" not in values and "from_on" in values:
        values["year"] = values["from_on"].year
    if values.get("kind") == "annual" and "year" in values:
        values.setdefault("from_on", date(values["year"], 1, 1))
        values.setdefault("to_on", date(values["year"], 12, 31))


def _key(visit: Mapping[str, Any]) -> tuple[Any, ...]:
    return visit["enterprise_code"], visit["item"], visit["from_on"]


def _take(
    session: Session, ledger_: Ledger, given: Given, plan: Plan | None, done: Imported, touched: set[int], name: str
) -> None:
    """Enter or correct one plan and its visits, and count its rows; `touched` takes the merges whose visits changed."""
    code, changed = given.fields["code"], {}
    outcome = dict.fromkeys(given.rows, "unchanged")
    known: dict[tuple[Any, ...], PlanVisit] = {}
    if plan is None:
        plan = Plan.model_validate(given.fields)
        session.add(plan)
        session.flush()
        outcome[given.rows[0]] = "new"
    else:
        changed = _changed(plan, given.fields)
        for key, (_, value) in changed.items():
            setattr(plan, key, value)
        if changed:
            outcome[given.rows[0]] = "changed"
        known = {_key(row.model_dump()): row for row in session.exec(select(PlanVisit).where(PlanVisit.plan_code == code))}
    visits: dict[str, list[Any]] = {"changed": [], "dropped": []}
    left = {key: visit for key, visit in known.items() if given.visits and visit.dropped_on is None}
    for number, values in given.visits.items():
        visit = known.get(_key(values))
        left.pop(_key(values), None)
        if visit is None:
            session.add(PlanVisit.model_validate({"plan_code": code, **values}))
            outcome[number] = "new"
            continue
        again = _changed(visit, {**values, "dropped_on": None})
        if again:
            visits["changed"].append({"id": visit.id, "set": again})
            if visit.merge_id is not None and "dropped_on" in again:
                touched.add(visit.merge_id)
            outcome[number] = "new" if outcome[number] == "new" else "changed"
            done.changes += _told(code, again, visit)
        for key, (_, value) in again.items():
            setattr(visit, key, value)
    for visit in left.values():
        visit.dropped_on = ledger_.entry.today
        visits["dropped"].append(visit.id)
        if visit.merge_id is not None:
            touched.add(visit.merge_id)
        done.changes += _told(code, {"dropped_on": [None, visit.dropped_on]}, visit)
    done.dropped += len(left)
    done.changes += _told(code, changed)
    for word in outcome.values():
        setattr(done, word, getattr(done, word) + 1)
    session.flush()
    if left or {*outcome.values()} != {"unchanged"}:
        _note(session, ledger_, plan, "plan import", ledger_.entry.today, set=changed, visits=visits, file=name)


def _told(code: str, changed: Mapping[str, list[Any]], visit: PlanVisit | None = None) -> list[dict[str, Any]]:
    of = {"enterprise_code": visit and visit.enterprise_code, "item": visit and visit.item}
    return [{"code": code, **of, "field": key, "old": old, "new": new} for key, (old, new) in changed.items()]
