"""What one person notes of somebody's private data, another reads masked, wherever it is shown."""

from dataclasses import replace

import pytest

from bot.messages import Action, Reply, WayIn
from tests.dialogues.test_sharing import press
from tests.stage import ANNA, BEN, SALES, Stage

PHONE = "+358 40 123 4567"
TEXT = f"Novara Pharma says Pia Keller wants calls on {PHONE} after six"
ASKED = "When does Pia Keller at Novara Pharma want calls?"


@pytest.fixture(autouse=True)
def novara(stage: Stage) -> str:
    """A customer that Ben looks after, and Anna's note on it."""
    customer_id = stage.customer("Novara Pharma", "Novara", owner=BEN, contacts=["Pia Keller"])
    stage.note(ANNA, TEXT, where=SALES)
    return customer_id


def command(stage: Stage, person: str, words: str) -> Reply:
    (reply,) = stage.say(person, words, way_in=WayIn.EARSHOT_COMMAND)
    return reply


def test_an_answer_shows_its_contributor_all_and_others_a_mask(stage: Stage):
    """The rest of the sentence is there to be used; names are knowledge."""
    assert PHONE in stage.ask(ANNA, ASKED).plain_text
    told = stage.ask(BEN, ASKED).plain_text
    assert PHONE not in told
    assert "Pia Keller wants calls on [phone] after six" in told


def test_a_shared_answer_is_masked_and_so_is_its_question(stage: Stage):
    """Also what its contributor shares, or asks of somebody."""
    answer = stage.ask(ANNA, f"{ASKED} On {PHONE}?", where=SALES)
    (button,) = [b for b in answer.buttons if b.action is Action.SHARE]
    shared, _ = press(stage, ANNA, button)
    assert PHONE not in shared.plain_text
    assert "[phone]" in shared.plain_text


@pytest.mark.parametrize("words", ["customer Novara Pharma", "home", "mine", "brief Novara Pharma"])
def test_a_page_shows_its_reader_a_mask(stage: Stage, words: str):
    """Whatever it is a page of."""
    assert PHONE not in command(stage, BEN, words).plain_text


def test_one_s_own_page_shows_one_s_own_words(stage: Stage):
    """A contributor can check what they wrote."""
    assert PHONE in command(stage, ANNA, "mine").plain_text


def test_a_whole_note_is_masked_for_others(stage: Stage):
    """The window that opens from a list shows no more than the list."""
    (record,) = stage.notes()
    shown = stage.act(BEN, Action.SHOW_NOTE, record.note.id)
    assert "Pia Keller wants calls on [phone] after six" in shown.plain_text
    assert PHONE not in shown.plain_text


def test_nothing_is_found_by_a_number_that_one_may_not_read(stage: Stage):
    """What finds it would tell whose it is: neither the words nor the vector hold it."""
    stage.note(BEN, "Pellworth wants vials", where=SALES)
    for digits in (PHONE, "4567", "0401234567"):
        told = stage.ask(BEN, f"whose is {digits}?").plain_text
        assert "Pia Keller" not in told
    assert all(PHONE not in one.statement for one in stage.embedder.passages)
    assert all(PHONE not in question for question, _ in stage.embedder.questions)


def test_what_is_already_noted_is_told_others_masked(stage: Stage):
    """Pointing at a message is no way around it."""
    (record,) = stage.notes()
    message = stage.message(
        ANNA, TEXT, where=SALES, message_id=record.note.key.message_id, way_in=WayIn.SHORTCUT
    )
    replies = stage.handler.handle(replace(message, person_id=BEN))
    assert all(PHONE not in reply.plain_text for reply in replies)


def test_anybody_may_know_what_goes_to_a_model(stage: Stage):
    """Without one, nothing does."""
    assert "no remote model" in command(stage, BEN, "settings").plain_text
