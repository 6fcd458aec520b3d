"""Names of workers on one machine, held by files that the kernel unlocks when a process dies."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import Engine

_NAME = re.compile(r"worker-[1-9]\d{0,3}", re.ASCII)


class FileSlot:
    """A name, held by a lock on a file beside the database."""

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


class FileSlots:
    """The names `worker-1`, `worker-2`, … of a SQLite database."""

    looks_before_take_over = 1

    def __init__(self, engine: Engine) -> None:
        self._database = Path(str(engine.url.database))

    def take(self) -> FileSlot:
        """The first that nobody has: a restart gets its old one again."""
        for number in count(1):
            try:
                return FileSlot(self._database, f"worker-{number}")
            except BlockingIOError:
                continue
        raise AssertionError("count() does not end")

    @contextmanager
    def if_abandoned(self, name: str) -> Iterator[bool]:
        """Whether nobody has this name, and nobody gets it while the block runs."""
        if _NAME.fullmatch(name) is None:
            yield True  # no worker of ours was ever called that, and no path is made of it
            return
        try:
            slot = FileSlot(self._database, name)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            slot.release()
