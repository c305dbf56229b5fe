"""What a scan looks for: one file for each rule, a query over a month's records that returns the evidence.

A query sees `visits`, the month's visits on site, and what `scan` lays out besides; it returns a row for each record that shows
the anomaly: its parts of the `key`, agency_code, enterprise_code, record, and the values of the rule's sentence. `:first` and
`:last` are the month's days as numbers, `:year` the first day of their year; the settings bear their own names. The SQL is that
of both stores. A rule that looks at earlier inspections says between which days, so that a server whose inspections lie by month
reads those months alone.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Final, NamedTuple

from jsup.errors import N_


class Rule(NamedTuple):
    """A rule: the clause behind it, the category of its findings, its sentences, and its query."""

    key: str
    clause: str
    quote: str
    category: str
    title: str
    """What a finding is called, in Chinese."""
    sentence: str
    """A message key: what one anomaly shows."""
    fact: str
    """The same in Chinese, as it stands in a finding and in papers."""
    sql: str
    parts: tuple[str, ...] = ("record",)
    """The columns that name an anomaly once and for all."""
    listed: tuple[str, ...] = ()
    """Columns whose values are gathered over an anomaly's rows: pairs of what, and what is wrong with it."""
    settings: tuple[str, ...] = ()
    wants: str = ""
    """A table without which the rule cannot judge."""


ORDER: Final = (
    "repeat", "multiple", "frequency", "unplanned", "early", "triggered", "code", "inspectors", "certificate", "entrustment",
    "forbidden", "item", "upload",
)  # fmt: skip


@cache
def all_rules() -> dict[str, Rule]:
    """Return every rule by its key."""
    found: dict[str, Any] = {key: import_module(f"jsup.watch.rules.{key}").RULE for key in ORDER}
    return found


BLANK: Final = "IN ('', '无', '-', '—', '/')"
"""What people type where there is nothing to be told."""

SAME: Final = (
    "({u}.agency_code = {v}.agency_code"
    " OR EXISTS (SELECT 1 FROM heir h WHERE h.old = {u}.agency_code AND h.new = {v}.agency_code))"
)
"""Two visits were one agency's, or of one and the agency that took its place."""

ORDINARY: Final = "{v}.triggered = 0 AND NOT EXISTS (SELECT 1 FROM plan o WHERE o.code = {v}.plan_code AND o.ordered_by <> '')"
"""A visit that is neither triggered nor part of a campaign that a superior body ordered; those are counted apart."""

WORDS: Final = {
    "missing": (N_("missing"), "未载明"),
    "unknown": (N_("not in the register"), "不在册"),
    "early": (N_("not valid yet"), "尚未生效"),
    "expired": (N_("expired"), "已过期"),
    "suspended": (N_("suspended"), "暂停使用"),
    "revoked": (N_("revoked"), "已收回"),
    "unentrusted": (N_("without being entrusted"), "未经委托"),
    "term": (N_("outside the term of its entrustment"), "在委托期限之外"),
    "scope": (N_("outside the scope of its entrustment"), "超出委托权限"),
    "filed": (N_("filed"), "备案"),
    "published": (N_("published"), "公告"),
    "reason": (N_("a reason"), "检查理由"),
    "trigger": (N_("a trigger"), "启动情形"),
    "notice": (N_("a notice"), "检查通知"),
}
"""What may be wrong, in a sentence and in a paper."""


_DAYS: Final = ("visited_on", "earlier")
"""Values that are days."""


def spoken(rule: Rule, values: dict[str, Any], word: Callable[[str], str]) -> dict[str, Any]:
    """Return the values of a rule's sentence in words; `word` puts a key of WORDS into one."""
    found = {key: word(value) if key == "problem" else value for key, value in values.items()}
    if rule.listed:
        found["listed"] = ", ".join(f"{one} ({word(problem)})" for one, problem in values["listed"])
    return found


def fact(rule: Rule, values: dict[str, Any]) -> str:
    """Return what an anomaly shows, in Chinese, as it stands in a finding and in papers."""
    said = spoken(rule, values, lambda key: WORDS[key][1]) | {key: chinese(values[key]) for key in _DAYS if key in values}
    if rule.listed:
        said["listed"] = "、".join(f"{one}（{WORDS[problem][1]}）" for one, problem in values["listed"])
    return rule.fact.format(**said)


def chinese(day: str) -> str:
    """Return an ISO day, or a month, as papers write it.

    >>> chinese("2026-09-01"), chinese("2026-09")
    ('2026年9月1日', '2026年9月')
    """
    return "".join(f"{int(part)}{sign}" for part, sign in zip(day.split("-"), "年月日", strict=False))
