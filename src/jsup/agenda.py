"""The morning's list: everything that is late or soon due, whatever it is about, and what is about to end."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from jsup import deadlines
from jsup.periods import span
from jsup.reads import Reads
from jsup.service import held, reached
from jsup.watch import looked, planned
from jsup.watch.months import month
from jsup.watch.rules import all_rules, chinese

Item = dict[str, Any]
Watch = dict[str, Any]
"""The bureau's settings for the watch."""

_LOOK: Final = "二（一）3"
_COMPLAINTS: Final = "二（三）6"
_QUALIFIED: Final = "二（三）1"
_UPLOADED: Final = "SELECT DISTINCT agency_code AS code FROM inspection WHERE latest = 1 AND day BETWEEN :first AND :last"
_YEARS_BACK: Final = 1
"""How far back a month lies at most for which a look or an upload is missed; what is older nobody will look at any more."""


def overdue(ledger: Reads, today: date, *, within: int | None = None, agency: str | None = None) -> list[Item]:
    """Return what is past its due day, and what is due within `within` working days, the earliest first.

    Besides findings and draws: anomalies that nobody verified, agencies' complaints, months not looked at or without an
    upload, recurring duties, plans not filed or published, systemic problems without a guidance opinion, what was decided or
    asked for and not done, scores not settled.
    """
    items = ledger.overdue(today, within=within, agency=agency)
    until = ledger.last_day_within(today, within) if within is not None else today
    calendar = ledger.in_force
    for item in _watched(ledger, today):
        due_on = item["due_on"]
        if agency in (None, item["agency_code"]) and (due_on < today if within is None else due_on <= until):
            items.append(
                item
                | {
                    "started_on": item["started_on"].isoformat(), "due_on": due_on.isoformat(),
                    "working_days_left": deadlines.left(calendar, due_on, today), "overdue": due_on < today,
                }
            )  # fmt: skip
    return sorted(items, key=lambda item: (item["due_on"], item["number"]))


def _watched(ledger: Reads, today: date) -> Iterator[Item]:
    watch = ledger.policy().own["watch"]
    for source in (_anomalies, _complaints, _looks, _duties, _plans, _guidance, _actions, _scores):
        yield from source(ledger, watch, today)


def _item(
    kind: str, number: object, title: str, owner: str, days: tuple[date, deadlines.Due], clause: str, step: str, **more: Any
) -> Item:
    started_on, due = days
    return {
        "kind": kind, "number": str(number), "agency_code": None, "agency": None, "title": title, "stage": None, "period": kind,
        "owner": owner, "started_on": started_on, "due_on": due.on, "working_days_left": 0, "overdue": False,
        "provisional": due.provisional, "next_step": step, "next_clause": clause, "escalate_to": None, "clause": clause,
    } | more  # fmt: skip


def _of(row: dict[str, Any]) -> dict[str, Any]:
    return {"agency_code": row["agency_code"], "agency": row["agency"]}


def _anomalies(ledger: Reads, watch: Watch, _today: date) -> Iterator[Item]:
    """Anomalies found on one day by one rule at one agency are one item."""
    rows = ledger.rows(
        "SELECT MIN(id) AS id, COUNT(*) AS several, agency_code, agency, rule, found_on FROM anomalies WHERE state = 'open'"
        " GROUP BY agency_code, agency, rule, found_on ORDER BY found_on, MIN(id)"
    )
    due = _working_days(ledger, watch["anomaly_working_days"])
    for row in rows:
        rule = all_rules()[row["rule"]]
        title = f"{rule.title}{row['several']}起" if row["several"] > 1 else rule.title
        days = _days(row["found_on"], due)
        yield _item("anomaly", row["id"], title, "bureau", days, _LOOK, "anomaly verify", several=row["several"], **_of(row))


