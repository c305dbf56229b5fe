"""Inspections taken over from a system's export: by the hundred thousand, repeat-safe, versioned, those rejected handed back."""

import csv
import gc
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice, repeat
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from jsup import grids, journal, ledger, outputs, tables
from jsup.clocks import Desk
from jsup.errors import N_, Problem, TableError, UsageError, checked, file_name
from jsup.files import CACHE_KIB
from jsup.grids import Cell, text_in
from jsup.ledger import Ledger
from jsup.reads import Reads
from jsup.watch.headings import HEADINGS, REASON, Layout, layout
from jsup.watch.records import CONTENT, Bodies, Reader, Rejected
from jsup.watched import Batch, HeadingWord

_HEAD: Final = 50
"""Rows that are read ahead, the headings among them."""
_LOT: Final = {"sqlite": 128, "postgresql": 2_000}
"""Rows at a time: few enough for a processor to keep them at hand, which saves a quarter of the time; a server, which may look
for them in each of many months, is asked seldom."""
_COLUMNS: Final = ("id", "version", "latest", "sha256", *CONTENT)
_NEW: Final = ("", 0, 0, 0)

_MOST_IN_A_CELL: Final = 32_767
"""Characters of a cell of Excel's."""

Told = Callable[[int], None]
"""Is told of each lot of rows that is done, by their number."""
Worded = Callable[[Problem], str]
"""Puts what is wrong with a cell into words."""


@dataclass
class Taken:
    """What an import did, or would do."""

    batch: int | None = None
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    rejected_file: Path | None = None
    """Where the rejected rows were written, each with its reason, to be mended and imported again."""
    unknown: list[str] = field(default_factory=list)


# Headings ---------------------------------------------------------------------------------------


def words(reads: Reads) -> dict[str, str]:
    """Return what each heading means, in small letters: the package's, and those that the bureau added."""
    found = {heading.casefold(): key for key, headings in HEADINGS.items() for heading in (key, *headings)}
    for row in reads.rows("SELECT heading, field FROM heading ORDER BY id"):
        found[row["heading"].casefold()] = row["field"]
    return {heading: key for heading, key in found.items() if key}


def add_heading(book: Ledger, heading: str, key: str) -> None:
    """Let a heading stand for a column; with the key `none` it stands for none any more.

    Raises:
        UsageError: no column is called so.
    """
    if key != "none" and key not in HEADINGS:
        raise UsageError(N_("no column is called {key}: choose one of {keys}, or none"), key=key, keys=HEADINGS)
    with book.change() as session:
        session.add(
            HeadingWord(
                heading=checked(heading, "HEADING"), field=None if key == "none" else key,
                added_on=book.entry.today, officer=book.entry.officer,
            )
        )  # fmt: skip


# Taking over ------------------------------------------------------------------------------------


def bodies(reads: Reads) -> Bodies:
    """Return who may be named as the agency of a record."""
    rows = reads.agencies()
    former = {row["name"]: row["agency_code"] for row in reads.rows("SELECT name, agency_code FROM agency_name ORDER BY id")}
    names = former | {row["name"]: row["code"] for row in rows}
    return Bodies(frozenset(row["code"] for row in rows), names, tuple(reads.policy().own["watch"]["never"]["bodies"]))


def take_over(
    book: Ledger,
    path: Path,
    *,
    dry_run: bool = False,
    told: Told = lambda _rows: None,
    worded: Worded = lambda problem: problem.message,
) -> Taken:
    """Take over the records of a file that can be taken; the others are written to a file beside it, each with its reason.

    A record whose number is known and whose cells are others becomes a new version of it; the old one stays.

    Raises:
        TableError: the file cannot be read, lacks a column, or has no rows: then nothing is taken.
    """
    taken = Taken()
    try:
        _take_over(book, path, taken, dry_run=dry_run, told=told, worded=worded)
    except BaseException:
        if taken.rejected_file is not None:  # it would speak of rows that were not taken after all
            taken.rejected_file.unlink(missing_ok=True)
        raise
    return taken


