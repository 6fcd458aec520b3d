"""The product as processes: everything in one, or web and workers apart."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.bootstrap.channels import Channels, build_channels
from bot.bootstrap.core import build_deliveries, build_handler, build_intake, load_models
from bot.errors import SettingsInvalid
from bot.handler import Handler
from bot.settings import Settings

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from adapters.jobs import DurableJobs
    from adapters.transport_loop import TransportLoop
    from adapters.web.metrics import Metrics
    from bot.deliveries import Deliveries
    from knowledge_store import Store

_DRAIN_S = 8.0


@dataclass(frozen=True, slots=True)
class Work:
    """What a process has that works, and not only takes requests."""

    handler: Handler
    deliveries: "Deliveries"
    jobs: "DurableJobs"


@dataclass(frozen=True, slots=True)
class Product:
    """Everything of one process."""

    settings: Settings
    store: "Store"
    channels: Channels
    loop: "TransportLoop"
    metrics: "Metrics"
    receives: bool
    work: Work | None

    async def start(self) -> None:
        """Open the channels, then begin to work."""
        self.loop.attach()
        for channel in self.channels.on:
            await channel.start(receive=self.receives)
        if self.work:
            await asyncio.to_thread(self.work.jobs.start, self.work.deliveries.handlers)

    async def stop(self) -> None:
        """Let running jobs end, then close the channels."""
        if self.work:
            await asyncio.to_thread(self.work.jobs.stop, _DRAIN_S)
        for channel in self.channels.on:
            await channel.stop()
        self.store.close()

    def readiness(self) -> dict[str, bool]:
        """What `/readyz` tells."""
        ready = {"database": self.store.is_reachable()}
        if self.work:
            ready["jobs"] = self.work.jobs.is_alive()
        return ready


def open_product(
    settings: Settings, *, receives: bool = True, works: bool = True, playground: bool = False
) -> Product:
    """Open the store and build what a process needs. Raises StoreUnavailable and StoreTooOld."""
    from adapters.jobs import DurableQueue
    from adapters.system_clock import SystemClock
    from adapters.transport_loop import TransportLoop
    from adapters.web.metrics import Metrics
    from knowledge_store import check_schema, open_engine, open_store

    clock, loop, metrics = SystemClock(), TransportLoop(), Metrics()
    engine = open_engine(settings.database_url)
    check_schema(engine)
    store = open_store(engine, DurableQueue(engine), clock=clock)
    intake = build_intake(store)
    channels = build_channels(settings, intake, store, clock, with_playground=playground)
    work = None
    if works:
        handler = build_handler(store, load_models(settings), channels.rosters, clock, metrics)
        work = _work(store, handler, channels, loop, metrics)
    return Product(settings, store, channels, loop, metrics, receives, work)


def _work(
    store: "Store", handler: Handler, channels: Channels, loop: "TransportLoop", metrics: "Metrics"
) -> Work:
    from adapters.jobs import DurableJobs

    deliveries = build_deliveries(store, handler, channels.gateways, loop.run, metrics)
    jobs = DurableJobs(store.engine, waiting=store.waiting, on_give_up=deliveries.on_give_up)
    return Work(handler, deliveries, jobs)


def build_app(product: Product, on_ready: Callable[[], None] = lambda: None) -> "Starlette":
    """The one ASGI application, which starts and stops the product with itself."""
    from adapters.web.app import create_app

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
        metrics=product.metrics,
        lifespan=lifespan,
    )


def load_demo(product: Product) -> str:
    """Let the demonstration company settle in the playground of a product that works there."""
    from adapters.system_clock import SystemClock
    from bot.bootstrap.demo import settle_demo_company

    playground, work = product.channels.playground, product.work
    if playground is None or work is None:
        raise SettingsInvalid("the demonstration company needs the playground page")
    return settle_demo_company(playground, product.store, work.handler, SystemClock())


def migrate(settings: Settings) -> None:
    """Bring the database to this version's form, the engine's tables included."""
    from adapters.jobs import create_job_tables
    from knowledge_store import migrate as migrate_store
    from knowledge_store import open_engine

    engine = open_engine(settings.database_url)
    migrate_store(engine)
    create_job_tables(engine)
    engine.dispose()
