"""The weekly side in Word: rows of one fixed height on one side of A4, so that no text can push it over."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.shared import Mm, Twips

from jsup.reports.weeks import LISTS, MORE, TITLES, Item, counts, most_urgent, numbered
from jsup.reports.word import Sheet, columns_of
from jsup.words import chinese_day

LINES: Final = 41
"""Rows under the title: a line's height each in the 257 mm that the margins leave, and one to spare."""
ROW_TWIPS: Final = 320
WIDTHS: Final = (1900, 2600, 2760, 1420, 1340)
"""The number, the agency, what it is, the day, and what is to be done: twips of the 177 mm."""
_TWIPS_EACH: Final = 105
"""Half a character of 10.5 pt."""
_PADDING: Final = 160
_HYPHEN: Final = "\u2011"
"""No line ends behind it: what comes next would be hidden below the row."""


def side(found: dict[str, Any], bureau: str, *, by_agency: bool) -> bytes:
    """Return the weekly side as a Word file; what has no room is counted, with where to find it."""
    sheet = Sheet()
    section = sheet.document.sections[0]
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(16), Mm(17)
    section.footer_distance = Mm(8)
    sheet.add("Week Title", "涉企行政检查执法监督一周情况")
    as_of = chinese_day(date.fromisoformat(found["as_of"]))
    said = f"{bureau}　截至{as_of}"
    sheet.add("Week Line", _cut(said, sum(WIDTHS)))
    table = sheet.grid(WIDTHS)
    for key, room in zip(LISTS, rooms([len(found[key]) for key in LISTS], LINES), strict=True):
        _list(sheet, table, key, found[key], room, by_agency=by_agency)
    sheet.add("Anchor", "")
    return sheet.data()


def rooms(lengths: Sequence[int], lines: int) -> list[int]:
    """Share lines among lists, each with a heading and a line for what is left out: items shown of each.

    A short list leaves its room to the others.

    >>> rooms([0, 3, 100, 1, 40], 41), rooms([500] * 5, 41)
    ([0, 3, 14, 1, 13], [7, 6, 6, 6, 6])
    """
    left, found = lines - 2 * len(lengths), [0] * len(lengths)
    while left and any(given < length for given, length in zip(found, lengths, strict=True)):
        for place, length in enumerate(lengths):
            if left and found[place] < length:
                found[place] += 1
                left -= 1
    return found


def _list(sheet: Sheet, table: Any, key: str, items: list[Item], room: int, *, by_agency: bool) -> None:
    """Put a list's heading, as many items as have room, and what of it has none."""
    said = f"{TITLES[key]}（{len(items)}项）"
    if by_agency and items:
        said += "：" + "、".join(f"{name}{several}项" for _code, name, several in counts(items))
    _across(sheet, table, said, "Week Heading")
    for item in most_urgent(items, key, room):
        texts = (
            numbered(item).replace("-", _HYPHEN),
            item["agency"] or "",
            item["title"],
            item["due_on"] or item["on"] or "",
            item["note"],
        )
        row = table.add_row()
        _low(row)
        for cell, text, width in zip(row.cells, texts, WIDTHS, strict=True):
            sheet.fill(cell, "Week Line", _cut(text, width))
    if not items:
        _across(sheet, table, "无。", "Week Line")
    elif len(items) > room:
        _across(sheet, table, f"另有{len(items) - room}项，见 {MORE[key]}", "Week Line")


def _across(sheet: Sheet, table: Any, text: str, style: str) -> None:
    row = table.add_row()
    _low(row)
    cells = row.cells
    sheet.fill(cells[0].merge(cells[-1]), style, _cut(text, sum(WIDTHS)))


def _low(row: Any) -> None:
    row.height, row.height_rule = Twips(ROW_TWIPS), WD_ROW_HEIGHT_RULE.EXACTLY


def _cut(text: str, width: int) -> str:
    """Return as much of a text as a column's line holds, with … where something is left out."""
    most, taken = (width - _PADDING) // _TWIPS_EACH, 0
    for place, character in enumerate(text):
        taken += columns_of(character)
        if taken > most:
            while columns_of(text[:place]) > most - 2:
                place -= 1  # noqa: PLW2901 - back to where … has room
            return f"{text[:place]}…"
    return text
