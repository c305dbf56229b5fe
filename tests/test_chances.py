"""The chances of being taken, against every order in which the units can be called.

A draw hangs on the order of the tickets alone, and the order a, b, c, ... has the chance
w_a / W * w_b / (W - w_a) * w_c / (W - w_a - w_b) * ..., where W is the weight of all units. The rules of the draw are
written here a second time, from its definition.
"""

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import permutations
from math import sqrt
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsup import chances, sampling
from jsup.chances import Chance, inclusion
from jsup.errors import RefusedError
from jsup.sampling import Unit

# A second program


def deadline(unit: Unit, coverage: int) -> int:
    return max(1, coverage - unit.wait)


def quotas(sizes: dict[str, int], size: int, lots: tuple[str, ...]) -> dict[str, int]:
    """Each stratum's places if the strata's tickets ascend in the order of `lots`."""
    found, rest, places = {}, dict(sizes), Fraction(size)
    while any(places * units / sum(rest.values()) < 1 for units in rest.values()):
        small = [name for name, units in rest.items() if places * units / sum(rest.values()) < 1]
        found |= dict.fromkeys(small, 1)
        places -= len(small)
        rest = {name: units for name, units in rest.items() if name not in small}
    exact = {name: places * units / sum(rest.values()) for name, units in rest.items()}
    found |= {name: int(quota) for name, quota in exact.items()}
    left = int(places) - sum(int(quota) for quota in exact.values()) if rest else 0
    for name in sorted(exact, key=lambda name: (int(exact[name]) - exact[name], lots.index(name)))[:left]:
        found[name] += 1
    return found


def taken(order: tuple[Unit, ...], quota: int, coverage: int) -> list[Unit]:
    must = []
    if coverage:
        room = (sum(deadline(unit, coverage) <= j for unit in order) - quota * (j - 1) for j in range(1, coverage + 1))
        must = sorted(order, key=lambda unit: deadline(unit, coverage))[: max(0, *room)]
    return (must + [unit for unit in order if unit not in must])[:quota]


@cache
def in_stratum(members: tuple[Unit, ...], quota: int, coverage: int) -> dict[str, Fraction]:
    found = {unit.uid: Fraction(0) for unit in members}
    for order in permutations(members):
        chance, rest = Fraction(1), sum(unit.weight for unit in order)
        for unit in order:
            chance *= Fraction(unit.weight, rest)
            rest -= unit.weight
        for unit in taken(order, quota, coverage):
            found[unit.uid] += chance
    return found


def by_enumeration(members: list[Unit], size: int, coverage: int = 0) -> dict[str, Fraction] | None:
    """Each unit's chance, or None where some lot leaves a stratum too few places for the coverage."""
    groups = {name: tuple(unit for unit in members if unit.stratum == name) for name in {unit.stratum for unit in members}}
    found, lots = Counter(), list(permutations(groups))
    for lot in lots:
        places = quotas({name: len(units) for name, units in groups.items()}, size, lot)
        for name, units in groups.items():
            if any(sum(deadline(unit, coverage) <= j for unit in units) > places[name] * j for j in range(1, coverage + 1)):
                return None
            for uid, chance in in_stratum(units, places[name], coverage).items():
                found[uid] += chance / len(lots)
    return dict(found)


def values(found: dict[str, Chance]) -> dict[str, Fraction]:
    assert all(chance.precision is None for chance in found.values())
    return {uid: chance.value for uid, chance in found.items()}


def units(*weights: int, stratum: str = "all", wait: int = 0) -> list[Unit]:
    return [Unit(f"{stratum}{wait}-{number}", stratum, weight, wait) for number, weight in enumerate(weights)]


def spread(number: int, *, waits: int = 1) -> list[Unit]:
    """So many units of the weights 1 to 9, which waited for 0 to `waits` - 1 draws."""
    return [Unit(f"{index:04}", "all", index * 7 % 9 + 1, index % waits) for index in range(number)]


WEIGHTS = st.sampled_from([1, 1, 2, 3, 9])
FRAMES = st.lists(
    st.builds(Unit, st.sampled_from("abcdefghijkl"), st.sampled_from(["all", "all", "town", "park"]), WEIGHTS, st.integers(0, 3)),
    min_size=1,
    max_size=6,
    unique_by=lambda unit: unit.uid,
)

# Small frames


def test_the_chances_of_two_of_three_units_are_those_of_the_tree():
    # c first: 1/2; a or b first, then c: 2 * 1/4 * 2/3
    assert values(inclusion([Unit("a"), Unit("b"), Unit("c", weight=2)], 2)) == {
        "a": Fraction(7, 12),
        "b": Fraction(7, 12),
        "c": Fraction(5, 6),
    }


@pytest.mark.parametrize("size", range(1, 8))
@pytest.mark.parametrize("weights", [(1, 1, 2, 3, 5, 9, 9), (2, 2, 2, 2, 2, 2, 4)])
def test_the_chances_of_seven_units_are_those_of_all_their_orders(weights, size):
    assert values(inclusion(units(*weights), size)) == by_enumeration(units(*weights), size)


