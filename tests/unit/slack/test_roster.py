"""Who is there, asked of Slack."""

import pytest

from bot.domain.people import ConversationKind, Person, Standing
from bot.errors import RosterUnavailable
from tests.contract.drivers_slack import SlackDriver
from tests.slack_api import BOT_USER, Failure
from tests.unit.slack.conftest import Slack

ANNA, BEN, SALES = SlackDriver.ANNA, SlackDriver.BEN, SlackDriver.SALES


def test_a_channel_has_its_people_and_not_its_bots(slack: Slack):
    """Over several pages."""
    conversation = slack.channel.roster.conversation("main", SALES)

    assert (conversation.name, conversation.kind) == ("sales", ConversationKind.PUBLIC)
    assert conversation.member_ids == (ANNA, BEN)
    assert len(slack.api.calls_of("conversations.members")) == 2


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"is_channel": True, "is_private": True}, ConversationKind.PRIVATE),
        ({"is_group": True, "is_private": True}, ConversationKind.PRIVATE),
        ({"is_mpim": True, "is_private": True}, ConversationKind.PRIVATE),
        ({"is_channel": True}, ConversationKind.PRIVATE),
        ({}, ConversationKind.PRIVATE),
    ],
)
def test_only_what_is_said_to_be_public_is_public(slack: Slack, facts, kind):
    """In doubt, only the members may see it."""
    slack.api.conversations[SALES] = {"id": SALES, **facts}

    assert slack.channel.roster.conversation("main", SALES).kind is kind


def test_a_direct_message_has_the_one_person(slack: Slack):
    """Slack names them; no list of members is asked for."""
    conversation = slack.channel.roster.conversation("main", SlackDriver.DIRECT)

    assert (conversation.kind, conversation.member_ids) == (ConversationKind.DIRECT, (ANNA,))
    assert slack.api.calls_of("conversations.members") == []


def test_whether_somebody_is_a_bot_is_asked_once(slack: Slack):
    """It never changes, and calls are rationed."""
    slack.channel.roster.conversation("main", SALES)
    asked = len(slack.api.calls_of("users.info"))
    slack.channel.roster.conversation("main", SALES)

    assert asked == len(slack.api.calls_of("users.info")) == 3


def test_a_large_channel_is_looked_up_in_the_list_of_all_users(slack: Slack):
    """One call a page instead of one a member; who is not listed counts as a person."""
    crew = [f"U{n}" for n in range(30)]
    slack.api.page = 200
    slack.api.members[SALES] = [*crew, BOT_USER, "U0STRANGER"]
    slack.api.users.update({user: {"id": user} for user in crew})

    conversation = slack.channel.roster.conversation("main", SALES)

    assert conversation.member_ids == (*crew, "U0STRANGER")
    assert slack.api.calls_of("users.info") == []
    assert len(slack.api.calls_of("users.list")) == 1


@pytest.mark.parametrize(
    ("user", "person"),
    [
        ({"profile": {"display_name": "Anna B", "real_name": "Anna Berg"}}, "Anna B"),
        ({"profile": {"display_name": "", "real_name": "Anna Berg"}}, "Anna Berg"),
        ({"real_name": "Anna Berg"}, "Anna Berg"),
        ({"name": "anna"}, "anna"),
        ({}, ""),
    ],
)
def test_a_person_has_the_name_they_are_shown_with(slack: Slack, user, person):
    """The first that Slack has."""
    slack.api.users[ANNA] = {"id": ANNA, **user}

    assert slack.channel.roster.person("main", ANNA) == Person(
        ANNA, "main", person, standing=Standing.MEMBER
    )


def test_a_persons_title_is_their_role(slack: Slack):
    """As they wrote it in their profile."""
    slack.api.users[ANNA]["profile"]["title"] = "Key account manager"

    assert slack.channel.roster.person("main", ANNA).role == "Key account manager"


@pytest.mark.parametrize(
    "failure", [Failure(status=429, headers={"Retry-After": "3"}), Failure("missing_scope")]
)
@pytest.mark.parametrize("method", ["conversations.info", "conversations.members", "users.info"])
def test_what_slack_does_not_tell_is_unavailable(slack: Slack, method: str, failure: Failure):
    """Then nothing is shown; never a guess at the members."""
    slack.api.fail(method, failure)

    with pytest.raises(RosterUnavailable):
        slack.channel.roster.conversation("main", SALES)


def test_an_unknown_conversation_and_a_stopped_channel_are_unavailable(slack: Slack):
    """Each with the same error."""
    with pytest.raises(RosterUnavailable, match="channel_not_found"):
        slack.channel.roster.conversation("main", "C0NONE")
    slack.api.loop.run(slack.channel.stop())
    with pytest.raises(RosterUnavailable):
        slack.channel.roster.person("main", ANNA)
