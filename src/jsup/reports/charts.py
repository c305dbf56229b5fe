"""Pictures of a report's figures: SVG whose text is text, whose series differ in pattern, marker and dash besides colour."""

import html
import math
import unicodedata
from dataclasses import dataclass
from typing import Final

from jsup.errors import visible
from jsup.reports.report import CODE, TEXT, Cell, Chart, Figure, Rate, shown

MOST_BARS: Final = 15
"""Rows that a picture of bars has room for; the table has all of them."""
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Colours that a colour-blind reader can tell apart (Okabe and Ito); patterns, markers and dashes go with them."""
_DASHES: Final = ("", "7 4", "2 3", "9 3 2 3", "4 2", "12 4")
_HATCHES: Final = ("", "M-1 1l2-2M0 6l6-6M5 7l2-2", "M3 0v6", "M0 3h6", "M0 0l6 6M6 0l-6 6", "M1 1h2v2h-2z")
_WIDE: Final = 440
"""Units of width: a phone shows a unit as three quarters of a pixel, so that a text of 14 stays readable."""
_TEXT, _SMALL = 14, 12
_LABEL, _VALUE = 140, 62
"""Units of width for the label of a bar, and for the number at its end."""
_BAR, _PITCH, _LEAST = 15, 18, 40
"""Height of a bar, from one to the next of a row, and of a row at least: two lines of its label."""


@dataclass(frozen=True)
class Picture:
    """An SVG element, and the line below it that says which rows it leaves out."""

    svg: str
    said: str = ""


def number(cell: Cell) -> float | None:
    """Return what a cell measures: a rate as it is shown, with one decimal place; None for words and for nothing.

    >>> number(3), number(Rate(1, 3)), number(Rate(1, 0)), number("3"), number(None)
    (3.0, 33.3, None, None, None)
    """
    if isinstance(cell, Rate):
        return None if cell.tenths is None else cell.tenths / 10
    return float(cell) if isinstance(cell, int) else None


def naming_place(figure: Figure) -> int:
    """Return the place of the column that names a row: the chart's label, else the first one of words beside a code.

    >>> from jsup.reports.report import COUNT, Column
    >>> naming_place(Figure("k", "t", (Column("代码", CODE), Column("单位"), Column("数", COUNT)), []))
    1
    """
    if figure.chart is not None:
        return figure.chart.label
    holds = [column.holds for column in figure.columns[:2]]
    return 1 if holds == [CODE, TEXT] else 0


def picture(figure: Figure, name: str) -> Picture | None:
    """Draw a figure as its chart says; None where it has no chart or nothing to draw. `name` begins the ids inside.

    Scales begin at zero. The same figure gives the same text.
    """
    chart = figure.chart
    if chart is None or not any(number(row[place]) is not None for row in figure.rows for place in chart.values):
        return None
    return _lines(figure, chart, name) if chart.kind == "lines" else _bars(figure, chart, name)


def scale(most: float, least: float = 0.1) -> tuple[float, float]:
    """Return the end of a scale from zero that holds the greatest value, and the step of its grid, `least` or more.

    >>> scale(0), scale(7), scale(83), scale(120), scale(1, least=1)
    ((1, 1), (8, 2), (100, 50), (150, 50), (1, 1))
    """
    if most <= 0:
        return 1, 1
    power = 10 ** math.floor(math.log10(most))
    step = next(part * power for part in (0.2, 0.5, 1, 2, 5) if most <= 4 * part * power)
    step = max(step, least)
    return _plain(math.ceil(most / step - 1e-9) * step), _plain(step)


def _plain(value: float) -> float:
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def _text(value: str) -> str:
    return html.escape(_line(value))


def _line(value: str) -> str:
    return visible(value.replace("\n", " "))


def _ems(text: str) -> float:
    return sum(1 if unicodedata.east_asian_width(character) in "WFA" else 0.62 for character in text)


def _cut(text: str, most: float) -> int:
    """Return how many characters of a text fit into so many ems."""
    taken = 0.0
    for place, character in enumerate(text):
        taken += _ems(character)
        if taken > most:
            return place
    return len(text)


def _folded(text: str, most: float, lines: int) -> list[str]:
    """Fold a text into so many lines of so many ems; one too long loses its middle, for names differ at their ends too."""
    text = _line(text)
    if _ems(text) > most * lines - lines:
        half = (most * lines - lines - 1) / 2
        tail = _cut(text[::-1], half)
        text = f"{text[: _cut(text, half)]}…{text[len(text) - tail :]}" if _ems(text) > most * lines else text
    if lines > 1 and most < _ems(text):
        most = min(most, _ems(text) / lines + 0.8)  # no line of one character
    folded = []
    while text:
        taken = max(1, _cut(text, most))
        folded.append(text[:taken])
        text = text[taken:]
    return folded[:lines] or [""]


def _label(text: str, x: float, middle: float, most: float) -> str:
    """Write the label of a row in one line or two, its whole text in a title where it was shortened."""
    folded = _folded(text, most / _TEXT, 2)
    top = middle + _TEXT * 0.36 - (len(folded) - 1) * 8
    spans = "".join(
        f'<tspan x="{_n(x)}" y="{_n(top + place * 16)}">{html.escape(line)}</tspan>' for place, line in enumerate(folded)
    )
    title = "" if "".join(folded) == _line(text) else f"<title>{_text(text)}</title>"
    return f'<text text-anchor="end">{title}{spans}</text>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _wrapped(figure: Figure, chart: Chart, name: str, height: float, inside: list[str], series: list[str]) -> str:
    """Put an SVG element round what was drawn, with its title and what it shows."""
    kind = "折线图" if chart.kind == "lines" else "条形图"
    said = f"{kind}：{'、'.join(series)}{f'，单位：{chart.unit}' if chart.unit else ''}。全部数字见表。"
    size = f'preserveAspectRatio="xMinYMin" viewBox="0 0 {_WIDE} {_n(height)}" width="{_WIDE}" height="{_n(height)}"'
    return "\n".join(
        [
            f'<svg {size} role="img" aria-labelledby="{name}-t {name}-d" font-size="{_TEXT}" fill="currentColor">',
            f'<title id="{name}-t">{_text(figure.title)}</title>',
            f'<desc id="{name}-d">{_text(said)}</desc>',
            *inside,
            "</svg>",
        ]
    )


def _legend(series: list[str], unit: str, marks: list[str]) -> tuple[list[str], float]:
    """Write the legend from the top; return it and where it ends. A single series is named by the title, its unit is not."""
    drawn, x, y = [], 0.0, 14.0
    named = list(zip(series, marks, strict=True)) if len(series) > 1 else []
    for heading, mark in named:
        (words,) = _folded(heading, 24, 1)
        wide = 30 + _ems(words) * _TEXT + 16
        if x and x + wide > _WIDE:
            x, y = 0.0, y + 20
        drawn.append(f'<g transform="translate({_n(x)} {_n(y)})">{mark}<text x="30" y="5">{html.escape(words)}</text></g>')
        x += wide
    if unit:
        (words,) = _folded(f"单位：{unit}", 20, 1)
        if x and x + _ems(words) * _TEXT > _WIDE:
            y += 20
        drawn.append(f'<text x="{_WIDE}" y="{_n(y + 5)}" text-anchor="end" font-size="{_SMALL}">{html.escape(words)}</text>')
    return drawn, y + 18 if drawn else 4


def _bars(figure: Figure, chart: Chart, name: str) -> Picture:
    """Draw a bar for each row and series, in the order of the rows; of many rows the largest above zero, the largest first."""

    def size(row: tuple[Cell, ...]) -> float:
        return sum(number(row[place]) or 0 for place in chart.values)

    rows = figure.rows
    if len(rows) > MOST_BARS:
        rows = sorted((row for row in rows if size(row)), key=size, reverse=True)[:MOST_BARS] or rows[:MOST_BARS]
    series = [figure.columns[place].heading for place in chart.values]
    fills = [COLOURS[at % len(COLOURS)] if at % len(_HATCHES) == 0 else f"url(#{name}-p{at})" for at in range(len(series))]
    patterns = "".join(
        f'<pattern id="{name}-p{at}" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6"'
        f' fill="{COLOURS[at % len(COLOURS)]}"/><path d="{_HATCHES[at % len(_HATCHES)]}" stroke="#fff" stroke-width="1.4"/>'
        "</pattern>"
        for at in range(len(series))
        if fills[at].startswith("url")
    )
    drawn = [f"<defs>{patterns}</defs>"] if patterns else []
    legend, top = _legend(
        series, chart.unit, [f'<rect x="4" y="-6" width="20" height="12" fill="{fill}" stroke="currentColor"/>' for fill in fills]
    )
    drawn += legend
    most = max((number(row[place]) or 0 for row in rows for place in chart.values), default=0)
    left, room = _LABEL + 8, _WIDE - _LABEL - 8 - _VALUE
    high = max(_LEAST, _PITCH * len(series) + 10)
    end = top + high * len(rows)
    for row in rows:
        drawn.append(_label(shown(row[chart.label]), _LABEL, top + high / 2, _LABEL))
        at = top + (high - _PITCH * len(series)) / 2 + 1
        for place, fill in zip(chart.values, fills, strict=True):
            value = max(number(row[place]) or 0, 0)
            wide = room * value / most if most else 0
            if wide:
                drawn.append(f'<rect x="{left}" y="{_n(at)}" width="{_n(wide)}" height="{_BAR}" fill="{fill}"/>')
            (words,) = _folded(shown(row[place]), 8, 1)
            drawn.append(f'<text x="{_n(left + wide + 5)}" y="{_n(at + 12.5)}">{html.escape(words)}</text>')
            at += _PITCH
        top += high
    drawn.append(f'<path d="M{left} {_n(end - high * len(rows))}V{_n(end)}" stroke="currentColor"/>')
    most_of = "各项合计" if len(series) > 1 else "其中"
    said = f"图中为{most_of}最多的{len(rows)}个，全部{len(figure.rows)}个见表。" if len(rows) < len(figure.rows) else ""
    return Picture(_wrapped(figure, chart, name, end + 4, drawn, series), said)


def _mark(at: int, x: float, y: float) -> str:
    """Draw a point of a series: a circle, a square, a triangle, a diamond, a cross, a hollow circle."""
    colour = COLOURS[at % len(COLOURS)]
    shapes = (
        "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z", "m-4-4h8v8h-8z", "m0-5.5l5.2 9h-10.4z",
        "m0-5.5l5.5 5.5l-5.5 5.5l-5.5-5.5z", "m-5-1.5h3.5v-3.5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5z", "m-5-3h10v6h-10z",
    )  # fmt: skip
    return f'<path d="M{_n(x)} {_n(y)}{shapes[at % len(shapes)]}" fill="{colour}"/>'


def _stroke(at: int) -> str:
    dash = f' stroke-dasharray="{_DASHES[at % len(_DASHES)]}"' if at % len(_DASHES) else ""
    return f'fill="none" stroke="{COLOURS[at % len(COLOURS)]}" stroke-width="2.2"{dash}'


def _lines(figure: Figure, chart: Chart, name: str) -> Picture:
    """Draw a line for each series over the rows; it breaks where nothing is known, and its last number stands at its end."""
    series = [figure.columns[place].heading for place in chart.values]
    legend, begin = _legend(
        series, chart.unit, [f'<path d="M0 0H28" {_stroke(at)}/>{_mark(at, 14, 0)}' for at in range(len(series))]
    )
    top, bottom = begin + 8, begin + 208
    cells = [row[place] for row in figure.rows for place in chart.values]
    end, step = scale(max(number(cell) or 0 for cell in cells), 0.1 if any(isinstance(cell, Rate) for cell in cells) else 1)
    left = 10 + 0.62 * _SMALL * max(len(str(_plain(step * mark))) for mark in range(round(end / step) + 1))
    right = float(_WIDE - 50)
    gap = (right - left - 24) / max(1, len(figure.rows) - 1)
    drawn = list(legend)
    for mark in range(round(end / step) + 1):
        y = bottom - (bottom - top) * mark * step / end
        drawn.append(
            f'<path d="M{_n(left)} {_n(y)}H{_n(right)}" stroke="currentColor" stroke-opacity="{1 if mark == 0 else 0.25}"/>'
            f'<text x="{_n(left - 5)}" y="{_n(y + 4)}" text-anchor="end" font-size="{_SMALL}">{_plain(step * mark)}</text>'
        )
    drawn += _under(figure, chart, left + 12, gap, bottom)
    ends: list[tuple[float, float, str]] = []
    for at, place in enumerate(chart.values):
        path, points = "", []
        for row_at, row in enumerate(figure.rows):
            value = number(row[place])
            if value is None:
                path += " "
                continue
            x, y = left + 12 + gap * row_at, bottom - (bottom - top) * max(value, 0) / end
            path += ("M" if not path or path[-1] == " " else "L") + f"{_n(x)} {_n(y)}"
            points.append((x, y, shown(row[place])))
        drawn += [f'<path d="{path.strip()}" {_stroke(at)}/>'] if points else []
        drawn += [_mark(at, x, y) for x, y, _words in points]
        ends += points[-1:]
    above = bottom + 30
    for x, y, words in sorted(ends, key=lambda point: -point[1]):
        above = min(y, above - 15)  # the numbers at the ends do not cover each other
        drawn.append(f'<text x="{_n(x + 9)}" y="{_n(above + 5)}">{html.escape(words)}</text>')
    return Picture(_wrapped(figure, chart, name, bottom + 26, drawn, series))


def _under(figure: Figure, chart: Chart, first: float, gap: float, bottom: float) -> list[str]:
    """Write the names of the points, every second or third where they would touch; the last is always named."""
    names = [shown(row[chart.label]) for row in figure.rows]
    folded = [_folded(text, 6, 1)[0] for text in names]
    each = max(1, math.ceil(max(_ems(text) for text in folded) * _SMALL * 1.05 / gap)) if len(names) > 1 else 1
    return [
        f'<text x="{_n(first + gap * at)}" y="{_n(bottom + 18)}" text-anchor="middle" font-size="{_SMALL}">'
        + (f"<title>{_text(names[at])}</title>" if text != _line(names[at]) else "")
        + f"{html.escape(text)}</text>"
        for at, text in enumerate(folded)
        if (len(names) - 1 - at) % each == 0
    ]
