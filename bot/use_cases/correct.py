"""A person corrects what was understood of a note, or takes the note back.

Everything in a press or a form came from a client: the ids are looked up within what the person
may see, and only the contributor of a note, whoever saved it for them, or the owner of its customer
may change it.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from bot.domain.insight import BY_PERSON, Facets, Insight, InsightDraft
from bot.domain.note import NoteRecord
from bot.domain.taxonomy import (
    Certainty,
    CustomerStatus,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Signal,
    Source,
    Topic,
    UseKind,
)
from bot.errors import NotFound
from bot.messages import ActionTaken, Reply
from bot.ports import Clock, CustomerStore, NoteStore
from bot.services.places import Places
from bot.services.presentation import capture as say
from bot.services.registry import Registries, Registry
from bot.services.relations import RelationFinder
from bot.services.understanding import NoteReader, NoteToRead

Fields = Mapping[str, tuple[str, ...]]


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
        form = say.change_form(insight, self._registry(taken).named)
        return say.form_reply(form, record.note.id)

    def save_change(self, taken: ActionTaken) -> Reply:
        """Record what a person says an insight is."""
        record, insight = self._own_insight(taken)
        registry = self._registry(taken)
        form = _read_form(taken.fields, registry)
        if form.problems:
            again = say.change_form(insight, registry.named)
            return say.form_problem(form.problems, again, record.note.id)
        self.notes.change_insight(
            insight.id,
            facets=form.facets,
            customer_ids=form.customer_ids,
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
        registry = self._registry(taken)
        form = _read_form(taken.fields, registry)
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
        self.notes.hide(record.note.key, at=self.clock.now(), reason="undone")
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
        draft = _read_customer(taken)
        problem = say.customer_problem(draft)
        if problem:
            form = say.customer_form(record.note.id, "")
            return say.form_problem((problem,), form, record.note.id)
        customer = self.customers.create(taken.place.workspace, draft)
        self.notes.link_customer(
            record.note.id, customer.id, by_person_id=taken.person_id, at=self.clock.now()
        )
        return self._settled(taken, record.note.id, "Noted")

    # --- what a person may touch ----------------------------------------------------------------

    def _own_note(self, taken: ActionTaken, note_id: str) -> NoteRecord:
        record = self.notes.get(note_id, self._audience(taken))
        if record is None or not self._may_change(taken, record):
            raise NotFound(note_id)
        return record

    def _own_insight(self, taken: ActionTaken) -> tuple[NoteRecord, Insight]:
        found = self.notes.get_insight(taken.value, self._audience(taken))
        if found is None or not self._may_change(taken, found[0]):
            raise NotFound(taken.value)
        return found

    def _may_change(self, taken: ActionTaken, record: NoteRecord) -> bool:
        self.places.keep_current((record.note,))
        if not self.notes.are_visible((record.note.id,), self._audience(taken)):
            return False
        if taken.person_id in (record.note.author_id, record.note.saved_by_id):
            return True
        customers = self._registry(taken).customers
        owners = {c.owner_id for c in customers if c.id in record.customer_ids}
        return taken.person_id in owners

    def _audience(self, taken: ActionTaken) -> Audience:
        return Audience.of_person(taken.place.workspace, taken.person_id)

    def _registry(self, taken: ActionTaken) -> Registry:
        return self.registries.of(taken.place.workspace)

    def _to_read(self, taken: ActionTaken, record: NoteRecord) -> NoteToRead:
        return NoteToRead(
            workspace=taken.place.workspace,
            text=record.note.text,
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


# --- reading a form -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _ChangeForm:
    facets: Facets
    customer_ids: tuple[str, ...]
    contacts: tuple[str, ...]
    problems: tuple[str, ...]


def _read_form(fields: Fields, registry: Registry) -> _ChangeForm:
    problems: list[str] = []
    customer_ids = []
    for name in _names(fields, "customers"):
        customer = registry.by_name(name)
        if customer is None:
            problems.append(f"I know no customer “{name}”. Check the spelling, or create it first.")
        else:
            customer_ids.append(customer.id)
    knowledge_type = _one_of(KnowledgeType, _first(fields, "knowledge_type"))
    stage = _one_of(ProcessStage, _first(fields, "process_stage"))
    if knowledge_type is None:
        problems.append("Choose what kind of knowledge it is.")
    if stage is None:
        problems.append("Choose a stage.")
    facets = _facets(fields, knowledge_type or KnowledgeType.ABOUT, stage)
    return _ChangeForm(
        facets,
        tuple(dict.fromkeys(customer_ids)),
        _names(fields, "contacts"),
        tuple(problems),
    )


def _read_customer(taken: ActionTaken) -> CustomerDraft:
    return CustomerDraft(
        name=" ".join(_first(taken.fields, "name").split()),
        aliases=_names(taken.fields, "aliases"),
        owner_id=taken.person_id,
        status=_one_of(CustomerStatus, _first(taken.fields, "status")) or CustomerStatus.PROSPECT,
    )


def _facets(fields: Fields, knowledge_type: KnowledgeType, stage: ProcessStage | None) -> Facets:
    """What the fields say. Who chose a kind of use speaks of a use, whatever the stage."""
    use_kind = _one_of(UseKind, _first(fields, "use_kind"))
    if use_kind is not None:
        stage = ProcessStage.UTILIZATION
    topics = (_one_of(Topic, value) for value in fields.get("topics", ()))
    return Facets.completed(
        knowledge_type=knowledge_type,
        process_stage=stage or ProcessStage.ACQUISITION,
        use_kind=use_kind,
        signal=_one_of(Signal, _first(fields, "signal")),
        topics=filter(None, topics),
        moment=_one_of(Moment, _first(fields, "moment")),
        moment_direction=_one_of(MomentDirection, _first(fields, "moment_direction")),
        certainty=_one_of(Certainty, _first(fields, "certainty")) or Certainty.STATED,
        source=_one_of(Source, _first(fields, "source")) or Source.INTERNAL_TACIT,
        weak_signal=_first(fields, "weak_signal") == "yes",
    )


def _first(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    return values[0] if values else ""


def _names(fields: Fields, name: str) -> tuple[str, ...]:
    parts = (part.strip() for part in _first(fields, name).split(";"))
    return tuple(part for part in parts if part)


_Value = TypeVar("_Value", bound=StrEnum)


def _one_of(values: type[_Value], chosen: str) -> _Value | None:
    return next((value for value in values if value.value == chosen), None)
