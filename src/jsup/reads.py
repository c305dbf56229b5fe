"""The fast read side: the ledger's SQL views, through the driver alone, no ORM.

Rows come back as dicts with ISO dates as text. The same queries serve a writing session, which
hands in its own way of running them.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from jsup import SCHEMA, deadlines, files, listed, steps
from jsup.errors import N_, LedgerError, UnknownError, UsageError
from jsup.files import Run
from jsup.workdays import Calendar, Day, Year

if TYPE_CHECKING:
    from jsup.policy import Policy
    from jsup.servers import Server

Row = dict[str, Any]
Place: TypeAlias = "Path | Server"
"""Where a ledger is: a file, or a database on a server."""

OPEN = "met_on IS NULL AND cancelled_on IS NULL"
"""A clock that runs."""

_MOST_DIGITS = 10
"""From so many digits on a number names no row."""


def store(place: Place) -> ModuleType:
    """Return the module that knows how a ledger at this place is reached: a file's or a server's."""
    if isinstance(place, Path):
        return files
    from jsup import servers  # noqa: PLC0415 - not for a file

    return servers


def row_number(text: str) -> int | None:
    """Return the row that a text numbers, None if it may number none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _MOST_DIGITS else None


def must_be_current(place: Place) -> None:
    """Refuse a ledger of another schema than this program's.

    Raises:
        LedgerError: it is of an older or newer one, or there is none.
    """
    found = store(place).revision(place)
    if found != SCHEMA:
        raise files.wrong_revision(place, found)


@contextmanager
def open_ledger(place: Place, *, scratch: bool = False) -> Iterator["Reads"]:
    """Open a ledger for reading, for the length of a `with`; with `scratch`, temporary tables may be made in it.

    Raises:
        LedgerError: it is missing, no ledger, or of another schema than this program's.
    """
    must_be_current(place)
    with store(place).reading(place, scratch=scratch) as run:
        yield Reads(run)


