"""The durable jobs: what is enqueued runs once it is committed, and is never forgotten."""

import base64
import json
import logging
import pickle
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from dbos import EnqueueOptions
from dbos._core import ActiveWorkflowById
from sqlalchemy import Connection, Engine, text

from adapters.jobs import DurableJobs, DurableQueue, check_job_tables, create_job_tables
from adapters.jobs.guards import VERSION
from adapters.jobs.ledger import Ledger
from adapters.jobs.queue import Attempt
from adapters.jobs.retries import pause_before_next
from adapters.jobs.slots import slots_of
from adapters.jobs.slots_by_server import ServerSlot
from adapters.jobs.upkeep import Upkeep
from adapters.jobs.wakeup import CommitWatch, WakeableStop, wake_at_each_end
from bot.errors import SendFailed, SendPostponed, SendRefused, StoreTooOld
from bot.ports import JobHandler, JobName, Jobs
from knowledge_store.engine import open_engine
from tests.contract.stores import everything_in
from tests.postgres import PostgresServer

HANDLE, SEND = JobName.HANDLE, JobName.SEND
STATUS_OF = text("SELECT * FROM workflow_status WHERE workflow_uuid = :id")
INPUT_OF = text("SELECT * FROM workflow_input WHERE workflow_uuid = :id")
NOTE_TEXT = "Novara will close its site in Lyon"
PATIENCE_S = 20.0


class Recorder:
    """A handler that remembers the subjects it got, and can be waited for."""

    def __init__(self, *errors: Exception) -> None:
        self.seen: list[str] = []
        self._errors = list(errors)
        self._news: queue.Queue[str] = queue.Queue()

    def __call__(self, subject_id: str) -> None:
        self.seen.append(subject_id)
        self._news.put(subject_id)
        if self._errors:
            raise self._errors.pop(0)

    def wait_for(self, calls: int) -> list[str]:
        return [self._news.get(timeout=PATIENCE_S) for _ in range(calls)]


class Blocker:
    """A handler that does not end before it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.let_go = threading.Event()
        self.calls = 0

    def __call__(self, subject_id: str) -> None:
        self.calls += 1
        self.begun.set()
        assert self.let_go.wait(PATIENCE_S)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database of each kind with the engine's tables."""
    engine = open_engine(database_url)
    create_job_tables(engine)
    yield engine
    engine.dispose()


Start = Callable[..., DurableJobs]


@pytest.fixture
def start(engine: Engine) -> Iterator[Start]:
    """Starts jobs that are stopped at the end of the test."""
    with ExitStack() as stops:

        def start(
            handlers: Mapping[JobName, JobHandler],
            *,
            waiting: Sequence[tuple[JobName, str]] = (),
            workers: int = 1,
            pauses_s: Sequence[float] = (),
            on_give_up: Mapping[JobName, JobHandler] | None = None,
        ) -> DurableJobs:
            jobs = DurableJobs(
                engine,
                waiting=lambda: waiting,
                workers=workers,
                on_give_up=on_give_up,
                pauses_s=dict.fromkeys(JobName, tuple(pauses_s)),
            )
            stops.callback(jobs.stop, PATIENCE_S)
            jobs.start(handlers)
            return jobs

        yield start


def enqueue(engine: Engine, job: JobName, *subject_ids: str) -> None:
    jobs = DurableQueue(engine)
    with engine.begin() as connection:
        for subject_id in subject_ids:
            jobs.enqueue(connection, job, subject_id)


