"""The `score` group: the agencies' scores for a period, and the rounds in which they go out, are objected to and count."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, On, Reason, here
from jsup.commands.clocks import due_text
from jsup.console import Column
from jsup.errors import N_, UsageError

app = typer.Typer()
group = typer.Typer(invoke_without_command=True)
app.add_typer(group, name="score")

Period = Annotated[str, typer.Option(metavar="PERIOD", help=_("The period: 2026Q3, 2026 or 2026-10"))]
Agency = Annotated[str, typer.Option(metavar="CODE", help=_("The agency's code"))]
OneAgency = Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))]

SCORES = (
    Column(N_("code"), lambda row: row["code"], whole=True),
    Column(N_("agency"), lambda row: row["name"]),
    Column(N_("score"), lambda row: row["score"], whole=True),
    Column(N_("taken off"), lambda row: sum(line["points"] for line in row["deductions"]), whole=True),
    Column(N_("added"), lambda row: sum(line["points"] for line in row["credits"]), whole=True),
    Column(N_("below the line"), lambda row: _("yes") if row["outstanding"] else ""),
)
LINES = (
    Column(N_("line"), lambda row: row["line"], whole=True),
    Column(N_("points"), lambda row: row["points"], whole=True),
    Column(N_("reason"), lambda row: row["text"]),
)
WITHDRAWN = (
    Column(N_("line"), lambda row: row["line"], whole=True),
    Column(N_("points"), lambda row: row["points"], whole=True),
    Column(N_("withdrawn line"), lambda row: row["text"]),
    Column(N_("withdrawn on"), lambda row: row["withdrawn_on"], whole=True),
    Column(N_("why"), lambda row: row["withdrawn_why"]),
)
OBJECTIONS = (
    Column(N_("day"), lambda row: row["made_on"], whole=True),
    Column(N_("objection"), lambda row: row["text"]),
    Column(N_("answered on"), lambda row: row["answered_on"], whole=True),
    Column(N_("answer"), lambda row: row["answer"]),
    Column(N_("result"), lambda row: {None: "", True: _("upheld"), False: _("not upheld")}[row["upheld"]]),
)
ROUNDS = (
    Column(N_("period"), lambda row: row["period"], whole=True),
    Column(N_("state"), lambda row: console.term(row["state"])),
    Column(N_("drafted on"), lambda row: row["drafted_on"], whole=True),
    Column(N_("object by"), lambda row: due_text({"due_on": row["object_by"], "provisional": row["provisional"]}), whole=True),
    Column(N_("objections"), lambda row: row["objections"], whole=True),
    Column(N_("unanswered"), lambda row: row["unanswered"], whole=True),
    Column(N_("agencies"), lambda row: row["agencies"], whole=True),
    Column(N_("below the line"), lambda row: row["outstanding"], whole=True),
    Column(N_("counts since"), lambda row: row["final_on"], whole=True),
    Column(N_("void since"), lambda row: row["voided_on"], whole=True),
    Column(N_("why"), lambda row: row["void_why"]),
)
PROPOSED = (
    Column(N_("code"), lambda row: row["code"], whole=True),
    Column(N_("agency"), lambda row: row["name"]),
    Column(N_("score"), lambda row: row["score"], whole=True),
    Column(N_("open findings"), lambda row: "、".join(row["findings"])),
    Column(N_("drafted already"), lambda row: "、".join(row["drafted"])),
)
OUT = {
    "preview": N_(
        "These are the scores of {period} as they would be today, and count for nothing: `jsup score draft` sends them out."
    ),
    "draft": N_("Draft: the agencies may object until {object_by}; the scores count for nothing before `jsup score settle`."),
    "final": N_("These scores count since {final_on}."),
}
TO_DO = {
    "command": N_("{name}: `jsup recommend --ground outstanding --agency {code}`"),
    "drafted": N_("{name}: the recommendation is drafted; next it is signed."),
    "none": N_("{name}: no finding is open: see `jsup finding list --agency {code}` and press on with what is under way."),
}
NOT_YET = N_("Only final scores count: nothing is proposed before `jsup score settle --period {period}`.")


@group.callback(help=_("The agencies' scores for a period: as they are today, or as they went out."))
def score(
    ctx: typer.Context,
    period: Annotated[str | None, typer.Option(metavar="PERIOD", help=_("The period: 2026Q3, 2026 or 2026-10"))] = None,
    agency: OneAgency = None,
    explain: Annotated[
        str | None, typer.Option(metavar="CODE", help=_("Show how this agency's score adds up, line by line"))
    ] = None,
    live: Annotated[bool, typer.Option("--live", help=_("As they would be today, though scores went out"))] = False,
    as_json: Json = False,
) -> None:
    """Print the scores of a period."""
    if ctx.invoked_subcommand is not None:
        if period or agency or explain or live or as_json:
            raise UsageError(
                N_("options of `{step} {command}` stand behind its name"), step="score", command=ctx.invoked_subcommand
            )
        return
    if period is None:
        raise UsageError(N_("`{step}` wants {missing} as well"), step="score", missing="--period")
    if agency and explain and agency != explain:
        raise UsageError(N_("--agency and --explain name two agencies: name one"))
    _show(ctx, period, live=live, agency=agency or explain, explained=explain is not None, as_json=as_json)


def _show(
    ctx: typer.Context, period: str, *, agency: str | None = None, live: bool = False, explained: bool = False, as_json: bool
) -> None:
    from jsup import scores  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        found = scores.score(ledger, period, here(ctx).today, live=live, agency=agency)

    def text() -> None:
        if explained:
            _explain(found)
        else:
            console.table(found["agencies"], SCORES)
        console.line(OUT[found["state"]], **{key: found[key] for key in ("period", "object_by", "final_on")})

    console.show(found, as_json=as_json, text=text)


def _explain(found: dict[str, Any]) -> None:
    """Print the start, each line with its words, and what they come to."""
    (one,) = found["agencies"]
    rows = [{"line": None, "points": found["start"], "text": _("start")}]
    rows += [line | {"points": f"-{line['points']}"} for line in one["deductions"]]
    rows += [line | {"points": f"+{line['points']}"} for line in one["credits"]]
    rows.append({"line": None, "points": f"= {one['score']}", "text": one["name"]})
    console.table(rows, LINES)
    console.table(one["withdrawn"], WITHDRAWN)
    console.table(one["objections"], OBJECTIONS)


@group.command(help=_("Send the scores of a period out as a draft; the agencies' days to object begin."))
def draft(ctx: typer.Context, period: Period, on: On = None, as_json: Json = False) -> None:
    """Draft."""
    from jsup import scores  # noqa: PLC0415

    scores.draft(here(ctx).ledger("score draft"), period, here(ctx).day(on))
    _show(ctx, period, as_json=as_json)
    if not as_json:
        console.line(N_("The agencies' letters: `jsup score letters --period {period} --out DIR`"), period=period)


@group.command("object", help=_("Enter an agency's objection to its score, within the days to object."))
def object_(
    ctx: typer.Context,
    period: Period,
    agency: Agency,
    text: Annotated[str, typer.Option(metavar="TEXT", help=_("What it objects to"))],
    on: On = None,
    as_json: Json = False,
) -> None:
    """Enter an objection."""
    from jsup import scores  # noqa: PLC0415

    scores.object_(here(ctx).ledger("score object"), period, agency, text, here(ctx).day(on))
    _show(ctx, period, agency=agency, explained=True, as_json=as_json)


@group.command(help=_("Answer an objection: reject it, or uphold it and withdraw lines of the score."))
def answer(
    ctx: typer.Context,
    period: Period,
    agency: Agency,
    text: Annotated[str, typer.Option(metavar="TEXT", help=_("The answer, with its reason"))],
    upheld: Annotated[
        list[int] | None,
        typer.Option(min=1, max=10**9, metavar="LINE", help=_("A line that is withdrawn; several times for several")),
    ] = None,
    rejected: Annotated[bool, typer.Option("--rejected", help=_("The objection is rejected"))] = False,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Answer an objection."""
    from jsup import scores  # noqa: PLC0415

    book = here(ctx).ledger("score answer")
    scores.answer(book, period, agency, text, here(ctx).day(on), upheld=upheld or [], rejected=rejected)
    _show(ctx, period, agency=agency, explained=True, as_json=as_json)


