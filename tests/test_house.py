"""The house itself: layers, schema, packaging, examples and documents."""

import doctest
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
import venv
import zipfile
from contextlib import closing
from importlib import import_module
from pathlib import Path

import picture
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from jsup import SCHEMA, __version__, models
from jsup import ledger as ledgers
from tests import served
from tests.conftest import REGISTER

ROOT = Path(__file__).parents[1]
GUIDES = (("README.md", "README.zh-CN.md"), ("docs/manual.md", "docs/manual.zh-CN.md"))


def test_the_way_down_is_the_only_way():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "2 kept, 0 broken" in done.stdout


@pytest.mark.parametrize("readme", GUIDES[0])
def test_the_readme_names_every_module_in_the_order_of_the_layers(readme):
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    depth = {name.strip(): number for number, layer in enumerate(contract["layers"]) for name in layer.split("|")}
    text = (ROOT / readme).read_text("utf-8")
    named = re.findall(r"`(\w+)(?:\.py|/)`", "".join(re.findall(r"^\| (`\w+(?:\.py|/)`.*?) \|", text, re.MULTILINE)))
    places = [depth[name] for name in named if name in depth]
    assert places == sorted(places)
    assert sorted(named) == sorted(
        path.stem for path in (ROOT / "src" / "jsup").iterdir() if path.suffix == ".py" or path.is_dir()
        if path.stem not in ("__init__", "__pycache__")
    )  # fmt: skip


@pytest.mark.in_a_file
def test_the_entities_are_the_schema_that_the_migrations_make(ledger):
    assert models.Journal.metadata is SQLModel.metadata
    engine = create_engine(f"sqlite:///{ledger}")
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    engine.dispose()
    assert differences == []


def test_the_schema_of_the_code_is_the_newest_migration_s():
    assert ledgers.known_revisions()[-1] == SCHEMA


def test_every_table_has_one_key_column_by_which_the_journal_names_its_rows():
    assert {table.name: len(table.primary_key) for table in SQLModel.metadata.tables.values()} == {
        table.name: 1 for table in SQLModel.metadata.tables.values()
    }


SOURCES = sorted((ROOT / "src" / "jsup").rglob("*.py"))


@pytest.mark.parametrize("path", [path for path in SOURCES if ">>> " in path.read_text("utf-8")], ids=lambda path: path.stem)
def test_the_examples_in_docstrings_are_true(path):
    module = import_module(".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__"))
    failed, tried = doctest.testmod(module)
    assert failed == 0
    assert tried > 0


def test_no_module_is_past_500_lines():
    long = {
        path.name: count for path in (ROOT / "src").rglob("*.py") if (count := len(path.read_text("utf-8").splitlines())) > 500
    }
    assert long == {}


def test_the_version_stands_once_in_each_place():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_dependency_has_its_line_of_reason_in_the_readme():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for readme in ("README.md", "README.zh-CN.md"):
        text = (ROOT / readme).read_text("utf-8")
        for dependency in project["dependencies"]:
            name = re.split(r"[<>=]", dependency)[0]
            assert re.search(rf"^\| {re.escape(name)} \| \S+", text, re.MULTILINE), (readme, name)


def test_nothing_names_a_place_of_the_machine_it_was_written_on():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\0")[
        :-1
    ]
    for name in tracked or [str(path.relative_to(ROOT)) for path in (ROOT / "src").rglob("*.py")]:
        data = (ROOT / name).read_bytes()
        assert not re.search(rb"/(w[o]rk|r[o]ot|h[o]me)/", data), name


def commands_in(readme: str) -> list[str]:
    """Return the commands of a document's console blocks, each line that begins with `$ jsup` or `$ python`."""
    text = (ROOT / readme).read_text("utf-8").replace(" \\\n", " ")
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith(("$ jsup", "$ python"))]


