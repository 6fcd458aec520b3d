"""What one person has for themselves on the page: their Home, and what they may ask."""

import asyncio
from typing import Any

import pytest

from bot.domain.people import ConversationKind
from bot.messages import (
    HOME,
    Action,
    ActionTaken,
    Button,
    Home,
    HomeItem,
    HomeOpened,
    HomeSection,
    Outgoing,
    Paragraph,
    Place,
    Reply,
    Span,
    Suggestion,
    TalkOpened,
)
from tests.contract.drivers_playground import API
from tests.unit.web.conftest import Page
from tests.unit.web.stage import CHANGE_FORM

TALK = Place("playground", "playground", "dm-anna", ConversationKind.DIRECT)
UNDO = Button("Undo", Action.UNDO, "note-1")
CHANGE = Button("Change", Action.CHANGE, "insight-1")
RESTORE = Button("Restore", Action.RESTORE, "note-2")


def _words(text: str) -> tuple[Paragraph]:
    return (Paragraph((Span(text),)),)


HOME_PAGE = Home(
    (
        HomeSection("Your notes", (HomeItem(_words("Novara moves"), (CHANGE, UNDO)),)),
        HomeSection("To find out", (HomeItem(_words("Nothing")),)),
    )
)


def _show(page: Page, reply: Reply, home: Home | None = None) -> str | None:
    outgoing = Outgoing("1", TALK, "anna", reply, home=home)

    async def send() -> str | None:
        return await page.channel.gateway.send(outgoing)

    return asyncio.run(send())


def _press(page: Page, button: int, version: int, person: str = "anna") -> int:
    body = {"person": person, "button": button, "version": version, "press_id": f"p-{button}"}
    return page.browser.post(f"{API}/home/press", json=body).status_code


def _home(page: Page, person: str = "anna") -> Any:
    return page.view(person, f"dm-{person}")["home"]


@pytest.mark.parametrize(("what", "kind"), [("home", HomeOpened), ("talk", TalkOpened)])
def test_an_opening_reaches_the_product(page: Page, what: str, kind: type) -> None:
    """In the person's own talk; each opening is one of its own."""
    for _ in range(2):
        assert page.browser.post(f"{API}/{what}", json={"person": "anna"}).status_code == 200
    first, second = page.product.taken[-2:]
    assert isinstance(first, kind)
    assert (first.place, first.person_id) == (TALK, "anna")
    assert first.delivery_key != second.delivery_key


def test_nobody_opens_what_is_not_theirs(page: Page) -> None:
    """Somebody unknown has no page."""
    assert page.browser.post(f"{API}/home", json={"person": "nobody"}).status_code == 404
    assert page.browser.get(f"{API}/home/previews", params={"person": "anna"}).status_code == 404


def test_a_page_is_seen_by_its_person_alone(page: Page) -> None:
    """It is no message, and stands in no conversation."""
    assert _show(page, Reply((), refreshes_home=True), HOME_PAGE) is None
    shown = _home(page)
    assert [section["title"] for section in shown["page"]["sections"]] == [
        "Your notes",
        "To find out",
    ]
    assert _home(page, "ben") is None
    assert page.texts("anna", "dm-anna") == []


def test_a_page_takes_the_place_of_the_earlier_one(page: Page) -> None:
    """And pages that have the earlier one can tell."""
    _show(page, Reply((), refreshes_home=True), HOME_PAGE)
    revision = page.view("anna")["revision"]
    _show(page, Reply(_words("Undone."), refreshes_home=True), Home(()))
    assert page.view("anna")["revision"] > revision
    shown = _home(page)
    assert (shown["version"], shown["page"]["sections"]) == (2, [])
    assert shown["notice"]["blocks"][0]["spans"][0]["text"] == "Undone."


def test_a_button_of_the_page_reaches_the_product(page: Page) -> None:
    """Counted from the top, where what the bot says stands; it tells that it stood on the page."""
    _show(page, Reply(_words("Undone."), (RESTORE,), refreshes_home=True), HOME_PAGE)
    for number, button in enumerate((RESTORE, CHANGE, UNDO)):
        assert _press(page, number, version=1) == 200
        taken = page.product.taken[-1]
        assert isinstance(taken, ActionTaken)
        assert (taken.action, taken.value) == (button.action, button.value)
        assert (taken.person_id, taken.source_message_id) == ("anna", HOME)


@pytest.mark.parametrize(
    ("button", "version", "person", "status"),
    [(2, 1, "anna", 404), (0, 2, "anna", 409), (0, 1, "ben", 409), (0, 0, "anna", 422)],
)
def test_a_button_that_is_not_there_any_more_cannot_be_pressed(
    page: Page, button: int, version: int, person: str, status: int
) -> None:
    """What stands at its place now is something else."""
    _show(page, Reply((), refreshes_home=True), HOME_PAGE)
    taken_before = len(page.product.taken)
    assert _press(page, button, version, person) == status
    assert len(page.product.taken) == taken_before


def test_a_form_beside_a_page_opens(page: Page) -> None:
    """What is wrong with it stands on the page, not in the talk."""
    wrong = Reply(_words("Not saved yet"), form=CHANGE_FORM, refreshes_home=True)
    assert _show(page, wrong, HOME_PAGE)
    (message,) = page.view("anna", "dm-anna")["messages"]
    assert message["reply"]["form"]["title"] == CHANGE_FORM.title
    assert message["reply"]["blocks"] == []
    assert _home(page)["notice"]["blocks"]


def test_a_page_can_be_looked_at_as_elsewhere(page: Page) -> None:
    """By the person whose page it is."""
    _show(page, Reply(_words("Undone."), refreshes_home=True), HOME_PAGE)
    answer = page.browser.get(f"{API}/home/previews", params={"person": "anna"})
    assert answer.json() == [{"platform": "slack", "body": {"text": "Undone."}}]


def test_what_may_be_asked_is_offered_to_one_person(page: Page) -> None:
    """In the place of what was offered before, and as no message."""
    for text in ("What is new?", "What is new at Novara?"):
        assert _show(page, Reply((), suggestions=(Suggestion(text, text),))) is None
    view = page.view("anna", "dm-anna")
    assert [prompt["label"] for prompt in view["prompts"]] == ["What is new at Novara?"]
    assert view["messages"] == []
    assert page.view("ben", "dm-ben")["prompts"] == []
    answer = page.browser.get(f"{API}/talk/previews", params={"person": "anna"})
    assert answer.json()[0]["platform"] == "slack"
