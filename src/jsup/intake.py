"""Clues as they come in, their complainants kept apart and erasable, and the exchanges with those who watch along."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlmodel import select

from jsup import files, privacy, tables
from jsup.clocks import Desk
from jsup.clues import DATA, OPEN
from jsup.errors import N_, Problem, RefusedError, UnknownError, UsageError, checked, file_name, iso_date, not_future, one_of
from jsup.journal import canonical, private_digest
from jsup.ledger import Ledger
from jsup.models import Event
from jsup.register import Imported, Tally, set_fields
from jsup.register import get as get_agency
from jsup.tables import Column, Table
from jsup.watched import Clue, Complainant, Gathering
from jsup.words import CHANNELS, CHANNELS_TOO, GATHERINGS

_NUMBER: Final = "X{year}-"
_WORDS: Final = {name: key for key, name in CHANNELS.items()} | CHANNELS_TOO | {key: key for key in CHANNELS}
COLUMNS: Final = (
    Column("channel", ("渠道", "线索渠道"), required=True, words=_WORDS),
    Column("source_number", ("来源编号", "工单编号"), required=True),
    Column("title", ("标题", "线索标题", "事项"), required=True),
    Column("content", ("内容", "线索内容", "诉求内容"), lines=True),
    Column("agency_code", ("单位代码", "涉及单位", "被反映单位")),
    Column("received_on", ("收到日期", "来件日期"), dated=True),
    Column("name", ("姓名", "投诉举报人", "投诉人")),
    Column("phone", ("电话", "联系电话")),
    Column("identity", ("身份证号", "身份证号码")),
    Column("address", ("地址", "联系地址")),
)
FIELDS: Final = tuple(column.key for column in COLUMNS if column.key not in DATA)


@dataclass
class Received:
    """A clue as an officer enters it; `data` is what is known of the complainant."""

    channel: str
    title: str
    agency: str | None = None
    received_on: date | None = None
    source_number: str | None = None
    content: str | None = None
    gathering: int | None = None
    data: Mapping[str, str | None] | None = None


# One by one -------------------------------------------------------------------------------------


def add(ledger: Ledger, given: Received) -> str:
    """Enter a clue and return its number, which counts within the year of entry.

    Raises:
        UsageError: a text is empty, or no channel is called so.
        UnknownError: no such agency or gathering.
        RefusedError: its source number was entered already, its day is in the future, or it comes with a complainant's data
            that the bureau's setting keeps out.
    """
    data = {key: checked(value, f"--{key}") for key, value in (given.data or {}).items() if value is not None}
    values = _fields({"channel": given.channel, "title": given.title, "source_number": given.source_number,
                      "content": given.content, "agency_code": given.agency})  # fmt: skip
    values |= {"received_on": given.received_on or ledger.entry.today} | _without(data, values)
    with ledger.change() as session:
        desk = Desk(session, ledger)
        if data and not _keeps(desk):
            raise RefusedError(
                N_("{options} are not kept, for own.watch.keep_complainants is false: give --source-number alone"),
                options=", ".join(f"--{key}" for key in data),
            )
        not_future(values["received_on"], ledger.entry.today)
        _settled(desk, values)
        if given.gathering is not None:
            values["gathering_id"] = get_gathering(desk, given.gathering).id
        clue = _entered(desk, values, next_serial(desk))
        session.flush()
        _keep(desk, clue, data)
        return clue.number


def _fields(values: Mapping[str, str | None]) -> dict[str, Any]:
    """Return a clue's fields, checked; empty ones that may be are None."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key not in FIELDS:
            raise UsageError(N_("a clue has no field {field}: it has {fields}"), field=key, fields=", ".join(FIELDS))
        if key == "channel":
            one_of(value or "", key, CHANNELS)
        if key == "received_on":
            found[key] = iso_date(value or "", key)
        elif value is None or (not value and key in ("source_number", "content", "agency_code")):
            found[key] = None
        else:
            found[key] = checked(value, key, lines=key == "content")
    return found


