"""Time the draw of 100,000 units of 1,000,000, measure its memory, and try its fairness over 1,000,000 seeds.

Run it from the project's folder with `.venv/bin/python benchmarks/draw.py`; it takes some two minutes. Beside the draw stand
a bare loop that does nothing but hash each unit's ticket, consistent_sampler (the tickets of election audits), and the
standard library's random.sample, which nobody can recompute from a public value. Last comes how the draw's time grows with the
units, a tenth of them taken.
"""
# ruff: noqa: INP001 - a script, not a package

import gc
import os
import platform
import random
import ssl
import subprocess
import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

from measure import Bench, Figure, Growth, asked, compared

from jsup import sampling
from jsup.sampling import Unit

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests import fairness

UNITS, TAKEN = 1_000_000, 100_000
SIZES = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS = 7
SEEDS, FEW, OF = 1_000_000, 3, 12  # the frame of the fairness tests: 3 of 12
AIM_BARE, AIM_RIVAL, AIM_MIB, AIM_P, AIM_BAD = 1.5, 0.25, 150, 0.001, 1e-6
BARE, DRAW, RIVAL, RANDOM = "bare loop of SHA-256", "jsup", "consistent_sampler", "random.sample"

# What else runs on the machine is not to count. Windows knows a process's own time in steps of 16 ms only.
CLOCK, CLOCK_NAME = (perf_counter, "elapsed") if sys.platform == "win32" else (process_time, "processor")


class Aim(NamedTuple):
    """What is aimed at, and what was measured."""

    words: str
    figure: str
    met: bool
    measured: bool = True
    """It is a matter of time or memory, and recorded as a figure of its own."""


