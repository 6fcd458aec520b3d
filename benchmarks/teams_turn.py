"""What a Teams message costs in CPU time, beside a handler that does nothing, in one run.

    python -m benchmarks.teams_turn [messages]

All answer the same requests in the same process. The channel verifies a token signed by RS256,
reads the activity, runs the turn and hands over to an intake that keeps nothing; a reply is
rendered and posted to a connector in the same process, whose own work is counted too. At the end
200 messages and presses come at once: all are answered before the first reply is sent.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.teams.channel import TeamsChannel
from bot.messages import (
    Action,
    Button,
    Incoming,
    IncomingMessage,
    Outgoing,
    Paragraph,
    Quote,
    Reply,
    Span,
    Visibility,
)
from tests.asgi import post
from tests.teams_connector import FakeConnector, teams_channel
from tests.unit.teams.activities import said_in_channel

_ROUNDS = 10
_AT_ONCE = 200
_LONGEST_INVOKE_S = 2.0
_CARD = {"action": {"type": "Action.Execute", "verb": "undo", "data": {"value": "n1"}}}
_REPLY = Reply(
    (
        Paragraph((Span("Noted for "), Span("Novara", bold=True), Span(": closes its Lyon site."))),
        Quote("Novara closes its Lyon site in October"),
        Paragraph((Span("fact · stated · due in October"),), subdued=True),
    ),
    (Button("Change", Action.CHANGE, "n1"), Button("Undo", Action.UNDO, "n1", "danger")),
    visibility=Visibility.CONVERSATION,
)
_IDS = count(1)


@dataclass
class Notes:
    """An intake that remembers only what is to be answered."""

    taken: list[IncomingMessage] = field(default_factory=list)

    def take(self, incoming: Incoming) -> bool:
        """See `bot.ports.Intake`."""
        if isinstance(incoming, IncomingMessage):
            self.taken.append(incoming)
        return True


@dataclass(frozen=True)
class Contender:
    """An application, what it is sent, and what follows each answer."""

    name: str
    app: Starlette
    body: Mapping[str, Any]
    token: str
    afterwards: Callable[[], Awaitable[None]] | None = None

    async def answer(self) -> int:
        """The status that one request gets."""
        number = next(_IDS)
        # Each in a thread of its own, since Teams lets nobody say much in one.
        said_in = {**self.body["conversation"], "id": f"19:sales@thread.tacv2;messageid={number}"}
        body = json.dumps({**self.body, "id": str(number), "conversation": said_in}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        status, _ = await post(self.app, "/api/messages", body, headers)
        if self.afterwards:
            await self.afterwards()
        return status


async def _bare(request: Request) -> Response:
    await request.json()
    return Response(status_code=200)


async def _cost_ms(answer: Callable[[], Awaitable[int]], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        _require(await answer())
    return (time.process_time() - began) * 1000 / times


def _require(status: int) -> None:
    if status != 200:
        raise RuntimeError(f"answered {status}")


async def _reply_to_all(channel: TeamsChannel, notes: Notes) -> None:
    asked, notes.taken = notes.taken, []
    for each in asked:
        outgoing = Outgoing(
            each.message_id, each.place, each.author_id, _REPLY, reply_to_message_id=each.message_id
        )
        await channel.gateway.send(outgoing)


async def _measure(times: int) -> None:
    connector, notes = Connector(), Notes()
    channel = teams_channel(notes, connector)
    message = said_in_channel("<at>Earshot</at> note Novara closes its Lyon site in October")
    press = {**message, "type": "invoke", "name": "adaptiveCard/action", "value": _CARD}
    bare = Starlette(routes=[Route("/api/messages", _bare, methods=["POST"])])
    app = Starlette(routes=channel.routes)
    token = connector.token()

    async def reply() -> None:
        await _reply_to_all(channel, notes)

    contenders = [
        Contender("bare handler", bare, message, token),
        Contender("message", app, message, token),
        Contender("message and reply", app, message, token, reply),
        Contender("pressed button", app, press, token),
    ]
    costs: dict[str, list[float]] = {each.name: [] for each in contenders}
    for contender in contenders:
        await _cost_ms(contender.answer, 20)
    for _ in range(_ROUNDS):  # in turns, so that a busy neighbour slows all of them alike
        for contender in contenders:
            notes.taken.clear()
            costs[contender.name].append(await _cost_ms(contender.answer, times // _ROUNDS))
    for name, rounds in costs.items():
        low, high = min(rounds), max(rounds)
        cost = f"{statistics.median(rounds):.2f} ms CPU ({low:.2f} to {high:.2f})"
        sys.stdout.write(f"{name:>17}: {cost}\n")
    notes.taken.clear()
    await _at_once(contenders[1], contenders[3], reply, connector)
    await channel.stop()


class Connector(FakeConnector):
    """Remembers no call: a long run would only measure how much it remembers."""

    def send(
        self, request: requests.PreparedRequest, *args: object, **kwargs: object
    ) -> requests.Response:
        """Answer as ever."""
        response = super().send(request, *args, **kwargs)
        self.called.clear()
        self.timeouts.clear()
        return response


async def _at_once(
    message: Contender,
    press: Contender,
    reply: Callable[[], Awaitable[None]],
    connector: FakeConnector,
) -> None:
    """Messages and presses in turns, all of them begun before the first is answered."""
    connector.sent.clear()
    began = time.perf_counter()

    async def timed(contender: Contender) -> float:
        _require(await contender.answer())
        return time.perf_counter() - began

    answers = [timed(each) for each in [message, press] * (_AT_ONCE // 2)]
    answered = sorted(await asyncio.gather(*answers))
    if connector.sent:
        raise RuntimeError("a reply was sent before all were answered")
    middle, last = answered[_AT_ONCE // 2], answered[-1]
    sys.stdout.write(f"{_AT_ONCE:>11} at once: answered 200, p50 {middle:.3f} s, last {last:.3f} s")
    sys.stdout.write(f" ({'within' if last <= _LONGEST_INVOKE_S else 'MORE THAN'} 2 s)\n")
    await reply()
    worked = time.perf_counter() - began
    sys.stdout.write(f"{'work afterwards':>17}: {len(connector.sent)} replies by {worked:.3f} s\n")


if __name__ == "__main__":
    asyncio.run(_measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
