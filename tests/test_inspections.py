"""Inspections from outside: exports taken over, handed back, versioned, and watched over."""

import csv
import errno
import io
import os
import shutil
import signal
import sqlite3
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from jsup import journal, outputs
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.watch import inspections
from tests import killing
from tests.conftest import place_of, rows, whole
from tests.imports import inspections as made
from tests.imports.inspections import CODES, THREE, record, sheet_csv, table, workbook
from tests.watched_world import plan, take

COUNTS = ("rows", "new", "changed", "unchanged", "rejected_rows")


def counted(result):
    """Return the counts of an import's JSON: rows, new, changed, unchanged, rejected."""
    return tuple(result.json[key] for key in COUNTS)


def versions(jsup, number):
    """Return a record's versions as JSON shows them."""
    return jsup("inspection", "show", number, "--json").json["versions"]


def written(path, records, keys=made.FEW):
    """Write records as the file's ending says, and return its path."""
    path.write_bytes((sheet_csv if path.suffix == ".csv" else workbook)(table(records, keys)))
    return path


def sound(jsup):
    """Assert that the ledger is as its journal says."""
    result = jsup("verify", "--json")
    assert (result.status, result.json["problems"]) == (0, [])


def beside(path):
    """Return the files of rejected rows beside a file."""
    return sorted(one.name for one in path.parent.iterdir() if ".rejected" in one.name)


def handed_back(path):
    """Return the rows of a file of rejected rows, its headings first."""
    if path.suffix.lower() == ".csv":
        return [*csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""))]
    from openpyxl import load_workbook

    return [["" if cell is None else str(cell) for cell in row] for row in load_workbook(path).active.iter_rows(values_only=True)]


# The two folders --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Return the folder that holds should_pass and should_fail, made anew."""
    place = tmp_path_factory.mktemp("exports")
    made.write(place)
    return place / "inspections"


def taken(jsup, path, name):
    """Assert that a file is taken whole, and that the ledger then holds what it says."""
    case = made.SHOULD_PASS[name]
    if name in made.RENAMED:
        assert jsup("agency", "rename", "JS-FGJ", "--name", "金山区房屋管理局", "--document", "某文").status == 0
    if name in made.TAUGHT_IN:
        assert jsup("heading", "add", made.TAUGHT[0], "--field", made.TAUGHT[1]).status == 0
    result = jsup("inspection", "import", path, "--json")
    assert (result.status, result.err) == (0, ""), result
    many = len(case.records)
    assert (counted(result), result.json["unknown_headings"]) == ((many, many, 0, 0, 0), [*case.unknown])
    for one in (*case.records[:10], case.records[-1]):
        (shown,) = versions(jsup, one["record"])
        assert {key: shown[key] for key in one} == one
    assert (result.json["rejected"], result.json["rejected_file"], beside(path)) == ([], None, [])


def refused(jsup, path, name, register):
    """Assert that a file is refused whole in one sentence that names it, or that its bad rows are handed back."""
    case, before = made.SHOULD_FAIL[name], whole(register)
    if not case.places:
        result = jsup("inspection", "import", path, "--json")
        assert (result.status, result.out, len(result.err.splitlines())) == (1, "", 1), result
        assert str(path) in result.err
        assert case.says in result.err
        advice = result.err.removeprefix("jsup: ").replace(str(path), "").partition(": ")[2]
        assert advice or case.says == "no data rows"  # what to do
        assert whole(register) == before
        assert beside(path) == []
        return
    result = jsup("inspection", "import", path, "--json")
    assert (result.status, result.err) == (1, "")
    rows = {row for row, _column in case.places}
    assert counted(result) == (case.taken + len(rows), case.taken, 0, 0, len(rows))
    assert sorted((one["row"], one["column"]) for one in result.json["rejected"]) == sorted(case.places)
    assert any(case.says in one["problem"] for one in result.json["rejected"])
    assert [result.json["rejected_file"]] == [str(path.with_name(other)) for other in beside(path)]
    heads, *back = handed_back(Path(result.json["rejected_file"]))
    assert heads[-1] == "退回原因"
    assert len(back) == len(rows)
    for row, line in zip(sorted(rows), back, strict=True):
        problems = [one for one in result.json["rejected"] if one["row"] == row]
        assert line[-1] == "；".join(f"{one['column'] or '—'}: {one['problem']}" for one in problems)


