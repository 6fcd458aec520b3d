"""Keeps every reading of an insight by a classifier, as steps of a transaction."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.domain.reading import Labels, Reading
from bot.ports import InsightToStore
from knowledge_store.tables import InsightRow, ReadingRow


def keep_reading(
    session: Session, row: InsightRow, insight: InsightToStore, *, at: datetime, is_first: bool
) -> None:
    """Add a reading, unless it says what the latest one says: reading again costs no room."""
    labels = Labels(insight.facets, insight.customer_ids, insight.contacts)
    said = (insight.classified_by, insight.confidence, labels)
    last = None if is_first else _last(session, row)
    if last is not None and said == (last.classified_by, last.confidence, last.labels):
        return
    session.add(
        ReadingRow(
            workspace=row.workspace,
            note_id=row.note_id,
            insight_id=row.id,
            labels=labels,
            classified_by=insight.classified_by,
            confidence=insight.confidence,
            at=at,
        )
    )


def readings_of(session: Session, note_ids: Collection[str]) -> Mapping[str, tuple[Reading, ...]]:
    """The readings of these notes' insights by insight, oldest first; none for an unread one."""
    rows = session.scalars(
        select(ReadingRow).where(ReadingRow.note_id.in_(note_ids)).order_by(ReadingRow.number)
    )
    found: defaultdict[str, tuple[Reading, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.insight_id] += (Reading(row.labels, row.classified_by, row.confidence, row.at),)
    return found


def _last(session: Session, row: InsightRow) -> ReadingRow | None:
    return session.scalar(
        select(ReadingRow)
        .where(ReadingRow.note_id == row.note_id, ReadingRow.insight_id == row.id)
        .order_by(ReadingRow.number.desc())
        .limit(1)
    )
