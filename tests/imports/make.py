"""Make the sample files that the register's import must take, and those that it must refuse.

They are made anew for each run instead of being kept as binaries; the bytes are the same every time.
`python tests/imports/make.py DIR` writes them to DIR/should_pass and DIR/should_fail.
"""

import csv
import io
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

Agency = dict[str, str | None]
"""An agency as `agency list --json` shows it; fields that are left out are not looked at."""

LEVELS = {"district": "区级", "town": "街镇", "park": "园区"}
STATUSES = {"organ": "行政机关", "outpost": "派出机关", "authorised": "授权组织", "entrusted": "受委托组织"}
MANAGEMENTS = {"local": "地方", "vertical": "垂直", "dual": "双重领导", "unknown": "待核"}
HEADINGS = {
    "code": "单位代码",
    "name": "单位名称",
    "level": "单位层级",
    "status": "单位性质",
    "management": "管理体制",
    "superior": "上级主管单位",
    "head": "主要负责人",
    "contact": "联络员",
    "phone": "联络电话",
}
ALL = tuple(HEADINGS)
SIX = ALL[:6]
REQUIRED = ALL[:3]
_WORDS = {"level": LEVELS, "status": STATUSES, "management": MANAGEMENTS}


class Good(NamedTuple):
    """A file that is taken, what the register then holds, and the headings that are left alone."""

    build: Callable[[], bytes]
    agencies: Sequence[Agency]
    unknown: tuple[str, ...] = ()


class Bad(NamedTuple):
    """A file that is refused: words that must be said, and the row and column of every bad cell.

    Without cells it is refused as a whole, and the words say where.
    """

    build: Callable[[], bytes]
    says: str
    places: tuple[tuple[int, str], ...] = ()


def agency(code: str, name: str, level: str = "district", **more: str | None) -> Agency:
    """Return an agency with the defaults that an import sets."""
    return {"code": code, "name": name, "level": level, "status": "organ", "management": "local", "superior": None, **more}


THREE = (
    agency("310116001", "金山区石化街道办事处", "town", status="outpost"),
    agency("310116101", "金山区朱泾镇人民政府", "town"),
    agency("310116901", "金山区税务局", management="vertical", superior="上海市税务局"),
)
RARE = (
    agency("01", "堃山街道办事处", "town", superior="镕州市人民政府"),
    agency("02", "𠮷野镇人民政府", "town"),
    agency("03", "㐂𫖯龘园区管理委员会", "park", status="authorised"),
)
EMOJI = (agency("E1", "🌊石化街道办事处🏭", "town"),)
MARKS = (
    agency("M,1", '金山区"一网通办",办公室', superior='"'),
    agency("M;2", "'金山区'综合行政执法局, 一中队", status="outpost", superior="甲,乙"),
)
SIXTY = tuple(
    agency(
        f"3101169{number:02}",
        f"第{number}执法单位",
        tuple(LEVELS)[number % 3],
        status=tuple(STATUSES)[number % 4],
        management=tuple(MANAGEMENTS)[number % 4],
        superior=f"第{number}主管单位" if number % 2 else None,
    )
    for number in range(60)
)


# Tables -----------------------------------------------------------------------------------------


def heads(keys: Iterable[str] = SIX, *, english: bool = False) -> list[str]:
    """Return the headings over these columns."""
    return [key if english else HEADINGS[key] for key in keys]


def table(agencies: Iterable[Agency], keys: Sequence[str] = SIX, *, english: bool = False) -> list[list[Any]]:
    """Return a heading line and one row an agency, as people write them."""
    return [heads(keys, english=english), *([_shown(one, key, english=english) for key in keys] for one in agencies)]


def _shown(one: Agency, key: str, *, english: bool) -> str:
    value = one.get(key) or ""
    return value if english else _WORDS.get(key, {}).get(value, value)


