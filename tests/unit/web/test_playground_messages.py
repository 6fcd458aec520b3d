"""What is said on the page, and what the product hears of it."""

import pytest

from adapters.web.playground.parse import command_of
from bot.domain.people import ConversationKind
from bot.errors import StoreUnavailable
from bot.messages import (
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    Place,
    WayIn,
)
from tests.contract.drivers_playground import API
from tests.unit.web.conftest import Page


def _last(page: Page) -> Incoming:
    return page.product.taken[-1]


def _message(page: Page) -> IncomingMessage:
    message = _last(page)
    assert isinstance(message, IncomingMessage)
    return message


def test_a_post_becomes_one_incoming_message(page: Page) -> None:
    """Who, where, when, what and how it can be looked at again."""
    message_id = page.post("Novara moves to Lyon")
    assert _last(page) == IncomingMessage(
        place=Place("playground", "playground", "sales", ConversationKind.PUBLIC),
        message_id=message_id,
        author_id="anna",
        author_name="Anna",
        text="Novara moves to Lyon",
        sent_at=page.clock.now(),
        way_in=WayIn.LISTENED,
        permalink=f"http://127.0.0.1:8080/playground#sales/{message_id}",
    )


@pytest.mark.parametrize("text", ["@Earshot Novara moves", "@earshot, Novara moves"])
def test_a_typed_mention_addresses_the_bot(page: Page, text: str) -> None:
    """The mention is taken off; on the page it stays as written."""
    page.post(text)
    assert (_message(page).way_in, _message(page).text) == (WayIn.MENTION, "Novara moves")
    assert page.texts("ben") == [text]


def test_the_mention_toggle_writes_the_mention(page: Page) -> None:
    """Everybody sees that the bot was addressed."""
    page.post("Novara moves", mention=True)
    assert (_message(page).way_in, _message(page).text) == (WayIn.MENTION, "Novara moves")
    assert page.texts("ben") == ["@Earshot Novara moves"]


def test_a_name_that_begins_like_the_bots_is_no_mention(page: Page) -> None:
    """`@Earshots` is somebody else."""
    page.post("@Earshots are not me")
    assert _message(page).way_in is WayIn.LISTENED


@pytest.mark.parametrize(
    ("typed", "way_in", "words"),
    [
        ("/note Novara moves", WayIn.NOTE_COMMAND, "Novara moves"),
        ("/ASK\nwho decides?", WayIn.ASK_COMMAND, "who decides?"),
        ("/earshot help", WayIn.EARSHOT_COMMAND, "help"),
        ("/ask", WayIn.ASK_COMMAND, ""),
    ],
)
def test_a_command_reaches_the_bot_and_nobody_else(
    page: Page, typed: str, way_in: WayIn, words: str
) -> None:
    """Commands are seen by whoever used them, and have no permalink."""
    page.post(typed)
    message = _message(page)
    assert (message.way_in, message.text, message.permalink) == (way_in, words, None)
    assert page.texts("anna") == [typed]
    assert page.texts("ben") == []


def test_a_path_is_not_a_command() -> None:
    """Only a word between a slash and a space is one."""
    assert command_of("/etc/passwd was mentioned") is None


def test_a_direct_message_is_direct(page: Page) -> None:
    """In the direct message everything is said to the bot."""
    page.post("Novara moves", conversation="dm-anna")
    assert _message(page).way_in is WayIn.DIRECT
    assert _message(page).place.kind is ConversationKind.DIRECT


def test_a_thread_reply_names_its_thread(page: Page) -> None:
    """The thread's id is the id of its first message."""
    parent = page.post("Novara moves")
    page.post("same here", "ben", thread=parent)
    assert _message(page).place.thread_id == parent


def test_a_reply_to_what_one_cannot_see_is_refused(page: Page) -> None:
    """A thread must begin with a message that the person sees."""
    hidden = page.post("/note for me only", "anna")
    body = {"person": "ben", "text": "x", "thread": hidden}
    answer = page.browser.post(f"{API}/conversations/sales/messages", json=body)
    assert answer.status_code == 404


def test_the_same_sending_is_the_same_message(page: Page) -> None:
    """Sent again after a lost answer, it is handed over under the same key, and shown once."""
    keys = {page.post("Novara moves", client_key="k-1") for _ in range(11)}
    assert len(keys) == 1
    assert len(page.product.taken) == 1
    assert page.texts("ben") == ["Novara moves"]


