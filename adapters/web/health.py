"""Whether the process lives, and whether it can do its work."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Readiness: TypeAlias = Callable[[], Mapping[str, bool]]
"""Tells for each thing that is needed (`database`, `jobs`) whether it is there. May block."""


def health_routes(readiness: Readiness) -> list[Route]:
    """`/healthz` for restarting a process that hangs, `/readyz` for sending it traffic."""

    async def is_alive(_: Request) -> Response:
        return JSONResponse({"alive": True})

    async def is_ready(_: Request) -> Response:
        there = await asyncio.to_thread(readiness)
        missing = sorted(name for name, is_there in there.items() if not is_there)
        body = {"ready": not missing, "not_ready": missing}
        return JSONResponse(body, 503 if missing else 200)

    return [Route("/healthz", is_alive), Route("/readyz", is_ready)]
