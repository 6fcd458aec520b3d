"""Several callers' writes in one transaction, since it is the commit that takes the time."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from bot.errors import StoreUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Waiting(Generic[Item, Result]):
    """A write that waits for its end, or has one."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.results: tuple[Result, ...] = ()
        self.error: Exception | None = None

    @property
    def has_ended(self) -> bool:
        return bool(self.results) or self.error is not None

    def result(self) -> Result:
        if self.error is not None:
            raise self.error
        return self.results[0]


class GroupCommit(Generic[Item, Result]):
    """Whoever gets the turn writes for all who wait. Alone, nobody waits for anybody.

    `write` is one transaction that gives a result for each item, in their order. Where it raises
    for several items, each is written alone, so that an item's failure is its caller's alone. A
    store that is away fails all at once: each alone would wait for it as long again.
    """

    def __init__(self, write: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self._write = write
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[Item, Result]] = []

    def __call__(self, item: Item) -> Result:
        """Write the item, and return what became of it once it is committed."""
        mine: _Waiting[Item, Result] = _Waiting(item)
        with self._lock:
            self._waiting.append(mine)
        with self._turn:
            if not mine.has_ended:
                self._write_all()
        return mine.result()

    def _write_all(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        try:
            self._write_together(waiting)
            for one in waiting:
                if not one.has_ended:
                    self._write_together([one])
        finally:  # whoever is interrupted leaves the others to the next
            with self._lock:
                self._waiting[:0] = [one for one in waiting if not one.has_ended]

    def _write_together(self, waiting: Sequence[_Waiting[Item, Result]]) -> None:
        try:
            results = self._write([one.item for one in waiting])
        except StoreUnavailable as error:
            for one in waiting:
                one.error = error
            return
        except Exception as error:  # noqa: BLE001 - raised again, where its item comes from
            if len(waiting) == 1:
                waiting[0].error = error
            return
        for one, result in zip(waiting, results, strict=True):
            one.results = (result,)
