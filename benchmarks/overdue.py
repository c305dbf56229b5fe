"""Time `overdue --json` over 1,000,000 findings, beside the bare driver and beside a small ledger.

With 30,000 overdue it stands beside a plain program that runs the same query through sqlite3, makes the same items of its rows
and prints them as JSON without indentation; next steps and working days left, which are no row's, it prints as they are given it.
With 30 overdue it stands beside itself on a ledger of 1,000 findings with as many. On PostgreSQL, with 100,000 findings, the
plain program has psycopg. Each is a process of its own, as typed, in turns; figures are medians of the turns' ratios. Growth is
taken with 30 and with 3 % overdue, and of `next` and `finding list` of one agency with 30. It takes six minutes and six gigabytes
of disk, most of that for making the ledgers.
"""
# ruff: noqa: INP001 - a script, not a package

import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import make_ledger
import measure
from serving import serving

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ON_SERVER = 100_000
FEW, SHARE = 30, 0.03
INSPECTIONS = 20_000
AIM_MANY, AIM_FEW = 2.0, 1.3
TODAY = make_ledger.TODAY.isoformat()

BARE = """\
import json
import sys

place, today, given = sys.argv[1:]
query = (
    "SELECT * FROM deadlines WHERE met_on IS NULL AND cancelled_on IS NULL AND due_on < {mark} ORDER BY due_on, number, id"
)
if "://" in place:
    import psycopg

    connection = psycopg.connect(place, options="-c search_path=jsup")
    rows = connection.execute(query.format(mark="%s"), (today,))
    names = [one.name for one in rows.description]
else:
    import sqlite3

    connection = sqlite3.connect(f"file:{place}?mode=ro", uri=True)
    rows = connection.execute(query.format(mark="?"), (today,))
    names = [one[0] for one in rows.description]
with open(given, encoding="utf-8") as file:
    document = json.load(file)
keys, more = document.pop("keys"), document.pop("more")
items = []
for values in rows:
    row = dict(zip(names, values))
    items.append({key: row[key] for key in keys} | {"provisional": bool(row["provisional"])} | more)
print(json.dumps(document | {"items": items}, ensure_ascii=False, default=str))
"""
HELD = (
    "kind",
    "number",
    "agency_code",
    "agency",
    "title",
    "stage",
    "period",
    "owner",
    "started_on",
    "due_on",
    "provisional",
    "clause",
)
"""What of an item the view holds."""


def typed(place: object, *words: str) -> measure.Done:
    """Run a command of jsup on a ledger."""
    return measure.run(measure.jsup("--ledger", place, "--today", TODAY, *words, "--json"))


def bare(folder: Path, place: str) -> list[str]:
    """Write the plain program for a ledger, and hold what it prints against what jsup does; return its words."""
    said = json.loads(typed(place, "overdue").out)
    found = [item for item in said["items"] if item["kind"] == "finding"]
    more = {key: value for key, value in found[0].items() if key not in HELD}
    rest = said | {"items": [], "keys": [key for key in HELD if key != "provisional"], "more": more}
    program, given = folder / "bare.py", folder / f"given{len(found)}.json"
    program.write_text(BARE, "utf-8")
    given.write_text(json.dumps(rest, ensure_ascii=False), "utf-8")
    words = [sys.executable, str(program), place.replace("+psycopg", ""), TODAY, str(given)]
    printed = json.loads(measure.run(words).out)["items"]
    if [[item[key] for key in HELD] for item in found] != [[item[key] for key in HELD] for item in printed]:
        raise RuntimeError("the plain program prints other findings")
    return words


def many(bench: measure.Bench, key: str, title: str, folder: Path, place: str) -> None:
    """Time a long list beside the plain program's."""
    words = bare(folder, place)
    pair = measure.turns(lambda: typed(place, "overdue").seconds, lambda: measure.run(words).seconds)
    bench.add(measure.compared(key, title, pair, "s", AIM_MANY, "the bare driver"))


def few(bench: measure.Bench, key: str, title: str, large: object, small: object) -> None:
    """Time a short list from a large ledger beside one from a small ledger."""
    pair = measure.turns(lambda: typed(large, "overdue").seconds, lambda: typed(small, "overdue").seconds)
    bench.add(measure.compared(key, title, pair, "s", AIM_FEW, "a small ledger"))


def grown(places: Sequence[Path], *words: str) -> list[tuple[int, float]]:
    """Return the median time of a command at each size."""
    columns = measure.turns(*[lambda place=place: typed(place, *words).seconds for place in places])
    return [(size, statistics.median(column)) for size, column in zip(SIZES, columns, strict=True)]


def made(folder: Path, *, share: float = 0) -> list[Path]:
    """Make a ledger of each size, with a share of the findings overdue or else with as many in each."""
    name = "many" if share else "few"
    return [
        Path(str(make_ledger.make(folder / f"{name}{size}.db", findings=size, inspections=INSPECTIONS,
                                  overdue=round(size * share) or FEW)))
        for size in SIZES
    ]  # fmt: skip


def main() -> None:
    """Print the figures; exit 1 past an aim."""
    asked, bench = measure.asked(__doc__), measure.Bench("overdue")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = made(folder, share=SHARE)
        count = round(SIZES[-1] * SHARE)
        many(bench, "overdue.many", f"overdue, {count:,} of {SIZES[-1]:,} findings", folder, str(places[-1]))
        bench.grow(measure.Growth("overdue.many", "overdue, 3 % of the findings", "s", "findings", grown(places, "overdue")))
    with tempfile.TemporaryDirectory() as name:
        places = made(Path(name))
        few(bench, "overdue.few", f"overdue, {FEW} of {SIZES[-1]:,} findings", places[-1], places[0])
        (first, *_more) = json.loads(typed(places[0], "agency", "list").out)
        commands = {"overdue.few": ("overdue",), "overdue.next": ("next",),
                    "overdue.list": ("finding", "list", "--agency", first["code"])}  # fmt: skip
        titles = {
            "overdue.few": f"overdue, {FEW} of the findings",
            "overdue.next": "next",
            "overdue.list": "finding list, one agency",
        }
        for key, words in commands.items():
            note = "It prints one finding in 37." if key == "overdue.list" else ""
            bench.grow(measure.Growth(key, titles[key], "s", "findings", grown(places, *words), note))
    with tempfile.TemporaryDirectory() as name, serving() as server:
        lots = {"small": (SIZES[0], FEW), "few": (ON_SERVER, FEW), "many": (ON_SERVER, round(ON_SERVER * SHARE))}
        for database, (findings, overdue) in lots.items():
            server.database(database)
            make_ledger.make(server.address(database), findings=findings, inspections=INSPECTIONS, overdue=overdue)
        large, small, long = (server.address(database) for database in ("few", "small", "many"))
        title = f"overdue, {round(ON_SERVER * SHARE):,} of {ON_SERVER:,} findings on PostgreSQL"
        many(bench, "overdue.many_server", title, Path(name), long)
        few(bench, "overdue.few_server", f"overdue, {FEW} of {ON_SERVER:,} findings on PostgreSQL", large, small)
    bench.done(asked.record)


if __name__ == "__main__":
    main()
