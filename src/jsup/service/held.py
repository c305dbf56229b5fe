"""What is held with agencies and enterprises, as it is read: meetings with their decisions, trainings, reminders, self-checks."""

import json
from collections.abc import Sequence
from typing import Final

from jsup.errors import N_, UnknownError
from jsup.reads import Reads, Row

MEETINGS: Final = ("consultation", "joint")
TRAININGS: Final = ("training", "integrity")
CLAUSES: Final = {
    "consultation": "三（二）", "joint": "三（二）", "reminder": "二（三）3", "training": "二（三）3", "integrity": "二（三）4",
    "publicity": "三（三）", "self-check": "三（一）",
}  # fmt: skip
"""The plan's clause behind each kind."""
REPORT: Final = "self-check report"
"""The step under which an amended report is entered."""


def activities(ledger: Reads, kinds: Sequence[str], number: int | None = None) -> list[Row]:
    """Return what there is of some kinds, in the order of entry, with the agencies' parts, the decisions, and `waiting`.

    `waiting` are the codes of the agencies that were called and have not reported or attended.
    """
    rows = [
        row
        for row in ledger.rows("SELECT * FROM activities WHERE :number IS NULL OR id = :number ORDER BY id", number=number)
        if row["kind"] in kinds
    ]
    found = {row["id"]: row | {"clause": CLAUSES[row["kind"]], "agencies": [], "decisions": [], "waiting": []} for row in rows}
    parts = (
        "SELECT p.activity_id, p.agency_code AS code, a.name, p.done_on, p.found, p.mended, p.enterprises, p.note"
        " FROM activity_agency p JOIN agency a ON a.code = p.agency_code"
        " WHERE :number IS NULL OR p.activity_id = :number ORDER BY p.agency_code"
    )
    for part in ledger.rows(parts, number=number):
        row = found.get(part.pop("activity_id"))
        if row is not None:
            row["agencies"].append(part)
            row["waiting"] += [part["code"]] if part["done_on"] is None else []
    keys = ("id", "text", "agency_code", "agency", "who", "until_on", "done_on", "result", "ended_on", "ended_why")
    decisions = "SELECT * FROM resolutions WHERE :number IS NULL OR activity_id = :number ORDER BY id"
    for decision in ledger.rows(decisions, number=number):
        if decision["activity_id"] in found:
            found[decision["activity_id"]]["decisions"].append({key: decision[key] for key in keys})
    return list(found.values())


def activity(ledger: Reads, kinds: Sequence[str], number: int) -> Row:
    """Return one of some kinds, with the reports that were amended.

    Raises:
        UnknownError: there is none of these kinds.
    """
    rows = activities(ledger, kinds, number)
    if not rows:
        raise UnknownError(unknown(kinds), number=number)
    (row,) = rows
    events = ledger.rows("SELECT agency_code, done_on, officer, details FROM event WHERE step = :step ORDER BY id", step=REPORT)
    told = [event | {"details": json.loads(event["details"])} for event in events]
    return row | {"amended": [event for event in told if event["details"]["activity"] == number]}


def unknown(kinds: Sequence[str]) -> str:
    """Return the sentence that says that none of some kinds has a number."""
    return {
        "consultation": N_("no consultation has the number {number}: `jsup consultation list` shows all"),
        "training": N_("no training has the number {number}: `jsup training list` shows all"),
        "reminder": N_("no reminder has the number {number}: `jsup reminder list` shows all"),
        "self-check": N_("no self-check has the number {number}: `jsup self-check list` shows all"),
        "publicity": N_("no publicity has the number {number}: `jsup publicity list` shows all"),
    }[kinds[0]]


_AWAITED: Final = (
    (
        "action", "consultation done",
        (
            "SELECT id, kind, text AS title, agency_code, agency, held_on AS since, until_on FROM resolutions"
            " WHERE done_on IS NULL AND ended_on IS NULL ORDER BY id"
        ),
    ),
    (
        "training", "training hold",
        (
            "SELECT id, kind, title, agency_code, agency, asked_on AS since, until_on FROM activities"
            " WHERE kind IN ('training', 'integrity') AND held_on IS NULL AND ended_on IS NULL ORDER BY id"
        ),
    ),
    (
        "self-check", REPORT,
        (
            "SELECT c.id, c.kind, c.title, a.code AS agency_code, a.name AS agency, c.asked_on AS since, c.until_on"
            " FROM activities c JOIN activity_agency p ON p.activity_id = c.id JOIN agency a ON a.code = p.agency_code"
            " WHERE c.kind = 'self-check' AND c.ended_on IS NULL AND p.done_on IS NULL AND a.retired_on IS NULL"
            " ORDER BY c.id, a.code"
        ),
    ),
)  # fmt: skip


def awaited(ledger: Reads) -> list[Row]:
    """Return what was decided, asked for or called and is neither done nor ended, with its number, clause and next step."""
    return [
        row
        | {
            "number": f"{what} {row['id']}",
            "clause": CLAUSES[row["kind"]],
            "next_step": step,
            "since": row["since"] or row["until_on"],
        }
        for what, step, query in _AWAITED
        for row in ledger.rows(query)
    ]
