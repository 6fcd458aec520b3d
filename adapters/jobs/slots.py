"""Which process is which: a name each that outlives it, and that two never have at once."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

_NAME = re.compile(r"worker-[1-9]\d{0,3}", re.ASCII)


class Slot:
    """A worker's name, held by a lock that the kernel lets go when the process dies, however.

    So a name that can be taken has nobody behind it, and what was begun under it may be begun
    again: no heartbeat and no time-out. It holds on one machine, as SQLite does.
    """

    def __init__(self, database: Path, name: str) -> None:
        """Raises BlockingIOError where another worker has the name."""
        self.name = name
        path = database.with_name(f"{database.name}.{name}.lock")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise

    def release(self) -> None:
        """Let another worker have the name."""
        os.close(self._file)


def take_free_slot(database: Path) -> Slot:
    """The first of `worker-1`, `worker-2`, … that nobody has: a restart gets its old one again."""
    for number in count(1):
        try:
            return Slot(database, f"worker-{number}")
        except BlockingIOError:
            continue
    raise AssertionError("count() does not end")


@contextmanager
def slot_if_abandoned(database: Path, name: str) -> Iterator[bool]:
    """Whether nobody has this name, and nobody gets it while the block runs."""
    if _NAME.fullmatch(name) is None:
        yield True  # no worker of ours was ever called that, and no path is made of it
        return
    try:
        slot = Slot(database, name)
    except BlockingIOError:
        yield False
        return
    try:
        yield True
    finally:
        slot.release()
