"""Each rule of the judge objects to what breaks it, or it would prove nothing."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from adapters.teams.render import render
from bot.messages import Action, Button, Paragraph, Reply, Source, Span
from tests.teams_connector import BOT_ID, TENANT_ID
from tests.teams_judge import Call, judge

PATH = "/v3/conversations/19%3Aa/activities"
OPEN = "/v3/conversations"
CHAT: dict[str, Any] = {
    "isGroup": False,
    "bot": {"id": BOT_ID},
    "members": [{"id": "29:anna"}],
    "tenantId": TENANT_ID,
    "channelData": {"tenant": {"id": TENANT_ID}},
}


def message() -> dict[str, Any]:
    blocks = (Paragraph((Span("Late [1]"),)),)
    button = Button("Undo", Action.UNDO, "n1")
    reply = Reply(blocks, (button,), sources=(Source(1, "Anna", "Late"),))
    return copy.deepcopy({**render(reply)[0], "from": {"id": BOT_ID}})


def complaints(
    body: object = None, method: str = "POST", path: str = PATH, token: str = "Bearer t"
) -> str:
    raw = b"" if body is None else json.dumps(body).encode()
    return "\n".join(judge(Call(method, path, raw, token)))


def test_what_we_send_is_taken() -> None:
    """A message, its replacement, the sign of writing, a chat that is opened, who is there."""
    assert complaints(message()) == ""
    assert complaints({**message(), "id": "7"}, "PUT", f"{PATH}/7") == ""
    assert complaints({"type": "typing", "from": {"id": BOT_ID}}) == ""
    assert complaints(CHAT, path=OPEN) == ""
    assert complaints(None, "GET", "/v3/conversations/a/pagedmembers?pageSize=5") == ""
    assert complaints(None, "GET", "/v3/teams/a/conversations") == ""


@pytest.mark.parametrize(
    ("said", "call"),
    [
        ("no such call", {"path": "/v3/conversation/a/activities"}),
        ("no such call", {"method": "PATCH"}),
        ("no token", {"token": "token"}),
        ("another one", {"method": "PUT", "path": f"{PATH}/7"}),
        ("query's size", {"path": f"{PATH}?size=1"}),
    ],
)
def test_a_call_that_teams_does_not_know(said: str, call: dict[str, str]) -> None:
    """By its path, method, query or token."""
    assert said in complaints(message(), **call)


def card(body: dict[str, Any]) -> Any:
    return body["attachments"][0]["content"]


BROKEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "Additional properties": lambda body: body.update(sumary="x"),
    "nobody sends it": lambda body: body.pop("from"),
    "a bot sends no event": lambda body: body.update(type="event"),
    "nothing for a notification": lambda body: body.update(summary=""),
    "too long": lambda body: body.update(text="x" * 80_000),
    "0 root entities": lambda body: body.update(entities=[]),
    "2 root entities": lambda body: body["entities"].append(body["entities"][0]),
    "without the AI label": lambda body: body["entities"][0].pop("additionalType"),
    "the root entity is no message": lambda body: body["entities"][0].pop("@context"),
    "[2] is cited": lambda body: body["entities"][0]["citation"][0].update(position=2),
    "citations are too many": lambda body: body["entities"][0]["citation"].extend(
        body["entities"][0]["citation"] * 20
    ),
    "of no type": lambda body: body["entities"][0]["citation"][0].update({"@type": "Thing"}),
    "name is empty": lambda body: body["entities"][0]["citation"][0]["appearance"].pop("name"),
    "abstract is too long": lambda body: body["entities"][0]["citation"][0]["appearance"].update(
        abstract="x" * 161
    ),
    "channelData": lambda body: body.update(channelData={"feedbackLoopEnabled": True}),
    "not an Adaptive Card 1.5": lambda body: card(body).update(version="1.6"),
    "without a verb": lambda body: card(body)["actions"][0].pop("verb"),
    "7 actions": lambda body: card(body)["actions"].extend(card(body)["actions"] * 6),
    "ids are not unique": lambda body: card(body)["body"].extend(
        [{"type": "Input.Text", "id": "a"}] * 2
    ),
    "card $": lambda body: card(body).update(body="text"),
}


@pytest.mark.parametrize(("said", "broken"), BROKEN.items(), ids=BROKEN.keys())
def test_a_message_that_teams_does_not_take(
    said: str, broken: Callable[[dict[str, Any]], object]
) -> None:
    """Each rule by itself."""
    body = message()
    broken(body)
    assert said in complaints(body)


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("not a chat with one person", {"isGroup": True}),
        ("not a chat with one person", {"members": [{"id": "a"}, {"id": "b"}]}),
        ("without the bot", {"bot": {}}),
        ("the tenant is missing", {"tenantId": "another"}),
        ("is not of type 'array'", {"members": {"id": "a"}}),
    ],
)
def test_a_chat_that_is_opened_wrongly(said: str, changed: dict[str, Any]) -> None:
    """A bot speaks to one person of its own tenant."""
    assert said in complaints({**CHAT, **changed}, path=OPEN)


def test_a_sign_of_writing_says_nothing() -> None:
    """Text in it would be lost."""
    assert "says something" in complaints({**message(), "type": "typing"})
