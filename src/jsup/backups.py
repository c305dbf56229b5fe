"""Copies of a ledger that leave it, and ledgers made from them: nothing is put in place before it was verified.

A backup is one file: a ledger that is only read, and behind it one page with the SHA-256 of all before. An export is a
folder: every table as JSON lines, and a manifest with the SHA-256 of each file.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import file_digest, sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final

from platformdirs import user_data_path
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

from jsup import SCHEMA, files, journal, outputs, reads
from jsup import ledger as ledgers
from jsup.audit import Verdict
from jsup.errors import N_, LedgerError, RefusedError
from jsup.journal import Found
from jsup.reads import Place
from jsup.servers import Server

_PAGE: Final = 4096
_BATCH: Final = 10_000
MANIFEST: Final = "manifest.json"
FORMAT: Final = "jsup export 1"


@dataclass(frozen=True)
class Copy:
    """What a backup, an export or a restored ledger holds; `problems` are those of the ledger that it was made of."""

    path: Path | str
    entries: int
    head: str
    problems: Found
    kept: Path | str | None = None
    first: str = ""
    """The first entry's hash, which names a ledger wherever it is."""


# Backup -----------------------------------------------------------------------------------------


def backup(place: Place, file: Path) -> Copy:
    """Copy a ledger as it is at one moment, while others go on writing, to a new file that is only read.

    Raises:
        LedgerError: the ledger cannot be read, or the file cannot be written.
        RefusedError: something is there already.
    """
    refusal = RefusedError(N_("{file} is there already: name a new file"), file=file)
    with ledgers.beside(file, refusal) as new:
        if isinstance(place, Path):
            ledgers.older(place)
            ledgers.copy(place, new)
        else:
            reads.must_be_current(place)
            with reads.store(place).reading(place) as run:
                _fill(new, SCHEMA, {table: _rows(run, table) for table in _order(run)})
        verdict = _inspected(new)
        with closing(sqlite3.connect(new)) as connection:
            (first,) = connection.execute("SELECT hash FROM journal ORDER BY seq LIMIT 1").fetchone() or ("",)
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute(f"PRAGMA application_id = {files.BACKUP_ID}")
        with new.open("r+b") as made:
            digest = file_digest(made, "sha256").hexdigest()
            made.write(_last_page(digest))
            made.flush()
            os.fsync(made.fileno())
        try:
            ledgers.put(new, file)
        except FileExistsError:
            raise refusal from None
    return Copy(file, verdict.entries, verdict.head, verdict.problems, first=str(first))


def _last_page(digest: str) -> bytes:
    return f"jsup backup 1 {digest}\n".encode().ljust(_PAGE, b"\0")


def _check_whole(file: Path) -> None:
    """Refuse a backup of which a byte is not as it was written, and any ledger whose file is too short or too long."""
    size = left = files.pages(file)
    digest = sha256()
    with file.open("rb") as opened:
        while left and (some := opened.read(min(left, 1 << 20))):
            digest.update(some)
            left -= len(some)
        last = opened.read()
    if left or not size or last != (_last_page(digest.hexdigest()) if files.is_backup(file) else b""):
        raise _damaged(file)


def _damaged(source: Path) -> LedgerError:
    return LedgerError(N_("{file} is damaged, and nothing was changed: take another backup or export"), file=source)


# Export -----------------------------------------------------------------------------------------


