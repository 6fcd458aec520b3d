"""The tables. Their rows never leave this package: what goes out is made of domain types.

Every table carries the workspace, and every key begins with it or is random.
"""

import enum
from datetime import datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy import Enum, ForeignKey, ForeignKeyConstraint, Index, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from bot.domain.answer import Vector
from bot.domain.insight import Facets, Insight, ResolvedDate
from bot.domain.people import ConversationKind
from bot.domain.taxonomy import (
    Certainty,
    CustomerStatus,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Relation,
    Signal,
    Source,
    Topic,
    UseKind,
)
from bot.messages import Incoming, Outgoing
from bot.ports import OutboxState
from knowledge_store.columns import AsJson, HalfVector, UtcDateTime, Words


def _values(enumeration: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in enumeration]


_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Says once how each Python type is stored: enums by value, times in UTC."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - read by the base class when it makes a table
        str: Words(),
        datetime: UtcDateTime(),
        enum.StrEnum: Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=False,
            values_callable=_values,
            length=32,
        ),
    }


# --- notes and insights -------------------------------------------------------------------------


class HiddenReason(enum.StrEnum):
    """Why a note is hidden: only an `undone` can be taken back."""

    DELETED = "deleted"
    UNDONE = "undone"


class NoteRow(Base):
    """A message that was kept, in its latest version."""

    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("workspace", "conversation_id", "message_id"),
        Index("ix_notes_thread", "workspace", "conversation_id", "thread_id"),
        Index("ix_notes_time", "workspace", "posted_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    conversation_id: Mapped[str]
    message_id: Mapped[str]
    channel: Mapped[str]
    author_id: Mapped[str]
    author_name: Mapped[str]
    text: Mapped[str]
    posted_at: Mapped[datetime]
    thread_id: Mapped[str | None]
    permalink: Mapped[str | None]
    version: Mapped[int]
    edited_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[HiddenReason | None]
    insights: Mapped[list["InsightRow"]] = relationship(
        back_populates="note",
        order_by="InsightRow.position",
        cascade="all, delete-orphan",
        lazy="raise",
    )


class NoteRevisionRow(Base):
    """What a note said, and was understood as, before an edit."""

    __tablename__ = "note_revisions"

    note_id: Mapped[str] = mapped_column(
        ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    text: Mapped[str]
    edited_at: Mapped[datetime | None]
    insights: Mapped[tuple[Insight, ...]] = mapped_column(AsJson(tuple[Insight, ...]))
    replaced_at: Mapped[datetime]


class HiddenMessageRow(Base):
    """A message that was hidden before it arrived."""

    __tablename__ = "hidden_messages"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    hidden_at: Mapped[datetime]
    hidden_reason: Mapped[HiddenReason]


class InsightRow(Base):
    """An insight of the latest version of a note.

    `number` ties it to the search index. `tags` are the search terms of its customers.
    """

    __tablename__ = "insights"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    workspace: Mapped[str]
    note_id: Mapped[str] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    statement: Mapped[str]
    knowledge_type: Mapped[KnowledgeType]
    process_stage: Mapped[ProcessStage]
    use_kind: Mapped[UseKind | None]
    signal: Mapped[Signal | None]
    topics: Mapped[tuple[Topic, ...]] = mapped_column(AsJson(tuple[Topic, ...]))
    moment: Mapped[Moment | None]
    moment_direction: Mapped[MomentDirection | None]
    certainty: Mapped[Certainty]
    source: Mapped[Source]
    weak_signal: Mapped[bool]
    contacts: Mapped[tuple[str, ...]] = mapped_column(AsJson(tuple[str, ...]))
    dates: Mapped[tuple[ResolvedDate, ...]] = mapped_column(AsJson(tuple[ResolvedDate, ...]))
    classified_by: Mapped[str]
    confidence: Mapped[float | None]
    search_text: Mapped[str]
    tags: Mapped[str]
    note: Mapped[NoteRow] = relationship(back_populates="insights", lazy="raise")
    customers: Mapped[list["InsightCustomerRow"]] = relationship(
        order_by="InsightCustomerRow.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="raise",
    )


class InsightCustomerRow(Base):
    """That an insight is on a customer."""

    __tablename__ = "insight_customers"

    insight_number: Mapped[int] = mapped_column(
        ForeignKey("insights.number", ondelete="CASCADE"), primary_key=True
    )
    customer_id: Mapped[str] = mapped_column(
        ForeignKey("customers.id"), primary_key=True, index=True
    )
    workspace: Mapped[str]
    position: Mapped[int]


class InsightVectorRow(Base):
    """What an insight means, to one model. A row never changes and its number never returns."""

    __tablename__ = "insight_vectors"
    __table_args__ = (
        UniqueConstraint("insight_number", "model"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    insight_number: Mapped[int] = mapped_column(ForeignKey("insights.number", ondelete="CASCADE"))
    workspace: Mapped[str]
    model: Mapped[str]
    vector: Mapped[Vector] = mapped_column(HalfVector())


class RelationRow(Base):
    """How an insight stands to an earlier one."""

    __tablename__ = "insight_relations"

    insight_id: Mapped[str] = mapped_column(
        ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True
    )
    earlier_insight_id: Mapped[str] = mapped_column(
        ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    relation: Mapped[Relation] = mapped_column(primary_key=True)
    workspace: Mapped[str]


class StageEventRow(Base):
    """Evidence of a stage; only ever added. It outlives an insight whose words were edited."""

    __tablename__ = "stage_events"

    number: Mapped[int] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    note_id: Mapped[str] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), index=True)
    insight_id: Mapped[str]
    stage: Mapped[ProcessStage]
    evidence: Mapped[str]
    person_id: Mapped[str | None]
    at: Mapped[datetime]


class CorrectionRow(Base):
    """What an insight was classified and linked as, and what a person made of it."""

    __tablename__ = "corrections"

    number: Mapped[int] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    note_id: Mapped[str] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), index=True)
    insight_id: Mapped[str]
    statement: Mapped[str]
    classified_by: Mapped[str]
    old_facets: Mapped[Facets] = mapped_column(AsJson(Facets))
    new_facets: Mapped[Facets] = mapped_column(AsJson(Facets))
    old_customer_ids: Mapped[tuple[str, ...]] = mapped_column(AsJson(tuple[str, ...]))
    new_customer_ids: Mapped[tuple[str, ...]] = mapped_column(AsJson(tuple[str, ...]))
    by_person_id: Mapped[str]
    at: Mapped[datetime]


# --- customers ----------------------------------------------------------------------------------


class CustomerRow(Base):
    """A customer; `name_key` is the name as it is compared."""

    __tablename__ = "customers"
    __table_args__ = (UniqueConstraint("workspace", "name_key"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str]
    aliases: Mapped[tuple[str, ...]] = mapped_column(AsJson(tuple[str, ...]))
    owner_id: Mapped[str | None]
    segment: Mapped[str]
    industry: Mapped[str]
    status: Mapped[CustomerStatus]
    contacts: Mapped[list["ContactRow"]] = relationship(
        order_by="ContactRow.position", cascade="all, delete-orphan", lazy="raise"
    )


class ContactRow(Base):
    """A person at a customer."""

    __tablename__ = "contacts"

    customer_id: Mapped[str] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True
    )
    name_key: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    position: Mapped[int]
    name: Mapped[str]
    role: Mapped[str]


class CustomerRegisterRow(Base):
    """How often a workspace's customers have changed."""

    __tablename__ = "customer_registers"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]


