"""What the bot suggests to ask to whoever opens their talk with it."""

from dataclasses import replace
from itertools import count

from bot.domain.insight import Facets
from bot.domain.people import ConversationKind
from bot.domain.taxonomy import KnowledgeType, Moment, MomentDirection, Signal
from bot.messages import Place, Reply, TalkOpened, WayIn
from bot.services.spoken_commands import as_meant
from bot.services.triage import is_question
from tests.stage import ANNA, BEN, CARLA, CHANNEL, PRICING, SALES, WORKSPACE, Stage

ABOUT = Facets(KnowledgeType.ABOUT)
openings = count(1)


def opened(stage: Stage, person: str) -> Reply:
    place = Place(CHANNEL, WORKSPACE, f"dm-{person}", ConversationKind.DIRECT)
    (reply,) = stage.handler.handle(TalkOpened(place, person, f"o{next(openings)}"))
    return reply


def suggested(stage: Stage, person: str) -> list[str]:
    return [suggestion.text for suggestion in opened(stage, person).suggestions]


def test_who_can_be_told_nothing_yet_is_told_how_to_begin(stage: Stage):
    """Nothing is said: only suggestions are made."""
    stage.customer("Novara Pharma", owner=ANNA)
    reply = opened(stage, ANNA)
    assert reply.blocks == ()
    (only,) = reply.suggestions
    assert as_meant(stage.message(ANNA, only.text)).way_in is WayIn.EARSHOT_COMMAND


def test_ones_own_customers_come_first_then_what_was_heard_last(stage: Stage):
    """Customers of whom nothing was heard are not asked about."""
    for name, owner in (("Aldera", ANNA), ("Brenndal", BEN), ("Corvex", None), ("Delmor", ANNA)):
        stage.customer(name, owner=owner)
    for name in ("Aldera", "Brenndal", "Corvex"):
        stage.note(BEN, f"{name} moves to Riga", ABOUT, where=SALES)
    assert suggested(stage, ANNA) == [
        "What do we know about Aldera?",
        "What do we know about Corvex?",
        "What do we know about Brenndal?",
        "help",
    ]


def test_the_question_follows_what_was_heard_last(stage: Stage):
    """Each of them is understood as a question."""
    heard = {
        "Aldera": replace(ABOUT, signal=Signal.COMPLAINT),
        "Brenndal": replace(ABOUT, signal=Signal.PRAISE),
        "Corvex": replace(ABOUT, signal=Signal.SUGGESTION),
        "Delmor": replace(
            ABOUT, moment=Moment.BUDGET_DECISION, moment_direction=MomentDirection.OPEN
        ),
    }
    for name, facets in heard.items():
        stage.customer(name)
        stage.note(BEN, f"{name} says so", facets, where=SALES)
    texts = suggested(stage, ANNA)
    assert texts == [
        "What is changing at Delmor?",
        "What does Corvex want?",
        "What does Brenndal like?",
        "What does Aldera complain about?",
    ]
    assert all(map(is_question, texts))


def test_nothing_is_suggested_from_what_the_person_may_not_see(stage: Stage):
    """For them it is as if it had not been said."""
    stage.customer("Novara Pharma", "Novara", owner=CARLA)
    before = opened(stage, CARLA)
    stage.note(ANNA, "Novara complains of the price", ABOUT, where=PRICING)
    assert "What do we know about Novara Pharma?" in suggested(stage, BEN)
    assert opened(stage, CARLA) == before


def test_who_left_meanwhile_is_suggested_nothing_from_there(stage: Stage):
    """The platform is asked again who is where the note was said."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, "Novara complains of the price", ABOUT, where=PRICING)
    there = stage.roster.conversations[PRICING]
    stage.roster.conversations[PRICING] = replace(there, member_ids=(ANNA,))
    stage.clock.advance(hours=1)
    assert suggested(stage, BEN) == ["help"]


def test_the_notes_that_a_suggestion_rests_on_are_named(stage: Stage):
    """So that whether they may still be seen is checked again when it is sent."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, "Novara complains of the price", ABOUT, where=PRICING)
    assert opened(stage, BEN).shows == tuple(record.note.id for record in stage.notes())


def test_a_failure_is_not_told_to_somebody_who_only_looked(stage: Stage):
    """They asked for nothing."""
    broken = replace(stage.handler, suggest=None)  # fails when it is used
    place = Place(CHANNEL, WORKSPACE, f"dm-{ANNA}", ConversationKind.DIRECT)
    assert broken.handle(TalkOpened(place, ANNA, "o")) == ()
