"""What lists need is kept ready: a policy as it says; indexes of common problems, papers' folders, and whose inspections a day has."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_index("inspection_day", "inspection")
    op.add_column("policy", sa.Column("ready", sa.Text(), nullable=True))
    for name, table, columns, only in (
        ("finding_common", "finding", ["category", "found_on", "agency_code"], "stage <> 'withdrawn'"),
        ("anomaly_common", "anomaly", ["rule", "found_on", "agency_code"], "state IN ('open', 'verified')"),
        ("paper_folder", "paper", ["folder"], "folder IS NOT NULL"),
        ("inspection_day", "inspection", ["day", "agency_code"], "latest = 1"),
    ):
        op.create_index(name, table, columns, unique=False, sqlite_where=sa.text(only), postgresql_where=sa.text(only))
