"""When Teams may be spoken to next, by its own limits.

Teams counts the messages of a bot for each conversation, a channel's thread being one: 7 in a
second, 8 in two, 60 in thirty, 1800 in an hour (learn.microsoft.com/microsoftteams/platform/bots/
how-to/rate-limit).
"""

import random
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.errors import SendPostponed

PATIENCE_S: Final = 1.5
"""So long may a reply hold up whoever sends it; what has to wait for longer comes again."""

RETRY_PAUSES_S: Final = (0.3, 1.0)
"""Before the second and the third try of one call; the outbox has the longer pauses."""

LONGEST_RETRY_PAUSE_S: Final = 2.0

_LIMITS: Final = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock, how one waits for it, and chance from 0 to 1 for those who wait together."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


@dataclass(slots=True)
class _Turns:
    """The turns of one conversation that count, the earliest first."""

    taken: deque[float] = field(default_factory=lambda: deque(maxlen=1800))
    shut_until: float = 0.0

    def next_at(self, now: float) -> float:
        full_until = [
            self.taken[-limit] + span_s for limit, span_s in _LIMITS if len(self.taken) >= limit
        ]
        return max(now, self.shut_until, *full_until)


class Pacing:
    """The turns of every conversation. For several threads at once."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._turns: OrderedDict[str, _Turns] = OrderedDict()
        self._lock = threading.Lock()

    def wait_for_turn(self, conversation_id: str, *, however_long: bool = False) -> None:
        """Take the next turn and wait for it.

        Raises SendPostponed, with no turn taken, where that is longer than PATIENCE_S; the rest of
        a reply whose beginning is shown waits `however_long`.
        """
        with self._lock:
            now = self._timing.now()
            turns = self._of(conversation_id)
            pause_s = turns.next_at(now) - now
            if pause_s > PATIENCE_S and not however_long:
                raise SendPostponed(pause_s)
            turns.taken.append(now + pause_s)
        if pause_s > 0:
            self._timing.wait(pause_s)

    def shut(self, conversation_id: str, pause_s: float) -> None:
        """Let nobody speak there for as long as Teams said."""
        with self._lock:
            turns = self._of(conversation_id)
            turns.shut_until = max(turns.shut_until, self._timing.now() + pause_s)

    def _of(self, conversation_id: str) -> _Turns:
        turns = self._turns.setdefault(conversation_id, _Turns())
        self._turns.move_to_end(conversation_id)
        if len(self._turns) > _REMEMBERED:
            self._turns.popitem(last=False)
        return turns


def retry_pause(timing: Timing, tries: int, asked_s: float | None) -> float | None:
    """Seconds before a call that failed `tries` times is made again; None: leave it to the outbox.

    Up to half as long again, so that those who failed together do not come back together.
    """
    if tries > len(RETRY_PAUSES_S):
        return None
    pause_s = max(RETRY_PAUSES_S[tries - 1], asked_s or 0.0)
    if pause_s > LONGEST_RETRY_PAUSE_S:
        return None
    return pause_s * (1 + timing.chance() / 2)
