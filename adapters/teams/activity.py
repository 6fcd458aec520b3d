"""What Teams sends, checked: the parts of an activity that the channel reads."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from bot.errors import EarshotError

JsonObject: TypeAlias = dict[str, Any]

# Beyond, a time has no equal in every time zone.
_EARLIEST_YEAR, _LATEST_YEAR = 2000, 9000


class ActivityInvalid(EarshotError):
    """This is not an activity. Send one as the Bot Framework's schema describes it."""


def _without_lone_surrogates(value: object) -> object:
    """Half an emoji, cut off by a client, is no reason to lose the message."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _aware(at: datetime) -> datetime:
    if not _EARLIEST_YEAR <= at.year <= _LATEST_YEAR:
        raise ValueError("no message was sent then")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


Words: TypeAlias = Annotated[str, BeforeValidator(_without_lone_surrogates)]
Id: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Instant: TypeAlias = Annotated[datetime, AfterValidator(_aware)]


class Part(BaseModel):
    """What is read of an object that Teams sends; the rest of it is passed over."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class Account(Part):
    """A person or a bot. `role` is `bot` for bots, where the platform says so."""

    id: Id
    name: Words | None = None
    role: str | None = None


class ConversationAccount(Part):
    """A conversation; in a channel the id also names the thread."""

    id: Id
    name: Words | None = None
    conversation_type: str | None = None
    tenant_id: str | None = None


class Named(Part):
    """A tenant, team or channel."""

    id: Id | None = None
    name: Words | None = None
    aad_group_id: str | None = None


class ChannelData(Part):
    """What only Teams says."""

    tenant: Named | None = None
    team: Named | None = None
    channel: Named | None = None
    event_type: str | None = None


class Entity(Part):
    """A mention, where `mentioned` is set; `text` is how it stands in the message."""

    type: str | None = None
    text: Words | None = None
    mentioned: Account | None = None


class Activity(Part):
    """One thing that happened in Teams."""

    type: Id
    channel_id: Id
    service_url: Id
    conversation: ConversationAccount
    id: Id | None = None
    sender: Account | None = Field(default=None, alias="from")
    recipient: Account | None = None
    timestamp: Instant | None = None
    local_timestamp: Instant | None = None
    text: Words | None = None
    name: str | None = None
    action: str | None = None
    value: Any = None
    reply_to_id: Id | None = None
    entities: tuple[Entity, ...] | None = None
    channel_data: ChannelData | None = None

    @property
    def tenants(self) -> frozenset[str]:
        """Every tenant that the activity says it is of: one, unless somebody forged it."""
        told = self.channel_data.tenant if self.channel_data else None
        named = (self.conversation.tenant_id, told.id if told else None)
        return frozenset(tenant for tenant in named if tenant)


def read_activity(raw: bytes) -> Activity:
    """The body of a request. Raises ActivityInvalid, also for what is nested too deep."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise ActivityInvalid("the body is not JSON") from None
    try:
        return Activity.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "body"
        raise ActivityInvalid(f"{where}: {first['msg']}") from None
