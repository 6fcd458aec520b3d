"""The dots of somebody who writes: in one's own chat, and never at the cost of an answer."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from adapters.teams.channel import TeamsChannel
from adapters.teams.references import AddressBook, Scope
from bot.domain.people import ConversationKind
from bot.messages import ConversationChanged, Incoming, IncomingMessage, Place, WayIn
from tests.fakes import MONDAY, RecordingIntake
from tests.teams_connector import Answer, FakeConnector, MemoryReferences, teams_channel
from tests.unit.teams.test_gateway import CHANNEL, CHAT, reference


class Listening(FakeConnector):
    """Says when it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.was_called = threading.Event()

    def answer(self, method: str, url: str, body: bytes = b"", authorization: str = "") -> Answer:
        try:
            return super().answer(method, url, body, authorization)
        finally:
            if "/v3/" in url:
                self.was_called.set()


class Chat:
    """A person's own chat, and a channel."""

    def __init__(self) -> None:
        self.connector = Listening()
        references = MemoryReferences()
        self.addresses = AddressBook(references)
        self.addresses.remember(reference(CHAT, Scope.PERSONAL), "29:anna")
        self.addresses.remember(reference(CHANNEL, Scope.CHANNEL), None)
        self.channel: TeamsChannel = teams_channel(RecordingIntake(), self.connector, references)


@pytest.fixture
def chat() -> Iterator[Chat]:
    chat = Chat()
    yield chat
    chat.channel.work_sign._threads.shutdown(wait=True)
    chat.channel.gateway.close()


def place(conversation_id: str, kind: ConversationKind) -> Place:
    return Place("teams", "main", conversation_id, kind)


def question(
    conversation_id: str = CHAT, kind: ConversationKind = ConversationKind.DIRECT
) -> IncomingMessage:
    where = place(conversation_id, kind)
    return IncomingMessage(where, "1", "29:anna", "Anna", "who?", MONDAY, WayIn.DIRECT)


def test_whoever_asks_sees_that_somebody_writes(chat: Chat) -> None:
    """While the work goes on, and it says nothing."""
    with chat.channel.work_sign.shown(question()):
        assert chat.connector.was_called.wait(10)
    chat.channel.work_sign._threads.shutdown(wait=True)
    assert chat.connector.typing == [CHAT]
    assert chat.connector.sent == []


@pytest.mark.parametrize(
    "incoming",
    [
        question(CHANNEL, ConversationKind.PRIVATE),
        question("a:never-heard-of"),
        ConversationChanged(place(CHAT, ConversationKind.DIRECT), "1"),
    ],
    ids=["in a channel", "unknown", "no message"],
)
def test_elsewhere_nobody_sees_that_somebody_asked(chat: Chat, incoming: Incoming) -> None:
    """A question in a channel is seen by all; that it is being answered is nobody else's matter."""
    with chat.channel.work_sign.shown(incoming):
        pass
    chat.channel.work_sign._threads.shutdown(wait=True)
    assert chat.connector.called == []


def test_where_teams_takes_no_messages_there_is_no_sign(chat: Chat) -> None:
    """A conversation that was retired is left alone."""
    chat.addresses.retire(CHAT)
    with chat.channel.work_sign.shown(question()):
        pass
    chat.channel.work_sign._threads.shutdown(wait=True)
    assert chat.connector.called == []


@pytest.mark.parametrize("status", [403, 500])
def test_a_sign_that_fails_costs_no_answer(
    chat: Chat, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """It is only for show."""
    chat.connector.answers.append(Answer(status))
    with chat.channel.work_sign.shown(question()):
        assert chat.connector.was_called.wait(10)
    chat.channel.work_sign._threads.shutdown(wait=True)
    assert "sign of work" in caplog.text


def test_it_is_taken_down_however_the_work_ends(chat: Chat) -> None:
    """Its thread is free at once, also when the work raises."""
    with ExitStack() as stack:
        stack.enter_context(pytest.raises(ZeroDivisionError))
        with chat.channel.work_sign.shown(question()):
            raise ZeroDivisionError
    chat.channel.work_sign._threads.shutdown(wait=True)
    assert len(chat.connector.typing) <= 1


def test_after_the_channel_has_stopped_work_goes_on_without_a_sign(chat: Chat) -> None:
    """Jobs end later than channels do."""
    chat.channel.work_sign.close()
    with chat.channel.work_sign.shown(question()):
        pass
    assert chat.connector.called == []
