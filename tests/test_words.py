"""The report in Word: all that it holds is there, as text, on A4 as GB/T 9704-2012 wants it."""

import io
import shutil
import subprocess

import docx
import pytest

from jsup.papers.forms import plain
from jsup.reports.report import shown
from jsup.reports.word import TEXT_TWIPS, word
from tests.report_made import HOSTILE, made


@pytest.fixture(scope="module")
def paper():
    return docx.Document(io.BytesIO(word(made())))


def figures():
    return [figure for section in made().sections for figure in section.figures]


def test_every_cell_of_every_figure_is_in_a_table(paper):
    held = [[[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables]
    for figure in figures():
        rows = [[shown(cell) for cell in row] for row in [*figure.rows, *([figure.total] if figure.total else [])]]
        wanted = [[plain(text) for text in row] for row in [[column.heading for column in figure.columns], *rows]]
        table = held.pop(0)
        while len(table[0]) < len(wanted[0]):  # a wide one goes on in the next, after the same first column
            table = [[*row, *more[1:]] for row, more in zip(table, held.pop(0), strict=True)]
        assert table == wanted
    assert not held


def test_the_sentences_headings_captions_and_notes_are_there_in_their_order(paper):
    found = [(paragraph.style.name, paragraph.text) for paragraph in paper.paragraphs]
    for style, text in (
        ("Issuer Mark", "上海市金山区司法局"), ("Upward Number", "金司〔2026〕\u3000\u2003号\t签发人：" + 3 * "\u3000\u2003"),
        ("Paper Title", made().title), ("Addressee", "上海市金山区人民政府、上海市司法局："), ("Body", made().basis),
        ("Body", "需要说明：2026年8月没有扫描。"), ("Heading", "一、三类突出问题"), ("Table Caption", "表1\u3000重复查"), ("Note", "注：只计现场检查。"),
        ("Heading", "二、各步骤"), ("Table Caption", "表3（续）\u3000十六类"), ("Body", HOSTILE[0]), ("Table Caption", f"表4\u3000{HOSTILE[1]}"),
        ("Note", "本期没有。"), ("Issuer Name", "上海市金山区司法局"), ("Issue Date", "2026年\u3000\u2003月\u3000\u2003日"),
    ):  # fmt: skip
        assert (style, text) in found
        found = found[found.index((style, text)) :]


def test_the_page_and_the_tables_keep_to_the_form(paper):
    section = paper.sections[0]
    lengths = (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.left_margin,
        section.right_margin,
        section.bottom_margin,
    )
    assert [round(length.mm) for length in lengths] == [210, 297, 37, 28, 26, 35]
    for table in paper.tables:
        assert sum(column.width.twips for column in table.columns) == TEXT_TWIPS
        assert table.rows[0]._tr.trPr.xpath("w:tblHeader")
        assert all(row._tr.trPr.xpath("w:cantSplit") for row in table.rows)
    numbers = paper.tables[0].rows[1].cells
    assert [cell.paragraphs[0].style.name.split()[0] for cell in numbers] == ["Text", "Text", "Figure", "Figure", "Figure"]
    assert paper.tables[1].rows[1].cells[0].paragraphs[0].style.name == "Text Narrow"


def test_the_bytes_are_the_same_each_time():
    assert word(made()) == word(made())


def test_nothing_leaves_the_page_when_printed(tmp_path):
    for program in ("soffice", "pdftotext"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not here")
    (tmp_path / "r.docx").write_bytes(word(made()))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    words = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "r.docx")]
    subprocess.run(words, capture_output=True, check=True, timeout=300)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "r.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = text.split("\f")[:-1]
    assert len(pages) > 2
    assert sum("每百户" in page and "上期" in page for page in pages) >= 2  # the heading again where a table goes on
    assert "1015" in text
