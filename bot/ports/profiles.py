"""What is kept on one customer."""

from typing import Protocol

from bot.domain.audience import Audience
from bot.domain.home import News


class ProfileStore(Protocol):
    """Reads what was told of a customer."""

    def told_of(self, customer_id: str, audience: Audience, most: int) -> tuple[News, ...]:
        """The latest insights on it that this audience may see, the latest first.

        None for a customer of another workspace.
        """
        ...
