"""The pages that somebody sees who installs the app. Pure; everything from outside is escaped."""

import re
from html import escape

from bot.ports import AppInstallation

_ID = re.compile(r"[A-Z0-9]{1,64}")
_AGAIN = '<p><a href="install">Begin again</a></p>'


def installed(installation: AppInstallation) -> str:
    """What to do next."""
    name = escape(installation.name) or "your workspace"
    if installation.is_org_wide:
        return _page(
            f"Earshot is installed for {name}",
            "<p>It is in no workspace of the organisation yet. In Slack’s administration, under "
            "<b>Integrations → Installed apps → Earshot</b>, add it to the workspaces that may use "
            "it. What each of them tells Earshot stays in that workspace.</p>",
        )
    link = f"https://app.slack.com/client/{installation.id}"
    open_slack = f'<p><a href="{link}">Open Slack</a></p>' if _is_id(installation.id) else ""
    return _page(
        f"Earshot is in {name}",
        "<p>Send Earshot a direct message with something that you heard from a customer, or invite "
        f"it to a channel with <code>/invite @Earshot</code>.</p>{open_slack}",
    )


def denied() -> str:
    """Whoever was asked did not allow it."""
    return _page(
        "Earshot was not installed",
        f"<p>Slack says that it was not allowed. Nothing was stored.</p>{_AGAIN}",
    )


def state_unknown() -> str:
    """The way back from Slack is not the end of one that began in this browser."""
    return _page(
        "This installation cannot be finished",
        "<p>It began in another browser, more than ten minutes ago, or was finished already. "
        f"Nothing was stored.</p>{_AGAIN}",
    )


def refused(code: str) -> str:
    """Slack gave no token."""
    return _page(
        "Earshot was not installed",
        f"<p>Slack refused it: <code>{escape(code)}</code>. Whoever runs Earshot should compare "
        "<code>SLACK_CLIENT_ID</code> and <code>SLACK_CLIENT_SECRET</code>, and the app’s redirect "
        f"URL, with the app’s page at Slack. Nothing was stored.</p>{_AGAIN}",
    )


def not_let_in(installation: AppInstallation) -> str:
    """The settings name who may install it."""
    return _page(
        "Earshot was not installed",
        f"<p>This Earshot is not for {escape(installation.name) or 'this workspace'}. Whoever runs "
        f"it can add <code>{escape(installation.id)}</code> to <code>SLACK_ALLOWED_TEAMS</code>. "
        "Nothing was stored.</p>",
    )


def not_now() -> str:
    """Slack or the database is away."""
    return _page(
        "Earshot was not installed",
        "<p>Slack or Earshot’s database does not answer just now. Try again in a minute.</p>"
        f"{_AGAIN}",
    )


def _is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def _page(title: str, body: str) -> str:
    """`title` and `body` are markup."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
    )
