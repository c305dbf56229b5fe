"""A report as Markdown for mail: headings, sentences and tables, in which what comes from the ledger stays text."""

import re
from typing import Final

from jsup.errors import visible
from jsup.reports.about import about
from jsup.reports.report import COUNT, RATE, Cell, Figure, Report, shown

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>|~&{}$@])|(?i:(?<=http)|(?<=https)|(?<=ftp))(?=:)|(?i:(?<=\bwww))(?=\.)")
_BEGINS: Final = re.compile(r"^(?=[#+=-])|^(\d+)(?=[.)])")
_NUMBERS: Final = (COUNT, RATE)


def mail(report: Report) -> str:
    """Return a report as Markdown, which is readable as it is."""
    lines = [f"# {_text(report.title)}", "", *(f"- {name}：{_text(value)}" for name, value in about(report) if value), ""]
    if report.basis:
        lines += [_paragraph(report.basis), ""]
    if report.warnings:
        lines += ["**请注意**", "", *(f"- {_paragraph(warning)}" for warning in report.warnings), ""]
    for section in report.sections:
        clause = f"（{_text(section.clause)}）" if section.clause else ""
        lines += [f"## {_text(section.title)}{clause}", ""]
        if section.said:
            lines += [_paragraph(section.said), ""]
        for figure in section.figures:
            lines += [f"### {_text(figure.title)}", "", *_table(figure), ""]
            note = f"{_text(figure.note)} " if figure.note else ""
            lines += [f"{_paragraph(note)}（图表编号：`{figure.key}`）", ""]
    lines.append("各图表所依据的记录，用 `jsup report --explain 图表编号` 列出。")
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    r"""Write a text on one line, so that nothing in it is markup, nor a link.

    >>> print(_text("[draft] a|b\n<script> http://x"))
    \[draft\] a\|b \<script\> http\://x
    """
    line = " ".join(visible(value, lines=True).split("\n"))
    return _MARKUP.sub(lambda found: f"\\{found[0]}", line)


def _paragraph(value: str) -> str:
    r"""Write a text that begins a line, where a sign or a number would begin a heading or a list.

    >>> print(_paragraph("# 1"), _paragraph("1. a"), _paragraph("-x"))
    \# 1 1\. a \-x
    """
    return _BEGINS.sub(lambda found: f"{found[1] or ''}\\", _text(value))


def _cell(cell: Cell) -> str:
    return _text(shown(cell))


def _table(figure: Figure) -> list[str]:
    if not figure.rows:
        return ["没有记录。"]
    lines = [
        f"| {' | '.join(_text(column.heading) for column in figure.columns)} |",
        f"| {' | '.join('---:' if column.holds in _NUMBERS else '---' for column in figure.columns)} |",
        *(f"| {' | '.join(map(_cell, row))} |" for row in figure.rows),
    ]
    if figure.total is not None:
        lines.append(f"| {' | '.join(f'**{_cell(cell)}**' for cell in figure.total)} |")
    return lines
