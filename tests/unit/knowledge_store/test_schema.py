"""The shape of the database, and how it comes to it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from bot.errors import StoreTooNew, StoreTooOld
from knowledge_store.engine import open_engine
from knowledge_store.schema import (
    alembic_config,
    check_schema,
    is_ours,
    migrate,
    writing_connection,
)
from knowledge_store.tables import Base


@pytest.fixture
def engine(bare_database_url: str) -> Iterator[Engine]:
    """An empty database of each kind."""
    engine = open_engine(bare_database_url)
    yield engine
    engine.dispose()


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def _differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        return list(compare_metadata(context, Base.metadata))


def test_the_revisions_make_the_tables_that_the_code_expects(engine: Engine) -> None:
    """No column, key or index is in one and not in the other."""
    migrate(engine)
    assert _differences(engine) == []


def test_a_difference_would_be_noticed(engine: Engine) -> None:
    """The comparison above can fail."""
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE notes DROP COLUMN permalink")
        connection.exec_driver_sql("DROP INDEX ix_notes_thread")
    assert len(_differences(engine)) == 2


def test_other_tables_in_the_database_are_left_alone(engine: Engine) -> None:
    """The job engine keeps its own beside ours."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE workflow_status (id TEXT)")
    migrate(engine)
    assert _differences(engine) == []
    assert "workflow_status" in _tables(engine)


def test_migrating_twice_is_migrating_once(engine: Engine) -> None:
    """Every start may do so."""
    migrate(engine)
    migrate(engine)
    check_schema(engine)


def test_the_way_down_leaves_nothing_and_can_be_gone_up_again(engine: Engine) -> None:
    """But for Alembic's own table."""
    migrate(engine)
    with writing_connection(engine) as connection:
        command.downgrade(alembic_config(connection), "base")
    assert _tables(engine) == {"alembic_version"}
    migrate(engine)
    assert _differences(engine) == []


def test_processes_that_start_at_once_migrate_once(bare_database_url: str) -> None:
    """The others wait for the first, and find nothing to do."""
    engines = [open_engine(bare_database_url) for _ in range(4)]
    with ThreadPoolExecutor(len(engines)) as pool:
        for done in [pool.submit(migrate, engine) for engine in engines]:
            done.result()
    assert _differences(engines[0]) == []
    for engine in engines:
        engine.dispose()


def test_an_empty_database_has_to_be_migrated_first(engine: Engine) -> None:
    """The error names the command."""
    with pytest.raises(StoreTooOld, match="earshot migrate"):
        check_schema(engine)


def test_a_database_of_a_newer_version_is_left_as_it_is(engine: Engine) -> None:
    """Neither opened nor migrated."""
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew, match="9999"):
        check_schema(engine)
    with pytest.raises(StoreTooNew, match="9999"):
        migrate(engine)


def test_a_migration_that_fails_changes_nothing(engine: Engine) -> None:
    """Half a schema would be neither old nor new."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE people (id TEXT)")
    with pytest.raises(Exception, match=r"people\"? already exists"):
        migrate(engine)
    assert _tables(engine) == {"people"}
