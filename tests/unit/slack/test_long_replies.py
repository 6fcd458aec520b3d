"""Replies that are too long to be read as messages."""

import pytest

from adapters.slack import long_replies
from bot.domain.people import ConversationKind
from bot.errors import SendFailed
from bot.messages import Action, Button, Paragraph, Place, Quote, Reply, Span, Visibility
from tests.contract.drivers_slack import SlackDriver
from tests.slack_api import Failure, SharedFile
from tests.unit.slack.conftest import Slack
from tests.unit.slack.replies import DIRECT, QUESTION, SALES, send

UNDO = Button("Undo", Action.UNDO, "n1")


def long(visibility: Visibility = Visibility.PRIVATE) -> Reply:
    """A heading and three hundred lines."""
    lines = (Paragraph((Span(f"line {number} " + "x" * 60),)) for number in range(300))
    heading = Paragraph((Span("Novara Pharma", bold=True, href="https://e.example/customers/1"),))
    return Reply((heading, *lines), (UNDO,), visibility=visibility)


def messages(slack: Slack) -> list[str]:
    calls = slack.api.calls_of("chat.postMessage", "chat.postEphemeral")
    return [call.arguments["text"] for call in calls]


def only_file(slack: Slack) -> SharedFile:
    (file,) = slack.api.shared_files
    return file


# --- where it goes ------------------------------------------------------------------------------


def test_the_beginning_is_shown_and_all_of_it_is_in_a_file(slack: Slack):
    """With the buttons, and with a word on where the rest is."""
    send(slack, long(), DIRECT)

    (shown,) = messages(slack)
    assert shown.startswith("Novara Pharma\nline 0 ")
    assert shown.endswith("All of it is in the file earshot.md.")
    assert "line 20 " not in shown
    (call,) = slack.api.calls_of("chat.postMessage")
    assert call.arguments["blocks"][-1]["type"] == "actions"
    file = only_file(slack)
    assert (file.channel, file.thread, file.name) == (SlackDriver.DIRECT, None, "earshot.md")
    assert file.title == "Novara Pharma"
    assert all(f"line {number} " in file.text for number in range(300))


def test_what_one_person_sees_in_a_channel_has_its_file_in_their_direct_message(slack: Slack):
    """An ephemeral message carries no file, and the channel must not see it."""
    send(slack, long(), SALES)

    assert slack.api.calls_of("chat.postEphemeral")
    assert only_file(slack).channel == "D0ANNA"


def test_what_all_may_see_has_its_file_in_the_thread(slack: Slack):
    """Beside the beginning."""
    send(slack, long(Visibility.CONVERSATION), SALES, reply_to_message_id=QUESTION)

    assert (only_file(slack).channel, only_file(slack).thread) == (SlackDriver.SALES, QUESTION)


def test_where_strangers_read_along_the_file_is_the_askers(slack: Slack):
    """As the beginning is."""
    slack.api.conversations[SlackDriver.SALES]["is_ext_shared"] = True

    send(slack, long(Visibility.CONVERSATION), SALES)

    assert only_file(slack).channel == "D0ANNA"
    assert slack.api.calls_of("chat.postMessage") == []


def test_a_person_for_a_conversation_is_their_direct_message(slack: Slack):
    """Files go to conversations alone."""
    send(slack, long(), Place("slack", "main", SlackDriver.ANNA, ConversationKind.DIRECT))

    assert only_file(slack).channel == "D0ANNA"


def test_two_messages_are_still_messages(slack: Slack):
    """What can be read at once is."""
    send(slack, Reply((Quote("Novara " * 3000),)), DIRECT)

    assert len(messages(slack)) == 2
    assert slack.api.shared_files == []


# --- when it fails ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "failure"),
    [
        ("files.getUploadURLExternal", Failure("missing_scope")),
        ("files.getUploadURLExternal", Failure("file_uploads_disabled")),
        ("files.getUploadURLExternal", Failure(status=503)),
        ("upload", Failure(status=500)),
        ("upload", Failure(status=302, headers={"Location": "http://evil.example/"})),
        ("files.completeUploadExternal", Failure("posting_to_channel_denied")),
        ("conversations.open", Failure("user_not_found")),
    ],
)
def test_what_cannot_be_a_file_comes_as_messages(slack: Slack, method: str, failure: Failure):
    """Everything, and once."""
    slack.api.fail(method, failure)
    place = SALES if method == "conversations.open" else DIRECT

    send(slack, long(), place)

    sent = slack.api.calls_of("chat.postMessage", "chat.postEphemeral")
    text = "".join(str(call.arguments["blocks"]) for call in sent)
    assert len(sent) > long_replies.MOST_MESSAGES
    assert [text.count(f"line {number} ") for number in range(300)] == [1] * 300
    assert slack.api.shared_files == []


@pytest.mark.parametrize(
    "host",
    [
        "http://evil.example",
        "https://files.slack.com",
        "http://127.0.0.1:1",
        "file://",
        "http://[::1",
    ],
)
def test_the_words_go_to_slacks_own_host_alone(slack: Slack, host: str):
    """Whatever address it names: here Slack is the server of the tests."""
    slack.api.upload_host = host

    send(slack, long(), DIRECT)

    assert not any(call.method.startswith("/upload") for call in slack.api.calls)
    assert len(messages(slack)) > long_replies.MOST_MESSAGES


def test_another_try_shares_no_second_file(slack: Slack):
    """The beginning failed after the file was shared."""
    slack.api.fail("chat.postMessage", Failure(status=503))

    with pytest.raises(SendFailed):
        send(slack, long(), DIRECT)
    send(slack, long(), DIRECT)

    only_file(slack)
    assert messages(slack)[-1].endswith("earshot.md.")


def test_another_try_goes_on_with_messages_where_it_began_with_them(slack: Slack):
    """Though the file would work by then."""
    slack.api.fail("files.getUploadURLExternal", Failure(status=503))
    slack.api.fail("chat.postMessage", Failure(status=503))

    with pytest.raises(SendFailed):
        send(slack, long(), DIRECT)
    send(slack, long(), DIRECT)

    assert slack.api.shared_files == []
    assert len(messages(slack)) > long_replies.MOST_MESSAGES


# --- the file -----------------------------------------------------------------------------------


def test_the_file_is_markdown_in_which_words_stay_words():
    """Nothing that somebody wrote becomes a link, a heading or a picture."""
    reply = Reply(
        (
            Paragraph((Span("Novara", bold=True, href="https://e.example/c/1"), Span(" & Co"))),
            Quote("# No\n![x](http://evil.example) <b>*so*</b> `code` a|b"),
            Paragraph((Span("see https://e.example"), Span(" "), Span("", bold=True))),
        )
    )

    assert long_replies.as_markdown(reply) == (
        "[**Novara**](<https://e.example/c/1>) & Co\n\n"
        "> \\# No\n"
        "> !\\[x\\](http://evil.example) \\<b\\>\\*so\\*\\</b\\> \\`code\\` a\\|b\n\n"
        "see https://e.example \n"
    )


def test_the_beginning_of_one_long_quotation_is_its_beginning():
    """Not nothing."""
    first, pointer = long_replies.beginning(Reply((Quote("word " * 20_000),))).blocks

    assert isinstance(first, Quote)
    assert first.text.startswith("word word")
    assert len(first.text) <= 2000
    assert isinstance(pointer, Paragraph)
