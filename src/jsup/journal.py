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

_BULK_HEAD: Final = 4
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


def digest_of(hashes: Iterable[str]) -> str:
    """Return the digest over the hashes of a batch's rows, in order, with line feeds between them."""
    return sha256("\n".join(hashes).encode()).hexdigest()


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


# The checking of a ledger, set-based, through the driver ----------------------------------------

_BATCH = 10_000

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

_LATEST: Final = {
    "sqlite": f"SELECT name, key, MAX(seq) AS seq, image FROM ({CHANGES['sqlite']}) c GROUP BY name, key",
    "postgresql": f"SELECT DISTINCT ON (name, key) name, key, seq, image FROM ({CHANGES['postgresql']}) c"
    " ORDER BY name, key, seq DESC",
}
_TABLES: Final = {
    "sqlite": "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'",
    "postgresql": "SELECT c.relname AS name FROM pg_class c WHERE c.relkind IN ('r', 'p', 'f', 'm') AND NOT c.relispartition"
    " AND c.relnamespace = current_schema()::regnamespace",
}
_COLUMNS: Final = {
    "sqlite": "SELECT name, pk, type = 'BOOLEAN' AS truth FROM pragma_table_info(:name) ORDER BY cid",
    "postgresql": "SELECT a.attname AS name, EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary"
    " AND a.attnum = ANY (i.indkey)) AS pk, a.atttypid = 'bool'::regtype AS truth FROM pg_attribute a"
    " WHERE a.attrelid = to_regclass(quote_ident(:name)) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
}


@dataclass(frozen=True)
class Verdict:
    """What `verify` found."""

    entries: int
    head: str
    problems: Found


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
    """Return the tables whose rows the journal holds: all but its own, the schema's mark, and what can be derived."""
    found = sorted(row["name"] for row in run(_TABLES[run.dialect], {}))
    return [name for name in found if name not in ("journal", "alembic_version") and not name.startswith("search_")]


def columns_of(run: Run, table: str) -> list[dict[str, Any]]:
    """Return a table's columns in their order: name, whether it is (of) the key, and whether it is true or false."""
    return run(_COLUMNS[run.dialect], {"name": table})


def verify(run: Run, only: Sequence[str] | None = None) -> Verdict:
    """Recompute the chain, then compare the latest image of each row with what is stored, in `only` these tables.

    A row that was changed, added or removed behind the journal's back is named with its table and
    column; values are compared with their types, as they are stored.
    """
    problems: Found = []
    entries, head = _verify_chain(run, problems)
    run("DROP TABLE IF EXISTS temp.image" if run.dialect == "sqlite" else "DROP TABLE IF EXISTS pg_temp.image", {})
    run(f"CREATE TEMP TABLE image AS {_LATEST[run.dialect]}", {})
    run("CREATE INDEX temp.image_key ON image (name, key)" if run.dialect == "sqlite" else "ANALYZE pg_temp.image", {})
    tables = tables_of(run)
    for table in tables:
        if only is None or table in only:
            (_verify_bulk if table == BULK else _verify_table)(run, table, problems)
    problems += [
        (N_("table {table}: it is gone with its {rows} rows"), {"table": row["name"], "rows": row["rows"]})
        for row in run("SELECT name, COUNT(*) AS rows FROM image GROUP BY name ORDER BY name", {})
        if row["name"] not in tables
    ]
    return Verdict(entries, head, problems)


def _verify_chain(run: Run, problems: Found) -> tuple[int, str]:
    seq, head = 0, GENESIS
    for row in run("SELECT seq FROM journal WHERE seq < 1 ORDER BY seq", {}):
        problems.append((N_("journal entry {seq}: jsup did not write it"), {"seq": row["seq"]}))
    while rows := run(
        "SELECT seq, prev_hash, hash, body FROM journal WHERE seq > :seq ORDER BY seq LIMIT :batch", {"seq": seq, "batch": _BATCH}
    ):
        for row in rows:
            if row["seq"] != seq + 1:
                problems.append(_gone(seq + 1, row["seq"] - 1))
            elif row["prev_hash"] != head:
                problems.append((N_("journal entry {seq}: it does not continue the entry before it"), {"seq": row["seq"]}))
            if row["hash"] != chained(str(row["prev_hash"]), str(row["body"])) or not _says(row["body"], row["seq"]):
                problems.append((N_("journal entry {seq}: its text or its hash was changed"), {"seq": row["seq"]}))
            seq, head = row["seq"], row["hash"]
    return run("SELECT COUNT(*) AS number FROM journal", {})[0]["number"], str(head)


