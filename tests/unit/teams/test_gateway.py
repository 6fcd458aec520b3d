"""Replies reach the right place, and every refusal becomes the right error."""

import asyncio
from typing import Any

import pytest
import requests

from adapters.teams.config import TeamsConfig
from adapters.teams.connector import Connector
from adapters.teams.feedback import AnswersShown
from adapters.teams.gateway import TeamsGateway
from adapters.teams.pacing import (
    LONGEST_RETRY_PAUSE_S,
    PATIENCE_S,
    RETRY_PAUSES_S,
    Pacing,
    Timing,
    retry_pause,
)
from adapters.teams.references import AddressBook, ConversationReference, Scope
from adapters.teams.tokens import AccessTokens, login_of
from bot.errors import SendFailed, SendPostponed, SendRefused
from bot.messages import Outgoing, Paragraph, Place, Reply, Span, Visibility
from tests.teams_connector import (
    BOT_ID,
    CONFIG,
    SERVICE_URL,
    TENANT_ID,
    Answer,
    FakeConnector,
    MemoryReferences,
    QuickTime,
)

CHANNEL, CHAT, GROUP = "19:sales@thread.tacv2", "a:chat", "19:group@thread.v2"


def reference(conversation_id: str, scope: Scope, **changed: str) -> ConversationReference:
    known = {"service_url": SERVICE_URL, "bot_id": BOT_ID, "tenant_id": TENANT_ID}
    return ConversationReference(
        conversation_id=conversation_id, scope=scope, **{**known, **changed}
    )


class Post:
    """A gateway in a process that received nothing itself."""

    def __init__(self, config: TeamsConfig = CONFIG) -> None:
        self.connector = FakeConnector()
        references = MemoryReferences()
        receiving = AddressBook(references)
        receiving.remember(reference(CHANNEL, Scope.CHANNEL), "29:ben")
        receiving.remember(reference(GROUP, Scope.GROUP), None)
        receiving.remember(reference(CHAT, Scope.PERSONAL), "29:anna")
        session = self.connector.session
        self.addresses = AddressBook(references)
        self.references = references
        self.time = QuickTime()
        timing = self.time.timing
        self.gateway = TeamsGateway(
            Connector(config, session, AccessTokens(login_of(config, session)), timing),
            self.addresses,
            AnswersShown(references),
            Pacing(timing),
        )

    def send(self, conversation: str = CHAT, **changed: Any) -> str | None:
        reply = Reply(
            (Paragraph((Span(changed.pop("text", "Understood.")),)),),
            visibility=changed.pop("visibility", Visibility.CONVERSATION),
            replaces_source=changed.pop("replaces_source", False),
        )
        place = Place("teams", "main", conversation, thread_id=changed.pop("thread", None))
        known = {"id": "o1", "place": place, "person_id": "29:anna", "reply": reply}
        return asyncio.run(self.gateway.send(Outgoing(**{**known, **changed})))

    def fail_after(self, number: int) -> None:
        """Take so many messages, and then none for as long as one is tried."""
        take = [Answer(201, {"id": f"bot-message-{each}"}) for each in range(number)]
        self.connector.answers.extend([*take, *[Answer(503)] * 3])


@pytest.fixture
def post() -> Any:
    post = Post()
    yield post
    post.gateway.close()


def test_a_reply_is_sent_by_a_process_that_received_nothing(post: Post) -> None:
    """All it takes is the reference that another process kept."""
    assert post.send() == "bot-message-1"
    (sent,) = post.connector.sent
    assert sent.conversation_id == CHAT
    assert sent.activity["from"] == {"id": BOT_ID}


def test_a_reply_in_a_channel_goes_into_the_thread(post: Post) -> None:
    """Below the message that it answers, or into the thread that this is part of."""
    post.send(CHANNEL, reply_to_message_id="17")
    post.send(CHANNEL, reply_to_message_id="18", thread="17")
    post.send(CHANNEL)
    places = [sent.conversation_id for sent in post.connector.sent]
    assert places == [f"{CHANNEL};messageid=17", f"{CHANNEL};messageid=17", CHANNEL]


