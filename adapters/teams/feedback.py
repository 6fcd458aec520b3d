"""The thumbs below an answer: which question it answered, and what somebody says of it."""

import json
import logging
from datetime import datetime
from typing import Final

from adapters.teams.activity import Activity
from adapters.teams.references import References
from adapters.teams.whereabouts import conversation_of, id_of, place_of
from bot.errors import StoreUnavailable
from bot.messages import Action, ActionTaken

log = logging.getLogger(__name__)

GIVEN: Final = "message/submitAction"
"""The invoke that tells of a thumb, with what was written beside it."""

_LONGEST_REMARK = 4000
_LAST = ""


class AnswersShown:
    """Which message answers which question; Teams tells nothing but the message. Blocks."""

    def __init__(self, references: References) -> None:
        self._references = references

    def keep(self, conversation_id: str, message_id: str, question_id: str) -> None:
        """Once it is shown. That it is shown must not fail with the database."""
        try:
            for key in _key(conversation_id, message_id), _key(conversation_id, _LAST):
                self._references.put(key, json.dumps(question_id))
        except StoreUnavailable as error:
            log.warning("an answer cannot be rated: %s", error)

    def question_id(self, conversation_id: str, message_id: str | None) -> str | None:
        """None for a message that answered no question. Raises StoreUnavailable.

        A client that does not say which message it is means the last answer.
        """
        kept = self._references.get(_key(conversation_id, message_id or _LAST))
        found = json.loads(kept) if kept else None
        return found if isinstance(found, str) else None


def rating_of(
    activity: Activity, workspace: str, received_at: datetime, answers: AnswersShown
) -> ActionTaken | None:
    """The press that a thumb stands for; None for one that belongs to no answer. Blocks.

    A thumb down without a word asks why, as the button does elsewhere.
    """
    reaction, remark = _given(activity.value)
    conversation_id, _ = conversation_of(activity)
    if reaction not in {"like", "dislike"} or activity.sender is None:
        return None
    question_id = answers.question_id(conversation_id, activity.reply_to_id)
    if question_id is None:
        return None
    unhappy = Action.SAVE_REMARK if remark else Action.RATE_BAD
    return ActionTaken(
        place=place_of(activity, workspace),
        person_id=activity.sender.id,
        action=Action.RATE_GOOD if reaction == "like" else unhappy,
        value=question_id,
        press_id=id_of(activity),
        taken_at=activity.timestamp or received_at,
        fields={"remark": (remark,)} if remark else {},
    )


def _given(value: object) -> tuple[object, str]:
    """The thumb and the text, of `{"actionName": "feedback", "actionValue": {…}}`."""
    wish = value if isinstance(value, dict) else {}
    given = wish.get("actionValue")
    if wish.get("actionName") != "feedback" or not isinstance(given, dict):
        return None, ""
    written, reaction = given.get("feedback"), given.get("reaction")
    return reaction if isinstance(reaction, str) else None, _whole(_text(written))


def _text(written: object) -> object:
    """Clients send the text itself, or a JSON text with it."""
    try:
        form = json.loads(written) if isinstance(written, str) else written
    except (ValueError, RecursionError):
        form = None
    return form.get("feedbackText") if isinstance(form, dict) else written


def _whole(text: object) -> str:
    """Without lone surrogates, which no database takes."""
    if not isinstance(text, str):
        return ""
    return (
        text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()[:_LONGEST_REMARK]
    )


def _key(conversation_id: str, message_id: str) -> str:
    return f"answer:{conversation_id}:{message_id}"
