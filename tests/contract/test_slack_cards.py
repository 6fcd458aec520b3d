"""Cards, steps of workflows and long answers, from Slack through the whole product and back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.audience import Audience
from bot.domain.people import ConversationKind
from tests.contract.channels import Playing, play
from tests.contract.drivers_slack import PUBLIC_URL, SlackDriver, readable
from tests.slack_api import BOT_USER

LATE = "Novara Pharma says our deviation reports come too late to be of use"
SECRET = "Novara Pharma plans to close its Lyon site in the spring of 2027"
ANNA, BEN, SALES, DIRECT = (
    SlackDriver.ANNA,
    SlackDriver.BEN,
    SlackDriver.SALES,
    SlackDriver.DIRECT,
)
PRICING = "C0PRICING"


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    with play("slack", tmp_path) as playing:
        driver = playing.driver
        assert isinstance(driver, SlackDriver)
        driver.api.conversations[PRICING] = {
            "id": PRICING,
            "name": "pricing",
            "is_channel": True,
            "is_private": True,
        }
        driver.api.members[PRICING] = [ANNA, BOT_USER]
        yield playing


@pytest.fixture
def driver(playing: Playing) -> SlackDriver:
    assert isinstance(playing.driver, SlackDriver)
    return playing.driver


@pytest.fixture
def link(playing: Playing) -> str:
    """The address of the one customer there is."""
    (novara,) = playing.store.customers.all(Audience.operator(playing.workspace))
    return f"{PUBLIC_URL}/customers/{novara.id}"


def card_in(driver: SlackDriver, where: str, message_id: str) -> str:
    """What a person reads beside the message; nothing where there is no card."""
    shown = driver.api.unfurls.get((where, message_id), {})
    return "\n".join(readable(block) for card in shown.values() for block in card["blocks"])


def tell_both(driver: SlackDriver) -> None:
    """One thing that everybody may know, and one that Anna alone may."""
    driver.command("note", LATE, author=BEN, conversation=SALES)
    driver.post(SECRET, author=ANNA, conversation=PRICING, mention=True)


def test_each_conversation_reads_what_everybody_there_may_know(driver: SlackDriver, link: str):
    """The same link by the same person, who knows everything."""
    tell_both(driver)

    in_sales = driver.share(link, person=ANNA, conversation=SALES)
    in_pricing = driver.share(link, person=ANNA, conversation=PRICING)
    in_direct = driver.share(link, person=ANNA, conversation=DIRECT)

    public = card_in(driver, SALES, in_sales)
    assert "deviation reports" in public
    assert "Lyon" not in public
    for where, message_id in [(PRICING, in_pricing), (DIRECT, in_direct)]:
        assert "Lyon" in card_in(driver, where, message_id)


def test_a_draft_tells_nothing_before_it_is_known_who_will_read_it(driver: SlackDriver, link: str):
    """What Slack is given for a draft, it attaches to the message wherever that is sent."""
    tell_both(driver)

    driver.draft(link, person=ANNA, draft_id="draft")
    sent = driver.share(link, person=ANNA, conversation=SALES)

    assert list(driver.api.unfurls) == [(SALES, sent)]
    assert "Lyon" not in card_in(driver, SALES, sent)


def test_customers_whom_nobody_knows_and_readers_whom_nobody_knows_get_no_card(
    driver: SlackDriver, link: str
):
    """No call at all, so there is no difference to see."""
    tell_both(driver)

    driver.share(f"{PUBLIC_URL}/customers/{'0' * 32}", person=ANNA, conversation=SALES)
    driver.share(link, person=ANNA, conversation="D0ANNABEN")
    driver.share(link, person=ANNA, conversation="C0THEIRS")
    driver.share(link, person="U0STRANGER", conversation=SALES)

    assert driver.api.unfurls == {}
    assert driver.api.calls_of("chat.unfurl") == []


def test_whoever_comes_into_a_conversation_changes_what_its_links_tell(
    driver: SlackDriver, link: str
):
    """Ben is asked in; what Anna noted for herself is not for him."""
    driver.post(f"note {SECRET}", author=ANNA, conversation=DIRECT)
    alone = driver.share(link, person=ANNA, conversation=PRICING)
    driver.api.members[PRICING].append(BEN)
    driver.deliver(
        {"type": "member_joined_channel", "channel": PRICING, "user": BEN, "event_ts": "1.2"}
    )
    together = driver.share(link, person=ANNA, conversation=PRICING)

    assert "Lyon" in card_in(driver, PRICING, alone)
    assert "Lyon" not in card_in(driver, PRICING, together)


def test_where_customers_read_along_there_is_no_card(driver: SlackDriver, link: str):
    """Neither what is public among us."""
    tell_both(driver)
    driver.api.conversations[SALES]["is_ext_shared"] = True

    driver.share(link, person=ANNA, conversation=SALES)

    assert driver.api.unfurls == {}


def test_a_link_that_a_person_posts_where_the_bot_listens_is_no_edit(
    playing: Playing, driver: SlackDriver, link: str
):
    """Slack tells of the message again when it has put a card beside it."""
    said = driver.post(f"{LATE} {link}", author=ANNA, conversation=DIRECT)
    driver.share(link, person=ANNA, conversation=DIRECT, ts=said)
    message = driver.message(said)
    driver.deliver(
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": DIRECT,
            "channel_type": "im",
            "ts": "1795000001.000100",
            "message": {**message, "attachments": [{"app_unfurl_url": link}]},
            "previous_message": message,
        }
    )

    (record,) = playing.store.notes.all(Audience.operator(playing.workspace))
    assert record.note.version == 1


def test_a_workflow_saves_a_note_of_whoever_runs_it(playing: Playing, driver: SlackDriver):
    """It is told what was noted, and the person as after any note."""
    driver.run_step(text=LATE, person={"id": ANNA, "secret": "shh"})

    (record,) = playing.store.notes.all(Audience.operator(playing.workspace))
    assert (record.note.author_id, record.note.author_name) == (ANNA, "Anna Berg")
    assert record.note.text == LATE
    conversation = playing.store.directory.conversation(
        playing.workspace, record.note.key.conversation_id
    )
    assert conversation is not None
    assert (conversation.kind, conversation.member_ids) == (ConversationKind.DIRECT, (ANNA,))
    (told,) = driver.shown()
    assert (told.conversation, told.to_person) == (DIRECT, ANNA)
    (done,) = driver.api.calls_of("functions.completeSuccess")
    outputs = json.loads(done.arguments["outputs"])
    assert outputs["summary"].startswith("Noted for Novara Pharma. ")
    assert outputs["link"].startswith(f"{PUBLIC_URL}/customers/")


def test_a_workflow_that_nobody_runs_is_refused(playing: Playing, driver: SlackDriver):
    """As one of a schedule; nothing is kept."""
    driver.run_step(text=LATE, said_by=BEN)

    (refused,) = driver.api.calls_of("functions.completeError")
    assert "has to start this workflow" in refused.arguments["error"]
    assert list(playing.store.notes.all(Audience.operator(playing.workspace))) == []


def test_everything_of_a_customer_comes_as_a_file(driver: SlackDriver, link: str):
    """To whoever asked, in private; the page leads to the same customer."""
    for number in range(60):
        text = f"Novara Pharma says report {number} came too late to be of use"
        driver.command("note", text, author=ANNA, conversation=SALES)
    driver.shown()

    driver.command("earshot", "customer novara", author=BEN, conversation=SALES)

    (file,) = driver.api.shared_files
    assert file.channel == "D0BEN"
    assert all(f"report {number} came" in file.text for number in range(60))
    assert link in file.text
    (beginning,) = driver.shown()
    assert beginning.to_person == BEN
    assert "report 59 came" in beginning.text
    assert "earshot.md" in beginning.text
