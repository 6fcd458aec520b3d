"""What is done and said unasked, and what comes of knowledge."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.due_work import DueKind
from bot.domain.moments import MomentOutcome, MomentState
from bot.domain.taxonomy import Moment, UseKind
from knowledge_store.tables.base import Base


class DueState(enum.StrEnum):
    """How far a piece of work is."""

    WAITING = "waiting"
    TAKEN = "taken"  # it has a job
    DONE = "done"
    PUT_OFF = "put_off"  # a later piece takes its place
    FAILED = "failed"


class DueWorkRow(Base):
    """Something that is due at a time."""

    __tablename__ = "due_work"
    __table_args__ = (
        UniqueConstraint("workspace", "key"),
        Index("ix_due_work_due", "state", "due_at"),
        Index("ix_due_work_subject", "workspace", "kind", "subject", "due_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    kind: Mapped[DueKind]
    key: Mapped[str]
    subject: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[DueState]
    ended_at: Mapped[datetime | None]


class PersonSettingsRow(Base):
    """What a person chose; minutes count from midnight."""

    __tablename__ = "person_settings"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    digest_on: Mapped[bool | None]
    digest_weekday: Mapped[int]
    digest_hour: Mapped[int]
    quiet_from_minute: Mapped[int | None]
    quiet_to_minute: Mapped[int | None]
    loop_on: Mapped[bool]
    loop_paused_until: Mapped[datetime | None]


class MomentRow(Base):
    """An event at a customer, however many notes tell of it."""

    __tablename__ = "moments"
    __table_args__ = (Index("ix_moments_customer", "workspace", "customer_id", "kind"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    customer_id: Mapped[str]
    kind: Mapped[Moment]
    state: Mapped[MomentState]
    found_at: Mapped[datetime]
    acknowledged_by: Mapped[str | None]
    assigned_to: Mapped[str | None]
    assigned_by: Mapped[str | None]
    closed_by: Mapped[str | None]
    changed_at: Mapped[datetime]
    outcome: Mapped[MomentOutcome | None]
    remark: Mapped[str]


class MomentInsightRow(Base):
    """That an insight tells of an event."""

    __tablename__ = "moment_insights"

    moment_id: Mapped[str] = mapped_column(
        ForeignKey("moments.id", ondelete="CASCADE"), primary_key=True
    )
    insight_id: Mapped[str] = mapped_column(
        ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    workspace: Mapped[str]


class UseRow(Base):
    """That somebody applied an insight; several of one press share its `press_key`."""

    __tablename__ = "uses"
    __table_args__ = (
        UniqueConstraint("press_key", "insight_id"),
        Index("ix_uses_note", "note_id", "at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    press_key: Mapped[str]
    insight_id: Mapped[str]
    note_id: Mapped[str] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"))
    person_id: Mapped[str]
    kind: Mapped[UseKind]
    what: Mapped[str]
    at: Mapped[datetime]
