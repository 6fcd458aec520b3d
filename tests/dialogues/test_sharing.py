"""An answer is its asker's alone, until they share it where they asked."""

from pathlib import Path

import pytest

from bot.deliveries import address, readers_of
from bot.domain.audience import Audience
from bot.domain.people import Conversation, ConversationKind
from bot.messages import Action, ActionTaken, Button, Place, Reply, Visibility, WayIn
from tests.stage import ANNA, BEN, CARLA, CHANNEL, PRICING, SALES, WORKSPACE, Stage, raise_curtain

LATE = "Novara Pharma complains that our deliveries come late"
ASKED = "What does Novara Pharma complain about?"


@pytest.fixture(autouse=True)
def novara(stage: Stage) -> None:
    stage.customer("Novara Pharma")


def share_button(reply: Reply) -> Button | None:
    return next((b for b in reply.buttons if b.action is Action.SHARE), None)


def asked(stage: Stage, person: str = ANNA, where: str = SALES) -> Button:
    """Ask; returns the button that shares the answer."""
    reply = stage.ask(person, ASKED, where=where)
    assert LATE in reply.plain_text
    assert reply.visibility is Visibility.PRIVATE
    button = share_button(reply)
    assert button is not None
    return button


def press(
    stage: Stage, person: str, button: Button, where: str = SALES, press_id: str = "press-1"
) -> tuple[Reply, ...]:
    """Press it there."""
    return stage.handler.handle(pressed(stage, person, button, where, press_id))


def pressed(
    stage: Stage, person: str, button: Button, where: str = SALES, press_id: str = "press-1"
) -> ActionTaken:
    place = Place(CHANNEL, WORKSPACE, where)
    return ActionTaken(place, person, button.action, button.value, press_id, stage.clock.now())


def gone(stage: Stage) -> tuple[Reply, ...]:
    """What is said of an answer that never was."""
    return press(stage, ANNA, Button("", Action.SHARE, "no-such-question"))


def test_a_press_shows_the_answer_to_everybody_there(stage: Stage):
    """With its evidence and who shared it; the private answer is replaced by a line."""
    stage.note(BEN, LATE, where=SALES)
    shared, told = press(stage, ANNA, asked(stage))

    assert shared.visibility is Visibility.CONVERSATION
    assert ASKED in shared.plain_text
    assert LATE in shared.plain_text
    assert "Shared by Anna" in shared.plain_text
    assert shared.buttons == ()
    assert shared.shows == (stage.notes()[0].note.id,)
    assert (told.visibility, told.replaces_source) == (Visibility.PRIVATE, True)
    assert "sharing it here" in told.plain_text


def test_its_readers_are_checked_once_more_when_it_is_sent(stage: Stage):
    """Who reads it is everybody in the conversation, not who asked."""
    stage.note(BEN, LATE, where=SALES)
    button = asked(stage)
    shared, _ = press(stage, ANNA, button)
    outgoing = address(pressed(stage, ANNA, button), shared)
    assert readers_of(outgoing) == Audience.of_conversation(WORKSPACE, SALES)


def test_what_not_everybody_there_may_see_is_withheld(stage: Stage):
    """Anna read a note from a private channel; in a public one the press shows nothing of it."""
    stage.note(BEN, LATE, where=PRICING)
    (told,) = press(stage, ANNA, asked(stage))

    assert "Not shared" in told.plain_text
    assert "late" not in told.plain_text
    assert (told.visibility, told.shows) == (Visibility.PRIVATE, ())


def test_what_all_there_may_see_is_shared_in_a_private_channel(stage: Stage):
    """Everybody in it is in the channel that it was said in: it is the same."""
    stage.note(BEN, LATE, where=PRICING)
    shared, _ = press(stage, ANNA, asked(stage, where=PRICING), where=PRICING)
    assert LATE in shared.plain_text


def test_whoever_joined_since_counts(stage: Stage):
    """The platform is asked anew who is there, when the button is pressed."""
    group = Conversation(
        "group", WORKSPACE, CHANNEL, ConversationKind.PRIVATE, "group", (ANNA, BEN)
    )
    stage.roster.conversations["group"] = group
    stage.note(BEN, LATE, where=PRICING)
    button = asked(stage, where="group")
    joined = Conversation(
        "group", WORKSPACE, CHANNEL, ConversationKind.PRIVATE, "group", (ANNA, BEN, CARLA)
    )
    stage.roster.conversations["group"] = joined
    (told,) = press(stage, ANNA, button, where="group")
    assert "Not shared" in told.plain_text


def test_a_note_that_was_taken_back_since_is_not_shared(stage: Stage):
    """The answer is made of what is stored now."""
    stage.note(BEN, LATE, where=SALES)
    button = asked(stage)
    stage.act(BEN, Action.UNDO, stage.notes()[0].note.id)
    (told,) = press(stage, ANNA, button)
    assert "Not shared" in told.plain_text


def test_nobody_but_the_asker_can_share_it(stage: Stage):
    """To others it looks as if there were no such answer."""
    stage.note(BEN, LATE, where=SALES)
    button = asked(stage)
    assert press(stage, BEN, button) == press(stage, CARLA, button) == gone(stage)
    assert len(press(stage, ANNA, button)) == 2


def test_it_is_shared_nowhere_but_where_it_was_asked_for(stage: Stage):
    """Whichever conversation a client names."""
    stage.note(BEN, LATE, where=SALES)
    assert press(stage, ANNA, asked(stage), where=PRICING) == gone(stage)


def test_a_second_press_shares_nothing_twice(stage: Stage):
    """A redelivery of the first does again what the first did, should that have been lost."""
    stage.note(BEN, LATE, where=SALES)
    button = asked(stage)
    first = press(stage, ANNA, button)
    assert press(stage, ANNA, button) == first
    (told,) = press(stage, ANNA, button, press_id="press-2")
    assert "shared here before" in told.plain_text
    assert (told.visibility, told.replaces_source) == (Visibility.PRIVATE, True)


def test_a_button_from_before_a_restart_works(stage: Stage):
    """It carries an id; everything else comes from the database."""
    stage.note(BEN, LATE, where=SALES)
    button = asked(stage)
    after = raise_curtain(Path(str(stage.store.engine.url.database)).parent)
    try:
        shared, _ = press(after, ANNA, button)
        assert LATE in shared.plain_text
        (told,) = press(stage, ANNA, button, press_id="press-2")
        assert "shared here before" in told.plain_text
    finally:
        after.store.close()


def test_there_is_nobody_to_share_with_in_a_direct_message(stage: Stage):
    """Nor anything to share where nothing is known."""
    stage.note(BEN, LATE, where=SALES)
    assert share_button(stage.ask(ANNA, ASKED)) is None
    assert share_button(stage.ask(ANNA, "Who decides at Brandvik?", where=SALES)) is None
    (reply,) = stage.say(ANNA, ASKED, way_in=WayIn.MENTION, where=SALES)
    assert share_button(reply) is not None
