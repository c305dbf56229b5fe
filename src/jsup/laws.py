"""The policy in the ledger: another version of it taken over, and the clocks that would differ under it."""

from dataclasses import dataclass
from datetime import date

from jsup import deadlines, policy
from jsup.clocks import Desk
from jsup.errors import N_, RefusedError
from jsup.ledger import Ledger, policy_row
from jsup.policy import Policy
from jsup.reads import OPEN, Reads, Row


@dataclass(frozen=True)
class Taken:
    """What another policy changes: `changed` are its keys with both values, `moved` the open clocks that would differ."""

    changed: list[Row]
    moved: list[Row]


def take_over(ledger: Ledger, text: str, source: str, *, dry_run: bool = False) -> Taken:
    """Put another version of the policy in force; open clocks keep the version under which they began.

    Raises:
        LedgerError: it is no policy.
        RefusedError: it is of before the one in force.
    """
    law = policy.parse(text, source)
    with ledger.change(dry_run=dry_run) as session:
        desk = Desk(session, ledger)
        if law.in_force_on < desk.policy.in_force_on:
            raise RefusedError(
                N_("{source} is in force from {on}, the ledger's policy from {since}: name a later one"),
                source=source, on=law.in_force_on, since=desk.policy.in_force_on,
            )  # fmt: skip
        before, after = policy.flat(policy.plain(desk.policy)), policy.flat(policy.plain(law))
        changed = [
            {"key": key, "old": before.get(key), "new": after.get(key)}
            for key in sorted(before.keys() | after.keys())
            if before.get(key) != after.get(key)
        ]
        if changed:
            session.add(policy_row(text, law))
        return Taken(changed, moved(desk.reads, law))


def moved(ledger: Reads, law: Policy) -> list[Row]:
    """Return the open clocks whose last day would be another if they had begun under this policy."""
    calendar = ledger.in_force
    found = []
    ends: dict[int, date] = {}
    for row in ledger.rows(
        "SELECT id, number, period, start_event, started_on, count, unit, due_on, after_id FROM deadlines"
        f" WHERE {OPEN} AND count IS NOT NULL ORDER BY id"
    ):
        period = law.periods.get(row["period"])
        if period is None:
            continue
        start = date.fromisoformat(row["started_on"])
        begins = ends.get(row["after_id"], start) if row["start_event"] != "confirm" else start
        count, unit = period.count, period.unit
        if count is None:  # its end was not named
            count, unit = law.own["warning_working_days"], deadlines.WORKING_DAY
        if (begins, count, unit) == (start, row["count"], row["unit"]):
            continue
        ends[row["id"]] = new = deadlines.due(calendar, begins, count, unit).on
        if new.isoformat() != row["due_on"]:
            found.append({"number": row["number"], "period": row["period"], "old": row["due_on"], "new": new.isoformat()})
    period = law.periods.get("guidance")
    for row in ledger.rows("SELECT * FROM guidances WHERE state IN ('proposed', 'open') ORDER BY id"):
        was = ledger.policy(row["policy_id"]).period("guidance")
        if period is None or period.count is None or (period.count, period.unit) == (was.count, was.unit):
            continue
        new = deadlines.due(calendar, date.fromisoformat(row["reached_on"]), period.count, period.unit).on
        if new.isoformat() != row["due_on"]:
            found.append({"number": f"guidance {row['id']}", "period": "guidance", "old": row["due_on"], "new": new.isoformat()})
    return found
