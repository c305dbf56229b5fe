"""The `plan` group: inspection plans, their filing and publication, their overlaps, and visits that are made one."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import CHANGES, DryRun, Json, On, Reason, here, pairs, rejecting, show_taken
from jsup.console import Column
from jsup.errors import N_, UsageError, iso_date

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="plan", help=_("Inspection plans and the visits that they foresee."))

Code = Annotated[str, typer.Argument(metavar="CODE", help=_("The plan's code"))]
OfAgency = Annotated[str | None, typer.Option("--agency", metavar="CODE", help=_("One agency only"))]
OfYear = Annotated[int | None, typer.Option("--year", metavar="YEAR", min=1, max=9999, help=_("One year only"))]


def _due(row: dict[str, Any], key: str, done: str) -> str:
    """Write the day on which a plan was filed or published, else the day by which it is to be."""
    if row[done] is not None or row[key] is None:
        return str(row[done] or "")
    day = console.say(N_("until {day}"), day=row[key])
    return f"{day} {console.say(N_('(provisional)'))}" if key == "publish_due_on" and row["publish_provisional"] else day


def _visits(row: dict[str, Any]) -> str:
    """Write the visits of a group, a line each."""
    return ";\n".join(
        " ".join(filter(None, (str(visit["id"]), visit["agency"], visit["item"], visit["plan_code"]))) for visit in row["visits"]
    )


PLANS = (
    Column(N_("code"), lambda row: row["code"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("plan"), lambda row: row["title"]),
    Column(N_("kind"), lambda row: console.term(row["kind"])),
    Column(N_("year"), lambda row: row["year"], whole=True),
    Column(N_("state"), lambda row: console.term(row["state"])),
    Column(N_("filing"), lambda row: _due(row, "file_due_on", "filed_on"), whole=True),
    Column(N_("publication"), lambda row: _due(row, "publish_due_on", "published_on"), whole=True),
    Column(N_("visits"), lambda row: row["visits"], whole=True),
)
TOLD = {
    "from_on": N_("first day"), "to_on": N_("last day"), "field": N_("field of inspection"), "ordered_by": N_("ordered by"),
    "made_on": N_("made on"), "municipal_on": N_("municipal filing"), "municipal_number": N_("its number"),
    "filed_on": N_("filed on"), "filed_number": N_("number of the filing"), "published_on": N_("published on"),
    "published_at": N_("published at"), "legality": N_("legality"), "reasonableness": N_("reasonableness"),
    "coordination": N_("coordination"),
}  # fmt: skip
"""What `plan show` tells of a plan besides the list's columns."""
VISITS = (
    Column(N_("planned visit"), lambda row: row["id"], whole=True),
    Column(N_("enterprise"), lambda row: row["enterprise"]),
    Column(N_("credit code"), lambda row: row["enterprise_code"], whole=True),
    Column(N_("inspection item"), lambda row: row["item"]),
    Column(N_("first day"), lambda row: row["from_on"], whole=True),
    Column(N_("last day"), lambda row: row["to_on"], whole=True),
    Column(N_("merge number"), lambda row: row["merge_id"], whole=True),
    Column(N_("dropped"), lambda row: row["dropped_on"], whole=True),
)
TAKEN = (
    CHANGES[0],
    Column(N_("credit code"), lambda row: row["enterprise_code"], whole=True),
    Column(N_("inspection item"), lambda row: row["item"]),
    *CHANGES[1:],
)
PROBLEMS = (
    Column(N_("code"), lambda row: row["code"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("what is wrong"), lambda row: row["text"]),
    Column(N_("clause"), lambda row: row["clause"]),
)
GROUPS = (
    Column(N_("enterprise"), lambda row: row["enterprise"]),
    Column(N_("credit code"), lambda row: row["enterprise_code"], whole=True),
    Column(N_("visits"), _visits),
    Column(N_("first common day"), lambda row: row["common_from"], whole=True),
    Column(N_("last common day"), lambda row: row["common_to"], whole=True),
    Column(N_("saves"), lambda row: row["would_save"], whole=True),
)
MERGES = (
    Column(N_("merge number"), lambda row: row["id"], whole=True),
    Column(N_("enterprise"), lambda row: row["enterprise"]),
    Column(N_("credit code"), lambda row: row["enterprise_code"], whole=True),
    Column(N_("day"), lambda row: row["visit_on"], whole=True),
    Column(N_("visits"), _visits),
    Column(N_("joint number"), lambda row: row["joint"]),
    Column(N_("saved"), lambda row: row["saved"], whole=True),
)


def show_one(ctx: typer.Context, code: str, *, as_json: bool) -> None:
    """Print one plan with its visits."""
    from jsup.watch import planned  # noqa: PLC0415 - not for `--help`

    with here(ctx).reads() as ledger:
        row = planned.plan(ledger, code)

    def text() -> None:
        console.table([row], PLANS)
        told = [{"what": console.say(heading), "value": row[key]} for key, heading in TOLD.items() if row[key] is not None]
        console.table(told, (Column(N_("what"), lambda one: one["what"]), Column(N_("value"), lambda one: one["value"])))
        console.table(row["planned"], VISITS)

    console.show(row, as_json=as_json, text=text)


@group.command("import", help=_("Load plans and their visits from an xlsx or csv file, all of it or nothing."))
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("xlsx or csv, a row for each plan or planned visit"))],
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Load plans."""
    from jsup.watch import plans  # noqa: PLC0415

    with rejecting(as_json=as_json):
        done = plans.take_over(here(ctx).ledger("plan import"), file, dry_run=dry_run)
    show_taken(done, dry_run=dry_run, as_json=as_json, changes=TAKEN, dropped=done.dropped)


@group.command("file", help=_("Enter that a plan was filed (备案): with the municipal body first where that is so, then here."))
def file_(
    ctx: typer.Context,
    code: Code,
    municipal: Annotated[bool, typer.Option("--municipal", help=_("With the municipal body, and not with the bureau"))] = False,
    number: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The number of the filing"))] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Enter a filing."""
    from jsup.watch import plans  # noqa: PLC0415

    plans.file(here(ctx).ledger("plan file"), code, here(ctx).day(on), municipal=municipal, number=number)
    show_one(ctx, code, as_json=as_json)


