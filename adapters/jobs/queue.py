"""Adds jobs, in the same transaction as the row that they are about."""

import re
from dataclasses import dataclass, replace

from dbos import DBOSClient, EnqueueOptions
from sqlalchemy import Connection, Engine, text

from adapters.jobs.guards import APPLICATION, SERIALIZER, VERSION, quiet_logging, refuse_pickle
from bot.ports import JobName

_LAST_PRIORITY = text("""
    SELECT max(last) FROM (
        SELECT max(priority) AS last FROM workflow_status
        WHERE queue_name = :queue AND status = 'ENQUEUED' AND status IN ('ENQUEUED', 'PENDING')
        UNION ALL
        SELECT max(priority) FROM workflow_status
        WHERE queue_name = :queue AND status = 'PENDING' AND status IN ('ENQUEUED', 'PENDING')
    ) AS waiting
""")
"""The doubled condition on status is what lets SQLite use the library's partial index."""


_ATTEMPT_ID = re.compile(rf"({'|'.join(JobName)}):(.+):(\d+)\.(\d+)", re.DOTALL | re.ASCII)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a job. A round ends when the job is given up; the next begins at a restart."""

    job: JobName
    subject_id: str
    round: int = 1
    number: int = 1

    @property
    def id(self) -> str:
        """The same for the same attempt, so that adding it twice is adding it once."""
        return f"{self.job}:{self.subject_id}:{self.round}.{self.number}"

    @classmethod
    def parse(cls, attempt_id: str) -> "Attempt | None":
        """The attempt of an id; None for an id that is not ours."""
        found = _ATTEMPT_ID.fullmatch(attempt_id)
        if found is None:
            return None
        return cls(JobName(found[1]), found[2], int(found[3]), int(found[4]))

    @property
    def next(self) -> "Attempt":
        """The attempt that follows in the same round."""
        return replace(self, number=self.number + 1)

    @property
    def next_round(self) -> "Attempt":
        """The first attempt of the round that follows."""
        return replace(self, round=self.round + 1, number=1)


class DurableQueue:
    """Adds jobs inside transactions of the store. Does no work itself; safe in any thread."""

    def __init__(self, engine: Engine, application_version: str = VERSION) -> None:
        """`engine` is the store's: the job tables lie beside its own (`create_job_tables`)."""
        refuse_pickle()
        quiet_logging()
        self._version = application_version
        self._client = DBOSClient(
            system_database_engine=engine,
            serializer=SERIALIZER,
            application_name=APPLICATION,
            lazy=True,
        )

    @property
    def client(self) -> DBOSClient:
        """The library's side of it."""
        return self._client

    def enqueue(self, connection: Connection, job: JobName, subject_id: str) -> None:
        """Add the job for a row within the caller's transaction; once, however often called."""
        self.add(connection, Attempt(job, subject_id))

    def add(self, connection: Connection, attempt: Attempt, pause_s: float = 0.0) -> None:
        """Add an attempt, to be made no sooner than `pause_s` seconds from now."""
        options = EnqueueOptions(
            workflow_name=queue_name(attempt.job),
            queue_name=queue_name(attempt.job),
            workflow_id=attempt.id,
            app_version=self._version,
            priority=_next_priority(connection, attempt.job),
        )
        if pause_s > 0:
            options["delay_seconds"] = pause_s
        self._client.enqueue_in_transaction(
            connection, options, attempt.subject_id, attempt.round, attempt.number
        )


def queue_name(job: JobName) -> str:
    """What the library calls a job's queue, and the job itself."""
    return f"{APPLICATION}.{job}"


def _next_priority(connection: Connection, job: JobName) -> int:
    """One behind the last that waits: without, the library is exact to the second only."""
    last = connection.execute(_LAST_PRIORITY, {"queue": queue_name(job)}).scalar()
    return int(last or 0) + 1
