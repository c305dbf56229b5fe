"""How anything is shown: two languages, tables, tab-separated lines, JSON, and refusals.

Nothing here imports Typer, click or Rich before it must: the language is settled before Typer is
imported, and Rich is imported only to draw on a terminal.
"""

import gettext
import json
import os
import re
import shutil
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from jsup.errors import N_, JsupError, TableError, visible

DOMAIN: Final = "jsup"

TERMS: Final = {
    "make_up": N_("make-up day"),
    "warn": N_("the warning"),
    "warning_end": N_("the warning's last day"),
    "confirm": N_("found not rectified"),
    "service": N_("service of the paper"),
    "rectification_end": N_("the rectification's last day"),
    "decision_service": N_("service of the decision"),
    "working_day": N_("working days"),
    "month": N_("months"),
    "date": N_("until a named day"),
    "uncertain": N_("uncertain date"),
    "pending": N_("regulation"),
    "orphan": N_("orphaned row"),
    "rights": N_("file rights"),
    "rule repeat": N_("repeated visit"),
    "rule multiple": N_("several agencies"),
    "rule frequency": N_("over the cap"),
    "rule unplanned": N_("outside a plan"),
    "rule early": N_("before its plan"),
    "rule triggered": N_("triggered inspection without grounds"),
    "rule code": N_("no inspection code"),
    "rule inspectors": N_("fewer than two inspectors"),
    "rule certificate": N_("no valid certificate"),
    "rule entrustment": N_("outside its entrustment"),
    "rule forbidden": N_("may never inspect"),
    "rule item": N_("item not listed"),
    "rule upload": N_("late upload"),
    "not_yet_valid": N_("not valid yet"),
    "guidance proposed": N_("proposed"),
    "guidance open": N_("taken up"),
    "guidance issued": N_("issued"),
    "guidance dismissed": N_("dismissed, with a reason"),
    "every week": N_("week"),
    "every month": N_("month"),
    "every quarter": N_("quarter"),
    "every half-year": N_("half-year"),
    "every year": N_("year"),
    "duty look bureau": N_("monthly look"),
    "duty look agency": N_("upload"),
    "duty plan file agency": N_("filing"),
    "duty plan publish agency": N_("publication"),
    "duty score settle bureau": N_("scores"),
    "duty duty done bureau": N_("duty"),
    "reached": N_("the set number of agencies was reached"),
    "judged": N_("the bureau found the problem"),
    "in_time": N_("in time"),
    "late": N_("done late"),
    "running": N_("not yet due"),
    **{
        key: key
        for key in (
            N_("warning"), N_("recommendation"), N_("rectification"), N_("review"), N_("decision"), N_("guidance"), N_("check"),
            N_("agency"), N_("bureau"), N_("government"),
            N_("district"), N_("town"), N_("park"), N_("organ"), N_("outpost"), N_("authorised"), N_("entrusted"),
            N_("local"), N_("vertical"), N_("dual"), N_("unknown"),
            N_("workday"), N_("weekend"), N_("holiday"),
            N_("calendar"), N_("policy"), N_("management"), N_("proof"), N_("backup"), N_("damage"),
            N_("anomaly"), N_("complaint"), N_("duty"),
            N_("draft"), N_("reviewed"), N_("sealed"), N_("void"),
            N_("annual"), N_("special"), N_("made"), N_("municipal"), N_("filed"), N_("published"),
            N_("minor"), N_("ordinary"), N_("serious"), N_("preview"), N_("final"),
            N_("valid"), N_("suspended"), N_("revoked"), N_("expired"), N_("missing"), N_("clue"), N_("action"), N_("overdue"),
        )
    },
}  # fmt: skip
"""Identifiers that stand in JSON as they are and on a screen as words."""

MOST_PROBLEMS: Final = 200
"""Bad cells that are listed on a screen; `--json` lists all."""

_TRANSLATED: Final = ("stage", "period", "state", "becomes", "method", "wanted")


# Language ---------------------------------------------------------------------------------------


