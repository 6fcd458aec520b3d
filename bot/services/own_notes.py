"""Which notes a person may change: their own, those they saved, and those on their customers."""

from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.domain.insight import Insight
from bot.domain.note import NoteRecord
from bot.errors import NotFound
from bot.messages import ActionTaken
from bot.ports import NoteStore
from bot.services.places import Places
from bot.services.registry import Registries


@dataclass(frozen=True, slots=True)
class OwnNotes:
    """Looks up what a press is about, within what the person may see and change.

    Raises NotFound, for what does not exist as for what is not theirs.
    """

    notes: NoteStore
    registries: Registries
    places: Places

    def note(self, taken: ActionTaken, note_id: str) -> NoteRecord:
        """The note with this id."""
        record = self.notes.get(note_id, _audience(taken))
        if record is None or not self._may_change(taken, record):
            raise NotFound(note_id)
        return record

    def insight(self, taken: ActionTaken) -> tuple[NoteRecord, Insight]:
        """The insight whose id the press brings, with its note."""
        found = self.notes.get_insight(taken.value, _audience(taken))
        if found is None or not self._may_change(taken, found[0]):
            raise NotFound(taken.value)
        return found

    def _may_change(self, taken: ActionTaken, record: NoteRecord) -> bool:
        self.places.keep_current((record.note,))
        if not self.notes.are_visible((record.note.id,), _audience(taken)):
            return False
        if taken.person_id in (record.note.author_id, record.note.saved_by_id):
            return True
        customers = self.registries.of(taken.place.workspace).all_of(record.customer_ids)
        return taken.person_id in {customer.owner_id for customer in customers}


def _audience(taken: ActionTaken) -> Audience:
    return Audience.of_person(taken.place.workspace, taken.person_id)
