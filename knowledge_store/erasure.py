"""The ErasureStore port: erases for good, and keeps what was erased from coming back."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.domain.audit import SYSTEM, AuditEntry, AuditEvent
from bot.domain.erasure import ErasureCounts, ErasureKind, ErasureTarget, Tombstone
from bot.errors import FileNotWritten
from bot.ports import Clock
from knowledge_store.audit import append
from knowledge_store.erasure_notes import FoundNote, notes_where
from knowledge_store.erasure_steps import Erasing
from knowledge_store.queue import TransactionalQueue
from knowledge_store.scrubbing import scrub
from knowledge_store.tables import NoteRow, RetentionRow
from knowledge_store.tombstones import (
    add_to_file,
    all_tombstones,
    file_beside,
    newest,
    put_tombstones,
    read_file,
)
from knowledge_store.transactions import Transactions

log = logging.getLogger(__name__)


class SqlErasureStore:
    """Erasure in a relational database."""

    def __init__(
        self, engine: Engine, transactions: Transactions, queue: TransactionalQueue, clock: Clock
    ) -> None:
        self._engine = engine
        self._transactions = transactions
        self._queue = queue
        self._clock = clock
        self._file = file_beside(engine)

    def preview(self, target: ErasureTarget) -> ErasureCounts:
        """By erasing it and taking that back, so that the two cannot differ."""
        return self._rehearsed(lambda session: self._erase(session, target)[0])

    def erase(self, target: ErasureTarget, *, by: str) -> ErasureCounts:
        """The file beside the database last: where that fails, the next erasure makes up for it."""
        now = self._clock.now()
        with self._transactions.writing() as session:
            counts, gone = self._erase(session, target)
            stones = [*_of_notes(target.workspace, gone, now), *_of(target, now)]
            put_tombstones(session, stones)
            append(session, _told(target, AuditEvent.ERASED, by), now)
        self._bring_file_up_to_date()
        log.info("erased a %s: %d notes", target.kind, counts.notes)
        return counts

    def tombstones(self) -> Sequence[Tombstone]:
        """The latest of each."""
        with self._transactions.reading() as session:
            kept = all_tombstones(session)
        return newest([*kept, *(read_file(self._file) if self._file else ())])

    def apply_tombstones(self, tombstones: Sequence[Tombstone]) -> ErasureCounts:
        """What the database has a tombstone of is erased in it: only what it does not know goes.

        So what came in again after an erasure, and before the backup was made, stays.
        """
        counts = ErasureCounts()
        with self._transactions.reading() as session:
            known = {stone.target: stone.erased_at for stone in all_tombstones(session)}
        missing = [
            stone
            for stone in newest(tombstones)
            if stone.target not in known or known[stone.target] < stone.erased_at
        ]
        for stone in missing:
            with self._transactions.writing() as session:
                again, gone = self._erase(session, stone.target)
                stones = _of_notes(stone.target.workspace, gone, stone.erased_at)
                put_tombstones(session, [*stones, stone])
                told = _told(stone.target, AuditEvent.ERASED_AGAIN, SYSTEM)
                append(session, told, self._clock.now())
                counts += again
        self._bring_file_up_to_date()
        return counts

    def scrub(self, *, rewrite: bool = False) -> bool:
        """See `knowledge_store.scrubbing`."""
        return scrub(self._engine, rewrite=rewrite)

    # --- retention ------------------------------------------------------------------------------

    def expire(self, workspace: str, days: int, *, dry_run: bool) -> ErasureCounts:
        """Without tombstones: what is old is old after a restore, too."""
        if dry_run:
            return self._rehearsed(lambda session: self._expire(session, workspace, days))
        with self._transactions.writing() as session:
            counts = self._expire(session, workspace, days)
            if not counts.nothing:
                told = AuditEntry(workspace, AuditEvent.RETENTION_APPLIED, SYSTEM, f"{days} days")
                append(session, told, self._clock.now())
        return counts

    def set_retention(self, workspace: str, days: int | None, *, by: str) -> None:
        """In one transaction with the audit log."""
        with self._transactions.writing() as session:
            row = session.get(RetentionRow, workspace)
            if row is not None and days is None:
                session.delete(row)
            elif days is not None:
                session.merge(RetentionRow(workspace=workspace, days=days))
            kept = f"retention {days} days" if days is not None else "retention none"
            told = AuditEntry(workspace, AuditEvent.SETTINGS_CHANGED, by, kept)
            append(session, told, self._clock.now())

    def retention(self, workspace: str) -> int | None:
        """None where it was never set."""
        with self._transactions.reading() as session:
            row = session.get(RetentionRow, workspace)
            return row.days if row else None

    def expire_all(self) -> ErasureCounts:
        """A transaction for each workspace."""
        self._bring_file_up_to_date()
        with self._transactions.reading() as session:
            kept_for = session.execute(select(RetentionRow.workspace, RetentionRow.days)).all()
        counts = ErasureCounts()
        for workspace, days in kept_for:
            counts += self.expire(workspace, days, dry_run=False)
        return counts

    def _expire(self, session: Session, workspace: str, days: int) -> ErasureCounts:
        before = self._clock.now() - timedelta(days=days)
        erasing = self._erasing(session, workspace)
        old = NoteRow.workspace == workspace, NoteRow.posted_at < before
        return erasing.notes(notes_where(session, *old)) + erasing.questions_before(before)

    # --- steps ----------------------------------------------------------------------------------

    def _rehearsed(self, erase: Callable[[Session], ErasureCounts]) -> ErasureCounts:
        with self._transactions.writing() as session:
            trial = session.begin_nested()
            counts = erase(session)
            trial.rollback()
        return counts

    def _erase(
        self, session: Session, target: ErasureTarget
    ) -> tuple[ErasureCounts, Sequence[FoundNote]]:
        """What went, and the notes that need tombstones of their own."""
        erasing = self._erasing(session, target.workspace)
        match target.kind:
            case ErasureKind.NOTE:
                ours = NoteRow.workspace == target.workspace, NoteRow.id == target.subject_id
                found = notes_where(session, *ours)
                return erasing.notes(found), found
            case ErasureKind.CUSTOMER:
                on_it = erasing.notes_on(target.subject_id)
                return erasing.customer(target.subject_id), on_it
            case ErasureKind.PERSON:
                return erasing.person(target.subject_id), ()
            case ErasureKind.WORKSPACE:
                return erasing.everything(), ()

    def _erasing(self, session: Session, workspace: str) -> Erasing:
        return Erasing(session, self._queue, workspace, self._clock.now())

    def _bring_file_up_to_date(self) -> None:
        if self._file is None:
            return
        told = {stone.target: stone for stone in newest(read_file(self._file))}
        missing = [stone for stone in self.tombstones() if told.get(stone.target) != stone]
        try:
            add_to_file(self._file, missing)
        except FileNotWritten as error:
            log.error("%s", error)  # noqa: TRY400 - the path is all there is to know


def _of_notes(workspace: str, gone: Sequence[FoundNote], at: datetime) -> list[Tombstone]:
    return [
        Tombstone(
            ErasureTarget(ErasureKind.NOTE, workspace, note_id),
            at,
            key.conversation_id,
            key.message_id,
        )
        for note_id, key in gone
    ]


def _of(target: ErasureTarget, at: datetime) -> list[Tombstone]:
    """A note that is gone has its own by then, with its message; one that never was has none."""
    return [] if target.kind is ErasureKind.NOTE else [Tombstone(target, at)]


def _told(target: ErasureTarget, event: AuditEvent, by: str) -> AuditEntry:
    return AuditEntry(target.workspace, event, by, f"{target.kind}:{target.subject_id}")