def drop_job_tables(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP SCHEMA dbos CASCADE"))
        return
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
    for name in [name for name in names.scalars() if not name.startswith("sqlite_")]:
        connection.execute(text(f'DROP TABLE "{name}"'))


def states(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT workflow_uuid, status FROM workflow_status"))
        return {row.workflow_uuid: row.status for row in rows}


def upkeep_of(
    engine: Engine,
    *,
    waiting: Sequence[tuple[JobName, str]] = (),
    executor_id: str = "worker-1",
    running: Sequence[str] = (),
    most_attempts: int = 1,
    trouble: threading.Event | None = None,
    now: Callable[[], float] = time.monotonic,
) -> Upkeep:
    return Upkeep(
        engine,
        DurableQueue(engine),
        waiting=lambda: waiting,
        most_attempts=dict.fromkeys(JobName, most_attempts),
        slots=slots_of(engine),
        executor_id=executor_id,
        running=lambda: running,
        trouble=trouble or threading.Event(),
        now=now,
    )


def claim(engine: Engine, attempt: Attempt, executor_id: str) -> None:
    """Make it look as if this worker had begun the attempt."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE workflow_status SET status = 'PENDING', executor_id = :executor_id, "
                "application_version = 'earshot' WHERE workflow_uuid = :id"
            ),
            {"executor_id": executor_id, "id": attempt.id},
        )


def is_held(engine: Engine, name: str) -> bool:
    with slots_of(engine).if_abandoned(name) as is_abandoned:
        return not is_abandoned


class TestEnqueueing:
    def test_a_job_runs_after_its_transaction_is_committed(
        self, engine: Engine, start: Start
    ) -> None:
        """A job that is enqueued while the worker runs reaches the handler of its kind."""
        handle, send = Recorder(), Recorder()
        start({HANDLE: handle, SEND: send})

        enqueue(engine, HANDLE, "d1")
        enqueue(engine, SEND, "o1")

        assert handle.wait_for(1) == ["d1"]
        assert send.wait_for(1) == ["o1"]

    def test_a_job_that_was_rolled_back_never_runs(self, engine: Engine, start: Start) -> None:
        """The job lives and dies with the row that it is about."""
        connection = engine.connect()
        DurableQueue(engine).enqueue(connection, HANDLE, "undone")
        connection.rollback()
        connection.close()
        enqueue(engine, HANDLE, "kept")

        handle = Recorder()
        jobs = start({HANDLE: handle})

        assert handle.wait_for(1) == ["kept"]
        jobs.stop(PATIENCE_S)
        assert set(states(engine)) == {"handle:kept:1.1"}

    def test_a_job_is_added_as_the_library_itself_does_it(self, engine: Engine) -> None:
        """Every column: our own statement saves time, and must not fall behind the library's."""
        jobs = DurableQueue(engine)
        with engine.begin() as connection:
            jobs.enqueue(connection, SEND, "ours")
            options = EnqueueOptions(
                workflow_name="earshot.send",
                queue_name="earshot.send",
                workflow_id="send:theirs:1.1",
                app_version=VERSION,
                priority=2,
            )
            jobs.client.enqueue_in_transaction(connection, options, "theirs", 1, 1)
            ours, theirs = (
                {
                    table: dict(
                        connection.execute(row, {"id": f"send:{name}:1.1"}).mappings().one()
                    )
                    for table, row in (("status", STATUS_OF), ("input", INPUT_OF))
                }
                for name in ("ours", "theirs")
            )
        for row in (ours, theirs):
            del row["status"]["created_at"], row["status"]["updated_at"]
            del row["input"]["retention_timestamp"]
        assert len(ours["status"].pop("creator_xid")) >= 32
        assert theirs["status"].pop("creator_xid")
        assert theirs["status"].pop("priority") == ours["status"].pop("priority") + 1
        assert json.loads(ours["input"].pop("inputs")) == {
            "positionalArgs": ["ours", 1, 1],
            "namedArgs": {},
        }
        assert json.loads(theirs["input"].pop("inputs"))["positionalArgs"] == ["theirs", 1, 1]
        assert str(ours) == str(theirs).replace("theirs", "ours")

    def test_a_job_enqueued_twice_runs_once(self, engine: Engine, start: Start) -> None:
        """The same row asks for the same work only once: before, and after it was done."""
        handle = Recorder()
        jobs = start({HANDLE: handle})
        enqueue(engine, HANDLE, "d1", "d1", "d2")
        assert handle.wait_for(2) == ["d1", "d2"]

        enqueue(engine, HANDLE, "d1", "d3")

        assert handle.wait_for(1) == ["d3"]
        jobs.stop(PATIENCE_S)
        assert handle.seen == ["d1", "d2", "d3"]

    def test_jobs_run_in_the_order_in_which_they_were_committed(
        self, engine: Engine, start: Start
    ) -> None:
        """Also within one second, and when the clock was set back in between."""
        ids = [f"d{number}" for number in (3, 1, 4, 15, 9, 2, 6, 5, 35, 8)]
        for subject_id in ids[:5]:
            enqueue(engine, HANDLE, subject_id)
        with engine.begin() as connection:
            connection.execute(text("UPDATE workflow_status SET created_at = created_at + 60000"))
        for subject_id in ids[5:]:
            enqueue(engine, HANDLE, subject_id)

        handle = Recorder()
        start({HANDLE: handle})

        assert handle.wait_for(len(ids)) == ids

    def test_a_commit_wakes_the_loops_that_look_for_jobs(self, engine: Engine) -> None:
        """Whoever commits, a job starts at once and not at the end of the next pause."""
        loop = WakeableStop()
        watch = CommitWatch(engine, [loop])
        watch.start()
        loop.wait(PATIENCE_S)  # it also wakes them when it begins

        enqueue(engine, HANDLE, "d1")
        asked = time.monotonic()
        is_stop = loop.wait(PATIENCE_S)

        assert not is_stop
        assert time.monotonic() - asked < PATIENCE_S
        watch.stop()
        watch.join()

    def test_the_end_of_a_job_wakes_the_loops(self) -> None:
        """There is room for the next one, which need not wait for the end of the pause."""
        active, loop = ActiveWorkflowById(), WakeableStop()
        wake_at_each_end(active, [loop])
        entry = active.add("handle:d1:1.1", "earshot.handle")

        entry.release()
        asked = time.monotonic()
        loop.wait(PATIENCE_S)

        assert time.monotonic() - asked < PATIENCE_S
        assert active.activeList() == []

    def test_a_slow_handler_holds_up_no_reply(self, engine: Engine, start: Start) -> None:
        """Each kind of job has its own queue and its own workers."""
        slow, send = Blocker(), Recorder()
        start({HANDLE: slow, SEND: send})
        enqueue(engine, HANDLE, "d1", "d2", "d3")
        assert slow.begun.wait(PATIENCE_S)

        enqueue(engine, SEND, "o1")

        assert send.wait_for(1) == ["o1"]
        slow.let_go.set()


class TestFailing:
    def test_a_job_that_failed_is_tried_again(self, engine: Engine, start: Start) -> None:
        """A passing failure costs another attempt and nothing else."""
        handle = Recorder(RuntimeError("down"), RuntimeError("still down"))
        jobs = start({HANDLE: handle}, pauses_s=(0, 0))

        enqueue(engine, HANDLE, "d1")

        assert handle.wait_for(3) == ["d1"] * 3
        jobs.stop(PATIENCE_S)
        assert set(states(engine).values()) == {"SUCCESS"}

    def test_a_pause_holds_no_worker(self, engine: Engine, start: Start) -> None:
        """With one worker, the next job runs while the failed one waits for its next attempt."""
        handle = Recorder(RuntimeError("down"))
        jobs = start({HANDLE: handle}, pauses_s=(3600,))

        enqueue(engine, HANDLE, "fails", "works")

        assert handle.wait_for(2) == ["fails", "works"]
        jobs.stop(PATIENCE_S)
        assert states(engine)["handle:fails:1.2"] == "DELAYED"

    @pytest.mark.slow
    def test_an_attempt_that_pauses_comes_when_its_time_is_up(
        self, engine: Engine, start: Start
    ) -> None:
        """The pause lies in the database and ends by itself."""
        handle = Recorder(RuntimeError("down"))
        start({HANDLE: handle}, pauses_s=(0.01,))

        enqueue(engine, HANDLE, "d1")

        assert handle.wait_for(2) == ["d1", "d1"]

    def test_a_job_that_keeps_failing_is_given_up(
        self, engine: Engine, start: Start, caplog: pytest.LogCaptureFixture
    ) -> None:
        """After the last pause there is none; the row's owner and the log are told."""
        handle = Recorder(*[RuntimeError("down")] * 9)
        told = Recorder()
        jobs = start({HANDLE: handle}, pauses_s=(0,), on_give_up={HANDLE: told})

        enqueue(engine, HANDLE, "d1")

        assert told.wait_for(1) == ["d1"]
        jobs.stop(PATIENCE_S)
        assert handle.seen == ["d1", "d1"]
        assert states(engine)["handle:d1:1.2"] == "ERROR"
        assert caplog.text.count("handle:d1:1.2") == 1

    def test_a_job_that_came_too_early_comes_again_and_has_not_failed(
        self, engine: Engine, start: Start
    ) -> None:
        """However often: the tries that it has are left to it, and nothing is logged."""
        job = Recorder(*(SendPostponed(0.01) for _ in range(3)), SendFailed())
        start({SEND: job}, pauses_s=(0,))
        enqueue(engine, SEND, "o1")

        assert job.wait_for(5) == ["o1"] * 5
        assert {"send:o1:4.1", "send:o1:4.2"} <= states(engine).keys()

    def test_what_went_wrong_is_told_without_what_people_wrote(
        self, engine: Engine, start: Start, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Logs and database name the job and the error's type; the error's text may be a note's."""
        handle = Recorder(ValueError(NOTE_TEXT), ValueError(NOTE_TEXT))
        told = Recorder(ValueError(NOTE_TEXT))
        with caplog.at_level(logging.DEBUG):
            jobs = start({HANDLE: handle}, pauses_s=(0,), on_give_up={HANDLE: told})
            enqueue(engine, HANDLE, "d1")
            told.wait_for(1)
            jobs.stop(PATIENCE_S)

        assert "job handle:d1:1.2 failed and is given up: ValueError at " in caplog.text
        assert NOTE_TEXT not in caplog.text
        assert NOTE_TEXT not in everything_in(engine)

    def test_a_refused_reply_is_never_tried_again(self, engine: Engine, start: Start) -> None:
        """Neither in this run nor after a restart, even where its row still waits."""
        send, told = Recorder(SendRefused("gone")), Recorder()
        jobs = start({SEND: send}, pauses_s=(0, 0), on_give_up={SEND: told})
        enqueue(engine, SEND, "o1")
        assert told.wait_for(1) == ["o1"]
        jobs.stop(PATIENCE_S)

        start({SEND: send}, waiting=[(SEND, "o1")]).stop(PATIENCE_S)

        assert send.seen == ["o1"]

    @pytest.mark.parametrize(
        ("attempt", "error", "pause_s"),
        [
            (1, RuntimeError(), 0),
            (2, RuntimeError(), 5),
            (3, RuntimeError(), None),
            (1, SendFailed(), 0),
            (1, SendFailed(retry_after_s=30), 30),
            (2, SendFailed(retry_after_s=2), 5),
            (1, SendFailed(retry_after_s=10**9), 24 * 60 * 60),
            (3, SendFailed(retry_after_s=30), None),
        ],
    )
    def test_the_pause_is_ours_or_what_the_platform_asked_for_if_longer(
        self, attempt: int, error: Exception, pause_s: float | None
    ) -> None:
        """Pauses come from the table; a platform may lengthen one, up to a day."""
        assert pause_before_next((0, 5), attempt, error) == pause_s


class TestForgettingNothing:
    def test_a_row_without_a_job_gets_one_at_the_start(self, engine: Engine, start: Start) -> None:
        """The rows that wait are the truth; the job tables may be lost as a whole."""
        enqueue(engine, HANDLE, "d1")
        with engine.begin() as connection:
            drop_job_tables(connection)

        handle = Recorder()
        start({HANDLE: handle}, waiting=[(HANDLE, "d1"), (HANDLE, "d2")])

        assert handle.wait_for(2) == ["d1", "d2"]

    def test_a_row_without_a_job_gets_one_within_a_minute(self, engine: Engine) -> None:
        """The upkeep adds what is missing, and leaves alone what is there in whatever state."""
        enqueue(engine, HANDLE, "waits", "is-begun")
        claim(engine, Attempt(HANDLE, "is-begun"), "worker-1")
        rows = [(HANDLE, "waits"), (HANDLE, "is-begun"), (SEND, "waits"), (HANDLE, "wait")]

        added = upkeep_of(engine, waiting=rows).add_missing(retry_failed=False)

        assert added == 2
        assert set(states(engine)) == {
            "handle:waits:1.1",
            "handle:is-begun:1.1",
            "send:waits:1.1",
            "handle:wait:1.1",
        }

    def test_a_job_that_was_given_up_is_tried_again_after_a_restart(
        self, engine: Engine, start: Start
    ) -> None:
        """An upgrade may have mended it; but not every minute."""
        broken, told = Recorder(RuntimeError("bug")), Recorder()
        jobs = start({HANDLE: broken}, on_give_up={HANDLE: told})
        enqueue(engine, HANDLE, "d1")
        told.wait_for(1)
        jobs.stop(PATIENCE_S)
        assert upkeep_of(engine, waiting=[(HANDLE, "d1")]).add_missing(retry_failed=False) == 0

        mended = Recorder()
        start({HANDLE: mended}, waiting=[(HANDLE, "d1")])

        assert mended.wait_for(1) == ["d1"]

    def test_an_attempt_that_failed_without_a_next_one_gets_it(self, engine: Engine) -> None:
        """So it ends when the database fails just as the next attempt is added."""
        enqueue(engine, HANDLE, "d1")
        with engine.begin() as connection:
            connection.execute(text("UPDATE workflow_status SET status = 'ERROR'"))

        upkeep = upkeep_of(engine, waiting=[(HANDLE, "d1")], most_attempts=2)

        assert [upkeep.add_missing(retry_failed=False) for _ in range(2)] == [1, 0]
        assert states(engine)["handle:d1:1.2"] == "ENQUEUED"

    def test_a_job_that_takes_the_process_down_is_put_aside(
        self, engine: Engine, start: Start
    ) -> None:
        """Else one poisonous note would keep the whole product down."""
        enqueue(engine, HANDLE, "poison", "d1")
        claim(engine, Attempt(HANDLE, "poison"), "worker-1")
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE workflow_status SET recovery_attempts = 21 WHERE status = 'PENDING'")
            )

        handle = Recorder()
        jobs = start({HANDLE: handle}, waiting=[(HANDLE, "poison"), (HANDLE, "d1")])

        assert handle.wait_for(1) == ["d1"]
        jobs.stop(PATIENCE_S)
        assert states(engine)["handle:poison:1.1"] == "MAX_RECOVERY_ATTEMPTS_EXCEEDED"

    def test_what_a_dead_worker_had_begun_is_begun_again(
        self, engine: Engine, start: Start
    ) -> None:
        """A name that nobody holds has nobody behind it, this process's own or another's."""
        enqueue(engine, HANDLE, "mine", "other")
        claim(engine, Attempt(HANDLE, "mine"), "worker-1")
        claim(engine, Attempt(HANDLE, "other"), "worker-7")

        handle = Recorder()
        start({HANDLE: handle})

        assert sorted(handle.wait_for(2)) == ["mine", "other"]

    def test_what_another_version_had_added_is_worked_on(
        self, engine: Engine, start: Start
    ) -> None:
        """The library would leave it to that version for ever."""
        with engine.begin() as connection:
            DurableQueue(engine, "older").enqueue(connection, HANDLE, "d1")

        handle = Recorder()
        start({HANDLE: handle})

        assert handle.wait_for(1) == ["d1"]

    def test_what_a_living_worker_has_begun_is_left_to_it(self, engine: Engine) -> None:
        """Whoever holds its name's lock is alive, however long its job takes."""
        other = slots_of(engine).take()
        enqueue(engine, HANDLE, "d1")
        claim(engine, Attempt(HANDLE, "d1"), other.name)
        upkeep = upkeep_of(engine, executor_id="worker-9")

        assert upkeep.take_over(at_once=True) == 0
        other.release()
        looks = slots_of(engine).looks_before_take_over
        assert [upkeep.take_over() for _ in range(looks)] == [0] * (looks - 1) + [1]

    def test_a_worker_that_is_found_alive_again_keeps_its_work(
        self, postgres_url: str, postgres: PostgresServer
    ) -> None:
        """A server that restarts drops the locks of workers that live on."""
        engine = open_engine(postgres_url)
        other = slots_of(engine).take()
        enqueue(engine, HANDLE, "d1")
        claim(engine, Attempt(HANDLE, "d1"), other.name)
        upkeep = upkeep_of(engine)
        postgres.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks "
            "JOIN pg_database ON pg_database.oid = database AND datname = "
            f"'{engine.url.database}' WHERE locktype = 'advisory'"
        )
        assert upkeep.take_over() == 0

        deadline = time.monotonic() + PATIENCE_S
        while not is_held(engine, other.name) and time.monotonic() < deadline:
            time.sleep(0.05)

        assert upkeep.take_over() == 0
        assert states(engine) == {"handle:d1:1.1": "PENDING"}
        other.release()
        engine.dispose()

    def test_what_was_taken_but_never_begun_is_put_back(self, engine: Engine) -> None:
        """After seconds, since an attempt is not in work for a moment at its start and end."""
        enqueue(engine, HANDLE, "stuck", "in-work")
        claim(engine, Attempt(HANDLE, "stuck"), "worker-1")
        claim(engine, Attempt(HANDLE, "in-work"), "worker-1")
        moments = iter((0.0, 1.9, 2.1))
        upkeep = upkeep_of(engine, running=["handle:in-work:1.1"], now=lambda: next(moments))

        assert [upkeep.release_stuck() for _ in range(3)] == [0, 0, 1]
        assert states(engine)["handle:stuck:1.1"] == "ENQUEUED"

    def test_after_trouble_what_is_missing_is_added_in_the_next_second(
        self, engine: Engine
    ) -> None:
        """Whoever waits for an answer should not wait for the minute to be over, too."""
        upkeep = upkeep_of(engine, waiting=[(HANDLE, "d1")], trouble=(trouble := threading.Event()))
        upkeep.look(1)
        assert states(engine) == {}

        trouble.set()
        upkeep.look(2)

        assert states(engine) == {"handle:d1:1.1": "ENQUEUED"}
        assert not trouble.is_set()

    def test_records_are_deleted_after_seven_days(self, engine: Engine, start: Start) -> None:
        """Of jobs that have ended; one that waits is kept however old it is."""
        handle = Recorder()
        jobs = start({HANDLE: handle})
        enqueue(engine, HANDLE, "old", "new")
        handle.wait_for(2)
        jobs.stop(PATIENCE_S)
        enqueue(engine, HANDLE, "waits")
        eight_days_ago = int((time.time() - 8 * 24 * 60 * 60) * 1000)
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE workflow_status SET created_at = :then WHERE workflow_uuid != :new"),
                {"then": eight_days_ago, "new": "handle:new:1.1"},
            )
            connection.execute(
                text("UPDATE workflow_status SET completed_at = :then WHERE workflow_uuid = :old"),
                {"then": eight_days_ago, "old": "handle:old:1.1"},
            )

        upkeep_of(engine).delete_old()

        assert set(states(engine)) == {"handle:new:1.1", "handle:waits:1.1"}
        with engine.connect() as connection:
            inputs = connection.execute(text("SELECT workflow_uuid FROM workflow_input"))
            assert "handle:old:1.1" not in inputs.scalars().all()


