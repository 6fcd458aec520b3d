"""The library's tables: made beside the store's own, and looked at from outside."""

from dbos._error import DBOSInitializationError
from dbos._sys_db import SystemDatabase
from sqlalchemy import Engine

from adapters.jobs.guards import SERIALIZER, quiet_logging
from adapters.jobs.ledger import Ledger
from bot.errors import StoreTooOld


def create_job_tables(engine: Engine) -> None:
    """Create the tables, or bring them up to date. Safe to call again, or at once."""
    _tables(engine).run_migrations()


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


def _tables(engine: Engine) -> SystemDatabase:
    quiet_logging()
    return SystemDatabase.create(
        system_database_url="sqlite://",  # names the dialect only: the engine is given
        engine_kwargs={},
        engine=engine,
        schema=None,
        serializer=SERIALIZER,
        executor_id=None,
    )
