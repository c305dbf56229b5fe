"""Inspections from outside: exports taken over, handed back, versioned, and watched over."""

import csv
import io
import shutil
from pathlib import Path

import pytest

from tests.conftest import whole
from tests.imports import inspections as made

COUNTS = ("rows", "new", "changed", "unchanged", "rejected_rows")


def counted(result):
    """Return the counts of an import's JSON: rows, new, changed, unchanged, rejected."""
    return tuple(result.json[key] for key in COUNTS)


def versions(jsup, number):
    """Return a record's versions as JSON shows them."""
    return jsup("inspection", "show", number, "--json").json["versions"]


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
    made.write(tmp_path_factory.mktemp("imports"))
    return tmp_path_factory.getbasetemp() / "imports0" / "inspections"


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
        assert ": " in result.err.replace(str(path), "")  # and what to do
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
    for (row, line) in zip(sorted(rows), back, strict=True):
        problems = [one for one in result.json["rejected"] if one["row"] == row]
        assert line[-1] == "；".join(f"{one['column'] or '—'}: {one['problem']}" for one in problems)


@pytest.mark.in_a_file
def test_a_file_of_should_pass_is_taken_and_one_of_should_fail_refused(jsup, register, folder, tmp_path, monkeypatch):
    names = [*(("should_pass", name) for name in made.SHOULD_PASS), *(("should_fail", name) for name in made.SHOULD_FAIL)]
    assert len(names) >= 45
    assert {(path.parent.name, path.name) for path in folder.rglob("*.*")} | {("should_fail", "no-ending")} >= {*names}
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