class Reads:
    """Every question that the ledger answers, over one open connection."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._policies: dict[int, Policy] = {}

    def rows(self, sql: str, **values: object) -> list[Row]:
        """Run one SELECT."""
        return self.run(sql, values)

    # The law in force -------------------------------------------------------------------------

    @cached_property
    def versions(self) -> tuple[int, int]:
        """The ids of the policy and the calendar in force."""
        (row,) = self.rows("SELECT (SELECT MAX(id) FROM policy) AS policy, (SELECT MAX(id) FROM calendar_year) AS calendar")
        return row["policy"], row["calendar"]

    def policy(self, version: int | None = None) -> "Policy":
        """Return the policy in force, or an earlier version of it; no version ever changes."""
        from jsup import policy, ready  # noqa: PLC0415 - many a list needs none

        wanted = version or self.versions[0]
        if wanted not in self._policies:
            (row,) = self.rows("SELECT name, text, ready FROM policy WHERE id = :id", id=wanted)
            self._policies[wanted] = ready.read(row["ready"] or "", row["text"]) or policy.parse(row["text"], row["name"])
        return self._policies[wanted]

    def calendar(self, version: int | None = None) -> Calendar:
        """Return the calendar in force, or an earlier version of it."""
        rows = self.rows(
            "SELECT year, source, days FROM calendar_year WHERE id <= :id ORDER BY id", id=version or self.versions[1]
        )
        return Calendar({row["year"]: read_year(row) for row in rows}.values())

    # The register -----------------------------------------------------------------------------

    def agencies(self, code: str | None = None) -> list[Row]:
        """Return all agencies in the order of their codes, or the one named."""
        rows = self.rows("SELECT * FROM agencies WHERE :code IS NULL OR code = :code ORDER BY code", code=code)
        if code is not None and not rows:
            raise UnknownError(N_("no agency has the code {code}: `jsup agency list` shows all"), code=code)
        return [{**row, "active": bool(row["active"])} for row in rows]

    # Findings ---------------------------------------------------------------------------------

    def findings(self, *, agency: str | None = None, stage: str | None = None, assigned: str | None = None) -> list[Row]:
        """Return findings, each with its deadlines."""
        if agency is not None:
            self.agencies(agency)
        if stage is not None and stage not in steps.STAGES:
            raise UsageError(N_("no stage is called {value}: choose one of {keys}"), value=stage, keys=steps.STAGES)
        where = "(:agency IS NULL OR agency_code = :agency) AND (:stage IS NULL OR stage = :stage)"
        where, wanted = f"{where} AND (:who IS NULL OR assigned_to = :who)", {"agency": agency, "stage": stage, "who": assigned}
        found = self.rows(f"SELECT * FROM findings WHERE {where} ORDER BY number", **wanted)
        clocks: dict[str, list[Row]] = {}
        for row in self.rows(f"SELECT * FROM deadlines WHERE {where} ORDER BY id", **wanted):
            clocks.setdefault(row["number"], []).append(row)
        return [listed.finding(row, clocks.get(row["number"], [])) for row in found]

    def finding(self, number: str) -> Row:
        """Return one finding with its deadlines."""
        row = self._view(number)
        return listed.finding(row, self.rows("SELECT * FROM deadlines WHERE number = :number ORDER BY id", number=number))

    def _view(self, number: str) -> Row:
        rows = self.rows("SELECT * FROM findings WHERE number = :number", number=number)
        if not rows:
            raise UnknownError(N_("no finding has the number {number}: `jsup finding list` shows all"), number=number)
        return rows[0]

    def case(self, number: str, on: date) -> steps.Case:
        """Return what the table of steps asks of a finding on a day."""
        return listed.case(self._view(number), on)

    def events(self, number: str) -> list[Row]:
        """Return what was done to a finding, in the order of entry."""
        rows = self.rows(
            "SELECT step, done_on, stage, officer, details FROM event WHERE finding_number = :number ORDER BY id", number=number
        )
        return [{**row, "details": json.loads(row["details"])} for row in rows]

    # Papers -----------------------------------------------------------------------------------

    def papers(self, **wanted: str | int | None) -> list[Row]:
        """Return papers with the findings they cover and the files attached to them, in the order of drafting.

        `wanted` may name kind, state, agency_code, number or id.
        """
        where = " AND ".join(f"(:{key} IS NULL OR {key} = :{key})" for key in wanted) or "1 = 1"
        rows = self.rows(f"SELECT * FROM papers WHERE {where} ORDER BY id", **wanted)
        found = {row["id"]: row | {"findings": [], "files": []} for row in rows}
        of = f"WHERE paper_id IN (SELECT id FROM papers WHERE {where}) ORDER BY id"
        for row in self.rows(f"SELECT paper_id, finding_number FROM paper_finding {of}", **wanted):
            found[row["paper_id"]]["findings"].append(row["finding_number"])
        for row in self.rows(f"SELECT * FROM paper_file {of}", **wanted):
            found[row["paper_id"]]["files"].append({key: row[key] for key in row if key not in ("id", "paper_id")})
        return [_paper(row) for row in found.values()]

    def mates(self, numbers: Sequence[str]) -> list[str]:
        """Return the other findings of the recommendations that were issued for these."""
        issued = "SELECT paper_id FROM papers p JOIN paper_finding f ON f.paper_id = p.id WHERE p.kind = 'recommendation'"
        issued += " AND p.state IN ('signed', 'sealed', 'served') AND f.finding_number = :number"
        found = [
            row["finding_number"]
            for number in numbers
            for row in self.rows(
                f"SELECT finding_number FROM paper_finding WHERE paper_id IN ({issued}) ORDER BY id", number=number
            )
        ]
        return [number for number in dict.fromkeys(found) if number not in numbers]

    def paper(self, reference: str) -> Row:
        """Return one paper, by its place in the list or its document number."""
        place = row_number(reference)
        found = self.papers(number=reference) if place is None else self.papers(id=place)
        if not found:
            raise UnknownError(N_("no paper is called {reference}: `jsup paper list` shows all"), reference=reference)
        (said,) = self.rows("SELECT data FROM paper WHERE id = :id", id=found[0]["id"])
        return found[0] | {"contents": json.loads(said["data"] or "null")}

    # Clocks -----------------------------------------------------------------------------------

    def overdue(self, today: date, *, within: int | None = None, agency: str | None = None) -> list[Row]:
        """Return open clocks past their due day, and those due within `within` working days."""
        if agency is not None:
            self.agencies(agency)
        until = today if within is None else self.last_day_within(today, within)
        items = self._open_clocks(today, until, agency)
        return [item for item in items if item["overdue"] or within is not None]

    def reminders(self, today: date, *, agency: str | None = None) -> list[Row]:
        """Return the agencies' open clocks that are due within the setting's working days."""
        days = self.policy().own["remind_working_days"]
        items = self._open_clocks(today, self.last_day_within(today, days), agency, since=today)
        return [item for item in items if item["owner"] == "agency"]

    def last_day_within(self, today: date, days: int) -> date:
        """Return the last day to which so many working days are left: the eve of the next one."""
        return self.in_force.after(today, days + 1) - timedelta(days=1)

    def awaited(self, today: date) -> int | None:
        """Return the year whose notice is to be looked for."""
        return self.in_force.awaited(today)

    @cached_property
    def in_force(self) -> Calendar:
        """The calendar in force, read once."""
        return self.calendar()

    def _open_clocks(self, today: date, until: date, agency: str | None, since: date = date.min) -> list[Row]:
        rows = self.rows(
            f"SELECT * FROM deadlines WHERE {OPEN} AND due_on BETWEEN :since AND :until"
            " AND (:agency IS NULL OR agency_code = :agency) ORDER BY due_on, number, id",
            since=since.isoformat(), until=until.isoformat(), agency=agency,
        )  # fmt: skip
        on = today.isoformat()
        items = [*(listed.item(row, on) for row in rows), *self._unchecked(until, agency, since)]
        left = {day: deadlines.left(self.in_force, date.fromisoformat(day), today) for day in {item["due_on"] for item in items}}
        for item in items:
            item["working_days_left"], item["overdue"] = left[item["due_on"]], item["due_on"] < on
        return sorted(items, key=lambda item: (item["due_on"], item["number"]))

    def _unchecked(self, until: date, agency: str | None, since: date = date.min) -> list[Row]:
        """Return the drawn agencies that nobody has checked and whose quarter ends by `until`, as items of `overdue`."""
        rows = self.rows(
            "SELECT * FROM draw_checks WHERE met_on IS NULL AND due_on BETWEEN :since AND :until"
            " AND (:agency IS NULL OR agency_code = :agency) ORDER BY due_on, number, place",
            since=since.isoformat(), until=until.isoformat(), agency=agency,
        )  # fmt: skip
        clause = self.policy().rules["draw_share"]["clause"] if rows else None
        same = {
            "stage": None, "period": "check", "owner": "bureau", "provisional": False, "working_days_left": 0, "overdue": False,
            "next_step": "sample result", "next_clause": clause, "escalate_to": None, "clause": clause,
        }  # fmt: skip
        keys = ("kind", "number", "agency_code", "agency", "started_on", "due_on")
        return [{key: row[key] for key in keys} | {"title": f"{row['quarter']} 抽查"} | same for row in rows]

    def feed(self) -> list[Row]:
        """Return every open clock with how often it was written, and the ledger's first hash, which names the ledger."""
        bodies = self.rows("SELECT seq, body FROM journal WHERE body LIKE :named ORDER BY seq", named='%"table":"deadline"%')
        changes = (change for row in bodies for change in _entry(row)["changes"])
        written = Counter(change["key"] for change in changes if change["table"] == "deadline")
        (first,) = self.rows("SELECT hash FROM journal ORDER BY seq LIMIT 1")
        rows = self.rows(f"SELECT * FROM deadlines WHERE {OPEN} ORDER BY id")
        found = [{**row, "provisional": bool(row["provisional"]), "written": written[row["id"]]} for row in rows]
        found += [{**row, "id": f"{row['number']}-{row['agency_code']}", "written": 1} for row in self._unchecked(date.max, None)]
        return [{**row, "ledger": first["hash"]} for row in found]

    def next(self, today: date, number: str | None = None) -> list[Row]:
        """Return the findings that are not ended, each with its lawful steps, the most urgent first."""
        if number is not None:
            self._view(number)
        where = "f.number = :number OR (:number IS NULL AND f.stage NOT IN ('closed', 'withdrawn'))"
        return self._nearest(where, today, number=number)

    def waiting(self, today: date, stage: str, agency: str | None = None) -> list[Row]:
        """Return the findings of a stage that no draft of a recommendation covers yet, as `next` does."""
        if agency is not None:
            self.agencies(agency)
        where = "f.stage = :stage AND f.drafted = 0 AND (:agency IS NULL OR f.agency_code = :agency)"
        return self._nearest(where, today, stage=stage, agency=agency)

    def _nearest(self, where: str, today: date, **values: str | None) -> list[Row]:
        nearest = f"(SELECT d.id FROM deadline d WHERE d.finding_number = f.number AND {OPEN} ORDER BY d.due_on, d.id LIMIT 1)"
        rows = self.rows(
            f"SELECT f.*, n.due_on, n.provisional FROM findings f LEFT JOIN deadline n ON n.id = {nearest}"
            f" WHERE {where} ORDER BY n.due_on IS NULL, n.due_on, f.number",
            **values,
        )
        return [listed.pending(row, self.in_force, today) for row in rows]

    def why(self, number: str) -> Row:
        """Return each deadline of a finding with its clause, its words and its days, as reckoned then."""
        self._view(number)
        calendar_of = cache(self.calendar)
        found = []
        extended = [event for event in self.events(number) if event["step"] == "extend"]
        for row in self.rows("SELECT * FROM deadlines WHERE number = :number ORDER BY id", number=number):
            calendar, policy = calendar_of(row["calendar_id"]), self.policy(row["policy_id"])
            period = policy.periods[row["period"]]
            started, due_on = date.fromisoformat(row["started_on"]), date.fromisoformat(row["due_on"])
            days = deadlines.explain(calendar, started, due_on)
            kept = row["count"] is not None and deadlines.due(calendar, started, row["count"], row["unit"]).on < due_on
            found.append(
                {
                    **listed.clock(row),
                    "start_event": row["start_event"],
                    "count": row["count"],
                    "unit": row["unit"],
                    "quote": period.quote,
                    "reading": period.reading,
                    "policy": {"version": row["policy_id"], "name": policy.name},
                    "calendar": {"version": row["calendar_id"], "sources": sources(calendar, days)},
                    "extensions": [
                        {"on": event["done_on"], "officer": event["officer"]}
                        | {key: event["details"][key] for key in ("approved_by", "why", "from", "until")}
                        for event in extended
                        if event["details"]["period"] == row["period"]
                    ],
                    "assumptions": deadlines.assumptions(row["unit"], provisional=bool(row["provisional"]), kept=kept),
                    "days": [day_row(day) for day in days],
                }
            )
        return {"number": number, "deadlines": found}

    # Draws ------------------------------------------------------------------------------------

    def draws(self, quarter: str | None = None) -> list[Row]:
        """Return draws, frozen ones and voided ones among them, in the order of freezing.

        `taken` are the units as drawn, `substitutions` the places handed on since, in the order of entry.
        """
        found = {
            row["draw_id"]: {**row, "anchored": bool(row["anchored"]), "taken": [], "substitutions": []}
            for row in self.rows("SELECT * FROM draw WHERE :quarter IS NULL OR quarter = :quarter ORDER BY id", quarter=quarter)
        }
        replaced: dict[tuple[str, str], str] = {}
        for row in self.rows("SELECT * FROM draw_substitution ORDER BY id"):
            replaced[row["draw_id"], row["replaced"]] = row["uid"]
            if row["draw_id"] in found:
                found[row["draw_id"]]["substitutions"].append(
                    {key: value for key, value in row.items() if key not in ("id", "draw_id")}
                )
        for row in self.rows("SELECT * FROM draw_place ORDER BY draw_id, place"):
            if row["draw_id"] in found:
                keys = ("uid", "name", "stratum", "weight", "wait", "ticket")
                more = {"forced": bool(row["forced"]), "replaced_by": replaced.get((row["draw_id"], row["uid"]))}
                found[row["draw_id"]]["taken"].append({key: row[key] for key in keys} | more)
        return list(found.values())

    def successions(self) -> list[Row]:
        """Return the reorganised agencies with those that take their places, in the order of entry."""
        return self.rows("SELECT * FROM succession ORDER BY id")

    def checks(self, draw_id: str) -> list[Row]:
        """Return the checks of a draw's agencies that stand, with the items as answered, in the order of entry."""
        found = {
            row["id"]: {**row, "methods": row["methods"].split(","), "items": []}
            for row in self.rows(
                "SELECT * FROM draw_check WHERE draw_id = :draw AND withdrawn_on IS NULL ORDER BY id", draw=draw_id
            )
        }
        items = (
            "SELECT i.* FROM draw_check_item i JOIN draw_check c ON c.id = i.check_id"
            " WHERE c.draw_id = :draw AND c.withdrawn_on IS NULL ORDER BY i.id"
        )
        for row in self.rows(items, draw=draw_id):
            found[row["check_id"]]["items"].append({key: row[key] for key in row if key not in ("id", "check_id")})
        return list(found.values())

    # The journal ------------------------------------------------------------------------------

    def log(self, number: str | None = None) -> list[Row]:
        """Return the journal's entries, or those that changed one finding."""
        if number is not None:
            self._view(number)
        found = []
        for row in self.rows(
            "SELECT seq, hash, body FROM journal WHERE :number IS NULL OR body LIKE :quoted ORDER BY seq",
            number=number,
            quoted=f'%"{number}"%',
        ):
            body = _entry(row)
            changes = body["changes"]
            if number is None or any(number in (change["key"], change["row"].get("finding_number")) for change in changes):
                found.append({key: body[key] for key in ("seq", "at", "today", "officer", "command")} | {
                    "rows": len(changes), "back_dated": body["back_dated"], "hash": row["hash"]})  # fmt: skip
        return found


