"""Systemic problems as guidance opinions follow them: those reached that nobody proposed, and what is known of each that was.

Source: 二（四）3.
"""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from jsup import deadlines, systemic
from jsup.errors import N_, UnknownError, one_of
from jsup.policy import Period, Policy
from jsup.reads import Reads, Row, day_row, sources
from jsup.systemic import Source, Time

PERIOD: Final = "guidance"
PROPOSED, OPEN, ISSUED, DISMISSED = STATES = ("proposed", "open", "issued", "dismissed")
PENDING: Final = (PROPOSED, OPEN)
"""The states in which the month runs."""
ISSUE: Final = "guidance issue"
"""The step under which an issued paper is entered."""


def month(policy: Policy) -> Period | None:
    """Return the period for an opinion; None if a policy of another district has none that is counted."""
    period = policy.periods.get(PERIOD)
    return period if period is not None and period.count is not None else None


def name(policy: Policy, key: str) -> str:
    """Return what a category is called; its key where the policy has none such."""
    category = policy.categories.get(key)
    return category.named if category else key


class _Category:
    """A category's problem and its guidance rows; `settled` are the days on which one ended, each with its `reached_on`."""

    def __init__(self, source: Source, key: str, rows: list[Row], today: date) -> None:
        self.source, self.key, self.rows, self.today = source, key, rows, today
        ended = ((row["issued_on"] or row["dismissed_on"], row["reached_on"]) for row in rows)
        self.settled = sorted((date.fromisoformat(on), date.fromisoformat(reached_on)) for on, reached_on in ended if on)

    def _settles(self, settled_on: date, reached_on: date, times: Iterable[Time]) -> bool:
        """Tell whether a settlement was about one of some times."""
        return any(_covers(reached_on, time, self.source.days) and time.reached_on <= settled_on for time in times)

    @cached_property
    def all_times(self) -> tuple[list[Time], list[date]]:
        """Every time, and the days of the settlements that were about one: what was found until then is done with."""
        found: list[Time] = []
        ends = [date.min]
        for settled_on, reached_on in self.settled:
            times = [*self.source.times(self.key, self.today, ends[-1], settled_on)]
            if self._settles(settled_on, reached_on, times):
                found += times
                ends.append(settled_on)
        return [*found, *self.source.times(self.key, self.today, ends[-1])], ends

    @cached_property
    def left(self) -> tuple[list[Time], date]:
        """The times of what was found after the last settlement, and its day; the years before are not looked through."""
        if self.settled:
            before, (after, reached_on) = self.settled[-2][0] if self.settled[1:] else date.min, self.settled[-1]
            until = min(after, self.today)
            known = reached_on <= until and self.source.holds(self.key, reached_on, before, until)
            if known or self._settles(after, reached_on, self.source.times(self.key, self.today, before, after)):
                return [*self.source.times(self.key, self.today, after)], after
        times, ends = self.all_times
        return [time for time in times if time.since > ends[-1]], ends[-1]

    def time_of(self, row: Row) -> Time | None:
        """Return the time that a row is about, of what was found after the settlement before it."""
        times, after = self.left
        if row["reached_on"] <= after.isoformat():
            times, ends = self.all_times
            done = max(end for end in ends if end.isoformat() < row["reached_on"])
            times = [time for time in times if time.since > done]
        return _time_of(row, times, self.source.days)


def _categories(ledger: Reads, today: date) -> dict[str, _Category]:
    """Return what was found, by category; what has no category of its own is left out.

    A problem that an opinion or a reasoned dismissal has settled is done with: only what is found after that day makes it a
    systemic problem again. That is the bureau's own reading, for the plan is silent. Earlier times of the same category that
    nobody had proposed are entered when one is settled, so that none of them is forgotten.
    """
    source = systemic.source(ledger)
    entered: dict[str, list[Row]] = {}
    for row in ledger.rows("SELECT category, reached_on, issued_on, dismissed_on FROM guidances"):
        entered.setdefault(row["category"], []).append(row)
    keys = (key for key in source.keys() if key != systemic.OTHER)  # noqa: SIM118 - it is no dict
    return {key: _Category(source, key, entered.get(key, []), today) for key in keys}


def _covers(reached_on: date, time: Time, days: int) -> bool:
    """Tell whether a row that was reached on a day is about a time: one within it, or so many days before it began."""
    return time.reached_on - timedelta(days=days) <= reached_on <= time.until_on


