"""Time `inspection import` of 1,000,000 csv rows beside what it is measured by: `make bench`.

The command is timed as it is typed, in turns with a bare loader (csv module, sqlite3, one table of texts, one transaction,
nothing looked at), and for 200,000 rows with `sqlite-utils insert`; on PostgreSQL beside a loader that copies the csv into one
table of texts. Each runs in a process of its own, the command into a ledger that has the register and no inspections. Its
memory is what it holds at most above the same command on a file of ten rows. The rows are those of a made-up year, each of them
many times with other numbers and other enterprises. A second import of the same million is timed too, for which there is no aim.
"""
# ruff: noqa: INP001 - a script, not a package

import csv
import importlib.util
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import measure
from measure import Bench, Figure, Growth
from serving import Serving, serving

YEAR = measure.ROOT / "examples" / "jinshan" / "year.py"
REGISTER = YEAR.with_name("agencies-jinshan.csv")
SIZES = (1_000, 10_000, 100_000, 1_000_000)
FEW, UTILS = 10, 200_000
ROWS_OF_YEAR = 50_000
LOADER, INSERT, MEMORY = 4.0, 1.0, 200
TODAY = "2026-11-24"


# What runs in processes of its own --------------------------------------------------------------


def write_files(folder: str) -> None:
    """Write a file of each size, and of the largest one another in which one row of a hundred has changed."""
    spec = importlib.util.spec_from_file_location("year", YEAR)
    assert spec is not None
    assert spec.loader is not None
    sys.modules["year"] = year = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(year)
    made = year.Year(1, ROWS_OF_YEAR, year.date(2026, 10, 31))
    made.fill()
    for size in (FEW, UTILS, *SIZES):
        year.write(Path(folder), f"{size}.csv", rows(year, made, size))
    year.write(Path(folder), "changed.csv", rows(year, made, SIZES[-1], changing=100))


def rows(year: Any, made: Any, size: int, changing: int = 0) -> Iterator[list[str]]:
    """Give the headings and so many rows: each of the year's as often as it takes, with a number and an enterprise of its own."""
    yield year.HEADINGS
    times, enterprises = -(-size // len(made.rows)), {}
    for place in range(size):
        row, again = dict(made.rows[place // times]), place % times
        number, name = f"JC{place:09d}", row["监管对象"]
        firm = int(name[-6:]) + again * made.enterprises
        if firm not in enterprises:
            enterprises[firm] = year.enterprise_code(firm)
        row |= {"检查行为编号": number, "监管对象": f"{name[:-6]}{firm:06d}", "行政相对人编码": enterprises[firm]}
        row |= {"检查码": f"JCM{number}"} if row["检查码"] else {}
        row |= {"联合检查编号": f"{row['联合检查编号']}-{again}"} if row.get("联合检查编号") else {}
        row |= {"检查结果": "已复查"} if changing and place % changing == 0 else {}
        yield [row.get(head, "") for head in year.HEADINGS]


def table(heads: Sequence[str]) -> str:
    """Return the statement that makes one table of texts."""
    columns = ", ".join(f'"{head}" TEXT' for head in heads)
    return f"CREATE TABLE t ({columns})"


def load(file: str, path: str) -> None:
    """Load a file into a new file of SQLite's, as it stands."""
    connection = sqlite3.connect(path)
    with Path(file).open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        heads = next(reader)
        connection.execute(table(heads))
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(heads))})", reader)
    connection.commit()
    connection.close()


def copy(file: str, address: str) -> None:
    """Load a file into a new table of a server's, as it stands."""
    import psycopg  # noqa: PLC0415 - not where SQLite is timed

    with Path(file).open("rb") as lines, psycopg.connect(address.replace("+psycopg", "")) as connection:
        heads = lines.readline().decode("utf-8-sig").strip().split(",")
        connection.execute("DROP TABLE IF EXISTS t")
        connection.execute(table(heads))
        with connection.cursor().copy("COPY t FROM STDIN (FORMAT csv)") as into:
            while block := lines.read(1 << 18):
                into.write(block)


ALONE: dict[str, Callable[..., None]] = {"write": write_files, "load": load, "copy": copy}


# The comparisons --------------------------------------------------------------------------------


def alone(*words: object) -> list[str]:
    """Return the words that run a function of this script's in a process of its own."""
    return [sys.executable, str(Path(__file__)), *map(str, words)]


def importing(ledger: object, file: Path) -> list[str]:
    """Return the words of the command."""
    return measure.jsup("--ledger", ledger, "--today", TODAY, "inspection", "import", file, "--json")


