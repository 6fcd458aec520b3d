"""How conversations of a platform are reached, kept for processes that were not written to."""

from knowledge_store.tables import ReferenceRow
from knowledge_store.transactions import Transactions


class SqlReferences:
    """A small map from keys to what a channel adapter wants to remember of them."""

    def __init__(self, transactions: Transactions, workspace: str) -> None:
        self._transactions = transactions
        self._workspace = workspace

    def put(self, key: str, json: str, /) -> None:
        """Keep it, in the place of what was kept before. Raises StoreUnavailable."""
        with self._transactions.writing() as session:
            session.merge(ReferenceRow(workspace=self._workspace, key=key, reference=json))

    def get(self, key: str, /) -> str | None:
        """What was kept, or None. Raises StoreUnavailable."""
        with self._transactions.reading() as session:
            row = session.get(ReferenceRow, (self._workspace, key))
            return row.reference if row else None
