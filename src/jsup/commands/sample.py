"""The `sample` group: freeze, announce and draw the quarter's sample, check the drawn agencies, hand it to outsiders."""

import shlex
from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, On, Quarter, Why, here, pairs
from jsup.commands.clocks import due_text
from jsup.commands.trust import show_verdict
from jsup.console import Column
from jsup.errors import N_, UsageError, optional_day

if TYPE_CHECKING:
    from datetime import date

    from jsup.checks import Answer
    from jsup.draws import Wanted
    from jsup.reads import Reads

app = typer.Typer()
group = typer.Typer(invoke_without_command=True)
app.add_typer(group, name="sample", help=_("Draw the quarter's sample: at least the plan's share of the agencies."))

Share = Annotated[str | None, typer.Option(metavar="SHARE", help=_("The share, such as 12%; the plan's floor if not given"))]
Stratify = Annotated[bool, typer.Option("--stratify", help=_("Draw from each level: district, town, park"))]
Coverage = Annotated[
    int | None,
    typer.Option(min=0, max=1000, metavar="K", help=_("No unit waits K draws; the policy's number if not given, 0 for none")),
]
Weights = Annotated[Path | None, typer.Option(metavar="FILE", help=_("Risk weights 1 to 9, a table with code and weight"))]
Chances = Annotated[bool, typer.Option("--chances", help=_("Draw, and show each unit's chance of being drawn as well"))]
Agency = Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))]
Methods = Annotated[
    str | None, typer.Option("--method", metavar="WAYS", help=_("Ways of checking: records,site,case-review,other"))
]

SHORT = 12
"""Characters of a fraction that a table shows; of a longer one it shows six digits, and `--json` all."""

NOT_ANCHORED = N_("Not anchored outside: it can be recomputed, but it cannot prove that no other value was tried.")
NOT_PUBLISHED = N_(
    "Not anchored outside until a publication is entered: publish the frame's hash,"
    " then `jsup sample announce --quarter {quarter}`."
)
NOT_DRAWN = N_("Anchored outside once it is drawn with that value: `jsup sample --quarter {quarter} --public-value TEXT`.")

TAKEN = (
    Column(N_("place"), lambda row: row["place"], whole=True),
    Column(N_("code"), lambda row: row["uid"], whole=True),
    Column(N_("name"), lambda row: row["name"]),
    Column(N_("wait"), lambda row: row["wait"]),
    Column(N_("ticket"), lambda row: row["ticket"][:16], whole=True),
)
STRATUM = Column(N_("stratum"), lambda row: console.term(row["stratum"]))
WEIGHT = Column(N_("weight"), lambda row: row["weight"])
FORCED = Column(N_("forced"), lambda row: _("yes") if row["forced"] else "")
CHANCES = (
    Column(N_("code"), lambda row: row["uid"], whole=True),
    Column(N_("name"), lambda row: row["name"]),
    STRATUM,
    WEIGHT,
    Column(N_("wait"), lambda row: row["wait"]),
    Column(N_("chance"), lambda row: row["chance"] if len(row["chance"]) <= SHORT else "", whole=True),
    Column("", lambda row: row["decimal"], whole=True),
)
CHECKS = (
    Column(N_("code"), lambda row: row["uid"], whole=True),
    Column(N_("name"), lambda row: row["name"]),
    Column(N_("checked"), lambda row: row["last_on"] or _("not yet"), whole=True),
    Column(N_("ways"), lambda row: "\n".join(row["ways"]), whole=True),
    Column(N_("items"), lambda row: f"{row['answered']}/{row['items']}" if row["items"] else "", whole=True),
    Column(N_("points"), lambda row: f"{row['points']}/{row['points_of']}" if row["points_of"] else "", whole=True),
)


