"""Pointing at a message: where its words come from, and which reactions stand on it."""

from datetime import datetime
from typing import Protocol

from bot.domain.note import MessageKey
from bot.messages import IncomingMessage, Place


class MessageSource(Protocol):
    """One platform's messages, read when somebody points at one. Raises MessageUnavailable.

    A channel that has one also takes a person's id for the id of a conversation, in its roster and
    its gateway: what is between that person and the bot.
    """

    def find(self, place: Place, message_id: str) -> IncomingMessage | None:
        """The message as the platform has it now, with its thread and its author.

        None where there is no such message, or none that the bot may read.
        """
        ...

    def original_of(self, wish: IncomingMessage) -> IncomingMessage | None:
        """The message that a form was opened on, by what the platform vouches for.

        None where it does not say, or does not let the bot know, who wrote it.
        """
        ...

    def is_ours(self, workspace: str, person_id: str) -> bool:
        """Whether this is one of the workspace's people: neither a bot nor somebody else's."""
        ...


class ReactionStore(Protocol):
    """Whose reaction stands on which message, told in any order."""

    def put(self, key: MessageKey, person_id: str, *, is_on: bool, at: datetime) -> bool:
        """Record a change; False, and nothing is recorded, where a later one is known.

        With a reaction that is new it is kept whether the message was a note before it. The same
        change again is recorded once and gives the same answer.
        """
        ...

    def is_released(self, key: MessageKey, person_id: str) -> bool:
        """Whether this person's reaction made the message a note, and is off again.

        Not while somebody else's stands on it, and not once it was let be.
        """
        ...

    def let_be(self, key: MessageKey) -> None:
        """The note is wanted for another reason too: no reaction that is known takes it back."""
        ...
