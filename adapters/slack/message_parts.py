"""What a message of Slack's says, piece by piece: who wrote it, its words, place, time and link."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from adapters.slack.config import Installation
from adapters.slack.payloads import MessagePart
from adapters.slack.text import decode, without_mention
from bot.domain.people import ConversationKind
from bot.messages import Attachment, Place, Quotation

_KINDS = {
    "channel": ConversationKind.PUBLIC,
    "group": ConversationKind.PRIVATE,
    "mpim": ConversationKind.PRIVATE,  # several people: what one sees alone must be ephemeral
    "im": ConversationKind.DIRECT,
}
_SLACKBOT = "USLACKBOT"


def is_strangers(message: MessagePart, here: Installation) -> bool:
    """Whether another organisation's person wrote it, in a channel shared with them."""
    teams = {message.team, message.user_team, message.source_team} - {None, "", here.org_id}
    return not teams <= {here.team_id}


def is_bots(message: MessagePart, here: Installation) -> bool:
    """Whether a program wrote it, ourselves among them."""
    if message.bot_id or message.subtype == "bot_message":
        return True
    return message.user in {here.bot_user_id, _SLACKBOT}


def text_of(message: MessagePart, here: Installation) -> str:
    """What the person wrote, without their mention of the bot."""
    return decode(without_mention(message.text or "", here.bot_user_id))


def quotations(message: MessagePart, here: Installation) -> tuple[Quotation, ...]:
    """The messages that were forwarded with this one; what bots wrote is not passed on."""
    quotes = (
        Quotation(decode(share.author_name), decode(share.text or share.fallback).strip())
        for share in message.attachments
        if not share.bot_id and share.author_id != here.bot_user_id
    )
    return tuple(quote for quote in quotes if quote.text)


def files_of(message: MessagePart) -> tuple[Attachment, ...]:
    """The files that came with it, and are still there."""
    return tuple(
        Attachment(file.id, file.name or file.title, file.mimetype, file.size)
        for file in message.files
    )


def lost_everything(now: MessagePart, before: MessagePart, here: Installation) -> bool:
    """Whether the files are gone that were all it had."""
    return bool(before.files) and not (now.files or text_of(now, here) or quotations(now, here))


def thread_of(thread_ts: str | None, ts: str | None) -> str | None:
    """The thread it replies in; a thread's first message carries its own ts as `thread_ts`."""
    return None if thread_ts == ts else thread_ts


def kind_of(channel: str, channel_type: str | None) -> ConversationKind | None:
    """What an event says of its conversation; None where it says nothing."""
    if channel.startswith("D"):
        return ConversationKind.DIRECT
    return _KINDS.get(channel_type or "")


def permalink(place: Place, ts: str, here: Installation) -> str | None:
    """The link to a message, as Slack makes it."""
    if not here.team_url:
        return None
    link = f"{here.team_url}archives/{place.conversation_id}/p{ts.replace('.', '')}"
    if place.thread_id is None:
        return link
    thread = urlencode({"thread_ts": place.thread_id, "cid": place.conversation_id})
    return f"{link}?{thread}"


def time_of(ts: str) -> datetime:
    """The moment that a ts names."""
    return datetime.fromtimestamp(float(ts), UTC)


def is_ours(team_id: str, user_team_id: str | None, here: Installation) -> bool:
    """Whether somebody of our workspace did it there."""
    return {team_id, user_team_id or team_id} == {here.team_id}