class TestLife:
    def test_it_plays_the_port(self, start: Start) -> None:
        """The composition root hands it over as `Jobs`; it is alive from start to stop."""
        jobs: Jobs = start({HANDLE: Recorder()})
        assert jobs.is_alive()

        jobs.stop(PATIENCE_S)

        assert not jobs.is_alive()
        jobs.stop(PATIENCE_S)

    def test_a_worker_that_takes_no_jobs_is_not_alive(self, engine: Engine, start: Start) -> None:
        """Readiness must not say that all is well when a queue is not worked on."""
        jobs = start({HANDLE: Recorder()})
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM queues"))

        poller = next(t for t in threading.enumerate() if t.name == "earshot.handle-poller")
        poller.join(PATIENCE_S)

        assert not jobs.is_alive()

    def test_stopping_waits_for_the_job_that_runs(self, engine: Engine, start: Start) -> None:
        """What had begun is finished and recorded; what waits is left for the next start."""
        slow = Blocker()
        jobs = start({HANDLE: slow})
        enqueue(engine, HANDLE, "d1", "d2")
        assert slow.begun.wait(PATIENCE_S)
        release = threading.Timer(0.1, slow.let_go.set)
        release.start()

        jobs.stop(PATIENCE_S)
        release.join()

        assert states(engine) == {"handle:d1:1.1": "SUCCESS", "handle:d2:1.1": "ENQUEUED"}

    def test_a_job_that_outlasts_the_stop_is_not_lost(
        self, engine: Engine, start: Start, caplog: pytest.LogCaptureFixture
    ) -> None:
        """It stays recorded as begun, under a name that nobody can take while it still runs."""
        slow = Blocker()
        jobs = start({HANDLE: slow})
        enqueue(engine, HANDLE, "d1")
        assert slow.begun.wait(PATIENCE_S)

        jobs.stop(0)

        assert "stopped with 1 jobs running" in caplog.text
        assert list(Ledger(engine).claimed().values()) == [{"handle:d1:1.1"}]
        assert upkeep_of(engine, executor_id="worker-2").take_over() == 0
        slow.let_go.set()
        for thread in threading.enumerate():
            if thread.name.startswith("dbos-executor"):
                thread.join(PATIENCE_S)
        for thread in threading.enumerate():
            if isinstance(thread, ServerSlot):  # else until the end of the process
                thread.release()

    def test_it_can_be_started_again_and_again(self, engine: Engine, start: Start) -> None:
        """One process may start and stop it in sequence."""
        for run in range(3):
            handle = Recorder()
            jobs = start({HANDLE: handle})
            enqueue(engine, HANDLE, f"d{run}")
            assert handle.wait_for(1) == [f"d{run}"]
            jobs.stop(PATIENCE_S)

    def test_a_restart_gets_its_old_name_in_a_file(self, tmp_path: Path) -> None:
        """So the files beside the database do not become more and more."""
        engine = open_engine(f"sqlite:///{tmp_path}/jobs.db")
        for _ in range(2):
            slot = slots_of(engine).take()
            assert slot.name == "worker-1"
            slot.release()
        engine.dispose()

    def test_a_second_one_in_the_same_process_is_refused(
        self, engine: Engine, start: Start
    ) -> None:
        """The library has one instance a process; the first goes on unharmed."""
        handle = Recorder()
        first = start({HANDLE: handle})

        with pytest.raises(RuntimeError, match="stop them first"):
            start({HANDLE: Recorder()})
        with pytest.raises(RuntimeError, match="started already"):
            first.start({HANDLE: Recorder()})

        enqueue(engine, HANDLE, "d1")
        assert handle.wait_for(1) == ["d1"]

    def test_a_run_without_trouble_says_nothing(
        self,
        engine: Engine,
        start: Start,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        """No banner, no advertisement, no line a job: on the log or on the terminal."""
        handle = Recorder()
        with caplog.at_level(logging.INFO):
            jobs = start({HANDLE: handle})
            enqueue(engine, HANDLE, "d1")
            handle.wait_for(1)
            jobs.stop(PATIENCE_S)

        assert caplog.records == []
        assert capfd.readouterr() == ("", "")


class TestCheckingTheTables:
    def test_it_says_how_the_jobs_stand(self, engine: Engine) -> None:
        """What waits, and what needs somebody to look."""
        enqueue(engine, HANDLE, "d1", "d2", "d3")
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE workflow_status SET status = 'ERROR' WHERE workflow_uuid = :id"),
                {"id": "handle:d1:1.1"},
            )

        assert check_job_tables(engine) == (
            "2 jobs wait or run; in the last seven days 1 were given up "
            "and 0 put aside after crashes"
        )

    def test_missing_tables_are_named_with_what_to_do(self, bare_database_url: str) -> None:
        """A web process may be started before anybody has migrated."""
        engine = open_engine(bare_database_url)

        with pytest.raises(StoreTooOld, match="earshot migrate"):
            check_job_tables(engine)
        engine.dispose()


