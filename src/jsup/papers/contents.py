"""What each kind of paper says: from the ledger, and from what the officer gives where the ledger is silent."""

import json
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from jsup import casework, deadlines, privacy, seals, steps
from jsup.casework import RECOMMENDATION
from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, UsageError, checked, iso_date
from jsup.models import Agency, Event, Finding
from jsup.papers.cases import clock_of, paragraphs, signed, tell, until
from jsup.periods import span
from jsup.policy import PaperKind, known
from jsup.words import METHODS, WAYS, chinese_day

Contents = dict[str, Any]
"""What a template is filled with: texts, lists of paragraphs, and lists of findings with texts of their own."""

ROOM: Final = "\u3000\u2003"
"""Two blanks that no text of a paper holds in this order: what comes with the signature is found by them."""
SIGNER_TO_COME: Final = 3 * ROOM


@dataclass(frozen=True)
class Matter:
    """What a paper is about: findings of one agency, a drawn agency, or whatever the officer gives."""

    kind: PaperKind
    on: date
    agency: Agency | None = None
    findings: Sequence[Finding] = ()
    ground: str = ""
    draw: dict[str, Any] | None = None
    given: dict[str, str] = field(default_factory=dict)
    said: Contents = field(default_factory=dict)
    """What the ledger holds for a paper about neither, such as a clue's slip."""

    @property
    def key(self) -> str:
        """What tells this paper's file from others of its kind: a finding's number, a draw's id, or the day."""
        if self.findings:
            return self.findings[0].number
        return str(self.draw["draw_id"]) if self.draw else self.on.isoformat()


@dataclass(frozen=True)
class Form:
    """How a kind of paper is made: what it is about, and its own contents, those first that must not be empty."""

    about: str
    fill: Callable[[Desk, Matter], Contents]
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    of_finding: tuple[str, ...] = ()
    letter: bool = False
    """It has a document number and a date that come with the signature."""
    may: Callable[[Desk, Matter], None] = lambda _desk, _matter: None
    """Refuses a paper whose step is not lawful for the findings."""


def number_to_come(pattern: str, year: int) -> str:
    """Return a document number with room for its last part, as a draft shows it."""
    return pattern.format(year=year, n=ROOM)


def day_to_come(year: int) -> str:
    """Return a date with room for month and day, as a draft shows it."""
    return f"{year}年{ROOM}月{ROOM}日"


def gather(desk: Desk, matters: Iterable[Matter]) -> list[Contents]:
    """Return everything that papers say, one dict for each.

    Raises:
        RefusedError: a field that one of them needs is empty; the sentence names each and the command that fills it.
        UsageError: something was given that the paper does not hold.
        UnknownError: the policy names a kind that jsup does not know.
    """
    said, holes, title = [], [], ""
    people = desk.reads.rows(privacy.PEOPLE)
    for matter in matters:
        form, title = form_of(matter.kind.key), matter.kind.title
        form.may(desk, matter)
        contents = _common(desk, matter) | form.fill(desk, matter) | privacy.masked(matter.said, people)
        for key, text in matter.given.items():
            contents[key] = _given(matter, contents, key, privacy.masked(text, people))
        holes += [_hole(matter, key) for key in ("basis", *form.required) if not contents[key]]
        for finding, row in zip(matter.findings, contents.get("findings", ()), strict=False):
            holes += [
                _hole(replace(matter, findings=[finding]), key, whose=finding.number) for key in form.of_finding if not row[key]
            ]
        _same_for_all(desk, matter, form)
        said.append({key: value if key in _TO_COME else _plain_blanks(value) for key, value in contents.items()})
    if holes:
        raise RefusedError(
            N_("{title} is not made, for it would have holes: {fields}"), title=title, fields="; ".join(dict.fromkeys(holes))
        )
    return said


def _same_for_all(desk: Desk, matter: Matter, form: Form) -> None:
    """Refuse findings of which a paper would say different things in one place, such as the day of their warning."""
    first, *others = (
        (form.fill(desk, replace(matter, findings=[one])) for one in matter.findings) if matter.findings[1:] else ({},)
    )
    for finding, other in zip(matter.findings[1:], others, strict=False):
        for key in other:
            if key != "findings" and first[key] != other[key]:
                raise RefusedError(
                    N_("{number} and {other} differ in {field}: draft a paper for each"),
                    number=matter.findings[0].number, other=finding.number, field=key,
                )  # fmt: skip


