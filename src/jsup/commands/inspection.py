"""The `inspection`, `heading` and `item` groups: what agencies upload, how its columns are named, the municipal list."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import UNKNOWN, DryRun, Json, On, Reason, here, rejecting
from jsup.console import Column
from jsup.errors import N_, UnknownError
from jsup.words import HANDLINGS

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
headings = typer.Typer(no_args_is_help=True)
items = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="inspection", help=_("Inspections as they were uploaded."))
app.add_typer(headings, name="heading", help=_("What the headings of inspection files mean."))
app.add_typer(items, name="item", help=_("The municipal list of inspection items."))

TAKEN = N_("Took {rows} rows: {new} new, {changed} changed, {unchanged} unchanged, {rejected} rejected.")
WOULD = N_(
    "Would take {rows} rows: {new} new, {changed} changed, {unchanged} unchanged, {rejected} rejected. Nothing was written."
)
MEND = N_("The rejected rows are in {file}, each with its reason: mend them there and import that file.")

REJECTED = (
    Column(N_("row"), lambda row: row["row"], whole=True),
    Column(N_("column"), lambda row: row["column"]),
    Column(N_("problem"), lambda row: row["problem"]),
)
BATCHES = (
    Column(N_("batch"), lambda row: row["id"], whole=True),
    Column(N_("file"), lambda row: row["file_name"]),
    Column(N_("taken on"), lambda row: row["taken_on"], whole=True),
    *(
        Column(heading, lambda row, key=key: row[key], whole=True)  # type: ignore[misc]
        for key, heading in (
            ("rows", N_("rows")), ("new", N_("new rows")), ("changed", N_("changed")), ("unchanged", N_("unchanged")),
            ("rejected", N_("rejected")),
        )
    ),
)  # fmt: skip
VERSIONS = (
    Column(N_("version"), lambda row: row["version"], whole=True),
    Column(N_("agency"), lambda row: row["agency"] or row["agency_code"]),
    Column(N_("enterprise"), lambda row: f"{row['enterprise'] or ''} {row['enterprise_code']}".strip()),
    Column(N_("visited on"), lambda row: row["visited_on"], whole=True),
    Column(N_("item"), lambda row: row["item"]),
    Column(N_("inspectors"), lambda row: row["inspectors"]),
    Column(N_("result"), lambda row: row["result"]),
)
NOTES = (
    Column(N_("number"), lambda row: row["id"], whole=True),
    Column(N_("record"), lambda row: row["record"], whole=True),
    Column(N_("agency"), lambda row: row["agency"] or row["agency_code"]),
    Column(N_("kind"), lambda row: HANDLINGS[row["kind"]]),
    Column(N_("day"), lambda row: row["done_on"], whole=True),
    Column(N_("what was done"), lambda row: row["text"]),
    Column(N_("withdrawn on"), lambda row: row["withdrawn_on"], whole=True),
)
HEADINGS = (
    Column(N_("heading"), lambda row: row["heading"]),
    Column(N_("column"), lambda row: row["field"]),
    Column(N_("added on"), lambda row: row["added_on"], whole=True),
)
ITEMS = (
    Column(N_("item"), lambda row: row["name"]),
    Column(N_("field of work"), lambda row: row["field"]),
    Column(N_("added on"), lambda row: row["added_on"], whole=True),
    Column(N_("struck on"), lambda row: row["struck_on"], whole=True),
)


@group.command("import", help=_("Take over an export, xlsx or csv; rows that cannot be taken are written to a file beside it."))
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("xlsx or csv in the national layout, in any order of columns"))],
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Take over an export."""
    from jsup.watch import inspections  # noqa: PLC0415

    with rejecting(as_json=as_json), console.progress(_("rows")) as told:
        done = inspections.take_over(
            here(ctx).ledger("inspection import"), file, dry_run=dry_run, told=told,
            worded=lambda problem: console.say(problem.message, **problem.values),
        )  # fmt: skip
    rejected = [
        {"row": one.row, "column": problem.column, "problem": console.say(problem.message, **problem.values)}
        for one in done.rejected
        for problem in one.problems
    ]
    counts = {"rows": done.rows, "new": done.new, "changed": done.changed, "unchanged": done.unchanged}
    shown: dict[str, Any] = {
        "batch": done.batch, **counts, "rejected": rejected, "rejected_rows": len(done.rejected),
        "rejected_file": done.rejected_file, "unknown_headings": done.unknown, "dry_run": dry_run,
    }  # fmt: skip

    def text() -> None:
        console.line(WOULD if dry_run else TAKEN, **counts, rejected=len(done.rejected))
        console.table(rejected[: console.MOST_PROBLEMS], REJECTED)
        if done.rejected_file:
            console.line(MEND, file=done.rejected_file)
        if done.unknown:
            console.line(UNKNOWN, headings="、".join(done.unknown))

    console.show(shown, as_json=as_json, text=text)
    if rejected:
        raise typer.Exit(1)


