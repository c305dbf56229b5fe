"""The journal: one entry per transaction, in one form, and nothing that it cannot see."""

import json
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import date, datetime, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import insert, text, update
from sqlmodel import SQLModel, select

from jsup import SCHEMA, journal, outcomes, policy, watched
from jsup import ledger as ledgers
from jsup.errors import LedgerError
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.models import Agency, Event
from tests.conftest import FACTS

TODAY = date(2026, 11, 24)


@pytest.fixture
def book(tmp_path: Path) -> Ledger:
    path = tmp_path / "ledger.db"
    ledgers.create(path, Entry("init", "o", TODAY), policy.packaged_text(), "p")
    return Ledger(path, Entry("test", "o", TODAY))


def rows(path: Path, sql: str, *values: object) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(sql, values).fetchall()
        connection.commit()
    return found


def problems(path: Path) -> list[str]:
    return [message.format(**values) for message, values in ledgers.verify(path).problems]


def agency(code: str) -> Agency:
    return Agency(code=code, name=f"单位{code}", level="district", status="organ", management="local")


def test_a_body_is_canonical_and_its_hash_continues_the_chain(book):
    with book.change() as session:
        session.add(agency("A"))
    prev = "0" * 64
    for seq, prev_hash, digest, body in rows(book.place, "SELECT seq, prev_hash, hash, body FROM journal ORDER BY seq"):
        assert prev_hash == prev
        assert digest == sha256(f"{prev}\n{body}".encode()).hexdigest()
        data = json.loads(body)
        assert body == json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert data["seq"] == seq
        assert set(data) == {"seq", "at", "today", "officer", "command", "schema", "changes"}
        assert data["schema"] == SCHEMA
        assert data["at"] == datetime.fromisoformat(data["at"]).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        prev = digest
    assert data["changes"] == [
        {
            "key": "A",
            "row": {"code": "A", "name": "单位A", "level": "district", "status": "organ", "management": "local",
                    "superior": None, "head": None, "contact": None, "phone": None, "retired_on": None},
            "table": "agency",
        }
    ]  # fmt: skip


def test_the_journal_takes_no_floats_and_nothing_it_does_not_know():
    for value in (1.5, {"a": [b"x"]}, object()):
        with pytest.raises(TypeError):
            journal.canonical(value)
    east = timezone(datetime(2026, 1, 1).astimezone().utcoffset() or datetime.min - datetime.min)
    assert journal.canonical(datetime(2026, 1, 1, tzinfo=east)).endswith('.000000Z"')


def test_one_transaction_is_one_entry_with_the_last_image_of_each_row(book):
    with book.change() as session:
        row = agency("A")
        session.add(row)
        session.flush()
        row.name = "甲"
        session.flush()
        row.name = "乙"
    bodies = [json.loads(body) for (body,) in rows(book.place, "SELECT body FROM journal")]
    assert len(bodies) == 2
    assert [change["row"]["name"] for change in bodies[1]["changes"]] == ["乙"]


def test_a_transaction_that_changes_nothing_writes_no_entry(book):
    with book.change() as session:
        assert session.exec(select(Agency)).all() == []
    with book.change() as session:
        session.add(agency("A"))
    with book.change() as session:
        found = session.get(Agency, "A")
        assert found is not None
        found.name = str(found.name)
    assert len(rows(book.place, "SELECT 1 FROM journal")) == 2


def test_a_transaction_that_fails_leaves_neither_row_nor_entry(book):
    with pytest.raises(ZeroDivisionError), book.change() as session:
        session.add(agency("A"))
        session.flush()
        raise ZeroDivisionError
    assert rows(book.place, "SELECT 1 FROM agency") == []
    assert len(rows(book.place, "SELECT 1 FROM journal")) == 1


UNSEEN = {
    "textual insert": lambda session: session.execute(text("INSERT INTO agency (code) VALUES ('X')")),
    "textual update": lambda session: session.execute(text("  update agency SET name = 'x'")),
    "textual delete": lambda session: session.execute(text("DELETE FROM agency")),
    "behind a with": lambda session: session.execute(text("WITH t AS (SELECT 1) DELETE FROM agency")),
    "after a comment": lambda session: session.execute(text("/* SELECT */ DELETE FROM agency")),
    "replace": lambda session: session.execute(text("REPLACE INTO agency (code) VALUES ('X')")),
    "the driver's sql": lambda session: session.connection().exec_driver_sql("UPDATE agency SET name = 'x'"),
    "bulk update": lambda session: session.execute(update(Agency).values(name="x")),
    "bulk insert": lambda session: session.execute(insert(Agency), [agency("X").model_dump(), agency("Y").model_dump()]),
    "bulk save": lambda session: session.bulk_save_objects([agency("X")]),
    "bulk mappings": lambda session: session.bulk_insert_mappings(Agency, [agency("X").model_dump()]),
    "core insert": lambda session: session.connection().execute(insert(Agency).values(**agency("X").model_dump())),
    "drop": lambda session: session.execute(text("DROP TABLE agency")),
    "alter": lambda session: session.execute(text("ALTER TABLE agency ADD COLUMN x")),
    "journal": lambda session: session.execute(text("DELETE FROM journal")),
    "attach": lambda session: session.execute(text("ATTACH ':memory:' AS other")),
    "delete through the session": lambda session: (session.delete(session.get(Agency, "A")), session.flush()),
}


