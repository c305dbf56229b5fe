"""Inspectors' certificates and entrustments: taken over from tables, suspended, revoked, restored, ended."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlmodel import Session, col, select

from jsup import register, tables
from jsup.credentials import EVERYTHING, REVOKED, STATES, SUSPENDED, VALID, unknown
from jsup.errors import N_, Problem, RefusedError, UnknownError, UsageError, checked, file_name, not_future
from jsup.ledger import Ledger, over
from jsup.models import Agency
from jsup.register import Imported, Tally, plain, set_fields
from jsup.tables import Column, Table
from jsup.watched import CertificateState, Entrustment, Inspector

INSPECTORS: Final = (
    Column("certificate", ("执法证号", "执法证件号"), required=True),
    Column("name", ("姓名",), required=True),
    Column("agency_code", ("单位代码",), required=True),
    Column("valid_from", ("有效期起",), dated=True),
    Column("valid_to", ("有效期至",), dated=True),
    Column("state", ("状态",), words={word: key for key, word in STATES.items()} | {key: key for key in STATES}),
    Column("state_from", ("状态起始日",), dated=True),
    Column("state_until", ("状态截止日",), dated=True),
    Column("document", ("依据文书",)),
)
ENTRUSTMENTS: Final = (
    Column("organ_code", ("委托机关代码",), required=True),
    Column("body", ("受委托组织",), required=True),
    Column("scope", ("委托事项",), required=True),
    Column("from_on", ("起始日",), required=True, dated=True),
    Column("to_on", ("截止日",), required=True, dated=True),
    Column("document", ("委托书",), required=True),
)
_OF_INSPECTOR: Final = ("name", "agency_code", "valid_from", "valid_to")
_OF_ENTRUSTMENT: Final = ("scope", "to_on", "document")
_BETWEEN: Final = re.compile("[;；]")
"""What stands between the items of a scope; 、 may stand within one."""

Row = tuple[int, dict[str, Any]]
"""A row's number in the file, and its values; days are dates."""


class State(NamedTuple):
    """A state that a certificate is to be in, from a first day on, a suspension perhaps until a last one."""

    state: str
    from_on: date
    until_on: date | None = None
    document: str | None = None


# Inspectors -------------------------------------------------------------------------------------


def take_inspectors(ledger: Ledger, path: Path, *, dry_run: bool = False) -> Imported:
    """Enter the new certificates of a table and correct those whose rows changed, all or nothing.

    An empty cell of a column that is there empties the field; an empty state leaves the state as it is. A state that differs
    from the one entered last is entered too, from today where no first day is given, and those before it stay; one that was
    revoked is valid again only by a document. Certificates that the table does not name stay.

    Raises:
        TableError: the file or any of its cells cannot be taken; each problem has row and column.
    """
    table = tables.read(path, INSPECTORS)
    with ledger.change(dry_run=dry_run) as session:
        rows = inspector_rows(table, session.exec(select(Agency.code)), ledger.entry.today)
        states = _histories(session)
        wanted = [_wanted(table, row, states.get(row[1]["certificate"], []), ledger.entry.today) for row in rows]
        tables.refuse(path, table.problems)
        stored = {inspector.certificate: inspector for inspector in session.exec(select(Inspector))}
        tally = Tally(len(rows), table.unknown)
        for (_number, values), state in zip(rows, wanted, strict=True):
            certificate = values["certificate"]
            cells: dict[str, Any] = {key: values[key] for key in _OF_INSPECTOR if key in table.columns}
            inspector = stored.get(certificate)
            if inspector is None:
                session.add(Inspector(certificate=certificate, **cells))
                session.flush()
                changed = {}
            else:
                changed = set_fields(inspector, cells)
            changed |= _enter(session, ledger, certificate, states.get(certificate, [])[-1:], state)
            if inspector is None:
                register.event(
                    session, ledger, values["agency_code"], "inspector import", ledger.entry.today, certificate=certificate
                )
                tally.new += 1
            else:
                step, why = "inspector amend", f"inspector import {file_name(path)}"
                tally.take({"certificate": certificate}, changed)
                if changed:
                    told = {"certificate": certificate, "set": changed, "why": why}
                    register.event(session, ledger, inspector.agency_code, step, ledger.entry.today, **told)
        return tally.imported()


