"""Opening a PostgreSQL database, and what it says when something is wrong."""

from collections.abc import Iterator
from contextlib import ExitStack
from threading import Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from bot.errors import PostgresUnfit, StoreUnavailable
from knowledge_store import engine_postgresql
from knowledge_store.engine import open_engine
from knowledge_store.transactions import Transactions
from tests.postgres import PostgresServer

PASSWORD = "hunter2"


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    """A database of this version."""
    engine = open_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("lock_timeout", "15s"),
        ("statement_timeout", "1min"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("search_path", '"$user", public, dbos'),
    ],
)
def test_every_connection_waits_for_nothing_for_ever(
    engine: Engine, setting: str, value: str
) -> None:
    """Also after a transaction was rolled back on it."""
    with ExitStack() as opened:
        for _ in range(20):
            connection = opened.enter_context(engine.connect())
            connection.rollback()
            assert connection.execute(text(f"SHOW {setting}")).scalar() == value


def test_a_server_that_is_too_old_is_refused(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to install."""
    monkeypatch.setattr(engine_postgresql, "OLDEST_POSTGRESQL", 99)
    with pytest.raises(PostgresUnfit, match="install 15 or newer"):
        open_engine(postgres_url)


def test_a_database_in_another_order_is_refused(postgres: PostgresServer) -> None:
    """With how to make one: names are looked up in the order of code points."""
    url = postgres.new_database(made_as="ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")
    with pytest.raises(PostgresUnfit, match="CREATE DATABASE earshot TEMPLATE template0"):
        open_engine(url)
    postgres.drop_database(url)


def test_a_password_is_in_no_error(postgres: PostgresServer) -> None:
    """Of a database that is not there, and of a server that is not."""
    for address in (f"/nowhere?host={postgres.folder}", "127.0.0.1:1/x"):
        with pytest.raises(StoreUnavailable) as error:
            open_engine(f"postgresql+psycopg://earshot:{PASSWORD}@{address}")
        assert PASSWORD not in str(error.value)
        assert error.value.__cause__ is None


def test_an_error_does_not_repeat_what_people_wrote(engine: Engine) -> None:
    """The server's details name the values, and errors end up in logs."""
    add, words = text("INSERT INTO listening VALUES ('w', :said)"), {"said": "Novara is for sale"}
    with Transactions(engine).writing() as session:
        session.execute(add, words)
    with pytest.raises(IntegrityError) as error, Transactions(engine).writing() as session:
        session.execute(add, words)
    assert "pk_listening" in str(error.value)
    assert "for sale" not in f"{error.value} {error.value.orig}"


def test_a_reader_sees_one_state_throughout_and_writes_nothing(engine: Engine) -> None:
    """What is committed meanwhile is not for it."""
    count = text("SELECT count(*) FROM listening")
    transactions = Transactions(engine)
    with transactions.reading() as reader:
        assert reader.scalar(count) == 0
        with transactions.writing() as writer:
            writer.execute(text("INSERT INTO listening VALUES ('w', 'c')"))
        assert reader.scalar(count) == 0
        assert reader.execute(text("SHOW transaction_read_only")).scalar() == "on"


def test_writers_wait_for_each_other(engine: Engine) -> None:
    """Reading first and writing then loses no update."""
    transactions = Transactions(engine)
    with transactions.writing() as session:
        session.execute(text("INSERT INTO customer_registers VALUES ('w', 0)"))

    def count_up() -> None:
        for _ in range(10):
            with transactions.writing() as session:
                value = session.scalar(text("SELECT revision FROM customer_registers"))
                session.execute(
                    text("UPDATE customer_registers SET revision = :v"), {"v": value + 1}
                )

    threads = [Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transactions.reading() as session:
        assert session.scalar(text("SELECT revision FROM customer_registers")) == 40


def test_a_database_that_stays_locked_is_unavailable(engine: Engine) -> None:
    """Nothing is acknowledged that could not be kept."""
    transactions = Transactions(engine)

    def write_impatiently() -> None:
        with transactions.writing(alone=False) as session:
            session.execute(text("SET LOCAL lock_timeout = 1"))
            session.execute(text("INSERT INTO listening VALUES ('w', 'c')"))

    with engine.begin() as other:
        other.execute(text("LOCK TABLE listening"))
        with pytest.raises(StoreUnavailable, match="lock timeout"):
            write_impatiently()


def test_connections_that_the_server_ended_cost_nobody_an_error(
    engine: Engine, postgres: PostgresServer
) -> None:
    """As after its restart."""
    transactions = Transactions(engine)
    with transactions.reading() as session:
        session.execute(text("SELECT 1"))
    postgres.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{engine.url.database}'"
    )
    with transactions.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1
