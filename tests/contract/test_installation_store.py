"""What every store of installations must hold to."""

import dataclasses
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.errors import EncryptionKeyWrong
from bot.messages import Outgoing, Place, Reply, TalkOpened
from bot.ports import AppInstallation, Grant, InstallationStore, OutboxState
from bot.settings import make_key
from tests.contract.stores import StoreKit, everything_in
from tests.fakes import MONDAY

KEY, OTHER_KEY = make_key(), make_key()
TOKEN, REFRESH = "xoxb-very-secret", "xoxe-1-very-secret"
IN_A_MINUTE = MONDAY + timedelta(minutes=1)


@pytest.fixture
def kit(database_url: str) -> Iterator[StoreKit]:
    kit = StoreKit(database_url)
    yield kit
    kit.store.close()


@pytest.fixture
def store(kit: StoreKit) -> InstallationStore:
    return kit.store.installations([KEY])


def installation(
    owner: str = "T1", *, token: str = TOKEN, is_org_wide: bool = False
) -> AppInstallation:
    return AppInstallation(
        id=owner,
        name="Acme",
        bot_user_id="U1",
        grant=Grant(token, REFRESH, MONDAY + timedelta(hours=12)),
        installed_at=MONDAY,
        url="https://acme.slack.com/",
        bot_id="B1",
        bot_name="earshot",
        is_org_wide=is_org_wide,
    )


def without_generation(found: AppInstallation | None) -> AppInstallation:
    assert found is not None
    return dataclasses.replace(found, generation="")


# --- keeping and finding ------------------------------------------------------------------------


def test_what_was_put_is_found_whole(store: InstallationStore):
    """By its id, by its team, and by its workspace."""
    store.put(installation(), "slack-T1")

    served = store.of_workspace("slack-T1")
    assert served is not None
    assert served.team_id == "T1"
    assert without_generation(served.installation) == installation()
    assert without_generation(store.get("T1")) == installation()
    assert without_generation(store.serving("T1", None, "slack-T1")) == installation()
    assert [one.id for one in store.all()] == ["T1"]


def test_nothing_is_found_of_who_has_installed_nothing(store: InstallationStore):
    """Neither by id, team nor workspace."""
    store.put(installation(), "slack-T1")

    assert store.get("T2") is None
    assert store.serving("T2", None, "slack-T2") is None
    assert store.serving("T2", "E2", "slack-T2") is None
    assert store.of_workspace("slack-T2") is None


def test_a_new_installation_takes_the_place_of_the_earlier_one(store: InstallationStore):
    """With its token."""
    store.put(installation(), "slack-T1")
    store.put(installation(token="xoxb-new"), "slack-T1")

    found = store.get("T1")
    assert found is not None
    assert found.grant.token == "xoxb-new"


def test_an_organisation_serves_its_teams_once_they_are_heard_of(
    kit: StoreKit, store: InstallationStore
):
    """Each in a workspace of its own, which other processes then find."""
    store.put(installation("E1", is_org_wide=True), None)
    assert store.of_workspace("slack-T1") is None

    for team in "T1", "T2":
        found = store.serving(team, "E1", f"slack-{team}")
        assert found is not None
        assert found.id == "E1"
    served = kit.store.installations([KEY]).of_workspace("slack-T2")
    assert served is not None
    assert (served.team_id, served.installation.id) == ("T2", "E1")
    assert [one.workspace for one in kit.store.workspaces()] == ["slack-T1", "slack-T2"]


def test_a_team_is_no_organisation(store: InstallationStore):
    """An envelope that names one in its place finds nothing."""
    store.put(installation("T9"), "slack-T9")

    assert store.serving("T1", "T9", "slack-T1") is None


def test_a_teams_own_installation_goes_before_its_organisations(store: InstallationStore):
    """Whichever came first."""
    store.put(installation("E1", is_org_wide=True), None)
    store.serving("T1", "E1", "slack-T1")
    store.put(installation("T1"), "slack-T1")

    served = store.of_workspace("slack-T1")
    found = store.serving("T1", "E1", "slack-T1")
    assert served is not None
    assert found is not None
    assert served.installation.id == found.id == "T1"


