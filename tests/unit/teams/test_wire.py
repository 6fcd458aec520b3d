"""What only happens on a wire: connections that are kept, that break, and servers that are slow."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from adapters.teams.connector import Connector
from adapters.teams.references import ConversationReference, Scope
from adapters.teams.tokens import AccessTokens, login_of
from bot.errors import SendFailed
from tests.teams_connector import Answer, QuickTime
from tests.teams_loopback import Loopback, teams_on_loopback
from tests.unit.teams.test_gateway import CHAT, reference

TYPING = {"type": "typing", "from": {"id": "28:bot"}}


class Hasty(HTTPAdapter):
    """Waits a moment where the product waits for seconds."""

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        assert 10 <= kwargs["timeout"] <= 15
        return super().send(*args, **{**kwargs, "timeout": 0.5})


class Line:
    """A connector over real connections."""

    def __init__(self, loopback: Loopback) -> None:
        self.loopback = loopback
        self.http = requests.Session()
        self.http.mount("http://", Hasty())
        self.time = QuickTime()
        tokens = AccessTokens(login_of(loopback.config, self.http))
        self.connector = Connector(loopback.config, self.http, tokens, self.time.timing)

    @property
    def chat(self) -> ConversationReference:
        return reference(CHAT, Scope.PERSONAL, service_url=self.loopback.service_url)

    def speak(self) -> str:
        return self.connector.post(self.chat, CHAT, TYPING)


@pytest.fixture
def line() -> Iterator[Line]:
    with teams_on_loopback() as loopback:
        line = Line(loopback)
        yield line
        line.http.close()


def test_many_calls_share_one_connection(line: Line) -> None:
    """The login's as well; each new one would cost a handshake with Microsoft."""
    for _ in range(5):
        assert line.speak() == "typing"
    assert line.loopback.opened == 1
    assert len(line.loopback.connector.logins) == 1


def test_several_threads_log_in_once(line: Line) -> None:
    """Whoever comes first; the others wait for that token."""
    with ThreadPoolExecutor(4) as threads:
        spoken = [threads.submit(line.speak) for _ in range(12)]
        assert {each.result() for each in spoken} == {"typing"}
    assert len(line.loopback.connector.logins) == 1


def test_a_server_that_says_nothing_is_given_up(line: Line) -> None:
    """The outbox tries again; a thread that waits for ever would be lost."""
    line.speak()
    with line.loopback.slow(), pytest.raises(SendFailed, match="ReadTimeout"):
        line.speak()
    assert line.speak() == "typing"


def test_a_connection_that_breaks_is_worth_another_try(line: Line) -> None:
    """Nobody knows whether the message was taken: that is for the outbox to decide."""
    line.speak()
    line.loopback.resets = 1
    with pytest.raises(SendFailed, match="ConnectionError"):
        line.speak()
    assert line.speak() == "typing"


def test_a_throttled_call_waits_as_told(line: Line) -> None:
    """The header as it came over the wire."""
    line.loopback.connector.answers.append(Answer(429, headers={"Retry-After": "1"}))
    assert line.speak() == "typing"
    assert line.time.waited == [1.0]
