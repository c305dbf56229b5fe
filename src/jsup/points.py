"""What a score is made of: a start value, and every point off or on with its reason.

Nothing counts from numbers of inspections or amounts of fines (八个不得之七). All weights are the bureau's own.
Source: 二（四）2.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from jsup import words
from jsup.periods import Span
from jsup.policy import Policy
from jsup.reads import Reads, Row

CLAUSE: Final = "二（四）2"
_SELF_CHECKS: Final = "三（一）"
_DAY: Final = timedelta(days=1)
EVENTS: Final = ("finding", "late", "decision")
"""Reasons of deductions for something that happened; an objection may be upheld against these."""
BOUNDS: Final = ("floor", "ceiling")
"""Reasons of the line that keeps a score between 0 and its start."""


@dataclass(frozen=True)
class Line:
    """One reason of a score: points below 0 are off, others on. `weight` is the key in the policy that says how many."""

    agency: str
    points: int
    reason: str
    text: str
    clause: str
    weight: str
    finding: str | None = None
    source: str | None = None
    category: str | None = None
    severity: str | None = None


def reckon(ledger: Reads, period: Span, today: date, policy: Policy) -> dict[str, list[Line]]:
    """Return every line of each agency's score in a period, by the agency's code, in the order of the codes.

    An agency is scored if it was not retired before the period. What was passed on with a succession is its agency's of now.
    """
    agencies = [row["code"] for row in ledger.agencies() if row["retired_on"] is None or row["retired_on"] >= str(period.first)]
    found: dict[str, list[Line]] = {code: [] for code in agencies}
    for lines in (
        _of_findings(ledger, period, policy), _of_late(ledger, period, today, policy), _of_decisions(ledger, period, policy),
        _of_self_checks(ledger, period, policy),
    ):  # fmt: skip
        for line in lines:
            if line.agency in found:
                found[line.agency].append(line)
    start = policy.own["score"]["start"]
    return {code: [*lines, *bound(code, [line.points for line in lines], start)] for code, lines in found.items()}


def bound(agency: str, points: Iterable[int], start: int) -> list[Line]:
    """Return the line that keeps a score from falling below 0 or rising above its start, where one is needed."""
    score = start + sum(points)
    if score < 0:
        return [Line(agency, -score, "floor", f"最低计0分，补{-score}分", CLAUSE, "own.score.start")]
    if score > start:
        text = f"最高计{start}分，减{score - start}分"
        return [Line(agency, start - score, "ceiling", text, CLAUSE, "own.score.start")]
    return []


def days(period: Span) -> dict[str, str]:
    """Return a period's first and last day as queries and JSON have them."""
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


def _off(line: Line) -> Line:
    """Add to a line's words what it takes off, and where its weight stands."""
    return replace(line, text=f"{line.text}；{line.clause}；扣{-line.points}分（本局设定 {line.weight}）")


def _of_findings(ledger: Reads, period: Span, policy: Policy) -> list[Line]:
    """Return a deduction for every finding of the period that was not withdrawn, by category and severity.

    One that another month, quarter or year has counted for good, before its day was corrected, is not counted again.
    """
    weights = policy.own["score"]["points"]
    found = []
    for row in ledger.rows(
        "SELECT f.number, f.agency_code, f.category, f.title, f.found_on, f.severity FROM finding f"
        " WHERE f.stage <> 'withdrawn' AND f.found_on BETWEEN :first AND :last AND NOT EXISTS (SELECT 1 FROM score_line l"
        " JOIN score_round r ON r.id = l.round_id WHERE l.finding_number = f.number AND l.reason = 'finding'"
        " AND l.withdrawn_on IS NULL AND r.state = 'final' AND r.period <> :period AND LENGTH(r.period) = :kind)"
        " ORDER BY f.number",
        period=period.key,
        kind=len(period.key),
        **days(period),
    ):
        key, severity = row["category"], row["severity"] or "ordinary"
        category = policy.categories.get(key)
        of = key if key in weights else "*"
        named = category.named if category else key
        text = (
            f"问题{row['number']}（{row['title']}），发现于{row['found_on']}，类别：{named}，程度：{words.SEVERITIES[severity]}"
        )
        clause, weight = category.clause if category else CLAUSE, f"own.score.points.{of}.{severity}"
        found.append(
            _off(Line(row["agency_code"], -weights[of][severity], "finding", text, clause, weight,
                      row["number"], row["number"], key, severity))
        )  # fmt: skip
    return found


