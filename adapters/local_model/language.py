"""Tells the language of a short text by its function words, else by its letters."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Protocol

LANGUAGES = ("en", "fi", "sv", "de", "es", "fr", "it", "nl", "da", "no")
DEFAULT = "en"

_WORD = re.compile(r"[^\W\d_]+")
_MAX_CHARACTERS = 1_000
_FEWEST_WORDS_FOR_LETTERS = 4
_CLEAR_LEAD = 0.5  # half a word that no other language has

# Spellings that hardly occur outside a language, for words that are no function words.
_MARKS = {
    "fi": re.compile(
        r"[äö]|(?:aa|ää|uu|yy|ii|öö)\w|(?:ssa|ssä|sta|stä|lla|llä|lta|ltä|lle|tko|kö)$"
    ),
    "sv": re.compile(r"[äö]|(?:arna|erna|orna|ningen|ligt)$|ck\w*et$"),
    "de": re.compile(r"ß|[äöü]|sch[lmnrtw]|(?:ung|ungen|keit|heit|lich)$"),
    "es": re.compile(r"ñ|(?:ción|ciones|idad|ieron|aron|ía)$"),
    "fr": re.compile(r"ç|è|ê|œ|(?:eux|euse|aient|ement|eau)$"),
    "it": re.compile(r"zion[ei]$|(?:mente|ità|ò)$"),
    "nl": re.compile(r"ij|aa[nrtl]|uu[rt]|(?:heid|lijk|tje)$"),
    "da": re.compile(r"æ|ø"),
    "no": re.compile(r"æ|ø"),
}


class _Identifier(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...

    def set_languages(self, langs: Sequence[str]) -> None: ...


class LocalLanguageDetector:
    """A LanguageDetector for the ten languages of `LANGUAGES`.

    Function words decide most texts in microseconds. Where they are silent or split, letters do
    (py3langid, loaded at its first use, in about half a second).
    """

    def detect(self, text: str) -> str:
        """An ISO 639-1 code; `en` where nothing speaks for another."""
        words = _WORD.findall(text[:_MAX_CHARACTERS].lower())
        best, lead = _by_function_words(words)
        if lead < _CLEAR_LEAD and len(words) >= _FEWEST_WORDS_FOR_LETTERS:
            return _by_letters(" ".join(words))
        return best if lead > 0 else DEFAULT


def _by_function_words(words: list[str]) -> tuple[str, float]:
    """The language most words speak for, and its lead over the next."""
    votes = dict.fromkeys(LANGUAGES, 0.0)
    for word in words:
        speakers = _speakers().get(word, ())
        for language in speakers:
            votes[language] += 1 / len(speakers)
    for language, marks in _MARKS.items():
        votes[language] += 0.5 * sum(1 for word in words if marks.search(word))
    ranked = sorted(LANGUAGES, key=lambda language: -votes[language])
    return ranked[0], votes[ranked[0]] - votes[ranked[1]]


@cache
def _speakers() -> dict[str, tuple[str, ...]]:
    """The languages of each function word of `function_words.toml`."""
    speakers: dict[str, tuple[str, ...]] = {}
    source = (files(__package__) / "function_words.toml").read_text(encoding="utf-8")
    for language, words in tomllib.loads(source).items():
        for word in set(words.split()):
            speakers[word] = (*speakers.get(word, ()), language)
    return speakers


def _by_letters(text: str) -> str:
    return _identifier().rank(text)[0][0]


@cache
def _identifier() -> _Identifier:
    # Imported here: it takes half a second and 70 MB, and most texts never need it.
    from py3langid.langid import (  # noqa: PLC0415 - see above
        MODEL_FILE,
        LanguageIdentifier,
    )

    identifier: _Identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(LANGUAGES)
    return identifier
