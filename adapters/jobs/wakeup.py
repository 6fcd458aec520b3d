"""Looks for jobs as soon as anything was committed, by whichever process, and costs little else.

The library only polls: ten times a second and for two queues that took 5.7 % of a core. SQLite
tells in microseconds whether another connection has committed since (`PRAGMA data_version`).
"""

import logging
import threading
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

_LOOK_EVERY_S: Final = 0.025
_AFTER_TROUBLE_S: Final = 1.0

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
            except DBAPIError as error:
                _log.warning("the watch for commits failed, it starts again: %s", error.orig)
                self._stop_asked.wait(_AFTER_TROUBLE_S)

    def _watch(self) -> None:
        with self._engine.connect() as connection:
            # The driver's own cursor: a statement through SQLAlchemy costs ten times as much.
            cursor = connection.connection.cursor()
            seen = None
            while not self._stop_asked.wait(_LOOK_EVERY_S):
                version = cursor.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    seen = version
                    for loop in self._loops:
                        loop.wake()