@pytest.mark.in_a_file
def test_a_file_of_should_pass_is_taken_and_one_of_should_fail_refused(jsup, register, folder, tmp_path, monkeypatch):
    names = [*(("should_pass", name) for name in made.SHOULD_PASS), *(("should_fail", name) for name in made.SHOULD_FAIL)]
    assert len(names) >= 45
    assert {(path.parent.name, path.name) for path in folder.rglob("*.*")} | {("should_fail", "no-ending")} >= {*names}
    assert {name: case.build() for name, case in made.SHOULD_PASS.items()} == {
        name: (folder / "should_pass" / name).read_bytes() for name in made.SHOULD_PASS
    }
    failed = {}
    for number, (kind, name) in enumerate(names):
        place = tmp_path / str(number)
        place.mkdir()
        shutil.copy(register, place / "ledger.db")
        monkeypatch.setenv("JSUP_LEDGER", str(place / "ledger.db"))
        path = place / name
        path.write_bytes((folder / kind / name).read_bytes())
        try:
            if kind == "should_pass":
                taken(jsup, path, name)
            else:
                refused(jsup, path, name, place / "ledger.db")
        except AssertionError as error:
            failed[f"{kind}/{name}"] = str(error)
    assert not failed, "\n\n".join(f"{name}: {said}" for name, said in failed.items())


# Again, and in other versions -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_the_same_file_again_adds_nothing_but_its_batch(name, jsup, register, tmp_path):
    path = written(tmp_path / name, THREE)
    assert counted(jsup("inspection", "import", path, "--json")) == (3, 3, 0, 0, 0)
    before = rows(register, "SELECT * FROM inspection ORDER BY id")
    again = jsup("inspection", "import", path, "--json")
    assert (again.status, counted(again), again.json["batch"]) == (0, (3, 0, 0, 3, 0), 2)
    assert rows(register, "SELECT * FROM inspection ORDER BY id") == before
    assert [row["new"] for row in jsup("inspection", "batches", "--json").json] == [3, 0]
    (entry,) = rows(register, "SELECT body FROM journal WHERE seq = (SELECT MAX(seq) FROM journal)")
    assert entry[0].count('"table":') == 1
    sound(jsup)


def test_the_same_cells_in_another_form_are_no_change(jsup, register, tmp_path):
    jsup("inspection", "import", written(tmp_path / "a.csv", THREE))
    moved = [
        record(1, visited_on="2026年10月2日"),
        record(2, inspectors="张甲；李乙"),
        record(3, enterprise_code=CODES[0].lower()),
    ]
    path = written(tmp_path / "b.xlsx", moved, tuple(reversed(made.FEW)))
    assert counted(jsup("inspection", "import", path, "--json")) == (3, 0, 0, 3, 0)


def test_a_changed_row_is_a_new_version_and_the_old_one_stays(jsup, register, tmp_path):
    results = ["合格", "不合格", "合格", "合格"]
    found = []
    for number, result in enumerate(results):
        path = written(tmp_path / f"{number}.csv", [record(1), record(2, result=result), record(3)])
        found.append(counted(jsup("inspection", "import", path, "--json")))
    assert found == [(3, 3, 0, 0, 0), (3, 0, 1, 2, 0), (3, 0, 1, 2, 0), (3, 0, 0, 3, 0)]  # back to what it was is a change too
    shown = versions(jsup, "JC-2026-0002")
    assert [(one["version"], one["latest"], one["result"]) for one in shown] == [(1, 0, "合格"), (2, 0, "不合格"), (3, 1, "合格")]
    assert [one["version"] for one in versions(jsup, "JC-2026-0001")] == [1]
    assert "不合格" in jsup("inspection", "show", "JC-2026-0002").out
    sound(jsup)


def test_a_column_that_is_there_or_not_is_a_change(jsup, register, tmp_path):
    jsup("inspection", "import", written(tmp_path / "a.csv", [record(1, result="")]))
    without = [key for key in made.FEW if key != "result"]
    assert counted(jsup("inspection", "import", written(tmp_path / "b.csv", [record(1)], without), "--json")) == (1, 0, 1, 0, 0)
    assert [one["result"] for one in versions(jsup, "JC-2026-0001")] == ["", None]


