"""The `clue` group: what came in, what became of it, and the exchanges with those who watch along."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import DryRun, Force, Json, On, Reason, TableFile, Why, here, pairs, rejecting, show_taken
from jsup.commands.finding import details_text
from jsup.console import Column
from jsup.errors import N_
from jsup.words import CHANNELS, GATHERINGS

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
meetings = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="clue", help=_("What came in by every channel, and what became of it."))
group.add_typer(meetings, name="gathering", help=_("Exchanges with observers, deputies, 12345 and others who watch along."))

Clue = Annotated[str, typer.Argument(metavar="N", help=_("The clue's number, such as X2026-0001"))]
Clues = Annotated[list[str], typer.Argument(metavar="N...", help=_("Numbers of clues, such as X2026-0001"))]
Meeting = Annotated[int, typer.Argument(min=1, max=999_999_999, metavar="N", help=_("Its number in `clue gathering list`"))]
Out = Annotated[Path | None, typer.Option(metavar="DIR", help=_("The folder for the slip; here if not given"))]
Materials = Annotated[str | None, typer.Option(metavar="TEXT", help=_("What goes along with the slip"))]
Channel = Annotated[str, typer.Option(metavar="KEY", help=_("How it came in: ") + console.named(CHANNELS))]
Outcome = Annotated[str | None, typer.Option(metavar="TEXT", help=_("What came of it"))]

STATES = {
    "open": N_("to be triaged"), "finding": N_("made a finding"), "referred": N_("referred"), "merged": N_("merged"),
    "dismissed": N_("dismissed"),
}  # fmt: skip
DROPPED = N_("Not kept, for own.watch.keep_complainants is false: {headings}")


def became(row: dict[str, Any]) -> str:
    """Write what became of a clue."""
    what = row["finding_number"] or row["referred_to"] or row["merged_into"] or row["why"]
    return " ".join(filter(None, (_(STATES[row["state"]]), what)))


CLUES = (
    Column(N_("clue"), lambda row: row["number"], whole=True),
    Column(N_("channel"), lambda row: CHANNELS.get(row["channel"], row["channel"])),
    Column(N_("number there"), lambda row: row["source_number"]),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("matter"), lambda row: row["title"]),
    Column(N_("received"), lambda row: row["received_on"], whole=True),
    Column(N_("officer"), lambda row: row["officer"]),
    Column(N_("became"), became),
)
EVENTS = (
    Column(N_("day"), lambda row: row["done_on"], whole=True),
    Column(N_("step"), lambda row: row["step"]),
    Column(N_("officer"), lambda row: row["officer"]),
    Column(N_("details"), lambda row: details_text({key: value for key, value in row["details"].items() if key != "clue"})),
)
GATHERED = (
    Column(N_("number"), lambda row: row["number"], whole=True),
    Column(N_("kind"), lambda row: GATHERINGS.get(row["kind"], row["kind"])),
    Column(N_("day"), lambda row: row["held_on"], whole=True),
    Column(N_("with"), lambda row: row["who"]),
    Column(N_("subject"), lambda row: row["subject"]),
    Column(N_("outcome"), lambda row: row["outcome"]),
    Column(N_("clues"), lambda row: "\n".join(clue["number"] for clue in row["clues"])),
)
PEOPLE = {"name": N_("complainant"), "phone": N_("phone"), "identity": N_("identity number"), "address": N_("address")}


def show_clues(ctx: typer.Context, numbers: list[str], *, as_json: bool, told: Any = (), unmask: bool = False) -> None:
    """Print clues: one object for one, an array for several; then what the officer is to be told."""
    from jsup import clues  # noqa: PLC0415 - not for `--help`

    officer = here(ctx).officer if unmask else None
    with here(ctx).reads() as ledger:
        rows = [clues.shown(ledger, number, officer=officer) for number in numbers]

    def text() -> None:
        console.table(rows, CLUES)
        for row in rows:
            show_more(row)

    console.show(rows if len(rows) > 1 else rows[0], as_json=as_json, text=text)
    for row in rows:
        if unmask and row["complainant"] is not None and row["complainant"]["masked"]:
            console.remind(N_("{number} is {officer}'s clue: for others its complainant stays masked"), **row)
    for message, values in told:
        console.remind(message, **values)


def show_more(row: dict[str, Any]) -> None:
    """Print what a clue says, who complained, and what was done."""
    for key, heading in (("content", N_("content")), ("why", N_("reason given"))):
        if row[key]:
            console.line(N_("{heading}: {text}"), heading=_(heading), text=row[key])
    person = row["complainant"] or {}
    for key, heading in PEOPLE.items():
        if person.get(key):
            console.line(N_("{heading}: {text}"), heading=_(heading), text=person[key])
    if person.get("erased_on"):
        console.line(N_("The complainant's data were erased on {erased_on}: {erased_why}"), **person)
    if row["merged"]:
        console.line(N_("Merged into it: {clues}"), clues=", ".join(row["merged"]))
    if row["paper"]:
        console.line(N_("{number}: {file}"), number=row["paper"]["number"] or row["paper"]["id"], file=row["paper"]["file"])
    console.table(row["events"], EVENTS)


@group.command(help=_("Enter a clue. Who complained is kept only where the policy's setting says so, apart and erasable."))
def add(
    ctx: typer.Context,
    channel: Channel,
    title: Annotated[str, typer.Option(metavar="TEXT", help=_("What it is about, in a few words"))],
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("The agency that it is about"))] = None,
    received_on: Annotated[str | None, typer.Option(metavar="DATE", help=_("The day it came in; today if not given"))] = None,
    source_number: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Its number there, such as a work order's"))] = None,
    content: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What it says"))] = None,
    gathering: Annotated[int | None, typer.Option(metavar="N", help=_("The gathering that it came of"))] = None,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The complainant's name"))] = None,
    phone: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The complainant's phone"))] = None,
    identity: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The complainant's identity number"))] = None,
    address: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The complainant's address"))] = None,
    as_json: Json = False,
) -> None:
    """Enter a clue."""
    from jsup import intake  # noqa: PLC0415

    data = {"name": name, "phone": phone, "identity": identity, "address": address}
    day = here(ctx).day(received_on, "--received-on")
    given = intake.Received(channel, title, agency, day, source_number, content, gathering, data)
    show_clues(ctx, [intake.add(here(ctx).ledger("clue add"), given)], as_json=as_json)


@group.command("import", help=_("Load clues from an xlsx or csv file, all of it or nothing; a file may be loaded again."))
def import_(
    ctx: typer.Context,
    file: TableFile,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Load clues."""
    from jsup import intake  # noqa: PLC0415

    with rejecting(as_json=as_json):
        done = intake.take_over(here(ctx).ledger("clue import"), file, dry_run=dry_run)
    show_taken(done, dry_run=dry_run, as_json=as_json, left_out=(DROPPED, done.dropped))


