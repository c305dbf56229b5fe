"""The papers of guidance opinions, prefilled with what the findings show; no agency is named to another. Source: 二（四）3."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from jsup.errors import N_, UsageError, checked, not_future
from jsup.ledger import Ledger
from jsup.papers import issue
from jsup.papers.cases import paragraphs
from jsup.papers.contents import Matter
from jsup.papers.issue import Made
from jsup.papers.trays import issuing
from jsup.reads import Reads, Row
from jsup.register import get as get_agency
from jsup.service import guidance, reached
from jsup.words import chinese_day


def draft(
    ledger: Ledger, number: int, opinions: Sequence[str], agencies: Sequence[str], out: Path, on: date, *, force: bool = False
) -> list[Made]:
    """Draft the opinion on a systemic problem: one paper for each agency named, else one for all.

    Raises:
        UnknownError: no such guidance or agency.
        RefusedError: it was dismissed, or a field of the paper would be empty.
        UsageError: no opinion is given.
    """
    said = [line for text in opinions for line in paragraphs(checked(text, "--opinion", lines=True))]
    if not said:
        raise UsageError(N_("`{step}` wants {missing} as well"), step="guidance draft", missing="--opinion")
    with issuing(ledger, out, force=force) as tray:
        desk = tray.desk
        guidance.get(desk, number, "draft", on)
        (row,) = reached.guidances(desk.reads, ledger.entry.today, number=number)
        filled = {"subject": row["title"], "problem": problem(desk.reads, row, on), "opinions": said}
        not_future(on, ledger.entry.today)
        bodies = [get_agency(desk.session, code) for code in dict.fromkeys(agencies)]
        kind = desk.policy.paper(guidance.KIND)
        matters = [Matter(kind, on, body, said=filled) for body in bodies] or [Matter(kind, on, said=filled)]
        return issue.drafted(tray, matters, out)


def problem(ledger: Reads, row: Row, on: date) -> list[str]:
    """Tell a problem as a paper may: its category, and at how many agencies it was found how often."""
    found = reached.findings(ledger, row)
    called = reached.name(ledger.policy(), row["category"])
    several = len({one["agency_code"] for one in found}) or sum(one["shown"] for one in row["agencies"])
    where = f"截至{chinese_day(on)}，{several}个单位存在" if several else "存在"
    often = f"，共{len(found)}件" if found else ""
    return [f"监督中发现，{where}“{called}”方面的问题{often}，具有普遍性、系统性。"]
