"""Walls around customers, and the count by which what is derived from access is kept."""

from collections.abc import Set
from typing import Protocol

from bot.domain.audience import Audience
from bot.domain.wall import Wall, WallChange


class WallStore(Protocol):
    """Who may know of which customer."""

    def wall(self, customer_id: str, audience: Audience) -> Wall | None:
        """The wall around a customer, open where none was built; None where one may not know."""
        ...

    def all(self, audience: Audience) -> tuple[Wall, ...]:
        """Every wall around a customer that this audience may know of."""
        ...

    def change(self, customer_id: str, change: WallChange, audience: Audience) -> Wall | None:
        """Change a wall, and give what it is then; None where this audience may not know of it."""
        ...

    def walled_off(self, audience: Audience) -> Set[str]:
        """The ids of the customers that this audience may not know of."""
        ...

    def epoch(self, workspace: str) -> int:
        """Grows whenever a membership, a standing or a wall of the workspace changes."""
        ...