def _take_over(book: Ledger, path: Path, taken: Taken, *, dry_run: bool, told: Told, worded: Worded) -> None:
    file_sha256, lines = grids.flowing(path, grids.BULK)
    head = [(number, row) for number, row in enumerate(islice(lines, _HEAD), 1) if _said(row)]
    with book.change(dry_run=dry_run) as session, _unwatched():
        desk = Desk(session, book)
        shape = _layout(path, [row for _number, row in head], words(desk.reads))
        taken.unknown = shape.unknown
        reader = Reader(shape, bodies(desk.reads), book.entry.today)
        (start,) = (row["last"] for row in desk.reads.rows("SELECT COALESCE(MAX(id), 0) AS last FROM inspection"))
        digest = journal.Digest()
        with journal.batch(session) as connection, _sorted_later(connection, path, start):
            for numbers, rows in _chunks(path, head[shape.above :], lines, _LOT[connection.dialect.name]):
                lot = reader.records(numbers, rows)
                known = _known(connection, lot["record"]) if start else {}
                several = len(lot["record"])
                if known:
                    both = enumerate(zip(lot["record"], lot["sha256"], strict=True))
                    kept = [place for place, (record, said) in both if known.get(record, _NEW)[0] != said]
                    lot = {key: [column[place] for place in kept] for key, column in lot.items()}
                _write(connection, start + digest.count + 1, lot, known)
                digest.add(lot["sha256"])
                changed = sum(record in known for record in lot["record"]) if known else 0
                taken.rows += len(rows)
                taken.new += len(lot["record"]) - changed
                taken.changed += changed
                taken.unchanged += several - len(lot["record"])
                told(len(rows))
        if not taken.rows:
            raise TableError(N_("{file} has a heading line but no data rows"), file=path)
        taken.rejected = reader.rejected
        batch = Batch(
            name=journal.BULK, file_name=file_name(path), file_sha256=file_sha256, taken_on=book.entry.today,
            rows=taken.rows, new=taken.new, changed=taken.changed, unchanged=taken.unchanged, rejected=len(taken.rejected),
            first_id=start + 1, count=digest.count, digest=digest.hexdigest(),
        )  # fmt: skip
        session.add(batch)
        session.flush()
        if desk.reads.run.dialect == "postgresql":
            _tell_server(session.connection(), start)
        if not dry_run:
            taken.batch = batch.id
            taken.rejected_file = _hand_back(path, shape, taken.rejected, worded)


def _tell_server(connection: Connection, start: int) -> None:
    """Let the server look at the tables with rows behind an id, or it would know nothing of them until it looks by itself.

    Where inspections lie by month these are the months of the file; to look at all of them takes minutes.
    """
    found = "SELECT DISTINCT tableoid::regclass::text FROM inspection WHERE id > %(start)s"
    with journal.opened(connection):
        for (table,) in connection.exec_driver_sql(found, {"start": start}).all():
            connection.exec_driver_sql(f"ANALYZE {table}")


def _said(row: Sequence[Cell]) -> bool:
    return any(map(text_in, row))


def _layout(path: Path, rows: Sequence[Sequence[Cell]], known: Mapping[str, str]) -> Layout:
    if not rows:
        raise TableError(N_("{file} is empty: give a heading line and data rows"), file=path)
    try:
        return layout(rows, known)
    except TableError as error:
        error.values["file"] = path
        raise


def _chunks(
    path: Path, head: Sequence[tuple[int, Sequence[Cell]]], lines: Iterator[Sequence[Cell]], lot: int
) -> Iterator[tuple[Sequence[int], Sequence[Sequence[Cell]]]]:
    """Give the rows of data that are not empty, a lot at a time, with their numbers in the file."""
    if head:
        yield [number for number, _row in head], [row for _number, row in head]
    many, read = len(head), _HEAD
    while rows := [*islice(lines, lot)]:
        numbers: Sequence[int] = range(read + 1, read + len(rows) + 1)
        read += len(rows)
        if not all(row and type(row[0]) is str and row[0].strip() for row in rows):  # else none is empty
            kept = [place for place, row in enumerate(rows) if _said(row)]
            numbers, rows = [numbers[place] for place in kept], [rows[place] for place in kept]
        many += len(rows)
        if many > grids.BULK.rows:
            raise TableError(
                N_("{file} has more than {most} rows, which is more than is read: split it"), file=path, most=grids.BULK.rows
            )
        if rows:
            yield numbers, rows


@contextmanager
def _unwatched() -> Iterator[None]:
    """Let rows come and go without being looked through for cycles, of which they make none: that takes a fifth of the time."""
    watched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if watched:
            gc.enable()


_BYTES: Final = 400
"""Bytes that a row takes in a file, some."""


@contextmanager
def _sorted_later(connection: Connection, path: Path, rows: int) -> Iterator[None]:
    """Where a file brings more rows than a ledger's file has, make the indexes over all of them at the end, sorted.

    What then fits into memory is sorted there, so that is less than otherwise.
    """
    made: list[str] = []
    if connection.dialect.name == "sqlite" and path.stat().st_size > rows * _BYTES:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIB // 4}")
        found = "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'inspection' AND sql LIKE 'CREATE INDEX%'"
        for name, sql in connection.exec_driver_sql(found).all():
            connection.exec_driver_sql(f"DROP INDEX {name}")
            made.append(sql)
    yield
    for sql in made:
        connection.exec_driver_sql(sql)


