"""The channel as a whole: coming in, starting, and checking itself."""

import asyncio
import logging
import time
from collections.abc import Iterator

import httpx2
import pytest
from starlette.applications import Starlette

from adapters.slack.channel import SlackChannel
from adapters.slack.config import SlackConfig
from adapters.slack.manifest import SCOPES
from adapters.slack.response_urls import ResponseUrls
from bot.errors import SendFailed, SendRefused
from bot.messages import Action, ActionTaken, IncomingMessage, Outgoing, Place, Reply, WayIn
from tests.contract.drivers_slack import SECRET, SlackDriver, signed_headers
from tests.fakes import RecordingIntake
from tests.slack_api import APP_TOKEN, BOT_TOKEN, TEAM, Failure, FakeSlackApi, LoopThread
from tests.unit.slack.conftest import Slack
from tests.unit.slack.replies import FORM, reply, send

ANNA, SALES, DIRECT = SlackDriver.ANNA, SlackDriver.SALES, SlackDriver.DIRECT


@pytest.fixture
def api() -> Iterator[FakeSlackApi]:
    api = FakeSlackApi(LoopThread())
    yield api
    api.close()


def over_a_socket(
    api: FakeSlackApi, intake: RecordingIntake, token: str = APP_TOKEN
) -> SlackChannel:
    config = SlackConfig(BOT_TOKEN, app_token=token, api_base_url=api.base_url)
    channel = SlackChannel(config, intake)
    api.at_close(channel.stop)
    return channel


# --- coming in ----------------------------------------------------------------------------------


def test_a_mention_is_taken_in_once_however_often_it_comes(slack: Slack):
    """As `message`, as `app_mention`, and again under other event ids."""
    message = slack.driver.post("Novara closes", author=ANNA, conversation=SALES, mention=True)
    slack.driver.redeliver(message, times=10)

    (incoming,) = slack.intake.taken
    assert isinstance(incoming, IncomingMessage)
    assert (incoming.way_in, incoming.text) == (WayIn.MENTION, "Novara closes")


def test_a_press_and_a_form_come_in(slack: Slack):
    """With their action and value."""
    send(slack, reply())
    send(slack, Reply((), form=FORM), trigger="1.2.3")
    message, form = slack.driver.shown()
    slack.driver.press(message, "Undo", person=ANNA)
    slack.driver.submit(form, {"contacts": ("P. Keller",)}, person=ANNA)

    press, submission = slack.intake.taken
    assert isinstance(press, ActionTaken)
    assert isinstance(submission, ActionTaken)
    assert (press.action, press.value) == (Action.UNDO, "n1")
    assert (submission.action, submission.fields) == (
        Action.SAVE_CHANGE,
        {"contacts": ("P. Keller",)},
    )


def test_an_unknown_command_is_answered_with_what_there_is(slack: Slack):
    """And taken in by nobody."""
    body = f"command=/nope&team_id={TEAM}&user_id=U1&channel_id=C1&trigger_id=1.2".encode()
    headers = {**signed_headers(body), "content-type": "application/x-www-form-urlencoded"}

    async def knock() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=Starlette(routes=slack.channel.routes))
        async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.post("/slack/events", content=body, headers=headers)

    response = slack.api.loop.run(knock())

    assert response.status_code == 200
    assert "/note" in response.text
    assert slack.intake.taken == []


def test_auth_test_is_asked_once_whatever_comes_in(slack: Slack):
    """It is rationed, and would slow every acknowledgement."""
    for text in "one", "two", "three":
        slack.driver.post(text, author=ANNA, conversation=DIRECT)

    assert len(slack.api.calls_of("auth.test")) == 1


def test_settings_of_bolt_in_the_environment_change_nothing(monkeypatch, api: FakeSlackApi):
    """Bolt reads tokens and OAuth settings from there by itself."""
    for name in "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET":
        monkeypatch.setenv(name, "xoxb-from-the-environment")
    intake = RecordingIntake()
    config = SlackConfig(BOT_TOKEN, signing_secret=SECRET, api_base_url=api.base_url)
    channel = SlackChannel(config, intake)
    api.loop.run(channel.start())
    api.at_close(channel.stop)

    SlackDriver(channel, api, lambda: None).post("Novara", author=ANNA, conversation=DIRECT)

    assert len(intake.taken) == 1


