"""The records of an inspection export: its columns, and how rows become records, many at a time.

What columns mean is looked up once for each text that stands in them, for a system's export holds hundreds of
thousands of rows and few different texts.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, TypeVar

from jsup import codes
from jsup.errors import N_, Problem, TableError, UsageError, invisible
from jsup.grids import BLANKS, Bad, Cell, text_in
from jsup.journal import row_hashes, texts

Key = TypeVar("Key", bound=Hashable)

HEADINGS: Final = {
    "record": ("检查行为编号", "检查编号", "记录编号"),
    "title": ("检查行为名称", "检查名称"),
    "agency": ("实施机构", "实施机构名称", "检查机构", "执法单位"),
    "agency_code": ("实施机构编码", "实施机构代码", "检查机构编码", "单位代码"),
    "body": ("受委托部门", "受委托组织", "受委托机构"),
    "enterprise": ("监管对象", "监管对象名称", "检查对象", "行政相对人名称", "企业名称"),
    "enterprise_code": ("行政相对人编码", "行政相对人代码", "统一社会信用代码", "监管对象编码"),
    "district": ("行政区划代码", "区划代码"),
    "form": ("检查形式",),
    "kind": ("检查类别", "检查类型"),
    "method": ("检查方式",),
    "result": ("检查结果",),
    "visited_on": ("检查时间", "检查日期"),
    "inspectors": ("检查人员", "执法人员"),
    "certificates": ("执法证号", "执法证件号", "执法证件编号"),
    "uploaded_on": ("报送时间", "报送日期", "上传时间", "上传日期"),
    "code": ("检查码",),
    "plan_code": ("计划编码", "检查计划编码"),
    "reason": ("检查理由",),
    "joint": ("联合检查编号",),
    "item": ("检查事项", "检查事项名称"),
    "risk": ("风险等级", "企业风险等级", "分级分类"),
    "trigger": ("触发情形", "启动情形"),
    "notice": ("检查通知书文号", "检查通知书", "检查告知"),
    "rating": ("扫码评价", "企业评价"),
}
"""The columns of a record and their headings: the national 互联网+监管 layout's sixteen, Shanghai's five, and what some add."""

REQUIRED: Final = ("record", "enterprise_code", "visited_on")
_LINES: Final = ("result", "reason", "inspectors", "certificates")
"""Columns whose cells may hold several lines."""
_NUMBERED: Final = ("certificates", "code", "plan_code", "joint")
"""Columns that hold numbers of many digits, besides the record's own and the enterprise's."""
_DAYS: Final = ("visited_on", "uploaded_on")

REASON: Final = "退回原因"
"""The heading under which rejected rows bear what is wrong with them; a file may come back with it."""

CONTENT: Final = (
    "record", "title", "agency_code", "agency", "body", "enterprise", "enterprise_code", "district", "form", "kind", "method",
    "result", "visited_on", "inspectors", "certificates", "uploaded_on", "code", "plan_code", "reason", "joint", "item", "risk",
    "trigger", "notice", "rating", "day", "lag", "crew", "offsite", "triggered",
)  # fmt: skip
"""What a record holds besides its id, version, and SHA-256, in the order of the table's columns."""

_FILLED: Final = ("title", "agency_code", "uploaded_on", "day", "lag", "crew", "offsite", "triggered")
"""Columns that are filled whatever the file has, and may hold something else than its texts."""

FIRST: Final = date(2000, 1, 1)
_EXCEL_ZERO: Final = date(1899, 12, 30)
_EXCEL_DAYS: Final = range(36526, 73051)
"""Days as Excel counts them, from 2000 to 2099."""
_DAY = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日?|(\d\d)(\d\d))"
    r"(?:[ T]*\d{1,2}(?::\d\d(?::\d\d(?:\.\d+)?)?(?:\+08:?00)?|时(?:\d{1,2}分(?:\d{1,2}秒)?)?))?",
    re.ASCII,
)
_NUMBER = re.compile(r"[0-9]+([.,][0-9]*[Ee]\+?|[Ee]\+)[0-9]+", re.ASCII)
"""How Excel shows a long number: 1.0E+17, 1.0E17, 1E+17; but 9E2026 may be a number of an office."""
_LONGEST_HEADING: Final = 200
_LONGEST_NUMBER: Final = 200
"""Characters of a record's number, which a server's index must hold."""
_REMARK = re.compile(r"[*＊ \u3000]+|[(（][^()（）]*[)）]$")
_BREAK = re.compile(r" *[\r\n]+ *")
_BETWEEN = re.compile("[;；,，、/|\n]+")
_BETWEEN_NUMBERS = re.compile("[;； 、|\n]+")
_OFFSITE: Final = ("非现场",)
_TRIGGERED: Final = ("触发",)


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


