"""The parts of Slack's payloads that are read, as pydantic models: a stranger wrote them.

Whatever else a payload holds is ignored. A payload without what a model demands is not for us.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from adapters.slack.text import whole

Payload: TypeAlias = Mapping[str, object]
"""A decoded JSON object or form, as it came."""


def _whole(value: object) -> object:
    return whole(value) if isinstance(value, str) else value


Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Ts: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}\.[0-9]{1,9}$")]
Token: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,255}$")]
Text: TypeAlias = Annotated[str, BeforeValidator(_whole)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


# --- routing ------------------------------------------------------------------------------------


class _EventType(_Part):
    type: Text


class _ActionId(_Part):
    action_id: Text = ""


class _RoutedView(_Part):
    type: Literal["modal", "home"] = "modal"
    callback_id: Text = ""


class Routing(_Part):
    """What Bolt routes by."""

    type: Text | None = None
    command: Text | None = None
    event: _EventType | None = None
    actions: tuple[_ActionId, ...] | None = Field(default=None, min_length=1)
    view: _RoutedView | None = None


# --- events -------------------------------------------------------------------------------------


class _Authorization(_Part):
    team_id: Id | None = None


class _Edited(_Part):
    ts: Ts


class MessagePart(_Part):
    """A message within an event about it."""

    ts: Ts | None = None
    user: Id | None = None
    bot_id: Id | None = None
    text: Text | None = None
    subtype: str | None = None
    thread_ts: Ts | None = None
    edited: _Edited | None = None
    team: str | None = None
    user_team: str | None = None
    source_team: str | None = None


class MessageEvent(MessagePart):
    """`message` with any subtype, and `app_mention`."""

    type: Literal["message", "app_mention"]
    ts: Ts
    channel: Id
    channel_type: str | None = None
    message: MessagePart | None = None
    previous_message: MessagePart | None = None
    deleted_ts: Ts | None = None


class MembershipEvent(_Part):
    """Somebody came to a conversation or left it."""

    type: Literal["member_joined_channel", "member_left_channel"]
    channel: Id
    user: Id
    event_ts: Ts | None = None


class _RenamedChannel(_Part):
    id: Id


class RenameEvent(_Part):
    """A channel has another name."""

    type: Literal["channel_rename", "group_rename"]
    channel: _RenamedChannel
    event_ts: Ts | None = None


EVENT_TYPES = (
    "message",
    "app_mention",
    "member_joined_channel",
    "member_left_channel",
    "channel_rename",
    "group_rename",
)


class EventCallback(_Part):
    """An event with its envelope."""

    team_id: Id
    event_time: int = 0
    authorizations: tuple[_Authorization, ...] | None = None
    event: Annotated[MessageEvent | MembershipEvent | RenameEvent, Field(discriminator="type")]

    @property
    def team_ids(self) -> set[str]:
        """The teams it is sent to: in a shared channel `team_id` may be another team's."""
        installed = {a.team_id for a in self.authorizations or () if a.team_id}
        return installed or {self.team_id}


# --- commands, buttons, forms -------------------------------------------------------------------


class SlashCommand(_Part):
    """A slash command."""

    command: str
    text: Text = ""
    team_id: Id
    channel_id: Id
    channel_name: str = ""
    user_id: Id
    user_name: Text = ""
    trigger_id: Token


class _Team(_Part):
    id: Id


class _User(_Part):
    id: Id
    team_id: Id | None = None


class _Channel(_Part):
    id: Id
    name: str = ""


class _Container(_Part):
    message_ts: Ts
    is_ephemeral: bool = False
    thread_ts: Ts | None = None


class _PressedMessage(_Part):
    thread_ts: Ts | None = None


class _Pressed(_Part):
    action_id: str
    action_ts: Ts
    value: Text = ""


class BlockActions(_Part):
    """A press of a button in a message."""

    team: _Team
    user: _User
    channel: _Channel
    container: _Container
    message: _PressedMessage | None = None
    actions: tuple[_Pressed, ...] = Field(min_length=1)
    trigger_id: Token | None = None
    response_url: str | None = None


class _SelectedOption(_Part):
    value: Text


class FieldState(_Part):
    """What a form's field holds."""

    value: Text | None = None
    selected_option: _SelectedOption | None = None
    selected_options: tuple[_SelectedOption, ...] | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """The chosen values, whichever kind of field it is."""
        if self.selected_options is not None:
            return tuple(option.value for option in self.selected_options)
        if self.selected_option is not None:
            return (self.selected_option.value,)
        return (self.value,) if self.value else ()


class _State(_Part):
    values: Mapping[Text, Mapping[str, FieldState]] = Field(default_factory=dict)


class _View(_Part):
    id: Id
    callback_id: str
    private_metadata: Text = ""
    state: _State = _State()


class ViewSubmission(_Part):
    """A form that was submitted."""

    team: _Team
    user: _User
    view: _View
    trigger_id: Token | None = None


class FormOrigin(_Part):
    """Where a form was opened, carried by the form itself as `private_metadata`."""

    value: str
    channel: Id
    thread: Ts | None = None
    source: Ts | None = None
