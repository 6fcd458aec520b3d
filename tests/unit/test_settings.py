"""The environment is read once, checked, and documented."""

import base64
import re
from pathlib import Path

import pytest

from bot.errors import SettingsInvalid
from bot.settings import Settings, read_settings

KEY, OLD_KEY = (base64.urlsafe_b64encode(32 * byte).decode() for byte in (b"k", b"o"))
DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_table_in_the_docs_is_what_the_code_reads():
    """Every setting has its row with its description and default, and no row is left over."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*) \| (.*) \|$", DOCS.read_text(), re.MULTILINE)
    documented = {name: (description, default) for name, description, default in rows}
    expected = {}
    for name, field in Settings.model_fields.items():
        default = getattr(field.default, "value", field.default)
        shown = "–" if default is None else f"`{default}`"
        expected[name.upper()] = (field.description, shown)
    assert documented == expected


def test_nothing_needs_to_be_set():
    """Without any variable the product runs locally, with Slack and Teams off."""
    settings = read_settings()
    assert not settings.slack_is_on
    assert not settings.teams_is_on
    assert settings.openai_api_key is None


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxp-1", "SLACK_SIGNING_SECRET": "s"}, "xoxb-"),
        ({"SLACK_CLIENT_ID": "1"}, "SLACK_CLIENT_SECRET"),
        ({"SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET": "s"}, "SLACK_SIGNING_SECRET"),
        ({"SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET": "s"}, "EARSHOT_ENCRYPTION_KEY"),
        ({"EARSHOT_ENCRYPTION_KEY": "a good passphrase"}, "earshot new-key"),
        ({"EARSHOT_ENCRYPTION_KEY": f"{KEY},{KEY[:-4]}"}, "earshot new-key"),
        ({"EARSHOT_ENCRYPTION_KEY": " , "}, "earshot new-key"),
        ({"SLACK_ALLOWED_TEAMS": "acme"}, "T0123ABCD"),
        ({"SLACK_ALLOWED_TEAMS": " , "}, "T0123ABCD"),
        ({"SLACK_TIER_FACTOR": "inf"}, "SLACK_TIER_FACTOR"),
        ({"TEAMS_APP_ID": "1"}, "TEAMS_APP_PASSWORD, TEAMS_TENANT_ID"),
        ({"TEAMS_TENANT_ID": "1", "TEAMS_APP_PASSWORD": "p"}, "TEAMS_APP_ID"),
        ({"TEAMS_MANAGED_IDENTITY_CLIENT_ID": "1"}, "TEAMS_APP_ID, TEAMS_TENANT_ID"),
        (
            {"TEAMS_MANAGED_IDENTITY_CLIENT_ID": "1", "TEAMS_APP_PASSWORD": "p"},
            "TEAMS_APP_PASSWORD or TEAMS_MANAGED_IDENTITY_CLIENT_ID",
        ),
        ({"TEAMS_WITHOUT_LOGIN": "true"}, "EARSHOT_ENV=dev"),
        (
            {"TEAMS_WITHOUT_LOGIN": "true", "EARSHOT_ENV": "dev", "TEAMS_APP_ID": "1"},
            "TEAMS_WITHOUT_LOGIN or TEAMS_APP_ID",
        ),
        ({"DATABASE_URL": "mysql://db"}, "sqlite:///"),
        ({"DATABASE_URL": "postgresql://db"}, "postgresql+psycopg://"),
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"EARSHOT_ENV": "test"}, "EARSHOT_ENV"),
    ],
    ids=str,
)
def test_half_a_setting_is_an_error_that_names_the_other_half(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: str
):
    """The message says which variable to set or correct."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match=re.escape(named)):
        read_settings()


def test_a_managed_identity_takes_the_place_of_the_password(monkeypatch: pytest.MonkeyPatch):
    """There is no secret to give, and none is asked for."""
    for name in ("TEAMS_APP_ID", "TEAMS_TENANT_ID", "TEAMS_MANAGED_IDENTITY_CLIENT_ID"):
        monkeypatch.setenv(name, "1")
    assert read_settings().teams_is_on


