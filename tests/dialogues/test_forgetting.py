"""A person asks to be forgotten, and is."""

import pytest

from bot.messages import Action, Button, Reply, WayIn
from tests.stage import ANNA, BEN, CARLA, SALES, Stage

LATE = "Novara Pharma complains that our deliveries come late"


@pytest.fixture(autouse=True)
def novara(stage: Stage) -> None:
    stage.customer("Novara Pharma")


def offered(stage: Stage, person: str) -> Reply:
    (reply,) = stage.say(person, "forget me", way_in=WayIn.EARSHOT_COMMAND)
    return reply


def button(reply: Reply) -> Button:
    (found,) = [b for b in reply.buttons if b.action is Action.FORGET_ME]
    return found


def test_who_asks_is_told_what_goes_and_nothing_goes_before_the_press(stage: Stage):
    """The number of notes, and that it is for good."""
    stage.note(ANNA, LATE, where=SALES)
    reply = offered(stage, ANNA)
    assert "1 note that you wrote" in reply.plain_text
    assert "cannot undo" in reply.plain_text
    assert len(stage.notes()) == 1


def test_the_press_erases_what_is_theirs_and_leaves_what_others_told(stage: Stage):
    """Their note answers nobody any more; Ben's does."""
    stage.note(ANNA, LATE, where=SALES)
    stage.note(BEN, "Novara Pharma praises our lab", where=SALES)
    done = stage.press(ANNA, button(offered(stage, ANNA)))
    assert "deleted 1 note" in done.plain_text
    answer = stage.ask(CARLA, "What does Novara Pharma complain about?")
    assert "late" not in answer.plain_text
    assert [record.note.author_id for record in stage.notes()] == [BEN]


def test_a_press_forgets_whoever_presses_and_nobody_else(stage: Stage):
    """Carla cannot have Anna forgotten with Anna's button."""
    stage.note(ANNA, LATE, where=SALES)
    stage.press(CARLA, button(offered(stage, ANNA)))
    assert len(stage.notes()) == 1


def test_an_old_button_and_one_that_was_made_up_erase_nothing(stage: Stage):
    """What one was told would go is not what would go then."""
    stage.note(ANNA, LATE, where=SALES)
    old = button(offered(stage, ANNA))
    stage.clock.advance(hours=2)
    assert "Ask once more" in stage.press(ANNA, old).plain_text
    for value in "soon", "", "2999-01-01T00:00:00+00:00", "2026-11-09T09:00:00":
        stage.act(ANNA, Action.FORGET_ME, value)
    assert len(stage.notes()) == 1


def test_who_wrote_nothing_can_be_forgotten_all_the_same(stage: Stage):
    """Their name is kept, at the least."""
    reply = offered(stage, CARLA)
    assert "0 notes that you wrote" in reply.plain_text
    assert "deleted 0 notes" in stage.press(CARLA, button(reply)).plain_text


@pytest.mark.parametrize("words", ["forget me", "Forget me.", "/earshot forget me"])
def test_it_is_asked_for_in_words_too(stage: Stage, words: str):
    """Where there are no commands, as in Teams."""
    stage.note(ANNA, LATE, where=SALES)
    (reply,) = stage.say(ANNA, words)
    assert button(reply).label == "Forget me"


def test_nobody_forgets_a_customer_in_chat(stage: Stage):
    """That is for whoever runs the server."""
    (reply,) = stage.say(ANNA, "forget Novara Pharma", way_in=WayIn.EARSHOT_COMMAND)
    assert "administrator" in reply.plain_text
    assert reply.buttons == ()


def test_what_is_said_later_is_kept_and_what_was_said_before_is_not(stage: Stage):
    """A message that was long on its way is refused; one written afterwards is a note."""
    before = stage.message(ANNA, LATE, way_in=WayIn.MENTION, where=SALES)
    stage.note(ANNA, "Novara Pharma wants a discount", where=SALES)
    stage.press(ANNA, button(offered(stage, ANNA)))
    assert not stage.store.inbox.accept(before)
    (refused,) = stage.handler.handle(before)
    assert "nothing here any more" in refused.plain_text
    assert stage.notes() == []
    stage.clock.advance(minutes=1)
    stage.note(ANNA, LATE, where=SALES)
    assert len(stage.notes()) == 1


def test_a_full_name_in_what_others_wrote_is_masked_and_stays_so(stage: Stage):
    """Also when somebody points at that message once more."""
    stage.roster.people.clear()
    stage.note(CARLA, "Novara Pharma asks for Anna Quick", where=SALES, message_id="m")
    stage.note(ANNA, LATE, where=SALES)
    _is_called(stage, "Anna Quick")
    stage.press(ANNA, button(offered(stage, ANNA)))
    stage.note(CARLA, "Novara Pharma asks for Anna Quick", where=SALES, message_id="m")
    assert [r.note.text for r in stage.notes()] == ["Novara Pharma asks for [erased]"]


def test_a_first_name_alone_is_left_and_told_of(stage: Stage):
    """It may be somebody else's."""
    stage.note(CARLA, "Novara Pharma asks for anna", where=SALES)
    stage.note(ANNA, LATE, where=SALES)
    reply = offered(stage, ANNA)
    assert "1 note of others may mean you" in reply.plain_text


def _is_called(stage: Stage, name: str) -> None:
    from bot.domain.people import Person
    from tests.stage import WORKSPACE

    stage.store.directory.put_people([Person(ANNA, WORKSPACE, name)])
