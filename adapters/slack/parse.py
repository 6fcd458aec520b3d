"""Slack's payloads turned into what the core understands. Pure: no clock, no network.

None means that a payload is not for us: another team's, a stranger's in a shared channel, a kind
that this version does not use, or one that lacks what it should hold.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from adapters.slack import shared_files
from adapters.slack.config import Installation
from adapters.slack.message_parts import (
    files_of,
    is_bots,
    is_strangers,
    kind_of,
    lost_everything,
    permalink,
    quotations,
    text_of,
    thread_of,
    time_of,
)
from adapters.slack.payloads import (
    AppHomeOpenedEvent,
    AssistantThreadEvent,
    EventCallback,
    FileEvent,
    MembershipEvent,
    MessageEvent,
    MessagePart,
    Payload,
    ReactionEvent,
    RenameEvent,
    SlashCommand,
    UserEvent,
)
from adapters.slack.text import decode, mentions, without_mention
from adapters.slack.users import is_bot_user, person_of
from bot.domain.people import ConversationKind
from bot.messages import (
    ConversationChanged,
    HomeOpened,
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    PersonChanged,
    Place,
    ReactionChanged,
    TalkOpened,
    WayIn,
)

COMMANDS: Mapping[str, WayIn] = {
    "/note": WayIn.NOTE_COMMAND,
    "/ask": WayIn.ASK_COMMAND,
    "/brief": WayIn.BRIEF_COMMAND,
    "/earshot": WayIn.EARSHOT_COMMAND,
}

_WRITTEN = {None, "file_share", "thread_broadcast", "me_message", "bot_message"}
_CONVERTED = {"channel_convert_to_private", "channel_convert_to_public"}

_Model = TypeVar("_Model", bound=BaseModel)


def read_as(model: type[_Model], payload: Payload) -> _Model | None:
    """The payload as this model, None when it is not one."""
    try:
        return model.model_validate(payload)
    except ValidationError:
        return None


# --- events -------------------------------------------------------------------------------------


def event(payload: Payload, here: Installation) -> Incoming | None:
    """A message, an edit, a deletion, or that something was changed or opened."""
    callback = read_as(EventCallback, payload)
    if callback is None or here.team_id not in callback.team_ids:
        return None
    happened = callback.event
    if isinstance(happened, MessageEvent):
        return _message_event(happened, here)
    if isinstance(happened, ReactionEvent):
        return _reaction(happened, here)
    if isinstance(happened, AppHomeOpenedEvent | AssistantThreadEvent):
        return _opened(happened, here)
    return _change(happened, happened.event_ts or str(callback.event_time), here)


def _change(
    happened: UserEvent | FileEvent | RenameEvent | MembershipEvent,
    moment: str,
    here: Installation,
) -> Incoming | None:
    if isinstance(happened, UserEvent):
        return _person(happened, moment, here)
    if isinstance(happened, FileEvent):
        return shared_files.change_of(happened, moment, here)
    return _conversation(happened, moment, here)


def _message_event(event: MessageEvent, here: Installation) -> Incoming | None:
    if event.subtype == "message_changed":
        return _edit(event, here)
    if event.subtype == "message_deleted":
        return _deletion(event, event.deleted_ts, here)
    if event.subtype in _CONVERTED:
        return _changed(event.channel, f"{event.subtype}-{event.ts}", here)
    if event.subtype in _WRITTEN and not is_strangers(event, here):
        return _message(event, here)
    return None


def fetched(message: Payload, channel: str, here: Installation) -> IncomingMessage | None:
    """A message that was asked for; None for what nobody wrote, as that somebody joined."""
    event = read_as(MessageEvent, {**message, "type": "message", "channel": channel})
    return _message(event, here) if event and event.subtype in _WRITTEN else None


def _message(event: MessageEvent, here: Installation) -> IncomingMessage | None:
    author = event.user or event.bot_id
    if author is None:
        return None
    place = _place(event, event, here)
    return IncomingMessage(
        place=place,
        message_id=event.ts,
        author_id=author,
        text=text_of(event, here),
        sent_at=time_of(event.ts),
        way_in=_way_in(event, place, here),
        from_bot=is_bots(event, here),
        permalink=permalink(place, event.ts, here),
        quotes=quotations(event, here),
        from_outsider=is_strangers(event, here),
        attachments=files_of(event),
    )


def _way_in(event: MessageEvent, place: Place, here: Installation) -> WayIn:
    if place.kind is ConversationKind.DIRECT:
        return WayIn.DIRECT
    if event.type == "app_mention" or mentions(event.text or "", here.bot_user_id):
        return WayIn.MENTION
    return WayIn.LISTENED


def _edit(event: MessageEvent, here: Installation) -> Incoming | None:
    now, before = event.message, event.previous_message or MessagePart()
    if now is None or is_strangers(now, here):
        return None
    message_id = now.ts or before.ts
    if now.subtype == "tombstone":  # a deleted message that a thread still hangs on
        return _deletion(event, message_id, here)
    if event.previous_message and lost_everything(now, before, here):
        return _deletion(event, message_id, here)
    # Slack also reports a "change" when it only unfolds a link: then the text is the same.
    lost_files = event.previous_message is not None and len(now.files) < len(before.files)
    is_edited = now.edited is not None and now.text != before.text
    if message_id is None or not (is_edited or lost_files):
        return None
    author = now.user or now.bot_id
    if author is None:
        return None
    moment = now.edited.ts if now.edited and is_edited else event.ts
    return MessageEdited(
        place=_place(event, now, here),
        message_id=message_id,
        author_id=author,
        text=text_of(now, here),
        edited_at=time_of(moment),
        revision=moment,
        from_bot=is_bots(now, here),
        quotes=quotations(now, here),
        attachments=files_of(now),
    )


def _deletion(
    event: MessageEvent, message_id: str | None, here: Installation
) -> MessageDeleted | None:
    before = event.previous_message or MessagePart()
    if message_id is None or is_bots(before, here) or is_strangers(before, here):
        return None
    return MessageDeleted(
        place=_place(event, before, here),
        message_id=message_id,
        deleted_at=time_of(event.ts),
    )


def _reaction(event: ReactionEvent, here: Installation) -> ReactionChanged | None:
    """The emoji that saves, in whichever skin tone; of others nothing is kept."""
    if event.reaction.partition("::")[0] != here.save_emoji:
        return None
    channel = event.item.channel
    return ReactionChanged(
        place=Place("slack", here.workspace, channel, kind_of(channel, None)),
        message_id=event.item.ts,
        person_id=event.user,
        is_on=event.type == "reaction_added",
        changed_at=time_of(event.event_ts),
        change_id=f"{event.type}-{event.event_ts}",
    )


def _opened(
    event: AppHomeOpenedEvent | AssistantThreadEvent, here: Installation
) -> TalkOpened | HomeOpened | None:
    if isinstance(event, AppHomeOpenedEvent):
        return _tab(event, here)
    return _assistant_thread(event, here)


def _tab(event: AppHomeOpenedEvent, here: Installation) -> TalkOpened | HomeOpened | None:
    place = Place("slack", here.workspace, event.channel, ConversationKind.DIRECT)
    opening_id = f"{event.channel}-{event.event_ts}"
    match event.tab:
        case "messages":
            return TalkOpened(place, event.user, opening_id)
        case "home":
            return HomeOpened(place, event.user, opening_id)
        case _:
            return None


def _assistant_thread(event: AssistantThreadEvent, here: Installation) -> TalkOpened:
    """With its thread, which is what suggestions are made for there."""
    begun = event.assistant_thread
    place = Place(
        "slack", here.workspace, begun.channel_id, ConversationKind.DIRECT, begun.thread_ts
    )
    return TalkOpened(place, begun.user_id, f"{begun.channel_id}-{begun.thread_ts}")


def _conversation(
    event: RenameEvent | MembershipEvent, moment: str, here: Installation
) -> ConversationChanged:
    if isinstance(event, RenameEvent):
        return _changed(event.channel.id, f"{event.type}-{moment}", here)
    return _changed(event.channel, f"{event.type}-{event.user}-{moment}", here)


def _person(event: UserEvent, moment: str, here: Installation) -> PersonChanged | None:
    user_id = event.user.get("id")
    if not isinstance(user_id, str) or not user_id or is_bot_user(event.user):
        return None
    person = person_of(user_id, event.user, here)
    place = Place("slack", here.workspace, "")
    person = replace(person, checked_at=time_of(moment))
    return PersonChanged(place, person, f"{event.type}-{moment}")


def _changed(channel: str, change_id: str, here: Installation) -> ConversationChanged:
    place = Place("slack", here.workspace, channel, kind_of(channel, None))
    return ConversationChanged(place=place, change_id=change_id)


def _place(event: MessageEvent, message: MessagePart, here: Installation) -> Place:
    return Place(
        channel="slack",
        workspace=here.workspace,
        conversation_id=event.channel,
        kind=kind_of(event.channel, event.channel_type),
        thread_id=thread_of(message.thread_ts, message.ts),
    )


# --- commands -----------------------------------------------------------------------------------


def command(payload: Payload, here: Installation, received_at: datetime) -> IncomingMessage | None:
    """A slash command; None also for one that is not ours."""
    used = read_as(SlashCommand, payload)
    if used is None or used.team_id != here.team_id or used.command not in COMMANDS:
        return None
    kind = "group" if used.channel_name == "privategroup" else None
    return IncomingMessage(
        place=Place("slack", here.workspace, used.channel_id, kind_of(used.channel_id, kind)),
        message_id=f"cmd-{used.trigger_id}",
        author_id=used.user_id,
        author_name=used.user_name,
        text=decode(without_mention(used.text, here.bot_user_id)),
        sent_at=received_at,
        way_in=COMMANDS[used.command],
        trigger=used.trigger_id,
    )
