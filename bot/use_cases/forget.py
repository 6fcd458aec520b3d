"""Forgetting: what a person asks of the bot in chat, and what the operator asks on the server."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.erasure import ErasureCounts, ErasureKind, ErasureTarget
from bot.errors import NotFound
from bot.messages import ActionTaken, Reply
from bot.ports import Clock, ErasureStore
from bot.services.presentation import forget as say

log = logging.getLogger(__name__)

_OFFER_HOLDS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Forget:
    """Erases for good. Nothing brings it back."""

    erasures: ErasureStore
    clock: Clock

    def offer(self, workspace: str, person_id: str) -> Reply:
        """What would go if the person pressed the button."""
        counts = self.erasures.preview(_person(workspace, person_id))
        return say.offer(counts, self.clock.now())

    def me(self, taken: ActionTaken) -> Reply:
        """Erase whoever pressed, if they were offered it not long ago."""
        if not self._is_fresh(taken.value):
            return say.too_late()
        workspace, person_id = taken.place.workspace, taken.person_id
        counts = self.erasures.erase(_person(workspace, person_id), by=person_id)
        self.scrub()
        return say.done(counts)

    def scrub(self) -> None:
        """What could not be scrubbed now is so with the next tidying."""
        if not self.erasures.scrub():
            log.warning("the database's log could not be emptied; it is tried again daily")

    def _is_fresh(self, offered_at: str) -> bool:
        try:
            age = self.clock.now() - datetime.fromisoformat(offered_at)
        except (ValueError, TypeError):
            raise NotFound(offered_at) from None
        return timedelta() <= age <= _OFFER_HOLDS


def _person(workspace: str, person_id: str) -> ErasureTarget:
    return ErasureTarget(ErasureKind.PERSON, workspace, person_id)


def lines_of(counts: ErasureCounts) -> list[str]:
    """How much goes, or went, a line for each kind."""
    lines = [
        f"{counts.notes} notes, with their versions and all that was understood of them",
        f"{counts.questions} questions with what was said of their answers, {counts.needs} needs",
        f"{counts.masked} notes, questions and needs of others, in which the name is masked",
        f"{counts.records} other records",
    ]
    if counts.unsure:
        ids = ", ".join(counts.unsure)
        lines.append(
            f"{len(counts.unsure)} notes of others have the first name alone in them, which may be "
            f"somebody else's; look at them: {ids}"
        )
    return lines
