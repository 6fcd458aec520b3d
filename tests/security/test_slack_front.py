"""The door for Slack's requests: what is not Slack's goes no further than the front."""

import asyncio
import gzip
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from adapters.slack.front import MAX_BODY, Answer, SlackFront
from adapters.slack.payloads import Payload
from bot.errors import StoreUnavailable
from bot.messages import Incoming
from tests.contract.drivers_slack import SECRET, slack_channel_and_api
from tests.fakes import RecordingIntake
from tests.slack_api import TEAM, Failure
from tests.slack_payloads import message
from tests.slack_requests import FORM, JSON, deliver, deliver_raw, signed

BODY = b'{"type": "event_callback", "event": {"type": "message"}}'
COMMAND = b"command=%2Fnote&text=Novara"
Headers = Mapping[str, str] | Sequence[tuple[str, str]]


class Receiver:
    """Takes every payload that comes through, and remembers it."""

    def __init__(self) -> None:
        self.payloads: list[Payload] = []

    async def __call__(self, payload: Payload) -> Answer:
        self.payloads.append(payload)
        return Answer()


def knock(
    app: Callable[..., Any],
    headers: Headers,
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


def but(**changes: str) -> dict[str, str]:
    """The headers of a genuine request for BODY, with these changed."""
    return {**signed(BODY), **{name.replace("_", "-"): value for name, value in changes.items()}}


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in signed(BODY).items() if key != name}


def again(name: str, value: str) -> list[tuple[str, str]]:
    """The headers of a genuine request for BODY, one of them there twice."""
    return [*signed(BODY).items(), (name, value)]


NEVER = {"x-slack-signature": "v0=" + "0" * 64}
SIGNATURE, TIMESTAMP = "x-slack-signature", "x-slack-request-timestamp"


