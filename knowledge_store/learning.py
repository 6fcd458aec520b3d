"""The LearningStore port: what classifiers said of insights, and what people made of them."""

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.domain.audience import Audience
from bot.domain.customer import Customer
from bot.domain.insight import BY_PERSON, Facets
from bot.domain.note import MessageKey, Note, NoteRecord
from bot.domain.reading import Decision, InsightHistory
from bot.ports import CorrectedExample, CustomerStore, NoteContext
from knowledge_store.note_rows import is_in_thread
from knowledge_store.readings import readings_of
from knowledge_store.records import next_page
from knowledge_store.tables import CorrectionRow, NoteRow
from knowledge_store.transactions import Transactions
from knowledge_store.visibility import may_see


class SqlLearningStore:
    """Readings and corrections in a relational database."""

    def __init__(self, transactions: Transactions, customers: CustomerStore) -> None:
        self._transactions = transactions
        self._customers = customers

    def histories(self, audience: Audience) -> Iterator[InsightHistory]:
        """Page by page, so that no transaction stays open while the caller works."""
        after: Note | None = None
        while page := self._histories_after(audience, after):
            for _, histories in page:
                yield from histories
            after = page[-1][0].note

    def corrected(self, audience: Audience) -> Iterator[CorrectedExample]:
        """The same; every example has the same customers, as they are now."""
        customers = self._customers.all(audience)
        after: Note | None = None
        while page := self._examples_after(audience, after, customers):
            for _, examples in page:
                yield from examples
            after = page[-1][0].note

    def _histories_after(
        self, audience: Audience, after: Note | None
    ) -> list[tuple[NoteRecord, list[InsightHistory]]]:
        with self._transactions.reading() as session:
            records = next_page(session, audience, after)
            return _with_histories(session, records)

    def _examples_after(
        self, audience: Audience, after: Note | None, customers: tuple[Customer, ...]
    ) -> list[tuple[NoteRecord, list[CorrectedExample]]]:
        with self._transactions.reading() as session:
            records = next_page(session, audience, after, _is_decided())
            return [
                (
                    record,
                    _examples(record, histories, _context(session, audience, record, customers)),
                )
                for record, histories in _with_histories(session, records)
            ]


# --- steps of a transaction ---------------------------------------------------------------------


def _is_decided() -> ColumnElement[bool]:
    return NoteRow.id.in_(select(CorrectionRow.note_id))


def _with_histories(
    session: Session, records: list[NoteRecord]
) -> list[tuple[NoteRecord, list[InsightHistory]]]:
    note_ids = [record.note.id for record in records]
    readings, decisions = readings_of(session, note_ids), _decisions(session, note_ids)
    return [
        (
            record,
            [
                InsightHistory(insight, readings.get(insight.id, ()), decisions.get(insight.id))
                for insight in record.insights
            ],
        )
        for record in records
    ]


def _decisions(session: Session, note_ids: Collection[str]) -> Mapping[str, Decision]:
    """The latest correction of each insight; the earlier ones were overruled by it."""
    rows = session.scalars(
        select(CorrectionRow)
        .where(CorrectionRow.note_id.in_(note_ids))
        .order_by(CorrectionRow.number)
    )
    return {row.insight_id: Decision(row.by_person_id, row.at) for row in rows}


def _context(
    session: Session, audience: Audience, record: NoteRecord, customers: tuple[Customer, ...]
) -> NoteContext:
    return NoteContext(
        author_name=record.note.author_name,
        conversation_name=record.conversation_name,
        posted_at=record.note.posted_at,
        thread=_thread(session, audience, record.note),
        customers=customers,
    )


def _thread(session: Session, audience: Audience, note: Note) -> tuple[str, ...]:
    """The kept notes before this one, as a classifier was given them."""
    if note.thread_id is None:
        return ()
    first = MessageKey(note.key.workspace, note.key.conversation_id, note.thread_id)
    statement = (
        select(NoteRow.text)
        .where(may_see(audience), is_in_thread(first, before=note.posted_at))
        .order_by(NoteRow.posted_at, NoteRow.id)
    )
    return tuple(session.scalars(statement))


def _examples(
    record: NoteRecord, histories: list[InsightHistory], context: NoteContext
) -> list[CorrectedExample]:
    return [
        CorrectedExample(
            note_id=record.note.id,
            insight_id=history.insight.id,
            text=record.note.text,
            statement=history.insight.statement,
            context=context,
            readings=history.readings,
            facets=_facets_vouched_for(history),
            customer_ids=history.insight.customer_ids,
            contacts=history.insight.contacts,
            changed=history.changed,
            decision=history.decision,
        )
        for history in histories
        if history.decision is not None and history.readings
    ]


def _facets_vouched_for(history: InsightHistory) -> Facets | None:
    """A press on a customer's name says nothing of the facets."""
    insight = history.insight
    return insight.facets if insight.classified_by == BY_PERSON else None
