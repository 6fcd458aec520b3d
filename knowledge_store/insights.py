"""Writes a note's insights, and keeps what was already known of those whose words stay."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.domain.answer import Vector
from bot.domain.insight import Facets
from bot.domain.taxonomy import ProcessStage
from bot.ports import InsightToStore
from knowledge_store.columns import storable
from knowledge_store.mapping import put_facets
from knowledge_store.tables import (
    InsightCustomerRow,
    InsightRow,
    InsightVectorRow,
    NoteRow,
    StageEventRow,
)

BY_PERSON = "person"
"""Stands in `classified_by` for a person's own word, which no classifier overrules."""


def new_id() -> str:
    """An id that nobody can guess."""
    return uuid4().hex


def put_insights(
    session: Session, note: NoteRow, wanted: Sequence[InsightToStore], *, at: datetime
) -> None:
    """Make these the note's insights, in this order.

    One whose statement stays the same stays the same insight: its id, stage, relations and what a
    person made of it are kept. `note.insights` and their customers have to be loaded.
    """
    known = {row.statement: row for row in note.insights}
    rows = []
    for position, insight in enumerate(wanted):
        row = known.pop(storable(insight.statement), None) or _new_row(note, insight)
        _fill(row, insight, position)
        rows.append(row)
    added = [row for row in rows if row not in note.insights]
    note.insights = rows
    session.flush()
    _put_vectors(session, rows, wanted)
    session.add_all(
        stage_event(row, row.process_stage, "captured", note.author_id, at) for row in added
    )


def put_customers(row: InsightRow, customer_ids: Sequence[str]) -> None:
    """Link the insight to these and no others."""
    known = {link.customer_id: link for link in row.customers}
    row.customers = [
        known.get(customer_id)
        or InsightCustomerRow(customer_id=customer_id, workspace=row.workspace)
        for customer_id in dict.fromkeys(customer_ids)
    ]
    for position, link in enumerate(row.customers):
        link.position = position
    row.tags = " ".join(customer_tag(link.customer_id) for link in row.customers)


def customer_tag(customer_id: str) -> str:
    """The search term that stands for a customer: one token, as ids are letters and digits."""
    return f"c{customer_id}"


def vector_space(model: str, vector: Vector) -> str:
    """Names the vectors that one may be compared with."""
    return f"{model}/{len(vector)}"


def stage_event(
    row: InsightRow, stage: ProcessStage, evidence: str, person_id: str | None, at: datetime
) -> StageEventRow:
    """Evidence that the insight reached a stage."""
    return StageEventRow(
        workspace=row.workspace,
        note_id=row.note_id,
        insight_id=row.id,
        stage=stage,
        evidence=evidence,
        person_id=person_id,
        at=at,
    )


def _new_row(note: NoteRow, insight: InsightToStore) -> InsightRow:
    return InsightRow(
        id=new_id(),
        workspace=note.workspace,
        statement=insight.statement,
        process_stage=insight.facets.process_stage,
        use_kind=insight.facets.use_kind,
        classified_by=insight.classified_by,
        customers=[],
    )


def _fill(row: InsightRow, insight: InsightToStore, position: int) -> None:
    row.position = position
    row.dates = insight.dates
    row.search_text = insight.search_text
    if row.classified_by == BY_PERSON != insight.classified_by:
        return
    put_facets(row, _not_back(row, insight.facets))
    put_customers(row, insight.customer_ids)
    row.contacts = insight.contacts
    row.classified_by = insight.classified_by
    row.confidence = insight.confidence


def _not_back(row: InsightRow, facets: Facets) -> Facets:
    """A stage that was reached stays reached."""
    if row.process_stage.rank <= facets.process_stage.rank:
        return facets
    return replace(facets, process_stage=row.process_stage, use_kind=row.use_kind)


def _put_vectors(
    session: Session, rows: Sequence[InsightRow], wanted: Sequence[InsightToStore]
) -> None:
    numbers = [row.number for row in rows]
    session.execute(delete(InsightVectorRow).where(InsightVectorRow.insight_number.in_(numbers)))
    session.add_all(
        InsightVectorRow(
            insight_number=row.number,
            workspace=row.workspace,
            space=vector_space(insight.vector_model, insight.vector),
            vector=insight.vector,
        )
        for row, insight in zip(rows, wanted, strict=True)
        if insight.vector is not None and insight.vector_model is not None
    )
