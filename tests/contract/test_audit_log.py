"""The audit log: only ever added to, and whoever changes it is found out."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.domain.audit import OPERATOR, AuditEntry, AuditEvent
from bot.domain.erasure import ErasureKind, ErasureTarget
from bot.messages import Outgoing, Paragraph, Place, Reply, Span
from bot.ports import OutboxState
from knowledge_store import Store
from tests.contract.stores import OPERATOR as EVERYTHING
from tests.contract.stores import StoreKit, W, key, note
from tests.contract.test_inbox_outbox import message

SHOWN = AuditEntry(W, AuditEvent.DISCLOSED, "anna", "open", ("n1", "n2"))


def events(store: Store) -> list[tuple[AuditEvent, str, str]]:
    return [(r.entry.event, r.entry.actor_id, r.entry.subject) for r in store.audit.entries(W)]


def test_what_is_added_is_read_in_order_and_fits(kit: StoreKit, store: Store):
    """With the time by our clock, in a chain of each workspace."""
    store.audit.record(SHOWN)
    kit.clock.advance(days=1)
    store.audit.record(AuditEntry(W, AuditEvent.DENIED, "ben", "action:undo"))
    store.audit.record(AuditEntry("other", AuditEvent.EXPORTED, OPERATOR, "notes"))

    first, second = store.audit.entries(W)
    assert (first.position, first.entry, second.position) == (1, SHOWN, 2)
    assert second.at - first.at == timedelta(days=1)
    verdict = store.audit.verify(W)
    assert (verdict.entries, verdict.digest, verdict.broken_at) == (2, second.digest, None)
    assert store.audit.workspaces() == ["other", W]


def test_it_can_be_asked_for_a_person_and_a_day(kit: StoreKit, store: Store):
    """Days are those of UTC."""
    store.audit.record(SHOWN)
    kit.clock.advance(days=1)
    store.audit.record(SHOWN)
    store.audit.record(AuditEntry(W, AuditEvent.DENIED, "ben"))
    today = kit.clock.now().date()
    assert [r.position for r in store.audit.entries(W, person_id="anna", day=today)] == [2]
    assert [r.position for r in store.audit.entries(W, person_id="ben")] == [3]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_log SET actor_id = 'x'", "DELETE FROM audit_log"]
)
def test_the_database_refuses_to_change_it(store: Store, statement: str):
    """Whoever sends the statement."""
    store.audit.record(SHOWN)
    with pytest.raises(DBAPIError, match="only added to"), store.engine.begin() as connection:
        connection.execute(text(statement))
    assert store.audit.verify(W).broken_at is None


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit_log SET actor_id = 'x' WHERE position = 2", 2),
        ("UPDATE audit_log SET ids = '[]' WHERE position = 1", 1),
        ("DELETE FROM audit_log WHERE position = 2", 2),
        ("DELETE FROM audit_log WHERE position = 3", 3),
    ],
)
def test_who_gets_round_that_is_found_out(store: Store, statement: str, broken_at: int):
    """A changed entry, one taken out of the middle, and one off the end."""
    for _ in range(3):
        store.audit.record(SHOWN)
    _without_triggers(store, statement)
    assert store.audit.verify(W).broken_at == broken_at


def _without_triggers(store: Store, statement: str) -> None:
    with store.engine.begin() as connection:
        if store.engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER USER"))
        else:
            for name in "update", "delete":
                connection.execute(text(f"DROP TRIGGER audit_log_no_{name}"))
        connection.execute(text(statement))


def test_many_writers_at_once_make_one_chain(store: Store):
    """Also the very first entries of a workspace."""

    def write() -> None:
        for _ in range(10):
            store.audit.record(SHOWN)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    verdict = store.audit.verify(W)
    assert (verdict.entries, verdict.broken_at) == (40, None)


def test_every_change_of_a_note_is_told(kit: StoreKit, store: Store):
    """An edit, an undo and its taking back; the note itself says who wrote it when."""
    record = store.notes.save(note("Novara closes Lyon"))
    store.notes.save(note("Novara closes Nice", edited_at=kit.clock.now()))
    store.notes.hide(key(), at=kit.clock.now(), reason="undone", by="anna")
    store.notes.restore(record.note.id, by_person_id="anna")
    store.notes.restore(record.note.id, by_person_id="anna")
    told = [AuditEvent.EDITED, AuditEvent.HIDDEN, AuditEvent.SHOWN_AGAIN]
    assert events(store) == [(event, "anna", record.note.id) for event in told]


def test_what_is_rolled_back_is_not_told(kit: StoreKit, store: Store):
    """The entry belongs to the transaction of what it tells of."""
    kit.queue.failure = RuntimeError("the queue fails")
    store.audit.record(SHOWN)
    _settle(kit, OutboxState.SENT, fails=True)
    assert len(events(store)) == 1


@pytest.mark.parametrize(
    ("state", "event"),
    [(OutboxState.SENT, AuditEvent.DISCLOSED), (OutboxState.WITHHELD, AuditEvent.WITHHELD)],
)
def test_a_reply_that_shows_notes_is_told_when_it_is_settled(
    kit: StoreKit, store: Store, state: OutboxState, event: AuditEvent
):
    """To whom, where, and which; once, however often it is settled."""
    _settle(kit, state)
    store.outbox.settle("r1", state)
    (record,) = store.audit.entries(W)
    assert record.entry == AuditEntry(W, event, "anna", "open", ("n1",))


def _settle(kit: StoreKit, state: OutboxState, *, fails: bool = False) -> None:
    failure, kit.queue.failure = kit.queue.failure, None
    place = Place("slack", W, "open")
    assert kit.store.inbox.accept(message("1"))
    shows = Reply((Paragraph((Span("Novara"),)),), shows=("n1",))
    replies = [Outgoing(name, place, "anna", shows) for name in ("r1", "r2")]
    kit.store.inbox.finish(kit.store.inbox.waiting()[-1], replies)
    kit.queue.failure = failure
    if fails:
        with pytest.raises(RuntimeError):
            kit.store.outbox.settle("r1", state)
    else:
        kit.store.outbox.settle("r1", state)


def test_an_erasure_is_told_and_the_log_outlasts_it(store: Store):
    """It holds ids only, so nothing in it has to go."""
    store.notes.save(note())
    store.erasures.erase(ErasureTarget.of_workspace(W), by=OPERATOR)
    assert list(store.notes.all(EVERYTHING)) == []
    assert events(store) == [(AuditEvent.ERASED, OPERATOR, f"workspace:{W}")]
    assert store.erasures.preview(ErasureTarget(ErasureKind.WORKSPACE, W, W)).nothing
