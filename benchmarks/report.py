"""Time a quarter's report over 100,000 findings and 2,000,000 inspections beside its SQL alone: `make bench`.

The ledger's rows are written by plain SQL (a report only reads), spread evenly over the years named. The report is the command
as it is typed, in a process of its own, web page and all; its SQL alone is each statement that it runs, run and fetched by the
sqlite3 module over an open connection. Both are timed in turns; the figure is the median of the ratios, and the aim at most 3.
"""
# ruff: noqa: INP001 - a script, not a package

import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from jsup import ledger, policy, reads, register
from jsup.files import Run
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.periods import span
from jsup.reports import gather
from jsup.watch.rules import all_rules
from jsup.watched import Inspection

ROOT = Path(__file__).parents[1]
FINDINGS, INSPECTIONS, ENTERPRISES = 100_000, 2_000_000, 60_000
YEARS = (2, 10)
RUNS = 5
MOST = 3.0
TODAY, PERIOD = date(2026, 10, 12), "2026Q3"
STAGES = ("open", "warned", "rectified", "closed", "closed", "closed", "unresolved")
CLOCKS = (("warning", "agency"), ("recommendation", "bureau"), ("rectification", "agency"), ("review", "bureau"))


def made(path: Path, years: int) -> Path:
    """Make the ledger."""
    ledger.create(path, Entry("init", "bench", TODAY), policy.packaged_text(), policy.DEFAULT)
    file = ROOT / "examples" / "jinshan" / "agencies-jinshan.csv"
    register.take_over(Ledger(path, Entry("agency import", "bench", TODAY)), file)
    ledger.settle(path)
    chance = random.Random(1)  # noqa: S311 - a ledger that can be made again
    with closing(sqlite3.connect(path)) as connection, connection:
        codes = [code for (code,) in connection.execute("SELECT code FROM agency ORDER BY code")]
        names = [column.name for column in Inspection.__table__.columns]  # type: ignore[attr-defined]
        fill(connection, "inspection", names, inspections(chance, codes, years))
        fill(
            connection,
            "finding",
            ["number", "agency_code", "category", "title", "found_on", "stage"],
            findings(chance, codes, years),
        )
        columns = ["finding_number", "period", "owner", "start_event", "started_on", "count", "unit", "due_on", "provisional",
                   "met_on", "clause", "policy_id", "calendar_id"]  # fmt: skip
        fill(connection, "deadline", columns, clocks(chance, connection))
        fill(connection, "event", ["finding_number", "step", "done_on", "officer", "details"], (
            (number, "warn", found_on, "bench", "{}")
            for number, found_on in connection.execute("SELECT number, found_on FROM finding").fetchall()
        ))  # fmt: skip
        fill(connection, "anomaly", ["rule", "key", "month", "clause", "agency_code", "enterprise_code", "records", "reason",
                                     "found_on", "state"], anomalies(chance, codes, years))  # fmt: skip
    return path


def fill(connection: sqlite3.Connection, table: str, names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    """Put rows into a table."""
    connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", rows)


def inspections(chance: random.Random, codes: list[str], years: int) -> Iterator[tuple[Any, ...]]:
    """Return the records in the order of their days."""
    first, days = TODAY - timedelta(days=365 * years), 365 * years
    for place in range(INSPECTIONS):
        on = first + timedelta(days=place * days // INSPECTIONS)
        enterprise, joint = chance.randrange(ENTERPRISES), f"LH{place // 3}" if place % 20 < 3 else ""  # noqa: PLR2004
        triggered, offsite = int(place % 30 == 0), int(place % 33 == 0)
        yield (
            place + 1, 1, 1, f"{place:064x}", f"JC{place:09d}", "检查", chance.choice(codes), None, "", f"企业{enterprise:06d}",
            f"91310116MA{enterprise:08d}", "310116", "现场检查", "日常检查", "有计划", "未发现问题", on.isoformat(),
            "甲;乙", "1;2",
            (on + timedelta(days=3)).isoformat(), f"M{place}", "P", "", joint,
            "事项一;事项二" if place % 9 == 0 else "事项一", "D",
            "", "", chance.choice(("满意", "满意", "基本满意", "不满意", "")), on.toordinal(), 3, 2, offsite, triggered,
        )  # fmt: skip


def findings(chance: random.Random, codes: list[str], years: int) -> Iterator[tuple[Any, ...]]:
    """Return findings in the order of their days."""
    categories = [*policy.parse(policy.packaged_text(), policy.DEFAULT).categories]
    first, days = TODAY - timedelta(days=365 * years), 365 * years
    for place in range(FINDINGS):
        on = first + timedelta(days=place * days // FINDINGS)
        yield (
            f"{on.year}-{place + 1:06d}",
            chance.choice(codes),
            chance.choice(categories),
            "问题",
            on.isoformat(),
            chance.choice(STAGES),
        )


def clocks(chance: random.Random, connection: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Return four clocks for each finding."""
    for number, found_on, stage in connection.execute("SELECT number, found_on, stage FROM finding").fetchall():
        on = date.fromisoformat(found_on)
        for period, owner in CLOCKS:
            due = on + timedelta(days=15)
            met = (due + timedelta(days=chance.choice((-2, 0, 0, 0, 3)))).isoformat()
            open_ = stage in ("open", "warned") and due > TODAY - timedelta(days=60)
            yield (
                number,
                period,
                owner,
                "warn",
                on.isoformat(),
                15,
                "working_day",
                due.isoformat(),
                0,
                None if open_ else met,
                "二（二）1",
                1,
                1,
            )
            on = due


def anomalies(chance: random.Random, codes: list[str], years: int) -> Iterator[tuple[Any, ...]]:
    """Return anomalies of each month."""
    rules = [*all_rules()]
    for place in range(FINDINGS):
        on = TODAY - timedelta(days=chance.randrange(365 * years))
        rule = chance.choice(rules)
        yield (
            rule,
            f"k{place}",
            f"{on:%Y-%m}",
            "c",
            chance.choice(codes),
            "x",
            "JC1",
            "{}",
            on.isoformat(),
            chance.choice(("open", "verified", "dismissed")),
        )


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
    words = [str(Path(sys.executable).with_name("jsup")), "--ledger", str(path), "--today", TODAY.isoformat(), "report",
             "--period", PERIOD, "--format", "html", "--out", str(page)]  # fmt: skip
    start = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True, env=os.environ | {"JSUP_LANG": "zh"})  # noqa: S603 - our own words
    return time.perf_counter() - start


def main() -> None:
    """Print the medians and their ratios; exit 1 past the aim."""
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for years in YEARS:
            path = made(folder / f"{years}.db", years)
            asked = statements(path)
            pairs = [(bare(path, asked), typed(path, folder)) for _run in range(RUNS)]
            alone, whole = (statistics.median(column) for column in zip(*pairs, strict=True))
            ratio = statistics.median(one / other for other, one in pairs)
            print(f"{FINDINGS:,} findings, {INSPECTIONS:,} inspections in {years} years:"
                  f" its SQL ({len(asked)} statements) {alone:.2f} s, jsup report {whole:.2f} s, {ratio:.2f} times (aim {MOST})",
                  flush=True)  # fmt: skip
            failed |= ratio > MOST
            path.unlink()
    sys.exit(failed)


if __name__ == "__main__":
    main()
