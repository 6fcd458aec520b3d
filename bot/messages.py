"""What a channel and the core say to each other.

A channel parses what its platform sends into one of the `Incoming` values and renders a `Reply`
into what its platform shows. Text in a reply is data: the channel escapes all of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from bot.domain.note import MessageKey
from bot.domain.people import ConversationKind


class WayIn(StrEnum):
    """How a message reached the bot."""

    LISTENED = "listened"  # posted where the bot may read along, not addressed to it
    MENTION = "mention"
    DIRECT = "direct"
    NOTE_COMMAND = "note_command"
    ASK_COMMAND = "ask_command"
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


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message that a person posted, commanded or pointed at.

    `text` is what they wrote with the platform's encoding undone and the bot's own mention taken
    off. `person_id` is whoever wants something of the bot, which for a shortcut or a reaction need
    not be the `author_id`. `trigger` is the platform's short-lived permission to open a form.
    """

    place: Place
    message_id: str
    author_id: str
    text: str
    sent_at: datetime
    way_in: WayIn
    author_name: str = ""
    person_id: str = ""
    from_bot: bool = False
    permalink: str | None = None
    trigger: str | None = None
    kind: Literal["message"] = "message"

    @property
    def actor_id(self) -> str:
        """Who wants something of the bot."""
        return self.person_id or self.author_id

    @property
    def key(self) -> MessageKey:
        """What identifies the message for good."""
        return MessageKey(self.place.workspace, self.place.conversation_id, self.message_id)

    @property
    def delivery_key(self) -> str:
        """The same for each redelivery of the same message, and for nothing else.

        A message that was only listened to and is later pointed at is a new wish, so it has a
        second key; mentions and listened messages share one, since platforms send both.
        """
        wish = self.way_in.value if self.way_in in _POINTING else _POSTED
        return _wish_key(self.key, wish)


_POINTING = {WayIn.SHORTCUT, WayIn.REACTION}
_POSTED = "posted"


def _wish_key(key: MessageKey, wish: str) -> str:
    return "|".join((key.workspace, key.conversation_id, key.message_id, wish))


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """Its author changed a message. `revision` orders and identifies edits of one message."""

    place: Place
    message_id: str
    author_id: str
    text: str
    edited_at: datetime
    revision: str
    from_bot: bool = False
    kind: Literal["edit"] = "edit"

    @property
    def key(self) -> MessageKey:
        """What identifies the message for good."""
        return MessageKey(self.place.workspace, self.place.conversation_id, self.message_id)

    @property
    def delivery_key(self) -> str:
        """One key for each edit."""
        place = self.place
        return f"{place.workspace}|{place.conversation_id}|{self.message_id}|edit|{self.revision}"

    @property
    def posted_key(self) -> str:
        """The delivery key that the message itself came in under."""
        return _wish_key(self.key, _POSTED)


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A message was deleted on the platform."""

    place: Place
    message_id: str
    deleted_at: datetime
    kind: Literal["deletion"] = "deletion"

    @property
    def key(self) -> MessageKey:
        """What identifies the message for good."""
        return MessageKey(self.place.workspace, self.place.conversation_id, self.message_id)

    @property
    def delivery_key(self) -> str:
        """A message is deleted once."""
        place = self.place
        return f"{place.workspace}|{place.conversation_id}|{self.message_id}|deletion"


class Action(StrEnum):
    """What a button or a form asks for. Part of what lies on the wire: never rename a value."""

    CHANGE = "change"  # value: insight id; answered with a form
    SAVE_CHANGE = "save_change"  # value: insight id; the form's submission
    KEEP = "keep"  # value: note id; answered with a form, for a note taken for chatter
    SAVE_KEPT = "save_kept"  # value: note id; the form's submission
    UNDO = "undo"  # value: note id
    RESTORE = "restore"  # value: note id
    LINK_CUSTOMER = "link_customer"  # value: note id|customer id
    CREATE_CUSTOMER = "create_customer"  # value: note id; answered with a form
    SAVE_CUSTOMER = "save_customer"  # value: note id; the form's submission
    RECORD_NEED = "record_need"  # value: question id
    ANSWER_INSTEAD = "answer_instead"  # value: note id, of what was a question
    NOTE_INSTEAD = "note_instead"  # value: question id, of what was a note


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """Somebody pressed a button or submitted a form.

    Everything in it came from a client: ids are looked up again within what the person may see.
    `source_message_id` is the bot's message that carried the button; `press_id` is the same for
    each redelivery of one press. `fields` maps a form field's name to the chosen values.
    """

    place: Place
    person_id: str
    action: Action
    value: str
    press_id: str
    taken_at: datetime
    source_message_id: str | None = None
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trigger: str | None = None
    kind: Literal["action"] = "action"

    @property
    def delivery_key(self) -> str:
        """One key for each press."""
        return f"{self.place.workspace}|{self.person_id}|press|{self.press_id}"


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """Members came or went, or the conversation was renamed: what is known of it is out of date.

    `change_id` is the same for each redelivery.
    """

    place: Place
    change_id: str
    kind: Literal["conversation"] = "conversation"

    @property
    def delivery_key(self) -> str:
        """One key for each change."""
        place = self.place
        return f"{place.workspace}|{place.conversation_id}|conversation|{self.change_id}"


Incoming: TypeAlias = (
    IncomingMessage | MessageEdited | MessageDeleted | ActionTaken | ConversationChanged
)


# --- what the core says -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text. `href` is only ever a permalink of the platform or of ours."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `subdued` is for what matters less (a source line, a hint)."""

    spans: tuple[Span, ...]
    subdued: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Words somebody wrote, shown as theirs."""

    text: str


Block: TypeAlias = Paragraph | Quote


@dataclass(frozen=True, slots=True)
class Button:
    """A next step. `value` holds ids only."""

    label: str
    action: Action
    value: str
    style: Literal["default", "primary", "danger"] = "default"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field."""

    value: str
    label: str


class FieldKind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form; `value` is what it holds when it opens."""

    name: str
    label: str
    kind: FieldKind
    options: tuple[Option, ...] = ()
    value: tuple[str, ...] = ()
    required: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form; submitting it is an `ActionTaken` with `action` and `value`."""

    title: str
    action: Action
    value: str
    fields: tuple[FormField, ...]
    submit_label: str = "Save"


class Visibility(StrEnum):
    """Who sees a reply: the person it answers, or everybody in the conversation."""

    PRIVATE = "private"
    CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says. `form` opens a form instead of, or beside, the text.

    `replaces_source` takes the place of the bot's message whose button was pressed, where the
    platform can do so. `shows` are the ids of the notes it tells of: whether its readers may
    still see them is checked again when it is sent. `disseminates` are the ids of the insights that
    its reader is told of and did not tell: they have been passed on once it is shown.
    """

    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...] = ()
    shows: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PRIVATE
    form: Form | None = None
    replaces_source: bool = False
    disseminates: tuple[str, ...] = ()

    @property
    def plain_text(self) -> str:
        """The same in plain text: for notifications, logs of a terminal, and tests."""
        lines = [
            "".join(span.text for span in block.spans)
            if isinstance(block, Paragraph)
            else "\n".join(f"> {line}" for line in block.text.splitlines())
            for block in self.blocks
        ]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply with its address, as it waits in the outbox.

    A private reply goes to `person_id`. `trigger` and `source_message_id` are those of what is
    answered, `reply_to_message_id` is the message itself.
    """

    id: str
    place: Place
    person_id: str
    reply: Reply
    trigger: str | None = None
    source_message_id: str | None = None
    reply_to_message_id: str | None = None
