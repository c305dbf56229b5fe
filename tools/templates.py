"""Build the Word templates of the official papers: `python tools/templates.py`, or `--check` to compare only.

A template is filled by docxtpl: `{{ name }}`, and `{%p … %}` or `{%tr … %}` for whole paragraphs or table rows. The form is
GB/T 9704-2012's. Twenty-two lines of twenty-eight characters come from an exact line and a run spacing, not from the grid of the
section, which 16 pt characters do not fit; so every height in the head of a paper is a multiple of LINE_TWIPS. The files are
the same, byte for byte, on every run and every machine: fixed times, fixed order, nothing compressed.

In the texts below a line is a paragraph and its first characters name the style: `# ` a heading, `- ` no indent, `! ` kept with
what follows. ⟦…⟧ is set in 楷体. A value in “…” has its own quotation marks made single, and a value before 。 loses its own 。.
"""

import io
import re
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as CELL
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm, Twips

FOLDER = Path(__file__).parents[1] / "src" / "jsup" / "papers" / "templates"
REPORTS = Path(__file__).parents[1] / "src" / "jsup" / "reports" / "templates"
"""Where the base of reports and briefings lies, which they fill themselves."""
LINE_TWIPS = 579
"""28.95 pt: 22 of them are the 225 mm of the text area."""
CHARACTER_TWIPS = 314
"""16 pt less 0.3 pt: 28 of them are the 156 mm of the text area."""
TEXT_WIDTH_TWIPS = 8844
FOOTER_LINE_TWIPS = 320
SEAL_LINE_TWIPS = 180
"""The seal line stands under the page number, which keeps its place 7 mm below the text."""
RULE_TWIPS = 30
"""1.5 pt, the red rule's own height."""
RULE_ABOVE_TWIPS = 160
"""With what a line leaves under its characters, the 4 mm between the number and the red rule."""
DATE_TWIPS = 2120
"""The width of a usual date; the issuer's name is centred over it."""
DATE_INDENT_TWIPS = 4 * CHARACTER_TWIPS
NAME_INDENT_TWIPS = TEXT_WIDTH_TWIPS - 2 * DATE_INDENT_TWIPS - DATE_TWIPS
COLUMN_TWIPS = (1880, 2744, 1600, 2620)
"""A record's label, value, label, value."""
CELL_PADDING_TWIPS = {"top": 57, "left": 99, "bottom": 57, "right": 99}
ROW_TWIPS, SIGNATURE_ROW_TWIPS, ANSWER_ROW_TWIPS = 680, 1134, 2268
FANGSONG, KAITI, HEITI, SONGTI, XIAOBIAOSONG = "仿宋", "楷体", "黑体", "宋体", "方正小标宋简体"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
NEEDED_PARTS = {"styles", "settings", "fontTable", "theme", "core-properties", "extended-properties", "officeDocument"}
"""What is kept of python-docx's own template, by the last word of the relationship's type."""


def _style(
    name: str,
    font: str = FANGSONG,
    points: float = 16,
    *,
    line: int = LINE_TWIPS,
    lines_before: float = 0,
    jc: str = "both",
    indent: str = "",
    flags: str = "",
    more: str = "",
    spacing: int = -6,
    colour: str = "",
) -> str:
    """Return a paragraph style's XML: its elements in the schema's order, sizes in points, lengths in twips.

    overflowPunct stands at Word's own default: LibreOffice 7.4 reads it the wrong way round, and would let commas hang into
    the margin at 0.
    """
    before = round(lines_before * LINE_TWIPS)
    colour = f'<w:color w:val="{colour}"/>' if colour else ""
    default = ' w:default="1"' if name == "Normal" else ""
    return (
        f'<w:style {nsdecls("w")} w:type="paragraph"{default} w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/>'
        f'<w:qFormat/><w:pPr>{flags}<w:widowControl w:val="0"/>{more}<w:overflowPunct w:val="1"/><w:autoSpaceDE w:val="0"/>'
        f'<w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="{before}" w:after="0" w:line="{line}" w:lineRule="exact"/>'
        f'<w:ind {indent}/><w:jc w:val="{jc}"/></w:pPr>'
        f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/>'
        f'{colour}<w:spacing w:val="{spacing}"/><w:kern w:val="0"/><w:sz w:val="{round(points * 2)}"/>'
        f'<w:szCs w:val="{round(points * 2)}"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:style>'
    )  # fmt: skip


