"""What knowledge led to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.audience import Audience
from bot.domain.fate import Fate, Use


class UseStore(Protocol):
    """Recorded uses, and what became of people's notes."""

    def record(self, use: Use) -> None:
        """Record that insights were applied; the same press again changes its kind and line.

        Each insight moves forward to utilization. An insight that is gone is passed over.
        """
        ...

    def get(self, press_key: str, person_id: str) -> Use | None:
        """What was recorded by this press of this person."""
        ...

    def undo(self, press_key: str, person_id: str) -> bool:
        """Take it back, with its evidence: each insight is again where the rest of it shows.

        False where there is none.
        """
        ...

    def contributors_with_news(self, workspace: str, since: datetime) -> Sequence[str]:
        """Whose notes were shown, confirmed or used by others since then."""
        ...

    def fates(self, audience: Audience, *, after: datetime, until: datetime) -> tuple[Fate, ...]:
        """What became of a person's notes in this time by others, note by note."""
        ...