def test_equal_texts_are_two_messages(page: Page) -> None:
    """Without the same client key, saying it twice is saying it twice."""
    assert page.post("again") != page.post("again")


def test_an_edit_reaches_the_product_and_everybody(page: Page) -> None:
    """The words change, the message stays."""
    message_id = page.post("@Earshot Novara moves")
    page.clock.advance(minutes=1)
    answer = page.browser.patch(
        f"{API}/conversations/sales/messages/{message_id}",
        json={"person": "anna", "text": "@Earshot Novara stays"},
    )
    assert answer.status_code == 200
    edit = _last(page)
    assert isinstance(edit, MessageEdited)
    assert (edit.message_id, edit.text, edit.edited_at) == (
        message_id,
        "Novara stays",
        page.clock.now(),
    )
    assert page.texts("ben") == ["@Earshot Novara stays"]
    assert page.view("ben")["messages"][0]["is_edited"]


def test_two_edits_are_two_deliveries(page: Page) -> None:
    """Each edit has a key of its own, also within the same instant."""
    message_id = page.post("one")
    for text in ("two", "three"):
        page.browser.patch(
            f"{API}/conversations/sales/messages/{message_id}",
            json={"person": "anna", "text": text},
        )
    assert len({taken.delivery_key for taken in page.product.taken}) == 3


def test_a_deletion_reaches_the_product_and_everybody(page: Page) -> None:
    """The message is gone, and cannot be changed any more."""
    message_id = page.post("Novara moves")
    url = f"{API}/conversations/sales/messages/{message_id}"
    assert page.browser.request("DELETE", url, json={"person": "anna"}).status_code == 200
    assert isinstance(_last(page), MessageDeleted)
    assert page.texts("ben") == []
    assert page.browser.patch(url, json={"person": "anna", "text": "x"}).status_code == 404


def test_a_deleted_message_keeps_its_thread(page: Page) -> None:
    """Replies stay readable under a mark, without the words."""
    parent = page.post("Novara moves")
    page.post("same here", "ben", thread=parent)
    url = f"{API}/conversations/sales/messages/{parent}"
    page.browser.request("DELETE", url, json={"person": "anna"})
    assert page.texts("ben") == ["", "same here"]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_only_the_author_changes_a_message(page: Page, method: str) -> None:
    """Others get 403, and nothing happens."""
    message_id = page.post("Novara moves")
    body = {"person": "ben"} | ({"text": "x"} if method == "PATCH" else {})
    url = f"{API}/conversations/sales/messages/{message_id}"
    assert page.browser.request(method, url, json=body).status_code == 403
    assert len(page.product.taken) == 1
    assert page.texts("anna") == ["Novara moves"]


def test_an_ear_saves_what_somebody_wrote(page: Page) -> None:
    """The author stays the author; whoever reacted is the one who wants it."""
    message_id = page.post("Novara moves", "anna")
    url = f"{API}/conversations/sales/messages/{message_id}/reaction"
    assert page.browser.post(url, json={"person": "ben"}).status_code == 200
    message = _message(page)
    assert (message.way_in, message.author_id, message.actor_id) == (WayIn.REACTION, "anna", "ben")
    assert message.author_name == "Anna"
    shown = page.view("ben")["messages"][0]
    assert (shown["saved_by_you"], shown["saved_count"]) == (True, 1)


def test_the_bots_own_words_cannot_be_saved(page: Page) -> None:
    """What the bot said is no note."""
    reply = page.reply_to("Novara moves")
    url = f"{API}/conversations/sales/messages/{reply['id']}/reaction"
    assert page.browser.post(url, json={"person": "anna"}).status_code == 409


class _ClosedIntake:
    def take(self, incoming: Incoming) -> bool:
        raise StoreUnavailable("locked")


def test_nothing_is_shown_that_was_not_taken_over(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database is away a message gets 503, and is not shown as if it were sent."""
    monkeypatch.setattr(page.product, "take", _ClosedIntake().take)
    body = {"person": "anna", "text": "Novara moves"}
    answer = page.browser.post(f"{API}/conversations/sales/messages", json=body)
    assert answer.status_code == 503
    assert page.texts("anna") == []


def test_words_are_carried_as_they_were_written(page: Page) -> None:
    """Markup of any platform is only text here."""
    text = '<!channel> <b>&amp;</b> [bank](http://evil.example) <script>alert("x")</script>'
    page.post(text)
    assert _message(page).text == text
    assert page.texts("ben") == [text]
