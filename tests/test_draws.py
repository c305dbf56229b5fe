"""The ledger side of the draw: frozen, drawn once, recomputed by anybody."""

import hashlib
import lzma
import shutil
from fractions import Fraction
from math import ceil
from pathlib import Path

import pytest

from jsup import policy
from tests.conftest import rows


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def recomputed(row: dict, frame: str) -> list[str]:
    """Draw by the book, with hashlib and nothing of jsup."""
    seed = sha(f"jsup-seed/1|{row['draw_id']}|{sha(frame)}|{row['public_value']}")
    uids = [line.split("\t")[0] for line in frame.splitlines()]
    order = sorted(uids, key=lambda uid: (sha(f"jsup-draw/1|{seed}|{uid}|1"), uid.encode()))
    return order[: max(1, ceil(len(uids) * Fraction(row["share"].rstrip("%")) / 100))]


def frame_of(ledger, draw_id: str) -> str:
    return str(rows(ledger, f"SELECT frame FROM draw WHERE draw_id = '{draw_id}'")[0][0])


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
    assert "cannot prove" in row["proof"]
    for taken in row["taken"]:
        assert taken["ticket"] == sha(f"jsup-draw/1|{row['seed']}|{taken['uid']}|1")
        assert (taken["stratum"], taken["weight"], taken["wait"], taken["forced"]) == ("all", 1, 0, False)
        assert taken["name"]
    assert jsup("sample", "verify", "--json").json == {"ok": True, "draws": 1, "problems": []}


@pytest.mark.in_a_file
def test_the_same_frame_and_public_value_give_the_same_sample(jsup, register, tmp_path):
    copy = shutil.copy(register, tmp_path / "copy.db")
    lines = [
        jsup("--ledger", path, "sample", "--quarter", "2026Q4", "--public-value", "双色球 2026136", "--json").json
        for path in (register, copy)
    ]
    assert lines[0] == lines[1]
    assert lines[0]["anchored"] is False  # it was not announced after a freeze


@pytest.mark.in_a_file
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
    status = jsup("sample", "status", "--quarter", "2026Q4", "--json").json
    assert {key: status[key] for key in first} == first


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


def test_entrusted_bodies_are_in_the_frame_where_the_bureau_s_setting_says_so(jsup, tmp_path, monkeypatch):
    text = policy.packaged_text().replace("draw_entrusted = false", "draw_entrusted = true")
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("JSUP_LEDGER", str(tmp_path / "own.db"))
    assert jsup("init", "--policy", "own.toml").status == 0
    jsup("agency", "add", "--code", "A", "--name", "甲", "--level", "town")
    jsup("agency", "add", "--code", "B", "--name", "乙", "--level", "town", "--status", "entrusted")
    assert jsup("sample", "--quarter", "2026Q4", "--json").json["frame_size"] == 2


def test_a_register_without_agencies_cannot_be_drawn(jsup, ledger):
    result = jsup("sample", "--quarter", "2026Q4")
    assert result.status == 1
    assert "agency import" in result.err


@pytest.mark.in_a_file
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
    rows(register, change)
    result = jsup("sample", "verify", "--json")
    assert result.status == 1
    assert result.json["ok"] is False
    assert result.json["problems"]
    assert jsup("verify").status == 1


# In two steps


def frozen(jsup, *more):
    return jsup("--today", "2026-10-08", "sample", "freeze", "--quarter", "2026Q4", *more, "--json").json


def announced(jsup, *more):
    words = ("sample", "announce", "--quarter", "2026Q4", "--source", "SSQ 2026115", "--published-at", "the notice board")
    return jsup("--today", "2026-10-09", *words, *more)


