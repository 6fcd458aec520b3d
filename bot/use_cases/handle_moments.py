"""What people do about a moment: acknowledge, assign, close; and the list of those there are.

Ids came from a client: each is looked up within what the person may see, and only whoever it is to
deal with, by owning the customer or by assignment, may change it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.domain.moments import MomentEvent, MomentOutcome, Telling
from bot.domain.people import Conversation, Person, Standing
from bot.errors import NotFound
from bot.messages import ActionTaken, Home, HomeSection, IncomingMessage, Reply
from bot.ports import Clock, CustomerStore, DirectoryStore, MomentStore
from bot.services.moment_cards import MomentCards
from bot.services.places import Places
from bot.services.presentation import home as say_home
from bot.services.presentation import moments as say

_LISTED = 10
_CHOICES = 25
_REMARK = 500


@dataclass(frozen=True, slots=True)
class HandleMoments:
    """Presses on an alert or a list, and `/earshot moments`."""

    moments: MomentStore
    cards: MomentCards
    customers: CustomerStore
    directory: DirectoryStore
    places: Places
    clock: Clock

    def acknowledge(self, taken: ActionTaken) -> Reply:
        """The person deals with it."""
        event = self._in_charge(taken)
        self.moments.acknowledge(event.id, by=taken.person_id, at=self.clock.now())
        return self._as_it_is(taken, event)

    def open_assign(self, taken: ActionTaken) -> Reply:
        """A form with those who may know of it."""
        event = self._in_charge(taken)
        people = [one for one in self._candidates(event) if one.id != taken.person_id]
        return say.assign_form(event, people) if people else say.nobody_to_assign()

    def save_assignment(self, taken: ActionTaken) -> Reply:
        """It is for somebody else, who has to be one who may know of it."""
        event = self._in_charge(taken)
        (chosen,) = taken.fields.get("in_charge", ()) or ("",)
        if self.directory.person(event.workspace, chosen) is None:
            raise NotFound(chosen)
        if self.cards.event(event.workspace, event.id, chosen) is None:
            raise NotFound(chosen)
        self.moments.assign(event.id, chosen, by=taken.person_id, at=self.clock.now())
        return self._as_it_is(taken, event)

    def open_close(self, taken: ActionTaken) -> Reply:
        """A form that asks how it ended."""
        return say.close_form(self._in_charge(taken))

    def save_outcome(self, taken: ActionTaken) -> Reply:
        """It has come to an end."""
        event = self._in_charge(taken)
        (chosen,) = taken.fields.get("outcome", ()) or ("",)
        if chosen not in list(MomentOutcome):
            return say.close_form(event)
        remark = " ".join(" ".join(taken.fields.get("remark", ())).split())[:_REMARK]
        self.moments.close(
            event.id, MomentOutcome(chosen), remark, by=taken.person_id, at=self.clock.now()
        )
        return self._as_it_is(taken, event)

    def show(self, message: IncomingMessage, name: str) -> Reply:
        """Those of all customers that are not closed, or all of one customer."""
        audience = Audience.of_person(message.place.workspace, message.actor_id)
        named = self.customers.named(name, audience) if name else ()
        if name and not named:
            events: tuple[MomentEvent, ...] = ()
        else:
            ids = [customer.id for customer in named] or None
            events = self.moments.latest(audience, _LISTED, customer_ids=ids)
        current = [self.cards.event(e.workspace, e.id, message.actor_id) for e in events]
        seen = [event for event in current if event is not None]
        items = [say.item(event, self.cards.names(event), message.actor_id) for event in seen]
        section = HomeSection("Moments", tuple(say.listing(items, on=name)))
        return say_home.in_chat(
            Home(
                (section,),
                shows=tuple(dict.fromkeys(note for event in seen for note in event.note_ids)),
                disseminates=tuple(_told_by_others(seen, message.actor_id)),
            )
        )

    # --- what a person may touch ----------------------------------------------------------------

    def _in_charge(self, taken: ActionTaken) -> MomentEvent:
        event = self.cards.event(taken.place.workspace, taken.value, taken.person_id)
        if event is None or not event.is_in_charge(taken.person_id):
            raise NotFound(taken.value)
        return event

    def _as_it_is(self, taken: ActionTaken, event: MomentEvent) -> Reply:
        """The alert in the place of the one that was pressed."""
        now = self.cards.event(event.workspace, event.id, taken.person_id)
        if now is None:
            raise NotFound(event.id)
        return self.cards.card(now, taken.person_id)

    def _candidates(self, event: MomentEvent) -> list[Person]:
        """Those who were there when it was said, then the others, as far as they may know of it."""
        there = [
            conversation.member_ids or ()
            for conversation in map(self._where, event.tellings)
            if conversation is not None
        ]
        known = {person.id: person for person in self.directory.people(event.workspace)}
        ids = dict.fromkeys([event.customer.owner_id or "", *(i for m in there for i in m), *known])
        members = [known[i] for i in ids if i in known and known[i].standing is Standing.MEMBER]
        found = []
        for person in members[: 4 * _CHOICES]:
            audience = Audience.of_person(event.workspace, person.id)
            if self.moments.get(event.id, audience) is not None:
                found.append(person)
            if len(found) == _CHOICES:
                break
        return found

    def _where(self, telling: Telling) -> Conversation | None:
        key = telling.note.key
        return self.directory.conversation(key.workspace, key.conversation_id)


def _told_by_others(events: Iterable[MomentEvent], person_id: str) -> Iterator[str]:
    """What is quoted of each."""
    for event in events:
        if event.latest.note.author_id != person_id:
            yield event.latest.insight.id
