"""A note comes in, is changed or is deleted by its author."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audience import Audience
from bot.domain.masking import masked_record
from bot.domain.note import MessageKey, NoteRecord
from bot.domain.people import Conversation
from bot.errors import EarlierWorkWaits
from bot.messages import (
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    MessageRestored,
    Place,
    Reply,
)
from bot.ports import Meter, NoteStore, NoteToStore
from bot.services.attached_text import NOTE_CHARACTERS, AttachmentReader
from bot.services.personal_data import masked
from bot.services.places import Places
from bot.services.presentation import capture as say
from bot.services.presentation import files, general
from bot.services.registry import Registries
from bot.services.relations import RelationFinder
from bot.services.understanding import NoteReader, NoteToRead, Understanding

_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Capture:
    """Saves first and asks later: what a note means can be corrected, a lost note cannot."""

    notes: NoteStore
    reader: NoteReader
    registries: Registries
    places: Places
    relations: RelationFinder
    meter: Meter
    attachments: AttachmentReader

    def take(self, message: IncomingMessage) -> tuple[Reply, ...]:
        """Store a note with its insights; chatter is kept only where the bot was addressed.

        The text of its files is part of it. Raises FileUnavailable where they can be had later.
        """
        message, unread = self.attachments.of_message(message)
        if unread and not message.text.strip():
            return (files.nothing_read(unread),) if message.way_in.is_addressed else ()
        return files.with_unread(self._take(message), unread)

    def _take(self, message: IncomingMessage) -> tuple[Reply, ...]:
        addressed = message.way_in.is_addressed
        problem = _problem(message.text)
        if problem:
            return (problem,) if addressed else ()
        to_read = self._to_read(message)
        understood = self.reader.read(to_read)
        if not understood.insights and not addressed:
            return ()
        record = self._save(message, to_read.author_name, understood)
        if message.way_in.points_out and not self._is_shown(record, message.actor_id):
            return (say.taken_back_before(),)
        self.relations.relate(record)
        self.meter.note_captured(_reader_of(record))
        return (self._noted(record, understood, message.actor_id),) if addressed else ()

    def keep_unread(self, message: IncomingMessage) -> tuple[Reply, ...]:
        """Store a note's words though reading them failed, so that nothing is lost."""
        message, unread = self.attachments.of_message(message)
        if _problem(message.text) or not message.way_in.is_addressed:
            return ()
        author = self.places.person(message.place, message.author_id, message.author_name)
        record = self._save(message, author.name, Understanding(()))
        return files.with_unread((say.kept_unread(record),), unread)

    def edit(self, edit: MessageEdited, *, earlier_waits: bool) -> tuple[Reply, ...]:
        """Read a changed note anew; its old version is kept. Messages that are no notes stay so.

        Raises EarlierWorkWaits while the message itself may still be on its way.
        """
        record = self.notes.find(edit.key, Audience.operator(edit.key.workspace))
        if record is None:
            if earlier_waits:
                raise EarlierWorkWaits(edit.message_id)
            return ()
        if record.note.author_id != edit.author_id:
            return ()
        edit = self.attachments.of_edit(edit)
        if record.note.text == edit.text:
            return ()
        conversation = self.places.conversation(edit.place)
        to_read = self._beside(record, edit.text, conversation)
        understood = self.reader.read(to_read) if edit.text.strip() else Understanding(())
        note = record.note
        changed = self.notes.save(
            NoteToStore(
                key=note.key,
                channel=note.channel,
                author_id=note.author_id,
                author_name=note.author_name,
                text=edit.text,
                posted_at=note.posted_at,
                thread_id=note.thread_id,
                permalink=note.permalink,
                insights=understood.insights,
                edited_at=edit.edited_at,
            )
        )
        self.relations.renew(changed)
        return ()

    def delete(self, deletion: MessageDeleted) -> tuple[Reply, ...]:
        """Hide a note everywhere, also one that arrives after its own deletion."""
        self.notes.hide(deletion.key, at=deletion.deleted_at, reason="deleted")
        return ()

    def bring_back(self, restoration: MessageRestored) -> tuple[Reply, ...]:
        """Show the note again of a message that its author brought back."""
        self.notes.bring_back(restoration.key, at=restoration.restored_at)
        return ()

    def read_again(self, record: NoteRecord, conversation: Conversation) -> NoteRecord:
        """Classify a stored note anew, and put the result in the old one's place."""
        understood = self.reader.read(self._beside(record, record.note.text, conversation))
        read_again = self.notes.replace_insights(record.note.id, understood.insights)
        self.relations.renew(read_again)
        return read_again

    def _to_read(self, message: IncomingMessage) -> NoteToRead:
        place = message.place
        author = self.places.person(place, message.author_id, message.author_name)
        return NoteToRead(
            workspace=place.workspace,
            text=message.text,
            author_id=message.author_id,
            author_name=author.name,
            posted_at=author.local(message.sent_at),
            conversation=self.places.conversation(place),
            addressed=message.way_in.is_addressed,
            pointed_out=_is_pointed_out(message),
            thread=self._thread(message.key, place.thread_id, message.author_id, message.sent_at),
        )

    def _beside(self, record: NoteRecord, text: str, conversation: Conversation) -> NoteToRead:
        note = record.note
        place = Place(note.channel, note.key.workspace, note.key.conversation_id)
        author = self.places.person(place, note.author_id, note.author_name)
        return NoteToRead(
            workspace=note.key.workspace,
            text=text,
            author_id=note.author_id,
            author_name=author.name,
            posted_at=author.local(note.posted_at),
            conversation=conversation,
            thread=self._thread(note.key, note.thread_id, note.author_id, note.posted_at),
        )

    def _thread(
        self, key: MessageKey, thread_id: str | None, author_id: str, posted_at: datetime
    ) -> tuple[NoteRecord, ...]:
        """What was said before in the thread, as far as the author may see it."""
        if thread_id is None:
            return ()
        root = MessageKey(key.workspace, key.conversation_id, thread_id)
        audience = Audience.of_person(key.workspace, author_id)
        return tuple(self.notes.thread(root, audience, before=posted_at))

    def _save(
        self, message: IncomingMessage, author_name: str, understood: Understanding
    ) -> NoteRecord:
        return self.notes.save(
            NoteToStore(
                key=message.key,
                channel=message.place.channel,
                author_id=message.author_id,
                author_name=author_name,
                text=message.text,
                posted_at=message.sent_at,
                thread_id=message.place.thread_id,
                permalink=message.permalink,
                saved_by_id=message.person_id or None,
                insights=understood.insights,
            )
        )

    def _is_shown(self, record: NoteRecord, person_id: str) -> bool:
        """Whether the note is to be seen; whoever undid it brings it back by pointing at it."""
        everything = Audience.operator(record.note.key.workspace)
        is_visible = self.notes.are_visible((record.note.id,), everything)
        return is_visible or self.notes.restore(record.note.id, by_person_id=person_id)

    def _noted(self, record: NoteRecord, understood: Understanding, person_id: str) -> Reply:
        """What was understood; to somebody who may not change the note, without the buttons."""
        is_theirs = person_id in (record.note.author_id, record.note.saved_by_id)
        record = record if is_theirs else masked_record(record, masked)
        reader = Audience.of_person(record.note.key.workspace, person_id)
        registry = self.registries.for_readers(reader)
        reply = say.noted(
            record,
            registry.named,
            candidates=registry.all_of([one.id for one in understood.candidates]),
            unknown_names=understood.unknown_names,
            heading="Noted" if is_theirs else "Already noted",
        )
        return reply if is_theirs else dataclasses.replace(reply, buttons=())


def _is_pointed_out(message: IncomingMessage) -> bool:
    return message.way_in.points_out and len(message.text.split()) >= _FEWEST_WORDS


def _reader_of(record: NoteRecord) -> str:
    return record.insights[0].classified_by if record.insights else "no insight"


def _problem(text: str) -> Reply | None:
    if not text.strip():
        return general.note_what()
    if len(text) > NOTE_CHARACTERS:
        return general.too_long(len(text), NOTE_CHARACTERS)
    return None
