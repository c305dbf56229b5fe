"""Time 500 recommendations in one `recommend` against docxtpl's own rendering of the same papers: `make bench`.

Both sides run in one process in turns; figures are medians of the runs, the aim is a ratio of at most 1.5. The time that
`recommend` takes for more and more papers is measured as well.
"""

# ruff: noqa: INP001 - a script, not a package

import io
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from measure import Bench, Growth, asked, compared

from jsup import casework, ledger, policy, register
from jsup.casework import Options
from jsup.clocks import Desk
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.papers import contents, forms, issue
from jsup.papers.contents import Matter

PAPERS = 500
SIZES = (10, 100, 1000)
RUNS, FEW = 5, 3
MOST = 1.5
FOUND_ON, TODAY = date(2026, 9, 1), date(2026, 11, 24)


def made(folder: Path) -> Path:
    """Make a ledger of many agencies with one finding each, warned and not rectified."""
    path = folder / "ledger.db"
    ledger.create(path, Entry("init", "bench", TODAY), policy.packaged_text(), policy.DEFAULT)

    def book(command: str) -> Ledger:
        return Ledger(path, Entry(command, "bench", TODAY))

    for place in range(SIZES[-1]):
        register.add(book("agency add"), {"code": f"A{place:04d}", "name": f"第{place}执法单位", "level": "district"})
    with book("finding add").change() as session:
        desk = Desk(session, book("finding add"))
        numbers = [
            casework.enter(
                desk, agency=f"A{place:04d}", category="repeat", title="一个月内对同一企业重复检查", found_on=FOUND_ON,
                facts="调取检查记录，一个月内对同一企业检查三次。\n三次检查的事项相同。", basis=desk.policy.document,
            )
            for place in range(SIZES[-1])
        ]  # fmt: skip
    casework.take(book("warn"), "warn", numbers, Options(FOUND_ON, method="phone", rectify_by=date(2026, 9, 18)))
    casework.take(book("confirm"), "confirm", numbers, Options(date(2026, 9, 18), result="unrectified"))
    return path


def bare(said: Sequence[dict[str, Any]], template: bytes, folder: Path) -> float:
    """Time docxtpl alone."""
    start = time.perf_counter()
    for row in said:
        paper = DocxTemplate(io.BytesIO(template))
        paper.render(row, autoescape=True)
        paper.save(folder / "bare.docx")
    return time.perf_counter() - start


def recommended(book: Ledger, numbers: list[str], folder: Path) -> float:
    """Time `recommend` for findings, into a new folder."""
    start = time.perf_counter()
    issue.recommend(book, numbers, Options(TODAY), folder)
    return time.perf_counter() - start


def main() -> None:
    """Print both medians and their ratio; exit 1 past the aim."""
    record, bench = asked(__doc__).record, Bench("papers")
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = made(folder)
        book = Ledger(path, Entry("recommend", "bench", TODAY))
        numbers = [f"2026-{place:04d}" for place in range(1, SIZES[-1] + 1)]
        with book.change(dry_run=True) as session:
            desk = Desk(session, book)
            kind = desk.policy.paper("recommendation")
            found = [casework.get(desk, number) for number in numbers[:PAPERS]]
            matters = [
                Matter(kind, TODAY, register.get(session, finding.agency_code), [finding], "unrectified") for finding in found
            ]
            said = contents.gather(desk, matters)
        template = forms.shipped("recommendation")
        for run in range(RUNS):
            theirs.append(bare(said, template, folder))
            ours.append(recommended(book, numbers[:PAPERS], folder / f"papers{run}"))
        words = f"{PAPERS} recommendations in one `recommend`"
        bench.add(compared("papers.recommend", words, (ours, theirs), "s", MOST, "docxtpl alone"))
        points = []
        for size in SIZES:
            took = [recommended(book, numbers[:size], folder / f"{size}-{run}") for run in range(FEW)]
            points.append((size, statistics.median(took)))
        bench.grow(Growth("papers.recommend", "one `recommend`", "s", "papers", points))
    bench.done(record)


if __name__ == "__main__":
    main()