def test_no_word_of_a_note_reaches_the_log(slack: Slack, caplog):
    """Not even with everything logged."""
    caplog.set_level(logging.DEBUG)
    slack.driver.post("Novara closes Lyon", author=ANNA, conversation=DIRECT)
    slack.driver.command("nope", "Novara closes Lyon", author=ANNA, conversation=DIRECT)
    send(slack, reply("Novara closes Lyon"))

    assert "Lyon" not in caplog.text
    assert BOT_TOKEN not in caplog.text


# --- starting -----------------------------------------------------------------------------------


def test_a_token_that_slack_does_not_know_stops_the_start(api: FakeSlackApi):
    """With what to do."""
    channel = SlackChannel(
        SlackConfig("xoxb-wrong", signing_secret="s", api_base_url=api.base_url), RecordingIntake()
    )

    with pytest.raises(SendRefused, match="copy it again"):
        api.loop.run(channel.start())


def test_a_slack_that_cannot_be_reached_does_not_stop_the_start(api: FakeSlackApi):
    """The product serves its other channels meanwhile, and asks again later."""
    api.fail("auth.test", Failure(status=503))
    config = SlackConfig(BOT_TOKEN, signing_secret="s", api_base_url=api.base_url)
    channel = SlackChannel(config, RecordingIntake())
    api.at_close(channel.stop)

    api.loop.run(channel.start())

    assert "connected to Acme" in api.loop.run(channel.check())


def test_a_slack_that_goes_away_while_it_is_checked_is_told_in_words(api: FakeSlackApi):
    """As at any other call."""
    config = SlackConfig(BOT_TOKEN, signing_secret="s", api_base_url=api.base_url)
    channel = SlackChannel(config, RecordingIntake())
    api.at_close(channel.stop)
    api.loop.run(channel.start())
    api.fail("auth.test", Failure(status=503))

    with pytest.raises(SendFailed, match="503"):
        api.loop.run(channel.check())


def test_a_proxy_for_https_is_not_taken_for_plain_http(monkeypatch, api: FakeSlackApi):
    """The SDK would send everything there."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    channel = over_a_socket(api, RecordingIntake())

    assert "connected" in api.loop.run(channel.check())


def test_tokens_are_not_in_what_is_printed_of_the_settings():
    """A settings object ends up in tracebacks."""
    config = SlackConfig("xoxb-secret", signing_secret="hidden", app_token="xapp-secret")

    assert "secret" not in repr(config).replace("signing_secret", "").replace("secret=", "")
    assert "hidden" not in repr(config)


# --- Socket Mode --------------------------------------------------------------------------------


def until(condition, api: FakeSlackApi) -> None:
    """Wait for the socket's other end."""
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        api.loop.run(asyncio.sleep(0.005))
    assert condition()


def test_over_a_socket_the_same_comes_in_and_is_acknowledged(api: FakeSlackApi):
    """Events, and commands with a word for an unknown one."""
    event = {"type": "message", "channel": "D1", "user": ANNA, "ts": "1.2", "text": "Novara closes"}
    api.socket_envelopes = [
        {
            "type": "events_api",
            "envelope_id": "e1",
            "payload": {"type": "event_callback", "team_id": TEAM, "event": event},
            "accepts_response_payload": False,
        },
        {
            "type": "slash_commands",
            "envelope_id": "e2",
            "payload": {"command": "/nope", "team_id": TEAM},
            "accepts_response_payload": True,
        },
    ]
    intake = RecordingIntake()
    channel = over_a_socket(api, intake)

    assert channel.routes == []
    api.loop.run(channel.start())
    until(lambda: len(api.socket_answers) == 2, api)

    assert [incoming.delivery_key for incoming in intake.taken] == ["main|D1|1.2|posted"]
    answers = {answer["envelope_id"]: answer for answer in api.socket_answers}
    assert "payload" not in answers["e1"]
    assert "/note" in answers["e2"]["payload"]["text"]


