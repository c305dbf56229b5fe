"""Guidance opinions on systemic problems: proposed, taken up, issued by papers, or dismissed with a reason. Source: 二（四）3."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlmodel import col, select

from jsup import clocks, systemic
from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, UnknownError, UsageError, checked, not_future
from jsup.journal import canonical
from jsup.ledger import Ledger
from jsup.models import Event
from jsup.outcomes import Guidance, GuidanceAgency
from jsup.reads import Row
from jsup.register import get as get_agency
from jsup.service import reached
from jsup.service.reached import DISMISSED, ISSUE, ISSUED, OPEN, PENDING, PROPOSED

KIND: Final = "guidance-opinion"
"""The kind of the papers that are opinions."""
_CLAUSE: Final = "二（四）3"
_FROM: Final = {"open": (PROPOSED,), "draft": (*PENDING, ISSUED), "issue": (*PENDING, ISSUED), "dismiss": PENDING}
"""The states in which each verb is lawful."""


@dataclass
class Judged:
    """A systemic problem that the bureau found by its own judgement."""

    category: str
    title: str
    reached_on: date
    why: str
    agencies: Sequence[str] = ()


def propose(ledger: Ledger, judged: Judged | None = None, *, dry_run: bool = False) -> list[Row]:
    """Enter every systemic problem that was reached and that no row covers, or the one judged; return all that are proposed.

    Rows that are still open are brought up to date: findings entered or withdrawn since may show another day and more agencies.
    In what is returned `new` tells which were entered now; in a dry run those have no number yet.

    Raises:
        UnknownError: no such category or agency.
        RefusedError: the policy counts no month, or the day is in the future, or the problem of that day is entered already.
    """
    with ledger.change(dry_run=dry_run) as session:
        desk = Desk(session, ledger)
        if reached.month(desk.policy) is None:
            raise RefusedError(N_("the policy counts no period {key}: nothing is proposed under it"), key=reached.PERIOD)
        if judged is not None:
            new = {_judge(desk, judged).id}
        else:
            new = {row.id for row in _enter_reached(desk)}
            for seen in reached.guidances(desk.reads, ledger.entry.today):
                if seen["state"] in PENDING and seen["id"] not in new:
                    _renew(desk, seen)
        session.flush()
        rows = reached.guidances(desk.reads, ledger.entry.today, state=PROPOSED)
    return [row | {"new": row["id"] in new, "id": None if dry_run and row["id"] in new else row["id"]} for row in rows]


def _enter_reached(desk: Desk, category: str | None = None) -> list[Guidance]:
    """Enter what was reached and nobody proposed, of one category or of all; nothing where the policy counts no month."""
    if reached.month(desk.policy) is None:
        return []
    source = systemic.source(desk.reads)
    return [
        _enter(desk, row["category"], row["title"], row["time"].reached_on, source.agencies(row["category"], row["time"]))
        for row in reached.unproposed(desk.reads, desk.ledger.entry.today, every=True)
        if category in (None, row["category"])
    ]


def _judge(desk: Desk, judged: Judged) -> Guidance:
    title, why = checked(judged.title, "--title"), checked(judged.why, "--why", lines=True)
    judged = replace(judged, category=desk.policy.category(judged.category).key)
    not_future(judged.reached_on, desk.ledger.entry.today)
    same = select(Guidance).where(Guidance.category == judged.category, Guidance.reached_on == judged.reached_on)
    other = desk.session.exec(same.where(col(Guidance.state) != DISMISSED)).first()
    if other is not None:
        raise RefusedError(
            N_("guidance {number} is about {category} of {on} already"), number=other.id, category=judged.category,
            on=judged.reached_on,
        )  # fmt: skip
    return _enter(desk, judged.category, title, judged.reached_on, judged.agencies, why)


def _enter(desk: Desk, category: str, title: str, on: date, agencies: Iterable[str], why: str | None = None) -> Guidance:
    policy_id, calendar_id = desk.reads.versions
    entry = desk.ledger.entry
    row = Guidance(
        category=category, title=title, reached_on=on, due_on=on, provisional=False, policy_id=policy_id, calendar_id=calendar_id,
        state=PROPOSED, why=why, proposed_on=entry.today, officer=entry.officer,
    )  # fmt: skip
    clocks.reckon_guidance(desk, row)
    desk.session.add(row)
    desk.session.flush()
    for code in dict.fromkeys(agencies):
        _part(desk, row, code).shown = True
    return row


def _part(desk: Desk, row: Guidance, code: str) -> GuidanceAgency:
    """Return an agency's part in a row, a new one if it has none."""
    same = (GuidanceAgency.guidance_id == row.id, GuidanceAgency.agency_code == code)
    part = desk.session.exec(select(GuidanceAgency).where(*same)).first()
    if part is None:
        part = GuidanceAgency(guidance_id=row.id or 0, agency_code=get_agency(desk.session, code).code, shown=False)
        desk.session.add(part)
        desk.session.flush()
    return part


