"""Which settings want others beside them, and which exclude each other."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings.environment import Settings


def problems_of(settings: "Settings") -> list[str]:
    """What is missing or too much, each with what to do; nothing where they are whole."""
    return [*_of_urls(settings), *_of_slack(settings), *_of_teams(settings)]


def _of_urls(settings: "Settings") -> list[str]:
    url = settings.earshot_public_url
    if url is None or settings.is_dev or url.startswith("https://"):
        return []
    return ["EARSHOT_PUBLIC_URL needs https:// outside EARSHOT_ENV=dev"]


def _of_slack(settings: "Settings") -> list[str]:
    problems = []
    if settings.slack_bot_token and not (settings.slack_signing_secret or settings.slack_app_token):
        problems.append(
            "SLACK_BOT_TOKEN is set: also set SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN "
            "(Socket Mode)"
        )
    has_way_in = settings.slack_signing_secret or settings.slack_app_token
    if has_way_in and not (settings.slack_bot_token or settings.slack_client_id):
        problems.append(
            "Slack is half set: also set SLACK_BOT_TOKEN, or SLACK_CLIENT_ID for several workspaces"
        )
    if settings.slack_has_several_workspaces:
        problems += _of_several_workspaces(settings)
    if bool(settings.slack_client_id) != bool(settings.slack_client_secret):
        problems.append("set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET together, or neither")
    return problems


def _of_several_workspaces(settings: "Settings") -> list[str]:
    needed = {
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "EARSHOT_ENCRYPTION_KEY": settings.earshot_encryption_key,
    }
    missing = [name for name, value in needed.items() if not value]
    return [f"SLACK_CLIENT_ID is set: also set {', '.join(missing)}"] if missing else []


def _of_teams(settings: "Settings") -> list[str]:
    if settings.teams_without_login:
        return _of_open_teams(settings)
    identity = settings.teams_managed_identity_client_id
    if identity and settings.teams_app_password:
        return ["set TEAMS_APP_PASSWORD or TEAMS_MANAGED_IDENTITY_CLIENT_ID, not both"]
    given = {
        "TEAMS_APP_ID": settings.teams_app_id,
        "TEAMS_APP_PASSWORD": settings.teams_app_password or identity,
        "TEAMS_TENANT_ID": settings.teams_tenant_id,
    }
    missing = [name for name, value in given.items() if not value]
    if missing and len(missing) < len(given):
        return [f"Teams is half set: also set {', '.join(missing)}"]
    return []


def _of_open_teams(settings: "Settings") -> list[str]:
    problems = []
    if not settings.is_dev:
        problems.append("TEAMS_WITHOUT_LOGIN needs EARSHOT_ENV=dev: anybody could speak to it")
    if settings.teams_app_id or settings.teams_managed_identity_client_id:
        problems.append("set TEAMS_WITHOUT_LOGIN or TEAMS_APP_ID, not both")
    return problems
