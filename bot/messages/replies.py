"""What the core says. Text in it is data: the channel that shows it escapes all of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from bot.domain.people import ConversationKind
from bot.messages.actions import Action
from bot.messages.origin import Place
from bot.messages.steps import Outcome


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


class OptionSource(StrEnum):
    """What options are too many to come with a form, and are looked up as somebody types."""

    CUSTOMERS = "customers"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a form; `value` is what it holds when it opens.

    With a `source`, `options` are only those that it holds; the others are looked up by what is
    typed. A channel that cannot look up shows it `as_typed`: names, with `typed_hint` on how.
    """

    name: str
    label: str
    kind: FieldKind
    options: tuple[Option, ...] = ()
    value: tuple[str, ...] = ()
    required: bool = False
    hint: str = ""
    source: OptionSource | None = None
    typed_hint: str = ""

    @property
    def as_typed(self) -> "FormField":
        """The same as a text of names, with semicolons between, where it has a source."""
        if self.source is None:
            return self
        names = [option.label for option in self.options if option.value in self.value]
        return replace(
            self,
            kind=FieldKind.TEXT,
            options=(),
            value=("; ".join(names),) if names else (),
            hint=self.typed_hint,
            source=None,
        )


@dataclass(frozen=True, slots=True)
class Form:
    """A form; submitting it is an `ActionTaken` with `action` and `value`."""

    title: str
    action: Action
    value: str
    fields: tuple[FormField, ...]
    submit_label: str = "Save"

    @property
    def as_typed(self) -> "Form":
        """The same for a channel that cannot look up options."""
        return replace(self, fields=tuple(field.as_typed for field in self.fields))


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with what a form's field holds; `field` is its name."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a person may say next: `label` is what they choose, `text` what is said for them."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a link unfolds into beside the message that it stands in; `url` is as it was written."""

    url: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """What `[number]` in a reply's text rests on: where it is from, and the words themselves."""

    number: int
    title: str
    text: str
    href: str | None = None


class Visibility(StrEnum):
    """Who sees a reply: the person it answers, or everybody in the conversation."""

    PRIVATE = "private"
    CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says. `form` opens a form instead of, or beside, the text.

    `replaces_source` takes the place of the bot's message whose button was pressed, where the
    platform can do so. `shows` are the ids of the notes it tells of: whether its readers may
    still see them is checked again when it is sent, as it is of the customers whose ids it `names`
    beside what is in these notes. `disseminates` are the ids of the insights that
    its reader is told of and did not tell: they have been passed on once it is shown.
    `suggestions` are offered where the platform has a place for them, and left out elsewhere.
    `refreshes_home` shows the reader's page anew, with the rest of the reply on top of it.
    `cards` unfold the links of the message that is answered: to everybody there, or, of a private
    reply, in a draft that its author alone sees. `outcome` is for the workflow that waits for it.
    `sources` say once more what the text cites, for platforms that show citations by themselves.
    """

    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...] = ()
    shows: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PRIVATE
    form: Form | None = None
    replaces_source: bool = False
    disseminates: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    refreshes_home: bool = False
    cards: tuple[Card, ...] = ()
    outcome: Outcome | None = None
    sources: tuple[Source, ...] = ()

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
class HomeItem:
    """A line of a page, and what can be done about it."""

    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeSection:
    """A part of a page."""

    title: str
    items: tuple[HomeItem, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """One person's own page. `shows` and `disseminates` are as in a reply."""

    sections: tuple[HomeSection, ...]
    shows: tuple[str, ...] = ()
    disseminates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply with its address, as it waits in the outbox.

    A private reply goes to `person_id`. `trigger` and `source_message_id` are those of what is
    answered, `reply_to_message_id` is the message itself. `home` is the page that a reply
    refreshes: it is read when it is sent, so that no page waits and grows old. `step_run_id` is the
    run of a workflow's step that waits for the reply's outcome.

    What answers nothing has a `key`: it is made at most once. It holds of its notes as they were at
    `made_at`, and is withheld where one was changed since. Its place may be named by the id of the
    person that it is for: that is their own talk with the bot.
    """

    id: str
    place: Place
    person_id: str
    reply: Reply
    trigger: str | None = None
    source_message_id: str | None = None
    reply_to_message_id: str | None = None
    home: Home | None = None
    key: str | None = None
    made_at: datetime | None = None

    @property
    def lane(self) -> str | None:
        """Replies of one lane are shown one after another, in the order in which they were made.

        None for what waits for no other: a form, whose permission to open ends within seconds, and
        a page, which is read when it is shown.
        """
        if self.reply.form is not None or self.reply.refreshes_home:
            return None
        place = self.place
        is_direct = place.kind is ConversationKind.DIRECT
        thread_id = place.thread_id or (None if is_direct else self.reply_to_message_id)
        return "/".join((place.workspace, place.channel, place.conversation_id, thread_id or ""))

    step_run_id: str | None = None