def sheet_csv(rows: Iterable[Iterable[str]], encoding: str = "utf-8", end: str = "\n") -> bytes:
    """Return rows as csv."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator=end).writerows(rows)
    return file.getvalue().encode(encoding)


def text(content: str) -> bytes:
    """Return a text as it stands, under the three required Chinese headings."""
    return ("单位代码,单位名称,单位层级\n" + content).encode()


def workbook(rows: Iterable[Sequence[Any]], cells: dict[str, Any] | None = None, types: dict[str, str] | None = None) -> bytes:
    """Return rows as a workbook, single cells set afterwards; a text is text whatever it begins with."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value not in ("", None):
                cell = sheet.cell(number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    for place, value in (cells or {}).items():
        sheet[place] = value
        sheet[place].data_type = (types or {}).get(place, sheet[place].data_type)
    file = io.BytesIO()
    book.save(file)
    return _undated(file.getvalue())


def _undated(data: bytes) -> bytes:
    """Strike the time of saving out of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", core)
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    """Return a zip file whose entries bear no time."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _raw_parts(sheet: str, strings: str = "") -> dict[str, bytes]:
    """Return the parts of the smallest workbook, with its texts in a table of their own as Excel keeps them."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        f'<sheets><sheet name="名录" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
    }
    return {name: ('<?xml version="1.0" encoding="UTF-8"?>' + content).encode() for name, content in parts.items()}


def _shared_strings() -> bytes:
    """Return a workbook as Excel saves it: shared texts, one in two fonts, one with its reading above it."""
    texts = [
        *(f"<si><t>{head}</t></si>" for head in heads(REQUIRED)),
        "<si><r><t>金山区</t></r><r><rPr><b/></rPr><t>石化街道办事处</t></r></si>",
        '<si><t>金山区朱泾镇人民政府</t><rPh sb="0" eb="2"><t>jinshan</t></rPh></si>',
        '<si><t xml:space="preserve"> 街镇 </t></si>',
    ]
    numbers = [(1, (0, 1, 2)), (2, (None, 3, 5)), (4, (None, 4, 5))]
    codes = {2: "310116001", 4: "310116101"}
    rows = ""
    for number, cells in numbers:
        rows += f'<row r="{number}">'
        for letter, index in zip("ABC", cells, strict=True):
            kind, value = (' t="s"', index) if index is not None else ("", codes[number])
            rows += f'<c r="{letter}{number}"{kind}><v>{value}</v></c>'
        rows += "</row>"
    return packed(_raw_parts(rows, "".join(texts)))


# Files that are no table ------------------------------------------------------------------------

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _plain() -> bytes:
    return workbook(table(THREE))


def _encrypted() -> bytes:
    return _OLE + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(480)


def _zip_version() -> bytes:
    """Return a workbook whose directory asks for a version of zip that nobody has written."""
    data = bytearray(_plain())
    data[data.index(b"PK\x01\x02") + 6] = 255
    return bytes(data)


def _zip_names() -> bytes:
    """Return a workbook whose directory calls a name UTF-8 that is none."""
    data = bytearray(_plain())
    start = data.index(b"PK\x01\x02")
    data[start + 9] |= 8
    data[start + 46] = 0xEA
    return bytes(data)


def _spreadsheet_of_another_office() -> bytes:
    """Return an OpenDocument spreadsheet with a lawful register in it."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>" for row in table(THREE, REQUIRED))
    oasis = "urn:oasis:names:tc:opendocument:xmlns"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<office:document-content xmlns:office="{oasis}:office:1.0" xmlns:table="{oasis}:table:1.0"'
        f' xmlns:text="{oasis}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="名录">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{oasis}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return packed({"mimetype": kind.encode(), "META-INF/manifest.xml": manifest.encode(), "content.xml": content.encode()})


BOMB_MEBIBYTES = 1025


