"""What every RatingStore has to do."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from bot.domain.answer import AnswerRating, Question, Verdict
from bot.domain.audience import Audience
from knowledge_store import Store
from tests.contract.stores import OPERATOR, W
from tests.fakes import MONDAY

QUESTION = Question("q1", W, "open", None, "anna", "Who decides there?", MONDAY, "en")
GOOD = AnswerRating(W, "q1", "anna", Verdict.GOOD, MONDAY)
BAD = replace(GOOD, verdict=Verdict.BAD, rated_at=MONDAY + timedelta(seconds=1), remark="<too> old")
AGAIN = replace(GOOD, rated_at=MONDAY + timedelta(seconds=2))


@pytest.mark.parametrize("order", list(permutations([GOOD, BAD, AGAIN])))
def test_the_last_press_counts_in_whichever_order_they_come(
    store: Store, order: tuple[AnswerRating, ...]
) -> None:
    """Also when each of them comes twice."""
    for rating in (*order, *order):
        store.ratings.put(rating)
    assert store.ratings.get(W, "q1", "anna") == AGAIN
    assert store.ratings.counts(OPERATOR) == {"good": 1, "bad": 0}


def test_a_rating_is_found_by_question_person_and_workspace(store: Store) -> None:
    """Other people's, questions' and workspaces' are others."""
    store.ratings.put(BAD)
    assert store.ratings.get(W, "q1", "anna") == BAD
    for key in ((W, "q1", "ben"), (W, "q2", "anna"), ("workspace-2", "q1", "anna")):
        assert store.ratings.get(*key) is None


def test_ratings_are_known_to_who_gave_them_and_to_the_operator(store: Store) -> None:
    """To a whole conversation none; those of another workspace nobody's here."""
    of_ben = replace(QUESTION, id="q2", asker_id="ben")
    for question in (QUESTION, of_ben):
        store.questions.save(question, [])
    bens = replace(GOOD, question_id="q2", person_id="ben")
    for rating in (BAD, bens, replace(bens, workspace="workspace-2")):
        store.ratings.put(rating)
    known = {
        who: (tuple(store.ratings.counts(audience).values()), store.ratings.all(audience))
        for who, audience in {
            "operator": OPERATOR,
            "anna": Audience.of_person(W, "anna"),
            "everybody there": Audience.of_conversation(W, "open"),
        }.items()
    }
    assert known == {
        "operator": ((1, 1), ((of_ben, bens), (QUESTION, BAD))),
        "anna": ((0, 1), ((QUESTION, BAD),)),
        "everybody there": ((0, 0), ()),
    }
