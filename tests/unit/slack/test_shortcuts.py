"""Shortcuts: the forms they open, and what comes of them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import shortcuts
from adapters.slack.config import Installation
from adapters.slack.text import units
from bot.domain.people import ConversationKind
from bot.messages import IncomingMessage, WayIn
from tests.block_kit import FIXTURES, problem_with_view

HERE = Installation("main", "T1", "U0BOT", "B0BOT", "https://acme.slack.com/")
NOW = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
TS = "1795000000.000100"


def pointed(text: str = "Novara closes Lyon", **message: Any) -> dict[str, Any]:
    """What Slack sends when Anna uses "Save to Earshot" on Ben's message."""
    written = {"type": "message", "user": "UBEN", "team": "T1", "ts": TS, "text": text}
    return {
        "type": "message_action",
        "callback_id": "save_message",
        "team": {"id": "T1", "domain": "acme"},
        "user": {"id": "UANNA", "name": "anna", "team_id": "T1"},
        "channel": {"id": "C1", "name": "sales"},
        "message_ts": TS,
        "message": {**written, **message},
        "trigger_id": "13.37.abc",
    }


def new_note() -> dict[str, Any]:
    """What Slack sends when Anna uses "New note"."""
    everything = {**pointed(), "type": "shortcut", "callback_id": "new_note"}
    return {name: everything[name] for name in everything if name not in {"channel", "message"}}


def opened(payload: dict[str, Any]) -> dict[str, Any]:
    found = shortcuts.form_of(payload, HERE)
    assert found is not None
    assert found[0] == payload["trigger_id"]
    view = json.loads(json.dumps(found[1]))
    assert problem_with_view(view) is None
    return view


def held(view: dict[str, Any]) -> str:
    """What stands in the form."""
    return str(view["blocks"][0]["element"].get("initial_value", ""))


def sent(
    view: dict[str, Any], text: str | None = None, *, view_id: str = "V1", **more: Any
) -> dict[str, Any]:
    """What Slack sends when the form is submitted, its text left alone or changed."""
    value = held(view) if text is None else text
    state = {"values": {"text": {"text": {"type": "plain_text_input", "value": value}}}}
    return {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "UANNA", "team_id": "T1"},
        "view": {**view, "id": view_id, "state": state},
        **more,
    }


def submitted(payload: dict[str, Any]) -> IncomingMessage:
    incoming = shortcuts.submitted(payload, HERE, NOW)
    assert incoming is not None
    return incoming


# --- opening ------------------------------------------------------------------------------------


def test_the_form_holds_the_message_as_its_reader_saw_it():
    """One more click saves it."""
    view = opened(pointed("<@U0BOT> Novara &amp; Co closes <http://lyon.example|Lyon>"))

    assert held(view) == "Novara & Co closes Lyon (http://lyon.example)"


def test_the_recorded_shortcut_opens_a_form():
    """As Slack really sends it, for an app whose shortcut has our id."""
    recorded = json.loads((FIXTURES / "payloads.json").read_text(encoding="utf-8"))
    (payload,) = [r["payload"] for r in recorded if r["payload"].get("type") == "message_action"]
    here = Installation("main", "T111", "U0BOT")

    found = shortcuts.form_of({**payload, "callback_id": "save_message"}, here)

    assert found is not None
    assert held(json.loads(json.dumps(found[1]))) == "@W222 test"


def test_the_form_carries_ids_and_no_words():
    """The message is read again: what a client sends back is not believed."""
    view = opened(pointed("a secret", thread_ts="1795000000.000001"))
    origin = json.loads(view["private_metadata"])

    assert origin.pop("digest")
    assert origin == {"channel": "C1", "ts": TS, "thread": "1795000000.000001"}


def test_a_new_note_begins_empty():
    """The same form without a message."""
    view = opened(new_note())

    assert (view["callback_id"], view["private_metadata"], held(view)) == ("new_note", "", "")


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"bot_id": "B9"}, "A bot wrote this"),
        ({"user": "U0BOT"}, "A bot wrote this"),
        ({"text": ""}, "There are no words"),
    ],
)
def test_what_cannot_be_saved_is_said_at_once(message: dict[str, Any], told: str):
    """There is nothing to fill in or to submit."""
    view = opened(pointed(**message))

    assert told in view["blocks"][0]["text"]["text"]
    assert "submit" not in view


