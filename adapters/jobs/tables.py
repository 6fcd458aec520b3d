"""The library's tables: made beside the store's own, and looked at from outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from dbos._error import DBOSInitializationError
from dbos._sys_db import SystemDatabase
from sqlalchemy import Engine, text

from adapters.jobs.guards import SERIALIZER, quiet_logging
from adapters.jobs.ledger import Ledger
from bot.errors import StoreTooOld

_MIGRATION_LOCK: Final = 0x6561_7273_686F_74  # "earshot"


def create_job_tables(engine: Engine) -> None:
    """Create the tables, or bring them up to date. Safe to call again, or at once."""
    tables = _tables(engine)
    try:
        tables.verify_migrations()
    except DBOSInitializationError:
        with _alone(engine):
            tables.run_migrations()


def check_job_tables(engine: Engine) -> str:
    """How the jobs stand, in a sentence. Raises StoreTooOld where their tables are not."""
    try:
        _tables(engine).verify_migrations()
    except DBOSInitializationError:
        raise StoreTooOld("the tables of the job engine are missing or old") from None
    counts = Ledger(engine).counts()
    return (
        f"{counts.alive} jobs wait or run; in the last seven days {counts.given_up} were given up "
        f"and {counts.put_aside} put aside after crashes"
    )


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """The library goes on without its own lock after half a minute; SQLite needs none of ours.

    In no transaction, since the library makes indexes that wait for the end of all of them.
    """
    if engine.dialect.name == "sqlite":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        connection.detach()  # it is closed at the end, and with it the lock and the settings
        yield


def _tables(engine: Engine) -> SystemDatabase:
    quiet_logging()
    return SystemDatabase.create(
        system_database_url=f"{engine.dialect.name}://",  # only the dialect: the engine is given
        engine_kwargs={},
        engine=engine,
        schema=None,
        serializer=SERIALIZER,
        executor_id=None,
        use_listen_notify=False,
    )
