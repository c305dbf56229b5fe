"""What the watch shows: plans and their filing, anomalies, ways of inspecting, the monthly look, agencies' complaints.

Source: 二（一）3; 二（三）2, 4, 6.
"""

from typing import Final

from jsup import clues
from jsup.reports.asked import Asked
from jsup.reports.report import CODE, COUNT, RATE, Cell, Chart, Column, Figure, Rate, Section, sums
from jsup.watch import planned
from jsup.watch.months import month
from jsup.watch.rules import all_rules
from jsup.words import LEVELS

STATES: Final = {"open": "待核实", "verified": "已核实", "dismissed": "已排除", "gone": "复扫未再出现"}
MODES: Final = {"offsite": "非现场检查", "joint": "跨部门联合检查", "merged": "综合查一次", "triggered": "触发式检查"}


def section(asked: Asked) -> Section:
    """Gather the section."""
    now, before = asked.beside("anomalies")
    records, states = asked.beside("records"), asked.count("anomalies", "state")
    return Section(
        "watched", "检查计划、检查资料和投诉举报", "二（一）3、二（三）",
        f"{asked.span.title}检查记录{records[0]}条（上期{records[1]}条），发现异常情况{now}起（上期{before}起），"
        f"其中待核实{states.get('open', 0)}起、已核实{states.get('verified', 0)}起。",
        [_plans(asked), _anomalies(asked), *_modes(asked), _looks(asked), _complaints(asked)],
    )  # fmt: skip


def _plans(asked: Asked) -> Figure:
    as_of = asked.as_of.isoformat()
    listed = {row["code"] for row in asked.listed("plans")}
    rows: list[tuple[Cell, ...]] = []
    found = [row for row in planned.plans(asked.ledger) if row["code"] in listed]
    for level, title in LEVELS.items():
        own = [row for row in found if row["level"] == level]
        filed = [row for row in own if row["filed_on"] and row["filed_on"] <= as_of]
        late = [row for row in filed if row["file_due_on"] and row["filed_on"] > row["file_due_on"]]
        due = [row for row in own if row["publish_due_on"]]
        published = [row for row in due if row["published_on"] and row["published_on"] <= as_of]
        published_late = [row for row in published if row["published_on"] > row["publish_due_on"]]
        cells = (len(own), len(filed), len(late), len(own) - len(filed), len(due), len(published), len(published_late))
        rows.append((title, *cells, sum(int(row["visits"]) for row in own)))
    total = ("合计", *sums(rows, 1, 8))
    columns = (
        Column("单位层级"), Column("计划", COUNT), Column("已备案", COUNT), Column("其中逾期备案", COUNT),
        Column("未备案", COUNT),
        Column("应公告", COUNT), Column("已公告", COUNT), Column("其中逾期公告", COUNT), Column("计划入企次数", COUNT),
    )  # fmt: skip
    before = asked.total("plans", asked.span.before)
    note = f"检查期间与本期重合的计划；上期{before}个。备案、公告的期限为本局设定。"
    return Figure("plans", "检查计划备案和公告", columns, rows, total, note)


def _anomalies(asked: Asked) -> Figure:
    now, before = asked.count("anomalies", "rule, state"), asked.count("anomalies", "rule", asked.span.before)
    rows: list[tuple[Cell, ...]] = []
    for key, rule in all_rules().items():
        numbers = [now.get((key, state), 0) for state in STATES]
        rows.append((rule.title, rule.clause, sum(numbers), before.get(key, 0), *numbers))
    total = ("合计", "", *sums(rows, 2, 3 + len(STATES)))
    columns = (
        Column("规则"), Column("方案条款", CODE), Column("本期", COUNT), Column("上期", COUNT),
        *(Column(title, COUNT) for title in STATES.values()),
    )  # fmt: skip
    return Figure("anomalies", "异常情况（按规则）", columns, rows, total, chart=Chart("bars", 0, (2, 3), "起"))


