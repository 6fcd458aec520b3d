"""Forms and shared answers in Slack, through the whole product."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from bot.domain.insight import Insight
from tests.contract.channel_driver import Shown
from tests.contract.channels import Playing, play
from tests.contract.drivers_slack import SlackDriver
from tests.slack_api import ApiCall

NOVARA = "Novara Pharma says our deviation reports come too late to be of use"
ANNA, BEN = SlackDriver.ANNA, SlackDriver.BEN
SALES, DIRECT = SlackDriver.SALES, SlackDriver.DIRECT


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    with play("slack", tmp_path) as playing:
        yield playing


@pytest.fixture
def driver(playing: Playing) -> SlackDriver:
    assert isinstance(playing.driver, SlackDriver)
    return playing.driver


def insight(playing: Playing) -> Insight:
    (record,) = playing.store.notes.all(Audience.operator(playing.workspace))
    (found,) = record.insights
    return found


def change_form(driver: SlackDriver) -> Shown:
    """The form on a note of Anna's."""
    driver.post(NOVARA, author=ANNA, conversation=DIRECT)
    (reply,) = driver.shown()
    driver.press(reply, "Change", person=ANNA)
    return next(shown for shown in driver.shown() if shown.form)


def test_a_customer_that_was_looked_up_is_linked(playing: Playing, driver: SlackDriver):
    """What comes back of the field is its id."""
    brandvik = playing.store.customers.create(playing.workspace, CustomerDraft("Brandvik Oy")).id
    form = change_form(driver)
    driver.submit(form, {"customers": (brandvik,)}, person=ANNA)
    assert insight(playing).customer_ids == (brandvik,)


def test_an_untouched_form_keeps_the_customers(playing: Playing, driver: SlackDriver):
    """The field opens with those that were understood."""
    form = change_form(driver)
    before = insight(playing).customer_ids
    assert len(before) == 1
    driver.submit(form, {"signal": ("praise",)}, person=ANNA)
    assert insight(playing).customer_ids == before
    assert insight(playing).facets.signal == "praise"


@pytest.mark.parametrize("by", ["id", "name"])
def test_another_workspaces_customer_has_no_effect(playing: Playing, driver: SlackDriver, by: str):
    """Whatever a client sends as the value."""
    theirs = playing.store.customers.create("another", CustomerDraft("Secret AG"))
    form = change_form(driver)
    before = insight(playing)
    value = theirs.id if by == "id" else theirs.name
    driver.submit(form, {"customers": (value,), "signal": ("praise",)}, person=ANNA)
    assert insight(playing) == before


def test_a_form_that_claims_another_note_changes_nothing(playing: Playing, driver: SlackDriver):
    """Ben sends Anna's form as his own: it is said to be gone, as if there were none."""
    form = change_form(driver)
    before = insight(playing)
    driver.submit(form, {"signal": ("praise",)}, person=BEN)
    assert insight(playing) == before

    assert isinstance(form.handle, ApiCall)
    view = form.handle.arguments["view"]
    origin = json.loads(view["private_metadata"]) | {"value": "0" * 32, "channel": SALES}
    view["private_metadata"] = json.dumps(origin)
    driver.submit(form, {"signal": ("praise",)}, person=ANNA)
    assert insight(playing) == before


# --- shared answers -----------------------------------------------------------------------------


def asked_in_sales(driver: SlackDriver) -> Shown:
    """An answer that only Anna sees, under her question."""
    driver.command("note", NOVARA, author=BEN, conversation=SALES)
    driver.shown()
    driver.command("ask", "What does Novara Pharma say?", author=ANNA, conversation=SALES)
    (answer,) = driver.shown()
    assert answer.to_person == ANNA
    return answer


def test_share_here_shows_all_the_answer_and_replaces_the_private_one(driver: SlackDriver):
    """One message for the channel; the private one makes room for a line."""
    answer = asked_in_sales(driver)
    assert "Share here" in answer.buttons
    driver.press(answer, "Share here", person=ANNA)

    (shared,) = [shown for shown in driver.shown() if shown.to_person is None]
    assert shared.conversation == SALES
    assert "deviation reports" in shared.text
    assert "Shared by" in shared.text
    assert shared.buttons == ()


def test_a_second_press_posts_nothing_to_the_channel(driver: SlackDriver):
    """A double click, or the same message on another device."""
    answer = asked_in_sales(driver)
    driver.press(answer, "Share here", person=ANNA)
    driver.shown()
    driver.press(answer, "Share here", person=ANNA)

    (told,) = driver.shown()
    assert told.to_person == ANNA
    assert "shared here before" in told.text


def test_the_private_answer_is_replaced_in_its_place(driver: SlackDriver):
    """Through the address that came with the press."""
    answer = asked_in_sales(driver)
    driver.press(answer, "Share here", person=ANNA)

    (told,) = [shown for shown in driver.shown() if shown.to_person == ANNA]
    assert "sharing it here" in told.text
    assert isinstance(told.handle, ApiCall)
    assert told.handle.method.startswith("/response/")
    assert told.handle.arguments["replace_original"] is True
