"""Customers, our own people, and the conversations they talk in."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.domain.people import ConversationKind, Standing
from bot.domain.taxonomy import CustomerStatus
from knowledge_store.columns import AsJson
from knowledge_store.tables.base import Base


class CustomerRow(Base):
    """A customer; `name_key` is the name as it is compared."""

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("workspace", "name_key"),
        Index("ix_customers_owner", "workspace", "owner_id", "name_key"),
    )

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


class NamePart(enum.IntEnum):
    """Where in a customer's names an entry begins, the best place first."""

    NAME = 0
    ALIAS = 1
    IN_NAME = 2
    IN_ALIAS = 3


class CustomerNameRow(Base):
    """A customer's name or alias from one of its words on, folded: what it is looked up by."""

    __tablename__ = "customer_names"
    __table_args__ = (
        Index("ix_customer_names_customer", "customer_id"),
        {"sqlite_with_rowid": False},
    )

    workspace: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    start: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True
    )


class CustomerRegisterRow(Base):
    """How often a workspace's customers have changed."""

    __tablename__ = "customer_registers"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]


class PersonRow(Base):
    """Somebody who can talk to the bot, and what they are to the workspace."""

    __tablename__ = "people"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    time_zone: Mapped[str]
    standing: Mapped[Standing]
    checked_at: Mapped[datetime | None]


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


class CustomerWallRow(Base):
    """That only those who are let in may know of a customer."""

    __tablename__ = "customer_walls"
    __table_args__ = (Index("ix_customer_walls_workspace", "workspace"),)

    customer_id: Mapped[str] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True
    )
    workspace: Mapped[str]


class WallEntryRow(Base):
    """That a person is let in to a customer, or kept out of it."""

    __tablename__ = "wall_entries"
    __table_args__ = (Index("ix_wall_entries_person", "workspace", "person_id"),)

    customer_id: Mapped[str] = mapped_column(
        ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(primary_key=True)
    workspace: Mapped[str]
    is_allowed: Mapped[bool]


class AccessEpochRow(Base):
    """How often it has changed who may see what in a workspace."""

    __tablename__ = "access_epochs"

    workspace: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int]
