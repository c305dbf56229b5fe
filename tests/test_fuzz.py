"""Whatever stands in a file or on a command line, it is taken or refused in words: no traceback, no hang, no flood of memory."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsup import (
    calendars,
    checks,
    cli,
    codes,
    complaints,
    draws,
    errors,
    grids,
    intake,
    policy,
    qualifications,
    register,
    sampling,
    seals,
    serials,
    tables,
    worklists,
)
from jsup.errors import JsupError, LedgerError
from jsup.models import Agency, Paper
from jsup.papers import forms
from jsup.watch import headings, inspections, items, merges, overlaps, plans, records
from tests.imports import make

TODAY = date(2026, 11, 24)
PLAN = policy.parse(policy.packaged_text(), "plan")
CODES = {"A1", "310116001"}
NOTHING = SimpleNamespace(first=lambda: None, one=lambda: None)
DESK: Any = SimpleNamespace(policy=PLAN, session=SimpleNamespace(exec=lambda _rows: NOTHING))

# What is read -----------------------------------------------------------------------------------


class Reader(NamedTuple):
    """What reads a file or a text: how, what it takes, and words that it knows or that are odd to it.

    What it takes are the parts of an archive by name, or one text under "".
    """

    read: Callable[[Any], object]
    valid: dict[str, str]
    words: tuple[str, ...]
    often: tuple[str, ...] = ("",)
    """The parts that are changed more often than others."""


def sheet(rows: list[list[str]]) -> dict[str, str]:
    """Return the parts of a workbook with these rows."""
    cells = "".join(
        f'<row r="{number}">'
        + "".join(f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{value}</t></is></c>' for at, value in enumerate(row))
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    return {name: part.decode() for name, part in make._raw_parts(cells, "<si><t>区级</t></si>").items()}


def text(rows: list[list[str]]) -> dict[str, str]:
    """Return rows as csv."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows(rows)
    return {"": file.getvalue()}


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
KINDS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
LINK = '<Relationship Id="{}" Type="{}/{}" Target="{}"/>'


def word(*paragraphs: str) -> dict[str, str]:
    """Return the parts of a small Word document: these paragraphs, and one at its foot."""
    body, foot = (
        "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines) for lines in (paragraphs, ["{{ title }}"])
    )
    inside = LINK.format("rId1", make._RELATIONS, "footer", "footer1.xml")
    outside = LINK.format("rId1", make._RELATIONS, "officeDocument", "word/document.xml")
    return {
        "[Content_Types].xml": f'<Types xmlns="{make._PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{KINDS}.document.main+xml"/>'
        f'<Override PartName="/word/footer1.xml" ContentType="{KINDS}.footer+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{make._PACKAGE}/relationships">{outside}</Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{make._PACKAGE}/relationships">{inside}</Relationships>',
        "word/document.xml": f'<w:document {WORD} xmlns:r="{make._RELATIONS}"><w:body>{body}<w:sectPr>'
        '<w:footerReference w:type="default" r:id="rId1"/></w:sectPr></w:body></w:document>',
        "word/footer1.xml": f"<w:ftr {WORD}>{foot}</w:ftr>",
    }


def read_register(path: Path) -> None:
    """Read a register as its import does."""
    table = tables.read(path, register.COLUMNS)
    register._checked_rows(table)


def read_plans(path: Path) -> None:
    """Read plans as far as they can be read without a ledger."""
    table = tables.read(path, plans.COLUMNS)
    for plan in plans.read(table).values():
        plans.complete(table, plan, None, Agency(code="A1", name="甲", level="district"), PLAN.own["watch"], TODAY)


def read_inspectors(path: Path) -> None:
    """Read inspectors as far as they can be read without a ledger."""
    qualifications.inspector_rows(tables.read(path, qualifications.INSPECTORS), CODES, date(2026, 11, 24))


def read_entrustments(path: Path) -> None:
    """Read entrustments as far as they can be read without a ledger."""
    qualifications.entrustment_rows(tables.read(path, qualifications.ENTRUSTMENTS), CODES)


def read_worklist(path: Path) -> None:
    """Read a worklist as far as it can be read without a ledger."""
    table = tables.read(path, worklists.COLUMNS)
    for number, cells in table.rows:
        worklists._filled(table, number, cells)
    worklists._waiting(table)


def read_clues(path: Path) -> None:
    """Read clues as far as they can be read without a ledger."""
    intake.rows_of(tables.read(path, intake.COLUMNS), TODAY, {code: code for code in CODES})


def read_complaints(path: Path) -> None:
    """Read complaints as far as they can be read without a ledger."""
    complaints.rows_of(tables.read(path, complaints.COLUMNS), TODAY, CODES)


