"""From the words of a note to insights that are classified, linked, dated and findable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.answer import Vector
from bot.domain.audience import Audience
from bot.domain.customer import Customer
from bot.domain.insight import InsightDraft
from bot.domain.note import NoteRecord
from bot.domain.people import Conversation
from bot.errors import ModelUnavailable
from bot.ports import Classification, Classifier, Embedder, InsightToStore, NoteContext, Passage
from bot.services.customer_linking import LinkContext, Linking
from bot.services.dates import resolve_dates
from bot.services.personal_data import masked
from bot.services.registry import Registries, Registry

_PARENT_CHARACTERS = 240


@dataclass(frozen=True, slots=True)
class NoteToRead:
    """A note's words, and what they stand beside. `thread` holds the kept notes, oldest first.

    `addressed` is set where it was said to the bot, not only where it listens; `pointed_out` where
    somebody said that it is a note: by command, shortcut or reaction.
    """

    workspace: str
    text: str
    author_id: str
    author_name: str
    posted_at: datetime
    conversation: Conversation
    thread: tuple[NoteRecord, ...] = ()
    addressed: bool = False
    pointed_out: bool = False


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a note was understood as.

    `candidates` are customers that it may be on, which only a person can tell apart;
    `unknown_names` look like organisations that are not registered.
    """

    insights: tuple[InsightToStore, ...]
    candidates: tuple[Customer, ...] = ()
    unknown_names: tuple[str, ...] = ()


class NoteReader:
    """Classifies, links and dates a note: one classifier call and one embedding call."""

    def __init__(self, classifier: Classifier, embedder: Embedder, registries: Registries) -> None:
        self._classifier = classifier
        self._embedder = embedder
        self._registries = registries

    def read(self, note: NoteToRead) -> Understanding:
        """Everything that the note says about customers; no insights for chatter."""
        registry = self._registries.of(note.workspace)
        whole = registry.linker.link(note.text, _link_context(note))
        named = registry.linker.link(note.text, LinkContext()) if note.addressed else Linking()
        author = Audience.of_person(note.workspace, note.author_id)
        # A wall is for all notes on its customer; a model is told of no more than the author knows.
        context = _context(note, self._registries.for_readers(author), whole, named)
        classification = self._classifier.classify(note.text, context)
        return self._link(note, classification, whole, registry)

    def read_as(self, note: NoteToRead, draft: InsightDraft, classified_by: str) -> Understanding:
        """Link and date what a person says the note is."""
        registry = self._registries.of(note.workspace)
        whole = registry.linker.link(note.text, _link_context(note))
        return self._link(note, Classification((draft,), classified_by), whole, registry)

    def candidates(self, note: NoteToRead) -> Understanding:
        """Which customers a note may be on, without classifying it again."""
        linking = self._registries.of(note.workspace).linker.link(note.text, _link_context(note))
        return Understanding((), linking.candidates, linking.unknown_names)

    def _link(
        self,
        note: NoteToRead,
        classification: Classification,
        whole: Linking,
        registry: Registry,
    ) -> Understanding:
        drafts = classification.insights
        linkings = [self._link_statement(note, draft, whole, registry) for draft in drafts]
        passages = [
            _passage(draft.statement, linking, note, registry)
            for draft, linking in zip(drafts, linkings, strict=True)
        ]
        vectors = self._vectors(passages)
        model = self._embedder.model_id if vectors else None
        insights = tuple(
            InsightToStore(
                statement=draft.statement,
                facets=draft.facets,
                customer_ids=linking.customer_ids,
                contacts=tuple(dict.fromkeys((*linking.contacts, *draft.contacts))),
                dates=resolve_dates(draft.statement, note.posted_at),
                classified_by=classification.classified_by,
                confidence=draft.confidence,
                search_text=_search_text(passage),
                vector=vectors[position] if vectors else None,
                vector_model=model,
            )
            for position, (draft, linking, passage) in enumerate(
                zip(drafts, linkings, passages, strict=True)
            )
        )
        return Understanding(insights, _open_candidates(linkings), whole.unknown_names)

    def _link_statement(
        self, note: NoteToRead, draft: InsightDraft, whole: Linking, registry: Registry
    ) -> Linking:
        if draft.statement.strip() == note.text.strip():
            return whole
        context = _link_context(note, draft.mentions, draft.contacts)
        linking = registry.linker.link(draft.statement, context)
        # A statement that names nobody speaks of whom the rest of the note speaks of.
        return linking if linking.customer_ids or linking.candidates else whole

    def _vectors(self, passages: Sequence[Passage]) -> list[Vector]:
        if not passages:
            return []
        try:
            return self._embedder.embed(passages)
        except ModelUnavailable:
            # Words still find it; `earshot reclassify` adds the vector later.
            return []


def _context(note: NoteToRead, registry: Registry, whole: Linking, named: Linking) -> NoteContext:
    """`named` are the customers that the words themselves name, whatever channel they stand in."""
    return NoteContext(
        author_name=note.author_name,
        conversation_name=note.conversation.name,
        posted_at=note.posted_at,
        thread=tuple(record.note.text for record in note.thread),
        customers=registry.customers,
        linked=registry.all_of(whole.customer_ids),
        addressed=note.addressed,
        expects_insight=note.pointed_out or bool(named.customer_ids or named.candidates),
    )


def _link_context(
    note: NoteToRead, mentions: tuple[str, ...] = (), contacts: tuple[str, ...] = ()
) -> LinkContext:
    nearest_first = reversed(note.thread)
    thread_customers = dict.fromkeys(c for record in nearest_first for c in record.customer_ids)
    return LinkContext(
        conversation_name=note.conversation.name,
        conversation_customer_id=note.conversation.customer_id,
        thread_customer_ids=tuple(thread_customers),
        mentions=mentions,
        contacts=contacts,
        note_text=note.text,
    )


def _open_candidates(linkings: Sequence[Linking]) -> tuple[Customer, ...]:
    unlinked = [linking for linking in linkings if not linking.customer_ids]
    return tuple(dict.fromkeys(c for linking in unlinked for c in linking.candidates))


def _passage(statement: str, linking: Linking, note: NoteToRead, registry: Registry) -> Passage:
    """Nothing is found by personal data: whoever found it would know whose it is."""
    parent = note.thread[-1].note.text[:_PARENT_CHARACTERS] if note.thread else ""
    return Passage(
        masked(statement),
        parent=masked(parent),
        customers=registry.all_of(linking.customer_ids),
        conversation_name=note.conversation.name,
    )


def _search_text(passage: Passage) -> str:
    """What an insight is found by: its customers, what it replies to, and its own words."""
    names = " ".join(customer.name for customer in passage.customers)
    return "\n".join(part for part in (names, passage.statement, passage.parent) if part)
