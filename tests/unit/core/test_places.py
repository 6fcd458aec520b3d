"""Who is where: asked of the platform no more often than needed, and nobody where it is silent."""

from dataclasses import replace

import pytest

from bot.domain.audience import Audience
from bot.domain.people import ConversationKind, Person, Standing
from bot.messages import ConversationChanged, Place, WayIn
from tests.stage import ANNA, BEN, CHANNEL, PRICING, SALES, WORKSPACE, Stage

PLACE = Place(CHANNEL, WORKSPACE, PRICING)


def leave(stage: Stage, person: str) -> None:
    known = stage.roster.conversations[PRICING]
    left = tuple(p for p in known.member_ids or () if p != person)
    stage.roster.conversations[PRICING] = replace(known, member_ids=left)


def test_members_are_asked_for_once_in_a_quarter_of_an_hour(stage: Stage):
    """Fourteen minutes are fresh, fifteen are not."""
    places = stage.handler.places
    places.conversation(PLACE)
    stage.clock.advance(minutes=14, seconds=59)
    places.conversation(PLACE)
    assert stage.roster.asked == 1
    stage.clock.advance(seconds=1)
    places.conversation(PLACE)
    assert stage.roster.asked == 2


def test_somebody_who_left_is_no_member_after_the_next_look(stage: Stage):
    """Not before: the platform is not asked for each message."""
    stage.handler.places.conversation(PLACE)
    leave(stage, BEN)
    assert stage.handler.places.conversation(PLACE).member_ids == (ANNA, BEN)
    stage.clock.advance(minutes=15)
    assert stage.handler.places.conversation(PLACE).member_ids == (ANNA,)


def test_a_change_that_the_platform_tells_of_counts_at_once(stage: Stage):
    """Whoever was removed sees nothing from then on."""
    stage.note(ANNA, "the discount is 7 percent", where=PRICING)
    (record,) = stage.notes()
    ben = Audience.of_person(WORKSPACE, BEN)
    assert stage.store.notes.get(record.note.id, ben)

    leave(stage, BEN)
    stage.handler.handle(ConversationChanged(PLACE, "c1"))
    assert stage.store.notes.get(record.note.id, ben) is None


def test_a_bot_that_was_removed_listens_no_longer(stage: Stage):
    """Else it would read along again as soon as somebody adds it, unannounced."""
    for change in (ConversationChanged(PLACE, "c1"), ConversationChanged(PLACE, "c2", True)):
        stage.store.directory.set_listening(WORKSPACE, PRICING, listening=True)
        stage.handler.handle(change)
        listens = stage.store.directory.is_listening(WORKSPACE, PRICING)
        assert listens is not change.is_bot_removed


def test_nobody_is_a_member_where_the_platform_does_not_say(stage: Stage):
    """Unknown membership is no membership: even the author has to wait."""
    stage.note(ANNA, "the discount is 7 percent", where=PRICING)
    (record,) = stage.notes()
    del stage.roster.conversations[PRICING]
    stage.clock.advance(minutes=15)

    assert stage.handler.places.conversation(PLACE).member_ids is None
    for person in (ANNA, BEN):
        audience = Audience.of_person(WORKSPACE, person)
        assert stage.store.notes.get(record.note.id, audience) is None


def test_a_conversation_that_was_never_known_is_private_without_members(stage: Stage):
    """The careful guess where the platform says nothing at all."""
    found = stage.handler.places.conversation(Place(CHANNEL, WORKSPACE, "elsewhere"))
    assert (found.kind, found.member_ids) == (ConversationKind.PRIVATE, None)


def test_a_channel_that_is_off_tells_of_nobody(stage: Stage):
    """There is no roster to ask."""
    found = stage.handler.places.conversation(Place("teams", WORKSPACE, "x"))
    assert found.member_ids is None


