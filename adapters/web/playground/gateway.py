"""The bot's way out: onto the page."""

import asyncio
from dataclasses import replace

from adapters.web.playground.chat_log import BOT_ID, ChatLog, Entry
from adapters.web.playground.directory import direct_id
from bot.domain.people import Conversation, ConversationKind
from bot.errors import SendRefused
from bot.messages import Outgoing, Place, Reply, Visibility
from bot.ports import Clock, DirectoryStore


class PageGateway:
    """Shows replies on the page, to those who may see them."""

    def __init__(self, log: ChatLog, directory: DirectoryStore, clock: Clock) -> None:
        self._log = log
        self._directory = directory
        self._clock = clock

    async def send(self, outgoing: Outgoing) -> str | None:
        """See `bot.ports.Gateway`."""
        return await asyncio.to_thread(self._show, outgoing)

    def _show(self, outgoing: Outgoing) -> str | None:
        place = outgoing.place
        conversation = self._conversation(place)
        if outgoing.home is not None:
            self._log.show_home(outgoing)
            outgoing = _only_form(outgoing)
        if outgoing.reply.suggestions:
            self._log.offer(outgoing)
        if not _is_message(outgoing.reply):
            return None
        source = self._replaced(outgoing, conversation)
        if source:
            self._log.put(replace(source, outgoing=outgoing, text=outgoing.reply.plain_text))
            return source.id
        is_private = outgoing.reply.visibility is Visibility.PRIVATE
        is_private = is_private and conversation.kind is not ConversationKind.DIRECT
        entry = Entry(
            id=self._log.new_id(),
            conversation_id=conversation.id,
            author_id=BOT_ID,
            text=outgoing.reply.plain_text,
            at=self._clock.now(),
            thread_id=place.thread_id,
            only_for=outgoing.person_id if is_private else None,
            outgoing=outgoing,
        )
        self._log.put(entry)
        return entry.id

    def _conversation(self, place: Place) -> Conversation:
        """A person's id stands for their own talk with the bot."""
        for known_as in (place.conversation_id, direct_id(place.conversation_id)):
            conversation = self._directory.conversation(place.workspace, known_as)
            if conversation is not None:
                return conversation
        raise SendRefused(f"no conversation {place.conversation_id}")

    def _replaced(self, outgoing: Outgoing, conversation: Conversation) -> Entry | None:
        source_id = outgoing.source_message_id
        if not outgoing.reply.replaces_source or source_id is None:
            return None
        source = self._log.get(conversation.id, source_id)
        return source if source and source.is_by_bot else None


def _only_form(outgoing: Outgoing) -> Outgoing:
    """What is left when the page is shown, which has the reply's words on top."""
    return replace(outgoing, home=None, reply=replace(outgoing.reply, blocks=(), buttons=()))


def _is_message(reply: Reply) -> bool:
    return bool(reply.blocks or reply.buttons or reply.form)
