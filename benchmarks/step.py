"""Time the writing of one step on a ledger of 1,000,000 findings beside an empty one.

The steps are `finding add`, `warn`, `sign` and `deliver` as they are typed, each in a process of its own, with what they print as
JSON; the paper that is signed and served was drafted before. Both ledgers take the same steps in turns, and so do those of 1,000,
10,000 and 100,000 findings, for the growth. On PostgreSQL the large ledger has 100,000. Figures are medians of the turns' ratios,
the aim at most 1.3. It takes six minutes and six gigabytes of disk, most of that for the large ledger.
"""
# ruff: noqa: INP001 - a script, not a package

import json
import statistics
import tempfile
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import make_ledger
import measure
from serving import serving

from jsup import casework
from jsup.casework import Options
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.papers import issue
from jsup.servers import Server

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ON_SERVER = 100_000
INSPECTIONS = 20_000
AIM = 1.3
VERBS = ("add", "warn", "sign", "deliver")
TODAY = make_ledger.TODAY
AGENCY, CATEGORY = "JS-GAJ", "repeat"
FOUND = ("--category", CATEGORY, "--title", "一个月内对同一企业重复检查", "--facts", "调取检查记录核实。", "--basis", "工作方案")


class Desk:
    """A ledger at which steps are typed, with recommendations drafted for those that need one."""

    def __init__(self, place: Path | str, findings: int, folder: Path) -> None:
        self.place = make_ledger.make(place, findings=findings, inspections=INSPECTIONS if findings else 0,
                                      overdue=min(30, findings // 100))  # fmt: skip
        self.address, self.added = str(place), ""
        self.papers = folder / f"papers{findings}{'s' * isinstance(self.place, Server)}"
        self.drafted = [self._drafted() for _turn in range(measure.RUNS + 1)]
        self.signed = [*self.drafted]

    def _book(self, command: str) -> Ledger:
        return Ledger(self.place, Entry(command, make_ledger.OFFICER, TODAY))

    def _drafted(self) -> str:
        """Enter a finding and draft its recommendation; return its number."""
        number = casework.add(self._book("finding add"), agency=AGENCY, category=CATEGORY, title="一个月内对同一企业重复检查",
                              found_on=TODAY, facts="调取检查记录核实。", basis="工作方案")  # fmt: skip
        issue.recommend(self._book("recommend"), [number], Options(TODAY, ground="outstanding"), self.papers)
        return number

    def _typed(self, *words: str) -> measure.Done:
        return measure.run(measure.jsup("--ledger", self.address, "--today", TODAY, "--officer", "bench", *words, "--json"))

    def add(self) -> float:
        """Time the entering of a finding."""
        done = self._typed("finding", "add", "--agency", AGENCY, *FOUND)
        self.added = json.loads(done.out)["number"]
        return done.seconds

    def warn(self) -> float:
        """Time the warning of the finding entered last."""
        return self._stepped("warned", "warn", self.added, "--method", "phone", "--rectify-by", "2026-12-10")

    def sign(self) -> float:
        """Time the signing of a draft."""
        return self._stepped("signed", "sign", self.drafted.pop(), "--by", "局长")

    def deliver(self) -> float:
        """Time the serving of a paper that was signed."""
        return self._stepped("served", "deliver", self.signed.pop(), "--by-way", "direct", "--receiver", "办公室")

    def _stepped(self, stage: str, *words: str) -> float:
        done = self._typed(*words)
        if json.loads(done.out)["stage"] != stage:
            raise RuntimeError(f"{' '.join(words)} left the finding elsewhere")
        return done.seconds


def timed(desks: list[Desk]) -> dict[str, list[list[float]]]:
    """Take each step at each desk in turns; return the times by step, a column for each desk."""
    runs: dict[str, list[Callable[[], float]]] = {verb: [getattr(desk, verb) for desk in desks] for verb in VERBS}
    columns = iter(measure.turns(*chain(*runs.values())))
    return {verb: [next(columns) for _desk in desks] for verb in VERBS}


def main() -> None:
    """Print the figures; exit 1 past an aim."""
    asked, bench = measure.asked(__doc__), measure.Bench("step")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desks = [Desk(folder / f"{size}.db", size, folder) for size in (0, *SIZES)]
        for verb, (empty, *columns) in timed(desks).items():
            command = "finding add" if verb == "add" else verb
            title = f"{command}, {SIZES[-1]:,} findings"
            bench.add(measure.compared(f"step.{verb}", title, (columns[-1], empty), "s", AIM, "an empty ledger"))
            points = [(size, statistics.median(column)) for size, column in zip(SIZES, columns, strict=True)]
            bench.grow(measure.Growth(f"step.{verb}", command, "s", "findings", points))
    with tempfile.TemporaryDirectory() as name, serving() as server:
        for database in ("empty", "large"):
            server.database(database)
        desks = [Desk(server.address("empty"), 0, Path(name)), Desk(server.address("large"), ON_SERVER, Path(name))]
        for verb, (empty, large) in timed(desks).items():
            title = f"{'finding add' if verb == 'add' else verb}, {ON_SERVER:,} findings on PostgreSQL"
            bench.add(measure.compared(f"step.{verb}_server", title, (large, empty), "s", AIM, "an empty ledger"))
    bench.done(asked.record)


if __name__ == "__main__":
    main()