def test_a_draw_in_two_steps_is_anchored_and_says_where(jsup, register):
    first = frozen(jsup)
    assert (first["draw_id"], first["sample_size"], first["seed"], first["public_value"], first["taken"]) == (
        "2026Q4",
        4,
        None,
        None,
        [],
    )
    assert (first["frozen_on"], first["drawn_on"], first["anchored"]) == ("2026-10-08", None, False)
    assert "Not anchored outside until a publication" in first["proof"]
    told = announced(jsup, "--json").json
    assert (told["announced_on"], told["source"], told["published_at"]) == ("2026-10-09", "SSQ 2026115", "the notice board")
    assert told["anchored"] is False
    assert "Anchored outside once" in told["proof"]
    row = jsup("--today", "2026-10-10", "sample", "--quarter", "2026Q4", "--public-value", "03 17 42", "--json").json
    assert (row["draw_id"], row["anchored"], row["proof"]) == ("2026Q4", True, None)
    assert row["frame_sha256"] == first["frame_sha256"] == sha(frame_of(register, "2026Q4"))
    assert [taken["uid"] for taken in row["taken"]] == recomputed(row, frame_of(register, "2026Q4"))
    assert "cannot prove" not in jsup("sample", "status").out
    assert jsup("sample", "verify").status == 0
    assert jsup("verify").status == 0


def test_what_was_frozen_is_what_is_drawn_whatever_the_register_says_since(jsup, register):
    frozen(jsup)
    jsup("agency", "add", "--code", "A-NEW", "--name", "new", "--level", "town")
    jsup("agency", "retire", "JS-TJJ")
    row = jsup("sample", "--quarter", "2026Q4", "--public-value", "v", "--json").json
    assert (row["frame_size"], row["frozen_on"], row["drawn_on"]) == (37, "2026-10-08", "2026-11-24")
    assert "A-NEW" not in frame_of(register, "2026Q4")
    assert jsup("sample", "verify").status == 0


@pytest.mark.in_a_file
def test_a_frame_that_was_not_announced_or_a_value_of_this_machine_anchors_nothing(jsup, register, tmp_path):
    frozen(jsup)
    copy = shutil.copy(register, tmp_path / "copy.db")
    for path, words in ((register, ("--public-value", "v")), (copy, ())):
        row = jsup("--ledger", path, "sample", "--quarter", "2026Q4", *words, "--json").json
        assert (row["anchored"], row["announced_on"]) == (False, None)
        assert jsup("--ledger", path, "sample", "verify").status == 0


@pytest.mark.parametrize(
    ("command", "status", "says"),
    [
        ("--today 2026-10-07 sample announce --quarter 2026Q4 --source s --published-at p", 1, "2026-10-08"),
        ("sample announce --quarter 2026Q4 --source s --published-at p --on 2026-10-07", 1, "2026-10-08"),
        ("sample announce --quarter 2026Q4 --source s --published-at p --on 2026-11-25", 1, "future"),
        ("sample announce --quarter 2026Q3 --source s --published-at p", 1, "sample freeze --quarter 2026Q3"),
        ("sample announce --quarter 2026Q4 --published-at p", 2, "--source"),
        ("sample announce --quarter 2026Q4 --source s", 2, "--published-at"),
        ("sample announce --source s --published-at p", 2, "--quarter"),
        ("--today 2026-10-07 sample --quarter 2026Q4 --public-value v", 1, "2026-10-08"),
        ("sample --quarter 2026Q4 --public-value v --known-on 2026-10-07", 1, "2026-10-08"),
        ("sample --quarter 2026Q4 --public-value v --known-on 2026-11-25", 1, "future"),
        ("sample --quarter 2026Q4 --public-value v --share 20%", 1, "frozen"),
        ("sample --quarter 2026Q4 --public-value v --stratify", 1, "frozen"),
        ("sample --quarter 2026Q4 --public-value v --coverage 0", 1, "frozen"),
        ("sample --quarter 2027Q1 --public-value v", 1, "2026Q4 waits"),
        ("sample freeze --quarter 2026Q4", 1, "2026Q4 waits"),
        ("sample freeze --quarter 2027Q1", 1, "2026Q4 waits"),
        ("sample void --quarter 2026Q4", 2, "--why"),
        ("sample void --quarter 2026Q3 --why w", 1, "no draw or frozen frame"),
        ("sample substitute --quarter 2026Q4 --agency JS-QXJ --reason dissolved --note n", 1, "was not drawn"),
        ("sample result --quarter 2026Q4 --agency JS-QXJ --method records", 1, "was not drawn"),
        ("sample export x --quarter 2026Q4", 1, "was not drawn"),
    ],
)
def test_the_order_of_the_steps_and_their_dates_is_kept(command, status, says, jsup, register):
    frozen(jsup)
    before = jsup("log", "--json").out
    refused = jsup(*command.split())
    assert (refused.status, refused.out) == (status, "")
    assert says in refused.err
    assert jsup("log", "--json").out == before


