"""What every Inbox and Outbox have to do together."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.people import ConversationKind
from bot.messages import (
    Action,
    ActionTaken,
    Attachment,
    Button,
    ConversationChanged,
    FieldKind,
    FileChanged,
    Form,
    FormField,
    Incoming,
    IncomingMessage,
    MessageDeleted,
    MessageEdited,
    Option,
    Outgoing,
    Paragraph,
    Place,
    Quote,
    Reply,
    Span,
    Visibility,
    WayIn,
)
from bot.ports import JobName, OutboxState
from knowledge_store import Store
from tests.contract.stores import StoreKit, W
from tests.fakes import MONDAY

PLACE = Place("slack", W, "C1", ConversationKind.PRIVATE, "17.1")
MESSAGE = IncomingMessage(PLACE, "17.2", "anna", "Novara <closes> 'Lyon' 😀", MONDAY, WayIn.MENTION)
EVERY_KIND: list[Incoming] = [
    MESSAGE,
    MessageEdited(PLACE, "17.2", "anna", "Novara closes Paris", MONDAY, "rev-1"),
    MessageDeleted(PLACE, "17.2", MONDAY),
    ActionTaken(
        PLACE,
        "anna",
        Action.SAVE_CHANGE,
        "insight-1",
        "press-1",
        MONDAY,
        fields={"topics": ("price", "needs"), "moment": ()},
    ),
    ConversationChanged(PLACE, "change-1"),
    FileChanged(PLACE, "F1", True, MONDAY, "change-2"),
    replace(
        MESSAGE,
        message_id="17.3",
        attachments=(Attachment("F1", "a.txt", "text/plain", 7), Attachment("F2")),
        wished_at=MONDAY,
    ),
]
REPLY = Reply(
    blocks=(Paragraph((Span("Noted", bold=True), Span("there", href="https://x"))), Quote("q")),
    buttons=(Button("Undo", Action.UNDO, "note-1", "danger"),),
    shows=("note-1",),
    visibility=Visibility.CONVERSATION,
    form=Form(
        "Change",
        Action.SAVE_CHANGE,
        "insight-1",
        (FormField("type", "Type", FieldKind.CHOICE, (Option("about", "About"),), ("about",)),),
    ),
)


def outgoing(name: str = "out-1") -> Outgoing:
    return Outgoing(name, PLACE, "anna", REPLY, trigger="t", reply_to_message_id="17.2")


def accepted(kit: StoreKit, incoming: Incoming = MESSAGE) -> str:
    """Accept it; returns the delivery id that its job was given."""
    assert kit.store.inbox.accept(incoming)
    return kit.queue.jobs[-1][1]


def message(message_id: str, workspace: str = W) -> IncomingMessage:
    place = Place("slack", workspace, "C1")
    return IncomingMessage(place, message_id, "anna", "text", MONDAY, WayIn.LISTENED)


# --- inbox --------------------------------------------------------------------------------------


@pytest.mark.parametrize("incoming", EVERY_KIND, ids=lambda incoming: incoming.kind)
def test_what_was_accepted_waits_whole(kit: StoreKit, incoming: Incoming) -> None:
    """Every kind of it, with one job that names it."""
    delivery_id = accepted(kit, incoming)
    assert kit.queue.jobs == [(JobName.HANDLE, delivery_id)]
    assert kit.store.inbox.get(delivery_id) == incoming


def test_the_zone_of_a_message_is_kept(kit: StoreKit) -> None:
    """`tomorrow` depends on where it was written."""
    waiting = kit.store.inbox.get(accepted(kit))
    assert isinstance(waiting, IncomingMessage)
    assert waiting.sent_at.utcoffset() == MONDAY.utcoffset()


def test_a_message_that_comes_eleven_times_is_accepted_once(kit: StoreKit) -> None:
    """Also when it comes again after it was handled."""
    results = [kit.store.inbox.accept(MESSAGE) for _ in range(10)]
    kit.store.inbox.finish(kit.queue.jobs[0][1], [])
    results.append(kit.store.inbox.accept(MESSAGE))
    assert results == [True] + [False] * 10
    assert len(kit.queue.jobs) == 1


def test_a_delivery_whose_job_cannot_be_enqueued_was_not_accepted(kit: StoreKit) -> None:
    """Row and job are kept together or not at all, so that it can come again."""
    kit.queue.failure = RuntimeError("no queue")
    with pytest.raises(RuntimeError):
        kit.store.inbox.accept(MESSAGE)
    kit.queue.failure = None
    assert kit.store.inbox.accept(MESSAGE)


def test_text_that_no_database_takes_is_accepted(kit: StoreKit) -> None:
    """Without what makes it so, also in the keys."""
    place = Place("slack", W, "C\0\ud83d1")
    odd = IncomingMessage(place, "1", "anna", "a\0b \udc00Cafe\u0301", MONDAY, WayIn.DIRECT)
    waiting = kit.store.inbox.get(accepted(kit, odd))
    assert isinstance(waiting, IncomingMessage)
    assert (waiting.text, waiting.place.conversation_id) == ("ab Café", "C1")
    assert not kit.store.inbox.accept(odd)


def test_forty_thousand_characters_are_accepted(kit: StoreKit) -> None:
    """The longest message that a platform lets through."""
    long = IncomingMessage(PLACE, "1", "anna", "ä" * 40_000, MONDAY, WayIn.DIRECT)
    assert kit.store.inbox.get(accepted(kit, long)) == long


def test_what_is_finished_is_forgotten_and_answered(kit: StoreKit) -> None:
    """The replies wait in the outbox, a job for each; a second run changes nothing."""
    delivery_id = accepted(kit)
    kit.store.inbox.finish(delivery_id, [outgoing("out-1"), outgoing("out-2")])
    kit.store.inbox.finish(delivery_id, [outgoing("out-3")])
    assert kit.store.inbox.get(delivery_id) is None
    assert kit.queue.jobs[1:] == [(JobName.SEND, "out-1"), (JobName.SEND, "out-2")]
    assert kit.store.outbox.get("out-1") == outgoing("out-1")
    assert kit.store.outbox.get("out-3") is None


def test_a_delivery_whose_replies_cannot_be_enqueued_is_not_finished(kit: StoreKit) -> None:
    """It is handled again, and no reply is left behind."""
    delivery_id = accepted(kit)
    kit.queue.failure = RuntimeError("no queue")
    with pytest.raises(RuntimeError):
        kit.store.inbox.finish(delivery_id, [outgoing()])
    assert kit.store.inbox.get(delivery_id) == MESSAGE
    assert kit.store.outbox.get("out-1") is None


def test_an_unknown_delivery_is_nothing_to_do(store: Store) -> None:
    """A job may outlive its row."""
    assert store.inbox.get("unknown") is None
    store.inbox.finish("unknown", [outgoing()])
    assert store.outbox.get("out-1") is None
    assert store.inbox.notes_before("unknown") == 0


def test_messages_that_wait_before_one_are_counted(kit: StoreKit) -> None:
    """Of the same workspace, in order of arrival; buttons and later ones do not count."""
    first = accepted(kit, message("1"))
    second = accepted(kit, message("2"))
    accepted(kit, message("1", "workspace-2"))
    accepted(kit, EVERY_KIND[3])
    last = accepted(kit, message("3"))
    accepted(kit, message("4"))
    assert [kit.store.inbox.notes_before(d) for d in (first, second, last)] == [0, 1, 2]
    kit.store.inbox.finish(first, [])
    assert kit.store.inbox.notes_before(last) == 1


def test_what_has_waited_for_more_than_a_minute_holds_up_nothing(kit: StoreKit) -> None:
    """It has failed; it still waits, but nobody for it."""
    accepted(kit, message("1"))
    kit.clock.advance(seconds=60)
    second = accepted(kit, message("2"))
    kit.clock.advance(seconds=1)
    third = accepted(kit, message("3"))
    assert [kit.store.inbox.notes_before(d) for d in (second, third)] == [1, 1]


def test_whether_a_message_waits_is_known_by_its_key(kit: StoreKit) -> None:
    """From its acceptance until it is done, however long that takes."""
    edit = MessageEdited(PLACE, MESSAGE.message_id, "anna", "x", MONDAY, "rev-1")
    assert edit.posted_key == MESSAGE.delivery_key
    assert not kit.store.inbox.is_waiting(edit.posted_key)
    delivery_id = accepted(kit, MESSAGE)
    accepted(kit, edit)
    kit.clock.advance(hours=1)
    assert kit.store.inbox.is_waiting(edit.posted_key)
    kit.store.inbox.finish(delivery_id, [])
    assert not kit.store.inbox.is_waiting(edit.posted_key)


# --- outbox -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [OutboxState.SENT, OutboxState.WITHHELD, OutboxState.FAILED])
def test_a_reply_that_was_settled_waits_no_more(kit: StoreKit, state: OutboxState) -> None:
    """However it ended; one that is not known is nothing to do."""
    kit.store.inbox.finish(accepted(kit), [outgoing()])
    kit.store.outbox.settle("out-1", state, "17.3")
    kit.store.outbox.settle("out-1", state, "17.4")
    kit.store.outbox.settle("unknown", state)
    assert kit.store.outbox.get("out-1") is None


def test_what_is_done_is_purged_after_a_while(kit: StoreKit) -> None:
    """What still waits stays, however old."""
    done = accepted(kit)
    waiting = accepted(kit, message("2"))
    kit.store.inbox.finish(done, [outgoing("out-1"), outgoing("out-2")])
    kit.store.outbox.settle("out-1", OutboxState.SENT)
    assert kit.store.forget_finished(kit.clock.now()) == 0
    kit.clock.advance(days=8)
    assert kit.store.forget_finished(kit.clock.now() - timedelta(days=7)) == 2
    assert kit.store.forget_finished(kit.clock.now()) == 0
    assert kit.store.inbox.get(waiting) == message("2")
    assert kit.store.outbox.get("out-2") == outgoing("out-2")


# --- the order in which replies leave -----------------------------------------------------------


def elsewhere(name: str, thread_id: str | None = "18.1") -> Outgoing:
    """A reply in another thread of the same conversation."""
    return replace(outgoing(name), place=replace(PLACE, thread_id=thread_id), reply=SAID)


SAID = replace(REPLY, form=None)


def put_out(kit: StoreKit, *replies: Outgoing) -> list[str]:
    """Put replies in the outbox; returns the ids of those that may go at once."""
    before = len(kit.queue.jobs)
    kit.store.inbox.finish(accepted(kit, message(replies[0].id)), replies)
    return [subject_id for job, subject_id in kit.queue.jobs[before:] if job is JobName.SEND]


@pytest.mark.parametrize("end", [OutboxState.SENT, OutboxState.WITHHELD, OutboxState.FAILED])
def test_replies_to_one_thread_go_one_after_another(kit: StoreKit, end: OutboxState) -> None:
    """Also those to different messages; the end of one, whichever it is, lets the next one go."""
    first, second, third = (replace(outgoing(name), reply=SAID) for name in ("a", "b", "c"))
    assert put_out(kit, first, second) == ["a"]
    assert put_out(kit, third) == []
    assert kit.store.outbox.due() == ["a"]
    kit.store.outbox.settle("a", end)
    assert kit.queue.jobs[-1] == (JobName.SEND, "b")
    assert kit.store.outbox.due() == ["b"]
    kit.store.outbox.settle("a", end)
    assert kit.queue.jobs[-1] == (JobName.SEND, "b")


def test_a_reply_waits_for_none_in_another_thread(kit: StoreKit) -> None:
    """One that fails holds up those behind it and nobody else."""
    here = replace(outgoing("a"), reply=SAID)
    assert put_out(kit, here, elsewhere("b"), elsewhere("c", None)) == ["a", "b", "c"]


def test_a_form_waits_for_nothing(kit: StoreKit) -> None:
    """Its permission to open is over in seconds."""
    assert put_out(kit, replace(outgoing("a"), reply=SAID)) == ["a"]
    assert put_out(kit, outgoing("form")) == ["form"]
    assert put_out(kit, outgoing("form-2")) == ["form-2"]
    kit.store.outbox.settle("form", OutboxState.SENT)
    assert kit.queue.jobs.count((JobName.SEND, "form-2")) == 1  # its end gives no other a job


def test_a_reply_that_fails_for_minutes_holds_up_the_others_no_longer(kit: StoreKit) -> None:
    """Better late and out of order than never."""
    first, second = (replace(outgoing(name), reply=SAID) for name in ("a", "b"))
    put_out(kit, first, second)
    kit.clock.advance(minutes=5)
    assert kit.store.outbox.due() == ["a", "b"]
    assert put_out(kit, replace(outgoing("c"), reply=SAID)) == ["c"]