def test_an_agency_that_was_retired_is_still_the_one_that_inspected(jsup, register, tmp_path):
    assert jsup("agency", "retire", "JS-FGJ").status == 0
    assert counted(jsup("inspection", "import", written(tmp_path / "a.csv", THREE), "--json")) == (3, 3, 0, 0, 0)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_dry_run_counts_and_writes_nothing(name, jsup, register, tmp_path):
    jsup("inspection", "import", written(tmp_path / "first.csv", THREE[:2]))
    path = written(tmp_path / name, [record(1), record(2, result="不合格"), record(3), record(4, visited_on="x")])
    before = whole(register), rows(register, "SELECT * FROM inspection ORDER BY id")
    dry = jsup("inspection", "import", path, "--dry-run", "--json")
    assert (dry.status, counted(dry), dry.json["batch"], dry.json["rejected_file"]) == (1, (4, 1, 1, 1, 1), None, None)
    assert (whole(register), rows(register, "SELECT * FROM inspection ORDER BY id"), beside(path)) == (*before, [])
    assert "Nothing was written" in jsup("inspection", "import", path, "--dry-run").out
    real = jsup("inspection", "import", path, "--json")
    assert (counted(real), real.json["rejected"]) == (counted(dry), dry.json["rejected"])


def test_both_stores_show_the_same(jsup, stock, tmp_path, monkeypatch, request):
    path = written(tmp_path / "a.csv", [*map(made.whole, range(1, 4)), record(4, record="")], made.ALL)
    shown = []
    for kind in ("file", "server"):
        monkeypatch.setenv("JSUP_LEDGER", str(stock.fresh(kind, "register", tmp_path / f"{kind}.db")))
        ways = (("import", path, "--dry-run"), ("show", "JC-2026-0002"), ("batches",))
        jsup("inspection", "import", path)
        shown.append([jsup("inspection", *way, "--json").out for way in ways])
    assert shown[0] == shown[1]
    assert "检查码2" in shown[0][1]


# What is handed back ----------------------------------------------------------------------------


def mend(path, column, value):
    """Write a value into a column of a file of rejected rows, as somebody does who mends it."""
    heads, *lines = handed_back(path)
    for line in lines:
        line[heads.index(column)] = value
    path.write_bytes((sheet_csv if path.suffix == ".csv" else workbook)([heads, *lines]))


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_what_is_handed_back_can_be_mended_and_imported_again(name, jsup, register, tmp_path):
    keys = (*made.FEW, "备注")
    path = written(tmp_path / name, [record(1), record(2, visited_on="10月3日", result='="1"'), record(3)], keys[:-1])
    first = jsup("inspection", "import", path, "--json")
    assert counted(first) == (3, 2, 0, 0, 1)
    back = Path(first.json["rejected_file"])
    assert back.name == path.name.replace(".", ".rejected.")
    (heads, line) = handed_back(back)
    assert (heads, line[:-1]) == ([*made.heads(), "退回原因"], made.row(record(2, visited_on="10月3日", result='="1"')))
    still = jsup("inspection", "import", back, "--json")
    assert (counted(still), still.json["unknown_headings"]) == ((1, 0, 0, 0, 1), [])
    assert handed_back(Path(still.json["rejected_file"])) == [heads, line]  # the reason once, not twice
    mend(back, "检查时间", "2026-10-03")
    last = jsup("inspection", "import", back, "--json")
    assert (last.status, counted(last), last.json["unknown_headings"]) == (0, (1, 1, 0, 0, 0), [])
    assert versions(jsup, "JC-2026-0002")[0]["result"] == '="1"'
    sound(jsup)


