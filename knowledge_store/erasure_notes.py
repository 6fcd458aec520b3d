"""Deletes notes with all that hangs on them, as steps of a transaction."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.orm import Session

from bot.domain.note import MessageKey
from bot.messages import Incoming, Outgoing
from bot.ports import OutboxState
from knowledge_store.lanes import let_next_go
from knowledge_store.queue import TransactionalQueue
from knowledge_store.tables import (
    AttachedFileRow,
    DeliveryRow,
    HiddenMessageRow,
    NoteRow,
    OutgoingRow,
    ReactionRow,
)

_AT_A_TIME = 500
_OF_MESSAGES = (AttachedFileRow, ReactionRow, HiddenMessageRow)

FoundNote = tuple[str, MessageKey]
"""A note's id, and the message that it was."""


def notes_where(session: Session, *conditions: ColumnElement[bool]) -> list[FoundNote]:
    """Hidden ones, too."""
    statement = select(NoteRow.id, NoteRow.workspace, NoteRow.conversation_id, NoteRow.message_id)
    return [
        (note_id, MessageKey(*key))
        for note_id, *key in session.execute(statement.where(*conditions).order_by(NoteRow.id))
    ]


def delete_notes(session: Session, found: Sequence[FoundNote]) -> int:
    """With revisions, insights, vectors, the index, relations, readings, corrections and stages.

    Returns how many rows of other kinds told of their messages.
    """
    records = 0
    for batch in _batches(found):
        keys = [(key.workspace, key.conversation_id, key.message_id) for _, key in batch]
        for table in _OF_MESSAGES:
            message = tuple_(table.workspace, table.conversation_id, table.message_id)
            records += count_deleted(session, table, message.in_(keys))
        # All else goes with the rows of the notes, by the database.
        session.execute(delete(NoteRow).where(NoteRow.id.in_([note_id for note_id, _ in batch])))
    return records


def count_deleted(session: Session, table: type, *conditions: ColumnElement[bool]) -> int:
    """Delete rows of this table, and say how many."""
    statement = delete(table).where(*conditions).execution_options(synchronize_session=False)
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined] # a cursor's result


def drop_deliveries(
    session: Session, workspace: str, is_meant: Callable[[Incoming], bool], now: datetime
) -> int:
    """Those under way: they count as done, so that a redelivery is one."""
    rows = session.scalars(
        select(DeliveryRow).where(
            DeliveryRow.workspace == workspace, DeliveryRow.finished_at.is_(None)
        )
    ).all()
    meant = [row for row in rows if row.payload is not None and is_meant(row.payload)]
    for row in meant:
        row.payload, row.finished_at = None, now
    return len(meant)


def drop_replies(
    session: Session,
    queue: TransactionalQueue,
    workspace: str,
    is_meant: Callable[[Outgoing], bool],
    now: datetime,
) -> int:
    """Those that wait to be sent; what waits behind them may go."""
    rows = session.scalars(
        select(OutgoingRow).where(
            OutgoingRow.workspace == workspace, OutgoingRow.settled_at.is_(None)
        )
    ).all()
    meant = [row for row in rows if row.payload is not None and is_meant(row.payload)]
    for row in meant:
        row.state, row.payload, row.settled_at = OutboxState.WITHHELD, None, now
        let_next_go(session, queue, row)
    return len(meant)


def _batches(found: Sequence[FoundNote]) -> Iterator[list[FoundNote]]:
    rest = iter(found)
    while batch := list(islice(rest, _AT_A_TIME)):
        yield batch
