"""Draws made up at random, without a ledger, in the form in which `Reads.draws` returns them."""

from fractions import Fraction
from random import Random
from typing import Any

from jsup import draws, sampling
from jsup.errors import RefusedError
from jsup.sampling import Unit

NAMES = ["金山区", "JS-", "310116", "镇", "é", "😀", "a b", '"', "\\", "'", "$x", "@stratum/", "-n", "%s", "*", "～", "，"]


def text(random: Random, length: int = 4) -> str:
    """Return a text that the bytes of a draw can hold, odd as it may be."""
    while True:
        made = "".join(random.choice(NAMES) for _ in range(random.randint(1, length)))
        if made == made.strip():
            return made


def row(random: Random, most: int = 40) -> dict[str, Any]:
    """Return a draw over a random frame: strata, weights, waits, coverage and substitutions, each in some of them."""
    while True:
        codes = {text(random, 3) + str(random.randint(0, 999)) for _ in range(random.randint(1, most))}
        stratified, weighted, waiting = (random.random() < chance for chance in (0.6, 0.5, 0.7))
        waits = random.choice([2, 6, 12, 20])
        units = [
            Unit(
                code,
                random.choice(["district", "district", "town", "park", "镇"]) if stratified else sampling.WHOLE,
                random.randint(1, 9) if weighted else 1,
                random.randint(0, waits) if waiting else 0,
            )
            for code in codes
        ]
        share = random.choice(
            [Fraction(1, 10), Fraction(1, 8), Fraction(1, 3), Fraction(33333, 100000), Fraction(1, 2), Fraction(1)]
        )
        frame = sampling.frame(units)
        members = sampling.units(frame)
        draw_id = random.choice(["2026Q4", "2026Q4/2"])
        value = text(random)
        frame_sha256 = sampling.digest(frame)
        seed = sampling.seed(draw_id, frame_sha256, value)
        size = sampling.size(len(members), share)
        coverage = random.choice([0, 5, 10, 20, 40])
        try:
            taken = sampling.draw(seed, members, size, coverage)
        except RefusedError:
            continue
        made: dict[str, Any] = {
            "draw_id": draw_id, "quarter": "2026Q4", "share": sampling.write_share(share), "coverage": coverage or None,
            "frame": frame, "frame_sha256": frame_sha256, "frame_size": len(members), "sample_size": len(taken),
            "frozen_on": "2026-10-08", "announced_on": None, "source": text(random), "published_at": text(random),
            "public_value": value, "known_on": None, "seed": seed, "anchored": False, "drawn_on": "2026-10-09",
            "voided_on": None, "void_why": None, "substitutions": [],
            "taken": [{**unit._asdict(), "ticket": ticket, "forced": forced, "name": unit.uid} for unit, ticket, forced in taken],
        }  # fmt: skip
        for number in range(random.choice([0, 0, 1, 3])):
            replaced = random.choice(list(draws.holders(made)))
            told = [*(one["replaced"] for one in made["substitutions"]), replaced]
            try:
                place = draws.handed_on(made, told)[-1]
            except RefusedError:
                break
            made["substitutions"].append(
                {**place.unit._asdict(), "ticket": place.ticket, "replaced": replaced, "place": draws.holders(made)[replaced]}
                | {"reason": "dissolved", "note": f"note {number}", "done_on": "2026-10-10", "name": place.unit.uid}
            )
        return made
