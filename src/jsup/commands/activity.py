"""`training`, `reminder`, `self-check`, `publicity`, `discipline`: what follows from a common problem, and what is reported."""

from gettext import gettext as _
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, On, Reason, here
from jsup.console import Column
from jsup.errors import N_, iso_date
from jsup.words import ACTIVITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer()
training = typer.Typer(no_args_is_help=True)
reminder = typer.Typer(no_args_is_help=True)
self_check = typer.Typer(no_args_is_help=True)
publicity = typer.Typer(no_args_is_help=True)
discipline = typer.Typer(no_args_is_help=True)
app.add_typer(training, name="training", help=_("Trainings asked for and held, of skills and of integrity."))
app.add_typer(reminder, name="reminder", help=_("General reminders of a common problem."))
app.add_typer(self_check, name="self-check", help=_("Rounds in which agencies check themselves, and what they report."))
app.add_typer(publicity, name="publicity", help=_("Publicity among enterprises."))
app.add_typer(discipline, name="discipline", help=_("What was notified to 区纪委监委: date, number and receipt, in no report."))

TRAININGS = ("training", "integrity")
Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=10**9, help=_("Its number in the group's `list`"))]
Title = Annotated[str, typer.Option(metavar="TEXT", help=_("What it is about"))]
Until = Annotated[str, typer.Option(metavar="DATE", help=_("By when"))]
Called = Annotated[
    list[str] | None, typer.Option("--agency", metavar="CODE", help=_("An agency; all active ones if none is named"))
]
Guidance = Annotated[int | None, typer.Option(metavar="ID", min=1, max=10**9, help=_("The guidance that it follows from"))]
Outcome = Annotated[str | None, typer.Option(metavar="TEXT", help=_("What came of it"))]
Enterprises = Annotated[int | None, typer.Option(min=0, max=10**7, metavar="N", help=_("How many enterprises"))]

NUMBER = Column(N_("number"), lambda row: row["id"], whole=True)
MATTER = Column(N_("matter"), lambda row: row["title"])
HOLDER = Column(N_("agency"), lambda row: row["agency"])
HELD = Column(N_("day"), lambda row: row["held_on"], whole=True)
DUE = Column(N_("due"), lambda row: row["until_on"], whole=True)
ENDED = Column(N_("ended"), lambda row: row["ended_on"], whole=True)
WITH = Column(N_("agencies"), lambda row: "\n".join(one["name"] for one in row["agencies"]))
COLUMNS = {
    "training": (
        NUMBER, Column(N_("kind"), lambda row: ACTIVITIES.get(row["kind"], row["kind"])), MATTER, HOLDER, DUE, HELD,
        Column(N_("held by"), lambda row: row["who"]), WITH, Column(N_("outcome"), lambda row: row["outcome"]), ENDED,
    ),
    "reminder": (NUMBER, MATTER, HELD, WITH, Column(N_("paper"), lambda row: row["paper_id"], whole=True), ENDED),
    "self-check": (
        NUMBER, MATTER, DUE,
        Column(N_("reported"), lambda row: f"{len(row['agencies']) - len(row['waiting'])}/{len(row['agencies'])}", whole=True),
        Column(N_("problems found"), lambda row: _total(row, "found"), whole=True),
        Column(N_("mended"), lambda row: _total(row, "mended"), whole=True), ENDED,
    ),
    "publicity": (
        NUMBER, MATTER, HOLDER, HELD, Column(N_("where"), lambda row: row["who"]),
        Column(N_("enterprises"), lambda row: row["enterprises"], whole=True), ENDED,
    ),
}  # fmt: skip
REPORTS = (
    Column(N_("agency"), lambda row: row["name"]),
    Column(N_("reported on"), lambda row: row["done_on"] or "—", whole=True),
    Column(N_("problems found"), lambda row: row["found"], whole=True),
    Column(N_("mended"), lambda row: row["mended"], whole=True),
    Column(N_("enterprises"), lambda row: row["enterprises"], whole=True),
    Column(N_("note"), lambda row: row["note"]),
)
AMENDED = N_("{agency_code}: amended on {done_on} by {officer}, before that {found} found and {mended} mended: {why}")
NOTICES = (
    NUMBER,
    Column(N_("sent on"), lambda row: row["sent_on"], whole=True),
    Column(N_("document number"), lambda row: row["number"]),
    Column(N_("receipt"), lambda row: row["receipt"]),
    Column(N_("receipt of"), lambda row: row["receipt_on"], whole=True),
)


def _total(row: dict[str, Any], key: str) -> int:
    return sum(one[key] or 0 for one in row["agencies"])


# Trainings --------------------------------------------------------------------------------------


