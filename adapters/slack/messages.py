"""Messages that somebody points at, read from Slack. Called from worker threads."""

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from adapters.slack import parse
from adapters.slack.api import ApiRefused, ask
from adapters.slack.connection import Connection
from adapters.slack.payloads import Payload
from adapters.slack.roster import display_name, is_bot_user
from bot.errors import MessageUnavailable, SendFailed, SendRefused
from bot.messages import IncomingMessage, Place

_Result = TypeVar("_Result")

_TIMEOUT_S = 30.0
_NOT_TO_BE_READ = {
    "channel_is_limited_access",
    "channel_not_found",
    "message_not_found",
    "method_not_supported_for_channel_type",
    "not_in_channel",
    "thread_not_found",
}


class SlackMessages:
    """The MessageSource port for Slack."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._our_people: dict[str, bool] = {}

    def find(self, place: Place, message_id: str) -> IncomingMessage | None:
        """The message with its thread; an outsider's with their name. Raises MessageUnavailable."""
        return self._ask(self._find(place.conversation_id, message_id))

    def is_ours(self, person_id: str) -> bool:
        """Asked of Slack once a person. Raises MessageUnavailable."""
        if person_id not in self._our_people:
            self._our_people[person_id] = self._ask(self._is_ours(person_id))
        return self._our_people[person_id]

    def _ask(self, question: Coroutine[Any, Any, _Result]) -> _Result:
        try:
            return self._connection.run(question, _TIMEOUT_S)
        except (SendFailed, SendRefused, TimeoutError) as error:
            raise MessageUnavailable(getattr(error, "detail", "no answer in time")) from error

    async def _find(self, channel: str, ts: str) -> IncomingMessage | None:
        here = await self._connection.installation()
        try:
            found = await self._in_channel(channel, ts) or await self._in_thread(channel, ts)
        except ApiRefused as refusal:
            if refusal.code in _NOT_TO_BE_READ:
                return None
            raise
        message = parse.fetched(found, channel, here) if found else None
        if message is None or not message.from_outsider:
            return message
        return replace(message, author_name=display_name(await self._user(message.author_id)))

    async def _in_channel(self, channel: str, ts: str) -> Payload | None:
        told = await ask(
            self._connection.client.conversations_history(
                channel=channel, oldest=ts, latest=ts, inclusive=True, limit=1
            )
        )
        return _message_of(told, ts)

    async def _in_thread(self, channel: str, ts: str) -> Payload | None:
        """A reply is found by its own ts; Slack may put the thread's first message before it."""
        told = await ask(
            self._connection.client.conversations_replies(
                channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True, limit=2
            )
        )
        return _message_of(told, ts)

    async def _is_ours(self, person_id: str) -> bool:
        here = await self._connection.installation()
        try:
            user = await self._user(person_id)
        except ApiRefused as refusal:
            if refusal.code in {"user_not_found", "user_not_visible"}:
                return False
            raise
        of_our_team = user.get("team_id") in (None, here.team_id)
        return of_our_team and not user.get("is_stranger") and not is_bot_user(user)

    async def _user(self, person_id: str) -> Payload:
        told = (await ask(self._connection.client.users_info(user=person_id))).get("user")
        return told if isinstance(told, dict) else {}


def _message_of(told: Payload, ts: str) -> Payload | None:
    messages = told.get("messages")
    every = messages if isinstance(messages, list) else []
    return next((m for m in every if isinstance(m, dict) and m.get("ts") == ts), None)
