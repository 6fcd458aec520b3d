"""Slack's payloads, read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack import parse
from adapters.slack.config import Installation
from bot.domain.people import ConversationKind
from bot.messages import (
    ConversationChanged,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    WayIn,
)

HERE = Installation("main", "T1", "U0BOT", "B0BOT", "https://acme.slack.com/")
NOW = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


def callback(**event: Any) -> dict[str, Any]:
    """An event of ours in its envelope."""
    return {"type": "event_callback", "team_id": "T1", "event_time": 1, "event": event}


def message(text: str = "Novara closes Lyon", **fields: Any) -> dict[str, Any]:
    """A message by a person in a public channel."""
    return {
        "type": "message",
        "channel": "C1",
        "channel_type": "channel",
        "user": "U1",
        "team": "T1",
        "ts": "1795000000.000100",
        "text": text,
        **fields,
    }


def parsed(**event: Any) -> IncomingMessage:
    incoming = parse.event(callback(**event), HERE)
    assert isinstance(incoming, IncomingMessage)
    return incoming


# --- messages -----------------------------------------------------------------------------------


def test_a_message_is_read_with_its_place_time_and_permalink():
    """Who, where and when, with a link back."""
    incoming = parsed(**message())

    assert incoming.way_in is WayIn.LISTENED
    assert (incoming.author_id, incoming.text) == ("U1", "Novara closes Lyon")
    assert incoming.place.kind is ConversationKind.PUBLIC
    assert incoming.sent_at == datetime(2026, 11, 18, 11, 6, 40, 100, tzinfo=UTC)
    assert incoming.permalink == "https://acme.slack.com/archives/C1/p1795000000000100"
    assert not incoming.from_bot


def test_without_the_workspaces_address_there_is_no_permalink():
    """None rather than a broken link."""
    elsewhere = Installation("main", "T1", "U0BOT")

    incoming = parse.event(callback(**message()), elsewhere)

    assert isinstance(incoming, IncomingMessage)
    assert incoming.permalink is None


def test_a_mention_comes_twice_and_is_one_delivery():
    """Slack sends `message` and `app_mention`; both are the same wish."""
    text = "<@U0BOT> Novara closes Lyon"
    as_message = parsed(**message(text))
    as_mention = parsed(**{**message(text), "type": "app_mention", "channel_type": None})

    assert as_message.way_in is as_mention.way_in is WayIn.MENTION
    assert as_message.delivery_key == as_mention.delivery_key
    assert as_message.text == as_mention.text == "Novara closes Lyon"


@pytest.mark.parametrize(
    ("channel", "channel_type", "kind", "way_in"),
    [
        ("C1", "channel", ConversationKind.PUBLIC, WayIn.LISTENED),
        ("C1", "group", ConversationKind.PRIVATE, WayIn.LISTENED),
        ("G1", "mpim", ConversationKind.PRIVATE, WayIn.LISTENED),
        ("D1", "im", ConversationKind.DIRECT, WayIn.DIRECT),
        ("D1", None, ConversationKind.DIRECT, WayIn.DIRECT),
        ("C1", None, None, WayIn.LISTENED),
        ("C1", "something new", None, WayIn.LISTENED),
    ],
)
def test_the_kind_of_conversation_says_whether_it_is_direct(
    channel: str, channel_type: str | None, kind: ConversationKind | None, way_in: WayIn
):
    """Only a direct message needs no mention; what is not said stays unknown."""
    incoming = parsed(**message(channel=channel, channel_type=channel_type))

    assert (incoming.place.kind, incoming.way_in) == (kind, way_in)


def test_a_reply_knows_its_thread_and_a_threads_first_message_has_none():
    """The first message carries its own ts as thread_ts once it has replies."""
    reply = parsed(**message(thread_ts="1795000000.000001"))
    first = parsed(**message(thread_ts="1795000000.000100"))

    assert reply.place.thread_id == "1795000000.000001"
    assert first.place.thread_id is None
    assert reply.permalink is not None
    assert reply.permalink.endswith("?thread_ts=1795000000.000001&cid=C1")


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_what_a_person_wrote_in_another_form_is_a_message(subtype: str):
    """A comment on a file, a reply that is also shown in the channel, an emote."""
    assert parsed(**message(subtype=subtype)).text == "Novara closes Lyon"


@pytest.mark.parametrize("subtype", ["channel_join", "channel_topic", "message_replied", "new"])
def test_what_slack_wrote_is_no_message(subtype: str):
    """Notices are nobody's words."""
    assert parse.event(callback(**message(subtype=subtype)), HERE) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"user": "U0BOT"},
        {"bot_id": "B0BOT"},
        {"bot_id": "B9", "subtype": "bot_message", "user": None},
        {"user": "USLACKBOT"},
    ],
)
def test_bots_are_marked(fields: dict[str, Any]):
    """The core ignores them, itself among them."""
    assert parsed(**message(**fields)).from_bot


@pytest.mark.parametrize("field", ["team", "user_team", "source_team"])
def test_a_strangers_message_in_a_shared_channel_is_ignored(field: str):
    """Another organisation's people are nobody whose words we keep."""
    assert parse.event(callback(**message(**{field: "T9"})), HERE) is None


def test_another_teams_event_is_ignored_and_a_shared_channels_own_is_not():
    """In a shared channel the envelope may name the other team; the authorization decides."""
    theirs = {**callback(**message()), "team_id": "T9"}
    ours = {**theirs, "authorizations": [{"team_id": "T1"}]}

    assert parse.event(theirs, HERE) is None
    assert isinstance(parse.event(ours, HERE), IncomingMessage)


