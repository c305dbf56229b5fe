"""The report as web page, workbook and mail: they agree with each other, and what comes from the ledger stays text."""

import io
import re
import zipfile
from collections import Counter
from datetime import date, datetime
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from jsup.periods import span
from jsup.reports import charts
from jsup.reports.mail import mail
from jsup.reports.page import page
from jsup.reports.report import CODE, COUNT, DAY, NOTHING, RATE, Chart, Column, Figure, Rate, Report, Section, shown
from jsup.reports.workbook import CONTENTS, HEADINGS, workbook
from tests.browsing import browser

pytestmark = pytest.mark.in_a_file
HOSTILE = [
    "<script>alert(1)</script>", "[draft]", "=1+1", "{{x}}", "长" * 60, "W" * 90, "a|b", "</svg><img src=x onerror=alert(1)>",
    "https://example.com/x", "+8613800000000", "-1+1", "@SUM(A1)", "a\nb", "'quoted\"", "&amp;", "$style ${x}", "# 1", "\x1b[31m\u202e",
    "`rm`", "*b* _i_ ~s~", "1. x", "![x](http://example.com/y.png)", "www.example.com", "<!-- x", "]]>",
]  # fmt: skip
NAMES = (
    "市场监督管理局",
    "生态环境局",
    "应急管理局",
    "城市管理行政执法局（城市管理行政执法局执法大队）",
    "气象局",
    "朱泾镇人民政府",
)


