"""The draw: frame, seed, tickets, size, strata and coverage, byte for byte, in integers and text only.

Anyone with sha256sum and sort can recompute it. A unit's ticket depends on the seed and its own
code alone, so adding or striking a unit never reorders the others.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    """A unit with the ticket that gives its place; `forced` where it could wait no longer."""

    unit: Unit
    ticket: str
    forced: bool = False


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
        ValueError: a line does not have the frame's four fields, or they hold what no frame does.
    """
    found = []
    for line in text.removesuffix("\n").split("\n"):
        uid, stratum, weight, wait = line.split("\t")
        unit = Unit(uid, stratum, int(weight), int(wait))
        if not 1 <= unit.weight <= MAX_WEIGHT or unit.wait < 0:
            raise ValueError(line)
        found.append(unit)
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


def size(number: int, share: Fraction) -> int:
    """Return how many of `number` units a share takes: rounded up, at least one.

    >>> size(34, Fraction(1, 10)), size(100, Fraction(7, 100)), size(37, Fraction(1, 10))
    (4, 7, 4)
    """
    return max(1, -(-number * share.numerator // share.denominator))


def first(seed: str, members: Sequence[Unit], count: int) -> list[Place]:
    """Return the `count` units with the smallest tickets, in the order of the tickets, ties by the bytes of the uid.

    A unit's ticket is the smallest of its tickets 1 to weight.
    """
    found = _under(seed, members, min(len(members), count + count // 32 + 64))
    if len(found) < count:
        found = _under(seed, members, len(members))
    # all tickets are of one length, and text in the order of its code points is in the order of its UTF-8 bytes
    found.sort(key=lambda place: place.ticket + place.unit.uid)
    return found[:count]


def _under(seed: str, members: Sequence[Unit], share: int) -> list[Place]:
    """Return each unit whose ticket lies in the first `share` of len(members) equal parts of all tickets."""
    head = sha256(f"jsup-draw/1|{seed}|".encode())  # what all tickets begin with is hashed once
    last = (share * (2**256 - 1) // max(1, len(members))).to_bytes(32)
    found = []
    for unit in members:
        (rest := head.copy()).update(f"{unit.uid}|1".encode())
        mine = rest.digest()
        if unit.weight > 1:
            mine = min(mine, *(bytes.fromhex(ticket(seed, unit.uid, k)) for k in range(2, unit.weight + 1)))
        if mine <= last:
            found.append(Place(unit, mine.hex()))
    return found


def sequence(seed: str, members: Sequence[Unit]) -> list[Place]:
    """Return all units in the order of their tickets."""
    return first(seed, members, len(members))


# Strata -----------------------------------------------------------------------------------------


def strata(members: Sequence[Unit]) -> dict[str, Sequence[Unit]]:
    """Return the units of each stratum, the strata in the order of their names' bytes."""
    names = sorted({unit.stratum for unit in members}, key=str.encode)
    if len(names) == 1:
        return {names[0]: members}
    return {name: [unit for unit in members if unit.stratum == name] for name in names}


def split(counts: Mapping[str, int], size: int) -> tuple[dict[str, int], list[str], int]:
    """Return each stratum's places that need no lot, the strata that tie for the rest, and how many those are.

    A stratum's quota is its share of the places; under 1 it is 1, and the others' are reckoned again.

    >>> split({"district": 27, "park": 1, "town": 9}, 4)
    ({'park': 1, 'town': 1, 'district': 2}, [], 0)
    >>> split({"district": 10, "town": 10}, 3)
    ({'district': 1, 'town': 1}, ['district', 'town'], 1)
    """
    rest, places, found = dict(counts), size, {}
    while small := [name for name, number in rest.items() if places * number < sum(rest.values())]:
        for name in small:
            found[name] = 1
            del rest[name]
        places -= len(small)
    number = sum(rest.values())
    left: dict[int, list[str]] = {}
    for name, units in rest.items():
        found[name], over = divmod(places * units, number)
        left.setdefault(over, []).append(name)
    places -= sum(found[name] for name in rest)
    for over in sorted(left, reverse=True):
        if places < len(left[over]):
            return found, left[over] if places else [], places
        places -= len(left[over])
        found |= {name: found[name] + 1 for name in left[over]}
    return found, [], 0


def quotas(counts: Mapping[str, int], size: int, seed: str) -> dict[str, int]:
    """Return how many units each stratum gives; never less than `size` together, and at least one each.

    Places that two strata have the same claim to go by the strata's tickets.
    """
    found, tied, places = split(counts, size)
    for name in sorted(tied, key=lambda name: ticket(seed, f"@stratum/{name}"))[:places]:
        found[name] += 1
    return found


# Coverage ---------------------------------------------------------------------------------------


def deadline(unit: Unit, coverage: int) -> int:
    """Return within how many draws, this one included, a unit has to be taken."""
    return max(1, coverage - unit.wait)


def least_coverage(members: Iterable[Unit], quota: int) -> int:
    """Return the smallest coverage that a stratum can keep: no more than quota x j units have a deadline of j or less.

    The i-th unit by wait, the longest first, is taken in the ceil(i / quota)-th draw at the latest.
    """
    waits = sorted((unit.wait for unit in members), reverse=True)
    return max((wait - (-index // quota) for index, wait in enumerate(waits[quota:], quota + 1)), default=1)


def forced(members: Iterable[Unit], quota: int, coverage: int) -> int:
    """Return how many units of a stratum have to be taken now, so that the later draws have room for the others."""
    found = sofar = 0
    for limit, number in sorted(Counter(deadline(unit, coverage) for unit in members).items()):
        sofar += number
        found = max(found, sofar - quota * (limit - 1))
    return found


def check_coverage(members: Mapping[str, Sequence[Unit]], places: Mapping[str, int], coverage: int) -> None:
    """Refuse a coverage that some stratum cannot keep.

    Raises:
        RefusedError: the sentence names the stratum that asks for most, and the smallest coverage that would do.
    """
    least, stratum = max((least_coverage(units, places[name]), name) for name, units in members.items())
    if coverage < least:
        raise RefusedError(
            N_("a coverage of {coverage} draws cannot be kept in the stratum {stratum}: the smallest that would do is {least}"),
            coverage=coverage,
            stratum=stratum,
            least=least,
        )


def line(seed: str, members: Sequence[Unit], quota: int, coverage: int, count: int) -> list[Place]:
    """Return the first `count` units of a stratum's sequence: the forced, earliest deadline first, then by ticket."""
    number = forced(members, quota, coverage) if coverage else 0
    if not number:
        return first(seed, members, count)
    order = sequence(seed, members)
    must = sorted(order, key=lambda place: deadline(place.unit, coverage))[:number]
    chosen = {place.unit.uid for place in must}
    rest = [place for place in order if place.unit.uid not in chosen]
    return [*(place._replace(forced=True) for place in must), *rest][:count]


def draw(seed: str, members: Sequence[Unit], size: int, coverage: int = 0) -> list[Place]:
    """Return the units taken, stratum by stratum.

    Raises:
        RefusedError: a stratum cannot keep the coverage.
    """
    groups = strata(members)
    places = quotas({name: len(units) for name, units in groups.items()}, size, seed)
    if coverage:
        check_coverage(groups, places, coverage)
    return [place for name, units in groups.items() for place in line(seed, units, places[name], coverage, places[name])]


def total(members: Sequence[Unit], size: int) -> int:
    """Return how many units a draw takes: `size`, or more where there are more strata than that."""
    found, _tied, places = split({name: len(units) for name, units in strata(members).items()}, size)
    return sum(found.values()) + places


def handed_on(seed: str, members: Sequence[Unit], size: int, coverage: int, replaced: Sequence[str]) -> list[Place]:
    """Return who takes the place of each replaced unit, in the order in which they were replaced.

    It is the next unit in the sequence of the same stratum that holds no place and never held one.

    Raises:
        RefusedError: the stratum has none left.
    """
    groups = strata(members)
    places = quotas({name: len(units) for name, units in groups.items()}, size, seed)
    of = {unit.uid: name for name, units in groups.items() for unit in units}
    lines = {
        name: iter(line(seed, groups[name], places[name], coverage, len(groups[name]))[places[name] :])
        for name in {of[uid] for uid in replaced}
    }
    found = []
    for uid in replaced:
        place = next(lines[of[uid]], None)
        if place is None:
            raise RefusedError(
                N_("the stratum {stratum} has no unit left that could take the place of {uid}"), stratum=of[uid], uid=uid
            )
        found.append(place)
    return found


# Shares -----------------------------------------------------------------------------------------

_FINEST = 10**12
"""A share of a finer denominator could not be written so that it is read again."""

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
    if not 0 < found <= 1 or found.denominator >= _FINEST:
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
