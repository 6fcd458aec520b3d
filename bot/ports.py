"""What the core needs from outside, a protocol each. Every read of knowledge takes an audience."""

from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from bot.domain.answer import Expert, Hit, KnowledgeNeed, Question, SearchQuery, Vector
from bot.domain.audience import Audience
from bot.domain.customer import Contact, Customer, CustomerDraft
from bot.domain.insight import (
    Facets,
    Insight,
    InsightDraft,
    InsightRelation,
    ResolvedDate,
    StageEvent,
)
from bot.domain.note import MessageKey, NoteRecord
from bot.domain.people import Conversation, Person
from bot.messages import Incoming, Outgoing

# --- models -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoteContext:
    """What a note is read with: the words before it, and who and what there is to speak of.

    `thread` are earlier messages of the thread that were kept, oldest first. `expects_insight` is
    set where somebody told the bot of a customer: that is hardly chatter.
    """

    author_name: str
    conversation_name: str
    posted_at: datetime
    thread: tuple[str, ...] = ()
    customers: tuple[Customer, ...] = ()
    expects_insight: bool = False


@dataclass(frozen=True, slots=True)
class Classification:
    """What a note was understood as, main insight first; none means chatter.

    `classified_by` names the classifier and its version.
    """

    insights: tuple[InsightDraft, ...]
    classified_by: str


class Classifier(Protocol):
    """Draws insights from a note's text."""

    def classify(self, text: str, context: NoteContext) -> Classification:
        """Every insight of the text. Raises ModelUnavailable when it cannot answer now."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors of unit length."""

    @property
    def model_id(self) -> str:
        """Names the weights, so that vectors of different models are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One vector a text, in order. Raises ModelUnavailable."""
        ...


