"""Replies on their way to Slack."""

import re
import time

from slack_sdk.web.async_client import AsyncWebClient

from adapters.half_sent import HalfSent
from adapters.slack import home_tab, render
from adapters.slack.agent import suggest
from adapters.slack.api import ApiRefused, ask, replace_original
from adapters.slack.connection import Connections
from adapters.slack.form import modal
from adapters.slack.long_replies import LongReplies
from adapters.slack.render import SlackMessage
from adapters.slack.response_urls import ResponseUrls
from adapters.slack.roster import is_person
from adapters.slack.unfurling import unfurl
from adapters.slack.workflow_steps import complete
from bot.domain.people import ConversationKind
from bot.messages import Form, Home, Outgoing, Place, Visibility

_TS = re.compile(r"[0-9]{1,10}\.[0-9]{1,9}")
_TOO_LATE = {"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"}
_NOT_THERE = {"channel_not_found", "not_in_channel", "user_not_in_channel"}
_NOT_UPDATABLE = {"message_not_found", "cant_update_message", "edit_window_closed"}
_STRANGERS_CHECKED_AGAIN_S = 60.0


class SlackGateway:
    """The Gateway port for Slack. `send` may be awaited on any event loop."""

    def __init__(self, connections: Connections, response_urls: ResponseUrls) -> None:
        self._connections = connections
        self._response_urls = response_urls
        self._has_strangers: dict[tuple[str, str], tuple[bool, float]] = {}
        self._half_sent = HalfSent()
        self._long = LongReplies(connections, self._file_place)

    async def send(self, outgoing: Outgoing) -> str | None:
        """Show it; returns the message's ts, None for a form or a replaced private message."""
        return await self._connections.transport.on_loop(self._send(outgoing))

    async def _send(self, outgoing: Outgoing) -> str | None:
        message_id, form = None, outgoing.reply.form
        if outgoing.home is not None:
            await self._publish(outgoing, outgoing.home)
        else:
            message_id = await self._show_messages(outgoing)
        await self._tell_beside(outgoing)
        if outgoing.reply.suggestions:
            await suggest(await self._client(outgoing.place.workspace), outgoing)
        if form is not None:
            message_id = await self._open(outgoing, form) or message_id
        self._half_sent.forget(outgoing.id)
        return message_id

    async def _show_messages(self, outgoing: Outgoing) -> str | None:
        """Those that an earlier try showed are not shown again. Gives the id of the last one."""
        shown = self._half_sent.ids(outgoing.id)
        for message in (await self._long.messages(outgoing))[len(shown) :]:
            shown = (*shown, await self._show(outgoing, message, is_first=not shown))
            self._half_sent.keep(outgoing.id, shown)
        return shown[-1] if shown else None

    async def _tell_beside(self, outgoing: Outgoing) -> None:
        """What is no message: cards beside links, and how a workflow's step went."""
        reply, place = outgoing.reply, outgoing.place
        if reply.outcome is not None and outgoing.step_run_id is not None:
            await complete(await self._client(place.workspace), outgoing.step_run_id, reply.outcome)
        if reply.cards and not await self._is_for_fewer(outgoing):
            await unfurl(await self._client(place.workspace), outgoing)

    async def _is_for_fewer(self, outgoing: Outgoing) -> bool:
        """Whether strangers read what is meant for all of our own people there."""
        is_for_all = outgoing.reply.visibility is Visibility.CONVERSATION
        if _is_direct(outgoing) or not is_for_all:
            return False
        return await self._strangers_read_along(outgoing.place)

    async def _file_place(self, outgoing: Outgoing) -> tuple[str, str | None]:
        """Where the reply's readers see a file: what one sees alone cannot carry any."""
        place = outgoing.place
        is_private = outgoing.reply.visibility is Visibility.PRIVATE
        if not _is_direct(outgoing) and (is_private or await self._is_for_fewer(outgoing)):
            return await self._direct_message(place.workspace, outgoing.person_id), None
        if is_person(place.conversation_id):
            return await self._direct_message(place.workspace, place.conversation_id), None
        return place.conversation_id, _thread(outgoing)

    async def _client(self, workspace: str) -> AsyncWebClient:
        return (await self._connections.of(workspace)).client

    async def _publish(self, outgoing: Outgoing, home: Home) -> None:
        view = dict(home_tab.view(outgoing, home))
        client = await self._client(outgoing.place.workspace)
        await ask(client.views_publish(user_id=outgoing.person_id, view=view))

    async def _open(self, outgoing: Outgoing, form: Form) -> str | None:
        if outgoing.trigger is not None:
            view = modal(form, outgoing.place, outgoing.source_message_id)
            client = await self._client(outgoing.place.workspace)
            try:
                await ask(client.views_open(trigger_id=outgoing.trigger, view=dict(view)))
            except ApiRefused as refusal:
                if refusal.code not in _TOO_LATE:
                    raise
            else:
                return None
        return await self._show_privately(outgoing, render.reopening(form))

    async def _show(
        self, outgoing: Outgoing, message: SlackMessage, *, is_first: bool
    ) -> str | None:
        replaces = outgoing.reply.replaces_source and is_first
        if _is_direct(outgoing):
            return await self._show_to_all(outgoing, message, replaces=replaces)
        is_private = outgoing.reply.visibility is Visibility.PRIVATE
        if is_private or await self._strangers_read_along(outgoing.place):
            if replaces and await self._replace_privately(outgoing, message):
                return None
            return await self._show_privately(outgoing, message)
        return await self._show_to_all(outgoing, message, replaces=replaces)

    # --- what everybody in the conversation sees ------------------------------------------------

    async def _show_to_all(
        self, outgoing: Outgoing, message: SlackMessage, *, replaces: bool
    ) -> str | None:
        if replaces and outgoing.source_message_id is not None:
            try:
                return await self._update(outgoing, outgoing.source_message_id, message)
            except ApiRefused as refusal:
                if refusal.code not in _NOT_UPDATABLE:
                    raise
        place = outgoing.place
        return await self._post(place.workspace, place.conversation_id, _thread(outgoing), message)

    async def _update(self, outgoing: Outgoing, ts: str, message: SlackMessage) -> str | None:
        place = outgoing.place
        channel = await self._channel(place.workspace, place.conversation_id)
        client = await self._client(place.workspace)
        call = client.chat_update(
            channel=channel,
            ts=ts,
            text=message.text,
            blocks=[dict(block) for block in message.blocks],
            parse="none",
            link_names=False,
        )
        return _ts((await ask(call)).get("ts"))

    async def _post(
        self, workspace: str, channel: str, thread: str | None, message: SlackMessage
    ) -> str | None:
        channel = await self._channel(workspace, channel)
        client = await self._client(workspace)
        call = client.chat_postMessage(
            channel=channel,
            thread_ts=thread,
            text=message.text,
            blocks=[dict(block) for block in message.blocks],
            parse="none",
            link_names=False,
            unfurl_links=False,
            unfurl_media=False,
        )
        return _ts((await ask(call)).get("ts"))

    async def _strangers_read_along(self, place: Place) -> bool:
        """Whether other organisations are in the conversation, customers perhaps.

        What our people know of customers is not for them, so it is shown to the asker alone.
        """
        channel = place.conversation_id
        key = (place.workspace, channel)
        known, valid_until = self._has_strangers.get(key, (False, 0.0))
        if time.monotonic() < valid_until:
            return known
        client = await self._client(place.workspace)
        told = (await ask(client.conversations_info(channel=channel))).get("channel")
        facts = told if isinstance(told, dict) else {}
        shared = bool(facts.get("is_ext_shared") or facts.get("is_pending_ext_shared"))
        self._has_strangers[key] = (shared, time.monotonic() + _STRANGERS_CHECKED_AGAIN_S)
        return shared

    # --- what one person sees -------------------------------------------------------------------

    async def _show_privately(self, outgoing: Outgoing, message: SlackMessage) -> str | None:
        place = outgoing.place
        if _is_direct(outgoing):
            return await self._show_to_all(outgoing, message, replaces=False)
        try:
            return await self._whisper(place.conversation_id, outgoing, message)
        except ApiRefused as refusal:
            # A command also works where the bot is no member: then it answers in its own place.
            if refusal.code not in _NOT_THERE:
                raise
        channel = await self._direct_message(place.workspace, outgoing.person_id)
        return await self._post(place.workspace, channel, None, message)

    async def _whisper(self, channel: str, outgoing: Outgoing, message: SlackMessage) -> str | None:
        client = await self._client(outgoing.place.workspace)
        call = client.chat_postEphemeral(
            channel=channel,
            user=outgoing.person_id,
            thread_ts=outgoing.place.thread_id,
            text=message.text,
            blocks=[dict(block) for block in message.blocks],
            parse="none",
            link_names=False,
        )
        return _ts((await ask(call)).get("message_ts"))

    async def _channel(self, workspace: str, conversation_id: str) -> str:
        """A person's id stands for their own talk with the bot."""
        if is_person(conversation_id):
            return await self._direct_message(workspace, conversation_id)
        return conversation_id

    async def _direct_message(self, workspace: str, person_id: str) -> str:
        client = await self._client(workspace)
        told = (await ask(client.conversations_open(users=person_id))).get("channel")
        return str(told.get("id", "")) if isinstance(told, dict) else ""

    async def _replace_privately(self, outgoing: Outgoing, message: SlackMessage) -> bool:
        url = self._response_urls.for_source(outgoing)
        if url is None:
            return False
        webhook = self._connections.transport.make_webhook(url)
        was_replaced = await replace_original(webhook, message)
        if not was_replaced:
            self._response_urls.forget_source(outgoing)
        return was_replaced


def _is_direct(outgoing: Outgoing) -> bool:
    place = outgoing.place
    return place.kind is ConversationKind.DIRECT or place.conversation_id.startswith("D")


def _thread(outgoing: Outgoing) -> str | None:
    """Answers in a channel go into a thread under what they answer, to leave the channel calm."""
    place, answered = outgoing.place, outgoing.reply_to_message_id or ""
    if place.thread_id is not None or _is_direct(outgoing):
        return place.thread_id
    return answered if _TS.fullmatch(answered) else None


def _ts(value: object) -> str | None:
    return value if isinstance(value, str) else None
