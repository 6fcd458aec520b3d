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
from knowledge_store.engine import BEGIN_WITH


def migrate(engine: Engine) -> None:
    """Bring the database up to date, or leave it as it was. Raises StoreTooNew."""
    with writing_connection(engine) as connection:
        if _is_unknown(current_revision(connection)):
            raise StoreTooNew(current_revision(connection) or "")
        command.upgrade(alembic_config(connection), "head")


def check_schema(engine: Engine) -> None:
    """Raise StoreTooNew or StoreTooOld unless the database fits this version."""
    with engine.connect() as connection:
        revision = current_revision(connection)
    if _is_unknown(revision):
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
    _name: str | None,
    kind: str,
    reflected: bool,
    compare_to: SchemaItem | None,
) -> bool:
    """Whether a comparison should look at it: the job engine keeps its tables in here, too."""
    return not (kind == "table" and reflected and compare_to is None)


@contextmanager
def writing_connection(engine: Engine) -> Iterator[Connection]:
    """A transaction in which tables are made, all or none."""
    options = {BEGIN_WITH: "IMMEDIATE"}
    with engine.execution_options(**options).begin() as connection:
        yield connection


def _is_unknown(revision: str | None) -> bool:
    known = {script.revision for script in _scripts().walk_revisions()}
    return revision is not None and revision not in known


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config())
