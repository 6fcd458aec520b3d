"""What a bent word may be the bent form of."""

from collections.abc import Iterator
from functools import lru_cache

from bot.services.customer_linking.words import Token, Vocabulary, vocabulary

_SHORTEST_STEM = 4
_VOWELS = "aeiouy"


def stems(token: Token) -> tuple[str, ...]:
    """The words that, with an ending of some language, give this one; likeliest first."""
    return () if token.ending else _stems(token.folded)


@lru_cache(maxsize=20_000)  # a few thousand words make up most of what is written
def _stems(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_each_stem(word, vocabulary())))


def _each_stem(word: str, known: Vocabulary) -> Iterator[str]:
    for ending in known.endings:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            yield stem
            yield from _hardened(stem, known)


def _hardened(stem: str, known: Vocabulary) -> Iterator[str]:
    """Finnish: Pirttikoske(n) is Pirttikoski, Järvenseudu(n) Järvenseutu, Virtase(n) Virtanen."""
    if stem.endswith("se"):
        yield stem[:-2] + "nen"
    if stem[-1] not in _VOWELS or len(stem) <= _SHORTEST_STEM:
        return
    body, vowel = stem[:-1], stem[-1]
    if vowel == "e":
        yield body + "i"
    for soft, hard in known.gradation:
        if body.endswith(soft):
            strong = body[: len(body) - len(soft)] + hard
            yield strong + vowel
            if vowel == "e":
                yield strong + "i"


def abbreviation_stem(token: Token) -> str | None:
    """`KPAG` of `KPAGin` and `VMTs`: capitals with a small ending."""
    head = token.stem.rstrip("abcdefghijklmnopqrstuvwxyzåäö")
    is_bent = (
        2 <= len(head) < len(token.stem) and head.isupper() and len(token.stem) - len(head) <= 5
    )
    return head.lower() if is_bent else None
