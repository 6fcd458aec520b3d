"""From an activity to what the core understands. Pure: no clock, no network."""

import re
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from adapters.teams.activity import Activity, ActivityInvalid, JsonObject
from adapters.teams.references import ConversationReference, Scope
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

CHANNEL = "teams"
CARD_ACTION = "adaptiveCard/action"

# How a card's inputs are named, so that a submission tells which of its values is a list.
TEXT_INPUT, CHOICE_INPUT, CHOICES_INPUT = "text.", "choice.", "choices."
NOTHING_CHOSEN = "-"

_VERBS = {action.value for action in Action}
_COMMANDS = {
    "note": WayIn.NOTE_COMMAND,
    "ask": WayIn.ASK_COMMAND,
    "earshot": WayIn.EARSHOT_COMMAND,
}
_COMMAND = re.compile(r"/?(note|ask|earshot)(?::\s*|\s+|$)", re.IGNORECASE)
_ANSWERED_IN_THREAD = {WayIn.ASK_COMMAND, WayIn.EARSHOT_COMMAND}
_AT = re.compile(r"<at[^>]*>(.*?)</at>", re.DOTALL)
_CHARACTERS = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "#39": "'", "nbsp": " ", "amp": "&"}
# Only what Teams encodes, and only with its semicolon: html.unescape would turn `R&D&reg` into ®.
_ENCODED = re.compile(f"&({'|'.join(_CHARACTERS)});")


def parse(activity: Activity, *, workspace: str, received_at: datetime) -> Incoming | None:
    """What an activity means to the core; None for what it has no use for.

    Raises ActivityInvalid where something needed is missing.
    """
    match activity.type:
        case "message" if activity.value is None or activity.text:
            return _message(activity, workspace, received_at)
        case "message" | "invoke" if activity.name in {None, CARD_ACTION}:
            return _action(activity, workspace, received_at)
        case "messageUpdate" if _event(activity) == "editMessage":
            return _edit(activity, workspace, received_at)
        case "messageDelete":
            place = _place(activity, workspace)
            return MessageDeleted(place, _id(activity), activity.timestamp or received_at)
        case "conversationUpdate" | "installationUpdate":
            return ConversationChanged(_place(activity, workspace), _id(activity))
        case _:
            return None


def person_of(activity: Activity) -> str | None:
    """Who did it, where that was a person."""
    if activity.sender is None or _is_bot(activity):
        return None
    return activity.sender.id


def team_of(activity: Activity) -> str:
    """The team that it happened in, empty outside teams."""
    team = activity.channel_data.team if activity.channel_data else None
    return (team.id or "") if team else ""


def reference_of(activity: Activity, tenant_id: str) -> ConversationReference | None:
    """How to speak where the activity happened; None where the bot cannot be told from others."""
    if activity.recipient is None:
        return None
    conversation_id, _ = _conversation(activity)
    return ConversationReference(
        conversation_id=conversation_id,
        scope=_scope(activity),
        service_url=activity.service_url,
        bot_id=activity.recipient.id,
        tenant_id=tenant_id,
        team_id=team_of(activity),
        name=_conversation_name(activity),
    )


# --- messages -----------------------------------------------------------------------------------


def _message(activity: Activity, workspace: str, received_at: datetime) -> IncomingMessage:
    if activity.sender is None:
        raise ActivityInvalid("from: a message has a sender")
    text, way_in = _read_text(activity)
    place = _place(activity, workspace)
    if place.thread_id is None and way_in in _ANSWERED_IN_THREAD and _is_channel(activity):
        # A command is answered without naming the message it stands in. Here the message is seen
        # by all, and its answer belongs below it.
        place = _place(activity, workspace, thread_id=_id(activity))
    return IncomingMessage(
        place=place,
        message_id=_id(activity),
        author_id=activity.sender.id,
        author_name=activity.sender.name or "",
        text=text,
        sent_at=activity.local_timestamp or activity.timestamp or received_at,
        way_in=way_in,
        from_bot=_is_bot(activity),
        permalink=_permalink(activity),
    )


def _edit(activity: Activity, workspace: str, received_at: datetime) -> MessageEdited:
    if activity.sender is None:
        raise ActivityInvalid("from: an edit has an author")
    edited_at = activity.timestamp or received_at
    return MessageEdited(
        place=_place(activity, workspace),
        message_id=_id(activity),
        author_id=activity.sender.id,
        text=_read_text(activity)[0],
        edited_at=edited_at,
        revision=edited_at.astimezone(UTC).isoformat(timespec="microseconds"),
        from_bot=_is_bot(activity),
    )


def _read_text(activity: Activity) -> tuple[str, WayIn]:
    """What a person wrote, without the bot's mention and command word, and how it got here."""
    text, mentioned = _without_mentions(activity)
    text = _ENCODED.sub(lambda found: _CHARACTERS[found[1]], text).strip()
    is_direct = _scope(activity) is Scope.PERSONAL
    if not (mentioned or is_direct):
        return text, WayIn.LISTENED
    if command := _COMMAND.match(text):
        return text[command.end() :].strip(), _COMMANDS[command[1].lower()]
    return text, WayIn.DIRECT if is_direct else WayIn.MENTION


