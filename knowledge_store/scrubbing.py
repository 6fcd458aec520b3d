"""Leaves nothing on the disk of rows that were deleted.

SQLite overwrites what is deleted (`secure_delete`, and the same of the full-text index), but the
write-ahead log holds older pages until it is emptied, and the upper levels of the full-text index
hold words of entries that are gone until they are merged anew.

PostgreSQL leaves deleted rows in a table's file until VACUUM, which gives their place free and does
not overwrite it; `rewrite` copies each table into a new file. Its own log and its replicas are for
whoever runs it.
"""

import time
from typing import Final

from sqlalchemy import Connection, Engine

from knowledge_store.dialects import POSTGRESQL
from knowledge_store.tables import Base

_TRIES: Final = 3
_PAUSE_S: Final = 0.2
_PAGES_A_STEP: Final = 500
_FULL_TEXT = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"


def scrub(engine: Engine, *, rewrite: bool) -> bool:
    """False where others read all the while, so that the log could not be emptied."""
    if engine.dialect.name == POSTGRESQL:
        _vacuum(engine, full=rewrite)
        return True
    with engine.connect() as connection:
        _merge_indexes(connection)
        if rewrite:
            connection.exec_driver_sql("VACUUM")
        return _empty_log(connection)


def _merge_indexes(connection: Connection) -> None:
    """In steps, so that nobody who writes waits for the whole."""
    for name in connection.exec_driver_sql(_FULL_TEXT).scalars().all():
        step = f"INSERT INTO {name} ({name}, rank) VALUES ('merge', {{pages}})"  # noqa: S608 # nosec B608 - ours
        pages = -_PAGES_A_STEP  # negative: begin to merge everything into one
        while _changed(connection, step.format(pages=pages)) > 1:
            pages = _PAGES_A_STEP


def _changed(connection: Connection, statement: str) -> int:
    """How many rows the index wrote: fewer than two when there is nothing left to merge."""
    before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
    connection.exec_driver_sql(statement)
    connection.commit()
    return int(connection.exec_driver_sql("SELECT total_changes()").scalar_one() - before)


def _empty_log(connection: Connection) -> bool:
    for _ in range(_TRIES):
        is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        if not is_busy:
            return True
        time.sleep(_PAUSE_S)
    return False


def _vacuum(engine: Engine, *, full: bool) -> None:
    command = "VACUUM (FULL)" if full else "VACUUM"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in Base.metadata.sorted_tables:
            connection.exec_driver_sql(f"{command} {table.name}")
