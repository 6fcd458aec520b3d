"""The step "Save to Earshot" that Workflow Builder offers: what it takes, and how it ends.

Who runs a workflow is told by a `user_context`, which Slack fills in and no builder can; a user id
among the inputs could be anybody's. Slack sends a token of its own with each run, which ends with
the step: it is not read, since the bot's token completes steps as well.
Sources: docs.slack.dev/reference/events/function_executed,
docs.slack.dev/reference/types/user_context-type.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import ask
from adapters.slack.config import Installation
from adapters.slack.message_parts import kind_of, time_of
from adapters.slack.parse import read_as
from adapters.slack.payloads import EventEnvelope, Id, Part, Payload, Text, Ts, Words
from adapters.slack.text import decode, shorten
from bot.domain.people import ConversationKind
from bot.messages import Outcome, Place, StepRun

EVENT: Final = "function_executed"
SAVE_NOTE: Final = "save_note"

_PROBLEM = 1000
_OUTPUT = 3000
_MARKUP = str.maketrans("", "", "<>")


def _parameter(kind: str, title: str, description: str) -> dict[str, str]:
    return {"type": kind, "title": title, "description": description}


FUNCTIONS: Final[dict[str, Any]] = {
    SAVE_NOTE: {
        "title": "Save to Earshot",
        "description": "Keep what somebody heard from a customer",
        "input_parameters": {
            "properties": {
                "text": _parameter("string", "What was said", "The words to keep"),
                "customer": _parameter(
                    "string", "Customer", "Its name, where the words do not say it"
                ),
                "said_by": _parameter(
                    "slack#/types/user_id",
                    "Who said it",
                    "Where it was somebody else than who runs the workflow",
                ),
                "channel": _parameter(
                    "slack#/types/channel_id",
                    "For whom",
                    "A channel whose members may know it; without one it is for who runs it",
                ),
                "person": _parameter(
                    "slack#/types/user_context", "Who runs it", "Filled in by Slack"
                ),
            },
            "required": ["text", "person"],
        },
        "output_parameters": {
            "properties": {
                "summary": _parameter("string", "What was noted", "In one line"),
                "link": _parameter("string", "Link to the customer", "Empty where there is none"),
            },
            "required": ["summary"],
        },
    }
}
"""The steps as the manifest declares them. A name that is in use must stay."""


def _none_if_empty(value: object) -> object:
    return value or None


class _Person(Part):
    id: Id


class Inputs(Part):
    """What the step is filled in with."""

    text: Words = ""
    customer: Words = ""
    said_by: Annotated[Id | None, BeforeValidator(_none_if_empty)] = None
    channel: Annotated[Id | None, BeforeValidator(_none_if_empty)] = None
    person: Annotated[_Person | None, BeforeValidator(_none_if_empty)] = None


class _Function(Part):
    callback_id: Text


class _FunctionExecuted(Part):
    type: Literal["function_executed"]
    function: _Function
    function_execution_id: Id
    inputs: Inputs = Inputs()
    event_ts: Ts


class _Callback(EventEnvelope):
    event: _FunctionExecuted


def run_of(payload: Payload, here: Installation) -> StepRun | None:
    """A run of our step; None for a step that this version does not have."""
    callback = read_as(_Callback, payload)
    if callback is None or here.team_id not in callback.team_ids:
        return None
    event = callback.event
    if event.function.callback_id != SAVE_NOTE:
        return None
    inputs = event.inputs
    person_id = inputs.person.id if inputs.person else ""
    return StepRun(
        place=_place(inputs.channel, person_id, here),
        run_id=event.function_execution_id,
        person_id=person_id,
        text=decode(inputs.text),
        ran_at=time_of(event.event_ts),
        said_by_id=inputs.said_by or "",
        customer=decode(inputs.customer),
        is_for_conversation=inputs.channel is not None,
    )


def _place(channel: str | None, person_id: str, here: Installation) -> Place:
    if channel is None:
        return Place("slack", here.workspace, person_id, ConversationKind.DIRECT)
    return Place("slack", here.workspace, channel, kind_of(channel, None))


async def complete(client: AsyncWebClient, run_id: str, outcome: Outcome) -> None:
    """Tell the workflow how its step went. Raises SendFailed and SendRefused.

    What is told goes into messages of others: nothing in it can be a mention or a link's markup.
    """
    if outcome.problem:
        problem = shorten(outcome.problem.translate(_MARKUP), _PROBLEM)
        await ask(client.functions_completeError(function_execution_id=run_id, error=problem))
        return
    outputs = {
        "summary": shorten(outcome.summary.translate(_MARKUP), _OUTPUT),
        "link": outcome.link,
    }
    await ask(client.functions_completeSuccess(function_execution_id=run_id, outputs=outputs))
