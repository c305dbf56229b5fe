"""Rows of what comes of the supervision for tests that want some in every table, whatever they mean."""

from datetime import date

from jsup import outcomes
from jsup.ledger import Ledger

DAY = date(2026, 10, 8)


def fill(ledger: Ledger) -> None:
    """Enter a row into every table of outcomes.py, for an agency and a finding that the ledger has."""
    with ledger.change() as session:
        run = session.connection().exec_driver_sql
        agency, finding = run("SELECT MIN(code) FROM agency").scalar(), run("SELECT MIN(number) FROM finding").scalar()
        versions = {"policy_id": 1, "calendar_id": 1}
        for row in (
            outcomes.Guidance(
                category="code", title="t", reached_on=DAY, due_on=DAY, provisional=False, state="open", proposed_on=DAY,
                officer="o", **versions,
            ),
            outcomes.GuidanceAgency(guidance_id=1, agency_code=agency, shown=True),
            outcomes.Activity(kind="consultation", title="t", held_on=DAY, officer="o"),
            outcomes.ActivityAgency(activity_id=1, agency_code=agency, done_on=DAY, found=2, mended=1),
            outcomes.Resolution(activity_id=1, text="t", agency_code=agency, until_on=DAY, officer="o"),
            outcomes.DisciplineNotice(sent_on=DAY, number="n", officer="o"),
            outcomes.Guide(agency_code=agency, field="f", version=1, title="t", issued_on=DAY, officer="o"),
            outcomes.GuideDelivery(guide_id=1, enterprise_code="c", delivered_on=DAY, officer="o"),
            outcomes.InspectionNote(record="JC-1", agency_code=agency, kind="advice", done_on=DAY, text="t", officer="o"),
            outcomes.Experience(kind="typical", agency_code=agency, title="t", text="t", received_on=DAY, officer="o"),
            outcomes.ScoreRound(
                period="2026Q3", state="draft", drafted_on=DAY, object_by=DAY, provisional=False, start=100, line=60, officer="o",
                **versions,
            ),
            outcomes.ScoreAgency(round_id=1, agency_code=agency, score=97),
            outcomes.ScoreLine(round_id=1, agency_code=agency, points=-3, reason="finding", finding_number=finding),
            outcomes.ScoreObjection(round_id=1, agency_code=agency, made_on=DAY, text="t", upheld=True, officer="o"),
        ):  # fmt: skip
            session.add(row)
            session.flush()
