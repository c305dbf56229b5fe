"""The command line as people meet it: help, languages, fast start, terminals, pipes."""

import json
import os
import pty
import re
import subprocess
import sys
import unicodedata
from datetime import date
from pathlib import Path

import pytest
import reference

from jsup import cli, console
from tests.conftest import FACTS, REGISTER

ROOT = Path(__file__).parents[1]
HEAVY = {
    "sqlmodel",
    "sqlalchemy",
    "pydantic",
    "rich",
    "openpyxl",
    "docx",
    "alembic",
    "pendulum",
    "python_calamine",
    "tomllib",
    "fractions",
    "hashlib",
    "dataclasses",
}


def run(*args: object, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jsup", *map(str, args)],
        capture_output=True, text=True, check=False, encoding="utf-8", env={**os.environ, **env},
    )  # fmt: skip


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_command_has_a_help_page_of_at_most_80_columns_in_its_language_and_in_the_reference(language):
    pages = reference.pages(language)
    assert len({tuple(words) for _title, words, _page in pages}) == len(pages) > 150
    assert reference.PLACES[language].read_text("utf-8") == reference.document(language, pages), "run `make docs`"
    for _title, words, page in pages:
        lines = page.splitlines()
        assert all(columns(line) <= 80 for line in lines), (words, [line for line in lines if columns(line) > 80])
        told = lines[2].strip() if len(lines) > 2 else ""
        assert any("\u4e00" <= character <= "\u9fff" for character in told) or language == "en", words
        for line in lines:
            said = line.split()
            if said and said[0].startswith("--"):
                assert len(said) > 1, (words, line)  # every option says what it is


MODULES = "import sys; sys.argv[1:] = {!r}\nfrom jsup.cli import main\ntry: main()\nfinally: print(sorted(sys.modules), file=sys.stderr)"


@pytest.mark.in_a_file
@pytest.mark.parametrize("line", ["--help", "--version", "overdue --json", "overdue", "next --json", "finding list --json",
                                  "agency list --json", "clue list --json", "clue show X2026-0001", "clue gathering list", "complaint list --json",
                                  "search 检查 --json", "agency show JS-SCJG", "inspector list --json", "entrustment list --json", "plan list --json", "plan check --json", "plan merge --json", "plan merges", "why 2026-0001 --json", "due --from 2026-02-09 --days 5 --json", "overdue --help"])  # fmt: skip
