"""A report as a workbook: a list of contents, then a sheet for each figure with its table and a chart of Excel's own."""

import io
import math
import re
from datetime import date, datetime
from typing import Any, Final

from jsup.errors import visible
from jsup.reports.about import about
from jsup.reports.charts import COLOURS, naming_place, number
from jsup.reports.report import COUNT, DAY, RATE, TEXT, Cell, Column, Figure, Report, Section, shown

CONTENTS: Final = "目录"
_MOST_NAME: Final = 31
_MOST_TEXT: Final = 32767
"""Characters that Excel takes in the name of a sheet, and in a cell."""
HEADINGS: Final = 4
"""The row of the headings, from 0: above it stand title, section, note and the way back."""
_MARKERS: Final = ("circle", "square", "triangle", "diamond", "x", "plus")
_DASHES: Final = ("solid", "dash", "round_dot", "dash_dot", "long_dash", "square_dot")
_PATTERNS: Final = ("", "wide_upward_diagonal", "narrow_vertical", "dark_horizontal", "large_grid", "small_grid")


def workbook(report: Report) -> bytes:
    """Return a report as an xlsx file; the same report gives the same bytes.

    Nothing in it is a formula; the links are those of the contents. A rate is a number with one decimal place, as shown.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - only where a workbook is made

    data = io.BytesIO()
    book = Workbook(
        data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    day = datetime(report.drafted_on.year, report.drafted_on.month, report.drafted_on.day)  # noqa: DTZ001 - a day, no instant
    book.set_properties({"title": _text(report.title), "author": _text(report.office), "created": day})
    looks = {
        "title": book.add_format({"bold": True, "font_size": 15, "valign": "vcenter"}),
        "note": book.add_format({"text_wrap": True, "valign": "top"}),
        "warning": book.add_format({"text_wrap": True, "valign": "top", "bold": True, "font_color": "#9c3b00"}),
        "link": book.add_format({"font_color": "#0b57a4", "underline": 1, "valign": "top"}),
        "section": book.add_format({"bold": True, "font_size": 12, "top": 1, "text_wrap": True, "valign": "top"}),
        "heading": book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#dfe8f1", "valign": "vcenter"}),
    }
    for holds, style in (
        (TEXT, {"num_format": "@", "text_wrap": True}), (COUNT, {"num_format": "0"}), (RATE, {"num_format": "0.0"}),
        (DAY, {"num_format": "yyyy-mm-dd", "align": "left"}), ("none", {"num_format": "@", "align": "right"}),
    ):  # fmt: skip
        looks[holds] = book.add_format({"border": 1, "valign": "top", **style})
        looks[f"total {holds}"] = book.add_format({"border": 1, "valign": "top", "bold": True, "top": 2, **style})
    contents = book.add_worksheet(CONTENTS)
    taken = {CONTENTS, "history"}  # Excel keeps the second for itself
    named = [
        (section, [(figure, _name(figure.title or figure.key, taken)) for figure in section.figures])
        for section in report.sections
    ]
    _lay_contents(contents, report, named, looks)
    for section, figures in named:
        for figure, name in figures:
            _lay_out(book, book.add_worksheet(name), section, figure, name, looks)
    book.close()
    return data.getvalue()


def _text(value: str) -> str:
    return visible(value, lines=True)[:_MOST_TEXT]


def _name(title: str, taken: set[str]) -> str:
    """Return a name for a sheet that Excel takes and no other sheet has, and keep it among those taken.

    >>> taken = set()
    >>> _name("a/b", taken), _name("A?B", taken), _name("'", taken), len(_name("x" * 40, taken))
    ('a b', 'A B (2)', '图表', 31)
    """
    clean = re.sub(r"\s+", " ", re.sub(r"[\[\]:*?/\\]", " ", visible(title)))[:_MOST_NAME].strip(" '") or "图表"
    name, count = clean, 1
    while name.casefold() in taken:
        count += 1
        more = f" ({count})"
        name = clean[: _MOST_NAME - len(more)] + more
    taken.add(name.casefold())
    return name


def _link(name: str) -> str:
    quoted = name.replace("'", "''")
    return f"internal:'{quoted}'!A1"


def _lay_contents(
    sheet: Any, report: Report, named: list[tuple[Section, list[tuple[Figure, str]]]], looks: dict[str, Any]
) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, _text(report.title), looks["title"])
    line = 1
    for heading, value in [*about(report), ("说明", report.basis), *(("请注意", warning) for warning in report.warnings)]:
        if value:
            look = looks["warning" if heading == "请注意" else "note"]
            sheet.write_string(line, 0, heading, look)
            sheet.write_string(line, 1, _text(value), look)
            line += 1
    for section, figures in named:
        line += 1
        clause = f"（{section.clause}）" if section.clause else ""
        sheet.write_string(line, 0, _text(f"{section.title}{clause}"), looks["section"])
        sheet.write_string(line, 1, _text(section.said), looks["note"])
        for figure, name in figures:
            line += 1
            sheet.write_url(line, 0, _link(name), looks["link"], _text(figure.title or figure.key)[:255])
            sheet.write_string(line, 1, _text(figure.note), looks["note"])
        line += 1
    sheet.hide_gridlines(2)
    _to_print(sheet)


def _to_print(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&A　第&P页，共&N页")


def _lay_out(book: Any, sheet: Any, section: Section, figure: Figure, name: str, looks: dict[str, Any]) -> None:
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, _text(figure.title), looks["title"])
    sheet.write_string(1, 0, _text(f"{section.title}（{section.clause}）" if section.clause else section.title))
    widths = [_width(figure, place) for place in range(len(figure.columns))]
    note = _text(f"图表编号：{figure.key}。{figure.note}")
    if len(widths) > 1:
        sheet.merge_range(2, 0, 2, len(widths) - 1, "", looks["note"])
    sheet.write_string(2, 0, note, looks["note"])
    sheet.set_row(2, 16 * math.ceil(_digits(note) * 1.1 / sum(widths)))
    sheet.write_url(3, 0, _link(CONTENTS), looks["link"], f"返回{CONTENTS}")
    for place, column in enumerate(figure.columns):
        sheet.set_column(place, place, widths[place])
        sheet.write_string(HEADINGS, place, _text(column.heading), looks["heading"])
    for at, row in enumerate(figure.rows, HEADINGS + 1):
        for place, (cell, column) in enumerate(zip(row, figure.columns, strict=True)):
            _write(sheet, at, place, cell, column, looks, "")
    last = HEADINGS + len(figure.rows)
    if figure.total is not None:
        for place, (cell, column) in enumerate(zip(figure.total, figure.columns, strict=True)):
            _write(sheet, last + 1, place, cell, column, looks, "total ")
    sheet.freeze_panes(HEADINGS + 1, naming_place(figure) + 1)
    if figure.rows:
        sheet.autofilter(HEADINGS, 0, last, len(figure.columns) - 1)
        _draw(book, sheet, figure, name)
    else:
        sheet.write_string(HEADINGS + 1, 0, "没有记录。")
    sheet.repeat_rows(HEADINGS)
    _to_print(sheet)


def _digits(text: str) -> int:
    """Return how wide a text is, in digits: a Chinese character takes two."""
    return sum(1 if character.isascii() else 2 for character in text)


def _width(figure: Figure, place: int) -> float:
    """Return the width of a column, in digits; longer cells are folded."""
    cells = [row[place] for row in [*figure.rows, *([figure.total] if figure.total is not None else [])]]
    most = max((_digits(shown(cell)) for cell in cells), default=0)
    return min(max(most + 2, min(_digits(figure.columns[place].heading), 14) + 4, 9), 44)


def _write(sheet: Any, line: int, place: int, cell: Cell, column: Column, looks: dict[str, Any], total: str) -> None:
    """Write a cell: numbers as numbers, a day as a date, everything else as text."""
    value = number(cell)
    if value is not None:
        sheet.write_number(line, place, value, looks[total + (COUNT if isinstance(cell, int) else RATE)])
        return
    if column.holds == DAY and isinstance(cell, str) and (day := _day(cell)) is not None:
        sheet.write_datetime(line, place, day, looks[total + DAY])
        return
    holds = "none" if column.holds in (COUNT, RATE) else TEXT
    sheet.write_string(line, place, _text(shown(cell)), looks[total + holds])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _draw(book: Any, sheet: Any, figure: Figure, name: str) -> None:
    """Put a chart beside the table that refers to its cells."""
    if figure.chart is None:
        return
    lines, first, last = figure.chart.kind == "lines", HEADINGS + 1, HEADINGS + len(figure.rows)
    chart = book.add_chart({"type": "line" if lines else "bar"})
    for at, place in enumerate(figure.chart.values):
        colour, turn = COLOURS[at % len(COLOURS)], at % len(_MARKERS)
        series: dict[str, Any] = {
            "name": [name, HEADINGS, place],
            "categories": [name, first, figure.chart.label, last, figure.chart.label],
            "values": [name, first, place, last, place],
        }
        if lines:
            series["line"] = {"color": colour, "width": 2.25, "dash_type": _DASHES[turn]}
            mark = {"color": colour}
            series["marker"] = {"type": _MARKERS[turn], "size": 7, "fill": mark, "border": mark}
        elif _PATTERNS[turn]:
            series["pattern"] = {"pattern": _PATTERNS[turn], "fg_color": "#ffffff", "bg_color": colour}
        else:
            series["fill"] = {"color": colour}
        if not lines:
            series |= {"data_labels": {"value": True}, "gap": 60}
        chart.add_series(series)
    chart.set_title({"name": _text(figure.title)[:200], "name_font": {"size": 12}, "overlay": False})
    value_axis = {"min": 0, "name": figure.chart.unit, "major_gridlines": {"visible": True, "line": {"color": "#d0d0d0"}}}
    if lines:
        chart.set_y_axis(value_axis)
    else:
        chart.set_x_axis(value_axis)
        chart.set_y_axis({"reverse": True, "interval_unit": 1})
    if len(figure.chart.values) == 1:
        chart.set_legend({"none": True})
    else:
        chart.set_legend({"position": "top"})
    high = 340 if lines else 120 + len(figure.rows) * (12 + 14 * len(figure.chart.values))
    chart.set_size({"width": 640, "height": min(max(high, 240), 1600)})
    sheet.insert_chart(HEADINGS, len(figure.columns) + 1, chart, {"description": _text(figure.title)[:200]})
