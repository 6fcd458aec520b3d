"""Opens a SQLite file the way that loses nothing: the one place that knows its driver."""

from pathlib import Path
from typing import Any, Final

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import SqliteTooOld, StoreUnavailable, StoreUnsupported

OLDEST_SQLITE: Final = (3, 51, 3)
"""Versions before can corrupt the write-ahead log when it is reset (sqlite.org/wal.html)."""

BEGIN_WITH: Final = "earshot_begin_with"
"""Execution option of our own transactions: `DEFERRED` to read, `IMMEDIATE` to write."""

_BUSY_TIMEOUT_MS = 15_000

_PRAGMAS = (
    f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}",  # first: the others may have to wait
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL can lose what was committed when the power fails
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is deleted leaves no copy in the file
)


def open_sqlite(url: URL) -> Engine:
    """Open the database file, creating it and its folder where missing.

    Raises StoreUnsupported, SqliteTooOld, or StoreUnavailable with the path and the reason.
    """
    path = _database_file(url)
    from pysqlite3 import dbapi2  # type: ignore[import-untyped] # noqa: PLC0415 - no stubs; slow

    refuse_old_sqlite(dbapi2.sqlite_version_info)
    _create_private_file(path)
    engine = sqlalchemy.create_engine(
        URL.create("sqlite", database=str(path)),
        module=dbapi2,
        hide_parameters=True,  # else an error's text holds what people wrote
        pool_size=10,
        max_overflow=10,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    _try(engine, path)
    return engine


def refuse_old_sqlite(version: tuple[int, ...]) -> None:
    """Raise SqliteTooOld for a version that can lose data."""
    if version < OLDEST_SQLITE:
        raise SqliteTooOld("this is " + ".".join(map(str, version)))


def _database_file(url: URL) -> Path:
    if url.query:
        raise StoreUnsupported("a file's URL takes no options")
    if url.database in {None, "", ":memory:"}:
        raise StoreUnsupported("a database in memory forgets everything at the end")
    return Path(str(url.database)).expanduser().absolute()


def _create_private_file(path: Path) -> None:
    """Nobody else on the machine may read it; SQLite's own side files inherit its mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"{path}: {error.strerror}") from error


def _prepare(connection: Any, _: ConnectionPoolEntry) -> None:
    # With this the driver itself opens an immediate transaction before a statement that writes:
    # what the job engine expects of a connection. Our own transactions begin by `_begin`.
    connection.isolation_level = "IMMEDIATE"
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    """Begin for real, which the driver would put off until the first write.

    Reads then see one state of the database throughout; a writer takes the lock before it reads,
    since a transaction that turns from reader into writer fails at once instead of waiting.
    """
    mode = connection.get_execution_options().get(BEGIN_WITH)
    if mode is not None:
        connection.exec_driver_sql(f"BEGIN {mode}")


def _try(engine: Engine, path: Path) -> None:
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
    except DBAPIError as error:
        engine.dispose()
        raise StoreUnavailable(f"{path}: {error.orig}") from error