def _complaints(ledger: Reads, watch: Watch, _today: date) -> Iterator[Item]:
    accept, handle = (_working_days(ledger, watch[f"{key}_working_days"]) for key in ("accept", "handle"))
    for row in ledger.rows("SELECT * FROM complaints WHERE done_on IS NULL ORDER BY received_on, number"):
        waits = row["accepted_on"] is None
        title = f"{row['subject'] or '投诉举报'}（{'未受理' if waits else '未办结'}）"
        days = _days(row["received_on"], accept if waits else handle)
        yield _item("complaint", row["number"], title, "agency", days, _COMPLAINTS, "complaint import", **_of(row))


def _looks(ledger: Reads, watch: Watch, today: date) -> Iterator[Item]:
    """From the first month that anything is known of, an agency wants a look each month, and uploads something to look at.

    Months that are late are one item, and those that are not yet, another.
    """
    (first,) = ledger.rows("SELECT MIN(day) AS day FROM inspection WHERE latest = 1")
    (looked,) = ledger.rows("SELECT MIN(month) AS month FROM look")
    known = [date.fromordinal(first["day"])] if first["day"] else []
    known += [month(looked["month"])[0]] if looked["month"] else []
    if not known:
        return
    start = max(min(known).replace(day=1), date(today.year - _YEARS_BACK, today.month, 1))
    rows = ledger.rows("SELECT month, agency_code, looked_on FROM look WHERE month >= :start", start=f"{start:%Y-%m}")
    ends = {name: month(name)[1].isoformat() for name in {row["month"] for row in rows}}  # before its end none is looked through
    seen = {(row["month"], row["agency_code"]) for row in rows if row["looked_on"] > ends[row["month"]]}
    due = _working_days(ledger, watch["look_working_days"])
    missed: dict[tuple[str, str, bool], list[str]] = {}
    agencies = [row for row in ledger.agencies() if row["active"] and row["status"] != "entrusted"]
    while (last := month(f"{start:%Y-%m}")[1]) < today:
        name = f"{start:%Y-%m}"
        unseen = [agency["code"] for agency in agencies if (name, agency["code"]) not in seen]
        days = {"first": start.toordinal(), "last": last.toordinal()}
        uploaded = {row["code"] for row in ledger.rows(_UPLOADED, **days)} if unseen else set()
        late = due(last).on < today
        for code in unseen:
            missed.setdefault(("look", code, late), []).append(name)
            if code not in uploaded:
                missed.setdefault(("upload", code, late), []).append(name)
        start = last + timedelta(days=1)
    names = {agency["code"]: agency["name"] for agency in agencies}
    for (what, code, _late), months in missed.items():
        said = {"look": "检查资料尚未查看", "upload": "没有上传检查资料"}[what]
        ended = month(months[0])[1]
        yield _item(
            "duty", f"{what} {months[0]}", f"{'、'.join(map(chinese, months))}{said}", "bureau" if what == "look" else "agency",
            (ended, due(ended)), _LOOK, "look", agency_code=code, agency=names[code], months=months,
        )  # fmt: skip


def _duties(ledger: Reads, _watch: Watch, _today: date) -> Iterator[Item]:
    for row in looked.duties(ledger):
        if row["due"] is not None:
            yield _item("duty", row["id"], row["title"], "bureau", (row["since"], row["due"]), row["clause"] or "", "duty done")


def _plans(ledger: Reads, _watch: Watch, _today: date) -> Iterator[Item]:
    active = {row["code"] for row in ledger.agencies() if row["active"]}
    for said, step, key in (("未备案", "plan file", "file_due_on"), ("未公告", "plan publish", "publish_due_on")):
        filing = key == "file_due_on"
        for row in planned.plans(ledger, unfiled=filing, unpublished=not filing):
            if row["agency_code"] in active and row[key] is not None:
                by = date.fromisoformat(row[key])
                due = deadlines.Due(by, provisional=row["publish_provisional"] and not filing)
                made = date.fromisoformat(row["made_on"]) if row["made_on"] else by
                days = min(made, by), due
                yield _item("duty", row["code"], f"{row['title']}{said}", "agency", days, planned.CLAUSE, step, **_of(row))


