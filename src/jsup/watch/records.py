"""The records of an inspection export: how rows become records, many at a time.

What columns mean is looked up once for each text that stands in them, for a system's export holds hundreds of
thousands of rows and few different texts.
"""

import re
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from operator import sub
from typing import Any, Final, NamedTuple, TypeVar

from jsup import codes
from jsup.errors import N_, Problem, UsageError, invisible
from jsup.grids import BLANKS, ROUNDED, WAS_ROUNDED, Bad, Cell, text_in
from jsup.journal import row_hashes, texts
from jsup.watch.headings import HEADINGS, Layout

Key = TypeVar("Key", bound=Hashable)

_LINES: Final = ("result", "reason", "inspectors", "certificates")
"""Columns whose cells may hold several lines."""
_NUMBERED: Final = ("certificates", "code", "plan_code", "joint")
"""Columns that hold numbers of many digits, besides the record's own and the enterprise's."""
_DAYS: Final = ("visited_on", "uploaded_on")

CONTENT: Final = (
    "record", "title", "agency_code", "agency", "body", "enterprise", "enterprise_code", "district", "form", "kind", "method",
    "result", "visited_on", "inspectors", "certificates", "uploaded_on", "code", "plan_code", "reason", "joint", "item", "risk",
    "trigger", "notice", "rating", "day", "lag", "crew", "offsite", "triggered",
)  # fmt: skip
"""What a record holds besides its id, version, and SHA-256, in the order of the table's columns."""

_FILLED: Final = ("title", "agency_code", "uploaded_on", "day", "lag", "crew", "offsite", "triggered")
"""Columns that are filled whatever the file has, and may hold something else than its texts."""

_MOST_KEPT: Final = 1 << 16
"""Texts of which it is kept what they mean."""

_FIRST: Final = date(2000, 1, 1)
_EXCEL_ZERO: Final = date(1899, 12, 30)
_EXCEL_DAYS: Final = range(36526, 73051)
"""Days as Excel counts them, from 2000 to 2099."""
_DAY = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日?|(\d\d)(\d\d))"
    r"(?:[ T]*\d{1,2}(?::\d\d(?::\d\d(?:\.\d+)?)?(?:\+08:?00)?|时(?:\d{1,2}分(?:\d{1,2}秒)?)?))?",
    re.ASCII,
)
_LONGEST_NUMBER: Final = 200
"""Characters of a record's number, which a server's index must hold."""
_BETWEEN = re.compile("[;；,，、/|\n]+")
_BETWEEN_NUMBERS = re.compile("[;； 、|\n]+")


class Wrong(NamedTuple):
    """Why a cell cannot be taken: a message key and its values."""

    message: str
    values: dict[str, object]


class Bodies(NamedTuple):
    """Who may be named as the agency of a record."""

    codes: frozenset[str]
    names: Mapping[str, str]
    """Present and former names, each with the agency's code."""
    never: tuple[str, ...]
    """Words in the names of bodies that may never inspect: their records are taken, to be found by the scan."""


@dataclass
class Rejected:
    """A row that is not taken: its number in the file, its cells as they stand there, and what is wrong."""

    row: int
    cells: list[str]
    problems: list[Problem]


# Cells ------------------------------------------------------------------------------------------


def day(text: str) -> date | None:
    """Return the day of a text: the year first, with or without a time behind it, or as Excel counts days; None if it is none.

    >>> day("2026/10/8 9:30"), day("20261008"), day("46303"), day("8.10.2026")
    (datetime.date(2026, 10, 8), datetime.date(2026, 10, 8), datetime.date(2026, 10, 8), None)
    """
    found = _DAY.fullmatch(text)
    try:
        if found is not None:
            year, _sign, *rest = found.groups()
            return date(int(year), *(int(part) for part in rest if part))
        if int(float(text)) in _EXCEL_DAYS and text.replace(".", "", 1).isdecimal():
            return _EXCEL_ZERO + timedelta(int(float(text)))
    except (ValueError, OverflowError):
        pass
    return None