def made(ledger: object) -> None:
    """Make a ledger that has the register."""
    for words in (["init"], ["agency", "import", REGISTER]):
        measure.run(measure.jsup("--ledger", ledger, "--today", TODAY, *words))


@dataclass
class Files:
    """What is timed in a folder: into files, and what the command held of memory at most."""

    folder: Path
    peaks: dict[int, float] = field(default_factory=dict)

    def rows(self, size: int) -> Path:
        """Return the file of so many rows."""
        return self.folder / f"{size}.csv"

    def ours(self, size: int) -> float:
        """Time the command on so many rows."""
        for old in self.folder.glob("import.db*"):
            old.unlink()
        shutil.copy(self.folder / "empty.db", self.folder / "import.db")
        done = measure.run(importing(self.folder / "import.db", self.rows(size)))
        self.peaks[size] = max(done.peak, self.peaks.get(size, 0))
        return done.seconds

    def bare(self, size: int) -> float:
        """Time the bare loader on so many rows."""
        (self.folder / "bare.db").unlink(missing_ok=True)
        return measure.run(alone("load", self.rows(size), self.folder / "bare.db")).seconds

    def utils(self, size: int) -> float:
        """Time `sqlite-utils insert` on so many rows."""
        path = self.folder / "utils.db"
        path.unlink(missing_ok=True)
        words = [Path(sys.executable).with_name("sqlite-utils"), "insert", path, "t", self.rows(size), "--csv"]
        return measure.run([*map(str, words)]).seconds

    def again(self, file: Path) -> measure.Done:
        """Time a further import into the ledger of the last one."""
        return measure.run(importing(self.folder / "import.db", file))


def in_files(bench: Bench, files: Files) -> None:
    """Compare with the loaders of SQLite, and let the import grow."""
    files.ours(FEW)
    start = files.peaks[FEW]
    points = [(size, statistics.median(files.ours(size) for _turn in range(3))) for size in SIZES[:-1]]
    pair = measure.turns(partial(files.ours, UTILS), partial(files.utils, UTILS))
    bench.add(measure.compared("import.utils", f"import of {UTILS:,} rows", pair, "s", INSERT, "sqlite-utils insert"))
    most = SIZES[-1]
    pair = measure.turns(partial(files.bare, most), partial(files.ours, most))[::-1]
    bench.add(measure.compared("import.loader", f"import of {most:,} rows", pair, "s", LOADER, "bare loader"))
    bench.grow(Growth("import", "import", "s", "rows", [*points, (most, statistics.median(pair[0]))]))
    held = {"": files.peaks[most]}
    for key, file, title in (
        ("again", files.rows(most), "of the same rows again"),
        ("changed", files.folder / "changed.csv", "with 1 % of the rows changed"),
    ):
        done = files.again(file)
        held[f".{key}"] = done.peak
        print(
            f"import {title}: {done.seconds:.4g} s, {done.seconds / statistics.median(pair[0]):.2f} times the first", flush=True
        )
    for key, peak in held.items():
        title = {"": "import of {most:,} rows", ".again": "of the same rows again", ".changed": "with 1 % of them changed"}[key]
        bench.add(Figure(f"import.memory{key}", f"memory over the start, {title.format(most=most)}", peak - start, None, "MiB",
                         None, MEMORY, ""))  # fmt: skip


def on_server(bench: Bench, files: Files, server: Serving) -> None:
    """Compare with a loader of PostgreSQL."""
    file = files.rows(UTILS)
    made(server.address("empty"))

    def ours() -> float:
        server.database("import", like="empty")
        return measure.run(importing(server.address("import"), file)).seconds

    def bare() -> float:
        return measure.run(alone("copy", file, server.address("postgres"))).seconds

    pair = measure.turns(ours, bare)
    bench.add(measure.compared("import.server", f"import of {UTILS:,} rows on PostgreSQL", pair, "s", LOADER, "bare COPY"))


def main() -> None:
    """Print the figures; exit 1 past an aim."""
    if sys.argv[1:2] and sys.argv[1] in ALONE:
        ALONE[sys.argv[1]](*sys.argv[2:])
        return
    asked, bench = measure.asked(__doc__), Bench("imports")
    with tempfile.TemporaryDirectory() as name:
        files = Files(Path(name))
        measure.run(alone("write", name))
        made(files.folder / "empty.db")
        in_files(bench, files)
        with serving() as server:
            server.database("empty")
            on_server(bench, files, server)
    bench.done(asked.record)


if __name__ == "__main__":
    main()
