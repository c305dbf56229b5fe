"""What becomes of clues: a finding, a referral with its slip, a merger with another clue, or a dismissal with a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from jsup import casework, clues, intake
from jsup.errors import N_, RefusedError, UsageError, checked, not_future
from jsup.ledger import Ledger
from jsup.papers import issue
from jsup.papers.cases import paragraphs
from jsup.papers.contents import Matter
from jsup.papers.trays import Tray, issuing
from jsup.register import get as get_agency
from jsup.watched import Clue
from jsup.words import CHANNELS, chinese_day

_REASON: Final = "请依职责办理。"
"""What a slip gives as its reason where the officer gives none."""
_DISCIPLINE: Final = ("纪委", "监委")
"""A body called so is the one whose matters are its own from then on."""


@dataclass
class Choice:
    """What an officer decides on clues: exactly one of the four ways, with what belongs to it."""

    on: date
    finding: bool = False
    refer_to: str | None = None
    merge_into: str | None = None
    dismiss: bool = False
    category: str | None = None
    title: str | None = None
    facts: str | None = None
    basis: str | None = None
    agency: str | None = None
    materials: str | None = None
    why: str | None = None
    out: Path | None = None
    force: bool = False


_BECAME: Final = {
    clues.FINDING: ("finding_number", N_("{number} was triaged on {on} already: it became the finding {became}")),
    clues.REFERRED: ("referred_to", N_("{number} was triaged on {on} already: it was referred to {became}")),
    clues.MERGED: ("merged_into", N_("{number} was triaged on {on} already: it was merged into {became}")),
    clues.DISMISSED: ("why", N_("{number} was triaged on {on} already: it was dismissed: {became}")),
}
"""What tells of a clue that is triaged what became of it."""


def triage(ledger: Ledger, numbers: Sequence[str], choice: Choice) -> tuple[list[str], Sequence[tuple[str, dict[str, Any]]]]:
    """Decide on clues, all of them or none; return their numbers, and what the officer is to be told.

    Raises:
        UsageError: not exactly one way is chosen, or what it wants is missing, or what belongs to another is given.
        UnknownError: no such clue, category or agency.
        RefusedError: a clue is triaged already, the day is before its receipt or in the future.
    """
    way = _chosen(choice)
    with issuing(ledger, (choice.out or Path()) if way == "refer_to" else None, force=choice.force) as tray:
        not_future(choice.on, ledger.entry.today)
        found = [_open(tray, number, choice.on) for number in dict.fromkeys(numbers)]
        named = [clue.number for clue in found]
        told = _WAYS[way][0](tray, found, choice)
        for clue in found:
            clue.triaged_on = choice.on
            intake.note(tray.desk, clue, "clue triage", choice.on, **told)
        tray.desk.session.flush()
    return named, tray.told


def _chosen(choice: Choice) -> str:
    """Return the way that is chosen, and read its texts."""
    ways = [way for way in _WAYS if getattr(choice, way)]
    if len(ways) != 1:
        raise UsageError(N_("`clue triage` wants exactly one of --finding, --refer-to T, --merge-into N and --dismiss"))
    (way,) = ways
    _act, wants, takes = _WAYS[way]
    for key in wants:
        if not getattr(choice, key):
            raise UsageError(N_("`{step}` wants {missing} as well"), step=f"clue triage --{_dashed(way)}", missing=f"--{key}")
    for key in ("category", "title", "facts", "basis", "agency", "materials", "out", "force", "why"):
        value = getattr(choice, key)
        if value and key not in (*wants, *takes):
            raise UsageError(N_("--{option} does not go with --{way}"), option=key, way=_dashed(way))
        if isinstance(value, str) and key in ("facts", "basis", "materials", "why"):
            setattr(choice, key, checked(value, f"--{key}", lines=True))
    return way


def _dashed(key: str) -> str:
    return key.replace("_", "-")


def _open(tray: Tray, number: str, on: date) -> Clue:
    """Return a clue that waits for its triage."""
    clue = intake.get(tray.desk, number)
    if clue.state != clues.OPEN:
        key, message = _BECAME[clue.state]
        raise RefusedError(message, number=number, on=clue.triaged_on, became=getattr(clue, key))
    if on < clue.received_on:
        raise RefusedError(
            N_("{number}: {on} is before {floor}, the day on which it was received"), number=number, on=on, floor=clue.received_on
        )
    return clue


# The four ways ----------------------------------------------------------------------------------


def _find(tray: Tray, found: Sequence[Clue], choice: Choice) -> dict[str, Any]:
    """Make one finding of clues about one agency."""
    agencies = {clue.agency_code for clue in found} - {None} if choice.agency is None else {choice.agency}
    if len(agencies) != 1:
        raise UsageError(N_("say with --agency at which agency the finding is: these clues name {count}"), count=len(agencies))
    (agency,) = agencies
    number = casework.enter(
        tray.desk, agency=str(agency), category=str(choice.category), title=choice.title or found[0].title, found_on=choice.on,
        source="线索" + "、".join(clue.number for clue in found), facts=choice.facts, basis=choice.basis,
    )  # fmt: skip
    for clue in found:
        clue.state, clue.finding_number = clues.FINDING, number
        clue.agency_code = clue.agency_code or agency
    return {"finding": number}


def _refer(tray: Tray, found: Sequence[Clue], choice: Choice) -> dict[str, Any]:
    """Refer clues with one slip, or with the letter of a transfer, which tells nothing of the matter.

    Source: 二（一）1; 二（二）2.
    """
    desk, to = tray.desk, checked(str(choice.refer_to), "--to")
    theirs = to == desk.policy.own["office"]["discipline"] or any(word in to for word in _DISCIPLINE)
    if theirs:
        materials = choice.materials or f"线索材料（{'、'.join(clue.number for clue in found)}）"
        kind, said = "transfer", {"to": to, "materials": " ".join(paragraphs(materials))}
    else:
        kind, said = "clue-slip", _slip(tray, found, choice, to)
    matter = Matter(desk.policy.paper(kind), choice.on, said=said)
    (made,) = issue.drafted(tray, [matter], choice.out or Path())
    for clue in found:
        clue.state, clue.referred_to, clue.paper_id = clues.REFERRED, to, made.paper
        clue.why = None if theirs else choice.why
    return {"to": to, "paper": made.paper}


def _slip(tray: Tray, found: Sequence[Clue], choice: Choice, to: str) -> dict[str, Any]:
    """Return what a slip says of its clues; of complainants nothing."""
    lines = []
    for clue in found:
        agency = get_agency(tray.desk.session, clue.agency_code).name if clue.agency_code else ""
        source = f"来源编号：{clue.source_number}" if clue.source_number else ""
        more = "，".join(filter(None, (source, agency and f"涉及单位：{agency}")))
        lines += [f"{clue.number}　{clue.title}{f'（{more}）' if more else ''}", *paragraphs(clue.content)]
    return {
        "to": to,
        "sender": tray.desk.policy.own["office"]["name"],
        "receiver": to,
        "channel": "、".join(dict.fromkeys(CHANNELS[clue.channel] for clue in found)),
        "received_on": "、".join(dict.fromkeys(chinese_day(clue.received_on) for clue in found)),
        "clue": lines,
        "reason": " ".join(paragraphs(choice.why)) or _REASON,
        "materials": " ".join(paragraphs(choice.materials)),
    }


def _merge(tray: Tray, found: Sequence[Clue], choice: Choice) -> dict[str, Any]:
    """Merge clues into another that stands on its own."""
    into = intake.get(tray.desk, str(choice.merge_into))
    if into in found:
        raise RefusedError(N_("{number} cannot be merged into itself: name another clue"), number=into.number)
    if into.state == clues.MERGED:
        raise RefusedError(
            N_("{number} was merged into {became} itself: name that one"), number=into.number, became=into.merged_into
        )
    if into.state in (clues.DISMISSED, clues.REFERRED):
        raise RefusedError(
            N_("{number} was dismissed or referred, and nobody works on it here any more: name another clue"), number=into.number
        )
    for clue in found:
        clue.state, clue.merged_into, clue.why = clues.MERGED, into.number, choice.why
    return {"into": into.number}


def _dismiss(_tray: Tray, found: Sequence[Clue], choice: Choice) -> dict[str, Any]:
    """Dismiss clues with a reason."""
    for clue in found:
        clue.state, clue.why = clues.DISMISSED, choice.why
    return {"why": choice.why}


_Act = Callable[[Tray, Sequence[Clue], Choice], dict[str, Any]]
_WAYS: Final[dict[str, tuple[_Act, tuple[str, ...], tuple[str, ...]]]] = {
    "finding": (_find, ("category",), ("title", "facts", "basis", "agency")),
    "refer_to": (_refer, (), ("materials", "why", "out", "force")),
    "merge_into": (_merge, (), ("why",)),
    "dismiss": (_dismiss, ("why",), ()),
}
"""The four ways: what is done, what each wants, and what else it takes."""
