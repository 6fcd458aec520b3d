"""Several workspaces in one process: each answered with its own token, and walled off."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from adapters.slack.installations import FRESH_S
from bot.errors import EncryptionKeyWrong, RosterUnavailable, SendFailed, SendRefused
from bot.messages import Outgoing, Paragraph, Place, Reply, Span
from bot.settings import make_key
from tests.several_workspaces import (
    ACME,
    ANNA,
    BO,
    BOLT,
    KEY,
    ORG,
    Several,
    several_workspaces,
)
from tests.slack_api import Failure
from tests.slack_teams import Owner

LYON = "Novara will close its Lyon site in March"
QUESTION = "What will Novara do with its Lyon site?"
NORTH, SOUTH = "T0NORTH", "T0SOUTH"
OF_THE_ORG = {
    "enterprise_id": ORG,
    "authorizations": [{"enterprise_id": ORG, "team_id": None, "is_enterprise_install": True}],
}


@pytest.fixture
def several(tmp_path: Path) -> Iterator[Several]:
    """Acme and Bolt have installed it."""
    with several_workspaces(tmp_path) as several:
        several.install(ACME)
        several.install(BOLT)
        yield several


def reply(several: Several, team: str, text: str = "Kept.", channel: str | None = None) -> Any:
    """Send a reply from a worker's thread, as the product does."""
    place = Place("slack", f"slack-{team}", channel or f"D0{team}")
    outgoing = Outgoing(f"o-{team}", place, "U1", Reply((Paragraph((Span(text),)),)))
    return several.api.loop.run(several.channel.gateway.send(outgoing))


# --- each in its own ----------------------------------------------------------------------------


def test_each_team_is_answered_with_its_own_token(several: Several):
    """In its own conversation."""
    for team, person in ((ACME, ANNA), (BOLT, BO)):
        calls = several.say(LYON, team=team, person=person)
        assert {call.token for call in calls} == several.api.owners[team].tokens
        assert {call.arguments["channel"] for call in calls} == {f"D0{team}"}


def test_a_question_in_one_team_never_finds_the_notes_of_another(several: Several):
    """The same words, and nothing of the answer."""
    several.say(LYON, team=ACME, person=ANNA)

    asked_there = several.say(QUESTION, team=ACME, person=ANNA)
    asked_elsewhere = several.say(QUESTION, team=BOLT, person=BO)

    assert "close its Lyon site in March" in asked_there[-1].raw
    assert "March" not in asked_elsewhere[-1].raw


def test_a_reply_for_one_team_is_never_sent_with_the_token_of_another(several: Several):
    """Slack would show it nowhere, or in a channel that both share."""
    with pytest.raises(SendRefused, match="channel_not_found"):
        reply(several, ACME, channel=f"D0{BOLT}")

    [call] = several.api.calls_of("chat.postMessage")
    assert call.token in several.api.owners[ACME].tokens


def test_people_of_one_id_are_asked_of_each_team(several: Several):
    """Slack promises that ids are unique within a team, no more."""
    several.api.members[f"C0{BOLT}"] = [ANNA, BO]
    for team in (ACME, BOLT):
        several.channel.roster.conversation(f"slack-{team}", f"C0{team}")

    tokens = [c.token for c in several.api.calls_of("users.info") if c.arguments["user"] == ANNA]
    assert len(set(tokens)) == 2


def test_who_we_are_is_asked_when_it_is_installed_and_never_for_a_request(several: Several):
    """It is rationed, and would slow every acknowledgement."""
    for _ in range(3):
        several.say(LYON, team=ACME, person=ANNA)

    assert len(several.api.calls_of("auth.test")) == 2


def test_the_database_is_not_asked_whose_request_it_is(several: Several, monkeypatch):
    """Once a team is known."""
    several.say(LYON, team=ACME, person=ANNA)
    asked: list[str] = []
    for name in ("serving", "of_workspace", "get"):
        monkeypatch.setattr(type(several.installations), name, lambda *_, n=name: asked.append(n))

    answer = several.event({"type": "message", "channel": "D1", "user": ANNA, "ts": "1.2",
                            "text": "x", "team": ACME}, team=ACME)  # fmt: skip

    assert answer.status_code == 200
    assert asked == []


