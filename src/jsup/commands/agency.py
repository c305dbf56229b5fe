"""The `agency` group: the register of agencies under supervision."""

from gettext import gettext as _
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import BasisDocument, DryRun, Json, On, Reason, TableFile, Why, here, pairs, rejecting, show_taken
from jsup.console import Column
from jsup.errors import N_

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="agency", help=_("The agencies under supervision."))

Code = Annotated[str, typer.Argument(metavar="CODE", help=_("The agency's code"))]

AGENCIES = (
    Column(N_("code"), lambda row: row["code"], whole=True),
    Column(N_("name"), lambda row: row["name"]),
    Column(N_("level"), lambda row: console.term(row["level"])),
    Column(N_("status"), lambda row: console.term(row["status"])),
    Column(N_("management"), lambda row: console.term(row["management"])),
    Column(N_("superior body"), lambda row: row["superior"]),
    Column(N_("retired"), lambda row: row["retired_on"], whole=True),
)
PEOPLE = {
    "head": Column(N_("head"), lambda row: row["head"]),
    "contact": Column(N_("contact"), lambda row: row["contact"]),
    "phone": Column(N_("phone"), lambda row: row["phone"], whole=True),
}


NAMES = (
    Column(N_("former name"), lambda row: row["name"]),
    Column(N_("last day"), lambda row: row["until_on"], whole=True),
    Column(N_("document"), lambda row: row["document"]),
)


def show_one(ctx: typer.Context, code: str, *, as_json: bool, more: dict[str, Any] | None = None) -> None:
    """Print one agency with the names that it bore before; `more` is what was done along with it."""
    former = "SELECT name, until_on, document FROM agency_name WHERE agency_code = :code ORDER BY until_on, id"
    with here(ctx).reads() as ledger:
        (row,) = ledger.agencies(code)
        row |= {"former_names": ledger.rows(former, code=code)} | (more or {})

    def text() -> None:
        people = [column for key, column in PEOPLE.items() if row[key]]
        console.table([row], [*AGENCIES, *people])
        console.table(row["former_names"], NAMES)
        for key, message in PASSED.items():
            if row.get(key):
                console.line(message, numbers=", ".join(map(str, row[key])))

    console.show(row, as_json=as_json, text=text)


UNFINISHED = N_("Findings that go on all the same: {numbers}. `jsup agency succeed` passes them on to another agency.")
PASSED = {
    "passed_on": N_("Findings that passed on, their clocks as they were: {numbers}"),
    "clues": N_("Open clues that passed on: {numbers}"),
    "void_papers": N_("Drafts that name the agency as it was, and are void from now on: {numbers}. Draft them anew."),
    "below": N_("Agencies that name it as before as their superior body: {numbers}. Correct them with `jsup agency amend`."),
}


@group.command(help=_("Enter an agency."))
def add(
    ctx: typer.Context,
    code: Annotated[str, typer.Option(metavar="CODE", help=_("Its code, which draws and papers name"))],
    name: Annotated[str, typer.Option(metavar="TEXT", help=_("Its full name"))],
    level: Annotated[str, typer.Option(metavar="KEY", help=_("district, town or park"))],
    status: Annotated[str, typer.Option(metavar="KEY", help=_("organ, outpost, authorised or entrusted"))] = "organ",
    management: Annotated[str, typer.Option(metavar="KEY", help=_("local, vertical, dual or unknown"))] = "local",
    superior: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Its superior body"))] = None,
    head: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Its head"))] = None,
    contact: Annotated[str | None, typer.Option(metavar="TEXT", help=_("Its contact"))] = None,
    phone: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The contact's phone"))] = None,
    as_json: Json = False,
) -> None:
    """Enter an agency."""
    from jsup import register  # noqa: PLC0415

    values = {"code": code, "name": name, "level": level, "status": status, "management": management}
    values |= {
        key: value for key, value in {"superior": superior, "head": head, "contact": contact, "phone": phone}.items() if value
    }
    register.add(here(ctx).ledger("agency add"), dict(values))
    show_one(ctx, code, as_json=as_json)


@group.command("list", help=_("Show every agency."))
def list_(ctx: typer.Context, as_json: Json = False) -> None:
    """Print the register."""
    with here(ctx).reads() as ledger:
        rows = ledger.agencies()
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, AGENCIES))


@group.command(help=_("Show one agency."))
def show(ctx: typer.Context, code: Code, as_json: Json = False) -> None:
    """Print one agency."""
    show_one(ctx, code, as_json=as_json)


@group.command(help=_("Take an agency out of later draws and findings."))
def retire(ctx: typer.Context, code: Code, on: On = None, why: Why = None, as_json: Json = False) -> None:
    """Retire an agency."""
    from jsup import register, steps  # noqa: PLC0415

    register.retire(here(ctx).ledger("agency retire"), code, here(ctx).day(on), why)
    with here(ctx).reads() as ledger:
        still = [row["number"] for row in ledger.findings(agency=code) if row["stage"] not in steps.ENDED]
    show_one(ctx, code, as_json=as_json)
    if still:
        console.remind(UNFINISHED, numbers=", ".join(still))


@group.command(help=_("Enter that an agency is called otherwise from a day on; what was signed keeps the old name."))
def rename(
    ctx: typer.Context,
    code: Code,
    name: Annotated[str, typer.Option(metavar="TEXT", help=_("Its new full name"))],
    document: BasisDocument,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Rename an agency."""
    from jsup import register  # noqa: PLC0415

    done = register.rename(here(ctx).ledger("agency rename"), code, name, here(ctx).day(on), document)
    show_one(ctx, code, as_json=as_json, more={"void_papers": done.drafts, "below": done.below})


@group.command(
    help=_(
        "Enter that one agency takes another's place after a reorganisation: it inherits its wait in the draw, its findings that"
        " are not ended with their clocks as they stand, and its open clues. Where one is split into several, the first"
        " succession that is entered takes them."
    )
)
def succeed(
    ctx: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help=_("The code of the agency that is no more"))],
    new: Annotated[str, typer.Argument(metavar="NEW", help=_("The code of the one that takes its place"))],
    document: BasisDocument,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Enter a succession."""
    from jsup import register  # noqa: PLC0415

    passed = register.succeed(here(ctx).ledger("agency succeed"), old, new, here(ctx).day(on), document)
    more = {"passed_on": passed.findings, "clues": passed.clues, "void_papers": passed.drafts}
    show_one(ctx, new, as_json=as_json, more=more)


@group.command(help=_("Correct an agency; the old values and the reason stay in the ledger."))
def amend(
    ctx: typer.Context,
    code: Code,
    set_: Annotated[
        list[str],
        typer.Option("--set", metavar="KEY=VALUE", help=_("name, level, status, management, superior, head, contact or phone")),
    ],
    why: Reason,
    as_json: Json = False,
) -> None:
    """Correct an agency."""
    from jsup import register  # noqa: PLC0415

    register.amend(here(ctx).ledger("agency amend"), code, dict(pairs(set_, "--set")), why)
    show_one(ctx, code, as_json=as_json)


@group.command("import", help=_("Load the register from an xlsx or csv file, all of it or nothing."))
def import_(
    ctx: typer.Context,
    file: TableFile,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Load the register."""
    from jsup import register  # noqa: PLC0415

    with rejecting(as_json=as_json):
        done = register.take_over(here(ctx).ledger("agency import"), file, dry_run=dry_run)
    show_taken(done, dry_run=dry_run, as_json=as_json)
