"""What the plans of the ledger show: their days, their problems, and which of their visits could be one. Only reads.

Source: 二（三）2 (filing, publication, 统筹); 二（三）4 (综合查一次).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any, Final

from jsup import deadlines
from jsup.errors import N_, UnknownError
from jsup.reads import Reads, Row
from jsup.watch import overlaps
from jsup.watch.overlaps import Window

CLAUSE: Final = "二（三）2"
"""Where the plan orders the filing, the publication and the look at legality, reasonableness and coordination."""

NOTES: Final = ("legality", "reasonableness", "coordination")
"""What is looked at in a plan. Source: 二（三）2 检查计划的合法性、合理性、统筹情况."""

_FIELDS = re.compile("[、，,；;]")
"""What stands between the fields of one plan."""

PROBLEMS: Final = {
    "undated": N_("the day on which it was made is not entered, so nobody knows until when it had to be filed"),
    "unfiled": N_("it was made on {made_on} and had to be filed by {due_on}; it is not filed"),
    "filed_late": N_("it was made on {made_on} and had to be filed by {due_on}; it was filed on {filed_on}"),
    "municipal_missing": N_("it was filed with the bureau on {filed_on} without the municipal filing that comes first"),
    "unpublished": N_("it had to be published by {due_on}; it is not published"),
    "published_late": N_("it had to be published by {due_on}; it was published on {published_on}"),
    "legality_missing": N_("nothing is noted about its legality"),
    "reasonableness_missing": N_("nothing is noted about its reasonableness"),
    "coordination_missing": N_("nothing is noted about its coordination"),
    "enterprise_overlap": N_("{enterprise} ({enterprise_code}) is planned by other agencies within {days} days as well: {plans}"),
    "field_overlap": N_("the field {field} is planned by other agencies in the same time as well: {plans}"),
}
"""What may be wrong in a plan, as a sentence."""


def municipal_first(level: str, watch: dict[str, Any]) -> bool:
    """Tell whether a municipal filing comes before the bureau's: for district agencies, and parks by setting.

    Source: 二（三）2; the park's route is the bureau's own setting.
    """
    return level == "district" or (level == "park" and bool(watch["park_municipal"]))


# Plans ------------------------------------------------------------------------------------------


def plans(
    ledger: Reads,
    *,
    code: str | None = None,
    agency: str | None = None,
    year: int | None = None,
    unfiled: bool = False,
    unpublished: bool = False,
) -> list[Row]:
    """Return plans in the order of their codes, each with the days by which it is to be filed and published.

    Only district agencies' plans have a day of publication, and only they are unpublished.

    Raises:
        UnknownError: no such agency or plan.
    """
    if agency is not None:
        ledger.agencies(agency)
    wanted: dict[str, object] = {"code": code, "agency_code": agency, "year": year}
    given = {key: value for key, value in wanted.items() if value is not None}
    where = [f"{key} = :{key}" for key in given]
    where += ["filed_on IS NULL"] if unfiled else []
    where += ["published_on IS NULL AND level = 'district'"] if unpublished else []
    rows = ledger.rows(f"SELECT * FROM plans WHERE {' AND '.join(where) or '1 = 1'} ORDER BY code", **given)
    if code is not None and not rows:
        raise UnknownError(N_("no plan has the code {code}: `jsup plan list` shows all"), code=code)
    due = _due(ledger)
    return [row | due(row) | {"state": state(row)} for row in rows]


def plan(ledger: Reads, code: str) -> Row:
    """Return one plan with its visits, dropped ones among them, as `planned`.

    Raises:
        UnknownError: no such plan.
    """
    (row,) = plans(ledger, code=code)
    visits = ledger.rows(
        "SELECT id, enterprise_code, enterprise, item, from_on, to_on, merge_id, dropped_on FROM plan_visit"
        " WHERE plan_code = :code ORDER BY id",
        code=code,
    )
    return row | {"planned": visits}


def state(row: Row) -> str:
    """Return how far a plan has come: made, municipal (filed there), filed (with the bureau), published (filed as well)."""
    if row["filed_on"] is not None:
        return "published" if row["published_on"] is not None else "filed"
    return "municipal" if row["municipal_on"] is not None else "made"


def _due(ledger: Reads) -> Callable[[Row], Row]:
    """Return what reckons the days by which a plan is to be filed and published, None where there is none.

    Source: the bureau's own settings `file_days`, `publish_by` and `publish_months`.
    """
    watch = ledger.policy().own["watch"]
    calendar = cache(ledger.calendar)

    @cache
    def months_after(made_on: str) -> deadlines.Due:
        return deadlines.due(calendar(), date.fromisoformat(made_on), watch["publish_months"], deadlines.MONTH)

    def due(row: Row) -> Row:
        made_on, published = row["made_on"], None
        if row["level"] == "district" and row["kind"] == "annual":
            published = deadlines.Due(date.fromisoformat(f"{row['year']:04}-{watch['publish_by']}"), provisional=False)
        elif row["level"] == "district" and made_on is not None:
            published = months_after(made_on)
        return {
            "file_due_on": made_on and _later(made_on, watch["file_days"]),
            "publish_due_on": published and published.on.isoformat(),
            "publish_provisional": published is not None and published.provisional,
        }

    return due


def _later(day: str, days: int) -> str:
    return date.fromordinal(min(date.fromisoformat(day).toordinal() + days, date.max.toordinal())).isoformat()


# What is wrong in them --------------------------------------------------------------------------


def problems(ledger: Reads, today: date, *, agency: str | None = None, year: int | None = None) -> list[Row]:
    """Return what is wrong in plans, in the order of their codes: the key of each problem, its values, and other plans.

    A plan is held against all others, whatever agency and year are asked for.

    Raises:
        UnknownError: no such agency.
    """
    watch = ledger.policy().own["watch"]
    shown = {row["code"]: row for row in plans(ledger, agency=agency, year=year)}
    found = [_problem(row, key, **values) for row in shown.values() for key, values in _single(row, watch, today.isoformat())]
    for both in (_enterprises(ledger, watch["overlap_days"]), _fields(ledger)):
        for code, key, others, values in both:
            if code in shown:
                found.append(_problem(shown[code], key, others, **values))
    places = {key: place for place, key in enumerate(PROBLEMS)}
    return sorted(found, key=lambda one: (one["code"], places[one["problem"]], one["enterprise_code"] or "", one["field"] or ""))


def _problem(row: Row, key: str, others: Iterable[str] = (), **values: object) -> Row:
    plans = sorted(others)
    return {
        "code": row["code"], "agency_code": row["agency_code"], "agency": row["agency"], "problem": key, "clause": CLAUSE,
        "enterprise_code": values.get("enterprise_code"), "enterprise": values.get("enterprise"), "field": values.get("field"),
        "others": plans, "message": PROBLEMS[key], "values": values | {"plans": ", ".join(plans)},
    }  # fmt: skip


def _single(row: Row, watch: dict[str, Any], today: str) -> Iterator[tuple[str, Row]]:
    """Return what is wrong in a plan by itself: the key of each problem and its values."""
    filed_on, published_on = row["filed_on"], row["published_on"]
    filing = {"made_on": row["made_on"], "due_on": row["file_due_on"], "filed_on": filed_on}
    if row["made_on"] is None:
        if filed_on is None or (row["publish_due_on"] is None and row["level"] == "district" and published_on is None):
            yield "undated", {}
    elif (filed_on or today) > row["file_due_on"]:
        yield "filed_late" if filed_on else "unfiled", filing
    if filed_on is not None and row["municipal_on"] is None and municipal_first(row["level"], watch):
        yield "municipal_missing", filing
    if row["publish_due_on"] is not None and (published_on or today) > row["publish_due_on"]:
        publication = {"due_on": row["publish_due_on"], "published_on": published_on}
        yield "published_late" if published_on else "unpublished", publication
    for note in NOTES:
        if row[note] is None:
            yield f"{note}_missing", {}


_SEVERAL = """
SELECT v.enterprise_code, v.enterprise, v.from_on, v.to_on, v.merge_id, v.plan_code, p.agency_code
FROM plan_visit v JOIN plan p ON p.code = v.plan_code
WHERE v.dropped_on IS NULL AND v.enterprise_code IN
  (SELECT w.enterprise_code FROM plan_visit w JOIN plan q ON q.code = w.plan_code
   WHERE w.dropped_on IS NULL GROUP BY w.enterprise_code HAVING COUNT(DISTINCT q.agency_code) > 1)
