"""One file per group of commands: parse, call one service, show. No rule of the plan lives here."""

from contextlib import contextmanager
from datetime import date
from functools import cached_property
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jsup import console
from jsup.errors import N_, LedgerError, TableError, UsageError, checked, optional_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jsup.ledger import Ledger
    from jsup.reads import Place, Reads

Json = Annotated[bool, typer.Option("--json", help=_("Print one JSON document"))]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help=_("The day it was done; today if not given"))]
Number = Annotated[str, typer.Argument(metavar="N", help=_("The finding's number, such as 2026-0001"))]
Numbers = Annotated[list[str], typer.Argument(metavar="N...", help=_("Numbers of findings, such as 2026-0001"))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Say what would change and write nothing"))]
Quarter = Annotated[str | None, typer.Option(metavar="QUARTER", help=_("The quarter, such as 2026Q4"))]
PaperNumber = Annotated[
    str | None, typer.Option("--number", metavar="TEXT", help=_("The document number, where the office's own register gives it"))
]
GapWhy = Annotated[str | None, typer.Option("--why", metavar="TEXT", help=_("Why --number leaves out numbers"))]
Force = Annotated[bool, typer.Option("--force", help=_("Write anew over a file that was edited, and keep that one beside it"))]
Yes = Annotated[bool, typer.Option("--yes", help=_("Answer the question with yes"))]
ByWay = Annotated[str | None, typer.Option(metavar="KEY", help=_("direct, exchange, confidential, electronic or left"))]
Receiver = Annotated[str | None, typer.Option(metavar="NAME", help=_("Who received it"))]
BasisDocument = Annotated[str, typer.Option("--document", metavar="TEXT", help=_("The document by which it was done"))]
TableFile = Annotated[Path, typer.Argument(metavar="FILE", help=_("xlsx or csv, Chinese or English headings"))]
EndingDays = Annotated[
    int | None, typer.Option("--ending", min=0, max=9999, metavar="DAYS", help=_("Only those that end within so many days"))
]
Why = Annotated[str | None, typer.Option(metavar="TEXT", help=_("The reason"))]
Reason = Annotated[str, typer.Option(metavar="TEXT", help=_("The reason"))]
"""A reason that must be given."""


class Here:
    """What the global options say: which ledger, which day, who."""

    def __init__(self, target: str | None, today: date, declared: str | None) -> None:
        self.target, self.today, self.declared = target, today, declared

    @cached_property
    def place(self) -> "Place":
        """Where the ledger is: --ledger, JSUP_LEDGER, or a file in the user's data directory."""
        if self.target is None:
            from platformdirs import user_data_path  # noqa: PLC0415 - only without a named ledger

            return user_data_path("jsup", appauthor=False) / "ledger.db"
        if "://" in self.target:
            from jsup.servers import Server  # noqa: PLC0415 - not for `--help`

            return Server(self.target)
        return Path(self.target)

    @property
    def officer(self) -> str:
        """Who is at work, as declared, else the login name."""
        if self.declared is None:
            import getpass  # noqa: PLC0415 - only where something is written

            try:
                return checked(getpass.getuser(), "--officer")
            except (KeyError, OSError, ImportError):
                raise LedgerError(N_("nobody knows who is at work: name yourself with --officer")) from None
        return checked(self.declared, "--officer")

    def ledger(self, command: str) -> "Ledger":
        """Return the ledger as one that this command is about to change."""
        from jsup.journal import Entry  # noqa: PLC0415 - SQLAlchemy only where something is written
        from jsup.ledger import Ledger  # noqa: PLC0415
        from jsup.papers import trays  # noqa: PLC0415

        if isinstance(self.place, Path):
            from jsup import files  # noqa: PLC0415 - not for `--help`

            for message, values in files.exposed(self.place) if files.free_or_own(self.place) else ():
                console.remind(message, **values)
        ledger = Ledger(self.place, Entry(command, self.officer, self.today))
        trays.recover(ledger)
        return ledger

    @contextmanager
    def reads(self, *, scratch: bool = False) -> "Iterator[Reads]":
        """Open the ledger for reading; with `scratch`, to be verified."""
        from jsup.reads import open_ledger  # noqa: PLC0415 - not for `--help`

        with open_ledger(self.place, scratch=scratch) as ledger:
            yield ledger

    def day(self, text: str | None, option: str = "--on") -> date:
        """Read a date option; today where it was not given."""
        return optional_day(text, option) or self.today


def here(ctx: typer.Context) -> Here:
    """Return what the global options say."""
    found: Any = ctx.find_object(Here)
    assert isinstance(found, Here)
    return found


@contextmanager
def rejecting(*, as_json: bool) -> "Iterator[None]":
    """Print the bad cells of a table as JSON too before the refusal goes its way."""
    try:
        yield
    except TableError as error:
        rejected = [
            {"row": one.row, "column": one.column, "problem": console.say(one.message, **one.values)} for one in error.problems
        ]
        if as_json and rejected:
            console.show({"rejected": rejected}, as_json=True, text=lambda: None)
        raise


def changes_of(key: str) -> "tuple[console.Column, ...]":
    """Return the columns that show each field that an import changes; `key` is what names a row."""
    return (
        console.Column(key, lambda row: row[key], whole=True),
        console.Column(N_("field"), lambda row: row["field"]),
        console.Column(N_("old value"), lambda row: row["old"]),
        console.Column(N_("new value"), lambda row: row["new"]),
    )


CHANGES = changes_of("code")
UNKNOWN = N_("Not taken over, for these headings are not known: {headings}")


def show_taken(
    done: Any,
    *,
    dry_run: bool,
    as_json: bool,
    changes: "Sequence[console.Column]" = CHANGES,
    left_out: "tuple[str, Sequence[str]] | None" = None,
    **more: Any,
) -> None:
    """Print what an import did or would do: its counts, each field that changes, and the headings that nobody knows.

    `left_out` is a sentence and the headings of which it says why they are not kept.
    """
    shown: dict[str, Any] = {
        "batch": None, "rows": done.rows, "new": done.new, "changed": done.changed, "unchanged": done.unchanged,
        "rejected": [], "unknown_headings": done.unknown, "changes": done.changes, "dry_run": dry_run, **more,
    }  # fmt: skip
    if left_out is not None:
        shown["dropped"] = left_out[1]

    def text() -> None:
        message = N_("Would take {rows} rows: {new} new, {changed} changed, {unchanged} unchanged. Nothing was written.")
        if not dry_run:
            message = N_("Took {rows} rows: {new} new, {changed} changed, {unchanged} unchanged.")
        console.line(message, rows=done.rows, new=done.new, changed=done.changed, unchanged=done.unchanged)
        console.table(done.changes, changes)
        for sentence, headings in ((UNKNOWN, done.unknown), left_out or ("", ())):
            if headings:
                console.line(sentence, headings="、".join(headings))

    console.show(shown, as_json=as_json, text=text)


def pairs(given: list[str], option: str) -> dict[str, str]:
    """Read options of the form key=value."""
    found: dict[str, str] = {}
    for item in given:
        key, sign, value = item.partition("=")
        if not sign or key.strip() in found:
            raise UsageError(N_("{option} {item}: write it as key=value, each key once"), option=option, item=item)
        found[key.strip()] = value
    return found
