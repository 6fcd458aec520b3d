"""What Slack writes down of recordings. Pure.

Slack documents the fields `transcription` and `vtt` of a file by their names alone. Their shapes
were read from recorded answers: a status, a preview that may be cut, and a WebVTT file beside the
recording (w3.org/TR/webvtt1).
"""

import re

from adapters.slack.shared_files import FileInfo
from bot.ports import TranscriptState

_TAG = re.compile(r"<[^<>]{0,200}>")
_LEADING_DASH = re.compile(r"^-\s+")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&lrm;": "", "&rlm;": ""}
_ENTITY = re.compile("|".join(_ENTITIES))


def state_of(info: FileInfo) -> TranscriptState:
    """How far the transcript is; of files that are no recordings, that there is none."""
    if info.transcription is None:
        return TranscriptState.NONE
    match info.transcription.status:
        case "complete":
            has_words = not is_cut(info) or info.vtt
            return TranscriptState.READY if has_words else TranscriptState.NONE
        case "processing":
            return TranscriptState.PENDING
        case _:
            return TranscriptState.NONE


def is_cut(info: FileInfo) -> bool:
    """Whether the preview is not the whole transcript."""
    preview = info.transcription.preview if info.transcription else None
    return preview is None or preview.has_more


def words_of(vtt: str) -> str:
    """What was said, without times and marks, as one paragraph."""
    blocks = re.split(r"\n{2,}", vtt.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    said = [line for block in blocks for line in _lines_of_cue(block)]
    return " ".join(" ".join(said).split())


def _lines_of_cue(block: str) -> list[str]:
    """The lines after the line with the times; a block without one is no cue."""
    lines = block.split("\n")
    timing = next((index for index, line in enumerate(lines) if "-->" in line), None)
    if timing is None:
        return []
    bare = (_LEADING_DASH.sub("", _TAG.sub("", line.strip())) for line in lines[timing + 1 :])
    return [_ENTITY.sub(lambda found: _ENTITIES[found[0]], line) for line in bare]
