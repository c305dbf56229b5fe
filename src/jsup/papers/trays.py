"""The transaction that writes papers' files.

A file is written beside its place while the ledger is being changed, and gets its name after the commit. What an interrupted
command left behind is finished, or taken away, by the next one that writes.
"""

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from jsup import ledger as ledgers
from jsup import outputs
from jsup.clocks import Desk
from jsup.errors import N_, LedgerError, RefusedError
from jsup.ledger import Ledger
from jsup.models import Paper
from jsup.reads import Reads, open_ledger


@dataclass
class _New:
    """A file that is written, and gets its name after the commit; `safe` if what lies there may go without a trace."""

    lies: Path
    place: Path
    safe: bool


@dataclass
class Tray:
    """One transaction that issues papers: the desk, the files that wait for the commit, and what the officer is to be told."""

    desk: Desk
    force: bool = False
    new: list[_New] = field(default_factory=list)
    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    signed: list[int | None] = field(default_factory=list)
    """Papers that were signed in it."""

    @cached_property
    def mark(self) -> str:
        """What names this ledger's files among those of others."""
        return _mark(self.desk.reads)

    def lay(self, paper: Paper, folder: Path, name: str, data: bytes, *, over: bool = False) -> Path:
        """Write a paper's file beside its place; with `over`, what lies there is the same paper.

        A name that something else has already gets a number behind it.

        Raises:
            RefusedError: a paper of this ledger lies there, and was edited since.
        """
        name = outputs.name(name)
        own = over or (paper.folder == str(folder.absolute()) and paper.sha256 == _digest(folder / name))
        place, safe = (folder / name, True) if own else self._free(folder, Path(name))
        digest = sha256(data).hexdigest()
        lies = folder / f".jsup-{self.mark}-{paper.id}-{digest}.new"
        outputs.make_beside(lies, data)
        self.new.append(_New(lies, place, safe))
        paper.folder, paper.file_name, paper.sha256 = str(folder.absolute()), place.name, digest
        self.desk.session.flush()
        return place

    def _free(self, folder: Path, name: Path) -> tuple[Path, bool]:
        """Return a place for a file, and whether what lies there may go without a trace."""
        taken = {new.place for new in self.new}
        for count in itertools.count(1):
            place = folder / (f"{name.stem}-{count}{name.suffix}" if count > 1 else name)
            if place in taken:
                continue
            if _ours(self.desk, place):
                return place, True
            digest, known = _digest(place), {paper.sha256 for paper in self.desk.session.exec(_papers_at(place))}
            if known and digest not in known:
                if self.force:
                    return place, False
                raise RefusedError(
                    N_("{file} was edited since jsup wrote it: --force writes anew, and keeps it beside the new one"), file=place
                )
        raise AssertionError("a name is always found")


def _digest(place: Path) -> str:
    """Return the SHA-256 of a file, nothing where there is none."""
    if not place.is_file():
        return ""
    with place.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _papers_at(place: Path) -> SelectOfScalar[Paper]:
    return select(Paper).where(Paper.folder == str(place.parent.absolute()), Paper.file_name == place.name)


def _ours(desk: Desk, place: Path) -> bool:
    """Tell whether a place is free, or holds a draft just as jsup wrote it."""
    if not (place.exists() or place.is_symlink()):
        return True
    same = _papers_at(place).where(Paper.sha256 == _digest(place), col(Paper.signed_on).is_(None))
    return desk.session.exec(same).first() is not None


@contextmanager
def issuing(ledger: Ledger, folder: Path | None = None, *, force: bool = False, dry_run: bool = False) -> Iterator[Tray]:
    """Open a transaction that issues papers; their files get their names after the commit, or none of them stays.

    Raises:
        LedgerError: the folder cannot be written.
    """
    tray: Tray | None = None
    made = False
    try:
        if folder is not None:
            made = not folder.exists()
            ledgers.make_folder(folder)
        with ledger.change(dry_run=dry_run) as session:
            tray = Tray(Desk(session, ledger), force)
            if not dry_run:
                _finish(tray, folder)
            yield tray
    except BaseException as error:
        for new in tray.new if tray is not None else []:
            new.lies.unlink(missing_ok=True)
        if made and folder is not None:
            with suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise LedgerError(
                N_("the paper cannot be written to {folder} ({error}): name another folder with --out"),
                folder=folder,
                error=error.strerror,
            ) from error
        raise
    for new in tray.new:
        if dry_run:
            new.lies.unlink(missing_ok=True)
        elif not _named(new):
            tray.told.append(
                (
                    N_("{file} is in use and keeps its old text: close it, the next draft or signature renews it"),
                    {"file": new.place},
                )
            )


def _named(new: _New) -> bool:
    """Give a finished file its name, and what lies there another one unless it may go; tell whether that could be done."""
    try:
        if not new.safe and (new.place.exists() or new.place.is_symlink()):
            count = 1
            while (old := new.place.with_name(f"{new.place.stem}.旧{count}{new.place.suffix}")).exists():
                count += 1
            new.place.rename(old)
        new.lies.replace(new.place)
    except FileNotFoundError:
        return new.place.exists()  # another command has finished it meanwhile
    except OSError:
        return False
    return True


def _mark(ledger: Reads) -> str:
    return str(ledger.rows("SELECT hash FROM journal ORDER BY seq LIMIT 1")[0]["hash"])[:8]


def recover(ledger: Ledger) -> None:
    """Finish what an interrupted command committed, or take away what it did not; looked for before anything is written."""
    with suppress(LedgerError), open_ledger(ledger.place) as opened:  # what is wrong with the ledger the command itself says
        folders = opened.rows("SELECT DISTINCT folder FROM paper WHERE folder IS NOT NULL")
        if any(next(Path(row["folder"]).glob(f".jsup-{_mark(opened)}-*.new"), None) for row in folders):
            with issuing(ledger):
                pass


_LEFT: Final = re.compile(r"\.jsup-([0-9a-f]{8})-(\d+)-([0-9a-f]{64})\.new")


def _finish(tray: Tray, folder: Path | None) -> None:
    """Finish what an interrupted command committed, and take away what it did not; nobody else writes at this moment."""
    session = tray.desk.session
    folders = {*session.exec(select(Paper.folder).where(col(Paper.folder).is_not(None)).distinct())}
    for name in folders | ({str(folder.absolute())} if folder is not None else set()):
        for lies in Path(name).glob(f".jsup-{tray.mark}-*.new"):
            left = _LEFT.fullmatch(lies.name)
            paper = session.get(Paper, int(left[2])) if left else None
            if left and paper is not None and not lies.is_symlink() and (paper.sha256, paper.folder) == (left[3], name):
                place = Path(name) / outputs.name(paper.file_name)
                _named(_New(lies, place, _ours(tray.desk, place)))
            else:
                with suppress(OSError):
                    lies.unlink()
