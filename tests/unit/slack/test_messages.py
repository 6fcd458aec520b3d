"""Messages that somebody points at, read from Slack."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.errors import MessageUnavailable
from bot.messages import IncomingMessage, Place
from tests.contract.drivers_slack import SlackDriver
from tests.slack_api import BOT, BOT_USER, TEAM, Failure, FakeSlackApi
from tests.unit.slack.conftest import Slack

BEN, SALES = SlackDriver.BEN, SlackDriver.SALES
ROOT, REPLY = "1795000000.000001", "1795000000.000002"


@pytest.fixture
def api(slack: Slack) -> Iterator[FakeSlackApi]:
    """With a message in #sales that has a reply."""
    posted(slack.api, ROOT, "Novara closes Lyon", thread_ts=ROOT)
    posted(slack.api, REPLY, "in &lt;May&gt;", thread_ts=ROOT)
    return slack.api


def posted(api: FakeSlackApi, ts: str, text: str, channel: str = SALES, **more: Any) -> None:
    message = {"type": "message", "user": BEN, "team": TEAM, "ts": ts, "text": text, **more}
    api.messages[channel, ts] = message


def find(slack: Slack, ts: str, channel: str = SALES) -> IncomingMessage | None:
    return slack.channel.messages.find(Place("slack", "main", channel), ts)


def test_a_message_is_read_with_its_author_and_time(slack: Slack, api: FakeSlackApi):
    """One call for what stands in the channel."""
    found = find(slack, ROOT)

    assert found is not None
    assert (found.author_id, found.text) == (BEN, "Novara closes Lyon")
    assert found.place.thread_id is None
    assert not found.from_bot
    assert not found.from_outsider
    assert len(api.calls_of("conversations.history", "conversations.replies")) == 1


def test_a_reply_is_read_with_its_thread(slack: Slack, api: FakeSlackApi):
    """Slack puts the thread's first message before it, which is another one."""
    found = find(slack, REPLY)

    assert found is not None
    assert (found.text, found.place.thread_id) == ("in <May>", ROOT)


def test_a_reply_that_was_also_sent_to_the_channel_keeps_its_thread(
    slack: Slack, api: FakeSlackApi
):
    """It stands in both places, and is one message."""
    posted(api, REPLY, "in May", thread_ts=ROOT, subtype="thread_broadcast")
    found = find(slack, REPLY)

    assert found is not None
    assert (found.text, found.place.thread_id) == ("in May", ROOT)


def test_what_is_not_there_and_what_may_not_be_read_is_nothing(slack: Slack, api: FakeSlackApi):
    """Deleted, in a channel without the bot, in one that is hidden from it, or nobody's words."""
    api.conversations["C0OPEN"] = {"id": "C0OPEN", "is_channel": True, "is_private": False}
    api.conversations["C0BOARD"] = {"id": "C0BOARD", "is_private": True}
    for channel in ("C0OPEN", "C0BOARD"):
        posted(api, ROOT, "a secret", channel)
    posted(api, "1795000000.000009", "Ben joined", subtype="channel_join")

    assert find(slack, "1795000000.000005") is None
    assert find(slack, ROOT, "C0OPEN") is None
    assert find(slack, ROOT, "C0BOARD") is None
    assert find(slack, ROOT, "C0NOWHERE") is None
    assert find(slack, "1795000000.000009") is None


@pytest.mark.parametrize(
    "failure",
    [
        Failure("ratelimited", 429, {"retry-after": "1"}),
        Failure("internal_error"),
        Failure(status=502),
    ],
    ids=["rate limit", "their error", "bad gateway"],
)
def test_what_cannot_be_read_now_is_tried_again(slack: Slack, api: FakeSlackApi, failure: Failure):
    """It is not taken for a message that is gone."""
    api.fail("conversations.history", failure)
    with pytest.raises(MessageUnavailable):
        find(slack, ROOT)

    assert find(slack, ROOT) is not None


def test_a_missing_permission_is_said_and_not_taken_for_a_missing_message(
    slack: Slack, api: FakeSlackApi
):
    """Whoever runs it can put it right, and nothing is lost."""
    api.fail("conversations.history", Failure("missing_scope"))
    with pytest.raises(MessageUnavailable, match="manifest"):
        find(slack, ROOT)


def test_bots_are_told_apart(slack: Slack, api: FakeSlackApi):
    """Our own messages among them."""
    posted(api, ROOT, "an answer", user=BOT_USER, bot_id=BOT)

    found = find(slack, ROOT)

    assert found is not None
    assert found.from_bot


def test_an_outsiders_message_comes_with_their_name(slack: Slack, api: FakeSlackApi):
    """They are none of the people that are known."""
    api.users["U9"] = {"id": "U9", "team_id": "T9", "profile": {"real_name": "Pia Keller"}}
    posted(api, ROOT, "the reports come late", user="U9", team="T9")

    found = find(slack, ROOT)

    assert found is not None
    assert (found.from_outsider, found.author_name) == (True, "Pia Keller")


@pytest.mark.parametrize(
    ("user", "ours"),
    [
        ({"team_id": TEAM}, True),
        ({}, True),
        ({"team_id": "T9"}, False),
        ({"team_id": TEAM, "is_stranger": True}, False),
        ({"team_id": TEAM, "is_bot": True}, False),
        (None, False),
    ],
)
def test_our_people_are_told_from_strangers_and_bots(
    slack: Slack, api: FakeSlackApi, user: dict[str, Any] | None, ours: bool
):
    """Asked of Slack once a person."""
    if user is not None:
        api.users["U1"] = {"id": "U1", **user}

    assert slack.channel.messages.is_ours("main", "U1") is ours
    assert slack.channel.messages.is_ours("main", "U1") is ours
    assert len(api.calls_of("users.info")) == 1
