"""The Messages tab: suggestions when it is opened, and a sign while an answer is worked on."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import parse
from adapters.slack.agent import prompt
from adapters.slack.config import Installation
from adapters.slack.text import units
from bot.errors import SendRefused
from bot.messages import Incoming, IncomingMessage, Place, Reply, Suggestion, TalkOpened, WayIn
from tests.block_kit import FIXTURES
from tests.contract.drivers_slack import SlackDriver
from tests.fakes import MONDAY
from tests.slack_api import BOT, BOT_USER, TEAM, Failure
from tests.unit.slack.conftest import Slack
from tests.unit.slack.replies import DIRECT, QUESTION, SALES, send

HERE = Installation("main", TEAM, BOT_USER, BOT)
THREAD = "1795000000.000700"
IN_THREAD = Place("slack", "main", SlackDriver.DIRECT, DIRECT.kind, THREAD)
SUGGESTIONS = tuple(Suggestion(f"Label {n}", f"What do we know of {n}?") for n in range(4))


def envelope(event: dict[str, Any]) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": TEAM, "event": event}


def recorded(event_type: str) -> dict[str, Any]:
    payloads = json.loads((FIXTURES / "payloads.json").read_text(encoding="utf-8"))
    events = [found["payload"].get("event") for found in payloads]
    return next(event for event in events if event and event.get("type") == event_type)


# --- what Slack tells -----------------------------------------------------------------------------


def test_opening_the_messages_tab_opens_the_talk():
    """Of which no thread is known: in an agent's view suggestions belong to the whole talk."""
    event = recorded("app_home_opened")
    incoming = parse.event(envelope(event), HERE)
    assert isinstance(incoming, TalkOpened)
    assert incoming.place == Place("slack", "main", event["channel"], DIRECT.kind)
    assert incoming.person_id == event["user"]


def test_each_opening_is_told_once():
    """A redelivery has the same key, a second opening another one."""
    event = recorded("app_home_opened")
    first, again, later = (
        parse.event(envelope(told), HERE)
        for told in (event, event, event | {"event_ts": "1782770451.000100"})
    )
    assert first is not None
    assert again is not None
    assert later is not None
    assert first.delivery_key == again.delivery_key != later.delivery_key


@pytest.mark.parametrize("tab", ["home", "about", "", None])
def test_another_tab_is_no_talk(tab: str | None):
    """Nobody sees suggestions there."""
    incoming = parse.event(envelope(recorded("app_home_opened") | {"tab": tab}), HERE)
    assert not isinstance(incoming, TalkOpened)


def test_an_assistant_of_the_old_kind_opens_a_thread():
    """There suggestions are made for the thread, and replies go into it."""
    begun = {
        "type": "assistant_thread_started",
        "assistant_thread": {
            "user_id": "U0ANNA",
            "context": {"channel_id": "C0SALES", "team_id": TEAM, "enterprise_id": None},
            "channel_id": "D0ANNA",
            "thread_ts": THREAD,
        },
        "event_ts": "1795000000.000800",
    }
    incoming = parse.event(envelope(begun), HERE)
    assert isinstance(incoming, TalkOpened)
    assert (incoming.place, incoming.person_id) == (IN_THREAD, "U0ANNA")


def test_both_reach_the_intake_before_slack_is_answered(slack: Slack):
    """Neither is dropped on the way through Bolt."""
    home = {
        "type": "app_home_opened",
        "user": slack.driver.ANNA,
        "channel": slack.driver.DIRECT,
        "tab": "messages",
        "event_ts": "1795000000.000100",
    }
    thread = {"user_id": slack.driver.ANNA, "channel_id": slack.driver.DIRECT, "thread_ts": THREAD}
    slack.driver.deliver(home)
    slack.driver.deliver({"type": "assistant_thread_started", "assistant_thread": thread})
    assert [taken.place for taken in slack.intake.taken] == [DIRECT, IN_THREAD]


# --- suggestions ----------------------------------------------------------------------------------


def test_suggestions_are_made_for_the_talk_without_a_message(slack: Slack):
    """With a thread Slack would drop them without a word."""
    send(slack, Reply((), suggestions=SUGGESTIONS), DIRECT)
    assert slack.api.prompts[slack.driver.DIRECT, None] == [
        {"title": each.label, "message": each.text} for each in SUGGESTIONS
    ]
    assert slack.api.calls_of("chat.postMessage", "chat.postEphemeral") == []


