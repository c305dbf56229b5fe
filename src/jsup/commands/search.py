"""`search`: where a text stands, in agencies, findings, clues and papers."""

from gettext import gettext as _
from typing import Annotated

import typer

from jsup import console
from jsup.commands import Json, here
from jsup.console import Column
from jsup.errors import N_

app = typer.Typer()

HITS = (
    Column(N_("kind"), lambda row: console.term(row["kind"])),
    Column(N_("number"), lambda row: row["key"], whole=True),
    Column(N_("matter"), lambda row: row["title"]),
    Column(N_("found in"), lambda row: row["snippet"]),
)


@app.command(help=_("Search agencies with their former names, findings, clues and papers; two characters are enough."))
def search(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="WORDS", help=_("Any part of a name, a title, facts or a number"))],
    as_json: Json = False,
) -> None:
    """Print what holds a text."""
    from jsup import searches  # noqa: PLC0415 - not for `--help`

    with here(ctx).reads() as ledger:
        rows = searches.found(ledger, text)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, HITS))
