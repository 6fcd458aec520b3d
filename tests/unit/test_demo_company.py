"""The demonstration company settles once, however often the product starts."""

from pathlib import Path

import pytest

from adapters.web.playground.channel import PlaygroundChannel
from bot.bootstrap.core import WORKSPACE, Models
from bot.bootstrap.demo import settle_demo_company
from bot.demo import load_demo
from bot.domain.insight import Facets, InsightDraft
from bot.domain.taxonomy import KnowledgeType
from bot.intake import GuardedIntake
from bot.messages import WayIn
from bot.ports import Classification, NoteContext
from tests.fakes import MONDAY, FakeEmbedder
from tests.stage import EnglishDetector, Stage, raise_curtain

MESSAGES = load_demo(workspace=WORKSPACE, channel=PlaygroundChannel.name, now=MONDAY).messages
TAKEN_FOR_NOTES = {message.text for message in MESSAGES[1::2]}
KEPT = TAKEN_FOR_NOTES | {message.text for message in MESSAGES if message.way_in is WayIn.MENTION}


class EveryOtherIsANote:
    """Takes every other message for a note, the last one too, and the rest for chatter."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def classify(self, text: str, context: NoteContext) -> Classification:
        self.asked.append(text)
        draft = InsightDraft(text, Facets(KnowledgeType.ABOUT))
        return Classification((draft,) if text in TAKEN_FOR_NOTES else (), "fake/1")


@pytest.fixture
def classifier() -> EveryOtherIsANote:
    return EveryOtherIsANote()


@pytest.fixture
def office(tmp_path: Path, classifier: EveryOtherIsANote):
    stage = raise_curtain(tmp_path, models=Models(classifier, FakeEmbedder(), EnglishDetector()))
    yield stage
    stage.store.close()


def start(office: Stage) -> str:
    """Start the product with its demonstration, as a new process does."""
    store = office.store
    playground = PlaygroundChannel(
        intake=GuardedIntake(store.inbox, store.directory, store.attached_files),
        directory=store.directory,
        clock=office.clock,
        workspace=WORKSPACE,
    )
    return settle_demo_company(playground, store, office.handler, office.clock)


def test_the_company_says_everything_at_the_first_start(
    office: Stage, classifier: EveryOtherIsANote
):
    """Each message is read once, and what is a note is kept."""
    said = start(office)
    assert classifier.asked == [message.text for message in MESSAGES]
    assert {record.note.text for record in office.notes()} == KEPT
    assert f"{len(KEPT)} notes are kept" in said


def test_a_second_start_reads_nothing_again(office: Stage, classifier: EveryOtherIsANote):
    """Neither the notes, which are there, nor the chatter, which was read and dropped."""
    first = start(office)
    classifier.asked.clear()
    assert start(office) == first
    assert classifier.asked == []


def test_a_start_that_was_interrupted_is_completed(office: Stage, classifier: EveryOtherIsANote):
    """What was said up to the last note is not read again, the rest is."""
    start(office)
    for message in MESSAGES[10:]:
        office.store.notes.hide(message.key, at=office.clock.now(), reason="deleted")
    classifier.asked.clear()
    start(office)
    assert classifier.asked == [message.text for message in MESSAGES[10:]]
