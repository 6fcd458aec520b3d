"""Who may talk to the playground: a browser on this machine, from our own page."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

PAGE_HEADER = "X-Earshot-Playground"
"""Goes with whatever changes something. A strange site cannot add it without asking for permission
first (a preflight), which nobody here gives."""

_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}


class LoopbackOnly:
    """Refuses requests under a name that is not this machine's (DNS rebinding), or from a site."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what comes from our own page."""
        reason = _reason_to_refuse(Request(scope)) if scope["type"] == "http" else None
        if reason:
            raise HTTPException(HTTPStatus.FORBIDDEN, reason)
        await self._app(scope, receive, send)


def _reason_to_refuse(request: Request) -> str | None:
    host = request.headers.get("host", "")
    if _without_port(host).lower() not in _LOOPBACK_NAMES:
        return "The playground answers to localhost only; open it under that name."
    if request.method in {"GET", "HEAD"}:
        return None
    same_origin = request.headers.get("origin") in {None, f"{request.url.scheme}://{host}"}
    same_site = request.headers.get("sec-fetch-site") in {None, "same-origin"}
    if not (same_origin and same_site):
        return "The request comes from another site."
    if request.headers.get(PAGE_HEADER) != "1":
        return f"Send the header {PAGE_HEADER}: 1 with whatever changes something."
    return None


def _without_port(host: str) -> str:
    return host if host.endswith("]") or ":" not in host else host.rpartition(":")[0]
