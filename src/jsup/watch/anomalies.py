"""What becomes of anomalies: verified they are findings of their agencies, or they are dismissed, with a reason."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import col, select

from jsup import casework, register
from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, UnknownError, UsageError, checked, not_future
from jsup.ledger import Ledger
from jsup.models import Agency
from jsup.reads import Reads
from jsup.watch.rules import all_rules, chinese, fact
from jsup.watch.views import DISMISSED, OPEN, VERIFIED, check
from jsup.watched import Anomaly
from jsup.words import CHANNELS

_MOST_FACTS = 20
"""Anomalies that a finding's facts name one by one."""


@dataclass(frozen=True)
class Case:
    """The finding that anomalies of one rule at one agency become; in a dry run it has no number."""

    number: str | None
    agency_code: str
    rule: str
    title: str
    ids: list[int]


def chosen(reads: Reads, ids: Sequence[int], wanted: dict[str, str | None]) -> list[int]:
    """Return the open anomalies that are named, or those of a month, a rule, an agency.

    Raises:
        UsageError: neither was given, or there is no such rule or month.
    """
    if ids and any(wanted.values()):
        raise UsageError(N_("name anomalies by their numbers, or by --month, --rule and --agency, not both"))
    if ids:
        return [*dict.fromkeys(ids)]
    if not any(wanted.values()):
        raise UsageError(N_("name anomalies by their numbers, or by --month, --rule and --agency"))
    check(wanted)
    rows = reads.rows(
        "SELECT id FROM anomalies WHERE state = 'open' AND (:month IS NULL OR month = :month) AND (:rule IS NULL OR rule = :rule)"
        " AND (:agency IS NULL OR agency_code = :agency) ORDER BY id",
        **wanted,
    )
    return [row["id"] for row in rows]


def verify(
    book: Ledger, ids: Sequence[int], wanted: dict[str, str | None], on: date, *, agency: str | None = None, dry_run: bool = False
) -> list[Case]:
    """Turn open anomalies into findings, one for those of one rule at one agency in one month; return them.

    `agency` answers for those of bodies that are not in the register, and whoever took an agency's place for that agency.

    Raises:
        UnknownError: no anomaly has one of the numbers, or no agency the code.
        RefusedError: one is not open any more, or none is chosen, or the day is in the future or before one was found, or a
            body that is not in the register would answer for itself.
    """
    cases = []
    with book.change(dry_run=dry_run) as session:
        desk = Desk(session, book)
        gathered: dict[tuple[str, str, str], list[Anomaly]] = {}
        found = _open(desk, ids, wanted, on)
        heirs = {code: register.heir(desk.reads, code) for code in {one.agency_code for one in found}}
        for one in found:
            answers = heirs[one.agency_code] if session.get(Agency, one.agency_code) is not None else agency
            if answers is None:
                raise RefusedError(
                    N_(
                        "anomaly {number}: {agency} is not in the register: name who answers for it, --at"
                    ),
                    number=one.id, agency=one.agency_code,
                )  # fmt: skip
            gathered.setdefault((answers, one.rule, one.month), []).append(one)
        for (code, key, name), rows in gathered.items():
            rule = all_rules()[key]
            title = f"{chinese(name)}{rule.title}" + (f"{len(rows)}起" if len(rows) > 1 else "")
            lines = [
                f"检查编号{row.records.replace(';', '、')}：{fact(rule, json.loads(row.reason))}。" for row in rows[:_MOST_FACTS]
            ]
            more = len(rows) - len(lines)
            facts = "\n".join([*lines, *([f"另有{more}起，见异常情况清单。"] if more else [])])
            number = casework.enter(
                desk,
                agency=code,
                category=rule.category,
                title=title,
                found_on=on,
                source=CHANNELS["data"],
                basis=f"{desk.policy.document}{rule.clause}",
                facts=facts,
            )
            for row in rows:
                row.state, row.decided_on, row.decided_by, row.finding_number = VERIFIED, on, book.entry.officer, number
            cases.append(Case(None if dry_run else number, code, key, title, [row.id or 0 for row in rows]))
    return cases


def dismiss(book: Ledger, ids: Sequence[int], wanted: dict[str, str | None], on: date, why: str) -> list[int]:
    """Dismiss open anomalies, with a reason; return their numbers.

    Raises:
        UnknownError: no anomaly has one of the numbers.
        RefusedError: one is not open any more, or none is chosen, or the day is in the future or before one was found.
    """
    why = checked(why, "--why")
    with book.change() as session:
        rows = _open(Desk(session, book), ids, wanted, on)
        for row in rows:
            row.state, row.decided_on, row.decided_by, row.why = DISMISSED, on, book.entry.officer, why
        return [row.id or 0 for row in rows]


def _open(desk: Desk, ids: Sequence[int], wanted: dict[str, str | None], on: date) -> list[Anomaly]:
    not_future(on, desk.ledger.entry.today)
    named = chosen(desk.reads, ids, wanted)
    if not named:
        raise RefusedError(N_("no open anomaly is chosen: `jsup anomaly list --state open` shows all"))
    rows: list[Any] = []
    for start in range(0, len(named), 500):
        some = named[start : start + 500]
        rows += desk.session.exec(select(Anomaly).where(col(Anomaly.id).in_(some)).order_by(col(Anomaly.id)))
    missing = set(named) - {row.id for row in rows}
    if missing:
        raise UnknownError(N_("no anomaly has the number {number}: `jsup anomaly list` shows all"), number=min(missing))
    for row in rows:
        if row.state != OPEN:
            raise RefusedError(
                N_("anomaly {number} is {state} since {on}: only an open one is verified or dismissed"),
                number=row.id, state=row.state, on=row.decided_on,
            )  # fmt: skip
        if on < row.found_on:
            raise RefusedError(
                N_("{number}: {on} is before {floor}, the day of `{after}`, which it follows"),
                number=row.id, on=on, floor=row.found_on, after="scan",
            )  # fmt: skip
    return rows
