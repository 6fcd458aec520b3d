"""The one place where a failure is caught: a person is waiting for a reply."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.bootstrap.core import Models
from bot.domain.answer import Vector
from bot.errors import EarshotError, ImportRejected, ModelUnavailable, NotFound, StoreUnavailable
from bot.messages import Action, ConversationChanged, MessageDeleted, Place, WayIn
from bot.ports import Classification, NoteContext, Passage
from bot.services.presentation import general
from tests.fakes import MONDAY, FakeClassifier, FakeEmbedder
from tests.stage import (
    ANNA,
    CHANNEL,
    PRICING,
    SALES,
    WORKSPACE,
    EnglishDetector,
    Stage,
    raise_curtain,
)

SECRET = "Novara is about to sue the forwarder"


class BrokenClassifier:
    """Fails on every note, and says the note's words while it does."""

    def __init__(self, error: type[Exception] = RuntimeError) -> None:
        self._error = error

    def classify(self, text: str, context: NoteContext) -> Classification:
        raise self._error(f"cannot read {text!r}")


class BrokenEmbedder(FakeEmbedder):
    """Fails on every text, and says it."""

    def embed(self, passages: Sequence[Passage]) -> list[Vector]:
        raise RuntimeError(f"cannot embed {passages!r}")

    def embed_question(self, question: str, earlier: str = "") -> Vector:
        raise RuntimeError(f"cannot embed {question!r}")


def staged(folder: Path, models: Models) -> Iterator[Stage]:
    stage = raise_curtain(folder, models=models)
    yield stage
    stage.store.close()


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Stage]:
    yield from staged(tmp_path, Models(BrokenClassifier(), BrokenEmbedder(), EnglishDetector()))


@pytest.fixture
def without_model(tmp_path: Path) -> Iterator[Stage]:
    classifier = FakeClassifier(ModelUnavailable("no answer"))
    yield from staged(tmp_path, Models(classifier, FakeEmbedder(), EnglishDetector()))


@pytest.fixture
def without_store(tmp_path: Path) -> Iterator[Stage]:
    classifier = BrokenClassifier(StoreUnavailable)
    yield from staged(tmp_path, Models(classifier, FakeEmbedder(), EnglishDetector()))


def test_a_note_is_kept_unread_whatever_failed(broken: Stage):
    """What was told is safe, and the person knows that it was not understood."""
    (reply,) = broken.say(ANNA, SECRET, way_in=WayIn.NOTE_COMMAND)

    (record,) = broken.notes()
    assert (record.note.text, record.note.author_id) == (SECRET, ANNA)
    assert record.insights == ()
    assert "Your note is kept, but I could not read it" in reply.plain_text
    assert [button.action for button in reply.buttons] == [Action.UNDO]


def test_a_note_that_no_model_could_read_is_kept_unread(without_model: Stage):
    """The same where the classifier says itself that it has no answer."""
    (reply,) = without_model.say(ANNA, SECRET, way_in=WayIn.NOTE_COMMAND)
    assert [record.note.text for record in without_model.notes()] == [SECRET]
    assert "kept" in reply.plain_text


def test_a_failed_question_gets_an_apology_with_a_reference(broken: Stage):
    """The person can try again, and the administrator can find it in the log."""
    reply = broken.ask(ANNA, "what does Novara plan?", message_id="q7")
    assert "Something went wrong on our side" in reply.plain_text
    assert "q7" in reply.plain_text
    assert broken.notes() == []


def test_a_listened_message_that_failed_is_raised_again_and_not_stored(broken: Stage):
    """Nobody asked for it to be kept: it waits in the inbox until it can be read."""
    with pytest.raises(RuntimeError):
        broken.say(ANNA, SECRET, way_in=WayIn.LISTENED, where=SALES)
    assert broken.notes() == []


@pytest.mark.parametrize("way_in", [WayIn.NOTE_COMMAND, WayIn.ASK_COMMAND])
def test_the_log_names_the_place_and_the_error_but_no_word_of_a_person(
    broken: Stage, caplog: pytest.LogCaptureFixture, way_in: WayIn
):
    """Messages of errors can hold a note; whoever reads logs is no reader of notes."""
    with caplog.at_level(logging.DEBUG):
        broken.say(ANNA, SECRET, way_in=way_in)
    assert "RuntimeError" in caplog.text
    assert "classify" in caplog.text or "embed" in caplog.text
    assert "sue the forwarder" not in caplog.text


def test_what_is_worth_another_try_is_raised(without_store: Stage):
    """The engine tries again; a reply now would be about nothing."""
    with pytest.raises(StoreUnavailable):
        without_store.say(ANNA, SECRET, way_in=WayIn.NOTE_COMMAND)
    assert without_store.notes() == []


@pytest.mark.parametrize("action", list(Action))
def test_every_action_is_handled_and_an_unknown_id_looks_gone(
    stage: Stage, action: Action, caplog: pytest.LogCaptureFixture
):
    """No button leads nowhere, and what does not exist looks as what one may not see."""
    reply = stage.act(ANNA, action, "no-such-id", knowledge_type="about")
    assert reply == general.gone()
    assert caplog.records == []


def test_a_press_that_fails_is_apologised_for(broken: Stage):
    """A person waits here, too."""
    broken.say(ANNA, SECRET, way_in=WayIn.NOTE_COMMAND)
    note_id = broken.notes()[0].note.id
    reply = broken.act(ANNA, Action.ANSWER_INSTEAD, note_id)
    assert "Something went wrong on our side" in reply.plain_text


def test_a_deletion_and_a_change_of_members_are_answered_with_nothing(stage: Stage):
    """They ask for nothing."""
    place = Place(CHANNEL, WORKSPACE, PRICING)
    assert stage.handler.handle(MessageDeleted(place, "m1", MONDAY)) == ()
    assert stage.handler.handle(ConversationChanged(place, "c1")) == ()


@pytest.mark.parametrize(
    ("way_in", "text", "thread", "depends"),
    [
        (WayIn.DIRECT, "Novara wants the reports earlier", None, False),
        (WayIn.DIRECT, "who decides at Novara?", None, True),
        (WayIn.ASK_COMMAND, "Novara decision maker", None, True),
        (WayIn.NOTE_COMMAND, "who decides at Novara? Keller.", None, False),
        (WayIn.LISTENED, "who decides at Novara?", None, False),
        (WayIn.LISTENED, "same here", "m1", True),
    ],
)
def test_questions_and_replies_in_threads_depend_on_what_came_before(
    stage: Stage, way_in: WayIn, text: str, thread: str | None, depends: bool
):
    """A note that stands alone need not wait for others."""
    message = stage.message(ANNA, text, way_in=way_in, thread=thread)
    assert stage.handler.depends_on_earlier(message) is depends


def test_every_error_tells_what_to_do_next():
    """Its message is the first paragraph of its docstring, a sentence, then the detail."""
    assert str(NotFound()) == "There is nothing by this name that you may see."
    for error in {EarshotError, *EarshotError.__subclasses__()} - {ImportRejected}:
        message = str(error("x"))
        assert message.endswith("(x)")
        assert message[0].isupper()
        assert "\n" not in message
