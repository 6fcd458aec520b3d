"""Presses of our buttons and forms of ours that were submitted, as the core understands them. Pure.

None means that a payload is not for us.
"""

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from adapters.slack.blocks import FEEDBACK, FEEDBACK_SEPARATOR
from adapters.slack.config import Installation
from adapters.slack.interaction_payloads import (
    BlockActions,
    FormOrigin,
    Pressed,
    ViewSubmission,
)
from adapters.slack.message_parts import is_ours, kind_of, time_of
from adapters.slack.parse import read_as
from adapters.slack.payloads import Payload
from bot.messages import Action, ActionTaken, Place


def press(payload: Payload, here: Installation) -> ActionTaken | None:
    """A press of one of our buttons."""
    pressed = read_as(BlockActions, payload)
    if pressed is None or not is_ours(pressed.team.id, pressed.user.team_id, here):
        return None
    button = pressed.actions[0]
    action, value = _wish(button)
    if action is None:
        return None
    thread = pressed.container.thread_ts or (pressed.message and pressed.message.thread_ts) or None
    kind = "group" if pressed.channel.name == "privategroup" else None
    channel = pressed.channel.id
    return ActionTaken(
        place=Place("slack", here.workspace, channel, kind_of(channel, kind), thread),
        person_id=pressed.user.id,
        action=action,
        value=value,
        press_id=f"{pressed.container.message_ts}-{button.action_ts}",
        taken_at=time_of(button.action_ts),
        source_message_id=pressed.container.message_ts,
        trigger=pressed.trigger_id,
    )


def submission(payload: Payload, here: Installation, received_at: datetime) -> ActionTaken | None:
    """A form of ours that was submitted."""
    sent = read_as(ViewSubmission, payload)
    if sent is None or not is_ours(sent.team.id, sent.user.team_id, here):
        return None
    action, origin = action_of(sent.view.callback_id), origin_of(sent.view.private_metadata)
    if action is None or origin is None:
        return None
    kind = kind_of(origin.channel, None)
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


def origin_of(private_metadata: str) -> FormOrigin | None:
    """Where a view of ours says that it was opened."""
    try:
        return FormOrigin.model_validate_json(private_metadata)
    except ValidationError:
        return None


def _wish(pressed: Pressed) -> tuple[Action | None, str]:
    """What a press asks for. Two buttons for feedback share an action id, so their value tells."""
    if pressed.type != FEEDBACK:
        return action_of(pressed.action_id), pressed.value
    action, _, value = pressed.value.partition(FEEDBACK_SEPARATOR)
    return action_of(action), value


def action_of(action_id: str) -> Action | None:
    """An action id is the action's value, and an index that tells buttons of a message apart."""
    value, _, _ = action_id.partition(".")
    return Action(value) if value in set(Action) else None
