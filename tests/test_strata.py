"""Size, strata, coverage and substitution against their definitions, written here a second time the slow way."""

from collections import Counter
from fractions import Fraction
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsup import sampling
from jsup.errors import RefusedError
from jsup.sampling import Unit

SEED = "5" * 64


def lot(name: str, seed: str = SEED) -> str:
    return sha256(f"jsup-draw/1|{seed}|@stratum/{name}|1".encode()).hexdigest()


# Size


def test_every_number_of_units_up_to_a_million_gives_at_least_a_tenth():
    tenth = Fraction(1, 10)
    for number in range(1, 1_000_001):
        size = sampling.size(number, tenth)
        assert 10 * size >= number > 10 * (size - 1)


def test_every_percentage_of_every_number_of_units_up_to_2000_is_rounded_up():
    for percent in range(1, 100):
        share = Fraction(percent, 100)
        for number in range(1, 2001):
            size = sampling.size(number, share)
            assert 100 * size >= number * percent
            assert size == 1 or 100 * (size - 1) < number * percent


# Strata


def slow_quotas(counts: dict[str, int], size: int, seed: str) -> dict[str, int]:
    """The rule of the strata in exact fractions, word by word."""
    found: dict[str, int] = {}
    places, rest = size, dict(counts)
    while rest:
        quota = {name: Fraction(places * number, sum(rest.values())) for name, number in rest.items()}
        under = [name for name in rest if quota[name] < 1]
        if not under:
            whole = {name: quota[name].numerator // quota[name].denominator for name in rest}
            over = places - sum(whole.values())
            order = sorted(rest, key=lambda name: (whole[name] - quota[name], lot(name, seed)))
            return found | {name: whole[name] + (name in order[:over]) for name in rest}
        for name in under:
            found[name] = 1
            del rest[name]
            places -= 1
    return found


COUNTS = st.dictionaries(st.sampled_from(["district", "town", "park", "镇", "a", "b"]), st.integers(1, 60), min_size=1)


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.integers(1, 100), st.integers(0, 10**6))
def test_the_places_are_shared_among_the_strata_by_the_rule(counts, percent, number):
    size = sampling.size(sum(counts.values()), Fraction(percent, 100))
    seed = sha256(str(number).encode()).hexdigest()
    found = sampling.quotas(counts, size, seed)
    assert found == slow_quotas(counts, size, seed)
    assert sum(found.values()) == max(size, len(counts))
    assert all(1 <= found[name] <= counts[name] for name in counts)


def test_equal_claims_go_by_the_strata_s_tickets_now_to_one_now_to_the_other():
    winners = Counter()
    for number in range(400):
        seed = sha256(str(number).encode()).hexdigest()
        found = sampling.quotas({"a": 10, "b": 10}, 3, seed)
        winners["a" if found["a"] == 2 else "b"] += 1
        assert (found["a"] == 2) == (lot("a", seed) < lot("b", seed))
    assert 150 < winners["a"] < 250


@settings(max_examples=100, deadline=None)
@given(COUNTS, st.integers(10, 60))
def test_a_stratified_draw_takes_its_quota_of_each_stratum_in_the_order_of_the_names(counts, percent):
    units = [Unit(f"{name}{number}", name) for name, total in counts.items() for number in range(total)]
    size = sampling.size(len(units), Fraction(percent, 100))
    places = sampling.draw(SEED, units, size)
    taken = Counter(place.unit.stratum for place in places)
    assert taken == slow_quotas(counts, size, SEED)
    assert [place.unit.stratum for place in places] == sorted((place.unit.stratum for place in places), key=str.encode)
    assert len(places) == sampling.total(units, size) == max(size, len(counts))
    for name in counts:
        mine = [place.unit.uid for place in places if place.unit.stratum == name]
        by_ticket = sorted((u.uid for u in units if u.stratum == name), key=lambda uid: sampling.ticket(SEED, uid))
        assert mine == by_ticket[: len(mine)]


# Coverage

WAITS = st.lists(st.integers(0, 25), min_size=1, max_size=25)


def kept(waits: list[int], quota: int, coverage: int) -> bool:
    deadlines = [max(1, coverage - wait) for wait in waits]
    return all(sum(limit <= j for limit in deadlines) <= quota * j for j in range(1, coverage + 1))


@settings(max_examples=300, deadline=None)
@given(WAITS, st.integers(1, 6))
def test_the_smallest_coverage_is_the_first_that_the_definition_lets_pass(waits, quota):
    units = [Unit(str(number), wait=wait) for number, wait in enumerate(waits)]
    least = sampling.least_coverage(units, quota)
    for coverage in range(1, 60):
        assert kept(waits, quota, coverage) == (coverage >= least)


