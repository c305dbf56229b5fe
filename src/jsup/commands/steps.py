"""Every step of a finding's way, each a command over one or several findings."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, Numbers, On, Why, here, pairs
from jsup.commands.finding import optional_day, show_findings
from jsup.errors import N_

app = typer.Typer(rich_markup_mode=None, suggest_commands=False)

FIELDS = N_(
    "title, category, facts, basis, source, found_on, rectify_by, or the day of a step: warned_on, confirmed_on, signed_on,"
    " served_on, rectified_on, reviewed_on, escalated_on, decided_on, decision_served_on"
)
"""The fields that corrections.py takes; a test holds the two against each other."""

RectifyBy = Annotated[str | None, typer.Option(metavar="DATE", help=_("The day until which the agency has time"))]
Note = Annotated[str | None, typer.Option(metavar="TEXT", help=_("A note for the file"))]
ApprovedBy = Annotated[str | None, typer.Option(metavar="NAME", help=_("Who approved it"))]
Receiver = Annotated[str | None, typer.Option(metavar="NAME", help=_("Who received it"))]
Document = Annotated[str | None, typer.Option("--number", metavar="TEXT", help=_("The document's number"))]


def take(ctx: typer.Context, name: str, numbers: list[str], on: str | None, as_json: bool, **given: Any) -> None:
    """Take a step for the findings and print them."""
    from jsup import casework  # noqa: PLC0415

    options = casework.Options(here(ctx).day(on), **given)
    show_findings(ctx, casework.take(here(ctx).ledger(name), name, numbers, options), as_json=as_json)


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


@app.command(help=_("Draft the recommendation in Word, one for each agency. The draft stops no clock."))
def recommend(
    ctx: typer.Context,
    numbers: Numbers,
    ground: Annotated[str | None, typer.Option(metavar="KEY", help=_("`outstanding` needs no warning"))] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help=_("The folder for the drafts"))] = Path(),
    on: On = None,
    as_json: Json = False,
) -> None:
    """Draft."""
    from jsup.casework import Options  # noqa: PLC0415
    from jsup.papers import recommendation  # noqa: PLC0415

    drafts = recommendation.recommend(here(ctx).ledger("recommend"), numbers, Options(here(ctx).day(on), ground=ground), out)
    files = {number: str(draft.file) for draft in drafts for number in draft.numbers}
    show_findings(ctx, list(dict.fromkeys(numbers)), as_json=as_json, more=lambda row: {"draft": files[row["number"]]})
    for draft in drafts if not as_json else []:
        console.line(
            N_("Draft: {file}. Next: have it signed, then `jsup sign {number} --by NAME`."),
            file=draft.file,
            number=draft.numbers[0],
        )


@app.command(help=_("Enter that the recommendation was signed (签发); this stops the bureau's clock."))
def sign(
    ctx: typer.Context,
    numbers: Numbers,
    by: Annotated[str | None, typer.Option(metavar="NAME", help=_("Who signed it"))] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Sign."""
    take(ctx, "sign", numbers, on, as_json, by=by)


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
    by_way: Annotated[
        str | None, typer.Option(metavar="KEY", help=_("direct, exchange, confidential, electronic or left"))
    ] = None,
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


@app.command(help=_("Enter an accountability measure; of a transfer only its day and number are kept."))
def account(
    ctx: typer.Context,
    numbers: Numbers,
    measure: Annotated[
        str | None, typer.Option(metavar="KEY", help=_("circular, interview, criticism, suspend, revoke or transfer"))
    ] = None,
    number: Document = None,
    note: Note = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Hold to account."""
    take(ctx, "account", numbers, on, as_json, measure=measure, number=number, note=note)


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