@pytest.mark.parametrize(
    ("command", "status", "says"),
    [
        ("sample --quarter 2026Q4", 2, "--public-value"),
        ("--today 2026-10-08 sample --quarter 2026Q4 --public-value v", 1, "2026-10-09"),
        ("sample --quarter 2026Q4 --public-value v --known-on 2026-10-08", 1, "2026-10-09"),
        ("sample announce --quarter 2026Q4 --source other --published-at p", 1, "announced"),
        ("sample --quarter 2026Q4 --public-value local:ab", 1, "SSQ 2026115"),
        ("sample --quarter 2026Q4 --public-value a --public-value b", 2, "twice"),
    ],
)
def test_what_was_announced_binds(command, status, says, jsup, register):
    frozen(jsup)
    assert announced(jsup).status == 0
    refused = jsup(*command.split())
    assert (refused.status, refused.out) == (status, "")
    assert says in refused.err


def test_a_voided_draw_stays_and_the_next_one_gets_the_next_id(jsup, register):
    first = jsup("sample", "--quarter", "2026Q4", "--json").json
    void = jsup("sample", "void", "--quarter", "2026Q4", "--why", "the register was wrong", "--json").json
    assert (void["draw_id"], void["voided_on"], void["void_why"]) == ("2026Q4", "2026-11-24", "the register was wrong")
    assert void["taken"] == first["taken"]
    assert jsup("sample", "void", "--quarter", "2026Q4", "--why", "again").status == 1
    second = jsup("sample", "--quarter", "2026Q4", "--json").json
    assert (second["draw_id"], second["quarter"]) == ("2026Q4/2", "2026Q4")
    assert second["seed"] == sha(f"jsup-seed/1|2026Q4/2|{second['frame_sha256']}|{second['public_value']}")
    assert [unit["wait"] for unit in second["taken"]] == [0] * 4  # a voided draw does not count
    for named, draw_id in (("2026Q4", "2026Q4/2"), ("2026Q4/2", "2026Q4/2"), ("2026Q4/1", "2026Q4")):
        assert jsup("sample", "status", "--quarter", named, "--json").json["draw_id"] == draw_id
    assert [row["draw_id"] for row in jsup("sample", "status", "--json").json] == ["2026Q4", "2026Q4/2"]
    assert jsup("sample", "status", "--quarter", "2026Q4/3").status == 1
    assert jsup("sample", "--quarter", "2026Q4").status == 1
    jsup("sample", "void", "--quarter", "2026Q4", "--why", "w")
    frozen_third = jsup("sample", "freeze", "--quarter", "2026Q4", "--json").json
    assert frozen_third["draw_id"] == "2026Q4/3"
    jsup("sample", "void", "--quarter", "2026Q4", "--why", "a frozen frame may be voided too")
    assert jsup("sample", "--quarter", "2026Q4", "--json").json["draw_id"] == "2026Q4/4"
    assert jsup("sample", "verify", "--json").json == {"ok": True, "draws": 4, "problems": []}


# Strata, weights, coverage


def test_a_stratified_draw_takes_from_every_level(jsup, register):
    row = jsup("sample", "--quarter", "2026Q4", "--stratify", "--json").json
    counts = {
        level: sum(unit["level"] == level for unit in jsup("agency", "list", "--json").json)
        for level in ("district", "town", "park")
    }
    taken = [unit["stratum"] for unit in row["taken"]]
    assert sorted(set(taken)) == ["district", "park", "town"]
    assert taken == sorted(taken)
    assert len(taken) == row["sample_size"] == 4
    assert counts["park"] >= 1
    assert jsup("sample", "verify").status == 0
    assert "district" in jsup("sample", "status").out