def test_a_group_chat_has_no_threads(post: Post) -> None:
    """A thread's suffix would name a conversation that does not exist."""
    post.send(GROUP, reply_to_message_id="17")
    assert post.connector.sent[0].conversation_id == GROUP


def test_private_in_a_channel_means_the_persons_own_chat(post: Post) -> None:
    """Nothing is ephemeral in Teams; a chat that is known is not opened again."""
    post.send(CHANNEL, visibility=Visibility.PRIVATE)
    assert post.connector.sent[0].conversation_id == CHAT
    assert not any("POST /v3/conversations " in call for call in post.connector.called)


def test_a_chat_is_opened_once(post: Post) -> None:
    """For somebody who was only met in a channel."""
    for _ in range(2):
        post.send(CHANNEL, visibility=Visibility.PRIVATE, person_id="29:ben")
    assert [sent.conversation_id for sent in post.connector.sent] == ["a:chat-with-29:ben"] * 2
    opened = [call for call in post.connector.called if call.startswith("POST /v3/conversations ")]
    assert len(opened) == 1


def test_a_card_is_replaced_where_it_stands(post: Post) -> None:
    """What was pressed shows what came of it."""
    assert post.send(replaces_source=True, source_message_id="bot-9") == "bot-9"
    assert post.connector.sent[0].replaced == "bot-9"


def test_a_private_answer_never_replaces_a_card_that_all_see(post: Post) -> None:
    """The card stands in the channel, the answer goes to one person."""
    post.send(
        CHANNEL,
        visibility=Visibility.PRIVATE,
        replaces_source=True,
        source_message_id="bot-9",
    )
    (sent,) = post.connector.sent
    assert (sent.conversation_id, sent.replaced) == (CHAT, None)


def test_a_long_reply_is_several_messages_and_the_last_ones_id_counts(post: Post) -> None:
    """Its buttons are there."""
    assert post.send(text="漢" * 20_000) == f"bot-message-{len(post.connector.sent)}"
    assert len(post.connector.sent) > 1


def test_one_login_serves_many_messages(post: Post) -> None:
    """A token is good for an hour."""
    for _ in range(3):
        post.send()
    assert len(post.connector.logins) == 1
    assert post.connector.logins[0]["client_secret"] == ["secret"]
    assert all("Bearer token-1" in call for call in post.connector.called)


def test_a_refused_token_is_replaced_once(post: Post) -> None:
    """A secret that was rotated makes old tokens worthless."""
    post.connector.answers.append(Answer(401))
    assert post.send() == "bot-message-1"
    assert len(post.connector.logins) == 2
    post.connector.answers.extend([Answer(401), Answer(401)])
    with pytest.raises(SendFailed, match="401"):
        post.send()


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
def test_what_passes_in_a_moment_is_tried_again_at_once(post: Post, status: int) -> None:
    """Twice, each time after a longer pause; nobody notices."""
    post.connector.answers.extend([Answer(status)] * 2)
    assert post.send() == "bot-message-1"
    assert post.time.waited == list(RETRY_PAUSES_S)


@pytest.mark.parametrize("status", [408, 412, 429, 500, 502, 503, 504])
def test_what_does_not_pass_is_left_to_the_outbox(post: Post, status: int) -> None:
    """It tries again by itself, and holds nobody up meanwhile."""
    post.connector.answers.extend([Answer(status)] * 3)
    with pytest.raises(SendFailed) as failure:
        post.send()
    assert failure.value.retry_after_s is None
    assert sum(post.time.waited) <= sum(RETRY_PAUSES_S)


def test_a_short_pause_that_was_asked_for_is_waited_for(post: Post) -> None:
    """At least as long as Teams said."""
    post.connector.answers.append(Answer(429, headers={"Retry-After": "2"}))
    assert post.send() == "bot-message-1"
    assert post.time.waited == [LONGEST_RETRY_PAUSE_S]