def _may_be_about(row: Row, time: Time, days: int) -> bool:
    """Tell whether a row may be about a time: a settled one about none that was reached only afterwards."""
    settled_on = row["issued_on"] or row["dismissed_on"]
    about = _covers(date.fromisoformat(row["reached_on"]), time, days)
    return about and (settled_on is None or time.reached_on.isoformat() <= settled_on)


def _time_of(row: Row, times: list[Time], days: int) -> Time | None:
    """Return the time that a row is about: the one that holds its day, else the first that it covers."""
    about = [time for time in times if _may_be_about(row, time, days)]
    on = date.fromisoformat(row["reached_on"])
    return next((time for time in about if time.reached_on <= on <= time.until_on), about[0] if about else None)


def _stands_on(row: Row, time: Time | None) -> str | None:
    """Return the day on which a row's problem was first reached by what the ledger shows now, where that is another.

    Of a problem that the bureau judged only an earlier day counts.
    """
    on = time.reached_on.isoformat() if time is not None else row["reached_on"]
    return on if on < row["reached_on"] or (on != row["reached_on"] and row["why"] is None) else None


def unproposed(ledger: Reads, today: date, *, every: bool = False) -> list[Row]:
    """Return the systemic problems that were reached and that no row covers, whatever its state, the earliest first.

    Those of what was found after the last settlement of their category; with `every`, earlier ones too, which findings entered
    late may have made. Each has `category`, `title`, `reached_on` and `time`.
    """
    policy = ledger.policy()
    found = []
    for key, category in _categories(ledger, today).items():
        covered = [*category.rows]
        for time in (category.all_times if every else category.left)[0]:
            if not any(_may_be_about(row, time, category.source.days) for row in covered):
                on = time.reached_on.isoformat()
                covered.append({"reached_on": on, "issued_on": None, "dismissed_on": None})
                found.append({"category": key, "title": name(policy, key), "reached_on": on, "time": time})
    return sorted(found, key=lambda row: (row["reached_on"], row["category"]))


def guidances(ledger: Reads, today: date, *, number: int | None = None, state: str | None = None) -> list[Row]:
    """Return guidance rows with their agencies, in the order of entry.

    `current` tells whether the set number is reached still, `stands_on` is the day on which it was first reached by what the
    ledger shows now, where that is another than `reached_on` (of a problem that the bureau judged only an earlier one counts),
    `all_agencies` are the codes at which the ledger shows the problem by now.

    Raises:
        UsageError: no state is called so.
    """
    one_of(state, "state", STATES)
    source = systemic.source(ledger)
    rows = ledger.rows(
        "SELECT * FROM guidances WHERE (:number IS NULL OR id = :number) AND (:state IS NULL OR state = :state) ORDER BY id",
        number=number, state=state,
    )  # fmt: skip
    categories = _categories(ledger, today) if rows else {}
    agencies: dict[int, list[Row]] = {}
    for row in ledger.rows(
        "SELECT g.guidance_id, g.agency_code AS code, a.name, g.shown, g.given_on FROM guidance_agency g"
        " JOIN agency a ON a.code = g.agency_code WHERE :number IS NULL OR g.guidance_id = :number ORDER BY g.agency_code",
        number=number,
    ):  # fmt: skip
        agencies.setdefault(row.pop("guidance_id"), []).append(row | {"shown": bool(row["shown"])})
    found = []
    for row in rows:
        time = categories[row["category"]].time_of(row) if row["category"] in categories else None
        found.append(
            row
            | {
                "provisional": bool(row["provisional"]), "agencies": agencies.get(row["id"], []),
                "current": time is not None and time.current, "stands_on": _stands_on(row, time),
                "all_agencies": source.agencies(row["category"], time) if time else [],
                "until_on": time.until_on.isoformat() if time else row["reached_on"],
            }
        )  # fmt: skip
    return found


def due(ledger: Reads, reached_on: str, version: int | None = None) -> deadlines.Due:
    """Return the last day for an opinion, by the policy in force or an earlier version, and the calendar in force."""
    period = month(ledger.policy(version))
    assert period is not None  # nothing is proposed without
    assert period.count is not None
    return deadlines.due(ledger.in_force, date.fromisoformat(reached_on), period.count, period.unit)


