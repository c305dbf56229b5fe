"""The records behind a report's figures: each query lists those of a period; what a figure counts, `report --explain` shows.

`:first` and `:last` are a period's days, `:day` and `:end` the same as numbers of days, `:month` and `:until` its months,
`:as_of` the day until which the report looks, `:ends` the period's last day even if that is yet to come. Each query has an
`agency_code`. The SQL is that of both stores.
"""

from dataclasses import dataclass
from typing import Final

from jsup.service import guides
from jsup.watch.rules import all_rules


@dataclass(frozen=True)
class Query:
    """What is listed, in Chinese, and the SELECT that lists it."""

    title: str
    sql: str


_VISITS: Final = "FROM inspection i WHERE i.latest = 1 AND i.offsite = 0 AND i.day BETWEEN :day AND :end"
_RECORDS: Final = "FROM inspection i WHERE i.latest = 1 AND i.day BETWEEN :day AND :end"
_STANDING: Final = "n.state IN ('open', 'verified') AND n.month BETWEEN :month AND :until"
_HITS: Final = "SELECT n.id, n.rule, n.month, n.agency_code, n.agency, n.enterprise_code, n.records, n.state FROM anomalies n"
_EVENTS: Final = (
    "SELECT f.number, e.step, e.done_on, f.agency_code, a.name AS agency, f.title, f.decision_number FROM event e"
    " JOIN finding f ON f.number = e.finding_number JOIN agency a ON a.code = f.agency_code"
    " WHERE e.done_on BETWEEN :first AND :last AND e.step"
)
_ACTIVITIES: Final = (
    "SELECT c.id, c.title, c.held_on, c.asked_on, c.agency_code, c.agency, c.who, c.outcome FROM activities c"
    " WHERE c.ended_on IS NULL AND COALESCE(c.held_on, c.asked_on) BETWEEN :first AND :last AND c.kind"
)
_PLANS: Final = (
    "SELECT p.code, p.title, p.agency_code, p.agency, p.level, p.kind, p.from_on, p.to_on, p.made_on, p.filed_on, p.published_on,"
    " p.visits FROM plans p WHERE p.from_on <= :last AND p.to_on >= :first"
)
_NOTES: Final = (
    "SELECT n.id, n.record, n.agency_code, n.agency, n.done_on, n.text FROM inspection_notes n"
    " WHERE n.withdrawn_on IS NULL AND n.done_on BETWEEN :first AND :last AND n.kind"
)
MERGED: Final = "(i.item LIKE '%;%' OR i.item LIKE '%；%')"
"""One visit for several items. Source: 二（三）4 综合查一次."""

