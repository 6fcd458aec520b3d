"""Notes that a fallback read are read again; what a person decided stays."""

import pytest

from bot.domain.audience import Audience
from bot.domain.insight import BY_PERSON, Facets, InsightDraft
from bot.domain.taxonomy import KnowledgeType, Signal
from bot.errors import ModelUnavailable
from bot.messages import WayIn
from bot.ports import Classification
from bot.services.model_classification import FALLBACK_MARK
from bot.use_cases.reclassify import Reclassified, Reclassify
from tests.stage import ANNA, BEN, SALES, WORKSPACE, Stage

LATE = "the reports come too late"
FALLBACK, FIRST_CHOICE = f"local/1{FALLBACK_MARK}", "openai/fake"
COMPLAINT = Facets(KnowledgeType.FROM, signal=Signal.COMPLAINT)
PLAIN = Facets(KnowledgeType.ABOUT)
OPERATOR = Audience.operator(WORKSPACE)


@pytest.fixture
def reclassify(stage: Stage) -> Reclassify:
    return Reclassify(stage.store.notes, stage.store.directory, stage.handler.capture)


def read_as(facets: Facets, by: str, text: str = LATE) -> Classification:
    return Classification((InsightDraft(text, facets),), by)


def told(stage: Stage, facets: Facets, by: str) -> None:
    stage.classifier.answers.append(read_as(facets, by))
    stage.say(ANNA, LATE, way_in=WayIn.NOTE_COMMAND, where=SALES)


def facets_now(stage: Stage) -> list[Facets]:
    return [insight.facets for record in stage.notes() for insight in record.insights]


def test_what_a_fallback_read_is_read_again(stage: Stage, reclassify: Reclassify):
    """The better reading takes the place of the other."""
    told(stage, PLAIN, FALLBACK)
    stage.classifier.answers.append(read_as(COMPLAINT, FIRST_CHOICE))
    assert reclassify.run(OPERATOR, everything=False) == Reclassified(1, 1)
    assert facets_now(stage) == [COMPLAINT]


def test_what_the_first_choice_read_is_left_alone(stage: Stage, reclassify: Reclassify):
    """A model call is not spent on what is fine."""
    told(stage, PLAIN, FIRST_CHOICE)
    assert reclassify.run(OPERATOR, everything=False) == Reclassified(1, 0)
    assert len(stage.classifier.asked) == 1


def test_everything_is_read_again_when_wished(stage: Stage, reclassify: Reclassify):
    """After a new model came, for example."""
    told(stage, PLAIN, FIRST_CHOICE)
    stage.classifier.answers.append(read_as(COMPLAINT, FIRST_CHOICE))
    assert reclassify.run(OPERATOR, everything=True) == Reclassified(1, 1)
    assert facets_now(stage) == [COMPLAINT]


def test_a_correction_is_never_overruled(stage: Stage, reclassify: Reclassify):
    """Not even when everything is read again."""
    told(stage, PLAIN, FALLBACK)
    (record,) = stage.notes()
    stage.store.notes.change_insight(
        record.insights[0].id,
        facets=COMPLAINT,
        customer_ids=(),
        contacts=(),
        by_person_id=ANNA,
        at=stage.clock.now(),
    )
    assert stage.notes()[0].insights[0].classified_by == BY_PERSON
    stage.classifier.answers.append(read_as(PLAIN, FIRST_CHOICE))
    assert reclassify.run(OPERATOR, everything=True) == Reclassified(1, 0)
    assert facets_now(stage) == [COMPLAINT]


def test_a_note_that_could_not_be_read_gets_its_insights(stage: Stage, reclassify: Reclassify):
    """What was kept unread is understood later, and then answers questions."""
    stage.classifier.answers.append(ModelUnavailable("no answer"))
    stage.say(ANNA, LATE, way_in=WayIn.NOTE_COMMAND, where=SALES)
    assert facets_now(stage) == []
    stage.classifier.answers.append(read_as(COMPLAINT, FIRST_CHOICE))
    assert reclassify.run(OPERATOR, everything=False) == Reclassified(1, 1)
    assert LATE in stage.ask(BEN, "what of late reports").plain_text


def test_a_model_that_is_silent_leaves_the_old_reading(stage: Stage, reclassify: Reclassify):
    """And does not stop the notes after it from being read."""
    told(stage, PLAIN, FALLBACK)
    told(stage, PLAIN, FALLBACK)
    stage.classifier.answers += [ModelUnavailable("busy"), read_as(COMPLAINT, FIRST_CHOICE)]
    assert reclassify.run(OPERATOR, everything=False) == Reclassified(2, 1)
    assert facets_now(stage) == [PLAIN, COMPLAINT]