def export(place: Place, folder: Path, made_on: date) -> Copy:
    """Write every table of a ledger as JSON lines into a new folder, with a manifest.

    Raises:
        LedgerError: the ledger cannot be read, or the folder cannot be written.
        RefusedError: the folder is there already, and not empty.
    """
    reads.must_be_current(place)
    folder = folder.absolute()
    if not folder.name:
        raise RefusedError(N_("{folder} is there already: name a new folder"), folder=folder)
    new = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    try:
        if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise RefusedError(N_("{folder} is there already: name a new folder"), folder=folder)
        new.mkdir(mode=0o700)
        with reads.store(place).reading(place, scratch=True) as run:
            verdict = ledgers.inspected(run, SCHEMA, ledgers.wanted(place))
            tables = {table: _write(new / f"{table}.jsonl", _rows(run, table)) for table in _order(run)}
        manifest = {
            "format": FORMAT, "schema": SCHEMA, "made_on": made_on, "entries": verdict.entries, "head": verdict.head,
            "tables": tables,
        }  # fmt: skip
        _write(new / MANIFEST, [manifest | {"sha256": _sealed(manifest)}])
        new.replace(folder)
    except OSError as error:
        raise LedgerError(
            N_("{path} cannot be written ({error}): name another folder"), path=folder, error=error.strerror
        ) from error
    except (TypeError, ValueError) as error:  # a row holds what no journal can
        raise LedgerError(
            N_("{ledger} was changed behind the journal's back: `jsup verify` names where"), ledger=place
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return Copy(folder, verdict.entries, verdict.head, verdict.problems)


def _sealed(manifest: dict[str, Any]) -> str:
    """Return the SHA-256 of a manifest's other keys."""
    return sha256(journal.canonical(manifest).encode()).hexdigest()


def _write(file: Path, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    count, digest = 0, sha256()
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
        for row in rows:
            line = f"{journal.canonical(row)}\n".encode()
            opened.write(line)
            digest.update(line)
            count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def _order(run: files.Run) -> list[str]:
    """Return the tables so that rows come after those that they refer to."""
    there = {*journal.tables_of(run), "journal"}
    known = [table.name for table in SQLModel.metadata.sorted_tables if table.name in there]
    return known + sorted(there - {*known})


def _rows(run: files.Run, table: str) -> Iterator[dict[str, Any]]:
    """Go through a table's rows in the order of their keys, as the journal writes them."""
    columns = journal.columns_of(run, table)
    names = [column["name"] for column in columns]
    key, *_day = (column["name"] for column in columns if column["pk"])  # a table by month has the day in its key as well
    truths = [column["name"] for column in columns if column["truth"]]
    for cells in run.each(f'SELECT * FROM "{table}" ORDER BY "{key}"', {}):
        row = dict(zip(names, cells, strict=True))
        yield row | {name: bool(row[name]) for name in truths if row[name] is not None}


# Restore ----------------------------------------------------------------------------------------


def restore(source: Path, place: Place) -> Copy:
    """Make a ledger of a backup, an export, or another ledger's file, and keep the one that is in its place.

    It is verified first, at its own schema; an older one is then brought up to this program's. A file is replaced in one
    transaction of its own, so that whoever has it open sees the old ledger or the new one.

    Raises:
        LedgerError: the source is damaged, or was changed; nothing is changed then.
    """
    if not source.exists():
        raise LedgerError(N_("there is nothing at {file}: name a backup or an export"), file=source)
    if isinstance(place, Server):
        with tempfile.TemporaryDirectory(prefix="jsup-") as folder:
            new = Path(folder) / "ledger.db"
            entries, head = _made(source, new)
            return Copy(str(place), entries, head, [], _served(new, place))
    if place.exists() and place.samefile(source):
        raise RefusedError(N_("{file} is the ledger itself: name a backup or an export"), file=source)
    with ledgers.beside(place) as new:
        entries, head = _made(source, new)
        return Copy(place, entries, head, [], _swapped(new, place))


def _made(source: Path, new: Path) -> tuple[int, str]:
    """Make a verified ledger file of a source; return its entries and its head."""
    try:
        if source.is_dir():
            _load(source, new)
        else:
            ledgers.older(source)
            if files.is_backup(source) or not source.with_name(f"{source.name}-wal").exists():
                _check_whole(source)
            ledgers.copy(source, new)
            with closing(sqlite3.connect(new)) as connection:
                connection.execute(f"PRAGMA application_id = {files.APPLICATION_ID}")
                connection.execute("PRAGMA journal_mode = WAL")
                if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                    raise _damaged(source)
        _check(new, source)
        ledgers.migrate(new, keep=False)
        verdict = _check(new, source)
        ledgers.settle(new)
    except (
        sqlite3.Error,
        SQLAlchemyError,
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise _damaged(source) from error
    return verdict.entries, verdict.head


def _check(new: Path, source: Path) -> Verdict:
    verdict = _inspected(new)
    if verdict.problems:
        raise LedgerError(
            N_("{file} does not verify ({problems} problems), and nothing was changed: `jsup --ledger {file} verify` names them"),
            file=source,
            problems=len(verdict.problems),
        )
    return verdict


def _inspected(new: Path) -> Verdict:
    with files.reading(new, scratch=True) as run:
        return ledgers.inspected(run, files.revision(new))


def _load(folder: Path, new: Path) -> None:
    """Fill a new ledger file from an export, each of whose files is as the manifest says."""
    text = (folder / MANIFEST).read_text("utf-8")
    manifest = json.loads(text)
    tables = manifest["tables"]
    whole = f"{journal.canonical(manifest)}\n" == text and manifest.pop("sha256") == _sealed(manifest)
    if (
        not whole
        or manifest["format"] != FORMAT
        or {path.name for path in folder.iterdir()}
        != {
            MANIFEST,
            *(f"{name}.jsonl" for name in tables),
        }
    ):
        raise _damaged(folder)
    if manifest["schema"] not in ledgers.known_revisions():
        raise files.wrong_revision(folder, str(manifest["schema"]))
    for name, said in tables.items():
        with (folder / f"{name}.jsonl").open("rb") as opened:
            if file_digest(opened, "sha256").hexdigest() != said["sha256"]:
                raise _damaged(folder / f"{name}.jsonl")
    _fill(new, manifest["schema"], {name: _lines(folder / f"{name}.jsonl") for name in tables})
    with files.reading(new) as run:
        (found,) = run("SELECT COUNT(*) AS entries, MAX(seq) AS last FROM journal", {})
        heads = run("SELECT hash FROM journal WHERE seq = :last", found)
    if (manifest["entries"], [manifest["head"]]) != (found["entries"], [row["hash"] for row in heads]):
        raise _damaged(folder)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as opened:
        yield from map(json.loads, opened)


def _fill(new: Path, revision: str, tables: dict[str, Iterable[dict[str, Any]]]) -> None:
    with ledgers.found(new, revision) as connection:
        insert(connection, tables)


def insert(connection: Connection, tables: dict[str, Iterable[dict[str, Any]]]) -> None:
    """Put rows, journal included, into a ledger that was founded just now.

    Raises:
        LedgerError: the tables are not those of its schema.
    """
    run = ledgers.run_on(connection)
    order = _order(run)
    if set(order) != set(tables):
        raise LedgerError(
            N_("the tables {tables} are not those of this schema"), tables=", ".join(sorted(set(order) ^ set(tables)))
        )
    with journal.opened(connection):
        for table in order:
            names = [column["name"] for column in journal.columns_of(run, table)]
            columns, values = ", ".join(f'"{name}"' for name in names), ", ".join(f":{name}" for name in names)
            statement = ledgers.spoken(connection, f'INSERT INTO "{table}" ({columns}) VALUES ({values})')
            rows = iter(tables[table])
            while some := list(islice(rows, _BATCH)):
                connection.exec_driver_sql(statement, some)
            if connection.dialect.name == "postgresql" and "id" in names:
                last = (
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), GREATEST(MAX(id), 1), MAX(id) > 0) FROM \"{table}\""
                )
                connection.exec_driver_sql(last)
    journal.mark(connection, run("SELECT COALESCE(MAX(seq), 0) AS last FROM journal", {})[0]["last"])


def _swapped(new: Path, path: Path) -> Path | None:
    """Put a verified ledger in a place; return where the one that was there is kept."""
    if not path.exists():
        ledgers.put(new, path)
        return None
    kept = path.with_name(f"{path.name}.{_now()}.old")
    try:
        files.revision(path)
        with closing(sqlite3.connect(path, timeout=files.BUSY_SECONDS)) as old, closing(sqlite3.connect(new)) as source:
            old.execute("PRAGMA journal_mode = WAL")
            source.backup(old, pages=1, progress=_keeping(path, kept), sleep=0.05)
    except (LedgerError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.OperationalError):
            raise files.explain_failure(error, path) from error
        kept.unlink(missing_ok=True)
        for suffix in ("-wal", "-shm", ""):  # what is no ledger nobody has open
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                beside.rename(kept.with_name(kept.name + suffix))
        ledgers.put(new, path)
    return kept


def _keeping(path: Path, kept: Path) -> Any:
    """Return what copies the old ledger once nobody but the restoring transaction can write it any more."""
    until = time.monotonic() + files.BUSY_SECONDS

    def keep(status: int, _remaining: int, _total: int) -> None:
        if status == sqlite3.SQLITE_OK and not kept.exists():
            ledgers.copy(path, kept)
        if status != sqlite3.SQLITE_OK and time.monotonic() > until:
            raise sqlite3.OperationalError("locked")

    return keep


def _served(new: Path, server: Server) -> str | None:
    """Put a verified ledger on a server in one transaction; return the schema under which the one that was there is kept."""
    with ledgers.told(server), files.reading(new) as run, ledgers.found(server, keep=f"jsup_{_now().lower()}") as connection:
        insert(connection, {table: _rows(run, table) for table in _order(run)})
        kept: str | None = connection.info.pop("kept", None)
    return kept


def _now() -> str:
    """Return the instant as a part of a name, so fine that no other has it."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"


# What is known of backups, outside the ledger: to write it into it would change what was backed up -----------------------------


def _memory() -> Path:
    return user_data_path("jsup", appauthor=False) / "backups.json"


def remembered() -> dict[str, dict[str, str]]:
    """Return this machine's last backup of each ledger, by the hash of its first entry: its `file` and the day `made_on`."""
    try:
        found = json.loads(_memory().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    known = found.items() if isinstance(found, dict) else ()
    return {first: last for first, last in known if _remembered(last)}


def _remembered(last: Any) -> bool:
    try:
        return isinstance(last["file"], str) and bool(date.fromisoformat(last["made_on"]))
    except (KeyError, TypeError, ValueError):
        return False


def remember(first: str, file: Path, today: date) -> None:
    """Note on this machine that a ledger was backed up, named by its first entry; nothing depends on it but the reminder."""
    made = {"file": str(file.absolute()), "made_on": today.isoformat()}
    memory = _memory()
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        beside = memory.with_name(f".{memory.name}.new")
        outputs.make_beside(beside, json.dumps({**remembered(), first: made}, ensure_ascii=False, indent=1).encode())
        beside.replace(memory)
    except OSError:
        return
