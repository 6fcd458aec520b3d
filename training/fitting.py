"""Fits the half of the classifier that reads words: logistic regression over n-grams."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from adapters.local_model.features import extract
from adapters.local_model.linear_model import Head, Layout, Scores, Vocabulary
from training.labelled_notes import LabelledNote
from training.questions import YES, HeadQuestion

VERSION = "2026-11"

# A feature that fewer companies share is a name or a product, however often it occurs.
_FEWEST_COMPANIES = 3

# What scikit-learn calls C: the larger, the closer the fit. From 2 to 10 little changes.
_INVERSE_REGULARISATION = 4.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """The fitted half: `coefficients` are (known features, columns)."""

    layout: Layout
    vocabulary: Vocabulary
    coefficients: NDArray[np.float32]
    intercept: NDArray[np.float32]

    def scores(self, notes: Sequence[LabelledNote]) -> Scores:
        """Score notes by their words, as the run-time model would."""
        return np.asarray(_matrix(self.vocabulary, notes) @ self.coefficients + self.intercept)


def fit(questions: Sequence[HeadQuestion], notes: Sequence[LabelledNote]) -> Fitted:
    """Fit every question on the notes it applies to."""
    vocabulary = build_vocabulary(notes)
    matrix = _matrix(vocabulary, notes)
    heads: list[Head] = []
    columns: list[NDArray[np.float32]] = []
    intercepts: list[NDArray[np.float32]] = []
    for question in questions:
        model = _fit_head(question, notes, matrix)
        labels = () if question.is_yes_no else tuple(str(label) for label in model.classes_)
        heads.append(Head(question.name, sum(len(i) for i in intercepts), labels))
        columns.append(model.coef_.T.astype(np.float32))
        intercepts.append(model.intercept_.astype(np.float32))
    layout = Layout(VERSION, tuple(heads))
    return Fitted(layout, vocabulary, np.hstack(columns), np.concatenate(intercepts))


def build_vocabulary(notes: Sequence[LabelledNote]) -> Vocabulary:
    """The features that enough companies share, and their inverse document frequency."""
    companies: defaultdict[int, set[str]] = defaultdict(set)
    documents: Counter[int] = Counter()
    for labelled in notes:
        for counts in extract(labelled.note).counts:
            documents.update(counts.keys())
            for feature in counts:
                companies[feature].add(labelled.company)
    shared = sorted(f for f, users in companies.items() if len(users) >= _FEWEST_COMPANIES)
    rarity = [math.log((1 + len(notes)) / (1 + documents[feature])) + 1 for feature in shared]
    return Vocabulary(np.array(shared, np.uint32), np.array(rarity, np.float32))


def _matrix(vocabulary: Vocabulary, notes: Sequence[LabelledNote]) -> csr_matrix:
    rows = [vocabulary.row(labelled.note) for labelled in notes]
    starts = np.cumsum([0, *(len(places) for places, _ in rows)])
    values = np.concatenate([values for _, values in rows])
    places = np.concatenate([places for places, _ in rows])
    return csr_matrix((values, places, starts), shape=(len(notes), len(vocabulary.hashes)))


def _fit_head(
    question: HeadQuestion, notes: Sequence[LabelledNote], matrix: csr_matrix
) -> LogisticRegression:
    chosen = [place for place, labelled in enumerate(notes) if question.applies(labelled)]
    answers = np.array([question.answer(notes[place]) for place in chosen])
    if question.is_yes_no:
        answers = answers == YES
    model = LogisticRegression(
        C=_INVERSE_REGULARISATION, class_weight="balanced", max_iter=300, tol=1e-3
    )
    return model.fit(matrix[chosen], answers)
