"""Files in Slack through the whole product: posted, pointed at, edited, deleted, spoken."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from bot.domain.audience import Audience
from bot.domain.note import NoteRecord
from tests.contract.channel_driver import Shown
from tests.contract.channels import Playing, play
from tests.contract.drivers_slack import SlackDriver
from tests.slack_api import Failure, FakeSlackApi
from tests.unit.documents.pdf_files import pdf

NOVARA = "Novara Pharma says our deviation reports come too late to be of use"
ANNA, BEN, SALES, DIRECT = (
    SlackDriver.ANNA,
    SlackDriver.BEN,
    SlackDriver.SALES,
    SlackDriver.DIRECT,
)


@pytest.fixture
def playing(tmp_path: Path) -> Iterator[Playing]:
    with play("slack", tmp_path) as playing:
        yield playing


@pytest.fixture
def driver(playing: Playing) -> SlackDriver:
    assert isinstance(playing.driver, SlackDriver)
    return playing.driver


@pytest.fixture
def api(driver: SlackDriver) -> FakeSlackApi:
    return driver._api


def notes(playing: Playing) -> list[NoteRecord]:
    return list(playing.store.notes.all(Audience.operator(playing.workspace)))


def share(
    driver: SlackDriver, *files: dict[str, Any], text: str = "", conversation: str = DIRECT,
    author: str = ANNA, mention: bool = False,
) -> str:  # fmt: skip
    """Somebody posts files, with or without words."""
    return driver.post(
        text,
        author=author,
        conversation=conversation,
        mention=mention,
        subtype="file_share",
        files=list(files),
        upload=False,
    )


def shown_once(driver: SlackDriver) -> Shown:
    (shown,) = driver.shown()
    return shown


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "P. Keller <p@novara.example>", "Deviation reports"
    message.set_content(f"{NOVARA}\n\nOn Friday, Anna wrote:\n> the old words\n")
    return message.as_bytes()


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("Untitled", NOVARA.encode(), NOVARA),
        ("Novara.md", NOVARA.encode(), f"Novara\n{NOVARA}"),
        ("wishes.csv", b"Who,What\nNovara Pharma,reports that come earlier",
         "wishes\nWho: Novara Pharma; What: reports that come earlier"),
        ("mail.eml", mail(),
         f"Subject: Deviation reports\nFrom: P. Keller (novara.example)\n\n{NOVARA}"),
        ("minutes.pdf", pdf(NOVARA), f"minutes\n{NOVARA}"),
    ],
)  # fmt: skip
def test_a_file_of_each_kind_becomes_a_note(
    playing: Playing, driver: SlackDriver, name: str, content: bytes, text: str
):
    """With what was understood, and its customer."""
    share(driver, driver._api.put_file(name, content))

    (record,) = notes(playing)
    assert record.note.text == text
    assert record.customer_ids
    assert "Novara Pharma" in shown_once(driver).text


def test_a_mention_with_a_file_is_one_note(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    """Slack sends it twice."""
    share(driver, api.put_file("a.txt", NOVARA.encode()), conversation=SALES, mention=True)

    assert [record.note.text for record in notes(playing)] == [f"a\n{NOVARA}"]


def test_what_cannot_be_read_is_told_and_the_words_are_kept(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    """With a picture, as people do."""
    share(driver, api.put_file("line.png", b"x", mimetype="image/png"), text=NOVARA)

    assert [record.note.text for record in notes(playing)] == [NOVARA]
    assert "line.png" in shown_once(driver).text
    assert api.file_requests == []


def test_of_a_file_that_is_told_by_its_id_alone_the_rest_is_asked(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    """So it is in channels shared with others."""
    file = api.put_file("a.txt", NOVARA.encode())
    share(driver, {"id": file["id"], "mode": "file_access", "file_access": "check_file_info"})

    assert [record.note.text for record in notes(playing)] == [f"a\n{NOVARA}"]


def test_the_shortcut_saves_a_message_that_is_only_a_file(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    """Its form may be sent as empty as it is."""
    said = share(driver, api.put_file("a.txt", NOVARA.encode()), author=BEN, conversation=SALES)
    driver.point_at(driver.message(said), person=ANNA)
    driver.submit(shown_once(driver), {}, person=ANNA)

    (record,) = notes(playing)
    assert (record.note.author_id, record.note.text) == (BEN, f"a\n{NOVARA}")


def test_the_emoji_saves_files_too(playing: Playing, driver: SlackDriver, api: FakeSlackApi):
    said = share(driver, api.put_file("a.txt", NOVARA.encode()), author=BEN, conversation=SALES)
    driver.react(said, person=ANNA, conversation=SALES)

    assert [record.note.text for record in notes(playing)] == [f"a\n{NOVARA}"]


def test_an_edit_of_the_words_keeps_the_file(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    said = share(driver, api.put_file("a.txt", NOVARA.encode()), text="from the call")
    driver.edit(said, "from Monday's call", author=ANNA, conversation=DIRECT)

    assert [record.note.text for record in notes(playing)] == [f"from Monday's call\n\na\n{NOVARA}"]


def test_a_deleted_message_takes_its_note_with_it(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    said = share(driver, api.put_file("a.txt", NOVARA.encode()))
    driver.delete(said, author=ANNA, conversation=DIRECT)

    assert notes(playing) == []


def file_event(file: dict[str, Any], kind: str) -> dict[str, Any]:
    """What Slack tells of a file: its id, and nothing of where it is."""
    return {
        "type": kind, "file_id": file["id"], "file": {"id": file["id"]},
        "event_ts": "1795000900.000100",
    }  # fmt: skip


def test_a_deleted_file_takes_its_note_with_it(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    """Slack keeps the message, with a stone where the file was."""
    file = api.put_file("a.txt", NOVARA.encode())
    said = share(driver, file)
    api.files[file["id"]] = stone = {"id": file["id"], "mode": "tombstone"}
    driver.message(said)["files"] = [stone]
    driver.deliver(file_event(file, "file_deleted"))

    assert notes(playing) == []


def test_a_message_that_only_lost_its_file_is_read_again(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    """Slack may tell of it as a change of the message, too, without an editor."""
    file = api.put_file("a.txt", b"the file's words")
    said = share(driver, file, text=NOVARA)
    before = dict(driver.message(said))
    now = {**before, "files": [{"id": file["id"], "mode": "tombstone"}]}
    driver._deliver_about(
        "message_changed", DIRECT, api.next_ts(), message=now, previous_message=before
    )
    assert [record.note.text for record in notes(playing)] == [NOVARA]

    driver._deliver_about(
        "message_changed",
        DIRECT,
        api.next_ts(),
        message={**now, "text": ""},
        previous_message=before,
    )
    assert notes(playing) == []


def test_a_transcript_that_comes_late_is_taken(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    """Slack tells only that something about the file has changed."""
    file = api.put_file("clip.m4a", b"sound", mimetype="audio/mp4", subtype="slack_audio")
    share(driver, file, text="from the call")
    file["transcription"] = {
        "status": "complete",
        "preview": {"content": NOVARA, "has_more": False},
    }
    driver.deliver(file_event(file, "file_change"))

    assert [record.note.text for record in notes(playing)] == [f"from the call\n\n{NOVARA}"]


def test_a_recording_is_noted_when_its_transcript_is_there(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    """The transcript is what was said."""
    file = api.put_file(
        "audio_message.m4a", b"sound", mimetype="audio/mp4", subtype="slack_audio",
        transcription={
            "status": "complete", "preview": {"content": NOVARA, "has_more": False}
        },
    )  # fmt: skip
    share(driver, file)

    assert [record.note.text for record in notes(playing)] == [NOVARA]


def test_a_file_that_is_gone_when_it_is_fetched_is_told(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    file = api.put_file("a.txt", NOVARA.encode())
    api.fail("files.info", Failure("file_deleted"))
    share(driver, file)

    assert notes(playing) == []
    assert "not there any more" in shown_once(driver).text


def test_a_broken_description_of_a_file_does_not_lose_the_message(
    playing: Playing, driver: SlackDriver, api: FakeSlackApi
):
    """What else it says is kept."""
    for odd in ({}, {"id": "no id!"}, {"id": 7}, "F1", None):
        share(driver, odd, text=f"{NOVARA}, {odd}")

    assert len(notes(playing)) == 5
