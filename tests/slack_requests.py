"""Slack's requests as they come over the wire, signed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from adapters.slack.channel import SlackChannel
from tests.contract.drivers_slack import signed_headers
from tests.slack_api import FakeSlackApi

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def signed(body: bytes, content_type: str = JSON, **changes: Any) -> dict[str, str]:
    """The headers of a genuine request."""
    return {**signed_headers(body, **changes), "content-type": content_type}


def as_sent(payload: Mapping[str, Any]) -> tuple[str, bytes]:
    """The payload as Slack sends it: JSON for events, a form for the rest."""
    if payload.get("type") in ("event_callback", "url_verification"):
        return JSON, json.dumps(payload).encode()
    fields = payload if "command" in payload else {"payload": json.dumps(payload)}
    return FORM, urlencode(fields, errors="replace").encode()


def deliver(channel: SlackChannel, api: FakeSlackApi, payload: Mapping[str, Any]) -> int:
    """Send a signed payload through the whole channel; returns the status."""
    content_type, body = as_sent(payload)
    return deliver_raw(channel, api, list(signed(body, content_type).items()), body)


def deliver_raw(
    channel: SlackChannel, api: FakeSlackApi, headers: Sequence[tuple[str, str]], body: bytes
) -> int:
    """Send these bytes to the channel's address, on the loop that it lives on."""
    route = next(route for route in channel.routes if route.path == "/slack/events")
    answers: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answers.append(message["status"])

    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    scope = {"type": "http", "method": "POST", "path": "/slack/events", "headers": raw}
    api.loop.run(_request(route.app, scope, receive, send))
    return answers[0]


async def _request(app: Any, *three: Any) -> None:
    await app(*three)
