"""Make the sample files that the import of inspections must take, and those that it must refuse, whole or row by row.

They are made anew for each run instead of being kept as binaries; the bytes are the same every time.
`python -m tests.imports.inspections DIR` writes them to DIR/inspections/should_pass and DIR/inspections/should_fail.
"""

import io
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from tests.imports import make
from tests.imports.make import sheet_csv, workbook

Record = dict[str, Any]
"""A record: what its cells hold, by column; `inspection show --json` shows it so, where nothing else is said."""

HEADINGS = {
    "title": "检查行为名称",
    "record": "检查行为编号",
    "agency": "实施机构",
    "agency_code": "实施机构编码",
    "body": "受委托部门",
    "enterprise": "监管对象",
    "enterprise_code": "行政相对人编码",
    "district": "行政区划代码",
    "form": "检查形式",
    "kind": "检查类别",
    "method": "检查方式",
    "result": "检查结果",
    "visited_on": "检查时间",
    "inspectors": "检查人员",
    "certificates": "执法证号",
    "uploaded_on": "报送时间",
    "code": "检查码",
    "plan_code": "计划编码",
    "reason": "检查理由",
    "joint": "联合检查编号",
    "item": "检查事项",
}
"""The national layout's sixteen columns and Shanghai's five."""

ALL = tuple(HEADINGS)
FEW = ("record", "agency_code", "enterprise_code", "visited_on", "uploaded_on", "inspectors", "certificates", "result")
LEAST = ("record", "agency_code", "enterprise_code", "visited_on")

CODES = ("91310116MA9YY0007D", "91310116MA9YY0017E", "91310116MA9YY0027F")
"""Of no enterprise: the last character agrees with the others, the organisation's own check digit (place 17) does not."""
LETTERS = ("52310116100000017A", "N2310116100000017Q", "A13101161000000178")

FORMER = "金山区住房保障和房屋管理局"
"""The name that JS-FGJ had before it was renamed, for the files of RENAMED."""
TAUGHT = ("现场检查流水号", "record")
"""A heading that the bureau has added, for the files of TAUGHT_IN."""


class Good(NamedTuple):
    """A file that is taken whole: the records that the ledger then holds, the headings that nobody knows."""

    build: Callable[[], bytes]
    records: Sequence[Record]
    unknown: tuple[str, ...] = ()


class Bad(NamedTuple):
    """A file that is refused: words that must be said, and the row and column of each bad cell.

    Without cells it is refused as a whole. `taken` counts the rows that are good nevertheless.
    """

    build: Callable[[], bytes]
    says: str
    places: tuple[tuple[int, str], ...] = ()
    taken: int = 0


def record(number: int, **more: Any) -> Record:
    """Return a record of the small kind; a column that is set to None is left out."""
    plain = {
        "record": f"JC-2026-{number:04}",
        "agency_code": "JS-FGJ",
        "enterprise_code": CODES[number % len(CODES)],
        "visited_on": f"2026-10-{number % 28 + 1:02}",
        "uploaded_on": f"2026-11-{number % 20 + 1:02}",
        "inspectors": "张甲;李乙",
        "certificates": "0901001;0901002",
        "result": "合格",
    }
    return {key: value for key, value in (plain | more).items() if value is not None}


def whole(number: int) -> Record:
    """Return a record with something in every column."""
    return {key: f"{HEADINGS[key]}{number}" for key in ALL} | record(number, agency="金山区房管局", district="310116")


TWO = (record(1), record(2))
THREE = (*TWO, record(3))


# Tables -----------------------------------------------------------------------------------------


def heads(keys: Iterable[str] = FEW, *, english: bool = False) -> list[str]:
    """Return the headings over these columns."""
    return [key if english else HEADINGS[key] for key in keys]


def row(one: Record, keys: Iterable[str] = FEW, **more: Any) -> list[Any]:
    """Return a record's cells, some of them others."""
    return [(one | more).get(key, "") for key in keys]


def table(records: Iterable[Record], keys: Sequence[str] = FEW, *, english: bool = False) -> list[list[Any]]:
    """Return a heading line and one row a record."""
    return [heads(keys, english=english), *(row(one, keys) for one in records)]


