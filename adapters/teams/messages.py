"""Messages that somebody points at. Called from worker threads.

Teams lets no bot read a message without rights over a whole team's or tenant's messages, which
Earshot does not ask for. What it passes on of the message within a signed invoke is what there is;
who wrote it is looked up among those who are in the conversation.
"""

from dataclasses import replace

from adapters.teams.activity import JsonObject
from adapters.teams.connector import Connector
from adapters.teams.references import AddressBook, ConversationReference
from bot.errors import MessageUnavailable, SendFailed, SendRefused
from bot.messages import IncomingMessage, Place


class TeamsMessages:
    """The MessageSource port for Teams."""

    def __init__(self, connector: Connector, addresses: AddressBook) -> None:
        self._connector = connector
        self._addresses = addresses

    def find(self, place: Place, message_id: str) -> IncomingMessage | None:  # noqa: ARG002 - a port
        """None: no message can be read again."""
        return None

    def original_of(self, wish: IncomingMessage) -> IncomingMessage | None:
        """The message that Teams told of, if its author is in the conversation and the bot, too."""
        told, reference = wish.told_of, self._addresses.conversation(wish.place.conversation_id)
        if told is None or reference is None:
            return None
        author = self._member(reference, told.author_id)
        author_id = author.get("id") if author else None
        if author is None or not isinstance(author_id, str) or not author_id:
            return None
        tenant_id = author.get("tenantId") or reference.tenant_id
        return replace(
            wish,
            author_id=author_id,
            author_name=str(author.get("name") or ""),
            person_id="",
            text=told.text,
            told_of=None,
            from_outsider=tenant_id != reference.tenant_id,
        )

    def is_ours(self, workspace: str, person_id: str) -> bool:  # noqa: ARG002 - a port
        """Whatever comes in was sent within our own tenant; the channel takes nothing else."""
        return True

    def _member(self, reference: ConversationReference, person_id: str) -> JsonObject | None:
        """By any id that Teams has for a person; None for whoever is not there."""
        try:
            return self._connector.member(reference, person_id)
        except SendRefused:
            return None
        except SendFailed as error:
            raise MessageUnavailable(error.detail) from error
