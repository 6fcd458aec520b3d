"""Fetching files from Slack: only from Slack, never too much, and the token for nobody else."""

from contextlib import suppress

import pytest
from aiohttp import web

from adapters.slack.config import SlackConfig
from adapters.slack.connection import SingleConnection, Transport
from adapters.slack.files import SlackFiles
from adapters.slack.pacing import Pace
from bot.errors import FileNotRead, FileProblem, FileUnavailable
from bot.messages import Attachment
from bot.ports import StoredFile, TranscriptState
from tests.slack_api import BOT_TOKEN, Failure
from tests.unit.slack.conftest import Slack


def fetched(slack: Slack, most_bytes: int = 1000) -> bytes:
    """The one file that Slack has, looked up and fetched."""
    (file_id,) = slack.api.files
    files = slack.channel.files
    return files.fetch("main", files.look_up("main", Attachment(file_id)), most_bytes)


def problem_of(slack: Slack, most_bytes: int = 1000) -> FileProblem:
    with pytest.raises(FileNotRead) as caught:
        fetched(slack, most_bytes)
    return caught.value.problem


def test_a_file_is_looked_up_and_fetched_with_the_token(slack: Slack):
    """By its id alone: what a message says of it may be old."""
    slack.api.put_file("minutes.txt", b"late", mimetype="text/plain")

    assert slack.channel.files.look_up("main", Attachment("F00", "old name")).name == "minutes.txt"
    assert fetched(slack) == b"late"
    assert [token for _, token in slack.api.file_requests] == [BOT_TOKEN]


def test_a_long_file_comes_whole(slack: Slack):
    """To the byte."""
    content = bytes(range(256)) * 20_000
    slack.api.put_file("minutes.txt", content)

    assert fetched(slack, len(content)) == content


@pytest.mark.parametrize("size", [0, 999, None])
def test_what_is_said_of_its_size_is_not_believed(slack: Slack, size: int | None):
    """It is counted."""
    slack.api.put_file("minutes.txt", b"x" * 1001, size=size)

    assert problem_of(slack) is FileProblem.TOO_BIG


def test_a_length_that_is_not_told_is_counted_while_reading(slack: Slack):
    """And no more is read than allowed."""
    (path,) = [slack.api.put_file("minutes.txt", b"")["url_private_download"]]

    class Endless(web.StreamResponse):
        async def prepare(self, request: web.BaseRequest) -> None:
            self.enable_chunked_encoding()
            await super().prepare(request)
            try:
                while True:
                    await self.write(b"x" * 10_000)
            except ConnectionError:
                return

    slack.api.contents[path.removeprefix(slack.api.url)] = Endless()

    assert problem_of(slack) is FileProblem.TOO_BIG


def test_a_packed_answer_is_not_unpacked(slack: Slack):
    """It could be a thousand times as long."""
    file = slack.api.put_file("minutes.txt", b"")
    packed = web.Response(body=b"x" * 1_000_000)
    packed.enable_compression(web.ContentCoding.gzip)
    packed._compression_force = web.ContentCoding.gzip
    slack.api.contents[file["url_private_download"].removeprefix(slack.api.url)] = packed

    assert problem_of(slack) in {FileProblem.NOT_ALLOWED, FileProblem.TOO_BIG}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_never_followed(slack: Slack, status: int):
    """Wherever it leads, the token does not go there."""
    file = slack.api.put_file("minutes.txt", b"late")
    path = file["url_private_download"].removeprefix(slack.api.url)
    other = file["url_private"]
    slack.api.fail(path, Failure(status=status, headers={"Location": other}))

    assert problem_of(slack) is FileProblem.NOT_ALLOWED
    assert [asked for asked, _ in slack.api.file_requests] == [path]


def test_a_page_for_logging_in_is_not_taken_for_the_file(slack: Slack):
    """Slack shows it with 200 to whom it does not let in."""
    file = slack.api.put_file("minutes.txt", b"late")
    path = file["url_private_download"].removeprefix(slack.api.url)
    slack.api.fail(path, Failure(body="<html>Sign in to Slack</html>"))

    assert problem_of(slack) is FileProblem.NOT_ALLOWED


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_host_that_is_down_is_asked_again(slack: Slack, status: int):
    """By the job."""
    file = slack.api.put_file("minutes.txt", b"late")
    path = file["url_private_download"].removeprefix(slack.api.url)
    slack.api.fail(path, Failure(status=status))

    with pytest.raises(FileUnavailable):
        fetched(slack)
    assert fetched(slack) == b"late"


@pytest.mark.parametrize(
    "failure",
    [
        Failure("ratelimited", 429, {"Retry-After": "1"}),
        Failure("internal_error"),
        Failure("x", 503),
    ],
)
def test_a_slack_that_does_not_answer_is_asked_again(slack: Slack, failure: Failure):
    slack.api.put_file("minutes.txt", b"late")
    slack.api.fail("files.info", failure)

    with pytest.raises(FileUnavailable):
        fetched(slack)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        ("file_deleted", FileProblem.GONE),
        ("file_not_found", FileProblem.GONE),
        ("not_visible", FileProblem.NOT_ALLOWED),
        ("access_denied", FileProblem.NOT_ALLOWED),
        ("missing_scope", FileProblem.NOT_ALLOWED),
    ],
)
def test_what_slack_refuses_is_told_apart(slack: Slack, error: str, problem: FileProblem):
    slack.api.put_file("minutes.txt", b"late")
    slack.api.fail("files.info", Failure(error))

    assert problem_of(slack) is problem


