"""A moment as one person may know it: the event, what is known around it, and who is named."""

from dataclasses import dataclass, replace

from bot.domain.answer import Hit
from bot.domain.audience import Audience
from bot.domain.moments import MomentEvent
from bot.domain.note import Note
from bot.domain.taxonomy import Belief
from bot.messages import Reply
from bot.ports import DirectoryStore, MomentStore, NoteStore, Retriever
from bot.services.current_reads import read_current
from bot.services.places import Places
from bot.services.presentation import moments as say

_AROUND = 3
_LOOKED_AT = 12
_NOT_AS_CURRENT = {Belief.SUPERSEDED, Belief.EXPIRED}


@dataclass(frozen=True, slots=True)
class MomentCards:
    """Reads within what the person may see now, as their platform says who is where."""

    moments: MomentStore
    notes: NoteStore
    retriever: Retriever
    directory: DirectoryStore
    places: Places

    def event(self, workspace: str, moment_id: str, person_id: str) -> MomentEvent | None:
        """None where they may know nothing of it."""
        audience = Audience.of_person(workspace, person_id)
        return read_current(
            lambda: self.moments.get(moment_id, audience),
            _notes_in,
            audience,
            notes=self.notes,
            places=self.places,
        )

    def in_charge(self, audience: Audience, limit: int) -> tuple[MomentEvent, ...]:
        """Those that are this person's to deal with and not closed, the latest first."""
        return read_current(
            lambda: self.moments.in_charge(audience, limit),
            lambda events: [note for event in events for note in _notes_in(event)],
            audience,
            notes=self.notes,
            places=self.places,
        )

    def card(self, event: MomentEvent, person_id: str, *, by: str = "") -> Reply:
        """What a person is shown of it; in the place of what they were shown before."""
        around = self._around(event, Audience.of_person(event.workspace, person_id))
        reply = say.alert(event, around, self.names(event), person_id, by=self._name(event, by))
        return replace(reply, replaces_source=True)

    def names(self, event: MomentEvent) -> say.Names:
        """Of everybody who did something about it."""
        ids = (event.acknowledged_by, event.assigned_to, event.closed_by)
        return {one: self._name(event, one) for one in ids if one}

    def _name(self, event: MomentEvent, person_id: str) -> str:
        if not person_id:
            return ""
        person = self.directory.person(event.workspace, person_id)
        return person.name if person else "A colleague"

    def _around(self, event: MomentEvent, audience: Audience) -> list[Hit]:
        """The nearest on the same customer that others notes say and that still hold."""
        told = {telling.insight.id for telling in event.tellings}
        hits = self.retriever.beside(event.latest.insight.id, audience, _LOOKED_AT)
        fitting = (hit for hit in hits if self._belongs(hit, event, told))
        current = [hit for hit, _ in zip(fitting, range(_AROUND), strict=False)]
        self.places.keep_current(hit.note for hit in current)
        return [hit for hit in current if self.notes.are_visible((hit.note.id,), audience)]

    def _belongs(self, hit: Hit, event: MomentEvent, told: set[str]) -> bool:
        is_on_customer = event.customer.id in hit.insight.customer_ids
        is_new = hit.insight.id not in told
        return is_on_customer and is_new and hit.insight.belief not in _NOT_AS_CURRENT


def _notes_in(event: MomentEvent | None) -> list[Note]:
    return [telling.note for telling in event.tellings] if event else []
