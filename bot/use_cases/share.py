"""Whoever asked shows an answer, which was theirs alone, to everybody where they asked."""

import dataclasses
from dataclasses import dataclass

from bot.domain.answer import Hit, Question
from bot.domain.audience import Audience
from bot.errors import NotFound
from bot.messages import ActionTaken, Reply
from bot.ports import NoteStore, QuestionStore, SharingStore
from bot.services.evidence import cite
from bot.services.personal_data import masked
from bot.services.places import Places
from bot.services.presentation import sharing as say


@dataclass(frozen=True, slots=True)
class ShareAnswer:
    """Makes the answer anew of what is stored, within what everybody there may see.

    Its evidence is quoted: sentences that a language model wrote are not kept.
    """

    notes: NoteStore
    questions: QuestionStore
    sharing: SharingStore
    places: Places

    def share(self, taken: ActionTaken) -> tuple[Reply, ...]:
        """The answer for all, once, and what the asker is told.

        Raises NotFound for a question that is not the person's own, or was asked elsewhere.
        """
        question = self._question(taken)
        hits = self._evidence(taken, question)
        if not hits:
            return (say.not_for_all(question.language),)
        if not self.sharing.claim(question, taken.delivery_key):
            return (say.shared_before(question.language),)
        asker = self.places.person(taken.place, taken.person_id).name
        asked = dataclasses.replace(question, text=masked(question.text))
        shared = say.shared(asked, cite(hits, question.text), asker)
        return shared, say.being_shared(question.language)

    def _question(self, taken: ActionTaken) -> Question:
        question = self.questions.get(taken.value, taken.person_id)
        if question is None or question.workspace != taken.place.workspace:
            raise NotFound(taken.value)
        if question.conversation_id != taken.place.conversation_id:
            raise NotFound(taken.value)
        return question

    def _evidence(self, taken: ActionTaken, question: Question) -> list[Hit]:
        """All that the answer rests on; nothing where one of the readers may not see all of it."""
        audience = Audience.of_conversation(question.workspace, question.conversation_id)
        self.places.conversation(taken.place, refresh=True)
        hits = [self._hit(insight_id, audience) for insight_id in self.sharing.cited(question)]
        seen = [hit for hit in hits if hit is not None]
        if len(seen) < len(hits):
            return []
        self.places.keep_current(hit.note for hit in seen)
        is_for_all = self.notes.are_visible([hit.note.id for hit in seen], audience)
        return seen if is_for_all else []

    def _hit(self, insight_id: str, audience: Audience) -> Hit | None:
        found = self.notes.get_insight(insight_id, audience)
        if found is None:
            return None
        record, insight = found
        return Hit(record.note, insight, record.conversation_name, score=0.0)
