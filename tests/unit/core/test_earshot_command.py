"""`/earshot …`: one word for each thing that is neither a note nor a question."""

import pytest

from bot.domain.audience import Audience
from bot.domain.taxonomy import CustomerStatus
from bot.messages import Reply, Visibility, WayIn
from bot.services.presentation import general
from tests.stage import ANNA, BEN, CARLA, PRICING, SALES, WORKSPACE, Stage


def command(stage: Stage, words: str, person: str = ANNA, where: str = SALES) -> Reply:
    (reply,) = stage.say(person, words, way_in=WayIn.EARSHOT_COMMAND, where=where)
    return reply


@pytest.mark.parametrize("words", ["", "help", " HELP "])
def test_help_is_what_one_gets_without_a_word(stage: Stage, words: str):
    """Nobody has to know that there is a help."""
    assert command(stage, words) == general.help_text()


@pytest.mark.parametrize("words", ["listn on", "listen", "listen maybe", "who"])
def test_a_word_that_is_not_known_is_repeated_with_where_to_look(stage: Stage, words: str):
    """The next step is in the reply."""
    assert command(stage, words).plain_text == f"I do not know “{words}”. Try /earshot help."


def test_listening_is_announced_to_everybody_there(stage: Stage):
    """Nobody is listened to without being told."""
    reply = command(stage, "Listen ON")
    assert reply.visibility is Visibility.CONVERSATION
    assert "I read along here" in reply.plain_text
    assert stage.store.directory.is_listening(WORKSPACE, SALES)
    assert not stage.store.directory.is_listening(WORKSPACE, PRICING)


def test_the_end_of_listening_is_announced_too(stage: Stage):
    """To the same people."""
    command(stage, "listen on")
    reply = command(stage, "listen off")
    assert reply.visibility is Visibility.CONVERSATION
    assert "no longer" in reply.plain_text
    assert not stage.store.directory.is_listening(WORKSPACE, SALES)


def test_a_direct_message_is_read_anyway(stage: Stage):
    """There is nothing to turn on, and nothing is."""
    reply = command(stage, "listen on", where=f"dm-{ANNA}")
    assert reply == general.listen_where()
    assert not stage.store.directory.is_listening(WORKSPACE, f"dm-{ANNA}")


def test_a_customer_is_registered_with_its_aliases(stage: Stage):
    """Whoever registers it owns it."""
    reply = command(stage, "customer Novara Pharma; Novara ;; NVP")
    assert reply.plain_text == "Registered Novara Pharma (also Novara, NVP) as a customer."
    (customer,) = stage.store.customers.all(Audience.operator(WORKSPACE))
    assert (customer.name, customer.aliases, customer.owner_id, customer.status) == (
        "Novara Pharma",
        ("Novara", "NVP"),
        ANNA,
        CustomerStatus.EXISTING,
    )


@pytest.mark.parametrize("words", ["customer", "customer  ", "customer ;;"])
def test_a_customer_without_a_name_is_asked_for(stage: Stage, words: str):
    """With an example to copy."""
    assert "For example: /earshot customer" in command(stage, words).plain_text
    assert stage.store.customers.all(Audience.operator(WORKSPACE)) == ()


def test_needs_are_those_that_the_person_may_see(stage: Stage):
    """What Carla asked the bot alone is not on Ben's list."""
    reply = stage.ask(CARLA, "who decides at Novara?")
    stage.press(CARLA, reply.buttons[0])
    assert "who decides at Novara?" in command(stage, "needs", CARLA).plain_text
    assert command(stage, "needs", BEN).plain_text == "No open knowledge needs."
