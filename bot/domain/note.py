"""A note: what a person wrote in chat. Only its author changes it."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.insight import Insight


@dataclass(frozen=True, slots=True)
class MessageKey:
    """What identifies a message for good: event ids change between redeliveries, these do not.

    `message_id` is the platform's own id of the message (Slack: its ts).
    """

    workspace: str
    conversation_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Note:
    """Raw text, who, where, when. `thread_id` is the message id of the thread's first message.

    `saved_by_id` is whoever pointed the bot at somebody's message, None where its author did.
    """

    id: str
    key: MessageKey
    channel: str
    author_id: str
    author_name: str
    text: str
    posted_at: datetime
    thread_id: str | None = None
    permalink: str | None = None
    saved_by_id: str | None = None
    version: int = 1
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """A note as it is stored, with what was understood of it."""

    note: Note
    insights: tuple[Insight, ...]
    conversation_name: str = ""

    @property
    def customer_ids(self) -> tuple[str, ...]:
        """Every customer that any insight of the note is linked to, in order, once each."""
        return tuple(dict.fromkeys(c for insight in self.insights for c in insight.customer_ids))