@training.command(help=_("Ask for a training; until it is held it appears in `overdue`."))
def ask(
    ctx: typer.Context,
    title: Title,
    until: Until,
    kind: Annotated[str, typer.Option(metavar="KEY", help=_("training or integrity"))] = "training",
    category: Annotated[str | None, typer.Option(metavar="KEY", help=_("The category of the common problem"))] = None,
    agency: Annotated[
        str | None, typer.Option(metavar="CODE", help=_("The agency that is to hold it; if none, the bureau"))
    ] = None,
    guidance: Guidance = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=_("The day it was asked for; today if not given"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask for a training."""
    from jsup.service import activities  # noqa: PLC0415

    given = activities.Given(
        kind, title, category, agency, asked_on=here(ctx).day(on), until_on=iso_date(until, "--until"), guidance=guidance
    )
    _show(ctx, activities.add(here(ctx).ledger("training ask"), given, TRAININGS), TRAININGS, as_json=as_json)


@training.command(help=_("Enter that a training was held, by whom, and which agencies attended."))
def hold(
    ctx: typer.Context,
    number: Id,
    by: Annotated[str, typer.Option(metavar="TEXT", help=_("Who held it"))],
    attended: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help=_("An agency that attended; may be given several times"))
    ] = None,
    outcome: Outcome = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Hold a training."""
    from jsup.service import activities  # noqa: PLC0415

    activities.hold(here(ctx).ledger("training hold"), number, here(ctx).day(on), by, attended or [], outcome)
    _show(ctx, number, TRAININGS, as_json=as_json)


@training.command("drop", help=_("Drop a training that will not be held, with a reason."))
def drop_training(ctx: typer.Context, number: Id, why: Reason, on: On = None, as_json: Json = False) -> None:
    """Drop a training."""
    _drop(ctx, number, TRAININGS, why, on, as_json=as_json)


@training.command("list", help=_("Show trainings asked for and held."))
def list_trainings(ctx: typer.Context, as_json: Json = False) -> None:
    """Print trainings."""
    _list(ctx, TRAININGS, as_json=as_json)


# General reminders ------------------------------------------------------------------------------


@reminder.command("add", help=_("Enter that agencies were reminded of a common problem."))
def add_reminder(
    ctx: typer.Context,
    category: Annotated[str, typer.Option(metavar="KEY", help=_("The category of the common problem"))],
    title: Title,
    paper: Annotated[
        str | None, typer.Option(metavar="PAPER", help=_("The signed paper: its place or its document number"))
    ] = None,
    agency: Called = None,
    guidance: Guidance = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Enter a reminder."""
    from jsup.service import activities  # noqa: PLC0415

    given = activities.Given(
        "reminder",
        title,
        category,
        held_on=here(ctx).day(on),
        guidance=guidance,
        paper=paper,
        agencies=agency or [],
        call_all=True,
    )
    _show(ctx, activities.add(here(ctx).ledger("reminder add"), given, ("reminder",)), ("reminder",), as_json=as_json)


@reminder.command("drop", help=_("Withdraw a reminder that was entered by mistake, with a reason."))
def drop_reminder(ctx: typer.Context, number: Id, why: Reason, on: On = None, as_json: Json = False) -> None:
    """Withdraw a reminder."""
    _drop(ctx, number, ("reminder",), why, on, as_json=as_json)


@reminder.command("list", help=_("Show general reminders and who got them."))
def list_reminders(ctx: typer.Context, as_json: Json = False) -> None:
    """Print reminders."""
    _list(ctx, ("reminder",), as_json=as_json)


# Self-checks ------------------------------------------------------------------------------------


@self_check.command("open", help=_("Open a round; an agency that has not reported by its day appears in `overdue`."))
def open_(
    ctx: typer.Context,
    title: Title,
    until: Until,
    agency: Called = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help=_("The day it was asked for; today if not given"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Open a round."""
    from jsup.service import activities  # noqa: PLC0415

    given = activities.Given(
        "self-check", title, asked_on=here(ctx).day(on), until_on=iso_date(until, "--until"), agencies=agency or [], call_all=True
    )
    _show(ctx, activities.add(here(ctx).ledger("self-check open"), given, ("self-check",)), ("self-check",), as_json=as_json)


@self_check.command(
    help=_("Enter what an agency reports; one that amends an earlier report wants a reason, and the old is kept.")
)
def report(
    ctx: typer.Context,
    number: Id,
    agency: Annotated[str, typer.Option(metavar="CODE", help=_("The agency's code"))],
    found: Annotated[int, typer.Option(min=0, max=10**6, metavar="N", help=_("How many problems it found"))],
    mended: Annotated[int, typer.Option(min=0, max=10**6, metavar="M", help=_("How many of them it has mended"))],
    enterprises: Enterprises = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help=_("A note"))] = None,
    why: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Why an earlier report is amended"))] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Report."""
    from jsup.service import activities  # noqa: PLC0415

    told = activities.Reported(found, mended, enterprises, note)
    activities.report(here(ctx).ledger("self-check report"), number, agency, told, here(ctx).day(on), why)
    _show(ctx, number, ("self-check",), as_json=as_json)


@self_check.command("drop", help=_("End a round that nobody waits for any more, with a reason."))
def drop_self_check(ctx: typer.Context, number: Id, why: Reason, on: On = None, as_json: Json = False) -> None:
    """End a round."""
    _drop(ctx, number, ("self-check",), why, on, as_json=as_json)


@self_check.command("list", help=_("Show rounds, with how many agencies have reported."))
def list_self_checks(ctx: typer.Context, as_json: Json = False) -> None:
    """Print rounds."""
    _list(ctx, ("self-check",), as_json=as_json)


@self_check.command("show", help=_("Show a round agency by agency."))
def show_self_check(ctx: typer.Context, number: Id, as_json: Json = False) -> None:
    """Print a round."""
    _show(ctx, number, ("self-check",), as_json=as_json)


# Publicity --------------------------------------------------------------------------------------


@publicity.command("add", help=_("Enter publicity among enterprises."))
def add_publicity(
    ctx: typer.Context,
    title: Title,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("The agency that did it; if none, the bureau"))] = None,
    where: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Where it appeared or took place"))] = None,
    enterprises: Enterprises = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Enter publicity."""
    from jsup.service import activities  # noqa: PLC0415

    given = activities.Given("publicity", title, agency=agency, who=where, enterprises=enterprises, held_on=here(ctx).day(on))
    _show(ctx, activities.add(here(ctx).ledger("publicity add"), given, ("publicity",)), ("publicity",), as_json=as_json)


@publicity.command("drop", help=_("Withdraw publicity that was entered by mistake, with a reason."))
def drop_publicity(ctx: typer.Context, number: Id, why: Reason, on: On = None, as_json: Json = False) -> None:
    """Withdraw publicity."""
    _drop(ctx, number, ("publicity",), why, on, as_json=as_json)


@publicity.command("list", help=_("Show publicity."))
def list_publicity(ctx: typer.Context, as_json: Json = False) -> None:
    """Print publicity."""
    _list(ctx, ("publicity",), as_json=as_json)


# 区纪委监委 -------------------------------------------------------------------------------------


@discipline.command("add", help=_("Enter that violations were notified to 区纪委监委, by date and number alone."))
def add_notice(
    ctx: typer.Context,
    number: Annotated[str, typer.Option(metavar="TEXT", help=_("The document number"))],
    on: On = None,
    as_json: Json = False,
) -> None:
    """Enter a notification."""
    from jsup.service import activities  # noqa: PLC0415

    _show_notice(ctx, activities.notify(here(ctx).ledger("discipline add"), number, here(ctx).day(on)), as_json=as_json)


@discipline.command(help=_("Enter the receipt for a notification."))
def receipt(
    ctx: typer.Context,
    number: Id,
    receipt: Annotated[str, typer.Option(metavar="TEXT", help=_("The receipt's number"))],
    on: On = None,
    as_json: Json = False,
) -> None:
    """Enter a receipt."""
    from jsup.service import activities  # noqa: PLC0415

    activities.receipt(here(ctx).ledger("discipline receipt"), number, receipt, here(ctx).day(on))
    _show_notice(ctx, number, as_json=as_json)


@discipline.command("list", help=_("Show notifications."))
def list_notices(ctx: typer.Context, as_json: Json = False) -> None:
    """Print notifications."""
    rows = _notices(ctx)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, NOTICES))


# Showing ----------------------------------------------------------------------------------------


def _notices(ctx: typer.Context) -> list[dict[str, Any]]:
    with here(ctx).reads() as ledger:
        return ledger.rows("SELECT id, sent_on, number, receipt, receipt_on FROM discipline_notice ORDER BY id")


def _show_notice(ctx: typer.Context, number: int, *, as_json: bool) -> None:
    (row,) = (row for row in _notices(ctx) if row["id"] == number)
    console.show(row, as_json=as_json, text=lambda: console.table([row], NOTICES))


def _drop(ctx: typer.Context, number: int, kinds: "Sequence[str]", why: str, on: str | None, *, as_json: bool) -> None:
    from jsup.service import activities  # noqa: PLC0415

    activities.end(here(ctx).ledger(f"{kinds[0]} drop"), number, kinds, here(ctx).day(on), why)
    _show(ctx, number, kinds, as_json=as_json)


def _list(ctx: typer.Context, kinds: "Sequence[str]", *, as_json: bool) -> None:
    from jsup.service import held  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = held.activities(ledger, kinds)
    for row in rows:
        row.pop("decisions")
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, COLUMNS[kinds[0]]))


def _show(ctx: typer.Context, number: int, kinds: "Sequence[str]", *, as_json: bool) -> None:
    from jsup.service import held  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        row = held.activity(ledger, kinds, number)
    row.pop("decisions")

    def text() -> None:
        console.table([row], COLUMNS[kinds[0]])
        if kinds[0] == "self-check":
            console.table(row["agencies"], REPORTS)
            for event in row["amended"]:
                details = event["details"]
                console.line(AMENDED, **event, **{key: details["old"][key] for key in ("found", "mended")}, why=details["why"])
        if row["ended_why"]:
            console.line(N_("{heading}: {text}"), heading=_("reason given"), text=row["ended_why"])

    console.show(row, as_json=as_json, text=text)
