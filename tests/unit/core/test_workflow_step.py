"""A step of a workflow saves a note of who runs it, and the workflow is told how it went."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bootstrap.core import Models
from bot.domain.audience import Audience
from bot.domain.insight import Facets, InsightDraft
from bot.domain.people import ConversationKind
from bot.domain.taxonomy import KnowledgeType
from bot.errors import MessageUnavailable
from bot.messages import Outcome, Place, Reply, StepRun
from bot.ports import Classification, NoteContext
from tests.fakes import FakeEmbedder
from tests.stage import (
    ANNA,
    BEN,
    CARLA,
    CHANNEL,
    PRICING,
    PUBLIC_URL,
    SALES,
    WORKSPACE,
    EnglishDetector,
    Stage,
    raise_curtain,
)

SAID = "Novara wants PDF reports"


def run(
    stage: Stage,
    text: str = SAID,
    *,
    person: str = ANNA,
    where: str | None = None,
    run_id: str = "Fx1",
    **more: str,
) -> StepRun:
    """A run in which the classifier takes the words for one insight."""
    draft = InsightDraft(text, Facets(KnowledgeType.FROM))
    stage.classifier.answers.append(Classification((draft,), "fake/1"))
    direct = Place(CHANNEL, WORKSPACE, f"dm-{person}", ConversationKind.DIRECT)
    return StepRun(
        place=Place(CHANNEL, WORKSPACE, where) if where else direct,
        run_id=run_id,
        person_id=person,
        text=text,
        ran_at=stage.clock.now(),
        is_for_conversation=where is not None,
        **more,
    )


def saved(stage: Stage, happened: StepRun) -> tuple[tuple[Reply, ...], Outcome]:
    """What the person is told, and what the workflow is told."""
    *replies, last = stage.handler.handle(happened)
    assert last.outcome is not None
    return tuple(replies), last.outcome


def may_see(stage: Stage, person: str) -> bool:
    (record,) = stage.notes()
    audience = Audience.of_person(WORKSPACE, person)
    return stage.store.notes.get(record.note.id, audience) is not None


def test_the_note_is_of_the_person_who_runs_it_and_theirs_alone(stage: Stage):
    """They are told as after any note; the workflow gets it in a line, with the customer's link."""
    customer = stage.customer("Novara Pharma", "Novara")

    (reply,), outcome = saved(stage, run(stage))

    (record,) = stage.notes()
    assert (record.note.author_id, record.note.text) == (ANNA, SAID)
    assert outcome.summary == "Noted for Novara Pharma. From the customer · heard (acquisition)."
    assert (outcome.link, outcome.problem) == (f"{PUBLIC_URL}/customers/{customer}", "")
    assert [button.label for button in reply.buttons] == ["Change", "Undo"]
    assert may_see(stage, ANNA)
    assert not may_see(stage, BEN)


def test_with_a_channel_its_members_may_know_it(stage: Stage):
    """Where whoever runs it is one of them."""
    saved(stage, run(stage, where=PRICING))

    assert may_see(stage, BEN)
    assert not may_see(stage, CARLA)


@pytest.mark.parametrize("where", [PRICING, "unheard-of"])
def test_nothing_is_saved_where_the_person_is_not(stage: Stage, where: str):
    """A channel that does not exist, and one that Carla may not know of, look the same."""
    replies, outcome = saved(stage, run(stage, person=CARLA, where=where))

    assert (replies, stage.notes()) == ((), [])
    assert outcome.problem.startswith("Earshot can save this only in a channel where")


def test_words_of_somebody_else_are_a_quotation(stage: Stage):
    """A workflow may name anybody; nobody is made to have said what they did not."""
    saved(stage, run(stage, said_by_id=BEN))

    (record,) = stage.notes()
    assert record.note.author_id == ANNA
    assert record.note.text == f"“{SAID}” — Ben"


def test_ones_own_words_are_none(stage: Stage):
    """Whoever runs it may also be named as who said it."""
    saved(stage, run(stage, said_by_id=ANNA))

    assert stage.notes()[0].note.text == SAID


