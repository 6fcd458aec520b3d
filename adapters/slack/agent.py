"""What an agent's talk with a person has beside messages: suggestions, and a sign of work."""

import asyncio
import logging
import re
from collections.abc import Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager, suppress

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import ask
from adapters.slack.connection import Connections
from adapters.slack.text import shorten
from bot.domain.people import ConversationKind
from bot.errors import SendFailed, SendRefused
from bot.messages import Incoming, IncomingMessage, Outgoing, Place, Suggestion

MOST_SUGGESTIONS = 4
_LABEL = 75
_TEXT = 3000
_WORKING = "is looking for it…"
_NOTHING = ""
_TS = re.compile(r"[0-9]{1,10}\.[0-9]{1,9}")
_MARKUP = str.maketrans("", "", "<>")

_log = logging.getLogger(__name__)


async def suggest(client: AsyncWebClient, outgoing: Outgoing) -> None:
    """Offer what the person could say. Raises SendFailed and SendRefused.

    In an agent's view suggestions belong to the whole talk, and with a thread Slack drops them
    without a word; only the threads of an assistant of the old kind have their own.
    """
    place = outgoing.place
    call = client.assistant_threads_setSuggestedPrompts(
        channel_id=place.conversation_id,
        thread_ts=place.thread_id,
        prompts=[prompt(each) for each in outgoing.reply.suggestions[:MOST_SUGGESTIONS]],
    )
    await ask(call)


def prompt(suggestion: Suggestion) -> dict[str, str]:
    """As Slack takes it."""
    return {"title": _plain(suggestion.label, _LABEL), "message": _plain(suggestion.text, _TEXT)}


def _plain(text: str, limit: int) -> str:
    """Without what mentions are written with: nobody says that Slack takes these texts as plain."""
    return shorten(text.translate(_MARKUP), limit)


class SlackWorkSign:
    """The WorkSign port for Slack: a line such as "Earshot is looking for it…" under a question.

    Only in direct messages: elsewhere everybody would see that somebody asked. Slack itself takes
    the line away when the process dies: two minutes after it was set.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @contextmanager
    def shown(self, incoming: Incoming) -> Iterator[None]:
        """See `bot.ports.WorkSign`. Setting and clearing happen in this order, on Slack's loop."""
        thread = _thread_to_mark(incoming)
        if thread is None:
            yield
            return
        is_done: Future[None] = Future()
        with suppress(SendFailed):
            self._connections.transport.begin(self._show_until(is_done, incoming.place, thread))
        try:
            yield
        finally:
            with suppress(InvalidStateError):  # where the loop ended before the work did
                is_done.set_result(None)

    async def _show_until(self, is_done: Future[None], place: Place, thread: str) -> None:
        if await self._set(place, thread, _WORKING):
            await asyncio.wrap_future(is_done)
            await self._set(place, thread, _NOTHING)

    async def _set(self, place: Place, thread: str, status: str) -> bool:
        try:
            client = (await self._connections.of(place.workspace)).client
            call = client.assistant_threads_setStatus(
                channel_id=place.conversation_id, thread_ts=thread, status=status
            )
            await ask(call)
        except (SendFailed, SendRefused) as error:
            _log.warning("the sign of work could not be set: %s", error)
            return False
        return True


def _thread_to_mark(incoming: Incoming) -> str | None:
    """The thread that the line stands in; a command is no message, so nothing stands under it."""
    if not isinstance(incoming, IncomingMessage):
        return None
    thread = incoming.place.thread_id or incoming.message_id
    is_direct = incoming.place.kind is ConversationKind.DIRECT
    return thread if is_direct and _TS.fullmatch(thread) else None