def test_risk_weights_come_from_a_table_and_stand_in_the_frame(jsup, register, tmp_path):
    (tmp_path / "w.csv").write_text("单位代码,权重\nJS-SCJG,9\nJS-QXJ,3\n", encoding="utf-8")
    row = jsup("sample", "--quarter", "2026Q4", "--weights", "w.csv", "--share", "100%", "--json").json
    weights = {unit["uid"]: unit["weight"] for unit in row["taken"]}
    assert {uid: weight for uid, weight in weights.items() if weight > 1} == {"JS-SCJG": 9, "JS-QXJ": 3}
    for unit in row["taken"]:
        assert unit["ticket"] == min(sha(f"jsup-draw/1|{row['seed']}|{unit['uid']}|{k}") for k in range(1, unit["weight"] + 1))
    assert jsup("sample", "verify").status == 0


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("code,weight\nJS-SCJG,0\n", ("row 2", "weight", "0")),
        ("code,weight\nJS-SCJG,10\n", ("row 2", "weight", "10")),
        ("code,weight\nJS-SCJG,1.5\n", ("row 2", "weight")),
        ("code,weight\nJS-SCJG,\n", ("row 2", "weight")),
        ("code,weight\nJS-QXJ,2\nNOBODY,2\n", ("row 3", "code", "NOBODY")),
        ("code,weight\nJS-QXJ,2\nJS-QXJ,2\n", ("row 3", "code", "JS-QXJ")),
        ("code,risk\nJS-QXJ,2\n", ("权重",)),
    ],
)
def test_a_bad_table_of_weights_is_refused_with_row_and_column(table, says, jsup, register, tmp_path):
    (tmp_path / "w.csv").write_text(table, encoding="utf-8")
    refused = jsup("sample", "--quarter", "2026Q4", "--weights", "w.csv")
    assert (refused.status, refused.out) == (1, "")
    assert all(word in refused.err for word in says), refused.err
    assert jsup("sample", "status", "--json").json == []


def test_without_an_option_the_policy_s_coverage_holds_and_0_switches_it_off(jsup, register):
    assert jsup("sample", "--quarter", "2026Q1", "--json").json["coverage"] == 20
    assert jsup("sample", "--quarter", "2026Q2", "--coverage", "0", "--json").json["coverage"] is None
    assert jsup("sample", "--quarter", "2026Q3", "--coverage", "30", "--json").json["coverage"] == 30
    assert jsup("sample", "verify").status == 0


def test_a_coverage_that_cannot_be_kept_is_refused_with_the_stratum_and_the_smallest_that_would_do(jsup, register):
    for words in (("sample",), ("sample", "freeze")):
        refused = jsup(*words, "--quarter", "2026Q4", "--coverage", "9")
        assert (refused.status, refused.out) == (1, "")
        assert "the stratum all" in refused.err
        assert " 10\n" in refused.err  # 37 agencies, 4 at a time
    stratified = jsup("sample", "--quarter", "2026Q4", "--coverage", "2", "--stratify")
    assert stratified.status == 1
    assert "the stratum district" in stratified.err or "the stratum town" in stratified.err
    assert jsup("sample", "--quarter", "2026Q4", "--coverage", "10").status == 0


def test_a_unit_that_has_waited_to_the_last_is_forced(jsup, ledger):
    for number in range(12):
        jsup("agency", "add", "--code", f"A{number:02}", "--name", "n", "--level", "town")
    waits: dict[str, int] = {}
    for number in range(30):
        quarter = f"{2020 + number // 4}Q{number % 4 + 1}"
        row = jsup("sample", "--quarter", quarter, "--coverage", "7", "--json").json
        taken = {unit["uid"] for unit in row["taken"]}
        assert {unit["uid"]: unit["wait"] for unit in row["taken"]} == {uid: waits.get(uid, 0) for uid in taken}
        waits = {f"A{n:02}": 0 if f"A{n:02}" in taken else waits.get(f"A{n:02}", 0) + 1 for n in range(12)}
        assert max(waits.values()) < 7
    assert any(unit["forced"] for row in jsup("sample", "status", "--json").json for unit in row["taken"])
    assert jsup("sample", "verify").status == 0


