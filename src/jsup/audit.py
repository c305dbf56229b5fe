"""The checking of a ledger: the journal's chain, and every row against its latest image, all of it or since a seal.

A file's journal is read once: its chain is recomputed, and of each row that it names the latest entry is kept in a temporary
table, with a mark of the row's text. A stored row whose text has that mark is as it was written; any other is compared column by
column. A server does the same in SQL with the images themselves. Nothing grows with the journal but that temporary table, which
lies on the disk.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from jsup.errors import N_
from jsup.files import Run
from jsup.journal import (
    BULK,
    BULK_HEAD,
    CHANGES,
    GENESIS,
    PRIVATE,
    Digest,
    Found,
    canonical,
    columns_of,
    private_digest,
    row_hashes,
    tables_of,
    texts,
)

_ENTRIES, _ROWS = 1_000, 10_000
"""Entries of the journal whose rows are held at a time, and bulk rows."""

_MOST: Final = 1 << 62
"""What no number of rows comes to; the sum of two such is still one that SQL knows."""

_CHAIN: Final = {
    "sqlite": "SELECT seq, CAST(hash AS BLOB), CAST(prev_hash || char(10) || body AS BLOB),"
    " CASE WHEN typeof(prev_hash) = 'text' AND length(prev_hash) = 64 AND typeof(hash) = 'text' AND typeof(body) = 'text'"
    " AND json_valid(body) THEN json_extract(body, '$.seq') IS +seq END FROM journal WHERE seq > :seq ORDER BY seq",
    "postgresql": "SELECT seq, convert_to(hash, 'UTF8'), convert_to(prev_hash || chr(10) || body, 'UTF8'),"
    " CASE WHEN length(prev_hash) = 64 AND body IS JSON OBJECT THEN COALESCE(body::json ->> 'seq' = seq::text, false) END"
    " FROM journal WHERE seq > :seq ORDER BY seq",
}
"""The entries after one: the number, the hash, what it is the hash of, and whether that holds the number, NULL where it is not
JSON; in bytes, for to decode texts takes longer than to hash them."""

_IMAGES: Final = {
    "sqlite": (
        "DROP TABLE IF EXISTS temp.image",
        "CREATE TEMP TABLE image (name TEXT, key TEXT, seq INTEGER, mark INTEGER, PRIMARY KEY (name, key)) WITHOUT ROWID",
    ),
    "postgresql": (
        "DROP TABLE IF EXISTS pg_temp.image",
        f"""CREATE TEMP TABLE image AS SELECT DISTINCT ON (name, key) name, key, seq, image FROM ({CHANGES["postgresql"]}) c
            WHERE seq > :seq ORDER BY name, key, seq DESC""",
        "ANALYZE pg_temp.image",
    ),
}
"""How the table of the latest images is made; a file's is filled while its journal is read."""


@dataclass(frozen=True)
class Verdict:
    """What `verify` found."""

    entries: int
    head: str
    problems: Found


@dataclass(frozen=True)
class Since:
    """The entry after which a journal is looked at."""

    seq: int = 0
    head: str = GENESIS


def verify(run: Run, only: Sequence[str] | None = None, since: Since | None = None) -> Verdict:
    """Recompute the chain, then compare the latest image of each row with what is stored, in `only` these tables.

    A row that was changed, added or removed behind the journal's back is named with its table and column; values are compared
    with their types, as they are stored. With `since`, only the entries after that one are read, and only the rows that they
    changed are compared: rows added, and what was done to rows that they did not change, are not seen then.
    """
    problems: Found = []
    for statement in _IMAGES[run.dialect]:
        run(statement, {"seq": since.seq if since else 0})
    if since is None:
        for row in run("SELECT seq FROM journal WHERE seq < 1 ORDER BY seq", {}):
            problems.append((N_("journal entry {seq}: jsup did not write it"), {"seq": row["seq"]}))
    entries, head = verify_chain(run, since or Since(), problems)
    tables = tables_of(run)
    for table in tables:
        if only is None or table in only:
            (_verify_bulk if table == BULK else _verify_table)(run, table, problems, whole=since is None)
    problems += [
        (N_("table {table}: it is gone with its {rows} rows"), {"table": row["name"], "rows": row["rows"]})
        for row in run("SELECT name, COUNT(*) AS rows FROM image GROUP BY name ORDER BY name", {})
        if row["name"] not in tables
    ]
    if since is None:
        entries += run("SELECT COUNT(*) AS number FROM journal WHERE seq < 1", {})[0]["number"]
    return Verdict((since.seq if since else 0) + entries, head, problems)


