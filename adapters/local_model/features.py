"""What a note looks like to the classifier: n-grams of words and characters, and its shape.

Training and run time both read notes through this module, and only through it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

from adapters.local_model.masking import KnownNames, mask

# A note's point is made early; the rest of a very long text only costs time.
MAX_CHARACTERS = 3_000
_MAX_PARENT_CHARACTERS = 600

_WORD = re.compile(r"\w+(?:['’]\w+)?|[?!…%€$£\"“”>]|[^\w\s]")
_CHARACTER_SIZES = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class NoteText:
    """A note's text with what it is read with, names masked."""

    text: str
    parent: str = ""
    conversation_name: str = ""


@dataclass(frozen=True, slots=True)
class Features:
    """How often each feature occurs, by the feature's hash.

    In groups, so that none drowns another: words, characters, the parent's words, the shape.
    """

    counts: tuple[Counter[int], Counter[int], Counter[int], Counter[int]]


def masked_note(text: str, parent: str, conversation_name: str, known: KnownNames) -> NoteText:
    """Mask a note and what it is read with, cut to the lengths that count."""
    return NoteText(
        text=_normalised(mask(text[:MAX_CHARACTERS], known)),
        parent=_normalised(mask(parent[:_MAX_PARENT_CHARACTERS], known)),
        conversation_name=_normalised(mask(conversation_name[:200].replace("-", " "), known)),
    )


def extract(note: NoteText) -> Features:
    """The features of a masked note."""
    words = _words(note.text)
    return Features(
        (
            _hashed(_word_features(words)),
            _hashed(_character_features(words)),
            _hashed(_parent_features(note.parent)),
            _hashed(_shape_features(note, words)),
        )
    )


def _normalised(text: str) -> str:
    readable = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFKC", readable).lower()


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _hashed(features: Iterable[str]) -> Counter[int]:
    return Counter(crc32(feature.encode()) for feature in features)


def _word_features(words: list[str]) -> Iterator[str]:
    framed = ["^", *words, "$"]
    for word in words:
        yield f"w1 {word}"
    for first, second in pairwise(framed):
        yield f"w2 {first} {second}"
    for first, second, third in zip(framed, framed[1:], framed[2:], strict=False):
        yield f"w3 {first} {second} {third}"
    for first, third in zip(framed, framed[2:], strict=False):
        yield f"wskip {first} {third}"


def _character_features(words: list[str]) -> Iterator[str]:
    for word in words:
        framed = f" {word[:30]} "
        for size in _CHARACTER_SIZES:
            for start in range(len(framed) - size + 1):
                yield f"c{framed[start : start + size]}"


def _parent_features(parent: str) -> Iterator[str]:
    words = _words(parent)
    for word in words:
        yield f"p1 {word}"
    for first, second in pairwise(words):
        yield f"p2 {first} {second}"


def _shape_features(note: NoteText, words: list[str]) -> Iterator[str]:
    # The length is no feature: labelled insights are long, but a short note counts as much.
    yield "is reply" if note.parent else "is first"
    for word in _words(note.conversation_name):
        yield f"in {word}"
    for word in words[:3]:
        yield f"early {word}"
    if words:
        yield f"last {words[-1]}"
    for sign in (
        "?",
        "!",
        '"',
        "\n",
        ">",
        ":",
        "qcustomerq",
        "qpersonq",
        "qmentionq",
        "0",
        "%",
        "€",
    ):
        if sign in note.text:
            yield f"has {sign}"