@group.command("list", help=_("List clues, without their complainants."))
def list_(
    ctx: typer.Context,
    state: Annotated[
        str | None, typer.Option(metavar="KEY", help=_("One state only: open, finding, referred, merged or dismissed"))
    ] = None,
    channel: Annotated[str | None, typer.Option(metavar="KEY", help=_("One channel only: ") + console.named(CHANNELS))] = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))] = None,
    as_json: Json = False,
) -> None:
    """Print clues."""
    from jsup import clues  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = clues.listed(ledger, state=state, channel=channel, agency=agency)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, CLUES))


@group.command(help=_("Show a clue with what became of it; its complainant is masked."))
def show(
    ctx: typer.Context,
    number: Clue,
    unmask: Annotated[bool, typer.Option("--unmask", help=_("Unmask the complainant, for the clue's own officer"))] = False,
    as_json: Json = False,
) -> None:
    """Print one clue."""
    show_clues(ctx, [number], as_json=as_json, unmask=unmask)


@group.command(help=_("Decide what becomes of clues: a finding, a referral, a merger or a dismissal; exactly one."))
def triage(
    ctx: typer.Context,
    numbers: Clues,
    finding: Annotated[bool, typer.Option("--finding", help=_("Make one finding of them"))] = False,
    category: Annotated[str | None, typer.Option(metavar="KEY", help=_("The finding's category"))] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The finding's title; the clue's if not given"))] = None,
    facts: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What happened"))] = None,
    basis: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Which rule it breaks"))] = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("The finding's agency; the clues' if not given"))] = None,
    refer_to: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Refer them to this body, with a slip"))] = None,
    merge_into: Annotated[str | None, typer.Option(metavar="N", help=_("Merge them into this clue"))] = None,
    dismiss: Annotated[bool, typer.Option("--dismiss", help=_("Dismiss them, with --why"))] = False,
    why: Why = None,
    materials: Materials = None,
    out: Out = None,
    force: Force = False,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Triage."""
    given = {"category": category, "title": title, "facts": facts, "basis": basis, "agency": agency}
    ways = {"finding": finding, "refer_to": refer_to, "merge_into": merge_into, "dismiss": dismiss}
    decide(ctx, "clue triage", numbers, on, as_json=as_json, **ways, **given, why=why, materials=materials, out=out, force=force)


def decide(ctx: typer.Context, command: str, numbers: list[str], on: str | None, *, as_json: bool, **given: Any) -> None:
    """Triage clues and print them."""
    from jsup import triage  # noqa: PLC0415

    choice = triage.Choice(here(ctx).day(on), **given)
    found, told = triage.triage(here(ctx).ledger(command), numbers, choice)
    show_clues(ctx, found, as_json=as_json, told=told)


@group.command(help=_("Refer clues to administrative reconsideration or another body, and draft their slip (线索移交单)."))
def refer(
    ctx: typer.Context,
    numbers: Clues,
    to: Annotated[str, typer.Option(metavar="TEXT", help=_("The body that they go to"))],
    why: Why = None,
    materials: Materials = None,
    out: Out = None,
    force: Force = False,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Refer."""
    decide(ctx, "clue refer", numbers, on, as_json=as_json, refer_to=to, why=why, materials=materials, out=out, force=force)


@group.command(help=_("Correct a clue; the old values and the reason stay in the ledger."))
def amend(
    ctx: typer.Context,
    number: Clue,
    set_: Annotated[
        list[str],
        typer.Option("--set", metavar="KEY=VALUE", help=_("channel, source_number, title, content, agency_code or received_on")),
    ],
    why: Reason,
    as_json: Json = False,
) -> None:
    """Correct a clue."""
    from jsup import intake  # noqa: PLC0415

    intake.amend(here(ctx).ledger("clue amend"), number, pairs(set_, "--set"), why)
    show_clues(ctx, [number], as_json=as_json)


@group.command(help=_("Erase who complained, for good; the clue stays."))
def erase(ctx: typer.Context, number: Clue, why: Reason, on: On = None, as_json: Json = False) -> None:
    """Erase a complainant."""
    from jsup import intake  # noqa: PLC0415

    gone = intake.erase(here(ctx).ledger("clue erase"), number, here(ctx).day(on), why)
    busy = N_("Another program has the ledger open: the old bytes go from its -wal file when it is closed")
    show_clues(ctx, [number], as_json=as_json, told=[] if gone else [(busy, {})])


# Gatherings -------------------------------------------------------------------------------------


def show_gatherings(ctx: typer.Context, number: int | None, *, as_json: bool) -> None:
    """Print one gathering, or an array of all."""
    from jsup import clues  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = clues.gatherings(ledger, number)
    console.show(rows if number is None else rows[0], as_json=as_json, text=lambda: console.table(rows, GATHERED))


@meetings.command("add", help=_("Enter a gathering: who, when, about what."))
def add_gathering(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option(metavar="KEY", help=_("Its kind: ") + console.named(GATHERINGS))],
    who: Annotated[str, typer.Option(metavar="TEXT", help=_("With whom"))],
    subject: Annotated[str, typer.Option(metavar="TEXT", help=_("About what"))],
    outcome: Outcome = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Enter a gathering."""
    from jsup import intake  # noqa: PLC0415

    number = intake.meet(here(ctx).ledger("clue gathering add"), kind, who, subject, here(ctx).day(on), outcome)
    show_gatherings(ctx, number, as_json=as_json)


@meetings.command("outcome", help=_("Enter what came of a gathering."))
def conclude(
    ctx: typer.Context,
    number: Meeting,
    outcome: Annotated[str, typer.Option(metavar="TEXT", help=_("What came of it"))],
    why: Why = None,
    as_json: Json = False,
) -> None:
    """Enter an outcome."""
    from jsup import intake  # noqa: PLC0415

    intake.conclude(here(ctx).ledger("clue gathering outcome"), number, outcome, why)
    show_gatherings(ctx, number, as_json=as_json)


@meetings.command("list", help=_("List gatherings with the clues that came of each."))
def list_gatherings(ctx: typer.Context, as_json: Json = False) -> None:
    """Print gatherings."""
    show_gatherings(ctx, None, as_json=as_json)
