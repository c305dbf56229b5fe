"""Time the import of 200,000 inspections, and a month's scan over 2,000,000, each beside what it is measured by: `make bench`.

The import is timed in turns with a bare loader (csv module, sqlite3, one table of texts, nothing looked at) and with
`sqlite-utils insert`, the scan of one month in turns over a ledger of ten years and over one that holds that month alone.
Figures are medians of the runs; the aims are at most 4 times the bare loader, less than sqlite-utils, and at most 1.5 times the
small ledger. It takes some four minutes and a gigabyte of disk, most of that for making the ledgers.
"""
# ruff: noqa: INP001 - a script, not a package

import csv
import importlib.util
import multiprocessing
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from jsup import ledger, policy, qualifications, register
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.watch import inspections, items, plans, scan

ROOT = Path(__file__).parents[1]
ROWS = 200_000
YEARS = 10
RUNS = 5
MOST_LOADER, MOST_SCAN = 4.0, 1.5
TODAY = date(2026, 11, 24)
MONTH = "2026-06"


def year() -> object:
    """Return the module that makes a year."""
    spec = importlib.util.spec_from_file_location("year", ROOT / "examples" / "jinshan" / "year.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["year"] = module
    spec.loader.exec_module(module)
    return module


def book(path: Path, command: str) -> Ledger:
    """Return a ledger to be changed."""
    return Ledger(path, Entry(command, "bench", TODAY))


def made(path: Path, files: Path) -> Path:
    """Make a ledger with the register, the municipal list, the inspectors, the entrustments and the plans."""
    ledger.create(path, Entry("init", "bench", TODAY), policy.packaged_text(), policy.DEFAULT)
    register.take_over(book(path, "agency import"), ROOT / "examples" / "jinshan" / "agencies-jinshan.csv")
    items.take_over(book(path, "item import"), files / "items.csv")
    qualifications.take_inspectors(book(path, "inspector import"), files / "inspectors.csv")
    qualifications.take_entrustments(book(path, "entrustment import"), files / "entrustments.csv")
    plans.take_over(book(path, "plan import"), files / "plans.csv")
    ledger.settle(path)
    return path


def bare(file: Path, folder: Path) -> float:
    """Time the bare loader."""
    path = folder / "bare.db"
    path.unlink(missing_ok=True)
    start = time.perf_counter()
    connection = sqlite3.connect(path)
    with file.open(encoding="utf-8-sig", newline="") as rows:
        reader = csv.reader(rows)
        heads = next(reader)
        columns = ", ".join(f'"{head}" TEXT' for head in heads)
        connection.execute(f"CREATE TABLE t ({columns})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(heads))})", reader)
    connection.commit()
    connection.close()
    return time.perf_counter() - start


def ours(file: Path, folder: Path, empty: Path) -> float:
    """Time the import into a ledger that has the register but no inspections."""
    path = folder / "import.db"
    for old in folder.glob("import.db*"):
        old.unlink()
    shutil.copy(empty, path)
    start = time.perf_counter()
    inspections.take_over(book(path, "inspection import"), file)
    return time.perf_counter() - start


def utils(file: Path, folder: Path) -> float:
    """Time `sqlite-utils insert`."""
    path = folder / "utils.db"
    path.unlink(missing_ok=True)
    words = [str(Path(sys.executable).with_name("sqlite-utils")), "insert", str(path), "t", str(file), "--csv"]
    start = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own words
    return time.perf_counter() - start


def apart(time_: Callable[..., float], *given: Path) -> float:
    """Time something in a process of its own, as a command is."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(time_, given)


def scanned(path: Path) -> float:
    """Time a scan of the month."""
    start = time.perf_counter()
    scan.scan(book(path, "scan"), MONTH)
    return time.perf_counter() - start


def month_alone(file: Path, folder: Path) -> Path:
    """Write the rows of the month to a file of their own."""
    path = folder / "month.csv"
    with file.open(encoding="utf-8-sig", newline="") as rows, path.open("w", encoding="utf-8-sig", newline="") as out:
        reader = csv.reader(rows)
        heads = next(reader)
        place = heads.index("检查时间")
        csv.writer(out).writerows([heads, *(row for row in reader if row[place].startswith(MONTH))])
    return path


def main() -> None:
    """Print the medians and their ratios; exit 1 past an aim."""
    module = year()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = folder / "2026"
        module.make(files, 1, ROWS)  # type: ignore[attr-defined]
        file, empty = files / "inspections.csv", made(folder / "empty.db", files)
        times = [
            (apart(bare, file, folder), apart(ours, file, folder, empty), apart(utils, file, folder)) for _run in range(RUNS)
        ]
        loader, importing, inserting = (statistics.median(column) for column in zip(*times, strict=True))
        ratio = statistics.median(one / other for other, one, _third in times)
        print(
            f"{ROWS} rows: bare loader {loader:.2f} s, sqlite-utils insert {inserting:.2f} s, jsup {importing:.2f} s", flush=True
        )
        print(f"  {ratio:.2f} times the bare loader (aim {MOST_LOADER}), {importing / inserting:.2f} times sqlite-utils (aim 1)")

        large, small = made(folder / "large.db", files), made(folder / "small.db", files)
        inspections.take_over(book(small, "inspection import"), month_alone(file, folder))
        for back in range(YEARS):
            old = folder / f"{2026 - back}"
            if back:
                module.make(old, 1 + back, ROWS, date(2026 - back, 10, 31))  # type: ignore[attr-defined]
            inspections.take_over(book(large, "inspection import"), old / "inspections.csv")
            shutil.rmtree(old, ignore_errors=True)
        for path in (large, small):
            scanned(path)
        pairs = [(scanned(small), scanned(large)) for _run in range(RUNS)]
        alone, among = (statistics.median(column) for column in zip(*pairs, strict=True))
        slower = statistics.median(one / other for other, one in pairs)
        print(f"scan of {MONTH}: {among:.2f} s over {YEARS * ROWS} inspections, {alone:.2f} s over the month alone")
        print(f"  {slower:.2f} times (aim {MOST_SCAN})")
    sys.exit(ratio > MOST_LOADER or importing > inserting or slower > MOST_SCAN)


if __name__ == "__main__":
    main()
