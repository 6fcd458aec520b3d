"""What held-out predictions are worth: the scores, and the thresholds read off them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, f1_score

from adapters.local_model.linear_model import Layout, Reading, Scores
from training.asked_questions import AskedQuestion
from training.labelled_notes import LabelledNote
from training.questions import NO, YES, HeadQuestion, head_questions

_THRESHOLDS = np.arange(0.2, 0.81, 0.02)


@dataclass(frozen=True, slots=True)
class HeadScore:
    """Macro-F1 of a head over notes; for a yes/no head also precision and recall of yes."""

    name: str
    notes: int
    macro_f1: float
    precision: float | None = None
    recall: float | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Of notes given about this confidence, how many had type and stage right."""

    confidence: float
    share_right: float
    notes: int


def score_head(
    question: HeadQuestion, notes: Sequence[LabelledNote], scores: Scores, layout: Layout
) -> HeadScore:
    """Compare a head's answers with the labels, on the notes it applies to."""
    chosen = [place for place, labelled in enumerate(notes) if question.applies(labelled)]
    right = [question.answer(notes[place]) for place in chosen]
    given = [answer(question, Reading(layout, scores[place])) for place in chosen]
    macro_f1 = float(f1_score(right, given, average="macro"))
    if not question.is_yes_no:
        return HeadScore(question.name, len(chosen), macro_f1)
    both = sum(r == g == YES for r, g in zip(right, given, strict=True))
    return HeadScore(
        question.name,
        len(chosen),
        macro_f1,
        precision=both / max(1, given.count(YES)),
        recall=both / max(1, right.count(YES)),
    )


def answer(question: HeadQuestion, reading: Reading) -> str:
    """What the classifier answers to a question."""
    if question.is_yes_no:
        return YES if reading.says_yes(question.name) else NO
    return reading.choice(question.name).label


def with_thresholds(
    layout: Layout,
    questions: Sequence[HeadQuestion],
    notes: Sequence[LabelledNote],
    scores: Scores,
) -> Layout:
    """The layout with each yes/no head's threshold as these held-out scores advise."""
    by_name = {question.name: question for question in questions}
    return replace(
        layout,
        heads=tuple(
            head
            if head.labels
            else replace(
                head, threshold=_best_threshold(by_name[head.name], notes, scores[:, head.column])
            )
            for head in layout.heads
        ),
    )


def _best_threshold(
    question: HeadQuestion, notes: Sequence[LabelledNote], column: NDArray[np.float32]
) -> float:
    applies = np.array([question.applies(labelled) for labelled in notes])
    right = np.array([question.answer(labelled) == YES for labelled in notes])[applies]
    probabilities = 1 / (1 + np.exp(-column[applies]))
    if question.least_precision is not None:
        return _precise_threshold(question.least_precision, right, probabilities)
    worth = [f1_score(right, probabilities >= t, average="macro") for t in _THRESHOLDS]
    # Neighbours smooth out the luck of single notes.
    smooth = np.convolve(np.pad(worth, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return round(float(_THRESHOLDS[int(smooth.argmax())]), 2)


def _precise_threshold(
    least: float, right: NDArray[np.bool_], probabilities: NDArray[np.float32]
) -> float:
    """The lowest threshold that is precise enough, or the highest there is."""
    precise = [t for t in _THRESHOLDS if right[probabilities >= t].mean() >= least]
    return round(float(min(precise, default=_THRESHOLDS[-1])), 2)


def calibration(
    notes: Sequence[LabelledNote], scores: Scores, layout: Layout
) -> tuple[Calibration, ...]:
    """Insights in five equal bins by confidence in type and stage."""
    measured: list[tuple[float, bool]] = []
    for labelled, row in zip(notes, scores, strict=True):
        if labelled.is_insight:
            reading = Reading(layout, row)
            kind, stage = reading.choice("knowledge_type"), reading.choice("process_stage")
            is_right = (kind.label, stage.label) == (
                labelled.knowledge_type,
                labelled.process_stage,
            )
            measured.append((kind.probability * stage.probability, is_right))
    measured.sort()
    return tuple(
        Calibration(
            confidence=sum(confidence for confidence, _ in part) / len(part),
            share_right=sum(is_right for _, is_right in part) / len(part),
            notes=len(part),
        )
        for part in _fifths(measured)
    )


def _fifths(measured: list[tuple[float, bool]]) -> list[list[tuple[float, bool]]]:
    size = -(-len(measured) // 5)
    return [measured[start : start + size] for start in range(0, len(measured), size)]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How well answering notes are found, over questions that something answers.

    `at_5` and `at_10` are the share of them among the nearest five and ten, `hit_at_1` the share of
    questions whose nearest note is one.
    """

    questions: int
    at_5: float
    at_10: float
    hit_at_1: float


def retrieval(
    questions: Sequence[AskedQuestion],
    question_means: NDArray[np.float32],
    note_means: Mapping[str, NDArray[np.float32]],
) -> Retrieval:
    """Rank each question's pool by likeness alone; means by a note's id, and in step."""
    found: list[tuple[float, float, float]] = []
    for question, mean in zip(questions, question_means, strict=True):
        if not question.is_answerable:
            continue
        ranked = sorted(
            (labelled.id for labelled in question.pool),
            key=lambda note_id: -_likeness(mean, note_means[note_id]),
        )
        right = {labelled.id for labelled in question.answering}
        found.append(
            (
                len(right.intersection(ranked[:5])) / len(right),
                len(right.intersection(ranked[:10])) / len(right),
                float(ranked[0] in right),
            )
        )
    at_5, at_10, hit_at_1 = (float(value) for value in np.mean(found, axis=0))
    return Retrieval(len(found), at_5, at_10, hit_at_1)


def _likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each right label (rows) was taken for each label (columns)."""

    name: str
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def confusion(
    question: HeadQuestion, notes: Sequence[LabelledNote], scores: Scores, layout: Layout
) -> Confusion:
    """Of the notes that the head applies to."""
    chosen = [place for place, labelled in enumerate(notes) if question.applies(labelled)]
    right = [question.answer(notes[place]) for place in chosen]
    given = [answer(question, Reading(layout, scores[place])) for place in chosen]
    labels = tuple(sorted({*right, *given}))
    counts = confusion_matrix(right, given, labels=labels)
    return Confusion(question.name, labels, tuple(tuple(int(n) for n in row) for row in counts))


@dataclass(frozen=True, slots=True)
class WorstError:
    """A note that the classifier was surest of, and wrong."""

    id: str
    text: str
    head: str
    right: str
    given: str
    probability: float


_MOST_WORST = 20
_WORST_OF = ("knowledge_type", "process_stage", "signal")


def worst_errors(
    notes: Sequence[LabelledNote], scores: Scores, layout: Layout
) -> tuple[WorstError, ...]:
    """Twenty of them, surest first; each note once."""
    heads = {question.name: question for question in head_questions()}
    found: list[WorstError] = []
    for labelled, row in zip(notes, scores, strict=True):
        reading = Reading(layout, row)
        for name in _WORST_OF:
            choice, question = reading.choice(name), heads[name]
            if question.applies(labelled) and choice.label != question.answer(labelled):
                right = question.answer(labelled)
                found.append(
                    WorstError(
                        labelled.id,
                        labelled.raw_text,
                        name,
                        right,
                        choice.label,
                        choice.probability,
                    )
                )
                break
    return tuple(sorted(found, key=lambda error: -error.probability)[:_MOST_WORST])