def sample():
    agencies = [f"上海市金山区{NAMES[at % len(NAMES)]}{'' if at < len(NAMES) else f'第{at}分局'}" for at in range(50)]
    problems = Figure(
        "problems", "三类突出问题",
        (Column("问题"), Column("本期起数", COUNT), Column("上期起数", COUNT), Column("本期每百户", RATE), Column("上期每百户", RATE)),
        [("重复查", 34, 41, Rate(34, 812), Rate(41, 760)), ("多头查", 12, 12, Rate(12, 812), Rate(12, 760)),
         ("随意查", 7, 3, Rate(7, 812), Rate(3, 0))],
        note="每百户：每一百户被检查企业的起数。", chart=Chart("bars", 0, (1, 2), "起"),
    )  # fmt: skip
    rows = [(name, f"JS-{at:03d}", at % 7, at % 5 * 3, at * at % 11, Rate(at % 7, at + 3)) for at, name in enumerate(agencies)]
    by_agency = Figure(
        "problems-by-agency", "各单位的突出问题",
        (Column("单位"), Column("代码", CODE), Column("重复查", COUNT), Column("多头查", COUNT), Column("随意查", COUNT),
         Column("重复查每百户", RATE)),
        rows, total=("合计", None, *(sum(row[at] for row in rows) for at in (2, 3, 4)), Rate(150, 812)), chart=Chart("bars", 0, (2, 3, 4), "起"),
    )  # fmt: skip
    quarters = span("2026Q3").quarters(8)
    trend = Figure(
        "trend", "近八个季度的趋势",
        (Column("季度"), Column("重复查", RATE), Column("多头查", RATE), Column("随意查", RATE)),
        [(one.key, Rate(60 - 5 * at, 800), Rate(20 + at, 810), None if at == 3 else Rate(at, 700)) for at, one in enumerate(quarters)],
        chart=Chart("lines", 0, (1, 2, 3), "每百户"),
    )  # fmt: skip
    visited = Figure(
        "most-visited", "入企次数最多的企业",
        (Column("统一社会信用代码", CODE), Column("企业"), Column("入企次数", COUNT), Column("最近一次", DAY)),
        [(f"9131011600000{at:05d}", f"金山某某精细化工（集团）有限公司{at}", 20 - at, f"2026-09-{at + 1:02d}") for at in range(20)],
        chart=Chart("bars", 1, (2,), "次"),
    )  # fmt: skip
    empty = Figure("overdue-each", "逾期未办的期限", (Column("编号"), Column("到期日", DAY)), [], chart=Chart("bars", 0, (1,)))
    blank = Figure(
        "ratings",
        "企业评价",
        (Column("单位"), Column("评价", RATE)),
        [("甲", None), ("乙", Rate(0, 0))],
        chart=Chart("lines", 0, (1,)),
    )
    hostile = Figure(
        "systemic", "=2+3", (Column("问题<b>"), Column("代码", CODE), Column("单位数|", COUNT), Column("占比", RATE), Column("日", DAY)),
        [(text, text, at, Rate(at, 3), text) for at, text in enumerate(HOSTILE)], note="".join(HOSTILE[:4]),
        chart=Chart("bars", 0, (2, 3), "<i>"),
    )  # fmt: skip
    wide = Figure(
        "handling", "办理情况", (Column("代码", CODE), Column("单位"), *(Column(f"第{at}项办理事项", COUNT) for at in range(14))),
        [(f"JS-{at}", name, *range(at, at + 14)) for at, name in enumerate(agencies[:6])], chart=Chart("lines", 1, (2,), "件"),
    )  # fmt: skip
    return Report(
        "涉企行政检查执法监督情况报告", "上海市金山区司法局", "上海市金山区人民政府", span("2026Q3"), "金司〔2026〕12号", date(2026, 10, 12),
        date(2026, 10, 9), "根据《关于加强金山区涉企行政检查执法监督的工作方案》（金司〔2025〕26号），现将情况报告如下。", ["2026年8月的检查资料尚未查看。", HOSTILE[0]],
        [
            Section("main", "重复查、多头查、随意查", "一", "本期查实重复查34起，比上期减少7起；多头查12起，与上期持平。", [problems, by_agency, trend]),
            Section("visited", "企业负担", "二（三）4", "入企次数最多的二十户企业共被检查210次。", [visited, blank]),
            Section("rest", "其他/[情况]", "二（四）3", HOSTILE[0] + "# x", [hostile, empty, wide]),
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def report():
    return sample()


@pytest.fixture(scope="module")
def html_text(report):
    return page(report)


VOID = {"meta", "img", "br", "link", "input", "hr"}


class Read(HTMLParser):
    """A page as it stands: tables by the figure they are in, ids, references, and whether every tag is closed in its order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.wrong = [], Counter(), [], [], []
        self.tables, self.captions, self.headings, self.figure, self.cell = {}, {}, [], None, None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags[tag] += 1
        if "id" in values:
            self.ids.append(values["id"])
        self.links += [
            (tag, name, value) for name, value in attributes if name in ("href", "src", "srcset", "xlink:href", "action")
        ]
        self.wrong += [name for name in values if name.startswith("on")]
        if tag == "figure":
            self.figure = values["id"].removeprefix("figure-")
        if tag == "table":
            self.tables[self.figure] = []
        if tag == "tr":
            self.tables[self.figure].append([])
        if tag in ("th", "td"):
            self.cell = ""
            assert tag == "td" or values.get("scope") in ("row", "col")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)
        if tag in ("th", "td"):
            self.tables[self.figure][-1].append(self.cell)
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data
        if "figcaption" in self.open:
            self.captions[self.figure] = self.captions.get(self.figure, "") + data


def seen(cell):
    """A cell as it stands in a document: what nobody could see is spelt out."""
    return shown(cell).replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")


def expected(figure):
    return [[seen(cell) for cell in row] for row in [*figure.rows, *([figure.total] if figure.total is not None else [])]]


def figures(report):
    return [figure for section in report.sections for figure in section.figures]


def of_mail(text):
    """The tables of a Markdown document by the figure's key below them, read anew: cells by their bars, escapes taken off."""
    tables, rows = {}, []
    for line in text.splitlines():
        if line.startswith("| "):
            cells = re.split(r"(?<!\\)\|", line.strip())[1:-1]
            bare = [re.sub(r"^\*\*(?!\*)(.*)\*\*$", r"\1", cell.strip()) for cell in cells]
            rows.append([re.sub(r"\\([^A-Za-z0-9\s])", r"\1", cell) for cell in bare])
        elif found := re.search(r"图表编号：`([a-z-]+)`", line):
            tables[found[1]], rows = rows, []
    return tables


def of_workbook(data, report):
    """The tables of a workbook by the figure's key: links of the contents lead to the sheets in the order of the figures."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[0] == CONTENTS
    tables = {}
    for sheet, figure in zip(book.worksheets[1:], figures(report), strict=True):
        assert f"图表编号：{figure.key}。" in sheet.cell(3, 1).value
        lines = len(figure.rows) + (figure.total is not None)
        tables[figure.key] = [
            [sheet.cell(HEADINGS + 1 + line, place + 1) for place in range(len(figure.columns))] for line in range(lines + 1)
        ]
    return book, tables


def test_every_cell_of_every_figure_is_in_each_format(report, html_text):
    on_page, in_mail = Read(html_text).tables, of_mail(mail(report))
    _book, in_book = of_workbook(workbook(report), report)
    for figure in figures(report):
        headings = [column.heading for column in figure.columns]
        rows = expected(figure)
        if not figure.rows:
            assert figure.key not in on_page
            assert in_mail[figure.key] == []
            continue
        assert on_page[figure.key] == [headings, *rows], figure.key
        assert in_mail[figure.key][0] == headings
        assert in_mail[figure.key][2:] == [[" ".join(cell.split("\n")) for cell in row] for row in rows], figure.key
        assert [cell.value for cell in in_book[figure.key][0]] == headings
        cells = [*figure.rows, *([figure.total] if figure.total is not None else [])]
        for line, (row, values) in enumerate(zip(in_book[figure.key][1:], cells, strict=True)):
            for place, (there, cell) in enumerate(zip(row, values, strict=True)):
                where = figure.key, line, place
                if isinstance(cell, Rate) and cell.whole:
                    assert there.data_type == "n", where
                    assert f"{there.value:.1f}" == str(cell), where
                    assert there.number_format == "0.0", where
                elif isinstance(cell, int):
                    assert (there.data_type, there.value) == ("n", cell), where
                elif isinstance(there.value, datetime):
                    assert figure.columns[place].holds == DAY, where
                    assert there.value.date().isoformat() == cell, where
                else:
                    assert (there.data_type, there.value, there.number_format) == ("s", seen(cell), "@"), where


def test_the_page_is_whole_and_names_nothing_outside(report, html_text):
    read = Read(html_text)
    assert read.open == []
    assert read.wrong == []
    assert max(Counter(read.ids).values()) == 1
    assert not {"script", "img", "b", "link", "iframe", "style2", "i"} & set(read.tags)
    assert {value[1:] for tag, _name, value in read.links if tag == "a"} <= set(read.ids)
    assert all(value.startswith("#") for _tag, _name, value in read.links)
    assert not re.search(r"url\((?!#)|@import", html_text)
    referred = re.findall(r'aria-labelledby="([^"]+)"|url\(#([^)]+)\)', html_text)
    assert {name for pair in referred for part in pair for name in part.split()} <= set(read.ids)
    assert read.headings[0] == 1
    assert all(later <= earlier + 1 for earlier, later in zip(read.headings, read.headings[1:], strict=False))
    assert read.headings.count(1) == 1
    assert '<html lang="zh-CN">' in html_text
    for figure in figures(report):
        assert f"编号 {figure.key}" in read.captions[figure.key]
    assert page(report) == html_text


def test_the_three_problems_stand_as_tiles_with_their_change(html_text):
    tiles = html_text[html_text.index('<ul class="tiles">') : html_text.index("<nav")]
    bare = re.sub(r"<[^>]+>", "|", tiles)
    assert [name for name in ("重复查", "多头查", "随意查") if f"|{name}|" in bare] == ["重复查", "多头查", "随意查"]
    for words in ("起数较上期下降7", "起数较上期持平", "起数较上期上升4", "每百户较上期下降1.2", "每百户较上期下降0.1"):
        assert words in bare
    assert bare.count("每百户较上期") == 2  # the third has nothing to stand against


def test_the_warnings_stand_before_the_contents(report, html_text):
    assert 0 < html_text.index(report.warnings[0]) < html_text.index("<nav")
    assert mail(report).index(report.warnings[0]) < mail(report).index("## ")


@pytest.mark.parametrize("key", ["problems", "problems-by-agency", "trend", "most-visited", "systemic"])
def test_a_picture_is_well_formed_with_text_as_text(report, key):
    figure = next(one for one in figures(report) if one.key == key)
    drawn = charts.picture(figure, "x")
    root = ET.fromstring(drawn.svg)
    assert root.get("role") == "img"
    texts = ["".join(one.itertext()) for one in root.iter("text")]
    most = min(len(figure.rows), charts.MOST_BARS) if figure.chart.kind == "bars" else len(figure.rows)
    assert len(texts) >= most
    titles = [one.text for one in root.iter("title")]
    assert titles[0] == figure.title
    for element in root.iter("rect"):
        assert float(element.get("x", 0)) + float(element.get("width")) <= charts._WIDE
    if figure.chart.kind == "bars" and len(figure.rows) > charts.MOST_BARS:
        assert (
            drawn.said
            == f"图中为{'各项合计' if len(figure.chart.values) > 1 else '其中'}最多的15个，全部{len(figure.rows)}个见表。"
        )
    else:
        assert drawn.said == ""


def test_a_bar_is_as_long_as_its_number_is_great_and_the_largest_are_drawn():
    rows = [(f"单位{at}", at * 7 % 31) for at in range(31)]
    drawn = charts.picture(Figure("k", "t", (Column("单位"), Column("数", COUNT)), rows, chart=Chart("bars", 0, (1,))), "x")
    root = ET.fromstring(drawn.svg)
    wide = [float(one.get("width")) for one in root.iter("rect")]
    unit = wide[0] / 30
    assert [round(one / unit) for one in wide] == list(range(30, 15, -1))


def test_of_many_rows_those_at_zero_are_left_to_the_table():
    rows = [(f"单位{at}", at % 5 == 0) for at in range(30)]
    figure = Figure(
        "k", "t", (Column("单位"), Column("数", COUNT)), [(name, int(one)) for name, one in rows], chart=Chart("bars", 0, (1,))
    )
    drawn = charts.picture(figure, "x")
    assert drawn.svg.count("<rect") == 6
    assert drawn.said == "图中为其中最多的6个，全部30个见表。"


@pytest.mark.parametrize(("number", "stands"), [("金司〔2026〕12号", True), ("金司〔{year}〕{n}号", False)])
def test_a_number_that_was_not_given_yet_stands_nowhere(number, stands):
    report = sample()
    report.number = number
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(report)))[CONTENTS]
    for text in (page(report), mail(report), "".join(str(cell.value) for row in sheet.iter_rows() for cell in row)):
        assert (number in text) == stands
        assert ("文号" in text) == stands


@pytest.mark.parametrize("chart", [None, Chart("bars", 0, (1,)), Chart("lines", 0, (1,))])
def test_nothing_is_drawn_where_nothing_is_known(chart):
    for rows in ([], [("a", None), ("b", Rate(0, 0))], [("a", "x")]):
        figure = Figure("k", "t", (Column("a"), Column("b", RATE)), rows, chart=chart)
        assert charts.picture(figure, "x") is None


def test_a_line_breaks_where_nothing_is_known_and_series_differ_by_more_than_colour(report):
    trend = next(one for one in figures(report) if one.key == "trend")
    svg = charts.picture(trend, "x").svg
    lines = [one for one in ET.fromstring(svg) if one.tag == "path" and one.get("stroke-width")]
    assert [one.get("d").count("M") for one in lines] == [1, 1, 2]
    assert len({one.get("stroke-dasharray") for one in lines}) == 3
    marks = [
        one.get("d").partition("m")[2] for one in ET.fromstring(svg) if one.tag == "path" and one.get("fill") in charts.COLOURS
    ]
    assert Counter(marks).most_common() == [(marks[0], 8), (marks[8], 8), (marks[-1], 7)]
    assert ">2025Q4<" in svg or ">2026Q3<" in svg
    assert f">{trend.rows[-1][1]}<" in svg


def test_all_zero_rows_are_drawn_at_zero():
    for kind in ("bars", "lines"):
        figure = Figure("k", "t", (Column("a"), Column("b", COUNT)), [("甲", 0), ("乙", 0)], chart=Chart(kind, 0, (1,)))
        assert "NaN" not in charts.picture(figure, "x").svg
        assert ">0<" in charts.picture(figure, "x").svg


def test_the_workbook_holds_no_formula_no_foreign_link_and_native_charts(report):
    data = workbook(report)
    assert workbook(report) == data
    book, _tables = of_workbook(data, report)
    for sheet in book.worksheets:
        assert len(sheet.title) <= 31
        assert sheet.page_setup.orientation == "landscape"
        assert str(sheet.page_setup.paperSize) == "9"
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames)
    for sheet, figure in zip(book.worksheets[1:], figures(report), strict=True):
        assert sheet.freeze_panes == f"{'C' if figure.chart.label else 'B'}{HEADINGS + 2}"
        assert (sheet.auto_filter.ref is not None) == bool(figure.rows)
        assert len(sheet._charts) == bool(figure.rows and figure.chart)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        texts = {name: packed.read(name).decode() for name in packed.namelist() if name.endswith((".xml", ".rels"))}
    assert not any("External" in text or "<f>" in text for name, text in texts.items() if "chart" not in name)
    drawn = "".join(text for name, text in texts.items() if "charts/chart" in name)
    assert "<c:barChart>" in drawn
    assert "<c:lineChart>" in drawn
    assert f"各单位的突出问题!$C${HEADINGS + 2}:$C${HEADINGS + 51}" in drawn


def test_sheets_of_one_title_get_names_of_their_own():
    titles = ["a/b:c", "A B C", "x" * 40, "x" * 41, "History", "目录", "", "'"]
    columns = (Column("a"),)
    one = Section("s", "t", "", "", [Figure(f"k{at}", title, columns, [("1",)]) for at, title in enumerate(titles)])
    report = sample()
    report.sections = [one]
    names = openpyxl.load_workbook(io.BytesIO(workbook(report))).sheetnames
    assert names[1:] == ["a b c", "A B C (2)", "x" * 31, "x" * 27 + " (2)", "History (2)", "目录 (2)", "k6", "图表"]


@pytest.mark.parametrize("kind", ["bars", "lines"])
def test_six_series_are_six_looks(kind):
    columns = (Column("单位"), *(Column(f"项{at}", COUNT) for at in range(6)))
    figure = Figure("k", "t", columns, [("甲", *range(1, 7)), ("乙", *range(6))], chart=Chart(kind, 0, tuple(range(1, 7))))
    svg = charts.picture(figure, "x").svg
    looks = re.findall(
        r'<rect x="148"[^>]*fill="([^"]+)"' if kind == "bars" else r'stroke-width="2.2"( stroke-dasharray="[^"]+")?', svg
    )
    assert len(set(looks)) == 6
    report = sample()
    report.sections = [Section("s", "t", "", "", [figure])]
    with zipfile.ZipFile(io.BytesIO(workbook(report))) as packed:
        drawn = packed.read("xl/charts/chart1.xml").decode()
    found = re.findall(r'<a:pattFill prst="(\w+)"' if kind == "bars" else r'<a:prstDash val="(\w+)"', drawn)
    assert len(found) == len(set(found)) >= 5


def test_mail_holds_no_markup_of_data(report):
    text = mail(report)
    outside = re.sub(r"\\[^A-Za-z0-9\s]", "", text)
    assert not re.search(r"[<>\[\]{}$~_]", outside)
    assert not re.search(r"(?i)https?:|www\.", outside)
    assert [line for line in text.splitlines() if re.match(r"# ", line)] == [f"# {report.title}"]
    bars = {len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines() if line.startswith("|") and "单位数" in line}
    assert bars == {6}


def test_a_report_of_nothing_is_a_document_in_each_format():
    empty = Report("t", "o", "", span("2026"), "", date(2026, 12, 31), date(2026, 12, 31), "")
    assert Read(page(empty)).open == []
    assert openpyxl.load_workbook(io.BytesIO(workbook(empty))).sheetnames == [CONTENTS]
    assert mail(empty).startswith("# t\n")
    assert NOTHING not in mail(empty)


OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OUTSIDE = (
    "[...document.querySelectorAll('body *')].filter(e => !e.closest('.table, svg, .skip')"
    " && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 90))"
)
TEXT_OUTSIDE = (
    "[...document.querySelectorAll('svg')].flatMap(s => [...s.querySelectorAll('text')].filter(t => {const b = t.getBoundingClientRect(),"
    " r = s.getBoundingClientRect(); return b.left < r.left - 2 || b.right > r.right + 2 || b.top < r.top - 2"
    " || b.bottom > r.bottom + 2}).map(t => t.textContent))"
)
SPILT = (
    "[...document.querySelectorAll('th, td')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.slice(0, 60))"
)
PINNED = (
    "(() => {const box = document.querySelector('#figure-handling .table'); box.scrollLeft = 200; const moved = box.scrollLeft;"
    " const left = box.querySelector('tbody th[scope=row]').getBoundingClientRect().left - box.getBoundingClientRect().left;"
    " box.scrollLeft = 0; return [moved > 0, Math.round(left) <= 2]})()"
)


def test_a_browser_shows_it_on_a_phone_and_a_screen_and_prints_it(html_text, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(html_text, encoding="utf-8")
    with browser(tmp_path / "profile") as chromium:
        for width, height in ((360, 740), (1280, 900)):
            session = chromium.opened(file, width, height)
            assert chromium.measured(session, OVERFLOW) == 0, width
            assert chromium.measured(session, OUTSIDE) == [], width
            assert chromium.measured(session, TEXT_OUTSIDE) == [], width
            assert chromium.measured(session, SPILT) == [], width
            shot = chromium.shot(session)
            assert len(set(zipped(shot))) > 40, width
            if width == 360:
                assert chromium.measured(session, PINNED) == [True, True]
            asked = [
                event["params"]["request"]["url"] for event in chromium.events if event["method"] == "Network.requestWillBeSent"
            ]
            assert asked == [file.as_uri()], width
            loud = [
                event
                for event in chromium.events
                if event["method"] in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
            ]
            assert loud == [], width
        pdf = chromium.printed(session)
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) > 3


def zipped(png):
    """The bytes of a picture's pixels, unpacked: a blank one has hardly any that differ."""
    import zlib

    data, at = b"", 8
    while at < len(png):
        size, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        if kind == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += size + 12
    return zlib.decompress(data)
