"""The app manifest that operators start from."""

import json
from pathlib import Path

import jsonschema

from tests.unit.teams.activities import FIXTURES

MANIFEST = Path(__file__).parents[3] / "docs" / "teams-manifest.json"


def test_the_example_manifest_is_what_teams_takes() -> None:
    """An operator changes ids and addresses, and uploads it."""
    schema = json.loads((FIXTURES / "manifest-1.29.schema.json").read_text())
    jsonschema.validators.validator_for(schema)(schema).validate(json.loads(MANIFEST.read_text()))


def test_the_manifest_covers_every_scope_that_is_read() -> None:
    """Personal chats, teams and group chats."""
    (bot,) = json.loads(MANIFEST.read_text())["bots"]
    assert set(bot["scopes"]) == {"personal", "team", "groupChat"}
