"""Two statements in nearly the same words, which one of them denies."""

from dataclasses import dataclass

from bot.services.cue_words import words_of
from bot.services.relations.cues import cue_words

STEM = 5
_SHORTEST = 4
_REACH = 3
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Polarity:
    """The longer words of a statement, and those of them that follow on a negation."""

    stems: frozenset[str]
    denied: frozenset[str]

    @classmethod
    def of(cls, text: str, left_out: frozenset[str]) -> "_Polarity":
        words, negation = words_of(text), cue_words()["negation"]
        places = {
            word[:STEM]: at
            for at, word in enumerate(words)
            if len(word) >= _SHORTEST and not word.isdigit() and word[:STEM] not in left_out
        }
        denied = (s for s, at in places.items() if negation.found(words[max(0, at - _REACH) : at]))
        return cls(frozenset(places), frozenset(denied))


def are_opposite(later: str, earlier: str, left_out: frozenset[str]) -> bool:
    """Whether one denies at least half, and two, of the words that both have.

    `left_out` are the stems of the customer's names, which say nothing of the matter.
    """
    new, old = _Polarity.of(later, left_out), _Polarity.of(earlier, left_out)
    shared = new.stems & old.stems
    opposed = shared & (new.denied ^ old.denied)
    return len(opposed) >= _FEWEST and 2 * len(opposed) >= len(shared)
