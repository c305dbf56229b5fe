"""The ledger side of sampling: freeze the frame, announce, draw, hand places on, void."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from sqlmodel import col, select

from jsup import reads, register, sampling, tables
from jsup.chances import inclusion
from jsup.clocks import Desk
from jsup.errors import N_, Problem, RefusedError, TableError, UnknownError, UsageError, checked, not_future
from jsup.ledger import Ledger
from jsup.models import Draw, DrawCheck, DrawPlace, DrawSubstitution
from jsup.sampling import Unit

_QUARTER = re.compile(r"20\d\dQ[1-4]", re.ASCII)
_DRAW_ID = re.compile(r"(2[01]\d\dQ[1-4])(?:/([1-9]\d{0,3}))?", re.ASCII)
LOCAL: Final = "local:"
"""What a value from this machine's random source begins with; it proves nothing to outsiders."""

TABLES: Final = ("draw", "draw_place", "draw_substitution", "draw_check", "draw_check_item", "succession")
"""What `sample verify` compares with the journal."""

NOT_DRAWN: Final = N_("{quarter} was not drawn: `jsup sample --quarter {quarter}` draws it")

_WEIGHTS = (
    tables.Column("code", ("单位代码", "代码", "uid"), required=True),
    tables.Column("weight", ("权重",), required=True, words={one: one for one in map(str, range(1, sampling.MAX_WEIGHT + 1))}),
)


@dataclass(frozen=True)
class Wanted:
    """How a frame is to be drawn; None where the policy's own value goes."""

    share: str | None = None
    stratify: bool = False
    coverage: int | None = None
    weights: Path | None = None


def quarter(text: str) -> str:
    """Read a quarter written as 2026Q4.

    Raises:
        UsageError: it is none.
    """
    if not _QUARTER.fullmatch(text):
        raise UsageError(N_("{text} is not a quarter: write it as 2026Q4"), text=text)
    return text


# Freezing and drawing ---------------------------------------------------------------------------


def freeze(ledger: Ledger, wanted: str, how: Wanted) -> str:
    """Freeze the register's frame for a quarter and return the draw id.

    Raises:
        RefusedError: the quarter has a draw that stands, another frame waits for its draw, the share is under the
            plan's floor (二（一）1), there is no agency to draw, or the coverage might not be kept.
    """
    with ledger.change() as session:
        row, units = _frozen(Desk(session, ledger), quarter(wanted), how)
        if row.coverage:
            groups = sampling.strata(units)
            # by the smallest quotas that the lot may give, for after the announcement a refusal would look like choosing
            counts = {name: len(group) for name, group in groups.items()}
            certain, _tied, _places = sampling.split(counts, size(row.frame, row.share))
            sampling.check_coverage(groups, certain, row.coverage)
        return row.draw_id


def _frozen(desk: Desk, wanted: str, how: Wanted) -> tuple[Draw, list[Unit]]:
    rule = desk.policy.rules["draw_share"]
    share = sampling.read_share(how.share or rule["value"], desk.policy.draw_floor, rule["clause"])
    draws = desk.reads.draws()
    for row in draws:
        if row["voided_on"] is None and row["drawn_on"] is None:
            raise RefusedError(
                N_("the frame of {draw} waits for its draw: `jsup sample --quarter {quarter}` draws it; or void it"),
                draw=row["draw_id"],
                quarter=row["quarter"],
            )
        if row["voided_on"] is None and row["quarter"] == wanted:
            raise RefusedError(
                N_("{quarter} was drawn already: `jsup sample status --quarter {quarter}` shows it; one draw per quarter"),
                clause=rule["clause"],
                quarter=wanted,
            )
    voided = [date.fromisoformat(row["voided_on"]) for row in draws if row["quarter"] == wanted]
    in_order(desk.ledger, desk.ledger.entry.today, max(voided, default=None))
    agencies = register.in_frame(desk.reads)
    if not agencies:
        raise RefusedError(N_("there is no agency to draw: load the register with `jsup agency import FILE`"))
    weights = _weights(how.weights, {row["code"] for row in agencies}) if how.weights is not None else {}
    waits = waiting(draws, desk.reads.successions())
    units = [
        Unit(
            row["code"], row["level"] if how.stratify else sampling.WHOLE, weights.get(row["code"], 1), waits.get(row["code"], 0)
        )
        for row in agencies
    ]
    frame = sampling.frame(units)
    units = sampling.units(frame)
    earlier = sum(row["quarter"] == wanted for row in draws)
    coverage = desk.policy.own["draw_coverage"] if how.coverage is None else how.coverage
    frozen = Draw(
        draw_id=f"{wanted}/{earlier + 1}" if earlier else wanted,
        quarter=wanted,
        share=sampling.write_share(share),
        coverage=coverage or None,
        frame=frame,
        frame_sha256=sampling.digest(frame),
        frame_size=len(units),
        sample_size=sampling.total(units, sampling.size(len(units), share)),
        frozen_on=desk.ledger.entry.today,
        anchored=False,
    )
    desk.session.add(frozen)
    desk.session.flush()
    return frozen, units


