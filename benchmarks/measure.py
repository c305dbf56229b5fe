"""What the benchmarks share: commands timed in processes of their own, and figures with their aims, printed and recorded.

A figure is the median of what one thing takes over what another takes, timed in turns in one run, for the machine's own speed
changes from minute to minute. Every benchmark prints its figures and exits 1 when one misses its aim; with `--record DIR` it
writes them to DIR as JSON too, of which `performance.py` makes docs/performance.md.
"""
# ruff: noqa: INP001 - a script, not a package

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 5
"""Turns of each comparison, at least."""


@dataclass(frozen=True)
class Figure:
    """What one thing takes beside another; `ratio` is the median of the turns' ratios, None where only an amount is aimed at."""

    key: str
    """Names the figure once and for all, such as overdue.many."""
    title: str
    ours: float
    base: float | None
    """What `against` took; None where only an amount is aimed at."""
    unit: str
    """s, ms, MiB or ns: of `ours` and `base`."""
    ratio: float | None
    aim: float
    """What `ratio`, or else `ours`, is to be at most."""
    against: str

    @property
    def met(self) -> bool:
        """The aim is met."""
        return (self.ours if self.ratio is None else self.ratio) <= self.aim

    def __str__(self) -> str:
        sign = "met" if self.met else "MISSED"
        if self.ratio is None or self.base is None:
            return f"{self.title}: {self.ours:.4g} {self.unit} (aim {self.aim:g}: {sign})"
        return (
            f"{self.title}: {self.ours:.4g} {self.unit}, {self.against} {self.base:.4g} {self.unit},"
            f" {self.ratio:.2f} times (aim {self.aim:g}: {sign})"
        )


@dataclass(frozen=True)
class Growth:
    """What something takes at several sizes: pairs of a size and a time."""

    key: str
    title: str
    unit: str
    of: str
    """What the size counts, such as findings."""
    points: list[tuple[int, float]]
    note: str = ""
    """Why it grows faster than n log n, where it does."""


@dataclass
class Bench:
    """One benchmark's run: what was measured so far."""

    name: str
    figures: list[Figure] = field(default_factory=list)
    growths: list[Growth] = field(default_factory=list)

    def add(self, figure: Figure) -> None:
        """Take a figure and print it."""
        self.figures.append(figure)
        print(figure, flush=True)

    def grow(self, growth: Growth) -> None:
        """Take what something takes at several sizes, and print it."""
        self.growths.append(growth)
        print(f"{growth.title}: " + ", ".join(f"{size:,}: {took:.4g} {growth.unit}" for size, took in growth.points), flush=True)

    def done(self, into: Path | None) -> None:
        """Write the record where one is wanted, and exit: 1 past an aim."""
        if into is not None:
            into.mkdir(parents=True, exist_ok=True)
            said = {
                "name": self.name, "python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count(),
                "figures": [asdict(figure) for figure in self.figures], "growths": [asdict(growth) for growth in self.growths],
            }  # fmt: skip
            (into / f"{self.name}.json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")
        sys.exit(not all(figure.met for figure in self.figures))


def asked(doc: str | None) -> argparse.Namespace:
    """Read the options that every benchmark has."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", type=Path, metavar="DIR", help="write the figures to DIR as JSON")
    return parser.parse_args()


def turns(*timed: Callable[[], float], runs: int = RUNS) -> list[list[float]]:
    """Run several things in turns, each once unmeasured before; return what each of them returned, turn by turn."""
    for run in timed:
        run()
    rounds = [[run() for run in timed] for _ in range(runs)]
    return [list(column) for column in zip(*rounds, strict=True)]


def compared(key: str, title: str, pair: Sequence[Sequence[float]], unit: str, aim: float, against: str) -> Figure:
    """Make a figure of two columns of `turns`: ours first, then what it is measured by."""
    ours, base = pair
    ratio = statistics.median(one / other for one, other in zip(ours, base, strict=True))
    return Figure(key, title, statistics.median(ours), statistics.median(base), unit, ratio, aim, against)


@dataclass(frozen=True)
class Done:
    """A command that ran in a process of its own: how long, its peak of memory, what it printed, and the processor's time."""

    seconds: float
    peak: float
    """MiB of memory that the process held at most."""
    out: bytes
    processor: float
    """Seconds of the processor's time, in the program and for it."""


def jsup(*words: object) -> list[str]:
    """Return the words of a command line of jsup."""
    return [str(Path(sys.executable).with_name("jsup")), *map(str, words)]


def run(words: Sequence[str], *, status: int = 0) -> Done:
    """Run a command in a process of its own and measure it; its output goes to a file, as a pipe would make it wait.

    Raises:
        RuntimeError: its exit status is another than `status`.
    """
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        process = subprocess.Popen(words, stdout=out, env=os.environ | {"JSUP_LANG": "zh"})  # noqa: S603 - our own words
        _pid, ended, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(ended)
        if process.returncode != status:
            raise RuntimeError(f"{' '.join(map(str, words))} ended with {process.returncode}")
        out.seek(0)
        return Done(seconds, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10), out.read(),
                    usage.ru_utime + usage.ru_stime)  # fmt: skip
