"""Shortcuts: a form on the message that was pointed at, or an empty one. Pure.

A form is made of what the shortcut itself brings, so that it opens whatever else is slow. Who wrote
the message is not remembered in between: the worker reads the message from Slack again.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from adapters.slack.blocks import Json, plain_text
from adapters.slack.config import Installation
from adapters.slack.interaction_payloads import (
    GlobalShortcut,
    MessageShortcut,
    PointedOrigin,
    ViewSubmission,
)
from adapters.slack.message_parts import (
    is_bots,
    is_ours,
    kind_of,
    permalink,
    quotations,
    text_of,
    thread_of,
    time_of,
)
from adapters.slack.parse import read_as
from adapters.slack.payloads import MessagePart, Payload
from adapters.slack.text import shorten
from bot.domain.people import ConversationKind
from bot.messages import IncomingMessage, Place, WayIn

SAVE_MESSAGE: Final = "save_message"
NEW_NOTE: Final = "new_note"
"""The ids of the shortcuts in the manifest, and of the forms that they open."""

INPUT_LIMIT: Final = 3000
_TITLE: Final = "Save to Earshot"
_TEXT: Final = "text"
_BOTS_WORDS = "A bot wrote this message. Earshot keeps only what people say."
_NO_WORDS = "There are no words in this message. Earshot keeps only what people write."
_TOO_LONG = (
    "This is only the beginning. Leave it as it is to save the whole message; Earshot must be in "
    "this conversation for that."
)
_WITH_FILES = "The text of its files is saved with it if you leave it as it is."
_EMPTY = "Write what you heard."
_OVER_LIMIT = f"A note can have at most {INPUT_LIMIT} characters here; please shorten it."
_WHAT_HAPPENS = "Unchanged, it is saved as a note by its author; changed, as a note by you."


def form_of(payload: Payload, here: Installation) -> tuple[str, Json] | None:
    """The trigger and the form to open with it; None for a shortcut that is not for us."""
    used = read_as(GlobalShortcut, payload)
    if used is None or not is_ours(used.team.id, used.user.team_id, here):
        return None
    if used.callback_id == NEW_NOTE:
        return used.trigger_id, _form(NEW_NOTE, "New note")
    pointed = read_as(MessageShortcut, payload)
    if pointed is None or pointed.message.ts is None or used.callback_id != SAVE_MESSAGE:
        return None
    return used.trigger_id, _form_on(pointed.message, pointed.channel.id, here)


def _form_on(message: MessagePart, channel: str, here: Installation) -> Json:
    if is_bots(message, here):
        return _refusal(_BOTS_WORDS)
    words = _words_of(message, here)
    if not words and not message.files:
        return _refusal(_NO_WORDS)
    shown = shorten(words, INPUT_LIMIT)
    origin = PointedOrigin(
        channel=channel,
        ts=str(message.ts),
        thread=thread_of(message.thread_ts, message.ts),
        digest=_digest(shown),
    )
    hint = _WHAT_HAPPENS if shown == words else _TOO_LONG
    if message.files:
        hint = f"{hint} {_WITH_FILES}"
    metadata = origin.model_dump_json(exclude_none=True)
    return _form(SAVE_MESSAGE, _TITLE, shown, hint, metadata, may_be_empty=not words)


def _words_of(message: MessagePart, here: Installation) -> str:
    quotes = (quote.marked for quote in quotations(message, here))
    return "\n\n".join(part for part in (text_of(message, here), *quotes) if part.strip())


def _form(
    callback_id: str,
    title: str,
    text: str = "",
    hint: str = "",
    origin: str = "",
    *,
    may_be_empty: bool = False,
) -> Json:
    initial: Json = {"initial_value": text} if text else {}
    field = {
        "type": "input",
        "block_id": _TEXT,
        "optional": may_be_empty,
        "label": plain_text("What did you hear?"),
        "element": {
            "type": "plain_text_input",
            "action_id": _TEXT,
            "multiline": True,
            "max_length": INPUT_LIMIT,
            "focus_on_load": True,
            **initial,
        },
        **({"hint": plain_text(hint)} if hint else {}),
    }
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": origin,
        "title": plain_text(title),
        "submit": plain_text("Save"),
        "close": plain_text("Cancel"),
        "blocks": [field],
    }


def _refusal(sentence: str) -> Json:
    return {
        "type": "modal",
        "callback_id": SAVE_MESSAGE,
        "private_metadata": "",
        "title": plain_text(_TITLE),
        "close": plain_text("Close"),
        "blocks": [{"type": "section", "text": plain_text(sentence)}],
    }


def submitted(
    payload: Payload, here: Installation, received_at: datetime
) -> IncomingMessage | None:
    """A form of these that was sent; None for any other."""
    sent = read_as(ViewSubmission, payload)
    if sent is None or not is_ours(sent.team.id, sent.user.team_id, here):
        return None
    text = _text_in(sent)
    if sent.view.callback_id == NEW_NOTE:
        return _new_note(sent, text, here, received_at)
    origin = _origin(sent.view.private_metadata)
    if origin is None or sent.view.callback_id != SAVE_MESSAGE:
        return None
    return _saved_message(sent, text, origin, here, received_at)


def problems(payload: Payload, here: Installation) -> Mapping[str, str]:
    """What is wrong with such a form, by field, so that it is said there."""
    sent = read_as(ViewSubmission, payload)
    if sent is None or not is_ours(sent.team.id, sent.user.team_id, here):
        return {}
    text = _text_in(sent)
    if len(text) > INPUT_LIMIT:
        return {_TEXT: _OVER_LIMIT}
    return {_TEXT: _EMPTY} if not text and not _was_empty(sent) else {}


def _was_empty(sent: ViewSubmission) -> bool:
    """Whether the message has files and no words, and is to be saved as it is."""
    origin = _origin(sent.view.private_metadata)
    return origin is not None and origin.digest == _digest("")


def _text_in(sent: ViewSubmission) -> str:
    states = sent.view.state.values.get(_TEXT, {}).values()
    return "".join(value for state in states for value in state.values).strip()


def _new_note(
    sent: ViewSubmission, text: str, here: Installation, received_at: datetime
) -> IncomingMessage:
    """It stands in no conversation: it is between the person and the bot."""
    return IncomingMessage(
        place=Place("slack", here.workspace, sent.user.id, ConversationKind.DIRECT),
        message_id=f"form-{sent.view.id}",
        author_id=sent.user.id,
        text=text,
        sent_at=received_at,
        way_in=WayIn.NOTE_COMMAND,
    )


def _saved_message(
    sent: ViewSubmission,
    text: str,
    origin: PointedOrigin,
    here: Installation,
    received_at: datetime,
) -> IncomingMessage:
    """The saver counts as the author until the message has been read from Slack again."""
    channel = origin.channel
    place = Place("slack", here.workspace, channel, kind_of(channel, None), origin.thread)
    return IncomingMessage(
        place=place,
        message_id=origin.ts,
        author_id=sent.user.id,
        person_id=sent.user.id,
        text=text,
        sent_at=time_of(origin.ts),
        way_in=WayIn.SHORTCUT,
        permalink=permalink(place, origin.ts, here),
        is_as_posted=_digest(text) == origin.digest,
        wish_id=sent.view.id,
        wished_at=received_at,
    )


def _origin(private_metadata: str) -> PointedOrigin | None:
    try:
        return PointedOrigin.model_validate_json(private_metadata)
    except ValueError:
        return None


def _digest(text: str) -> str:
    """The same for texts that differ in white space only, which clients do not keep."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
