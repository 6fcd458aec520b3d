"""Whose installation a payload is for."""

import json
from typing import Any

import pytest

from adapters.slack.envelope import Envelope, naming_team, read_envelope
from adapters.slack.revocation import read_revocation
from tests.block_kit import FIXTURES


def granted(team: str | None = None, org: str | None = None, *, whole: bool = False) -> Any:
    return [{"team_id": team, "enterprise_id": org, "is_enterprise_install": whole}]


WHOLE = granted(None, "E1", whole=True)


def event(**envelope: Any) -> dict[str, Any]:
    return {"type": "event_callback", "event": {"type": "message", "user": "U1"}, **envelope}


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        ({"team_id": "T1"}, Envelope("T1")),
        ({"team_id": "T1", "authorizations": []}, Envelope("T1")),
        ({"team_id": "T1", "enterprise_id": "E1"}, Envelope("T1", "E1")),
        ({"team_id": None, "enterprise_id": "E1"}, Envelope(None, "E1")),
        # A channel shared with another organisation, where the event happened.
        ({"team_id": "T9", "authorizations": granted("T1")}, Envelope("T1")),
        (
            {"team_id": "T9", "enterprise_id": "E9", "authorizations": granted("T1", "E1")},
            Envelope("T1", "E1"),
        ),
        # An organisation's installation.
        (
            {"team_id": "T1", "enterprise_id": "E1", "authorizations": WHOLE},
            Envelope("T1", "E1"),
        ),
        (
            {"team_id": "T9", "authorizations": granted("T1", "E1", whole=True)},
            Envelope("T1", "E1"),
        ),
        (
            {
                "team_id": "T9",
                "enterprise_id": "E9",
                "context_team_id": "T1",
                "context_enterprise_id": "E1",
                "authorizations": WHOLE,
            },
            Envelope("T1", "E1"),
        ),
        # Another organisation's team is never taken for one of ours.
        (
            {"team_id": "T9", "enterprise_id": "E9", "authorizations": WHOLE},
            Envelope(None, "E1"),
        ),
        ({"team_id": "T9", "authorizations": granted(None)}, None),
        ({}, None),
        ({"team_id": 7}, None),
        ({"team_id": "T1", "authorizations": "all"}, None),
    ],
)  # fmt: skip
def test_an_event_is_for_whom_its_authorization_names(
    envelope: dict[str, Any], expected: Envelope | None
):
    """`team_id` beside it counts only where there is none, or it is the same organisation's."""
    assert read_envelope(event(**envelope)) == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"command": "/note", "team_id": "T1"}, Envelope("T1")),
        ({"command": "/note", "team_id": "T1", "enterprise_id": ""}, Envelope("T1")),
        ({"command": "/note", "team_id": "T1", "enterprise_id": "E1"}, Envelope("T1", "E1")),
        ({"command": "/note"}, None),
        ({"type": "block_actions", "team": {"id": "T1"}, "user": {}}, Envelope("T1")),
        (
            {"type": "shortcut", "team": {"id": "T1", "enterprise_id": "E1"}, "enterprise": None},
            Envelope("T1", "E1"),
        ),
        (
            {
                "type": "shortcut",
                "team": None,
                "enterprise": {"id": "E1"},
                "is_enterprise_install": True,
                "user": {"team_id": "T1"},
            },
            Envelope("T1", "E1"),
        ),
        ({"type": "shortcut", "team": None, "user": {"team_id": "T1"}}, None),
        ({"type": "shortcut"}, None),
    ],
)  # fmt: skip
def test_a_command_and_an_interaction_name_their_team(
    payload: dict[str, Any], expected: Envelope | None
):
    """The person's own team counts only where an organisation's installation names none."""
    assert read_envelope(payload) == expected


@pytest.mark.parametrize(
    "recorded",
    json.loads((FIXTURES / "payloads.json").read_text(encoding="utf-8")),
    ids=lambda recorded: str(recorded.get("path")),
)
def test_every_recorded_payload_can_be_read(recorded: dict[str, Any]):
    """Whatever Slack has sent, nothing of it raises."""
    found = read_envelope(recorded["payload"])

    assert found is None or found.team_id or found.org_id


def test_what_an_organisation_s_installation_leaves_out_is_filled_in():
    """So that it is read like any other."""
    bare = {"type": "shortcut", "team": None}
    named = {"type": "shortcut", "team": {"id": "T2"}}

    assert naming_team(bare, "T1")["team"] == {"id": "T1"}
    assert naming_team(named, "T1") == named
    assert naming_team(event(team_id="T9"), "T1")["authorizations"] == [{"team_id": "T1"}]


@pytest.mark.parametrize(
    ("happened", "is_meant"),
    [
        ({"type": "app_uninstalled"}, True),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}, True),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}, False),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, False),
        ({"type": "tokens_revoked"}, False),
        ({"type": "message"}, False),
    ],
)
def test_only_the_bot_s_own_token_counts(happened: dict[str, Any], is_meant: bool):
    """People's tokens are told of in the same event."""
    payload = event(team_id="T1", event_time=1_700_000_000) | {"event": happened}

    found = read_revocation(payload)

    assert (found is not None) is is_meant
    assert found is None or found.envelope == Envelope("T1")


@pytest.mark.parametrize("time", [-1, 10**18, "soon", None])
def test_a_time_that_is_none_is_no_revocation(time: object):
    """Nothing raises."""
    payload = event(team_id="T1", event_time=time) | {"event": {"type": "app_uninstalled"}}

    assert read_revocation(payload) is None