@pytest.mark.in_a_file
def test_what_stands_beside_the_file_already_is_left_alone(jsup, register, tmp_path):
    path = written(tmp_path / "a.csv", [record(1, visited_on="x")])
    (tmp_path / "a.rejected.csv").write_text("filled in")
    (tmp_path / "a.rejected-2.csv").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "a.rejected-3.csv").mkdir()
    result = jsup("inspection", "import", path, "--json")
    assert Path(result.json["rejected_file"]).name == "a.rejected-4.csv"
    assert (tmp_path / "a.rejected.csv").read_text() == "filled in"
    assert not (tmp_path / "elsewhere").exists()
    again = jsup("inspection", "import", path, "--json")
    assert Path(again.json["rejected_file"]).name == "a.rejected-5.csv"


@pytest.mark.in_a_file
def test_a_file_whose_name_is_no_text_or_very_long_is_handed_back_too(jsup, register, tmp_path):
    for name in (os.fsdecode(b"\xff.csv"), f"{'检' * 80}.csv"):
        path = written(tmp_path / name, [record(1, visited_on="x")])
        result = jsup("inspection", "import", path, "--json")
        assert (result.status, result.err) == (1, "")
        assert Path(result.json["rejected_file"]).exists()


@pytest.mark.parametrize(("name", "code"), [("a.csv", errno.ENOSPC), ("a.xlsx", errno.EACCES), ("a.csv", errno.EROFS)])
def test_where_the_rejected_rows_cannot_be_written_nothing_is_taken(name, code, jsup, register, tmp_path, monkeypatch):
    path, before = written(tmp_path / name, [record(1), record(2, visited_on="x")]), whole(register)

    def fail(_path, _data):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(outputs, "make", fail)
    result = jsup("inspection", "import", path, "--json")
    assert (result.status, result.out) == (1, "")
    assert f"a.rejected{path.suffix} cannot be written ({os.strerror(code)}), so nothing was taken over: " in result.err
    assert (whole(register), rows(register, "SELECT * FROM inspection"), beside(path)) == (before, [], [])


def test_no_rejected_rows_are_left_lying_where_the_ledger_did_not_take_the_others(jsup, register, tmp_path, monkeypatch):
    path, before = written(tmp_path / "a.csv", [record(1), record(2, visited_on="x")]), whole(register)
    with monkeypatch.context() as patch:
        patch.setattr(journal, "_append", failing)
        assert jsup("inspection", "import", path).status == 1
    assert (whole(register), beside(path)) == (before, [])


def failing(*_):
    """Fail as a full disk does."""
    raise OperationalError("", {}, sqlite3.OperationalError("database or disk is full"))


@pytest.mark.in_a_file
def test_a_cell_that_no_workbook_keeps_is_not_lost_in_what_is_handed_back(jsup, register, tmp_path):
    lines = [made.heads(), made.row(record(1)), made.row(record(2, visited_on="x", result="y" * 32_768))]
    path = tmp_path / "a.xlsx"
    path.write_bytes(made.make.packed(made.raw(lines)))
    result = jsup("inspection", "import", path)
    assert (result.status, beside(path), rows(register, "SELECT * FROM inspection")) == (1, [], [])
    assert "row 3: a cell has more than 32767 characters" in result.err


def test_a_number_that_no_index_holds_is_refused(jsup, register, tmp_path):
    lasting = sha256(b"1").hexdigest() * 4  # text that cannot be packed tighter
    numbers = [lasting[:200], lasting[:201], lasting * 20]
    result = jsup("inspection", "import", written(tmp_path / "a.csv", [record(1, record=one) for one in numbers]), "--json")
    assert counted(result) == (3, 1, 0, 0, 2)
    assert result.json["rejected"][0]["problem"] == "it has 201 characters, more than 200: shorten it"


@pytest.mark.in_a_file
def test_a_number_that_would_read_as_two_is_refused(jsup, register, tmp_path):
    result = jsup("inspection", "import", written(tmp_path / "a.csv", [record(1), record(2, record="JC;2")]), "--json")
    assert counted(result) == (2, 1, 0, 0, 1)
    (rejected,) = result.json["rejected"]
    assert (rejected["row"], rejected["problem"]) == (3, "JC;2 holds a semicolon, which stands between numbers: strike it")


