"""What a window shows is written in the audit log before it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.audit import AuditEntry, AuditEvent
from bot.messages import Action, ActionTaken, Place, Reply
from bot.ports import AuditLog, Find, LookUp


@dataclass(frozen=True, slots=True)
class AuditedLookUp:
    """The LookUp port. Names of customers that are offered as somebody types are not recorded."""

    inner: LookUp
    audit: AuditLog

    def open(self, pressed: ActionTaken) -> Reply:
        """A form of one's own tells nothing; a note does, and one that is not given is a denial."""
        reply = self.inner.open(pressed)
        if pressed.action is Action.SHOW_NOTE:
            event = AuditEvent.DISCLOSED if reply.shows else AuditEvent.DENIED
            self._record(event, pressed.place, pressed.person_id, reply.shows)
        return reply

    def search(self, place: Place, person_id: str, words: str, most: int) -> Sequence[Find] | None:
        """One entry for all that is found."""
        found = self.inner.search(place, person_id, words, most)
        if found is None:
            self._record(AuditEvent.DENIED, place, person_id, ())
        elif shown := tuple(dict.fromkeys(one for find in found for one in find.reply.shows)):
            self._record(AuditEvent.DISCLOSED, place, person_id, shown)
        return found

    def _record(
        self, event: AuditEvent, place: Place, person_id: str, note_ids: tuple[str, ...]
    ) -> None:
        told = AuditEntry(place.workspace, event, person_id, place.conversation_id, note_ids)
        self.audit.record(told)
