"""Papers as pages: LibreOffice makes PDF of them with free fonts in the place of the standard ones, and poppler measures it."""

import random
import re
import shutil
import subprocess
import zipfile
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import REGISTER

FANDOL = Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol")
STAND_INS = {
    "仿宋": "FandolFang", "楷体": "FandolKai", "黑体": "Noto Sans CJK SC", "宋体": "Noto Serif CJK SC",
    "方正小标宋简体": "Noto Serif CJK SC",
}  # fmt: skip
pytestmark = pytest.mark.in_a_file  # a page does not know where the ledger is
WORDS = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>')
LEFT_MM, RIGHT_MM, TOP_MM, BOTTOM_MM = 28, 210 - 26, 37, 297 - 35


def millimetres(points):
    return float(points) / 72 * 25.4


@pytest.fixture(scope="module")
def to_pages(tmp_path_factory):
    """Turn Word files into pages: per file a list of pages, per page a list of lines (left, top, right, bottom, text) in mm."""
    for program in ("soffice", "pdftotext"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not here")
    if not FANDOL.is_dir():
        pytest.skip("the stand-in fonts (FandolFang, FandolKai) are not here")
    folder = tmp_path_factory.mktemp("pages")
    aliases = "".join(
        f'<alias binding="same"><family>{name}</family><prefer><family>{free}</family></prefer></alias>'
        for name, free in STAND_INS.items()
    )
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/usr/share/fonts</dir>'
        f"<dir>{FANDOL}</dir><cachedir>{folder / 'cache'}</cachedir>{aliases}</fontconfig>",
        encoding="utf-8",
    )

    def convert(files):
        out = tmp_path_factory.mktemp("pdf")
        words = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
        done = subprocess.run(
            [*words, "--outdir", str(out), *map(str, files)], capture_output=True, text=True, check=False, timeout=300,
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "FONTCONFIG_FILE": str(folder / "fonts.conf"), "LANG": "C.UTF-8"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return {file.name: _pages(out / f"{file.stem}.pdf") for file in files}

    return convert


SEAL = r"台账封签\d+2026-\d\d-\d\d[0-9a-f]{64}"


def _pages(pdf):
    text = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    pages = []
    for page in text.split("<page ")[1:]:
        lines = defaultdict(list)
        for left, top, right, bottom, word in WORDS.findall(page):
            lines[round(millimetres(bottom))].append(
                (millimetres(left), millimetres(top), millimetres(right), millimetres(bottom), word)
            )
        pages.append(
            [
                (words[0][0], min(word[1] for word in words), words[-1][2], max(word[3] for word in words),
                 "".join(word[4] for word in words))
                for words in (sorted(words) for _place, words in sorted(lines.items()))
            ]
        )  # fmt: skip
    return pages


def body(page):
    """The lines of a page that stand in the text area: the page number is under it."""
    return [line for line in page if line[3] < BOTTOM_MM + 1]


@pytest.fixture(scope="module")
def example(to_pages):
    """Every paper of the example as pages."""
    return to_pages(sorted((REGISTER.parent / "papers").iterdir()))


@pytest.fixture
def long_one(jsup, register, to_pages):
    """A recommendation of many pages as pages: a text without a break, and one with every mark in it."""
    chance = random.Random(22)
    plain = "".join(chance.choice("检查企业记录事项安全生产经营许可证明材料") for _ in range(3000))
    marked = "".join(chance.choice("检查企业记录事项安全生产经营许可证明材料" * 2 + "，。；、（）“”") for _ in range(2000))
    for facts in (plain, marked):
        jsup(
            "finding",
            "add",
            "--agency",
            "JS-SCJG",
            "--category",
            "repeat",
            "--title",
            "重复检查",
            "--facts",
            facts,
            "--basis",
            "b",
        )
    rows = jsup("recommend", "--ground", "outstanding", "--agency", "JS-SCJG", "--out", "papers", "--json").json
    assert jsup("sign", "2026-0001", "--by", "局长").status == 0
    file = Path(rows[0]["draft"])
    return plain + marked, to_pages([file])[file.name]


def test_a_page_of_the_recommendation_has_22_lines_of_28_characters_within_the_margins(long_one):
    facts, pages = long_one
    assert len(pages) > 8
    for page in pages[1:-2]:
        lines = body(page)
        assert len(lines) == 22
        assert max(len(line[4]) for line in lines if not re.search("[!-~]", line[4])) == 28
        full = [line for line in lines if len(line[4]) == 28]
        assert len(full) >= 11
        assert abs(min(line[0] for line in full) - LEFT_MM) < 1
        assert abs(max(line[2] for line in lines) - RIGHT_MM) < 1
        assert lines[0][1] > TOP_MM - 1
        assert abs(lines[-1][3] - BOTTOM_MM) < 1
        steps = {round(later[3] - line[3], 1) for line, later in pairwise(lines)}
        assert steps <= {10.2, 10.3}  # 28.95 pt, twenty-one times
    of_plain = [body(page) for page in pages[2:5]]
    assert all(len(line[4]) == 28 for lines in of_plain for line in lines)
    assert facts.replace("“", "").replace("”", "")[:2000] in "".join(line[4] for page in pages for line in body(page))


def test_nothing_of_any_paper_stands_outside_the_text_area_but_page_number_and_seal(example, long_one):
    for name, pages in {**example, "long": long_one[1]}.items():
        for page in pages:
            for left, top, right, bottom, text in page:
                assert left > LEFT_MM - 1, (name, text)
                assert right < RIGHT_MM + 1, (name, text)
                assert top > TOP_MM - 1, (name, text)
                assert bottom < BOTTOM_MM + 1 or re.fullmatch(rf"—\d+—|{SEAL}", text), (name, text)


def test_page_numbers_stand_on_the_outer_edge(long_one):
    _facts, pages = long_one
    for place, page in enumerate(pages, 1):
        left, top, right, _bottom, text = page[-2]
        assert text == f"—{place}—"
        assert re.fullmatch(SEAL, page[-1][4])
        assert page[-1][1] > page[-2][3] - 1
        assert 5 < top - BOTTOM_MM < 10
        assert (abs(right - RIGHT_MM) if place % 2 else abs(left - LEFT_MM)) < 6


def test_the_signature_and_the_imprint_are_on_the_last_page_with_some_of_the_text_and_nothing_overlaps(long_one):
    _facts, pages = long_one
    lines = body(pages[-1])
    texts = [line[4] for line in lines]
    assert len(texts) >= 4
    issuer, date = texts.index("上海市金山区司法局"), texts.index("2026年11月24日")
    assert 0 < issuer < date
    assert lines[issuer][1] - lines[issuer - 1][3] > 15  # room for the seal
    assert any("2026年11月24日印发" in text for text in texts)
    for line, later in pairwise(lines):
        assert later[3] - line[3] > 5


def test_every_paper_of_the_example_opens_whole_and_has_pages_without_a_hole(example):
    assert len(example) == 17
    for name, pages in example.items():
        with zipfile.ZipFile(REGISTER.parent / "papers" / name) as packed:
            assert packed.testzip() is None
        text = "".join(line[4] for page in pages for line in page)
        assert 1 <= len(pages) <= 5, name
        assert "上海市金山区司法局" in text, name
        for hole in ("{{", "{%", "None", "（）", "《》"):
            assert hole not in text, (name, hole)
        assert all(body(page) for page in pages), name  # no empty page


def test_text_from_the_ledger_is_seen_on_the_page(jsup, register, to_pages):
    texts = ["{{ 7*7 }}", "<w:p>", "A & B", "堃镕", "]]>"]
    for text in texts:
        jsup("finding", "add", "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--facts", text, "--basis", text)
    rows = jsup("recommend", "--ground", "outstanding", "--agency", "JS-SCJG", "--out", "papers", "--json").json
    file = Path(rows[0]["draft"])
    shown = "".join(line[4] for page in to_pages([file])[file.name] for line in page)
    for text in texts:
        assert shown.count(re.sub(r"[ <>&]", lambda found: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(found[0], ""), text)) >= 2
