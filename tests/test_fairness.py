"""Is the draw fair: counts over many seeds against their exact laws, and bad samplers that the same tests find out."""

import random
from collections import Counter
from fractions import Fraction
from itertools import permutations

import pytest

from jsup import sampling
from jsup.sampling import Unit
from tests import fairness

SEEDS = 20_000
FAIR = 0.001
"""A fair draw falls under this p-value once in a thousand tests; the seeds are fixed, so it does so always or never."""
BAD = 1e-6


def shuffled(samples: int, units: int, taken: int, seed: int) -> list[fairness.Sample]:
    """What the standard library's own sampler takes."""
    chance = random.Random(seed)
    return [tuple(chance.sample(range(units), taken)) for _ in range(samples)]


# The draw


@pytest.mark.parametrize(("units", "taken"), [(12, 3), (7, 2), (10, 6), (37, 4)])
def test_every_unit_pair_first_place_and_overlap_comes_as_often_as_in_a_simple_random_sample(units, taken):
    found = fairness.p_values(fairness.samples(fairness.ours, SEEDS, units, taken), units)
    assert set(found) == {"inclusion", "pairs", "who_is_first", "overlap"}
    assert all(p > FAIR for p in found.values()), found


@pytest.mark.parametrize(
    ("weights", "taken"), [((1, 2, 3, 4, 9), 2), ((1, 1, 2, 2, 5, 9), 3), ((3, 3, 3, 3, 3), 2), ((9, 1, 1), 1), ((1, 9, 2, 2), 4)]
)
def test_weighted_units_are_drawn_by_successive_sampling(weights, taken):
    drawn = [fairness.ours(number, len(weights), taken, weights) for number in range(SEEDS)]
    assert fairness.weighted(drawn, weights) > FAIR


def test_a_weighted_draw_is_not_the_draw_of_other_weights():
    drawn = [fairness.ours(number, 5, 2, (1, 2, 3, 4, 9)) for number in range(SEEDS)]
    assert fairness.weighted(drawn, (1, 2, 3, 4, 8)) < BAD
    assert fairness.weighted(drawn, (1, 2, 3, 5, 9)) < BAD


def test_inside_a_stratum_the_draw_is_a_simple_random_sample():
    towns = [f"T{number:02}" for number in range(12)]
    members = [*(Unit(uid, "town") for uid in towns), *(Unit(f"D{number:02}", "district") for number in range(20))]
    assert sampling.quotas({"town": 12, "district": 20}, 8, "") == {"town": 3, "district": 5}  # no place goes by lot
    frame_sha256 = sampling.digest(sampling.frame(members))
    drawn = []
    for number in range(SEEDS):
        places = sampling.draw(sampling.seed("2026Q4", frame_sha256, f"value {number}"), members, 8)
        drawn.append(tuple(towns.index(place.unit.uid) for place in places if place.unit.stratum == "town"))
    found = fairness.p_values(drawn, 12)
    assert all(p > FAIR for p in found.values()), found


# Samplers known to be bad


@pytest.mark.parametrize(
    ("sampler", "units", "taken", "rejecting"),
    [
        (fairness.every_kth, 12, 3, ["pairs", "who_is_first", "overlap"]),
        (fairness.every_kth, 37, 4, ["inclusion", "pairs", "who_is_first", "overlap"]),
        (fairness.one_byte, 37, 4, ["inclusion"]),
        (fairness.congruential, 12, 3, ["overlap"]),
        (fairness.congruential, 37, 4, ["pairs"]),
    ],
)
def test_a_sampler_known_to_be_bad_is_rejected(sampler, units, taken, rejecting):
    found = fairness.p_values(fairness.samples(sampler, SEEDS, units, taken), units)
    assert all(found[test] < BAD for test in rejecting), found


def test_equal_chances_for_every_unit_alone_do_not_find_out_every_kth_unit():
    drawn = fairness.samples(fairness.every_kth, SEEDS, 12, 3)
    assert fairness.inclusion(drawn, 12) > FAIR


# The tests themselves


def test_the_sampler_of_the_standard_library_is_fair():
    for units, taken in ((12, 3), (37, 4)):
        found = fairness.p_values(shuffled(SEEDS, units, taken, 2026), units)
        assert all(p > FAIR for p in found.values()), found


def test_the_p_values_of_a_fair_sampler_are_spread_evenly_from_0_to_1():
    """200 rounds of 1,000 fair samples: in each fifth lie 40 of a test's p-values, give or take 25 (4.4 standard deviations)."""
    rounds = [fairness.p_values(shuffled(1000, 12, 3, number), 12) for number in range(200)]
    for test in ("inclusion", "pairs", "who_is_first", "overlap"):
        fifths = Counter(min(4, int(found[test] * 5)) for found in rounds)
        assert all(15 <= fifths[fifth] <= 65 for fifth in range(5)), (test, fifths)


def test_a_fair_sample_put_into_the_order_of_the_register_is_rejected_by_who_is_first_alone():
    found = fairness.p_values([tuple(sorted(sample)) for sample in shuffled(SEEDS, 12, 3, 2026)], 12)
    assert {test for test, p in found.items() if p < FAIR} == {"who_is_first"}
    assert found["who_is_first"] < BAD


