"""A part of the product as a process that may die, with everything else a stand-in.

Run as a program it accepts messages, says so on its output (that is the acknowledgement), and works
on them, all in one database file.
"""

import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from adapters.jobs import DurableJobs, DurableQueue, create_job_tables
from bot.messages import IncomingMessage, Outgoing, Place, Reply, WayIn
from bot.ports import JobName, NoteToStore, OutboxState
from bot.services.personal_data import masked
from knowledge_store import migrate, open_engine, open_store
from tests.fakes import FakeClock

WORKERS = 2
PATIENCE_S = 60.0
BETWEEN_MESSAGES_S = 0.01
READY = "ready"

POSTED_AT = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
PLACE = Place("console", "acme", "sales")


class Desk:
    """The real store with its inbox and outbox; only understanding and sending are stand-ins.

    What was sent is appended to a file: something outside the database, as a platform is.
    """

    def __init__(self, database: Path) -> None:
        self._engine = open_engine(f"sqlite:///{database}")
        self._sent = database.with_suffix(".sent")
        migrate(self._engine)
        create_job_tables(self._engine)
        self._store = open_store(
            self._engine, DurableQueue(self._engine), clock=FakeClock(POSTED_AT), mask=masked
        )

    def jobs(self) -> DurableJobs:
        return DurableJobs(self._engine, waiting=self.waiting, workers=WORKERS)

    def accept(self, message_id: str) -> None:
        text_ = f"Novara needs {message_id}"
        message = IncomingMessage(PLACE, message_id, "ada", text_, POSTED_AT, WayIn.DIRECT)
        assert self._store.inbox.accept(message)

    def handle(self, subject_id: str) -> None:
        message = self._store.inbox.get(subject_id)
        if not isinstance(message, IncomingMessage):
            return
        self._store.notes.save(
            NoteToStore(
                key=message.key,
                channel=PLACE.channel,
                author_id=message.author_id,
                author_name=message.author_name,
                text=message.text,
                posted_at=message.sent_at,
                thread_id=None,
                permalink=None,
                insights=(),
            )
        )
        reply = Outgoing(f"reply-to-{message.message_id}", PLACE, message.actor_id, Reply(()))
        self._store.inbox.finish(subject_id, [reply])

    def send(self, subject_id: str) -> None:
        if self._store.outbox.get(subject_id) is None:
            return
        with self._sent.open("a") as sent:
            sent.write(f"{subject_id}\n")
        self._store.outbox.settle(subject_id, OutboxState.SENT)

    def waiting(self) -> list[tuple[JobName, str]]:
        return list(self._store.waiting())

    def sent(self) -> list[str]:
        return self._sent.read_text().splitlines()

    def column(self, query: str) -> list[str]:
        with self._engine.connect() as connection:
            return [str(value) for value in connection.execute(text(query)).scalars()]

    def close(self) -> None:
        self._store.close()


def main(database: str, name: str) -> None:
    """Accept messages `name-0`, `name-1`, … (none without a name) until asked to end."""
    asked_to_end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked_to_end.set())
    desk = Desk(Path(database))
    jobs = desk.jobs()
    jobs.start({JobName.HANDLE: desk.handle, JobName.SEND: desk.send})
    _say(READY)
    number = 0
    while not asked_to_end.wait(BETWEEN_MESSAGES_S):
        if name:
            desk.accept(f"{name}-{number}")
            _say(f"{name}-{number}")
            number += 1
    jobs.stop(timeout_s=10)
    desk.close()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Worker:
    """The process, seen from outside."""

    def __init__(self, database: Path, name: str = "") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.desk", str(database), name],
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == f"{READY}\n"

    def end(self, how: signal.Signals) -> list[str]:
        """End it; the ids of the messages that it had acknowledged."""
        self._process.send_signal(how)
        output, _ = self._process.communicate(timeout=PATIENCE_S)
        whole_lines = output.split("\n")[:-1]
        return [line for line in whole_lines if line != READY]

    @property
    def exit_code(self) -> int | None:
        return self._process.returncode


if __name__ == "__main__":
    main(*sys.argv[1:])
