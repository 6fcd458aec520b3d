"""What a worker sees to, so that no job is forgotten and none is kept too long."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import count
from typing import Final, TypeAlias

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from adapters.jobs.ledger import FAILED, Ledger
from adapters.jobs.queue import Attempt, DurableQueue
from adapters.jobs.slots import Slots
from bot.errors import EarshotError
from bot.ports import JobName

Waiting: TypeAlias = Callable[[], Iterable[tuple[JobName, str]]]
"""The rows that wait for work, by job and id, in the order in which they came."""

_LOOK_EVERY_S: Final = 1.0
_ROUND_S: Final = 20
_TIDY_S: Final = 60
_STUCK_AFTER_S: Final = 2.0
"""An attempt that is ours and not in work may be at its start or end, which takes milliseconds."""
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
        slots: Slots,
        executor_id: str,
        running: Callable[[], Collection[str]],
        trouble: threading.Event,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`trouble` is set by whoever could not add an attempt: it is made up for soon."""
        super().__init__(name="earshot-jobs-upkeep", daemon=True)
        self._engine = engine
        self._queue = queue
        self._ledger = Ledger(engine)
        self._waiting = waiting
        self._most_attempts = most_attempts
        self._slots = slots
        self._executor_id = executor_id
        self._running = running
        self._trouble = trouble
        self._now = now
        self._suspects: dict[str, float] = {}
        self._abandoned: Counter[str] = Counter()
        self._stop_asked = threading.Event()

    def stop(self) -> None:
        """Ask it to end after what it is about."""
        self._stop_asked.set()

    def run(self) -> None:
        """See to all of it until stopped; trouble with the database is for the next time."""
        for second in count(1):
            if self._stop_asked.wait(_LOOK_EVERY_S):
                return
            is_news = not self._trouble.is_set()
            try:
                self.look(second)
            except (SQLAlchemyError, EarshotError) as error:
                self._trouble.set()
                if is_news:
                    name = type(error).__name__
                    _log.warning("the upkeep of jobs failed (%s), it is tried again", name)

    def look(self, second: int) -> None:
        """See to what is due in this second of its life: to all of it in each sixtieth."""
        had_trouble = self._trouble.is_set()
        self._trouble.clear()
        if self.release_stuck() or had_trouble or second % _ROUND_S == 0:
            self.add_missing(retry_failed=False)
        if second % _ROUND_S == 0:
            self.take_over()
        if second % _TIDY_S == 0:
            self.delete_old()

    def add_missing(self, *, retry_failed: bool) -> int:
        """Add a job for each row that waits without one we would work on, and say how many.

        That is a row whose job was lost with its table or never added and, with `retry_failed`,
        one whose job was given up: what failed may succeed now, after a restart or an upgrade.
        """
        self._ledger.adopt()
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

    def take_over(self, *, at_once: bool = False) -> int:
        """Put back what was begun by workers that are no more, and say how many.

        `at_once` takes one look for enough, where the slots ask for more.
        """
        claimed = self._ledger.claimed()
        claimed.pop(self._executor_id, None)
        looks = 1 if at_once else self._slots.looks_before_take_over
        self._abandoned = Counter({name: self._abandoned[name] for name in claimed})
        return sum(self._release_abandoned(name, ids, looks) for name, ids in claimed.items())

    def _release_abandoned(self, name: str, attempt_ids: Collection[str], looks: int) -> int:
        with self._slots.if_abandoned(name) as abandoned:
            self._abandoned[name] = self._abandoned[name] + 1 if abandoned else 0
            if self._abandoned[name] < looks:
                return 0
            return self._ledger.release(attempt_ids, name)

    def release_stuck(self) -> int:
        """Put back what has been ours by the record for seconds and is not worked on.

        So it is when the database failed between taking a job and beginning it, or at its end.
        """
        now = self._now()
        claimed = self._ledger.claimed().get(self._executor_id, set())
        idle = claimed.difference(self._running())
        self._suspects = {one: self._suspects.get(one, now) for one in idle}
        stuck = [one for one, since in self._suspects.items() if now - since >= _STUCK_AFTER_S]
        return self._ledger.release(stuck, self._executor_id)

    def delete_old(self) -> None:
        """Delete the records of jobs that ended more than seven days ago."""
        for attempt_ids in self._ledger.finished_before(_KEPT_S, _BATCH):
            self._queue.client.delete_workflows(list(attempt_ids))
