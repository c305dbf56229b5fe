"""The report gathered from the ledger, and the records behind each of its figures."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from jsup.errors import N_, UnknownError
from jsup.periods import Span
from jsup.reads import Reads
from jsup.reports.asked import Asked
from jsup.reports.parts import burden, checks, findings, results, watched
from jsup.reports.queries import FIGURES, TREND
from jsup.reports.report import Report

CLAUSE: Final = "二（四）1"
BASIS: Final = "根据《{title}》（{document}）{clause}的要求，现将{period}涉企行政检查执法监督情况报告如下。"
PARTS: Final = (burden, checks, findings, watched, results)


def gather(ledger: Reads, span: Span, today: date, done: Callable[[int], None] = lambda _one: None) -> Report:
    """Gather the report of a period as it is known today; `done` is told of each part.

    Raises:
        RefusedError: the period has not begun.
    """
    span.must_have_begun(today)
    asked = Asked(ledger, span, today)
    policy = ledger.policy()
    office = policy.own["office"]
    report = Report(
        title=f"关于{span.title}涉企行政检查执法监督情况的报告", office=office["name"], to=office["government"], period=span,
        number=policy.own["report"]["number"], drafted_on=today, as_of=asked.as_of,
        basis=BASIS.format(title=policy.title, document=policy.document, clause=CLAUSE, period=span.title),
        warnings=_warnings(asked),
    )  # fmt: skip
    for part in PARTS:
        section = part.section(asked)
        for figure in section.figures:
            figure.queries = FIGURES[figure.key]
        report.sections.append(section)
        done(1)
    return report


def _warnings(asked: Asked) -> list[str]:
    found = []
    if asked.as_of < asked.span.last:
        found.append(f"本期尚未结束，数据截至{asked.as_of.isoformat()}。")
    days = asked.rows(
        "SELECT MIN(i.day) AS first_day, MAX(i.day) AS last_day FROM inspection i"
        " WHERE i.latest = 1 AND i.day BETWEEN :day AND :end"
    )
    if days[0]["first_day"] is None:
        found.append("本期没有检查资料，三类突出问题、检查方式等各项无数据。")
        return found
    scanned = {
        row["month"] for row in asked.rows("SELECT DISTINCT n.month FROM anomaly n WHERE n.month BETWEEN :month AND :until")
    }
    first, last = (date.fromordinal(days[0][key]) for key in ("first_day", "last_day"))
    months = [f"{at // 12}-{at % 12 + 1:02d}" for at in range(12 * first.year + first.month - 1, 12 * last.year + last.month)]
    missed = [month for month in months if month not in scanned]
    if missed:
        found.append(f"{'、'.join(missed)}没有异常情况：尚未扫描的，请先运行 jsup scan --month。")
    return found


# Explaining -------------------------------------------------------------------------------------


def explain(ledger: Reads, span: Span, today: date, figure: str, agency: str | None = None) -> dict[str, Any]:
    """Return the records behind a figure, or behind one of its queries: each query with its SQL, its values and its records.

    `by_agency` is false where a query counts what belongs to no single agency: then none are an agency's.

    Raises:
        UnknownError: no figure and no query has that key, or no agency that code.
        RefusedError: the period has not begun.
    """
    span.must_have_begun(today)
    if agency is not None:
        ledger.agencies(agency)
    asked, looked = Asked(ledger, span, today), span
    keys = FIGURES.get(figure, (figure,))
    if figure == TREND:
        quarters = span.quarters(asked.own["report"]["quarters"])
        looked = quarters[0]._replace(
            key=f"{quarters[0].key}-{quarters[-1].key}", last=quarters[-1].last, months=3 * len(quarters)
        )
    if keys[0] not in asked.queries:
        raise UnknownError(
            N_("no figure is called {key}: choose one of {keys}"),
            key=figure, keys=[*dict.fromkeys([*FIGURES, *asked.queries])],
        )  # fmt: skip
    told = []
    for key in keys:
        query = asked.queries[key]
        listed = asked.listed(key, looked)
        records = [row for row in listed if agency is None or row["agency_code"] == agency]
        told.append(
            {
                "key": key, "title": query.title, "sql": query.sql, "values": asked.values(looked, query.sql),
                "by_agency": not listed or any(row["agency_code"] is not None for row in listed),
                "count": len(records), "records": records,
            }
        )  # fmt: skip
    return {"figure": figure, "period": span.key, "agency": agency, "queries": told}