def _of_late(ledger: Reads, period: Span, today: date, policy: Policy) -> list[Line]:
    """Return a deduction for each of an agency's periods that ended with nothing rectified: on the day after its end.

    So it counts in one period, and once, however long it stays late or is met later. A rectification whose day nobody told is
    not said to be late, unless a review after the end found something left to do.
    """
    found = []
    rows = ledger.rows(
        "SELECT d.period, d.due_on, d.met_on, d.cancelled_on, d.clause, f.number, f.agency_code, f.title, f.rectified_on,"
        " f.wanting_on > d.due_on AS wanting FROM deadline d JOIN findings f ON f.number = d.finding_number"
        " WHERE d.period IN ('rectification', 'decision') AND f.stage <> 'withdrawn' AND d.due_on BETWEEN :first AND :last"
        " ORDER BY f.number, d.id",
        first=(period.first - _DAY).isoformat(), last=(period.last - _DAY).isoformat(),
    )  # fmt: skip
    points = policy.own["score"]["late"]
    for row in rows:
        untold = row["met_on"] is not None and row["rectified_on"] is None and not row["wanting"]
        ended = row["met_on"] or row["cancelled_on"] or today.isoformat()
        if ended > row["due_on"] and not untold:
            since = date.fromisoformat(row["due_on"]) + _DAY
            what = words.PERIODS[row["period"]]
            text = f"问题{row['number']}（{row['title']}），{what}期限{row['due_on']}届满，自{since}起逾期"
            found.append(
                _off(
                    Line(row["agency_code"], -points, "late", text, row["clause"], "own.score.late", row["number"], row["number"])
                )
            )
    return found


def _of_decisions(ledger: Reads, period: Span, policy: Policy) -> list[Line]:
    """Return a deduction for each decision, by its number, once for an agency, on the first day that was entered for it."""
    clause = policy.periods["decision"].clause
    decided: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in ledger.rows(
        "SELECT e.done_on, e.details, f.number, f.agency_code FROM event e JOIN finding f ON f.number = e.finding_number"
        " WHERE e.step = 'decide' AND f.stage <> 'withdrawn' ORDER BY e.done_on, f.number, e.id"
    ):
        decided[row["agency_code"], json.loads(row["details"])["number"]].append(row)
    found = []
    for (agency, number), rows in decided.items():
        day = rows[0]["done_on"]
        if str(period.first) <= day <= str(period.last):
            numbers = list(dict.fromkeys(row["number"] for row in rows))
            text = f"行政执法监督决定书（{number}），{day}，涉及问题{'、'.join(numbers)}"
            points = -policy.own["score"]["decision"]
            line = Line(agency, points, "decision", text, clause, "own.score.decision", numbers[0], numbers[0])
            found.append(_off(line))
    return sorted(found, key=lambda line: line.finding or "")


def _of_self_checks(ledger: Reads, period: Span, policy: Policy) -> list[Line]:
    """Return credits for what an agency found in self-checks and mended before any warning. Source: 三（一）."""
    own = policy.own["score"]
    left: dict[str, int] = defaultdict(lambda: own["credit_most"])
    found = []
    for row in ledger.rows(
        "SELECT p.agency_code, p.activity_id, p.done_on, p.mended, c.title FROM activity_agency p"
        " JOIN activity c ON c.id = p.activity_id WHERE c.kind = 'self-check' AND c.ended_on IS NULL AND p.mended > 0"
        " AND p.done_on BETWEEN :first AND :last ORDER BY p.agency_code, p.done_on, p.activity_id",
        **days(period),
    ):
        full = own["credit"] * row["mended"]
        points = min(full, left[row["agency_code"]])
        left[row["agency_code"]] -= points
        text = f"自查自纠（{row['title']}），{row['done_on']}报告，已自行整改{row['mended']}个问题；{_SELF_CHECKS}；加{points}分"
        text += f"（本局设定 own.score.credit，一个期间最多加{own['credit_most']}分）"
        source = f"self-check {row['activity_id']}"
        found.append(Line(row["agency_code"], points, "self-check", text, _SELF_CHECKS, "own.score.credit", source=source))
    return found