def inspector_rows(table: Table, codes: Iterable[str], today: date) -> list[Row]:
    """Read the rows of a table of inspectors; what is wrong with a cell becomes a problem of the table."""
    known, seen = set(codes), dict[str, int]()
    found = []
    for number, cells in table.rows:
        values = _read(table, INSPECTORS, cells)
        _code(table, number, "agency_code", values, known)
        certificate = values.get("certificate")
        if certificate is not None:
            if re.search("[;；,，]", certificate):
                _bad(table, number, "certificate", N_("{value} names several: give each a row of its own"), value=certificate)
            if certificate in seen:
                message = N_("the certificate {certificate} stands in row {row} already")
                _bad(table, number, "certificate", message, certificate=certificate, row=seen[certificate])
            seen.setdefault(certificate, number)
        _in_order(table, number, "valid_to", values.get("valid_from"), values.get("valid_to"))
        state, from_on, until = values.get("state"), values.get("state_from"), values.get("state_until")
        if state is None and (from_on or until) and "state" not in _wrong(table, number):
            _bad(table, number, "state", N_("it is empty, but the row is filled in"))
        if from_on is not None and from_on > today:
            _bad(table, number, "state_from", N_("{on} is in the future: today is {today}"), on=from_on, today=today)
        found.append((number, values))
    return found


def _wanted(table: Table, row: Row, history: Sequence[CertificateState], today: date) -> State | None:
    """Return the state that a row enters, None if it tells none, the one that stands, or, with its first day, an earlier one."""
    number, values = row
    state, from_on = values.get("state"), values.get("state_from")
    last = history[-1] if history else None
    now = last.state if last is not None else VALID
    if state is None or (state == now == VALID):
        return None
    began = last.from_on if last is not None and state == now else today
    wanted = State(state, from_on or began, values.get("state_until"), values.get("document"))
    for one in history if from_on is not None else history[-1:]:
        until = wanted.until_on if "state_until" in table.columns else one.until_on
        same = (one.state, one.from_on, one.until_on) == (state, wanted.from_on, until)
        if same and (one is not last or wanted.document in (None, one.document)):
            return None
    against = _against(last, wanted)
    if against is None and last is not None and last.state == REVOKED and wanted.document is None:
        message = N_("it was revoked on {on}: {wanted} wants the document by which it was restored")
        against = "document", message, {"on": last.from_on, "wanted": state}
    if against is not None:
        key, message, told = against
        _bad(table, number, key, message, **told)
        return None
    return wanted


def _against(last: CertificateState | None, wanted: State) -> tuple[str, str, dict[str, Any]] | None:
    """Return what stands against a state that is to be entered: the column, a message, its values.

    States are entered in the order of their days, so that the one entered last is the one that counts on any day.
    """
    until = wanted.until_on
    if until is not None and wanted.state != SUSPENDED:
        return "state_until", N_("only a suspension has a last day: leave it out"), {}
    if until is not None and until < wanted.from_on:
        return (
            "state_until",
            N_("{until} is before {start}, the day on which it begins"),
            {"until": until, "start": wanted.from_on},
        )
    if last is not None and wanted.from_on < last.from_on:
        message = N_("{on} is before {floor}, the day from which the state entered last holds")
        return "state_from", message, {"on": wanted.from_on, "floor": last.from_on}
    if last is not None and last.state == REVOKED and wanted.state == SUSPENDED:
        message = N_("it was revoked on {on}: only `jsup inspector restore` makes it valid again")
        return "state", message, {"on": last.from_on}
    return None


def _histories(session: Session) -> dict[str, list[CertificateState]]:
    """Return the states of each certificate in the order of entry."""
    found: dict[str, list[CertificateState]] = {}
    for state in session.exec(select(CertificateState).order_by(col(CertificateState.id))):
        found.setdefault(state.certificate, []).append(state)
    return found


def _enter(
    session: Session, ledger: Ledger, certificate: str, last: Sequence[CertificateState], wanted: State | None
) -> dict[str, list[Any]]:
    """Enter a state of a certificate, and return what it changes as [old, new]."""
    if wanted is None:
        return {}
    entry = ledger.entry
    session.add(CertificateState(certificate=certificate, officer=entry.officer, entered_on=entry.today, **wanted._asdict()))
    session.flush()
    old = last[0].model_dump() if last else {"state": VALID}
    names = {"state": "state", "from_on": "state_from", "until_on": "state_until", "document": "document"}
    both = {names[key]: [plain(old.get(key)), plain(value)] for key, value in wanted._asdict().items()}
    return {key: pair for key, pair in both.items() if pair[0] != pair[1]}


_BECOMES: Final = {"suspend": SUSPENDED, "revoke": REVOKED, "restore": VALID}
HELD: Final = ("suspend", "revoke")
"""The measures of accountability that touch certificates. Source: 二（二）2."""
UNNAMED: Final = N_(
    "No certificate was named, so the register and the scan know nothing of it: enter it with `jsup inspector {measure} CERT`."
)


