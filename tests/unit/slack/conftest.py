"""A started Slack channel, and the Slack it talks to."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from adapters.slack.channel import SlackChannel
from tests.contract.drivers_slack import SlackDriver, slack_channel_and_api
from tests.fakes import RecordingIntake
from tests.slack_api import FakeSlackApi


@dataclass
class Slack:
    """Everything a test needs of Slack."""

    channel: SlackChannel
    api: FakeSlackApi
    intake: RecordingIntake
    driver: SlackDriver


@pytest.fixture
def slack() -> Iterator[Slack]:
    intake = RecordingIntake()
    channel, api = slack_channel_and_api(intake)
    yield Slack(channel, api, intake, SlackDriver(channel, api, lambda: None))
    api.close()
