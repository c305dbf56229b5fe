"""Time a deadline of 15 working days: jsup beside chinesecalendar, holidays, numpy and a plain loop.

Run it from the project's folder with `.venv/bin/python benchmarks/deadlines.py`; it takes half a minute.
Everything is measured anew in each run, on the same random start days, and compared for equality first. Last comes how the
time for many deadlines grows with their number.
"""
# ruff: noqa: INP001 - a script, not a package

import os
import platform
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from importlib.metadata import version
from importlib.util import find_spec
from itertools import repeat
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

from measure import Bench, Figure, Growth, asked
from measure import compared as beside

from jsup import workdays
from jsup.ledger import year_row
from jsup.workdays import Calendar

DAYS = 15
LAST_YEAR = 2026  # a later release of chinesecalendar knows more
SAMPLE, MANY = 500, 100_000  # start days
SIZES = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS, PROCESSES = 7, 15
SHORTEST_MS = 20  # what is faster repeats the sample until it takes so long
AIM_NS, AIM_TIMES, AIM_MANY_MS, AIM_FIRST_MS = 400, 10, 30, 3
OTHERS = ("chinesecalendar", "holidays", "numpy")

# What else runs on the machine is not to count. Windows knows a process's own time in steps of 16 ms only.
CLOCK, CLOCK_NAME = (perf_counter, "elapsed") if sys.platform == "win32" else (process_time, "processor")

ONE = timedelta(days=1)
YEARS = [year for year in workdays.packaged() if year.year <= LAST_YEAR]
CALENDAR = Calendar(YEARS)


class Aim(NamedTuple):
    """What is aimed at, and what was measured."""

    words: str
    figure: str
    met: bool


