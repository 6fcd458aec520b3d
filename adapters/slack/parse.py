"""Slack's payloads turned into what the core understands. Pure: no clock, no network.

None means that a payload is not for us: another team's, a stranger's in a shared channel, a kind
that this version does not use, or one that lacks what it should hold.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from adapters.slack.config import Installation
from adapters.slack.payloads import (
    BlockActions,
    EventCallback,
    FormOrigin,
    MessageEvent,
    MessagePart,
    Payload,
    RenameEvent,
    SlashCommand,
    ViewSubmission,
)
from adapters.slack.text import decode, mentions, without_mention
from bot.domain.people import ConversationKind
from bot.messages import (
    Action,
    ActionTaken,
    ConversationChanged,
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    Place,
    WayIn,
)

COMMANDS: Mapping[str, WayIn] = {
    "/note": WayIn.NOTE_COMMAND,
    "/ask": WayIn.ASK_COMMAND,
    "/earshot": WayIn.EARSHOT_COMMAND,
}

_KINDS = {
    "channel": ConversationKind.PUBLIC,
    "group": ConversationKind.PRIVATE,
    "mpim": ConversationKind.PRIVATE,  # several people: what one sees alone must be ephemeral
    "im": ConversationKind.DIRECT,
}
_WRITTEN = {None, "file_share", "thread_broadcast", "me_message", "bot_message"}
_CONVERTED = {"channel_convert_to_private", "channel_convert_to_public"}
_SLACKBOT = "USLACKBOT"

_Model = TypeVar("_Model", bound=BaseModel)


def read_as(model: type[_Model], payload: Payload) -> _Model | None:
    """The payload as this model, None when it is not one."""
    try:
        return model.model_validate(payload)
    except ValidationError:
        return None


# --- events -------------------------------------------------------------------------------------


def event(payload: Payload, here: Installation) -> Incoming | None:
    """A message, an edit, a deletion, or a change of who is in a conversation."""
    callback = read_as(EventCallback, payload)
    if callback is None or here.team_id not in callback.team_ids:
        return None
    happened = callback.event
    if isinstance(happened, MessageEvent):
        return _message_event(happened, here)
    moment = happened.event_ts or str(callback.event_time)
    if isinstance(happened, RenameEvent):
        return _changed(happened.channel.id, f"{happened.type}-{moment}", here)
    return _changed(happened.channel, f"{happened.type}-{happened.user}-{moment}", here)


def _message_event(event: MessageEvent, here: Installation) -> Incoming | None:
    if event.subtype == "message_changed":
        return _edit(event, here)
    if event.subtype == "message_deleted":
        return _deletion(event, event.deleted_ts, here)
    if event.subtype in _CONVERTED:
        return _changed(event.channel, f"{event.subtype}-{event.ts}", here)
    if event.subtype in _WRITTEN and not _is_strangers(event, here):
        return _message(event, here)
    return None


def _message(event: MessageEvent, here: Installation) -> IncomingMessage | None:
    author = event.user or event.bot_id
    if author is None:
        return None
    place = _place(event, event, here)
    return IncomingMessage(
        place=place,
        message_id=event.ts,
        author_id=author,
        text=_text(event, here),
        sent_at=_time(event.ts),
        way_in=_way_in(event, place, here),
        from_bot=_is_bots(event, here),
        permalink=_permalink(place, event.ts, here),
    )


def _way_in(event: MessageEvent, place: Place, here: Installation) -> WayIn:
    if place.kind is ConversationKind.DIRECT:
        return WayIn.DIRECT
    if event.type == "app_mention" or mentions(event.text or "", here.bot_user_id):
        return WayIn.MENTION
    return WayIn.LISTENED


def _edit(event: MessageEvent, here: Installation) -> Incoming | None:
    now, before = event.message, event.previous_message or MessagePart()
    if now is None or _is_strangers(now, here):
        return None
    message_id = now.ts or before.ts
    if now.subtype == "tombstone":  # a deleted message that a thread still hangs on
        return _deletion(event, message_id, here)
    # Slack also reports a "change" when it only unfolds a link: then the text is the same.
    if message_id is None or now.edited is None or now.text == before.text:
        return None
    author = now.user or now.bot_id
    if author is None:
        return None
    return MessageEdited(
        place=_place(event, now, here),
        message_id=message_id,
        author_id=author,
        text=_text(now, here),
        edited_at=_time(now.edited.ts),
        revision=now.edited.ts,
        from_bot=_is_bots(now, here),
    )


def _deletion(
    event: MessageEvent, message_id: str | None, here: Installation
) -> MessageDeleted | None:
    before = event.previous_message or MessagePart()
    if message_id is None or _is_bots(before, here) or _is_strangers(before, here):
        return None
    return MessageDeleted(
        place=_place(event, before, here),
        message_id=message_id,
        deleted_at=_time(event.ts),
    )


def _changed(channel: str, change_id: str, here: Installation) -> ConversationChanged:
    place = Place("slack", here.workspace, channel, _kind(channel, None))
    return ConversationChanged(place=place, change_id=change_id)


def _is_strangers(message: MessagePart, here: Installation) -> bool:
    """Whether another organisation's person wrote it, in a channel shared with them."""
    teams = {message.team, message.user_team, message.source_team} - {None, ""}
    return not teams <= {here.team_id}


