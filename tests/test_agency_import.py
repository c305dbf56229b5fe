"""The register from outside: tables of people's data taken over or refused, and single agencies by hand."""

import errno
import io
import json
import os
import subprocess
import sys
import unicodedata
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import rows, whole
from tests.imports import make

TODAY = "2026-11-24"
COUNTS = ("rows", "new", "changed", "unchanged")
PROPERTY = settings(
    max_examples=25,
    deadline=None,
    database=None,
    # The fixture only runs command lines; each example makes a ledger of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="session")
def imports(tmp_path_factory):
    """Return the folder that holds should_pass and should_fail, made anew."""
    folder = tmp_path_factory.mktemp("imports")
    make.write(folder)
    return folder


def counted(result):
    """Return the counts of an import's JSON: rows, new, changed, unchanged."""
    return tuple(result.json[key] for key in COUNTS)


def state(jsup, ledger):
    """Return everything that a refused command must leave as it was."""
    return jsup("log", "--json").out, jsup("agency", "list", "--json").out, whole(ledger)


def written(folder, name, rows):
    """Write rows as csv and return the file."""
    path = folder / name
    path.write_bytes(make.sheet_csv(rows))
    return path


def events(ledger, code):
    """Return what the ledger keeps of each step done to an agency: the step and its details."""
    found = rows(ledger, f"SELECT step, details FROM event WHERE agency_code = '{code}' ORDER BY id")
    return [(step, json.loads(details)) for step, details in found]


def registered(jsup, code):
    """Return an agency as JSON shows it."""
    return jsup("agency", "show", code, "--json").json


def holds(jsup, agencies):
    """Assert that the register holds these agencies and no others."""
    listed = {row["code"]: row for row in jsup("agency", "list", "--json").json}
    assert sorted(listed) == sorted(agency["code"] for agency in agencies)
    for agency in agencies:
        assert {key: listed[agency["code"]][key] for key in agency} == agency


# The two folders --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", make.SHOULD_PASS)
def test_a_file_of_should_pass_is_taken_whole_and_a_second_time_changes_nothing(name, jsup, ledger, imports):
    good = make.SHOULD_PASS[name]
    file = imports / "should_pass" / name
    number = len(good.agencies)

    first = jsup("agency", "import", file, "--json")
    assert (first.status, first.err) == (0, "")
    assert counted(first) == (number, number, 0, 0)
    assert first.json["rejected"] == []
    assert tuple(first.json["unknown_headings"]) == good.unknown
    holds(jsup, good.agencies)

    before = state(jsup, ledger)
    second = jsup("agency", "import", file, "--json")
    assert (second.status, second.err) == (0, "")
    assert counted(second) == (number, 0, 0, number)
    assert state(jsup, ledger) == before


@pytest.mark.in_a_file
@pytest.mark.parametrize("name", make.SHOULD_FAIL)
def test_a_file_of_should_fail_is_refused_in_words_with_every_place_and_leaves_the_ledger_as_it_was(
    name, jsup, register, imports
):
    bad = make.SHOULD_FAIL[name]
    file = imports / "should_fail" / name
    before = state(jsup, register)

    text = jsup("agency", "import", file)
    assert (text.status, text.out) == (1, "")
    document = jsup("agency", "import", file, "--json")
    assert (document.status, document.err) == (1, text.err)
    dry = jsup("agency", "import", file, "--dry-run")
    assert (dry.status, dry.out, dry.err) == (1, "", text.err)
    assert state(jsup, register) == before

    *cells, last = text.err.splitlines()
    assert bad.says in text.err
    assert "Traceback" not in text.err
    assert "\x1b" not in text.err
    assert last.startswith("jsup: ")
    assert str(file) in last
    said = [tuple(line.split(": ")[1].removeprefix("row ").split(", column ")) for line in cells]
    wanted = [(str(row), heading or "—") for row, heading in bad.places]
    assert sorted(said) == sorted(wanted)
    assert [int(row) for row, _heading in said] == sorted(row for row, _heading in bad.places)
    if bad.places:
        rejected = document.json["rejected"]
        assert sorted((one["row"], one["column"]) for one in rejected) == sorted(bad.places)
        assert all(set(one) == {"row", "column", "problem"} and one["problem"] for one in rejected)
        assert all(one["problem"] in line for one, line in zip(rejected, cells, strict=True))


def test_the_bomb_is_small_and_says_that_it_unpacks_to_more_than_a_gibibyte(imports):
    bomb = (imports / "should_fail" / "bomb.xlsx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        declared = sum(entry.file_size for entry in archive.infolist())
    assert len(bomb) < 2 << 20 < 1 << 30 < declared


def test_a_workbook_with_a_value_in_its_last_corner_is_answered_in_words(jsup, ledger, tmp_path):
    resource = pytest.importorskip("resource")
    file = tmp_path / "corner.xlsx"
    file.write_bytes(make.far_corner())
    before = state(jsup, ledger)
    limit = 4 << 30
    run = subprocess.run(
        [sys.executable, "-c", "from jsup.cli import main; main()", "agency", "import", str(file)],
        capture_output=True,
        check=False,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert all(line.startswith("jsup: ") for line in run.stderr.splitlines())
    assert str(file) in run.stderr
    assert state(jsup, ledger) == before


# Files that are not there, or not files ---------------------------------------------------------


@pytest.mark.parametrize("name", ["none.csv", "none.xlsx", "none", "no folder/none.csv"])
def test_a_missing_file_is_refused_by_name(name, jsup, register, tmp_path):
    before = state(jsup, register)
    result = jsup("agency", "import", tmp_path / name)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"jsup: {tmp_path / name} cannot be read (No such file or directory)")
    assert len(result.err.splitlines()) == 1
    assert state(jsup, register) == before


@pytest.mark.parametrize("name", ["folder.csv", "folder.xlsx", "folder"])
def test_a_folder_is_refused_by_name(name, jsup, register, tmp_path):
    (tmp_path / name).mkdir()
    before = state(jsup, register)
    result = jsup("agency", "import", tmp_path / name)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"jsup: {tmp_path / name} ")
    assert len(result.err.splitlines()) == 1
    assert state(jsup, register) == before


def test_a_file_that_may_not_be_read_is_refused_by_name(jsup, ledger, tmp_path, monkeypatch):
    file = written(tmp_path, "closed.csv", make.table(make.THREE))

    def closed(_path: Path) -> bytes:  # an administrator's account reads every file, so the refusal is the test's own
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", closed)
    result = jsup("agency", "import", file)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"jsup: {file} cannot be read (Permission denied)")
    assert len(result.err.splitlines()) == 1


