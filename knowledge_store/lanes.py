"""Replies to one thread leave in the order in which they were put in the outbox.

Only the first of a lane has a job; its end, whatever that is, gives the next one its own. So the
order survives pauses and crashes, and nobody waits with a worker in hand.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from bot.messages import Outgoing
from bot.ports import JobName, OutboxState
from knowledge_store.dialects import lock_until_commit
from knowledge_store.queue import TransactionalQueue
from knowledge_store.tables import OutgoingRow

HOLDS_UP: Final = timedelta(minutes=5)
"""What has waited for longer fails again and again, and keeps the others from nobody."""

KEYS_KEPT: Final = timedelta(days=400)
"""For so long it is known that something was said or done under a key."""


def put_out(
    session: Session,
    queue: TransactionalQueue,
    outgoing: Sequence[Outgoing],
    *,
    delivery_id: str,
    now: datetime,
) -> None:
    """Add the replies to a delivery, and a job for each that may go at once.

    What has a key that is known is left out.
    """
    for lane in sorted({reply.lane for reply in outgoing if reply.lane is not None}):
        _hold(session, lane)
    last = session.scalar(select(func.max(OutgoingRow.number))) or 0
    new = [reply for reply in outgoing if not _is_known(session, reply)]
    for number, reply in enumerate(new, start=last + 1):
        row = OutgoingRow(
            id=reply.id,
            workspace=reply.place.workspace,
            delivery_id=delivery_id,
            state=OutboxState.WAITING,
            payload=reply,
            lane=reply.lane,
            number=number,
            put_at=now,
            key=reply.key,
        )
        session.add(row)
        session.flush()
        if not session.scalar(select(is_held_up(now)).where(OutgoingRow.id == reply.id)):
            queue.enqueue(session.connection(), JobName.SEND, reply.id)


def _is_known(session: Session, reply: Outgoing) -> bool:
    if reply.key is None:
        return False
    workspace = reply.place.workspace
    lock_until_commit(session, "outbox", workspace, reply.key)
    same = select(OutgoingRow.id).where(
        OutgoingRow.workspace == workspace, OutgoingRow.key == reply.key
    )
    return session.scalar(same) is not None


def let_next_go(session: Session, queue: TransactionalQueue, settled: OutgoingRow) -> None:
    """Give the reply behind one that was just settled its job; it may have one already."""
    if settled.lane is None:
        return
    _hold(session, settled.lane)
    behind = (
        select(OutgoingRow.id)
        .where(
            OutgoingRow.lane == settled.lane,
            OutgoingRow.number > settled.number,
            OutgoingRow.settled_at.is_(None),
        )
        .order_by(OutgoingRow.number)
        .limit(1)
    )
    session.flush()
    following = session.scalar(behind)
    if following is not None:
        queue.enqueue(session.connection(), JobName.SEND, following)


def _hold(session: Session, lane: str) -> None:
    """Else a reply could be put behind one that ends just then, and neither side give it a job."""
    lock_until_commit(session, "lane", lane)


def is_held_up(now: datetime) -> ColumnElement[bool]:
    """Whether an earlier reply of the same lane has not ended yet."""
    earlier = aliased(OutgoingRow)
    return (
        select(earlier.id)
        .where(
            earlier.lane == OutgoingRow.lane,
            earlier.number < OutgoingRow.number,
            earlier.settled_at.is_(None),
            earlier.put_at > now - HOLDS_UP,
        )
        .exists()
    )
