"""What people say of the answers they were given."""

from collections.abc import Mapping
from typing import Protocol

from bot.domain.answer import AnswerRating, Question
from bot.domain.audience import Audience


class RatingStore(Protocol):
    """Ratings of answers, one for each question and person: the last one counts."""

    def put(self, rating: AnswerRating) -> None:
        """Keep a rating in the place of an earlier one by the same person.

        One that is not later than what is kept changes nothing, in whichever order they come.
        """
        ...

    def get(self, workspace: str, question_id: str, person_id: str) -> AnswerRating | None:
        """What this person says of the answer to this question, if anything."""
        ...

    def counts(self, audience: Audience) -> Mapping[str, int]:
        """How many answers were rated `good` and `bad`, of those one may know.

        A person may know of their own ratings, the operator of all.
        """
        ...

    def all(self, audience: Audience) -> tuple[tuple[Question, AnswerRating], ...]:
        """Each rating of which one may know with its question, oldest first."""
        ...
