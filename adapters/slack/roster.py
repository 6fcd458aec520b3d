"""Who is there, asked of Slack. Called from worker threads."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.api import ask
from adapters.slack.config import Installation
from adapters.slack.connection import Connection, Connections
from adapters.slack.payloads import Payload
from adapters.slack.users import is_bot_user, list_in, part_of, person_of
from bot.domain.people import Conversation, ConversationKind, Person
from bot.errors import RosterUnavailable, SendFailed, SendRefused

_Result = TypeVar("_Result")

_PAGE = 200
_TIMEOUT_S = 60.0
_ASKED_ONE_BY_ONE = 20
"""More members than these whose nature is unknown are learnt from the list of all users."""
_KNOWN_FOR = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class _Known:
    """A user as Slack told of them, or not, at `person.checked_at`."""

    person: Person
    is_bot: bool
    is_told: bool = True


class SlackRoster:
    """The Roster port for Slack."""

    def __init__(
        self, connections: Connections, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._connections = connections
        self._now = now
        self._known: dict[tuple[str, str], _Known] = {}

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
        told = part_of(await ask(call), "channel")
        members = [str(told["user"])] if told.get("is_im") and told.get("user") else None
        if members is None:
            members = await _members(connection, conversation_id)
        await self._learn(connection, members)
        known = [self._known[workspace, member] for member in members]
        return Conversation(
            id=conversation_id,
            workspace=workspace,
            channel="slack",
            kind=_kind(told),
            name=str(told.get("name") or ""),
            member_ids=tuple(one.person.id for one in known if not one.is_bot),
            people=tuple(one.person for one in known if one.is_told),
        )

    async def _person(self, workspace: str, person_id: str) -> Person:
        connection = await self._connections.of(workspace)
        return self._keep(connection.here, person_id, await _user(connection, person_id))

    def _keep(self, here: Installation, person_id: str, told: Payload) -> Person:
        person = replace(person_of(person_id, told, here), checked_at=self._now())
        self._known[here.workspace, person_id] = _Known(person, is_bot_user(told))
        return person

    def _is_unknown(self, workspace: str, person_id: str) -> bool:
        known = self._known.get((workspace, person_id))
        told_at = known.person.checked_at if known else None
        return told_at is None or self._now() - told_at > _KNOWN_FOR

    async def _learn(self, connection: Connection, members: Iterable[str]) -> None:
        """Find out who the members are; that is asked again now and then."""
        here = connection.here
        unknown = [member for member in members if self._is_unknown(here.workspace, member)]
        if len(unknown) > _ASKED_ONE_BY_ONE:
            await self._learn_all(connection)
            for member in unknown:
                if self._is_unknown(here.workspace, member):
                    # Who is not on our list is of another organisation, and reads as a person.
                    stranger = Person(member, here.workspace, "", checked_at=self._now())
                    self._known[here.workspace, member] = _Known(stranger, False, is_told=False)
            return
        users = await asyncio.gather(*(_user(connection, member) for member in unknown))
        for member, user in zip(unknown, users, strict=True):
            self._keep(here, member, user)

    async def _learn_all(self, connection: Connection) -> None:
        client, here = connection.client, connection.here
        pages = await _pages(
            # With the token of a whole organisation Slack must be told whose users are meant.
            lambda cursor: client.users_list(limit=_PAGE, cursor=cursor, team_id=here.team_id)
        )
        for page in pages:
            for user in list_in(page, "members"):
                if isinstance(user, Mapping):
                    self._keep(here, str(user.get("id")), user)


async def _members(connection: Connection, conversation_id: str) -> list[str]:
    client = connection.client
    pages = await _pages(
        lambda cursor: client.conversations_members(
            channel=conversation_id, limit=_PAGE, cursor=cursor
        )
    )
    return [str(member) for page in pages for member in list_in(page, "members")]


async def _user(connection: Connection, user_id: str) -> Payload:
    return part_of(await ask(connection.client.users_info(user=user_id)), "user")


async def _pages(fetch: Callable[[str], Awaitable[AsyncSlackResponse]]) -> list[Payload]:
    """Every page of a method with cursors."""
    pages: list[Payload] = []
    cursor = ""
    while not pages or cursor:
        pages.append(await ask(fetch(cursor)))
        cursor = str(part_of(pages[-1], "response_metadata").get("next_cursor") or "")
    return pages


def is_person(conversation_id: str) -> bool:
    """Whether a conversation is named by the person that the bot has it with."""
    return conversation_id[:1] in {"U", "W"}


def _kind(told: Payload) -> ConversationKind:
    """What is not known to be public counts as private, as does what other companies read."""
    if told.get("is_im"):
        return ConversationKind.DIRECT
    is_shared = told.get("is_ext_shared") or told.get("is_pending_ext_shared")
    is_public = told.get("is_channel") and told.get("is_private") is False and not is_shared
    return ConversationKind.PUBLIC if is_public else ConversationKind.PRIVATE