# --- whose request it is ------------------------------------------------------------------------


def test_an_event_of_a_team_that_has_not_installed_it_is_dropped(several: Several):
    """With a 200: Slack would only send it again."""
    several.api.add(Owner("T0OTHER", "Other"))
    several.api.furnish("T0OTHER", "U0OTHER")

    assert several.say(LYON, team="T0OTHER", person="U0OTHER") == []
    assert several.store.inbox.waiting() == []


def test_a_command_of_such_a_team_is_told_so(several: Several):
    """Somebody waits for an answer."""
    body = urlencode({"command": "/note", "team_id": "T0OTHER", "text": LYON, "user_id": "U1"})

    answer = several.form(body.encode())

    assert (answer.status_code, "not connected" in answer.text) == (200, True)


def test_in_a_channel_shared_between_teams_the_authorization_counts(several: Several):
    """`team_id` beside it is where the event happened, not for whom it is."""
    calls = several.say(LYON, team=ACME, person=ANNA, team_id=BOLT)

    assert {call.token for call in calls} == several.api.owners[ACME].tokens


def test_a_workspace_in_a_form_s_metadata_is_not_believed(several: Several):
    """It comes from a client; the envelope is signed by Slack."""
    metadata = {"value": "x", "channel": f"D0{BOLT}", "workspace": f"slack-{BOLT}", "team": BOLT}
    payload = {
        "type": "view_submission",
        "team": {"id": ACME},
        "user": {"id": ANNA, "team_id": ACME},
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": "new_note",
            "private_metadata": json.dumps(metadata),
            "state": {"values": {"text": {"text": {"value": LYON}}}},
        },
    }

    assert several.form(urlencode({"payload": json.dumps(payload)}).encode()).status_code == 200

    [delivery] = several.store.inbox.waiting()
    incoming = several.store.inbox.get(delivery)
    assert incoming is not None
    assert incoming.place.workspace == f"slack-{ACME}"


def test_a_database_that_is_away_makes_slack_send_it_again(several: Several):
    """Whose request it is cannot be known then."""
    with several.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE installations RENAME TO away")

    answer = several.event({"type": "message"}, team="T0NEW")

    assert answer.status_code == 503


# --- an organisation ----------------------------------------------------------------------------


@pytest.fixture
def of_the_org(several: Several) -> Several:
    """Org has installed it, with two teams in it."""
    several.install(ORG)
    several.api.furnish(NORTH, "U0NORTH", org_id=ORG)
    several.api.furnish(SOUTH, "U0SOUTH", org_id=ORG)
    return several


def test_one_token_serves_every_team_of_an_organisation(of_the_org: Several):
    """Whether or not the authorization names the team."""
    named = {"enterprise_id": ORG, "authorizations": [
        {"enterprise_id": ORG, "team_id": SOUTH, "is_enterprise_install": True}]}  # fmt: skip
    north = of_the_org.say(LYON, team=NORTH, person="U0NORTH", **OF_THE_ORG)
    south = of_the_org.say(LYON, team=SOUTH, person="U0SOUTH", **named)

    assert {call.token for call in north + south} == of_the_org.api.owners[ORG].tokens


def test_the_teams_of_an_organisation_are_walled_off_from_each_other(of_the_org: Several):
    """An organisation has them for a reason."""
    of_the_org.say(LYON, team=NORTH, person="U0NORTH", **OF_THE_ORG)

    there = of_the_org.say(QUESTION, team=NORTH, person="U0NORTH", **OF_THE_ORG)
    elsewhere = of_the_org.say(QUESTION, team=SOUTH, person="U0SOUTH", **OF_THE_ORG)

    assert "March" in there[-1].raw
    assert "March" not in elsewhere[-1].raw


def test_a_press_without_a_team_is_for_the_person_s(of_the_org: Several):
    """So Slack sends it for an organisation's installation."""
    payload = {
        "type": "shortcut",
        "callback_id": "new_note",
        "team": None,
        "enterprise": {"id": ORG, "name": "Org"},
        "is_enterprise_install": True,
        "user": {"id": "U0NORTH", "team_id": NORTH},
        "trigger_id": "1.2.3",
    }

    answer = of_the_org.form(urlencode({"payload": json.dumps(payload)}).encode())

    assert answer.status_code == 200
    [call] = of_the_org.api.calls_of("views.open")
    assert call.token in of_the_org.api.owners[ORG].tokens


