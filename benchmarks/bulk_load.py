"""Fills a store by the fastest way its database has, then makes what it is searched by."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy.engine import Dialect

from benchmarks.made_up_company import Company, Rows
from knowledge_store.dialects import POSTGRESQL
from knowledge_store.tables import Base

_COPIED_AT_ONCE = 5_000


def fill(engine: Engine, company: Company) -> None:
    """Put everything that the company has into an empty store."""
    with _without_search_indexes(engine):
        for source in (company.directory(), company.knowledge()):
            for table, rows in source:
                with engine.begin() as connection:
                    _put(connection, table, rows)
    _analyse(engine)


def _put(connection: Connection, table: type[Base], rows: Rows) -> None:
    if not rows:
        return
    if connection.dialect.name == POSTGRESQL:
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), list(rows))


def _copy(connection: Connection, table: type[Base], rows: Rows) -> None:
    names = list(rows[0])
    turns = _turns(table, names, connection.dialect)
    statement = f"COPY {table.__tablename__} ({', '.join(names)}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([turn(row[name]) if turn else row[name] for name, turn in turns])


def _turns(table: type[Base], names: Sequence[str], dialect: Dialect) -> list[tuple[str, Any]]:
    """What turns each column's values into what the driver takes."""
    columns = table.__table__.c
    return [
        (name, columns[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names
    ]


@contextmanager
def _without_search_indexes(engine: Engine) -> Iterator[None]:
    """Drop those of PostgreSQL, which are many times faster to build from rows that are there."""
    if engine.dialect.name != POSTGRESQL:
        yield
        return
    with engine.begin() as connection:
        found = connection.execute(
            text(
                "SELECT indexname, indexdef FROM pg_indexes "
                "WHERE schemaname = current_schema() AND starts_with(indexname, 'search_')"
            )
        ).all()
        for name, _ in found:
            connection.execute(text(f"DROP INDEX {name}"))
    yield
    for _, definition in found:
        with engine.begin() as connection:
            # The graph of neighbours is built many times faster where it fits.
            connection.execute(text("SET LOCAL maintenance_work_mem = '3GB'"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.exec_driver_sql(definition)


def _analyse(engine: Engine) -> None:
    if engine.dialect.name == POSTGRESQL:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE"))
