"""Seals, backups, restores, exports, the doctor, and the roles of a server: nothing lost, nothing changed unseen."""

import io
import json
import lzma
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import zipfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from jsup import SCHEMA, backups, files, journal, policy
from jsup import ledger as ledgers
from tests.conftest import FACTS, REGISTER, ask, place_of, rows

OLDER = Path(__file__).parent / "ledgers"


def finding(jsup, *more, ledger=None):
    where = ("--ledger", ledger) if ledger is not None else ()
    return jsup(*where, "finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", *more)


def head(jsup, ledger=None):
    where = ("--ledger", ledger) if ledger is not None else ()
    result = jsup(*where, "verify", "--json")
    assert result.status == 0, result.out
    return result.json["entries"], result.json["head"]


# Seals


def test_a_seal_holds_while_the_journal_grows_and_not_when_it_was_made_anew(jsup, register, tmp_path):
    line = jsup("seal", "seal.txt").out
    assert Path("seal.txt").read_text("utf-8") == line
    Path("seal.json").write_text(jsup("seal", "--json").out, "utf-8")
    assert finding(jsup).status == 0
    for name in ("seal.txt", "seal.json"):
        assert jsup("verify", "--seal", name).status == 0
        assert jsup("verify", "--seal", name, "--json").json["ok"] is True
    other = tmp_path / "other.db"
    for words in (("init",), ("agency", "import", REGISTER)):
        assert jsup("--ledger", other, *words).status == 0
    finding(jsup, ledger=other)
    assert jsup("--ledger", other, "verify").status == 0  # whole, but another journal
    for name in ("seal.txt", "seal.json"):
        result = jsup("--ledger", other, "verify", "--seal", name)
        assert (result.status, result.out) == (1, "")
        assert "does not continue the seal of 2026-11-24" in result.err


@pytest.mark.in_a_file
def test_a_journal_whose_owner_took_the_last_entries_back_does_not_continue_the_seal(jsup, register, tmp_path):
    shutil.copy(register, "before.db")
    finding(jsup)
    jsup("seal", "seal.txt")
    result = jsup("--ledger", "before.db", "verify", "--seal", "seal.txt")
    assert result.status == 1
    assert "(entry 3," in result.err


def test_a_paper_carries_the_seal_of_the_day_on_which_it_was_drafted(jsup, register):
    finding(jsup, "--found-on", "2026-11-02")
    entries, last = head(jsup)
    made = jsup("recommend", "2026-0001", "--ground", "outstanding", "--out", "papers", "--json").json
    said = jsup("paper", "show", "1", "--json").json["contents"]["seal"]
    assert said == f"台账封签 {entries} 2026-11-24 {last}"
    assert jsup("verify", "--seal", made["draft"]).status == 0
    jsup("sign", "2026-0001", "--by", "T")
    assert jsup("verify", "--seal", made["draft"]).status == 0