@settings(max_examples=300, deadline=None)
@given(WAITS, st.integers(1, 6), st.integers(1, 50))
def test_the_forced_are_as_many_as_the_definition_says_and_those_with_the_earliest_deadlines(waits, quota, coverage):
    units = [Unit(str(number), wait=wait) for number, wait in enumerate(waits)]
    quota = min(quota, len(units))
    if not kept(waits, quota, coverage):
        with pytest.raises(RefusedError, match=f"would do is {sampling.least_coverage(units, quota)}"):
            sampling.draw(SEED, units, quota, coverage)
        return
    deadlines = [max(1, coverage - wait) for wait in waits]
    number = max(0, *(sum(limit <= j for limit in deadlines) - quota * (j - 1) for j in range(1, coverage + 1)))
    assert number <= quota
    places = sampling.draw(SEED, units, quota, coverage)
    order = sorted(units, key=lambda unit: (max(1, coverage - unit.wait), sampling.ticket(SEED, unit.uid)))
    assert [place.unit for place in places[:number]] == order[:number]
    assert [place.forced for place in places] == [True] * number + [False] * (quota - number)
    rest = sorted(order[number:], key=lambda unit: sampling.ticket(SEED, unit.uid))
    assert [place.unit for place in places[number:]] == rest[: quota - number]


def test_of_several_strata_that_cannot_keep_it_the_one_that_asks_for_most_is_named():
    units = [Unit(f"a{number}", "a") for number in range(30)] + [Unit(f"b{number}", "b", wait=9) for number in range(30)]
    with pytest.raises(RefusedError) as refused:
        sampling.draw(SEED, units, 6, 5)
    assert (refused.value.values["stratum"], refused.value.values["least"]) == ("b", 19)
    assert sampling.draw(SEED, units, 6, 19)


def test_no_unit_waits_as_long_as_the_coverage_in_quarters_of_changing_registers(times):
    """Draws with and without coverage, stratified or not, weighted or not; agencies come, go and are reorganised."""
    random = Random(2025)
    register = {f"A{number}": random.choice(["district", "town", "park"]) for number in range(40)}
    waits: dict[str, int] = {}
    born, refused, forced, covered = 40, 0, 0, 0
    for quarter in range(times(400, 10_000)):
        for _ in range(random.choice([0, 0, 1, 3])):
            register[f"A{born}"] = random.choice(["district", "town", "park"])
            born += 1
        while len(register) > random.choice([20, 60]):
            waits.pop(gone := random.choice(list(register)), None)
            del register[gone]
        if random.random() < 0.2:  # a reorganisation: the successor inherits the wait
            old = random.choice(list(register))
            register[f"A{born}"] = register.pop(old)
            waits[f"A{born}"] = waits.pop(old, 0)
            born += 1
        stratified, weighted = random.random() < 0.5, random.random() < 0.5
        units = [
            Unit(uid, level if stratified else sampling.WHOLE, random.randint(1, 9) if weighted else 1, waits.get(uid, 0))
            for uid, level in register.items()
        ]
        seed = sha256(str(quarter).encode()).hexdigest()
        size = sampling.size(len(units), random.choice([Fraction(1, 10), Fraction(1, 8), Fraction(1, 5)]))
        coverage = random.choice([0, 0, 20, 20, 20, 14])
        try:
            places = sampling.draw(seed, units, size, coverage)
        except RefusedError as error:
            refused += 1
            coverage = int(str(error.values["least"]))
            places = sampling.draw(seed, units, size, coverage)  # the smallest that would do, does
        assert len(places) >= size
        taken = {place.unit.uid for place in places}
        waits = {unit.uid: 0 if unit.uid in taken else unit.wait + 1 for unit in units}
        if coverage:
            covered += 1
            forced += sum(place.forced for place in places)
            assert max(waits.values()) < coverage
        for uid in random.sample(sorted(taken), random.choice([0, 0, 1])):  # replaced: its wait goes on counting
            waits[uid] = next(unit.wait for unit in units if unit.uid == uid) + 1
    assert covered > 200
    assert forced > 50
    assert refused


# Substitution


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 25), st.integers(1, 8), st.integers(0, 30), st.data())
def test_a_place_is_handed_to_the_next_of_the_sequence_that_holds_and_held_none(number, size, coverage, data):
    units = [Unit(f"u{n}", data.draw(st.sampled_from("ab")), wait=data.draw(st.integers(0, 6))) for n in range(number)]
    size = min(size, number)
    try:
        places = sampling.draw(SEED, units, size, coverage)
    except RefusedError:
        return
    held = [place.unit for place in places]
    lines = {}
    for name in {unit.stratum for unit in units}:
        mine = [place.unit for place in places if place.unit.stratum == name]
        rest = sorted((u for u in units if u.stratum == name and u not in mine), key=lambda u: sampling.ticket(SEED, u.uid))
        lines[name] = rest
    replaced: list[str] = []
    for _ in range(data.draw(st.integers(1, 4))):
        unit = data.draw(st.sampled_from(sorted(held)))
        replaced.append(unit.uid)
        left = lines[unit.stratum]
        if not left:
            with pytest.raises(RefusedError, match=r"^the stratum . has no unit left") as refused:
                sampling.handed_on(SEED, units, size, coverage, replaced)
            assert refused.value.values == {"stratum": unit.stratum, "uid": unit.uid}
            return
        found = sampling.handed_on(SEED, units, size, coverage, replaced)
        assert found[-1].unit == left.pop(0)
        held[held.index(unit)] = found[-1].unit
