"""Files that jsup writes for people: never through a link, and under names that stay in their folder on every system."""

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from jsup.errors import N_, TableError, visible

MOST_BYTES: Final = 240
"""Bytes of a name that jsup makes; file systems allow 255, and a number or 旧 may come behind it."""

_NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|]|\.\.')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever follows the dot."""


def make(path: Path, data: bytes) -> None:
    """Write a new file; nothing of it stays where that fails.

    Raises:
        FileExistsError: something has its name, if only a link that leads nowhere.
        OSError: it cannot be written.
    """
    file = path.open("xb")  # which follows no link
    try:
        with file:
            file.write(data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def make_all(files: Mapping[Path, bytes]) -> None:
    """Write new files, all of them or none.

    Raises:
        TableError: one is there already, or cannot be written.
    """
    made: list[Path] = []
    try:
        for path, data in files.items():
            make(path, data)
            made.append(path)
    except OSError as error:
        for other in made:
            with suppress(OSError):
                other.unlink()
        if isinstance(error, FileExistsError):
            raise TableError(N_("{file} is there already: name a new file"), file=path) from None
        raise TableError(N_("{file} cannot be written ({error})"), file=path, error=error.strerror) from error


def make_beside(path: Path, data: bytes) -> None:
    """Write a file that gets its name later, in place of what an interrupted command left there, or somebody laid there.

    A link goes, and what it leads to stays as it is.

    Raises:
        OSError: it cannot be written.
    """
    path.unlink(missing_ok=True)
    make(path, data)


def shortened(text: str, most: int) -> str:
    """Return as much of a text's beginning as goes into so many bytes."""
    return text.encode()[:most].decode(errors="ignore").rstrip(". ")


def name(text: str) -> str:
    """Return a text as the name of one file: not hidden, no path, no device, nothing that nobody could see.

    >>> name("a/b.docx"), name("../x"), name(".x"), name("con.docx")
    ('a_b.docx', '__x', '_.x', '_con.docx')
    """
    found = shortened(_NOT_IN_NAMES.sub("_", visible(text, spelt=lambda _character: "_")), MOST_BYTES)
    return f"_{found}" if not found or found.startswith(".") or _RESERVED.match(found) else found
