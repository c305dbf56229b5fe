"""Findings and their clocks as lists show them, made of rows of the views `findings` and `deadlines`."""

from datetime import date
from functools import cache
from typing import Any

from jsup import deadlines, steps
from jsup.workdays import Calendar

Row = dict[str, Any]


def clock(row: Row) -> Row:
    """Return a clock."""
    keys = ("period", "owner", "started_on", "due_on", "provisional", "met_on", "cancelled_on", "clause")
    return {key: row[key] for key in keys} | {"provisional": bool(row["provisional"])}


def finding(row: Row, clocks: list[Row]) -> Row:
    """Return a finding with its clocks."""
    keys = (
        "number", "agency_code", "agency", "category", "title", "stage", "found_on", "source", "facts", "basis",
        "rectified_on", "remaining", "decision_number", "decision_until", "assigned_to",
    )  # fmt: skip
    more = {"severity": row["severity"] or "ordinary"}
    return {key: row[key] for key in keys} | more | {"deadlines": [clock(one) | {"late": _late(one, row)} for one in clocks]}


def _late(clock: Row, finding: Row) -> bool:
    """Tell whether a clock was met late; of a rectification whose day nobody told only a review after its end tells that."""
    seen = finding["wanting_on"] is not None and finding["wanting_on"] > clock["due_on"]
    untold = clock["period"] in ("rectification", "decision") and finding["rectified_on"] is None and not seen
    return clock["met_on"] is not None and clock["met_on"] > clock["due_on"] and not untold


def case(row: Row, on: date) -> steps.Case:
    """Return what the table of steps asks of a finding on a day."""
    return _state(row, on.isoformat())._replace(**{key: row[key] for key in ("number", "agency", "agency_code")})


def _state(row: Row, on: str) -> steps.Case:
    """Return the same whichever finding it is: thousands in a list are of few kinds."""
    agency_due = row["agency_due"] and str(row["agency_due"])
    return steps.Case(
        number="",
        stage=row["stage"],
        agency="",
        agency_code="",
        management=row["management"],
        drafted=bool(row["drafted"]),
        late=bool(row["late"]),
        unreported=bool(row["unreported"]),
        objected=bool(row["objected"]),
        notified=bool(row["notified"]),
        extendable=bool(agency_due and agency_due >= on),
        expired=bool(agency_due and agency_due < on),
    )


@cache
def _proposed(case: steps.Case) -> list[Row]:
    return [{"step": step.name, "command": step.command, "clause": step.clause} for step in steps.proposed(case)]


def item(row: Row, on: str) -> Row:
    """Return an open clock with its finding's next step, the days left yet to be counted."""
    lawful = _proposed(_state(row, on))
    return {
        "kind": row["kind"],
        "number": row["number"],
        "agency_code": row["agency_code"],
        "agency": row["agency"],
        "title": row["title"],
        "stage": row["stage"],
        "period": row["period"],
        "owner": row["owner"],
        "started_on": row["started_on"],
        "due_on": row["due_on"],
        "working_days_left": 0,
        "overdue": False,
        "provisional": bool(row["provisional"]),
        "next_step": lawful[0]["step"] if lawful else None,
        "next_clause": lawful[0]["clause"] if lawful else None,
        "escalate_to": escalate_to(row),
        "clause": row["clause"],
    }


def pending(row: Row, calendar: Calendar, today: date) -> Row:
    """Return a finding with its lawful steps and its nearest clock."""
    left = row["due_on"] and deadlines.left(calendar, date.fromisoformat(row["due_on"]), today)
    keys = ("number", "agency_code", "agency", "title", "stage", "due_on")
    more = {
        "provisional": bool(row["provisional"]),
        "working_days_left": left,
        "steps": _proposed(_state(row, today.isoformat())),
    }
    return {key: row[key] for key in keys} | more


def escalate_to(row: Row) -> str | None:
    """Name who decides on the agency; nobody while its management is not settled.

    Source: 二（二）1 第二步; 国务院令第825号 第四十二条.
    """
    if row["management"] == "local":
        return "区政府"
    return None if row["management"] == "unknown" else "上级主管单位" + (row["superior"] or "")
