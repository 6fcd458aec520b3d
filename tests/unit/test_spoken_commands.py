"""Commands written as words do what the slash commands do, and notes stay notes."""

import pytest

from bot.messages import IncomingMessage, Place, WayIn
from bot.services.spoken_commands import as_meant
from tests.fakes import MONDAY


def meant(text: str, way_in: WayIn = WayIn.DIRECT) -> tuple[WayIn, str]:
    place = Place("stage", "main", "dm")
    message = as_meant(IncomingMessage(place, "1", "anna", text, MONDAY, way_in))
    return message.way_in, message.text


@pytest.mark.parametrize(
    ("text", "way_in", "words"),
    [
        ("help", WayIn.EARSHOT_COMMAND, "help"),
        ("Help!", WayIn.EARSHOT_COMMAND, "Help"),
        ("/earshot help", WayIn.EARSHOT_COMMAND, "help"),
        ("earshot needs", WayIn.EARSHOT_COMMAND, "needs"),
        ("listen on", WayIn.EARSHOT_COMMAND, "listen on"),
        ("earshot customer Novara; N", WayIn.EARSHOT_COMMAND, "customer Novara; N"),
        ("note Pellworth pays late", WayIn.NOTE_COMMAND, "Pellworth pays late"),
        ("/note: Pellworth pays late", WayIn.NOTE_COMMAND, "Pellworth pays late"),
        ("/note", WayIn.NOTE_COMMAND, ""),
        ("ask who decides at Novara", WayIn.ASK_COMMAND, "who decides at Novara"),
        ("/ask Novara", WayIn.ASK_COMMAND, "Novara"),
    ],
)
def test_a_command_can_be_written_as_words(text: str, way_in: WayIn, words: str):
    """With a slash or without, as people do when they have mentioned the bot."""
    assert meant(text) == (way_in, words)


@pytest.mark.parametrize(
    "text",
    [
        "Novara needs help with the labels",
        "listen, Novara is on the move",
        "notes from Novara follow",
        "ask Maria about Novara, she has the price history",
        "customer Novara is angry",
        "Earshots are loud",
        "Earshot missed what Novara said on Monday",
    ],
)
def test_a_note_that_begins_like_a_command_stays_a_note(text: str):
    """Its words are kept as they were written."""
    assert meant(text) == (WayIn.DIRECT, text)


def test_what_was_only_overheard_is_no_command():
    """People speak among themselves."""
    assert meant("listen on", WayIn.LISTENED) == (WayIn.LISTENED, "listen on")