ORDER BY v.enterprise_code, v.from_on, v.id
"""
"""The visits to enterprises that several agencies plan."""

Overlap = tuple[str, str, set[str], Row]
"""A plan's code, the problem's key, the codes of the other plans, and the problem's values."""


def _enterprises(ledger: Reads, days: int) -> Iterator[Overlap]:
    """Return each plan with an enterprise that other agencies plan within so many days; visits that were made one are one."""
    for code, rows in groupby(ledger.rows(_SEVERAL), key=lambda row: row["enterprise_code"]):
        visits = [overlaps.window(row) for row in rows]
        yield from _met(
            "enterprise_overlap",
            ((one, other) for one, other in overlaps.near(visits, days) if not _merged(one.row, other.row)),
            {"enterprise_code": code, "enterprise": visits[0].row["enterprise"], "days": days},
        )


def _merged(one: Row, other: Row) -> bool:
    return one["merge_id"] is not None and one["merge_id"] == other["merge_id"]


def _fields(ledger: Reads) -> Iterator[Overlap]:
    """Return each plan with a field that other agencies plan for the same time."""
    periods: dict[str, list[Window]] = {}
    for row in ledger.rows("SELECT code AS plan_code, agency_code, field, from_on, to_on FROM plan WHERE field IS NOT NULL"):
        for field in dict.fromkeys(part for part in map(str.strip, _FIELDS.split(row["field"])) if part):
            periods.setdefault(field, []).append(overlaps.window(row))
    for field, windows in periods.items():
        yield from _met("field_overlap", overlaps.near(windows, 0), {"field": field})


