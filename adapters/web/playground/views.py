"""What the page is told: everything that one person sees, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from adapters.web.playground.chat_log import BOT_ID, Corner, Entry
from adapters.web.playground.platform import ChatPlatform, Refused
from bot.domain.people import Conversation, ConversationKind, Person
from bot.messages import Home, Outgoing, Reply, Suggestion

BOT_NAME = "Earshot"


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A line on the left. `latest` is the id of the last message this person sees there."""

    id: str
    name: str
    kind: ConversationKind
    listening: bool
    members: tuple[str, ...]
    latest: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as one person sees it.

    `reply` is what the bot was asked to show, with the form that it opens, if any, for whoever
    holds `trigger`.
    """

    id: str
    version: int
    author_id: str
    author_name: str
    text: str
    at: datetime
    thread_id: str | None
    by_bot: bool
    only_you: bool
    is_command: bool
    is_edited: bool
    is_deleted: bool
    saved_by_you: bool
    saved_count: int
    reply: Reply | None
    trigger: str | None


@dataclass(frozen=True, slots=True)
class HomeView:
    """A person's own page, with what the bot says on top of it."""

    version: int
    notice: Reply
    page: Home


@dataclass(frozen=True, slots=True)
class PageView:
    """The whole page for one person in one conversation."""

    revision: int
    person: Person
    people: tuple[Person, ...]
    conversations: tuple[ConversationView, ...]
    conversation: ConversationView
    messages: tuple[MessageView, ...]
    home: HomeView | None
    prompts: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class StartView:
    """What the page needs before anybody was chosen."""

    bot_name: str
    workspace: str
    people: tuple[Person, ...]
    suggestions: tuple[str, ...]
    previews: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """That something was taken over, and the id of what it made or changed."""

    id: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a platform would be sent, in its own format."""

    platform: str
    body: object


def _talk_with_the_bot(conversations: Sequence[Conversation]) -> Conversation:
    direct = (found for found in conversations if found.kind is ConversationKind.DIRECT)
    return next(direct, conversations[0])


def page_of(platform: ChatPlatform, person_id: str, conversation_id: str | None) -> PageView:
    """Everything this person sees, with one conversation open.

    Unless one is named it is the talk with the bot, where everything gets a reply.
    """
    person = platform.person(person_id)
    revision = platform.log.revision  # read first: what comes while we look is shown next time
    conversations = platform.neighbourhood.conversations_of(person_id)
    if not conversations:
        raise Refused(HTTPStatus.NOT_FOUND, "This person is in no conversation; add a channel.")
    chosen = conversation_id or _talk_with_the_bot(conversations).id
    opened = platform.conversation(person_id, chosen)
    people = platform.neighbourhood.people()
    names = {person.id: person.name for person in people} | {BOT_ID: BOT_NAME}
    corner = platform.log.corner_of(person_id)
    return PageView(
        revision=revision,
        person=person,
        people=people,
        conversations=tuple(_line(platform, found, person_id, names) for found in conversations),
        conversation=_line(platform, opened, person_id, names),
        messages=_messages(platform.log.seen_by(person_id, opened.id), person_id, names),
        home=_home_of(corner),
        prompts=corner.prompts.reply.suggestions if corner.prompts else (),
    )


def _home_of(corner: Corner) -> HomeView | None:
    if corner.home is None or corner.home.home is None:
        return None
    return HomeView(corner.home_version, corner.home.reply, corner.home.home)


def _line(
    platform: ChatPlatform, conversation: Conversation, person_id: str, names: dict[str, str]
) -> ConversationView:
    seen = [e for e in platform.log.seen_by(person_id, conversation.id) if not e.is_deleted]
    return ConversationView(
        id=conversation.id,
        name=conversation.name,
        kind=conversation.kind,
        listening=platform.neighbourhood.is_listening(conversation),
        members=tuple(names.get(member, member) for member in conversation.member_ids or ()),
        latest=seen[-1].id if seen else "",
    )


def _messages(
    entries: Sequence[Entry], person_id: str, names: dict[str, str]
) -> tuple[MessageView, ...]:
    answered = {entry.thread_id for entry in entries if not entry.is_deleted}
    return tuple(
        _message(entry, person_id, names)
        for entry in entries
        if not entry.is_deleted or entry.id in answered
    )


def _message(entry: Entry, person_id: str, names: dict[str, str]) -> MessageView:
    """One message as this person sees it."""
    outgoing = entry.outgoing
    return MessageView(
        id=entry.id,
        version=entry.version,
        author_id=entry.author_id,
        author_name=names.get(entry.author_id, entry.author_id),
        text=entry.text,
        at=entry.at,
        thread_id=entry.thread_id,
        by_bot=entry.is_by_bot,
        only_you=entry.only_for is not None,
        is_command=entry.is_command,
        is_edited=entry.edited_at is not None,
        is_deleted=entry.is_deleted,
        saved_by_you=person_id in entry.saved_by,
        saved_count=len(entry.saved_by),
        reply=_reply_of(outgoing) if outgoing else None,
        trigger=outgoing.trigger if outgoing else None,
    )


def _reply_of(outgoing: Outgoing) -> Reply:
    """With a form that can be filled in without looking anything up."""
    reply = outgoing.reply
    return replace(reply, form=reply.form.as_typed) if reply.form else reply
