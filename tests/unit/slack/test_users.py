"""What a user of Slack's is to the workspace, and what Slack tells of them by itself."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.config import Installation
from adapters.slack.parse import event
from adapters.slack.users import standing_of
from bot.domain.people import ConversationKind, Standing
from bot.messages import PersonChanged
from tests.contract.drivers_slack import SlackDriver
from tests.unit.slack.conftest import Slack

HERE = Installation("main", "T1", "U0BOT")


@pytest.mark.parametrize(
    ("user", "standing"),
    [
        ({"team_id": "T1"}, Standing.MEMBER),
        ({"team_id": "T9", "enterprise_user": {"teams": ["T9", "T1"]}}, Standing.MEMBER),
        ({"team_id": "T1", "is_restricted": True}, Standing.GUEST),
        ({"team_id": "T1", "is_ultra_restricted": True}, Standing.GUEST),
        ({"team_id": "T1", "is_stranger": True}, Standing.STRANGER),
        ({"team_id": "T9"}, Standing.STRANGER),
        ({"team_id": "T1", "deleted": True}, Standing.DEACTIVATED),
        ({"team_id": "T1", "is_bot": True}, Standing.UNKNOWN),
        ({}, Standing.UNKNOWN),
    ],
)
def test_only_whom_slack_calls_so_in_every_respect_is_a_full_member(
    user: dict[str, Any], standing: Standing
) -> None:
    """What it leaves out counts against them."""
    assert standing_of(user, HERE) is standing


@pytest.mark.parametrize("kind", ["user_change", "team_join"])
def test_a_change_of_a_person_is_told_with_its_moment(kind: str) -> None:
    """So that an older telling never takes the place of a later one."""
    user = {"id": "U7", "team_id": "T1", "name": "gus", "is_restricted": True}
    happened = {"type": kind, "user": user, "event_ts": "1767225600.000100"}
    told = event({"type": "event_callback", "team_id": "T1", "event": happened}, HERE)
    assert isinstance(told, PersonChanged)
    assert (told.person.id, told.person.standing) == ("U7", Standing.GUEST)
    moment = told.person.checked_at
    assert moment is not None
    assert moment.replace(microsecond=0) == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("user", [{}, {"id": 7}, {"id": "U7", "is_bot": True}])
def test_what_is_nobody_changes_nothing(user: dict[str, Any]) -> None:
    """Programs, and what lacks an id."""
    happened = {"type": "user_change", "user": user, "event_ts": "1767225600.000100"}
    assert event({"type": "event_callback", "team_id": "T1", "event": happened}, HERE) is None


@pytest.mark.parametrize("mark", ["is_ext_shared", "is_pending_ext_shared"])
def test_a_channel_that_another_company_reads_is_for_its_members(slack: Slack, mark: str) -> None:
    """Though it is public in both workspaces."""
    sales = SlackDriver.SALES
    slack.api.conversations[sales][mark] = True
    assert slack.channel.roster.conversation("main", sales).kind is ConversationKind.PRIVATE
