"""A person corrects what was understood of a note, or takes the note back.

Everything in a press or a form came from a client: the ids are looked up within what the person
may see, and only the contributor of a note, whoever saved it for them, or the owner of its customer
may change it.
"""

import dataclasses
from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.domain.insight import BY_PERSON, Insight, InsightDraft
from bot.domain.note import NoteRecord
from bot.errors import NotFound
from bot.messages import ActionTaken, Form, Reply
from bot.ports import Clock, CustomerStore, NoteStore
from bot.services.form_reading import InsightForm, read_customer_form, read_insight_form
from bot.services.own_notes import OwnNotes
from bot.services.places import Places
from bot.services.presentation import capture as say
from bot.services.presentation.form_problems import customer_problem
from bot.services.registry import Registries, Registry
from bot.services.relations import RelationFinder
from bot.services.understanding import NoteReader, NoteToRead


@dataclass(frozen=True, slots=True)
class Correct:
    """Change, keep, undo, restore, link and create, each from a button or a form."""

    notes: NoteStore
    customers: CustomerStore
    reader: NoteReader
    registries: Registries
    places: Places
    relations: RelationFinder
    clock: Clock

    def open_change(self, taken: ActionTaken) -> Reply:
        """A form with what was understood."""
        record, insight = self._own_insight(taken)
        form = self._change_form(taken, insight)
        return say.form_reply(form, record.note.id)

    def save_change(self, taken: ActionTaken) -> Reply:
        """Record what a person says an insight is."""
        record, insight = self._own_insight(taken)
        form = self._read_form(taken)
        if form.problems:
            again = self._change_form(taken, insight)
            return say.form_problem(form.problems, again, record.note.id)
        self.notes.change_insight(
            insight.id,
            facets=form.facets,
            customer_ids=(*form.customer_ids, *self._unknown_to(taken, insight)),
            contacts=form.contacts,
            by_person_id=taken.person_id,
            at=self.clock.now(),
        )
        return self._settled(taken, record.note.id, "Changed")

    def open_keep(self, taken: ActionTaken) -> Reply:
        """A form for a note that was taken for chatter."""
        note_id = self._own_note(taken, taken.value).note.id
        return say.form_reply(say.keep_form(note_id), note_id)

    def save_kept(self, taken: ActionTaken) -> Reply:
        """Make a note that was taken for chatter one insight, as a person says."""
        record = self._own_note(taken, taken.value)
        form = self._read_form(taken)
        if form.problems:
            again = say.keep_form(record.note.id)
            return say.form_problem(form.problems, again, record.note.id)
        draft = InsightDraft(record.note.text, form.facets, contacts=form.contacts)
        understood = self.reader.read_as(self._to_read(taken, record), draft, BY_PERSON)
        insights = tuple(
            dataclasses.replace(insight, customer_ids=form.customer_ids or insight.customer_ids)
            for insight in understood.insights
        )
        self.notes.replace_insights(record.note.id, insights)
        return self._settled(taken, record.note.id, "Noted")

    def undo(self, taken: ActionTaken) -> Reply:
        """Hide a note that its contributor takes back."""
        return say.undone(self.take_back(taken).note.id)

    def take_back(self, taken: ActionTaken) -> NoteRecord:
        """Hide the note that a press is about, and return it."""
        record = self._own_note(taken, taken.value)
        self.notes.hide(record.note.key, at=self.clock.now(), reason="undone", by=taken.person_id)
        return record

    def restore(self, taken: ActionTaken) -> Reply:
        """Bring back a note that was undone."""
        if not self.notes.restore(taken.value, by_person_id=taken.person_id):
            raise NotFound(taken.value)
        return self._settled(taken, taken.value, "Restored")

    def link(self, taken: ActionTaken) -> Reply:
        """Link a note to the candidate that a person chose."""
        note_id, _, customer_id = taken.value.partition("|")
        self._own_note(taken, note_id)
        customer = self.customers.get(customer_id, self._audience(taken))
        if customer is None:
            raise NotFound(customer_id)
        self.notes.link_customer(
            note_id, customer.id, by_person_id=taken.person_id, at=self.clock.now()
        )
        return self._settled(taken, note_id, "Noted")

    def open_create(self, taken: ActionTaken) -> Reply:
        """A form for a customer that a note names and nobody has registered."""
        record = self._own_note(taken, taken.value)
        unknown = self.reader.candidates(self._to_read(taken, record)).unknown_names
        form = say.customer_form(record.note.id, unknown[0] if unknown else "")
        return say.form_reply(form, record.note.id)

    def save_customer(self, taken: ActionTaken) -> Reply:
        """Register the customer and link the note to it."""
        record = self._own_note(taken, taken.value)
        draft = read_customer_form(taken)
        problem = customer_problem(draft)
        if problem:
            form = say.customer_form(record.note.id, "")
            return say.form_problem((problem,), form, record.note.id)
        customer = self.customers.create(taken.place.workspace, draft)
        self.notes.link_customer(
            record.note.id, customer.id, by_person_id=taken.person_id, at=self.clock.now()
        )
        return self._settled(taken, record.note.id, "Noted")

    def _change_form(self, taken: ActionTaken, insight: Insight) -> Form:
        known = self._registry(taken).all_of(insight.customer_ids)
        shown = dataclasses.replace(insight, customer_ids=tuple(one.id for one in known))
        return say.change_form(shown, self._registry(taken).named)

    def _unknown_to(self, taken: ActionTaken, insight: Insight) -> tuple[str, ...]:
        """Customers behind a wall stay linked, or whoever is kept out could take it down."""
        known = {one.id for one in self._registry(taken).all_of(insight.customer_ids)}
        return tuple(one for one in insight.customer_ids if one not in known)

    def _read_form(self, taken: ActionTaken) -> InsightForm:
        return read_insight_form(taken.fields, self.customers, self._audience(taken))

    # --- what a person may touch ----------------------------------------------------------------

    def _own_note(self, taken: ActionTaken, note_id: str) -> NoteRecord:
        return OwnNotes(self.notes, self.registries, self.places).note(taken, note_id)

    def _own_insight(self, taken: ActionTaken) -> tuple[NoteRecord, Insight]:
        return OwnNotes(self.notes, self.registries, self.places).insight(taken)

    def _audience(self, taken: ActionTaken) -> Audience:
        return Audience.of_person(taken.place.workspace, taken.person_id)

    def _registry(self, taken: ActionTaken) -> Registry:
        return self.registries.for_readers(self._audience(taken))

    def _to_read(self, taken: ActionTaken, record: NoteRecord) -> NoteToRead:
        return NoteToRead(
            workspace=taken.place.workspace,
            text=record.note.text,
            author_id=record.note.author_id,
            author_name=record.note.author_name,
            posted_at=record.note.posted_at,
            conversation=self.places.conversation(taken.place),
        )

    def _settled(self, taken: ActionTaken, note_id: str, heading: str) -> Reply:
        """Compare what the note is now with what is known, and show it."""
        record = self.notes.get(note_id, self._audience(taken))
        if record is None:
            raise NotFound(note_id)
        self.relations.renew(record)
        reply = say.noted(record, self._registry(taken).named, heading=heading)
        return dataclasses.replace(reply, replaces_source=True)
