"""The door for Slack's requests: what is not Slack's goes no further than the front."""

import asyncio
import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack.channel import SlackChannel
from adapters.slack.front import MAX_BODY, Answer, SlackFront
from adapters.slack.payloads import Payload
from bot.errors import StoreUnavailable
from bot.messages import Incoming
from tests.contract.drivers_slack import SECRET, signed_headers, slack_channel_and_api
from tests.fakes import RecordingIntake
from tests.slack_api import FIXTURES, TEAM, Failure, FakeSlackApi

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BODY = b'{"type": "event_callback", "event": {"type": "message"}}'
RECORDED = json.loads((FIXTURES / "payloads.json").read_text(encoding="utf-8"))


class Receiver:
    """Takes every payload that comes through, and remembers it."""

    def __init__(self) -> None:
        self.payloads: list[Payload] = []

    async def __call__(self, payload: Payload) -> Answer:
        self.payloads.append(payload)
        return Answer()


def knock(
    app: Callable[..., Any],
    headers: Mapping[str, str] | Sequence[tuple[str, str]],
    *chunks: bytes,
    method: str = "POST",
    breaks_off: bool = False,
) -> tuple[int, bytes]:
    """Send one request straight to an ASGI application; returns status and body."""
    pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    ending = {"type": "http.disconnect"} if breaks_off else {"type": "http.request", "body": b""}
    waiting = iter([*messages, ending])
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(waiting)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": "/slack/events", "headers": raw}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def signed(body: bytes, content_type: str = JSON, **changes: Any) -> dict[str, str]:
    """The headers of a genuine request."""
    return {**signed_headers(body, **changes), "content-type": content_type}


def but(**changes: str) -> dict[str, str]:
    """The headers of a genuine request for BODY, with these changed."""
    return {**signed(BODY), **{name.replace("_", "-"): value for name, value in changes.items()}}


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in signed(BODY).items() if key != name}


NOW = time.time()
GENUINE = signed(BODY)["x-slack-signature"]

FORGED = {
    "no headers": ({"content-type": JSON}, BODY),
    "no signature": (without("x-slack-signature"), BODY),
    "no timestamp": (without("x-slack-request-timestamp"), BODY),
    "another secret": (signed(BODY, secret="another"), BODY),
    "an empty secret": (signed(BODY, secret=""), BODY),
    "another body": (signed(BODY), BODY + b" "),
    "an empty body": (signed(BODY), b""),
    "too old": (signed(BODY, at=NOW - 301), BODY),
    "from the future": (signed(BODY, at=NOW + 86_400), BODY),
    "another time": (but(x_slack_request_timestamp=str(int(NOW) - 7)), BODY),
    "a time that is no number": (but(x_slack_request_timestamp="now"), BODY),
    "a negative time": (but(x_slack_request_timestamp="-1795000000"), BODY),
    "a time with a fraction": (but(x_slack_request_timestamp="1795000000.5"), BODY),
    "a time in other digits": (but(x_slack_request_timestamp="²²²²²²²²²²"), BODY),
    "a time with spaces": (but(x_slack_request_timestamp=" 1795000000"), BODY),
    "an endless time": (but(x_slack_request_timestamp="9" * 5000), BODY),
    "an infinite time": (but(x_slack_request_timestamp="inf"), BODY),
    "an empty signature": (but(x_slack_signature=""), BODY),
    "only the version": (but(x_slack_signature="v0="), BODY),
    "another version": (but(x_slack_signature=GENUINE.replace("v0", "v1")), BODY),
    "a capital signature": (but(x_slack_signature=GENUINE.upper()), BODY),
    "a shortened signature": (but(x_slack_signature=GENUINE[:-1]), BODY),
    "a signature with more": (but(x_slack_signature=GENUINE + "0"), BODY),
    "a signature with a line": (but(x_slack_signature=GENUINE + "\n"), BODY),
    "a signature that is not ASCII": (but(x_slack_signature="v0=" + "é" * 64), BODY),
    "two signatures": ([*signed(BODY).items(), ("X-Slack-Signature", GENUINE)], BODY),
    "two times": ([*signed(BODY).items(), ("X-Slack-Request-Timestamp", "1795000000")], BODY),
    "broken JSON, unsigned": (but(x_slack_signature="v0=" + "0" * 64), b"{"),
    "deep JSON, unsigned": (but(x_slack_signature="v0=" + "0" * 64), b"[" * 100_000),
    "the address check, unsigned": (
        but(x_slack_signature="v0=" + "0" * 64),
        b'{"type": "url_verification", "challenge": "x"}',
    ),
}


@pytest.mark.parametrize(("headers", "body"), FORGED.values(), ids=FORGED.keys())
def test_a_forged_request_is_turned_away(headers: Any, body: bytes):
    """401, and nothing of it is read."""
    receiver = Receiver()

    status, _ = knock(SlackFront(SECRET, receiver), headers, body)

    assert status == 401
    assert receiver.payloads == []


