"""The ProfileStore port: the latest insights on one customer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.domain.audience import Audience
from bot.domain.home import News
from knowledge_store.records import visible_records
from knowledge_store.tables import InsightCustomerRow, InsightRow, NoteRow
from knowledge_store.transactions import Transactions
from knowledge_store.visibility import may_see


class SqlProfileStore:
    """Reads a relational database."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def told_of(self, customer_id: str, audience: Audience, most: int) -> tuple[News, ...]:
        """In one transaction; the insights of one note stand in their own order."""
        with self._transactions.reading() as session:
            notes = _latest(session, customer_id, audience, most)
            records = visible_records(session, audience, NoteRow.id.in_(set(notes.values())))
        told = (
            News(record.note, insight, record.conversation_name)
            for record in reversed(records)
            for insight in record.insights
            if insight.id in notes
        )
        return tuple(told)


def _latest(session: Session, customer_id: str, audience: Audience, most: int) -> dict[str, str]:
    """The ids of the insights, each with that of its note."""
    on_customer = select(InsightCustomerRow.insight_number).where(
        InsightCustomerRow.customer_id == customer_id
    )
    statement = (
        select(InsightRow.id, NoteRow.id)
        .join(InsightRow.note)
        .where(
            NoteRow.workspace == audience.workspace,
            InsightRow.number.in_(on_customer),
            may_see(audience),
        )
        .order_by(NoteRow.posted_at.desc(), NoteRow.id.desc(), InsightRow.position)
        .limit(most)
    )
    return dict(session.execute(statement).all())
