"""Bad input: one clear sentence, a non-zero status, no traceback, nothing half written."""

import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from jsup import SCHEMA, files
from jsup import ledger as ledgers
from jsup.errors import RefusedError
from tests.conftest import FACTS, REGISTER, rows


def refused(result, status: int, *words: str) -> None:
    """Assert that a command was refused in one sentence that holds the words."""
    assert (result.status, result.out) == (status, ""), result
    assert len(result.err.splitlines()) == 1, result.err
    assert "Traceback" not in result.err
    for word in words:
        assert word in result.err, result.err


@pytest.mark.parametrize(
    ("line", "status", "word"),
    [
        ("finding show 2026-0009", 1, "2026-0009"),
        ("warn 2026-0009 --method phone", 1, "2026-0009"),
        ("why nonsense", 1, "nonsense"),
        ("next 2026-0009", 1, "2026-0009"),
        ("log 2026-0009", 1, "2026-0009"),
        ("agency show NONE", 1, "NONE"),
        ("overdue --agency NONE", 1, "NONE"),
        ("overdue --today=", 2, "--today"),
        ("finding add --agency JS-SCJG --category other --title t --found-on=", 2, "--found-on"),
        ("warn 2026-0001 --method phone --rectify-by=", 2, "--rectify-by"),
        ("overdue --within -1", 2, "-1"),
        ("overdue --within x", 2, "x"),
        ("finding list --stage nonsense", 2, "nonsense"),
        ("finding list --agency NONE", 1, "NONE"),
        ("finding add --agency NONE --category other --title t", 1, "NONE"),
        ("finding add --agency JS-SCJG --category nonsense --title t", 1, "nonsense"),
        ("finding add --agency JS-SCJG --category other --title \u3000", 2, "--title"),
        ("finding add --agency JS-SCJG --category other --title t --found-on 2026-02-30", 2, "2026-02-30"),
        ("finding add --agency JS-SCJG --category other --title t --found-on 2026-11-25", 1, "2026-11-25"),
        ("finding add --agency JS-SCJG --category other --title a\x1b[31mb", 2, "U+001B"),
        ("finding add --agency JS-SCJG --category other --title a\u202eb", 2, "U+202E"),
        ("finding add --agency JS-SCJG --category other", 2, "--title"),
        ("warn 2026-0001 --method smoke", 2, "smoke"),
        ("warn 2026-0001 --method phone --rectify-by 2026-11-31", 2, "2026-11-31"),
        ("warn 2026-0001 --method phone --rectify-by 2026-11-01", 1, "2026-11-01"),
        ("warn 2026-0001 --method phone --on 2026-11-25", 1, "2026-11-25"),
        ("warn 2026-0001 --method phone --on 20261101", 2, "20261101"),
        ("warn 2026-0001 --method phone --on 2026-W44-1", 2, "2026-W44-1"),
        ("warn", 2, "N..."),
        ("recommend 2026-0001 --ground fury", 2, "unrectified, outstanding"),
        ("attach 2026-0001 nothing.pdf", 1, "nothing.pdf"),
        ("sample", 2, "--quarter"),
        ("sample --quarter 2026Q5", 2, "2026Q5"),
        ("sample --quarter 2026q4", 2, "2026q4"),
        ("sample --quarter 2026Q4 --share 9%", 1, "10%"),
        ("sample --quarter 2026Q4 --share 9.99%", 1, "9.99%"),
        ("sample --quarter 2026Q4 --share lots", 2, "lots"),
        ("sample --quarter 2026Q4 --share 1/0", 2, "1/0"),
        ("sample --quarter 2026Q4 --share nan", 2, "nan"),
        ("sample --quarter 2026Q4 --public-value a|b", 2, "--public-value"),
        ("sample status --quarter 2026Q1", 1, "2026Q1"),
        ("sample verify --quarter 2026Q1", 1, "2026Q1"),
        ("sample verify --quarter soon", 2, "soon"),
        ("sample --quarter 2026Q4 verify", 2, "verify"),
        ("due --from 2026-02-30 --days 5", 2, "2026-02-30"),
        ("due --from 2026-02-09", 2, "--days"),
        ("due --from 2026-02-09 --days 5 --months 1", 2, "--days"),
        ("due --from 2026-02-09 --days 0", 2, "0"),
        ("due --from 9999-12-30 --days 5", 1, "9999"),
        ("due --from 9999-12-30 --months 5", 1, "9999"),
        ("due --from 2026-02-09 --period nonsense", 1, "nonsense"),
        ("due --from 2026-02-09 --period warning", 2, "warning"),
        ("calendar show 0", 2, "0"),
        ("calendar show year", 2, "year"),
        ("--today 2026-13-01 overdue", 2, "2026-13-01"),
        ("--today tomorrow overdue", 2, "tomorrow"),
        ("--officer \x07 finding add --agency JS-SCJG --category other --title t", 2, "--officer"),
        ("--ledger postgresql://x/y overdue", 1, "postgresql://x/y"),
        ("nonsense", 2, "nonsense"),
        ("agency nonsense", 2, "nonsense"),
        ("overdue --nonsense", 2, "--nonsense"),
        ("init", 1, "is there already"),
        ("demo .", 1, "."),
    ],
)
def test_each_is_refused_in_one_sentence_and_nothing_is_written(line, status, word, jsup, register):
    assert (
        jsup(
            "finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-11-02"
        ).status
        == 0
    )
    Path("something").touch()  # in the folder where the demo is to be
    before = jsup("log", "--json").out
    refused(jsup(*line.split(" ")), status, word)
    assert jsup("log", "--json").out == before


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.commit()