# Headings ---------------------------------------------------------------------------------------


class Layout(NamedTuple):
    """Where the columns of a file stand: its headings, the place of each column, headings nobody knows, rows above the data."""

    heads: list[str]
    places: dict[str, int]
    unknown: list[str]
    above: int


_ROWS_ABOVE: Final = 10
"""Rows in which the headings are looked for: titles may stand above them."""
_MOST_COLUMNS: Final = 16_384
"""As many as a sheet of Excel's has."""


def layout(rows: Sequence[Sequence[Cell]], words: Mapping[str, str]) -> Layout:
    """Find the row of headings: the one that names most columns. A heading may be merged over two rows, or over two columns.

    `words` has the column of each heading, in small letters.

    Raises:
        TableError: no row names the columns that a record cannot be without; the message lacks the file.
    """
    wide = max(map(len, rows[:_ROWS_ABOVE]), default=0)
    if wide > _MOST_COLUMNS:
        raise TableError(
            N_("{file} has {count} columns, and {most} are read: leave out what does not belong in it"),
            count=wide,
            most=_MOST_COLUMNS,
        )
    best: Layout | None = None
    doubled: list[str] = []
    for number, row in enumerate(rows[:_ROWS_ABOVE]):
        heads = _heads(rows, number, words)
        known = [_column(head, words) for head in heads]
        places = {key: place for place, key in reversed([*enumerate(known)]) if key is not None}
        often = Counter(known)
        twice = [head for head, key in zip(heads, known, strict=True) if key is not None and often[key] > 1]
        if len(places) >= max(2, len(best.places) + 1 if best else 0) and any(text_in(cell) for cell in row):
            doubled = twice
            unknown = [head for head, key in zip(heads, known, strict=True) if head and key is None and head != REASON]
            best = Layout(heads, places, unknown, number + 1)
    if doubled:
        raise TableError(N_("{file}, column {column}: the heading stands twice: strike one"), column=doubled[-1])
    if best is None:
        first = [text_in(cell) for cell in rows[0]] if rows else []
        best = Layout(first, {}, [], 1)
    hidden = next((head for head in best.heads if invisible(head)), None)
    if hidden is not None:
        raise TableError(
            N_("{file}, column {column}: the heading holds the invisible character U+{point}: type it again without it"),
            column=best.heads.index(hidden) + 1, point=f"{ord(invisible(hidden) or ' '):04X}",
        )  # fmt: skip
    missing = [HEADINGS[key][0] for key in REQUIRED if key not in best.places]
    if not {"agency", "agency_code"} & best.places.keys():
        missing.append(HEADINGS["agency_code"][0])
    if missing:
        has = "、".join([head for head in best.heads if head][:50]) or "—"
        raise TableError(
            N_(
                "{file} lacks the headings {missing}: it has {heads}; `jsup heading add` teaches jsup what another heading means"
            ),
            missing="、".join(missing), heads=has,
        )  # fmt: skip
    return best


def _heads(rows: Sequence[Sequence[Cell]], number: int, words: Mapping[str, str]) -> list[str]:
    """Return the headings of a row; where it has none, or half of one, what is merged above it."""
    above: Sequence[Cell] = rows[number - 1] if number else ()
    heads, left = [], ""
    for place, cell in enumerate(rows[number]):
        head = _heading(cell)
        over = _heading(above[place]) if place < len(above) else ""
        left = (over or left)[:_LONGEST_HEADING]
        if over and not head:
            head = over
        elif head and not _column(head, words) and _column(left + head, words):
            head = left + head
        heads.append(head)
    return heads


def _heading(cell: Cell) -> str:
    return _BREAK.sub("", text_in(cell))


def _column(head: str, words: Mapping[str, str]) -> str | None:
    """Return the column that a heading stands for, whatever is remarked behind it: （必填）, (;分隔), *."""
    if len(head) > _LONGEST_HEADING:
        return None
    return words.get(head.casefold()) or words.get(_REMARK.sub("", head).casefold())


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
    if all(column) and max(map(len, column)) <= _LONGEST_NUMBER:
        return _unrounded(column)
    found: list[Any] = []
    for text in column:
        if not text:
            found.append(Wrong(N_("it is empty"), {}))
        elif len(text) > _LONGEST_NUMBER:
            values: dict[str, object] = {"count": len(text), "most": _LONGEST_NUMBER}
            found.append(Wrong(N_("it has {count} characters, more than {most}: shorten it"), values))
        else:
            found += _unrounded([text])
    return found


def _unrounded(column: Sequence[str]) -> Sequence[Any]:
    """Return texts that may be long numbers; one that Excel has rounded is wrong."""
    said = "|".join(column).upper()
    if "E+" not in said and not ("E" in said and ("." in said or "," in said)):
        return column
    return [_rounded(text) if any(map(_NUMBER.fullmatch, _BETWEEN_NUMBERS.split(text))) else text for text in column]


