"""Finds what a model copied, not always letter for letter, in the text it was copied from."""

import unicodedata
from dataclasses import dataclass

from rapidfuzz import fuzz

_SAME = str.maketrans("’‘´`“”„«»–—‐‑", '\'\'\'\'"""""----')
_TRIMMED = " .,;:!?\"'()[]-"
_SHORTEST_ALIKE = 5
_LONGEST_ALIKE = 600  # the time it takes grows with the product of both lengths
_LEAST_LIKENESS = 85.0


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text without case, accents and runs of spaces, and where each character came from."""

    text: str
    origins: tuple[int, ...]

    def original(self, source: str, start: int, end: int) -> str:
        return source[self.origins[start] : self.origins[end - 1] + 1].strip()


def fold(text: str) -> str:
    """The text without case, accents, kinds of quotes and dashes, and runs of spaces."""
    return _fold(text).text


def literal_part(wanted: str, text: str) -> str | None:
    """The part of the text that is `wanted`, as the text has it; None where there is none.

    Case, accents, quotes, dashes, spaces and final marks do not count.
    """
    needle = fold(wanted).strip(_TRIMMED)
    haystack = _fold(text)
    start = haystack.text.find(needle) if needle else -1
    while start >= 0:
        if not _is_inside_word(haystack.text, start):
            return haystack.original(text, start, start + len(needle))
        start = haystack.text.find(needle, start + 1)
    return None


def alike_part(wanted: str, text: str) -> str | None:
    """As `literal_part`; failing that, the words of the text that differ in a few letters."""
    exact = literal_part(wanted, text)
    needle = fold(wanted).strip(_TRIMMED)
    if exact or not _SHORTEST_ALIKE <= len(needle) <= _LONGEST_ALIKE:
        return exact
    haystack = _fold(text)
    found = fuzz.partial_ratio_alignment(needle, haystack.text, score_cutoff=_LEAST_LIKENESS)
    if found is None or found.dest_start == found.dest_end:
        return None
    start, end = _whole_words(haystack.text, found.dest_start, found.dest_end)
    return haystack.original(text, start, end) or None


def _fold(text: str) -> _Folded:
    characters: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text.translate(_SAME)):
        for part in unicodedata.normalize("NFKD", character).casefold():
            kept = " " if part.isspace() else part
            is_run = kept == " " and characters[-1:] == [" "]
            if is_run or unicodedata.combining(kept):
                continue
            characters.append(kept)
            origins.append(index)
    return _Folded("".join(characters), tuple(origins))


def _is_inside_word(text: str, start: int) -> bool:
    """Whether a word goes on to the left. Scripts without spaces begin words anywhere."""
    pair = text[max(start - 1, 0) : start + 1]
    return start > 0 and pair.isascii() and pair.isalnum()


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end
