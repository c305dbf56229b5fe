"""What will become a trouble if nobody looks: one check each, over a ledger that is open for reading."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from sqlmodel import SQLModel

from jsup import backups, files, laws, outcomes, watched  # noqa: F401 - the last two for their tables
from jsup.errors import N_
from jsup.reads import OPEN, Place, Reads


@dataclass(frozen=True)
class Ailment:
    """One thing that wants somebody's attention: the check that found it, a sentence, and what it is about."""

    check: str
    message: str
    values: dict[str, object]
    about: dict[str, object] = field(default_factory=dict)


class Patient(NamedTuple):
    """A ledger, where it is, and the day."""

    ledger: Reads
    place: Place
    today: date


Found = Iterator[tuple[str, dict[str, object], dict[str, object]]]
"""A sentence, its values, and what it is about as keys of JSON."""


def examine(ledger: Reads, place: Place, today: date) -> list[Ailment]:
    """Run every check."""
    patient = Patient(ledger, place, today)
    return [Ailment(name, *found) for name, check in CHECKS.items() for found in check(patient)]


def _calendar(patient: Patient) -> Found:
    year = patient.ledger.awaited(patient.today)
    if year is not None:
        message = N_("the rest days of {year} are not in the ledger: look for the notice, then `jsup calendar import FILE`")
        yield message, {"year": year}, {"year": year}


def _uncertain(patient: Patient) -> Found:
    through = patient.ledger.in_force.announced_through
    message = N_("{number}: {period} ends on {due_on}, after {through}, the last certain day: the notice may move it")
    query = f"SELECT number, period, due_on FROM deadlines WHERE {OPEN} AND provisional = :yes ORDER BY due_on, id"
    for row in patient.ledger.rows(query, yes=True):
        yield message, {**row, "through": through}, {"number": row["number"], "period": row["period"]}


def _pending(patient: Patient) -> Found:
    message = N_("{document} is in force since {since}: settle which papers cite it, then set own.pending in the policy")
    for law in patient.ledger.policy().own["pending"]:
        if not law["settled"] and law["from"] <= patient.today:
            yield message, {"document": law["document"], "since": law["from"]}, {"document": law["document"]}


def _orphans(patient: Patient) -> Found:
    message = N_("table {table}, row {row}: {column} names {value}, which {other} does not have")
    for table in SQLModel.metadata.sorted_tables:
        (key,) = table.primary_key.columns
        for column in table.columns:
            for reference in column.foreign_keys:
                other, mine = reference.column, f't."{column.name}"'
                query = (
                    f'SELECT t."{key.name}" AS key, {mine} AS value FROM "{table.name}" t WHERE {mine} IS NOT NULL'
                    f' AND NOT EXISTS (SELECT 1 FROM "{other.table.name}" o WHERE o."{other.name}" = {mine})'
                )
                for row in patient.ledger.rows(query):
                    about = {"table": table.name, "row": row["key"]}
                    yield message, {**about, "column": column.name, "value": row["value"], "other": other.table.name}, about


def _policy(patient: Patient) -> Found:
    message = N_("{number}: {period} ends on {old}, and on {new} if it had begun under the policy in force: it keeps its own")
    for row in laws.moved(patient.ledger, patient.ledger.policy()):
        yield message, row, {"number": row["number"], "period": row["period"]}


def _management(patient: Patient) -> Found:
    unknown = N_("{code} {name}: who manages it is not settled: `jsup agency amend {code} --set management=… --why …`")
    alone = N_("{code} {name}: its superior body is not named: `jsup agency amend {code} --set superior=… --why …`")
    for row in patient.ledger.agencies():
        about = {"agency_code": row["code"]}
        if row["active"] and row["management"] == "unknown":
            yield unknown, {"code": row["code"], "name": row["name"]}, about
        elif row["active"] and row["management"] != "local" and not row["superior"]:
            yield alone, {"code": row["code"], "name": row["name"]}, about


def _proof(patient: Patient) -> Found:
    message = N_("paper {id} ({number}) was served on {served_on} without proof: `jsup paper attach {id} FILE`")
    for paper in patient.ledger.papers(state="served"):
        proved = paper["files"] or any(
            event["step"] == "deliver" and event["done_on"] == paper["served_on"] and event["details"].get("proof")
            for number in paper["findings"]
            for event in patient.ledger.events(number)
        )
        if not proved:
            values = {"id": paper["id"], "number": paper["number"] or paper["kind"], "served_on": paper["served_on"]}
            yield message, values, {"paper": paper["id"]}


def _backup(patient: Patient) -> Found:
    days = patient.ledger.policy().own["backup_days"]
    (first,) = patient.ledger.rows("SELECT hash FROM journal ORDER BY seq LIMIT 1")
    last = backups.remembered().get(first["hash"])
    if last is None:
        yield N_("no backup is known on this machine: `jsup backup FILE`"), {}, {}
    elif (patient.today - date.fromisoformat(last["made_on"])).days > days:
        yield N_("the last backup, {file}, is of {made_on}: `jsup backup FILE`"), {**last}, {"file": last["file"]}
    elif not Path(last["file"]).exists():
        yield N_("the last backup is no longer at {file}: `jsup backup FILE`"), {**last}, {"file": last["file"]}


def _rights(patient: Patient) -> Found:
    if isinstance(patient.place, Path):
        for message, values in files.exposed(patient.place):
            yield message, values, {"file": str(patient.place)}


def _damage(patient: Patient) -> Found:
    """Look at a file's pages and indexes, which `verify` does not: a list goes through an index, and lacks what that lacks."""
    if isinstance(patient.place, Path):
        for row in patient.ledger.rows("PRAGMA integrity_check(20)"):
            (said,) = row.values()
            if said != "ok":
                message = N_("the file is damaged, and lists may lack rows ({said}): restore a backup, or an export")
                yield message, {"said": said}, {}


CHECKS: Final[dict[str, Callable[[Patient], Found]]] = {
    "calendar": _calendar,
    "uncertain": _uncertain,
    "pending": _pending,
    "orphan": _orphans,
    "policy": _policy,
    "management": _management,
    "proof": _proof,
    "backup": _backup,
    "rights": _rights,
    "damage": _damage,
}
