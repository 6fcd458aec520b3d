"""What a platform is told of the bot when it is installed there."""

import json

from adapters.slack.manifest import app_manifest
from adapters.teams.manifest import app_package


def slack_manifest(
    url: str | None, *, several_workspaces: bool = False, public_url: str | None = None
) -> str:
    """The Slack app as JSON, reached at this address or over a socket. Raises SettingsInvalid."""
    manifest = app_manifest(url, several_workspaces=several_workspaces, public_url=public_url)
    return json.dumps(manifest, indent=2)


def teams_package(url: str, app_id: str, *, developer: str, listens: bool) -> bytes:
    """The Teams app as a zip to upload, reached at this address. Raises SettingsInvalid."""
    return app_package(url, app_id, developer=developer, listens=listens)
