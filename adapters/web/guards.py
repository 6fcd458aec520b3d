"""What stands before every route: limits, headers, and answers that tell a stranger nothing."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import StoreUnavailable

BODY_LIMIT_BYTES = 1024 * 1024

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


class SecurityHeaders:
    """Adds the headers that a response does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers on the way back."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyLimit:
    """Answers 413 to a body that is too long, whether it says so or is found to be."""

    def __init__(self, app: ASGIApp, limit: int = BODY_LIMIT_BYTES) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is short enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(Headers(scope=scope).get("content-length", "0"))
        if refusal is None:
            await self._app(scope, self._counting(receive), send)
        else:
            await refusal(scope, receive, send)

    def _refusal(self, declared: str) -> Response | None:
        if not (declared.isascii() and declared.isdigit()):
            return plain_error(400, "Content-Length must be a number.")
        # Compared by digits first: turning a very long number into an int raises.
        too_long = len(declared) > len(str(self._limit)) or int(declared) > self._limit
        return plain_error(413, self._advice) if too_long else None

    def _counting(self, receive: Receive) -> Receive:
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise HTTPException(413, self._advice)
            return message

        return receive_counted

    @property
    def _advice(self) -> str:
        return f"The body is too long; send at most {self._limit} bytes."


def plain_error(
    status: int, message: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """What went wrong, as `{"error": ...}`; the status's own phrase where nothing is said."""
    body = {"error": message or HTTPStatus(status).phrase}
    return JSONResponse(body, status, headers=dict(headers or {}))


async def answer_http_error(_: Request, error: Exception) -> Response:
    """Answer a refusal (404, 405, 413 …) as plain JSON."""
    if not isinstance(error, HTTPException):
        raise error
    return plain_error(error.status_code, error.detail, error.headers)


async def answer_store_unavailable(_: Request, error: Exception) -> Response:
    """Ask for another try: nothing was taken over while the database could not be reached."""
    if not isinstance(error, StoreUnavailable):
        raise error
    return plain_error(503, "Not available right now; try again.", {"Retry-After": "5"})


async def answer_failure(_: Request, __: Exception) -> Response:
    """Answer a defect of ours without a word of its cause, which is in the log."""
    return plain_error(500, "Something went wrong on our side.", SECURITY_HEADERS)
