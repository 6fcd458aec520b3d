"""What a person's page is read from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.audience import Audience
from bot.domain.home import OwnMatters


@dataclass(frozen=True, slots=True)
class PageSize:
    """How many of each kind are read at most."""

    notes: int
    customers: int
    news: int
    unanswered: int
    needs: int
    listening: int


class HomeStore(Protocol):
    """Reads what is one person's own, however much of it there is."""

    def own_matters(
        self, audience: Audience, size: PageSize, *, news_since: datetime, asked_since: datetime
    ) -> OwnMatters:
        """The latest of everything, as one state of the database shows it, for a person.

        What it costs depends on `size` and on what is new, not on how much is kept. Raises
        ValueError for an audience that is not a person.
        """
        ...
