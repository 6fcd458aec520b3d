"""Replies on their way to Slack."""

import json
from pathlib import Path

import pytest

from adapters.slack.api import TRANSIENT
from bot.errors import SendFailed, SendPostponed, SendRefused
from bot.messages import (
    Place,
    Quote,
    Reply,
)
from tests.contract.drivers_slack import SlackDriver
from tests.slack_api import Failure
from tests.unit.slack.conftest import Slack
from tests.unit.slack.replies import DIRECT, FORM, QUESTION, reply, send, to_all


def methods(slack: Slack) -> list[str]:
    """What was called since the start."""
    return [call.method for call in slack.api.calls if call.method != "auth.test"]


# --- where a reply goes -------------------------------------------------------------------------


def test_a_private_reply_in_a_channel_is_seen_by_one_person(slack: Slack):
    """In the thread, if it answers there."""
    message_id = send(slack, reply(), Place("slack", "main", SlackDriver.SALES, thread_id=QUESTION))

    (call,) = slack.api.calls_of("chat.postEphemeral")
    assert (call.arguments["user"], call.arguments["thread_ts"]) == (SlackDriver.ANNA, QUESTION)
    assert message_id == call.message_ts


def test_a_reply_in_a_direct_message_is_an_ordinary_message(slack: Slack):
    """Nobody else reads there; it unfurls nothing and parses nothing."""
    message_id = send(slack, reply(), DIRECT)

    (call,) = slack.api.calls_of("chat.postMessage")
    assert message_id == call.message_ts
    assert "thread_ts" not in call.arguments
    assert call.arguments["unfurl_links"] is False
    assert call.arguments["unfurl_media"] is False
    assert (call.arguments["parse"], call.arguments["link_names"]) == ("none", False)


@pytest.mark.parametrize(
    ("thread", "answered", "expected"),
    [
        (None, QUESTION, QUESTION),
        ("1.2", QUESTION, "1.2"),
        (None, None, None),
        (None, "cmd-1", None),
    ],
)
def test_an_answer_to_all_stands_in_a_thread(
    slack: Slack, thread: str | None, answered: str | None, expected: str | None
):
    """Under the question, unless that is a command, which stands nowhere."""
    place = Place("slack", "main", SlackDriver.SALES, thread_id=thread)

    send(slack, to_all(), place, reply_to_message_id=answered)

    (call,) = slack.api.calls_of("chat.postMessage")
    assert call.arguments.get("thread_ts") == expected


@pytest.mark.parametrize("fact", ["is_ext_shared", "is_pending_ext_shared"])
def test_where_customers_read_along_an_answer_is_for_the_asker_alone(slack: Slack, fact: str):
    """A channel shared with another organisation is no place for what we know of it."""
    slack.api.conversations[SlackDriver.SALES][fact] = True

    send(slack, to_all())
    send(slack, to_all())

    assert methods(slack) == ["conversations.info", "chat.postEphemeral", "chat.postEphemeral"]


def test_when_it_is_unknown_who_reads_along_nothing_is_shown(slack: Slack):
    """It is tried again later."""
    slack.api.fail("conversations.info", Failure(status=502))

    with pytest.raises(SendFailed):
        send(slack, to_all())

    assert slack.api.calls_of("chat.postMessage") == []


def test_a_private_reply_where_the_bot_is_no_member_comes_as_a_direct_message(slack: Slack):
    """Commands work everywhere; their answer must arrive somewhere."""
    send(slack, reply(), Place("slack", "main", "C0ELSEWHERE"))

    (call,) = slack.api.calls_of("chat.postMessage")
    assert call.arguments["channel"] == "D0ANNA"


def test_a_long_reply_comes_in_several_messages(slack: Slack):
    """All of it, in order."""
    send(slack, Reply((Quote("Novara " * 3000),)), DIRECT)

    calls = slack.api.calls_of("chat.postMessage")
    assert len(calls) == 2
    assert [call.message_ts for call in calls] == sorted(call.message_ts for call in calls)


# --- in the place of an earlier message ---------------------------------------------------------