TWO_CHARACTERS = f'w:firstLineChars="200" w:firstLine="{2 * CHARACTER_TWIPS}"'
ONE_EACH_SIDE = 'w:left="280" w:right="280"'
KEEP, KEEP_LINES = "<w:keepNext/>", "<w:keepLines/>"
RED_RULE = f'<w:pBdr><w:top w:val="single" w:sz="{RULE_TWIPS * 8 // 20}" w:space="0" w:color="FF0000"/></w:pBdr>'
IMPRINT_RULES = (
    '<w:pBdr><w:top w:val="single" w:sz="8" w:space="0" w:color="000000"/>'
    '<w:bottom w:val="single" w:sz="8" w:space="0" w:color="000000"/>'
    '<w:between w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>'
)
STYLES = [
    _style("Normal"),
    _style("Body", indent=TWO_CHARACTERS),
    _style("Hash", jc="left", indent=f'w:left="{2 * CHARACTER_TWIPS}"', more='<w:wordWrap w:val="0"/>'),
    _style("Closing", indent=TWO_CHARACTERS, flags=KEEP),
    _style("Heading", HEITI, indent=TWO_CHARACTERS, flags=KEEP),
    _style("Paper Title", XIAOBIAOSONG, 22, jc="center", flags=KEEP, lines_before=1, spacing=0),
    _style("Issuer Mark", XIAOBIAOSONG, 36, line=2 * LINE_TWIPS, jc="center", lines_before=3, spacing=0, colour="FF0000"),
    _style("Paper Number", jc="center", lines_before=2),
    _style("Upward Number", lines_before=2, indent='w:left="314" w:right="314"',
           more=f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH_TWIPS - CHARACTER_TWIPS}"/></w:tabs>'),
    _style("Draft Number", jc="center", lines_before=0),
    _style("Red Rule", points=8, line=LINE_TWIPS - RULE_ABOVE_TWIPS - RULE_TWIPS, more=RED_RULE,
           lines_before=RULE_ABOVE_TWIPS / LINE_TWIPS),
    _style("Addressee", flags=KEEP, lines_before=1),
    _style("Attachment First", jc="left", flags=KEEP, lines_before=1, indent='w:left="2041" w:hanging="1413"'),
    _style("Attachment Next", jc="left", flags=KEEP, indent='w:left="2041" w:hanging="471"'),
    _style("Attachment Heading", HEITI, jc="left", flags=KEEP + "<w:pageBreakBefore/>"),
    _style("Issuer Name", jc="center", flags=KEEP + KEEP_LINES, lines_before=2, indent=f'w:left="{NAME_INDENT_TWIPS}"'),
    _style("Issue Date", jc="right", flags=KEEP + KEEP_LINES, indent=f'w:right="{DATE_INDENT_TWIPS}"'),
    _style("Imprint", points=14, line=480, jc="left", indent=ONE_EACH_SIDE, spacing=0,
           more=IMPRINT_RULES + f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH_TWIPS - 280}"/></w:tabs>'),
    _style("Anchor", points=1, line=20),
    _style("Record Title", XIAOBIAOSONG, 22, jc="center", spacing=0),
    _style("Cell", points=14, line=480, spacing=0),
    _style("Cell Date", points=14, line=480, spacing=0, jc="right"),
    _style("Label", HEITI, 14, line=480, jc="center", spacing=0),
    _style("Page Number Odd", SONGTI, 14, line=FOOTER_LINE_TWIPS, jc="right", indent='w:right="280"', spacing=0),
    _style("Seal Line", SONGTI, 7, line=SEAL_LINE_TWIPS, jc="center", spacing=0),
    _style("Page Number Even", SONGTI, 14, line=FOOTER_LINE_TWIPS, jc="left", indent='w:left="280"', spacing=0),
]  # fmt: skip
REPORT_STYLES = [
    _style("Second Heading", KAITI, indent=TWO_CHARACTERS, flags=KEEP),
    _style("Table Caption", HEITI, 12, line=LINE_TWIPS, jc="center", flags=KEEP, spacing=0),
    _style("Note", points=12, line=400, indent='w:firstLineChars="200" w:firstLine="480"', spacing=0),
    *(
        _style(f"{name} {size}", font, points, line=line, jc=jc, spacing=0)
        for size, points, line in (("Wide", 12, 320), ("Narrow", 9, 240))
        for name, font, jc in (("Head", HEITI, "center"), ("Text", FANGSONG, "left"), ("Figure", FANGSONG, "right"))
    ),
    _style("Brief Mark", XIAOBIAOSONG, 36, line=2 * LINE_TWIPS, jc="center", spacing=0, colour="FF0000"),
    _style("Brief Line", jc="both", indent='w:left="314" w:right="314"',
           more=f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH_TWIPS - CHARACTER_TWIPS}"/></w:tabs>'),
    _style("Week Title", XIAOBIAOSONG, 18, line=520, jc="center", spacing=0),
    _style("Week Line", points=10.5, line=260, jc="left", spacing=0),
    _style("Week Heading", HEITI, 10.5, line=260, jc="left", spacing=0),
]  # fmt: skip
"""What reports have besides: tables in two sizes of type, the head of a briefing, the lines of the weekly side."""
MARKS = {"# ": "Heading", "- ": "Addressee", "! ": "Closing", "+ ": "Attachment First", "* ": "Attachment Next", "> ": "Hash"}


