"""Save to Earshot on a message's menu: a dialog that holds the message, and what comes of it. Pure.

Teams passes the message on both when the dialog opens and when it is submitted, within what it
signs. Who wrote the message is taken from there alone, and looked up again by the worker; what the
dialog itself sends back is only the person's own words.
"""

from datetime import datetime
from typing import Final

from adapters.teams.activity import Activity, ActivityInvalid, JsonObject
from adapters.teams.extensions import CAPTURE
from adapters.teams.html_text import text_of
from adapters.teams.invoke_values import ActionOnMessage, PointedMessage, read_value
from adapters.teams.whereabouts import CHANNEL, id_of, permalink_of, place_of
from adapters.teams.windows import card_of, message_window, submit_button, window
from bot.domain.people import ConversationKind
from bot.messages import IncomingMessage, Paragraph, Place, Reply, Span, ToldOf, WayIn

INPUT_LIMIT: Final = 4000
TITLE: Final = "Save to Earshot"
_QUESTION = "What did you hear?"
_BOTS_WORDS = "A bot wrote this message. Earshot keeps only what people say."
_NO_WORDS = "There are no words in this message. Earshot keeps only what people write."
_UNKNOWN = "Earshot does not offer this here. Mention it, or write to it in its chat."
_WHAT_HAPPENS = "Unchanged, it is saved as a note by its author; changed, as a note by you."
_TOO_LONG = (
    "This is only the beginning. Leave it as it is to save the whole message. Changed, it is your "
    "note."
)
_EMPTY = "Write what you heard."
_OVER_LIMIT = f"A note can have at most {INPUT_LIMIT} characters here; please shorten it."
_KEPT = "Kept. Earshot tells you in your chat what it understood."
_LATER = "Not saved: Earshot cannot keep it right now. Your text is still here; save it again."


def opened(activity: Activity) -> JsonObject:
    """What Teams shows when the action is chosen: the dialog, or why there is none."""
    value = read_value(ActionOnMessage, activity)
    message = value.message_payload if value else None
    if value is None or message is None or value.command_id != CAPTURE:
        return message_window(_UNKNOWN)
    if _author_of(message) is None:
        return message_window(_BOTS_WORDS)
    words = _words_of(message)
    if not words:
        return message_window(_NO_WORDS)
    shown = _shown(words)
    hint = _WHAT_HAPPENS if shown == words else _TOO_LONG
    return _dialog(shown, id_of(activity), hint)


def submitted(activity: Activity, workspace: str, received_at: datetime) -> IncomingMessage | None:
    """What is wished by a dialog that was submitted; None for one that is not ours or is wrong."""
    value = read_value(ActionOnMessage, activity)
    if value is None or value.data is None or value.command_id != CAPTURE:
        return None
    if _problem(value.data.text):
        return None
    if activity.sender is None:
        raise ActivityInvalid("from: somebody submitted the dialog")
    wish_id = value.data.wish or id_of(activity)
    saver = activity.sender
    message = value.message_payload
    if message is None or message.deleted or _author_of(message) is None:
        return _of_the_savers_own(activity, workspace, value.data.text, wish_id, received_at)
    words = _words_of(message)
    return IncomingMessage(
        place=place_of(activity, workspace, message_id=message.id),
        message_id=message.id,
        author_id=saver.id,
        author_name=saver.name or "",
        person_id=saver.id,
        text=value.data.text.strip(),
        sent_at=message.created_date_time or received_at,
        way_in=WayIn.SHORTCUT,
        permalink=permalink_of(activity, message.id),
        is_as_posted=_same(value.data.text, _shown(words)),
        wish_id=wish_id,
        wished_at=received_at,
        told_of=ToldOf(_author_of(message) or "", words),
    )


def answered(activity: Activity, *, is_kept: bool) -> JsonObject:
    """What Teams shows once the dialog was submitted."""
    value = read_value(ActionOnMessage, activity)
    if value is None or value.data is None or value.command_id != CAPTURE:
        return message_window(_UNKNOWN)
    if is_kept:
        return window(TITLE, card_of(Reply((Paragraph((Span(_KEPT),)),))))
    problem = _problem(value.data.text) or _LATER
    wish_id = value.data.wish or id_of(activity)
    return _dialog(value.data.text[:INPUT_LIMIT], wish_id, problem)


def _of_the_savers_own(
    activity: Activity, workspace: str, text: str, wish_id: str, received_at: datetime
) -> IncomingMessage:
    """Teams did not pass the message on: the words are a note that its saver tells the bot."""
    saver = activity.sender
    if saver is None:
        raise ActivityInvalid("from: somebody submitted the dialog")
    return IncomingMessage(
        place=Place(CHANNEL, workspace, saver.id, ConversationKind.DIRECT),
        message_id=f"form-{wish_id}",
        author_id=saver.id,
        author_name=saver.name or "",
        text=text.strip(),
        sent_at=received_at,
        way_in=WayIn.NOTE_COMMAND,
    )


def _dialog(text: str, wish_id: str, hint: str) -> JsonObject:
    card = card_of(_said(hint))
    field: JsonObject = {
        "type": "Input.Text",
        "id": "text",
        "label": _QUESTION,
        "isMultiline": True,
        "maxLength": INPUT_LIMIT,
        "isRequired": True,
        "errorMessage": _EMPTY,
        "value": text,
    }
    actions = [submit_button("Save", {"wish": wish_id})]
    return window(TITLE, {**card, "body": [field, *card["body"]], "actions": actions})


def _said(sentence: str) -> Reply:
    return Reply((Paragraph((Span(sentence),), subdued=True),))


def _author_of(message: PointedMessage) -> str | None:
    """Whoever wrote it; None for what a program wrote."""
    return message.sender.user.id if message.sender and message.sender.user else None


def _words_of(message: PointedMessage) -> str:
    if message.deleted or message.body is None:
        return ""
    content = message.body.content or ""
    return content.strip() if message.body.content_type == "text" else text_of(content)


def _shown(words: str) -> str:
    """As much as the dialog holds."""
    return words if len(words) <= INPUT_LIMIT else f"{words[: INPUT_LIMIT - 1]}…"


def _same(one: str, other: str) -> bool:
    """White space aside, which clients do not keep."""
    return one.split() == other.split()


def _problem(text: str) -> str | None:
    if not text.strip():
        return _EMPTY
    return _OVER_LIMIT if len(text) > INPUT_LIMIT else None