def test_what_people_wait_for_loads_nothing_heavy(line, jsup, register):
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-11-02")
    jsup("warn", "2026-0001", "--method", "phone", "--on", "2026-11-03")
    jsup("clue", "add", "--channel", "media", "--title", "t")
    done = subprocess.run([sys.executable, "-c", MODULES.format(line.split(" "))], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(eval(done.stderr.splitlines()[-1]))
    assert not {name.split(".")[0] for name in loaded} & HEAVY
    assert "jsup.cli" in loaded


def test_the_module_list_of_the_test_above_would_show_a_heavy_import():
    done = subprocess.run(
        [sys.executable, "-c", "import sqlmodel;" + MODULES.format(["--version"])], capture_output=True, text=True, check=False
    )
    assert {"sqlmodel", "pydantic"} <= {name.split(".")[0] for name in eval(done.stderr.splitlines()[-1])}


def test_global_options_may_stand_anywhere(jsup, register):
    lines = ("--today 2026-10-30 overdue --json", "overdue --today 2026-10-30 --json", "overdue --json --today=2026-10-30")
    assert {jsup(*line.split(" ")).json["as_of"] for line in lines} == {"2026-10-30"}
    assert jsup("overdue", "--today").status == 2


def test_today_is_the_date_in_china_whatever_the_zone(monkeypatch):
    class Clock(cli.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 11, 24, 16, 30, tzinfo=cli.UTC)

    monkeypatch.setattr(cli, "datetime", Clock)
    assert cli._today().isoformat() == "2026-11-25"


def test_without_a_named_ledger_it_lies_in_the_user_s_data_directory(jsup, tmp_path):
    assert "jsup init" in jsup("overdue").err
    assert jsup("init").status == 0
    assert (tmp_path / "data" / "jsup" / "ledger.db").exists()
    assert jsup("overdue", "--json").json["items"] == []


def test_a_check_that_finds_nothing_says_nothing(jsup, register):
    result = jsup("overdue", "--check", "--today", "2026-10-30")
    assert (result.status, result.out, result.err) == (0, "", "")


def test_the_morning_s_list(jsup, register):
    jsup(
        "finding",
        "add",
        *FACTS,
        "--agency",
        "JS-SWJU",
        "--category",
        "other",
        "--title",
        "[draft] [/2] =1+1",
        "--found-on",
        "2026-09-01",
    )
    jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-09-18", "--on", "2026-09-08")
    result = jsup("--today", "2026-09-24", "overdue", "--check")
    assert result.status == 3
    head, *lines = [line.split("\t") for line in result.out.splitlines()]
    assert head == ["number", "agency", "finding", "period", "due", "days left", "next step"]
    assert lines == [["2026-0001", "国家税务总局上海市金山区税务局", "[draft] [/2] =1+1", "warning (agency)", "2026-09-18", "-5",
                      "confirm (二（二）1 第一步)"]]  # fmt: skip
    due = jsup("--today", "2026-09-24", "overdue", "--within", "0", "--json").json
    assert [(item["period"], item["working_days_left"], item["overdue"]) for item in due["items"]] == [
        ("warning", -5, True),
        ("recommendation", 0, False),
    ]
    assert due["items"][0]["escalate_to"] == "上级主管单位国家税务总局上海市税务局"
    keys = "kind number agency_code agency title stage period owner started_on due_on working_days_left overdue provisional"
    assert set(f"{keys} next_step escalate_to clause".split()) <= set(due["items"][0])
    assert jsup("--today", "2026-09-18", "overdue").out == ""
    assert [item["period"] for item in jsup("--today", "2026-09-18", "overdue", "--within", "4", "--json").json["items"]] == [
        "warning"
    ]
    assert len(jsup("--today", "2026-09-18", "overdue", "--within", "5", "--json").json["items"]) == 2
    assert jsup("--today", "2026-09-24", "overdue", "--agency", "JS-SCJG", "--json").json["items"] == []


def test_the_days_ahead_reach_over_rest_days_to_a_named_day_that_is_one(jsup, register):
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-11-02")
    jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-11-14", "--on", "2026-11-03")  # a Saturday
    seen = {}
    for today, within in (("2026-11-13", 0), ("2026-11-12", 1), ("2026-11-12", 0), ("2026-11-14", 0)):
        items = jsup("overdue", "--today", today, "--within", within, "--json").json["items"]
        seen[today, within] = [item["working_days_left"] for item in items]
    assert seen == {("2026-11-13", 0): [0], ("2026-11-12", 1): [1], ("2026-11-12", 0): [], ("2026-11-14", 0): [0]}


def test_a_provisional_date_says_so_in_text_and_json(jsup, register, monkeypatch):
    monkeypatch.setattr("jsup.workdays.packaged", list)
    jsup(
        "finding",
        "add",
        "--agency",
        "JS-SCJG",
        "--category",
        "other",
        "--title",
        "t",
        "--found-on",
        "2027-12-01",
        "--today",
        "2027-12-31",
    )
    jsup("warn", "2027-0001", "--method", "phone", "--rectify-by", "2027-12-10", "--on", "2027-12-02", "--today", "2027-12-31")
    item = jsup("overdue", "--today", "2027-12-31", "--json").json["items"][-1]
    assert (item["period"], item["provisional"]) == ("recommendation", True)
    assert "(provisional)" in jsup("overdue", "--today", "2027-12-31").out
    assert "(provisional)" in jsup("why", "2027-0001").out
    assert "(not announced)" in jsup("why", "2027-0001").out


@pytest.mark.parametrize(
    ("start", "length", "due_on", "provisional"),
    [
        ("2026-02-09", "--days 5", "2026-02-14", False),  # a make-up Saturday
        ("2025-09-24", "--days 15", "2025-10-21", False),
        ("2025-09-24", "--period rectification", "2025-10-21", False),
        ("2026-09-18", "--period recommendation", "2026-09-24", False),
        ("2026-12-07", "--days 15", "2026-12-28", False),
        ("2026-01-31", "--months 1", "2026-02-28", False),  # the month's last day, a make-up Saturday
        ("2026-08-31", "--months 1", "2026-09-30", False),
        ("2026-09-02", "--period guidance", "2026-10-08", False),  # rolls over the National Day
    ],
)
def test_due_needs_no_ledger(start, length, due_on, provisional, jsup):
    row = jsup("due", "--from", start, *length.split(" "), "--json").json
    assert (row["from"], row["due_on"], row["provisional"]) == (start, due_on, provisional)
    assert row["days"][-1]["date"] == due_on
    assert row["days"][0]["date"] > start
    assert jsup("due", "--from", start, *length.split(" ")).out == f"{due_on}\n"


def test_due_is_provisional_while_the_next_year_is_unannounced(jsup, monkeypatch):
    from jsup import workdays

    years = [year for year in workdays.packaged() if year.year <= 2026]
    monkeypatch.setattr("jsup.workdays.packaged", lambda: years)
    assert jsup("due", "--from", "2026-12-08", "--days", "15", "--json").json["provisional"] is True
    assert jsup("due", "--from", "2026-12-08", "--days", "15").out == "2026-12-29 (provisional)\n"
    assert jsup("due", "--from", "2026-12-07", "--days", "15", "--json").json["provisional"] is False
    assert jsup("calendar", "status", "--json").json["announced_through"] == "2026-12-28"
    assert jsup("calendar", "show", "2027", "--json").json == {
        "year": 2027, "announced": False, "source": None, "off": [], "work": []}  # fmt: skip


def test_calendar_show_lists_weekday_rests_and_weekend_work(jsup, ledger):
    row = jsup("calendar", "show", "2026", "--json").json
    assert row["announced"] is True
    assert row["work"] == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    assert "2026-10-01" in row["off"]
    assert "2026-10-03" not in row["off"]  # a Saturday rests anyway
    assert len(row["off"]) == 19


def test_why_tells_each_day_with_clause_words_and_the_assumption(jsup, register):
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-09-01")
    jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-09-18", "--on", "2026-09-08")
    warning, recommendation = jsup("why", "2026-0001", "--json").json["deadlines"]
    assert recommendation["clause"] == "二（二）1 第二步"
    assert "5个工作日内制作行政执法监督建议书" in recommendation["quote"]
    assert (recommendation["start_event"], recommendation["started_on"]) == ("warning_end", "2026-09-18")
    assert [(day["date"], day["working"], day["reason"]) for day in recommendation["days"]] == [
        ("2026-09-19", False, "weekend"),
        ("2026-09-20", True, "make_up"),
        ("2026-09-21", True, "workday"),
        ("2026-09-22", True, "workday"),
        ("2026-09-23", True, "workday"),
        ("2026-09-24", True, "workday"),
    ]
    assert warning["days"][-1]["date"] == "2026-09-18"
    text = jsup("why", "2026-0001").out
    assert "本局设定" in text
    assert "make-up day" in text


def test_a_ledger_keeps_its_calendar_and_policy_whatever_the_package_says(jsup, register, monkeypatch):
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-09-01")
    monkeypatch.setattr("jsup.workdays.packaged", list)
    monkeypatch.setattr("jsup.policy.packaged_text", lambda name="": "")
    jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-09-18", "--on", "2026-09-08")
    assert jsup("why", "2026-0001", "--json").json["deadlines"][1]["due_on"] == "2026-09-24"
    assert jsup("due", "--from", "2026-02-09", "--days", "5").out == "2026-02-14\n"


def on_a_terminal(args: list[str], width: int = 80, kind: str = "dumb") -> str:
    """Run a command with a pseudo-terminal for stdout and return what it drew."""
    parent, child = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "jsup", *args], stdout=child, stderr=child, stdin=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": str(width), "TERM": kind, "JSUP_LANG": "zh"},
    ) as process:  # fmt: skip
        os.close(child)
        drawn = b""
        try:
            while chunk := os.read(parent, 65536):
                drawn += chunk
        except OSError:
            pass
        process.wait()
    os.close(parent)
    return drawn.decode("utf-8")


