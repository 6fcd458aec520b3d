"""What is promised of the product holds for the real processes, as they are run."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from tests.e2e.processes import Installation, free_port, wait_until
from tests.e2e.workplace import Event, Workplace, button_values, text_of

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
    return [
        slack.mention(f"Novara Pharma wants report {number} two weeks earlier")
        for number in range(count)
    ]


def replies_by_note(slack: Workplace) -> Counter[str]:
    """How often each note was answered: every reply to a note offers to undo that note."""
    return Counter(value for call in slack.replies() for value in set(button_values(call)))


# --- the process is asked to end ----------------------------------------------------------------


def test_asked_to_end_amid_work_it_exits_with_0_and_leaves_nothing_half_done(
    installation: Installation, slack: Workplace
) -> None:
    """What was begun is finished, what was not waits as it came; a Slack that hangs is left."""
    posted = notes_on(slack, 30)
    process = installation.start_ready("run")
    slack.api.hang("chat.postEphemeral")
    for event in posted:
        assert installation.post(event) == 200
    wait_until(lambda: slack.api.unanswered == 1, "a reply to hang")

    exit_code, took_s = process.terminate()

    assert exit_code == 0, process.output
    assert took_s < 10
    kept, replies = installation.notes(), replies_by_note(slack)
    with installation.store() as store:
        not_read, not_sent = store.inbox.waiting(), store.outbox.waiting()
    assert len(kept) == len(posted) - len(not_read)
    assert Counter(replies[note.id] for note in kept) == Counter(
        {1: len(kept) - len(not_sent), 0: len(not_sent)}
    )
    assert len(installation.begun_jobs()) == 1, "only what hangs"


# --- web and worker apart -----------------------------------------------------------------------


def test_web_acknowledges_at_once_what_a_worker_answers_when_there_is_one(
    installation: Installation, slack: Workplace
) -> None:
    """Slack gives up after three seconds: whether anybody works must make no difference.

    The two share nothing but the database, and end in good order, whoever is connected.
    """
    installation.migrate()
    acked_s = []
    early, late = notes_on(slack, 9), slack.mention("Novara Pharma will audit us in May")
    web = installation.start_ready("web")
    for event in early:
        began = time.monotonic()
        assert installation.post(event) == 200
        acked_s.append(time.monotonic() - began)
    assert sorted(acked_s)[len(acked_s) // 2] < 1, "the median, since a machine may pause"
    assert installation.notes() == []

    worker = installation.start("worker")
    worker.wait_until(lambda: len(slack.replies()) == len(early), "to catch up")
    assert installation.post(late) == 200
    worker.wait_until(lambda: len(slack.replies()) == len(early) + 1, "to answer")

    kept = installation.notes()
    assert sorted(n.key.message_id for n in kept) == [e["ts"] for e in [*early, late]]
    assert set(replies_by_note(slack)) >= {note.id for note in kept}

    assert worker.terminate()[0] == 0, worker.output
    with installation.half_a_request():
        exit_code, took_s = web.terminate()
    assert exit_code == 0, web.output
    assert took_s < 10
    assert installation.begun_jobs() == []


# --- one product that several tests ask ---------------------------------------------------------


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Everything in one process, in production mode as nothing else is said."""
    slack = Workplace()
    installation = Installation(tmp_path_factory.mktemp("running"), slack)
    with installation.running("run"):
        yield installation
    installation.close()
    slack.close()


SAID_AND_ASKED = (
    ("Novara Pharma says our deviation reports come too late", "What says Novara on reports?"),
    ("Brightwell moves its filling line to Ghent in spring", "Where does Brightwell move?"),
    ("Ostara GmbH will not renew unless we fix the export", "Why will Ostara not renew?"),
    ("The buyer at Kestrel Foods is now Marta Nowak", "Who is the buyer at Kestrel Foods?"),
)


def test_a_question_right_behind_a_note_is_answered_with_it(running: Installation) -> None:
    """Posted in the same second, before the note has been read, the question waits for it."""
    slack = running.slack
    pairs = [
        (slack.mention(said, room), slack.mention(asked, room), said)
        for room, (said, asked) in zip(slack.rooms, SAID_AND_ASKED, strict=False)
    ]
    for note, question, _ in pairs:
        assert running.post(note) == 200
        assert running.post(question) == 200
    wait_until(lambda: len(slack.replies()) == 2 * len(pairs), "for all to be answered")

    for note, _, said in pairs:
        room = note["channel"]
        answers = [call for call in slack.replies() if call.arguments["channel"] == room]
        (answer,) = [call for call in answers if said in text_of(call)]
        assert f"/archives/{room}/p{note['ts'].replace('.', '')}" in answer.raw


def test_it_tells_how_it_is(running: Installation) -> None:
    """Alive, ready, and with figures that count what it was asked."""
    assert running.get("/healthz") == (200, '{"alive":true}')
    assert running.get("/readyz") == (200, '{"ready":true,"not_ready":[]}')
    status, figures = running.get("/metrics")
    assert status == 200
    assert 'earshot_requests_total{method="GET",route="/readyz",status="200"}' in figures


@pytest.mark.parametrize("path", ["/playground", "/playground/", "/playground/events"])
def test_in_production_there_is_no_playground(running: Installation, path: str) -> None:
    """What is not for production is not there at all."""
    assert running.get(path)[0] == 404


# --- it cannot start ----------------------------------------------------------------------------


def refusals(installation: Installation, *commands: str, **settings: str) -> list[str]:
    """The one line that each command ends with, with exit code 1. All are run at once."""
    processes = [installation.start(command, **settings) for command in commands]
    for process in processes:
        assert process.wait() == 1, process.output
        assert "Traceback" not in process.output
    said = [process.output.splitlines()[-1] for process in processes]
    assert all(line.startswith("earshot: ") for line in said)
    return said


def test_a_folder_that_cannot_be_made_is_said(installation: Installation, tmp_path: Path) -> None:
    """With the path and the setting to look at."""
    (tmp_path / "file").touch()
    nowhere = tmp_path / "file" / "earshot.db"
    (said,) = refusals(installation, "run", DATABASE_URL=f"sqlite:///{nowhere}")
    assert str(nowhere) in said
    assert "DATABASE_URL" in said


def test_a_database_that_is_read_only_is_said(installation: Installation) -> None:
    """At once, and not with the first note that cannot be kept."""
    installation.migrate()
    installation.database.chmod(0o444)
    if os.geteuid() == 0:  # root may write everywhere, unless it gives that up
        installation.prefix = (which("setpriv") or pytest.skip(), "--bounding-set=-dac_override")
    (said,) = refusals(installation, "web")
    assert f"{installation.database}: this user may not write" in said


def test_a_token_that_slack_does_not_know_is_said(running: Installation) -> None:
    """With the name of the setting, whichever process finds out."""
    wrong = {"SLACK_BOT_TOKEN": "xoxb-wrong", "PORT": str(free_port())}
    for said in refusals(running, "web", "worker", **wrong):
        assert "SLACK_BOT_TOKEN" in said


def test_a_port_that_is_taken_is_said(running: Installation) -> None:
    """Before any work is begun."""
    (said,) = refusals(running, "web")
    assert f"PORT {running.port}" in said
