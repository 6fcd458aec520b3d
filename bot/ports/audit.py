"""The audit log: only ever added to, each entry chained to the one before it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from bot.domain.audit import AuditEntry, AuditRecord, AuditVerdict


class AuditLog(Protocol):
    """Keeps who was shown what, who was refused, and what was changed.

    The store itself adds what it changes, in the transaction that changes it.
    """

    def record(self, entry: AuditEntry) -> None:
        """Add what is no change in the store, in a transaction of its own."""
        ...

    def entries(
        self, workspace: str, *, person_id: str | None = None, day: date | None = None
    ) -> Iterator[AuditRecord]:
        """In order; only those by this person, or of this day (UTC)."""
        ...

    def verify(self, workspace: str) -> AuditVerdict:
        """Compute the chain again and compare it."""
        ...

    def workspaces(self) -> Sequence[str]:
        """Those that have a log, also after they were erased."""
        ...
