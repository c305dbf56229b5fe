"""The register of agencies: enter, correct, rename, retire, pass on, and take over from a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, SQLModel, col, select

from jsup import reads, sampling, steps, tables
from jsup.errors import N_, Problem, RefusedError, UnknownError, UsageError, checked, file_name, not_future
from jsup.journal import canonical
from jsup.ledger import Ledger, over
from jsup.models import Agency, Draw, Event, Finding, Paper, PaperFinding, Succession
from jsup.watched import AgencyName, Clue
from jsup.words import LEVELS

STATUSES: Final = {"organ": "行政机关", "outpost": "派出机关", "authorised": "授权组织", "entrusted": "受委托组织"}
MANAGEMENTS: Final = {"local": "地方", "vertical": "垂直", "dual": "双重领导", "unknown": "待核"}
DEFAULTS: Final = {"status": "organ", "management": "local"}


def _words(names: dict[str, str]) -> dict[str, str]:
    return {name: key for key, name in names.items()} | {key: key for key in names}


WORDS: Final = {
    "level": _words(LEVELS),
    "status": _words(STATUSES),
    "management": {**_words(MANAGEMENTS), "双重": "dual"},
}
COLUMNS: Final = (
    tables.Column("code", ("单位代码", "代码", "agency_code"), required=True),
    tables.Column("name", ("单位名称", "名称", "agency"), required=True),
    tables.Column("level", ("单位层级", "层级"), required=True, words=WORDS["level"]),
    tables.Column("status", ("单位性质", "性质"), words=WORDS["status"]),
    tables.Column("management", ("管理体制",), words=WORDS["management"]),
    tables.Column("superior", ("上级主管单位",)),
    tables.Column("head", ("主要负责人",)),
    tables.Column("contact", ("联络员",)),
    tables.Column("phone", ("联络电话", "联系电话", "电话")),
)
FIELDS: Final = tuple(column.key for column in COLUMNS)
_NULLABLE: Final = ("superior", "head", "contact", "phone")


def fields(values: dict[str, str | None]) -> dict[str, str | None]:
    """Return an agency's fields, checked.

    Raises:
        UsageError: a field is unknown or does not take the value; the sentence names both.
    """
    found: dict[str, str | None] = {}
    for key, value in values.items():
        if key not in FIELDS:
            raise UsageError(N_("an agency has no field {field}: it has {fields}"), field=key, fields=", ".join(FIELDS))
        if key == "code":
            found[key] = sampling.token(value or "", "code")
        elif key in _NULLABLE and not value:
            found[key] = None
        elif key in WORDS:
            found[key] = word(key, value or "")
        else:
            found[key] = checked(value or "", key)
    return found


def word(key: str, value: str) -> str:
    """Return the identifier that a word stands for, in either language.

    Raises:
        UsageError: nothing is called so.
    """
    try:
        return WORDS[key][value]
    except KeyError:
        keys = [*dict.fromkeys(WORDS[key].values())]
        raise UsageError(N_("{field} cannot be {value}: choose one of {keys}"), field=key, value=value, keys=keys) from None


def get(session: Session, code: str) -> Agency:
    """Return an agency of the ledger.

    Raises:
        UnknownError: no agency has that code.
    """
    agency = session.get(Agency, code)
    if agency is None:
        raise UnknownError(N_("no agency has the code {code}: `jsup agency list` shows all"), code=code)
    return agency


def line(ledger_reads: reads.Reads, code: str) -> set[str]:
    """Return the codes of an agency and of all whose place it took, one after another."""
    found, waiting = set[str](), [code]
    former: dict[str, list[str]] = {}
    for row in ledger_reads.successions():
        former.setdefault(row["new"], []).append(row["old"])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += former.get(one, [])
    return found


def heir(ledger_reads: reads.Reads, code: str) -> str:
    """Return the agency that took another's place, one after another; itself if none did. The first that was entered counts."""
    heirs: dict[str, str] = {}
    for row in ledger_reads.successions():
        heirs.setdefault(row["old"], row["new"])
    while code in heirs:
        code = heirs[code]
    return code


