"""Tokens that expire."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.slack import renewal
from bot.errors import SendFailed, SendRefused, StoreUnavailable
from bot.messages import Outgoing, Paragraph, Place, Reply, Span
from bot.ports import AppInstallation, Grant
from tests.several_workspaces import ACME, KEY, Several, several_workspaces
from tests.slack_api import Failure

LONG, SOON, OVER = timedelta(hours=12), timedelta(hours=1), timedelta(hours=-1)


@pytest.fixture
def several(tmp_path: Path) -> Iterator[Several]:
    """Acme has installed it, with a token of twelve hours."""
    with several_workspaces(tmp_path) as several:
        several.api.lasts_s = int(LONG.total_seconds())
        several.install(ACME)
        yield several


def expires(several: Several, within: timedelta) -> AppInstallation:
    """Let Acme's token expire at this time from now."""
    found = stored(several)
    grant = Grant(found.grant.token, found.grant.refresh_token, datetime.now(UTC) + within)
    assert several.installations.renewed(found, grant)
    return stored(several)


def stored(several: Several) -> AppInstallation:
    found = several.installations.get(ACME)
    assert found is not None
    return found


def send(several: Several) -> None:
    """From a worker's thread and its own event loop."""
    place = Place("slack", f"slack-{ACME}", f"D0{ACME}")
    outgoing = Outgoing("o", place, "U1", Reply((Paragraph((Span("Kept."),)),)))
    asyncio.run(several.channel.gateway.send(outgoing))


def renewals(several: Several) -> int:
    return sum("refresh_token" in c.arguments for c in several.api.calls_of("oauth.v2.access"))


def sent_with(several: Several) -> list[str]:
    return [call.token for call in several.api.calls_of("chat.postMessage")]


def test_a_token_that_is_good_for_long_is_left_alone(several: Several):
    """Slack would count the calls."""
    send(several)

    assert renewals(several) == 0


def test_a_token_that_never_expires_is_left_alone(tmp_path: Path):
    """As Slack gives them where rotation is off."""
    with several_workspaces(tmp_path) as several:
        several.install(ACME)
        send(several)

        assert renewals(several) == 0


@pytest.mark.parametrize("left", [SOON, OVER])
def test_a_token_is_renewed_ahead_of_its_end_and_the_new_one_used(
    several: Several, left: timedelta
):
    """Also when nothing was said for so long that it is over."""
    old = expires(several, left).grant

    send(several)
    send(several)

    new = stored(several).grant
    assert renewals(several) == 1
    assert new.token != old.token
    assert new.refresh_token != old.refresh_token
    assert sent_with(several) == [new.token, new.token]


@pytest.mark.parametrize("left", [SOON, OVER])
def test_many_threads_that_want_it_renew_it_once(several: Several, left: timedelta):
    """A second try with the same refresh token would be refused, and all would be lost."""
    expires(several, left)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: send(several), range(16)))

    assert renewals(several) == 1
    assert len(sent_with(several)) == 16


@pytest.mark.parametrize("left", [SOON, OVER])
def test_several_processes_that_want_it_renew_it_once(several: Several, left: timedelta):
    """What they share is the database."""
    expires(several, left)
    processes = [several, *(Several(several.store, several.api, several.jobs) for _ in range(3))]
    for process in processes[1:]:
        process.start()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(send, processes))

    assert renewals(several) == 1
    assert len(sent_with(several)) == 4


def test_while_another_process_renews_a_good_token_nobody_waits(several: Several):
    """It is good until its end."""
    found = expires(several, SOON)
    assert several.installations.begin_renewal(found, datetime.now(UTC) + timedelta(minutes=1))

    send(several)

    assert sent_with(several) == [found.grant.token]


def test_while_another_process_renews_a_dead_token_the_call_is_put_off(
    several: Several, monkeypatch: pytest.MonkeyPatch
):
    """And with it the reply, which is tried again."""
    monkeypatch.setattr(renewal, "_PAUSE_S", 0)
    found = expires(several, OVER)
    assert several.installations.begin_renewal(found, datetime.now(UTC) + timedelta(minutes=1))

    with pytest.raises(SendFailed, match="being renewed"):
        send(several)
    assert sent_with(several) == []


def test_a_refused_renewal_says_what_to_do_and_the_token_is_used_to_its_end(
    several: Several, caplog: pytest.LogCaptureFixture
):
    """There is time left to install it again."""
    old = expires(several, SOON).grant
    several.api.fail("oauth.v2.access", Failure("invalid_refresh_token"))

    send(several)

    assert sent_with(several) == [old.token]
    assert f"the token of {ACME} was not renewed: invalid_refresh_token" in caplog.text
    assert "/slack/install" in caplog.text
    assert "xox" not in caplog.text


def test_a_refused_renewal_of_a_dead_token_gives_the_reply_up(several: Several):
    """Nothing but a new installation helps."""
    expires(several, OVER)
    several.api.fail("oauth.v2.access", Failure("invalid_refresh_token"))

    with pytest.raises(SendRefused, match="/slack/install"):
        send(several)


@pytest.mark.parametrize("failure", [Failure(status=503), Failure(status=429)])
def test_a_slack_that_is_away_is_asked_again_later(several: Several, failure: Failure):
    """The refresh token is still good."""
    expires(several, OVER)
    several.api.fail("oauth.v2.access", failure)

    with pytest.raises(SendFailed):
        send(several)
    assert stored(several).grant.refresh_token is not None


def test_a_new_installation_during_a_renewal_is_not_overwritten(
    several: Several, monkeypatch: pytest.MonkeyPatch
):
    """Its token is the newer one."""
    expires(several, SOON)
    granted = several.api._granted

    def installed_meanwhile(owner):
        fresh = Grant("xoxb-fresh", None, None)
        owner.tokens.add("xoxb-fresh")
        found = stored(several)
        other = several.store.installations([KEY])
        other.put(AppInstallation(found.id, found.name, found.bot_user_id, fresh,
                                  found.installed_at), f"slack-{ACME}")  # fmt: skip
        return granted(owner)

    monkeypatch.setattr(several.api, "_granted", installed_meanwhile)
    send(several)

    assert stored(several).grant.token == "xoxb-fresh"
    assert sent_with(several) == ["xoxb-fresh"]


def test_a_renewal_goes_on_when_whoever_wanted_it_is_gone(several: Several):
    """Slack has used the refresh token up by then: its answer must be kept."""
    old = expires(several, SOON).grant
    connections = several.channel._connections

    async def want_and_go() -> None:
        installation = stored(several)
        wanted = asyncio.ensure_future(connections._renewals.renewed(installation))
        await asyncio.sleep(0)
        running = connections._renewals._running[ACME]
        wanted.cancel()
        await running

    several.api.loop.run(want_and_go())

    assert stored(several).grant.token != old.token


def test_a_new_token_is_kept_when_the_database_was_away_for_a_moment(
    several: Several, monkeypatch: pytest.MonkeyPatch
):
    """Slack has used the refresh token up, and gives no second answer."""
    monkeypatch.setattr(renewal, "_PAUSE_S", 0)
    old = expires(several, OVER).grant
    kept = several.installations.renewed
    failures = [StoreUnavailable("locked"), StoreUnavailable("locked")]

    def away_at_first(installation: AppInstallation, grant: Grant) -> bool:
        if failures:
            raise failures.pop()
        return kept(installation, grant)

    monkeypatch.setattr(several.installations, "renewed", away_at_first)
    send(several)

    assert renewals(several) == 1
    assert stored(several).grant.token != old.token
