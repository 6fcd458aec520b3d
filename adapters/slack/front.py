"""The door for Slack's requests: nothing is read of a body before it is known to be Slack's."""

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from adapters.slack.payloads import Payload
from adapters.slack.signature import is_genuine, read_seal

MAX_BODY = 1024 * 1024
_MAX_FIELDS = 100
_JSON = b"application/json"
_FORM = b"application/x-www-form-urlencoded"
_OF_FORMS = frozenset({"command", "ssl_check"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack is told. `text` after a command is shown to the person who used it.

    Options of a field, and what is wrong with a form, are told as JSON.
    """

    status: int = 200
    text: str = ""
    is_json: bool = False


Receiver: TypeAlias = Callable[[Payload], Awaitable[Answer]]


class _Rejected(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.answer = Answer(status, reason)


class SlackFront:
    """An ASGI application that lets genuine payloads through to `receiver`.

    `now` gives the seconds since the epoch.
    """

    def __init__(
        self, signing_secret: str, receiver: Receiver, now: Callable[[], float] = time.time
    ) -> None:
        if not signing_secret:
            raise ValueError("an empty signing secret would let everybody in")
        self._secret = signing_secret.encode()
        self._receiver = receiver
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        try:
            answer = await self._answer(await self._genuine_payload(scope, receive))
        except _Rejected as rejected:
            answer = rejected.answer
        headers = {"allow": "POST"} if answer.status == 405 else None
        kind = "application/json" if answer.is_json else "text/plain"
        await Response(answer.text, answer.status, headers, kind)(scope, receive, send)

    async def _genuine_payload(self, scope: Scope, receive: Receive) -> Payload:
        if scope["method"] != "POST":
            raise _Rejected(405, "Slack sends POST requests here.")
        seal = read_seal(scope["headers"])
        if seal is None:
            raise _Rejected(401, "This request is not signed by Slack.")
        body = await _read_body(scope, receive)
        if not is_genuine(seal, body, self._secret, self._now()):
            raise _Rejected(401, "This request is not signed by Slack.")
        return decode_body(_header(scope, b"content-type"), body)

    async def _answer(self, payload: Payload) -> Answer:
        if payload.get("type") == "url_verification":
            return Answer(text=str(payload.get("challenge", "")))
        if "ssl_check" in payload:
            return Answer()
        return await self._receiver(payload)


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    declared = _header(scope, b"content-length")
    if declared.isdigit() and int(declared[:20]) > MAX_BODY:
        raise _Rejected(413, "The body is larger than 1 MiB.")
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Rejected(400, "The body ended early.")
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise _Rejected(413, "The body is larger than 1 MiB.")
        if not message.get("more_body", False):
            return bytes(body)


def _header(scope: Scope, name: bytes) -> bytes:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    return next((value for key, value in headers if key == name), b"")


def decode_body(content_type: bytes, body: bytes) -> Payload:
    """The payload of a genuine request: JSON for events, a form for commands and interactions."""
    kind = content_type.partition(b";")[0].strip().lower()
    if kind == _JSON:
        return _decode_json(body)
    if kind == _FORM:
        return _decode_form(body)
    raise _Rejected(415, "Send application/json or a form.")


def _decode_json(text: bytes | str) -> Payload:
    try:
        payload = json.loads(text, object_pairs_hook=_unambiguous)
    except (ValueError, RecursionError):  # also not UTF-8, and nested beyond all reason
        raise _Rejected(400, "The body is not JSON.") from None
    if not isinstance(payload, dict):
        raise _Rejected(400, "The body is not a JSON object.")
    return payload


def _decode_form(body: bytes) -> Payload:
    try:
        fields = _unambiguous(
            parse_qsl(
                body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS
            )
        )
    except ValueError:
        raise _Rejected(400, "The body is not a form in UTF-8.") from None
    if "payload" in fields:
        return _decode_json(str(fields["payload"]))
    if not fields.keys() & _OF_FORMS:
        raise _Rejected(400, "The form holds neither a command nor a payload.")
    return fields


def _unambiguous(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Raises ValueError where a name is there twice: whoever read the other one would differ."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found
