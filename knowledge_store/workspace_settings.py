"""The WorkspaceSettingsStore port: what was decided for a whole workspace."""

from bot.domain.audit import AuditEntry, AuditEvent
from bot.domain.model_use import ModelUse
from bot.ports import Clock
from knowledge_store.audit import append
from knowledge_store.tables import WorkspaceSettingsRow
from knowledge_store.transactions import Transactions


class SqlWorkspaceSettingsStore:
    """A row for each workspace that something was decided for."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def model_use(self, workspace: str) -> ModelUse | None:
        """None where nobody decided."""
        with self._transactions.reading() as session:
            row = session.get(WorkspaceSettingsRow, workspace)
            return row.model_use if row else None

    def set_model_use(self, workspace: str, use: ModelUse, *, by: str) -> None:
        """In one transaction with the audit log."""
        with self._transactions.writing() as session:
            session.merge(WorkspaceSettingsRow(workspace=workspace, model_use=use))
            told = AuditEntry(workspace, AuditEvent.SETTINGS_CHANGED, by, f"model use {use}")
            append(session, told, self._clock.now())
