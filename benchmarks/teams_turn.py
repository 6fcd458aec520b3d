"""What a Teams message costs in CPU time, beside a handler that does nothing, in one run.

    python -m benchmarks.teams_turn [messages]

Both answer the same requests in the same process. The channel verifies a token signed by RS256,
reads the activity, runs the turn and hands over to an intake that keeps nothing.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.messages import Incoming
from tests.teams_connector import FakeConnector, teams_channel
from tests.unit.teams.activities import said_in_channel

_ROUNDS = 10
_CARD = {"action": {"type": "Action.Execute", "verb": "undo", "data": {"value": "n1"}}}


class NoIntake:
    """Takes everything and keeps nothing."""

    def take(self, incoming: Incoming) -> bool:
        """See `bot.ports.Intake`."""
        return bool(incoming)


@dataclass(frozen=True)
class Contender:
    """An application and the requests that it gets."""

    name: str
    app: Starlette
    body: Mapping[str, Any]
    token: str

    async def answer(self, number: int) -> int:
        """The status that one request gets."""
        body = json.dumps({**self.body, "id": str(number)}).encode()
        headers = [(b"content-type", b"application/json"), (b"authorization", self._bearer)]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/messages",
            "raw_path": b"/api/messages",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
        }
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await self.app(scope, receive, send)
        return statuses[0]

    @property
    def _bearer(self) -> bytes:
        return f"Bearer {self.token}".encode()


async def _bare(request: Request) -> Response:
    await request.json()
    return Response(status_code=200)


async def _cost_ms(answer: Callable[[int], Awaitable[int]], count: int) -> float:
    began = time.process_time()
    for number in range(count):
        status = await answer(number)
        if status != 200:
            raise RuntimeError(f"answered {status}")
    return (time.process_time() - began) * 1000 / count


async def _measure(count: int) -> None:
    connector = FakeConnector()
    channel = teams_channel(NoIntake(), connector)
    message = said_in_channel("<at>Earshot</at> note Novara closes its Lyon site in October")
    press = {**message, "type": "invoke", "name": "adaptiveCard/action", "value": _CARD}
    bare = Starlette(routes=[Route("/api/messages", _bare, methods=["POST"])])
    app = Starlette(routes=channel.routes)
    contenders = [
        Contender("bare handler", bare, message, connector.token()),
        Contender("message", app, message, connector.token()),
        Contender("pressed button", app, press, connector.token()),
    ]
    costs: dict[str, list[float]] = {each.name: [] for each in contenders}
    for contender in contenders:
        await _cost_ms(contender.answer, 20)
    for _ in range(_ROUNDS):  # in turns, so that a busy neighbour slows all of them alike
        for contender in contenders:
            costs[contender.name].append(await _cost_ms(contender.answer, count // _ROUNDS))
    await channel.stop()
    for name, rounds in costs.items():
        low, high = min(rounds), max(rounds)
        cost = f"{statistics.median(rounds):.2f} ms CPU ({low:.2f} to {high:.2f})"
        sys.stdout.write(f"{name:>15}: {cost}\n")


if __name__ == "__main__":
    asyncio.run(_measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
