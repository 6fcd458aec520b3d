"""An ASGI application asked without a server, on the caller's own event loop."""

from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp


async def post(
    app: ASGIApp, path: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    """The status and body of the answer to a POST."""
    status, answer = 0, b""
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        nonlocal status, answer
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            answer += message.get("body", b"")

    await app(scope, receive, send)
    return status, answer