def turned_away() -> Mapping[str, tuple[Headers, bytes, int]]:
    """Requests that go no further, signed now: what is genuine about them is so for minutes."""
    now = time.time()
    genuine = signed(BODY)["x-slack-signature"]
    return {
        # what is not signed, or by somebody else
        "no headers": ({"content-type": JSON}, BODY, 401),
        "no signature": (without(SIGNATURE), BODY, 401),
        "another secret": (signed(BODY, secret="another"), BODY, 401),
        "an empty secret": (signed(BODY, secret=""), BODY, 401),
        "another body": (signed(BODY), BODY + b" ", 401),
        "an empty body": (signed(BODY), b"", 401),
        "the same JSON, written otherwise": (signed(BODY), BODY.replace(b" ", b""), 401),
        "only the old verification token": ({"content-type": JSON}, b'{"token": "xAbCd"}', 401),
        "two signatures": (again("X-Slack-Signature", genuine), BODY, 401),
        "a wrong signature before": ([*NEVER.items(), *signed(BODY).items()], BODY, 401),
        # signatures out of shape
        "an empty signature": (but(x_slack_signature=""), BODY, 401),
        "only the version": (but(x_slack_signature="v0="), BODY, 401),
        "another version": (but(x_slack_signature=genuine.replace("v0", "v1")), BODY, 401),
        "no version": (but(x_slack_signature=genuine.removeprefix("v0=")), BODY, 401),
        "a capital signature": (but(x_slack_signature=genuine.upper()), BODY, 401),
        "a shortened signature": (but(x_slack_signature=genuine[:-1]), BODY, 401),
        "a signature with more": (but(x_slack_signature=genuine + "0"), BODY, 401),
        "an endless signature": (but(x_slack_signature=genuine + "0" * 100_000), BODY, 401),
        "a signature with a line": (but(x_slack_signature=genuine + "\n"), BODY, 401),
        "a signature with a NUL": (but(x_slack_signature=genuine[:-1] + "\0"), BODY, 401),
        "a signature that is not ASCII": (but(x_slack_signature="v0=" + "é" * 64), BODY, 401),
        "two signatures in one": (but(x_slack_signature=f"{genuine},{genuine}"), BODY, 401),
        # times
        "no timestamp": (without(TIMESTAMP), BODY, 401),
        "too old": (signed(BODY, at=now - 310), BODY, 401),
        "from yesterday": (signed(BODY, at=now - 86_400), BODY, 401),
        "too far ahead": (signed(BODY, at=now + 310), BODY, 401),
        "from tomorrow": (signed(BODY, at=now + 86_400), BODY, 401),
        "another time": (but(x_slack_request_timestamp=str(int(now) - 7)), BODY, 401),
        "a time that is no number": (but(x_slack_request_timestamp="now"), BODY, 401),
        "an empty time": (but(x_slack_request_timestamp=""), BODY, 401),
        "a negative time": (but(x_slack_request_timestamp="-1795000000"), BODY, 401),
        "a time with a fraction": (but(x_slack_request_timestamp="1795000000.5"), BODY, 401),
        "a time in hexadecimal": (but(x_slack_request_timestamp="0x6afd3180"), BODY, 401),
        "a time in other digits": (but(x_slack_request_timestamp="²²²²²²²²²²"), BODY, 401),
        "a time with spaces": (but(x_slack_request_timestamp=" 1795000000"), BODY, 401),
        "a time with underscores": (but(x_slack_request_timestamp="1_795_00_0"), BODY, 401),
        "a huge time": (but(x_slack_request_timestamp="9" * 10), BODY, 401),
        "an endless time": (but(x_slack_request_timestamp="9" * 5000), BODY, 401),
        "an infinite time": (but(x_slack_request_timestamp="inf"), BODY, 401),
        "two times": (again("X-Slack-Request-Timestamp", "1795000000"), BODY, 401),
        # nothing unsigned is even looked at
        "broken JSON, unsigned": (NEVER | {"content-type": JSON}, b"{", 401),
        "deep JSON, unsigned": (but(x_slack_signature="v0=" + "0" * 64), b"[" * 100_000, 401),
        "another kind, unsigned": ({"content-type": "text/plain"}, b"x", 401),
        "the address check, unsigned": (
            but(x_slack_signature="v0=" + "0" * 64),
            b'{"type": "url_verification", "challenge": "x"}',
            401,
        ),
        # signed, and not to be read
        **{
            name: (signed(body, kind), body, status)
            for name, (kind, body, status) in {
                "no body": (JSON, b"", 400),
                "broken JSON": (JSON, b'{"type": ', 400),
                "JSON and more": (JSON, BODY + BODY, 400),
                "not UTF-8": (JSON, b'{"type": "\xff"}', 400),
                "a NUL": (JSON, b'{"type": "\0"}', 400),
                "compressed": (JSON, gzip.compress(BODY), 400),
                "an array": (JSON, b"[]", 400),
                "a number": (JSON, b"1", 400),
                "nothing": (JSON, b"null", 400),
                "JSON nested beyond reason": (JSON, b'{"a":' * 100_000, 400),
                "arrays nested beyond reason": (JSON, b"[" * 500_000, 400),
                "an endless number": (JSON, b'{"a": ' + b"9" * 10_000 + b"}", 400),
                "a key twice": (JSON, b'{"type": "event_callback", "type": "x"}', 400),
                "a key twice further in": (JSON, b'{"event": {"user": "U1", "user": "U2"}}', 400),
                "a form as JSON": (JSON, COMMAND, 400),
                "JSON as a form": (FORM, BODY, 400),
                "a form that is not UTF-8": (FORM, b"command=\xff", 400),
                "a form with escapes that are not UTF-8": (FORM, b"command=%ff", 400),
                "a form of a thousand fields": (FORM, b"a=1&" * 1000, 400),
                "a form of neither kind": (FORM, b"text=Novara", 400),
                "an empty form": (FORM, b"", 400),
                "a field twice": (FORM, COMMAND + b"&text=another", 400),
                "a payload twice": (FORM, b"payload=%7B%7D&payload=%7B%7D", 400),
                "a payload that is no JSON": (FORM, b"payload=%7B", 400),
                "a payload nested beyond reason": (FORM, b"payload=" + b"%5B" * 100_000, 400),
                "a payload that is an array": (FORM, b"payload=%5B%5D", 400),
                "an empty payload": (FORM, b"payload=", 400),
                "plain text": ("text/plain", BODY, 415),
                "no kind": ("", BODY, 415),
                "several parts": ("multipart/form-data; boundary=x", BODY, 415),
                "too long": (JSON, b'{"a": "' + b"x" * MAX_BODY + b'"}', 413),
            }.items()
        },
    }


@pytest.mark.parametrize("name", turned_away())
def test_what_is_forged_or_cannot_be_read_goes_no_further(name: str):
    """A clear 4xx that says why, never a 500; and nothing behind the front sees it."""
    headers, body, expected = turned_away()[name]
    receiver = Receiver()

    status, reason = knock(SlackFront(SECRET, receiver), headers, body)

    assert (status, bool(reason)) == (expected, True)
    assert receiver.payloads == []


@pytest.mark.parametrize(("age", "expected"), [(299, 200), (300, 200), (301, 401), (-301, 401)])
def test_a_genuine_request_that_is_sent_again_is_good_for_five_minutes(age: int, expected: int):
    """Whoever caught one cannot use it for longer."""
    then = 1_795_000_000
    headers = signed(BODY, at=then)

    status, _ = knock(SlackFront(SECRET, Receiver(), lambda: then + age), headers, BODY)

    assert status == expected


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


def test_nothing_forged_reaches_bolt():
    """With everything behind the front: no trace of it, in the inbox or in the log."""
    intake = RecordingIntake()
    channel, api = slack_channel_and_api(intake)
    before = len(api.calls)
    try:
        for headers, body, expected in turned_away().values():
            pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
            lowered = [(name.lower(), value) for name, value in pairs]
            assert deliver_raw(channel, api, lowered, body) == expected
        assert deliver(channel, api, message()) == 200
    finally:
        api.close()
    assert len(intake.taken) == 1
    assert api.calls[before:] == []


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
    channel._connections._connection = None
    try:
        api.fail("auth.test", Failure(status=503))
        assert deliver(channel, api, note_command()) == 503
        assert deliver(channel, api, note_command()) == 200
    finally:
        api.close()
    assert len(intake.taken) == 1
