"""The MomentStore port: events at customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from bot.domain.audience import Audience
from bot.domain.due_work import DueKind, DueWork
from bot.domain.moments import MomentEvent, MomentOutcome, MomentState, Telling, is_same_event
from bot.errors import NotFound
from knowledge_store.dialects import lock_until_commit
from knowledge_store.insights import new_id
from knowledge_store.mapping import customer_of
from knowledge_store.records import visible_records
from knowledge_store.showing import mask_of
from knowledge_store.tables import (
    CustomerRow,
    InsightRow,
    MomentInsightRow,
    MomentRow,
    NoteRow,
    RelationRow,
)
from knowledge_store.timetable import put_due
from knowledge_store.transactions import Transactions
from knowledge_store.visibility import may_know, may_see

_COMPARED: Final = 20
"""With so many earlier events of one customer and kind a new note is compared."""


class SqlMomentStore:
    """Events in a relational database."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def file(self, note_id: str, *, at: datetime) -> tuple[str, ...]:
        """One note of a workspace at a time, so that two of one event do not make two."""
        with self._transactions.writing() as session:
            workspace = session.scalar(select(NoteRow.workspace).where(NoteRow.id == note_id))
            if workspace is None:
                return ()
            lock_until_commit(session, "moments", workspace)
            everything = Audience.operator(workspace)
            told = _tellings(session, everything, NoteRow.id == note_id)
            filed = tuple(
                _file(session, telling, customer_id, at)
                for telling in told
                for customer_id in telling.insight.customer_ids
            )
            _take_off_others(session, note_id, filed)
            return tuple(dict.fromkeys(moment_id for moment_id, _ in filed))

    def get(self, moment_id: str, audience: Audience) -> MomentEvent | None:
        """None where nothing of it may be seen, as where there is none."""
        events = self._events(audience, MomentRow.id == moment_id, limit=1)
        return events[0] if events else None

    def latest(
        self, audience: Audience, limit: int, *, customer_ids: Sequence[str] | None = None
    ) -> tuple[MomentEvent, ...]:
        """By when it was found."""
        if customer_ids is None:
            return self._events(audience, MomentRow.state != MomentState.CLOSED, limit=limit)
        return self._events(audience, MomentRow.customer_id.in_(customer_ids), limit=limit)

    def in_charge(self, audience: Audience, limit: int) -> tuple[MomentEvent, ...]:
        """As owner of the customer, or because it was assigned."""
        is_theirs = or_(
            MomentRow.assigned_to == audience.person_id,
            exists().where(
                CustomerRow.id == MomentRow.customer_id,
                CustomerRow.owner_id == audience.person_id,
            ),
        )
        return self._events(
            audience, and_(is_theirs, MomentRow.state != MomentState.CLOSED), limit=limit
        )

    def _events(
        self, audience: Audience, condition: ColumnElement[bool], *, limit: int
    ) -> tuple[MomentEvent, ...]:
        is_told = exists().where(
            MomentInsightRow.moment_id == MomentRow.id,
            InsightRow.id == MomentInsightRow.insight_id,
            NoteRow.id == InsightRow.note_id,
            may_see(audience),
        )
        rows = (
            select(MomentRow)
            .where(MomentRow.workspace == audience.workspace, condition, is_told)
            .order_by(MomentRow.found_at.desc(), MomentRow.id)
            .limit(limit)
        )
        with self._transactions.reading() as session:
            found = (_event(session, row, audience) for row in session.scalars(rows).all())
            return tuple(event for event in found if event is not None)

    def acknowledge(self, moment_id: str, *, by: str, at: datetime) -> None:
        """Raises NotFound, as the others do."""
        with self._transactions.writing() as session:
            row = _require(session, moment_id, at)
            row.state, row.acknowledged_by = MomentState.ACKNOWLEDGED, by
            row.outcome, row.closed_by, row.remark = None, None, ""

    def assign(self, moment_id: str, to: str, *, by: str, at: datetime) -> None:
        """Together with the work of telling them; the same person again is told nothing."""
        with self._transactions.writing() as session:
            row = _require(session, moment_id, at)
            if row.assigned_to == to:
                return
            row.assigned_to, row.assigned_by = to, by
            key = f"assigned:{moment_id}:{to}"
            put_due(session, [DueWork(row.workspace, DueKind.MOMENT_ASSIGNED, key, moment_id, at)])

    def close(
        self, moment_id: str, outcome: MomentOutcome, remark: str, *, by: str, at: datetime
    ) -> None:
        """The last word counts."""
        with self._transactions.writing() as session:
            row = _require(session, moment_id, at)
            row.state, row.closed_by = MomentState.CLOSED, by
            row.outcome, row.remark = outcome, remark


# --- what a note tells of -----------------------------------------------------------------------


