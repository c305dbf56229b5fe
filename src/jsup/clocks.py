"""The clocks of a finding in the ledger: started, reckoned, moved, met and cancelled; and the month of a guidance opinion."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import inspect
from sqlmodel import Session, col, select

from jsup import deadlines, ledger, steps
from jsup.ledger import Ledger
from jsup.models import Deadline, Event, Finding
from jsup.policy import Policy
from jsup.reads import Reads
from jsup.steps import Step
from jsup.workdays import Calendar

if TYPE_CHECKING:
    from jsup.outcomes import Guidance  # fourteen entities that a step has no use for


@dataclass
class Desk:
    """One transaction's view of the ledger: the session and the law in force."""

    session: Session
    ledger: Ledger
    reads: Reads = field(init=False)
    policy: Policy = field(init=False)
    calendar: Calendar = field(init=False)

    def __post_init__(self) -> None:
        self.reads = ledger.over(self.session)
        self.policy = self.reads.policy()
        self.calendar = self.reads.in_force


def of(desk: Desk, finding: Finding) -> list[Deadline]:
    """Return every clock of a finding, in the order in which they were started."""
    return list(desk.session.exec(select(Deadline).where(Deadline.finding_number == finding.number).order_by(col(Deadline.id))))


def runs(clock: Deadline) -> bool:
    """Tell whether a clock is neither met nor cancelled."""
    return clock.met_on is None and clock.cancelled_on is None


def running(desk: Desk, finding: Finding, period: str) -> Deadline | None:
    """Return the finding's running clock of a period."""
    return next((clock for clock in of(desk, finding) if clock.period == period and runs(clock)), None)


def expired(desk: Desk, finding: Finding, on: date) -> bool:
    """Tell whether the agency's period is over on that day; the due day still belongs to it."""
    period = "decision" if finding.stage == steps.DECISION_SERVED else "rectification"
    dues = [clock.due_on for clock in of(desk, finding) if clock.period == period]
    return bool(dues) and on > dues[-1]


def start(desk: Desk, row: Step, finding: Finding, on: date, named: date | None, *, in_writing: bool) -> None:
    """Start the clocks of a step; `named` is the last day of a period whose end is named, not counted.

    A warning whose end nobody names runs for the bureau's own setting. A clock of the same period that
    still runs gives way. With `in_writing` the agency has its last day on paper.
    """
    started: dict[str, Deadline] = {}
    for wanted in row.starts:
        period = desk.policy.period(wanted.period)
        earlier = running(desk, finding, wanted.period)
        if earlier is not None:
            earlier.cancelled_on = on
        clock = Deadline(
            finding_number=finding.number,
            period=period.key,
            owner=period.owner,
            start_event=wanted.event,
            started_on=started[wanted.after].due_on if wanted.after else on,
            count=period.count,
            unit=period.unit,
            due_on=named or on,
            provisional=False,
            clause=period.clause,
            after_id=started[wanted.after].id if wanted.after else None,
            policy_id=desk.reads.versions[0],
            calendar_id=desk.reads.versions[1],
        )
        if period.count is None and named is None:
            clock.count, clock.unit = desk.policy.own["warning_working_days"], deadlines.WORKING_DAY
        reckon(desk, clock)
        if in_writing and clock.owner == "agency":
            clock.given_on = clock.due_on
        desk.session.add(clock)
        desk.session.flush()
        started[wanted.period] = clock


def end(desk: Desk, row: Step, finding: Finding, on: date) -> None:
    """Meet, cancel, restart or reopen the clocks as the step's row says.

    A clock is met only by its own act. An agency's period is met on the day of its rectification where
    that is known, else on the day of the review that found it. A restart moves a start to the earlier day.
    """
    reopen(desk, row, finding)
    for clock in of(desk, finding):
        if runs(clock) and clock.period in row.meets:
            clock.met_on = max(clock.started_on, finding.rectified_on or on) if clock.owner == "agency" else on
        elif runs(clock) and row.ends_all:
            clock.cancelled_on = on
        elif runs(clock) and clock.period in row.restarts and on < clock.started_on:
            clock.started_on, clock.start_event = on, row.name
            reckon(desk, clock)


def reopen(desk: Desk, row: Step, finding: Finding) -> None:
    """Take back the meeting of a clock alone, as an early review does that finds something left to do."""
    for clock in of(desk, finding):
        if clock.period in row.reopens and clock.met_on is not None:
            clock.met_on = None


def reckon(desk: Desk, clock: Deadline) -> None:
    """Set a clock's last day from its start, by the calendar in force.

    An agency's period never ends before a day that it has in writing. A clock that stands as it stood keeps
    the calendar by which it was reckoned.
    """
    if clock.count is None:
        return
    due = deadlines.due(desk.calendar, clock.started_on, clock.count, clock.unit)
    if clock.given_on is not None and due.on < clock.given_on:
        due = deadlines.Due(clock.given_on, due.provisional)
    restarted = inspect(clock).attrs.started_on.history.has_changes()
    if restarted or (clock.due_on, clock.provisional) != due:
        clock.due_on, clock.provisional = due
        clock.calendar_id = desk.reads.versions[1]


def reckon_guidance(desk: Desk, row: "Guidance") -> None:
    """Set the last day for a guidance opinion, by the policy under which it began and the calendar in force.

    One that stands as it stood keeps the calendar by which it was reckoned. Source: 二（四）3.
    """
    period = desk.reads.policy(row.policy_id).period("guidance")
    assert period.count is not None  # nothing is proposed without
    due = deadlines.due(desk.calendar, row.reached_on, period.count, period.unit)
    if (row.due_on, row.provisional) != due:
        row.due_on, row.provisional = due
        row.calendar_id = desk.reads.versions[1]


def move(desk: Desk, finding: Finding, clock: Deadline, until: date) -> None:
    """Give an agency's period another, named end; the clock chained to it starts from there."""
    clock.due_on, clock.unit, clock.count, clock.provisional = until, deadlines.NAMED_DATE, None, False
    if clock.given_on is not None:
        clock.given_on = until
    rechain(desk, finding, clock)


def rechain(desk: Desk, finding: Finding, clock: Deadline) -> None:
    """Let the clock that is chained to another start from its last day as it stands now, or from an earlier confirmation."""
    steps_taken = select(Event).where(Event.finding_number == finding.number, Event.step == "confirm")
    confirmed = desk.session.exec(steps_taken.order_by(col(Event.id).desc())).first()
    for chained in of(desk, finding):
        if chained.after_id == clock.id and runs(chained):
            chain(desk, chained, clock.due_on, confirmed.done_on if confirmed else None)


def chain(desk: Desk, chained: Deadline, until: date, confirmed_on: date | None) -> None:
    """Start a clock from the last day of the one before it; that of the recommendation from an earlier confirmation."""
    early = chained.period == "recommendation" and confirmed_on is not None and confirmed_on < until
    chained.started_on = confirmed_on if early and confirmed_on is not None else until
    if chained.period == "recommendation":
        chained.start_event = "confirm" if early else "warning_end"
    reckon(desk, chained)
