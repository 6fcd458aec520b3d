"""Links to customers: when Slack tells of one, and what it is given to show beside it."""

from typing import Any

import pytest

from adapters.slack import unfurling
from adapters.slack.config import Installation
from bot.domain.addresses import CustomerAddresses
from bot.errors import SendRefused
from bot.messages import (
    Card,
    CustomerLink,
    LinksShared,
    Paragraph,
    Place,
    Quote,
    Reply,
    Span,
    Visibility,
)
from tests.block_kit import as_json, problem_with_message
from tests.contract.drivers_slack import PUBLIC_URL, SlackDriver
from tests.slack_api import BOT_USER, Failure
from tests.unit.slack.conftest import Slack
from tests.unit.slack.replies import DIRECT, SALES, send

HERE = Installation("main", "T1", "U0BOT", "B0BOT")
OURS = CustomerAddresses(PUBLIC_URL)
NOVARA = f"{PUBLIC_URL}/customers/c1"
KESTREL = f"{PUBLIC_URL}/customers/c2"


def event(*urls: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "link_shared",
        "channel": "C1",
        "user": "U1",
        "message_ts": "1795000000.000100",
        "unfurl_id": "C1.1795000000.000100.abc",
        "source": "conversations_history",
        "links": [{"domain": "earshot.example.com", "url": url} for url in urls],
        **more,
    }


def told(*urls: str, team: str = "T1", installed: str = "T1", **more: Any) -> LinksShared | None:
    """What is made of the event."""
    body = {
        "team_id": team,
        "authorizations": [{"team_id": installed}],
        "event": event(*urls, **more),
    }
    return unfurling.shared(body, HERE, OURS)


# --- what is told -------------------------------------------------------------------------------


def test_links_of_ours_are_told_once_each():
    """With the message that they stand in, and as they were written."""
    assert told(NOVARA, "https://earshot.example.com/about", KESTREL, NOVARA) == LinksShared(
        Place("slack", "main", "C1"),
        "U1",
        (CustomerLink(NOVARA, "c1"), CustomerLink(KESTREL, "c2")),
        "1795000000.000100",
    )


@pytest.mark.parametrize("where", [{"channel": "COMPOSER"}, {"channel_id": "COMPOSER"}])
def test_a_draft_gets_no_card(where: dict[str, str]):
    """Slack would attach it to the message, wherever that is sent.

    However it names the composer: its guides and its servers do not agree.
    """
    body = event(NOVARA, source="composer", message_ts="U1-909b", unfurl_id="U1-909b-xyz")
    del body["channel"]

    assert unfurling.shared({"team_id": "T1", "event": {**body, **where}}, HERE, OURS) is None


@pytest.mark.parametrize(
    "more",
    [
        {"user": "U0BOT"},
        {"installed": "T0OTHER"},
        {"channel": None},
        {"channel": "C1|evil"},
        {"message_ts": "1 2"},
        {"user": None},
        {"links": "all"},
        {"links": [{}, 1, {"url": 5}, {"url": f"{NOVARA}{'/' * 4000}"}]},
    ],
)
def test_what_is_ours_or_another_teams_or_broken_is_left_alone(more: dict[str, Any]):
    """Our own links unfold nothing either."""
    assert told(NOVARA, **more) is None


def test_without_a_public_address_no_link_is_ours():
    """The event then comes by mistake."""
    body = {"team_id": "T1", "event": event(NOVARA)}

    assert unfurling.shared(body, HERE, CustomerAddresses()) is None


def test_where_several_organisations_meet_the_installation_counts():
    """The envelope may name the other team."""
    assert told(NOVARA, team="T0OTHER") is not None


def test_it_comes_in_signed_and_is_kept_once(slack: Slack):
    """Through the whole way in; a redelivery is one."""
    ts = slack.driver.share(NOVARA, person=SlackDriver.ANNA, conversation=SlackDriver.SALES)
    slack.driver.share(NOVARA, person=SlackDriver.ANNA, conversation=SlackDriver.SALES, ts=ts)
    slack.driver.share(NOVARA, person=BOT_USER, conversation=SlackDriver.SALES)

    (taken,) = slack.intake.taken
    assert isinstance(taken, LinksShared)
    assert taken.message_id == ts


# --- what is shown ------------------------------------------------------------------------------


def card(*words: str, url: str = NOVARA) -> Card:
    return Card(url, "Novara", tuple(Paragraph((Span(text),)) for text in words))


def cards(*shown: Card) -> Reply:
    return Reply((), cards=shown, visibility=Visibility.CONVERSATION)


def test_a_card_is_put_beside_the_message(slack: Slack):
    """For each link; nothing is posted."""
    ts = slack.driver.share(NOVARA, person=SlackDriver.ANNA, conversation=SlackDriver.SALES)

    send(slack, cards(card("Lids break")), reply_to_message_id=ts)

    assert list(slack.api.unfurls) == [(SlackDriver.SALES, ts)]
    shown = slack.api.unfurls[SlackDriver.SALES, ts][NOVARA]
    assert "Lids break" in str(shown["blocks"])
    assert slack.api.calls_of("chat.postMessage", "chat.postEphemeral") == []


@pytest.mark.parametrize("fact", ["is_ext_shared", "is_pending_ext_shared"])
def test_where_strangers_read_along_there_is_no_card(slack: Slack, fact: str):
    """Nor is it told to the person alone, who did not ask."""
    slack.api.conversations[SlackDriver.SALES][fact] = True

    send(slack, cards(card("Lids break")), SALES, reply_to_message_id="1.2")

    assert slack.api.unfurls == {}
    assert slack.api.calls_of("chat.postMessage", "chat.postEphemeral") == []


def test_in_ones_own_talk_with_the_bot_there_is_a_card(slack: Slack):
    """Nobody else reads there."""
    ts = slack.driver.share(NOVARA, person=SlackDriver.ANNA, conversation=SlackDriver.DIRECT)

    send(slack, cards(card("Lids break")), DIRECT, reply_to_message_id=ts)

    assert list(slack.api.unfurls) == [(SlackDriver.DIRECT, ts)]


def test_a_message_that_is_gone_is_let_be(slack: Slack):
    """No try will find it."""
    with pytest.raises(SendRefused):
        send(slack, cards(card("Lids break")), SALES, reply_to_message_id="1.2")


def test_where_it_is_unknown_who_reads_nothing_is_shown(slack: Slack):
    """Slack tells of links also where the bot is not."""
    slack.api.fail("conversations.info", Failure("channel_not_found"))

    with pytest.raises(SendRefused):
        send(slack, cards(card("Lids break")), SALES, reply_to_message_id="1.2")

    assert slack.api.unfurls == {}


@pytest.mark.parametrize("size", [1, 3_500, 9_000, 40_000])
def test_a_card_is_never_more_than_slack_takes(size: int):
    """However much was said; what people wrote stays text."""
    words = "<!channel> <https://evil.example|here> & *so* " * (size // 40 + 1)
    told = (*card(*[words] * 30).blocks, Quote(words), Paragraph((Span("e"),)))
    drawn = as_json(unfurling.drawn(Card(NOVARA, words, told)))

    assert problem_with_message("…", drawn["blocks"]) is None
    assert len(drawn["preview"]["title"]["text"]) <= 150
    assert "<!channel>" not in str(drawn)
