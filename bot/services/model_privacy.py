"""What goes to a remote model: the one door that every prompt and every text for vectors passes.

Whose decision counts is read from the account that the call is on: see `model_budget.paid_by`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from bot.domain.answer import Vector
from bot.domain.model_use import ModelUse
from bot.errors import ModelNotWanted
from bot.ports import (
    Embedder,
    LanguageModel,
    Passage,
    RenderedPrompt,
    Schema,
    WorkspaceSettingsStore,
)
from bot.services.model_budget import payer
from bot.services.personal_data import masked

UseOf: TypeAlias = Callable[[str], ModelUse]
"""What may go to a model of a workspace's words."""


def decided_by(store: WorkspaceSettingsStore, default: ModelUse) -> UseOf:
    """As the workspace decided, from the very next call on; else the default.

    Where it is not known whose words they are, they stay here.
    """

    def use_of(workspace: str) -> ModelUse:
        return (store.model_use(workspace) or default) if workspace else ModelUse.OFF

    return use_of


class PrivateLanguageModel:
    """The port LanguageModel, told no more than the workspace lets it be told."""

    def __init__(self, model: LanguageModel, use_of: UseOf) -> None:
        self._model = model
        self._use_of = use_of

    @property
    def model_id(self) -> str:
        """See `bot.ports.LanguageModel`."""
        return self._model.model_id

    def complete(self, prompt: RenderedPrompt, schema: type[Schema]) -> Schema:
        """See `bot.ports.LanguageModel`. Raises ModelNotWanted where none may be."""
        if _may_be_told_all(self._use_of):
            return self._model.complete(prompt, schema)
        told = replace(prompt, system=masked(prompt.system), user=masked(prompt.user))
        return self._model.complete(told, schema)


class PrivateEmbedder:
    """The port Embedder, likewise: where none may be used vectors are missing, words still find."""

    def __init__(self, embedder: Embedder, use_of: UseOf) -> None:
        self._embedder = embedder
        self._use_of = use_of

    @property
    def model_id(self) -> str:
        """See `bot.ports.Embedder`."""
        return self._embedder.model_id

    @property
    def dimensions(self) -> int:
        """See `bot.ports.Embedder`."""
        return self._embedder.dimensions

    def embed(self, passages: Sequence[Passage]) -> list[Vector]:
        """See `bot.ports.Embedder`. Raises ModelNotWanted where none may be."""
        if not _may_be_told_all(self._use_of):
            passages = [
                replace(one, statement=masked(one.statement), parent=masked(one.parent))
                for one in passages
            ]
        return self._embedder.embed(passages)

    def embed_question(self, question: str, earlier: str = "") -> Vector:
        """See `bot.ports.Embedder`. Raises ModelNotWanted where none may be."""
        if not _may_be_told_all(self._use_of):
            question, earlier = masked(question), masked(earlier)
        return self._embedder.embed_question(question, earlier)


def _may_be_told_all(use_of: UseOf) -> bool:
    """Whether masking is not asked for. Raises ModelNotWanted where nothing may be told."""
    use = use_of(payer().workspace)
    if use is ModelUse.OFF:
        raise ModelNotWanted
    return use is ModelUse.FULL