def test_an_assistant_of_the_old_kind_has_them_for_its_thread(slack: Slack):
    """The thread that was begun."""
    slack.api.is_agent = False
    send(slack, Reply((), suggestions=SUGGESTIONS), IN_THREAD)
    assert len(slack.api.prompts[slack.driver.DIRECT, THREAD]) == 4


def test_an_app_that_is_no_agent_is_told_what_to_do(slack: Slack):
    """Suggestions are given up; nothing else depends on them."""
    slack.api.is_agent = False
    with pytest.raises(SendRefused, match="agent view"):
        send(slack, Reply((), suggestions=SUGGESTIONS), DIRECT)


def test_slack_is_given_no_more_than_it_takes(slack: Slack):
    """Four."""
    send(slack, Reply((), suggestions=(*SUGGESTIONS, Suggestion("Fifth", "?"))), DIRECT)
    assert len(slack.api.prompts[slack.driver.DIRECT, None]) == 4


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_suggestion_pings_nobody_and_fits(label: str, text: str):
    """Whatever a customer is called."""
    made = prompt(Suggestion(f"{label}<!channel>", f"{text}<@U0ANNA>"))
    assert units(made["title"]) <= 75
    assert units(made["message"]) <= 3000
    assert not {"<", ">"} & {*made["title"], *made["message"]}


# --- the sign of work -----------------------------------------------------------------------------


def question(place: Place = DIRECT, message_id: str = QUESTION) -> IncomingMessage:
    author = SlackDriver.ANNA
    return IncomingMessage(place, message_id, author, "who decides?", MONDAY, WayIn.DIRECT)


def until_told(slack: Slack, times: int) -> None:
    """Let Slack be told of the sign so often."""
    slack.api.wait_for_calls("assistant.threads.setStatus", times)


def statuses(slack: Slack) -> list[str]:
    return [call.arguments["status"] for call in slack.api.calls_of("assistant.threads.setStatus")]


@pytest.mark.parametrize(
    ("incoming", "thread"), [(question(), QUESTION), (question(IN_THREAD), THREAD)]
)
def test_the_sign_is_there_while_an_answer_is_worked_on(
    slack: Slack, incoming: Incoming, thread: str
):
    """Under the question, or in the thread it was asked in."""
    with slack.channel.work_sign.shown(incoming):
        until_told(slack, 1)
        assert slack.api.statuses[slack.driver.DIRECT, thread] == "is looking for it…"
    until_told(slack, 2)
    assert slack.api.statuses[slack.driver.DIRECT, thread] == ""


def test_the_sign_is_taken_away_when_the_work_fails(slack: Slack):
    """It never stays."""
    with pytest.raises(ZeroDivisionError), slack.channel.work_sign.shown(question()):
        raise ZeroDivisionError
    until_told(slack, 2)
    assert statuses(slack) == ["is looking for it…", ""]


@pytest.mark.parametrize(
    "failure", [Failure("channel_not_found"), Failure(status=500), Failure("ratelimited")]
)
def test_a_sign_that_cannot_be_shown_harms_nothing(slack: Slack, failure: Failure):
    """What was not set is not taken away either."""
    slack.api.fail("assistant.threads.setStatus", failure)
    with slack.channel.work_sign.shown(question()):
        until_told(slack, 1)
    with slack.channel.work_sign.shown(question()):
        until_told(slack, 2)
    until_told(slack, 3)


def test_without_a_connection_the_work_is_done_all_the_same(slack: Slack):
    """And one that is closed meanwhile stops nothing."""
    with slack.channel.work_sign.shown(question()):
        until_told(slack, 1)
        slack.api.loop.run(slack.channel.stop())
    with slack.channel.work_sign.shown(question()):
        pass
    assert statuses(slack) == ["is looking for it…"]


@pytest.mark.parametrize(
    "incoming",
    [
        question(SALES),
        question(message_id="cmd-1.2"),
        TalkOpened(DIRECT, SlackDriver.ANNA, "o1"),
    ],
    ids=["in a channel", "a command", "no message"],
)
def test_where_others_would_see_it_or_nothing_stands_there_is_no_sign(
    slack: Slack, incoming: Incoming
):
    """That somebody asked is theirs."""
    with slack.channel.work_sign.shown(incoming), slack.channel.work_sign.shown(question()):
        until_told(slack, 1)
    until_told(slack, 2)
    assert set(slack.api.statuses) == {(slack.driver.DIRECT, QUESTION)}
