"""Sets the whole product up behind each channel, for the suite that all of them pass."""

import asyncio
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from adapters.console import ConsoleChannel
from adapters.inline_jobs import InlineJobs
from adapters.local_model import (
    LocalAnswerJudge,
    LocalClassifier,
    LocalEmbedder,
    LocalLanguageDetector,
    WordTable,
)
from adapters.web.playground.channel import PlaygroundChannel
from bot.bootstrap.core import (
    WORKSPACE,
    Models,
    Unmetered,
    build_customer_offers,
    build_deliveries,
    build_form_check,
    build_handler,
    build_intake,
    build_look_up,
)
from bot.bootstrap.unasked import build_timekeeper
from bot.deliveries import RunAsync
from bot.domain.addresses import CustomerAddresses
from bot.domain.customer import Contact, CustomerDraft
from bot.domain.people import Person, Standing
from bot.ports import FileSource, Gateway, Intake, MessageSource, Roster
from bot.services.personal_data import masked
from knowledge_store import Store, migrate, open_engine, open_store
from tests.contract.channel_driver import ChannelDriver
from tests.contract.drivers_console import ConsoleDriver
from tests.contract.drivers_playground import PlaygroundDriver
from tests.contract.drivers_slack import PUBLIC_URL, SlackDriver, slack_channel_and_api
from tests.contract.drivers_teams import TeamsDriver, teams_channel_and_connector
from tests.fakes import FakeClock

CHANNELS = ("slack", "teams", "playground", "console")


@dataclass(frozen=True)
class Playing:
    """A channel in play. `forbidden` must never stand in what is sent: pings and hidden links."""

    driver: ChannelDriver
    store: Store
    forbidden: tuple[str, ...]
    workspace: str = WORKSPACE
    clock: FakeClock = field(default_factory=FakeClock)
    work: Callable[[], None] = lambda: None

    def pass_time(self, seconds: float) -> None:
        """Let what becomes due meanwhile be done."""
        self.clock.advance(seconds=seconds)
        self.work()


@dataclass(frozen=True)
class _Set:
    """What a channel is put up with."""

    store: Store
    intake: Intake
    jobs: InlineJobs
    models: Models
    clock: FakeClock

    def connect(
        self,
        name: str,
        gateway: Gateway,
        roster: Roster,
        run_async: RunAsync,
        *,
        source: MessageSource | None = None,
        files: FileSource | None = None,
    ) -> None:
        handler = build_handler(
            self.store,
            self.models,
            {name: roster},
            self.clock,
            sources={name: source} if source else {},
            files={name: files} if files else {},
            addresses=CustomerAddresses(PUBLIC_URL),
        )
        deliveries = build_deliveries(
            self.store, handler, {name: gateway}, run_async, clock=self.clock
        )
        timekeeper = build_timekeeper(self.store, handler.places, self.clock, Unmetered())
        handlers = {**deliveries.handlers, **timekeeper.handlers}
        self.jobs.start(handlers, tick=timekeeper.tick)


_LOCAL: list[Models] = []


def models() -> Models:
    """The models that ship with the product, loaded once for all tests."""
    if not _LOCAL:
        words = WordTable()
        classifier, embedder = LocalClassifier(words), LocalEmbedder(words)
        judge = LocalAnswerJudge(words)
        _LOCAL.append(Models(classifier, embedder, LocalLanguageDetector(), judge=judge))
    return _LOCAL[0]


@contextmanager
def play(name: str, folder: Path) -> Iterator[Playing]:
    """Put a channel up on a fresh database with one customer."""
    engine = open_engine(f"sqlite:///{folder / 'play.db'}")
    migrate(engine)
    jobs, clock = InlineJobs(), FakeClock()
    store = open_store(engine, jobs, clock=clock, mask=masked)
    novara = CustomerDraft("Novara Pharma", ("Novara",), contacts=(Contact("Pia Keller"),))
    store.customers.create(WORKSPACE, novara)
    on_set = _Set(store, build_intake(store), jobs, models(), clock)
    playing, strike = _PUT_UP[name](on_set)
    try:
        yield replace(playing, clock=clock, work=jobs.run_waiting)
    finally:
        strike()
        store.close()


def _nothing() -> None:
    """Nothing to take down."""


_Put = tuple[Playing, Callable[[], None]]


def _slack(on_set: _Set) -> _Put:
    channel, api = slack_channel_and_api(
        on_set.intake,
        offers=lambda roster: build_customer_offers(on_set.store, {"slack": roster}, on_set.clock),
        form_check=build_form_check(on_set.store),
    )
    on_set.connect(
        channel.name,
        channel.gateway,
        channel.roster,
        api.loop.run,
        source=channel.messages,
        files=channel.files,
    )
    driver = SlackDriver(channel, api, on_set.jobs.run_waiting)
    return Playing(driver, on_set.store, ("<!channel>", "<http://evil.example")), api.close


def _teams(on_set: _Set) -> _Put:
    channel, connector = teams_channel_and_connector(
        on_set.intake,
        lambda roster: build_look_up(on_set.store, {"teams": roster}, FakeClock()),
        build_form_check(on_set.store),
    )
    on_set.connect(
        channel.name, channel.gateway, channel.roster, asyncio.run, source=channel.messages
    )
    driver = TeamsDriver(channel, connector, on_set.jobs.run_waiting)
    return Playing(driver, on_set.store, ("](http://evil.example", "<b>")), _nothing


def _playground(on_set: _Set) -> _Put:
    channel = PlaygroundChannel(
        intake=on_set.intake,
        directory=on_set.store.directory,
        clock=FakeClock(),
        workspace=WORKSPACE,
    )
    on_set.connect(channel.name, channel.gateway, channel.roster, asyncio.run)
    return Playing(PlaygroundDriver(channel, on_set.jobs.run_waiting), on_set.store, ()), _nothing


def _console(on_set: _Set) -> _Put:
    out = io.StringIO()
    channel = ConsoleChannel(
        intake=on_set.intake,
        person=Person("anna", WORKSPACE, "Anna", standing=Standing.MEMBER),
        workspace=WORKSPACE,
        out=out,
        clock=FakeClock(),
        work=on_set.jobs.run_waiting,
    )
    on_set.connect(channel.name, channel.gateway, channel.roster, asyncio.run)
    return Playing(ConsoleDriver(channel, out), on_set.store, ("\x1b]8",)), _nothing


_PUT_UP = {"slack": _slack, "teams": _teams, "playground": _playground, "console": _console}