def test_a_lone_surrogate_does_not_cost_the_message():
    """It is replaced, and the rest is kept."""
    body = json.loads(json.dumps(callback(**message("Novara \ud800 closes"))))

    incoming = parse.event(body, HERE)

    assert isinstance(incoming, IncomingMessage)
    assert incoming.text == "Novara \ufffd closes"


# --- edits and deletions ------------------------------------------------------------------------


def edit(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    return callback(
        type="message",
        subtype="message_changed",
        channel="C1",
        channel_type="channel",
        ts="1795000900.000200",
        message=now,
        previous_message=before,
    )


def test_an_edit_is_of_the_message_it_changes():
    """Its key is the message's, its revision the edit's."""
    now = message("<@U0BOT> Novara stays", edited={"user": "U1", "ts": "1795000900.000000"})

    incoming = parse.event(edit(now, message()), HERE)

    assert isinstance(incoming, MessageEdited)
    assert (incoming.message_id, incoming.revision) == ("1795000000.000100", "1795000900.000000")
    assert incoming.text == "Novara stays"
    assert incoming.key == parsed(**message()).key


def test_a_link_that_unfolds_is_no_edit():
    """Slack reports it as a change, with the same text."""
    edited = {"user": "U1", "ts": "1795000900.000000"}

    assert parse.event(edit(message(attachments=[{}]), message()), HERE) is None
    assert parse.event(edit(message(edited=edited), message(edited=edited)), HERE) is None


def test_an_edit_by_a_bot_is_marked_and_a_strangers_is_ignored():
    """As their messages are."""
    edited = {"user": "U1", "ts": "1795000900.000000"}
    bots = parse.event(edit(message("x", bot_id="B0BOT", edited=edited), message()), HERE)
    strangers = parse.event(edit(message("x", team="T9", edited=edited), message()), HERE)

    assert isinstance(bots, MessageEdited)
    assert bots.from_bot
    assert strangers is None


def test_a_deletion_is_of_the_message_that_went():
    """Its key is the message's."""
    payload = callback(
        type="message",
        subtype="message_deleted",
        channel="C1",
        channel_type="channel",
        ts="1795000900.000200",
        deleted_ts="1795000000.000100",
        previous_message=message(thread_ts="1795000000.000001"),
    )

    incoming = parse.event(payload, HERE)

    assert isinstance(incoming, MessageDeleted)
    assert incoming.key == parsed(**message()).key
    assert incoming.place.thread_id == "1795000000.000001"


def test_a_deleted_message_with_a_thread_is_a_deletion_too():
    """Slack leaves a tombstone in its place and calls that a change."""
    incoming = parse.event(edit(message("deleted.", subtype="tombstone"), message()), HERE)

    assert isinstance(incoming, MessageDeleted)
    assert incoming.message_id == "1795000000.000100"


# --- who is there -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "event",
    [
        {"type": "member_joined_channel", "user": "U1", "channel": "C1", "event_ts": "1.2"},
        {"type": "member_left_channel", "user": "U1", "channel": "C1"},
        {"type": "channel_rename", "channel": {"id": "C1", "name": "new"}, "event_ts": "1.2"},
        message(subtype="channel_convert_to_private"),
    ],
)
def test_a_changed_conversation_is_told_once_a_change(event: dict[str, Any]):
    """A redelivery has the same key, another change another."""
    incoming = parse.event(callback(**event), HERE)
    again = parse.event({**callback(**event), "event_id": "Ev2"}, HERE)

    assert isinstance(incoming, ConversationChanged)
    assert isinstance(again, ConversationChanged)
    assert incoming.place.conversation_id == "C1"
    assert incoming.delivery_key == again.delivery_key


def test_coming_and_going_are_different_changes():
    """Both must be taken in."""
    event = {"user": "U1", "channel": "C1", "event_ts": "1.2"}
    joined = parse.event(callback(type="member_joined_channel", **event), HERE)
    left = parse.event(callback(type="member_left_channel", **event), HERE)

    assert joined is not None
    assert left is not None
    assert joined.delivery_key != left.delivery_key


# --- commands -----------------------------------------------------------------------------------


def slash(command: str, **fields: Any) -> dict[str, Any]:
    return {
        "command": command,
        "text": "Novara &amp; Co",
        "team_id": "T1",
        "channel_id": "C1",
        "channel_name": "sales",
        "user_id": "U1",
        "user_name": "anna",
        "trigger_id": "13.37.abc",
        **fields,
    }


@pytest.mark.parametrize(
    ("command", "way_in"),
    [
        ("/note", WayIn.NOTE_COMMAND),
        ("/ask", WayIn.ASK_COMMAND),
        ("/earshot", WayIn.EARSHOT_COMMAND),
    ],
)
def test_a_command_is_a_message_to_the_bot(command: str, way_in: WayIn):
    """It has no ts, so its trigger names it."""
    incoming = parse.command(slash(command), HERE, NOW)

    assert incoming is not None
    assert incoming.way_in is way_in
    assert (incoming.text, incoming.sent_at) == ("Novara & Co", NOW)
    assert (incoming.message_id, incoming.trigger) == ("cmd-13.37.abc", "13.37.abc")
    assert incoming.permalink is None


def test_another_command_and_another_teams_are_not_ours():
    """Nothing is kept of them."""
    assert parse.command(slash("/unknown"), HERE, NOW) is None
    assert parse.command(slash("/note", team_id="T9"), HERE, NOW) is None