# Showing ----------------------------------------------------------------------------------------


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a draw as JSON shows it, with what it does not prove."""
    return {key: value for key, value in row.items() if key not in ("id", "frame")} | {"proof": proof(row)}


def proof(row: dict[str, Any]) -> str | None:
    """Say what a draw or a frozen frame does not prove, and what there is to do while something can be done."""
    if row["anchored"]:
        return None
    if row["drawn_on"] is not None or row["voided_on"] is not None:
        return console.say(NOT_ANCHORED)
    return console.say(NOT_PUBLISHED if row["announced_on"] is None else NOT_DRAWN, quarter=row["quarter"])


DRAWN = N_("Next: `jsup sample sheet --quarter {quarter}`, `jsup paper draft draw-notice --quarter {quarter}`.")


def show_draw(row: dict[str, Any]) -> None:
    """Print a draw or a frozen frame, and what it cannot prove."""
    values = {"draw": row["draw_id"], "size": row["sample_size"], "frame": row["frame_size"], "share": row["share"]}
    if row["drawn_on"] is None:
        console.line(
            N_("{draw}: {size} of {frame} agencies ({share}) to be drawn, frozen on {on}"), **values, on=row["frozen_on"]
        )
    else:
        console.line(N_("{draw}: {size} of {frame} agencies ({share}), drawn on {on}"), **values, on=row["drawn_on"])
    if row["voided_on"] is not None:
        console.line(N_("Voided on {on}: {why}"), on=row["voided_on"], why=row["void_why"])
    columns = [
        *TAKEN[:3],
        *([STRATUM] if any(one["stratum"] != "all" for one in row["taken"]) else []),
        *([WEIGHT] if any(one["weight"] > 1 for one in row["taken"]) else []),
        *([FORCED] if any(one["forced"] for one in row["taken"]) else []),
        *TAKEN[3:],
    ]
    console.table([{**taken, "place": place} for place, taken in enumerate(row["taken"], 1)], columns)
    for one in row["substitutions"]:
        why = row.get("reasons", {}).get(one["reason"], one["reason"])
        console.line(
            N_("Place {place}: {uid} {name} for {replaced} ({reason}: {note}), {officer}, {done_on}"), **{**one, "reason": why}
        )
    console.line(N_("strata {strata}; coverage {coverage}; units with a weight above 1: {weighted}"), **made_of(row))
    console.line(N_("frame {frame_sha256}"), frame_sha256=row["frame_sha256"])
    if row["announced_on"] is not None:
        console.line(N_("Announced on {announced_on} at {published_at}: the value will be {source}."), **row)
    if row["public_value"] is not None:
        console.line(N_("public value {public_value}"), public_value=row["public_value"])
    if not row["anchored"]:
        console.prose(str(proof(row)))
    if row["voided_on"] is None and row["drawn_on"] is not None:
        console.line(DRAWN, quarter=row["quarter"])


def made_of(row: dict[str, Any]) -> dict[str, object]:
    """Return of which strata and weights a frame is, and what coverage it asks for, in words."""
    from jsup import sampling  # noqa: PLC0415

    units = sampling.units(row["frame"])
    names = [console.term(name) for name in sampling.strata(units) if name != sampling.WHOLE]
    return {
        "strata": ", ".join(names) or _("no"),
        "coverage": row["coverage"] or _("no"),
        "weighted": sum(unit.weight > 1 for unit in units),
    }


def show_progress(row: dict[str, Any]) -> None:
    """Print who of a draw was checked, and how far the quarter has come."""
    console.table(row["checks"], CHECKS)
    for check in row["checks"]:
        for sentence, words in (
            (N_("{uid}: failed {words}"), check["failed"]),
            (N_("{uid}: findings {words}"), check["findings"]),
            (N_("{uid}: {words}"), check["notes"]),
        ):
            if words:
                console.line(sentence, uid=check["uid"], words=", ".join(words))
    sentence = N_("Checked: {checked} of {frame_size} agencies ({share}); the plan wants {floor}, {floor_size} of them.")
    console.line(sentence, **row["quarter_coverage"])
    if row["unchecked"]:
        left = row["working_days_left"]
        sentence = N_("Not checked yet: {uids}. The quarter ends on {due}, {left} working days left.")
        if left < 0:
            sentence = N_("Not checked yet: {uids}. The quarter ended on {due}, {left} working days ago.")
        console.line(sentence, uids=", ".join(row["unchecked"]), due=due_text(row), left=abs(left))


def read(ledger: "Reads", draw_id: str, *, chances: bool = False) -> dict[str, Any]:
    """Return a draw by its id, with each unit's chance where that is asked for."""
    from jsup import draws  # noqa: PLC0415

    row = draws.of(ledger, draws.by_id(draw_id)) | {"reasons": ledger.policy().own["substitution"]}
    if chances:
        names = {agency["code"]: agency["name"] for agency in ledger.agencies()}
        row["chances"] = [{**one, "name": names[one["uid"]]} for one in draws.chances(row)]
    return row


