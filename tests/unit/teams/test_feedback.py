"""The thumbs below an answer become the rating of the question that it answered."""

import json
from typing import Any

import pytest

from adapters.teams.feedback import AnswersShown, rating_of
from bot.errors import StoreUnavailable
from bot.messages import Action, ActionTaken
from tests.fakes import MONDAY
from tests.teams_connector import MemoryReferences
from tests.unit.teams.activities import activity, recorded, said

CHAT = "a:chat"


def given(reaction: object, feedback: object = None, **changed: Any) -> ActionTaken | None:
    answers = AnswersShown(MemoryReferences())
    answers.keep(CHAT, "bot-1", "q1")
    answers.keep(CHAT, "bot-2", "q2")
    answers.keep("19:elsewhere", "bot-1", "q3")
    action = {"reaction": reaction, "feedback": feedback}
    value = {"actionName": "feedback", "actionValue": action}
    body = said(None, type="invoke", name="message/submitAction", replyToId="bot-1")
    return rating_of(activity({**body, "value": value, **changed}), "main", MONDAY, answers)


def test_a_thumb_up_says_that_the_answer_helped() -> None:
    """It is about the question whose answer the message was, in this very conversation."""
    taken = given("like", json.dumps({"feedbackText": ""}))
    assert taken is not None
    assert (taken.action, taken.value, taken.person_id) == (Action.RATE_GOOD, "q1", "29:anna")
    assert taken.fields == {}


@pytest.mark.parametrize(
    "feedback",
    [json.dumps({"feedbackText": " it is old "}), "it is old", {"feedbackText": "it is old"}],
    ids=["as Teams sends it", "as its playground does", "as an object"],
)
def test_what_is_written_beside_a_thumb_down_is_the_remark(feedback: object) -> None:
    """Nobody is asked once more."""
    taken = given("dislike", feedback)
    assert taken is not None
    assert (taken.action, taken.fields) == (Action.SAVE_REMARK, {"remark": ("it is old",)})


@pytest.mark.parametrize("feedback", [None, "", "{}", 7, [], '{"feedbackText": null}'], ids=repr)
def test_a_thumb_down_without_a_word_asks_why(feedback: object) -> None:
    """As the button does elsewhere."""
    taken = given("dislike", feedback)
    assert taken is not None
    assert taken.action is Action.RATE_BAD


@pytest.mark.parametrize(
    "changed",
    [
        {"replyToId": "another"},
        {"value": None},
        {"value": {"actionName": "other", "actionValue": {"reaction": "like"}}},
        {"value": {"actionName": "feedback", "actionValue": "like"}},
        {"from": None},
    ],
    ids=["of another message", "nothing", "another action", "no form", "by nobody"],
)
def test_what_belongs_to_no_answer_is_no_rating(changed: dict[str, Any]) -> None:
    """Nor an error."""
    assert given("like", **changed) is None


@pytest.mark.parametrize("reaction", ["heart", None, 7, ["like"]])
def test_only_thumbs_are_ratings(reaction: object) -> None:
    """Whatever a client may send one day."""
    assert given(reaction) is None


def test_a_client_that_does_not_say_of_which_message_means_the_last_answer() -> None:
    """Microsoft's playground leaves it out."""
    taken = given("like", replyToId=None)
    assert taken is not None
    assert taken.value == "q2"
    assert any(body.get("name") == "message/submitAction" for body in recorded())


def test_half_an_emoji_costs_no_remark() -> None:
    """Some clients cut a text in the middle of one, and no database takes that."""
    taken = given("dislike", "late \ud83d")
    assert taken is not None
    assert taken.fields["remark"][0].encode() == "late \ufffd".encode()


def test_an_answer_that_cannot_be_noted_is_shown_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It stands in Teams already: to fail would show it once more."""

    class Full(MemoryReferences):
        def put(self, conversation_id: str, json: str, /) -> None:
            raise StoreUnavailable("disk full")

    AnswersShown(Full()).keep(CHAT, "bot-1", "q1")
    assert "cannot be rated" in caplog.text
