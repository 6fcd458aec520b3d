"""The one ASGI application that all channels' routes are part of."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from adapters.web.guards import (
    BODY_LIMIT_BYTES,
    BodyLimit,
    SecurityHeaders,
    answer_failure,
    answer_http_error,
    answer_store_unavailable,
)
from adapters.web.health import Readiness, health_routes
from adapters.web.metrics import Measured, Metrics
from bot.errors import StoreUnavailable


def create_app(
    routes: Sequence[BaseRoute],
    *,
    readiness: Readiness,
    metrics: Metrics,
    body_limit: int = BODY_LIMIT_BYTES,
) -> Starlette:
    """Hang the routes behind the guards, beside `/healthz`, `/readyz` and `/metrics`."""
    return Starlette(
        routes=[*health_routes(readiness), *metrics.routes, *routes],
        middleware=[
            Middleware(Measured, metrics=metrics),
            Middleware(SecurityHeaders),
            Middleware(BodyLimit, limit=body_limit),
        ],
        exception_handlers={
            HTTPException: answer_http_error,
            StoreUnavailable: answer_store_unavailable,
            Exception: answer_failure,
        },
    )