def test_import_without_a_file_is_a_mistake_of_usage(jsup, ledger):
    result = jsup("agency", "import")
    assert (result.status, result.out) == (2, "")
    assert "FILE" in result.err


def test_import_into_a_ledger_that_is_not_there_makes_none(jsup, tmp_path):
    file = written(tmp_path, "three.csv", make.table(make.THREE))
    missing = tmp_path / "missing.db"
    result = jsup("--ledger", missing, "agency", "import", file)
    assert (result.status, result.out) == (1, "")
    assert str(missing) in result.err
    assert not missing.exists()


def test_a_file_name_is_shown_as_it_is_written(jsup, ledger, tmp_path):
    file = tmp_path / "名单 {0} [bold] %s.csv"
    file.write_bytes(make.text("A1,甲,市级\n"))
    result = jsup("agency", "import", file)
    assert (result.status, result.out) == (1, "")
    assert str(file) in result.err.splitlines()[-1]


# What an import does ----------------------------------------------------------------------------


def test_the_json_of_an_import_has_the_promised_keys(jsup, ledger, tmp_path):
    result = jsup("agency", "import", written(tmp_path, "three.csv", make.table(make.THREE)), "--json")
    assert (result.status, result.err) == (0, "")
    assert {"batch", *COUNTS, "rejected"} <= set(result.json)


def test_an_import_says_its_counts(jsup, ledger, tmp_path):
    result = jsup("agency", "import", written(tmp_path, "three.csv", make.table(make.THREE)))
    assert (result.status, result.err) == (0, "")
    assert result.out == "Took 3 rows: 3 new, 0 changed, 0 unchanged.\n"


