"""Who works on what: `assign` and `handover`."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import DryRun, Json, On, here
from jsup.commands.finding import ASSIGNED as OFFICER
from jsup.console import Column
from jsup.errors import N_

app = typer.Typer()

CLUES = "SELECT number, agency_code, agency, title, state AS stage, received_on, officer AS assigned_to FROM clues"
ROWS = (
    Column(N_("number"), lambda row: row["number"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("finding"), lambda row: row["title"]),
    Column(N_("stage"), lambda row: console.term(row["stage"])),
    OFFICER,
)
HANDED = (
    Column(N_("kind"), lambda row: console.term(row["kind"])),
    *ROWS[:4],
    Column(N_("due"), lambda row: row["due_on"], whole=True),
)


@app.command(help=_("Say who works on findings, or on clues (their numbers begin with X)."))
def assign(
    ctx: typer.Context,
    numbers: Annotated[list[str], typer.Argument(metavar="N...", help=_("Numbers of findings or clues, such as 2026-0001"))],
    to: Annotated[str, typer.Option(metavar="NAME", help=_("The officer"))],
    on: On = None,
    as_json: Json = False,
) -> None:
    """Assign."""
    from jsup import assignments  # noqa: PLC0415

    assignments.assign(here(ctx).ledger("assign"), numbers, to, here(ctx).day(on))
    with here(ctx).reads() as ledger:
        rows = [
            ledger.rows(f"{CLUES} WHERE number = :number", number=number)[0]
            if assignments.is_clue(number)
            else ledger.finding(number)
            for number in dict.fromkeys(numbers)
        ]
    shown: Any = rows if len(rows) > 1 else rows[0]
    console.show(shown, as_json=as_json, text=lambda: console.table(rows, ROWS))


@app.command(help=_("Pass everything that is assigned to one officer and not ended on to another, with a list (移交清单)."))
def handover(
    ctx: typer.Context,
    from_: Annotated[str, typer.Option("--from", metavar="NAME", help=_("The officer who has it"))],
    to: Annotated[str, typer.Option(metavar="NAME", help=_("The officer who takes it over"))],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help=_("The list to make, such as list.xlsx"))] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Hand over."""
    from jsup import assignments  # noqa: PLC0415

    items = assignments.hand_over(here(ctx).ledger("handover"), from_, to, out, dry_run=dry_run)
    file = str(out) if out is not None and not dry_run else None
    shown = {"from": from_, "to": to, "items": items, "file": file, "dry_run": dry_run}

    def text() -> None:
        console.table(items, HANDED)
        message = N_("{count} would pass from {old} to {new}. Nothing was written.")
        if not dry_run:
            message = N_("{count} passed from {old} to {new}.")
        console.line(message, count=len(items), old=from_, new=to)
        if file is not None:
            console.line(N_("The list is {file}."), file=file)

    console.show(shown, as_json=as_json, text=text)
