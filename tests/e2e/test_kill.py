"""Nothing that was acknowledged is lost, and nothing is done twice, however the process dies.

Run as a program, this module is the process that dies: it accepts messages, says so on its output
(that is the acknowledgement), and works on them, all in one database file.
"""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from adapters.jobs import DurableJobs, DurableQueue, create_job_tables
from bot.ports import JobName
from knowledge_store.engine import BEGIN_WITH, open_engine

KILLS = 10
PATIENCE_S = 60.0
BETWEEN_MESSAGES_S = 0.01
READY = "ready"

_TABLES = """
CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, waits INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY, waits INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS effects (message_id TEXT NOT NULL)
"""


class Desk:
    """An inbox, an outbox and what was done, kept as the store keeps them: a step, a transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(**{BEGIN_WITH: "IMMEDIATE"})
        with self._engine.begin() as connection:
            for table in _TABLES.split(";"):
                connection.execute(text(table))
        create_job_tables(engine)
        self._queue = DurableQueue(engine)

    def accept(self, message_id: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(text("INSERT INTO inbox (id) VALUES (:id)"), {"id": message_id})
            self._queue.enqueue(connection, JobName.HANDLE, message_id)

    def handle(self, message_id: str) -> None:
        with self._engine.begin() as connection:
            if not _close(connection, "inbox", message_id):
                return
            values = {"id": message_id}
            connection.execute(text("INSERT INTO effects VALUES (:id)"), values)
            connection.execute(text("INSERT INTO outbox (id) VALUES (:id)"), values)
            self._queue.enqueue(connection, JobName.SEND, message_id)

    def send(self, message_id: str) -> None:
        with self._engine.begin() as connection:
            _close(connection, "outbox", message_id)

    def waiting(self) -> list[tuple[JobName, str]]:
        with self._engine.begin() as connection:
            inbox = connection.execute(text("SELECT id FROM inbox WHERE waits")).scalars().all()
            outbox = connection.execute(text("SELECT id FROM outbox WHERE waits")).scalars().all()
        return [(JobName.HANDLE, id_) for id_ in inbox] + [(JobName.SEND, id_) for id_ in outbox]

    def column(self, query: str) -> list[str]:
        with self._engine.begin() as connection:
            return [str(value) for value in connection.execute(text(query)).scalars()]


def _close(connection: Connection, box: str, message_id: str) -> bool:
    update = text(f"UPDATE {box} SET waits = 0 WHERE id = :id AND waits")
    return bool(connection.execute(update, {"id": message_id}).rowcount)


def main(database: str, name: str) -> None:
    """Accept messages `name-0`, `name-1`, … (none without a name) until asked to end."""
    asked_to_end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked_to_end.set())
    engine = open_engine(f"sqlite:///{database}")
    desk = Desk(engine)
    jobs = DurableJobs(engine, waiting=desk.waiting, workers=2)
    jobs.start({JobName.HANDLE: desk.handle, JobName.SEND: desk.send})
    print(READY, flush=True)
    number = 0
    while not asked_to_end.wait(BETWEEN_MESSAGES_S):
        if name:
            desk.accept(f"{name}-{number}")
            print(f"{name}-{number}", flush=True)
            number += 1
    jobs.stop(timeout_s=10)
    engine.dispose()


class Worker:
    """The process, seen from outside."""

    def __init__(self, database: Path, name: str = "") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.test_kill", str(database), name],
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


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "kill.db"


@contextmanager
def desk_on(database: Path) -> Iterator[Desk]:
    engine = open_engine(f"sqlite:///{database}")
    try:
        yield Desk(engine)
    finally:
        engine.dispose()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "still not so after a minute"
        time.sleep(0.05)


def finish_the_rest(database: Path, desk: Desk) -> None:
    worker = Worker(database)
    worker.wait_until_ready()
    wait_until(lambda: not desk.waiting())
    worker.end(signal.SIGTERM)


@pytest.mark.slow
def test_killed_ten_times_nothing_is_lost_and_nothing_done_twice(database: Path) -> None:
    """Killed at random moments, in the middle of starting or of work, it ends up where it should."""
    chance = random.Random()
    acknowledged: list[str] = []
    for kill in range(KILLS):
        worker = Worker(database, f"run{kill}")
        if kill % 5 != 4:  # every fifth is killed while it still starts, or soon after
            worker.wait_until_ready()
        time.sleep(chance.uniform(0, 0.7))
        acknowledged += worker.end(signal.SIGKILL)

    with desk_on(database) as desk:
        finish_the_rest(database, desk)
        effects = desk.column("SELECT message_id FROM effects")
        replies = desk.column("SELECT id FROM outbox WHERE NOT waits")
        unfinished = desk.column(
            "SELECT workflow_uuid FROM workflow_status WHERE status != 'SUCCESS'"
        )

    assert len(acknowledged) > KILLS, "too little was going on for the test to mean anything"
    assert set(acknowledged) <= set(effects)
    assert len(effects) == len(set(effects))
    assert sorted(replies) == sorted(effects)
    assert unfinished == []


@pytest.mark.slow
def test_asked_to_end_it_finishes_what_it_has_begun(database: Path) -> None:
    """SIGTERM ends it in good order within ten seconds, and the rest is done by the next one."""
    worker = Worker(database, "run")
    worker.wait_until_ready()
    time.sleep(0.3)

    asked = time.monotonic()
    acknowledged = worker.end(signal.SIGTERM)
    took_s = time.monotonic() - asked

    with desk_on(database) as desk:
        begun = desk.column("SELECT workflow_uuid FROM workflow_status WHERE status = 'PENDING'")
        finish_the_rest(database, desk)
        effects = desk.column("SELECT message_id FROM effects")
    assert worker.exit_code == 0
    assert took_s < 10
    assert begun == []
    assert sorted(effects) == sorted(acknowledged)


if __name__ == "__main__":
    main(*sys.argv[1:])
