"""What can be refused, as a message key and values; console.py puts it into words."""

from __future__ import annotations

import unicodedata
from datetime import date

# The first deadline of a process is to be there at once, and every module imports this one: what takes
# milliseconds to import is left to type checkers.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a message for the catalogue and return it unchanged."""
    return message


class JsupError(Exception):
    """Anything jsup refuses or cannot do.

    `message` is a key of the catalogue (English) that names what happened, to what, and what to
    do next; `values` fill its braces; `clause` is the plan's clause where a rule refuses.
    """

    exit_status = 1

    def __init__(self, message: str, *, clause: str = "", **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values
        self.clause = clause

    def __str__(self) -> str:
        listed = {key: ", ".join(value) for key, value in self.values.items() if isinstance(value, dict | list | tuple)}
        return self.message.format(**self.values | listed)


class RefusedError(JsupError):
    """A rule of the plan or of the ledger does not allow it."""


class UnknownError(JsupError):
    """A number, code or key that the ledger does not hold."""


class UsageError(JsupError):
    """An option is missing or its value cannot be read."""

    exit_status = 2


class LedgerError(JsupError):
    """The ledger cannot be opened, read or written."""


class Problem:
    """One thing wrong in a table of people's data: `row` counts lines of the file from 1."""

    __slots__ = ("column", "message", "row", "values")

    def __init__(self, row: int, column: str, message: str, values: dict[str, object]) -> None:
        self.row, self.column, self.message, self.values = row, column, message, values


class TableError(JsupError):
    """A file of people's data is refused whole; `problems` lists each bad cell."""

    def __init__(self, message: str, problems: list[Problem] | None = None, **values: object) -> None:
        super().__init__(message)
        self.values = values
        self.problems = problems or []


# Cc control, Cf invisible format (bidi overrides, zero width), Cs half characters, Zl/Zp separators.
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def invisible(text: str, *, lines: bool = False) -> str | None:
    """Return the first character of `text` that nobody could see, or None.

    With `lines`, a line feed is a part of the text.
    """
    if text.isprintable():
        return None
    for character in text:
        if character == "\n" and lines:
            continue
        if unicodedata.category(character) in _INVISIBLE:
            return character
    return None


def visible(text: str, *, lines: bool = False, spelt: Callable[[str], str] = lambda character: repr(character)[1:-1]) -> str:
    r"""Return a text in which each character that nobody could see is spelt out: an escape is \x1b.

    With `lines`, a line feed is a part of the text.
    """
    if (text.replace("\n", "") if lines else text).isprintable():
        return text
    for character in set(text):
        if unicodedata.category(character) in _INVISIBLE and not (lines and character == "\n"):
            text = text.replace(character, spelt(character))
    return text


_BREAKS = ("\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029")
"""Line breaks that Word and Windows put into copied text; without `re`, which takes longer to import than all else here."""


def checked(text: str, what: str, *, lines: bool = False) -> str:
    """Return a text that people typed, without blanks at its ends.

    With `lines`, the line breaks that Word and Windows put into copied text are line feeds.

    Raises:
        UsageError: it is empty or holds a character that nobody could see.
    """
    if lines:
        for sign in _BREAKS:
            text = text.replace(sign, "\n")
        text = text.replace("\t", " ")
    text = text.strip(" \u3000\u00a0\n" if lines else " \u3000\u00a0")
    found = invisible(text, lines=lines)
    if found is not None:
        raise UsageError(
            N_("{what} holds the invisible character U+{point}: type it again without it"), what=what, point=f"{ord(found):04X}"
        )
    if not text:
        raise UsageError(N_("{what} is empty: give its text"), what=what)
    return text


def one_of(value: str | None, option: str, keys: Collection[str]) -> None:
    """Refuse the value of an option that takes one of some keys.

    Raises:
        UsageError: it is given and none of them.
    """
    if value is not None and value not in keys:
        raise UsageError(N_("--{option} cannot be {value}: choose one of {keys}"), option=option, value=value, keys=keys)


def file_name(path: Path) -> str:
    """Return a file's name as text that can be stored, whatever bytes the file system holds."""
    return visible(path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def ordinary(path: Path, most: int | None = None) -> None:
    """Refuse what is no ordinary file, or is larger than `most` bytes.

    Raises:
        UnknownError: it is so.
    """
    if path.exists() and not path.is_file():
        raise UnknownError(N_("{file} is no ordinary file: name another"), file=path)
    if most is not None and path.stat().st_size > most:
        raise UnknownError(
            N_("{file} is larger than what is read ({most} KiB): leave out what does not belong in it"),
            file=path,
            most=most // 1024,
        )


def unread(path: Path, error: OSError) -> UnknownError:
    """Return the refusal of a file that cannot be read."""
    return UnknownError(N_("{file} cannot be read ({error}): name a file that is there"), file=path, error=error.strerror)


def read_bytes(path: Path, most: int | None = None) -> bytes:
    """Return a file's bytes, `most` of them at most.

    Raises:
        UnknownError: it is not there, is no ordinary file, is larger, or may not be read.
    """
    try:
        ordinary(path, most)
        return path.read_bytes()
    except OSError as error:
        raise unread(path, error) from error


def iso_date(text: str, what: str) -> date:
    """Read a date written as YYYY-MM-DD.

    Raises:
        UsageError: it is no such date, 2026-02-30 included.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is not None and found.isoformat() == text:  # and not 20260901 or 2026-W36-2
        return found
    raise UsageError(N_("{what}: {text} is not a date: write it as 2026-09-01"), what=what, text=text)


def optional_day(text: str | None, what: str) -> date | None:
    """Read a date that may be missing; one that is empty is refused."""
    return None if text is None else iso_date(text, what)


def not_future(on: date, today: date) -> None:
    """Refuse a day after today.

    Raises:
        RefusedError: it is one.
    """
    if on > today:
        raise RefusedError(N_("{on} is in the future: today is {today}"), on=on, today=today)