def _bomb() -> bytes:
    """Return a lawful workbook of about 1 MiB whose sheet unpacks to more than 1 GiB of blanks.

    The stream is one compressed mebibyte repeated, for packing a gibibyte takes seconds; it is
    stored as it is, and then the directory is told what it holds.
    """
    name = "xl/worksheets/sheet1.xml"
    cells = "".join(
        f'<row r="{number}">' + "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in row) + "</row>"
        for number, row in enumerate(table(THREE, REQUIRED), 1)
    )
    parts = _raw_parts(cells)
    head, sign, tail = parts.pop(name).partition(b"</sheetData>")
    chunk = b" " * (1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    last = packer.compress(sign + tail) + packer.flush()
    crc = zlib.crc32(head)
    for _ in range(BOMB_MEBIBYTES):
        crc = zlib.crc32(chunk, crc)
    file = io.BytesIO(packed(parts))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), first + block * BOMB_MEBIBYTES + last)
        entry = archive.getinfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.file_size = len(head) + BOMB_MEBIBYTES * len(chunk) + len(sign + tail)
        entry.CRC = zlib.crc32(sign + tail, crc)
    return file.getvalue()


def far_corner() -> bytes:
    """Return a small workbook with a stray value in the last cell that a sheet has.

    It stands in neither folder: a reader that lays out the whole rectangle does not survive it.
    """
    return workbook(table(THREE), {"XFD1048576": "x"})


# The two folders --------------------------------------------------------------------------------

_CODE, _NAME, _LEVEL = heads(REQUIRED)
_SHUFFLED = ("superior", "level", "name", "management", "code", "status")
_FIRST, _SECOND, _THIRD = table(THREE, REQUIRED)[1:]
_PHONED = tuple(agency(f"P{n}", f"第{n}单位", head="张三", contact="李四", phone=f"1380000000{n}") for n in (1, 2))


def _with_unknown(rows: list[list[Any]], heading: str, at: int, *values: Any) -> list[list[Any]]:
    return [[*row[:at], value, *row[at:]] for row, value in zip(rows, (heading, *values), strict=True)]


