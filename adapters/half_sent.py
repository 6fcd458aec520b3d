"""Which messages of a long reply were shown before a later one failed."""

import threading
from collections import OrderedDict
from typing import Final

_REMEMBERED: Final = 1000

MessageIds = tuple[str | None, ...]
"""In their order; None for a message that its platform gave no id."""


class HalfSent:
    """By the reply's id. For several threads.

    Only in this process: another one that takes over shows a beginning twice rather than never.
    """

    def __init__(self) -> None:
        self._ids: OrderedDict[str, MessageIds] = OrderedDict()
        self._lock = threading.Lock()

    def ids(self, outgoing_id: str) -> MessageIds:
        """Of those that were shown; the next try goes on behind them."""
        with self._lock:
            return self._ids.get(outgoing_id, ())

    def keep(self, outgoing_id: str, ids: MessageIds) -> None:
        """Of replies that were given up since, the oldest are forgotten."""
        with self._lock:
            self._ids[outgoing_id] = ids
            if len(self._ids) > _REMEMBERED:
                self._ids.popitem(last=False)

    def forget(self, outgoing_id: str) -> None:
        """The reply is shown."""
        with self._lock:
            self._ids.pop(outgoing_id, None)