@pytest.mark.parametrize("readme", [name for pair in GUIDES for name in pair])
def test_the_commands_of_the_readme_and_the_manual_run_one_after_another(readme, jsup, tmp_path, monkeypatch):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.setenv("JSUP_LEDGER", str(tmp_path / "ledger.db"))
    found = commands_in(readme)
    assert len(found) >= 10
    for line in found:
        import shlex

        program, *words = shlex.split(line, comments=True)
        if program == "python":
            subprocess.run([sys.executable, *words], check=True, capture_output=True, cwd=tmp_path)
            continue
        result = jsup(*words)
        assert result.status == 0, (line, result.err)


@pytest.mark.parametrize("pair", GUIDES)
def test_both_languages_give_the_same_commands(pair):
    def bare(line: str) -> str:
        return re.sub(r"[\u4e00-\u9fff]+|'[^']*'", "", line.partition("#")[0]).strip()

    english, chinese = pair
    assert [bare(line) for line in commands_in(english)] == [bare(line) for line in commands_in(chinese)]


def test_every_link_of_a_document_leads_to_a_file_or_a_heading():
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
            place, _sign, heading = link.partition("#")
            if "://" in place:
                continue
            target = page.parent / place if place else page
            assert target.exists(), (page.name, link)
            heads = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE) if heading else []
            assert not heading or heading in [head.lower().replace(" ", "-") for head in heads], (page.name, link)


@pytest.mark.parametrize("language", picture.PLACES)
def test_the_picture_of_the_readme_is_what_a_terminal_shows(language):
    assert picture.PLACES[language].read_text("utf-8") == picture.picture(language), "run `make docs`"


def test_the_walk_through_a_quarter_runs_as_it_is(tmp_path):
    shutil.copytree(ROOT / "examples" / "jinshan", tmp_path / "jinshan")
    environment = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "JSUP_LANG": "en", "HOME": str(tmp_path)}
    with served.on_path(tmp_path / "bin", environment):
        done = subprocess.run(
            ["sh", "-e", "walk.sh"], cwd=tmp_path / "jinshan", capture_output=True, text=True, check=False, env=environment
        )
    assert done.returncode == 0, done.stderr + done.stdout
    with closing(sqlite3.connect(tmp_path / "jinshan" / "walk.db")) as connection:
        assert connection.execute("SELECT COUNT(DISTINCT stage) FROM finding").fetchone()[0] >= 2


def test_an_office_without_internet_installs_from_the_folder_that_make_dist_makes(tmp_path):
    made = subprocess.run(
        ["make", "dist", f"VENV={sys.prefix}", f"WHEELS={tmp_path / 'wheels'}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "NewConnectionError" in made.stderr:
        pytest.skip("no package index can be reached")
    assert made.returncode == 0, made.stderr
    venv.create(tmp_path / "office", with_pip=True)
    scripts = tmp_path / "office" / ("Scripts" if os.name == "nt" else "bin")
    alone = {"PATH": str(scripts), "HOME": str(tmp_path), "JSUP_LANG": "en", "JSUP_LEDGER": "ledger.db", "JSUP_OFFICER": "o"}
    for line in (
        ["python", "-m", "pip", "install", "--quiet", "--no-index", "--find-links", "wheels", "jsup[postgres]"],
        ["jsup", "init"], ["jsup", "agency", "import", str(REGISTER)], ["jsup", "sample", "--quarter", "2026Q4"],
        ["jsup", "verify"],
    ):  # fmt: skip
        done = subprocess.run(
            [scripts / line[0], *line[1:]], cwd=tmp_path, env=alone, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)


def test_the_wheel_holds_what_the_program_reads(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for needed in ("data/agencies-jinshan.csv", "data/report.css", "policies/jinsi-2025-26.toml", "policies/jinsi-2025-26.zh.txt",
                   "locale/zh_CN/LC_MESSAGES/jsup.mo", "migrations/env.py", "migrations/versions/0001_first.py"):  # fmt: skip
        assert f"jsup/{needed}" in names
