"""How often and after what pauses a job that failed is tried again."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.errors import SendFailed
from bot.ports import JobName

MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE

PAUSES_S: Final[Mapping[JobName, tuple[float, ...]]] = {
    JobName.HANDLE: (0, 1, 5, 30, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 12 * HOUR),
    JobName.DUE: (0, 5, 30, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR),
    JobName.SEND: (0, 1, 5, 30, 2 * MINUTE, 10 * MINUTE, HOUR),  # later, nobody wants the reply
}
"""Seconds before the second, third, … attempt; after the last the job is given up.

A pause holds no worker: the next attempt is a job of its own that waits in the database.
"""

LONGEST_ASKED_PAUSE_S: Final = 24 * HOUR


def pause_before_next(pauses_s: Sequence[float], attempt: int, error: Exception) -> float | None:
    """Seconds until the attempt after this one (the first is 1); None when there is none left.

    Where the platform asked for a pause, it gets at least that, up to a day.
    """
    if attempt > len(pauses_s):
        return None
    asked_s = error.retry_after_s if isinstance(error, SendFailed) else None
    return max(pauses_s[attempt - 1], min(asked_s or 0.0, LONGEST_ASKED_PAUSE_S))
