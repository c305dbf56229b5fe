"""Make, open and migrate a ledger, and change it: one verb, one transaction, one journal entry."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from jsup import SCHEMA, files, journal, policy, reads, workdays
from jsup.errors import N_, LedgerError, RefusedError
from jsup.journal import Entry, Verdict
from jsup.models import CalendarYear, PolicyText

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS: Final = "jsup:migrations"
"""Where Alembic finds the schema's steps."""


@dataclass(frozen=True)
class Ledger:
    """A ledger file and the entry under which it is about to be changed."""

    path: Path
    entry: Entry

    @contextmanager
    def change(self, *, dry_run: bool = False) -> Iterator[Session]:
        """Open one transaction: it is journaled and committed at the end, or nothing of it stays, as in a dry run.

        Raises:
            LedgerError: the ledger is missing, read-only, of a newer schema, busy or out of disk.
        """
        found = files.revision(self.path)
        _writable(self.path)
        if found != SCHEMA:
            if dry_run:
                raise files.wrong_revision(self.path, found)
            migrate(self.path)
        with _session(self.path, self.entry, dry_run=dry_run) as session:
            yield session


@contextmanager
def _session(path: Path, entry: Entry, *, dry_run: bool = False) -> Iterator[Session]:
    engine = _engine(path)
    try:
        with Session(engine) as session:
            journal.record(session, entry)
            yield session
            if dry_run:
                session.rollback()
            else:
                session.commit()
    except DBAPIError as error:
        raise _translated(error, path) from error
    finally:
        engine.dispose()


def _translated(error: DBAPIError, path: Path) -> Exception:
    if isinstance(error.orig, sqlite3.OperationalError | sqlite3.DatabaseError) and not isinstance(
        error.orig, sqlite3.IntegrityError
    ):
        return files.explain_failure(error.orig, path)
    return error


def _writable(path: Path) -> None:
    if not files.writable(path):
        raise files.explain_failure(sqlite3.OperationalError("readonly"), path)


