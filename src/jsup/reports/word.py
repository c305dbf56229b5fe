"""A report as an official paper in Word: GB/T 9704-2012's form, its figures as tables, in the same bytes each time."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any, Final

import docx
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Twips

from jsup.papers.contents import SIGNER_TO_COME, day_to_come, number_to_come
from jsup.papers.forms import plain
from jsup.reports.report import CODE, COUNT, RATE, Column, Figure, Report, shown
from jsup.words import numeral

TEXT_TWIPS: Final = 8844
"""The width of the text area."""
WIDE: Final = 7
"""Columns up to which a table stands in the larger type."""
MOST: Final = 12
"""Columns up to which a table is one; a wider one goes on in another, which begins with the same column."""
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_WIDEST, _NARROWEST = 28, 5
"""Half characters that the widest and the narrowest column count for."""
_PADDING: Final = 3
"""Half characters that a cell's margins take."""


def columns_of(text: str) -> int:
    """Return how many half characters a text takes at most."""
    return sum(1 if character < "\u0100" else 2 for character in text)


class Sheet:
    """A Word document in the making, of the styles of the office's base."""

    def __init__(self) -> None:
        base = files("jsup.reports").joinpath("templates", "report.docx").read_bytes()
        self.document = docx.Document(io.BytesIO(base))

    def add(self, style: str, text: str) -> None:
        """Put a paragraph at the end of the document; a tab in `text` is a tab."""
        paragraph = self.document.add_paragraph(style=style)
        for number, piece in enumerate(text.split("\t")):
            if number:
                paragraph.add_run().add_tab()
            paragraph.add_run(plain(piece))

    def fill(self, cell: Any, style: str, text: str) -> None:
        """Write a cell's only paragraph."""
        paragraph = cell.paragraphs[0]
        paragraph.style = style
        paragraph.add_run(plain(text))

    def grid(self, widths: Sequence[int]) -> Any:
        """Add a table of fixed columns without rows, with thin lines."""
        table = self.document.add_table(0, len(widths))
        sides = ("top", "left", "bottom", "right", "insideH", "insideV")
        borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
        padding = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in
                          (("top", 20), ("left", 80), ("bottom", 20), ("right", 80)))  # fmt: skip
        properties = (
            f'<w:tblPr {nsdecls("w")}><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="left"/>'
            f'<w:tblInd w:w="0" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
            f"<w:tblCellMar>{padding}</w:tblCellMar></w:tblPr>"
        )
        table._tbl.replace(table._tblPr, parse_xml(properties))  # noqa: SLF001 - python-docx sets none of this
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Twips(width)
        return table

    def row(self, table: Any, texts: Iterable[str], styles: Iterable[str], *, heading: bool = False) -> None:
        """Add a row that no page break splits; a heading is repeated on each page."""
        row = table.add_row()
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001
        properties.insert(0, OxmlElement("w:cantSplit"))
        if heading:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, style in zip(row.cells, texts, styles, strict=True):
            self.fill(cell, style, text)

    def figure(self, figure: Figure, number: int) -> None:
        """Put a figure as a table with its number and title above, and its note below."""
        for part, places in enumerate(_parts(len(figure.columns))):
            self.add("Table Caption", f"表{number}{'（续）' if part else ''}　{figure.title}")
            self._table(figure, places)
        if not figure.rows:
            self.add("Note", "本期没有。")
        if figure.note:
            self.add("Note", f"注：{figure.note}")

    def _table(self, figure: Figure, places: Sequence[int]) -> None:
        size = "Wide" if len(places) <= WIDE else "Narrow"
        columns = [figure.columns[place] for place in places]
        rows = [*figure.rows, *([figure.total] if figure.total is not None else [])]
        texts = [[shown(row[place]) for place in places] for row in rows]
        table = self.grid(_widths(columns, texts))
        self.row(table, [column.heading for column in columns], [f"Head {size}"] * len(columns), heading=True)
        styles = [f"{'Figure' if column.holds in (COUNT, RATE) else 'Text'} {size}" for column in columns]
        for cells in texts:
            self.row(table, cells, styles)

    def data(self) -> bytes:
        """Return the file's bytes, the same for the same contents."""
        made, packed = io.BytesIO(), io.BytesIO()
        self.document.save(made)
        with zipfile.ZipFile(made) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
            for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
                entry = zipfile.ZipInfo(name, _ZIP_TIME)
                entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
                target.writestr(entry, source.read(name))
        return packed.getvalue()


def _parts(count: int) -> list[list[int]]:
    """Return the places of the columns of each table that a figure of so many becomes.

    >>> [len(part) for part in _parts(12)], [len(part) for part in _parts(14)]
    ([12], [8, 7])
    """
    if count <= MOST:
        return [list(range(count))]
    tables = -(-(count - 1) // (MOST - 1))
    each = -(-(count - 1) // tables)
    return [[0, *range(start, min(start + each, count))] for start in range(1, count, each)]


def _widths(columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> list[int]:
    """Share the text area among columns, by what they hold."""
    wanted = []
    for place, column in enumerate(columns):
        longest = max((columns_of(row[place]) for row in texts), default=0)
        longest += (
            longest // 3 if column.holds == CODE else 0
        )  # digits and capitals are wider than half a character in some fonts
        wanted.append(min(max(longest, (columns_of(column.heading) + 1) // 2, _NARROWEST), _WIDEST) + _PADDING)
    widths = [TEXT_TWIPS * want // sum(wanted) for want in wanted]
    widths[0] += TEXT_TWIPS - sum(widths)
    return widths


def word(report: Report) -> bytes:
    """Return a report as a draft of an official paper, with room for its number, its signer and its date.

    The sections are 一、二、…; each says its sentence, then shows its figures.
    """
    sheet = Sheet()
    sheet.add("Issuer Mark", report.office)
    to_come = number_to_come(report.number, report.drafted_on.year)
    sheet.add("Upward Number", f"{to_come}\t签发人：{SIGNER_TO_COME}")
    sheet.add("Red Rule", "")
    sheet.add("Paper Title", report.title)
    sheet.add("Addressee", f"{report.to}：")
    if report.basis:
        sheet.add("Body", report.basis)
    for warning in report.warnings:
        sheet.add("Body", f"需要说明：{warning}")
    number = 0
    for place, section in enumerate(report.sections, 1):
        sheet.add("Heading", f"{numeral(place)}、{section.title}")
        if section.said:
            sheet.add("Body", section.said)
        for figure in section.figures:
            number += 1
            sheet.figure(figure, number)
    sheet.add("Closing", "特此报告。")
    sheet.add("Issuer Name", report.office)
    sheet.add("Issue Date", day_to_come(report.drafted_on.year))
    return sheet.data()
