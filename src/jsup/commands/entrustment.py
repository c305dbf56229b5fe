"""The `entrustment` group: who inspects in whose name."""

from gettext import gettext as _
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import DryRun, EndingDays, Json, On, Reason, TableFile, changes_of, here, rejecting, show_taken
from jsup.console import Column
from jsup.errors import N_

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="entrustment", help=_("Who inspects in whose name."))


def last_text(row: dict[str, Any]) -> str:
    """Write the last day of an entrustment, and since when it is no more where it was ended."""
    ended = console.say(N_("(ended on {on})"), on=row["ended_on"]) if row["ended_on"] else ""
    return " ".join(filter(None, (row["to_on"], ended)))


ENTRUSTMENTS = (
    Column(N_("no."), lambda row: row["id"], whole=True),
    Column(N_("organ"), lambda row: row["organ"]),
    Column(N_("body"), lambda row: row["body"]),
    Column(N_("scope"), lambda row: row["scope"]),
    Column(N_("valid from"), lambda row: row["from_on"], whole=True),
    Column(N_("valid until"), last_text),
    Column(N_("document"), lambda row: row["document"]),
)


@group.command(
    "import", help=_("Load entrustments from an xlsx or csv file, all of it or nothing; rows that changed are corrected.")
)
def import_(ctx: typer.Context, file: TableFile, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Load entrustments."""
    from jsup import qualifications  # noqa: PLC0415

    with rejecting(as_json=as_json):
        done = qualifications.take_entrustments(here(ctx).ledger("entrustment import"), file, dry_run=dry_run)
    show_taken(done, dry_run=dry_run, as_json=as_json, changes=changes_of("body"))


@group.command("list", help=_("List entrustments."))
def list_(
    ctx: typer.Context,
    organ: Annotated[str | None, typer.Option(metavar="CODE", help=_("One entrusting organ only"))] = None,
    ending: EndingDays = None,
    as_json: Json = False,
) -> None:
    """Print entrustments."""
    from jsup import credentials  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = credentials.entrustments(ledger, here(ctx).today, organ=organ, ending=ending)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, ENTRUSTMENTS))


@group.command(help=_("End an entrustment before its term is over; the day is the first without it."))
def end(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(min=1, max=10**9, metavar="ID", help=_("Its number in `entrustment list`"))],
    why: Reason,
    on: On = None,
    as_json: Json = False,
) -> None:
    """End an entrustment."""
    from jsup import credentials, qualifications  # noqa: PLC0415

    qualifications.end(here(ctx).ledger("entrustment end"), number, here(ctx).day(on), why)
    with here(ctx).reads() as ledger:
        (row,) = credentials.entrustments(ledger, here(ctx).today, number=number)
    console.show(row, as_json=as_json, text=lambda: console.table([row], ENTRUSTMENTS))