@group.command(help=_("Show a record in all its versions."))
def show(
    ctx: typer.Context,
    record: Annotated[str, typer.Argument(metavar="RECORD", help=_("The record's number (检查行为编号)"))],
    as_json: Json = False,
) -> None:
    """Print one record."""
    with here(ctx).reads() as ledger:
        rows = ledger.rows("SELECT * FROM inspection WHERE record = :record ORDER BY version", record=record)
    if not rows:
        raise UnknownError(N_("no inspection has the number {number}"), number=record)
    versions = [{key: value for key, value in row.items() if key not in ("id", "day", "lag")} for row in rows]
    shown = {"record": record, "versions": versions}
    console.show(shown, as_json=as_json, text=lambda: console.table(versions, VERSIONS))


@group.command(help=_("Enter what the agency did for the enterprise: lenient handling in an inspection, or advice after it."))
def note(
    ctx: typer.Context,
    record: Annotated[str, typer.Argument(metavar="RECORD", help=_("The record's number (检查行为编号)"))],
    kind: Annotated[str, typer.Option(metavar="KEY", help=_("lenient or advice"))],
    text: Annotated[str, typer.Option(metavar="TEXT", help=_("What was done, without names and numbers of people"))],
    on: On = None,
    as_json: Json = False,
) -> None:
    """Add a note."""
    from jsup.service import notes  # noqa: PLC0415

    number = notes.add(here(ctx).ledger("inspection note"), record, kind, text, here(ctx).day(on))
    _show_note(ctx, number, as_json=as_json)


@group.command("withdraw-note", help=_("Withdraw a note that was entered by mistake."))
def withdraw_note(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", min=1, max=10**9, help=_("Its number in `inspection notes`"))],
    why: Reason,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Withdraw a note."""
    from jsup.service import notes  # noqa: PLC0415

    notes.withdraw(here(ctx).ledger("inspection withdraw-note"), number, here(ctx).day(on), why)
    _show_note(ctx, number, as_json=as_json)


def _show_note(ctx: typer.Context, number: int, *, as_json: bool) -> None:
    from jsup.service import notes  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        (row,) = notes.listed(ledger, number=number, every=True)
    console.show(row, as_json=as_json, text=lambda: console.table([row], NOTES))


@group.command("notes", help=_("Show what agencies did for enterprises in and after inspections."))
def list_notes(
    ctx: typer.Context,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))] = None,
    every: Annotated[bool, typer.Option("--all", help=_("Those withdrawn too"))] = False,
    as_json: Json = False,
) -> None:
    """Print notes."""
    from jsup.service import notes  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = notes.listed(ledger, agency=agency, every=every)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, NOTES))


@group.command(help=_("Show what was taken over, and when."))
def batches(ctx: typer.Context, as_json: Json = False) -> None:
    """Print the batches."""
    with here(ctx).reads() as ledger:
        rows = ledger.rows("SELECT * FROM batch ORDER BY id")
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, BATCHES))


@headings.command(help=_("Let a heading stand for a column of inspection files."))
def add(
    ctx: typer.Context,
    heading: Annotated[str, typer.Argument(metavar="HEADING", help=_("The heading as it stands in the file"))],
    key: Annotated[str, typer.Option("--field", metavar="KEY", help=_("The column: record, visited_on, …; none to forget it"))],
    as_json: Json = False,
) -> None:
    """Add a heading."""
    from jsup.watch import inspections  # noqa: PLC0415

    inspections.add_heading(here(ctx).ledger("heading add"), heading, key)
    _show_headings(ctx, as_json=as_json)


@headings.command("list", help=_("Show the headings that the bureau added."))
def list_(ctx: typer.Context, as_json: Json = False) -> None:
    """Print the headings."""
    _show_headings(ctx, as_json=as_json)


def _show_headings(ctx: typer.Context, *, as_json: bool) -> None:
    with here(ctx).reads() as ledger:
        rows = ledger.rows("SELECT heading, field, added_on, officer FROM heading ORDER BY id")
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, HEADINGS))


@items.command("import", help=_("Load the municipal list; items that it lacks are struck from today on."))
def import_items(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("xlsx or csv, with a column 检查事项"))],
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Load the list."""
    from jsup.watch import items as lists  # noqa: PLC0415

    with rejecting(as_json=as_json):
        counts = lists.take_over(here(ctx).ledger("item import"), file, dry_run=dry_run)
    shown: dict[str, Any] = {"batch": None, **counts, "rejected": [], "dry_run": dry_run}
    message = N_("{rows} items: {new} new, {changed} changed, {unchanged} unchanged, {struck} struck.")
    console.show(shown, as_json=as_json, text=lambda: console.line(message, **counts))


@items.command("list", help=_("Show the municipal list."))
def list_items(ctx: typer.Context, as_json: Json = False) -> None:
    """Print the list."""
    with here(ctx).reads() as ledger:
        rows = ledger.rows("SELECT * FROM municipal_item ORDER BY name")
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, ITEMS))
