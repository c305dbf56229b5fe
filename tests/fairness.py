"""How a sampler is tried: p-values over many seeds, our own draw, and three samplers known to be bad.

A sample is the tuple of the indexes of the units taken, in the order of the draw; N units are numbered from 0, and n of
them are taken without replacement. Each test takes one sample for each of R seeds and returns the chance that a fair
sampler does no better. The samples must be of one size n, from 2 to N - 2.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from hashlib import sha256
from itertools import combinations, count, permutations
from math import comb, erfc, exp, lgamma, log, prod, sqrt
from typing import Any

from jsup import sampling
from jsup.sampling import Unit

Sample = tuple[int, ...]
Sampler = Callable[[int, int, int], Sample]
"""From the number of a seed, N and n to the sample; seeds are numbered in the order in which they come up."""

LEAST_EXPECTED = 5
"""Pearson's statistic follows its law well enough if each cell is expected so often."""


def samples(sampler: Sampler, seeds: int, units: int, taken: int) -> list[Sample]:
    """Return a sampler's samples for the seeds 0 to `seeds` - 1, equal samples as one object."""
    known: dict[Sample, Sample] = {}
    return [known.setdefault(sample, sample) for sample in (sampler(number, units, taken) for number in range(seeds))]


# Chi-square -------------------------------------------------------------------------------------


