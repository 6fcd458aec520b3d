"""An index of every way to write every customer, exact and misspelt."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.customer import Customer
from bot.services.customer_linking.forms import Form, Kind, forms_of, glue
from bot.services.customer_linking.words import Vocabulary

_EDGE = 3
_MOST_HOLDERS = 20  # customers that share a word which still tells them from the rest
_SHORTEST_MISSPELT = 5
_TWO_MISTAKES_FROM = 8


def allowed_mistakes(length: int) -> int:
    """How many letters may be wrong, missing, added or swapped in a name of this length."""
    if length < _SHORTEST_MISSPELT:
        return 0
    return 1 if length < _TWO_MISTAKES_FROM else 2


class NameIndex:
    """Finds the forms that are written as a key, or nearly so.

    A misspelt key shares its first or its last letters with the right one, so that only a handful
    of names is compared letter by letter, however many customers there are.
    """

    def __init__(self, customers: Sequence[Customer], known: Vocabulary) -> None:
        self._exact: dict[str, list[Form]] = {}
        self._by_start: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        self._by_end: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        self._longest: dict[str, int] = {}
        self._holding: dict[str, list[int]] = {}
        self.alike = lru_cache(maxsize=10_000)(self._alike)
        for number, customer in enumerate(customers):
            for words, form in forms_of(number, customer, known):
                self._exact.setdefault(glue(words, known.connectors), []).append(form)
                if form.kind is Kind.NAME:
                    self._index_words(number, words)
                if len(words) > self._longest.get(words[0], 1):
                    self._longest[words[0]] = len(words)
        self._index_edges()

    def _index_words(self, number: int, words: Sequence[str]) -> None:
        for word in words:
            holders = self._holding.setdefault(word, [])
            if len(holders) <= _MOST_HOLDERS:
                holders.append(number)

    def _index_edges(self) -> None:
        for key in self._exact:
            if len(key) >= _SHORTEST_MISSPELT:
                self._by_start[key[:_EDGE], len(key)].append(key)
                self._by_end[key[-_EDGE:], len(key)].append(key)

    def longest_from(self, word: str) -> int:
        """How many words the longest name has that begins with this one; 1 if there is none."""
        return self._longest.get(word, 1)

    def holding(self, word: str) -> Sequence[int]:
        """The customers with this word in their name; none if it is a word of many."""
        holders = self._holding.get(word, [])
        return holders if len(holders) <= _MOST_HOLDERS else ()

    def exact(self, key: str) -> list[Form]:
        """The forms written exactly so."""
        return self._exact.get(key, [])

    def _alike(self, key: str) -> list[tuple[str, int]]:
        """The keys that differ by few letters, with the number of mistakes, fewest first."""
        most = allowed_mistakes(len(key))
        near = {name: distance for name, distance in self._near(key, most) if distance}
        return sorted(near.items(), key=lambda item: item[1])

    def _near(self, key: str, most: int) -> Iterator[tuple[str, int]]:
        for length in range(len(key) - most, len(key) + most + 1):
            limit = min(most, allowed_mistakes(length))
            names = [
                *self._by_start.get((key[:_EDGE], length), ()),
                *self._by_end.get((key[-_EDGE:], length), ()),
            ]
            if names and limit:
                for name, distance, _ in process.extract(
                    key, names, scorer=OSA.distance, score_cutoff=limit, limit=None
                ):
                    yield name, int(distance)


def owners(forms: Sequence[Form]) -> tuple[int, ...]:
    """Whom forms of one key name: one customer where that is certain, else all it may be.

    An alias was registered by somebody to mean just this customer, so the beginning of another's
    name does not make it uncertain; a name that is the beginning of another's does.
    """
    explicit = [form for form in forms if form.kind is not Kind.HEAD]
    aliased = any(form.kind is Kind.ALIAS for form in explicit)
    counted = explicit if aliased else forms
    return tuple(dict.fromkeys(form.customer for form in counted))
