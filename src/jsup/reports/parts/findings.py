"""Findings and the three steps: by category and agency, each step's share on time, what is late, decisions and measures.

Source: 二（二）1; 二（二）2.
"""

from typing import Final

from jsup.periods import Span
from jsup.reports.asked import Asked
from jsup.reports.queries import FIGURES
from jsup.reports.report import CODE, COUNT, RATE, Cell, Chart, Column, Figure, Rate, Section, sums
from jsup.words import MEASURES, SEVERITIES, STAGES

PERIODS: Final = {
    "warning": "预警整改", "recommendation": "制作建议书", "rectification": "整改", "review": "跟踪复查",
    "decision": "决定书整改",
    "guidance": "指导性意见",
}  # fmt: skip
_MOST: Final = 50
"""Late clocks that are listed one by one; all of them are counted."""
_ENDED: Final = ("rectified", "closed")


def section(asked: Asked) -> Section:
    """Gather the section."""
    now, before = asked.beside("findings")
    late = asked.total("overdue")
    return Section(
        "findings", "问题和督促整改", "二（二）",
        f"{asked.span.title}发现问题{now}个，上期{before}个。截至{asked.as_of.isoformat()}，问题和指导性意见逾期未办的期限{late}项。",
        [_by_category(asked), _by_agency(asked), _steps(asked), *_overdue(asked), _handling(asked), _measures(asked)],
    )  # fmt: skip


def _by_category(asked: Asked) -> Figure:
    now, before = asked.count("findings", "category, severity"), asked.count("findings", "category", asked.span.before)
    categories = asked.ledger.policy().categories
    rows: list[tuple[Cell, ...]] = []
    order = {key: place for place, key in enumerate(categories)}  # one that a later policy left out stands behind the others
    for key in sorted({key for key, _severity in now} | {*before}, key=lambda key: (order.get(key, len(order)), key)):
        category = categories.get(key)
        title = category.named if category else key
        numbers = [now.get((key, severity), 0) for severity in SEVERITIES]
        rows.append((title, category.clause if category else "", sum(numbers), before.get(key, 0), *numbers))
    total = ("合计", "", *sums(rows, 2, 3 + len(SEVERITIES)))
    columns = (
        Column("类别"), Column("方案条款", CODE), Column("本期", COUNT), Column("上期", COUNT),
        *(Column(title, COUNT) for title in SEVERITIES.values()),
    )  # fmt: skip
    note = "已撤回的不计。严重程度为本局设定，未注明的为一般。"
    return Figure("findings-by-category", "问题（按类别）", columns, rows, total, note, Chart("bars", 0, (2, 3), "个"))


def _by_agency(asked: Asked) -> Figure:
    now, before = asked.count("findings", "agency_code, stage"), asked.count("findings", span=asked.span.before)
    rows: list[tuple[Cell, ...]] = []
    for code in sorted({code for code, _stage in now} | {*before}):
        own = {stage: now.get((code, stage), 0) for stage in STAGES}
        done = sum(own[stage] for stage in _ENDED)
        rows.append(
            (code, asked.agencies.get(code, code), sum(own.values()), before.get(code, 0), done, sum(own.values()) - done)
        )
    total = ("", "合计", *sums(rows, 2, 5))
    columns = (
        Column("单位代码", CODE), Column("单位"), Column("本期", COUNT), Column("上期", COUNT), Column("已整改或销号", COUNT),
        Column("未整改完毕", COUNT),
    )  # fmt: skip
    note = "已整改或销号、未整改完毕为本期发现的问题现在的情况。"
    return Figure("findings-by-agency", "问题（按单位）", columns, rows, total, note, Chart("bars", 1, (4, 5), "个"))


