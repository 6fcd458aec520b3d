"""Questions that the store could not answer are kept until somebody finds out."""

from dataclasses import dataclass

from bot.domain.answer import KnowledgeNeed
from bot.domain.audience import Audience
from bot.errors import NotFound
from bot.messages import ActionTaken, Reply
from bot.ports import Clock, QuestionStore
from bot.services.presentation import answer as say_answer
from bot.services.presentation import general


@dataclass(frozen=True, slots=True)
class Needs:
    """Records and lists knowledge needs."""

    questions: QuestionStore
    clock: Clock

    def record(self, taken: ActionTaken) -> Reply:
        """Turn a question of one's own into a need."""
        question = self.questions.get(taken.value, taken.person_id)
        if question is None or question.workspace != taken.place.workspace:
            raise NotFound(taken.value)
        self.questions.record_need(
            KnowledgeNeed(
                id=f"need:{question.id}",
                workspace=question.workspace,
                text=question.text,
                asker_id=question.asker_id,
                asked_at=self.clock.now(),
                customer_ids=question.customer_ids,
                question_id=question.id,
            )
        )
        return say_answer.need_recorded(question.language)

    def show(self, workspace: str, person_id: str) -> Reply:
        """The open needs this person may see."""
        return general.needs(self.questions.needs(Audience.of_person(workspace, person_id)))
