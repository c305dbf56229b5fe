"""`init`, `migrate`, `demo` and `log`: the ledger itself."""

import shutil
import sys
from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, here
from jsup.console import Column
from jsup.errors import N_

app = typer.Typer()


@app.command(help=_("Make a new ledger with the policy and the announced years in it."))
def init(
    ctx: typer.Context,
    policy: Annotated[Path | None, typer.Option(metavar="FILE", help=_("A policy file of your own"))] = None,
    as_json: Json = False,
) -> None:
    """Make a ledger."""
    from jsup import ledger as ledgers  # noqa: PLC0415
    from jsup import policy as policies  # noqa: PLC0415

    where = here(ctx)
    if where.target is None and isinstance(where.place, Path):
        ledgers.make_folder(where.place.parent)
    ledgers.create(where.place, where.ledger("init").entry, policies.text_of(policy), str(policy or policies.DEFAULT))
    with where.reads() as ledger:
        made = {
            "ledger": str(where.place),
            "policy": ledger.policy().name,
            "announced_through": ledger.in_force.announced_through.isoformat(),
        }
    message = N_("The ledger {ledger} is made, with policy {policy} and working days announced through {announced_through}.")

    def text() -> None:
        console.line(message, **made)
        console.line(N_("Next: `jsup agency import FILE` loads the register."))

    console.show(made, as_json=as_json, text=text)


@app.command(help=_("Bring an older ledger up to this program, after a backup beside it."))
def migrate(ctx: typer.Context, as_json: Json = False) -> None:
    """Migrate a ledger."""
    from jsup import ledger as ledgers  # noqa: PLC0415

    place = here(ctx).place
    older = ledgers.older(place)
    backup = ledgers.migrate(place)
    message = N_("The ledger is up to date already.")
    if backup is not None:
        message = N_("The ledger is up to date; the older one is kept as {backup}.")
    elif older:
        message = N_("The ledger is up to date.")
    made = {"migrated": older, "backup": backup and str(backup)}
    console.show(made, as_json=as_json, text=lambda: console.line(message, backup=backup))


@app.command(help=_("Set up the real register in a new folder, draw, enter five findings, and show what is late."))
def demo(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help=_("A new folder"))] = Path("jsup-demo"),
    as_json: Json = False,
) -> None:
    """Run the demo."""
    from jsup import demo as demos  # noqa: PLC0415
    from jsup.commands import clocks, sample  # noqa: PLC0415

    program = "jsup" if shutil.which("jsup") else sys.argv[0]
    made = demos.run(folder, here(ctx).today, here(ctx).officer, program)
    clocks.spoken(made["why"])

    def text() -> None:
        console.line(N_("== What is late on {today}: jsup overdue =="), today=made["overdue"]["as_of"])
        console.table(made["overdue"]["items"], clocks.OVERDUE)
        console.line(N_("\n== The draw: jsup sample status =="))
        sample.show_draw(made["draw"])
        console.line(N_("\n== Where a date comes from: jsup why {number} =="), number=made["why"]["number"])
        clocks.show_why(made["why"])
        console.line(N_("\n== What to type next =="))
        for command in made["next"]:
            console.whole(f"  {command}")
        print(_("For English: JSUP_LANG=en jsup demo DIR  |  中文：JSUP_LANG=zh jsup demo DIR"))

    console.show(made, as_json=as_json, text=text)


def _entered_at(row: dict[str, Any]) -> str:
    from jsup.reads import at_utc8  # noqa: PLC0415 - not for `--help`

    return at_utc8(row["at"])


LOG = (
    Column(N_("entry"), lambda row: row["seq"], whole=True),
    Column(N_("entered at"), _entered_at, whole=True),
    Column(N_("as of"), lambda row: f"{row['today']} *" if row["back_dated"] else row["today"], whole=True),
    Column(N_("officer"), lambda row: row["officer"]),
    Column(N_("command"), lambda row: row["command"]),
    Column(N_("rows"), lambda row: row["rows"]),
)


@app.command(help=_("Show the journal's entries, or those of one finding; * marks a day that was not the machine's."))
def log(
    ctx: typer.Context,
    number: Annotated[str | None, typer.Argument(metavar="[N]", help=_("The finding's number, such as 2026-0001"))] = None,
    as_json: Json = False,
) -> None:
    """Print the journal."""
    with here(ctx).reads() as ledger:
        entries = ledger.log(number)

    def text() -> None:
        console.table(entries, LOG)
        if any(row["back_dated"] for row in entries):
            console.line(N_("* entered on another day than the one that was said"))

    console.show(entries, as_json=as_json, text=text)