@pytest.mark.parametrize("way", UNSEEN)
def test_a_write_that_the_journal_cannot_see_is_refused(way, book):
    with book.change() as session:
        session.add(agency("A"))
    before = rows(book.place, "SELECT * FROM agency"), rows(book.place, "SELECT hash FROM journal")
    with pytest.raises(LedgerError), book.change() as session:
        UNSEEN[way](session)
    assert (rows(book.place, "SELECT * FROM agency"), rows(book.place, "SELECT hash FROM journal")) == before


@pytest.mark.parametrize("way", [way for way in UNSEEN if "session" not in way])
def test_it_is_refused_after_a_flush_of_the_same_session_too(way, book):
    with pytest.raises(LedgerError), book.change() as session:
        session.add(agency("A"))
        session.flush()
        UNSEEN[way](session)
    assert rows(book.place, "SELECT 1 FROM agency") == []


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE agency SET name = 'x' WHERE code = 'A'", "table agency, row A, column name"),
        ("UPDATE agency SET retired_on = '2026-01-01' WHERE code = 'A'", "table agency, row A, column retired_on"),
        ("UPDATE agency SET superior = '' WHERE code = 'A'", "table agency, row A, column superior"),
        ("UPDATE agency SET name = CAST('单位A' AS BLOB) WHERE code = 'A'", "table agency, row A, column name"),
        ("UPDATE event SET details = details || ' ' WHERE agency_code = 'A'", "table event, row 1, column details"),
        ("UPDATE calendar_year SET year = 1999 WHERE id = 3", "table calendar_year, row 3, column year"),
        ("DELETE FROM event", "table event, row 1: it was removed"),
        ("DELETE FROM agency WHERE code = 'B'", "table agency, row B: it was removed"),
        ("UPDATE agency SET code = 'C' WHERE code = 'B'", "table agency, row C: it was added"),
        ("INSERT INTO agency SELECT 'Z', name, level, status, management, superior, head, contact, phone, retired_on"
         " FROM agency WHERE code = 'A'", "table agency, row Z: it was added"),
        ("DROP TABLE event", "table event: it is gone"),
        ("UPDATE journal SET body = replace(body, 'test', 'tets') WHERE seq = 2", "journal entry 2: its text"),
        ("UPDATE journal SET hash = prev_hash WHERE seq = 2", "journal entry 2: its text"),
        ("DELETE FROM journal WHERE seq = 1", "journal entries 1 to 1: they are gone"),
        ("DELETE FROM journal WHERE seq = 2", "it was added"),
        ("UPDATE journal SET seq = 5 WHERE seq = 2", "journal entries 2 to 4"),
        ("UPDATE journal SET seq = -1 WHERE seq = 2", "journal entry -1: jsup did not write it"),
        ("UPDATE journal SET body = 'x' WHERE seq = 2", "journal entry 2: its text"),
        ("CREATE TABLE extra (a, b)", "table extra: it is not"),
        ("CREATE TRIGGER quiet AFTER UPDATE ON agency BEGIN SELECT 1; END", "trigger quiet: it is not as jsup made it"),
        ("DROP VIEW deadlines", "view deadlines: it is not as jsup made it"),
        ("INSERT INTO alembic_version VALUES ('0009')", "table alembic_version: it is not as jsup made it"),
        ("DROP INDEX deadline_open", "index deadline_open: it is not as jsup made it"),
    ],
)  # fmt: skip
def test_what_is_changed_behind_the_journal_s_back_is_named(sql, named, book):
    with book.change() as session:
        session.add(agency("A"))
        session.add(agency("B"))
        session.flush()
        session.add(Event(agency_code="A", step="s", done_on=TODAY, officer="o", details="{}"))
    assert problems(book.place) == []
    rows(book.place, sql)
    found = problems(book.place)
    assert any(named in problem for problem in found), found


