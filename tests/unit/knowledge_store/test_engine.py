"""Opening a database."""

import stat
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, text

from adapters.jobs import DurableQueue
from bot.errors import SqliteTooOld, StoreUnavailable, StoreUnsupported
from knowledge_store.engine import for_reading, open_engine
from knowledge_store.engine_sqlite import BEGIN_WITH, refuse_old_sqlite

_MOST_CONNECTIONS = 20
"""That the pool gives."""


def test_a_new_database_is_made_with_its_folder_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else on the machine reads what people said of customers."""
    path = tmp_path / "a" / "b" / "earshot.db"
    open_engine(f"sqlite:///{path}").dispose()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def _of_the_jobs(engine: Engine) -> Engine:
    """What the job engine makes of the one that it is given."""
    return DurableQueue(engine).client._sys_db.engine


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 15_000),
    ],
)
def test_every_connection_is_set_to_lose_nothing(
    tmp_path: Path, pragma: str, value: str | int
) -> None:
    """Each that the pool can give, also to the job engine: most are forgotten with a connection."""
    engine = open_engine(f"sqlite:///{tmp_path / 'earshot.db'}")
    ways_in = (engine, for_reading(engine), _of_the_jobs(engine))
    with ExitStack() as opened:
        for way_in, _ in zip(cycle(ways_in), range(_MOST_CONNECTIONS), strict=False):
            connection = opened.enter_context(way_in.connect())
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    engine.dispose()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "postgresql://localhost/x", "no url", ""]
)
def test_other_databases_are_refused(url: str) -> None:
    """With what to set instead; what the URL holds besides is not repeated."""
    with pytest.raises(StoreUnsupported, match="Set DATABASE_URL to sqlite"):
        open_engine(url)


def test_a_password_in_a_refused_url_is_not_repeated() -> None:
    """Errors end up in logs."""
    with pytest.raises(StoreUnsupported) as refused:
        open_engine("postgresql://earshot:hunter2@localhost/x")
    assert "hunter2" not in str(refused.value)


def test_a_file_that_cannot_be_opened_is_named_with_the_reason(tmp_path: Path) -> None:
    """A folder in its place, a file in its folder's place, a file of another kind."""
    other = tmp_path / "letter.txt"
    other.write_text("Dear customer, " * 200)
    for path in (tmp_path, other / "earshot.db", other):
        with pytest.raises(StoreUnavailable, match=str(path)):
            open_engine(f"sqlite:///{path}")


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 40, 1), (3, 51, 2)])
def test_versions_that_can_lose_data_are_refused(version: tuple[int, ...]) -> None:
    """With what to install."""
    with pytest.raises(SqliteTooOld, match="pysqlite3"):
        refuse_old_sqlite(version)
    refuse_old_sqlite((3, 51, 3))


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    """Reading first and writing then loses no update, and nobody is turned away as locked."""
    engine = open_engine(f"sqlite:///{tmp_path / 'earshot.db'}")
    writing = engine.execution_options(**{BEGIN_WITH: "IMMEDIATE"})
    with writing.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE counter (value INTEGER)")
        connection.exec_driver_sql("INSERT INTO counter VALUES (0)")

    def count_up() -> None:
        for _ in range(25):
            with writing.begin() as connection:
                value = connection.scalar(text("SELECT value FROM counter"))
                connection.execute(text("UPDATE counter SET value = :v"), {"v": value + 1})

    threads = [Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT value FROM counter").scalar() == 100
    engine.dispose()


def test_a_reader_sees_one_state_throughout(tmp_path: Path) -> None:
    """What is committed meanwhile is not for it."""
    engine = open_engine(f"sqlite:///{tmp_path / 'earshot.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE things (value INTEGER)")
    with engine.execution_options(**{BEGIN_WITH: "DEFERRED"}).begin() as reader:
        count = "SELECT count(*) FROM things"
        assert reader.exec_driver_sql(count).scalar() == 0
        with engine.begin() as writer:
            writer.exec_driver_sql("INSERT INTO things VALUES (1)")
        assert reader.exec_driver_sql(count).scalar() == 0
    engine.dispose()
