"""What is asked for by a press."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.messages.origin import Place

HOME = "home"
"""Where a message's id says what carried a button: the person's own page, which is no message."""


class Action(StrEnum):
    """What a button or a form asks for. Part of what lies on the wire: never rename a value."""

    CHANGE = "change"  # value: insight id; answered with a form
    SAVE_CHANGE = "save_change"  # value: insight id; the form's submission
    KEEP = "keep"  # value: note id; answered with a form, for a note taken for chatter
    SAVE_KEPT = "save_kept"  # value: note id; the form's submission
    UNDO = "undo"  # value: note id
    RESTORE = "restore"  # value: note id
    LINK_CUSTOMER = "link_customer"  # value: note id|customer id
    CREATE_CUSTOMER = "create_customer"  # value: note id; answered with a form
    SAVE_CUSTOMER = "save_customer"  # value: note id; the form's submission
    RECORD_NEED = "record_need"  # value: question id
    ANSWER_INSTEAD = "answer_instead"  # value: note id, of what was a question
    NOTE_INSTEAD = "note_instead"  # value: question id, of what was a note
    RATE_GOOD = "rate_good"  # value: question id
    RATE_BAD = "rate_bad"  # value: question id; answered with a form
    SAVE_REMARK = "save_remark"  # value: question id; the form's submission
    SHARE = "share"  # value: question id
    SHOW_NOTE = "show_note"  # value: note id; answered with the whole note
    FORGET_ME = "forget_me"  # value: when it was offered; erases whoever presses
    ACKNOWLEDGE = "acknowledge"  # value: moment id
    ASSIGN = "assign"  # value: moment id; answered with a form
    SAVE_ASSIGNMENT = "save_assignment"  # value: moment id; the form's submission
    CLOSE_MOMENT = "close_moment"  # value: moment id; answered with a form
    SAVE_OUTCOME = "save_outcome"  # value: moment id; the form's submission
    USED_ANSWER = "used_answer"  # value: question id
    USED_MOMENT = "used_moment"  # value: moment id
    TELL_USE = "tell_use"  # value: the key of the press that recorded a use; answered with a form
    SAVE_USE = "save_use"  # value: the same; the form's submission
    UNDO_USE = "undo_use"  # value: the same


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """Somebody pressed a button or submitted a form.

    Everything in it came from a client: ids are looked up again within what the person may see.
    `source_message_id` is the bot's message that carried the button, or HOME; `press_id` is the
    same for each redelivery of one press. `fields` maps a form field's name to the chosen values.
    """

    place: Place
    person_id: str
    action: Action
    value: str
    press_id: str
    taken_at: datetime
    source_message_id: str | None = None
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trigger: str | None = None
    kind: Literal["action"] = "action"

    @property
    def delivery_key(self) -> str:
        """One key for each press."""
        return f"{self.place.workspace}|{self.person_id}|press|{self.press_id}"
