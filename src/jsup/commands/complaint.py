"""The `complaint` group: how agencies handle the complaints of enterprises."""

from gettext import gettext as _
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import DryRun, Json, TableFile, here, rejecting, show_taken
from jsup.console import Column
from jsup.errors import N_

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="complaint", help=_("How agencies handle the complaints of enterprises, by their own ledgers."))

STATES = {"received": N_("not accepted yet"), "accepted": N_("in progress"), "done": N_("done")}


def day(row: dict[str, Any], done: str, do: str) -> str:
    """Write the day of a step, or until when it is to be taken, marked if that is late."""
    on, due, late = row[f"{done}_on"], row[f"{do}_by"], row[f"{do}_late"]
    return " ".join(filter(None, (on or f"→ {due}", _("(late)") if late else "")))


COMPLAINTS = (
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("number"), lambda row: row["number"], whole=True),
    Column(N_("subject"), lambda row: row["subject"]),
    Column(N_("state"), lambda row: _(STATES[row["state"]])),
    Column(N_("received"), lambda row: row["received_on"], whole=True),
    Column(N_("accepted"), lambda row: day(row, "accepted", "accept"), whole=True),
    Column(N_("done"), lambda row: day(row, "done", "handle"), whole=True),
    Column(N_("result"), lambda row: row["result"]),
)


@group.command("import", help=_("Load agencies' complaint ledgers from an xlsx or csv file, all of it or nothing."))
def import_(
    ctx: typer.Context,
    file: TableFile,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Load complaints."""
    from jsup import complaints  # noqa: PLC0415

    with rejecting(as_json=as_json):
        done = complaints.take_over(here(ctx).ledger("complaint import"), file, dry_run=dry_run)
    show_taken(done, dry_run=dry_run, as_json=as_json)


@group.command("list", help=_("List complaints with how far their agencies have come."))
def list_(
    ctx: typer.Context,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))] = None,
    late: Annotated[bool, typer.Option("--late", help=_("Only those accepted or done late, or late by now"))] = False,
    as_json: Json = False,
) -> None:
    """Print complaints."""
    from jsup import clues  # noqa: PLC0415 - not for `--help`

    with here(ctx).reads() as ledger:
        rows = clues.complaints(ledger, here(ctx).today, agency=agency, late=late)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, COMPLAINTS))
