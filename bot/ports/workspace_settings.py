"""What was decided for a whole workspace."""

from typing import Protocol

from bot.domain.model_use import ModelUse


class WorkspaceSettingsStore(Protocol):
    """One row for each workspace that something was decided for."""

    def model_use(self, workspace: str) -> ModelUse | None:
        """What may go to a remote model; None where nobody decided."""
        ...

    def set_model_use(self, workspace: str, use: ModelUse, *, by: str) -> None:
        """Decide it, from the next call on; kept in the audit log as done `by` this person."""
        ...
