"""The language of short texts."""

import pytest

from adapters.local_model.language import LocalLanguageDetector
from bot.ports import LanguageDetector

DETECTOR: LanguageDetector = LocalLanguageDetector()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "who decides there"),
        ("en", "what did Müller say about the price?"),
        ("fi", "Kuka päättää Velmoralla?"),
        ("fi", "mitä Stemmle sanoi hinnoista"),
        ("sv", "vem bestämmer hos Solvikta?"),
        ("sv", "klagomål från kunden i våras"),
        ("de", "wer entscheidet bei Kestrin?"),
        ("de", "Beschwerden zur Lieferung"),
        ("es", "¿quién decide en Tressanti?"),
        ("fr", "qui décide chez Ravaud ?"),
        ("it", "cosa pensa Rossi del prezzo"),
        ("nl", "wat vindt Stijn van de prijs"),
        ("da", "hvad sagde de om prisen"),
        ("no", "hva sa de om prisen"),
    ],
)
def test_short_questions_are_told_apart(language: str, text: str) -> None:
    """Four words are enough where they hold a function word or a spelling of the language."""
    assert DETECTOR.detect(text) == language


@pytest.mark.parametrize("text", ["", "🎉", "OK", "Velmora", "12 345", "\ud800", "これは何ですか"])
def test_where_nothing_speaks_for_a_language_it_is_english(text: str) -> None:
    """A name, a figure, or a script that is none of the ten gives the default."""
    assert DETECTOR.detect(text) == "en"


def test_letters_decide_where_function_words_are_silent() -> None:
    """A heading without small words is still recognised."""
    assert DETECTOR.detect("Toimitusvaikeudet jatkuvat Kuopion tehtaalla") == "fi"
