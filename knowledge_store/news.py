"""What is new or changed is told to whatever speaks up unasked, in the transaction that did it."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from bot.domain.due_work import DueKind, DueWork
from knowledge_store.insights import new_id
from knowledge_store.tables import NoteRow
from knowledge_store.timetable import put_due

NEWS_FOR: Final = timedelta(days=14)
"""What was posted longer ago is no news, when it is imported or classified anew."""

GRACE: Final = timedelta(seconds=20)
"""Until others hear of it: time to compare it with what is known, and to undo or correct it."""


def tell_of_new(session: Session, note: NoteRow, now: datetime) -> None:
    """A note that was not there, or hidden, is."""
    if note.insights and note.posted_at > now - NEWS_FOR:
        key = f"note:{new_id()}"  # of this change: a rerun of its cause changes nothing again
        due = DueWork(note.workspace, DueKind.NOTE_TOLD, key, note.id, now + GRACE)
        put_due(session, [due])


def tell_of_change(session: Session, note: NoteRow, now: datetime) -> None:
    """A note is not what it was; what was made of it and not yet sent is out of date."""
    note.changed_at = now
    tell_of_new(session, note, now)
