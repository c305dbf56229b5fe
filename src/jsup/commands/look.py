"""`look` and the `duty` group: the monthly look at each agency's cases, and what recurs."""

from gettext import gettext as _
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, On, Reason, here
from jsup.console import Column
from jsup.errors import N_, UsageError

app = typer.Typer()
look = typer.Typer(invoke_without_command=True)
duty = typer.Typer(no_args_is_help=True)
app.add_typer(look, name="look")
app.add_typer(duty, name="duty", help=_("Recurring duties, which appear in `overdue`."))

Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=10**9, help=_("The duty's number"))]

LOOKS = (
    Column(N_("month"), lambda row: row["month"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("looked on"), lambda row: row["looked_on"], whole=True),
    Column(N_("cases"), lambda row: row["cases"], whole=True),
    Column(N_("uploaded"), lambda row: row["uploaded"], whole=True),
    Column(N_("result"), lambda row: row["result"]),
    Column(N_("officer"), lambda row: row["officer"]),
)
DUTIES = (
    Column(N_("number"), lambda row: row["id"], whole=True),
    Column(N_("duty"), lambda row: row["title"]),
    Column(N_("every"), lambda row: console.term(f"every {row['every']}")),
    Column(N_("last done"), lambda row: row["done_on"] or "—", whole=True),
    Column(N_("due"), lambda row: row["due_on"], whole=True),
    Column(N_("clause"), lambda row: row["clause"]),
    Column(N_("ended"), lambda row: row["ended_on"], whole=True),
)


@look.callback(help=_("Enter that an agency's uploaded cases of a month were looked through."))
def look_(
    ctx: typer.Context,
    month: Annotated[str | None, typer.Option(metavar="MONTH", help=_("The month, such as 2026-10"))] = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("The agency's code"))] = None,
    cases: Annotated[int | None, typer.Option(min=0, max=10**6, metavar="N", help=_("How many cases were looked at"))] = None,
    result: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What it showed"))] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Enter a look."""
    given = {"--month": month, "--agency": agency, "--cases": cases, "--result": result}
    if ctx.invoked_subcommand is not None:
        if any(value is not None for value in given.values()) or on is not None or as_json:
            raise UsageError(
                N_("options of `{step} {command}` stand behind its name"), step="look", command=ctx.invoked_subcommand
            )
        return
    missing = [key for key, value in given.items() if value is None]
    if missing or month is None or agency is None or cases is None or result is None:
        raise UsageError(N_("`{step}` wants {missing} as well"), step="look", missing=", ".join(missing))
    from jsup.watch import looks  # noqa: PLC0415

    number = looks.look(here(ctx).ledger("look"), month, agency, cases, result, here(ctx).day(on))
    (row,) = _looks(ctx, id=number)
    console.show(row, as_json=as_json, text=lambda: console.table([row], LOOKS))


@look.command("list", help=_("Show who was looked at, and with what result."))
def list_looks(
    ctx: typer.Context,
    month: Annotated[str | None, typer.Option(metavar="MONTH", help=_("One month only, such as 2026-10"))] = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))] = None,
    as_json: Json = False,
) -> None:
    """Print looks."""
    rows = _looks(ctx, month=month, agency_code=agency)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, LOOKS))


def _looks(ctx: typer.Context, **wanted: str | int | None) -> list[dict[str, Any]]:
    from jsup.watch import looked  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        return looked.looks(ledger, **wanted)


@duty.command(help=_("Enter a recurring duty; it is due first one interval after --from."))
def add(
    ctx: typer.Context,
    title: Annotated[str, typer.Option(metavar="TEXT", help=_("What is to be done"))],
    every: Annotated[str, typer.Option(metavar="KEY", help=_("week, month, quarter, half-year or year"))],
    start: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help=_("The day from which on; today if not given"))
    ] = None,
    clause: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The clause behind it"))] = None,
    as_json: Json = False,
) -> None:
    """Add a duty."""
    from jsup.watch import looks  # noqa: PLC0415

    number = looks.add_duty(here(ctx).ledger("duty add"), title, every, here(ctx).day(start, "--from"), clause)
    _show_duty(ctx, number, as_json=as_json)


@duty.command(help=_("Enter that a duty was done; the next interval runs from then on."))
def done(
    ctx: typer.Context,
    number: Id,
    on: On = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What came of it"))] = None,
    as_json: Json = False,
) -> None:
    """Do a duty."""
    from jsup.watch import looks  # noqa: PLC0415

    looks.do_duty(here(ctx).ledger("duty done"), number, here(ctx).day(on), note)
    _show_duty(ctx, number, as_json=as_json)


@duty.command(help=_("End a duty, with a reason."))
def end(ctx: typer.Context, number: Id, why: Reason, on: On = None, as_json: Json = False) -> None:
    """End a duty."""
    from jsup.watch import looks  # noqa: PLC0415

    looks.end_duty(here(ctx).ledger("duty end"), number, here(ctx).day(on), why)
    _show_duty(ctx, number, as_json=as_json)


@duty.command("list", help=_("Show recurring duties with their next due days."))
def list_duties(ctx: typer.Context, as_json: Json = False) -> None:
    """Print duties."""
    rows = _duties(ctx)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, DUTIES))


def _show_duty(ctx: typer.Context, number: int, *, as_json: bool) -> None:
    (row,) = (row for row in _duties(ctx) if row["id"] == number)
    console.show(row, as_json=as_json, text=lambda: console.table([row], DUTIES))


def _duties(ctx: typer.Context) -> list[dict[str, Any]]:
    from jsup.watch import looked  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = looked.duties(ledger)
    for row in rows:
        del row["since"]
        due = row.pop("due")
        row["due_on"] = due.on.isoformat() if due else None
    return rows