def _renew(desk: Desk, seen: Row) -> None:
    """Bring an open row up to what the findings show by now: the day on which the number was reached, and the agencies."""
    row = desk.session.get_one(Guidance, seen["id"])
    if seen["stands_on"] is not None:
        row.reached_on, row.calendar_id = date.fromisoformat(seen["stands_on"]), desk.reads.versions[1]
        clocks.reckon_guidance(desk, row)
    for code in seen["all_agencies"]:
        _part(desk, row, code).shown = True


def get(desk: Desk, number: int, verb: str, on: date | None = None) -> Guidance:
    """Return a row of which a verb is lawful, on a day that is neither in the future nor before the problem was reached.

    Raises:
        UnknownError: there is none.
        RefusedError: it is not lawful; the sentence names what is.
    """
    row = desk.session.get(Guidance, number)
    if row is None:
        raise UnknownError(N_("no guidance has the number {number}: `jsup guidance list` shows all"), number=number)
    if row.state not in _FROM[verb]:
        lawful = [f"guidance {one}" for one, states in _FROM.items() if row.state in states]
        message = N_("guidance {number} is {state}: what may be done is {verbs}")
        if not lawful:
            message = N_("guidance {number} is {state}: nothing more is done with it")
        raise RefusedError(message, number=number, state=f"guidance {row.state}", verbs=", ".join(lawful), clause=_CLAUSE)
    if on is not None:
        not_future(on, desk.ledger.entry.today)
        if on < row.reached_on:
            raise RefusedError(
                N_("guidance {number}: {on} is before {floor}, the day on which the problem was found"),
                number=number, on=on, floor=row.reached_on,
            )  # fmt: skip
    return row


def take_up(ledger: Ledger, number: int, on: date) -> None:
    """Enter that the bureau takes up a problem.

    Raises:
        UnknownError, RefusedError: as `get`.
    """
    with ledger.change() as session:
        desk = Desk(session, ledger)
        row = get(desk, number, "open", on)
        _renew(desk, *reached.guidances(desk.reads, ledger.entry.today, number=number))
        row.state, row.opened_on, row.opened_by = OPEN, on, ledger.entry.officer


def dismiss(ledger: Ledger, number: int, on: date, why: str) -> None:
    """End a problem's clock without an opinion, with a reason.

    Raises:
        UnknownError, RefusedError: as `get`.
    """
    why = checked(why, "--why", lines=True)
    with ledger.change() as session:
        desk = Desk(session, ledger)
        row = get(desk, number, "dismiss", on)
        _enter_reached(desk, row.category)
        row.state, row.dismissed_on, row.dismissed_why = DISMISSED, on, why