@pytest.mark.parametrize(
    "payload",
    [
        {**pointed(), "team": {"id": "T9"}},
        {**pointed(), "user": {"id": "U9", "team_id": "T9"}},
        {**pointed(), "callback_id": "another app's"},
        {**pointed(), "message": {"text": "no ts"}},
        {**pointed(), "trigger_id": None},
    ],
    ids=["another team", "a stranger", "another shortcut", "no message", "no trigger"],
)
def test_a_shortcut_that_is_not_ours_opens_nothing(payload: dict[str, Any]):
    """Least of all for another organisation's people."""
    assert shortcuts.form_of(payload, HERE) is None


@given(st.text(min_size=1, max_size=200), st.integers(1, 60))
def test_any_message_fits_the_form_and_comes_back_as_it_was(text: str, times: int):
    """Slack refuses more than 3000 units; what was cut still counts as left alone."""
    found = shortcuts.form_of(pointed(text * times), HERE)
    assert found is not None
    view = json.loads(json.dumps(found[1]))
    assert problem_with_view(view) is None
    if "submit" not in view:
        assert not text.strip()
        return
    assert 0 < units(held(view)) <= shortcuts.INPUT_LIMIT
    assert submitted(sent(view)).is_as_posted


# --- submitting ---------------------------------------------------------------------------------


def test_a_form_that_was_left_alone_is_a_wish_to_save_the_message():
    """The saver stands for the author until the message has been read."""
    incoming = submitted(sent(opened(pointed(thread_ts="1795000000.000001"))))

    assert (incoming.way_in, incoming.is_as_posted) == (WayIn.SHORTCUT, True)
    assert (incoming.author_id, incoming.person_id) == ("UANNA", "UANNA")
    assert (incoming.place.conversation_id, incoming.message_id) == ("C1", TS)
    assert incoming.place.thread_id == "1795000000.000001"
    assert incoming.sent_at == datetime(2026, 11, 18, 11, 6, 40, 100, tzinfo=UTC)
    assert incoming.permalink is not None
    assert incoming.permalink.startswith("https://acme.slack.com/archives/C1/p1795000000000100")


def test_a_changed_text_says_so_and_white_space_is_no_change():
    """A client may drop a line's end."""
    view = opened(pointed("Novara closes  Lyon\nin May"))

    assert not submitted(sent(view, "Novara closes Lyon in June")).is_as_posted
    assert submitted(sent(view, "Novara closes Lyon\nin May ")).is_as_posted


def test_two_forms_on_one_message_are_two_wishes_and_a_redelivery_is_none():
    """Two people may save the same message."""
    view = opened(pointed())
    first, again = submitted(sent(view)), submitted(sent(view))
    other = submitted(sent(view, view_id="V2"))

    assert first.delivery_key == again.delivery_key
    assert first.delivery_key != other.delivery_key


def test_a_new_note_is_between_the_person_and_the_bot():
    """It stands in no conversation of theirs."""
    incoming = submitted(sent(opened(new_note()), "Novara closes Lyon"))

    assert (incoming.way_in, incoming.text) == (WayIn.NOTE_COMMAND, "Novara closes Lyon")
    assert incoming.place.conversation_id == "UANNA"
    assert incoming.place.kind is ConversationKind.DIRECT
    assert (incoming.author_id, incoming.sent_at) == ("UANNA", NOW)


@pytest.mark.parametrize(
    "origin", ["", "not json", '{"channel": "C1"}', '{"channel": "../x", "ts": "1.2"}', "[]"]
)
def test_a_form_that_does_not_say_what_it_was_on_is_ignored(origin: str):
    """No client of Slack's sends that."""
    view = {**opened(pointed()), "private_metadata": origin}

    assert shortcuts.submitted(sent(view, "x"), HERE, NOW) is None


@pytest.mark.parametrize("who", [{"team": {"id": "T9"}}, {"user": {"id": "U9", "team_id": "T9"}}])
def test_a_strangers_form_is_ignored(who: dict[str, Any]):
    """As their messages are."""
    assert shortcuts.submitted(sent(opened(pointed()), **who), HERE, NOW) is None
