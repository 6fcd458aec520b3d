"""The drivers of the contract suite play the page and the terminal truly."""

import io

import pytest

from adapters.console import ConsoleChannel
from bot.domain.people import Person
from bot.messages import ActionTaken
from tests.contract.channel_driver import ChannelDriver
from tests.contract.drivers_console import ConsoleDriver
from tests.contract.drivers_playground import PlaygroundDriver
from tests.fakes import FakeClock
from tests.unit.web.conftest import Page
from tests.unit.web.stage import EchoProduct


def _playground(page: Page) -> tuple[ChannelDriver, EchoProduct]:
    return PlaygroundDriver(page.channel, page.product.work), page.product


def _console(_: Page) -> tuple[ChannelDriver, EchoProduct]:
    product, out = EchoProduct(), io.StringIO()
    channel = ConsoleChannel(
        intake=product,
        person=Person("anna", "w", "Anna"),
        workspace="w",
        out=out,
        clock=FakeClock(),
        work=product.work,
    )
    product.gateway = channel.gateway
    return ConsoleDriver(channel, out), product


@pytest.fixture(params=[_playground, _console], ids=["playground", "console"])
def played(request: pytest.FixtureRequest, page: Page) -> tuple[ChannelDriver, EchoProduct]:
    found: tuple[ChannelDriver, EchoProduct] = request.param(page)
    return found


def test_a_reply_is_shown_once(played: tuple[ChannelDriver, EchoProduct]) -> None:
    """With its text, its buttons and its reader; the next look shows nothing."""
    driver, _ = played
    driver.command("note", "Novara <b>moves</b>", author=driver.ANNA, conversation=driver.DIRECT)
    (shown,) = driver.shown()
    assert "> Novara <b>moves</b>" in shown.text
    assert (shown.to_person, shown.buttons) == (driver.ANNA, ("Change", "Undo"))
    assert driver.shown() == []


def test_a_form_is_pressed_for_and_submitted(played: tuple[ChannelDriver, EchoProduct]) -> None:
    """The named fields change, the others stay as they were."""
    driver, product = played
    driver.post("Novara moves", author=driver.ANNA, conversation=driver.DIRECT)
    driver.press(driver.shown()[0], "Change", person=driver.ANNA)
    (form,) = driver.shown()
    assert form.form == ("knowledge_type", "topics", "contacts")
    driver.submit(form, {"topics": ("price",)}, person=driver.ANNA)
    taken = product.taken[-1]
    assert isinstance(taken, ActionTaken)
    assert (taken.fields["knowledge_type"], taken.fields["topics"]) == (("about",), ("price",))
    assert "save_change" in driver.shown()[0].text


def test_messages_are_edited_and_deleted(played: tuple[ChannelDriver, EchoProduct]) -> None:
    """By the id that posting returned."""
    driver, product = played
    message = driver.post("one", author=driver.ANNA, conversation=driver.DIRECT)
    driver.edit(message, "two", author=driver.ANNA, conversation=driver.DIRECT)
    driver.delete(message, author=driver.ANNA, conversation=driver.DIRECT)
    assert [taken.kind for taken in product.taken] == ["message", "edit", "deletion"]


def test_the_page_sends_again_and_says_nothing_of_the_bot(page: Page) -> None:
    """Redeliveries have the same key, and the bot's own words are not handed over."""
    driver, product = _playground(page)
    message = driver.post("Novara", author=driver.BEN, conversation=driver.SALES, mention=True)
    driver.redeliver(message, times=11)
    driver.post_as_bot("I am here.", own=True, conversation=driver.SALES)
    assert len(product.taken) == 1
    assert [shown.to_person for shown in driver.shown()] == [driver.BEN]