def test_an_import_is_one_entry_of_the_journal(jsup, ledger, tmp_path):
    before = jsup("log", "--json").json
    assert jsup("agency", "import", written(tmp_path, "sixty.csv", make.table(make.SIXTY))).status == 0
    after = jsup("log", "--json").json
    assert after[:-1] == before
    assert (after[-1]["command"], after[-1]["officer"], after[-1]["today"]) == ("agency import", "officer", TODAY)


def test_the_ledger_is_whole_after_imports_that_were_taken_refused_and_tried(jsup, ledger, imports):
    for name in ("should_pass/rare-characters.xlsx", "should_fail/many-problems.csv", "should_pass/quotes-and-commas.csv"):
        jsup("agency", "import", imports / name)
        jsup("agency", "import", imports / name, "--dry-run")
    result = jsup("verify", "--json")
    assert (result.status, result.err, result.json["ok"]) == (0, "", True)


def test_a_row_that_changed_is_amended_and_the_old_value_stays_with_the_name_of_the_import(jsup, ledger, tmp_path):
    jsup("agency", "import", written(tmp_path, "first.csv", make.table(make.THREE)))
    changed = [{**make.THREE[0], "name": "金山区石化街道办", "superior": "区政府"}, *make.THREE[1:]]
    result = jsup("agency", "import", written(tmp_path, "名单-九月.csv", make.table(changed)), "--json")

    assert (result.status, result.err) == (0, "")
    assert counted(result) == (3, 0, 1, 2)
    holds(jsup, changed)
    (_added, (step, details)) = events(ledger, "310116001")
    assert step == "agency amend"
    assert details["set"] == {"name": ["金山区石化街道办事处", "金山区石化街道办"], "superior": [None, "区政府"]}
    assert "名单-九月.csv" in details["why"]
    assert [step for step, _details in events(ledger, "310116101")] == ["agency add"]


def test_a_column_that_is_not_there_leaves_its_field_and_an_empty_cell_empties_it(jsup, ledger, tmp_path):
    whole = make.agency("A1", "甲", superior="乙", head="丙", management="dual")
    jsup("agency", "import", written(tmp_path, "whole.csv", make.table([whole], make.ALL)))

    kept = jsup("agency", "import", written(tmp_path, "three.csv", make.table([whole], make.REQUIRED)), "--json")
    assert (kept.status, kept.err, counted(kept)) == (0, "", (1, 0, 0, 1))
    assert registered(jsup, "A1")["superior"] == "乙"

    emptied = {**whole, "superior": None, "management": ""}
    result = jsup("agency", "import", written(tmp_path, "emptied.csv", make.table([emptied])), "--json")
    assert (result.status, result.err, counted(result)) == (0, "", (1, 0, 1, 0))
    shown = registered(jsup, "A1")
    assert (shown["superior"], shown["management"], shown["head"]) == (None, "dual", "丙")  # nobody says that it is local
    assert events(ledger, "A1")[-1][1]["set"] == {"superior": ["乙", None]}


def test_agencies_that_the_file_does_not_name_stay_as_they_are(jsup, register, tmp_path):
    before = jsup("agency", "list", "--json").json
    result = jsup("agency", "import", written(tmp_path, "new.csv", make.table([make.agency("A1", "甲")])), "--json")
    assert (result.status, result.err, counted(result)) == (0, "", (1, 1, 0, 0))
    assert [row for row in jsup("agency", "list", "--json").json if row["code"] != "A1"] == before


def test_an_import_does_not_bring_a_retired_agency_back(jsup, ledger, tmp_path):
    file = written(tmp_path, "three.csv", make.table(make.THREE))
    jsup("agency", "import", file)
    assert jsup("agency", "retire", "310116001").status == 0
    result = jsup("agency", "import", file, "--json")
    assert (result.status, result.err, counted(result)) == (0, "", (3, 0, 0, 3))
    assert registered(jsup, "310116001")["active"] is False


