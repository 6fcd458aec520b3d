"""Activities as Teams sends them: recorded ones, and new ones made alike."""

import json
from pathlib import Path
from typing import Any

from adapters.teams.activity import Activity
from tests.teams_connector import BOT_ID, SERVICE_URL, TENANT_ID

FIXTURES = Path(__file__).parents[2] / "fixtures" / "teams"
MENTION = "<at>Earshot</at>"


def recorded() -> list[dict[str, Any]]:
    """What a Teams client really sent, moved to the tenant and service of the tests."""
    lines = (FIXTURES / "inbound_activities.jsonl").read_text().splitlines()
    bodies = [json.loads(line)["body"] for line in lines]
    return [{**body, "serviceUrl": SERVICE_URL} for body in bodies]


def said(text: str | None = "Novara closes its Lyon site", **changed: Any) -> dict[str, Any]:
    """A message in a personal chat."""
    return {
        "type": "message",
        "id": "1795364138228",
        "timestamp": "2026-11-09T07:00:00.1234567Z",
        "localTimestamp": "2026-11-09T09:00:00.1234567+02:00",
        "channelId": "msteams",
        "serviceUrl": SERVICE_URL,
        "from": {"id": "29:anna", "name": "Anna Berg"},
        "recipient": {"id": BOT_ID, "name": "Earshot"},
        "conversation": {"id": "a:chat", "conversationType": "personal", "tenantId": TENANT_ID},
        "channelData": {"tenant": {"id": TENANT_ID}},
        "text": text,
    } | changed


def said_in_channel(text: str, *, root: str = "1795364138228", **changed: Any) -> dict[str, Any]:
    """A message in a channel, with a mention entity where its text has the bot's mention."""
    mention = {"type": "mention", "text": MENTION, "mentioned": {"id": BOT_ID, "name": "Earshot"}}
    return (
        said(
            text,
            conversation={
                "id": f"19:sales@thread.tacv2;messageid={root}",
                "conversationType": "channel",
                "tenantId": TENANT_ID,
            },
            channelData={
                "tenant": {"id": TENANT_ID},
                "team": {"id": "19:team@thread.tacv2"},
                "channel": {"id": "19:sales@thread.tacv2"},
            },
            entities=[mention] if MENTION in text else [],
        )
        | changed
    )


def activity(body: dict[str, Any]) -> Activity:
    return Activity.model_validate(body)