def event(session: Session, ledger: Ledger, code: str, step: str, on: date, /, **details: Any) -> None:
    """Enter what was done to an agency."""
    session.add(Event(agency_code=code, step=step, done_on=on, officer=ledger.entry.officer, details=canonical(details)))


def add(ledger: Ledger, values: dict[str, str | None]) -> str:
    """Enter one agency and return its code.

    Raises:
        RefusedError: the code is taken.
    """
    values = {**DEFAULTS, **fields(values)}
    with ledger.change() as session:
        _add(session, ledger, values)
    return str(values["code"])


def _add(session: Session, ledger: Ledger, values: dict[str, str | None]) -> None:
    if session.get(Agency, values["code"]) is not None:
        raise RefusedError(
            N_("the code {code} is taken: correct that agency with `jsup agency amend {code}`"), code=values["code"]
        )
    session.add(Agency.model_validate(values))
    session.flush()
    event(session, ledger, str(values["code"]), "agency add", ledger.entry.today)


def amend(ledger: Ledger, code: str, values: dict[str, str | None], why: str) -> None:
    """Correct an agency's fields; the old values and the reason are kept.

    Raises:
        UsageError: a field cannot be set, the code among them, for draws and papers name it.
        RefusedError: nothing would change.
    """
    if "code" in values:
        raise UsageError(N_("a code is never changed, for draws and papers name it: retire the agency and add it anew"))
    values = fields(values)
    why = checked(why, "--why")
    with ledger.change() as session:
        agency = get(session, code)
        if not _set(session, ledger, agency, values, why):
            raise RefusedError(N_("agency {code} has these values already: nothing was changed"), code=code)


def plain(value: object) -> object:
    """Return a value as JSON has it: a day as text."""
    return value.isoformat() if isinstance(value, date) else value