def main() -> None:
    """Print each comparison, then each aim with its figure; exit 1 past one."""
    record, bench = asked(__doc__).record, Bench("draw")
    if find_spec("consistent_sampler") is None:
        print("Nothing was measured. Install what jsup is compared with:")
        print(f"    {sys.executable} -m pip install consistent-sampler")
        sys.exit(1)
    print(f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores", end="; ")
    print(f"{ssl.OPENSSL_VERSION}; consistent-sampler {version('consistent-sampler')}")
    # Memory first: on Linux a process starts with the peak of the one that started it.
    aims = [*memory(bench), *speed(bench), *fair()]
    heading("Aims")
    for aim in aims:
        print(f"{aim.words:62} {aim.figure:>20}  {'met' if aim.met else 'MISSED'}")
    wrong = sum(not aim.met for aim in aims if not aim.measured)
    bench.add(Figure("draw.right", "draws that differ, unfair p-values, bad samplers not found", wrong, None, "", None, 0, ""))
    bench.done(record)


def heading(text: str) -> None:
    """Print the heading of a section."""
    print(f"\n{text}\n{'-' * len(text)}")


# Memory -----------------------------------------------------------------------------------------

FRAME = f"""
import resource, sys
from jsup import sampling
members = [sampling.Unit(f"A{{number:07}}") for number in range({UNITS})]
"""
WITH_DRAW = f"assert len(sampling.draw({'5' * 64!r}, members, {TAKEN})) == {TAKEN}\n"
PEAK = "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == 'darwin' else 2**10))\n"


def memory(bench: Bench) -> list[Aim]:
    """Measure what the draw adds to the peak memory of a process that holds the frame; nothing on Windows."""
    if find_spec("resource") is None:
        return []
    heading(f"Peak memory, each in {ROUNDS} new processes, medians")
    programs = {"frame alone": FRAME + PEAK, "frame and draw": FRAME + WITH_DRAW + PEAK}
    peaks: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, program in programs.items():
            done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
            peaks[name].append(float(done.stdout))
    alone, drawn = (median(found) for found in peaks.values())
    for name, found in peaks.items():
        print(f"{name:24} {median(found):7.1f} MiB   {min(found):.1f} to {max(found):.1f}")
    bench.add(Figure("draw.memory", "memory of a draw above the frame's", drawn - alone, None, "MiB", None, AIM_MIB, ""))
    return [Aim(f"a draw adds at most {AIM_MIB} MiB to the frame's peak", f"{drawn - alone:.1f} MiB", drawn - alone <= AIM_MIB)]


# Speed ------------------------------------------------------------------------------------------


def contenders(seed: str, members: list[Unit]) -> dict[str, Callable[[], object]]:
    """Return each way to take the units."""
    from consistent_sampler import sampler  # noqa: PLC0415 - not before it is known to be there

    uids, chance = [unit.uid for unit in members], random.Random(seed)  # noqa: S311 - a sample to time, no secret

    def bare() -> None:
        for unit in members:
            sha256(f"jsup-draw/1|{seed}|{unit.uid}|1".encode()).hexdigest()

    return {
        BARE: bare,
        DRAW: lambda: sampling.draw(seed, members, TAKEN),
        RIVAL: lambda: list(sampler(uids, with_replacement=False, take=TAKEN, seed=seed, output="id")),
        RANDOM: lambda: chance.sample(members, TAKEN),
    }


def speed(bench: Bench) -> list[Aim]:
    """Compare and time one draw."""
    heading(f"{TAKEN:,} of {UNITS:,} units")
    print(f"Medians of {ROUNDS} rounds in turn, {CLOCK_NAME} time; garbage is collected before each run, not at its cost.")
    members = [Unit(f"A{number:07}") for number in range(UNITS)]
    seed = sampling.seed("2026Q4", sampling.digest(sampling.frame(members)), "value 0")
    by_the_book = sorted((sampling.ticket(seed, unit.uid), unit.uid) for unit in members)[:TAKEN]
    same = [(place.ticket, place.unit.uid) for place in sampling.draw(seed, members, TAKEN)] == by_the_book
    del by_the_book
    took = time_in_turn(contenders(seed, members))
    middle = {name: median(times) for name, times in took.items()}
    print(f"{'':24} {'ms':>8} {'fastest':>8} {'slowest':>8} {'x bare':>8}")
    for name, times in took.items():
        print(f"{name:24} {middle[name]:8.0f} {min(times):8.0f} {max(times):8.0f} {middle[name] / middle[BARE]:8.2f}")
    words = f"{TAKEN:,} of {UNITS:,} units"
    bench.add(compared("draw.bare", words, (took[DRAW], took[BARE]), "ms", AIM_BARE, BARE))
    bench.add(compared("draw.rival", words, (took[DRAW], took[RIVAL]), "ms", AIM_RIVAL, RIVAL))
    grow(bench, seed, members)
    of_bare, of_rival = middle[DRAW] / middle[BARE], middle[DRAW] / middle[RIVAL]
    return [
        Aim("the draw is that of all tickets made one by one and sorted", "equal" if same else "DIFFERENT", same, measured=False),
        Aim(f"a draw in at most {AIM_BARE} times the bare loop", f"{of_bare:.2f} times", of_bare <= AIM_BARE),
        Aim(f"a draw in at most {AIM_RIVAL} times consistent_sampler", f"{of_rival:.2f} times", of_rival <= AIM_RIVAL),
    ]


def time_in_turn(runs: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Return the milliseconds of each run in each round; what disturbs the machine then slows all and not one."""
    took: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            gc.collect()
            began = CLOCK()
            run()
            took[name].append((CLOCK() - began) * 1000)
    return took


def grow(bench: Bench, seed: str, members: list[Unit]) -> None:
    """Time the draw of a tenth of more and more units."""

    def drawn(size: int) -> Callable[[], object]:
        some = members[:size]
        return lambda: sampling.draw(seed, some, size // 10)

    took = time_in_turn({str(size): drawn(size) for size in SIZES})
    points = [(int(size), median(times)) for size, times in took.items()]
    bench.grow(Growth("draw.units", "a draw of a tenth", "ms", "units", points))


# Fairness ---------------------------------------------------------------------------------------


def fair() -> list[Aim]:
    """Try our draw and the samplers known to be bad over a million seeds."""
    heading(f"Chance that a fair sampler does no better: {FEW} of {OF}, {SEEDS:,} seeds")
    print(f"{'':24} {'s':>6}" + "".join(f" {test.__name__:>13}" for test in fairness.TESTS))
    found = {}
    for sampler in (fairness.ours, *fairness.BAD):
        name = DRAW if sampler is fairness.ours else sampler.__name__
        began = CLOCK()
        found[name] = fairness.p_values(fairness.samples(sampler, SEEDS, OF, FEW), OF).values()
        print(f"{name:24} {CLOCK() - began:6.1f}" + "".join(f" {chance(p):>13}" for p in found[name]))
    least, worst = min(found.pop(DRAW)), max(min(values) for values in found.values())
    return [
        Aim(f"jsup's draw: each p-value above {AIM_P}", f"the least {chance(least)}", least > AIM_P, measured=False),
        Aim(f"each bad sampler: some p-value under {AIM_BAD}", f"the largest {chance(worst)}", worst < AIM_BAD, measured=False),
    ]


def chance(p: float) -> str:
    """Write a p-value; what is too small for a floating-point number is not nothing."""
    return f"{p:.3g}" if p else "< 1e-300"


if __name__ == "__main__":
    main()
