"""From an activity to what the core understands. Pure: no clock, no network."""

import re
from datetime import UTC, datetime
from urllib.parse import unquote

from adapters.teams.activity import Activity, ActivityInvalid, JsonObject
from adapters.teams.references import ConversationReference, Scope
from adapters.teams.whereabouts import (
    conversation_name,
    conversation_of,
    event_of,
    id_of,
    is_by_bot,
    permalink_of,
    place_of,
    scope_of,
)
from bot.messages import (
    Action,
    ActionTaken,
    ConversationChanged,
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    MessageRestored,
    WayIn,
)

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
_INSERTED_CARD = "inline-compose-card"
_INSERTED = re.compile(
    r'<span class="inline-compose-card"[^<>]*>\s*(?:<span[^<>]*>\s*</span>\s*)?</span>'
)
_CHARACTERS = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "#39": "'", "nbsp": " ", "amp": "&"}
# Only what Teams encodes, and only with its semicolon: html.unescape would turn `R&D&reg` into ®.
_ENCODED = re.compile(f"&({'|'.join(_CHARACTERS)});")


def parse(activity: Activity, *, workspace: str, received_at: datetime) -> Incoming | None:
    """What an activity means to the core; None for what it has no use for.

    Raises ActivityInvalid where something needed is missing.
    """
    match activity.type:
        case "message" if _is_inserted_card(activity):
            return None
        case "message" if activity.value is None or activity.text:
            return _message(activity, workspace, received_at)
        case "message" | "invoke" if activity.name in {None, CARD_ACTION}:
            return press_of(activity, workspace, received_at)
        case "messageUpdate" | "messageDelete":
            return _change(activity, workspace, received_at)
        case "conversationUpdate" | "installationUpdate":
            is_removed = activity.type == "installationUpdate" and activity.action == "remove"
            return ConversationChanged(place_of(activity, workspace), id_of(activity), is_removed)
        case _:
            return None


def person_of(activity: Activity) -> str | None:
    """Who did it, where that was a person."""
    if activity.sender is None or is_by_bot(activity):
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
    conversation_id, _ = conversation_of(activity)
    return ConversationReference(
        conversation_id=conversation_id,
        scope=scope_of(activity),
        service_url=activity.service_url,
        bot_id=activity.recipient.id,
        tenant_id=tenant_id,
        team_id=team_of(activity),
        name=conversation_name(activity),
    )


# --- messages -----------------------------------------------------------------------------------


def _message(activity: Activity, workspace: str, received_at: datetime) -> IncomingMessage:
    if activity.sender is None:
        raise ActivityInvalid("from: a message has a sender")
    text, way_in = _read_text(activity)
    place = place_of(activity, workspace)
    is_in_channel = scope_of(activity) is Scope.CHANNEL
    if place.thread_id is None and way_in in _ANSWERED_IN_THREAD and is_in_channel:
        # A command is answered without naming the message it stands in. Here the message is seen
        # by all, and its answer belongs below it.
        place = place_of(activity, workspace, thread_id=id_of(activity))
    return IncomingMessage(
        place=place,
        message_id=id_of(activity),
        author_id=activity.sender.id,
        author_name=activity.sender.name or "",
        text=text,
        sent_at=activity.local_timestamp or activity.timestamp or received_at,
        way_in=way_in,
        from_bot=is_by_bot(activity),
        permalink=permalink_of(activity, id_of(activity)),
    )


def _change(activity: Activity, workspace: str, received_at: datetime) -> Incoming | None:
    """A message is not what it was, or is there no more, or again."""
    at, place = activity.timestamp or received_at, place_of(activity, workspace)
    match activity.type, event_of(activity):
        case "messageDelete", _:
            # What was brought back can be deleted once more.
            return MessageDeleted(place, id_of(activity), at, deletion_id=at.isoformat())
        case _, "undeleteMessage":
            return MessageRestored(place, id_of(activity), at)
        case _, "editMessage":
            return _edit(activity, workspace, received_at)
        case _:
            return None


def _edit(activity: Activity, workspace: str, received_at: datetime) -> MessageEdited:
    if activity.sender is None:
        raise ActivityInvalid("from: an edit has an author")
    edited_at = activity.timestamp or received_at
    return MessageEdited(
        place=place_of(activity, workspace),
        message_id=id_of(activity),
        author_id=activity.sender.id,
        text=_read_text(activity)[0],
        edited_at=edited_at,
        revision=edited_at.astimezone(UTC).isoformat(timespec="microseconds"),
        from_bot=is_by_bot(activity),
    )


def _is_inserted_card(activity: Activity) -> bool:
    """Whether it is nothing but a card that a search put there: the bot's words are no note."""
    text = activity.text or ""
    return _INSERTED_CARD in text and not _INSERTED.sub("", text).strip()


def _read_text(activity: Activity) -> tuple[str, WayIn]:
    """What a person wrote, without the bot's mention and command word, and how it got here."""
    text, mentioned = _without_mentions(activity)
    text = _ENCODED.sub(lambda found: _CHARACTERS[found[1]], _INSERTED.sub(" ", text)).strip()
    is_direct = scope_of(activity) is Scope.PERSONAL
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


def press_of(activity: Activity, workspace: str, received_at: datetime) -> ActionTaken | None:
    """A pressed button: an Action.Execute comes as an invoke, an Action.Submit as a message.

    The same for a button that opens a dialog, and for the dialog when it is submitted.
    """
    verb, data = _pressed(activity.value)
    value = data.get("value")
    if not isinstance(verb, str) or not isinstance(value, str) or verb not in _VERBS:
        return None
    if activity.sender is None:
        raise ActivityInvalid("from: somebody pressed the button")
    return ActionTaken(
        place=place_of(activity, workspace),
        person_id=activity.sender.id,
        action=Action(verb),
        value=value,
        press_id=id_of(activity),
        taken_at=activity.timestamp or received_at,
        source_message_id=activity.reply_to_id,
        fields=dict(_field(name, chosen) for name, chosen in data.items() if _is_input(name)),
    )


def _pressed(value: object) -> tuple[object, JsonObject]:
    if not isinstance(value, dict):
        return None, {}
    executed, submitted = value.get("action"), value.get("data")
    if isinstance(submitted, dict):
        return submitted.get("verb"), submitted
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
