"""A database in trouble, and errors that say no more than they should."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from bot.domain.answer import SearchQuery
from bot.errors import StoreUnavailable
from knowledge_store.transactions import Transactions
from tests.contract.stores import OPERATOR, StoreKit, insight, note
from tests.contract.test_inbox_outbox import MESSAGE


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[StoreKit]:
    """A store that the test spoils."""
    kit = StoreKit(f"sqlite:///{tmp_path / 'earshot.db'}")
    yield kit
    kit.store.close()


def test_a_database_that_stays_locked_is_unavailable(kit: StoreKit) -> None:
    """Nothing is acknowledged that could not be kept."""
    with kit.store.engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with kit.store.engine.connect() as impatient:  # the next transaction gets this one
            impatient.exec_driver_sql("PRAGMA busy_timeout = 1")
        with pytest.raises(StoreUnavailable, match="locked"):
            kit.store.inbox.accept(MESSAGE)
        other.rollback()
    assert kit.store.inbox.accept(MESSAGE)


def test_a_full_disk_is_unavailable(kit: StoreKit) -> None:
    """What did not fit is not half there."""
    with kit.store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="full"):
        kit.store.notes.save(note("x" * 40_000))
    assert kit.store.notes.counts(OPERATOR)["notes"] == 0


def test_a_damaged_file_is_unavailable(kit: StoreKit, tmp_path: Path) -> None:
    """Also when it is noticed only while reading."""
    kit.store.notes.save(note())
    with kit.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    kit.store.close()
    path = tmp_path / "earshot.db"
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(StoreUnavailable, match="malformed"):
        kit.store.retriever.search(SearchQuery("lyon"), OPERATOR, 1)


def test_an_error_does_not_repeat_what_people_wrote(kit: StoreKit) -> None:
    """It may end up in a log."""
    secret = insight("Novara is for sale", customer_ids=("no-such-customer",))
    with pytest.raises(IntegrityError) as error:
        kit.store.notes.save(note("Novara is for sale", secret))
    assert "for sale" not in str(error.value)


def test_other_errors_pass_and_undo_what_was_begun(kit: StoreKit) -> None:
    """Only the database's own trouble is named so."""

    def fail_half_way() -> None:
        with Transactions(kit.store.engine).writing() as session:
            session.connection().exec_driver_sql("CREATE TABLE half_done (id TEXT)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with kit.store.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM sqlite_master WHERE name = 'half_done'"
        )
        assert found.scalar() == 0
