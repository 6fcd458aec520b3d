"""Puts what it was in the place of what is personal."""

from collections.abc import Sequence
from functools import lru_cache

from bot.services.personal_data.finder import find
from bot.services.personal_data.spans import MASK, Found

_SHORT = 4_000
"""Characters. Shorter texts are remembered, since a note is read far more often than written."""


def masked(text: str) -> str:
    """The text with marks such as [phone]; masking what is masked changes nothing."""
    return _remembered(text) if len(text) <= _SHORT else _masked(text)


def _masked(text: str) -> str:
    while found := find(text):
        for one in reversed(found):
            text = f"{text[: one.start]}{one.kind.mask}{text[one.end :]}"
    return text


_remembered = lru_cache(maxsize=4_096)(_masked)


def has_marks(text: str) -> bool:
    """Whether it reads like a text that was masked."""
    return MASK.search(text) is not None


def unmasked(part: str, text: str) -> str:
    """What the text has where its masked version has this part; a mark stands for all it covers.

    The part itself where the masked version has no such part.
    """
    shown, stretches = "", []
    last = 0
    for one in find(text):
        shown += text[last : one.start]
        stretches.append((len(shown), one))
        shown += one.kind.mask
        last = one.end
    shown += text[last:]
    start = shown.find(part)
    if start < 0 or not part:
        return part
    return text[_origin(start, stretches) : _origin(start + len(part), stretches, is_end=True)]


def _origin(at: int, stretches: Sequence[tuple[int, Found]], *, is_end: bool = False) -> int:
    """Where in the text a place of its masked version is; of a mark the beginning or the end."""
    shift = 0
    for start, one in stretches:
        end = start + len(one.kind.mask)
        if start < at < end:
            return one.end if is_end else one.start
        if at <= start:
            break
        shift = one.end - end
    return at + shift
