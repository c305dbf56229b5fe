"""A ledger's file: what marks it as one, which schema it has, and opening it for reading."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from jsup import SCHEMA
from jsup.errors import N_, LedgerError

APPLICATION_ID: Final = 0x6A737570
"""Marks a SQLite file as a ledger of jsup ("jsup" in ASCII)."""

BACKUP_ID: Final = 0x6A737562
"""Marks a backup of a ledger ("jsub"): it is read, restored, and never written."""

BUSY_SECONDS: Final = 30

CACHE_KIB: Final = 1 << 17
"""What SQLite may keep in memory of a file while it is changed or looked through whole: indexes of some hundred thousand rows."""

_ROOM = 1 << 17
"""Bytes that a disk must have free for SQLite's own files."""

_MAGIC = b"SQLite format 3\0"


Values = dict[str, Any] | list[tuple[Any, ...]]
"""A statement's named values; or, for one that gives no rows, those of each time that it is run."""


class Run(NamedTuple):
    """How statements are run: one with its values, for its rows; the SQL that is spoken there; and how rows come one by one."""

    execute: Callable[[str, Values], list[dict[str, Any]]]
    dialect: str
    stream: Callable[[str, Values], Iterator[tuple[Any, ...]]] | None = None

    def __call__(self, sql: str, values: Values) -> list[dict[str, Any]]:
        """Run one statement and return its rows."""
        return self.execute(sql, values)

    def each(self, sql: str, values: Values) -> Iterator[tuple[Any, ...]]:
        """Run one statement and give its rows one by one, without names: so many as are never to be held at once."""
        return map(tuple, (row.values() for row in self(sql, values))) if self.stream is None else self.stream(sql, values)


def explain_failure(error: Exception, path: object) -> LedgerError:
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


def no_ledger_at(place: object) -> LedgerError:
    """Return the refusal of a place at which nothing is."""
    return LedgerError(N_("there is no ledger at {path}: make one with `jsup init`, or name another with --ledger"), path=place)


def no_ledger(path: object) -> LedgerError:
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
        raise no_ledger_at(path) from None
    except OSError as error:
        raise LedgerError(
            N_("{path} cannot be opened ({error}): name a ledger file with --ledger"), path=path, error=error.strerror
        ) from None
    if head != _MAGIC:
        raise no_ledger(path)
    try:
        with closing(connect(path)) as connection:
            (mark,) = connection.execute("PRAGMA application_id").fetchone()
            if mark in (APPLICATION_ID, BACKUP_ID):
                rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
                return str(rows[0][0]) if rows else ""
    except sqlite3.Error as error:
        if "no such table" not in str(error):
            raise explain_failure(error, path) from error
    raise no_ledger(path)


def free_or_own(path: Path) -> bool:
    """Tell whether nothing is there yet, or a ledger that this account may write."""
    try:
        return not path.exists() or (path.is_file() and _head(path, 68, 4) == APPLICATION_ID and writable(path))
    except OSError:
        return False


def is_backup(path: Path) -> bool:
    """Tell whether a ledger's file is a backup."""
    return _head(path, 68, 4) == BACKUP_ID


def pages(path: Path) -> int:
    """Return how many bytes the pages of a ledger's file take, as its head says."""
    return _head(path, 28, 4) * _head(path, 16, 2)


def _head(path: Path, start: int, length: int) -> int:
    """Read a number in the head of a SQLite file."""
    with path.open("rb") as file:
        file.seek(start)
        return int.from_bytes(file.read(length), "big")


def writable(path: Path) -> bool:
    """Tell whether this account may write the ledger; a file that nobody may write is not written as root either."""
    return (
        not is_backup(path)
        and bool(path.stat().st_mode & 0o222)
        and os.access(path, os.W_OK)
        and os.access(path.absolute().parent, os.W_OK)
    )


def connect(path: Path) -> sqlite3.Connection:
    """Open a connection that reads only.

    Where the ledger may be written it is opened so, for only then does SQLite tidy up its -wal and -shm
    files. Where it may not, or where the disk has no room for them, the file is read as it lies there.

    Raises:
        LedgerError: the file went away meanwhile.
    """
    uri = path.absolute().as_uri()
    try:
        may_be_written = writable(path)
    except FileNotFoundError:
        raise no_ledger_at(path) from None
    if may_be_written:
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


