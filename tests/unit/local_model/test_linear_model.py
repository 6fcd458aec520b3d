"""The two models of a note, made into one reading."""

import numpy as np
import pytest

from adapters.local_model.linear_model import Head, Layout, Reading, mixed

LAYOUT = Layout("1", (Head("captured", 0), Head("colour", 1, ("red", "green"))))


def test_both_models_count_alike() -> None:
    """The mean is one of probabilities, for a yes and for a label."""
    of_words = np.array([np.log(0.9 / 0.1), np.log(0.8), np.log(0.2)], np.float32)
    of_meaning = np.array([np.log(0.3 / 0.7), np.log(0.4), np.log(0.6)], np.float32)
    reading = Reading(LAYOUT, mixed(LAYOUT, of_words, of_meaning))
    assert reading.probability("captured") == pytest.approx(0.6, abs=1e-4)
    colour = reading.choice("colour")
    assert colour.label == "red"
    assert colour.probability == pytest.approx(0.6, abs=1e-4)


def test_scores_without_bound_give_probabilities_all_the_same() -> None:
    """A model that is too sure of itself breaks nothing."""
    scores = np.array([80.0, 3_000.0, -3_000.0], np.float32)
    found = mixed(LAYOUT, scores, scores)
    assert np.isfinite(found).all()
    assert Reading(LAYOUT, found).choice("colour").probability == pytest.approx(1, abs=1e-3)


def test_many_notes_are_mixed_as_each_alone() -> None:
    """Training measures rows at once what run time reads one by one."""
    rows = np.random.default_rng(7).normal(size=(2, 5, 3)).astype(np.float32)
    together = mixed(LAYOUT, rows[0], rows[1])
    alone = [mixed(LAYOUT, *pair) for pair in zip(rows[0], rows[1], strict=True)]
    assert np.allclose(together, alone)
