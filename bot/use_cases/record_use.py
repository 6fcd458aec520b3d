"""A person says that they used what they were told: one press, a line if they like, and undo."""

import dataclasses
import uuid
from dataclasses import dataclass

from bot.domain.audience import Audience
from bot.domain.fate import Use
from bot.domain.taxonomy import UseKind
from bot.errors import NotFound
from bot.messages import ActionTaken, Reply
from bot.ports import NoteStore, QuestionStore, SharingStore, UseStore
from bot.services.moment_cards import MomentCards
from bot.services.presentation import uses as say

_LINE = 300


@dataclass(frozen=True, slots=True)
class RecordUse:
    """A use of each insight that an answer or an alert rests on and that the person may see."""

    notes: NoteStore
    questions: QuestionStore
    sharing: SharingStore
    uses: UseStore
    cards: MomentCards

    def of_answer(self, taken: ActionTaken) -> Reply:
        """What an answer to a question of one's own cited. Raises NotFound for another's."""
        question = self.questions.get(taken.value, taken.person_id)
        if question is None or question.workspace != taken.place.workspace:
            raise NotFound(taken.value)
        audience = Audience.of_person(question.workspace, taken.person_id)
        cited = self.sharing.cited(question)
        seen = (one for one in cited if self.notes.get_insight(one, audience) is not None)
        return self._record(taken, tuple(seen))

    def of_moment(self, taken: ActionTaken) -> Reply:
        """What tells of a moment. Raises NotFound for one that the person may not know of."""
        event = self.cards.event(taken.place.workspace, taken.value, taken.person_id)
        if event is None:
            raise NotFound(taken.value)
        return self._record(taken, tuple(one.insight.id for one in event.tellings))

    def open_line(self, taken: ActionTaken) -> Reply:
        """A form for what came of it."""
        return say.form(self._own(taken))

    def save_line(self, taken: ActionTaken) -> Reply:
        """What came of it, and of which kind the use is."""
        use = self._own(taken)
        (kind,) = taken.fields.get("kind", ()) or ("",)
        if kind not in list(UseKind):
            return say.form(use)
        what = " ".join(" ".join(taken.fields.get("what", ())).split())[:_LINE]
        changed = dataclasses.replace(use, kind=UseKind(kind), what=what)
        self.uses.record(changed)
        return dataclasses.replace(say.recorded(changed), replaces_source=True)

    def undo(self, taken: ActionTaken) -> Reply:
        """Take it back. Raises NotFound for another's."""
        if not self.uses.undo(taken.value, taken.person_id):
            raise NotFound(taken.value)
        return say.undone()

    def _record(self, taken: ActionTaken, insight_ids: tuple[str, ...]) -> Reply:
        if not insight_ids:
            return say.nothing_to_use()
        use = Use(
            workspace=taken.place.workspace,
            press_key=uuid.uuid5(uuid.NAMESPACE_OID, taken.delivery_key).hex,
            person_id=taken.person_id,
            insight_ids=insight_ids,
            # The least that a use can be; a line may say more.
            kind=UseKind.KNOWLEDGE_ENHANCING,
            at=taken.taken_at,
        )
        self.uses.record(use)
        return say.recorded(use)

    def _own(self, taken: ActionTaken) -> Use:
        use = self.uses.get(taken.value, taken.person_id)
        if use is None or use.workspace != taken.place.workspace:
            raise NotFound(taken.value)
        return use
