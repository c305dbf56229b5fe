"""The life of a paper: drafted, reviewed, signed, sealed, served, or void."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlmodel import col, select

from jsup import casework, outputs, steps
from jsup.casework import DRAFTED, ISSUED, RECOMMENDATION, Options
from jsup.clocks import Desk
from jsup.errors import (
    N_,
    JsupError,
    LedgerError,
    RefusedError,
    UnknownError,
    UsageError,
    checked,
    file_name,
    not_future,
    one_of,
    read_bytes,
)
from jsup.journal import canonical
from jsup.ledger import Ledger
from jsup.models import Agency, Finding, Paper, PaperFile, PaperFinding
from jsup.papers import contents, forms
from jsup.papers.contents import Matter
from jsup.papers.trays import Tray, issuing
from jsup.reads import row_number
from jsup.register import get as get_agency
from jsup.serials import give
from jsup.service import guidance
from jsup.words import chinese_day

Key = TypeVar("Key")

STATES: Final = ("draft", "reviewed", "signed", "sealed", "served", "void")
_FROM: Final = {"reviewed": ("draft",), "signed": DRAFTED, "sealed": ("signed",), "served": ISSUED, "void": STATES[:-2]}
"""The states from which a paper enters another."""
_STATE_AFTER: Final = {"review": "reviewed", "sign": "signed", "seal": "sealed", "serve": "served"}
_LONGEST_NAME: Final = 60
"""Characters of a file's name before what tells the paper from others, where each takes three bytes, as Chinese ones do."""


@dataclass(frozen=True)
class Made:
    """A paper that was drafted: what it covers, and where its file lies."""

    paper: int
    agency_code: str | None
    numbers: list[str]
    file: Path


# Drafting ---------------------------------------------------------------------------------------


@dataclass
class Wanted:
    """A draft that an officer asks for."""

    kind: str
    on: date
    numbers: Sequence[str] = ()
    agencies: Sequence[str] = ()
    quarter: str | None = None
    given: dict[str, str] = field(default_factory=dict)


def draft(ledger: Ledger, wanted: Wanted, out: Path, *, force: bool = False) -> list[Made]:
    """Draft a paper of any kind: one for each agency of the findings named, each drawn agency, or each agency named.

    Raises:
        UnknownError: no such kind, finding, agency or draw.
        RefusedError: a field would be empty, or a file was edited since; the sentence says what to do.
        UsageError: something is missing or was given that this kind does not take.
    """
    if wanted.kind == RECOMMENDATION:
        raise UsageError(N_("a recommendation is drafted by `jsup recommend`, for a rule says when"))
    with issuing(ledger, out, force=force) as tray:
        not_future(wanted.on, ledger.entry.today)
        return drafted(tray, _matters(tray.desk, wanted), out)


def recommend(
    ledger: Ledger, numbers: Sequence[str], options: Options, out: Path, *, agency: str | None = None, force: bool = False
) -> list[Made]:
    """Draft the recommendation, one for each agency and ground: for the findings named, else for all that wait.

    The draft stops no clock; only the signature does.

    Raises:
        RefusedError: a draft is not lawful for one of them, has no facts or basis, or none waits.
        LedgerError: the folder cannot be written.
    """
    with issuing(ledger, out, force=force) as tray:
        desk = tray.desk
        stage = steps.OPEN if options.ground == "outstanding" else steps.UNRECTIFIED
        if options.ground == "outstanding" and not numbers and agency is None:
            raise UsageError(N_("`recommend --ground outstanding` wants numbers of findings, or --agency"))
        named = numbers or [row["number"] for row in desk.reads.waiting(ledger.entry.today, stage, agency)]
        if not named:
            raise RefusedError(N_("no finding waits for a recommendation: `jsup next` shows what does"))
        found = casework.take_all(desk, "recommend", named, options)
        if agency is not None:
            for finding in found:
                if finding.agency_code != agency:
                    raise RefusedError(N_("{number} is no finding of {agency}"), number=finding.number, agency=agency)
        kind = desk.policy.paper(RECOMMENDATION)
        grounds = {stage: ground for ground, stage in steps.GROUNDS.items()}
        matters = [
            Matter(kind, options.on, get_agency(desk.session, code), findings, grounds[stage])
            for (code, stage), findings in _grouped(found, lambda finding: (finding.agency_code, finding.stage)).items()
        ]
        return drafted(tray, matters, out)


