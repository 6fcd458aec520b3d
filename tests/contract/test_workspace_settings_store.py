"""The WorkspaceSettingsStore port: what was decided for a whole workspace."""

from bot.domain.audit import AuditEvent
from bot.domain.model_use import ModelUse
from knowledge_store import Store
from tests.contract.stores import W


def test_nothing_is_decided_until_somebody_does(store: Store):
    """Then the environment's default counts."""
    assert store.workspace_settings.model_use(W) is None


def test_the_last_decision_counts_for_its_workspace_alone(store: Store):
    """And each is in the audit log."""
    for use in (ModelUse.FULL, ModelUse.OFF):
        store.workspace_settings.set_model_use(W, use, by="operator")
    assert store.workspace_settings.model_use(W) is ModelUse.OFF
    assert store.workspace_settings.model_use("slack-T2") is None
    told = [(r.entry.event, r.entry.actor_id, r.entry.subject) for r in store.audit.entries(W)]
    changed = AuditEvent.SETTINGS_CHANGED
    assert told == [
        (changed, "operator", "model use full"),
        (changed, "operator", "model use off"),
    ]