def set_state(ledger: Ledger, certificate: str, step: str, *, from_on: date, document: str, until_on: date | None = None) -> None:
    """Suspend, revoke or restore a certificate from a day on, a suspension perhaps until a last one; old states stay.

    Raises:
        UnknownError: the register has no such certificate.
        RefusedError: it is in that state already, it was revoked and is to be suspended, or the day is in the future or before
            the state entered last.
    """
    wanted = State(_BECOMES[step], from_on, until_on, checked(document, "--document"))
    with ledger.change() as session:
        _change(session, ledger, _get(session, certificate), step, wanted)


def hold(
    session: Session, ledger: Ledger, at: Mapping[str, str], measure: str, certificates: Sequence[str], *, from_on: date,
    until_on: date | None, document: str | None,
) -> None:  # fmt: skip
    """Suspend or revoke certificates as a measure of accountability, inside a transaction of the caller's. Source: 二（二）2.

    `at` are the findings held to account for, with their agencies' codes; without a document the findings stand for it.

    Raises:
        UsageError: a certificate or a last day is given with a measure that has none.
        UnknownError: the register has no such certificate.
        RefusedError: a certificate is not one of each finding's agency, or of one that it took the place of; or it cannot be
            put into that state, as in `set_state`.
    """
    if certificates and measure not in HELD:
        raise UsageError(N_("--certificate is for --measure {measures}: leave it out"), measures="/".join(HELD))
    if until_on is not None and measure == "revoke":
        raise UsageError(N_("a revoked certificate has no last day: leave --until out, or name --measure suspend"))
    if until_on is not None and until_on < from_on:
        raise RefusedError(N_("--until {until} is before the step itself, {on}"), until=until_on, on=from_on)
    lines = {code: register.line(over(session), code) for code in set(at.values())} if certificates else {}
    for certificate in certificates:
        inspector = _get(session, certificate)
        for number, code in at.items():
            if inspector.agency_code not in lines[code]:
                raise RefusedError(
                    N_("--certificate {certificate} is one of {agency}, and {number} is a finding of {code}: name one of {code}"),
                    certificate=certificate, agency=inspector.agency_code, number=number, code=code,
                )  # fmt: skip
        wanted = State(_BECOMES[measure], from_on, until_on, document or f"责任追究（{'、'.join(at)}）")
        _change(session, ledger, inspector, measure, wanted, finding="、".join(at))


def _get(session: Session, certificate: str) -> Inspector:
    inspector = session.get(Inspector, certificate)
    if inspector is None:
        raise unknown(certificate)
    return inspector


def _change(session: Session, ledger: Ledger, inspector: Inspector, step: str, wanted: State, **told: str) -> None:
    """Put a certificate into a state, or refuse what cannot be; `told` is kept with it."""
    certificate = inspector.certificate
    not_future(wanted.from_on, ledger.entry.today)
    last = session.exec(
        select(CertificateState).where(CertificateState.certificate == certificate).order_by(col(CertificateState.id).desc())
    ).first()
    same = last is not None and (last.state, last.until_on) == (wanted.state, wanted.until_on)
    if same or (last is None and wanted.state == VALID):
        raise RefusedError(
            N_("certificate {certificate} is {state} already: nothing was changed"),
            certificate=certificate,
            state=wanted.state,
        )
    against = _against(last, wanted)
    if against is not None:
        _key, message, because = against
        raise RefusedError(N_("certificate {certificate}: {because}"), certificate=certificate, because=message, **because)
    changed = _enter(session, ledger, certificate, [last] if last is not None else [], wanted)
    told |= {"certificate": certificate}
    register.event(session, ledger, inspector.agency_code, f"inspector {step}", wanted.from_on, **told, set=changed)


# Entrustments -----------------------------------------------------------------------------------


def take_entrustments(ledger: Ledger, path: Path, *, dry_run: bool = False) -> Imported:
    """Enter the new entrustments of a table and correct those whose rows changed, all or nothing.

    An entrustment is the same if its organ, its body and its first day are. Those that the table does not name stay.

    Raises:
        TableError: the file or any of its cells cannot be taken; each problem has row and column.
    """
    table = tables.read(path, ENTRUSTMENTS)
    with ledger.change(dry_run=dry_run) as session:
        rows = entrustment_rows(table, session.exec(select(Agency.code)))
        tables.refuse(path, table.problems)
        stored = {_key(row.model_dump()): row for row in session.exec(select(Entrustment))}
        tally = Tally(len(rows), table.unknown)
        for _number, values in rows:
            told = {key: values[key] for key in ("body", "from_on")}
            row = stored.get(_key(values))
            if row is None:
                session.add(Entrustment(**values))
                session.flush()
                step = "entrustment import"
                tally.new += 1
            else:
                changed = set_fields(row, {key: values[key] for key in _OF_ENTRUSTMENT})
                tally.take({"body": row.body}, changed)
                if not changed:
                    continue
                step, told = "entrustment amend", told | {"set": changed, "why": f"entrustment import {file_name(path)}"}
            register.event(session, ledger, values["organ_code"], step, ledger.entry.today, **told)
        return tally.imported()


