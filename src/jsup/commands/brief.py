"""`brief`: the weekly side for a leader, and the work briefing drafted from the cases."""

from datetime import date
from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, On, here
from jsup.console import Column
from jsup.errors import N_, UsageError, not_future

app = typer.Typer()

HEADINGS = {
    "new": N_("New ({count})"), "due": N_("Due this week ({count})"), "overdue": N_("Overdue ({count})"),
    "to_sign": N_("Waiting for signature ({count})"), "to_decide": N_("To be decided by you ({count})"),
}  # fmt: skip
ITEMS = (
    Column(N_("number"), lambda row: row["number"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("title"), lambda row: row["title"]),
    Column(N_("date"), lambda row: row["due_on"] or row["on"], whole=True),
    Column(N_("note"), lambda row: row["note"]),
)


@app.command(help=_("One side for a leader, or with --period a work briefing drafted from the cases."))
def brief(
    ctx: typer.Context,
    weekly: Annotated[bool, typer.Option("--weekly", help=_("The week: new, due, overdue, to sign, to decide"))] = False,
    period: Annotated[str | None, typer.Option(metavar="PERIOD", help=_("Draft the briefing of 2026Q3, 2026 or 2026-10"))] = None,
    by: Annotated[str | None, typer.Option(metavar="KEY", help=_("agency: those of one agency together, with counts"))] = None,
    agency: Annotated[list[str] | None, typer.Option(metavar="CODE", help=_("Only these agencies, each with --agency"))] = None,
    on: On = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help=_("Write it to a new file, .docx or .md"))] = None,
    issue: Annotated[int | None, typer.Option(min=1, max=9999, metavar="N", help=_("The briefing's issue number"))] = None,
    as_json: Json = False,
) -> None:
    """Show the week, or draft a briefing."""
    if weekly == (period is not None):
        raise UsageError(N_("give either --weekly or --period"))
    if by not in (None, "agency"):
        raise UsageError(N_("--by {value}: only agency can be given"), value=by)
    today = here(ctx).day(on)
    not_future(today, here(ctx).today)
    if period is not None:
        if by or agency:
            raise UsageError(N_("--by and --agency go with --weekly"))
        _period(ctx, period, today, out, issue, as_json=as_json)
    elif issue is not None:
        raise UsageError(N_("--issue goes with --period"))
    else:
        _week(ctx, agency or [], today, out, by_agency=by is not None, as_json=as_json)


def _week(ctx: typer.Context, agencies: list[str], today: date, out: Path | None, *, by_agency: bool, as_json: bool) -> None:
    from jsup.reports import briefs, weeks  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        found = weeks.weekly(ledger, today, agencies, by_agency=by_agency)
        if out is not None:
            briefs.write_weekly(ledger, found, out, by_agency=by_agency)

    def text() -> None:
        for key, heading in HEADINGS.items():
            console.line(heading, count=len(found[key]))
            if by_agency:
                for _code, name, several in weeks.counts(found[key]):
                    console.line(N_("{agency}: {count}"), agency=name, count=several)
            console.table(found[key], ITEMS)
        _written(out)

    console.show(found | ({"file": str(out)} if out else {}), as_json=as_json, text=text)


def _period(ctx: typer.Context, period: str, today: date, out: Path | None, issue: int | None, *, as_json: bool) -> None:
    from jsup.periods import span  # noqa: PLC0415
    from jsup.reports import briefs  # noqa: PLC0415

    if out is None:
        raise UsageError(N_("--period wants --out FILE.docx"))
    with here(ctx).reads() as ledger:
        done: dict[str, Any] = briefs.briefing(ledger, span(period), today, out, issue)

    def text() -> None:
        console.line(N_("{count} cases in the briefing."), count=len(done["cases"]))
        for case in done["left_out"]:
            console.line(N_("Left out: {title} ({agency}): {why}"), title=case["title"], agency=case["agency"], why=case["why"])
        _written(out)

    console.show(done, as_json=as_json, text=text)


def _written(out: Path | None) -> None:
    if out is not None:
        console.line(N_("Written to {file}."), file=out)
