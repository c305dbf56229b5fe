"""What identifies a complainant stays out of every text that may leave the office: findings, papers, complaints, cases.

By construction: whoever enters such a text, phone and identity numbers become words in it before it is stored, and so do the
registered complainants' names, phones and addresses.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import Table, event, text
from sqlalchemy.orm import Session

from jsup.journal import canonical

WORDS: Final = {
    "name": ("（投诉举报人）", 2), "phone": ("（电话）", 7), "identity": ("（证件号码）", 7), "address": ("（地址）", 4),
}  # fmt: skip
"""What stands in a text in place of a complainant's data, which could not be erased there.

With each, the characters from which on the data are looked for: shorter ones are parts of other words.
"""

MASKED: Final = {
    "clue": ("title", "content"), "finding": ("title", "source", "facts", "basis", "remaining"), "event": ("details",),
    "gathering": ("subject", "who", "outcome"),
    "complaint": ("subject", "result"), "activity": ("title", "who", "outcome"), "activity_agency": ("note",),
    "resolution": ("text", "result"), "plan": ("legality", "reasonableness", "coordination"),
    "guidance": ("title",), "guide": ("title",), "inspection_note": ("text",), "experience": ("title", "text"),
    "score_objection": ("text", "answer"), "look": ("result",), "draw_check": ("note",), "draw_check_item": ("note",),
    "draw_substitution": ("note",), "duty_done": ("note",),
}  # fmt: skip
"""The columns of texts that reports, papers, scores and lists show; besides them every reason, in columns called `…why`."""

_WIDE: Final = str.maketrans("０１２３４５６７８９．（）－＋Ｘｘ\u3000\u00a0", "0123456789.()-+Xx  ")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])")
_PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:\+?86[ .-]?)?1[3-9]\d(?:[ .-]?\d{4}){2}|(?:\(0\d{2,3}\) ?|0\d{2,3}[ .-])\d{7,8})(?![0-9A-Za-z])",
    re.ASCII,
)
"""A mobile number, with or without blanks, dots or hyphens or the country's code, and one with its area's code before it."""


def without_numbers(said: str) -> str:
    """Return a text with words in place of the phone and identity numbers in it, written wide or not.

    >>> without_numbers("张某 138-0000-0001，310116199001010010，＋８６１３８００００００１２，（021）00000001，138.0000.0003")
    '张某 （电话），（证件号码），（电话），（电话），（电话）'
    """
    for pattern, word in ((_IDENTITY, WORDS["identity"][0]), (_PHONE, WORDS["phone"][0])):
        for match in reversed([*pattern.finditer(said.translate(_WIDE))]):
            said = f"{said[: match.start()]}{word}{said[match.end() :]}"
    return said


def without_person(said: str, person: Mapping[str, str | None]) -> str:
    """Return a text with words in place of one complainant's data."""
    for key, (word, least) in WORDS.items():
        if len(data := person.get(key) or "") >= least:
            said = said.replace(data, word)
    return said


def masked(said: Any, people: Iterable[Mapping[str, str | None]]) -> Any:
    """Return a text, or all texts in lists and dicts, without the people's data and without numbers of anybody."""
    if isinstance(said, str):
        for person in people:
            said = without_person(said, person)
        return without_numbers(said)
    if isinstance(said, dict):
        return {key: masked(value, people) for key, value in said.items()}
    return [masked(value, people) for value in said] if isinstance(said, list) else said


PEOPLE: Final = "SELECT name, phone, identity, address FROM complainant WHERE erased_on IS NULL"
"""The complainants that the ledger knows."""


def keep(session: Session) -> None:
    """Watch a session: what it stores in the columns of MASKED, and as a reason, names no complainant."""

    @event.listens_for(session, "before_flush")
    def mask(session: Session, *_: object) -> None:
        texts = [
            (row, column) for row in (*session.new, *session.dirty) for column in _columns(row.__table__) if getattr(row, column)
        ]
        if not texts:
            return
        people = [dict(row) for row in session.connection().execute(text(PEOPLE)).mappings()]
        for row, column in texts:
            value = getattr(row, column)
            told = json.loads(value) if column == "details" else value
            said = masked(told, people)
            if _of_its_own(row):
                said = told | {key: text for key, text in said.items() if key == "why"}
            if said != told:
                setattr(row, column, canonical(said) if column == "details" else said)


def _of_its_own(row: Any) -> bool:
    """Tell whether a row is an event of an agency, an inspector or an entrustment, which have phones and numbers of their own."""
    return bool(row.__tablename__ == "event" and row.step.startswith(("agency ", "inspector ", "entrustment ")))


@cache
def _columns(table: Table) -> tuple[str, ...]:
    """Return the columns of a table in which nobody is to be named."""
    return (*MASKED.get(table.name, ()), *(name for name in table.columns.keys() if name.endswith("why")))  # noqa: SIM118
