"""What is added to the heads, and what heads are worth."""

import numpy as np
import pytest

from adapters.local_model.encoder import DIMENSIONS
from adapters.local_model.head_fitting import (
    Penalties,
    Scale,
    answers,
    are_right,
    fit,
    macro_f1,
    scores_with,
    surprise,
)
from adapters.local_model.labelled import SILENT, Labelled
from adapters.local_model.linear_model import Head, Heads, Layout, Reading
from tests.unit.local_model.labelled_notes import (
    KNOWLEDGE_TYPE,
    LAYOUT,
    SIGNAL,
    SIGNAL_COLUMNS,
    TYPE_COLUMNS,
    favouring,
    notes_right_for,
    only,
    some_heads,
)

TINY = Layout("1", (Head("is_big", 0, threshold=0.3), Head("colour", 1, ("blue", "red"))))
SHIPPED = some_heads()


def everywhere(penalty: float) -> Penalties:
    return np.full(len(LAYOUT.heads), penalty)


def fitted(notes: Labelled, penalties: Penalties) -> Heads:
    return fit(LAYOUT, SHIPPED, notes, Scale.of(notes.means), penalties)


def loss(notes: Labelled, added: Heads, penalty: float) -> float:
    """What fitting is to make small, for the head of the knowledge type; written out once more."""
    scores = (SHIPPED + added).scores(notes.means)[:, TYPE_COLUMNS].astype(np.float64)
    right = notes.labels[:, KNOWLEDGE_TYPE]
    likely = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    scale = Scale.of(notes.means)
    weight = added.weight[:, TYPE_COLUMNS] * scale.spread
    intercept = (added.intercept + scale.centre @ added.weight)[TYPE_COLUMNS]
    size = (weight**2).sum() + (intercept**2).sum()
    return float(-np.log(likely[np.arange(len(notes)), right]).mean() + penalty / 2 * size)


def test_answers_are_those_of_a_reading() -> None:
    """Many notes at once are answered as each is at run time, thresholds and all."""
    scores = np.random.default_rng(3).normal(0, 2, (50, TINY.columns)).astype(np.float32)
    readings = [Reading(TINY, row) for row in scores]
    expected = [
        [int(one.says_yes("is_big")), ("blue", "red").index(one.choice("colour").label)]
        for one in readings
    ]
    assert answers(TINY, scores).tolist() == expected


def test_a_note_that_says_nothing_on_a_head_is_neither_right_nor_wrong() -> None:
    """It counts for the other heads only."""
    scores = np.array([[2, 3, 1], [2, 3, 1]], np.float32)
    labels = np.array([[1, SILENT], [0, 0]], np.int8)
    notes = Labelled(scores, np.zeros((2, DIMENSIONS), np.float32), labels)
    assert are_right(TINY, scores, notes).tolist() == [[True, False], [False, True]]
    of_yes, of_blue = 1 / (1 + np.exp(-2)), 3
    expected = [-np.log(of_yes) - np.log(1 - of_yes), -of_blue]
    assert surprise(TINY, scores, notes) == pytest.approx(expected)


def test_macro_f1_is_the_mean_over_labels_on_the_notes_that_tell() -> None:
    """By hand: yes has precision 1/2 and recall 1, no has 1 and 1/2; the colours are all right."""
    scores = np.array([[9, 9, 0], [9, 0, 9], [-9, 9, 0], [-9, 0, 9]], np.float32)
    labels = np.array([[1, 0], [0, 1], [0, 0], [SILENT, SILENT]], np.int8)
    notes = Labelled(scores, np.zeros((4, DIMENSIONS), np.float32), labels)
    assert macro_f1(TINY, scores, notes) == pytest.approx([2 / 3, 1])


def test_what_is_fitted_cannot_be_made_better_by_a_small_change() -> None:
    """The problem is convex, so that this is its one solution."""
    notes = only(notes_right_for(SHIPPED + favouring(2, 3), 60, seed=2), KNOWLEDGE_TYPE)
    added = fitted(notes, everywhere(0.05))
    least = loss(notes, added, 0.05)
    nothing = favouring(0, 0)
    assert least < loss(notes, nothing, 0.05)
    luck = np.random.default_rng(5)
    for _ in range(30):
        change = favouring(0, 0)
        change.weight[:, TYPE_COLUMNS] = luck.normal(0, 1e-2, (DIMENSIONS, 3))
        change.intercept[TYPE_COLUMNS] = luck.normal(0, 1e-1, 3)
        assert loss(notes, added + change, 0.05) > least


def test_corrections_that_agree_are_learned() -> None:
    """Notes of the same kind that were not learned from are read better, too."""
    truth = SHIPPED + favouring(2, 4)
    added = fitted(notes_right_for(truth, 80, seed=2), everywhere(0.01))
    others = notes_right_for(truth, 200, seed=9)
    before, after = (
        are_right(LAYOUT, scores_with(LAYOUT, heads, others), others)[:, KNOWLEDGE_TYPE].mean()
        for heads in (SHIPPED, SHIPPED + added)
    )
    assert after > before + 0.1


def test_only_heads_that_notes_speak_of_are_changed() -> None:
    """Silence teaches nothing."""
    notes = only(notes_right_for(some_heads(seed=8), 30, seed=2), SIGNAL)
    added = fitted(notes, everywhere(0.01))
    assert np.abs(added.weight[:, SIGNAL_COLUMNS]).max() > 0
    added.weight[:, SIGNAL_COLUMNS] = 0
    added.intercept[SIGNAL_COLUMNS] = 0
    assert not added.weight.any()
    assert not added.intercept.any()


def test_the_dearer_an_addition_is_the_less_is_added() -> None:
    """Down to nothing at all, whatever the notes say."""
    notes = notes_right_for(some_heads(seed=8), 30, seed=2)
    sizes = [np.abs(fitted(notes, everywhere(p)).weight).sum() for p in (0.01, 0.1, 1, np.inf)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 0


def test_no_notes_add_nothing() -> None:
    """A fold may leave none."""
    notes = notes_right_for(SHIPPED, 10, seed=2).at(np.array([], np.intp))
    added = fit(LAYOUT, SHIPPED, notes, Scale.of(np.ones((2, DIMENSIONS))), everywhere(0.01))
    assert not added.weight.any()


def test_scaled_heads_say_the_same_of_means_as_they_are() -> None:
    """What is fitted on scaled means is added to heads for unscaled ones."""
    means = np.random.default_rng(4).normal(3, 2, (20, DIMENSIONS)).astype(np.float32)
    added = np.random.default_rng(5).normal(0, 0.1, (DIMENSIONS + 1, 4)).astype(np.float32)
    scale = Scale.of(means)
    assert np.allclose(scale.scaled(means) @ added, scale.unscaled(added).scores(means), atol=1e-4)
