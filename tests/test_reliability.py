"""What must hold whatever happens: changes behind jsup's back, killed processes, full disks, many who write at once."""

import random
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from jsup import backups, files, journal, reads
from jsup import ledger as ledgers
from jsup.errors import LedgerError
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.papers import trays
from tests import killing, test_outputs
from tests.conftest import ask, place_of, rows
from tests.test_outputs import SETTINGS

NEWEST = sorted((Path(__file__).parent / "ledgers").glob("*.db.xz"))[-1]
TODAY = date(2026, 11, 24)


def opened(archive, path):
    import lzma

    path.write_bytes(lzma.decompress(archive.read_bytes()))
    return path


# Changes behind jsup's back


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """Return a ledger file that has a row in every table."""
    folder = tmp_path_factory.mktemp("full")
    path = folder / "full.db"
    backups.restore(opened(NEWEST, folder / "old.db"), path)
    ledgers.settle(path)
    return path


def inserting(table, columns):
    quoted = (f'"{name}"' for name in columns)
    return f'INSERT INTO "{table}" ({", ".join(quoted)}) VALUES ({", ".join("?" * len(columns))})'


class Meddler:
    """Somebody with the right to write the ledger, and a mind to: one random change at a time."""

    def __init__(self, chance: random.Random, run) -> None:
        self.chance, self.run = chance, run

    def value(self, old: object) -> object:
        choices: list[object] = [None, "x", "", 0, 1, -5, 2**40, "2026-01-01", True, old]
        if isinstance(old, str) and old:
            place = self.chance.randrange(len(old))
            choices += [old[:place] + "改" + old[place + 1 :], old + " ", old[:-1], old.swapcase()] * 3
        if isinstance(old, int):
            choices += [old + 1, -old - 1, str(old)] * 3
        return self.chance.choice([one for one in choices if one != old or type(one) is not type(old)])

    def change(self, table: str, key: str, columns: list[str]) -> tuple[str, set[object]]:
        """Make one change; return what it was and the keys of the rows that it was made to."""
        stored = self.run(f'SELECT * FROM "{table}"', ())
        row, other = self.chance.choice(stored), self.chance.choice(stored)
        kind = self.chance.choice(("update", "delete", "insert", "swap"))
        if kind == "update":
            column = self.chance.choice(columns)
            self.run(f'UPDATE "{table}" SET "{column}" = ? WHERE "{key}" = ?', (self.value(row[column]), row[key]))
            return kind, {row[key], *(() if column != key else ("new",))}
        if kind == "delete":
            self.run(f'DELETE FROM "{table}" WHERE "{key}" = ?', (row[key],))
            return kind, {row[key]}
        if kind == "insert":
            new = f"{row[key]}x" if isinstance(row[key], str) else max(one[key] for one in stored) + self.chance.randint(1, 9)
            values = [new if name == key else row[name] for name in columns]
            self.run(inserting(table, columns), values)
            return kind, {new}
        differing = [name for name in columns if name != key and row[name] != other[name]]
        if not differing:
            raise ValueError("nothing to swap")
        for name in self.chance.sample(differing, self.chance.randint(1, len(differing))):
            for one, value in ((row, other[name]), (other, row[name])):
                self.run(f'UPDATE "{table}" SET "{name}" = ? WHERE "{key}" = ?', (value, one[key]))
        return kind, {row[key], other[key]}


def held(connection, table):
    return sorted(repr(tuple(row)) for row in connection.execute(f'SELECT * FROM "{table}"'))


def names(problems, table, keys) -> bool:
    """Tell whether the problems name the table and one of the rows."""
    for message, values in problems:
        if table == "journal" and message.startswith("journal entr"):
            first, last = (values.get(name, values.get("seq")) for name in ("first", "last"))
            if any(isinstance(key, int) and first <= key <= last for key in keys) or "new" in keys:
                return True
        if values.get("table") == table and (values.get("row") in keys or "new" in keys):
            return True
        if values.get("name") == table == "alembic_version":
            return True
    return False


def shape(path):
    """Return the key and the columns of every table of a ledger, jsup's own two among them."""
    with files.reading(path, scratch=True) as run:
        tables = [*journal.tables_of(run), "journal", "alembic_version"]
        found = {table: journal.columns_of(run, table) for table in tables}
    return {
        table: (next(column["name"] for column in columns if column["pk"]), [column["name"] for column in columns])
        for table, columns in found.items()
    }


