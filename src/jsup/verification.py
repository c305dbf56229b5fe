"""Draws recomputed from their frames, and held with every row of theirs against the journal."""

from itertools import zip_longest
from typing import Any

from jsup import audit, draws, journal, reads, sampling
from jsup.errors import N_, RefusedError, UsageError

_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, UsageError, RefusedError)
"""What a row that somebody changed may lead to."""


def verify(ledger: reads.Reads, wanted: str | None = None) -> tuple[int, list[tuple[str, dict[str, object]]]]:
    """Recompute all draws or a quarter's, hold their rows and frames against the journal; return how many, and what differs.

    Raises:
        RefusedError: the quarter has no draw.
    """
    rows = ledger.draws() if wanted is None else ledger.draws(draws.of(ledger, wanted)["quarter"])
    frozen = _waits_at_freezing(ledger)
    problems = [
        (message, {"draw": row["draw_id"], **values})
        for row in rows
        for message, values in _differences(row, frozen.get(row["id"], {}))
    ]
    return len(rows), problems + audit.verify(ledger.run, draws.TABLES).problems


def _waits_at_freezing(ledger: reads.Reads) -> dict[int, dict[str, int]]:
    """Return by draw the waits that the journal shows for the moment at which it was frozen."""
    images: dict[str, dict[int, dict[str, Any]]] = {table: {} for table in draws.TABLES}
    found: dict[int, dict[str, int]] = {}
    for entry in journal.changes(ledger.run, draws.TABLES):
        for change in entry:
            if change["table"] == "draw" and change["key"] not in images["draw"]:
                found[change["key"]] = _waits_after(images)
        for change in entry:
            images[change["table"]][change["key"]] = change["row"]
    return found


def _waits_after(images: dict[str, dict[int, dict[str, Any]]]) -> dict[str, int]:
    def of_draw(table: str, draw_id: str) -> list[dict[str, Any]]:
        return [row for row in images[table].values() if row["draw_id"] == draw_id]

    found = [
        {"voided_on": None, **row, "substitutions": of_draw("draw_substitution", row["draw_id"])}
        | {"taken": sorted(of_draw("draw_place", row["draw_id"]), key=lambda place: place["place"])}
        for _key, row in sorted(images["draw"].items())
    ]
    return draws.waiting(found, [row for _key, row in sorted(images["succession"].items())])


def _differences(row: dict[str, Any], waits: dict[str, int]) -> list[tuple[str, dict[str, object]]]:
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
        same("frame", row["frame"], sampling.frame(units))
        same("frame_sha256", row["frame_sha256"], sampling.digest(row["frame"]))
        size = draws.size(row["frame"], row["share"])
    except _UNREADABLE:
        return [(N_("draw {draw}: its frame or its share cannot be read"), {})]
    same("frame_size", row["frame_size"], len(units))
    same("sample_size", row["sample_size"], sampling.total(units, size))
    for unit in units:
        same(f"wait {unit.uid}", unit.wait, waits.get(unit.uid, 0))
    taken = substitutes = []
    if row["drawn_on"] is not None:
        try:
            value = row["public_value"]
            same("seed", row["seed"], sampling.seed(row["draw_id"], row["frame_sha256"], value))
            same("anchored", row["anchored"], row["announced_on"] is not None and not value.startswith(draws.LOCAL))
            taken = sampling.draw(row["seed"], units, size, row["coverage"] or 0)
            substitutes = draws.handed_on(row, [one["replaced"] for one in row["substitutions"]])
        except _UNREADABLE:
            found.append((N_("draw {draw}: its coverage or its substitutions cannot be recomputed"), {}))
    for what, stored, computed in (("place", row["taken"], taken), ("substitution", row["substitutions"], substitutes)):
        for number, (mine, theirs) in enumerate(zip_longest(stored, computed), 1):
            same(f"{what} {number}", mine and _place(mine), theirs and _place({**theirs.unit._asdict(), **theirs._asdict()}))
    return found


def _place(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("uid", "stratum", "weight", "wait", "ticket")} | {"forced": bool(row.get("forced"))}
