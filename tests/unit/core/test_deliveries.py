"""From the inbox to the outbox, and from the outbox to the platform, each safe to run twice."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from bot import deliveries as module
from bot.bootstrap.core import build_intake
from bot.deliveries import Deliveries, address, readers_of
from bot.domain.answer import Question
from bot.domain.audience import Audience
from bot.domain.insight import Facets, InsightDraft
from bot.domain.people import Conversation, ConversationKind
from bot.domain.taxonomy import KnowledgeType, ProcessStage
from bot.errors import EarlierWorkWaits, SendFailed, SendRefused, StoreUnavailable
from bot.messages import (
    Action,
    ActionTaken,
    ConversationChanged,
    Incoming,
    IncomingMessage,
    MessageEdited,
    Outgoing,
    Place,
    Quote,
    Reply,
    TalkOpened,
    Visibility,
    WayIn,
)
from bot.ports import Classification, Gateway, Inbox, JobName, OutboxState, WorkSign
from tests.fakes import MONDAY, RecordingGateway
from tests.stage import ANNA, BEN, CHANNEL, PRICING, SALES, WORKSPACE, Stage

DISCOUNT = "the discount that Novara gets is 7 percent"
PLACE = Place(CHANNEL, WORKSPACE, SALES, ConversationKind.PUBLIC)


class CountingMeter:
    """Remembers how jobs ended."""

    def __init__(self) -> None:
        self.ended: list[tuple[JobName, bool]] = []

    def job_ended(self, job: JobName, *, succeeded: bool) -> None:
        self.ended.append((job, succeeded))

    def note_captured(self, classified_by: str) -> None:
        pass

    def question_answered(self, *, abstained: bool) -> None:
        pass


class WatchedOutbox:
    """The real outbox, which remembers how each reply ended."""

    def __init__(self, stage: Stage) -> None:
        self._outbox = stage.store.outbox
        self.ends: list[tuple[OutboxState, str | None]] = []

    def get(self, outgoing_id: str) -> Outgoing | None:
        return self._outbox.get(outgoing_id)

    def settle(self, outgoing_id: str, state: OutboxState, message_id: str | None = None) -> None:
        self.ends.append((state, message_id))
        self._outbox.settle(outgoing_id, state, message_id)


class FailingGateway:
    """Takes no reply, for the reason it was given."""

    def __init__(self, error: SendFailed | SendRefused) -> None:
        self._error = error

    async def send(self, outgoing: Outgoing) -> str | None:
        raise self._error


class RecordingSign:
    """Remembers for what it was shown, and whether it was taken down again."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    @contextmanager
    def shown(self, incoming: Incoming) -> Iterator[None]:
        self.seen.append(f"shown for {incoming.delivery_key}")
        try:
            yield
        finally:
            self.seen.append("taken down")


@dataclass
class Post:
    """A stage with the way in and out."""

    stage: Stage
    gateway: Gateway | None
    meter: CountingMeter
    outbox: WatchedOutbox
    deliveries: Deliveries

    @property
    def sent(self) -> list[Outgoing]:
        """What was shown."""
        assert isinstance(self.gateway, RecordingGateway)
        return self.gateway.sent

    def accept(self, incoming: Incoming) -> str:
        """Take something in; returns its delivery id."""
        assert build_intake(self.stage.store).take(incoming)
        return self.stage.store.inbox.waiting()[-1]

    def handle(self, incoming: Incoming) -> list[str]:
        """Take something in and work on it; returns the ids of the replies that wait."""
        self.deliveries.handle(self.accept(incoming))
        return self.stage.store.outbox.waiting()

    def note(self, text: str, *, where: str) -> IncomingMessage:
        """A note that the classifier takes for one insight."""
        draft = InsightDraft(text, Facets(KnowledgeType.ABOUT))
        self.stage.classifier.answers.append(Classification((draft,), "fake/1"))
        return self.stage.message(ANNA, text, way_in=WayIn.NOTE_COMMAND, where=where)

    def question(self, person: str, text: str) -> IncomingMessage:
        """A question in a direct message."""
        return self.stage.message(person, text, way_in=WayIn.ASK_COMMAND)


