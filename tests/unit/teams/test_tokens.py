"""How the bot logs in: with its secret, or as a managed identity; and that failing is seen."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import requests

from adapters.teams.config import TeamsConfig
from adapters.teams.tokens import AccessTokens, login_of
from bot.errors import SendFailed, SettingsInvalid
from tests.fakes import RecordingIntake
from tests.teams_connector import APP_ID, CONFIG, TENANT_ID, Answer, FakeConnector, teams_channel

IDENTITY = "33333333-3333-3333-3333-333333333333"
AS_IDENTITY = TeamsConfig(
    app_id=APP_ID,
    app_password=None,
    tenant_id=TENANT_ID,
    managed_identity_client_id=IDENTITY,
)


class Desk:
    """Tokens with a clock that is set by hand."""

    def __init__(self, config: TeamsConfig) -> None:
        self.connector = FakeConnector()
        self.now = 0.0
        login = login_of(config, self.connector.session)
        self.tokens = AccessTokens(login, clock=lambda: self.now)


@pytest.mark.parametrize("config", [CONFIG, AS_IDENTITY], ids=["secret", "identity"])
def test_a_token_is_asked_for_once_and_renewed_before_it_ends(config: TeamsConfig) -> None:
    """Five minutes before the hour is over."""
    desk = Desk(config)
    assert [desk.tokens.get() for _ in range(3)] == ["token-1"] * 3
    desk.now = 3600 - 301
    assert desk.tokens.get() == "token-1"
    desk.now = 3600 - 299
    assert desk.tokens.get() == "token-2"


@pytest.mark.parametrize("config", [CONFIG, AS_IDENTITY], ids=["secret", "identity"])
def test_a_token_that_was_refused_is_not_got_again(config: TeamsConfig) -> None:
    """Nor from what a library below keeps."""
    desk = Desk(config)
    desk.tokens.forget(desk.tokens.get())
    assert desk.tokens.get() == "token-2"
    desk.tokens.forget("token-1")
    assert desk.tokens.get() == "token-2"


def test_a_managed_identity_asks_the_machine_and_has_no_secret() -> None:
    """It is named, since a machine may have several."""
    desk = Desk(AS_IDENTITY)
    desk.tokens.get()
    (asked,) = desk.connector.identities
    assert asked["resource"] == ["https://api.botframework.com"]
    assert asked["client_id"] == [IDENTITY]
    assert desk.connector.logins == []
    assert all(desk.connector.timeouts)


@pytest.mark.parametrize("config", [CONFIG, AS_IDENTITY], ids=["secret", "identity"])
@pytest.mark.parametrize(
    "answer",
    [Answer(400, {"error": "invalid_client"}), Answer(200, {"expires_in": 3600}), Answer(200, {})],
    ids=["refused", "no token", "nothing"],
)
def test_a_login_that_fails_is_in_the_log(
    config: TeamsConfig, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    """An operator sees why nothing is said; the secret is not there."""
    desk = Desk(config)
    desk.connector.login_answer = answer
    with pytest.raises(SendFailed):
        desk.tokens.get()
    assert "cannot log in to Teams" in caplog.text
    assert "secret" not in caplog.text


def test_a_machine_without_an_identity_is_a_login_that_fails() -> None:
    """On a developer's machine nothing answers there."""

    class Nobody(FakeConnector):
        def answer(self, *args: Any, **kwargs: Any) -> Answer:
            raise requests.ConnectionError

    tokens = AccessTokens(login_of(AS_IDENTITY, Nobody().session))
    with pytest.raises(SendFailed, match="managed identity"):
        tokens.get()


def test_the_doctor_names_the_identity_where_it_cannot_log_in() -> None:
    """The password that it does not have is nothing to correct."""
    connector = FakeConnector()
    connector.login_answer = Answer(400, {"error": "invalid_request"})
    channel = teams_channel(RecordingIntake(), connector, config=AS_IDENTITY)
    with pytest.raises(SettingsInvalid, match="TEAMS_MANAGED_IDENTITY_CLIENT_ID"):
        asyncio.run(channel.check())
    connector.login_answer = None
    assert "logs in" in asyncio.run(channel.check())


def test_an_identity_needs_the_tenant_as_well() -> None:
    """The bot serves one tenant, however it logs in."""
    with pytest.raises(SettingsInvalid, match="TEAMS_TENANT_ID"):
        replace(AS_IDENTITY, tenant_id=None)
