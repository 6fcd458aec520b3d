"""What Slack sends: recorded payloads, and how others are put together.

Sources: docs.slack.dev/reference/events, /reference/interaction-payloads and
/interactivity/implementing-slash-commands; the recordings name theirs.
"""

import json
from collections.abc import Mapping
from typing import Any

from tests.block_kit import FIXTURES
from tests.slack_api import BOT, BOT_USER, TEAM

Payload = dict[str, Any]

ANOTHER_TEAM = "T0OTHER"
ANNA, SALES, DIRECT = "U0ANNA", "C0SALES", "D0ANNA"
_TEAM_KEYS = ("team", "team_id", "user_team", "source_team", "context_team_id", "bot_team_id")


def of_team(value: Any, team: str) -> Any:
    """The payload as if everything in it were this team's."""
    if isinstance(value, list):
        return [of_team(item, team) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {key: of_team(item, team) for key, item in value.items()}
    named = {key: team for key in _TEAM_KEYS if isinstance(changed.get(key), str)}
    if isinstance(changed.get("team"), dict):
        named["team"] = {**changed["team"], "id": team}
    return changed | named


def event(kind: str, **fields: Any) -> Payload:
    """An event in its envelope."""
    return {
        "type": "event_callback",
        "token": "verification-token",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "api_app_id": "A0EARSHOT",
        "event_id": "Ev1",
        "event_time": 1_795_000_000,
        "is_ext_shared_channel": False,
        "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        "event": {"type": kind, "event_ts": "1795000000.000200", **fields},
    }


def message(subtype: str | None = None, **fields: Any) -> Payload:
    """A message event; of a subtype, what Slack writes in somebody's name."""
    named = {} if subtype is None else {"subtype": subtype}
    return event(
        "message",
        **{
            "channel": SALES,
            "channel_type": "channel",
            "user": ANNA,
            "team": TEAM,
            "ts": "1795000000.000200",
            "text": f"<@{BOT_USER}> Novara closes its site in Lyon",
            **named,
            **fields,
        },
    )


def interaction(kind: str, **fields: Any) -> Payload:
    """What comes of a press, a form, a menu or a shortcut."""
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": "acme"},
        "user": {"id": ANNA, "name": "anna", "team_id": TEAM},
        "api_app_id": "A0EARSHOT",
        "token": "verification-token",
        "trigger_id": "1795.1.abc",
        "enterprise": None,
        "is_enterprise_install": False,
        **fields,
    }


def view(callback_id: str = "save_change") -> Payload:
    return {
        "id": "V1",
        "team_id": TEAM,
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": json.dumps({"value": "i1", "channel": SALES}),
        "title": {"type": "plain_text", "text": "Change"},
        "blocks": [],
        "hash": "1.abc",
        "state": {"values": {"contacts": {"contacts": {"type": "plain_text_input", "value": "x"}}}},
        "root_view_id": "V1",
        "bot_id": BOT,
    }


RECORDED: Mapping[str, Payload] = {
    f"{number} {entry['source']}{entry['path']}": of_team(entry["payload"], TEAM)
    for number, entry in enumerate(
        json.loads((FIXTURES / "payloads.json").read_text(encoding="utf-8"))
    )
}
"""What somebody's app really was sent, as if to our installation."""
