"""What understands notes and questions, as the settings say. Slow packages are imported late."""

from typing import TYPE_CHECKING

from bot.bootstrap.core import Models
from bot.ports import Embedder, LanguageModel
from bot.services.answer_writing import AnswerWriter
from bot.services.model_budget import (
    BudgetedEmbedder,
    BudgetedLanguageModel,
    ModelBudget,
    OnLimit,
)
from bot.services.model_classification import FallbackClassifier, ModelClassifier
from bot.services.model_privacy import PrivateEmbedder, PrivateLanguageModel, UseOf, decided_by
from bot.settings import Settings

if TYPE_CHECKING:
    from adapters.openai_model import OnUsage
    from adapters.openai_wire import TokenUsage
    from knowledge_store import Store


def load_models(
    settings: Settings,
    on_usage: "OnUsage | None" = None,
    budget: ModelBudget | None = None,
    use_of: UseOf | None = None,
) -> Models:
    """The local models, and the language model in front of them where there is a key.

    `on_usage` is told what each call of a remote model cost, and the `budget` bounds it; without
    one nothing does. `use_of` tells what of a workspace's words may go there, else the settings do.
    Raises AdjustmentUnusable.
    """
    from adapters.local_model import (
        LocalAnswerJudge,
        LocalClassifier,
        LocalEmbedder,
        LocalLanguageDetector,
        WordTable,
        read_adjustment,
    )

    words = WordTable()
    embedder = LocalEmbedder(words)
    own = settings.earshot_classifier_adjustment
    local = LocalClassifier(words, read_adjustment(own) if own else None)
    judge = LocalAnswerJudge(words)
    # Loaded now, so that the first person does not wait for it.
    local.warm()
    embedder.warm()
    judge.warm()
    detector = LocalLanguageDetector()
    if settings.openai_api_key is None:
        return Models(local, embedder, detector, judge=judge)
    use_of = use_of or (lambda _: settings.earshot_model_use)
    language_model = PrivateLanguageModel(_language_model(settings, on_usage, budget), use_of)
    is_local = settings.earshot_embedding_model == "local"
    return Models(
        FallbackClassifier(ModelClassifier(language_model), local),
        embedder
        if is_local
        else PrivateEmbedder(_remote_embedder(settings, on_usage, budget), use_of),
        detector,
        AnswerWriter(language_model),
        judge,
        use_of,
    )


def _language_model(
    settings: Settings, on_usage: "OnUsage | None", budget: ModelBudget | None
) -> LanguageModel:
    from adapters.openai_model import OpenAiLanguageModel

    model = OpenAiLanguageModel(
        _secret(settings),
        settings.openai_base_url,
        settings.earshot_chat_model,
        on_usage=_told_to(on_usage, budget),
    )
    return BudgetedLanguageModel(model, budget) if budget else model


def _remote_embedder(
    settings: Settings, on_usage: "OnUsage | None", budget: ModelBudget | None
) -> Embedder:
    from adapters.openai_model import OpenAiEmbedder

    embedder = OpenAiEmbedder(
        _secret(settings),
        settings.openai_base_url,
        settings.earshot_embedding_model,
        on_usage=_told_to(on_usage, budget),
    )
    return BudgetedEmbedder(embedder, budget) if budget else embedder


def _told_to(on_usage: "OnUsage | None", budget: ModelBudget | None) -> "OnUsage":
    def tell(usage: "TokenUsage") -> None:
        if on_usage:
            on_usage(usage)
        if budget:
            budget.tokens_used(usage.input_tokens + usage.output_tokens)

    return tell


def build_budget(
    settings: Settings, store: "Store", on_limit: OnLimit = lambda _: None
) -> ModelBudget:
    """What models may cost by these settings, counted in the store."""
    return ModelBudget(store.spending, settings.model_allowances, store.clock, on_limit)


def model_use_of(settings: Settings, store: "Store") -> UseOf:
    """What of a workspace's words may go to a remote model: as it decided, else as the settings."""
    return decided_by(store.workspace_settings, settings.earshot_model_use)


def _secret(settings: Settings) -> str:
    return settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
