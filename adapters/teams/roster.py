"""Who is in a conversation, as Teams has it now."""

from collections.abc import Iterator
from contextlib import contextmanager

from adapters.teams.activity import JsonObject
from adapters.teams.connector import Connector
from adapters.teams.references import AddressBook, ConversationReference, Scope
from adapters.teams.whereabouts import CHANNEL
from bot.domain.people import Conversation, ConversationKind, Person, Standing
from bot.errors import RosterUnavailable, SendFailed, SendRefused

_GENERAL = "General"


class TeamsRoster:
    """Asks Teams, by way of a conversation that the bot has heard from. Blocks."""

    def __init__(self, connector: Connector, addresses: AddressBook) -> None:
        self._connector = connector
        self._addresses = addresses

    def conversation(self, workspace: str, conversation_id: str) -> Conversation:
        """See `bot.ports.Roster`."""
        reference = self._addresses.conversation(conversation_id)
        if reference is None and self._addresses.person(conversation_id) is not None:
            return _own_talk(workspace, conversation_id)
        if reference is None:
            raise RosterUnavailable("nothing was ever heard from this conversation")
        with _unavailable():
            members = self._connector.members(reference)
            name = reference.name or self._name(reference)
        is_direct = reference.scope is Scope.PERSONAL
        return Conversation(
            id=conversation_id,
            workspace=workspace,
            channel=CHANNEL,
            # A channel is read by its team, which is not everybody in the tenant.
            kind=ConversationKind.DIRECT if is_direct else ConversationKind.PRIVATE,
            name=name,
            member_ids=tuple(dict.fromkeys(_id(member) for member in members)),
            people=tuple(_person(member, workspace, reference) for member in members),
        )

    def person(self, workspace: str, person_id: str) -> Person:
        """See `bot.ports.Roster`."""
        reference = self._addresses.person(person_id)
        if reference is None:
            raise RosterUnavailable("nothing was ever heard from this person")
        with _unavailable():
            member = self._connector.member(reference, person_id)
        return _person(member, workspace, reference)

    def _name(self, reference: ConversationReference) -> str:
        """A channel's name; the first channel of a team has none of its own."""
        if reference.scope is not Scope.CHANNEL or not reference.team_id:
            return ""
        for channel in self._connector.channels(reference):
            if channel.get("id") == reference.conversation_id:
                return str(channel.get("name") or _GENERAL)
        return ""


def _person(member: JsonObject, workspace: str, near: ConversationReference) -> Person:
    return Person(
        id=_id(member),
        workspace=workspace,
        name=str(member.get("name") or ""),
        role=str(member.get("jobTitle") or ""),
        standing=standing_of(member, near.tenant_id),
    )


def standing_of(member: JsonObject, tenant_id: str) -> Standing:
    """What a member is to the tenant. Whom shared channels bring is of another one.

    The fields are those of TeamsChannelAccount: `tenantId` and `userRole`.
    """
    if member.get("tenantId") != tenant_id:
        return Standing.STRANGER if member.get("tenantId") else Standing.UNKNOWN
    match member.get("userRole"):
        case "user":
            return Standing.MEMBER
        case "guest" | "anonymous":
            return Standing.GUEST
        case _:
            return Standing.UNKNOWN


def _own_talk(workspace: str, person_id: str) -> Conversation:
    """What is between a person and the bot, wherever their chat is."""
    direct = ConversationKind.DIRECT
    return Conversation(person_id, workspace, CHANNEL, direct, member_ids=(person_id,))


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except (SendFailed, SendRefused) as error:
        raise RosterUnavailable(error.detail) from None


def _id(member: JsonObject) -> str:
    found = member.get("id")
    if not isinstance(found, str) or not found:
        raise RosterUnavailable("a member without an id")
    return found