def newer(path: Path) -> None:
    ledgers_bytes(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


def torn(path: Path) -> None:
    ledgers_bytes(path)
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 8] = b"\xff" * (4096 * 7)
    path.write_bytes(data)


def truncated(path: Path) -> None:
    ledgers_bytes(path)
    path.write_bytes(path.read_bytes()[:5000])


def ledgers_bytes(path: Path) -> None:
    result = subprocess.run([sys.executable, "-m", "jsup", "--ledger", str(path), "init"], capture_output=True, check=False)
    assert result.returncode == 0, result.stderr


NO_LEDGERS = {
    "none": (lambda path: None, "jsup init"),
    "a text file": (lambda path: path.write_text("hello"), "not a ledger"),
    "an empty file": (lambda path: path.touch(), "not a ledger"),
    "a folder": (lambda path: path.mkdir(), ""),
    "another database": (other_database, "not a ledger"),
    "sqlite's magic alone": (lambda path: path.write_bytes(b"SQLite format 3\0"), ""),
    "a newer ledger": (newer, "newer"),
    "a torn ledger": (torn, ""),
    "a truncated ledger": (truncated, ""),
}
COMMANDS = ("overdue", "agency list", "verify", "log", "finding add --agency A --category other --title t", "sample --quarter 2026Q4",
            "agency import {register}", "migrate", "due --from 2026-02-09 --days 5")  # fmt: skip


@pytest.mark.parametrize("kind", NO_LEDGERS)
@pytest.mark.in_a_file
@pytest.mark.parametrize("line", COMMANDS)
def test_what_is_no_ledger_is_refused_and_left_as_it_is(kind, line, jsup, tmp_path):
    path = tmp_path / "x.db"
    make, word = NO_LEDGERS[kind]
    make(path)
    before = path.read_bytes() if path.is_file() else None
    result = jsup("--ledger", path, *line.format(register=REGISTER).split(" "))
    if kind == "none" and line.startswith("due"):
        assert (result.status, result.out) == (0, "2026-02-14\n")  # `due` needs no ledger
        return
    if kind == "a newer ledger" and line == "verify":
        word = "alembic_version"  # its tables are those of this schema, so it is the mark that was changed
    refused(result, 1, word)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_ledger_without_a_folder_is_not_made(jsup, tmp_path):
    refused(jsup("--ledger", tmp_path / "no" / "l.db", "init"), 1, "no")


