"""The app's manifest, held against the code."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from adapters.slack import parse
from adapters.slack.channel import SCOPES
from adapters.slack.payloads import EVENT_TYPES
from tests.slack_api import FIXTURES

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return yaml.safe_load((DOCS / "slack-manifest.yaml").read_text(encoding="utf-8"))


def test_slack_takes_the_manifest(manifest: dict[str, Any]):
    """It fits Slack's own schema."""
    schema = json.loads((FIXTURES / "manifest.schema.json").read_text(encoding="utf-8"))

    jsonschema.validate(manifest, schema)


def test_it_asks_for_exactly_what_the_code_needs(manifest: dict[str, Any]):
    """No permission more, none less."""
    scopes = manifest["oauth_config"]["scopes"]["bot"]

    assert sorted(scopes) == sorted(SCOPES)


def test_it_subscribes_to_exactly_what_the_code_reads(manifest: dict[str, Any]):
    """`message.channels` and its like all come as `message`."""
    events = manifest["settings"]["event_subscriptions"]["bot_events"]

    assert {event.partition(".")[0] for event in events} == set(EVENT_TYPES)


def test_it_has_every_command_with_mentions_escaped(manifest: dict[str, Any]):
    """Else `@anna` comes as plain words."""
    commands = manifest["features"]["slash_commands"]

    assert {command["command"] for command in commands} == set(parse.COMMANDS)
    assert all(command["should_escape"] for command in commands)


def test_everything_goes_to_the_one_address(manifest: dict[str, Any]):
    """Events, commands and interactions."""
    settings = manifest["settings"]
    urls = {
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        *(command["url"] for command in manifest["features"]["slash_commands"]),
    }

    assert urls == {"https://earshot.example.com/slack/events"}


def test_people_can_write_to_the_bot_directly(manifest: dict[str, Any]):
    """The Messages tab is on, and not only for reading."""
    home = manifest["features"]["app_home"]

    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]