SHOULD_PASS: dict[str, Good] = {
    "utf-8.csv": Good(lambda: sheet_csv(table(THREE)), THREE),
    "utf-8-bom.csv": Good(lambda: sheet_csv(table(THREE), "utf-8-sig", "\r\n"), THREE),
    "gb18030.csv": Good(lambda: sheet_csv(table(THREE), "gb18030", "\r\n"), THREE),
    "crlf.csv": Good(lambda: sheet_csv(table(THREE), end="\r\n"), THREE),
    "cr-only.csv": Good(lambda: sheet_csv(table(THREE), end="\r"), THREE),
    "no-line-end-at-the-end.csv": Good(lambda: sheet_csv(table(THREE)).rstrip(b"\n"), THREE),
    "UPPER-CASE-ENDING.CSV": Good(lambda: sheet_csv(table(THREE)), THREE),
    "english.csv": Good(lambda: sheet_csv(table(THREE, english=True)), THREE),
    "english-bom.csv": Good(lambda: sheet_csv(table(THREE, english=True), "utf-8-sig"), THREE),
    "headings-in-capitals.csv": Good(
        lambda: sheet_csv([[head.upper() for head in heads(english=True)], *table(THREE)[1:]]), THREE
    ),
    "headings-in-both-languages.csv": Good(
        lambda: sheet_csv([["agency_code", "名称", "Level", "性质", "management", "上级主管单位"], *table(THREE)[1:]]), THREE
    ),
    "shuffled-columns.csv": Good(lambda: sheet_csv(table(THREE, _SHUFFLED), "gb18030"), THREE),
    "only-required-columns.csv": Good(
        lambda: sheet_csv(table(THREE[1:2], REQUIRED)), [agency("310116101", "金山区朱泾镇人民政府", "town")]
    ),
    "empty-optional-cells.csv": Good(
        lambda: sheet_csv([heads(ALL), ["A1", "甲", "区级", "", " ", "　", "", "", ""]]),
        [agency("A1", "甲", head=None, contact=None, phone=None)],
    ),
    "unknown-columns.csv": Good(
        lambda: sheet_csv(_with_unknown(_with_unknown(table(THREE), "备注", 6, "", "已核", ""), "序号", 0, "1", "2", "3")),
        THREE,
        ("序号", "备注"),
    ),
    "column-without-heading-and-values.csv": Good(lambda: sheet_csv([[*row, ""] for row in table(THREE)]), THREE),
    "blank-lines-between.csv": Good(
        lambda: sheet_csv([[], *[line for row in table(THREE) for line in (row, [], [""] * 6, ["　", " ", "", "", "", ""])]]),
        THREE,
    ),
    "blank-lines-at-the-end.csv": Good(lambda: sheet_csv(table(THREE), end="\r\n") + b"\r\n\r\n,,,,,\r\n \r\n", THREE),
    "trimmed.csv": Good(
        lambda: sheet_csv([[f" {cell}　" if cell else "　" for cell in row] for row in table(THREE)], "gb18030"), THREE
    ),
    "trimmed-no-break-space.csv": Good(lambda: sheet_csv([[f"\xa0{cell} " for cell in row] for row in table(THREE)]), THREE),
    "quotes-and-commas.csv": Good(lambda: sheet_csv(table(MARKS)), MARKS),
    "quoted-throughout.csv": Good(
        lambda: "\r\n".join(",".join('"{}"'.format(cell.replace('"', '""')) for cell in row) for row in table(MARKS)).encode(),
        MARKS,
    ),
    "rare-characters.csv": Good(lambda: sheet_csv(table(RARE)), RARE),
    "rare-characters-gb18030.csv": Good(lambda: sheet_csv(table(RARE), "gb18030"), RARE),
    "emoji.csv": Good(lambda: sheet_csv(table(EMOJI)), EMOJI),
    "emoji-gb18030.csv": Good(lambda: sheet_csv(table(EMOJI), "gb18030"), EMOJI),
    "sixty.csv": Good(lambda: sheet_csv(table(SIXTY), "gb18030", "\r\n"), SIXTY),
    "plain.xlsx": Good(_plain, THREE),
    "UPPER-CASE-ENDING.XLSX": Good(_plain, THREE),
    "english.xlsx": Good(lambda: workbook(table(THREE, english=True)), THREE),
    "shuffled-columns.xlsx": Good(lambda: workbook(table(THREE, _SHUFFLED)), THREE),
    "sixty.xlsx": Good(lambda: workbook(table(SIXTY)), SIXTY),
    "rare-characters.xlsx": Good(lambda: workbook(table((*RARE, *EMOJI, *MARKS))), (*RARE, *EMOJI, *MARKS)),
    "codes-as-numbers.xlsx": Good(
        lambda: workbook([[int(row[0]) if row[0].isdigit() else row[0], *row[1:]] for row in table(THREE)]), THREE
    ),
    "fifteen-digits-as-a-number.xlsx": Good(
        lambda: workbook([heads(REQUIRED), [310116001234567, "甲", "区级"]]), [agency("310116001234567", "甲")]
    ),
    "phones-as-numbers.xlsx": Good(
        lambda: workbook([heads(ALL), *([*row[:-1], int(row[-1])] for row in table(_PHONED, ALL)[1:])]), _PHONED
    ),
    "leading-empty-rows-and-column.xlsx": Good(lambda: workbook([[], [], [], *(["", *row] for row in table(THREE))]), THREE),
    "blank-rows-between.xlsx": Good(lambda: workbook([line for row in table(THREE) for line in (row, [], ["　"])]), THREE),
    "trimmed.xlsx": Good(lambda: workbook([[f"　{cell} " for cell in row] for row in table(THREE)]), THREE),
    "unknown-columns.xlsx": Good(
        lambda: workbook(
            _with_unknown(_with_unknown(table(THREE), "核对日期", 6, date(2026, 9, 1), None, None), "已核", 1, True, False, 1.5)
        ),
        THREE,
        ("已核", "核对日期"),
    ),
    "long-number-in-an-unknown-column.xlsx": Good(
        lambda: workbook(_with_unknown(table(THREE), "统一编号", 6, 310116200001011234, None, None)), THREE, ("统一编号",)
    ),
    "shared-strings.xlsx": Good(
        _shared_strings,
        [agency("310116001", "金山区石化街道办事处", "town"), agency("310116101", "金山区朱泾镇人民政府", "town")],
    ),
}

