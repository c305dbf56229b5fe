"""The `sample` group: draw the quarter's sample, show it, verify it."""

from gettext import gettext as _
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, Quarter, here
from jsup.commands.setup import show_verdict
from jsup.console import Column
from jsup.errors import N_, UsageError

app = typer.Typer(rich_markup_mode=None)
group = typer.Typer(rich_markup_mode=None, invoke_without_command=True)
app.add_typer(group, name="sample", help=_("Draw the quarter's sample: at least 10% of the agencies."))

TAKEN = (
    Column(N_("place"), lambda row: row["place"], whole=True),
    Column(N_("code"), lambda row: row["uid"], whole=True),
    Column(N_("name"), lambda row: row["name"]),
    Column(N_("wait"), lambda row: row["wait"]),
    Column(N_("ticket"), lambda row: row["ticket"][:16], whole=True),
)


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a draw as JSON shows it."""
    return {key: value for key, value in row.items() if key not in ("id", "frame")}


def show_draw(row: dict[str, Any]) -> None:
    """Print a draw and what it cannot prove."""
    sentence = N_("{draw}: {size} of {frame} agencies ({share}), drawn on {on}")
    console.line(
        sentence, draw=row["draw_id"], size=row["sample_size"], frame=row["frame_size"], share=row["share"], on=row["drawn_on"]
    )
    console.table([{**taken, "place": place} for place, taken in enumerate(row["taken"], 1)], TAKEN)
    if not row["anchored"]:
        console.line(N_("Not anchored outside: it can be recomputed, but it cannot prove that no other value was tried."))


def the_draw(ctx: typer.Context, quarter: str) -> dict[str, Any]:
    """Return a quarter's draw."""
    from jsup import draws  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        return draws.of(ledger, quarter)


@group.callback(help=_("Draw the quarter's sample, in one step."))
def draw(
    ctx: typer.Context,
    quarter: Quarter = None,
    share: Annotated[
        str | None, typer.Option(metavar="SHARE", help=_("The share, such as 12%; the plan's floor if not given"))
    ] = None,
    public_value: Annotated[
        str | None, typer.Option(metavar="TEXT", help=_("A value that anybody can look up; else one of this machine"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw the sample."""
    if ctx.invoked_subcommand is not None:
        if (share, public_value) != (None, None) or quarter or as_json:
            raise UsageError(N_("options of `sample {command}` stand behind its name"), command=ctx.invoked_subcommand)
        return
    if quarter is None:
        raise UsageError(N_("`{step}` wants {missing} as well"), step="sample", missing="--quarter")
    from jsup import draws  # noqa: PLC0415

    draws.draw(here(ctx).ledger("sample"), quarter, share=share, public_value=public_value)
    row = the_draw(ctx, quarter)
    console.show(shown(row), as_json=as_json, text=lambda: show_draw(row))


@group.command(help=_("Show the draws."))
def status(ctx: typer.Context, quarter: Quarter = None, as_json: Json = False) -> None:
    """Print the draws."""
    with here(ctx).reads() as ledger:
        rows = ledger.draws()
    if quarter is not None:
        rows = [the_draw(ctx, quarter)]

    def text() -> None:
        for row in rows:
            show_draw(row)

    result: Any = [shown(row) for row in rows] if quarter is None else shown(rows[0])
    console.show(result, as_json=as_json, text=text)


@group.command(help=_("Recompute a quarter's draw, or all of them."))
def verify(ctx: typer.Context, quarter: Quarter = None, as_json: Json = False) -> None:
    """Verify draws; exit 1 when anything differs."""
    from jsup import draws  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        problems = draws.verify(ledger, quarter)
        checked = len(ledger.draws()) if quarter is None else 1
    show_verdict(problems, {"draws": checked}, N_("Recomputed: {draws} draws, nothing differs."), as_json=as_json)