def _modes(asked: Asked) -> list[Figure]:
    wholes = asked.beside("records")
    rows: list[tuple[Cell, ...]] = []
    for key, title in MODES.items():
        now, before = asked.beside(key)
        rows.append((title, now, Rate(now, wholes[0]), before, Rate(before, wholes[1])))
    columns = (Column("检查方式"), Column("本期", COUNT), Column("占比%", RATE), Column("上期", COUNT), Column("上期占比%", RATE))
    note = "占全部检查记录的比例；一次检查可以兼有几种方式。综合查一次为检查事项不止一项的检查。"
    total = ("全部检查记录", wholes[0], None, wholes[1], None)
    by_agency, whole = {key: asked.count(key) for key in MODES}, asked.count("records")
    own: list[tuple[Cell, ...]] = []
    for code in sorted(whole):
        numbers = [by_agency[key].get(code, 0) for key in MODES]
        shares = [cell for number in numbers for cell in (number, Rate(number, whole[code]))]
        own.append((code, asked.agencies.get(code, code), whole[code], *shares))
    columns_too = (
        Column("单位代码", CODE), Column("单位"), Column("检查记录", COUNT),
        *(column for title in MODES.values() for column in (Column(title, COUNT), Column("占比%", RATE))),
    )  # fmt: skip
    return [
        Figure("modes", "检查方式", columns, rows, total, note),
        Figure("modes-by-agency", "检查方式（按单位）", columns_too, own),
    ]


def _looks(asked: Asked) -> Figure:
    looked = asked.count("looks", "month")
    uploaded = asked.rows(
        "SELECT q.month, COUNT(*) AS agencies FROM (SELECT DISTINCT SUBSTR(CAST(i.visited_on AS TEXT), 1, 7) AS month,"
        " i.agency_code FROM inspection i WHERE i.latest = 1 AND i.day BETWEEN :day AND :end) q GROUP BY q.month"
    )
    with_upload = {row["month"]: row["agencies"] for row in uploaded}
    agencies = [row for row in asked.ledger.agencies() if row["status"] != "entrusted"]
    rows: list[tuple[Cell, ...]] = []
    for name in sorted({*looked, *with_upload}):
        ended = month(name)[1].isoformat()
        there = len([row for row in agencies if row["retired_on"] is None or row["retired_on"] > ended])
        rows.append((name, there, with_upload.get(name, 0), looked.get(name, 0), max(there - looked.get(name, 0), 0)))
    columns = (
        Column("月份", CODE), Column("单位", COUNT), Column("有检查资料的单位", COUNT), Column("已查看", COUNT),
        Column("未查看", COUNT),
    )  # fmt: skip
    return Figure("looks", "按月查看检查资料", columns, rows, note="单位为当月末名录中的单位，受委托组织不计。")


def _complaints(asked: Asked) -> Figure:
    first, last = asked.span.first.isoformat(), asked.span.last.isoformat()
    before = asked.count("complaints", span=asked.span.before)
    by_agency: dict[str, list[int]] = {}
    for row in clues.complaints(asked.ledger, asked.as_of):
        if first <= row["received_on"] <= last:
            numbers = by_agency.setdefault(row["agency_code"], [0] * 5)
            numbers[0] += 1
            numbers[("received", "accepted", "done").index(row["state"]) + 1] += 1
            numbers[4] += row["late"]
    rows: list[tuple[Cell, ...]] = [
        (code, asked.agencies.get(code, code), by_agency.get(code, [0] * 5)[0], before.get(code, 0),
         *by_agency.get(code, [0] * 5)[1:])
        for code in sorted({*by_agency, *before})
    ]  # fmt: skip
    total = ("", "合计", *sums(rows, 2, 7))
    columns = (
        Column("单位代码", CODE), Column("单位"), Column("本期收到", COUNT), Column("上期收到", COUNT), Column("未受理", COUNT),
        Column("办理中", COUNT), Column("已办结", COUNT), Column("逾期", COUNT),
    )  # fmt: skip
    return Figure("complaints", "单位受理和处理投诉举报", columns, rows, total, "受理、办结的期限为本局设定。")
