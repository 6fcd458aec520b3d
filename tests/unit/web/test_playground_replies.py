"""What the bot says on the page: who sees it, its buttons, its forms, its looks elsewhere."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.people import ConversationKind
from bot.errors import RosterUnavailable, SendRefused
from bot.messages import Action, ActionTaken, Outgoing, Place, Visibility
from tests.contract.drivers_playground import API
from tests.unit.web.conftest import Page
from tests.unit.web.stage import noted

SALES = Place("playground", "playground", "sales", ConversationKind.PUBLIC)


def _send(page: Page, outgoing: Outgoing) -> str | None:
    async def send() -> str | None:
        return await page.channel.gateway.send(outgoing)

    return asyncio.run(send())


def _press(page: Page, message_id: str, button: int, person: str = "anna") -> int:
    url = f"{API}/conversations/sales/messages/{message_id}/press"
    body = {"person": person, "button": button, "press_id": f"press-{button}"}
    return page.browser.post(url, json=body).status_code


def _submit(page: Page, message_id: str, fields: dict[str, list[str]]) -> tuple[int, str]:
    url = f"{API}/conversations/sales/messages/{message_id}/submission"
    body = {"person": "anna", "press_id": "submit-1", "fields": fields}
    answer = page.browser.post(url, json=body)
    return answer.status_code, answer.text


def test_a_private_reply_is_seen_by_one(page: Page) -> None:
    """Only whoever is answered sees it; for others there is nothing."""
    reply = page.reply_to("Novara moves", "anna")
    assert reply["only_you"]
    assert reply["by_bot"]
    assert page.texts("ben") == ["@Earshot Novara moves"]


def test_a_reply_to_all_is_seen_by_all(page: Page) -> None:
    """Where the reply is for the conversation, it stands in it."""
    _send(page, Outgoing("1", SALES, "anna", noted("x", Visibility.CONVERSATION)))
    assert len(page.texts("ben")) == 1
    assert not page.view("ben")["messages"][0]["only_you"]


def test_a_direct_message_has_no_private_mark(page: Page) -> None:
    """There nobody else could see it anyway."""
    place = replace(SALES, conversation_id="dm-anna", kind=ConversationKind.DIRECT)
    _send(page, Outgoing("1", place, "anna", noted("x")))
    assert not page.view("anna", "dm-anna")["messages"][0]["only_you"]


def test_a_reply_stands_in_its_thread(page: Page) -> None:
    """What is asked in a thread is answered there."""
    parent = page.post("Novara moves")
    page.post("who decides?", thread=parent, mention=True)
    page.product.work()
    assert page.view("anna")["messages"][-1]["thread_id"] == parent


def test_a_reply_carries_its_blocks_as_data(page: Page) -> None:
    """The page gets spans, quotes and buttons, and no markup."""
    reply = page.reply_to("<b>Novara</b>")["reply"]
    assert reply["blocks"][0]["spans"][0] == {
        "text": "Noted",
        "bold": True,
        "italic": False,
        "href": None,
    }
    assert reply["blocks"][1] == {"text": "<b>Novara</b>"}
    assert [button["label"] for button in reply["buttons"]] == ["Change", "Undo"]


def test_a_conversation_that_is_gone_takes_nothing(page: Page) -> None:
    """The reply is refused for good, so that nobody tries again."""
    place = replace(SALES, conversation_id="unknown")
    with pytest.raises(SendRefused):
        _send(page, Outgoing("1", place, "anna", noted("x")))


def test_a_pressed_button_reaches_the_product(page: Page) -> None:
    """With its action and value, who pressed, and the message it stood on."""
    reply = page.reply_to("Novara moves")
    assert _press(page, reply["id"], 1) == 200
    taken = page.product.taken[-1]
    assert isinstance(taken, ActionTaken)
    assert (taken.action, taken.value, taken.person_id) == (Action.UNDO, "note-1", "anna")
    assert (taken.source_message_id, taken.press_id) == (reply["id"], "press-1")


def test_an_answer_may_take_the_place_of_its_source(page: Page) -> None:
    """After Undo the old reply is gone, its id stays, and the page can tell that it changed."""
    reply = page.reply_to("Novara moves")
    _press(page, reply["id"], 1)
    page.product.work()
    messages = page.view("anna")["messages"]
    assert [m["id"] for m in messages if m["by_bot"]] == [reply["id"]]
    assert messages[-1]["text"].startswith("Done: undo")
    assert messages[-1]["version"] == reply["version"] + 1


@pytest.mark.parametrize(
    ("button", "person", "status"), [(2, "anna", 404), (-1, "anna", 422), (0, "ben", 404)]
)
def test_a_button_that_is_not_there_cannot_be_pressed(
    page: Page, button: int, person: str, status: int
) -> None:
    """Neither one too many, nor one of a message that somebody else sees."""
    reply = page.reply_to("Novara moves")
    taken_before = len(page.product.taken)
    assert _press(page, reply["id"], button, person) == status
    assert len(page.product.taken) == taken_before


def test_a_form_comes_with_the_trigger_of_its_press(page: Page) -> None:
    """So that it opens where the button was pressed, and nowhere else."""
    reply = page.reply_to("Novara moves")
    _press(page, reply["id"], 0)
    page.product.work()
    opened = page.view("anna")["messages"][-1]
    assert opened["trigger"] == "press-0"
    assert [field["name"] for field in opened["reply"]["form"]["fields"]] == [
        "knowledge_type",
        "topics",
        "contacts",
    ]
    assert all(not message["reply"] for message in page.view("ben")["messages"])


def test_a_submitted_form_reaches_the_product(page: Page) -> None:
    """With every field, and the message whose button opened it."""
    reply = page.reply_to("Novara moves")
    _press(page, reply["id"], 0)
    page.product.work()
    form_id = page.view("anna")["messages"][-1]["id"]
    fields = {"knowledge_type": ["from"], "topics": ["price", "quality"], "contacts": []}
    assert _submit(page, form_id, fields)[0] == 200
    taken = page.product.taken[-1]
    assert isinstance(taken, ActionTaken)
    assert taken.action is Action.SAVE_CHANGE
    assert taken.fields["topics"] == ("price", "quality")
    assert taken.source_message_id == reply["id"]


def test_a_form_with_a_missing_field_names_it(page: Page) -> None:
    """The answer says what to fill in, by the label that stands on the form."""
    reply = page.reply_to("Novara moves")
    _press(page, reply["id"], 0)
    page.product.work()
    form_id = page.view("anna")["messages"][-1]["id"]
    status, text = _submit(page, form_id, {"topics": ["price"]})
    assert status == 400
    assert "Knowledge type" in text


def test_the_payloads_of_other_platforms_can_be_looked_at(page: Page) -> None:
    """Each renderer that was wired shows what it makes of the reply."""
    reply = page.reply_to("Novara moves")
    url = f"{API}/conversations/sales/messages/{reply['id']}/previews"
    answer = page.browser.get(url, params={"person": "anna"})
    assert answer.json() == [{"platform": "slack", "body": {"text": reply["text"]}}]
    assert page.browser.get(url, params={"person": "ben"}).status_code == 404


def test_what_a_person_wrote_is_looked_at_as_the_form_that_saves_it(page: Page) -> None:
    """As its platform opens it; what the bot said of itself and commands cannot be saved."""
    message_id = page.post("Novara moves")
    url = f"{API}/conversations/sales/messages/{message_id}/previews"
    answer = page.browser.get(url, params={"person": "ben"})
    assert answer.json() == [{"platform": "slack", "body": {"saves": "Novara moves"}}]
    command_id = page.post("/note Novara moves")
    url = f"{API}/conversations/sales/messages/{command_id}/previews"
    assert page.browser.get(url, params={"person": "anna"}).status_code == 409


def test_an_unchanged_page_costs_nothing(page: Page) -> None:
    """Asking with the revision one has is answered 204 until something happens."""
    query = {"person": "anna", "since": page.view("anna")["revision"]}
    assert page.browser.get(f"{API}/view", params=query).status_code == 204
    page.post("news", "ben")
    assert page.browser.get(f"{API}/view", params=query).status_code == 200


def test_the_roster_knows_who_is_on_the_page(page: Page) -> None:
    """People and conversations come from the directory; what is not there is unknown."""
    roster = page.channel.roster
    assert roster.person("playground", "ben").name == "Ben"
    assert roster.conversation("playground", "dm-anna").member_ids == ("anna",)
    with pytest.raises(RosterUnavailable):
        roster.person("playground", "nobody")
    with pytest.raises(RosterUnavailable):
        roster.conversation("playground", "nowhere")