def _without_mentions(activity: Activity) -> tuple[str, bool]:
    """The text without the bot's own mentions, other people's as their names.

    Each mention takes away its own text once and nothing else: the bot's name may be part of what
    is said.
    """
    text, mentioned = activity.text or "", False
    bot_id = activity.recipient.id if activity.recipient else None
    for entity in activity.entities or ():
        if entity.mentioned is None or not entity.text:
            continue
        before, found, after = text.partition(entity.text)
        if entity.mentioned.id == bot_id:
            mentioned = True
            text = before + after.removeprefix("&nbsp;").removeprefix(" ")
        elif found:
            named = _AT.fullmatch(entity.text)
            text = before + (named[1] if named else entity.mentioned.name or found) + after
    return text, mentioned


# --- buttons and forms --------------------------------------------------------------------------


def _action(activity: Activity, workspace: str, received_at: datetime) -> ActionTaken | None:
    """A pressed button: an Action.Execute comes as an invoke, an Action.Submit as a message."""
    verb, data = _pressed(activity.value)
    value = data.get("value")
    if not isinstance(verb, str) or not isinstance(value, str) or verb not in _VERBS:
        return None
    if activity.sender is None:
        raise ActivityInvalid("from: somebody pressed the button")
    return ActionTaken(
        place=_place(activity, workspace),
        person_id=activity.sender.id,
        action=Action(verb),
        value=value,
        press_id=_id(activity),
        taken_at=activity.timestamp or received_at,
        source_message_id=activity.reply_to_id,
        fields=dict(_field(name, chosen) for name, chosen in data.items() if _is_input(name)),
    )


def _pressed(value: object) -> tuple[object, JsonObject]:
    if not isinstance(value, dict):
        return None, {}
    executed = value.get("action")
    if not isinstance(executed, dict):
        return value.get("verb"), value
    data = executed.get("data")
    return executed.get("verb"), data if isinstance(data, dict) else {}


def _is_input(name: str) -> bool:
    return name.startswith((TEXT_INPUT, CHOICE_INPUT, CHOICES_INPUT))


def _field(name: str, chosen: object) -> tuple[str, tuple[str, ...]]:
    kind, _, field = name.partition(".")
    text = chosen.strip() if isinstance(chosen, str) else ""
    if not text or (kind != "text" and text == NOTHING_CHOSEN):
        return field, ()
    if kind == "choices":
        return field, tuple(unquote(each) for each in text.split(",") if each)
    return field, (text,)


# --- where and who ------------------------------------------------------------------------------


def _place(activity: Activity, workspace: str, *, thread_id: str | None = None) -> Place:
    conversation_id, root = _conversation(activity)
    return Place(
        channel=CHANNEL,
        workspace=workspace,
        conversation_id=conversation_id,
        # A channel is read by its team, which is not everybody in the tenant.
        kind=ConversationKind.DIRECT
        if _scope(activity) is Scope.PERSONAL
        else ConversationKind.PRIVATE,
        thread_id=thread_id or (root if root != activity.id else None),
    )


def _conversation(activity: Activity) -> tuple[str, str | None]:
    """The conversation and the id of its thread's first message.

    What happens to a channel as such is told in its team's conversation.
    """
    conversation_id, _, root = activity.conversation.id.partition(";messageid=")
    told = activity.channel_data.channel if activity.channel_data else None
    if activity.type in {"conversationUpdate", "installationUpdate"} and told and told.id:
        conversation_id = told.id
    return conversation_id, root or None


def _scope(activity: Activity) -> Scope:
    try:
        return Scope(activity.conversation.conversation_type or "")
    except ValueError:
        return Scope.GROUP  # taking an unknown kind for a shared one leaks nothing


def _is_channel(activity: Activity) -> bool:
    return _scope(activity) is Scope.CHANNEL


def _conversation_name(activity: Activity) -> str:
    channel = activity.channel_data.channel if activity.channel_data else None
    return (channel.name if channel else None) or activity.conversation.name or ""


def _is_bot(activity: Activity) -> bool:
    sender = activity.sender
    if sender is None:
        return False
    is_self = activity.recipient is not None and sender.id == activity.recipient.id
    return is_self or sender.role == "bot" or sender.id.startswith("28:")


def _event(activity: Activity) -> str | None:
    return activity.channel_data.event_type if activity.channel_data else None


def _id(activity: Activity) -> str:
    if activity.id is None:
        raise ActivityInvalid("id: is missing")
    return activity.id


def _permalink(activity: Activity) -> str | None:
    """A link that opens the message in Teams; chats with the bot have none."""
    conversation_id, root = _conversation(activity)
    link = (
        f"https://teams.microsoft.com/l/message/{_quoted(conversation_id)}/{_quoted(activity.id)}"
    )
    match _scope(activity):
        case Scope.CHANNEL:
            tenant = min(activity.tenants, default="")
            return f"{link}?tenantId={_quoted(tenant)}&parentMessageId={_quoted(root)}"
        case Scope.GROUP:
            return link + "?context=" + _quoted('{"contextType":"chat"}')
        case _:
            return None


def _quoted(text: str | None) -> str:
    return quote(text or "", safe="")
