"""The watch: clues, plans, inspections and what is wrong in them; inspectors, entrustments, former names, who works on what."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

FINDINGS = """
CREATE VIEW findings AS
SELECT f.number, f.agency_code, a.name AS agency, f.category, f.title, f.stage, f.found_on, f.source, f.facts,
       f.basis, f.remaining, f.rectified_on, f.decision_number, f.decision_until, f.assigned_to, a.management, a.superior,
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
SELECT d.id, 'finding' AS kind, f.number, f.agency_code, f.agency, f.title, f.stage, f.assigned_to, f.management, f.superior,
       f.drafted, f.late, f.unreported, f.objected, f.notified, f.agency_due,
       d.period, d.owner, d.start_event, d.started_on, d.count, d.unit, d.due_on, d.provisional, d.met_on,
       d.cancelled_on, d.clause, d.after_id, d.policy_id, d.calendar_id
FROM deadline d JOIN findings f ON f.number = d.finding_number
"""

# A paper names its agency as its text does, whenever the agency was renamed, or that was entered; by the day it was drafted
# where its text does not tell.
PAPERS = """
CREATE VIEW papers AS
SELECT p.id, p.kind, p.number, p.state, p.agency_code,
       COALESCE(CASE WHEN REPLACE(p.data, '"agency":"' || a.name || '"', '') <> p.data THEN a.name END,
                (SELECT n.name FROM agency_name n
                 WHERE n.agency_code = p.agency_code AND REPLACE(p.data, '"agency":"' || n.name || '"', '') <> p.data
                 ORDER BY n.until_on DESC, n.id DESC LIMIT 1),
                (SELECT n.name FROM agency_name n
                 WHERE n.agency_code = p.agency_code AND n.until_on > p.drafted_on ORDER BY n.until_on, n.id LIMIT 1),
                a.name) AS agency,
       p.ground, p.drafted_on, p.drafted_by,
       p.reviewed_on, p.reviewed_by, p.signed_on, p.signed_by, p.sealed_on, p.sealed_by, p.served_on, p.served_way,
       p.served_to, p.voided_on, p.voided_by, p.void_why, p.number_why, p.draw_id, p.folder, p.file_name, p.sha256
FROM paper p LEFT JOIN agency a ON a.code = p.agency_code
"""
INSPECTORS = """
CREATE VIEW inspectors AS
SELECT i.certificate, i.name, i.agency_code, a.name AS agency, i.valid_from, i.valid_to,
       COALESCE(s.state, 'valid') AS state, s.from_on AS state_from, s.until_on AS state_until, s.document
FROM inspector i JOIN agency a ON a.code = i.agency_code
LEFT JOIN certificate_state s ON s.id = (SELECT MAX(l.id) FROM certificate_state l WHERE l.certificate = i.certificate)
"""
ENTRUSTMENTS = """
CREATE VIEW entrustments AS
SELECT e.id, e.organ_code, a.name AS organ, e.body, e.scope, e.from_on, e.to_on, e.document, e.ended_on, e.ended_why
FROM entrustment e JOIN agency a ON a.code = e.organ_code
"""
CLUES = """
CREATE VIEW clues AS
SELECT c.number, c.channel, c.source_number, c.agency_code, a.name AS agency, c.received_on, c.title, c.content, c.officer,
       c.gathering_id, c.state, c.triaged_on, c.why, c.finding_number, c.merged_into, c.referred_to, c.paper_id
FROM clue c LEFT JOIN agency a ON a.code = c.agency_code
"""
COMPLAINTS = """
CREATE VIEW complaints AS
SELECT c.agency_code, a.name AS agency, c.number, c.subject, c.received_on, c.accepted_on, c.done_on, c.result
FROM complaint c JOIN agency a ON a.code = c.agency_code
"""
PLANS = """
CREATE VIEW plans AS
SELECT p.code, p.agency_code, a.name AS agency, a.level, p.title, p.kind, p.year, p.from_on, p.to_on, p.field, p.ordered_by,
       p.made_on, p.municipal_on, p.municipal_number, p.filed_on, p.filed_number, p.published_on, p.published_at,
       p.legality, p.reasonableness, p.coordination,
       (SELECT COUNT(*) FROM plan_visit v WHERE v.plan_code = p.code AND v.dropped_on IS NULL) AS visits
FROM plan p JOIN agency a ON a.code = p.agency_code
"""
INSPECTIONS = """
CREATE VIEW inspections AS
SELECT i.record, i.version, i.title, i.agency_code, COALESCE(a.name, i.agency) AS agency, i.body, i.enterprise, i.enterprise_code,
       i.district, i.form, i.kind, i.method, i.result, i.visited_on, i.inspectors, i.certificates, i.uploaded_on, i.code,
       i.plan_code, i.reason, i.joint, i.item, i.risk, i.trigger, i.notice, i.rating, i.offsite, i.triggered
FROM inspection i LEFT JOIN agency a ON a.code = i.agency_code WHERE i.latest = 1
"""
ANOMALIES = """
CREATE VIEW anomalies AS
SELECT n.id, n.rule, n.month, n.clause, n.agency_code, a.name AS agency, n.enterprise_code, n.records, n.reason, n.found_on,
       n.state, n.decided_on, n.decided_by, n.why, n.finding_number