@group.command(help=_("Enter that a plan was published."))
def publish(
    ctx: typer.Context,
    code: Code,
    at: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Where, such as an address on the web"))] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Enter a publication."""
    from jsup.watch import plans  # noqa: PLC0415

    plans.publish(here(ctx).ledger("plan publish"), code, here(ctx).day(on), at=at)
    show_one(ctx, code, as_json=as_json)


@group.command(help=_("Correct a plan; the old values and the reason stay in the ledger."))
def amend(
    ctx: typer.Context,
    code: Code,
    set_: Annotated[
        list[str],
        typer.Option("--set", metavar="KEY=VALUE", help=_("A column of `plan import` and its value; an empty one empties it")),
    ],
    why: Reason,
    as_json: Json = False,
) -> None:
    """Correct a plan."""
    from jsup.watch import plans  # noqa: PLC0415

    plans.amend(here(ctx).ledger("plan amend"), code, pairs(set_, "--set"), why)
    show_one(ctx, code, as_json=as_json)


@group.command(help=_("Note what a look at a plan showed: is it lawful, reasonable, coordinated (合法性、合理性、统筹)?"))
def note(
    ctx: typer.Context,
    code: Code,
    legality: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Is it lawful?"))] = None,
    reasonableness: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Is it reasonable?"))] = None,
    coordination: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Is it coordinated with other plans?"))] = None,
    as_json: Json = False,
) -> None:
    """Note what a look at a plan showed."""
    from jsup.watch import plans  # noqa: PLC0415

    notes = {"legality": legality, "reasonableness": reasonableness, "coordination": coordination}
    plans.note(here(ctx).ledger("plan note"), code, notes)
    show_one(ctx, code, as_json=as_json)


@group.command("list", help=_("Show plans, with the days by which they are to be filed and published."))
def list_(
    ctx: typer.Context,
    agency: OfAgency = None,
    year: OfYear = None,
    unfiled: Annotated[bool, typer.Option("--unfiled", help=_("Only those not filed with the bureau"))] = False,
    unpublished: Annotated[
        bool, typer.Option("--unpublished", help=_("Only those of district agencies that are not published"))
    ] = False,
    as_json: Json = False,
) -> None:
    """Print plans."""
    from jsup.watch import planned  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = planned.plans(ledger, agency=agency, year=year, unfiled=unfiled, unpublished=unpublished)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, PLANS))