SOME_TIED = units(1, 2, 2, 9, wait=2) + units(1, 3, 3)
ONE_SURE = units(1, wait=3) + units(1, 2, 3, 4, 9, wait=2) + units(1)
TWO_SURE = units(1, 2, wait=3) + units(1, 2, 2, 5, 9)


@pytest.mark.parametrize(
    ("members", "size", "coverage", "forced"),
    [
        pytest.param(units(1, 2, 9, wait=1) + units(1, 1, 3), 2, 4, 0, id="nobody is forced"),
        pytest.param(SOME_TIED, 3, 4, 1, id="one of four that tie, and two places are free"),
        pytest.param(units(1, 2, 9, wait=2) + units(1, 2, wait=1) + units(1, 3), 2, 4, 1, id="three deadlines"),
        pytest.param(ONE_SURE, 4, 4, 2, id="one is sure, one of five that tie, and two places are free"),
        pytest.param(ONE_SURE, 3, 4, 3, id="one is sure, two of five that tie, and no place is free"),
        pytest.param(TWO_SURE, 3, 4, 2, id="two are sure, and one place is free"),
        pytest.param(units(2, 2, 2, 2, wait=2) + units(2, 2, 2), 3, 4, 1, id="equal weights"),
        pytest.param(units(2, 2, 2, 2, wait=2) + units(3, 3, 3), 3, 4, 1, id="the tied and the later have one weight each"),
        pytest.param(units(1, 2, 3, 4, 5, 6, 7), 3, 3, 1, id="all tie with each other"),
        pytest.param(units(1, 2, 9, wait=1) + units(1, 2, 9), 5, 2, 3, id="five of six"),
    ],
)
def test_a_ticket_that_lost_the_tie_at_the_cut_off_counts_again_for_the_free_places(members, size, coverage, forced):
    assert sampling.forced(members, size, coverage) == forced
    assert values(inclusion(members, size, coverage)) == by_enumeration(members, size, coverage)


@settings(max_examples=600, deadline=None)
@given(FRAMES, st.data())
def test_the_chances_of_any_small_frame_are_those_of_all_orders_and_lots(members, data):
    size = data.draw(st.integers(1, len(members)))
    coverage = data.draw(st.sampled_from([0, 2, 3, 4, 5]))
    expected = by_enumeration(members, size, coverage)
    if expected is None:
        with pytest.raises(RefusedError):
            inclusion(members, size, coverage)
    else:
        assert values(inclusion(members, size, coverage)) == expected


# Strata


def test_strata_that_tie_for_a_place_get_it_by_lot():
    members = units(1, 1, 1, 1) + units(1, 1, 1, 1, stratum="town")
    assert set(values(inclusion(members, 3)).values()) == {Fraction(3, 8)}


def test_three_strata_that_tie_for_two_places_mix_their_chances_with_one_and_with_two_places():
    members = [unit for name in ("all", "park", "town") for unit in units(1, 2, 3, stratum=name)]
    one, two = (values(inclusion(units(1, 2, 3), size)) for size in (1, 2))
    found = values(inclusion(members, 5))
    assert {uid: found[uid] for uid in one} == {uid: one[uid] / 3 + two[uid] * 2 / 3 for uid in one}
    assert found == by_enumeration(members, 5)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("dpt"), st.integers(1, 9), st.integers(0, 5)), min_size=1, max_size=40), st.data())
def test_the_chances_of_a_stratum_sum_to_its_expected_quota(rows, data):
    members = [Unit(str(number), *row) for number, row in enumerate(rows)]
    size = data.draw(st.integers(1, len(members)))
    coverage = data.draw(st.sampled_from([0, 6, 8, 12, 20]))
    counts = Counter(unit.stratum for unit in members)
    lots = [quotas(counts, size, lot) for lot in permutations(counts)]
    try:
        found = values(inclusion(members, size, coverage))
    except RefusedError:
        return
    for name in counts:
        expected = Fraction(sum(places[name] for places in lots), len(lots))
        assert sum(found[unit.uid] for unit in members if unit.stratum == name) == expected
    assert all(0 <= chance <= 1 for chance in found.values())
    assert found.keys() == {unit.uid for unit in members}


# The draw itself


@pytest.mark.parametrize(
    ("members", "size", "coverage"),
    [
        (spread(12), 4, 0),
        (SOME_TIED, 3, 4),
        (units(1, 2, 9, wait=1) + units(1, 3, 9) + units(1, 2, 2, 9, 5, 4, stratum="town"), 5, 3),
    ],
    ids=["weights", "a tie at the cut-off", "strata that tie, weights and coverage"],
)
def test_the_draw_takes_each_unit_as_often_as_its_chance_says(members, size, coverage):
    draws = 4000
    expected = values(inclusion(members, size, coverage))
    counts = Counter(
        place.unit.uid for seed in range(draws) for place in sampling.draw(sampling.digest(str(seed)), members, size, coverage)
    )
    for uid, chance in expected.items():
        deviation = sqrt(draws * chance * (1 - chance))
        assert abs(counts[uid] - draws * chance) <= 4 * deviation, uid


