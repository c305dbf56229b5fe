"""The first schema: policy, calendar, register, draws, casework, journal, and the views that people read."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# A public interface: Excel, Datasette and `jsup` itself read these views.
AGENCIES = """
CREATE VIEW agencies AS
SELECT code, name, level, status, management, superior, head, contact, phone, retired_on,
       CASE WHEN retired_on IS NULL THEN 1 ELSE 0 END AS active
FROM agency
"""
FINDINGS = """
CREATE VIEW findings AS
SELECT f.number, f.agency_code, a.name AS agency, f.category, f.title, f.stage, f.found_on, f.source, f.facts,
       f.basis, f.remaining, f.rectified_on, f.decision_number, f.decision_until, a.management, a.superior,
       CASE WHEN f.stage IN ('open', 'unrectified') AND EXISTS (
           SELECT 1 FROM paper_finding pf JOIN paper p ON p.id = pf.paper_id
           WHERE pf.finding_number = f.number AND p.state = 'draft'
             AND p.ground = CASE f.stage WHEN 'open' THEN 'outstanding' ELSE 'unrectified' END) THEN 1 ELSE 0 END AS drafted,
       CASE WHEN f.rectified_on > (
           SELECT d.due_on FROM deadline d
           WHERE d.finding_number = f.number AND d.period IN ('rectification', 'decision')
           ORDER BY d.id DESC LIMIT 1) THEN 1 ELSE 0 END AS late,
       CASE WHEN EXISTS (
           SELECT 1 FROM deadline d
           WHERE d.finding_number = f.number AND d.period = 'rectification'
             AND d.met_on IS NULL AND d.cancelled_on IS NULL) THEN 1 ELSE 0 END AS unreported,
       CASE WHEN (
           SELECT e.step FROM event e
           WHERE e.finding_number = f.number AND e.step IN ('object', 'answer')
           ORDER BY e.id DESC LIMIT 1) = 'object' THEN 1 ELSE 0 END AS objected,
       CASE WHEN EXISTS (
           SELECT 1 FROM event e WHERE e.finding_number = f.number AND e.step = 'notify') THEN 1 ELSE 0 END AS notified,
       (SELECT MAX(d.due_on) FROM deadline d
        WHERE d.finding_number = f.number AND d.owner = 'agency'
          AND d.met_on IS NULL AND d.cancelled_on IS NULL) AS agency_due
FROM finding f JOIN agency a ON a.code = f.agency_code
"""
DEADLINES = """
CREATE VIEW deadlines AS
SELECT d.id, 'finding' AS kind, f.number, f.agency_code, f.agency, f.title, f.stage, f.management, f.superior,
       f.drafted, f.late, f.unreported, f.objected, f.notified, f.agency_due,
       d.period, d.owner, d.start_event, d.started_on, d.count, d.unit, d.due_on, d.provisional, d.met_on,
       d.cancelled_on, d.clause, d.after_id, d.policy_id, d.calendar_id
FROM deadline d JOIN findings f ON f.number = d.finding_number
"""


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("management", sa.String(), nullable=False),
        sa.Column("superior", sa.String(), nullable=True),
        sa.Column("head", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "calendar_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("days", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_calendar_year_year", "calendar_year", ["year"], unique=False)
    op.create_table(
        "draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.String(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("share", sa.String(), nullable=False),
        sa.Column("frame", sa.Text(), nullable=False),
        sa.Column("frame_sha256", sa.String(), nullable=False),
        sa.Column("public_value", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("frame_size", sa.Integer(), nullable=False),
        sa.Column("sample_size", sa.Integer(), nullable=False),
        sa.Column("anchored", sa.Boolean(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("draw_id"),
    )
    op.create_index("ix_draw_quarter", "draw", ["quarter"], unique=False)
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("prev_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("prev_hash"),
    )
    op.create_table(
        "policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("in_force_on", sa.Date(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "draw_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("wait", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draw_id"],
            ["draw.draw_id"],
        ),
        sa.ForeignKeyConstraint(
            ["uid"],
            ["agency.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("draw_place_of", "draw_place", ["draw_id", "place"], unique=True)
    op.create_table(
        "finding",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("rectified_on", sa.Date(), nullable=True),
        sa.Column("remaining", sa.Text(), nullable=True),
        sa.Column("decision_number", sa.String(), nullable=True),
        sa.Column("decision_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_code"],
            ["agency.code"],
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_finding_agency_code", "finding", ["agency_code"], unique=False)
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("drafted_on", sa.Date(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_by", sa.String(), nullable=True),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_code"],
            ["agency.code"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_number", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("start_event", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=True),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("met_on IS NULL OR cancelled_on IS NULL", name="deadline_one_end"),
        sa.ForeignKeyConstraint(
            ["after_id"],
            ["deadline.id"],
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["calendar_year.id"],
        ),
        sa.ForeignKeyConstraint(
            ["finding_number"],
            ["finding.number"],
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"],
            ["policy.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "deadline_open",
        "deadline",
        ["due_on"],
        unique=False,
        sqlite_where=sa.text("met_on IS NULL AND cancelled_on IS NULL"),
        postgresql_where=sa.text("met_on IS NULL AND cancelled_on IS NULL"),
    )
    op.create_index("ix_deadline_finding_number", "deadline", ["finding_number"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_number", sa.String(), nullable=True),
        sa.Column("agency_code", sa.String(), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_code"],
            ["agency.code"],
        ),
        sa.ForeignKeyConstraint(
            ["finding_number"],
            ["finding.number"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_event_agency_code", "event", ["agency_code"], unique=False)
    op.create_index("ix_event_finding_number", "event", ["finding_number"], unique=False)
    op.create_table(
        "paper_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("finding_number", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_number"],
            ["finding.number"],
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"],
            ["paper.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_paper_finding_finding_number", "paper_finding", ["finding_number"], unique=False)
    op.create_index("ix_paper_finding_paper_id", "paper_finding", ["paper_id"], unique=False)
    for view in (AGENCIES, FINDINGS, DEADLINES):
        op.execute(view)
