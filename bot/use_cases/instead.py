"""A message that was taken for the wrong thing: a question for a note, or a note for a question."""

from dataclasses import dataclass

from bot.domain.people import ConversationKind
from bot.errors import NotFound
from bot.messages import ActionTaken, IncomingMessage, Place, Reply, WayIn
from bot.ports import QuestionStore
from bot.use_cases.answer import AnswerQuestion
from bot.use_cases.capture import Capture
from bot.use_cases.correct import Correct


@dataclass(frozen=True, slots=True)
class Instead:
    """One press does what the person meant."""

    capture: Capture
    correct: Correct
    answer: AnswerQuestion
    questions: QuestionStore

    def answer_it(self, taken: ActionTaken) -> tuple[Reply, ...]:
        """It was a question: take the note back and answer it."""
        note = self.correct.take_back(taken).note
        question = IncomingMessage(
            place=taken.place,
            message_id=note.key.message_id,
            author_id=taken.person_id,
            text=note.text,
            sent_at=taken.taken_at,
            way_in=WayIn.ASK_COMMAND,
        )
        return (self.answer.reply(question),)

    def note_it(self, taken: ActionTaken) -> tuple[Reply, ...]:
        """It was a note: keep it as one, under the message it came in."""
        question = self.questions.get(taken.value, taken.person_id)
        if question is None or question.workspace != taken.place.workspace:
            raise NotFound(taken.value)
        place = Place(
            taken.place.channel,
            question.workspace,
            question.conversation_id,
            taken.place.kind or ConversationKind.PRIVATE,
        )
        note = IncomingMessage(
            place=place,
            message_id=question.message_id,
            author_id=taken.person_id,
            text=question.text,
            sent_at=question.asked_at,
            way_in=WayIn.NOTE_COMMAND,
        )
        return self.capture.take(note)