def _settled(desk: Desk, values: Mapping[str, Any], own: Clue | None = None) -> None:
    """Refuse what the ledger has already, or does not know; `own` is the clue that is corrected."""
    if values.get("channel") == "other" and values["title"].casefold() in (CHANNELS["other"], "other"):
        raise UsageError(N_("a clue of another channel wants a title that says what it is"))
    if values.get("agency_code") is not None:
        get_agency(desk.session, values["agency_code"])
    if values.get("source_number") is not None:
        same = (Clue.channel == values["channel"], Clue.source_number == values["source_number"])
        other = desk.session.exec(select(Clue).where(*same)).first()
        if other is not None and other is not own:
            raise RefusedError(
                N_("{source_number} of this channel is the clue {number} already: correct that with `jsup clue amend {number}`"),
                source_number=values["source_number"],
                number=other.number,
            )


def next_serial(desk: Desk) -> int:
    """Return the next number of the year of entry."""
    year = _NUMBER.format(year=desk.ledger.entry.today.year)
    query = f"SELECT MAX(CAST(SUBSTR(number, {len(year) + 1}) AS INTEGER)) AS last FROM clue WHERE number LIKE :year"
    (row,) = desk.reads.rows(query, year=f"{year}%")
    return (row["last"] or 0) + 1


def _entered(desk: Desk, values: Mapping[str, Any], serial: int) -> Clue:
    entry = desk.ledger.entry
    number = f"{_NUMBER.format(year=entry.today.year)}{serial:04d}"
    clue = Clue.model_validate({**values, "number": number, "officer": entry.officer, "state": OPEN})
    desk.session.add(clue)
    return clue


def get(desk: Desk, number: str) -> Clue:
    """Return a clue of the ledger.

    Raises:
        UnknownError: no clue has that number.
    """
    clue = desk.session.get(Clue, number)
    if clue is None:
        raise UnknownError(N_("no clue has the number {number}: `jsup clue list` shows all"), number=number)
    return clue


def note(desk: Desk, clue: Clue, step: str, on: date, **details: Any) -> None:
    """Enter what was done to a clue."""
    officer = desk.ledger.entry.officer
    details["clue"] = clue.number
    desk.session.add(Event(agency_code=clue.agency_code, step=step, done_on=on, officer=officer, details=canonical(details)))


def amend(ledger: Ledger, number: str, values: Mapping[str, str], why: str) -> None:
    """Correct a clue; the old values and the reason are kept.

    Raises:
        RefusedError: nothing would change.
    """
    found, why = _fields(values), checked(why, "--why", lines=True)
    with ledger.change() as session:
        desk = Desk(session, ledger)
        clue = get(desk, number)
        not_future(found.get("received_on", clue.received_on), ledger.entry.today)
        if found.keys() & {"channel", "source_number", "title"} or "agency_code" in found:
            _settled(desk, {key: found.get(key, getattr(clue, key)) for key in FIELDS}, clue)
        if not _set(desk, clue, found, "clue amend", why):
            raise RefusedError(N_("clue {number} has these values already: nothing was changed"), number=number)


def _set(desk: Desk, clue: Clue, values: Mapping[str, Any], step: str, why: str) -> dict[str, list[Any]]:
    """Set fields, keep the old values and the reason, and return what changed as [old, new]."""
    changed = set_fields(clue, values)
    if changed:
        note(desk, clue, step, desk.ledger.entry.today, set=changed, why=why)
    return changed


# Complainants -----------------------------------------------------------------------------------


def _keeps(desk: Desk) -> bool:
    """Tell whether the bureau keeps complainants' data at all."""
    return bool(desk.policy.own["watch"]["keep_complainants"])