def _known(connection: Connection, numbers: Sequence[str]) -> dict[str, tuple[str, int, int, int]]:
    """Return the latest versions of records that are there: the SHA-256, the version, the id and the day of each."""
    if not numbers:
        return {}
    query = "SELECT record, sha256, version, id, day FROM inspection WHERE latest = 1 AND record"
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(numbers))
        rows: Iterable[Any] = connection.exec_driver_sql(f"{query} IN ({places})", tuple(numbers))
    else:  # a server plans it once: where inspections lie by month, that takes longer than to look them up
        import psycopg  # noqa: PLC0415

        driver: Any = connection.connection.driver_connection
        rows = psycopg.Cursor(driver).execute(f"{query} = ANY(%s)", [list(numbers)], prepare=True)
    return {record: tuple(rest) for record, *rest in rows}


def _write(
    connection: Connection, first: int, lot: Mapping[str, Sequence[Any]], known: Mapping[str, tuple[str, int, int, int]]
) -> None:
    """Write records with ids from `first` on; the version that each takes the place of is the latest no more."""
    replaced = [{"id": known[record][2], "day": known[record][3]} for record in lot["record"] if record in known]
    if replaced:
        update = ledger.spoken(connection, "UPDATE inspection SET latest = 0 WHERE id = :id AND day = :day")
        connection.exec_driver_sql(update, replaced)
    versions = [known[record][1] + 1 if record in known else 1 for record in lot["record"]] if known else None
    driver: Any = connection.connection.driver_connection  # it takes the rows one by one as they are made
    if connection.dialect.name == "sqlite":  # which gives the next ids itself, one after another
        places = ", ".join("?" * len(lot))
        into = (
            f"INSERT INTO inspection (version, latest, {', '.join(lot)}) VALUES ({'1' if versions is None else '?'}, 1, {places})"
        )
        columns = [*lot.values()] if versions is None else [versions, *lot.values()]
        driver.executemany(into, zip(*columns, strict=True))
        return
    names = f"id, version, latest, {', '.join(lot)}"
    with driver.cursor() as cursor, cursor.copy(f"COPY inspection ({names}) FROM STDIN") as copy:
        for row in zip(count(first), versions or repeat(1), repeat(1), *lot.values(), strict=False):
            copy.write_row(row)


def _hand_back(path: Path, shape: Layout, rejected: Sequence[Rejected], worded: Worded) -> Path | None:
    """Write rejected rows to a new file beside the one that they came from, with what is wrong in a column of its own."""
    if not rejected:
        return None
    ending = path.suffix.lower()
    heads, rows = _handed_back(path, shape, rejected, worded)
    name = outputs.shortened(Path(file_name(path)).stem, outputs.MOST_BYTES - 40)
    for number in range(1, 1000):
        beside = path.with_name(f"{name}.rejected{'' if number == 1 else f'-{number}'}{ending}")
        if beside.exists() or beside.is_symlink():
            continue
        try:
            if ending == ".xlsx":
                tables.write(beside, [tables.Heading(head, 18) for head in heads], rows)
            else:
                text = io.StringIO(newline="")
                csv.writer(text, lineterminator="\r\n").writerows([heads, *rows])
                outputs.make(beside, text.getvalue().encode("utf-8-sig"))
        except (TableError, OSError) as error:
            raise _unwritten(
                beside, error.values.get("error", error) if isinstance(error, TableError) else error.strerror
            ) from error
        return beside
    raise _unwritten(beside, "1000")


def _unwritten(beside: Path, error: object) -> TableError:
    message = N_("{file} cannot be written ({error}), so nothing was taken over: import the file from another folder")
    return TableError(message, file=beside, error=error)


def _handed_back(path: Path, shape: Layout, rejected: Sequence[Rejected], worded: Worded) -> tuple[list[str], list[list[str]]]:
    """Return the headings and the rows of the file of rejected rows: the file's own, all of one width, and the reason behind."""
    kept = [place for place, head in enumerate(shape.heads) if head != REASON]
    wide = max(len(shape.heads), *(len(one.cells) for one in rejected)) if rejected else len(shape.heads)
    kept += range(len(shape.heads), wide)
    heads = [shape.heads[place] if place < len(shape.heads) else "" for place in kept]
    rows = []
    for one in rejected:
        if path.suffix.lower() == ".xlsx" and any(len(cell) > _MOST_IN_A_CELL for cell in one.cells):
            raise TableError(
                N_("{file}, row {row}: a cell has more than {most} characters, which no workbook keeps: shorten it"),
                file=path, row=one.row, most=_MOST_IN_A_CELL,
            )  # fmt: skip
        why = "；".join(f"{problem.column or '—'}: {worded(problem)}" for problem in one.problems)
        rows.append([*(one.cells[place] if place < len(one.cells) else "" for place in kept), why])
    return [*heads, REASON], rows
