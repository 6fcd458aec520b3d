"""What still works while the database hangs."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from bot.errors import StoreUnavailable
from bot.messages import Incoming
from tests.contract.drivers_slack import SlackDriver, slack_channel_and_api
from tests.slack_api import TEAM, FakeSlackApi

ANNA, BEN, SALES = SlackDriver.ANNA, SlackDriver.BEN, SlackDriver.SALES
_WAITING = 60  # more than any pool of threads has


class HangingIntake:
    """A database that answers nobody until it is released."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.entered = threading.Event()

    def take(self, incoming: Incoming) -> bool:
        self.entered.set()
        assert self.released.wait(30)
        return True


class BrokenIntake:
    """A database that is gone."""

    def take(self, incoming: Incoming) -> bool:
        raise StoreUnavailable("gone")


@pytest.fixture
def hanging() -> Iterator[tuple[SlackDriver, FakeSlackApi]]:
    """Sixty messages wait for the database."""
    intake = HangingIntake()
    channel, api = slack_channel_and_api(intake)
    driver = SlackDriver(channel, api, lambda: None)
    requests = [
        asyncio.run_coroutine_threadsafe(
            driver._request(_message(index), "application/json"), api.loop.loop
        )
        for index in range(_WAITING)
    ]
    assert intake.entered.wait(10)
    yield driver, api
    assert not any(request.done() for request in requests), "the database did hang"
    intake.released.set()
    assert {request.result(30).status_code for request in requests} == {200}
    api.close()


_FORM = {
    "type": "view_submission",
    "team": {"id": TEAM},
    "user": {"id": ANNA, "team_id": TEAM},
    "view": {
        "type": "modal",
        "id": "V1",
        "callback_id": "new_note",
        "state": {"values": {"text": {"text": {"value": "Novara closes"}}}},
    },
}


def _message(index: int) -> bytes:
    event = {"type": "message", "channel": SALES, "user": BEN, "ts": f"1795000000.{index:06d}"}
    body = {"type": "event_callback", "team_id": TEAM, "event": {**event, "text": "x"}}
    return json.dumps(body).encode()


def test_the_form_on_a_message_opens_within_a_second(hanging: tuple[SlackDriver, FakeSlackApi]):
    """It is made of what the shortcut brings."""
    driver, api = hanging
    message = {"channel": SALES, "user": BEN, "team": TEAM, "ts": "1794.1", "text": "Novara closes"}
    began = time.monotonic()
    driver.point_at(message, person=ANNA)

    assert time.monotonic() - began < 1.0
    (call,) = api.calls_of("views.open")
    element = call.arguments["view"]["blocks"][0]["element"]
    assert element["initial_value"] == "Novara closes"


def test_the_form_for_a_new_note_opens_within_a_second(hanging: tuple[SlackDriver, FakeSlackApi]):
    """It needs nothing at all."""
    driver, api = hanging
    began = time.monotonic()
    driver.use_new_note(person=ANNA)

    assert time.monotonic() - began < 1.0
    assert len(api.calls_of("views.open")) == 1


def test_the_loops_own_threads_stay_free(hanging: tuple[SlackDriver, FakeSlackApi]):
    """Slack's address is looked up in them, so that a call of Slack's needs one."""
    _, api = hanging

    assert api.loop.run(asyncio.wait_for(asyncio.to_thread(lambda: "free"), 10)) == "free"


def test_a_form_that_cannot_be_kept_stays_open_with_its_text():
    """Slack shows an error on anything but a 200, and the person sends it again."""
    channel, api = slack_channel_and_api(BrokenIntake())
    driver = SlackDriver(channel, api, lambda: None)
    try:
        body = urlencode({"payload": json.dumps(_FORM)}).encode()
        request = driver._request(body, "application/x-www-form-urlencoded")
        assert api.loop.run(request).status_code == 503
    finally:
        api.close()