def test_those_who_failed_together_do_not_come_back_together() -> None:
    """By chance one waits up to half as long again as another."""
    chances = iter((0.0, 0.5, 0.999))
    timing = Timing(chance=lambda: next(chances))
    waited = {retry_pause(timing, 1, None) or 0.0 for _ in range(3)}
    assert len(waited) == 3
    assert max(waited) < RETRY_PAUSES_S[0] * 1.5


@pytest.mark.parametrize(
    ("asked", "pause"),
    [("7", 7.0), ("999999", 3600.0), ("soon", None), ("-1", None), ("9" * 400, None)],
)
def test_a_long_pause_that_was_asked_for_is_kept(
    post: Post, asked: str, pause: float | None
) -> None:
    """Coming back sooner makes it longer."""
    post.connector.answers.extend([Answer(429, headers={"Retry-After": asked})] * 3)
    with pytest.raises(SendFailed) as failure:
        post.send()
    assert failure.value.retry_after_s == pause


def test_nobody_speaks_where_teams_asked_for_a_pause(post: Post) -> None:
    """The next reply there waits as well, and one elsewhere does not."""
    post.connector.answers.append(Answer(429, headers={"Retry-After": "30"}))
    with pytest.raises(SendFailed):
        post.send()
    with pytest.raises(SendPostponed) as postponed:
        post.send()
    assert postponed.value.pause_s == 30
    assert post.send(GROUP) == "bot-message-1"
    post.time.now += 30
    assert post.send() == "bot-message-2"


def test_a_conversation_hears_seven_messages_a_second_and_sixty_in_thirty(post: Post) -> None:
    """By Teams' own count; whoever would wait for long comes again, and nothing is lost."""
    shown_at: list[float] = []
    told_to_wait: list[float] = []
    while len(shown_at) < 200:
        try:
            post.send()
            shown_at.append(post.time.now)
        except SendPostponed as postponed:
            told_to_wait.append(postponed.pause_s)
            post.time.now += postponed.pause_s
    for limit, span_s in ((7, 1.0), (8, 2.0), (60, 30.0)):
        assert all(
            later - earlier >= span_s - 1e-6
            for earlier, later in zip(shown_at, shown_at[limit:], strict=False)
        )
    assert min(told_to_wait) > PATIENCE_S
    assert shown_at[-1] < 110


def test_threads_of_a_channel_are_paced_apart(post: Post) -> None:
    """Teams counts each by itself."""
    for thread in range(30):
        post.send(CHANNEL, thread=str(thread))
    assert post.time.waited == []


def test_a_long_reply_goes_on_where_it_failed(post: Post) -> None:
    """What was shown is not shown again, and its buttons come once."""
    post.send(text="漢" * 30_000)
    whole = [sent.raw for sent in post.connector.sent]
    assert len(whole) > 3
    post.connector.sent.clear()
    post.fail_after(2)
    with pytest.raises(SendFailed):
        post.send(text="漢" * 30_000)
    post.send(text="漢" * 30_000)
    assert [sent.raw for sent in post.connector.sent] == whole[2:]


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_what_will_never_pass_is_given_up(post: Post, status: int) -> None:
    """Trying again would change nothing."""
    post.connector.answers.append(Answer(status, {"error": {"code": "BadArgument"}}))
    with pytest.raises(SendRefused, match=f"{status} BadArgument"):
        post.send()
    assert post.send() == "bot-message-1"


@pytest.mark.parametrize(
    "code", ["MessageWritesBlocked", "ConversationBlockedByUser", "BotNotInConversationRoster"]
)
def test_where_the_bot_was_removed_it_never_tries_again(post: Post, code: str) -> None:
    """Neither with the next reply nor in another process, until somebody is heard there."""
    post.connector.answers.append(Answer(403, {"error": {"code": code}}))
    with pytest.raises(SendRefused, match=code):
        post.send(CHANNEL, visibility=Visibility.PRIVATE)
    called = len(post.connector.called)
    for conversation in (CHAT, CHANNEL, CHAT):
        with pytest.raises(SendRefused, match="nothing was heard since"):
            post.send(conversation, visibility=Visibility.PRIVATE)
    assert len(post.connector.called) == called
    assert post.send(CHANNEL) == "bot-message-1"

    web_process = AddressBook(post.references)
    web_process.remember(reference(CHAT, Scope.PERSONAL), "29:anna")
    assert post.send() == "bot-message-2"


