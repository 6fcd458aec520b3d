"""What `/metrics` tells: counts and times, never a text, a name or an id."""

import time

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.openai_wire import TokenUsage
from bot.domain.spending import Limit
from bot.ports import JobName

_ACK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
"""In seconds. Platforms give up after 3 (Slack) and 5 (Teams invokes)."""


class Metrics:
    """The product's figures in a registry of their own; plays `bot.ports.Meter`."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "earshot_requests",
            "HTTP requests by route and status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._ack = Histogram(
            "earshot_ack_seconds",
            "Time until the answer to a POST began.",
            ("route",),
            buckets=_ACK_BUCKETS,
            registry=self._registry,
        )
        self._jobs = Counter(
            "earshot_jobs",
            "Jobs done or given up, by kind.",
            ("job", "outcome"),
            registry=self._registry,
        )
        self._notes = Counter(
            "earshot_notes_captured",
            "Notes stored, by the classifier that read them.",
            ("classified_by",),
            registry=self._registry,
        )
        self._answers = Counter(
            "earshot_answers",
            "Questions answered with evidence, or with none.",
            ("outcome",),
            registry=self._registry,
        )
        self._tokens = Counter(
            "earshot_model_tokens",
            "Tokens that a model was given and wrote, by prompt (`embed` for vectors).",
            ("model", "purpose", "direction"),
            registry=self._registry,
        )

        self._withheld = Counter(
            "earshot_model_calls_withheld",
            "Model calls not made since a limit of the day was reached, by whose limit.",
            ("limit",),
            registry=self._registry,
        )
        for limit in Limit:  # shown from the start: an alert needs the zero
            self._withheld.labels(limit.value)

    def job_ended(self, job: JobName, *, succeeded: bool) -> None:
        """See `bot.ports.Meter`."""
        self._jobs.labels(job.value, "done" if succeeded else "failed").inc()

    def note_captured(self, classified_by: str) -> None:
        """See `bot.ports.Meter`."""
        self._notes.labels(classified_by).inc()

    def question_answered(self, *, abstained: bool) -> None:
        """See `bot.ports.Meter`."""
        self._answers.labels("abstained" if abstained else "answered").inc()

    def tokens_used(self, usage: TokenUsage) -> None:
        """Count what a call of a language or embedding model cost."""
        self._tokens.labels(usage.model_id, usage.purpose, "input").inc(usage.input_tokens)
        self._tokens.labels(usage.model_id, usage.purpose, "output").inc(usage.output_tokens)

    def call_withheld(self, limit: Limit) -> None:
        """Count a call of a model that was not made, since this limit was reached."""
        self._withheld.labels(limit.value).inc()

    def request_answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; `route` is the route's pattern, never the path that was asked for."""
        known_method = method if method in _METHODS else "other"
        self._requests.labels(known_method, route, str(status)).inc()
        if method == "POST":
            self._ack.labels(route).observe(seconds)

    def exposition(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self._registry)

    @property
    def routes(self) -> list[Route]:
        """`/metrics`."""

        async def expose(_: Request) -> Response:
            return Response(self.exposition(), media_type=CONTENT_TYPE_LATEST)

        return [Route("/metrics", expose)]


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Measured:
    """Counts every request that passes, and how long its answer took to begin."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and count."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, seconds = time.perf_counter(), 500, None

        async def send_measured(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], time.perf_counter() - begun
            await send(message)

        try:
            await self._app(scope, receive, send_measured)
        finally:
            took = time.perf_counter() - begun if seconds is None else seconds
            self._metrics.request_answered(scope["method"], _pattern(scope), status, took)


def _pattern(scope: Scope) -> str:
    # A stranger chooses the path, so that as a label it would grow without end.
    match scope.get("route"):
        case Route(path=path):
            return str(scope.get("root_path", "")) + path
        case Mount(path=path):
            return path
        case _:
            return "none"