def show(ctx: typer.Context, draw_id: str, *, as_json: bool, chances: bool = False) -> None:
    """Print a draw after a command has changed it."""
    with here(ctx).reads() as ledger:
        row = read(ledger, draw_id, chances=chances)

    def text() -> None:
        show_draw(row)
        console.table(row.get("chances", []), CHANCES)

    console.show(shown(row), as_json=as_json, text=text)


APART = N_("{quarter} runs from {first} to {last}: if that is a slip, `jsup sample void --quarter {quarter} --why TEXT`")


def show_made(ctx: typer.Context, draw_id: str, quarter: str, *, as_json: bool, chances: bool) -> None:
    """Print a draw that was made; a quarter that is over, or is not even the next one, is perhaps a slip."""
    from jsup.periods import span  # noqa: PLC0415

    show(ctx, draw_id, as_json=as_json, chances=chances)
    meant = span(quarter)
    if not meant.before.first <= here(ctx).today <= meant.last:
        console.remind(APART, quarter=quarter, first=meant.first, last=meant.last)


def wanted(quarter: str | None, step: str) -> str:
    """Return the quarter, without which a draw cannot be named."""
    given({"quarter": quarter}, step)
    return str(quarter)


def given(values: dict[str, str | None], step: str) -> None:
    """Refuse a command that lacks an option."""
    missing = ", ".join(f"--{key}" for key, value in values.items() if value is None)
    if missing:
        raise UsageError(N_("`{step}` wants {missing} as well"), step=step, missing=missing)


def how(share: str | None, coverage: int | None, weights: Path | None, *, stratify: bool) -> "Wanted":
    """Return how the frame is to be drawn."""
    from jsup import draws  # noqa: PLC0415

    return draws.Wanted(share, stratify, coverage, weights)


# Drawing ----------------------------------------------------------------------------------------


@group.callback(help=_("Draw the quarter's sample: a frozen frame, or all in one step."))
def draw(
    ctx: typer.Context,
    quarter: Quarter = None,
    share: Share = None,
    stratify: Stratify = False,
    coverage: Coverage = None,
    weights: Weights = None,
    public_value: Annotated[
        str | None, typer.Option(metavar="TEXT", help=_("A value that anybody can look up; else one of this machine"))
    ] = None,
    known_on: Annotated[str | None, typer.Option(metavar="DATE", help=_("The day on which the value became known"))] = None,
    chances: Chances = False,
    as_json: Json = False,
) -> None:
    """Draw the sample."""
    options = (quarter, share, coverage, weights, public_value, known_on)
    if (command := ctx.invoked_subcommand) is not None:
        if any(option is not None for option in options) or stratify or chances or as_json:
            raise UsageError(N_("options of `{step} {command}` stand behind its name"), step="sample", command=command)
        return
    from jsup import draws  # noqa: PLC0415

    draw_id = draws.draw(
        here(ctx).ledger("sample"), wanted(quarter, "sample"), how(share, coverage, weights, stratify=stratify),
        public_value=public_value, known_on=optional_day(known_on, "--known-on"),
    )  # fmt: skip
    show_made(ctx, draw_id, str(quarter), as_json=as_json, chances=chances)


@group.command(help=_("Freeze the quarter's frame, so that it can be announced before anybody knows the value."))
def freeze(
    ctx: typer.Context,
    quarter: Quarter = None,
    share: Share = None,
    stratify: Stratify = False,
    coverage: Coverage = None,
    weights: Weights = None,
    chances: Chances = False,
    as_json: Json = False,
) -> None:
    """Freeze a frame."""
    from jsup import draws  # noqa: PLC0415

    ledger = here(ctx).ledger("sample freeze")
    draw_id = draws.freeze(ledger, wanted(quarter, "sample freeze"), how(share, coverage, weights, stratify=stratify))
    show_made(ctx, draw_id, str(quarter), as_json=as_json, chances=chances)