def test_an_organisation_s_token_is_not_for_another_organisation(of_the_org: Several):
    """However often the team was heard of before."""
    of_the_org.say(LYON, team=NORTH, person="U0NORTH", **OF_THE_ORG)
    elsewhere = {"enterprise_id": "E0ELSE", "authorizations": [
        {"enterprise_id": "E0ELSE", "team_id": NORTH, "is_enterprise_install": True}]}  # fmt: skip

    assert of_the_org.say(LYON, team=NORTH, person="U0NORTH", **elsewhere) == []


def test_slack_is_told_which_team_s_users_are_meant(of_the_org: Several):
    """An organisation's token could list everybody's."""
    crew = [f"U{n}" for n in range(30)]
    of_the_org.api.members[f"C0{NORTH}"] = crew
    of_the_org.say(LYON, team=NORTH, person="U0NORTH", **OF_THE_ORG)
    of_the_org.channel.roster.conversation(f"slack-{NORTH}", f"C0{NORTH}")

    assert {call.arguments["team_id"] for call in of_the_org.api.calls_of("users.list")} == {NORTH}


# --- taken back ---------------------------------------------------------------------------------

REVOKED = {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"], "oauth": []}}
UNINSTALLED = {"type": "app_uninstalled"}


@pytest.mark.parametrize("event", [REVOKED, UNINSTALLED])
def test_when_the_app_is_removed_the_token_is_forgotten_and_nothing_is_sent(
    several: Several, event: dict[str, Any]
):
    """And the other team notices nothing."""
    several.say(LYON, team=ACME, person=ANNA)
    several.api.revoke(ACME)

    assert several.event(event, team=ACME).status_code == 200

    before = len(several.api.calls)
    with pytest.raises(SendRefused, match="/slack/install"):
        reply(several, ACME)
    with pytest.raises(RosterUnavailable):
        several.channel.roster.conversation(f"slack-{ACME}", f"C0{ACME}")
    assert several.say(LYON, team=ACME, person=ANNA) == []
    assert several.api.calls[before:] == []
    assert [one.id for one in several.installations.all()] == [BOLT]
    assert several.say(LYON, team=BOLT, person=BO) != []


def test_what_waits_to_be_sent_is_given_up_without_a_try(several: Several):
    """Its text is forgotten."""
    event = {"type": "message", "channel": f"D0{ACME}", "channel_type": "im", "user": ANNA,
             "team": ACME, "ts": several.api.next_ts(), "text": LYON}  # fmt: skip
    several.event(event, team=ACME)
    [delivery] = several.store.inbox.waiting()
    several.deliveries.handle(delivery)
    assert several.store.outbox.waiting() != []

    several.event(UNINSTALLED, team=ACME)

    assert several.store.outbox.waiting() == []
    several.jobs.run_waiting()
    assert several.api.calls_of("chat.postMessage") == []


def test_the_token_of_a_person_is_none_of_the_bot_s(several: Several):
    """Slack tells of those in the same event."""
    several.event({"type": "tokens_revoked", "tokens": {"oauth": [ANNA]}}, team=ACME)

    assert several.say(LYON, team=ACME, person=ANNA) != []


def test_knowledge_stays_and_is_there_again_after_a_new_installation(several: Several):
    """In the same workspace."""
    several.say(LYON, team=ACME, person=ANNA)
    several.api.revoke(ACME)
    several.event(UNINSTALLED, team=ACME)

    several.install(ACME)

    answer = several.say(QUESTION, team=ACME, person=ANNA)
    assert "March" in answer[-1].raw
    assert {call.token for call in answer} == several.api.owners[ACME].tokens


def test_a_late_event_does_not_remove_a_new_installation(several: Several):
    """Slack sends them in any order, and again; then it is asked whether the token works."""
    several.event(UNINSTALLED, team=ACME, event_time=1_700_000_000)

    assert several.say(LYON, team=ACME, person=ANNA) != []


def test_an_event_that_seems_late_is_believed_when_the_token_is_dead(several: Several):
    """Our clock need not be Slack's."""
    several.api.revoke(ACME)
    several.event(UNINSTALLED, team=ACME, event_time=1_700_000_000)

    assert [one.id for one in several.installations.all()] == [BOLT]


def test_while_slack_is_away_such_an_event_is_put_off(several: Several):
    """It is not lost."""
    several.api.fail("auth.test", Failure(status=503))

    answer = several.event(UNINSTALLED, team=ACME, event_time=1_700_000_000)

    assert answer.status_code == 503
    assert several.installations.get(ACME) is not None


def test_an_organisation_stays_when_one_of_its_teams_leaves(of_the_org: Several):
    """Its token works for the others."""
    of_the_org.event(UNINSTALLED, team=NORTH, **OF_THE_ORG)

    assert of_the_org.installations.get(ORG) is not None


def test_an_organisation_that_leaves_takes_all_its_teams_with_it(of_the_org: Several):
    """Such an event names no team."""
    for team in (NORTH, SOUTH):
        of_the_org.say(LYON, team=team, person=f"U0{team[2:]}", **OF_THE_ORG)
    of_the_org.api.revoke(ORG)
    of_the_org.event(UNINSTALLED, team=None, enterprise_id=ORG, authorizations=None)

    for team in (NORTH, SOUTH):
        with pytest.raises(SendRefused):
            reply(of_the_org, team)


def test_another_process_stops_sending_within_seconds(several: Several, monkeypatch):
    """It was not told of the event."""
    reply(several, ACME)
    several.store.installations([KEY]).remove(ACME)
    later = time.monotonic() + FRESH_S + 0.1
    monkeypatch.setattr(several.channel._connections, "_now", lambda: later)

    with pytest.raises(SendRefused):
        reply(several, ACME)


def test_what_is_known_is_read_again_behind_a_request_that_does_not_wait(
    several: Several, monkeypatch
):
    """So the next one is not for an installation that another process has removed."""
    several.say(LYON, team=ACME, person=ANNA)
    several.store.installations([KEY]).remove(ACME)
    later = time.monotonic() + FRESH_S + 0.1
    monkeypatch.setattr(several.channel._connections, "_now", lambda: later)
    event = {"type": "message"}

    assert several.event(event, team=ACME).status_code == 200
    deadline = time.monotonic() + 10
    while several.channel._connections._known and time.monotonic() < deadline:
        several.wait()
    assert f"slack-{ACME}" not in several.channel._connections._known


# --- keys, and the doctor -----------------------------------------------------------------------


def test_a_wrong_key_stops_the_start(several: Several):
    """With what to do; else every request would fail."""
    wrong = Several(several.store, several.api, several.jobs, key=make_key())

    with pytest.raises(EncryptionKeyWrong, match="EARSHOT_ENCRYPTION_KEY"):
        wrong.start()


def test_a_token_that_cannot_be_read_is_tried_again_later(several: Several):
    """Somebody may put the right key back."""
    with several.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE installations SET sealed_grant = 'x'")
    fresh = Several(several.store, several.api, several.jobs)
    several.api.loop.run(fresh.channel._transport.open())
    several.api.at_close(fresh.channel.stop)

    with pytest.raises(SendFailed):
        reply(fresh, ACME)
    assert fresh.event({"type": "message"}, team=ACME).status_code == 503


def test_the_doctor_tells_of_every_installation(several: Several):
    """By name and id, and never with its token."""
    said = several.api.loop.run(several.channel.check())

    assert f"Acme ({ACME}) as @earshot" in said
    assert f"Bolt ({BOLT}) as @earshot" in said
    assert "xoxb-" not in said


def test_the_doctor_names_the_installation_that_slack_does_not_know(several: Several):
    """And what to do about it."""
    several.api.revoke(BOLT)

    with pytest.raises(SendRefused, match=rf"Bolt \({BOLT}\): token_revoked: install it again"):
        several.api.loop.run(several.channel.check())


def test_before_the_first_installation_the_doctor_says_where_to_begin(tmp_path: Path):
    """Nothing is wrong."""
    with several_workspaces(tmp_path) as several:
        assert "/slack/install" in several.api.loop.run(several.channel.check())
