"""What the store needs of the durable engine: a job that commits together with its row."""

from typing import Protocol

from sqlalchemy import Connection

from bot.ports import JobName


class TransactionalQueue(Protocol):
    """Enqueues within the caller's transaction: rolled back with it, visible with it."""

    def enqueue(self, connection: Connection, job: JobName, subject_id: str) -> None:
        """Add a job for the row named by `subject_id`. Neither commits nor rolls back."""
        ...
