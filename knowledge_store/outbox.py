"""The Outbox port: replies on their way out."""

from datetime import datetime

from sqlalchemy import delete, select

from bot.messages import Outgoing
from bot.ports import Clock, OutboxState
from knowledge_store.lanes import is_held_up, let_next_go
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
        with self._transactions.writing() as session:
            row = session.get(OutgoingRow, outgoing_id)
            if row is None or row.settled_at is not None:
                return
            row.state, row.message_id = state, message_id
            row.payload, row.settled_at = None, self._clock.now()
            let_next_go(session, self._queue, row)

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
        """Forget what was settled before then."""
        with self._transactions.writing() as session:
            old = delete(OutgoingRow).where(OutgoingRow.settled_at < before)
            return len(session.scalars(old.returning(OutgoingRow.id)).all())
