"""The monthly look at each agency's uploaded cases, and the bureau's recurring duties."""

from datetime import date

from sqlmodel import Session

from jsup.errors import N_, RefusedError, UnknownError, checked, not_future, one_of
from jsup.ledger import Ledger
from jsup.register import get as get_agency
from jsup.watch.months import EVERY, month
from jsup.watched import Duty, DutyDone, Look


def look(book: Ledger, name: str, agency: str, cases: int, result: str, on: date) -> int:
    """Enter that an agency's uploaded cases of a month were looked through; the latest look of a month counts.

    Raises:
        UsageError: there is no such month.
        UnknownError: no such agency.
        RefusedError: the month has not begun on that day, or the day is in the future.
    """
    first, _last = month(name)
    result = checked(result, "--result", lines=True)
    with book.change() as session:
        get_agency(session, agency)
        not_future(on, book.entry.today)
        if on < first:
            raise RefusedError(N_("{month} has not begun on {on}"), month=name, on=on)
        row = Look(month=name, agency_code=agency, looked_on=on, cases=cases, result=result, officer=book.entry.officer)
        session.add(row)
        session.flush()
        return row.id or 0


def add_duty(book: Ledger, title: str, every: str, from_on: date, clause: str | None) -> int:
    """Enter a recurring duty, which is due first one interval after `from_on`; return its number.

    Raises:
        UsageError: the interval is none.
    """
    one_of(every, "every", EVERY)
    with book.change() as session:
        row = Duty(title=checked(title, "--title"), every=every, from_on=from_on, clause=clause and checked(clause, "--clause"))
        session.add(row)
        session.flush()
        return row.id or 0


def do_duty(book: Ledger, number: int, on: date, note: str | None) -> None:
    """Enter that a duty was done; from that day on the next interval runs.

    Raises:
        UnknownError: no such duty.
        RefusedError: it has ended, or the day is in the future or before its first.
    """
    with book.change() as session:
        _on_or_after(_running(session, number), on, book.entry.today)
        note = note and checked(note, "--note", lines=True)
        session.add(DutyDone(duty_id=number, done_on=on, note=note, officer=book.entry.officer))


def end_duty(book: Ledger, number: int, on: date, why: str) -> None:
    """End a duty, with a reason.

    Raises:
        UnknownError: no such duty.
        RefusedError: it has ended already, or the day is in the future or before its first.
    """
    why = checked(why, "--why")
    with book.change() as session:
        duty = _running(session, number)
        _on_or_after(duty, on, book.entry.today)
        duty.ended_on, duty.ended_why = on, why


def _on_or_after(duty: Duty, on: date, today: date) -> None:
    not_future(on, today)
    if on < duty.from_on:
        raise RefusedError(
            N_("{on} is before {from_on}, from which duty {number} runs"), on=on, from_on=duty.from_on, number=duty.id
        )


def _running(session: Session, number: int) -> Duty:
    duty = session.get(Duty, number)
    if duty is None:
        raise UnknownError(N_("no duty has the number {number}: `jsup duty list` shows all"), number=number)
    if duty.ended_on is not None:
        raise RefusedError(N_("duty {number} has ended on {on}"), number=number, on=duty.ended_on)
    return duty