def _steps(asked: Asked) -> Figure:
    rows: list[tuple[Cell, ...]] = []
    now, before = _came(asked, asked.span), _came(asked, asked.span.before)
    for key, title in PERIODS.items():
        in_time, late, overdue, running = now[key]
        was = before[key]
        share, share_before = Rate(in_time, in_time + late + overdue), Rate(was[0], sum(was[:3]))
        rows.append((title, in_time + late + overdue + running, in_time, late, overdue, running, share, share_before))
    columns = (
        Column("期限"), Column("本期到期", COUNT), Column("按期", COUNT), Column("逾期办结", COUNT), Column("逾期未办", COUNT),
        Column("未到期", COUNT), Column("按期率%", RATE), Column("上期按期率%", RATE),
    )  # fmt: skip
    note = (
        "按到期日计入本期；因撤回、销号等终止的不计；未到期的不计入按期率。"
        "整改日期无人说明、期满后的复查也没有发现未整改的，不计为逾期。"
    )
    return Figure("steps", "各步按期情况", columns, rows, note=note)


def _came(asked: Asked, span: Span) -> dict[str, list[int]]:
    """Return for each period how many clocks were met in time, met late, are overdue, are running."""
    ways = ("in_time", "late", "overdue", "running")
    counted = asked.count("clocks", "period, came", span)
    return {period: [counted.get((period, way), 0) for way in ways] for period in PERIODS}


def _overdue(asked: Asked) -> list[Figure]:
    counted = asked.count("overdue", "agency_code, period")
    rows: list[tuple[Cell, ...]] = []
    for code in sorted({code for code, _period in counted}, key=lambda code: code or ""):
        numbers = [counted.get((code, period), 0) for period in PERIODS]
        rows.append((code, asked.agencies.get(code, code) if code else "（不分单位）", sum(numbers), *numbers))
    titles = [*PERIODS.values()]
    total = ("", "合计", *sums(rows, 2, 2 + len(PERIODS)))
    columns = (
        Column("单位代码", CODE), Column("单位"), Column("逾期", COUNT), *(Column(title, COUNT) for title in titles),
    )  # fmt: skip
    listed = asked.rows(
        f"SELECT q.* FROM ({asked.queries['overdue'].sql}) q ORDER BY q.due_on, q.number, q.period LIMIT :most", most=_MOST
    )
    each: list[tuple[Cell, ...]] = [
        (row["number"], row["agency"], row["title"], PERIODS.get(row["period"], row["period"]), row["due_on"]) for row in listed
    ]
    own = (Column("问题编号", CODE), Column("单位"), Column("问题"), Column("期限"), Column("到期日", CODE))
    as_of = f"截至{asked.as_of.isoformat()}。异常情况、投诉举报、检查计划、抽查和议定事项的逾期见各有关表和 jsup overdue。"
    return [
        Figure("overdue", "问题和指导性意见逾期未办（按单位）", columns, rows, total, as_of),
        Figure(
            "overdue-each",
            "问题和指导性意见逾期未办（逐项）",
            own,
            each,
            note=f"{as_of}最早到期的{_MOST}项，其余见 jsup overdue。",
        ),
    ]


def _handling(asked: Asked) -> Figure:
    rows: list[tuple[Cell, ...]] = [
        (asked.queries[key].title, *asked.beside(key, of="COUNT(DISTINCT decision_number)" if key == "decisions" else "COUNT(*)"))
        for key in FIGURES["handling"]
    ]
    columns = (Column("事项"), Column("本期", COUNT), Column("上期", COUNT))
    note = "建议书按签发的份数、决定书按文号计，其余按问题计。"
    return Figure("handling", "预警、建议、报请和决定", columns, rows, note=note)


def _measures(asked: Asked) -> Figure:
    now, before = asked.count("measures", "measure"), asked.count("measures", "measure", asked.span.before)
    rows: list[tuple[Cell, ...]] = [
        (title, now.get(key, 0), before.get(key, 0)) for key, title in MEASURES.items() if key != "transfer"
    ]
    return Figure("measures", "责任追究", (Column("措施"), Column("本期", COUNT), Column("上期", COUNT)), rows)
