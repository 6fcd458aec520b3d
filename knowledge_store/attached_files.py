"""The AttachedFileStore port: which file came with which messages."""

from collections.abc import Sequence

from sqlalchemy import select

from bot.domain.note import MessageKey
from knowledge_store.tables import AttachedFileRow
from knowledge_store.transactions import Transactions


class SqlAttachedFileStore:
    """Files in a relational database, by their ids alone: of what is in them nothing."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def remember(self, key: MessageKey, file_ids: Sequence[str]) -> None:
        """All or none."""
        with self._transactions.writing() as session:
            for file_id in file_ids:
                session.merge(
                    AttachedFileRow(
                        workspace=key.workspace,
                        file_id=file_id,
                        conversation_id=key.conversation_id,
                        message_id=key.message_id,
                    )
                )

    def messages_with(self, workspace: str, file_id: str) -> Sequence[MessageKey]:
        """In a stable order."""
        row = AttachedFileRow
        statement = (
            select(row.conversation_id, row.message_id)
            .where(row.workspace == workspace, row.file_id == file_id)
            .order_by(row.conversation_id, row.message_id)
        )
        with self._transactions.reading() as session:
            return [MessageKey(workspace, *found) for found in session.execute(statement)]
