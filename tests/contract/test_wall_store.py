"""The WallStore port: who may know of which customer, and of what was heard from it."""

import pytest

from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from bot.domain.people import Person, Standing
from bot.domain.wall import Wall, WallChange
from knowledge_store import Store
from tests.contract.stores import OPERATOR, StoreKit, W, insight, key, note

ANNA, BEN, CLEO = (Audience.of_person(W, one) for one in ("anna", "ben", "cleo"))
BOARD, OPEN = (Audience.of_conversation(W, one) for one in ("board", "open"))


@pytest.fixture
def novara(store: Store) -> str:
    """A customer that Anna looks after, with a note of Cleo's on it in the open."""
    draft = CustomerDraft("Novara Pharma", ("Novara",), owner_id="anna")
    customer = store.customers.create(W, draft)
    told = insight(customer_ids=(customer.id,))
    store.notes.save(note("Novara closes Lyon", told, at=key("1"), author_id="cleo"))
    return customer.id


def who_knows(store: Store, *audiences: Audience) -> list[tuple[int, int]]:
    """How many notes each may see, and how many customers each may know of."""
    return [
        (store.notes.counts(one)["notes"], len(store.customers.matching("nov", one, 9)))
        for one in audiences
    ]


def test_without_a_wall_all_of_us_know(store: Store, novara: str) -> None:
    """As for a customer that nobody ever thought of."""
    assert who_knows(store, ANNA, BEN, CLEO, BOARD, OPEN) == [(1, 1)] * 5
    assert store.walls.wall(novara, BEN) == Wall(novara)
    assert store.walls.all(OPERATOR) == ()


def test_only_who_is_let_in_knows_the_owner_and_the_operator(store: Store, novara: str) -> None:
    """Cleo keeps her own note, and does not know of the customer any more."""
    built = store.walls.change(novara, WallChange(allow=("ben",)), ANNA)
    assert built == Wall(novara, is_closed=True, allowed=frozenset({"ben"}))
    assert who_knows(store, ANNA, BEN, OPERATOR) == [(1, 1)] * 3
    assert who_knows(store, CLEO, OPEN) == [(1, 0), (0, 0)]
    assert who_knows(store, BOARD) == [(1, 1)]
    assert store.customers.get(novara, CLEO) is None
    assert store.customers.named("Novara", CLEO) == ()
    assert store.walls.wall(novara, CLEO) is None
    assert store.walls.all(CLEO) == ()
    assert store.walls.walled_off(CLEO) == {novara}


def test_who_is_kept_out_is_so_whatever_else_is_said(store: Store, novara: str) -> None:
    """Also the owner, and also where nobody is let in by name."""
    store.walls.change(novara, WallChange(deny=("ben",)), OPERATOR)
    assert who_knows(store, ANNA, BEN, CLEO, BOARD, OPEN) == [
        (1, 1), (0, 0), (1, 1), (0, 0), (0, 0)
    ]  # fmt: skip
    store.walls.change(novara, WallChange(allow=("ben", "cleo"), deny=("ben", "anna")), OPERATOR)
    assert who_knows(store, ANNA, BEN, CLEO) == [(0, 0), (0, 0), (1, 1)]


def test_a_wall_stays_closed_when_the_last_one_is_taken_off(store: Store, novara: str) -> None:
    """Else an empty list would let everybody in."""
    store.walls.change(novara, WallChange(allow=("ben",)), OPERATOR)
    store.walls.change(novara, WallChange(drop=("ben",)), OPERATOR)
    assert who_knows(store, ANNA, BEN) == [(1, 1), (0, 0)]
    store.walls.change(novara, WallChange(opens=True), OPERATOR)
    assert who_knows(store, ANNA, BEN) == [(1, 1), (1, 1)]


def test_whoever_may_not_know_changes_nothing(store: Store, novara: str) -> None:
    """Nor does somebody of another workspace."""
    store.walls.change(novara, WallChange(allow=("ben",)), OPERATOR)
    elsewhere = Audience.operator("workspace-2")
    for stranger in (CLEO, elsewhere):
        assert store.walls.change(novara, WallChange(opens=True), stranger) is None
    assert who_knows(store, CLEO) == [(1, 0)]


def test_a_file_builds_a_wall_and_takes_none_down(store: Store, novara: str) -> None:
    """What it leaves empty stays as it is, and so do those it does not name."""
    drafts = [CustomerDraft("Novara Pharma", let_in=("ben",), kept_out=("cleo",))]
    store.customers.import_all(W, drafts)
    store.customers.import_all(W, [CustomerDraft("Novara Pharma", ("NVR",))])
    store.customers.import_all(W, [CustomerDraft("Novara Pharma", let_in=("dora",))])
    wall = store.walls.wall(novara, OPERATOR)
    assert wall == Wall(novara, True, frozenset({"ben", "dora"}), frozenset({"cleo"}))


def test_a_note_on_two_customers_is_for_those_who_know_both(store: Store, novara: str) -> None:
    """Its text tells of both."""
    delta = store.customers.create(W, CustomerDraft("Delta Foods", owner_id="ben")).id
    both = insight(customer_ids=(novara, delta))
    store.notes.save(note("Novara buys Delta", both, at=key("2"), author_id="cleo"))
    store.walls.change(delta, WallChange(allow=("dora",)), OPERATOR)
    assert [count for count, _ in who_knows(store, ANNA, BEN)] == [1, 2]


@pytest.mark.parametrize("standing", sorted(set(Standing) - {Standing.MEMBER}))
def test_whoever_is_not_a_full_member_sees_where_they_are(
    kit: StoreKit, store: Store, novara: str, standing: Standing
) -> None:
    """And no list of customers. Where they read along, nothing is told from elsewhere."""
    store.directory.put_people([Person("gus", W, "Gus", standing=standing)])
    kit.has_conversation("desk-2", "gus", "anna")
    store.notes.save(note("said beside Gus", at=key("3", "desk-2")))
    gus = Audience.of_person(W, "gus")
    is_out = standing is Standing.DEACTIVATED
    assert who_knows(store, gus) == [(0 if is_out else 1, 0)]
    assert who_knows(store, Audience.of_conversation(W, "desk-2")) == [(1, 0)]


def test_the_epoch_tells_that_it_changed_who_may_see_what(
    kit: StoreKit, store: Store, novara: str
) -> None:
    """A membership, a standing, a wall or an owner; not that it was merely asked again."""
    seen = [store.walls.epoch(W)]

    def is_new() -> bool:
        seen.append(store.walls.epoch(W))
        return seen[-1] != seen[-2]

    kit.has_conversation("board", "anna", "ben")
    store.directory.put_people([Person("ben", W, "Benjamin")])
    assert not is_new()
    kit.has_conversation("board", "anna")
    assert is_new()
    store.directory.put_people([Person("ben", W, "Ben", standing=Standing.GUEST)])
    assert is_new()
    store.walls.change(novara, WallChange(allow=("ben",)), OPERATOR)
    assert is_new()
    store.customers.import_all(W, [CustomerDraft("Novara Pharma", owner_id="ben")])
    assert is_new()
