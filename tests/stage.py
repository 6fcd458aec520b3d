"""A small company on a stage: the real handler and store, with models that do as they are told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from adapters.inline_jobs import InlineJobs
from bot.bootstrap.core import Models, Unmetered, build_deliveries, build_handler
from bot.bootstrap.unasked import build_timekeeper
from bot.deliveries import address, record_shown
from bot.domain.addresses import CustomerAddresses
from bot.domain.audience import Audience
from bot.domain.customer import Contact, CustomerDraft
from bot.domain.insight import Facets, InsightDraft
from bot.domain.note import NoteRecord
from bot.domain.people import Conversation, ConversationKind, Person, Standing
from bot.domain.taxonomy import KnowledgeType
from bot.handler import Handler
from bot.messages import (
    Action,
    ActionTaken,
    Button,
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    Outgoing,
    Place,
    Reply,
    WayIn,
)
from bot.ports import Classification
from bot.services.personal_data import masked
from knowledge_store import Store, migrate, open_engine, open_store
from tests.fakes import (
    FakeClassifier,
    FakeClock,
    FakeEmbedder,
    FakeFileSource,
    FakeMessageSource,
    FakeRoster,
    RecordingGateway,
)

WORKSPACE = "main"
PUBLIC_URL = "https://earshot.example.com"
CHANNEL = "stage"
ANNA, BEN, CARLA = "anna", "ben", "carla"
SALES, PRICING = "sales", "pricing"


def one_of_us(person_id: str) -> Person:
    """A full member of the workspace."""
    return Person(person_id, WORKSPACE, person_id.title(), standing=Standing.MEMBER)


class EnglishDetector:
    """Everybody on the stage speaks English, unless a test says otherwise."""

    def __init__(self) -> None:
        self.language = "en"

    def detect(self, text: str) -> str:
        return self.language


def conversations() -> tuple[Conversation, ...]:
    """A public channel, a private one with Anna and Ben, and a direct message for each person."""
    everyone = (ANNA, BEN, CARLA)
    direct = [
        Conversation(f"dm-{p}", WORKSPACE, CHANNEL, ConversationKind.DIRECT, "", (p,))
        for p in everyone
    ]
    return (
        Conversation(SALES, WORKSPACE, CHANNEL, ConversationKind.PUBLIC, "sales", everyone),
        Conversation(PRICING, WORKSPACE, CHANNEL, ConversationKind.PRIVATE, "pricing", (ANNA, BEN)),
        *direct,
    )


@dataclass
class Stage:
    """What people say and press, and what they are answered."""

    handler: Handler
    store: Store
    clock: FakeClock
    classifier: FakeClassifier
    embedder: FakeEmbedder
    roster: FakeRoster
    detector: EnglishDetector
    source: FakeMessageSource
    files: FakeFileSource
    jobs: InlineJobs
    gateway: RecordingGateway
    _ids: count = field(default_factory=lambda: count(1))

    def customer(
        self, name: str, *aliases: str, owner: str | None = None, contacts: Sequence[str] = ()
    ) -> str:
        """Register a customer; returns its id."""
        draft = CustomerDraft(name=name, aliases=aliases, owner_id=owner)
        people = tuple(map(Contact, contacts))
        return self.store.customers.create(WORKSPACE, replace(draft, contacts=people)).id

    def message(
        self,
        person: str,
        text: str,
        *,
        way_in: WayIn = WayIn.DIRECT,
        where: str | None = None,
        thread: str | None = None,
        message_id: str | None = None,
    ) -> IncomingMessage:
        """A message as a channel parses it."""
        self.clock.advance(seconds=30)
        conversation = where or f"dm-{person}"
        return IncomingMessage(
            place=Place(CHANNEL, WORKSPACE, conversation, thread_id=thread),
            message_id=message_id or f"m{next(self._ids)}",
            author_id=person,
            author_name=person.title(),
            text=text,
            sent_at=self.clock.now(),
            way_in=way_in,
            permalink=f"https://chat.example/{conversation}",
        )

    def note(
        self,
        person: str,
        text: str,
        facets: Facets | None = None,
        *,
        contacts: Sequence[str] = (),
        **more: Any,
    ) -> tuple[Reply, ...]:
        """Say something that the classifier takes for one insight."""
        draft = InsightDraft(text, facets or Facets(KnowledgeType.FROM), contacts=tuple(contacts))
        self.classifier.answers.append(Classification((draft,), "fake/1"))
        way_in = more.pop("way_in", WayIn.NOTE_COMMAND)
        return self._handle(self.message(person, text, way_in=way_in, **more))

    def say(self, person: str, text: str, **more: Any) -> tuple[Reply, ...]:
        """Say something that the classifier takes for chatter, or that is a question."""
        return self._handle(self.message(person, text, **more))

    def ask(self, person: str, text: str, **more: Any) -> Reply:
        """Ask with `/ask`."""
        (reply,) = self.say(person, text, way_in=WayIn.ASK_COMMAND, **more)
        return reply

    def press(self, person: str, button: Button, **fields: str | tuple[str, ...]) -> Reply:
        """Press a button, or submit the form it opened."""
        return self.act(person, button.action, button.value, **fields)

    def act(
        self, person: str, action: Action, value: str, **fields: str | tuple[str, ...]
    ) -> Reply:
        """Send what a client could send, honest or not."""
        taken = ActionTaken(
            place=Place(CHANNEL, WORKSPACE, f"dm-{person}"),
            person_id=person,
            action=action,
            value=value,
            press_id=f"p{next(self._ids)}",
            taken_at=self.clock.now(),
            fields={k: (v,) if isinstance(v, str) else v for k, v in fields.items()},
        )
        (reply,) = self._handle(taken)
        return reply

    def _handle(self, incoming: Incoming) -> tuple[Reply, ...]:
        """What the handler says, delivered."""
        replies = self.handler.handle(incoming)
        self.delivered(incoming, replies)
        return replies

    def delivered(self, incoming: Incoming, replies: Sequence[Reply]) -> None:
        """Record what these replies passed on, as when a platform has shown them."""
        for reply in replies:
            record_shown(self.store.notes, address(incoming, reply), at=self.clock.now())

    def submit(self, person: str, opened: Reply, **changed: str | tuple[str, ...]) -> Reply:
        """Submit a form with some fields changed and the rest as it opened."""
        assert opened.form is not None
        fields = {f.name: f.value for f in opened.form.fields}
        fields.update({k: (v,) if isinstance(v, str) else v for k, v in changed.items()})
        return self.act(person, opened.form.action, opened.form.value, **fields)

    def edit(self, person: str, message_id: str, text: str, *, where: str) -> tuple[Reply, ...]:
        """Change a message."""
        place = Place(CHANNEL, WORKSPACE, where)
        now = self.clock.now()
        return self._handle(MessageEdited(place, message_id, person, text, now, "1"))

    def delete(self, message_id: str, *, where: str) -> tuple[Reply, ...]:
        """Delete a message."""
        place = Place(CHANNEL, WORKSPACE, where)
        return self._handle(MessageDeleted(place, message_id, self.clock.now()))

    def pass_time(self, **by: float) -> list[Outgoing]:
        """Let what becomes due meanwhile be done; gives what was said unasked."""
        self.clock.advance(**by)
        before = len(self.gateway.sent)
        self.jobs.run_waiting()
        return self.gateway.sent[before:]

    def notes(self) -> list[NoteRecord]:
        """Every note that is not hidden."""
        return list(self.store.notes.all(Audience.operator(WORKSPACE)))


def raise_curtain(folder: Path, *, models: Models | None = None) -> Stage:
    """An empty stage on a fresh database."""
    clock, roster, embedder = FakeClock(), FakeRoster(conversations()), FakeEmbedder()
    classifier, detector = FakeClassifier(), EnglishDetector()
    roster.people = {p: one_of_us(p) for p in (ANNA, BEN, CARLA)}
    engine = open_engine(f"sqlite:///{folder / 'stage.db'}")
    migrate(engine)
    jobs, gateway = InlineJobs(), RecordingGateway()
    store = open_store(engine, jobs, clock=clock, mask=masked)
    models = models or Models(classifier, embedder, detector)
    source = FakeMessageSource(ANNA, BEN, CARLA)
    files = FakeFileSource()
    handler = build_handler(
        store,
        models,
        {CHANNEL: roster},
        clock,
        sources={CHANNEL: source},
        files={CHANNEL: files},
        addresses=CustomerAddresses(PUBLIC_URL),
    )
    deliveries = build_deliveries(store, handler, {CHANNEL: gateway}, asyncio.run, clock=clock)
    timekeeper = build_timekeeper(store, handler.places, clock, Unmetered())
    jobs.start({**deliveries.handlers, **timekeeper.handlers}, tick=timekeeper.tick)
    return Stage(
        handler,
        store,
        clock,
        classifier,
        embedder,
        roster,
        detector,
        source,
        files,
        jobs,
        gateway,
    )


def at(text: str) -> datetime:
    """A time, for tests that need one."""
    return datetime.fromisoformat(text)