@pytest.mark.in_a_file
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_value_under_no_heading_is_not_dropped_in_silence(name, jsup, register, tmp_path):
    path = tmp_path / name
    lines = [[*line, "", ""] for line in table(THREE)]
    lines[2][-1] = "王丙"
    path.write_bytes((sheet_csv if path.suffix == ".csv" else workbook)(lines))
    result = jsup("inspection", "import", path, "--json")
    assert counted(result) == (3, 2, 0, 0, 1)
    assert result.json["rejected"] == [{"row": 3, "column": "10", "problem": "王丙 stands under no heading"}]
    assert handed_back(Path(result.json["rejected_file"]))[1][9] == "王丙"


# Interrupted, and two at once -------------------------------------------------------------------


def killed_amid(place, path):
    """Import a file, and be killed when a thousand rows are in."""
    done = [0]

    def told(many):
        done[0] += many
        if done[0] > 1000:
            os.kill(os.getpid(), signal.SIGKILL)

    inspections.take_over(Ledger(place, Entry("inspection import", "officer", date(2026, 11, 24))), path, told=told)


def test_an_import_that_is_killed_leaves_the_ledger_as_it_was(jsup, register, tmp_path):
    path = written(tmp_path / "a.csv", made._MANY)
    process = killing.FORKS.Process(target=killed_amid, args=(place_of(register), path))
    process.start()
    assert killing.finish(process) == -9
    assert rows(register, "SELECT * FROM inspection") + rows(register, "SELECT * FROM batch") == []
    sound(jsup)
    assert counted(jsup("inspection", "import", path, "--json")) == (1202, 1202, 0, 0, 0)


def test_two_imports_at_once_are_taken_one_after_the_other(jsup, register, tmp_path):
    path = written(tmp_path / "a.csv", made._MANY)
    other = written(tmp_path / "b.csv", [*made._MANY[1:], record(1, result="不合格")])
    given = {"JSUP_LEDGER": str(register), "JSUP_TODAY": "2026-11-24", "JSUP_LANG": "en", "JSUP_OFFICER": "o"}
    (tmp_path / "office").mkdir()
    started = [killing.start(["inspection", "import", str(one)], tmp_path / "office", given) for one in (path, other)]
    assert [killing.finish(process) for process in started] == [0, 0]
    found = [(row["new"], row["changed"], row["unchanged"]) for row in jsup("inspection", "batches", "--json").json]
    assert found == [(1202, 0, 0), (0, 1, 1201)]
    sound(jsup)


# Watched over -----------------------------------------------------------------------------------

MEDDLED = {
    "a changed cell": ["UPDATE inspection SET result = '不合格' WHERE id = 2"],
    "a cell emptied": ["UPDATE inspection SET code = '' WHERE id = 2"],
    "a changed day": ["UPDATE inspection SET day = day + 1 WHERE id = 2"],
    "a changed mark": ["UPDATE inspection SET triggered = 1 WHERE id = 2"],
    "a changed hash": ["UPDATE inspection SET sha256 = '0' WHERE id = 2"],
    "a removed row": ["DELETE FROM inspection WHERE id = 2"],
    "the last row removed": ["DELETE FROM inspection WHERE id = 4"],
    "all rows removed": ["DELETE FROM inspection"],
    "another id": ["UPDATE inspection SET id = 99 WHERE id = 2"],
    "two ids changed": [f"UPDATE inspection SET id = {new} WHERE id = {old}" for old, new in ((1, 9), (2, 1), (9, 2))],
    "another version": ["UPDATE inspection SET version = 7 WHERE id = 2"],
    "an old version made the latest": [
        "UPDATE inspection SET latest = 0 WHERE id = 4", "UPDATE inspection SET latest = 1 WHERE id = 3",
    ],
    "none made the latest": ["UPDATE inspection SET latest = 0 WHERE id = 2"],
    "another digest": ["UPDATE batch SET digest = '0' WHERE id = 1"],
    "another count": ["UPDATE batch SET count = 2 WHERE id = 1"],
    "a batch removed": ["DELETE FROM batch WHERE id = 2"],
}  # fmt: skip


def copied(register, change):
    """Add a row that is made of row 1; `change` has the columns that are others."""
    names = [name for (name,) in rows(register, "SELECT name FROM pragma_table_info('inspection')")]
    cells = ", ".join(change.get(name, name) for name in names)
    rows(register, f"INSERT INTO inspection ({', '.join(names)}) SELECT {cells} FROM inspection WHERE id = 1")