@pytest.mark.in_a_file
@pytest.mark.parametrize("line", ["overdue", "overdue --within 30", "next", "finding list", "agency list", "sample status", "log",
                                  "why 2026-0002", "finding show 2026-0001", "calendar show 2026", "policy show"])  # fmt: skip
def test_every_view_keeps_to_80_columns_on_a_terminal_and_shows_text_as_it_is(line, jsup, monkeypatch, tmp_path):
    assert jsup("demo", "d").status == 0
    monkeypatch.setenv("JSUP_LEDGER", str(tmp_path / "d" / "ledger.db"))
    jsup(
        "finding",
        "add",
        "--agency",
        "JS-SWJU",
        "--category",
        "other",
        "--title",
        "[bold]x[/bold] [/2]",
        "--found-on",
        "2026-11-02",
    )
    drawn = on_a_terminal(line.split(" "))
    assert all(columns(row) <= 80 for row in drawn.splitlines()), drawn
    if line == "finding list":
        assert "[bold]x" in drawn.replace("\r\n", "").replace(" ", "")


def test_what_is_late_is_red_and_what_is_due_within_two_working_days_yellow(jsup, register):
    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-09-01")
    jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-09-18", "--on", "2026-09-08")
    colours = {}
    for today in ("2026-09-08", "2026-09-17", "2026-09-19"):
        drawn = on_a_terminal(["--today", today, "overdue", "--within", "8"], kind="xterm")
        (line,) = [line for line in drawn.splitlines() if "2026-09-18" in line]
        colours[today] = {code for code in ("1;31m", "33m") if f"[{code}" in line}
    assert colours == {"2026-09-08": set(), "2026-09-17": {"33m"}, "2026-09-19": {"1;31m"}}


