"""Adds jobs, in the same transaction as the row that they are about."""

import re
import uuid
from dataclasses import dataclass, replace

from dbos import DBOSClient, EnqueueOptions
from sqlalchemy import Connection, Engine, text

from adapters.jobs.guards import APPLICATION, SERIALIZER, VERSION, quiet_logging, refuse_pickle
from adapters.jobs.wakeup import tell_of_commit
from bot.ports import JobName

_NEXT_PRIORITY = """1 + coalesce((
    SELECT max(last) FROM (
        SELECT max(priority) AS last FROM workflow_status
        WHERE queue_name = :queue AND status = 'ENQUEUED' AND status IN ('ENQUEUED', 'PENDING')
        UNION ALL
        SELECT max(priority) FROM workflow_status
        WHERE queue_name = :queue AND status = 'PENDING' AND status IN ('ENQUEUED', 'PENDING')
    ) AS waiting
), 0)"""
"""One behind the last that waits: without, the library is exact to the second only.

The doubled condition on status is what lets SQLite use the library's partial index.
"""

_ADD = text(f"""
    INSERT INTO workflow_status (
        workflow_uuid, status, name, queue_name, application_version, application_name,
        serialization, recovery_attempts, attributes, is_debounced, creator_xid, priority
    ) VALUES (
        :id, 'ENQUEUED', :queue, :queue, :version, :application,
        :serialization, 0, 'null', FALSE, :token, {_NEXT_PRIORITY}
    ) ON CONFLICT (workflow_uuid) DO NOTHING
""")  # noqa: S608  # nosec B608 - nothing in it comes from outside
"""As the library adds a workflow, in a fraction of the time; a test compares the two."""

_PRIORITY = text(f"SELECT {_NEXT_PRIORITY}")

_ADD_INPUT = text("""
    INSERT INTO workflow_input (workflow_uuid, inputs) VALUES (:id, :inputs)
    ON CONFLICT (workflow_uuid) DO NOTHING
""")

_ATTEMPT_ID = re.compile(rf"({'|'.join(JobName)}):(.+):(\d+)\.(\d+)", re.DOTALL | re.ASCII)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a job.

    A round ends when the job is given up, and the next begins at a restart; or when it is put off,
    and the next goes on counting tries where the last one was.
    """

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
    def again(self) -> "Attempt":
        """The same try, which came too early."""
        return replace(self, round=self.round + 1)

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
        if pause_s > 0:
            self._add_delayed(connection, attempt, pause_s)
            return
        values = {
            "id": attempt.id,
            "queue": queue_name(attempt.job),
            "version": self._version,
            "application": APPLICATION,
            "serialization": SERIALIZER.name(),
            "token": uuid.uuid4().hex,
        }
        connection.execute(_ADD, values)
        connection.execute(_ADD_INPUT, {"id": attempt.id, "inputs": _inputs(attempt)})
        tell_of_commit(connection)

    def _add_delayed(self, connection: Connection, attempt: Attempt, pause_s: float) -> None:
        options = EnqueueOptions(
            workflow_name=queue_name(attempt.job),
            queue_name=queue_name(attempt.job),
            workflow_id=attempt.id,
            app_version=self._version,
            priority=connection.execute(_PRIORITY, {"queue": queue_name(attempt.job)}).scalar_one(),
            delay_seconds=pause_s,
        )
        self._client.enqueue_in_transaction(connection, options, *_arguments(attempt))


def _arguments(attempt: Attempt) -> tuple[str, int, int]:
    return attempt.subject_id, attempt.round, attempt.number


def _inputs(attempt: Attempt) -> str:
    return SERIALIZER.serialize({"positionalArgs": _arguments(attempt), "namedArgs": {}})


def queue_name(job: JobName) -> str:
    """What the library calls a job's queue, and the job itself."""
    return f"{APPLICATION}.{job}"