def test_chances_stand_beside_a_frozen_frame_and_sum_to_the_places(jsup, register, tmp_path):
    row = jsup("sample", "freeze", "--quarter", "2026Q4", "--chances", "--json").json
    assert {unit["chance"] for unit in row["chances"]} == {"4/37"}
    jsup("sample", "void", "--quarter", "2026Q4", "--why", "w")
    (tmp_path / "w.csv").write_text("code,weight\nJS-SCJG,9\nJS-QXJ,3\n", encoding="utf-8")
    row = jsup("sample", "--quarter", "2026Q4", "--weights", "w.csv", "--chances", "--json").json
    chances = {unit["uid"]: Fraction(unit["chance"]) for unit in row["chances"]}
    assert sum(chances.values()) == 4
    assert chances["JS-SCJG"] > chances["JS-QXJ"] > chances["JS-CZJ"]
    assert all(unit["precision"] is None for unit in row["chances"])
    assert "chances" in jsup("sample", "status", "--quarter", "2026Q4", "--chances", "--json").json
    assert "4/37" not in jsup("sample", "status", "--quarter", "2026Q4", "--chances").out


# Substitution and succession


def substitute(jsup, uid, *more, reason="no_inspections"):
    return jsup(
        "sample", "substitute", "--quarter", "2026Q4", "--agency", uid, "--reason", reason, "--note", "why", *more, "--json"
    )


def test_a_substitution_hands_the_place_to_the_next_unit_and_the_replaced_one_goes_on_waiting(jsup, register):
    row = jsup("sample", "--quarter", "2026Q4", "--json").json
    frame = frame_of(register, "2026Q4")
    uids = [line.split("\t")[0] for line in frame.splitlines()]
    order = sorted(uids, key=lambda uid: sha(f"jsup-draw/1|{row['seed']}|{uid}|1"))
    first = substitute(jsup, order[1]).json
    assert [unit["uid"] for unit in first["taken"]] == order[:4]  # a drawn unit is never deleted
    assert first["taken"][1]["replaced_by"] == order[4]
    (one,) = first["substitutions"]
    assert (one["place"], one["replaced"], one["uid"], one["reason"], one["note"]) == (
        2,
        order[1],
        order[4],
        "no_inspections",
        "why",
    )
    assert (one["officer"], one["done_on"]) == ("officer", "2026-11-24")
    second = substitute(jsup, order[4]).json["substitutions"][1]  # a substitute may be replaced in its turn
    assert (second["place"], second["replaced"], second["uid"]) == (2, order[4], order[5])
    status = jsup("sample", "status", "--quarter", "2026Q4", "--json").json
    assert [check["uid"] for check in status["checks"]] == [order[0], order[5], order[2], order[3]]
    assert status["substitution_counts"] == {"officers": {"officer": 2}, "units": {order[1]: 1, order[4]: 1}}
    assert jsup("sample", "verify").status == 0
    jsup("--today", "2027-01-05", "sample", "--quarter", "2027Q1")
    waits = {line.split("\t")[0]: int(line.split("\t")[3]) for line in frame_of(register, "2027Q1").splitlines()}
    assert {uid for uid, wait in waits.items() if wait == 0} == {order[0], order[5], order[2], order[3]}
    assert jsup("sample", "verify").status == 0


def test_a_substitution_after_a_later_freeze_does_not_make_that_frame_wrong(jsup, register):
    row = jsup("sample", "--quarter", "2026Q4", "--json").json
    jsup("--today", "2027-01-05", "sample", "--quarter", "2027Q1")
    assert substitute(jsup, row["taken"][0]["uid"]).status == 0
    jsup("sample", "void", "--quarter", "2026Q4", "--why", "and voided on top of it")
    assert jsup("sample", "verify", "--json").json == {"ok": True, "draws": 2, "problems": []}