def test_a_reader_that_hangs_up_ends_it_quietly(jsup, register):
    done = subprocess.run(
        f"{sys.executable} -m jsup agency list --json | head -c 10", shell=True, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert len(done.stdout) == 10


def test_json_is_one_document_and_nothing_else(jsup, register):
    for line in (
        "agency list",
        "finding list",
        "overdue",
        "next",
        "log",
        "verify",
        "policy show",
        "calendar status",
        "sample status",
        "sample verify",
    ):
        json.loads(jsup(*line.split(" "), "--json").out)


@pytest.mark.in_a_file
def test_views_and_entities_agree(jsup, register):
    import sqlite3

    jsup("finding", "add", *FACTS, "--agency", "JS-SCJG", "--category", "other", "--title", "t", "--found-on", "2026-09-01")
    jsup("warn", "2026-0001", "--method", "phone", "--rectify-by", "2026-09-18", "--on", "2026-09-08")
    connection = sqlite3.connect(register)
    try:
        for view, table in (("agencies", "agency"), ("findings", "finding"), ("deadlines", "deadline")):
            wanted = [name for _cid, name, *_rest in connection.execute(f"PRAGMA table_info({table})")]
            has = [name for _cid, name, *_rest in connection.execute(f"PRAGMA table_info({view})")]
            shared = ", ".join(name for name in wanted if name in has)
            assert len(shared.split(", ")) > 8
            assert (
                connection.execute(f"SELECT {shared} FROM {view}").fetchall()
                == connection.execute(f"SELECT {shared} FROM {table}").fetchall()
            )
    finally:
        connection.close()


@pytest.mark.in_a_file
def test_the_list_of_open_clocks_is_read_through_its_index(register):
    import sqlite3

    connection = sqlite3.connect(register)
    try:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM deadlines WHERE met_on IS NULL AND cancelled_on IS NULL AND due_on <= '2026-01-01'"
        ).fetchall()
    finally:
        connection.close()
    assert any("deadline_open" in row[-1] for row in plan), plan


def test_the_register_in_the_package_is_the_example_s():
    from importlib.resources import files

    assert (files("jsup") / "data" / REGISTER.name).read_bytes() == REGISTER.read_bytes()


