"""What is read of the monthly looks and of the recurring duties."""

from datetime import date

from jsup.reads import Reads, Row
from jsup.watch.months import after, month


def looks(ledger: Reads, **wanted: str | int | None) -> list[Row]:
    """Return the looks whose columns hold what is wanted, each with how many records of its month the agency has `uploaded`."""
    where = " AND ".join(f"(:{key} IS NULL OR l.{key} = :{key})" for key in wanted)
    found = []
    for row in ledger.rows(
        "SELECT l.id, l.month, l.agency_code, a.name AS agency, l.looked_on, l.cases, l.result, l.officer FROM look l"
        f" JOIN agency a ON a.code = l.agency_code WHERE {where} ORDER BY l.month, l.agency_code, l.id",
        **wanted,
    ):
        first, last = (day.toordinal() for day in month(row["month"]))
        (counted,) = ledger.rows(
            "SELECT COUNT(*) AS uploaded FROM inspection"
            " WHERE latest = 1 AND agency_code = :agency AND day BETWEEN :first AND :last",
            agency=row["agency_code"], first=first, last=last,
        )  # fmt: skip
        found.append(row | counted)
    return found


def duties(ledger: Reads) -> list[Row]:
    """Return the duties: the times they were `done`, the day `since` which the interval runs, when they are `due`; None: ended.

    `due` is a `deadlines.Due`.
    """
    rows = ledger.rows("SELECT * FROM duty ORDER BY id")
    times: dict[int, list[Row]] = {row["id"]: [] for row in rows}
    for row in ledger.rows("SELECT duty_id, done_on, note, officer FROM duty_done ORDER BY done_on, id"):
        times[row.pop("duty_id")].append(row)
    for row in rows:
        row["done"] = times[row["id"]]
        row["done_on"] = row["done"][-1]["done_on"] if row["done"] else None
        row["since"] = date.fromisoformat(row["done_on"] or row["from_on"])
        row["due"] = None if row["ended_on"] else after(ledger.in_force, row["every"], row["since"])
    return rows
