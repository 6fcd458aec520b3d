"""Work that is due at a time, whatever happens to the processes until then."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class DueKind(StrEnum):
    """What is to be done. Part of what lies in the database: never rename a value."""

    NOTE_TOLD = "note_told"  # subject: note id; the note is new, or not what it was
    MOMENT_ASSIGNED = "moment_assigned"  # subject: moment id
    LOOP = "loop"  # subject: person id; what became of their notes since the last time


@dataclass(frozen=True, slots=True)
class DueWork:
    """Something to be done once, no sooner than `due_at`.

    `key` names it within its workspace and for good: what was done is not done again under the same
    key. Something recurring is keyed by person and day or ISO week, never by the moment at which it
    happens to run. `subject` is the id of what it is about. `id` is the store's.
    """

    workspace: str
    kind: DueKind
    key: str
    subject: str
    due_at: datetime
    id: str = ""

    def put_off(self, until: datetime) -> "DueWork":
        """The same as a new piece of work for later: for whoever is not to be disturbed now."""
        first = self.key.partition("@")[0]
        return replace(self, id="", due_at=until, key=f"{first}@{until.isoformat()}")