@pytest.fixture
def versioned(jsup, register, tmp_path):
    """Return a ledger with two batches of inspections: four rows, the third of which has become the fourth."""
    jsup("inspection", "import", written(tmp_path / "a.csv", THREE))
    jsup("inspection", "import", written(tmp_path / "b.csv", [record(3, result="不合格")]))
    sound(jsup)
    return register


@pytest.mark.in_a_file
def test_what_is_done_to_inspections_behind_the_journal_s_back_is_named(jsup, versioned, tmp_path, monkeypatch):
    shutil.copy(versioned, tmp_path / "sound.db")
    for name, statements in MEDDLED.items():
        shutil.copy(tmp_path / "sound.db", versioned)
        for statement in statements:
            rows(versioned, statement)
        result = jsup("verify", "--json")
        assert result.status == 1, name
        assert any("inspection" in problem or "batch" in problem for problem in result.json["problems"]), (name, result.json)


def test_a_row_that_was_changed_removed_or_made_the_latest_is_named(jsup, versioned):
    for name in ("a changed cell", "an old version made the latest"):
        for statement in MEDDLED[name]:
            rows(versioned, statement)
    rows(versioned, "DELETE FROM inspection WHERE id = 1")
    assert jsup("verify", "--json").json["problems"] == [
        "table inspection, row 1: it was removed behind the journal's back",
        "table inspection, row 2: it was changed behind the journal's back",
        "table inspection, row 3, column version, latest: it was changed behind the journal's back",
        "table inspection, row 4, column version, latest: it was changed behind the journal's back",
    ]


@pytest.mark.in_a_file
def test_a_changed_row_with_a_new_hash_and_rows_added_are_named(jsup, versioned):
    rows(versioned, "UPDATE inspection SET result = '不合格' WHERE id = 2")
    names = [name for (name,) in rows(versioned, "SELECT name FROM pragma_table_info('inspection') ORDER BY cid")]
    ((*cells,),) = rows(versioned, f"SELECT {', '.join(names[4:])} FROM inspection WHERE id = 2")
    digest = sha256("\x1f".join("\0" if cell is None else str(cell) for cell in cells).encode()).hexdigest()
    rows(versioned, f"UPDATE inspection SET sha256 = '{digest}' WHERE id = 2")
    assert jsup("verify", "--json").json["problems"] == [
        "table inspection, rows 1 to 3: their batch was changed behind the journal's back"
    ]
    rows(versioned, "UPDATE inspection SET uploaded_on = char(0), result = char(0) WHERE id = 4")
    copied(versioned, {"id": "-1", "record": "'a'"})
    copied(versioned, {"id": "5", "record": "'b'"})
    assert jsup("verify", "--json").json["problems"] == [
        "table inspection, row -1: it was added behind the journal's back",
        "table inspection, row 4: it was changed behind the journal's back",
        "table inspection, row 5: it was added behind the journal's back",
    ]


@pytest.mark.in_a_file
def test_a_cell_that_was_not_in_the_file_cannot_become_one_that_holds_u0000(jsup, versioned):
    rows(versioned, "UPDATE inspection SET code = char(0) WHERE id = 2")
    assert jsup("verify").status == 1


def test_inspections_outlive_a_backup_and_a_restore(jsup, versioned, tmp_path):
    before = versions(jsup, "JC-2026-0003")
    assert jsup("backup", "b.db").status == 0
    assert jsup("--ledger", "r.db", "restore", "b.db").status == 0
    assert jsup("export", "out").status == 0
    assert any("不合格" in path.read_text("utf-8-sig") for path in (tmp_path / "out").rglob("*inspection*"))
    os.environ["JSUP_LEDGER"] = "r.db"  # the fixture puts it back
    assert versions(jsup, "JC-2026-0003") == before
    sound(jsup)
    assert counted(jsup("inspection", "import", tmp_path / "b.csv", "--json")) == (1, 0, 0, 1, 0)


# Headings and the municipal list ----------------------------------------------------------------