FROM anomaly n LEFT JOIN agency a ON a.code = n.agency_code
"""


def upgrade() -> None:
    for view in ("papers", "deadlines", "findings"):
        op.execute(f"DROP VIEW {view}")
    op.add_column("finding", sa.Column("assigned_to", sa.String(), nullable=True))
    op.create_table(
        "agency_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_agency_name_agency_code", "agency_name", ["agency_code"], unique=False)
    op.create_table(
        "inspector",
        sa.Column("certificate", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("certificate"),
    )
    op.create_index("ix_inspector_agency_code", "inspector", ["agency_code"], unique=False)
    op.create_table(
        "certificate_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["certificate"], ["inspector.certificate"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_certificate_state_certificate", "certificate_state", ["certificate"], unique=False)
    op.create_table(
        "entrustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organ_code", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["organ_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_entrustment_body", "entrustment", ["body"], unique=False)
    op.create_index("ix_entrustment_organ_code", "entrustment", ["organ_code"], unique=False)
    op.create_table(
        "gathering",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "clue",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("source_number", sa.String(), nullable=True),
        sa.Column("agency_code", sa.String(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("triaged_on", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("finding_number", sa.String(), nullable=True),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("referred_to", sa.String(), nullable=True),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.ForeignKeyConstraint(["finding_number"], ["finding.number"]),
        sa.ForeignKeyConstraint(["gathering_id"], ["gathering.id"]),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"]),
        sa.ForeignKeyConstraint(["merged_into"], ["clue.number"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("clue_source", "clue", ["channel", "source_number"], unique=True)
    op.create_index("ix_clue_agency_code", "clue", ["agency_code"], unique=False)
    op.create_index("ix_clue_finding_number", "clue", ["finding_number"], unique=False)
    op.create_table(
        "complainant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clue_number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("identity", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=True),
        sa.Column("erased_why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["clue_number"], ["clue.number"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("clue_number"),
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("complaint_of", "complaint", ["agency_code", "number"], unique=True)
    op.create_index(
        "complaint_open",
        "complaint",
        ["received_on"],
        unique=False,
        sqlite_where=sa.text("done_on IS NULL"),
        postgresql_where=sa.text("done_on IS NULL"),
    )
    op.create_table(
        "plan",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("ordered_by", sa.String(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("municipal_on", sa.Date(), nullable=True),
        sa.Column("municipal_number", sa.String(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("filed_number", sa.String(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.String(), nullable=True),
        sa.Column("legality", sa.Text(), nullable=True),
        sa.Column("reasonableness", sa.Text(), nullable=True),
        sa.Column("coordination", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("ix_plan_agency_code", "plan", ["agency_code"], unique=False)
    op.create_table(
        "plan_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_code", sa.String(), nullable=False),
        sa.Column("merged_on", sa.Date(), nullable=False),
        sa.Column("visit_on", sa.Date(), nullable=False),
        sa.Column("joint", sa.String(), nullable=True),
        sa.Column("saved", sa.Integer(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "plan_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_code", sa.String(), nullable=False),
        sa.Column("enterprise_code", sa.String(), nullable=False),
        sa.Column("enterprise", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=True),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["merge_id"], ["plan_merge.id"]),
        sa.ForeignKeyConstraint(["plan_code"], ["plan.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_plan_visit_merge_id", "plan_visit", ["merge_id"], unique=False)
    op.create_index("ix_plan_visit_plan_code", "plan_visit", ["plan_code"], unique=False)
    op.create_index("plan_visit_at", "plan_visit", ["enterprise_code", "from_on"], unique=False)
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("enterprise", sa.String(), nullable=True),
        sa.Column("enterprise_code", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=True),
        sa.Column("form", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("inspectors", sa.Text(), nullable=True),
        sa.Column("certificates", sa.Text(), nullable=True),
        sa.Column("uploaded_on", sa.Date(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("plan_code", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("joint", sa.String(), nullable=True),
        sa.Column("item", sa.String(), nullable=True),
        sa.Column("risk", sa.String(), nullable=True),
        sa.Column("trigger", sa.String(), nullable=True),
        sa.Column("notice", sa.String(), nullable=True),
        sa.Column("rating", sa.String(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("lag", sa.Integer(), nullable=True),
        sa.Column("crew", sa.Integer(), nullable=False),
        sa.Column("offsite", sa.Integer(), nullable=False),
        sa.Column("triggered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("inspection_day", "inspection", ["day"], unique=False)
    op.create_index("inspection_record", "inspection", ["record", "version"], unique=True)
    op.create_index("inspection_visit", "inspection", ["enterprise_code", "day"], unique=False)
    op.create_table(
        "heading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_heading_heading", "heading", ["heading"], unique=False)
    op.create_table(
        "municipal_item",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("struck_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["agency_code"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_look_agency_code", "look", ["agency_code"], unique=False)
    op.create_index("look_of", "look", ["month", "agency_code"], unique=False)
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "duty_done",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("officer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_duty_done_duty_id", "duty_done", ["duty_id"], unique=False)
    op.create_table(
        "anomaly",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("agency_code", sa.String(), nullable=False),
        sa.Column("enterprise_code", sa.String(), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("finding_number", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["finding_number"], ["finding.number"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("anomaly_key", "anomaly", ["rule", "key"], unique=True)
    op.create_index(
        "anomaly_open",
        "anomaly",
        ["found_on"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_anomaly_agency_code", "anomaly", ["agency_code"], unique=False)
    op.create_index("ix_anomaly_finding_number", "anomaly", ["finding_number"], unique=False)
    op.create_index("ix_anomaly_month", "anomaly", ["month"], unique=False)

    for view in (FINDINGS, DEADLINES, PAPERS, INSPECTORS, ENTRUSTMENTS, CLUES, COMPLAINTS, PLANS, INSPECTIONS, ANOMALIES):
        op.execute(view)
