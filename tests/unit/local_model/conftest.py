"""The models are loaded once for all tests: they keep nothing between calls."""

import pytest

from adapters.local_model.classifier import LocalClassifier
from adapters.local_model.embedder import LocalEmbedder


@pytest.fixture(scope="session")
def embedder() -> LocalEmbedder:
    return LocalEmbedder()


@pytest.fixture(scope="session")
def classifier(embedder: LocalEmbedder) -> LocalClassifier:
    return LocalClassifier(embedder)
