"""People's tables in and out: xlsx and csv, headings, encodings, and errors that name row and column.

One bad cell never hides the rest: every problem of a file is listed, and then nothing is taken.
"""

import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree as ET
from xml.parsers import expat

from jsup import outputs
from jsup.errors import N_, Problem, TableError, invisible, read_bytes, visible

MAX_UNPACKED: Final = 1 << 25
"""Bytes that a workbook may unpack to."""

MAX_TEXT: Final = 1 << 17
"""Bytes of a text; a notice of a whole year has one or two thousand."""

MAX_CELLS: Final = 1 << 21
"""Cells that a sheet may spread over, empty ones included, and marks of XML that it may have."""

_MAX_BOOK: Final = 1 << 20
"""Bytes of the parts of a workbook that name its sheets."""

MAX_ROWS: Final = 100_000
"""Rows that a table may have, empty ones left out."""

MAX_PROBLEMS: Final = 50_000
"""Bad cells after which the rest of a table is not looked at."""

_BLANKS = " \u3000\u00a0"
_EXACT_INTEGERS = 10**15
"""Excel keeps 15 digits of a number; a longer code that was typed as a number is lost."""

_NOT_TEXT = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf"}
_BOM = b"\xef\xbb\xbf"
_ONLY_UTF_8 = "\u0800"
"""From here on a character takes three bytes in UTF-8, which text in GB18030 does not form by chance."""


_DAY = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日)", re.ASCII)
"""A day as people write it in a table, the year first, so that no other reading is possible."""

_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BROKEN: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError, OSError)
"""What a zip file that is torn, encrypted or packed in a way of its own may lead to."""

_PLACE = re.compile(r"(?P<column>[A-Za-z]{1,3})(?P<row>[1-9][0-9]{0,6})", re.ASCII)
_MOST_HEADS = 50
"""Headings that a sentence names."""


class Bad(NamedTuple):
    """A cell of a workbook that is no text that people typed: what it shows, and a message about it."""

    text: str
    message: str
    day: str = ""
    """The day that it holds, for a column of days."""


Cell = str | Bad


@dataclass(frozen=True)
class Column:
    """A column that is known: its headings in any language, and how a cell becomes a value.

    `read` raises ValueError with a message key where the cell cannot be read.
    """

    key: str
    headings: tuple[str, ...]
    required: bool = False
    words: Mapping[str, str] | None = None
    """What may stand in the column, in either language, and the identifier that it means."""
    dated: bool = False
    """The column holds days: as text, the year first, or as dates of Excel's; they are read as YYYY-MM-DD."""
    lines: bool = False
    """A cell may hold several lines."""


@dataclass(frozen=True)
class Table:
    """What a file holds: rows as (row number of the file, values by key), headings nobody knows, bad cells."""

    rows: list[tuple[int, dict[str, str]]]
    unknown: list[str]
    problems: list[Problem]
    columns: dict[str, str]
    """The heading under which each known column stands."""


def read(path: Path, columns: Sequence[Column]) -> Table:
    """Read the known columns of a table, in any order; empty cells are left out of a row's values.

    Raises:
        TableError: the file cannot be read as what its ending says, holds no data rows, or lacks a
            required column.
    """
    lines: list[tuple[int, Sequence[Cell]]] = []
    for number, row in enumerate(_grid(path), 1):
        if row and any(_text(cell) for cell in row):
            lines.append((number, row))
        if len(lines) > MAX_ROWS + 1:  # the headings are one of them
            raise TableError(
                N_("{file} has more than {most} rows, which is more than is read: split it"), file=path, most=MAX_ROWS
            )
    if not lines:
        raise TableError(N_("{file} is empty: give a heading line and data rows"), file=path)
    (_, first), body = lines[0], lines[1:]
    heads = [_text(cell) for cell in first]
    placed, unknown = _headings(path, heads, columns)
    if not body:
        raise TableError(N_("{file} has a heading line but no data rows"), file=path)
    problems: list[Problem] = []
    rows = []
    for number, cells in body:
        rows.append((number, _row(number, cells, heads, placed, problems)))
        if len(problems) > MAX_PROBLEMS:
            raise TableError(
                N_("{file} is refused, nothing was taken over: mend the cells named above and import it again"),
                problems,
                file=path,
            )
    return Table(rows, unknown, problems, {column.key: heads[index] for index, column in placed.items()})


