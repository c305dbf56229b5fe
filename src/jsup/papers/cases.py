"""What papers tell of findings: the facts, the warnings, and each step so far as a sentence."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from jsup import casework, clocks
from jsup.casework import ISSUED
from jsup.clocks import Desk
from jsup.models import Deadline, Event, Finding, Paper
from jsup.words import MEASURES, METHODS, PERIODS, RESULTS, WAYS, chinese_day, numeral


def paragraphs(text: str | None) -> list[str]:
    """Return the lines of a text that are not empty."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def tell(desk: Desk, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return what papers may say of findings, one dict of texts and lists of sentences each."""
    rows = []
    for index, finding in enumerate(findings, 1):
        category = desk.policy.category(finding.category)
        events = [(event, json.loads(event.details)) for event in casework.events(desk, finding)]
        reviewed = next(((event, told) for event, told in reversed(events) if event.step == "review"), None)
        course = [sentence for event, told in events if (sentence := _sentence(desk, finding, event, told))]
        warned = [sentence for event, told in events if (sentence := _warned(desk, finding, event, told))]
        rows.append(
            {
                "index": index,
                "numeral": numeral(index),
                "number": finding.number,
                "title": finding.title,
                "category": category.title,
                "prohibition": category.text,
                "found_on": chinese_day(finding.found_on),
                "source": finding.source or "",
                "facts": paragraphs(finding.facts),
                "basis": _bare("；".join(paragraphs(finding.basis))),
                "clause": category.clause,
                "quote": category.quote,
                "warnings": warned,
                "evidence": [_attached(told) for event, told in events if event.step == "attach"],
                "demand": f"针对“{finding.title}”的问题，立即纠正"
                + (f"，{category.title}，{category.text}" if category.text else "")
                + "，举一反三，完善制度，防止再次发生。",
                "course": course,
                "remaining": finding.remaining or "",
                "result": RESULTS[reviewed[1]["result"]] if reviewed else "",
                "reviewed_on": chinese_day(reviewed[0].done_on) if reviewed else "",
                "by": reviewed[0].officer if reviewed else "",
            }
        )
    return rows


def _attached(told: dict[str, Any]) -> str:
    return f"{told['note']}（{told['file']['file']}）" if told.get("note") else str(told["file"]["file"])


def _warned(desk: Desk, finding: Finding, event: Event, told: dict[str, Any]) -> str:
    """Tell when and how the agency was warned, and what came of it: the proof of 经过预警提醒."""
    if event.step == "confirm":
        return f"{chinese_day(event.done_on)}核实，{'已整改' if told['result'] == 'rectified' else '未整改'}。"
    if event.step != "warn":
        return ""
    who = "，".join(f"{word}：{told[key]}" for key, word in (("by", "经办人"), ("receiver", "接收人")) if told.get(key))
    last = until(desk, finding, "warning")
    said = f"{chinese_day(event.done_on)}以{METHODS[told['method']]}方式进行预警提醒" + (f"（{who}）" if who else "")
    return (
        said + (f"，整改期限至{last}" if last else "") + (f"；答复：{_bare(told['reply'])}" if told.get("reply") else "") + "。"
    )


def _bare(text: str) -> str:
    """Return a text without the stop at its end, for another follows; line feeds become blanks."""
    return " ".join(text.split("\n")).rstrip("。；;. ")


def until(desk: Desk, finding: Finding, period: str) -> str:
    """Write the last day of a finding's latest clock of a period, nothing where there is none."""
    clock = clock_of(desk, finding, period)
    return chinese_day(clock.due_on) if clock else ""


def clock_of(desk: Desk, finding: Finding, period: str) -> Deadline | None:
    """Return a finding's latest clock of a period."""
    return next((clock for clock in reversed(clocks.of(desk, finding)) if clock.period == period), None)


_PLAIN: Final = {
    "rectify": "该单位报告整改情况",
    "notify": "告知上级主管单位",
    "object": "该单位提出异议",
    "answer": "答复该单位异议",
    "close": "销号",
}


def _sentence(desk: Desk, finding: Finding, event: Event, told: dict[str, Any]) -> str:
    """Tell one step of a finding, nothing where it belongs in no paper: a transfer is the discipline body's from then on."""
    if event.step in ("warn", "confirm"):
        return _warned(desk, finding, event, told)
    day = chinese_day(event.done_on)
    match event.step:
        case "finding add":
            said = f"发现该问题{f'（来源：{finding.source}）' if finding.source else ''}"
        case "sign":
            of_day = [one.id for one in casework.events(desk, finding) if (one.step, one.done_on) == ("sign", event.done_on)]
            papers = [paper for paper in signed(desk, finding) if paper.signed_on == event.done_on]
            paper = dict(zip(of_day, papers, strict=False)).get(event.id)
            said = f"签发行政执法监督建议书{f'（{paper.number}）' if paper and paper.number else ''}"
        case "paper void":
            said = f"作废行政执法监督建议书{'（' + told['number'] + '）' if told.get('number') else ''}"
        case "deliver":
            what = "行政执法监督决定书" if event.stage == "decision-served" else "行政执法监督建议书"
            how = "，".join(
                filter(None, (WAYS.get(told.get("by_way", "")), told.get("receiver") and f"接收人：{told['receiver']}"))
            )
            said = f"送达{what}{f'（{how}）' if how else ''}"
        case "review":
            left = f"，尚待整改：{_bare(told['remaining'])}" if told.get("remaining") else ""
            said = f"跟踪复查：{RESULTS[told['result']]}{left}"
        case "escalate":
            said = "报请处理"
        case "return":
            said = f"报请退回{'：' + _bare(told['why']) if told.get('why') else ''}"
        case "decide":
            last = chinese_day(date.fromisoformat(told["rectify_by"]))
            said = f"区政府制发行政执法监督决定书（{told['number']}），责令于{last}前整改"
        case "account":
            said = "" if told["measure"] == "transfer" else f"责任追究：{MEASURES[told['measure']]}"
        case "extend":
            last = chinese_day(date.fromisoformat(told["until"]))
            said = f"经{told['approved_by']}批准，{PERIODS[told['period']]}期限延长至{last}"
        case step:
            said = _PLAIN.get(step, "")
    return f"{day}{said}。" if said else ""


def signed(desk: Desk, finding: Finding) -> list[Paper]:
    """Return the recommendations of a finding that were signed, those void since among them, in the order of drafting."""
    papers = casework.papers_of(desk, [finding.number], *ISSUED, "served", "void")
    return [paper for paper in papers if paper.signed_on is not None]
