"""Ways in that only Slack has, through the whole product: shortcuts, the emoji, forwarding."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.audience import Audience
from bot.domain.note import NoteRecord
from tests.contract.channel_driver import Shown
from tests.contract.channels import Playing, play
from tests.contract.drivers_slack import SlackDriver
from tests.slack_api import BOT_USER

NOVARA = "Novara Pharma says our deviation reports come too late to be of use"
ANNA, BEN, SALES, DIRECT = (
    SlackDriver.ANNA,
    SlackDriver.BEN,
    SlackDriver.SALES,
    SlackDriver.DIRECT,
)


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    with play("slack", tmp_path) as playing:
        yield playing


@pytest.fixture
def driver(playing: Playing) -> SlackDriver:
    assert isinstance(playing.driver, SlackDriver)
    return playing.driver


def notes(playing: Playing) -> list[NoteRecord]:
    return list(playing.store.notes.all(Audience.operator(playing.workspace)))


def shown_once(driver: SlackDriver) -> Shown:
    (shown,) = driver.shown()
    return shown


def test_a_message_is_saved_with_two_clicks(playing: Playing, driver: SlackDriver):
    """The shortcut, and Save: its author's note, and whoever saved it is told in private."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES)
    driver.point_at(driver.message(said), person=ANNA)
    driver.submit(shown_once(driver), {}, person=ANNA)

    (record,) = notes(playing)
    assert (record.note.author_id, record.note.saved_by_id) == (BEN, ANNA)
    assert (record.note.text, record.note.author_name) == (NOVARA, "Ben Ode")
    assert record.note.key.message_id == said
    reply = shown_once(driver)
    assert (reply.to_person, reply.conversation) == (ANNA, SALES)
    assert {"Change", "Undo"} <= set(reply.buttons)
    assert "Novara Pharma" in reply.text


def test_a_text_that_is_longer_than_a_form_is_saved_whole(playing: Playing, driver: SlackDriver):
    """The form shows its beginning."""
    text = f"{NOVARA}. " * 100 + "And so on."
    said = driver.post(text, author=BEN, conversation=SALES)
    driver.point_at(driver.message(said), person=ANNA)
    driver.submit(shown_once(driver), {}, person=ANNA)

    assert [record.note.text for record in notes(playing)] == [text]


def test_a_changed_text_is_the_savers_note(playing: Playing, driver: SlackDriver):
    """Beside the message; it survives the message's deletion."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES)
    driver.point_at(driver.message(said), person=ANNA)
    better = "Novara Pharma told Ben that our deviation reports come two weeks too late"
    driver.submit(shown_once(driver), {"text": (better,)}, person=ANNA)
    driver.delete(said, author=BEN, conversation=SALES)

    (record,) = notes(playing)
    assert (record.note.author_id, record.note.text) == (ANNA, better)


def test_where_the_bot_is_no_member_the_note_is_the_savers_alone(
    playing: Playing, driver: SlackDriver
):
    """It is kept, and the answer comes as a direct message whose buttons work."""
    message = {
        "type": "message", "channel": "C0BOARD", "user": BEN, "team": "T0ACME",
        "ts": "1794000000.000100", "text": NOVARA,
    }  # fmt: skip
    driver.point_at(message, person=ANNA)
    driver.submit(shown_once(driver), {}, person=ANNA)

    (record,) = notes(playing)
    assert (record.note.author_id, record.note.saved_by_id) == (ANNA, None)
    anna, ben = (Audience.of_person(playing.workspace, person) for person in (ANNA, BEN))
    assert playing.store.notes.get(record.note.id, anna) is not None
    assert playing.store.notes.get(record.note.id, ben) is None
    refused, reply = driver.shown()
    assert (refused.conversation, reply.conversation) == ("C0BOARD", DIRECT)
    driver.press(reply, "Undo", person=ANNA)
    assert notes(playing) == []


def test_a_new_note_needs_no_message(playing: Playing, driver: SlackDriver):
    """From anywhere in Slack; the answer comes as a direct message."""
    driver.use_new_note(person=ANNA)
    driver.submit(shown_once(driver), {"text": (NOVARA,)}, person=ANNA)

    (record,) = notes(playing)
    assert (record.note.author_id, record.note.text) == (ANNA, NOVARA)
    anna = Audience.of_person(playing.workspace, ANNA)
    assert playing.store.notes.get(record.note.id, anna) is not None
    reply = shown_once(driver)
    assert (reply.conversation, reply.to_person) == (DIRECT, ANNA)
    driver.press(reply, "Undo", person=ANNA)
    assert notes(playing) == []


def test_a_new_note_without_words_is_asked_for_kindly(playing: Playing, driver: SlackDriver):
    """At the field, in the form that stays open."""
    driver.use_new_note(person=ANNA)
    driver.submit(shown_once(driver), {"text": ("  ",)}, person=ANNA)

    assert notes(playing) == []
    assert driver.field_errors == {"text": "Write what you heard."}
    assert driver.shown() == []


def test_the_emoji_saves_and_taking_it_off_takes_it_back(playing: Playing, driver: SlackDriver):
    """With a way to restore it."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES)
    driver.react(said, person=ANNA, conversation=SALES)
    (record,) = notes(playing)
    assert (record.note.author_id, record.note.saved_by_id) == (BEN, ANNA)
    assert shown_once(driver).to_person == ANNA

    driver.react(said, person=ANNA, conversation=SALES, on=False)
    assert notes(playing) == []
    undone = shown_once(driver)
    assert undone.to_person == ANNA
    driver.press(undone, "Restore", person=ANNA)
    assert [record.note.text for record in notes(playing)] == [NOVARA]


