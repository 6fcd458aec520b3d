"""What every ReactionStore has to do."""

from datetime import timedelta
from itertools import permutations

import pytest

from bot.domain.note import MessageKey
from knowledge_store import Store
from tests.contract.stores import key, note
from tests.fakes import MONDAY

HERE = key("1")
T1, T2, T3 = (MONDAY + timedelta(seconds=seconds) for seconds in (1, 2, 3))


def save(store: Store, at: MessageKey = HERE) -> None:
    store.notes.save(note(at=at))


def test_a_reaction_that_made_the_note_releases_it_when_it_is_taken_off(store: Store) -> None:
    """Not before."""
    assert store.reactions.put(HERE, "anna", is_on=True, at=T1)
    save(store)
    assert not store.reactions.is_released(HERE, "anna")
    assert store.reactions.put(HERE, "anna", is_on=False, at=T2)
    assert store.reactions.is_released(HERE, "anna")


def test_a_note_that_was_there_before_is_never_released(store: Store) -> None:
    """Nor by somebody who never reacted."""
    save(store)
    store.reactions.put(HERE, "anna", is_on=True, at=T1)
    store.reactions.put(HERE, "anna", is_on=False, at=T2)
    assert not store.reactions.is_released(HERE, "anna")
    assert not store.reactions.is_released(HERE, "ben")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_latest_change_counts_in_whichever_order_they_come(
    store: Store, order: tuple[int, ...]
) -> None:
    """On, off, on: it stands. What is older than what is known is refused."""
    changes = [(T1, True), (T2, False), (T3, True)]
    latest = -1
    for index in order:
        at, is_on = changes[index]
        assert store.reactions.put(HERE, "anna", is_on=is_on, at=at) is (index > latest)
        latest = max(latest, index)
    save(store)
    assert not store.reactions.is_released(HERE, "anna")
    assert store.reactions.put(HERE, "anna", is_on=True, at=T3), "the same again is no older one"


def test_a_reaction_taken_off_before_it_came_makes_no_note(store: Store) -> None:
    """The later change is known first."""
    assert store.reactions.put(HERE, "anna", is_on=False, at=T2)
    assert not store.reactions.put(HERE, "anna", is_on=True, at=T1)
    assert not store.reactions.is_released(HERE, "anna")


def test_while_another_reaction_stands_the_note_stays(store: Store) -> None:
    """And whoever found a note there never releases it."""
    store.reactions.put(HERE, "anna", is_on=True, at=T1)
    save(store)
    store.reactions.put(HERE, "ben", is_on=True, at=T2)
    store.reactions.put(HERE, "anna", is_on=False, at=T3)
    assert not store.reactions.is_released(HERE, "anna")
    store.reactions.put(HERE, "ben", is_on=False, at=T3)
    assert not store.reactions.is_released(HERE, "ben")


def test_a_note_that_is_let_be_stays(store: Store) -> None:
    """Another message's reactions are not touched by it."""
    for message_id in ("1", "2"):
        store.reactions.put(key(message_id), "anna", is_on=True, at=T1)
        save(store, key(message_id))
        store.reactions.put(key(message_id), "anna", is_on=False, at=T2)
    store.reactions.let_be(key("1"))
    assert not store.reactions.is_released(key("1"), "anna")
    assert store.reactions.is_released(key("2"), "anna")


def test_a_hidden_note_does_not_count_as_there(store: Store) -> None:
    """Who brings it back by a reaction takes it back with that."""
    save(store)
    store.notes.hide(HERE, at=T1, reason="undone")
    store.reactions.put(HERE, "anna", is_on=True, at=T2)
    store.reactions.put(HERE, "anna", is_on=False, at=T3)
    assert store.reactions.is_released(HERE, "anna")


def test_reactions_are_apart_by_workspace_conversation_and_message(store: Store) -> None:
    """The same ids elsewhere are others."""
    store.reactions.put(HERE, "anna", is_on=False, at=T3)
    for other in (key("2"), key("1", "pricing"), key("1", workspace="workspace-2")):
        assert store.reactions.put(other, "anna", is_on=True, at=T1)


def test_only_what_was_taken_off_long_ago_is_forgotten(store: Store) -> None:
    """What stands is still needed."""
    store.reactions.put(HERE, "anna", is_on=True, at=T1)
    store.reactions.put(HERE, "ben", is_on=False, at=T1)
    store.reactions.put(HERE, "carla", is_on=False, at=T3)
    assert store.forget_finished(T2) == 1
    assert store.reactions.put(HERE, "ben", is_on=True, at=T1), "nothing of it is known any more"
    assert not store.reactions.put(HERE, "carla", is_on=True, at=T1)
