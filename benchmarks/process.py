"""How the whole product does as a process: `python -m benchmarks.process` (Linux).

The real `earshot run` on a new SQLite file, with a Slack on loopback; notes and questions are
those of evals/corpora, by the doors that people use. Prints a Markdown table.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from adapters.slack.signature import is_genuine, read_seal
from benchmarks.usage import idle_cpu, resident_mib
from tests.contract.drivers_slack import SECRET
from tests.e2e.processes import Installation, ServerProcess, wait_until
from tests.e2e.workplace import Workplace

CORPORA = Path(__file__).parents[1] / "evals" / "corpora"
_NAMES = ("cmo", "saas")
_ROOMS = 100
_ROUND = 50

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything."""

    starts: int
    notes: int
    questions: int
    acks: int
    singles: int
    idle_s: float


@dataclass(slots=True)
class Client:
    """Posts signed events over one connection, and keeps how long each answer took."""

    port: int
    seconds: list[float] = field(default_factory=list)

    def post(self, requests: Sequence[tuple[bytes, Mapping[str, str]]]) -> None:
        """All of them, one after another."""
        connection = HTTPConnection("127.0.0.1", self.port)
        for body, headers in requests:
            began = time.perf_counter()
            connection.request("POST", "/slack/events", body, dict(headers))
            response = connection.getresponse()
            response.read()
            self.seconds.append(time.perf_counter() - began)
            if response.status != 200:
                raise SystemExit(f"port {self.port} answered {response.status}")
        connection.close()


# --- what is measured ---------------------------------------------------------------------------


def measure(sizes: Sizes) -> Iterator[Row]:
    """The rows of the table, in the order in which they are found."""
    slack = Workplace(rooms=_ROOMS)
    with tempfile.TemporaryDirectory() as name:
        installation = Installation(Path(name), slack)
        try:
            installation.migrate()
            yield "start to `/readyz` 200, median and worst", _starts(installation, sizes.starts)
            process = installation.start_ready("run")
            yield from _at_work(installation, slack, process, sizes)
            exit_code, took_s = process.terminate()
            yield "SIGTERM to the end", f"{took_s:.2f} s, exit code {exit_code}"
        finally:
            installation.close()
            slack.close()
    for corpus in _NAMES:
        yield from _evaluation(corpus)


def _starts(installation: Installation, count: int) -> str:
    took_s = []
    for _ in range(count):
        began = time.perf_counter()
        process = installation.start_ready("run")
        took_s.append(time.perf_counter() - began)
        process.terminate()
    return f"{statistics.median(took_s):.2f} s, {max(took_s):.2f} s"


def _at_work(
    installation: Installation, slack: Workplace, process: ServerProcess, sizes: Sizes
) -> Iterator[Row]:
    yield "resident memory, idle", _mib(process)
    yield f"CPU, idle for {sizes.idle_s:.0f} s", _idle_cpu(process, sizes.idle_s)
    own, bare = _acks(installation, slack, sizes.acks)
    yield (
        f"acknowledgement, {sizes.acks} notes back to back, worked on meanwhile",
        _percentiles_ms(own),
    )
    yield "the same to a handler that only checks the signature", _percentiles_ms(bare)
    installation.wait_until_all_is_done()
    acked, shown = _one_by_one(installation, slack, _texts("notes", sizes.singles, sizes.notes))
    yield f"acknowledgement, {sizes.singles} notes one by one", _percentiles_ms(acked)
    yield "note posted to reply shown", _percentiles_ms(shown)
    yield (
        f"{sizes.notes} notes at once",
        _work_off(installation, slack, _texts("notes", sizes.notes)),
    )
    yield "resident memory after that", _mib(process)
    acked, shown = _one_by_one(installation, slack, _texts("questions", sizes.singles))
    yield f"acknowledgement, {sizes.singles} questions one by one", _percentiles_ms(acked)
    yield "question posted to answer shown", _percentiles_ms(shown)
    yield (
        f"{sizes.questions} questions at once",
        _work_off(installation, slack, _texts("questions", sizes.questions)),
    )
    yield "resident memory after that", _mib(process)
    yield "database file", f"{installation.database.stat().st_size / 2**20:.1f} MiB"


def _acks(
    installation: Installation, slack: Workplace, count: int
) -> tuple[list[float], list[float]]:
    """Both get the same requests in turns, so that a busy machine slows them alike."""
    texts = _texts("notes", count)
    requests = [installation.signed(slack.mention(text)) for text in texts]
    with _bare_server() as port:
        own, bare = Client(installation.port), Client(port)
        for start in range(0, count, _ROUND):
            for client in (own, bare):
                client.post(requests[start : start + _ROUND])
                installation.wait_until_all_is_done()
    return own.seconds, bare.seconds