def _text(cell: Cell) -> str:
    return (cell.text if isinstance(cell, Bad) else cell).strip(_BLANKS)


def _headings(path: Path, heads: list[str], columns: Sequence[Column]) -> tuple[dict[int, Column], list[str]]:
    names = {heading.casefold(): column for column in columns for heading in (column.key, *column.headings)}
    placed: dict[int, Column] = {}
    unknown = []
    for index, head in enumerate(heads):
        column = names.get(head.casefold())
        hidden = invisible(head)
        if hidden is not None:
            raise TableError(
                N_("{file}, column {column}: the heading holds the invisible character U+{point}: type it again without it"),
                file=path,
                column=index + 1,
                point=f"{ord(hidden):04X}",
            )
        if column is None:
            if head:
                unknown.append(head)
        elif column in placed.values():
            raise TableError(N_("{file}, column {column}: the heading stands twice: strike one"), file=path, column=head)
        else:
            placed[index] = column
    missing = [column.headings[0] for column in columns if column.required and column not in placed.values()]
    if missing:
        has = "、".join([head for head in heads if head][:_MOST_HEADS]) or "—"
        raise TableError(
            N_("{file} lacks the headings {missing}: it has {heads}"), file=path, missing="、".join(missing), heads=has
        )
    return placed, unknown


def _row(
    number: int, cells: Sequence[Cell], heads: list[str], placed: dict[int, Column], problems: list[Problem]
) -> dict[str, str]:
    if len(cells) != len(heads):
        values: dict[str, object] = {"cells": len(cells), "heads": len(heads)}
        problems.append(Problem(number, "", N_("the row has {cells} cells under {heads} headings"), values))
    found = {}
    for index, (cell, head) in enumerate(zip(cells, heads, strict=False)):
        column = placed.get(index)
        value = _text(cell)
        problem = _problem(cell, value, head, column)
        if problem is not None:
            problems.append(Problem(number, head or str(index + 1), *problem))
        elif column is not None and value:
            found[column.key] = _meant(cell, value, column)
    return found


def _meant(cell: Cell, value: str, column: Column) -> str:
    """Return what a cell without a problem means."""
    if column.words is not None:
        return column.words[value]
    return (_day(cell, value) if column.dated else None) or value


def _day(cell: Cell, value: str) -> str | None:
    """Return the day of a cell as YYYY-MM-DD, None if it holds none."""
    if isinstance(cell, Bad):
        return cell.day or None
    parts = _DAY.fullmatch(value)
    if parts is None:
        return None
    year, _sign, *rest = parts.groups()
    month, day = (int(part) for part in rest if part)
    try:
        return date(int(year), month, day).isoformat()
    except ValueError:
        return None


def _problem(cell: Cell, value: str, head: str, column: Column | None) -> tuple[str, dict[str, object]] | None:
    """Return what is wrong with a cell, as a message and its values."""
    hidden = invisible(value, lines=column is not None and column.lines)
    if hidden is not None:
        return N_("it holds the invisible character U+{point}"), {"point": f"{ord(hidden):04X}"}
    if value and not head:
        return N_("{value} stands under no heading"), {"value": value}
    if column is None:
        return None
    if isinstance(cell, Bad) and not (column.dated and cell.day):
        return cell.message, {"value": value}
    if not value:
        return (N_("it is empty"), {}) if column.required else None
    if column.words is not None and value not in column.words:
        return N_("{value} is none of {words}"), {"value": value, "words": "、".join(column.words)}
    if column.dated and _day(cell, value) is None:
        return N_("{value} is not a date: write it as 2026-09-01"), {"value": value}
    return None


def _grid(path: Path) -> Iterable[Sequence[Cell]]:
    data = read_bytes(path)
    readers: dict[str, Callable[[Path, bytes], Iterable[Sequence[Cell]]]] = {".csv": _csv, ".xlsx": _xlsx}
    try:
        reader = readers[path.suffix.lower()]
    except KeyError:
        raise TableError(N_("{file}: only .xlsx and .csv are read: save it as one of them"), file=path) from None
    return reader(path, data)


def text_of(path: Path) -> str:
    """Return the text of a file in UTF-8 or GB18030.

    Raises:
        UnknownError: it is not there, or larger than any notice is.
        TableError: it is no such text.
    """
    data = read_bytes(path, MAX_TEXT)
    if b"\0" in data or data.startswith(tuple(_NOT_TEXT)):
        raise TableError(N_("{file} is no text in UTF-8 or GB18030: save it as plain text"), file=path)
    return _decoded(path, data)


