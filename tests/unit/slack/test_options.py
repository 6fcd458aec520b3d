"""The options that Slack asks for while somebody types in a form."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack.channel import SlackChannel
from adapters.slack.socket_mode import SlackSocket
from bot.bootstrap.core import build_customer_offers
from bot.domain.audience import Audience
from bot.domain.customer import Customer, CustomerDraft
from bot.errors import StoreUnavailable
from bot.messages import Place
from bot.ports import CustomerOffers, Roster
from tests.contract.drivers_slack import SlackDriver, slack_channel_and_api
from tests.contract.stores import StoreKit
from tests.fakes import RecordingIntake
from tests.slack_api import TEAM, Failure, FakeSlackApi

ANNA, BEN = SlackDriver.ANNA, SlackDriver.BEN
HERE = "main"


@dataclass
class Typing:
    """Somebody types in a field of a form."""

    channel: SlackChannel
    api: FakeSlackApi
    kit: StoreKit

    def has(self, *drafts: CustomerDraft, workspace: str = HERE) -> None:
        self.kit.store.customers.import_all(workspace, drafts)

    def answer(self, typed: str, **changed: Any) -> dict[str, Any]:
        """What Slack is answered, signed and as JSON."""
        payload = {
            "type": "block_suggestion",
            "team": {"id": TEAM},
            "user": {"id": ANNA, "team_id": TEAM},
            "action_id": "customers.customers",
            "block_id": "customers",
            "value": typed,
            "view": {"type": "modal", "callback_id": "save_change", "private_metadata": "forged"},
            **changed,
        }
        body = urlencode({"payload": json.dumps(payload)}).encode()
        request = SlackDriver(self.channel, self.api, lambda: None)._request(
            body, "application/x-www-form-urlencoded"
        )
        response = self.api.loop.run(request)
        assert response.status_code == 200
        return response.json() if response.content else {}

    def offered(self, typed: str, **changed: Any) -> list[str]:
        return [o["text"]["text"] for o in self.answer(typed, **changed).get("options", [])]


def offers_of(kit: StoreKit) -> Callable[[Roster], CustomerOffers]:
    return lambda roster: build_customer_offers(kit.store, {"slack": roster}, kit.clock)


@pytest.fixture
def typing(tmp_path: Path) -> Iterator[Typing]:
    kit = StoreKit(f"sqlite:///{tmp_path / 'earshot.db'}")
    channel, api = slack_channel_and_api(RecordingIntake(), offers=offers_of(kit))
    typing = Typing(channel, api, kit)
    typing.has(CustomerDraft("Novara GmbH", ("NVR",)), CustomerDraft("Élan & Co"))
    yield typing
    api.close()
    kit.store.close()


def test_what_is_typed_is_answered_with_customers_by_their_ids(typing: Typing):
    """As Slack takes options, best first."""
    (novara,) = typing.kit.store.customers.named("Novara GmbH", Audience.operator(HERE))
    text = {"type": "plain_text", "text": "Novara GmbH"}
    assert typing.answer("nov") == {"options": [{"text": text, "value": novara.id}]}
    assert typing.offered("nvr") == ["Novara GmbH"]
    assert typing.offered("ELAN") == ["Élan &amp; Co"]
    assert typing.offered("unknown") == []


def test_no_more_is_offered_than_slack_takes(typing: Typing):
    """A hundred, with labels cut to what Slack shows, and each with its own value."""
    typing.has(*(CustomerDraft(f"Glas {n:03d} {'x' * 150}") for n in range(120)))
    options = typing.answer("glas")["options"]
    assert len(options) == 100
    assert len({option["value"] for option in options}) == 100
    assert max(len(option["text"]["text"]) for option in options) == 75


@pytest.mark.parametrize(
    "user",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True, "is_restricted": True},
        {"is_stranger": True},
        {"deleted": True},
        {"is_bot": True},
        {"team_id": "T9"},
    ],
)
def test_guests_and_strangers_are_offered_nothing(typing: Typing, user: dict[str, Any]):
    """As if there were no customers: a list of them is for colleagues."""
    typing.api.users[BEN].update(user)
    theirs = {"id": BEN, "team_id": TEAM}
    assert typing.answer("nov", user=theirs) == typing.answer("unknown")
    assert typing.offered("nov") == ["Novara GmbH"]


@pytest.mark.parametrize(
    "changed",
    [
        {"team": {"id": "T9"}},
        {"user": {"id": ANNA, "team_id": "T9"}},
        {"user": {"id": "U0NOBODY", "team_id": TEAM}},
        {"action_id": "people"},
        {"user": None},
    ],
)
def test_what_is_not_ours_is_offered_nothing(typing: Typing, changed: dict[str, Any]):
    """Another team's, somebody whom Slack does not know, and a field that has no such source."""
    assert typing.offered("nov", **changed) == []


def test_customers_of_another_workspace_are_never_offered(typing: Typing):
    """Whatever the form claims."""
    typing.has(CustomerDraft("Novation"), workspace="another")
    forged = {"callback_id": "save_change", "private_metadata": '{"workspace":"another"}'}
    assert typing.offered("nova", view=forged) == ["Novara GmbH"]


def test_who_somebody_is_is_asked_once(typing: Typing):
    """They type letter by letter."""
    for typed in ("n", "no", "nov"):
        assert typing.offered(typed) == ["Novara GmbH"]
    assert len(typing.api.calls_of("users.info")) == 1


def test_nothing_is_offered_while_slack_does_not_say_who_somebody_is(typing: Typing):
    """And it is asked again after a minute."""
    typing.api.fail("users.info", Failure(status=503))
    assert typing.offered("no") == []
    typing.kit.clock.advance(minutes=2)
    assert typing.offered("nov") == ["Novara GmbH"]


class Customers:
    """A register that hangs or fails."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.fails = False

    def offered(self, place: Place, person_id: str, typed: str, most: int) -> tuple[Customer, ...]:
        if self.fails:
            raise StoreUnavailable("gone")
        self.released.wait(30)
        return ()


def test_a_database_that_hangs_or_fails_offers_nothing_in_time(monkeypatch: pytest.MonkeyPatch):
    """Slack gives up after three seconds, and shows an error then."""
    monkeypatch.setattr("adapters.slack.options._WITHIN_S", 0.05)
    customers = Customers()
    channel, api = slack_channel_and_api(RecordingIntake(), offers=lambda _: customers)
    typing = Typing(channel, api, None)
    try:
        assert typing.answer("nov") == {"options": []}
        customers.released.set()
        customers.fails = True
        assert typing.answer("nov") == {"options": []}
    finally:
        api.close()


def test_over_a_socket_the_options_are_part_of_the_acknowledgement(typing: Typing):
    """There they are an object, not text."""
    sent: list[Any] = []

    class Client:
        async def send_socket_mode_response(self, response: Any) -> None:
            sent.append(response)

    payload = {
        "type": "block_suggestion",
        "team": {"id": TEAM},
        "user": {"id": ANNA, "team_id": TEAM},
        "action_id": "customers.customers",
        "value": "nov",
    }
    channel = typing.channel
    socket = SlackSocket(channel._transport, "xapp-1", channel._receiver.receive)
    request = SocketModeRequest(type="interactive", envelope_id="e1", payload=payload)
    typing.api.loop.run(socket._on_request(Client(), request))
    assert [o["text"]["text"] for o in sent[0].payload["options"]] == ["Novara GmbH"]