def test_a_process_that_only_sends_opens_no_socket(api: FakeSlackApi):
    """Workers share the token with the process that receives."""
    channel = over_a_socket(api, RecordingIntake())

    api.loop.run(channel.start(receive=False))

    assert api.calls_of("apps.connections.open") == []


def test_an_app_token_that_slack_does_not_know_stops_the_start(api: FakeSlackApi):
    """Nothing would ever come in."""
    channel = over_a_socket(api, RecordingIntake(), token="xapp-wrong")

    with pytest.raises(SendRefused):
        api.loop.run(channel.start())


# --- checking -----------------------------------------------------------------------------------


def test_a_check_says_who_we_are_and_how_we_listen(slack: Slack, api: FakeSlackApi):
    """Over HTTP, or in Socket Mode."""
    over_http = slack.api.loop.run(slack.channel.check())
    by_socket = api.loop.run(over_a_socket(api, RecordingIntake()).check())

    assert over_http == "connected to Acme as @earshot, listening over HTTP at /slack/events"
    assert by_socket == "connected to Acme as @earshot, listening in Socket Mode"


def test_a_check_names_the_permissions_that_are_missing(api: FakeSlackApi):
    """As the manifest grants them."""
    api.scopes = ",".join(sorted(SCOPES.keys() - {"im:write", "users:read"}))

    with pytest.raises(SendRefused, match="im:write, users:read"):
        api.loop.run(over_a_socket(api, RecordingIntake()).check())


@pytest.mark.parametrize(
    ("failure", "error"),
    [(Failure("invalid_auth"), SendRefused), (Failure(status=502), SendFailed)],
)
def test_a_check_says_what_is_wrong(api: FakeSlackApi, failure: Failure, error: type[Exception]):
    """The token, or Slack itself."""
    api.fail("auth.test", failure)

    with pytest.raises(error):
        api.loop.run(over_a_socket(api, RecordingIntake()).check())


def test_a_check_tells_a_wrong_app_token(api: FakeSlackApi):
    """With the permission that it needs."""
    with pytest.raises(SendRefused, match="connections:write"):
        api.loop.run(over_a_socket(api, RecordingIntake(), token="xapp-wrong").check())


# --- response URLs ------------------------------------------------------------------------------


def pressed(url: str, *, is_ephemeral: bool = True) -> dict[str, object]:
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": ANNA},
        "channel": {"id": SALES},
        "container": {"message_ts": "1.2", "is_ephemeral": is_ephemeral},
        "actions": [{"action_id": "undo.0", "action_ts": "1.3"}],
        "response_url": url,
    }


def answer_to_it(person: str = ANNA) -> Outgoing:
    place = Place("slack", "main", SALES)
    return Outgoing("o1", place, person, Reply(()), source_message_id="1.2")


SLACKS = "https://hooks.slack.com/actions/T1/1/x"


def test_slacks_own_response_url_is_kept_for_half_an_hour_and_for_the_presser():
    """Nobody else's message is replaced with it."""
    now = [0.0]
    urls = ResponseUrls("https://slack.com/api/", lambda: now[0])
    urls.remember(pressed(SLACKS), "main")

    assert urls.for_source(answer_to_it()) == SLACKS
    assert urls.for_source(answer_to_it("U0BEN")) is None
    now[0] = 1801
    assert urls.for_source(answer_to_it()) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/actions",
        "http://hooks.slack.com/actions",
        "https://hooks.slack.com@evil.example/",
        "https://hooks.slack.com.evil.example/",
        "https://hooks.slack.com:8443/",
        "http://169.254.169.254/latest",
        "//hooks.slack.com/",
        "http://[",
        "",
    ],
)
def test_an_address_that_is_not_slacks_is_never_posted_to(url: str):
    """It comes with a request, so it is checked like everything else in it."""
    urls = ResponseUrls("https://slack.com/api/")
    urls.remember(pressed(url), "main")

    assert urls.for_source(answer_to_it()) is None


def test_a_message_that_everybody_sees_is_replaced_by_its_id_and_not_by_the_url():
    """Else a private reply could take its place for all."""
    urls = ResponseUrls("https://slack.com/api/")
    urls.remember(pressed(SLACKS, is_ephemeral=False), "main")

    assert urls.for_source(answer_to_it()) is None