def cut_off(run: Run) -> Found:
    """Compare the last entry with what a ledger file's head says of it."""
    if run.dialect != "sqlite":
        return []  # there no officer has the right to touch the journal's past
    ((marked,), (last,)) = (row.values() for row in (*run("PRAGMA user_version", {}), *run("SELECT MAX(seq) FROM journal", {})))
    if marked < (last or 0):
        return [(N_("journal entry {seq}: jsup did not write it"), {"seq": marked + 1})]
    return [_gone((last or 0) + 1, marked)] if marked > (last or 0) else []


def _gone(first: int, last: int) -> tuple[str, dict[str, object]]:
    return N_("journal entries {first} to {last}: they are gone"), {"first": first, "last": last}


def _says(body: object, seq: int) -> bool:
    try:
        return bool(json.loads(str(body))["seq"] == seq)
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _verify_table(run: Run, table: str, problems: Found) -> None:
    columns = columns_of(run, table)
    keys = [column["name"] for column in columns if column["pk"]]
    if len(keys) != 1:
        problems.append((N_("table {table}: it is not part of the ledger's schema"), {"table": table}))
        return
    name = _quoted(table)
    if run.dialect == "sqlite":
        key = f"+t.{_quoted(keys[0])}"
        same = f"i.name = :name AND i.key IS {key}"
    else:
        key = f"t.{_quoted(keys[0])}"
        same = f"i.name = :name AND i.key = to_jsonb({key})"
    added = f"SELECT {key} AS key FROM {name} t LEFT JOIN image i ON {same} WHERE i.name IS NULL ORDER BY 1"
    stored = key if run.dialect == "sqlite" else f"to_jsonb({key})"
    gone = f"SELECT key FROM image WHERE name = :name EXCEPT SELECT {stored} FROM {name} t ORDER BY 1"  # each side is read once
    for query, message in (
        (added, N_("table {table}, row {row}: it was added behind the journal's back")),
        (gone, N_("table {table}, row {row}: it was removed behind the journal's back")),
    ):
        problems += [(message, {"table": table, "row": row["key"]}) for row in run(query, {"name": table})]
    columns = [column for column in columns if column["name"] not in PRIVATE.get(table, ())]
    _verify_private(run, table, keys[0], problems)
    tests = [_differs(run, column["name"]) for column in columns]
    flags = ", ".join(f"{test} AS c{index}" for index, test in enumerate(tests))
    query = f"SELECT {key} AS key, {flags} FROM {name} t JOIN image i ON {same} WHERE {' OR '.join(tests)} ORDER BY 1"
    for row in run(query, {"name": table}):
        for index, column in enumerate(columns):
            if row[f"c{index}"]:
                problems.append(
                    (
                        N_("table {table}, row {row}, column {column}: it was changed behind the journal's back"),
                        {"table": table, "row": row["key"], "column": column["name"]},
                    )
                )


def _verify_private(run: Run, table: str, key: str, problems: Found) -> None:
    """Hold what the journal does not hold against the digest that it does hold; what was erased is empty."""
    if table not in PRIVATE:
        return
    for row in run(f"SELECT * FROM {_quoted(table)} ORDER BY {_quoted(key)}", {}):
        *data, salt = (row[column] for column in PRIVATE[table])
        erased = row["erased_on"] is not None
        if [*data, salt] != [None] * len(PRIVATE[table]) if erased else private_digest(str(salt), data) != row["digest"]:
            values = {"table": table, "row": row[key], "column": ", ".join(PRIVATE[table])}
            problems.append((N_("table {table}, row {row}, column {column}: it was changed behind the journal's back"), values))


