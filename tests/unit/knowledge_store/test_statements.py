"""How much the database is asked to do for what happens most."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from bot.domain.people import Conversation, ConversationKind
from tests.contract.stores import StoreKit, W, key, note
from tests.fakes import MONDAY

BOARD = Conversation(
    "board", W, "slack", ConversationKind.PRIVATE, "#board", ("anna", "ben"), checked_at=MONDAY
)


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[StoreKit]:
    """A store that knows one conversation."""
    kit = StoreKit(f"sqlite:///{tmp_path / 'earshot.db'}")
    kit.store.directory.put_conversation(BOARD)
    yield kit
    kit.store.close()


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is sent to the database meanwhile, but for the beginnings of transactions."""
    sent: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    yield sent
    event.remove(engine, "before_cursor_execute", listen)


def test_a_new_note_is_not_read_back(kit: StoreKit) -> None:
    """What was written is known; only the name of its conversation is looked up afterwards.

    Before, it is looked for by its key, among what was hidden and among what was erased; with
    it, that somebody is to be told of it is planned.
    """
    with statements(kit.store.engine) as sent:
        kit.store.notes.save(note(at=key("1", "board")))
    reads = [statement for statement in sent if statement.startswith("SELECT")]
    assert len(reads) == 4
    assert len(sent) <= 9


def test_members_are_written_only_when_they_changed(kit: StoreKit) -> None:
    """Asking the platform again mostly tells nothing new but the time."""
    later = replace(BOARD, checked_at=MONDAY + timedelta(hours=1))
    with statements(kit.store.engine) as sent:
        kit.store.directory.put_conversation(later)
    written = [statement for statement in sent if not statement.startswith("SELECT")]
    assert [statement.split(" WHERE ")[0] for statement in written] == [
        "UPDATE conversations SET checked_at=?"
    ]
    kit.store.directory.put_conversation(replace(later, member_ids=("ben", "cleo")))
    found = kit.store.directory.conversation(W, "board")
    assert found is not None
    assert found.member_ids == ("ben", "cleo")
