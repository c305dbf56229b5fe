"""A ledger's file: what marks it as one, which schema it has, and opening it for reading."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from jsup import SCHEMA
from jsup.errors import N_, LedgerError

APPLICATION_ID: Final = 0x6A737570
"""Marks a SQLite file as a ledger of jsup ("jsup" in ASCII)."""

BUSY_SECONDS: Final = 30

_ROOM = 1 << 17
"""Bytes that a disk must have free for SQLite's own files."""

_MAGIC = b"SQLite format 3\0"


def explain_failure(error: sqlite3.Error, path: object) -> LedgerError:
    """Put what SQLite says into a sentence with what to do."""
    said = str(error)
    if "full" in said or ("I/O" in said and _no_room(path)):
        return LedgerError(N_("{path}: the disk is full, and nothing was changed: make room and try again"), path=path)
    if "locked" in said or "busy" in said:
        return LedgerError(
            N_("{path}: another program has been writing for {seconds} seconds: try again"), path=path, seconds=BUSY_SECONDS
        )
    if "readonly" in said:
        return LedgerError(
            N_("{path} is read-only, and nothing was changed: give yourself the right to write it and its folder"), path=path
        )
    if "malformed" in said or "not a database" in said:
        return LedgerError(N_("{path} is damaged or not a ledger: put a backup in its place"), path=path)
    return LedgerError(
        N_("{path} cannot be read or written ({error}), and nothing was changed: look at its folder and disk"),
        path=path,
        error=said,
    )


def _no_room(path: object) -> bool:
    """Tell whether the disk is full; SQLite says only that it cannot write its -shm file there."""
    try:
        return shutil.disk_usage(Path(str(path)).absolute().parent).free < _ROOM
    except OSError:
        return False


def no_ledger(path: Path) -> LedgerError:
    """Return the refusal of a file that is no ledger."""
    return LedgerError(N_("{path} is not a ledger of jsup: name another with --ledger"), path=path)


def revision(path: Path) -> str:
    """Return the schema revision of a ledger file.

    Raises:
        LedgerError: there is none, or the file is no ledger.
    """
    try:
        if path.exists() and not path.is_file():
            raise no_ledger(path)
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except FileNotFoundError:
        raise LedgerError(
            N_("there is no ledger at {path}: make one with `jsup init`, or name another with --ledger"), path=path
        ) from None
    except OSError as error:
        raise LedgerError(
            N_("{path} cannot be opened ({error}): name a ledger file with --ledger"), path=path, error=error.strerror
        ) from None
    if head != _MAGIC:
        raise no_ledger(path)
    try:
        with closing(connect(path)) as connection:
            (mark,) = connection.execute("PRAGMA application_id").fetchone()
            if mark == APPLICATION_ID:
                (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
                return str(found)
    except (sqlite3.Error, TypeError) as error:
        if isinstance(error, sqlite3.Error) and "no such table" not in str(error):
            raise explain_failure(error, path) from error
    raise no_ledger(path)


def writable(path: Path) -> bool:
    """Tell whether this account may write the ledger; a file that nobody may write is not written as root either."""
    return bool(path.stat().st_mode & 0o222) and os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection that reads only.

    Where the ledger may be written it is opened so, for only then does SQLite tidy up its -wal and -shm
    files. Where it may not, or where the disk has no room for them, the file is read as it lies there.
    """
    uri = path.absolute().as_uri()
    if writable(path):
        connection = sqlite3.connect(f"{uri}?mode=rw", uri=True, timeout=BUSY_SECONDS)
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            if not _no_room(path):
                raise
        else:
            return connection
    beside = path.with_name(path.name + "-wal")
    still = "" if beside.exists() and beside.stat().st_size else "&immutable=1"
    return sqlite3.connect(f"{uri}?mode=ro{still}", uri=True, timeout=BUSY_SECONDS)


def wrong_revision(path: Path, found: str) -> LedgerError:
    """Return the refusal of a ledger whose schema is another."""
    if found > SCHEMA:
        return LedgerError(
            N_("{path} was written by a newer jsup (schema {found}, this one knows {known}): install the newer version"),
            path=path,
            found=found,
            known=SCHEMA,
        )
    return LedgerError(N_("{path} has the older schema {found}: bring it up with `jsup migrate`"), path=path, found=found)
