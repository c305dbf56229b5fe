"""The last journal entry's number stands in a ledger file's head too; on a server nothing changes."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        last = connection.exec_driver_sql("SELECT COALESCE(MAX(seq), 0) FROM journal").scalar()
        connection.exec_driver_sql(f"PRAGMA user_version = {last}")
