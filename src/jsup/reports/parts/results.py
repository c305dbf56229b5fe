"""What follows: systemic problems and guidance, guides and service, meetings. Source: 二（二）1 第三步; 二（四）3; 三."""

from typing import Final

from jsup.reports.asked import Asked
from jsup.reports.queries import FIGURES
from jsup.reports.report import CODE, COUNT, RATE, Cell, Chart, Column, Figure, Rate, Section

STATES: Final = {"proposed": "待研究", "open": "研究中", "issued": "已提出", "dismissed": "不提出"}


def section(asked: Asked) -> Section:
    """Gather the section."""
    coverage, share = _coverage(asked)
    issued = asked.total("guidance", where="state = 'issued'")
    return Section(
        "results", "指导和服务", "二（二）1、二（四）3、三",
        f"{asked.span.title}系统性问题{asked.total('guidance')}个，已提出指导性意见{issued}个。"
        f"检查前企业已收到合规指引的入企检查占{share}%。",
        [_systemic(asked), _service(asked), coverage],
    )  # fmt: skip


def _systemic(asked: Asked) -> Figure:
    given = asked.count("guidance-given", "guidance_id")
    rows: list[tuple[Cell, ...]] = [
        (row["title"], row["reached_on"], row["due_on"], STATES.get(row["state"], row["state"]), row["issued_on"],
         row["paper_number"], given.get(row["id"], 0))
        for row in sorted(asked.listed("guidance"), key=lambda row: (row["reached_on"], row["id"]))
    ]  # fmt: skip
    columns = (
        Column("系统性问题"), Column("达到设定单位数之日", CODE), Column("期限", CODE), Column("情况"), Column("提出日期", CODE),
        Column("文号", CODE), Column("收到的单位", COUNT),
    )  # fmt: skip
    before = asked.total("guidance", asked.span.before)
    policy = asked.ledger.policy()
    least, months = policy.own["watch"]["systemic_agencies"], policy.period("guidance").count
    note = (
        f"上期{before}个。同一类问题在{least}个单位出现的（本局设定）为系统性问题；自首次达到之日起{months}个月内提出指导性意见。"
    )
    return Figure("systemic", "系统性问题和指导性意见", columns, rows, note=note)


def _service(asked: Asked) -> Figure:
    rows: list[tuple[Cell, ...]] = [(asked.queries[key].title, *asked.beside(key)) for key in FIGURES["service"]]
    now, before = (asked.total("self-checks", span, of="SUM(found)") for span in (asked.span, asked.span.before))
    mended = [asked.total("self-checks", span, of="SUM(mended)") for span in (asked.span, asked.span.before)]
    rows += [("自查发现的问题", now, before), ("其中自行整改的", *mended)]
    columns = (Column("事项"), Column("本期", COUNT), Column("上期", COUNT))
    return Figure("service", "服务、会商和自查", columns, rows)


def _coverage(asked: Asked) -> tuple[Figure, Rate]:
    now, before = (
        {code: (visits, covered.get(code, 0)) for code, visits in asked.count("covered", span=span).items()}
        for span, covered in (
            (span, asked.count("covered", span=span, of="SUM(covered)")) for span in (asked.span, asked.span.before)
        )
    )
    nothing = (0, 0)
    rows: list[tuple[Cell, ...]] = [
        (code, asked.agencies.get(code, code), visits, covered, Rate(covered, visits), Rate(*before.get(code, nothing)[::-1]))
        for code, (visits, covered) in sorted(now.items())
    ]
    both = [[sum(one[place] for one in side.values()) for place in (0, 1)] for side in (now, before)]
    share = Rate(both[0][1], both[0][0])
    total: tuple[Cell, ...] = ("", "合计", *both[0], share, Rate(both[1][1], both[1][0]))
    columns = (
        Column("单位代码", CODE), Column("单位"), Column("入企检查", COUNT), Column("已送达指引", COUNT),
        Column("占比%", RATE),
        Column("上期占比%", RATE),
    )  # fmt: skip
    note = "检查当日或者以前已收到该单位合规指引的，为已送达。"
    return Figure("guide-coverage", "合规指引送达（按单位）", columns, rows, total, note, Chart("bars", 1, (4,), "%")), share