@pytest.fixture
def post(stage: Stage) -> Post:
    return open_post(stage, RecordingGateway())


def open_post(
    stage: Stage,
    gateway: Gateway | None,
    inbox: Inbox | None = None,
    work_sign: WorkSign | None = None,
) -> Post:
    """The real handler and store; without a gateway the channel is off."""
    meter, outbox = CountingMeter(), WatchedOutbox(stage)
    deliveries = Deliveries(
        inbox=inbox or stage.store.inbox,
        outbox=outbox,
        notes=stage.store.notes,
        walls=stage.store.walls,
        audit=stage.store.audit,
        handler=stage.handler,
        gateways={CHANNEL: gateway} if gateway else {},
        run_async=asyncio.run,
        meter=meter,
        clock=stage.clock,
        work_signs={CHANNEL: work_sign} if work_sign else None,
    )
    return Post(stage, gateway, meter, outbox, deliveries)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE_S", 0.0)


# --- the way in -----------------------------------------------------------------------------------


def test_a_delivery_that_is_handled_twice_has_one_effect(post: Post):
    """An engine may run a job again after a crash."""
    delivery = post.accept(post.note(DISCOUNT, where=PRICING))
    post.deliveries.handle(delivery)
    post.deliveries.handle(delivery)

    assert len(post.stage.notes()) == 1
    assert len(post.stage.store.outbox.waiting()) == 1
    assert post.meter.ended == [(JobName.HANDLE, True)]


def test_a_crash_between_storing_and_finishing_leaves_one_note(post: Post):
    """The job runs from its start again; the note is there already, the reply is not."""
    message = post.note(DISCOUNT, where=PRICING)
    delivery = post.accept(message)
    post.stage.handler.handle(message)
    post.stage.classifier.answers.append(
        Classification((InsightDraft(DISCOUNT, Facets(KnowledgeType.ABOUT)),), "fake/1")
    )
    post.deliveries.handle(delivery)

    (record,) = post.stage.notes()
    assert len(record.insights) == 1
    assert len(post.stage.store.outbox.waiting()) == 1


def test_who_asked_sees_that_an_answer_is_worked_on(stage: Stage):
    """From when the question is stored until the answer is; a note or a press shows nothing."""
    sign = RecordingSign()
    post = open_post(stage, RecordingGateway(), work_sign=sign)
    question = post.question(BEN, "who decides at Novara?")
    delivery = post.accept(question)
    assert sign.seen == []
    post.deliveries.handle(delivery)
    shown = [f"shown for {question.delivery_key}", "taken down"]
    assert sign.seen == shown

    post.handle(post.note(DISCOUNT, where=PRICING))
    post.handle(TalkOpened(PLACE, BEN, "o1"))
    assert sign.seen == shown