def test_a_reply_takes_the_place_of_the_message_with_the_button(slack: Slack):
    """In a direct message, by its id."""
    source = send(slack, reply(), DIRECT)

    message_id = send(
        slack, reply("Undone.", replaces_source=True), DIRECT, source_message_id=source
    )

    assert methods(slack) == ["chat.postMessage", "chat.update"]
    assert message_id == source


def test_a_message_that_is_gone_is_followed_by_a_new_one(slack: Slack):
    """Its author of the bot's message may have deleted it."""
    send(slack, reply("Undone.", replaces_source=True), DIRECT, source_message_id="1.2")

    assert methods(slack) == ["chat.update", "chat.postMessage"]


def press_undo(slack: Slack) -> str:
    """Show a private message in the channel and press its button; returns its id."""
    send(slack, reply())
    (shown,) = slack.driver.shown()
    slack.driver.press(shown, "Undo", person=SlackDriver.ANNA)
    return slack.api.calls_of("chat.postEphemeral")[0].message_ts


def test_what_one_person_sees_is_replaced_through_its_response_url(slack: Slack):
    """Its id is of no use to Slack."""
    source = press_undo(slack)

    send(slack, reply("Undone.", replaces_source=True), source_message_id=source)

    call = slack.api.calls[-1]
    assert call.method.startswith("/response/")
    assert call.arguments["replace_original"] is True
    assert len(slack.api.calls_of("chat.postEphemeral")) == 1


def test_a_response_url_that_is_used_up_is_followed_by_a_new_message(slack: Slack):
    """Five uses, thirty minutes; the person is told all the same."""
    source = press_undo(slack)
    slack.api.used_response_urls = {next(iter(slack.driver._pressed))}

    send(slack, reply("Undone.", replaces_source=True), source_message_id=source)
    send(slack, reply("Undone.", replaces_source=True), source_message_id=source)

    tried = [call for call in slack.api.calls if call.method.startswith("/response/")]
    assert len(tried) == 1
    assert len(slack.api.calls_of("chat.postEphemeral")) == 3


def test_a_response_url_that_fails_is_tried_again(slack: Slack):
    """By the outbox, after the pause that Slack asks for."""
    source = press_undo(slack)
    path = next(iter(slack.driver._pressed))
    slack.api.fail(path, Failure(status=429, headers={"Retry-After": "7"}))

    with pytest.raises(SendFailed) as failed:
        send(slack, reply("Undone.", replaces_source=True), source_message_id=source)

    assert failed.value.retry_after_s == 7


def test_a_private_reply_never_replaces_what_everybody_sees(slack: Slack):
    """It would be shown to all of them."""
    source = send(slack, to_all())

    send(slack, reply("Only for you.", replaces_source=True), source_message_id=source)

    assert slack.api.calls_of("chat.update") == []
    assert len(slack.api.calls_of("chat.postEphemeral")) == 1


# --- forms --------------------------------------------------------------------------------------


def test_a_form_opens_with_its_trigger(slack: Slack):
    """And with nothing else beside it."""
    assert send(slack, Reply((), form=FORM), trigger="1.2.3", source_message_id=QUESTION) is None

    (call,) = slack.api.calls_of("views.open")
    assert call.arguments["trigger_id"] == "1.2.3"
    assert json.loads(call.arguments["view"]["private_metadata"])["source"] == QUESTION
    assert methods(slack) == ["views.open"]


@pytest.mark.parametrize(
    "code", ["expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"]
)
def test_a_form_that_came_too_late_is_offered_again(slack: Slack, code: str):
    """A private message with the same button, never silence."""
    slack.api.fail("views.open", Failure(code))

    send(slack, Reply((), form=FORM), trigger="1.2.3")

    (call,) = slack.api.calls_of("chat.postEphemeral")
    button = call.arguments["blocks"][-1]["elements"][0]
    assert (button["action_id"], button["value"]) == ("change.0", "i1")


def test_a_form_without_a_trigger_is_offered_by_its_button(slack: Slack):
    """Where Slack gave no permission to open one."""
    send(slack, Reply((), form=FORM))

    assert methods(slack) == ["chat.postEphemeral"]


