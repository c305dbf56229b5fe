"""Who works on what: findings and clues assigned to officers, and handed over with a list (移交清单)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlmodel import col, select

from jsup import casework, intake, steps, tables, worklists
from jsup.clocks import Desk
from jsup.clues import OPEN
from jsup.errors import N_, RefusedError, checked, not_future
from jsup.ledger import Ledger
from jsup.models import Finding
from jsup.tables import Heading, Notes
from jsup.watched import Clue
from jsup.words import STAGES

CLUE: Final = "X"
"""With this the number of a clue begins."""

KINDS: Final = {"finding": "问题", "clue": "线索"}
_CLUE_STEP: Final = "线索处理"
HEADINGS: Final = (
    Heading("类别", 8), Heading("编号", 13), Heading("执法单位", 24), Heading("内容", 36), Heading("阶段", 11),
    Heading("到期日", 14), Heading("下一步", 36),
)  # fmt: skip


def is_clue(number: str) -> bool:
    """Tell whether a number is one of a clue."""
    return number.startswith(CLUE)


def assign(ledger: Ledger, numbers: Sequence[str], to: str, on: date) -> None:
    """Say who works on findings and clues, on all of them or none.

    Raises:
        UnknownError: no finding or clue has one of the numbers.
        RefusedError: it is ended, or that officer's already; or the day is in the future, or before the
            finding was found or the clue received.
    """
    to = checked(to, "--to")
    with ledger.change() as session:
        desk = Desk(session, ledger)
        not_future(on, ledger.entry.today)
        for number in dict.fromkeys(numbers):
            row = intake.get(desk, number) if is_clue(number) else casework.get(desk, number)
            stage, officer = (row.state, row.officer) if isinstance(row, Clue) else (row.stage, row.assigned_to)
            if stage in steps.ENDED or (isinstance(row, Clue) and stage != OPEN):
                raise RefusedError(N_("{number} is {stage}: nothing of it is left to do"), number=number, stage=stage)
            if officer == to:
                raise RefusedError(
                    N_("{number} is assigned to {officer} already: nothing was changed"), number=number, officer=to
                )
            if isinstance(row, Clue):
                if on < row.received_on:
                    raise RefusedError(
                        N_("{number}: {on} is before {floor}, the day on which it was received"),
                        number=number, on=on, floor=row.received_on,
                    )  # fmt: skip
                _pass_clue(desk, row, "assign", to, on)
            else:
                casework.not_before_found(row, on)
                _pass(desk, row, "assign", to, on)


def _pass(desk: Desk, finding: Finding, step: str, to: str, on: date) -> None:
    told = {"from": finding.assigned_to, "to": to}
    finding.assigned_to = to
    casework.note(desk, finding, step, on, {key: name for key, name in told.items() if name is not None})


def _pass_clue(desk: Desk, clue: Clue, step: str, to: str, on: date) -> None:
    """Pass a clue, and with it the sight of who complained."""
    told = {"from": clue.officer, "to": to}
    clue.officer = to
    intake.note(desk, clue, f"clue {step}", on, **told)


@dataclass(frozen=True)
class Item:
    """What passes to another officer; `due` is what the list says of the last day, `next_step` of what comes next."""

    row: dict[str, Any]
    due: str = ""
    next_step: str = _CLUE_STEP

    def cells(self) -> list[str]:
        """Return the item as a row of the list."""
        stage = STAGES[self.row["stage"]]
        row = (KINDS[self.row["kind"]], self.row["number"], self.row["agency"] or "", self.row["title"], stage)
        return [*row, self.due, self.next_step]


def hand_over(ledger: Ledger, old: str, new: str, out: Path | None, *, dry_run: bool = False) -> list[dict[str, Any]]:
    """Pass everything that is assigned to one officer and not ended to another; return it, findings first.

    With `out`, the list of it is written before the commit, and is gone again where that fails.

    Raises:
        RefusedError: the two are one, or there is nothing to hand over.
        TableError: the list's file is there already or cannot be written.
    """
    old, new = checked(old, "--from"), checked(new, "--to")
    if old == new:
        raise RefusedError(N_("--from and --to are both {officer}: name two"), officer=old)
    written = False
    try:
        with ledger.change(dry_run=dry_run) as session:
            desk = Desk(session, ledger)
            items = _items(desk, old, new)
            if out is not None and not dry_run:
                told = [["移交人", old], ["接收人", new], ["移交日", ledger.entry.today.isoformat()], ["件数", str(len(items))]]
                notes = Notes("移交说明", (Heading("项目", 12), Heading("内容", 40)), told)
                tables.write(out, HEADINGS, [item.cells() for item in items], notes, pinned=2)
                written = True
    except BaseException:
        if written and out is not None:
            out.unlink(missing_ok=True)
        raise
    return [item.row for item in items]


def _items(desk: Desk, old: str, new: str) -> list[Item]:
    """Pass on what one officer has to another, and return it.

    Raises:
        RefusedError: there is nothing.
    """
    today = desk.ledger.entry.today
    urgent = {row["number"]: row for row in desk.reads.next(today)}
    theirs = select(Finding).where(Finding.assigned_to == old, col(Finding.stage).not_in(steps.ENDED))
    items = []
    for finding in desk.session.exec(theirs.order_by(col(Finding.number))).all():
        row = urgent[finding.number]
        shown = {"kind": "finding"} | {key: row[key] for key in ("number", "agency_code", "agency", "title", "stage", "due_on")}
        proposed = steps.proposed(desk.reads.case(finding.number, today))
        due = (row["due_on"] or "") + ("（暂定）" if row["provisional"] else "")
        items.append(Item(shown, due, worklists.listed(proposed)))
        _pass(desk, finding, "handover", new, today)
    names = {row["code"]: row["name"] for row in desk.reads.agencies()}
    for one in desk.session.exec(select(Clue).where(Clue.officer == old, Clue.state == OPEN).order_by(col(Clue.number))).all():
        told = {"agency_code": one.agency_code, "agency": names.get(one.agency_code or ""), "title": one.title}
        items.append(Item({"kind": "clue", "number": one.number, **told, "stage": one.state, "due_on": None}))
        _pass_clue(desk, one, "handover", new, desk.ledger.entry.today)
    desk.session.flush()
    if not items:
        raise RefusedError(N_("nothing is assigned to {officer}: `jsup finding list` shows who has what"), officer=old)
    return items
