"""Messages that somebody points at, read from Slack. Called from worker threads."""

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from adapters.slack import parse
from adapters.slack.api import ApiRefused, ask
from adapters.slack.connection import Connection, Connections
from adapters.slack.payloads import Payload
from adapters.slack.users import display_name, is_bot_user
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

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._our_people: dict[tuple[str, str], bool] = {}

    def find(self, place: Place, message_id: str) -> IncomingMessage | None:
        """The message with its thread; an outsider's with their name. Raises MessageUnavailable."""
        return self._ask(self._find(place, message_id))

    def original_of(self, wish: IncomingMessage) -> IncomingMessage | None:
        """The message, read anew. Raises MessageUnavailable."""
        return self.find(wish.place, wish.message_id)

    def is_ours(self, workspace: str, person_id: str) -> bool:
        """Asked of Slack once a person. Raises MessageUnavailable."""
        person = (workspace, person_id)
        if person not in self._our_people:
            self._our_people[person] = self._ask(self._is_ours(workspace, person_id))
        return self._our_people[person]

    def _ask(self, question: Coroutine[Any, Any, _Result]) -> _Result:
        try:
            return self._connections.transport.run(question, _TIMEOUT_S)
        except (SendFailed, SendRefused, TimeoutError) as error:
            raise MessageUnavailable(getattr(error, "detail", "no answer in time")) from error

    async def _find(self, place: Place, ts: str) -> IncomingMessage | None:
        connection, channel = await self._connections.of(place.workspace), place.conversation_id
        try:
            found = await _in_channel(connection, channel, ts)
            found = found or await _in_thread(connection, channel, ts)
        except ApiRefused as refusal:
            if refusal.code in _NOT_TO_BE_READ:
                return None
            raise
        message = parse.fetched(found, channel, connection.here) if found else None
        if message is None or not message.from_outsider:
            return message
        author = await _user(connection, message.author_id)
        return replace(message, author_name=display_name(author))

    async def _is_ours(self, workspace: str, person_id: str) -> bool:
        connection = await self._connections.of(workspace)
        try:
            user = await _user(connection, person_id)
        except ApiRefused as refusal:
            if refusal.code in {"user_not_found", "user_not_visible"}:
                return False
            raise
        of_our_team = user.get("team_id") in (None, connection.here.team_id)
        return of_our_team and not user.get("is_stranger") and not is_bot_user(user)


async def _in_channel(connection: Connection, channel: str, ts: str) -> Payload | None:
    told = await ask(
        connection.client.conversations_history(
            channel=channel, oldest=ts, latest=ts, inclusive=True, limit=1
        )
    )
    return _message_of(told, ts)


async def _in_thread(connection: Connection, channel: str, ts: str) -> Payload | None:
    """A reply is found by its own ts; Slack may put the thread's first message before it."""
    told = await ask(
        connection.client.conversations_replies(
            channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True, limit=2
        )
    )
    return _message_of(told, ts)


async def _user(connection: Connection, user_id: str) -> Payload:
    told = (await ask(connection.client.users_info(user=user_id))).get("user")
    return told if isinstance(told, dict) else {}


def _message_of(told: Payload, ts: str) -> Payload | None:
    messages = told.get("messages")
    every = messages if isinstance(messages, list) else []
    return next((m for m in every if isinstance(m, dict) and m.get("ts") == ts), None)
