"""What a timetable promises: each piece once per key, whatever is restarted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.due_work import DueKind, DueWork
from bot.domain.people import ConversationKind
from bot.messages import Outgoing, Place, Reply
from bot.ports import Done, JobName, OutboxState
from bot.services.presentation.words import paragraph
from tests.contract.stores import StoreKit, W
from tests.fakes import MONDAY


def digest(key: str = "loop:anna:2026-W46", *, minutes: float = 10) -> DueWork:
    return DueWork(W, DueKind.LOOP, key, "anna", MONDAY + timedelta(minutes=minutes))


def told(key: str | None = "loop:anna:2026-W46", id_: str = "out-1") -> Outgoing:
    place = Place("slack", W, "anna", ConversationKind.DIRECT)
    return Outgoing(id_, place, "anna", Reply((paragraph("Thank you"),)), key=key)


def due_jobs(kit: StoreKit) -> list[str]:
    return [subject for job, subject in kit.queue.jobs if job is JobName.DUE]


def take_one(kit: StoreKit) -> str:
    kit.clock.advance(minutes=10)
    assert kit.store.timetable.take_due(10) == 1
    return due_jobs(kit)[-1]


def test_nothing_is_taken_before_it_is_due(kit: StoreKit):
    """A piece gets its job when its time has come, and not a second sooner."""
    kit.store.timetable.plan([digest()])

    kit.clock.advance(minutes=9, seconds=59)
    assert kit.store.timetable.take_due(10) == 0
    kit.clock.advance(seconds=1)
    assert kit.store.timetable.take_due(10) == 1


def test_a_piece_gets_one_job_however_often_somebody_looks(kit: StoreKit):
    """Two processes that look at once do not both take it."""
    kit.store.timetable.plan([digest()])
    take_one(kit)

    assert kit.store.timetable.take_due(10) == 0
    assert len(due_jobs(kit)) == 1


def test_what_was_planned_is_found_after_a_long_time_away(kit: StoreKit):
    """What was missed is caught up with once."""
    kit.store.timetable.plan([digest()])
    kit.clock.advance(days=9)

    assert kit.store.timetable.take_due(10) == 1
    assert kit.store.timetable.take_due(10) == 0


def test_the_same_key_again_only_moves_what_waits(kit: StoreKit):
    """A change of somebody's settings moves the time; what was done is not done again."""
    kit.store.timetable.plan([digest(minutes=10)])
    kit.store.timetable.plan([digest(minutes=30)])
    kit.clock.advance(minutes=10)
    assert kit.store.timetable.take_due(10) == 0

    kit.clock.advance(minutes=20)
    assert kit.store.timetable.take_due(10) == 1
    kit.store.timetable.finish(due_jobs(kit)[0], Done())
    kit.store.timetable.plan([digest(minutes=31)])
    kit.clock.advance(minutes=10)
    assert kit.store.timetable.take_due(10) == 0


def test_the_same_key_in_another_workspace_is_another_piece(kit: StoreKit):
    """Workspaces know nothing of each other."""
    kit.store.timetable.plan([digest(), replace(digest(), workspace="workspace-2")])
    kit.clock.advance(minutes=10)

    assert kit.store.timetable.take_due(10) == 2


def test_a_piece_is_worked_on_only_between_taken_and_done(kit: StoreKit):
    """A job that runs a second time finds nothing to do."""
    kit.store.timetable.plan([digest()])
    work_id = take_one(kit)
    work = kit.store.timetable.get(work_id)
    assert work == replace(digest(), id=work_id)
    assert list(kit.store.waiting()) == [(JobName.DUE, work_id)]

    kit.store.timetable.finish(work_id, Done())

    assert kit.store.timetable.get(work_id) is None
    assert list(kit.store.waiting()) == []


def test_what_comes_of_it_is_kept_with_it_once(kit: StoreKit):
    """Being done, what is said and what is to come are one transaction; a second run adds none."""
    kit.store.timetable.plan([digest()])
    work_id = take_one(kit)
    done = Done((told(),), (digest("loop:anna:2026-W47", minutes=60),))

    kit.store.timetable.finish(work_id, done)
    kit.store.timetable.finish(work_id, replace(done, outgoing=(told("other", "out-2"),)))

    assert kit.store.outbox.waiting() == ["out-1"]
    kit.clock.advance(hours=1)
    assert kit.store.timetable.take_due(10) == 1


