"""The `finding` group: enter findings, list and show them."""

from collections.abc import Callable
from gettext import gettext as _
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, Number, here
from jsup.commands.clocks import due_lines, due_text, steps_text
from jsup.console import Column
from jsup.errors import N_
from jsup.words import STAGES

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="finding", help=_("Enter, list and show findings."))


def running_text(row: dict[str, Any]) -> str:
    """Write the clocks of a finding that run."""
    return ";\n".join(
        f"{console.term(clock['period'])} {due_text(clock)}"
        for clock in row["deadlines"]
        if clock["met_on"] is None and clock["cancelled_on"] is None
    )


LATE = N_("{number}: {period} was due on {due_on} and met on {met_on}, which is late.")

FINDINGS = (
    Column(N_("number"), lambda row: row["number"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("finding"), lambda row: row["title"]),
    Column(N_("stage"), lambda row: console.term(row["stage"])),
    Column(N_("found on"), lambda row: row["found_on"], whole=True),
    Column(N_("running"), running_text),
)
ASSIGNED = Column(N_("assigned to"), lambda row: row["assigned_to"])


SAME = (
    "SELECT number FROM finding WHERE agency_code = :agency_code AND category = :category AND found_on = :found_on"
    " AND title = :title AND stage <> 'withdrawn' ORDER BY number"
)
TWICE = N_("{numbers} are the same problem of one day at one agency: if that is a slip, `jsup withdraw {number} --why TEXT`")


def columns_for(rows: list[dict[str, Any]]) -> tuple[Column, ...]:
    """Return the columns of a list of findings: who works on them where that was said of any."""
    return (*FINDINGS, ASSIGNED) if any(row["assigned_to"] for row in rows) else FINDINGS


def show_findings(
    ctx: typer.Context,
    numbers: list[str],
    *,
    as_json: bool,
    more: Callable[[dict[str, Any]], dict[str, Any]] = lambda _row: {},
) -> None:
    """Print findings: one object for one, an array for several; `more` adds to each."""
    with here(ctx).reads() as ledger:
        rows = [row | more(row) for row in (ledger.finding(number) for number in numbers)]
        following = [item for number in numbers for item in ledger.next(here(ctx).today, number)]
    result: Any = rows if len(rows) > 1 else rows[0]

    def text() -> None:
        console.table(rows, columns_for(rows))
        for row in rows:
            for clock in (clock for clock in row["deadlines"] if clock["late"]):
                console.line(LATE, number=row["number"], **{key: clock[key] for key in ("period", "due_on", "met_on")})
        for item in following:
            if item["steps"]:
                console.line(N_("{number} next: {steps}"), number=item["number"], steps=steps_text(item["steps"]))

    console.show(result, as_json=as_json, text=text)


@group.command(help=_("Enter a finding, or the same problem at several agencies, a finding each."))
def add(
    ctx: typer.Context,
    agency: Annotated[
        list[str], typer.Option(metavar="CODE", help=_("The agency's code; several times for the same problem at several"))
    ],
    category: Annotated[str, typer.Option(metavar="KEY", help=_("A category of the policy: `jsup policy show` lists them"))],
    title: Annotated[str, typer.Option(metavar="TEXT", help=_("The problem in a few words"))],
    found_on: Annotated[str | None, typer.Option(metavar="DATE", help=_("The day it was found; today if not given"))] = None,
    source: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Where it was found"))] = None,
    facts: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What happened"))] = None,
    basis: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Which rule it breaks"))] = None,
    severity: Annotated[
        str | None, typer.Option(metavar="KEY", help=_("minor, ordinary or serious; ordinary if not given"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Enter a finding."""
    from jsup import casework  # noqa: PLC0415

    where = here(ctx)
    numbers = casework.add_each(
        where.ledger("finding add"), agency, category=category, title=title,
        found_on=where.day(found_on, "--found-on"), source=source, facts=facts, basis=basis, severity=severity,
    )  # fmt: skip
    show_findings(ctx, numbers, as_json=as_json)
    with where.reads() as ledger:
        for row in map(ledger.finding, numbers):
            values = {key: row[key] for key in ("agency_code", "category", "found_on", "title")}
            same = [one["number"] for one in ledger.rows(SAME, **values)]
            if len(same) > 1:
                console.remind(TWICE, numbers=", ".join(same), number=row["number"])


@group.command("list", help=_("List findings."))
def list_(
    ctx: typer.Context,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))] = None,
    stage: Annotated[str | None, typer.Option(metavar="KEY", help=_("One stage only: ") + console.named(STAGES))] = None,
    assigned_to: Annotated[str | None, typer.Option(metavar="NAME", help=_("Only what is assigned to this officer"))] = None,
    as_json: Json = False,
) -> None:
    """Print findings."""
    with here(ctx).reads() as ledger:
        rows = ledger.findings(agency=agency, stage=stage, assigned=assigned_to)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, columns_for(rows)))


DETAILS = {
    "method": N_("method"), "rectify_by": N_("rectify by"), "by": N_("by"), "by_way": N_("way"), "receiver": N_("receiver"),
    "proof": N_("receipt"), "result": N_("result"), "remaining": N_("remaining"), "rectified_on": N_("rectified on"),
    "number": N_("document number"), "measure": N_("measure"), "why": N_("reason given"), "approved_by": N_("approved by"),
    "period": N_("period"), "until": N_("until"), "from": N_("before that"), "file": N_("file"), "ground": N_("ground"),
    "note": N_("note"), "reply": N_("reply"), "set": N_("corrected"),
    "to": N_("to"), "old": N_("old agency"), "new": N_("new agency"), "document": N_("document"),
    "finding": N_("finding"), "paper": N_("paper"), "into": N_("merged into"), "whom": N_("whom"),
    "certificate": N_("certificate"), "receipt": N_("receipt"), "enterprise": N_("enterprise"),
}  # fmt: skip
WORDS = ("method", "by_way", "result", "measure", "period", "ground")


def details_text(details: dict[str, Any]) -> str:
    """Write what was given with a step."""
    shown = []
    for key, value in details.items():
        if value is None:
            continue
        if key == "set":
            text = ", ".join(f"{field}: {old or '—'} → {new or '—'}" for field, (old, new) in value.items())
        elif isinstance(value, dict):
            text = str(value["file"])
        elif isinstance(value, list):
            text = "、".join(map(str, value))
        else:
            text = console.term(value) if key in WORDS else str(value)
        shown.append(f"{_(DETAILS.get(key, key))} {text}")
    return ";\n".join(shown)


EVENTS = (
    Column(N_("day"), lambda row: row["done_on"], whole=True),
    Column(N_("step"), lambda row: row["step"]),
    Column(N_("stage"), lambda row: console.term(row["stage"] or "")),
    Column(N_("officer"), lambda row: row["officer"]),
    Column(N_("details"), lambda row: details_text(row["details"])),
)


def met_text(row: dict[str, Any]) -> str:
    """Write the day on which a clock was met, marked if that was late."""
    return " ".join(word for word in (row["met_on"] or "", _("(late)") if row["late"] else "") if word)


HEADED = {"source": N_("source of the finding"), "facts": N_("facts"), "basis": N_("basis"), "remaining": N_("remaining")}
CLOCKS = (
    Column(N_("period"), lambda row: f"{console.term(row['period'])} ({console.term(row['owner'])})"),
    Column(N_("from"), lambda row: row["started_on"], whole=True),
    Column(N_("due"), due_lines, whole=True),
    Column(N_("met"), met_text, whole=True),
    Column(N_("cancelled"), lambda row: row["cancelled_on"], whole=True),
    Column(N_("clause"), lambda row: row["clause"]),
)


@group.command(help=_("Show one finding with its clocks and its history."))
def show(ctx: typer.Context, number: Number, as_json: Json = False) -> None:
    """Print one finding."""
    with here(ctx).reads() as ledger:
        row = {**ledger.finding(number), "events": ledger.events(number)}

    def text() -> None:
        console.table([row], columns_for([row]))
        console.line(N_("severity: {severity}"), severity=console.term(row["severity"]))
        for key, heading in HEADED.items():
            if row[key]:
                console.line(N_("{heading}: {text}"), heading=_(heading), text=row[key])
        console.table(row["deadlines"], CLOCKS)
        console.table(row["events"], EVENTS)

    console.show(row, as_json=as_json, text=text)
