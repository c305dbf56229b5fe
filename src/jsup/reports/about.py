"""What a report says of itself, in the same words in each format."""

from jsup.reports.report import Report
from jsup.words import chinese_day


def about(report: Report) -> list[tuple[str, str]]:
    """Return the period, the office and so on, each under its name; a number that was not given yet is empty."""
    span = report.period
    return [
        ("期间", f"{span.title}（{chinese_day(span.first)}至{chinese_day(span.last)}）"),
        ("制作单位", report.office), ("报送", report.to), ("文号", "" if "{" in report.number else report.number),
        ("制作日期", chinese_day(report.drafted_on)), ("数据截至", chinese_day(report.as_of)),
    ]  # fmt: skip
