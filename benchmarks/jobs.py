"""How fast the durable jobs are: `.venv/bin/python -m benchmarks.jobs [how many jobs]`."""

import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from adapters.jobs import DurableJobs, DurableQueue
from bot.ports import JobName
from knowledge_store.engine import open_engine

IDLE_S = 10.0
SINGLE_JOBS = 100


class Arrivals:
    """A handler that does nothing but note when each job arrived, in seconds."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self._news = threading.Condition()

    def __call__(self, subject_id: str) -> None:
        """Note the arrival."""
        with self._news:
            self.at[subject_id] = time.perf_counter()
            self._news.notify_all()

    def wait_for(self, count: int) -> None:
        """Wait until so many jobs have arrived in all."""
        with self._news:
            self._news.wait_for(lambda: len(self.at) >= count)


def main(jobs_count: int = 1000) -> None:
    """Print a table for one worker process on a new SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        for workers in (2, 4):
            engine = open_engine(f"sqlite:///{Path(folder)}/{workers}.db")
            sys.stdout.write(f"\n| {workers} workers | |\n|---|---|\n")
            _measure(engine, workers, jobs_count)
            engine.dispose()


def _measure(engine: Engine, workers: int, jobs_count: int) -> None:
    arrivals = Arrivals()
    jobs = DurableJobs(engine, waiting=lambda: (), workers=workers)
    handlers = dict.fromkeys(JobName, arrivals)
    for what in ("first launch, tables created", "later launch"):
        jobs.stop(timeout_s=10)
        _tell(what, _time_of(lambda: jobs.start(handlers)) * 1000, "ms")
    latencies_ms = _latencies_ms(engine, arrivals)
    _tell("start after commit, p50", statistics.median(latencies_ms), "ms")
    _tell("start after commit, p99", statistics.quantiles(latencies_ms, n=100)[-1], "ms")
    began = time.perf_counter()
    _tell("enqueue, a transaction each", _enqueue_all(engine, jobs_count) / jobs_count * 1000, "ms")
    arrivals.wait_for(SINGLE_JOBS + jobs_count)
    _tell("enqueue and work", jobs_count / (time.perf_counter() - began), "jobs/s")
    _tell("CPU when idle", _idle_cpu_percent(), "% of a core")
    _tell("stop", _time_of(lambda: jobs.stop(timeout_s=10)) * 1000, "ms")


def _latencies_ms(engine: Engine, arrivals: Arrivals) -> list[float]:
    queue = DurableQueue(engine)
    latencies_ms = []
    for number in range(SINGLE_JOBS):
        with engine.begin() as connection:
            queue.enqueue(connection, JobName.HANDLE, f"single-{number}")
        committed = time.perf_counter()
        arrivals.wait_for(number + 1)
        latencies_ms.append((arrivals.at[f"single-{number}"] - committed) * 1000)
        time.sleep(0.1)
    return latencies_ms


def _enqueue_all(engine: Engine, count: int) -> float:
    queue = DurableQueue(engine)
    began = time.perf_counter()
    for number in range(count):
        with engine.begin() as connection:
            queue.enqueue(connection, JobName.HANDLE, f"batch-{number}")
    return time.perf_counter() - began


def _idle_cpu_percent() -> float:
    time.sleep(1)
    before = _cpu_s()
    time.sleep(IDLE_S)
    return (_cpu_s() - before) / IDLE_S * 100


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _time_of(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _tell(what: str, value: float, unit: str) -> None:
    sys.stdout.write(f"| {what} | {value:.1f} {unit} |\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
