"""What is held with agencies and enterprises, of one shape: consultations, joint actions, reminders, trainings, self-checks.

Source: 三（一）（二）（三）, 二（三）3, 二（三）4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, UnknownError, UsageError, checked, not_future, one_of
from jsup.ledger import Ledger
from jsup.outcomes import Activity, ActivityAgency, DisciplineNotice, Guidance, Resolution
from jsup.register import event
from jsup.register import get as get_agency
from jsup.service import held

REMINDER_PAPER = "general-reminder"
MOST_OF_NUMBER = 30
"""Characters of the number under which violations were notified."""


@dataclass
class Given:
    """An activity as an officer enters it: held already, if `held_on` is set, or asked for until `until_on`."""

    kind: str
    title: str
    category: str | None = None
    agency: str | None = None
    who: str | None = None
    asked_on: date | None = None
    until_on: date | None = None
    held_on: date | None = None
    outcome: str | None = None
    enterprises: int | None = None
    guidance: int | None = None
    paper: str | None = None
    agencies: Sequence[str] = ()
    call_all: bool = False
    """Where no agency is named, all active ones are meant."""


def add(ledger: Ledger, given: Given, kinds: Sequence[str]) -> int:
    """Enter an activity of one of the kinds that a command is for; return its number.

    Raises:
        UsageError: another kind, or an empty text.
        UnknownError: no such category, agency, guidance or paper.
        RefusedError: its day is in the future, it was to be before it was asked for, or the paper is no signed reminder.
    """
    one_of(given.kind, "kind", kinds)
    title = checked(given.title, "--title")
    who = _said(given.who, "--where" if given.kind == "publicity" else "--who")
    outcome = _said(given.outcome, "--outcome")
    with ledger.change() as session:
        desk = Desk(session, ledger)
        for day in (given.asked_on, given.held_on):
            if day is not None:
                not_future(day, ledger.entry.today)
        if given.until_on is not None and given.asked_on is not None:
            _not_before(given.until_on, given.asked_on)
        category = given.category and desk.policy.category(given.category).key
        if given.guidance is not None and session.get(Guidance, given.guidance) is None:
            raise UnknownError(N_("no guidance has the number {number}: `jsup guidance list` shows all"), number=given.guidance)
        paper_id = _reminder(desk, given.paper, given.held_on) if given.paper is not None else None
        row = Activity(
            kind=given.kind, title=title, category=category, who=who, asked_on=given.asked_on, until_on=given.until_on,
            agency_code=get_agency(session, given.agency).code if given.agency is not None else None, held_on=given.held_on,
            outcome=outcome, enterprises=given.enterprises, guidance_id=given.guidance, paper_id=paper_id,
            officer=ledger.entry.officer,
        )  # fmt: skip
        session.add(row)
        session.flush()
        codes = list(dict.fromkeys(given.agencies))
        if given.call_all and not codes:
            codes = [one["code"] for one in desk.reads.agencies() if one["active"]]
        _call(session, row, codes, given.held_on)
        return row.id or 0


def _said(text: str | None, option: str) -> str | None:
    """Read a text of several lines that may be left out, but not be empty."""
    return checked(text, option, lines=True) if text is not None else None


def _not_before(day: date, asked_on: date) -> None:
    if day < asked_on:
        raise RefusedError(
            N_("{day} is before {asked_on}, the day on which it was asked for or held"), day=day, asked_on=asked_on
        )


def _reminder(desk: Desk, reference: str, on: date | None) -> int:
    """Return the place of a paper that is a signed general reminder."""
    paper = desk.reads.paper(reference)
    if paper["kind"] != REMINDER_PAPER or paper["state"] not in ("signed", "sealed", "served"):
        raise RefusedError(
            N_("paper {paper} is no signed general reminder: `jsup paper draft {kind}` makes one, `jsup paper sign` signs it"),
            paper=paper["id"], kind=REMINDER_PAPER,
        )  # fmt: skip
    if on is not None:
        signed_on = date.fromisoformat(paper["signed_on"])
        if on < signed_on:
            raise RefusedError(
                N_("paper {paper}: {on} is before {last}, the day of its last step"), paper=paper["id"], on=on, last=signed_on
            )
    return int(paper["id"])


def _call(session: Session, row: Activity, codes: Sequence[str], done_on: date | None) -> None:
    for code in codes:
        part = ActivityAgency(activity_id=row.id or 0, agency_code=get_agency(session, code).code, done_on=done_on)
        session.add(part)
        session.flush()


def get(session: Session, number: int, kinds: Sequence[str], *, waits: bool = False) -> Activity:
    """Return an activity of some kinds that was not ended; with `waits`, one that is not held yet.

    Raises:
        UnknownError: there is none of these kinds.
        RefusedError: it was ended, or held already.
    """
    row = session.get(Activity, number)
    if row is None or row.kind not in kinds:
        raise UnknownError(held.unknown(kinds), number=number)
    if row.ended_on is not None:
        raise RefusedError(N_("number {number} was ended on {on}: {why}"), number=number, on=row.ended_on, why=row.ended_why)
    if waits and row.held_on is not None:
        raise RefusedError(N_("number {number} was held on {on} already"), number=number, on=row.held_on)
    return row


def hold(ledger: Ledger, number: int, on: date, by: str, attended: Sequence[str], outcome: str | None) -> None:
    """Enter that a training was held, by whom, and who attended.

    Raises:
        UnknownError, RefusedError: as `get`, or no such agency, or the day is in the future or before it was asked for.
    """
    by, outcome = checked(by, "--by"), _said(outcome, "--outcome")
    with ledger.change() as session:
        row = get(session, number, held.TRAININGS, waits=True)
        not_future(on, ledger.entry.today)
        _not_before(on, row.asked_on or on)
        row.held_on, row.who, row.outcome = on, by, outcome
        _call(session, row, list(dict.fromkeys(attended)), on)


def end(ledger: Ledger, number: int, kinds: Sequence[str], on: date, why: str) -> None:
    """End an activity that will not be, or was entered by mistake, with a reason; nobody waits for it any more.

    Raises:
        UnknownError, RefusedError: as `get`; a training that was held stays as it is; a consultation whose decisions are open.
    """
    why = checked(why, "--why", lines=True)
    with ledger.change() as session:
        row = get(session, number, kinds, waits=kinds == held.TRAININGS)
        not_future(on, ledger.entry.today)
        opened = select(Resolution).where(Resolution.activity_id == number)
        for decision in session.exec(opened).all():
            if decision.done_on is None and decision.ended_on is None:
                raise RefusedError(
                    N_("its decision {number} is open: `jsup consultation drop {number}` ends that first"), number=decision.id
                )
        row.ended_on, row.ended_why = on, why


# Decisions --------------------------------------------------------------------------------------


def decide(ledger: Ledger, number: int, text: str, until_on: date, *, by: str | None, agency: str | None) -> int:
    """Enter what a consultation or a joint action decided, and who does it by when; return the meeting's number.

    Raises:
        UsageError: not exactly one of an agency and a name in words says who does it.
        UnknownError, RefusedError: as `get`, or no such agency, or the day is before the meeting.
    """
    text = checked(text, "--text", lines=True)
    if (by is None) == (agency is None):
        raise UsageError(N_("say who does it: with --by in words, or with --agency, one of both"))
    by = checked(by, "--by") if by is not None else None
    with ledger.change() as session:
        row = get(session, number, held.MEETINGS)
        _not_before(until_on, row.held_on or until_on)
        code = get_agency(session, agency).code if agency is not None else None
        session.add(
            Resolution(activity_id=number, text=text, agency_code=code, who=by, until_on=until_on, officer=ledger.entry.officer)
        )
        return number


def settle(ledger: Ledger, number: int, on: date, *, result: str | None = None, why: str | None = None) -> int:
    """Enter that a decision was done, with its result, or is dropped, with the reason; return its meeting's number.

    Raises:
        UnknownError: no such decision.
        RefusedError: it was done or dropped before, or the day is in the future or before the meeting.
    """
    result, why = _said(result, "--result"), _said(why, "--why")
    with ledger.change() as session:
        row = session.get(Resolution, number)
        if row is None:
            raise UnknownError(N_("no decision has the number {number}: `jsup consultation list` shows all"), number=number)
        settled_on = row.done_on or row.ended_on
        if settled_on is not None:
            raise RefusedError(N_("decision {number} was done or dropped on {on} already"), number=number, on=settled_on)
        not_future(on, ledger.entry.today)
        meeting = session.get(Activity, row.activity_id)
        _not_before(on, (meeting and meeting.held_on) or on)
        if result is not None:
            row.done_on, row.result = on, result
        else:
            row.ended_on, row.ended_why = on, why
        return row.activity_id


# Self-checks ------------------------------------------------------------------------------------


@dataclass
class Reported:
    """What an agency reports on its self-check: problems found, those mended of them, enterprises that checked themselves."""

    found: int
    mended: int
    enterprises: int | None = None
    note: str | None = None


def report(ledger: Ledger, number: int, agency: str, told: Reported, on: date, why: str | None) -> None:
    """Enter what an agency reports on a self-check; a report that amends an earlier one wants a reason, and the old is kept.

    The day of the first report stays: in its period a score counts it.

    Raises:
        UnknownError, RefusedError: as `get`, or the agency was not called, has reported so already, or mended more than it found.
        UsageError: it reported before, and no reason is given.
    """
    note, why = _said(told.note, "--note"), _said(why, "--why")
    if told.mended > told.found:
        raise RefusedError(N_("{mended} problems mended are more than {found} found"), mended=told.mended, found=told.found)
    with ledger.change() as session:
        row = get(session, number, ("self-check",))
        not_future(on, ledger.entry.today)
        _not_before(on, row.asked_on or on)
        get_agency(session, agency)
        same = (ActivityAgency.activity_id == number, ActivityAgency.agency_code == agency)
        part = session.exec(select(ActivityAgency).where(*same)).first()
        if part is None:
            raise RefusedError(N_("{agency} was not called to self-check {number}"), agency=agency, number=number)
        new = {
            "done_on": part.done_on or on,
            "found": told.found,
            "mended": told.mended,
            "enterprises": told.enterprises,
            "note": note,
        }
        old = {key: getattr(part, key) for key in new}
        if old["done_on"] is not None:
            if old == new:
                raise RefusedError(N_("{agency} has reported just that already: nothing was changed"), agency=agency)
            if why is None:
                raise UsageError(
                    N_("{agency} reported on {on} already: an amended report wants --why"), agency=agency, on=old["done_on"]
                )
            event(session, ledger, agency, held.REPORT, on, activity=number, old=old, new=new, why=why)
        for key, value in new.items():
            setattr(part, key, value)


# What is notified to 区纪委监委: date, number and receipt, and nothing else ---------------------


def notify(ledger: Ledger, number: str, on: date) -> int:
    """Enter that violations were notified to 区纪委监委; return its place. Source: 二（三）4.

    Raises:
        UsageError: the number is empty or too long.
        RefusedError: the number is entered already, or the day is in the future.
    """
    number = checked(number, "--number")
    if len(number) > MOST_OF_NUMBER:
        raise UsageError(N_("--number is longer than {most} characters: give the number alone, for nothing else is kept"),
                         most=MOST_OF_NUMBER)  # fmt: skip
    with ledger.change() as session:
        not_future(on, ledger.entry.today)
        other = session.exec(select(DisciplineNotice).where(DisciplineNotice.number == number)).first()
        if other is not None:
            raise RefusedError(N_("{number} was entered on {on} already"), number=number, on=other.sent_on)
        row = DisciplineNotice(sent_on=on, number=number, officer=ledger.entry.officer)
        session.add(row)
        session.flush()
        return row.id or 0


def receipt(ledger: Ledger, place: int, text: str, on: date) -> None:
    """Enter the receipt for a notification.

    Raises:
        UnknownError: there is none.
        RefusedError: it has one already, or the day is in the future or before it was sent.
    """
    text = checked(text, "--receipt")
    with ledger.change() as session:
        row = session.get(DisciplineNotice, place)
        if row is None:
            raise UnknownError(N_("no notification has the number {number}: `jsup discipline list` shows all"), number=place)
        if row.receipt_on is not None:
            raise RefusedError(N_("notification {number} has its receipt of {on} already"), number=place, on=row.receipt_on)
        not_future(on, ledger.entry.today)
        _not_before(on, row.sent_on)
        row.receipt, row.receipt_on = text, on