class Template:
    """A document in the making: paragraphs and tables are put at its end."""

    def __init__(self) -> None:
        self.document = docx.Document()
        self._keep_what_is_needed()
        self._set_page()

    def _keep_what_is_needed(self) -> None:
        """Take python-docx's own styles and parts away, and put our styles in their place."""
        part = self.document.part
        for rels in (part.rels, part.package.rels):
            for key in [key for key, rel in rels.items() if rel.reltype.rsplit("/", 1)[-1] not in NEEDED_PARTS]:
                del rels[key]
        styles = self.document.styles.element
        for style in styles.findall(qn("w:style")):
            styles.remove(style)
        for xml in STYLES:
            styles.append(parse_xml(xml))
        settings = self.document.settings
        settings.odd_and_even_pages_header_footer = True
        for setting in settings.element.iter(qn("w:compatSetting")):
            if setting.get(qn("w:name")) == "compatibilityMode":
                setting.set(qn("w:val"), "15")
        language = settings.element.find(qn("w:themeFontLang"))
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")
        properties = self.document.core_properties
        properties.author = properties.last_modified_by = properties.title = properties.comments = ""
        properties.language, properties.revision = "zh-CN", 1
        properties.created = properties.modified = EPOCH

    def _set_page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.left_margin, section.right_margin, section.bottom_margin = Mm(37), Mm(28), Mm(26), Mm(35)
        section.header_distance = Mm(15)
        section.footer_distance = Emu(Mm(35) - Mm(7) - Twips(FOOTER_LINE_TWIPS + SEAL_LINE_TWIPS))
        grid = section._sectPr.find(qn("w:docGrid"))  # noqa: SLF001 - python-docx has no grid of its own
        for name, value in (("type", "linesAndChars"), ("linePitch", str(LINE_TWIPS)), ("charSpace", "-849")):
            grid.set(qn(f"w:{name}"), value)
        for footer, style in ((section.footer, "Page Number Odd"), (section.even_page_footer, "Page Number Even")):
            footer.is_linked_to_previous = False
            paragraph = footer.paragraphs[0]
            paragraph.style = style
            paragraph.add_run("— ")
            paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'))  # noqa: SLF001
            paragraph.add_run(" —")
            footer.add_paragraph("{{ seal }}", "Seal Line")

    def add(self, style: str, text: str, place: Any = None) -> None:
        """Put a paragraph at the end of the document, or of a cell.

        What is filled in again when a paper is signed stands in a run of its own.
        """
        text = re.sub(r"“\{\{ ([\w.]+) \}\}”", r'“{{ \1|replace("\\u201c", "\\u2018")|replace("\\u201d", "\\u2019") }}”', text)
        text = re.sub(r"\{\{ ([\w.]+) \}\}。", r'{{ \1|trim("。") }}。', text)
        paragraph = (place or self.document).add_paragraph(style=style)
        for piece in re.split(r"(\{\{ (?:number|date|signer) \}\}|⟦.*?⟧)", text):
            if piece:
                run = paragraph.add_run(piece.strip("⟦⟧"))
                if piece.startswith("⟦") or piece == "{{ signer }}":
                    fonts = OxmlElement("w:rFonts")
                    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
                        fonts.set(qn(f"w:{script}"), KAITI)
                    run._r.get_or_add_rPr().append(fonts)  # noqa: SLF001

    def write(self, text: str) -> None:
        """Put the paragraphs of a text, a line each, at the end of the document."""
        for line in filter(None, text.splitlines()):
            style = MARKS.get(line[:2])
            self.add("Normal" if line.startswith("{%p") else style or "Body", line[2:] if style else line)

    def letter(
        self, text: str, title: str = "{{ title }}", *, upward: bool = False, annex: Callable[[], None] | None = None
    ) -> None:
        """Write a letter whole: the red head, the text, the signature, the annex and the imprint."""
        self.add("Issuer Mark", "{{ bureau }}")
        self.add("Upward Number" if upward else "Paper Number", "{{ number }}" + ("\t签发人：{{ signer }}" if upward else ""))
        self.add("Red Rule", "")
        self.add("Paper Title", title)
        self.write(text)
        self.sign("{{ bureau }}", "{{ date }}")
        if upward:
            self.write("{%p if officer %}\n（联系人：{{ officer }}）\n{%p endif %}")
        if annex:
            annex()
        self.imprint()

    def sign(self, issuer: str, date: str) -> None:
        """Put the issuer's name over the date, with room for the seal; the paragraph before is one that is kept with it."""
        self.add("Issuer Name", issuer)
        self.add("Issue Date", date)

    def imprint(self) -> None:
        """Put the 版记 at the foot of the last page: paragraphs in a frame that floats at the bottom of the text area."""
        frame = (
            f'<w:framePr {nsdecls("w")} w:w="{TEXT_WIDTH_TWIPS}" w:wrap="around" w:vAnchor="margin" w:hAnchor="margin" '
            'w:xAlign="left" w:yAlign="bottom"/>'
        )
        for text in ("{%p if copies %}", '抄送：{{ copies|join("，") }}。', "{%p endif %}", "{{ bureau }}\t{{ date }}印发"):
            self.add("Imprint", text)
            self.document.paragraphs[-1]._p.get_or_add_pPr().append(parse_xml(frame))  # noqa: SLF001
        self.add("Anchor", "")

    def record(self, rows: Sequence[str | tuple[str, ...]], title: str = "{{ title }}", before: str = "") -> None:
        """Write a record whole: its title, and a table of labels and values.

        A row is a `{%tr … %}`, or a label and a value, or two of each. A value that starts with a line feed is signed by hand,
        one of more line feeds is an answer to be written there.
        """
        self.add("Record Title", title)
        self.write(before) if before else self.add("Normal", "")
        table = self._table()
        for row in [*rows, ("制作单位", "{{ bureau }}", "制作日期", "{{ date }}")]:
            added = table.add_row()
            cells = added.cells
            if isinstance(row, str):
                self._fill(cells[0], row, "Cell")
                continue
            if len(row) == 2:  # noqa: PLR2004 - one label and one value
                cells = (cells[0], cells[1].merge(cells[3]))
            blank_lines = max(len(value) - len(value.lstrip("\n")) for value in row[1::2])
            added.height = Twips((ROW_TWIPS, SIGNATURE_ROW_TWIPS, ANSWER_ROW_TWIPS)[min(blank_lines, 2)])
            if blank_lines or len(row) > 2:  # noqa: PLR2004
                added._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))  # noqa: SLF001
            for place, text in enumerate(row):
                self._fill(cells[place], text, "Cell" if place % 2 else "Label")

    def _table(self) -> Any:
        """Add a record's table without rows."""
        table = self.document.add_table(0, len(COLUMN_TWIPS))
        sides = ("top", "left", "bottom", "right", "insideH", "insideV")
        borders = "".join(f'<w:{side} w:val="single" w:sz="6" w:space="0" w:color="000000"/>' for side in sides)
        padding = "".join(f'<w:{side} w:w="{CELL_PADDING_TWIPS[side]}" w:type="dxa"/>' for side in CELL_PADDING_TWIPS)
        properties = (
            f'<w:tblPr {nsdecls("w")}><w:tblW w:w="{TEXT_WIDTH_TWIPS}" w:type="dxa"/><w:jc w:val="left"/>'
            f'<w:tblInd w:w="0" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
            f"<w:tblCellMar>{padding}</w:tblCellMar></w:tblPr>"
        )
        table._tbl.replace(table._tblPr, parse_xml(properties))  # noqa: SLF001
        for column, width in zip(table.columns, COLUMN_TWIPS, strict=True):
            column.width = Twips(width)
        return table

    def _fill(self, cell: Any, text: str, style: str) -> None:
        """Put a paragraph a line into a cell, in place of its empty one."""
        empty = cell.paragraphs[0]._p  # noqa: SLF001
        for line in text.lstrip("\n").split("\n"):
            self.add("Cell Date" if line.startswith("　") and line.endswith("日") else style, line, cell)
        empty.getparent().remove(empty)
        if style == "Label" or text.startswith("\n") or "{%" not in text:
            cell.vertical_alignment = CELL.BOTTOM if text.startswith("\n") and text.endswith("日") else CELL.CENTER

    def data(self) -> bytes:
        """Return the file's bytes, the same for the same content."""
        made = io.BytesIO()
        self.document.save(made)
        packed = io.BytesIO()
        with zipfile.ZipFile(made) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as target:
            for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
                entry = zipfile.ZipInfo(name, ZIP_TIME)
                entry.create_system, entry.external_attr = 3, 0o644 << 16
                target.writestr(entry, source.read(name))
        return packed.getvalue()


