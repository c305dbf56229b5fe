"""Time `scan --month` of one month among 2,000,000 inspections of ten years beside what it is measured by: `make bench`.

The command is timed as it is typed, in a process of its own: in turns over the large ledger and over one that holds the month
alone; and over the large one beside its bare SQL, which is each statement that the rules run, run and fetched by the sqlite3
module (on PostgreSQL by psycopg) over a plain connection. Beside that the scan is timed in a process that has begun as well. It
has run once before, so that what it finds is known already. The last year's inspections come in as an officer brings them in;
plain SQL lays those of the years before, the same visits with other numbers, for a scan only reads them. For the growth the
month grows with the ledger: a hundred-and-twentieth of it.
"""
# ruff: noqa: INP001 - a script, not a package

import csv
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import measure
from measure import Bench, Growth
from serving import Serving, serving

from jsup import reads, servers
from jsup.files import Run
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.servers import Server
from jsup.watch.scan import look_through, scan

YEAR = measure.ROOT / "examples" / "jinshan" / "year.py"
YEARS, ROWS = 10, 200_000
SIZES = (1_000, 10_000, 100_000, 1_000_000)
ALONE, BARE = 1.5, 2.0
MONTH, TODAY = "2026-06", "2026-11-24"
LISTS = ("item", "inspector", "entrustment", "plan")
EARLIER = {
    "id": "id + {back} * {most}",
    "record": "record || '-' || {back}",
    "code": "code || '-' || {back}",
    "joint": "CASE WHEN joint <> '' THEN joint || '-' || {back} ELSE joint END",
    "day": "day - {days}",
}
"""How an inspection of an earlier year differs from that of the last; its days of the calendar besides."""
SHIFTED = {"sqlite": "date({column}, '-{days} days')", "postgresql": "{column} - {days}"}

Asked = list[tuple[str, dict[str, Any]]]


def typed(ledger: object, *words: object) -> measure.Done:
    """Run a command on a ledger."""
    return measure.run(measure.jsup("--ledger", ledger, "--today", TODAY, *words))


def year(folder: Path, rows: int) -> Path:
    """Write the files of a year to a folder."""
    measure.run([sys.executable, str(YEAR), str(folder), "--inspections", str(rows), "--last", "2026-10"])
    return folder


def month_alone(files: Path) -> Path:
    """Write the rows of the month to a file of their own."""
    path = files / "month.csv"
    with (files / "inspections.csv").open(encoding="utf-8-sig", newline="") as rows:
        reader = csv.reader(rows)
        heads = next(reader)
        place = heads.index("检查时间")
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([heads, *(row for row in reader if row[place].startswith(MONTH))])
    return path


def made(ledger: object, files: Path, inspections: str, run: Callable[[str], None] | None = None) -> None:
    """Make a ledger with the register, the lists and the plans, and a year's inspections; those of earlier years by SQL."""
    typed(ledger, "init")
    typed(ledger, "agency", "import", YEAR.with_name("agencies-jinshan.csv"))
    for name in LISTS:
        typed(ledger, name, "import", files / f"{name}s.csv")
    typed(ledger, "inspection", "import", files / inspections)
    if run is not None:
        with reads.open_ledger(Server(str(ledger)) if "://" in str(ledger) else Path(str(ledger))) as opened:
            dialect = opened.run.dialect
            (last,) = opened.rows("SELECT * FROM inspection ORDER BY id DESC LIMIT 1")
        for back in range(1, YEARS):
            shifted = {name: SHIFTED[dialect].replace("{column}", name) for name in ("visited_on", "uploaded_on")} | EARLIER
            values = ", ".join(shifted.get(name, name).format(back=back, days=365 * back, most=last["id"]) for name in last)
            run(
                f"INSERT INTO inspection ({', '.join(last)}) SELECT {values} FROM inspection WHERE id <= {last['id']} ORDER BY id"
            )
        if dialect == "postgresql":  # as a server does by itself after a while
            run("ANALYZE inspection")
    typed(ledger, "scan", "--month", MONTH, "--json")


