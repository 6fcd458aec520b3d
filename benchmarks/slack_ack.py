"""How long Slack waits for its acknowledgement: `python -m benchmarks.slack_ack`.

`earshot run` as users start it, with a Slack on loopback and a language model that takes two
seconds, and a bare application that only checks the signature, each in a process of its own. Both
get the same requests on a schedule, in turns, so that a busy machine slows them alike; the time
counts from when a request was due, whether or not the earlier ones were answered.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table

from benchmarks import bare
from benchmarks.load import Request, on_schedule, saturating
from tests.contract.drivers_slack import signed_headers
from tests.e2e.processes import Installation, free_port, wait_until
from tests.e2e.workplace import AUTHOR, Workplace
from tests.openai_server import Answer, OpenAiServer, Received, completion
from tests.slack_api import BOT_USER, TEAM

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_MODEL_S = 2.0
_ROUND_S = 5
_CONNECTIONS = 16
_AT_ONCE = 400
_INSIGHT = {"statement": "", "knowledge_type": "about", "process_stage": "acquisition"}
_KINDS = ("event", "command", "press", "shortcut")


class Slack:
    """Makes the requests, each one new."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._numbers = itertools.count(1)

    def requests(self, count: int) -> list[Request]:
        """So many, of all kinds in turns."""
        kinds = itertools.islice(itertools.cycle(_KINDS), count)
        return [_signed(kind, *self._made(kind)) for kind in kinds]

    def _made(self, kind: str) -> tuple[str, bytes]:
        number = next(self._numbers)
        match kind:
            case "event":
                return _JSON, json.dumps(_callback(number, self._message(number))).encode()
            case "command":
                return _FORM, urlencode(_command(number)).encode()
            case "press":
                room = self._workplace.rooms[number % len(self._workplace.rooms)]
                return _FORM, urlencode({"payload": json.dumps(_press(number, room))}).encode()
            case _:
                return _FORM, urlencode({"payload": json.dumps(_shortcut(number))}).encode()

    def _message(self, number: int) -> Mapping[str, Any]:
        event = self._workplace.mention(f"Novara Pharma wants report {number} two weeks earlier")
        return {**event, "type": "message", "channel": "D0ANNA", "channel_type": "im"}


def _signed(kind: str, content_type: str, body: bytes) -> Request:
    headers = signed_headers(body)
    seal = headers["x-slack-request-timestamp"], headers["x-slack-signature"]
    return Request(kind, content_type, body, *seal)


def _callback(number: int, event: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": f"Ev{number}",
        "event_time": int(time.time()),
        "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        "event": event,
    }


def _command(number: int) -> Mapping[str, str]:
    return {
        "command": "/note",
        "text": f"Brightwell moves filling line {number} to Ghent in spring",
        "team_id": TEAM,
        "channel_id": "D0ANNA",
        "channel_name": "directmessage",
        "user_id": AUTHOR,
        "user_name": "anna",
        "trigger_id": f"{number}.command",
        "response_url": "https://hooks.slack.com/commands/1",
    }


def _person() -> Mapping[str, Any]:
    return {"team": {"id": TEAM}, "user": {"id": AUTHOR, "team_id": TEAM}}


def _press(number: int, room: str) -> Mapping[str, Any]:
    return {
        **_person(),
        "type": "block_actions",
        "channel": {"id": room, "name": "room"},
        "container": {
            "type": "message",
            "message_ts": f"1795000000.{number:06}",
            "channel_id": room,
            "is_ephemeral": False,
        },
        "trigger_id": f"{number}.press",
        "actions": [
            {
                "type": "button",
                "block_id": "b1",
                "action_id": "undo",
                "value": f"note-{number}",
                "action_ts": f"1795000001.{number:06}",
            }
        ],
    }


def _shortcut(number: int) -> Mapping[str, Any]:
    return {
        **_person(),
        "type": "shortcut",
        "callback_id": "new_note",
        "trigger_id": f"{number}.shortcut",
    }