def merged(rows: Sequence[Sequence[Any]], *areas: str) -> bytes:
    """Return a workbook with merged cells."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(workbook(rows)))
    for area in areas:
        book.active.merge_cells(area)
    file = io.BytesIO()
    book.save(file)
    return make._undated(file.getvalue())


def sheets(*many: tuple[Sequence[Sequence[Any]], bool]) -> bytes:
    """Return a workbook of several sheets: the rows of each, and whether it is hidden."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for number, (rows, hidden) in enumerate(many, 1):
        sheet = book.create_sheet(f"表{number}")
        sheet.sheet_state = "hidden" if hidden else "visible"
        for line in rows:
            sheet.append(list(line))
    book.active = next(number for number, (_rows, hidden) in enumerate(many) if not hidden)
    file = io.BytesIO()
    book.save(file)
    return make._undated(file.getvalue())


def raw(rows: Sequence[Sequence[str]], more: Callable[[str], str] = lambda sheet: sheet) -> dict[str, bytes]:
    """Return the parts of a workbook whose cells are texts, or XML of their own where they begin with <; `more` changes it."""
    lines = "".join(
        f'<row r="{number}">'
        + "".join(
            re.sub("^<c", f'<c r="{chr(64 + place)}{number}"', cell)
            if cell.startswith("<")
            else f'<c r="{chr(64 + place)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for place, cell in enumerate(line, 1)
        )
        + "</row>"
        for number, line in enumerate(rows, 1)
    )
    return make._raw_parts(more(lines))


def _formula(kind: str, value: str) -> bytes:
    """Return a workbook in which a result is a formula with the value that Excel saw last."""
    cell = f'<c{kind}><f>IF(1,"合格","")</f><v>{value}</v></c>'
    return make.packed(raw([*table(TWO), [*row(record(3))[:-1], cell]]))


def _lying(part: str, head: str, tail: str) -> bytes:
    """Return a workbook whose directory says of a part that it is small, and which unpacks to a gibibyte."""
    parts = raw(table(TWO))
    del parts[part]
    chunk, times = b" " * (1 << 20), 1024
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first, block, last = (packer.compress(one) + packer.flush(zlib.Z_FULL_FLUSH) for one in (head.encode(), chunk, tail.encode()))
    file = io.BytesIO(make.packed(parts))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo(part), first + block * times + last + packer.flush())
        entry = archive.getinfo(part)
        entry.compress_type, entry.file_size, entry.CRC = zipfile.ZIP_DEFLATED, len(head.encode()), zlib.crc32(head.encode())
    return file.getvalue()


def _sheet_that_goes_on() -> bytes:
    sheet = raw(table(TWO))["xl/worksheets/sheet1.xml"].decode()
    return _lying("xl/worksheets/sheet1.xml", sheet, "")


def _texts_that_go_on() -> bytes:
    return _lying("xl/sharedStrings.xml", f'<sst xmlns="{make._MAIN}"><si><t>', "</t></si></sst>")


# The two folders --------------------------------------------------------------------------------

_RECORD, _AGENCY_CODE, _CODE, _VISIT, _UPLOAD, _CREW, _CERTIFICATES, _RESULT = heads()
_AGENCY = HEADINGS["agency"]
_SHUFFLED = ("result", "uploaded_on", "enterprise_code", "inspectors", "visited_on", "record", "certificates", "agency_code")
_ONE = record(1)
_SPLIT = ("record", "agency", "agency_code", "enterprise", "enterprise_code", "visited_on")
_SPLIT_ROWS = tuple(record(number, agency="某局", enterprise="某某公司") for number in (1, 2))
_NAMED = ("record", "agency", "enterprise_code", "visited_on")
_MANY = tuple(record(number) for number in range(1, 1203))


def _at(rows: list[list[Any]], line: int, heading: str, value: Any) -> list[list[Any]]:
    """Return a table in which one cell of a data row, counted from 1, is another."""
    rows[line][rows[0].index(heading)] = value
    return rows


def _one(key: str, value: Any) -> list[list[Any]]:
    """Return three rows, the second of which holds something else in one cell."""
    return _at(table(THREE), 2, HEADINGS[key], value)


def _days(*visits: Any) -> list[list[Any]]:
    """Return rows with these days of visit, and no others."""
    return [heads(LEAST), *(row(record(number), LEAST, visited_on=on) for number, on in enumerate(visits, 1))]


def _on(*days: str) -> tuple[Record, ...]:
    """Return what the rows of `_days` become."""
    return tuple({key: value for key, value in record(n, visited_on=on).items() if key in LEAST} for n, on in enumerate(days, 1))


def _with(rows: list[list[Any]], at: int, heading: str, *values: Any) -> list[list[Any]]:
    return [[*line[:at], value, *line[at:]] for line, value in zip(rows, (heading, *values), strict=True)]


