"""The `paper` and `template` groups: official papers from draft to service, and the Word files they are filled into."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import ByWay, Force, GapWhy, Json, On, PaperNumber, Receiver, Why, here, pairs
from jsup.commands.clocks import law
from jsup.console import Column
from jsup.errors import N_, UsageError, one_of
from jsup.words import WAYS

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="paper", help=_("Draft, issue, list, void and print official papers."))

Reference = Annotated[str, typer.Argument(metavar="PAPER", help=_("Its place in `paper list`, or its document number"))]
By = Annotated[str | None, typer.Option(metavar="NAME", help=_("Who did it"))]
Out = Annotated[Path, typer.Option(metavar="DIR", help=_("The folder for the files"))]

LIFE = {
    "draft": ("drafted_on", "drafted_by"),
    "reviewed": ("reviewed_on", "reviewed_by"),
    "signed": ("signed_on", "signed_by"),
    "sealed": ("sealed_on", "sealed_by"),
    "served": ("served_on", "served_to"),
    "void": ("voided_on", "voided_by"),
}
"""The states of a paper, with the columns that say when and by whom."""


def last_day(row: dict[str, Any]) -> str:
    """Return the day on which a paper came to its state."""
    return str(row[LIFE[row["state"]][0]] or "")


PAPERS = (
    Column(N_("serial"), lambda row: row["id"], whole=True),
    Column(N_("kind"), lambda row: row["title"]),
    Column(N_("document number"), lambda row: row["number"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("findings"), lambda row: "\n".join(row["findings"]), whole=True),
    Column(N_("state"), lambda row: console.term(row["state"])),
    Column(N_("day"), last_day, whole=True),
)
STEPS = (
    Column(N_("state"), lambda row: console.term(row["state"])),
    Column(N_("day"), lambda row: row["on"], whole=True),
    Column(N_("who"), lambda row: row["by"]),
)
FILES = (
    Column(N_("file"), lambda row: row["file_name"]),
    Column(N_("bytes"), lambda row: row["bytes"]),
    Column("SHA-256", lambda row: row["sha256"]),
    Column(N_("day"), lambda row: row["added_on"], whole=True),
    Column(N_("officer"), lambda row: row["officer"]),
    Column(N_("note"), lambda row: row["note"]),
)


def life(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the states that a paper went through, each with its day and who did it."""
    return [{"state": state, "on": row[day], "by": row[who]} for state, (day, who) in LIFE.items() if row[day]]


def show_papers(ctx: typer.Context, references: list[str], *, as_json: bool, told: Any = ()) -> None:
    """Print papers: one object for one, an array for several; then what the officer is to be told."""
    with here(ctx).reads() as ledger:
        kinds = ledger.policy().papers
        rows = [titled(ledger.paper(reference), kinds) for reference in references]
    for row in rows:
        row.pop("contents")

    def text() -> None:
        console.table(rows, PAPERS)
        for row in rows:
            console.line(N_("{number}: {file}"), number=row["number"] or row["id"], file=row["file"])

    console.show(rows if len(rows) > 1 else rows[0], as_json=as_json, text=text)
    for message, values in told:
        console.remind(message, **values)


def titled(row: dict[str, Any], kinds: dict[str, Any]) -> dict[str, Any]:
    """Add the title of its kind to a paper."""
    return row | {"title": kinds[row["kind"]].title if row["kind"] in kinds else row["kind"]}


@group.command(help=_("Draft a paper of any kind from the ledger, one for each agency; `paper kinds` lists them."))
def draft(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=_("The kind, such as receipt"))],
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="[N...]", help=_("Numbers of findings, such as 2026-0001"))
    ] = None,
    agency: Annotated[list[str] | None, typer.Option(metavar="CODE", help=_("An agency; may be given several times"))] = None,
    quarter: Annotated[str | None, typer.Option(metavar="QUARTER", help=_("The quarter of a draw, such as 2026Q4"))] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=_("A field that the ledger does not hold"))
    ] = None,
    out: Out = Path(),
    force: Force = False,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Draft."""
    from jsup.papers import issue  # noqa: PLC0415

    wanted = issue.Wanted(kind, here(ctx).day(on), numbers or [], agency or [], quarter, pairs(set_ or [], "--set"))
    made = issue.draft(here(ctx).ledger("paper draft"), wanted, out, force=force)
    show_papers(ctx, [str(paper.paper) for paper in made], as_json=as_json)


@group.command(help=_("List the kinds of papers with their document numbers and what each cites."))
def kinds(ctx: typer.Context, as_json: Json = False) -> None:
    """Print the kinds."""
    from jsup import policy as policies  # noqa: PLC0415

    _calendar, policy = law(here(ctx))
    rows = [policies.plain(kind) for kind in policy.papers.values()]
    columns = (
        Column(N_("kind"), lambda row: row["key"]),
        Column(N_("paper"), lambda row: row["title"]),
        Column(N_("document number"), lambda row: row["number"]),
        Column(N_("cites"), lambda row: "\n".join(f"{basis['document']}{basis['clause']}" for basis in row["bases"])),
    )
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, columns))


@group.command("list", help=_("List papers."))
def list_(
    ctx: typer.Context,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help=_("One kind only"))] = None,
    state: Annotated[str | None, typer.Option(metavar="KEY", help=_("draft, reviewed, signed, sealed, served or void"))] = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))] = None,
    as_json: Json = False,
) -> None:
    """Print papers."""
    with here(ctx).reads() as ledger:
        known = ledger.policy()
        if kind is not None:
            known.paper(kind)
        one_of(state, "state", LIFE)
        if agency is not None:
            ledger.agencies(agency)
        rows = [titled(row, known.papers) for row in ledger.papers(kind=kind, state=state, agency_code=agency)]
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, PAPERS))


@group.command(help=_("Show a paper: what it says, its life, its files."))
def show(ctx: typer.Context, paper: Reference, as_json: Json = False) -> None:
    """Print a paper."""
    with here(ctx).reads() as ledger:
        row = titled(ledger.paper(paper), ledger.policy().papers)
    row["life"] = life(row)

    def text() -> None:
        console.table([row], PAPERS)
        console.table(row["life"], STEPS)
        console.table(row["files"], FILES)
        if row["served_way"]:
            console.line(N_("Served: {way}"), way=WAYS.get(row["served_way"], row["served_way"]))
        if row["void_why"]:
            console.line(N_("Void: {why}"), why=row["void_why"])
        if row["number_why"]:
            console.line(N_("Numbers left out before it: {why}"), why=row["number_why"])
        console.line(N_("{number}: {file}"), number=row["number"] or row["id"], file=row["file"])

    console.show(row, as_json=as_json, text=text)


def enter(ctx: typer.Context, paper: str, verb: str, on: str | None, as_json: bool, **given: Any) -> None:
    """Enter a step of a paper's life and print it."""
    from jsup.casework import Options  # noqa: PLC0415
    from jsup.papers import issue  # noqa: PLC0415

    options = Options(here(ctx).day(on), **given)
    found, told = issue.enter(here(ctx).ledger(f"paper {verb}"), paper, verb, options)
    show_papers(ctx, [str(found)], as_json=as_json, told=told)