def pending(ledger: Reads, today: date) -> list[Row]:
    """Return what wants an opinion: rows proposed or open, and problems reached that nobody proposed.

    Each has `number`, `title`, `reached_on`, `due`, `clause` and `next_step`.
    """
    period = month(ledger.policy())
    if period is None:
        return []
    categories, found = _categories(ledger, today), []
    for row in ledger.rows("SELECT * FROM guidances WHERE state IN ('proposed', 'open') ORDER BY id"):
        category = categories.get(row["category"])
        stands_on = _stands_on(row, category.time_of(row) if category else None)
        last = deadlines.Due(date.fromisoformat(row["due_on"]), bool(row["provisional"]))
        found.append(
            {
                "number": f"guidance {row['id']}", "title": row["title"], "reached_on": stands_on or row["reached_on"],
                "due": due(ledger, stands_on, row["policy_id"]) if stands_on else last, "clause": period.clause,
                "next_step": "guidance open" if row["state"] == PROPOSED else ISSUE,
            }
        )  # fmt: skip
    return found + [
        {
            "number": f"category {row['category']}", "title": row["title"], "reached_on": row["reached_on"],
            "due": due(ledger, row["reached_on"]), "clause": period.clause, "next_step": "guidance propose",
        }
        for row in unproposed(ledger, today)
    ]  # fmt: skip


def findings(ledger: Reads, row: Row) -> list[Row]:
    """Return the findings behind a guidance row as `guidances` returns it, withdrawn ones aside."""
    first = date.fromisoformat(row["stands_on"] or row["reached_on"])
    return ledger.rows(
        "SELECT number, agency_code, agency, title, stage, found_on FROM findings WHERE category = :category"
        " AND stage <> 'withdrawn' AND found_on > :after AND found_on <= :until ORDER BY found_on, number",
        category=row["category"], until=row["until_on"],
        after=(first - timedelta(days=ledger.policy().own["watch"]["systemic_days"])).isoformat(),
    )  # fmt: skip


def about(ledger: Reads, paper: int) -> int | None:
    """Return the row that a paper was entered for as its opinion, None if it was for none."""
    entered = (json.loads(row["details"]) for row in ledger.rows("SELECT details FROM event WHERE step = :step", step=ISSUE))
    return next((one["guidance"] for one in entered if one["paper"] == paper), None)


def issues(ledger: Reads, number: int) -> list[Row]:
    """Return each paper entered as issued on a row, signed when, for whom, got by them when, void or not."""
    found = []
    for row in ledger.rows("SELECT id, done_on, officer, details FROM event WHERE step = :step ORDER BY id", step=ISSUE):
        details = json.loads(row["details"])
        if details["guidance"] == number:
            (paper,) = ledger.rows("SELECT number, signed_on, state FROM papers WHERE id = :id", id=details["paper"])
            found.append(
                {
                    "paper_id": details["paper"], "paper_number": paper["number"], "signed_on": paper["signed_on"],
                    "void": paper["state"] == "void", "given_on": row["done_on"] if details["got"] else None,
                    "agencies": details["agencies"], "officer": row["officer"],
                }
            )  # fmt: skip
    return found


def guidance(ledger: Reads, number: int, today: date) -> Row:
    """Return one guidance row with its clock explained day by day, as `why` does, the findings behind it, and its papers.

    Raises:
        UnknownError: there is none.
    """
    rows = guidances(ledger, today, number=number)
    if not rows:
        raise UnknownError(N_("no guidance has the number {number}: `jsup guidance list` shows all"), number=number)
    (row,) = rows
    policy, calendar = ledger.policy(row["policy_id"]), ledger.calendar(row["calendar_id"])
    period, started, due_on = policy.period(PERIOD), *(date.fromisoformat(row[key]) for key in ("reached_on", "due_on"))
    days = deadlines.explain(calendar, started, due_on)
    clock = {
        "period": PERIOD, "owner": period.owner, "started_on": row["reached_on"], "due_on": row["due_on"],
        "provisional": row["provisional"], "met_on": row["issued_on"], "cancelled_on": row["dismissed_on"],
        "clause": period.clause, "start_event": "reached" if row["why"] is None else "judged", "count": period.count,
        "unit": period.unit, "quote": period.quote, "reading": period.reading, "extensions": [],
        "policy": {"version": row["policy_id"], "name": policy.name},
        "calendar": {"version": row["calendar_id"], "sources": sources(calendar, days)},
        "assumptions": deadlines.assumptions(period.unit, provisional=row["provisional"]),
        "days": [day_row(day) for day in days],
    }  # fmt: skip
    return row | {"deadlines": [clock], "findings": findings(ledger, row), "papers": issues(ledger, number)}