def _csv(path: Path, data: bytes) -> Iterator[list[str]]:
    for magic, kind in _NOT_TEXT.items():
        if data.startswith(magic):
            raise TableError(
                N_("{file} is called .csv but holds {kind}: give it its right ending or save it anew"), file=path, kind=kind
            )
    if b"\0" in data:
        raise TableError(N_("{file} is called .csv but is no text in UTF-8 or GB18030: save it as CSV UTF-8"), file=path)
    reader = csv.reader(io.StringIO(_decoded(path, data), newline=""), strict=True)
    row = 0
    try:
        for row, cells in enumerate(reader, 1):  # noqa: B007 - the row that is refused is the one after the last
            yield cells
    except csv.Error as error:
        raise TableError(
            N_("{file}, row {row}: it is not well-formed csv ({error}): mend it or save it anew from Excel"),
            file=path,
            row=row + 1,
            error=error,
        ) from error


def _decoded(path: Path, data: bytes) -> str:
    """Decode UTF-8, or GB18030 where nothing shows that it was meant to be UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        broken = error.start + (len(_BOM) if data.startswith(_BOM) else 0)
    if not data.startswith(_BOM) and max(data[:broken].decode("utf-8"), default="") < _ONLY_UTF_8:
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as error:
            broken = error.start
    raise TableError(
        N_("{file}, row {row}: it is text in neither UTF-8 nor GB18030: save it as CSV UTF-8"),
        file=path,
        row=data[:broken].count(b"\n") + 1,
    )


def _xlsx(path: Path, data: bytes) -> list[list[Cell]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only where a workbook is read

    errors = _looked_through(path, data)
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise TableError(
            N_("{file} cannot be read as a workbook ({error}): save it anew from Excel"), file=path, error=error
        ) from error
    cells: list[list[Cell]] = [[] if row.count("") == len(row) else [_cell(value) for value in row] for row in rows]
    for row_number, column_number in errors:
        if row_number <= len(cells) and column_number <= len(cells[row_number - 1]):
            cells[row_number - 1][column_number - 1] = Bad("#", N_("it holds an Excel error: mend the formula or type the value"))
    return cells


def _looked_through(path: Path, data: bytes) -> list[tuple[int, int]]:
    """Look through a workbook before it is laid out in memory; return the cells of its first sheet that hold an error.

    Raises:
        TableError: it is no workbook, or would take more memory than any table of people's data does.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            if size > MAX_UNPACKED:
                raise TableError(N_("{file} unpacks to {size} bytes, more than is read: split it"), file=path, size=size)
            return _scanned(path, archive.read(_first_sheet(archive)))
    except (*BROKEN, ET.ParseError, expat.ExpatError, LookupError) as error:
        raise TableError(
            N_("{file} is called .xlsx but is no workbook, or an encrypted one: save it anew from Excel"), file=path
        ) from error


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """Return the place of the first sheet inside a workbook; KeyError if it is none."""
    book, relations = (
        ET.fromstring(archive.read(part) if archive.getinfo(part).file_size <= _MAX_BOOK else b"")  # noqa: S314 - expat refuses entity bombs
        for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    )
    sheet = book.find(".//{*}sheet")
    wanted = sheet.get(_RELATION_ID) if sheet is not None else None
    for relation in relations:
        if relation.get("Id") == wanted:
            target = str(relation.get("Target"))
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(wanted)


def _scanned(path: Path, sheet: bytes) -> list[tuple[int, int]]:
    """Return which cells of a sheet hold an error, as (row, column) from 1.

    A row or a cell that does not name its place stands behind the one before it; one that holds nothing is not laid out.

    Raises:
        TableError: the sheet spreads over more cells than any table of people's data does.
    """
    line = row = column = rows = columns = marks = inside = 0  # `inside`: how deep the parser stands within a cell
    errors: dict[tuple[int, int], None] = {}

    def begin(tag: str, values: dict[str, str]) -> None:
        nonlocal line, row, column, rows, columns, marks, inside
        marks += 1
        name = tag.rpartition(":")[2]
        if inside:
            inside += 1
            rows, columns = max(rows, row), max(columns, column)
        elif name == "row":
            line, column = _place(f"A{values['r']}")[0] if "r" in values else line + 1, 0
        elif name == "c":
            inside = 1
            row, column = _place(values["r"]) if "r" in values else (line, column + 1)
            if values.get("t") == "e":
                errors[row, column] = None
        if max(marks, rows * columns) > MAX_CELLS:
            raise TableError(
                N_("{file} spreads over {cells} cells, more than is read: delete the stray cell far out"),
                file=path,
                cells=max(marks, rows * columns),
            )

    def end(_tag: str) -> None:
        nonlocal inside
        inside = max(inside - 1, 0)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.Parse(sheet, True)
    return list(errors)


