"""Replies on their way into Teams."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from adapters.teams.connector import Connector
from adapters.teams.references import AddressBook, ConversationReference, Scope
from adapters.teams.render import render
from bot.errors import SendRefused
from bot.messages import Outgoing, Visibility

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a reply goes: `conversation_id` may name a thread. `is_source` where it was asked."""

    reference: ConversationReference
    conversation_id: str
    is_source: bool


class TeamsGateway:
    """Sends replies, on threads of its own: a slow Teams never holds up what comes in."""

    def __init__(self, connector: Connector, addresses: AddressBook) -> None:
        self._connector = connector
        self._addresses = addresses
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="teams-send")

    async def send(self, outgoing: Outgoing) -> str | None:
        """See `bot.ports.Gateway`. Of a long reply, the last message's id."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._send, outgoing)

    def close(self) -> None:
        """Take nothing more, and let what is under way end by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _send(self, outgoing: Outgoing) -> str | None:
        address = self._address(outgoing)
        source = outgoing.source_message_id if address.is_source else None
        message_id = ""
        for activity in render(outgoing.reply):
            body = {**activity, "from": {"id": address.reference.bot_id}}
            if outgoing.reply.replaces_source and source:
                self._connector.replace(
                    address.reference, address.conversation_id, source, {**body, "id": source}
                )
                message_id, source = source, None
            else:
                message_id = self._connector.post(address.reference, address.conversation_id, body)
        return message_id or None

    def _address(self, outgoing: Outgoing) -> _Address:
        place = outgoing.place
        reference = self._reference(place.conversation_id)
        if reference.scope is Scope.PERSONAL:
            return _Address(reference, reference.conversation_id, is_source=True)
        if outgoing.reply.visibility is Visibility.PRIVATE:
            chat = self._chat(reference, outgoing.person_id)
            return _Address(chat, chat.conversation_id, is_source=False)
        root = place.thread_id or outgoing.reply_to_message_id
        threaded = reference.conversation_id
        if reference.scope is Scope.CHANNEL and root:
            threaded += f";messageid={root}"
        return _Address(reference, threaded, is_source=True)

    def _reference(self, conversation_id: str) -> ConversationReference:
        """A person's id stands for their own chat with the bot."""
        reference = self._addresses.conversation(conversation_id)
        if reference is not None:
            return reference
        met = self._addresses.person(conversation_id)
        if met is None:
            raise SendRefused("nothing was ever heard from this conversation")
        return self._chat(met, conversation_id)

    def _chat(self, near: ConversationReference, person_id: str) -> ConversationReference:
        """The person's own chat with the bot: what private means where nothing is ephemeral."""
        if not person_id:
            raise SendRefused("a private reply names nobody")
        known = self._addresses.person(person_id)
        if known is not None and known.scope is Scope.PERSONAL:
            return known
        chat = ConversationReference(
            conversation_id=self._connector.open_chat(near, person_id),
            scope=Scope.PERSONAL,
            service_url=near.service_url,
            bot_id=near.bot_id,
            tenant_id=near.tenant_id,
        )
        self._addresses.remember(chat, person_id)
        return chat
