"""Brings a database to the shape that this version works with, and tells whether it has it."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.schema import SchemaItem

from bot.errors import StoreTooNew, StoreTooOld
from knowledge_store.dialects import POSTGRESQL, lock_until_commit
from knowledge_store.engine import for_writing

_MIGRATION = "migration"


def migrate(engine: Engine) -> None:
    """Bring the database up to date, or leave it as it was. Raises StoreTooNew."""
    with writing_connection(engine) as connection:
        if not is_known(current_revision(connection)):
            raise StoreTooNew(current_revision(connection) or "")
        command.upgrade(alembic_config(connection), "head")


def check_schema(engine: Engine) -> None:
    """Raise StoreTooNew or StoreTooOld unless the database fits this version."""
    with engine.connect() as connection:
        revision = current_revision(connection)
    if not is_known(revision):
        raise StoreTooNew(revision or "")
    if revision != _scripts().get_current_head():
        raise StoreTooOld(revision or "it is empty")


def current_revision(connection: Connection) -> str | None:
    """The revision that the database is at, None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def alembic_config(connection: Connection | None = None) -> Config:
    """What Alembic needs to know, with the revisions found in the installed package."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "knowledge_store:migrations")
    return config


def is_ours(
    _thing: SchemaItem,
    name: str | None,
    kind: str,
    reflected: bool,
    compare_to: SchemaItem | None,
) -> bool:
    """Whether a comparison should look at it: not where only the database has it.

    The job engine keeps its tables in here, too, and search on PostgreSQL its own indexes.
    """
    is_only_there = reflected and compare_to is None
    is_of_search = kind == "index" and (name or "").startswith("search_")
    return not (is_only_there and (kind == "table" or is_of_search))


@contextmanager
def writing_connection(engine: Engine) -> Iterator[Connection]:
    """A transaction in which tables are made, all or none, by one process at a time."""
    with for_writing(engine).begin() as connection:
        if connection.dialect.name == POSTGRESQL:
            # Others wait for the first, however long it takes.
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        lock_until_commit(connection, _MIGRATION)
        yield connection


def is_known(revision: str | None) -> bool:
    """Whether this version can migrate a database from this revision; None is an empty one."""
    return revision is None or revision in {one.revision for one in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())
