"""Reactions, forwarded messages, and replies that are also sent to the channel, as Slack tells."""

import json
from typing import Any

import pytest

from adapters.slack import parse
from adapters.slack.config import Installation
from bot.domain.people import ConversationKind
from bot.messages import IncomingMessage, MessageEdited, Quotation, ReactionChanged
from tests.block_kit import FIXTURES

HERE = Installation("main", "T1", "U0BOT", "B0BOT", "https://acme.slack.com/")
TS = "1795000000.000001"


def parsed(here: Installation = HERE, **event: Any) -> Any:
    callback = {"type": "event_callback", "team_id": "T1", "event_time": 1, "event": event}
    return parse.event(callback, here)


def recorded() -> list[dict[str, Any]]:
    entries = json.loads((FIXTURES / "payloads.json").read_text(encoding="utf-8"))
    return [entry["payload"] for entry in entries if "event" in entry["payload"]]


# --- reactions ----------------------------------------------------------------------------------


def reacted(here: Installation = HERE, **event: Any) -> Any:
    happened = {
        "type": "reaction_added",
        "user": "U1",
        "reaction": "ear",
        "item": {"type": "message", "channel": "C1", "ts": TS},
        "item_user": "U2",
        "event_ts": "1795000100.000000",
    }
    return parsed(here, **{**happened, **event})


def test_the_emoji_that_saves_is_a_change_of_a_reaction():
    """In whichever skin tone; redelivered it is the same change."""
    change = reacted()
    again = reacted(reaction="ear::skin-tone-3")

    assert isinstance(change, ReactionChanged)
    assert (change.person_id, change.message_id, change.is_on) == ("U1", TS, True)
    assert change.place.conversation_id == "C1"
    assert change.delivery_key == again.delivery_key
    assert reacted(item={"channel": "D1", "ts": TS}).place.kind is ConversationKind.DIRECT


def test_putting_on_and_taking_off_are_different_changes():
    """And so is putting it on again."""
    on, off = reacted(), reacted(type="reaction_removed", event_ts="1795000200.000000")
    again = reacted(event_ts="1795000300.000000")

    assert not off.is_on
    assert on.changed_at < off.changed_at < again.changed_at
    assert len({change.delivery_key for change in (on, off, again)}) == 3


def test_another_emoji_is_nothing_to_us_unless_it_is_the_chosen_one():
    """The name is a setting."""
    pushpin = Installation("main", "T1", "U0BOT", save_emoji="pushpin")

    assert reacted(reaction="heart_eyes") is None
    assert reacted(reaction="earth_africa") is None
    assert reacted(pushpin, reaction="ear") is None
    assert isinstance(reacted(pushpin, reaction="pushpin"), ReactionChanged)


def test_recorded_reactions_are_read():
    """As Slack really sent them, for whichever emoji it was, in shared channels too."""
    reactions = [p for p in recorded() if p["event"]["type"] == "reaction_added"]
    assert reactions
    for payload in reactions:
        teams = [a.get("team_id") for a in payload.get("authorizations", ())]
        team = next(filter(None, teams), payload["team_id"])
        here = Installation("main", team, "U0BOT", save_emoji=payload["event"]["reaction"])
        assert isinstance(parse.event(payload, here), ReactionChanged)


def test_a_reaction_on_a_file_is_nothing_to_us():
    """There is no message to save."""
    assert reacted(item={"type": "file", "file": "F1"}) is None


# --- forwarded messages -------------------------------------------------------------------------

SHARE = {
    "ts": "1794000000.000100",
    "channel_id": "C2",
    "channel_team": "T1",
    "is_msg_unfurl": True,
    "is_share": True,
    "author_id": "U2",
    "author_subname": "ben",
    "author_name": "Ben Ode",
    "author_link": "https://acme.slack.com/team/U2",
    "message_blocks": [{"team": "T1", "channel": "C2", "ts": "1794000000.000100", "message": {}}],
    "id": 1,
    "original_url": "https://acme.slack.com/archives/C2/p1794000000000100",
    "from_url": "https://acme.slack.com/archives/C2/p1794000000000100",
    "fallback": "[November 6th, 2026] ben: Novara &amp; Co closes Lyon",
    "text": "Novara &amp; Co closes Lyon",
    "mrkdwn_in": ["text"],
    "footer": "Posted in #pricing",
}
QUOTED = "“Novara & Co closes Lyon” — Ben Ode"


