"""What a platform is told of the bot when it is installed there."""

import json

from adapters.slack.manifest import app_manifest


def slack_manifest(url: str | None) -> str:
    """The Slack app as JSON, reached at this address or over a socket. Raises SettingsInvalid."""
    return json.dumps(app_manifest(url), indent=2)