def _plain_blanks(value: Any) -> Any:
    """Return a text, or all of a list's or dict's, without the blank that marks what is to come."""
    if isinstance(value, list):
        return [_plain_blanks(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain_blanks(item) for key, item in value.items()}
    return value.replace("\u2003", "\u3000") if isinstance(value, str) else value


def form_of(kind: str) -> Form:
    """Return how a kind of paper is made.

    Raises:
        UnknownError: jsup does not know it, although the policy may name it.
    """
    return known(FORMS, kind, N_("no paper is called {key}: choose one of {keys}"))


def _given(matter: Matter, contents: Contents, key: str, text: str) -> str | list[str]:
    """Read a field that the officer gives with --set."""
    old = contents.get(key)
    own = [name for name, value in contents.items() if name in _CHOSEN or not (value or name in (*_TO_COME, *_SAID))]
    if key not in own:
        raise UsageError(
            N_("--set {field}: {title} has no such field to give; it can be one of {fields}"),
            field=key, title=matter.kind.title, fields=", ".join(own),
        )  # fmt: skip
    text = checked(text.replace("\\n", "\n"), f"--set {key}", lines=isinstance(old, list))
    if isinstance(old, list):
        return paragraphs(text)
    return chinese_day(iso_date(text, f"--set {key}")) if key in _DAYS else text


_CHOSEN: Final = ("to", "copies", "paper_title", "paper_number", "paper_date", "received_on", "attachments")
"""What the officer may give otherwise than jsup proposes it; what the ledger or the policy says stands."""
_TO_COME: Final = ("number", "date", "signer")
"""What comes with the signature."""
_SAID: Final = ("basis", "quote", "seal")
"""What the policy or the ledger says; where they say nothing nobody else does."""
_DAYS: Final = ("rectify_by", "warned_on", "service_on", "due_on", "reported_on", "closed_on", "paper_date", "received_on")


_FILLED_BY: Final = {
    "facts": "amend {numbers} --set facts=… --why …",
    "basis": "amend {numbers} --set basis=… --why …",
    "paper_number": "sign {numbers} --by …",
    "method": "warn {numbers} --method …",
    "warned_on": "warn {numbers} --method …",
    "service_on": "deliver {numbers} --by-way … --receiver …",
    "due_on": "deliver {numbers} --by-way … --receiver …",
    "closed_on": "close {numbers}",
    "result": "review {numbers} --result …",
    "reviewed_on": "review {numbers} --result …",
    "public_value": "sample --quarter … --public-value …",
}
"""The commands that fill fields which nobody gives with --set."""


def _hole(matter: Matter, key: str, *, whose: str = "") -> str:
    """Name an empty field, and the command that fills it."""
    if key == "basis" and not whose:
        return f"{key}: papers.{matter.kind.key}.basis ({matter.on})"
    numbers = " ".join(finding.number for finding in matter.findings)
    if key == "to" and matter.agency is not None:
        fill = f"agency amend {shlex.quote(matter.agency.code)} --set superior=… --why …"
    elif key in _FILLED_BY:
        fill = _FILLED_BY[key].format(numbers=numbers)
    else:
        fill = f"paper draft {' '.join(filter(None, (matter.kind.key, numbers)))} --set {key}=…"
    return f"{key}{f' ({whose})' if whose else ''}: `jsup {fill}`"


def _common(desk: Desk, matter: Matter) -> Contents:
    policy, kind, office = desk.policy, matter.kind, desk.policy.own["office"]
    bases = kind.basis(matter.on, matter.ground)
    return {
        "bureau": office["name"],
        "title": kind.title,
        "number": number_to_come(kind.number, matter.on.year) if kind.number else "",
        "date": day_to_come(matter.on.year) if kind.number else chinese_day(matter.on),
        "to": receiver(matter.agency),
        "agency": matter.agency.name if matter.agency else "",
        "document": policy.document,
        "plan": policy.title,
        "basis": "根据" + "、".join(f"{basis.document}{basis.clause}" for basis in bases) if bases else "",
        "quote": "；".join(basis.quote for basis in bases),
        "copies": [],
        "officer": desk.ledger.entry.officer,
        "seal": seals.of(desk.reads, desk.ledger.entry.today).line,
    }


def receiver(agency: Agency | None) -> str:
    """Return who gets an agency's papers: an entrusted body's go to the entrusting organ, which stands above it."""
    if agency is None:
        return ""
    return (agency.superior or "") if agency.status == "entrusted" else agency.name


def _with_findings(desk: Desk, matter: Matter) -> Contents:
    return {"findings": tell(desk, matter.findings)}


# The kinds --------------------------------------------------------------------------------------


def _last(desk: Desk, matter: Matter, step: str) -> tuple[Event | None, dict[str, Any]]:
    """Return the last such step of the first finding with what was given, or none."""
    found = [event for event in casework.events(desk, matter.findings[0]) if event.step == step] if matter.findings else []
    return (found[-1], json.loads(found[-1].details)) if found else (None, {})


def _recommendation(desk: Desk, matter: Matter) -> Contents:
    contact = desk.policy.own["office"].get("contact", "")
    return _with_findings(desk, matter) | {
        "ground": "问题突出" if matter.ground == "outstanding" else "经过预警提醒未整改",
        "days": str(desk.policy.periods["rectification"].count),
        "reply": "请将整改情况书面回复本局，附佐证材料。" + (f"联系方式：{contact}。" if contact else ""),
        "attachments": [],
    }


def _warning(desk: Desk, matter: Matter) -> Contents:
    """Return what a letter of warning asks for; before the warning is entered, its last day is given."""
    last = until(desk, matter.findings[0], "warning")
    return _with_findings(desk, matter) | {"rectify_by": last, "reply": "请将整改情况书面回复本局。"}


def _may_warn(desk: Desk, matter: Matter) -> None:
    """Refuse a letter of warning for a finding that was warned in another way."""
    method = "order" if matter.kind.key == "order" else "letter"
    for finding in matter.findings:
        _event, told = _last(desk, replace(matter, findings=[finding]), "warn")
        if told and told["method"] != method:
            raise RefusedError(
                N_("{number} was warned by {method}, and {title} is the paper of a warning by {wanted}"),
                number=finding.number, method=told["method"], title=matter.kind.title, wanted=method,
            )  # fmt: skip


def _warning_record(desk: Desk, matter: Matter) -> Contents:
    event, told = _last(desk, matter, "warn")
    return _with_findings(desk, matter) | {
        "method": METHODS.get(told.get("method", ""), ""),
        "warned_on": chinese_day(event.done_on if event else None),
        "by": told.get("by", ""),
        "receiver": told.get("receiver", ""),
        "rectify_by": until(desk, matter.findings[0], "warning"),
        "reply": told.get("reply", ""),
    }


def _cited(desk: Desk, matter: Matter) -> Contents:
    """Return title, number and day of the recommendation that a later paper speaks of."""
    papers = [paper for finding in matter.findings[:1] for paper in signed(desk, finding) if paper.state != "void"]
    paper = papers[-1] if papers else None
    return {
        "paper_title": desk.policy.paper(RECOMMENDATION).title,
        "paper_number": (paper.number or "") if paper else "",
        "paper_date": chinese_day(paper.signed_on if paper else None),
    }


def _receipt(desk: Desk, matter: Matter) -> Contents:
    """Return what the receipt of a recommendation says, or once there is a decision, that of the decision."""
    event, told = _last(desk, matter, "deliver")
    decided, _told = _last(desk, matter, "decide")
    if decided is None:
        cited, due_line = _cited(desk, matter), _due_line(desk, matter)
    else:
        finding = matter.findings[0]
        if finding.stage == steps.DECIDED:
            event, told = None, {}  # it is yet to be served
        due_line = f"整改期限至{until(desk, finding, 'decision') or chinese_day(finding.decision_until)}届满。"
        title, number = desk.policy.paper("decision").title, finding.decision_number or ""
        cited = {"paper_title": title, "paper_number": number, "paper_date": chinese_day(decided.done_on)}
    return cited | {
        "service_on": chinese_day(event.done_on) if event else "\u3000\u3000\u3000\u3000年\u3000月\u3000日",
        "way": WAYS.get(told.get("by_way", ""), ""),
        "receiver": told.get("receiver", ""),
        "due_line": due_line,
    }


def _due_line(desk: Desk, matter: Matter) -> str:
    """Tell the last day of the rectification with its working days; before the service, as if it were on the paper's day."""
    clock = clock_of(desk, matter.findings[0], "rectification")
    if clock is not None:
        if clock.count is None:
            return f"整改期限经批准延长，至{chinese_day(clock.due_on)}届满。"
        start, count, due = clock.started_on, clock.count, deadlines.Due(clock.due_on, clock.provisional)
        if deadlines.due(desk.calendar, start, count, clock.unit).on < due.on:
            return f"整改期限自{chinese_day(start)}收到之日起{count}个工作日；已书面告知至{chinese_day(due.on)}届满，不再提前。"
    else:
        period = desk.policy.periods["rectification"]
        assert period.count is not None  # policy.py checks it
        start, count = matter.on, period.count
        due = deadlines.due(desk.calendar, start, count, period.unit)
    first = next(day.date for day in deadlines.explain(desk.calendar, start, due.on) if day.working)
    sure = "。" if not due.provisional else "（暂定：国务院办公厅尚未公布相应年度节假日安排，公布后按安排重新计算）。"
    return (
        f"整改期限自收到之日起{count}个工作日：{'' if clock else '如于'}{chinese_day(start)}收到，当日不计，"
        f"自{chinese_day(first)}起计{count}个工作日，至{chinese_day(due.on)}届满{sure}"
    )


def _reply(desk: Desk, matter: Matter) -> Contents:
    served = clock_of(desk, matter.findings[0], "rectification") is not None
    return _with_findings(desk, matter) | _cited(desk, matter) | {"due_line": _due_line(desk, matter) if served else ""}


def _review_record(desk: Desk, matter: Matter) -> Contents:
    served, _told = _last(desk, matter, "deliver")
    reported, _told = _last(desk, matter, "rectify")
    return (
        _with_findings(desk, matter)
        | _cited(desk, matter)
        | {
            "service_on": chinese_day(served.done_on if served else None),
            "due_on": until(desk, matter.findings[0], "decision") or until(desk, matter.findings[0], "rectification"),
            "reported_on": chinese_day(reported.done_on) if reported else "未报告",
        }
    )


def _closing_slip(desk: Desk, matter: Matter) -> Contents:
    event, told = _last(desk, matter, "close")
    return _with_findings(desk, matter) | {
        "closed_on": chinese_day(event.done_on if event else None),
        "why": told.get("why", ""),
        "approved_by": told.get("approved_by", ""),
    }


def _may_request(desk: Desk, matter: Matter) -> None:
    """Refuse a request, or a decision, that the district government is not to be asked for. Source: 二（二）1 第二步."""
    for finding in matter.findings:
        case = desk.reads.case(finding.number, matter.on)
        if not case.local:
            why = steps.CONDITIONS["known" if case.unknown else "local"]
            raise RefusedError(why, agency=case.agency, agency_code=case.agency_code, number=finding.number)
        if finding.stage not in (steps.ESCALATED, steps.DECIDED, steps.DECISION_SERVED):
            casework.lawful(desk, "escalate", finding.number, casework.Options(matter.on))


def _may_notify(desk: Desk, matter: Matter) -> None:
    """Refuse a notice to the superior body of an agency that has none. Source: 国务院令第825号 第四十二条."""
    for finding in matter.findings:
        case = desk.reads.case(finding.number, matter.on)
        if not case.upward:
            why = steps.CONDITIONS["known" if case.unknown else "upward"]
            raise RefusedError(why, agency=case.agency, agency_code=case.agency_code, number=finding.number)


def _decision(desk: Desk, matter: Matter) -> Contents:
    government = desk.policy.own["office"]["government"]
    return _with_findings(desk, matter) | _cited(desk, matter) | {"government": government, "rectify_by": ""}


def _request(desk: Desk, matter: Matter) -> Contents:
    contents = _decision(desk, matter)
    return contents | {
        "to": contents["government"],
        "signer": SIGNER_TO_COME,
        "attachments": [desk.policy.paper("decision").title],
    }


def _superior_notice(desk: Desk, matter: Matter) -> Contents:
    return _with_findings(desk, matter) | {"to": (matter.agency.superior or "") if matter.agency else ""}


def _correction(desk: Desk, matter: Matter) -> Contents:
    return _cited(desk, matter) | {"wrong": "", "right": "", "why": ""}


def _transfer(desk: Desk, _matter: Matter) -> Contents:
    """Return what a transfer says: no persons, facts or outcome, for the matter is the discipline body's."""
    return {"to": desk.policy.own["office"]["discipline"], "agency": "", "materials": ""}


def _draw_notice(desk: Desk, matter: Matter) -> Contents:
    draw = matter.draw or {}
    return {
        "quarter": span(draw["quarter"]).title,
        "draw_id": draw["draw_id"],
        "frame_size": str(draw["frame_size"]),
        "sample_size": str(draw["sample_size"]),
        "share": str(draw["share"]),
        "drawn_on": chinese_day(date.fromisoformat(draw["drawn_on"])),
        "due_on": chinese_day(date.fromisoformat(draw["due_on"])),
        "ways": [way.title for way in desk.policy.ways.values() if way.items],
        "items": list(dict.fromkeys(item.text for way in desk.policy.ways.values() for item in way.items.values())),
        "public_value": draw["public_value"],
        "frame_sha256": draw["frame_sha256"],
    }


def _clue_slip(_desk: Desk, matter: Matter) -> Contents:
    words = ("to", "sender", "receiver", "channel", "reason", "materials")
    return dict.fromkeys(words, "") | {"received_on": chinese_day(matter.on), "clue": []}


def _many(matter: Matter) -> Contents:
    """Return whom a paper for all agencies, or for one of them, is addressed to."""
    everybody = "各涉企行政执法单位"
    return {"to": receiver(matter.agency) or everybody, "agency": matter.agency.name if matter.agency else "各单位"}


def _to_all(_desk: Desk, matter: Matter) -> Contents:
    return _many(matter) | {"subject": "", "text": []}


def _guidance(_desk: Desk, matter: Matter) -> Contents:
    return _many(matter) | {"subject": "", "problem": [], "opinions": []}


_FACTS: Final = ("facts", "basis")
_CITED: Final = ("paper_title", "paper_number")
_ALL: Final = ("findings",)
FORMS: Final = {
    "warning-record": Form("findings", _warning_record, ("method", "warned_on", "by", "receiver", "reply", "rectify_by"), _ALL),
    "reminder": Form("findings", _warning, ("to", "rectify_by", "reply"), _ALL, _FACTS, letter=True, may=_may_warn),
    "order": Form("findings", _warning, ("to", "rectify_by", "reply"), _ALL, _FACTS, letter=True, may=_may_warn),
    "recommendation": Form(
        "findings", _recommendation, ("to", "days", "reply"), (*_ALL, "ground", "attachments"), _FACTS, letter=True,
    ),
    "receipt": Form("findings", _receipt, ("to", *_CITED, "service_on", "due_line"), ("way", "receiver", "paper_date")),
    "reply": Form("findings", _reply, _CITED, (*_ALL, "due_line", "paper_date")),
    "review-record": Form(
        "findings", _review_record, (*_CITED, "service_on", "due_on"), (*_ALL, "reported_on", "paper_date"),
        ("result", "reviewed_on"),
    ),
    "closing-slip": Form("findings", _closing_slip, ("closed_on",), (*_ALL, "why", "approved_by")),
    "request": Form(
        "findings", _request, ("to", "paper_number", "rectify_by", "government"),
        (*_ALL, "signer", "attachments", "paper_title", "paper_date"), _FACTS, letter=True, may=_may_request,
    ),
    "decision": Form(
        "findings", _decision, ("paper_number", "rectify_by", "government"), (*_ALL, "paper_title", "paper_date"), _FACTS,
        may=_may_request,
    ),
    "superior-notice": Form("findings", _superior_notice, ("to",), _ALL, _FACTS, letter=True, may=_may_notify),
    "correction": Form("findings", _correction, ("to", *_CITED, "paper_date", "wrong", "right", "why"), letter=True),
    "transfer": Form("", _transfer, ("to", "materials"), letter=True),
    "draw-notice": Form(
        "draw", _draw_notice, ("to", "quarter", "draw_id", "public_value", "frame_sha256"),
        ("frame_size", "sample_size", "share", "drawn_on", "due_on", "ways", "items"), letter=True,
    ),
    "clue-slip": Form("", _clue_slip, ("sender", "receiver", "channel", "clue", "reason"), ("received_on", "materials")),
    "general-reminder": Form("agency", _to_all, ("to", "subject", "text"), letter=True),
    "guidance-opinion": Form("agency", _guidance, ("to", "subject", "problem", "opinions"), letter=True),
}  # fmt: skip