def issue(ledger: Ledger, number: int, reference: str, agencies: Sequence[str], on: date | None) -> None:
    """Enter that an opinion was issued by a signed paper, and which agencies got it; the signature's day meets the clock.

    They are those named, else the paper's own, else all of the problem; `on` is the day they got it, else that of its service.
    Of a paper that is not served yet nobody has got anything: issued again after its service, it tells who did. One opinion may
    be several papers, each entered by itself.

    Raises:
        UnknownError: no such row, paper or agency.
        RefusedError: it is not lawful, the paper is no signed opinion, or of another problem, or nothing would change.
    """
    with ledger.change() as session:
        desk = Desk(session, ledger)
        row = get(desk, number, "issue")
        if row.state in PENDING:
            _enter_reached(desk, row.category)
            _renew(desk, *reached.guidances(desk.reads, ledger.entry.today, number=number))
        paper = desk.reads.paper(reference)
        signed_on = _signed_on(desk, row, paper)
        got = on is not None or paper["served_on"] is not None
        given_on = on or (date.fromisoformat(paper["served_on"]) if paper["served_on"] else signed_on)
        not_future(given_on, ledger.entry.today)
        if given_on < signed_on:
            raise RefusedError(
                N_("paper {paper}: {on} is before {last}, the day of its last step"),
                paper=paper["id"],
                on=given_on,
                last=signed_on,
            )
        codes = list(dict.fromkeys(agencies)) or ([paper["agency_code"]] if paper["agency_code"] else _shown(desk, row))
        for code in codes:
            get_agency(session, code)
        if not codes:
            raise UsageError(N_("say with --agency which agencies got it: the problem names none"))
        same = [one for one in reached.issues(desk.reads, number) if one["paper_id"] == paper["id"]]
        had = {code for one in same if one["given_on"] is not None or not got for code in one["agencies"]}
        if had >= set(codes):
            raise RefusedError(
                N_("guidance {number} was issued to them by this paper already: nothing was changed"), number=number
            )
        details = canonical({"guidance": number, "paper": paper["id"], "agencies": codes, "got": got})
        session.add(Event(step=ISSUE, done_on=given_on, officer=ledger.entry.officer, details=details))
        session.flush()
        _recount(desk, row)


def _signed_on(desk: Desk, row: Guidance, paper: Row) -> date:
    """Return the day of a paper's signature, if it may be an opinion on this problem."""
    if paper["kind"] == KIND and paper["state"] in ("draft", "reviewed"):
        raise RefusedError(N_("paper {paper} is not signed yet: `jsup paper sign {paper} --by NAME` first"), paper=paper["id"])
    if paper["kind"] != KIND or paper["state"] not in ("signed", "sealed", "served"):
        raise RefusedError(
            N_("paper {paper} is no signed guidance opinion: `jsup guidance draft {number}` makes one"),
            paper=paper["id"], number=row.id,
        )  # fmt: skip
    other = reached.about(desk.reads, paper["id"])
    if other not in (None, row.id):
        raise RefusedError(N_("paper {paper} is the opinion of guidance {number} already"), paper=paper["id"], number=other)
    signed_on = date.fromisoformat(paper["signed_on"])
    if signed_on < row.reached_on:
        raise RefusedError(
            N_("guidance {number}: {on} is before {floor}, the day on which the problem was found"),
            number=row.id, on=signed_on, floor=row.reached_on,
        )  # fmt: skip
    return signed_on


def _shown(desk: Desk, row: Guidance) -> list[str]:
    return [part.agency_code for part in _parts(desk, row) if part.shown]


def _parts(desk: Desk, row: Guidance) -> Sequence[GuidanceAgency]:
    of = select(GuidanceAgency).where(GuidanceAgency.guidance_id == row.id).order_by(col(GuidanceAgency.agency_code))
    return desk.session.exec(of).all()


def _recount(desk: Desk, row: Guidance) -> None:
    """Set what a row says of its opinion from the papers that stand: without one it waits again, and its clock runs on."""
    for part in _parts(desk, row):
        part.given_on = None
    stand = sorted(
        (one for one in reached.issues(desk.reads, row.id or 0) if not one["void"]), key=lambda one: str(one["signed_on"])
    )
    for one in stand:
        for code in one["agencies"]:
            part = _part(desk, row, code)
            if one["given_on"] is not None:
                given_on = date.fromisoformat(one["given_on"])
                part.given_on = min(part.given_on or given_on, given_on)
    row.state = ISSUED if stand else PROPOSED if row.opened_on is None else OPEN
    row.issued_on = date.fromisoformat(stand[0]["signed_on"]) if stand else None
    row.paper_id = stand[0]["paper_id"] if stand else None


def unissue(desk: Desk, paper: int) -> None:
    """Take back what a paper that is void by now did for the problem on which it was issued."""
    desk.session.flush()
    number = reached.about(desk.reads, paper)
    if number is not None:
        _recount(desk, desk.session.get_one(Guidance, number))