def chi_square(x: float, degrees: int) -> float:
    """Return the chance that chi-square with so many degrees of freedom is x or more.

    The finite sums in Abramowitz and Stegun, 26.4.4 and 26.4.5. Each term is taken through its logarithm, is at most 1 and is
    positive, so that nothing overflows or cancels far out in the tail.

    >>> round(chi_square(3.841458820694124, 1), 12), round(chi_square(18.307038053275146, 10), 12)
    (0.05, 0.05)
    """
    if x <= 0:
        return 1.0
    half, odd = x / 2, degrees % 2
    powers = (index + odd / 2 for index in range(degrees // 2))
    terms = sum(exp(power * log(half) - half - lgamma(power + 1)) for power in powers)
    return min(1.0, (erfc(sqrt(half)) if odd else 0.0) + terms)


def pearson(observed: Mapping[Any, int], law: Mapping[Any, Fraction]) -> float:
    """Return Pearson's p-value of counts against the chance of each cell; cells that are expected too seldom are pooled."""
    if observed.keys() - law.keys():
        return 0.0  # what cannot happen has happened
    total = sum(observed.values())
    cells: list[tuple[int, float]] = []
    pool, pool_expected = 0, 0.0
    for cell in sorted(law, key=law.__getitem__):
        found, expected = observed.get(cell, 0), float(total * law[cell])
        if expected < LEAST_EXPECTED or 0 < pool_expected < LEAST_EXPECTED:
            pool, pool_expected = pool + found, pool_expected + expected
        else:
            cells.append((found, expected))
    if pool_expected:
        cells.append((pool, pool_expected))
    if len(cells) == 1:
        raise ValueError("too few samples: all cells are pooled into one")
    return chi_square(sum((found - expected) ** 2 / expected for found, expected in cells), len(cells) - 1)


# The four tests ---------------------------------------------------------------------------------


def tally(samples: Iterable[Sample], units: int) -> tuple[Counter[Sample], int, int]:
    """Return how often each sample occurs, how many there are, and their size.

    Raises:
        ValueError: two sizes, a size about which the tests can say nothing, or a unit that is none or taken twice.
    """
    counts = Counter(samples)
    (taken,) = {len(sample) for sample in counts}
    if not 2 <= taken <= units - 2:
        raise ValueError(f"{taken} of {units} units: the tests are for 2 to N - 2")
    if any(len(set(sample)) < taken or min(sample) < 0 or max(sample) >= units for sample in counts):
        raise ValueError("a unit is taken twice, or is none of the units")
    return counts, counts.total(), taken


def inclusion(samples: Iterable[Sample], units: int) -> float:
    """Return the p-value of how often each unit is taken.

    The counts of one sample sum to n, so they are tied together, and Pearson's divisor would be wrong.
    """
    counts, seeds, taken = tally(samples, units)
    each = [0] * units
    for sample, times in counts.items():
        for unit in sample:
            each[unit] += times
    mean, spread = seeds * taken / units, seeds * taken * (units - taken) / (units * (units - 1))
    return chi_square(sum((number - mean) ** 2 for number in each) / spread, units - 1)


def pairs(samples: Iterable[Sample], units: int) -> float:
    """Return the p-value of how often each two units are taken together, beyond how often each of them is taken."""
    counts, seeds, taken = tally(samples, units)
    together = Counter[frozenset[int]]()
    each = [0] * units
    for sample, times in counts.items():
        for pair in combinations(sample, 2):
            together[frozenset(pair)] += times
        for unit in sample:
            each[unit] += times * (taken - 1)
    mean = seeds * comb(taken, 2) / comb(units, 2)
    effect = [(number - (units - 1) * mean) / (units - 2) for number in each]
    fits = (
        (together[frozenset((one, other))], mean + effect[one] + effect[other]) for one, other in combinations(range(units), 2)
    )
    spread = seeds * comb(units - 4, taken - 2) / comb(units, taken)
    return chi_square(sum((number - fit) ** 2 for number, fit in fits) / spread, units * (units - 3) // 2)


def who_is_first(samples: Iterable[Sample], units: int) -> float:
    """Return the p-value of how often each unit is taken first."""
    first = Counter[int]()
    for sample, times in tally(samples, units)[0].items():
        first[sample[0]] += times
    return pearson(first, dict.fromkeys(range(units), Fraction(1, units)))


def overlap(samples: Iterable[Sample], units: int) -> float:
    """Return the p-value of how many units two neighbouring seeds share.

    Seeds 0 and 1, 2 and 3, and so on: no seed is in two pairs, so the pairs are independent.
    """
    samples = list(samples)
    counts, _, taken = tally(samples, units)
    bits = {sample: sum(1 << unit for unit in sample) for sample in counts}
    shared = Counter[int]((bits[one] & bits[other]).bit_count() for one, other in zip(samples[::2], samples[1::2], strict=False))
    ways = {number: comb(taken, number) * comb(units - taken, taken - number) for number in range(taken + 1)}
    return pearson(shared, {number: Fraction(way, comb(units, taken)) for number, way in ways.items() if way})


TESTS = (inclusion, pairs, who_is_first, overlap)


def p_values(samples: Iterable[Sample], units: int) -> dict[str, float]:
    """Return the p-value of each of the four tests."""
    samples = list(samples)
    return {test.__name__: test(samples, units) for test in TESTS}


# The draw under test ----------------------------------------------------------------------------


@cache
def frozen(weights: tuple[int, ...]) -> tuple[list[Unit], str, dict[str, int]]:
    """Return a frame of units with these weights, its hash, and each unit's index."""
    members = [Unit(f"A{number:03}", weight=weight) for number, weight in enumerate(weights)]
    return members, sampling.digest(sampling.frame(members)), {unit.uid: number for number, unit in enumerate(members)}


def ours(number: int, units: int, taken: int, weights: Sequence[int] | None = None) -> Sample:
    """Return the sample of jsup's own draw; the public value counts up."""
    members, frame_sha256, index = frozen(tuple(weights or [1] * units))
    seed = sampling.seed("2026Q4", frame_sha256, f"value {number}")
    return tuple(index[place.unit.uid] for place in sampling.draw(seed, members, taken))


# Samplers known to be bad -----------------------------------------------------------------------


def every_kth(number: int, units: int, taken: int) -> Sample:
    """Take every k-th unit of the register from a random start: two units that stand side by side are never both taken."""
    step = units // taken
    start = int(sha256(f"value {number}".encode()).hexdigest(), 16) % step
    return tuple(range(start, units, step))[:taken]


def one_byte(number: int, units: int, taken: int) -> Sample:
    """Take the unit that one hash byte modulo N names, of the next hash if it is taken: 256 is no multiple of N."""
    found: list[int] = []
    for turn in count(1):
        unit = sha256(f"value {number}|{turn}".encode()).digest()[0] % units
        if unit not in found:
            found.append(unit)
        if len(found) == taken:
            break
    return tuple(found)


def congruential(number: int, units: int, taken: int) -> Sample:
    """Order the units by the numbers of C's `rand`, started with the seed: neighbouring seeds give related orders."""
    state, order = number, []
    for unit in range(units):
        state = (1103515245 * state + 12345) % 2**31
        order.append((state, unit))
    return tuple(unit for _, unit in sorted(order)[:taken])


BAD = (every_kth, one_byte, congruential)


# Weights ----------------------------------------------------------------------------------------


def exact_law(weights: Sequence[int], taken: int) -> dict[Sample, Fraction]:
    """Return the chance of each ordered sample when each place goes to one of the units left, in proportion to its weight.

    >>> exact_law((1, 3), 2)
    {(0, 1): Fraction(1, 4), (1, 0): Fraction(3, 4)}
    """
    total = sum(weights)

    def chance(sample: Sample) -> Fraction:
        left = [total - sum(weights[earlier] for earlier in sample[:place]) for place in range(taken)]
        return Fraction(prod(weights[unit] for unit in sample), prod(left))

    return {sample: chance(sample) for sample in permutations(range(len(weights)), taken)}


def weighted(samples: Iterable[Sample], weights: Sequence[int]) -> float:
    """Return the p-value of ordered samples against the exact law of these weights."""
    counts = Counter(samples)
    return pearson(counts, exact_law(weights, len(next(iter(counts)))))
