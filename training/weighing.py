"""`python -m training.weighing`: how the judge's odds and likeness become the chance of an answer.

Plays the held-out companies through the product and asks what was written beside single notes.
Prints the weights for `bot.services.judging.Weighing` and what refusing below some odds of the
judge would cost; the questions of `questions.jsonl` take no part in it.
"""

import dataclasses
import json
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from adapters.inline_jobs import InlineJobs
from bot.bootstrap.core import Models, build_handler
from bot.bootstrap.models import load_models
from bot.evaluation.corpus import Corpus, QuestionRow, read_corpus
from bot.evaluation.play import CHANNEL, DirectoryRoster, PlayedClock, PlayedQuestion, Player
from bot.services.judging import HitJudge, Weighing
from bot.services.personal_data import masked
from bot.settings import read_settings
from knowledge_store import migrate, open_engine, open_store
from training.__main__ import EVALS, say
from training.labelled_notes import HELD_OUT, company_folders
from training.note_questions import FILE

_AS_JUDGED = Weighing(judged=1.0, score=0.0, intercept=0.0, least_judged=-math.inf)
"""Gives back what the judge says and nothing else."""

_LEAST_JUDGED = (-3.0, -2.5, -2.0, -1.8, -1.5, -1.0, -0.5, 0.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its judged hits: the judge's log odds, the score, whether it answers."""

    is_answerable: bool
    odds: NDArray[np.float64]
    scores: NDArray[np.float64]
    answers: NDArray[np.bool_]


def main() -> None:
    """Play, fit, and tell."""
    asked = [one for folder in company_folders(EVALS, HELD_OUT) for one in _asked(folder)]
    asked = [one for one in asked if len(one.odds)]
    fitted = LogisticRegression(C=100.0).fit(
        np.concatenate([np.stack([one.odds, one.scores], axis=1) for one in asked]),
        np.concatenate([one.answers for one in asked]),
    )
    (judged, score), intercept = fitted.coef_[0], fitted.intercept_[0]
    say(f"Weighing(judged={judged:.2f}, score={score:.2f}, intercept={intercept:.2f})")
    _tell(asked, lambda one: one.odds * judged + one.scores * score)


def _tell(asked: Sequence[Asked], weigh: Callable[[Asked], NDArray[np.float64]]) -> None:
    answerable = np.array([one.is_answerable for one in asked])
    say(f"{answerable.sum()} questions that a note answers, {(~answerable).sum()} that none does")
    answered = [one for one in asked if one.is_answerable]
    first = np.mean([one.answers[np.argmax(weigh(one))] for one in answered])
    among = np.mean([one.answers.any() for one in answered])
    say(f"right note weighed first {first:.2f}, among those judged {among:.2f}")
    highest = np.array([one.odds.max() for one in asked])
    say(f"area under the curve of the highest odds: {roc_auc_score(answerable, highest):.3f}")
    for least in _LEAST_JUDGED:
        refused = highest < least
        say(
            f"least judged {least:4.1f}: refuses {refused[~answerable].mean():.2f} of the "
            f"unanswerable, {refused[answerable].mean():.2f} of the others"
        )


def _asked(folder: Path) -> Iterator[Asked]:
    """The questions of single notes of one company, as the product finds and judges."""
    corpus = read_corpus(folder)
    questions = tuple(_rows(folder, corpus))
    models = load_models(read_settings().model_copy(update={"openai_api_key": None}))
    with tempfile.TemporaryDirectory() as place:
        for played in _played(corpus.model_copy(update={"questions": questions}), models, place):
            yield _of(played)


def _rows(folder: Path, corpus: Corpus) -> Iterator[QuestionRow]:
    """Asked by whoever wrote the note, who may see it, after everything was said."""
    notes = {note.id: note for note in corpus.notes}
    asked_at = max(note.posted_at for note in corpus.notes) + timedelta(hours=1)
    lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    for number, record in enumerate(map(json.loads, lines)):
        yield QuestionRow(
            id=f"n{number}",
            asker=notes[record["note"]].author,
            asked_at=asked_at,
            question=record["question"],
            evidence=(record["note"],) if record["answers"] else (),
        )


def _played(corpus: Corpus, models: Models, folder: str) -> Iterator[PlayedQuestion]:
    clock = PlayedClock(corpus.notes[0].posted_at)
    engine = open_engine(f"sqlite:///{folder}/weighing.db")
    migrate(engine)
    store = open_store(engine, InlineJobs(), clock=clock, mask=masked)
    handler = build_handler(store, models, {CHANNEL: DirectoryRoster(store.directory)}, clock)
    answer = dataclasses.replace(handler.answer, judging=HitJudge(models.judge, _AS_JUDGED))
    handler = dataclasses.replace(handler, answer=answer)
    player = Player(corpus, handler, store.notes, store.customers, store.directory, clock)
    player.register()
    for _ in player.post():
        pass
    yield from player.ask()
    store.close()


def _of(played: PlayedQuestion) -> Asked:
    hits = [hit for hit in played.answer.retrieved if hit.answer_chance is not None]
    chances = np.clip([hit.answer_chance or 0.0 for hit in hits], 1e-12, 1 - 1e-12)
    right = set(played.row.evidence)
    return Asked(
        is_answerable=bool(right),
        odds=np.log(chances / (1 - chances)),
        scores=np.array([hit.score for hit in hits]),
        answers=np.array([hit.note.key.message_id in right for hit in hits], np.bool_),
    )


if __name__ == "__main__":
    main()
