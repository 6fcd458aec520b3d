"""The contract suite's hands in Teams do what people there do."""

import asyncio
from collections.abc import Iterator

import pytest

from bot.messages import (
    Action,
    ActionTaken,
    Button,
    FieldKind,
    Form,
    FormField,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    Outgoing,
    Paragraph,
    Reply,
    Span,
    Visibility,
    WayIn,
)
from tests.contract.channel_driver import ChannelDriver
from tests.contract.drivers_teams import TeamsDriver, teams_channel_and_connector
from tests.fakes import RecordingIntake

HOSTILE = "<!channel> & <b>reports</b> [our site](http://evil.example) *now* {{DATE(x)}}"


class Play:
    """A core that says back what it hears."""

    def __init__(self) -> None:
        self.intake = RecordingIntake()
        channel, connector = teams_channel_and_connector(self.intake)
        self.channel = channel
        self.driver: ChannelDriver = TeamsDriver(channel, connector, self.work)
        self.reply = Reply(())
        self._done = 0

    def work(self) -> None:
        for incoming in self.intake.taken[self._done :]:
            self._done += 1
            if isinstance(incoming, IncomingMessage) and not incoming.from_bot:
                answered = Outgoing(
                    "o",
                    incoming.place,
                    incoming.actor_id,
                    self.reply,
                    reply_to_message_id=incoming.message_id,
                )
                asyncio.run(self.channel.gateway.send(answered))


@pytest.fixture
def play() -> Iterator[Play]:
    play = Play()
    yield play
    play.channel.gateway.close()


def test_a_post_with_a_mention_is_heard_as_written_and_answered_in_private(play: Play) -> None:
    """The reply shows what a person would read, in their own chat."""
    driver = play.driver
    play.reply = Reply((Paragraph((Span(HOSTILE),)),), (Button("Undo", Action.UNDO, "n1"),))
    driver.post(HOSTILE, author=driver.BEN, conversation=driver.SALES, mention=True)
    (heard,) = play.intake.taken
    assert isinstance(heard, IncomingMessage)
    assert (heard.text, heard.way_in) == (HOSTILE, WayIn.MENTION)
    (shown,) = driver.shown()
    assert (shown.text, shown.buttons, shown.to_person) == (HOSTILE, ("Undo",), driver.BEN)
    driver.press(shown, "Undo", person=driver.BEN)
    pressed = play.intake.taken[-1]
    assert isinstance(pressed, ActionTaken)
    assert (pressed.action, pressed.value) == (Action.UNDO, "n1")


def test_an_open_answer_stands_in_the_thread(play: Play) -> None:
    """Everybody in the channel sees it below the question."""
    driver = play.driver
    play.reply = Reply((Paragraph((Span("x"),)),), visibility=Visibility.CONVERSATION)
    asked = driver.post("who?", author=driver.ANNA, conversation=driver.SALES, mention=True)
    (shown,) = driver.shown()
    assert (shown.conversation, shown.thread) == (driver.SALES, asked)
    assert shown.to_person is None


def test_a_form_is_filled_in_and_submitted(play: Play) -> None:
    """Fields that nobody touched stay as they were."""
    driver = play.driver
    fields = (
        FormField("name", "Name", FieldKind.TEXT, value=("Novara",)),
        FormField("note", "Note", FieldKind.TEXT),
    )
    play.reply = Reply((), form=Form("Customer", Action.SAVE_CUSTOMER, "n1", fields))
    driver.command("note", "x", author=driver.ANNA, conversation=driver.DIRECT)
    (form,) = driver.shown()
    assert form.form == ("name", "note")
    driver.submit(form, {"note": ("new",)}, person=driver.ANNA)
    submitted = play.intake.taken[-1]
    assert isinstance(submitted, ActionTaken)
    assert submitted.fields == {"name": ("Novara",), "note": ("new",)}


def test_edits_deletions_redeliveries_and_bots_are_what_they_are(play: Play) -> None:
    """A redelivery is known by its delivery key, a bot by its id."""
    driver = play.driver
    play.reply = Reply((Paragraph((Span("x"),)),))
    posted = driver.post("note old", author=driver.ANNA, conversation=driver.DIRECT)
    driver.redeliver(posted, times=10)
    driver.edit(posted, "note new", author=driver.ANNA, conversation=driver.DIRECT)
    driver.delete(posted, author=driver.ANNA, conversation=driver.DIRECT)
    driver.post_as_bot("beep", own=False, conversation=driver.SALES)
    heard, edited, deleted, bot = play.intake.taken
    assert isinstance(edited, MessageEdited)
    assert isinstance(deleted, MessageDeleted)
    assert isinstance(heard, IncomingMessage)
    assert isinstance(bot, IncomingMessage)
    assert (heard.text, edited.text) == ("old", "new")
    assert heard.key == edited.key == deleted.key
    assert bot.from_bot
    assert len(driver.shown()) == 1


def test_the_people_there_are_told_by_the_roster(play: Play) -> None:
    """Who may see what is said in the channel."""
    driver = play.driver
    play.reply = Reply((Paragraph((Span("x"),)),))
    driver.post("hello", author=driver.ANNA, conversation=driver.SALES, mention=True)
    found = play.channel.roster.conversation("main", driver.SALES)
    assert found.member_ids == (driver.ANNA, driver.BEN)
    assert found.name == "Sales"
    assert play.channel.roster.person("main", driver.ANNA).name == "Anna Berg"