# The chain, and what it says of each row --------------------------------------------------------


def verify_chain(run: Run, since: Since, problems: Found, *, rows_too: bool = True) -> tuple[int, str]:
    """Recompute the chain after an entry, and keep of a file what its entries say of each row; return how many, and the head."""
    last, head, entries = since.seq, since.head.encode(), 0
    latest: dict[tuple[bytes, bytes], tuple[int, int]] = {}
    keeps = rows_too and run.dialect == "sqlite"
    for seq, digest, text, numbered in run.each(_CHAIN[run.dialect], {"seq": last}):
        said = text or b""
        if seq != last + 1:
            problems.append(_gone(last + 1, seq - 1))
        elif not said.startswith(head + b"\n"):
            problems.append((N_("journal entry {seq}: it does not continue the entry before it"), {"seq": seq}))
        last, head, entries = seq, digest or b"", entries + 1
        if not (numbered and sha256(said).hexdigest().encode() == head):
            problems.append((N_("journal entry {seq}: its text or its hash was changed"), {"seq": seq}))
        if keeps and numbered is not None:
            for row, mark in _changed(said):
                latest[row] = (seq, mark)
            if entries % _ENTRIES == 0:
                _keep(run, latest)
    _keep(run, latest)
    return entries, head.decode("utf-8", "replace")


def _keep(run: Run, latest: dict[tuple[bytes, bytes], tuple[int, int]]) -> None:
    """Move the latest entries of some rows into the temporary table."""
    if latest:
        rows = [
            (name.decode("utf-8", "replace"), key.decode("utf-8", "replace"), seq, mark)
            for (name, key), (seq, mark) in latest.items()
        ]
        run("INSERT OR REPLACE INTO image VALUES (?, ?, ?, ?)", rows)
        latest.clear()


def _changed(said: bytes) -> list[tuple[tuple[bytes, bytes], int]]:
    """Return the rows that an entry changed: the table and the key as JSON, and the mark of the row's text.

    In the one form in which jsup writes entries they can be told apart without reading their JSON, for within a text each
    quotation mark has a backslash before it.
    """
    start, end = said.find(b'"changes":[{"key":'), said.rfind(b'"}],"command":"')
    if start < 0 or end < 0:
        return _changed_otherwise(said)
    found = []
    for change in said[start + len(b'"changes":[{"key":') : end].split(b'"},{"key":'):
        key, _, rest = change.partition(b',"row":')
        image, _, table = rest.rpartition(b',"table":"')
        found.append(((table, key), hash(image)))
    return found


