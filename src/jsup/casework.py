"""The three steps: takes findings along the table of steps.

Every verb is one transaction over all the findings named: all of them take the step, or none.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from jsup import clocks, qualifications, serials, steps
from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, UnknownError, UsageError, checked, file_name, not_future, one_of, read_bytes
from jsup.journal import canonical
from jsup.ledger import Ledger
from jsup.models import Event, Finding, Paper, PaperFinding
from jsup.policy import graded
from jsup.register import get as get_agency
from jsup.steps import Step
from jsup.watched import AgencyName, Anomaly, Clue

BESIDE = ("recommend", "notify", "account", "object", "answer", "attach", "amend", "assign", "handover", "agency succeed")
"""Steps that no later step has to follow in time."""

RECOMMENDATION = "recommendation"
"""The kind of paper that takes its findings along when it is signed and served."""

DRAFTED, ISSUED = ("draft", "reviewed"), ("signed", "sealed")
"""States of a paper before and after its signature."""

_PAPER_STATES = {steps.SIGNED: (DRAFTED, "signed"), steps.SERVED: (ISSUED, "served")}
"""What a recommendation was and becomes when its findings enter a stage."""


@dataclass
class Options:
    """What an officer gives with a step; None where nothing was given."""

    on: date
    method: str | None = None
    rectify_by: date | None = None
    by: str | None = None
    by_way: str | None = None
    receiver: str | None = None
    proof: Path | None = None
    result: str | None = None
    remaining: str | None = None
    rectified_on: date | None = None
    number: str | None = None
    measure: str | None = None
    why: str | None = None
    approved_by: str | None = None
    period: str | None = None
    until: date | None = None
    file: Path | None = None
    ground: str | None = None
    note: str | None = None
    reply: str | None = None
    whom: str | None = None
    document: str | None = None
    certificate: list[str] | None = None
    receipt: str | None = None
    set: dict[str, str] | None = None

    def kept(self) -> dict[str, Any]:
        """Return what the ledger keeps of a step: all that was given; of a file its name, size and SHA-256.

        Of a transfer to 区纪委监委 only date, number and receipt are kept, for the matter is theirs from then on.
        """
        given = {item.name: getattr(self, item.name) for item in fields(self)}
        if self.measure == "transfer":
            return {"measure": self.measure, "number": self.number} | ({"receipt": self.receipt} if self.receipt else {})
        return {
            key: _fingerprint(value) if isinstance(value, Path) else value
            for key, value in given.items()
            if value is not None and key not in ("on", "set")
        }


_TEXTS = ("by", "receiver", "remaining", "number", "why", "approved_by", "note", "reply", "whom", "document", "receipt")
_LONG_TEXTS = ("remaining", "why", "note", "reply")
_CHOICES = {
    "method": steps.METHODS,
    "by_way": steps.WAYS,
    "result": steps.RESULTS,
    "measure": steps.MEASURES,
    "ground": steps.GROUNDS,
}


# Entering ---------------------------------------------------------------------------------------


def add(
    ledger: Ledger,
    *,
    agency: str,
    category: str,
    title: str,
    found_on: date,
    source: str | None = None,
    facts: str | None = None,
    basis: str | None = None,
    severity: str | None = None,
) -> str:
    """Enter a finding and return its number, which counts within the year of entry.

    Raises:
        UnknownError: no such agency or category.
        UsageError: it has no such severity.
        RefusedError: the day is in the future, or the agency was retired before it.
    """
    same = {"title": title, "found_on": found_on, "source": source, "facts": facts, "basis": basis, "severity": severity}
    (number,) = add_each(ledger, [agency], category=category, **same)
    return number


def add_each(ledger: Ledger, agencies: Iterable[str], **same: Any) -> list[str]:
    """Enter the same problem at each of the agencies, a finding each, all or none; return their numbers."""
    with ledger.change() as session:
        desk = Desk(session, ledger)
        return [enter(desk, agency=agency, **same) for agency in dict.fromkeys(agencies)]


def enter(
    desk: Desk,
    *,
    agency: str,
    category: str,
    title: str,
    found_on: date,
    source: str | None = None,
    facts: str | None = None,
    basis: str | None = None,
    severity: str | None = None,
) -> str:
    """Enter a finding inside a transaction of the caller's, and return its number."""
    today = desk.ledger.entry.today
    body = get_agency(desk.session, agency)
    category = desk.policy.category(category).key
    not_future(found_on, today)
    if body.retired_on is not None and found_on > body.retired_on:
        raise RefusedError(N_("agency {code} was retired on {on} already"), code=agency, on=body.retired_on)
    finding = Finding(
        number=_next_number(desk.session, today.year),
        agency_code=agency,
        category=category,
        title=checked(title, "--title"),
        found_on=found_on,
        source=source and checked(source, "--source"),
        facts=facts and checked(facts, "--facts", lines=True),
        basis=basis and checked(basis, "--basis", lines=True),
        stage=steps.OPEN,
        severity=graded(severity, "--severity"),
    )
    desk.session.add(finding)
    desk.session.flush()
    note(desk, finding, "finding add", found_on, {})
    return finding.number


