"""`/earshot customer NAME`: everything that a person may know of one customer."""

import pytest

from bot.domain.audience import Audience
from bot.domain.insight import Facets
from bot.domain.taxonomy import KnowledgeType, ProcessStage, Signal
from bot.messages import Paragraph, Reply, Visibility, WayIn
from tests.stage import ANNA, BEN, CARLA, PRICING, PUBLIC_URL, SALES, WORKSPACE, Stage

COMPLAINT = Facets(KnowledgeType.FROM, signal=Signal.COMPLAINT)


def command(stage: Stage, words: str, person: str = ANNA) -> Reply:
    (reply,) = stage.say(person, words, way_in=WayIn.EARSHOT_COMMAND, where=SALES)
    return reply


def test_everything_is_told_in_its_own_words_with_its_source(stage: Stage):
    """The latest first, and nothing shortened."""
    customer = stage.customer("Novara Pharma", "Novara")
    long = "Novara says " + "lids break and " * 40
    stage.note(ANNA, long, COMPLAINT, where=SALES)
    stage.note(BEN, "Novara wants PDF reports", where=SALES)

    reply = command(stage, "customer novara")

    assert reply.plain_text.splitlines() == [
        "Novara Pharma",
        "Customer · also Novara",
        "1 complaint",
        "“Novara wants PDF reports”",
        "9 Nov 2026 · Ben · #sales",
        f"“{long}”",
        "9 Nov 2026 · Anna · #sales · complaint",
    ]
    heading = reply.blocks[0]
    assert isinstance(heading, Paragraph)
    assert heading.spans[0].href == f"{PUBLIC_URL}/customers/{customer}"
    assert reply.visibility is Visibility.PRIVATE
    assert len(reply.shows) == 2


def test_it_tells_what_the_person_may_know(stage: Stage):
    """Whatever others were told."""
    stage.customer("Novara")
    stage.note(ANNA, "Novara says lids break", where=PRICING)

    assert "lids break" in command(stage, "customer Novara", BEN).plain_text
    assert "lids break" not in command(stage, "customer Novara", CARLA).plain_text


def test_what_others_told_has_then_been_passed_on(stage: Stage):
    """One's own words have not."""
    stage.customer("Novara")
    stage.note(ANNA, "Novara says lids break", where=SALES)
    command(stage, "customer Novara", ANNA)
    (before,) = stage.notes()
    command(stage, "customer Novara", BEN)
    (after,) = stage.notes()

    assert before.insights[0].stage is not ProcessStage.DISSEMINATION
    assert after.insights[0].stage is ProcessStage.DISSEMINATION


def test_the_beginning_of_a_name_is_enough(stage: Stage):
    """Where it is the beginning of one alone."""
    stage.customer("Novara Pharma")

    assert command(stage, "customer nov").plain_text.startswith("Novara Pharma")


def test_of_several_the_person_chooses(stage: Stage):
    """Each is named as it can be asked for."""
    stage.customer("Novara Pharma")
    stage.customer("Novara Labs")

    lines = command(stage, "customer novara").plain_text.splitlines()

    assert lines[0] == "Which one do you mean by “novara”?"
    assert sorted(lines[1:]) == ["/earshot customer Novara Labs", "/earshot customer Novara Pharma"]


def test_a_whole_name_is_meant_before_longer_ones(stage: Stage):
    """Else nobody could ask for it."""
    stage.customer("Novara")
    stage.customer("Novara Labs")

    assert command(stage, "customer Novara").plain_text.startswith("Novara\n")


def test_an_unknown_name_registers_nobody(stage: Stage):
    """A typing error is not a customer; how to register one is said."""
    reply = command(stage, "customer Novra")

    assert reply.plain_text.splitlines() == [
        "I do not know “Novra” as a customer.",
        "To add it: /earshot customer Novra;",
    ]
    assert stage.store.customers.all(Audience.operator(WORKSPACE)) == ()


def test_a_semicolon_registers_also_without_an_alias(stage: Stage):
    """As the answer to an unknown name says."""
    assert command(stage, "customer Novara;").plain_text == "Registered Novara as a customer."


def test_it_can_be_asked_for_in_words(stage: Stage):
    """In a direct message, as in every channel without commands."""
    stage.customer("Novara")

    (reply,) = stage.say(ANNA, "earshot customer Novara")

    assert reply.plain_text.startswith("Novara\n")


@pytest.mark.parametrize("name", ["N" * 5_000, "%", "_", "*", '"', "Novara' OR 1=1"])
def test_nothing_typed_is_more_than_a_name(stage: Stage, name: str):
    """No pattern and no query."""
    stage.customer("Novara Pharma")

    assert "Novara Pharma" not in command(stage, f"customer {name}").plain_text
