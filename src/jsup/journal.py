"""The hash-chained record of every change, by construction.

A session that `record` watches writes one entry per transaction, in the same transaction: the
after-image of every row that a flush inserted or updated. `guard` refuses, on the engine, every
write that no flush made. The body is stored as it was hashed and never written again.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
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

GENESIS: Final = "0" * 64
"""What the first entry names as the hash before it."""

_OPEN = "jsup_write_allowed"
_READING = re.compile(r"\s*(SELECT|PRAGMA|EXPLAIN|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.IGNORECASE)


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
    return {column.name: getattr(row, mapper.get_property_by_column(column).key) for column in mapper.columns}


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


# The checking of a ledger, set-based, through the driver ----------------------------------------

Run = Callable[[str, dict[str, Any]], list[dict[str, Any]]]
"""Runs one statement with named values and returns its rows."""

_BATCH = 10_000


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: `problems` are message keys with their values."""

    entries: int
    head: str
    problems: list[tuple[str, dict[str, object]]]


def changes(run: Run, tables: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Go through the entries that changed rows of these tables: per entry a list of table, key and row."""
    named = ", ".join(f"'{table}'" for table in tables)
    rows = run(
        "SELECT j.seq, c.value AS change"
        f" FROM journal j, json_each(CASE WHEN json_valid(j.body) THEN j.body ELSE '{{}}' END, '$.changes') c"
        f" WHERE json_extract(c.value, '$.table') IN ({named}) ORDER BY j.seq, c.key",
        {},
    )
    for _seq, entry in groupby(rows, key=lambda row: row["seq"]):
        yield [json.loads(row["change"]) for row in entry]


def verify(run: Run, only: Sequence[str] | None = None) -> Verdict:
    """Recompute the chain, then compare the latest image of each row with what is stored, in `only` these tables.

    A row that was changed, added or removed behind the journal's back is named with its table and
    column; values are compared with their types, as the driver hands them out.
    """
    problems: list[tuple[str, dict[str, object]]] = []
    entries, head = _verify_chain(run, problems)
    run("DROP TABLE IF EXISTS temp.image", {})
    run(
        "CREATE TEMP TABLE image AS SELECT json_extract(c.value, '$.table') AS name, json_extract(c.value, '$.key') AS key,"
        " MAX(j.seq) AS seq, json_extract(c.value, '$.row') AS image"
        " FROM journal j, json_each(CASE WHEN json_valid(j.body) THEN j.body ELSE '{}' END, '$.changes') c GROUP BY 1, 2",
        {},
    )
    run("CREATE INDEX temp.image_key ON image (name, key)", {})
    tables = run(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT IN ('journal', 'alembic_version')"
        " AND name NOT LIKE 'sqlite@_%' ESCAPE '@' AND name NOT LIKE 'search@_%' ESCAPE '@' ORDER BY name",
        {},
    )
    for table in tables:
        if only is None or table["name"] in only:
            _verify_table(run, table["name"], problems)
    known = {table["name"] for table in tables}
    problems += [
        (N_("table {table}: it is gone with its {rows} rows"), {"table": row["name"], "rows": row["rows"]})
        for row in run("SELECT name, COUNT(*) AS rows FROM image GROUP BY name", {})
        if row["name"] not in known
    ]
    return Verdict(entries, head, problems)


def _verify_chain(run: Run, problems: list[tuple[str, dict[str, object]]]) -> tuple[int, str]:
    seq, head = 0, GENESIS
    while rows := run(
        "SELECT seq, prev_hash, hash, body FROM journal WHERE seq > :seq ORDER BY seq LIMIT :batch", {"seq": seq, "batch": _BATCH}
    ):
        for row in rows:
            if row["seq"] != seq + 1:
                problems.append(
                    (N_("journal entries {first} to {last}: they are gone"), {"first": seq + 1, "last": row["seq"] - 1})
                )
            elif row["prev_hash"] != head:
                problems.append((N_("journal entry {seq}: it does not continue the entry before it"), {"seq": row["seq"]}))
            if row["hash"] != chained(str(row["prev_hash"]), str(row["body"])) or not _says(row["body"], row["seq"]):
                problems.append((N_("journal entry {seq}: its text or its hash was changed"), {"seq": row["seq"]}))
            seq, head = row["seq"], row["hash"]
    below = run("SELECT COUNT(*) AS number FROM journal WHERE seq < 1", {})[0]["number"]
    if below:
        problems.append((N_("the journal holds {rows} entries that jsup did not write"), {"rows": below}))
    return run("SELECT COUNT(*) AS number FROM journal", {})[0]["number"], head


def _says(body: object, seq: int) -> bool:
    try:
        return bool(json.loads(str(body))["seq"] == seq)
    except (ValueError, KeyError, TypeError):
        return False


def _verify_table(run: Run, table: str, problems: list[tuple[str, dict[str, object]]]) -> None:
    columns = run("SELECT name, pk FROM pragma_table_info(:name)", {"name": table})
    keys = [column["name"] for column in columns if column["pk"]]
    if len(keys) != 1:
        problems.append((N_("table {table}: it is not part of the ledger's schema"), {"table": table}))
        return
    key, name = _quoted(keys[0]), _quoted(table)
    join = "image i ON i.name = :name AND i.key IS +t." + key
    added = f"SELECT t.{key} AS key FROM {name} t LEFT JOIN {join} WHERE i.name IS NULL ORDER BY 1"
    gone = f"SELECT key FROM image i WHERE name = :name AND NOT EXISTS (SELECT 1 FROM {name} t WHERE +t.{key} IS i.key)"
    for query, message in (
        (added, N_("table {table}, row {row}: it was added behind the journal's back")),
        (gone, N_("table {table}, row {row}: it was removed behind the journal's back")),
    ):
        problems += [(message, {"table": table, "row": row["key"]}) for row in run(query, {"name": table})]
    differs = []
    for column in columns:
        stored, said = f"t.{_quoted(column['name'])}", f"json_extract(i.image, '$.\"{column['name']}\"')"
        differs.append(f"(typeof({stored}) IS NOT typeof({said}) OR +{stored} IS NOT {said})")
    flags = ", ".join(f"{test} AS c{index}" for index, test in enumerate(differs))
    query = f"SELECT t.{key} AS key, {flags} FROM {name} t JOIN {join} WHERE {' OR '.join(differs)} ORDER BY 1"
    for row in run(query, {"name": table}):
        for index, column in enumerate(columns):
            if row[f"c{index}"]:
                problems.append(
                    (
                        N_("table {table}, row {row}, column {column}: it was changed behind the journal's back"),
                        {"table": table, "row": row["key"], "column": column["name"]},
                    )
                )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
