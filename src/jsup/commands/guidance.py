"""The `guidance` group: systemic problems, and the guidance opinions on them."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import DryRun, Force, Json, On, Reason, here
from jsup.commands.clocks import due_text, show_why, spoken
from jsup.commands.paper import show_papers
from jsup.console import Column
from jsup.errors import N_, UsageError, iso_date, optional_day

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="guidance", help=_("Systemic problems, and the guidance opinions on them."))

Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=10**9, help=_("Its number in `guidance list`"))]
Agencies = Annotated[list[str] | None, typer.Option("--agency", metavar="CODE", help=_("An agency; may be given several times"))]


def state_text(row: dict[str, Any]) -> str:
    """Write a state, and that an open problem does not stand any more."""
    state = console.term(f"guidance {row['state']}")
    gone = row["state"] in ("proposed", "open") and not row["current"] and row["why"] is None
    words = _("not reached any more")
    return f"{state} ({words})" if gone else state


GUIDANCES = (
    Column(N_("number"), lambda row: row["id"], whole=True),
    Column(N_("systemic problem"), lambda row: row["title"]),
    Column(N_("agencies"), lambda row: sum(one["shown"] for one in row["agencies"]), whole=True),
    Column(N_("reached on"), lambda row: row["reached_on"], whole=True),
    Column(N_("due"), due_text, whole=True),
    Column(N_("state"), state_text),
    Column(N_("document number"), lambda row: row["paper_number"]),
)
AGENCIES = (
    Column(N_("agency"), lambda row: row["name"]),
    Column(N_("problem found there"), lambda row: _("yes") if row["shown"] else _("no")),
    Column(N_("got the opinion"), lambda row: row["given_on"], whole=True),
)
BEHIND = (
    Column(N_("finding"), lambda row: row["number"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("title"), lambda row: row["title"]),
    Column(N_("found"), lambda row: row["found_on"], whole=True),
    Column(N_("stage"), lambda row: console.term(row["stage"])),
)
DRAFTED = N_(
    "Once the leaders have signed it, `jsup paper sign {paper} --by NAME`; once it was served, `jsup paper serve {paper}`,"
    " then `jsup guidance issue {number} --paper {paper}`."
)
OTHER_DAY = N_(
    "By what was entered or withdrawn since, the number was reached on {stands_on}: `jsup guidance propose` sets the day."
)


@group.command(
    help=_("Enter every systemic problem that was reached and is not entered yet, or one that the bureau found itself.")
)
def propose(
    ctx: typer.Context,
    category: Annotated[
        str | None, typer.Option(metavar="KEY", help=_("The category of a problem that the bureau found"))
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What it is about"))] = None,
    reached_on: Annotated[str | None, typer.Option(metavar="DATE", help=_("The day on which the bureau found it"))] = None,
    why: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Why it is systemic though no number was reached"))] = None,
    agency: Agencies = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Propose."""
    from jsup.service import guidance  # noqa: PLC0415

    given = {"--category": category, "--title": title, "--reached-on": reached_on, "--why": why}
    missing = [key for key, value in given.items() if value is None]
    judged = None
    if len(missing) < len(given) or agency:
        if category is None or title is None or reached_on is None or why is None:
            raise UsageError(N_("`{step}` wants {missing} as well"), step="guidance propose", missing=", ".join(missing))
        judged = guidance.Judged(category, title, iso_date(reached_on, "--reached-on"), why, agency or [])
    rows = guidance.propose(here(ctx).ledger("guidance propose"), judged, dry_run=dry_run)
    new = sum(row["new"] for row in rows)

    def text() -> None:
        message = (
            N_("Would enter {new} systemic problems. Nothing was written.")
            if dry_run
            else N_("Systemic problems entered now: {new}.")
        )
        console.line(message, new=new)
        console.table(rows, GUIDANCES)

    console.show(rows, as_json=as_json, text=text)


@group.command("open", help=_("Enter that the bureau takes a problem up."))
def open_(ctx: typer.Context, number: Id, on: On = None, as_json: Json = False) -> None:
    """Take up."""
    from jsup.service import guidance  # noqa: PLC0415

    guidance.take_up(here(ctx).ledger("guidance open"), number, here(ctx).day(on))
    _show(ctx, number, as_json=as_json)


@group.command(help=_("Draft the opinion in Word, prefilled: one for each agency named, else one for all."))
def draft(
    ctx: typer.Context,
    number: Id,
    opinion: Annotated[list[str], typer.Option(metavar="TEXT", help=_("What is advised; may be given several times"))],
    agency: Agencies = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help=_("The folder for the files"))] = Path(),
    force: Force = False,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Draft."""
    from jsup import opinions  # noqa: PLC0415

    ledger = here(ctx).ledger("guidance draft")
    made = opinions.draft(ledger, number, opinion, agency or [], out, here(ctx).day(on), force=force)
    told = [(DRAFTED, {"paper": paper.paper, "number": number}) for paper in made]
    show_papers(ctx, [str(paper.paper) for paper in made], as_json=as_json, told=told)


@group.command(
    help=_("Enter that the opinion was issued by a signed paper, and which agencies got it; again for each further paper.")
)
def issue(
    ctx: typer.Context,
    number: Id,
    paper: Annotated[str, typer.Option(metavar="PAPER", help=_("Its place in `paper list`, or its document number"))],
    agency: Agencies = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=_("The day they got it; if not given, that of its service"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Issue."""
    from jsup.service import guidance  # noqa: PLC0415

    guidance.issue(here(ctx).ledger("guidance issue"), number, paper, agency or [], optional_day(on, "--on"))
    _show(ctx, number, as_json=as_json)


@group.command(help=_("End a problem's month without an opinion, with a reason."))
def dismiss(ctx: typer.Context, number: Id, why: Reason, on: On = None, as_json: Json = False) -> None:
    """Dismiss."""
    from jsup.service import guidance  # noqa: PLC0415

    guidance.dismiss(here(ctx).ledger("guidance dismiss"), number, here(ctx).day(on), why)
    _show(ctx, number, as_json=as_json)


@group.command("list", help=_("Show systemic problems with the month that runs for each."))
def list_(
    ctx: typer.Context,
    state: Annotated[str | None, typer.Option(metavar="KEY", help=_("proposed, open, issued or dismissed"))] = None,
    as_json: Json = False,
) -> None:
    """Print rows."""
    from jsup.service import reached  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = reached.guidances(ledger, here(ctx).today, state=state)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, GUIDANCES))


@group.command(help=_("Show a problem: its month day by day, the findings and agencies behind it, who got the opinion."))
def show(ctx: typer.Context, number: Id, as_json: Json = False) -> None:
    """Print a row."""
    _show(ctx, number, as_json=as_json, whole=True)


def _show(ctx: typer.Context, number: int, *, as_json: bool, whole: bool = False) -> None:
    from jsup.service import reached  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        row: dict[str, Any] = spoken(reached.guidance(ledger, number, here(ctx).today))

    def text() -> None:
        console.table([row], GUIDANCES)
        for key, heading in (("why", N_("reason given")), ("dismissed_why", N_("dismissed, for"))):
            if row[key]:
                console.line(N_("{heading}: {text}"), heading=_(heading), text=row[key])
        if row["stands_on"]:
            console.line(OTHER_DAY, stands_on=row["stands_on"])
        console.table(row["agencies"], AGENCIES)
        if whole:
            console.table(row["findings"], BEHIND)
            show_why(row | {"number": f"guidance {row['id']}"})

    console.show(row, as_json=as_json, text=text)
