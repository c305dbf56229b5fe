"""A report as a web page: one file that needs no script and no network, for a phone, a screen and paper."""

import html
import re
from importlib.resources import files
from string import Template
from typing import Final

from jsup.errors import visible
from jsup.reports.about import about
from jsup.reports.charts import naming_place, picture
from jsup.reports.report import COUNT, RATE, TEXT, Cell, Column, Figure, Rate, Report, Section, shown
from jsup.words import chinese_day

TILES: Final = "problems"
"""The figure whose rows stand at the top as tiles."""
_NUMBERS: Final = (COUNT, RATE)
_BEFORE, _NOW = "上期", "本期"


def page(report: Report) -> str:
    """Return a report as HTML.

    Section ids are `part-1` and so on, a figure's is `figure-` and its key.
    """
    style = (files("jsup") / "data" / "report.css").read_text("utf-8")
    return Template(_PAGE).substitute(
        style=style,
        title=_text(report.title),
        about="\n".join(f"<div><dt>{name}</dt><dd>{_text(value)}</dd></div>" for name, value in about(report) if value),
        basis=f'<p class="basis">{_text(report.basis)}</p>' if report.basis else "",
        warnings=_warnings(report),
        tiles=_tiles(report),
        contents="\n".join(_entry(number, section) for number, section in enumerate(report.sections, 1)),
        sections="\n".join(_section(number, section) for number, section in enumerate(report.sections, 1)),
        office=_text(report.office),
        drafted=chinese_day(report.drafted_on),
    )


_PAGE: Final = """<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>$title</title>
<style>
$style</style>
</head>
<body>
<a class="skip" href="#body">跳到正文</a>
<header>
<h1>$title</h1>
<dl class="about">
$about
</dl>
$basis
$warnings
$tiles
</header>
<nav aria-labelledby="contents">
<h2 id="contents">目录</h2>
<ol>
$contents
</ol>
</nav>
<main id="body">
$sections
</main>
<footer>
<p>每一图表下方注明编号：<code>jsup report --explain 编号</code> 列出其所依据的记录。</p>
<p>$office　$drafted</p>
</footer>
</body>
</html>
"""


def _text(value: str) -> str:
    """Return a value as text of the page, which it can neither mark up nor turn round."""
    return html.escape(visible(value, lines=True))


def _warnings(report: Report) -> str:
    if not report.warnings:
        return ""
    items = "".join(f"<li>{_text(warning)}</li>" for warning in report.warnings)
    return f'<section class="warnings" aria-labelledby="warned"><h2 id="warned">请注意</h2><ul>{items}</ul></section>'


# The three figures at the top ---------------------------------------------------------------------


def _tiles(report: Report) -> str:
    """Return a tile for each row of the figure of problems: its name, its first number, then the others with their headings."""
    found = [figure for section in report.sections for figure in section.figures if figure.key == TILES and figure.rows]
    if not found:
        return ""
    columns = found[0].columns
    tiles = []
    for row in found[0].rows:
        facts = "".join(
            f"<div><dt>{_text(column.heading)}</dt><dd>{_text(shown(cell))}</dd></div>"
            for column, cell in zip(columns[2:], row[2:], strict=True)
        )
        changes = "".join(f'<p class="change">{_text(words)}</p>' for words in changed(columns, row))
        tiles.append(
            f'<li><p class="name">{_text(shown(row[0]))}</p>'
            f'<p class="big"><strong>{_text(shown(row[1]))}</strong> <span>{_text(columns[1].heading)}</span></p>'
            f"{changes}<dl>{facts}</dl></li>"
        )
    return f'<ul class="tiles">{"".join(tiles)}</ul>'


def changed(columns: tuple[Column, ...], row: tuple[Cell, ...]) -> list[str]:
    """Say how each column of a row stands to the one of the period before, where there is one and both are known.

    >>> columns = (Column("问题"), Column("本期起数"), Column("上期起数"), Column("每百户"), Column("上期每百户"))
    >>> changed(columns, ("重复查", 5, 8, Rate(1, 8), Rate(1, 10)))
    ['起数较上期下降3', '每百户较上期上升2.5']
    """
    now = {column.heading.removeprefix(_NOW): cell for column, cell in zip(columns, row, strict=True)}
    said = []
    for column, before in zip(columns, row, strict=True):
        name = column.heading.removeprefix(_BEFORE)
        if name == column.heading or name not in now:
            continue
        new, old = _tenths(now[name]), _tenths(before)
        if new is None or old is None:
            continue
        size = f"{abs(new - old) // 10}" + (f".{abs(new - old) % 10}" if isinstance(before, Rate) else "")
        said.append(f"{name}较上期" + ("持平" if new == old else f"{'上升' if new > old else '下降'}{size}"))
    return said


