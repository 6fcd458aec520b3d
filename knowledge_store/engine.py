"""Opens the database that a URL names, SQLite or PostgreSQL, and the two kinds of transaction."""

from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.errors import StoreUnsupported
from knowledge_store.dialects import POSTGRESQL
from knowledge_store.engine_postgresql import DRIVER, open_postgresql, told_by
from knowledge_store.engine_sqlite import BEGIN_WITH, open_sqlite


def open_engine(url: str) -> Engine:
    """Open the database; a missing SQLite file is created.

    Raises StoreUnsupported, SqliteTooOld, PostgresUnfit, or StoreUnavailable with the reason.
    """
    parsed = _parsed(url)
    if parsed.drivername == DRIVER:
        return open_postgresql(parsed)
    if parsed.get_backend_name() == "sqlite":
        return open_sqlite(parsed)
    raise StoreUnsupported(parsed.drivername)


def for_reading(engine: Engine) -> Engine:
    """The engine whose transactions see one state of the database throughout, and only read."""
    if engine.dialect.name == POSTGRESQL:
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(**{BEGIN_WITH: "DEFERRED"})


def for_writing(engine: Engine) -> Engine:
    """The engine whose transactions write; on SQLite one at a time, from their beginning."""
    if engine.dialect.name == POSTGRESQL:
        return engine.execution_options(isolation_level="READ COMMITTED")
    return engine.execution_options(**{BEGIN_WITH: "IMMEDIATE"})


def reason_of(error: DBAPIError) -> str:
    """The driver's own words: they name no value of any row."""
    return told_by(error)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise StoreUnsupported("the URL cannot be read") from None