def read_checks(path: Path) -> None:
    """Read a check sheet as far as it can be read without a ledger."""
    table = tables.read(path, checks.COLUMNS)
    draw = {"draw_id": "2026Q4", "taken": [{"uid": code} for code in CODES], "substitutions": []}
    for number, cells in table.rows:
        if number not in {bad.row for bad in table.problems}:
            checks._row(PLAN, draw, table, number, cells, {})


def read_inspections(path: Path) -> None:
    """Read inspections as far as they can be read without a ledger."""
    lines = iter(grids.grid(path, grids.BULK))
    head = [(number, row) for number, row in enumerate(islice(lines, inspections._HEAD), 1) if any(map(grids.text_in, row))]
    shape = inspections._layout(path, [row for _number, row in head], HEADING_WORDS)
    reader = records.Reader(shape, records.Bodies(frozenset(CODES), {"甲": "A1"}, ("协调机构",)), TODAY)
    for numbers, rows in inspections._chunks(path, head[shape.above :], lines, 128):
        taken = reader.records(numbers, rows)
        assert len({len(column) for column in taken.values()}) == 1
    inspections._handed_back(path, shape, reader.rejected, lambda problem: problem.message.format(**problem.values))


def read_items(path: Path) -> None:
    """Read the municipal list."""
    tables.read(path, items.COLUMNS)


def read_word(text: str) -> None:
    """Read a text as each option reads it that has a form."""
    for read in (
        lambda: errors.iso_date(text, "--on"),
        lambda: draws.quarter(text),
        lambda: sampling.read_share(text, Fraction(1, 10), "二（一）1"),
        lambda: sampling.token(text, "code"),
        lambda: errors.checked(text, "--why", lines=True),
        lambda: PLAN.item(text),
        lambda: codes.credit_code(text),
        lambda: overlaps.week(text),
        lambda: merges.numbers(text),
        lambda: plans.year(text),
        lambda: serials.give(DESK, Paper(kind="recommendation"), TODAY, text, None),
    ):
        try:
            read()
        except JsupError as error:
            str(error)


NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2027年元旦、春节、劳动节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历腊月二十九、周五）至11日（农历正月初六、周四）放假调休，共7天。1月30日（周六）、2月14日（周日）上班。
三、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
四、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年11月4日
"""
DAYS = [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}, {"name": "春节", "date": "2027-02-14", "isOffDay": False}]


def listed(text: str) -> tuple[str, ...]:
    """Return the words of a text, with two blanks or a line end between them."""
    return tuple(re.split(r" {2,}|\n", text.strip()))


ODD = (*("", "\0", "\ufeff", "\u202e", "\x85", "\r", "\n", "\u3000", "e\u0301", "\x1b[31m", "9" * 20, "9" * 400), *listed(
    """𠮷  ²  ①  ٣  ０  -1  0  1  1e999  NaN  0001  9999  10000  2026-02-30  9999-12-31  0001-01-01  "  '  \\  {}"""
))  # fmt: skip
GRID = ("\t", *listed(""",  ","  "  ;  单位代码  code  A1  区级  待核  1  9  2026/9/1  2026年9月1日  是  =1+1"""))
CELLS = (*GRID, *listed("""<c  </c>  <row  </row>  <v>1</v>  <v>1e999</v>  <v>-1</v>  <v>99999999</v>  <f>1/0</f>  <![CDATA[  <!--  <?xml
<c r="XFD1048576">  <c r="A0">  <c r="ZZZ9999999">  <c r="a1">  <row r="1048576">  <row r="4294967296">  t="s"  t="n"  t="b"  t="d"
t="e"  t="str"  s="9"  <f t="shared" si="0" ref="A1:B9">  &#xD800;  &amp;  <!DOCTYPE a [<!ENTITY b "c">]>  r:id="rId9"
<mergeCell ref="A1:XFD1048576"/>  <dimension ref="A1:XFD1048576"/>  sharedStrings.xml  ../../x.xml  worksheets/sheet2.xml"""))  # fmt: skip
MARKS = listed("""{{  }}  {%  %}  {#  #}  {{ title }}  {{ nonsense }}  {% for x in findings %}  {% endfor %}  {% if title %}  {% endif %}
{%p for x in findings %}  {%p endfor %}  {{ x.title }}  {{ loop.index }}  {%tr  {{r  |replace('', title)  |join  |first  |length  |trim
|default(title)  .__class__  [0]  [:9]  + title  * 9  (1)  /0  not title  {% raw %}  {% set x = 1 %}  {% include 'x' %}  <w:p>  </w:p>
<w:r>  </w:r>  <w:t>  </w:t>  <w:tc>  <w:tr>  <w:br/>  {%vm%}  {%hm%}  {% cellbg title %}  {%colspan title %}  {_{  %_}  footer1.xml
../x.xml  &#xD800;  <!DOCTYPE  甲""")
PLAIN = listed("""[  ]  [[  ]]  {  }  =  .  ,  :  \"\"\"  '''  true  null  inf  1979-05-27  07:32:00  {a={a=  a.a.a.""")
SAID = listed("""年  月  日  至  -  、  ，  。  ；  ：  （  ）  星期六  周日  放假  调休  上班  补休  共3天  元旦  春节  国庆节  其中  公休日调至
照常公休  与周末连休  延长  假期至  鼓励  一、  （一）  1.  二〇二六年  十月  2月29日  9999年  0000年  https://a.cn/2025-11/04/
https://a.cn/0000-01/00/  12月31日  号  0月  99日  农历  国务院办公厅关于  发布日期：  根据  修订  起正常上班""")
LEFT_OUT = r"\[?papers\.(?!reply)|categories\.(?!other|code)|sheets|plan\.(?:ways|must|steps|problems|prohib|look|draw_e)"
SHORT = "\n[".join(block for block in policy.packaged_text().split("\n[") if not re.match(LEFT_OUT, block))
SHORT += '\n[sheets.records]\ncode = { text = "t", clause = "c", category = "code", points = 1 }\n[plan.ways]\n'
AGENCIES = make.table(make.THREE[:2], make.ALL)
WEIGHTS = [["单位代码", "权重"], ["A1", "3"], ["310116001", "9"]]
PLANS = [
    ["计划编码", "单位代码", "计划名称", "计划类型", "年度", "起始日", "截止日", "检查领域", "制定日期", "市级备案日期", "备案日期",
     "企业名称", "统一社会信用代码", "检查事项", "计划检查起始日", "计划检查截止日"],
    ["P1", "JS-FGJ", "年度计划", "年度", "2026", "", "", "房屋", "2026-01-05", "2026-02-01", "2026-02-02", "甲", "91350100M000100Y43",
     "房屋", "2026-11-23", "2026-12-31"],
    ["P1", "JS-FGJ", "年度计划", "年度", "", "", "", "", "", "", "", "甲", "91350100M000100Y43", "", "2026-11-24", ""],
    ["P2", "310116107", "专项", "special", "", "2026-11-01", "2027/3/1", "", "", "", "2026-11-02", "", "", "", "", ""],
]  # fmt: skip
STEPS = [
    ["问题编号", "执法单位", "步骤", "日期", "预警方式", "整改期限", "备注"],
    ["2026-0001", "金山区税务局", "预警提醒", "2026-11-02", "电话", "2026-11-09", "甲"],
    ["2026-0002", "", "核实整改：未整改", "2026/11/3", "", "", ""],
]
INSPECTORS = [
    ["执法证号", "姓名", "单位代码", "有效期起", "有效期至", "状态", "状态起始日", "状态截止日", "依据文书"],
    ["0901001", "甲", "A1", "2024-01-01", "2026/12/31", "暂停使用", "2026-11-02", "2026-11-30", "某文"],
    ["0901002", "乙", "310116001", "", "", "", "", "", ""],
]
ENTRUSTMENTS = [
    ["委托机关代码", "受委托组织", "委托事项", "起始日", "截止日", "委托书"],
    ["A1", "某中心", "消防检查；安全检查", "2026-01-01", "2026-12-31", "某文"],
]
ANSWERS = [
    ["单位代码", "项目编号", "结果", "得分", "说明", "立为问题", "抽查编号"],
    ["A1", "records.code", "不符合", "", "甲", "是", "2026Q4"],
    ["310116001", "site.code", "符合", "", "", "", ""],
]
CLUES = [
    ["渠道", "来源编号", "标题", "内容", "单位代码", "收到日期", "姓名", "电话"],
    ["12345", "GD1", "甲", "乙", "A1", "2026-11-02", "张三", "13800000001"],
    ["其他", "GD2", "其他", "", "", "2026/11/30", "", ""],
]
COMPLAINTS = [
    ["单位代码", "投诉编号", "事项", "收到日期", "受理日期", "办结日期", "办理结果"],
    ["A1", "1", "甲", "2026-11-02", "2026-11-03", "2026-11-04", "乙"],
    ["310116001", "1", "", "2026-11-02", "2026-11-01", "", ""],
]
INSPECTION_WORDS = listed("""检查行为编号  名称  编码  1.0E+17  9.13101E+17  ；  、  (;分隔)  （必填）  *  非现场  触发式  JC-1  46303
协调机构  2026-10-07  20261008  退回原因""")
HEADING_WORDS = {word.casefold(): key for key, words in headings.HEADINGS.items() for word in (key, *words)}
INSPECTED = [
    ["2026年10月"],
    [
        "检查行为编号",
        "实施机构",
        "",
        "行政相对人编码(统一社会信用代码)",
        "检查时间",
        "报送时间",
        "检查人员(;分隔)",
        "执法证号",
        "检查结果",
        "备注",
    ],
    ["", "名称", "编码", "", "", "", "", "", "", ""],
    ["JC-1", "甲", "A1", "91350100M000100Y43", "2026-10-08 09:30", "46310", "张甲;李乙", "1;2", "合格\n乙", ""],
    ["JC-2", "乙", "310116001", "91350100m000100y43", "2026年10月8日", "", "张甲", "1", "", "丙"],
]
ITEMS = [["检查事项", "领域"], ["消防", "甲"], ["燃气", ""]]
WORKED = [["日期", "类型", "名称"], ["2027-01-01", "休", "元旦"], ["2027-02-14", "班", "春节"]]
FIELDS = listed(
    "{{ title }}  {{ bureau }}{{ paper_title }}{{ paper_number }}  {%p for x in findings %}  {{ x.title }}  {%p endfor %}"
)
YEAR = json.dumps({"year": 2027, "papers": ["p"], "days": DAYS}, ensure_ascii=False)
BOOK, LETTER = ("xl/worksheets/sheet1.xml",), ("word/document.xml",)

