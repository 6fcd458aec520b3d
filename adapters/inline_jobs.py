"""Jobs without an engine: done in the caller's thread. For the terminal, where one person waits."""

from collections import deque
from collections.abc import Mapping
from typing import Any

from bot.ports import JobHandler, JobName


class InlineJobs:
    """Remembers what the store enqueues until `run_waiting` is called.

    What a crash leaves behind waits in the store, as it does with the engine.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[JobName, str]] = deque()
        self._handlers: Mapping[JobName, JobHandler] = {}

    def enqueue(self, _connection: Any, job: JobName, subject_id: str) -> None:
        """Called by the store inside its transaction."""
        self._waiting.append((job, subject_id))

    def start(self, handlers: Mapping[JobName, JobHandler]) -> None:
        """See `bot.ports.Jobs`."""
        self._handlers = handlers

    def run_waiting(self) -> None:
        """Do everything that waits, and what comes of it."""
        while self._waiting:
            job, subject_id = self._waiting.popleft()
            self._handlers[job](subject_id)

    def stop(self, timeout_s: float) -> None:
        """See `bot.ports.Jobs`; nothing runs in between."""

    def is_alive(self) -> bool:
        """See `bot.ports.Jobs`."""
        return bool(self._handlers)
