"""What a worker sees to once a minute, so that no job is forgotten and none is kept too long."""

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from adapters.jobs.ledger import FAILED, Ledger
from adapters.jobs.queue import Attempt, DurableQueue
from adapters.jobs.slots import slot_if_abandoned
from bot.errors import EarshotError
from bot.ports import JobName

Waiting: TypeAlias = Callable[[], Iterable[tuple[JobName, str]]]
"""The rows that wait for work, by job and id, in the order in which they came."""

_EVERY_S: Final = 60.0
_KEPT_S: Final = 7 * 24 * 60 * 60.0
_BATCH: Final = 200  # of one transaction: it keeps others from writing

_log = logging.getLogger(__name__)


class Upkeep(threading.Thread):
    """Adds missing jobs, takes over what dead workers had begun, and deletes old records."""

    def __init__(
        self,
        engine: Engine,
        queue: DurableQueue,
        *,
        waiting: Waiting,
        most_attempts: Mapping[JobName, int],
        database: Path,
        executor_id: str,
        running: Callable[[], Collection[str]],
    ) -> None:
        super().__init__(name="earshot-jobs-upkeep", daemon=True)
        self._engine = engine
        self._queue = queue
        self._ledger = Ledger(engine)
        self._waiting = waiting
        self._most_attempts = most_attempts
        self._database = database
        self._executor_id = executor_id
        self._running = running
        self._suspects: set[str] = set()
        self._stop_asked = threading.Event()

    def stop(self) -> None:
        """Ask it to end after what it is about."""
        self._stop_asked.set()

    def run(self) -> None:
        """Once a minute until stopped; trouble with the database is for the next time."""
        while not self._stop_asked.wait(_EVERY_S):
            try:
                self.run_once()
            except (SQLAlchemyError, EarshotError) as error:
                _log.warning(
                    "the upkeep of jobs failed (%s), it is tried again", type(error).__name__
                )

    def run_once(self) -> None:
        """All of it, now."""
        self.add_missing(retry_failed=False)
        self.take_over()
        self.release_stuck()
        self.delete_old()

    def add_missing(self, *, retry_failed: bool) -> int:
        """Add a job for each row that waits without one, and say how many.

        That is a row whose job was lost with its table or never added and, with `retry_failed`,
        one whose job was given up: what failed may succeed now, after a restart or an upgrade.
        """
        waiting = list(self._waiting())
        alive = self._ledger.alive() if waiting else set()
        missing = [self._attempt_for(*row, retry_failed) for row in waiting if row not in alive]
        attempts = [attempt for attempt in missing if attempt is not None]
        for start in range(0, len(attempts), _BATCH):
            with self._engine.begin() as connection:
                for attempt in attempts[start : start + _BATCH]:
                    self._queue.add(connection, attempt)
        if attempts:
            _log.warning("%d rows waited without a job; they have one now", len(attempts))
        return len(attempts)

    def _attempt_for(self, job: JobName, subject_id: str, retry_failed: bool) -> Attempt | None:
        known = self._ledger.last_attempt(job, subject_id)
        if known is None:
            return Attempt(job, subject_id)
        last, state = known
        if state != FAILED:
            return None  # refused for good, or it took the process down again and again
        if last.number < self._most_attempts[job]:
            return last.next  # the database failed just when the next attempt was to be added
        return last.next_round if retry_failed else None

    def take_over(self) -> int:
        """Put back what was begun by workers that are no more, and say how many."""
        taken = 0
        for executor_id, attempt_ids in self._ledger.claimed().items():
            if executor_id == self._executor_id:
                continue
            with slot_if_abandoned(self._database, executor_id) as abandoned:
                taken += self._ledger.release(attempt_ids, executor_id) if abandoned else 0
        return taken

    def release_stuck(self) -> int:
        """Put back what is ours by the record but was not worked on, now nor the last time.

        So it is when the database failed between taking a job and beginning it, or at its end.
        """
        claimed = self._ledger.claimed().get(self._executor_id, set())
        suspects = claimed.difference(self._running())
        stuck = suspects & self._suspects
        self._suspects = suspects - stuck
        return self._ledger.release(stuck, self._executor_id)

    def delete_old(self) -> None:
        """Delete the records of jobs that ended more than seven days ago."""
        for attempt_ids in self._ledger.finished_before(_KEPT_S, _BATCH):
            self._queue.client.delete_workflows(list(attempt_ids))
