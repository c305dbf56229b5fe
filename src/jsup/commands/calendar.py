"""The `calendar` group: which days are working days, and how sure that is."""

from gettext import gettext as _
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, here
from jsup.commands.clocks import law, weekday
from jsup.console import Column
from jsup.errors import N_

if TYPE_CHECKING:
    from datetime import date

    from jsup.workdays import Calendar

app = typer.Typer(rich_markup_mode=None)
group = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
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


@group.command(help=_("Show through which day the working days are certain."))
def status(ctx: typer.Context, as_json: Json = False) -> None:
    """Print how sure the calendar is."""
    calendar, _policy = law(here(ctx))
    row = {
        "announced_from": calendar.announced_from,
        "announced_through": calendar.announced_through,
        "years": [{"year": year.year, "source": year.source} for year in calendar.years.values()],
    }
    message = N_("Working days are certain from {first} through {last}; every date that hangs on later days is provisional.")
    console.show(
        row,
        as_json=as_json,
        text=lambda: console.line(message, first=calendar.announced_from, last=calendar.announced_through),
    )