def on_file(path: Path, sql: str) -> None:
    """Run a statement on a ledger's file behind jsup's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


def on_server(address: str, sql: str) -> None:
    """Run a statement on a server's ledger behind jsup's back."""
    with servers.connect(Server(address)) as connection:
        connection.execute(sql.encode())


def statements(place: Path | Server) -> Asked:
    """Return what a scan asks a ledger, with the values."""
    asked: Asked = []
    with reads.open_ledger(place, scratch=True) as opened:
        run = opened.run

        def listening(sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
            asked.append((sql, values))
            return run(sql, values)

        opened.run = Run(listening, run.dialect)
        look_through(opened, MONTH)
    return asked


def bare(path: Path, asked: Asked) -> float:
    """Time the statements alone in a file."""
    with closing(sqlite3.connect(path)) as connection:
        start = time.perf_counter()
        for sql, values in asked:
            connection.execute(sql, values).fetchall()
        return time.perf_counter() - start


def bare_server(address: str, asked: Asked) -> float:
    """Time the statements alone on a server."""
    with servers.connect(Server(address)) as connection:
        start = time.perf_counter()
        for sql, values in asked:
            cursor = connection.execute(servers.named(sql).encode(), values)
            if cursor.description:
                cursor.fetchall()
        return time.perf_counter() - start


def scanned(ledger: object) -> float:
    """Time the command."""
    return typed(ledger, "scan", "--month", MONTH, "--json").seconds


def called(place: Path | Server) -> float:
    """Time the scan in a process that has begun already."""
    start = time.perf_counter()
    scan(Ledger(place, Entry("scan", "bench", date.fromisoformat(TODAY))), MONTH)
    return time.perf_counter() - start


def compare(bench: Bench, key: str, where: str, timed: tuple[Callable[[], float], ...]) -> None:
    """Compare a scan of the large ledger with that of the month alone, and with its bare SQL, as typed and without the start."""
    among, alone, within, sql = measure.turns(*timed)
    title = f"scan of a month among {YEARS * ROWS:,} inspections{where}"
    bench.add(measure.compared(f"{key}.alone", title, (among, alone), "s", ALONE, "the month alone"))
    bench.add(measure.compared(f"{key}.bare", f"{title}, once begun", (within, sql), "s", BARE, "its bare SQL"))
    bench.add(measure.compared(f"{key}.typed", f"{title}, as typed", (among, sql), "s", BARE, "its bare SQL"))


def in_files(bench: Bench, folder: Path, files: Path) -> None:
    """Compare in files, and let the ledger grow."""
    large, small = folder / "large.db", folder / "small.db"
    made(large, files, "inspections.csv", partial(on_file, large))
    made(small, files, "month.csv")
    asked = statements(large)
    compare(bench, "scan", "", (partial(scanned, large), partial(scanned, small), partial(called, large),
                               partial(bare, large, asked)))  # fmt: skip
    large.unlink()
    small.unlink()
    points = []
    for size in SIZES:
        path = folder / f"{size}.db"
        made(path, year(folder / f"{size}", size // YEARS), "inspections.csv", partial(on_file, path))
        points.append((size, statistics.median(scanned(path) for _turn in range(3))))
        path.unlink()
    bench.grow(Growth("scan", "scan of a month", "s", "inspections in the ledger, a hundred-and-twentieth in the month", points))


def on_servers(bench: Bench, server: Serving, files: Path) -> None:
    """Compare on PostgreSQL."""
    large, small = server.address("large"), server.address("small")
    for name in ("large", "small"):
        server.database(name)
    made(large, files, "inspections.csv", partial(on_server, large))
    made(small, files, "month.csv")
    asked = statements(Server(large))
    timed = partial(scanned, large), partial(scanned, small), partial(called, Server(large)), partial(bare_server, large, asked)
    compare(bench, "scan.server", " on PostgreSQL", timed)


def main() -> None:
    """Print the figures; exit 1 past an aim."""
    given, bench = measure.asked(__doc__), Bench("scan")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = year(folder / "2026", ROWS)
        month_alone(files)
        in_files(bench, folder, files)
        with serving() as server:
            on_servers(bench, server, files)
    bench.done(given.record)


if __name__ == "__main__":
    main()
