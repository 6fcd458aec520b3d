"""Opens a PostgreSQL database, once it is seen to be one that can be worked with."""

from typing import Any, Final

import sqlalchemy
from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import PostgresUnfit, StoreUnavailable

OLDEST_POSTGRESQL: Final = 15
DRIVER: Final = "postgresql+psycopg"

_LOCK_TIMEOUT_MS = 15_000  # as long as a writer waits for another on SQLite
_CONNECT_ARGS: Final = {
    "application_name": "earshot",
    "client_encoding": "utf8",
    "connect_timeout": "5",
    # A server that is gone without a word is noticed within a minute.
    "keepalives_idle": "20",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}

_SESSION = (
    # The job engine keeps its tables in a schema of its own; our SQL on them names none.
    'SET search_path = "$user", public, dbos',
    f"SET lock_timeout = {_LOCK_TIMEOUT_MS}",
    "SET statement_timeout = 60000",
    # Whoever freezes within a transaction does not hold the others up for ever.
    "SET idle_in_transaction_session_timeout = 60000",
    "SET TimeZone = 'UTC'",
)

_HOW_TO_CREATE = (
    "CREATE DATABASE earshot TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
)


def open_postgresql(url: URL) -> Engine:
    """Open the database. Raises StoreUnavailable, or PostgresUnfit with what to do."""
    engine = sqlalchemy.create_engine(
        url,
        connect_args={
            name: value for name, value in _CONNECT_ARGS.items() if name not in url.query
        },
        hide_parameters=True,  # else an error's text holds what people wrote
        pool_pre_ping=True,  # a server that was restarted costs nobody an error
        pool_size=10,
        max_overflow=10,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "handle_error", _hide_values)
    try:
        with engine.connect() as connection:
            _check(connection)
    except DBAPIError as error:
        engine.dispose()
        raise StoreUnavailable(told_by(error)) from None  # the cause holds the connection's address
    except PostgresUnfit:
        engine.dispose()
        raise
    return engine


def told_by(error: DBAPIError) -> str:
    """The server's own sentence, without the details, which hold values of rows."""
    diagnosis = getattr(error.orig, "diag", None)
    primary = getattr(diagnosis, "message_primary", None)
    return str(primary or error.orig).partition("\n")[0]


def _check(connection: Connection) -> None:
    """Raise PostgresUnfit for a server or a database that we would go wrong on."""
    version = connection.dialect.server_version_info or (0,)
    if int(version[0]) < OLDEST_POSTGRESQL:
        running = ".".join(map(str, version))
        raise PostgresUnfit(f"this server is PostgreSQL {running}: install 15 or newer")
    encoding, provider, collation = connection.exec_driver_sql(
        "SELECT pg_encoding_to_char(encoding), datlocprovider::text, datcollate "
        "FROM pg_database WHERE datname = current_database()"
    ).one()
    # Names are looked up in ranges of an index, in the order of their code points.
    is_plain = provider == "c" and collation.partition(".")[0] in {"C", "POSIX"}
    is_by_code_points = is_plain or provider == "b"  # the server's own locales, from 17 on
    if encoding != "UTF8" or not is_by_code_points:
        raise PostgresUnfit(
            f"it is {encoding}, sorted by {collation}, and not by code points: "
            f"make another by {_HOW_TO_CREATE}"
        )
    available = connection.exec_driver_sql(
        "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"
    ).first()
    if available is None:
        raise PostgresUnfit(
            "the server has no extension `vector`: install pgvector there "
            "(on Debian and Ubuntu postgresql-16-pgvector, with your server's number)"
        )


def _prepare(connection: Any, _: ConnectionPoolEntry) -> None:
    with connection.cursor() as cursor:
        for setting in _SESSION:
            cursor.execute(setting)
    connection.commit()  # else the first rollback undoes them


def _hide_values(context: ExceptionContext) -> None:
    """Details name the values that offended: what people wrote, on the way to some log."""
    wrapped = context.sqlalchemy_exception
    if not isinstance(wrapped, DBAPIError) or wrapped.orig is None:
        return
    said = told_by(wrapped)
    wrapped.orig.args = (said,)
    wrapped.args = (f"({type(wrapped.orig).__name__}) {said}",)
