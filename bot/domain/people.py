"""Our own people, and the conversations they talk in."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Standing(StrEnum):
    """What a person is to the workspace, as their platform tells.

    Only a full member may read what is public. Guests, people of other companies in shared
    conversations, and whoever is not known yet read only where they are members.
    """

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can talk to the bot, by the platform's id for them.

    `time_zone` is an IANA name (`Europe/Helsinki`), empty where the platform does not tell.
    `checked_at` is when the platform told of their standing: a later telling counts.
    """

    id: str
    workspace: str
    name: str
    role: str = ""
    time_zone: str = ""
    standing: Standing = Standing.UNKNOWN
    checked_at: datetime | None = field(default=None, compare=False)

    def local(self, moment: datetime) -> datetime:
        """The moment on this person's clock: "tomorrow" is their tomorrow."""
        try:
            return moment.astimezone(ZoneInfo(self.time_zone)) if self.time_zone else moment
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return moment


class ConversationKind(StrEnum):
    """Who can read along: every member of the workspace, the members, or the people in it."""

    PUBLIC = "public"
    PRIVATE = "private"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel, a group or a direct message.

    `member_ids` is None while the members are unknown: then nobody may see what was said there.
    `listening` means that notes are captured without the bot being addressed, which has been
    announced in the conversation. `customer_id` is set where the conversation is on one customer.
    `people` are those members of whom the platform told more than the id; stores keep them apart.
    """

    id: str
    workspace: str
    channel: str
    kind: ConversationKind
    name: str = ""
    member_ids: tuple[str, ...] | None = None
    customer_id: str | None = None
    listening: bool = False
    checked_at: datetime | None = None
    people: tuple[Person, ...] = field(default=(), compare=False, repr=False)