def test_without_the_permission_it_is_said_so(slack: Slack):
    """As of an app that was installed before files were read."""
    slack.api.put_file("minutes.txt", b"late")
    slack.api.scopes = slack.api.scopes.replace("files:read,", "")

    assert problem_of(slack) is FileProblem.NOT_ALLOWED


@pytest.mark.parametrize(
    ("url", "is_slacks"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.txt", True),
        ("https://files.slack.com/files-tmb/T1-F1-0a/file.vtt?_xcb=1", True),
        ("https://files.slack-gov.com/files-pri/T1-F1/a.txt", True),
        ("https://acme.enterprise.slack.com/files-pri/T1-F1/a.txt", True),
        ("http://files.slack.com/files-pri/T1-F1/a.txt", False),
        ("https://files.slack.com:8443/files-pri/T1-F1/a.txt", False),
        ("https://files.slack.com@evil.example/files-pri/T1-F1/a.txt", False),
        ("https://user:pass@files.slack.com/files-pri/T1-F1/a.txt", False),
        ("https://files.slack.com.evil.example/files-pri/a.txt", False),
        ("https://evil.example/files-pri/a.txt", False),
        ("https://a.b.enterprise.slack.com/files-pri/a.txt", False),
        ("https://evil.slack.com/files-pri/a.txt", False),
        ("https://evilenterprise.slack.com/files-pri/a.txt", False),
        ("https://slack.com/api/files.info", False),
        ("https://files.slack.com/files-pri/../api/files.info", False),
        ("https://files.slack.com/api/files.info", False),
        ("https://files.slack.com\\@evil.example/files-pri/a", False),
        ("//files.slack.com/files-pri/T1-F1/a.txt", False),
        ("https://127.0.0.1/files-pri/a.txt", False),
        ("https://docs.google.example/d/1", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_only_slack_s_file_hosts_are_asked(url: str, is_slacks: bool):
    """An address is not believed because Slack's answer holds it: external files are elsewhere."""
    transport = Transport("https://slack.com/api/", Pace())
    files = SlackFiles(SingleConnection(transport, SlackConfig(BOT_TOKEN)))

    assert files._is_slacks(url) is is_slacks


def test_a_file_that_lies_elsewhere_is_not_asked_for(slack: Slack):
    """Nor is the token sent."""
    slack.api.put_file(
        "plan.txt",
        b"x",
        url_private="https://evil.example/a",
        url_private_download="",
        is_external=True,
    )

    assert problem_of(slack) is FileProblem.NOT_ALLOWED
    assert slack.api.file_requests == []


# --- recordings ---------------------------------------------------------------------------------

VTT = (
    "\ufeffWEBVTT \n\n00:00:05.488 --> 00:00:13.349\n- Novara says our reports &amp; files"
    "\n\nNOTE a remark\n\n2\n00:00:13.349 --> 00:00:14.210\n<v Anna>come too late.\n\n\n"
)


def transcription(status: str, content: str | None = None, *, has_more: bool = False) -> dict:
    preview = {} if content is None else {"preview": {"content": content, "has_more": has_more}}
    return {"transcription": {"status": status, "locale": "en-US", **preview}}


def clip(slack: Slack, **more: object) -> StoredFile:
    file = slack.api.put_file(
        "audio_message.m4a", b"sound", mimetype="audio/mp4", subtype="slack_audio", **more
    )
    return slack.channel.files.look_up("main", Attachment(file["id"]))


def test_a_short_transcript_is_in_what_slack_tells_of_the_file(slack: Slack):
    """Nothing is fetched."""
    found = clip(slack, **transcription("complete", "come too late"))

    assert (found.transcript_state, found.transcript) == (TranscriptState.READY, "come too late")
    assert slack.api.file_requests == []


def test_a_long_transcript_is_fetched_whole(slack: Slack):
    """What Slack tells of the file has only its beginning. Times and marks are left out."""
    path = "/files-tmb/T0-F0/audio_message.vtt"
    slack.api.contents[path] = VTT.encode()
    cut = transcription("complete", "Novara says", has_more=True)
    found = clip(slack, **cut, vtt=f"{slack.api.url}{path}")

    assert found.transcript == "Novara says our reports & files come too late."


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (transcription("processing"), TranscriptState.PENDING),
        (transcription("failed"), TranscriptState.NONE),
        (transcription("none"), TranscriptState.NONE),
        (transcription("complete"), TranscriptState.NONE),
        (transcription("complete", "cut", has_more=True), TranscriptState.NONE),
        ({}, TranscriptState.NONE),
    ],
)
def test_how_far_a_transcript_is(slack: Slack, told: dict, state: TranscriptState):
    """Where only its beginning is to be had, there is none."""
    assert clip(slack, **told).transcript_state is state


@pytest.mark.parametrize(
    "odd",
    [
        {"transcription": "complete"},
        {"title": None, "mimetype": 7, "size": -1},
        {"url_private": None},
        {"id": "F0OTHER"},
    ],
)
def test_an_odd_answer_breaks_nothing(slack: Slack, odd: dict):
    """It is read as far as it can be, or not at all; nothing else is raised."""
    slack.api.put_file("minutes.txt", b"late", **odd)
    with suppress(FileNotRead):
        assert slack.channel.files.look_up("main", Attachment("F00")).media_type in {
            "",
            "text/plain",
        }