def _tellings(
    session: Session, audience: Audience, *conditions: ColumnElement[bool]
) -> list[Telling]:
    """Each insight of these notes that is a moment, the earliest first."""
    return [
        Telling(record.note, insight, record.conversation_name)
        for record in visible_records(session, audience, *conditions)
        for insight in record.insights
        if insight.facets.moment is not None
    ]


def _file(session: Session, telling: Telling, customer_id: str, at: datetime) -> tuple[str, str]:
    """The event that this is, and the insight that tells of it."""
    insight, workspace = telling.insight, telling.note.key.workspace
    moment_id = _known_event(session, telling, customer_id)
    if moment_id is None:
        moment_id = new_id()
        session.add(
            MomentRow(
                id=moment_id,
                workspace=workspace,
                customer_id=customer_id,
                kind=telling.kind,
                state=MomentState.OPEN,
                found_at=at,
                changed_at=at,
                remark="",
            )
        )
        session.flush()
    link = MomentInsightRow(moment_id=moment_id, insight_id=insight.id, workspace=workspace)
    session.merge(link)
    session.flush()
    return moment_id, insight.id


def _known_event(session: Session, telling: Telling, customer_id: str) -> str | None:
    """The latest event that has this insight already, or else is the same."""
    rows = session.scalars(
        select(MomentRow)
        .where(
            MomentRow.workspace == telling.note.key.workspace,
            MomentRow.customer_id == customer_id,
            MomentRow.kind == telling.kind,
        )
        .order_by(MomentRow.found_at.desc(), MomentRow.id)
        .limit(_COMPARED)
    ).all()
    told = {row.id: _tellings_of(session, row, Audience.operator(row.workspace)) for row in rows}
    insight_id = telling.insight.id
    for moment_id, tellings in told.items():
        if insight_id in {known.insight.id for known in tellings}:
            return moment_id
    related = _related(session, insight_id)
    for moment_id, tellings in told.items():
        for known in tellings:
            if is_same_event(telling, known, are_related=known.insight.id in related):
                return moment_id
    return None


def _related(session: Session, insight_id: str) -> set[str]:
    later = select(RelationRow.insight_id).where(RelationRow.earlier_insight_id == insight_id)
    earlier = select(RelationRow.earlier_insight_id).where(RelationRow.insight_id == insight_id)
    return set(session.scalars(later.union(earlier)))


def _take_off_others(session: Session, note_id: str, filed: Sequence[tuple[str, str]]) -> None:
    """Of what was corrected meanwhile: another customer, another kind, or no moment at all."""
    known = session.execute(
        select(MomentInsightRow.moment_id, MomentInsightRow.insight_id)
        .join(InsightRow, InsightRow.id == MomentInsightRow.insight_id)
        .where(InsightRow.note_id == note_id)
    ).all()
    for moment_id, insight_id in set(map(tuple, known)) - set(filed):
        session.execute(
            delete(MomentInsightRow).where(
                MomentInsightRow.moment_id == moment_id,
                MomentInsightRow.insight_id == insight_id,
            )
        )


# --- what a reader may know of it ---------------------------------------------------------------


def _tellings_of(session: Session, row: MomentRow, audience: Audience) -> list[Telling]:
    """Those that still say so."""
    ids = set(
        session.scalars(
            select(MomentInsightRow.insight_id).where(MomentInsightRow.moment_id == row.id)
        )
    )
    is_told_in = NoteRow.insights.any(InsightRow.id.in_(ids))
    return [
        telling
        for telling in _tellings(session, audience, is_told_in)
        if telling.insight.id in ids
        and telling.insight.facets.moment is row.kind
        and row.customer_id in telling.insight.customer_ids
    ]


def _event(session: Session, row: MomentRow, audience: Audience) -> MomentEvent | None:
    customer = session.scalar(
        select(CustomerRow)
        .where(CustomerRow.id == row.customer_id, may_know(audience))
        .options(selectinload(CustomerRow.contacts))
    )
    tellings = _tellings_of(session, row, audience)
    if customer is None or not tellings:
        return None
    in_all = select(func.count()).where(MomentInsightRow.moment_id == row.id)
    is_own = audience.person_id is not None and audience.person_id == row.closed_by
    return MomentEvent(
        id=row.id,
        workspace=row.workspace,
        customer=customer_of(customer),
        kind=row.kind,
        state=row.state,
        found_at=row.found_at,
        tellings=tuple(tellings),
        is_whole=len(tellings) == session.scalar(in_all),
        acknowledged_by=row.acknowledged_by,
        assigned_to=row.assigned_to,
        assigned_by=row.assigned_by,
        closed_by=row.closed_by,
        outcome=row.outcome,
        remark=row.remark if is_own else mask_of(session)(row.remark),
    )


def _require(session: Session, moment_id: str, at: datetime) -> MomentRow:
    row = session.get(MomentRow, moment_id, with_for_update=True)
    if row is None:
        raise NotFound
    row.changed_at = at
    return row