READERS = {
    "register.csv": Reader(read_register, text(AGENCIES), GRID),
    "register.xlsx": Reader(read_register, sheet(AGENCIES), CELLS, BOOK),
    "weights.csv": Reader(lambda path: draws._weights(path, CODES), text(WEIGHTS), GRID),
    "weights.xlsx": Reader(lambda path: draws._weights(path, CODES), sheet(WEIGHTS), CELLS, BOOK),
    "plans.csv": Reader(read_plans, text(PLANS), GRID),
    "plans.xlsx": Reader(read_plans, sheet(PLANS), CELLS, BOOK),
    "inspectors.csv": Reader(read_inspectors, text(INSPECTORS), GRID),
    "inspectors.xlsx": Reader(read_inspectors, sheet(INSPECTORS), CELLS, BOOK),
    "entrustments.csv": Reader(read_entrustments, text(ENTRUSTMENTS), GRID),
    "entrustments.xlsx": Reader(read_entrustments, sheet(ENTRUSTMENTS), CELLS, BOOK),
    "worklist.csv": Reader(read_worklist, text(STEPS), GRID),
    "worklist.xlsx": Reader(read_worklist, sheet(STEPS), CELLS, BOOK),
    "clues.csv": Reader(read_clues, text(CLUES), GRID),
    "clues.xlsx": Reader(read_clues, sheet(CLUES), CELLS, BOOK),
    "complaints.csv": Reader(read_complaints, text(COMPLAINTS), GRID),
    "complaints.xlsx": Reader(read_complaints, sheet(COMPLAINTS), CELLS, BOOK),
    "checks.csv": Reader(read_checks, text(ANSWERS), GRID),
    "checks.xlsx": Reader(read_checks, sheet(ANSWERS), CELLS, BOOK),
    "inspections.csv": Reader(read_inspections, text(INSPECTED), (*GRID, *INSPECTION_WORDS)),
    "inspections.xlsx": Reader(read_inspections, sheet(INSPECTED), (*CELLS, *INSPECTION_WORDS), BOOK),
    "items.csv": Reader(read_items, text(ITEMS), GRID),
    "items.xlsx": Reader(read_items, sheet(ITEMS), CELLS, BOOK),
    "notice.txt": Reader(calendars.read, {"": NOTICE}, SAID),
    "calendar.csv": Reader(calendars.read, text(WORKED), GRID),
    "calendar.json": Reader(calendars.read, {"": YEAR}, PLAIN),
    "policy.toml": Reader(lambda path: policy.parse(policy.text_of(path), "policy.toml"), {"": SHORT}, PLAIN),
    "template.docx": Reader(lambda path: forms._check(forms.read(path), "reply", "t"), word(*FIELDS), MARKS, LETTER),
    "seal.txt": Reader(seals.read, {"": f"台账封签 12 2026-11-24 {'0f' * 32}\n"}, PLAIN),
    "seal.json": Reader(seals.read, {"": json.dumps({"entries": 12, "sealed_on": "2026-11-24", "head": "0f" * 32})}, PLAIN),
    "seal.docx": Reader(seals.read, word(f"台账封签 12 2026-11-24 {'0f' * 32}"), MARKS, LETTER),
    "draft.docx": Reader(lambda path: forms.complete(forms.read(path), {"甲": "乙"}, "t"), word("甲", "丙甲"), MARKS, LETTER),
}

