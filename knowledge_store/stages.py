"""How far an insight has come, and the evidence for it."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.domain.taxonomy import ProcessStage
from knowledge_store.tables import InsightRow, StageEventRow

CAPTURED = "captured"
CLASSIFIED_ANEW = "classified anew"
CORRECTED = "corrected"
CONFIRMED = "confirmed by a person"


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


def reach(
    session: Session,
    row: InsightRow,
    stage: ProcessStage,
    evidence: str,
    *,
    by: str | None,
    at: datetime,
) -> None:
    """Keep the evidence unless it is known; the insight moves forward or stays."""
    known = select(StageEventRow.number).where(
        StageEventRow.insight_id == row.id,
        StageEventRow.stage == stage,
        StageEventRow.evidence == evidence,
    )
    if session.scalar(known) is None:
        session.add(stage_event(row, stage, evidence, by, at))
    if stage.rank > row.stage.rank:
        row.stage = stage


def rise(
    session: Session,
    row: InsightRow,
    stage: ProcessStage,
    evidence: str,
    *,
    by: str | None,
    at: datetime,
) -> None:
    """The same, where the stage lies ahead; one that the insight has passed tells nothing new."""
    if stage.rank > row.stage.rank:
        reach(session, row, stage, evidence, by=by, at=at)


def sink(session: Session, insight_id: str, stage: ProcessStage, evidence: str) -> None:
    """Take back evidence that does not hold: the insight is again where the rest of it shows."""
    session.execute(
        delete(StageEventRow).where(
            StageEventRow.insight_id == insight_id,
            StageEventRow.stage == stage,
            StageEventRow.evidence == evidence,
        )
    )
    row = session.scalar(select(InsightRow).where(InsightRow.id == insight_id))
    if row is not None:
        rest = select(StageEventRow.stage).where(StageEventRow.insight_id == insight_id)
        stages = [row.process_stage, *session.scalars(rest)]
        row.stage = max(stages, key=lambda reached: reached.rank)
