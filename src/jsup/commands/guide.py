"""The `guide` group: agencies' compliance guides, which enterprises got them, and which visits they came before."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import DryRun, Json, On, Reason, TableFile, here, rejecting, show_taken
from jsup.console import Column
from jsup.errors import N_

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="guide", help=_("Compliance guides (合规指引), and which enterprises got them."))

Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=10**9, help=_("The guide's number in `guide list`"))]
Agency = Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))]

GUIDES = (
    Column(N_("number"), lambda row: row["id"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("field of work"), lambda row: row["field"]),
    Column(N_("version"), lambda row: row["version"], whole=True),
    Column(N_("title"), lambda row: row["title"]),
    Column(N_("issued on"), lambda row: row["issued_on"], whole=True),
    Column(N_("file"), lambda row: row["file_name"]),
    Column(N_("fingerprint"), lambda row: (row["sha256"] or "")[:12], whole=True),
    Column(N_("enterprises"), lambda row: row["deliveries"], whole=True),
    Column(N_("withdrawn on"), lambda row: row["withdrawn_on"], whole=True),
)
DELIVERIES = (
    Column(N_("number"), lambda row: row["id"], whole=True),
    Column(N_("enterprise"), lambda row: f"{row['enterprise'] or ''} {row['enterprise_code']}".strip()),
    Column(N_("agency"), lambda row: row["agency_code"]),
    Column(N_("guide"), lambda row: row["title"]),
    Column(N_("version"), lambda row: row["version"], whole=True),
    Column(N_("delivered on"), lambda row: row["delivered_on"], whole=True),
    Column(N_("way"), lambda row: row["way"]),
    Column(N_("withdrawn"), lambda row: row["withdrawn_on"], whole=True),
)
COVERAGE = (
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("on-site visits"), lambda row: row["visits"], whole=True),
    Column(N_("with a guide by then"), lambda row: row["covered"], whole=True),
    Column(N_("per cent"), lambda row: row["share"]["shown"], whole=True),
)


@group.command(help=_("Enter an agency's guide for a field, or its next version."))
def add(
    ctx: typer.Context,
    agency: Annotated[str, typer.Option(metavar="CODE", help=_("The agency's code"))],
    field: Annotated[str, typer.Option(metavar="TEXT", help=_("The field that it is about, such as 消防"))],
    title: Annotated[str, typer.Option(metavar="TEXT", help=_("What it is called"))],
    file: Annotated[Path | None, typer.Option(metavar="FILE", help=_("Its file, kept by its fingerprint"))] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help=_("The day it was issued; today if not given"))] = None,
    as_json: Json = False,
) -> None:
    """Add a guide."""
    from jsup.service import guides  # noqa: PLC0415

    number = guides.add(here(ctx).ledger("guide add"), agency, field, title, here(ctx).day(on), file)
    _show(ctx, number, as_json=as_json)


@group.command(help=_("Withdraw a version that was entered by mistake: its deliveries count no more."))
def withdraw(ctx: typer.Context, number: Id, why: Reason, on: On = None, as_json: Json = False) -> None:
    """Withdraw a guide."""
    from jsup.service import guides  # noqa: PLC0415

    guides.withdraw(here(ctx).ledger("guide withdraw"), number, here(ctx).day(on), why)
    _show(ctx, number, as_json=as_json)


def _show(ctx: typer.Context, number: int, *, as_json: bool) -> None:
    from jsup.service import guides  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        row = guides.shown(ledger, number)
    console.show(row, as_json=as_json, text=lambda: console.table([row], GUIDES))


@group.command("list", help=_("List guides in their latest versions."))
def list_(
    ctx: typer.Context,
    agency: Agency = None,
    field: Annotated[str | None, typer.Option(metavar="TEXT", help=_("One field only"))] = None,
    every: Annotated[bool, typer.Option("--all", help=_("Earlier and withdrawn versions too"))] = False,
    as_json: Json = False,
) -> None:
    """Print guides."""
    from jsup.service import guides  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = guides.listed(ledger, agency=agency, field=field, every=every)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, GUIDES))


@group.command(help=_("Show a guide and the enterprises that got it."))
def show(ctx: typer.Context, number: Id, as_json: Json = False) -> None:
    """Print one guide."""
    from jsup.service import guides  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        row = {**guides.shown(ledger, number), "delivered": guides.deliveries(ledger, number)}

    def text() -> None:
        console.table([row], GUIDES)
        console.table(row["delivered"], DELIVERIES)

    console.show(row, as_json=as_json, text=text)


@group.command(help=_("Enter that an enterprise got a guide."))
def deliver(
    ctx: typer.Context,
    number: Id,
    enterprise: Annotated[str, typer.Option(metavar="CODE", help=_("The enterprise's unified social credit code"))],
    name: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What the enterprise is called"))] = None,
    way: Annotated[str | None, typer.Option(metavar="TEXT", help=_("How it got there, such as 上门"))] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Deliver a guide."""
    from jsup.service import guides  # noqa: PLC0415

    made = guides.deliver(here(ctx).ledger("guide deliver"), number, enterprise, here(ctx).day(on), name=name, way=way)
    with here(ctx).reads() as ledger:
        (row,) = (one for one in guides.deliveries(ledger, number) if one["id"] == made)
    console.show(row, as_json=as_json, text=lambda: console.table([row], DELIVERIES))


