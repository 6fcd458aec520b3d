"""Everything that is read from and written to the library's table past its own calls."""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, bindparam, text

from adapters.jobs.guards import VERSION
from adapters.jobs.queue import Attempt, queue_name
from bot.ports import JobName

FAILED: Final = "ERROR"
PUT_ASIDE: Final = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"

_NAMES: Final = tuple(queue_name(job) for job in JobName)

_ALIVE = text("""
    SELECT workflow_uuid FROM workflow_status
    WHERE status IN ('ENQUEUED', 'PENDING', 'DELAYED') AND name IN :names
""").bindparams(bindparam("names", expanding=True))

_ATTEMPTS = text("""
    SELECT workflow_uuid, status FROM workflow_status
    WHERE workflow_uuid > :first AND workflow_uuid < :last
""")

_CLAIMED = text("""
    SELECT executor_id, workflow_uuid FROM workflow_status
    WHERE status = 'PENDING' AND name IN :names
""").bindparams(bindparam("names", expanding=True))

_RELEASE = text("""
    UPDATE workflow_status SET status = 'ENQUEUED', owner_xid = NULL, started_at_epoch_ms = NULL
    WHERE workflow_uuid IN :ids AND status = 'PENDING' AND executor_id = :executor_id
""").bindparams(bindparam("ids", expanding=True))

_ADOPT = text("""
    UPDATE workflow_status SET application_version = :version
    WHERE status IN ('ENQUEUED', 'PENDING', 'DELAYED') AND name IN :names
    AND application_version <> :version
""").bindparams(bindparam("names", expanding=True))

_FINISHED = text("""
    SELECT workflow_uuid FROM workflow_status
    WHERE completed_at IS NOT NULL AND completed_at < :before_ms AND name IN :names
    LIMIT :limit
""").bindparams(bindparam("names", expanding=True))

_COUNTS = text("""
    SELECT status, count(*) AS jobs FROM workflow_status
    WHERE status IN ('ENQUEUED', 'PENDING', 'DELAYED', 'ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')
    AND name IN :names GROUP BY status
""").bindparams(bindparam("names", expanding=True))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs there are: to be done, given up, put aside for taking the process down."""

    alive: int
    given_up: int
    put_aside: int


class Ledger:
    """The jobs as the database has them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def alive(self) -> set[tuple[JobName, str]]:
        """The jobs that wait, pause or are worked on, each with its subject."""
        with self._engine.connect() as connection:
            ids = connection.execute(_ALIVE, {"names": _NAMES}).scalars().all()
        attempts = map(Attempt.parse, ids)
        return {(attempt.job, attempt.subject_id) for attempt in attempts if attempt}

    def counts(self) -> Counts:
        """How many jobs there are, by how they stand."""
        with self._engine.connect() as connection:
            rows = connection.execute(_COUNTS, {"names": _NAMES}).all()
        by_state = {row.status: int(row.jobs) for row in rows}
        given_up, put_aside = by_state.pop(FAILED, 0), by_state.pop(PUT_ASIDE, 0)
        return Counts(sum(by_state.values()), given_up, put_aside)

    def last_attempt(self, job: JobName, subject_id: str) -> tuple[Attempt, str] | None:
        """The latest attempt with the library's word for its state; None without any."""
        prefix = f"{job}:{subject_id}:"
        span = {"first": prefix, "last": prefix[:-1] + chr(ord(":") + 1)}
        with self._engine.connect() as connection:
            rows = connection.execute(_ATTEMPTS, span).all()
        states = {Attempt.parse(row.workflow_uuid): str(row.status) for row in rows}
        own = [known for known in states if known and known.subject_id == subject_id]
        last = max(own, key=lambda known: (known.round, known.number), default=None)
        return (last, states[last]) if last else None

    def claimed(self) -> dict[str, set[str]]:
        """The ids of the attempts that each executor has taken and not ended."""
        found: dict[str, set[str]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(_CLAIMED, {"names": _NAMES}):
                found.setdefault(row.executor_id or "", set()).add(row.workflow_uuid)
        return found

    def release(self, attempt_ids: Collection[str], executor_id: str) -> int:
        """Put what this executor took, and does not work on, back where it stood in the queue."""
        if not attempt_ids:
            return 0
        values = {"ids": tuple(attempt_ids), "executor_id": executor_id}
        with self._engine.begin() as connection:
            return connection.execute(_RELEASE, values).rowcount

    def adopt(self) -> int:
        """Make jobs that another version added ours; the library leaves those to that version."""
        with self._engine.begin() as connection:
            return connection.execute(_ADOPT, {"version": VERSION, "names": _NAMES}).rowcount

    def finished_before(self, age_s: float, batch: int) -> Iterator[Sequence[str]]:
        """Batches of attempts that ended longer ago than this; delete one before the next."""
        values = {"before_ms": int((time.time() - age_s) * 1000), "names": _NAMES, "limit": batch}
        while True:
            with self._engine.connect() as connection:
                ids = connection.execute(_FINISHED, values).scalars().all()
            if not ids:
                return
            yield ids
