"""What of a note its readers get: all of it its contributor and the operator, others a masked text.

Every read of notes ends here, so that what is made of it holds no more than its readers may have.
"""

from sqlalchemy.orm import Session

from bot.domain.audience import Audience
from bot.domain.insight import Insight
from bot.domain.masking import Mask, masked_insight, masked_note
from bot.domain.note import Note
from bot.domain.taxonomy import Belief
from knowledge_store.mapping import insight_of, note_of
from knowledge_store.tables import InsightRow, NoteRow

_MASK = "mask"


def with_mask(session: Session, mask: Mask) -> Session:
    """The session, through which others than contributors read masked texts."""
    session.info[_MASK] = mask
    return session


def mask_of(session: Session) -> Mask:
    """Raises KeyError for a session that `with_mask` never saw: nothing is shown by accident."""
    mask: Mask = session.info[_MASK]
    return mask


def shown_note(session: Session, row: NoteRow, audience: Audience) -> Note:
    """The note as these readers get it."""
    note = note_of(row)
    return note if _is_whole(row, audience) else masked_note(note, mask_of(session))


def shown_insight(
    session: Session, row: InsightRow, note: NoteRow, belief: Belief, audience: Audience
) -> Insight:
    """An insight of this note as these readers get it."""
    insight = insight_of(row, belief)
    return insight if _is_whole(note, audience) else masked_insight(insight, mask_of(session))


def _is_whole(row: NoteRow, audience: Audience) -> bool:
    """For its author, and for who saved it: they had it before them as it was written."""
    if audience.is_operator:
        return True
    return audience.person_id is not None and audience.person_id in (row.author_id, row.saved_by_id)