def test_a_form_that_slack_refuses_is_an_error(slack: Slack):
    """Offering it again would not help."""
    slack.api.fail("views.open", Failure("view_too_large"))

    with pytest.raises(SendRefused, match="view_too_large"):
        send(slack, Reply((), form=FORM), trigger="1.2.3")


# --- failures -----------------------------------------------------------------------------------


def test_too_many_messages_wait_as_long_as_slack_says(slack: Slack):
    """The outbox is told the pause."""
    slack.api.fail("chat.postMessage", Failure("ratelimited", 429, {"Retry-After": "30"}))

    with pytest.raises(SendFailed) as failed:
        send(slack, reply(), DIRECT)

    assert failed.value.retry_after_s == 30


def test_who_was_told_to_wait_asks_for_nobody_else_meanwhile(slack: Slack):
    """Slack counts by method: other conversations wait as long, other methods do not."""
    slack.api.fail("chat.postMessage", Failure("ratelimited", 429, {"Retry-After": "30"}))
    with pytest.raises(SendFailed):
        send(slack, reply(), DIRECT)

    with pytest.raises(SendPostponed) as postponed:
        send(slack, to_all())
    send(slack, reply())

    assert 29 < postponed.value.pause_s <= 30
    assert len(slack.api.calls_of("chat.postMessage")) == 1
    assert len(slack.api.calls_of("chat.postEphemeral")) == 1


def test_a_reply_goes_on_where_it_failed(slack: Slack):
    """What is shown already is not shown again with the next try."""
    slack.api.fail("views.open", Failure("internal_error"))
    with pytest.raises(SendFailed):
        send(slack, reply(form=FORM), trigger="1.2.3")

    send(slack, reply(form=FORM), trigger="1.2.3")

    assert methods(slack) == ["chat.postEphemeral", "views.open", "views.open"]


@pytest.mark.parametrize(
    "failure",
    [
        Failure("internal_error"),
        Failure("ratelimited"),
        Failure(status=500),
        Failure(status=503, body="<html>upstream</html>"),
        Failure(status=502, body=""),
        Failure("ratelimited", 429),
        Failure("ratelimited", 429, {"Retry-After": "soon"}),
    ],
)
def test_a_passing_failure_is_worth_another_try(slack: Slack, failure: Failure):
    """Slack's trouble, or the network's."""
    slack.api.fail("chat.postMessage", failure)

    with pytest.raises(SendFailed) as failed:
        send(slack, reply(), DIRECT)

    assert failed.value.retry_after_s is None


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("channel_not_found", "invite it"),
        ("is_archived", "archived"),
        ("not_in_channel", "invite it"),
        ("account_inactive", "install it again"),
        ("missing_scope", "earshot manifest slack"),
        ("msg_blocks_too_long", ""),
        ("restricted_action", ""),
        ("something_new", ""),
    ],
)
def test_a_lasting_refusal_says_what_to_do(slack: Slack, code: str, advice: str):
    """And is not tried again."""
    slack.api.fail("chat.postMessage", Failure(code))

    with pytest.raises(SendRefused, match=code) as refused:
        send(slack, reply(), DIRECT)

    assert advice in str(refused.value)


def test_an_error_holds_no_word_of_the_reply(slack: Slack):
    """It ends up in the log."""
    slack.api.fail("chat.postMessage", Failure("invalid_blocks"))

    with pytest.raises(SendRefused) as refused:
        send(slack, reply("Novara closes"), DIRECT)

    assert "Novara" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_slack_that_cannot_be_reached_is_a_passing_failure(slack: Slack):
    """After the channel has stopped, too."""
    slack.api.loop.run(slack.channel.stop())

    with pytest.raises(SendFailed):
        send(slack, reply(), DIRECT)


def test_every_error_that_slack_documents_is_judged():
    """The transient ones by name; each of the others is final."""
    documented = json.loads(
        (Path(__file__).parents[2] / "fixtures" / "slack" / "errors.json").read_text("utf-8")
    )
    worth_a_try = {code for codes in documented.values() for code in codes} & TRANSIENT

    assert worth_a_try == {
        "external_channel_migrating",
        "fetch_members_failed",
        "internal_error",
        "message_limit_exceeded",
        "rate_limited",
        "streaming_state_conflict",
        "update_failed",
    }
