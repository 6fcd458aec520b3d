"""The routes of the page: its files, and its JSON interface."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from adapters.web.playground.api import Call, PlaygroundApi
from adapters.web.playground.guard import LoopbackOnly
from adapters.web.playground.platform import Refused

_STATIC = Path(__file__).parent / "static"
_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
}
_JSON: TypeAdapter[Any] = TypeAdapter(Any)


def playground_routes(api: PlaygroundApi) -> Sequence[BaseRoute]:
    """`/` leads to the page; everything else of it lies under `/playground`."""
    there = "/api/conversations/{conversation}"
    message = there + "/messages/{message}"
    inner: list[BaseRoute] = [
        _route("POST", "/api/home", api.open_home),
        _route("POST", "/api/home/press", api.press_on_home),
        _route("GET", "/api/home/previews", api.home_previews),
        _route("POST", "/api/talk", api.open_talk),
        _route("GET", "/api/talk/previews", api.talk_previews),
        Route("/", _page),
        Mount("/static", StaticFiles(directory=_STATIC)),
        _route("GET", "/api/start", api.start),
        _route("GET", "/api/view", api.view),
        _route("POST", "/api/people", api.add_person),
        _route("POST", "/api/conversations", api.add_channel),
        _route("PUT", there + "/listening", api.listen),
        _route("POST", there + "/messages", api.post),
        _route("PATCH", message, api.edit),
        _route("DELETE", message, api.delete),
        _route("POST", message + "/reaction", api.react),
        _route("POST", message + "/press", api.press),
        _route("POST", message + "/submission", api.submit),
        _route("GET", message + "/previews", api.previews),
    ]
    guard = [Middleware(LoopbackOnly)]
    return [
        Route("/", _to_page),
        Route("/playground", _to_page),
        Mount("/playground", routes=inner, middleware=guard),
    ]


async def _to_page(_: Request) -> Response:
    return RedirectResponse("/playground/")


async def _page(_: Request) -> Response:
    return FileResponse(_STATIC / "index.html", headers=_PAGE_HEADERS)


def _route(method: str, path: str, answer: Callable[[Call], object]) -> Route:
    async def endpoint(request: Request) -> Response:
        call = Call(request.path_params, request.query_params, await request.body())
        try:
            # The interface blocks on the database.
            found = await asyncio.to_thread(answer, call)
        except Refused as refusal:
            raise HTTPException(refusal.status, refusal.message) from None
        if found is None:
            return Response(status_code=204)
        return Response(_JSON.dump_json(found), media_type="application/json")

    return Route(path, endpoint, methods=[method], name=f"{method} {path}")
