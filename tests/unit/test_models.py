"""What understands notes and questions, as the settings say."""

import pytest

from adapters.openai_wire import TokenUsage
from bot.bootstrap.core import load_models
from bot.settings import Settings
from tests.openai_server import OpenAiServer, embeddings, failure
from tests.unit.local_model.company import context


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def remote(server: OpenAiServer) -> Settings:
    return Settings(
        openai_api_key="sk-test", openai_base_url=server.url, earshot_embedding_model="small"
    )


def test_what_remote_models_cost_is_told() -> None:
    """With the model and the purpose, so that it can be counted."""
    spent: list[TokenUsage] = []
    with OpenAiServer(embeddings([0.6, 0.8])) as server:
        load_models(remote(server), spent.append).embedder.embed(["a note"])
    assert spent == [TokenUsage("openai/small", "embed", input_tokens=3, output_tokens=0)]


def test_a_note_is_read_locally_where_the_language_model_fails() -> None:
    """The local classifier stands behind the other, and says so."""
    with OpenAiServer(respond=lambda _: failure(401)) as server:
        read = load_models(remote(server)).classifier.classify("good morning", context())
    assert read.classified_by.startswith("local/")
    assert read.classified_by.endswith(" (fallback)")


def test_without_a_key_nothing_is_remote() -> None:
    """A remote embedding model alone is not used: there is nobody to pay for it."""
    models = load_models(Settings(earshot_embedding_model="small"))
    assert models.writer is None
    assert models.embedder.model_id.startswith("local/")
