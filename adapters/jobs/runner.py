"""Makes one attempt at a job, and decides what follows when it fails."""

import logging
import threading
import traceback
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from adapters.jobs.errors import JobGivenUp, JobNotRecorded
from adapters.jobs.queue import Attempt, DurableQueue
from adapters.jobs.retries import pause_before_next
from bot.errors import SendPostponed, SendRefused
from bot.ports import JobHandler, JobName

_log = logging.getLogger(__name__)


class Runner:
    """Calls the handlers. What they raise ends here: its text may be somebody's words."""

    def __init__(
        self,
        engine: Engine,
        queue: DurableQueue,
        *,
        handlers: Mapping[JobName, JobHandler],
        on_give_up: Mapping[JobName, JobHandler],
        pauses_s: Mapping[JobName, Sequence[float]],
    ) -> None:
        self._engine = engine
        self._queue = queue
        self._handlers = handlers
        self._on_give_up = on_give_up
        self._pauses_s = pauses_s
        self._running: set[str] = set()
        self._lock = threading.Lock()
        self.trouble = threading.Event()
        """Set when the attempt that was to follow could not be added."""

    @property
    def jobs(self) -> Collection[JobName]:
        """The kinds of job that there is a handler for."""
        return self._handlers.keys()

    @property
    def most_attempts(self) -> Mapping[JobName, int]:
        """How often a job is tried before it is given up."""
        return {job: len(pauses_s) + 1 for job, pauses_s in self._pauses_s.items()}

    def running(self) -> Collection[str]:
        """The ids of the attempts that are being made now."""
        with self._lock:
            return frozenset(self._running)

    def run(self, attempt: Attempt) -> str:
        """Make the attempt; says how it ended, for the record. Raises JobGivenUp."""
        with self._lock:
            self._running.add(attempt.id)
        try:
            return self._run(attempt)
        finally:
            with self._lock:
                self._running.discard(attempt.id)

    def _run(self, attempt: Attempt) -> str:
        try:
            self._handlers[attempt.job](attempt.subject_id)
        except SendRefused:
            _log.warning("job %s was refused for good", attempt.id)
            self._tell(attempt)
            return "refused"
        except SendPostponed as postponed:
            self._put_off(attempt, postponed.pause_s)
            return "put off"
        except Exception as error:  # noqa: BLE001 - whatever failed, an acknowledged job is tried again
            return self._after(error, attempt)
        return "done"

    def _put_off(self, attempt: Attempt, pause_s: float) -> None:
        self._add(attempt.again, pause_s)

    def _add(self, attempt: Attempt, pause_s: float) -> None:
        try:
            with self._engine.begin() as connection:
                self._queue.add(connection, attempt, pause_s)
        except SQLAlchemyError as error:
            self.trouble.set()
            _log.warning("job %s is not added yet: %s", attempt.id, type(error).__name__)
            raise JobNotRecorded(attempt.id) from None

    def _after(self, error: Exception, attempt: Attempt) -> str:
        pause_s = pause_before_next(self._pauses_s[attempt.job], attempt.number, error)
        if pause_s is None:
            _log.error("job %s failed and is given up: %s", attempt.id, _what_and_where(error))
            self._tell(attempt)
            raise JobGivenUp(attempt.id) from None
        self._add(attempt.next, pause_s)
        what = _what_and_where(error)
        _log.warning("job %s failed and is tried again in %g s: %s", attempt.id, pause_s, what)
        return "tried again"

    def _tell(self, attempt: Attempt) -> None:
        on_give_up = self._on_give_up.get(attempt.job)
        if on_give_up is None:
            return
        try:
            on_give_up(attempt.subject_id)
        except Exception as error:  # noqa: BLE001 - the job has ended however this goes
            _log.error("giving up %s failed: %s", attempt.id, _what_and_where(error))


def _what_and_where(error: Exception) -> str:
    """The error's type and line, and never its text."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