def _numbers(column: Sequence[str]) -> Sequence[Any]:
    """Return the numbers of records, each checked; nearly all are in order."""
    if all(column) and max(map(len, column)) <= _LONGEST_NUMBER and ";" not in "".join(column):
        return _unrounded(column)
    found: list[Any] = []
    for text in column:
        if not text:
            found.append(Wrong(N_("it is empty"), {}))
        elif len(text) > _LONGEST_NUMBER:
            values: dict[str, object] = {"count": len(text), "most": _LONGEST_NUMBER}
            found.append(Wrong(N_("it has {count} characters, more than {most}: shorten it"), values))
        elif ";" in text:
            found.append(Wrong(N_("{value} holds a semicolon, which stands between numbers: strike it"), {"value": text}))
        else:
            found += _unrounded([text])
    return found


def _unrounded(column: Sequence[str]) -> Sequence[Any]:
    """Return texts that may be long numbers; one that Excel has rounded is wrong."""
    said = "|".join(column).upper()
    if "E+" not in said and not ("E" in said and ("." in said or "," in said)):
        return column
    return [_rounded(text) if any(map(ROUNDED.fullmatch, _BETWEEN_NUMBERS.split(text))) else text for text in column]


def _rounded(text: str) -> Wrong:
    return Wrong(WAS_ROUNDED, {"value": text})


def _credit_code(text: str) -> str | Wrong:
    if not text:
        return Wrong(N_("it is empty"), {})
    try:
        return codes.credit_code(text)
    except UsageError as error:
        return Wrong(error.message, error.values)


def _listed(text: str) -> list[str]:
    return [part for part in (one.strip(BLANKS) for one in _BETWEEN.split(text)) if part]


def _crew(pair: tuple[str, str]) -> tuple[str, str, int]:
    """Return inspectors, certificates, and how many inspectors that are: two may bear one name, but no two one number.

    >>> _crew(("张甲；李乙, 张甲", "")), _crew(("张甲、张甲", "Z1;Z2"))
    (('张甲;李乙', '', 2), ('张甲;张甲', 'Z1;Z2', 2))
    """
    names, numbers = _listed(pair[0]), [*dict.fromkeys(_listed(pair[1]))]
    if len(numbers) < len(names):
        names = [*dict.fromkeys(names)]
    return ";".join(names), ";".join(numbers), max(len(names), len(numbers))


def _ways(three: tuple[str, str, str]) -> tuple[int, int]:
    said = "".join(three).replace("非触发", "")
    return int("非现场" in said), int("触发" in said)


def _tidy(cells: Sequence[Cell]) -> bool:
    """Tell whether a column holds nothing but texts that can be seen, without blanks at their ends."""
    try:
        said = f"|{'|'.join(cells)}|"  # type: ignore[arg-type]
    except TypeError:  # a cell of a workbook that is no text
        return False
    return said.isprintable() and " |" not in said and "| " not in said


def _split(rows: Sequence[Sequence[Any]], count: int) -> list[Sequence[Any]]:
    """Return the columns of rows of so many values."""
    return [*zip(*rows, strict=True)] or [()] * count


# Rows -------------------------------------------------------------------------------------------


def _lags(first: Sequence[Any], last: Sequence[Any]) -> list[int | None]:
    """Return the days between two columns of days; None where one of them is none."""
    try:
        return [*map(sub, last, first)]
    except TypeError:
        return [two - one if type(one) is type(two) is int else None for one, two in zip(first, last, strict=True)]


