"""What a channel tells the core: each thing that happened, and its `delivery_key`."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from bot.domain.note import MessageKey
from bot.domain.people import Person
from bot.messages.actions import ActionTaken
from bot.messages.links import LinksShared
from bot.messages.origin import Place, WayIn
from bot.messages.parts import Attachment, Quotation, ToldOf, note_text
from bot.messages.steps import StepRun


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
    `told_of` is the message that was pointed at, where its platform told of it with the wish.
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
    told_of: ToldOf | None = None
    kind: Literal["message"] = "message"

    @property
    def actor_id(self) -> str:
        """Who wants something of the bot."""
        return self.person_id or self.author_id

    @property
    def as_note(self) -> "IncomingMessage":
        """The same with what it quotes as part of its text: a note keeps both."""
        return replace(self, text=note_text(self.text, self.quotes), quotes=())

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
        return replace(self, text=note_text(self.text, self.quotes), quotes=())

    @property
    def posted_key(self) -> str:
        """The delivery key that the message itself came in under."""
        return _wish_key(self.key, _POSTED)


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A message was deleted on the platform.

    `deletion_id` tells the deletions of one message apart, where its author can bring it back.
    """

    place: Place
    message_id: str
    deleted_at: datetime
    deletion_id: str = ""
    kind: Literal["deletion"] = "deletion"

    @property
    def key(self) -> MessageKey:
        """What identifies the message for good."""
        return MessageKey(self.place.workspace, self.place.conversation_id, self.message_id)

    @property
    def delivery_key(self) -> str:
        """One key for each deletion."""
        wish = f"deletion|{self.deletion_id}" if self.deletion_id else "deletion"
        return _wish_key(self.key, wish)


@dataclass(frozen=True, slots=True)
class MessageRestored:
    """Its author brought a deleted message back.

    `restored_at` is by the platform's clock, as `deleted_at` of the deletion is.
    """

    place: Place
    message_id: str
    restored_at: datetime
    kind: Literal["restoration"] = "restoration"

    @property
    def key(self) -> MessageKey:
        """What identifies the message for good."""
        return MessageKey(self.place.workspace, self.place.conversation_id, self.message_id)

    @property
    def delivery_key(self) -> str:
        """One key for each time that it is brought back."""
        return _wish_key(self.key, f"restoration|{self.restored_at.isoformat()}")


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


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """Members came or went, or the conversation was renamed: what is known of it is out of date.

    `change_id` is the same for each redelivery. `is_bot_removed` says that the bot itself went.
    """

    place: Place
    change_id: str
    is_bot_removed: bool = False
    kind: Literal["conversation"] = "conversation"

    @property
    def delivery_key(self) -> str:
        """One key for each change."""
        place = self.place
        return f"{place.workspace}|{place.conversation_id}|conversation|{self.change_id}"


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """Somebody came to the workspace, left it, or is something else to it now.

    `place` need not say more than the workspace; `change_id` is the same for each redelivery.
    """

    place: Place
    person: Person
    change_id: str
    kind: Literal["person"] = "person"

    @property
    def delivery_key(self) -> str:
        """One key for each change."""
        return f"{self.place.workspace}|{self.person.id}|person|{self.change_id}"


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
    | MessageRestored
    | ReactionChanged
    | ActionTaken
    | ConversationChanged
    | PersonChanged
    | FileChanged
    | TalkOpened
    | HomeOpened
    | LinksShared
    | StepRun
)