def _grouped(findings: Iterable[Finding], key: Callable[[Finding], Key]) -> dict[Key, list[Finding]]:
    """Gather the findings that go into one paper, in the order given."""
    groups: dict[Key, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(key(finding), []).append(finding)
    return groups


def _matters(desk: Desk, wanted: Wanted) -> list[Matter]:
    kind = desk.policy.paper(wanted.kind)
    about = contents.form_of(kind.key).about
    for given, option, wants in (
        (wanted.numbers, "N...", about == "findings"),
        (wanted.quarter, "--quarter", about == "draw"),
        (wanted.agencies, "--agency", about in ("draw", "agency")),
    ):
        if given and not wants:
            raise UsageError(N_("`paper draft {kind}` takes no {option}"), kind=kind.key, option=option)
        if not given and wants and option != "--agency":
            raise UsageError(N_("`paper draft {kind}` wants {option}"), kind=kind.key, option=option)
    if about == "findings":
        found = [casework.get(desk, number) for number in dict.fromkeys(wanted.numbers)]
        for finding in found:
            casework.not_before_found(finding, wanted.on)
        return [
            Matter(kind, wanted.on, get_agency(desk.session, code), findings, given=wanted.given)
            for code, findings in _grouped(found, lambda finding: finding.agency_code).items()
        ]
    if about == "draw":
        return _drawn(desk, wanted)
    bodies: list[Agency | None] = [get_agency(desk.session, code) for code in dict.fromkeys(wanted.agencies)]
    return [Matter(kind, wanted.on, body, given=wanted.given) for body in bodies or [None]]


def _drawn(desk: Desk, wanted: Wanted) -> list[Matter]:
    """Return one matter for each agency that holds a place of the quarter's draw, or those named."""
    kind = desk.policy.paper(wanted.kind)
    rows = [row for row in desk.reads.draws(wanted.quarter) if row["drawn_on"] and not row["voided_on"]]
    if not rows:
        raise UnknownError(N_("no draw of {quarter} stands: `jsup sample status` shows all"), quarter=wanted.quarter)
    held = desk.reads.rows("SELECT * FROM draw_checks WHERE number = :draw ORDER BY place", draw=rows[-1]["draw_id"])
    codes = wanted.agencies or [row["agency_code"] for row in held]
    due = {row["agency_code"]: row["due_on"] for row in held}
    for code in codes:
        if code not in due:
            raise UnknownError(N_("{code} holds no place in the draw {draw}"), code=code, draw=rows[-1]["draw_id"])
    return [
        Matter(kind, wanted.on, get_agency(desk.session, code), draw=rows[-1] | {"due_on": due[code]}, given=wanted.given)
        for code in codes
    ]


def drafted(tray: Tray, matters: Sequence[Matter], out: Path) -> list[Made]:
    """Fill papers, enter their drafts, and write their files beside their places, inside a transaction of the caller's."""
    said = contents.gather(tray.desk, matters)
    template = forms.current(tray.desk.reads, matters[0].kind.key)
    return [_filed(tray, matter, one, template, out) for matter, one in zip(matters, said, strict=True)]


def _filed(tray: Tray, matter: Matter, said: contents.Contents, template: bytes, out: Path) -> Made:
    desk, kind = tray.desk, matter.kind
    paper = Paper(
        kind=kind.key, agency_code=matter.agency.code if matter.agency else None, ground=matter.ground, state="draft",
        drafted_on=matter.on, drafted_by=desk.ledger.entry.officer, data=canonical(said),
        draw_id=str(matter.draw["draw_id"]) if matter.draw else None, file_name="", sha256="",
    )  # fmt: skip
    casework.file_draft(desk, matter.findings, paper)
    data = forms.render(template, said, kind.title)
    key = matter.key if matter.findings or matter.draw else f"{matter.key}-{paper.id}"
    words = "-".join(filter(None, (kind.title, matter.agency.name if matter.agency else "")))
    place = tray.lay(paper, out, f"{outputs.shortened(words[:_LONGEST_NAME], 3 * _LONGEST_NAME)}-{key}.docx", data)
    assert paper.id is not None  # file_draft has flushed it
    return Made(paper.id, paper.agency_code, [finding.number for finding in matter.findings], place)


# Signing and serving ----------------------------------------------------------------------------


def sign(ledger: Ledger, numbers: Sequence[str], options: Options) -> tuple[list[str], Tray]:
    """Sign the recommendations of findings; return the findings, and the tray with the papers and what the officer is to be told.

    Raises:
        RefusedError, UsageError: as `casework.take_all`.
    """
    with issuing(ledger) as tray:
        found = [finding.number for finding in take_all(tray, "sign", numbers, options)]
    return found, tray


def take_all(tray: Tray, name: str, numbers: Sequence[str], options: Options) -> Sequence[Any]:
    """Take a step inside a transaction that issues papers: a signature completes the paper's file."""
    desk = tray.desk
    waiting = casework.papers_of(desk, numbers, *DRAFTED) if name == "sign" else []
    found = casework.take_all(desk, name, numbers, options)
    for paper in waiting:
        if paper.state == "signed":
            _completed(tray, paper)
    return found


def _completed(tray: Tray, paper: Paper) -> None:
    """Put number, date and signer into the file of a paper that is signed, edited or not."""
    tray.signed.append(paper.id)
    if paper.folder is None:
        return
    place = Path(paper.folder) / outputs.name(paper.file_name)
    to_come = _to_come(paper)
    if not to_come:
        return
    try:
        data, lost = forms.complete(forms.read(place), to_come, str(place))
        if len(lost) < len(to_come):
            tray.lay(paper, place.parent, place.name, data, over=True)
    except (OSError, LedgerError, UnknownError) as error:  # whatever is wrong with the file, the signature stops a legal clock
        because, values = (error.message, error.values) if isinstance(error, JsupError) else (str(error.strerror), {})
        tray.told.append(
            (
                N_("{because}. Number and date are not in it: `jsup paper print {paper} --out DIR` writes it anew with both"),
                {"because": because, **values, "paper": paper.id},
            )
        )
    else:
        if lost:
            tray.told.append(
                (
                    N_("{file} was edited and has no room for {fields}: type it there yourself"),
                    {"file": place, "fields": "、".join(lost)},
                )
            )


def _to_come(paper: Paper) -> dict[str, str]:
    """Return what a draft with room for number, date and signer shows of them, and what they have become."""
    said = json.loads(paper.data or "{}")
    if not said.get("number"):
        return {}
    to_come = {said["number"]: paper.number or "", contents.day_to_come(paper.drafted_on.year): chinese_day(paper.signed_on)}
    return to_come | ({contents.SIGNER_TO_COME: paper.signed_by or ""} if "signer" in said else {})


def print_(ledger: Ledger, reference: str, out: Path, *, force: bool = False) -> Made:
    """Write a paper anew from what the ledger holds of it: as it was drafted, with number and date if it is signed.

    Raises:
        RefusedError: the ledger does not hold what it says, or the file that lies there was edited.
    """
    with issuing(ledger, out, force=force) as tray:
        paper = get(tray.desk, reference)
        if paper.data is None:
            raise RefusedError(
                N_("paper {paper} is older than jsup's templates: its contents are not in the ledger"), paper=paper.id
            )
        kind = tray.desk.policy.paper(paper.kind)
        data = forms.render(forms.current(tray.desk.reads, paper.kind), {"seal": ""} | json.loads(paper.data), kind.title)
        if paper.signed_on is not None:
            data, _lost = forms.complete(data, _to_come(paper), paper.file_name)
        place = tray.lay(paper, out, paper.file_name, data)
        assert paper.id is not None  # it came from the ledger
        return Made(paper.id, paper.agency_code, _numbers(tray.desk, paper), place)


# The rest of its life ---------------------------------------------------------------------------


def get(desk: Desk, reference: str) -> Paper:
    """Return a paper by its place in `paper list` or its document number.

    Raises:
        UnknownError: there is none.
    """
    place = row_number(reference)
    wanted = col(Paper.number) == reference if place is None else col(Paper.id) == place
    paper = desk.session.exec(select(Paper).where(wanted)).first()
    if paper is None:
        raise UnknownError(N_("no paper is called {reference}: `jsup paper list` shows all"), reference=reference)
    return paper


def _numbers(desk: Desk, paper: Paper) -> list[str]:
    rows = select(PaperFinding.finding_number).where(PaperFinding.paper_id == paper.id).order_by(col(PaperFinding.id))
    return list(desk.session.exec(rows))


def enter(ledger: Ledger, reference: str, verb: str, options: Options) -> tuple[int, Sequence[tuple[str, dict[str, Any]]]]:
    """Enter that a paper was reviewed, signed, sealed or served; return its place, and what the officer is to be told.

    A recommendation is signed and served with its findings, by the rules of their steps.

    Raises:
        RefusedError: that does not follow from its state, or the day is not after the last one's.
        UsageError: it is not said who did it.
    """
    with issuing(ledger) as tray:
        desk = tray.desk
        paper = get(desk, reference)
        state = _STATE_AFTER[verb]
        _may_enter(desk, paper, state, options.on)
        if paper.kind == RECOMMENDATION and state in ("signed", "served"):
            step = "sign" if state == "signed" else "deliver"
            take_all(tray, step, _numbers(desk, paper)[:1], options)
        else:
            _enter(tray, paper, verb, options)
        assert paper.id is not None  # it came from the ledger
        return paper.id, tray.told


def _enter(tray: Tray, paper: Paper, verb: str, options: Options) -> None:
    state = _STATE_AFTER[verb]
    who, option = (options.receiver, "--receiver") if state == "served" else (options.by, "--by")
    if who is None:
        raise UsageError(N_("`{step}` wants {missing} as well"), step=f"paper {verb}", missing=option)
    who = checked(who, option)
    if state == "served":
        one_of(options.by_way, "by-way", steps.WAYS)
    paper.state = state
    if state == "reviewed":
        paper.reviewed_on, paper.reviewed_by = options.on, who
    elif state == "sealed":
        paper.sealed_on, paper.sealed_by = options.on, who
    elif state == "served":
        paper.served_on, paper.served_way, paper.served_to = options.on, options.by_way, who
    else:
        paper.signed_on, paper.signed_by = options.on, who
        give(tray.desk, paper, options.on, options.number, options.why)
        _completed(tray, paper)


def _may_enter(desk: Desk, paper: Paper, state: str, on: date) -> None:
    not_future(on, desk.ledger.entry.today)
    if paper.state not in _FROM[state]:
        raise RefusedError(
            N_("paper {paper} is {state}, and cannot become {becomes} from there"),
            paper=paper.id, state=paper.state,
            becomes=state,
        )  # fmt: skip
    days = (paper.drafted_on, paper.reviewed_on, paper.signed_on, paper.sealed_on)
    last = max(day for day in days if day is not None)
    if on < last:
        raise RefusedError(N_("paper {paper}: {on} is before {last}, the day of its last step"), paper=paper.id, on=on, last=last)


def void(ledger: Ledger, reference: str, on: date, why: str | None) -> int:
    """Declare a paper void that was not served; its number stays used, and what a signed one was about waits again.

    Raises:
        RefusedError: it was served (a correction letter corrects it then), or is void already.
        UsageError: no reason is given.
    """
    with ledger.change() as session:
        desk = Desk(session, ledger)
        paper = get(desk, reference)
        if paper.state == "served":
            raise RefusedError(
                N_("paper {paper} was served: only a correction letter (更正函) mends it, `jsup paper draft correction …`"),
                paper=paper.id,
            )
        _may_enter(desk, paper, "void", on)
        if why is None:
            raise UsageError(N_("`{step}` wants {missing} as well"), step="paper void", missing="--why")
        why = checked(why, "--why", lines=True)
        if paper.kind == RECOMMENDATION and paper.state in ISSUED:
            casework.unsign(desk, paper, on, why)
        paper.state, paper.voided_on, paper.voided_by, paper.void_why = "void", on, ledger.entry.officer, why
        assert paper.id is not None  # it came from the ledger
        if paper.kind == guidance.KIND:
            guidance.unissue(desk, paper.id)
        return paper.id


def attach(ledger: Ledger, reference: str, file: Path, on: date, note: str | None) -> int:
    """Attach a file to a paper, such as its signed scan: its name, size and SHA-256 are kept.

    Raises:
        UnknownError: no such paper, or the file cannot be read.
    """
    data = read_bytes(file)
    with ledger.change() as session:
        desk = Desk(session, ledger)
        paper = get(desk, reference)
        not_future(on, ledger.entry.today)
        session.add(
            PaperFile(
                paper_id=paper.id or 0, file_name=file_name(file), bytes=len(data), sha256=sha256(data).hexdigest(), added_on=on,
                officer=ledger.entry.officer, note=note and checked(note, "--note", lines=True),
            )
        )  # fmt: skip
        return paper.id or 0
