"""Erasing for good, and not having it come back."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.erasure import ErasureCounts, ErasureTarget, Tombstone


class ErasureStore(Protocol):
    """Erases what is stored. What was erased once is not stored again."""

    def preview(self, target: ErasureTarget) -> ErasureCounts:
        """What would go; nothing is changed."""
        ...

    def erase(self, target: ErasureTarget, *, by: str) -> ErasureCounts:
        """Delete it everywhere in one transaction, with its tombstone and an entry in the log.

        `by` is a person's id or `OPERATOR`. Safe to repeat. What is left on the disk of deleted
        rows goes with `scrub`.
        """
        ...

    def tombstones(self) -> Sequence[Tombstone]:
        """Everything that was ever erased, here and by the file beside the database."""
        ...

    def apply_tombstones(self, tombstones: Sequence[Tombstone]) -> ErasureCounts:
        """Erase again what these tell of, up to the time that they tell, and keep them.

        To be called after a backup was put back, with the tombstones that were known before. Safe
        to repeat. `scrub` afterwards.
        """
        ...

    def scrub(self, *, rewrite: bool = False) -> bool:
        """Have the database's files hold nothing any more of what was deleted.

        False where others were reading all the while: then it is to be tried again. `rewrite`
        copies whole tables where the database leaves traces in them otherwise; nobody else can
        work meanwhile.
        """
        ...

    def expire(self, workspace: str, days: int, *, dry_run: bool) -> ErasureCounts:
        """Delete notes, questions and needs that are older than this many days."""
        ...

    def set_retention(self, workspace: str, days: int | None, *, by: str) -> None:
        """Keep a workspace's notes, questions and needs for so many days, None for ever."""
        ...

    def retention(self, workspace: str) -> int | None:
        """For how many days they are kept; None for ever."""
        ...

    def expire_all(self) -> ErasureCounts:
        """Apply the retention of every workspace that has one."""
        ...
