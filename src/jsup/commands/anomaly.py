"""`scan` and the `anomaly` group: what is wrong in a month's records, and what becomes of it."""

from gettext import gettext as _
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import DryRun, Json, On, Why, Yes, here
from jsup.console import Column
from jsup.errors import N_, RefusedError, UsageError

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="anomaly", help=_("What scans turned up: verified it is a finding, or it is dismissed."))

RULES = console.named({key: console.term(f"rule {key}") for key in console.within("rule ")})
Ids = Annotated[list[int] | None, typer.Argument(min=1, max=10**9, metavar="[ID...]", help=_("Numbers of anomalies"))]
Month = Annotated[str | None, typer.Option("--month", metavar="MONTH", help=_("Those of a month, such as 2026-10"))]
OfRule = Annotated[str | None, typer.Option("--rule", metavar="KEY", help=_("Those of a rule: ") + RULES)]
OfAgency = Annotated[str | None, typer.Option("--agency", metavar="CODE", help=_("Those of an agency"))]

_FEW = 6
"""Numbers of anomalies that a table names one by one."""

STATES = {"open": N_("to be verified"), "verified": N_("verified"), "dismissed": N_("dismissed as none"), "gone": N_("gone")}


def reason_text(row: dict[str, Any]) -> str:
    """Write what an anomaly shows."""
    from jsup.watch.rules import WORDS, all_rules, spoken  # noqa: PLC0415 - not for `--help`

    rule = all_rules()[row["rule"]]
    return console.say(rule.sentence, **spoken(rule, row["values"], lambda key: _(WORDS[key][0])))


