"""Counts how often it changed who may see what, so that what is derived of it is kept by the count.

Whoever changes a membership, a standing or a wall counts it in the same transaction.
"""

from sqlalchemy.orm import Session

from knowledge_store.dialects import insert
from knowledge_store.tables import AccessEpochRow


def count_change(session: Session, workspace: str) -> None:
    """It is different now who may see what there."""
    first = insert(session, AccessEpochRow).values(workspace=workspace, epoch=1)
    session.execute(
        first.on_conflict_do_update(
            index_elements=[AccessEpochRow.workspace],
            set_={"epoch": AccessEpochRow.epoch + 1},
        )
    )


def epoch_of(session: Session, workspace: str) -> int:
    """Zero where nothing was ever known."""
    row = session.get(AccessEpochRow, workspace)
    return row.epoch if row else 0