def _next_number(session: Session, year: int) -> str:
    last = text("SELECT MAX(CAST(SUBSTR(number, 6) AS INTEGER)) FROM finding WHERE number BETWEEN :first AND :last")
    taken = session.connection().execute(last, {"first": f"{year}-", "last": f"{year}-:"}).scalar()
    return f"{year}-{(taken or 0) + 1:04d}"


# Stepping ---------------------------------------------------------------------------------------


def take(ledger: Ledger, name: str, numbers: Sequence[str], options: Options) -> list[str]:
    """Take one step for each of the findings, and return their numbers.

    `sign` and `deliver` act on every finding of the paper.

    Raises:
        UnknownError: no finding has one of the numbers.
        RefusedError: the step is not lawful for one of them; the sentence names the lawful ones.
        UsageError: the step is lawful, but an option is missing or cannot be read.
    """
    with ledger.change() as session:
        return [finding.number for finding in take_all(Desk(session, ledger), name, numbers, options)]


def take_all(desk: Desk, name: str, numbers: Iterable[str], options: Options) -> list[Finding]:
    """Take one step for each finding inside a transaction of the caller's; return the findings named."""
    check_choices(name, options)
    rows = {number: lawful(desk, name, number, options) for number in dict.fromkeys(numbers)}
    named = [*rows]
    check(rows.values(), name, options)
    papers: dict[int | None, tuple[Paper, str]] = {}
    for number in named:
        for paper, state, other in _with_same_paper(desk, number, rows[number]):
            papers[paper.id] = paper, state
            rows.setdefault(other, rows[number])
    if len(papers) > 1 and options.number is not None:
        raise UsageError(
            N_("--number is for one paper, and these findings stand in {count}: name one of them"), count=len(papers)
        )
    for number, row in rows.items():
        _step(desk, row, get(desk, number), options)
    if options.measure is not None:
        held: dict[str, Any] = {"from_on": options.on, "until_on": options.until, "document": options.document or options.number}
        at = {number: get(desk, number).agency_code for number in rows}
        qualifications.hold(desk.session, desk.ledger, at, options.measure, options.certificate or (), **held)
    for paper, state in papers.values():
        paper.state = state
        if state == "signed":
            paper.signed_on, paper.signed_by = options.on, options.by
            serials.give(desk, paper, options.on, options.number, options.why)
        else:
            paper.served_on, paper.served_way, paper.served_to = options.on, options.by_way, options.receiver
        desk.session.flush()
    return [get(desk, number) for number in named]