@group.command(help=_("Enter that a draft was reviewed (审核)."))
def review(ctx: typer.Context, paper: Reference, by: By = None, on: On = None, as_json: Json = False) -> None:
    """Review."""
    enter(ctx, paper, "review", on, as_json, by=by)


@group.command(help=_("Enter that a paper was signed (签发): it gets its number, and its file the number and the date."))
def sign(
    ctx: typer.Context, paper: Reference, by: By = None, number: PaperNumber = None, why: GapWhy = None, on: On = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Sign."""
    enter(ctx, paper, "sign", on, as_json, by=by, number=number, why=why)


@group.command(help=_("Enter that a paper was sealed (用印)."))
def seal(ctx: typer.Context, paper: Reference, by: By = None, on: On = None, as_json: Json = False) -> None:
    """Seal."""
    enter(ctx, paper, "seal", on, as_json, by=by)


@group.command(help=_("Enter that a paper was served (送达)."))
def serve(
    ctx: typer.Context,
    paper: Reference,
    by_way: ByWay = None,
    receiver: Receiver = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Serve."""
    enter(ctx, paper, "serve", on, as_json, by_way=by_way, receiver=receiver)


@group.command(help=_("Declare a paper void that was not served; its number stays used."))
def void(ctx: typer.Context, paper: Reference, why: Why = None, on: On = None, as_json: Json = False) -> None:
    """Declare void."""
    from jsup.papers import issue  # noqa: PLC0415

    found = issue.void(here(ctx).ledger("paper void"), paper, here(ctx).day(on), why)
    show_papers(ctx, [str(found)], as_json=as_json)


@group.command(help=_("Attach a file to a paper, such as its signed scan: its name, size and SHA-256 are kept."))
def attach(
    ctx: typer.Context,
    paper: Reference,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The file, such as a signed scan"))],
    note: Annotated[str | None, typer.Option(metavar="TEXT", help=_("A note for the file"))] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Attach."""
    from jsup.papers import issue  # noqa: PLC0415

    found = issue.attach(here(ctx).ledger("paper attach"), paper, file, here(ctx).day(on), note)
    show_papers(ctx, [str(found)], as_json=as_json)


@group.command("print", help=_("Write a paper's file anew from the ledger: as drafted, with number and date once it is signed."))
def print_(ctx: typer.Context, paper: Reference, out: Out = Path(), force: Force = False, as_json: Json = False) -> None:
    """Write anew."""
    from jsup.papers import issue  # noqa: PLC0415

    made = issue.print_(here(ctx).ledger("paper print"), paper, out, force=force)
    show_papers(ctx, [str(made.paper)], as_json=as_json)


@app.command(help=_("Hand out the Word template of a kind of paper, set the bureau's own, or go back to the package's."))
def template(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="KIND", help=_("The kind, such as recommendation"))],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help=_("Hand it out as this new file"))] = None,
    set_: Annotated[Path | None, typer.Option("--set", metavar="FILE", help=_("Use this Word file from now on"))] = None,
    reset: Annotated[bool, typer.Option("--reset", help=_("Use the package's again"))] = False,
    as_json: Json = False,
) -> None:
    """Hand out or set a template."""
    if sum((out is not None, set_ is not None, reset)) != 1:
        raise UsageError(N_("`template` wants one of --out FILE, --set FILE and --reset"))
    from jsup import outputs  # noqa: PLC0415
    from jsup.papers import forms  # noqa: PLC0415

    if out is not None:
        with here(ctx).reads() as ledger:
            ledger.policy().paper(name)
            document = forms.current(ledger, name)
        outputs.make_all({out: document})
    else:
        forms.set_own(here(ctx).ledger("template"), name, set_)
    shown = {"kind": name, "file": out or set_, "fields": sorted(forms.fields(name)[0]), "own": set_ is not None}
    message = N_("{kind}: the package's template is used again.")
    if out is not None:
        message = N_("{file}: edit it in Word, then `jsup template {kind} --set {file}`.")
    elif set_ is not None:
        message = N_("{kind}: {file} is used from now on.")
    console.show(shown, as_json=as_json, text=lambda: console.line(message, kind=name, file=out or set_))
