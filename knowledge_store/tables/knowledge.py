"""Notes, their insights, and what became of them."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.domain.answer import Vector
from bot.domain.insight import Facets, Insight, ResolvedDate
from bot.domain.reading import Labels
from bot.domain.taxonomy import (
    Certainty,
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
from knowledge_store.columns import AsJson, HalfVector
from knowledge_store.tables.base import Base


class HiddenReason(enum.StrEnum):
    """Why a note is hidden: a press takes back an `undone`, the platform a `deleted`."""

    DELETED = "deleted"
    UNDONE = "undone"


class NoteRow(Base):
    """A message that was kept, in its latest version.

    `changed_at` is when we last changed what it says or is taken for, by our own clock.
    """

    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("workspace", "conversation_id", "message_id"),
        Index("ix_notes_thread", "workspace", "conversation_id", "thread_id"),
        Index("ix_notes_time", "workspace", "posted_at", "id"),
        Index("ix_notes_author", "workspace", "author_id", "posted_at", "id"),
        Index("ix_notes_saver", "workspace", "saved_by_id", "posted_at", "id"),
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
    saved_by_id: Mapped[str | None]
    version: Mapped[int]
    edited_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[HiddenReason | None]
    changed_at: Mapped[datetime | None]
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


class AttachedFileRow(Base):
    """That a file came with a message."""

    __tablename__ = "attached_files"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)


class ReactionRow(Base):
    """The latest that is known of one person's reaction on one message.

    `made_note` says that the message was no note before it.
    """

    __tablename__ = "reactions"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    is_on: Mapped[bool]
    changed_at: Mapped[datetime]
    made_note: Mapped[bool]


class InsightRow(Base):
    """An insight of the latest version of a note.

    `number` ties it to the search index. `tags` are the search terms of its customers.
    `process_stage` is what its note shows, `stage` the furthest that its stage events tell of.
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
    stage: Mapped[ProcessStage]
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
    customers_by_person: Mapped[bool]
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
    """What an insight means, in the space of one model and length; only within it vectors compare.

    A row never changes and its number never returns.
    """

    __tablename__ = "insight_vectors"
    __table_args__ = (
        UniqueConstraint("insight_number", "space"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    insight_number: Mapped[int] = mapped_column(ForeignKey("insights.number", ondelete="CASCADE"))
    workspace: Mapped[str]
    space: Mapped[str]
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


class ReadingRow(Base):
    """What a classifier said of an insight; only ever added, whatever becomes of the insight."""

    __tablename__ = "insight_readings"

    number: Mapped[int] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    note_id: Mapped[str] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), index=True)
    insight_id: Mapped[str]
    labels: Mapped[Labels] = mapped_column(AsJson(Labels))
    classified_by: Mapped[str]
    confidence: Mapped[float | None]
    at: Mapped[datetime]


class StageEventRow(Base):
    """Evidence of a stage; only ever added. It outlives an insight whose words were edited."""

    __tablename__ = "stage_events"
    __table_args__ = (
        UniqueConstraint("insight_id", "stage", "evidence"),
        Index("ix_stage_events_at", "at"),
    )

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
