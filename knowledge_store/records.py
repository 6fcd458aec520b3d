"""Reads notes with all that belongs to them, for an audience."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, selectinload

from bot.domain.audience import Audience
from bot.domain.note import NoteRecord
from knowledge_store.beliefs import beliefs_of
from knowledge_store.mapping import insight_of, note_of
from knowledge_store.tables import ConversationRow, InsightRow, NoteRow
from knowledge_store.visibility import may_see


def visible_records(
    session: Session, audience: Audience, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[NoteRecord]:
    """The notes that the audience may see, oldest first."""
    return read_records(
        session,
        select(NoteRow)
        .where(may_see(audience), *conditions)
        .order_by(NoteRow.posted_at, NoteRow.id)
        .limit(limit),
        audience,
    )


def read_records(
    session: Session, statement: Select[NoteRow], audience: Audience
) -> list[NoteRecord]:
    """What the statement selects, believed as the audience may."""
    with_insights = selectinload(NoteRow.insights).selectinload(InsightRow.customers)
    fresh = statement.options(with_insights).execution_options(populate_existing=True)
    rows = session.scalars(fresh).all()
    beliefs = beliefs_of(session, [i.id for row in rows for i in row.insights], audience)
    names = conversation_names(session, audience.workspace, {row.conversation_id for row in rows})
    return [
        NoteRecord(
            note=note_of(row),
            insights=tuple(insight_of(i, beliefs[i.id]) for i in row.insights),
            conversation_name=names.get(row.conversation_id, ""),
        )
        for row in rows
    ]


def conversation_names(
    session: Session, workspace: str, conversation_ids: Collection[str]
) -> Mapping[str, str]:
    """The names of these conversations, by id, as far as they are known."""
    statement = select(ConversationRow.id, ConversationRow.name).where(
        ConversationRow.workspace == workspace, ConversationRow.id.in_(conversation_ids)
    )
    return dict(session.execute(statement).all())