def _place(text: str) -> tuple[int, int]:
    """Return a cell's row and column, from 1: of AA7 they are 7 and 27."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    column = 0
    for letter in found["column"].upper():
        column = column * 26 + ord(letter) - 64
    return int(found["row"]), column


def _cell(value: Any) -> Cell:
    """Return a cell's text: a whole number without its decimal point, a code as it was typed."""
    if isinstance(value, bool):
        return Bad(str(value).upper(), N_("{value} is a truth value of Excel's: set the column to text and type it again"))
    if isinstance(value, float):
        if abs(value) >= _EXACT_INTEGERS:
            return Bad(repr(value), N_("Excel has rounded the number {value}: set the column to text and type it again"))
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, date | time | timedelta):
        day = value.isoformat() if type(value) is date else ""  # a datetime is a date too
        return Bad(str(value), N_("{value} is a date of Excel's: set the column to text and type it again"), day)
    return str(value)


# Tables out -------------------------------------------------------------------------------------


class Heading(NamedTuple):
    """A column of a workbook that is handed out: its width in characters, and what may be chosen in it."""

    text: str
    width: int
    choices: tuple[str, ...] = ()
    dated: bool = False
    """Days are typed here: Excel makes dates of them."""


class Choice(NamedTuple):
    """A cell with choices of its own; anything else may be typed after a warning."""

    text: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Notes:
    """A second sheet that explains the first: its name, its headings and its rows."""

    title: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[str]]


def write(
    path: Path,
    headings: Sequence[Heading],
    rows: Sequence[Sequence[str | Choice]],
    notes: Notes | None = None,
    *,
    pinned: int = 0,
) -> None:
    """Write a workbook of text cells: the headings and the `pinned` first columns stay in sight, and choices are offered.

    Raises:
        TableError: it is not called .xlsx, is there already, or cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise TableError(N_("{file} would be a workbook: call it something.xlsx"), file=path)
    from xlsxwriter import Workbook  # noqa: PLC0415 - only where a workbook is handed out
    from xlsxwriter.exceptions import XlsxWriterException  # noqa: PLC0415

    data = io.BytesIO()
    book = Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _lay_out(book, book.add_worksheet(), headings, rows, pinned)
    if notes is not None:
        _lay_out(book, book.add_worksheet(notes.title), notes.headings, notes.rows, 0)
    try:
        book.close()
        outputs.make(path, data.getvalue())
    except FileExistsError:
        raise TableError(
            N_("{file} is there already, and somebody may have filled it in: name another file"), file=path
        ) from None
    except (OSError, XlsxWriterException) as error:
        raise TableError(
            N_("{file} cannot be written ({error}): name another file"), file=path, error=getattr(error, "strerror", error)
        ) from error


def _lay_out(book: Any, sheet: Any, headings: Sequence[Heading], rows: Sequence[Sequence[str | Choice]], pinned: int) -> None:
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    days = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
    bold = book.add_format({"num_format": "@", "bold": True, "text_wrap": True, "valign": "top"})
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, heading.width, days if heading.dated else text)
        sheet.write_string(0, column, heading.text, bold)
        if heading.choices and rows:
            sheet.data_validation(1, column, len(rows), column, {"validate": "list", "source": list(heading.choices)})
    for number, row in enumerate(rows, 1):
        for column, (value, heading) in enumerate(zip(row, headings, strict=True)):
            words = visible(value.text if isinstance(value, Choice) else value, lines=True)
            sheet.write(number, column, words, days if heading.dated else text)
            if isinstance(value, Choice):
                source = {"validate": "list", "source": list(value.choices), "error_type": "warning"}
                sheet.data_validation(number, column, number, column, source)
    sheet.freeze_panes(1, pinned)
    sheet.autofilter(0, 0, max(1, len(rows)), len(headings) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