_DAYS_AS_TEXT = (
    "2026年10月8日", "2026/10/8", "2026-10-8", "2026.10.08", "20261008", "2026-10-08 09:30:00", "2026-10-08T9:30", "46303",
    "46303.39583", "2026/10/8 9:30", "2026年10月8", "2026-10-08 09:30:00.0",
    "2026年10月8日 9时30分", "2026-10-08T09:30:00+08:00",
)  # fmt: skip
_PEOPLE = (
    ("张甲;李乙", "1;2", 2), ("张甲；李乙", "1；2", 2), ("张甲，李乙", "1,2", 2), ("张甲、李乙", "1、2", 2), ("张甲/李乙", "1/2", 2),
    ("张甲|李乙", "1|2", 2), (" 张甲 ; ; 李乙; ", ";1;;2;", 2), ("张甲\n李乙", "1\n2", 2), ("张甲\r\n李乙", "1\r\n2", 2),
)  # fmt: skip

SHOULD_PASS: dict[str, Good] = {
    # The text of a csv.
    "utf-8.csv": Good(lambda: sheet_csv(table(THREE)), THREE),
    "utf-8-bom.csv": Good(lambda: sheet_csv(table(THREE), "utf-8-sig", "\r\n"), THREE),
    "gb18030.csv": Good(lambda: sheet_csv(table(THREE), "gb18030", "\r\n"), THREE),
    "gb18030-rare-characters.csv": Good(
        lambda: sheet_csv(table([record(1, inspectors="堃㐂;𠮷龘", result="镕")]), "gb18030"),
        [record(1, inspectors="堃㐂;𠮷龘", result="镕")],
    ),
    "cr-only.csv": Good(lambda: sheet_csv(table(THREE), end="\r"), THREE),
    "UPPER-CASE-ENDING.CSV": Good(lambda: sheet_csv(table(THREE)), THREE),
    "no-line-end-at-the-end.csv": Good(lambda: sheet_csv(table(THREE)).rstrip(), THREE),
    "quoted-line-breaks.csv": Good(
        lambda: sheet_csv(_one("result", "一、合格\r\n二、责令整改")),
        [TWO[0], record(2, result="一、合格\n二、责令整改"), THREE[2]],
    ),
    "quotes-and-semicolons.csv": Good(
        lambda: sheet_csv(_one("result", '"合格";附件, 3份')), [TWO[0], record(2, result='"合格";附件, 3份'), THREE[2]]
    ),
    "trailing-and-full-width-blanks.csv": Good(
        lambda: sheet_csv([[f"　 {cell} 　" for cell in line] for line in table(THREE)]), THREE
    ),
    "no-break-spaces.csv": Good(lambda: sheet_csv([[f"\xa0{cell}\xa0" for cell in line] for line in table(THREE)]), THREE),
    "more-rows-than-are-read-at-a-time.csv": Good(lambda: sheet_csv(table(_MANY)), _MANY),
    # Headings.
    "all-columns.csv": Good(lambda: sheet_csv(table([whole(1), whole(2)], ALL)), [whole(1), whole(2)]),
    "all-columns.xlsx": Good(lambda: workbook(table([whole(1), whole(2)], ALL)), [whole(1), whole(2)]),
    "least-columns.csv": Good(lambda: sheet_csv(table(_on("2026-10-08"), LEAST)), [*_on("2026-10-08")]),
    "headings-in-another-order.csv": Good(lambda: sheet_csv(table(THREE, _SHUFFLED)), THREE),
    "english-keys.csv": Good(lambda: sheet_csv(table(THREE, english=True)), THREE),
    "english-keys-in-capitals.xlsx": Good(lambda: workbook([[key.upper() for key in FEW], *table(THREE)[1:]]), THREE),
    "other-words-for-headings.csv": Good(
        lambda: sheet_csv(
            [
                ["记录编号", "单位代码", "统一社会信用代码", "检查日期", "上传日期", "执法人员", "执法证件号", "检查结果"],
                *table(THREE)[1:],
            ]
        ),
        THREE,
    ),
    "headings-with-remarks.csv": Good(
        lambda: sheet_csv(
            [
                [
                    "检查行为编号*",
                    "实施机构编码（必填）",
                    "行政相对人编码(统一社会信用代码)",
                    "检查时间",
                    "报送时间 (选填)",
                    "检查人员(;分隔)",
                    "执法证号（;分隔）",
                    _RESULT,
                ],
                *table(THREE)[1:],
            ]
        ),
        THREE,
    ),
    "headings-with-line-breaks.xlsx": Good(
        lambda: workbook(
            [["检查行为\n编号", _AGENCY_CODE, "行政相对人编码\n（统一社会信用代码）", *heads()[3:]], *table(THREE)[1:]]
        ),
        THREE,
    ),
    "unknown-headings.csv": Good(
        lambda: sheet_csv(_with(_with(table(TWO), 8, "备注", "", "甲"), 0, "序号", "1", "2")), TWO, ("序号", "备注")
    ),
    "unknown-columns-of-all-kinds.xlsx": Good(
        lambda: workbook(_with(_with(table(TWO), 8, "核对日", date(2026, 11, 1), True), 0, "统一编号", 310116200001011234, 1.5)),
        TWO,
        ("统一编号", "核对日"),
    ),
    "invisible-characters-in-an-unknown-column.csv": Good(
        lambda: sheet_csv(_with(table(TWO), 8, "备注", "甲\u200b乙", "\x07")), TWO, ("备注",)
    ),
    "heading-that-was-taught.csv": Good(lambda: sheet_csv([["现场检查流水号", *heads()[1:]], *table(THREE)[1:]]), THREE),
    "heading-that-was-taught.xlsx": Good(lambda: workbook([["现场检查流水号", *heads()[1:]], *table(THREE)[1:]]), THREE),
    "came-back-with-its-reasons.csv": Good(lambda: sheet_csv(_with(table(TWO), 8, "退回原因", "检查时间: 空", "")), TWO),
    "came-back-with-its-reasons.xlsx": Good(lambda: workbook(_with(table(TWO), 8, "退回原因", "检查时间: 空", "")), TWO),
    "merged-title.xlsx": Good(lambda: merged([["2026年10月涉企行政检查"], *table(THREE)], "A1:H1"), THREE),
    "two-titles.csv": Good(lambda: sheet_csv([["涉企行政检查", *[""] * 7], ["2026年10月", *[""] * 7], *table(THREE)]), THREE),
    "heading-merged-over-two-rows.xlsx": Good(
        lambda: merged(
            [
                ["检查情况"],
                [_RECORD, "实施机构", "", "监管对象", "", _VISIT],
                ["", "名称", "编码", "名称", "编码", ""],
                *table(_SPLIT_ROWS, _SPLIT)[1:],
            ],
            "A1:F1",
            "A2:A3",
            "B2:C2",
            "D2:E2",
            "F2:F3",
        ),
        [{key: one[key] for key in _SPLIT} for one in _SPLIT_ROWS],
    ),
    "title-of-words-that-are-headings.csv": Good(
        lambda: sheet_csv([["检查结果", "检查结果", "检查人员", *[""] * 5], *table(THREE)]), THREE
    ),
    "headings-in-two-rows.csv": Good(
        lambda: sheet_csv(
            [
                [_RECORD, "实施机构", "", _CODE, _VISIT],
                ["", "名称", "编码", "", ""],
                ["JC-2026-0001", "某局", "JS-FGJ", CODES[1], "2026-10-02"],
            ]
        ),
        [{"record": "JC-2026-0001", "agency": "某局", "agency_code": "JS-FGJ", "visited_on": "2026-10-02"}],
    ),
    # Rows and columns that hold nothing.
    "empty-rows.csv": Good(
        lambda: sheet_csv([[], *[line for one in table(THREE) for line in (one, [], [""] * 8, ["　", " ", *[""] * 6])]]), THREE
    ),
    "empty-rows.xlsx": Good(lambda: workbook([[], [], *[line for one in table(THREE) for line in (one, [], ["　"])]]), THREE),
    "empty-rows-among-many.csv": Good(lambda: sheet_csv([*table(_MANY[:600]), [" ", *[""] * 7], *table(_MANY[600:])[1:]]), _MANY),
    "empty-columns-at-the-right.csv": Good(lambda: sheet_csv([[*line, "", ""] for line in table(THREE)]), THREE),
    "empty-columns-at-the-right-of-a-row.csv": Good(lambda: sheet_csv([*table(TWO), [*row(THREE[2]), "", " ", ""]]), THREE),
    "empty-columns-at-the-left.xlsx": Good(lambda: workbook([[], *(["", "", *line] for line in table(THREE))]), THREE),
    "empty-column-between.xlsx": Good(lambda: workbook([[*line[:3], "", *line[3:]] for line in table(THREE)]), THREE),
    # Days.
    "days-as-text.csv": Good(lambda: sheet_csv(_days(*_DAYS_AS_TEXT)), _on(*["2026-10-08"] * len(_DAYS_AS_TEXT))),
    "days-of-excel.xlsx": Good(
        lambda: workbook(_days(date(2026, 10, 8), datetime(2026, 10, 8, 23, 59), 46303, 46303.99, "2026年10月8日")),
        _on(*["2026-10-08"] * 5),
    ),
    "upload-on-the-day-of-the-visit.csv": Good(
        lambda: sheet_csv(_at(table([_ONE]), 1, _UPLOAD, "2026-10-02 00:01")), [record(1, uploaded_on="2026-10-02")]
    ),
    "visit-of-today.csv": Good(lambda: sheet_csv(_days("2026-11-24")), _on("2026-11-24")),
    "not-uploaded-yet.csv": Good(lambda: sheet_csv(_at(table([_ONE]), 1, _UPLOAD, "")), [_ONE | {"uploaded_on": None}]),
    # Codes, agencies, people.
    "code-in-small-letters.csv": Good(lambda: sheet_csv(_one("enterprise_code", CODES[2].lower())), THREE),
    "letters-in-the-first-places.csv": Good(
        lambda: sheet_csv(table([record(n, enterprise_code=code) for n, code in enumerate(LETTERS)])),
        [record(n, enterprise_code=code) for n, code in enumerate(LETTERS)],
    ),
    "number-with-a-plus-or-an-e.csv": Good(
        lambda: sheet_csv(table([record(1, record="JC+1"), record(2, record="9E2026")])),
        [record(1, record="JC+1"), record(2, record="9E2026")],
    ),
    "number-as-a-number-of-fifteen-digits.xlsx": Good(
        lambda: workbook(table([record(1, record=310116202600001)])), [record(1, record="310116202600001")]
    ),
    "agency-by-name.csv": Good(
        lambda: sheet_csv([heads(_NAMED), ["JC-1", "金山区石化街道办事处", CODES[0], "2026-10-08"]]),
        [{"record": "JC-1", "agency_code": "310116001", "agency": "金山区石化街道办事处"}],
    ),
    "agency-by-former-name.csv": Good(
        lambda: sheet_csv([heads(_NAMED), ["JC-1", FORMER, CODES[0], "2026-10-08"]]),
        [{"record": "JC-1", "agency_code": "JS-FGJ", "agency": FORMER}],
    ),
    "code-nobody-knows-beside-a-name.csv": Good(
        lambda: sheet_csv([["实施机构", *heads(LEAST)], ["金山区石化街道办事处", "JC-1", "ABC", CODES[0], "2026-10-08"]]),
        [{"record": "JC-1", "agency_code": "310116001"}],
    ),
    "body-that-may-never-inspect.csv": Good(
        lambda: sheet_csv([heads(_NAMED), ["JC-1", "金山区某领导小组办公室", CODES[0], "2026-10-08"]]),
        [{"record": "JC-1", "agency_code": "金山区某领导小组办公室"}],
    ),
    "inspectors-with-all-separators.csv": Good(
        lambda: sheet_csv(
            table([record(n, inspectors=crew, certificates=held) for n, (crew, held, _many) in enumerate(_PEOPLE)])
        ),
        [record(n, certificates="1;2", crew=many) for n, (_crew, _held, many) in enumerate(_PEOPLE)],
    ),
    "inspectors-few-and-twice.csv": Good(
        lambda: sheet_csv(
            table(
                [
                    record(1, inspectors="张甲;张甲", certificates="1;1"),
                    record(2, inspectors="张甲;张甲", certificates="1;2"),
                    record(3, inspectors="", certificates=""),
                    record(4, inspectors="", certificates="1;2;3"),
                ]
            )
        ),
        [
            record(1, inspectors="张甲", certificates="1", crew=1),
            record(2, inspectors="张甲;张甲", certificates="1;2", crew=2),
            record(3, inspectors="", certificates="", crew=0),
            record(4, inspectors="", certificates="1;2;3", crew=3),
        ],
    ),
    "off-site-and-triggered.csv": Good(
        lambda: sheet_csv(
            [
                [*heads(LEAST), "检查形式", "检查类别", "检查方式"],
                *(
                    [*row(one, LEAST), *ways]
                    for one, ways in zip(
                        _on("2026-10-08", "2026-10-08", "2026-10-08"),
                        (("现场", "", ""), ("非现场", "", ""), ("", "触发式", "")),
                        strict=True,
                    )
                ),
            ]
        ),
        [
            record | {"offsite": off, "triggered": on}
            for record, (off, on) in zip(_on(*["2026-10-08"] * 3), ((0, 0), (1, 0), (0, 1)), strict=True)
        ],
    ),
    # Workbooks.
    "plain.xlsx": Good(lambda: workbook(table(THREE)), THREE),
    "UPPER-CASE-ENDING.XLSX": Good(lambda: workbook(table(THREE)), THREE),
    "shared-texts.xlsx": Good(
        lambda: make.packed(
            make._raw_parts(
                "".join(
                    f'<row r="{n}">{"".join(f"""<c t="s"><v>{n * 4 + at - 4}</v></c>""" for at in range(4))}</row>'
                    for n in (1, 2)
                ),
                "".join(f"<si><t>{cell}</t></si>" for line in table(_on("2026-10-08"), LEAST) for cell in line),
            )
        ),
        _on("2026-10-08"),
    ),
    "formula-with-its-value.xlsx": Good(lambda: _formula(' t="str"', "不合格"), [*TWO, record(3, result="不合格")]),
    "several-sheets.xlsx": Good(lambda: sheets((table(THREE), False), (table([record(9)]), False)), THREE),
    "first-sheet-hidden.xlsx": Good(lambda: sheets((table(THREE), True), (table([record(9)]), False)), THREE),
    "line-breaks-in-a-cell.xlsx": Good(
        lambda: workbook(_one("result", "一、合格\n二、责令整改")), [TWO[0], record(2, result="一、合格\n二、责令整改"), THREE[2]]
    ),
}