def test_one_bad_row_among_sixty_takes_none_of_them(jsup, ledger, tmp_path):
    rows = make.table(make.SIXTY)
    rows[40][2] = "市级"
    result = jsup("agency", "import", written(tmp_path, "sixty.csv", rows))
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("jsup: row 41, column 单位层级: 市级 ")
    assert jsup("agency", "list", "--json").json == []


@pytest.mark.parametrize("name", ["sixty.csv", "plain.xlsx"])
def test_a_dry_run_writes_nothing_and_says_the_counts_that_the_import_then_has(name, jsup, register, imports, tmp_path):
    file = imports / "should_pass" / name
    jsup("agency", "import", written(tmp_path, "first.csv", make.table([{**make.THREE[1], "name": "旧名"}, *make.SIXTY[:9]])))
    before = state(jsup, register)

    dry = jsup("agency", "import", file, "--dry-run", "--json")
    assert (dry.status, dry.err) == (0, "")
    said = jsup("agency", "import", file, "--dry-run")
    assert (said.status, said.err) == (0, "")
    rows, new, changed, unchanged = counted(dry)
    assert f"{rows} rows: {new} new, {changed} changed, {unchanged} unchanged. Nothing was written." in said.out
    assert state(jsup, register) == before

    real = jsup("agency", "import", file, "--json")
    assert (real.status, counted(real)) == (0, counted(dry))
    assert rows == new + changed + unchanged
    assert state(jsup, register) != before


def test_unknown_headings_are_named_in_words_and_in_json(jsup, ledger, imports):
    file = imports / "should_pass" / "unknown-columns.csv"
    text = jsup("agency", "import", file)
    assert (text.status, text.err) == (0, "")
    counts, left_alone = text.out.splitlines()
    assert counts.startswith("Took 3 rows")
    assert "序号" in left_alone
    assert "备注" in left_alone
    assert jsup("agency", "import", file, "--json").json["unknown_headings"] == ["序号", "备注"]


def test_a_duplicate_code_is_refused_with_both_rows(jsup, ledger, tmp_path):
    rows = make.table([*make.THREE, make.THREE[1]])
    result = jsup("agency", "import", written(tmp_path, "twice.csv", rows))
    assert (result.status, result.out) == (1, "")
    first = result.err.splitlines()[0]
    assert first.startswith("jsup: row 5, column 单位代码: ")
    assert "310116101" in first
    assert "row 3" in first


def test_a_file_named_in_another_encoding_than_the_systems_is_taken(jsup, ledger, tmp_path):
    file = Path(os.fsdecode(os.fsencode(tmp_path) + "/单位.csv".encode("gb18030")))
    try:
        file.write_bytes(make.sheet_csv(make.table(make.THREE)))
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    jsup("agency", "import", written(tmp_path, "old.csv", make.table([{**make.THREE[0], "name": "旧名"}])))
    result = jsup("agency", "import", file, "--json")
    assert (result.status, result.err, counted(result)) == (0, "", (3, 2, 1, 0))


# Properties -------------------------------------------------------------------------------------

BLANKS = " \u3000\u00a0"
VISIBLE = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co"))
TEXTS = st.text(VISIBLE | st.sampled_from("\",;|=+-@'{}[]%\\_ 堃镕𠮷🌊0"), min_size=1, max_size=12)
CELLS = TEXTS.map(lambda text: text.strip(BLANKS)).filter(bool)
CODES = (
    TEXTS.map(lambda text: unicodedata.normalize("NFC", text).strip().replace("|", "-"))
    .filter(lambda text: text == text.strip() and unicodedata.is_normalized("NFC", text))
    .filter(bool)
)  # fmt: skip
AGENCIES = st.fixed_dictionaries(
    {
        "code": CODES,
        "name": CELLS,
        "level": st.sampled_from(sorted(make.LEVELS)),
        "status": st.sampled_from(sorted(make.STATUSES)),
        "management": st.sampled_from(sorted(make.MANAGEMENTS)),
        "superior": st.none() | CELLS,
        "head": st.none() | CELLS,
        "contact": st.none() | CELLS,
        "phone": st.none() | CELLS,
    }
)
REGISTERS = st.lists(AGENCIES, min_size=1, max_size=8, unique_by=lambda agency: agency["code"])