def test_the_demo_ends_with_two_late_findings_a_draw_an_explanation_and_both_languages(jsup, monkeypatch):
    monkeypatch.setenv("JSUP_LEDGER", "/nonexistent/ledger.db")  # the demo takes no notice of it
    result = jsup("demo", "d")
    assert result.status == 0, result.err
    assert result.out.splitlines()[-1] == "For English: JSUP_LANG=en jsup demo DIR  |  中文：JSUP_LANG=zh jsup demo DIR"
    monkeypatch.setenv("JSUP_LEDGER", "d/ledger.db")
    late = jsup("overdue", "--json").json["items"]
    assert len({item["number"] for item in late}) == len(late) == 2
    findings = jsup("finding", "list", "--json").json
    assert len(findings) == len({row["stage"] for row in findings}) == 5
    draw = jsup("sample", "status", "--quarter", "2026Q4", "--json").json
    assert (draw["frame_size"], draw["sample_size"], len(draw["taken"])) == (37, 4, 4)
    for taken in draw["taken"]:
        assert taken["name"] in result.out
    assert jsup("verify").status == jsup("sample", "verify").status == 0
    assert jsup("demo", "d").status == 1
    assert (Path("d") / "papers").is_dir()


@pytest.mark.parametrize("today", ["2026-01-05", "2026-02-23", "2026-10-08", "2027-03-01", "2024-02-29"])
def test_the_demo_works_on_any_day(today, jsup):
    result = jsup("demo", "d", "--today", today, "--json")
    assert result.status == 0, result.err
    assert len(result.json["overdue"]["items"]) == 2


def test_an_option_given_twice_is_refused_and_of_the_global_ones_the_last_counts(jsup, register):
    twice = jsup("due", "--from", "2026-02-09", "--days", "5", "--days", "6")
    assert (twice.status, twice.out) == (2, "")
    assert "--days is given twice" in twice.err
    pair = jsup("confirm", "2026-0001", "--rectified", "--unrectified")
    assert pair.status == 2
    assert "twice" in pair.err
    assert jsup("--today", "2026-01-05", "--today", "2026-11-24", "overdue", "--json", "--json").json["as_of"] == "2026-11-24"


@pytest.mark.parametrize("line", ["sample freez", "score drft", "look lst", "worklist aply"])
def test_a_misspelt_command_gets_one_suggestion(line, jsup):
    assert jsup(*line.split(" ")).err.count("Did you mean") == 1


@pytest.mark.parametrize("value", [
    [], {}, None, "x", [[]], {"a": []}, {"a": {}}, {"a": [1, {"b": [2]}], "检": {"c": None}}, [{"a": 1, "b": "2"}, {"a": [3, 4]}], {2026: [1], True: {}},
    [date(2026, 11, 24), Path("x")], {"a": {"b": date(2026, 11, 24), "c": {"d": 1.5, "e": (1, 2)}}}, ({"a": "\n\t", "b": False},),
])  # fmt: skip
def test_a_json_document_is_written_as_the_standard_library_writes_it(value, capsys):
    console.show(value, as_json=True, text=lambda: None)
    assert capsys.readouterr().out == json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"


def test_what_nobody_could_see_is_spelt_out_in_json(capsys):
    value = {"rows": [{"a": "\x1b[31m\u202e", "\u200b": "中　文\u00a0"}, "\x7f\ud800", "\n"]}
    console.show(value, as_json=True, text=lambda: None)
    out = capsys.readouterr().out
    assert json.loads(out) == value
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in out.replace("\n", ""))


