"""Is a message that was addressed to the bot a question to it, or a note? Decided by rule."""

import re
import tomllib
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[\w'’-]+")
_CLOSING = " \t\n\"'”’»)*_"
_LONGEST_QUESTION_WORDS = 30
_LONGEST_WITHOUT_MARK_WORDS = 18
_SENTENCE_END = re.compile(r"[.!?]\s+\S|\n[^\S\n]*\S")


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    source = files("bot.services").joinpath("question_words.toml")
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        name: {language: words.split() if isinstance(words, str) else words
               for language, words in by_language.items()}
        for name, by_language in tables.items()
    }  # fmt: skip


@cache
def _single(table: str) -> frozenset[str]:
    return frozenset(word for words in _words()[table].values() for word in words)


@cache
def _phrases(table: str) -> re.Pattern[str]:
    phrases = [re.escape(phrase) for words in _words()[table].values() for phrase in words]
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b[\s,!]*", re.IGNORECASE)


def is_question(text: str) -> bool:
    """Whether the text asks the bot something, rather than telling it something.

    A note may well quote a customer's question ("Novara asked: can you run blister packs?"), so a
    question mark does not count where asking is reported. Without a question mark the text must
    be short, one sentence, and begin as questions do and reports do not: a question that is taken
    for a note is kept, a note that is taken for a question is not.
    """
    text = _without_courtesy(text.strip())
    words = _WORD.findall(text)
    if not words or len(words) > _LONGEST_QUESTION_WORDS:
        return False
    opens = _opens(text, words)
    if text.rstrip(_CLOSING).endswith("?"):
        by_verb = words[0].casefold() in _single("verbs")
        return opens or by_verb or not _phrases("reporting").search(text)
    is_short = len(words) <= _LONGEST_WITHOUT_MARK_WORDS
    opens = opens or _verb_before_name(words)
    return opens and is_short and not _SENTENCE_END.search(text) and ":" not in text


def _without_courtesy(text: str) -> str:
    courtesy = _phrases("courtesy").match(text)
    return text[courtesy.end() :] if courtesy else text


def _opens(text: str, words: list[str]) -> bool:
    first = words[0].casefold().replace("’", "'")
    before_apostrophe = first.partition("'")[0]  # who's, qu'a
    return not _single("opening").isdisjoint({first, before_apostrophe}) or bool(
        _phrases("phrases").match(text)
    )


def _verb_before_name(words: list[str]) -> bool:
    """`Is Novara content` asks; `Is moving to Lyon` tells."""
    if len(words) < 2 or words[1] == "I":
        return False
    return words[0].casefold() in _single("verbs") and words[1][0].isupper()
