"""The real product as child processes, on a database file of its own."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from sqlalchemy import Engine

from adapters.inline_jobs import InlineJobs
from adapters.jobs import create_job_tables
from adapters.jobs.ledger import Ledger
from adapters.system_clock import SystemClock
from bot.domain.audience import Audience
from bot.domain.note import Note
from bot.services.personal_data import masked
from knowledge_store import Store, migrate, open_engine, open_store
from tests.contract.drivers_slack import signed_headers
from tests.e2e.workplace import Event, Workplace
from tests.slack_api import BOT_USER, TEAM

PROJECT = Path(__file__).parents[2]
WORKSPACE = "main"
PATIENCE_S = 90.0
_LOOK_EVERY_S = 0.02
_REQUEST_S = 20.0


def wait_until(
    condition: Callable[[], bool],
    what: str,
    *,
    every_s: float = _LOOK_EVERY_S,
    patience_s: float = PATIENCE_S,
) -> None:
    """Look again and again, and fail after a minute and a half unless told otherwise."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"still waiting: {what}"
        time.sleep(every_s)


class ServerProcess:
    """One process of the product, seen from outside."""

    def __init__(self, command: Sequence[str], settings: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={**_plain_environment(), **settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def pid(self) -> int:
        """For looking at what the process uses."""
        return self._process.pid

    @property
    def output(self) -> str:
        """What it has said so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def has_ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for it to do this; a process that ended instead fails at once."""
        wait_until(lambda: condition() or self.has_ended(), f"for the process {what}")
        assert condition(), f"it ended with {self._process.poll()}:\n{self.output[-2000:]}"

    def kill(self) -> None:
        """End it without a warning."""
        self._process.kill()
        self._process.wait(PATIENCE_S)

    def terminate(self) -> tuple[int, float]:
        """Ask it to end; its exit code, and how many seconds it took."""
        asked = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE_S), time.monotonic() - asked

    def wait(self) -> int:
        """Its exit code, when it ends by itself."""
        return self._process.wait(PATIENCE_S)


class Processes:
    """A database file, a port, and the processes that are started on them."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        """`settings` say what the product is connected with, and its port where that matters."""
        self.prefix: tuple[str, ...] = ()
        """A command to start the processes with."""
        self.database = folder / "earshot.db"
        self.port = int(settings.get("PORT", free_port()))
        self._folder = folder
        self._settings = {
            "DATABASE_URL": f"sqlite:///{self.database}",
            "PORT": str(self.port),
            **settings,
        }
        self._event_ids = itertools.count(1)
        self._logs = itertools.count(1)
        self._started: list[ServerProcess] = []

    @property
    def url(self) -> str:
        """Of the database."""
        return self._settings["DATABASE_URL"]

    def migrate(self) -> None:
        """Make the database without a process of its own."""
        with self.engine() as engine:
            migrate(engine)
            create_job_tables(engine)

    # --- processes ------------------------------------------------------------------------------

    def start(self, *command: str, **settings: str) -> ServerProcess:
        """Start `earshot <command>`, with other settings where given."""
        log = self._folder / f"{command[0]}-{next(self._logs)}.log"
        whole = [*self.prefix, sys.executable, "-m", "bot", *command]
        process = ServerProcess(whole, {**self._settings, **settings}, log)
        self._started.append(process)
        return process

    def start_ready(self, command: str) -> ServerProcess:
        """Start `earshot run` or `earshot web`, and wait for `/readyz`."""
        process = self.start(command)
        process.wait_until(self.is_ready, "to be ready")
        return process

    @contextmanager
    def running(self, command: str) -> Iterator[ServerProcess]:
        """A process that takes requests for as long as the block runs."""
        process = self.start_ready(command)
        yield process
        process.terminate()

    def close(self) -> None:
        """End what still runs."""
        for process in self._started:
            if not process.has_ended():
                process.kill()

    # --- requests -------------------------------------------------------------------------------

    def is_ready(self) -> bool:
        """Whether `/readyz` says so."""
        try:
            status, _ = self.get("/readyz")
        except (OSError, HTTPException):
            return False
        return status == 200

    def get(self, path: str) -> tuple[int, str]:
        """Status and body."""
        return self._request("GET", path, b"", {})

    def post(self, event: Event) -> int:
        """Deliver an event as Slack does, under an event id of its own; the status.

        Raises OSError or HTTPException when nobody answers.
        """
        body, headers = self.signed(event)
        return self._request("POST", "/slack/events", body, headers)[0]

    def signed(self, event: Event) -> tuple[bytes, Mapping[str, str]]:
        """Body and headers of the request with which Slack delivers an event."""
        body = json.dumps(
            {
                "type": "event_callback",
                "team_id": TEAM,
                "event_id": f"Ev{next(self._event_ids)}",
                "event_time": int(time.time()),
                "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
                "event": event,
            }
        ).encode()
        return body, {**signed_headers(body), "content-type": "application/json"}

    @contextmanager
    def half_a_request(self) -> Iterator[None]:
        """A client that began a request and says no more."""
        with socket.create_connection(("127.0.0.1", self.port)) as client:
            client.sendall(b"POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{")
            yield

    def _request(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_REQUEST_S)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    # --- what is in the database ----------------------------------------------------------------

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The database itself, opened beside the processes that work on it."""
        engine = open_engine(self.url)
        yield engine
        engine.dispose()

    @contextmanager
    def store(self) -> Iterator[Store]:
        """What is kept in it."""
        with self.engine() as engine:
            yield open_store(engine, InlineJobs(), clock=SystemClock(), mask=masked)

    def begun_jobs(self) -> list[str]:
        """What a process has begun and not ended."""
        with self.engine() as engine:
            return [job for jobs in Ledger(engine).claimed().values() for job in jobs]

    def wait_until_all_is_done(self) -> None:
        """Wait until no delivery and no reply waits for work."""
        with self.store() as store:
            wait_until(lambda: not list(store.waiting()), "for all work to be done")

    def notes(self) -> list[Note]:
        """Every note, whoever may see it."""
        with self.store() as store:
            return [record.note for record in store.notes.all(Audience.operator(WORKSPACE))]


class Installation(Processes):
    """The same with a stand-in for Slack around it."""

    def __init__(self, folder: Path, slack: Workplace, **settings: str) -> None:
        super().__init__(folder, {**slack.settings, **settings})
        self.slack = slack


def free_port() -> int:
    """A port that nobody listened on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _plain_environment() -> dict[str, str]:
    """No setting of whoever runs this: with a key of theirs, notes would leave the machine."""
    kept = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}