@group.command(help=_("Enter where the frame's hash was published, and which value will be used."))
def announce(
    ctx: typer.Context,
    quarter: Quarter = None,
    source: Annotated[str | None, typer.Option(metavar="TEXT", help=_("The value that will be used, not known yet"))] = None,
    published_at: Annotated[
        str | None, typer.Option(metavar="TEXT", help=_("Where the frame's hash was published, outside this machine"))
    ] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Announce a draw."""
    from jsup import draws  # noqa: PLC0415

    given({"quarter": quarter, "source": source, "published-at": published_at}, "sample announce")
    draw_id = draws.announce(
        here(ctx).ledger("sample announce"),
        str(quarter),
        source=str(source),
        published_at=str(published_at),
        on=here(ctx).day(on),
    )
    show(ctx, draw_id, as_json=as_json)


@group.command(help=_("Void the quarter's draw or frozen frame, with a reason; it stays, and the next draw gets the next id."))
def void(ctx: typer.Context, quarter: Quarter = None, why: Why = None, as_json: Json = False) -> None:
    """Void a draw."""
    from jsup import draws  # noqa: PLC0415

    given({"quarter": quarter, "why": why}, "sample void")
    show(ctx, draws.void(here(ctx).ledger("sample void"), str(quarter), str(why)), as_json=as_json)


@group.command(help=_("Hand the place of a drawn agency to the next unit of its stratum; reasons stand in the policy."))
def substitute(
    ctx: typer.Context,
    quarter: Quarter = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("The agency that is replaced"))] = None,
    reason: Annotated[str | None, typer.Option(metavar="KEY", help=_("A reason of the policy's list"))] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What happened"))] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Substitute a drawn agency."""
    from jsup import draws  # noqa: PLC0415

    given({"quarter": quarter, "agency": agency, "reason": reason, "note": note}, "sample substitute")
    draw_id = draws.substitute(
        here(ctx).ledger("sample substitute"), str(quarter), str(agency), reason=str(reason), note=str(note), on=here(ctx).day(on)
    )
    show(ctx, draw_id, as_json=as_json)


# Checking the drawn agencies --------------------------------------------------------------------


@group.command(help=_("Write the check sheets of the drawn agencies into a workbook, to be filled in and taken over."))
def sheet(
    ctx: typer.Context,
    quarter: Quarter = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help=_("The workbook to make; 2026Q4.xlsx if not given"))] = None,
    agency: Agency = None,
    method: Methods = None,
    as_json: Json = False,
) -> None:
    """Hand out the check sheets."""
    from jsup import checks  # noqa: PLC0415

    quarter = wanted(quarter, "sample sheet")
    path = out or Path(f"{quarter.replace('/', '-')}.xlsx")
    with here(ctx).reads() as ledger:
        rows = checks.sheet(ledger, quarter, path, uid=agency, methods=method.split(",") if method else ())
    made = {"file": str(path), "rows": rows, "quoted": shlex.quote(str(path)), "quarter": quarter}
    message = N_("{file} has {rows} rows; take it over with `jsup sample result --quarter {quarter} --sheet {quoted}`.")
    console.show({"file": str(path), "rows": rows}, as_json=as_json, text=lambda: console.line(message, **made))


@group.command(
    help=_("Enter the check of a drawn agency, item by item or from a filled sheet; a failed item may become a finding.")
)
def result(
    ctx: typer.Context,
    quarter: Quarter = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("The drawn agency"))] = None,
    method: Methods = None,
    on: On = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help=_("What was seen"))] = None,
    item: Annotated[
        list[str] | None,
        typer.Option(metavar="ITEM=RESULT", help=_("An item with pass, fail or none, and points: case-review.code=fail:5")),
    ] = None,
    finding: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ITEM[=TITLE]", help=_("An item that failed, --item or not, and becomes a finding; or a finding's number")
        ),
    ] = None,
    sheet_file: Annotated[Path | None, typer.Option("--sheet", metavar="FILE", help=_("A filled sheet"))] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help=_("Withdraw the agency's last check, entered by mistake"))] = False,
    why: Why = None,
    as_json: Json = False,
) -> None:
    """Enter a result."""
    from jsup import checks  # noqa: PLC0415

    ledger = here(ctx).ledger("sample result")
    if sheet_file is not None:
        if withdraw or (agency, method, note, item, finding, why) != (None,) * 6:
            raise UsageError(N_("--sheet stands alone, with --quarter and --on: the sheet says the rest"))
        counts = checks.take_over(ledger, wanted(quarter, "sample result"), sheet_file, here(ctx).day(on))
        message = N_("{rows} rows answered: {new} new, {unchanged} unchanged; {checks} checks entered, {findings} findings made.")
        console.show(counts, as_json=as_json, text=lambda: console.line(message, **counts))
        return
    if (withdraw and (method, note, item, finding) != (None,) * 4) or (why is not None and not withdraw):
        raise UsageError(N_("--withdraw goes with --quarter, --agency and --why, --why with it alone: nothing else is withdrawn"))
    if withdraw:
        given({"quarter": quarter, "agency": agency, "why": why}, "sample result --withdraw")
        draw_id = checks.withdraw(ledger, str(quarter), str(agency), str(why))
    else:
        given({"quarter": quarter, "agency": agency, "method": method}, "sample result")
        entered, numbers = answers(item or [], finding or [])
        draw_id = checks.enter(
            ledger, str(quarter), str(agency), methods=str(method).split(","), on=here(ctx).day(on), note=note,
            answers=entered, findings=numbers,
        )  # fmt: skip
    with here(ctx).reads() as ledger_reads:
        row = progress(ledger_reads, draw_id, here(ctx).today)
    console.show(shown(row), as_json=as_json, text=lambda: show_progress(row))


