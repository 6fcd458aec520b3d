"""The NoteStore port: notes, their insights and what became of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from bot.domain.audience import Audience
from bot.domain.audit import SYSTEM, AuditEntry, AuditEvent
from bot.domain.insight import BY_PERSON, Facets, Insight, InsightRelation, StageEvent
from bot.domain.note import MessageKey, Note, NoteRecord
from bot.domain.taxonomy import ProcessStage
from bot.errors import ErasedBefore, NotFound
from bot.ports import Clock, InsightToStore, NoteToStore
from knowledge_store.audit import append
from knowledge_store.beliefs import visible_relations
from knowledge_store.columns import as_stored
from knowledge_store.insights import put_customers, put_insights
from knowledge_store.mapping import customer_ids_of, facets_of, put_facets
from knowledge_store.news import tell_of_change, tell_of_new
from knowledge_store.note_rows import (
    add_note,
    find_note,
    forget_hiding,
    has_key,
    is_in_thread,
    is_later_version,
    remembered_hiding,
    require_shown_note,
    revision_of,
)
from knowledge_store.records import (
    next_page,
    record_at_hand,
    record_of_new,
    visible_records,
)
from knowledge_store.stages import CONFIRMED, CORRECTED, reach, rise
from knowledge_store.tables import (
    CorrectionRow,
    CustomerRow,
    HiddenReason,
    InsightRow,
    NoteRow,
    RelationRow,
)
from knowledge_store.tombstones import was_erased
from knowledge_store.transactions import Transactions
from knowledge_store.visibility import may_see


class SqlNoteStore:
    """Notes in a relational database."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    # --- writing --------------------------------------------------------------------------------

    def save(self, note: NoteToStore) -> NoteRecord:
        """A text that differs is a later version, unless its time of edit says otherwise.

        Raises ErasedBefore.
        """
        note = as_stored(note)
        with self._transactions.writing() as session:
            row = find_note(session, has_key(note.key))
            if row is None:
                if was_erased(session, note.key, note.author_id, note.posted_at):
                    raise ErasedBefore
                row = add_note(session, note)
                tell_of_new(session, row, self._clock.now())
                return record_of_new(session, row)
            if is_later_version(note, row):
                self._revise(session, row, note)
            return record_at_hand(session, row, note.author_id)

    def _revise(self, session: Session, row: NoteRow, note: NoteToStore) -> None:
        at = note.edited_at or self._clock.now()
        session.add(revision_of(record_at_hand(session, row, row.author_id), at))
        row.text, row.edited_at, row.version = note.text, at, row.version + 1
        put_insights(session, row, note.insights, at=at)
        tell_of_change(session, row, self._clock.now())
        self._tell(session, row, AuditEvent.EDITED, row.author_id)

    def _tell(self, session: Session, row: NoteRow, event: AuditEvent, person_id: str) -> None:
        append(session, AuditEntry(row.workspace, event, person_id, row.id), self._clock.now())

    def replace_insights(self, note_id: str, insights: Sequence[InsightToStore]) -> NoteRecord:
        """Raises NotFound."""
        with self._transactions.writing() as session:
            row = require_shown_note(session, NoteRow.id == note_id)
            put_insights(session, row, as_stored(tuple(insights)), at=self._clock.now())
            tell_of_change(session, row, self._clock.now())
            return record_at_hand(session, row, row.author_id)

    def change_insight(
        self,
        insight_id: str,
        *,
        facets: Facets,
        customer_ids: tuple[str, ...],
        contacts: tuple[str, ...],
        by_person_id: str,
        at: datetime,
    ) -> Insight:
        """Raises NotFound for an insight or customer that is not there."""
        with self._transactions.writing() as session:
            note = require_shown_note(session, NoteRow.insights.any(InsightRow.id == insight_id))
            row = next(row for row in note.insights if row.id == insight_id)
            _require_customers(session, row.workspace, customer_ids)
            session.add(_correction(row, facets, customer_ids, by_person_id, at))
            put_facets(row, facets)
            put_customers(row, customer_ids)
            row.contacts, row.classified_by, row.confidence = as_stored(contacts), BY_PERSON, None
            row.customers_by_person = True
            reach(session, row, ProcessStage.STORAGE, CONFIRMED, by=by_person_id, at=at)
            rise(session, row, facets.process_stage, CORRECTED, by=by_person_id, at=at)
            tell_of_change(session, note, self._clock.now())
            self._tell(session, note, AuditEvent.CORRECTED, by_person_id)
            return _insight(record_at_hand(session, note, by_person_id), insight_id)

    def link_customer(
        self, note_id: str, customer_id: str, *, by_person_id: str, at: datetime
    ) -> None:
        """Kept as corrections. Raises NotFound for a note or customer that is not there."""
        with self._transactions.writing() as session:
            note = require_shown_note(session, NoteRow.id == note_id)
            _require_customers(session, note.workspace, (customer_id,))
            for row in note.insights:
                if not row.customers:
                    new = (customer_id,)
                    session.add(_correction(row, facets_of(row), new, by_person_id, at))
                    put_customers(row, new)
                    row.customers_by_person = True
                    reach(session, row, ProcessStage.STORAGE, CONFIRMED, by=by_person_id, at=at)
            tell_of_change(session, note, self._clock.now())
            self._tell(session, note, AuditEvent.LINKED, by_person_id)

    def hide(self, key: MessageKey, *, at: datetime, reason: str, by: str = SYSTEM) -> bool:
        """`deleted` outlasts `undone`, whichever comes first."""
        with self._transactions.writing() as session:
            note = find_note(session, has_key(key))
            row = note or remembered_hiding(session, key)
            if row.hidden_reason is not HiddenReason.DELETED:
                row.hidden_at, row.hidden_reason = at, HiddenReason(reason)
                if note is not None:
                    self._tell(session, note, AuditEvent.HIDDEN, by)
            return note is not None

    def bring_back(self, key: MessageKey, *, at: datetime) -> None:
        """Also before the message itself has arrived."""
        with self._transactions.writing() as session:
            note = find_note(session, has_key(key))
            if note is None:
                forget_hiding(session, key, until=at)
            elif _was_deleted(note, until=at):
                note.hidden_at = note.hidden_reason = None
                tell_of_new(session, note, self._clock.now())
                self._tell(session, note, AuditEvent.SHOWN_AGAIN, SYSTEM)

    def restore(self, note_id: str, *, by_person_id: str) -> bool:
        """True for a note that is not hidden at all, so that it can be pressed twice."""
        with self._transactions.writing() as session:
            row = find_note(session, NoteRow.id == note_id)
            if row is None or by_person_id not in (row.author_id, row.saved_by_id):
                return False
            if row.hidden_reason is HiddenReason.DELETED:
                return False
            if row.hidden_at is not None:
                row.hidden_at = row.hidden_reason = None
                tell_of_new(session, row, self._clock.now())
                self._tell(session, row, AuditEvent.SHOWN_AGAIN, by_person_id)
            return True

    def relate(self, relations: Sequence[InsightRelation], *, renewed: Sequence[str] = ()) -> None:
        """All or none; an insight that an edit has removed meanwhile is passed over."""
        with self._transactions.writing() as session:
            session.execute(delete(RelationRow).where(RelationRow.insight_id.in_(renewed)))
            for relation in relations:
                _relate(session, relation)

    def record_stages(self, events: Sequence[StageEvent]) -> None:
        """All or none; raises ValueError for a use whose kind is not known."""
        with self._transactions.writing() as session:
            for event in events:
                _record_stage(session, event)

    # --- reading --------------------------------------------------------------------------------

    def find(self, key: MessageKey, audience: Audience) -> NoteRecord | None:
        """By the message."""
        return self._first(audience, has_key(key))

    def get(self, note_id: str, audience: Audience) -> NoteRecord | None:
        """By the id."""
        return self._first(audience, NoteRow.id == note_id)

    def get_insight(self, insight_id: str, audience: Audience) -> tuple[NoteRecord, Insight] | None:
        """The note is as its author last left it."""
        record = self._first(audience, NoteRow.insights.any(InsightRow.id == insight_id))
        if record is None:
            return None
        return record, _insight(record, insight_id)

    def thread(
        self, place_key: MessageKey, audience: Audience, *, before: datetime | None = None
    ) -> list[NoteRecord]:
        """The first message is one of them."""
        with self._transactions.reading() as session:
            return visible_records(session, audience, is_in_thread(place_key, before=before))

    def all(self, audience: Audience) -> Iterator[NoteRecord]:
        """Page by page, so that no transaction stays open while the caller works."""
        page = self._page(audience, after=None)
        while page:
            yield from page
            page = self._page(audience, after=page[-1].note)

    def latest(self, audience: Audience, limit: int) -> list[NoteRecord]:
        """Walks the index from its newest end, and reads no more than is asked for."""
        newest = (
            select(NoteRow.id)
            .where(NoteRow.workspace == audience.workspace, may_see(audience))
            .order_by(NoteRow.posted_at.desc(), NoteRow.id.desc())
            .limit(limit)
        )
        with self._transactions.reading() as session:
            ids = session.scalars(newest).all()
            return visible_records(session, audience, NoteRow.id.in_(ids))[::-1]

    def are_visible(self, note_ids: Sequence[str], audience: Audience) -> bool:
        """True of none; false as soon as one is unknown."""
        wanted = set(note_ids)
        statement = select(func.count()).select_from(NoteRow)
        with self._transactions.reading() as session:
            visible = session.scalar(statement.where(NoteRow.id.in_(wanted), may_see(audience)))
        return visible == len(wanted)

    def changed_since(self, note_ids: Sequence[str], moment: datetime) -> bool:
        """False for one that is not there."""
        changed = select(NoteRow.id).where(NoteRow.id.in_(note_ids), NoteRow.changed_at >= moment)
        with self._transactions.reading() as session:
            return session.scalar(changed.limit(1)) is not None

    def relations(self, insight_ids: Sequence[str], audience: Audience) -> list[InsightRelation]:
        """Once each, in a stable order."""
        with self._transactions.reading() as session:
            return visible_relations(session, insight_ids, audience)

    def counts(self, audience: Audience) -> Mapping[str, int]:
        """Zero looks the same whether there is nothing or nothing to be seen."""
        notes = select(func.count()).select_from(NoteRow).where(may_see(audience))
        with self._transactions.reading() as session:
            return {
                "notes": session.scalar(notes) or 0,
                "insights": session.scalar(notes.join(InsightRow)) or 0,
                "corrections": session.scalar(notes.join(CorrectionRow)) or 0,
            }

    def _first(self, audience: Audience, condition: ColumnElement[bool]) -> NoteRecord | None:
        with self._transactions.reading() as session:
            return next(iter(visible_records(session, audience, condition)), None)

    def _page(self, audience: Audience, after: Note | None) -> list[NoteRecord]:
        with self._transactions.reading() as session:
            return next_page(session, audience, after)


