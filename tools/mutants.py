"""Change one thing after the other in the table of steps, and tell which changes no test notices.

    python tools/mutants.py [--list] [--every N]

mutmut, which `make mutants` runs first, changes code in functions; the table is data. Each change takes a row, a stage, a need, a
condition, a clock or its start away, adds a stage, turns a flag over, or names another stage or clause. tests/test_steps.py runs
on each until its first failure, in a process that is forked when all is imported. Exits 1 where fewer than 80 in 100 are noticed.
"""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jsup import steps
from jsup.steps import Start, Step

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # where `tests` is
WANTED = 80
"""Of a hundred changes so many are to be noticed."""
MANY = 4
"""Of a row with more stages than so many only the first and the last are taken away."""
RUN = ["-x", "-q", "-k", "not server", "-p", "no:cacheprovider", str(ROOT / "tests" / "test_steps.py")]


def without(row: Step, field: str) -> Iterator[tuple[str, Step]]:
    """Yield a row with one of a field's values taken away."""
    values: tuple[Any, ...] = getattr(row, field)
    for place, value in enumerate(values):
        said = value.period if isinstance(value, Start) else value
        yield f"{field} without {said}", row._replace(**{field: values[:place] + values[place + 1 :]})


def changes(row: Step) -> Iterator[tuple[str, Step]]:
    """Yield each change of a row, with what it is."""
    taken = [*without(row, "stages")]
    yield from taken if len(taken) <= MANY else (taken[0], taken[-1])
    for field in ("needs", "conditions", "starts", "meets", "restarts", "reopens"):
        yield from without(row, field)
    for stage in [stage for stage in steps.STAGES if stage not in row.stages][:1]:
        yield f"stages with {stage}", row._replace(stages=(*row.stages, stage))
    other = (
        next(stage for stage in steps.STAGES if stage != row.to and stage not in row.stages[:1])
        if len(row.stages) < len(steps.STAGES)
        else "open"
    )
    yield f"to {other}", row._replace(to=other)
    clause = next(one for one in (steps.FIRST, steps.SECOND) if one != row.clause)
    yield f"clause {clause}", row._replace(clause=clause)
    for place, start in enumerate(row.starts):
        later = start._replace(after="" if start.after else "warning")
        yield (
            f"{start.period} after {later.after or 'its own day'}",
            row._replace(starts=(*row.starts[:place], later, *row.starts[place + 1 :])),
        )
        other_event = start._replace(event="confirm" if start.event != "confirm" else "warn")
        yield (
            f"{start.period} from {other_event.event}",
            row._replace(starts=(*row.starts[:place], other_event, *row.starts[place + 1 :])),
        )
    for flag in ("ends_all", "after_expiry", "side", "until_expiry"):
        yield f"{flag} turned over", row._replace(**{flag: not getattr(row, flag)})


def mutants() -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Yield each changed table, with what was changed."""
    table = steps.TABLE
    for place, row in enumerate(table):
        name = f"{row.command} ({'/'.join(row.stages[:2])})"
        yield f"{name}: row taken away", (*table[:place], *table[place + 1 :])
        for said, changed in changes(row):
            yield f"{name}: {said}", (*table[:place], changed, *table[place + 1 :])


def noticed(table: tuple[Step, ...]) -> bool:
    """Run the tests over a changed table in a process of its own; tell whether any failed."""
    child = os.fork()
    if child == 0:
        steps.TABLE = table  # type: ignore[misc, assignment]
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):  # noqa: PTH123
            status = pytest.main(RUN)
        os._exit(int(status))
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0


def main() -> int:
    """Change the table in every way, and print what no test noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="name the changes and run nothing")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try each N-th change alone")
    options = parser.parse_args()
    every = list(mutants())[:: options.every]
    if options.list:
        print("\n".join(name for name, _table in every))
        return 0
    if noticed(steps.TABLE):
        print("the tests fail on the table as it is")
        return 1
    survived = 0
    for number, (name, table) in enumerate(every, 1):
        start = time.monotonic()
        if not noticed(table):
            survived += 1
            print(f"{number} of {len(every)}: nobody noticed {name} ({time.monotonic() - start:.0f} s)", flush=True)
    print(f"the table of steps: {len(every) - survived} of {len(every)} changes noticed")
    return int((len(every) - survived) * 100 < WANTED * len(every))


if __name__ == "__main__":
    sys.exit(main())