def test_a_heading_is_taught_and_forgotten(jsup, register, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(sheet_csv([["流水号", *made.heads()[1:]], *table(THREE)[1:]]))
    assert "`jsup heading add`" in jsup("inspection", "import", path).err
    taught = jsup("heading", "add", " 流水号 ", "--field", "record", "--json").json
    assert [(row["heading"], row["field"], row["added_on"]) for row in taught] == [("流水号", "record", "2026-11-24")]
    assert counted(jsup("inspection", "import", path, "--json")) == (3, 3, 0, 0, 0)
    jsup("heading", "add", "流水号", "--field", "none")
    assert [row["field"] for row in jsup("heading", "list", "--json").json] == ["record", None]
    assert jsup("inspection", "import", path).status == 1
    for words, says in ((["甲", "--field", "x"], "no column is called x"), ([" ", "--field", "record"], "is empty")):
        result = jsup("heading", "add", *words)
        assert (result.status, len(result.err.splitlines())) == (2, 1)
        assert says in result.err


def test_the_municipal_list_is_taken_over_whole(jsup, register, tmp_path):
    def load(rows, *more, day="2026-11-24"):
        (tmp_path / "items.csv").write_bytes(sheet_csv([["检查事项", "检查领域"], *rows]))
        result = jsup("--today", day, "item", "import", "items.csv", "--json", *more)
        return result.status, [result.json[key] for key in ("rows", "new", "changed", "unchanged", "struck")]

    assert load([["消防", "安全"], ["燃气", ""]]) == (0, [2, 2, 0, 0, 0])
    before = whole(register)
    assert load([["消防", "应急"]], "--dry-run") == (0, [1, 0, 1, 0, 1])
    assert whole(register) == before
    assert load([["消防", "应急"]], day="2026-11-25") == (0, [1, 0, 1, 0, 1])
    listed = jsup("item", "list", "--json").json
    assert {row["name"]: (row["field"], row["struck_on"]) for row in listed} == {
        "消防": ("应急", None), "燃气": (None, "2026-11-25"),
    }  # fmt: skip
    assert load([["消防", "应急"], ["燃气", ""]], day="2026-11-26") == (0, [2, 0, 1, 1, 0])
    before = whole(register)
    (tmp_path / "items.csv").write_bytes(sheet_csv([["检查事项", "领域"], ["甲", ""], ["甲 ", ""], ["", "乙"]]))
    result = jsup("item", "import", "items.csv", "--json")
    assert result.status == 1
    assert [(one["row"], one["column"]) for one in result.json["rejected"]] == [(3, "检查事项"), (4, "检查事项")]
    assert (len(result.err.splitlines()), whole(register)) == (3, before)


# Against row by row -----------------------------------------------------------------------------

DAYS = {"2026-10-08": "2026-10-08", "2026年10月8日": "2026-10-08", "46304": "2026-10-09", "2026/2/30": None, "2026-11-25": None,
        "": None, "2025-01-01 08:00": "2025-01-01"}  # fmt: skip
CREDIT = {CODES[0]: CODES[0], CODES[0].lower(): CODES[0], CODES[1]: CODES[1], CODES[1][:-1] + "0": None, "9.13101E+17": None}
AGENCIES = {"JS-FGJ": "JS-FGJ", "JS-CZJ": "JS-CZJ", "JS-XXX": None}
LINE = st.tuples(
    st.sampled_from(["A1", "A2", "a1", "B", "C", "D", "E", "F", " G ", "", "1.0E+17"]),
    st.sampled_from([*AGENCIES] + ["JS-FGJ"] * 6),
    st.sampled_from([*CREDIT] + [CODES[0]] * 6),
    st.sampled_from([*DAYS] + ["2026-10-08"] * 6),
    st.sampled_from(["合格", "不合格", " 合格　", ""]),
)


def one_by_one(known, lines):
    """Take rows over one by one into `known`, which has each number's versions; return new, changed, unchanged, rejected."""
    new = changed = unchanged = rejected = 0
    seen = set()
    for typed, agency, code, day, result in lines:
        number, cells = typed.strip(), (AGENCIES[agency], CREDIT[code], DAYS[day], result.strip(" 　"))
        if number in seen or not number or "+" in number or None in cells:
            rejected += 1
            continue
        seen.add(number)
        if number not in known:
            new += 1
        elif known[number][-1] == cells:
            unchanged += 1
            continue
        else:
            changed += 1
        known.setdefault(number, []).append(cells)
    return new, changed, unchanged, rejected


@pytest.mark.in_a_file
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_random_rows_in_random_lots_are_taken_as_if_one_by_one(ending, register, jsup, tmp_path, monkeypatch, times):
    turns = iter(range(10**6))

    @settings(max_examples=times(12, 200), deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(LINE, min_size=1, max_size=90), min_size=1, max_size=3), st.integers(1, 9))
    def hold(files, lot):
        place = tmp_path / str(next(turns))
        place.mkdir()
        book = Ledger(Path(shutil.copy(register, place / "ledger.db")), Entry("inspection import", "o", date(2026, 11, 24)))
        monkeypatch.setitem(inspections._LOT, "sqlite", lot)
        known = {}
        for number, lines in enumerate(files):
            path = place / f"{number}.{ending}"
            path.write_bytes((sheet_csv if ending == "csv" else workbook)([made.heads((*made.LEAST, "result")), *lines]))
            done = inspections.take_over(book, path)
            assert (done.new, done.changed, done.unchanged, len(done.rejected)) == one_by_one(known, lines)
            assert done.rows == len(lines)
        kept = {}
        found = rows(book.place, "SELECT record, agency_code, enterprise_code, visited_on, result FROM inspection ORDER BY id")
        for one, *cells in found:
            kept.setdefault(one, []).append(tuple(cells))
        assert kept == known

    hold()


