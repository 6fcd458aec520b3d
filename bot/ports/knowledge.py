"""Knowledge: what keeps notes, customers, people and questions, and finds them again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.answer import Expert, Hit, KnowledgeNeed, Question, SearchQuery, Vector
from bot.domain.audience import Audience
from bot.domain.audit import SYSTEM
from bot.domain.customer import Contact, Customer, CustomerDraft
from bot.domain.insight import (
    Facets,
    Insight,
    InsightRelation,
    ResolvedDate,
    StageEvent,
)
from bot.domain.note import MessageKey, NoteRecord
from bot.domain.people import Conversation, Person


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
        Raises ErasedBefore for a message that was erased.
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
        """Record a person's correction; what was said before is kept as a labelled example.

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

    def hide(self, key: MessageKey, *, at: datetime, reason: str, by: str = SYSTEM) -> bool:
        """Hide a note everywhere (`deleted` on the platform, or `undone`); False if unknown.

        `by` is whoever did so, where that is known.

        A key that is not stored yet is remembered, so that a message which arrives after its own
        deletion stays hidden.
        """
        ...

    def bring_back(self, key: MessageKey, *, at: datetime) -> None:
        """Take back a `deleted` of no later than this; what was only `undone` stays hidden."""
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

    def latest(self, audience: Audience, limit: int) -> list[NoteRecord]:
        """The visible notes that were posted last, the latest first."""
        ...

    def are_visible(self, note_ids: Sequence[str], audience: Audience) -> bool:
        """Whether every one of these notes may be shown to this audience now."""
        ...

    def changed_since(self, note_ids: Sequence[str], moment: datetime) -> bool:
        """Whether any of these notes, or what it was understood as, was changed then or later."""
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

    def matching(self, text: str, audience: Audience, limit: int) -> tuple[Customer, ...]:
        """The customers this audience may know of that what is typed so far may mean, best first.

        It is the beginning of a name or alias, or of a later word of one, whatever the case and the
        accents; or the beginnings of several words in any order. An empty text matches all.
        """
        ...

    def named(self, name: str, audience: Audience) -> tuple[Customer, ...]:
        """Whose name this is, whatever the case and the accents, or else whose alias.

        Several where they share it; none of those that are not for this audience.
        """
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

    def channel_of(self, workspace: str, person_id: str) -> str | None:
        """The channel on which a person is met, rather where they talk to the bot alone."""
        ...

    def heard_of_before(self, moment: datetime, limit: int) -> tuple[Conversation, ...]:
        """Places of several people, of every workspace, that were last asked about before then.

        The longest ago first.
        """
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
        """Keep a question with what its answer cited; the same id again changes nothing.

        Nor is one kept whose asker was erased since.
        """
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

    def counts(self, audience: Audience) -> Mapping[str, int]:
        """How many questions were `asked`, `answered` and `abstained` from, of those one may know.

        A person may know of their own, the operator of all.
        """
        ...

    def needs(self, audience: Audience) -> tuple[KnowledgeNeed, ...]:
        """The open needs whose asker this audience is or may see, oldest first."""
        ...
