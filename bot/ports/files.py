"""Files that came with a message: where they are fetched, and what reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.documents import DocumentKind
from bot.domain.note import MessageKey
from bot.messages import Attachment


class TranscriptState(StrEnum):
    """How far a platform has come with writing down what is said in a recording."""

    NONE = "none"  # no recording, or nothing will be written down
    PENDING = "pending"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as its platform has it now. `location` is for the platform's own adapter alone.

    Of a recording, `transcript` is what was said in it, once it is ready.
    """

    name: str
    media_type: str
    size: int | None
    location: str
    transcript_state: TranscriptState = TranscriptState.NONE
    transcript: str = ""


class FileSource(Protocol):
    """One platform's files. Called from worker threads.

    Both methods raise FileUnavailable where another try may do better, and FileNotRead where none
    will: the file is gone, or the bot may not read it.
    """

    def look_up(self, workspace: str, attachment: Attachment) -> StoredFile:
        """The file as the platform has it now."""
        ...

    def fetch(self, workspace: str, file: StoredFile, most_bytes: int) -> bytes:
        """What is in it; raises FileNotRead(TOO_BIG) rather than read more than this."""
        ...


class AttachedFileStore(Protocol):
    """Which file came with which messages: of a change a platform tells only the file's id."""

    def remember(self, key: MessageKey, file_ids: Sequence[str]) -> None:
        """These came with this message. Safe to run twice."""
        ...

    def messages_with(self, workspace: str, file_id: str) -> Sequence[MessageKey]:
        """The messages that this file came with; none for one that is not known."""
        ...


class DocumentReader(Protocol):
    """Gets the text out of a file that a stranger wrote, in bounded time and memory."""

    def read(self, content: bytes, kind: DocumentKind, most_characters: int) -> str:
        """The text, never empty. Raises FileNotRead where there is none, or too much of it."""
        ...