def test_init_makes_the_whole_ledger_or_nothing(jsup, tmp_path):
    policy = tmp_path / "p.toml"
    policy.write_text("name = 1", encoding="utf-8")
    refused(jsup("--ledger", tmp_path / "l.db", "init", "--policy", policy), 1, "plan")
    refused(jsup("--ledger", tmp_path / "l.db", "init", "--policy", tmp_path / "none.toml"), 1, "none.toml")
    assert {path.name for path in tmp_path.iterdir()} == {"p.toml"}
    assert jsup("--ledger", tmp_path / "l.db", "init").status == 0
    assert {path.name for path in tmp_path.iterdir()} == {"p.toml", "l.db"}
    assert (tmp_path / "l.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.in_a_file
def test_a_read_only_ledger_can_be_read_and_is_refused_for_writing(jsup, register):
    register.chmod(0o444)
    assert len(jsup("agency", "list", "--json").json) == 37
    assert jsup("overdue").status == 0
    assert jsup("verify").status == 0
    refused(jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t"), 1, "read-only")
    refused(jsup("agency", "import", REGISTER), 1, "read-only")
    refused(jsup("sample", "--quarter", "2026Q4"), 1, "read-only")


def limited(path: Path, size: int, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command that cannot make any file larger than `size` bytes, as on a full disk."""
    return subprocess.run(
        [sys.executable, "-m", "jsup", "--ledger", str(path), *args],
        capture_output=True, text=True, check=False, cwd=path.parent,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )  # fmt: skip


@pytest.mark.parametrize("size", [0, 5000, 40_000, 100_000, 150_000, 180_000])
def test_a_full_disk_stops_init_with_one_sentence_and_leaves_nothing(size, tmp_path):
    done = limited(tmp_path / "l.db", size, "init")
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.in_a_file
@pytest.mark.parametrize("size", [0, 4096, 20_000, 40_000])
def test_a_full_disk_stops_a_write_with_one_sentence_and_changes_nothing(size, jsup, ledger):
    before = jsup("log", "--json").out
    done = limited(ledger, size, "agency", "import", str(REGISTER))
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert jsup("log", "--json").out == before
    assert jsup("verify").status == 0
    assert jsup("agency", "list", "--json").json == []
    assert jsup("agency", "import", REGISTER).status == 0


@pytest.mark.in_a_file
def test_a_full_disk_stops_a_draft_and_the_ledger_knows_nothing_of_it(jsup, register):
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-11-02")
    before = jsup("log", "--json").out
    done = limited(register, 20_000, "recommend", "2026-0001", "--ground", "outstanding", "--out", "papers")
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert jsup("log", "--json").out == before
    assert not list(Path("papers").glob("*"))


@pytest.mark.in_a_file
def test_a_ledger_that_another_program_keeps_locked_is_refused_after_a_while(jsup, register, monkeypatch):
    monkeypatch.setattr("jsup.files.BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(register, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused(jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t"), 1, "try again")
        assert len(jsup("agency", "list", "--json").json) == 37  # reading goes on
        other.execute("ROLLBACK")
    assert jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t").status == 0


def test_two_officers_at_once_get_different_numbers(register):
    lines = [sys.executable, "-m", "jsup", "finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t"]
    running = [subprocess.Popen(lines, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    for process in running:
        process.stderr.close()
    assert rows(register, "SELECT number FROM finding ORDER BY number") == [(f"2026-000{n}",) for n in range(1, 5)]


@pytest.mark.parametrize("name", ["a?b.db", "a%20b.db", "a#b c.db", "台账.db", "a:b.db"])
def test_a_ledger_may_have_any_name(name, jsup, tmp_path):
    path = tmp_path / name
    assert jsup("--ledger", path, "init").status == 0
    assert [found.name for found in tmp_path.iterdir()] == [name]
    assert jsup("--ledger", path, "agency", "import", REGISTER).status == 0
    assert jsup("--ledger", path, "verify").status == 0


@pytest.mark.in_a_file
def test_a_ledger_deleted_meanwhile_is_not_made_anew_as_an_empty_one(jsup, register, monkeypatch):
    monkeypatch.setattr("jsup.ledger._check_writable", lambda path: path.unlink())
    refused(jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t"), 1, "ledger.db")
    assert not register.exists()


@pytest.mark.parametrize("line", ["--ledger {file}/l.db init", "demo {file}/d", "init"])
def test_a_place_where_nothing_can_be_made_is_refused(line, jsup, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    refused(jsup(*line.format(file=tmp_path / "file").split(" ")), 1, "file")


def test_a_demo_that_fails_leaves_no_folder(jsup, monkeypatch, tmp_path):
    def broken(*_args: object, **_values: object) -> None:
        raise RefusedError("no")

    monkeypatch.setattr("jsup.draws.draw", broken)
    assert jsup("demo", "d").status == 1
    assert not (tmp_path / "d").exists()


@pytest.mark.in_a_file
def test_a_schema_that_never_was_is_no_ledger(jsup, register):
    with closing(sqlite3.connect(register)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.commit()
    refused(jsup("migrate"), 1, "not a ledger")


def test_a_name_too_long_for_the_disk_is_refused(jsup):
    refused(jsup("--ledger", "x" * 5000, "init"), 1)
    refused(jsup("--ledger", "x" * 5000, "overdue"), 1)


@pytest.mark.parametrize(
    "line", ["agency import {pipe}.csv", "attach 2026-0001 {pipe}.csv", "init --policy {pipe}.csv", "calendar import {pipe}.csv"]
)
def test_what_is_no_ordinary_file_is_not_waited_for(line, jsup, register, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t")
    result = jsup(*line.format(pipe=tmp_path / "pipe").split(" "))
    refused(result, 1, "ordinary")
    os.mkfifo(tmp_path / "pipe.db")
    refused(jsup("--ledger", tmp_path / "pipe.db", "overdue"), 1, "not a ledger")


def shell(line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        line.replace("jsup", f"{sys.executable} -m jsup"), shell=True, capture_output=True, text=True, check=False
    )


def test_an_output_that_cannot_be_written_is_said_in_one_sentence_and_what_was_done_stays(jsup, register):
    for line in ("jsup agency list > /dev/full", "jsup --help > /dev/full", "jsup overdue --json > /dev/full"):
        done = shell(line)
        assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), (line, done.stderr)
        assert "Traceback" not in done.stderr
    done = shell("jsup finding add --agency JS-SCJG --category other --title t >&-")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(jsup("finding", "list", "--json").json) == 1


def test_a_sentence_never_carries_a_control_character_to_the_terminal(jsup, register):
    for word in ("\x1b[31mred", "a\nb", "\x9b31m"):
        result = jsup("due", "--from", word, "--days", "1")
        assert (result.status, len(result.err.splitlines())) == (2, 1)
        assert word not in result.err


@pytest.mark.parametrize("words", [[], ["agency"], ["finding"], ["calendar"]])
def test_without_a_command_the_help_page_is_shown(words, jsup):
    result = jsup(*words)
    assert (result.status, result.out) == (2, "")
    assert len(result.err.splitlines()) > 5
    assert "--help" in result.err


def test_a_management_that_was_settled_is_not_taken_back_by_the_register_and_each_change_is_named(jsup, register, tmp_path):
    jsup("agency", "amend", "JS-GAJ", "--set", "management=dual", "--why", "编办")
    again = jsup("agency", "import", REGISTER, "--json").json
    assert (again["changed"], again["changes"]) == (0, [])
    text = REGISTER.read_text("utf-8").replace("金山区气象局,区级,行政机关,双重", "金山区气象局,区级,行政机关,垂直")
    (tmp_path / "r.csv").write_text(text, encoding="utf-8")
    for dry in (["--dry-run"], []):
        result = jsup("agency", "import", tmp_path / "r.csv", *dry, "--json").json
        assert result["changes"] == [{"code": "JS-QXJ", "field": "management", "old": "dual", "new": "vertical"}]


def test_sqlite_s_word_for_a_full_disk_becomes_a_sentence():
    error = files.explain_failure(sqlite3.OperationalError("database or disk is full"), "l.db")
    assert "disk is full" in str(error)
    assert "nothing was changed" in str(error)


def test_an_error_of_jsup_itself_is_one_sentence_with_a_report(jsup, register, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def broken(*_args: object, **_values: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("jsup.reads.Reads.overdue", broken)
    result = jsup("overdue")
    assert (result.status, result.out, len(result.err.splitlines())) == (70, "", 1)
    (report,) = re.findall(r"\S+jsup-report-\S+\.txt", result.err)
    assert "ZeroDivisionError" in Path(report).read_text(encoding="utf-8")
    monkeypatch.setenv("JSUP_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        jsup("overdue")


@pytest.mark.in_a_file
def test_an_older_ledger_is_brought_up_after_a_backup_and_a_reader_says_how(jsup, register, monkeypatch, tmp_path):
    scripts = tmp_path / "migrations"
    shutil.copytree(Path(ledgers.__file__).parent / "migrations", scripts)
    (scripts / "versions" / "9999_next.py").write_text(
        'import sqlalchemy as sa\nfrom alembic import op\nrevision = "9999"\n'
        f'down_revision = "{SCHEMA}"\n'
        'def upgrade():\n    op.execute("CREATE TABLE later (id INTEGER PRIMARY KEY)")\n',
        encoding="utf-8",
    )
    monkeypatch.setattr("jsup.ledger.SCRIPTS", str(scripts))
    for module in ("jsup.ledger", "jsup.reads", "jsup.files", "jsup.journal"):
        monkeypatch.setattr(f"{module}.SCHEMA", "9999")
    refused(jsup("overdue"), 1, "jsup migrate")
    refused(jsup("agency", "import", REGISTER, "--dry-run"), 1, "jsup migrate")
    assert not list(register.parent.glob("*.bak"))
    result = jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t")
    assert result.status == 0, result.err
    (backup,) = register.parent.glob(f"ledger.db.{SCHEMA}-*.bak")
    assert backup.stat().st_mode & 0o777 == 0o600
    assert jsup("overdue").status == 0
    assert jsup("verify").status == 0
    assert jsup("migrate", "--json").json == {"migrated": False, "backup": None}
    assert [entry["seq"] for entry in jsup("log", "--json").json] == [1, 2, 3]
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (SCHEMA,)