Schema = TypeVar("Schema", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """A prompt with its variables filled in. `version` is its file's name, `answer.v1`."""

    version: str
    system: str
    user: str


class LanguageModel(Protocol):
    """Writes an answer that fits a schema."""

    @property
    def model_id(self) -> str:
        """Names vendor and model, `openai/gpt-5-mini`."""
        ...

    def complete(self, prompt: RenderedPrompt, schema: type[Schema]) -> Schema:
        """One call. Raises ModelUnavailable on failure, time-out or an answer off the schema."""
        ...


class LanguageDetector(Protocol):
    """Tells the language of a short text."""

    def detect(self, text: str) -> str:
        """An ISO 639-1 code; `en` where nothing speaks for another."""
        ...


# --- knowledge ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InsightToStore:
    """An insight that is classified and linked, and the vector it is found by."""

    statement: str
    facets: Facets
    customer_ids: tuple[str, ...]
    contacts: tuple[str, ...]
    dates: tuple[ResolvedDate, ...]
    classified_by: str
    confidence: float | None
    search_text: str
    vector: Vector | None
    vector_model: str | None


@dataclass(frozen=True, slots=True)
class NoteToStore:
    """A note as it came in, with everything that was understood of it."""

    key: MessageKey
    channel: str
    author_id: str
    author_name: str
    text: str
    posted_at: datetime
    thread_id: str | None
    permalink: str | None
    insights: tuple[InsightToStore, ...]
    edited_at: datetime | None = None
    saved_by_id: str | None = None


class NoteStore(Protocol):
    """Notes, their insights and what became of them. Each method is one transaction."""

    def save(self, note: NoteToStore) -> NoteRecord:
        """Store a note with its insights, and a stage event for each.

        The same key again with the same text changes nothing and returns what is stored; with
        another text it keeps the old version and puts the new insights in the old ones' place.
        """
        ...

    def replace_insights(self, note_id: str, insights: Sequence[InsightToStore]) -> NoteRecord:
        """Put a new understanding of an unchanged note in the old one's place.

        Here as in `save`, an insight whose words changed little stays the same insight: it keeps
        its id, its relations and the stage it has reached. What a person decided of it, its facets
        or its customers, is never overruled.
        """
        ...

    def change_insight(
        self,
        insight_id: str,
        *,
        facets: Facets,
        customer_ids: tuple[str, ...],
        contacts: tuple[str, ...],
        by_person_id: str,
        at: datetime,
    ) -> Insight:
        """Record a person's correction; the old facets are kept as a labelled example.

        It confirms the insight, which is thereby stored. A stage once reached stays reached,
        whatever the corrected facets say.
        """
        ...

    def link_customer(
        self, note_id: str, customer_id: str, *, by_person_id: str, at: datetime
    ) -> None:
        """Link those of the note's insights that have no customer to this one, for good.

        It confirms them, which are thereby stored.
        """
        ...

    def hide(self, key: MessageKey, *, at: datetime, reason: str) -> bool:
        """Hide a note everywhere (`deleted` on the platform, or `undone`); False if unknown.

        A key that is not stored yet is remembered, so that a message which arrives after its own
        deletion stays hidden.
        """
        ...

    def restore(self, note_id: str, *, by_person_id: str) -> bool:
        """Take back an `undone`, for the note's author or whoever saved it for them.

        False for anybody else, and for a note that was deleted on the platform.
        """
        ...

    def find(self, key: MessageKey, audience: Audience) -> NoteRecord | None:
        """The note of a message, unless hidden or not for this audience."""
        ...

    def get(self, note_id: str, audience: Audience) -> NoteRecord | None:
        """A note by its id, unless hidden or not for this audience."""
        ...

    def get_insight(self, insight_id: str, audience: Audience) -> tuple[NoteRecord, Insight] | None:
        """An insight with its note, unless hidden or not for this audience."""
        ...

    def thread(
        self, place_key: MessageKey, audience: Audience, *, before: datetime | None = None
    ) -> list[NoteRecord]:
        """The stored notes of the thread whose first message has this key, oldest first.

        Only those that were posted earlier than `before`.
        """
        ...

    def all(self, audience: Audience) -> Iterator[NoteRecord]:
        """Every visible note, oldest first."""
        ...

    def are_visible(self, note_ids: Sequence[str], audience: Audience) -> bool:
        """Whether every one of these notes may be shown to this audience now."""
        ...

    def relate(self, relations: Sequence[InsightRelation], *, renewed: Sequence[str] = ()) -> None:
        """Record how insights stand to earlier ones, and bring their beliefs up to date.

        How the `renewed` insights stood to earlier ones before is forgotten.
        """
        ...

    def relations(self, insight_ids: Sequence[str], audience: Audience) -> list[InsightRelation]:
        """The relations that touch these insights, where both sides are visible."""
        ...

    def record_stages(self, events: Sequence[StageEvent]) -> None:
        """Add evidence; the stage of an insight moves forward or stays, its facets stay.

        The same evidence for the same stage of the same insight again adds nothing.
        """
        ...

    def counts(self, audience: Audience) -> Mapping[str, int]:
        """How many `notes`, `insights` and `corrections` this audience may see."""
        ...


class Retriever(Protocol):
    """Finds insights by words and by meaning, within what the audience may see."""

    def search(self, query: SearchQuery, audience: Audience, limit: int) -> list[Hit]:
        """At most `limit` hits, best first. The filter comes before the ranking."""
        ...

    def beside(self, insight_id: str, audience: Audience, limit: int) -> list[Hit]:
        """The insights on any of this one's customers that are nearest to it by meaning.

        Those of its own note are left out. None for an insight that has no vector, or is not
        for this audience.
        """
        ...

    def experts(self, query: SearchQuery, audience: Audience, limit: int) -> list[Expert]:
        """Who wrote most of the visible notes on the query's customers, or else on its words."""
        ...


class CustomerStore(Protocol):
    """The customers of a workspace."""

    def all(self, audience: Audience) -> tuple[Customer, ...]:
        """Every customer this audience may know of, by name."""
        ...

    def get(self, customer_id: str, audience: Audience) -> Customer | None:
        """One customer, or None when unknown or not for this audience."""
        ...

    def revision(self, workspace: str) -> str:
        """Changes whenever a customer of the workspace does; what is derived is kept by it."""
        ...

    def create(self, workspace: str, draft: CustomerDraft) -> Customer:
        """Register a customer. An equal name gives the one that exists, unchanged."""
        ...

    def import_all(self, workspace: str, drafts: Sequence[CustomerDraft]) -> tuple[int, int]:
        """Register or update (by name) all of them or none; returns how many new and changed."""
        ...

    def add_contacts(self, customer_id: str, contacts: Sequence[Contact]) -> None:
        """Add the contacts whose names are not there yet."""
        ...


class DirectoryStore(Protocol):
    """What was last known of our own people and their conversations."""

    def put_people(self, people: Iterable[Person]) -> None:
        """Register or update people."""
        ...

    def person(self, workspace: str, person_id: str) -> Person | None:
        """One of us, or None when unknown."""
        ...

    def people(self, workspace: str) -> tuple[Person, ...]:
        """All of us, by name."""
        ...

    def people_count(self, workspace: str) -> int:
        """How many of us are registered."""
        ...

    def put_conversation(self, conversation: Conversation) -> None:
        """Register or update a conversation with its members; listening is left as it was."""
        ...

    def conversation(self, workspace: str, conversation_id: str) -> Conversation | None:
        """One conversation, or None when unknown."""
        ...

    def conversations(self, workspace: str) -> tuple[Conversation, ...]:
        """Every conversation, by name."""
        ...

    def set_listening(self, workspace: str, conversation_id: str, *, listening: bool) -> None:
        """Opt a conversation in or out of being listened to."""
        ...

    def is_listening(self, workspace: str, conversation_id: str) -> bool:
        """Whether messages there are captured without addressing the bot."""
        ...


class QuestionStore(Protocol):
    """Questions that were asked, and the needs that came of them."""

    def save(self, question: Question, cited_insight_ids: Sequence[str]) -> None:
        """Keep a question with what its answer cited; the same id again changes nothing."""
        ...

    def get(self, question_id: str, asker_id: str) -> Question | None:
        """A question by its id, for the one who asked it."""
        ...

    def earlier(self, question: Question) -> Question | None:
        """What this question may follow up on.

        The latest earlier question by the same asker in the same thread; outside threads, in the
        same conversation within the last ten minutes.
        """
        ...

    def record_need(self, need: KnowledgeNeed) -> KnowledgeNeed:
        """Keep a need; the same question or id again returns the one that exists."""
        ...

    def needs(self, audience: Audience) -> tuple[KnowledgeNeed, ...]:
        """The open needs whose asker this audience is or may see, oldest first."""
        ...


# --- work ---------------------------------------------------------------------------------------


class Inbox(Protocol):
    """What was acknowledged to a platform and must not be lost."""

    def accept(self, incoming: Incoming) -> bool:
        """Store it together with the job that handles it, in one transaction.

        False when its delivery key is known: a redelivery. Raises StoreUnavailable.
        """
        ...

    def get(self, delivery_id: str) -> Incoming | None:
        """What waits to be handled; None when it is done."""
        ...

    def finish(self, delivery_id: str, outgoing: Sequence[Outgoing]) -> None:
        """Mark as done, forget its text, and put the replies in the outbox with their jobs."""
        ...

    def notes_before(self, delivery_id: str) -> int:
        """How many messages of the same workspace that came in earlier still wait to be handled.

        Of the last minute only: what waits for longer has failed, and should hold up nothing.
        """
        ...

    def is_waiting(self, delivery_key: str) -> bool:
        """Whether what came in under this key still waits to be handled."""
        ...


class OutboxState(StrEnum):
    """How far a reply has come on its way out."""

    WAITING = "waiting"
    SENT = "sent"
    WITHHELD = "withheld"  # its readers may no longer see what it shows
    FAILED = "failed"


class Outbox(Protocol):
    """Replies on their way out."""

    def get(self, outgoing_id: str) -> Outgoing | None:
        """What waits to be sent; None when it was sent, withheld or given up."""
        ...

    def settle(self, outgoing_id: str, state: OutboxState, message_id: str | None = None) -> None:
        """Record how the sending ended, and forget the reply's text."""
        ...


class Intake(Protocol):
    """Where a channel hands over what it received and verified."""

    def take(self, incoming: Incoming) -> bool:
        """Keep it for work before the platform gets its acknowledgement.

        False when there is nothing to do: a redelivery, a bot's message, or a message that was
        neither addressed to the bot nor posted where it listens (of which nothing is stored).
        Blocks on the database: call it off the event loop. Raises StoreUnavailable.
        """
        ...


class Gateway(Protocol):
    """One platform's way out."""

    def send(self, outgoing: Outgoing) -> Coroutine[Any, Any, str | None]:
        """Show it; returns the platform's message id, None where there is none.

        Raises SendFailed (worth another try) or SendRefused (never again).
        """
        ...


class Roster(Protocol):
    """Who is there: what a platform tells of people and conversations. Raises RosterUnavailable."""

    def conversation(self, workspace: str, conversation_id: str) -> Conversation:
        """The conversation as the platform has it now, with its members."""
        ...

    def person(self, workspace: str, person_id: str) -> Person:
        """The person as the platform has them now."""
        ...


class JobName(StrEnum):
    """The kinds of work after the acknowledgement, each with a queue of its own."""

    HANDLE = "handle"  # argument: a delivery id
    SEND = "send"  # argument: an outgoing id


class JobHandler(Protocol):
    """Does one job. Must be safe to run twice."""

    def __call__(self, subject_id: str, /) -> None:
        """Do the work for a row, named by its id."""
        ...


class Jobs(Protocol):
    """The durable engine. Jobs are enqueued by the store, inside its own transactions."""

    def start(self, handlers: Mapping[JobName, JobHandler]) -> None:
        """Begin to work: first what an earlier run left, then what comes."""
        ...

    def stop(self, timeout_s: float) -> None:
        """Take no new job, give running ones this long to end."""
        ...

    def is_alive(self) -> bool:
        """Whether jobs are being worked on."""
        ...


class Meter(Protocol):
    """Counts what the product does. Never given a text, a name or an id."""

    def job_ended(self, job: JobName, *, succeeded: bool) -> None:
        """A job was done, or given up."""
        ...

    def note_captured(self, classified_by: str) -> None:
        """A note was stored; by which classifier and version it was read."""
        ...

    def question_answered(self, *, abstained: bool) -> None:
        """A question was answered with evidence, or with none."""
        ...


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Now, with a time zone."""
        ...