def few(numbers: list[int]) -> str:
    """Write the first of many numbers, and how many they are."""
    more = f" … ({len(numbers)})" if len(numbers) > _FEW else ""
    return ", ".join(map(str, numbers[:_FEW])) + more


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return an anomaly as JSON shows it."""
    return {key: value for key, value in row.items() if key != "values"} | {"reason": reason_text(row)}


ANOMALIES = (
    Column(N_("number"), lambda row: row["id"], whole=True),
    Column(N_("rule"), lambda row: console.term(f"rule {row['rule']}")),
    Column(N_("agency"), lambda row: row["agency"] or row["agency_code"]),
    Column(N_("enterprise"), lambda row: row["enterprise_code"], whole=True),
    Column(N_("records"), lambda row: "\n".join(row["records"]), whole=True),
    Column(N_("what it shows"), lambda row: row["reason"]),
    Column(N_("state"), lambda row: _(STATES[row["state"]])),
)
BY_RULE = (
    Column(N_("rule"), lambda row: console.term(f"rule {row['rule']}")),
    Column(N_("clause"), lambda row: row["clause"], whole=True),
    Column(N_("found"), lambda row: row["found"]),
    Column(N_("newly found"), lambda row: row["new"]),
    Column(N_("verified"), lambda row: row["verified"]),
    Column(N_("dismissed as none"), lambda row: row["dismissed"]),
)
SYSTEMIC = (
    Column(N_("category"), lambda row: row["title"]),
    Column(N_("clause"), lambda row: row["clause"], whole=True),
    Column(N_("reached on"), lambda row: row["reached_on"], whole=True),
    Column(N_("agencies"), lambda row: ", ".join(row["agencies"])),
    Column(N_("still so"), lambda row: _("yes") if row["current"] else _("no")),
)
CASES = (
    Column(N_("finding"), lambda row: row["number"] or "—", whole=True),
    Column(N_("agency"), lambda row: row["agency_code"]),
    Column(N_("title"), lambda row: row["title"]),
    Column(N_("anomalies"), lambda row: few(row["anomalies"])),
)


@app.command(help=_("Look through a month's records by every rule; what is new is added, what was decided is kept."))
def scan(
    ctx: typer.Context,
    month: Annotated[str, typer.Option(metavar="MONTH", help=_("The month, such as 2026-10"))],
    as_json: Json = False,
) -> None:
    """Scan a month."""
    from jsup.watch import scan as scans  # noqa: PLC0415
    from jsup.watch import views  # noqa: PLC0415
    from jsup.watch.rules import all_rules  # noqa: PLC0415

    done = scans.scan(here(ctx).ledger("scan"), month)
    with here(ctx).reads() as ledger:
        common = [row for row in views.systemic(ledger, here(ctx).today) if row["current"]]
    rows = [shown(row) | {"new": row["id"] in done.new} for row in done.anomalies]
    result = {
        "month": done.month, "inspections": done.inspections, "visits": done.visits, "anomalies": rows, "new": len(done.new),
        "gone": done.gone, "skipped": [{"rule": rule, "empty": table} for rule, table in done.skipped], "systemic": common,
    }  # fmt: skip

    def text() -> None:
        console.line(
            N_("{month}: {inspections} records, {visits} visits; {anomalies} anomalies, {new} of them new, {gone} gone."),
            month=done.month, inspections=done.inspections, visits=done.visits, anomalies=len(rows), new=len(done.new),
            gone=done.gone,
        )  # fmt: skip
        counts = []
        for key, rule in all_rules().items():
            of = [row for row in rows if row["rule"] == key]
            more = {state: sum(row["state"] == state for row in of) for state in ("verified", "dismissed")}
            counts.append({"rule": key, "clause": rule.clause, "found": len(of), "new": sum(row["new"] for row in of), **more})
        console.table([row for row in counts if row["found"]], BY_RULE)
        for rule_key, table in done.skipped:
            console.line(
                N_("The rule {rule} was left out, for what it goes by is not in the ledger: `jsup {group} import FILE`."),
                rule=console.term(f"rule {rule_key}"),
                group=table.removeprefix("municipal_"),
            )
        if common:
            console.line(N_("Problems common to several agencies:"))
            console.table(common, SYSTEMIC)
        if done.new:
            console.line(
                N_("Next: `jsup anomaly list --month {month}`, then `jsup anomaly verify` or `dismiss`."), month=done.month
            )

    console.show(result, as_json=as_json, text=text)


@group.command("list", help=_("List anomalies."))
def list_(
    ctx: typer.Context,
    month: Month = None,
    rule: OfRule = None,
    agency: OfAgency = None,
    state: Annotated[str | None, typer.Option(metavar="KEY", help=_("open, verified, dismissed or gone"))] = None,
    as_json: Json = False,
) -> None:
    """Print anomalies."""
    from jsup.watch import views  # noqa: PLC0415

    views.check({"month": month, "rule": rule, "state": state})
    with here(ctx).reads() as ledger:
        found = views.anomalies(ledger, month=month, rule=rule, agency_code=agency, state=state)
    rows = [shown(row) for row in found]
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, ANOMALIES))


@group.command(help=_("Turn open anomalies into findings, one for those of one rule at one agency in one month."))
def verify(
    ctx: typer.Context,
    ids: Ids = None,
    month: Month = None,
    rule: OfRule = None,
    agency: OfAgency = None,
    answers: Annotated[
        str | None,
        typer.Option("--at", metavar="CODE", help=_("The agency that answers for bodies that are not in the register")),
    ] = None,
    on: On = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Verify anomalies, after a preview."""
    from jsup.watch import anomalies  # noqa: PLC0415

    wanted = {"month": month, "rule": rule, "agency": agency}
    day, book = here(ctx).day(on), here(ctx).ledger("anomaly verify")

    def cases(*, dry: bool) -> list[dict[str, Any]]:
        found = anomalies.verify(book, ids or [], wanted, day, agency=answers, dry_run=dry)
        return [
            {"number": one.number, "agency_code": one.agency_code, "rule": one.rule, "title": one.title, "anomalies": one.ids}
            for one in found
        ]

    if not dry_run and not yes and console.on_terminal():
        preview = cases(dry=True)
        if not as_json:
            console.table(preview, CASES)
        if not console.agreed(N_("Enter these {number} findings?"), number=len(preview)):
            raise RefusedError(N_("nothing was entered"))
    rows = cases(dry=dry_run)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, CASES))


@group.command(help=_("Dismiss open anomalies, with a reason."))
def dismiss(
    ctx: typer.Context,
    ids: Ids = None,
    month: Month = None,
    rule: OfRule = None,
    agency: OfAgency = None,
    why: Why = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Dismiss anomalies."""
    from jsup.watch import anomalies, views  # noqa: PLC0415

    if why is None:
        raise UsageError(N_("`{step}` wants {missing} as well"), step="anomaly dismiss", missing="--why")
    wanted = {"month": month, "rule": rule, "agency": agency}
    done = {*anomalies.dismiss(here(ctx).ledger("anomaly dismiss"), ids or [], wanted, here(ctx).day(on), why)}
    with here(ctx).reads() as ledger:
        rows = [shown(row) for row in views.anomalies(ledger, state=views.DISMISSED) if row["id"] in done]
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, ANOMALIES))


@group.command(help=_("Problems found at the set number of agencies, with the day on which it was first reached."))
def systemic(ctx: typer.Context, as_json: Json = False) -> None:
    """Print common problems."""
    from jsup.watch import views  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        rows = views.systemic(ledger, here(ctx).today)
    console.show(rows, as_json=as_json, text=lambda: console.table(rows, SYSTEMIC))
