"""A steady load for a while: `python -m benchmarks.soak --minutes 30` (Linux).

`earshot run` on a new SQLite file takes ten notes and two questions a second from a Slack on
loopback. Every ten seconds its memory and the size of the write-ahead log are looked at; at the
end, when all is worked off, what it uses while nobody says anything.
"""

import argparse
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Request, on_schedule
from benchmarks.usage import idle_cpu, resident_mib
from tests.e2e.processes import Installation, ServerProcess, wait_until
from tests.e2e.workplace import Workplace

_NOTES_A_SECOND, _QUESTIONS_A_SECOND = 10, 2
_A_SECOND = _NOTES_A_SECOND + _QUESTIONS_A_SECOND
_A_MINUTE = 60 * _A_SECOND
_LOOK_EVERY_S = 10
_IDLE_S = 30
_WORKED_OFF_S = 3600.0


@dataclass(frozen=True, slots=True)
class Look:
    """How it stood at one moment."""

    memory_mib: float
    log_mib: float
    waiting: int


def soak(installation: Installation, slack: Workplace, minutes: int) -> None:
    """Print how it went."""
    process = installation.start_ready("run")
    looks, seconds = list[Look](), list[float]()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as load:
        for minute in range(minutes):  # a signature is good for five
            numbers = range(minute * _A_MINUTE, (minute + 1) * _A_MINUTE)
            requests = [_request(installation, slack, number) for number in numbers]
            running = load.submit(on_schedule, installation.port, requests, _A_SECOND)
            looks += _look_on(installation, process, running, minute)
            seconds += running.result()
    print(f"worked off {_work_off(installation):.0f} s after the last")
    _show(looks, seconds)
    print(f"CPU, idle for {_IDLE_S} s: {idle_cpu(process, _IDLE_S):.1f} % of a core")
    exit_code, took_s = process.terminate()
    print(f"SIGTERM to the end: {took_s:.2f} s, exit code {exit_code}")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _work_off(installation: Installation) -> float:
    began = time.monotonic()
    with installation.store() as store:
        wait_until(
            lambda: not list(store.waiting()),
            "for all to be worked off",
            every_s=0.5,
            patience_s=_WORKED_OFF_S,
        )
    return time.monotonic() - began


def _request(installation: Installation, slack: Workplace, number: int) -> Request:
    if number % (_A_SECOND // _QUESTIONS_A_SECOND) == 0:
        event = slack.mention(f"What does Novara Pharma say about report {number}?")
    else:
        event = slack.mention(f"Novara Pharma wants report {number} two weeks earlier")
    body, headers = installation.signed(event)
    seal = headers["x-slack-request-timestamp"], headers["x-slack-signature"]
    return Request("event", headers["content-type"], body, *seal)


def _look_on(
    installation: Installation, process: ServerProcess, running: "Future[list[float]]", minute: int
) -> Sequence[Look]:
    looks = list[Look]()
    log = installation.database.with_name(f"{installation.database.name}-wal")
    with installation.store() as store:
        while not running.done():
            time.sleep(_LOOK_EVERY_S)
            waiting = len(list(store.waiting()))
            look = Look(resident_mib(process), log.stat().st_size / 2**20, waiting)
            looks.append(look)
    last = looks[-1]
    print(
        f"minute {minute + 1:2}: {last.memory_mib:.0f} MiB, write-ahead log {last.log_mib:.1f} "
        f"MiB, {last.waiting} wait",
        flush=True,
    )
    return looks


def _show(looks: Sequence[Look], seconds: Sequence[float]) -> None:
    quarter = max(1, len(looks) // 4)
    early, late = (
        statistics.median(look.memory_mib for look in part)
        for part in (looks[quarter : 2 * quarter] or looks, looks[-quarter:])
    )
    cuts = statistics.quantiles(seconds, n=100)
    print(f"memory, median of the second quarter and of the last: {early:.0f}, {late:.0f} MiB")
    print(f"write-ahead log at most: {max(look.log_mib for look in looks):.1f} MiB")
    print(
        f"{len(seconds)} acknowledgements: p50 {cuts[49] * 1000:.1f} ms, "
        f"p99 {cuts[98] * 1000:.0f} ms, longest {max(seconds) * 1000:.0f} ms"
    )


def main() -> None:
    """Soak, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=30)
    minutes = parser.parse_args().minutes
    slack = Workplace(rooms=400)
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder), slack)
        try:
            soak(installation, slack, minutes)
        finally:
            installation.close()
            slack.close()


if __name__ == "__main__":
    main()
