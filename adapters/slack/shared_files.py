"""Files as Slack tells of them: when it is asked for one, and when one is changed. Pure."""

from pydantic import BaseModel, ConfigDict

from adapters.slack.config import Installation
from adapters.slack.message_parts import time_of
from adapters.slack.payloads import FileEvent, SharedFile, Words
from bot.messages import FileChanged, Place


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class TranscriptPreview(_Part):
    """The beginning of a transcript, or all of it."""

    content: Words = ""
    has_more: bool = True


class Transcription(_Part):
    """What Slack has written down of a recording."""

    status: Words = ""
    preview: TranscriptPreview | None = None


class FileInfo(SharedFile):
    """A file as `files.info` tells of it. `vtt` is the address of the whole transcript."""

    url_private: Words = ""
    url_private_download: Words = ""
    transcription: Transcription | None = None
    vtt: Words = ""


def change_of(event: FileEvent, moment: str, here: Installation) -> FileChanged:
    """A file was changed or deleted. In which conversation it was posted Slack does not say."""
    return FileChanged(
        place=Place("slack", here.workspace, ""),
        file_id=event.file_id,
        is_deleted=event.type == "file_deleted",
        changed_at=time_of(moment),
        change_id=f"{event.type}-{moment}",
    )