def message(text: str = "", **fields: Any) -> dict[str, Any]:
    written = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1"}
    return {**written, "team": "T1", "ts": TS, "text": text, **fields}


def changed(now: dict[str, Any], before: dict[str, Any]) -> Any:
    about = {"channel": "D1", "ts": "1795000900.000200", "message": now}
    return parsed(type="message", subtype="message_changed", previous_message=before, **about)


def test_a_forwarded_message_is_a_quotation_of_its_author():
    """What the person added stays apart, so that their own words say what they want."""
    incoming = parsed(**message("see this", attachments=[SHARE]))

    assert incoming.text == "see this"
    assert incoming.quotes == (Quotation("Ben Ode", "Novara & Co closes Lyon"),)
    assert incoming.as_note.text == f"see this\n\n{QUOTED}"


def test_without_text_slacks_summary_is_quoted():
    """A forwarded message that consists of blocks."""
    share = {**SHARE, "text": "", "author_name": None}

    assert parsed(**message(attachments=[share])).as_note.text == (
        "“[November 6th, 2026] ben: Novara & Co closes Lyon”"
    )


@pytest.mark.parametrize(
    "attachment",
    [
        {**SHARE, "is_share": False},
        {"title": "A page", "text": "unfolded", "from_url": "https://example.com"},
        {**SHARE, "bot_id": "B9"},
        {**SHARE, "author_id": "U0BOT"},
        {**SHARE, "text": " ", "fallback": ""},
        {**SHARE, "text": 7, "fallback": []},
        "no object",
        None,
    ],
    ids=["an unfolded message", "a web page", "a bot's", "ours", "empty", "broken", "text", "null"],
)
def test_what_is_no_forwarded_message_of_a_person_is_not_quoted(attachment: object):
    """And costs the message nothing."""
    incoming = parsed(**message("see this", attachments=[attachment]))

    assert (incoming.text, incoming.quotes) == ("see this", ())
    assert parsed(**message("see this", attachments=attachment)).quotes == ()


def test_an_edit_has_the_forwarded_messages_too():
    """Else changing a word would lose them."""
    edited = {"user": "U1", "ts": "1795000900.000000"}
    now = message("see this now", attachments=[SHARE], edited=edited)
    incoming = changed(now, message("see this", attachments=[SHARE]))

    assert isinstance(incoming, MessageEdited)
    assert incoming.as_note.text == f"see this now\n\n{QUOTED}"


# --- replies that are also sent to the channel --------------------------------------------------


def test_a_reply_that_is_also_sent_to_the_channel_is_one_message_of_its_thread():
    """The recorded event: its own ts, its thread's, and one delivery whichever way it comes."""
    (payload,) = [p for p in recorded() if p["event"].get("subtype") == "thread_broadcast"]
    here = Installation("main", "T111", "U0BOT")
    incoming = parse.event(payload, here)
    assert isinstance(incoming, IncomingMessage)
    assert incoming.message_id == "1633670813.007500"
    assert incoming.place.thread_id == "1633663824.000500"

    plain = {name: value for name, value in payload["event"].items() if name != "subtype"}
    as_reply = parse.event({**payload, "event": plain}, here)
    assert isinstance(as_reply, IncomingMessage)
    assert as_reply.delivery_key == incoming.delivery_key
    assert as_reply.place == incoming.place


def test_sending_a_reply_to_the_channel_later_is_no_edit():
    """Slack calls it a change; the words are the same, and so is the note."""
    before = message("in May", thread_ts="1794000000.000001")

    assert changed({**before, "subtype": "thread_broadcast"}, before) is None
