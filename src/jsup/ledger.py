"""Make, open and migrate a ledger, and change it: one verb, one transaction, one journal entry."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from jsup import SCHEMA, audit, files, journal, policy, privacy, reads, ready, servers, workdays
from jsup.audit import Since, Verdict
from jsup.errors import N_, LedgerError, RefusedError
from jsup.journal import Entry
from jsup.models import CalendarYear, PolicyText
from jsup.reads import Place
from jsup.servers import Server

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS: Final = "jsup:migrations"
"""Where Alembic finds the schema's steps."""

MARKED_SINCE: Final = "0004"
"""The schema from which on a file's head holds the last entry's number."""


@dataclass(frozen=True)
class Ledger:
    """A ledger and the entry under which it is about to be changed."""

    place: Place
    entry: Entry

    @contextmanager
    def change(self, *, dry_run: bool = False) -> Iterator[Session]:
        """Open one transaction: it is journaled and committed at the end, or nothing of it stays, as in a dry run.

        Raises:
            LedgerError: the ledger is missing, read-only, a backup, of a newer schema, busy, out of disk or out of reach.
        """
        found = reads.store(self.place).revision(self.place)
        if isinstance(self.place, Path):
            _check_writable(self.place)
        if found != SCHEMA:
            if dry_run or isinstance(self.place, Server):
                raise files.wrong_revision(self.place, found)
            migrate(self.place)
        with told(self.place), _engine(self.place) as engine, Session(engine) as session:
            privacy.keep(session)
            journal.record(session, self.entry)
            yield session
            if dry_run:
                session.rollback()
            else:
                session.commit()


@contextmanager
def told(place: Place) -> Iterator[None]:
    """Put what the driver refuses into a sentence; what only a mistake of jsup's own leads to stays as it is."""
    try:
        yield
    except DBAPIError as error:
        denied = getattr(error.orig, "sqlstate", None) == servers.NO_RIGHT
        if isinstance(error, IntegrityError | DataError | ProgrammingError) and not denied:
            raise
        raise reads.store(place).explain_failure(error.orig, place) from error


def _check_writable(path: Path) -> None:
    if files.is_backup(path):
        raise RefusedError(N_("{path} is a backup and stays as it is: `jsup restore` makes a ledger of it"), path=path)
    if not files.writable(path):
        raise files.explain_failure(sqlite3.OperationalError("readonly"), path)


