"""Tells which of the hits answer the question, where likeness only says that they are near it."""

import dataclasses
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.answer import Hit
from bot.errors import ModelUnavailable
from bot.ports import AnswerJudge, Passage
from bot.services.question_reading import QuestionReading
from bot.services.registry import Registry

log = logging.getLogger(__name__)

_JUDGED = 6
"""How many of the best hits are judged: each costs as much as embedding a note."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """How the chance that a hit answers is made of what is known of it; a logistic regression.

    Fitted by `python -m training.weighing`. Where the judge gives none of the hits even
    `least_judged`, nothing that is stored answers: the question is on the weather, or asks for what
    nobody has told.
    """

    judged: float = 0.48
    score: float = 5.51
    intercept: float = -6.51
    least_judged: float = -1.8

    def chances(self, hits: Sequence[Hit], judged: Sequence[float]) -> list[float]:
        """The probability that each hit answers, `judged` being the judge's log odds."""
        if max(judged) < self.least_judged:
            return [0.0] * len(hits)
        return [
            1 / (1 + math.exp(-(self.judged * odds + self.score * hit.score + self.intercept)))
            for hit, odds in zip(hits, judged, strict=True)
        ]


DEFAULT_WEIGHING = Weighing()


@dataclass(frozen=True, slots=True)
class HitJudge:
    """Puts the hits that answer first."""

    judge: AnswerJudge | None
    weighing: Weighing = DEFAULT_WEIGHING

    def judged(
        self, hits: Sequence[Hit], question: str, reading: QuestionReading, registry: Registry
    ) -> list[Hit]:
        """The best hits with their chance to answer, likeliest first; then the others as they were.

        As they were, all of them, where there is no judge or it cannot be asked now.
        """
        if self.judge is None or not hits:
            return list(hits)
        near, far = hits[:_JUDGED], hits[_JUDGED:]
        try:
            passages = [_passage(hit, registry) for hit in near]
            scores = self.judge.judge(question, passages, reading.follows)
        except ModelUnavailable as error:
            log.warning("answering without judging: %s", error)
            return list(hits)
        chances = self.weighing.chances(near, scores)
        rated = [
            dataclasses.replace(hit, answer_chance=chance)
            for hit, chance in zip(near, chances, strict=True)
        ]
        return [*sorted(rated, key=lambda hit: -(hit.answer_chance or 0.0)), *far]


def _passage(hit: Hit, registry: Registry) -> Passage:
    return Passage(
        hit.insight.statement,
        hit.parent,
        customers=registry.all_of(hit.insight.customer_ids),
        conversation_name=hit.conversation_name,
    )
