"""Finds the names of known customers and people in a text, by exact match."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.customer import Customer

# Shorter names are matched with their case ("PE", not "pe"), and without an ending.
_SHORT = 4

# A name is looked up by its first letters: there are few names for each four of them.
_KEY = 4
_START = re.compile(r"(?<!\w)\S")


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name as it stands in a text: `text[start:end]`."""

    name: str
    start: int
    end: int


class NameIndex:
    """Many names, found in a text in a time that does not grow with how many they are."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(name for name in names if name))
        self._by_key: defaultdict[str, list[int]] = defaultdict(list)
        for place, name in enumerate(self._names):
            self._by_key[name.lower()[:_KEY]].append(place)

    def among(self, text: str) -> list[str]:
        """The names that may stand in the text: some word begins like them. In their order."""
        lowered = text.lower()
        starts = (match.start() for match in _START.finditer(lowered))
        keys = {lowered[at : at + length] for at in starts for length in range(1, _KEY + 1)}
        places = sorted(place for key in keys for place in self._by_key.get(key, ()))
        return [name for place in places if (name := self._names[place]).lower() in lowered]

    def find(self, text: str) -> list[NameMatch]:
        """As `find_names`."""
        return find_names(text, self.among(text))


def customer_names(customer: Customer) -> tuple[str, ...]:
    """What a customer is called, the registered name first."""
    return (customer.name, *customer.aliases)


def find_names(text: str, names: Iterable[str]) -> list[NameMatch]:
    """Every place where one of the names stands as a word, longest first where they overlap.

    Longer names may carry an ending ("Velmoras", "Novaralta"); the match leaves it out.
    """
    lowered = text.lower()
    found: list[NameMatch] = []
    for name in names:
        # Most names are not there, and this is the quickest way to see it.
        if name and name.lower() in lowered:
            found.extend(_places(text, name))
    found.sort(key=lambda match: (match.start, match.start - match.end))
    return _without_overlaps(found)


def _places(text: str, name: str) -> list[NameMatch]:
    found = _pattern(name).finditer(text)
    return [NameMatch(name, match.start(), match.end()) for match in found]


@lru_cache(maxsize=5_000)
def _pattern(name: str) -> re.Pattern[str]:
    is_short = len(name) < _SHORT
    ending = r"(?!\w)" if is_short else r"(?!\w{6})"
    flags = re.NOFLAG if is_short else re.IGNORECASE
    return re.compile(rf"(?<!\w){re.escape(name)}{ending}", flags)


def _without_overlaps(matches: list[NameMatch]) -> list[NameMatch]:
    kept: list[NameMatch] = []
    for match in matches:
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept
