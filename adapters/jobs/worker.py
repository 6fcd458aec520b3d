"""The durable engine's life in a process: start, look alive, stop."""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Final

from dbos import DBOS
from dbos._error import DBOSException
from dbos._queue import queue_worker_thread
from sqlalchemy import Engine

from adapters.jobs.guards import configuration
from adapters.jobs.ledger import Ledger
from adapters.jobs.queue import Attempt, DurableQueue, queue_name
from adapters.jobs.retries import PAUSES_S
from adapters.jobs.runner import Runner
from adapters.jobs.slots import slots_of
from adapters.jobs.tables import create_job_tables
from adapters.jobs.upkeep import Upkeep, Waiting
from adapters.jobs.wakeup import CommitWatch, WakeableStop, wake_at_each_end
from bot.ports import JobHandler, JobName

_POLL_S: Final = 1.0  # in case a wake-up is missed
_LOOK_WHETHER_DONE_EVERY_S: Final = 0.02
_MOST_CRASHES: Final = 20
"""So often may one attempt be cut short by the death of its process before it is put aside."""

_log = logging.getLogger(__name__)


class DurableJobs:
    """The durable engine: the port `Jobs`."""

    def __init__(
        self,
        engine: Engine,
        *,
        waiting: Waiting,
        workers: int = 2,
        on_give_up: Mapping[JobName, JobHandler] | None = None,
        pauses_s: Mapping[JobName, Sequence[float]] = PAUSES_S,
    ) -> None:
        """`engine` is the store's. `waiting` gives the rows that must have a job.

        `workers` is how many jobs of each kind run at once; SQLite gains nothing past four.
        `on_give_up` is told of a subject whose job failed for good, to record that on its row.
        `pauses_s` are the seconds before the second, third, … attempt.
        """
        self._engine = engine
        self._waiting = waiting
        self._workers = workers
        self._on_give_up = dict(on_give_up or {})
        self._pauses_s = pauses_s
        self._session: _Session | None = None
        self._left_running = False

    def start(self, handlers: Mapping[JobName, JobHandler]) -> None:
        """Begin to work: first what an earlier run left, then what comes."""
        if self._session is not None:
            raise RuntimeError("the jobs are started already")
        queue = DurableQueue(self._engine)
        runner = Runner(
            self._engine,
            queue,
            handlers=handlers,
            on_give_up=self._on_give_up,
            pauses_s=self._pauses_s,
        )
        self._session = _Session(self._engine, queue, runner, self._waiting, self._workers)

    def stop(self, timeout_s: float) -> None:
        """Take no new job, give running ones this long to end.

        What has not ended by then is begun again by the next start, here or elsewhere.
        """
        if self._session is not None:
            session, self._session = self._session, None
            self._left_running = session.end(timeout_s) > 0

    @property
    def left_running(self) -> bool:
        """Whether jobs had not ended at the last stop: their threads outlast it."""
        return self._left_running

    def is_alive(self) -> bool:
        """Whether jobs are being worked on."""
        return self._session is not None and self._session.is_alive()


class _Session:
    """From one start to its stop: the name that the process has, the library, and the threads."""

    def __init__(
        self, engine: Engine, queue: DurableQueue, runner: Runner, waiting: Waiting, workers: int
    ) -> None:
        slots = slots_of(engine)
        self._ledger = Ledger(engine)
        with ExitStack() as undo:
            self._slot = slots.take()
            undo.callback(self._slot.release)
            create_job_tables(engine)
            self._upkeep = Upkeep(
                engine,
                queue,
                waiting=waiting,
                most_attempts=runner.most_attempts,
                slots=slots,
                executor_id=self._slot.name,
                running=runner.running,
                trouble=runner.trouble,
            )
            self._upkeep.add_missing(retry_failed=True)
            self._upkeep.take_over(at_once=True)
            dbos = _configure(engine, self._slot.name)
            undo.callback(DBOS.destroy, destroy_registry=True)
            for job in runner.jobs:
                _register(job, runner)
            dbos.launch()
            self._pollers = [_Poller(dbos, queue, job, workers) for job in runner.jobs]
            undo.pop_all()
        loops = [poller.stop_asked for poller in self._pollers]
        wake_at_each_end(dbos._active_workflows_set, loops)  # noqa: SLF001 - nothing tells of it
        self._watch = CommitWatch(engine, loops)
        for thread in self._threads:
            thread.start()

    @property
    def _threads(self) -> "list[_Poller | CommitWatch | Upkeep]":
        return [*self._pollers, self._watch, self._upkeep]

    def is_alive(self) -> bool:
        """Whether every thread of ours runs; the library restarts none of them."""
        return all(thread.is_alive() for thread in self._threads)

    def end(self, timeout_s: float) -> int:
        """Stop taking jobs, wait for those that run, and let go of everything.

        Returns how many have not ended.
        """
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.stop()
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        try:
            unfinished = self._wait_for_the_rest(deadline)
        finally:
            DBOS.destroy(destroy_registry=True)
        if unfinished:
            # The name stays taken until the process ends, so that nobody begins them meanwhile.
            _log.warning("stopped with %d jobs running; they are begun again", unfinished)
        else:
            self._slot.release()
        return unfinished

    def _wait_for_the_rest(self, deadline: float) -> int:
        while unfinished := len(self._ledger.claimed().get(self._slot.name, ())):
            if time.monotonic() > deadline:
                break
            time.sleep(_LOOK_WHETHER_DONE_EVERY_S)
        return unfinished


class _Poller(threading.Thread):
    """Takes the jobs of one queue and hands them to the library's threads.

    The library's own loop, with an event of ours to wait on: that is what lets a commit wake it.
    """

    def __init__(self, dbos: DBOS, queue: DurableQueue, job: JobName, workers: int) -> None:
        name = queue_name(job)
        super().__init__(name=f"{name}-poller", daemon=True)
        self.stop_asked = WakeableStop()
        self._dbos = dbos
        self._queue = queue.client.register_queue(
            name, worker_concurrency=workers, polling_interval_sec=_POLL_S
        )

    def stop(self) -> None:
        """Ask it to end after the jobs that it is taking now."""
        self.stop_asked.set()

    def run(self) -> None:
        """Poll until stopped."""
        queue_worker_thread(self.stop_asked, self._dbos, self._queue)


def _configure(engine: Engine, executor_id: str) -> DBOS:
    """The library's one instance in this process, before its launch."""
    dbos = DBOS(config=configuration(engine, executor_id))
    try:
        dbos.listen_queues([])  # to none by itself: the pollers do
    except DBOSException as error:  # what it gave us is launched already
        raise RuntimeError("other jobs are started in this process: stop them first") from error
    return dbos


def _register(job: JobName, runner: Runner) -> None:
    @DBOS.workflow(name=queue_name(job), max_recovery_attempts=_MOST_CRASHES)
    def work(subject_id: str, round_: int, number: int) -> str:
        return runner.run(Attempt(job, subject_id, round_, number))
