"""What a report says of itself, in the same words in each format."""

from datetime import date

from jsup.reports.report import Report


def written(day: date) -> str:
    """Write a day as papers do.

    >>> written(date(2026, 9, 1))
    '2026年9月1日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def about(report: Report) -> list[tuple[str, str]]:
    """Return the period, the office and so on, each under its name; a number that was not given yet is empty."""
    span = report.period
    return [
        ("期间", f"{span.title}（{written(span.first)}至{written(span.last)}）"),
        ("制作单位", report.office), ("报送", report.to), ("文号", "" if "{" in report.number else report.number),
        ("制作日期", written(report.drafted_on)), ("数据截至", written(report.as_of)),
    ]  # fmt: skip
