"""The `worklist` group: hand the open findings out as a workbook, and take the filled one in again."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from jsup import console
from jsup.commands import UNKNOWN, DryRun, Json, here, rejecting
from jsup.console import Column
from jsup.errors import N_, UsageError

app = typer.Typer()
group = typer.Typer(invoke_without_command=True)
app.add_typer(group, name="worklist")

APPLIED = (
    Column(N_("row"), lambda row: row["row"], whole=True),
    Column(N_("number"), lambda row: row["number"], whole=True),
    Column(N_("step"), lambda row: row["step"], whole=True),
    Column(N_("day"), lambda row: row["on"], whole=True),
    Column(N_("stage"), lambda row: console.term(row["stage"])),
)


@group.callback(help=_("Write the findings that are not ended into a workbook, in which steps are filled in."))
def hand_out(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help=_("The workbook to make, such as list.xlsx"))] = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))] = None,
    as_json: Json = False,
) -> None:
    """Hand out the worklist."""
    if ctx.invoked_subcommand is not None:
        if out is not None or agency is not None or as_json:
            raise UsageError(
                N_("options of `{step} {command}` stand behind its name"), step="worklist", command=ctx.invoked_subcommand
            )
        return
    if out is None:
        raise UsageError(N_("`{step}` wants {missing} as well"), step="worklist", missing="--out")
    from jsup import worklists  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = worklists.sheet(ledger, out, here(ctx).today, agency=agency)
    made = {"file": str(out), "rows": rows}
    message = N_("{file} has {rows} findings; take it over with `jsup worklist apply {file}`.")
    console.show(made, as_json=as_json, text=lambda: console.line(message, **made))


@group.command(help=_("Take the steps of a filled worklist, in the order of their days, all of them or nothing."))
def apply(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The filled worklist, xlsx or csv"))],
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Take the worklist in."""
    from jsup import worklists  # noqa: PLC0415

    with rejecting(as_json=as_json):
        done = worklists.take_over(here(ctx).ledger("worklist apply"), file, dry_run=dry_run)
    shown = {
        "rows": done.rows, "applied": done.applied, "unchanged": done.unchanged,
        "rejected": [], "unknown_headings": done.unknown, "dry_run": dry_run,
    }  # fmt: skip

    def text() -> None:
        console.table(done.applied, APPLIED)
        message = N_("Would take {steps} steps of {rows} rows, {unchanged} unchanged. Nothing was written.")
        if not dry_run:
            message = N_("Took {steps} steps of {rows} rows, {unchanged} unchanged.")
        console.line(message, steps=len(done.applied), rows=done.rows, unchanged=done.unchanged)
        if done.unknown:
            console.line(UNKNOWN, headings="、".join(done.unknown))

    console.show(shown, as_json=as_json, text=text)
    for message, values in done.told:
        console.remind(message, **values)
