"""The product as processes: everything in one, or web and workers apart."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.bootstrap.channels import Channels, build_channels
from bot.bootstrap.core import Models, build_handler, build_intake, job_handlers, load_models
from bot.ports import JobHandler, JobName
from bot.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from adapters.jobs import DurableJobs
    from adapters.transport_loop import TransportLoop
    from knowledge_store import Store

log = logging.getLogger(__name__)

_DRAIN_S = 8.0


@dataclass(frozen=True, slots=True)
class Product:
    """Everything of one process. `jobs` is None in a process that only takes requests."""

    settings: Settings
    store: "Store"
    channels: Channels
    loop: "TransportLoop"
    jobs: "DurableJobs | None"
    handlers: Mapping[JobName, JobHandler]
    receives: bool

    async def start(self) -> None:
        """Open the channels, then begin to work."""
        self.loop.attach()
        for channel in self.channels.on:
            await channel.start(receive=self.receives)
        if self.jobs:
            await asyncio.to_thread(self.jobs.start, self.handlers)

    async def stop(self) -> None:
        """Let running jobs end, then close the channels."""
        if self.jobs:
            await asyncio.to_thread(self.jobs.stop, _DRAIN_S)
        for channel in self.channels.on:
            await channel.stop()
        self.store.close()

    def readiness(self) -> dict[str, bool]:
        """What `/readyz` tells."""
        ready = {"database": self.store.is_reachable()}
        if self.jobs:
            ready["jobs"] = self.jobs.is_alive()
        return ready


def open_product(
    settings: Settings, *, receives: bool = True, works: bool = True, playground: bool = False
) -> Product:
    """Open the store and build what a process needs. Raises StoreUnavailable and StoreTooOld."""
    from adapters.jobs import DurableJobs, DurableQueue
    from adapters.system_clock import SystemClock
    from adapters.transport_loop import TransportLoop
    from knowledge_store import open_engine, open_store

    clock = SystemClock()
    engine = open_engine(settings.database_url)
    store = open_store(engine, DurableQueue(engine), clock=clock)
    channels = build_channels(
        settings, build_intake(store), store, clock, with_playground=playground
    )
    loop = TransportLoop()
    jobs = DurableJobs(engine, waiting=store.waiting) if works else None
    handlers: Mapping[JobName, JobHandler] = {}
    if works:
        models: Models = load_models(settings)
        handler = build_handler(store, models, channels.rosters, clock)
        handlers = job_handlers(store, handler, channels.gateways, loop.run)
    return Product(settings, store, channels, loop, jobs, handlers, receives)


def build_app(product: Product, on_ready: Callable[[], None] = lambda: None) -> "Starlette":
    """The one ASGI application, which starts and stops the product with itself."""
    from adapters.web.app import create_app
    from adapters.web.metrics import Metrics

    @asynccontextmanager
    async def lifespan(_: "Starlette") -> AsyncIterator[None]:
        await product.start()
        on_ready()
        try:
            yield
        finally:
            await product.stop()

    return create_app(
        product.channels.routes,
        readiness=product.readiness,
        metrics=Metrics(),
        lifespan=lifespan,
    )


def migrate(settings: Settings) -> None:
    """Bring the database to this version's form, the engine's tables included."""
    from adapters.jobs import create_job_tables
    from knowledge_store import migrate as migrate_store
    from knowledge_store import open_engine

    engine = open_engine(settings.database_url)
    migrate_store(engine)
    create_job_tables(engine)
    engine.dispose()