FACTS = """
{%p for f in findings %}
{{ f.index }}. {{ f.title }}（问题编号{{ f.number }}，{{ f.found_on }}发现）
{%p for fact in f.facts %}
{{ fact }}
{%p endfor %}
不符合的规定：{{ f.basis }}。
{%p endfor %}
"""
FULL_FACTS = """
{%p for f in findings %}
{{ f.index }}. {{ f.title }}（问题编号{{ f.number }}，类别为{{ f.category }}，{{ f.found_on }}发现\
{% if f.source %}，来源为{{ f.source }}{% endif %}）
{%p for fact in f.facts %}
{% if loop.first %}事实：{% endif %}{{ fact }}
{%p endfor %}
{%p if f.evidence %}
证据：{% for item in f.evidence %}（{{ loop.index }}）{{ item|trim("；。") }}\
{% if loop.last %}。{% else %}；{% endif %}{% endfor %}
{%p endif %}
不符合的规定：{{ f.basis }}。
监督要求：方案{{ f.clause }}提出，“{{ f.quote }}”。
{%p if f.prohibition %}
涉及“八个不得”：{{ f.prohibition }}。
{%p endif %}
{%p if f.warnings %}
经过预警提醒的情况：{% for warning in f.warnings %}{{ warning }}{% endfor %}
{%p endif %}
{%p endfor %}
"""
COURSE = """
{%p for f in findings %}
关于问题{{ f.index }}（{{ f.title }}）：{% for step in f.course %}{{ step }}{% endfor %}
{%p if f.remaining %}
问题{{ f.index }}尚未完成整改的事项：{{ f.remaining }}。
{%p endif %}
{%p endfor %}
"""
DEMANDS = """
{%p for f in findings %}
⟦（{{ f.numeral }}）关于问题{{ f.index }}。⟧{{ f.demand }}
{%p endfor %}
"""
ATTACHMENTS = """
{%p if attachments %}
+ 附件：{% if attachments|length > 1 %}1. {% endif %}{{ attachments[0] }}
{%p for attachment in attachments[1:] %}
* {{ loop.index + 1 }}. {{ attachment }}
{%p endfor %}
{%p endif %}
"""
MATERIALS = '{% if materials is string %}{{ materials }}{% else %}{{ materials|join("；") }}{% endif %}'
FINDING_ROWS = (
    "{%tr for f in findings %}",
    (
        "问题{{ f.index }}",
        "{{ f.title }}（问题编号{{ f.number }}，类别为{{ f.category }}，{{ f.found_on }}发现）\n\
{%p for fact in f.facts %}\n{{ fact }}\n{%p endfor %}\n\
{%p if f.basis %}\n不符合的规定：{{ f.basis }}。\n{%p endif %}",
    ),
    "{%tr endfor %}",
)  # fmt: skip
AGENCY = "{{ agency }}{% if to not in (agency, bureau) %}（文书送{{ to }}）{% endif %}"
BASIS_ROW = ("监督依据", "{{ basis }}")
BLANK_DATE = "　　　　年　月　日"
SIGNED = "\n　　年　月　日"