def test_a_named_customer_is_linked_where_the_words_name_none(stage: Stage):
    """What the person is told says so, too."""
    stage.customer("Novara Pharma", "Novara")

    (reply,), outcome = saved(stage, run(stage, "They want PDF reports", customer=" novara "))

    assert "Noted for Novara Pharma" in reply.plain_text
    assert not reply.replaces_source
    assert outcome.summary.startswith("Noted for Novara Pharma. ")


def test_what_the_words_say_themselves_counts_more(stage: Stage):
    """The workflow's field is filled in once for all notes."""
    stage.customer("Novara Pharma", "Novara")
    stage.customer("Kestrel")

    _, outcome = saved(stage, run(stage, customer="Kestrel"))

    assert outcome.summary.startswith("Noted for Novara Pharma. ")


def test_an_unknown_customer_is_told_of_and_the_note_is_kept(stage: Stage):
    """A typing error in a workflow costs no note."""
    _, outcome = saved(stage, run(stage, "They want PDF reports", customer="Novra"))

    assert "I do not know which customer “Novra” is." in outcome.summary
    assert len(stage.notes()) == 1


def test_a_name_that_two_customers_have_links_to_neither(stage: Stage):
    """Nobody is there to be asked which one is meant."""
    for name in ("Novara Pharma", "Novara Foods"):
        stage.customer(name, "NVR")

    _, outcome = saved(stage, run(stage, "They want PDF reports", customer="NVR"))

    assert outcome.summary.startswith("Noted, not linked to a customer")
    assert "I do not know which customer “NVR” is." in outcome.summary


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "no text"), (" \n", "no text"), ("x" * 40_001, "40\u202f001 characters")],
)
def test_what_cannot_be_a_note_is_said_to_the_workflow(stage: Stage, text: str, reason: str):
    """In plain words, and nothing is saved."""
    replies, outcome = saved(stage, run(stage, text))

    assert reason in outcome.problem
    assert (replies, stage.notes()) == ((), [])


@pytest.mark.parametrize("person", ["", "mallory"])
def test_what_no_person_of_ours_runs_is_nobodys_note(stage: Stage, person: str):
    """A schedule, a program, or another organisation's person."""
    _, outcome = saved(stage, run(stage, person=person))

    assert "one of your own people has to start" in outcome.problem
    assert stage.notes() == []


def test_the_same_run_again_is_the_same_note(stage: Stage):
    """A job may run twice, and Slack may send twice."""
    first, again = run(stage), run(stage)
    _, one = saved(stage, first)
    _, two = saved(stage, again)

    assert first.delivery_key == again.delivery_key
    assert one == two
    assert len(stage.notes()) == 1


def test_a_platform_that_cannot_be_reached_is_asked_again(stage: Stage):
    """Whether the person is one of ours is not guessed."""

    def unreachable(workspace: str, person_id: str) -> bool:
        raise MessageUnavailable("no answer in time")

    stage.source.is_ours = unreachable  # the platform is away
    with pytest.raises(MessageUnavailable):
        stage.handler.handle(run(stage))


class Broken:
    """A classifier that fails on every note."""

    def classify(self, text: str, context: NoteContext) -> Classification:
        raise RuntimeError(text)


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Stage]:
    stage = raise_curtain(tmp_path, models=Models(Broken(), FakeEmbedder(), EnglishDetector()))
    yield stage
    stage.store.close()


def test_words_that_cannot_be_read_are_kept_and_the_workflow_goes_on(broken: Stage):
    """The workflow does not wait for ever, and nothing is lost."""
    _, outcome = saved(broken, run(broken))

    assert [record.note.text for record in broken.notes()] == [SAID]
    assert outcome.problem == ""


def test_a_failure_does_not_save_what_may_not_be_saved(broken: Stage):
    """Carla is not in this channel, whatever fails."""
    _, outcome = saved(broken, run(broken, person=CARLA, where=PRICING))

    assert outcome.problem
    assert broken.notes() == []


def test_a_public_channel_takes_notes_of_its_members(stage: Stage):
    """Then everybody of the workspace may know."""
    saved(stage, run(stage, where=SALES))

    assert may_see(stage, CARLA)