class _Memo(dict[Any, Any]):
    """What texts mean, each found out once, or once more where there are very many."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, key: Any) -> Any:
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[key] = value = self.read(key)
        return value


class _Seen:
    """The numbers of the records that are taken, each with its row; a dict of a million would take five times the room."""

    def __init__(self) -> None:
        self.table = sqlite3.connect(":memory:", isolation_level=None)
        self.table.execute("PRAGMA journal_mode = OFF")
        self.table.execute("CREATE TABLE seen (record TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID")
        self.table.execute("BEGIN")

    def add(self, records: Sequence[str], rows: Iterable[int]) -> bool:
        """Take in records that are not there; tell whether that were all."""
        both = zip(records, rows, strict=True)
        return self.table.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", both).rowcount == len(records)

    def row(self, record: str) -> int:
        """Return the row of a record that is there."""
        (row,) = self.table.execute("SELECT row FROM seen WHERE record = ?", (record,)).fetchone()
        return int(row)


@dataclass
class Reader:
    """Makes records of rows, and keeps what it has looked up."""

    layout: Layout
    bodies: Bodies
    today: date
    rejected: list[Rejected] = field(default_factory=list)
    _seen: _Seen = field(default_factory=_Seen)
    _memos: dict[str, _Memo] = field(default_factory=dict)

    @cached_property
    def fields(self) -> list[str]:
        """The columns that this file fills, in the order of CONTENT; the others hold nothing."""
        return [key for key in CONTENT if key in self.layout.places or key in _FILLED]

    def records(self, numbers: Sequence[int], rows: Sequence[Sequence[Cell]]) -> dict[str, Sequence[Any]]:
        """Return the columns of the records that can be taken, `sha256` and `fields`; rows that cannot go to `rejected`."""
        wide = len(self.layout.heads)
        problems: dict[int, list[Problem]] = {}
        columns = self._plain(numbers, rows, wide, problems)
        cells = {key: columns[place] for key, place in self.layout.places.items()}
        content = self._content(cells, len(rows), numbers, problems)
        self._once(content["record"], numbers, problems)
        if problems:
            self.rejected += [
                Rejected(numbers[place], [text_in(cell) for cell in rows[place]], problems[place]) for place in sorted(problems)
            ]
            good = [place for place in range(len(rows)) if place not in problems]
            content = {key: [column[place] for place in good] for key, column in content.items()}
        absent = ("\0",) * len(content["record"])
        said = [
            (content[key] if key in cells and key not in _FILLED else texts(content[key])) if key in self.fields else absent
            for key in CONTENT
        ]
        return {"sha256": [*row_hashes(said)]} | {key: content[key] for key in self.fields}

    def _once(self, records: Sequence[Any], numbers: Sequence[int], problems: dict[int, list[Problem]]) -> None:
        """Let each number stand once among the rows that can be taken."""
        good = [place for place in range(len(records)) if place not in problems]
        picked = [records[place] for place in good] if problems else records
        if not picked or self._seen.add(picked, [numbers[place] for place in good]):
            return
        for place in good:
            row = self._seen.row(records[place])
            if row != numbers[place]:
                twice = Wrong(N_("the number {code} stands in row {row} already"), {"code": records[place], "row": row})
                self._blame(problems, numbers, place, "record", twice)

    def _blame(self, problems: dict[int, list[Problem]], numbers: Sequence[int], place: int, key: str, wrong: Wrong) -> None:
        at = self.layout.places.get("agency" if key == "agency_code" and key not in self.layout.places else key)
        column = self.layout.heads[at] if at is not None else HEADINGS[key][0]
        if all(column != problem.column for problem in problems.get(place, ())):  # one reason for a cell is enough
            problems.setdefault(place, []).append(Problem(numbers[place], column, wrong.message, wrong.values))

    def _plain(
        self, numbers: Sequence[int], rows: Sequence[Sequence[Cell]], wide: int, problems: dict[int, list[Problem]]
    ) -> list[Sequence[str]]:
        """Return the columns as texts without blanks at their ends, all of one length; nearly all come so already."""
        if set(map(len, rows)) == {wide}:
            columns: list[Any] = [*zip(*rows, strict=True)]
            bare = (column for head, column in zip(self.layout.heads, columns, strict=True) if not head)
            if all(map(_tidy, columns)) and not any(map(any, bare)):
                return columns
        fields = {place: key for key, place in self.layout.places.items()}
        both = enumerate(zip(numbers, rows, strict=True))
        return _split([self._tidied(number, row, wide, fields, place, problems) for place, (number, row) in both], wide)

    def _tidied(
        self,
        number: int,
        row: Sequence[Cell],
        wide: int,
        fields: Mapping[int, str],
        place: int,
        problems: dict[int, list[Problem]],
    ) -> list[str]:
        found = []
        if len(row) < wide or any(text_in(cell) for cell in row[wide:]):
            values: dict[str, object] = {"cells": len(row), "heads": wide}
            problems.setdefault(place, []).append(
                Problem(number, "", N_("the row has {cells} cells under {heads} headings"), values)
            )
        for at in range(wide):
            cell: Cell = row[at] if at < len(row) else ""
            key, text = fields.get(at), text_in(cell)
            if isinstance(cell, Bad) and key is not None and not (key in _DAYS and day(text)):
                problems.setdefault(place, []).append(Problem(number, self.layout.heads[at], cell.message, {"value": text}))
            if text and not self.layout.heads[at]:
                problems.setdefault(place, []).append(
                    Problem(number, str(at + 1), N_("{value} stands under no heading"), {"value": text})
                )
            text = text.replace("\r\n", "\n").replace("\t", " ") if key in _LINES else text
            hidden = invisible(text, lines=key in _LINES)
            if hidden is not None and key is not None:
                values = {"point": f"{ord(hidden):04X}"}
                problems.setdefault(place, []).append(
                    Problem(number, self.layout.heads[at], N_("it holds the invisible character U+{point}"), values)
                )
            found.append("" if hidden is not None else text)
        return found

    def _content(
        self, cells: Mapping[str, Sequence[str]], count: int, numbers: Sequence[int], problems: dict[int, list[Problem]]
    ) -> dict[str, Sequence[Any]]:
        """Return the columns of CONTENT; what cannot be taken becomes a problem of its row."""
        blank = ("",) * count
        content: dict[str, Sequence[Any]] = {key: cells.get(key, (None,) * count) for key in HEADINGS}
        content["title"] = cells.get("title", blank)

        def checked(key: str, values: Sequence[Any]) -> Sequence[Any]:
            for place, value in enumerate(values) if Wrong in set(map(type, values)) else ():
                if type(value) is Wrong:
                    self._blame(problems, numbers, place, key, value)
            return values

        content["record"] = checked("record", _numbers(cells["record"]))
        for key in _NUMBERED:
            if key in cells:
                content[key] = checked(key, _unrounded(cells[key]))
        credit = self._looked_up("enterprise_code", _credit_code, cells["enterprise_code"])
        content["enterprise_code"] = checked("enterprise_code", credit)
        pairs = zip(cells.get("agency_code", blank), cells.get("agency", blank), strict=True)
        content["agency_code"] = checked("agency_code", self._looked_up("agency", self._agency, pairs))
        visited = checked("visited_on", self._looked_up("visited_on", self._visited, cells["visited_on"]))
        uploads = self._looked_up("uploaded_on", self._uploaded, cells.get("uploaded_on", blank))
        uploaded = checked("uploaded_on", uploads)
        content["visited_on"], content["day"] = _split(visited, 2)
        content["uploaded_on"], last = _split(uploaded, 2)
        content["lag"] = lags = _lags(content["day"], last)
        if any(lag is not None and lag < 0 for lag in set(lags)):
            early = Wrong(N_("it was uploaded before the day of the visit"), {})
            checked("uploaded_on", [early if lag is not None and lag < 0 else None for lag in lags])
        crews = self._looked_up("crew", _crew, zip(cells.get("inspectors", blank), cells.get("certificates", blank), strict=True))
        three_of = zip(("inspectors", "certificates", "crew"), _split(crews, 3), strict=True)
        content |= {key: column for key, column in three_of if key == "crew" or key in cells}
        three = zip(*(cells.get(key, blank) for key in ("form", "kind", "method")), strict=True)
        content["offsite"], content["triggered"] = _split(self._looked_up("ways", _ways, three), 2)
        return content

    def _looked_up(self, name: str, read: Callable[[Key], Any], cells: Iterable[Key]) -> list[Any]:
        """Return what each cell means, reading each text once."""
        return [*map(self._memos.setdefault(name, _Memo(read)).__getitem__, cells)]

    def _agency(self, pair: tuple[str, str]) -> str | Wrong:
        code, name = pair
        if code in self.bodies.codes or name in self.bodies.names:
            return code if code in self.bodies.codes else self.bodies.names[name]
        if ROUNDED.fullmatch(code):
            return _rounded(code)
        if any(word in name for word in self.bodies.never):
            return code or name
        if not code and not name:
            return Wrong(N_("it is empty"), {})
        return Wrong(
            N_("no agency has the code {code} or the name {name}: enter it with `jsup agency add`, or mend the cell"),
            {"code": code or "—", "name": name or "—"},
        )

    def _visited(self, text: str) -> "tuple[str, int] | Wrong":
        if not text:
            return Wrong(N_("it is empty"), {})
        on = day(text)
        if on is None or on < _FIRST:
            return Wrong(N_("{value} is not a date: write it as 2026-09-01"), {"value": text})
        if on > self.today:
            return Wrong(N_("{on} is in the future: today is {today}"), {"on": on, "today": self.today})
        return on.isoformat(), on.toordinal()

    def _uploaded(self, text: str) -> "tuple[str | None, int | None] | Wrong":
        return self._visited(text) if text else (None, None)
