"""The cells of a file as they stand in it: csv and xlsx, encodings, and what a file may be too large for.

Nothing is asked here of what a table means; that is `tables` and who reads rows by the hundred thousand.
"""

import codecs
import csv
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.etree import ElementTree as ET
from xml.parsers import expat

from jsup.errors import N_, TableError, ordinary, read_bytes, unread


class Limits(NamedTuple):
    """What a file may be: rows of data, bytes, bytes that a workbook may unpack to, cells that its sheet may spread over."""

    rows: int
    packed: int | None
    unpacked: int
    cells: int


TABLE: Final = Limits(rows=100_000, packed=None, unpacked=1 << 25, cells=1 << 21)
"""A table that people keep; empty rows are left out, empty cells and marks of XML are not."""

BULK: Final = Limits(rows=1_000_000, packed=1 << 29, unpacked=1 << 29, cells=1 << 25)
"""What a system exports."""

MAX_TEXT: Final = 1 << 17
"""Bytes of a text; a notice of a whole year has one or two thousand."""

_MAX_BOOK: Final = 1 << 20
"""Bytes of the parts of a workbook that name its sheets."""

BLANKS: Final = " \u3000\u00a0"
_EXACT_INTEGERS = 10**15
"""Excel keeps 15 digits of a number; a longer code that was typed as a number is lost."""
ROUNDED = re.compile(r"[0-9]+([.,][0-9]*[Ee]\+?|[Ee]\+)[0-9]+", re.ASCII)
"""How Excel shows a long number: 1.0E+17, 1.0E17, 1E+17; but 9E2026 may be a number of an office."""
WAS_ROUNDED: Final = N_("Excel has rounded the number {value}: set the column to text and type it again")

_NOT_TEXT = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf"}
_BOM = b"\xef\xbb\xbf"
_ONLY_UTF_8 = re.compile("[\u0800-\U0010ffff]")
"""A character that takes three bytes in UTF-8, or four, which text in GB18030 does not form by chance."""

_BLOCK = 1 << 18
"""Bytes of a large file that are read at once."""

_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
BROKEN: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, ValueError, OSError)
"""What a zip file that is torn, encrypted or packed in a way of its own may lead to."""

_LETTERS = re.compile("[A-Za-z]{1,3}")
_ROW_DIGITS = 7
_COLUMNS: dict[str, int] = {}
"""The columns of letters that were met; 0 of what are none."""
_MOST_KEPT = 1 << 15


class Bad(NamedTuple):
    """A cell of a workbook that is no text that people typed: what it shows, and a message about it."""

    text: str
    message: str
    day: str = ""
    """The day that it holds, for a column of days."""


Cell = str | Bad


def text_in(cell: Cell) -> str:
    """Return what a cell shows, without blanks at its ends."""
    return (cell.text if isinstance(cell, Bad) else cell).strip(BLANKS)


def grid(path: Path, limits: Limits = TABLE) -> Iterable[list[Cell]]:
    """Go through the rows of a csv or xlsx file.

    Raises:
        UnknownError: it is not there, or may not be read.
        TableError: it cannot be read as what its ending says, or is larger than `limits` allow.
    """
    data = read_bytes(path)
    rows: Iterator[Any] = _csv(path, data) if _ending(path) == ".csv" else _xlsx(path, data, limits)
    return rows


def flowing(path: Path, limits: Limits) -> tuple[str, Iterator[list[Cell]]]:
    """Return the SHA-256 of a csv or xlsx file and its rows, of which those of a csv file are read as they are asked for.

    Raises:
        UnknownError: it cannot be read, or is larger than `limits` allow.
        TableError: likewise; and from the rows, where the file was changed since its SHA-256 was made.
    """
    _open(path, limits.packed).close()
    if _ending(path) == ".csv":
        digest = _looked_over(path)
        rows: Iterator[Any] = _flow(path, digest, "gb18030" if _is_gb18030(path) else "utf-8-sig")
        return digest, rows
    data = read_bytes(path, limits.packed)
    return sha256(data).hexdigest(), _xlsx(path, data, limits)


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in (".csv", ".xlsx"):
        raise TableError(N_("{file}: only .xlsx and .csv are read: save it as one of them"), file=path)
    return ending


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
    _no_csv(path, data, nul=b"\0" in data)
    return _rows(path, io.StringIO(_decoded(path, data), newline=""))