def main() -> None:
    """Print each comparison, then each aim with its figure; exit 1 past one."""
    record, bench = asked(__doc__).record, Bench("deadlines")
    missing = [name for name in ("numpy", "holidays") if find_spec(name) is None]
    if missing:
        print(f"Nothing was measured. Install what jsup is compared with, {' and '.join(missing)}:")
        print(f"    {sys.executable} -m pip install {' '.join(missing)}")
        sys.exit(1)
    print(f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores", end="; ")
    print(", ".join(f"{name} {version(name)}" for name in OTHERS))
    print(f"Medians, of {CLOCK_NAME} time within this process and of elapsed time in new ones; the fastest and")
    print("the slowest beside them show how noisy the machine was.")
    aims = [*one_call(bench), many_at_once(bench), new_process(bench)]
    heading("Aims")
    for aim in aims:
        print(f"{aim.words:60} {aim.figure:>28}  {'met' if aim.met else 'MISSED'}")
    bench.done(record)


def heading(text: str) -> None:
    """Print the heading of a section."""
    print(f"\n{text}\n{'-' * len(text)}")


def random_days(count: int) -> list[date]:
    """Return start days of 2010 to 2026 whose period ends by the last announced day; the same in each run."""
    first, last = date(2010, 1, 1).toordinal(), CALENDAR.before(CALENDAR.announced_through, DAYS).toordinal()
    chance = random.Random(20260201)  # noqa: S311 - a sample to time, no secret
    return [date.fromordinal(chance.randint(first, last)) for _ in range(count)]


def time_in_turn(runs: Mapping[str, Callable[[], object]], repeats: dict[str, int]) -> dict[str, list[float]]:
    """Return the milliseconds of each run in each round; what disturbs the machine then slows all and not one."""
    took: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            began = CLOCK()
            for _ in range(repeats[name]):
                run()
            took[name].append((CLOCK() - began) * 1000 / repeats[name])
    return took


# One deadline after the other -------------------------------------------------------------------


def loop(starts: list[date]) -> list[date]:
    """Reckon deadlines as anyone would write it: step from day to day and count."""
    rest, work = CALENDAR.rest, CALENDAR.work
    found = []
    for start in starts:
        day, left = start, DAYS
        while left:
            day += ONE
            if day in work or (day.weekday() < workdays.SATURDAY and day not in rest):
                left -= 1
        found.append(day)
    return found


def numpy_calendar() -> Any:
    """Return numpy's calendar: a week without weekend, and every rest day as a holiday, or make-up days would be lost."""
    import numpy as np  # noqa: PLC0415 - not before it is known to be there

    days = CALENDAR.explain(date(2009, 12, 1), date(LAST_YEAR, 12, 31))
    return np.busdaycalendar("1111111", [day.date for day in days if not day.working])


def contenders(starts: list[date]) -> dict[str, Callable[[], list[Any]]]:
    """Return each way to reckon the deadlines one by one, with all made ready that can be: numpy's dates, too."""
    import chinese_calendar  # noqa: PLC0415
    import holidays  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    after, find_workday, offset = CALENDAR.after, chinese_calendar.find_workday, np.busday_offset
    nth = holidays.country_holidays("CN", years=range(2009, LAST_YEAR + 2)).get_nth_working_day
    ready, starts64 = numpy_calendar(), list(np.array(starts, "datetime64[D]"))
    return {
        "jsup": lambda: [after(start, DAYS) for start in starts],
        "plain loop": lambda: loop(starts),
        "numpy": lambda: [offset(start, DAYS, "backward", busdaycal=ready) for start in starts64],
        "holidays": lambda: [nth(start, DAYS) for start in starts],
        "chinesecalendar": lambda: [find_workday(DAYS, start) for start in starts],
    }


def one_call(bench: Bench) -> list[Aim]:
    """Compare and time deadlines reckoned one by one."""
    starts = random_days(SAMPLE)
    runs = contenders(starts)
    heading(f"One deadline of {DAYS} working days, over {SAMPLE} random start days of 2010 to {LAST_YEAR}")
    found, repeats = {}, {}
    for name, run in runs.items():
        found[name] = [day if isinstance(day, date) else day.item() for day in run()]
        began = CLOCK()
        run()
        repeats[name] = max(1, round(SHORTEST_MS / 1000 / (CLOCK() - began)))
    took = {name: [ms * 1e6 / SAMPLE for ms in times] for name, times in time_in_turn(runs, repeats).items()}
    middle = {name: median(times) for name, times in took.items()}
    print(f"{'':16} {'ns a call':>10} {'fastest':>10} {'slowest':>10} {'x jsup':>8}  beside jsup's dates")
    for name, times in took.items():
        figures = f"{middle[name]:10,.0f} {min(times):10,.0f} {max(times):10,.0f} {middle[name] / middle['jsup']:8.1f}"
        print(f"{name:16} {figures}  {'' if name == 'jsup' else compared(starts, found['jsup'], found[name])}".rstrip())
    print("numpy.busday_offset is given its own dates, made ready; chinesecalendar.find_workday is a day late")
    print("when it starts on a rest day (it takes the next working day for the start).")
    rival = min(middle.keys() - {"jsup"}, key=middle.__getitem__)
    ours, ahead = middle["jsup"], middle[rival] / middle["jsup"]
    bench.add(Figure("deadlines.one", "one deadline", ours, None, "ns", None, AIM_NS, ""))
    bench.add(
        beside("deadlines.rival", "one deadline", (took["jsup"], took[rival]), "ns", 1 / AIM_TIMES, f"{rival}, the fastest")
    )
    return [
        Aim(f"one deadline in at most {AIM_NS} ns", f"{ours:.0f} ns", ours <= AIM_NS),
        Aim(f"{AIM_TIMES} times as fast as the fastest of the others", f"{ahead:.1f} times ({rival})", ahead >= AIM_TIMES),
    ]


def compared(starts: list[date], ours: list[date], theirs: list[date]) -> str:
    """Tell how many of two lists of due dates differ, and of those how many are a working day late from a rest day."""
    different = [(start, our, their) for start, our, their in zip(starts, ours, theirs, strict=True) if our != their]
    late = sum(not CALENDAR.is_working(start) and their == CALENDAR.after(our, 1) for start, our, their in different)
    if not different:
        return "all equal"
    return f"{len(different)} DIFFER" if late < len(different) else f"{late} a day late, from rest days"


# Many at once -----------------------------------------------------------------------------------


def many_at_once(bench: Bench) -> Aim:
    """Compare and time a hundred thousand deadlines."""
    import numpy as np  # noqa: PLC0415

    starts = random_days(MANY)
    ready, array = numpy_calendar(), np.array(starts, "datetime64[D]")

    def jsup() -> list[date]:
        after = Calendar(YEARS).after
        return [after(start, DAYS) for start in starts]

    def dates_to_dates() -> Any:
        return np.busday_offset(np.array(starts, "datetime64[D]"), DAYS, "backward", busdaycal=ready).tolist()

    runs: dict[str, Callable[[], Any]] = {
        "jsup, a new calendar, dates in and out": jsup,
        "plain loop": lambda: loop(starts),
        "numpy, one call, dates in and out": dates_to_dates,
        "numpy, one call, its own array in and out": lambda: np.busday_offset(array, DAYS, "backward", busdaycal=ready),
    }
    heading(f"{MANY:,} deadlines at once")
    ours = jsup()
    words = {name: compared(starts, ours, list(run() if "array" not in name else run().tolist())) for name, run in runs.items()}
    took = time_in_turn(runs, dict.fromkeys(runs, 1))
    middle = {name: median(times) for name, times in took.items()}
    first = next(iter(runs))
    print(f"{'':42} {'ms':>7} {'fastest':>8} {'slowest':>8} {'x jsup':>8}  beside jsup's")
    for name, times in took.items():
        figures = f"{middle[name]:7.1f} {min(times):8.1f} {max(times):8.1f} {middle[name] / middle[first]:8.2f}"
        print(f"{name:42} {figures}  {'' if name == first else words[name]}".rstrip())
    bench.add(Figure("deadlines.many", f"{MANY:,} deadlines", middle[first], None, "ms", None, AIM_MANY_MS, ""))
    grow(bench)
    return Aim(f"{MANY:,} deadlines in at most {AIM_MANY_MS} ms", f"{middle[first]:.1f} ms", middle[first] <= AIM_MANY_MS)


def grow(bench: Bench) -> None:
    """Time more and more deadlines."""
    given = {size: random_days(size) for size in SIZES}

    def reckoned(starts: list[date]) -> Callable[[], object]:
        return lambda: [*map(Calendar(YEARS).after, starts, repeat(DAYS))]

    took = time_in_turn({str(size): reckoned(starts) for size, starts in given.items()}, dict.fromkeys(map(str, SIZES), 1))
    points = [(int(size), median(times)) for size, times in took.items()]
    bench.grow(Growth("deadlines.days", "deadlines, a new calendar each time", "ms", "start days", points))


# New processes ----------------------------------------------------------------------------------

IMPORT = """
from time import perf_counter
began = perf_counter()
import {module}
print((perf_counter() - began) * 1000)
"""

FIRST_DEADLINE = """
import datetime
from time import perf_counter
start, rows = datetime.date(2026, 9, 23), {rows}
began = perf_counter()
from jsup.workdays import Calendar
imported = perf_counter()
from jsup.reads import read_year
able = perf_counter()
years = [read_year(row) for row in rows]
read = perf_counter()
calendar = Calendar(years)
built = perf_counter()
due = calendar.after(start, {days})
done = perf_counter()
assert due == datetime.date(2026, 10, 21), due
for seconds in (imported - began, built - read, done - built, able - imported, read - able):
    print(seconds * 1000)
"""


def new_process(bench: Bench) -> Aim:
    """Time imports and the first deadline, each in processes of their own."""
    modules = ("datetime", "jsup.workdays", "chinese_calendar", "holidays", "numpy")
    rows = [year_row(year).model_dump() for year in YEARS]
    programs = {module: IMPORT.format(module=module) for module in modules}
    programs["first"] = FIRST_DEADLINE.format(rows=rows, days=DAYS)
    with tempfile.TemporaryDirectory() as folder:
        took = run_in_turn(programs, Path(folder))
    heading(f"Imports, in {PROCESSES} new processes each, compiled files at hand")
    print_header()
    for module in modules:
        print_times(f"import {module}", (lines[0] for lines in took[module]))
    heading(f"The first deadline of a new process, above `import datetime`, {PROCESSES} processes")
    print_header()
    importing, building, asking, enabling, reading = zip(*took["first"], strict=True)
    print_times("import jsup.workdays", importing)
    print_times(f"calendar of {len(YEARS)} years", building)
    print_times("first deadline, with its index", asking)
    total = print_times("together", (sum(lines[:3]) for lines in took["first"]))
    print("Not counted: a process that takes the days from a ledger's rows (JSON) needs as well")
    print_times("import jsup.reads (json, sqlite3 ...)", enabling)
    print_times("reading the days", reading)
    bench.add(Figure("deadlines.first", "the first deadline of a process", total, None, "ms", None, AIM_FIRST_MS, ""))
    words = f"first deadline of a process in {AIM_FIRST_MS} ms above `import datetime`"
    return Aim(words, f"{total:.2f} ms", total <= AIM_FIRST_MS)


def print_header() -> None:
    """Print the columns of `print_times`."""
    print(f"{'':42} {'ms':>7} {'fastest':>8} {'slowest':>8}")


def print_times(label: str, milliseconds: Iterable[float]) -> float:
    """Print a row of times and return its median."""
    times = list(milliseconds)
    print(f"{label:42} {median(times):7.2f} {min(times):8.2f} {max(times):8.2f}")
    return median(times)


def run_in_turn(programs: dict[str, str], folder: Path) -> dict[str, list[list[float]]]:
    """Return the numbers that each program prints, in each of its processes.

    A first run, not counted, leaves the compiled files in `folder`, as an installation does.
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    printed: dict[str, list[list[float]]] = {name: [] for name in programs}
    for number in range(PROCESSES + 1):
        for name, program in programs.items():
            file = folder / f"{name}.program"
            file.write_text(program, encoding="utf-8")
            done = subprocess.run([sys.executable, str(file)], env=environment, capture_output=True, text=True, check=True)  # noqa: S603
            if number:
                printed[name].append([float(line) for line in done.stdout.split()])
    return printed


if __name__ == "__main__":
    main()
