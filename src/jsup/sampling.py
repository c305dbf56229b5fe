"""The draw: frame, seed, tickets and size, byte for byte, in integers and text only.

Anyone with sha256sum and sort can recompute it. A unit's ticket depends on the seed and its own
code alone, so adding or striking a unit never reorders the others.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction
from hashlib import sha256
from typing import NamedTuple

from jsup.errors import N_, RefusedError, UsageError, invisible

MAX_WEIGHT = 9
WHOLE = "all"
"""The stratum of every unit when a draw is not stratified."""


class Unit(NamedTuple):
    """An agency that may be drawn; `wait` counts the consecutive earlier draws that did not take it."""

    uid: str
    stratum: str = WHOLE
    weight: int = 1
    wait: int = 0


class Place(NamedTuple):
    """A unit with the ticket that gives its place."""

    unit: Unit
    ticket: str


def token(text: str, what: str) -> str:
    """Return a uid, stratum or public value unchanged if the draw's bytes can hold it.

    Raises:
        UsageError: it is empty, not in Unicode NFC, or holds `|`, a tab, a control character or a
            blank at either end.
    """
    if (
        not text
        or "|" in text
        or text != text.strip()
        or invisible(text) is not None
        or not unicodedata.is_normalized("NFC", text)
    ):
        raise UsageError(
            N_("{what} {text!r} cannot be used in a draw: no |, no invisible character, no blank at either end, Unicode NFC"),
            what=what,
            text=text,
        )
    return text


def frame(units: Iterable[Unit]) -> str:
    r"""Return the frozen frame: one line a unit, sorted by bytes.

    >>> frame([Unit("b"), Unit("a", wait=2)])
    'a\tall\t1\t2\nb\tall\t1\t0\n'
    """
    lines = ["\t".join(map(str, unit)) + "\n" for unit in units]
    return "".join(sorted(lines, key=str.encode))


def units(text: str) -> list[Unit]:
    """Read a frame back into its units.

    Raises:
        ValueError: a line does not have the frame's four fields.
    """
    found = []
    for line in text.removesuffix("\n").split("\n"):
        uid, stratum, weight, wait = line.split("\t")
        found.append(Unit(uid, stratum, int(weight), int(wait)))
    return found


def digest(text: str) -> str:
    """Return the lower-case hex SHA-256 of a text's UTF-8 bytes."""
    return sha256(text.encode()).hexdigest()


def seed(draw_id: str, frame_sha256: str, public_value: str) -> str:
    """Return the seed that fixes every ticket of a draw."""
    return digest(f"jsup-seed/1|{draw_id}|{frame_sha256}|{public_value}")


def ticket(seed: str, uid: str, k: int = 1) -> str:
    """Return a unit's k-th ticket."""
    return digest(f"jsup-draw/1|{seed}|{uid}|{k}")


def sequence(seed: str, members: Sequence[Unit]) -> list[Place]:
    """Return the units in the order of their smallest tickets, ties by the bytes of the uid."""
    places = [Place(unit, min(ticket(seed, unit.uid, k) for k in range(1, unit.weight + 1))) for unit in members]
    return sorted(places, key=lambda place: (place.ticket, place.unit.uid.encode()))


def size(number: int, share: Fraction) -> int:
    """Return how many of `number` units a share takes: rounded up, at least one.

    >>> size(34, Fraction(1, 10)), size(100, Fraction(7, 100)), size(37, Fraction(1, 10))
    (4, 7, 4)
    """
    return max(1, -(-number * share.numerator // share.denominator))


_SHARE = re.compile(r"(\d{1,12}(?:\.\d{1,12}|/\d{1,12})?)([%％]?)", re.ASCII)


def share(text: str) -> Fraction:
    """Read a share of at most the whole: 10%, 12.5%, 1/8 or 0.1.

    Raises:
        UsageError: it is none.
    """
    match = _SHARE.fullmatch(text)
    try:
        found = Fraction(match[1]) / (100 if match[2] else 1) if match else Fraction(0)
    except ZeroDivisionError:
        found = Fraction(0)
    if not 0 < found <= 1:
        raise UsageError(N_("{text} is not a share: write it as 10% or 1/8"), text=text)
    return found


def read_share(text: str, floor: Fraction, clause: str) -> Fraction:
    """Read the share of a draw.

    Raises:
        UsageError: it is no share of at most the whole.
        RefusedError: it is under the policy's floor.
    """
    found = share(text)
    if found < floor:
        raise RefusedError(
            N_("a share of {share} is under the plan's floor of {floor}: draw at least {floor}"),
            clause=clause,
            share=write_share(found),
            floor=write_share(floor),
        )
    return found


def write_share(share: Fraction) -> str:
    """Write a share in percent if that is exact, else as a fraction.

    >>> write_share(Fraction(1, 8)), write_share(Fraction(1, 3)), write_share(Fraction(1, 10))
    ('12.5%', '1/3', '10%')
    """
    for places in range(4):
        scaled = share * 100 * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).zfill(places + 1)
            return (f"{digits[:-places]}.{digits[-places:]}" if places else digits) + "%"
    return str(share)
