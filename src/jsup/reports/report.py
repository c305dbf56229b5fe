"""A report as it was gathered from the ledger, whatever it is then shown as: sections of figures, each a table with its query."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from jsup.periods import Span

TEXT, CODE, COUNT, RATE, DAY = "text", "code", "count", "rate", "day"
"""What a column holds: words, an identifier that looks like a number, a whole number, a `Rate`, a date as ISO text."""
NOTHING: Final = "—"


@dataclass(frozen=True)
class Rate:
    """A part of a whole, per so many: 3 of 40 per hundred is 7.5. Without a whole there is none."""

    part: int
    whole: int
    per: int = 100

    @property
    def tenths(self) -> int | None:
        """The rate in tenths, rounded half up; None without a whole.

        >>> Rate(3, 40).tenths, str(Rate(1, 3)), str(Rate(1, 0)), str(Rate(1, 8, 1))
        (75, '33.3', '—', '0.1')
        """
        return (20 * self.part * self.per + self.whole) // (2 * self.whole) if self.whole else None

    def __str__(self) -> str:
        """Write it with one decimal place."""
        return NOTHING if self.tenths is None else f"{self.tenths // 10}.{self.tenths % 10}"


Cell = str | int | Rate | None
"""None is nothing known, shown as —."""


@dataclass(frozen=True)
class Column:
    """A column of a figure: what stands above it, and what it holds."""

    heading: str
    holds: str = TEXT


@dataclass(frozen=True)
class Chart:
    """How a figure is drawn: `bars` (a bar for each row) or `lines` (a point for each row, in their order).

    `label` is the place of the column that names a row, `values` those of the columns drawn, a series each.
    """

    kind: str
    label: int
    values: tuple[int, ...]
    unit: str = ""


@dataclass
class Figure:
    """A table with the query behind it; `key` is what `report --explain` calls it.

    `columns` and `rows` go together; `total` is a last row of the same width. `note` says what is counted and what is not.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]]
    total: tuple[Cell, ...] | None = None
    note: str = ""
    chart: Chart | None = None
    queries: tuple[str, ...] = ()
    """The keys of the queries that list the records behind it."""


@dataclass
class Section:
    """A part of a report with the plan's clause behind it, and its sentence that says the main thing."""

    key: str
    title: str
    clause: str
    said: str
    figures: list[Figure]


@dataclass
class Report:
    """The whole report: what it is about, who makes it, on which day it was drawn up, and until when it looks."""

    title: str
    office: str
    to: str
    period: Span
    number: str
    drafted_on: date
    as_of: date
    basis: str
    warnings: list[str] = field(default_factory=list)
    """What makes figures doubtful, such as a month without a scan."""
    sections: list[Section] = field(default_factory=list)


def shown(cell: Cell) -> str:
    """Write a cell as every format shows it."""
    return NOTHING if cell is None or cell == "" else str(cell)


def sums(rows: list[tuple[Cell, ...]], first: int, last: int) -> tuple[Cell, ...]:
    """Add up the columns of whole numbers from the first place to the last, both inclusive.

    >>> sums([("a", 1, 2), ("b", 3, 4)], 1, 2)
    (4, 6)
    """
    return tuple(sum(cell for row in rows if isinstance(cell := row[place], int)) for place in range(first, last + 1))


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON: a rate as its part, its whole and what it is per, and as it is shown."""

    def cell(value: Cell) -> Any:
        if isinstance(value, Rate):
            return {"part": value.part, "whole": value.whole, "per": value.per, "shown": str(value)}
        return value

    return {
        "period": report.period.key, "first": report.period.first.isoformat(), "last": report.period.last.isoformat(),
        "before": report.period.before.key, "title": report.title, "drafted_on": report.drafted_on.isoformat(),
        "as_of": report.as_of.isoformat(), "warnings": report.warnings,
        "sections": [
            {
                "key": section.key, "title": section.title, "clause": section.clause, "said": section.said,
                "figures": [
                    {
                        "key": figure.key, "title": figure.title, "note": figure.note, "queries": list(figure.queries),
                        "columns": [{"heading": column.heading, "holds": column.holds} for column in figure.columns],
                        "rows": [[cell(value) for value in row] for row in figure.rows],
                        "total": [cell(value) for value in figure.total] if figure.total is not None else None,
                    }
                    for figure in section.figures
                ],
            }
            for section in report.sections
        ],
    }  # fmt: skip