RENAMED = ("agency-by-former-name.csv",)
TAUGHT_IN = ("heading-that-was-taught.csv", "heading-that-was-taught.xlsx")

_OLE = make._OLE

SHOULD_FAIL: dict[str, Bad] = {
    # The file as a whole.
    "empty.csv": Bad(lambda: b"", "is empty"),
    "empty.xlsx": Bad(lambda: b"", "no workbook"),
    "only-a-bom.csv": Bad(lambda: b"\xef\xbb\xbf", "is empty"),
    "only-blank-lines.csv": Bad(lambda: b"\r\n,,\r\n \r\n", "is empty"),
    "blank-sheet.xlsx": Bad(lambda: workbook([]), "is empty"),
    "no-data-rows.csv": Bad(lambda: sheet_csv([heads()]), "no data rows"),
    "no-data-rows.xlsx": Bad(lambda: workbook([["某表"], heads(), [], ["　"]]), "no data rows"),
    "missing-heading.csv": Bad(lambda: sheet_csv(table(THREE, [key for key in FEW if key != "visited_on"])), _VISIT),
    "missing-headings.xlsx": Bad(lambda: workbook(table(THREE, ("result", "inspectors"))), "、".join(heads(("record",)))),
    "no-heading-of-an-agency.csv": Bad(
        lambda: sheet_csv(table(THREE, ("record", "enterprise_code", "visited_on"))), _AGENCY_CODE
    ),
    "no-heading-line.csv": Bad(lambda: sheet_csv(table(THREE)[1:]), "lacks the headings"),
    "headings-far-down.csv": Bad(lambda: sheet_csv([*[["甲"]] * 11, *table(THREE)]), "lacks the headings"),
    "heading-twice.csv": Bad(lambda: sheet_csv(table(THREE, (*FEW, "record"))), _RECORD),
    "heading-twice-in-other-words.xlsx": Bad(
        lambda: workbook(_with(table(TWO), 8, "统一社会信用代码", *CODES[:2])), "stands twice"
    ),
    "heading-not-taught.csv": Bad(lambda: sheet_csv([["现场检查流水号", *heads()[1:]], *table(THREE)[1:]]), "heading add"),
    "zero-width-space-in-a-heading.csv": Bad(
        lambda: sheet_csv([["检查行为编号\u200b", *heads()[1:]], *table(TWO)[1:]]), "U+200B"
    ),
    # The content is not what the ending says.
    "workbook-called.csv": Bad(lambda: workbook(table(THREE)), "xlsx"),
    "csv-called.xlsx": Bad(lambda: sheet_csv(table(THREE)), "no workbook"),
    "old-workbook-called.xlsx": Bad(lambda: _OLE + bytes(504), "no workbook"),
    "old-workbook-called.csv": Bad(lambda: _OLE + bytes(504), "xls"),
    "old-workbook.xls": Bad(lambda: _OLE + bytes(504), ".xlsx"),
    "text.txt": Bad(lambda: sheet_csv(table(THREE)), ".xlsx"),
    "no-ending": Bad(lambda: sheet_csv(table(THREE)), ".xlsx"),
    "encrypted.xlsx": Bad(make._encrypted, "encrypted"),
    "web-page-called.xlsx": Bad(lambda: b"<html><table><tr><td>a</td></tr></table></html>", "no workbook"),
    "open-document-called.xlsx": Bad(make._spreadsheet_of_another_office, "workbook"),
    # Damaged or dangerous.
    "truncated.xlsx": Bad(lambda: workbook(table(THREE))[:-200], "workbook"),
    "bomb.xlsx": Bad(make._bomb, "unpacks to"),
    "sheet-larger-than-its-directory-says.xlsx": Bad(_sheet_that_goes_on, "workbook"),
    "texts-larger-than-their-directory-says.xlsx": Bad(_texts_that_go_on, "workbook"),
    "far-corner.xlsx": Bad(make.far_corner, "spreads over"),
    "utf-16.csv": Bad(lambda: sheet_csv(table(THREE), "utf-16"), "UTF-8"),
    "nul-bytes.csv": Bad(lambda: sheet_csv(_one("result", "合\0格")), "UTF-8"),
    "invalid-bytes.csv": Bad(lambda: sheet_csv(table(TWO)) + b"JC-3,\xff\xff\n", "row 4"),
    "unclosed-quote.csv": Bad(lambda: sheet_csv(table(TWO)) + b'JC-3,"JS-FGJ\nJC-4,JS-FGJ\n', "csv"),
    "cell-of-a-megabyte.csv": Bad(lambda: sheet_csv(_one("result", "x" * (1 << 20))), "row 3"),
    "more-columns-than-a-sheet-has.csv": Bad(lambda: sheet_csv([[*heads(), *["甲"] * 16_384]]), "16392 columns"),
    # Rows.
    "ragged-short.csv": Bad(lambda: sheet_csv([*table(TWO), row(THREE[2])[:-1]]), "7 cells under 8 headings", ((4, ""),), 2),
    "ragged-long.csv": Bad(lambda: sheet_csv([*table(TWO), [*row(THREE[2]), "x"]]), "9 cells under 8 headings", ((4, ""),), 2),
    "totals.csv": Bad(
        lambda: sheet_csv([*table(TWO), ["合计", "2", *[""] * 6]]),
        "empty",
        ((4, _AGENCY_CODE), (4, _CODE), (4, _VISIT)),
        2,
    ),
    "number-twice.csv": Bad(lambda: sheet_csv(table([*THREE, TWO[1]])), "row 3 already", ((5, _RECORD),), 3),
    "number-twice-among-many.csv": Bad(
        lambda: sheet_csv(table([*_MANY, _MANY[0], record(5, result="")])),
        "row 2 already",
        ((1204, _RECORD), (1205, _RECORD)),
        1202,
    ),
    "number-twice-as-text-and-number.xlsx": Bad(
        lambda: workbook(table([record(1, record="31"), record(2, record=31)])), "row 2 already", ((3, _RECORD),), 1
    ),
    "no-number.csv": Bad(lambda: sheet_csv(_one("record", "　")), "empty", ((3, _RECORD),), 2),
    "number-in-scientific-form.csv": Bad(lambda: sheet_csv(_one("record", "1.0E+17")), "Excel", ((3, _RECORD),), 2),
    "number-in-scientific-form-without-a-plus.csv": Bad(lambda: sheet_csv(_one("record", "1.0E17")), "Excel", ((3, _RECORD),), 2),
    "certificate-in-scientific-form.csv": Bad(
        lambda: sheet_csv(_one("certificates", "0901001;1.23457E+12")), "Excel has rounded", ((3, _CERTIFICATES),), 2
    ),
    "inspection-code-in-scientific-form.csv": Bad(
        lambda: sheet_csv([heads(ALL), row(whole(1), ALL), row(whole(2), ALL, code="3.10116E+17")]),
        "3.10116E+17",
        ((3, "检查码"),),
        1,
    ),
    "number-as-a-float.xlsx": Bad(lambda: workbook(_one("record", 310116202600000001)), "Excel has rounded", ((3, _RECORD),), 2),
    "number-with-an-invisible-character.csv": Bad(lambda: sheet_csv(_one("record", "JC\u200b-2")), "U+200B", ((3, _RECORD),), 2),
    "code-in-scientific-form.csv": Bad(lambda: sheet_csv(_one("enterprise_code", "9.13101E+17")), "Excel", ((3, _CODE),), 2),
    "code-as-a-float.xlsx": Bad(lambda: workbook(_one("enterprise_code", 913101161000000179)), "Excel", ((3, _CODE),), 2),
    "code-as-a-text-of-a-float.csv": Bad(lambda: sheet_csv(_one("enterprise_code", "1.0E+17")), "Excel", ((3, _CODE),), 2),
    "wrong-check-character.csv": Bad(
        lambda: sheet_csv(_one("enterprise_code", CODES[0][:-1] + "E")), "does not agree", ((3, _CODE),), 2
    ),
    "code-of-17-characters.csv": Bad(
        lambda: sheet_csv(_one("enterprise_code", CODES[0][:-1])), "17 characters", ((3, _CODE),), 2
    ),
    "code-with-a-letter-that-none-has.csv": Bad(
        lambda: sheet_csv(_one("enterprise_code", CODES[0].replace("Y", "O", 1))), "place 12", ((3, _CODE),), 2
    ),
    "code-in-full-width-digits.csv": Bad(
        lambda: sheet_csv(_one("enterprise_code", CODES[0].replace("9", "９", 1))), "place 1", ((3, _CODE),), 2
    ),
    "agency-nobody-knows.csv": Bad(lambda: sheet_csv(_one("agency_code", "JS-XXX")), "JS-XXX", ((3, _AGENCY_CODE),), 2),
    "agency-by-a-name-nobody-knows.csv": Bad(
        lambda: sheet_csv([heads(_NAMED), ["JC-1", "某局", CODES[0], "2026-10-08"]]), "某局", ((2, _AGENCY),)
    ),
    "agency-code-in-scientific-form.csv": Bad(
        lambda: sheet_csv(_one("agency_code", "3.1E+08")), "Excel", ((3, _AGENCY_CODE),), 2
    ),
    "future-visit.csv": Bad(lambda: sheet_csv(_one("visited_on", "2026-11-25")), "in the future", ((3, _VISIT),), 2),
    "future-upload.csv": Bad(lambda: sheet_csv(_one("uploaded_on", "2027-01-01")), "in the future", ((3, _UPLOAD),), 2),
    "upload-before-the-visit.csv": Bad(
        lambda: sheet_csv(_one("uploaded_on", "2026-10-01")), "before the day", ((3, _UPLOAD),), 2
    ),
    "no-day.csv": Bad(lambda: sheet_csv(_one("visited_on", "")), "empty", ((3, _VISIT),), 2),
    "days-that-are-none.csv": Bad(
        lambda: sheet_csv(_days("2026-02-30", "8.10.2026", "10/8/2026", "1999-12-31", "46303年", "2026-10/08", "昨天", "1e999")),
        "is not a date",
        tuple((number, _VISIT) for number in range(2, 10)),
    ),
    "time-without-a-day.xlsx": Bad(lambda: workbook(_one("visited_on", 0.5)), "is not a date", ((3, _VISIT),), 2),
    "date-as-a-number.xlsx": Bad(lambda: workbook(_one("record", date(2026, 10, 8))), "date of Excel's", ((3, _RECORD),), 2),
    "truth-value.xlsx": Bad(lambda: workbook(_one("result", True)), "truth value", ((3, _RESULT),), 2),
    "formula-with-an-error.xlsx": Bad(lambda: _formula(' t="e"', "#N/A"), "Excel error", ((4, _RESULT),), 2),
    "line-break-in-a-number.csv": Bad(lambda: sheet_csv(_one("record", "JC\n2")), "U+000A", ((3, _RECORD),), 2),
    "line-separator-in-a-result.csv": Bad(lambda: sheet_csv(_one("result", "合\u2028格")), "U+2028", ((3, _RESULT),), 2),
    "bidi-override.xlsx": Bad(lambda: workbook(_one("inspectors", "张\u202e甲")), "U+202E", ((3, _CREW),), 2),
    "many-problems.csv": Bad(
        lambda: sheet_csv(
            [
                *table(TWO),
                ["", "JS-XXX", CODES[0][:-1], "2026-13-01", "x", "", "", ""],
                ["JC-9", *row(THREE[2])[1:-2]],
                row(TWO[0]),
            ]
        ),
        "row 2 already",
        ((4, _RECORD), (4, _AGENCY_CODE), (4, _CODE), (4, _VISIT), (4, _UPLOAD), (5, ""), (6, _RECORD)),
        2,
    ),
    "nothing-good.xlsx": Bad(
        lambda: workbook(table([record(1, visited_on="x"), record(2, enterprise_code="x")])), "x", ((2, _VISIT), (3, _CODE))
    ),
}


def files() -> dict[str, bytes]:
    """Return every sample file by folder and name."""
    return {
        f"inspections/{folder}/{name}": case.build()
        for folder, cases in (("should_pass", SHOULD_PASS), ("should_fail", SHOULD_FAIL))
        for name, case in cases.items()
    }


def write(folder: Path) -> None:
    """Write every sample file under a folder."""
    for name, data in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
