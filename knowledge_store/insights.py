"""Writes a note's insights, and keeps what was already known of those that stay."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session, object_session

from bot.domain.answer import Vector
from bot.domain.insight import BY_PERSON
from bot.ports import InsightToStore
from knowledge_store.likeness import counterparts
from knowledge_store.mapping import put_facets
from knowledge_store.readings import keep_reading
from knowledge_store.stages import CAPTURED, CLASSIFIED_ANEW, rise, stage_event
from knowledge_store.tables import (
    InsightCustomerRow,
    InsightRow,
    InsightVectorRow,
    NoteRow,
    RelationRow,
)


def new_id() -> str:
    """An id that nobody can guess."""
    return uuid4().hex


def put_insights(
    session: Session, note: NoteRow, wanted: Sequence[InsightToStore], *, at: datetime
) -> None:
    """Make these the note's insights, in this order.

    One whose words changed little stays the same insight: its id, stage, relations and what a
    person made of it are kept. What a person decided on words that the note still has stays beside
    the others, and in the place of what was found in these words. `note.insights` and their
    customers have to be loaded.
    """
    known = counterparts(note.insights, wanted)
    decided = [row for row in note.insights if row not in known and _is_decided(row, note)]
    pairs = [
        (row or _new_row(note, insight), insight)
        for row, insight in zip(known, wanted, strict=True)
        if row is not None or not _is_within(insight, decided)
    ]
    for row, insight in pairs:
        _fill(row, insight)
    kept = [row for row in note.insights if row in known]
    note.insights = [row for row, _ in pairs] + decided
    for position, row in enumerate(note.insights):
        row.position = position
    session.flush()
    _put_vectors(session, pairs, kept)
    for row, insight in pairs:
        if _is_read(row, insight):
            keep_reading(session, row, insight, at=at, is_first=row not in kept)
        if row in kept:
            rise(session, row, row.process_stage, CLASSIFIED_ANEW, by=None, at=at)
        else:
            session.add(stage_event(row, row.process_stage, CAPTURED, note.author_id, at))


def _is_decided(row: InsightRow, note: NoteRow) -> bool:
    by_person = row.classified_by == BY_PERSON or row.customers_by_person
    return by_person and row.statement in note.text


def _is_read(row: InsightRow, insight: InsightToStore) -> bool:
    """Whether a classifier's word holds: not where a person had decided, or decides now."""
    return BY_PERSON not in (row.classified_by, insight.classified_by)


def _is_within(insight: InsightToStore, rows: Sequence[InsightRow]) -> bool:
    return any(insight.statement in row.statement for row in rows)


def put_customers(row: InsightRow, customer_ids: Sequence[str]) -> None:
    """Link the insight to these and no others.

    How it stood to what is known on those it was linked to before is forgotten.
    """
    known = {link.customer_id: link for link in row.customers}
    if known and known.keys() != set(customer_ids):
        _forget_relations(row)
    row.customers = [
        known.get(customer_id)
        or InsightCustomerRow(customer_id=customer_id, workspace=row.workspace)
        for customer_id in dict.fromkeys(customer_ids)
    ]
    for position, link in enumerate(row.customers):
        link.position = position
    row.tags = " ".join(customer_tag(link.customer_id) for link in row.customers)


def _forget_relations(row: InsightRow) -> None:
    session = object_session(row)
    if session is not None:
        ends = or_(RelationRow.insight_id == row.id, RelationRow.earlier_insight_id == row.id)
        session.execute(delete(RelationRow).where(ends))


def customer_tag(customer_id: str) -> str:
    """The search term that stands for a customer: one token, as ids are letters and digits."""
    return f"c{customer_id}"


def vector_space(model: str, vector: Vector) -> str:
    """Names the vectors that one may be compared with."""
    return f"{model}/{len(vector)}"


def _new_row(note: NoteRow, insight: InsightToStore) -> InsightRow:
    return InsightRow(
        id=new_id(),
        workspace=note.workspace,
        stage=insight.facets.process_stage,
        classified_by=insight.classified_by,
        customers_by_person=False,
        customers=[],
    )


def _fill(row: InsightRow, insight: InsightToStore) -> None:
    """The words are always those of the note; what they mean may be a person's to say."""
    row.statement = insight.statement
    row.dates = insight.dates
    row.search_text = insight.search_text
    by_person = insight.classified_by == BY_PERSON
    if row.classified_by == BY_PERSON and not by_person:
        return
    put_facets(row, insight.facets)
    row.contacts = insight.contacts
    row.classified_by = insight.classified_by
    row.confidence = insight.confidence
    if by_person or not row.customers_by_person:
        put_customers(row, insight.customer_ids)
        row.customers_by_person = by_person


def _put_vectors(
    session: Session,
    pairs: Sequence[tuple[InsightRow, InsightToStore]],
    kept: Sequence[InsightRow],
) -> None:
    if kept:
        numbers = [row.number for row in kept]
        old = InsightVectorRow.insight_number.in_(numbers)
        session.execute(delete(InsightVectorRow).where(old))
    session.add_all(
        InsightVectorRow(
            insight_number=row.number,
            workspace=row.workspace,
            space=vector_space(insight.vector_model, insight.vector),
            vector=insight.vector,
        )
        for row, insight in pairs
        if insight.vector is not None and insight.vector_model is not None
    )