def _weights(path: Path, codes: set[str]) -> dict[str, int]:
    """Read risk weights, 1 to 9, by agency."""
    table = tables.read(path, _WEIGHTS)
    found: dict[str, int] = {}
    for number, row in table.rows:
        code = row.get("code", "")
        if code and code not in codes:
            table.problems.append(
                Problem(number, table.columns["code"], N_("no agency of the frame has the code {code}"), {"code": code})
            )
        if code in found:
            table.problems.append(Problem(number, table.columns["code"], N_("the code {code} stands twice"), {"code": code}))
        found[code] = int(row.get("weight", 1))
    if table.problems:
        problems = sorted(table.problems, key=lambda problem: problem.row)
        raise TableError(N_("{file} is refused, nothing was frozen: mend the cells named above"), problems, file=path)
    return found


def announce(ledger: Ledger, wanted: str, *, source: str, published_at: str, on: date) -> str:
    """Enter which public value will be used, and where the frame's hash was published; return the draw id.

    Raises:
        RefusedError: no frame of the quarter waits to be announced, or `on` is in the future or before the freeze.
    """
    source, published_at = checked(source, "--source"), checked(published_at, "--published-at")
    with ledger.change() as session:
        row = _standing(Desk(session, ledger), wanted)
        if row.drawn_on is not None:
            raise RefusedError(
                N_("{draw} was drawn on {on}: nothing can be announced any more"), draw=row.draw_id, on=row.drawn_on
            )
        if row.announced_on is not None:
            raise RefusedError(
                N_("{draw} was announced on {on} already: void it to announce another value"),
                draw=row.draw_id,
                on=row.announced_on,
            )
        in_order(ledger, on, row.frozen_on)
        row.source, row.published_at, row.announced_on = source, published_at, on
        return row.draw_id


def draw(ledger: Ledger, wanted: str, how: Wanted, *, public_value: str | None = None, known_on: date | None = None) -> str:
    """Draw a frozen frame, or freeze and draw in one step; return the draw id.

    Only a public value that was announced after a freeze anchors a draw outside.

    Raises:
        RefusedError: the quarter was drawn already, its frame is frozen and cannot be changed, the value was known
            before the freeze or the announcement, or a coverage cannot be kept.
        UsageError: a public value was announced and none is given.
    """
    wanted = quarter(wanted)
    if public_value is not None:
        sampling.token(public_value, "--public-value")
    with ledger.change() as session:
        desk = Desk(session, ledger)
        row = _latest(desk, wanted)
        if row is None or row.voided_on is not None or row.drawn_on is not None:
            row, _units = _frozen(desk, wanted, how)
        elif how != Wanted():
            raise RefusedError(
                N_("the frame of {draw} is frozen with its share, strata, coverage and weights: void it to freeze another"),
                draw=row.draw_id,
            )
        if row.announced_on is not None and (public_value or "").startswith(LOCAL):
            raise RefusedError(N_("{draw} was announced with another source than this machine: give the value of {source}"),
                               draw=row.draw_id, source=row.source)  # fmt: skip
        if row.announced_on is not None:
            _not_used(desk, public_value)
        if row.announced_on is not None and public_value is None:
            raise UsageError(N_("`{step}` wants {missing} as well"), step="sample", missing="--public-value")
        in_order(ledger, ledger.entry.today, row.announced_on or row.frozen_on)
        if known_on is not None:
            in_order(ledger, known_on, row.announced_on or row.frozen_on)
        row.public_value, row.known_on = public_value or LOCAL + secrets.token_hex(32), known_on
        row.anchored = row.announced_on is not None and not row.public_value.startswith(LOCAL)
        row.seed = sampling.seed(row.draw_id, row.frame_sha256, row.public_value)
        row.drawn_on = ledger.entry.today
        names = {agency["code"]: agency["name"] for agency in desk.reads.agencies()}
        places = sampling.draw(row.seed, sampling.units(row.frame), size(row.frame, row.share), row.coverage or 0)
        for number, (unit, ticket, forced) in enumerate(places, 1):
            session.add(
                DrawPlace(
                    draw_id=row.draw_id, place=number, uid=unit.uid, name=names[unit.uid], stratum=unit.stratum,
                    weight=unit.weight, wait=unit.wait, ticket=ticket, forced=forced,
                )
            )  # fmt: skip
            session.flush()
        return row.draw_id


