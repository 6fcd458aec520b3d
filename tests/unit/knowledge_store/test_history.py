"""What is kept for later although no port shows it yet, and what is not kept."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.domain.customer import CustomerDraft
from bot.domain.insight import Facets, StageEvent
from bot.domain.taxonomy import KnowledgeType, ProcessStage, UseKind
from bot.ports import OutboxState
from knowledge_store import Store
from knowledge_store.tables import (
    CorrectionRow,
    DeliveryRow,
    NoteRevisionRow,
    NoteRow,
    OutgoingRow,
    StageEventRow,
)
from tests.contract.stores import ABOUT, StoreKit, W, insight, key, note
from tests.contract.test_inbox_outbox import accepted, outgoing
from tests.fakes import MONDAY

FROM = Facets(KnowledgeType.FROM)


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[StoreKit]:
    """A store whose file lies in the test's folder."""
    kit = StoreKit(f"sqlite:///{tmp_path / 'earshot.db'}")
    yield kit
    kit.store.close()


@pytest.fixture
def store(kit: StoreKit) -> Store:
    """The store of the kit."""
    return kit.store


def test_every_version_of_a_note_is_kept(store: Store) -> None:
    """Its text, when it was written, and what was understood of it."""
    hour = timedelta(hours=1)
    first = store.notes.save(note("Novara closes Lyon"))
    second = store.notes.save(note("Novara closes Paris", edited_at=MONDAY + hour))
    store.notes.save(note("Novara closes Nice", edited_at=MONDAY + 2 * hour))
    with Session(store.engine) as session:
        kept = session.scalars(select(NoteRevisionRow).order_by(NoteRevisionRow.version)).all()
        assert [(row.version, row.text, row.edited_at, row.replaced_at) for row in kept] == [
            (1, "Novara closes Lyon", None, MONDAY + hour),
            (2, "Novara closes Paris", MONDAY + hour, MONDAY + 2 * hour),
        ]
        assert [row.insights for row in kept] == [first.insights, second.insights]


def test_a_correction_keeps_the_old_and_the_new(store: Store) -> None:
    """A labelled example: the words, who had classified them, and both answers."""
    customer = store.customers.create(W, CustomerDraft("Novara"))
    insight_id = store.notes.save(note("They close Lyon")).insights[0].id
    store.notes.change_insight(
        insight_id,
        facets=FROM,
        customer_ids=(customer.id,),
        contacts=(),
        by_person_id="ben",
        at=MONDAY,
    )
    with Session(store.engine) as session:
        kept = session.scalars(select(CorrectionRow)).one()
        assert (kept.statement, kept.classified_by) == ("They close Lyon", "fake/1")
        assert (kept.old_facets, kept.new_facets) == (ABOUT, FROM)
        assert (kept.old_customer_ids, kept.new_customer_ids) == ((), (customer.id,))
        assert (kept.by_person_id, kept.at) == ("ben", MONDAY)


def test_evidence_of_stages_is_added_to_and_outlives_an_edit(store: Store) -> None:
    """What was passed on was passed on, once, whatever became of the words."""
    insight_id = store.notes.save(note("Novara closes Lyon")).insights[0].id
    event = StageEvent(insight_id, ProcessStage.DISSEMINATION, "answer q1", "ben", MONDAY)
    store.notes.record_stages([event])
    store.notes.record_stages([event])
    store.notes.save(note("Hollis pays late", edited_at=MONDAY + timedelta(hours=1)))
    with Session(store.engine) as session:
        kept = session.scalars(select(StageEventRow).order_by(StageEventRow.number)).all()
        assert [(row.stage, row.evidence, row.person_id) for row in kept] == [
            (ProcessStage.ACQUISITION, "captured", "anna"),
            (ProcessStage.DISSEMINATION, "answer q1", "ben"),
            (ProcessStage.ACQUISITION, "captured", "anna"),
        ]


def test_every_step_forward_has_its_evidence(store: Store) -> None:
    """Who moved the insight on, and by what; what moves nothing leaves none."""
    used = Facets(KnowledgeType.ABOUT, ProcessStage.UTILIZATION, use_kind=UseKind.ACTION_ORIENTED)
    told = Facets(KnowledgeType.ABOUT, ProcessStage.DISSEMINATION)
    record = store.notes.save(note("Novara closes Lyon"))
    for facets in (told, ABOUT):
        store.notes.replace_insights(record.note.id, [insight("Novara closes Lyon", facets=facets)])
    for facets in (used, ABOUT, used):
        store.notes.change_insight(
            record.insights[0].id,
            facets=facets,
            customer_ids=(),
            contacts=(),
            by_person_id="ben",
            at=MONDAY,
        )
    with Session(store.engine) as session:
        kept = session.scalars(select(StageEventRow).order_by(StageEventRow.number)).all()
        assert [(row.stage, row.evidence, row.person_id) for row in kept] == [
            (ProcessStage.ACQUISITION, "captured", "anna"),
            (ProcessStage.DISSEMINATION, "classified anew", None),
            (ProcessStage.STORAGE, "confirmed by a person", "ben"),
            (ProcessStage.UTILIZATION, "corrected", "ben"),
        ]


def test_enums_are_stored_by_value_and_times_in_utc(store: Store) -> None:
    """As another program would read them."""
    store.notes.save(note())
    with store.engine.connect() as connection:
        stored = connection.exec_driver_sql(
            "SELECT knowledge_type, posted_at FROM insights JOIN notes ON notes.id = note_id"
        ).one()
    assert tuple(stored) == ("about", "2026-11-09 07:00:00.000000")


def test_what_is_done_keeps_no_text(kit: StoreKit) -> None:
    """Neither of the delivery nor of the reply; only how it ended."""
    kit.store.inbox.finish(accepted(kit), [outgoing()])
    kit.store.outbox.settle("out-1", OutboxState.SENT, "17.3")
    kit.store.outbox.settle("out-1", OutboxState.FAILED)
    with Session(kit.store.engine) as session:
        assert session.scalars(select(DeliveryRow.payload)).one() is None
        sent = session.scalars(select(OutgoingRow)).one()
        assert (sent.payload, sent.state, sent.message_id) == (None, OutboxState.SENT, "17.3")
        assert sent.settled_at == kit.clock.now()


def test_a_deleted_row_leaves_no_copy_in_the_file(kit: StoreKit, tmp_path: Path) -> None:
    """Not in free pages, not in the index of words, not in the log once it is emptied."""
    secret = "Zyxwvutian"
    kit.store.notes.save(note(f"{secret} closes Lyon"))
    kit.store.notes.save(note("something else", at=key("2")))
    with Session(kit.store.engine) as session, session.begin():
        session.execute(NoteRow.__table__.delete().where(NoteRow.message_id == "1"))
    with kit.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    kit.store.close()
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for trace in (secret, secret.lower(), secret.lower()[:6]):
        assert trace.encode() not in content
    assert b"something else" in content
