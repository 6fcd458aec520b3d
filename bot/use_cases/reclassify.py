"""Notes that a fallback read are read again, when the first choice is back."""

from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.domain.insight import BY_PERSON
from bot.domain.note import NoteRecord
from bot.errors import ModelUnavailable
from bot.ports import DirectoryStore, NoteStore
from bot.services.model_classification import was_fallback
from bot.use_cases.capture import Capture


@dataclass(frozen=True, slots=True)
class Reclassified:
    """How many notes were looked at, and how many were read again."""

    looked_at: int
    read_again: int


@dataclass(frozen=True, slots=True)
class Reclassify:
    """Reads stored notes again; what a person corrected stays as it is."""

    notes: NoteStore
    directory: DirectoryStore
    capture: Capture

    def run(self, audience: Audience, *, everything: bool) -> Reclassified:
        """Read again what needs it, or everything."""
        records = list(self.notes.all(audience))
        again = [r for r in records if _may(r) and (everything or _needs_it(r))]
        read = sum(self._read(record) for record in again)
        return Reclassified(len(records), read)

    def _read(self, record: NoteRecord) -> bool:
        key = record.note.key
        conversation = self.directory.conversation(key.workspace, key.conversation_id)
        if conversation is None:
            return False
        try:
            self.capture.read_again(record, conversation)
        except ModelUnavailable:
            return False
        return True


def _may(record: NoteRecord) -> bool:
    return all(insight.classified_by != BY_PERSON for insight in record.insights)


def _needs_it(record: NoteRecord) -> bool:
    """Without an insight it could not be read, or was taken for chatter though addressed to us."""
    return not record.insights or any(was_fallback(i.classified_by) for i in record.insights)
