"""A moment reaches whoever it is for, without being asked for."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.audience import Audience
from bot.domain.due_work import DueWork
from bot.domain.moments import MomentEvent, MomentState
from bot.messages import Outgoing, Place
from bot.ports import Clock, Done, MomentStore, Outbox, PersonSettingsStore
from bot.services.moment_cards import MomentCards
from bot.services.reaching import Reaching


@dataclass(frozen=True, slots=True)
class AlertMoments:
    """Tells the account owner once of each event; what is told of it later is put into the alert.

    Never whoever told it, nor anybody who may not see a note that tells it.
    """

    moments: MomentStore
    cards: MomentCards
    reaching: Reaching
    outbox: Outbox
    settings: PersonSettingsStore
    clock: Clock

    def note_told(self, work: DueWork) -> Done:
        """A note is new, or not what it was."""
        now = self.clock.now()
        done = Done()
        for moment_id in self.moments.file(work.subject, at=now):
            known = self.moments.get(moment_id, Audience.operator(work.workspace))
            if known is not None and known.customer.owner_id:
                done = _both(done, self._to_owner(work, known, known.customer.owner_id, now))
        return done

    def assigned(self, work: DueWork) -> Done:
        """Somebody is to deal with one, and is told whoever told it."""
        now = self.clock.now()
        known = self.moments.get(work.subject, Audience.operator(work.workspace))
        if known is None or known.assigned_to is None or known.assigned_to == known.assigned_by:
            return Done()
        place = self._place(known, known.assigned_to)
        if place is None:
            return Done()
        event = self.cards.event(work.workspace, known.id, known.assigned_to)
        if event is None:
            return Done()
        return Done((self._alert(place, event, now, by=known.assigned_by or ""),))

    def _to_owner(self, work: DueWork, known: MomentEvent, owner_id: str, now: datetime) -> Done:
        place = self._place(known, owner_id)
        if place is None:
            return Done()
        event = self.cards.event(work.workspace, known.id, owner_id)
        if event is None or _told_all(event, owner_id) or event.state is MomentState.CLOSED:
            return Done()
        quiet_until = self._quiet_until(work.workspace, owner_id, place, now)
        if quiet_until is not None:
            return Done(put_off_until=quiet_until)
        return Done((self._alert(place, event, now, again=work.key),))

    def _place(self, known: MomentEvent, person_id: str) -> Place | None:
        channel = known.latest.note.channel
        return self.reaching.place_of(known.workspace, person_id, likely=channel)

    def _quiet_until(
        self, workspace: str, person_id: str, place: Place, now: datetime
    ) -> datetime | None:
        quiet = self.settings.get(workspace, person_id).quiet
        person = self.reaching.places.person(place, person_id)
        return quiet.end_of(person.local(now)) if quiet else None

    def _alert(
        self, place: Place, event: MomentEvent, now: datetime, *, by: str = "", again: str = ""
    ) -> Outgoing:
        """The one alert to this person; or, where they have it, the same in its place."""
        person_id = place.conversation_id
        key = f"moment:{event.id}:{person_id}"
        shown = self.outbox.message_id(event.workspace, key) if again else None
        reply = self.cards.card(event, person_id, by=by)
        if shown is None:
            reply = replace(reply, replaces_source=False)
            return self.reaching.person(place, reply, key=key, made_at=now)
        alert = self.reaching.person(place, reply, key=f"{key}:{again}", made_at=now)
        return replace(alert, source_message_id=shown)


def _told_all(event: MomentEvent, person_id: str) -> bool:
    return all(person_id in (t.note.author_id, t.note.saved_by_id) for t in event.tellings)


def _both(one: Done, other: Done) -> Done:
    """For another's quiet hours the rest does not wait; what was said is not said again."""
    return Done(
        (*one.outgoing, *other.outgoing), put_off_until=one.put_off_until or other.put_off_until
    )