def _without(data: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    """Return a clue's title and content with words in place of the complainant's data, and of any phone or identity number."""
    texts = {key: values[key] for key in ("title", "content") if values.get(key)}
    return {key: privacy.masked(text, [data]) for key, text in texts.items()}


def _keep(desk: Desk, clue: Clue, data: Mapping[str, str]) -> None:
    if data:
        row = Complainant(clue_number=clue.number, digest="")
        _seal(row, data)
        desk.session.add(row)


def _seal(row: Complainant, data: Mapping[str, str]) -> None:
    """Set a complainant's data with a new salt and the digest that the journal holds of them."""
    for key in DATA:
        setattr(row, key, data.get(key))
    row.salt = secrets.token_hex(16)
    row.digest = private_digest(row.salt, [data.get(key) for key in DATA])


def erase(ledger: Ledger, number: str, on: date, why: str) -> bool:
    """Erase a clue's complainant; tell whether the bytes are gone from the ledger's file already.

    Raises:
        RefusedError: it has none, or was erased before.
    """
    why = checked(why, "--why", lines=True)
    with ledger.change() as session:
        desk = Desk(session, ledger)
        clue = get(desk, number)
        not_future(on, ledger.entry.today)
        row = session.exec(select(Complainant).where(Complainant.clue_number == number)).first()
        if row is None:
            raise RefusedError(N_("{number} holds nothing of a complainant: there is nothing to erase"), number=number)
        if row.erased_on is not None:
            raise RefusedError(N_("the complainant of {number} was erased on {on} already"), number=number, on=row.erased_on)
        for key in (*DATA, "salt"):
            setattr(row, key, None)
        row.erased_on, row.erased_why = on, why
        note(desk, clue, "clue erase", on, why=why)
    return not isinstance(ledger.place, Path) or files.scour(ledger.place, "complainant")


# From a table -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken(Imported):
    """What an import of clues did, or would do; `dropped` are the headings of what is not kept."""

    dropped: Sequence[str] = ()


def take_over(ledger: Ledger, path: Path, *, dry_run: bool = False) -> Taken:
    """Enter the new clues of a table and correct those whose rows changed, all or nothing.

    A clue is known again by its channel and its number there. An empty cell leaves a field as it is, for officers may have
    filled it. What the columns name of the complainant is kept only by the bureau's setting, and never again once it was erased.

    Raises:
        TableError: the file or any of its cells cannot be taken; each problem has row and column.
    """
    table = tables.read(path, COLUMNS)
    step, today = f"clue import {file_name(path)}", ledger.entry.today
    with ledger.change(dry_run=dry_run) as session:
        desk = Desk(session, ledger)
        private = {key: head for key, head in table.columns.items() if key in DATA}
        dropped = [] if _keeps(desk) else list(private.values())
        rows = rows_of(table, today, {one[key]: one["code"] for key in ("name", "code") for one in desk.reads.agencies()})
        tables.refuse(path, [problem for problem in table.problems if problem.column not in dropped])
        known = {(clue.channel, clue.source_number): clue for clue in session.exec(select(Clue))}
        people = {} if dropped else {one.clue_number: one for one in session.exec(select(Complainant))}
        tally = Tally(len(rows), table.unknown)
        new: list[tuple[Clue, dict[str, str]]] = []
        serial = next_serial(desk)
        for row in rows:
            data: dict[str, str] = {key: row[key] for key in DATA if key in row}
            values = {key: value for key, value in row.items() if key not in DATA} | _without(data, row)
            clue = known.get((values["channel"], values["source_number"]))
            if clue is None:
                new.append((_entered(desk, {"received_on": today, **values}, serial + len(new)), data))
                continue
            changed = _set(desk, clue, values, "clue import", step)
            if not dropped and _renew(desk, clue, people.get(clue.number), data):
                changed["complainant"] = [None, None]
            tally.take({"code": clue.number}, changed)
        session.flush()
        for clue, data in [] if dropped else new:
            _keep(desk, clue, data)
    tally.new = len(new)
    return Taken(**vars(tally.imported()), dropped=dropped)


def _renew(desk: Desk, clue: Clue, row: Complainant | None, data: dict[str, str]) -> bool:
    """Keep what a table names of a known clue's complainant; tell whether it is new. What was erased stays erased."""
    if not data or (row is not None and row.erased_on is not None):
        return False
    if row is None:
        _keep(desk, clue, data)
        return True
    was: dict[str, str] = {key: value for key in DATA if (value := getattr(row, key)) is not None}
    if was | data == was:
        return False
    _seal(row, was | data)
    return True


def rows_of(table: Table, today: date, agencies: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the values of a table's rows; what is wrong with them goes to the table's problems.

    `agencies` are their codes by code and by name.
    """
    seen: dict[tuple[str | None, str | None], int] = {}
    found = []
    for number, row in table.rows:
        values: dict[str, Any] = dict(row)
        if row.get("agency_code") is not None:
            values["agency_code"] = agencies.get(row["agency_code"])
            if values["agency_code"] is None:
                _wrong(table, number, "agency_code", N_("no agency has the code or the name {value}"), value=row["agency_code"])
        if "received_on" in row:
            values["received_on"] = past(table, number, "received_on", row["received_on"], today)
        if row.get("channel") == "other" and row.get("title", "").casefold() in (CHANNELS["other"], "other"):
            _wrong(table, number, "title", N_("a clue of another channel wants a title that says what it is"))
        key = row.get("channel"), row.get("source_number")
        if key in seen and None not in key:
            _wrong(
                table,
                number,
                "source_number",
                N_("{value} stands in row {row} already"),
                value=row["source_number"],
                row=seen[key],
            )
        seen.setdefault(key, number)
        found.append(values)
    return found


def past(table: Table, number: int, key: str, text: str, today: date) -> date:
    """Read a day of a table, which may not be in the future."""
    on = date.fromisoformat(text)
    if on > today:
        _wrong(table, number, key, N_("{on} is in the future: today is {today}"), on=on, today=today)
    return on


def _wrong(table: Table, number: int, key: str, message: str, **values: object) -> None:
    table.problems.append(Problem(number, table.columns[key], message, values))


# Gatherings -------------------------------------------------------------------------------------


def get_gathering(desk: Desk, number: int) -> Gathering:
    """Return a gathering of the ledger.

    Raises:
        UnknownError: no gathering has that number.
    """
    row = desk.session.get(Gathering, number)
    if row is None:
        raise UnknownError(N_("no gathering has the number {number}: `jsup clue gathering list` shows all"), number=number)
    return row


def meet(ledger: Ledger, kind: str, who: str, subject: str, on: date, outcome: str | None = None) -> int:
    """Enter an exchange with those who watch along, and return its number. Source: 二（一）2.

    Raises:
        UsageError: no kind is called so, or a text is empty.
        RefusedError: the day is in the future.
    """
    one_of(kind, "kind", GATHERINGS)
    who, subject = checked(who, "--who", lines=True), checked(subject, "--subject", lines=True)
    outcome = outcome and checked(outcome, "--outcome", lines=True)
    not_future(on, ledger.entry.today)
    with ledger.change() as session:
        row = Gathering(kind=kind, held_on=on, who=who, subject=subject, outcome=outcome, officer=ledger.entry.officer)
        session.add(row)
        session.flush()
        assert row.id is not None  # it was flushed
        return row.id


def conclude(ledger: Ledger, number: int, outcome: str, why: str | None = None) -> None:
    """Enter what came of a gathering; another outcome than the one entered before is a correction, and wants a reason.

    Raises:
        UnknownError: no gathering has that number.
        RefusedError: it has that outcome already.
        UsageError: it has another, and no reason is given.
    """
    outcome, why = checked(outcome, "--outcome", lines=True), why and checked(why, "--why", lines=True)
    with ledger.change() as session:
        row = get_gathering(Desk(session, ledger), number)
        if row.outcome == outcome:
            raise RefusedError(N_("gathering {number} has this outcome already: nothing was changed"), number=number)
        if row.outcome is not None and not why:
            raise UsageError(N_("gathering {number} has an outcome already: say with --why why it is another"), number=number)
        entry, details = ledger.entry, {"gathering": number, "set": {"outcome": [row.outcome, outcome]}, "why": why}
        session.add(Event(step="gathering outcome", done_on=entry.today, officer=entry.officer, details=canonical(details)))
        row.outcome = outcome
