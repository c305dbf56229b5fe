"""The `calendar` group: which days are working days, and how sure that is."""

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jsup import console
from jsup.commands import DryRun, Json, Why, here
from jsup.commands.clocks import AWAITED, law, weekday
from jsup.console import Column
from jsup.errors import N_, RefusedError, UsageError, iso_date, optional_day

if TYPE_CHECKING:
    from datetime import date

    from jsup.calendars import Taken
    from jsup.workdays import Calendar

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="calendar", help=_("The working days and how sure they are."))

DAYS = (
    Column(N_("day"), lambda row: row["day"], whole=True),
    Column(N_("weekday"), lambda row: weekday(row["day"].isoformat())),
    Column(N_("holiday"), lambda row: row["holiday"]),
    Column(N_("kind"), lambda row: console.term(row["kind"])),
)


@group.command(help=_("Show a year's rest days from Monday to Friday and its working days at weekends."))
def show(
    ctx: typer.Context,
    year: Annotated[int, typer.Argument(metavar="YEAR", min=1, max=9999, help=_("The year"))],
    as_json: Json = False,
) -> None:
    """Print a year."""
    calendar, _policy = law(here(ctx))
    off, work = calendar.shown(year)
    known = calendar.years.get(year)
    row: dict[str, Any] = {
        "year": year,
        "announced": known is not None,
        "source": known.source if known else None,
        "off": off,
        "work": work,
    }

    def text() -> None:
        if known is None:
            console.line(N_("{year} is not announced: Monday to Friday are taken for working days, provisionally."), year=year)
        console.table(_listed(calendar, off, work), DAYS)

    console.show(row, as_json=as_json, text=text)


def _listed(calendar: "Calendar", off: "list[date]", work: "list[date]") -> list[dict[str, Any]]:
    rest = [{"day": day, "holiday": calendar.rest[day], "kind": "holiday"} for day in off]
    made_up = [{"day": day, "holiday": calendar.work[day], "kind": "make_up"} for day in work]
    return sorted(rest + made_up, key=lambda row: row["day"])


PERIODS = (
    Column(N_("period"), lambda row: console.term(row["period"])),
    Column(N_("length"), lambda row: f"{row['count']} {console.term(row['unit'])}"),
    Column(N_("provisional from the start day"), lambda row: row["from"], whole=True),
)


@group.command(help=_("Show through which day the working days are certain, and from which start days a period is not."))
def status(ctx: typer.Context, as_json: Json = False) -> None:
    """Print how sure the calendar is."""
    from jsup import deadlines  # noqa: PLC0415 - not for `--help`

    calendar, policy = law(here(ctx))
    uncertain = [
        {
            "period": period.key,
            "count": period.count,
            "unit": period.unit,
            "from": deadlines.uncertain_from(calendar, period.count, period.unit),
        }
        for period in policy.periods.values()
        if period.count is not None
    ]
    row = {
        "announced_from": calendar.announced_from,
        "announced_through": calendar.announced_through,
        "awaited_year": calendar.awaited(here(ctx).today),
        "uncertain_from": uncertain,
        "years": [{"year": year.year, "source": year.source} for year in calendar.years.values()],
    }
    message = N_("Working days are certain from {first} through {last}; every date that hangs on later days is provisional.")

    def text() -> None:
        console.line(message, first=calendar.announced_from, last=calendar.announced_through)
        console.table(uncertain, PERIODS)
        if row["awaited_year"] is not None:
            console.line(AWAITED, year=row["awaited_year"])

    console.show(row, as_json=as_json, text=text)


MOVED = (
    Column(N_("number"), lambda row: row["number"], whole=True),
    Column(N_("period"), lambda row: console.term(row["period"])),
    Column(N_("old date"), lambda row: row["old"], whole=True),
    Column(N_("new date"), lambda row: row["new"], whole=True),
)


