"""Replies that are too long to be read as messages: their beginning, and all of it as a file."""

import dataclasses
import logging
import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, TypeAlias

from adapters.slack import render, uploads
from adapters.slack.connection import Connections
from adapters.slack.render import SlackMessage
from adapters.slack.text import shorten
from adapters.slack.uploads import TextFile
from bot.errors import SendFailed, SendPostponed, SendRefused
from bot.messages import Block, Outgoing, Paragraph, Quote, Reply, Span

MOST_MESSAGES: Final = 2
"""What takes more of them is shared as a file."""

FILE_NAME: Final = "earshot.md"

FilePlace: TypeAlias = Callable[[Outgoing], Awaitable[tuple[str, str | None]]]
"""Gives the conversation and the thread that a reply's file may be shown in."""

_BEGINNING = 2000
_BEGINNING_BLOCKS = 12
_TITLE = 100
_DECISIONS = 1000
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#~|])")

_log = logging.getLogger(__name__)


class LongReplies:
    """Shares each file once: what was decided for a reply holds for its further tries."""

    def __init__(self, connections: Connections, place_of: FilePlace) -> None:
        self._connections = connections
        self._place_of = place_of
        self._has_file: dict[str, bool] = {}

    async def messages(self, outgoing: Outgoing) -> tuple[SlackMessage, ...]:
        """What is to be shown as messages: everything, or the beginning where a file was shared.

        Raises SendPostponed.
        """
        reply = outgoing.reply
        whole = render.messages(reply)
        if len(whole) <= MOST_MESSAGES:
            return whole
        if outgoing.id not in self._has_file:
            self._decide(outgoing.id, has_file=await self._is_shared(outgoing))
        return render.messages(beginning(reply)) if self._has_file[outgoing.id] else whole

    def _decide(self, outgoing_id: str, *, has_file: bool) -> None:
        self._has_file[outgoing_id] = has_file
        if len(self._has_file) > _DECISIONS:
            self._has_file.pop(next(iter(self._has_file)))

    async def _is_shared(self, outgoing: Outgoing) -> bool:
        """A file that cannot be shared holds up nothing: its words then come as messages."""
        file = TextFile(FILE_NAME, _title(outgoing.reply), as_markdown(outgoing.reply))
        try:
            channel, thread = await self._place_of(outgoing)
            client = (await self._connections.of(outgoing.place.workspace)).client
            await uploads.share(self._connections.transport, client, file, channel, thread)
        except SendPostponed:
            raise
        except (SendFailed, SendRefused) as error:
            _log.warning("reply %s comes as messages, not as a file: %s", outgoing.id, error)
            return False
        return True


def beginning(reply: Reply) -> Reply:
    """As much as one reads at a glance, with the buttons, and where the rest is."""
    pointer = Paragraph((Span(f"This is the beginning. All of it is in the file {FILE_NAME}."),))
    return dataclasses.replace(reply, blocks=(*_first(reply.blocks), pointer))


def _first(blocks: tuple[Block, ...]) -> Iterator[Block]:
    room = _BEGINNING
    for block in blocks[:_BEGINNING_BLOCKS]:
        size = len(_words(block))
        if size > room:
            if isinstance(block, Quote):
                yield Quote(shorten(block.text, room))
            return
        room -= size
        yield block


def _title(reply: Reply) -> str:
    return shorten(" ".join(_words(reply.blocks[0]).split()), _TITLE)


def _words(block: Block) -> str:
    return block.text if isinstance(block, Quote) else "".join(s.text for s in block.spans)


# --- Markdown -----------------------------------------------------------------------------------


def as_markdown(reply: Reply) -> str:
    """All that the reply says; what people wrote stays as they wrote it."""
    return "\n\n".join(map(_block, reply.blocks)) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Quote):
        return "\n".join(f"> {_literal(line)}" for line in block.text.splitlines())
    return "".join(map(_span, block.spans))


def _span(span: Span) -> str:
    words = _literal(span.text)
    if span.bold and words.strip():
        words = f"**{words}**"
    address = span.href and re.sub(r"[\s<>]", "", span.href)
    return f"[{words}](<{address}>)" if address else words


def _literal(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)
