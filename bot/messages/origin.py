"""Where something was said, and how it reached the bot."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.people import ConversationKind


class WayIn(StrEnum):
    """How a message reached the bot."""

    LISTENED = "listened"  # posted where the bot may read along, not addressed to it
    MENTION = "mention"
    DIRECT = "direct"
    NOTE_COMMAND = "note_command"
    ASK_COMMAND = "ask_command"
    BRIEF_COMMAND = "brief_command"
    EARSHOT_COMMAND = "earshot_command"
    SHORTCUT = "shortcut"
    REACTION = "reaction"

    @property
    def is_addressed(self) -> bool:
        """Whether a person asked the bot to do something."""
        return self is not WayIn.LISTENED

    @property
    def points_out(self) -> bool:
        """Whether a person said that this is a note, rather than said something to the bot."""
        return self in {WayIn.NOTE_COMMAND, WayIn.SHORTCUT, WayIn.REACTION}

    @property
    def is_in_conversation(self) -> bool:
        """Whether the message itself stands in the conversation, so that a thread can follow it."""
        return not self.value.endswith("_command")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happened, and where a reply goes.

    `kind` is None where the platform does not say. `thread_id` is the message id of the thread's
    first message, None outside threads.
    """

    channel: str
    workspace: str
    conversation_id: str
    kind: ConversationKind | None = None
    thread_id: str | None = None
