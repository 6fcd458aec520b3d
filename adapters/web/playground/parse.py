"""From what happened on the page to what the core understands. Pure functions."""

import re
from datetime import datetime

from adapters.web.playground.chat_log import Entry
from bot.domain.people import Conversation, ConversationKind
from bot.messages import IncomingMessage, MessageDeleted, MessageEdited, Place, WayIn

COMMANDS = {
    "note": WayIn.NOTE_COMMAND,
    "ask": WayIn.ASK_COMMAND,
    "brief": WayIn.BRIEF_COMMAND,
    "earshot": WayIn.EARSHOT_COMMAND,
}

_MENTION = re.compile(r"@earshot\b[,:]?[^\S\n]*", re.IGNORECASE)
_COMMAND = re.compile(r"/(\w+)(?:\s+|$)")


def command_of(text: str) -> str | None:
    """The command that a text begins with, known or not, without its slash."""
    match = _COMMAND.match(text)
    return match[1].lower() if match else None


def has_mention(text: str) -> bool:
    """Whether a text mentions the bot."""
    return _MENTION.search(text) is not None


def message_of(
    entry: Entry,
    conversation: Conversation,
    *,
    author_name: str,
    permalink: str | None,
    saved_by: str | None = None,
) -> IncomingMessage:
    """The message of an entry; with `saved_by`, as somebody pointed at it by a reaction."""
    way_in = WayIn.REACTION if saved_by else _way_in(entry, conversation)
    return IncomingMessage(
        place=place_of(conversation, entry.thread_id),
        message_id=entry.id,
        author_id=entry.author_id,
        author_name=author_name,
        text=_words(entry),
        sent_at=entry.at,
        way_in=way_in,
        person_id=saved_by or "",
        permalink=None if entry.is_command else permalink,
    )


def edit_of(entry: Entry, conversation: Conversation, at: datetime, revision: str) -> MessageEdited:
    """That the author changed an entry, which already holds the new text."""
    return MessageEdited(
        place=place_of(conversation, entry.thread_id),
        message_id=entry.id,
        author_id=entry.author_id,
        text=_words(entry),
        edited_at=at,
        revision=revision,
    )


def deletion_of(entry: Entry, conversation: Conversation, at: datetime) -> MessageDeleted:
    """That the author deleted an entry."""
    return MessageDeleted(place_of(conversation, entry.thread_id), entry.id, at)


def place_of(conversation: Conversation, thread_id: str | None) -> Place:
    """The conversation, or a thread in it."""
    return Place(
        conversation.channel, conversation.workspace, conversation.id, conversation.kind, thread_id
    )


def _way_in(entry: Entry, conversation: Conversation) -> WayIn:
    if entry.is_command:
        return COMMANDS[command_of(entry.text) or ""]
    if conversation.kind is ConversationKind.DIRECT:
        return WayIn.DIRECT
    return WayIn.MENTION if has_mention(entry.text) else WayIn.LISTENED


def _words(entry: Entry) -> str:
    if entry.is_command:
        return _COMMAND.sub("", entry.text, count=1).strip()
    return _MENTION.sub("", entry.text, count=1).strip()