def _entry(row: Row) -> dict[str, Any]:
    """Read one entry of the journal.

    Raises:
        LedgerError: somebody changed its text to what is none.
    """
    try:
        body: dict[str, Any] = json.loads(row["body"])
        body["changes"] = [{"key": one["key"], "row": dict(one["row"]), "table": one["table"]} for one in body["changes"]]
        return {
            **{key: body[key] for key in ("seq", "at", "today", "officer", "command", "changes")},
            "back_dated": at_utc8(body["at"])[:10] != body["today"],
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LedgerError(N_("journal entry {seq}: its text or its hash was changed"), seq=row["seq"]) from error


def at_utc8(at: str) -> str:
    """Return an instant of the journal as the clock of the bureau shows it, to the second."""
    from datetime import datetime, timedelta, timezone  # noqa: PLC0415 - for `log` alone

    return datetime.fromisoformat(at).astimezone(timezone(timedelta(hours=8))).strftime("%Y-%m-%d %H:%M:%S")


def read_year(row: Row) -> Year:
    """Read one announced year of the calendar from its row.

    Raises:
        LedgerError: the row does not hold what `ledger.year_row` wrote.
    """
    try:
        days = json.loads(row["days"])
        rest, work = ({date.fromisoformat(day): name for day, name in days[key].items()} for key in ("rest", "work"))
        return Year(row["year"], rest, work, row["source"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LedgerError(
            N_("the calendar of {year} in the ledger is damaged: `jsup verify` names the row"), year=row["year"]
        ) from error


def day_row(day: Day) -> Row:
    """Return one day of an explanation; `reason` is a key, `holiday` a name."""
    return {
        "date": day.date.isoformat(),
        "working": day.working,
        "reason": day.reason,
        "holiday": day.holiday,
        "certain": day.certain,
    }


def sources(calendar: Calendar, days: list[Day]) -> list[Row]:
    """Return where the days of each year of an explanation come from; None for a year that is not announced."""
    years = {day.date.year for day in days}
    # the next year's notice may settle days of December
    years |= {
        year.year for year in calendar.years.values() if any(day.date in year.rest or day.date in year.work for day in days)
    }
    return [{"year": year, "source": calendar.years[year].source if year in calendar.years else None} for year in sorted(years)]


def _paper(row: Row) -> Row:
    file = str(Path(row["folder"]) / row["file_name"]) if row["folder"] is not None else row["file_name"]
    return {key: row[key] for key in row if key not in ("folder", "file_name")} | {"file": file}