def _no_csv(path: Path, head: bytes, *, nul: bool) -> None:
    """Refuse what is called .csv and is none, as its first bytes show, or that a byte of it is zero."""
    for magic, kind in _NOT_TEXT.items():
        if head.startswith(magic):
            raise TableError(
                N_("{file} is called .csv but holds {kind}: give it its right ending or save it anew"), file=path, kind=kind
            )
    if nul:
        raise TableError(N_("{file} is called .csv but is no text in UTF-8 or GB18030: save it as CSV UTF-8"), file=path)


def _rows(path: Path, lines: Iterable[str]) -> Iterator[list[str]]:
    row = 0
    try:
        for row, cells in enumerate(csv.reader(lines, strict=True), 1):  # noqa: B007 - the refused row is after the last
            yield cells
    except csv.Error as error:
        raise TableError(
            N_("{file}, row {row}: it is not well-formed csv ({error}): mend it or save it anew from Excel"),
            file=path,
            row=row + 1,
            error=error,
        ) from error


# Large files of csv, never whole in memory ------------------------------------------------------


def _open(path: Path, most: int | None = None) -> io.FileIO:
    try:
        ordinary(path, most)
        return path.open("rb", buffering=0)
    except OSError as error:
        raise unread(path, error) from error


class _Watched(io.RawIOBase):
    """A file's bytes as they are read, with their SHA-256."""

    def __init__(self, path: Path, file: io.FileIO) -> None:
        self.path, self.file, self.sha256 = path, file, sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        try:
            several = self.file.readinto(into)
        except OSError as error:
            raise unread(self.path, error) from error
        self.sha256.update(memoryview(into)[:several])
        return several

    def close(self) -> None:
        self.file.close()
        super().close()


def _blocks(path: Path) -> Iterator[bytes]:
    with _open(path) as file:
        try:
            while block := file.read(_BLOCK):
                yield block
        except OSError as error:
            raise unread(path, error) from error


def _looked_over(path: Path) -> str:
    """Return the SHA-256 of a file that may be csv."""
    digest, head, nul = sha256(), b"", False
    for block in _blocks(path):
        digest.update(block)
        head, nul = head or block, nul or b"\0" in block
    _no_csv(path, head, nul=nul)
    return digest.hexdigest()


def _is_gb18030(path: Path) -> bool:
    """Tell whether a file is text in GB18030, and not in UTF-8.

    Raises:
        TableError: it is neither.
    """
    said = _broken(path, "utf-8-sig")
    if said is None:
        return False
    row, meant = said
    if not meant:
        said = _broken(path, "gb18030")
        if said is None:
            return True
        row, _meant = said
    raise _neither(path, row)


def _broken(path: Path, encoding: str) -> tuple[int, bool] | None:
    """Return the row in which a file is no text of an encoding, and whether what stands before shows that it was meant to be."""
    decoder, row, meant = codecs.getincrementaldecoder(encoding)(), 1, False
    for number, block in enumerate(chain(_blocks(path), [b""])):
        meant = meant or (number == 0 and block.startswith(_BOM))
        try:
            text = decoder.decode(block, not block)
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            return row + before.count(b"\n"), meant or _only_utf_8(before.decode(encoding))
        row += block.count(b"\n")
        meant = meant or _only_utf_8(text)
    return None


def _only_utf_8(text: str) -> bool:
    return not text.isascii() and _ONLY_UTF_8.search(text) is not None


def _flow(path: Path, digest: str, encoding: str) -> Iterator[list[str]]:
    """Go through the rows of a csv file whose SHA-256 and encoding are known."""
    bytes_ = _Watched(path, _open(path))
    try:
        with io.TextIOWrapper(io.BufferedReader(bytes_, _BLOCK), encoding, newline="") as lines:
            yield from _rows(path, lines)
            changed = bytes_.sha256.hexdigest() != digest
    except UnicodeDecodeError:
        changed = True
    if changed:
        raise TableError(N_("{file} was changed while it was read, and nothing was taken over: import it again"), file=path)