def test_nothing_is_done_where_its_outcome_cannot_be_kept(kit: StoreKit):
    """A failure on the way leaves the piece to be done again."""
    kit.store.timetable.plan([digest()])
    work_id = take_one(kit)
    kit.queue.failure = RuntimeError("no job can be added")

    with pytest.raises(RuntimeError):
        kit.store.timetable.finish(work_id, Done((told(),)))

    assert kit.store.timetable.get(work_id) is not None
    assert kit.store.outbox.waiting() == []


def test_something_unasked_is_said_once_under_its_key(kit: StoreKit):
    """Whatever piece of work wants to say it, the key decides; also once it was sent."""
    kit.store.timetable.plan([digest("a"), digest("b"), digest("c")])
    kit.clock.advance(minutes=10)
    kit.store.timetable.take_due(10)
    first, second, third = due_jobs(kit)
    kit.store.timetable.finish(first, Done((told(id_="out-1"),)))
    kit.store.timetable.finish(second, Done((told(id_="out-2"),)))
    kit.store.outbox.settle("out-1", OutboxState.SENT, "ts-1")
    kit.store.timetable.finish(third, Done((told(id_="out-3"),)))

    assert kit.store.outbox.waiting() == []
    assert kit.store.outbox.message_id(W, "loop:anna:2026-W46") == "ts-1"


def test_what_was_withheld_may_be_said_after_all(kit: StoreKit):
    """Nobody has seen it, so its key is free."""
    kit.store.timetable.plan([digest("a"), digest("b")])
    kit.clock.advance(minutes=10)
    kit.store.timetable.take_due(10)
    first, second = due_jobs(kit)
    kit.store.timetable.finish(first, Done((told(id_="out-1"),)))
    kit.store.outbox.settle("out-1", OutboxState.WITHHELD)
    kit.store.timetable.finish(second, Done((told(id_="out-2"),)))

    assert kit.store.outbox.waiting() == ["out-2"]


def test_a_key_outlasts_the_tidying(kit: StoreKit):
    """What was said a month ago is forgotten, but not that it was."""
    kit.store.timetable.plan([digest()])
    work_id = take_one(kit)
    kit.store.timetable.finish(work_id, Done((told(),)))
    kit.store.outbox.settle("out-1", OutboxState.SENT, "ts-1")
    kit.clock.advance(days=31)

    kit.store.forget_finished(kit.clock.now() - timedelta(days=30))

    assert kit.store.outbox.message_id(W, "loop:anna:2026-W46") == "ts-1"
    kit.store.timetable.plan([digest()])
    assert kit.store.timetable.take_due(10) == 0


def test_what_waits_can_be_cancelled_and_what_is_begun_cannot(kit: StoreKit):
    """A meeting that was called off needs no brief."""
    kit.store.timetable.plan([digest("a"), digest("b", minutes=5)])
    kit.clock.advance(minutes=5)
    kit.store.timetable.take_due(10)
    kit.store.timetable.cancel(W, "a")
    kit.store.timetable.cancel(W, "b")

    kit.clock.advance(minutes=5)
    assert kit.store.timetable.take_due(10) == 0
    assert kit.store.timetable.get(due_jobs(kit)[0]) is not None


def test_one_can_tell_when_it_was_last_done(kit: StoreKit):
    """By the time for which it was planned; what failed was not done."""
    kit.store.timetable.plan([digest("a", minutes=1), digest("b", minutes=2)])
    kit.clock.advance(minutes=10)
    kit.store.timetable.take_due(10)
    first, second = due_jobs(kit)
    assert kit.store.timetable.last_done(DueKind.LOOP, W, "anna") is None

    kit.store.timetable.finish(first, Done())
    kit.store.timetable.give_up(second)

    last = kit.store.timetable.last_done(DueKind.LOOP, W, "anna")
    assert last == MONDAY + timedelta(minutes=1)


def test_what_is_put_off_is_done_later_and_not_counted_as_done(kit: StoreKit):
    """Somebody was not to be disturbed; the key of the first time stays taken."""
    kit.store.timetable.plan([digest()])
    work_id = take_one(kit)
    later = kit.clock.now() + timedelta(hours=1)
    kit.store.timetable.finish(work_id, Done(put_off_until=later))
    kit.store.timetable.plan([digest()])

    assert kit.store.timetable.take_due(10) == 0
    assert kit.store.timetable.last_done(DueKind.LOOP, W, "anna") is None
    kit.clock.advance(hours=1)
    assert kit.store.timetable.take_due(10) == 1
    assert kit.store.timetable.get(due_jobs(kit)[-1]) is not None