def answers(items: list[str], findings: list[str]) -> "tuple[list[Answer], list[str]]":
    """Read the items as answered; what is no item is a finding's number."""
    from jsup.checks import RESULTS, Answer  # noqa: PLC0415

    told = pairs(items, "--item")
    titles = {name: title for name, _sign, title in (one.partition("=") for one in findings)}
    numbers = [name for name in titles if name[:1].isdigit()]
    found = []
    for name in dict.fromkeys([*told, *(name for name in titles if name not in numbers)]):
        word, _colon, points = told.get(name, "fail").partition(":")
        if word not in RESULTS or (points and not (points.isascii() and points.isdigit() and len(points) < 5)):  # noqa: PLR2004
            raise UsageError(
                N_("{option} {item}: write it as {form}"),
                option="--item",
                item=f"{name}={told[name]}",
                form="ITEM=pass|fail|none[:POINTS]",
            )
        found.append(Answer(name, word, int(points) if points else None, None, titles.get(name)))
    return found, numbers


def progress(ledger: "Reads", draw_id: str, today: "date", *, chances: bool = False) -> dict[str, Any]:
    """Return a draw with how far its checks have come."""
    from jsup import checks  # noqa: PLC0415

    row = read(ledger, draw_id, chances=chances) | {"substitution_counts": checks.substitutions(ledger.draws())}
    stands = row["drawn_on"] is not None and row["voided_on"] is None
    return row | (checks.progress(ledger, row, today) if stands else {})


@group.command(help=_("Show the draws, who was checked, and how far the quarter has come."))
def status(ctx: typer.Context, quarter: Quarter = None, chances: Chances = False, as_json: Json = False) -> None:
    """Print the draws."""
    from jsup import draws  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        found = ledger.draws() if quarter is None else [draws.of(ledger, quarter)]
        rows = [progress(ledger, row["draw_id"], here(ctx).today, chances=chances) for row in found]

    def text() -> None:
        for row in rows:
            show_draw(row)
            if "checks" in row:
                show_progress(row)
            console.table(row.get("chances", []), CHANCES)
        for kind, message in (
            ("officers", N_("Substitutions made by {name}: {number}")),
            ("units", N_("Substitutions of {name}: {number}")),
        ):
            for name, number in rows[0]["substitution_counts"][kind].items() if rows else ():
                console.line(message, name=name, number=number)

    told: Any = [shown(row) for row in rows] if quarter is None else shown(rows[0])
    console.show(told, as_json=as_json, text=text)


# For outsiders ----------------------------------------------------------------------------------


@group.command(
    help=_("Write a quarter's draw into a folder for outsiders: frame, numbers, a page, and a script that verifies it.")
)
def export(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("A new folder, or one with an earlier export"))],
    quarter: Quarter = None,
    as_json: Json = False,
) -> None:
    """Export a draw."""
    from jsup import exports  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        paths = exports.write(ledger, wanted(quarter, "sample export"), folder)

    def text() -> None:
        for path in paths:
            console.whole(str(path))
        console.line(N_("Anybody can verify it: sh {script}"), script=shlex.quote(str(paths[-1])))

    console.show({"files": paths}, as_json=as_json, text=text)


@group.command(help=_("Recompute a quarter's draw, or all of them, and hold their rows against the journal."))
def verify(ctx: typer.Context, quarter: Quarter = None, as_json: Json = False) -> None:
    """Verify draws; exit 1 when anything differs."""
    from jsup import verification  # noqa: PLC0415

    with here(ctx).reads(scratch=True) as ledger:
        checked, problems = verification.verify(ledger, quarter)
    show_verdict(problems, {"draws": checked}, N_("Recomputed: {draws} draws, nothing differs."), as_json=as_json)
