"""The people and conversations of the page: kept in the product's directory, none elsewhere."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.domain.people import Conversation, ConversationKind, Person, Standing
from bot.errors import RosterUnavailable
from bot.ports import DirectoryStore

_FIRST_PEOPLE = (("anna", "Anna", "sales"), ("ben", "Ben", "account manager"))


class DirectoryRoster:
    """Who is there: on the page, what the directory knows is all there is."""

    def __init__(self, directory: DirectoryStore) -> None:
        self._directory = directory

    def conversation(self, workspace: str, conversation_id: str) -> Conversation:
        """See `bot.ports.Roster`."""
        found = self._directory.conversation(workspace, conversation_id)
        if found is None:
            raise RosterUnavailable(f"no conversation {conversation_id}")
        members = (self._directory.person(workspace, one) for one in found.member_ids or ())
        return replace(found, people=tuple(_one_of_us(one) for one in members if one))

    def person(self, workspace: str, person_id: str) -> Person:
        """See `bot.ports.Roster`."""
        found = self._directory.person(workspace, person_id)
        if found is None:
            raise RosterUnavailable(f"no person {person_id}")
        return _one_of_us(found)


def _one_of_us(person: Person) -> Person:
    """Nobody on the page is a guest."""
    return replace(person, standing=Standing.MEMBER, checked_at=None)


class Neighbourhood:
    """One workspace of the directory, as the page uses it."""

    def __init__(self, directory: DirectoryStore, workspace: str, channel: str) -> None:
        self._directory = directory
        self._workspace = workspace
        self._channel = channel

    def furnish(self) -> None:
        """Make sure that somebody is there, and that everybody can talk to the bot alone."""
        if not self.people():
            people = [self._person(*one) for one in _FIRST_PEOPLE]
            self._directory.put_people(people)
            members = tuple(person.id for person in people)
            self._put("sales", ConversationKind.PUBLIC, "sales", members)
        for person in self.people():
            self._ensure_direct(person)

    def _person(self, person_id: str, name: str, role: str) -> Person:
        return _one_of_us(Person(person_id, self._workspace, name, role))

    def people(self) -> tuple[Person, ...]:
        """Everybody, by name."""
        return self._directory.people(self._workspace)

    def conversations_of(self, person_id: str) -> tuple[Conversation, ...]:
        """What this person sees on the left: channels by name, then the direct message."""
        mine = [
            conversation
            for conversation in self._directory.conversations(self._workspace)
            if conversation.channel == self._channel and _is_open_to(conversation, person_id)
        ]
        return tuple(sorted(mine, key=_shelf))

    def conversation_of(self, person_id: str, conversation_id: str) -> Conversation | None:
        """One conversation; None when unknown, or when it is not this person's to see."""
        found = self._directory.conversation(self._workspace, conversation_id)
        if found is None or found.channel != self._channel or not _is_open_to(found, person_id):
            return None
        return found

    def add_person(self, name: str, role: str) -> Person:
        """Register somebody new, who joins every public channel."""
        person_id = _new_id(name, {person.id for person in self.people()})
        person = self._person(person_id, name, role)
        self._directory.put_people([person])
        self._ensure_direct(person)
        for conversation in self.conversations_of(person_id):
            if conversation.kind is ConversationKind.PUBLIC:
                members = dict.fromkeys((*(conversation.member_ids or ()), person_id))
                self._put(conversation.id, conversation.kind, conversation.name, tuple(members))
        return person

    def add_channel(
        self, name: str, *, is_private: bool, members: Sequence[str], listening: bool
    ) -> Conversation:
        """Register a channel; a public one has everybody in it."""
        taken = {found.id for found in self._directory.conversations(self._workspace)}
        if not is_private:
            members = [person.id for person in self.people()]
        kind = ConversationKind.PRIVATE if is_private else ConversationKind.PUBLIC
        conversation = self._put(_new_id(name, taken), kind, name, tuple(dict.fromkeys(members)))
        self.listen(conversation, listening=listening)
        return conversation

    def listen(self, conversation: Conversation, *, listening: bool) -> None:
        """Opt a conversation in or out of being listened to."""
        self._directory.set_listening(self._workspace, conversation.id, listening=listening)

    def is_listening(self, conversation: Conversation) -> bool:
        """Whether the bot reads along there."""
        return self._directory.is_listening(self._workspace, conversation.id)

    def _ensure_direct(self, person: Person) -> None:
        talk_id = direct_id(person.id)
        if self._directory.conversation(self._workspace, talk_id) is None:
            self._put(talk_id, ConversationKind.DIRECT, "Earshot", (person.id,))

    def _put(
        self, id_: str, kind: ConversationKind, name: str, members: tuple[str, ...]
    ) -> Conversation:
        known = self._directory.conversation(self._workspace, id_)
        conversation = Conversation(
            id=id_,
            workspace=self._workspace,
            channel=self._channel,
            kind=kind,
            name=name,
            member_ids=members,
            customer_id=known.customer_id if known else None,
        )
        self._directory.put_conversation(conversation)
        return conversation


def direct_id(person_id: str) -> str:
    """The conversation in which a person talks to the bot alone."""
    return f"dm-{person_id}"


def _is_open_to(conversation: Conversation, person_id: str) -> bool:
    if conversation.kind is ConversationKind.PUBLIC:
        return True
    return person_id in (conversation.member_ids or ())


def _shelf(conversation: Conversation) -> tuple[bool, str]:
    return conversation.kind is ConversationKind.DIRECT, conversation.name.casefold()


def _new_id(name: str, taken: Collection[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "new"
    if slug not in taken:
        return slug
    return next(f"{slug}-{n}" for n in range(2, len(taken) + 3) if f"{slug}-{n}" not in taken)