def torn(packing):
    """Return a zip file whose one part is broken where its packing begins."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as archive:
        archive.writestr("a.xml", "text")
    return made.getvalue()[:39] + b"\xff" * 6 + made.getvalue()[45:]


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b"PK\x03\x04nothing", b"12 2026-11-24 abc", b"[[[[", b'{"entries": 1}',
        torn(zipfile.ZIP_BZIP2), torn(zipfile.ZIP_LZMA),
    ],
)  # fmt: skip
def test_what_holds_no_seal_is_refused(content, jsup, register):
    Path("s").write_bytes(content)
    result = jsup("verify", "--seal", "s")
    assert (result.status, len(result.err.splitlines())) == (1, 1)
    assert "holds no seal" in result.err
    assert jsup("verify", "--seal", "none").status == 1


def test_a_seal_is_written_to_a_new_file_only(jsup, register):
    Path("there").touch()
    assert jsup("seal", "--out", "there").status == 1
    assert jsup("seal", "no/where").status == 1
    assert Path("there").read_bytes() == b""


# Backup and restore


def test_a_backup_holds_what_the_ledger_held_and_becomes_a_ledger_again(jsup, register, tmp_path):
    finding(jsup)
    before = head(jsup)
    made = jsup("backup", "b.db", "--json").json
    assert (made["entries"], made["head"], made["ok"]) == (*before, True)
    assert Path("b.db").stat().st_mode & 0o777 == 0o600
    finding(jsup)
    assert head(jsup, "b.db") == before
    assert len(jsup("--ledger", "b.db", "finding", "list", "--json").json) == 1
    assert finding(jsup, ledger="b.db").status == 1  # it stays as it is
    data = Path("b.db").read_bytes()
    restored = jsup("--ledger", "r.db", "restore", "b.db", "--json").json
    assert (restored["entries"], restored["head"], restored["kept"]) == (*before, None)
    assert Path("b.db").read_bytes() == data
    assert sorted(path.name for path in tmp_path.glob("*.db*")) == sorted(
        {"b.db", "r.db", Path(register).name} if isinstance(register, Path) else {"b.db", "r.db"}
    )
    assert head(jsup, "r.db") == before
    assert finding(jsup, ledger="r.db").status == 0
    assert Path("r.db").stat().st_mode & 0o777 == 0o600


def test_a_backup_is_a_new_file(jsup, register):
    Path("there").touch()
    result = jsup("backup", "there")
    assert (result.status, result.out, result.err) == (1, "", "jsup: there is there already: name a new file\n")
    assert Path("there").read_bytes() == b""


def test_a_restore_keeps_the_ledger_that_was_there(jsup, register, tmp_path):
    assert jsup("backup", "b.db").status == 0
    early = head(jsup)
    finding(jsup)
    late = head(jsup)
    kept = jsup("restore", "b.db", "--json").json["kept"]
    assert head(jsup) == early
    if isinstance(register, Path):
        assert head(jsup, kept) == late
        assert Path(kept).stat().st_mode & 0o777 == 0o600
    else:
        assert [row[0] for row in rows(register, f"SELECT MAX(hash) FROM {kept}.journal WHERE seq = {late[0]}")] == [late[1]]
    finding(jsup)
    again = jsup("restore", "b.db", "--json").json["kept"]
    assert again != kept
    assert head(jsup) == early


@pytest.mark.in_a_file
def test_who_has_the_ledger_open_while_it_is_replaced_sees_the_new_one_and_loses_nothing(jsup, register):
    jsup("backup", "b.db")
    early = head(jsup)
    with closing(sqlite3.connect(register, timeout=20, isolation_level=None)) as open_one:
        open_one.execute("BEGIN IMMEDIATE")
        open_one.execute("CREATE TABLE search_x (a)")
        threading.Timer(1, lambda: None).start()
        timer = threading.Thread(target=lambda: backups.restore(Path("b.db"), register))
        timer.start()
        timer.join(1)
        assert timer.is_alive()  # it waits for who is writing
        open_one.execute("COMMIT")
        timer.join(20)
        assert not timer.is_alive()
        assert open_one.execute("SELECT COUNT(*) FROM journal").fetchone() == (early[0],)
        assert not open_one.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_x'").fetchall()
    (kept,) = register.parent.glob("*.old")
    assert rows(kept, "SELECT 1 FROM sqlite_master WHERE name = 'search_x'") == [(1,)]
    assert head(jsup) == early


@pytest.mark.in_a_file
@pytest.mark.parametrize("damage", ["garbage", "empty", "cut", "hole"])
def test_a_damaged_ledger_is_replaced_and_kept_too(damage, jsup, register):
    jsup("backup", "b.db")
    early, data = head(jsup), register.read_bytes()
    spoilt = {"garbage": b"garbage", "empty": b"", "cut": data[:9000], "hole": data[:4096] + bytes(8192) + data[12288:]}[damage]
    register.write_bytes(spoilt)
    result = jsup("restore", "b.db", "--json")
    assert result.status == 0, result.err
    assert Path(result.json["kept"]).exists()
    assert head(jsup) == early


def test_every_byte_of_a_backup_is_watched(jsup, register, times, figure):
    assert jsup("backup", "b.db").status == 0
    place, before = place_of(register), rows(register, "SELECT hash FROM journal ORDER BY seq")
    data, chance = Path("b.db").read_bytes(), random.Random(6)
    for turn in range(times(30, 1000)):
        spoilt = bytearray(data)
        spoilt[(turn * 4096 + chance.randrange(4096)) % len(data)] ^= 1 << chance.randrange(8)
        Path("x.db").write_bytes(spoilt)
        with pytest.raises(ledgers.LedgerError):
            backups.restore(Path("x.db"), place)
    for turn in range(times(30, 1000)):
        Path("x.db").write_bytes(
            data[: -4096 * turn if turn % 3 and turn * 4096 < len(data) else chance.randrange(len(data))] or b"x"
        )
        with pytest.raises(ledgers.LedgerError):
            backups.restore(Path("x.db"), place)
    Path("x.db").write_bytes(data + bytes(4096))
    with pytest.raises(ledgers.LedgerError):
        backups.restore(Path("x.db"), place)
    assert rows(register, "SELECT hash FROM journal ORDER BY seq") == before
    assert isinstance(register, str) or sorted(path.name for path in register.parent.glob("*ledger*")) == ["ledger.db"]
    result = jsup("restore", "x.db")
    assert (result.status, len(result.err.splitlines())) == (1, 1)
    kind = "file" if isinstance(register, Path) else "server"
    figure(f"{times(30, 1000)} backups with a flipped bit, {times(30, 1000)} cut ones, {kind}: all refused, the ledger as it was")


@pytest.mark.parametrize("revision", sorted(path.name[:4] for path in OLDER.glob("*.db.xz")))
def test_a_backup_of_each_earlier_schema_is_restored_and_brought_up(revision, jsup, ledger, tmp_path):
    Path("old.db").write_bytes(lzma.decompress((OLDER / f"{revision}.db.xz").read_bytes()))
    count, last = rows(Path("old.db"), "SELECT COUNT(*), (SELECT hash FROM journal ORDER BY seq DESC LIMIT 1) FROM journal")[0]
    assert jsup("--ledger", "old.db", "backup", "b.db").status == 0
    for source in ("old.db", "b.db"):
        restored = jsup("restore", source, "--json")
        assert restored.status == 0, restored.err
        assert (restored.json["entries"], restored.json["head"]) == (count, last)
        assert head(jsup) == (count, last)
        assert jsup("sample", "verify").status == 0
        assert len(jsup("finding", "list", "--json").json) >= 1
    assert rows(Path("old.db"), "SELECT version_num FROM alembic_version") == [(revision,)]
    with closing(sqlite3.connect("old.db")) as connection, connection:
        connection.execute("UPDATE finding SET title = 'x'")
    assert jsup("restore", "old.db").status == 1


def test_there_is_a_backup_of_every_schema_before_this_one():
    assert [path.name[:4] for path in sorted(OLDER.glob("*.db.xz"))] == ledgers.known_revisions()[:-1]
    assert ledgers.known_revisions()[-1] == SCHEMA


def test_a_tampered_ledger_can_be_backed_up_and_exported_but_not_put_in_place(jsup, register):
    rows(register, "UPDATE agency SET name = 'x' WHERE code = 'JS-CZJ'")
    for words in (("backup", "b.db"), ("export", "d")):
        result = jsup(*words, "--json")
        assert (result.status, result.json["ok"]) == (1, False)
        assert "does not verify (1 problems)" in result.err
    for source in ("b.db", "d"):
        result = jsup("--ledger", "new.db", "restore", source)
        assert (result.status, result.out) == (1, "")
        assert not Path("new.db").exists()


@pytest.mark.parametrize("words", ["backup b.db", "backup no/where.db", "export d", "export no/where", "export file"])
def test_copies_go_to_new_places_only(words, jsup, register):
    for name in ("b.db", "file"):
        Path(name).write_text("there")
    Path("d").mkdir()
    Path("d", "there").touch()
    result = jsup(*words.split(" "))
    assert (result.status, result.out, len(result.err.splitlines())) == (1, "", 1)
    assert Path("b.db").read_text() == Path("file").read_text() == "there"
    assert not list(Path().glob(".*.new"))


# Export


def test_an_export_makes_the_same_ledger_on_both_stores_and_the_same_export_again(jsup, register, stock, tmp_path):
    finding(jsup, "--found-on", "2026-11-02")
    jsup("recommend", "2026-0001", "--ground", "outstanding", "--out", "papers")
    jsup("sample", "--quarter", "2026Q4")
    made = jsup("export", "d", "--json")
    assert made.status == 0
    assert (made.json["entries"], made.json["head"]) == head(jsup)
    assert Path("d").stat().st_mode & 0o777 == 0o700
    assert "transfers to 区纪委监委 and complainants' data included" in jsup("export", "d2").out
    address = stock.address("postgres")
    ask(address, "DROP DATABASE IF EXISTS elsewhere WITH (FORCE)", "CREATE DATABASE elsewhere")
    for place in ("file.db", stock.address("elsewhere")):
        assert jsup("--ledger", place, "restore", "d").status == 0
        assert head(jsup, place) == (made.json["entries"], made.json["head"])
        again = f"again{len(place)}"
        assert jsup("--ledger", place, "export", again).status == 0
        for file in Path("d").iterdir():
            assert Path(again, file.name).read_bytes() == file.read_bytes()
        assert finding(jsup, ledger=place).status == 0
        assert jsup("--ledger", place, "agency", "add", "--code", "N", "--name", "新", "--level", "town").status == 0
        assert jsup("--ledger", place, "verify").status == 0
    ask(address, "DROP DATABASE elsewhere WITH (FORCE)")


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "agency.jsonl").write_bytes((folder / "agency.jsonl").read_bytes().replace(b"district", b"town", 1)),
        lambda folder: (folder / "event.jsonl").unlink(),
        lambda folder: (folder / "more.jsonl").touch(),
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "manifest.json").write_text("{}"),
        lambda folder: (folder / "manifest.json").write_text("[" * 100_000),
        lambda folder: (folder / "manifest.json").write_bytes(b"\xff"),
        lambda folder: changed(folder, schema="9999"),
        lambda folder: changed(folder, schema="x"),
        lambda folder: changed(folder, head="0" * 64),
        lambda folder: changed(folder, entries=7),
        lambda folder: changed(folder, tables={}),
        lambda folder: changed(folder, tables={"journal": 5}),
        lambda folder: reword(folder, "journal", "{}\n"),
        lambda folder: reword(folder, "agency", "nonsense\n"),
        lambda folder: reword(folder, "agency", '{"code": [1]}\n'),
        lambda folder: reword(folder, "agency", "5\n"),
        lambda folder: reword(folder, "calendar_year", '{"id": 9223372036854775808}\n'),
        lambda folder: reword(folder, "calendar_year", '{"id": 1e999}\n'),
        lambda folder: reword(folder, "agency", ""),
    ],
)  # fmt: skip
def test_an_export_that_is_not_as_it_was_written_is_refused_and_nothing_changes(damage, jsup, register):
    assert jsup("export", "d").status == 0
    before = head(jsup)
    damage(Path("d"))
    result = jsup("restore", "d")
    assert (result.status, result.out, len(result.err.splitlines())) == (1, "", 1), result
    assert head(jsup) == before


def changed(folder, **values):
    """Change a manifest as somebody does who knows how it is made."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8")) | values
    manifest.pop("sha256")
    text = journal.canonical(manifest)
    whole = journal.canonical(manifest | {"sha256": sha256(text.encode()).hexdigest()})
    (folder / "manifest.json").write_text(f"{whole}\n", "utf-8")


