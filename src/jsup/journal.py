"""The hash-chained record of every change, by construction.

A session that `record` watches writes one entry per transaction, in the same transaction: the
after-image of every row that a flush inserted or updated. `guard` refuses, on the engine, every
write that no flush made. The body is stored as it was hashed and never written again.

Bulk rows are written inside `batch` and hold their own SHA-256; the entry holds those of a batch by one digest. Of a
complainant's data the entry holds a salted digest, so that they can be erased.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.orm import Session

from jsup import SCHEMA
from jsup.errors import N_, LedgerError
from jsup.files import Run

GENESIS: Final = "0" * 64
"""What the first entry names as the hash before it."""

BULK: Final = "inspection"
"""The table of bulk rows. Its first columns are the id, the version, whether that is the latest, and the row's SHA-256."""

BULK_HEAD: Final = 4
"""Columns of a bulk row that its SHA-256 does not cover: they follow from those that it covers and from the batch."""

PRIVATE: Final = {"complainant": ("name", "phone", "identity", "address", "salt")}
"""Columns that the journal does not hold: what can be erased, and the salt of the row's `digest` of it."""

_OPEN = "jsup_write_allowed"
_READING = re.compile(r"\s*(SELECT|SHOW|PRAGMA|EXPLAIN|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """Who changes the ledger, by which command, on which day as the officer sees it."""

    command: str
    officer: str
    today: date


def canonical(value: object) -> str:
    """Write a JSON value in the one form that is hashed: sorted keys, no blanks, no floats.

    >>> canonical({"b": 1, "a": date(2026, 9, 1), "c": "堃"})
    '{"a":"2026-09-01","b":1,"c":"堃"}'
    """
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | bool | int):
        return value
    raise TypeError(f"the journal holds no {type(value).__name__}")


def instant(moment: datetime) -> str:
    """Write an instant in UTC with six digits and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chained(prev_hash: str, body: str) -> str:
    """Return the hash of an entry: sha256(prev_hash LF body)."""
    return sha256(f"{prev_hash}\n{body}".encode()).hexdigest()


def guard(engine: Engine) -> None:
    """Refuse every write on this engine that no flush of a watched session makes."""

    @event.listens_for(engine, "before_cursor_execute")
    def refuse(conn: Connection, _cursor: object, statement: str, *_: object) -> None:
        if not _READING.match(statement) and not conn.info.get(_OPEN):
            raise LedgerError(N_("a write that the journal cannot see was stopped: change rows through the session"))


@contextmanager
def opened(connection: Connection) -> Iterator[None]:
    """Let writes of this package's own, such as a migration's, pass the guard."""
    connection.info[_OPEN] = True
    try:
        yield
    finally:
        connection.info[_OPEN] = False


@contextmanager
def batch(session: Session) -> Iterator[Connection]:
    """Let bulk rows be written; the caller adds the row of `batch` that holds them."""
    session.flush()
    connection = session.connection()
    with opened(connection):
        yield connection


def texts(cells: Iterable[object]) -> list[str]:
    """Return the cells of bulk rows as they are hashed: U+0000 stands for a column that the file did not have."""
    found = [*cells]
    if "\0" in found:  # no file holds one: it is not to pass for a column that is not there
        found = ["\0\0" if cell == "\0" else cell for cell in found]
    kinds = set(map(type, found))
    if kinds == {str}:
        return found  # type: ignore[return-value]
    return ["\0" if cell is None else str(cell) for cell in found] if type(None) in kinds else [*map(str, found)]


def row_hashes(columns: Sequence[Sequence[str]]) -> Iterator[str]:
    """Return the SHA-256 of each of many bulk rows, which come as columns of texts: of its cells with U+001F between them.

    >>> next(row_hashes([["A-1"], texts([1]), texts([None])]))[:8]
    '66890672'
    """
    return (sha256(said.encode()).hexdigest() for said in map("\x1f".join, zip(*columns, strict=True)))


class Digest:
    r"""The SHA-256 over the hashes of a batch's rows, in order, with line feeds between them; `count` says how many came.

    >>> digest = Digest()
    >>> for hashes in ["a", "b"], [], ["c"]:
    ...     digest.add(hashes)
    >>> digest.hexdigest() == sha256(b"a\nb\nc").hexdigest(), digest.count
    (True, 3)
    """

    def __init__(self) -> None:
        self.count, self._sha256 = 0, sha256()

    def add(self, hashes: Sequence[str]) -> None:
        """Take the hashes of the rows that come next."""
        if hashes:
            self._sha256.update(("\n" * bool(self.count) + "\n".join(hashes)).encode())
            self.count += len(hashes)

    def hexdigest(self) -> str:
        """Return the digest over all that came."""
        return self._sha256.hexdigest()


def private_digest(salt: str, data: Sequence[str | None]) -> str:
    """Return the digest of data that can be erased: sha256(salt LF data as a JSON list)."""
    return sha256(f"{salt}\n{canonical(list(data))}".encode()).hexdigest()


def record(session: Session, entry: Entry) -> None:
    """Watch a session: one entry for each of its transactions that changes anything."""
    touched: dict[tuple[str, Any], Any] = {}

    @event.listens_for(session, "before_flush")
    def start(session: Session, *_: object) -> None:
        if session.deleted:
            raise LedgerError(N_("nothing is deleted from the ledger: withdraw or amend it"))
        session.connection().info[_OPEN] = True

    @event.listens_for(session, "after_flush")
    def collect(session: Session, *_: object) -> None:
        session.connection().info[_OPEN] = False
        for row in (*session.new, *(row for row in session.dirty if session.is_modified(row))):
            touched[row.__tablename__, _key(row)] = row

    @event.listens_for(session, "before_commit")
    def write(session: Session) -> None:
        session.flush()
        if touched:
            _append(session.connection(), entry, touched)
        touched.clear()

    @event.listens_for(session, "after_rollback")
    def forget(_session: Session) -> None:
        touched.clear()

    @event.listens_for(session, "after_begin")
    def close(_session: Session, _transaction: object, connection: Connection) -> None:
        connection.info[_OPEN] = False


def _key(row: Any) -> Any:
    (key,) = inspect(row).identity or inspect(row).mapper.primary_key_from_instance(row)
    return key


def _image(row: Any) -> dict[str, object]:
    mapper = inspect(row).mapper
    hidden = PRIVATE.get(row.__tablename__, ())
    return {
        column.name: getattr(row, mapper.get_property_by_column(column).key)
        for column in mapper.columns
        if column.name not in hidden
    }


def _append(connection: Connection, entry: Entry, touched: dict[tuple[str, Any], Any]) -> None:
    last = connection.execute(text("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")).first()
    seq, prev_hash = (last.seq + 1, last.hash) if last else (1, GENESIS)
    body = canonical(
        {
            "seq": seq,
            "at": datetime.now(UTC),
            "today": entry.today,
            "officer": entry.officer,
            "command": entry.command,
            "schema": SCHEMA,
            "changes": [{"table": table, "key": key, "row": _image(row)} for (table, key), row in touched.items()],
        }
    )
    with opened(connection):
        connection.execute(
            text("INSERT INTO journal (seq, prev_hash, hash, body) VALUES (:seq, :prev_hash, :hash, :body)"),
            {"seq": seq, "prev_hash": prev_hash, "hash": chained(prev_hash, body), "body": body},
        )
        mark(connection, seq)


def mark(connection: Connection, seq: int) -> None:
    """Write the last entry's number into a ledger file's head too, so that entries cut off at the end are missed."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version = {seq}")


# What is checked of it, through the driver ------------------------------------------------------

Found = list[tuple[str, dict[str, object]]]
"""Problems: message keys with their values."""

CHANGES: Final = {
    "sqlite": "SELECT j.seq, c.key AS place, json_extract(c.value, '$.table') AS name, json_extract(c.value, '$.key') AS key,"
    " json_extract(c.value, '$.row') AS image"
    " FROM journal j, json_each(CASE WHEN json_valid(j.body) THEN j.body ELSE '{}' END, '$.changes') c",
    "postgresql": "SELECT j.seq, c.place, c.value ->> 'table' AS name, c.value -> 'key' AS key, c.value -> 'row' AS image"
    " FROM journal j CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN j.body IS JSON OBJECT AND"
    " jsonb_typeof(j.body::jsonb -> 'changes') = 'array' THEN j.body::jsonb -> 'changes' ELSE '[]' END)"
    " WITH ORDINALITY c(value, place)",
}
"""The changed rows of all entries, one line each: the image of a row after the change, by table and key."""

_TABLES: Final = {
    "sqlite": "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'",
    "postgresql": "SELECT c.relname AS name FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f', 'm') AND NOT c.relispartition"
    " AND c.relnamespace = current_schema()::regnamespace",
}
_COLUMNS: Final = {
    "sqlite": "SELECT name, pk, type = 'BOOLEAN' AS truth, type = 'INTEGER' AS number FROM pragma_table_info(:name) ORDER BY cid",
    "postgresql": "SELECT a.attname AS name, EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary"
    " AND a.attnum = ANY (i.indkey)) AS pk, a.atttypid = 'bool'::regtype AS truth,"
    " a.atttypid IN ('int4'::regtype, 'int8'::regtype) AS number FROM pg_attribute a"
    " WHERE a.attrelid = to_regclass(quote_ident(:name)) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
}


def changes(run: Run, tables: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Go through the entries that changed rows of these tables: per entry a list of table, key and row."""
    named = ", ".join(f"'{table}'" for table in tables)
    rows = run(f"SELECT seq, name, key, image FROM ({CHANGES[run.dialect]}) c WHERE name IN ({named}) ORDER BY seq, place", {})
    for _seq, entry in groupby(rows, key=lambda row: row["seq"]):
        yield [
            {
                "table": row["name"],
                "key": row["key"],
                "row": row["image"] if isinstance(row["image"], dict) else json.loads(row["image"]),
            }
            for row in entry
        ]


def tables_of(run: Run) -> list[str]:
    """Return the tables whose rows the journal holds: all but its own and the schema's mark."""
    found = sorted(row["name"] for row in run(_TABLES[run.dialect], {}))
    return [name for name in found if name not in ("journal", "alembic_version")]


def columns_of(run: Run, table: str) -> list[dict[str, Any]]:
    """Return a table's columns in their order: name, whether it is (of) the key, true or false, a number."""
    return run(_COLUMNS[run.dialect], {"name": table})
