"""Corrections: a mistake is amended with a reason, and the old value stays in the ledger."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from jsup import casework, clocks, steps
from jsup.casework import Options
from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, UsageError, checked, iso_date, not_future
from jsup.ledger import Ledger
from jsup.models import Deadline, Event, Finding, Paper
from jsup.policy import graded
from jsup.words import chinese_day

TEXTS: Final = ("title", "category", "facts", "basis", "source")
DAYS: Final = {
    "warned_on": ("warn", steps.WARNED),
    "confirmed_on": ("confirm", ""),
    "signed_on": ("sign", steps.SIGNED),
    "served_on": ("deliver", steps.SERVED),
    "rectified_on": ("rectify", ""),
    "reviewed_on": ("review", ""),
    "escalated_on": ("escalate", steps.ESCALATED),
    "decided_on": ("decide", steps.DECIDED),
    "decision_served_on": ("deliver", steps.DECISION_SERVED),
}
"""The day of a step, corrected under this name: the last such step, and the stage that it led to where that matters."""

FIELDS: Final = (*TEXTS, "severity", "found_on", "rectify_by", *DAYS)
_STARTS: Final = {"warn": ("warn",), "deliver": ("service", "decision_service")}
_ON_PAPER: Final = ("signed_on", "served_on")
"""Days that stand in a paper, and thus are corrected for every finding that it covers."""


def amend(ledger: Ledger, numbers: Sequence[str], options: Options) -> tuple[list[str], list[str]]:
    """Correct fields of findings; clocks that hang on a corrected day are reckoned anew.

    An agency's period never moves to before a date already given to it in writing. The day of a
    signature or a service is corrected for every finding of the paper. Returns the findings named, and
    those that went along.

    Raises:
        RefusedError: a value is the same, a day would break the order of the steps, or a date stands
            in a paper that has been served.
        UsageError: a field is not one that can be amended, or its value cannot be read.
    """
    with ledger.change() as session:
        desk = Desk(session, ledger)
        named = list(dict.fromkeys(numbers))
        rows = [casework.lawful(desk, "amend", number, options) for number in named]
        casework.check(rows, "amend", options)
        not_future(options.on, ledger.entry.today)
        values = options.set or {}
        on_paper = {key: value for key, value in values.items() if key in _ON_PAPER}
        mates = _on_same_paper(desk, named, on_paper)
        for number in [*named, *mates]:
            finding = casework.get(desk, number)
            _within(finding, "--on", options.on, finding.found_on, ledger.entry.today)
            wanted = values if number in named else on_paper
            changed = {key: _correct(desk, finding, key, value) for key, value in wanted.items()}
            casework.note(desk, finding, "amend", options.on, {"set": changed, "why": options.why})
        for paper in _papers(desk, named):
            for key, value in on_paper.items():
                setattr(paper, key, iso_date(value, key))
        return named, mates


def _papers(desk: Desk, named: list[str]) -> list[Paper]:
    return casework.papers_of(desk, named, *casework.ISSUED, "served")


def _on_same_paper(desk: Desk, named: list[str], on_paper: dict[str, str]) -> list[str]:
    papers = _papers(desk, named) if on_paper else []
    found = (finding.number for paper in papers for finding in casework.covered(desk, paper) if finding.stage != steps.WITHDRAWN)
    return [number for number in dict.fromkeys(found) if number not in named]


_PRINTED: Final = ("found_on", "warned_on", "confirmed_on")
"""Days that stand in a recommendation."""


def _correct(desk: Desk, finding: Finding, key: str, text: str) -> list[Any]:
    """Set one field and return its old and its new value."""
    if key in _PRINTED and casework.papers_of(desk, [finding.number], "served"):
        _want_letter(desk, finding, key, iso_date(text, key))
    if key in TEXTS:
        old = getattr(finding, key)
        new: str | date = (
            desk.policy.category(text).key if key == "category" else checked(text, key, lines=key in ("facts", "basis"))
        )
        _differ(finding, key, old, new)
        setattr(finding, key, new)
    elif key == "severity":
        old, new = finding.severity or "ordinary", graded(text, key) or "ordinary"
        _differ(finding, key, old, new)
        finding.severity = graded(new, key)
    elif key == "found_on":
        old, new = finding.found_on, iso_date(text, key)
        _differ(finding, key, old, new)
        entered, *later = (event for event in casework.events(desk, finding) if event.step not in casework.BESIDE)
        _within(finding, key, new, date.min, min((event.done_on for event in later), default=desk.ledger.entry.today))
        finding.found_on = entered.done_on = new
    elif key == "rectify_by":
        old, new = _correct_end(desk, finding, iso_date(text, key))
    elif key in DAYS:
        old, new = _correct_day(desk, finding, key, iso_date(text, key))
    else:
        raise UsageError(N_("{field} cannot be amended: it can be one of {fields}"), field=key, fields=", ".join(FIELDS))
    return [old, new]


def _differ(finding: Finding, key: str, old: object, new: object) -> None:
    if old == new:
        raise RefusedError(
            N_("{number} has {field} {value} already: nothing was changed"), number=finding.number, field=key, value=new
        )


def _within(finding: Finding, key: str, day: date, first: date, last: date) -> None:
    if not first <= day <= last:
        raise RefusedError(
            N_("{number}: {field} {on} would break the order of the steps: it lies between {first} and {last}"),
            number=finding.number,
            field=key,
            on=day,
            first=first,
            last=last,
        )


def _correct_end(desk: Desk, finding: Finding, until: date) -> tuple[date, date]:
    """Correct the day until which a warning gives time, or a decision not served yet."""
    if finding.stage == steps.DECIDED and finding.decision_until is not None:
        old = finding.decision_until
        _differ(finding, "rectify_by", old, until)
        decided = max(event.done_on for event in casework.events(desk, finding) if event.step == "decide")
        _within(finding, "rectify_by", until, decided, date.max)
        finding.decision_until = until
        return old, until
    clock = clocks.running(desk, finding, "warning") or clocks.running(desk, finding, "decision")
    if clock is None:
        raise RefusedError(
            N_("{number}: a date in a paper that was served is corrected only by a correction letter and a new service"),
            number=finding.number,
        )
    old = clock.due_on
    _differ(finding, "rectify_by", old, until)
    first = clock.started_on
    if clock.given_on is not None or clock.period == "decision":
        _want_letter(desk, finding, "rectify_by", until)
        first = old  # never before a date that was given in writing
    _within(finding, "rectify_by", until, first, date.max)
    clocks.move(desk, finding, clock, until)
    return old, until


def _want_letter(desk: Desk, finding: Finding, key: str, day: date) -> None:
    """Refuse a day that the agency has otherwise in writing, unless a correction letter that names it was served."""
    letters = casework.papers_of(desk, [finding.number], "served", kind="correction")
    named = chinese_day(day)
    if not any(named in json.loads(letter.data or "{}").get("right", "") for letter in letters):
        raise RefusedError(
            N_(
                "{number}: the agency has {field} in writing: only a served correction letter that names {until} changes it"
                " (`jsup paper draft correction {number}`); `jsup extend` moves a period to a later day"
            ),
            number=finding.number, field=key, until=day,
        )  # fmt: skip


def _correct_day(desk: Desk, finding: Finding, key: str, day: date) -> tuple[date, date]:
    """Correct the day of the last step of a kind, within the days of its neighbours."""
    step, stage = DAYS[key]
    way = [event for event in casework.events(desk, finding) if event.step not in casework.BESIDE]
    places = [index for index, event in enumerate(way) if event.step == step and stage in ("", event.stage)]
    if (
        key == "rectified_on"
        and finding.rectified_on is not None
        and (not places or way[places[-1]].done_on != finding.rectified_on)
    ):
        return _correct_rectified(desk, finding, key, day)
    if not places:
        raise RefusedError(N_("{number}: there is no `{step}` whose day could be amended"), number=finding.number, step=step)
    event = way[places[-1]]
    old = event.done_on
    _differ(finding, key, old, day)
    if key == "signed_on" and day.year != old.year:
        raise RefusedError(
            N_("{number}: the paper's number is one of {year}, in which it was signed: `jsup paper void` and sign it anew"),
            number=finding.number, year=old.year,
        )  # fmt: skip
    following = way[places[-1] + 1 : places[-1] + 2]
    ends = [clock.due_on for clock in clocks.of(desk, finding) if clock.start_event == "warn" and step == "warn"]
    last = min([desk.ledger.entry.today, *ends, *(later.done_on for later in following)])
    _within(finding, key, day, max(finding.found_on, way[places[-1] - 1].done_on), last)
    event.done_on = day
    if step == "rectify" and finding.rectified_on == old:
        finding.rectified_on = day
    for clock in clocks.of(desk, finding):
        _follow(desk, finding, clock, event, old)
    return old, day


def _correct_rectified(desk: Desk, finding: Finding, key: str, day: date) -> tuple[date, date]:
    """Correct the day of a rectification that the review told."""
    old = finding.rectified_on
    assert old is not None  # the caller has looked
    _differ(finding, key, old, day)
    reviewed = [event.done_on for event in casework.events(desk, finding) if event.step == "review"]
    _within(finding, key, day, finding.found_on, max(reviewed, default=desk.ledger.entry.today))
    finding.rectified_on = day
    for clock in clocks.of(desk, finding):
        if clock.owner == "agency" and clock.period != "warning" and clock.met_on == old:
            clock.met_on = day
    return old, day


def _follow(desk: Desk, finding: Finding, clock: Deadline, event: Event, old: date) -> None:
    """Let a clock follow the corrected day of the step that met, ended or started it."""
    day = event.done_on
    rows = [row for row in steps.TABLE if row.name == event.step and row.to in ("", event.stage)]
    told = event.step == "review" and clock.owner == "agency" and finding.rectified_on is not None
    if clock.met_on == old and not told and any(clock.period in row.meets for row in rows):
        clock.met_on = day
    if clock.cancelled_on == old and any(row.ends_all for row in rows):
        clock.cancelled_on = day
    if clock.start_event in _STARTS.get(event.step, ()) and clock.started_on == old:
        clock.started_on = day
        clocks.reckon(desk, clock)
        clocks.rechain(desk, finding, clock)
    if event.step == "confirm" and clock.period == "recommendation" and clock.cancelled_on is None:
        warned_until = next(other.due_on for other in clocks.of(desk, finding) if other.id == clock.after_id)
        clocks.chain(desk, clock, warned_until, day)