QUERIES: Final = {
    "enterprises": Query(
        "各单位入企检查的企业（一户被几个单位检查的，列几行）",
        f"SELECT DISTINCT i.agency_code, i.enterprise_code {_VISITS}",
    ),
    "visits": Query(
        "入企检查",
        f"SELECT i.agency_code, i.enterprise_code, i.day, MIN(i.enterprise) AS enterprise, MIN(i.visited_on) AS visited_on,"
        f" MIN(i.record) AS record, MAX(COALESCE(i.joint, '')) AS joint {_VISITS}"
        " GROUP BY i.agency_code, i.enterprise_code, i.day",
    ),
    "records": Query("检查记录", f"SELECT i.record, i.agency_code, i.enterprise_code, i.visited_on, i.offsite {_RECORDS}"),
    "onsite": Query("入企检查记录", f"SELECT i.record, i.agency_code, i.enterprise_code, i.visited_on {_VISITS}"),
    "offsite": Query(
        "非现场检查", f"SELECT i.record, i.agency_code, i.enterprise_code, i.visited_on {_RECORDS} AND i.offsite = 1"
    ),
    "joint": Query(
        "跨部门联合检查",
        f"SELECT i.record, i.agency_code, i.enterprise_code, i.visited_on, i.joint {_VISITS} AND i.joint <> ''",
    ),
    "merged": Query(
        "综合查一次（一次检查多个事项）",
        f"SELECT i.record, i.agency_code, i.enterprise_code, i.visited_on, i.item {_VISITS} AND {MERGED}",
    ),
    "triggered": Query(
        "触发式检查", f"SELECT i.record, i.agency_code, i.enterprise_code, i.visited_on, i.reason {_VISITS} AND i.triggered = 1"
    ),
    "rated": Query(
        "企业评价", f"SELECT i.record, i.agency_code, i.enterprise_code, i.visited_on, i.rating {_VISITS} AND i.rating <> ''"
    ),
    "joint-saved": Query(
        "联合检查减少的入企次数",
        f"SELECT NULL AS agency_code, i.joint, i.enterprise_code, i.day, COUNT(DISTINCT i.agency_code) - 1 AS saved {_VISITS}"
        " AND i.joint <> '' GROUP BY i.joint, i.enterprise_code, i.day HAVING COUNT(DISTINCT i.agency_code) > 1",
    ),
    "merge-saved": Query(
        "合并计划减少的入企次数",
        "SELECT NULL AS agency_code, m.id, m.enterprise_code, m.visit_on, m.joint, m.saved FROM plan_merge m"
        " WHERE m.visit_on BETWEEN :first AND :last",
    ),
    "anomalies": Query("异常情况", f"{_HITS} WHERE n.month BETWEEN :month AND :until"),
    "looks": Query(
        "按月查看",
        "SELECT DISTINCT l.agency_code, l.month FROM look l WHERE l.month BETWEEN :month AND :until",
    ),
    "draws": Query(
        "抽查",
        "SELECT NULL AS agency_code, d.draw_id, d.quarter, d.frame_size, d.sample_size, d.share"
        " FROM draw d WHERE d.voided_on IS NULL AND d.drawn_on IS NOT NULL AND d.quarter BETWEEN :quarter AND :quarter_until",
    ),
    "drawn": Query(
        "被抽查单位",
        "SELECT c.number, c.quarter, c.agency_code, c.agency, c.due_on, c.met_on FROM draw_checks c"
        " WHERE c.quarter BETWEEN :quarter AND :quarter_until",
    ),
    "clues": Query(
        "线索",
        "SELECT c.number, c.channel, c.agency_code, c.agency, c.received_on, c.title, c.state, c.finding_number FROM clues c"
        " WHERE c.received_on BETWEEN :first AND :last",
    ),
    "gatherings": Query(
        "座谈、问卷、会商等",
        "SELECT NULL AS agency_code, g.id, g.kind, g.held_on, g.subject, g.outcome FROM gathering g"
        " WHERE g.held_on BETWEEN :first AND :last",
    ),
    "findings": Query(
        "问题",
        "SELECT f.number, f.agency_code, a.name AS agency, f.category, f.title, f.found_on, f.stage,"
        " COALESCE(f.severity, 'ordinary') AS severity FROM finding f JOIN agency a ON a.code = f.agency_code"
        " WHERE f.stage <> 'withdrawn' AND f.found_on BETWEEN :first AND :last",
    ),
    "clocks": Query(
        "到期的各项期限",
        "SELECT f.number, f.agency_code, f.agency, d.period, d.owner, d.started_on, d.due_on, d.met_on,"
        " CASE WHEN d.met_on <= d.due_on OR (d.met_on <= :as_of AND d.period IN ('rectification', 'decision')"
        " AND f.rectified_on IS NULL AND (f.wanting_on IS NULL OR f.wanting_on <= d.due_on)) THEN 'in_time'"
        " WHEN d.met_on <= :as_of THEN 'late' WHEN d.due_on < :as_of THEN 'overdue' ELSE 'running' END AS came"
        " FROM deadline d JOIN findings f ON f.number = d.finding_number"
        " WHERE d.due_on BETWEEN :first AND :ends AND (d.cancelled_on IS NULL OR d.cancelled_on > :as_of)"
        " UNION ALL SELECT CAST(g.id AS TEXT), NULL, NULL, 'guidance', 'bureau', g.reached_on, g.due_on, g.issued_on,"
        " CASE WHEN g.issued_on <= g.due_on THEN 'in_time' WHEN g.issued_on <= :as_of THEN 'late'"
        " WHEN g.due_on < :as_of THEN 'overdue' ELSE 'running' END"
        " FROM guidance g WHERE g.due_on BETWEEN :first AND :ends AND (g.dismissed_on IS NULL OR g.dismissed_on > :as_of)",
    ),
    "overdue": Query(
        "问题和指导性意见的期限，逾期未办的",
        "SELECT f.number, f.agency_code, a.name AS agency, f.title, d.period, d.owner, d.due_on FROM deadline d"
        " JOIN finding f ON f.number = d.finding_number JOIN agency a ON a.code = f.agency_code WHERE d.due_on < :as_of"
        " AND (d.met_on IS NULL OR d.met_on > :as_of) AND (d.cancelled_on IS NULL OR d.cancelled_on > :as_of)"
        " AND d.started_on <= :as_of UNION ALL SELECT CAST(g.id AS TEXT), NULL, NULL, g.title, 'guidance', 'bureau', g.due_on"
        " FROM guidance g WHERE g.due_on < :as_of AND (g.issued_on IS NULL OR g.issued_on > :as_of)"
        " AND (g.dismissed_on IS NULL OR g.dismissed_on > :as_of)",
    ),
    "warnings": Query("预警提醒", f"{_EVENTS} = 'warn'"),
    "recommendations": Query(
        "行政执法监督建议书",
        "SELECT p.id, p.number, p.agency_code, p.agency, p.signed_on, p.state FROM papers p WHERE p.kind = 'recommendation'"
        " AND p.state IN ('signed', 'sealed', 'served') AND p.signed_on BETWEEN :first AND :last",
    ),
    "escalations": Query("报请", f"{_EVENTS} = 'escalate'"),
    "returns": Query("退回", f"{_EVENTS} = 'return'"),
    "decisions": Query("行政执法监督决定书", f"{_EVENTS} = 'decide'"),
    "notified": Query("告知上级主管单位", f"{_EVENTS} = 'notify'"),
    "closed": Query("销号", f"{_EVENTS} LIKE 'close%'"),
    "measures": Query(
        "责任追究",
        "SELECT m.finding_number AS number, m.agency_code, m.agency, m.measure, m.done_on FROM measures m"
        " WHERE m.measure <> 'transfer' AND m.done_on BETWEEN :first AND :last",
    ),
    "plans": Query("期间内的检查计划", _PLANS),
    "complaints": Query(
        "单位办理的投诉举报",
        "SELECT c.number, c.agency_code, c.agency, c.received_on, c.accepted_on, c.done_on FROM complaints c"
        " WHERE c.received_on BETWEEN :first AND :last",
    ),
    "guidance": Query(
        "系统性问题和指导性意见",
        "SELECT NULL AS agency_code, g.id, g.category, g.title, g.reached_on, g.due_on, g.state, g.issued_on, g.dismissed_on,"
        " g.paper_number FROM guidances g WHERE g.reached_on BETWEEN :first AND :last",
    ),
    "guidance-given": Query(
        "收到指导性意见的单位",
        "SELECT a.agency_code, a.given_on, a.guidance_id FROM guidance_agency a JOIN guidance g ON g.id = a.guidance_id"
        " WHERE a.given_on <= :as_of AND g.reached_on BETWEEN :first AND :last",
    ),
    "guides": Query(
        "合规指引",
        "SELECT g.id, g.agency_code, g.agency, g.field, g.version, g.title, g.issued_on FROM guides g"
        " WHERE g.withdrawn_on IS NULL AND g.issued_on BETWEEN :first AND :last",
    ),
    "deliveries": Query(
        "送达企业的合规指引",
        "SELECT d.id, d.agency_code, d.field, d.version, d.enterprise_code, d.enterprise, d.delivered_on FROM guide_deliveries d"
        " WHERE d.withdrawn_on IS NULL AND d.delivered_on BETWEEN :first AND :last",
    ),
    "covered": Query("入企检查和企业首次收到该单位合规指引的日期", guides.COVERED),
    "lenient": Query("包容审慎处理", f"{_NOTES} = 'lenient'"),
    "advice": Query("检查后的改进建议", f"{_NOTES} = 'advice'"),
    "reminders": Query("广泛提醒", f"{_ACTIVITIES} = 'reminder'"),
    "trainings": Query("专项培训", f"{_ACTIVITIES} = 'training' AND c.held_on IS NOT NULL"),
    "integrity": Query("廉政和职业道德培训", f"{_ACTIVITIES} = 'integrity' AND c.held_on IS NOT NULL"),
    "consultations": Query("工作会商", f"{_ACTIVITIES} = 'consultation' AND c.held_on IS NOT NULL"),
    "joint-actions": Query("联合执法监督行动", f"{_ACTIVITIES} = 'joint' AND c.held_on IS NOT NULL"),
    "publicity": Query("宣传", f"{_ACTIVITIES} = 'publicity'"),
    "self-checks": Query(
        "自查自纠报告",
        "SELECT a.id, a.agency_code, c.title, a.done_on, a.found, a.mended, a.enterprises FROM activity_agency a"
        " JOIN activity c ON c.id = a.activity_id WHERE c.kind = 'self-check' AND a.done_on BETWEEN :first AND :last",
    ),
    "resolutions": Query(
        "会商议定事项",
        "SELECT r.id, r.agency_code, r.agency, r.who, r.text, r.until_on, r.done_on FROM resolutions r"
        " WHERE r.ended_on IS NULL AND r.until_on BETWEEN :first AND :last",
    ),
    "cases": Query(
        "经验做法和典型案例",
        "SELECT e.id, e.kind, e.agency_code, e.agency, e.title, e.received_on, e.published_on FROM experiences e"
        " WHERE e.withdrawn_on IS NULL AND e.received_on BETWEEN :first AND :last",
    ),
}  # fmt: skip
"""Every query by its key, but those of the three kinds of problem, whose rules the policy names."""


