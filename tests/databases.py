"""An empty database of each kind for a test, as fixtures; `conftest.py` hands them to all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from adapters.jobs import create_job_tables
from knowledge_store import migrate, open_engine
from tests.postgres import PostgresServer, remove_shared_server, shared_server

_MIGRATED: Final = "earshot_template"
_RUN: Final = "EARSHOT_TEST_RUN"
_RUN_BY: Final = "EARSHOT_TEST_RUN_BY"


def pytest_configure(config: pytest.Config) -> None:
    """A folder that all processes of this run share; they inherit its name."""
    if not hasattr(config, "workerinput"):
        os.environ[_RUN] = tempfile.mkdtemp(prefix="earshot-tests-")
        os.environ[_RUN_BY] = str(os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    """What the run has started ends with it."""
    if not hasattr(config, "workerinput"):
        run = Path(os.environ.pop(_RUN))
        remove_shared_server(run)
        shutil.rmtree(run)


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    """The PostgreSQL server of this run; it keeps nothing past a crash of the machine."""
    return shared_server(Path(os.environ[_RUN]), int(os.environ[_RUN_BY]), _make_template)


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database of this version, with nothing in it."""
    url = postgres.new_database(_MIGRATED)
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind: of a file that is not there yet, or of this version."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'earshot.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind that was never migrated."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'earshot.db'}"
        return
    postgres: PostgresServer = request.getfixturevalue("postgres")
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)


def _make_template(server: PostgresServer) -> None:
    """The database that the others are copies of: migrated, the job engine's tables included."""
    server.execute(f"CREATE DATABASE {_MIGRATED} TEMPLATE template0")
    engine = open_engine(server.url(_MIGRATED))
    migrate(engine)
    create_job_tables(engine)
    engine.dispose()  # nobody may be connected to what is copied
