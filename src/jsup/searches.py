"""Search over agencies, findings, clues and papers: any part of a word, in whatever language.

Complainants' data are not searched, nor what was transferred to 区纪委监委.
"""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from jsup.errors import checked
from jsup.reads import Reads, Row

AROUND: Final = 24
"""Characters that a snippet shows on each side of the hit."""


class _Source(NamedTuple):
    """Where a kind is looked for: rows of key, title and texts, and which columns hold the texts."""

    kind: str
    select: str
    columns: tuple[str, ...]
    order: str


_SOURCES: Final = (
    _Source("agency", "SELECT code AS key, name AS title, name, code FROM agency", ("name", "code"), "code"),
    _Source(
        "agency",
        "SELECT a.code AS key, a.name AS title, n.name AS former FROM agency_name n JOIN agency a ON a.code = n.agency_code",
        ("n.name",),
        "a.code, n.id",
    ),
    _Source(
        "finding",
        "SELECT number AS key, title, title AS called, facts, basis, number FROM finding",
        ("title", "facts", "basis", "number"),
        "number",
    ),
    _Source(
        "clue",
        "SELECT c.number AS key, c.title, c.title AS called, c.content, c.source_number, c.number"
        " FROM clue c LEFT JOIN paper p ON p.id = c.paper_id",
        ("c.title", "c.content", "c.source_number", "c.number"),
        "c.number",
    ),
    _Source(
        "paper",
        "SELECT p.id AS key, p.file_name AS title, p.number, p.file_name, p.data FROM paper p",
        ("p.number", "p.file_name"),
        "p.id",
    ),
    _Source(
        "paper",
        "SELECT p.id AS key, p.file_name AS title, f.title AS finding FROM paper p JOIN paper_finding m ON m.paper_id = p.id"
        " JOIN finding f ON f.number = m.finding_number",
        ("f.title",),
        "p.id, m.id",
    ),
)
_SAME_IN_ALL: Final = ("bureau", "document", "plan", "basis", "quote", "seal")
"""What a paper says that others of its kind say too: a hit there would name all of them."""
_NO_TRANSFER: Final = "COALESCE(p.kind, '') <> 'transfer'"


def found(ledger: Reads, text: str) -> list[Row]:
    """Return what holds a text, as kind, key, title and a snippet; Latin letters match whatever their case.

    Raises:
        UsageError: the text is empty, or holds what nobody could see.
    """
    wanted = checked(text, "TEXT")
    values = {"text": _pattern(wanted), "quoted": _pattern(json.dumps(wanted, ensure_ascii=False)[1:-1])}
    hits: dict[tuple[str, str], Row] = {}
    for source in _SOURCES:
        tests = [f"LOWER({column}) LIKE LOWER(:text) ESCAPE '@'" for column in source.columns]
        if "p.data" in source.select:
            tests.append("LOWER(p.data) LIKE LOWER(:quoted) ESCAPE '@'")
        where = f"({' OR '.join(tests)})" + (f" AND {_NO_TRANSFER}" if " paper p" in source.select else "")
        for row in ledger.rows(f"{source.select} WHERE {where} ORDER BY {source.order}", **values):
            snippet = _snippet(row, wanted)
            if snippet is not None:  # else it is a word of the form, not of the paper
                hit = {"kind": source.kind, "key": str(row["key"]), "title": row["title"], "snippet": snippet}
                hits.setdefault((source.kind, hit["key"]), hit)
    return [*hits.values()]


def _pattern(text: str) -> str:
    """Return a LIKE pattern for a text anywhere, whose own signs mean themselves."""
    for sign in "@%_":
        text = text.replace(sign, f"@{sign}")
    return f"%{text}%"


def _snippet(row: Row, wanted: str) -> str | None:
    """Return the surroundings of the first hit in a row's texts."""
    for name, value in row.items():
        for text in _texts(json.loads(value)) if name == "data" and value else [value]:
            if name not in ("key", "title") and isinstance(text, str):
                place = text.lower().find(wanted.lower())
                if place >= 0:
                    return _around(text, place, len(wanted))
    return None


def _around(text: str, place: int, length: int) -> str:
    start, end = max(place - AROUND, 0), place + length + AROUND
    return f"{'…' if start else ''}{' '.join(text[start:end].split())}{'…' if end < len(text) else ''}"


def _texts(value: Any) -> Iterator[Any]:
    """Go through the texts of a paper's contents."""
    if isinstance(value, dict):
        value = [item for key, item in value.items() if key not in _SAME_IN_ALL]
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield value