@group.command(help=_("Show one plan with its visits."))
def show(ctx: typer.Context, code: Code, as_json: Json = False) -> None:
    """Print one plan."""
    show_one(ctx, code, as_json=as_json)


@group.command(help=_("Show what is wrong in plans: filing, publication, notes, and overlaps between agencies."))
def check(ctx: typer.Context, year: OfYear = None, agency: OfAgency = None, as_json: Json = False) -> None:
    """Print what is wrong in plans."""
    from jsup.watch import planned  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        found = planned.problems(ledger, here(ctx).today, agency=agency, year=year)
    rows = [
        {key: value for key, value in row.items() if key not in ("message", "values")}
        | {"text": console.say(row["message"], **row["values"])}
        for row in found
    ]
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, PROBLEMS))


@group.command(help=_("List the planned visits that could be one (综合查一次), or make some of them one."))
def merge(
    ctx: typer.Context,
    week: Annotated[
        str | None,
        typer.Option(metavar="WEEK", help=_("The week to list, such as 2026-W47; what is left of this one if not given")),
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help=_("The first day to list"))] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DATE", help=_("The last day to list"))] = None,
    visits: Annotated[str | None, typer.Option(metavar="N,N", help=_("Visits to make one, such as 12,15"))] = None,
    enterprise: Annotated[
        str | None, typer.Option(metavar="CODE", help=_("Make all visits one that this enterprise still has on the day"))
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help=_("The day of the one visit"))] = None,
    joint: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The number of the joint inspection"))] = None,
    as_json: Json = False,
) -> None:
    """List visits that could be one, or make them one."""
    if visits is None and enterprise is None:
        if on is not None or joint is not None:
            raise UsageError(N_("`plan merge --on` wants the visits as well: give --visits or --enterprise"))
        _could_be_one(ctx, week, from_, to, as_json=as_json)
        return
    if on is None or (visits is not None and enterprise is not None) or any((week, from_, to)):
        raise UsageError(N_("visits are made one by --visits or --enterprise, and --on: leave out what is for the list"))
    from jsup.watch import merges  # noqa: PLC0415

    numbers = merges.numbers(visits) if visits is not None else []
    day = iso_date(on, "--on")
    made = merges.merge(here(ctx).ledger("plan merge"), day, visits=numbers, enterprise=enterprise, joint=joint)
    _show_merge(ctx, made, as_json=as_json)


def _could_be_one(ctx: typer.Context, week: str | None, from_: str | None, to: str | None, *, as_json: bool) -> None:
    """Print the visits that could be one."""
    from jsup.watch import overlaps, planned  # noqa: PLC0415

    if (week and (from_ or to)) or bool(from_) != bool(to):
        raise UsageError(N_("give --week, or --from and --to, or none of them"))
    first, last = overlaps.days(here(ctx).today, week, from_, to)
    with here(ctx).reads() as ledger:
        rows = planned.could_be_one(ledger, first, last)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, GROUPS))


def _show_merge(ctx: typer.Context, number: int, *, as_json: bool) -> None:
    """Print one merge."""
    from jsup.watch import planned  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        (row,) = planned.merges(ledger, merge=number)
    console.show(row, as_json=as_json, text=lambda: console.table([row], MERGES))


@group.command(help=_("Show the visits that were made one, and how many were saved (减少入企次数)."))
def merges(ctx: typer.Context, year: OfYear = None, as_json: Json = False) -> None:
    """Print merges."""
    from jsup.watch import planned  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = planned.merges(ledger, year=year)
    saved = sum(row["saved"] for row in rows)

    def text() -> None:
        console.table(rows, MERGES)
        console.line(N_("{merges} merges, {saved} visits saved."), merges=len(rows), saved=saved)

    console.show({"saved": saved, "merges": rows}, as_json=as_json, text=text)


@group.command(help=_("Take a merge back: its visits are planned by themselves again."))
def split(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", min=1, max=999_999_999, help=_("The merge's number"))],
    why: Reason,
    as_json: Json = False,
) -> None:
    """Take a merge back."""
    from jsup.watch import merges  # noqa: PLC0415

    merges.split(here(ctx).ledger("plan split"), number, why)
    _show_merge(ctx, number, as_json=as_json)