# Size


@pytest.mark.parametrize(("size", "coverage"), [(6, 0), (12, 0), (18, 0), (7, 9), (13, 5), (18, 4)])
def test_a_district_gets_exact_fractions_in_no_time(size, coverage):
    members = spread(60, waits=4)
    began = process_time()
    found = values(inclusion(members, size, coverage))
    assert process_time() - began < 2
    assert sum(found.values()) == size


def test_equal_weights_have_the_exact_chance_at_any_size():
    members = [Unit(str(number), weight=4) for number in range(20_000)]
    assert set(inclusion(members, 2000).values()) == {Chance(Fraction(1, 10), None)}


def test_equal_weights_with_a_tie_have_the_exact_chance_at_any_size():
    members = [Unit(str(number), wait=number % 2) for number in range(1900)]  # 100 of 950 are forced
    found = values(inclusion(members, 200, 10))
    assert sum(found.values()) == 200
    assert len(set(found.values())) == 2
    assert found["1"] > found["0"] > 0


@pytest.mark.parametrize(("size", "coverage"), [(100, 0), (130, 8)])
def test_a_thousand_weighted_units_have_chances_of_a_stated_precision(size, coverage):
    members = spread(1000, waits=4)
    began = process_time()
    found = inclusion(members, size, coverage)
    assert process_time() - began < 20
    assert {chance.precision for chance in found.values()} - {None} == {Fraction(1, 10**9)}
    assert abs(sum(chance.value for chance in found.values()) - size) < Fraction(1, 10**9)


# Floats


@pytest.mark.parametrize(
    ("members", "size", "coverage"),
    [
        (spread(60), 6, 0),
        (spread(60), 50, 0),
        (spread(60, waits=4), 7, 9),
        (spread(60, waits=4), 13, 5),
        (spread(9, waits=2), 4, 3),
        (spread(60) + [Unit(f"t{number}", "town", number % 3 + 1) for number in range(60)], 13, 0),
    ],
    ids=["6 of 60", "50 of 60", "4 of 15 that tie", "8 of 15 that tie", "9 units", "strata that tie"],
)
@pytest.mark.parametrize(
    "steps", [(1, 1 / 2), (1 / 2, 1 / 4), (1 / 4, 1 / 8), (1 / 8, 1 / 16), (chances.STEP, chances.LEAST_STEP)]
)
def test_a_chance_in_floats_is_off_by_no_more_than_its_precision(monkeypatch, members, size, coverage, steps):
    exact = values(inclusion(members, size, coverage))
    monkeypatch.setattr(chances, "WORK", 0)
    monkeypatch.setattr(chances, "STEP", steps[0])
    monkeypatch.setattr(chances, "LEAST_STEP", steps[1])
    found = inclusion(members, size, coverage)
    stated = {chance.precision for chance in found.values()} - {None}
    assert stated
    assert all(abs(chance.value - exact[uid]) <= (chance.precision or 0) for uid, chance in found.items())
    if steps[1] < 1 / 16:
        assert stated == {chances.PRECISION}


@pytest.mark.parametrize(
    ("members", "size", "settled"),
    [
        (ONE_SURE, 4, {"all3-0": 1}),
        (ONE_SURE, 3, {"all3-0": 1, "all0-0": 0}),
        (TWO_SURE, 3, {"all3-0": 1, "all3-1": 1}),
        (TWO_SURE, 7, dict.fromkeys((unit.uid for unit in TWO_SURE), 1)),
    ],
)
def test_who_is_sure_of_a_place_or_has_no_chance_is_exact_even_where_the_others_are_in_floats(
    monkeypatch, members, size, settled
):
    monkeypatch.setattr(chances, "WORK", 0)
    found = inclusion(members, size, 4)
    assert {uid: chance.value for uid, chance in found.items() if chance.precision is None} == settled
    assert len(found) == 7


def test_the_lot_mixes_chances_and_keeps_the_worse_of_two_precisions():
    one, other = Chance(Fraction(1, 2), Fraction(1, 1000)), Chance(Fraction(1, 4), Fraction(1, 100))
    assert chances._mixed(one, other, Fraction(1, 3)) == Chance(Fraction(5, 12), Fraction(1, 100))
    assert chances._mixed(chances.SURE, one, Fraction(1, 3)) == Chance(Fraction(5, 6), Fraction(1, 1000))
    assert chances._mixed(chances.SURE, chances.NEVER, Fraction(1, 3)) == Chance(Fraction(2, 3), None)


# Refusal


def test_a_coverage_that_cannot_be_kept_is_refused_as_the_draw_refuses_it():
    members = units(1, 2, wait=3) + units(3, 4) + units(1, 1, 1, 1, stratum="town")  # one of them will get two places
    with pytest.raises(RefusedError) as refused:
        inclusion(members, 3, 4)
    with pytest.raises(RefusedError) as drawn:
        sampling.check_coverage(sampling.strata(members), {"all": 1, "town": 1}, 4)
    assert (str(refused.value), refused.value.values) == (str(drawn.value), drawn.value.values)
    assert refused.value.values["stratum"] == "all"
