"""Rows outlast the way from every version's schema up to this one, down again, and up.

`EARSHOT_MIGRATION_ROWS=10000` (`make test-migrations`) has as many rows in every table.
"""

import os
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData

from knowledge_store.engine import open_engine
from knowledge_store.schema import alembic_config, is_ours, migrate, writing_connection
from knowledge_store.tables import Base
from tests.rows import content, fill

ROWS = int(os.environ.get("EARSHOT_MIGRATION_ROWS", "12"))
HEAD, *OLDER = (
    script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()
)


@pytest.fixture
def engine(bare_database_url: str) -> Iterator[Engine]:
    """A database of this version with rows in every table."""
    engine = open_engine(bare_database_url)
    migrate(engine)
    with writing_connection(engine) as connection:
        fill(connection, ROWS)
    yield engine
    engine.dispose()


def down(engine: Engine, revision: str) -> dict[str, list[str]]:
    """What the tables of the older version hold, once the database is one of its own."""
    with writing_connection(engine) as connection:
        command.downgrade(alembic_config(connection), revision)
    return held(engine)


def held(engine: Engine) -> dict[str, list[str]]:
    there = MetaData()
    with engine.connect() as connection:
        there.reflect(connection, only=lambda name, _: name in Base.metadata.tables)
        return content(connection, there.sorted_tables)


@pytest.mark.slow
@pytest.mark.parametrize("revision", OLDER)
def test_rows_of_an_older_version_outlast_the_way_up_and_down(
    engine: Engine, revision: str
) -> None:
    """None is lost, doubled or changed, and the schema is this version's again."""
    older = down(engine, revision)
    assert set(map(len, older.values())) == {ROWS}

    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        assert compare_metadata(context, Base.metadata) == []
    newer = held(engine)
    assert {name: len(newer[name]) for name in older} == dict.fromkeys(older, ROWS)

    assert down(engine, revision) == older
    migrate(engine)
    assert {name: len(rows) for name, rows in held(engine).items() if name in older} == (
        dict.fromkeys(older, ROWS)
    )


def test_every_table_has_rows(engine: Engine) -> None:
    """A new table is part of this by itself."""
    counts = {name: len(rows) for name, rows in held(engine).items()}
    assert counts == dict.fromkeys(Base.metadata.tables, ROWS)
