"""Every kind of paper, its life from draft to service, its number, attached files, the bureau's own templates."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

FINDINGS = """
CREATE VIEW findings AS
SELECT f.number, f.agency_code, a.name AS agency, f.category, f.title, f.stage, f.found_on, f.source, f.facts,
       f.basis, f.remaining, f.rectified_on, f.decision_number, f.decision_until, a.management, a.superior,
       CASE WHEN f.stage IN ('open', 'unrectified') AND EXISTS (
           SELECT 1 FROM paper_finding pf JOIN paper p ON p.id = pf.paper_id
           WHERE pf.finding_number = f.number AND p.kind = 'recommendation' AND p.state IN ('draft', 'reviewed')
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
PAPERS = """
CREATE VIEW papers AS
SELECT p.id, p.kind, p.number, p.state, p.agency_code, a.name AS agency, p.ground, p.drafted_on, p.drafted_by,
       p.reviewed_on, p.reviewed_by, p.signed_on, p.signed_by, p.sealed_on, p.sealed_by, p.served_on, p.served_way,
       p.served_to, p.voided_on, p.voided_by, p.void_why, p.number_why, p.draw_id, p.folder, p.file_name, p.sha256
FROM paper p LEFT JOIN agency a ON a.code = p.agency_code
"""


def upgrade() -> None:
    for view in ("deadlines", "findings"):
        op.execute(f"DROP VIEW {view}")
    with op.batch_alter_table("paper") as paper:
        paper.alter_column("agency_code", existing_type=sa.String(), nullable=True)
        for name in ("reviewed_on", "sealed_on", "voided_on"):
            paper.add_column(sa.Column(name, sa.Date(), nullable=True))
        for name in (
            *("number", "series", "number_why", "drafted_by", "reviewed_by", "sealed_by", "served_way", "served_to"),
            *("voided_by", "void_why", "folder"),
        ):
            paper.add_column(sa.Column(name, sa.String(), nullable=True))
        for name in ("series_year", "serial"):
            paper.add_column(sa.Column(name, sa.Integer(), nullable=True))
        paper.add_column(sa.Column("data", sa.Text(), nullable=True))
        paper.add_column(sa.Column("draw_id", sa.String(), nullable=True))
        paper.create_foreign_key("paper_draw", "draw", ["draw_id"], ["draw_id"])
    op.create_index("paper_number", "paper", ["number"], unique=True)
    op.create_index("paper_series", "paper", ["series", "series_year", "serial"], unique=True)
    op.create_table(
        "paper_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_paper_file_paper_id", "paper_file", ["paper_id"], unique=False)
    op.create_table(
        "paper_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_paper_template_kind", "paper_template", ["kind"], unique=False)
    for view in (FINDINGS, DEADLINES, PAPERS):
        op.execute(view)
