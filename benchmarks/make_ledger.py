"""Make a large ledger, in a file or on a server: `make_ledger.py OUT --findings 1_000_000 --inspections 2_000_000`.

The register comes in as an officer brings it in; everything after it is written by plain SQL, as jsup itself would have written
it: findings with the clocks and the events of their steps, papers, inspections in batches, and the journal with them all, one
entry for each finding and each batch. `jsup verify` finds such a ledger whole. Of the findings so many as asked have one clock
that is overdue on 24 November 2026, some 1 % (300 at most) one that runs and is not due, and the others have ended. The
bureau has looked through each month and settled each systemic problem, so that little else is overdue: where there are few
inspections, months without an upload. Two ledgers of one seed differ in the instants of their first two entries and in the
hashes, and in nothing else.
"""
# ruff: noqa: INP001 - a script, not a package

import argparse
import gc
import json
import random
import sqlite3
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from jsup import SCHEMA, deadlines, journal, ledger, policy, reads, register, servers, systemic
from jsup.errors import JsupError
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.models import Deadline, Event, Finding, Paper, PaperFinding
from jsup.outcomes import Guidance, GuidanceAgency
from jsup.reads import Place
from jsup.servers import Server
from jsup.service import reached
from jsup.watch.records import CONTENT
from jsup.watched import Batch, Look

TODAY = date(2026, 11, 24)
OFFICER = "bench"
ENTERPRISES = 60_000
CHUNK = 5_000
"""Findings or inspections that are held at a time."""
LONGEST = 120
"""Days in which every course of a finding is over."""
RUNNING, RUNNING_SHARE = 300, 100
WAVE = 20
"""Days in which one category is found everywhere; it is systemic then, and is so no more some three months later."""
WORKING_DAY = deadlines.WORKING_DAY
REGISTER = Path(__file__).parents[1] / "examples" / "jinshan" / "agencies-jinshan.csv"
TABLES = (Finding, Deadline, Paper, PaperFinding, Event)

JOURNAL = ("seq", "prev_hash", "hash", "body")

Row = dict[str, Any]
Write = Callable[[str, Sequence[str], Sequence[Sequence[Any]]], None]
"""Writes rows of a table: its name, the columns, the values."""


def columns(model: Any) -> list[str]:
    """Return the names of an entity's columns, sorted as the journal has them."""
    return sorted(column.name for column in model.__table__.columns)


def row_of(model: Any, **values: Any) -> Row:
    """Return a row, its columns sorted; what is not given is empty."""
    return dict.fromkeys(columns(model)) | values


