"""The plan's numbers, each with its clause and its words, and the bureau's own settings apart."""

import tomllib
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsup.errors import N_, LedgerError, UnknownError

DEFAULT = "jinsi-2025-26"

_OWNERS = ("agency", "bureau", "government")
_UNITS = ("working_day", "month", "date")
# What the steps and the draw ask of every policy.
_RULES = ("draw_share",)
_PERIODS = ("warning", "recommendation", "rectification", "review", "decision")
_OWN = {"warning_working_days": int, "draw_entrusted": bool}


@dataclass(frozen=True)
class Period:
    """A period of the plan. Without `count` it runs until a date that is named when it starts."""

    key: str
    count: int | None
    unit: str
    owner: str
    clause: str
    quote: str
    reading: str


@dataclass(frozen=True)
class Category:
    """A kind of finding, with the words of the prohibition where it is one."""

    key: str
    title: str
    text: str
    clause: str


@dataclass(frozen=True)
class Policy:
    """One policy file, read and checked."""

    name: str
    document: str
    title: str
    in_force_on: date
    rules: dict[str, dict[str, str]]
    periods: dict[str, Period]
    categories: dict[str, Category]
    own: dict[str, Any]

    def period(self, key: str) -> Period:
        """Return a period of the plan.

        Raises:
            UnknownError: the policy has none of that key.
        """
        try:
            return self.periods[key]
        except KeyError:
            raise UnknownError(
                N_("no period is called {key}: choose one of {keys}"), key=key, keys=", ".join(self.periods)
            ) from None

    def category(self, key: str) -> Category:
        """Return a category of findings.

        Raises:
            UnknownError: the policy has none of that key.
        """
        try:
            return self.categories[key]
        except KeyError:
            raise UnknownError(
                N_("no category is called {key}: choose one of {keys}"), key=key, keys=", ".join(self.categories)
            ) from None

    @property
    def draw_floor(self) -> Fraction:
        """The smallest share of a draw. Source: 二（一）1."""
        return Fraction(self.rules["draw_share"]["value"].removesuffix("%")) / 100


def packaged_text(name: str = DEFAULT) -> str:
    """Return the text of a policy file that the package ships."""
    return (files("jsup") / "policies" / f"{name}.toml").read_text("utf-8")


def text_of(path: Path | None) -> str:
    """Return the text of a policy file, or of the packaged one.

    Raises:
        LedgerError: it cannot be read as UTF-8.
    """
    if path is None:
        return packaged_text()
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(N_("{source} is not a policy file: {error}"), source=path, error=error) from error


def parse(text: str, source: str) -> Policy:
    """Read a policy file's text.

    Raises:
        LedgerError: it is not TOML, or a key is missing or of the wrong kind; the sentence names it.
    """
    try:
        data = tomllib.loads(text)
        plan = dict(data["plan"])
        periods = {
            key: Period(
                key,
                value.get("count"),
                value.get("unit", "date"),
                value["owner"],
                value["clause"],
                value["quote"],
                value.get("reading", ""),
            )
            for key, value in plan.pop("periods").items()
        }
        rules = {
            key: {"value": value["value"], "clause": value["clause"], "quote": value["quote"]} for key, value in plan.items()
        }
        _check(rules, periods, data["own"])
        return Policy(
            data["name"],
            data["document"],
            data["title"],
            data["in_force_on"],
            rules,
            periods,
            {
                key: Category(key, value["title"], value.get("text", ""), value["clause"])
                for key, value in data["categories"].items()
            },
            data["own"],
        )
    except tomllib.TOMLDecodeError as error:
        raise LedgerError(N_("{source} is not a policy file: {error}"), source=source, error=error) from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise LedgerError(
            N_("{source}: the policy lacks or misuses the key {error}: compare it with `jsup policy show`"),
            source=source,
            error=error,
        ) from error


def _check(rules: dict[str, dict[str, str]], periods: dict[str, Period], own: dict[str, Any]) -> None:
    """Raise ValueError with the key that no step could work with."""
    for key, period in periods.items():
        whole = isinstance(period.count, int) and period.count > 0
        if period.owner not in _OWNERS or period.unit not in _UNITS or whole == (period.unit == "date"):
            raise ValueError(f"plan.periods.{key}")
    for key in (*_RULES, *_PERIODS):
        if key not in rules and key not in periods:
            raise ValueError(f"plan.{key}")
    if not 0 < Fraction(rules["draw_share"]["value"].removesuffix("%")) / 100 <= 1:
        raise ValueError("plan.draw_share")
    for key, kind in _OWN.items():
        if type(own.get(key)) is not kind:
            raise ValueError(f"own.{key}")
    if own["warning_working_days"] < 1:
        raise ValueError("own.warning_working_days")