PROBLEMS: Final = {"repeat": "重复查", "multiple": "多头查", "arbitrary": "随意查"}
"""The three kinds of problem. Source: 一."""


def all_queries(arbitrary: list[str]) -> dict[str, Query]:
    """Return every query by its key; `arbitrary` are the rules whose anomalies count as 随意查, by the bureau's setting.

    Source: 一 着力解决涉企检查“重复查、多头查、随意查”等问题.
    """
    known = [rule for rule in arbitrary if rule in all_rules()]
    by_problem = {"repeat": ["repeat"], "multiple": ["multiple"], "arbitrary": known}
    named = {key: ", ".join(f"'{rule}'" for rule in rules) or "''" for key, rules in by_problem.items()}
    problems = {key: Query(PROBLEMS[key], f"{_HITS} WHERE {_STANDING} AND n.rule IN ({rules})") for key, rules in named.items()}
    return problems | QUERIES


TREND: Final = "trend"
"""The figure that looks at several quarters."""
_BURDEN: Final = (*PROBLEMS, "enterprises")
_MODES: Final = ("records", "offsite", "joint", "merged", "triggered")
FIGURES: Final = {
    "problems": _BURDEN, "problems-by-agency": _BURDEN, TREND: _BURDEN, "saved": ("joint-saved", "merge-saved"),
    "ratings": ("rated", "onsite"), "ratings-by-agency": ("rated", "onsite"), "most-visited": ("visits",),
    "draws": ("draws", "drawn"), "drawn": ("drawn",), "clues": ("clues",), "gatherings": ("gatherings",),
    "findings-by-category": ("findings",), "findings-by-agency": ("findings",), "steps": ("clocks",), "overdue": ("overdue",),
    "overdue-each": ("overdue",),
    "handling": (
        "warnings", "recommendations", "escalations", "returns", "decisions", "notified", "closed",
    ), "measures": ("measures",),
    "plans": ("plans",), "anomalies": ("anomalies",), "modes": _MODES, "modes-by-agency": _MODES,
    "complaints": ("complaints",),
    "looks": ("looks",), "systemic": ("guidance", "guidance-given"),
    "service": (
        "guides", "deliveries", "lenient", "advice", "self-checks", "publicity", "reminders", "trainings", "integrity",
        "consultations", "joint-actions", "resolutions", "cases",
    ),
    "guide-coverage": ("covered",),
}  # fmt: skip
"""The figures of the report, in their order, each with the queries behind it."""