def recommendation(paper: Template) -> None:
    """行政执法监督建议书."""
    opening = """
- {{ to }}：
{{ basis }}，针对{{ agency }}在涉企行政检查中存在的问题，{{ bureau }}现提出行政执法监督建议。\
《{{ plan }}》（{{ document }}，以下简称方案）提出：“{{ quote }}”。下列问题属于“{{ ground }}”的情形。
# 一、存在的问题
"""
    closing = """
# 三、整改期限和回复方式
请{{ agency }}自收到本建议书之日起{{ days }}个工作日内完成整改。
! {{ reply }}整改期限届满后，{{ bureau }}将对整改情况进行跟踪复查。
"""
    paper.letter(opening + FULL_FACTS + "# 二、整改建议" + DEMANDS + closing + ATTACHMENTS)


def reminder(paper: Template) -> None:
    """提醒函."""
    opening = """
- {{ to }}：
{{ basis }}，{{ bureau }}在涉企行政检查执法监督中发现{{ agency }}存在下列问题，现予以预警提醒。
# 一、提醒的问题
"""
    closing = """
# 三、整改期限和回复方式
请按照《{{ plan }}》（{{ document }}）的要求，于{{ rectify_by }}前（含当日）完成整改。{{ reply }}
! 特此函告。
"""
    paper.letter(opening + FACTS + "# 二、整改要求" + DEMANDS + closing)


