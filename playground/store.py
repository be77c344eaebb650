"""The tables: SQLAlchemy Core, SQLite unless a URL says otherwise (PostgreSQL works as it is).

The schema has a version row. A database that a newer Threadplay wrote is refused with a sentence, never guessed at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Column, Engine, Index, Integer, MetaData, String, Table, Text, create_engine, event, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from playground.model.errors import PlaygroundError

SCHEMA = 1
BUSY_MS = 5_000

metadata = MetaData()
schema = Table("threadplay_schema", metadata, Column("id", Integer, primary_key=True), Column("version", Integer, nullable=False))
shares = Table(
    "share",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("created", Integer, nullable=False),
    Column("product", String(40), nullable=False),
)
Index("share_created", shares.c.created)


class StoreError(PlaygroundError):
    """The database cannot be used; the sentence says why and what to do."""


def open_store(url: str) -> Engine:
    """An engine on a database with our tables in it; makes what is missing."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, pool_pre_ping=address.get_backend_name() != "sqlite")
    if address.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    try:
        _prepare(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _prepare(engine: Engine) -> None:
    """Tables and version row, also when two servers start at once."""
    try:
        if not inspect(engine).has_table(schema.name):
            metadata.create_all(engine)
        with engine.begin() as connection:
            if connection.execute(select(schema.c.version)).first() is None:
                connection.execute(insert(schema).values(id=1, version=SCHEMA))
    except DatabaseError as error:
        if not _made_by_another(engine):
            raise StoreError(f"The database {engine.url!r} cannot be opened: {error.orig}.") from error
    with engine.connect() as connection:
        version = connection.execute(select(schema.c.version)).scalar_one()
    if version != SCHEMA:
        raise StoreError(f"The database {engine.url!r} has schema {version}; this Threadplay knows {SCHEMA}. Use the one that wrote it.")


def _made_by_another(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            return connection.execute(select(schema.c.version)).first() is not None
    except DatabaseError:
        return False


def _tune_sqlite(connection: Any, _record: object) -> None:
    """Readers never wait for the writer; a writer waits for another instead of failing."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