def test_every_table_has_a_row_to_be_changed(full):
    """A table that is new wants a row in the newest ledger of tests/ledgers, or what follows tries nothing on it."""
    empty = [table for table in shape(full) if not rows(full, f'SELECT 1 FROM "{table}" LIMIT 1')]
    assert empty == []


def test_every_change_behind_jsup_s_back_is_found_with_its_row(full, tmp_path, times, figure):
    chance, tables, wanted = random.Random(6), shape(full), times(160, 2000)
    copy, made = tmp_path / "copy.db", 0
    missed = []
    while made < wanted:
        table = list(tables)[made % len(tables)]
        shutil.copy(full, copy)
        with closing(sqlite3.connect(copy)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA ignore_check_constraints = 1")
            meddler = Meddler(chance, lambda sql, values: connection.execute(sql, values).fetchall())
            before = held(connection, table)
            try:
                kind, keys = meddler.change(table, *tables[table])
            except (sqlite3.IntegrityError, sqlite3.OperationalError, ValueError, TypeError):
                continue  # the schema itself did not allow it
            if held(connection, table) == before:
                continue  # it was so already
            connection.commit()
        made += 1
        problems = ledgers.verify(copy).problems
        if not names(problems, table, keys):
            missed.append((table, kind, keys, problems))
    assert missed == []
    figure(f"{wanted} changes behind jsup's back in {len(tables)} tables of a file: {wanted} found, the row named")


def test_every_change_on_a_server_is_found_with_its_row(full, stock, tmp_path, times, figure):
    import psycopg
    from psycopg.rows import dict_row

    ledger = stock.fresh("server", "blank", tmp_path / "meddled")
    backups.restore(full, place_of(ledger))
    chance, tables, wanted = random.Random(7), shape(full), times(48, 400)
    made, missed = 0, []
    with psycopg.connect(ledger.replace("+psycopg", ""), autocommit=True, row_factory=dict_row) as connection:
        connection.execute("SET search_path TO jsup")
        connection.execute("SET session_replication_role TO replica")  # nor do foreign keys stop an owner

        def run(sql, values):
            cursor = connection.execute(sql.replace("?", "%s"), values)
            return cursor.fetchall() if cursor.description else cursor.rowcount

        meddler = Meddler(chance, run)
        while made < wanted:
            table = [name for name in tables if name != "alembic_version"][made % (len(tables) - 1)]
            before = run(f'SELECT * FROM "{table}"', ())
            try:
                with connection.transaction():
                    kind, keys = meddler.change(table, *tables[table])
            except (psycopg.Error, ValueError, TypeError):
                continue
            order = sorted(map(repr, run(f'SELECT * FROM "{table}"', ())))
            if order != sorted(map(repr, before)):
                made += 1
                problems = ledgers.verify(place_of(ledger)).problems
                if not names(problems, table, keys) and not (table == "journal" and kind == "delete" and problems):
                    missed.append((table, kind, keys, problems))
            run(f'DELETE FROM "{table}"', ())
            for row in before:
                run(inserting(table, list(row)), list(row.values()))
    assert missed == []
    assert ledgers.verify(place_of(ledger)).problems == []
    figure(f"{wanted} changes behind jsup's back on a server: {wanted} found")
    ask(stock.address("postgres"), f"DROP DATABASE {ledger.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")


# Killed processes


class Office:
    """An office's folder with its ledger, which can be put back to how it was."""

    def __init__(self, folder: Path, stock, kind: str) -> None:
        self.folder, self.stock, self.kind = folder / "office", stock, kind
        self.aside = folder / "aside"
        self.folder.mkdir()
        self.database = f"office{sha256(str(folder).encode()).hexdigest()[:12]}"
        self.ledger = self.folder / "ledger.db" if kind == "file" else stock.address(self.database)
        self.settings = SETTINGS | {"JSUP_LEDGER": str(self.ledger), "XDG_DATA_HOME": str(folder / "data")}
        if kind == "server":
            self.ask(f"CREATE DATABASE {self.database}", f"CREATE DATABASE {self.database}_aside")

    def ask(self, *statements):
        ask(self.stock.address("postgres"), *statements)

    def keep(self):
        shutil.rmtree(self.aside, ignore_errors=True)
        shutil.copytree(self.folder, self.aside)
        if self.kind == "server":
            self._copy(self.database, f"{self.database}_aside")

    def put_back(self):
        for path in self.folder.iterdir():  # the folder itself stays: this process works in it
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.aside, self.folder, dirs_exist_ok=True)
        if self.kind == "server":
            self._copy(f"{self.database}_aside", self.database)

    def _copy(self, source, to):
        end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'"
        self.ask(end, f"DROP DATABASE {to} WITH (FORCE)", f"CREATE DATABASE {to} TEMPLATE {source}")

    def entries(self) -> int:
        """Return how many entries the journal has, none while there is no ledger; it is whole, and so are the papers."""
        place = place_of(self.ledger)
        try:
            verdict = ledgers.verify(place)
        except LedgerError as error:
            assert "there is no ledger" in str(error), error
            return 0
        assert verdict.problems == []
        trays.recover(Ledger(place, Entry("test", "o", TODAY)))  # as every command that writes does
        with trays.issuing(Ledger(place, Entry("test", "o", TODAY)), self.folder / "papers"):
            pass  # what was never committed goes when something is drafted there
        assert not list(self.folder.rglob(".jsup-*.new"))
        with reads.open_ledger(place) as ledger:
            for paper in ledger.papers():
                file = Path(paper["file"])
                if paper["sha256"] and file.parent.is_dir():
                    assert sha256(file.read_bytes()).hexdigest() == paper["sha256"], paper
        return verdict.entries

    def close(self):
        if self.kind == "server":
            self.ask(*(f"DROP DATABASE {name} WITH (FORCE)" for name in (self.database, f"{self.database}_aside")))


