"""The chance that each unit of a draw has of being taken, over a uniformly random seed.

A ticket is as good as a random number from 0 to 1. Let the tickets be called in ascending order: while the share u of
them is still to come, a unit of weight w has not been called yet with the chance u**w, whatever becomes of the others. So
it is taken with the integral over u, from 0 to 1, of w * u**(w - 1) * P(taken if called at u), and that probability
hangs only on how many others were called before it.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from math import comb, cosh, exp, lcm, pi, sinh
from operator import mul
from typing import NamedTuple

from jsup import sampling
from jsup.sampling import Unit

WORK = 10**11
"""How much work (as `_of_classes` reckons it) an exact chance is worth: about a second. Beyond it floats have to do."""
PRECISION = Fraction(1, 10**9)
"""What the integration in floats strives for; their rounding errors stay far below it."""
REACH, STEP, LEAST_STEP, NOTHING = 3.25, 1 / 8, 1 / 256, 1e-13
"""The integration in floats: how far out it goes (beyond lies 1e-17), its first and last step, and what it takes for 0."""

Class = tuple[bool, int]
"""Units that stand alike in a stratum: whether they tie at the cut-off deadline, and their weight."""


class Chance(NamedTuple):
    """A unit's chance of being taken; `precision` is how far `value` may be off, None if it is exact."""

    value: Fraction
    precision: Fraction | None


SURE, NEVER = Chance(Fraction(1), None), Chance(Fraction(0), None)


class Contest(NamedTuple):
    """What is open in a stratum: how many units of each weight there are, and how many places.

    `must` places go to those called first of the units `tied` at the cut-off deadline, the `free` ones to those called first
    of the other tied and the `later` ones.
    """

    tied: Counter[int]
    later: Counter[int]
    must: int
    free: int


def inclusion(members: Sequence[Unit], size: int, coverage: int = 0) -> dict[str, Chance]:
    """Return each unit's chance of being taken by `sampling.draw`, by uid, before the public value is known.

    Source: Efraimidis and Spirakis, Weighted random sampling with a reservoir, Inf. Process. Lett. 97 (2006), 181-185.

    Raises:
        RefusedError: a stratum cannot keep the coverage with the fewest places that the lot may give it.

    >>> {uid: str(chance.value) for uid, chance in inclusion([Unit("a"), Unit("b"), Unit("c", weight=2)], 1).items()}
    {'a': '1/4', 'b': '1/4', 'c': '1/2'}
    """
    groups = sampling.strata(members)
    places, tied, more = sampling.split({name: len(units) for name, units in groups.items()}, size)
    if coverage:
        sampling.check_coverage(groups, places, coverage)
    found: dict[str, Chance] = {}
    for name, units in groups.items():
        found |= _in_stratum(units, places[name], coverage)
        if name in tied:
            lucky = _in_stratum(units, places[name] + 1, coverage)
            found |= {uid: _mixed(found[uid], chance, Fraction(more, len(tied))) for uid, chance in lucky.items()}
    return found


def _mixed(one: Chance, other: Chance, lot: Fraction) -> Chance:
    """Return the chance of a unit that has the `other` chance if a lot falls to its stratum, and else the `one`."""
    precisions = [chance.precision for chance in (one, other) if chance.precision is not None]
    return Chance(one.value + (other.value - one.value) * lot, max(precisions, default=None))


def _in_stratum(members: Sequence[Unit], places: int, coverage: int) -> dict[str, Chance]:
    """Return the chances in a stratum that has so many places."""
    number = sampling.forced(members, places, coverage) if coverage else 0
    limits = {unit: sampling.deadline(unit, coverage) for unit in members}
    cut = sorted(limits.values())[number - 1] if number else 0
    tied = Counter(unit.weight for unit, limit in limits.items() if limit == cut)
    later = Counter(unit.weight for unit, limit in limits.items() if limit > cut)
    must = number - (len(members) - tied.total() - later.total())
    found = _of_classes(Contest(tied, later, must, places - number))
    return {unit.uid: SURE if limit < cut else found.get((limit == cut, unit.weight), SURE) for unit, limit in limits.items()}


def _of_classes(contest: Contest) -> dict[Class, Chance]:
    """Return the chance of each class that is not sure of its places, exactly where that is feasible."""
    tied, later, must, free = contest
    if must + free >= tied.total() + later.total():
        return {}
    if must == tied.total():
        tied, must = Counter(), 0
    never = {} if free else {(False, weight): NEVER for weight in later}
    contest = Contest(tied, later if free else Counter(), must, free)
    weights = contest.tied + contest.later
    if len(weights) <= 1:
        return never | _even(contest)
    # Each coefficient of the polynomials in _called is less than this sum; one bit more holds its sign.
    bits = sum(comb(weights.total(), number) << number for number in range(must + free)).bit_length() + 1
    if weights.total() * (must + free) * sum(weights.elements()) * bits**2 > WORK:
        return never | _approximate(contest)
    packed = _called(contest, 1 << bits)
    return never | {key: Chance(_integral(int(value), bits, key[1]), None) for key, value in packed.items()}


