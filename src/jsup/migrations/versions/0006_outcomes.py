"""What comes of the supervision: guidance, meetings and their decisions, guides, cases, scores; how grave a finding is."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

FINDINGS = """
CREATE VIEW findings AS
SELECT f.number, f.agency_code, a.name AS agency, f.category, f.title, f.stage, f.found_on, f.source, f.facts,
       f.basis, f.remaining, f.rectified_on, f.decision_number, f.decision_until, f.assigned_to, f.severity, a.management, a.superior,
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
          AND d.met_on IS NULL AND d.cancelled_on IS NULL) AS agency_due,
       (SELECT MAX(e.done_on) FROM event e
        WHERE e.finding_number = f.number AND e.step = 'review'
          AND (e.details LIKE '%"result":"partial"%' OR e.details LIKE '%"result":"none"%')) AS wanting_on
FROM finding f JOIN agency a ON a.code = f.agency_code
"""
DEADLINES = """
CREATE VIEW deadlines AS
SELECT d.id, 'finding' AS kind, f.number, f.agency_code, f.agency, f.title, f.stage, f.assigned_to, f.management, f.superior,
       f.drafted, f.late, f.unreported, f.objected, f.notified, f.agency_due,
       d.period, d.owner, d.start_event, d.started_on, d.count, d.unit, d.due_on, d.provisional, d.met_on,
       d.cancelled_on, d.clause, d.after_id, d.policy_id, d.calendar_id
FROM deadline d JOIN findings f ON f.number = d.finding_number
"""
GUIDANCES = """
CREATE VIEW guidances AS
SELECT g.id, g.category, g.title, g.reached_on, g.due_on, g.provisional, g.state, g.why, g.proposed_on, g.opened_on, g.opened_by,
       g.issued_on, g.paper_id, g.dismissed_on, g.dismissed_why, g.officer, g.policy_id, g.calendar_id, p.number AS paper_number
FROM guidance g LEFT JOIN paper p ON p.id = g.paper_id
"""
ACTIVITIES = """
CREATE VIEW activities AS
SELECT c.id, c.kind, c.title, c.category, c.agency_code, a.name AS agency, c.who, c.asked_on, c.until_on, c.held_on, c.outcome,
       c.guidance_id, c.paper_id, c.ended_on, c.ended_why, c.officer, c.enterprises
FROM activity c LEFT JOIN agency a ON a.code = c.agency_code
"""
RESOLUTIONS = """
CREATE VIEW resolutions AS
SELECT r.id, r.activity_id, c.kind, c.title, c.held_on, r.text, r.agency_code, a.name AS agency, r.who, r.until_on, r.done_on,
       r.result, r.ended_on, r.ended_why, r.officer
FROM resolution r JOIN activity c ON c.id = r.activity_id LEFT JOIN agency a ON a.code = r.agency_code
"""
GUIDES = """
CREATE VIEW guides AS
SELECT g.id, g.agency_code, a.name AS agency, g.field, g.version, g.title, g.issued_on, g.file_name, g.bytes, g.sha256,
       g.withdrawn_on, g.withdrawn_why, g.officer,
       (SELECT COUNT(*) FROM guide_delivery d WHERE d.guide_id = g.id AND d.withdrawn_on IS NULL) AS deliveries
FROM guide g JOIN agency a ON a.code = g.agency_code
"""
DELIVERIES = """
CREATE VIEW guide_deliveries AS
SELECT d.id, d.guide_id, g.agency_code, g.field, g.version, g.title, d.enterprise_code, d.enterprise, d.delivered_on, d.way,
       d.withdrawn_on, d.withdrawn_why, d.officer
FROM guide_delivery d JOIN guide g ON g.id = d.guide_id
"""
NOTES = """
CREATE VIEW inspection_notes AS
SELECT n.id, n.record, n.agency_code, a.name AS agency, n.kind, n.done_on, n.text, n.withdrawn_on, n.withdrawn_why, n.officer
FROM inspection_note n LEFT JOIN agency a ON a.code = n.agency_code
"""
EXPERIENCES = """
CREATE VIEW experiences AS
SELECT e.id, e.kind, e.agency_code, a.name AS agency, e.title, e.text, e.received_on, e.finding_number, e.consent_on,
       e.consent_by, e.published_on, e.published_in, e.withdrawn_on, e.withdrawn_why, e.officer
FROM experience e JOIN agency a ON a.code = e.agency_code
"""
SCORES = """
CREATE VIEW scores AS
SELECT r.id AS round_id, r.period, r.state, r.drafted_on, r.object_by, r.final_on, r.start, r.line, s.agency_code,
       a.name AS agency, s.score
