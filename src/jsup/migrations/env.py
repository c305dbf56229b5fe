"""Run by Alembic on the connection that ledger.py hands over; never on a URL of its own."""

from alembic import context
from sqlmodel import SQLModel

from jsup import models

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
assert models.Journal.metadata is SQLModel.metadata
context.run_migrations()