class Planted:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.trace,)


class TestPlantedRows:
    def test_a_pickled_row_runs_no_code(
        self, engine: Engine, start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Whoever can write to the tables cannot run code; the row ends, the rest goes on."""
        trace = tmp_path / "code-has-run"
        pickled = base64.b64encode(pickle.dumps(Planted(trace))).decode()
        enqueue(engine, HANDLE, "planted", "honest")
        with engine.begin() as connection:
            planted = {"id": "handle:planted:1.1", "value": pickled}
            connection.execute(
                text("UPDATE workflow_input SET inputs = :value WHERE workflow_uuid = :id"), planted
            )
            connection.execute(
                text(
                    "UPDATE workflow_status SET serialization = 'py_pickle' "
                    "WHERE workflow_uuid = :id"
                ),
                planted,
            )

        handle = Recorder()
        jobs = start({HANDLE: handle})

        assert handle.wait_for(1) == ["honest"]
        jobs.stop(PATIENCE_S)
        assert states(engine)["handle:planted:1.1"] == "ERROR"
        assert "claims to be pickled" in caplog.text
        assert not trace.exists()

    def test_a_row_under_a_strange_name_stops_nothing(self, engine: Engine) -> None:
        """No path is made of a worker's name in the database, and no id is trusted to be ours."""
        enqueue(engine, HANDLE, "d1", "d2")
        claim(engine, Attempt(HANDLE, "d1"), "../../elsewhere")
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE workflow_status SET workflow_uuid = 'x' WHERE workflow_uuid = :id"),
                {"id": "handle:d2:1.1"},
            )

        upkeep = upkeep_of(engine, waiting=[(HANDLE, "d1"), (HANDLE, "d2")])
        for second in (60, 120):
            upkeep.look(second)

        assert states(engine) == {
            "handle:d1:1.1": "ENQUEUED",
            "handle:d2:1.1": "ENQUEUED",
            "x": "ENQUEUED",
        }
