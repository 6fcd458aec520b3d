"""The ReactionStore port: whose reaction stands on which message."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from bot.domain.note import MessageKey
from knowledge_store.columns import in_utc
from knowledge_store.note_rows import has_key
from knowledge_store.tables import NoteRow, ReactionRow
from knowledge_store.transactions import Transactions


class SqlReactionStore:
    """Reactions in a relational database, one row for each person and message."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def put(self, key: MessageKey, person_id: str, *, is_on: bool, at: datetime) -> bool:
        """The latest change counts, in whichever order they come."""
        at = in_utc(at)
        with self._transactions.writing() as session:
            row = session.get(ReactionRow, _primary_key(key, person_id))
            if row is not None and row.changed_at >= at:
                return row.changed_at == at and row.is_on == is_on
            is_new = is_on and (row is None or not row.is_on)
            makes_note = is_new and not _is_note(session, key)
            row = row or _row_of(key, person_id)
            row.made_note = makes_note if is_new else row.made_note
            row.is_on, row.changed_at = is_on, at
            session.add(row)
            return True

    def is_released(self, key: MessageKey, person_id: str) -> bool:
        """One look at all the reactions on the message."""
        with self._transactions.reading() as session:
            row = session.get(ReactionRow, _primary_key(key, person_id))
            if row is None or row.is_on or not row.made_note:
                return False
            standing = select(ReactionRow.person_id).where(_is_on(key), ReactionRow.is_on)
            return session.scalar(standing.limit(1)) is None

    def let_be(self, key: MessageKey) -> None:
        """Those that come later find a note."""
        with self._transactions.writing() as session:
            session.execute(update(ReactionRow).where(_is_on(key)).values(made_note=False))

    def purge(self, before: datetime) -> int:
        """Forget what was taken off before then; nothing earlier is told so late."""
        with self._transactions.writing() as session:
            old = delete(ReactionRow).where(
                ReactionRow.is_on.is_(False), ReactionRow.changed_at < in_utc(before)
            )
            return len(session.scalars(old.returning(ReactionRow.person_id)).all())


def _row_of(key: MessageKey, person_id: str) -> ReactionRow:
    return ReactionRow(
        workspace=key.workspace,
        conversation_id=key.conversation_id,
        message_id=key.message_id,
        person_id=person_id,
        is_on=False,
        made_note=False,
    )


def _primary_key(key: MessageKey, person_id: str) -> tuple[str, str, str, str]:
    return key.workspace, key.conversation_id, key.message_id, person_id


def _is_on(key: MessageKey) -> ColumnElement[bool]:
    return and_(
        ReactionRow.workspace == key.workspace,
        ReactionRow.conversation_id == key.conversation_id,
        ReactionRow.message_id == key.message_id,
    )


def _is_note(session: Session, key: MessageKey) -> bool:
    shown = select(NoteRow.id).where(has_key(key), NoteRow.hidden_at.is_(None))
    return session.scalar(shown) is not None
