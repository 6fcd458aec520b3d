"""Who is there, asked of Slack. Called from worker threads."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.api import ask
from adapters.slack.connection import Connection, Connections
from adapters.slack.payloads import Payload
from bot.domain.people import Conversation, ConversationKind, Person
from bot.errors import RosterUnavailable, SendFailed, SendRefused

_Result = TypeVar("_Result")

_PAGE = 200
_TIMEOUT_S = 60.0
_ASKED_ONE_BY_ONE = 20
"""More members than these whose nature is unknown are learnt from the list of all users."""


class SlackRoster:
    """The Roster port for Slack."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._is_bot: dict[tuple[str, str], bool] = {}

    def conversation(self, workspace: str, conversation_id: str) -> Conversation:
        """The conversation with its human members. Raises RosterUnavailable.

        A person's id stands for what is between them and the bot, as it does where Slack posts.
        """
        if is_person(conversation_id):
            alone = (conversation_id,)
            direct = ConversationKind.DIRECT
            return Conversation(conversation_id, workspace, "slack", direct, member_ids=alone)
        return self._ask(self._conversation(workspace, conversation_id))

    def person(self, workspace: str, person_id: str) -> Person:
        """The person by the name they are shown with. Raises RosterUnavailable."""
        return self._ask(self._person(workspace, person_id))

    def _ask(self, question: Coroutine[Any, Any, _Result]) -> _Result:
        try:
            return self._connections.transport.run(question, _TIMEOUT_S)
        except (SendFailed, SendRefused, TimeoutError) as error:
            raise RosterUnavailable(getattr(error, "detail", "no answer in time")) from error

    async def _conversation(self, workspace: str, conversation_id: str) -> Conversation:
        connection = await self._connections.of(workspace)
        call = connection.client.conversations_info(channel=conversation_id)
        told = _part(await ask(call), "channel")
        members = [str(told["user"])] if told.get("is_im") and told.get("user") else None
        if members is None:
            members = await _members(connection, conversation_id)
        await self._learn(connection, members)
        return Conversation(
            id=conversation_id,
            workspace=workspace,
            channel="slack",
            kind=_kind(told),
            name=str(told.get("name") or ""),
            member_ids=tuple(m for m in members if not self._is_bot[workspace, m]),
        )

    async def _person(self, workspace: str, person_id: str) -> Person:
        told = await _user(await self._connections.of(workspace), person_id)
        self._is_bot[workspace, person_id] = is_bot_user(told)
        return Person(
            id=person_id,
            workspace=workspace,
            name=display_name(told),
            role=_role(told),
            time_zone=str(told.get("tz") or ""),
        )

    async def _learn(self, connection: Connection, members: Iterable[str]) -> None:
        """Find out which of the members are bots; that never changes, so it is asked once."""
        workspace = connection.here.workspace
        unknown = [member for member in members if (workspace, member) not in self._is_bot]
        if len(unknown) > _ASKED_ONE_BY_ONE:
            await self._learn_all(connection)
            for member in unknown:
                # Who is not on our list is of another organisation, and reads along as a person.
                self._is_bot.setdefault((workspace, member), False)
            return
        users = await asyncio.gather(*(_user(connection, member) for member in unknown))
        for member, user in zip(unknown, users, strict=True):
            self._is_bot[workspace, member] = is_bot_user(user)

    async def _learn_all(self, connection: Connection) -> None:
        client, here = connection.client, connection.here
        pages = await _pages(
            # With the token of a whole organisation Slack must be told whose users are meant.
            lambda cursor: client.users_list(limit=_PAGE, cursor=cursor, team_id=here.team_id)
        )
        for page in pages:
            for user in _list(page, "members"):
                if isinstance(user, Mapping):
                    self._is_bot[here.workspace, str(user.get("id"))] = is_bot_user(user)


async def _members(connection: Connection, conversation_id: str) -> list[str]:
    client = connection.client
    pages = await _pages(
        lambda cursor: client.conversations_members(
            channel=conversation_id, limit=_PAGE, cursor=cursor
        )
    )
    return [str(member) for page in pages for member in _list(page, "members")]


async def _user(connection: Connection, user_id: str) -> Payload:
    return _part(await ask(connection.client.users_info(user=user_id)), "user")


async def _pages(fetch: Callable[[str], Awaitable[AsyncSlackResponse]]) -> list[Payload]:
    """Every page of a method with cursors."""
    pages: list[Payload] = []
    cursor = ""
    while not pages or cursor:
        pages.append(await ask(fetch(cursor)))
        cursor = str(_part(pages[-1], "response_metadata").get("next_cursor") or "")
    return pages


def _part(payload: Payload, name: str) -> Payload:
    part = payload.get(name)
    return part if isinstance(part, Mapping) else {}


def _list(payload: Payload, name: str) -> list[object]:
    part = payload.get(name)
    return part if isinstance(part, list) else []


def is_person(conversation_id: str) -> bool:
    """Whether a conversation is named by the person that the bot has it with."""
    return conversation_id[:1] in {"U", "W"}


def _kind(told: Payload) -> ConversationKind:
    """What is not known to be public counts as private."""
    if told.get("is_im"):
        return ConversationKind.DIRECT
    is_public = told.get("is_channel") and told.get("is_private") is False
    return ConversationKind.PUBLIC if is_public else ConversationKind.PRIVATE


def is_bot_user(user: Payload) -> bool:
    """Whether it is a program."""
    return bool(user.get("is_bot")) or user.get("id") == "USLACKBOT"


def display_name(user: Payload) -> str:
    """The name that somebody is shown with."""
    profile = _part(user, "profile")
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"))
    return next((str(name) for name in (*names, user.get("name")) if name), "")


def _role(user: Payload) -> str:
    return str(_part(user, "profile").get("title") or "")
