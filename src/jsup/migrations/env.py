"""Run by Alembic on the connection that ledger.py hands over; never on a URL of its own."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlalchemy.ext.compiler import compiles
from sqlmodel import SQLModel

from jsup import models, outcomes, watched


@compiles(sa.String, "postgresql")
@compiles(sa.Text, "postgresql")
def in_one_order(_type: object, _compiler: object, **_: Any) -> str:
    """Sort texts on a server as in a file: by their code points, whatever the database's language."""
    return 'TEXT COLLATE "C"'


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
assert models.Journal.metadata is watched.Batch.metadata is outcomes.Guide.metadata is SQLModel.metadata
context.run_migrations()