def _with_same_paper(desk: Desk, number: str, row: Step) -> list[tuple[Paper, str, str]]:
    """Return the paper that a step signs or serves, its new state, and each finding that goes along."""
    if row.to not in _PAPER_STATES:
        return []
    was, becomes = _PAPER_STATES[row.to]
    stage = get(desk, number).stage
    return [
        (paper, becomes, finding.number)
        for paper in papers_of(desk, [number], *was)
        if was != DRAFTED or steps.GROUNDS[paper.ground] == stage
        for finding in covered(desk, paper)
        if finding.stage == stage
    ]


def papers_of(desk: Desk, numbers: Sequence[str], *states: str, kind: str = RECOMMENDATION) -> list[Paper]:
    """Return the papers of a kind, in any of the states, that cover any of the findings."""
    member = select(PaperFinding.paper_id).where(col(PaperFinding.finding_number).in_(numbers))
    wanted = select(Paper).where(col(Paper.id).in_(member), Paper.kind == kind, col(Paper.state).in_(states))
    return list(desk.session.exec(wanted.order_by(col(Paper.id))))


def covered(desk: Desk, paper: Paper) -> list[Finding]:
    """Return the findings that a paper covers, in the paper's order."""
    rows = select(PaperFinding).where(PaperFinding.paper_id == paper.id).order_by(col(PaperFinding.id))
    return [get(desk, row.finding_number) for row in desk.session.exec(rows)]


def file_draft(desk: Desk, findings: Sequence[Finding], paper: Paper) -> None:
    """Enter the draft of a paper; an earlier draft of its kind for any of its findings, or its draw, is void from now on."""
    numbers = [finding.number for finding in findings]
    olds = papers_of(desk, numbers, *DRAFTED, kind=paper.kind)
    if paper.draw_id is not None:
        same = (Paper.kind == paper.kind, Paper.draw_id == paper.draw_id, Paper.agency_code == paper.agency_code)
        olds = list(desk.session.exec(select(Paper).where(*same, col(Paper.state).in_(DRAFTED))))
    for old in olds:
        old.state, old.voided_on, old.voided_by, old.void_why = "void", paper.drafted_on, paper.drafted_by, "已重新拟稿"
    desk.session.add(paper)
    desk.session.flush()
    for number in numbers:
        desk.session.add(PaperFinding.model_validate({"paper_id": paper.id, "finding_number": number}))
        desk.session.flush()


def unsign(desk: Desk, paper: Paper, on: date, why: str) -> None:
    """Take the findings of a recommendation that is void back to where they waited for it; its clock runs on.

    Raises:
        RefusedError: the day is before the signature, or in the future.
    """
    not_future(on, desk.ledger.entry.today)
    row = next(step for step in steps.TABLE if step.name == "sign")
    for finding in covered(desk, paper):
        if finding.stage == steps.SIGNED:
            _not_before(desk, row, finding, on)
            clocks.reopen(desk, row._replace(reopens=row.meets), finding)
            finding.stage = steps.GROUNDS[paper.ground]
            note(desk, finding, "paper void", on, {"number": paper.number, "why": why})


def get(desk: Desk, number: str) -> Finding:
    """Return a finding of the ledger.

    Raises:
        UnknownError: no finding has that number.
    """
    finding = desk.session.get(Finding, number)
    if finding is None:
        raise UnknownError(N_("no finding has the number {number}: `jsup finding list` shows all"), number=number)
    return finding


def lawful(desk: Desk, name: str, number: str, options: Options) -> Step:
    """Return the table's row for a step, or refuse and name the lawful ones with their clauses."""
    case = desk.reads.case(number, options.on)
    row, condition = steps.find(name, _variant(name, options), case)
    if row is not None:
        return row
    names = "; ".join(f"{step.command} ({step.clause})" for step in steps.lawful(case))
    values = {"number": number, "step": name, "stage": case.stage, "lawful": names or "—"}
    if condition:
        values |= {"agency": case.agency, "agency_code": case.agency_code, "because": steps.CONDITIONS[condition]}
        raise RefusedError(N_("{number} is {stage}, and `{step}` is not lawful: {because}. Lawful: {lawful}"), **values)
    raise RefusedError(N_("{number} is {stage}, and `{step}` is not lawful there. Lawful: {lawful}"), **values)