KINDS = {
    "utf-8.csv": make.sheet_csv,
    "crlf.csv": lambda rows: make.sheet_csv(rows, end="\r\n"),
    "bom.csv": lambda rows: make.sheet_csv(rows, "utf-8-sig"),
    "gb18030.csv": lambda rows: make.sheet_csv(rows, "gb18030"),
    "book.xlsx": make.workbook,
}


@PROPERTY
@given(agencies=REGISTERS, columns=st.permutations(make.ALL), kinds=st.permutations(sorted(KINDS)))
def test_any_register_comes_back_the_same_from_a_file_and_no_other_kind_of_file_changes_it(jsup, stock, agencies, columns, kinds):
    number = len(agencies)
    with TemporaryDirectory() as folder:
        ledger = stock.fresh("file", "blank", Path(folder) / "blank.db")
        for kind in kinds:
            file = Path(folder, kind)
            file.write_bytes(KINDS[kind](make.table(agencies, columns)))
            result = jsup("--ledger", ledger, "agency", "import", file, "--json")
            assert (result.status, result.err) == (0, "")
            assert counted(result) == ((number, number, 0, 0) if kind == kinds[0] else (number, 0, 0, number))
        listed = jsup("--ledger", ledger, "agency", "list", "--json").json
        assert {row["code"]: {key: row[key] for key in make.ALL} for row in listed} == {one["code"]: one for one in agencies}
        assert len(jsup("--ledger", ledger, "log", "--json").json) == 2


@PROPERTY
@given(st.lists(st.binary(max_size=8) | TEXTS.map(str.encode) | st.sampled_from([b",", b"\n", b'"', b"A1", "区级".encode()])))
def test_whatever_is_called_csv_is_taken_or_refused_in_words(jsup, stock, pieces):
    with TemporaryDirectory() as folder:
        file, ledger = Path(folder, "any.csv"), Path(folder, "ledger.db")
        file.write_bytes(make.text("A1,甲,区级\n") + b"".join(pieces))
        stock.fresh("file", "blank", ledger)
        result = jsup("--ledger", ledger, "agency", "import", file)
        listed = jsup("--ledger", ledger, "agency", "list", "--json").json
        if result.status == 0:
            assert result.err == ""
            assert "A1" in [row["code"] for row in listed]
        else:
            assert (result.status, result.out, listed) == (1, "", [])
            assert all(line.startswith("jsup: ") for line in result.err.splitlines())


# Single agencies: add, list, show ---------------------------------------------------------------

A1 = ("--code", "A1", "--name", "甲", "--level", "district")


def test_an_agency_that_is_added_is_shown_with_its_defaults(jsup, ledger):
    result = jsup("agency", "add", *A1, "--json")
    assert (result.status, result.err) == (0, "")
    assert {key: result.json[key] for key in make.agency("A1", "甲")} == make.agency("A1", "甲")
    assert result.json["active"] is True
    assert [{**row, "former_names": []} for row in jsup("agency", "list", "--json").json] == [result.json]
    assert registered(jsup, "A1") == result.json


def test_an_agency_is_added_with_every_field_in_either_language(jsup, ledger):
    options = (
        "--status",
        "授权组织",
        "--management",
        "dual",
        "--superior",
        "乙",
        "--head",
        "丙",
        "--contact",
        "丁",
        "--phone",
        "1",
    )
    result = jsup("agency", "add", "--code", "A1", "--name", " 甲　", "--level", "园区", *options, "--json")
    assert (result.status, result.err) == (0, "")
    wanted = {"name": "甲", "level": "park", "status": "authorised", "management": "dual", "superior": "乙", "head": "丙"}
    assert {key: result.json[key] for key in wanted} == wanted
    assert (result.json["contact"], result.json["phone"]) == ("丁", "1")