def reword(folder, table, text):
    """Write a table's file anew, with a manifest that agrees with it."""
    (folder / f"{table}.jsonl").write_text(text, "utf-8")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    digest = sha256((folder / f"{table}.jsonl").read_bytes()).hexdigest()
    changed(folder, tables=manifest["tables"] | {table: {"rows": 1, "sha256": digest}})


def test_every_byte_of_an_export_is_watched(jsup, register, times):
    assert jsup("export", "d").status == 0
    chance, place = random.Random(8), place_of(register)
    files_ = [file for file in sorted(Path("d").iterdir()) if file.stat().st_size]
    for turn in range(times(24, 400)):
        file = files_[turn % len(files_)]
        data = file.read_bytes()
        spoilt = bytearray(data)
        spoilt[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(spoilt if turn % 2 else data[: chance.randrange(len(data))])
        with pytest.raises(ledgers.LedgerError):
            backups.restore(Path("d"), place)
        file.write_bytes(data)
    assert jsup("restore", "d").status == 0


@pytest.mark.in_a_file
@pytest.mark.parametrize("body", ["x", "{}", "[]", "[" * 100_000, '{"changes": 5}', '{"changes": [5]}'])
def test_a_journal_whose_text_is_none_is_named_by_what_reads_it(body, jsup, register):
    finding(jsup, "--found-on", "2026-11-02")
    jsup("warn", "2026-0001", "--method", "phone", "--on", "2026-11-03")
    with closing(sqlite3.connect(register)) as connection, connection:
        connection.execute('UPDATE journal SET body = ? || \' "table":"deadline"\' WHERE seq = 4', (body,))
    for words in (("log",), ("calendar", "feed", "--out", "f.ics")):
        result = jsup(*words)
        assert (result.status, result.err) == (1, "jsup: journal entry 4: its text or its hash was changed\n")
    assert jsup("verify").status == 1


def test_a_public_export_holds_the_draws_and_nothing_else(jsup, register):
    assert jsup("export", "open", "--public").status == 1  # nothing was drawn
    for quarter in ("2026Q3", "2026Q4"):
        jsup("sample", "--quarter", quarter)
    finding(jsup, "--source", "a secret informant")
    assert jsup("export", "open", "--public", "--json").json["draws"] == ["2026Q3", "2026Q4"]
    names = {str(path.relative_to("open")) for path in Path("open").rglob("*") if path.is_file()}
    assert names == {
        f"{quarter}/{name}" for quarter in ("2026Q3", "2026Q4") for name in ("draw.json", "frame.tsv", "draw.html", "verify.sh")
    }
    assert not [path for path in Path("open").rglob("*") if path.is_file() and b"informant" in path.read_bytes()]
    assert jsup("export", "open", "--public").status == 1  # it is there
    assert jsup("--ledger", "new.db", "restore", "open").status == 1


# The doctor


def found(jsup, check):
    return [row for row in jsup("doctor", "--json").json["problems"] if row["check"] == check]


def test_a_healthy_ledger_is_found_healthy(jsup, tmp_path, monkeypatch):
    monkeypatch.setenv("JSUP_LEDGER", str(tmp_path / "l.db"))
    text = policy.packaged_text().replace("settled = false", "settled = true")
    (tmp_path / "p.toml").write_text(text, "utf-8")
    for words in (
        ("init", "--policy", "p.toml"),
        ("agency", "add", "--code", "A", "--name", "甲", "--level", "town"),
        ("backup", "b.db"),
    ):
        assert jsup("--today", "2026-06-01", *words).status == 0
    result = jsup("--today", "2026-06-01", "doctor", "--check")
    assert (result.status, result.out) == (0, "Nothing was found.\n")
    assert jsup("--today", "2026-06-01", "doctor", "--json").json == {"ok": True, "problems": []}


def test_the_doctor_names_what_will_become_a_trouble(jsup, register, tmp_path):
    result = jsup("doctor", "--check")
    assert result.status == 3
    assert jsup("doctor").status == 0
    assert found(jsup, "calendar")[0]["year"] == 2027
    assert "国务院令第825号" in found(jsup, "pending")[0]["problem"]
    assert [row["agency_code"] for row in found(jsup, "management")] == ["JS-GAJ", "JS-STHJ"]
    jsup("agency", "add", "--code", "V", "--name", "直管", "--level", "district", "--management", "vertical")
    assert found(jsup, "management")[-1]["agency_code"] == "V"
    assert "no backup" in found(jsup, "backup")[0]["problem"]
    assert jsup("backup", "b.db").status == 0
    assert found(jsup, "backup") == []
    assert (
        "is of 2026-11-24"
        in next(r for r in jsup("--today", "2026-12-02", "doctor", "--json").json["problems"] if r["check"] == "backup")[
            "problem"
        ]
    )
    Path("b.db").unlink()
    assert "no longer" in found(jsup, "backup")[0]["problem"]
    finding(jsup, "--found-on", "2026-11-02")
    jsup("recommend", "2026-0001", "--ground", "outstanding", "--on", "2026-11-03")
    jsup("sign", "2026-0001", "--by", "T", "--on", "2026-11-03")
    jsup("deliver", "2026-0001", "--by-way", "direct", "--receiver", "R", "--on", "2026-11-04")
    assert [row["paper"] for row in found(jsup, "proof")] == [1]
    (tmp_path / "receipt.pdf").write_bytes(b"x")
    jsup("paper", "attach", "1", "receipt.pdf")
    assert found(jsup, "proof") == []
    assert found(jsup, "uncertain") == found(jsup, "orphan") == found(jsup, "policy") == []
    assert jsup("calendar", "status").status == 0


def test_proof_given_at_the_service_counts(jsup, register, tmp_path):
    finding(jsup, "--found-on", "2026-11-02")
    (tmp_path / "receipt.pdf").write_bytes(b"x")
    jsup("recommend", "2026-0001", "--ground", "outstanding", "--on", "2026-11-03")
    jsup("sign", "2026-0001", "--by", "T", "--on", "2026-11-03")
    done = jsup("deliver", "2026-0001", "--by-way", "direct", "--receiver", "R", "--on", "2026-11-04", "--proof", "receipt.pdf")
    assert done.status == 0
    assert found(jsup, "proof") == []


def test_an_open_clock_past_the_calendar_s_edge_is_named(jsup, register):
    finding(jsup)
    jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-12-25")
    rows_found = found(jsup, "uncertain")
    assert [(row["number"], row["period"]) for row in rows_found] == [("2026-0001", "recommendation")]


@pytest.mark.in_a_file
def test_a_row_that_names_what_is_not_there_is_an_orphan(jsup, register):
    finding(jsup)
    with closing(sqlite3.connect(register)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE finding SET agency_code = 'GONE'")
    assert [(row["table"], row["row"]) for row in found(jsup, "orphan")] == [("finding", "2026-0001")]


def test_the_doctor_knows_every_table_that_refers_to_another():
    code = "import jsup.doctor, sqlmodel; print(*sqlmodel.SQLModel.metadata.tables)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {*done.stdout.split()} == {*SQLModel.metadata.tables}


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("meddled", "named"),
    [
        ("UPDATE batch SET first_id = 'x'", "table batch, row 1, column first_id: it was changed"),
        (
            "UPDATE complainant SET name = x'00'",
            "table complainant, row 1, column name, phone, identity, address, salt: it was changed",
        ),
    ],
)
def test_what_no_row_can_hold_is_named_and_is_not_exported(meddled, named, jsup, register, tmp_path):
    Path("keep.toml").write_text(
        policy.packaged_text().replace("keep_complainants = false", "keep_complainants = true"), encoding="utf-8-sig"
    )
    assert jsup("policy", "import", "keep.toml").status == 0
    assert jsup("clue", "add", "--channel", "media", "--title", "t", "--name", "张三").status == 0
    Path("i.csv").write_text(
        "检查行为名称,检查行为编号,实施机构编码,监管对象,行政相对人编码,检查时间\n检查,J1,JS-SCJG,企业,91350100M000100Y43,2026-11-03\n",
        encoding="utf-8",
    )
    assert jsup("inspection", "import", "i.csv").status == 0
    with closing(sqlite3.connect(register)) as connection, connection:
        connection.execute(meddled)
    told = jsup("verify", "--json")
    assert told.status == 1, told.err
    assert any(problem.startswith(named) for problem in told.json["problems"]), told.json["problems"]
    result = jsup("export", "whole")
    assert result.status == 1
    assert ("does not verify" in result.err) is Path("whole").exists() is ("x'00'" not in meddled)
    assert ("was changed behind the journal's back" in result.err) is ("x'00'" in meddled)


@pytest.mark.in_a_file
def test_an_index_that_lacks_rows_is_found(jsup, register):
    assert finding(jsup, "--found-on", "2026-11-02").status == 0
    assert jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-11-20", "--on", "2026-11-10").status == 0
    assert len(jsup("overdue", "--json").json["items"]) > 0
    assert found(jsup, "damage") == []
    with closing(sqlite3.connect(register, isolation_level=None)) as connection:
        (made,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'deadline_open'").fetchone()
        connection.execute("DROP INDEX deadline_open")
        connection.execute(f"{made.split(' WHERE ')[0]} WHERE due_on IS NULL")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'deadline_open'", (made,))
        connection.execute("PRAGMA writable_schema = RESET")
    assert jsup("overdue", "--json").json["items"] == []
    assert any("deadline_open" in row["problem"] for row in found(jsup, "damage"))


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("meddled", "named"),
    [
        ("UPDATE deadline SET provisional = 9e999 WHERE id = 1", "table deadline, row 1, column provisional: it was changed"),
        ("UPDATE batch SET first_id = 9223372036854775807", "table batch, row 1, column first_id: it was changed"),
        ("UPDATE batch SET count = -9223372036854775807", "table batch, row 1, column count: it was changed"),
        ("CREATE TRIGGER search_x AFTER INSERT ON deadline BEGIN SELECT 1; END", "trigger search_x: it is not as jsup made it"),
        ("CREATE VIEW search_x AS SELECT 1", "view search_x: it is not as jsup made it"),
        ("CREATE TABLE search_x (a INTEGER PRIMARY KEY)", "table search_x: it is not as jsup made it"),
    ],
)
def test_what_hides_behind_endless_numbers_and_names_is_named(meddled, named, jsup, register):
    assert finding(jsup, "--found-on", "2026-11-02").status == 0
    assert jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-11-20", "--on", "2026-11-10").status == 0
    Path("i.csv").write_text(
        "检查行为名称,检查行为编号,实施机构编码,监管对象,行政相对人编码,检查时间\n检查,J1,JS-SCJG,企业,91350100M000100Y43,2026-11-03\n",
        encoding="utf-8",
    )
    assert jsup("inspection", "import", "i.csv").status == 0
    with closing(sqlite3.connect(register)) as connection, connection:
        connection.execute(meddled)
    told = jsup("verify", "--json")
    assert told.status == 1
    assert any(problem.startswith(named) for problem in told.json["problems"]), told.json["problems"]


@pytest.mark.in_a_file
def test_rights_of_the_file_are_looked_at_and_a_network_share_is_recognised(jsup, register, monkeypatch, tmp_path):
    assert found(jsup, "rights") == []
    assert finding(jsup).err == ""
    register.chmod(0o644)
    assert "chmod 600" in found(jsup, "rights")[0]["problem"]
    result = finding(jsup)
    assert (result.status, "can be read by others" in result.err) == (0, True)
    register.chmod(0o600)
    mounts = f"/dev/vda / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n/dev/vdb {tmp_path}/local ext4 rw 0 0\n"
    real = Path.read_text
    monkeypatch.setattr(
        Path, "read_text", lambda self, *more, **words: mounts if str(self) == "/proc/self/mounts" else real(self, *more, **words)
    )
    assert files.shared(tmp_path / "ledger.db") == "nfs4"
    assert files.shared(tmp_path / "local" / "ledger.db") is None
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "link.db").symlink_to(tmp_path / "ledger.db")
    assert files.shared(tmp_path / "local" / "link.db") == "nfs4"
    assert files.shared(Path("/elsewhere/ledger.db")) is None
    assert "network share (nfs4)" in found(jsup, "rights")[0]["problem"]
    assert "network share" in finding(jsup).err
    assert "network share" in jsup("--ledger", "new.db", "init").err


