"""What is never stored: neither what bots say, nor what people say where nobody listens."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.bootstrap.core import build_intake
from bot.intake import GuardedIntake
from bot.messages import Incoming, MessageDeleted, MessageEdited, Place, WayIn
from tests.fakes import MONDAY
from tests.stage import ANNA, CHANNEL, SALES, WORKSPACE, Stage

SECRET = "Novara is about to sue the forwarder"
PLACE = Place(CHANNEL, WORKSPACE, SALES)


@pytest.fixture
def intake(stage: Stage) -> GuardedIntake:
    return build_intake(stage.store)


def bytes_on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("stage.db*"))


def test_what_was_said_where_nobody_listens_never_reaches_the_disk(
    stage: Stage, intake: GuardedIntake, tmp_path: Path
):
    """Not a word of it, not even in the inbox until a worker has looked at it."""
    message = stage.message(ANNA, SECRET, way_in=WayIn.LISTENED, where=SALES)
    assert intake.take(message) is False
    assert stage.store.inbox.waiting() == []
    assert SECRET.encode() not in bytes_on_disk(tmp_path)


def test_what_was_said_where_the_bot_listens_is_taken(stage: Stage, intake: GuardedIntake):
    """Opting in is what makes the difference, and only for that conversation."""
    stage.store.directory.set_listening(WORKSPACE, SALES, listening=True)
    assert intake.take(stage.message(ANNA, SECRET, way_in=WayIn.LISTENED, where=SALES))
    assert not intake.take(stage.message(ANNA, SECRET, way_in=WayIn.LISTENED, where="pricing"))


def test_opting_out_ends_it_at_once(stage: Stage, intake: GuardedIntake):
    """The next message is not taken any more."""
    for wish in (True, False):
        stage.store.directory.set_listening(WORKSPACE, SALES, listening=wish)
    assert not intake.take(stage.message(ANNA, SECRET, way_in=WayIn.LISTENED, where=SALES))


@pytest.mark.parametrize("way_in", [way for way in WayIn if way.is_addressed])
def test_what_was_said_to_the_bot_is_taken_everywhere(
    stage: Stage, intake: GuardedIntake, way_in: WayIn
):
    """Whoever addresses the bot wants something of it, listening or not."""
    assert intake.take(stage.message(ANNA, SECRET, way_in=way_in, where=SALES))


@pytest.mark.parametrize("way_in", list(WayIn))
def test_a_bot_is_never_listened_to(stage: Stage, intake: GuardedIntake, way_in: WayIn):
    """Otherwise two bots would talk to each other for ever."""
    stage.store.directory.set_listening(WORKSPACE, SALES, listening=True)
    message = stage.message(ANNA, SECRET, way_in=way_in, where=SALES)
    assert not intake.take(replace(message, from_bot=True))
    assert stage.store.inbox.waiting() == []


def test_an_edit_by_a_bot_is_not_taken(stage: Stage, intake: GuardedIntake):
    """Bots change their messages all the time."""
    edit = MessageEdited(PLACE, "m1", "another-bot", SECRET, MONDAY, "1", from_bot=True)
    assert not intake.take(edit)
    assert intake.take(replace(edit, from_bot=False))


def test_a_redelivery_is_taken_once(stage: Stage, intake: GuardedIntake):
    """Platforms send again what they think was lost."""
    message = stage.message(ANNA, SECRET, way_in=WayIn.DIRECT)
    assert intake.take(message)
    assert not intake.take(message)
    assert len(stage.store.inbox.waiting()) == 1


@pytest.mark.parametrize(
    "change",
    [
        MessageEdited(PLACE, "m1", ANNA, SECRET, MONDAY, "1"),
        MessageDeleted(PLACE, "m1", MONDAY),
    ],
    ids=["edit", "deletion"],
)
def test_a_change_is_taken_even_where_nobody_listens(intake: GuardedIntake, change: Incoming):
    """It may be of a note that was addressed to the bot there; only the worker can tell."""
    assert intake.take(change)
