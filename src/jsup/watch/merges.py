"""Visits that are made one before they happen (综合查一次), and how many are saved. Source: 一, 二（三）4."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from sqlmodel import Session, col, select

from jsup import codes, register
from jsup.errors import N_, RefusedError, UnknownError, UsageError, checked
from jsup.ledger import Ledger
from jsup.reads import row_number
from jsup.watched import Plan, PlanMerge, PlanVisit

CLAUSE: Final = "二（三）4"


def numbers(text: str) -> list[int]:
    """Read the numbers of visits, with commas between them.

    Raises:
        UsageError: one is no number.
    """
    found: list[int] = []
    for part in text.replace("，", ",").split(","):
        number = row_number(part.strip())
        if number is None:
            raise UsageError(N_("--visits {text}: write the numbers that `jsup plan merge` shows, such as 12,15"), text=text)
        found.append(number)
    return list(dict.fromkeys(found))


def merge(
    ledger: Ledger, visit_on: date, *, visits: Sequence[int] = (), enterprise: str | None = None, joint: str | None = None
) -> int:
    """Make planned visits to one enterprise one, on a day that all of them allow, and return the merge's id.

    They are the ones named, or all that an enterprise still has on that day.

    Raises:
        UnknownError: there is no such visit.
        RefusedError: one is merged or dropped already, does not allow the day, or is to another enterprise; or there is
            only one.
    """
    joint = checked(joint, "--joint") if joint is not None else None
    code = codes.credit_code(enterprise) if enterprise is not None else None
    with ledger.change() as session:
        found = _named(session, visits) if code is None else _of(session, code, visit_on)
        for visit in found:
            _allow(visit, found[0], visit_on)
        if len(found) < 2:  # noqa: PLR2004 - what is one already is not made one
            raise RefusedError(
                N_("there are no two visits to make one: `jsup plan merge` lists those that could be"), clause=CLAUSE
            )
        merged = PlanMerge(
            enterprise_code=found[0].enterprise_code,
            merged_on=ledger.entry.today,
            visit_on=visit_on,
            joint=joint,
            saved=len(found) - 1,
            officer=ledger.entry.officer,
        )
        session.add(merged)
        session.flush()
        assert merged.id is not None
        for visit in found:
            visit.merge_id = merged.id
        details = {"merge": merged.id, "visits": [visit.id for visit in found], "visit_on": visit_on, "joint": joint}
        _note(session, ledger, found, "plan merge", details)
        return merged.id


def _named(session: Session, visits: Sequence[int]) -> list[PlanVisit]:
    found = []
    for number in visits:
        visit = session.get(PlanVisit, number)
        if visit is None:
            raise UnknownError(N_("no planned visit has the number {number}: `jsup plan merge` lists visits"), number=number)
        found.append(visit)
    return found


def _of(session: Session, enterprise: str, on: date) -> list[PlanVisit]:
    wanted = select(PlanVisit).where(
        PlanVisit.enterprise_code == enterprise,
        col(PlanVisit.merge_id).is_(None),
        col(PlanVisit.dropped_on).is_(None),
        col(PlanVisit.from_on) <= on,
        col(PlanVisit.to_on) >= on,
    )
    return list(session.exec(wanted.order_by(col(PlanVisit.id))))


def _allow(visit: PlanVisit, first: PlanVisit, on: date) -> None:
    values = {"number": visit.id, "code": visit.plan_code}
    if visit.merge_id is not None:
        raise RefusedError(N_("visit {number} of the plan {code} was made one with others already"), clause=CLAUSE, **values)
    if visit.dropped_on is not None:
        raise RefusedError(
            N_("visit {number} of the plan {code} was dropped on {on}"), clause=CLAUSE, on=visit.dropped_on, **values
        )
    if visit.enterprise_code != first.enterprise_code:
        raise RefusedError(
            N_("visits {first} and {number} are to different enterprises: make those to one enterprise one"),
            clause=CLAUSE,
            first=first.id,
            **values,
        )
    if not visit.from_on <= on <= visit.to_on:
        raise RefusedError(
            N_("visit {number} of the plan {code} is planned from {first} to {last}, which {on} does not lie in"),
            clause=CLAUSE,
            first=visit.from_on,
            last=visit.to_on,
            on=on,
            **values,
        )


def split(ledger: Ledger, number: int, why: str) -> None:
    """Take a merge back: its visits are planned by themselves again, and nothing is saved; what it was is kept.

    Raises:
        UnknownError: there is no such merge.
        RefusedError: it was taken back already.
    """
    why = checked(why, "--why")
    with ledger.change() as session:
        merged = session.get(PlanMerge, number)
        if merged is None:
            raise UnknownError(N_("no merge has the number {number}: `jsup plan merges` shows all"), number=number)
        visits = list(session.exec(select(PlanVisit).where(PlanVisit.merge_id == number).order_by(col(PlanVisit.id))))
        if not visits:
            raise RefusedError(N_("merge {number} was taken back already"), number=number)
        details = {"merge": number, "visits": [visit.id for visit in visits], "saved": merged.saved, "why": why}
        _note(session, ledger, visits, "plan split", details)
        for visit in visits:
            visit.merge_id = None
        merged.saved = 0


def recount(session: Session, numbers: Collection[int]) -> None:
    """Count the saved visits of merges anew, after visits of theirs were dropped or planned again."""
    session.flush()
    for number in sorted(numbers):
        merged = session.get(PlanMerge, number)
        assert merged is not None
        left = session.exec(select(PlanVisit.id).where(PlanVisit.merge_id == number, col(PlanVisit.dropped_on).is_(None)))
        merged.saved = max(0, len(left.all()) - 1)


def _note(session: Session, ledger: Ledger, visits: Sequence[PlanVisit], step: str, details: dict[str, object]) -> None:
    """Write down at each agency of these visits what was done to them."""
    plans = col(Plan.code).in_(sorted({visit.plan_code for visit in visits}))
    for agency in session.exec(select(Plan.agency_code).where(plans).distinct().order_by(Plan.agency_code)):
        register.event(session, ledger, agency, step, ledger.entry.today, **details)
    session.flush()