# The policy


def test_another_policy_changes_no_clock_and_tells_which_would_differ(jsup, register):
    finding(jsup, "--found-on", "2026-11-02")
    jsup("recommend", "2026-0001", "--ground", "outstanding", "--on", "2026-11-03")
    jsup("sign", "2026-0001", "--by", "T", "--on", "2026-11-03")
    jsup("deliver", "2026-0001", "--by-way", "direct", "--receiver", "R", "--on", "2026-11-04")
    before = jsup("finding", "show", "2026-0001", "--json").json
    text = (
        policy.packaged_text().replace("remind_working_days = 3", "remind_working_days = 4").replace("count = 15", "count = 10")
    )
    Path("p.toml").write_text(text, "utf-8")
    same = jsup("policy", "import", "--dry-run", "p.toml", "--json").json
    assert jsup("log", "--json").json[-1]["command"] == "deliver"
    taken = jsup("policy", "import", "p.toml", "--json").json
    assert taken == same
    assert {row["key"]: (row["old"], row["new"]) for row in taken["changed"]} == {
        "own.remind_working_days": (3, 4), "periods.rectification.count": (15, 10),
    }  # fmt: skip
    assert taken["moved"] == [
        {"number": "2026-0001", "period": "rectification", "old": "2026-11-25", "new": "2026-11-18"},
        {"number": "2026-0001", "period": "review", "old": "2026-12-02", "new": "2026-11-25"},
    ]
    assert jsup("finding", "show", "2026-0001", "--json").json == before
    assert jsup("why", "2026-0001", "--json").json["deadlines"][0]["due_on"] == "2026-11-25"
    assert [(row["number"], row["period"]) for row in found(jsup, "policy")] == [
        ("2026-0001", "rectification"), ("2026-0001", "review"),
    ]  # fmt: skip
    assert jsup("policy", "show", "--json").json["own"]["remind_working_days"] == 4
    assert jsup("policy", "import", "p.toml", "--json").json["changed"] == []
    assert jsup("log", "--json").json[-1]["command"] == "policy import"
    assert len(jsup("log", "--json").json) == 7
    assert jsup("verify").status == 0
    Path("p.toml").write_text(text.replace("in_force_on = 2025-08-06", "in_force_on = 2025-08-05"), "utf-8")
    assert jsup("policy", "import", "p.toml").status == 1


