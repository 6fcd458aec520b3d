"""What people say of the answers they were given."""

import pytest

from bot.domain.answer import Verdict
from bot.domain.audience import Audience
from bot.messages import Action, Button, Reply
from tests.stage import ANNA, BEN, SALES, WORKSPACE, Stage

LATE = "Novara says our deviation reports come too late to be of use"
OPERATOR = Audience.operator(WORKSPACE)


def button(reply: Reply, action: Action) -> Button:
    return next(button for button in reply.buttons if button.action is action)


def asked(stage: Stage) -> Reply:
    """Anna's question, which has an answer."""
    stage.customer("Novara Pharma", "Novara")
    stage.note(ANNA, LATE, where=SALES)
    return stage.ask(ANNA, "what does Novara say about our deviation reports?")


def ratings(stage: Stage) -> list[tuple[str, Verdict, str]]:
    rated = stage.store.ratings.all(OPERATOR)
    return [(rating.person_id, rating.verdict, rating.remark) for _, rating in rated]


def test_an_answer_that_helped_is_noted_with_one_press(stage: Stage):
    """Nothing is asked back, and the answer stays where it is."""
    reply = stage.press(ANNA, button(asked(stage), Action.RATE_GOOD))
    assert reply.plain_text == "Noted, thank you."
    assert not reply.replaces_source
    assert ratings(stage) == [(ANNA, Verdict.GOOD, "")]


def test_an_abstention_can_be_rated_too(stage: Stage):
    """Somebody may know that it was told; what to do next comes before that."""
    reply = stage.ask(BEN, "what does Novara say about our deviation reports?")
    stage.press(BEN, button(reply, Action.RATE_BAD))
    assert ratings(stage) == [(BEN, Verdict.BAD, "")]
    assert reply.buttons[0].action is Action.RECORD_NEED


def test_a_bad_answer_is_noted_before_anybody_says_why(stage: Stage):
    """The line is optional: a form that is closed loses nothing."""
    opened = stage.press(ANNA, button(asked(stage), Action.RATE_BAD))
    assert ratings(stage) == [(ANNA, Verdict.BAD, "")]
    assert stage.submit(ANNA, opened, remark=" it is old ").plain_text == "Noted, thank you."
    assert ratings(stage) == [(ANNA, Verdict.BAD, "it is old")]


def test_what_was_said_is_there_when_the_form_opens_again(stage: Stage):
    """And it is not lost by opening it."""
    bad = button(asked(stage), Action.RATE_BAD)
    stage.submit(ANNA, stage.press(ANNA, bad), remark="it is old")
    stage.clock.advance(seconds=1)
    again = stage.press(ANNA, bad)
    assert again.form is not None
    assert again.form.fields[0].value == ("it is old",)
    assert ratings(stage) == [(ANNA, Verdict.BAD, "it is old")]
    stage.submit(ANNA, again, remark="")
    assert ratings(stage) == [(ANNA, Verdict.BAD, "")]


def test_who_changes_their_mind_is_believed(stage: Stage):
    """What was wrong is wrong no more; a form from before does not bring it back."""
    reply = asked(stage)
    opened = stage.press(ANNA, button(reply, Action.RATE_BAD))
    stage.submit(ANNA, opened, remark="it is old")
    stage.clock.advance(seconds=1)
    stage.press(ANNA, button(reply, Action.RATE_GOOD))
    assert ratings(stage) == [(ANNA, Verdict.GOOD, "")]
    stage.clock.advance(seconds=-1)
    stage.submit(ANNA, opened, remark="it is old")
    assert ratings(stage) == [(ANNA, Verdict.GOOD, "")]


def test_a_form_from_a_clock_that_is_behind_follows_its_press(stage: Stage):
    """Presses have the platform's time, forms ours."""
    opened = stage.press(ANNA, button(asked(stage), Action.RATE_BAD))
    stage.clock.advance(seconds=-30)
    stage.submit(ANNA, opened, remark="it is old")
    assert ratings(stage) == [(ANNA, Verdict.BAD, "it is old")]


@pytest.mark.parametrize("action", [Action.RATE_GOOD, Action.RATE_BAD, Action.SAVE_REMARK])
def test_only_who_asked_can_rate_the_answer(stage: Stage, action: Action):
    """Another's question and none look the same, and nothing is kept."""
    question_id = button(asked(stage), Action.RATE_GOOD).value
    others = stage.act(BEN, action, question_id, remark="mine now")
    unknown = stage.act(BEN, action, "no such question", remark="mine now")
    assert others == unknown
    assert "nothing here" in others.plain_text
    assert ratings(stage) == []
