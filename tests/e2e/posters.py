"""Delivers events as Slack does: again until it is acknowledged, and then perhaps once more."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

from tests.e2e.processes import Installation
from tests.e2e.workplace import Event, as_message

_SENDERS = 64
_ASKED_AGAIN_S = 0.2


class Senders:
    """Delivers what it is given, each event whether or not the earlier ones were acknowledged.

    What was acknowledged is not always known to be: so an event may then come once more.
    """

    def __init__(self, installation: Installation, again: Callable[[], bool]) -> None:
        self._installation = installation
        self._again = again
        self._threads = ThreadPoolExecutor(_SENDERS)
        self._lock = threading.Lock()
        self._gave_up = threading.Event()
        self._acknowledged = 0
        self._repeated = 0

    @property
    def acknowledged(self) -> int:
        """How many events were."""
        with self._lock:
            return self._acknowledged

    @property
    def repeated(self) -> int:
        """How many were acknowledged a second time."""
        with self._lock:
            return self._repeated

    def send(self, events: Iterable[Event]) -> None:
        """Begin to deliver them."""
        for event in events:
            self._threads.submit(self._deliver, event)

    def finish(self) -> None:
        """Wait until all were acknowledged."""
        self._threads.shutdown()

    def give_up(self) -> None:
        """Deliver no more."""
        self._gave_up.set()
        self._threads.shutdown(cancel_futures=True)

    def _deliver(self, event: Event) -> None:
        while not self._is_taken(event):
            if self._gave_up.wait(_ASKED_AGAIN_S):
                return
        with self._lock:
            self._acknowledged += 1
        if self._again() and self._is_taken(as_message(event)):
            with self._lock:
                self._repeated += 1

    def _is_taken(self, event: Event) -> bool:
        try:
            return self._installation.post(event) == 200
        except (OSError, HTTPException):
            return False


class SteadyPoster(threading.Thread):
    """Delivers events on a schedule."""

    def __init__(
        self,
        installation: Installation,
        events: Sequence[Event],
        a_second: float,
        again: Callable[[], bool],
    ) -> None:
        super().__init__(name="steady-slack", daemon=True)
        self._senders = Senders(installation, again)
        self._events = events
        self._a_second = a_second

    def has_delivered(self, count: int) -> bool:
        """Whether so many were acknowledged."""
        return self._senders.acknowledged >= count

    def run(self) -> None:
        """Deliver all of them."""
        began = time.monotonic()
        for number, event in enumerate(self._events):
            time.sleep(max(0.0, began + number / self._a_second - time.monotonic()))
            self._senders.send([event])
        self._senders.finish()
