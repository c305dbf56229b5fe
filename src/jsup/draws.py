"""The ledger side of sampling: freeze the frame, draw, and verify what was drawn."""

import re
import secrets
from itertools import zip_longest
from typing import Any

from jsup import reads, register, sampling
from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, UsageError
from jsup.ledger import Ledger
from jsup.models import Draw, DrawPlace

_QUARTER = re.compile(r"\d{4}Q[1-4]", re.ASCII)
LOCAL = "local:"
"""What a value from this machine's random source begins with; it proves nothing to outsiders."""


def quarter(text: str) -> str:
    """Read a quarter written as 2026Q4.

    Raises:
        UsageError: it is none.
    """
    if not _QUARTER.fullmatch(text):
        raise UsageError(N_("{text} is not a quarter: write it as 2026Q4"), text=text)
    return text


def draw(ledger: Ledger, wanted: str, *, share: str | None = None, public_value: str | None = None) -> str:
    """Freeze the register's frame and draw the quarter's sample in one step; return the draw id.

    The value was not announced after a freeze, so the draw can be recomputed but is not anchored.

    Raises:
        RefusedError: the quarter was drawn already, the share is under the plan's floor (二（一）1), or
            there is no agency to draw.
    """
    wanted = quarter(wanted)
    if public_value is not None:
        sampling.token(public_value, "--public-value")
    value = public_value or LOCAL + secrets.token_hex(32)
    with ledger.change() as session:
        desk = Desk(session, ledger)
        rule = desk.policy.rules["draw_share"]
        part = sampling.read_share(share or rule["value"], desk.policy.draw_floor, rule["clause"])
        if desk.reads.draws(wanted):
            raise RefusedError(
                N_("{quarter} was drawn already: `jsup sample status --quarter {quarter}` shows it; one draw per quarter"),
                clause=rule["clause"],
                quarter=wanted,
            )
        agencies = {row["code"]: row["name"] for row in register.in_frame(desk.reads)}
        if not agencies:
            raise RefusedError(N_("there is no agency to draw: load the register with `jsup agency import FILE`"))
        waits = waiting(desk.reads.draws())
        units = [sampling.Unit(code, wait=waits.get(code, 0)) for code in agencies]
        frame = sampling.frame(units)
        frame_sha256 = sampling.digest(frame)
        seed = sampling.seed(wanted, frame_sha256, value)
        size = sampling.size(len(units), part)
        session.add(
            Draw(
                draw_id=wanted,
                quarter=wanted,
                share=sampling.write_share(part),
                frame=frame,
                frame_sha256=frame_sha256,
                public_value=value,
                seed=seed,
                frame_size=len(units),
                sample_size=size,
                anchored=False,
                drawn_on=ledger.entry.today,
            )
        )
        session.flush()
        for place, taken in enumerate(sampling.sequence(seed, units)[:size], 1):
            unit = taken.unit
            session.add(
                DrawPlace(
                    draw_id=wanted, place=place, uid=unit.uid, name=agencies[unit.uid], stratum=unit.stratum,
                    weight=unit.weight, wait=unit.wait, ticket=taken.ticket, forced=False,
                )
            )  # fmt: skip
            session.flush()
    return wanted


def waiting(draws: list[dict[str, Any]]) -> dict[str, int]:
    """Return, after these draws in their order, how many times in a row each unit was in the frame and not taken."""
    waits: dict[str, int] = {}
    for row in draws:
        taken = {place["uid"] for place in row["taken"]}
        for unit in sampling.units(row["frame"]):
            waits[unit.uid] = 0 if unit.uid in taken else waits.get(unit.uid, 0) + 1
    return waits


def of(ledger: reads.Reads, wanted: str) -> dict[str, Any]:
    """Return a quarter's draw.

    Raises:
        RefusedError: the quarter was not drawn.
    """
    for row in ledger.draws(quarter(wanted)):
        return row
    raise RefusedError(N_("{quarter} was not drawn: `jsup sample --quarter {quarter}` draws it"), quarter=wanted)


def verify(ledger: reads.Reads, wanted: str | None = None) -> list[tuple[str, dict[str, object]]]:
    """Recompute draws from their frame, public value and share; return what differs, as messages with values.

    Raises:
        RefusedError: the quarter has no draw.
    """
    if wanted is not None:
        of(ledger, wanted)
    draws = ledger.draws()
    problems: list[tuple[str, dict[str, object]]] = []
    for index, row in enumerate(draws):
        if wanted is None or row["quarter"] == wanted:
            problems += [(message, {"draw": row["draw_id"], **values}) for message, values in _differences(row, draws[:index])]
    return problems


def _differences(row: dict[str, Any], earlier: list[dict[str, Any]]) -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = []

    def same(field: str, stored: object, computed: object) -> None:
        if stored != computed:
            found.append(
                (
                    N_("draw {draw}: {field} is {stored}, and {computed} when recomputed"),
                    {"field": field, "stored": stored, "computed": computed},
                )
            )

    try:
        units = sampling.units(row["frame"])
        waits = waiting(earlier)
        size = sampling.size(len(units), sampling.share(row["share"]))
    except (ValueError, UsageError):
        return [(N_("draw {draw}: its frame or its share cannot be read"), {})]
    same("frame", row["frame"], sampling.frame(units))
    same("frame_sha256", row["frame_sha256"], sampling.digest(row["frame"]))
    same("frame_size", row["frame_size"], len(units))
    same("sample_size", row["sample_size"], size)
    same("seed", row["seed"], sampling.seed(row["draw_id"], row["frame_sha256"], row["public_value"]))
    for unit in units:
        same(f"wait {unit.uid}", unit.wait, waits.get(unit.uid, 0))
    order = [
        {"uid": unit.uid, "stratum": unit.stratum, "weight": unit.weight, "wait": unit.wait, "ticket": ticket, "forced": False}
        for unit, ticket in sampling.sequence(row["seed"], units)[:size]
    ]
    stored = [{key: value for key, value in place.items() if key != "name"} for place in row["taken"]]
    for place, (mine, theirs) in enumerate(zip_longest(stored, order), 1):
        same(f"place {place}", mine, theirs)
    return found
