"""The step "Save to Earshot": what a run asks for, and what its workflow is told."""

import json
from typing import Any

import pytest

from adapters.slack import workflow_steps
from adapters.slack.config import Installation
from bot.domain.people import ConversationKind
from bot.errors import SendFailed, SendRefused
from bot.messages import Outcome, Place, Reply, StepRun
from tests.contract.drivers_slack import SlackDriver
from tests.slack_api import BOT_TOKEN, Failure
from tests.unit.slack.conftest import Slack
from tests.unit.slack.replies import send

HERE = Installation("main", "T1", "U0BOT", "B0BOT")
PERSON = {"id": "U1", "secret": "shh"}


def body(
    inputs: dict[str, Any], callback_id: str = "save_note", team: str = "T1"
) -> dict[str, Any]:
    return {
        "team_id": team,
        "event": {
            "type": "function_executed",
            "function": {"id": "Fn1", "callback_id": callback_id},
            "inputs": inputs,
            "function_execution_id": "Fx1",
            "event_ts": "1795000000.000100",
            "bot_access_token": "xwfp-secret",
        },
    }


def run(**inputs: Any) -> StepRun:
    found = workflow_steps.run_of(body(inputs), HERE)
    assert found is not None
    return found


def test_a_run_is_of_the_person_whom_slack_vouches_for():
    """It is for them alone where no channel is named."""
    found = run(text="Novara wants &lt;PDF&gt;", person=PERSON)

    assert (found.run_id, found.person_id, found.text) == ("Fx1", "U1", "Novara wants <PDF>")
    assert found.place == Place("slack", "main", "U1", ConversationKind.DIRECT)
    assert not found.is_for_conversation


def test_what_is_filled_in_is_read():
    """A channel, a customer, and who said it."""
    found = run(text="Late", person=PERSON, channel="C1", customer="Novara &amp; Co", said_by="U2")

    assert found.place == Place("slack", "main", "C1")
    assert found.is_for_conversation
    assert (found.customer, found.said_by_id) == ("Novara & Co", "U2")


def test_secrets_that_come_with_a_run_go_no_further():
    """Neither Slack's token for the run nor the proof of who runs it."""
    kept = repr(run(text="Late", person=PERSON))

    assert "xwfp" not in kept
    assert "shh" not in kept


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"text": None, "person": None, "channel": "", "said_by": ""},
        {"text": 5, "person": "", "customer": ["Novara"]},
    ],
)
def test_fields_that_are_empty_are_nobodys_and_nothing(inputs: dict[str, Any]):
    """The workflow is then told what is missing."""
    found = run(**inputs)

    assert (found.person_id, found.text, found.customer) == ("", "", "")


@pytest.mark.parametrize(
    "payload",
    [
        body({"text": "Late"}, callback_id="another_step"),
        body({"text": "Late"}, team="T0OTHER"),
        {"team_id": "T1", "event": {"type": "function_executed"}},
        {},
    ],
)
def test_other_steps_and_other_teams_are_not_ours(payload: dict[str, Any]):
    """An older manifest may have had steps that are gone."""
    assert workflow_steps.run_of(payload, HERE) is None


def test_a_run_comes_in_signed_and_is_kept_once(slack: Slack):
    """Through the whole way in; a redelivery is one."""
    slack.driver.run_step(text="Late", person={"id": SlackDriver.ANNA, "secret": "shh"})
    slack.driver.run_step(text="Late", person={"id": SlackDriver.ANNA, "secret": "shh"})

    (taken,) = slack.intake.taken
    assert isinstance(taken, StepRun)


def tell(slack: Slack, outcome: Outcome) -> None:
    place = Place("slack", "main", SlackDriver.ANNA, ConversationKind.DIRECT)
    send(slack, Reply((), outcome=outcome), place, step_run_id="Fx1")


def test_a_workflow_is_told_what_was_noted(slack: Slack):
    """By the bot's own token; nothing is posted."""
    slack.api.running_steps.add("Fx1")

    tell(slack, Outcome(summary="Noted for A&B <!channel>.", link="https://e.example/customers/1"))

    (call,) = slack.api.calls_of("functions.completeSuccess")
    assert json.loads(call.arguments["outputs"]) == {
        "summary": "Noted for A&B !channel.",
        "link": "https://e.example/customers/1",
    }
    assert call.token == BOT_TOKEN
    assert slack.api.calls_of("chat.postMessage") == []


def test_a_workflow_is_told_why_nothing_was_saved(slack: Slack):
    """In the words that its person reads."""
    slack.api.running_steps.add("Fx1")

    tell(slack, Outcome(problem="There is no text to save."))

    (call,) = slack.api.calls_of("functions.completeError")
    assert call.arguments["error"] == "There is no text to save."


def test_a_workflow_that_ended_is_let_be(slack: Slack):
    """Whoever told it twice."""
    with pytest.raises(SendRefused):
        tell(slack, Outcome(summary="Noted."))


def test_a_workflow_that_cannot_be_told_now_is_told_later(slack: Slack):
    """It waits."""
    slack.api.running_steps.add("Fx1")
    slack.api.fail("functions.completeSuccess", Failure(status=503))

    with pytest.raises(SendFailed):
        tell(slack, Outcome(summary="Noted."))
    tell(slack, Outcome(summary="Noted."))

    assert slack.api.running_steps == set()
