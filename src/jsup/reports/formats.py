"""The formats of a report, and the writing of its files: all of them, or none."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final

from jsup import outputs
from jsup.errors import N_, TableError, UsageError
from jsup.reports.report import Report

FORMATS: Final = {"docx": "word", "html": "page", "xlsx": "workbook", "md": "mail"}
"""Each format with the module, and the function of that name in it, that makes it."""


def places(out: Path, formats: str | None) -> dict[str, Path]:
    """Return where each format goes: `out` for one, else `out` with each format's own ending in place of such a one.

    Without `formats` the ending of `out` says it.

    Raises:
        UsageError: a format is unknown or stands twice, or none is said.
        TableError: something lies there already.
    """
    ending = out.suffix[1:].lower()
    wanted = [one.strip().lower() for one in formats.split(",")] if formats else [ending]
    if not formats and ending not in FORMATS:
        raise UsageError(
            N_("--out {file}: name a file that ends in one of {endings}"),
            file=out.name, endings=", ".join(f".{one}" for one in FORMATS),
        )  # fmt: skip
    for one in wanted:
        if one not in FORMATS or wanted.count(one) > 1:
            raise UsageError(
                N_("--{option} cannot be {value}: choose one of {keys}"), option="format", value=formats, keys=tuple(FORMATS)
            )
    stem = out.with_suffix("") if ending in FORMATS else out
    found = {one: out if wanted == [ending] else stem.with_name(f"{stem.name}.{one}") for one in wanted}
    if out.is_dir():
        raise TableError(N_("{file} is there already: name a new file"), file=out)
    for place in found.values():
        if place.exists() or place.is_symlink():
            raise TableError(N_("{file} is there already: name a new file"), file=place)
    return found


def write(report: Report, found: dict[str, Path], done: Callable[[int], None] = lambda _one: None) -> list[Path]:
    """Write a report's files; where one cannot be written, none of them stays.

    Raises:
        TableError: one is there already, or cannot be written.
    """
    contents: dict[Path, bytes] = {}
    for one, place in found.items():
        name = FORMATS[one]
        made = getattr(import_module(f"jsup.reports.{name}"), name)(report)
        contents[place] = made.encode() if isinstance(made, str) else made
        done(1)
    outputs.make_all(contents)
    return list(contents)
