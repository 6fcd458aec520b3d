"""The Slack app as Slack wants it described: what it may do, is told of, and offers. Pure.

Everything is declared here once: the receiver registers the events, commands and shortcuts named
here, and `earshot doctor` asks for these scopes. Format: docs.slack.dev/reference/app-manifest.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from adapters.slack.parse import COMMANDS
from adapters.slack.revocation import REVOCATIONS
from adapters.slack.shortcuts import NEW_NOTE, SAVE_MESSAGE
from adapters.slack.workflow_steps import FUNCTIONS
from bot.errors import SettingsInvalid
from bot.messages import WayIn

Manifest = dict[str, Any]

ADDRESS: Final = "/slack/events"
"""Where events, commands and interactions all go."""

INSTALL_ADDRESS: Final = "/slack/install"
REDIRECT_ADDRESS: Final = "/slack/oauth_redirect"
"""Where a browser goes, where several workspaces may install the app."""

SCOPES: Final[Mapping[str, str]] = {
    "app_mentions:read": "know when it is mentioned",
    "assistant:write": "suggest what to ask, and show that it is at work",
    "channels:history": "read where it was invited: public channels",
    "channels:read": "know who is in a public channel, so that nothing is shown to others",
    "chat:write": "answer",
    "commands": "/note, /ask, /brief, /earshot, and the shortcuts",
    "files:read": "read the text of files that come with messages",
    "files:write": "give what is too long for messages as a file",
    "groups:history": "read the private channels to which it was invited",
    "groups:read": "know who is in a private channel",
    "im:history": "read what is written to it directly",
    "im:read": "know whose direct messages they are",
    "im:write": "answer privately where it is no member",
    "links:read": "know of links to customers",
    "links:write": "show beside them what everybody there may know",
    "mpim:history": "read the group messages to which it was added",
    "mpim:read": "know who is in a group message",
    "reactions:read": "see the emoji that saves a message",
    "users:read": "know people's names, and who is a bot or a guest",
}
"""What the bot must be allowed to do, each with what for."""

EVENTS: Final = (
    "app_home_opened",
    "app_mention",
    "channel_rename",
    "file_change",
    "file_deleted",
    "function_executed",
    "group_rename",
    "link_shared",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "reaction_removed",
    "team_join",
    "user_change",
)
"""What the bot is told of; `message.channels` and its like all come as `message`."""

_HOST = re.compile(r"(?=.{1,255}\Z)[a-z0-9][a-z0-9.-]*\.[a-z][a-z0-9-]*")
_COMMANDS: Final[Mapping[WayIn, tuple[str, str]]] = {
    WayIn.NOTE_COMMAND: (
        "Keep something that you heard from a customer",
        "Novara's budget round closes in October",
    ),
    WayIn.ASK_COMMAND: ("Ask what we know of a customer", "who decides at Novara?"),
    WayIn.BRIEF_COMMAND: ("What to know before you meet a customer", "Novara"),
    WayIn.EARSHOT_COMMAND: ("What Earshot can do, and its settings here", "help"),
}


def app_manifest(
    url: str | None, *, several_workspaces: bool = False, public_url: str | None = None
) -> Manifest:
    """The manifest of an app that is reached at this address, or over a socket where it is None.

    With `several_workspaces` each of them installs it by OAuth, for which there must be an address.
    Links to customers unfold that begin with `public_url`, or else with the address.
    Raises SettingsInvalid for an address that Slack would refuse.
    """
    base_url = None if url is None else _checked(url)
    if several_workspaces and base_url is None:
        raise SettingsInvalid("several workspaces need --url: Slack sends the browser back there")
    request_url = None if base_url is None else f"{base_url}{ADDRESS}"
    redirects = {"redirect_urls": [f"{base_url}{REDIRECT_ADDRESS}"]} if several_workspaces else {}
    events = sorted((*EVENTS, *REVOCATIONS)) if several_workspaces else EVENTS
    address: Manifest = {} if request_url is None else {"request_url": request_url}
    unfolding = _unfolding(base_url if public_url is None else public_url)
    options_address: Manifest = (
        {} if request_url is None else {"message_menu_options_url": request_url}
    )
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": "Earshot",
            "description": "Keeps what you hear from customers, and answers from it",
            "background_color": "#1f3a4d",
        },
        "features": _features(request_url, unfolding),
        "functions": FUNCTIONS,
        "oauth_config": {**redirects, "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": list(events)},
            "interactivity": {"is_enabled": True, **address, **options_address},
            "org_deploy_enabled": True,  # else Slack takes no steps for workflows
            "function_runtime": "remote",
            "socket_mode_enabled": request_url is None,
            "token_rotation_enabled": several_workspaces,
        },
    }


def _features(request_url: str | None, unfolding: Manifest) -> Manifest:
    return {
        **unfolding,
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Earshot", "always_online": True},
        "agent_view": {
            "agent_description": (
                "Keeps what you hear from customers, and answers from it with its sources"
            )
        },
        "shortcuts": [
            {
                "name": "Save to Earshot",
                "type": "message",
                "callback_id": SAVE_MESSAGE,
                "description": "Keep what this message says of a customer",
            },
            {
                "name": "New note",
                "type": "global",
                "callback_id": NEW_NOTE,
                "description": "Keep something that you heard from a customer",
            },
        ],
        "slash_commands": [
            _command(command, way_in, request_url) for command, way_in in COMMANDS.items()
        ],
    }


def _unfolding(public_url: str | None) -> Manifest:
    """The host whose links Slack tells of; a loopback address has none that Slack would take."""
    host = urlsplit(public_url or "").hostname or ""
    return {"unfurl_domains": [host]} if _HOST.fullmatch(host) else {}


def _command(command: str, way_in: WayIn, request_url: str | None) -> Manifest:
    description, hint = _COMMANDS[way_in]
    return {
        "command": command,
        **({} if request_url is None else {"url": request_url}),
        "description": description,
        "usage_hint": hint,
        "should_escape": True,  # else "@anna" comes as plain words
    }


def _checked(url: str) -> str:
    """The address without a slash at its end."""
    try:
        parts = urlsplit(url)
        is_plain = not (parts.username or parts.query or parts.fragment) and parts.port != 0
    except ValueError:
        is_plain = False
    if not is_plain or parts.scheme != "https" or not parts.hostname:
        raise SettingsInvalid(
            "--url needs the public address of Earshot, such as https://earshot.example.com"
        )
    return url.rstrip("/").removesuffix(ADDRESS)
