"""What Teams gets for an answer, and what is kept for work."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from adapters.teams.channel import TeamsChannel
from adapters.teams.config import TeamsConfig
from bot.errors import SettingsInvalid, StoreUnavailable
from bot.messages import ConversationChanged, Incoming
from tests.fakes import RecordingIntake
from tests.teams_connector import (
    SERVICE_URL,
    TENANT_ID,
    Answer,
    FakeConnector,
    MemoryReferences,
    claims,
    sign,
    teams_channel,
)
from tests.unit.teams.activities import MENTION, recorded, said, said_in_channel


class BrokenIntake:
    """A database that cannot be reached."""

    def take(self, incoming: Incoming) -> bool:
        raise StoreUnavailable("disk full")


class DeafIntake:
    """Listens nowhere."""

    def take(self, incoming: Incoming) -> bool:
        return False


class Teams:
    """The channel behind its route."""

    def __init__(self, intake: Any = None, config: TeamsConfig | None = None) -> None:
        self.intake = intake or RecordingIntake()
        self.connector = FakeConnector()
        self.references = MemoryReferences()
        extra = {"config": config} if config else {}
        self.channel: TeamsChannel = teams_channel(
            self.intake, self.connector, self.references, **extra
        )
        self.http = TestClient(Starlette(routes=self.channel.routes))

    def deliver(self, body: Mapping[str, Any], url: str = SERVICE_URL) -> tuple[int, Any]:
        headers = {
            "Authorization": f"Bearer {sign(claims(serviceurl=url))}",
            "Content-Type": "application/json; charset=utf-8",
        }
        answer = self.http.post("/api/messages", content=json.dumps(body), headers=headers)
        return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
def teams() -> Teams:
    return Teams()


def test_everything_a_client_really_sent_is_acknowledged(teams: Teams) -> None:
    """Teams sends again what was not answered, and shows people an error for an invoke."""
    answers = [teams.deliver(body) for body in recorded()]
    assert {status for status, _ in answers} == {200}
    assert len(teams.intake.taken) == len({each.delivery_key for each in teams.intake.taken})


@pytest.mark.parametrize("path", ["id", "from", "conversation", "serviceUrl", "channelId", "type"])
@pytest.mark.parametrize("value", [None, "", 7, [], {}, "x" * 2000, {"id": None}])
def test_no_damage_to_an_activity_is_an_error_of_ours(
    teams: Teams, path: str, value: object
) -> None:
    """Whatever is wrong with it, the answer says whose fault it is."""
    for body in recorded()[:12]:
        status, _ = teams.deliver({**body, path: value})
        assert status in {200, 400, 401, 403}, (path, value)


def test_a_message_is_kept_before_it_is_acknowledged(teams: Teams) -> None:
    """After the 200 Teams forgets it."""
    assert teams.deliver(said()) == (200, None)
    assert [each.kind for each in teams.intake.taken] == ["message"]


def test_while_the_database_is_away_teams_is_asked_to_try_again() -> None:
    """An acknowledgement would lose the message."""
    status, body = Teams(BrokenIntake()).deliver(said())
    assert (status, body) == (503, {"error": "Not available right now; try again."})


def test_a_pressed_button_is_answered_at_once_with_what_teams_demands(teams: Teams) -> None:
    """The work is a job; without this body people see an error."""
    value = {"action": {"type": "Action.Execute", "verb": "undo", "data": {"value": "n1"}}}
    status, body = teams.deliver(said(type="invoke", name="adaptiveCard/action", value=value))
    assert status == 200
    assert body["statusCode"] == 200
    assert body["type"] == "application/vnd.microsoft.activity.message"
    assert [each.kind for each in teams.intake.taken] == ["action"]


def test_a_button_of_nobody_is_told_so_in_teams_own_words(teams: Teams) -> None:
    """An error that the client shows, not one that it stumbles over."""
    value = {"action": {"verb": "format_disk", "data": {}}}
    status, body = teams.deliver(said(type="invoke", name="adaptiveCard/action", value=value))
    assert (status, body["statusCode"]) == (200, 400)
    assert body["type"] == "application/vnd.microsoft.error"
    assert teams.intake.taken == []


def test_an_unknown_invoke_is_400(teams: Teams) -> None:
    """Nothing of ours asks for one."""
    assert teams.deliver(said(type="invoke", name="fileConsent/invoke"))[0] == 400


def test_an_answer_to_an_invoke_may_not_be_asked_for_by_a_message(teams: Teams) -> None:
    """A delivery mode would make the turn collect replies; it is not passed on."""
    assert teams.deliver(said(deliveryMode="expectReplies")) == (200, None)


def test_how_to_answer_is_kept_before_the_message_is_worked_on(teams: Teams) -> None:
    """The reply may be sent by another process, and after a restart."""
    teams.deliver(said())
    kept = json.loads(teams.references.kept["a:chat"])
    assert kept["service_url"] == SERVICE_URL
    assert kept["scope"] == "personal"
    assert kept["tenant_id"] == TENANT_ID
    assert "person:29:anna" in teams.references.kept


def test_a_conversation_is_written_down_once(teams: Teams) -> None:
    """A message costs one transaction, not two."""
    teams.deliver(said())
    written = teams.references.writes
    teams.deliver(said(id="another"))
    assert teams.references.writes == written


def test_of_what_is_overheard_and_not_taken_nothing_is_kept() -> None:
    """Where the bot does not listen it leaves no trace."""
    teams = Teams(DeafIntake())
    assert teams.deliver(said_in_channel("chatter")) == (200, None)
    assert teams.references.kept == {}


def test_a_change_of_a_teams_members_is_one_of_each_of_its_channels(teams: Teams) -> None:
    """Who left the team may no longer see what its channels know."""
    for channel in ("19:one", "19:two"):
        data = {
            "tenant": {"id": TENANT_ID},
            "team": {"id": "19:team"},
            "channel": {"id": channel},
        }
        place = {"id": channel, "conversationType": "channel", "tenantId": TENANT_ID}
        body = said_in_channel(f"{MENTION} hello", conversation=place, channelData=data)
        teams.deliver({**body, "id": channel})
    left = said(
        type="conversationUpdate",
        conversation={"id": "19:team", "conversationType": "channel", "tenantId": TENANT_ID},
        channelData={
            "tenant": {"id": TENANT_ID},
            "team": {"id": "19:team"},
            "eventType": "teamMemberRemoved",
        },
        membersRemoved=[{"id": "29:ben"}],
    )
    assert teams.deliver(left) == (200, None)
    changed = [each for each in teams.intake.taken if isinstance(each, ConversationChanged)]
    assert {each.place.conversation_id for each in changed} == {"19:team", "19:one", "19:two"}


def test_the_doctor_is_told_that_the_bot_can_log_in(teams: Teams) -> None:
    """Both ways are tried: our token and their keys."""
    assert asyncio.run(teams.channel.check()).endswith("logs in; 1 signing keys")


def test_the_doctor_names_a_wrong_password(teams: Teams) -> None:
    """The message says what to correct, and keeps Microsoft's prose out."""
    teams.connector.login_answer = Answer(
        401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid secret 'abc'"}
    )
    with pytest.raises(SettingsInvalid, match=r"TEAMS_APP_PASSWORD.*401 AADSTS7000215\)"):
        asyncio.run(teams.channel.check())