def _variant(name: str, options: Options) -> str | None:
    """Return which rows of the table are meant, None while the option that says so is missing."""
    if name == "review" and options.result in ("partial", "none"):
        return "short"
    if name in ("confirm", "review"):
        return options.result
    if name == "account":
        return options.measure
    return (options.ground or "") if name == "recommend" else None


def check_choices(name: str, options: Options) -> None:
    """Refuse an option that is none of its choices, whatever step is lawful.

    Raises:
        UsageError: one is.
    """
    if name != "confirm":
        for key, choices in _CHOICES.items():
            one_of(getattr(options, key), _dashed(key), choices)


def check(rows: Iterable[Step], name: str, options: Options) -> None:
    """Ask for the options that the lawful rows need, and read their texts.

    Raises:
        UsageError: one is missing, empty, or not one of the choices.
    """
    if name == "confirm" and options.result is None:
        raise UsageError(N_("`confirm` wants --rectified or --unrectified"))
    for row in rows:
        missing = [f"--{_dashed(key)}" for key in row.needs if not getattr(options, key)]
        if missing:
            raise UsageError(N_("`{step}` wants {missing} as well"), step=name, missing=", ".join(missing))
    if options.result == "full" and options.remaining:
        raise UsageError(N_("`review --result full` leaves nothing to do: leave out --remaining"))
    for key in _TEXTS:
        value = getattr(options, key)
        if value is not None:
            setattr(options, key, checked(value, f"--{_dashed(key)}", lines=key in _LONG_TEXTS))
    if options.certificate is not None:
        options.certificate = [*dict.fromkeys(checked(one, "--certificate") for one in options.certificate)]


def _dashed(key: str) -> str:
    return key.replace("_", "-")


def _step(desk: Desk, row: Step, finding: Finding, options: Options) -> None:
    """Take one step: its day is checked, its clocks are ended and started, its stage is entered."""
    on = options.on
    not_future(on, desk.ledger.entry.today)
    _not_before(desk, row, finding, on)
    named = _named(row, finding, options)
    details = options.kept()
    if finding.stage != steps.OPEN:
        details.pop("ground", None)  # it is needed, and said, only where there was no warning
    if row.name == "extend":
        details["from"] = _extend(desk, finding, options)
    _write_down(row, finding, options)
    if row.after_expiry and not clocks.expired(desk, finding, on):
        clocks.reopen(desk, row, finding)
    else:
        clocks.end(desk, row, finding, on)
        finding.stage = row.to or finding.stage
    in_writing = row.name == "deliver" or options.method in steps.IN_WRITING
    clocks.start(desk, row, finding, on, named, in_writing=in_writing)
    note(desk, finding, row.name, on, details)
    if row.to == steps.WITHDRAWN:  # what it was made of waits again to be decided on
        for anomaly in desk.session.exec(select(Anomaly).where(Anomaly.finding_number == finding.number)):
            anomaly.state, anomaly.finding_number, anomaly.decided_on, anomaly.decided_by = "open", None, None, None
        for clue in desk.session.exec(select(Clue).where(Clue.finding_number == finding.number)):
            clue.state, clue.finding_number, clue.triaged_on = "open", None, None


def not_before_found(finding: Finding, on: date) -> None:
    """Refuse a day before a finding was found.

    Raises:
        RefusedError: it is one.
    """
    _not_before_day(finding, on, finding.found_on, "finding add")


def _not_before(desk: Desk, row: Step, finding: Finding, on: date) -> None:
    """Refuse a day before the step that this one follows: the last along the way, or, beside it, the last change of stage."""
    floor, after, stage = finding.found_on, "finding add", steps.OPEN
    for event in events(desk, finding):
        follows = event.step not in BESIDE and (row.name not in BESIDE or event.stage != stage)
        if event.done_on >= floor and (follows or (row.name == "answer" and event.step == "object")):
            floor, after = event.done_on, event.step
        stage = event.stage or stage
    _not_before_day(finding, on, floor, after)


