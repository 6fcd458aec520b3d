"""Jobs without an engine: done in the caller's thread. For the terminal, where one person waits."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from bot.ports import JobHandler, JobName


class InlineJobs:
    """Remembers what the store enqueues until `run_waiting` is called.

    What a crash leaves behind waits in the store, as it does with the engine.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[JobName, str]] = deque()
        self._handlers: Mapping[JobName, JobHandler] = {}
        self._tick: Callable[[], object] | None = None

    def enqueue(self, _connection: Any, job: JobName, subject_id: str) -> None:
        """Called by the store inside its transaction."""
        self._waiting.append((job, subject_id))

    def start(
        self, handlers: Mapping[JobName, JobHandler], *, tick: Callable[[], object] | None = None
    ) -> None:
        """See `bot.ports.Jobs`. `tick` enqueues what has become due by the clock."""
        self._handlers = handlers
        self._tick = tick

    def run_waiting(self) -> None:
        """Do everything that waits or is due, and what comes of it."""
        if self._tick:
            self._tick()
        while self._waiting:
            job, subject_id = self._waiting.popleft()
            self._handlers[job](subject_id)

    def stop(self, timeout_s: float) -> None:
        """See `bot.ports.Jobs`; nothing runs in between."""

    def is_alive(self) -> bool:
        """See `bot.ports.Jobs`."""
        return bool(self._handlers)
