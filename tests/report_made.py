"""A report for tests of what shows one: short, long and wide figures, hostile texts, nothing known."""

from datetime import date

from jsup.periods import span
from jsup.reports.report import CODE, COUNT, DAY, RATE, TEXT, Column, Figure, Rate, Report, Section

HOSTILE = ("<b>粗</b>&amp;", "{{ 7*7 }} {% x %}", "=1+1", "a\x1bb\tc", "[/2]")


def made() -> Report:
    """Return a report of four sections."""
    agencies = [(f"JS-{n:04d}", f"上海市金山区第{n}号涉企行政执法单位", n, Rate(n, 40), n % 7) for n in range(1, 51)]
    wide = tuple(Column(f"第{n}项", COUNT) for n in range(1, 10))
    wider = tuple(Column(f"类别{n}", COUNT) for n in range(1, 17))
    return Report(
        title="关于2026年第三季度涉企行政检查执法监督情况的报告", office="上海市金山区司法局",
        to="上海市金山区人民政府、上海市司法局", period=span("2026Q3"), number="金司〔2026〕\u3000\u2003号",
        drafted_on=date(2026, 10, 9), as_of=date(2026, 9, 30), basis="根据《工作方案》，现将有关情况报告如下。",
        warnings=["2026年8月没有扫描。"],
        sections=[
            Section("burden", "三类突出问题", "一", "本期每百户被检查企业发生重复查3.2次。", [
                Figure("repeat", "重复查", (Column("代码", CODE), Column("单位"), Column("次数", COUNT), Column("每百户", RATE),
                                         Column("上期", COUNT)), agencies, total=("", "合计", 1275, Rate(1, 3), 150), note="只计现场检查。"),
            ]),
            Section("wide", "各步骤", "二", "", [
                Figure("nine", "九项", (Column("单位"), *wide), [(f"单位{n}", *range(n, n + 9)) for n in range(5)]),
                Figure("sixteen", "十六类", (Column("单位"), *wider), [(f"某某行政执法单位{n}", *range(1000, 1016)) for n in range(5)]),
            ]),
            Section("hostile", "文字", "三", HOSTILE[0], [
                Figure("texts", HOSTILE[1], (Column("文字"), Column("日期", DAY)), [(text, "2026-10-09") for text in HOSTILE]),
            ]),
            Section("nothing", "没有的", "四", "无。", [Figure("none", "无", (Column("甲", TEXT), Column("乙", COUNT)), [])]),
        ],
    )  # fmt: skip
