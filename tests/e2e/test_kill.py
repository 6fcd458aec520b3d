"""Nothing that was acknowledged is lost, and nothing is done twice, however the process dies.

Run as a program, it goes on for longer: `python -m tests.e2e.test_kill [events] [a second]`.
"""

import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.desk import WORKERS, Desk, Worker
from tests.e2e.processes import Installation, SteadyPoster, wait_until
from tests.e2e.workplace import Event, Workplace, button_values

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


# --- the whole product, under load ---------------------------------------------------------------


def check_ends_under_load(
    installation: Installation, slack: Workplace, events: int, a_second: float
) -> str:
    """Post notes on a schedule while the process is killed or asked to end, and started again."""
    chance = random.Random()
    posted: list[Event] = [
        slack.mention(f"Novara Pharma wants report {number} two weeks earlier")
        for number in range(events)
    ]
    ends = [signal.SIGKILL, signal.SIGTERM] * max(1, events // 160)
    poster = SteadyPoster(installation, posted, a_second, again=lambda: chance.random() < 0.2)
    process = installation.start_ready("run")
    poster.start()
    for number, end in enumerate(ends, start=1):
        taken = round(events * (number - chance.random()) / len(ends))
        process.wait_until(lambda: poster.acknowledged >= taken, f"to take {taken} events")  # noqa: B023 - called here
        if end is signal.SIGKILL:
            process.kill()
        else:
            exit_code, took_s = process.terminate()
            assert (exit_code, took_s < 10) == (0, True), process.output
        process = installation.start("run")
    poster.join()
    installation.wait_until_all_is_done()
    assert process.terminate()[0] == 0, process.output
    return what_became_of(posted, installation, slack, kills=ends.count(signal.SIGKILL))


def what_became_of(
    posted: list[Event], installation: Installation, slack: Workplace, *, kills: int
) -> str:
    """Look at what is kept, and what was answered."""
    kept = installation.notes()
    replies = Counter(value for call in slack.replies() for value in set(button_values(call)))
    times_kept = Counter(note.key.message_id for note in kept)
    assert times_kept == Counter(event["ts"] for event in posted)
    assert {note.version for note in kept} == {1}
    assert [note.id for note in kept if note.id not in replies] == []
    twice = sum(replies[note.id] - 1 for note in kept)
    assert twice <= kills * WORKERS, "only what a kill cut short is sent again"
    return (
        f"{len(posted)} acknowledged notes, {kills} kills and as many requests to end: "
        f"0 lost, 0 kept twice, {twice} replies shown twice"
    )


@pytest.mark.slow
def test_killed_and_stopped_under_a_steady_load_it_keeps_each_note_once(tmp_path: Path) -> None:
    """Events do not wait for the process to come back; who was not heard is heard again."""
    slack = Workplace()
    installation = Installation(tmp_path, slack)
    try:
        check_ends_under_load(installation, slack, EVENTS, A_SECOND)
    finally:
        installation.close()
        slack.close()


def main(events: int = 500, a_second: int = 20) -> None:
    """Go on for longer than a test run should take, and say how it went."""
    slack = Workplace(rooms=400)
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder), slack)
        try:
            began = time.monotonic()
            said = check_ends_under_load(installation, slack, events, a_second)
            sys.stdout.write(f"{said}, in {time.monotonic() - began:.0f} s\n")
        finally:
            installation.close()
    slack.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
