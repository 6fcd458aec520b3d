"""What a channel tells the core: each thing that happened, and its `delivery_key`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from bot.domain.note import MessageKey
from bot.messages.origin import Place, WayIn


@dataclass(frozen=True, slots=True)
class Quotation:
    """Somebody else's words, passed on within a message. `author_name` may be empty."""

    author_name: str
    text: str

    @property
    def marked(self) -> str:
        """In quotation marks, with its author: a form that needs no language."""
        return f"“{self.text}” — {self.author_name}" if self.author_name else f"“{self.text}”"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message, by the platform's id for it.

    Its name, kind and size are what the platform said with the message; they may be empty, and
    are looked up again before anything is fetched.
    """

    id: str
    name: str = ""
    media_type: str = ""
    size: int | None = None


def _note_text(text: str, quotes: tuple[Quotation, ...]) -> str:
    parts = (text, *(quote.marked for quote in quotes))
    return "\n\n".join(part for part in parts if part.strip())


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message that a person posted, commanded or pointed at.

    `text` is what they wrote with the platform's encoding undone and the bot's own mention taken
    off; `quotes` are the messages they passed on with it. `person_id` is whoever wants something of
    the bot, which for a shortcut or a reaction need not be the `author_id`. `from_outsider` marks
    another organisation's person. `trigger` is the platform's short-lived leave to open a form.
    `is_as_posted` says of a form that was opened on a message that its text was left alone, and
    `wish_id` tells several such forms on one message apart. `attachments` are the files that came
    with it. `wished_at` is when somebody pointed at it, None for what was said to the bot itself.
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
    quotes: tuple[Quotation, ...] = ()
    from_outsider: bool = False
    is_as_posted: bool = False
    wish_id: str = ""
    attachments: tuple[Attachment, ...] = ()
    wished_at: datetime | None = None
    kind: Literal["message"] = "message"

    @property
    def actor_id(self) -> str:
        """Who wants something of the bot."""
        return self.person_id or self.author_id

    @property
    def as_note(self) -> "IncomingMessage":
        """The same with what it quotes as part of its text: a note keeps both."""
        return replace(self, text=_note_text(self.text, self.quotes), quotes=())

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
        return _wish_key(self.key, f"{wish}|{self.wish_id}" if self.wish_id else wish)


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
    quotes: tuple[Quotation, ...] = ()
    attachments: tuple[Attachment, ...] = ()
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
    def as_note(self) -> "MessageEdited":
        """The same with what it quotes as part of its text."""
        return replace(self, text=_note_text(self.text, self.quotes), quotes=())

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


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    """Somebody put the reaction that saves on a message, or took it off again.

    `place` need not say in which thread the message is. `change_id` is the same for each
    redelivery; `changed_at` orders the changes of one person on one message.
    """

    place: Place
    message_id: str
    person_id: str
    is_on: bool
    changed_at: datetime
    change_id: str
    kind: Literal["reaction"] = "reaction"

    @property
    def key(self) -> MessageKey:
        """What identifies the message for good."""
        return MessageKey(self.place.workspace, self.place.conversation_id, self.message_id)

    @property
    def delivery_key(self) -> str:
        """One key for each change."""
        return _wish_key(self.key, f"reaction|{self.person_id}|{self.change_id}")


HOME = "home"
"""Where a message's id says what carried a button: the person's own page, which is no message."""


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
    RATE_GOOD = "rate_good"  # value: question id
    RATE_BAD = "rate_bad"  # value: question id; answered with a form
    SAVE_REMARK = "save_remark"  # value: question id; the form's submission


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """Somebody pressed a button or submitted a form.

    Everything in it came from a client: ids are looked up again within what the person may see.
    `source_message_id` is the bot's message that carried the button, or HOME; `press_id` is the
    same for each redelivery of one press. `fields` maps a form field's name to the chosen values.
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


@dataclass(frozen=True, slots=True)
class FileChanged:
    """A file is not what it was, or is there no more.

    `place` need not say in which conversation it was posted; `change_id` is the same for each
    redelivery.
    """

    place: Place
    file_id: str
    is_deleted: bool
    changed_at: datetime
    change_id: str
    kind: Literal["file"] = "file"

    @property
    def delivery_key(self) -> str:
        """One key for each change."""
        return f"{self.place.workspace}|file|{self.file_id}|{self.change_id}"


@dataclass(frozen=True, slots=True)
class TalkOpened:
    """A person opened their talk with the bot, before a word was said.

    `opening_id` is the same for each redelivery.
    """

    place: Place
    person_id: str
    opening_id: str
    kind: Literal["opening"] = "opening"

    @property
    def delivery_key(self) -> str:
        """One key for each opening."""
        return f"{self.place.workspace}|{self.person_id}|opening|{self.opening_id}"


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """A person opened the page that their platform keeps for them and the bot.

    `place` is their talk with the bot; `opening_id` is the same for each redelivery.
    """

    place: Place
    person_id: str
    opening_id: str
    kind: Literal["home"] = "home"

    @property
    def delivery_key(self) -> str:
        """One key for each opening."""
        return f"{self.place.workspace}|{self.person_id}|home|{self.opening_id}"


Incoming: TypeAlias = (
    IncomingMessage
    | MessageEdited
    | MessageDeleted
    | ReactionChanged
    | ActionTaken
    | ConversationChanged
    | FileChanged
    | TalkOpened
    | HomeOpened
)