def test_off_a_terminal_agencies_are_tab_separated_lines(jsup, ledger):
    jsup("agency", "add", "--code", "B", "--name", "[bold]乙{0}", "--level", "town")
    jsup("agency", "add", *A1)
    listed = jsup("agency", "list")
    assert (listed.status, listed.err) == (0, "")
    heading, first, second = listed.out.splitlines()
    assert heading.split("\t")[:3] == ["code", "name", "level"]
    assert first.split("\t")[:3] == ["A1", "甲", "district"]
    assert second.split("\t")[:3] == ["B", "[bold]乙{0}", "town"]
    shown = jsup("agency", "show", "A1")
    assert (shown.status, shown.err, shown.out.splitlines()) == (0, "", [heading, first])


def test_an_empty_register_is_an_empty_array_and_no_lines(jsup, ledger):
    assert jsup("agency", "list", "--json").json == []
    result = jsup("agency", "list")
    assert (result.status, result.out, result.err) == (0, "", "")


def test_the_register_is_listed_in_the_order_of_codes_with_the_promised_keys(jsup, register):
    rows = jsup("agency", "list", "--json").json
    codes = [row["code"] for row in rows]
    assert codes == sorted(codes)
    assert all({"code", "name", "level", "status", "management", "superior", "active"} <= set(row) for row in rows)


def test_a_code_that_is_taken_is_refused_and_the_agency_stays(jsup, ledger):
    jsup("agency", "add", *A1)
    before = state(jsup, ledger)
    result = jsup("agency", "add", "--code", "A1", "--name", "乙", "--level", "park")
    assert (result.status, result.out) == (1, "")
    assert result.err == "jsup: the code A1 is taken: correct that agency with `jsup agency amend A1`\n"
    assert state(jsup, ledger) == before


def test_the_code_of_a_retired_agency_stays_taken(jsup, ledger):
    jsup("agency", "add", *A1)
    jsup("agency", "retire", "A1")
    result = jsup("agency", "add", *A1)
    assert (result.status, result.out) == (1, "")
    assert "A1 is taken" in result.err


FORBIDDEN = {
    "nothing": "",
    "a bar": "A|1",
    "a tab": "A\t1",
    "a line end": "A\n1",
    "a bell": "A\x07",
    "a leading blank": " A1",
    "a trailing blank": "A1 ",
    "a full-width blank": "　A1",
    "a wide blank": "A1\u2003",
    "a zero-width space": "A\u200b1",
    "a turn of direction": "A\u202e1",
    "a line separator": "A\u20281",
    "half a character": "A\udcff",
    "a letter not composed": "e\u0301",
}