def test_an_entry_holds_its_number_in_whatever_form_and_its_rows_count_if_it_does_not(book):
    with book.change() as session:
        session.add(agency("A"))
    ((prev_hash, body),) = rows(book.place, "SELECT prev_hash, body FROM journal WHERE seq = 2")
    changed = ["journal entry 2: its text or its hash was changed"]
    added = "table agency, row A: it was added behind the journal's back"
    for other, found in (
        (json.dumps(json.loads(body)), []),  # not as jsup writes it
        (body.replace('"seq":2,', '"seq":3,'), changed),
        (body.replace('"seq":2,', '"seq":"2",'), changed),
        (body.replace('"seq":2,', ""), changed),
        (body[:-1], [*changed, added]),
        (body, []),
    ):
        digest = sha256(f"{prev_hash}\n{other}".encode()).hexdigest()
        rows(book.place, "UPDATE journal SET body = ?, hash = ? WHERE seq = 2", other, digest)
        assert problems(book.place) == found, other


def test_every_column_of_every_row_is_watched(book, jsup, tmp_path, monkeypatch):
    monkeypatch.setenv("JSUP_LEDGER", str(book.place))
    for code, name in (("A", "甲"), ("B", "乙"), ("C", "丙")):
        jsup("agency", "add", "--code", code, "--name", name, "--level", "town")
    (taken,) = jsup("sample", "--quarter", "2026Q4", "--json").json["taken"]
    assert jsup("sample", "substitute", "--quarter", "2026Q4", "--agency", taken["uid"], "--reason", "dissolved",
                "--note", "t").status == 0  # fmt: skip
    (now,) = jsup("sample", "status", "--quarter", "2026Q4", "--json").json["unchecked"]
    assert jsup("sample", "result", "--quarter", "2026Q4", "--agency", now, "--method", "records",
                "--item", "records.code=fail").status == 0  # fmt: skip
    assert jsup("agency", "succeed", "B", "C", "--document", "d").status == 0
    jsup("finding", "add", *FACTS, "--agency", "A", "--category", "other", "--title", "t", "--found-on", "2026-11-02")
    jsup("warn", "2026-0001", "--method", "phone", "--on", "2026-11-03")
    jsup("confirm", "2026-0001", "--unrectified", "--on", "2026-11-04")
    assert jsup("recommend", "2026-0001").status == 0
    assert jsup("paper", "attach", "1", "copy.txt").status == 1
    (tmp_path / "scan.pdf").write_bytes(b"scan")
    assert jsup("paper", "attach", "1", tmp_path / "scan.pdf", "--note", "n").status == 0
    assert jsup("template", "reply", "--out", tmp_path / "reply.docx").status == 0
    assert jsup("template", "reply", "--set", tmp_path / "reply.docx").status == 0
    assert problems(book.place) == []
    tables = [name for (name,) in rows(book.place, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    chance = random.Random(5)
    tried = 0
    empty = {table for table in tables if not rows(book.place, f"SELECT 1 FROM {table} LIMIT 1")}
    assert empty <= {
        table.__tablename__
        for table in (*vars(watched).values(), *vars(outcomes).values())
        if table is not SQLModel and hasattr(table, "metadata")
    }
    for table in set(tables) - {"alembic_version"} - empty:
        for _cid, column, *_rest in rows(book.place, f"PRAGMA table_info({table})"):
            for (rowid,) in chance.choices(rows(book.place, f"SELECT rowid FROM {table}"), k=1):
                copy = shutil.copy(book.place, tmp_path / "copy.db")
                with closing(sqlite3.connect(copy)) as connection:
                    connection.execute("PRAGMA ignore_check_constraints = 1")
                    change = (
                        f"UPDATE {table} SET {column} = CASE WHEN typeof({column}) = 'integer' THEN {column} + 1000 ELSE 'x!' END"
                    )
                    connection.execute(f"{change} WHERE rowid = ?", (rowid,))
                    connection.commit()
                assert problems(copy), (table, column, rowid)
                tried += 1
    assert tried > 100


def test_log_marks_an_entry_whose_day_was_not_the_machine_s(book, jsup, monkeypatch):
    monkeypatch.setenv("JSUP_LEDGER", str(book.place))
    monkeypatch.delenv("JSUP_TODAY")
    jsup("agency", "add", "--code", "A", "--name", "甲", "--level", "town")
    jsup("--today", "2026-01-05", "agency", "add", "--code", "B", "--name", "乙", "--level", "town")
    entries = jsup("log", "--json").json
    assert [entry["back_dated"] for entry in entries[1:]] == [False, True]
    assert [entry["command"] for entry in entries[1:]] == ["agency add", "agency add"]
    assert "2026-01-05 *" in jsup("log").out
