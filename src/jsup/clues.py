"""What is read of clues: lists, which know no complainants, and one clue with its own, masked; gatherings and complaints."""

import json
from datetime import date
from functools import cache
from typing import Final

from jsup import deadlines
from jsup.errors import N_, UnknownError, one_of
from jsup.reads import Reads, Row
from jsup.words import CHANNELS

OPEN, FINDING, REFERRED, MERGED, DISMISSED = STATES = ("open", "finding", "referred", "merged", "dismissed")
"""What has become of a clue."""

RECEIVED, ACCEPTED, DONE = ("received", "accepted", "done")
"""How far an agency has come with a complaint."""

DATA: Final = ("name", "phone", "identity", "address")
"""What may be known of a complainant."""

_LONG_PHONE, _LONG_IDENTITY = 11, 15


def mask(key: str, value: str | None) -> str | None:
    """Return what everybody may see of a complainant's data.

    >>> mask("name", "张三丰"), mask("phone", "13800000001"), mask("identity", "310116199001010010"), mask("address", "x路1号")
    ('张**', '138****0001', '310*************10', '****')
    """
    if value is None:
        return None
    if key == "name":
        return f"{value[:1] if len(value) > 1 else ''}**"
    if key == "phone" and len(value) >= _LONG_PHONE:
        return f"{value[:3]}****{value[-4:]}"
    if key == "identity" and len(value) >= _LONG_IDENTITY:
        return f"{value[:3]}{'*' * (len(value) - 5)}{value[-2:]}"
    return "****"


# Clues ------------------------------------------------------------------------------------------


def listed(ledger: Reads, *, state: str | None = None, channel: str | None = None, agency: str | None = None) -> list[Row]:
    """Return clues without anything of their complainants, in the order of their numbers."""
    for option, value, keys in (("state", state, STATES), ("channel", channel, CHANNELS)):
        one_of(value, option, keys)
    if agency is not None:
        ledger.agencies(agency)
    wanted = {"state": state, "channel": channel, "agency_code": agency}
    where = " AND ".join(f"(:{key} IS NULL OR {key} = :{key})" for key in wanted)
    return ledger.rows(f"SELECT * FROM clues WHERE {where} ORDER BY SUBSTR(number, 1, 6), LENGTH(number), number", **wanted)


def shown(ledger: Reads, number: str, *, officer: str | None = None) -> Row:
    """Return a clue with what became of it, and its complainant; masked unless `officer` is the clue's own.

    Raises:
        UnknownError: no clue has that number.
    """
    rows = ledger.rows("SELECT * FROM clues WHERE number = :number", number=number)
    if not rows:
        raise UnknownError(N_("no clue has the number {number}: `jsup clue list` shows all"), number=number)
    (row,) = rows
    merged = ledger.rows("SELECT number FROM clue WHERE merged_into = :number ORDER BY number", number=number)
    finding = ledger.rows("SELECT number, title, stage FROM findings WHERE number = :number", number=row["finding_number"])
    gathering = ledger.rows("SELECT * FROM gathering WHERE id = :id", id=row["gathering_id"])
    papers = ledger.papers(id=row["paper_id"]) if row["paper_id"] is not None else []
    keys = ("id", "kind", "number", "state", "drafted_on", "file")
    return row | {
        "complainant": _complainant(ledger, number, whole=officer == row["officer"]),
        "merged": [one["number"] for one in merged],
        "finding": finding[0] if finding else None,
        "paper": {key: papers[0][key] for key in keys} if papers else None,
        "gathering": gathering[0] if gathering else None,
        "events": _events(ledger, number),
    }


def _complainant(ledger: Reads, number: str, *, whole: bool) -> Row | None:
    rows = ledger.rows("SELECT * FROM complainant WHERE clue_number = :number", number=number)
    if not rows:
        return None
    data = {key: rows[0][key] if whole else mask(key, rows[0][key]) for key in DATA}
    return data | {"masked": not whole, "erased_on": rows[0]["erased_on"], "erased_why": rows[0]["erased_why"]}


def _events(ledger: Reads, number: str) -> list[Row]:
    """Return what was done to a clue, in the order of entry."""
    rows = ledger.rows(
        "SELECT step, done_on, officer, details FROM event WHERE step LIKE 'clue %' AND details LIKE :named ORDER BY id",
        named=f'%"clue":"{number}"%',
    )
    return [{**row, "details": json.loads(row["details"])} for row in rows]


def gatherings(ledger: Reads, number: int | None = None) -> list[Row]:
    """Return gatherings with the clues that came of each, in the order of entry.

    Raises:
        UnknownError: no gathering has that number.
    """
    found = ledger.rows("SELECT * FROM gathering WHERE :id IS NULL OR id = :id ORDER BY id", id=number)
    if number is not None and not found:
        raise UnknownError(N_("no gathering has the number {number}: `jsup clue gathering list` shows all"), number=number)
    came: dict[int, list[Row]] = {}
    for row in ledger.rows(
        "SELECT gathering_id, number, title, state, finding_number FROM clues WHERE gathering_id IS NOT NULL ORDER BY number"
    ):
        came.setdefault(row.pop("gathering_id"), []).append(row)
    return [{"number": row.pop("id"), **row, "clues": came.get(number_, [])} for row in found for number_ in [row["id"]]]


# Complaints -------------------------------------------------------------------------------------


def complaints(ledger: Reads, today: date, *, agency: str | None = None, late: bool = False) -> list[Row]:
    """Return the complaints that agencies handle, each with its last days by the bureau's settings; with `late` those past them.

    A complaint that is done without having been accepted was accepted when it was done. Source: 二（三）6.
    """
    if agency is not None:
        ledger.agencies(agency)
    watch, calendar = ledger.policy().own["watch"], ledger.in_force

    @cache
    def due(received_on: str, setting: str) -> deadlines.Due:
        return deadlines.due(calendar, date.fromisoformat(received_on), watch[setting], deadlines.WORKING_DAY)

    found = []
    for row in ledger.rows(
        "SELECT * FROM complaints WHERE :agency IS NULL OR agency_code = :agency ORDER BY received_on, agency_code, number",
        agency=agency,
    ):
        accept, handle = (due(row["received_on"], f"{word}_working_days") for word in ("accept", "handle"))
        done = row["done_on"] or today.isoformat()
        accept_late, handle_late = (row["accepted_on"] or done) > accept.on.isoformat(), done > handle.on.isoformat()
        state = DONE if row["done_on"] else ACCEPTED if row["accepted_on"] else RECEIVED
        days = {"accept_by": accept.on.isoformat(), "handle_by": handle.on.isoformat()}
        lates = {"accept_late": accept_late, "handle_late": handle_late, "late": accept_late or handle_late}
        found.append({**row, "state": state, **days, "provisional": accept.provisional or handle.provisional, **lates})
    return [row for row in found if row["late"] or not late]