def test_a_start_without_network_is_a_start(teams: Teams) -> None:
    """Keys are asked for again when the first message comes."""
    teams.connector.authority_is_down = True

    async def start_and_stop() -> None:
        await teams.channel.start(receive=True)
        await teams.channel.stop()

    asyncio.run(start_and_stop())
    assert teams.connector.called


def test_a_process_that_only_sends_asks_for_no_keys(teams: Teams) -> None:
    """They are for reading what comes in."""
    asyncio.run(teams.channel.start(receive=False))
    assert teams.connector.called == []


def test_a_developers_machine_may_leave_the_door_open() -> None:
    """Said explicitly, and then only for services on the same machine."""
    config = TeamsConfig(app_id=None, app_password=None, tenant_id=None, open_on_loopback=True)
    teams = Teams(config=config)
    assert teams.deliver(said(serviceUrl="http://127.0.0.1:5000/_connector"))[0] == 200
    assert teams.deliver(said(serviceUrl="http://10.0.0.1/"))[0] == 403


def test_a_private_authority_vouches_for_its_own_host() -> None:
    """A test authority on this machine makes services on this machine trusted, and no others."""
    config = TeamsConfig(
        app_id="x",
        app_password="y",
        tenant_id="z",
        openid_metadata_url="http://127.0.0.1:9000/openid",
    )
    assert config.trusts_service_url("http://127.0.0.1:9001/")
    assert config.trusts_service_url(SERVICE_URL)
    assert not config.trusts_service_url("http://10.0.0.1/")
    assert not TeamsConfig("x", "y", "z").trusts_service_url("http://127.0.0.1:9001/")