def pytest_generate_tests(metafunc):
    """What takes long is tried with one store, with --reliability with both."""
    both = metafunc.config.getoption("--reliability")
    if "office" in metafunc.fixturenames:
        metafunc.parametrize("office", ["file", "server"] if both else ["file"], indirect=True)
    if metafunc.function.__name__.startswith("test_sixteen"):
        metafunc.parametrize("kind", ["file", "server"] if both else ["server"])


@pytest.fixture
def office(request, stock, tmp_path, monkeypatch):
    made = Office(tmp_path, stock, request.param)
    test_outputs.furnished(made.folder)
    monkeypatch.chdir(made.folder)
    for name, value in made.settings.items():
        monkeypatch.setenv(name, value)
    yield made
    made.close()


def test_a_command_that_is_killed_or_finds_the_disk_full_is_done_or_was_never_begun(office, times, figure):
    """Walk through an office's work; before each line is done it is tried, and killed at random moments, or has no room."""
    chance, kills, full, acknowledged, walked = random.Random(), 0, 0, 0, 0
    lines, each = len(test_outputs.LINES), times(1, 8)
    tried = {*chance.sample(range(lines), times(4, lines))}
    for place, (words, _bad) in enumerate(test_outputs.walk()):
        if place not in tried:
            test_outputs.typed(words)
            continue
        office.keep()
        before = office.entries()
        begun = time.perf_counter()
        assert killing.finish(killing.start(words, office.folder, office.settings)) in (0, 1), words
        took = time.perf_counter() - begun
        after = office.entries()
        changed = after != before or words[0] in ("backup", "export", "restore")
        walked += changed
        killed = 0
        for _turn in range(3 * each if changed else 0):
            if killed == each:
                break
            office.put_back()
            process = killing.start(words, office.folder, office.settings)
            time.sleep(chance.uniform(0, 0.9 * took))
            process.kill()
            status = killing.finish(process)
            killed += status == -9
            acknowledged += status == 0
            found = office.entries()
            assert found in ({after} if status == 0 else {before, after}), (words, status, found)
        kills += killed
        if changed and office.kind == "file" and before:
            office.put_back()
            limit = chance.choice((0, 4096, chance.randrange(1 << 17), office.ledger.stat().st_size))
            status = killing.finish(killing.start(words, office.folder, office.settings, limit))
            assert status in (0, 1), (words, limit, status)
            assert office.entries() == (after if status == 0 else before), (words, limit, status)
            full += status == 1
        office.put_back()
        test_outputs.typed(words)
    assert kills >= (500 if len(tried) == lines else 1)
    figure(
        f"{kills} kills and {acknowledged} commands just done, {full} full disks, {walked} lines that change something, "
        f"{office.kind}: 0 ledgers damaged, 0 acknowledged entries lost, 0 steps half applied"
    )


