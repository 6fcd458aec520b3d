"""Models that ship with the product and need no network."""

from adapters.local_model.adjustment import read_adjustment
from adapters.local_model.classifier import LocalClassifier
from adapters.local_model.embedder import LocalEmbedder
from adapters.local_model.encoder import WordTable
from adapters.local_model.judge import LocalAnswerJudge
from adapters.local_model.language import LocalLanguageDetector
from adapters.local_model.retraining import LocalRetrainer

__all__ = [
    "LocalAnswerJudge",
    "LocalClassifier",
    "LocalEmbedder",
    "LocalLanguageDetector",
    "LocalRetrainer",
    "WordTable",
    "read_adjustment",
]