@group.command("take-back", help=_("Withdraw a delivery that was entered by mistake, with a reason."))
def take_back(
    ctx: typer.Context,
    delivery: Annotated[int, typer.Argument(metavar="DELIVERY", min=1, max=10**9, help=_("The delivery's number"))],
    why: Reason,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Withdraw a delivery."""
    from jsup.service import guides  # noqa: PLC0415

    number = guides.take_back(here(ctx).ledger("guide take-back"), delivery, here(ctx).day(on), why)
    with here(ctx).reads() as ledger:
        (row,) = (one for one in guides.deliveries(ledger, number) if one["id"] == delivery)
    console.show(row, as_json=as_json, text=lambda: console.table([row], DELIVERIES))


@group.command(
    "import", help=_("Load deliveries from an xlsx or csv file, all of it or nothing; known ones are not entered again.")
)
def import_(ctx: typer.Context, file: TableFile, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Load deliveries."""
    from jsup.service import guides  # noqa: PLC0415

    with rejecting(as_json=as_json):
        done = guides.take_over(here(ctx).ledger("guide import"), file, dry_run=dry_run)
    show_taken(done, dry_run=dry_run, as_json=as_json)


@group.command(help=_("Show how many on-site visits came after a guide of the agency had reached the enterprise."))
def coverage(
    ctx: typer.Context,
    period: Annotated[str, typer.Option(metavar="PERIOD", help=_("2026Q3, 2026 or 2026-10"))],
    agency: Agency = None,
    as_json: Json = False,
) -> None:
    """Print the coverage."""
    from jsup import periods  # noqa: PLC0415
    from jsup.service import guides  # noqa: PLC0415

    span = periods.span(period)
    with here(ctx).reads() as ledger:
        rows: list[dict[str, Any]] = [row | {"share": _share(row)} for row in guides.coverage(ledger, span, agency)]
    total: dict[str, Any] = {key: sum(row[key] for row in rows) for key in ("visits", "covered")}
    total["share"] = _share(total)
    days = {"period": span.key, "first": span.first, "last": span.last}
    shown = rows + ([{"agency": _("all together"), **total}] if len(rows) > 1 else [])
    console.show(days | total | {"agencies": rows}, as_json=as_json, text=lambda: console.table(shown, COVERAGE))


def _share(row: dict[str, Any]) -> dict[str, Any]:
    """Return a share as reports show it: its part, its whole, and per hundred with one decimal."""
    from jsup.reports.report import Rate  # noqa: PLC0415

    share = Rate(row["covered"], row["visits"])
    return {"part": share.part, "whole": share.whole, "per": share.per, "shown": str(share)}
