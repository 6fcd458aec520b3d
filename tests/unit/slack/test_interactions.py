"""Presses and submitted forms, read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack import interactions
from adapters.slack.config import Installation
from bot.messages import Action, ActionTaken

HERE = Installation("main", "T1", "U0BOT", "B0BOT", "https://acme.slack.com/")
NOW = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


def block_actions(**fields: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "acme"},
        "user": {"id": "U1", "team_id": "T1"},
        "channel": {"id": "C1", "name": "sales"},
        "container": {"message_ts": "1795000000.000300", "thread_ts": "1795000000.000001"},
        "trigger_id": "13.37.abc",
        "actions": [{"action_id": "undo.1", "action_ts": "1795000001.5", "value": "n1"}],
        **fields,
    }


def test_a_press_says_who_wants_what_done_to_what():
    """The value holds ids; the message with the button is known."""
    taken = interactions.press(block_actions(), HERE)

    assert taken is not None
    assert (taken.person_id, taken.action, taken.value) == ("U1", Action.UNDO, "n1")
    assert taken.source_message_id == "1795000000.000300"
    assert taken.place.thread_id == "1795000000.000001"
    assert taken.trigger == "13.37.abc"


@pytest.mark.parametrize("action", [Action.RATE_GOOD, Action.RATE_BAD])
def test_of_a_pair_for_feedback_the_value_says_which_was_pressed(action: Action):
    """A question's id may hold what parts the two."""
    pressed = {
        "type": "feedback_buttons",
        "action_id": "feedback_buttons",
        "action_ts": "1795000001.5",
        "value": f"{action.value}|D1:a|b",
    }
    taken = interactions.press(block_actions(actions=[pressed]), HERE)
    assert taken is not None
    assert (taken.action, taken.value) == (action, "D1:a|b")


@pytest.mark.parametrize("value", ["", "|", "positive_feedback", "explode|q1", "q1|rate_good"])
def test_a_pair_for_feedback_that_is_not_ours_is_ignored(value: str):
    """What its value names is no action."""
    pressed = {"type": "feedback_buttons", "action_id": "x", "action_ts": "1.5", "value": value}
    assert interactions.press(block_actions(actions=[pressed]), HERE) is None


def test_two_presses_of_one_button_are_two_presses():
    """A redelivery of one of them is not."""
    once = interactions.press(block_actions(), HERE)
    actions = [{"action_id": "undo.1", "action_ts": "1795000002.5", "value": "n1"}]
    twice = interactions.press(block_actions(actions=actions), HERE)
    redelivered = interactions.press(block_actions(), HERE)

    assert once is not None
    assert twice is not None
    assert redelivered is not None
    assert once.delivery_key == redelivered.delivery_key
    assert once.delivery_key != twice.delivery_key


@pytest.mark.parametrize(
    "fields",
    [
        {"actions": [{"action_id": "drop_tables.0", "action_ts": "1.2"}]},
        {"actions": []},
        {"team": {"id": "T9"}},
        {"user": {"id": "U9", "team_id": "T9"}},
        {"channel": None},
    ],
)
def test_a_press_that_is_not_ours_is_ignored(fields: dict[str, Any]):
    """Unknown buttons, other teams, and strangers in a shared channel."""
    assert interactions.press(block_actions(**fields), HERE) is None


def view_submission(**view: Any) -> dict[str, Any]:
    origin = {"value": "i1", "channel": "C1", "thread": "1795000000.000001"}
    state = {
        "signal": {"signal": {"type": "static_select", "selected_option": {"value": "praise"}}},
        "topics": {"topics": {"selected_options": [{"value": "price"}, {"value": "quality"}]}},
        "contacts": {"contacts": {"type": "plain_text_input", "value": "P. Keller"}},
        "moment": {"moment": {"type": "static_select", "selected_option": None}},
        "note": {"note": {"type": "plain_text_input", "value": None}},
    }
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "trigger_id": "13.37.abc",
        "view": {
            "id": "V1",
            "callback_id": "save_change",
            "private_metadata": json.dumps(origin),
            "state": {"values": state},
            **view,
        },
    }


def test_a_submitted_form_carries_its_fields_and_where_it_was_opened():
    """A field without a value is there and empty, so that it can be cleared."""
    taken = interactions.submission(view_submission(), HERE, NOW)

    assert isinstance(taken, ActionTaken)
    assert (taken.action, taken.value, taken.taken_at) == (Action.SAVE_CHANGE, "i1", NOW)
    assert (taken.place.conversation_id, taken.place.thread_id) == ("C1", "1795000000.000001")
    assert taken.fields == {
        "signal": ("praise",),
        "topics": ("price", "quality"),
        "contacts": ("P. Keller",),
        "moment": (),
        "note": (),
    }


@pytest.mark.parametrize(
    "view",
    [
        {"private_metadata": "not json"},
        {"private_metadata": '{"value": "i1"}'},
        {"callback_id": "another app's"},
        {"state": {"values": "none"}},
    ],
)
def test_a_form_that_is_not_ours_is_ignored(view: dict[str, Any]):
    """It cannot be told what it was for."""
    assert interactions.submission(view_submission(**view), HERE, NOW) is None
