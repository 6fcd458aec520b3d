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


class Part(BaseModel):
    """What all have in common."""

    model_config = ConfigDict(extra="ignore", frozen=True)


# --- routing ------------------------------------------------------------------------------------


class _EventType(Part):
    type: Text


class _ActionId(Part):
    action_id: Text = ""


class _RoutedView(Part):
    type: Literal["modal", "home"] = "modal"
    callback_id: Text = ""


class Routing(Part):
    """What Bolt routes by."""

    type: Text | None = None
    callback_id: Text | None = None
    command: Text | None = None
    event: _EventType | None = None
    actions: tuple[_ActionId, ...] | None = Field(default=None, min_length=1)
    view: _RoutedView | None = None


# --- events -------------------------------------------------------------------------------------


class _Authorization(Part):
    team_id: Id | None = None


class _Edited(Part):
    ts: Ts


class Share(Part):
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


class SharedFile(Part):
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


class MessagePart(Part):
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


class _ReactedItem(Part):
    channel: Id
    ts: Ts


class ReactionEvent(Part):
    """Somebody put an emoji on a message, or took it off. It says nothing of threads."""

    type: Literal["reaction_added", "reaction_removed"]
    user: Id
    reaction: Text
    item: _ReactedItem
    event_ts: Ts


class MembershipEvent(Part):
    """Somebody came to a conversation or left it."""

    type: Literal["member_joined_channel", "member_left_channel"]
    channel: Id
    user: Id
    event_ts: Ts | None = None


class _RenamedChannel(Part):
    id: Id


class UserEvent(Part):
    """Somebody came to the workspace, or something of them changed."""

    type: Literal["user_change", "team_join"]
    user: Payload
    event_ts: Ts | None = None


class RenameEvent(Part):
    """A channel has another name."""

    type: Literal["channel_rename", "group_rename"]
    channel: _RenamedChannel
    event_ts: Ts | None = None


class FileEvent(Part):
    """A file was changed in any way, or deleted. Where it was posted is not told."""

    type: Literal["file_change", "file_deleted"]
    file_id: Id
    event_ts: Ts | None = None


class AppHomeOpenedEvent(Part):
    """Somebody opened a tab of the app; `channel` is their direct message with it."""

    type: Literal["app_home_opened"]
    user: Id
    channel: Id
    tab: Text = ""
    event_ts: Ts


class _AssistantThread(Part):
    user_id: Id
    channel_id: Id
    thread_ts: Ts


class AssistantThreadEvent(Part):
    """Somebody began a thread with an app that was made before agents had a view of their own."""

    type: Literal["assistant_thread_started"]
    assistant_thread: _AssistantThread


EVENT_TYPES = (
    "message",
    "app_mention",
    "member_joined_channel",
    "member_left_channel",
    "user_change",
    "team_join",
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


class EventEnvelope(Part):
    """What is told around every event."""

    team_id: Id
    authorizations: tuple[_Authorization, ...] | None = None

    @property
    def team_ids(self) -> set[str]:
        """The teams it is sent to: in a shared channel `team_id` may be another team's."""
        installed = {a.team_id for a in self.authorizations or () if a.team_id}
        return installed or {self.team_id}


class EventCallback(EventEnvelope):
    """An event with its envelope."""

    event_time: int = 0
    event: Annotated[
        MessageEvent
        | ReactionEvent
        | MembershipEvent
        | UserEvent
        | RenameEvent
        | FileEvent
        | AppHomeOpenedEvent
        | AssistantThreadEvent,
        Field(discriminator="type"),
    ]


# --- commands -----------------------------------------------------------------------------------


class SlashCommand(Part):
    """A slash command."""

    command: str
    text: Text = ""
    team_id: Id
    channel_id: Id
    channel_name: str = ""
    user_id: Id
    user_name: Text = ""
    trigger_id: Token
