"""Document numbers (文号): counted by pattern and year, given with the signature, and never used twice."""

import re
from datetime import date

from sqlmodel import col, func, select

from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, UsageError, checked
from jsup.models import Paper

_WRITTEN = re.compile(r"([^〔〕\s]+)〔(\d{4})〕([1-9]\d{0,6})号")
"""A document number by GB/T 9704-2012: 〔〕 around the year, no leading zero."""


def give(desk: Desk, paper: Paper, on: date, number: str | None, why: str | None) -> None:
    """Give a paper that is signed on a day its number: the next number of its kind, or one of the office's own register.

    A number of jsup's own pattern counts on from there, and leaves no gap without a reason. A kind without a pattern has no
    number unless one is given. A paper that was voided keeps its number.

    Raises:
        UsageError: the number is not written as a document number.
        RefusedError: it is taken, of another year, or leaves a gap that is not explained.
    """
    kind = desk.policy.papers.get(paper.kind)
    pattern = kind.number if kind is not None else ""
    if number is None:
        if not pattern:
            return
        serial = _last(desk, pattern, on.year) + 1
        paper.series, paper.series_year, paper.serial = pattern, on.year, serial
        paper.number = pattern.format(year=on.year, n=serial)
        return
    number, why = checked(number, "--number"), why and checked(why, "--why", lines=True)
    written = _WRITTEN.fullmatch(number)
    if written is None:
        example = (pattern or "金司〔{year}〕{n}号").format(year=on.year, n=_last(desk, pattern, on.year) + 1)
        raise UsageError(N_("--number {number} is not a document number: write it as {example}"), number=number, example=example)
    series, year, serial = f"{written[1]}〔{{year}}〕{{n}}号", int(written[2]), int(written[3])
    other = next((kind for kind in desk.policy.papers.values() if kind.number == series != pattern), None)
    if other is not None:
        raise RefusedError(N_("{number} is a number of {title}, and this paper is none"), number=number, title=other.title)
    taken = desk.session.exec(select(Paper).where(Paper.number == number)).first()
    if taken is not None:
        raise RefusedError(
            N_("{number} is the number of paper {paper} already: no number is used twice"), number=number, paper=taken.id
        )
    if year != on.year:
        raise RefusedError(N_("{number} is a number of {year}, but the paper is signed on {on}"), number=number, year=year, on=on)
    last = _last(desk, series, year)
    if series == pattern and serial > last + 1 and not why:
        raise RefusedError(
            N_("{number} leaves out {first}: say with --why what became of the numbers between"),
            number=number,
            first=pattern.format(year=year, n=last + 1),
        )
    paper.number, paper.series, paper.series_year, paper.serial, paper.number_why = number, series, year, serial, why


def _last(desk: Desk, series: str, year: int) -> int:
    """Return the greatest number of a series in a year, voided papers included."""
    of_year = select(func.max(col(Paper.serial))).where(Paper.series == series, Paper.series_year == year)
    return desk.session.exec(of_year).one() or 0
