"""The `policy` group: the plan's numbers with their words, and the bureau's own settings."""

from dataclasses import asdict
from gettext import gettext as _
from typing import Any

import typer

from jsup import console
from jsup.commands import Json, here
from jsup.commands.clocks import law
from jsup.console import Column
from jsup.errors import N_

app = typer.Typer(rich_markup_mode=None, suggest_commands=False)
group = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
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


@group.command(help=_("Show every number of the plan with its clause and words, the categories, and the bureau's own settings."))
def show(ctx: typer.Context, as_json: Json = False) -> None:
    """Print the policy in force."""
    _calendar, policy = law(here(ctx))
    row: dict[str, Any] = asdict(policy)

    def text() -> None:
        console.prose(f"{policy.document} {policy.title} ({policy.in_force_on})")
        periods = [
            {**asdict(period), "value": f"{period.count} {console.term(period.unit)}" if period.count else console.term("date")}
            for period in policy.periods.values()
        ]
        console.table([*({"key": key, **rule} for key, rule in policy.rules.items()), *periods], RULES)
        console.table([asdict(category) for category in policy.categories.values()], CATEGORIES)
        console.table([{"key": key, "value": value} for key, value in policy.own.items()], OWN)

    console.show(row, as_json=as_json, text=text)
