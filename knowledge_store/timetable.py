"""The Timetable port: what is due, each piece with its job from the moment that it is."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.domain.due_work import DueKind, DueWork
from bot.ports import Clock, Done, JobName
from knowledge_store.dialects import insert
from knowledge_store.insights import new_id
from knowledge_store.lanes import KEYS_KEPT, put_out
from knowledge_store.queue import TransactionalQueue
from knowledge_store.tables import DueState, DueWorkRow
from knowledge_store.transactions import Transactions


class SqlTimetable:
    """What is due, in the database that the jobs are kept in, too."""

    def __init__(self, transactions: Transactions, queue: TransactionalQueue, clock: Clock) -> None:
        self._transactions = transactions
        self._queue = queue
        self._clock = clock

    def plan(self, work: Iterable[DueWork]) -> None:
        """Safe to call in several processes at once: the key decides."""
        with self._transactions.writing() as session:
            put_due(session, work)

    def cancel(self, workspace: str, key: str) -> None:
        """What was taken is not held up."""
        waiting = delete(DueWorkRow).where(
            DueWorkRow.workspace == workspace,
            DueWorkRow.key == key,
            DueWorkRow.state == DueState.WAITING,
        )
        with self._transactions.writing() as session:
            session.execute(waiting)

    def take_due(self, limit: int) -> int:
        """Looks without a lock first, since mostly nothing is due."""
        due = (
            select(DueWorkRow.id)
            .where(DueWorkRow.state == DueState.WAITING, DueWorkRow.due_at <= self._clock.now())
            .order_by(DueWorkRow.due_at, DueWorkRow.id)
            .limit(limit)
        )
        with self._transactions.reading() as session:
            if session.scalar(due.limit(1)) is None:
                return 0
        with self._transactions.writing() as session:
            ids = session.scalars(due.with_for_update(skip_locked=True)).all()
            session.execute(
                update(DueWorkRow).where(DueWorkRow.id.in_(ids)).values(state=DueState.TAKEN)
            )
            for work_id in ids:
                self._queue.enqueue(session.connection(), JobName.DUE, work_id)
            return len(ids)

    def get(self, work_id: str) -> DueWork | None:
        """None for one that still waits, too."""
        with self._transactions.reading() as session:
            row = session.get(DueWorkRow, work_id)
            return _work(row) if row and row.state is DueState.TAKEN else None

    def finish(self, work_id: str, done: Done) -> None:
        """Safe to run twice, and in two processes at once."""
        with self._transactions.writing() as session:
            now, until = self._clock.now(), done.put_off_until
            state = DueState.DONE if until is None else DueState.PUT_OFF
            ended = _end(session, work_id, state, now)
            if ended is None:
                return
            put_due(session, done.further)
            if until is not None:
                put_due(session, [ended.put_off(until)])
            put_out(session, self._queue, done.outgoing, delivery_id=work_id, now=now)

    def give_up(self, work_id: str) -> None:
        """What was done meanwhile stays done."""
        with self._transactions.writing() as session:
            _end(session, work_id, DueState.FAILED, self._clock.now())

    def last_done(self, kind: DueKind, workspace: str, subject: str) -> datetime | None:
        """By the time it was due, not by the time it was done."""
        latest = select(func.max(DueWorkRow.due_at)).where(
            DueWorkRow.workspace == workspace,
            DueWorkRow.kind == kind,
            DueWorkRow.subject == subject,
            DueWorkRow.state == DueState.DONE,
        )
        with self._transactions.reading() as session:
            return session.scalar(latest)

    def waiting(self) -> list[str]:
        """The longest due first."""
        taken = (
            select(DueWorkRow.id)
            .where(DueWorkRow.state == DueState.TAKEN)
            .order_by(DueWorkRow.due_at, DueWorkRow.id)
        )
        with self._transactions.reading() as session:
            return list(session.scalars(taken))

    def purge(self, before: datetime) -> int:
        """Forget what ended before then; keys are known for longer (`KEYS_KEPT`).

        What was planned for one note has a key of its own that never comes again.
        """
        with self._transactions.writing() as session:
            once = (DueWorkRow.kind == DueKind.NOTE_TOLD) & (DueWorkRow.ended_at < before)
            old = DueWorkRow.ended_at < self._clock.now() - KEYS_KEPT
            gone = delete(DueWorkRow).where(once | old).returning(DueWorkRow.id)
            return len(session.scalars(gone).all())


def put_due(session: Session, work: Iterable[DueWork]) -> None:
    """Keep work that is due, as a step of the transaction that is its cause."""
    for piece in work:
        statement = insert(session, DueWorkRow).values(
            id=new_id(),
            workspace=piece.workspace,
            kind=piece.kind,
            key=piece.key,
            subject=piece.subject,
            due_at=piece.due_at,
            state=DueState.WAITING,
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace", "key"],
                set_={"due_at": statement.excluded.due_at},
                where=DueWorkRow.state == DueState.WAITING,
            )
        )


def _end(session: Session, work_id: str, state: DueState, now: datetime) -> DueWork | None:
    """The piece, if it is this call that ends it."""
    ended = (
        update(DueWorkRow)
        .where(DueWorkRow.id == work_id, DueWorkRow.state == DueState.TAKEN)
        .values(state=state, ended_at=now)
        .returning(DueWorkRow)
    )
    row = session.scalar(ended)
    return _work(row) if row else None


def _work(row: DueWorkRow) -> DueWork:
    return DueWork(row.workspace, row.kind, row.key, row.subject, row.due_at, row.id)
