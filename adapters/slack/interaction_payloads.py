"""The parts that are read of what comes of buttons, forms and shortcuts, as pydantic models."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from adapters.slack.payloads import Id, MessagePart, Part, Text, Token, Ts


class _Team(Part):
    id: Id


class _User(Part):
    id: Id
    team_id: Id | None = None


class _Channel(Part):
    id: Id
    name: str = ""


class _Container(Part):
    message_ts: Ts
    is_ephemeral: bool = False
    thread_ts: Ts | None = None


class _PressedMessage(Part):
    thread_ts: Ts | None = None


class Pressed(Part):
    """Which button it was."""

    action_id: str
    action_ts: Ts
    type: Text = ""
    value: Text = ""


class BlockActions(Part):
    """A press of a button in a message."""

    team: _Team
    user: _User
    channel: _Channel
    container: _Container
    message: _PressedMessage | None = None
    actions: tuple[Pressed, ...] = Field(min_length=1)
    trigger_id: Token | None = None
    response_url: str | None = None


class _HomeView(Part):
    type: Literal["home"]
    private_metadata: Text = ""


class HomeActions(Part):
    """A press of a button on the Home tab, which is in no conversation."""

    team: _Team
    user: _User
    view: _HomeView
    actions: tuple[Pressed, ...] = Field(min_length=1)
    trigger_id: Token | None = None


class _SelectedOption(Part):
    value: Text


class FieldState(Part):
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


class BlockSuggestion(Part):
    """Somebody types in a field whose options are asked for."""

    team: _Team
    user: _User
    action_id: str
    value: Text = ""


class GlobalShortcut(Part):
    """A shortcut that was used anywhere."""

    team: _Team
    user: _User
    callback_id: str
    trigger_id: Token


class MessageShortcut(GlobalShortcut):
    """A shortcut that was used on a message."""

    channel: _Channel
    message: MessagePart


class _State(Part):
    values: Mapping[Text, Mapping[str, FieldState]] = Field(default_factory=dict)


class _View(Part):
    id: Id
    callback_id: str
    private_metadata: Text = ""
    state: _State = _State()


class ViewSubmission(Part):
    """A form that was submitted."""

    team: _Team
    user: _User
    view: _View
    trigger_id: Token | None = None


class PointedOrigin(Part):
    """Which message a form was opened on, carried by the form itself; and a digest of its words.

    None of it is believed: the message is read again before anything of it is kept.
    """

    channel: Id
    ts: Ts
    thread: Ts | None = None
    digest: str = ""


class FormOrigin(Part):
    """Where a form was opened, carried by the form itself as `private_metadata`."""

    value: str
    channel: Id
    thread: Ts | None = None
    source: Ts | Literal["home"] | None = None