def test_teams_without_a_login_is_for_a_developers_own_machine(monkeypatch: pytest.MonkeyPatch):
    """The server is bound to loopback then, and nowhere else is it allowed."""
    monkeypatch.setenv("TEAMS_WITHOUT_LOGIN", "true")
    monkeypatch.setenv("EARSHOT_ENV", "dev")
    settings = read_settings()
    assert (settings.teams_is_on, settings.teams_is_open) == (True, True)
    assert settings.host == "127.0.0.1"


SEVERAL = {
    "SLACK_CLIENT_ID": "1",
    "SLACK_CLIENT_SECRET": "s",
    "SLACK_SIGNING_SECRET": "s",
    "EARSHOT_ENCRYPTION_KEY": f" {KEY} , {OLD_KEY}",
    "SLACK_ALLOWED_TEAMS": "T1A, E2B,",
}


def test_several_workspaces_need_no_bot_token(monkeypatch: pytest.MonkeyPatch):
    """Of the keys the first encrypts."""
    for name, value in SEVERAL.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()

    assert settings.slack_is_on
    assert settings.slack_has_several_workspaces
    assert settings.encryption_keys == (KEY, OLD_KEY)
    assert settings.slack_allowed == {"T1A", "E2B"}
    assert KEY not in repr(settings)


def test_a_bot_token_is_for_one_workspace_whatever_stands_beside_it(
    monkeypatch: pytest.MonkeyPatch,
):
    """As before there was another way."""
    for name, value in {**SEVERAL, "SLACK_BOT_TOKEN": "xoxb-1"}.items():
        monkeypatch.setenv(name, value)

    assert not read_settings().slack_has_several_workspaces


def test_no_secret_is_in_the_message(monkeypatch: pytest.MonkeyPatch):
    """What went wrong is told without the value."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-very-secret")
    with pytest.raises(SettingsInvalid) as error:
        read_settings()
    assert "very-secret" not in str(error.value)


def test_only_development_binds_to_loopback(monkeypatch: pytest.MonkeyPatch):
    """The playground page is never open to the network."""
    assert read_settings().host == "0.0.0.0"
    monkeypatch.setenv("EARSHOT_ENV", "dev")
    assert read_settings().host == "127.0.0.1"


def test_socket_mode_is_used_only_without_a_signing_secret(monkeypatch: pytest.MonkeyPatch):
    """With a signing secret events come over HTTP, whatever else is set."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    assert read_settings().slack_uses_socket_mode
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    assert not read_settings().slack_uses_socket_mode


@pytest.mark.parametrize("given", ["pushpin", ":pushpin:", " :pushpin: "])
def test_an_emoji_is_named_with_or_without_colons(monkeypatch: pytest.MonkeyPatch, given: str):
    """As Slack shows it, or as Slack calls it."""
    monkeypatch.setenv("SLACK_SAVE_EMOJI", given)
    assert read_settings().slack_save_emoji == "pushpin"


@pytest.mark.parametrize("given", ["👂", "::", "two words", "ear::skin-tone-2"])
def test_what_names_no_emoji_is_an_error(monkeypatch: pytest.MonkeyPatch, given: str):
    """It would never be seen."""
    monkeypatch.setenv("SLACK_SAVE_EMOJI", given)
    with pytest.raises(SettingsInvalid, match="SLACK_SAVE_EMOJI"):
        read_settings()


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"EARSHOT_PUBLIC_URL": "http://earshot.example.com"}, "needs https://"),
        ({"EARSHOT_PUBLIC_URL": "earshot.example.com"}, "give an address such as"),
        ({"EARSHOT_PUBLIC_URL": "https://a:b@earshot.example.com"}, "give an address such as"),
        ({"EARSHOT_PUBLIC_URL": "https://earshot.example.com/?a=b"}, "give an address such as"),
        ({"SLACK_APP_ID": 'A1"><script>'}, "SLACK_APP_ID"),
    ],
    ids=str,
)
def test_an_address_that_nobody_could_use_is_an_error(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], problem: str
):
    """Links would lead nowhere, or past what protects them."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid, match=problem):
        read_settings()


def test_the_public_address_is_kept_without_a_slash_at_its_end(monkeypatch: pytest.MonkeyPatch):
    """On one's own machine it may be http."""
    monkeypatch.setenv("EARSHOT_PUBLIC_URL", " http://127.0.0.1:8080/ ")
    monkeypatch.setenv("EARSHOT_ENV", "dev")
    assert read_settings().earshot_public_url == "http://127.0.0.1:8080"
