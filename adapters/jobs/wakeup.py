"""Looks for jobs as soon as anything was committed, by whichever process, and costs little else.

The library only polls: ten times a second and for two queues that took 5.7 % of a core. SQLite
tells in microseconds whether another connection has committed since (`PRAGMA data_version`);
PostgreSQL tells whoever listens when a job that was added is committed (`NOTIFY`), and that a job
has ended and made room for another one is known here.
"""

import logging
import threading
from collections.abc import Iterable
from typing import Any, Final

import psycopg
from dbos._core import ActiveWorkflowById, QueueBucket
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

_LOOK_EVERY_S: Final = 0.025
_AFTER_TROUBLE_S: Final = 1.0
_LISTENS_FOR_S: Final = 0.5  # so long may a stop wait
_CHANNEL: Final = "earshot_jobs"
_NOTIFY = text(f"NOTIFY {_CHANNEL}")

_log = logging.getLogger(__name__)


class WakeableStop(threading.Event):
    """A stop event whose `wait` also ends, unset, when it is woken: for a loop that polls."""

    def __init__(self) -> None:
        super().__init__()
        self._wake = threading.Event()

    def set(self) -> None:
        """Stop."""
        super().set()
        self._wake.set()

    def wake(self) -> None:
        """End the wait, or else the next one."""
        self._wake.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the stop, a wake-up or the end of the time; whether it is the stop."""
        self._wake.wait(timeout)
        self._wake.clear()
        return self.is_set()


class CommitWatch(threading.Thread):
    """Wakes the loops whenever somebody has committed."""

    def __init__(self, engine: Engine, loops: Iterable[WakeableStop]) -> None:
        super().__init__(name="earshot-commit-watch", daemon=True)
        self._engine = engine
        self._loops = tuple(loops)
        self._stop_asked = threading.Event()

    def stop(self) -> None:
        """Ask it to end."""
        self._stop_asked.set()

    def run(self) -> None:
        """Look until stopped. In trouble the loops go on polling, slowly."""
        while not self._stop_asked.is_set():
            try:
                self._watch()
            except (DBAPIError, psycopg.Error) as error:
                _log.warning("the watch for commits failed, it starts again: %s", type(error))
                self._stop_asked.wait(_AFTER_TROUBLE_S)

    def _watch(self) -> None:
        with self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                self._look(connection)
            else:
                self._listen(connection)

    def _look(self, connection: Connection) -> None:
        # The driver's own cursor: a statement through SQLAlchemy costs ten times as much.
        cursor = connection.connection.cursor()
        seen = None
        while not self._stop_asked.wait(_LOOK_EVERY_S):
            version = cursor.execute("PRAGMA data_version").fetchone()
            if version != seen:
                seen = version
                self._wake_all()

    def _listen(self, connection: Connection) -> None:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text(f"LISTEN {_CHANNEL}"))
        driver: Any = connection.connection.driver_connection
        connection.detach()  # it listens until it is closed, so nobody else gets it
        self._wake_all()  # for what was added before it listened
        while not self._stop_asked.is_set():
            for _ in driver.notifies(timeout=_LISTENS_FOR_S, stop_after=1):
                self._wake_all()

    def _wake_all(self) -> None:
        for loop in self._loops:
            loop.wake()


def wake_at_each_end(active: ActiveWorkflowById, loops: Iterable[WakeableStop]) -> None:
    """Wake these whenever the library has counted a job out, and not before there is room."""
    remove, woken = active._remove, tuple(loops)  # noqa: SLF001 - nothing tells of it

    def remove_and_wake(key: str, bucket: QueueBucket) -> None:
        remove(key, bucket)
        for loop in woken:
            loop.wake()

    active._remove = remove_and_wake  # type: ignore[method-assign] # noqa: SLF001 - same


def tell_of_commit(connection: Connection) -> None:
    """Have the transaction's commit wake whoever waits for jobs; SQLite's needs no telling."""
    if connection.dialect.name != "sqlite":
        connection.execute(_NOTIFY)
