"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """The time in UTC."""

    def now(self) -> datetime:
        """See `bot.ports.Clock`."""
        return datetime.now(UTC)
