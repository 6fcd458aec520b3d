"""Phrases to look for in what people write, several languages at once, as people mix them.

A file of them is TOML: a table for each kind with a list for each language. An entry is a word or a
phrase; "*" ends a stem that may go on, and stands alone for one to three words.
"""

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources.abc import Traversable
from re import compile as compiled

WORD = compiled(r"[^\W_]+(?:['’][^\W_]+)*")
_MOST_BETWEEN = 3
_GAP = "*"


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, an apostrophe kept inside."""
    return WORD.findall(text.casefold().replace("’", "'"))


class CueWords:
    """Phrases of words, looked up by their first one."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._starting: dict[str, list[tuple[str, ...]]] = {}
        self._stems: dict[str, list[tuple[str, ...]]] = {}
        for entry in entries:
            first, *rest = entry.casefold().split()
            starting = self._stems if first.endswith(_GAP) else self._starting
            starting.setdefault(first.rstrip(_GAP), []).append(tuple(rest))
        self._stem_lengths = sorted({len(stem) for stem in self._stems})

    def found(self, words: list[str]) -> set[str]:
        """The different first words of the phrases that occur."""
        return {word for at, word in enumerate(words) if self._begins(word, words[at + 1 :])}

    def first(self, words: list[str]) -> int | None:
        """The place of the first word of the first phrase that occurs, None where none does."""
        places = (at for at, word in enumerate(words) if self._begins(word, words[at + 1 :]))
        return next(places, None)

    def _begins(self, word: str, following: list[str]) -> bool:
        phrases = [*self._starting.get(word, ())]
        for length in self._stem_lengths:
            phrases += self._stems.get(word[:length], ())
        return any(_continues(phrase, following) for phrase in phrases)


def _continues(phrase: tuple[str, ...], words: list[str]) -> bool:
    if not phrase:
        return True
    first, rest = phrase[0], phrase[1:]
    if first == _GAP:
        gaps = range(1, _MOST_BETWEEN + 1)
        return any(_continues(rest, words[gap:]) for gap in gaps if gap < len(words))
    if not words or not _is(first, words[0]):
        return False
    return _continues(rest, words[1:])


def _is(entry: str, word: str) -> bool:
    return word.startswith(entry[:-1]) if entry.endswith(_GAP) else word == entry


def read_cues(file: Traversable) -> Mapping[str, CueWords]:
    """The phrases of a file, by kind."""
    kinds = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        kind: CueWords(entry for entries in by_language.values() for entry in entries)
        for kind, by_language in kinds.items()
    }