def order(paper: Template) -> None:
    """责令整改通知书."""
    opening = """
- {{ to }}：
{{ basis }}，{{ bureau }}对{{ agency }}涉企行政检查工作进行了监督，发现下列问题，现责令整改。
# 一、存在的问题
"""
    closing = """
# 三、整改期限和回复方式
请按照《{{ plan }}》（{{ document }}）的要求，于{{ rectify_by }}前（含当日）完成整改。{{ reply }}\
{{ bureau }}将跟踪整改进度。
! 特此通知。
"""
    paper.letter(opening + FACTS + "# 二、责令整改的事项" + DEMANDS + closing)


def warning_record(paper: Template) -> None:
    """预警提醒记录."""
    paper.record([
        ("被提醒单位", AGENCY), ("提醒日期", "{{ warned_on }}", "提醒方式", "{{ method }}"),
        ("提醒人", "{{ by }}", "接收人", "{{ receiver }}"), BASIS_ROW, *FINDING_ROWS,
        ("整改期限", "{{ rectify_by }}"), ("单位答复", "{{ reply }}"),
        ("提醒人签名", SIGNED, "接收人签名", SIGNED),
    ])  # fmt: skip


def receipt(paper: Template) -> None:
    """送达回证."""
    paper.record([
        ("受送达单位", AGENCY), ("文书名称", "{{ paper_title }}"), ("文　　号", "{{ paper_number }}"), BASIS_ROW,
        ("送达日期", "{{ service_on }}", "送达方式", "{{ way }}"), ("收件人", "{{ receiver }}"),
        "{%tr if due_line %}", ("整改期限", "{{ due_line }}"), "{%tr endif %}",
        ("受送达人签名", SIGNED), ("送达人签名", SIGNED), ("备　　注", "\n"),
    ])  # fmt: skip


def reply(paper: Template) -> None:
    """整改情况回复, which the agency fills."""
    paper.record([
        ("回复单位", AGENCY), ("文书名称", "{{ paper_title }}"), ("文　　号", "{{ paper_number }}"), BASIS_ROW,
        "{%tr if due_line %}", ("整改期限", "{{ due_line }}"), "{%tr endif %}",
        "{%tr for f in findings %}",
        ("问题{{ f.index }}", "{{ f.title }}（问题编号{{ f.number }}）\n整改要求：{{ f.demand }}"),
        ("整改措施及完成情况", "\n\n"), ("完成日期", SIGNED),
        "{%tr endfor %}",
        ("主要负责人签名", SIGNED, "单位盖章", SIGNED),
    ], before="- {{ bureau }}：\n现将整改情况回复如下：")  # fmt: skip


def review_record(paper: Template) -> None:
    """跟踪复查记录."""
    paper.record([
        ("被复查单位", AGENCY), ("文书名称", "{{ paper_title }}"), ("文　　号", "{{ paper_number }}"),
        ("送达日期", "{{ service_on }}"),
        ("期限届满", "{{ due_on }}", "报告日期", "{{ reported_on }}"), BASIS_ROW,
        "{%tr for f in findings %}",
        ("问题{{ f.index }}", "{{ f.title }}（问题编号{{ f.number }}）\n整改要求：{{ f.demand }}"),
        ("复查日期", "{% if f.reviewed_on %}{{ f.reviewed_on }}{% endif %}", "复查人", "{{ f.by }}"),
        ("复查结果", "{% if f.result %}{{ f.result }}{% endif %}"),
        "{%tr if f.remaining %}", ("尚未整改", "{{ f.remaining }}"), "{%tr endif %}",
        "{%tr endfor %}",
        ("复查人签名", SIGNED, "被复查单位人员签名", SIGNED),
    ])  # fmt: skip


def closing_slip(paper: Template) -> None:
    """销号单."""
    paper.record([
        ("单　　位", AGENCY), BASIS_ROW,
        "{%tr for f in findings %}",
        ("问题{{ f.index }}", "{{ f.title }}（问题编号{{ f.number }}，{{ f.found_on }}发现）"),
        ("办理经过", "{%p for step in f.course %}\n{{ step }}\n{%p endfor %}\n{% if f.result %}结果：{{ f.result }}{% endif %}"),
        "{%tr endfor %}",
        ("销号日期", "{{ closed_on }}"),
        "{%tr if why %}", ("销号理由", "{{ why }}"), "{%tr endif %}",
        "{%tr if approved_by %}", ("批准人", "{{ approved_by }}"), "{%tr endif %}",
        ("承办人签名", SIGNED, "批准人签名", SIGNED),
    ])  # fmt: skip


