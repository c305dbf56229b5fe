"""What leaders read, as files: the weekly side of A4, and the work briefing drafted from the cases that were gathered."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from jsup import outputs
from jsup.errors import N_, RefusedError, UsageError, visible
from jsup.papers.cases import paragraphs
from jsup.papers.contents import ROOM
from jsup.periods import Span
from jsup.reads import Reads
from jsup.reports.weeks import LISTS, TITLES, counts, numbered
from jsup.words import EXPERIENCES, chinese_day, numeral

ENDINGS: Final = (".docx", ".md")


def ending(out: Path, endings: Sequence[str]) -> str:
    """Return a file's ending.

    Raises:
        UsageError: jsup writes none of that kind.
    """
    if out.suffix.lower() not in endings:
        raise UsageError(N_("--out {file}: name a file that ends in one of {endings}"), file=out.name, endings=", ".join(endings))
    return out.suffix.lower()


def write_weekly(ledger: Reads, found: dict[str, Any], out: Path, *, by_agency: bool = False) -> None:
    """Write the weekly side as a new file: Word on one side of A4 whatever the week holds, or Markdown.

    Raises:
        UsageError: the file's ending is neither.
        TableError: the file is there already, or cannot be written.
    """
    if ending(out, ENDINGS) == ".md":
        outputs.make_all({out: _markdown(found, by_agency=by_agency).encode()})
        return
    from jsup.reports.sides import side  # noqa: PLC0415 - python-docx for Word alone

    outputs.make_all({out: side(found, ledger.policy().own["office"]["name"], by_agency=by_agency)})


def _markdown(found: dict[str, Any], *, by_agency: bool) -> str:
    def cell(text: str | None) -> str:
        escaped = visible(text or "").replace("&", "&amp;").replace("<", "&lt;")
        return "".join(f"\\{character}" if character in "\\`*_{}[]()#+!|~" else character for character in escaped)

    lines = [f"# 涉企行政检查执法监督一周情况（{found['as_of']}）"]
    for key in LISTS:
        items = found[key]
        lines += ["", f"## {TITLES[key]}（{len(items)}项）", ""]
        if by_agency and items:
            lines += ["、".join(f"{cell(name)}{several}项" for _code, name, several in counts(items)), ""]
        if items:
            lines += ["| 编号 | 单位 | 事项 | 日期 | 说明 |", "| --- | --- | --- | --- | --- |"]
        for item in items:
            texts = (numbered(item), item["agency"], item["title"], item["due_on"] or item["on"], item["note"])
            lines.append(f"| {' | '.join(cell(text) for text in texts)} |")
        if not items:
            lines.append("无。")
    return "\n".join(lines) + "\n"


# The briefing -----------------------------------------------------------------------------------


def cases(ledger: Reads, period: Span) -> dict[str, Any]:
    """Return the cases for a period's briefing: `cases`, and `left_out` with `why`.

    Those received in the period, and earlier ones that were not yet published; none without the agency's consent.
    Source: 三（三）.
    """
    taken, left = [], []
    for row in ledger.rows(
        "SELECT * FROM experiences WHERE withdrawn_on IS NULL AND received_on <= :last"
        " AND (received_on >= :first OR published_on IS NULL) ORDER BY received_on, id",
        first=period.first.isoformat(), last=period.last.isoformat(),
    ):  # fmt: skip
        if row["consent_on"] is None:
            left.append({"id": row["id"], "agency": row["agency"], "title": row["title"], "why": "未取得单位同意"})
        else:
            taken.append(row)
    return {"cases": taken, "left_out": left}


def briefing(ledger: Reads, period: Span, today: date, out: Path, issue: int | None = None) -> dict[str, Any]:
    """Draft the work briefing of a period as a new Word file; return `period, cases, left_out, file`.

    Raises:
        RefusedError: there is no case to write about.
        UsageError: the file is not to be one of Word.
        TableError: the file is there already, or cannot be written.
    """
    ending(out, (".docx",))
    period.must_have_begun(today)
    found = cases(ledger, period)
    if not found["cases"]:
        raise RefusedError(
            N_("no case of {period} may go into a briefing ({left} wait for consent): `jsup case list` shows all"),
            period=period.key, left=len(found["left_out"]),
        )  # fmt: skip
    from jsup.reports.word import Sheet  # noqa: PLC0415 - python-docx for Word alone

    bureau, sheet = ledger.policy().own["office"]["name"], Sheet()
    sheet.add("Brief Mark", "工作简报")
    sheet.add("Paper Number", f"第{issue if issue is not None else ROOM}期")
    sheet.add("Brief Line", f"{bureau}编\t{chinese_day(today)}")
    sheet.add("Red Rule", "")
    sheet.add("Paper Title", "涉企行政检查执法监督工作情况")
    sheet.add("Paper Number", f"（{period.title}）")
    kinds = [key for key in EXPERIENCES if any(case["kind"] == key for case in found["cases"])]
    for place, kind in enumerate(kinds, 1):
        sheet.add("Heading", f"{numeral(place)}、{EXPERIENCES[kind]}")
        for number, case in enumerate((case for case in found["cases"] if case["kind"] == kind), 1):
            sheet.add("Second Heading", f"（{numeral(number)}）{case['agency']}：{case['title']}")
            for text in paragraphs(case["text"]):
                sheet.add("Body", text)
    sheet.add("Normal", "")
    for text in (f"报：{6 * ROOM}", f"送：{6 * ROOM}", f"{bureau}\t{chinese_day(today)}印"):
        sheet.add("Imprint", text)
    outputs.make_all({out: sheet.data()})
    shown = [{key: case[key] for key in ("id", "agency_code", "agency", "kind", "title")} for case in found["cases"]]
    return {"period": period.key, "cases": shown, "left_out": found["left_out"], "file": str(out)}
