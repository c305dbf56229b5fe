"""`verify`, `seal`, `backup`, `restore`, `export` and `doctor`: that nothing is lost, and nothing changed unseen."""

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, Yes, here
from jsup.commands.clocks import FOUND
from jsup.console import Column
from jsup.errors import N_, LedgerError

if TYPE_CHECKING:
    from jsup.backups import Copy
    from jsup.journal import Found
    from jsup.reads import Place
    from jsup.seals import Seal

app = typer.Typer()


@app.command(
    help=_("Recompute the journal's chain and compare every row with it; with a seal, that it continues what was sealed.")
)
def verify(
    ctx: typer.Context,
    seal_file: Annotated[
        Path | None, typer.Option("--seal", metavar="FILE", help=_("A seal: a file of `jsup seal`, or a paper in Word"))
    ] = None,
    since_file: Annotated[
        Path | None,
        typer.Option(
            "--since",
            metavar="FILE",
            help=_(
                "A seal: only the entries after it are looked at, and the rows that they changed; what else was done to older "
                "rows, and rows added behind the journal's back, only the whole verification finds"
            ),
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Verify the ledger; exit 1 when anything differs."""
    from jsup import ledger as ledgers  # noqa: PLC0415
    from jsup import seals  # noqa: PLC0415

    place = here(ctx).place
    sealed = seals.read(seal_file) if seal_file is not None else []
    if since_file is not None:
        _verify_since(place, seals.read(since_file), seals.broken(place, sealed), as_json=as_json)
        return
    verdict = ledgers.verify(place)
    problems = verdict.problems + seals.broken(place, sealed)
    found = {"entries": verdict.entries, "head": verdict.head}
    message = N_("The ledger is whole: {entries} entries, head {head}.")
    if sealed:
        message = N_("The ledger is whole and continues the seal: {entries} entries, head {head}.")
    show_verdict(problems, found, message, as_json=as_json)


def _verify_since(place: "Place", sealed: "list[Seal]", problems: "Found", *, as_json: bool) -> None:
    """Verify what came after the last of some seals that the journal continues."""
    from jsup import ledger as ledgers  # noqa: PLC0415
    from jsup import seals  # noqa: PLC0415
    from jsup.audit import Since  # noqa: PLC0415

    held = seals.held_to(place, sealed)
    if not held:
        show_verdict(problems + seals.broken(place, sealed), {"entries": 0, "head": "", "since": None}, "", as_json=as_json)
        return
    last = held[-1]
    verdict = ledgers.verify(place, Since(last.entries, last.head))
    found = {"entries": verdict.entries, "head": verdict.head, "since": last._asdict()}
    message = N_(
        "The {new} entries since the seal of {sealed_on} are whole, and so are the rows that they changed: {entries} entries, "
        "head {head}; what is older was not looked at."
    )
    words = {"new": verdict.entries - last.entries, "sealed_on": last.sealed_on}
    show_verdict(problems + verdict.problems, found, message, words, as_json=as_json)


def show_verdict(
    problems: "Found", found: dict[str, Any], message: str, words: dict[str, Any] | None = None, *, as_json: bool
) -> None:
    """Print what a verification found; exit 1 when that is anything."""
    said = [console.say(problem, **values) for problem, values in problems]

    def text() -> None:
        if not said:
            console.line(message, **found | (words or {}))
        for sentence in said:
            console.complain(sentence)

    console.show({"ok": not said, **found, "problems": said}, as_json=as_json, text=text)
    if said:
        raise typer.Exit(LedgerError.exit_status)


@app.command(help=_("Print the journal's head, to be kept where the ledger's owner cannot change it."))
def seal(
    ctx: typer.Context,
    place: Annotated[Path | None, typer.Argument(metavar="[FILE]", help=_("Write it to a new file"))] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", hidden=True)] = None,
    as_json: Json = False,
) -> None:
    """Seal the journal."""
    from jsup import outputs, seals  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        sealed = seals.of(ledger, here(ctx).today)
    for new in filter(None, (place, out)):
        outputs.make_all({new: f"{sealed.line}\n".encode()})
    console.show(sealed._asdict(), as_json=as_json, text=lambda: print(sealed.line))


@app.command(help=_("Copy the ledger to one file, while others go on writing; `jsup restore` makes a ledger of it."))
def backup(
    ctx: typer.Context,
    place: Annotated[Path, typer.Argument(metavar="FILE", help=_("A new file"))],
    as_json: Json = False,
) -> None:
    """Back the ledger up."""
    from jsup import backups  # noqa: PLC0415

    done = backups.backup(here(ctx).place, place)
    backups.remember(done.first, place, here(ctx).today)
    _show_copy(done, N_("The backup {path} holds {entries} entries, head {head}."), as_json=as_json)


@app.command(help=_("Put a backup, or a folder that `jsup export` wrote, in the ledger's place; the ledger there is kept."))
def restore(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE", help=_("A backup, an export's folder, or a ledger's file"))],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Restore a ledger."""
    from jsup import backups  # noqa: PLC0415

    place = here(ctx).place
    if not yes and source.exists() and console.on_terminal() and isinstance(place, Path) and place.exists():
        question = N_("Put it in the place of the ledger {ledger}, which is kept beside it?")
        if not console.agreed(question, ledger=place):
            raise typer.Abort
    done = backups.restore(source, place)
    message = N_("The ledger {path} holds {entries} entries, head {head}.")
    if done.kept is not None:
        message = N_("The ledger {path} holds {entries} entries, head {head}; the one before is kept as {kept}.")
    _show_copy(done, message, as_json=as_json)


@app.command(
    help=_(
        "Write every table as JSON lines into a new folder, from which `jsup restore` makes a ledger elsewhere. It holds "
        "everything: transfers to 区纪委监委 and complainants' data too."
    )
)
def export(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("A new folder"))],
    public: Annotated[bool, typer.Option("--public", help=_("The draws alone, for everybody to verify"))] = False,
    as_json: Json = False,
) -> None:
    """Export the ledger."""
    from jsup import backups  # noqa: PLC0415

    if public:
        from jsup import exports  # noqa: PLC0415

        with here(ctx).reads() as ledger:
            made = exports.write_all(ledger, folder)
        said = {"path": str(folder), "draws": [path.name for path in made]}
        message = N_("{path} holds the draws of {draws}, and nothing else.")
        words = {**said, "draws": ", ".join(path.name for path in made)}
        console.show(said, as_json=as_json, text=lambda: console.line(message, **words))
        return
    done = backups.export(here(ctx).place, folder, here(ctx).today)
    message = N_(
        "{path} holds {entries} entries, head {head}, and everything else in the ledger, transfers to 区纪委监委 and "
        "complainants' data included: keep it as safe as the ledger."
    )
    _show_copy(done, message, as_json=as_json)


def _show_copy(done: "Copy", message: str, *, as_json: bool) -> None:
    """Print what was copied; exit 1 when the ledger that it was made of does not verify."""
    said = {"path": str(done.path), "entries": done.entries, "head": done.head, "kept": done.kept and str(done.kept)}
    problems = [console.say(problem, **values) for problem, values in done.problems]
    shown = {**said, "ok": not problems, "problems": problems}
    console.show(shown, as_json=as_json, text=lambda: console.line(message, **said))
    if problems:
        console.complain(
            console.say(
                N_("the copy is made, but the ledger does not verify ({problems} problems): `jsup verify` names them"),
                problems=len(problems),
            )
        )
        raise typer.Exit(LedgerError.exit_status)


DOCTOR = (
    Column(N_("about"), lambda row: console.term(row["check"])),
    Column(N_("what"), lambda row: row["problem"]),
)


@app.command(
    help=_("Look for what will become a trouble: dates not yet certain, proofs and backups that are missing, file rights.")
)
def doctor(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help=_("Exit 3 if there is anything"))] = False,
    as_json: Json = False,
) -> None:
    """Examine the ledger."""
    from jsup import doctor as doctors  # noqa: PLC0415

    with here(ctx).reads(scratch=True) as ledger:
        found = doctors.examine(ledger, here(ctx).place, here(ctx).today)
    rows = [{"check": one.check, "problem": console.say(one.message, **one.values), **one.about} for one in found]

    def text() -> None:
        console.table(rows, DOCTOR)
        if not rows:
            console.line(N_("Nothing was found."))

    console.show({"ok": not rows, "problems": rows}, as_json=as_json, text=text)
    if check and rows:
        raise typer.Exit(FOUND)