def test_a_look_at_the_members_forgets_neither_listening_nor_the_customer(stage: Stage):
    """These are ours; the platform knows nothing of them."""
    customer_id = stage.customer("Novara Pharma")
    directory, places = stage.store.directory, stage.handler.places
    directory.put_conversation(replace(places.conversation(PLACE), customer_id=customer_id))
    directory.set_listening(WORKSPACE, PRICING, listening=True)
    places.conversation(PLACE, refresh=True)

    known = directory.conversation(WORKSPACE, PRICING)
    assert known
    assert (known.customer_id, known.listening) == (customer_id, True)


def test_a_name_that_came_with_the_message_is_not_asked_for(stage: Stage):
    """And it is kept."""
    person = stage.handler.places.person(PLACE, "dora", "Dora Lind")
    assert (person.name, stage.roster.asked) == ("Dora Lind", 0)
    assert stage.handler.places.person(PLACE, "dora").name == "Dora Lind"


def test_a_new_name_replaces_the_old_one_and_keeps_the_role(stage: Stage):
    """People marry; their job stays."""
    stage.store.directory.put_people([Person("dora", WORKSPACE, "Dora Lind", "sales")])
    stage.handler.places.person(PLACE, "dora", "Dora Berg")
    assert stage.store.directory.person(WORKSPACE, "dora") == Person(
        "dora", WORKSPACE, "Dora Berg", "sales"
    )


def test_a_name_is_asked_for_once(stage: Stage):
    """Then the directory knows it."""
    for _ in range(2):
        assert stage.handler.places.person(PLACE, ANNA).name == "Anna"
    assert stage.roster.asked == 1


def test_a_name_that_could_not_be_had_is_asked_for_again(stage: Stage):
    """One failed call must not name a person by their id for ever."""
    places = stage.handler.places
    assert places.person(Place(CHANNEL, WORKSPACE, SALES), "dora").name == "dora"
    stage.roster.people["dora"] = Person("dora", WORKSPACE, "Dora Lind")
    assert places.person(Place(CHANNEL, WORKSPACE, SALES), "dora").name == "Dora Lind"


def test_a_place_that_nobody_asks_about_is_asked_about_after_hours(stage: Stage):
    """Who left unnoticed is no member then, and what was asked about lately is let be."""
    stage.note(ANNA, "Novara closes Lyon", way_in=WayIn.MENTION, where=PRICING)
    known = stage.roster.conversations[PRICING]
    stage.roster.conversations[PRICING] = replace(known, member_ids=(ANNA,))
    assert stage.handler.places.resync() == 0
    stage.clock.advance(hours=7)
    assert stage.handler.places.resync() == 1
    there = stage.store.directory.conversation(WORKSPACE, PRICING)
    assert there is not None
    assert there.member_ids == (ANNA,)
    assert stage.handler.places.resync() == 0


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.STRANGER, Standing.UNKNOWN])
def test_only_full_members_read_what_is_public(stage: Stage, standing: Standing):
    """Who becomes one reads it, who is one no longer does not."""
    stage.note(ANNA, "Novara closes Lyon", way_in=WayIn.MENTION, where=SALES)
    dora = Person("dora", WORKSPACE, "Dora", standing=standing)
    stage.roster.people["dora"] = dora
    assert not stage.ask("dora", "does Novara close Lyon?").shows
    stage.roster.people["dora"] = replace(dora, standing=Standing.MEMBER)
    stage.clock.advance(minutes=16)
    assert stage.ask("dora", "does Novara close Lyon?").shows


def test_who_the_platform_cannot_tell_is_nobody(stage: Stage):
    """Until it can; whoever was a full member a quarter of an hour ago may be none now."""
    stage.note(ANNA, "Novara closes Lyon", way_in=WayIn.MENTION, where=SALES)
    dora = Person("dora", WORKSPACE, "Dora", standing=Standing.MEMBER)
    stage.roster.people["dora"] = dora
    assert stage.ask("dora", "does Novara close Lyon?").shows
    del stage.roster.people["dora"]
    stage.clock.advance(minutes=16)
    assert not stage.ask("dora", "does Novara close Lyon?").shows
    stage.roster.people["dora"] = dora
    stage.clock.advance(minutes=2)
    assert stage.ask("dora", "does Novara close Lyon?").shows
