"""Save to Earshot: the dialog on a message, and what comes of it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams import capture_dialog
from bot.domain.people import ConversationKind
from bot.messages import IncomingMessage, ToldOf, WayIn
from tests.teams_connector import TENANT_ID
from tests.unit.teams.activities import activity, recorded, said, said_in_channel
from tests.unit.teams.test_render import SCHEMA

NOW = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
BEN = "00000000-0000-0000-0000-000000000002"
WORDS = "Novara closes Lyon"


def payload(content: str = WORDS, **changed: Any) -> dict[str, Any]:
    """Ben's message, as Teams passes it on."""
    return {
        "id": "1795364138228",
        "createdDateTime": "2026-11-09T07:00:00.123Z",
        "body": {"contentType": "html", "content": content},
        "from": {"user": {"id": BEN, "displayName": "Ben Ode"}, "application": None},
    } | changed


def chosen(message: dict[str, Any] | None = None, **value: Any) -> dict[str, Any]:
    """What Teams sends when Anna chooses the action on it."""
    asked = {"commandId": "capture", "commandContext": "message", "messagePayload": message}
    more = {"name": "composeExtension/fetchTask", "id": "f:1", "value": asked | value}
    return said_in_channel("", root="17", type="invoke", **more)


def opened(message: dict[str, Any]) -> dict[str, Any]:
    """The dialog's card, fit to be shown."""
    answer = json.loads(json.dumps(capture_dialog.opened(activity(chosen(message)))))
    assert answer["task"]["type"] == "continue"
    card: dict[str, Any] = answer["task"]["value"]["card"]["content"]
    SCHEMA.validate({name: card[name] for name in card if name != "msteams"})
    return card


def sent(message: dict[str, Any] | None, text: str | None = None, **data: Any) -> dict[str, Any]:
    """What Teams sends when she submits it, its text left alone or changed."""
    card = opened(message or payload())
    held = card["body"][0]["value"] if text is None else text
    everything = {**card["actions"][0]["data"], "text": held, **data}
    return chosen(message, data=everything) | {"name": "composeExtension/submitAction", "id": "f:2"}


def submitted(body: dict[str, Any]) -> IncomingMessage:
    found = capture_dialog.submitted(activity(body), "main", NOW)
    assert found is not None
    return found


def test_the_recorded_action_opens_a_dialog_and_saves() -> None:
    """As a Teams client really sent both."""
    by_name = {body.get("name"): body for body in recorded() if body["type"] == "invoke"}
    fetch, submit = (by_name[f"composeExtension/{step}"] for step in ("fetchTask", "submitAction"))

    answer = capture_dialog.opened(activity(fetch))
    assert "Globex wants delivery in May" in json.dumps(answer)
    submit["value"]["data"] = {"text": "Globex wants delivery in May", "wish": "w"}
    wish = submitted(submit)
    assert (wish.way_in, wish.is_as_posted) == (WayIn.SHORTCUT, True)
    assert wish.message_id == "1795364124622"


def test_the_dialog_holds_the_message_as_its_reader_saw_it() -> None:
    """One more click saves it."""
    card = opened(payload("<p>Novara &amp; Co<br>closes <b>Lyon</b></p>"))
    assert card["body"][0]["value"] == "Novara & Co\ncloses Lyon"


def test_the_dialog_carries_no_words_but_the_persons() -> None:
    """What a client sends back is not believed."""
    (save,) = opened(payload())["actions"]
    assert save["data"] == {"wish": "f:1"}


def test_a_dialog_that_was_left_alone_is_a_wish_to_save_the_message() -> None:
    """The saver stands for the author until the author has been looked up."""
    wish = submitted(sent(payload()))

    assert (wish.way_in, wish.is_as_posted) == (WayIn.SHORTCUT, True)
    assert (wish.author_id, wish.person_id) == ("29:anna", "29:anna")
    assert (wish.place.conversation_id, wish.message_id) == (
        "19:sales@thread.tacv2",
        "1795364138228",
    )
    assert wish.place.thread_id == "17"
    assert wish.sent_at == datetime(2026, 11, 9, 7, 0, 0, 123000, tzinfo=UTC)
    assert wish.told_of == ToldOf(BEN, WORDS)
    assert wish.permalink is not None
    assert wish.permalink.endswith(f"/1795364138228?tenantId={TENANT_ID}&parentMessageId=17")