# --- steps of a transaction ---------------------------------------------------------------------


def _was_deleted(note: NoteRow, *, until: datetime) -> bool:
    is_deleted = note.hidden_reason is HiddenReason.DELETED
    return is_deleted and note.hidden_at is not None and note.hidden_at <= until


def _insight(record: NoteRecord, insight_id: str) -> Insight:
    return next(insight for insight in record.insights if insight.id == insight_id)


def _correction(
    row: InsightRow, facets: Facets, customer_ids: tuple[str, ...], person_id: str, at: datetime
) -> CorrectionRow:
    """The old and the new side by side: an example to learn from."""
    return CorrectionRow(
        workspace=row.workspace,
        note_id=row.note_id,
        insight_id=row.id,
        statement=row.statement,
        classified_by=row.classified_by,
        old_facets=facets_of(row),
        new_facets=facets,
        old_customer_ids=customer_ids_of(row),
        new_customer_ids=customer_ids,
        by_person_id=person_id,
        at=at,
    )


def _require_customers(session: Session, workspace: str, customer_ids: Sequence[str]) -> None:
    """Another workspace's customer is as unknown as one that does not exist."""
    wanted = set(customer_ids)
    statement = select(func.count()).select_from(CustomerRow)
    found = session.scalar(
        statement.where(CustomerRow.workspace == workspace, CustomerRow.id.in_(wanted))
    )
    if found != len(wanted):
        raise NotFound


def _relate(session: Session, relation: InsightRelation) -> None:
    """Passes over an insight that is gone by now, since its note was edited meanwhile."""
    ends = (relation.insight_id, relation.earlier_insight_id)
    workspaces = session.scalars(select(InsightRow.workspace).where(InsightRow.id.in_(ends))).all()
    if len(workspaces) != 2 or workspaces[0] != workspaces[1]:
        return
    session.merge(
        RelationRow(
            insight_id=relation.insight_id,
            earlier_insight_id=relation.earlier_insight_id,
            relation=relation.relation,
            workspace=workspaces[0],
        )
    )


def _record_stage(session: Session, event: StageEvent) -> None:
    row = session.scalar(select(InsightRow).where(InsightRow.id == event.insight_id))
    if row is None:
        return  # its note was edited meanwhile
    if event.stage is ProcessStage.UTILIZATION and row.use_kind is None:
        raise ValueError("a use is recorded with its kind: as a change of the insight")
    reach(session, row, event.stage, event.evidence, by=event.person_id, at=event.at)
