"""Learning from corrections: what they say, and what is made of them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from adapters.local_model.adjustment import adjustment_name
from adapters.local_model.classifier import LocalClassifier
from adapters.local_model.facets import confidence_in
from adapters.local_model.labelled import SILENT, Labelled
from adapters.local_model.linear_model import NoteModel, Reading, mixed
from adapters.local_model.retraining import Learning, folds_of, labels_of
from bot.domain.insight import Facets
from bot.domain.taxonomy import (
    Certainty,
    KnowledgeType,
    Moment,
    MomentDirection,
    ProcessStage,
    Signal,
    Topic,
    UseKind,
)
from bot.ports import Proposal
from tests.unit.local_model.company import CUSTOMERS, context
from tests.unit.local_model.labelled_notes import (
    CAPTURED,
    KNOWLEDGE_TYPE,
    LAYOUT,
    SIGNAL,
    favouring,
    notes_right_for,
    only,
    some_heads,
)

SHIPPED = some_heads()
TRUTH = SHIPPED + favouring(2, 4)
NOTES = 40
FOLDS = folds_of([f"n{number}" for number in range(NOTES)])


def told(facets: Facets) -> dict[str, str | bool]:
    """What facets say, by the names of heads; nothing is left out where nothing is said."""
    places = labels_of(LAYOUT, facets)
    return {
        head.name: head.labels[place] if head.labels else bool(place)
        for head, place in zip(LAYOUT.heads, places, strict=True)
        if place != SILENT
    }


def proposal(notes: Labelled, held_out: Labelled) -> Proposal:
    return Learning(LAYOUT, SHIPPED, held_out).proposal(notes, FOLDS)


def shares(notes: Labelled, held_out: Labelled, facet: str) -> tuple[float, float]:
    (found,) = [one for one in proposal(notes, held_out).corrections if one.facet == facet]
    return found.before, found.after


def test_a_use_with_a_moment_speaks_of_every_head_but_one() -> None:
    """What is corrected was captured: of chatter it says nothing."""
    facets = Facets(
        KnowledgeType.FROM,
        ProcessStage.UTILIZATION,
        UseKind.KNOWLEDGE_ENHANCING,
        Signal.COMPLAINT,
        (Topic.PRICE, Topic.QUALITY),
        Moment.CONTRACT_EVENT,
        MomentDirection.THREAT,
        Certainty.INFERRED,
    )
    assert told(facets) == {
        "knowledge_type": "from",
        "process_stage": "utilization",
        "action_oriented": False,
        "signal": "complaint",
        "certainty": "inferred",
        "has_moment": True,
        "moment": "contract_event",
        "moment_direction": "threat",
        **{f"topic {t.value}": t in (Topic.PRICE, Topic.QUALITY) for t in Topic},
    }


def test_what_a_statement_has_not_says_nothing_of_its_kind() -> None:
    """No use, no signal and no moment: the first and the last leave the heads behind them out."""
    found = told(Facets(KnowledgeType.ABOUT))
    assert found["signal"] == "none"
    assert found["has_moment"] is False
    assert not {"action_oriented", "moment", "moment_direction"} & found.keys()


def test_a_label_that_the_model_was_never_taught_says_nothing() -> None:
    """A newer value of the taxonomy stops nobody from learning the rest."""
    facets = Facets(
        KnowledgeType.ABOUT,
        moment=Moment.COST_PROGRAMME,
        moment_direction=MomentDirection.OPEN,
    )
    found = told(facets)
    assert "moment" not in found
    assert found["has_moment"] is True


def test_the_insights_of_a_note_are_left_out_together() -> None:
    """Else a note would be measured by what was learned from itself."""
    folds = folds_of([f"n{number // 2}" for number in range(40)])
    assert all(folds[place] == folds[place + 1] for place in range(0, 40, 2))
    assert Counter(folds.tolist()) == dict.fromkeys(range(5), 8)


@pytest.mark.slow
def test_a_way_of_speaking_that_the_firm_corrects_alike_is_learned() -> None:
    """Corrections that were left out are read better, and other companies' notes no worse."""
    found = proposal(notes_right_for(TRUTH, NOTES, seed=2), notes_right_for(TRUTH, 300, seed=3))
    (types,) = [one for one in found.corrections if one.facet == "knowledge_type"]
    assert types.notes == NOTES
    assert types.after > types.before
    assert all(one.after >= one.before for one in found.held_out)
    assert found.name == adjustment_name(found.content)


@pytest.mark.slow
def test_what_would_harm_other_companies_is_not_learned() -> None:
    """However much it would help here."""
    notes, held_out = notes_right_for(TRUTH, NOTES, seed=2), notes_right_for(SHIPPED, 300, seed=3)
    before, after = shares(only(notes, KNOWLEDGE_TYPE), held_out, "knowledge_type")
    assert before < 0.9
    assert after == before


@pytest.mark.slow
def test_corrections_without_rhyme_are_not_taken_for_learned() -> None:
    """Forty notes in 384 dimensions can be learned by heart, which says nothing."""
    notes = notes_right_for(SHIPPED, NOTES, seed=2)
    notes.labels[:, KNOWLEDGE_TYPE] = np.random.default_rng(7).integers(0, 3, NOTES)
    before, after = shares(
        only(notes, KNOWLEDGE_TYPE), notes_right_for(TRUTH, 300, seed=3), "knowledge_type"
    )
    assert after <= before + 0.05


def test_each_head_has_its_own_say() -> None:
    """That one cannot be learned keeps none of the others from it."""
    held_out = notes_right_for(SHIPPED, 300, seed=3)
    right_for_all = notes_right_for(TRUTH, 300, seed=3)
    held_out.labels[:, KNOWLEDGE_TYPE] = right_for_all.labels[:, KNOWLEDGE_TYPE]
    notes = notes_right_for(TRUTH + favouring(13, 4), NOTES, seed=2)
    chosen = Learning(LAYOUT, SHIPPED, held_out).chosen(notes, FOLDS)
    assert np.isfinite(chosen[KNOWLEDGE_TYPE])
    assert np.isinf(chosen[[SIGNAL, CAPTURED]]).all()


def test_a_note_is_learned_from_as_it_was_read(classifier: LocalClassifier) -> None:
    """By the same words, masked alike, with its thread, its place and whom it is on."""
    text = "Petra complained that our deviation reports come too late to be of any use to them"
    read_with = context("Petra asked for the reports")
    seen = classifier.impression(text, text, read_with)
    (draft,) = classifier.classify(text, read_with).insights
    model = NoteModel()
    scores = mixed(model.layout, seen.of_words, model.heads.scores(seen.mean))
    assert draft.confidence == confidence_in(Reading(model.layout, scores))


def test_of_a_note_on_two_customers_only_the_part_is_learned_from(
    classifier: LocalClassifier,
) -> None:
    """The labels are on that statement, and so are the words."""
    first = "Novara complained that our last delivery came two weeks late and half empty."
    second = "Brixholm told us they will buy a second filling line from us in March."
    read_with = replace(context(), linked=CUSTOMERS)
    part = classifier.impression(f"{first} {second}", second, read_with)
    alone = classifier.impression(second, second, read_with)
    whole = classifier.impression(f"{first} {second}", f"{first} {second}", read_with)
    assert np.array_equal(part.mean, alone.mean)
    assert np.array_equal(part.of_words, alone.of_words)
    assert not np.array_equal(whole.mean, alone.mean)