def _engine(path: Path, *, foreign_keys: bool = True) -> Engine:
    """Return an engine on a file that is there: a ledger deleted meanwhile is not made anew as an empty one."""

    def connect() -> sqlite3.Connection:
        uri = f"{path.absolute().as_uri()}?mode=rw"
        return sqlite3.connect(uri, uri=True, timeout=files.BUSY_SECONDS, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions below; the driver must not
        connection.execute(f"PRAGMA foreign_keys = {foreign_keys:d}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    journal.guard(engine)
    return engine


def over(session: Session) -> reads.Reads:
    """Return the read side as seen from inside a transaction."""

    def run(sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        session.flush()
        return [dict(row) for row in session.connection().execute(text(sql), values).mappings()]

    return reads.Reads(run)


def create(path: Path, entry: Entry, policy_text: str, source: str) -> None:
    """Make a new ledger with a policy and the announced years, all of it or nothing.

    Raises:
        LedgerError: the place is taken or cannot be written, or the policy cannot be read.
    """
    law = policy.parse(policy_text, source)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        if path.exists() or path.is_symlink():
            raise _taken(path)
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _build(new)
        with _session(new, entry) as session:
            session.add(
                PolicyText(
                    name=law.name,
                    in_force_on=law.in_force_on,
                    sha256=sha256(policy_text.encode()).hexdigest(),
                    text=policy_text,
                )
            )
            session.add_all(year_row(year) for year in workdays.packaged())
        with closing(sqlite3.connect(new)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the file is moved without its -wal
        try:
            place(new, path)
        except FileExistsError:
            raise _taken(path) from None
    except FileNotFoundError:
        raise LedgerError(N_("there is no folder {folder}: make it first"), folder=path.absolute().parent) from None
    except sqlite3.Error as error:
        raise files.explain_failure(error, path) from error
    except OSError as error:
        raise LedgerError(
            N_("{path} cannot be made ({error}): look at its folder and disk"), path=path, error=error.strerror
        ) from error
    finally:
        with suppress(OSError):  # a name too long to be made is too long to be removed
            for suffix in ("", "-wal", "-shm", "-journal"):
                new.with_name(new.name + suffix).unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; nothing if it is there.

    Raises:
        LedgerError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(
            N_("the folder {folder} cannot be made ({error}): name another"), folder=folder, error=error.strerror
        ) from error


def _taken(path: Path) -> RefusedError:
    return RefusedError(N_("{path} is there already: use it as it is, or name another place with --ledger"), path=path)


def place(new: Path, path: Path) -> None:
    """Give a finished file its name; FileExistsError if anything has that name already."""
    try:
        os.link(new, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists() or path.is_symlink():
            raise FileExistsError(path) from None
        new.rename(path)


def _build(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {files.APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode = WAL")
    try:
        _upgrade(path)
    except DBAPIError as error:
        raise _translated(error, path) from error


def year_row(year: workdays.Year) -> CalendarYear:
    """Return the row that holds one announced year."""
    days = {
        "rest": {day.isoformat(): name for day, name in year.rest.items()},
        "work": {day.isoformat(): name for day, name in year.work.items()},
    }
    return CalendarYear(year=year.year, source=year.source, days=journal.canonical(days))


# Migration --------------------------------------------------------------------------------------


def _alembic() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - only when a schema is made or brought up

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.set_main_option("path_separator", "os")
    return config


def known_revisions() -> list[str]:
    """Return every schema that this program can bring up, oldest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory.from_config(_alembic())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _run_migrations(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415

    config = _alembic()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _upgrade(path: Path) -> None:
    engine = _engine(path, foreign_keys=False)  # or SQLite would not let a table be made anew that others refer to
    try:
        with engine.begin() as connection, journal.opened(connection):
            _run_migrations(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise LedgerError(N_("{path}: rows refer to rows that are not there: `jsup verify` names them"), path=path)
    finally:
        engine.dispose()


def migrate(path: Path) -> Path | None:
    """Bring an older ledger up to this program's schema after backing it up; return the backup.

    Raises:
        LedgerError: the ledger is of a newer schema, or cannot be written.
    """
    found = files.revision(path)
    if found == SCHEMA:
        return None
    if found not in known_revisions():
        raise files.wrong_revision(path, found) if found > SCHEMA else files.no_ledger(path)
    _writable(path)
    backup = path.with_name(f"{path.name}.{found}-{datetime.now(UTC):%Y%m%dT%H%M%S}.bak")
    try:
        os.close(os.open(backup, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(backup)) as copy:
            old.backup(copy)
        _upgrade(path)
    except DBAPIError as error:
        raise _translated(error, path) from error
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(
            N_("{path} cannot be backed up to {backup} ({error}): nothing was changed"), path=path, backup=backup, error=error
        ) from error
    return backup


# Verification -----------------------------------------------------------------------------------


def verify(path: Path) -> Verdict:
    """Check the journal's chain, every row against its latest image, and the schema itself.

    Raises:
        LedgerError: the ledger cannot be opened or read at all.
    """
    shape = (
        "SELECT type, name, sql FROM sqlite_master"
        " WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@' AND name NOT LIKE 'search@_%' ESCAPE '@'"
    )
    with reads.open_ledger(path) as ledger:
        ledger.rows("PRAGMA query_only = OFF")  # the images are gathered in a temporary table
        verdict = journal.verify(lambda sql, values: ledger.rows(sql, **values))
        stored = {(row["type"], row["name"]): row["sql"] for row in ledger.rows(shape)}
        revisions = [row["version_num"] for row in ledger.rows("SELECT version_num FROM alembic_version")]
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        _run_migrations(connection)
        wanted = {(kind, name): sql for kind, name, sql in connection.exec_driver_sql(shape)}
    engine.dispose()
    if revisions != [SCHEMA]:
        verdict.problems.append((N_("{kind} {name}: it is not as jsup made it"), {"kind": "table", "name": "alembic_version"}))
    for kind, name in sorted(wanted.keys() | stored.keys()):
        if wanted.get((kind, name)) != stored.get((kind, name)):
            verdict.problems.append((N_("{kind} {name}: it is not as jsup made it"), {"kind": kind, "name": name}))
    return verdict
