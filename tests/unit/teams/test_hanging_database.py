"""What still works while the database hangs, and how soon Teams is told so."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from adapters.teams.channel import TeamsChannel
from bot.messages import ActionTaken, FieldProblem, Incoming, Place, Reply
from bot.ports import Find
from tests.teams_connector import FakeConnector, teams_channel
from tests.unit.teams.activities import said
from tests.unit.teams.test_capture_dialog import WORDS, chosen, payload, sent
from tests.unit.teams.test_channel import BrokenIntake, Teams

_WITHIN_S = 2.0
_WAITING = 60  # more than any pool of threads has


class Hanging:
    """A database that answers nobody until it is released."""

    def __init__(self) -> None:
        self.released, self.entered = threading.Event(), threading.Event()

    def take(self, incoming: Incoming) -> bool:
        self._wait()
        return True

    def open(self, pressed: ActionTaken) -> Reply:
        self._wait()
        return Reply(())

    def search(self, place: Place, person_id: str, words: str, most: int) -> Sequence[Find] | None:
        self._wait()
        return ()

    def problems(self, submitted: ActionTaken) -> tuple[FieldProblem, ...]:
        self._wait()
        return ()

    def _wait(self) -> None:
        self.entered.set()
        assert self.released.wait(30)


@pytest.fixture
def database() -> Iterator[Hanging]:
    hanging = Hanging()
    yield hanging
    hanging.released.set()


@pytest.fixture
def channel(database: Hanging) -> TeamsChannel:
    return teams_channel(database, FakeConnector(), look_up=lambda _: database, form_check=database)


def answered(
    channel: TeamsChannel, database: Hanging, *bodies: dict[str, Any]
) -> list[tuple[int, Any]]:
    """What each gets for an answer while sixty messages wait for the database."""

    async def play() -> list[tuple[int, Any]]:
        transport = httpx2.ASGITransport(Starlette(routes=channel.routes))
        headers = {
            "Authorization": f"Bearer {FakeConnector().token()}",
            "Content-Type": "application/json",
        }
        async with httpx2.AsyncClient(transport=transport, base_url="http://earshot") as http:

            async def deliver(body: dict[str, Any]) -> httpx2.Response:
                content = json.dumps(body)
                return await http.post("/api/messages", content=content, headers=headers)

            waiting = [
                asyncio.create_task(deliver(said(id=f"m{index}"))) for index in range(_WAITING)
            ]
            assert await asyncio.to_thread(database.entered.wait, 10)
            answers = []
            for body in bodies:
                began = time.monotonic()
                answer = await deliver(body)
                assert time.monotonic() - began < _WITHIN_S
                answers.append((answer.status_code, answer.json()))
            assert await asyncio.wait_for(asyncio.to_thread(lambda: "free"), 5) == "free"
            assert not any(task.done() for task in waiting), "the database did hang"
            database.released.set()
            assert {(await task).status_code for task in waiting} == {200}
            return answers

    return asyncio.run(play())


def invoke(name: str, value: object) -> dict[str, Any]:
    return said(None, type="invoke", name=name, value=value)


def test_the_dialog_on_a_message_opens(channel: TeamsChannel, database: Hanging) -> None:
    """It is made of what Teams passes on."""
    ((status, body),) = answered(channel, database, chosen(payload()))
    assert (status, body["task"]["type"]) == (200, "continue")
    assert WORDS in json.dumps(body)


def test_what_could_not_be_kept_stays_in_the_dialog(
    channel: TeamsChannel, database: Hanging
) -> None:
    """The person sends it again, which is the same wish."""
    ((status, body),) = answered(channel, database, sent(payload(), "Novara leaves us"))
    card = body["task"]["value"]["card"]["content"]
    assert (status, card["body"][0]["value"]) == (200, "Novara leaves us")
    assert card["actions"][0]["data"] == {"wish": "f:1"}
    assert "Not saved" in json.dumps(card)


def test_what_is_asked_for_is_said_to_be_late(channel: TeamsChannel, database: Hanging) -> None:
    """A search and a dialog are told in words, each within its time."""
    (_, found), (_, opened) = answered(
        channel,
        database,
        invoke("composeExtension/query", {"parameters": [{"value": "novara"}]}),
        invoke("task/fetch", {"data": {"verb": "change", "value": "i1"}}),
    )
    assert "slow" in found["composeExtension"]["text"]
    assert "slow" in opened["task"]["value"]


@pytest.mark.parametrize(
    "body",
    [
        invoke("adaptiveCard/action", {"action": {"verb": "undo", "data": {"value": "n1"}}}),
        invoke("task/submit", {"data": {"verb": "save_change", "value": "i1"}}),
    ],
    ids=["a press", "a form"],
)
def test_what_is_pressed_and_not_kept_is_an_error(
    channel: TeamsChannel, database: Hanging, body: dict[str, Any]
) -> None:
    """Teams shows it beside the button, and leaves a dialog open with what was filled in."""
    ((status, _),) = answered(channel, database, body)
    assert status == 503


def test_a_dialog_stays_open_when_the_database_is_gone() -> None:
    """The same where it answers at once that it cannot."""
    teams = Teams(BrokenIntake())
    status, body = teams.deliver(sent(payload(), "Novara leaves us"))
    assert status == 200
    assert "Novara leaves us" in json.dumps(body)
