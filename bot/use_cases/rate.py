"""Whoever asked says whether the answer was of use, and what was wrong with it."""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.answer import AnswerRating, Question, Verdict
from bot.errors import NotFound
from bot.messages import ActionTaken, Reply
from bot.ports import QuestionStore, RatingStore
from bot.services.presentation import rating as say


@dataclass(frozen=True, slots=True)
class RateAnswer:
    """Keeps the last press, with the line that may follow a bad one."""

    questions: QuestionStore
    ratings: RatingStore

    def good(self, taken: ActionTaken) -> Reply:
        """The answer was of use. Raises NotFound for a question that is not one's own."""
        question = self._question(taken)
        self.ratings.put(_rating(taken, Verdict.GOOD, _remark(taken)))
        return say.noted(question.language)

    def bad(self, taken: ActionTaken) -> Reply:
        """It was not: that is kept at once, and a form asks why. Raises NotFound."""
        question = self._question(taken)
        before = self._before(taken)
        remark = before.remark if before else ""
        self.ratings.put(_rating(taken, Verdict.BAD, remark))
        return say.what_was_wrong(question, remark)

    def remark(self, taken: ActionTaken) -> Reply:
        """Keep why, unless the person has found the answer good since. Raises NotFound."""
        question = self._question(taken)
        rating = _rating(taken, Verdict.BAD, _remark(taken))
        before = self._before(taken)
        if before is not None and before.verdict is Verdict.BAD:
            # The press has the platform's time, the form ours: it follows the press all the same.
            follows = before.rated_at + timedelta(microseconds=1)
            rating = dataclasses.replace(rating, rated_at=max(rating.rated_at, follows))
        self.ratings.put(rating)
        return say.noted(question.language)

    def _question(self, taken: ActionTaken) -> Question:
        question = self.questions.get(taken.value, taken.person_id)
        if question is None or question.workspace != taken.place.workspace:
            raise NotFound(taken.value)
        return question

    def _before(self, taken: ActionTaken) -> AnswerRating | None:
        return self.ratings.get(taken.place.workspace, taken.value, taken.person_id)


def _remark(taken: ActionTaken) -> str:
    return "\n".join(taken.fields.get("remark", ())).strip()


def _rating(taken: ActionTaken, verdict: Verdict, remark: str = "") -> AnswerRating:
    workspace = taken.place.workspace
    return AnswerRating(workspace, taken.value, taken.person_id, verdict, taken.taken_at, remark)