def _rounded(text: str) -> Wrong:
    return Wrong(N_("Excel has rounded the number {value}: set the column to text and type it again"), {"value": text})


def _credit_code(text: str) -> str | Wrong:
    if not text:
        return Wrong(N_("it is empty"), {})
    try:
        return codes.credit_code(text)
    except UsageError as error:
        return Wrong(error.message, error.values)


def people(text: str) -> str:
    """Return names or numbers with semicolons between them, each once.

    >>> people("张甲；李乙, 张甲")
    '张甲;李乙'
    """
    return ";".join(dict.fromkeys(part for part in (one.strip(BLANKS) for one in _BETWEEN.split(text)) if part))


def _crew(pair: tuple[str, str]) -> tuple[str, str, int]:
    """Return inspectors, certificates, and how many inspectors that are: two may bear one name, but no two one number."""
    names, certificates = (people(text) for text in pair)
    listed = [part for part in (one.strip(BLANKS) for one in _BETWEEN.split(pair[0])) if part]
    numbers = certificates.count(";") + 1 if certificates else 0
    several = len(listed) if numbers >= len(listed) else len(set(listed))
    return ";".join(listed) if several > len(set(listed)) else names, certificates, max(several, numbers)


def _ways(three: tuple[str, str, str]) -> tuple[int, int]:
    said = "".join(three)
    return int(any(word in said for word in _OFFSITE)), int(any(word in said for word in _TRIGGERED))


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


@dataclass
class Reader:
    """Makes records of rows, and keeps what it has looked up."""

    layout: Layout
    bodies: Bodies
    today: date
    rejected: list[Rejected] = field(default_factory=list)
    _seen: dict[str, int] = field(default_factory=dict)
    """The numbers of the records that are taken, each with its row."""
    _memos: dict[str, dict[Any, Any]] = field(default_factory=dict)
    _wrong: set[str] = field(default_factory=set)
    """Those of them that hold something that cannot be taken."""

    @property
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
        if self._seen.keys().isdisjoint(picked) and len(set(picked)) == len(picked):
            self._seen.update(zip(picked, (numbers[place] for place in good), strict=True))
            return
        for place in good:
            row = self._seen.setdefault(records[place], numbers[place])
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

        def checked(key: str, values: Sequence[Any], name: str = "") -> Sequence[Any]:
            for place, value in enumerate(values) if not name or name in self._wrong else ():
                if type(value) is Wrong:
                    self._blame(problems, numbers, place, key, value)
            return values

        content["record"] = checked("record", _numbers(cells["record"]))
        for key in _NUMBERED:
            if key in cells:
                content[key] = checked(key, _unrounded(cells[key]))
        credit = self._looked_up("enterprise_code", _credit_code, cells["enterprise_code"])
        content["enterprise_code"] = checked("enterprise_code", credit, "enterprise_code")
        pairs = zip(cells.get("agency_code", blank), cells.get("agency", blank), strict=True)
        content["agency_code"] = checked("agency_code", self._looked_up("agency", self._agency, pairs), "agency")
        visited = checked("visited_on", self._looked_up("visited_on", self._visited, cells["visited_on"]), "visited_on")
        uploads = self._looked_up("uploaded_on", self._uploaded, cells.get("uploaded_on", blank))
        uploaded = checked("uploaded_on", uploads, "uploaded_on")
        content["visited_on"], content["day"] = _split(visited, 2)
        content["uploaded_on"], last = _split(uploaded, 2)
        content["lag"] = lags = [
            second - first if type(first) is type(second) is int else None
            for first, second in zip(content["day"], last, strict=True)
        ]
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
        memo, cells = self._memos.setdefault(name, {}), [*cells]
        try:
            return [memo[cell] for cell in cells]
        except KeyError:
            fresh = {cell: read(cell) for cell in set(cells) if cell not in memo}
            if any(type(value) is Wrong for value in fresh.values()):
                self._wrong.add(name)
            memo.update(fresh)
            return [memo[cell] for cell in cells]

    def _agency(self, pair: tuple[str, str]) -> str | Wrong:
        code, name = pair
        if code in self.bodies.codes or name in self.bodies.names:
            return code if code in self.bodies.codes else self.bodies.names[name]
        if _NUMBER.fullmatch(code):
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
        if on is None or on < FIRST:
            return Wrong(N_("{value} is not a date: write it as 2026-09-01"), {"value": text})
        if on > self.today:
            return Wrong(N_("{on} is in the future: today is {today}"), {"on": on, "today": self.today})
        return on.isoformat(), on.toordinal()

    def _uploaded(self, text: str) -> "tuple[str | None, int | None] | Wrong":
        return self._visited(text) if text else (None, None)