def _verify_bulk(run: Run, table: str, problems: Found) -> None:
    """Recompute each bulk row's SHA-256 and each batch's digest; name what was changed, added or removed."""

    def found(message: str, **values: object) -> None:
        problems.append((message, {"table": table, **values}))

    added = N_("table {table}, row {row}: it was added behind the journal's back")

    def gone(first: int, last: int) -> None:
        if first == last:
            found(N_("table {table}, row {row}: it was removed behind the journal's back"), row=first)
        elif first < last:
            found(N_("table {table}, rows {row} to {last}: they were removed behind the journal's back"), row=first, last=last)

    described = columns_of(run, table)
    columns = [column["name"] for column in described]
    last = None
    for batch in run("SELECT first_id, count, digest FROM batch WHERE name = :name ORDER BY first_id, id", {"name": table}):
        expected, end, hashes, before = batch["first_id"], batch["first_id"] + batch["count"], [], len(problems)
        for rows in _pages(run, table, last, end):
            for row in rows:
                if row["id"] < batch["first_id"]:
                    found(added, row=row["id"])
                    continue
                gone(expected, row["id"] - 1)
                expected = row["id"] + 1
                hashes.append(row["sha256"])
                if next(row_hashes([[text] for text in texts(row[name] for name in columns[_BULK_HEAD:])])) != row["sha256"]:
                    found(N_("table {table}, row {row}: it was changed behind the journal's back"), row=row["id"])
        gone(expected, end - 1)
        if len(problems) == before and digest_of(hashes) != batch["digest"]:
            found(
                N_("table {table}, rows {row} to {last}: their batch was changed behind the journal's back"),
                row=batch["first_id"], last=end - 1,
            )  # fmt: skip
        last = end - 1
    for rows in _pages(run, table, last, None):
        for row in rows:
            found(added, row=row["id"])
    if (
        sum(column["pk"] for column in described) > 1
    ):  # by month: the server sees to it within a day only that an id is there once
        for row in run(f"SELECT id FROM {_quoted(table)} GROUP BY id HAVING COUNT(*) > 1 ORDER BY id", {}):
            found(added, row=row["id"])
    versions = f"""
        SELECT id FROM (SELECT id, version, latest, ROW_NUMBER() OVER (PARTITION BY record ORDER BY id) AS place,
                               COUNT(*) OVER (PARTITION BY record) AS places FROM {_quoted(table)}) v
        WHERE version <> place OR latest <> CASE WHEN place = places THEN 1 ELSE 0 END ORDER BY id"""
    for row in run(versions, {}):
        found(N_("table {table}, row {row}, column {column}: it was changed behind the journal's back"),
              row=row["id"], column="version, latest")  # fmt: skip


def _pages(run: Run, table: str, last: int | None, end: int | None) -> Iterator[list[dict[str, Any]]]:
    """Go through a table in the order of its ids, behind `last` and before `end`, or without such a bound."""
    before = "" if end is None else "AND id < :end "
    while True:
        behind = "1 = 1" if last is None else "id > :last"  # an id may be less than any that jsup gives
        bounds = {"last": last, "end": end, "most": _BATCH}
        query = f"SELECT * FROM {_quoted(table)} WHERE {behind} {before}ORDER BY id LIMIT :most"
        rows = run(query, {key: bound for key, bound in bounds.items() if bound is not None})
        if not rows:
            return
        yield rows
        last = rows[-1]["id"]


def _differs(run: Run, column: str) -> str:
    """Return the test of a column against a row's image: for a file with the stored value's type."""
    stored, text = f"t.{_quoted(column)}", column.replace("'", "''")
    if run.dialect == "sqlite":
        said = f"json_extract(i.image, '$.\"{text}\"')"
        return f"(typeof({stored}) IS NOT typeof({said}) OR +{stored} IS NOT {said})"
    return f"(to_jsonb({stored}) IS DISTINCT FROM NULLIF(i.image -> '{text}', 'null'))"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
