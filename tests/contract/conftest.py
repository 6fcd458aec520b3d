"""What the suites of the store's ports share."""

from collections.abc import Iterator

import pytest

from bot.domain.people import ConversationKind
from knowledge_store import Store
from tests.contract.stores import StoreKit


@pytest.fixture
def kit(database_url: str) -> Iterator[StoreKit]:
    """A fresh store of each kind: `open` is public, `board` has Anna and Ben, `desk` Anna only."""
    kit = StoreKit(database_url)
    kit.has_members("anna", "ben", "cleo", "dora")
    kit.has_conversation("open", "anna", "ben", "cleo", kind=ConversationKind.PUBLIC)
    kit.has_conversation("board", "anna", "ben")
    kit.has_conversation("desk", "anna", kind=ConversationKind.DIRECT)
    yield kit
    kit.store.close()


@pytest.fixture
def store(kit: StoreKit) -> Store:
    """The store of the kit."""
    return kit.store
