"""Time a quarter's report over 100,000 findings and 2,000,000 inspections beside its SQL alone: `make bench`.

The ledgers are those of make_ledger.py, spread evenly over the years named, and as many anomalies as findings, written by plain
SQL (a report only reads). The report is the command as it is typed, in a process of its own, web page and all; its SQL alone is
each statement that it runs, run and fetched by the sqlite3 module over an open connection. Both are timed in turns; the figure is
the median of the ratios, and the aim at most 3. The report's time is also measured over smaller ledgers of ten years.
"""
# ruff: noqa: INP001 - a script, not a package

import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from make_ledger import TODAY, make
from measure import Bench, Growth, asked, compared, jsup, run, turns

from jsup import reads
from jsup.files import Run
from jsup.periods import span
from jsup.reports import gather
from jsup.watch.rules import all_rules

SIZES = (1_000, 10_000, 100_000)
"""Findings."""
INSPECTIONS_EACH = 20
"""Inspections for each finding."""
YEARS = (2, 10)
MOST = 3.0
PERIOD = "2026Q3"


def made(path: Path, findings: int, years: int) -> Path:
    """Make the ledger."""
    make(path, findings=findings, inspections=INSPECTIONS_EACH * findings, years=years)
    chance = random.Random(1)  # noqa: S311 - a ledger that can be made again
    with closing(sqlite3.connect(path)) as connection, connection:
        codes = [code for (code,) in connection.execute("SELECT code FROM agency ORDER BY code")]
        names = "rule, key, month, clause, agency_code, enterprise_code, records, reason, found_on, state"
        into = f"INSERT INTO anomaly ({names}) VALUES ({', '.join('?' * len(names.split(', ')))})"
        connection.executemany(into, anomalies(chance, codes, findings, years))
    return path


def anomalies(chance: random.Random, codes: list[str], count: int, years: int) -> Iterator[tuple[Any, ...]]:
    """Return anomalies of each month."""
    rules = [*all_rules()]
    for place in range(count):
        on = TODAY - timedelta(days=chance.randrange(365 * years))
        state = chance.choice(("open", "verified", "dismissed"))
        month, day = f"{on:%Y-%m}", on.isoformat()
        yield chance.choice(rules), f"k{place}", month, "c", chance.choice(codes), "x", "JC1", "{}", day, state


def statements(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return what the report asks the ledger, with the values."""
    asked: list[tuple[str, dict[str, Any]]] = []
    with reads.open_ledger(path) as opened:
        run = opened.run

        def listening(sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
            asked.append((sql, values))
            return run(sql, values)

        opened.run = Run(listening, run.dialect)
        gather.gather(opened, span(PERIOD), TODAY)
    return asked


def bare(path: Path, asked: list[tuple[str, dict[str, Any]]]) -> float:
    """Time the statements alone."""
    with closing(sqlite3.connect(path)) as connection:
        start = time.perf_counter()
        for sql, values in asked:
            connection.execute(sql, values).fetchall()
        return time.perf_counter() - start


def typed(path: Path, folder: Path) -> float:
    """Time the command."""
    page = folder / "report.html"
    page.unlink(missing_ok=True)
    return run(jsup("--ledger", path, "--today", TODAY, "report", "--period", PERIOD, "--format", "html", "--out", page)).seconds


def main() -> None:
    """Print the medians and their ratios; exit 1 past the aim."""
    record, bench = asked(__doc__).record, Bench("report")
    most, points = SIZES[-1], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for findings, years in [*((size, YEARS[-1]) for size in SIZES[:-1]), *((most, years) for years in YEARS)]:
            path = made(folder / "ledger.db", findings, years)
            queries = statements(path)
            whole, alone = turns(lambda path=path: typed(path, folder), lambda path=path, said=queries: bare(path, said))
            if findings == most:
                words = f"a report over {most:,} findings, {INSPECTIONS_EACH * most:,} inspections in {years} years"
                against = f"its SQL ({len(queries)} statements)"
                bench.add(compared(f"report.{years}", words, (whole, alone), "s", MOST, against))
            if years == YEARS[-1]:
                points.append((findings, statistics.median(whole)))
            path.unlink()
    bench.grow(Growth("report.findings", "a report", "s", f"findings, each with {INSPECTIONS_EACH} inspections", points))
    bench.done(record)


if __name__ == "__main__":
    main()