SHOULD_FAIL: dict[str, Bad] = {
    # The file as a whole.
    "no-data-rows.csv": Bad(lambda: text(""), "no data rows"),
    "no-data-rows-but-blank-ones.csv": Bad(lambda: text(",,\n\n　,,\n"), "no data rows"),
    "no-data-rows.xlsx": Bad(lambda: workbook([heads()]), "no data rows"),
    "empty.csv": Bad(lambda: b"", "is empty"),
    "empty.xlsx": Bad(lambda: b"", "no workbook"),
    "only-a-bom.csv": Bad(lambda: b"\xef\xbb\xbf", "is empty"),
    "only-blank-lines.csv": Bad(lambda: b"\r\n\r\n , ,\r\n\r\n", "is empty"),
    "blank-sheet.xlsx": Bad(lambda: workbook([]), "is empty"),
    "missing-heading.csv": Bad(lambda: sheet_csv(table(THREE, ("code", "name"))), _LEVEL),
    "missing-headings.xlsx": Bad(lambda: workbook(table(THREE, ("status", "superior"))), "、".join(heads(REQUIRED))),
    "no-heading-line.csv": Bad(lambda: sheet_csv(table(THREE)[1:]), _CODE),
    "duplicate-heading.csv": Bad(lambda: sheet_csv(table(THREE, (*REQUIRED, "name"))), _NAME),
    "heading-in-both-languages.csv": Bad(lambda: sheet_csv([["code", *row] for row in table(THREE)]), _CODE),
    "duplicate-heading.xlsx": Bad(lambda: workbook(table(THREE, (*REQUIRED, "level"))), _LEVEL),
    "zero-width-space-in-a-heading.csv": Bad(lambda: text("A1,甲,区级\n").replace(b",", b"\xe2\x80\x8b,", 1), "U+200B"),
    "escape-in-an-unknown-heading.csv": Bad(
        lambda: sheet_csv(_with_unknown(table(THREE), "备\x1b[31m注", 6, "", "", "")), "U+001B"
    ),
    # The content is not what the ending says.
    "workbook-called.csv": Bad(_plain, "xlsx"),
    "old-workbook-called.csv": Bad(lambda: _OLE + bytes(504), "xls"),
    "portable-document-called.csv": Bad(lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "pdf"),
    "csv-called.xlsx": Bad(lambda: sheet_csv(table(THREE)), "no workbook"),
    "web-page-called.xlsx": Bad(lambda: b"<html><table><tr><td>code</td></tr></table></html>", "no workbook"),
    "old-workbook-called.xlsx": Bad(lambda: _OLE + bytes(504), "no workbook"),
    "encrypted.xlsx": Bad(_encrypted, "encrypted"),
    "open-document-called.xlsx": Bad(_spreadsheet_of_another_office, "workbook"),
    "text.txt": Bad(lambda: sheet_csv(table(THREE)), ".xlsx"),
    "old-workbook.xls": Bad(lambda: _OLE + bytes(504), ".xlsx"),
    "no-ending": Bad(lambda: sheet_csv(table(THREE)), ".xlsx"),
    # Damaged or dangerous.
    "truncated.xlsx": Bad(lambda: _plain()[:-200], "workbook"),
    "zip-without-workbook.xlsx": Bad(lambda: packed({"读我.txt": b"hello"}), "workbook"),
    "sheet-cut-short.xlsx": Bad(
        lambda: packed({**_raw_parts(""), "xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row><c t="}), "workbook"
    ),
    "zip-of-a-version-to-come.xlsx": Bad(_zip_version, "workbook"),
    "zip-with-broken-names.xlsx": Bad(_zip_names, "workbook"),
    "bomb.xlsx": Bad(_bomb, "unpacks to"),
    "utf-16.csv": Bad(lambda: sheet_csv(table(THREE), "utf-16"), "UTF-8"),
    "utf-16-no-bom.csv": Bad(lambda: sheet_csv(table(THREE), "utf-16-le"), "UTF-8"),
    "unreadable-encoding.csv": Bad(lambda: bytes(range(128, 256)), "UTF-8"),
    "invalid-bytes.csv": Bad(lambda: sheet_csv(table(THREE[:1], REQUIRED), "gb18030") + b"A1,\x80\xff,park\n", "row 3"),
    "invalid-bytes-in-utf-8.csv": Bad(lambda: text("A1,甲,区级\nA2,乙,区级\n") + b"A3,\xff\xff,park\n", "row 4"),
    "invalid-bytes-after-a-bom.csv": Bad(lambda: b"\xef\xbb\xbf" + text("A1,甲,区级\n") + b"A2,\xff\xff,park\n", "row 3"),
    "utf-8-cut-within-a-character.csv": Bad(
        lambda: "code,name,level,superior\nA1,甲乙,district,区政府委员会".encode()[:-2], "row 2"
    ),
    "unclosed-quote.csv": Bad(lambda: text('A1,甲,区级\nA2,"乙,区级\nA3,丙,区级\n'), "row 3"),
    "text-behind-a-quote.csv": Bad(lambda: text('A1,甲,区级\nA2,"乙"镇,区级\nA3,丙,区级\n'), "row 3"),
    # Single cells.
    "duplicate-code.csv": Bad(lambda: sheet_csv([*table(THREE), [*table(THREE)[1]]]), "row 2", ((5, _CODE),)),
    "duplicate-code-thrice.csv": Bad(lambda: text("A1,甲,区级\nA1 ,乙,区级\n\n　A1,丙,区级\n"), "A1", ((3, _CODE), (5, _CODE))),
    "duplicate-code-as-text-and-number.xlsx": Bad(
        lambda: workbook([heads(REQUIRED), _FIRST, [], [int(_FIRST[0]), *_SECOND[1:]]]), "row 2", ((4, _CODE),)
    ),
    "duplicate-code-under-a-padded-heading.csv": Bad(
        lambda: f" {_CODE}　,{_NAME},{_LEVEL}\nA1,甲,区级\nA1,乙,区级\n".encode(), "row 2", ((3, _CODE),)
    ),
    "ragged-short.csv": Bad(lambda: text("A1,甲,区级\nA2,乙\n"), "2 cells", ((3, ""),)),
    "ragged-long.csv": Bad(lambda: text("A1,甲,区级\nA2,乙,区级,3\n"), "4 cells", ((3, ""),)),
    "control-character.csv": Bad(lambda: text("A1,甲\x07,区级\n"), "U+0007", ((2, _NAME),)),
    "control-character.xlsx": Bad(lambda: workbook([heads(REQUIRED), ["A1", "甲_x0007_", "区级"]]), "U+0007", ((2, _NAME),)),
    "code-that-excel-rounded.csv": Bad(lambda: text("3.10116E+08,甲,区级\n"), "Excel has rounded", ((2, _CODE),)),
    "tab-in-a-code.csv": Bad(lambda: text("A\t1,甲,区级\n"), "U+0009", ((2, _CODE),)),
    "tab-at-the-end-of-a-code.csv": Bad(lambda: text("A1\t,甲,区级\n"), "U+0009", ((2, _CODE),)),
    "newline-in-a-name.csv": Bad(lambda: text('A1,"甲\n乙",区级\n'), "U+000A", ((2, _NAME),)),
    "newline-in-a-name.xlsx": Bad(lambda: workbook([heads(REQUIRED), ["A1", "甲\n乙", "区级"]]), "U+000A", ((2, _NAME),)),
    "zero-width-space.csv": Bad(lambda: text("A1,甲,区级\nA\u200b2,乙,区级\n"), "U+200B", ((3, _CODE),)),
    "bidi-override-in-a-name.csv": Bad(lambda: text("A1,甲\u202e乙,区级\n"), "U+202E", ((2, _NAME),)),
    "bar-in-a-code.csv": Bad(lambda: text("A1,甲,区级\nA|2,乙,区级\n"), "A|2", ((3, _CODE),)),
    "bar-in-a-code.xlsx": Bad(lambda: workbook([heads(REQUIRED), ["A|1", "甲", "区级"]]), "A|1", ((2, _CODE),)),
    "code-that-is-not-nfc.csv": Bad(lambda: text("A1,甲,区级\ne\u0301,乙,区级\n"), "NFC", ((3, _CODE),)),
    "wide-blank-at-the-end-of-a-code.csv": Bad(lambda: text("A1\u2003,甲,区级\n"), "blank", ((2, _CODE),)),
    "unknown-level.csv": Bad(lambda: text("A1,甲,市级\n"), "市级", ((2, _LEVEL),)),
    "unknown-words.xlsx": Bad(
        lambda: workbook([heads(), ["A1", "甲", "区级", "{0}", "[bold]"]]),
        "[bold]",
        ((2, HEADINGS["status"]), (2, HEADINGS["management"])),
    ),
    "empty-name.csv": Bad(lambda: text("A1,　 ,区级\n"), "empty", ((2, _NAME),)),
    "empty-code.xlsx": Bad(lambda: workbook([heads(REQUIRED), _FIRST, ["", "乙", "区级"]]), "empty", ((3, _CODE),)),
    "value-under-no-heading.csv": Bad(
        lambda: sheet_csv([[*heads(REQUIRED), ""], [*_FIRST, "x"], [*_SECOND, ""]]), "x", ((2, "4"),)
    ),
    "value-under-no-heading.xlsx": Bad(lambda: workbook([heads(REQUIRED), _FIRST, [*_SECOND, "", "x"]]), "x", ((3, "5"),)),
    "seventeen-digits-as-a-number.xlsx": Bad(
        lambda: workbook([heads(REQUIRED), _FIRST, [31011600112345678, "乙", "区级"], ["A3", "丙", "市级"]]),
        "text",
        ((3, _CODE), (4, _LEVEL)),
    ),
    "true-as-a-name.xlsx": Bad(lambda: workbook([heads(REQUIRED), ["A1", True, "区级"]]), "TRUE", ((2, _NAME),)),
    "date-as-a-name.xlsx": Bad(lambda: workbook([heads(REQUIRED), ["A1", date(2026, 3, 1), "区级"]]), "2026", ((2, _NAME),)),
    "date-as-a-code.xlsx": Bad(lambda: workbook([heads(REQUIRED), [date(2026, 3, 1), "甲", "区级"]]), "2026", ((2, _CODE),)),
    "error-value.xlsx": Bad(
        lambda: workbook([heads(), [*_FIRST]], {"F2": "#N/A"}, {"F2": "e"}), "error", ((2, HEADINGS["superior"]),)
    ),
    "many-problems.csv": Bad(
        lambda: text("A|1,甲,区级\nA2,,市级\n\nA3,丙,区级\nA3,丁\u200b,区级\n,戊,\nA4,己\n"),
        "mend",
        ((2, _CODE), (3, _NAME), (3, _LEVEL), (6, _CODE), (6, _NAME), (7, _CODE), (7, _LEVEL), (8, "")),
    ),
    "many-problems.xlsx": Bad(
        lambda: workbook([[], heads(REQUIRED), ["A|1", "", "区级"], ["A2", "乙", "市级", "x"], ["A2", "丙\n", "园区"]]),
        "mend",
        ((3, _CODE), (3, _NAME), (4, _LEVEL), (4, "4"), (5, _CODE), (5, _NAME)),
    ),
}


def files() -> dict[str, bytes]:
    """Return every sample file by folder and name."""
    return {
        f"{folder}/{name}": case.build()
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
