"""People and channels of the page."""

import asyncio

import pytest

from bot.demo import load_demo
from bot.domain.people import ConversationKind
from tests.contract.drivers_playground import API
from tests.fakes import MONDAY
from tests.unit.web.conftest import Page


def _names(page: Page, person: str) -> list[str]:
    return [found["name"] for found in page.view(person, f"dm-{person}")["conversations"]]


def test_an_empty_directory_is_furnished(page: Page) -> None:
    """At the first start there are two people, a channel and a direct message each."""
    start = page.browser.get(f"{API}/start").json()
    assert [person["name"] for person in start["people"]] == ["Anna", "Ben"]
    assert _names(page, "anna") == ["sales", "Earshot"]


def test_a_second_start_adds_nothing(page: Page) -> None:
    """People and channels are kept by the product, not by the page."""
    page.browser.post(f"{API}/people", json={"name": "Cleo"})
    asyncio.run(page.channel.start())
    assert [p.name for p in page.directory.people("playground")] == ["Anna", "Ben", "Cleo"]


def test_somebody_new_joins_the_public_channels(page: Page) -> None:
    """They get a direct message with the bot, and see what is public."""
    answer = page.browser.post(f"{API}/people", json={"name": "Cleo Ünal", "role": "service"})
    person_id = answer.json()["id"]
    assert _names(page, person_id) == ["sales", "Earshot"]
    assert "Cleo Ünal" in page.view("anna")["conversation"]["members"]


def test_people_of_the_same_name_are_two(page: Page) -> None:
    """Ids are made from names, and differ when names do not."""
    ids = [
        page.browser.post(f"{API}/people", json={"name": name}).json()["id"]
        for name in ("Anna", "Anna", "安娜", "安娜")
    ]
    assert len({*ids, "anna"}) == 5


def test_a_private_channel_is_seen_by_its_members(page: Page) -> None:
    """For everybody else it does not exist."""
    body = {"person": "anna", "name": "#bid", "private": True}
    channel_id = page.browser.post(f"{API}/conversations", json=body).json()["id"]
    assert _names(page, "anna") == ["bid", "sales", "Earshot"]
    assert _names(page, "ben") == ["sales", "Earshot"]
    query = {"person": "ben", "conversation": channel_id}
    assert page.browser.get(f"{API}/view", params=query).status_code == 404
    found = page.directory.conversation("playground", channel_id)
    assert found is not None
    assert (found.kind, found.member_ids) == (ConversationKind.PRIVATE, ("anna",))


def test_a_channel_needs_people_that_exist(page: Page) -> None:
    """A member that nobody knows is refused."""
    body = {"person": "anna", "name": "bid", "private": True, "members": ["nobody"]}
    assert page.browser.post(f"{API}/conversations", json=body).status_code == 404


@pytest.mark.parametrize("listening", [True, False])
def test_listening_is_switched_and_announced(page: Page, listening: bool) -> None:
    """Everybody in the channel is told once, in the channel."""
    url = f"{API}/conversations/sales/listening"
    page.browser.put(url, json={"person": "anna", "listening": not listening})
    for _ in range(2):
        page.browser.put(url, json={"person": "anna", "listening": listening})
    assert page.directory.is_listening("playground", "sales") is listening
    announced = page.texts("ben")[-1]
    assert ("no longer" in announced) is not listening
    assert page.texts("ben").count(announced) == 1
    assert page.product.taken == []


def test_the_demonstration_company_moves_in(page: Page) -> None:
    """Its people, channels and history are on the page, and nothing is handed over for that."""
    company = load_demo(workspace="playground", channel="playground", now=MONDAY)
    page.channel.settle_in(company.people, company.conversations)
    page.channel.recall(company.messages)
    assert "bid-castellane" in _names(page, "grace")
    assert "bid-castellane" not in _names(page, "aino")
    assert page.view("aino", "acct-ovaska")["conversation"]["listening"]
    assert page.texts("aino", "acct-ovaska")[-1] == "Great news! 🎉"
    assert page.product.taken == []


def test_questions_are_suggested_where_there_is_a_history(page: Page) -> None:
    """A page on which nothing was ever said has nothing to ask about."""
    assert page.browser.get(f"{API}/start").json()["suggestions"] == []
    page.channel.recall(())
    assert page.browser.get(f"{API}/start").json()["suggestions"] == ["What is new?"]


def test_history_stands_before_what_is_said_now(page: Page) -> None:
    """Messages that are recalled are older than those that are posted."""
    company = load_demo(workspace="playground", channel="playground", now=MONDAY)
    page.channel.settle_in(company.people, company.conversations)
    page.channel.recall(company.messages)
    page.post("now", "aino", "acct-ovaska")
    assert page.texts("aino", "acct-ovaska")[-1] == "now"
