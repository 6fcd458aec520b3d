"""What the suites of the store's ports share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.people import ConversationKind
from knowledge_store import Store
from tests.contract.stores import STORES, StoreKit


@pytest.fixture(params=STORES, ids=lambda opening: opening.__name__.removeprefix("_on_"))
def kit(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StoreKit]:
    """A fresh store of each kind: `open` is public, `board` has Anna and Ben, `desk` Anna only."""
    kit: StoreKit = request.param(tmp_path)
    kit.has_conversation("open", "anna", "ben", "cleo", kind=ConversationKind.PUBLIC)
    kit.has_conversation("board", "anna", "ben")
    kit.has_conversation("desk", "anna", kind=ConversationKind.DIRECT)
    yield kit
    kit.store.close()


@pytest.fixture
def store(kit: StoreKit) -> Store:
    """The store of the kit."""
    return kit.store
