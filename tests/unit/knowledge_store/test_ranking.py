"""How two rankings become one, and vectors are held in memory."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.orm import Session

from knowledge_store.search_ranking import combined
from knowledge_store.tables import InsightVectorRow
from knowledge_store.vectors import VectorMemory
from tests.contract.stores import StoreKit, W, insight, key, note


def test_scores_are_stretched_and_count_half_each() -> None:
    """The best of a ranking counts 1, its last and what it lacks 0."""
    words, meaning = {1: 8.0, 2: 6.0, 3: 4.0}, {1: 0.1, 2: 0.3, 4: 0.2}
    assert combined((0.5, words), (0.5, meaning)) == pytest.approx(
        {1: 0.5, 2: 0.75, 3: 0.0, 4: 0.25}
    )


def test_a_ranking_that_found_nothing_does_not_count() -> None:
    """The other is not halved; one hit, or equal ones, are all the best."""
    assert combined((0.5, {}), (0.5, {1: 0.2, 2: 0.1})) == {1: 1.0, 2: 0.0}
    assert combined((0.5, {7: 3.0}), (0.5, {})) == {7: 1.0}
    assert combined((0.5, {7: 3.0, 8: 3.0}), (0.5, {})) == {7: 1.0, 8: 1.0}
    assert combined((0.5, {}), (0.5, {})) == {}


def test_only_the_best_hundred_of_a_ranking_count() -> None:
    """The stretch is over them alone."""
    scores = combined((0.5, {number: float(number) for number in range(150)}), (0.5, {}))
    assert set(scores) == set(range(50, 150))
    assert scores[50] == 0.0


def test_cosines_come_in_the_order_of_the_numbers(tmp_path: Path) -> None:
    """Whatever was asked for before, with few or many of the held ones, past the first room."""
    store = StoreKit(f"sqlite:///{tmp_path / 'earshot.db'}").store
    angles = np.linspace(0, 1, 1_500)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    store.notes.save(
        note(
            "x",
            *(insight(f"{n}", vector=v, vector_model="m") for n, v in enumerate(vectors)),
            at=key(),
        )
    )
    memory, question = VectorMemory(), np.array([1, 0], dtype=np.float32)
    with Session(store.engine) as session:
        held = np.array(sorted(session.query(InsightVectorRow.number).all()))[:, 0]
        for among in (None, held[3:5], held[::2], held[1_400:1_402], held[:0]):
            numbers, cosines = memory.cosines(session, W, "m/2", question, among)
            assert list(numbers) == list(held if among is None else among)
            expected = np.cos(angles)[np.searchsorted(held, numbers)]
            assert np.allclose(cosines, expected, atol=1e-3)
    store.close()


def test_a_ranking_that_weighs_more_decides() -> None:
    """Where words and meaning disagree, the one that is trusted more wins."""
    scores = combined((0.15, {1: 2.0, 2: 1.0}), (0.85, {1: 0.3, 2: 0.9}))
    assert scores == pytest.approx({1: 0.15, 2: 0.85})
