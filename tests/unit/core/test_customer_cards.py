"""Links to customers unfold into what everybody who reads them may know, and nothing more."""

import pytest

from bot.deliveries import address, readers_of
from bot.domain.answer import KnowledgeNeed
from bot.domain.audience import Audience
from bot.domain.insight import Facets
from bot.domain.people import Conversation, ConversationKind, Person
from bot.domain.taxonomy import KnowledgeType, Moment, MomentDirection, Signal
from bot.messages import Card, CustomerLink, LinksShared, Place, Reply
from tests.stage import ANNA, BEN, CHANNEL, PRICING, SALES, WORKSPACE, Stage

ALONE = f"dm-{ANNA}"
COMPLAINT = Facets(KnowledgeType.FROM, signal=Signal.COMPLAINT)
MOMENT = Facets(
    KnowledgeType.ABOUT,
    moment=Moment.OWNERSHIP_CHANGE,
    moment_direction=MomentDirection.OPEN,
)


def shared(*customer_ids: str, where: str = SALES, person: str = ANNA) -> LinksShared:
    links = tuple(
        CustomerLink(f"https://earshot.example.com/customers/{c}", c) for c in customer_ids
    )
    return LinksShared(Place(CHANNEL, WORKSPACE, where), person, links, "m1")


def unfolded(stage: Stage, happened: LinksShared) -> tuple[Card, ...]:
    """The cards that are shown, if any."""
    return tuple(card for reply in stage.handler.handle(happened) for card in reply.cards)


def words(card: Card) -> str:
    return Reply(card.blocks).plain_text


def test_a_card_tells_who_looks_after_it_what_is_open_and_what_was_told_last(stage: Stage):
    """The latest three, each with its day, where and by whom."""
    stage.store.directory.put_people([Person(BEN, WORKSPACE, "Ben")])
    customer = stage.customer("Novara Pharma", "Novara", owner=BEN)
    stage.note(ANNA, "Novara wants PDF reports", where=SALES)
    stage.note(ANNA, "Novara is bought by Kestrel", MOMENT, where=SALES)
    stage.note(BEN, "Novara says vials break", COMPLAINT, where=SALES)
    stage.note(BEN, "Novara says lids break", COMPLAINT, where=SALES)

    (card,) = unfolded(stage, shared(customer))

    assert (card.url, card.title) == (
        f"https://earshot.example.com/customers/{customer}",
        "Novara Pharma",
    )
    assert words(card).splitlines() == [
        "Novara Pharma",
        "Customer · owned by Ben · also Novara",
        "1 moment · 2 complaints",
        "“Novara says lids break”",
        "9 Nov 2026 · Ben · #sales · complaint",
        "“Novara says vials break”",
        "9 Nov 2026 · Ben · #sales · complaint",
        "“Novara is bought by Kestrel”",
        "9 Nov 2026 · Anna · #sales · ownership change",
    ]


def test_what_was_said_behind_closed_doors_is_on_no_card_outside(stage: Stage):
    """Neither in words nor in counts, though whoever shares the link was there."""
    customer = stage.customer("Novara")
    stage.note(ANNA, "Novara says lids break", COMPLAINT, where=PRICING)

    (outside,) = unfolded(stage, shared(customer, where=SALES))
    (inside,) = unfolded(stage, shared(customer, where=PRICING))

    assert words(outside).splitlines()[2:] == ["Nothing is noted that may be shown here."]
    assert "lids break" in words(inside)
    assert "1 complaint" in words(inside)


def test_a_card_is_for_all_who_read_there(stage: Stage):
    """Its readers are checked again when it is shown."""
    customer = stage.customer("Novara")
    posted = shared(customer)

    (reply,) = stage.handler.handle(posted)

    assert readers_of(address(posted, reply)) == Audience.of_conversation(WORKSPACE, SALES)


def test_needs_are_on_no_card(stage: Stage):
    """What somebody does not know is theirs to tell, also where they alone read."""
    customer = stage.customer("Novara")
    asked_at = stage.clock.now()
    need = KnowledgeNeed("n1", WORKSPACE, "who decides?", ANNA, asked_at, (customer,), None)
    stage.store.questions.record_need(need)

    for where in (SALES, ALONE):
        (card,) = unfolded(stage, shared(customer, where=where))
        assert "find out" not in words(card)


def test_what_is_checked_again_is_all_that_a_card_counts(stage: Stage):
    """When it is sent, a note that it only counted may be hidden too."""
    customer = stage.customer("Novara")
    for text in "abcde":
        stage.note(ANNA, f"Novara {text}", where=SALES)

    (reply,) = stage.handler.handle(shared(customer))

    assert set(reply.shows) == {record.note.id for record in stage.notes()}


def test_what_others_told_is_passed_on_by_posting_it(stage: Stage):
    """Not beyond what is shown in words."""
    customer = stage.customer("Novara")
    for person, text in [
        (BEN, "Novara a"),
        (BEN, "Novara b"),
        (ANNA, "Novara c"),
        (BEN, "Novara d"),
    ]:
        stage.note(person, text, where=SALES)
    told = {record.note.text: record.insights[0].id for record in stage.notes()}

    (posted,) = stage.handler.handle(shared(customer))

    assert posted.disseminates == (told["Novara d"], told["Novara b"])


def test_a_customer_who_does_not_exist_has_no_card(stage: Stage):
    """And takes nothing from the others."""
    customer = stage.customer("Novara")

    assert stage.handler.handle(shared("0" * 32)) == ()
    assert len(unfolded(stage, shared("0" * 32, customer))) == 1


def test_where_nobody_knows_who_reads_there_is_no_card(stage: Stage):
    """As in a talk of two people, of which the bot is told too."""
    customer = stage.customer("Novara")
    stage.note(ANNA, "Novara says lids break", where=SALES)

    for elsewhere in ("unheard-of", "D0THEIRS"):
        assert stage.handler.handle(shared(customer, where=elsewhere)) == ()


def test_a_stranger_gets_no_card(stage: Stage):
    """Whoever posts a link there is to be one of us."""
    customer = stage.customer("Novara")

    assert stage.handler.handle(shared(customer, person="mallory")) == ()


def test_whoever_left_since_is_noticed_before_anything_is_shown(stage: Stage):
    """The platform does not tell of every leaving."""
    customer = stage.customer("Novara")
    stage.note(ANNA, "Novara says lids break", where=PRICING)
    stage.roster.conversations[PRICING] = Conversation(
        PRICING, WORKSPACE, CHANNEL, ConversationKind.PRIVATE, "pricing", (BEN,)
    )
    stage.clock.advance(minutes=20)

    (card,) = unfolded(stage, shared(customer, where=ALONE))

    assert "lids break" not in words(card)


@pytest.mark.parametrize("ids", [("a",), ("a", "b")])
def test_a_message_whose_links_change_is_told_of_again(ids: tuple[str, ...]):
    """And the same links once."""
    one, other = shared(*ids), shared(*ids)

    assert one.delivery_key == other.delivery_key
    assert one.delivery_key != shared(*ids, "c").delivery_key
