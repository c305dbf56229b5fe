"""Time how soon jsup answers, beside bare Typer programs that say the same.

`--help`, `--version` and what bash runs on TAB stand beside a Typer program with as many commands and nothing in them. `overdue`,
`next`, `finding list`, `agency list`, `why` and `due` with --json, on a ledger of 300 findings, stand beside a Typer program of
one command that runs the same queries through sqlite3 and prints the same document: what the ledger's views hold, or follows
from a list of rest days, it finds; the rest (next steps, working days left, the words of a clause) it has as it is to be printed.
Both sides are scripts run by one interpreter, with their compiled files at hand, in turns; figures are medians of the turns'
ratios, and beside each stands the same of the processor's time. It takes a minute.
"""
# ruff: noqa: INP001 - a script, not a package

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import make_ledger
import measure

from jsup import reads
from jsup.cli import ROOMS

FINDINGS, INSPECTIONS, OVERDUE = 300, 600, 8
TURNS = 15
AIM_BARE, AIM_QUERY = 1.1, 1.4
TODAY = make_ledger.TODAY.isoformat()
FROM, DAYS = "2026-09-23", 15

COMMANDS = """\
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None, context_settings={{"help_option_names": ["--help"]}})


def version(value: bool) -> None:
    if value:
        print("bare 0.1.0")
        raise typer.Exit


@app.callback()
def main(
    ledger: Annotated[str | None, typer.Option(help="The ledger")] = None,
    today: Annotated[str | None, typer.Option(help="Work as on this day")] = None,
    officer: Annotated[str | None, typer.Option(help="Who is at work")] = None,
    version: Annotated[bool, typer.Option("--version", callback=version, is_eager=True, help="Say which version")] = False,
) -> None:
    \"\"\"Say what there is.\"\"\"

{commands}"""

COMMAND = """
@app.command({name!r}, help={line!r})
def command_{place}() -> None:
    pass

"""

SCRIPT = """\
#!{python}
import sys

from {module} import app

if __name__ == "__main__":
    sys.exit(app())
"""

QUERY = """\
import json
import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None)
HERE = Path(__file__).parent


def rows(connection, sql, **values):
    cursor = connection.execute(sql, values)
    names = [one[0] for one in cursor.description]
    return [dict(zip(names, row)) for row in cursor]


def days(start, end):
    law = json.loads((HERE / "days.json").read_text("utf-8"))
    day, end = date.fromisoformat(start), date.fromisoformat(end)
    while day < end:
        day += timedelta(days=1)
        said = day.isoformat()
        working = said in law["work"] or (day.weekday() < 5 and said not in law["rest"])
        reason = "make_up" if said in law["work"] else "holiday" if said in law["rest"] else "workday" if working else "weekend"
        holiday = law["work"].get(said) or law["rest"].get(said) or ""
        yield {{"date": said, "working": working, "reason": reason, "holiday": holiday, "certain": True}}


def due_on(start, count):
    law = json.loads((HERE / "days.json").read_text("utf-8"))
    day = date.fromisoformat(start)
    while count:
        day += timedelta(days=1)
        said = day.isoformat()
        count -= said in law["work"] or (day.weekday() < 5 and said not in law["rest"])
    return day.isoformat()


{build}

@app.command()
def main(ledger: Annotated[str, typer.Option()], today: Annotated[str, typer.Option()]) -> None:
    rest = json.loads((HERE / "{module}.json").read_text("utf-8"))
    connection = sqlite3.connect(f"file:{{ledger}}?mode=ro", uri=True)
    print(json.dumps(build(connection, today, rest), ensure_ascii=False, indent=1))
"""

OPEN = "met_on IS NULL AND cancelled_on IS NULL"

