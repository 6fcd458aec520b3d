"""Which channels are on, and what each of them brings."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.bootstrap.channels import Channels, build_channels
from bot.bootstrap.core import build_intake
from bot.domain.people import ConversationKind
from bot.messages import Place
from bot.settings import make_key, read_settings
from tests.fakes import FakeClock
from tests.stage import Stage


def test_with_a_client_id_workspaces_install_it_themselves(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """At addresses that only then are there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "8f742231b10e8888abcd99yyyzzz85a5")
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
    monkeypatch.setenv("EARSHOT_ENCRYPTION_KEY", make_key())
    intake = build_intake(stage.store)
    found = build_channels(read_settings(), intake, stage.store, FakeClock(), with_playground=False)

    assert "/slack/install" in {getattr(route, "path", "") for route in found.routes}
    assert "workspaces install it at /slack/install" in found.told[0]


@pytest.fixture
def channels(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Channels:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "8f742231b10e8888abcd99yyyzzz85a5")
    intake = build_intake(stage.store)
    return build_channels(read_settings(), intake, stage.store, FakeClock(), with_playground=False)


def test_slack_brings_the_sign_of_work(channels: Channels, stage: Stage):
    """By the name that its places carry; it harms nothing while Slack cannot be reached."""
    (sign,) = channels.work_signs.values()
    assert list(channels.work_signs) == [channel.name for channel in channels.on] == ["slack"]
    place = Place("slack", "main", "D0ANNA", ConversationKind.DIRECT)
    question = stage.message("anna", "who decides at Novara?", message_id="1795000000.000100")
    with sign.shown(replace(question, place=place)):
        pass


def test_teams_without_a_login_says_so_and_brings_the_sign_of_work(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """An open door is told at each start, and asks for no keys."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARSHOT_ENV", "dev")
    monkeypatch.setenv("TEAMS_WITHOUT_LOGIN", "true")
    intake = build_intake(stage.store)
    found = build_channels(read_settings(), intake, stage.store, FakeClock(), with_playground=False)

    (teams,) = found.on
    assert any("OPEN" in line for line in found.told)
    assert "nobody is authenticated" in asyncio.run(teams.check())
    assert "teams" in found.work_signs
    asyncio.run(teams.stop())


def test_teams_logs_in_as_a_managed_identity_where_there_is_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Without a password, the channel is on and not open."""
    monkeypatch.chdir(tmp_path)
    for name in ("TEAMS_APP_ID", "TEAMS_TENANT_ID", "TEAMS_MANAGED_IDENTITY_CLIENT_ID"):
        monkeypatch.setenv(name, "1")
    intake = build_intake(stage.store)
    found = build_channels(read_settings(), intake, stage.store, FakeClock(), with_playground=False)

    assert "Teams is on (HTTP at /api/messages)." in found.told
    asyncio.run(found.on[0].stop())