def entrustment_rows(table: Table, codes: Iterable[str]) -> list[Row]:
    """Read the rows of a table of entrustments; what is wrong with a cell becomes a problem of the table."""
    known, seen = set(codes), dict[tuple[object, ...], int]()
    found = []
    for number, cells in table.rows:
        values = _read(table, ENTRUSTMENTS, cells)
        _code(table, number, "organ_code", values, known)
        _in_order(table, number, "to_on", values.get("from_on"), values.get("to_on"))
        if values.get("scope") is not None:
            values["scope"] = scope(values["scope"])
            if not values["scope"] and "scope" not in _wrong(table, number):
                _bad(table, number, "scope", N_("it is empty"))
        key = _key(values)
        if None not in key and key in seen:
            message = N_("this entrustment of {body} from {on} stands in row {row} already")
            _bad(table, number, "body", message, body=values["body"], on=values["from_on"], row=seen[key])
        seen.setdefault(key, number)
        found.append((number, values))
    return found


def _key(values: dict[str, Any]) -> tuple[object, ...]:
    return values.get("organ_code"), values.get("body"), values.get("from_on")


def scope(text: str) -> str:
    """Return the items of a scope, each once, with semicolons between.

    >>> scope("消防检查；食品、药品检查；消防检查;"), scope("全部；消防检查")
    ('消防检查;食品、药品检查', '全部')
    """
    items = dict.fromkeys(item.strip() for item in _BETWEEN.split(text))
    return EVERYTHING if EVERYTHING in items else ";".join(item for item in items if item)


def end(ledger: Ledger, number: int, on: date, why: str) -> None:
    """End an entrustment before its term is over; `on` is the first day without it.

    Raises:
        UnknownError: there is no such entrustment.
        RefusedError: it was ended already, or `on` is in the future or outside its term.
    """
    why = checked(why, "--why")
    with ledger.change() as session:
        row = session.get(Entrustment, number)
        if row is None:
            raise UnknownError(N_("no entrustment has the number {number}: `jsup entrustment list` shows all"), number=number)
        if row.ended_on is not None:
            raise RefusedError(N_("entrustment {number} was ended on {on} already"), number=number, on=row.ended_on)
        not_future(on, ledger.entry.today)
        if not row.from_on <= on <= row.to_on:
            raise RefusedError(
                N_("entrustment {number} runs from {first} to {last}, and {on} is not in it"),
                number=number, first=row.from_on, last=row.to_on, on=on,
            )  # fmt: skip
        row.ended_on, row.ended_why = on, why
        told = {"body": row.body, "from_on": row.from_on, "why": why}
        register.event(session, ledger, row.organ_code, "entrustment end", on, **told)


# Tables -----------------------------------------------------------------------------------------


def _read(table: Table, columns: Iterable[Column], cells: dict[str, str]) -> dict[str, Any]:
    """Return the values of a row, None for each empty cell of a column that is there."""
    dated = {column.key for column in columns if column.dated}
    read = {key: date.fromisoformat(text) if key in dated else text for key, text in cells.items()}
    return {key: read.get(key) for key in table.columns}


def _code(table: Table, number: int, key: str, values: dict[str, Any], known: set[str]) -> None:
    if values.get(key) is not None and values[key] not in known:
        _bad(table, number, key, N_("no agency has the code {code}: `jsup agency list` shows all"), code=values[key])


def _in_order(table: Table, number: int, key: str, first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        _bad(table, number, key, N_("{until} is before {start}, the day on which it begins"), until=last, start=first)


def _wrong(table: Table, number: int) -> set[str]:
    """Return the columns of a row that have a problem already."""
    keys = {heading: key for key, heading in table.columns.items()}
    return {keys.get(problem.column, "") for problem in table.problems if problem.row == number}


def _bad(table: Table, number: int, key: str, message: str, /, **values: object) -> None:
    headings = {column.key: column.headings[0] for column in (*INSPECTORS, *ENTRUSTMENTS)}
    table.problems.append(Problem(number, table.columns.get(key, headings[key]), message, values))