def test_a_unit_that_is_taken_a_twentieth_too_often_is_rejected_by_inclusion():
    chance = random.Random(2026)
    favoured = [
        (0, *chance.sample(range(1, 12), 2)) if chance.random() < 1 / 60 else sample for sample in shuffled(SEEDS, 12, 3, 2026)
    ]
    assert fairness.inclusion(favoured, 12) < FAIR


def test_two_units_that_are_never_taken_together_are_rejected_by_pairs():
    apart = [sample for sample in shuffled(SEEDS, 12, 3, 2026) if not {4, 5} <= set(sample)]
    assert fairness.pairs(apart, 12) < BAD


def test_every_second_seed_that_repeats_the_one_before_is_rejected_by_overlap():
    twice = [sample for sample in shuffled(SEEDS // 2, 12, 3, 2026) for _ in range(2)]
    assert fairness.overlap(twice, 12) == 0


def test_counts_that_are_exactly_even_have_a_p_value_of_1():
    every = list(permutations(range(7), 3))
    assert fairness.inclusion(every, 7) == fairness.pairs(every, 7) == fairness.who_is_first(every, 7) == 1


@pytest.mark.parametrize(
    "samples", [[(0,)], [(0, 1, 2, 3)], [(0, 1), (0, 1, 2)], [(0, 0)], [(0, 5)], [(-1, 0)]], ids=["one", "all but one", "two sizes", "twice", "no unit", "under 0"]
)  # fmt: skip
def test_samples_that_the_tests_cannot_judge_raise(samples):
    for test in fairness.TESTS:
        with pytest.raises(ValueError):
            test(samples, 5)


# Chi-square


@pytest.mark.parametrize(
    ("x", "degrees", "tail"),
    [
        # tables of quantiles
        (3.841458820694124, 1, 0.05),
        (5.991464547107979, 2, 0.05),
        (7.814727903251179, 3, 0.05),
        (18.307038053275146, 10, 0.05),
        (124.34211340400407, 100, 0.05),
        (10.827566170662733, 1, 0.001),
        (31.264133620239985, 11, 0.001),
        # the incomplete gamma function to 40 digits
        (0.01, 5, 0.99999946997299573),
        (341.3951, 300, 0.050000046787464538),
        (700, 629, 0.025606163369199207),
        (90, 1, 2.3816001643962988e-21),
        (200, 11, 7.4384420649645712e-37),
        (1000, 10, 1.8702907209159497e-208),
        (1200, 1, 6.0995688148084337e-263),
        (1600, 300, 4.2990975122215245e-176),
        (1600, 301, 9.9442381139562524e-176),
    ],
)
def test_the_upper_tail_of_chi_square_is(x, degrees, tail):
    assert fairness.chi_square(x, degrees) == pytest.approx(tail, rel=1e-12)


@pytest.mark.parametrize("degrees", [1, 2, 11, 54, 629])
def test_the_tail_of_chi_square_is_1_at_0_and_0_far_out(degrees):
    assert fairness.chi_square(0, degrees) == 1
    assert fairness.chi_square(1e-9, degrees) == pytest.approx(1, abs=1e-4)
    assert fairness.chi_square(1e9, degrees) == 0


def test_cells_that_are_expected_too_seldom_are_pooled():
    law = {"a": Fraction(90, 100), "b": Fraction(6, 100), "c": Fraction(3, 100), "d": Fraction(1, 100)}
    # of 100: 90, and 10 of b, c and d together, as c and d are 4 only
    assert fairness.pearson({"a": 80, "b": 20}, law) == fairness.chi_square(100 / 90 + 100 / 10, 1)
    # of 1000: 900, 60, 30 and 10, none pooled
    assert fairness.pearson({"a": 900, "b": 60, "c": 20, "d": 20}, law) == fairness.chi_square(100 / 30 + 100 / 10, 3)
    with pytest.raises(ValueError, match="too few samples"):
        fairness.pearson({"a": 4}, law)


def test_what_cannot_happen_has_no_chance():
    assert fairness.pearson({"a": 50, "b": 50, "z": 1}, {"a": Fraction(1, 2), "b": Fraction(1, 2)}) == 0


# The exact law of a weighted draw


def test_the_exact_law_of_three_units_is_that_worked_out_by_hand():
    assert fairness.exact_law((1, 2, 3), 2) == {
        (0, 1): Fraction(1, 6) * Fraction(2, 5),
        (0, 2): Fraction(1, 6) * Fraction(3, 5),
        (1, 0): Fraction(2, 6) * Fraction(1, 4),
        (1, 2): Fraction(2, 6) * Fraction(3, 4),
        (2, 0): Fraction(3, 6) * Fraction(1, 3),
        (2, 1): Fraction(3, 6) * Fraction(2, 3),
    }


@pytest.mark.parametrize(("weights", "taken"), [((1, 2, 3, 4, 9), 2), ((1, 1, 2, 2, 5, 9), 3), ((5, 5, 5), 3)])
def test_an_exact_law_sums_to_1_and_equal_weights_have_equal_chances(weights, taken):
    law = fairness.exact_law(weights, taken)
    assert sum(law.values()) == 1
    by_weights = {}
    for sample, chance in law.items():
        by_weights.setdefault(tuple(weights[unit] for unit in sample), set()).add(chance)
    assert all(len(chances) == 1 for chances in by_weights.values())


def test_with_equal_weights_the_exact_law_is_the_simple_random_sample():
    assert set(fairness.exact_law((2, 2, 2, 2), 2).values()) == {Fraction(1, 12)}