def test_another_process_that_knew_the_conversation_revives_it(post: Post) -> None:
    """It had seen the address before it was retired, and must write it down anew."""
    web_process = AddressBook(post.references)
    web_process.remember(reference(CHAT, Scope.PERSONAL), "29:anna")
    post.connector.answers.append(Answer(403, {"error": {"code": "MessageWritesBlocked"}}))
    with pytest.raises(SendRefused):
        post.send()
    web_process.remember(reference(CHAT, Scope.PERSONAL), "29:anna")
    assert post.send() == "bot-message-1"


def test_a_card_that_was_deleted_is_answered_by_a_new_one(post: Post) -> None:
    """Whoever pressed it still learns what came of it."""
    gone = {"error": {"code": "ActivityNotFoundInConversation"}}
    post.connector.answers.append(Answer(404, gone))
    assert post.send(replaces_source=True, source_message_id="bot-9") == "bot-message-1"
    assert post.connector.sent[0].replaced is None


@pytest.mark.parametrize("body", [b"<html>", b"[]", {"error": "x"}, {"error": {"code": None}}])
def test_an_error_in_any_shape_is_understood(post: Post, body: object) -> None:
    """A proxy on the way answers in its own words."""
    post.connector.answers.extend([Answer(502, body)] * 3)
    with pytest.raises(SendFailed, match="502"):
        post.send()


@pytest.mark.parametrize("error", [requests.ConnectionError(), requests.ReadTimeout()])
def test_a_network_that_fails_is_worth_another_try(
    post: Post, error: requests.RequestException
) -> None:
    """Nobody knows whether the message was taken; a double is better than none."""
    post.connector.answers.append(error)
    with pytest.raises(SendFailed):
        post.send()


def test_a_redirect_is_not_followed(post: Post) -> None:
    """Our token would go along."""
    post.connector.answers.append(Answer(307, headers={"Location": "https://evil.example/"}))
    with pytest.raises(SendRefused, match="307"):
        post.send()
    assert not any("evil" in call for call in post.connector.called)


def test_every_call_has_a_time_out(post: Post) -> None:
    """Between ten and fifteen seconds, the login included."""
    post.send()
    assert post.connector.timeouts == [12.0, 12.0]


def test_a_kept_service_url_is_checked_again(post: Post) -> None:
    """Whoever can write to the database must not get our token."""
    post.addresses.remember(
        reference("19:x", Scope.GROUP, service_url="https://evil.example/"), None
    )
    with pytest.raises(SendRefused, match="service URL"):
        post.send("19:x")
    assert post.connector.called == []
    assert post.connector.logins == []


@pytest.mark.parametrize("login", [Answer(401, {"error": "invalid_client"}), Answer(200, b"?")])
def test_a_login_that_fails_is_tried_again_later(post: Post, login: Answer) -> None:
    """The operator may be renewing the secret right now; nothing is lost meanwhile."""
    post.connector.login_answer = login
    with pytest.raises(SendFailed, match="login was refused"):
        post.send()
    post.connector.login_answer = None
    assert post.send() == "bot-message-1"


@pytest.mark.parametrize(
    "changed",
    [
        {"conversation": "19:never-heard-of"},
        {"conversation": CHANNEL, "visibility": Visibility.PRIVATE, "person_id": ""},
    ],
)
def test_a_reply_to_nowhere_is_given_up(post: Post, changed: dict[str, Any]) -> None:
    """There is no address that another try would find."""
    with pytest.raises(SendRefused):
        post.send(**changed)


def test_ids_cannot_leave_their_place_in_the_path(post: Post) -> None:
    """A conversation's id is somebody else's text."""
    post.addresses.remember(reference("../../v3/x?y#z", Scope.GROUP), None)
    post.send("../../v3/x?y#z")
    assert post.connector.sent[0].conversation_id == "../../v3/x?y#z"
