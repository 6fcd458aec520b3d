"""When Slack may be called next, by its own limits. Pure: the clock is given.

Slack counts calls by workspace and method, in tiers of 20, 50 and 100 a minute, and messages by
conversation (docs.slack.dev/apis/web-api/rate-limits). Who asks too much is told to wait, and who
does not wait is shut out for longer: so the calls of a method that was told to wait all do.
"""

import bisect
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.errors import SendPostponed

PATIENCE_S: Final = 1.5
"""So long may a call hold up whoever makes it; what has to wait for longer comes again."""

_MINUTE_S: Final = 60.0
_UNNAMED_PAUSE_S: Final = 5.0
_TIER_2, _TIER_3, _TIER_4 = 20, 50, 100
_SEVERAL_HUNDRED = 300  # Slack's words for all messages of a workspace
CALLS_A_MINUTE: Final[Mapping[str, int]] = {
    "assistant.threads.setStatus": _SEVERAL_HUNDRED,  # each comes with a message
    "assistant.threads.setSuggestedPrompts": _TIER_4,
    "auth.test": _SEVERAL_HUNDRED,
    "chat.postEphemeral": _TIER_4,
    "chat.postMessage": _SEVERAL_HUNDRED,
    "chat.unfurl": _TIER_3,
    "chat.update": _TIER_3,
    "conversations.history": _TIER_3,
    "conversations.info": _TIER_3,
    "conversations.members": _TIER_4,
    "conversations.open": _TIER_3,
    "conversations.replies": _TIER_3,
    "files.completeUploadExternal": _TIER_4,
    "files.getUploadURLExternal": _TIER_4,
    "files.info": _TIER_4,
    "functions.completeError": _TIER_3,
    "functions.completeSuccess": _TIER_3,
    "oauth.v2.access": _TIER_4,
    "users.info": _TIER_4,
    "users.list": _TIER_2,
    "views.publish": _TIER_4,
}
_AT_ONCE: Final = frozenset({"views.open", "views.update"})
"""Somebody has pressed a button, and Slack lets it happen for seconds: these wait for no turn."""

_OTHERS: Final = _TIER_2
_MESSAGES: Final = frozenset({"chat.postEphemeral", "chat.postMessage", "chat.update"})


@dataclass(slots=True)
class _Window:
    """At most `limit` calls in any `span_s` seconds."""

    limit: int
    span_s: float
    booked: list[float] = field(default_factory=list)
    promised: list[float] = field(default_factory=list)
    shut_until: float = 0.0

    def forget(self, now: float) -> None:
        """Drop what no longer counts, and promises that nobody came back for."""
        del self.booked[: bisect.bisect_right(self.booked, now - self.span_s)]
        del self.promised[: bisect.bisect_right(self.promised, now - self.span_s)]

    def free_at(self, now: float, *, behind_promises: bool) -> float:
        """The earliest time for one more call."""
        taken = sorted([*self.booked, *self.promised]) if behind_promises else self.booked
        full_until = taken[-self.limit] + self.span_s if len(taken) >= self.limit else now
        return max(now, full_until, self.shut_until)

    @property
    def is_idle(self) -> bool:
        """Whether nothing needs to be remembered of it."""
        return not (self.booked or self.promised)


@dataclass(frozen=True, slots=True)
class Pace:
    """`interval_s` lies between two messages of a conversation; `factor` multiplies the tiers."""

    interval_s: float = 1.0
    factor: float = 1.0


class Pacing:
    """The calls of one workspace. Not for several threads at once.

    `now` gives seconds that never go back.
    """

    def __init__(self, pace: Pace, now: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._now = now
        self._methods: dict[str, _Window] = {}
        self._conversations: dict[tuple[str, str], _Window] = {}

    def book(self, method: str, conversation_id: str | None = None) -> float:
        """Book the call's turn, and say in how many seconds that is.

        Raises SendPostponed, with nothing booked, where that is longer than `PATIENCE_S`, or where
        the turn is promised: whoever comes again when told to goes before those who are new.
        """
        now = self._now()
        windows = self._windows(now, method, conversation_id)
        comes_again = all(window.promised and window.promised[0] <= now for window in windows)
        if comes_again:
            for window in windows:
                del window.promised[0]
        free_at = max(window.free_at(now, behind_promises=False) for window in windows)
        at = max(window.free_at(now, behind_promises=not comes_again) for window in windows)
        goes = at == free_at <= now + PATIENCE_S
        for window in windows:
            bisect.insort(window.booked if goes else window.promised, at)
        if not goes:
            raise SendPostponed(at - now)
        return at - now

    def shut(self, method: str, pause_s: float | None) -> None:
        """Let nobody call the method for as long as Slack said, or a little where it did not."""
        window = self._method(method)
        until = self._now() + (_UNNAMED_PAUSE_S if pause_s is None else pause_s)
        window.shut_until = max(window.shut_until, until)

    def check(self, method: str) -> None:
        """Raise SendPostponed where the method was shut since its turn was booked."""
        left_s = self._method(method).shut_until - self._now()
        if left_s > 0:
            raise SendPostponed(left_s)

    def _windows(self, now: float, method: str, conversation_id: str | None) -> list[_Window]:
        idle = []
        for name, window in self._conversations.items():
            window.forget(now)
            if window.is_idle:
                idle.append(name)
        for name in idle:
            del self._conversations[name]
        windows = [self._method(method)]
        windows[0].forget(now)
        if conversation_id is not None and method in _MESSAGES and self._pace.interval_s > 0:
            new = _Window(1, self._pace.interval_s)
            windows.append(self._conversations.setdefault((method, conversation_id), new))
        return windows

    def _method(self, method: str) -> _Window:
        if method not in self._methods:
            limit = max(1, round(CALLS_A_MINUTE.get(method, _OTHERS) * self._pace.factor))
            span_s = 0.0 if method in _AT_ONCE else _MINUTE_S
            self._methods[method] = _Window(limit, span_s)
        return self._methods[method]
