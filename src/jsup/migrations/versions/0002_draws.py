"""Draws in two steps, substitutions, checks of the drawn agencies, successions. Draws made before keep their values."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# The places of draws that stand, each with the agency that holds it now; open until one check of it is entered.
# The check is due by the quarter's last day.
DRAW_CHECKS = """
CREATE VIEW draw_checks AS
WITH held AS (
    SELECT p.draw_id, p.place, p.uid FROM draw_place p
    UNION ALL SELECT s.draw_id, s.place, s.uid FROM draw_substitution s
)
SELECT 'draw' AS kind, d.draw_id AS number, d.quarter, h.place, h.uid AS agency_code, a.name AS agency,
       d.drawn_on AS started_on,
       SUBSTR(d.quarter, 1, 4) || CASE SUBSTR(d.quarter, 6, 1)
           WHEN '1' THEN '-03-31' WHEN '2' THEN '-06-30' WHEN '3' THEN '-09-30' ELSE '-12-31' END AS due_on,
       (SELECT MIN(c.done_on) FROM draw_check c
        WHERE c.draw_id = d.draw_id AND c.uid = h.uid AND c.withdrawn_on IS NULL) AS met_on
FROM held h JOIN draw d ON d.draw_id = h.draw_id JOIN agency a ON a.code = h.uid
WHERE d.voided_on IS NULL
  AND NOT EXISTS (SELECT 1 FROM draw_substitution r WHERE r.draw_id = h.draw_id AND r.replaced = h.uid)
"""


def upgrade() -> None:
    with op.batch_alter_table("draw") as draw:
        draw.add_column(sa.Column("coverage", sa.Integer(), nullable=True))
        for name in ("frozen_on", "announced_on", "known_on", "voided_on"):
            draw.add_column(sa.Column(name, sa.Date(), nullable=True))
        for name in ("source", "published_at", "void_why"):
            draw.add_column(sa.Column(name, sa.String(), nullable=True))
        for name in ("public_value", "seed"):
            draw.alter_column(name, existing_type=sa.String(), nullable=True)
        draw.alter_column("drawn_on", existing_type=sa.Date(), nullable=True)
    op.create_table(
        "succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["after_id"], ["draw.id"]),
        sa.ForeignKeyConstraint(["new"], ["agency.code"]),
        sa.ForeignKeyConstraint(["old"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_succession_old", "succession", ["old"], unique=False)
    op.create_index("ix_succession_new", "succession", ["new"], unique=False)
    op.create_table(
        "draw_substitution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("wait", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.draw_id"]),
        sa.ForeignKeyConstraint(["replaced"], ["agency.code"]),
        sa.ForeignKeyConstraint(["uid"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("draw_substitution_of", "draw_substitution", ["draw_id", "replaced"], unique=True)
    op.create_table(
        "draw_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.String(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("methods", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("officer", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.draw_id"]),
        sa.ForeignKeyConstraint(["uid"], ["agency.code"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("draw_check_of", "draw_check", ["draw_id", "uid"], unique=False)
    op.create_table(
        "draw_check_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=True),
        sa.Column("item", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("finding_number", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["check_id"], ["draw_check.id"]),
        sa.ForeignKeyConstraint(["finding_number"], ["finding.number"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_draw_check_item_check_id", "draw_check_item", ["check_id"], unique=False)
    op.execute(DRAW_CHECKS)