def test_a_substitution_wants_a_reason_of_the_list_a_note_and_an_agency_that_holds_a_place(jsup, register):
    row = jsup("sample", "--quarter", "2026Q4", "--json").json
    uid = row["taken"][0]["uid"]
    other = next(
        agency["code"]
        for agency in jsup("agency", "list", "--json").json
        if agency["code"] not in {u["uid"] for u in row["taken"]}
    )
    bad_reason = substitute(jsup, uid, reason="because")
    assert bad_reason.status == 1
    assert "no_inspections" in bad_reason.err
    assert substitute(jsup, other).status == 1
    assert substitute(jsup, "NOBODY").status == 1
    assert substitute(jsup, uid, "--on", "2026-11-23").status == 1
    assert substitute(jsup, uid, "--on", "2026-11-25").status == 1
    assert jsup("sample", "substitute", "--quarter", "2026Q4", "--agency", uid, "--reason", "dissolved").status == 2
    assert jsup("sample", "result", "--quarter", "2026Q4", "--agency", uid, "--method", "records", "--note", "n").status == 0
    assert substitute(jsup, uid).status == 1
    assert jsup("sample", "status", "--quarter", "2026Q4", "--json").json["substitutions"] == []


def test_nobody_is_left_to_take_a_place_when_all_were_drawn(jsup, register):
    row = jsup("sample", "--quarter", "2026Q4", "--share", "100%", "--json").json
    refused = substitute(jsup, row["taken"][0]["uid"])
    assert refused.status == 1
    assert "no unit left" in refused.err


def test_a_successor_inherits_the_wait_of_the_agency_whose_place_it_takes(jsup, ledger):
    for code in "ABCDEFGHIJKL":
        jsup("agency", "add", "--code", code, "--name", code, "--level", "town")
    taken = [{row["uid"] for row in jsup("sample", "--quarter", f"2026Q{n}", "--json").json["taken"]} for n in (1, 2)]
    waiting = [code for code in "ABCDEFGHIJKL" if code not in taken[0] | taken[1]]
    jsup("agency", "add", "--code", "N", "--name", "new", "--level", "town")
    assert jsup("agency", "succeed", waiting[0], "N", "--document", "金编〔2026〕1号", "--on", "2026-11-02").status == 0
    again = jsup("agency", "succeed", waiting[0], "N", "--document", "d")
    assert again.status == 1
    assert jsup("agency", "succeed", "N", waiting[0], "--document", "d").status == 1
    assert jsup("agency", "succeed", "N", "N", "--document", "d").status == 1
    assert jsup("agency", "succeed", "NOBODY", "N", "--document", "d").status == 1
    assert jsup("agency", "show", waiting[0], "--json").json["retired_on"] == "2026-11-02"
    jsup("sample", "--quarter", "2026Q3")
    waits = {line.split("\t")[0]: int(line.split("\t")[3]) for line in frame_of(ledger, "2026Q3").splitlines()}
    assert waits["N"] == 2
    assert waiting[0] not in waits
    jsup("agency", "succeed", waiting[1], "N", "--document", "entered after the third draw")
    assert jsup("sample", "verify", "--json").json == {"ok": True, "draws": 3, "problems": []}
    jsup("sample", "--quarter", "2026Q4")
    assert jsup("sample", "verify", "--json").json == {"ok": True, "draws": 4, "problems": []}


