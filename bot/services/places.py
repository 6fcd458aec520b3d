"""Who is where: kept in the directory, refreshed from the platform when it is not known or old."""

import dataclasses
import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta

from bot.domain.note import Note
from bot.domain.people import Conversation, ConversationKind, Person, Standing
from bot.errors import RosterUnavailable
from bot.messages import Place
from bot.ports import Clock, DirectoryStore, Roster

log = logging.getLogger(__name__)

_FRESH_FOR = timedelta(minutes=15)
_RESYNC_AFTER = timedelta(hours=6)
_RESYNC_MOST = 50
_UNKNOWN_FOR = timedelta(minutes=1)  # meanwhile nobody sees what was said there


class Places:
    """Knows conversations and people, and asks the platform no more often than needed."""

    def __init__(
        self, directory: DirectoryStore, rosters: Mapping[str, Roster], clock: Clock
    ) -> None:
        self._directory = directory
        self._rosters = rosters
        self._clock = clock

    def conversation(self, place: Place, *, refresh: bool = False) -> Conversation:
        """The conversation of a place. Where the platform does not say who is in it, nobody is."""
        known = self._directory.conversation(place.workspace, place.conversation_id)
        if known and not refresh and self._is_fresh(known):
            return known
        try:
            current = self._ask(place)
        except RosterUnavailable as error:
            log.warning("members of %s are unknown: %s", place.conversation_id, error)
            current = _with_unknown_members(place, known)
        current = dataclasses.replace(
            current,
            customer_id=known.customer_id if known else current.customer_id,
            checked_at=self._clock.now(),
        )
        self._directory.put_people(self._as_told_now(current.people))
        self._directory.put_conversation(current)
        return current

    def recognise(self, place: Place, person_id: str, *, refresh: bool = False) -> None:
        """Know what a person is to the workspace, before anything is read for them.

        Where the platform does not say, they are nobody until it does.
        """
        known = self._directory.person(place.workspace, person_id)
        if known and not refresh and self._is_known_lately(known):
            return
        try:
            told = self._roster(place).person(place.workspace, person_id)
        except RosterUnavailable as error:
            log.warning("what %s is here is unknown: %s", person_id, error)
            nameless = Person(person_id, place.workspace, person_id)
            told = dataclasses.replace(known or nameless, standing=Standing.UNKNOWN)
        if known:
            told = dataclasses.replace(
                told, role=told.role or known.role, time_zone=told.time_zone or known.time_zone
            )
        self._directory.put_people(self._as_told_now((told,)))

    def told_of(self, person: Person) -> None:
        """Keep what the platform told of somebody by itself."""
        self._directory.put_people(self._as_told_now((person,)))

    def _as_told_now(self, people: Iterable[Person]) -> list[Person]:
        now = self._clock.now()
        return [dataclasses.replace(one, checked_at=one.checked_at or now) for one in people]

    def _is_known_lately(self, person: Person) -> bool:
        good_for = _UNKNOWN_FOR if person.standing is Standing.UNKNOWN else _FRESH_FOR
        return person.checked_at is not None and self._clock.now() - person.checked_at < good_for

    def leave(self, place: Place) -> None:
        """Listen no longer: who brings the bot back has to say anew that it may read along."""
        self._directory.set_listening(place.workspace, place.conversation_id, listening=False)

    def keep_current(self, notes: Iterable[Note]) -> None:
        """Ask again who is where these notes were said, where that was last heard long ago.

        Platforms do not tell of every leaving, and of none while we are down.
        """
        keys = ((note.channel, note.key.workspace, note.key.conversation_id) for note in notes)
        for key in dict.fromkeys(keys):
            self.conversation(Place(*key))

    def resync(self) -> int:
        """Ask about the places that were not asked about for long; returns about how many.

        Nobody may ask for anything that was said there, and events get lost.
        """
        old = self._directory.heard_of_before(self._clock.now() - _RESYNC_AFTER, _RESYNC_MOST)
        for one in old:
            self.conversation(Place(one.channel, one.workspace, one.id), refresh=True)
        return len(old)

    def person(self, place: Place, person_id: str, name: str = "") -> Person:
        """One of us; by their id alone where the platform does not tell their name."""
        known = self._directory.person(place.workspace, person_id)
        if known and name in ("", known.name):
            return known
        try:
            person = self._current_person(place, person_id, name, known)
        except RosterUnavailable as error:
            # Not kept, so that the next message asks again.
            log.warning("the name of %s is unknown: %s", person_id, error)
            return Person(person_id, place.workspace, person_id)
        self._directory.put_people(self._as_told_now((person,)) if not name else (person,))
        return person

    def _is_fresh(self, conversation: Conversation) -> bool:
        if conversation.kind is ConversationKind.DIRECT and conversation.member_ids is not None:
            return True  # nobody joins or leaves a talk with the bot
        checked_at = conversation.checked_at
        good_for = _FRESH_FOR if conversation.member_ids is not None else _UNKNOWN_FOR
        return checked_at is not None and self._clock.now() - checked_at < good_for

    def _ask(self, place: Place) -> Conversation:
        return self._roster(place).conversation(place.workspace, place.conversation_id)

    def _current_person(
        self, place: Place, person_id: str, name: str, known: Person | None
    ) -> Person:
        if known:
            return dataclasses.replace(known, name=name)
        if name:
            return Person(person_id, place.workspace, name)
        return self._roster(place).person(place.workspace, person_id)

    def _roster(self, place: Place) -> Roster:
        if place.channel not in self._rosters:
            raise RosterUnavailable(f"the channel {place.channel} is off")
        return self._rosters[place.channel]


def _with_unknown_members(place: Place, known: Conversation | None) -> Conversation:
    if known:
        return dataclasses.replace(known, member_ids=None)
    return Conversation(
        id=place.conversation_id,
        workspace=place.workspace,
        channel=place.channel,
        kind=place.kind or ConversationKind.PRIVATE,
    )