# --- measuring ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Measured:
    """What one application did, round by round."""

    port: int
    rounds: list[list[float]] = field(default_factory=list)
    kinds: dict[str, list[float]] = field(default_factory=dict)
    a_second: list[float] = field(default_factory=list)

    def take(self, load: Executor, requests: Sequence[Request], a_second: float) -> None:
        """A round on a schedule."""
        seconds = load.submit(on_schedule, self.port, requests, a_second).result()
        self.rounds.append(seconds)
        for request, took_s in zip(requests, seconds, strict=True):
            self.kinds.setdefault(request.kind, []).append(took_s)

    def saturate(self, load: Executor, requests: Sequence[Request]) -> None:
        """A round as fast as it goes."""
        self.a_second.append(load.submit(saturating, self.port, requests, _CONNECTIONS).result())

    @property
    def p50(self) -> float:
        """The median of all rounds, in milliseconds."""
        return statistics.median(self._all) * 1000

    @property
    def p99(self) -> float:
        """Of all rounds, in milliseconds."""
        return statistics.quantiles(self._all, n=100)[98] * 1000

    @property
    def longest(self) -> float:
        """Of all rounds, in milliseconds."""
        return max(self._all) * 1000

    @property
    def _all(self) -> list[float]:
        return [took_s for one in self.rounds for took_s in one]

    @property
    def best_p99(self) -> float:
        """Of the round with the lowest, in milliseconds."""
        return min(statistics.quantiles(one, n=100)[98] for one in self.rounds) * 1000


@contextmanager
def bare_server() -> Iterator[int]:
    """The bare application in a process of its own; gives its port."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=bare.serve, args=(port,))
    process.start()
    try:
        wait_until(lambda: is_listening(port), "for the bare application to listen")
        yield port
    finally:
        process.terminate()
        process.join()


def is_listening(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def slow_model(_: Received) -> Answer:
    """Takes its time, and finds one insight in whatever it is asked about."""
    time.sleep(_MODEL_S)
    return completion({"insights": [_INSIGHT]})


def measure(rounds: int, a_second: int, command: str) -> tuple[Measured, Measured]:
    """The bare application and the product, in turns."""
    workplace = Workplace()
    slack = Slack(workplace)
    spawn = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as folder,
        OpenAiServer(respond=slow_model) as model,
        bare_server() as bare_port,
        ProcessPoolExecutor(1, mp_context=spawn) as load,
    ):
        keys = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": model.url}
        installation = Installation(Path(folder), workplace, **keys)
        bare_one, product = Measured(bare_port), Measured(installation.port)
        try:
            installation.migrate()
            installation.start_ready(command)
            for one in (bare_one, product):  # what is loaded with the first request
                load.submit(saturating, one.port, slack.requests(40), 1).result()
            for _ in range(rounds):
                for one in (bare_one, product):
                    one.take(load, slack.requests(a_second * _ROUND_S), a_second)
            for _ in range(rounds):
                for one in (bare_one, product):
                    one.saturate(load, slack.requests(_AT_ONCE))
        finally:
            installation.close()
            workplace.close()
    return bare_one, product


def show(bare_one: Measured, product: Measured) -> None:
    """A table, and how busy the machine was otherwise."""
    saturated = f"requests/s, {_CONNECTIONS} connections"
    table = Table("", "p50 ms", "p99 ms", "best round's p99", "longest ms", saturated)
    for name, one in (("only the signature", bare_one), ("Earshot", product)):
        saturation = statistics.median(one.a_second)
        times = one.p50, one.p99, one.best_p99, one.longest
        table.add_row(name, *(f"{took_ms:.1f}" for took_ms in times), f"{saturation:.0f}")
    share = statistics.median(product.a_second) / statistics.median(bare_one.a_second)
    table.add_row("ratio", f"{product.p50 / bare_one.p50:.2f}", "", "", "", f"{share:.3f}")
    for kind in _KINDS:
        median = statistics.median(product.kinds[kind]) * 1000
        table.add_row(f"Earshot: {kind}", f"{median:.2f}")
    Console().print(table)
    Console().print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help=f"of {_ROUND_S} seconds each")
    parser.add_argument("--rate", type=int, default=100, help="requests a second")
    parser.add_argument("--command", default="run", help="`run`, or `web` for taking only")
    options = parser.parse_args()
    show(*measure(options.rounds, options.rate, options.command))


if __name__ == "__main__":
    main()
