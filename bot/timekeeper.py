"""Sees to what is due: plans what recurs, has what has become due worked on, and keeps the result.

Any number of processes may do so at once, and any of them may die: what is due lies in the database
and is taken there, once.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain.due_work import DueKind
from bot.ports import Clock, DueHandler, JobHandler, JobName, Meter, Plan, Timetable

log = logging.getLogger(__name__)

TICK_S: Final = 5.0
"""How often a process looks: what is due is begun so much late at most."""

_PLAN_EVERY: Final = timedelta(minutes=10)
_AT_ONCE: Final = 200  # of one transaction: it keeps others from writing


class Timekeeper:
    """Hands each piece of work to the handler of its kind."""

    def __init__(
        self,
        timetable: Timetable,
        handlers: Mapping[DueKind, DueHandler],
        plans: Sequence[Plan],
        clock: Clock,
        meter: Meter,
    ) -> None:
        """`plans` say what recurs, and are asked again every few minutes."""
        self._timetable = timetable
        self._handlers = handlers
        self._plans = plans
        self._clock = clock
        self._meter = meter
        self._plan_at: datetime | None = None

    @property
    def handlers(self) -> dict[JobName, JobHandler]:
        """What the engine runs."""
        return {JobName.DUE: self.work}

    @property
    def on_give_up(self) -> dict[JobName, JobHandler]:
        """What is told of work that failed for good."""
        return {JobName.DUE: self.give_up}

    def tick(self) -> int:
        """Plan what recurs, if that is due, and give jobs to what is; how many got one."""
        now = self._clock.now()
        if self._plan_at is None or now >= self._plan_at:
            for plan in self._plans:
                self._timetable.plan(plan.upcoming(now))
            self._plan_at = now + _PLAN_EVERY
        taken = 0
        while batch := self._timetable.take_due(_AT_ONCE):
            taken += batch
            if batch < _AT_ONCE:
                break
        return taken

    def work(self, work_id: str) -> None:
        """Do one piece; what comes of it is kept together with that it is done."""
        work = self._timetable.get(work_id)
        if work is None:
            return
        handler = self._handlers.get(work.kind)
        if handler is None:
            log.warning("nothing handles %s any more", work.kind)
            self._timetable.give_up(work_id)
            return
        self._timetable.finish(work_id, handler(work))
        self._meter.job_ended(JobName.DUE, succeeded=True)

    def give_up(self, work_id: str) -> None:
        """Record that a piece failed for good."""
        self._timetable.give_up(work_id)
        self._meter.job_ended(JobName.DUE, succeeded=False)
