"""`verify --since`: what came after a seal is held against the journal, what is older is not looked at."""

import json
from pathlib import Path

import pytest

from jsup import audit, journal
from tests.conftest import FACTS, rows

AGENCY = "INSERT INTO agency (code, name, level, status, management) VALUES ('{}', '丁', 'town', 'organ', 'local')"

# what is done behind jsup's back, how it is undone, and what the verification since the seal names; None: nothing, but the whole does
TAMPERED = [
    ("UPDATE agency SET name = '己' WHERE code = 'C'", "UPDATE agency SET name = '丙' WHERE code = 'C'",
     "table agency, row C, column name: it was changed"),
    ("UPDATE agency SET phone = '1' WHERE code = 'C'", "UPDATE agency SET phone = NULL WHERE code = 'C'",
     "table agency, row C, column phone: it was changed"),
    ("UPDATE finding SET stage = 'open'", "UPDATE finding SET stage = 'warned'", "table finding, row 2026-0001, column stage: it was"),
    ('UPDATE deadline SET "count" = 99 WHERE id = 1', 'UPDATE deadline SET "count" = 10 WHERE id = 1',
     "table deadline, row 1, column count: it was changed"),
    ("UPDATE event SET id = 99 WHERE id = 5", "UPDATE event SET id = 5 WHERE id = 99", "table event, row 5: it was removed"),
    ("UPDATE event SET officer = 'x' WHERE finding_number IS NOT NULL", "UPDATE event SET officer = 'officer'",
     "table event, row 4, column officer: it was changed"),
    ("UPDATE journal SET body = replace(body, 'warned', 'closed') WHERE seq = 6",
     "UPDATE journal SET body = replace(body, 'closed', 'warned') WHERE seq = 6", "journal entry 6: its text or its hash"),
    ("UPDATE journal SET prev_hash = 'x' WHERE seq = 5", "UPDATE journal SET prev_hash = (SELECT hash FROM journal WHERE seq = 4)"
     " WHERE seq = 5", "journal entry 5: it does not continue"),
    ("UPDATE journal SET seq = 7 WHERE seq = 6", "UPDATE journal SET seq = 6 WHERE seq = 7", "journal entries 6 to 6: they are gone"),
    ("CREATE VIEW extra AS SELECT 1 AS one", "DROP VIEW extra", "view extra: it is not as jsup made it"),
    ("UPDATE agency SET name = '己' WHERE code = 'A'", "UPDATE agency SET name = '甲' WHERE code = 'A'", None),
    ("UPDATE event SET id = 98 WHERE id = 1", "UPDATE event SET id = 1 WHERE id = 98", None),
    (AGENCY.format("D"), "DELETE FROM agency WHERE code = 'D'", None),
    ("UPDATE journal SET body = replace(body, '甲', '己') WHERE seq = 2", "UPDATE journal SET body = replace(body, '己', '甲')"
     " WHERE seq = 2", None),
]  # fmt: skip


@pytest.fixture
def sealed(jsup, ledger):
    """Return a ledger with two seals: after the first entry, and between two agencies and what was done to a third."""
    add = ("agency", "add", "--level", "town", "--code")
    jsup("seal", "first.txt")
    for code, name in (("A", "甲"), ("B", "乙")):
        assert jsup(*add, code, "--name", name).status == 0
    jsup("seal", "seal.txt")
    assert jsup(*add, "C", "--name", "丙").status == 0
    jsup("finding", "add", *FACTS, "--agency", "C", "--category", "other", "--title", "t", "--found-on", "2026-11-02")
    assert jsup("warn", "2026-0001", "--method", "phone", "--on", "2026-11-03").status == 0
    return ledger


def test_what_was_done_since_the_seal_is_named_as_the_whole_verification_names_it(jsup, sealed):
    for tamper, undo, named in TAMPERED if isinstance(sealed, Path) else TAMPERED[::6]:  # a server takes ten times as long
        rows_or_none(sealed, tamper)
        whole, first, since = (
            jsup("verify", *words, "--json").json["problems"] for words in ((), ("--since", "first.txt"), ("--since", "seal.txt"))
        )
        assert whole, tamper
        if named is None:
            assert since == [], tamper
        else:
            assert any(named in problem for problem in since), (tamper, since)
            assert since == [problem for problem in whole if "was added" not in problem], tamper
        assert first == [problem for problem in whole if "was added" not in problem], tamper
        rows_or_none(sealed, undo)
    assert jsup("verify", "--json").json["problems"] == []


def rows_or_none(ledger, sql):
    """Run a statement that gives no rows."""
    rows(ledger, f"{sql} RETURNING 1" if sql.startswith(("UPDATE", "DELETE", "INSERT")) else sql)


def test_it_says_since_when_it_looked_and_what_it_left_out_and_which_of_several_seals_counts(jsup, sealed):
    result = jsup("verify", "--since", "seal.txt")
    assert (result.status, result.err) == (0, "")
    assert "The 3 entries since the seal of 2026-11-24 are whole" in result.out
    assert "what is older was not looked at" in result.out
    said = jsup("verify", "--since", "seal.txt", "--json").json
    assert (said["ok"], said["entries"], said["since"]["entries"]) == (True, 6, 3)
    assert said["head"] == jsup("verify", "--json").json["head"]
    jsup("seal", "now.txt")
    said = jsup("verify", "--since", "now.txt", "--json").json
    assert (said["ok"], said["entries"], said["head"]) == (True, 6, said["since"]["head"])

    # of several seals the last that the journal continues counts, and one at least must
    good = Path("seal.txt").read_text("utf-8")
    other = f"台账封签 5 2026-11-24 {'a' * 64}\n"
    Path("both.txt").write_text(Path("first.txt").read_text("utf-8") + good + other, "utf-8")
    said = jsup("verify", "--since", "both.txt", "--json").json
    assert (said["ok"], said["since"]["entries"]) == (True, 3)
    Path("none.txt").write_text(other, "utf-8")
    result = jsup("verify", "--since", "none.txt")
    assert result.status == 1
    assert result.err == jsup("verify", "--seal", "none.txt").err
    assert json.loads(jsup("verify", "--since", "none.txt", "--json").out)["since"] is None


def test_the_rows_of_an_entry_are_told_apart_whatever_their_texts_hold():
    texts = ['"},{"key":', '}],"command":"', ',"row":', '","table":"', "\\", "堃\x00\n", '"changes":[{"key":']
    changes = [{"table": "t", "key": key, "row": {"a": text, "b": None}} for text in texts for key in (7, text)]
    for officer in texts:
        body = journal.canonical({"at": officer[:0], "changes": changes, "command": "c", "officer": officer, "schema": "1",
                                  "seq": 3, "today": "2026-11-24"})  # fmt: skip
        found = audit._changed(f"{journal.GENESIS}\n{body}".encode())
        assert found == audit._changed_otherwise(f"{journal.GENESIS}\n{json.dumps(json.loads(body))}".encode())
        assert [(name.decode(), json.loads(key)) for (name, key), _mark in found] == [
            (one["table"], one["key"]) for one in changes
        ]
