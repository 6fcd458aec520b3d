"""The product as processes: everything in one, or web and workers apart."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.bootstrap.channels import Channels, build_channels
from bot.bootstrap.core import build_deliveries, build_handler, build_intake
from bot.bootstrap.models import build_budget, load_models, model_use_of
from bot.bootstrap.unasked import build_timekeeper
from bot.domain.addresses import CustomerAddresses
from bot.errors import SettingsInvalid, StoreUnavailable
from bot.handler import Handler
from bot.services.personal_data import masked
from bot.services.places import Places
from bot.settings import Settings
from bot.timekeeper import TICK_S, Timekeeper

if TYPE_CHECKING:
    import uvicorn

    from adapters.jobs import DurableJobs
    from adapters.transport_loop import TransportLoop
    from adapters.web.metrics import Metrics
    from bot.deliveries import Deliveries
    from knowledge_store import Store

log = logging.getLogger(__name__)

_DAY_S = 86_400
_REMEMBERED = timedelta(days=30)
_RESYNC_S = 10 * 60
_REQUESTS_END_S = 1
_DRAIN_S = 7.0
"""Together with the second that requests get, this stays within the ten that platforms give."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a process has that works, and not only takes requests."""

    handler: Handler
    deliveries: "Deliveries"
    timekeeper: Timekeeper
    jobs: "DurableJobs"

    def start(self) -> None:
        """Begin to work."""
        self.jobs.start({**self.deliveries.handlers, **self.timekeeper.handlers})


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

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start, and stop at the end of the block. Raises SendRefused where Slack refuses us."""
        beside: list[asyncio.Task[None]] = []
        try:
            await self._start()
            if self.work:
                keeping_time = self._keep_time(self.work.timekeeper)
                keeping_members = self._keep_members(self.work.handler.places)
                loops = (self._tidy_daily(), keeping_time, keeping_members)
                beside += map(asyncio.create_task, loops)
            yield
        finally:
            for task in beside:
                task.cancel()
            await self._stop()

    async def _keep_time(self, timekeeper: Timekeeper) -> None:
        """Look every few seconds for what has become due; what fails is for the next time."""
        while True:
            try:
                await asyncio.to_thread(timekeeper.tick)
            except StoreUnavailable as error:
                log.warning("what is due has to wait: %s", error)
            await asyncio.sleep(TICK_S)

    async def _keep_members(self, places: Places) -> None:
        """Look now and then for places whose members nobody has asked about for hours."""
        while True:
            await asyncio.sleep(_RESYNC_S)
            try:
                await asyncio.to_thread(places.resync)
            except StoreUnavailable as error:
                log.warning("asking who is where is put off: %s", error)

    async def _tidy_daily(self) -> None:
        """Forget what was delivered and sent long ago, and what its workspace keeps no longer.

        Of redeliveries that old there are none.
        """
        while True:
            before = datetime.now(UTC) - _REMEMBERED
            try:
                await asyncio.to_thread(self.store.forget_finished, before)
                await asyncio.to_thread(self.store.forget_expired)
            except StoreUnavailable as error:
                log.warning("tidying is put off to tomorrow: %s", error)
            await asyncio.sleep(_DAY_S)

    async def _start(self) -> None:
        """Open the channels, then begin to work."""
        self.loop.attach()
        for channel in self.channels.on:
            await channel.start(receive=self.receives)
        if self.work:
            await asyncio.to_thread(self.work.start)

    async def _stop(self) -> None:
        """Let running jobs end, then close the channels."""
        if self.work:
            await asyncio.to_thread(self.work.jobs.stop, _DRAIN_S)
        for channel in self.channels.on:
            await channel.stop()
        self.store.close()

    @property
    def left_work_running(self) -> bool:
        """Whether jobs had not ended when their time was over: their threads still run."""
        return self.work is not None and self.work.jobs.left_running

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
    _require_writable(settings)
    check_schema(engine)
    store = open_store(engine, DurableQueue(engine), clock=clock, mask=masked)
    intake = build_intake(store)
    channels = build_channels(settings, intake, store, clock, with_playground=playground)
    work = None
    if works:
        budget = build_budget(settings, store, metrics.call_withheld)
        models = load_models(settings, metrics.tokens_used, budget, model_use_of(settings, store))
        handler = build_handler(
            store,
            models,
            channels.rosters,
            clock,
            metrics,
            sources=channels.sources,
            files=channels.files,
            addresses=CustomerAddresses(settings.earshot_public_url),
        )
        work = _work(store, handler, channels, loop, metrics)
    return Product(settings, store, channels, loop, metrics, receives, work)


def _work(
    store: "Store", handler: Handler, channels: Channels, loop: "TransportLoop", metrics: "Metrics"
) -> Work:
    from adapters.jobs import DurableJobs

    deliveries = build_deliveries(
        store, handler, channels.gateways, loop.run, metrics, work_signs=channels.work_signs
    )
    timekeeper = build_timekeeper(store, handler.places, store.clock, metrics)
    on_give_up = {**deliveries.on_give_up, **timekeeper.on_give_up}
    jobs = DurableJobs(store.engine, waiting=store.waiting, on_give_up=on_give_up)
    return Work(handler, deliveries, timekeeper, jobs)


def make_server(product: Product) -> "uvicorn.Server":
    """What serves the one ASGI application for as long as the product runs."""
    import uvicorn

    from adapters.web.app import create_app
    from adapters.web.customer_page import chat_links, customer_routes

    class Server(uvicorn.Server):
        """Leaves signals to the process, which would else end by SIGTERM and not with 0."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    links = chat_links(
        slack_app_id=product.settings.slack_app_id, teams_app_id=product.settings.teams_app_id
    )
    app = create_app(
        [*customer_routes(links), *product.channels.routes],
        readiness=product.readiness,
        metrics=product.metrics,
    )
    return Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=_REQUESTS_END_S,
        )
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
    _require_writable(settings)
    migrate_store(engine)
    create_job_tables(engine)
    engine.dispose()


def _require_writable(settings: Settings) -> None:
    """Raise StoreUnavailable now, where SQLite would only refuse the first note."""
    if settings.database_file is None:
        return
    path = settings.database_file.expanduser().absolute()
    for needed in (path, path.parent):  # beside the file lies its write-ahead log
        if not os.access(needed, os.W_OK):
            raise StoreUnavailable(f"{needed}: this user may not write there")
