"""Rows of the watch for tests that want some in every table, whatever they mean."""

from datetime import date
from pathlib import Path

from jsup import journal, watched
from jsup.ledger import Ledger

DAY = date(2026, 10, 8)
CELLS = ("JC-1", "t", "A", "n", "", "e", "c", "", "", "", "", "", "2026-10-08", "", "", "2026-10-09", *[None] * 9, 1, 1, 1, 0, 0)


def fill(ledger: Ledger) -> None:
    """Enter a row into every table of the watch, for an agency and a finding that the ledger has."""
    with ledger.change() as session:
        agency = session.connection().exec_driver_sql("SELECT MIN(code) FROM agency").scalar()
        for rows in (
            [watched.AgencyName(agency_code=agency, name="n", until_on=DAY, document="d")],
            [watched.Inspector(certificate="z1", name="n", agency_code=agency, valid_from=DAY, valid_to=DAY)],
            [watched.CertificateState(certificate="z1", state="revoked", from_on=DAY, officer="o", entered_on=DAY)],
            [watched.Entrustment(organ_code=agency, body="b", scope="全部", from_on=DAY, to_on=DAY, document="d")],
            [watched.Gathering(kind="forum", held_on=DAY, who="w", subject="s", officer="o")],
            [watched.Clue(number="X-1", channel="other", received_on=DAY, title="t", officer="o", state="open")],
            [complainant("X-1")],
            [watched.Complaint(agency_code=agency, number="n", received_on=DAY)],
            [watched.Plan(code="P", agency_code=agency, title="t", kind="annual", year=2026, from_on=DAY, to_on=DAY)],
            [watched.PlanMerge(enterprise_code="c", merged_on=DAY, visit_on=DAY, saved=1, officer="o")],
            [watched.PlanVisit(plan_code="P", enterprise_code="c", enterprise="e", from_on=DAY, to_on=DAY)],
            [watched.HeadingWord(heading="h", field="code", added_on=DAY, officer="o")],
            [watched.MunicipalItem(name="i", added_on=DAY)],
            [watched.Look(month="2026-10", agency_code=agency, looked_on=DAY, cases=1, result="r", officer="o")],
            [watched.Duty(title="t", every="month", from_on=DAY)],
            [watched.DutyDone(duty_id=1, done_on=DAY, officer="o")],
            [
                watched.Anomaly(
                    rule="code", key="JC-1", month="2026-10", clause="c", agency_code=agency, enterprise_code="c",
                    records="JC-1", reason="{}", found_on=DAY, state="open",
                )
            ],
        ):  # fmt: skip
            session.add_all(rows)
            session.flush()
        names = [column.name for column in watched.Inspection.__table__.columns]
        last = session.connection().exec_driver_sql("SELECT COALESCE(MAX(id), 0) FROM inspection").scalar()
        hashes = []
        with journal.batch(session) as connection:
            for place in range(1, 4):
                cells = (f"JC-{place}", *CELLS[1:])
                hashes.append(next(journal.row_hashes([[text] for text in journal.texts(cells)])))
                made = ", ".join(repr(cell) if cell is not None else "NULL" for cell in (last + place, 1, 1, hashes[-1], *cells))
                connection.exec_driver_sql(f"INSERT INTO inspection ({', '.join(names)}) VALUES ({made})")
        session.add(
            watched.Batch(
                name="inspection", file_name=Path(__file__).name, file_sha256="s", taken_on=DAY, rows=3, new=3, changed=0,
                unchanged=0, rejected=0, first_id=last + 1, count=3, digest=journal.digest_of(hashes),
            )
        )  # fmt: skip


def complainant(clue: str) -> watched.Complainant:
    """Return a complainant of a clue."""
    data = ("n", "1", "2", "a")
    name, phone, identity, address = data
    return watched.Complainant(
        clue_number=clue,
        name=name,
        phone=phone,
        identity=identity,
        address=address,
        salt="s",
        digest=journal.private_digest("s", data),
    )