def _decision(paper: Template, title: str) -> None:
    """Put the bureau's draft of the decision, whose number and date the government gives."""
    opening = """
- {{ agency }}：
{{ basis }}，经{{ bureau }}监督查明，{{ agency }}在涉企行政检查中存在下列问题，\
经行政执法监督建议书（{{ paper_number }}）督促，未及时整改。现作出如下决定。
# 一、查明的问题
"""
    closing = """
{%p for f in findings %}
{%p if f.remaining %}
问题{{ f.index }}尚未完成整改的事项：{{ f.remaining }}。
{%p endif %}
{%p endfor %}
# 二、决定
责令{{ agency }}按照《{{ plan }}》（{{ document }}）的要求，于{{ rectify_by }}前（含当日）完成下列整改：
"""
    paper.add("Paper Title", title)
    paper.add("Draft Number", "　　　〔　　　　〕　　号")
    report = "! {{ agency }}应当将整改情况书面报告{{ government }}，同时抄送{{ bureau }}。"
    paper.write(opening + FACTS + closing + DEMANDS + report)
    paper.sign("{{ government }}", BLANK_DATE)


def request(paper: Template) -> None:
    """请示, with the draft decision on a page of its own."""
    opening = """
- {{ to }}：
{{ basis }}，{{ bureau }}对{{ agency }}制发了行政执法监督建议书（{{ paper_number }}）。\
该单位未及时整改，现将有关情况请示如下。
# 一、存在的问题
"""
    closing = """
# 三、请示事项
根据《{{ plan }}》（{{ document }}），恳请{{ government }}对{{ agency }}制发行政执法监督决定书，\
责令其于{{ rectify_by }}前（含当日）完成整改。决定书代拟稿附后。
! 妥否，请批示。
"""

    def annex() -> None:
        paper.add("Attachment Heading", "附件{% if attachments|length > 1 %}1{% endif %}")
        _decision(paper, "行政执法监督决定书（代拟稿）")

    title = '{% if title[:2] == "关于" %}{{ title }}{% else %}关于对{{ agency }}制发行政执法监督决定书的{{ title }}{% endif %}'
    text = opening + FACTS + "# 二、督促整改的经过" + COURSE + closing + ATTACHMENTS
    paper.letter(text, title, upward=True, annex=annex)


def decision(paper: Template) -> None:
    """行政执法监督决定书（代拟稿）, a file of its own."""
    _decision(paper, "{{ title }}")


def superior_notice(paper: Template) -> None:
    """告知函 to the superior body of an agency."""
    opening = """
- {{ to }}：
{{ basis }}，{{ bureau }}在实施《{{ plan }}》（{{ document }}）过程中，\
发现{{ agency }}在涉企行政检查中存在下列问题，现将有关情况函告如下。
# 一、存在的问题
"""
    paper.letter(opening + FACTS + "# 二、监督经过" + COURSE + "请督促整改，并将处理情况告知{{ bureau }}。\n! 特此函告。")


def correction(paper: Template) -> None:
    """更正函."""
    paper.letter("""
- {{ to }}：
{{ basis }}，{{ bureau }}在实施《{{ plan }}》（{{ document }}）过程中，\
于{{ paper_date }}就{{ agency }}有关事项制发了《{{ paper_title }}》（{{ paper_number }}）。经核对，该文书内容有误，现更正如下。
原文为：“{{ wrong }}”
更正为：“{{ right }}”
更正理由：{{ why }}。
该文书其他内容不变。由此带来的不便，敬请谅解。
! 特此函告。
""")


def transfer(paper: Template) -> None:
    """移送函: no facts, no persons, no outcome."""
    paper.letter(
        """
- {{ to }}：
{{ basis }}，{{ bureau }}现将实施《{{ plan }}》（{{ document }}）过程中形成的有关材料移送你单位。
{%p if materials is defined and materials %}
移送材料：MATERIALS。
{%p endif %}
材料另行密封，单独移交，不随本函附送，本函亦不载明材料内容。请查收，并将收件回执交{{ bureau }}。
! 特此函告。
""".replace("MATERIALS", MATERIALS)
    )


