"""The Slack around the processes: a workspace with one person, a bot and many rooms."""

import asyncio
import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

from tests.contract.drivers_slack import SECRET, readable
from tests.slack_api import BOT_TOKEN, BOT_USER, TEAM, ApiCall, FakeSlackApi, LoopThread

AUTHOR = "U0ANNA"
_SHOWING = ("chat.postEphemeral", "chat.postMessage")

Event = Mapping[str, Any]
"""What Slack puts into `event` of a callback."""


class BusySlackApi(FakeSlackApi):
    """A Slack that lets calls hang when told to, and does not look at what a message is made of.

    The latter is checked elsewhere, and would cost more here than everything else together.
    """

    def __init__(self, loop: LoopThread) -> None:
        self.unanswered = 0
        self._to_hang: list[str] = []
        self._closing = asyncio.Event()
        super().__init__(loop)
        self.at_close(self._answer_all)

    def hang(self, method: str) -> None:
        """Leave the next call of the method without an answer, until this Slack closes."""
        self._to_hang.append(method)

    async def _handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method in self._to_hang:
            self._to_hang.remove(method)
            self.unanswered += 1
            await self._closing.wait()
            return web.Response(status=503)
        return await super()._handle(request)

    def _refusal(self, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
        is_known = arguments["channel"] in self.conversations
        return None if is_known else {"error": "channel_not_found"}

    def _open_view(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"view": {"id": "V1"}}

    async def _answer_all(self) -> None:
        self._closing.set()


class Workplace:
    """A Slack workspace with many rooms, since Slack shows one message a second in each."""

    def __init__(self, rooms: int = 100) -> None:
        self.api = BusySlackApi(LoopThread())
        self.api.page = 100
        self.rooms = [f"C0ROOM{number:03}" for number in range(rooms)]
        self.api.conversations = {
            room: {"id": room, "name": room.lower(), "is_channel": True} for room in self.rooms
        }
        self.api.members = {room: [AUTHOR, BOT_USER] for room in self.rooms}
        self.api.users = {
            AUTHOR: {"id": AUTHOR, "name": "anna", "profile": {"display_name": "Anna Berg"}},
            BOT_USER: {"id": BOT_USER, "name": "earshot", "is_bot": True},
        }
        self._numbers = itertools.count(1)
        self._second = int(time.time())

    @property
    def settings(self) -> Mapping[str, str]:
        """What the product is told of it."""
        return {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_BASE_URL": self.api.base_url,
            "SLACK_TIER_FACTOR": "1000",  # else Slack's pace is what is measured
        }

    def mention(self, text: str, room: str | None = None) -> Event:
        """Anna says it to the bot, all in the same second, each time in the next room."""
        number = next(self._numbers)
        return {
            "type": "app_mention",
            "channel": room or self.rooms[number % len(self.rooms)],
            "user": AUTHOR,
            "team": TEAM,
            "ts": f"{self._second}.{number:06}",
            "text": f"<@{BOT_USER}> {text}",
        }

    def replies(self) -> list[ApiCall]:
        """What was shown to people, in order."""
        calls = self.api.calls_of(*_SHOWING)
        return [call for call in calls if "error" not in call.answer]

    def close(self) -> None:
        """Nobody is there any more."""
        self.api.close()


def as_message(event: Event) -> Event:
    """The other event that Slack sends of the same mention."""
    return {**event, "type": "message", "channel_type": "channel"}


def text_of(call: ApiCall) -> str:
    """What a person reads in a reply."""
    return "\n".join(readable(block) for block in call.arguments["blocks"])


def button_values(call: ApiCall) -> Iterator[str]:
    """The ids that the buttons of a reply carry."""
    for block in call.arguments["blocks"]:
        if block["type"] == "actions":
            yield from (button["value"] for button in block["elements"])
