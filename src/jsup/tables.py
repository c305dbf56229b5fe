"""People's tables in and out: xlsx and csv, headings, encodings, and errors that name row and column.

One bad cell never hides the rest: every problem of a file is listed, and then nothing is taken.
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from jsup import outputs
from jsup.errors import N_, Problem, TableError, invisible, visible
from jsup.grids import ROUNDED, TABLE, WAS_ROUNDED, Bad, Cell, grid, text_in

MAX_PROBLEMS: Final = 50_000
"""Bad cells after which the rest of a table is not looked at."""

_DAY = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日)", re.ASCII)
"""A day as people write it in a table, the year first, so that no other reading is possible."""

_MOST_HEADS = 50
"""Headings that a sentence names."""


@dataclass(frozen=True)
class Column:
    """A column that is known: its headings in any language, and what its cells may hold."""

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
        UnknownError: there is no such file, or it may not be read.
        TableError: the file cannot be read as what its ending says, holds no data rows, or lacks a
            required column.
    """
    lines: list[tuple[int, Sequence[Cell]]] = []
    for number, row in enumerate(grid(path), 1):
        if row and any(text_in(cell) for cell in row):
            lines.append((number, row))
        if len(lines) > TABLE.rows + 1:  # the headings are one of them
            raise TableError(
                N_("{file} has more than {most} rows, which is more than is read: split it"), file=path, most=TABLE.rows
            )
    if not lines:
        raise TableError(N_("{file} is empty: give a heading line and data rows"), file=path)
    (_, first), body = lines[0], lines[1:]
    heads = [text_in(cell) for cell in first]
    placed, unknown = _headings(path, heads, columns)
    if not body:
        raise TableError(N_("{file} has a heading line but no data rows"), file=path)
    problems: list[Problem] = []
    rows = []
    for number, cells in body:
        rows.append((number, _row(number, cells, heads, placed, problems)))
        if len(problems) > MAX_PROBLEMS:
            refuse(path, problems)
    return Table(rows, unknown, problems, {column.key: heads[index] for index, column in placed.items()})


def refuse(path: Path, problems: Sequence[Problem]) -> None:
    """Refuse a table of which any cell cannot be taken.

    Raises:
        TableError: there are problems; each has row and column.
    """
    if problems:
        raise TableError(
            N_("{file} is refused, nothing was taken over: mend the cells named above and import it again"),
            sorted(problems, key=lambda problem: problem.row),
            file=path,
        )


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
        value = text_in(cell)
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
    if ROUNDED.fullmatch(value):
        return WAS_ROUNDED, {"value": value}
    if column.words is not None and value not in column.words:
        return N_("{value} is none of {words}"), {"value": value, "words": "、".join(column.words)}
    if column.dated and _day(cell, value) is None:
        return N_("{value} is not a date: write it as 2026-09-01"), {"value": value}
    return None


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