def _met(key: str, pairs: Iterable[tuple[Window, Window]], values: Row) -> Iterator[Overlap]:
    """Return for each plan of these pairs those of other agencies that it meets."""
    met: dict[str, set[str]] = {}
    for one, other in pairs:
        if one.row["agency_code"] != other.row["agency_code"]:
            met.setdefault(one.row["plan_code"], set()).add(other.row["plan_code"])
            met.setdefault(other.row["plan_code"], set()).add(one.row["plan_code"])
    for code, others in met.items():
        yield code, key, others, values


# Visits that could be one -----------------------------------------------------------------------

VISITS: Final = """
SELECT v.id, v.plan_code, p.agency_code, a.name AS agency, v.item, v.from_on, v.to_on, v.enterprise_code, v.enterprise, v.merge_id
FROM plan_visit v JOIN plan p ON p.code = v.plan_code JOIN agency a ON a.code = p.agency_code
"""
_FREE = f"""{VISITS} WHERE v.dropped_on IS NULL AND v.merge_id IS NULL AND v.from_on <= :last AND v.to_on >= :first
ORDER BY v.enterprise_code, v.id
"""


def could_be_one(ledger: Reads, first: date, last: date) -> list[Row]:
    """Return the visits that could be one on a day between `first` and `last`, by enterprise.

    They are of several agencies, or several items of one; no visit stands in two groups, and no other parting of
    an enterprise's visits leaves fewer of them.

    Source: 二（三）4 “综合查一次”.
    """
    found = []
    rows = ledger.rows(_FREE, first=first.isoformat(), last=last.isoformat())
    for code, visits in groupby(rows, key=lambda row: row["enterprise_code"]):
        days = first.toordinal(), last.toordinal()
        for group in overlaps.groups([overlaps.window(row) for row in visits], *days):
            if len({(one.row["agency_code"], one.row["item"]) for one in group}) > 1:
                common_from, common_to = overlaps.common(group, *days)
                found.append(
                    {
                        "enterprise_code": code,
                        "enterprise": group[0].row["enterprise"],
                        "visits": [visit(one.row) for one in sorted(group, key=lambda one: int(one.row["id"]))],
                        "common_from": common_from.isoformat(),
                        "common_to": common_to.isoformat(),
                        "would_save": len(group) - 1,
                    }
                )
    return sorted(found, key=lambda one: (one["enterprise_code"], one["common_from"], one["common_to"]))


def visit(row: Row) -> Row:
    """Return a planned visit as it is shown with others of the same enterprise."""
    return {key: value for key, value in row.items() if key not in ("enterprise_code", "enterprise", "merge_id")}


def merges(ledger: Reads, *, merge: int | None = None, year: int | None = None) -> list[Row]:
    """Return the visits that were made one, in the order of entry; those of a year, or one of them.

    `saved` is how many visits each saves (减少入企次数); one that was taken back has no visits and saves none.
    """
    wanted: dict[str, object] = {}
    where = "1 = 1"
    if merge is not None:
        where, wanted = "id = :id", {"id": merge}
    elif year is not None:
        where, wanted = "visit_on BETWEEN :first AND :last", {"first": f"{year:04}-01-01", "last": f"{year:04}-12-31"}
    named = "(SELECT MAX(v.enterprise) FROM plan_visit v WHERE v.enterprise_code = m.enterprise_code) AS enterprise"
    found = ledger.rows(f"SELECT m.*, {named} FROM plan_merge m WHERE {where} ORDER BY id", **wanted)
    of: dict[int, list[Row]] = {row["id"]: [] for row in found}
    visits = ledger.rows(
        f"{VISITS} WHERE v.merge_id IN (SELECT id FROM plan_merge WHERE {where}) ORDER BY v.id",
        **wanted,
    )
    for row in visits:
        of[row["merge_id"]].append(visit(row))
    return [row | {"visits": of[row["id"]]} for row in found]