MALFORMED = {
    "no body": (JSON, b"", 400),
    "broken JSON": (JSON, b'{"type": ', 400),
    "not UTF-8": (JSON, b'{"type": "\xff"}', 400),
    "compressed": (JSON, gzip.compress(BODY), 400),
    "an array": (JSON, b"[]", 400),
    "a number": (JSON, b"1", 400),
    "nothing": (JSON, b"null", 400),
    "JSON nested beyond reason": (JSON, b'{"a":' * 100_000, 400),
    "arrays nested beyond reason": (JSON, b"[" * 500_000, 400),
    "an endless number": (JSON, b'{"a": ' + b"9" * 10_000 + b"}", 400),
    "a form that is not UTF-8": (FORM, b"text=\xff", 400),
    "a form with escapes that are not UTF-8": (FORM, b"text=%ff", 400),
    "a form of a thousand fields": (FORM, b"a=1&" * 1000, 400),
    "a payload that is no JSON": (FORM, b"payload=%7B", 400),
    "a payload nested beyond reason": (FORM, b"payload=" + b"%5B" * 100_000, 400),
    "a payload that is an array": (FORM, b"payload=%5B%5D", 400),
    "plain text": ("text/plain", BODY, 415),
    "no kind": ("", BODY, 415),
    "several parts": ("multipart/form-data; boundary=x", BODY, 415),
}


@pytest.mark.parametrize(("kind", "body", "expected"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_signed_body_that_cannot_be_read_is_said_so(kind: str, body: bytes, expected: int):
    """A clear 4xx, never a 500."""
    receiver = Receiver()

    status, reason = knock(SlackFront(SECRET, receiver), signed(body, kind), body)

    assert status == expected
    assert reason
    assert receiver.payloads == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_only_posts_come_in(method: str):
    """Everything else is answered 405."""
    status, _ = knock(SlackFront(SECRET, Receiver()), signed(BODY), BODY, method=method)

    assert status == 405


def test_a_body_that_says_it_is_too_large_is_not_even_read():
    """The length is checked before the first byte."""
    headers = {**signed(b""), "content-length": str(MAX_BODY + 1)}

    assert knock(SlackFront(SECRET, Receiver()), headers)[0] == 413


@pytest.mark.parametrize("length", ["-1", "9" * 5000, "many", "0"])
def test_a_body_that_hides_its_length_is_cut_off_at_a_megabyte(length: str):
    """Whatever the header says, no more is held in memory."""
    headers = {**signed(b""), "content-length": length}
    receiver = Receiver()

    status, _ = knock(SlackFront(SECRET, receiver), headers, *[b"x" * 100_000] * 20)

    assert status == 413
    assert receiver.payloads == []


def test_a_body_in_pieces_is_verified_as_a_whole():
    """As servers hand it over."""
    receiver = Receiver()

    status, _ = knock(SlackFront(SECRET, receiver), signed(BODY), BODY[:7], BODY[7:])

    assert status == 200
    assert receiver.payloads == [json.loads(BODY)]


def test_a_body_that_breaks_off_is_no_request():
    """The client is gone; nothing is taken in."""
    receiver = Receiver()

    status, _ = knock(SlackFront(SECRET, receiver), signed(BODY), BODY, breaks_off=True)

    assert status == 400
    assert receiver.payloads == []


def test_slacks_checks_of_the_address_are_answered():
    """The challenge comes back, but only to Slack; the certificate check gets a 200."""
    challenge = b'{"type": "url_verification", "challenge": "abc"}'
    check = b"ssl_check=1&token=x"
    receiver = Receiver()
    front = SlackFront(SECRET, receiver)

    assert knock(front, signed(challenge), challenge) == (200, b"abc")
    assert knock(front, signed(check, FORM), check)[0] == 200
    assert receiver.payloads == []


def test_a_front_without_a_secret_is_refused():
    """It would let in whoever signs with nothing."""
    with pytest.raises(ValueError, match="empty signing secret"):
        SlackFront("", Receiver())


# --- with everything behind it ------------------------------------------------------------------


@pytest.fixture(scope="module")
def slack() -> Iterator[tuple[SlackChannel, FakeSlackApi, RecordingIntake]]:
    intake = RecordingIntake()
    channel, api = slack_channel_and_api(intake)
    yield channel, api, intake
    api.close()


def is_form(payload: Mapping[str, Any]) -> bool:
    return payload.get("type") not in {"event_callback", "url_verification"}


def as_sent(payload: Mapping[str, Any]) -> tuple[str, bytes]:
    """The payload as Slack sends it: JSON for events, a form for the rest."""
    if not is_form(payload):
        return JSON, json.dumps(payload).encode()
    fields = payload if "command" in payload else {"payload": json.dumps(payload)}
    return FORM, urlencode(fields).encode()


def deliver(channel: SlackChannel, api: FakeSlackApi, payload: Mapping[str, Any]) -> int:
    """Send a signed payload through the whole channel; returns the status."""
    kind, body = as_sent(payload)
    (route,) = channel.routes
    answers: list[int] = []

    async def once() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answers.append(message["status"])

        headers = [(k.encode(), v.encode()) for k, v in signed(body, kind).items()]
        scope = {"type": "http", "method": "POST", "path": "/slack/events", "headers": headers}
        await route.app(scope, receive, send)

    api.loop.run(once())
    return answers[0]


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda r: f"{r['source']}{r['path']}")
def test_what_slack_really_sent_is_acknowledged(slack, recorded, caplog):
    """Every recorded payload gets a 200, and no error is logged."""
    channel, api, _ = slack

    assert deliver(channel, api, recorded["payload"]) == 200
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda r: f"{r['source']}{r['path']}")
def test_what_another_workspace_sent_is_taken_in_by_nobody(slack, recorded):
    """None of the recordings are of the suite's workspace."""
    channel, api, intake = slack
    intake.taken.clear()

    deliver(channel, api, recorded["payload"])

    assert intake.taken == []


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a payload."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, inner in items:
        yield from paths(inner, (*path, key))