@pytest.mark.in_a_file
@pytest.mark.parametrize("code", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_code_that_a_draw_cannot_hold_is_a_mistake_of_usage(code, jsup, ledger):
    before = state(jsup, ledger)
    result = jsup("agency", "add", "--code", code, "--name", "甲", "--level", "district")
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("jsup: code ")
    assert len(result.err.splitlines()) == 1
    assert state(jsup, ledger) == before


@pytest.mark.parametrize(
    ("option", "value", "keys"),
    [
        ("--level", "city", "district, town, park"),
        ("--level", "", "district, town, park"),
        ("--level", "District", "district, town, park"),
        ("--status", "office", "organ, outpost, authorised, entrusted"),
        ("--management", "{0}", "local, vertical, dual, unknown"),
    ],
)
def test_a_word_that_nothing_is_called_is_refused_with_those_that_are(option, value, keys, jsup, ledger):
    before = state(jsup, ledger)
    given = [word for word in A1 if option != "--level" or word not in ("--level", "district")]
    result = jsup("agency", "add", *given, option, value)
    assert (result.status, result.out) == (2, "")
    assert result.err == f"jsup: {option[2:]} cannot be {value}: choose one of {keys}\n"
    assert state(jsup, ledger) == before


@pytest.mark.parametrize("name", ["", "　 ", "甲\n乙", "甲\x1b[31m", "甲\u200b"])
def test_a_name_that_is_empty_or_holds_what_nobody_sees_is_a_mistake_of_usage(name, jsup, ledger):
    before = state(jsup, ledger)
    result = jsup("agency", "add", "--code", "A1", "--name", name, "--level", "district")
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("jsup: name ")
    assert result.err.strip().isprintable()
    assert state(jsup, ledger) == before


@pytest.mark.parametrize("missing", ["--code", "--name", "--level"])
def test_an_agency_without_code_name_or_level_is_a_mistake_of_usage(missing, jsup, ledger):
    given_ = dict(zip(A1[::2], A1[1::2], strict=True))
    del given_[missing]
    result = jsup("agency", "add", *(word for pair in given_.items() for word in pair))
    assert (result.status, result.out) == (2, "")
    assert missing in result.err


@pytest.mark.in_a_file
@pytest.mark.parametrize("words", [("show", "Z9"), ("retire", "Z9"), ("amend", "Z9", "--set", "name=乙", "--why", "误")])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_code_that_nobody_has_is_refused_by_name(words, form, jsup, register):
    before = state(jsup, register)
    result = jsup("agency", *words, *form)
    assert (result.status, result.out) == (1, "")
    assert result.err == "jsup: no agency has the code Z9: `jsup agency list` shows all\n"
    assert state(jsup, register) == before


# Retiring ---------------------------------------------------------------------------------------


def test_an_agency_that_is_retired_keeps_its_day_and_its_reason(jsup, ledger):
    jsup("agency", "add", *A1)
    result = jsup("agency", "retire", "A1", "--on", "2026-11-20", "--why", "并入乙", "--json")
    assert (result.status, result.err) == (0, "")
    assert (result.json["active"], result.json["retired_on"]) == (False, "2026-11-20")
    assert registered(jsup, "A1") == result.json
    assert [{**row, "former_names": []} for row in jsup("agency", "list", "--json").json] == [result.json]
    step, details = events(ledger, "A1")[-1]
    assert (step, details["why"]) == ("agency retire", "并入乙")


def test_an_agency_is_retired_today_where_no_day_is_given(jsup, ledger):
    jsup("agency", "add", *A1)
    result = jsup("agency", "retire", "A1", "--json")
    assert (result.status, result.err, result.json["retired_on"]) == (0, "", TODAY)


def test_an_agency_is_retired_once(jsup, ledger):
    jsup("agency", "add", *A1)
    jsup("agency", "retire", "A1", "--on", "2026-11-20")
    before = state(jsup, ledger)
    result = jsup("agency", "retire", "A1")
    assert (result.status, result.out) == (1, "")
    assert result.err == "jsup: agency A1 was retired on 2026-11-20 already\n"
    assert state(jsup, ledger) == before


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--on", "2026-11-25"), 1, "2026-11-25 is in the future: today is 2026-11-24"),
        (("--on", "2026-02-30"), 2, "2026-02-30 is not a date"),
        (("--on", "20261120"), 2, "20261120 is not a date"),
        (("--why", "　"), 2, "--why is empty"),
        (("--why", "并\n入"), 2, "U+000A"),
    ],
)
def test_a_day_to_come_and_words_that_cannot_be_read_retire_nobody(words, status, says, jsup, ledger):
    jsup("agency", "add", *A1)
    before = state(jsup, ledger)
    result = jsup("agency", "retire", "A1", *words)
    assert (result.status, result.out) == (status, "")
    assert says in result.err
    assert len(result.err.splitlines()) == 1
    assert state(jsup, ledger) == before


def test_a_retired_agency_is_not_in_a_later_draw(jsup, ledger, tmp_path):
    jsup("agency", "import", written(tmp_path, "three.csv", make.table(make.THREE)))
    first = jsup("--today", "2026-09-30", "sample", "--quarter", "2026Q3", "--share", "100%", "--json")
    assert sorted(place["uid"] for place in first.json["taken"]) == [agency["code"] for agency in make.THREE]
    jsup("agency", "retire", "310116101", "--on", "2026-11-20")
    second = jsup("sample", "--quarter", "2026Q4", "--share", "100%", "--json")
    assert (second.status, second.err, second.json["frame_size"]) == (0, "", 2)
    assert sorted(place["uid"] for place in second.json["taken"]) == ["310116001", "310116901"]
    assert jsup("sample", "status", "--quarter", "2026Q3", "--json").json["taken"] == first.json["taken"]
    assert jsup("sample", "verify").status == 0


