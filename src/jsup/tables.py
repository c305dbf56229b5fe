"""People's tables in: xlsx and csv, headings, encodings, and errors that name row and column.

One bad cell never hides the rest: every problem of a file is listed, and then nothing is taken.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jsup.errors import N_, Problem, TableError, invisible

MAX_UNPACKED: Final = 1 << 30
"""Bytes that a workbook may unpack to."""

_BLANKS = " \u3000\u00a0"
_EXACT_INTEGERS = 10**15
"""Excel keeps 15 digits of a number; a longer code that was typed as a number is lost."""

_NOT_TEXT = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf"}


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
    grid = _grid(path)
    lines = [(number, row) for number, row in enumerate(grid, 1) if any(cell.strip(_BLANKS) for cell in row)]
    if not lines:
        raise TableError(N_("{file} is empty: give a heading line and data rows"), file=path)
    (_, heads), body = lines[0], lines[1:]
    placed, unknown = _headings(path, [head.strip(_BLANKS) for head in heads], columns)
    if not body:
        raise TableError(N_("{file} has a heading line but no data rows"), file=path)
    problems: list[Problem] = []
    rows = []
    for number, cells in body:
        rows.append((number, _row(number, cells, heads, placed, problems)))
    return Table(rows, unknown, problems, {column.key: heads[index] for index, column in placed.items()})


def _headings(path: Path, heads: list[str], columns: Sequence[Column]) -> tuple[dict[int, Column], list[str]]:
    names = {heading.casefold(): column for column in columns for heading in (column.key, *column.headings)}
    placed: dict[int, Column] = {}
    unknown = []
    for index, head in enumerate(heads):
        column = names.get(head.casefold())
        if column is None:
            if head:
                unknown.append(head)
        elif column in placed.values():
            raise TableError(N_("{file}, column {column}: the heading stands twice: strike one"), file=path, column=head)
        else:
            placed[index] = column
    missing = [column.headings[0] for column in columns if column.required and column not in placed.values()]
    if missing:
        raise TableError(
            N_("{file} lacks the headings {missing}: it has {heads}"),
            file=path,
            missing="、".join(missing),
            heads="、".join(filter(None, heads)) or "—",
        )
    return placed, unknown


def _row(number: int, cells: list[str], heads: list[str], placed: dict[int, Column], problems: list[Problem]) -> dict[str, str]:
    if len(cells) != len(heads):
        values: dict[str, object] = {"cells": len(cells), "heads": len(heads)}
        problems.append(Problem(number, "", N_("the row has {cells} cells under {heads} headings"), values))
    found = {}
    for index, cell in enumerate(cells):
        head = heads[index].strip(_BLANKS) if index < len(heads) else str(index + 1)
        value = cell.strip(_BLANKS)
        hidden = invisible(value)
        column = placed.get(index)
        if hidden is not None:
            problems.append(
                Problem(number, head, N_("it holds the invisible character U+{point}"), {"point": f"{ord(hidden):04X}"})
            )
        elif value and not head:
            problems.append(Problem(number, str(index + 1), N_("{value} stands under no heading"), {"value": value}))
        elif column is None:
            continue
        elif not value:
            if column.required:
                problems.append(Problem(number, head, N_("it is empty"), {}))
        elif column.words is not None and value not in column.words:
            problems.append(
                Problem(number, head, N_("{value} is none of {words}"), {"value": value, "words": "、".join(column.words)})
            )
        else:
            found[column.key] = column.words[value] if column.words is not None else value
    return found


def _grid(path: Path) -> list[list[str]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TableError(
            N_("{file} cannot be read ({error}): name a file that is there"), file=path, error=error.strerror
        ) from error
    readers: dict[str, Callable[[Path, bytes], list[list[str]]]] = {".csv": _csv, ".xlsx": _xlsx}
    try:
        reader = readers[path.suffix.lower()]
    except KeyError:
        raise TableError(N_("{file}: only .xlsx and .csv are read: save it as one of them"), file=path) from None
    return reader(path, data)


def _csv(path: Path, data: bytes) -> list[list[str]]:
    for magic, kind in _NOT_TEXT.items():
        if data.startswith(magic):
            raise TableError(
                N_("{file} is called .csv but holds {kind}: give it its right ending or save it anew"), file=path, kind=kind
            )
    if b"\0" in data:
        raise TableError(N_("{file} is called .csv but is no text in UTF-8 or GB18030: save it as CSV UTF-8"), file=path)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
    else:
        raise TableError(
            N_("{file}, row {row}: it is text in neither UTF-8 nor GB18030: save it as CSV UTF-8"), file=path, row=line
        )
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise TableError(
            N_("{file} is not well-formed csv ({error}): save it anew from Excel"), file=path, error=error
        ) from error


def _xlsx(path: Path, data: bytes) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only where a workbook is read

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise TableError(
            N_("{file} is called .xlsx but is no workbook, or an encrypted one: save it anew from Excel"), file=path
        ) from None
    if size > MAX_UNPACKED:
        raise TableError(N_("{file} unpacks to {size} bytes, more than is read: split it"), file=path, size=size)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise TableError(
            N_("{file} cannot be read as a workbook ({error}): save it anew from Excel"), file=path, error=error
        ) from error
    return [[_cell(path, row_number, value) for value in row] for row_number, row in enumerate(rows, 1)]


def _cell(path: Path, row: int, value: Any) -> str:
    """Return a cell's text; a whole number without its decimal point."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if abs(value) >= _EXACT_INTEGERS:
            raise TableError(
                N_("{file}, row {row}: Excel has rounded the number {value}: set the column to text and type it again"),
                file=path,
                row=row,
                value=value,
            )
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