@group.command("import", help=_("Take over a notice of the State Council, and list every open deadline that moves."))
def import_(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help=_("The published text, the JSON of holiday-cn, or csv"))
    ] = None,
    package: Annotated[
        bool, typer.Option("--package", help=_("Take the years of the installed chinesecalendar package"))
    ] = False,
    number: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The notice's document number"))] = None,
    published_on: Annotated[str | None, typer.Option(metavar="DATE", help=_("The day it was published"))] = None,
    year: Annotated[int | None, typer.Option(min=2000, max=9999, metavar="YEAR", help=_("Its year, if it does not tell"))] = None,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", help=_("Take it although it does not add up"))] = False,
    as_json: Json = False,
) -> None:
    """Take a notice over."""
    from jsup import calendars  # noqa: PLC0415

    if (file is None) != package:
        raise UsageError(N_("give a file or --package"))
    published = optional_day(published_on, "--published-on")
    found = calendars.package() if file is None else calendars.read(file, year=year, published_on=published)
    doubts = [console.say(doubt.message, **doubt.values) for notice in found for doubt in notice.doubts]
    for doubt in doubts:
        console.complain(doubt)
    if doubts and not dry_run and not yes and not console.agreed(N_("Take the notice over all the same?")):
        raise RefusedError(N_("the notice does not add up: compare it with its source, then import it again with --yes"))
    source = "chinesecalendar" if file is None else calendars.describe(found, file)
    ledger = here(ctx).ledger("calendar import")
    taken = calendars.take_over(ledger, found, source=source, number=number, published_on=published, dry_run=dry_run)
    show_taken(taken, as_json=as_json, dry_run=dry_run, doubts=doubts)


def show_taken(taken: "Taken", *, as_json: bool, dry_run: bool = False, doubts: list[str] | None = None) -> None:
    """Print what was taken over and what moved."""
    row = {
        "years": taken.years, "off": taken.off, "work": taken.work, "changed": taken.changed,
        "moved": taken.moved, "dry_run": dry_run, "doubts": doubts or [],
    }  # fmt: skip

    def text() -> None:
        message = N_("{years}: {off} rest days from Monday to Friday, {work} make-up days. {moved} open deadlines move.")
        years = "、".join(map(str, taken.years))
        console.line(message, years=years, off=len(taken.off), work=len(taken.work), moved=len(taken.moved))
        if not taken.changed:
            console.line(N_("The calendar says so already."))
        elif dry_run:
            console.line(N_("Nothing was written."))
        console.table(taken.moved, MOVED)

    console.show(row, as_json=as_json, text=text)


@group.command("set", help=_("Make one day of an announced year a working day or a rest day, with a reason."))
def set_(
    ctx: typer.Context,
    day: Annotated[str, typer.Argument(metavar="DATE", help=_("The day"))],
    work: Annotated[bool | None, typer.Option("--work/--rest", help=_("Is it a working day?"))] = None,
    why: Why = None,
    as_json: Json = False,
) -> None:
    """Set a day."""
    from jsup import calendars  # noqa: PLC0415

    if work is None or why is None:
        missing = ", ".join(key for key, value in (("--work/--rest", work), ("--why", why)) if value is None)
        raise UsageError(N_("`{step}` wants {missing} as well"), step="calendar set", missing=missing)
    taken = calendars.set_day(here(ctx).ledger("calendar set"), iso_date(day, "DATE"), work=work, why=why)
    show_taken(taken, as_json=as_json)


@group.command(help=_("Write the open deadlines as an iCalendar file to subscribe to."))
def feed(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(metavar="FILE", help=_("The file, such as deadlines.ics"))],
    as_json: Json = False,
) -> None:
    """Write the feed."""
    from jsup import feeds  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        events = feeds.write(ledger, out, here(ctx).today)
    message = N_("{events} open deadlines are in {file}.")
    row = {"file": out, "events": events}
    console.show(row, as_json=as_json, text=lambda: console.line(message, **row))
