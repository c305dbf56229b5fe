"""Every step of a finding's way, each a command over one or several findings."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import ByWay, Force, GapWhy, Json, Numbers, On, PaperNumber, Receiver, Why, Yes, here, pairs
from jsup.commands.clocks import due_lines
from jsup.commands.finding import show_findings
from jsup.console import Column
from jsup.errors import N_, optional_day

app = typer.Typer()

FIELDS = N_(
    "title, category, facts, basis, source, severity, found_on, rectify_by, or the day of a step: warned_on, confirmed_on,"
    " signed_on, served_on, rectified_on, reviewed_on, escalated_on, decided_on, decision_served_on"
)
"""The fields that corrections.py takes; a test holds the two against each other."""

RectifyBy = Annotated[
    str | None, typer.Option(metavar="DATE", help=_("The agency's last day; a warning's is by default the bureau's setting"))
]
Note = Annotated[str | None, typer.Option(metavar="TEXT", help=_("A note for the file"))]
ApprovedBy = Annotated[str | None, typer.Option(metavar="NAME", help=_("Who approved it"))]
Document = Annotated[str | None, typer.Option("--number", metavar="TEXT", help=_("The document's number"))]


PAPERS = {
    "warn": "warning-record",
    "notify": "superior-notice",
    "deliver": "receipt",
    "review": "review-record",
    "escalate": "request",
    "close": "closing-slip",
}
LETTERS = {"letter": "reminder", "order": "order"}
"""The kind of paper that tells of a step; a warning in writing has its own."""


def take(ctx: typer.Context, name: str, numbers: list[str], on: str | None, as_json: bool, **given: Any) -> None:
    """Take a step for the findings, print them, and say how its paper is made."""
    from jsup import casework  # noqa: PLC0415

    options = casework.Options(here(ctx).day(on), **given)
    named = casework.take(here(ctx).ledger(name), name, numbers, options)
    show_findings(ctx, named, as_json=as_json)
    if name == "deliver":
        show_mates(ctx, named, as_json=as_json)
    kind = LETTERS.get(given.get("method") or "", PAPERS.get(name))
    if kind is not None and not as_json:
        console.line(N_("Its paper: `jsup paper draft {kind} {numbers}`"), kind=kind, numbers=" ".join(named))


@app.command(help=_("Warn the agency: two clocks start, its own and the bureau's."))
def warn(
    ctx: typer.Context,
    numbers: Numbers,
    method: Annotated[str | None, typer.Option(metavar="KEY", help=_("phone, visit, meeting, letter, order or other"))] = None,
    rectify_by: RectifyBy = None,
    by: Annotated[str | None, typer.Option(metavar="NAME", help=_("Who warned"))] = None,
    receiver: Annotated[str | None, typer.Option(metavar="NAME", help=_("Who answered"))] = None,
    reply: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What they replied"))] = None,
    note: Note = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Warn."""
    until = optional_day(rectify_by, "--rectify-by")
    take(ctx, "warn", numbers, on, as_json, method=method, rectify_by=until, by=by, receiver=receiver, reply=reply, note=note)


