"""The `policy` group: the plan's numbers with their words, and the bureau's own settings."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import DryRun, Json, here
from jsup.commands.clocks import law
from jsup.console import Column
from jsup.errors import N_

app = typer.Typer()
group = typer.Typer(no_args_is_help=True)
app.add_typer(group, name="policy", help=_("The plan's numbers and the bureau's settings."))

RULES = (
    Column(N_("key"), lambda row: row["key"]),
    Column(N_("value"), lambda row: row["value"]),
    Column(N_("clause"), lambda row: row["clause"]),
    Column(N_("words"), lambda row: row["quote"]),
)
CATEGORIES = (
    Column(N_("category"), lambda row: row["key"]),
    Column(N_("title"), lambda row: row["title"]),
    Column(N_("clause"), lambda row: row["clause"]),
    Column(N_("words"), lambda row: row["text"]),
)
OWN = (
    Column(N_("key"), lambda row: row["key"]),
    Column(N_("the bureau's own setting"), lambda row: row["value"]),
)


CHANGED = (
    Column(N_("key"), lambda row: row["key"]),
    Column(N_("old"), lambda row: row["old"]),
    Column(N_("new"), lambda row: row["new"]),
)


OF_PLAN = N_("These are the plan's own numbers and words, which no bureau sets; they change with the plan alone: {keys}")


@group.command(
    "import", help=_("Put another version of the policy in force; open clocks keep the version under which they began.")
)
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("A policy file"))],
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Take a policy over."""
    from jsup import laws  # noqa: PLC0415
    from jsup import policy as policies  # noqa: PLC0415

    taken = laws.take_over(here(ctx).ledger("policy import"), policies.text_of(file), str(file), dry_run=dry_run)

    def text() -> None:
        if not taken.changed:
            console.line(N_("Nothing differs from the policy in force."))
        console.table(taken.changed, CHANGED)
        if taken.changed and not dry_run:
            console.line(N_("This policy is in force from now on."))
        if dry_run:
            console.line(N_("Nothing was written."))
        for row in taken.moved:
            console.line(
                N_("{number}: {period} stays at {old}; under this policy it would be {new}."),
                **row | {"period": console.term(row["period"])},
            )

    console.show({"changed": taken.changed, "moved": taken.moved}, as_json=as_json, text=text)
    of_plan = [row["key"] for row in taken.changed if not row["key"].startswith("own.")]
    if of_plan:
        console.remind(OF_PLAN, keys=of_plan)


@group.command(help=_("Show every number of the plan with its clause and words, the categories, and the bureau's own settings."))
def show(
    ctx: typer.Context,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Write its text to a new file, to be edited and imported"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the policy in force."""
    from jsup import outputs  # noqa: PLC0415
    from jsup import policy as policies  # noqa: PLC0415

    where = here(ctx)
    _calendar, policy = law(where)
    row: dict[str, Any] = policies.plain(policy)
    if out is not None:
        with where.reads() as ledger:
            (version,) = ledger.rows("SELECT text FROM policy ORDER BY id DESC LIMIT 1")
        outputs.make_all({out: version["text"].encode()})

    def text() -> None:
        if out is not None:
            console.line(
                N_("{file}: what each setting means stands beside it; change it there, then `jsup policy import {file}`."),
                file=out,
            )
            return
        console.prose(f"{policy.document} {policy.title} ({policy.in_force_on})")
        periods = [
            {
                **policies.plain(period),
                "value": f"{period.count} {console.term(period.unit)}" if period.count else console.term("date"),
            }
            for period in policy.periods.values()
        ]
        console.table([*({"key": key, **rule} for key, rule in policy.rules.items()), *periods], RULES)
        console.table([policies.plain(category) for category in policy.categories.values()], CATEGORIES)
        console.table([{"key": key, "value": value} for key, value in policies.flat(policy.own).items()], OWN)

    console.show(row, as_json=as_json, text=text)