def _one_by_one(
    installation: Installation, slack: Workplace, texts: Sequence[str]
) -> tuple[list[float], list[float]]:
    """Seconds to the acknowledgement and to the reply; each when the one before is done."""
    acked_s, shown_s = [], []
    for text in texts:
        request = installation.signed(slack.mention(text))
        client, before = Client(installation.port), len(slack.replies())
        began = time.perf_counter()
        client.post([request])
        wait_until(partial(_has_more, slack, before), "a reply", every_s=0.001)
        shown_s.append(time.perf_counter() - began)
        acked_s += client.seconds
        installation.wait_until_all_is_done()
    return acked_s, shown_s


def _has_more(slack: Workplace, before: int) -> bool:
    return len(slack.replies()) > before


def _work_off(installation: Installation, slack: Workplace, texts: Sequence[str]) -> str:
    began = time.perf_counter()
    Client(installation.port).post([installation.signed(slack.mention(text)) for text in texts])
    taken_s = time.perf_counter() - began
    installation.wait_until_all_is_done()
    took_s = time.perf_counter() - began
    return (
        f"taken in {taken_s:.1f} s, answered in {took_s:.1f} s ({len(texts) / took_s:.1f} a second)"
    )


def _evaluation(corpus: str) -> Iterator[Row]:
    """As `earshot eval` measures it: the core and the store, without a channel and the engine."""
    with tempfile.TemporaryDirectory() as name:
        slack = Workplace(rooms=1)
        installation = Installation(Path(name), slack)
        out = Path(name) / "out"
        command = ("eval", "--corpus", str(CORPORA / corpus), "--out", str(out))
        if installation.start(*command).wait() != 0:
            raise SystemExit(f"the evaluation of {corpus} failed")
        slack.close()
        run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    for phase, name in (("capture", "capture"), ("answers", "answer")):
        times = run[phase]
        yield (
            f"{name}, `earshot eval` of {corpus}",
            f"p50 {times['p50_ms']} ms, p99 {times['p99_ms']} ms, peak {times['peak_mib']} MiB",
        )


# --- how it is measured -------------------------------------------------------------------------


def _texts(kind: str, count: int, start: int = 0) -> list[str]:
    """Texts of the corpora in turns, from the beginning again when there are no more."""
    files = [(CORPORA / name / f"{kind}.jsonl").read_text(encoding="utf-8") for name in _NAMES]
    found = [
        json.loads(line)
        for lines in zip(*map(str.splitlines, files), strict=False)
        for line in lines
    ]
    texts = [str(row.get("text") or row.get("question")) for row in found]
    return [texts[number % len(texts)] for number in range(start, start + count)]


def _mib(process: ServerProcess) -> str:
    return f"{resident_mib(process):.0f} MiB"


def _idle_cpu(process: ServerProcess, seconds: float) -> str:
    return f"{idle_cpu(process, seconds):.1f} % of a core"


def _percentiles_ms(seconds: Sequence[float]) -> str:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return f"p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms"


async def _bare(scope: Scope, receive: Receive, send: Send) -> None:
    body = (await receive())["body"]
    seal = read_seal(scope["headers"])
    genuine = seal is not None and is_genuine(seal, body, SECRET.encode(), time.time())
    headers = [(b"content-length", b"0")]
    status = 200 if genuine else 401
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def _bare_server() -> Iterator[int]:
    """Its port. In a thread of this process: it has less to do than the client beside it."""
    config = uvicorn.Config(_bare, port=0, lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    wait_until(lambda: server.started, "the bare handler")
    yield int(listener.getsockname()[1])
    server.should_exit = True
    thread.join()


def _print(rows: Iterator[Row], write: Callable[[str], object] = sys.stdout.write) -> None:
    write("| what | measured |\n|---|---|\n")
    for what, measured in rows:
        write(f"| {what} | {measured} |\n")
        sys.stdout.flush()


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    quick = parser.parse_args().quick
    whole = Sizes(starts=5, notes=1000, questions=200, acks=300, singles=100, idle_s=20)
    tenth = Sizes(starts=2, notes=100, questions=20, acks=100, singles=10, idle_s=3)
    _print(measure(tenth if quick else whole))


if __name__ == "__main__":
    main()
