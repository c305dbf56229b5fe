"""Agencies' own handling of enterprises' complaints, taken over from their ledgers (台账). Source: 二（三）6."""

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlmodel import select

from jsup import tables
from jsup.clocks import Desk
from jsup.errors import N_, Problem, file_name
from jsup.journal import canonical
from jsup.ledger import Ledger
from jsup.models import Event
from jsup.register import Imported, Tally, set_fields
from jsup.tables import Column, Table
from jsup.watched import Complaint

COLUMNS: Final = (
    Column("agency_code", ("单位代码",), required=True),
    Column("number", ("投诉编号", "编号"), required=True),
    Column("subject", ("事项", "投诉事项"), lines=True),
    Column("received_on", ("收到日期",), required=True, dated=True),
    Column("accepted_on", ("受理日期",), dated=True),
    Column("done_on", ("办结日期",), dated=True),
    Column("result", ("办理结果",), lines=True),
)
_DAYS: Final = ("received_on", "accepted_on", "done_on")


def take_over(ledger: Ledger, path: Path, *, dry_run: bool = False) -> Imported:
    """Enter the new complaints of a table and correct those whose rows changed, all or nothing.

    A complaint is known again by its agency and its number there. An empty cell of a column that is there empties the field.

    Raises:
        TableError: the file or any of its cells cannot be taken; each problem has row and column.
    """
    table = tables.read(path, COLUMNS)
    with ledger.change(dry_run=dry_run) as session:
        desk = Desk(session, ledger)
        rows = rows_of(table, ledger.entry.today, {row["code"] for row in desk.reads.agencies()})
        tables.refuse(path, table.problems)
        known = {(row.agency_code, row.number): row for row in session.exec(select(Complaint))}
        tally = Tally(len(rows), table.unknown)
        for values in rows:
            row = known.get((values["agency_code"], values["number"]))
            if row is None:
                session.add(Complaint.model_validate(values))
                tally.new += 1
                continue
            changed = _set(desk, row, values, f"complaint import {file_name(path)}")
            tally.take({"code": f"{row.agency_code} {row.number}"}, changed)
    return tally.imported()


def _set(desk: Desk, row: Complaint, values: dict[str, Any], why: str) -> dict[str, list[Any]]:
    """Set fields, keep the old values, and return what changed as [old, new]."""
    changed = set_fields(row, values)
    if changed:
        entry, details = desk.ledger.entry, {"complaint": row.number, "set": changed, "why": why}
        desk.session.add(
            Event(
                agency_code=row.agency_code, step="complaint import", done_on=entry.today, officer=entry.officer,
                details=canonical(details),
            )
        )  # fmt: skip
    return changed


def rows_of(table: Table, today: date, codes: Collection[str]) -> list[dict[str, Any]]:
    """Return the values of a table's rows; what is wrong with them goes to the table's problems."""
    seen: dict[tuple[str, str], int] = {}
    found = []
    for number, row in table.rows:

        def wrong(key: str, message: str, number: int = number, **values: object) -> None:
            table.problems.append(Problem(number, table.columns[key], message, values))

        values: dict[str, Any] = {key: row.get(key) for key in table.columns}
        key = row.get("agency_code", ""), row.get("number", "")
        if key[0] and key[0] not in codes:
            wrong("agency_code", N_("no agency has the code {code}: `jsup agency list` shows all"), code=key[0])
        if key in seen and all(key):
            wrong("number", N_("{value} stands in row {row} already"), value=key[1], row=seen[key])
        seen.setdefault(key, number)
        last: date | None = None
        for day in _DAYS:
            if day in row:
                values[day] = on = date.fromisoformat(row[day])
                if on > today:
                    wrong(day, N_("{on} is in the future: today is {today}"), on=on, today=today)
                if last is not None and on < last:
                    wrong(day, N_("{on} is before {last}, the day of what comes before it"), on=on, last=last)
                last = on
        found.append(values)
    return found
