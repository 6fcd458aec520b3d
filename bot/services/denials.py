"""What the audit log is told where somebody gets nothing."""

import re
from typing import Final

from bot.domain.audit import SYSTEM, AuditEntry, AuditEvent
from bot.messages import ActionTaken, Incoming

_IDS: Final = re.compile(r"[A-Za-z0-9:|._-]{1,120}")


def denial_of(incoming: Incoming) -> AuditEntry:
    """That this person asked for what is not there, or not for them: the log cannot tell either.

    What a client sent as an id is kept where it looks like one: it could be any text.
    """
    person_id = getattr(incoming, "person_id", "") or getattr(incoming, "author_id", "")
    subject = str(incoming.kind)
    ids: tuple[str, ...] = ()
    if isinstance(incoming, ActionTaken):
        subject = f"action:{incoming.action}"
        ids = (incoming.value,) if _IDS.fullmatch(incoming.value) else ()
    return AuditEntry(
        incoming.place.workspace, AuditEvent.DENIED, person_id or SYSTEM, subject, ids
    )
