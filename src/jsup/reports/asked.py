"""A report's questions to the ledger: what a query lists, counted for a period and the one before it."""

import re
from datetime import date
from functools import cached_property
from typing import Any

from jsup.periods import Span
from jsup.reads import Reads
from jsup.reports.queries import Query, all_queries

Row = dict[str, Any]
Counts = dict[Any, int]


class Asked:
    """A ledger open for one report: the period, the one before, and the day until which it looks."""

    def __init__(self, ledger: Reads, span: Span, today: date) -> None:
        """Ask about a period as it is known on a day."""
        self.ledger, self.span, self.today = ledger, span, today
        self._known: dict[tuple[object, ...], list[Row]] = {}

    @property
    def as_of(self) -> date:
        """The last day that the report looks at: the period's last, or today while it runs."""
        return min(self.span.last, self.today)

    @cached_property
    def own(self) -> dict[str, Any]:
        """The bureau's settings in force."""
        return self.ledger.policy().own

    @cached_property
    def queries(self) -> dict[str, Query]:
        """Every query by its key."""
        return all_queries(self.own["report"]["arbitrary"])

    @cached_property
    def agencies(self) -> dict[str, str]:
        """The names of all agencies by their codes, retired ones among them."""
        return {row["code"]: row["name"] for row in self.ledger.agencies()}

    def values(self, span: Span, sql: str) -> dict[str, object]:
        """Return the values that a query wants, for a period."""
        quarters = [quarter.key for quarter in span.quarters(max(span.months // 3, 1))]
        last = min(span.last, self.today)
        known = {
            "first": span.first.isoformat(), "last": last.isoformat(), "ends": span.last.isoformat(),
            "day": span.first.toordinal(), "end": last.toordinal(),
            "month": f"{span.first:%Y-%m}", "until": f"{last:%Y-%m}",
            "quarter": quarters[0], "quarter_until": quarters[-1], "as_of": last.isoformat(),
        }  # fmt: skip
        wanted = set(re.findall(r":(\w+)", sql))
        return {key: value for key, value in known.items() if key in wanted}

    def rows(self, sql: str, span: Span | None = None, **more: object) -> list[Row]:
        """Run a SELECT with a period's values; what was asked before is not asked again."""
        values = self.values(span or self.span, sql) | more
        key = (sql, *values.values())
        if key not in self._known:
            self._known[key] = self.ledger.rows(sql, **values)
        return self._known[key]

    def listed(self, key: str, span: Span | None = None) -> list[Row]:
        """Return the records of a query."""
        return self.rows(self.queries[key].sql, span)

    def count(self, key: str, by: str = "agency_code", span: Span | None = None, *, of: str = "COUNT(*)") -> Counts:
        """Count the records of a query by one of its columns, or by several with a comma between them, as tuples."""
        rows = self.rows(f"SELECT {by}, {of} AS counted FROM ({self.queries[key].sql}) q GROUP BY {by}", span)
        several = "," in by
        return {
            tuple(row[name.strip()] for name in by.split(",")) if several else row[by]: int(row["counted"] or 0) for row in rows
        }

    def total(self, key: str, span: Span | None = None, *, of: str = "COUNT(*)", where: str = "1 = 1") -> int:
        """Count all records of a query."""
        (row,) = self.rows(f"SELECT {of} AS counted FROM ({self.queries[key].sql}) q WHERE {where}", span)
        return int(row["counted"] or 0)

    def beside(self, key: str, *, of: str = "COUNT(*)", where: str = "1 = 1") -> tuple[int, int]:
        """Count all records of a query in the period and in the one before."""
        return self.total(key, of=of, where=where), self.total(key, self.span.before, of=of, where=where)
