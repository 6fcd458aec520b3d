"""Where people are told what they did not ask for."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import Conversation, ConversationKind
from bot.messages import Outgoing, Place, Reply
from bot.ports import DirectoryStore
from bot.services.places import Places


@dataclass(frozen=True, slots=True)
class Reaching:
    """Addresses what answers nothing. Whether its readers may see it is checked when it is sent.

    `key` says what it is, such that it is made at most once within the workspace, whatever is done
    again; `made_at` is when one began to read what it tells of.
    """

    directory: DirectoryStore
    places: Places

    def place_of(self, workspace: str, person_id: str, *, likely: str = "") -> Place | None:
        """A person's own talk with the bot; what they may read there is known from then on.

        None where no channel knows them, unless there is a `likely` one.
        """
        channel = self.directory.channel_of(workspace, person_id) or likely
        if not channel:
            return None
        # Named by the person: each channel knows where it talks to them alone, or opens it.
        place = Place(channel, workspace, person_id, ConversationKind.DIRECT)
        self.places.recognise(place, person_id)
        return place

    def person(self, place: Place, reply: Reply, *, key: str, made_at: datetime) -> Outgoing:
        """To the one person whose talk with the bot this is."""
        return _unasked(place, place.conversation_id, reply, key, made_at)

    def conversation(
        self, conversation: Conversation, reply: Reply, *, key: str, made_at: datetime
    ) -> Outgoing:
        """To everybody in a conversation, where the reply is for them all."""
        place = Place(
            conversation.channel, conversation.workspace, conversation.id, conversation.kind
        )
        return _unasked(place, "", reply, key, made_at)


def _unasked(place: Place, person_id: str, reply: Reply, key: str, made_at: datetime) -> Outgoing:
    return Outgoing(uuid.uuid4().hex, place, person_id, reply, key=key, made_at=made_at)
