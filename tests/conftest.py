"""What every test starts from: no settings of the machine, and a command line to type at."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jsup import cli

REGISTER = Path(__file__).parents[1] / "examples" / "jinshan" / "agencies-jinshan.csv"

FACTS = ("--facts", "f", "--basis", "b")
"""What a recommendation wants of a finding besides what `finding add` wants."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make reliability` and `make fuzz` repeat many times what `make test` tries often enough."""
    parser.addoption("--reliability", action="store_true", help="repeat the randomised tests many more times")
    parser.addoption("--fuzz", type=int, default=0, metavar="N", help="give each reader N inputs, valid and not")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what `make fuzz` tried: each reader's inputs, and how many of them it refused."""
    for report in terminalreporter.getreports("passed") if config.getoption("--fuzz") else ():
        for key, value in report.user_properties:
            if key == "fuzz":
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
    monkeypatch.setenv("LANGUAGE", "en")
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


@pytest.fixture
def ledger(jsup: Jsup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty ledger that every command line of the test uses."""
    path = tmp_path / "ledger.db"
    monkeypatch.setenv("JSUP_LEDGER", str(path))
    assert jsup("init").status == 0
    return path


@pytest.fixture
def register(jsup: Jsup, ledger: Path) -> Path:
    """Return a ledger that holds the district's register."""
    result = jsup("agency", "import", REGISTER)
    assert result.status == 0, result.err
    return ledger
