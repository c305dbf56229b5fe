"""What an agency did for an enterprise in an inspection and after it. Source: 二（二）1 第三步."""

from datetime import date

from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, UnknownError, checked, not_future, one_of
from jsup.ledger import Ledger
from jsup.outcomes import InspectionNote
from jsup.reads import Reads, Row
from jsup.words import HANDLINGS


def add(book: Ledger, record: str, kind: str, text: str, on: date) -> int:
    """Enter lenient handling in an inspection, or advice after it, and return the note's number.

    Phone and identity numbers in the text are left out.

    Raises:
        UsageError: no kind is called so, or the text is empty.
        UnknownError: no inspection has that number.
        RefusedError: the day is in the future or before the visit.
    """
    one_of(kind, "kind", HANDLINGS)
    text = checked(text, "--text", lines=True)
    not_future(on, book.entry.today)
    with book.change() as session:
        query = "SELECT agency_code, visited_on FROM inspection WHERE record = :record AND latest = 1"
        rows = Desk(session, book).reads.rows(query, record=record)
        if not rows:
            raise UnknownError(N_("no inspection has the number {number}"), number=record)
        if on.isoformat() < rows[0]["visited_on"]:
            raise RefusedError(
                N_("{on} is before {floor}, the day of the visit {record}"), on=on, floor=rows[0]["visited_on"], record=record
            )
        note = InspectionNote(
            record=record, agency_code=rows[0]["agency_code"], kind=kind, done_on=on, text=text, officer=book.entry.officer
        )
        session.add(note)
        session.flush()
        return note.id or 0


def withdraw(book: Ledger, number: int, on: date, why: str) -> None:
    """Withdraw a note that was entered by mistake; it stays in the ledger.

    Raises:
        UnknownError: no such note.
        RefusedError: it is withdrawn already, or the day is in the future.
    """
    why = checked(why, "--why", lines=True)
    not_future(on, book.entry.today)
    with book.change() as session:
        note = session.get(InspectionNote, number)
        if note is None:
            raise UnknownError(N_("no note has the number {number}: `jsup inspection notes --all` shows all"), number=number)
        if note.withdrawn_on is not None:
            raise RefusedError(N_("note {number} was withdrawn on {on} already"), number=number, on=note.withdrawn_on)
        note.withdrawn_on, note.withdrawn_why = on, why


def listed(ledger: Reads, *, agency: str | None = None, number: int | None = None, every: bool = False) -> list[Row]:
    """Return notes in the order of entry, those withdrawn only with `every`.

    Raises:
        UnknownError: no such agency.
    """
    if agency is not None:
        ledger.agencies(agency)
    rows = ledger.rows(
        "SELECT * FROM inspection_notes WHERE (:agency IS NULL OR agency_code = :agency) AND (:id IS NULL OR id = :id)"
        " ORDER BY id",
        agency=agency,
        id=number,
    )
    return [row for row in rows if every or row["withdrawn_on"] is None]