# --- removing -----------------------------------------------------------------------------------


def test_a_removed_installation_leaves_no_token_and_stays_listed(
    kit: StoreKit, store: InstallationStore
):
    """What was kept in its workspace is still there, so its name must be."""
    store.put(installation(), "slack-T1")
    store.remove("T1")
    store.remove("T1")

    assert store.get("T1") is None
    assert store.of_workspace("slack-T1") is None
    [listed] = kit.store.workspaces()
    assert (listed.workspace, listed.installed_at) == ("slack-T1", None)


def test_with_an_installation_goes_what_waits_to_be_sent_for_it(
    kit: StoreKit, store: InstallationStore
):
    """And nothing of another workspace."""
    store.put(installation("T1"), "slack-T1")
    store.put(installation("T2"), "slack-T2")
    waiting = [waiting_reply(kit, f"slack-{team}") for team in ("T1", "T2")]

    store.remove("T1")

    assert kit.store.outbox.get(waiting[0]) is None
    assert kit.store.outbox.get(waiting[1]) is not None
    assert kit.store.outbox.waiting() == [waiting[1]]
    with kit.store.engine.connect() as connection:
        ended = "SELECT state, payload FROM outbox WHERE workspace = 'slack-T1'"
        row = connection.execute(text(ended))
        assert row.one() == (OutboxState.FAILED.value, None)


def waiting_reply(kit: StoreKit, workspace: str) -> str:
    """A reply in the outbox; returns its id."""
    place = Place("slack", workspace, "D1")
    kit.store.inbox.accept(TalkOpened(place, "U1", "1"))
    _, delivery_id = kit.queue.jobs[-1]
    kit.store.inbox.finish(delivery_id, [Outgoing(f"o-{workspace}", place, "U1", Reply(()))])
    return f"o-{workspace}"


# --- encryption ---------------------------------------------------------------------------------


def test_no_token_can_be_read_in_the_database(kit: StoreKit, store: InstallationStore):
    """Nor in a file's write-ahead log."""
    store.put(installation(), "slack-T1")

    content = everything_in(kit.store.engine)
    assert "slack-T1" in content
    assert "very-secret" not in content


def test_no_token_is_printed(store: InstallationStore):
    """An installation may end up in a traceback."""
    store.put(installation(), "slack-T1")

    assert "very-secret" not in repr(store.of_workspace("slack-T1"))


def test_another_key_opens_nothing_and_the_error_says_what_to_do(
    kit: StoreKit, store: InstallationStore
):
    """And says so at the start, before anybody waits."""
    store.put(installation(), "slack-T1")
    with_other_key = kit.store.installations([OTHER_KEY])

    for ask in (with_other_key.all, with_other_key.reseal, lambda: with_other_key.get("T1")):
        with pytest.raises(EncryptionKeyWrong, match="EARSHOT_ENCRYPTION_KEY"):
            ask()


def test_keys_can_be_exchanged(kit: StoreKit, store: InstallationStore):
    """With both for one start, and the new one alone from then on."""
    store.put(installation(), "slack-T1")

    kit.store.installations([OTHER_KEY, KEY]).reseal()

    assert without_generation(kit.store.installations([OTHER_KEY]).get("T1")) == installation()
    with pytest.raises(EncryptionKeyWrong):
        store.get("T1")


def test_tokens_cannot_be_moved_to_another_installation(kit: StoreKit, store: InstallationStore):
    """By whoever can write to the file but has no key."""
    store.put(installation("T1"), "slack-T1")
    store.put(installation("T2", token="xoxb-of-t2"), "slack-T2")
    with kit.store.engine.begin() as connection:
        moved = "(SELECT sealed_grant FROM installations WHERE id = 'T1') WHERE id = 'T2'"
        connection.execute(text(f"UPDATE installations SET sealed_grant = {moved}"))

    with pytest.raises(EncryptionKeyWrong, match="T2"):
        store.get("T2")