def _guidance(ledger: Reads, _watch: Watch, today: date) -> Iterator[Item]:
    """Systemic problems without an opinion, those that nobody proposed among them. Source: 二（四）3."""
    for row in reached.pending(ledger, today):
        days = date.fromisoformat(row["reached_on"]), row["due"]
        yield _item("guidance", row["number"], row["title"], "bureau", days, row["clause"], row["next_step"])


def _actions(ledger: Reads, _watch: Watch, _today: date) -> Iterator[Item]:
    """Decisions of consultations, trainings that were asked for, and agencies that have not reported on a self-check."""
    for row in held.awaited(ledger):
        due = deadlines.Due(date.fromisoformat(row["until_on"]), provisional=False)
        days = min(date.fromisoformat(row["since"]), due.on), due
        owner = "agency" if row["agency_code"] else "bureau"
        yield _item("action", row["number"], row["title"], owner, days, row["clause"], row["next_step"], **_of(row))


def _scores(ledger: Reads, _watch: Watch, _today: date) -> Iterator[Item]:
    """Scores that went out to the agencies are settled once the days to object are over."""
    for row in ledger.rows(
        "SELECT r.period, r.drafted_on, r.object_by, r.provisional, (SELECT COUNT(*) FROM score_objection o"
        " WHERE o.round_id = r.id AND o.answered_on IS NULL) AS unanswered"
        " FROM score_round r WHERE r.state = 'draft' ORDER BY r.id"
    ):
        from jsup.points import CLAUSE  # noqa: PLC0415 - only while scores are out

        due = deadlines.Due(date.fromisoformat(row["object_by"]), provisional=bool(row["provisional"]))
        title = f"{span(row['period']).title}评分征求意见期满后定稿"
        title += f"（{row['unanswered']}件异议未答复）" if row["unanswered"] else ""
        days = date.fromisoformat(row["drafted_on"]), due
        yield _item("duty", f"score {row['period']}", title, "bureau", days, CLAUSE, "score settle")


_TERMS: Final = {
    "certificate": "SELECT certificate AS number, name, agency_code, agency, valid_to AS ends_on FROM inspectors"
    " WHERE state <> 'revoked'",
    "entrustment": "SELECT id AS number, body AS name, organ_code AS agency_code, organ AS agency, to_on AS ends_on"
    " FROM entrustments WHERE ended_on IS NULL",
}


def alerts(ledger: Reads, today: date, *, agency: str | None = None) -> list[dict[str, Any]]:
    """Return the certificates and entrustments whose term ends within the set days. Source: 二（三）1."""
    until = today + timedelta(days=ledger.policy().own["watch"]["alert_days"])
    found = []
    for kind, query in _TERMS.items():
        rows = ledger.rows(
            f"SELECT * FROM ({query}) t WHERE ends_on BETWEEN :today AND :until AND (:agency IS NULL OR agency_code = :agency)"
            " AND agency_code IN (SELECT code FROM agency WHERE retired_on IS NULL)"
            " ORDER BY ends_on, number",
            today=today.isoformat(), until=until.isoformat(), agency=agency,
        )  # fmt: skip
        found += [
            {"kind": kind, **row, "days_left": (date.fromisoformat(row["ends_on"]) - today).days, "clause": _QUALIFIED}
            for row in rows
        ]
    return found


def _working_days(ledger: Reads, count: int) -> Any:
    """Return what reckons the last of so many working days after a day."""
    return cache(lambda start: deadlines.due(ledger.in_force, start, count, deadlines.WORKING_DAY))


def _days(started_on: str, due: Any) -> tuple[date, deadlines.Due]:
    start = date.fromisoformat(started_on)
    return start, due(start)
