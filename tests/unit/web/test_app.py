"""The application around all routes."""

from collections.abc import Mapping

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from adapters.openai_wire import TokenUsage
from adapters.web.app import create_app
from adapters.web.metrics import Metrics
from bot.domain.spending import Limit
from bot.errors import StoreUnavailable
from bot.ports import JobName, Meter


async def _echo(request: Request) -> Response:
    return PlainTextResponse(await request.body())


async def _fails(_: Request) -> Response:
    raise RuntimeError("the secret cause")


async def _store_is_gone(_: Request) -> Response:
    raise StoreUnavailable("disk /secret/path")


def _client(ready: Mapping[str, bool] | None = None, metrics: Metrics | None = None) -> TestClient:
    routes = [
        Route("/echo/{name}", _echo, methods=["POST"]),
        Route("/fails", _fails),
        Route("/gone", _store_is_gone),
    ]
    app = create_app(
        routes,
        readiness=lambda: ready or {"database": True, "jobs": True},
        metrics=metrics or Metrics(),
        body_limit=100,
    )
    return TestClient(app, raise_server_exceptions=False)


def test_a_living_process_says_so() -> None:
    """`/healthz` is 200 even while something that is needed is missing."""
    assert _client({"database": False}).get("/healthz").status_code == 200


def test_readiness_names_what_is_missing() -> None:
    """`/readyz` is 503 with the names of what is not there."""
    answer = _client({"database": False, "jobs": True}).get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "not_ready": ["database"]})


def test_a_whole_product_is_ready() -> None:
    """`/readyz` is 200 when everything is there."""
    answer = _client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "not_ready": []})


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/echo/a", 405)]
)
def test_what_is_not_there_is_said_in_json(method: str, path: str, status: int) -> None:
    """An unknown path and a wrong method are answered as plain JSON."""
    answer = _client().request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


def test_a_defect_shows_no_cause_to_a_stranger() -> None:
    """A failure is a 500 with the same guards as any answer, and without a word of its cause."""
    answer = _client().get("/fails")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_lost_database_asks_for_another_try() -> None:
    """While the database is away a sender gets 503 and when to come back, and no detail."""
    answer = _client().get("/gone")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "secret" not in answer.text


def test_every_answer_carries_the_security_headers() -> None:
    """Pages of others can neither frame nor sniff what we answer."""
    headers = _client().get("/healthz").headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cache-control"] == "no-store"


def test_a_body_within_the_limit_passes() -> None:
    """A body of exactly the limit arrives whole."""
    assert _client().post("/echo/a", content=b"x" * 100).content == b"x" * 100


def test_a_body_that_says_it_is_too_long_is_refused() -> None:
    """Content-Length above the limit is 413 before anything is read."""
    assert _client().post("/echo/a", content=b"x" * 101).status_code == 413


def test_a_body_that_turns_out_too_long_is_refused() -> None:
    """A body sent in pieces without a length is 413 as soon as it exceeds the limit."""
    answer = _client().post("/echo/a", content=iter([b"x" * 60, b"x" * 60]))
    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "9" * 5000])
def test_an_odd_length_is_refused_and_not_a_failure(length: str) -> None:
    """What is no number, or no number to speak of, is a 4xx."""
    answer = _client().post("/echo/a", headers=[(b"content-length", length.encode())], content=b"x")
    assert answer.status_code in {400, 413}


def test_requests_are_counted_by_pattern_and_never_by_path() -> None:
    """A stranger cannot make the metrics grow by inventing paths."""
    metrics = Metrics()
    client = _client(metrics=metrics)
    client.post("/echo/one", content=b"")
    client.post("/echo/two", content=b"")
    client.get("/invented/path")
    shown = client.get("/metrics").text
    assert 'earshot_requests_total{method="POST",route="/echo/{name}",status="200"} 2.0' in shown
    assert 'route="none",status="404"' in shown
    assert "invented" not in shown


def test_posts_are_timed_until_their_answer_begins() -> None:
    """The histogram of acknowledgements has one observation a POST, and none for a GET."""
    metrics = Metrics()
    client = _client(metrics=metrics)
    client.post("/echo/one", content=b"")
    client.get("/healthz")
    assert 'earshot_ack_seconds_count{route="/echo/{name}"} 1.0' in client.get("/metrics").text
    assert 'earshot_ack_seconds_count{route="/healthz"}' not in client.get("/metrics").text


def test_a_failure_is_counted_as_500() -> None:
    """What breaks is in the figures too."""
    client = _client()
    client.get("/fails")
    assert 'route="/fails",status="500"} 1.0' in client.get("/metrics").text


def test_the_product_counts_through_the_port() -> None:
    """Jobs, notes and answers are counted by kind and outcome."""
    metrics = Metrics()
    meter: Meter = metrics
    meter.job_ended(JobName.HANDLE, succeeded=True)
    meter.job_ended(JobName.SEND, succeeded=False)
    meter.note_captured("local/2026-11")
    meter.question_answered(abstained=True)
    shown = metrics.exposition().decode()
    assert 'earshot_jobs_total{job="handle",outcome="done"} 1.0' in shown
    assert 'earshot_jobs_total{job="send",outcome="failed"} 1.0' in shown
    assert 'earshot_notes_captured_total{classified_by="local/2026-11"} 1.0' in shown
    assert 'earshot_answers_total{outcome="abstained"} 1.0' in shown


def test_tokens_are_counted_by_model_and_purpose() -> None:
    """What was read and what was written apart, since their prices differ."""
    metrics = Metrics()
    metrics.tokens_used(TokenUsage("openai/m", "answer.v1", input_tokens=40, output_tokens=7))
    metrics.tokens_used(TokenUsage("openai/m", "answer.v1", input_tokens=2, output_tokens=0))
    shown = metrics.exposition().decode()
    where = 'model="openai/m",purpose="answer.v1"'
    assert f'earshot_model_tokens_total{{direction="input",{where}}} 42.0' in shown
    assert f'earshot_model_tokens_total{{direction="output",{where}}} 7.0' in shown


def test_calls_that_a_limit_withheld_are_shown_from_the_start() -> None:
    """By whose limit; an alert needs the zero before the first."""
    metrics = Metrics()
    metrics.call_withheld(Limit.PERSON)
    shown = metrics.exposition().decode()
    assert 'earshot_model_calls_withheld_total{limit="person"} 1.0' in shown
    assert 'earshot_model_calls_withheld_total{limit="workspace"} 0.0' in shown


def test_two_products_in_one_process_count_apart() -> None:
    """Each has a registry of its own, so that neither startles the other."""
    first, second = Metrics(), Metrics()
    first.note_captured("local/1")
    assert b"local/1" not in second.exposition()
