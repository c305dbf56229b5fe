"""The periods that reports and scores are about: a month, a quarter, a year, each with the one before it."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from jsup.errors import N_, UsageError, not_future
from jsup.words import numeral

_WRITTEN = re.compile(r"(20\d\d)(?:Q([1-4])|-(0[1-9]|1[0-2]))?", re.ASCII)


class Span(NamedTuple):
    """A period from its first to its last day, both inclusive; `months` is 1, 3 or 12."""

    key: str
    first: date
    last: date
    months: int

    @property
    def title(self) -> str:
        """What it is called in Chinese.

        >>> span("2026Q3").title, span("2026").title, span("2026-10").title
        ('2026年第三季度', '2026年', '2026年10月')
        """
        if self.months == 1:
            return f"{self.first.year}年{self.first.month}月"
        quarter = f"第{numeral(self.first.month // 3 + 1)}季度" if self.months == 3 else ""  # noqa: PLR2004 - a quarter's months
        return f"{self.first.year}年{quarter}"

    @property
    def before(self) -> "Span":
        """The period of the same length that ends on its eve.

        >>> span("2026Q1").before.key, span("2026").before.key, span("2026-01").before.key
        ('2025Q4', '2025', '2025-12')
        """
        eve = self.first - timedelta(days=1)
        return _of(eve, self.months)

    def must_have_begun(self, today: date) -> None:
        """Refuse a period that lies in the future.

        Raises:
            RefusedError: it does.
        """
        not_future(self.first, today)

    def quarters(self, count: int) -> "list[Span]":
        """Return so many quarters, the earliest first, of which the last holds the period's last day.

        >>> [quarter.key for quarter in span("2026-10").quarters(3)]
        ['2026Q2', '2026Q3', '2026Q4']
        """
        found = [_of(self.last, 3)]
        while len(found) < count:
            found.insert(0, found[0].before)
        return found


def _of(day: date, months: int) -> Span:
    if months == 1:
        return span(f"{day:%Y-%m}")
    return span(f"{day.year}Q{(day.month + 2) // 3}" if months == 3 else f"{day.year}")  # noqa: PLR2004 - a quarter's months


def span(text: str) -> Span:
    """Read a period.

    >>> span("2028-02").last, span("2026Q3").first, span("2026").last
    (datetime.date(2028, 2, 29), datetime.date(2026, 7, 1), datetime.date(2026, 12, 31))

    Raises:
        UsageError: it is none.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise UsageError(N_("{period} is no period: write it as 2026Q3, 2026 or 2026-10"), period=text)
    year, quarter, month = found.groups()
    first_month = int(month) if month else 3 * int(quarter) - 2 if quarter else 1
    months = 1 if month else 3 if quarter else 12
    first = date(int(year), first_month, 1)
    after = date(int(year) + (first_month + months > 12), (first_month + months - 1) % 12 + 1, 1)  # noqa: PLR2004 - a year's months
    return Span(text, first, after - timedelta(days=1), months)
