"""The language of short texts."""

import tomllib
from importlib.resources import files

import pytest

from adapters import local_model
from adapters.local_model.language import LANGUAGES, LocalLanguageDetector
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


def test_spellings_decide_where_words_are_silent() -> None:
    """A heading without a word that is listed is still recognised."""
    assert DETECTOR.detect("Toimitusvaikeudet jatkuvat Kuopion tehtaalla") == "fi"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Kestrin renewal"),
        ("en", "Müller's opinion on lead times"),
        ("de", "Liefertermine Kestrin verschoben"),
        ("fi", "Velmoran yhteyshenkilö"),
        ("sv", "avtalet med Tressanti"),
        ("es", "quejas de Kestrin"),
        ("fr", "réclamations de Kestrin"),
        ("it", "scadenza del contratto"),
        ("nl", "klachten van Brixholm"),
        ("da", "nyheder om Velmora"),
        ("no", "prisen til neste år"),
    ],
)
def test_headings_are_told_apart_by_what_they_are_on(language: str, text: str) -> None:
    """People also ask in two or three words: a subject and a customer."""
    assert DETECTOR.detect(text) == language


def test_every_listed_language_has_both_kinds_of_words() -> None:
    """A language that is only half listed would lose to the others."""
    for name in "function_words.toml", "topic_words.toml":
        listed = tomllib.loads((files(local_model) / name).read_text(encoding="utf-8"))
        assert set(listed) == set(LANGUAGES)