def test_the_sign_of_work_is_taken_down_when_the_work_fails(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    """And stands again when the job is tried again."""

    def away(question: Question) -> None:
        raise StoreUnavailable("away")

    sign = RecordingSign()
    post = open_post(stage, RecordingGateway(), work_sign=sign)
    delivery = post.accept(post.question(BEN, "who decides at Novara?"))
    with monkeypatch.context() as patched:
        patched.setattr(stage.store.questions, "earlier", away)
        with pytest.raises(StoreUnavailable):
            post.deliveries.handle(delivery)
    assert sign.seen[1:] == ["taken down"]
    post.deliveries.handle(delivery)
    assert len(sign.seen) == 4
    assert len(stage.store.outbox.waiting()) == 1


def test_suggestions_go_to_who_opened_the_talk(post: Post):
    """They wait for nothing that came in before."""
    stuck = post.accept(post.note("stuck", where=SALES))
    (outgoing_id,) = post.handle(TalkOpened(PLACE, BEN, "o1"))
    post.deliveries.send(outgoing_id)
    (sent,) = post.sent
    assert (sent.person_id, sent.place) == (BEN, PLACE)
    assert sent.reply.suggestions
    assert stuck in post.stage.store.inbox.waiting()


def test_a_delivery_that_is_not_known_is_nothing_to_do(post: Post):
    """A job outlives its row where somebody purged the inbox."""
    post.deliveries.handle("no-such-delivery")
    assert post.meter.ended == []


def test_what_failed_for_a_while_stays_in_the_inbox(post: Post, impatient: None):
    """An edit that overtook its message is worked on once the message is stored."""
    message = post.note(DISCOUNT, where=PRICING)
    message_delivery = post.accept(message)
    edit = MessageEdited(
        message.place, message.message_id, ANNA, "it is 8 percent", MONDAY, revision="1"
    )
    edit_delivery = post.accept(edit)
    with pytest.raises(EarlierWorkWaits):
        post.deliveries.handle(edit_delivery)
    assert edit_delivery in post.stage.store.inbox.waiting()

    post.deliveries.handle(message_delivery)
    post.deliveries.handle(edit_delivery)
    assert [record.note.text for record in post.stage.notes()] == ["it is 8 percent"]


def test_an_edit_of_what_was_never_kept_waits_for_nothing(post: Post, impatient: None):
    """Another message that is stuck is none of its business."""
    post.accept(post.note("stuck", where=SALES))
    place = Place(CHANNEL, WORKSPACE, SALES)
    assert post.handle(MessageEdited(place, "unkept", ANNA, "new", MONDAY, "1")) == []
    assert len(post.stage.store.inbox.waiting()) == 1


class OvertakenInbox:
    """The real inbox, where the note that came first is worked on while the question waits."""

    def __init__(self, post: Post, note_delivery: str) -> None:
        self._inbox = post.stage.store.inbox
        self._deliveries = post.deliveries
        self._note_delivery = note_delivery

    def accept(self, incoming: Incoming) -> bool:
        return self._inbox.accept(incoming)

    def get(self, delivery_id: str) -> Incoming | None:
        return self._inbox.get(delivery_id)

    def finish(self, delivery_id: str, outgoing: Sequence[Outgoing]) -> None:
        self._inbox.finish(delivery_id, outgoing)

    def is_waiting(self, delivery_key: str) -> bool:
        return self._inbox.is_waiting(delivery_key)

    def notes_before(self, delivery_id: str) -> int:
        before = self._inbox.notes_before(delivery_id)
        if before:
            self._deliveries.handle(self._note_delivery)
        return before


def test_a_question_waits_for_the_notes_before_it(post: Post):
    """Whoever asks right after telling is answered with what they told."""
    note = post.accept(post.note(DISCOUNT, where=f"dm-{BEN}"))
    question = post.accept(post.question(BEN, "what is the discount that Novara gets?"))
    open_post(post.stage, post.gateway, OvertakenInbox(post, note)).deliveries.handle(question)

    replies = [post.stage.store.outbox.get(i) for i in post.stage.store.outbox.waiting()]
    assert any(reply and Quote(DISCOUNT) in reply.reply.blocks for reply in replies)


def test_a_question_is_answered_though_an_earlier_note_never_ends(post: Post, impatient: None):
    """Patience has an end: a stuck note does not silence the bot."""
    post.accept(post.note(DISCOUNT, where=PRICING))
    (reply_id,) = post.handle(post.question(BEN, "what is the discount that Novara gets?"))
    outgoing = post.stage.store.outbox.get(reply_id)
    assert outgoing
    assert "Nobody has told us" in outgoing.reply.plain_text


def test_a_note_waits_for_nobody(post: Post, monkeypatch: pytest.MonkeyPatch):
    """Notes outside threads are worked on as they come: a stuck one holds up no other."""

    def no_waiting(seconds: float) -> None:
        raise AssertionError(f"slept for {seconds} s")

    monkeypatch.setattr("time.sleep", no_waiting)
    post.accept(post.note("stuck", where=SALES))
    post.deliveries.handle(post.accept(post.note(DISCOUNT, where=SALES)))
    assert [record.note.text for record in post.stage.notes()]


# --- the way out ----------------------------------------------------------------------------------


def answer_to_ben(post: Post) -> str:
    """A reply to Ben that shows what was said in a private channel; returns its id."""
    post.stage.handler.handle(post.note(DISCOUNT, where=PRICING))
    (reply_id,) = post.handle(post.question(BEN, "what is the discount that Novara gets?"))
    outgoing = post.stage.store.outbox.get(reply_id)
    assert outgoing
    assert outgoing.reply.shows
    return reply_id


def test_a_reply_is_sent_once(post: Post):
    """Running the job again shows nothing twice, and the text is forgotten."""
    reply_id = answer_to_ben(post)
    post.deliveries.send(reply_id)
    post.deliveries.send(reply_id)

    assert [sent.person_id for sent in post.sent] == [BEN]
    assert post.outbox.ends == [(OutboxState.SENT, "sent-1")]
    assert post.stage.store.outbox.get(reply_id) is None
    assert post.meter.ended[-1] == (JobName.SEND, True)


def stage_of(post: Post) -> ProcessStage:
    (record,) = post.stage.notes()
    return record.insights[0].stage


def test_what_was_shown_has_been_passed_on(post: Post):
    """When it was shown, and not when it was found."""
    reply_id = answer_to_ben(post)
    assert stage_of(post) is ProcessStage.ACQUISITION
    post.deliveries.send(reply_id)
    assert stage_of(post) is ProcessStage.DISSEMINATION


def test_what_was_withheld_has_not_been_passed_on(post: Post):
    """It reached nobody."""
    reply_id = answer_to_ben(post)
    put = post.stage.store.directory.put_conversation
    for members in ((ANNA,), (ANNA, BEN)):
        put(Conversation(PRICING, WORKSPACE, CHANNEL, ConversationKind.PRIVATE, "pricing", members))
        post.deliveries.send(reply_id)
    assert post.outbox.ends == [(OutboxState.WITHHELD, None)]
    assert stage_of(post) is ProcessStage.ACQUISITION


def test_ones_own_words_are_not_passed_on_by_reading_them(post: Post):
    """Anna is told what Anna told."""
    post.stage.handler.handle(post.note(DISCOUNT, where=PRICING))
    (reply_id,) = post.handle(post.question(ANNA, "what is the discount that Novara gets?"))
    post.deliveries.send(reply_id)
    assert post.sent[0].reply.shows
    assert stage_of(post) is ProcessStage.ACQUISITION


def test_a_reply_is_withheld_when_its_reader_has_lost_access(post: Post):
    """Whoever left the channel meanwhile is not told what was said there."""
    reply_id = answer_to_ben(post)
    post.stage.store.directory.put_conversation(
        Conversation(PRICING, WORKSPACE, CHANNEL, ConversationKind.PRIVATE, "pricing", (ANNA,))
    )
    post.deliveries.send(reply_id)

    assert post.sent == []
    assert post.outbox.ends == [(OutboxState.WITHHELD, None)]


def test_a_reply_is_withheld_when_its_note_was_deleted(post: Post):
    """A note that its author deleted is gone from the replies on their way, too."""
    reply_id = answer_to_ben(post)
    (record,) = post.stage.notes()
    post.stage.store.notes.hide(record.note.key, at=MONDAY, reason="deleted")
    post.deliveries.send(reply_id)

    assert post.sent == []
    assert post.outbox.ends == [(OutboxState.WITHHELD, None)]


def test_the_log_of_a_withheld_reply_has_no_word_of_it(
    post: Post, caplog: pytest.LogCaptureFixture
):
    """Whoever reads logs is no reader of notes."""
    reply_id = answer_to_ben(post)
    (record,) = post.stage.notes()
    post.stage.store.notes.hide(record.note.key, at=MONDAY, reason="deleted")
    post.deliveries.send(reply_id)
    assert "withheld" in caplog.text
    assert "percent" not in caplog.text


def test_a_refusal_is_final(post: Post):
    """A reply that the platform will never take is given up, not tried for ever."""
    reply_id = answer_to_ben(post)
    post = open_post(post.stage, FailingGateway(SendRefused("not_in_channel")))
    post.deliveries.send(reply_id)

    assert post.outbox.ends == [(OutboxState.FAILED, None)]
    assert post.stage.store.outbox.get(reply_id) is None
    assert post.meter.ended[-1] == (JobName.SEND, False)


def test_a_failure_is_left_to_the_engine(post: Post):
    """The reply still waits, so that the next try finds it."""
    reply_id = answer_to_ben(post)
    post = open_post(post.stage, FailingGateway(SendFailed("busy", retry_after_s=30)))
    with pytest.raises(SendFailed) as failure:
        post.deliveries.send(reply_id)

    assert failure.value.retry_after_s == 30
    assert post.stage.store.outbox.waiting() == [reply_id]
    assert post.outbox.ends == []


def test_a_reply_to_a_channel_that_is_off_is_given_up(post: Post):
    """Teams was switched off while a reply to it waited."""
    reply_id = answer_to_ben(post)
    post = open_post(post.stage, None)
    post.deliveries.send(reply_id)
    assert post.outbox.ends == [(OutboxState.FAILED, None)]


def test_a_sending_that_failed_for_good_forgets_the_reply(post: Post):
    """When the engine gives up, the text does not stay in the outbox."""
    reply_id = answer_to_ben(post)
    post.deliveries.on_give_up[JobName.SEND](reply_id)
    assert post.outbox.ends == [(OutboxState.FAILED, None)]
    assert post.stage.store.outbox.get(reply_id) is None


# --- addresses ------------------------------------------------------------------------------------

REPLY = Reply(())


def test_a_reply_to_a_message_follows_it():
    """It goes to whoever wrote, under the message, with the permission to open a form."""
    message = IncomingMessage(PLACE, "m1", ANNA, "x", MONDAY, WayIn.MENTION, trigger="t1")
    outgoing = address(message, REPLY)
    assert (outgoing.person_id, outgoing.reply_to_message_id, outgoing.trigger) == (
        ANNA,
        "m1",
        "t1",
    )
    assert outgoing.place == PLACE


def test_a_reply_goes_to_whoever_pointed_not_to_the_author():
    """Ben saved Anna's message: Ben is told."""
    message = IncomingMessage(PLACE, "m1", ANNA, "x", MONDAY, WayIn.REACTION, person_id=BEN)
    assert address(message, REPLY).person_id == BEN


def test_a_command_has_no_message_to_follow():
    """A slash command does not stand in the conversation."""
    message = IncomingMessage(PLACE, "m1", ANNA, "x", MONDAY, WayIn.ASK_COMMAND)
    assert address(message, REPLY).reply_to_message_id is None


def test_a_reply_to_a_press_knows_the_message_with_the_button():
    """So that it can take its place."""
    taken = ActionTaken(PLACE, BEN, Action.UNDO, "n1", "p1", MONDAY, source_message_id="s1")
    outgoing = address(taken, REPLY)
    assert (outgoing.person_id, outgoing.source_message_id) == (BEN, "s1")


def test_a_reply_to_an_edit_goes_to_its_author():
    """Nobody else changed anything."""
    assert address(MessageEdited(PLACE, "m1", ANNA, "x", MONDAY, "1"), REPLY).person_id == ANNA


def test_no_two_replies_share_an_id():
    """The outbox keeps them by it."""
    change = ConversationChanged(PLACE, "c1")
    assert address(change, REPLY).id != address(change, REPLY).id


@pytest.mark.parametrize(
    ("kind", "visibility", "readers"),
    [
        (ConversationKind.PUBLIC, Visibility.PRIVATE, Audience.of_person(WORKSPACE, ANNA)),
        (
            ConversationKind.PUBLIC,
            Visibility.CONVERSATION,
            Audience.of_conversation(WORKSPACE, SALES),
        ),
        (None, Visibility.CONVERSATION, Audience.of_conversation(WORKSPACE, SALES)),
        (ConversationKind.DIRECT, Visibility.CONVERSATION, Audience.of_person(WORKSPACE, ANNA)),
    ],
)
def test_who_reads_a_reply_follows_from_where_it_is_shown(
    kind: ConversationKind | None, visibility: Visibility, readers: Audience
):
    """A private reply has one reader, and so has a direct message."""
    place = replace(PLACE, kind=kind)
    outgoing = Outgoing("o1", place, ANNA, Reply((), visibility=visibility))
    assert readers_of(outgoing) == readers