# --- renewing -----------------------------------------------------------------------------------


def stored(store: InstallationStore) -> AppInstallation:
    store.put(installation(), "slack-T1")
    found = store.get("T1")
    assert found is not None
    return found


def test_of_all_threads_that_begin_a_renewal_one_has_it(kit: StoreKit, store: InstallationStore):
    """As of all processes: the database decides."""
    found = stored(store)
    together = threading.Barrier(8)

    def begin(_: int) -> bool:
        together.wait()
        return kit.store.installations([KEY]).begin_renewal(found, IN_A_MINUTE)

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(begin, range(8))) == 1


def test_a_renewal_whose_process_died_can_be_begun_again(kit: StoreKit, store: InstallationStore):
    """Once its time is over."""
    found = stored(store)
    assert store.begin_renewal(found, IN_A_MINUTE)
    assert not store.begin_renewal(found, IN_A_MINUTE)

    kit.clock.advance(minutes=1)
    assert store.begin_renewal(found, IN_A_MINUTE + timedelta(minutes=1))


def test_what_was_renewed_is_not_renewed_again(store: InstallationStore):
    """By whoever read it before."""
    found = stored(store)
    assert store.begin_renewal(found, IN_A_MINUTE)
    assert store.renewed(found, Grant("xoxb-new"))

    assert not store.begin_renewal(found, IN_A_MINUTE)
    now = store.get("T1")
    assert now is not None
    assert now.grant == Grant("xoxb-new")


@pytest.mark.parametrize("comes_again", [True, False])
def test_a_late_renewal_does_not_bring_back_what_was_removed(
    store: InstallationStore, comes_again: bool
):
    """Nor change what was installed meanwhile."""
    found = stored(store)
    store.begin_renewal(found, IN_A_MINUTE)
    store.remove("T1")
    if comes_again:
        store.put(installation(token="xoxb-installed-again"), "slack-T1")

    assert not store.renewed(found, Grant("xoxb-late"))
    now = store.get("T1")
    assert (now.grant.token if now else None) == ("xoxb-installed-again" if comes_again else None)


# --- installations that were begun --------------------------------------------------------------


def test_a_state_is_good_for_its_browser_once(kit: StoreKit):
    """Coming back a second time is a replay."""
    states = kit.store.install_states
    states.put("state", "browser")

    assert states.take("state", "browser")
    assert not states.take("state", "browser")


def test_a_state_is_used_up_by_another_browser(kit: StoreKit):
    """Whoever has got hold of it can try no further."""
    states = kit.store.install_states
    states.put("state", "browser")

    assert not states.take("state", "another")
    assert not states.take("state", "browser")


def test_a_state_is_good_for_ten_minutes(kit: StoreKit):
    """And unknown ones are good for nothing."""
    states = kit.store.install_states
    states.put("state", "browser")
    kit.clock.advance(minutes=10)

    assert not states.take("state", "browser")
    assert not states.take("never given out", "browser")


def test_states_do_not_fill_the_database(kit: StoreKit, monkeypatch: pytest.MonkeyPatch):
    """Anybody can begin an installation: those that are over go, and of the others the oldest."""
    monkeypatch.setattr("knowledge_store.install_states._MOST", 3)
    states = kit.store.install_states
    for number in range(5):
        kit.clock.advance(seconds=1)
        states.put(f"state {number}", "browser")

    assert [states.take(f"state {number}", "browser") for number in range(5)] == [
        False, False, True, True, True,
    ]  # fmt: skip


def test_no_state_can_be_read_in_the_database(kit: StoreKit):
    """Whoever reads a copy can finish nobody's installation."""
    kit.store.install_states.put("very-secret-state", "very-secret-browser")

    assert "very-secret" not in everything_in(kit.store.engine)
