"""Telling hits that answer from hits that are only near the question."""

import dataclasses
from collections.abc import Sequence

import pytest

from bot.domain.answer import Hit
from bot.errors import ModelUnavailable
from bot.ports import Passage
from bot.services.customer_linking import CustomerLinker
from bot.services.judging import HitJudge, Weighing
from bot.services.question_reading import QuestionReading
from bot.services.registry import Registry
from tests.unit.core.test_evidence import hit

REGISTRY = Registry((), CustomerLinker(()))
NAMES_NOBODY = QuestionReading("who signs the orders", (), ())
ON_A_CUSTOMER = QuestionReading("who signs the orders", ("C1",), ())


class Wordwise:
    """Holds a statement for an answer where it has the word `signs`; keeps what it was asked."""

    def __init__(self, otherwise: float = -4.0) -> None:
        self.otherwise = otherwise
        self.asked: list[tuple[str, str]] = []

    def judge(self, question: str, passages: Sequence[Passage], earlier: str = "") -> list[float]:
        self.asked.append((question, earlier))
        return [3.0 if "signs" in one.statement else self.otherwise for one in passages]


class Absent:
    def judge(self, question: str, passages: Sequence[Passage], earlier: str = "") -> list[float]:
        raise ModelUnavailable("its weights are missing")


def hits(*statements: str) -> list[Hit]:
    """Hits with equal scores, in order."""
    return [hit(number, statement, score=0.5) for number, statement in enumerate(statements)]


def judged(judge: HitJudge, found: list[Hit], reading: QuestionReading) -> list[Hit]:
    return judge.judged(found, "who signs the orders", reading, REGISTRY)


def test_what_answers_comes_before_what_is_only_near() -> None:
    """Likeness put the wrong one first; the judge turns them round, and says how sure it is."""
    found = hits("orders are late again", "Denise signs every order")
    first, second = judged(HitJudge(Wordwise()), found, ON_A_CUSTOMER)
    assert first.insight.statement == "Denise signs every order"
    assert (first.answer_chance or 0) > (second.answer_chance or 0)


def test_hits_beyond_the_best_keep_their_places() -> None:
    """Only the best are judged, since each costs time; the others follow as they were."""
    found = hits(*(f"note {number}" for number in range(9)))
    after = judged(HitJudge(Wordwise()), found, ON_A_CUSTOMER)
    assert [one.insight.statement for one in after[6:]] == ["note 6", "note 7", "note 8"]
    assert [one.answer_chance for one in after[6:]] == [None, None, None]


@pytest.mark.parametrize("reading", [NAMES_NOBODY, ON_A_CUSTOMER])
def test_what_nothing_stored_answers_has_no_answer(reading: QuestionReading) -> None:
    """On a customer too: that a note is on the same matter is no reason to cite it."""
    found = hits("orders are late again", "they like the portal")
    after = judged(HitJudge(Wordwise()), found, reading)
    assert [one.answer_chance for one in after] == [0.0, 0.0]


def test_one_note_that_may_answer_is_enough() -> None:
    """How sure the judge is of the others does not matter."""
    after = judged(HitJudge(Wordwise()), hits("late again", "Denise signs"), NAMES_NOBODY)
    assert all((one.answer_chance or 0) > 0 for one in after)


@pytest.mark.parametrize("judge", [None, Absent()], ids=["no judge", "a judge that is ill"])
def test_without_a_judge_the_hits_stay_as_they_are(judge: Absent | None) -> None:
    """An answer is worth more than a judged answer."""
    found = hits("orders are late again", "Denise signs every order")
    assert judged(HitJudge(judge), found, ON_A_CUSTOMER) == found


def test_the_judge_hears_what_a_question_follows_up_on() -> None:
    """A follow-up cannot be judged alone."""
    judge = Wordwise()
    reading = dataclasses.replace(ON_A_CUSTOMER, follows="who buys at Novara?")
    judged(HitJudge(judge), hits("Denise signs every order"), reading)
    assert judge.asked == [("who signs the orders", "who buys at Novara?")]


def test_a_better_score_weighs_for_a_hit() -> None:
    """The judge is no oracle: how well a hit was found counts beside it."""
    near, far = (hit(1, score=score) for score in (1.0, 0.4))
    chances = Weighing().chances([near, far], [0.0, 0.0])
    assert chances[0] > chances[1]
