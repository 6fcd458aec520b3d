"""What happened to knowledge: who was shown what, who was refused, what was changed. Ids only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

OPERATOR = "operator"
"""Whoever runs the server, where an actor's id would stand."""

SYSTEM = "system"
"""Nobody: what the product does by itself."""


class AuditEvent(StrEnum):
    """What kind of thing happened. Part of what is hashed: never rename a value."""

    DISCLOSED = "disclosed"
    EXPORTED = "exported"
    DENIED = "denied"
    WITHHELD = "withheld"  # a reply whose readers may no longer see what it shows
    EDITED = "edited"
    CORRECTED = "corrected"
    LINKED = "linked"
    HIDDEN = "hidden"
    SHOWN_AGAIN = "shown_again"
    WALL_CHANGED = "wall_changed"
    SETTINGS_CHANGED = "settings_changed"
    ERASED = "erased"
    ERASED_AGAIN = "erased_again"  # after a backup was put back
    RETENTION_APPLIED = "retention_applied"
    INSTALLED = "installed"
    UNINSTALLED = "uninstalled"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What is to be kept of it. Never a text, a name or a token: `subject` and `ids` are ids.

    `actor_id` is the person, OPERATOR or SYSTEM. `subject` is what it was done to, or the
    conversation that it was shown in; `ids` are the notes that were shown or touched.
    """

    workspace: str
    event: AuditEvent
    actor_id: str
    subject: str = ""
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An entry as it is kept. `digest` covers the entry and the digest before it, in hexadecimal.

    `position` counts from 1 in each workspace.
    """

    position: int
    at: datetime
    entry: AuditEntry
    digest: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether a workspace's log is as it was written.

    `broken_at` is the position of the first entry that does not fit, None where all do; `digest`
    is that of the last entry: whoever writes it down elsewhere notices a log that was made anew.
    """

    workspace: str
    entries: int
    digest: str
    broken_at: int | None = None
