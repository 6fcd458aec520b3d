"""How conversations are reached is known to every process, and written only when it is new."""

from adapters.teams.references import AddressBook, Scope
from tests.teams_connector import MemoryReferences
from tests.unit.teams.test_gateway import reference


def test_what_one_process_heard_another_knows() -> None:
    """The web process receives, the worker sends."""
    references = MemoryReferences()
    heard = reference("19:a", Scope.CHANNEL, team_id="19:team", name="Sales")
    AddressBook(references).remember(heard, "29:anna")
    book = AddressBook(references)
    assert book.conversation("19:a") == heard
    assert book.person("29:anna") == heard
    assert book.channels("19:team") == ("19:a",)


def test_two_processes_do_not_forget_each_others_channels() -> None:
    """A team's change must reach every channel that any process met."""
    references = MemoryReferences()
    one, other = AddressBook(references), AddressBook(references)
    one.remember(reference("19:a", Scope.CHANNEL, team_id="19:team"), None)
    other.remember(reference("19:b", Scope.CHANNEL, team_id="19:team"), None)
    one.remember(reference("19:c", Scope.CHANNEL, team_id="19:team"), None)
    assert AddressBook(references).channels("19:team") == ("19:a", "19:b", "19:c")


def test_names_that_an_activity_leaves_out_are_not_lost() -> None:
    """Teams tells a channel's name when it is added, and seldom again."""
    book = AddressBook(MemoryReferences())
    book.remember(reference("19:a", Scope.CHANNEL, team_id="19:team", name="Sales"), None)
    book.remember(reference("19:a", Scope.CHANNEL), None)
    known = book.conversation("19:a")
    assert known is not None
    assert (known.name, known.team_id) == ("Sales", "19:team")


def test_a_person_is_best_met_in_their_own_chat() -> None:
    """A channel that they spoke in later does not take its place."""
    book = AddressBook(MemoryReferences())
    for heard in (
        reference("19:a", Scope.CHANNEL),
        reference("a:chat", Scope.PERSONAL),
        reference("19:b", Scope.CHANNEL),
    ):
        book.remember(heard, "29:anna")
    known = book.person("29:anna")
    assert known is not None
    assert known.conversation_id == "a:chat"


def test_a_service_that_moved_is_followed() -> None:
    """Microsoft may change the address at any time; the last one heard counts."""
    book = AddressBook(MemoryReferences())
    book.remember(reference("a:chat", Scope.PERSONAL), "29:anna")
    moved = reference("a:chat", Scope.PERSONAL, service_url="https://smba.trafficmanager.net/de/")
    book.remember(moved, "29:anna")
    assert book.conversation("a:chat") == moved
    assert book.person("29:anna") == moved
