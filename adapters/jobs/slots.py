"""Which process is which: a name each, held by a lock that is gone with the process.

So a name that can be taken has nobody behind it, and what was begun under it may be begun again:
no heartbeat and no time-out.
"""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Engine

from adapters.jobs.slots_by_file import FileSlots
from adapters.jobs.slots_by_server import ServerSlots


class Slot(Protocol):
    """A worker's name."""

    @property
    def name(self) -> str:
        """What it is called in the job tables."""
        ...

    def release(self) -> None:
        """Let others take over what was begun under it."""
        ...


class Slots(Protocol):
    """Where the names of a database's workers are taken."""

    @property
    def looks_before_take_over(self) -> int:
        """How often in a row a name has to be found abandoned before its work is taken over."""
        ...

    def take(self) -> Slot:
        """A name that nobody has."""
        ...

    def if_abandoned(self, name: str) -> AbstractContextManager[bool]:
        """Whether nobody has this name, and nobody gets it while the block runs."""
        ...


def slots_of(engine: Engine) -> Slots:
    """Files beside a SQLite database, which is on one machine; else the server's locks."""
    return FileSlots(engine) if engine.dialect.name == "sqlite" else ServerSlots(engine)
