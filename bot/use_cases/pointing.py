"""A person points at a message that somebody wrote: by a form opened on it, or by a reaction.

Who wrote the message and where it stands is never taken from the person's client: the message is
read from the platform again, within what the person may read there.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audience import Audience
from bot.domain.people import ConversationKind
from bot.errors import MessageUnavailable
from bot.messages import IncomingMessage, Place, Quotation, ReactionChanged, Reply, WayIn
from bot.ports import Clock, MessageSource, NoteStore, ReactionStore
from bot.services.places import Places
from bot.services.presentation import capture as say
from bot.use_cases.capture import Capture


@dataclass(frozen=True, slots=True)
class Pointing:
    """Saves what was pointed at, and takes it back with the reaction that saved it."""

    capture: Capture
    notes: NoteStore
    reactions: ReactionStore
    sources: Mapping[str, MessageSource]
    places: Places
    clock: Clock

    def save(self, message: IncomingMessage) -> tuple[Reply, ...]:
        """Save a form that was opened on a message. Raises MessageUnavailable.

        Words that were left alone are their author's note. Words that were changed are the saver's,
        and stand beside the message. Where the bot cannot read the message, or the saver may not,
        the note is the saver's own and only theirs.
        """
        source = self.sources.get(message.place.channel)
        if source is None:
            return self.capture.take(message)
        original = source.original_of(message)
        if original is None or not self._may_read(message.actor_id, original.place):
            return say.as_own(self.capture.take(_as_own(message)))
        if original.from_bot:
            return (say.only_peoples_words(),)
        if not message.is_as_posted:
            return self.capture.take(_beside(original, message))
        if message.told_of is not None:
            original = self._as_known(original)
        pointed_at = _as_pointed_at(original, message.actor_id, WayIn.SHORTCUT, message.wished_at)
        replies = self.capture.take(pointed_at)
        self.reactions.let_be(original.key)
        return replies

    def react(self, change: ReactionChanged) -> tuple[Reply, ...]:
        """Save the message, or take back what the reaction saved. Raises MessageUnavailable."""
        source = self.sources.get(change.place.channel)
        if source is None or not source.is_ours(change.place.workspace, change.person_id):
            return ()
        is_latest = self.reactions.put(
            change.key, change.person_id, is_on=change.is_on, at=change.changed_at
        )
        if not is_latest:
            return ()
        return self._put_on(change, source) if change.is_on else self._taken_off(change)

    def _put_on(self, change: ReactionChanged, source: MessageSource) -> tuple[Reply, ...]:
        original = source.find(change.place, change.message_id)
        if original is None or original.from_bot:
            return ()
        pointed_at = _as_pointed_at(original, change.person_id, WayIn.REACTION, change.changed_at)
        replies = self.capture.take(pointed_at)
        # It may have been taken off while the message was read.
        return () if self._take_back(change) else replies

    def _taken_off(self, change: ReactionChanged) -> tuple[Reply, ...]:
        note_id = self._take_back(change)
        return (say.reaction_taken_off(note_id),) if note_id else ()

    def _take_back(self, change: ReactionChanged) -> str | None:
        """Hide what this person's reaction saved, if it is off; returns the note's id if so."""
        if not self.reactions.is_released(change.key, change.person_id):
            return None
        record = self.notes.find(change.key, Audience.operator(change.key.workspace))
        if record is None:
            return None
        self.notes.hide(change.key, at=self.clock.now(), reason="undone", by=change.person_id)
        return record.note.id

    def _as_known(self, original: IncomingMessage) -> IncomingMessage:
        """With the words of the note that is there: what came through a client changes none."""
        record = self.notes.find(original.key, Audience.operator(original.key.workspace))
        if record is None:
            return original
        note = record.note
        return dataclasses.replace(
            original, author_id=note.author_id, author_name=note.author_name, text=note.text
        )

    def _may_read(self, person_id: str, place: Place) -> bool:
        conversation = self.places.conversation(place)
        if conversation.kind is ConversationKind.PUBLIC:
            return True
        if conversation.member_ids is None:
            raise MessageUnavailable(f"who is in {conversation.id} is not known")
        return person_id in conversation.member_ids


def _as_pointed_at(
    original: IncomingMessage, person_id: str, way_in: WayIn, wished_at: datetime | None
) -> IncomingMessage:
    """Its author's note, or the pointing person's where the author is none of our people."""
    original = dataclasses.replace(original, wished_at=wished_at)
    if original.from_outsider:
        words = Quotation(original.author_name, original.as_note.text)
        return dataclasses.replace(
            original,
            author_id=person_id,
            author_name="",
            text=words.marked if words.text.strip() else "",
            quotes=(),
            from_outsider=False,
            way_in=way_in,
        )
    saved_by = "" if person_id == original.author_id else person_id
    return dataclasses.replace(original.as_note, person_id=saved_by, way_in=way_in)


def _beside(original: IncomingMessage, message: IncomingMessage) -> IncomingMessage:
    """The saver's own words on a message: a note of its own, where and when that one stands."""
    saver = message.actor_id
    return dataclasses.replace(
        message,
        place=original.place,
        message_id=f"{original.message_id}-by-{saver}",
        author_id=saver,
        person_id="",
        sent_at=original.sent_at,
        permalink=original.permalink,
    )


def _as_own(message: IncomingMessage) -> IncomingMessage:
    """The saver's note for themselves, between them and the bot."""
    saver, place = message.actor_id, message.place
    return dataclasses.replace(
        message,
        place=Place(place.channel, place.workspace, saver, ConversationKind.DIRECT),
        message_id=f"{place.conversation_id}-{message.message_id}",
        author_id=saver,
        person_id="",
    )
