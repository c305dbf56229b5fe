"""A ledger on a PostgreSQL server: reaching it, which schema it has, and reading it, through the driver alone.

Everything lies in the database's schema `jsup`. The driver is imported only where a server is named.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from jsup.errors import N_, LedgerError
from jsup.files import BUSY_SECONDS, Run, Values, no_ledger_at

if TYPE_CHECKING:
    import psycopg

HOUSE: Final = "jsup"
"""The database's schema in which a ledger lies."""

LOCK: Final = 0x6A737570
"""What writers hold one after another: the number of an advisory lock."""

NO_RIGHT: Final = "42501"
"""How PostgreSQL says that somebody has no right to do something."""

_STREAMED: Final = 1_000
"""Rows that the server sends at a time where they are gone through one by one."""

_OLDEST: Final = 160000
"""The first version of PostgreSQL that can tell whether a text is JSON."""

SHAPE: Final = """
    WITH ours AS (SELECT c.* FROM pg_class c WHERE relnamespace = {house}),
    months AS (SELECT c.oid FROM ours c JOIN pg_inherits h ON h.inhrelid = c.oid JOIN ours o ON o.oid = h.inhparent
               WHERE o.relname = 'inspection' AND o.relkind = 'p' AND c.relkind = 'r')
    SELECT 'table' AS kind, c.relname::text AS name, string_agg(concat_ws(' ', a.attname,
               format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation::regcollation,
               pg_get_expr(d.adbin, d.adrelid)), ', ' ORDER BY a.attnum) AS made
        FROM ours c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
        WHERE c.relkind NOT IN ('i', 'I') AND c.oid NOT IN (SELECT oid FROM months) GROUP BY 2
    UNION ALL SELECT 'parts', c.relname::text, pg_get_partkeydef(c.oid) FROM ours c WHERE c.relkind = 'p'
    UNION ALL SELECT 'view', c.relname::text, pg_get_viewdef(c.oid) FROM ours c WHERE c.relkind = 'v'
    UNION ALL SELECT 'index', c.relname::text, regexp_replace(pg_get_indexdef(c.oid), ' ON (ONLY )?[a-z_0-9]+[.]', ' ON ')
        FROM ours c JOIN pg_index i ON i.indexrelid = c.oid
        WHERE NOT (c.relispartition AND i.indrelid IN (SELECT oid FROM months))
    UNION ALL SELECT 'constraint', c.relname || '.' || o.conname, pg_get_constraintdef(o.oid)
        FROM ours c JOIN pg_constraint o ON o.conrelid = c.oid
        WHERE o.coninhcount = 0 OR c.oid NOT IN (SELECT oid FROM months)
    UNION ALL SELECT 'trigger', c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid)
        FROM ours c JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal
    UNION ALL SELECT 'rule', c.relname || '.' || r.rulename, pg_get_ruledef(r.oid)
        FROM ours c JOIN pg_rewrite r ON r.ev_class = c.oid WHERE r.rulename <> '_RETURN'
    UNION ALL SELECT 'function', p.proname::text, p.prosrc FROM pg_proc p WHERE p.pronamespace = {house}
"""
"""What a ledger's schema holds: kind, name, and how it was made. Of the inspections' months only what is their own."""

BY_MONTH: Final[dict[tuple[str, str], str | None]] = {
    ("parts", "inspection"): "RANGE (day)",
    ("constraint", "inspection.inspection_pkey"): "PRIMARY KEY (id, day)",
    ("index", "inspection_pkey"): "CREATE UNIQUE INDEX inspection_pkey ON inspection USING btree (id, day)",
    ("index", "inspection_record"): "CREATE UNIQUE INDEX inspection_record ON inspection USING btree (record, version, day)",
}
"""What is otherwise in a schema whose inspections lie by month, as data/partitions.sql lays them."""

_ADDRESS = re.compile(r"postgres(?:ql)?(?:\+psycopg)?://")
_NAMED = re.compile(r"(?<!:):([a-z_][a-z_0-9]*)")


@dataclass(frozen=True)
class Server:
    """A ledger's address, a URL; shown without its password."""

    url: str

    def __post_init__(self) -> None:
        if not _ADDRESS.match(self.url):
            raise LedgerError(
                N_("{ledger} is no address of a ledger: write it as postgresql+psycopg://user@host/database"), ledger=str(self)
            )

    @property
    def dsn(self) -> str:
        """The address as libpq reads it."""
        return _ADDRESS.sub("postgresql://", self.url, count=1)

    def __str__(self) -> str:
        return _without_password(self.url)