@contextmanager
def _engine(place: Place, *, foreign_keys: bool = True, lock: bool = True) -> Iterator[Engine]:
    """Give an engine on a ledger that is there: a file deleted meanwhile is not made anew as an empty one."""
    if isinstance(place, Server):
        server = place  # `lock`: one writer after another, in the order in which they came
        engine = create_engine(
            "postgresql+psycopg://", creator=lambda: servers.connect(server), poolclass=NullPool, isolation_level="READ COMMITTED"
        )
        begins = f"SELECT pg_advisory_xact_lock({servers.LOCK})" if lock else "SELECT 1"
    else:
        uri = f"{place.absolute().as_uri()}?mode=rw"

        def connect() -> sqlite3.Connection:
            return sqlite3.connect(uri, uri=True, timeout=files.BUSY_SECONDS, check_same_thread=False)

        engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
        begins = "BEGIN IMMEDIATE"

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None  # SQLAlchemy begins transactions below; the driver must not
            connection.execute(f"PRAGMA foreign_keys = {foreign_keys:d}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(f"PRAGMA cache_size = -{files.CACHE_KIB}")
            connection.execute("PRAGMA secure_delete = ON")  # what a complainant's erasing empties is gone from the file

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(begins)

    journal.guard(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def over(session: Session) -> reads.Reads:
    """Return the read side as seen from inside a session."""
    run = run_on(session.connection())

    def execute(sql: str, values: files.Values) -> list[dict[str, Any]]:
        session.flush()
        return run(sql, values)

    return reads.Reads(files.Run(execute, run.dialect))


def run_on(connection: Connection) -> files.Run:
    """Return how statements are run, as the read side runs them, from inside a transaction."""

    def execute(sql: str, values: files.Values) -> list[dict[str, Any]]:
        result = connection.exec_driver_sql(spoken(connection, sql), values)
        found = result.mappings() if result.returns_rows else ()
        return [{key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()} for row in found]

    return files.Run(execute, connection.dialect.name)


def spoken(connection: Connection, sql: str) -> str:
    """Write a statement's named values as this connection's driver wants them."""
    return sql if connection.dialect.name == "sqlite" else servers.named(sql)


def create(place: Place, entry: Entry, policy_text: str, source: str) -> None:
    """Make a new ledger with a policy and the announced years, all of it or nothing.

    Raises:
        RefusedError: something is at the place.
        LedgerError: it cannot be written, or the policy cannot be read.
    """
    law = policy.parse(policy_text, source)
    rows = [policy_row(policy_text, law), *(year_row(year) for year in workdays.packaged())]

    def fill(connection: Connection) -> None:
        with Session(connection) as session:
            journal.record(session, entry)
            session.add_all(rows)
            session.commit()

    if isinstance(place, Server):
        with told(place), found(place) as connection:
            fill(connection)
        return
    refusal = taken(place)
    with beside(place, refusal) as new:
        with told(new), found(new) as connection:
            fill(connection)
        settle(new)
        try:
            put(new, place)
        except FileExistsError:
            raise refusal from None


@contextmanager
def beside(path: Path, refusal: RefusedError | None = None) -> Iterator[Path]:
    """Give a new file beside a place, for a ledger; it and its parts are gone at the end.

    Raises:
        RefusedError: the one given, where something is at the place; without one that may be.
        LedgerError: the place cannot be written.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        if refusal is not None and (path.exists() or path.is_symlink()):
            raise refusal
        _touch(new)
        yield new
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


@contextmanager
def found(place: Place, revision: str = "head", *, keep: str = "") -> Iterator[Connection]:
    """Open the transaction that lays a new ledger's tables, in an empty file or on a server, and whatever is done in it.

    With `keep`, a ledger that is on the server already stays there as a schema of that name.
    """
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as connection:
            connection.execute(f"PRAGMA application_id = {files.APPLICATION_ID}")
            connection.execute("PRAGMA journal_mode = WAL")
    with _engine(place) as engine, engine.begin() as begun:
        with journal.opened(begun):
            if isinstance(place, Server):
                if begun.exec_driver_sql(f"SELECT to_regclass('{servers.HOUSE}.alembic_version')").scalar() is not None:
                    if not keep:
                        raise taken(place)
                    begun.exec_driver_sql(f"ALTER SCHEMA {servers.HOUSE} RENAME TO {keep}")
                    begun.info["kept"] = keep
                begun.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {servers.HOUSE}")
            _run_migrations(begun, revision)
        yield begun
        grant(begun)


def _touch(path: Path) -> None:
    """Make a new file that nobody else can read."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def settle(path: Path) -> None:
    """Bring everything into the ledger's one file, so that it can be moved without its -wal."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def grant(connection: Connection) -> None:
    """Give the roles of a server their rights in what was made just now, where the roles are there."""
    if connection.dialect.name == "sqlite":
        return
    roles = "SELECT COUNT(*) FROM pg_roles WHERE rolname IN ('jsup_reader', 'jsup_officer')"
    if connection.exec_driver_sql(roles).scalar() == len(("jsup_reader", "jsup_officer")):
        with journal.opened(connection):
            connection.exec_driver_sql((resources.files("jsup") / "data" / "roles.sql").read_text("utf-8").replace("%", "%%"))


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


def taken(place: Place) -> RefusedError:
    """Return the refusal to make a ledger where something is."""
    return RefusedError(N_("{path} is there already: use it as it is, or name another place with --ledger"), path=place)


def put(new: Path, path: Path) -> None:
    """Give a finished file its name; FileExistsError if anything has that name already."""
    try:
        os.link(new, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists() or path.is_symlink():
            raise FileExistsError(path) from None
        new.rename(path)


def policy_row(text: str, law: policy.Policy) -> PolicyText:
    """Return the row that holds a policy's text, with what it says kept ready."""
    digest = sha256(text.encode()).hexdigest()
    kept = ready.of(text, law)
    return PolicyText(name=law.name, in_force_on=law.in_force_on, sha256=digest, text=text, ready=kept)


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


def _run_migrations(connection: Connection, revision: str = "head") -> None:
    from alembic import command  # noqa: PLC0415

    config = _alembic()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _upgrade(place: Place) -> None:
    # without foreign keys, or SQLite would not let a table be made anew that others refer to
    with _engine(place, foreign_keys=False) as engine, engine.begin() as connection:
        with journal.opened(connection):
            _run_migrations(connection)
        if isinstance(place, Path) and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
            raise LedgerError(N_("{path}: rows refer to rows that are not there: `jsup verify` names them"), path=place)
        grant(connection)


def migrate(place: Place, *, keep: bool = True) -> Path | None:
    """Bring an older ledger up to this program's schema; return the backup that a file has beside it before, with `keep`.

    On a server it happens whole or not at all, and whoever looks after the server backs it up.

    Raises:
        LedgerError: the ledger is of a newer schema, or cannot be written.
    """
    if not older(place):
        return None
    if isinstance(place, Server):
        with told(place):
            _upgrade(place)
        return None
    _check_writable(place)
    revision = files.revision(place)
    backup = place.with_name(f"{place.name}.{revision}-{datetime.now(UTC):%Y%m%dT%H%M%S}.bak")
    try:
        if keep:
            copy(place, backup)
    except (OSError, sqlite3.Error) as error:
        raise LedgerError(
            N_("{path} cannot be backed up to {backup} ({error}): nothing was changed"), path=place, backup=backup, error=error
        ) from error
    with told(place):
        _upgrade(place)
    return backup if keep else None


def copy(path: Path, to: Path) -> None:
    """Copy a ledger file as it is at one moment, while others go on writing, to a new file."""
    if not to.exists():
        _touch(to)
    with closing(files.connect(path)) as old, closing(sqlite3.connect(to)) as new:
        old.backup(new)


# Verification -----------------------------------------------------------------------------------

_SHAPE: Final = {
    "sqlite": "SELECT type AS kind, name, sql AS made FROM sqlite_master WHERE name NOT IN ('sqlite_stat1', 'sqlite_stat4')",
    "postgresql": servers.SHAPE,
}
"""What a ledger's schema holds: kind, name, and how it was made."""

Shape = dict[tuple[str, str], str | None]


@cache
def _wanted(revision: str) -> Shape:
    """Return the schema of a ledger file of some revision as jsup makes it."""
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            _run_migrations(connection, revision)
            return {(kind, name): sql for kind, name, sql in connection.exec_driver_sql(_SHAPE["sqlite"])}
    finally:
        engine.dispose()


@cache
def _wanted_of(server: Server) -> Shape:
    """Return the schema of a ledger on this server as jsup makes it: made in passing, of temporary tables."""
    with _engine(server, lock=False) as engine, engine.connect() as connection, journal.opened(connection):
        connection.exec_driver_sql("SET LOCAL search_path TO pg_temp")
        _run_migrations(connection)
        made = connection.exec_driver_sql(servers.named(_SHAPE["postgresql"].format(house="pg_my_temp_schema()")))
        return {(kind, name): sql for kind, name, sql in made}


def wanted(place: Place) -> Shape:
    """Return the schema of a ledger at this place as jsup makes it."""
    return _wanted(SCHEMA) if isinstance(place, Path) else _wanted_of(place)


def older(place: Place) -> bool:
    """Tell whether a ledger is of an older schema than this program's.

    Raises:
        LedgerError: it is of a newer one, or there is none.
    """
    revision = reads.store(place).revision(place)
    if revision not in known_revisions():
        raise files.wrong_revision(place, revision) if revision > SCHEMA else files.no_ledger(place)
    return bool(revision != SCHEMA)


def verify(place: Place, since: Since | None = None) -> Verdict:
    """Check the journal's chain, every row against its latest image, and the schema itself; or what came `since` an entry.

    Raises:
        LedgerError: the ledger cannot be opened or read at all.
    """
    store = reads.store(place)
    revision = store.revision(place)
    with store.reading(place, scratch=True) as run:
        shape = wanted(place)
        if revision != SCHEMA and (revision in known_revisions() or _odd(run, shape)):
            raise files.wrong_revision(place, revision)  # else it is of this schema, and its mark was changed
        return inspected(run, SCHEMA, shape, since)


def inspected(run: files.Run, revision: str, shape: Shape | None = None, since: Since | None = None) -> Verdict:
    """Check a ledger of some revision that is open for reading with `scratch`; `shape` is its schema as jsup makes it."""
    verdict = audit.verify(run, since=since)
    if revision >= MARKED_SINCE:
        verdict.problems.extend(audit.cut_off(run))
    odd = _odd(run, _wanted(revision) if shape is None else shape)
    if [row["version_num"] for row in run("SELECT version_num FROM alembic_version", {})] != [revision]:
        odd.add(("table", "alembic_version"))
    verdict.problems.extend(
        (N_("{kind} {name}: it is not as jsup made it"), {"kind": kind, "name": name}) for kind, name in sorted(odd)
    )
    return verdict


def _odd(run: files.Run, shape: Shape) -> set[tuple[str, str]]:
    """Return what of a ledger's schema is not as it should be: kinds and names."""
    made = _SHAPE[run.dialect].format(house="current_schema()::regnamespace")
    stored: Shape = {(row["kind"], row["name"]): row["made"] for row in run(made, {})}
    if servers.BY_MONTH.items() <= stored.items():  # somebody ran data/partitions.sql
        shape = shape | servers.BY_MONTH
    return {key for key in shape.keys() | stored.keys() if shape.get(key) != stored.get(key)}
