"""The `consultation` group: consultations and joint actions, and what becomes of their decisions."""

from gettext import gettext as _
from typing import Annotated

import typer

from jsup import console
from jsup.commands import Json, On, Reason, here
from jsup.console import Column
from jsup.errors import N_, iso_date
from jsup.words import ACTIVITIES

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="consultation", help=_("Consultations and joint actions, with what they decided."))

KINDS = ("consultation", "joint")
Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=10**9, help=_("Its number in `consultation list`"))]
Decision = Annotated[
    int, typer.Argument(metavar="RESOLUTION", min=1, max=10**9, help=_("The decision's number in `consultation show`"))
]

MEETINGS = (
    Column(N_("number"), lambda row: row["id"], whole=True),
    Column(N_("kind"), lambda row: ACTIVITIES.get(row["kind"], row["kind"])),
    Column(N_("day"), lambda row: row["held_on"], whole=True),
    Column(N_("matter"), lambda row: row["title"]),
    Column(N_("with"), lambda row: row["who"]),
    Column(N_("agencies"), lambda row: "\n".join(one["name"] for one in row["agencies"])),
    Column(N_("outcome"), lambda row: row["outcome"]),
    Column(
        N_("open decisions"), lambda row: sum(not (one["done_on"] or one["ended_on"]) for one in row["decisions"]), whole=True
    ),
    Column(N_("ended"), lambda row: row["ended_on"], whole=True),
)
DECISIONS = (
    Column(N_("number"), lambda row: row["id"], whole=True),
    Column(N_("decided"), lambda row: row["text"]),
    Column(N_("by"), lambda row: row["agency"] or row["who"]),
    Column(N_("due"), lambda row: row["until_on"], whole=True),
    Column(N_("done or dropped"), lambda row: row["done_on"] or row["ended_on"], whole=True),
    Column(N_("result"), lambda row: row["result"] or row["ended_why"]),
)


@group.command(help=_("Enter a consultation or a joint action that was held."))
def add(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option(metavar="KEY", help=_("consultation or joint"))],
    title: Annotated[str, typer.Option(metavar="TEXT", help=_("What it was about"))],
    who: Annotated[str, typer.Option(metavar="TEXT", help=_("Who met"))],
    agency: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help=_("An agency that took part; may be given several times"))
    ] = None,
    outcome: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What came of it"))] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Enter a meeting."""
    from jsup.service import activities  # noqa: PLC0415

    given = activities.Given(kind, title, who=who, agencies=agency or [], outcome=outcome, held_on=here(ctx).day(on))
    _show(ctx, activities.add(here(ctx).ledger("consultation add"), given, KINDS), as_json=as_json)


@group.command(help=_("Enter what was decided, who does it and by when; open decisions appear in `overdue`."))
def decide(
    ctx: typer.Context,
    number: Id,
    text: Annotated[str, typer.Option(metavar="TEXT", help=_("What was decided"))],
    until: Annotated[str, typer.Option(metavar="DATE", help=_("By when it is to be done"))],
    by: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Who does it, in words; this or --agency"))] = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("The agency that does it"))] = None,
    as_json: Json = False,
) -> None:
    """Enter a decision."""
    from jsup.service import activities  # noqa: PLC0415

    ledger = here(ctx).ledger("consultation decide")
    _show(ctx, activities.decide(ledger, number, text, iso_date(until, "--until"), by=by, agency=agency), as_json=as_json)


@group.command(help=_("Enter that a decision was carried out."))
def done(
    ctx: typer.Context,
    decision: Decision,
    result: Annotated[str, typer.Option(metavar="TEXT", help=_("What came of it"))],
    on: On = None,
    as_json: Json = False,
) -> None:
    """Do a decision."""
    from jsup.service import activities  # noqa: PLC0415

    ledger = here(ctx).ledger("consultation done")
    _show(ctx, activities.settle(ledger, decision, here(ctx).day(on), result=result), as_json=as_json)


@group.command(help=_("Drop a decision, with a reason."))
def drop(ctx: typer.Context, decision: Decision, why: Reason, on: On = None, as_json: Json = False) -> None:
    """Drop a decision."""
    from jsup.service import activities  # noqa: PLC0415

    ledger = here(ctx).ledger("consultation drop")
    _show(ctx, activities.settle(ledger, decision, here(ctx).day(on), why=why), as_json=as_json)


@group.command(help=_("Withdraw a consultation that was entered by mistake, with a reason."))
def withdraw(ctx: typer.Context, number: Id, why: Reason, on: On = None, as_json: Json = False) -> None:
    """Withdraw a meeting."""
    from jsup.service import activities  # noqa: PLC0415

    activities.end(here(ctx).ledger("consultation withdraw"), number, KINDS, here(ctx).day(on), why)
    _show(ctx, number, as_json=as_json)


@group.command("list", help=_("Show consultations and joint actions."))
def list_(ctx: typer.Context, as_json: Json = False) -> None:
    """Print meetings."""
    from jsup.service import held  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = held.activities(ledger, KINDS)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, MEETINGS))


@group.command(help=_("Show a consultation with its decisions."))
def show(ctx: typer.Context, number: Id, as_json: Json = False) -> None:
    """Print a meeting."""
    _show(ctx, number, as_json=as_json)


def _show(ctx: typer.Context, number: int, *, as_json: bool) -> None:
    from jsup.service import held  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        row = held.activity(ledger, KINDS, number)

    def text() -> None:
        console.table([row], MEETINGS)
        console.table(row["decisions"], DECISIONS)
        if row["ended_why"]:
            console.line(N_("{heading}: {text}"), heading=_("reason given"), text=row["ended_why"])

    console.show(row, as_json=as_json, text=text)