def _tenths(cell: Cell) -> int | None:
    if isinstance(cell, Rate):
        return cell.tenths
    return 10 * cell if isinstance(cell, int) else None


# Sections and figures -----------------------------------------------------------------------------


def _id(figure: Figure) -> str:
    return "figure-" + re.sub(r"[^a-z0-9-]", "-", figure.key.lower())


def _entry(number: int, section: Section) -> str:
    figures = "".join(f'<li><a href="#{_id(figure)}">{_text(figure.title)}</a></li>' for figure in section.figures)
    inner = f"<ul>{figures}</ul>" if figures else ""
    return f'<li><a href="#part-{number}">{_text(section.title)}</a>{inner}</li>'


def _section(number: int, section: Section) -> str:
    clause = f' <small class="clause">方案{_text(section.clause)}</small>' if section.clause else ""
    said = f'<p class="said">{_text(section.said)}</p>' if section.said else ""
    return "\n".join(
        [
            f'<section id="part-{number}" aria-labelledby="part-{number}-t">',
            f'<h2 id="part-{number}-t">{_text(section.title)}{clause}</h2>',
            said,
            *map(_figure, section.figures),
            "</section>",
        ]
    )


_SHORT: Final = 16
"""Rows of a table that is kept on one printed page with its picture."""
_NARROW: Final = 5
"""Columns of a table that finds room beside its picture."""


def _figure(figure: Figure) -> str:
    name = _id(figure)
    drawn = picture(figure, name)
    kind = "short" if len(figure.rows) <= _SHORT else "long"
    if drawn is not None and kind == "short" and len(figure.columns) <= _NARROW:
        kind = "short both"
    parts = [f'<figure id="{name}" class="{kind}">', f'<h3 id="{name}-h">{_text(figure.title)}</h3>', '<div class="body">']
    if drawn is not None:
        left_out = f'<p class="left-out">{_text(drawn.said)}</p>' if drawn.said else ""
        parts.append(f'<div class="picture">{drawn.svg}{left_out}</div>')
    parts += [_table(figure, name) if figure.rows else '<p class="nothing">没有记录。</p>', "</div>"]
    note = f"{_text(figure.note)} " if figure.note else ""
    parts += [f'<figcaption>{note}<span class="key">编号 <code>{_text(figure.key)}</code></span></figcaption>', "</figure>"]
    return "\n".join(parts)


def _table(figure: Figure, name: str) -> str:
    """Return the table in a box of its own, in which it scrolls on a narrow screen; the keyboard reaches it too."""
    naming = naming_place(figure)
    classes = ["n" if column.holds in _NUMBERS else column.holds for column in figure.columns]
    classes[naming] += " name"
    headings = "".join(
        f'<th scope="col" class="{kind}">{_text(column.heading)}</th>'
        for kind, column in zip(classes, figure.columns, strict=True)
    )
    rows = "\n".join(f"<tr>{_cells(row, classes, naming)}</tr>" for row in figure.rows)
    foot = f"<tfoot><tr>{_cells(figure.total, classes, naming)}</tr></tfoot>" if figure.total is not None else ""
    return (
        f'<div class="table" tabindex="0" role="region" aria-labelledby="{name}-h"><table aria-labelledby="{name}-h">'
        f"<thead><tr>{headings}</tr></thead>\n<tbody>\n{rows}\n</tbody>{foot}</table></div>"
    )


_WHOLE: Final = 20
"""Characters of a code, a day or a number that is never broken over lines; nothing longer is one."""


def _cells(row: tuple[Cell, ...], classes: list[str], naming: int) -> str:
    written = []
    for place, (cell, kind) in enumerate(zip(row, classes, strict=True)):
        text = shown(cell)
        begin = 'th scope="row"' if place == naming else "td"
        whole = " whole" if TEXT not in kind and len(text) <= _WHOLE else ""
        written.append(f'<{begin} class="{kind}{whole}">{_text(text)}</{begin[:2]}>')
    return "".join(written)