@contextmanager
def reading(path: Path, *, scratch: bool = False) -> Iterator[Run]:
    """Open a ledger for reading; with `scratch`, temporary tables may be made, and texts that are none are read too.

    Raises:
        LedgerError: it cannot be opened or read.
    """
    try:
        connection = connect(path)
        if scratch:
            connection.execute("PRAGMA query_only = OFF")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB >> 1}")
            connection.execute(f"PRAGMA temp.cache_size = -{CACHE_KIB >> 2}")
            connection.create_function("mark", 1, hash, deterministic=True)  # SipHash, under a key that each process draws anew
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
    except sqlite3.Error as error:
        raise explain_failure(error, path) from error
    connection.row_factory = sqlite3.Row
    connection.isolation_level = None
    connection.execute("BEGIN")  # all that is read is as at one moment

    def execute(sql: str, values: Values) -> list[dict[str, Any]]:
        try:
            if isinstance(values, list):
                connection.executemany(sql, values)
                return []
            return [dict(row) for row in connection.execute(sql, values)]
        except sqlite3.Error as error:
            raise explain_failure(error, path) from error

    def stream(sql: str, values: Values) -> Iterator[tuple[Any, ...]]:
        try:
            cursor = connection.cursor()
            cursor.row_factory = None
            cursor.execute(sql, values)
            yield from iter(cursor.fetchone, None)  # who stops half-way leaves no cursor to be closed after its connection
        except sqlite3.Error as error:
            raise explain_failure(error, path) from error

    with closing(connection):
        yield Run(execute, "sqlite", stream)


def scour(path: Path, table: str) -> bool:
    """Write a table's pages anew, for pages that SQLite has rearranged may still hold what its rows held before.

    Tell whether the old ones are gone from the file beside the ledger too: they stay there while somebody reads.

    Raises:
        LedgerError: another program was writing all the while.
    """
    try:
        # without foreign keys, or SQLite would take the rows out one by one and leave the pages
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("BEGIN IMMEDIATE")
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            connection.execute(f"DELETE FROM {table}")
            if rows:
                connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
            connection.execute("COMMIT")
            connection.execute("PRAGMA busy_timeout = 1000")
            busy, _pages, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise explain_failure(error, path) from error
    return not busy


_SHARES: Final = (
    "nfs",
    "nfs4",
    "cifs",
    "smb",
    "smb2",
    "smb3",
    "smbfs",
    "afpfs",
    "9p",
    "afs",
    "ceph",
    "glusterfs",
    "lustre",
    "davfs",
    "sshfs",
)
"""File systems of a network, on which SQLite's locks do not hold, as the system names them."""


def shared(path: Path) -> str | None:
    """Return the network file system on which a file lies, None where it lies on this machine or that cannot be told."""
    if str(path.absolute()).startswith(("\\\\", "//")):
        return "UNC"
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines()]
    except OSError:
        return None
    place = os.path.dirname(os.path.realpath(path))  # noqa: PTH120 - where a link leads to, as text
    over = [(mount[1].replace("\\040", " "), mount[2]) for mount in mounts if len(mount) > 2]  # noqa: PLR2004 - device, place, kind
    found = max(
        (one for one in over if f"{place}/".startswith(f"{one[0].rstrip('/')}/")), key=lambda one: len(one[0]), default=None
    )
    kind = found[1].removeprefix("fuse.") if found else ""
    return kind if kind in _SHARES else None


def exposed(path: Path) -> list[tuple[str, dict[str, object]]]:
    """Tell what is wrong with where a ledger lies and who may read it."""
    found: list[tuple[str, dict[str, object]]] = []
    share = shared(path)
    if share is not None:
        found.append(
            (
                N_(
                    "{path} lies on a network share ({share}), where two who write at once can damage it: keep it on this machine"
                ),
                {"path": path, "share": share},
            )
        )
    if os.name == "posix" and path.exists() and path.stat().st_mode & 0o077:
        found.append((N_("{path} can be read by others on this machine: `chmod 600 {path}`"), {"path": path}))
    return found


def wrong_revision(path: object, found: str) -> LedgerError:
    """Return the refusal of a ledger whose schema is another."""
    if not found:
        return no_ledger(path)
    if found > SCHEMA:
        return LedgerError(
            N_("{path} was written by a newer jsup (schema {found}, this one knows {known}): install the newer version"),
            path=path,
            found=found,
            known=SCHEMA,
        )
    return LedgerError(N_("{path} has the older schema {found}: bring it up with `jsup migrate`"), path=path, found=found)
