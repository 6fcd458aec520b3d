"""Replies on their way to Slack, each conversation at the pace that Slack allows."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable

from adapters.slack import home_tab, render
from adapters.slack.agent import suggest
from adapters.slack.api import ApiRefused, ask, replace_original
from adapters.slack.connection import Connection
from adapters.slack.form import modal
from adapters.slack.render import SlackMessage
from adapters.slack.response_urls import ResponseUrls
from adapters.slack.roster import is_person
from bot.domain.people import ConversationKind
from bot.messages import Form, Home, Outgoing, Visibility

_TS = re.compile(r"[0-9]{1,10}\.[0-9]{1,9}")
_TOO_LATE = {"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"}
_NOT_THERE = {"channel_not_found", "not_in_channel", "user_not_in_channel"}
_NOT_UPDATABLE = {"message_not_found", "cant_update_message", "edit_window_closed"}
_STRANGERS_CHECKED_AGAIN_S = 60.0


class Pace:
    """At most one message in `interval_s` seconds for each conversation."""

    def __init__(
        self,
        interval_s: float = 1.0,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._interval_s = interval_s
        self._now = now
        self._sleep = sleep
        self._free_at: dict[str, float] = {}

    async def turn(self, conversation_id: str) -> None:
        """Wait for this conversation's next turn; turns are given in the order of asking."""
        now = self._now()
        self._free_at = {c: at for c, at in self._free_at.items() if at > now}
        turn = max(now, self._free_at.get(conversation_id, now))
        self._free_at[conversation_id] = turn + self._interval_s
        if turn > now:
            await self._sleep(turn - now)


class SlackGateway:
    """The Gateway port for Slack. `send` may be awaited on any event loop."""

    def __init__(self, connection: Connection, response_urls: ResponseUrls, pace: Pace) -> None:
        self._connection = connection
        self._response_urls = response_urls
        self._pace = pace
        self._has_strangers: dict[str, tuple[bool, float]] = {}

    async def send(self, outgoing: Outgoing) -> str | None:
        """Show it; returns the message's ts, None for a form or a replaced private message."""
        return await self._connection.on_loop(self._send(outgoing))

    async def _send(self, outgoing: Outgoing) -> str | None:
        form, message_id = outgoing.reply.form, None
        if outgoing.home is not None:
            await self._publish(outgoing, outgoing.home)
        else:
            for message in render.messages(outgoing.reply):
                message_id = await self._show(outgoing, message, is_first=message_id is None)
        if outgoing.reply.suggestions:
            await suggest(self._connection, outgoing)
        if form is not None:
            message_id = await self._open(outgoing, form) or message_id
        return message_id

    async def _publish(self, outgoing: Outgoing, home: Home) -> None:
        view = dict(home_tab.view(outgoing, home))
        await ask(self._connection.client.views_publish(user_id=outgoing.person_id, view=view))

    async def _open(self, outgoing: Outgoing, form: Form) -> str | None:
        if outgoing.trigger is not None:
            view = modal(form, outgoing.place, outgoing.source_message_id)
            client = self._connection.client
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
        if is_private or await self._strangers_read_along(outgoing.place.conversation_id):
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
        return await self._post(outgoing.place.conversation_id, _thread(outgoing), message)

    async def _update(self, outgoing: Outgoing, ts: str, message: SlackMessage) -> str | None:
        channel = outgoing.place.conversation_id
        await self._pace.turn(channel)
        call = self._connection.client.chat_update(
            channel=channel,
            ts=ts,
            text=message.text,
            blocks=[dict(block) for block in message.blocks],
            parse="none",
            link_names=False,
        )
        return _ts((await ask(call)).get("ts"))

    async def _post(self, channel: str, thread: str | None, message: SlackMessage) -> str | None:
        if is_person(channel):
            channel = await self._direct_message(channel)
        await self._pace.turn(channel)
        call = self._connection.client.chat_postMessage(
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

    async def _strangers_read_along(self, channel: str) -> bool:
        """Whether other organisations are in the conversation, customers perhaps.

        What our people know of customers is not for them, so it is shown to the asker alone.
        """
        known, valid_until = self._has_strangers.get(channel, (False, 0.0))
        if time.monotonic() < valid_until:
            return known
        told = (await ask(self._connection.client.conversations_info(channel=channel))).get(
            "channel"
        )
        facts = told if isinstance(told, dict) else {}
        shared = bool(facts.get("is_ext_shared") or facts.get("is_pending_ext_shared"))
        self._has_strangers[channel] = (shared, time.monotonic() + _STRANGERS_CHECKED_AGAIN_S)
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
        return await self._post(await self._direct_message(outgoing.person_id), None, message)

    async def _whisper(self, channel: str, outgoing: Outgoing, message: SlackMessage) -> str | None:
        await self._pace.turn(channel)
        call = self._connection.client.chat_postEphemeral(
            channel=channel,
            user=outgoing.person_id,
            thread_ts=outgoing.place.thread_id,
            text=message.text,
            blocks=[dict(block) for block in message.blocks],
            parse="none",
            link_names=False,
        )
        return _ts((await ask(call)).get("message_ts"))

    async def _direct_message(self, person_id: str) -> str:
        told = (await ask(self._connection.client.conversations_open(users=person_id))).get(
            "channel"
        )
        return str(told.get("id", "")) if isinstance(told, dict) else ""

    async def _replace_privately(self, outgoing: Outgoing, message: SlackMessage) -> bool:
        url = self._response_urls.for_source(outgoing)
        if url is None:
            return False
        was_replaced = await replace_original(self._connection.make_webhook(url), message)
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
