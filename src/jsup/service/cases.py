"""Cases gathered: what agencies do well, and what others are to learn from, published with consent. Source: 三（三）."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session

from jsup import casework, grids, register
from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, UnknownError, UsageError, checked, not_future, one_of
from jsup.ledger import Ledger
from jsup.outcomes import Experience
from jsup.reads import Reads, Row
from jsup.words import EXPERIENCES


@dataclass
class Gathered:
    """A case as an officer enters it; the text is given, or stands in a file."""

    kind: str
    agency: str
    title: str
    on: date
    text: str | None = None
    file: Path | None = None
    finding: str | None = None


def add(book: Ledger, given: Gathered) -> int:
    """Enter a case and return its number; phone and identity numbers in its words are left out.

    Raises:
        UsageError: no kind is called so, or not exactly one of text and file is given, or one is empty.
        UnknownError: no such agency or finding.
        RefusedError: the day is in the future, or the finding is of another agency.
    """
    one_of(given.kind, "kind", EXPERIENCES)
    if (given.text is None) == (given.file is None):
        raise UsageError(N_("give the case's words with --text or --text-file, one of the two"))
    words = given.text if given.text is not None else grids.text_of(given.file or Path())
    title = checked(given.title, "--title")
    text = checked(words, "--text" if given.file is None else str(given.file), lines=True)
    not_future(given.on, book.entry.today)
    with book.change() as session:
        desk = Desk(session, book)
        register.get(session, given.agency)
        if given.finding is not None:
            finding = casework.get(desk, given.finding)
            own = finding.agency_code in register.line(desk.reads, given.agency)
            if not own and given.agency not in casework.agencies_of(desk, finding):
                raise RefusedError(
                    N_("{number} is a finding of {agency}, not of {uid}"),
                    number=finding.number, agency=finding.agency_code, uid=given.agency,
                )  # fmt: skip
        row = Experience(
            kind=given.kind, agency_code=given.agency, title=title, text=text, received_on=given.on,
            finding_number=given.finding, officer=book.entry.officer,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id or 0


def _get(session: Session, number: int) -> Experience:
    """Return a case that was not withdrawn."""
    row = session.get(Experience, number)
    if row is None:
        raise UnknownError(N_("no case has the number {number}: `jsup case list --all` shows all"), number=number)
    if row.withdrawn_on is not None:
        raise RefusedError(N_("case {number} was withdrawn on {on}"), number=number, on=row.withdrawn_on)
    return row


def _follows(row: Experience, on: date, floor: date, after: str) -> None:
    if on < floor:
        raise RefusedError(
            N_("{number}: {on} is before {floor}, the day of `{after}`, which it follows"),
            number=row.id, on=on, floor=floor, after=after,
        )  # fmt: skip


def consent(book: Ledger, number: int, by: str, on: date) -> None:
    """Enter that the agency agrees to its case being published, and who said so.

    Raises:
        UnknownError: no such case.
        RefusedError: it was withdrawn, has the consent already, or the day is in the future or before it came in.
    """
    by = checked(by, "--by")
    not_future(on, book.entry.today)
    with book.change() as session:
        row = _get(session, number)
        if row.consent_on is not None:
            raise RefusedError(N_("case {number} has the consent of {on} already"), number=number, on=row.consent_on)
        _follows(row, on, row.received_on, "case add")
        row.consent_on, row.consent_by = on, by


def publish(book: Ledger, number: int, where: str, on: date) -> None:
    """Enter where a case was published.

    Raises:
        UnknownError: no such case.
        RefusedError: the agency's consent is missing, it was withdrawn or published already, or the day is in the future or
            before the consent.
    """
    where = checked(where, "--where")
    not_future(on, book.entry.today)
    with book.change() as session:
        row = _get(session, number)
        if row.consent_on is None:
            raise RefusedError(
                N_("case {number} has no consent of its agency: enter it with `jsup case consent {number} --by NAME`"),
                number=number,
            )
        if row.published_on is not None:
            raise RefusedError(N_("case {number} was published on {on} already"), number=number, on=row.published_on)
        _follows(row, on, row.consent_on, "case consent")
        row.published_on, row.published_in = on, where


def withdraw(book: Ledger, number: int, on: date, why: str) -> None:
    """Withdraw a case, whether it was a mistake or its agency takes the consent back; it stays in the ledger.

    Raises:
        UnknownError: no such case.
        RefusedError: it is withdrawn already, or the day is in the future or before it came in.
    """
    why = checked(why, "--why", lines=True)
    not_future(on, book.entry.today)
    with book.change() as session:
        row = _get(session, number)
        _follows(row, on, row.received_on, "case add")
        row.withdrawn_on, row.withdrawn_why = on, why


def listed(
    ledger: Reads, *, agency: str | None = None, kind: str | None = None, consented: bool = False, every: bool = False
) -> list[Row]:
    """Return cases in the order of entry, those withdrawn only with `every`; with `consented`, those that may be published.

    Raises:
        UnknownError: no such agency.
        UsageError: no kind is called so.
    """
    if agency is not None:
        ledger.agencies(agency)
    one_of(kind, "kind", EXPERIENCES)
    rows = ledger.rows(
        "SELECT * FROM experiences WHERE (:agency IS NULL OR agency_code = :agency) AND (:kind IS NULL OR kind = :kind)"
        " ORDER BY id",
        agency=agency,
        kind=kind,
    )
    return [row for row in rows if (every or row["withdrawn_on"] is None) and (not consented or row["consent_on"] is not None)]


def shown(ledger: Reads, number: int) -> Row:
    """Return one case, withdrawn or not.

    Raises:
        UnknownError: no such case.
    """
    rows = ledger.rows("SELECT * FROM experiences WHERE id = :id", id=number)
    if not rows:
        raise UnknownError(N_("no case has the number {number}: `jsup case list --all` shows all"), number=number)
    return rows[0]
