"""The `case` group: cases gathered from agencies, published only with their consent."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from jsup import console
from jsup.commands import Json, On, Reason, here
from jsup.console import Column
from jsup.errors import N_
from jsup.words import EXPERIENCES

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="case", help=_("Cases gathered (经验做法、典型案例), published with consent."))

Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=10**9, help=_("The case's number in `case list`"))]

CASES = (
    Column(N_("number"), lambda row: row["id"], whole=True),
    Column(N_("kind"), lambda row: EXPERIENCES[row["kind"]]),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("title"), lambda row: row["title"]),
    Column(N_("received"), lambda row: row["received_on"], whole=True),
    Column(N_("finding"), lambda row: row["finding_number"], whole=True),
    Column(N_("consent"), lambda row: " ".join(filter(None, (row["consent_on"], row["consent_by"])))),
    Column(N_("published"), lambda row: " ".join(filter(None, (row["published_on"], row["published_in"])))),
    Column(N_("withdrawn on"), lambda row: row["withdrawn_on"], whole=True),
)


@group.command(help=_("Enter a case that an agency sent or the bureau wrote down."))
def add(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option(metavar="KEY", help=_("experience or typical"))],
    agency: Annotated[str, typer.Option(metavar="CODE", help=_("The agency's code"))],
    title: Annotated[str, typer.Option(metavar="TEXT", help=_("What it is called"))],
    text: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Its words, without names and numbers of people"))] = None,
    file: Annotated[Path | None, typer.Option("--text-file", metavar="FILE", help=_("A plain text file that holds them"))] = None,
    finding: Annotated[str | None, typer.Option(metavar="N", help=_("The finding that it comes from"))] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help=_("The day it came in; today if not given"))] = None,
    as_json: Json = False,
) -> None:
    """Add a case."""
    from jsup.service import cases  # noqa: PLC0415

    given = cases.Gathered(kind, agency, title, here(ctx).day(on), text, file, finding)
    _show(ctx, cases.add(here(ctx).ledger("case add"), given), as_json=as_json)


@group.command(help=_("Enter that the agency agrees to its case being published."))
def consent(
    ctx: typer.Context,
    number: Id,
    by: Annotated[str, typer.Option(metavar="NAME", help=_("Who agreed for the agency"))],
    on: On = None,
    as_json: Json = False,
) -> None:
    """Consent."""
    from jsup.service import cases  # noqa: PLC0415

    cases.consent(here(ctx).ledger("case consent"), number, by, here(ctx).day(on))
    _show(ctx, number, as_json=as_json)


@group.command(help=_("Enter where a case was published; its agency must have agreed."))
def publish(
    ctx: typer.Context,
    number: Id,
    where: Annotated[str, typer.Option(metavar="TEXT", help=_("Where, such as 微信公众号 or 工作简报 with its issue"))],
    on: On = None,
    as_json: Json = False,
) -> None:
    """Publish."""
    from jsup.service import cases  # noqa: PLC0415

    cases.publish(here(ctx).ledger("case publish"), number, where, here(ctx).day(on))
    _show(ctx, number, as_json=as_json)


@group.command(help=_("Withdraw a case, by mistake entered or its consent taken back; it stays in the ledger."))
def withdraw(ctx: typer.Context, number: Id, why: Reason, on: On = None, as_json: Json = False) -> None:
    """Withdraw."""
    from jsup.service import cases  # noqa: PLC0415

    cases.withdraw(here(ctx).ledger("case withdraw"), number, here(ctx).day(on), why)
    _show(ctx, number, as_json=as_json)


@group.command("list", help=_("List cases."))
def list_(
    ctx: typer.Context,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))] = None,
    kind: Annotated[str | None, typer.Option(metavar="KEY", help=_("experience or typical"))] = None,
    consented: Annotated[bool, typer.Option("--consented", help=_("Only those that may be published"))] = False,
    every: Annotated[bool, typer.Option("--all", help=_("Those withdrawn too"))] = False,
    as_json: Json = False,
) -> None:
    """Print cases."""
    from jsup.service import cases  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = cases.listed(ledger, agency=agency, kind=kind, consented=consented, every=every)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, CASES))


@group.command(help=_("Show one case with its words."))
def show(ctx: typer.Context, number: Id, as_json: Json = False) -> None:
    """Print one case."""
    _show(ctx, number, as_json=as_json)


def _show(ctx: typer.Context, number: int, *, as_json: bool) -> None:
    from jsup.service import cases  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        row = cases.shown(ledger, number)

    def text() -> None:
        console.table([row], CASES)
        console.prose(row["text"])

    console.show(row, as_json=as_json, text=text)