def draw_notice(paper: Template) -> None:
    """抽查通知书."""
    paper.letter("""
- {{ to }}：
{{ basis }}，{{ bureau }}组织了{{ quarter }}涉企行政执法单位抽查，{{ agency }}被抽中。现将有关事项通知如下。
# 一、抽取情况
本次抽查编号为{{ draw_id }}，抽取日期为{{ drawn_on }}。抽查对象名录共{{ frame_size }}个单位，\
按{{ share }}的比例抽取{{ sample_size }}个单位。
# 二、检查方式和内容
{{ bureau }}按照《{{ plan }}》（{{ document }}），以{{ ways|join("、") }}的方式进行检查，\
于{{ due_on }}前（含当日）完成。检查内容如下：
{%p for item in items %}
{{ loop.index }}. {{ item|trim("；。") }}{% if loop.last %}。{% else %}；{% endif %}
{%p endfor %}
请做好准备，如实提供资料，确定一名联络人员配合检查。
# 三、抽取结果的复核
任何单位和个人均可用{{ bureau }}提供的抽查导出文件重算本次抽取。重算所用的两个数值为：
> 名录校验码（SHA-256）：
> {{ frame_sha256 }}
> 公开值：
> {{ public_value }}
{%p if public_value[:6] == "local:" %}
本次公开值由本机随机产生。抽取结果可以重算，但不能据此证明未曾多次试取。
{%p endif %}
复核步骤：（1）计算名录文件的SHA-256校验码，与上列校验码核对；\
（2）对文本“jsup-seed/1|抽查编号|名录校验码|公开值”计算SHA-256，得到种子；\
（3）对每个单位按权重1至9逐个序号计算文本“jsup-draw/1|种子|单位代码|序号”的SHA-256，取其中最小的为该单位的签；\
（4）在每一层内，先取因轮查覆盖必须抽取的单位，其余名额按签由小到大抽取，与公布的结果核对。\
导出文件中的脚本verify.sh仅用sha256sum、sort、awk即可完成上述全部步骤。
! 特此通知。
""")


def clue_slip(paper: Template) -> None:
    """线索移交单."""
    paper.record([
        ("移交单位", "{{ sender }}"), ("接收单位", "{{ receiver }}"), "{%tr if agency %}", ("涉及单位", AGENCY), "{%tr endif %}",
        ("线索渠道", "{{ channel }}", "收到日期", "{{ received_on }}"), BASIS_ROW,
        ("线索内容", "{%p for paragraph in clue %}\n{{ paragraph }}\n{%p endfor %}\n（以上为线索内容）"),
        ("移交理由", "{{ reason }}"), ("移交材料", MATERIALS),
        ("移交人签名", SIGNED, "接收人签名", SIGNED),
    ])  # fmt: skip


def general_reminder(paper: Template) -> None:
    """广泛提醒."""
    title = '{% if title[:2] == "关于" %}{{ title }}{% else %}关于{{ subject }}的提醒{% endif %}'
    paper.letter("""
- {{ to }}：
{{ basis }}，{{ bureau }}针对{{ subject }}方面的普遍问题，对{{ agency }}提醒如下。
{%p for paragraph in text %}
{{ paragraph }}
{%p endfor %}
请对照《{{ plan }}》（{{ document }}）的要求，及时自查自纠。
! 特此提醒。
""", title)  # fmt: skip


def guidance_opinion(paper: Template) -> None:
    """指导性意见."""
    title = '{% if title[:2] == "关于" %}{{ title }}{% else %}关于{{ subject }}的指导性意见{% endif %}'
    paper.letter("""
- {{ to }}：
{{ basis }}，{{ bureau }}针对{{ subject }}方面的普遍性、系统性问题，对{{ agency }}提出如下指导性意见。\
《{{ plan }}》（{{ document }}）提出：“{{ quote }}”。
# 一、问题
{%p for paragraph in problem %}
{{ paragraph }}
{%p endfor %}
# 二、意见
{%p for opinion in opinions %}
{{ loop.index }}. {{ opinion }}
{%p endfor %}
! 请结合实际抓好落实。
""", title)  # fmt: skip


def report(paper: Template) -> None:
    """Make the base of reports and briefings: page and styles, no text."""
    for xml in REPORT_STYLES:
        paper.document.styles.element.append(parse_xml(xml))
    section = paper.document.sections[0]
    for footer in (section.footer, section.even_page_footer):
        footer.paragraphs[-1].clear()


KINDS = (
    recommendation, reminder, order, warning_record, receipt, reply, review_record, closing_slip, request, decision,
    superior_notice, correction, transfer, draw_notice, clue_slip, general_reminder, guidance_opinion,
)  # fmt: skip


def main() -> int:
    """Write every template, or with `--check` only name those that differ."""
    differing = 0
    for folder, kind in [*((FOLDER, kind) for kind in KINDS), (REPORTS, report)]:
        paper = Template()
        kind(paper)
        place = folder / f"{kind.__name__.replace('_', '-')}.docx"
        if place.exists() and place.read_bytes() == paper.data():
            continue
        differing += 1
        print(place.name)
        if "--check" not in sys.argv[1:]:
            folder.mkdir(parents=True, exist_ok=True)
            place.write_bytes(paper.data())
    return int("--check" in sys.argv[1:] and differing > 0)


if __name__ == "__main__":
    sys.exit(main())
