"""What the bot says of files that it could not make part of a note."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from bot.errors import FileProblem
from bot.messages import Paragraph, Reply
from bot.services.attached_text import NOTE_CHARACTERS, UnreadFile
from bot.services.presentation.words import counted, paragraph

_NAME_CHARACTERS = 80

_SENTENCES: Final[Mapping[FileProblem, str]] = {
    FileProblem.OTHER_KIND: (
        "I did not read {name}: I read text (txt, md), tables (csv), mails (eml), PDF files with "
        "text, and recordings that have a transcript."
    ),
    FileProblem.TOO_BIG: (
        "I did not read {name}: it is larger than 10 MB. Post the part that matters."
    ),
    FileProblem.TOO_LONG: (
        "I did not keep {name}: a note can have at most {limit} characters, with all its files. "
        "Post the part that matters."
    ),
    FileProblem.EMPTY: "There are no words in {name}.",
    FileProblem.ENCRYPTED: "I could not read {name}: it has a password. Post it without one.",
    FileProblem.NO_TEXT: (
        "There is no text in {name}, only pictures. If it is a scan, post its words as text."
    ),
    FileProblem.DAMAGED: (
        "I could not read {name}: it is damaged, or not what its name says. Post its words as text."
    ),
    FileProblem.TOO_COMPLEX: (
        "I could not read {name} within reasonable time. Post its words as text."
    ),
    FileProblem.GONE: "I could not read {name}: it is not there any more.",
    FileProblem.NOT_ALLOWED: (
        "I may not read {name}. Post its words as text, or ask your administrator to give me the "
        "permission to read files."
    ),
    FileProblem.NO_TRANSCRIPT: (
        "There is no transcript of {name}, and I cannot listen. Write what was said."
    ),
    FileProblem.NOT_FETCHED: "I could not get {name}, however often I tried. Post it again.",
}


def with_unread(replies: Sequence[Reply], unread: Sequence[UnreadFile]) -> tuple[Reply, ...]:
    """Replies on a note, the first of which says also which files are not in it."""
    if not replies or not unread:
        return tuple(replies)
    first, *others = replies
    return (dataclasses.replace(first, blocks=(*first.blocks, *_lines(unread))), *others)


def nothing_read(unread: Sequence[UnreadFile]) -> Reply:
    """A message that had nothing but files, none of which could be read."""
    return Reply((*_lines(unread), paragraph("Nothing was saved.", subdued=True)))


def _lines(unread: Sequence[UnreadFile]) -> tuple[Paragraph, ...]:
    return tuple(paragraph(_sentence(file)) for file in unread)


def _sentence(file: UnreadFile) -> str:
    name = " ".join(file.name.split())
    if len(name) > _NAME_CHARACTERS:
        name = f"{name[: _NAME_CHARACTERS - 1]}…"
    limit = counted(NOTE_CHARACTERS)
    return _SENTENCES[file.problem].format(name=name or "your file", limit=limit)