def test_a_migration_or_a_restore_that_is_killed_is_done_or_was_never_begun(full, tmp_path, times, figure):
    chance, folder, done = random.Random(), tmp_path / "office", {"migrate": 0, "restore backup.db": 0}
    folder.mkdir()
    ledger, old = folder / "ledger.db", opened(NEWEST, tmp_path / "old.db")
    backups.backup(full, tmp_path / "backup.db")
    heads = {"migrate": (old, old), "restore backup.db": (old, full)}
    for turn in range(times(8, 100)):
        words = sorted(heads)[turn % 2]
        for path in folder.iterdir():
            path.unlink()
        shutil.copy(tmp_path / "backup.db", folder)
        shutil.copy(heads[words][0], ledger)
        settings = SETTINGS | {"XDG_DATA_HOME": str(tmp_path)}
        process = killing.start(words.split(" "), folder, settings)
        time.sleep(chance.uniform(0, 0.4))
        process.kill()
        done[words] += killing.finish(process) == -9
        revision = files.revision(ledger)
        with files.reading(ledger, scratch=True) as run:
            verdict = ledgers.inspected(run, revision)
        assert verdict.problems == []
        kept = [path for path in folder.iterdir() if path.suffix in (".bak", ".old")]
        if revision != files.revision(old):
            (one,) = kept
            assert rows(one, "SELECT hash FROM journal ORDER BY seq") == rows(old, "SELECT hash FROM journal ORDER BY seq")
        assert killing.finish(killing.start(words.split(" "), folder, settings)) == 0
        assert ledgers.verify(ledger).problems == []
    figure(
        f"{done['migrate']} killed migrations, {done['restore backup.db']} killed restores: 0 ledgers damaged, the old one kept"
    )


# Many hands


def test_sixteen_who_write_at_once_all_get_through(kind, stock, tmp_path, times, figure):
    ledger = stock.fresh(kind, "register", tmp_path / "ledger.db")
    each, people = times(3, 200), 16
    settings = SETTINGS | {"JSUP_LEDGER": str(ledger), "JSUP_OFFICER": "o"}
    begun = time.perf_counter()
    running = [killing.FORKS.Process(target=killing.write_many, args=(who, each, tmp_path, settings)) for who in range(people)]
    for process in running:
        process.start()
    acknowledged = [tmp_path / f"acknowledged-{who}" for who in range(people)]
    while sum(file.stat().st_size for file in acknowledged if file.exists()) < people * each * 4:  # a third of them, or so
        time.sleep(0.05)
        assert any(process.is_alive() for process in running)
    made = backups.backup(place_of(ledger), tmp_path / "under-load.db")
    for process in running:
        process.join()
        assert process.exitcode == 0
        process.close()
    took = time.perf_counter() - begun
    assert "".join((tmp_path / f"refused-{who}").read_text("utf-8") for who in range(people)) == ""
    told = [line for who in range(people) for line in (tmp_path / f"acknowledged-{who}").read_text("utf-8").splitlines()]
    assert len(told) == people * each
    assert not [line for line in told if line.endswith("False")]
    verdict = ledgers.verify(place_of(ledger))
    assert (verdict.problems, verdict.entries) == ([], people * each + 2)
    numbers = [number for (number,) in rows(ledger, "SELECT number FROM paper WHERE number IS NOT NULL ORDER BY serial")]
    assert numbers == [f"金司监建〔2026〕{count}号" for count in range(1, told.count("sign True") + 1)]
    assert len(numbers) >= people
    assert made.problems == []
    assert 2 < made.entries < verdict.entries
    restored = backups.restore(tmp_path / "under-load.db", tmp_path / "restored.db")
    assert restored.entries == made.entries
    assert ledgers.verify(tmp_path / "restored.db").problems == []
    if kind == "server":
        ask(stock.address("postgres"), f"DROP DATABASE {ledger.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")
    figure(
        f"{people} writers x {each} entries, {kind}: {people * each} there, 0 errors, {len(numbers)} numbers in a row, in "
        f"{took:.0f} s; the backup taken meanwhile ({made.entries} entries) verifies"
    )