# Changing it ------------------------------------------------------------------------------------

_UNITS = re.compile(r"<[^>]*>|[{][{%]|[%}][}]|[0-9]+|[^\W0-9]+|[\W]")
ORDERS = st.binary(min_size=7, max_size=31)
"""What is done to a valid file, six bytes a change: one draw, for Hypothesis takes longer for many than a reader for a file."""


def changed(valid: str, order: bytes, words: tuple[str, ...]) -> str:
    """Return a text in which some words, or characters, stand no more, and others do: a word, a sign, or a slice of the text."""
    how, place, length, what = order[0], int.from_bytes(order[1:3], "big"), order[3] % 16, int.from_bytes(order[4:6], "big")
    units = _UNITS.findall(valid) if how & 1 else valid
    start, source = place % (len(units) + 1), what % (len(units) + 1)
    new = [words[what % len(words)], words[what % len(words)], chr(what % 0xD800), units[source : source + length]][how >> 1 & 3]
    return "".join([*units[:start], *new, *units[start + (length >> (how >> 3 & 3)) :]])


def packed(parts: dict[str, str], encoding: str = "utf-8", how: int = zipfile.ZIP_STORED) -> bytes:
    """Return an archive of texts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part.encode(encoding), how)
    return file.getvalue()


def made(reader: Reader, orders: bytes) -> bytes:
    """Return a file that was valid before somebody was at it, or bytes that never were a file."""
    way, parts = orders[0], dict(reader.valid)
    if way == 1:
        return orders[1:]
    names = reader.often if way < 192 else tuple(parts)
    for at in range(1, len(orders) - 5, 6):
        order = orders[at : at + 6]
        name = names[order[5] % len(names)]
        parts[name] = changed(parts[name], order, reader.words + ODD)
    if way == 2 and len(parts) > 1:
        del parts[names[orders[1] % len(names)]]
    encoding = {3: "utf-8-sig", 4: "gb18030", 5: "utf-16"}.get(way, "utf-8")
    data = parts[""].encode(encoding) if "" in reader.valid else packed(parts, encoding)
    if 6 <= way < 32:  # the bytes of the file itself, an archive's directory too
        place = int.from_bytes(orders[1:3], "big") % (len(data) + 1)
        data = data[:place] + orders[3 : 3 + way % 4] + data[place + orders[4] % 4 :]
    return data


class Held(type(Path())):  # type: ignore[misc]
    """A file that lies in memory, for a disk is slower than what reads from it."""

    data = b""

    def exists(self) -> bool:
        return True

    is_file = exists

    def read_bytes(self) -> bytes:
        return self.data

    def stat(self, **_: Any) -> os.stat_result:
        return os.stat_result((0, 0, 0, 0, 0, 0, len(self.data), 0, 0, 0))


# The tests --------------------------------------------------------------------------------------


@pytest.fixture
def fuzz(request: pytest.FixtureRequest, times: Callable[..., int], figure: Callable[[str], None]) -> Any:
    """Return how a property is tried: on how many inputs of a strategy, and what is counted."""

    def run(strategy: Any, read: Callable[[Any], object], few: int, part: int = 1) -> None:
        tally: Counter[str] = Counter()
        many = request.config.getoption("--fuzz") // part or times(few)

        @settings(max_examples=many, deadline=timedelta(seconds=10), database=None, suppress_health_check=list(HealthCheck))
        @given(strategy)
        def once(made: Any) -> None:
            tally["inputs"] += 1
            try:
                read(made)
            except JsupError as error:
                assert str(error)
                tally["refused"] += 1

        begun = time.monotonic()
        once()
        took, done = time.monotonic() - begun, tally["inputs"] - tally["refused"]
        name = request.node.name
        figure(f"{name}: {tally['inputs']} inputs, {tally['refused']} refused, {done} accepted, {took:.0f} s")

    return run


@pytest.mark.parametrize("name", READERS)
def test_a_file_is_read_or_refused_in_words(name, fuzz):
    reader, path = READERS[name], Held(name)

    def read(orders: bytes) -> None:
        path.data = made(reader, orders)
        reader.read(path)

    fuzz(ORDERS, read, 100)


def swapped(name: str, part: str, old: str, new: str) -> bytes:
    """Return a valid file in which one text stands for another."""
    parts = dict(READERS[name].valid)
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    return packed(parts) if part else parts[part].encode()


FOOT, RELATIONS, TYPES = "word/footer1.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"
FOOT_AGAIN = LINK.format("rId2", make._RELATIONS, "footer", "footer1.xml")
FOUND = [
    ("register.xlsx", BOOK[0], '<row r="2">', '<row r="999999999">'),  # a sheet is laid out as one rectangle
    ("register.xlsx", BOOK[0], "</sheetData>", '<row r="1048576"><c/><c/><c><v>1</v></c></row></sheetData>'),
    ("register.xlsx", BOOK[0], '<c r="A2"', '<c r="AAAAAAA2"'),
    ("calendar.json", "", "2027", "1e999"),
    ("calendar.json", "", "2027", "9" * 30),
    ("calendar.json", "", "2027", "-1"),
    ("calendar.json", "", "[", "[" * 100_000),
    ("calendar.json", "", "元旦", "\\u001b[31m"),
    ("calendar.csv", "", "2027-01-01", "0001-01-01"),
    ("draft.docx", TYPES, f'ContentType="{KINDS}.footer+xml"', ""),
    ("template.docx", RELATIONS, "<Relationship ", FOOT_AGAIN + "<Relationship "),
    ("draft.docx", RELATIONS, "Target=", "To="),
    ("template.docx", FOOT, "<w:ftr", "ftr"),
    ("template.docx", LETTER[0], "<w:p>", "<w:tbl><w:tr><w:tc/></w:tr></w:tbl><w:p>"),
    ("template.docx", LETTER[0], "{{ title }}", "{" * 60_000),
    ("template.docx", LETTER[0], "{{ title }}", "{{ title + 1e999 }}"),
]


@pytest.mark.parametrize(("name", "part", "old", "new"), FOUND)
def test_what_was_once_no_sentence_is_refused_in_words(name, part, old, new):
    path = Held(name)
    path.data = swapped(name, part, old, new)
    begun = time.monotonic()
    with pytest.raises(JsupError):
        READERS[name].read(path)
    assert time.monotonic() - begun < 2


def test_a_loop_in_a_footnote_is_looked_at_too():
    parts = dict(READERS["template.docx"].valid)
    parts["word/footnotes.xml"] = f"<w:footnotes {WORD}>{'{% for x in title %}' * 4}{'{% endfor %}' * 4}</w:footnotes>"
    link = LINK.format("rId2", make._RELATIONS, "footnotes", "footnotes.xml")
    parts[RELATIONS] = parts[RELATIONS].replace("<Relationship ", f"{link}<Relationship ", 1)
    kind = f'<Override PartName="/word/footnotes.xml" ContentType="{KINDS}.footnotes+xml"/>'
    parts[TYPES] = parts[TYPES].replace("<Override", f"{kind}<Override", 1)
    with pytest.raises(LedgerError, match="> 3"):
        forms._check(packed(parts), "reply", "t")


def test_bytes_on_a_command_line_that_are_no_text_are_refused_unless_they_name_a_file(jsup, register):
    for line in (["warn", "\udcff"], ["agency", "show", "A\udcff"], ["sample", "--quarter", "\udcff"]):
        result = jsup(*line)
        assert (result.status, len(result.err.splitlines())) == (2, 1), result.err
        assert "U+DCFF" in result.err
    assert "cannot be read" in jsup("agency", "import", "\udcff.csv").err


def test_a_word_is_read_or_refused_in_words(fuzz):
    valid = (
        "2026-11-02",
        "2026Q4",
        "2026-W47",
        "12,15",
        "91350100M000100Y43",
        "12.5%",
        "1/8",
        "310116001",
        "records.code",
        "金司监建〔2026〕1号",
    )
    signs = ("|", "/", "%", "％", "Q", ".", "-", "W36", *ODD)
    fuzz(ORDERS, lambda orders: read_word(changed(valid[orders[0] % len(valid)], orders[1:7], signs)), 200)


# Command lines ----------------------------------------------------------------------------------

STOCK = """demo stock
recommend 2026-0002 --out stock
sign 2026-0002 --by 甲
worklist --out stock/list.xlsx
sample sheet --quarter 2026Q4 --out stock/sheet.xlsx
template reply --out stock/my.docx"""
VALUES = {
    "FILE": "agencies-jinshan.csv  plans.csv  list.xlsx  sheet.xlsx  my.docx  plan.toml  notice.txt  new.xlsx  new.docx  ledger.db  papers",
    "DIR": "papers  new  .  ledger.db",
    "N": "2026-0001  2026-0002  2026-0003  2026-9999  1  5  2026-1",
    "DATE": "2026-11-24  2026-11-23  2026-11-02  2026-11-25  2027-02-28  2026-02-30  9999-12-31  0001-01-01",
    "QUARTER": "2026Q4  2026Q3  2027Q1  2026Q5  2026Q4/2  2199Q4",
    "CODE": "JS-FGJ  310116107  JS-SCJG  A1  P1  P2  91350100M000100Y43",
    "N,N": "1,2  1  1,1,9  1，2  ,",
    "WEEK": "2026-W47  2026-W53  9999-W52  0001-W01",
    "YEAR": "2026  9999  1  0",
    "KEY": "phone  visit  letter  full  partial  none  direct  left  circular  transfer  outstanding  serious  warning  rectification"
    "  other  code  frequency  district  organ  local  dual  open  warned  signed  served  draft  sealed  void  conflict",
    "KIND": "recommendation  reply  warning-record  draw-notice  correction  x",
    "PAPER": f"1  2  金司监建〔2026〕1号  {'9' * 30}",
    "KEY=VALUE": "name=甲  management=dual  code=A1  paper_number=1  wrong=甲  =",
    "ITEM=RESULT": "records.code=fail  records.code=pass  =  x=y",
    "ITEM[=TITLE]": "records.code  records.code=甲  2026-0001",
    "TEXT": "甲  金司监建〔2026〕1号  local:1",
}
ANY = (*(word for words in VALUES.values() for word in listed(words)), *ODD[2:], "", "\udcff", "x" * 300, *listed(
    "--  -  --json  --help  --yes  --dry-run  --today  10%  1/8  9%  2026  9999  records,site  records,records"
))  # fmt: skip


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Return every command that can be typed, with its words."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """Return a command line: some options and arguments of a command with values that may fit, and now and then a stray word."""
    path, command = draw(st.sampled_from(COMMANDS))
    words = [*path]
    stray = st.sampled_from(ANY) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), max_size=5)
    for param in command.params:
        if draw(st.integers(0, 9)) < (1 if param.required else 5):
            continue
        if isinstance(param, click.Option):
            words.append(draw(st.sampled_from([*param.opts, *param.secondary_opts])))
        if not getattr(param, "is_flag", False):
            kind = re.sub(r"^\[(\w+).*", r"\1", (param.metavar or "").removesuffix("..."))
            likely = listed(VALUES[kind]) if kind in VALUES else ANY
            words.append(draw(st.sampled_from(likely) if draw(st.integers(0, 7)) else stray))
    if draw(st.integers(0, 5)) == 0:
        words.insert(draw(st.integers(0, len(words))), draw(stray))
    return words


COMMANDS = sorted(commands(cli.root), key=lambda command: command[0])


def test_a_command_line_is_obeyed_or_refused_in_words(fuzz, jsup, tmp_path, monkeypatch):
    for line in STOCK.splitlines():
        monkeypatch.setenv("JSUP_LEDGER", str(tmp_path / "stock" / "ledger.db"))
        assert jsup(*line.split()).status == 0, line
    (tmp_path / "stock" / "plan.toml").write_text(SHORT, encoding="utf-8")
    (tmp_path / "stock" / "notice.txt").write_text(NOTICE, encoding="utf-8")
    (tmp_path / "stock" / "plans.csv").write_text(text(PLANS)[""], encoding="utf-8")
    assert jsup("plan", "import", "stock/plans.csv").status == 0
    monkeypatch.setenv("JSUP_LEDGER", "ledger.db")
    monkeypatch.setenv("JSUP_DEBUG", "1")  # an error of jsup itself is raised, so that it is seen where it arose
    monkeypatch.setenv("HOME", str(tmp_path))

    def type_(words: list[str]) -> None:
        os.chdir(tmp_path)
        shutil.rmtree("here", ignore_errors=True)
        shutil.copytree("stock", "here")
        os.chdir("here")
        out = io.StringIO()
        with pytest.raises(SystemExit) as exit_, redirect_stdout(out), redirect_stderr(out):
            cli.root.main(words)
        assert exit_.value.code in (None, 0, 1, 2, 3), words
        assert "Traceback" not in out.getvalue()
        if exit_.value.code:
            raise JsupError("refused")

    fuzz(lines(), type_, 60, 10)


# Large files ------------------------------------------------------------------------------------

HEADS = "单位代码,单位名称,单位层级"
INSPECTED_HEADS = "检查行为编号,实施机构编码,统一社会信用代码,检查时间"
LARGE: dict[str, dict[str, Callable[[int], str]]] = {
    "register.csv": {
        "one line": lambda size: "x" * size,
        "bad rows": lambda size: f"{HEADS}\n" + "x,x,x\n" * (size // 6),
        "bad cells": lambda size: f"{HEADS}{',' * 1000}\n" + f"x{',x' * 1000}\n" * (size // 2002),
        "headings": lambda size: "a," * (size // 2) + "\nx",
        "blank rows": lambda size: f"{HEADS}\n" + "\n" * size,
    },
    "inspections.csv": {
        "headings": lambda size: f"{'a' * 100_000}\n" + "检查结果," * (size // 13) + "\n" + "a," * (size // 4) + "\nx",
        "remarks": lambda size: (
            "(" * (size // 16) + "\u3000" * (size // 48) + f",x\n{INSPECTED_HEADS}\n" + "x,x,x,x\n" * (size // 16)
        ),
        "bad rows": lambda size: f"{INSPECTED_HEADS}\n" + "x,x,x,x\n" * (size // 24),
        "same number": lambda size: f"{INSPECTED_HEADS}\n" + "1,A1,91350100M000100Y43,2026-10-08\n" * (size // 34),
    },
    "notice.txt": {
        "text": lambda size: NOTICE * (size // 1200),
        "brackets": lambda size: "《" * (min(size, grids.MAX_TEXT) // 3),
    },
    "calendar.json": {"depth": lambda size: '{"a":' * (size // 5)},
    "policy.toml": {
        "depth": lambda size: "a=" + "[" * min(size, policy.LARGEST - 2),
        "parts of a key": lambda size: "a." * (min(size, policy.LARGEST) // 2 - 1) + "a=1",
        "tables": lambda size: "".join(f"[a{number}]\n" for number in range(min(size, policy.LARGEST) // 10)),
        "size": lambda size: "#" * size,
    },
    "register.xlsx": {
        "far corner": lambda _size: '<row r="1048576"><c r="Y1048576"><v>1</v></c></row>',
        "blank rows": lambda size: "<row/>" * (size // 6),
        "empty cells": lambda size: f"<row>{'<c/>' * (size // 4)}</row>",
        "depth": lambda size: "<a>" * (size // 3),
        "one value": lambda size: f'<row><c s="{"x" * size}"/></row>',
    },
    "template.docx": {
        "text": lambda size: f"<w:p><w:r><w:t>{'x' * size}</w:t></w:r></w:p>",
        "fields": lambda size: "<w:p><w:r><w:t>{{ title }}</w:t></w:r></w:p>" * (min(size, forms.LONGEST) // 60),
        "open marks": lambda size: f"<w:p><w:r><w:t>{'{' * min(size, 200_000)}</w:t></w:r></w:p>",
    },
    "draft.docx": {"runs": lambda size: f"<w:p>{'<w:r><w:t>甲</w:t></w:r>' * (size // 27)}</w:p>"},
}
INTO = {
    "register.xlsx": (BOOK[0], "</sheetData>"),
    "template.docx": (LETTER[0], "<w:sectPr>"),
    "draft.docx": (LETTER[0], "<w:sectPr>"),
}


def large(name: str, kind: str, size: int) -> bytes:
    """Return a large file of one kind."""
    grown = LARGE[name][kind](size)
    if name not in INTO:
        return grown.encode()
    part, before = INTO[name]
    valid = READERS[name].valid
    return packed({**valid, part: valid[part].replace(before, grown + before)}, how=zipfile.ZIP_DEFLATED)


def read_large(size: int) -> None:
    """Read every large file, and print how it went: the reader, the kind, seconds, and the peak of the memory so far in MiB."""
    for name, kinds in LARGE.items():
        for kind in kinds:
            path, outcome = Held(name), "accepted"
            path.data = large(name, kind, size)
            begun = time.monotonic()
            try:
                READERS[name].read(path)
            except JsupError:
                outcome = "refused"
            peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))
            print(json.dumps([name, kind, outcome, time.monotonic() - begun, int(peak[1]) >> 10 if peak else 0]), flush=True)


def test_a_large_file_takes_less_than_ten_seconds_and_a_gibibyte(request):
    full = request.config.getoption("--fuzz") or request.config.getoption("--reliability")
    script = f"from tests.test_fuzz import read_large; read_large({10 << 20 if full else 1 << 20})"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False, timeout=300
    )
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, ""), rows
    assert len(rows) == sum(map(len, LARGE.values()))
    assert [row for row in rows if row[3] >= 10 or row[4] >= 1024] == []
