"""Make docs/performance.md of the recorded figures, or hold figures measured anew against the recorded ones.

    python benchmarks/performance.py                 the page and its plots, of benchmarks/recorded/*.json
    python benchmarks/performance.py --check FOLDER  each ratio of FOLDER/*.json beside the recorded one

A ratio is compared, never a time, for a time is the machine's own. The check fails where one grew by more than a quarter. The
page's prose is docs/performance.in.md, with the reason for each aim that was missed; an aim missed without one fails.
"""
# ruff: noqa: INP001 - a script, not a package

import argparse
import json
import math
import re
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from measure import ROOT, Figure, Growth

RECORDED = ROOT / "benchmarks" / "recorded"
DOCS = ROOT / "docs"
MOST_GROWN = 0.25
"""By how much of itself a ratio may grow before the check fails."""
NOISE = 0.1
"""By how much a slope may pass that of n log n and be the machine's."""
ORDER = ("startup", "overdue", "step", "imports", "scan", "verify", "deadlines", "draw", "papers", "report", "scale")
"""The benchmarks as the page has them; any other comes last."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Colours that are told apart without seeing red and green. Source: Okabe and Ito, Color Universal Design."""
MARKERS = "os^Dvp"
WIDTH, HEIGHT, DPI = 6.4, 3.6, 100


@dataclass(frozen=True)
class Record:
    """What one benchmark recorded."""

    name: str
    machine: str
    figures: list[Figure]
    growths: list[Growth]


def records(folder: Path) -> dict[str, Record]:
    """Read the records of a folder, by the benchmarks' names."""
    found = {}
    for file in folder.glob("*.json"):
        said = json.loads(file.read_text("utf-8"))
        machine = f"Python {said['python']} on {said['system']}, {said['cores']} cores"
        found[said["name"]] = Record(
            said["name"], machine, [Figure(**one) for one in said["figures"]], [Growth(**one) for one in said["growths"]]
        )
    return {name: found[name] for name in sorted(found, key=lambda name: (name not in ORDER, *(name != one for one in ORDER)))}


# The check --------------------------------------------------------------------------------------


def check(measured: Path, recorded: Path) -> bool:
    """Print each ratio that grew or was not measured; tell whether none of them grew by more than a quarter."""
    now = {figure.key: figure for record in records(measured).values() for figure in record.figures}
    whole, compared = True, 0
    for record in records(recorded).values():
        for then in record.figures:
            if then.ratio is None:
                continue
            figure = now.get(then.key)
            if figure is None or figure.ratio is None:
                if (measured / f"{record.name}.json").exists() or record.name != "scale":  # which `make bench` does not run
                    print(f"{then.key}: not measured")
                    whole = False
                continue
            compared += 1
            grown = figure.ratio / then.ratio - 1
            if grown > 0:
                said = "PAST" if grown > MOST_GROWN else "within"
                print(
                    f"{then.key}: {figure.ratio:.2f} times, recorded {then.ratio:.2f}: {grown:.0%} more, {said} {MOST_GROWN:.0%}"
                )
            whole &= grown <= MOST_GROWN
    print(f"{compared} ratios compared")
    return whole and compared > 0


# Growth -----------------------------------------------------------------------------------------


def slope(first: tuple[float, float], last: tuple[float, float]) -> float:
    """Return the slope between two points where both axes are logarithmic: 0 does not grow, 1 grows as the size does."""
    return math.log(last[1] / first[1]) / math.log(last[0] / first[0])


def n_log_n(size: float) -> float:
    """Return n log n."""
    return size * math.log(size)


def slopes(growth: Growth) -> list[float]:
    """Return the slopes from each size to the next."""
    return [slope(one, other) for one, other in pairwise(growth.points)]


def steep(growth: Growth) -> bool:
    """Tell whether it grows faster than n log n anywhere."""
    sizes = [size for size, _took in growth.points]
    most = [slope((one, n_log_n(one)), (other, n_log_n(other))) for one, other in pairwise(sizes)]
    return any(there > bound + NOISE for there, bound in zip(slopes(growth), most, strict=True))


def worded(growth: Growth) -> str:
    """Say in words how something grows, by the slope between its largest sizes."""
    last = slopes(growth)[-1]
    if steep(growth):
        return f"**steeper than n log n**: {growth.note or 'not explained'}"
    for most, words in ((0.1, "does not grow"), (0.9, "grows slower than the size"), (1.05, "grows as the size does")):
        if last <= most:
            return words
    return "grows as n log n does, or less"


# The page ---------------------------------------------------------------------------------------


def amount(value: float, unit: str) -> str:
    """Write an amount with three digits or so.

    >>> amount(1234.5, "ms"), amount(12.34, "s"), amount(0.0567, "s")
    ('1,234 ms', '12.3 s', '0.0567 s')
    """
    said = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits
    return f"{said} {unit}".rstrip()


def figures_of(record: Record) -> list[str]:
    """Return the table of a benchmark's figures."""
    lines = ["| what | jsup | beside | times | aim | |", "|---|---:|---:|---:|---:|---|"]
    for one in record.figures:
        beside = f"{one.against}: {amount(one.base, one.unit)}" if one.base is not None else "—"
        times, aim = (f"{one.ratio:.2f}", f"{one.aim:g}") if one.ratio is not None else ("—", amount(one.aim, one.unit))
        sign = "met" if one.met else "**missed**"
        lines.append(f"| {one.title} | {amount(one.ours, one.unit)} | {beside} | {times} | {aim} | {sign} |")
    return lines


