"""The parts of Slack's payloads that are read, as pydantic models: a stranger wrote them.

Whatever else a payload holds is ignored. A payload without what a model demands is not for us.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from adapters.slack.text import whole

Payload: TypeAlias = Mapping[str, object]
"""A decoded JSON object or form, as it came."""


def _whole(value: object) -> object:
    return whole(value) if isinstance(value, str) else value


def _words(value: object) -> str:
    return whole(value) if isinstance(value, str) else ""


def _whole_number(value: object) -> object:
    return value if isinstance(value, int) and value >= 0 else None


Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Ts: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}\.[0-9]{1,9}$")]
Token: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,255}$")]
Text: TypeAlias = Annotated[str, BeforeValidator(_whole)]
Words: TypeAlias = Annotated[str, BeforeValidator(_words)]
"""Text where it is text, else nothing: what it stands in is read all the same."""


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
    callback_id: Text | None = None
    command: Text | None = None
    event: _EventType | None = None
    actions: tuple[_ActionId, ...] | None = Field(default=None, min_length=1)
    view: _RoutedView | None = None


# --- events -------------------------------------------------------------------------------------


class _Authorization(_Part):
    team_id: Id | None = None


class _Edited(_Part):
    ts: Ts


class Share(_Part):
    """A message that was forwarded with another one."""

    author_id: Words = ""
    author_name: Words = ""
    bot_id: Words = ""
    text: Words = ""
    fallback: Words = ""


def _shares(attachments: object) -> object:
    """Forwarded messages only: what Slack unfolds of a link is not what the person wrote."""
    if not isinstance(attachments, list):
        return ()
    return tuple(a for a in attachments if isinstance(a, Mapping) and a.get("is_share") is True)


class SharedFile(_Part):
    """A file that came with a message. Of some only the id is told: they are to be looked up."""

    id: Id
    name: Words = ""
    title: Words = ""
    mimetype: Words = ""
    size: Annotated[int | None, BeforeValidator(_whole_number)] = None
    mode: Words = ""


_GONE_MODES = {"tombstone", "hidden_by_limit"}


def _shared_files(files: object) -> object:
    """Those that are there: of a deleted file a message keeps only that there was one."""
    found = []
    for file in files if isinstance(files, list) else ():
        try:
            found.append(SharedFile.model_validate(file))
        except ValidationError:  # no file that could be asked for
            continue
    return tuple(file for file in found if file.mode not in _GONE_MODES)


class MessagePart(_Part):
    """A message within an event about it."""

    ts: Ts | None = None
    user: Id | None = None
    bot_id: Id | None = None
    text: Text | None = None
    subtype: str | None = None
    thread_ts: Ts | None = None
    edited: _Edited | None = None
    attachments: Annotated[tuple[Share, ...], BeforeValidator(_shares)] = ()
    files: Annotated[tuple[SharedFile, ...], BeforeValidator(_shared_files)] = ()
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


class _ReactedItem(_Part):
    channel: Id
    ts: Ts


class ReactionEvent(_Part):
    """Somebody put an emoji on a message, or took it off. It says nothing of threads."""

    type: Literal["reaction_added", "reaction_removed"]
    user: Id
    reaction: Text
    item: _ReactedItem
    event_ts: Ts


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


class FileEvent(_Part):
    """A file was changed in any way, or deleted. Where it was posted is not told."""

    type: Literal["file_change", "file_deleted"]
    file_id: Id
    event_ts: Ts | None = None


class AppHomeOpenedEvent(_Part):
    """Somebody opened a tab of the app; `channel` is their direct message with it."""

    type: Literal["app_home_opened"]
    user: Id
    channel: Id
    tab: Text = ""
    event_ts: Ts


class _AssistantThread(_Part):
    user_id: Id
    channel_id: Id
    thread_ts: Ts


class AssistantThreadEvent(_Part):
    """Somebody began a thread with an app that was made before agents had a view of their own."""

    type: Literal["assistant_thread_started"]
    assistant_thread: _AssistantThread


EVENT_TYPES = (
    "message",
    "app_mention",
    "member_joined_channel",
    "member_left_channel",
    "channel_rename",
    "group_rename",
    "reaction_added",
    "reaction_removed",
    "app_home_opened",
    "file_change",
    "file_deleted",
)
LEGACY_EVENT_TYPES = ("assistant_thread_started",)
"""Sent to apps that were made as assistants; the manifest makes none."""


class EventCallback(_Part):
    """An event with its envelope."""

    team_id: Id
    event_time: int = 0
    authorizations: tuple[_Authorization, ...] | None = None
    event: Annotated[
        MessageEvent
        | ReactionEvent
        | MembershipEvent
        | RenameEvent
        | FileEvent
        | AppHomeOpenedEvent
        | AssistantThreadEvent,
        Field(discriminator="type"),
    ]

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


class Pressed(_Part):
    """Which button it was."""

    action_id: str
    action_ts: Ts
    type: Text = ""
    value: Text = ""


class BlockActions(_Part):
    """A press of a button in a message."""

    team: _Team
    user: _User
    channel: _Channel
    container: _Container
    message: _PressedMessage | None = None
    actions: tuple[Pressed, ...] = Field(min_length=1)
    trigger_id: Token | None = None
    response_url: str | None = None


class _HomeView(_Part):
    type: Literal["home"]
    private_metadata: Text = ""


class HomeActions(_Part):
    """A press of a button on the Home tab, which is in no conversation."""

    team: _Team
    user: _User
    view: _HomeView
    actions: tuple[Pressed, ...] = Field(min_length=1)
    trigger_id: Token | None = None


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


class GlobalShortcut(_Part):
    """A shortcut that was used anywhere."""

    team: _Team
    user: _User
    callback_id: str
    trigger_id: Token


class MessageShortcut(GlobalShortcut):
    """A shortcut that was used on a message."""

    channel: _Channel
    message: MessagePart


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


class PointedOrigin(_Part):
    """Which message a form was opened on, carried by the form itself; and a digest of its words.

    None of it is believed: the message is read again before anything of it is kept.
    """

    channel: Id
    ts: Ts
    thread: Ts | None = None
    digest: str = ""


class FormOrigin(_Part):
    """Where a form was opened, carried by the form itself as `private_metadata`."""

    value: str
    channel: Id
    thread: Ts | None = None
    source: Ts | Literal["home"] | None = None