def test_a_retired_agency_gets_no_finding_but_of_days_before(jsup, ledger):
    jsup("agency", "add", *A1)
    jsup("agency", "retire", "A1", "--on", "2026-11-20")
    words = ("finding", "add", "--agency", "A1", "--category", "other", "--title", "重复检查")
    before = state(jsup, ledger)
    refused = jsup(*words)
    assert (refused.status, refused.out) == (1, "")
    assert "A1 was retired on 2026-11-20" in refused.err
    assert state(jsup, ledger) == before
    assert jsup("finding", "list", "--json").json == []
    earlier = jsup(*words, "--found-on", "2026-11-19", "--json")
    assert (earlier.status, earlier.err, earlier.json["agency_code"]) == (0, "", "A1")


# Amending ---------------------------------------------------------------------------------------


def test_an_amended_agency_keeps_the_old_values_and_the_reason(jsup, ledger):
    jsup("agency", "add", *A1)
    result = jsup(
        "agency", "amend", "A1", "--set", "name=乙", "--set", "level=街镇", "--set", "superior=a=b", "--why", "误录", "--json"
    )
    assert (result.status, result.err) == (0, "")
    assert (result.json["name"], result.json["level"], result.json["superior"]) == ("乙", "town", "a=b")
    assert registered(jsup, "A1") == result.json
    step, details = events(ledger, "A1")[-1]
    assert step == "agency amend"
    assert details["set"] == {"name": ["甲", "乙"], "level": ["district", "town"], "superior": [None, "a=b"]}
    assert details["why"] == "误录"


def test_an_amendment_with_nothing_behind_the_sign_empties_a_field_that_may_be_empty(jsup, ledger):
    jsup("agency", "add", *A1, "--superior", "乙")
    result = jsup("agency", "amend", "A1", "--set", "superior=", "--why", "已无", "--json")
    assert (result.status, result.err, result.json["superior"]) == (0, "", None)
    assert events(ledger, "A1")[-1][1]["set"] == {"superior": ["乙", None]}


@pytest.mark.parametrize("same", ["name=甲", "name= 甲　", "level=区级", "superior="])
def test_an_amendment_that_changes_nothing_is_refused(same, jsup, ledger):
    jsup("agency", "add", *A1)
    before = state(jsup, ledger)
    result = jsup("agency", "amend", "A1", "--set", same, "--why", "误录")
    assert (result.status, result.out) == (1, "")
    assert result.err == "jsup: agency A1 has these values already: nothing was changed\n"
    assert state(jsup, ledger) == before


@pytest.mark.in_a_file
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--set", "code=A2", "--why", "误录"), "a code is never changed"),
        (("--set", "code=A1", "--why", "误录"), "a code is never changed"),
        (("--set", "name=乙", "--set", "code=A2", "--why", "误录"), "a code is never changed"),
        (("--set", "name", "--why", "误录"), "--set name: write it as key=value"),
        (("--set", "", "--why", "误录"), "write it as key=value"),
        (("--set", "nmae=乙", "--why", "误录"), "nmae"),
        (("--set", "retired_on=2026-01-01", "--why", "误录"), "retired_on"),
        (("--set", "name=", "--why", "误录"), "name is empty"),
        (("--set", "name=乙\u200b", "--why", "误录"), "U+200B"),
        (("--set", "level=city", "--why", "误录"), "district, town, park"),
        (("--set", "name=乙", "--set", "level=city", "--why", "误录"), "district, town, park"),
        (("--set", "name=乙", "--why", ""), "--why is empty"),
        (("--set", "name=乙"), "--why"),
        (("--why", "误录"), "--set"),
    ],
)
def test_an_amendment_that_cannot_be_read_is_a_mistake_of_usage(words, says, jsup, ledger):
    jsup("agency", "add", *A1)
    before = state(jsup, ledger)
    result = jsup("agency", "amend", "A1", *words)
    assert (result.status, result.out) == (2, "")
    assert says in result.err
    assert len(result.err.splitlines()) == 1
    assert state(jsup, ledger) == before