def _decoded(path: Path, data: bytes) -> str:
    """Decode UTF-8, or GB18030 where nothing shows that it was meant to be UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        broken = error.start + (len(_BOM) if data.startswith(_BOM) else 0)
    if not data.startswith(_BOM) and not _only_utf_8(data[:broken].decode("utf-8")):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError as error:
            broken = error.start
    raise _neither(path, data[:broken].count(b"\n") + 1)


def _neither(path: Path, row: int) -> TableError:
    return TableError(N_("{file}, row {row}: it is text in neither UTF-8 nor GB18030: save it as CSV UTF-8"), file=path, row=row)


def _xlsx(path: Path, data: bytes, limits: Limits) -> Iterator[list[Cell]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only where a workbook is read

    wrong: dict[int, list[int]] = {}
    for number, column in _looked_through(path, data, limits):
        wrong.setdefault(number, []).append(column)
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        lead = [""] * (rows.start or (0, 0))[1]  # empty columns at the left are left out, empty rows above are not
        for number, row in enumerate(rows.iter_rows(), 1):
            cells = [*lead, *map(_cell, row)]
            for column in wrong.get(number, ()):
                if column <= len(cells):
                    cells[column - 1] = Bad("#", N_("it holds an Excel error: mend the formula or type the value"))
            yield cells if any(cells) else []  # one that shows nothing in its whole width is no row
    except (CalamineError, ValueError, OSError) as error:
        raise TableError(
            N_("{file} cannot be read as a workbook ({error}): save it anew from Excel"), file=path, error=error
        ) from error


def _looked_through(path: Path, data: bytes, limits: Limits) -> list[tuple[int, int]]:
    """Look through a workbook before it is laid out in memory; return the cells of its first sheet that hold an error.

    Raises:
        TableError: it is no workbook, or would take more memory than any table of people's data does.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            if size > limits.unpacked:
                raise TableError(N_("{file} unpacks to {size} bytes, more than is read: split it"), file=path, size=size)
            return _scanned(path, archive, limits)
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


def _scanned(path: Path, archive: zipfile.ZipFile, limits: Limits) -> list[tuple[int, int]]:
    """Return which cells of a sheet hold an error, as (row, column) from 1.

    A row or a cell that does not name its place stands behind the one before it; one that holds nothing is not laid out.

    Raises:
        TableError: the sheet spreads over more cells than any table of people's data does.
    """
    line = row = column = rows = columns = marks = inside = 0  # `inside`: how deep the parser stands within a cell
    errors: dict[tuple[int, int], None] = {}
    most = limits.cells

    def begin(tag: str, values: dict[str, str]) -> None:
        nonlocal line, row, column, rows, columns, marks, inside
        marks += 1
        if inside:
            inside += 1
            if row > rows or column > columns:
                rows, columns = max(rows, row), max(columns, column)
        elif (name := tag.rpartition(":")[2]) == "row":
            line, column = _place(f"A{values['r']}")[0] if "r" in values else line + 1, 0
        elif name == "c":
            inside = 1
            row, column = _place(values["r"]) if "r" in values else (line, column + 1)
            if values.get("t") == "e":
                errors[row, column] = None
        if marks > most or rows * columns > most:
            raise TableError(
                N_("{file} spreads over {cells} cells, more than is read: delete the stray cell far out"),
                file=path,
                cells=max(marks, rows * columns),
            )

    def end(_tag: str) -> None:
        nonlocal inside
        if inside:
            inside -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    with archive.open(_first_sheet(archive)) as sheet:
        parser.ParseFile(sheet)
    return list(errors)


def _place(text: str) -> tuple[int, int]:
    """Return a cell's row and column, from 1: of AA7 they are 7 and 27."""
    letters = text.rstrip("0123456789")
    row, column = text[len(letters) :], _COLUMNS.get(letters)
    if column is None:
        column = 0
        for letter in letters.upper() if _LETTERS.fullmatch(letters) else "":
            column = column * 26 + ord(letter) - 64
        if len(_COLUMNS) < _MOST_KEPT:
            _COLUMNS[letters] = column
    if not column or not 0 < len(row) <= _ROW_DIGITS or row[0] == "0":
        raise ValueError(text)
    return int(row), column


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