def _not_used(desk: Desk, value: str | None) -> None:
    """Refuse a value that an earlier draw has made known."""
    for row in desk.reads.draws() if value is not None else ():
        if row["public_value"] == value:
            raise RefusedError(
                N_("the value {value} was known before the freeze, for {draw} was drawn with it: give the announced one"),
                value=value,
                draw=row["draw_id"],
            )


def size(frame: str, share: str) -> int:
    """Return how many units a share of a frame takes, before strata may ask for more."""
    return sampling.size(len(sampling.units(frame)), sampling.share(share))


def in_order(ledger: Ledger, on: date, after: date | None) -> None:
    """Refuse a day in the future, or before that of the step that comes first."""
    not_future(on, ledger.entry.today)
    if after is not None and on < after:
        raise RefusedError(
            N_("{on} is before {after}, the day of the step that comes first: nothing is dated back"), on=on, after=after
        )


def _latest(desk: Desk, wanted: str) -> Draw | None:
    rows = select(Draw).where(Draw.quarter == quarter(wanted)).order_by(col(Draw.id).desc())
    return desk.session.exec(rows).first()


def _standing(desk: Desk, wanted: str) -> Draw:
    """Return the quarter's draw or frozen frame that is not voided."""
    row = _latest(desk, wanted)
    if row is None or row.voided_on is not None:
        raise RefusedError(
            N_("{quarter} has no draw or frozen frame that stands: `jsup sample freeze --quarter {quarter}` freezes one"),
            quarter=wanted,
        )
    return row


def drawn(desk: Desk, wanted: str) -> dict[str, Any]:
    """Return the quarter's draw that stands, as `Reads.draws` does.

    Raises:
        RefusedError: the quarter has none.
    """
    row = _standing(desk, wanted)
    if row.drawn_on is None:
        raise RefusedError(NOT_DRAWN, quarter=wanted)
    return next(one for one in desk.reads.draws(row.quarter) if one["draw_id"] == row.draw_id)


def void(ledger: Ledger, wanted: str, why: str) -> str:
    """Void a quarter's draw or its frozen frame, which stays for everybody to see; return the draw id.

    Raises:
        RefusedError: the quarter has none that stands.
    """
    why = checked(why, "--why")
    with ledger.change() as session:
        row = _standing(Desk(session, ledger), wanted)
        in_order(ledger, ledger.entry.today, row.drawn_on or row.announced_on or row.frozen_on)
        row.voided_on, row.void_why = ledger.entry.today, why
        return row.draw_id


# Substitution and waits -------------------------------------------------------------------------


def substitute(ledger: Ledger, wanted: str, uid: str, *, reason: str, note: str, on: date) -> str:
    """Hand the place of a drawn agency to the next unit in its stratum's sequence; return the draw id.

    Raises:
        UnknownError: the policy lists no such reason.
        RefusedError: the agency holds no place, was checked already, or nobody is left to take the place.
    """
    note = checked(note, "--note")
    with ledger.change() as session:
        desk = Desk(session, ledger)
        row = drawn(desk, wanted)
        place = place_of(row, uid)
        reasons = desk.policy.own["substitution"]
        if reason not in reasons:
            raise UnknownError(
                N_("no reason for a substitution is called {value}: choose one of {keys}"), value=reason, keys=reasons
            )
        check = select(DrawCheck).where(
            DrawCheck.draw_id == row["draw_id"], DrawCheck.uid == uid, col(DrawCheck.withdrawn_on).is_(None)
        )
        if desk.session.exec(check).first() is not None:
            raise RefusedError(
                N_("{uid} was checked already in {draw}: its place is not handed on"), uid=uid, draw=row["draw_id"]
            )
        in_order(ledger, on, held_since(row, uid))
        replaced = [*(one["replaced"] for one in row["substitutions"]), uid]
        unit, ticket, _forced = handed_on(row, replaced)[-1]
        session.add(
            DrawSubstitution(
                draw_id=row["draw_id"], place=place, replaced=uid,
                uid=unit.uid, name=desk.reads.agencies(unit.uid)[0]["name"],
                stratum=unit.stratum, weight=unit.weight, wait=unit.wait, ticket=ticket,
                reason=reason, note=note, officer=ledger.entry.officer, done_on=on,
            )
        )  # fmt: skip
        return str(row["draw_id"])