# The roles of a server


def test_a_reader_cannot_write_and_an_officer_cannot_touch_the_journal_s_past(jsup, stock, server, tmp_path, monkeypatch):
    owner = stock.fresh("server", "register", tmp_path / "roles")
    script = (Path(ledgers.__file__).parent / "data" / "roles.sql").read_text("utf-8")
    people = ("DROP ROLE IF EXISTS li", "DROP ROLE IF EXISTS wang", "CREATE ROLE li LOGIN", "CREATE ROLE wang LOGIN")
    ask(owner, script, *people, "GRANT jsup_officer TO li", "GRANT jsup_reader TO wang")
    officer, reader = (owner.replace("//postgres:@", f"//{name}@") for name in ("li", "wang"))
    assert officer != owner != reader
    assert finding(jsup, ledger=officer).status == 0
    assert jsup("--ledger", officer, "sample", "--quarter", "2026Q4").status == 0
    result = finding(jsup, ledger=reader)
    assert (result.status, len(result.err.splitlines())) == (1, 1)
    assert "you have no right" in result.err
    for who in (reader, officer):
        for words in (
            ("finding", "list"),
            ("overdue",),
            ("verify",),
            ("doctor",),
            ("backup", "b" + who.partition("@")[0][-2:] + ".db"),
        ):
            assert jsup("--ledger", who, *words).status == 0, words
        assert jsup("--ledger", who, "migrate").status == 0  # nothing to do
        assert jsup("--ledger", who, "restore", "bng.db").status == 1
    for who, refused in (
        (reader, ("INSERT INTO agency (code, name, level, status, management) VALUES ('X', 'x', 'town', 'organ', 'local')",
                  "UPDATE agency SET name = 'x'", "DELETE FROM agency", "INSERT INTO journal VALUES (99, 'a', 'b', 'c')")),
        (officer, ("UPDATE journal SET body = 'x' WHERE seq = 1", "DELETE FROM journal", "TRUNCATE journal", "DELETE FROM agency",
                   "UPDATE alembic_version SET version_num = 'x'", "DROP TABLE journal", "ALTER TABLE journal ADD COLUMN x text",
                   "CREATE TRIGGER quiet BEFORE INSERT ON journal EXECUTE FUNCTION now()", "CREATE TABLE mine (a text)")),
    ):  # fmt: skip
        for statement in refused:
            with pytest.raises(Exception, match=r"permission denied|must be owner"):
                ask(who, "SET search_path TO jsup", statement)
    assert jsup("--ledger", owner, "verify").status == 0
    ask(officer, "SET search_path TO jsup", "UPDATE agency SET name = 'x' WHERE code = 'JS-CZJ'")
    result = jsup("--ledger", reader, "verify")
    assert (result.status, "table agency, row JS-CZJ, column name" in result.err) == (1, True)
    assert jsup("--ledger", owner, "restore", "bng.db").status == 0
    assert finding(jsup, ledger=officer).status == 0  # a restored ledger has the same rights
    assert finding(jsup, ledger=reader).status == 1
    ask(stock.address("postgres"), f"DROP DATABASE {owner.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("mysql://h/d", "no address of a ledger"),
        ("postgresql://nobody:secret@127.0.0.1:1/d", "cannot be reached"),
        ("postgresql+psycopg://u@/d?host=/nowhere&password=secret", "cannot be reached"),
        ("postgresql://[x/d", "cannot be reached"),
        ("postgres://u:secret@127.0.0.1:99999/d", "cannot be reached"),
        ("postgresql://u:a/secret#@127.0.0.1:1/d", "cannot be reached"),
        ("postgresql://u:secret@[::1/d", "cannot be reached"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_without_its_password(address, says, jsup):
    for words in (
        ("overdue",),
        ("init",),
        ("migrate",),
        ("agency", "add", "--code", "A", "--name", "a", "--level", "town"),
        ("backup", "b"),
    ):
        result = jsup("--ledger", address, *words)
        assert (result.status, result.out, len(result.err.splitlines())) == (1, "", 1), (words, result)
        assert says in result.err
        assert "secret" not in result.err


def test_a_database_without_a_ledger_is_told_from_one_that_has_one(jsup, server, stock):
    ask(stock.address("postgres"), "DROP DATABASE IF EXISTS bare WITH (FORCE)", "CREATE DATABASE bare")
    address = stock.address("bare")
    assert "there is no ledger at" in jsup("--ledger", address, "overdue").err
    assert jsup("--ledger", address, "init").status == 0
    assert "is there already" in jsup("--ledger", address, "init").err
    assert jsup("--ledger", address, "agency", "import", REGISTER).status == 0
    ask(address, "UPDATE jsup.alembic_version SET version_num = '9999'")
    assert "newer jsup" in jsup("--ledger", address, "overdue").err
    assert jsup("--ledger", address, "migrate").status == 1
    ask(address, "DROP SCHEMA jsup CASCADE")
    with ledgers.found(place_of(address), "0004"):
        pass
    assert "jsup migrate" in jsup("--ledger", address, "agency", "retire", "JS-CZJ", "--why", "w").err  # not by itself
    assert jsup("--ledger", address, "migrate", "--json").json == {"migrated": True, "backup": None}
    assert jsup("--ledger", address, "verify").status == 0
    ask(stock.address("postgres"), "DROP DATABASE bare WITH (FORCE)")