def make(place: Path | str, *, findings: int, inspections: int, overdue: int = 30, years: int = 10, seed: int = 1) -> Place:
    """Make a ledger in a new file or at a server's address, and return its place.

    Raises:
        LedgerError: the place is taken or cannot be written.
        ValueError: there are too few findings for so many overdue ones.
    """
    old = found_before(LONGEST, findings, years)
    if old < overdue:
        raise ValueError(f"of {findings} findings only {old} can be overdue")
    at: Place = Server(str(place)) if "://" in str(place) else Path(place)
    ledger.create(at, Entry("init", OFFICER, TODAY), policy.packaged_text(), policy.DEFAULT)
    register.take_over(Ledger(at, Entry("agency import", OFFICER, TODAY)), REGISTER)
    with reads.open_ledger(at) as opened:
        (last,) = opened.rows("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
        (events,) = opened.rows("SELECT MAX(id) AS last FROM event")
        law = Law(opened)
    book = Book(last["seq"], last["hash"], {"event": events["last"]})
    with filling(at, book) as write:
        courses = Courses(law, random.Random(seed), findings, overdue, years)  # noqa: S311 - a ledger that can be made again
        for lot in lots(courses.all()):
            write_findings(write, book, lot)
        chance = random.Random(seed + 1)  # noqa: S311
        size = max(1, -(-inspections // years))
        for first in range(0, inspections, size):
            write_batch(write, book, law, chance, range(first, min(first + size, inspections)), inspections, years)
        if inspections:
            write_looks(write, book, law, years)
    with reads.open_ledger(at) as opened:
        source = systemic.source(opened)
        problems = [
            row | {"agencies": source.agencies(row["category"], row["time"])} for row in reached.unproposed(opened, TODAY)
        ]
    with filling(at, book) as write:
        settle(write, book, law, problems)
    return at


# Writing ----------------------------------------------------------------------------------------


class Book:
    """The journal as far as it is written, and the last id of each table."""

    def __init__(self, seq: int, head: str, ids: dict[str, int]) -> None:
        self.seq, self.head, self.ids = seq, head, Counter(ids)
        self.to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

    def entry(self, command: str, today: str, rows: Iterable[tuple[str, Any, Row]]) -> tuple[int, str, str, str]:
        """Return the next entry, for rows with their table and key, as journal.py writes one; their columns are sorted."""
        self.seq += 1
        body = self.to_json({
            "at": f"{today}T01:00:00.000000Z", "changes": [{"key": key, "row": row, "table": table} for table, key, row in rows],
            "command": command, "officer": OFFICER, "schema": SCHEMA, "seq": self.seq, "today": today,
        })  # fmt: skip
        before, self.head = self.head, journal.chained(self.head, body)
        return self.seq, before, self.head, body


@contextmanager
def filling(place: Place, book: Book) -> Iterator[Write]:
    """Give what writes rows, fast and in one transaction; at the end the ledger is as jsup leaves one."""
    gc.disable()  # rows make no cycles, and looking for some takes a fifth of the time
    try:
        with on_server(place, book) if isinstance(place, Server) else in_file(place, book) as write:
            yield write
    finally:
        gc.enable()


@contextmanager
def on_server(server: Server, book: Book) -> Iterator[Write]:
    """Give what copies rows to a server."""
    with servers.connect(server) as connection, connection.cursor() as cursor:

        def copied(table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
            with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

        with connection.transaction():
            yield copied
            for table in +book.ids:
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}")
        connection.autocommit = True
        cursor.execute("VACUUM (ANALYZE)")


@contextmanager
def in_file(path: Path, book: Book) -> Iterator[Write]:
    """Give what inserts rows in a file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")

        def inserted(table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
            places = ", ".join("?" * len(names))
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", rows)

        yield inserted
        connection.execute(f"PRAGMA user_version = {book.seq}")
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


def lots(courses: Iterator[dict[str, list[Row]]]) -> Iterator[list[dict[str, list[Row]]]]:
    """Give findings many at a time."""
    while lot := [*islice(courses, CHUNK)]:
        yield lot


def write_findings(write: Write, book: Book, lot: Sequence[dict[str, list[Row]]]) -> None:
    """Write findings with all that belongs to them, each with its entry in the journal."""
    tables: dict[str, list[list[Any]]] = {model.__tablename__: [] for model in TABLES}
    entries = []
    for course in lot:
        numbered(course, book.ids)
        changed = []
        for table, rows in course.items():
            for row in rows:
                changed.append((table, row["number" if table == "finding" else "id"], row))
                tables[table].append([*row.values()])
        entries.append(book.entry("finding add", course["event"][-1]["done_on"], changed))
    for model in TABLES:
        write(model.__tablename__, columns(model), tables[model.__tablename__])
    write("journal", JOURNAL, entries)


def numbered(course: dict[str, list[Row]], ids: Counter[str]) -> None:
    """Give the rows of a finding their ids, and let those that refer to others of them do so."""
    for table, rows in course.items():
        if table != "finding":
            for row in rows:
                ids[table] += 1
                row["id"] = ids[table]
    for row in course["paper_finding"]:
        row["paper_id"] = course["paper"][0]["id"]
    for row in course["deadline"]:
        if row["after_id"] is not None:  # the place of the clock before it
            row["after_id"] = course["deadline"][row["after_id"]]["id"]


# Findings ---------------------------------------------------------------------------------------


class Law:
    """What a course asks of the ledger: the agencies, the categories, the periods, the calendar and both versions."""

    def __init__(self, opened: reads.Reads) -> None:
        self.policy, self.calendar, self.versions = opened.policy(), opened.calendar(), opened.versions
        self.agencies = [row["code"] for row in opened.agencies()]
        self.categories = [key for key in self.policy.categories if key != "other"]
        self.series = self.policy.paper("recommendation").number
        self.due = cache(self._due)

    def _due(self, start: date, count: int) -> tuple[date, bool]:
        return deadlines.due(self.calendar, start, count, WORKING_DAY)


def found_on(place: int, findings: int, years: int) -> date:
    """Return the day on which a finding was found, or an inspection made, of so many in the order of their days."""
    return TODAY - timedelta(days=365 * years - place * 365 * years // findings)


def found_before(days: int, findings: int, years: int) -> int:
    """Return how many findings were found so many days before today, or earlier."""
    return bisect_right(range(findings), TODAY - timedelta(days=days), key=lambda place: found_on(place, findings, years))


class Courses:
    """The findings in the order of their days, each with its clocks, papers and events."""

    def __init__(self, law: Law, chance: random.Random, findings: int, overdue: int, years: int) -> None:
        self.law, self.chance, self.count, self.years = law, chance, findings, years
        self.numbers: Counter[int] = Counter()
        self.serials: Counter[int] = Counter()
        old, recent = (found_before(days, findings, years) for days in (LONGEST, LONGEST + 2 * 365))
        self.overdue = {*chance.sample(range(recent if old - recent >= overdue else 0, old), overdue)}
        self.running = max(old, findings - min(RUNNING, findings // RUNNING_SHARE))
        self.finding = row_of(Finding, title="检查中发现的问题", facts="调取检查记录核实。", basis="工作方案")
        self.clock = row_of(Deadline, policy_id=law.versions[0], calendar_id=law.versions[1])
        self.paper = row_of(Paper, kind="recommendation", ground="unrectified", series=law.series, drafted_by=OFFICER,
                            signed_by="局长", served_way="direct", served_to="办公室", state="served")  # fmt: skip
        self.event = row_of(Event, officer=OFFICER)

    def all(self) -> Iterator[dict[str, list[Row]]]:
        """Give the rows of each finding, by table."""
        for place in range(self.count):
            on, chance = found_on(place, self.count, self.years), self.chance.random()
            course = Course(self, on, self._place())
            if place in self.overdue:
                course.overdue(chance)
            elif place >= self.running:
                course.warned(on, TODAY + timedelta(days=1 + int(20 * chance)))
            elif chance < 0.03:  # noqa: PLR2004 - shares of the courses
                course.withdrawn()
            elif chance < 0.2 and on < TODAY - timedelta(days=LONGEST):  # noqa: PLR2004
                course.recommended()
            else:
                course.mended()
            yield course.rows

    def _place(self) -> tuple[int, bool]:
        return self.chance.randrange(len(self.law.agencies)), self.chance.random() < 0.3  # noqa: PLR2004


class Course:
    """What was done to one finding."""

    def __init__(self, courses: Courses, on: date, at: tuple[int, bool]) -> None:
        self.of, self.on, self.pick = courses, on, courses.chance.randrange
        place, wave = at
        categories = courses.law.categories
        category = categories[(on.toordinal() // WAVE if wave else place) % len(categories)]
        courses.numbers[on.year] += 1
        self.number = f"{on.year}-{courses.numbers[on.year]:04d}"
        self.finding = courses.finding | {
            "number": self.number, "agency_code": courses.law.agencies[place], "category": category, "found_on": on.isoformat(),
        }  # fmt: skip
        self.rows: dict[str, list[Row]] = {
            "finding": [self.finding],
            "deadline": [],
            "paper": [],
            "paper_finding": [],
            "event": [],
        }
        self.note("finding add", on, "open")

    def note(self, step: str, on: date, stage: str, details: str = "{}") -> None:
        """Enter a step."""
        self.finding["stage"] = stage
        self.rows["event"].append(
            self.of.event
            | {"finding_number": self.number, "step": step, "done_on": on.isoformat(), "stage": stage, "details": details}
        )

    def clock(self, key: str, event: str, on: date, *, named: date | None = None, chained: bool = False) -> Row:
        """Start a clock, for the policy's period or until a day that is named."""
        period = self.of.law.policy.period(key)
        count = None if named else period.count
        due, provisional = self.of.law.due(on, count) if count else (named or on, False)
        self.rows["deadline"].append(clock := self.of.clock | {
            "finding_number": self.number, "period": key, "owner": period.owner, "start_event": event,
            "started_on": on.isoformat(), "count": count, "unit": period.unit if count else deadlines.NAMED_DATE,
            "due_on": due.isoformat(), "provisional": provisional, "clause": period.clause,
            "after_id": len(self.rows["deadline"]) - 1 if chained else None,
        })  # fmt: skip
        return clock

    def withdrawn(self) -> None:
        """Withdraw it."""
        self.note("withdraw", min(TODAY, self.on + timedelta(days=self.pick(4))), "withdrawn", '{"why":"重复登记"}')

    def warned(self, on: date, until: date) -> tuple[Row, Row]:
        """Warn of it, by phone."""
        self.note("warn", on, "warned", f'{{"method":"phone","rectify_by":"{until}"}}')
        return self.clock("warning", "warn", on, named=until), self.clock("recommendation", "warning_end", until, chained=True)

    def mended(self) -> None:
        """Let it be rectified after the warning: one in ten is confirmed late."""
        on = min(TODAY, self.on + timedelta(days=self.pick(4)))
        until = on + timedelta(days=7 + self.pick(9))
        warning, recommendation = self.warned(on, until)
        confirmed = min(TODAY, until + timedelta(days=self.pick(5) if self.pick(10) == 0 else -self.pick(4)))
        warning["met_on"] = recommendation["cancelled_on"] = confirmed.isoformat()
        self.note("confirm", confirmed, "rectified", '{"result":"rectified"}')
        self.note("close", min(TODAY, confirmed + timedelta(days=self.pick(3))), "closed")

    def unmended(self) -> tuple[Row, date]:
        """Let it be unrectified after the warning; return the clock of the recommendation, and the day."""
        on = self.on + timedelta(days=self.pick(4))
        warning, recommendation = self.warned(on, until := on + timedelta(days=7 + self.pick(9)))
        warning["met_on"] = until.isoformat()
        self.note("confirm", until, "unrectified", '{"result":"unrectified"}')
        return recommendation, until

    def served(self) -> tuple[Row, Row, date]:
        """Let a recommendation be made, signed and served; return the clocks that it starts, and the day."""
        recommendation, on = self.unmended()
        self.note("recommend", on, "unrectified")
        due = date.fromisoformat(recommendation["due_on"])
        signed = due + timedelta(days=self.pick(3) if self.pick(10) == 0 else -self.pick(4))
        recommendation["met_on"] = signed.isoformat()
        self.note("sign", signed, "signed", '{"by":"局长"}')
        self.note("deliver", delivered := signed + timedelta(days=1 + self.pick(3)), "served",
                  '{"by_way":"direct","receiver":"办公室"}')  # fmt: skip
        rectification = self.clock("rectification", "service", delivered)
        rectification["given_on"] = rectification["due_on"]
        review = self.clock("review", "rectification_end", date.fromisoformat(rectification["due_on"]), chained=True)
        self.of.serials[signed.year] += 1
        serial, code = self.of.serials[signed.year], self.finding["agency_code"]
        self.rows["paper"].append(self.of.paper | {
            "agency_code": code, "number": self.of.law.series.format(year=signed.year, n=serial),
            "series_year": signed.year, "serial": serial, "drafted_on": on.isoformat(), "signed_on": signed.isoformat(),
            "served_on": delivered.isoformat(), "file_name": f"{self.number}.docx",
            "sha256": sha256(self.number.encode()).hexdigest(),
        })  # fmt: skip
        self.rows["paper_finding"].append({"finding_number": self.number, "id": None, "paper_id": None})
        return rectification, review, delivered

    def reported(self) -> tuple[Row, date]:
        """Let the agency report that it was rectified, one in ten late; return the clock of the review, and the day."""
        rectification, review, _delivered = self.served()
        due = date.fromisoformat(rectification["due_on"])
        on = due + timedelta(days=1 + self.pick(5) if self.pick(10) == 0 else -self.pick(10))
        rectification["met_on"] = self.finding["rectified_on"] = on.isoformat()
        self.note("rectify", on, "served")
        return review, on

    def recommended(self) -> None:
        """Let it be rectified after the recommendation, and close it."""
        review, rectified = self.reported()
        on = rectified + timedelta(days=self.pick(6))
        review["met_on"] = on.isoformat()
        self.note("review", on, "rectified", '{"result":"full"}')
        late = rectified.isoformat() > self.rows["deadline"][-2]["due_on"]
        self.note("close", on + timedelta(days=self.pick(3)), "closed", '{"why":"逾期数日，已整改到位"}' if late else "{}")

    def overdue(self, chance: float) -> None:
        """Leave one clock of it open that is past its last day: of the recommendation, of the review, or of the warning."""
        if chance < 0.6:  # noqa: PLR2004 - shares of the courses
            self.unmended()
        elif chance < 0.9:  # noqa: PLR2004
            self.reported()
        else:
            self.warned(TODAY - timedelta(days=20 + self.pick(20)), TODAY - timedelta(days=1 + self.pick(4)))


# What the bureau did besides --------------------------------------------------------------------


def write_looks(write: Write, book: Book, law: Law, years: int) -> None:
    """Write that each agency's cases of each month were looked through in the month after it."""
    first, looks, entries = (TODAY - timedelta(days=365 * years)).replace(day=1), [], []
    while (after := (first + timedelta(days=31)).replace(day=1)) < TODAY:
        on = min(TODAY, after + timedelta(days=2)).isoformat()
        for code in law.agencies:
            book.ids["look"] += 1
            look = row_of(Look, id=book.ids["look"], month=f"{first:%Y-%m}", agency_code=code, looked_on=on, cases=20,
                          result="未发现异常", officer=OFFICER)  # fmt: skip
            looks.append([*look.values()])
            entries.append(book.entry("look", on, [("look", look["id"], look)]))
        first = after
    write("look", columns(Look), looks)
    write("journal", JOURNAL, entries)


def settle(write: Write, book: Book, law: Law, problems: Iterable[dict[str, Any]]) -> None:
    """Write that the systemic problems were dismissed with a reason once they were over, and those of now proposed."""
    opinions, agencies, entries = [], [], []
    for problem in problems:
        reached_on = date.fromisoformat(problem["reached_on"])
        due = deadlines.due(law.calendar, reached_on, 1, "month")
        over = reached_on + timedelta(days=WAVE)
        done_on = over.isoformat() if over <= TODAY else None
        book.ids["guidance"] += 1
        row = row_of(
            Guidance, id=book.ids["guidance"], category=problem["category"], title=problem["title"],
            reached_on=problem["reached_on"], due_on=due.on.isoformat(), provisional=due.provisional,
            policy_id=law.versions[0], calendar_id=law.versions[1], state=reached.DISMISSED if done_on else reached.PROPOSED,
            proposed_on=problem["reached_on"], dismissed_on=done_on, dismissed_why=done_on and "已当面指导", officer=OFFICER,
        )  # fmt: skip
        parts = []
        for code in problem["agencies"]:
            book.ids["guidance_agency"] += 1
            key = book.ids["guidance_agency"]
            parts.append(row_of(GuidanceAgency, id=key, guidance_id=row["id"], agency_code=code, shown=True))
        opinions.append([*row.values()])
        agencies += [[*part.values()] for part in parts]
        changed = [("guidance", row["id"], row), *(("guidance_agency", part["id"], part) for part in parts)]
        entries.append(book.entry("guidance propose", done_on or problem["reached_on"], changed))
    write("guidance", columns(Guidance), opinions)
    write("guidance_agency", columns(GuidanceAgency), agencies)
    write("journal", JOURNAL, entries)


# Inspections ------------------------------------------------------------------------------------


def write_batch(write: Write, book: Book, law: Law, chance: random.Random, places: range, count: int, years: int) -> None:
    """Write the inspections of one import, and the batch that holds them."""
    first, digest, on, names = book.ids["inspection"] + 1, sha256(), "", ("id", "version", "latest", "sha256", *CONTENT)
    for start in range(places.start, places.stop, CHUNK):
        rows = [inspection(law, chance, place, count, years) for place in range(start, min(start + CHUNK, places.stop))]
        hashes = [*journal.row_hashes([journal.texts(column) for column in zip(*rows, strict=True)])]
        ids = range(book.ids["inspection"] + 1, book.ids["inspection"] + 1 + len(rows))
        write("inspection", names, [(key, 1, 1, said, *row) for key, said, row in zip(ids, hashes, rows, strict=True)])
        digest.update(("" if start == places.start else "\n").encode() + "\n".join(hashes).encode())
        book.ids["inspection"] += len(rows)
        on = rows[-1][CONTENT.index("uploaded_on")]
    book.ids["batch"] += 1
    batch = row_of(
        Batch, id=book.ids["batch"], name="inspection", file_name=f"{on[:4]}.csv", file_sha256=sha256(on.encode()).hexdigest(),
        taken_on=on, rows=len(places), new=len(places), changed=0, unchanged=0, rejected=0, first_id=first, count=len(places),
        digest=digest.hexdigest(),
    )  # fmt: skip
    write("batch", [*batch], [[*batch.values()]])
    write("journal", JOURNAL, [book.entry("inspection import", on, [("batch", batch["id"], batch)])])


def inspection(law: Law, chance: random.Random, place: int, count: int, years: int) -> tuple[Any, ...]:
    """Return what an inspection holds besides its id, version and SHA-256; they come in the order of their days."""
    on = found_on(place, count, years)
    uploaded = min(TODAY, on + timedelta(days=3))
    enterprise, joint = chance.randrange(ENTERPRISES), f"LH{place // 3}" if place % 20 < 3 else ""  # noqa: PLR2004
    return (
        f"JC{place:09d}", "检查", chance.choice(law.agencies), None, "", f"企业{enterprise:06d}", f"91310116MA{enterprise:08d}",
        "310116", "现场检查", "日常检查", "有计划", "未发现问题", on.isoformat(), "甲;乙", "1;2", uploaded.isoformat(),
        f"M{place}", "P", "", joint, "事项一;事项二" if place % 9 == 0 else "事项一", "D", "", "",
        chance.choice(("满意", "满意", "基本满意", "不满意", "")), on.toordinal(), (uploaded - on).days, 2,
        int(place % 33 == 0), int(place % 30 == 0),
    )  # fmt: skip


def main() -> None:
    """Make the ledger that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", metavar="OUT", nargs="?", default="large.db",
                        help="a new file (large.db), or postgresql://user@host/database")  # fmt: skip
    parser.add_argument("--findings", type=int, default=1_000_000)
    parser.add_argument("--inspections", type=int, default=2_000_000)
    parser.add_argument("--overdue", type=int, default=30, help="findings with a clock past its last day")
    parser.add_argument("--years", type=int, default=10, help="over which all is spread")
    parser.add_argument("--seed", type=int, default=1)
    asked = vars(parser.parse_args())
    try:
        make(asked.pop("out"), **asked)
    except (JsupError, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