# Against the journal


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE draw SET drawn_on = '2026-10-11'",
        "UPDATE draw SET frozen_on = '2026-10-07'",
        "UPDATE draw SET announced_on = '2026-10-10'",
        "UPDATE draw SET source = 'another value'",
        "UPDATE draw SET published_at = 'nowhere'",
        "UPDATE draw SET anchored = 0",
        "UPDATE draw SET coverage = 21",
        "UPDATE draw SET coverage = 1",
        "UPDATE draw SET known_on = '2026-10-10'",
        "UPDATE draw SET voided_on = '2026-11-24', void_why = 'w'",
        "UPDATE draw_place SET name = 'x' WHERE place = 1",
        "UPDATE draw_place SET place = place + 4",
        "UPDATE draw_substitution SET note = 'x'",
        "UPDATE draw_substitution SET officer = 'x'",
        "UPDATE draw_substitution SET uid = (SELECT uid FROM draw_place WHERE place = 4)",
        "UPDATE draw_substitution SET ticket = '0'",
        "DELETE FROM draw_substitution",
        "UPDATE draw_check SET done_on = '2026-11-23'",
        "UPDATE draw_check_item SET result = 'pass'",
        "DELETE FROM draw_check_item",
        "INSERT INTO draw_check (draw_id, uid, methods, done_on, officer) SELECT draw_id, uid, 'site', '2026-11-24', 'x' FROM draw_place",
        "INSERT INTO succession (old, new, done_on, document) SELECT uid, 'JS-QXJ', '2026-11-24', 'd' FROM draw_place WHERE place = 2",
    ],
)
def test_every_changed_row_of_a_draw_is_found(change, jsup, register):
    frozen(jsup)
    announced(jsup)
    row = jsup("--today", "2026-10-10", "sample", "--quarter", "2026Q4", "--public-value", "v", "--json").json
    assert substitute(jsup, row["taken"][0]["uid"]).status == 0
    uid = row["taken"][1]["uid"]
    assert (
        jsup(
            "sample", "result", "--quarter", "2026Q4", "--agency", uid, "--method", "records", "--item", "records.code=fail"
        ).status
        == 0
    )
    assert jsup("sample", "verify").status == 0
    rows(register, change)
    for words in (("sample", "verify"), ("sample", "verify", "--quarter", "2026Q4")):
        result = jsup(*words, "--json")
        assert (result.status, result.json["ok"]) == (1, False)
        assert result.json["problems"]


def test_draws_of_an_older_ledger_are_brought_up_and_verify(jsup, tmp_path, monkeypatch):
    path = tmp_path / "old.db"
    path.write_bytes(lzma.decompress((Path(__file__).parent / "ledgers" / "0001.db.xz").read_bytes()))
    monkeypatch.setenv("JSUP_LEDGER", str(path))
    assert jsup("sample", "status").status == 1
    assert jsup("migrate").status == 0
    assert jsup("verify").status == 0
    assert jsup("sample", "verify", "--json").json == {"ok": True, "draws": 3, "problems": []}
    row = jsup("sample", "--quarter", "2026Q4", "--json").json
    assert row["coverage"] == 20  # the policy in this ledger is older than the setting
    assert substitute(jsup, row["taken"][0]["uid"], reason="dissolved").status == 0
    uid = row["taken"][1]["uid"]
    words = ("sample", "result", "--quarter", "2026Q4", "--agency", uid, "--method", "site", "--item", "site.code=pass")
    assert jsup(*words).status == 0
    assert jsup("sample", "verify", "--json").json == {"ok": True, "draws": 4, "problems": []}
    assert jsup("finding", "show", "2026-0001").status == 0
    assert jsup("overdue").status == 0


# What a second look found


def test_a_value_that_an_earlier_draw_made_known_anchors_no_later_one(jsup, register):
    frozen(jsup)
    announced(jsup)
    jsup("--today", "2026-10-10", "sample", "--quarter", "2026Q4", "--public-value", "03 17 42")
    jsup("--today", "2026-10-11", "sample", "void", "--quarter", "2026Q4", "--why", "w")
    assert jsup("--today", "2026-10-12", "sample", "freeze", "--quarter", "2026Q4").status == 0
    words = ("sample", "announce", "--quarter", "2026Q4", "--source", "s", "--published-at", "p")
    assert jsup("--today", "2026-10-12", *words).status == 0
    refused = jsup("--today", "2026-10-13", "sample", "--quarter", "2026Q4", "--public-value", "03 17 42")
    assert refused.status == 1
    assert "was known before the freeze" in refused.err
    row = jsup("--today", "2026-10-13", "sample", "--quarter", "2026Q4", "--public-value", "04 18 43", "--json").json
    assert (row["draw_id"], row["anchored"]) == ("2026Q4/2", True)


