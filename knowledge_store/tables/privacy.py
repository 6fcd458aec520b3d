"""What was erased, how long things are kept, and who saw or changed what. Ids only, no text."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.audit import AuditEvent
from bot.domain.erasure import ErasureKind
from bot.domain.model_use import ModelUse
from knowledge_store.columns import AsJson
from knowledge_store.tables.base import Base


class ErasureRow(Base):
    """That something was erased, so that it is not stored again nor comes back with a backup.

    Of a note `conversation_id` and `message_id` are those of its message; else they are empty.
    """

    __tablename__ = "erasures"
    __table_args__ = (Index("ix_erasures_message", "workspace", "conversation_id", "message_id"),)

    workspace: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[ErasureKind] = mapped_column(primary_key=True)
    subject_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str]
    message_id: Mapped[str]
    erased_at: Mapped[datetime]


class RetentionRow(Base):
    """After how many days a workspace's notes, questions and answers go; without a row never."""

    __tablename__ = "retention"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]


class WorkspaceSettingsRow(Base):
    """What was decided for a whole workspace; an empty column is left to the environment."""

    __tablename__ = "workspace_settings"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    model_use: Mapped[ModelUse | None]


class AuditRow(Base):
    """An entry of the audit log. Triggers refuse to change or delete it."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_actor", "workspace", "actor_id", "position"),)

    workspace: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    event: Mapped[AuditEvent]
    actor_id: Mapped[str]
    subject: Mapped[str]
    ids: Mapped[tuple[str, ...]] = mapped_column(AsJson(tuple[str, ...]))
    digest: Mapped[str]


class AuditHeadRow(Base):
    """The last entry of a workspace's log: what the next one is chained to, one at a time."""

    __tablename__ = "audit_heads"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    digest: Mapped[str]
