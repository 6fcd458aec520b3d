"""What understands notes and questions, as the settings say."""

from pathlib import Path

import numpy as np
import pytest

from adapters.local_model.adjustment import adjustment_file
from adapters.local_model.linear_model import Heads, NoteModel
from adapters.openai_wire import TokenUsage
from bot.bootstrap.models import load_models
from bot.errors import AdjustmentUnusable
from bot.ports import Passage
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
        load_models(remote(server), spent.append).embedder.embed([Passage("a note")])
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


def test_a_named_adjustment_is_in_what_reads_notes(tmp_path: Path) -> None:
    """The setting is all it takes; `classified_by` tells the versions apart."""
    model = NoteModel()
    weight, intercept = (np.zeros_like(a) for a in (model.heads.weight, model.heads.intercept))
    path = tmp_path / "own.npz"
    path.write_bytes(adjustment_file(Heads(weight, intercept)))
    shipped = load_models(Settings()).classifier.classify("lol", context()).classified_by
    models = load_models(Settings(earshot_classifier_adjustment=path))
    own = models.classifier.classify("lol", context()).classified_by
    assert own.startswith(f"{shipped}+own-")


def test_an_adjustment_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    """Rather than being left out in silence."""
    with pytest.raises(AdjustmentUnusable, match=r"none\.npz cannot be read"):
        load_models(Settings(earshot_classifier_adjustment=tmp_path / "none.npz"))
