"""The `inspector` group: who holds a certificate, and whether it may be used."""

from gettext import gettext as _
from typing import Annotated

import typer

from jsup import console
from jsup.commands import BasisDocument, DryRun, EndingDays, Json, TableFile, changes_of, here, rejecting, show_taken
from jsup.console import Column
from jsup.errors import N_, optional_day

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="inspector", help=_("The inspectors and their certificates."))

Certificate = Annotated[str, typer.Argument(metavar="CERT", help=_("The certificate's number"))]
From = Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("The first day of it; today if not given"))]

INSPECTORS = (
    Column(N_("certificate"), lambda row: row["certificate"], whole=True),
    Column(N_("inspector's name"), lambda row: row["name"]),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("valid from"), lambda row: row["valid_from"], whole=True),
    Column(N_("valid until"), lambda row: row["valid_to"], whole=True),
    Column(N_("state"), lambda row: console.term(row["state"])),
    Column(N_("document"), lambda row: row["document"]),
    Column(N_("not to be used"), lambda row: console.term(row["reason"] or "")),
)
HISTORY = (
    Column(N_("state"), lambda row: console.term(row["state"])),
    Column(N_("first day"), lambda row: row["from_on"], whole=True),
    Column(N_("last day"), lambda row: row["until_on"], whole=True),
    Column(N_("document"), lambda row: row["document"]),
    Column(N_("officer"), lambda row: row["officer"]),
    Column(N_("entered"), lambda row: row["entered_on"], whole=True),
)


def show_one(ctx: typer.Context, certificate: str, *, as_json: bool) -> None:
    """Print one certificate with every state that it was in."""
    from jsup import credentials  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        row = credentials.inspector(ledger, certificate, here(ctx).today)

    def text() -> None:
        console.table([row], INSPECTORS)
        console.table(row["states"], HISTORY)

    console.show(row, as_json=as_json, text=text)


@group.command(
    "import", help=_("Load inspectors from an xlsx or csv file, all of it or nothing; rows that changed are corrected.")
)
def import_(ctx: typer.Context, file: TableFile, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Load inspectors."""
    from jsup import qualifications  # noqa: PLC0415

    with rejecting(as_json=as_json):
        done = qualifications.take_inspectors(here(ctx).ledger("inspector import"), file, dry_run=dry_run)
    show_taken(done, dry_run=dry_run, as_json=as_json, changes=changes_of("certificate"))


@group.command("list", help=_("List certificates as they stand today."))
def list_(
    ctx: typer.Context,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))] = None,
    ending: EndingDays = None,
    unusable: Annotated[bool, typer.Option("--unusable", help=_("Only those that may not be used today"))] = False,
    as_json: Json = False,
) -> None:
    """Print certificates."""
    from jsup import credentials  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = credentials.inspectors(ledger, here(ctx).today, agency=agency, ending=ending, only_unusable=unusable)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, INSPECTORS))


@group.command(help=_("Show one certificate with every state that it was in."))
def show(ctx: typer.Context, certificate: Certificate, as_json: Json = False) -> None:
    """Print one certificate."""
    show_one(ctx, certificate, as_json=as_json)


def enter(
    ctx: typer.Context, certificate: str, step: str, days: tuple[str | None, str | None], document: str, as_json: bool
) -> None:
    """Enter a state of a certificate and print it."""
    from jsup import qualifications  # noqa: PLC0415

    first, last = here(ctx).day(days[0], "--from"), optional_day(days[1], "--until")
    ledger = here(ctx).ledger(f"inspector {step}")
    qualifications.set_state(ledger, certificate, step, from_on=first, until_on=last, document=document)
    show_one(ctx, certificate, as_json=as_json)


@group.command(help=_("Enter that a certificate is suspended (暂停使用), perhaps until a last day."))
def suspend(
    ctx: typer.Context,
    certificate: Certificate,
    document: BasisDocument,
    from_: From = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help=_("Its last day, where one was set"))] = None,
    as_json: Json = False,
) -> None:
    """Suspend."""
    enter(ctx, certificate, "suspend", (from_, until), document, as_json)


@group.command(help=_("Enter that a certificate is revoked (收回)."))
def revoke(
    ctx: typer.Context, certificate: Certificate, document: BasisDocument, from_: From = None, as_json: Json = False
) -> None:
    """Revoke."""
    enter(ctx, certificate, "revoke", (from_, None), document, as_json)


@group.command(help=_("Enter that a suspended or revoked certificate is valid again."))
def restore(
    ctx: typer.Context, certificate: Certificate, document: BasisDocument, from_: From = None, as_json: Json = False
) -> None:
    """Restore."""
    enter(ctx, certificate, "restore", (from_, None), document, as_json)
