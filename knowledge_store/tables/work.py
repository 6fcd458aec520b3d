"""What was asked, what was delivered, and replies on their way out."""

from datetime import datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.answer import Verdict
from bot.messages import Incoming, Outgoing
from bot.ports import OutboxState
from knowledge_store.columns import AsJson
from knowledge_store.tables.base import Base


class QuestionRow(Base):
    """A question as it was asked."""

    __tablename__ = "questions"
    __table_args__ = (
        Index("ix_questions_asker", "workspace", "conversation_id", "asker_id", "asked_at"),
        Index("ix_questions_person", "workspace", "asker_id", "asked_at"),
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


class RatingRow(Base):
    """The latest that whoever asked says of an answer."""

    __tablename__ = "answer_ratings"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    verdict: Mapped[Verdict]
    rated_at: Mapped[datetime]
    remark: Mapped[str]


class SharedAnswerRow(Base):
    """That an answer was shown to everybody where it was asked for, and by which press."""

    __tablename__ = "shared_answers"

    question_id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    press_key: Mapped[str]


_ANY_INCOMING = Annotated[Incoming, Field(discriminator="kind")]


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
    payload: Mapped[Incoming | None] = mapped_column(AsJson(_ANY_INCOMING))


class OutgoingRow(Base):
    """A reply on its way out; `payload` is None once it is settled.

    `key` is of what answers nothing: there is one at most.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_lane", "lane", "number"),
        Index("ix_outbox_key", "workspace", "key", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    delivery_id: Mapped[str] = mapped_column(index=True)
    state: Mapped[OutboxState]
    message_id: Mapped[str | None]
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
    payload: Mapped[Outgoing | None] = mapped_column(AsJson(Outgoing))
    lane: Mapped[str | None]
    number: Mapped[int] = mapped_column(index=True)
    put_at: Mapped[datetime | None]
    key: Mapped[str | None]


class ReferenceRow(Base):
    """How a platform's conversation or person is reached without being written to first."""

    __tablename__ = "platform_references"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str]