@group.command(help=_("Let the scores of a period count, once the days to object are over and every objection is answered."))
def settle(ctx: typer.Context, period: Period, on: On = None, as_json: Json = False) -> None:
    """Settle."""
    from jsup import scores  # noqa: PLC0415

    gone = scores.settle(here(ctx).ledger("score settle"), period, here(ctx).day(on))
    _show(ctx, period, as_json=as_json)
    if gone and not as_json:
        console.line(N_("Left out, for these findings were withdrawn since: {numbers}"), numbers="、".join(gone))


@group.command(help=_("Void the scores of a period that went out, with a reason."))
def void(ctx: typer.Context, period: Period, why: Reason, on: On = None, as_json: Json = False) -> None:
    """Void."""
    from jsup import scores  # noqa: PLC0415

    scores.void(here(ctx).ledger("score void"), period, why, here(ctx).day(on))
    with here(ctx).reads() as ledger:
        row = [one for one in scores.rounds(ledger) if one["period"] == period][-1]
    console.show(row, as_json=as_json, text=lambda: console.table([row], ROUNDS))


@group.command("list", help=_("Show which scores went out, and what became of them."))
def list_(ctx: typer.Context, as_json: Json = False) -> None:
    """Print the rounds."""
    from jsup import scores  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = scores.rounds(ledger)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, ROUNDS))


@group.command(help=_("Propose the agencies below the line for a recommendation on the ground `outstanding`."))
def propose(ctx: typer.Context, period: Period, as_json: Json = False) -> None:
    """Print the agencies below the line."""
    from jsup import scores  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        found = scores.propose(ledger, period, here(ctx).today)

    def text() -> None:
        console.table(found["agencies"], PROPOSED)
        for one in found["agencies"] if found["counts"] else []:
            said = "command" if one["command"] else "drafted" if one["drafted"] else "none"
            console.line(TO_DO[said], **{key: one[key] for key in ("name", "code")})
        if not found["counts"]:
            console.line(NOT_YET, period=period)

    console.show(found, as_json=as_json, text=text)


@group.command(help=_("Write a file for each agency with its own score, and the last day to object to a draft."))
def letters(
    ctx: typer.Context,
    period: Period,
    out: Annotated[Path, typer.Option(metavar="DIR", help=_("The folder for the files"))],
    agency: OneAgency = None,
    as_json: Json = False,
) -> None:
    """Write the agencies' letters."""
    from jsup import scores  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        made = scores.letters(ledger, period, here(ctx).today, out, agency=agency)

    def text() -> None:
        for path in made:
            console.whole(str(path))

    console.show({"period": period, "files": made}, as_json=as_json, text=text)