@pytest.mark.parametrize(
    ("shell", "asked", "split"),
    [
        ("bash", {"COMP_WORDS": "jsup se", "COMP_CWORD": "1"}, None),
        ("zsh", {"_TYPER_COMPLETE_ARGS": "jsup se"}, r'"(.*)":"(.*)"'),
        ("fish", {"_TYPER_COMPLETE_ARGS": "jsup se", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}, r"(.*)\t(.*)"),
        ("powershell", {"_TYPER_COMPLETE_ARGS": "jsup se", "_TYPER_COMPLETE_WORD_TO_COMPLETE": "se"}, r"(.*):::(.*)"),
    ],
)
@pytest.mark.parametrize(("language", "readme"), [("en", "README.md"), ("zh", "README.zh-CN.md")])
def test_every_shell_completes_a_command_as_the_readme_shows(shell, asked, split, language, readme):
    done = subprocess.run(
        [sys.executable, "-m", "jsup"], capture_output=True, text=True, check=False, encoding="utf-8",
        env={**os.environ, "JSUP_LANG": language, "_JSUP_COMPLETE": f"complete_{shell}", **asked},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = dict(re.findall(r"^(\S+) +-- (.*)$", (ROOT / readme).read_text("utf-8"), re.MULTILINE))
    assert told.keys() == {"seal", "search", "self-check"}
    if split is None:
        assert done.stdout.split() == [*told]
    else:
        assert {name: text.replace("''", "'") for name, text in re.findall(split, done.stdout)} == told


def test_a_list_of_commands_says_the_first_sentence_of_each_whole():
    page = run("agency", "--help", JSUP_LANG="zh").stdout
    assert "沿用被承继单位的抽查等待次数" in "".join(page.split())


@pytest.mark.in_a_file
def test_a_key_may_be_typed_as_the_chinese_word_that_stands_for_it(jsup, register, monkeypatch):
    monkeypatch.setenv("JSUP_LANG", "zh")
    console.speak()
    code = (
        "import sys\nfrom jsup import cli\nfor line in eval(sys.argv[1]):\n    try: cli.root.main(line)\n"
        "    except SystemExit as end: assert not end.code, line\n"
    )
    typed = [
        [
            "finding",
            "add",
            *FACTS,
            "--agency=JS-SCJG",
            "--category=重复查",
            "--title=t",
            "--found-on=2026-11-02",
            "--severity=严重",
        ],
        ["warn", "2026-0001", "--method=电话", "--rectify-by=2026-11-06", "--on=2026-11-03"],
        ["confirm", "2026-0001", "--unrectified", "--on=2026-11-06"],
        ["recommend", "2026-0001", "--on=2026-11-06"],
        ["sign", "2026-0001", "--by=局长", "--on=2026-11-09"],
        ["deliver", "2026-0001", "--by-way=留置送达", "--receiver=收发室", "--on=2026-11-09"],
        ["extend", "2026-0001", "--period=整改", "--until=2026-12-25", "--why=w", "--approved-by=局长", "--on=2026-11-10"],
        ["review", "2026-0001", "--result=全部整改", "--on=2026-11-11"],
        ["clue", "add", "--channel=媒体", "--title=t"],
        ["clue", "list", "--channel=媒体"],
        ["finding", "list", "--stage=已整改"],
        ["anomaly", "list", "--rule=重复查", "--state=待核实"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", code, repr(typed)], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    refused = run("warn", "2026-0001", "--method", "电", JSUP_LANG="zh", JSUP_LEDGER=str(register))
    assert (refused.returncode, "phone 电话、visit 走访" in refused.stderr) == (2, True)
    row = json.loads(run("finding", "show", "2026-0001", "--json", JSUP_LEDGER=str(register)).stdout)
    assert (row["category"], row["severity"], row["stage"]) == ("repeat", "serious", "rectified")


def test_a_row_too_wide_for_the_terminal_is_shown_line_by_line():
    heads, cells = ["编号", "执法单位"], [["12345678", "金山区市场监督管理局"]]
    columns_ = [console.Column("a", str, whole=True), console.Column("b", str, whole=True)]
    assert console._least(heads, cells, columns_) == 8 + 20 + 1
    assert [*console._block(heads, cells[0], 24)] == ["编号      12345678", "执法单位  金山区市场监督", "          管理局"]


def test_what_looks_like_a_slip_is_said_and_done_all_the_same(jsup, register, monkeypatch):
    monkeypatch.setenv("JSUP_LANG", "en")
    words = ["finding", "add", "--agency=JS-SCJG", "--category=repeat", "--title=t", "--found-on=2026-11-02"]
    first, second = jsup(*words), jsup(*words)
    assert (first.status, first.err, second.status) == (0, "", 0)
    assert second.err.startswith("2026-0001, 2026-0002 are the same problem")
    assert jsup("withdraw", "2026-0002", "--why=w").status == 0
    assert jsup(*words[:-2], "--title=other", words[-1]).err == ""
    assert "Findings that go on all the same: 2026-0001, 2026-0003." in jsup("agency", "retire", "JS-SCJG", "--why=w").err
    today = date.fromisoformat(os.environ["JSUP_TODAY"])
    for away, told in ((-4, True), (-1, True), (0, False), (1, False), (2, True)):
        number = today.year * 4 + (today.month - 1) // 3 + away
        done = jsup("sample", "--quarter", f"{number // 4}Q{number % 4 + 1}")
        assert (done.status, "if that is a slip" in done.err) == (0, told), away
