"""How long Slack waits for its acknowledgement: `python -m benchmarks.slack_ack`.

Three applications get the same signed requests over loopback, in turns, so that a busy machine
slows them alike: one that only checks the signature, the channel with an intake that keeps nothing,
and the channel with the durable inbox on SQLite.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import uvicorn
from rich.console import Console
from rich.table import Table
from starlette.types import Receive, Scope, Send

from adapters.inline_jobs import InlineJobs
from adapters.slack.channel import SlackChannel
from adapters.slack.signature import is_genuine, read_seal
from adapters.system_clock import SystemClock
from bot.intake import GuardedIntake
from bot.messages import Incoming
from knowledge_store import migrate, open_engine, open_store
from tests.contract.drivers_slack import SECRET, SlackDriver, signed_headers, slack_channel_and_api
from tests.slack_api import TEAM, LoopThread

_ROUND = 50
_Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class _NothingKept:
    """An intake at no cost."""

    def take(self, _incoming: Incoming) -> bool:
        return True


@dataclass
class _Measured:
    connection: HTTPConnection
    seconds: list[float] = field(default_factory=list)

    def percentile(self, percent: int) -> float:
        """In milliseconds."""
        return statistics.quantiles(self.seconds, n=100)[percent - 1] * 1000

    @property
    def requests_a_second(self) -> float:
        return len(self.seconds) / sum(self.seconds)


async def _bare(scope: Scope, receive: Receive, send: Send) -> None:
    body = (await receive())["body"]
    seal = read_seal(scope["headers"])
    genuine = seal is not None and is_genuine(seal, body, SECRET.encode(), time.time())
    await send(
        {
            "type": "http.response.start",
            "status": 200 if genuine else 401,
            "headers": [(b"content-length", b"0")],
        }
    )
    await send({"type": "http.response.body", "body": b""})


def _requests(count: int) -> Iterator[tuple[bytes, dict[str, str]]]:
    for number in range(count):
        event = {
            "type": "message",
            "channel": SlackDriver.DIRECT,
            "channel_type": "im",
            "user": SlackDriver.ANNA,
            "ts": f"1795000000.{number:06d}",
            "text": "Novara Pharma says our deviation reports come too late to be of use",
        }
        payload = {"type": "event_callback", "team_id": TEAM, "event": event}
        body = json.dumps(payload).encode()
        yield body, {**signed_headers(body), "content-type": "application/json"}


def _measure(one: _Measured, requests: Sequence[tuple[bytes, dict[str, str]]]) -> None:
    for body, headers in requests:
        began = time.perf_counter()
        one.connection.request("POST", "/slack/events", body, headers)
        response = one.connection.getresponse()
        response.read()
        one.seconds.append(time.perf_counter() - began)
        if response.status != 200:
            raise SystemExit(f"an application answered {response.status}")


class _Server:
    """uvicorn on a free port of loopback."""

    def __init__(self, application: _Application, loop: LoopThread) -> None:
        config = uvicorn.Config(
            application, host="127.0.0.1", port=0, lifespan="off", log_level="warning"
        )
        self._server = uvicorn.Server(config)
        self._serving = asyncio.run_coroutine_threadsafe(self._server.serve(), loop.loop)
        while not self._server.started:
            time.sleep(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.measured = _Measured(HTTPConnection("127.0.0.1", port))

    def close(self) -> None:
        self.measured.connection.close()
        self._server.should_exit = True
        self._serving.result()


def _front(channel: SlackChannel) -> _Application:
    (route,) = channel.routes
    return route.app


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000, help="to each of the three")
    count = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder)}/earshot.db")
        migrate(engine)
        store = open_store(engine, InlineJobs(), clock=SystemClock())
        intake = GuardedIntake(store.inbox, store.directory, store.attached_files)
        kept, api_of_kept = slack_channel_and_api(intake)
        nothing, api = slack_channel_and_api(_NothingKept())
        servers = {
            "only the signature": _Server(_bare, api.loop),
            "the channel, nothing kept": _Server(_front(nothing), api.loop),
            "the channel, kept in SQLite": _Server(_front(kept), api_of_kept.loop),
        }
        requests = list(_requests(count))
        for start in range(0, count, _ROUND):
            for server in servers.values():
                _measure(server.measured, requests[start : start + _ROUND])
        for server in servers.values():
            server.close()
        api.close()
        api_of_kept.close()
        store.close()
    _print({name: server.measured for name, server in servers.items()})


def _print(measured: dict[str, _Measured]) -> None:
    table = Table("application", "p50 ms", "p99 ms", "requests/s", "p50 to the first's")
    first = measured["only the signature"].percentile(50)
    for name, one in measured.items():
        p50, p99 = one.percentile(50), one.percentile(99)
        times = (f"{p50:.2f}", f"{p99:.2f}", f"{one.requests_a_second:.0f}")
        table.add_row(name, *times, f"{p50 / first:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