BUILDS = {
    "overdue": f"""
def build(connection, today, rest):
    found = rows(connection, "SELECT * FROM deadlines WHERE {OPEN} AND due_on < :today ORDER BY due_on, number, id", today=today)
    return {{**rest, "as_of": today, "items": [
        {{key: row[key] if key in row else value for key, value in one.items()}} | {{"provisional": bool(row["provisional"])}}
        for row, one in zip(found, rest["items"])
    ]}}
""",
    "next": f"""
def build(connection, today, rest):
    found = rows(connection, "SELECT f.*, n.due_on, n.provisional FROM findings f LEFT JOIN deadline n ON n.id = (SELECT d.id"
        " FROM deadline d WHERE d.finding_number = f.number AND {OPEN} ORDER BY d.due_on, d.id LIMIT 1)"
        " WHERE f.stage NOT IN ('closed', 'withdrawn') ORDER BY n.due_on IS NULL, n.due_on, f.number")
    return [{{key: row[key] if key in row else value for key, value in one.items()}} | {{"provisional": bool(row["provisional"])}}
        for row, one in zip(found, rest)]
""",
    "finding list": """
def build(connection, today, rest):
    clocks = {}
    for row in rows(connection, "SELECT * FROM deadlines ORDER BY id"):
        one = {key: row[key] for key in rest["clock"]}
        late = row["met_on"] is not None and row["met_on"] > row["due_on"]
        clocks.setdefault(row["number"], []).append(one | {"provisional": bool(row["provisional"]), "late": late})
    found = rows(connection, "SELECT * FROM findings ORDER BY number")
    return [{key: row[key] for key in rest["finding"]} | {"severity": row["severity"] or "ordinary"}
        | {"deadlines": clocks.get(row["number"], [])} for row in found]
""",
    "agency list": """
def build(connection, today, rest):
    return [row | {"active": bool(row["active"])} for row in rows(connection, "SELECT * FROM agencies ORDER BY code")]
""",
    "why": """
def build(connection, today, rest):
    found = rows(connection, "SELECT * FROM deadlines WHERE number = :number ORDER BY id", number=rest["number"])
    rows(connection, "SELECT * FROM findings WHERE number = :number", number=rest["number"])
    rows(connection, "SELECT * FROM event WHERE finding_number = :number ORDER BY id", number=rest["number"])
    return rest | {"deadlines": [
        {key: row[key] if key in row else value for key, value in one.items()} | {"provisional": bool(row["provisional"])}
        | {"days": [*days(row["started_on"], row["due_on"])]} for row, one in zip(found, rest["deadlines"])
    ]}
""",
    "due": """
def build(connection, today, rest):
    last = due_on(rest["from"], rest["count"])
    said = {key: value for key, value in rest.items() if key != "count"}
    return said | {"due_on": last, "days": [*days(rest["from"], last)]}
""",
}
"""How each document is made by the bare program: of the rows, and of what is no row's (`rest`)."""


def script(folder: Path, module: str, source: str) -> list[str]:
    """Write a bare program and the script that starts it; return its words."""
    (folder / f"{module}.py").write_text(source, "utf-8")
    path = folder / f"run_{module}"
    path.write_text(SCRIPT.format(python=sys.executable, module=module), "utf-8")
    path.chmod(0o755)
    return [sys.executable, str(path)]


def bare_commands(folder: Path) -> list[str]:
    """Write the program with as many commands."""
    lines = [(name, line) for room in ROOMS.values() for name, (_module, line) in room.items()]
    made = [COMMAND.format(name=name, line=line, place=place) for place, (name, line) in enumerate(lines)]
    return script(folder, "commands", COMMANDS.format(commands="".join(made)))


def left(name: str, document: Any) -> Any:
    """Return what a bare program has ready: the document without what rows hold, or the keys of its rows."""
    if name == "finding list":
        clock = [key for key in document[0]["deadlines"][0] if key != "late"]
        return {"finding": [key for key in document[0] if key not in ("severity", "deadlines")], "clock": clock}
    if name == "why":
        return document | {"deadlines": [clock | {"days": []} for clock in document["deadlines"]]}
    return document | {"days": [], "due_on": None, "count": DAYS} if name == "due" else document


