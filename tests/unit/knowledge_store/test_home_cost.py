"""A page costs as much for a person with thousands of notes as for one with a few."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert

from bot.domain.audience import Audience
from bot.domain.customer import CustomerDraft
from bot.domain.people import ConversationKind
from bot.domain.taxonomy import Certainty, KnowledgeType, ProcessStage, Source
from bot.ports import PageSize
from knowledge_store.tables import (
    InsightCustomerRow,
    InsightRow,
    NeedRow,
    NoteRow,
    QuestionRow,
    StageEventRow,
)
from tests.contract.stores import StoreKit, W
from tests.fakes import MONDAY

SIZE = PageSize(notes=6, customers=6, news=6, unanswered=3, needs=6, listening=6)
FEW, MANY = 40, 2_000


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[StoreKit]:
    kit = StoreKit(f"sqlite:///{tmp_path / 'earshot.db'}")
    kit.has_members("anna", "ben")
    kit.has_conversation("open", "anna", "ben", kind=ConversationKind.PUBLIC)
    yield kit
    kit.store.close()


def fill(kit: StoreKit, first: int, end: int) -> None:
    """Notes of Anna and Ben in turn, each older than the one before, on a customer of Anna's."""
    novara = kit.store.customers.create(W, CustomerDraft("Novara", owner_id="anna")).id
    numbers = range(first, end)
    times = {n: MONDAY - timedelta(hours=n) for n in numbers}
    with kit.store.engine.begin() as connection:
        connection.execute(insert(NoteRow), [_note(n, times[n]) for n in numbers])
        connection.execute(insert(InsightRow), [_insight(n) for n in numbers])
        links = {"customer_id": novara, "workspace": W, "position": 0}
        connection.execute(
            insert(InsightCustomerRow), [{"insight_number": n + 1, **links} for n in numbers]
        )
        connection.execute(insert(StageEventRow), [_stage(n, times[n]) for n in numbers])
        connection.execute(insert(QuestionRow), [_question(n, times[n]) for n in numbers])
        connection.execute(insert(NeedRow), [_need(n, times[n]) for n in numbers])


def _note(n: int, at: object) -> dict[str, object]:
    return {
        "id": f"n{n}",
        "workspace": W,
        "conversation_id": "open",
        "message_id": f"m{n}",
        "channel": "slack",
        "author_id": ("anna", "ben")[n % 2],
        "author_name": "",
        "text": "Novara will close its Lyon site",
        "posted_at": at,
        "version": 1,
    }


def _insight(n: int) -> dict[str, object]:
    return {
        "number": n + 1,
        "id": f"i{n}",
        "workspace": W,
        "note_id": f"n{n}",
        "position": 0,
        "statement": "Novara will close its Lyon site",
        "knowledge_type": KnowledgeType.ABOUT,
        "process_stage": ProcessStage.ACQUISITION,
        "stage": ProcessStage.ACQUISITION,
        "topics": (),
        "certainty": Certainty.STATED,
        "source": Source.LISTENING,
        "weak_signal": False,
        "contacts": (),
        "dates": (),
        "classified_by": "fake/1",
        "search_text": "",
        "tags": "",
        "customers_by_person": False,
    }


def _stage(n: int, at: object) -> dict[str, object]:
    ids = {"workspace": W, "note_id": f"n{n}", "insight_id": f"i{n}"}
    stage = ProcessStage.DISSEMINATION
    return {**ids, "stage": stage, "evidence": "a reply", "person_id": "cleo", "at": at}


def _question(n: int, at: object) -> dict[str, object]:
    return {
        "id": f"q{n}",
        "workspace": W,
        "conversation_id": "open",
        "asker_id": "anna",
        "text": "who decides?",
        "asked_at": at,
        "language": "en",
        "customer_ids": (),
        "cited_insight_ids": () if n % 3 else ("i1",),
    }


def _need(n: int, at: object) -> dict[str, object]:
    ids = {"id": f"need{n}", "workspace": W, "asker_id": "anna"}
    return {**ids, "text": "who?", "asked_at": at, "customer_ids": ()}


@contextmanager
def steps(kit: StoreKit) -> Iterator[list[int]]:
    """Counts the steps of SQLite's machine meanwhile: what is read costs steps, on any computer."""
    counted = [0]

    def one_more() -> int:
        counted[0] += 1
        return 0

    def watch(connection: object, *_: object) -> None:
        connection.set_progress_handler(one_more, 1)

    event.listen(kit.store.engine, "checkout", watch)
    yield counted
    event.remove(kit.store.engine, "checkout", watch)


def read_page(kit: StoreKit) -> int:
    """Read Anna's page; returns what it took."""
    with steps(kit) as counted:
        told = kit.store.home.own_matters(
            Audience.of_person(W, "anna"),
            SIZE,
            news_since=MONDAY - timedelta(days=1),
            asked_since=MONDAY - timedelta(days=30),
        )
    assert len(told.notes) == 6
    assert len(told.news) == 6
    assert len(told.unanswered) == 3
    assert told.customers[0].news == 12
    return counted[0]


def test_a_page_costs_no_more_with_fifty_times_the_notes(kit: StoreKit) -> None:
    """Every query ends at its limit, or with the week."""
    fill(kit, 0, FEW)
    cost_with_few = read_page(kit)
    fill(kit, FEW, MANY)
    cost_with_many = read_page(kit)

    assert cost_with_few > 1_000  # it is counted at all
    assert cost_with_many <= 1.1 * cost_with_few


def test_no_query_of_a_page_reads_a_whole_table_or_sorts_one(kit: StoreKit) -> None:
    """Each is led by an index that begins with what is asked for."""
    fill(kit, 0, FEW)
    sent: list[tuple[str, object]] = []

    def listen(_1: object, _2: object, statement: str, values: object, *_: object) -> None:
        sent.append((statement, values))

    event.listen(kit.store.engine, "before_cursor_execute", listen)
    read_page(kit)
    event.remove(kit.store.engine, "before_cursor_execute", listen)
    selects = [(text, values) for text, values in sent if text.startswith("SELECT")]
    with kit.store.engine.connect() as connection:
        plans = [
            str(row[3])
            for text, values in selects
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]

    scans = [step for step in plans if step.startswith("SCAN") and step != "SCAN CONSTANT ROW"]
    assert scans == []
    led_by = {step for step in plans if step.startswith("SEARCH notes USING")}
    assert led_by == {
        "SEARCH notes USING INDEX ix_notes_author (workspace=? AND author_id=?)",
        "SEARCH notes USING INDEX ix_notes_saver (workspace=? AND saved_by_id=?)",
        "SEARCH notes USING INDEX ix_notes_time (workspace=? AND posted_at>?)",
        "SEARCH notes USING INDEX sqlite_autoindex_notes_1 (id=?)",
    }
