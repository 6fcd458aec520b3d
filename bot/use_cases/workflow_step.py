"""A step of a workflow saves a note for the person who set the workflow going."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.addresses import CustomerAddresses
from bot.domain.audience import Audience
from bot.domain.customer import Customer
from bot.domain.note import NoteRecord
from bot.messages import (
    Action,
    ActionTaken,
    IncomingMessage,
    Outcome,
    Quotation,
    Reply,
    StepRun,
    WayIn,
)
from bot.ports import CustomerStore, MessageSource, NoteStore
from bot.services.places import Places
from bot.services.presentation import steps as say
from bot.services.registry import Registries
from bot.use_cases.capture import Capture
from bot.use_cases.correct import Correct


@dataclass(frozen=True, slots=True)
class SaveStep:
    """The note is the person's: nobody else is taken to have said what a workflow fills in."""

    capture: Capture
    correct: Correct
    notes: NoteStore
    customers: CustomerStore
    registries: Registries
    places: Places
    sources: Mapping[str, MessageSource]
    addresses: CustomerAddresses

    def save(self, run: StepRun) -> tuple[Reply, ...]:
        """What the person is shown as after any note, and what the workflow is told.

        Raises MessageUnavailable.
        """
        problem = self._problem(run)
        if problem is not None:
            return (_told(problem),)
        replies = self.capture.take(self._message(run))
        record = self._record(run)
        if record is None:
            return (_told(say.refused(" ".join(reply.plain_text for reply in replies))),)
        customer = self._customer(run)
        if customer is not None and not record.customer_ids:
            replies = (self._linked(run, record, customer),)
            record = self._record(run) or record
        unknown = run.customer.strip() if customer is None else ""
        return (*replies, _told(self._saved(record, unknown)))

    def keep_unread(self, run: StepRun) -> tuple[Reply, ...]:
        """Store the words though reading them failed, so that nothing is lost."""
        if self._problem(run) is not None:
            return (_told(say.went_wrong()),)
        replies = self.capture.keep_unread(self._message(run))
        record = self._record(run)
        outcome = say.went_wrong() if record is None else self._saved(record, "")
        return (*replies, _told(outcome))

    def _problem(self, run: StepRun) -> Outcome | None:
        """Why it cannot be saved; a conversation is for those who are in it."""
        source = self.sources.get(run.place.channel)
        workspace, person_id = run.place.workspace, run.person_id
        if not person_id or source is None or not source.is_ours(workspace, person_id):
            return say.nobody_ran_it()
        if not run.text.strip():
            return say.no_text()
        if not run.is_for_conversation:
            return None
        members = self.places.conversation(run.place).member_ids
        return None if members and person_id in members else say.not_a_member()

    def _message(self, run: StepRun) -> IncomingMessage:
        return IncomingMessage(
            place=run.place,
            message_id=f"step-{run.run_id}",
            author_id=run.person_id,
            text=self._words(run),
            sent_at=run.ran_at,
            way_in=WayIn.NOTE_COMMAND,
        )

    def _words(self, run: StepRun) -> str:
        """Words that are said to be somebody else's are passed on as a quotation."""
        if run.said_by_id in {"", run.person_id}:
            return run.text
        return Quotation(self.places.person(run.place, run.said_by_id).name, run.text).marked

    def _customer(self, run: StepRun) -> Customer | None:
        """The one that the workflow names."""
        name = run.customer.strip()
        found = self.customers.named(name, _person(run)) if name else ()
        return found[0] if len(found) == 1 else None

    def _linked(self, run: StepRun, record: NoteRecord, customer: Customer) -> Reply:
        """As if the person had chosen the customer from the candidates."""
        chosen = ActionTaken(
            place=run.place,
            person_id=run.person_id,
            action=Action.LINK_CUSTOMER,
            value=f"{record.note.id}|{customer.id}",
            press_id=run.run_id,
            taken_at=run.ran_at,
        )
        return dataclasses.replace(self.correct.link(chosen), replaces_source=False)

    def _saved(self, record: NoteRecord, unknown_customer: str) -> Outcome:
        first = record.customer_ids[0] if record.customer_ids else None
        reader = Audience.of_person(record.note.key.workspace, record.note.author_id)
        return say.saved(
            record,
            self.registries.for_readers(reader).named,
            link=self.addresses.of(first) if first else None,
            unknown_customer=unknown_customer,
        )

    def _record(self, run: StepRun) -> NoteRecord | None:
        return self.notes.find(self._message(run).key, _person(run))


def _person(run: StepRun) -> Audience:
    return Audience.of_person(run.place.workspace, run.person_id)


def _told(outcome: Outcome) -> Reply:
    return Reply((), outcome=outcome)