def growth_of(record: Record) -> list[str]:
    """Return how what a benchmark measured grows: a row each, and the plots."""
    if not record.growths:
        return []
    lines = ["", "| growth | of | cost | slopes | so it |", "|---|---|---|---|---|"]
    for one in record.growths:
        points = "; ".join(f"{size:,}: {amount(took, one.unit)}" for size, took in one.points)
        between = ", ".join(f"{there:.2f}" for there in slopes(one))
        lines.append(f"| {one.title} | {one.of} | {points} | {between} | {worded(one)} |")
    for name, growths in plots_of(record).items():
        titles = "; ".join(one.title for one in growths)
        lines += ["", f"![{titles}: {growths[0].unit} by the number of {growths[0].of}](performance/{name}.svg)"]
    return lines


def plots_of(record: Record) -> dict[str, list[Growth]]:
    """Return the growths that are plotted together, those of one kind of size in one unit, by the plot's name."""
    found: dict[str, list[Growth]] = {}
    for one in record.growths:
        found.setdefault(re.sub(r"[^a-z0-9]+", "-", f"{record.name}-{one.of}-{one.unit}".lower()).strip("-"), []).append(one)
    return found


def missed(found: dict[str, Record], reasons: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the lines about the aims that were missed, and the keys of those without a reason."""
    late = [figure for record in found.values() for figure in record.figures if not figure.met]
    lines = [f"- **{figure.title}**: {reasons[figure.key]}" for figure in late if figure.key in reasons]
    return lines or ["Every aim is met."], [figure.key for figure in late if figure.key not in reasons]


def page(template: str, found: dict[str, Record]) -> tuple[str, list[str]]:
    """Fill the page's prose with the figures; return it and the keys of figures that miss their aim for no known reason.

    Lines behind the last marker, `<!-- reasons -->`, are keys of figures with the reason why one may miss its aim.
    """
    prose, _marker, behind = template.partition("<!-- reasons -->")
    reasons = dict(line.split(": ", 1) for line in behind.strip().splitlines() if line)
    tables: list[str] = []
    for record in found.values():
        target = " (with `make bench-scale`)" if record.name == "scale" else ""
        tables += ["", f"### `python benchmarks/{record.name}.py`{target}", "", *figures_of(record), *growth_of(record)]
    lines, unexplained = missed(found, reasons)
    figures = [figure for record in found.values() for figure in record.figures]
    met = f"{sum(figure.met for figure in figures)} of {len(figures)}"
    machine = "; ".join(sorted({record.machine for record in found.values()}))
    for marker, text in (
        ("machine", machine),
        ("met", met),
        ("figures", "\n".join(tables).strip()),
        ("missed", "\n".join(lines)),
    ):
        prose = prose.replace(f"<!-- {marker} -->", text)
    return prose.strip() + "\n", unexplained


def plot(growths: list[Growth], to: Path) -> None:
    """Draw how things grow, both axes logarithmic, with n log n beside the steepest: the same bytes for the same points."""
    import matplotlib as mpl  # noqa: PLC0415 - only the page needs it

    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "jsup", "font.size": 11, "font.family": "sans-serif"})
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(WIDTH, HEIGHT), dpi=DPI, layout="constrained")
    for growth, colour, marker in zip(growths, COLOURS * len(growths), MARKERS * len(growths), strict=False):
        axes.loglog(
            *zip(*growth.points, strict=True), color=colour, marker=marker, linewidth=2, label=growth.title.replace("`", "")
        )
    sizes = [size for size, _took in growths[0].points]
    first = max(growth.points[0][1] for growth in growths)
    axes.loglog(
        sizes, [first * n_log_n(size) / n_log_n(sizes[0]) for size in sizes], color="#777777", linestyle="--", label="n log n"
    )
    axes.set_xlabel(growths[0].of)
    axes.set_ylabel(growths[0].unit)
    axes.grid(visible=True, which="major", color="#DDDDDD")
    axes.legend(frameon=False, fontsize=10)
    figure.savefig(to, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    lines = to.read_text("utf-8").splitlines()
    to.write_text("\n".join(line.rstrip() for line in lines) + "\n", "utf-8")


def write() -> bool:
    """Write the page and its plots; tell whether every aim missed has its reason."""
    found = records(RECORDED)
    text, unexplained = page((DOCS / "performance.in.md").read_text("utf-8"), found)
    folder = DOCS / "performance"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    for record in found.values():
        for name, growths in plots_of(record).items():
            plot(growths, folder / f"{name}.svg")
    (DOCS / "performance.md").write_text(text, "utf-8")
    for key in unexplained:
        print(f"{key} misses its aim: say why in docs/performance.in.md, behind the figure's key")
    return not unexplained


def main() -> None:
    """Write the page, or check what was measured anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--check", type=Path, metavar="FOLDER", help="records measured anew, to be held against the recorded ones"
    )
    folder = parser.parse_args().check
    sys.exit(not (write() if folder is None else check(folder, RECORDED)))


if __name__ == "__main__":
    main()
