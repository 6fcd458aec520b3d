"""A file that a note was read from is changed or deleted: the note follows it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.domain.note import MessageKey
from bot.messages import FileChanged, IncomingMessage, MessageEdited, Place, Reply
from bot.ports import AttachedFileStore, Inbox, MessageSource, NoteStore
from bot.use_cases.capture import Capture


@dataclass(frozen=True, slots=True)
class FollowFiles:
    """Reads the messages again that a file came with, as if their author had edited them.

    So a transcript that comes late is taken, and what was in a deleted file is known no more.
    """

    capture: Capture
    notes: NoteStore
    attached: AttachedFileStore
    sources: Mapping[str, MessageSource]
    inbox: Inbox

    def follow(self, change: FileChanged) -> tuple[Reply, ...]:
        """Nobody is told. Raises MessageUnavailable, FileUnavailable and EarlierWorkWaits."""
        source = self.sources.get(change.place.channel)
        if source is not None:
            for key in self.attached.messages_with(change.place.workspace, change.file_id):
                self._follow(change, key, source)
        return ()

    def _follow(self, change: FileChanged, key: MessageKey, source: MessageSource) -> None:
        place = Place(change.place.channel, key.workspace, key.conversation_id)
        original = source.find(place, key.message_id)
        if original is not None and _says_something(original):
            edit = _as_edit(original, change)
            self.capture.edit(edit, earlier_waits=self.inbox.is_waiting(edit.posted_key))
        elif change.is_deleted and self._is_note(key):
            # It was all that there was, or nobody can tell what else there was.
            self.notes.hide(key, at=change.changed_at, reason="deleted")

    def _is_note(self, key: MessageKey) -> bool:
        return self.notes.find(key, Audience.operator(key.workspace)) is not None


def _says_something(message: IncomingMessage) -> bool:
    return bool(message.attachments or message.as_note.text.strip())


def _as_edit(message: IncomingMessage, change: FileChanged) -> MessageEdited:
    return MessageEdited(
        place=message.place,
        message_id=message.message_id,
        author_id=message.author_id,
        text=message.as_note.text,
        edited_at=change.changed_at,
        revision=change.change_id,
        attachments=message.attachments,
    )
