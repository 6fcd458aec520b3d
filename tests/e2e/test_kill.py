"""Nothing that was acknowledged is lost, and nothing is done twice, however the process dies.

`python -m tests.e2e.kill_loop` goes on for longer.
"""

import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.desk import WORKERS, Desk, Worker
from tests.e2e.effects import effects_of
from tests.e2e.kill_loop import kill_on_sqlite
from tests.e2e.posters import SteadyPoster
from tests.e2e.processes import Installation, wait_until
from tests.e2e.workplace import Workplace

KILLS = 10
EVENTS, A_SECOND = 80, 20


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "kill.db"


@contextmanager
def desk_on(database: Path) -> Iterator[Desk]:
    desk = Desk(database)
    try:
        yield desk
    finally:
        desk.close()


def finish_the_rest(database: Path, desk: Desk) -> None:
    worker = Worker(database)
    worker.wait_until_ready()
    wait_until(lambda: not desk.waiting(), "for the rest to be done")
    worker.end(signal.SIGTERM)


@pytest.mark.slow
def test_killed_ten_times_nothing_is_lost_and_nothing_done_twice(database: Path) -> None:
    """Killed at random moments, while it starts or works, it ends up where it should."""
    chance = random.Random()
    acknowledged: list[str] = []
    for kill in range(KILLS):
        worker = Worker(database, f"run{kill}")
        if kill % 5 != 4:  # every fifth is killed while it still starts, or soon after
            worker.wait_until_ready()
        time.sleep(chance.uniform(0, 0.7))
        acknowledged += worker.end(signal.SIGKILL)

    with desk_on(database) as desk:
        finish_the_rest(database, desk)
        noted = desk.column("SELECT message_id FROM notes")
        revised = desk.column("SELECT note_id FROM note_revisions")
        sent = desk.sent()
        put_out = desk.column("SELECT id FROM outbox ORDER BY number")
        unfinished = desk.column(
            "SELECT workflow_uuid FROM workflow_status WHERE status != 'SUCCESS'"
        )

    assert len(acknowledged) > KILLS, "too little was going on for the test to mean anything"
    assert set(acknowledged) <= set(noted)
    assert len(noted) == len(set(noted))
    assert revised == []
    assert set(sent) == {f"reply-to-{message_id}" for message_id in noted}
    assert list(dict.fromkeys(sent)) == put_out, "one conversation is answered in order"
    assert len(sent) - len(set(sent)) <= KILLS * WORKERS, "only what a kill cut short is sent again"
    assert unfinished == []


@pytest.mark.slow
def test_asked_to_end_it_finishes_what_it_has_begun(database: Path) -> None:
    """SIGTERM ends it in good order within ten seconds, and the rest is done by the next one."""
    worker = Worker(database, "run")
    worker.wait_until_ready()
    time.sleep(0.3)

    asked = time.monotonic()
    acknowledged = worker.end(signal.SIGTERM)
    took_s = time.monotonic() - asked

    with desk_on(database) as desk:
        begun = desk.column("SELECT workflow_uuid FROM workflow_status WHERE status = 'PENDING'")
        finish_the_rest(database, desk)
        noted = desk.column("SELECT message_id FROM notes")
        sent = desk.sent()
    assert worker.exit_code == 0
    assert took_s < 10
    assert begun == []
    assert sorted(noted) == sorted(acknowledged)
    assert sorted(sent) == sorted(f"reply-to-{message_id}" for message_id in noted)


# --- the whole product, over HTTP ----------------------------------------------------------------


@pytest.mark.slow
def test_killed_25_times_it_loses_nothing_acknowledged_and_does_nothing_twice(
    tmp_path: Path,
) -> None:
    """Notes and questions, kept once and answered, wherever in its work it is killed."""
    report = kill_on_sqlite(tmp_path, kills=25, messages=250, seed=random.randrange(2**32))
    assert report.is_right, report.as_json()
    assert report.ended_in_s < 10


@pytest.mark.slow
def test_asked_to_end_under_a_steady_load_it_does_within_ten_seconds(tmp_path: Path) -> None:
    """Events do not wait for the process to come back; who was not heard is heard again."""
    slack = Workplace()
    installation = Installation(tmp_path, slack)
    posted = [slack.mention(f"Novara wants report {n} two weeks earlier") for n in range(EVENTS)]
    poster = SteadyPoster(installation, posted, A_SECOND, again=lambda: random.random() < 0.2)
    try:
        process = installation.start_ready("run")
        poster.start()
        for taken in (EVENTS // 3, EVENTS * 2 // 3):
            process.wait_until(partial(poster.has_delivered, taken), f"to take {taken} events")
            exit_code, took_s = process.terminate()
            assert (exit_code, took_s < 10) == (0, True), process.output
            process = installation.start("run")
        poster.join()
        installation.wait_until_all_is_done()
        assert process.terminate()[0] == 0, process.output
        with installation.engine() as engine:
            effects = effects_of(posted, [], engine, slack)
    finally:
        installation.close()
        slack.close()
    assert effects.wrong == []
    assert effects.replies_repeated == 0, "what was begun is finished"