def bare_query(folder: Path, name: str, ledger: Path, document: Any) -> list[str]:
    """Write the program that prints what one command of jsup does."""
    module = name.replace(" ", "_")
    (folder / f"{module}.json").write_text(json.dumps(left(name, document), ensure_ascii=False), "utf-8")
    return [*script(folder, module, QUERY.format(build=BUILDS[name], module=module)), "--ledger", str(ledger), "--today", TODAY]


def write_days(folder: Path, ledger: Path) -> None:
    """Write the rest days and the make-up days of the ledger, by name."""
    with reads.open_ledger(ledger) as opened:
        calendar = opened.calendar()
    kinds = {"rest": calendar.rest, "work": calendar.work}
    said = {kind: {day.isoformat(): name for day, name in days.items()} for kind, days in kinds.items()}
    (folder / "days.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")


def installed(*words: object) -> list[str]:
    """Return the words of jsup run as the bare programs are."""
    command, *rest = measure.jsup(*words)
    return [sys.executable, command, *rest]


def compare(bench: measure.Bench, key: str, title: str, ours: Sequence[str], bare: Sequence[str], aim: float) -> None:
    """Time two commands in turns, take the figure, and print the same of the processor's time."""
    processor: list[list[float]] = [[], []]

    def timed(words: Sequence[str], used: list[float]) -> float:
        done = measure.run(words)
        used.append(done.processor)
        return done.seconds * 1000

    pair = measure.turns(lambda: timed(ours, processor[0]), lambda: timed(bare, processor[1]), runs=TURNS)
    bench.add(measure.compared(f"startup.{key}", title, pair, "ms", aim, "a bare Typer program"))
    one, other = (statistics.median(used[1:]) * 1000 for used in processor)
    print(f"  of the processor {one:.0f} ms, bare {other:.0f} ms, {one / other:.2f} times", flush=True)


def main() -> None:
    """Print the figures; exit 1 past an aim."""
    asked, bench = measure.asked(__doc__), measure.Bench("startup")
    for name in ("JSUP_LEDGER", "JSUP_TODAY", "JSUP_OFFICER"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as name:
        folder, ledger = Path(name), Path(name) / "ledger.db"
        make_ledger.make(ledger, findings=FINDINGS, inspections=INSPECTIONS, overdue=OVERDUE)
        write_days(folder, ledger)
        bare = bare_commands(folder)
        for option in ("help", "version"):
            compare(bench, option, f"--{option}", installed(f"--{option}"), [*bare, f"--{option}"], AIM_BARE)
        asks = [["env", f"{variable}=complete_bash", "COMP_WORDS=" + "jsup fin", "COMP_CWORD=1", *words]
                for variable, words in (("_JSUP_COMPLETE", installed()), ("_RUN_COMMANDS_COMPLETE", bare))]  # fmt: skip
        if [measure.run(words).out.split() for words in asks] != [[b"finding"]] * 2:
            raise RuntimeError("the shell is answered otherwise")
        compare(bench, "complete", "completion", asks[0], asks[1], AIM_BARE)
        for command in BUILDS:
            at = ["--ledger", str(ledger), "--today", TODAY]
            ours = installed(*at, *words_of(command, ledger), "--json")
            said = json.loads(measure.run(ours).out)
            theirs = bare_query(folder, command, ledger, said)
            if json.loads(measure.run(theirs).out) != said:
                raise RuntimeError(f"the bare program prints another document than `{command}`")
            compare(bench, command.replace(" ", "_"), command, ours, theirs, AIM_QUERY)
    bench.done(asked.record)


def words_of(command: str, ledger: Path) -> list[str]:
    """Return a command with the words that it needs."""
    if command == "due":
        return ["due", "--from", FROM, "--days", str(DAYS)]
    if command == "why":
        with reads.open_ledger(ledger) as opened:
            (row,) = opened.rows("SELECT MAX(number) AS number FROM finding WHERE stage = 'warned'")
        return ["why", row["number"]]
    return command.split()


if __name__ == "__main__":
    main()
