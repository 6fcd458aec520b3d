"""What every AttachedFileStore has to do."""

from bot.domain.note import MessageKey
from knowledge_store import Store
from tests.contract.stores import W, key


def test_a_file_is_found_with_every_message_it_came_with(store: Store) -> None:
    """It may be shared more than once."""
    store.attached_files.remember(key("1"), ["F1", "F2"])
    store.attached_files.remember(key("2"), ["F1"])

    assert store.attached_files.messages_with(W, "F1") == [key("1"), key("2")]
    assert store.attached_files.messages_with(W, "F2") == [key("1")]


def test_a_file_that_is_not_known_came_with_nothing(store: Store) -> None:
    """Nor does another workspace's."""
    store.attached_files.remember(key("1"), ["F1"])

    assert store.attached_files.messages_with(W, "F9") == []
    assert store.attached_files.messages_with("elsewhere", "F1") == []


def test_it_can_be_remembered_twice(store: Store) -> None:
    """As work is done twice after a crash."""
    for _ in range(2):
        store.attached_files.remember(key("1"), ["F1", "F1"])

    assert store.attached_files.messages_with(W, "F1") == [key("1")]


def test_of_no_file_nothing_is_remembered(store: Store) -> None:
    store.attached_files.remember(MessageKey(W, "c", "1"), [])

    assert store.attached_files.messages_with(W, "") == []
