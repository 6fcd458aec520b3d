"""The Inbox port: what was acknowledged and must not be lost, each row with its job."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from bot.messages import Incoming, Outgoing
from bot.ports import Clock, JobName
from knowledge_store.dialects import insert
from knowledge_store.group_commit import GroupCommit
from knowledge_store.insights import new_id
from knowledge_store.lanes import put_out
from knowledge_store.queue import TransactionalQueue
from knowledge_store.tables import DeliveryRow
from knowledge_store.tombstones import is_of_erased
from knowledge_store.transactions import Transactions

_MESSAGES = ("message", "edit", "deletion", "restoration", "reaction")
# Handling takes seconds: what came in longer ago and is not done has failed.
_STILL_AT_WORK = timedelta(seconds=60)


class SqlInbox:
    """Deliveries in the database that the jobs are kept in, too."""

    def __init__(self, transactions: Transactions, queue: TransactionalQueue, clock: Clock) -> None:
        self._transactions = transactions
        self._queue = queue
        self._clock = clock
        self._accept = GroupCommit(self._accept_all)

    def accept(self, incoming: Incoming) -> bool:
        """The row and the job are committed together, with those of others who wait, or neither."""
        return self._accept(incoming)

    def _accept_all(self, arrived: Sequence[Incoming]) -> list[bool]:
        # The key of a delivery decides, so those who write at once need not wait for each other.
        with self._transactions.writing(alone=False) as session:
            connection = session.connection()
            return [self._accept_one(connection, incoming) for incoming in arrived]

    def _accept_one(self, connection: Connection, incoming: Incoming) -> bool:
        if is_of_erased(connection, incoming):
            return False
        # By Core, since the unit of work takes longer than all the rest of an acknowledgement.
        delivery_id = new_id()
        row = {
            "id": delivery_id,
            "delivery_key": incoming.delivery_key,
            "workspace": incoming.place.workspace,
            "kind": incoming.kind,
            "received_at": self._clock.now(),
            "payload": incoming,
        }
        new = insert(connection, DeliveryRow).on_conflict_do_nothing(
            index_elements=["delivery_key"]
        )
        is_new = connection.execute(new, row).rowcount == 1
        if is_new:
            self._queue.enqueue(connection, JobName.HANDLE, delivery_id)
        return is_new

    def get(self, delivery_id: str) -> Incoming | None:
        """None for one that is not known, too."""
        with self._transactions.reading() as session:
            return session.scalar(select(DeliveryRow.payload).where(DeliveryRow.id == delivery_id))

    def finish(self, delivery_id: str, outgoing: Sequence[Outgoing]) -> None:
        """Safe to run twice: what is done already, or not known, is left alone."""
        with self._transactions.writing(alone=False) as session:
            this = select(DeliveryRow).where(DeliveryRow.id == delivery_id).with_for_update()
            row = session.scalar(this)
            if row is None or row.finished_at is not None:
                return
            row.payload, row.finished_at = None, (now := self._clock.now())
            put_out(session, self._queue, outgoing, delivery_id=delivery_id, now=now)

    def notes_before(self, delivery_id: str) -> int:
        """Counts what was posted, edited or deleted, in the order of arrival."""
        with self._transactions.reading() as session:
            this = session.scalar(select(DeliveryRow).where(DeliveryRow.id == delivery_id))
            if this is None:
                return 0
            earlier = select(func.count(DeliveryRow.number)).where(
                DeliveryRow.workspace == this.workspace,
                DeliveryRow.number < this.number,
                DeliveryRow.received_at >= this.received_at - _STILL_AT_WORK,
                DeliveryRow.finished_at.is_(None),
                DeliveryRow.kind.in_(_MESSAGES),
            )
            return session.scalar(earlier) or 0

    def is_waiting(self, delivery_key: str) -> bool:
        """False for one that is not known, too."""
        unfinished = select(DeliveryRow.id).where(
            DeliveryRow.delivery_key == delivery_key, DeliveryRow.finished_at.is_(None)
        )
        with self._transactions.reading() as session:
            return session.scalar(unfinished) is not None

    def waiting(self) -> list[str]:
        """The ids of deliveries that are not done, in the order of arrival."""
        unfinished = (
            select(DeliveryRow.id)
            .where(DeliveryRow.finished_at.is_(None))
            .order_by(DeliveryRow.number)
        )
        with self._transactions.reading() as session:
            return list(session.scalars(unfinished))

    def purge(self, before: datetime) -> int:
        """Forget what was done before then, and with it that a redelivery would be one."""
        with self._transactions.writing() as session:
            old = delete(DeliveryRow).where(DeliveryRow.finished_at < before)
            return len(session.scalars(old.returning(DeliveryRow.id)).all())