def handed_on(row: dict[str, Any], replaced: list[str]) -> list[sampling.Place]:
    """Return who takes each replaced unit's place in a draw."""
    return sampling.handed_on(
        row["seed"], sampling.units(row["frame"]), size(row["frame"], row["share"]), row["coverage"] or 0, replaced
    )


def holders(row: dict[str, Any]) -> dict[str, int]:
    """Return who holds the places of a draw now, with the number of the place."""
    found = {number: taken["uid"] for number, taken in enumerate(row["taken"], 1)}
    found |= {one["place"]: one["uid"] for one in row["substitutions"]}
    return {uid: number for number, uid in found.items()}


def place_of(row: dict[str, Any], uid: str) -> int:
    """Return the number of the place that a unit holds in a draw now.

    Raises:
        RefusedError: it holds none.
    """
    places = holders(row)
    if uid not in places:
        raise RefusedError(
            N_("{uid} holds no place in {draw}: these do: {uids}"), uid=uid, draw=row["draw_id"], uids=", ".join(places)
        )
    return places[uid]


def held_since(row: dict[str, Any], uid: str) -> date:
    """Return the day from which a unit has held its place in a draw."""
    taken_over = [one["done_on"] for one in row["substitutions"] if one["uid"] == uid]
    return date.fromisoformat(taken_over[0] if taken_over else row["drawn_on"])


def waiting(draws: Iterable[dict[str, Any]], successions: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Return, after these draws in their order, how many times in a row each unit was in the frame and not taken.

    Voided draws do not count, nor frames that were never drawn. A successor inherits the wait of the agency
    whose place it takes, the longest if there are several.
    """
    waits: dict[str, int] = {}
    heirs = list(successions)

    def inherit(before: int | None) -> None:
        while heirs and (before is None or (heirs[0]["after_id"] or 0) < before):
            heir = heirs.pop(0)
            waits[heir["new"]] = max(waits.get(heir["new"], 0), waits.get(heir["old"], 0))

    for row in draws:
        inherit(row["id"])
        if row["drawn_on"] is not None and row["voided_on"] is None:
            held = holders(row)
            for unit in sampling.units(row["frame"]):
                waits[unit.uid] = 0 if unit.uid in held else waits.get(unit.uid, 0) + 1
    inherit(None)
    return waits


# Showing and verifying --------------------------------------------------------------------------


def of(ledger: reads.Reads, wanted: str) -> dict[str, Any]:
    """Return a quarter's draw: the one that stands, else the last one; or one named by its id, the first as 2026Q4/1.

    Raises:
        UsageError: it is no quarter and no draw id.
        RefusedError: the quarter has no such draw.
    """
    match = _DRAW_ID.fullmatch(wanted)
    if match is None:
        raise UsageError(N_("{text} is not a quarter: write it as 2026Q4"), text=wanted)
    rows = ledger.draws(match[1])
    number = int(match[2] or len(rows))
    if not 0 < number <= len(rows):
        raise RefusedError(NOT_DRAWN, quarter=wanted)
    return rows[number - 1]


def by_id(draw_id: str) -> str:
    """Return a draw's id as `of` takes it for that very draw, whatever came after it."""
    return draw_id if "/" in draw_id else f"{draw_id}/1"


def chances(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return each unit of a draw's frame with its chance of being drawn, before the public value is known.

    `chance` is an exact fraction, or (where `precision` says how far it may be off) a decimal; `decimal` is it to six digits.
    """
    members = sampling.units(row["frame"])
    found = inclusion(members, size(row["frame"], row["share"]), row["coverage"] or 0)
    return [
        {
            **unit._asdict(),
            "chance": str(chance.value) if chance.precision is None else _decimal(chance.value, 12),
            "decimal": _decimal(chance.value, 6),
            "precision": None if chance.precision is None else _decimal(chance.precision, 12),
        }
        for unit, chance in ((unit, found[unit.uid]) for unit in members)
    ]


def _decimal(value: Fraction, digits: int) -> str:
    scaled = round(value * 10**digits)
    return f"{scaled // 10**digits}.{scaled % 10**digits:0{digits}d}"
