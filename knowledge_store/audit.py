"""The audit log: each entry's digest covers the entry and the digest before it.

`append` is a step of the transaction that does what is told of. It comes last in it: whoever
appends holds the end of the workspace's chain until the commit, in whichever process, so that no
two entries follow the same one.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Row, insert, select, true, update
from sqlalchemy.orm import Session

from bot.domain.audit import AuditEntry, AuditRecord, AuditVerdict
from bot.ports import Clock
from knowledge_store import dialects
from knowledge_store.columns import as_stored, in_utc
from knowledge_store.tables import AuditHeadRow, AuditRow
from knowledge_store.transactions import Transactions

_BEGINNING = ""
_A_PAGE = 1_000


def append(session: Session, entry: AuditEntry, at: datetime) -> None:
    """Add an entry within the caller's transaction, as the last thing in it."""
    entry, at = as_stored(entry), in_utc(at)
    session.flush()
    last, previous = _locked_head(session, entry.workspace)
    digest = _digest(last + 1, at, entry, previous)
    session.execute(
        insert(AuditRow).values(
            workspace=entry.workspace,
            position=last + 1,
            at=at,
            event=entry.event,
            actor_id=entry.actor_id,
            subject=entry.subject,
            ids=entry.ids,
            digest=digest,
        )
    )
    session.execute(
        update(AuditHeadRow)
        .where(AuditHeadRow.workspace == entry.workspace)
        .values(position=last + 1, digest=digest)
    )


class SqlAuditLog:
    """The AuditLog port in a relational database."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def record(self, entry: AuditEntry) -> None:
        """One transaction. Raises StoreUnavailable."""
        with self._transactions.writing() as session:
            append(session, entry, self._clock.now())

    def entries(
        self, workspace: str, *, person_id: str | None = None, day: date | None = None
    ) -> Iterator[AuditRecord]:
        """Page by page, so that no transaction stays open while the caller works."""
        by_person = true() if person_id is None else AuditRow.actor_id == person_id
        on_day = true() if day is None else _is_on(day)
        last = 0
        while page := self._page(workspace, last, by_person, on_day):
            yield from page
            last = page[-1].position

    def verify(self, workspace: str) -> AuditVerdict:
        """Also notices entries that are missing at the end."""
        with self._transactions.reading() as session:
            head = session.get(AuditHeadRow, workspace)
            end = (head.position, head.digest) if head else (0, _BEGINNING)
        position, digest = 0, _BEGINNING
        for record in self.entries(workspace):
            fits = _digest(position + 1, record.at, record.entry, digest) == record.digest
            if not fits or record.position != position + 1:
                return AuditVerdict(workspace, position, digest, broken_at=position + 1)
            position, digest = record.position, record.digest
            if position == end[0]:
                break  # what was added while this reads is for the next time
        is_whole = (position, digest) == end
        return AuditVerdict(workspace, position, digest, None if is_whole else position + 1)

    def workspaces(self) -> Sequence[str]:
        """In order."""
        with self._transactions.reading() as session:
            named = select(AuditHeadRow.workspace).order_by(AuditHeadRow.workspace)
            return session.scalars(named).all()

    def _page(
        self, workspace: str, last: int, *conditions: ColumnElement[bool]
    ) -> list[AuditRecord]:
        rows = (
            select(AuditRow)
            .where(AuditRow.workspace == workspace, AuditRow.position > last, *conditions)
            .order_by(AuditRow.position)
            .limit(_A_PAGE)
        )
        with self._transactions.reading() as session:
            return [_record(row) for row in session.scalars(rows)]


def _locked_head(session: Session, workspace: str) -> tuple[int, str]:
    """The last entry's position and digest; nobody else appends until this transaction ends."""
    head = _head(session, workspace)
    if head is None:
        _begin_chain(session, workspace)
        head = _head(session, workspace)
    if head is None:
        raise RuntimeError("a chain that was begun is not there")
    return head.position, head.digest


def _head(session: Session, workspace: str) -> Row[int, str] | None:
    columns = select(AuditHeadRow.position, AuditHeadRow.digest)
    locked = columns.where(AuditHeadRow.workspace == workspace).with_for_update()
    return session.execute(locked).first()


def _begin_chain(session: Session, workspace: str) -> None:
    beginning = dialects.insert(session, AuditHeadRow).on_conflict_do_nothing()
    session.execute(beginning.values(workspace=workspace, position=0, digest=_BEGINNING))


def _digest(position: int, at: datetime, entry: AuditEntry, previous: str) -> str:
    told = [
        entry.workspace,
        position,
        at.isoformat(timespec="microseconds"),
        entry.event.value,
        entry.actor_id,
        entry.subject,
        entry.ids,
        previous,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _record(row: AuditRow) -> AuditRecord:
    entry = AuditEntry(row.workspace, row.event, row.actor_id, row.subject, row.ids)
    return AuditRecord(row.position, row.at, entry, row.digest)


def _is_on(day: date) -> ColumnElement[bool]:
    start = datetime.combine(day, time.min, tzinfo=UTC)
    return (AuditRow.at >= start) & (AuditRow.at < start + timedelta(days=1))
