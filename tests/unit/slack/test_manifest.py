"""The app's manifest, held against the code both ways and against Slack's own schema."""

import ast
import json
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
from typer.testing import CliRunner

from adapters.slack import manifest as declared
from adapters.slack import parse, shortcuts, unfurling, workflow_steps
from adapters.slack.channel import SeveralWorkspaces, SlackChannel
from adapters.slack.config import OAuthConfig, SlackConfig
from adapters.slack.manifest import EVENTS, SCOPES, app_manifest
from adapters.slack.payloads import EVENT_TYPES
from adapters.slack.revocation import REVOCATIONS
from bot.__main__ import app
from bot.errors import SettingsInvalid
from tests.block_kit import FIXTURES
from tests.fakes import RecordingIntake
from tests.slack_api import ALL_SCOPES

URL = "https://earshot.example.com"
ADAPTER = Path(declared.__file__).parent

# The scope that an event needs; docs.slack.dev/reference/events.
SCOPE_OF_EVENT = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "channel_rename": "channels:read",
    "file_change": "files:read",
    "file_deleted": "files:read",
    "function_executed": None,
    "group_rename": "groups:read",
    "link_shared": "links:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "team_join": "users:read",
    "user_change": "users:read",
}


@pytest.fixture
def manifest() -> dict[str, Any]:
    return app_manifest(URL)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads((FIXTURES / "manifest.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def called_methods() -> dict[str, list[str]]:
    """The methods of the Web API that the adapter calls, each with the scopes that allow it."""
    known = json.loads((FIXTURES / "methods.json").read_text(encoding="utf-8"))
    by_attribute = {name.replace(".", "_"): name for name in known}
    used = {
        node.func.attr
        for path in ADAPTER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    unknown = {name for name in used if name.startswith(("chat_", "views_", "conversations_"))}
    assert unknown <= by_attribute.keys(), "add the method to tests/fixtures/slack/methods.json"
    called = by_attribute.keys() & used
    return {by_attribute[name]: known[by_attribute[name]]["scopes"] for name in called}


@pytest.mark.parametrize(("url", "several"), [(URL, False), (None, False), (URL, True)])
def test_slack_takes_the_manifest(url: str | None, several: bool, schema: dict[str, Any]):
    """Over HTTP and over a socket it fits Slack's own schema."""
    jsonschema.validate(app_manifest(url, several_workspaces=several), schema)


def test_several_workspaces_come_back_from_slack_and_are_heard_of_when_they_leave():
    """With tokens that expire; one workspace has a token that stays in its settings."""
    one, several = app_manifest(URL), app_manifest(URL, several_workspaces=True)

    assert several["oauth_config"]["redirect_urls"] == [f"{URL}/slack/oauth_redirect"]
    assert "redirect_urls" not in one["oauth_config"]
    assert several["settings"]["token_rotation_enabled"]
    assert not one["settings"]["token_rotation_enabled"]
    assert several["settings"]["org_deploy_enabled"]
    assert bot_events(several) - bot_events(one) == set(REVOCATIONS)
    assert bot_events(one) == set(EVENTS)


def bot_events(manifest: dict[str, Any]) -> set[str]:
    return set(manifest["settings"]["event_subscriptions"]["bot_events"])


def test_the_addresses_of_the_manifest_are_those_that_are_served():
    """A browser that comes back must find somebody."""
    several = SeveralWorkspaces(OAuthConfig("1", "s"), cast("Any", None), cast("Any", None))
    config = SlackConfig(signing_secret="s")
    served = {r.path for r in SlackChannel(config, RecordingIntake(), several).routes}
    for_one = {r.path for r in SlackChannel(config, RecordingIntake()).routes}

    assert served == {"/slack/events", "/slack/install", "/slack/oauth_redirect"}
    assert for_one == {"/slack/events"}


def test_every_scope_is_exercised(called_methods: dict[str, list[str]]):
    """By a method that the code calls, an event that it is told of, or a command."""
    by_methods = {scope for scopes in called_methods.values() for scope in scopes}
    by_events = {SCOPE_OF_EVENT[event] for event in EVENTS}

    assert set(SCOPES) <= by_methods | by_events | {"commands"}


def test_nothing_is_called_without_a_scope(called_methods: dict[str, list[str]]):
    """Of the scopes that allow a method one is enough, by the kind of the conversation."""
    forbidden = [name for name, scopes in called_methods.items() if scopes and not granted(scopes)]

    assert forbidden == []


def granted(scopes: list[str]) -> set[str]:
    """Those of the manifest among them."""
    return set(scopes) & set(SCOPES)


def test_options_of_fields_are_asked_for_at_the_one_address():
    """Over a socket Slack needs none."""
    over_http = app_manifest("https://earshot.example.com")["settings"]["interactivity"]
    over_socket = app_manifest(None)["settings"]["interactivity"]
    assert over_http["message_menu_options_url"] == over_http["request_url"]
    assert over_socket == {"is_enabled": True}


def test_nothing_is_subscribed_to_without_its_scope():
    """Slack would refuse the manifest."""
    assert tuple(SCOPE_OF_EVENT) == EVENTS
    assert {scope for scope in SCOPE_OF_EVENT.values() if scope} <= set(SCOPES)


def test_every_event_has_a_listener_and_every_listener_its_event():
    """`message.channels` and its like all come as `message`."""
    listened_to = {*EVENT_TYPES, unfurling.EVENT, workflow_steps.EVENT}
    assert {event.partition(".")[0] for event in EVENTS} == listened_to


def test_it_has_every_command_with_mentions_escaped(manifest: dict[str, Any]):
    """Else `@anna` comes as plain words."""
    commands = manifest["features"]["slash_commands"]

    assert {command["command"] for command in commands} == set(parse.COMMANDS)
    assert all(command["should_escape"] for command in commands)


def test_it_has_the_shortcuts_that_the_code_answers(manifest: dict[str, Any]):
    """One on a message, one from anywhere."""
    found = {s["callback_id"]: s["type"] for s in manifest["features"]["shortcuts"]}

    assert found == {shortcuts.SAVE_MESSAGE: "message", shortcuts.NEW_NOTE: "global"}


def test_it_has_the_steps_that_the_code_runs(manifest: dict[str, Any]):
    """With the inputs that are read, and without which Slack takes no steps."""
    (step,) = manifest["functions"].values()

    assert list(manifest["functions"]) == [workflow_steps.SAVE_NOTE]
    assert set(step["input_parameters"]["properties"]) == set(workflow_steps.Inputs.model_fields)
    assert manifest["settings"]["org_deploy_enabled"]
    assert manifest["settings"]["function_runtime"] == "remote"


def test_who_runs_a_step_is_what_slack_vouches_for(manifest: dict[str, Any]):
    """A user id among the inputs could be set to anybody by whoever builds the workflow."""
    inputs = manifest["functions"][workflow_steps.SAVE_NOTE]["input_parameters"]

    assert inputs["properties"]["person"]["type"] == "slack#/types/user_context"
    assert "person" in inputs["required"]


@pytest.mark.parametrize(
    ("url", "public_url", "domains"),
    [
        (URL, None, ["earshot.example.com"]),
        (URL, "https://know.example.com/earshot", ["know.example.com"]),
        (None, "https://Know.Example.com", ["know.example.com"]),
        (None, None, None),
        (None, "http://127.0.0.1:8080", None),
        (None, "http://localhost:8080", None),
    ],
)
def test_links_unfold_from_where_customers_have_addresses(
    url: str | None, public_url: str | None, domains: list[str] | None, schema: dict[str, Any]
):
    """Slack tells of no other links, and takes no loopback address."""
    manifest = app_manifest(url, public_url=public_url)

    jsonschema.validate(manifest, schema)
    assert manifest["features"].get("unfurl_domains") == domains


def test_everything_goes_to_the_one_address(manifest: dict[str, Any]):
    """Events, commands and interactions."""
    settings = manifest["settings"]
    urls = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        *(command["url"] for command in manifest["features"]["slash_commands"]),
    }

    assert urls == {"https://earshot.example.com/slack/events"}


def test_over_a_socket_there_is_no_address():
    """Slack refuses an address beside Socket Mode in some places and ignores it in others."""
    over_socket = app_manifest(None)

    assert over_socket["settings"]["socket_mode_enabled"]
    assert "url" not in json.dumps(over_socket)


def test_people_can_write_to_the_bot_directly(manifest: dict[str, Any]):
    """The Messages tab is on, and not only for reading."""
    home = manifest["features"]["app_home"]

    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]


def test_the_slack_of_the_tests_grants_what_the_manifest_asks_for():
    """Else a missing permission would show in production alone."""
    assert ",".join(sorted(SCOPES)) == ALL_SCOPES


@pytest.mark.parametrize(
    "url",
    [
        "http://earshot.example.com",
        "earshot.example.com",
        "https://",
        "https://user:secret@earshot.example.com",
        "https://earshot.example.com/?a=1",
        "https://[::1",
        "https://earshot.example.com:port",
    ],
)
def test_an_address_that_slack_would_refuse_is_said_to_be_wrong(url: str):
    with pytest.raises(SettingsInvalid, match="--url"):
        app_manifest(url)


@pytest.mark.parametrize("url", [URL, f"{URL}/", f"{URL}/slack/events"])
def test_the_command_prints_it(url: str):
    """However the address was copied."""
    result = CliRunner().invoke(app, ["manifest", "slack", "--url", url])

    assert json.loads(result.stdout) == app_manifest(URL)


def test_the_command_makes_one_for_several_workspaces():
    """By an option."""
    arguments = ["manifest", "slack", "--url", URL, "--several-workspaces"]
    result = CliRunner().invoke(app, arguments)

    assert json.loads(result.stdout) == app_manifest(URL, several_workspaces=True)


@pytest.mark.parametrize("by_setting", [True, False])
def test_the_command_takes_the_address_of_links(by_setting: bool):
    """From its own option or from the setting, as over a socket there is no other."""
    address = "https://know.example.com"
    options = [] if by_setting else ["--public-url", address]
    environment = {"EARSHOT_PUBLIC_URL": address} if by_setting else {}
    arguments = ["manifest", "slack", "--socket-mode", *options]

    result = CliRunner().invoke(app, arguments, env=environment)

    assert json.loads(result.stdout) == app_manifest(None, public_url=address)


def test_the_command_writes_it_to_a_file(tmp_path: Path):
    out = tmp_path / "manifest.json"
    CliRunner().invoke(app, ["manifest", "slack", "--socket-mode", "--out", str(out)])

    assert json.loads(out.read_text(encoding="utf-8")) == app_manifest(None)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--url", URL, "--socket-mode"],
        ["--socket-mode", "--several-workspaces"],
        ["--url", URL, "--out", "/no/such/folder/m"],
    ],
)
def test_what_it_cannot_do_it_says(arguments: list[str]):
    result = CliRunner().invoke(app, ["manifest", "slack", *arguments])

    assert isinstance(result.exception, SettingsInvalid)
