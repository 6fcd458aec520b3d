"""Whatever Slack sends, in whichever state: it is taken in time, and what is not for us is not."""

import itertools
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapters.inline_jobs import InlineJobs
from adapters.slack.channel import SlackChannel
from bot.bootstrap.core import build_customer_offers, build_intake
from bot.messages import Incoming, IncomingMessage, MessageEdited
from bot.ports import Intake
from bot.services.personal_data import masked
from knowledge_store import migrate, open_engine, open_store
from tests.contract.drivers_slack import slack_channel_and_api
from tests.fakes import FakeClock
from tests.slack_api import TEAM, FakeSlackApi
from tests.slack_documented import ALL, IGNORED, REVOCATIONS, USED
from tests.slack_mutations import mutations, with_new_fields
from tests.slack_payloads import ANOTHER_TEAM, SALES
from tests.slack_requests import deliver

_SLACK_WAITS_S = 3.0


@dataclass
class WatchedIntake:
    """The real one, and what it kept."""

    intake: Intake
    handed_over: list[Incoming] = field(default_factory=list)
    kept: list[Incoming] = field(default_factory=list)

    def take(self, incoming: Incoming) -> bool:
        self.handed_over.append(incoming)
        is_kept = self.intake.take(incoming)
        if is_kept:
            self.kept.append(incoming)
        return is_kept

    def forget(self) -> None:
        self.handed_over.clear()
        self.kept.clear()


@dataclass
class Door:
    """A Slack channel with everything behind it, as far as the inbox."""

    channel: SlackChannel
    api: FakeSlackApi
    intake: WatchedIntake
    triggers: Iterator[int] = field(default_factory=itertools.count)

    def deliver(self, payload: Any) -> int:
        """A trigger opens one form, so every payload brings one of its own."""
        if isinstance(payload.get("trigger_id"), str) and payload["trigger_id"].startswith("1795."):
            payload = {**payload, "trigger_id": f"1795.{next(self.triggers)}.abc"}
        return deliver(self.channel, self.api, payload)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder: Path = tmp_path_factory.mktemp("mutations")
    engine = open_engine(f"sqlite:///{folder / 'door.db'}")
    migrate(engine)
    store = open_store(engine, InlineJobs(), clock=FakeClock(), mask=masked)
    store.directory.set_listening("main", SALES, listening=True)
    intake = WatchedIntake(build_intake(store))
    channel, api = slack_channel_and_api(
        intake, offers=lambda roster: build_customer_offers(store, {"slack": roster}, FakeClock())
    )
    yield Door(channel, api, intake)
    api.close()
    store.close()


def faults(records: list[logging.LogRecord]) -> list[str]:
    """What was logged that should not be. That our token is gone is worth an error."""
    wrong = (r for r in records if r.exc_info or r.levelno >= logging.ERROR)
    return [said for said in (r.getMessage() for r in wrong) if "TOKEN was revoked" not in said]


def from_others(value: Any) -> Any:
    """The payload as another workspace would send it."""
    return json.loads(json.dumps(value).replace(f'"{TEAM}"', f'"{ANOTHER_TEAM}"'))


@pytest.mark.parametrize("name", ALL)
def test_every_payload_in_any_state_is_acknowledged_in_time(
    door: Door, name: str, caplog: pytest.LogCaptureFixture
):
    """With a 2xx, without an error in the log, and bots write nothing into the inbox."""
    for what, payload in mutations(ALL[name], name):
        door.intake.forget()
        began = time.perf_counter()

        status = door.deliver(payload)

        assert status == 200, what
        assert time.perf_counter() - began < _SLACK_WAITS_S, what
        assert faults(caplog.records) == [], what
        assert [one for one in door.intake.kept if is_bots(one)] == [], what
        assert {one.place.workspace for one in door.intake.kept} <= {"main"}, what


@pytest.mark.parametrize("name", ALL)
def test_of_another_workspace_nothing_is_taken_in_any_state(
    door: Door, name: str, caplog: pytest.LogCaptureFixture
):
    """However it is mutilated, it never becomes ours: no form opens, nothing is said of it."""
    door.intake.forget()
    before = len(door.api.calls)

    for _, payload in itertools.islice(mutations(from_others(ALL[name]), name), 20):
        assert door.deliver(payload) == 200

    assert door.intake.handed_over == []
    assert door.api.calls[before:] == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("name", REVOCATIONS)
def test_only_that_our_own_token_is_gone_is_an_error(
    door: Door, name: str, caplog: pytest.LogCaptureFixture
):
    """Not a person's, and not another workspace's."""
    assert door.deliver(REVOCATIONS[name]) == 200

    assert ("TOKEN was revoked" in caplog.text) == (name != "tokens_revoked, of a person")


@pytest.mark.parametrize("name", IGNORED)
def test_of_what_is_not_for_us_nothing_comes(door: Door, name: str):
    """Unknown and unused kinds, what bots write, and what strangers write in shared channels."""
    door.intake.forget()

    assert door.deliver(IGNORED[name]) == 200
    assert door.intake.kept == []


@pytest.mark.parametrize("name", [name for name in USED if "shortcut" not in name])
def test_of_what_is_for_us_something_comes(door: Door, name: str):
    """Else the test above would prove nothing."""
    door.intake.forget()

    assert door.deliver(USED[name]) == 200
    assert len(door.intake.handed_over) == 1


@pytest.mark.parametrize("name", [n for n, used in USED.items() if used.get("event")])
def test_fields_that_slack_adds_change_nothing(door: Door, name: str):
    """It adds some all the time."""
    door.intake.forget()

    door.deliver(USED[name])
    door.deliver(with_new_fields(USED[name]))

    before, after = door.intake.handed_over
    assert after == before


@pytest.mark.parametrize("name", [name for name in USED if "shortcut" in name])
def test_a_shortcut_opens_a_form(door: Door, name: str):
    """At once; nothing is stored before it is submitted."""
    before = len(door.api.calls_of("views.open"))

    assert door.deliver(USED[name]) == 200
    assert len(door.api.calls_of("views.open")) == before + 1


def is_bots(incoming: Incoming) -> bool:
    return isinstance(incoming, IncomingMessage | MessageEdited) and incoming.from_bot
