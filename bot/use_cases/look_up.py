"""Windows: a form or a whole note on a press, and a search whose finds go into a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from bot.domain.answer import SearchQuery
from bot.domain.audience import Audience
from bot.domain.home import News
from bot.domain.people import ConversationKind
from bot.errors import NotFound
from bot.messages import Action, ActionTaken, Place, Reply
from bot.ports import Find, NoteStore, Retriever
from bot.services.current_reads import read_current
from bot.services.own_notes import OwnNotes
from bot.services.places import Places
from bot.services.presentation import capture, finds, general
from bot.services.question_reading import read_question
from bot.services.registry import Registries


@dataclass(frozen=True, slots=True)
class Windows:
    """The LookUp port."""

    notes: NoteStore
    retriever: Retriever
    registries: Registries
    places: Places

    def open(self, pressed: ActionTaken) -> Reply:
        """A form to change or keep a note that is the person's, or a note that they may see."""
        self.places.recognise(pressed.place, pressed.person_id)
        try:
            return self._opened(pressed)
        except NotFound:
            return general.gone()

    def _opened(self, pressed: ActionTaken) -> Reply:
        own = OwnNotes(self.notes, self.registries, self.places)
        match pressed.action:
            case Action.CHANGE:
                record, insight = own.insight(pressed)
                reader = Audience.of_person(pressed.place.workspace, pressed.person_id)
                named = self.registries.for_readers(reader).named
                return capture.form_reply(capture.change_form(insight, named), record.note.id)
            case Action.KEEP:
                note_id = own.note(pressed, pressed.value).note.id
                return capture.form_reply(capture.keep_form(note_id), note_id)
            case Action.SHOW_NOTE:
                return self.whole_note(pressed)
            case _:
                raise NotFound(pressed.value)

    def whole_note(self, pressed: ActionTaken) -> Reply:
        """A note as it was written. Raises NotFound."""
        audience = Audience.of_person(pressed.place.workspace, pressed.person_id)
        record = self.notes.get(pressed.value, audience)
        if record is None:
            raise NotFound(pressed.value)
        self.places.keep_current((record.note,))
        if not self.notes.are_visible((record.note.id,), audience):
            raise NotFound(pressed.value)
        return finds.whole_note(record.note, record.conversation_name)

    def search(self, place: Place, person_id: str, words: str, most: int) -> Sequence[Find] | None:
        """By words and named customers; without words what was told last."""
        self.places.recognise(place, person_id)
        audience = self._readers(place, person_id)
        if audience is None:
            return None
        named = self.registries.for_readers(audience).named
        return tuple(finds.find(one, named) for one in self._found(audience, words, most))

    def _readers(self, place: Place, person_id: str) -> Audience | None:
        """Whoever will read what is inserted there; None where nobody knows, or they are not in."""
        conversation = self.places.conversation(place)
        if conversation.member_ids is None or person_id not in conversation.member_ids:
            return None
        if conversation.kind is ConversationKind.DIRECT:
            return Audience.of_person(place.workspace, person_id)
        return Audience.of_conversation(place.workspace, place.conversation_id)

    def _found(self, audience: Audience, words: str, most: int) -> Sequence[News]:
        return read_current(
            lambda: self._hits(audience, words, most) if words else self._latest(audience, most),
            lambda found: (one.note for one in found),
            audience,
            notes=self.notes,
            places=self.places,
        )

    def _latest(self, audience: Audience, most: int) -> tuple[News, ...]:
        told = self.notes.latest(audience, most)
        found = (
            News(record.note, insight, record.conversation_name)
            for record in told
            for insight in record.insights
        )
        return tuple(islice(found, most))

    def _hits(self, audience: Audience, words: str, most: int) -> tuple[News, ...]:
        registry = self.registries.for_readers(audience)
        reading = read_question(words, None, registry, None)
        by_words = SearchQuery(reading.words, customer_ids=reading.customer_ids)
        hits = self.retriever.search(by_words, audience, most)
        if not hits and reading.customer_ids:
            # A customer's name alone is in few of the notes on it.
            on_customer = SearchQuery("", customer_ids=reading.customer_ids)
            hits = self.retriever.search(on_customer, audience, most)
        return tuple(News(hit.note, hit.insight, hit.conversation_name) for hit in hits)