def language() -> str:
    """Return zh or en: JSUP_LANG, else the locale; C, POSIX or none means Chinese."""
    for name in ("JSUP_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = os.environ.get(name, "").split(".")[0].split("_")[0].lower()
        if wanted:
            return "zh" if wanted in ("zh", "c", "posix") else "en"
    return "zh"


class Catalogue:
    """The sentences of a language, each looked up in the compiled catalogue when it is asked for.

    The standard library reads all of them at the start of a process, and looks for the file again with every sentence.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._data, self._count, self._ids, self._texts = b"", 0, 0, 0

    def open(self, file: Path) -> None:
        """Take the sentences of a file from now on; where there is none they stay as they are."""
        self._known.clear()
        self._data = file.read_bytes() if file.exists() else bytes(20)
        self._count, self._ids, self._texts = (int.from_bytes(self._data[at : at + 4], "little") for at in (8, 12, 16))

    def _said(self, table: int, place: int) -> bytes:
        length, start = (int.from_bytes(self._data[at : at + 4], "little") for at in (table + 8 * place, table + 8 * place + 4))
        return self._data[start : start + length].split(b"\0")[0]

    def __call__(self, message: str) -> str:
        """Return a message in the language, or as it is where the catalogue does not hold it."""
        if message not in self._known:
            key = message.encode()
            place = bisect_left(range(self._count), key, key=lambda one: self._said(self._ids, one))
            held = place < self._count and self._said(self._ids, place) == key
            self._known[message] = self._said(self._texts, place).decode() if held else message
        return self._known[message]


_catalogue = Catalogue()


def speak() -> None:
    """Settle the language for this process, click's and Typer's sentences included."""
    name, folder = {"zh": "zh_CN", "en": "en"}[language()], Path(__file__).parent / "locale"
    os.environ["LANGUAGE"] = name
    gettext.bindtextdomain(DOMAIN, str(folder))
    gettext.textdomain(DOMAIN)
    _catalogue.open(folder / name / "LC_MESSAGES" / f"{DOMAIN}.mo")
    gettext.gettext = _catalogue


def say(message: str, /, **values: object) -> str:
    """Put a message key into words; what stands in a command to be typed is quoted where a shell would read it otherwise."""
    words = {key: _word(key, value, values) for key, value in values.items()}
    quoted = {key: word if key == "quoted" else _quoted(word) for key, word in words.items()}
    pieces = gettext.gettext(message).split("`")
    return "`".join(piece.format(**(quoted if number % 2 else words)) for number, piece in enumerate(pieces))


_SHELL = r"[$`;&|<>()\\\"'*?!#~{}\[\]\n]"


def _quoted(word: object) -> object:
    if not re.search(_SHELL, str(word)):
        return word
    import shlex  # noqa: PLC0415 - for few names

    return shlex.quote(str(word))


def within(prefix: str) -> list[str]:
    """Return what stands behind a prefix among the identifiers, such as the rules' keys behind `rule `."""
    return [key.removeprefix(prefix) for key in TERMS if key.startswith(prefix)]


def named(words: Mapping[str, str]) -> str:
    """Return keys as a help page lists them, in Chinese each with its word."""
    if language() == "en":
        return ", ".join(words)
    return "、".join(f"{key} {word}" for key, word in words.items())


def _keys(keys: Collection[str]) -> str:
    """Return the keys among which to choose, in Chinese each with its word: what it leads to, or what it is called elsewhere."""
    from jsup.words import TABLES  # noqa: PLC0415 - only for refusals

    if language() == "en":
        return ", ".join(keys)
    own = {key: word for key, word in keys.items() if isinstance(word, str)} if isinstance(keys, Mapping) else {}
    terms = {key: term(key) for key in TERMS}
    words = own or next((table for table in (*TABLES, terms) if all(key in table for key in keys)), {})
    return "、".join(f"{key} {gettext.gettext(words[key])}" if words.get(key, key) != key else key for key in keys)


def _word(key: str, value: object, values: Mapping[str, object]) -> object:
    if key in _TRANSLATED:
        return term(str(value))
    if key == "stratum":  # what the frame holds, and what it means
        return value if term(str(value)) == value else f"{value} ({term(str(value))})"
    if key == "keys" and isinstance(value, Collection):
        return _keys(value)
    if key == "because":
        return say(str(value), **{name: item for name, item in values.items() if name != key})
    return value


def term(key: str) -> str:
    """Return the word for an identifier."""
    return gettext.gettext(TERMS.get(key, key)) if key else ""


# Showing ----------------------------------------------------------------------------------------


class Column(NamedTuple):
    """A column of a table: what stands above it, and how a row's cell is written."""

    heading: str
    cell: Callable[[Any], object]
    whole: bool = False
    """Never broken into lines: a number, a date."""


def show(value: object, *, as_json: bool, text: Callable[[], None]) -> None:
    """Print a result as one JSON document, or else as `text` prints it."""
    if as_json:
        print(visible(_document(value), lines=True, spelt=lambda character: json.dumps(character)[1:-1]))
    elif value == [] and sys.stdout.isatty():
        line(N_("None."))
    else:
        text()


def _plain(value: object) -> object:
    if isinstance(value, date | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not shown as JSON")


@cache
def _encode(depth: int) -> Callable[[object], str]:
    """Return what writes a value without lists in it at a depth of a document."""
    return json.JSONEncoder(ensure_ascii=False, separators=(f",\n{' ' * depth}", ": "), default=_plain).encode


def _document(value: Any, depth: int = 0) -> str:
    """Write a JSON document, indented by 1: as the standard library does, ten times as fast where rows are many and flat."""
    start, end = f"\n{' ' * (depth + 1)}", f"\n{' ' * depth}"
    if isinstance(value, dict) and value:
        if any(isinstance(item, dict | list | tuple) for item in value.values()):
            said = f",{start}".join(
                f"{_encode(0)({key: None}).removeprefix('{').removesuffix(': null}')}: {_document(item, depth + 1)}"
                for key, item in value.items()
            )
        else:
            said = _encode(depth + 1)(value)[1:-1]
        return f"{{{start}{said}{end}}}"
    if isinstance(value, list | tuple) and value:
        return f"[{start}{f',{start}'.join(_document(item, depth + 1) for item in value)}{end}]"
    return _encode(depth)(value)


def line(message: str, /, **values: object) -> None:
    """Print one sentence."""
    prose(say(message, **values))


def prose(text: str) -> None:
    """Print a text, broken to the terminal's width where it goes to one; what nobody could see is spelt out."""
    text = visible(text, lines=True)
    if not sys.stdout.isatty():
        print(text)
        return
    for paragraph in text.split("\n"):
        print("\n".join(wrapped(paragraph, shutil.get_terminal_size().columns)))


def whole(text: str) -> None:
    """Print what is to be copied or stands in one line, such as a path, never broken; what nobody could see is spelt out."""
    print(visible(text))


def columns(text: str) -> int:
    """Count the columns of a terminal that a text takes: a Chinese character takes two."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@cache
def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


_CLOSING = "，。；：、）！？」》"


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines: between Chinese characters anywhere, elsewhere at blanks."""
    pieces: list[str] = []
    for character in " ".join(text.split()):
        wide = columns(character) > 1
        if pieces and not wide and character != " " and pieces[-1] != " " and columns(pieces[-1][-1]) == 1:
            pieces[-1] += character
        else:
            pieces.append(character)
    lines: list[list[str]] = [[]]
    for piece in pieces:
        if lines[-1] and columns("".join(lines[-1])) + columns(piece) > width:
            # a line never begins with a closing mark: the character before it goes along
            lines.append([lines[-1].pop()] if piece in _CLOSING and len(lines[-1]) > 1 else [])
        if lines[-1] or piece != " ":
            lines[-1].append(piece)
    return ["".join(line).rstrip() for line in lines if line]


def table(rows: Sequence[Any], columns: Sequence[Column], style: Callable[[Any], str] = lambda _row: "") -> None:
    """Print rows: a table on a terminal, tab-separated lines off it, nothing where there are none.

    A cell may have lines of its own; what else nobody could see in it is spelt out, a tab among others.
    """
    if not rows:
        return
    cells = [[visible(_text(column.cell(row)), lines=True) for column in columns] for row in rows]
    heads = [column.heading and gettext.gettext(column.heading) for column in columns]
    if not sys.stdout.isatty():
        for row in [heads, *cells]:
            print("\t".join(cell.replace("\n", " ") for cell in row))
        return
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - on a terminal alone
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    width = shutil.get_terminal_size().columns
    if _least(heads, cells, columns) > width:
        for shown, row in zip(cells, rows, strict=True):
            for line in _block(heads, shown, width):
                Console(highlight=False, soft_wrap=True).print(Text(line, style(row)))
            print()
        return
    drawn = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for head, column in zip(heads, columns, strict=True):
        drawn.add_column(Text(head), overflow="fold", no_wrap=column.whole)
    for shown, row in zip(cells, rows, strict=True):
        drawn.add_row(*(Text(cell) for cell in shown), style=style(row))
    Console(highlight=False).print(drawn)


_NARROW: Final = 8
"""Columns of a terminal that a cell's text wants at least, if it has as many, to be read in a table."""


def _least(heads: Sequence[str], cells: Sequence[Sequence[str]], shown: Sequence[Column]) -> int:
    """Return the columns of a terminal that a table takes at least to be read."""
    found = len(shown) - 1
    for place, column in enumerate(shown):
        lines = [line for row in cells for line in row[place].split("\n")]
        widest = max(map(columns, [*lines, heads[place]]))
        found += widest if column.whole else min(widest, _NARROW)
    return found


def _block(heads: Sequence[str], cells: Sequence[str], width: int) -> Iterator[str]:
    """Return the lines of a row that is too wide for a table: what it has, each behind its heading."""
    first = max(map(columns, heads)) + 2
    for head, cell in zip(heads, cells, strict=True):
        lines = [line for part in cell.split("\n") for line in wrapped(part, max(width - first, _NARROW))]
        for number, line in enumerate(lines):
            yield (head if number == 0 else "") + " " * (first - (columns(head) if number == 0 else 0)) + line


def _text(value: object) -> str:
    return "" if value is None else str(value)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how many of something are done; anywhere else nothing."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console  # noqa: PLC0415 - on a terminal alone
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = BarColumn(), TextColumn("{task.completed:,} " + what.replace("{", "{{").replace("}", "}}")), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done: bar.advance(task, done)


# Refusing ---------------------------------------------------------------------------------------


def refuse(error: JsupError) -> int:
    """Print a refusal on stderr, each bad cell of a table on its own line, and return the exit status."""
    if isinstance(error, TableError):
        for problem in error.problems[:MOST_PROBLEMS]:
            place = say(N_("row {row}, column {column}"), row=problem.row, column=problem.column or "—")
            complain(f"{place}: {say(problem.message, **problem.values)}")
        more = len(error.problems) - MOST_PROBLEMS
        if more > 0:
            complain(say(N_("and {more} more, which --json lists"), more=more))
    sentence = say(error.message, **error.values)
    complain(f"{sentence} ({error.clause})" if error.clause else sentence)
    return error.exit_status


def remind(message: str, /, **values: object) -> None:
    """Print a reminder on stderr, so that a list on stdout stays a list."""
    _aside(say(message, **values))


def _aside(text: str) -> None:
    """Print on stderr, broken to the terminal's width where it goes to one; what nobody could see is spelt out."""
    shown = visible(text)
    print("\n".join(wrapped(shown, shutil.get_terminal_size().columns)) if sys.stderr.isatty() else shown, file=sys.stderr)


def on_terminal() -> bool:
    """Tell whether somebody could answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def agreed(question: str, **values: object) -> bool:
    """Ask on a terminal; anywhere else the answer is no."""
    if not on_terminal():
        return False
    print(f"{say(question, **values)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


def complain(sentence: str) -> None:
    """Print a sentence on stderr."""
    _aside(f"jsup: {sentence}")


def bug(error: BaseException, report: str) -> int:
    """Say that jsup itself failed and where its report lies."""
    complain(
        say(
            N_(
                "an error of jsup itself ({kind}): `jsup log` shows what was done; send the report {report} to whoever keeps jsup"
            ),
            kind=type(error).__name__,
            report=report,
        )
    )
    return 70