@pytest.mark.in_a_file
def test_what_says_nothing_is_no_code_and_what_is_not_triggered_is_not(jsup, register, tmp_path):
    records = [
        record(1, enterprise_code=CODES[0], code="无", method="非触发式", plan_code="P"),
        record(2, enterprise_code=CODES[1], code="C", method="触发式", reason="—", plan_code=""),
    ]
    keys = (*made.FEW, "code", "method", "reason", "plan_code")
    assert jsup("inspection", "import", written(tmp_path / "a.csv", records, keys)).status == 0
    hits = jsup("scan", "--month", "2026-10", "--json").json["anomalies"]
    assert {(one["rule"], *one["records"]) for one in hits} >= {("code", "JC-2026-0001"), ("triggered", "JC-2026-0002")}
    assert {one["rule"] for one in hits if one["records"] == ["JC-2026-0001"]} & {"triggered"} == set()


@pytest.mark.in_a_file
def test_an_agency_and_the_one_that_took_its_place_are_one(jsup, register, tmp_path):
    assert jsup("agency", "succeed", "JS-SCJG", "JS-FGJ", "--on", "2026-10-10", "--document", "d").status == 0
    records = [
        record(number, agency_code=agency, enterprise_code=CODES[0], visited_on=on)
        for number, agency, on in ((1, "JS-SCJG", "2026-10-08"), (2, "JS-FGJ", "2026-10-12"))
    ]
    assert jsup("inspection", "import", written(tmp_path / "a.csv", records)).status == 0
    hits = jsup("scan", "--month", "2026-10", "--json").json["anomalies"]
    assert {one["rule"] for one in hits} & {"repeat", "multiple"} == {"repeat"}


def test_an_agency_and_the_one_that_took_its_place_in_the_end_are_one(jsup, register, tmp_path):
    take(jsup, tmp_path / "p.csv", "plan", [plan("JS-SCJG", code="P")])
    for old, new in (("JS-SCJG", "JS-FGJ"), ("JS-FGJ", "310116101")):
        assert jsup("agency", "succeed", old, new, "--on", "2026-10-10", "--document", "d").status == 0
    records = [
        record(number, agency_code=agency, enterprise_code=CODES[0], visited_on=on, plan_code="P")
        for number, agency, on in ((1, "JS-SCJG", "2026-10-08"), (2, "310116101", "2026-10-12"))
    ]
    assert jsup("inspection", "import", written(tmp_path / "a.csv", records, (*made.FEW, "plan_code"))).status == 0
    hits = jsup("scan", "--month", "2026-10", "--json").json["anomalies"]
    assert {one["rule"] for one in hits} & {"repeat", "multiple", "unplanned", "early"} == {"repeat"}