@pytest.mark.parametrize("share", ["33.333333333333%", "33.3333333333%", "10.000000000001%"])
def test_a_share_too_fine_to_be_written_and_read_again_is_refused_before_anything_is_frozen(share, jsup, register):
    assert jsup("sample", "freeze", "--quarter", "2026Q4", "--share", share).status == 2
    assert jsup("sample", "status", "--json").json == []
    assert jsup("sample", "freeze", "--quarter", "2026Q4", "--share", "33.333333333%").status == 0
    assert jsup("sample", "--quarter", "2026Q4").status == 0
    assert jsup("sample", "verify").status == 0


def test_nothing_is_dated_before_what_it_follows(jsup, register):
    row = jsup("--today", "2026-10-15", "sample", "--quarter", "2026Q4", "--json").json
    assert jsup("--today", "2026-10-01", "sample", "void", "--quarter", "2026Q4", "--why", "w").status == 1
    uid = row["taken"][0]["uid"]
    second = substitute(jsup, uid, "--on", "2026-10-18").json["substitutions"][0]["uid"]
    assert substitute(jsup, second, "--on", "2026-10-17").status == 1
    words = ("sample", "result", "--quarter", "2026Q4", "--agency", second, "--method", "site", "--note", "n", "--on")
    assert jsup(*words, "2026-10-17").status == 1
    assert jsup(*words, "2026-10-18").status == 0
    assert jsup("--today", "2026-11-01", "sample", "void", "--quarter", "2026Q4", "--why", "w").status == 0
    assert jsup("--today", "2026-10-31", "sample", "freeze", "--quarter", "2026Q4").status == 1
    assert jsup("--today", "2026-11-01", "sample", "freeze", "--quarter", "2026Q4").status == 0


@pytest.mark.in_a_file
@pytest.mark.parametrize("quarter", ["0000Q1", "9999Q4", "1999Q4", "2026Q5", "2026q4", "2026Q4/0", "2026Q4/1/1"])
def test_what_is_no_quarter_is_refused(quarter, jsup, register):
    for command in ("freeze", "status", "verify"):
        assert jsup("sample", command, "--quarter", quarter).status == 2
    assert jsup("sample", "--quarter", quarter).status == 2


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE draw SET share = x'313025'",
        "UPDATE draw SET frame = x'4142'",
        "UPDATE draw SET public_value = x'76'",
        "UPDATE draw SET public_value = NULL",
        "UPDATE draw SET coverage = 'x'",
        "UPDATE draw SET seed = 5",
        "UPDATE draw SET frame = replace(frame, char(9) || '1' || char(9) || '0', char(9) || '999999999' || char(9) || '0')",
        "UPDATE draw_place SET weight = 'x'",
    ],
)
def test_a_row_changed_to_what_no_draw_holds_is_named_and_nothing_breaks(change, jsup, register):
    jsup("sample", "--quarter", "2026Q4")
    rows(register, change)
    result = jsup("sample", "verify", "--json")
    assert (result.status, result.json["ok"]) == (1, False)
    assert result.json["problems"]


def test_a_frame_that_was_frozen_with_a_wrong_wait_is_found_though_the_journal_agrees(jsup, register, monkeypatch):
    jsup("sample", "--quarter", "2026Q3")
    with monkeypatch.context() as patched:
        patched.setattr("jsup.draws.waiting", lambda draws, successions: {})
        assert jsup("sample", "--quarter", "2026Q4").status == 0
    assert jsup("verify").status == 0
    result = jsup("sample", "verify", "--json")
    assert result.status == 1
    assert all("wait" in problem for problem in result.json["problems"])
    assert len(result.json["problems"]) == 33  # all but the four that were taken in 2026Q3
