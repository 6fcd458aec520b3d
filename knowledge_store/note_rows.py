"""Finds, adds and compares the rows of notes, as steps of a transaction."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session, selectinload

from bot.domain.note import MessageKey, NoteRecord
from bot.errors import NotFound
from bot.ports import NoteToStore
from knowledge_store.insights import new_id, put_insights
from knowledge_store.tables import (
    HiddenMessageRow,
    HiddenReason,
    InsightRow,
    NoteRevisionRow,
    NoteRow,
)


def has_key(key: MessageKey) -> ColumnElement[bool]:
    """Whether a note is that of this message."""
    return and_(
        NoteRow.workspace == key.workspace,
        NoteRow.conversation_id == key.conversation_id,
        NoteRow.message_id == key.message_id,
    )


def is_in_thread(first: MessageKey, *, before: datetime | None = None) -> ColumnElement[bool]:
    """Whether a note is that first message of a thread or replies to it, earlier than `before`."""
    return and_(
        NoteRow.workspace == first.workspace,
        NoteRow.conversation_id == first.conversation_id,
        or_(NoteRow.message_id == first.message_id, NoteRow.thread_id == first.message_id),
        true() if before is None else NoteRow.posted_at < before,
    )


def find_note(session: Session, condition: ColumnElement[bool]) -> NoteRow | None:
    """The note with its insights and their customers, hidden or not."""
    with_insights = selectinload(NoteRow.insights).selectinload(InsightRow.customers)
    return session.scalar(select(NoteRow).where(condition).options(with_insights))


def require_shown_note(session: Session, condition: ColumnElement[bool]) -> NoteRow:
    """The same, but raises NotFound for one that is hidden or not there."""
    row = find_note(session, and_(condition, NoteRow.hidden_at.is_(None)))
    if row is None:
        raise NotFound
    return row


def add_note(session: Session, note: NoteToStore) -> NoteRow:
    """A note's first version; hidden if its message was hidden before it arrived."""
    row = NoteRow(
        id=new_id(),
        workspace=note.key.workspace,
        conversation_id=note.key.conversation_id,
        message_id=note.key.message_id,
        channel=note.channel,
        author_id=note.author_id,
        author_name=note.author_name,
        text=note.text,
        posted_at=note.posted_at,
        thread_id=note.thread_id,
        permalink=note.permalink,
        saved_by_id=note.saved_by_id,
        version=1,
        edited_at=note.edited_at,
        insights=[],
    )
    hidden = session.get(HiddenMessageRow, _primary_key(note.key))
    if hidden is not None:
        row.hidden_at, row.hidden_reason = hidden.hidden_at, hidden.hidden_reason
        session.delete(hidden)
    session.add(row)
    put_insights(session, row, note.insights, at=note.edited_at or note.posted_at)
    return row


def is_later_version(note: NoteToStore, row: NoteRow) -> bool:
    """Whether it says something else, and not because an earlier version came in late."""
    if note.text == row.text:
        return False
    return row.edited_at is None or (note.edited_at is not None and note.edited_at >= row.edited_at)


def revision_of(record: NoteRecord, replaced_at: datetime) -> NoteRevisionRow:
    """What is kept of a version that is being replaced."""
    note = record.note
    return NoteRevisionRow(
        note_id=note.id,
        version=note.version,
        workspace=note.key.workspace,
        text=note.text,
        edited_at=note.edited_at,
        insights=record.insights,
        replaced_at=replaced_at,
    )


def remembered_hiding(session: Session, key: MessageKey) -> HiddenMessageRow:
    """What is remembered of a message that is not here yet."""
    row = session.get(HiddenMessageRow, _primary_key(key))
    if row is None:
        row = HiddenMessageRow(
            workspace=key.workspace,
            conversation_id=key.conversation_id,
            message_id=key.message_id,
        )
        session.add(row)
    return row


def forget_hiding(session: Session, key: MessageKey, *, until: datetime) -> None:
    """Of a message that is not here yet and was brought back, unless it was hidden later."""
    row = session.get(HiddenMessageRow, _primary_key(key))
    if row is not None and row.hidden_reason is HiddenReason.DELETED and row.hidden_at <= until:
        session.delete(row)


def _primary_key(key: MessageKey) -> tuple[str, str, str]:
    return key.workspace, key.conversation_id, key.message_id