def set_fields(row: SQLModel, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set fields of a row, and return what changed as [old, new], a day as text."""
    changed = {key: [plain(getattr(row, key)), plain(value)] for key, value in values.items() if getattr(row, key) != value}
    for key in changed:
        setattr(row, key, values[key])
    return changed


def _set(
    session: Session, ledger: Ledger, agency: Agency, values: dict[str, str | None], why: str
) -> dict[str, list[str | None]]:
    """Set fields, keep the old values and the reason, and return what changed as [old, new]."""
    changed = set_fields(agency, values)
    if changed:
        event(session, ledger, agency.code, "agency amend", ledger.entry.today, set=changed, why=why)
    return changed


def retire(ledger: Ledger, code: str, on: date, why: str | None) -> None:
    """Take an agency out of later draws and findings; what it has stays.

    Raises:
        RefusedError: it is retired already, or `on` is in the future.
    """
    why = checked(why, "--why") if why is not None else None
    with ledger.change() as session:
        agency = get(session, code)
        if agency.retired_on is not None:
            raise RefusedError(N_("agency {code} was retired on {on} already"), code=code, on=agency.retired_on)
        not_future(on, ledger.entry.today)
        agency.retired_on = on
        event(session, ledger, code, "agency retire", on, why=why)


@dataclass(frozen=True)
class Renamed:
    """What a renaming touches: drafts that are void, by their places, and agencies whose superior body is named as before."""

    drafts: list[int]
    below: list[str]


def rename(ledger: Ledger, code: str, name: str, on: date, document: str) -> Renamed:
    """Give an agency another name from a day on; drafts that bear the old one are void from now on.

    What was signed keeps the name that it bears. A name that was only typed wrong is amended instead.

    Raises:
        RefusedError: it is called so already, or `on` is in the future or before the last renaming.
    """
    name, document = checked(name, "--name"), checked(document, "--document")
    with ledger.change() as session:
        agency = get(session, code)
        if agency.name == name:
            raise RefusedError(N_("agency {code} is called {name} already: nothing was changed"), code=code, name=name)
        not_future(on, ledger.entry.today)
        last = session.exec(
            select(AgencyName).where(AgencyName.agency_code == code).order_by(col(AgencyName.until_on).desc())
        ).first()
        if last is not None and on < last.until_on:
            raise RefusedError(
                N_("agency {code} was renamed on {last}, and {on} is before that: enter renamings in their order"),
                code=code, last=last.until_on, on=on,
            )  # fmt: skip
        old, agency.name = agency.name, name
        session.add(AgencyName(agency_code=code, name=old, until_on=on, document=document))
        event(session, ledger, code, "agency rename", on, set={"name": [old, name]}, document=document)
        session.flush()
        below = select(Agency.code).where(Agency.superior == old, col(Agency.retired_on).is_(None)).order_by(Agency.code)
        return Renamed(_void(session, ledger, "单位已更名", Paper.agency_code == code), list(session.exec(below)))


def _void(session: Session, ledger: Ledger, why: str, *of: ColumnElement[bool] | bool) -> list[int]:
    """Declare void the drafts that wait for a signature and name an agency as it was; return their places in `paper list`.

    A kind without a document number is never signed: what was drafted of it stands.
    """
    kinds = [kind.key for kind in over(session).policy().papers.values() if kind.number]
    waiting = (col(Paper.state).in_(("draft", "reviewed")), col(Paper.kind).in_(kinds))
    papers = list(session.exec(select(Paper).where(*waiting, *of).order_by(col(Paper.id))))
    for paper in papers:
        day = max(ledger.entry.today, paper.reviewed_on or paper.drafted_on)
        paper.state, paper.voided_on, paper.voided_by, paper.void_why = "void", day, ledger.entry.officer, why
    session.flush()
    return [paper.id or 0 for paper in papers]


@dataclass(frozen=True)
class Passed:
    """What passed on with a succession: findings and clues by their numbers; drafts that are void by their places."""

    findings: list[str]
    clues: list[str]
    drafts: list[int]


def succeed(ledger: Ledger, old: str, new: str, on: date, document: str) -> Passed:
    """Enter that one agency takes another's place: the old one is retired, its wait in the draw passes on.

    So do its findings that are not ended, with their clocks as they stand, and its open clues. What was signed or served
    keeps the old name and code. Several agencies may be merged into one, and one may be split into several: then the first
    succession that is entered takes them all.

    Raises:
        RefusedError: the two are one, this was entered already or the other way round, the new one is retired, or
            `on` is in the future.
    """
    document = checked(document, "--document")
    with ledger.change() as session:
        body, heir = get(session, old), get(session, new)
        if old == new or session.exec(select(Succession).where(_pair(old, new) | _pair(new, old))).first() is not None:
            raise RefusedError(N_("{old} and {new} are one, or their succession was entered already"), old=old, new=new)
        if heir.retired_on is not None:
            raise RefusedError(N_("agency {code} was retired on {on} already"), code=new, on=heir.retired_on)
        not_future(on, ledger.entry.today)
        body.retired_on = body.retired_on or on
        last = session.exec(select(Draw.id).order_by(col(Draw.id).desc())).first()
        session.add(Succession(old=old, new=new, done_on=on, document=document, after_id=last))
        session.flush()
        told = {"old": old, "new": new, "document": document}
        passed = _passed_on(session, ledger, on, told)
        for code in (old, new):
            event(session, ledger, code, "agency succeed", on, **told, findings=passed.findings, clues=passed.clues)
        return passed


def _passed_on(session: Session, ledger: Ledger, on: date, told: dict[str, str]) -> Passed:
    """Let an agency's live findings and open clues be its successor's; nothing but the agency of any of them changes."""
    live = select(Finding).where(Finding.agency_code == told["old"], col(Finding.stage).not_in(steps.ENDED))
    findings = list(session.exec(live.order_by(col(Finding.number))))
    for finding in findings:
        finding.agency_code = told["new"]
        session.add(
            Event(
                finding_number=finding.number, step="agency succeed", done_on=on, stage=finding.stage,
                officer=ledger.entry.officer, details=canonical(told),
            )
        )  # fmt: skip
        session.flush()
    open_clues = select(Clue).where(Clue.agency_code == told["old"], Clue.state == "open")
    clues = list(session.exec(open_clues.order_by(col(Clue.number))))
    for clue in clues:
        clue.agency_code = told["new"]
    session.flush()
    numbers = [finding.number for finding in findings]
    of = select(PaperFinding.paper_id).where(col(PaperFinding.finding_number).in_(numbers))
    drafts = _void(session, ledger, "单位已由承继单位承继", Paper.agency_code == told["old"], col(Paper.id).in_(of))
    return Passed(numbers, [clue.number for clue in clues], drafts)


def _pair(old: str, new: str) -> ColumnElement[bool]:
    return and_(col(Succession.old) == old, col(Succession.new) == new)


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do."""

    rows: int
    new: int
    changed: int
    unchanged: int
    unknown: list[str]
    changes: list[dict[str, str | None]]
    """Each field that changes: what names the row, then field, old, new."""


class Tally:
    """What an import has counted so far."""

    def __init__(self, rows: int, unknown_headings: list[str]) -> None:
        self.rows, self.unknown, self.new, self.changed = rows, unknown_headings, 0, 0
        self.changes: list[dict[str, str | None]] = []

    def take(self, named: dict[str, str | None], changed: dict[str, list[Any]]) -> None:
        """Count a row that was there, with what changed in it as [old, new]."""
        self.changed += bool(changed)
        self.changes += [{**named, "field": key, "old": old, "new": new} for key, (old, new) in changed.items()]

    def imported(self) -> Imported:
        """Return what the import did."""
        unchanged = self.rows - self.new - self.changed
        return Imported(self.rows, self.new, self.changed, unchanged, self.unknown, self.changes)


def take_over(ledger: Ledger, path: Path, *, dry_run: bool = False) -> Imported:
    """Enter the new agencies of a table and correct those whose rows changed, all or nothing.

    An empty cell of a column that is there empties the field; an empty status or management is the
    default of a new agency and leaves another as it is. Agencies that the table does not name stay. 待核
    in a table never takes the place of a management that somebody has settled, nor a former name that of the present one.

    Raises:
        TableError: the file or any of its cells cannot be taken; each problem has row and column.
    """
    table = tables.read(path, COLUMNS)
    rows = _checked_rows(table)
    tables.refuse(path, table.problems)
    tally = Tally(len(rows), table.unknown)
    with ledger.change(dry_run=dry_run) as session:
        former = {(row.agency_code, row.name) for row in session.exec(select(AgencyName))}
        for values in rows:
            agency = session.get(Agency, values["code"])
            if agency is None:
                _add(session, ledger, {key: value or DEFAULTS.get(key) for key, value in {**DEFAULTS, **values}.items()})
                tally.new += 1
            else:
                for key in DEFAULTS:
                    if values.get(key) in (None, "unknown"):
                        values.pop(key, None)
                if (values["code"], values["name"]) in former:
                    values.pop("name")
                tally.take({"code": agency.code}, _set(session, ledger, agency, values, f"agency import {file_name(path)}"))
    return tally.imported()


def _checked_rows(table: tables.Table) -> list[dict[str, str | None]]:
    seen: dict[str, int] = {}
    found = []
    for number, row in table.rows:
        code = row.get("code", "")
        if code:
            try:
                sampling.token(code, "code")
            except UsageError as error:
                table.problems.append(
                    Problem(number, table.columns["code"], error.message, {**error.values, "what": table.columns["code"]})
                )
        if code in seen:
            values: dict[str, object] = {"code": code, "row": seen[code]}
            table.problems.append(
                Problem(number, table.columns["code"], N_("the code {code} stands in row {row} already"), values)
            )
        if code:
            seen.setdefault(code, number)
        found.append({key: row.get(key) for key in table.columns})
    return found


def in_frame(ledger_reads: reads.Reads) -> list[dict[str, Any]]:
    """Return the agencies that may be drawn: the active ones, entrusted bodies only by setting."""
    entrusted = bool(ledger_reads.policy().own["draw_entrusted"])
    return [row for row in ledger_reads.agencies() if row["active"] and (entrusted or row["status"] != "entrusted")]
