"""Replies on their way into Teams."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from adapters.half_sent import HalfSent
from adapters.teams.activity import JsonObject
from adapters.teams.connector import Connector, NotThere, Unreachable
from adapters.teams.feedback import AnswersShown
from adapters.teams.message_entity import rated_question
from adapters.teams.pacing import Pacing
from adapters.teams.references import AddressBook, ConversationReference, Scope
from adapters.teams.render import render
from bot.errors import SendFailed, SendPostponed, SendRefused
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

    def __init__(
        self,
        connector: Connector,
        addresses: AddressBook,
        answers: AnswersShown,
        pacing: Pacing,
    ) -> None:
        self._connector = connector
        self._addresses = addresses
        self._answers = answers
        self._pacing = pacing
        self._half_sent = HalfSent()
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="teams-send")

    async def send(self, outgoing: Outgoing) -> str | None:
        """See `bot.ports.Gateway`. Of a long reply, the last message's id."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._send, outgoing)

    def close(self) -> None:
        """Take nothing more, and let what is under way end by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _send(self, outgoing: Outgoing) -> str | None:
        address = self._address(outgoing)
        kept = self._addresses.conversation(address.reference.conversation_id)
        if kept is not None and kept.retired:
            raise SendRefused("Teams took no messages there, and nothing was heard since")
        try:
            message_id = self._send_parts(outgoing, address)
        except Unreachable:
            self._addresses.retire(address.reference.conversation_id)
            raise
        except SendPostponed:
            raise  # by our own count, which goes on by itself
        except SendFailed as failure:
            if failure.retry_after_s is not None:
                self._pacing.shut(address.conversation_id, failure.retry_after_s)
            raise
        self._half_sent.forget(outgoing.id)
        question_id = rated_question(outgoing.reply)
        if question_id and message_id:
            self._answers.keep(address.reference.conversation_id, message_id, question_id)
        return message_id

    def _send_parts(self, outgoing: Outgoing, address: _Address) -> str | None:
        """One message after another; those that an earlier try sent are not sent again."""
        parts = render(outgoing.reply)
        sent = self._half_sent.ids(outgoing.id)
        for number in range(len(sent), len(parts)):
            self._pacing.wait_for_turn(address.conversation_id, however_long=number > 0)
            body = {**parts[number], "from": {"id": address.reference.bot_id}}
            replaces = number == 0 and outgoing.reply.replaces_source and address.is_source
            source = outgoing.source_message_id if replaces else None
            sent = (*sent, self._show(address, source, body))
            self._half_sent.keep(outgoing.id, sent)
        return (sent[-1] or None) if sent else None

    def _show(self, address: _Address, source: str | None, body: JsonObject) -> str:
        """In the place of the source where there is one and it is still there."""
        reference, conversation_id = address.reference, address.conversation_id
        if source is not None:
            try:
                replacement = {**body, "id": source}
                self._connector.replace(reference, conversation_id, source, replacement)
            except NotThere:  # somebody deleted the card that was pressed
                return self._connector.post(reference, conversation_id, body)
            return source
        return self._connector.post(reference, conversation_id, body)

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