def _even(contest: Contest) -> dict[Class, Chance]:
    """Return the chances of units of one weight, which are called in any order with the same chance.

    The first `must + free` called are taken; only where fewer than `must` of them are tied do the last of the later ones
    make room. So the tied get as many places as there are tied among them, and `must` at least.
    """
    tied, later, taken = contest.tied.total(), contest.later.total(), contest.must + contest.free
    ways = [comb(tied, number) * comb(later, taken - number) for number in range(min(tied, taken) + 1)]
    places = Fraction(sum(max(number, contest.must) * count for number, count in enumerate(ways)), sum(ways))
    found = {(True, weight): Chance(places / tied, None) for weight in contest.tied}
    return found | {(False, weight): Chance((taken - places) / later, None) for weight in contest.later}


def _called(contest: Contest, u: float) -> dict[Class, float]:
    """Return P(taken if called at u) of each class, which is a polynomial in u with whole coefficients.

    A tied unit is taken if fewer than `must` tied ones were called before it, or fewer than `must + free` of all; a later
    one if fewer than `free` were called before it, the first `must` of the tied not counted. An int u gives exact ints.
    """
    must, free = contest.must, contest.free
    tied, later = _numbers(contest.tied, must + free, u), _numbers(contest.later, free, u)
    found = {}
    for weight in contest.tied:
        numbers, at_most = tied[weight], [*accumulate(later[0])]
        found[True, weight] = sum(numbers[:must]) + sum(map(mul, numbers[must:], reversed(at_most)))
    for weight in contest.later:
        numbers, at_most = [sum(tied[0][: must + 1]), *tied[0][must + 1 :]], [*accumulate(later[weight])]
        found[False, weight] = sum(map(mul, numbers, reversed(at_most)))
    return found


def _numbers(units: Counter[int], limit: int, u: float) -> dict[int, list[float]]:
    """Return the chances that 0, 1, ... `limit` - 1 units were called before u, by the weight of a unit left out, 0 for none."""

    def add(found: list[float], weights: list[int]) -> list[float]:
        for weight in weights:
            waits = u**weight
            found = [fewer + (same - fewer) * waits for same, fewer in zip(found, [0, *found], strict=False)]
        return found

    most = add([1, *[0] * (limit - 1)], [*(units - Counter([*units])).elements()])
    return {left_out: add(most, [weight for weight in units if weight != left_out]) for left_out in (0, *units)}


def _integral(packed: int, bits: int, weight: int) -> Fraction:
    """Return the integral over u, from 0 to 1, of weight * u**(weight - 1) * p(u), for p(2**bits) of a polynomial p.

    The coefficients of p are the digits of that number to the base 2**bits, counted from -half to half.
    """
    half, coefficients = 1 << (bits - 1), []
    for _ in range(packed.bit_length() // bits + 1):
        packed += half
        coefficients.append((packed & (2 * half - 1)) - half)
        packed >>= bits
    scale = lcm(*range(weight, weight + len(coefficients)))
    return Fraction(weight * sum(scale // power * digit for power, digit in enumerate(coefficients, weight)), scale)


def _approximate(contest: Contest) -> dict[Class, Chance]:
    """Return the chances in floats, halving the step of the integration until that changes next to nothing.

    The last change bounds the error that is left: each halving takes away far more than half of it.
    """
    step, change, found = STEP, 1.0, _trapezoid(contest, STEP, 0)
    while change > PRECISION and step > LEAST_STEP:
        between = _trapezoid(contest, step, step / 2)
        change = max(abs(between[key] - value) / 2 for key, value in found.items())
        found = {key: (between[key] + value) / 2 for key, value in found.items()}
        step /= 2
    precision = PRECISION
    while precision < change:
        precision *= 10
    return {key: Chance(Fraction(value), precision) for key, value in found.items()}


def _trapezoid(contest: Contest, step: float, start: float) -> dict[Class, float]:
    """Return the integral of each class by the trapezoidal rule over x, where u = 1 / (1 + exp(-pi * sinh(x))).

    Source: Takahasi and Mori, Double exponential formulas for numerical integration, Publ. RIMS 9 (1974), 721-741.
    """
    found: dict[Class, float] = defaultdict(float)
    for number in range(int(REACH / step), -int(REACH / step) - 1, -1):
        x = start + number * step
        odds = exp(-pi * sinh(x))
        u = 1 / (1 + odds)
        area = step * pi * cosh(x) * odds * u * u
        chances = _called(contest, u)
        if max(chances.values()) < NOTHING:  # and it falls further as u does
            break
        for (tied, weight), chance in chances.items():
            found[tied, weight] += area * weight * u ** (weight - 1) * chance
    return found