def test_a_changed_text_says_so_and_white_space_is_no_change() -> None:
    """A client may drop a line's end."""
    message = payload("Novara closes  Lyon<br>in May")
    assert not submitted(sent(message, "Novara closes Lyon in June")).is_as_posted
    assert submitted(sent(message, "Novara closes  Lyon in May ")).is_as_posted


def test_two_dialogs_on_one_message_are_two_wishes_and_a_redelivery_is_none() -> None:
    """Two people may save the same message."""
    first, again = submitted(sent(payload())), submitted(sent(payload()) | {"id": "f:3"})
    other = submitted(sent(payload(), wish="f:9"))
    assert first.delivery_key == again.delivery_key != other.delivery_key


@given(st.text(min_size=1, max_size=200), st.integers(1, 60))
def test_any_message_fits_the_dialog_and_comes_back_as_it_was(text: str, times: int) -> None:
    """What was cut still counts as left alone."""
    message = payload(text * times, body={"contentType": "text", "content": text * times})
    if not (text * times).strip():
        return
    held = opened(message)["body"][0]["value"]
    assert 0 < len(held) <= capture_dialog.INPUT_LIMIT
    assert submitted(sent(message)).is_as_posted


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (payload(**{"from": {"application": {"id": "x"}}}), "A bot wrote this"),
        (payload(**{"from": None}), "A bot wrote this"),
        (payload(""), "There are no words"),
        (payload('<attachment id="1"></attachment>'), "There are no words"),
        (payload(deleted=True), "There are no words"),
        (payload(body=None), "There are no words"),
        (None, "does not offer this"),
        ({"id": None}, "does not offer this"),
        (payload(createdDateTime="yesterday"), "does not offer this"),
    ],
)
def test_what_cannot_be_saved_is_said_at_once(message: dict[str, Any] | None, told: str) -> None:
    """There is nothing to fill in or to submit."""
    answer = capture_dialog.opened(activity(chosen(message)))
    assert answer["task"]["type"] == "message"
    assert told in answer["task"]["value"]


def test_another_apps_command_opens_and_saves_nothing() -> None:
    """Of a manifest that is not ours."""
    answer = capture_dialog.opened(activity(chosen(payload(), commandId="order_pizza")))
    assert answer["task"]["type"] == "message"
    body = sent(payload())
    body["value"]["commandId"] = "order_pizza"
    assert capture_dialog.submitted(activity(body), "main", NOW) is None


def test_without_the_message_the_words_are_the_persons_own() -> None:
    """Nothing then says who wrote them first, or where."""
    wish = submitted(sent(None, WORDS))
    assert (wish.way_in, wish.text, wish.author_id) == (WayIn.NOTE_COMMAND, WORDS, "29:anna")
    assert (wish.place.conversation_id, wish.place.kind) == ("29:anna", ConversationKind.DIRECT)
    assert wish.told_of is None


@pytest.mark.parametrize(("text", "told"), [("  ", "Write what you heard"), ("x" * 4001, "4000")])
def test_what_is_wrong_with_the_words_is_said_beside_them(text: str, told: str) -> None:
    """The dialog stays, with what was written in it."""
    body = sent(payload(), text)
    assert capture_dialog.submitted(activity(body), "main", NOW) is None
    answer = capture_dialog.answered(activity(body), is_kept=False)
    card = answer["task"]["value"]["card"]["content"]
    assert told in json.dumps(card)
    assert card["body"][0]["value"] == text[:4000]
    assert card["actions"][0]["data"] == {"wish": "f:1"}


def test_a_chat_with_the_bot_can_be_saved_from_too() -> None:
    """The action is offered on every message."""
    value = {"commandId": "capture", "messagePayload": payload(), "data": {"text": WORDS}}
    wish = submitted(said(None, type="invoke", name="composeExtension/submitAction", value=value))
    assert (wish.place.kind, wish.permalink) == (ConversationKind.DIRECT, None)
