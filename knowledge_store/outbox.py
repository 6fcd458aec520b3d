"""The Outbox port: replies on their way out."""

from datetime import datetime

from sqlalchemy import delete, or_, select

from bot.domain.audit import SYSTEM, AuditEntry, AuditEvent
from bot.messages import Outgoing
from bot.ports import Clock, OutboxState
from knowledge_store.audit import append
from knowledge_store.lanes import KEYS_KEPT, is_held_up, let_next_go
from knowledge_store.queue import TransactionalQueue
from knowledge_store.tables import OutgoingRow
from knowledge_store.transactions import Transactions


class SqlOutbox:
    """Replies in a relational database; `SqlInbox.finish` puts them there."""

    def __init__(self, transactions: Transactions, queue: TransactionalQueue, clock: Clock) -> None:
        self._transactions = transactions
        self._queue = queue
        self._clock = clock

    def get(self, outgoing_id: str) -> Outgoing | None:
        """None for one that is not known, too."""
        with self._transactions.reading() as session:
            return session.scalar(select(OutgoingRow.payload).where(OutgoingRow.id == outgoing_id))

    def settle(self, outgoing_id: str, state: OutboxState, message_id: str | None = None) -> None:
        """The first end counts: a second run of the same job changes nothing."""
        with self._transactions.writing(alone=False) as session:
            row = session.get(OutgoingRow, outgoing_id, with_for_update=True)
            if row is None or row.settled_at is not None:
                return
            told = _disclosure(row, state)
            row.state, row.message_id = state, message_id
            row.payload, row.settled_at = None, self._clock.now()
            if state is OutboxState.WITHHELD:
                row.key = None
            let_next_go(session, self._queue, row)
            if told is not None:
                append(session, told, row.settled_at)

    def message_id(self, workspace: str, key: str) -> str | None:
        """None, too, for what was not sent."""
        sent = select(OutgoingRow.message_id).where(
            OutgoingRow.workspace == workspace,
            OutgoingRow.key == key,
            OutgoingRow.state == OutboxState.SENT,
        )
        with self._transactions.reading() as session:
            return session.scalar(sent)

    def waiting(self) -> list[str]:
        """The ids of replies that have not ended yet."""
        unsettled = (
            select(OutgoingRow.id)
            .where(OutgoingRow.settled_at.is_(None))
            .order_by(OutgoingRow.number)
        )
        with self._transactions.reading() as session:
            return list(session.scalars(unsettled))

    def due(self) -> list[str]:
        """The ids of those that need a job: each has not ended, and may go now."""
        free = (
            select(OutgoingRow.id)
            .where(OutgoingRow.settled_at.is_(None), ~is_held_up(self._clock.now()))
            .order_by(OutgoingRow.number)
        )
        with self._transactions.reading() as session:
            return list(session.scalars(free))

    def purge(self, before: datetime) -> int:
        """Forget what was settled before then; a key is known for longer (`KEYS_KEPT`)."""
        keys_before = self._clock.now() - KEYS_KEPT
        with self._transactions.writing() as session:
            ended = OutgoingRow.settled_at
            old = delete(OutgoingRow).where(
                ended < before, or_(OutgoingRow.key.is_(None), ended < keys_before)
            )
            return len(session.scalars(old.returning(OutgoingRow.id)).all())


_TOLD = {OutboxState.SENT: AuditEvent.DISCLOSED, OutboxState.WITHHELD: AuditEvent.WITHHELD}


def _disclosure(row: OutgoingRow, state: OutboxState) -> AuditEntry | None:
    """That the notes which a reply shows were shown, or kept back; None for one that shows none."""
    event, outgoing = _TOLD.get(state), row.payload
    if event is None or outgoing is None or not outgoing.reply.shows:
        return None
    place = outgoing.place
    reader = outgoing.person_id or SYSTEM
    return AuditEntry(row.workspace, event, reader, place.conversation_id, outgoing.reply.shows)
