"""The ProfileStore port: what was told of one customer, within what its readers may see."""

from datetime import timedelta

from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from tests.contract.stores import OPERATOR, StoreKit, W, insight, key, note
from tests.fakes import MONDAY


def test_the_latest_come_first_and_no_more_than_asked_for(kit: StoreKit) -> None:
    """Each with its note and where it was said."""
    customer = kit.store.customers.create(W, CustomerDraft("Novara")).id
    for number in range(4):
        at = MONDAY + timedelta(minutes=number)
        said = insight(f"fact {number}", customer_ids=(customer,))
        kit.store.notes.save(note(f"fact {number}", said, at=key(str(number)), posted_at=at))

    told = kit.store.profiles.told_of(customer, OPERATOR, 3)

    assert [one.insight.statement for one in told] == ["fact 3", "fact 2", "fact 1"]
    assert all(one.insight.note_id == one.note.id for one in told)


def test_insights_of_a_note_that_are_on_others_are_left_out(kit: StoreKit) -> None:
    """A note may speak of several customers."""
    novara, kestrel = (
        kit.store.customers.create(W, CustomerDraft(name)).id for name in ("Novara", "Kestrel")
    )
    parts = (
        insight("late", customer_ids=(novara,)),
        insight("happy", customer_ids=(kestrel,)),
        insight("angry", customer_ids=(novara,)),
    )
    kit.store.notes.save(note("late, happy, angry", *parts))

    told = kit.store.profiles.told_of(novara, OPERATOR, 10)

    assert [one.insight.statement for one in told] == ["late", "angry"]


def test_what_readers_may_not_see_is_neither_told_nor_counted(kit: StoreKit) -> None:
    """Nor does it take the place of what they may see."""
    customer = kit.store.customers.create(W, CustomerDraft("Novara")).id
    for at, where in enumerate(("open", "closed", "closed")):
        said = insight(f"said {at}", customer_ids=(customer,))
        when = MONDAY + timedelta(minutes=at)
        kit.store.notes.save(note(f"said {at}", said, at=key(str(at), where), posted_at=when))
    for_all = Audience.of_conversation(W, "open")

    (told,) = kit.store.profiles.told_of(customer, for_all, 1)
    assert told.insight.statement == "said 0"


def test_a_customer_of_another_workspace_has_nothing_to_tell(kit: StoreKit) -> None:
    """An id is no key to it."""
    customer = kit.store.customers.create(W, CustomerDraft("Novara")).id
    kit.store.notes.save(note("late", insight("late", customer_ids=(customer,))))

    assert kit.store.profiles.told_of(customer, Audience.operator("elsewhere"), 5) == ()