def _is_bots(message: MessagePart, here: Installation) -> bool:
    if message.bot_id or message.subtype == "bot_message":
        return True
    return message.user in {here.bot_user_id, _SLACKBOT}


def _text(message: MessagePart, here: Installation) -> str:
    return decode(without_mention(message.text or "", here.bot_user_id))


def _place(event: MessageEvent, message: MessagePart, here: Installation) -> Place:
    return Place(
        channel="slack",
        workspace=here.workspace,
        conversation_id=event.channel,
        kind=_kind(event.channel, event.channel_type),
        thread_id=_thread(message.thread_ts, message.ts),
    )


def _thread(thread_ts: str | None, ts: str | None) -> str | None:
    return None if thread_ts == ts else thread_ts


def _kind(channel: str, channel_type: str | None) -> ConversationKind | None:
    if channel.startswith("D"):
        return ConversationKind.DIRECT
    return _KINDS.get(channel_type or "")


def _permalink(place: Place, ts: str, here: Installation) -> str | None:
    if not here.team_url:
        return None
    link = f"{here.team_url}archives/{place.conversation_id}/p{ts.replace('.', '')}"
    if place.thread_id is None:
        return link
    thread = urlencode({"thread_ts": place.thread_id, "cid": place.conversation_id})
    return f"{link}?{thread}"


def _time(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)


# --- commands, buttons, forms -------------------------------------------------------------------


def command(payload: Payload, here: Installation, received_at: datetime) -> IncomingMessage | None:
    """A slash command; None also for one that is not ours."""
    used = read_as(SlashCommand, payload)
    if used is None or used.team_id != here.team_id or used.command not in COMMANDS:
        return None
    kind = "group" if used.channel_name == "privategroup" else None
    return IncomingMessage(
        place=Place("slack", here.workspace, used.channel_id, _kind(used.channel_id, kind)),
        message_id=f"cmd-{used.trigger_id}",
        author_id=used.user_id,
        author_name=used.user_name,
        text=decode(without_mention(used.text, here.bot_user_id)),
        sent_at=received_at,
        way_in=COMMANDS[used.command],
        trigger=used.trigger_id,
    )


def press(payload: Payload, here: Installation) -> ActionTaken | None:
    """A press of one of our buttons."""
    pressed = read_as(BlockActions, payload)
    if pressed is None or not _is_ours(pressed.team.id, pressed.user.team_id, here):
        return None
    button = pressed.actions[0]
    action = _action(button.action_id)
    if action is None:
        return None
    thread = pressed.container.thread_ts or (pressed.message and pressed.message.thread_ts) or None
    kind = "group" if pressed.channel.name == "privategroup" else None
    channel = pressed.channel.id
    return ActionTaken(
        place=Place("slack", here.workspace, channel, _kind(channel, kind), thread),
        person_id=pressed.user.id,
        action=action,
        value=button.value,
        press_id=f"{pressed.container.message_ts}-{button.action_ts}",
        taken_at=_time(button.action_ts),
        source_message_id=pressed.container.message_ts,
        trigger=pressed.trigger_id,
    )


def submission(payload: Payload, here: Installation, received_at: datetime) -> ActionTaken | None:
    """A form of ours that was submitted."""
    sent = read_as(ViewSubmission, payload)
    if sent is None or not _is_ours(sent.team.id, sent.user.team_id, here):
        return None
    action, origin = _action(sent.view.callback_id), _origin(sent.view.private_metadata)
    if action is None or origin is None:
        return None
    kind = _kind(origin.channel, None)
    return ActionTaken(
        place=Place("slack", here.workspace, origin.channel, kind, origin.thread),
        person_id=sent.user.id,
        action=action,
        value=origin.value,
        press_id=f"{sent.view.id}-{sent.trigger_id or ''}",
        taken_at=received_at,
        source_message_id=origin.source,
        fields=_fields(sent),
        trigger=sent.trigger_id,
    )


def _fields(sent: ViewSubmission) -> Mapping[str, tuple[str, ...]]:
    return {
        name: next((state.values for state in states.values()), ())
        for name, states in sent.view.state.values.items()
    }


def _origin(private_metadata: str) -> FormOrigin | None:
    try:
        return FormOrigin.model_validate_json(private_metadata)
    except ValidationError:
        return None


def _action(action_id: str) -> Action | None:
    """An action id is the action's value, and an index that tells buttons of a message apart."""
    value, _, _ = action_id.partition(".")
    return Action(value) if value in set(Action) else None


def _is_ours(team_id: str, user_team_id: str | None, here: Installation) -> bool:
    return {team_id, user_team_id or team_id} == {here.team_id}