@app.command(help=_("Enter whether the warned problem was rectified."))
def confirm(
    ctx: typer.Context,
    numbers: Numbers,
    rectified: Annotated[bool | None, typer.Option("--rectified/--unrectified", help=_("What the check found"))] = None,
    note: Note = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Confirm."""
    result = None if rectified is None else "rectified" if rectified else "unrectified"
    take(ctx, "confirm", numbers, on, as_json, result=result, note=note)


@app.command(help=_("Draft the recommendation in Word, one for each agency, for all findings that wait or those named."))
def recommend(
    ctx: typer.Context,
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="[N...]", help=_("Numbers of findings; all that wait if not given"))
    ] = None,
    ground: Annotated[str | None, typer.Option(metavar="KEY", help=_("`outstanding` needs no warning"))] = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help=_("The folder for the drafts"))] = Path(),
    force: Force = False,
    yes: Yes = False,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Draft."""
    from jsup.casework import Options  # noqa: PLC0415
    from jsup.papers import issue  # noqa: PLC0415

    if not numbers and not ground and not as_json:
        _show_waiting(ctx, agency, yes=yes)
    options = Options(here(ctx).day(on), ground=ground)
    made = issue.recommend(here(ctx).ledger("recommend"), numbers or [], options, out, agency=agency, force=force)
    files = {number: (str(paper.file), paper.paper) for paper in made for number in paper.numbers}
    named = list(dict.fromkeys(numbers or files))
    show_findings(ctx, named, as_json=as_json, more=lambda row: dict(zip(("draft", "paper"), files[row["number"]], strict=True)))
    for paper in made if not as_json else []:
        console.line(
            N_("Draft: {file}. Next: have it signed, then `jsup sign {number} --by NAME`."),
            file=paper.file,
            number=paper.numbers[0],
        )


def _show_waiting(ctx: typer.Context, agency: str | None, *, yes: bool) -> None:
    """List the findings that wait for a recommendation with the working days left for each; on a terminal, ask."""
    with here(ctx).reads() as ledger:
        rows = ledger.waiting(here(ctx).today, "unrectified", agency)
    console.table(rows, WAITING)
    if rows and not yes and console.on_terminal() and not console.agreed(N_("Draft these?")):
        raise typer.Exit(1)


WAITING = (
    Column(N_("number"), lambda row: row["number"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("finding"), lambda row: row["title"]),
    Column(N_("due"), due_lines, whole=True),
    Column(N_("days left"), lambda row: row["working_days_left"], whole=True),
)


@app.command(help=_("Enter that the recommendation was signed (签发): it gets its number, and the bureau's clock stops."))
def sign(
    ctx: typer.Context,
    numbers: Numbers,
    by: Annotated[str | None, typer.Option(metavar="NAME", help=_("Who signed it"))] = None,
    number: PaperNumber = None,
    why: GapWhy = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Sign."""
    from jsup.casework import Options  # noqa: PLC0415
    from jsup.papers import issue  # noqa: PLC0415

    options = Options(here(ctx).day(on), by=by, number=number, why=why)
    named, tray = issue.sign(here(ctx).ledger("sign"), numbers, options)
    with here(ctx).reads() as ledger:
        signed = [ledger.paper(str(paper)) for paper in tray.signed]
    number_of = {of: paper["number"] for paper in signed for of in paper["findings"]}
    show_findings(ctx, named, as_json=as_json, more=lambda row: {"document_number": number_of[row["number"]]})
    for paper in signed if not as_json else []:
        console.line(N_("{number}: {file}"), number=paper["number"] or "—", file=paper["file"])
    show_mates(ctx, named, as_json=as_json)
    for message, values in tray.told:
        console.remind(message, **values)


def show_mates(ctx: typer.Context, named: list[str], *, as_json: bool) -> None:
    """Name the other findings of the paper, which took the step too."""
    with here(ctx).reads() as ledger:
        mates = ledger.mates(named)
    if mates and not as_json:
        console.line(N_("With them, for the same paper covers them: {numbers}"), numbers="、".join(mates))


@app.command(help=_("Enter that the superior body was told of the problem (告知函)."))
def notify(
    ctx: typer.Context, numbers: Numbers, number: Document = None, note: Note = None, on: On = None, as_json: Json = False
) -> None:
    """Notify."""
    take(ctx, "notify", numbers, on, as_json, number=number, note=note)


@app.command(help=_("Enter that the paper was served (送达); the agency's period starts."))
def deliver(
    ctx: typer.Context,
    numbers: Numbers,
    by_way: ByWay = None,
    receiver: Receiver = None,
    proof: Annotated[Path | None, typer.Option(metavar="FILE", help=_("The signed receipt, kept by its fingerprint"))] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Serve."""
    take(ctx, "deliver", numbers, on, as_json, by_way=by_way, receiver=receiver, proof=proof)


@app.command(help=_("Enter that the agency reports its rectification."))
def rectify(ctx: typer.Context, numbers: Numbers, note: Note = None, on: On = None, as_json: Json = False) -> None:
    """Report a rectification."""
    take(ctx, "rectify", numbers, on, as_json, note=note)


@app.command(help=_("Enter the follow-up review: everything, a part, or nothing was rectified."))
def review(
    ctx: typer.Context,
    numbers: Numbers,
    result: Annotated[str | None, typer.Option(metavar="KEY", help=_("full, partial or none"))] = None,
    rectified_on: Annotated[
        str | None, typer.Option(metavar="DATE", help=_("The day of the rectification, where the agency did not report it"))
    ] = None,
    remaining: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What is left to do"))] = None,
    note: Note = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Review."""
    day = optional_day(rectified_on, "--rectified-on")
    take(ctx, "review", numbers, on, as_json, result=result, rectified_on=day, remaining=remaining, note=note)


@app.command(
    help=_("Ask the district government for a decision, or tell the superior body of an agency under vertical management.")
)
def escalate(ctx: typer.Context, numbers: Numbers, note: Note = None, on: On = None, as_json: Json = False) -> None:
    """Escalate."""
    take(ctx, "escalate", numbers, on, as_json, note=note)


@app.command("return", help=_("Enter that the request came back without a decision."))
def return_(
    ctx: typer.Context, numbers: Numbers, why: Why = None, note: Note = None, on: On = None, as_json: Json = False
) -> None:
    """Take a request back."""
    take(ctx, "return", numbers, on, as_json, why=why, note=note)


@app.command(help=_("Enter the district government's decision."))
def decide(
    ctx: typer.Context,
    numbers: Numbers,
    number: Document = None,
    rectify_by: RectifyBy = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Decide."""
    take(ctx, "decide", numbers, on, as_json, number=number, rectify_by=optional_day(rectify_by, "--rectify-by"))


@app.command(help=_("Enter an accountability measure; of a transfer only its day, number and receipt are kept."))
def account(
    ctx: typer.Context,
    numbers: Numbers,
    measure: Annotated[
        str | None, typer.Option(metavar="KEY", help=_("circular, interview, criticism, suspend, revoke or transfer"))
    ] = None,
    whom: Annotated[str | None, typer.Option(metavar="NAME", help=_("Who is criticised, interviewed or held to account"))] = None,
    number: Document = None,
    document: Annotated[
        str | None, typer.Option(metavar="TEXT", help=_("The document by which it is done, or the number of its paper"))
    ] = None,
    certificate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CERT", help=_("A certificate that is suspended or revoked from that day on; several times for several")
        ),
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help=_("Until when it holds, as a suspension's last day"))] = None,
    receipt: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The receipt of a transfer, or of the paper"))] = None,
    note: Note = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Hold to account."""
    given = {"measure": measure, "whom": whom, "number": number, "document": document, "receipt": receipt, "note": note}
    last = optional_day(until, "--until")
    take(ctx, "account", numbers, on, as_json, certificate=certificate or None, until=last, **given)
    from jsup import qualifications  # noqa: PLC0415

    if measure in qualifications.HELD and not certificate:
        console.remind(qualifications.UNNAMED, measure=measure)


@app.command(help=_("Close the finding (销号)."))
def close(
    ctx: typer.Context, numbers: Numbers, why: Why = None, approved_by: ApprovedBy = None, on: On = None, as_json: Json = False
) -> None:
    """Close."""
    take(ctx, "close", numbers, on, as_json, why=why, approved_by=approved_by)


@app.command(help=_("Withdraw a finding that was entered by mistake; it stays in the ledger."))
def withdraw(ctx: typer.Context, numbers: Numbers, why: Why = None, on: On = None, as_json: Json = False) -> None:
    """Withdraw."""
    take(ctx, "withdraw", numbers, on, as_json, why=why)


@app.command(help=_("Extend an agency's period before it expires; the bureau's own periods never are."))
def extend(
    ctx: typer.Context,
    numbers: Numbers,
    period: Annotated[str | None, typer.Option(metavar="KEY", help=_("warning, rectification or decision"))] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help=_("The new last day"))] = None,
    why: Why = None,
    approved_by: ApprovedBy = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Extend."""
    day = optional_day(until, "--until")
    take(ctx, "extend", numbers, on, as_json, period=period, until=day, why=why, approved_by=approved_by)


@app.command("object", help=_("Enter the agency's objection; it stops no clock."))
def object_(ctx: typer.Context, numbers: Numbers, note: Note = None, on: On = None, as_json: Json = False) -> None:
    """Enter an objection."""
    take(ctx, "object", numbers, on, as_json, note=note)


@app.command(help=_("Enter the answer to the agency's objection."))
def answer(ctx: typer.Context, numbers: Numbers, note: Note = None, on: On = None, as_json: Json = False) -> None:
    """Answer."""
    take(ctx, "answer", numbers, on, as_json, note=note)


@app.command(help=_("Attach a file: its name, size and SHA-256 are kept."))
def attach(
    ctx: typer.Context,
    numbers: Numbers,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("The file, such as a signed scan"))],
    note: Note = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Attach."""
    take(ctx, "attach", numbers, on, as_json, file=file, note=note)


@app.command(help=_("Correct a finding; the old value and the reason stay in the ledger."))
def amend(
    ctx: typer.Context,
    numbers: Numbers,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=_(FIELDS))] = None,
    why: Why = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Correct a finding."""
    from jsup import corrections  # noqa: PLC0415
    from jsup.casework import Options  # noqa: PLC0415

    options = Options(here(ctx).day(on), set=pairs(set_ or [], "--set"), why=why)
    named, mates = corrections.amend(here(ctx).ledger("amend"), numbers, options)
    show_findings(ctx, named, as_json=as_json)
    if mates and not as_json:
        console.line(N_("Corrected with them, for the paper covers them too: {numbers}"), numbers="、".join(mates))
