"""Moments, and what our people make of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.audience import Audience
from bot.domain.moments import MomentEvent, MomentOutcome


class MomentStore(Protocol):
    """Events at customers, each once however many notes tell of it.

    Whether a person may change one is for the caller to check, by reading it for that person.
    """

    def file(self, note_id: str, *, at: datetime) -> tuple[str, ...]:
        """Put what a note tells now to the events that it tells of, new ones where none is known.

        Returns the ids of these events; what the note tells no longer is taken off the others.
        """
        ...

    def get(self, moment_id: str, audience: Audience) -> MomentEvent | None:
        """One, as far as this audience may know of it."""
        ...

    def latest(
        self, audience: Audience, limit: int, *, customer_ids: Sequence[str] | None = None
    ) -> tuple[MomentEvent, ...]:
        """Those of which this audience may know, the latest first.

        Of these customers all; of all customers the ones that are not closed.
        """
        ...

    def in_charge(self, audience: Audience, limit: int) -> tuple[MomentEvent, ...]:
        """Those that are a person's to deal with and not closed, the latest first."""
        ...

    def acknowledge(self, moment_id: str, *, by: str, at: datetime) -> None:
        """Somebody deals with it; one that is closed is open again."""
        ...

    def assign(self, moment_id: str, to: str, *, by: str, at: datetime) -> None:
        """It is this person's to deal with, who will be told."""
        ...

    def close(
        self, moment_id: str, outcome: MomentOutcome, remark: str, *, by: str, at: datetime
    ) -> None:
        """It has come to an end."""
        ...
