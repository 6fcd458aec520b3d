"""The SpendingStore port: what models cost, in rows that each call locks while it counts."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.domain.spending import Allowances, Limit, Payer
from knowledge_store.dialects import insert
from knowledge_store.tables import ModelSpendingRow
from knowledge_store.transactions import Transactions


class SqlSpendingStore:
    """In a relational database, so that the limits hold over all processes."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def reserve(self, payer: Payer, day: date, tokens: int, most: Allowances) -> Limit | None:
        """See `bot.ports.SpendingStore`."""
        with self._transactions.writing() as session:
            rows = [(limit, _locked(session, day, on)) for limit, on in _accounts(payer)]
            for limit, row in reversed(rows):  # the one that concerns fewest people first
                allowed = most.of(limit)
                if row.calls + 1 > allowed.calls or row.tokens + tokens > allowed.tokens:
                    return limit
            for _, row in rows:
                row.calls += 1
                row.tokens += tokens
        return None

    def settle(self, payer: Payer, day: date, difference: int) -> None:
        """See `bot.ports.SpendingStore`."""
        with self._transactions.writing() as session:
            for _, account in _accounts(payer):
                _locked(session, day, account).tokens += difference

    def purge(self, before: datetime) -> int:
        """Forget the days before; returns how many rows."""
        row = ModelSpendingRow
        with self._transactions.writing() as session:
            gone = session.execute(delete(row).where(row.day < before.date()).returning(row.day))
            return len(gone.all())


def _accounts(payer: Payer) -> Iterator[tuple[Limit, Payer]]:
    """The rows that a call counts in, always in this order, so that no two wait for each other."""
    yield Limit.INSTALLATION, Payer()
    if payer.workspace:
        yield Limit.WORKSPACE, Payer(payer.workspace)
    if payer.person_id:
        yield Limit.PERSON, payer


def _locked(session: Session, day: date, account: Payer) -> ModelSpendingRow:
    row = ModelSpendingRow
    key = {"day": day, "workspace": account.workspace, "person_id": account.person_id}
    nothing_yet = insert(session, row).values(**key, calls=0, tokens=0)
    session.execute(nothing_yet.on_conflict_do_nothing())
    return session.scalars(select(row).filter_by(**key).with_for_update()).one()
