"""Models that ship with the product and need no network."""

from adapters.local_model.classifier import LocalClassifier
from adapters.local_model.embedder import LocalEmbedder
from adapters.local_model.language import LocalLanguageDetector

__all__ = ["LocalClassifier", "LocalEmbedder", "LocalLanguageDetector"]
