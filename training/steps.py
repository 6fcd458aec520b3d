"""Batches to tune on: questions beside notes of their company, then the notes that are left."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from training.asked_questions import AskedQuestion
from training.labelled_notes import LabelledNote

_NOTES_A_STEP = 16
_NOTES_BESIDE_QUESTIONS = 28
_QUESTIONS_A_STEP = 6
_HARD_NEGATIVES = 2
_AMONG_THE_BEST = 14
_NOTE_QUESTIONS_A_STEP = 16
_SHARE_OF_NOTE_QUESTIONS = 0.25  # of those of single notes in each epoch


@dataclass(frozen=True, slots=True)
class Step:
    """Notes of one batch, and the questions of the same company that are asked of them."""

    notes: Sequence[LabelledNote]
    questions: Sequence[AskedQuestion] = ()


def steps_of(
    notes: Sequence[LabelledNote],
    questions: Sequence[AskedQuestion],
    note_questions: Sequence[AskedQuestion],
    hard: dict[str, list[LabelledNote]],
    luck: random.Random,
) -> list[Step]:
    """Every question once, beside notes of its company; then the notes that are left.

    Of the questions of single notes, a quarter; which others answer those is not known, so they
    get no notes that are near on purpose.
    """
    unseen: defaultdict[str, list[LabelledNote]] = defaultdict(list)
    for labelled in luck.sample(list(notes), len(notes)):
        unseen[labelled.company].append(labelled)
    some = int(len(note_questions) * _SHARE_OF_NOTE_QUESTIONS)
    groups = [
        *_grouped(luck.sample(list(questions), len(questions)), _QUESTIONS_A_STEP),
        *_grouped(luck.sample(list(note_questions), some), _NOTE_QUESTIONS_A_STEP),
    ]
    steps = [_asking(group, hard, unseen[group[0].company], luck) for group in groups]
    seen = {labelled.id for step in steps for labelled in step.notes}
    rest = [labelled for labelled in notes if labelled.id not in seen]
    steps += [Step(batch) for batch in _by_length(rest, luck)]
    return luck.sample(steps, len(steps))


def _grouped(questions: Sequence[AskedQuestion], size: int) -> Iterator[Sequence[AskedQuestion]]:
    """Questions of one company together."""
    by_company: defaultdict[str, list[AskedQuestion]] = defaultdict(list)
    for question in questions:
        by_company[question.company].append(question)
    for asked in by_company.values():
        for start in range(0, len(asked), size):
            yield asked[start : start + size]


def _asking(
    questions: Sequence[AskedQuestion],
    hard: dict[str, list[LabelledNote]],
    unseen: list[LabelledNote],
    luck: random.Random,
) -> Step:
    notes: dict[str, LabelledNote] = {}
    for question in questions:
        near = hard.get(question.id, [])[:_AMONG_THE_BEST]
        wrong = luck.sample(near, min(_HARD_NEGATIVES, len(near)))
        for labelled in (*question.answering[:3], *wrong):
            notes[labelled.id] = labelled
    while len(notes) < _NOTES_BESIDE_QUESTIONS and unseen:
        labelled = unseen.pop()
        notes[labelled.id] = labelled
    return Step(tuple(notes.values()), tuple(questions))


def _by_length(
    notes: Sequence[LabelledNote], luck: random.Random
) -> Iterator[Sequence[LabelledNote]]:
    """Batches of notes of about one length, so that little is padding."""
    shuffled = luck.sample(list(notes), len(notes))
    many = _NOTES_A_STEP * 12
    for start in range(0, len(shuffled), many):
        part = sorted(shuffled[start : start + many], key=lambda n: len(n.raw_text))
        for first in range(0, len(part), _NOTES_A_STEP):
            yield part[first : first + _NOTES_A_STEP]
