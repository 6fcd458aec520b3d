"""What is learned from corrections is used only where it makes nothing worse."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain.audience import Audience
from bot.domain.insight import Facets, InsightDraft
from bot.domain.taxonomy import KnowledgeType
from bot.errors import TooFewCorrections
from bot.messages import Button, Reply, WayIn
from bot.ports import Classification, CorrectedExample, Measured, Proposal
from bot.use_cases.retrain import FEWEST_EXAMPLES, Retrained, as_json, as_table, retrain
from tests.stage import ANNA, BEN, PRICING, WORKSPACE, Stage

OPERATOR = Audience.operator(WORKSPACE)
LATE = "Novara says the deviation reports come too late"
BETTER = Proposal(
    name="own-1a2b3c",
    content=b"",
    corrections=(Measured("signal", 30, 0.5, 0.6), Measured("moment", 10, 0.5, 0.4)),
    held_out=(Measured("signal", 700, 0.81, 0.81), Measured("process_stage", 700, 0.7, 0.71)),
)


class Learner:
    """Remembers what it was given, and finds it all better."""

    def __init__(self) -> None:
        self.examples: Sequence[CorrectedExample] = ()

    def retrain(self, examples: Sequence[CorrectedExample]) -> Proposal:
        self.examples = examples
        return BETTER


def learn(stage: Stage, learner: Learner, audience: Audience = OPERATOR) -> Retrained:
    return retrain(audience, learning=stage.store.learning, retrainer=learner)


def told(stage: Stage, where: str | None = None) -> Reply:
    draft = InsightDraft(LATE, Facets(KnowledgeType.ABOUT))
    stage.classifier.answers.append(Classification((draft,), "fake/1"))
    (reply,) = stage.say(ANNA, LATE, way_in=WayIn.NOTE_COMMAND, where=where)
    return reply


def button(reply: Reply, title: str) -> Button:
    return next(button for button in reply.buttons if button.label == title)


def correct(stage: Stage, times: int, where: str | None = None) -> None:
    for _ in range(times):
        opened = stage.press(ANNA, button(told(stage, where), "Change"))
        stage.submit(ANNA, opened, knowledge_type="from")


def test_too_few_corrections_are_refused_with_their_number(stage: Stage):
    """Nothing is learned, and it is said how far it is."""
    correct(stage, FEWEST_EXAMPLES - 1)
    learner = Learner()
    with pytest.raises(TooFewCorrections, match=r"19 so far, 20 are needed"):
        learn(stage, learner)
    assert learner.examples == ()


def test_corrections_and_confirmations_are_learned_from(stage: Stage):
    """With the words of the person."""
    correct(stage, FEWEST_EXAMPLES - 1)
    stage.submit(ANNA, stage.press(ANNA, button(told(stage), "Change")))
    told(stage)
    learner = Learner()
    assert learn(stage, learner).examples == FEWEST_EXAMPLES
    types = [one.facets.knowledge_type for one in learner.examples if one.facets]
    assert types == [KnowledgeType.FROM] * (FEWEST_EXAMPLES - 1) + [KnowledgeType.ABOUT]


def test_who_only_chose_the_customer_said_nothing_to_learn(stage: Stage):
    """The facets were not looked at."""
    correct(stage, FEWEST_EXAMPLES)
    stage.customer("Novara Pharma")
    stage.customer("Novara Foods")
    stage.press(ANNA, button(told(stage), "Novara Pharma"))
    assert learn(stage, Learner()).examples == FEWEST_EXAMPLES


def test_what_the_audience_may_not_see_is_not_learned_from(stage: Stage):
    """A correction in a private channel is its members'."""
    correct(stage, FEWEST_EXAMPLES, where=PRICING)
    assert learn(stage, Learner()).examples == FEWEST_EXAMPLES
    with pytest.raises(TooFewCorrections, match="0 so far"):
        learn(stage, Learner(), Audience.of_person(WORKSPACE, "carla"))
    assert learn(stage, Learner(), Audience.of_person(WORKSPACE, BEN)).examples == FEWEST_EXAMPLES


def test_what_is_better_here_and_nowhere_worse_is_accepted():
    """A facet that got worse here is outweighed by another with more corrections."""
    found = Retrained(40, BETTER)
    assert (found.right_before, found.right_after) == pytest.approx((0.5, 0.55))
    assert found.is_accepted


@pytest.mark.parametrize(
    ("corrections", "held_out", "reason"),
    [
        (0.6, 0.8099, "signal got worse on notes of other companies"),
        (0.5, 0.81, "were not read any better"),
        (0.4, 0.81, "were not read any better"),
    ],
)
def test_what_is_no_better_or_worse_elsewhere_is_not_accepted(
    corrections: float, held_out: float, reason: str
):
    """However little worse it is, and the reason is said."""
    proposal = replace(
        BETTER,
        corrections=(Measured("signal", 30, 0.5, corrections),),
        held_out=(Measured("signal", 700, 0.81, held_out),),
    )
    found = Retrained(40, proposal)
    assert not found.is_accepted
    assert reason in as_table(found, None)
    assert "Nothing is written" in as_table(found, None)
    assert json.loads(as_json(found, None))["accepted"] is False


def test_the_figures_are_shown_and_no_word_of_a_note(stage: Stage):
    """Before and after, of both."""
    correct(stage, FEWEST_EXAMPLES)
    found = learn(stage, Learner())
    table, tree = as_table(found, "own.npz"), json.loads(as_json(found, "own.npz"))
    rows = [line.split() for line in table.splitlines()]
    assert ["signal", "30", "50.0%", "60.0%"] in rows
    assert ["process", "stage", "700", "0.700", "0.710"] in rows
    assert "EARSHOT_CLASSIFIER_ADJUSTMENT=own.npz" in table
    assert tree["corrections"]["moment"] == {"notes": 10, "before": 0.5, "after": 0.4}
    assert tree["written"] == "own.npz"
    assert "deviation" not in table + json.dumps(tree)
