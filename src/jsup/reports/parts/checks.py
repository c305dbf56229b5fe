"""The draw and its checks, and what came in. Source: 二（一）1 抽查; 二（一）2 社会监督."""

from typing import Final

from jsup.reports.asked import Asked
from jsup.reports.report import CODE, COUNT, RATE, TEXT, Cell, Column, Figure, Rate, Section, sums
from jsup.words import CHANNELS, GATHERINGS

STATES: Final = {"open": "待处理", "finding": "立为问题", "referred": "移交", "merged": "合并", "dismissed": "不予采用"}
"""What became of a clue."""


def section(asked: Asked) -> Section:
    """Gather the section."""
    draws = _draws(asked)
    drawn, checked = sums(draws.rows, 2, 2)[0], sums(draws.rows, 5, 5)[0]
    clues = _clues(asked)
    now, before = asked.beside("clues")
    return Section(
        "checks", "抽查和线索", "二（一）",
        f"{asked.span.title}抽取单位{drawn}家次，已检查{checked}家次。收到线索{now}件，上期{before}件。",
        [draws, _drawn(asked), clues, _gatherings(asked)],
    )  # fmt: skip


def _draws(asked: Asked) -> Figure:
    checked = asked.count("drawn", "number", of="COUNT(met_on)")
    found = asked.rows(
        f"SELECT q.number, COUNT(DISTINCT i.finding_number) AS findings FROM ({asked.queries['drawn'].sql}) q"
        " JOIN draw_check c ON c.draw_id = q.number AND c.uid = q.agency_code AND c.withdrawn_on IS NULL"
        " JOIN draw_check_item i ON i.check_id = c.id WHERE i.finding_number IS NOT NULL GROUP BY q.number"
    )
    findings = {row["number"]: row["findings"] for row in found}
    rows: list[tuple[Cell, ...]] = []
    for row in asked.listed("draws"):
        rate = Rate(row["sample_size"], row["frame_size"])
        done = checked.get(row["draw_id"], 0)
        cells = row["quarter"], row["frame_size"], row["sample_size"], rate, row["share"]
        rows.append((*cells, done, row["sample_size"] - done, findings.get(row["draw_id"], 0)))
    columns = (
        Column("季度", CODE), Column("名录单位", COUNT), Column("抽取单位", COUNT), Column("抽取比例%", RATE),
        Column("设定比例", TEXT), Column("已检查", COUNT), Column("未检查", COUNT),
        Column("发现问题", COUNT),
    )  # fmt: skip
    before = asked.total("draws", asked.span.before, of="SUM(sample_size)")
    share = asked.ledger.policy().rules["draw_share"]["value"]
    note = f"上期抽取{before}家次。每季度抽查比例不低于{share}。"
    return Figure("draws", "抽查覆盖情况", columns, rows, note=note)


def _drawn(asked: Asked) -> Figure:
    rows: list[tuple[Cell, ...]] = [
        (row["quarter"], row["agency_code"], row["agency"], row["due_on"], row["met_on"]) for row in asked.listed("drawn")
    ]
    columns = (Column("季度", CODE), Column("单位代码", CODE), Column("单位"), Column("检查期限", CODE), Column("检查日期", CODE))
    return Figure("drawn", "被抽查单位", columns, sorted(rows, key=str))


def _clues(asked: Asked) -> Figure:
    now, before = asked.count("clues", "channel, state"), asked.count("clues", "channel", asked.span.before)
    rows: list[tuple[Cell, ...]] = []
    for channel, title in CHANNELS.items():
        numbers = [now.get((channel, state), 0) for state in STATES]
        rows.append((title, sum(numbers), before.get(channel, 0), *numbers))
    total = ("合计", *sums(rows, 1, 2 + len(STATES)))
    columns = (
        Column("渠道"), Column("本期", COUNT), Column("上期", COUNT), *(Column(title, COUNT) for title in STATES.values()),
    )  # fmt: skip
    return Figure("clues", "线索（按渠道）", columns, rows, total, "后五列为本期收到的线索的处理情况。")


def _gatherings(asked: Asked) -> Figure:
    now, before = asked.count("gatherings", "kind"), asked.count("gatherings", "kind", asked.span.before)
    rows: list[tuple[Cell, ...]] = [(title, now.get(kind, 0), before.get(kind, 0)) for kind, title in GATHERINGS.items()]
    columns = (Column("形式"), Column("本期", COUNT), Column("上期", COUNT))
    return Figure("gatherings", "社会监督活动", columns, rows)
