"""The models are loaded once for all tests: they keep nothing between calls."""

import pytest

from adapters.local_model.classifier import LocalClassifier
from adapters.local_model.embedder import LocalEmbedder
from adapters.local_model.encoder import WordTable


@pytest.fixture(scope="session")
def words() -> WordTable:
    return WordTable()


@pytest.fixture(scope="session")
def embedder(words: WordTable) -> LocalEmbedder:
    return LocalEmbedder(words)


@pytest.fixture(scope="session")
def classifier(words: WordTable) -> LocalClassifier:
    return LocalClassifier(words)
