"""The disk, the database or the job tables fail under the real process, and it gets over it.

`EARSHOT_AWAY_S=60` has the database away for as long as an operator may need.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.e2e.effects import effects_of
from tests.e2e.processes import Installation, wait_until
from tests.e2e.small_disk import LimitedFiles, SmallDisk, tmpfs
from tests.e2e.workplace import Event, Workplace

AWAY_S = float(os.environ.get("EARSHOT_AWAY_S", "3"))
_AT_ONCE = 16
_REFUSED = 503
_OF_AN_OLDER_WORKER = text("""
    UPDATE workflow_status SET application_version = 'older', executor_id = 'gone',
    status = CASE WHEN substr(workflow_uuid, 8, 1) < '8' THEN 'PENDING' ELSE status END
""")
"""About half of the jobs are begun, half of them wait: ids are random hexadecimals."""

pytestmark = pytest.mark.slow


@pytest.fixture
def slack() -> Iterator[Workplace]:
    slack = Workplace()
    yield slack
    slack.close()


@pytest.fixture
def installation(tmp_path: Path, slack: Workplace) -> Iterator[Installation]:
    installation = Installation(tmp_path, slack)
    yield installation
    installation.close()


def notes_on(slack: Workplace, count: int) -> list[Event]:
    return [slack.mention(f"Novara wants report {n} two weeks earlier") for n in range(count)]


def post_all(installation: Installation, events: list[Event]) -> list[int]:
    """What each is answered; 0 where nobody answers."""

    def post(event: Event) -> int:
        try:
            return installation.post(event)
        except (OSError, HTTPException):
            return 0

    with ThreadPoolExecutor(_AT_ONCE) as senders:
        return list(senders.map(post, events))


def seconds_until(condition: Callable[[], bool], what: str) -> float:
    began = time.monotonic()
    wait_until(condition, what)
    return time.monotonic() - began


def seconds_to_heal(installation: Installation, slack: Workplace) -> tuple[float, float]:
    """Until a new note is taken; and until nothing waits for work any more."""
    note = slack.mention("Brightwell moves its filling line to Ghent in spring")

    def is_idle() -> bool:
        with installation.store() as store:
            return not list(store.waiting()) and not installation.begun_jobs()

    taken_s = seconds_until(lambda: post_all(installation, [note]) == [200], "for it to take notes")
    return taken_s, taken_s + seconds_until(is_idle, "for all work to be done")


@contextmanager
def full_disk(kind: str, folder: Path) -> Iterator[SmallDisk]:
    with ExitStack() as mounted:
        disk = mounted.enter_context(tmpfs(folder)) if kind == "tmpfs" else LimitedFiles()
        if disk is None:
            pytest.skip("this user may not mount a file system")
        yield disk


@pytest.mark.parametrize("kind", ["tmpfs", "limited files"])
def test_on_a_full_disk_it_keeps_or_refuses_and_heals_within_five_seconds(
    tmp_path: Path, slack: Workplace, kind: str
) -> None:
    """Nothing that was acknowledged is lost, and what was begun is finished when there is room."""
    with full_disk(kind, tmp_path) as disk:
        installation = Installation(tmp_path, slack)
        try:
            process = installation.start_ready("run")
            before, during = notes_on(slack, 10), notes_on(slack, 40)
            assert set(post_all(installation, before)) == {200}
            disk.fill(process)
            answers = post_all(installation, during)
            disk.free(process)
            taken_in_s, done_in_s = seconds_to_heal(installation, slack)

            assert set(answers) <= {200, _REFUSED}
            assert _REFUSED in answers, "the disk was not full"
            assert taken_in_s < 5
            assert done_in_s < 10, "the last jobs too, on a machine that is busy with other tests"
            kept = Counter(note.key.message_id for note in installation.notes())
            acknowledged = [e for e, answer in zip(during, answers, strict=True) if answer == 200]
            assert all(kept[event["ts"]] == 1 for event in [*before, *acknowledged])
            assert process.terminate()[0] == 0
        finally:
            installation.close()


def test_when_the_database_is_back_it_heals_within_ten_seconds(
    installation: Installation, slack: Workplace
) -> None:
    """Locked by somebody for as long as they like; what came in meanwhile comes again."""
    process = installation.start_ready("run")
    posted = notes_on(slack, 30)
    assert set(post_all(installation, posted[:20])) == {200}
    with installation.engine() as engine, engine.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        time.sleep(AWAY_S)
        connection.exec_driver_sql("ROLLBACK")

    taken_in_s, _ = seconds_to_heal(installation, slack)

    assert taken_in_s < 10
    assert set(post_all(installation, posted[20:])) == {200}
    installation.wait_until_all_is_done()
    assert process.terminate()[0] == 0
    kept = Counter(note.key.message_id for note in installation.notes())
    assert all(kept[event["ts"]] == 1 for event in posted)


def test_an_upgrade_with_a_hundred_jobs_in_flight_finishes_them(
    installation: Installation, slack: Workplace
) -> None:
    """Begun or waiting, under the name and the version of a worker that is no more."""
    installation.migrate()
    posted = notes_on(slack, 100)
    with installation.running("web"):
        assert set(post_all(installation, posted)) == {200}
    with installation.engine() as engine, engine.begin() as connection:
        connection.execute(_OF_AN_OLDER_WORKER)

    process = installation.start("worker")

    finished_in_s = seconds_until(lambda: not installation.begun_jobs(), "for it to take over")
    installation.wait_until_all_is_done()
    assert finished_in_s < 120
    assert process.terminate()[0] == 0, process.output
    with installation.engine() as engine:
        effects = effects_of(posted, [], engine, slack)
    assert effects.wrong == []
    assert effects.replies_repeated == 0


def test_without_the_job_table_all_work_is_found_again(
    installation: Installation, slack: Workplace
) -> None:
    """By the rows that wait, under a process that goes on all the while."""
    posted = notes_on(slack, 60)
    process = installation.start_ready("run")
    assert set(post_all(installation, posted)) == {200}
    with installation.engine() as engine, engine.begin() as connection:
        for table in ("workflow_input", "workflow_status"):
            connection.execute(text(f"DELETE FROM {table}"))
    with installation.store() as store:
        assert list(store.waiting()), "there was nothing left to find again"

    installation.wait_until_all_is_done()

    assert process.terminate()[0] == 0
    kept = Counter(note.key.message_id for note in installation.notes())
    assert kept == Counter(event["ts"] for event in posted)
