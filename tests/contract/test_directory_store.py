"""What every DirectoryStore has to do."""

from dataclasses import replace

from bot.domain.people import Conversation, ConversationKind, Person
from knowledge_store import Store
from tests.contract.stores import W
from tests.fakes import MONDAY

SALES = Conversation(
    id="C1",
    workspace=W,
    channel="slack",
    kind=ConversationKind.PRIVATE,
    name="sales",
    member_ids=("anna", "ben"),
    customer_id="customer-1",
    checked_at=MONDAY,
)

HALL = "workspace-of-nobody"


def test_people_are_found_by_id_and_listed_by_name(store: Store) -> None:
    """Within their workspace only; what is put again is updated."""
    anna, ben = Person("2", HALL, "Anna", "sales"), Person("1", HALL, "Ben")
    store.directory.put_people([ben, replace(anna, name="A."), Person("2", "workspace-2", "Zoe")])
    store.directory.put_people([anna])
    assert store.directory.person(HALL, "2") == anna
    assert store.directory.people(HALL) == (anna, ben)
    assert store.directory.person(HALL, "3") is None


def test_a_conversation_is_found_again_whole(store: Store) -> None:
    """Within its workspace only."""
    store.directory.put_conversation(SALES)
    assert store.directory.conversation(W, "C1") == SALES
    assert store.directory.conversation("workspace-2", "C1") is None
    assert store.directory.conversation(W, "C2") is None


def test_members_are_as_they_were_put_last(store: Store) -> None:
    """Also when they are not known any more, which is not the same as nobody."""
    members: tuple[str, ...] | None
    for members in (("anna", "ben"), ("cleo",), None, ()):
        store.directory.put_conversation(replace(SALES, member_ids=members))
        found = store.directory.conversation(W, "C1")
        assert found is not None
        assert found.member_ids == members


def test_conversations_are_listed_by_name(store: Store) -> None:
    """All of the workspace, each with its members."""
    empty = replace(SALES, id="C2", name="alpha", member_ids=())
    store.directory.put_conversation(SALES)
    store.directory.put_conversation(empty)
    store.directory.put_conversation(replace(SALES, workspace="workspace-2"))
    listed = [c for c in store.directory.conversations(W) if c.id in {"C1", "C2"}]
    assert listed == [empty, SALES]


def test_listening_is_opted_in_and_out(store: Store) -> None:
    """It is off before, and may be set before anything else is known."""
    assert not store.directory.is_listening(W, "C1")
    for _ in range(2):
        store.directory.set_listening(W, "C1", listening=True)
    assert store.directory.is_listening(W, "C1")
    assert not store.directory.is_listening("workspace-2", "C1")
    store.directory.set_listening(W, "C1", listening=False)
    assert not store.directory.is_listening(W, "C1")


def test_what_a_platform_tells_leaves_listening_as_it_was(store: Store) -> None:
    """Neither on nor off: it was announced to people, not to the platform."""
    store.directory.put_conversation(replace(SALES, listening=True))
    assert not store.directory.is_listening(W, "C1")
    store.directory.set_listening(W, "C1", listening=True)
    store.directory.put_conversation(SALES)
    assert store.directory.conversation(W, "C1") == replace(SALES, listening=True)
