"""Questions beside notes that answer them and notes that only seem to, in batches to learn from."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from adapters.local_model.encoder import ids_together
from adapters.local_model.passages import passage_text, question_text
from training.asked_questions import AskedQuestion
from training.labelled_notes import LabelledNote
from training.note_questions import NoteQuestion

_PAIRS_A_STEP = 24
_BATCHES_SORTED_TOGETHER = 12

# Of a question whose answers are all known.
_ANSWERING = 2
_WRONG = 4
_AMONG_THE_BEST = 16

# Of a question of a single note: notes near it that may answer it too are left out where one does.
_MAY_ANSWER_TOO = 2
_AMONG_THE_NEXT = 12
_ANOTHER_NOTE_TOO = 0.4


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a note as token ids; `question` tells which pairs are of one."""

    ids: list[int]
    answers: bool
    question: str


class JudgePairs:
    """Draws pairs; `near` has for each question the notes that do not answer it, nearest first."""

    def __init__(
        self, tokenizer: Tokenizer, near: dict[str, list[LabelledNote]], luck: random.Random
    ) -> None:
        self._tokenizer = tokenizer
        self._near = near
        self._luck = luck

    def batches(
        self, questions: Sequence[AskedQuestion], note_questions: Sequence[NoteQuestion]
    ) -> list[list[Pair]]:
        """Every question once, in batches of texts of about one length."""
        groups = [self._of_question(asked) for asked in questions]
        groups += [self._of_note(one) for one in note_questions]
        groups = self._luck.sample(groups, len(groups))
        return self._luck.sample(found := list(self._by_length(groups)), len(found))

    def _of_question(self, asked: AskedQuestion) -> list[Pair]:
        right = self._some(asked.answering, _ANSWERING)
        wrong = self._some(self._near[asked.id][:_AMONG_THE_BEST], _WRONG)
        return [*self._pairs(asked, right, answers=True), *self._pairs(asked, wrong, answers=False)]

    def _of_note(self, one: NoteQuestion) -> list[Pair]:
        near = self._near[one.asked.id]
        if one.answers:
            others = near[_MAY_ANSWER_TOO : _MAY_ANSWER_TOO + _AMONG_THE_NEXT]
        else:
            others = near[:_AMONG_THE_NEXT]
        wrong = self._some(others, 1) if self._luck.random() < _ANOTHER_NOTE_TOO else []
        return [
            *self._pairs(one.asked, [one.note], answers=one.answers),
            *self._pairs(one.asked, wrong, answers=False),
        ]

    def _some(self, notes: Sequence[LabelledNote], most: int) -> list[LabelledNote]:
        return self._luck.sample(list(notes), min(most, len(notes)))

    def _pairs(
        self, asked: AskedQuestion, notes: Sequence[LabelledNote], *, answers: bool
    ) -> Iterator[Pair]:
        question = question_text(asked.text, asked.earlier)
        for labelled in notes:
            passage = passage_text(labelled.raw_text, labelled.linked, labelled.channel_name)
            ids = ids_together(self._tokenizer, question, passage, labelled.raw_parent)
            yield Pair(ids, answers, asked.id)

    def _by_length(self, groups: Sequence[list[Pair]]) -> Iterator[list[Pair]]:
        """Groups stay together, and little of a batch is padding."""
        part: list[list[Pair]] = []
        for group in groups:
            part.append(group)
            if sum(map(len, part)) >= _PAIRS_A_STEP * _BATCHES_SORTED_TOGETHER:
                yield from _cut(part)
                part = []
        yield from _cut(part)


def _cut(groups: list[list[Pair]]) -> Iterator[list[Pair]]:
    batch: list[Pair] = []
    for group in sorted(groups, key=lambda group: max((len(p.ids) for p in group), default=0)):
        batch += group
        if len(batch) >= _PAIRS_A_STEP:
            yield batch
            batch = []
    if batch:
        yield batch
