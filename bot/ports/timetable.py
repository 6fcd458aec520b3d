"""Work that is due at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.due_work import DueKind, DueWork
from bot.messages import Outgoing


@dataclass(frozen=True, slots=True)
class Done:
    """What comes of a piece of work: what is said unasked, and what is to be done later.

    With `put_off_until` the piece itself is to be done again then, as somebody is not to be
    disturbed now: it does not count as done.
    """

    outgoing: tuple[Outgoing, ...] = ()
    further: tuple[DueWork, ...] = ()
    put_off_until: datetime | None = None


class DueHandler(Protocol):
    """Does work that has become due. Must be safe to run twice: what it gives is kept once."""

    def __call__(self, work: DueWork, /) -> Done:
        """Do it; raises what is worth another try."""
        ...


class Plan(Protocol):
    """Something that recurs."""

    def upcoming(self, now: datetime) -> Iterable[DueWork]:
        """The next time for each whom it concerns, under the key that this time will always have.

        Asked for every few minutes. What was planned and has not begun is moved to the time given
        here, so that a change of somebody's settings needs nothing else.
        """
        ...


class Timetable(Protocol):
    """Keeps what is due, for all processes. Each method is one transaction."""

    def plan(self, work: Iterable[DueWork]) -> None:
        """Keep it. Under a key that is known and still waits, the time is changed, else nothing."""
        ...

    def cancel(self, workspace: str, key: str) -> None:
        """Forget what still waits under this key."""
        ...

    def take_due(self, limit: int) -> int:
        """Give a job to each piece that has become due, the longest due first; how many."""
        ...

    def get(self, work_id: str) -> DueWork | None:
        """What was taken and is not done yet."""
        ...

    def finish(self, work_id: str, done: Done) -> None:
        """Mark as done, put what is said in the outbox and keep what is to come: all or none.

        Of a piece that is done already nothing is kept.
        """
        ...

    def give_up(self, work_id: str) -> None:
        """Record that it failed for good; its key stays taken."""
        ...

    def last_done(self, kind: DueKind, workspace: str, subject: str) -> datetime | None:
        """When the latest piece of this kind and subject was due that is done."""
        ...

    def waiting(self) -> Sequence[str]:
        """The ids of those that were taken and are not done."""
        ...