def _not_before_day(finding: Finding, on: date, floor: date, after: str) -> None:
    if on < floor:
        raise RefusedError(
            N_("{number}: {on} is before {floor}, the day of `{after}`, which it follows"),
            number=finding.number, on=on, floor=floor, after=after,
        )  # fmt: skip


def _named(row: Step, finding: Finding, options: Options) -> date | None:
    """Return the day until which the agency has time by a warning or a decision, if it was named."""
    if row.name == "deliver":
        return finding.decision_until
    if row.name not in ("warn", "decide"):
        return None
    until = options.rectify_by
    if until is None:
        return None
    if until < options.on:
        raise RefusedError(N_("--rectify-by {until} is before the step itself, {on}"), until=until, on=options.on)
    return until


def _write_down(row: Step, finding: Finding, options: Options) -> None:
    """Set what a step changes in the finding itself."""
    if row.name == "rectify":
        finding.rectified_on = options.on
    elif row.name == "decide":
        finding.decision_number, finding.decision_until = options.number, options.rectify_by
    elif row.to == steps.DECISION_SERVED:
        finding.rectified_on = None  # whether the decision is obeyed in time is another question
    elif row.variant == "short":
        finding.rectified_on, finding.remaining = None, options.remaining
    elif row.variant == "full":
        rectified_on = options.rectified_on
        if rectified_on is not None and not finding.found_on <= rectified_on <= options.on:
            raise RefusedError(
                N_("--rectified-on {on} lies outside {first} to {last}"), on=rectified_on, first=finding.found_on, last=options.on
            )
        finding.rectified_on = finding.rectified_on or rectified_on
        finding.remaining = None


def _extend(desk: Desk, finding: Finding, options: Options) -> date:
    """Move the end of an agency's period that has not expired, and return the end it had."""
    period, until = str(options.period), options.until
    if desk.policy.period(period).owner != "agency":
        raise RefusedError(N_("the period {period} is the bureau's own, and that is never extended"), period=period)
    clock = clocks.running(desk, finding, period)
    if clock is None or options.on > clock.due_on:
        raise RefusedError(
            N_("{number}: the period {period} is not running on {on}"), number=finding.number, period=period, on=options.on
        )
    ended = clock.due_on
    if until is None or until <= ended:
        raise RefusedError(N_("--until {until} is not after {due}, when the period ends anyway"), until=until, due=ended)
    clocks.move(desk, finding, clock, until)
    return ended


def events(desk: Desk, finding: Finding) -> list[Event]:
    """Return what was done to a finding, in the order of entry."""
    return list(desk.session.exec(select(Event).where(Event.finding_number == finding.number).order_by(col(Event.id))))


def agencies_of(desk: Desk, finding: Finding) -> list[str]:
    """Return the code of a finding's agency, and before it those of the agencies whose succession passed it on."""
    passed = [json.loads(event.details)["old"] for event in events(desk, finding) if event.step == "agency succeed"]
    return [*passed, finding.agency_code]


def names_of(desk: Desk, finding: Finding) -> list[str]:
    """Return every name that a finding's agencies bear or bore, the one of today last."""
    codes = agencies_of(desk, finding)
    former = select(AgencyName.name).where(col(AgencyName.agency_code).in_(codes))
    return [*desk.session.exec(former), *(get_agency(desk.session, code).name for code in codes)]


def note(desk: Desk, finding: Finding, step: str, on: date, details: dict[str, Any]) -> None:
    """Enter what was done to a finding."""
    desk.session.add(
        Event(
            finding_number=finding.number,
            step=step,
            done_on=on,
            stage=finding.stage,
            officer=desk.ledger.entry.officer,
            details=canonical(details),
        )
    )
    desk.session.flush()


def _fingerprint(path: Path) -> dict[str, Any]:
    data = read_bytes(path)
    return {"file": file_name(path), "bytes": len(data), "sha256": sha256(data).hexdigest()}