def _without_password(said: str) -> str:
    """Return an address, or what the driver says of one, without the password: up to the last @, whatever it holds."""
    return re.sub(r"(password=)[^&]*", r"\1***", re.sub(r"(://[^:@/]*):.*@", r"\1:***@", said))


def connect(server: Server) -> "psycopg.Connection[Any]":
    """Open a connection whose names are those of the ledger.

    Raises:
        LedgerError: the driver is not installed, the server does not answer, or it is too old.
    """
    try:
        import psycopg  # noqa: PLC0415
    except ImportError:
        raise LedgerError(
            N_("{ledger}: for a ledger on a server install jsup[postgres] (pip install 'jsup[postgres]')"), ledger=server
        ) from None
    try:
        # values go into the statement at this end: the server need not guess the type of one that is NULL
        connection = psycopg.connect(server.dsn, autocommit=True, cursor_factory=psycopg.ClientCursor, client_encoding="utf8")
        connection.execute(f"SET search_path TO {HOUSE}")
        connection.execute("SET DateStyle TO ISO")
        connection.execute(f"SET lock_timeout TO '{BUSY_SECONDS}s'")
    except psycopg.Error as error:
        raise explain_failure(error, server) from error
    if connection.info.server_version < _OLDEST:
        connection.close()
        raise LedgerError(N_("{ledger}: jsup wants PostgreSQL 16 or later"), ledger=server)
    return connection


def explain_failure(error: Exception, server: object) -> LedgerError:
    """Put what the server says into a sentence with what to do."""
    said = _without_password(" ".join(str(error).split())) or type(error).__name__
    state = getattr(error, "sqlstate", None) or ""
    if state == NO_RIGHT:
        return LedgerError(
            N_("{ledger}: you have no right to do this ({error}): ask the ledger's owner"), ledger=server, error=said
        )
    if state == "55P03":  # lock_not_available
        return LedgerError(
            N_("{path}: another program has been writing for {seconds} seconds: try again"), path=server, seconds=BUSY_SECONDS
        )
    if state == "53100":  # disk_full
        return LedgerError(N_("{path}: the disk is full, and nothing was changed: make room and try again"), path=server)
    if state == "25006":  # read_only_sql_transaction
        return LedgerError(
            N_("{ledger} is read-only, and nothing was changed: name the server that may be written"), ledger=server
        )
    return LedgerError(
        N_("{ledger} cannot be reached or used ({error}): look at the address and the server"),
        ledger=server,
        error=said,
    )


def revision(server: Server) -> str:
    """Return the schema revision of the ledger on a server.

    Raises:
        LedgerError: there is no ledger, or the server does not answer.
    """
    with reading(server) as run:
        if run("SELECT to_regclass(:name) AS found", {"name": f"{HOUSE}.alembic_version"})[0]["found"] is None:
            raise no_ledger_at(server)
        rows = run("SELECT version_num FROM alembic_version", {})
        return str(rows[0]["version_num"]) if rows else ""


@contextmanager
def reading(server: Server, *, scratch: bool = False) -> Iterator[Run]:
    """Open the ledger for reading, all of it as at one moment; with `scratch`, temporary tables may be made."""
    connection = connect(server)
    import psycopg  # noqa: PLC0415
    from psycopg.rows import dict_row, tuple_row  # noqa: PLC0415
    from psycopg.types.string import TextLoader  # noqa: PLC0415

    with connection:
        connection.row_factory = dict_row
        connection.adapters.register_loader("date", TextLoader)
        connection.autocommit = False
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = not scratch

        def execute(sql: str, values: Values) -> list[dict[str, Any]]:
            try:
                if isinstance(values, list):
                    connection.cursor().executemany(named(sql), values)
                    return []
                cursor = connection.execute(named(sql), values)
                return cursor.fetchall() if cursor.description else []
            except psycopg.Error as error:
                raise explain_failure(error, server) from error

        def stream(sql: str, values: Values) -> Iterator[tuple[Any, ...]]:
            try:
                with connection.cursor("stream", row_factory=tuple_row) as cursor:
                    cursor.itersize = _STREAMED
                    yield from cursor.execute(named(sql), values)
            except psycopg.Error as error:
                raise explain_failure(error, server) from error

        yield Run(execute, "postgresql", stream)
        connection.rollback()


@lru_cache(512)
def named(sql: str) -> str:
    """Write a statement's named values as psycopg wants them."""
    return _NAMED.sub(r"%(\1)s", sql.replace("%", "%%"))
