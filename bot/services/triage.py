"""Is a message that was addressed to the bot a question to it, or a note? Decided by rule."""

import re
import tomllib
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[\w'’-]+")
_CLOSING = " \t\n\"'”’»)*_"
_LONGEST_QUESTION_WORDS = 30
_LONGEST_WITHOUT_MARK_WORDS = 18
_SENTENCE_END = re.compile(r"[.!?]\s+\S|\n\s*\S")


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
def _opening_words() -> frozenset[str]:
    return frozenset(word for words in _words()["opening"].values() for word in words)


@cache
def _phrases(table: str) -> re.Pattern[str]:
    phrases = [re.escape(phrase) for words in _words()[table].values() for phrase in words]
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


def is_question(text: str) -> bool:
    """Whether the text asks the bot something, rather than telling it something.

    A note may well quote a customer's question ("Novara asked: can you run blister packs?"), so a
    question mark does not count where asking is reported. Without a question mark the text must
    be short, one sentence, and begin as questions do.
    """
    text = text.strip()
    words = _WORD.findall(text.casefold())
    if not words or len(words) > _LONGEST_QUESTION_WORDS:
        return False
    opens = words[0] in _opening_words() or bool(_phrases("requests").match(text))
    if text.rstrip(_CLOSING).endswith("?"):
        return opens or not _phrases("reporting").search(text)
    is_short = len(words) <= _LONGEST_WITHOUT_MARK_WORDS
    return opens and is_short and not _SENTENCE_END.search(text) and ":" not in text