def test_the_emoji_on_a_reply_in_a_thread_saves_it_with_its_thread(
    playing: Playing, driver: SlackDriver
):
    """The event does not say that there is a thread."""
    first = driver.post("call with Novara today", author=BEN, conversation=SALES)
    reply = driver.post(NOVARA, author=BEN, conversation=SALES, thread=first)
    driver.react(reply, person=ANNA, conversation=SALES)

    (record,) = notes(playing)
    assert (record.note.key.message_id, record.note.thread_id) == (reply, first)


def test_the_authors_edit_and_deletion_reach_what_the_emoji_saved(
    playing: Playing, driver: SlackDriver
):
    """It is the author's note."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES)
    driver.react(said, person=ANNA, conversation=SALES)
    changed = f"{NOVARA} this year"
    driver.edit(said, changed, author=BEN, conversation=SALES)
    assert [record.note.text for record in notes(playing)] == [changed]

    driver.delete(said, author=BEN, conversation=SALES)
    assert notes(playing) == []


def test_an_emoji_that_was_off_before_its_putting_on_was_told_saves_nothing(
    playing: Playing, driver: SlackDriver
):
    """Slack promises no order."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES)
    on = driver.reaction(said, person=ANNA, conversation=SALES)
    off = driver.reaction(said, person=ANNA, conversation=SALES, on=False)
    driver.deliver(off)
    driver.deliver(on)

    assert notes(playing) == []
    assert driver.shown() == []


def test_redelivered_reactions_are_one(playing: Playing, driver: SlackDriver):
    """One note, one reply."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES)
    on = driver.reaction(said, person=ANNA, conversation=SALES)
    for _ in range(11):
        driver.deliver(on)

    assert len(notes(playing)) == 1
    assert len(driver.shown()) == 1


@pytest.mark.parametrize("own", [True, False], ids=["its own", "another bot's"])
def test_what_bots_wrote_is_never_saved(playing: Playing, driver: SlackDriver, own: bool):
    """Neither by the emoji nor by the shortcut, which says why."""
    ts = driver.post_as_bot(NOVARA, own=own, conversation=SALES)
    driver.react(ts, person=ANNA, conversation=SALES)
    assert driver.shown() == []

    driver.point_at(driver.message(ts), person=ANNA)
    told = shown_once(driver)
    assert "A bot wrote this" in told.text
    assert told.form == ()
    assert notes(playing) == []


def test_reactions_of_strangers_and_other_emoji_do_nothing(playing: Playing, driver: SlackDriver):
    """In a channel that is shared with another organisation, or anywhere."""
    said = driver.post(NOVARA, author=BEN, conversation=SALES)
    driver.react(said, person="U9STRANGER", conversation=SALES)
    driver.react(said, person=BOT_USER, conversation=SALES)
    driver.react(said, person=ANNA, conversation=SALES, emoji="eyes")

    assert notes(playing) == []
    assert driver.shown() == []


def test_a_saved_message_pings_nobody(playing: Playing, driver: SlackDriver):
    """Whatever stands in it."""
    text = "Novara Pharma complains that our <!channel> <http://evil.example|reports> are late"
    said = driver.post(text, author=BEN, conversation=SALES)
    driver.point_at(driver.message(said), person=ANNA)
    form = shown_once(driver)
    driver.submit(form, {}, person=ANNA)

    assert [record.note.text for record in notes(playing)] == [text]
    reply = shown_once(driver)
    assert not [found for found in playing.forbidden if found in reply.raw]


def test_a_forwarded_message_is_kept_with_its_author(playing: Playing, driver: SlackDriver):
    """Sent to the bot without a word of one's own."""
    share = {"is_share": True, "author_id": BEN, "author_name": "Ben Ode", "text": NOVARA}
    driver.post("", author=ANNA, conversation=DIRECT, attachments=[share])

    (record,) = notes(playing)
    assert record.note.text == f"“{NOVARA}” — Ben Ode"
    assert "Novara Pharma" in shown_once(driver).text
