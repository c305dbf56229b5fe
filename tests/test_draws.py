"""The ledger side of the draw: frozen, drawn once, recomputed by anybody."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from fractions import Fraction
from math import ceil

import pytest


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def recomputed(row: dict, frame: str) -> list[str]:
    """Draw by the book, with hashlib and nothing of jsup."""
    seed = sha(f"jsup-seed/1|{row['draw_id']}|{sha(frame)}|{row['public_value']}")
    uids = [line.split("\t")[0] for line in frame.splitlines()]
    order = sorted(uids, key=lambda uid: (sha(f"jsup-draw/1|{seed}|{uid}|1"), uid.encode()))
    return order[: max(1, ceil(len(uids) * Fraction(row["share"].rstrip("%")) / 100))]


def frame_of(ledger, draw_id: str) -> str:
    with closing(sqlite3.connect(ledger)) as connection:
        return str(connection.execute("SELECT frame FROM draw WHERE draw_id = ?", (draw_id,)).fetchone()[0])


def test_37_agencies_draw_4_and_anybody_can_recompute_it(jsup, register):
    row = jsup("sample", "--quarter", "2026Q4", "--json").json
    assert (row["draw_id"], row["quarter"], row["frame_size"], row["sample_size"], row["share"]) == (
        "2026Q4",
        "2026Q4",
        37,
        4,
        "10%",
    )
    assert row["anchored"] is False
    assert row["public_value"].startswith("local:")
    assert len(row["public_value"]) == len("local:") + 64
    frame = frame_of(register, "2026Q4")
    assert row["frame_sha256"] == sha(frame)
    assert row["seed"] == sha(f"jsup-seed/1|2026Q4|{sha(frame)}|{row['public_value']}")
    assert [taken["uid"] for taken in row["taken"]] == recomputed(row, frame)
    for taken in row["taken"]:
        assert taken["ticket"] == sha(f"jsup-draw/1|{row['seed']}|{taken['uid']}|1")
        assert (taken["stratum"], taken["weight"], taken["wait"], taken["forced"]) == ("all", 1, 0, False)
        assert taken["name"]
    assert jsup("sample", "verify", "--json").json == {"ok": True, "draws": 1, "problems": []}


def test_the_same_frame_and_public_value_give_the_same_sample(jsup, register, tmp_path):
    copy = shutil.copy(register, tmp_path / "copy.db")
    lines = [
        jsup("--ledger", path, "sample", "--quarter", "2026Q4", "--public-value", "双色球 2026136", "--json").json
        for path in (register, copy)
    ]
    assert lines[0] == lines[1]
    assert lines[0]["anchored"] is False  # it was not announced after a freeze


def test_local_values_differ_from_draw_to_draw(jsup, register, tmp_path):
    copy = shutil.copy(register, tmp_path / "copy.db")
    values = {jsup("--ledger", path, "sample", "--quarter", "2026Q4", "--json").json["public_value"] for path in (register, copy)}
    assert len(values) == 2


def test_a_second_draw_of_the_quarter_and_a_share_under_the_floor_are_refused(jsup, register):
    refused = jsup("sample", "--quarter", "2026Q4", "--share", "9%")
    assert (refused.status, refused.out) == (1, "")
    assert "10%" in refused.err
    assert "二（一）1" in refused.err
    assert jsup("sample", "status", "--json").json == []
    first = jsup("sample", "--quarter", "2026Q4", "--json").json
    assert jsup("sample", "--quarter", "2026Q4").status == 1
    assert jsup("sample", "status", "--quarter", "2026Q4", "--json").json == first


@pytest.mark.parametrize(("share", "size"), [("10%", 4), ("12.5%", 5), ("1/8", 5), ("25%", 10), ("100%", 37), ("1", 37)])
def test_a_larger_share_takes_more(share, size, jsup, register):
    assert jsup("sample", "--quarter", "2026Q4", "--share", share, "--json").json["sample_size"] == size


def test_waits_count_consecutive_draws_in_the_frame_and_pass_over_draws_without_the_unit(jsup, ledger):
    for code in "ABCDEFGHIJKL":
        jsup("agency", "add", "--code", code, "--name", code, "--level", "town")
    taken = [{row["uid"] for row in jsup("sample", "--quarter", f"2026Q{n}", "--json").json["taken"]} for n in (1, 2)]
    jsup("agency", "add", "--code", "NEW", "--name", "NEW", "--level", "town")
    jsup("agency", "retire", "A")
    jsup("sample", "--quarter", "2026Q3")
    waits = {line.split("\t")[0]: int(line.split("\t")[3]) for line in frame_of(ledger, "2026Q3").splitlines()}
    assert waits["NEW"] == 0
    assert "A" not in waits
    for code in "BCDEFGHIJKL":
        assert waits[code] == (0 if code in taken[1] else 1 if code in taken[0] else 2)
    assert jsup("sample", "verify").status == 0


def test_entrusted_bodies_are_not_in_the_frame(jsup, ledger):
    jsup("agency", "add", "--code", "A", "--name", "甲", "--level", "town")
    jsup("agency", "add", "--code", "B", "--name", "乙", "--level", "town", "--status", "entrusted")
    assert jsup("sample", "--quarter", "2026Q4", "--json").json["frame_size"] == 1
    assert jsup("sample", "--quarter", "2026Q3", "--json").json["sample_size"] == 1


def test_a_register_without_agencies_cannot_be_drawn(jsup, ledger):
    result = jsup("sample", "--quarter", "2026Q4")
    assert result.status == 1
    assert "agency import" in result.err


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE draw SET public_value = 'x'",
        "UPDATE draw SET seed = '0'",
        "UPDATE draw SET frame_sha256 = seed",
        "UPDATE draw SET frame = replace(frame, 'JS-QXJ', 'JS-QXK')",
        "UPDATE draw SET frame = 'x'",
        "UPDATE draw SET frame = replace(frame, char(9) || '1' || char(9) || '0', char(9) || '1' || char(9) || '3')",
        "UPDATE draw SET share = '20%'",
        "UPDATE draw SET share = 'x'",
        "UPDATE draw SET sample_size = 5",
        "UPDATE draw SET frame_size = 36",
        "UPDATE draw SET draw_id = '2026Q3'",
        "UPDATE draw_place SET ticket = '0' WHERE place = 1",
        "UPDATE draw_place SET uid = (SELECT code FROM agency WHERE code NOT IN (SELECT uid FROM draw_place) LIMIT 1) WHERE place = 1",
        "UPDATE draw_place SET place = place + 4",
        "UPDATE draw_place SET place = 9 WHERE place = 1",
        "UPDATE draw_place SET forced = 1 WHERE place = 2",
        "UPDATE draw_place SET wait = 1 WHERE place = 2",
        "UPDATE draw_place SET weight = 2 WHERE place = 2",
        "UPDATE draw_place SET stratum = 'town' WHERE place = 2",
        "DELETE FROM draw_place WHERE place = 4",
    ],
)
def test_a_changed_draw_is_found(change, jsup, register):
    jsup("sample", "--quarter", "2026Q4")
    with closing(sqlite3.connect(register)) as connection:
        connection.execute(change)
        connection.commit()
    result = jsup("sample", "verify", "--json")
    if change == "UPDATE draw_place SET place = place + 4":  # the order is what counts; the journal names the rows
        result = jsup("verify", "--json")
    assert result.status == 1
    assert result.json["ok"] is False
    assert result.json["problems"]
    assert jsup("verify").status == 1
