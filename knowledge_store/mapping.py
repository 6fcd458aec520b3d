"""Rows into the domain's values and back."""

from bot.domain.customer import Contact, Customer
from bot.domain.insight import Facets, Insight
from bot.domain.note import MessageKey, Note
from bot.domain.people import Conversation, Person
from bot.domain.taxonomy import Belief
from knowledge_store.tables import (
    ConversationRow,
    CustomerRow,
    InsightRow,
    NoteRow,
    PersonRow,
)


def note_of(row: NoteRow) -> Note:
    """The note in its latest version."""
    return Note(
        id=row.id,
        key=MessageKey(row.workspace, row.conversation_id, row.message_id),
        channel=row.channel,
        author_id=row.author_id,
        author_name=row.author_name,
        text=row.text,
        posted_at=row.posted_at,
        thread_id=row.thread_id,
        permalink=row.permalink,
        saved_by_id=row.saved_by_id,
        version=row.version,
        edited_at=row.edited_at,
    )


def insight_of(row: InsightRow, belief: Belief) -> Insight:
    """The insight; what to believe of it depends on what its readers may see."""
    return Insight(
        id=row.id,
        note_id=row.note_id,
        position=row.position,
        statement=row.statement,
        facets=facets_of(row),
        customer_ids=customer_ids_of(row),
        contacts=row.contacts,
        dates=row.dates,
        belief=belief,
        classified_by=row.classified_by,
        confidence=row.confidence,
        reached=row.stage,
    )


def facets_of(row: InsightRow) -> Facets:
    """What the statement is, in the terms of the taxonomy."""
    return Facets(
        knowledge_type=row.knowledge_type,
        process_stage=row.process_stage,
        use_kind=row.use_kind,
        signal=row.signal,
        topics=row.topics,
        moment=row.moment,
        moment_direction=row.moment_direction,
        certainty=row.certainty,
        source=row.source,
        weak_signal=row.weak_signal,
    )


def put_facets(row: InsightRow, facets: Facets) -> None:
    """Write every facet."""
    row.knowledge_type = facets.knowledge_type
    row.process_stage = facets.process_stage
    row.use_kind = facets.use_kind
    row.signal = facets.signal
    row.topics = facets.topics
    row.moment = facets.moment
    row.moment_direction = facets.moment_direction
    row.certainty = facets.certainty
    row.source = facets.source
    row.weak_signal = facets.weak_signal


def customer_ids_of(row: InsightRow) -> tuple[str, ...]:
    """The customers it is linked to, in order."""
    return tuple(link.customer_id for link in row.customers)


def customer_of(row: CustomerRow) -> Customer:
    """The customer with its contacts."""
    return Customer(
        id=row.id,
        workspace=row.workspace,
        name=row.name,
        aliases=row.aliases,
        owner_id=row.owner_id,
        segment=row.segment,
        industry=row.industry,
        status=row.status,
        contacts=tuple(Contact(contact.name, contact.role) for contact in row.contacts),
    )


def person_of(row: PersonRow) -> Person:
    """One of our own people."""
    return Person(
        id=row.id,
        workspace=row.workspace,
        name=row.name,
        role=row.role,
        time_zone=row.time_zone,
        standing=row.standing,
        checked_at=row.checked_at,
    )


def conversation_of(
    row: ConversationRow, member_ids: tuple[str, ...], *, listening: bool
) -> Conversation:
    """The conversation; `member_ids` count only where they are known."""
    return Conversation(
        id=row.id,
        workspace=row.workspace,
        channel=row.channel,
        kind=row.kind,
        name=row.name,
        member_ids=member_ids if row.members_known else None,
        customer_id=row.customer_id,
        listening=listening,
        checked_at=row.checked_at,
    )