FROM score_agency s JOIN score_round r ON r.id = s.round_id JOIN agency a ON a.code = s.agency_code
"""

# A transfer to 区纪委监委 is in no view but that of all measures, which no report reads.
MEASURES = """
CREATE VIEW measures AS
SELECT e.id, e.finding_number, f.agency_code, a.name AS agency, e.done_on, e.officer, e.details,
       CASE WHEN e.details LIKE '%"measure":"circular"%' THEN 'circular'
            WHEN e.details LIKE '%"measure":"interview"%' THEN 'interview'
            WHEN e.details LIKE '%"measure":"criticism"%' THEN 'criticism'
            WHEN e.details LIKE '%"measure":"suspend"%' THEN 'suspend'
            WHEN e.details LIKE '%"measure":"revoke"%' THEN 'revoke'
            ELSE 'transfer' END AS measure
FROM event e JOIN finding f ON f.number = e.finding_number JOIN agency a ON a.code = f.agency_code
WHERE e.step LIKE 'account%'
"""


def upgrade() -> None:
    for view in ("deadlines", "findings"):
        op.execute(f"DROP VIEW {view}")
    op.add_column("finding", sa.Column("severity", sa.String(), nullable=True))
    op.create_table(
        "guidance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("dismissed_on", sa.Date(), nullable=True),
        sa.Column("dismissed_why", sa.Text(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"]),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar_year.id"]),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_guidance_category", "guidance", ["category"], unique=False)
    op.create_table(
        "guidance_agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guidance_id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"]),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("guidance_agency_of", "guidance_agency", ["guidance_id", "agency_code"], unique=True)
    op.create_index("ix_guidance_agency_agency_code", "guidance_agency", ["agency_code"], unique=False)
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("agency_code", sa.String(), nullable=True),
        sa.Column("who", sa.Text(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("guidance_id", sa.Integer(), nullable=True),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.Column("enterprises", sa.Integer(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.ForeignKeyConstraint(["guidance_id"], ["guidance.id"]),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_activity_agency_code", "activity", ["agency_code"], unique=False)
    op.create_index("ix_activity_kind", "activity", ["kind"], unique=False)
    op.create_table(
        "activity_agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("mended", sa.Integer(), nullable=True),
        sa.Column("enterprises", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"]),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("activity_agency_of", "activity_agency", ["activity_id", "agency_code"], unique=True)
    op.create_index("ix_activity_agency_agency_code", "activity_agency", ["agency_code"], unique=False)
    op.create_table(
        "resolution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"]),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_resolution_activity_id", "resolution", ["activity_id"], unique=False)
    op.create_index("ix_resolution_agency_code", "resolution", ["agency_code"], unique=False)
    op.create_table(
        "discipline_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.Column("receipt_on", sa.Date(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "guide",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("guide_of", "guide", ["agency_code", "field", "version"], unique=True)
    op.create_table(
        "guide_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guide_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_code", sa.String(), nullable=False),
        sa.Column("enterprise", sa.String(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("way", sa.String(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["guide_id"], ["guide.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "guide_delivery_of",
        "guide_delivery",
        ["guide_id", "enterprise_code", "delivered_on"],
        unique=True,
        sqlite_where=sa.text("withdrawn_on IS NULL"),
        postgresql_where=sa.text("withdrawn_on IS NULL"),
    )
    op.create_index("guide_delivery_to", "guide_delivery", ["enterprise_code", "delivered_on"], unique=False)
    op.create_table(
        "inspection_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_inspection_note_record", "inspection_note", ["record"], unique=False)
    op.create_table(
        "experience",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("finding_number", sa.String(), nullable=True),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("consent_by", sa.String(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_in", sa.String(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.ForeignKeyConstraint(["finding_number"], ["finding.number"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_experience_agency_code", "experience", ["agency_code"], unique=False)
    op.create_table(
        "score_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("drafted_on", sa.Date(), nullable=False),
        sa.Column("object_by", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("final_on", sa.Date(), nullable=True),
        sa.Column("voided_on", sa.Date(), nullable=True),
        sa.Column("void_why", sa.Text(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"]),
        sa.ForeignKeyConstraint(["calendar_id"], ["calendar_year.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_score_round_period", "score_round", ["period"], unique=False)
    op.create_table(
        "score_agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["score_round.id"]),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_score_agency_agency_code", "score_agency", ["agency_code"], unique=False)
    op.create_index("score_agency_of", "score_agency", ["round_id", "agency_code"], unique=True)
    op.create_table(
        "score_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("finding_number", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["score_round.id"]),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.ForeignKeyConstraint(["finding_number"], ["finding.number"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_score_line_finding_number", "score_line", ["finding_number"], unique=False)
    op.create_index("ix_score_line_round_id", "score_line", ["round_id"], unique=False)
    op.create_table(
        "score_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["score_round.id"]),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_score_objection_round_id", "score_objection", ["round_id"], unique=False)

    for view in (
        FINDINGS, DEADLINES, GUIDANCES, ACTIVITIES, RESOLUTIONS, GUIDES, DELIVERIES, NOTES, EXPERIENCES, SCORES, MEASURES,
    ):  # fmt: skip
        op.execute(view)