# --- people and conversations -------------------------------------------------------------------


class PersonRow(Base):
    """One of our own people."""

    __tablename__ = "people"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]


class ConversationRow(Base):
    """A conversation as it was last known."""

    __tablename__ = "conversations"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    kind: Mapped[ConversationKind]
    name: Mapped[str]
    members_known: Mapped[bool]
    customer_id: Mapped[str | None]
    checked_at: Mapped[datetime | None]


class MemberRow(Base):
    """That a person is in a conversation."""

    __tablename__ = "members"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace", "conversation_id"],
            ["conversations.workspace", "conversations.id"],
            ondelete="CASCADE",
        ),
        Index("ix_members_person", "workspace", "person_id"),
    )

    workspace: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)


class ListeningRow(Base):
    """That a conversation was opted in for listening. Kept apart from what its platform tells."""

    __tablename__ = "listening"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(primary_key=True)


# --- questions ----------------------------------------------------------------------------------


class QuestionRow(Base):
    """A question as it was asked."""

    __tablename__ = "questions"
    __table_args__ = (
        Index("ix_questions_asker", "workspace", "conversation_id", "asker_id", "asked_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    conversation_id: Mapped[str]
    thread_id: Mapped[str | None]
    asker_id: Mapped[str]
    text: Mapped[str]
    asked_at: Mapped[datetime]
    language: Mapped[str]
    customer_ids: Mapped[tuple[str, ...]] = mapped_column(AsJson(tuple[str, ...]))
    cited_insight_ids: Mapped[tuple[str, ...]] = mapped_column(AsJson(tuple[str, ...]))


class NeedRow(Base):
    """A question that waits for somebody to find out."""

    __tablename__ = "needs"
    __table_args__ = (Index("ix_needs_asker", "workspace", "asker_id", "asked_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    text: Mapped[str]
    asker_id: Mapped[str]
    asked_at: Mapped[datetime]
    customer_ids: Mapped[tuple[str, ...]] = mapped_column(AsJson(tuple[str, ...]))
    question_id: Mapped[str | None] = mapped_column(unique=True)


# --- work ---------------------------------------------------------------------------------------

ANY_INCOMING = Annotated[Incoming, Field(discriminator="kind")]


class DeliveryRow(Base):
    """Something a platform delivered; `payload` is None once it is done."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_finished_at", "finished_at"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    delivery_key: Mapped[str] = mapped_column(unique=True)
    workspace: Mapped[str]
    kind: Mapped[str]
    received_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    payload: Mapped[Incoming | None] = mapped_column(AsJson(ANY_INCOMING))


class OutgoingRow(Base):
    """A reply on its way out; `payload` is None once it is settled."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    delivery_id: Mapped[str] = mapped_column(index=True)
    state: Mapped[OutboxState]
    message_id: Mapped[str | None]
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
    payload: Mapped[Outgoing | None] = mapped_column(AsJson(Outgoing))
