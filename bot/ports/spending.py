"""What models have cost, counted once for every process."""

from datetime import date
from typing import Protocol

from bot.domain.spending import Allowances, Limit, Payer


class SpendingStore(Protocol):
    """Counts calls and tokens by day, person, workspace and installation."""

    def reserve(self, payer: Payer, day: date, tokens: int, most: Allowances) -> Limit | None:
        """Count one call of at most so many tokens; or the limit that forbids it, counting nothing.

        Atomic: of calls that are reserved at once no more pass than there is room for.
        """
        ...

    def settle(self, payer: Payer, day: date, difference: int) -> None:
        """Add what a reserved call cost beyond its tokens; negative where it cost less."""
        ...
