"""Seals: the journal's head, kept where the ledger's owner cannot change it, and whether today's journal continues one."""

import io
import json
import re
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from jsup import grids, reads
from jsup.errors import N_, UnknownError, read_bytes
from jsup.journal import Found
from jsup.reads import Place, Reads

_LINE: Final = re.compile(r"(\d{1,12}) (\d{4}-\d{2}-\d{2}) ([0-9a-f]{64})")
_LARGEST: Final = 10 * 1024 * 1024
"""Bytes of a file in which a seal is looked for, and of each part of a paper, unpacked."""


class Seal(NamedTuple):
    """The journal as it was on a day: how many entries, and the last one's hash."""

    entries: int
    sealed_on: str
    head: str

    @property
    def line(self) -> str:
        """The seal as it is printed, on papers too."""
        return f"台账封签 {self.entries} {self.sealed_on} {self.head}"


def of(ledger: Reads, today: date) -> Seal:
    """Return the seal of a journal as it stands."""
    (last,) = ledger.rows("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")
    return Seal(last["seq"], today.isoformat(), last["hash"])


def read(file: Path) -> list[Seal]:
    """Return the seals that stand in a file: in a text, in JSON of `jsup seal --json`, or in a paper in Word.

    Raises:
        UnknownError: the file cannot be read, or holds none.
    """
    text = _text(read_bytes(file, _LARGEST))
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        said = json.loads(text)
        text += f"\n{said['entries']} {said['sealed_on']} {said['head']}"
    found = {Seal(int(entries), day, head) for entries, day, head in _LINE.findall(text)}
    if not found:
        raise UnknownError(N_("{file} holds no seal: name a file of `jsup seal`, or a paper that has one"), file=file)
    return sorted(found)


def _text(data: bytes) -> str:
    """Return a file's text, of a Word file that of its parts."""
    if not data.startswith(b"PK"):
        return data.decode("utf-8", "replace")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = [part for part in packed.infolist() if part.filename.endswith(".xml") and part.file_size < _LARGEST]
            return "\n".join(re.sub("<[^>]*>", "", packed.read(part).decode("utf-8", "replace")) for part in parts)
    except grids.BROKEN:
        return ""


def broken(place: Place, seals: list[Seal]) -> Found:
    """Return the seals that a ledger's journal does not continue, as problems."""
    held = held_to(place, seals)
    message = N_(
        "the journal does not continue the seal of {sealed_on} (entry {entries}, {head}): it was made anew since, or cut off"
    )
    return [(message, seal._asdict()) for seal in seals if seal not in held]


def held_to(place: Place, seals: list[Seal]) -> list[Seal]:
    """Return the seals that a ledger's journal continues: an entry has that number and that hash."""
    with reads.store(place).reading(place) as run:
        entries = {
            seal: run(
                "SELECT 1 AS found FROM journal WHERE seq = :seq AND hash = :hash", {"seq": seal.entries, "hash": seal.head}
            )
            for seal in seals
        }
    return [seal for seal, rows in entries.items() if rows]