def mutated(payload: Any, path: tuple[Any, ...], change: Any) -> Any:
    """A copy with one thing replaced, or left out when `change` is Ellipsis."""
    copy = json.loads(json.dumps(payload).replace("T111", TEAM).replace("T00FAKE00AA", TEAM))
    holder = copy
    for key in path[:-1]:
        holder = holder[key]
    if change is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = change
    return copy


ODD = [..., None, 0, -1, True, "", "x", "\ud800", [], {}, [[]], {"a": {}}, "9" * 400, 1e300]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_payload_with_anything_missing_or_odd_is_still_acknowledged(slack, caplog, data):
    """Slack changes its payloads; what we cannot read is let go, never answered with a 500."""
    channel, api, _ = slack
    payload = data.draw(st.sampled_from(RECORDED))["payload"]
    path = data.draw(st.sampled_from(sorted(paths(payload), key=repr)))
    changed = mutated(payload, path, data.draw(st.sampled_from(ODD)))

    answer = api.loop.run(channel._receiver.receive(changed))

    assert answer.status == 200
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_unknown_fields_change_nothing(slack):
    """Slack adds fields all the time."""
    channel, api, intake = slack
    intake.taken.clear()
    event = {"type": "message", "channel": "C1", "user": "U1", "ts": "1.2", "text": "x", "new": [1]}
    payload = {"type": "event_callback", "team_id": TEAM, "event": event, "newer": {"a": None}}

    deliver(channel, api, payload)

    assert [incoming.delivery_key for incoming in intake.taken] == ["main|C1|1.2|posted"]


class BrokenIntake:
    """Has no database."""

    def take(self, incoming: Incoming) -> bool:
        raise StoreUnavailable("the disk is gone")


def note_command() -> dict[str, str]:
    return {
        "command": "/note",
        "text": "Novara closes its Lyon site",
        "team_id": TEAM,
        "channel_id": "C1",
        "user_id": "U1",
        "trigger_id": "1.2.3",
    }


def test_what_cannot_be_stored_is_asked_for_again(caplog):
    """503 makes Slack send it once more; the log holds none of the note's words."""
    channel, api = slack_channel_and_api(BrokenIntake())
    try:
        assert deliver(channel, api, note_command()) == 503
    finally:
        api.close()
    assert "Novara" not in caplog.text


class CarelessIntake:
    """Has a fault of its own."""

    def take(self, incoming: Incoming) -> bool:
        raise KeyError("a mistake in our code")


def test_a_fault_of_ours_is_logged_without_the_notes_words(caplog):
    """It is a 500, so that Slack sends it again, and no word of the note is in the log."""
    channel, api = slack_channel_and_api(CarelessIntake())
    try:
        assert deliver(channel, api, note_command()) == 500
    finally:
        api.close()
    assert "a mistake in our code" in caplog.text
    assert "Novara" not in caplog.text


def test_requests_wait_until_it_is_known_who_we_are():
    """While Slack does not tell, its own requests are put off and not judged."""
    intake = RecordingIntake()
    channel, api = slack_channel_and_api(intake)
    channel._connection._installation = None
    try:
        api.fail("auth.test", Failure(status=503))
        assert deliver(channel, api, note_command()) == 503
        assert deliver(channel, api, note_command()) == 200
    finally:
        api.close()
    assert len(intake.taken) == 1