def _changed_otherwise(said: bytes) -> list[tuple[tuple[bytes, bytes], int]]:
    try:
        return [
            ((str(change["table"]).encode(), canonical(change["key"]).encode()), hash(canonical(change["row"]).encode()))
            for change in json.loads(said.partition(b"\n")[2])["changes"]
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


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


# The rows ---------------------------------------------------------------------------------------


def _verify_table(run: Run, table: str, problems: Found, *, whole: bool) -> None:
    columns = columns_of(run, table)
    keys = [column for column in columns if column["pk"]]
    if len(keys) != 1:
        problems.append((N_("table {table}: it is not part of the ledger's schema"), {"table": table}))
        return
    columns = [column for column in columns if column["name"] not in PRIVATE.get(table, ())]
    if not whole and not run("SELECT 1 AS found FROM image WHERE name = :name LIMIT 1", {"name": table}):
        return
    added, gone = (_compare_marks if run.dialect == "sqlite" else _compare_keys)(run, table, columns, keys[0], whole=whole)
    for rows, message in (
        (added, N_("table {table}, row {row}: it was added behind the journal's back")),
        (gone, N_("table {table}, row {row}: it was removed behind the journal's back")),
    ):
        problems += [(message, {"table": table, "row": row}) for row in rows]
    _verify_private(run, table, keys[0]["name"], problems, whole=whole)
    key = _key(run, keys[0]["name"])
    tests = [_differs(run, column["name"]) for column in columns]
    flags = ", ".join(f"{test} AS c{index}" for index, test in enumerate(tests))
    images = "doubtful" if run.dialect == "sqlite" else "image"
    query = (
        f"SELECT {key} AS key, {flags} FROM {images} i {_CROSS[run.dialect]} {_quoted(table)} t ON {_stored(run, keys[0])}"
        f" WHERE i.name = :name AND ({' OR '.join(tests)}) ORDER BY 1"
    )
    for row in run(query, {"name": table}):
        for index, column in enumerate(columns):
            if row[f"c{index}"]:
                problems.append(
                    (
                        N_("table {table}, row {row}, column {column}: it was changed behind the journal's back"),
                        {"table": table, "row": row["key"], "column": column["name"]},
                    )
                )


_CROSS: Final = {"sqlite": "CROSS JOIN", "postgresql": "JOIN"}
"""From the images to the rows, which are many more where only what is new is looked at."""


def _key(run: Run, column: str) -> str:
    """Return a row's key as it is stored, for a file without the column's affinity."""
    return f"{'+' if run.dialect == 'sqlite' else ''}t.{_quoted(column)}"


def _stored(run: Run, key: dict[str, Any]) -> str:
    """Return the condition under which a stored row is that of an image `i`, by which the row is found at once."""
    column = f"t.{_quoted(key['name'])}"
    if run.dialect == "sqlite":
        return f"{column} = json_extract(i.key, '$') AND {_written(key['name'])} = i.key"
    if not key["number"]:
        return f"{column} = i.key #>> '{{}}' AND jsonb_typeof(i.key) = 'string'"
    return f"{column} = CASE WHEN jsonb_typeof(i.key) = 'number' THEN (i.key #>> '{{}}')::numeric::bigint END"


def _written(column: str) -> str:
    """Return a stored row's key as the journal writes it, of a file."""
    return f"CASE WHEN typeof(t.{_quoted(column)}) <> 'blob' THEN json_quote(t.{_quoted(column)}) END"


def _compare_marks(
    run: Run, table: str, columns: Sequence[dict[str, Any]], key: dict[str, Any], *, whole: bool
) -> tuple[list[object], list[object]]:
    """Find a file's rows that were added or removed, and put the images of those whose text differs into `doubtful`."""
    name, cell = _quoted(table), _key(run, key["name"])
    for statement in ("DROP TABLE IF EXISTS temp.suspect", "DROP TABLE IF EXISTS temp.doubtful"):
        run(statement, {})
    joined = (
        f"{name} t LEFT JOIN image i ON i.name = :name AND i.key = {_written(key['name'])} WHERE"
        if whole
        else f"image i CROSS JOIN {name} t ON {_stored(run, key)} WHERE i.name = :name AND"
    )
    run(
        f"CREATE TEMP TABLE suspect AS SELECT {cell} AS key, i.key AS written, i.seq AS seq"
        f" FROM {joined} (i.seq IS NULL OR {_mark(columns)} IS NOT i.mark)",
        {"name": table},
    )
    added = [row["key"] for row in run("SELECT key FROM suspect WHERE seq IS NULL ORDER BY 1", {})]
    counts = f"SELECT (SELECT COUNT(*) FROM image WHERE name = :name) = (SELECT COUNT(*) FROM {name}) - :added AS same"
    gone: list[object] = []
    if not whole or not run(counts, {"name": table, "added": len(added)})[0]["same"]:
        query = (
            "SELECT json_extract(i.key, '$') AS key FROM image i WHERE i.name = :name"
            f" AND NOT EXISTS (SELECT 1 FROM {name} t WHERE {_stored(run, key)}) ORDER BY 1"
        )
        gone = [row["key"] for row in run(query, {"name": table})]
    run("CREATE INDEX temp.suspect_seq ON suspect (seq, written)", {})
    run(
        "CREATE TEMP TABLE doubtful AS SELECT :name AS name, s.written AS key, json_extract(c.value, '$.row') AS image"
        " FROM (SELECT DISTINCT seq FROM suspect WHERE seq IS NOT NULL) d CROSS JOIN journal j ON j.seq = d.seq"
        " CROSS JOIN json_each(j.body, '$.changes') c CROSS JOIN suspect s ON s.seq = j.seq"
        " AND s.written = json_quote(json_extract(c.value, '$.key')) WHERE json_extract(c.value, '$.table') = :name",
        {"name": table},
    )
    return added, gone


def _mark(columns: Sequence[dict[str, Any]]) -> str:
    """Return the mark of a file's row, of its text as the journal writes it; NULL for one that no journal can hold."""
    cells = []
    for column in sorted(columns, key=lambda column: column["name"]):
        cell, name = f"t.{_quoted(column['name'])}", column["name"].replace("'", "''")
        if column["truth"]:
            told = f"WHEN {cell} = 1 THEN 'true' WHEN {cell} = 0 THEN 'false' WHEN {cell} IS NULL THEN 'null' ELSE '-1'"
            cell = f"json(CASE {told} END)"
        cells.append(f"'{name}', {cell}")
    some = ", ".join(f"ifnull(t.{_quoted(column['name'])}, 0)" for column in columns)
    greatest = f"max(0, {some})"  # bytes, if there are any, which JSON cannot hold
    return f"CASE WHEN typeof({greatest}) <> 'blob' THEN mark(CAST(json_object({', '.join(cells)}) AS BLOB)) END"


def _compare_keys(
    run: Run, table: str, _columns: Sequence[dict[str, Any]], key: dict[str, Any], *, whole: bool
) -> tuple[list[object], list[object]]:
    """Find a server's rows that were added or removed; each side is read once."""
    name, cell = _quoted(table), f"t.{_quoted(key['name'])}"
    if whole:
        added = (
            f"SELECT {cell} AS key FROM {name} t LEFT JOIN image i ON i.name = :name AND i.key = to_jsonb({cell})"
            " WHERE i.name IS NULL ORDER BY 1"
        )
        gone = f"SELECT key FROM image WHERE name = :name EXCEPT SELECT to_jsonb({cell}) FROM {name} t ORDER BY 1"
    else:
        added = ""
        gone = (
            "SELECT i.key FROM image i WHERE i.name = :name AND NOT EXISTS"
            f" (SELECT 1 FROM {name} t WHERE {_stored(run, key)}) ORDER BY 1"
        )
    first, second = ([row["key"] for row in run(query, {"name": table})] if query else [] for query in (added, gone))
    return first, second


def _verify_private(run: Run, table: str, key: str, problems: Found, *, whole: bool) -> None:
    """Hold what the journal does not hold against the digest that it does hold; what was erased is empty."""
    if table not in PRIVATE:
        return
    written = _written(key) if run.dialect == "sqlite" else f"to_jsonb(t.{_quoted(key)})"
    some = "" if whole else f" WHERE EXISTS (SELECT 1 FROM image i WHERE i.name = '{table}' AND i.key = {written})"
    for row in run(f"SELECT * FROM {_quoted(table)} t{some} ORDER BY {_quoted(key)}", {}):
        *data, salt = (row[column] for column in PRIVATE[table])
        erased = row["erased_on"] is not None
        texts_only = all(isinstance(value, str | None) for value in data)  # a file may hold what no digest was made of
        same = texts_only and private_digest(str(salt), data) == row["digest"]
        if [*data, salt] != [None] * len(PRIVATE[table]) if erased else not same:
            values = {"table": table, "row": row[key], "column": ", ".join(PRIVATE[table])}
            problems.append((N_("table {table}, row {row}, column {column}: it was changed behind the journal's back"), values))


# The bulk rows ----------------------------------------------------------------------------------


def _verify_bulk(run: Run, table: str, problems: Found, *, whole: bool) -> None:
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
    query = f"SELECT first_id, count, digest FROM batch b WHERE name = :name{_NEW[run.dialect][whole]} ORDER BY first_id, id"
    batches = run(query, {"name": table})
    if not all(isinstance(batch[key], int) and abs(batch[key]) < _MOST for batch in batches for key in ("first_id", "count")):
        return  # the table of batches was changed, as is said of it
    for batch in batches:
        expected, end, digest, before = batch["first_id"], batch["first_id"] + batch["count"], Digest(), len(problems)
        for rows in _pages(run, table, last if whole else expected - 1, end):
            for row in rows:
                if row["id"] < batch["first_id"]:
                    found(added, row=row["id"])
                    continue
                gone(expected, row["id"] - 1)
                expected = row["id"] + 1
                digest.add([str(row["sha256"])])
                if next(row_hashes([[text] for text in texts(row[name] for name in columns[BULK_HEAD:])])) != row["sha256"]:
                    found(N_("table {table}, row {row}: it was changed behind the journal's back"), row=row["id"])
        gone(expected, end - 1)
        if len(problems) == before and digest.hexdigest() != batch["digest"]:
            found(
                N_("table {table}, rows {row} to {last}: their batch was changed behind the journal's back"),
                row=batch["first_id"], last=end - 1,
            )  # fmt: skip
        last = end - 1
    if not whole:
        (ends,) = run("SELECT MAX(first_id + count) - 1 AS last FROM batch WHERE name = :name", {"name": table})
        last = ends["last"]
    for rows in _pages(run, table, last, None):
        for row in rows:
            found(added, row=row["id"])
    if whole and sum(column["pk"] for column in described) > 1:  # by month: the server lets an id be there once a day
        for row in run(f"SELECT id FROM {_quoted(table)} GROUP BY id HAVING COUNT(*) > 1 ORDER BY id", {}):
            found(added, row=row["id"])
    spans: list[dict[str, Any]] = [{}] if whole else batches
    for span in spans:
        records = f" WHERE record IN (SELECT record FROM {_quoted(table)} WHERE id BETWEEN :first_id AND :first_id + :count - 1)"
        versions = f"""
            SELECT id FROM (SELECT id, version, latest, ROW_NUMBER() OVER (PARTITION BY record ORDER BY id) AS place,
                                   COUNT(*) OVER (PARTITION BY record) AS places FROM {_quoted(table)}{records if span else ""}) v
            WHERE version <> place OR latest <> CASE WHEN place = places THEN 1 ELSE 0 END ORDER BY id"""
        for row in run(versions, {key: span[key] for key in ("first_id", "count") if span}):
            found(N_("table {table}, row {row}, column {column}: it was changed behind the journal's back"),
                  row=row["id"], column="version, latest")  # fmt: skip


_NEW: Final = {
    "sqlite": (" AND CAST(b.id AS TEXT) IN (SELECT key FROM image WHERE name = 'batch')", ""),
    "postgresql": (" AND to_jsonb(b.id) IN (SELECT key FROM image WHERE name = 'batch')", ""),
}
"""Which batches are looked at: those that came after the seal, or all."""


def _pages(run: Run, table: str, last: int | None, end: int | None) -> Iterator[list[dict[str, Any]]]:
    """Go through a table in the order of its ids, behind `last` and before `end`, or without such a bound."""
    before = "" if end is None else "AND id < :end "
    while True:
        behind = "1 = 1" if last is None else "id > :last"  # an id may be less than any that jsup gives
        bounds = {"last": last, "end": end, "most": _ROWS}
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
