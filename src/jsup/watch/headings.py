"""The columns of an inspection export, and where they stand in a file."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from jsup.errors import N_, TableError, invisible
from jsup.grids import Cell, text_in

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

REASON: Final = "退回原因"
"""The heading under which rejected rows bear what is wrong with them; a file may come back with it."""

_LONGEST_HEADING: Final = 200
_REMARK = re.compile(r"[*＊ \u3000]+|[(（][^()（）]*[)）]$")
_BREAK = re.compile(r" *[\r\n]+ *")


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
