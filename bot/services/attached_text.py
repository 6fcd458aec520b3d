"""What the files that came with a message say, as part of its text."""

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Final

from bot.domain.documents import LARGEST_FILE_BYTES, DocumentKind, kind_of
from bot.errors import FileNotRead, FileProblem, FileUnavailable, TranscriptPending
from bot.messages import Attachment, IncomingMessage, MessageEdited, Place
from bot.ports import (
    AttachedFileStore,
    Clock,
    DocumentReader,
    FileSource,
    StoredFile,
    TranscriptState,
)

log = logging.getLogger(__name__)

NOTE_CHARACTERS: Final = 40_000
"""The longest note; no chat platform sends longer messages."""

_PATIENCE = timedelta(hours=1)
_SEPARATOR = "\n\n"
_SAYS_NOTHING = {"", "untitled"}
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file that is not part of the note. `name` may be empty."""

    name: str
    problem: FileProblem


@dataclass(frozen=True, slots=True)
class _Files:
    """One workspace's files."""

    source: FileSource
    workspace: str

    def look_up(self, attachment: Attachment) -> StoredFile:
        return self.source.look_up(self.workspace, attachment)

    def fetch(self, file: StoredFile) -> bytes:
        return self.source.fetch(self.workspace, file, LARGEST_FILE_BYTES)


class AttachmentReader:
    """Fetches and reads the files of a message."""

    def __init__(
        self,
        sources: Mapping[str, FileSource],
        documents: DocumentReader,
        attached: AttachedFileStore,
        clock: Clock,
    ) -> None:
        """`sources` are by channel name; of a channel without one, no files are read."""
        self._sources = sources
        self._attached = attached
        self._documents = documents
        self._clock = clock

    def of_message(
        self, message: IncomingMessage
    ) -> tuple[IncomingMessage, tuple[UnreadFile, ...]]:
        """The message with the text of its files in its own, and which of them are not in it.

        Raises FileUnavailable where a file can be had later. After an hour it is given up.
        """
        if message.attachments and message.place.channel in self._sources:
            # Before they are read: whatever happens to a file from now on is heard of.
            self._attached.remember(message.key, [file.id for file in message.attachments])
        since = message.wished_at or message.sent_at
        text, unread = self._joined(message.place, message.attachments, message.text, since)
        return dataclasses.replace(message, text=text, attachments=()), unread

    def of_edit(self, edit: MessageEdited) -> MessageEdited:
        """The same for an edit; what cannot be read any more is no longer part of it."""
        text, _ = self._joined(edit.place, edit.attachments, edit.text, edit.edited_at)
        return dataclasses.replace(edit, text=text, attachments=())

    def _joined(
        self, place: Place, attachments: Sequence[Attachment], text: str, since: datetime
    ) -> tuple[str, tuple[UnreadFile, ...]]:
        source = self._sources.get(place.channel)
        if source is None:
            return text, ()
        unread: list[UnreadFile] = []
        files = _Files(source, place.workspace)
        for attachment in attachments:
            before = f"{text}{_SEPARATOR}" if text.strip() else ""
            try:
                text = before + self._text_of(files, attachment, len(before), since)
            except FileNotRead as refusal:
                log.info("a file was not read: %s", refusal.problem.value)
                unread.append(UnreadFile(attachment.name, refusal.problem))
        return text, tuple(unread)

    def _text_of(self, files: _Files, attachment: Attachment, used: int, since: datetime) -> str:
        """Raises FileNotRead, and FileUnavailable as long as there is patience."""
        try:
            text = self._read(files, attachment)
        except FileUnavailable as error:
            if self._clock.now() - since < _PATIENCE:
                raise
            is_pending = isinstance(error, TranscriptPending)
            problem = FileProblem.NO_TRANSCRIPT if is_pending else FileProblem.NOT_FETCHED
            raise FileNotRead(problem) from error
        if used + len(text) > NOTE_CHARACTERS:
            raise FileNotRead(FileProblem.TOO_LONG)
        return text

    def _read(self, files: _Files, attachment: Attachment) -> str:
        if attachment.media_type.startswith("image/"):  # a picture needs no looking up
            raise FileNotRead(FileProblem.OTHER_KIND)
        file = files.look_up(attachment)
        if file.transcript_state is TranscriptState.PENDING:
            raise TranscriptPending
        if file.transcript_state is TranscriptState.READY:
            return _spoken(file)
        return self._written(files, file)

    def _written(self, files: _Files, file: StoredFile) -> str:
        kind = kind_of(file.name, file.media_type)
        if kind is None:
            is_recording = file.media_type.startswith(("audio/", "video/"))
            raise FileNotRead(FileProblem.NO_TRANSCRIPT if is_recording else FileProblem.OTHER_KIND)
        if file.size is not None and file.size > LARGEST_FILE_BYTES:
            raise FileNotRead(FileProblem.TOO_BIG)
        if file.size == 0:
            raise FileNotRead(FileProblem.EMPTY)
        content = files.fetch(file)
        text = self._documents.read(content, kind, NOTE_CHARACTERS)
        return text if kind is DocumentKind.MAIL else _titled(file.name, text)


def _spoken(file: StoredFile) -> str:
    if not file.transcript.strip():
        raise FileNotRead(FileProblem.EMPTY)
    return file.transcript.strip()


def _titled(name: str, text: str) -> str:
    """A file's name often says whom it is about; a mail has its subject instead."""
    title = PurePosixPath(name.replace("\\", "/")).stem.replace("_", " ").strip()
    if title.lower() in _SAYS_NOTHING:
        return text
    return f"{title[:_LONGEST_TITLE]}\n{text}"
